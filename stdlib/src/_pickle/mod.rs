//! `_pickle`: objects as bytes and back.

mod buffer;
mod build;
mod containers;
mod global;
mod load;
mod memo;
mod op;
mod out;
mod pickler;
mod plan;
mod reduce;
mod save;
mod source;
mod unpickler;

use lockstep_interp::import::import_module;
use lockstep_interp::object::raise::Result;
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::module::Module;
use lockstep_interp::{Exc, Py, Raised, Ref, Value, module};

use crate::notes::error_class;
use pickler::Pickler;
use unpickler::Unpickler;

/// What the module keeps: its errors, and the tables of `copyreg` and `_compat_pickle`.
#[derive(Default)]
pub struct State {
    pickle_error: Option<Value>,
    pickling_error: Option<Value>,
    unpickling_error: Option<Value>,
    /// `persistent_id` of picklers and `persistent_load` of unpicklers that have none of their own.
    persistent_id: Option<Value>,
    persistent_load: Option<Value>,
    dispatch_table: Option<Ref<Dict>>,
    extension_registry: Option<Ref<Dict>>,
    inverted_registry: Option<Ref<Dict>>,
    extension_cache: Option<Ref<Dict>>,
    name_mapping: Option<Ref<Dict>>,
    import_mapping: Option<Ref<Dict>>,
    reverse_name_mapping: Option<Ref<Dict>>,
    reverse_import_mapping: Option<Ref<Dict>>,
    encode: Option<Value>,
    getattr: Option<Value>,
    partial: Option<Value>,
}

#[cold]
fn raise(py: &mut Py, class: Option<Value>, message: &str) -> Raised {
    match class {
        Some(class) => {
            let text = py.str(message);
            match py.call(&class, &[text]) {
                Ok(made) => py.raise_value(&made),
                Err(e) => e,
            }
        }
        None => Raised::new(Exc::Exception, message),
    }
}

/// A PicklingError.
#[cold]
pub fn pickling_error(py: &mut Py, message: &str) -> Raised {
    let class = py.state::<State>().pickling_error.clone();
    raise(py, class, message)
}

/// An UnpicklingError.
#[cold]
pub fn unpickling_error(py: &mut Py, message: &str) -> Raised {
    let class = py.state::<State>().unpickling_error.clone();
    raise(py, class, message)
}

/// Whether it is an UnpicklingError.
pub fn is_unpickling_error(py: &mut Py, error: &Raised) -> bool {
    let class = py.state::<State>().unpickling_error.clone();
    match (error.as_object(), class) {
        (Some(e), Some(class)) => {
            let e = e.to_value();
            py.exception_matches(&e, &class).unwrap_or(false)
        }
        _ => false,
    }
}

/// The functions of `_pickle`.
pub struct PickleFunctions;

#[module]
impl PickleFunctions {
    /// Write a pickled representation of obj to the open file object file.
    ///
    /// This is equivalent to ``Pickler(file, protocol).dump(obj)``, but may
    /// be more efficient.
    #[py("(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)")]
    fn dump(py: &mut Py, obj: &Value, file: &Value, protocol: &Value, fix_imports: bool, buffer_callback: &Value) -> Result<()> {
        let pickler = Pickler::with_options(py, protocol, fix_imports, buffer_callback)?;
        let pickler = py.make(pickler);
        Pickler::to_file(py, &pickler, file)?;
        save::dump(py, &pickler, obj)
    }
    /// Return the pickled representation of the object as a bytes object.
    #[py("(obj, protocol=None, *, fix_imports=True, buffer_callback=None)")]
    fn dumps(py: &mut Py, obj: &Value, protocol: &Value, fix_imports: bool, buffer_callback: &Value) -> Result<Value> {
        let pickler = Pickler::with_options(py, protocol, fix_imports, buffer_callback)?;
        let pickler = py.make(pickler);
        save::dump(py, &pickler, obj)?;
        let bytes = std::mem::take(&mut pickler.get_mut(py).out.bytes);
        py.room(bytes.len())?;
        Ok(py.bytes(&bytes))
    }
    /// Read and return an object from the pickle data stored in a file.
    ///
    /// This is equivalent to ``Unpickler(file).load()``, but may be more
    /// efficient.
    #[py("(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")]
    fn load(py: &mut Py, file: &Value, fix_imports: bool, encoding: &str, errors: &str, buffers: &Value) -> Result<Value> {
        let source = source::Source::file(py, file)?;
        let unpickler = Unpickler::with_options(py, source, fix_imports, encoding, errors, buffers)?;
        let unpickler = py.make(unpickler);
        load::load(py, &unpickler)
    }
    /// Read and return an object from the given pickle data.
    #[py("(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")]
    fn loads(py: &mut Py, data: &Value, fix_imports: bool, encoding: &str, errors: &str, buffers: &Value) -> Result<Value> {
        let source = source::Source::memory(py, data)?;
        let unpickler = Unpickler::with_options(py, source, fix_imports, encoding, errors, buffers)?;
        let unpickler = py.make(unpickler);
        load::load(py, &unpickler)
    }
}

/// What stands for hooks that nobody gave.
struct Defaults;

#[module]
impl Defaults {
    #[py("(obj, /)")]
    fn persistent_id(_py: &mut Py, obj: &Value) -> Value {
        let _ = obj;
        Value::NONE
    }
    #[py("(pid, /)")]
    fn persistent_load(py: &mut Py, pid: &Value) -> Result<Value> {
        let _ = pid;
        Err(unpickling_error(
            py,
            "A load persistent id instruction was encountered, but no persistent_load function was specified.",
        ))
    }
}

fn table(py: &mut Py, module: &Value, name: &str) -> Result<Option<Ref<Dict>>> {
    Ok(py.getattr(module, name)?.downcast_into::<Dict>().ok())
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<PickleFunctions>(&d, "_pickle");
    let hidden = py.new_dict();
    py.add_functions::<Defaults>(&hidden, "_pickle");
    let base = py.exception_type(Exc::Exception).into_value();
    let known = py.state::<State>();
    let (known, pickling, unpickling) =
        (known.pickle_error.clone(), known.pickling_error.clone(), known.unpickling_error.clone());
    let error = error_class(py, known, "_pickle", "PickleError", &base, None)?;
    let pickling = error_class(py, pickling, "_pickle", "PicklingError", &error, None)?;
    let unpickling = error_class(py, unpickling, "_pickle", "UnpicklingError", &error, None)?;
    let copyreg = import_module(py, "copyreg")?;
    let compat = import_module(py, "_compat_pickle")?;
    let codecs = import_module(py, "codecs")?;
    let functools = import_module(py, "functools")?;
    let builtins = import_module(py, "builtins")?;
    let state = State {
        pickle_error: Some(error.clone()),
        pickling_error: Some(pickling.clone()),
        unpickling_error: Some(unpickling.clone()),
        persistent_id: dict::get_name(py, &hidden, "persistent_id"),
        persistent_load: dict::get_name(py, &hidden, "persistent_load"),
        dispatch_table: table(py, &copyreg, "dispatch_table")?,
        extension_registry: table(py, &copyreg, "_extension_registry")?,
        inverted_registry: table(py, &copyreg, "_inverted_registry")?,
        extension_cache: table(py, &copyreg, "_extension_cache")?,
        name_mapping: table(py, &compat, "NAME_MAPPING")?,
        import_mapping: table(py, &compat, "IMPORT_MAPPING")?,
        reverse_name_mapping: table(py, &compat, "REVERSE_NAME_MAPPING")?,
        reverse_import_mapping: table(py, &compat, "REVERSE_IMPORT_MAPPING")?,
        encode: Some(py.getattr(&codecs, "encode")?),
        getattr: Some(py.getattr(&builtins, "getattr")?),
        partial: Some(py.getattr(&functools, "partial")?),
    };
    *py.state::<State>() = state;
    py.define::<memo::PicklerMemoProxy>();
    py.define::<memo::UnpicklerMemoProxy>();
    let types = [py.define::<buffer::PickleBuffer>(), py.define::<Pickler>(), py.define::<Unpickler>()];
    let rest = [error, pickling, unpickling];
    for value in types.into_iter().map(Ref::into_value).chain(rest) {
        let name = py.getattr(&value, "__name__")?;
        dict::set(py, &d, &name, value)?;
    }
    Ok(())
}
