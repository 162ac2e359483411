//! `ExpatError`.

use lockstep_interp::object::raise::runtime_error;
use lockstep_interp::types::dict;
use lockstep_interp::{Exc, Py, Raised, Ref, Result, Value};

use super::names::{Code, ERRORS};
use super::parser::Parser;

/// The class, once the module is loaded.
#[derive(Default)]
struct State {
    class: Option<Value>,
}

/// The words for an error; none: there is no such error.
pub fn words(code: i64) -> Option<&'static str> {
    let index = usize::try_from(code).ok()?.checked_sub(1)?;
    ERRORS.get(index).map(|(_, words)| *words)
}

/// Makes the class.
pub fn class(py: &mut Py) -> Result<Value> {
    let base = py.exception_type(Exc::Exception).into_value();
    let bases = py.tuple(vec![base]);
    let attributes = py.new_dict();
    let module = py.str("xml.parsers.expat");
    dict::set_name(py, &attributes, "__module__", module);
    let (name, meta) = (py.str("ExpatError"), py.plain_metatype().clone());
    let class = py.call(meta.as_value(), &[name, bases, attributes.into_value()])?;
    py.state::<State>().class = Some(class.clone());
    Ok(class)
}

/// The error of a parser where it failed.
pub fn raise(py: &mut Py, this: &Ref<Parser>, code: Code) -> Raised {
    let Some(class) = py.state::<State>().class.clone() else { return runtime_error("pyexpat is not loaded") };
    let place = this.get(py).error_place;
    let words = words(code as i64).unwrap_or("unknown error");
    let text = py.str(&format!("{words}: line {}, column {}", place.line, place.column));
    let result = py.call(&class, &[text]).and_then(|exception| {
        for (name, number) in [("code", code), ("offset", place.column), ("lineno", place.line)] {
            let number = py.int(number as i64);
            py.setattr(&exception, name, number)?;
        }
        Ok(exception)
    });
    match result {
        Ok(exception) => py.raise_value(&exception),
        Err(raised) => raised,
    }
}
