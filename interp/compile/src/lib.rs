//! The instruction set, code objects and the compiler of Lockstep: a syntax tree goes in,
//! register code comes out. Knows nothing of values: constants are plain data.
#![forbid(unsafe_code)]

pub mod code;
