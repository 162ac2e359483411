//! What the compiler makes and the machine runs: instructions, code objects, tables.

pub mod disassemble;
pub mod live;
pub mod marshal;
pub mod object;
pub mod op;
pub mod operands;
pub mod verify;

pub use disassemble::{disassemble, operands as operand_text};
pub use object::{Capture, Code, CodeFlags, Const, Handler, Position};
pub use op::{Form, Instr, Intrinsic, Op};
pub use operands::jump_target;
