//! The machine and the builtin types of Lockstep.
//!
//! | room | what it is |
//! |---|---|
//! | `object` | what every value can do: types, attributes, calls, conversion, errors |
//! | `types` | one file per builtin type |
//! | `vm` | the loop, frames, unwinding, generators |
//! | `builtins` | names visible without import |
//! | `import` | module loading |
//! | `embed` | what the facade re-exports |
#![deny(unsafe_code)]

extern crate self as lockstep_interp;

pub mod builtins;
pub mod embed;
pub mod import;
pub mod object;
pub mod types;
pub mod vm;

pub use lockstep_grammar::Dialect;
pub use lockstep_heap::{
    Blocks, Frozen, GilCell, Guarded, Handle, Header, Heap, Held, Instance, Object, Raw, Ref, Shape, ShapeRef, Tag, Tail,
    TailRef, Value, Visitor, flags,
};
pub use lockstep_macros::{methods, module};
pub use lockstep_sched::{Interrupter, ThreadKind};
pub use object::{Exc, Py, Raised, Result};
