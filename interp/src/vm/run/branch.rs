//! Jumps, loops and unpacking.

use lockstep_compile::code::{Instr, Op};
use lockstep_heap::{Raw, Tag};

use super::{At, Exit, counted, failed, handlers, payload};
use crate::object::Py;
use crate::object::strand::{Frame, Return};
use crate::types::code::CodeObject;
use crate::types::iterator::{ListIter, TupleIter};
use crate::types::range::RangeIter;
use crate::types::str::iter::StrIter;
use crate::types::tuple::Tuple;
use crate::vm::frame::Target;
use crate::vm::iter::no_item;
use crate::vm::{Flow, arith, generator, iter, name, push};

/// The truth of None and of an int that is a word.
#[inline(always)]
fn word_truth(x: Raw) -> Option<bool> {
    if x.is_int() {
        return Some(x.int() != 0);
    }
    if x == Raw::NONE { Some(false) } else { None }
}

/// `JumpTrue`, `JumpFalse` of a value whose truth needs a look: a `__bool__` in Python gets a frame.
#[inline(never)]
unsafe fn jump_truth(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        (*frame).pc = pc;
        let i = *pc.sub(1);
        let sense = u8::from(i.op == Op::JumpTrue);
        // With `d` the value is kept if the jump is taken: it is still needed then.
        if i.d != 1 && push::truth(py, frame, i.a, Target { ret: Return::Branch, dst: 0, jump: i.bc(), sense }) {
            return At::load(py).next(py);
        }
        At { frame, base, pc, code }.slow(py, |py, frame, i| arith::jump_truth(py, frame, i, i.op == Op::JumpTrue))
    }
}

/// `GetIter` before `pc`.
#[inline(never)]
unsafe fn begin(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let i = &*pc.sub(1);
        let at = At { frame, base, pc, code };
        let iterator = iter::over(py, at.r(i.b));
        if iterator.0 == 0 {
            return at.slow(py, |py, frame, i| iter::get(py, frame, i));
        }
        let dying = if i.a == i.b { Raw::NOTHING } else { at.consume(i.b) };
        at.put_and_drop(py, i.a, iterator, dying)
    }
}

/// `ForIter` before `pc` over a str whose next character is not of ASCII.
#[inline(never)]
unsafe fn for_char(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction; the shape told the
    // payload, and the register keeps the iterator.
    unsafe {
        let i = &*pc.sub(1);
        let at = At { frame, base, pc, code };
        match (*payload::<StrIter>(at.r(i.a))).step() {
            Some(c) => {
                let c = py.char(c).into_value().into_raw();
                at.put(py, i.b, c)
            }
            None => at.slow(py, |py, frame, i| iter::next(py, frame, i)),
        }
    }
}

/// `ForIter` before `pc` over a generator.
#[inline(never)]
unsafe fn for_generator(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let i = &*pc.sub(1);
        let at = At { frame, base, pc, code };
        (*frame).pc = pc;
        if let Some(dying) = generator::for_iter_quick(py, frame, at.r(i.a), i) {
            return At::load(py).next_and_drop(py, dying, Raw::NOTHING);
        }
        at.slow(py, |py, frame, i| generator::for_iter(py, frame, i))
    }
}

/// `ForIter` before `pc` over an iterator that native code steps.
#[inline(never)]
unsafe fn for_native(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let i = &*pc.sub(1);
        let at = At { frame, base, pc, code };
        (*frame).pc = pc;
        let then = &*pc;
        // Pairs that are unpacked at once need no tuple.
        let pair = then.op == Op::Unpack && then.a == i.b && then.c == 2 && at.is_temporary(i.b);
        let mut second = no_item::OTHER;
        if pair {
            let first;
            (first, second) = iter::step_pair(py, at.r(i.a));
            if first.0 != 0 {
                let (p, q) = (at.exchange(then.b, first), at.exchange(then.b + 1, second));
                return At { pc: pc.add(1), ..at }.next_and_drop(py, p, q);
            }
        }
        if second == no_item::OTHER {
            let first;
            (first, second) = iter::step(py, at.r(i.a));
            if first.0 != 0 {
                return at.put(py, i.b, first);
            }
        }
        match second {
            no_item::END => at.jump(i.cd()).put(py, i.a, Raw::UNBOUND),
            no_item::FAILED => failed(py, frame, base, pc, code),
            _ => at.slow(py, |py, frame, i| iter::next(py, frame, i)),
        }
    }
}

handlers! {
    fn jump(at, py, i) { at.jump(i.bc()).next(py) }
    fn loop_(at, py, i) { at.jump(i.bc()).tick(py, i.a) }
    fn jump_true(at, py, i) {
        let x = at.r(i.a);
        if x == Raw::TRUE {
            return at.jump(i.bc()).next(py);
        }
        if x == Raw::FALSE {
            return at.next(py);
        }
        match word_truth(x) {
            Some(true) => at.jump(i.bc()).next(py),
            Some(false) => at.next(py),
            None => jump_truth(py, at.frame, at.base, at.pc, at.code),
        }
    }
    fn jump_false(at, py, i) {
        let x = at.r(i.a);
        if x == Raw::FALSE {
            return at.jump(i.bc()).next(py);
        }
        if x == Raw::TRUE {
            return at.next(py);
        }
        match word_truth(x) {
            Some(true) => at.next(py),
            Some(false) => at.jump(i.bc()).next(py),
            None => jump_truth(py, at.frame, at.base, at.pc, at.code),
        }
    }
    fn jump_none(at, py, i) {
        let x = at.r(i.a);
        if x == Raw::NONE {
            return at.jump(i.bc()).next(py);
        }
        if x == Raw::UNBOUND {
            return at.slow(py, |py, frame, i| Err::<Flow, _>(name::unbound_local(py, frame, i.a)));
        }
        let dying = at.consume(i.a);
        at.next_and_drop(py, dying, Raw::NOTHING)
    }
    fn jump_not_none(at, py, i) {
        let x = at.r(i.a);
        if x == Raw::NONE {
            return at.next(py);
        }
        if x == Raw::UNBOUND {
            return at.slow(py, |py, frame, i| Err::<Flow, _>(name::unbound_local(py, frame, i.a)));
        }
        let dying = at.consume(i.a);
        at.jump(i.bc()).next_and_drop(py, dying, Raw::NOTHING)
    }
    fn get_iter(at, py, _i) { begin(py, at.frame, at.base, at.pc, at.code) }
    fn for_iter(at, py, i) {
        let x = at.r(i.a);
        let shape = (*x.header()).shape_ptr();
        if std::ptr::eq(shape, py.strand.shapes.range) {
            let it = &mut *payload::<RangeIter>(x);
            if it.left > 0 {
                it.left -= 1;
                let n = it.next;
                it.next = n.wrapping_add(it.step);
                return at.put(py, i.b, Raw::from_int(n));
            }
            return at.jump(i.cd()).put(py, i.a, Raw::UNBOUND);
        }
        if std::ptr::eq(shape, py.strand.shapes.list_iter) {
            let it = &mut *payload::<ListIter>(x);
            if let Some(list) = &it.list
                && let Some(item) = (*list.payload()).items.get(it.at)
            {
                it.at += 1;
                return at.put(py, i.b, counted(item.raw()));
            }
        } else if std::ptr::eq(shape, py.strand.shapes.tuple_iter) {
            let it = &mut *payload::<TupleIter>(x);
            if let Some(tuple) = &it.tuple
                && let Some(item) = tuple.slice().get(it.at)
            {
                it.at += 1;
                return at.put(py, i.b, counted(item.raw()));
            }
        } else if std::ptr::eq(shape, py.strand.shapes.str_iter) {
            let it = &mut *payload::<StrIter>(x);
            if let Some(text) = &it.text
                && let Some(&byte) = text.as_bytes().get(it.at)
                && byte < 0x80
            {
                it.at += 1;
                let c = &*py.strand.shapes.chars.add(byte as usize);
                return at.put(py, i.b, counted(c.as_value().raw()));
            }
            return for_char(py, at.frame, at.base, at.pc, at.code);
        } else if (*shape).tag() == Tag::GENERATOR {
            return for_generator(py, at.frame, at.base, at.pc, at.code);
        } else if (*shape).tag() != Tag::INSTANCE {
            return for_native(py, at.frame, at.base, at.pc, at.code);
        }
        at.slow(py, |py, frame, i| iter::next(py, frame, i))
    }
    /// The same while instrumented.
    fn for_iter_traced(at, py, i) {
        if (*at.r(i.a).header()).shape().tag() == Tag::GENERATOR {
            return at.slow(py, |py, frame, i| generator::for_iter(py, frame, i));
        }
        for_iter(py, at.frame, at.base, at.pc, at.code)
    }
    fn unpack(at, py, i) {
        let x = at.r(i.a);
        if x.is_ptr() && std::ptr::eq((*x.header()).shape_ptr(), py.strand.shapes.tuple) {
            let items = (*payload::<Tuple>(x)).slice();
            if items.len() == i.c as usize {
                if let [first, second] = items {
                    // Counted before the tuple goes, which may lie in a register that is written.
                    let (first, second) = (counted(first.raw()), counted(second.raw()));
                    let tuple = at.consume(i.a);
                    let (p, q) = (at.exchange(i.b, first), at.exchange(i.b + 1, second));
                    return if p.0 | q.0 | tuple.0 == 0 { at.next(py) } else { at.bury(py, [p, q, tuple]) };
                }
                return at.slow(py, |py, frame, i| Ok(iter::unpack_tuple(py, frame, i)));
            }
        }
        at.slow(py, |py, frame, i| iter::unpack(py, frame, i))
    }
    fn unpack_star(at, py, _i) { at.slow(py, |py, frame, i| iter::unpack_star(py, frame, i)) }
}
