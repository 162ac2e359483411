//! Instructions that are done apart: building, generators and coroutines, `with`, exceptions,
//! imports.

use lockstep_compile::code::Instr;
use lockstep_heap::{Raw, Value};

use super::{At, Exit, handlers, payload, tuple_of};
use crate::object::Py;
use crate::object::strand::Frame;
use crate::types::code::CodeObject;
use crate::types::list::List;
use crate::vm::{Flow, arith, delegate, exc, fetch, generator, intrinsic, iter, name, push, with};

/// A list of the words in `count` temporaries.
#[inline(never)]
unsafe fn list_of(py: &mut Py, first: *mut Raw, count: usize) -> Raw {
    let mut items: Vec<Value> = Vec::with_capacity(count);
    for k in 0..count {
        // SAFETY: the words move from the registers into the list.
        items.push(unsafe { Value::from_raw(std::mem::replace(&mut *first.add(k), Raw::UNBOUND)) });
    }
    py.list(items).into_raw()
}

/// `ListAppend` to a list that has to grow.
#[inline(never)]
unsafe fn append_growing(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`; the register holds the list that a comprehension builds.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        let v = fetch(base, (*code).locals, i.b);
        (*payload::<List>(at.r(i.a))).items.push(v);
        at.next(py)
    }
}

handlers! {
    fn build_tuple(at, py, i) {
        let tuple = tuple_of(py, at.base.add(i.b as usize), i.c as usize);
        at.put(py, i.a, tuple)
    }
    fn build_list(at, py, i) {
        let list = list_of(py, at.base.add(i.b as usize), i.c as usize);
        at.put(py, i.a, list)
    }
    fn build_set(at, py, _i) { at.slow(py, |py, frame, i| iter::build_set(py, frame, i)) }
    fn build_map(at, py, _i) { at.slow(py, |py, frame, i| iter::build_map(py, frame, i)) }
    fn build_string(at, py, _i) { at.slow(py, |py, frame, i| iter::build_string(py, frame, i)) }
    fn list_append(at, py, i) {
        let items = &mut (*payload::<List>(at.r(i.a))).items;
        let len = items.len();
        if len == items.capacity() {
            return append_growing(py, at.frame, at.base, at.pc, at.code);
        }
        items.as_mut_ptr().add(len).cast::<Raw>().write(at.owned(i.b));
        items.set_len(len + 1);
        at.next(py)
    }
    fn list_extend(at, py, _i) { at.slow(py, |py, frame, i| iter::list_extend(py, frame, i)) }
    fn set_add(at, py, i) {
        if arith::add_quick(py, at.r(i.a), at.r(i.b)) {
            let dying = at.consume(i.b);
            return at.next_and_drop(py, dying, Raw::NOTHING);
        }
        at.slow(py, |py, frame, i| iter::set_add(py, frame, i))
    }
    fn set_update(at, py, _i) { at.slow(py, |py, frame, i| iter::set_update(py, frame, i)) }
    fn map_add(at, py, i) {
        if at.r(i.c) != Raw::UNBOUND && arith::enter_quick(py, at.r(i.a), at.r(i.b), at.r(i.c)) {
            let (key, value) = (at.consume(i.b), at.consume(i.c));
            return at.next_and_drop(py, key, value);
        }
        at.slow(py, |py, frame, i| iter::map_add(py, frame, i))
    }
    fn dict_update(at, py, _i) { at.slow(py, |py, frame, i| iter::dict_update(py, frame, i)) }
    fn dict_merge(at, py, _i) { at.slow(py, |py, frame, i| iter::dict_merge(py, frame, i)) }
    fn format(at, py, _i) { at.slow(py, |py, frame, i| iter::format(py, frame, i)) }
    fn get_yield_from(at, py, i) {
        if delegate::is_plain_generator(at.r(i.b)) {
            let generator = at.owned(i.b);
            return at.put(py, i.a, generator);
        }
        at.slow(py, |py, frame, i| delegate::get_yield_from(py, frame, i))
    }
    fn get_awaitable(at, py, i) {
        if delegate::is_new_coroutine(at.r(i.b)) {
            let coroutine = at.owned(i.b);
            return at.put(py, i.a, coroutine);
        }
        at.slow(py, |py, frame, i| delegate::get_awaitable(py, frame, i))
    }
    fn send(at, py, i) {
        (*at.frame).pc = at.pc;
        if let Some(dying) = generator::send_quick(py, at.frame, i) {
            return At::load(py).next_and_drop(py, dying, Raw::NOTHING);
        }
        at.slow(py, |py, frame, i| delegate::send_op(py, frame, i))
    }
    /// The same while instrumented.
    fn send_traced(at, py, _i) { at.slow(py, |py, frame, i| delegate::send_op(py, frame, i)) }
    fn get_aiter(at, py, _i) { at.slow(py, |py, frame, i| delegate::get_aiter(py, frame, i)) }
    fn get_anext(at, py, _i) { at.slow(py, |py, frame, i| delegate::get_anext(py, frame, i)) }
    fn end_async_for(at, py, _i) { at.slow(py, |py, frame, i| delegate::end_async_for(py, frame, i)) }
    fn with_enter(at, py, i) {
        (*at.frame).pc = at.pc;
        if push::with_enter(py, at.frame, *i) {
            return At::load(py).next(py);
        }
        at.slow(py, |py, frame, i| with::enter(py, frame, i, false))
    }
    fn with_exit(at, py, i) {
        (*at.frame).pc = at.pc;
        if push::with_exit(py, at.frame, *i) {
            return At::load(py).next(py);
        }
        at.slow(py, |py, frame, i| with::exit(py, frame, i))
    }
    fn with_except(at, py, _i) { at.slow(py, |py, frame, i| with::except(py, frame, i)) }
    fn async_with_enter(at, py, _i) { at.slow(py, |py, frame, i| with::enter(py, frame, i, true)) }
    fn async_with_exit(at, py, _i) { at.slow(py, |py, frame, i| with::async_exit(py, frame, i)) }
    fn raise(at, py, i) {
        (*at.frame).pc = at.pc;
        match exc::raise_object(py, at.frame, i.a) {
            exc::Thrown::Handled => At::load(py).next(py),
            exc::Thrown::Out => Exit::Failed,
            exc::Thrown::Not => at.slow(py, |py, frame, i| {
                let v = fetch((*frame).base, (*(*frame).code).locals, i.a);
                Err::<Flow, _>(py.raise_value(&v))
            }),
        }
    }
    fn raise_from(at, py, _i) { at.slow(py, |py, frame, i| Err::<Flow, _>(exc::raise_from(py, frame, i))) }
    fn reraise(at, py, _i) { at.slow(py, |py, frame, i| Err::<Flow, _>(exc::reraise(py, (*frame).base, i))) }
    fn raise_again(at, py, _i) { at.slow(py, |py, _, _| Err::<Flow, _>(exc::raise_again(py))) }
    fn push_exc(at, py, _i) {
        at.slow(py, |py, frame, i| {
            exc::push(py, frame, i);
            Ok(Flow::Next)
        })
    }
    fn pop_exc(at, py, _i) {
        at.slow(py, |py, frame, i| {
            exc::pop(py, frame, i);
            Ok(Flow::Next)
        })
    }
    fn jump_no_match(at, py, _i) { at.slow(py, |py, frame, i| exc::jump_no_match(py, frame, i)) }
    fn import_name(at, py, _i) { at.slow(py, |py, frame, i| name::import_name(py, frame, i)) }
    fn import_from(at, py, _i) { at.slow(py, |py, frame, i| name::import_from(py, frame, i)) }
    fn intrinsic(at, py, _i) { at.slow(py, |py, frame, i| intrinsic::run(py, frame, i)) }
}
