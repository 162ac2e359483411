//! A Python that Rust programs embed and whose threads can be replayed.
#![forbid(unsafe_code)]

mod builder;
mod interpreter;

pub use builder::Builder;
pub use interpreter::Interpreter;
pub use lockstep_interp::embed::stream::Sink;
pub use lockstep_interp::embed::{program, report};
pub use lockstep_interp::object::py::Flags;
pub use lockstep_interp::{Py, Raised, Result, Value};
