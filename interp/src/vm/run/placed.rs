//! Calls whose arguments do not simply fill the parameters one by one: functions with defaults, `*args`
//! or keywords, bound methods, objects with a `__call__` in Python, unpacked arguments.

use lockstep_compile::code::{Instr, Op};
use lockstep_heap::{Header, Raw, Tag, Value};
use smallvec::SmallVec;

use super::native::{call_slowly, callee};
use super::{At, Exit, counted, payload};
use crate::object::strand::{Frame, frame_flags};
use crate::object::{Py, Special, Type};
use crate::types::code::CodeObject;
use crate::types::dict::Dict;
use crate::types::method::BoundMethod;
use crate::types::tuple::Tuple;
use crate::vm::frame::Target;
use crate::vm::place::push_placed;
use crate::vm::{call, instance};

/// `Call` and `CallMethod` before `pc`.
#[inline(never)]
pub(super) unsafe fn enter_placed<const BESIDE: usize>(
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
        if push_positional(py, frame, first, count, i.c) {
            return At::load(py).next(py);
        }
        call_slowly(At { frame, base, pc, code }, py, i)
    }
}

/// `CallKw` and `CallMethodKw` before `pc`.
#[inline(never)]
pub(super) unsafe fn enter_keywords(
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
        if push_keywords(py, frame, i) {
            return At::load(py).next(py);
        }
        let at = At { frame, base, pc, code };
        if i.op == Op::CallKw {
            at.slow(py, |py, frame, i| call::call_kw(py, frame, i))
        } else {
            at.slow(py, |py, frame, i| call::call_method_kw(py, frame, i))
        }
    }
}

/// `CallEx` before `pc`.
#[inline(never)]
pub(super) unsafe fn enter_unpacked(
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
        if push_unpacked(py, frame, i) {
            return At::load(py).next(py);
        }
        At { frame, base, pc, code }.slow(py, |py, frame, i| call::call_ex(py, frame, i))
    }
}

/// Push the frame for a call of what lies at `first` with the `count` words behind it. False:
/// nothing was done.
#[inline(never)]
unsafe fn push_positional(py: &mut Py, frame: *mut Frame, first: *mut Raw, count: usize, dst: u16) -> bool {
    // SAFETY: callee and arguments are owned temporaries of the running frame.
    unsafe {
        let (callee, target) = (*first, Target::register(dst));
        let shape = (*callee.header()).shape();
        match shape.tag() {
            Tag::FUNCTION => {
                let pushed = push_placed(py, frame, callee, first.add(1), count, &[], target);
                if pushed {
                    *first = Raw::UNBOUND;
                }
                pushed
            }
            // The object is the first argument, and lies where that is wanted.
            Tag::INSTANCE => {
                let Some(method) = &(*payload::<Type>(shape.type_raw())).specials[Special::Call as usize] else { return false };
                let method = method.raw();
                let pushed = push_placed(py, frame, method, first, count + 1, &[], target);
                if pushed {
                    // The class keeps its own.
                    counted(method);
                }
                pushed
            }
            Tag::BOUND_METHOD => {
                let method = payload::<BoundMethod>(callee);
                let (function, receiver) = (counted((*method).function.raw()), counted((*method).receiver.raw()));
                *first = receiver;
                let pushed = push_placed(py, frame, function, first, count + 1, &[], target);
                if pushed {
                    drop(Value::from_raw(callee));
                } else {
                    *first = callee;
                    drop((Value::from_raw(function), Value::from_raw(receiver)));
                }
                pushed
            }
            _ => false,
        }
    }
}

/// Push the frame for a call with keywords of a Python function or a class. False: nothing was done.
#[inline(never)]
unsafe fn push_keywords(py: &mut Py, frame: *mut Frame, i: &Instr) -> bool {
    // SAFETY: callee and arguments are owned temporaries of the running frame, which keeps its code
    // and with it the names alive; a `Value` has the layout of its word.
    unsafe {
        let first = (*frame).base.add(i.a as usize);
        let names = &(&(*(*frame).code).consts)[i.c as usize];
        let names = (*payload::<Tuple>(names.raw())).slice();
        let names = std::slice::from_raw_parts(names.as_ptr().cast::<Raw>(), names.len());
        let method = i.op == Op::CallMethodKw;
        // What `LoadMethod` found that is no method lies beside its place, where a receiver would be.
        let beside = method && *first == Raw::UNBOUND;
        let first = first.add(usize::from(beside));
        let count = i.b as usize + usize::from(method && !beside) - names.len();
        let callee = *first;
        if callee.is_ptr() && (*callee.header()).shape().tag() == Tag::TYPE {
            return instance::call_with_keywords(py, frame, first, count, names, i.a);
        }
        let pushed = push_placed(py, frame, callee, first.add(1), count, names, Target::register(i.a));
        if pushed {
            *first = Raw::UNBOUND;
        }
        pushed
    }
}

/// Push the frame for a call of a Python function or method with an exact tuple and perhaps an exact dict,
/// unpacked. False: nothing was done.
#[inline(never)]
unsafe fn push_unpacked(py: &mut Py, frame: *mut Frame, i: &Instr) -> bool {
    // SAFETY: callee, tuple and dict lie in consecutive temporaries of the running frame, the memory
    // behind them is free, and nothing runs before they are dropped.
    unsafe {
        let place = (*frame).base.add(i.a as usize);
        let (callee, args, keywords) = (*place, *place.add(1), *place.add(2));
        if !callee.is_ptr()
            || !args.is_ptr()
            || !std::ptr::eq((*args.header()).shape_ptr(), py.strand.shapes.tuple)
            || (*frame).flags & frame_flags::GENERATOR != 0
        {
            return false;
        }
        let (function, receiver) = match (*callee.header()).shape().tag() {
            Tag::FUNCTION => (callee, Raw::NOTHING),
            Tag::BOUND_METHOD => {
                let method = payload::<BoundMethod>(callee);
                ((*method).function.raw(), (*method).receiver.raw())
            }
            _ => return false,
        };
        // Until all is seen to be in order nothing is written behind the registers: what lies there must
        // not look like an object.
        let mut names = SmallVec::<[Raw; 8]>::new();
        let dict = if i.b == 1 {
            if !keywords.is_ptr() || !std::ptr::eq((*keywords.header()).shape_ptr(), py.strand.shapes.dict) {
                return false;
            }
            let dict = &*payload::<Dict>(keywords);
            for (name, _) in dict.iter() {
                let name = name.raw();
                if !name.is_ptr() || !std::ptr::eq((*name.header()).shape_ptr(), py.strand.shapes.str) {
                    return false;
                }
                names.push(name);
            }
            Some(dict)
        } else {
            None
        };
        let items = (*payload::<Tuple>(args)).slice();
        let given = usize::from(receiver != Raw::NOTHING) + items.len();
        let count = given + names.len();
        let first = place.add(3);
        if first.wrapping_add(count) > (*frame).limit {
            return false;
        }
        let receiver = (receiver != Raw::NOTHING).then_some(receiver);
        let values = dict.into_iter().flat_map(|dict| dict.iter()).map(|(_, value)| value.raw());
        for (k, word) in receiver.into_iter().chain(items.iter().map(Value::raw)).chain(values).enumerate() {
            *first.add(k) = counted(word);
        }
        counted(function);
        let pushed = push_placed(py, frame, function, first, given, &names, Target::register(i.c));
        if !pushed {
            Header::decref(function.header());
            for k in 0..count {
                let word = std::mem::replace(&mut *first.add(k), Raw::UNBOUND);
                if word.is_ptr() {
                    Header::decref(word.header());
                }
            }
            return false;
        }
        for k in 0..2 + usize::from(i.b == 1) {
            let word = std::mem::replace(&mut *place.add(k), Raw::UNBOUND);
            if word.is_ptr() {
                drop(Value::from_raw(word));
            }
        }
        true
    }
}
