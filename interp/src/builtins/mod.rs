//! Names visible without import.

pub mod collect;
pub mod python2;

use lockstep_heap::Value;

use crate::object::raise::Result;
use crate::object::{Py, Special, Type};
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
    /// Prints the values to a stream, or to sys.stdout by default.
    #[py("(*args)")]
    fn print(py: &mut Py, args: &[Value]) -> Result<()> {
        let mut out = String::new();
        for (k, a) in args.iter().enumerate() {
            if k > 0 {
                out.push(' ');
            }
            out.push_str(&py.str_of(a)?.to_string());
        }
        println!("{out}");
        Ok(())
    }
    /// Return the number of items in a container.
    #[py("(obj, /)")]
    fn len(py: &mut Py, obj: &Value) -> Result<usize> {
        py.len(obj)
    }
    /// A range.
    #[py("(start, stop=<unbound>, step=1, /)")]
    fn range(py: &mut Py, start: i64, stop: Option<i64>, step: i64) -> Result<Value> {
        let (start, stop) = match stop {
            Some(stop) => (start, stop),
            None => (0, start),
        };
        let length = if step > 0 { (stop - start + step - 1).max(0) / step } else { (start - stop - step - 1).max(0) / -step };
        let (start, stop, step, length) = (py.int(start), py.int(stop), py.int(step), py.int(length));
        Ok(py.make(crate::types::range::Range { start, stop, step, length }).into_value())
    }
}

/// Make the `builtins` namespace.
pub fn install(py: &mut Py) {
    let d = py.new_dict();
    py.shared_mut().builtins = Some(d.clone());
    py.add_functions::<Builtins>(&d, "builtins");
}
