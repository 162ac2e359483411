//! The memory room: what a value is, how objects are laid out, counted, freed and collected.
//!
//! Knows nothing of Python beyond that. The other rooms see a safe interface: a [`Value`] is
//! cloned and dropped like an `Rc`; the inside of an object is reached through [`Ref::get`] and
//! [`Ref::get_mut`], which need a proof ([`Held`]) that the interpreter's lock is held.

mod address;
mod alloc;
mod blocks;
mod cell;
mod cycle;
mod handle;
mod object;
mod observe;
mod release;
mod shape;
mod value;

pub use address::Addresses;
pub use alloc::{Heap, MemoryUse};
pub use blocks::Blocks;
pub use cell::{GilCell, Held, Late};
pub use handle::{Anchor, Handle, Returned, Weak};
pub use object::{Frozen, Guarded, Header, Instance, Object, Ref, Tag, Tail, TailRef, Visitor, flags};
pub use observe::Observer;
pub use shape::{Shape, ShapeRef};
pub use value::{Raw, Value, with_args};
