//! `_weakref`: weak references, proxies, and who refers weakly to an object.

use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::module::Module as ModuleObject;
use lockstep_interp::types::weakref::{self, Proxy, WeakRef};
use lockstep_interp::{Py, Ref, Result, Value, module};

struct Weakref;

#[module]
impl Weakref {
    /// Return the number of weak references to 'object'.
    #[py("(object, /)")]
    fn getweakrefcount(py: &mut Py, object: &Value) -> usize {
        weakref::references(py, object).len()
    }
    /// Return a list of all weak reference objects pointing to 'object'.
    #[py("(object, /)")]
    fn getweakrefs(py: &mut Py, object: &Value) -> Value {
        let all = weakref::references(py, object);
        py.list(all)
    }
    /// Create a proxy object that weakly references 'object'.
    #[py("(object, callback=None, /)")]
    fn proxy(py: &mut Py, object: &Value, callback: Value) -> Result<Value> {
        weakref::proxy(py, object, Some(callback))
    }
    /// Atomically remove key from dict if it points to a dead weakref.
    #[py("(dct, key, /)")]
    fn _remove_dead_weakref(py: &mut Py, dct: &Ref<Dict>, key: &Value) -> Result<()> {
        if let Some(found) = dict::get(py, dct, key)?
            && let Some(reference) = found.downcast::<WeakRef>()
            && WeakRef::target(py, reference).is_none()
        {
            drop(dict::remove(py, dct, key)?);
        }
        Ok(())
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<ModuleObject>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Weakref>(&namespace, "_weakref");
    let reference = py.define::<WeakRef>().into_value();
    dict::set_name(py, &namespace, "ref", reference.clone());
    dict::set_name(py, &namespace, "ReferenceType", reference);
    let proxy = py.define::<Proxy>().into_value();
    dict::set_name(py, &namespace, "ProxyType", proxy);
    let callable = weakref::callable_proxy_type(py).into_value();
    dict::set_name(py, &namespace, "CallableProxyType", callable);
    Ok(())
}
