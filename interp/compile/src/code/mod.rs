//! What the compiler makes and the machine runs: instructions, code objects, tables.

pub mod object;
pub mod op;

pub use object::{Capture, Code, CodeFlags, Const, Handler, Position};
pub use op::{Instr, Intrinsic, Op};
