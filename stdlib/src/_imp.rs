//! `_imp`: what `importlib` asks of the importer.

use lockstep_interp::builtins::compile;
use lockstep_interp::import;
use lockstep_interp::object::raise::{import_error, not_implemented};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Result, Value};

/// The functions of the module.
struct Imp;

/// How deep the import lock is held; every import has its own lock, so that this one only counts.
#[derive(Default)]
struct Lock {
    depth: usize,
}

#[lockstep_interp::module]
impl Imp {
    /// Acquires the interpreter's import lock for the current thread.
    #[py("()")]
    fn acquire_lock(py: &mut Py) {
        py.state::<Lock>().depth += 1;
    }
    /// Release the interpreter's import lock.
    #[py("()")]
    fn release_lock(py: &mut Py) -> Result<()> {
        let lock = py.state::<Lock>();
        match lock.depth.checked_sub(1) {
            Some(depth) => {
                lock.depth = depth;
                Ok(())
            }
            None => Err(lockstep_interp::object::raise::runtime_error("not holding the import lock")),
        }
    }
    /// Return True if the import lock is currently held, else False.
    #[py("()")]
    fn lock_held(py: &mut Py) -> bool {
        py.state::<Lock>().depth > 0
    }
    /// Returns True if the module name corresponds to a built-in module.
    #[py("(name, /)")]
    fn is_builtin(py: &mut Py, name: &str) -> i64 {
        if name == "builtins" || name == "sys" {
            return -1;
        }
        i64::from(import::is_native(py, name))
    }
    /// Returns True if the module name corresponds to a frozen module.
    #[py("(name, /)")]
    fn is_frozen(py: &mut Py, name: &str) -> bool {
        py.shared().library.frozen(name).is_some()
    }
    /// Returns True if the module name is of a frozen package.
    #[py("(name, /)")]
    fn is_frozen_package(py: &mut Py, name: &str) -> Result<bool> {
        match py.shared().library.frozen(name) {
            Some(found) => Ok(found.package),
            None => Err(import_error(format!("No such frozen object named {name}"))),
        }
    }
    /// Return info about the corresponding frozen module (if there is one) or None.
    #[py("(name, /, *, withdata=False)")]
    fn find_frozen(py: &mut Py, name: &str, withdata: bool) -> Result<Value> {
        let _ = withdata;
        let Some(found) = py.shared().library.frozen(name) else { return Ok(Value::NONE) };
        if import::is_hidden(py, name)? {
            return Ok(Value::NONE);
        }
        let origin = py.str(name);
        Ok(py.tuple(vec![Value::NONE, Value::bool(found.package), origin]))
    }
    /// Create a code object for a frozen module.
    #[py("(name, data=None, /)")]
    fn get_frozen_object(py: &mut Py, name: &str, data: &Value) -> Result<Value> {
        let _ = data;
        match py.shared().library.frozen(name) {
            Some(found) => Ok(compile::frozen(py, found.code)?.into_value()),
            None => Err(import_error(format!("No such frozen object named {name}"))),
        }
    }
    /// Initializes a frozen module.
    #[py("(name, /)")]
    fn init_frozen(py: &mut Py, name: &str) -> Result<Value> {
        if py.shared().library.frozen(name).is_none() {
            return Ok(Value::NONE);
        }
        import::import_module(py, name)
    }
    /// Create an extension module.
    #[py("(spec, /)")]
    fn create_builtin(py: &mut Py, spec: &Value) -> Result<Value> {
        let name = py.getattr(spec, "name")?;
        let name = import::name_text(py, &name)?;
        Ok(import::native(py, &name)?.unwrap_or(Value::NONE))
    }
    /// Initialize a built-in module.
    #[py("(mod, /)")]
    fn exec_builtin(_py: &mut Py, r#mod: &Value) -> i64 {
        let _ = r#mod;
        0
    }
    /// Create an extension module.
    #[py("(spec, file=None, /)")]
    fn create_dynamic(_py: &mut Py, spec: &Value, file: &Value) -> Result<Value> {
        let _ = (spec, file);
        Err(not_implemented("extension modules in C"))
    }
    /// Initialize an extension module.
    #[py("(mod, /)")]
    fn exec_dynamic(_py: &mut Py, r#mod: &Value) -> i64 {
        let _ = r#mod;
        0
    }
    /// Returns the list of file suffixes used to identify extension modules.
    #[py("()")]
    fn extension_suffixes(py: &mut Py) -> Value {
        py.list(Vec::new())
    }
    /// A hash of source code.
    #[py("(key, source)")]
    fn source_hash(py: &mut Py, key: u64, source: &Value) -> Result<Value> {
        let bytes = py.bytes_like(source)?;
        let hash = lockstep_text::hash::bytes(&bytes, lockstep_text::hash::Key(key, key.rotate_left(32)));
        Ok(py.bytes(&hash.to_le_bytes()))
    }
    /// Change the file name of a code object: it is right already.
    #[py("(code, path, /)")]
    fn _fix_co_filename(_py: &mut Py, code: &Value, path: &Value) {
        let _ = (code, path);
    }
    /// (internal-only) Override PyInterpreterConfig.check_multi_interp_extensions.
    #[py("(override, /)")]
    fn _override_multi_interp_extensions_check(_py: &mut Py, r#override: i64) -> i64 {
        let _ = r#override;
        0
    }
    /// (internal-only) Override PyConfig.use_frozen_modules.
    #[py("(override, /)")]
    fn _override_frozen_modules_for_tests(_py: &mut Py, r#override: i64) {
        let _ = r#override;
    }
    /// (internal-only) Returns the list of available frozen modules.
    #[py("()")]
    fn _frozen_module_names(py: &mut Py) -> Value {
        let names = py.shared().library.frozen_names();
        let names = names.iter().map(|(name, _)| py.str(name)).collect();
        py.list(names)
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Imp>(&namespace, "_imp");
    let default = py.str("default");
    dict::set_name(py, &namespace, "check_hash_based_pycs", default);
    let token = py.int(i64::from(lockstep_interp::import::cache::magic()));
    dict::set_name(py, &namespace, "pyc_magic_number_token", token);
    Ok(())
}
