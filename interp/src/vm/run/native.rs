//! Calls of native functions and of the builtin classes that natives make, from the loop: the
//! arguments are shown to the function where they lie; a receiver or defaults go with them.

use lockstep_compile::code::{Instr, Op};
use lockstep_heap::{Raw, Ref, Value};

use super::{At, Exit, failed, payload};
use crate::object::args::Signature;
use crate::object::raise::Result;
use crate::object::strand::Frame;
use crate::object::{Py, Type, TypeFlags};
use crate::types::code::CodeObject;
use crate::types::native::{MOST, Native};
use crate::types::{dict, native, set, weakref};
use crate::vm::{call, instance};

/// How many arguments the call at `i` has, the receiver counted.
#[inline(always)]
pub(super) fn arguments(i: &Instr) -> u16 {
    i.b + u16::from(i.op == Op::CallMethod)
}

/// Where the callee of the call at `i` lies and how many words lie behind it. What `LoadMethod` found
/// that is no method lies beside its place, where the receiver would be: `BESIDE` is 1 then, else 0.
#[inline(always)]
pub(super) unsafe fn callee<const BESIDE: usize>(base: *mut Raw, i: &Instr) -> (*mut Raw, usize) {
    // SAFETY: operands of the running frame.
    unsafe { (base.add(i.a as usize + BESIDE), arguments(i) as usize - BESIDE) }
}

/// The call before `pc` is one of a native function with as many arguments as it takes.
#[inline(never)]
pub(super) unsafe fn enter_native<const BESIDE: usize>(
    py: &mut Py,
    frame: *mut Frame,
    base: *mut Raw,
    pc: *const Instr,
    _code: *const CodeObject,
) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        (*frame).pc = pc;
        py.strand.ticks -= crate::embed::NATIVE - 1;
        let i = &*pc.sub(1);
        let (first, count) = callee::<BESIDE>(base, i);
        let call = (*payload::<Native>(*first)).call;
        let result = call(py, std::slice::from_raw_parts(first.add(1).cast::<Value>(), count));
        settle(py, first, count, i.c, result)
    }
}

/// The same for a function that has a receiver or takes more, which have defaults.
#[inline(never)]
pub(super) unsafe fn enter_filled<const BESIDE: usize>(
    py: &mut Py,
    frame: *mut Frame,
    base: *mut Raw,
    pc: *const Instr,
    _code: *const CodeObject,
) -> Exit {
    // SAFETY: as above.
    unsafe {
        (*frame).pc = pc;
        py.strand.ticks -= crate::embed::NATIVE - 1;
        let i = &*pc.sub(1);
        let (first, count) = callee::<BESIDE>(base, i);
        let native = &*first.cast::<Ref<Native>>();
        let receiver = native.receiver.as_ref().map_or(Raw::NOTHING, Value::raw);
        let result = call_filled(py, native, receiver, first.add(1), count);
        settle(py, first, count, i.c, result)
    }
}

/// The call before `pc` is one of a class.
#[inline(never)]
pub(super) unsafe fn enter_class<const BESIDE: usize>(
    py: &mut Py,
    frame: *mut Frame,
    base: *mut Raw,
    pc: *const Instr,
    code: *const CodeObject,
) -> Exit {
    // SAFETY: as above.
    unsafe {
        let i = &*pc.sub(1);
        let (first, count) = callee::<BESIDE>(base, i);
        (*frame).pc = pc;
        let at = At { frame, base, pc, code };
        if (*payload::<Type>(*first)).flags.has(TypeFlags::HEAP) {
            if instance::call_placed(py, frame, first, count, i.c) {
                return At::load(py).next(py);
            }
            return call_slowly(at, py, i);
        }
        match make(py, first, count) {
            Some(result) => settle(py, first, count, i.c, result),
            None => call_slowly(at, py, i),
        }
    }
}

/// The call before `pc` in the general way.
#[inline(always)]
pub(super) unsafe fn call_slowly(at: At, py: &mut Py, i: &Instr) -> Exit {
    // SAFETY: operands of the running frame.
    unsafe {
        if i.op == Op::CallMethod {
            at.slow(py, |py, frame, i| call::call_method(py, frame, i))
        } else {
            at.slow(py, |py, frame, i| call::call(py, frame, i))
        }
    }
}

/// The call of what lay at `first`, with `count` words behind it, is over.
#[inline(always)]
pub(super) unsafe fn settle(py: &mut Py, first: *mut Raw, count: usize, dst: u16, result: Result<Value>) -> Exit {
    // SAFETY: callee and arguments are temporaries of the running frame, whose `pc` is saved.
    unsafe {
        let mut k = 0;
        while k <= count {
            let place = first.add(k);
            let old = *place;
            if old.is_ptr() {
                *place = Raw::UNBOUND;
                drop(Value::from_raw(old));
            }
            k += 1;
        }
        py.drain_pending();
        let at = At::load(py);
        match result {
            Ok(value) => at.put(py, dst, value.into_raw()),
            Err(error) => {
                py.strand.error = Some(error);
                failed(py, at.frame, at.base, at.pc, at.code)
            }
        }
    }
}

/// Call a native function with a receiver (or nothing), `count` words at `args`, and defaults for
/// the rest. The caller has seen that this makes as many as it takes.
#[inline(never)]
pub(super) unsafe fn call_filled(
    py: &mut Py,
    native: &Ref<Native>,
    receiver: Raw,
    args: *const Raw,
    count: usize,
) -> Result<Value> {
    // SAFETY: the words are borrowed from registers, the receiver and the function's defaults,
    // which stay; a `Value` has the layout of its word.
    unsafe {
        let facts = &native.def.facts;
        let mut words = [Raw::UNBOUND; MOST];
        let mut n = 0;
        if receiver.0 != 0 {
            words[0] = receiver;
            n = 1;
        }
        let len = facts.len as usize;
        if facts.star {
            return call_spread(py, native, receiver, args, count);
        }
        assert!(n + count <= len && len <= MOST, "more arguments than the function takes");
        for k in 0..count {
            words[n + k] = *args.add(k);
        }
        n += count;
        if n < len {
            for (word, param) in words[n..len].iter_mut().zip(&native.signature(py).params[n..]) {
                if let Some(default) = &param.default {
                    *word = default.raw();
                }
            }
        }
        (native.call)(py, std::slice::from_raw_parts(words.as_ptr().cast::<Value>(), len))
    }
}

/// The same for a function with `*args`.
#[inline(never)]
unsafe fn call_spread(py: &mut Py, native: &Ref<Native>, receiver: Raw, args: *const Raw, count: usize) -> Result<Value> {
    // SAFETY: as in `call_filled`.
    unsafe {
        let args = std::slice::from_raw_parts(args.cast::<Value>(), count);
        let receiver = if receiver.0 == 0 { None } else { Some(&*std::ptr::from_ref(&receiver).cast::<Value>()) };
        if let Some(direct) = native.def.direct
            && let Some(result) = native::call_direct(py, native, direct, receiver, args, &[])
        {
            return result;
        }
        let signature: *const Signature = native.signature(py);
        let slots = (*signature).spread(py, native, receiver, args)?;
        (native.call)(py, &slots)
    }
}

/// Call the class at `first` with the `count` words behind it, if it is a builtin one whose native
/// `__new__` does all the work, or one of the containers; none for other classes.
#[inline(never)]
unsafe fn make(py: &mut Py, first: *mut Raw, count: usize) -> Option<Result<Value>> {
    // SAFETY: the words are borrowed from registers, which stay.
    unsafe {
        let ty = &*first.cast::<Ref<Type>>();
        let args = std::slice::from_raw_parts(first.add(1).cast::<Value>(), count);
        if let Some(native) = instance::direct_new(py, ty) {
            let native = &*std::ptr::from_ref(native);
            let facts = &native.def.facts;
            let own = native.owner.as_ref().is_some_and(|o| o.is(ty.as_value()));
            let most = if facts.star { usize::MAX } else { facts.fillable as usize };
            if own && (facts.required as usize..=most).contains(&(count + 1)) && facts.len as usize <= MOST {
                return Some(call_filled(py, native, *first, first.add(1), count));
            }
            return None;
        }
        if let [object] = args
            && ty.is(py.plain_metatype())
        {
            return Some(Ok(py.type_of(object).into_value()));
        }
        if let Some(made) = weakref::quick(py, ty, args) {
            return Some(made);
        }
        let shape = &raw const *ty.get(py).shape;
        let source = match args {
            [] => None,
            [source] => Some(source),
            _ => return None,
        };
        if std::ptr::eq(shape, py.strand.shapes.list) {
            let items = source.map_or(Ok(Vec::new()), |s| py.collect(s));
            return Some(items.map(|items| py.list(items)));
        }
        if std::ptr::eq(shape, py.strand.shapes.dict) {
            let new = py.new_dict();
            return Some(source.map_or(Ok(()), |s| dict::methods::update(py, &new, s)).map(|()| new.into_value()));
        }
        if std::ptr::eq(shape, py.strand.shapes.set) {
            let new = py.make(set::Set::default());
            return Some(source.map_or(Ok(()), |s| set::update(py, &new, s)).map(|()| new.into_value()));
        }
        None
    }
}
