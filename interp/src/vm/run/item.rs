//! Subscripts and membership: ints into lists and tuples here, the rest in `vm/subscript.rs`.

use std::mem::ManuallyDrop;

use lockstep_compile::code::{Instr, Op};
use lockstep_heap::{Raw, Value};

use super::{At, Exit, counted, handlers, part_with, payload};
use crate::object::Py;
use crate::object::strand::{Frame, Return};
use crate::types::code::CodeObject;
use crate::types::list::List;
use crate::types::set::Set;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::vm::frame::Target;
use crate::vm::{arith, push, subscript};

/// The items of a list or tuple; nothing for other objects.
#[inline(always)]
unsafe fn items<'a>(py: &Py, x: Raw) -> &'a [Value] {
    // SAFETY: the shape tells the payload; the borrow ends before anything else runs.
    unsafe {
        let shape = (*x.header()).shape_ptr();
        if std::ptr::eq(shape, py.strand.shapes.list) {
            &(*payload::<List>(x)).items
        } else if std::ptr::eq(shape, py.strand.shapes.tuple) {
            (*payload::<Tuple>(x)).slice()
        } else {
            &[]
        }
    }
}

/// The place of index `n` in a sequence of `len` items, counted from the end if negative.
#[inline(always)]
const fn place(n: i64, len: usize) -> usize {
    (if n < 0 { n + len as i64 } else { n }) as usize
}

handlers! {
    fn get_item(at, py, i) {
        let (x, y) = (at.r(i.b), at.r(i.c));
        if x.is_ptr() && y.is_int() {
            let items = items(py, x);
            if let Some(v) = items.get(place(y.int(), items.len())) {
                return at.put_out(py, counted(v.raw()));
            }
        }
        get_otherwise(py, at.frame, at.base, at.pc, at.code)
    }
    fn get_item_int(at, py, i) {
        let x = at.r(i.b);
        if x.is_ptr() {
            let items = items(py, x);
            if let Some(v) = items.get(place(i64::from(i.c as i16), items.len())) {
                return at.put_out(py, counted(v.raw()));
            }
        }
        get_int_otherwise(py, at.frame, at.base, at.pc, at.code)
    }
    fn set_item(at, py, i) {
        let (x, y) = (at.r(i.a), at.r(i.b));
        if x.is_ptr() && y.is_int() && std::ptr::eq((*x.header()).shape_ptr(), py.strand.shapes.list) {
            let items = &mut (*payload::<List>(x)).items;
            let n = place(y.int(), items.len());
            if let Some(slot) = items.get_mut(n) {
                let slot = std::ptr::from_mut(slot).cast::<Raw>();
                let old = *slot;
                *slot = at.owned(i.c);
                let old = if old.is_ptr() { part_with(old) } else { Raw::NOTHING };
                let dying = at.consume(i.a);
                return at.next_and_drop(py, old, dying);
            }
        }
        set_otherwise(py, at.frame, at.base, at.pc, at.code)
    }
    fn del_item(at, py, _i) { at.slow(py, |py, frame, i| subscript::delete(py, frame, i)) }
    fn get_slice(at, py, _i) { at.slow(py, |py, frame, i| subscript::get_slice(py, frame, i)) }
    fn set_slice(at, py, _i) { at.slow(py, |py, frame, i| subscript::set_slice(py, frame, i)) }
    fn build_slice(at, py, _i) { at.slow(py, |py, frame, i| subscript::build_slice(py, frame, i)) }
    fn contains(at, py, i) { contains_soon(at, py, i) }
}

/// The item and the container of a test of membership.
#[inline(always)]
fn operands(i: &Instr) -> (u16, u16) {
    if i.op == Op::JumpIn { (i.a, i.b) } else { (i.b, i.c) }
}

/// Where the truth of a `__contains__` goes.
fn target(i: &Instr) -> Target {
    if i.op == Op::JumpIn {
        return arith::branch_target(*i);
    }
    Target { ret: Return::Truth, dst: i.a, jump: 0, sense: u8::from(i.op == Op::In) }
}

/// `GetItem` where the container is neither a list nor a tuple, or the index not an int in range.
#[inline(never)]
unsafe fn get_otherwise(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        let (x, y) = (at.r(i.b), at.r(i.c));
        if x.is_ptr() {
            let v = subscript::quick(py, x, y);
            if v.0 != 0 {
                let p = if i.a == i.b { Raw::NOTHING } else { at.consume(i.b) };
                let q = if i.a == i.c { Raw::NOTHING } else { at.consume(i.c) };
                let old = at.exchange(i.a, v);
                return if p.0 | q.0 | old.0 == 0 { at.next(py) } else { at.bury(py, [p, q, old]) };
            }
            (*frame).pc = pc;
            if push::get_item(py, frame, *i, false) {
                return At::load(py).next(py);
            }
        }
        at.slow(py, |py, frame, i| subscript::get(py, frame, i))
    }
}

/// `GetItemInt`, likewise.
#[inline(never)]
unsafe fn get_int_otherwise(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        let x = at.r(i.b);
        if x.is_ptr() {
            let v = subscript::quick(py, x, Raw::from_int(i64::from(i.c as i16)));
            if v.0 != 0 {
                let dying = if i.a == i.b { Raw::NOTHING } else { at.consume(i.b) };
                return at.put_and_drop(py, i.a, v, dying);
            }
            (*frame).pc = pc;
            if push::get_item(py, frame, *i, true) {
                return At::load(py).next(py);
            }
        }
        at.slow(py, |py, frame, i| subscript::get_int(py, frame, i))
    }
}

/// `SetItem` where the container is not a list or the index not an int in range.
#[inline(never)]
unsafe fn set_otherwise(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        let x = at.r(i.a);
        if x.is_ptr() && subscript::set_quick(py, x, at.r(i.b), at.r(i.c)) {
            let dying = at.consume(i.a);
            return at.next_and_drop(py, dying, Raw::NOTHING);
        }
        at.slow(py, |py, frame, i| subscript::set(py, frame, i))
    }
}

/// A test of membership: common pairs of types first.
#[inline(always)]
unsafe fn contains_soon(at: At, py: &mut Py, i: &Instr) -> Exit {
    // SAFETY: operands of the running frame; a word that is a pointer is a living object.
    unsafe {
        let (x, y) = operands(i);
        let (x, y) = (at.r(x), at.r(y));
        if y.is_ptr() {
            let shape = (*y.header()).shape_ptr();
            if x.is_int() && std::ptr::eq(shape, py.strand.shapes.set) {
                return int_in_set(py, at.frame, at.base, at.pc, at.code);
            }
            if x.is_ptr() && std::ptr::eq(shape, py.strand.shapes.str) && std::ptr::eq((*x.header()).shape_ptr(), shape) {
                return str_in_str(py, at.frame, at.base, at.pc, at.code);
            }
        }
        contains_otherwise(py, at.frame, at.base, at.pc, at.code)
    }
}

/// A small int and a set, where the first place at which it may lie tells.
#[inline(never)]
unsafe fn int_in_set(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`; `contains_soon` has seen the types. The item is borrowed.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        let (x, y) = operands(i);
        let (x, y) = (at.r(x), at.r(y));
        let item = ManuallyDrop::new(Value::from_raw(x));
        let hash = lockstep_text::hash::word(x.int()) as u64;
        match (*payload::<Set>(y)).table.at_once(hash, &item) {
            Some(found) => answer(at, py, i, found),
            None => int_far_in_set(py, frame, base, pc, code),
        }
    }
}

/// A small int and a set that has to be searched.
#[inline(never)]
unsafe fn int_far_in_set(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: as in `int_in_set`.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        let (x, y) = operands(i);
        let (x, y) = (at.r(x), at.r(y));
        let item = ManuallyDrop::new(Value::from_raw(x));
        let hash = lockstep_text::hash::word(x.int()) as u64;
        match (*payload::<Set>(y)).table.has_word(hash, &item) {
            Some(found) => answer(at, py, i, found),
            None => contains_otherwise(py, frame, base, pc, code),
        }
    }
}

/// Two plain strs, mostly a character and a few that it may be.
#[inline(never)]
unsafe fn str_in_str(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`; `contains_soon` has seen the types.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        let (x, y) = operands(i);
        let (part, text) = ((*payload::<Str>(at.r(x))).as_bytes(), (*payload::<Str>(at.r(y))).as_bytes());
        if part.len() != 1 || text.len() > FEW_BYTES {
            return text_in_text(py, frame, base, pc, code);
        }
        let mut found = false;
        for byte in text {
            found |= *byte == part[0];
        }
        answer(at, py, i, found)
    }
}

/// Bytes that are looked at without a call.
const FEW_BYTES: usize = 16;

/// Two plain strs of any length.
#[inline(never)]
unsafe fn text_in_text(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: as in `str_in_str`.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        let (x, y) = operands(i);
        let (part, text) = ((*payload::<Str>(at.r(x))).as_bytes(), (*payload::<Str>(at.r(y))).as_bytes());
        answer(at, py, i, lockstep_text::methods::search::find(text, part).is_some())
    }
}

/// A test of membership of other types.
#[inline(never)]
unsafe fn contains_otherwise(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        let pair = operands(i);
        let (x, y) = (at.r(pair.0), at.r(pair.1));
        if y.is_ptr() {
            let found = arith::contains_quick(py, x, y);
            if found != Raw::NOTHING {
                return answer(at, py, i, found == Raw::TRUE);
            }
            (*frame).pc = pc;
            if push::contains(py, frame, pair, target(i)) {
                return At::load(py).next(py);
            }
        }
        at.slow(py, |py, frame, i| arith::contains(py, frame, operands(&i), target(&i)))
    }
}

/// Go on with what a test of membership found; its operands were borrowed.
#[inline(always)]
unsafe fn answer(at: At, py: &mut Py, i: &Instr, found: bool) -> Exit {
    // SAFETY: operands of the running frame.
    unsafe {
        if i.op == Op::JumpIn {
            branch(at, py, i, found)
        } else {
            put_answer(at, py, i, Raw::from_bool(found == (i.op == Op::In)))
        }
    }
}

/// Jump as `JumpIn` wants it.
#[inline(always)]
unsafe fn branch(at: At, py: &mut Py, i: &Instr, found: bool) -> Exit {
    // SAFETY: operands of the running frame.
    unsafe {
        let (p, q) = (at.consume(i.a), at.consume(i.b));
        let at = if found == (i.d != 0) { at.jump(i32::from(i.c as i16)) } else { at };
        at.next_and_drop(py, p, q)
    }
}

/// Write what `In` and `NotIn` answer.
#[inline(always)]
unsafe fn put_answer(at: At, py: &mut Py, i: &Instr, answer: Raw) -> Exit {
    // SAFETY: operands of the running frame.
    unsafe {
        let (p, q) = (at.consume(i.b), at.consume(i.c));
        let old = at.exchange(i.a, answer);
        if p.0 | q.0 | old.0 == 0 { at.next(py) } else { at.bury(py, [p, q, old]) }
    }
}
