//! The machine: frames, the loop, calls, unwinding, generators.
//!
//! One of the three rooms with `unsafe`: registers are raw words in memory that the machine
//! owns, frames are reached by raw pointers. The invariants:
//!
//! - Registers `0 .. locals` of a frame own what they hold; temporaries own it while they hold
//!   a value; register memory beyond the running frame's window holds no owned pointer.
//! - `strand.frame` is the running frame whenever other code can look at it; its `pc` is saved
//!   before anything that can call, raise or block.
//! - Register memory never moves while a frame uses it.
#![expect(unsafe_code, reason = "the machine works on raw registers and frames")]
#![expect(dangerous_implicit_autorefs, reason = "short borrows through frame pointers; the invariants above cover them")]

mod arith;
mod attr;
mod bind;
mod call;
mod chain;
mod delegate;
mod exc;
mod frame;
mod generator;
mod inspect;
mod instance;
mod intrinsic;
mod iter;
mod jump;
mod memory;
mod name;
mod origin;
mod place;
mod push;
mod ready;
mod run;
mod start;
mod strands;
mod subscript;
mod throw;
mod trace;
mod with;

pub(crate) use attr::{Sites, after_in_mro};
pub use call::docstring;
pub(crate) use chain::{chain_state, code_names, delegate};
pub use chain::{drop_registers, take_registers};
pub(crate) use delegate::awaitable;
pub use frame::take_frame_registers;
pub(crate) use frame::{FIRST_CHUNK, SMALL_CHUNK, named_locals};
pub use frame::{builtins_of, super_context};
pub use generator::{resume, send, step};
pub(crate) use inspect::{
    frame_back, frame_generator, frame_index, frame_mapping, frame_names, frame_variable, frame_variables, is_running,
    set_frame_variable,
};
pub use intrinsic::current_namespace;
pub(crate) use jump::set_line;
pub use memory::{Block, Lines, MemoryTraces};
pub(crate) use ready::ready;
pub use run::Outcome;
pub(crate) use start::with_heap;
pub use start::{call_any, run_body, run_code};
pub use strands::{Place, Strands};
pub use throw::{close, throw};

use lockstep_heap::{Held, Raw, Value};

use crate::object::Py;
use crate::object::py::{Interp, Shared};

// SAFETY: a `Py` is made only on a thread that attached to the interpreter and holds its lock
// (`embed`), one per thread; giving the lock up goes through `&mut Py`.
unsafe impl Held for Py {}

/// The guarded part of an interpreter, by the exclusive borrow of the proof.
pub(crate) fn shared_mut(interp: *const Interp, py: &mut Py) -> &mut Shared {
    // SAFETY: `interp` is the interpreter of `py`, which keeps it alive for the borrow.
    unsafe { (*interp).shared.get_mut(py) }
}

/// Whether the machine went on by itself or pushed a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    /// The instruction is done.
    Next,
    /// A frame was pushed, popped or the saved `pc` was changed: load the frame again.
    Reload,
}

/// The value of an operand: a temporary is taken, a pinned register is copied.
///
/// # Safety
/// `index` is a register of the frame with this base.
#[inline(always)]
unsafe fn fetch(base: *mut Raw, locals: u32, index: u16) -> Value {
    // SAFETY: the caller's promise; a register owns what it holds.
    unsafe {
        let at = base.add(index as usize);
        let raw = *at;
        if u32::from(index) >= locals {
            *at = Raw::UNBOUND;
        } else if raw.is_ptr() {
            lockstep_heap::Header::incref(raw.header());
        }
        Value::from_raw(raw)
    }
}

/// A register as a borrowed value.
///
/// # Safety
/// `index` is a register of the frame with this base and is not written while the borrow lives.
#[inline(always)]
unsafe fn peek<'a>(base: *mut Raw, index: u16) -> &'a Value {
    // SAFETY: `Value` and `Raw` have one layout, and a register is never nothing.
    unsafe { &*base.add(index as usize).cast::<Value>() }
}

/// Write a register and drop what was there.
///
/// # Safety
/// `index` is a register of the frame with this base.
#[inline(always)]
unsafe fn put(base: *mut Raw, index: u16, value: Value) {
    // SAFETY: the caller's promise.
    unsafe {
        let at = base.add(index as usize);
        let old = *at;
        *at = value.into_raw();
        if old.is_ptr() {
            drop(Value::from_raw(old));
        }
    }
}
