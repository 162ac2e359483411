//! Names visible without import.

pub mod build_class;
pub mod collect;
pub mod compile;
mod output;
pub mod python2;

use lockstep_heap::Value;

use crate::object::raise::Result;
use crate::object::{Exc, Py, Special, Type};
use crate::types::dict;
use crate::types::tuple::Tuple;

/// An error that nobody can catch: reported to `sys.unraisablehook`, at worst dropped.
pub fn unraisable(py: &mut Py, error: crate::object::Raised, message: &str, object: Option<Value>) {
    let report = py.shared().unraisable;
    if let Some(report) = report {
        report(py, error, message, object);
    }
}

/// `isinstance(object, class)`
pub fn is_instance(py: &mut Py, object: &Value, class: &Value) -> Result<bool> {
    if let Some(ty) = class.downcast::<Type>() {
        if py.type_ref(object).is(ty) {
            return Ok(true);
        }
        let meta = py.type_of(class);
        let plain = meta.is(&py.type_named("type"));
        if plain {
            return Ok(py.is_instance_of(object, ty));
        }
    }
    if let Some(classes) = class.downcast::<Tuple>().cloned() {
        for c in classes.slice() {
            if is_instance(py, object, c)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(result) = py.call_special(class, Special::InstanceCheck, std::slice::from_ref(object)) {
        let result = result?;
        return py.truth(&result);
    }
    match class.downcast::<Type>() {
        Some(ty) => Ok(py.is_instance_of(object, ty)),
        None => Err(crate::object::raise::type_error("isinstance() arg 2 must be a type, a tuple of types, or a union")),
    }
}

/// The functions of the `builtins` module.
pub struct Builtins;

#[lockstep_macros::module]
impl Builtins {
    /// Import a module.
    ///
    /// Because this function is meant for use by the Python
    /// interpreter and not for general use, it is better to use
    /// importlib.import_module() to programmatically import a module.
    #[py("(name, globals=None, locals=None, fromlist=(), level=0)")]
    fn __import__(py: &mut Py, name: &Value, globals: &Value, locals: &Value, fromlist: &Value, level: i64) -> Result<Value> {
        let _ = locals;
        let name = crate::import::name_text(py, name)?;
        crate::import::import(py, &name, globals, fromlist, level)
    }
    /// Return the number of items in a container.
    #[py("(obj, /)")]
    fn len(py: &mut Py, obj: &Value) -> Result<usize> {
        py.len(obj)
    }
}

/// Types that are visible by name, where they are defined.
const TYPES: &[&str] = &[
    "bool", "bytearray", "bytes", "classmethod", "complex", "dict", "enumerate", "filter", "float", "frozenset", "int", "list", "map",
    "memoryview", "object", "property", "range", "reversed", "set", "slice", "staticmethod", "str", "super", "tuple", "type", "zip",
];

/// Make the `builtins` namespace and its module.
pub fn install(py: &mut Py) {
    let module = py.new_module("builtins", Some("Built-in functions, types, exceptions, and other objects."));
    let d = py.module_dict(&module);
    py.shared_mut().builtins = Some(d.clone());
    py.add_functions::<Builtins>(&d, "builtins");
    py.add_functions::<output::Output>(&d, "builtins");
    for name in TYPES {
        let ty = py.shared().named.get(name).cloned();
        if let Some(ty) = ty {
            dict::set_name(py, &d, name, ty.into_value());
        }
    }
    for kind in Exc::ALL {
        if *kind == Exc::IncompleteInputError {
            continue;
        }
        let ty = py.exception_type(*kind).into_value();
        dict::set_name(py, &d, kind.name(), ty);
    }
    let os_error = py.exception_type(Exc::OSError).into_value();
    let debug = Value::bool(py.shared().config.optimize == 0);
    for (name, value) in [
        ("EnvironmentError", os_error.clone()),
        ("IOError", os_error),
        ("Ellipsis", Value::ELLIPSIS),
        ("NotImplemented", Value::NOT_IMPLEMENTED),
        ("None", Value::NONE),
        ("True", Value::TRUE),
        ("False", Value::FALSE),
        ("__debug__", debug),
    ] {
        dict::set_name(py, &d, name, value);
    }
    if let Some(modules) = py.shared().modules.clone() {
        dict::set_name(py, &modules, "builtins", module.into_value());
    }
    let build = build_class::function(py);
    dict::set_name(py, &d, "__build_class__", build);
}
