//! Attributes: what the cache of the site knows is done here, the rest in `vm/attr.rs`.

use lockstep_compile::code::Instr;
use lockstep_heap::{Header, Raw};

use super::{At, Exit, counted, handlers, part_with};
use crate::object::Py;
use crate::object::strand::Frame;
use crate::types::code::CodeObject;
use crate::vm::{attr, push};

/// `LoadAttr` beyond slots: properties in Python get their frame at once.
#[inline(never)]
unsafe fn load_otherwise(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        (*frame).pc = pc;
        let i = *pc.sub(1);
        let x = *base.add(i.b as usize);
        if x.is_ptr() {
            let cache = &*(*code).attrs.get_unchecked(i.site_index()).as_ptr();
            if cache.kind == attr::PROPERTY
                && (*x.header()).shape().current_id() == cache.id
                && push::get_property(py, frame, i, Raw(cache.value))
            {
                return At::load(py).next(py);
            }
        }
        At { frame, base, pc, code }.slow(py, |py, frame, i| attr::load(py, frame, i))
    }
}

/// `StoreAttr` beyond slots: properties in Python get their frame at once.
#[inline(never)]
unsafe fn store_otherwise(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        (*frame).pc = pc;
        let i = *pc.sub(1);
        let x = *base.add(i.a as usize);
        if x.is_ptr() {
            let cache = &*(*code).attrs.get_unchecked(i.site_index()).as_ptr();
            if cache.kind == attr::PROPERTY
                && (*x.header()).shape().current_id() == cache.id
                && push::set_property(py, frame, i, Raw(cache.value))
            {
                return At::load(py).next(py);
            }
        }
        At { frame, base, pc, code }.slow(py, |py, frame, i| attr::store(py, frame, i))
    }
}

handlers! {
    fn load_attr(at, py, i) {
        let x = at.r(i.b);
        if x.is_ptr() {
            let cache = &*(*at.code).attrs.get_unchecked(i.site_index()).as_ptr();
            let header = x.header();
            if (*header).shape().current_id() == cache.id {
                let v = if cache.kind == attr::SLOT {
                    *header.cast::<u8>().add(cache.offset as usize).cast::<Raw>()
                } else if cache.kind == attr::CLASS_VALUE {
                    Raw(cache.value)
                } else {
                    Raw::NOTHING
                };
                if v.0 != 0 {
                    counted(v);
                    if i.a == i.b {
                        return at.put(py, i.a, v);
                    }
                    let dying = at.consume(i.b);
                    return at.put_and_drop(py, i.a, v, dying);
                }
            }
        }
        load_otherwise(py, at.frame, at.base, at.pc, at.code)
    }
    fn store_attr(at, py, i) {
        let x = at.r(i.a);
        if x.is_ptr() {
            let cache = &*(*at.code).attrs.get_unchecked(i.site_index()).as_ptr();
            let header = x.header();
            if (*header).shape().current_id() == cache.id {
                let place = header.cast::<u8>().add(cache.offset as usize).cast::<Raw>();
                if cache.kind == attr::SLOT {
                    let old = *place;
                    *place = at.owned(i.b);
                    let old = if old.0 != 0 && old.is_ptr() { part_with(old) } else { Raw::NOTHING };
                    let dying = at.consume(i.a);
                    return at.next_and_drop(py, old, dying);
                }
                if cache.kind == attr::ADD {
                    let shape = cache.value as *const lockstep_heap::Shape;
                    let v = at.owned(i.b);
                    (*header).widen(shape);
                    *place = v;
                    let dying = at.consume(i.a);
                    return at.next_and_drop(py, dying, Raw::NOTHING);
                }
            }
        }
        store_otherwise(py, at.frame, at.base, at.pc, at.code)
    }
    fn del_attr(at, py, _i) { at.slow(py, |py, frame, i| attr::delete(py, frame, i)) }
    fn load_method(at, py, i) {
        let x = at.r(i.b);
        if x.is_ptr() {
            let cache = &*(*at.code).attrs.get_unchecked(i.site_index()).as_ptr();
            if (*x.header()).shape().current_id() == cache.id && cache.kind == attr::METHOD {
                let receiver = at.owned(i.b);
                let v = Raw(cache.value);
                Header::incref(v.header());
                // Both are temporaries above all that is in use: they hold nothing, or the operand
                // that has just been taken.
                *at.base.add(i.a as usize) = v;
                *at.base.add(i.a as usize + 1) = receiver;
                return at.next(py);
            }
        }
        at.slow(py, |py, frame, i| attr::load_method(py, frame, i))
    }
    fn load_super_attr(at, py, _i) { at.slow(py, |py, frame, i| attr::load_super(py, frame, i, false)) }
    fn load_super_method(at, py, _i) { at.slow(py, |py, frame, i| attr::load_super(py, frame, i, true)) }
}
