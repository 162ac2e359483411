//! A Python that Rust programs embed and whose threads can be replayed.
#![forbid(unsafe_code)]

mod builder;
mod capture;
mod error;
mod interpreter;
mod module;

pub use builder::Builder;
pub use capture::Capture;
pub use error::Error;
pub use interpreter::{Embed, Interpreter, Interrupter};
pub use lockstep_interp::embed::host::{Arguments, FromValue, HostCall};
pub use lockstep_interp::embed::stream::Sink;
pub use lockstep_interp::embed::{program, report};
pub use lockstep_interp::object::convert::IntoValue;
pub use lockstep_interp::object::py::Flags;
pub use lockstep_interp::{Blocks, Py, Raised, Result, Value};
pub use module::Module;
