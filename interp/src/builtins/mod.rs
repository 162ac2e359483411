//! Names visible without import.

mod anext;
pub mod build_class;
pub(crate) mod code;
pub mod collect;
pub mod compile;
mod numbers;
mod objects;
mod output;
pub mod python2;
mod site;

pub use objects::{derives, is_subclass};

use lockstep_heap::Value;

use crate::object::raise::{Result, type_error};
use crate::object::{Exc, Py, Special, Type};
use crate::types::dict;
use crate::types::tuple::Tuple;
use crate::types::r#type::attributes;

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
        let plain = meta.is(py.plain_metatype());
        if plain {
            return attributes::instance_check(py, ty, object);
        }
    }
    if let Some(classes) = class.downcast::<Tuple>().cloned() {
        py.native_stack()?;
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
    if let Some(ty) = class.downcast::<Type>() {
        return Ok(py.is_instance_of(object, ty));
    }
    // Something that plays a class.
    if attributes::bases(py, class)?.is_none() {
        return Err(type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
    }
    match py.getattr_opt(object, "__class__")? {
        Some(claimed) => attributes::abstract_subclass(py, &claimed, class),
        None => Ok(false),
    }
}

/// Types that are visible by name, where they are defined.
const TYPES: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "classmethod",
    "complex",
    "dict",
    "enumerate",
    "filter",
    "float",
    "frozenset",
    "int",
    "list",
    "map",
    "memoryview",
    "object",
    "property",
    "range",
    "reversed",
    "set",
    "slice",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "type",
    "zip",
];

/// Make the `builtins` namespace and its module.
pub fn install(py: &mut Py) {
    let module = py.new_module("builtins", Some("Built-in functions, types, exceptions, and other objects."));
    let d = py.module_dict(&module);
    crate::import::leave_for_later(py, &d);
    py.shared_mut().builtins = Some(d.clone());
    py.add_functions::<numbers::Numbers>(&d, "builtins");
    py.add_functions::<objects::Objects>(&d, "builtins");
    py.add_functions::<code::CodeFunctions>(&d, "builtins");
    py.add_functions::<output::Output>(&d, "builtins");
    for name in TYPES {
        let ty = py.shared().named.get(name).cloned();
        if let Some(ty) = ty {
            dict::set_name(py, &d, name, ty.into_value());
        }
    }
    for kind in Exc::ALL {
        let ty = py.exception_type(*kind).into_value();
        let name = if *kind == Exc::IncompleteInputError { "_IncompleteInputError" } else { kind.name() };
        dict::set_name(py, &d, name, ty);
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
    site::install(py, &d);
}
