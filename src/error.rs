//! What a host gets when Python raises.

use std::fmt;

use lockstep_interp::Py;
use lockstep_interp::embed::report;
use lockstep_interp::object::Raised;

/// An error that left the interpreter: plain data, without a reference to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: String,
    message: String,
    report: String,
}

impl Error {
    pub(crate) fn new(py: &mut Py, error: Raised) -> Error {
        let exception = py.exception(error);
        let kind = py.class_name(exception.as_value());
        let message = py.str_of(exception.as_value()).map(|s| s.to_string()).unwrap_or_default();
        let report = report::text(py, &exception);
        Error { kind, message, report }
    }

    pub(crate) fn host(message: &str) -> Error {
        Error { kind: "RuntimeError".to_owned(), message: message.to_owned(), report: format!("RuntimeError: {message}\n") }
    }

    /// The name of the exception's class.
    pub fn kind(&self) -> &str {
        &self.kind
    }
    /// What `str()` of the exception is.
    pub fn message(&self) -> &str {
        &self.message
    }
    /// The whole report with its traceback, as the program prints it.
    pub fn report(&self) -> &str {
        &self.report
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.is_empty() { f.write_str(&self.kind) } else { write!(f, "{}: {}", self.kind, self.message) }
    }
}

impl std::error::Error for Error {}
