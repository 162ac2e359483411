//! The instruction set, code objects and the compiler of Lockstep: a syntax tree goes in,
//! register code comes out. Knows nothing of values: constants are plain data.
#![forbid(unsafe_code)]

pub mod code;
pub mod compile;

pub use code::{Code, disassemble};
pub use compile::{Compiled, Options, Source, Warning, compile, unparse};
