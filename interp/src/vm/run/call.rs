//! Calls and returns: Python functions whose arguments are already in place, plain natives, plain
//! returns. Arguments of other forms go to `placed.rs`, everything else to `vm/call.rs`.

use lockstep_compile::code::Instr;
use lockstep_heap::{Header, Raw, Tag, Value};

use super::native::{arguments, call_slowly, callee, enter_class, enter_filled, enter_native};
use super::placed::{enter_keywords, enter_placed, enter_unpacked};
use super::{At, Exit, Signal, handlers, part_with, payload};
use crate::object::Py;
use crate::object::strand::{Frame, Return, frame_flags};
use crate::types::code::CodeObject;
use crate::types::function::Function;
use crate::types::native::Native;
use crate::vm::{call, generator};

/// Call what lies in register `a`, or beside it, with `count` arguments behind it, if it is a Python
/// function whose parameters they fill one by one; else `otherwise`.
macro_rules! enter {
    ($at:ident, $py:ident, $i:ident, $beside:literal, $count:expr, $otherwise:expr) => {{
        let f = $at.r($i.a + $beside);
        if f.is_ptr() && (*(*f.header()).shape_ptr()).tag() == Tag::FUNCTION {
            let code: *const CodeObject = (*payload::<Function>(f)).code.payload();
            let base = $at.base.add($i.a as usize + $beside + 1);
            if (*code).frame_args.get() == u32::from($count)
                && base.add((*code).registers as usize + 2) <= (*$at.frame).limit
                && $py.strand.depth < $py.strand.limit
                && !$py.strand.free.is_null()
            {
                return enter_function($py, $at.frame, base, $at.pc, code);
            }
        }
        $otherwise
    }};
}

/// The call before `pc` is not one of a Python function whose parameters are filled one by one.
#[inline(never)]
unsafe fn enter_other<const BESIDE: usize>(
    py: &mut Py,
    frame: *mut Frame,
    base: *mut Raw,
    pc: *const Instr,
    code: *const CodeObject,
) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let i = &*pc.sub(1);
        let at = At { frame, base, pc, code };
        let f = at.r(i.a + BESIDE as u16);
        if f.is_ptr() {
            let count = arguments(i) - BESIDE as u16;
            let tag = (*f.header()).shape().tag();
            if tag == Tag::NATIVE {
                let native = &*payload::<Native>(f);
                if native.resumes != 0 && count != 0 && is_generator(at.r(i.a + BESIDE as u16 + 1)) {
                    if u16::from(native.resumes) == count {
                        return resume::<BESIDE>(py, frame, base, pc, code);
                    }
                    return call_slowly(at, py, i);
                }
                if native.direct == u32::from(count) {
                    return enter_native::<BESIDE>(py, frame, base, pc, code);
                }
                if u32::from(count).wrapping_sub(native.least) <= native.more {
                    return enter_filled::<BESIDE>(py, frame, base, pc, code);
                }
            } else if tag == Tag::TYPE {
                return enter_class::<BESIDE>(py, frame, base, pc, code);
            } else if tag == Tag::FUNCTION {
                let callee = &(*payload::<Function>(f)).code;
                if callee.is_generator && callee.simple_args.get() == u32::from(count) {
                    return call_generator::<BESIDE>(py, frame, base, pc, code);
                }
                return enter_placed::<BESIDE>(py, frame, base, pc, code);
            } else if matches!(tag, Tag::INSTANCE | Tag::BOUND_METHOD) {
                return enter_placed::<BESIDE>(py, frame, base, pc, code);
            }
        }
        call_slowly(at, py, i)
    }
}

/// Count the bytecodes of a call; the breaker may want something first.
macro_rules! count {
    ($at:ident, $py:ident, $i:ident) => {
        $py.strand.ticks -= i32::from($i.d);
        if $py.strand.ticks < 0 {
            return $at.check_first($py, $i.d);
        }
    };
}

/// Push the frame of a function whose arguments are its first registers already: it lies before
/// `base`, the first of them. A function of its own, since here nothing of the caller but its frame and
/// place is needed any more: all that is at hand fits into machine registers that need not be saved.
#[inline(never)]
unsafe fn enter_function(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, _code: *const CodeObject) -> Exit {
    // SAFETY: the caller has seen that a function lies there, that there is a free frame, and room.
    unsafe {
        // The frame owns the function now.
        let f = std::mem::replace(&mut *base.sub(1), Raw::UNBOUND);
        let function = payload::<Function>(f);
        let code: *const CodeObject = (*function).code.payload();
        (*frame).pc = pc;
        let new = py.strand.free;
        py.strand.free = (*new).prev;
        (*new).prev = frame;
        (*new).base = base;
        (*new).limit = (*frame).limit;
        (*new).code = code;
        (*new).func = f;
        (*new).globals = (*function).globals.as_value().raw();
        (*new).builtins = (*function).builtins.as_value().raw();
        (*new).dst = (*pc.sub(1)).c;
        (*new).ret = Return::Register;
        (*new).flags = 0;
        py.strand.frame = new;
        py.strand.depth += 1;
        let mut k = (*code).frame_args.get();
        while k < (*code).locals {
            *base.add(k as usize) = Raw::UNBOUND;
            k += 1;
        }
        At { frame: new, base, pc: (*code).instrs.get(), code }.next(py)
    }
}

/// `CallMethod` before `pc` of what is no function: a method of another kind, or what lies where the
/// receiver would.
#[inline(never)]
unsafe fn call_other_method(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let i = &*pc.sub(1);
        let at = At { frame, base, pc, code };
        if at.r(i.a) != Raw::UNBOUND {
            return enter_other::<0>(py, frame, base, pc, code);
        }
        enter!(at, py, i, 1, i.b, enter_other::<1>(py, frame, base, pc, code))
    }
}

/// Whether a word is a generator, or another object with the payload of one.
#[inline(always)]
unsafe fn is_generator(x: Raw) -> bool {
    // SAFETY: the register keeps the object alive.
    x.is_ptr() && unsafe { (*x.header()).shape().tag() == Tag::GENERATOR }
}

/// The call before `pc` resumes a generator, if its first argument is one.
#[inline(never)]
unsafe fn resume<const BESIDE: usize>(
    py: &mut Py,
    frame: *mut Frame,
    base: *mut Raw,
    pc: *const Instr,
    code: *const CodeObject,
) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let i = &*pc.sub(1);
        let at = At { frame, base, pc, code };
        (*frame).pc = pc;
        let (first, count) = callee::<BESIDE>(base, i);
        if let Some(old) = generator::call_quick(py, frame, first.add(1), count as u16, i.c) {
            let dying = at.exchange(i.a + BESIDE as u16, Raw::UNBOUND);
            return At::load(py).next_and_drop(py, dying, old);
        }
        call_slowly(at, py, i)
    }
}

handlers! {
    fn call(at, py, i) {
        count!(at, py, i);
        enter!(at, py, i, 0, i.b, enter_other::<0>(py, at.frame, at.base, at.pc, at.code))
    }
    fn call_method(at, py, i) {
        count!(at, py, i);
        enter!(at, py, i, 0, i.b + 1, call_other_method(py, at.frame, at.base, at.pc, at.code))
    }
    /// The same while instrumented.
    fn call_traced(at, py, i) {
        py.strand.ticks -= i32::from(i.d);
        at.slow(py, |py, frame, i| call::call(py, frame, i))
    }
    fn call_method_traced(at, py, i) {
        py.strand.ticks -= i32::from(i.d);
        at.slow(py, |py, frame, i| call::call_method(py, frame, i))
    }
    fn call_kw(at, py, _i) {
        py.strand.ticks -= 1;
        if py.strand.ticks < 0 {
            return at.check_first(py, 1);
        }
        enter_keywords(py, at.frame, at.base, at.pc, at.code)
    }
    fn call_ex(at, py, _i) {
        py.strand.ticks -= 1;
        if py.strand.ticks < 0 {
            return at.check_first(py, 1);
        }
        enter_unpacked(py, at.frame, at.base, at.pc, at.code)
    }
    fn return_(at, py, i) {
        if !is_plain(at.frame) {
            return return_otherwise(py, at.frame, at.base, at.pc, at.code);
        }
        let place = at.base.add(i.a as usize);
        let value = *place;
        if (*at.frame).ret == Return::Init && value != Raw::NONE {
            return at.slow(py, finish_with);
        }
        *place = Raw::UNBOUND;
        leave(at, py, value)
    }
    fn return_none(at, py, _i) {
        if !is_plain(at.frame) {
            return return_none_otherwise(py, at.frame, at.base, at.pc, at.code);
        }
        leave(at, py, Raw::NONE)
    }
    fn return_traced(at, py, _i) { at.slow(py, finish_with) }
    fn return_none_traced(at, py, _i) { at.slow(py, |py, frame, _| finish(py, frame, Value::NONE)) }
    fn make_function(at, py, _i) { at.slow(py, |py, frame, i| call::make_function(py, frame, i)) }
    fn make_generator(at, py, _i) {
        at.slow(py, |py, frame, _| match generator::make(py, frame)? {
            None => Ok(Signal::Reload),
            Some(value) => {
                py.strand.result = value.into_raw();
                Ok(Signal::Returned)
            }
        })
    }
    fn yield_(at, py, i) {
        (*at.frame).pc = at.pc;
        if let Some((owner, old)) = generator::suspend_quick(py, at, i.b) {
            return At::load(py).next_and_drop(py, owner, old);
        }
        yield_out(py, at.frame, at.base, at.pc, at.code)
    }
    /// The same while instrumented.
    fn yield_traced(at, py, _i) {
        at.slow(py, |py, frame, i| {
            let value = crate::vm::fetch((*frame).base, (*(*frame).code).locals, i.b);
            Ok(yield_value(py, frame, value))
        })
    }
}

/// The call before `pc` is one of a generator function with as many arguments as it takes.
#[inline(never)]
unsafe fn call_generator<const BESIDE: usize>(
    py: &mut Py,
    frame: *mut Frame,
    base: *mut Raw,
    pc: *const Instr,
    code: *const CodeObject,
) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let i = &*pc.sub(1);
        (*frame).pc = pc;
        let (first, count) = callee::<BESIDE>(base, i);
        let f = std::mem::replace(&mut *first, Raw::UNBOUND);
        let made = generator::call_generator(py, f, first.add(1), count);
        At { frame, base, pc, code }.put(py, i.c, made)
    }
}

/// `Return` of a frame that is not plain.
#[inline(never)]
unsafe fn return_otherwise(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        (*frame).pc = pc;
        let place = base.add((*pc.sub(1)).a as usize);
        let fr = &*frame;
        if fr.ret == Return::Native && fr.flags == 0 && fr.locals.0 | fr.extra.0 | fr.handled.0 == 0 {
            let value = std::mem::replace(&mut *place, Raw::UNBOUND);
            call::to_native(py, frame, base, (*code).locals);
            py.strand.result = value;
            return Exit::Returned;
        }
        match ended(py, frame, place) {
            Some(Signal::Returned) => Exit::Returned,
            Some(_) => At::load(py).next(py),
            None => At { frame, base, pc, code }.slow(py, finish_with),
        }
    }
}

/// `ReturnNone` of a frame that is not plain.
#[inline(never)]
unsafe fn return_none_otherwise(
    py: &mut Py,
    frame: *mut Frame,
    base: *mut Raw,
    pc: *const Instr,
    code: *const CodeObject,
) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        (*frame).pc = pc;
        match ended(py, frame, std::ptr::null_mut()) {
            Some(Signal::Returned) => Exit::Returned,
            Some(_) => At::load(py).next(py),
            None => At { frame, base, pc, code }.slow(py, |py, frame, _| finish(py, frame, Value::NONE)),
        }
    }
}

/// Ends a frame in one of the commoner ways, if that is how it is to end: a generator's, or one
/// whose result the loop itself or native code wants.
#[inline(always)]
unsafe fn ended(py: &mut Py, frame: *mut Frame, place: *mut Raw) -> Option<Signal> {
    // SAFETY: the running frame; `place` is the register of its result, or null.
    unsafe {
        if (*frame).flags == frame_flags::GENERATOR {
            generator::finish_quick(py, frame, place).then_some(Signal::Reload)
        } else {
            call::finish_quick(py, frame, place)
        }
    }
}

/// `Yield` to native code, or in the general way.
#[inline(never)]
unsafe fn yield_out(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let at = At { frame, base, pc, code };
        if let Some(owner) = generator::suspend_out(py, at, (*pc.sub(1)).b) {
            if owner.0 != 0 {
                drop(Value::from_raw(owner));
            }
            return Exit::Yielded;
        }
        yield_traced(py, frame, base, pc, code)
    }
}

/// `Yield` in the general way.
unsafe fn yield_value(py: &mut Py, frame: *mut Frame, value: Value) -> Signal {
    // SAFETY: the running frame is a generator's.
    match unsafe { generator::suspend(py, frame, value) } {
        None => Signal::Reload,
        Some(value) => {
            py.strand.result = value.into_raw();
            Signal::Yielded
        }
    }
}

/// Whether a frame's end concerns nobody but its caller in this loop, and it has no mapping of its locals.
#[inline(always)]
unsafe fn is_plain(frame: *mut Frame) -> bool {
    // SAFETY: the running frame.
    unsafe { ((*frame).ret == Return::Register || (*frame).ret == Return::Init) && (*frame).flags == 0 && (*frame).locals.0 == 0 }
}

/// `Return` in the general way.
fn finish_with(py: &mut Py, frame: *mut Frame, i: lockstep_compile::code::Instr) -> crate::object::raise::Result<Signal> {
    // SAFETY: called for a `Return` of the running frame.
    unsafe {
        let value = crate::vm::fetch((*frame).base, (*(*frame).code).locals, i.a);
        finish(py, frame, value)
    }
}

/// The running frame returns in the general way.
fn finish(py: &mut Py, frame: *mut Frame, value: Value) -> crate::object::raise::Result<Signal> {
    // SAFETY: the running frame.
    match unsafe { call::finish(py, frame, value) }? {
        None => Ok(Signal::Reload),
        Some(value) => {
            py.strand.result = value.into_raw();
            Ok(Signal::Returned)
        }
    }
}

/// The running frame returns `value`, which has been taken out of its register, to its caller.
#[inline(always)]
unsafe fn leave(at: At, py: &mut Py, value: Raw) -> Exit {
    // SAFETY: the frame is plain: it owns its registers, function and new object.
    unsafe {
        let locals = (*at.code).locals;
        let mut k = 0;
        while k < locals {
            let place = at.base.add(k as usize);
            let old = *place;
            if old.is_ptr() {
                let header = old.header();
                if (*header).count() > 1 {
                    *place = Raw::UNBOUND;
                    Header::decref(header);
                } else {
                    py.strand.result = value;
                    return leave_slowly(py, at.frame, at.base, at.pc, at.code);
                }
            }
            k += 1;
        }
        let frame = at.frame;
        let value = if (*frame).ret == Return::Init { std::mem::replace(&mut (*frame).extra, Raw::NOTHING) } else { value };
        let caller = (*frame).prev;
        py.strand.frame = caller;
        py.strand.depth -= 1;
        py.strand.free_frame(frame);
        let at = At { frame: caller, base: (*caller).base, pc: (*caller).pc, code: (*caller).code };
        // The free frame keeps what it says, but not what it owns.
        let func = part_with(std::mem::replace(&mut (*frame).func, Raw::NOTHING));
        let old = at.exchange((*frame).dst, value);
        at.next_and_drop(py, func, old)
    }
}

/// [`leave`] for a frame some of whose registers hold last references; the value is `strand.result`.
#[inline(never)]
unsafe fn leave_slowly(
    py: &mut Py,
    frame: *mut Frame,
    base: *mut Raw,
    pc: *const lockstep_compile::code::Instr,
    code: *const CodeObject,
) -> Exit {
    // SAFETY: see `leave`.
    unsafe {
        (*frame).pc = pc;
        empty_locals(py, base, (*code).locals);
        let value = std::mem::replace(&mut py.strand.result, Raw::NOTHING);
        leave(At { frame, base, pc, code }, py, value)
    }
}

/// Drop what the locals of the running frame hold; finalisers may run.
#[inline(never)]
unsafe fn empty_locals(py: &mut Py, base: *mut Raw, locals: u32) {
    let value = std::mem::replace(&mut py.strand.result, Raw::NOTHING);
    for k in 0..locals as usize {
        // SAFETY: registers of the running frame own what they hold.
        unsafe {
            let place = base.add(k);
            let old = *place;
            if old.is_ptr() {
                *place = Raw::UNBOUND;
                drop(Value::from_raw(old));
            }
        }
    }
    py.drain_pending();
    py.strand.result = value;
}
