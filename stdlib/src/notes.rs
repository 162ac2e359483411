//! Errors of modules: their classes, and notes on them that tell where in a nested value they arose.

use lockstep_interp::types::dict;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Py, Raised, Result, Value};

/// The error with a note. Errors of nesting too deep go as they are: they would gather a note
/// per level.
#[cold]
pub fn noted(py: &mut Py, error: Raised, note: &str) -> Raised {
    if error.is(Exc::RecursionError) || !error.is(Exc::Exception) {
        return error;
    }
    let exception = py.exception(error);
    let note = py.str(note);
    // A note that cannot be added is not worth the loss of the error.
    drop(py.call_method(exception.as_value(), "add_note", &[note]));
    py.raise_value(exception.as_value()).again()
}

/// The name of a value's class with its module, as messages have it.
pub fn class_name(py: &mut Py, value: &Value) -> String {
    let ty = py.type_of(value).into_value();
    let module = py.getattr_opt(&ty, "__module__").ok().flatten();
    let name = py.getattr_opt(&ty, "__qualname__").ok().flatten();
    let name = name.as_ref().and_then(|n| n.downcast::<Str>()).map_or_else(String::new, ToString::to_string);
    match module.as_ref().and_then(|m| m.downcast::<Str>()).map(ToString::to_string) {
        Some(module) if module != "builtins" && module != "__main__" => format!("{module}.{name}"),
        _ => name,
    }
}

/// The class of a module's own errors, made when the module is first imported: a second import
/// gives the same.
pub fn error_class(
    py: &mut Py,
    known: Option<Value>,
    module: &str,
    name: &str,
    base: &Value,
    doc: Option<&str>,
) -> Result<Value> {
    if let Some(known) = known {
        return Ok(known);
    }
    let metaclass = py.plain_metatype().clone();
    let bases = py.tuple(vec![base.clone()]);
    let own = py.new_dict();
    let home = py.intern(module).into_value();
    dict::set_name(py, &own, "__module__", home);
    if let Some(doc) = doc {
        let doc = py.str(doc);
        dict::set_name(py, &own, "__doc__", doc);
    }
    let name = py.intern(name).into_value();
    py.call(metaclass.as_value(), &[name, bases, own.into_value()])
}
