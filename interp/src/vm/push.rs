//! Frames for special methods written in Python, pushed straight from the words of operands.
//!
//! The handlers come here when an operand is an instance of a plain class. What is less simple
//! (other parameters, no room, a generator's frame below) goes the general ways of `vm/arith.rs`
//! and `vm/call.rs`.

use lockstep_compile::code::Instr;
use lockstep_heap::{Raw, Tag, Value};

use super::frame::Target;
use super::run::{counted, payload};
use crate::object::special::{BinaryOp, CompareOp};
use crate::object::strand::{Frame, frame_flags, sense};
use crate::object::{Py, Special, Type};
use crate::types::code::CodeObject;
use crate::types::function::Function;

/// A function's frame that can be pushed with nothing else to do.
struct Ready {
    function: Raw,
    code: *const CodeObject,
    base: *mut Raw,
}

/// The frame of `method`, if that is a Python function of `count` parameters that can run behind
/// the registers of `frame`.
///
/// # Safety
/// `frame` is the running frame; `method` is a word of a living object, or nothing.
#[inline(always)]
unsafe fn ready(py: &Py, frame: *mut Frame, method: Raw, count: u32) -> Option<Ready> {
    // SAFETY: the caller's promise; shapes tell payloads.
    unsafe {
        // Functions with a `__dict__` have another shape.
        if method == Raw::NOTHING || !method.is_ptr() || (*method.header()).shape().tag() != Tag::FUNCTION {
            return None;
        }
        let code: *const CodeObject = (*payload::<Function>(method)).code.payload();
        // Two registers below the frame's are for operands.
        let base = (*frame).base.wrapping_add((*(*frame).code).registers as usize + 4);
        let fits = (*code).frame_args.get() == count
            && (*frame).flags & frame_flags::GENERATOR == 0
            && base.wrapping_add((*code).registers as usize + 2) <= (*frame).limit
            && py.strand.depth < py.strand.limit
            && !py.strand.free.is_null()
            && !py.strand.instrumented;
        fits.then_some(Ready { function: method, code, base })
    }
}

impl Ready {
    /// Push the frame: the owned `words` become its first registers.
    ///
    /// # Safety
    /// `frame` is the running frame, for which `self` was made; nothing has run since.
    #[inline(always)]
    unsafe fn push<const N: usize>(self, py: &mut Py, frame: *mut Frame, words: [Raw; N], target: Target) -> *mut Frame {
        // SAFETY: the caller's promise; the frame has at least as many registers.
        unsafe {
            let (base, locals) = (self.base, (*self.code).locals as usize);
            let new = self.link(py, frame, target);
            for (k, word) in words.into_iter().enumerate() {
                *base.add(k) = word;
            }
            for k in N..locals {
                *base.add(k) = Raw::UNBOUND;
            }
            new
        }
    }

    /// Push the frame, whose registers the caller fills.
    ///
    /// # Safety
    /// As in `push`.
    #[inline(always)]
    unsafe fn link(self, py: &mut Py, frame: *mut Frame, target: Target) -> *mut Frame {
        // SAFETY: `ready` has seen that there is a free frame, and room.
        unsafe {
            let new = py.strand.free;
            py.strand.free = (*new).prev;
            let function = payload::<Function>(self.function);
            (*new).prev = frame;
            (*new).pc = (*self.code).instrs.get();
            (*new).base = self.base;
            (*new).limit = (*frame).limit;
            (*new).code = self.code;
            (*new).func = counted(self.function);
            (*new).globals = (*function).globals.as_value().raw();
            (*new).builtins = (*function).builtins.as_value().raw();
            (*new).jump = target.jump;
            (*new).dst = target.dst;
            (*new).ret = target.ret;
            (*new).sense = target.sense;
            (*new).flags = 0;
            py.strand.frame = new;
            py.strand.depth += 1;
            new
        }
    }
}

/// Push the frame of a Python function for a call by native code whose arguments fill its parameters
/// one by one; false: nothing was done.
#[inline(always)]
pub(super) fn from_native(py: &mut Py, callee: &Value, args: &[Value]) -> bool {
    let frame = py.strand.frame;
    if frame.is_null() {
        return false;
    }
    // SAFETY: the running frame; nothing lies behind its registers while native code runs.
    unsafe {
        let Some(ready) = ready(py, frame, callee.raw(), args.len() as u32) else { return false };
        let (base, locals) = (ready.base, (*ready.code).locals as usize);
        ready.link(py, frame, Target::NATIVE);
        for (k, arg) in args.iter().enumerate() {
            *base.add(k) = counted(arg.raw());
        }
        for k in args.len()..locals {
            *base.add(k) = Raw::UNBOUND;
        }
        true
    }
}

/// The class of an instance without builtin base; null for other words.
#[inline(always)]
unsafe fn plain_class(object: Raw) -> *mut Type {
    // SAFETY: a word in a register is alive.
    unsafe {
        if !object.is_ptr() || (*object.header()).shape().tag() != Tag::INSTANCE {
            return std::ptr::null_mut();
        }
        payload::<Type>((*object.header()).shape().type_raw())
    }
}

/// The special method of a class, or nothing.
#[inline(always)]
unsafe fn method_of(class: *mut Type, special: Special) -> Raw {
    // SAFETY: the class is alive.
    unsafe { (&(*class).specials)[special as usize].as_ref().map_or(Raw::NOTHING, Value::raw) }
}

/// An operand with ownership.
#[inline(always)]
unsafe fn owned(frame: *mut Frame, index: u16) -> Raw {
    // SAFETY: an operand of the running frame.
    unsafe { super::fetch((*frame).base, (*(*frame).code).locals, index).into_raw() }
}

#[inline(always)]
unsafe fn word(frame: *mut Frame, index: u16) -> Raw {
    // SAFETY: an operand of the running frame.
    unsafe { *(*frame).base.add(index as usize) }
}

/// Whether the method of the left operand, an instance of the plain `class`, comes first.
#[inline(always)]
unsafe fn left_first(py: &Py, class: *mut Type, left: Raw, right: Raw) -> bool {
    // SAFETY: both are words of living objects.
    unsafe {
        if !right.is_ptr() {
            return right != Raw::UNBOUND;
        }
        let (left_type, right_type) = ((*left.header()).shape().type_raw(), (*right.header()).shape().type_raw());
        left_type == right_type || !(*payload::<Type>(right_type)).mro.iter().any(|t| std::ptr::eq(t.get(py), class.cast_const()))
    }
}

/// Push the frame of an operator's method over the operands `b` and `c` of the instruction.
#[inline(always)]
unsafe fn push_pair(py: &mut Py, frame: *mut Frame, method: Raw, operands: (u16, u16), target: Target) -> bool {
    // SAFETY: operands of the running frame.
    unsafe {
        let Some(ready) = ready(py, frame, method, 2) else { return false };
        let (x, y) = (owned(frame, operands.0), owned(frame, operands.1));
        *ready.base.sub(2) = counted(x);
        *ready.base.sub(1) = counted(y);
        let new = ready.push(py, frame, [x, y], target);
        (*new).flags = frame_flags::OPERANDS;
        true
    }
}

/// `a = b op c`; false: nothing was done.
#[inline(never)]
pub(super) unsafe fn binary(py: &mut Py, frame: *mut Frame, i: Instr, op: BinaryOp) -> bool {
    // SAFETY: operands of the running frame.
    unsafe {
        let (x, y) = (word(frame, i.b), word(frame, i.c));
        let class = plain_class(x);
        if class.is_null() || !left_first(py, class, x, y) {
            return false;
        }
        let mut method = Raw::NOTHING;
        if i.d & 1 != 0
            && let Some(special) = op.in_place()
        {
            method = method_of(class, special);
        }
        if method == Raw::NOTHING {
            method = method_of(class, op.method());
        }
        push_pair(py, frame, method, (i.b, i.c), Target::register(i.a))
    }
}

/// A comparison of two registers; false: nothing was done.
#[inline(never)]
pub(super) unsafe fn compare(py: &mut Py, frame: *mut Frame, operands: (u16, u16), op: CompareOp, target: Target) -> bool {
    // SAFETY: operands of the running frame.
    unsafe {
        let (x, y) = (word(frame, operands.0), word(frame, operands.1));
        let class = plain_class(x);
        if class.is_null() || !left_first(py, class, x, y) {
            return false;
        }
        let method = method_of(class, op.method());
        push_pair(py, frame, method, operands, target)
    }
}

/// `a = b[key]` with the key `c`, or the number in the instruction; false: nothing was done.
#[inline(never)]
pub(super) unsafe fn get_item(py: &mut Py, frame: *mut Frame, i: Instr, number: bool) -> bool {
    // SAFETY: operands of the running frame.
    unsafe {
        let class = plain_class(word(frame, i.b));
        if class.is_null() || (!number && word(frame, i.c) == Raw::UNBOUND) {
            return false;
        }
        let Some(ready) = ready(py, frame, method_of(class, Special::GetItem), 2) else { return false };
        let object = owned(frame, i.b);
        let key = if number { Raw::from_int(i64::from(i.c as i16)) } else { owned(frame, i.c) };
        ready.push(py, frame, [object, key], Target::register(i.a));
        true
    }
}

/// Test whether the first of two registers is in the second; false: nothing was done.
#[inline(never)]
pub(super) unsafe fn contains(py: &mut Py, frame: *mut Frame, (item, container): (u16, u16), target: Target) -> bool {
    // SAFETY: operands of the running frame.
    unsafe {
        let class = plain_class(word(frame, container));
        if class.is_null() || word(frame, item) == Raw::UNBOUND {
            return false;
        }
        let Some(ready) = ready(py, frame, method_of(class, Special::Contains), 2) else { return false };
        let (item, container) = (owned(frame, item), owned(frame, container));
        ready.push(py, frame, [container, item], target);
        true
    }
}

/// Deliver the truth of a register by its `__bool__`; false: nothing was done.
#[inline(never)]
pub(super) unsafe fn truth(py: &mut Py, frame: *mut Frame, register: u16, target: Target) -> bool {
    // SAFETY: an operand of the running frame.
    unsafe {
        let class = plain_class(word(frame, register));
        if class.is_null() {
            return false;
        }
        let Some(ready) = ready(py, frame, method_of(class, Special::Bool), 1) else { return false };
        let object = owned(frame, register);
        ready.push(py, frame, [object], Target { sense: target.sense | sense::BOOL, ..target });
        true
    }
}

/// `a = b.name` where the site knows a property with this getter; false: nothing was done.
#[inline(never)]
pub(super) unsafe fn get_property(py: &mut Py, frame: *mut Frame, i: Instr, getter: Raw) -> bool {
    // SAFETY: operands of the running frame; the caller sees the getter alive.
    unsafe {
        let Some(ready) = ready(py, frame, getter, 1) else { return false };
        let object = owned(frame, i.b);
        ready.push(py, frame, [object], Target::register(i.a));
        true
    }
}

/// `a.name = b` where the site knows a property with this setter; false: nothing was done.
#[inline(never)]
pub(super) unsafe fn set_property(py: &mut Py, frame: *mut Frame, i: Instr, setter: Raw) -> bool {
    // SAFETY: as in `get_property`.
    unsafe {
        if word(frame, i.b) == Raw::UNBOUND {
            return false;
        }
        let Some(ready) = ready(py, frame, setter, 2) else { return false };
        let (value, object) = (owned(frame, i.b), owned(frame, i.a));
        ready.push(py, frame, [object, value], Target::DISCARD);
        true
    }
}

/// `WithEnter` of an instance with both methods in Python: the pair for the exit goes into `a`,
/// `a + 1`. False: nothing was done.
#[inline(never)]
pub(super) unsafe fn with_enter(py: &mut Py, frame: *mut Frame, i: Instr) -> bool {
    // SAFETY: operands of the running frame.
    unsafe {
        let class = plain_class(word(frame, i.b));
        if class.is_null() {
            return false;
        }
        let exit = method_of(class, Special::Exit);
        if exit == Raw::NOTHING || !exit.is_ptr() || (*exit.header()).shape().tag() != Tag::FUNCTION {
            return false;
        }
        let Some(ready) = ready(py, frame, method_of(class, Special::Enter), 1) else { return false };
        let manager = owned(frame, i.b);
        let base = (*frame).base;
        super::put(base, i.a, Value::from_raw(counted(exit)));
        super::put(base, i.a + 1, Value::from_raw(counted(manager)));
        ready.push(py, frame, [manager], Target::register(i.c));
        true
    }
}

/// The exit of a `with` without an exception; false: nothing was done.
#[inline(never)]
pub(super) unsafe fn with_exit(py: &mut Py, frame: *mut Frame, i: Instr) -> bool {
    // SAFETY: the pair is pinned at `a`.
    unsafe {
        let (exit, receiver) = (word(frame, i.a), word(frame, i.a + 1));
        if receiver == Raw::UNBOUND {
            return false;
        }
        let Some(ready) = ready(py, frame, exit, 4) else { return false };
        let base = (*frame).base.add(i.a as usize);
        *base.add(1) = Raw::UNBOUND;
        ready.push(py, frame, [receiver, Raw::NONE, Raw::NONE, Raw::NONE], Target::DISCARD);
        // The frame has a reference of its own.
        *base = Raw::UNBOUND;
        drop(Value::from_raw(exit));
        true
    }
}
