//! The exceptions of the module.

use lockstep_interp::object::raise::{Result, io_error};
use lockstep_interp::{Exc, Py, Raised, Value};
use lockstep_sched::net::Unresolved;

use crate::notes::error_class;

/// What the module keeps: its exceptions, and the time-out of new sockets (negative: none).
pub struct Errors {
    gaierror: Option<Value>,
    herror: Option<Value>,
    /// `getdefaulttimeout()`
    pub timeout: f64,
}

impl Default for Errors {
    fn default() -> Self {
        Errors { gaierror: None, herror: None, timeout: -1.0 }
    }
}

impl Errors {
    /// Makes the classes, once; gives `gaierror` and `herror`.
    pub fn define(py: &mut Py) -> Result<(Value, Value)> {
        let base = py.exception_type(Exc::OSError).into_value();
        let known = py.state::<Errors>().gaierror.clone();
        let gaierror = error_class(py, known, "socket", "gaierror", &base, None)?;
        let known = py.state::<Errors>().herror.clone();
        let herror = error_class(py, known, "socket", "herror", &base, None)?;
        let state = py.state::<Errors>();
        state.gaierror = Some(gaierror.clone());
        state.herror = Some(herror.clone());
        Ok((gaierror, herror))
    }

    fn raise(py: &mut Py, class: Option<Value>, number: i32, text: &str) -> Raised {
        let text = py.str(text);
        let args = vec![Value::int32(number), text];
        let Some(class) = class else { return Raised::args(Exc::OSError, args) };
        match py.call(&class, &args) {
            Ok(error) => py.raise_value(&error),
            Err(error) => error,
        }
    }

    /// A `gaierror`.
    #[cold]
    pub fn resolver(py: &mut Py, number: i32, text: &str) -> Raised {
        let class = py.state::<Errors>().gaierror.clone();
        Self::raise(py, class, number, text)
    }

    /// A `herror`.
    #[cold]
    pub fn host(py: &mut Py, number: i32, text: &str) -> Raised {
        let class = py.state::<Errors>().herror.clone();
        Self::raise(py, class, number, text)
    }
}

/// The exception for a name that was not resolved.
#[cold]
pub fn unresolved(py: &mut Py, error: Unresolved) -> Raised {
    match error {
        Unresolved::System(error) => io_error(py, &error),
        Unresolved::Resolver(number, text) => Errors::resolver(py, number, &text),
    }
}
