//! `Unpickler`.

use lockstep_interp::import::import_module;
use lockstep_interp::object::raise::{Result, attribute_error, type_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Guarded, Object, Py, Raised, Ref, Value, Visitor, methods};

use super::memo::{self, Read, UnpicklerMemoProxy};
use super::source::Source;
use super::{State, global, load, unpickling_error};

/// The payload of an `Unpickler`.
#[derive(Default)]
pub struct Unpickler {
    /// In `load`.
    running: bool,
    pub(super) source: Source,
    pub(super) memo: Read,
    pub(super) fix_imports: bool,
    pub(super) encoding: String,
    pub(super) errors: String,
    pub(super) buffers: Option<Value>,
    own_load: Option<Value>,
    /// The hook of this `load`.
    pub(super) persistent_load: Option<Value>,
    /// The protocol of the pickle that is being read.
    pub(super) proto: u8,
}

impl Object for Unpickler {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        self.source.trace(visit);
        visit.all(self.memo.values());
        visit.all([&self.buffers, &self.own_load, &self.persistent_load].into_iter().flatten());
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.memo.take().into_values());
        out.extend([self.buffers.take(), self.own_load.take(), self.persistent_load.take()].into_iter().flatten());
    }
}

impl Unpickler {
    /// An unpickler of this source.
    pub fn with_options(
        py: &mut Py,
        source: Source,
        fix_imports: bool,
        encoding: &str,
        errors: &str,
        buffers: &Value,
    ) -> Result<Unpickler> {
        let buffers = if buffers.is_none() { None } else { Some(py.get_iter(buffers)?) };
        Ok(Unpickler {
            source,
            fix_imports,
            encoding: encoding.to_owned(),
            errors: errors.to_owned(),
            buffers,
            ..Unpickler::default()
        })
    }
}

fn check_idle(py: &Py, this: &Ref<Unpickler>) -> Result<()> {
    if this.get(py).running {
        return Err(Raised::new(Exc::RuntimeError, "Unpickler object is already used"));
    }
    Ok(())
}

/// The object of this name in a module, as pickles mean it.
pub fn find_class(py: &mut Py, this: &Ref<Unpickler>, module: &str, name: &str) -> Result<Value> {
    let (proto, fix) = (this.get(py).proto, this.get(py).fix_imports);
    let args = [py.str(module), py.str(name)];
    crate::sys::audit_event(py, "pickle.find_class", &args)?;
    if fix && proto < 3 {
        let (module, name) = global::new_names(py, module.to_owned(), name.to_owned())?;
        return found(py, &module, &name, proto);
    }
    found(py, module, name, proto)
}

fn found(py: &mut Py, module: &str, name: &str, proto: u8) -> Result<Value> {
    let loaded = import_module(py, module)?;
    let found = if proto >= 4 { global::along(py, &loaded, name)? } else { py.getattr_opt(&loaded, name)? };
    match found {
        Some(found) => Ok(found),
        None if proto >= 4 && name.contains('.') => {
            let text = py.str(name);
            let (shown, module) = (py.repr(&text)?, py.str(module));
            let module = py.repr(&module)?;
            let key = py.intern(name);
            Err(attribute_error(format!("Can't resolve path {shown} on module {module}"), &loaded, &key))
        }
        None => py.getattr(&loaded, name),
    }
}

fn text<'a>(py: &mut Py, value: &'a Value, what: &str) -> Result<&'a str> {
    match value.downcast::<Str>() {
        Some(s) => s.to_str(py),
        None => Err(type_error(format!("find_class() argument '{what}' must be str, not {}", py.type_name(value)))),
    }
}

fn missing(py: &mut Py, this: &Ref<Unpickler>) -> Raised {
    let name = py.intern("persistent_load");
    lockstep_interp::object::raise::no_attribute(py, this.as_value(), &name)
}

#[methods]
impl Unpickler {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Value {
        py.make_in(cls, Unpickler::default()).into_value()
    }
    /// Initialize self.
    #[py("(self, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")]
    fn __init__(
        py: &mut Py,
        this: &Ref<Unpickler>,
        file: &Value,
        fix_imports: bool,
        encoding: &str,
        errors: &str,
        buffers: &Value,
    ) -> Result<()> {
        check_idle(py, this)?;
        let source = Source::file(py, file)?;
        let made = Unpickler::with_options(py, source, fix_imports, encoding, errors, buffers)?;
        let u = this.get_mut(py);
        let made = Unpickler { own_load: u.own_load.take(), ..made };
        let old = std::mem::replace(u, made);
        drop(old);
        Ok(())
    }
    /// Returns size in memory, in bytes.
    #[py("(self, /)")]
    fn __sizeof__(py: &mut Py, this: &Ref<Unpickler>) -> usize {
        this.shape().object_size() + this.get(py).memo.values().count() * 8
    }
    /// Return an object from a specified module.
    ///
    /// If necessary, the module will be imported. Subclasses may override
    /// this method (e.g. to restrict unpickling of arbitrary classes and
    /// functions).
    ///
    /// This method is called whenever a class or a function object is
    /// needed.  Both arguments passed are str objects.
    #[py("(self, module_name, global_name, /)")]
    fn find_class(py: &mut Py, this: &Ref<Unpickler>, module_name: &Value, global_name: &Value) -> Result<Value> {
        let module = text(py, module_name, "module_name")?;
        let name = text(py, global_name, "global_name")?;
        find_class(py, this, module, name)
    }
    /// Load a pickle.
    ///
    /// Read a pickled object representation from the open file object given
    /// in the constructor, and return the reconstituted object hierarchy
    /// specified therein.
    #[py("(self, /)")]
    fn load(py: &mut Py, this: &Ref<Unpickler>) -> Result<Value> {
        check_idle(py, this)?;
        if !this.get(py).source.is_set() {
            let class = py.type_name(this.as_value());
            return Err(unpickling_error(py, &format!("Unpickler.__init__() was not called by {class}.__init__()")));
        }
        let hook = py.getattr(this.as_value(), "persistent_load")?;
        let default = py.state::<State>().persistent_load.clone();
        let hook = if default.is_some_and(|d| d.is(&hook)) { None } else { Some(hook) };
        let u = this.get_mut(py);
        u.running = true;
        u.persistent_load = hook;
        let result = load::load(py, this);
        let u = this.get_mut(py);
        u.running = false;
        let hook = u.persistent_load.take();
        drop(hook);
        result
    }
    /// The memo.
    #[getter]
    fn memo(py: &mut Py, this: &Ref<Unpickler>) -> Value {
        py.make(UnpicklerMemoProxy { unpickler: this.clone() }).into_value()
    }
    #[setter(memo)]
    fn set_memo(py: &mut Py, this: &Ref<Unpickler>, value: Option<Value>) -> Result<()> {
        match value {
            Some(value) => memo::set_read(py, this, &value),
            None => Err(type_error("attribute deletion is not supported")),
        }
    }
    /// Called with the id of an object that is kept elsewhere; returns the object.
    #[getter]
    fn persistent_load(py: &mut Py, this: &Ref<Unpickler>) -> Value {
        let own = this.get(py).own_load.clone();
        own.or_else(|| py.state::<State>().persistent_load.clone()).unwrap_or(Value::NONE)
    }
    #[setter(persistent_load)]
    fn set_persistent_load(py: &mut Py, this: &Ref<Unpickler>, value: Option<Value>) -> Result<()> {
        if value.is_none() && this.get(py).own_load.is_none() {
            return Err(missing(py, this));
        }
        let old = std::mem::replace(&mut this.get_mut(py).own_load, value);
        drop(old);
        Ok(())
    }
}

impl NativeType for Unpickler {
    const NAME: &'static str = "Unpickler";
    const MODULE: &'static str = "_pickle";
    const DOC: Option<&'static str> = Some("This takes a binary file for reading a pickle data stream.");
    const FLAGS: u32 = TypeFlags::BASE;
}
