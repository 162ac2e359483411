//! Attributes: what the cache of the site knows is done here, the rest in `vm/attr.rs`.

use lockstep_compile::code::{Instr, Op};
use lockstep_heap::{Header, Raw, Ref, Value};

use super::native::{call_filled, settle};
use super::{At, Exit, counted, handlers, part_with, payload};
use crate::object::strand::Frame;
use crate::object::{Py, Type};
use crate::types::code::{AttrCache, CodeObject};
use crate::types::native::Native;
use crate::types::tuple::Tuple;
use crate::vm::{attr, push};

/// What the site, or else another site that looks for the same name, knows of objects of the shape
/// of `x`; null if nothing.
#[inline(always)]
unsafe fn known(py: &Py, code: *const CodeObject, i: Instr, x: Raw) -> *const AttrCache {
    // SAFETY: `x` is a word of a living object; the site is one of the code's.
    unsafe {
        let site = (*code).attrs.get_unchecked(i.site_index()).as_ptr();
        let id = (*x.header()).shape().current_id();
        if (*site).id != id || id == 0 {
            let line = attr::shared_line(py, (*site).topic, id);
            if line.is_null() {
                return line;
            }
            // Objects of one class come in runs.
            *site = *line;
        }
        site
    }
}

/// The attribute as a plain value, borrowed; nothing if more is to be done than to read it.
#[inline(always)]
unsafe fn value_of(cache: *const AttrCache, x: Raw) -> Raw {
    // SAFETY: the cache holds for the shape of the living object `x`.
    unsafe {
        match (*cache).kind {
            attr::SLOT => *x.header().cast::<u8>().add((*cache).offset as usize).cast::<Raw>(),
            attr::CLASS_VALUE => Raw((*cache).value),
            attr::OF_CLASS if (*payload::<Type>(x)).version == (*cache).version => Raw((*cache).value),
            attr::DICT_PLACE => attr::in_dict(x.header(), &*cache),
            attr::ITEM => (*payload::<Tuple>(x)).slice().get((*cache).offset as usize).map_or(Raw::NOTHING, Value::raw),
            _ => Raw::NOTHING,
        }
    }
}

/// `LoadAttr` where the site's own cache does not give the value at once.
#[inline(never)]
unsafe fn load_otherwise(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let at = At { frame, base, pc, code };
        (*frame).pc = pc;
        let i = *pc.sub(1);
        let x = at.r(i.b);
        if x.is_ptr() {
            let cache = known(py, code, i, x);
            if !cache.is_null() {
                let v = value_of(cache, x);
                if v.0 != 0 {
                    counted(v);
                    let dying = if i.a == i.b { Raw::NOTHING } else { at.consume(i.b) };
                    return at.put_and_drop(py, i.a, v, dying);
                }
                if (*cache).kind == attr::PROPERTY && push::get_property(py, frame, i, Raw((*cache).value)) {
                    return At::load(py).next(py);
                }
            }
        }
        at.slow(py, |py, frame, i| attr::load(py, frame, i))
    }
}

/// `StoreAttr` where the site's own cache does not know the place.
#[inline(never)]
unsafe fn store_otherwise(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let at = At { frame, base, pc, code };
        (*frame).pc = pc;
        let i = *pc.sub(1);
        let x = at.r(i.a);
        if x.is_ptr() && at.r(i.b) != Raw::UNBOUND {
            let cache = known(py, code, i, x);
            if !cache.is_null() {
                let place = x.header().cast::<u8>().add((*cache).offset as usize).cast::<Raw>();
                if (*cache).kind == attr::SLOT {
                    return store_slot(at, py, i, place);
                }
                if (*cache).kind == attr::PROPERTY && push::set_property(py, frame, i, Raw((*cache).value)) {
                    return At::load(py).next(py);
                }
            }
        }
        at.slow(py, |py, frame, i| attr::store(py, frame, i))
    }
}

/// Put the operand `b` into a slot of the object in `a`.
#[inline(always)]
unsafe fn store_slot(at: At, py: &mut Py, i: Instr, place: *mut Raw) -> Exit {
    // SAFETY: operands of the running frame; the slot is one of the object's.
    unsafe {
        let old = *place;
        *place = at.owned(i.b);
        let old = if old.0 != 0 && old.is_ptr() { part_with(old) } else { Raw::NOTHING };
        let dying = at.consume(i.a);
        at.next_and_drop(py, old, dying)
    }
}

/// `StoreAttr` of an attribute that the object does not have yet; the site's cache knows its place.
#[inline(never)]
unsafe fn add_attr(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction; `store_attr` has seen that
    // the cache holds for the object.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        let cache = (*code).attrs.get_unchecked(i.site_index()).as_ptr();
        let header = at.r(i.a).header();
        let place = header.cast::<u8>().add((*cache).offset as usize).cast::<Raw>();
        let v = at.owned(i.b);
        (*header).widen((*cache).value as *const lockstep_heap::Shape);
        *place = v;
        let dying = at.consume(i.a);
        at.next_and_drop(py, dying, Raw::NOTHING)
    }
}

/// `LoadMethod` where the site's own cache does not know a method.
#[inline(never)]
unsafe fn method_otherwise(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction; see `load_method`.
    unsafe {
        let at = At { frame, base, pc, code };
        let i = *pc.sub(1);
        let x = at.r(i.b);
        if x.is_ptr() {
            let cache = known(py, code, i, x);
            if !cache.is_null() {
                let kind = (*cache).kind;
                let bound =
                    kind == attr::METHOD || (kind == attr::OF_CLASS_METHOD && (*payload::<Type>(x)).version == (*cache).version);
                if bound {
                    let receiver = at.owned(i.b);
                    *at.base.add(i.a as usize) = counted(Raw((*cache).value));
                    *at.base.add(i.a as usize + 1) = receiver;
                    return at.next(py);
                }
                let class_method = kind == attr::CLASS_METHOD;
                let v = if class_method { Raw((*cache).value) } else { value_of(cache, x) };
                if v.0 != 0 {
                    let receiver = if class_method { (*x.header()).shape().type_raw() } else { v };
                    counted(v);
                    let dying = at.consume(i.b);
                    *at.base.add(i.a as usize) = if class_method { v } else { Raw::UNBOUND };
                    *at.base.add(i.a as usize + 1) = if class_method { counted(receiver) } else { v };
                    return at.next_and_drop(py, dying, Raw::NOTHING);
                }
            }
        }
        at.slow(py, |py, frame, i| attr::load_method(py, frame, i))
    }
}

/// `LoadMethod` of what lies in the object's own dict where the site's cache says, as functions of
/// modules do.
#[inline(never)]
unsafe fn method_in_dict(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction; see `load_method`.
    unsafe {
        let at = At { frame, base, pc, code };
        let i = &*pc.sub(1);
        let cache = (*code).attrs.get_unchecked(i.site_index()).as_ptr();
        let v = attr::in_dict(at.r(i.b).header(), &*cache);
        if v.0 == 0 {
            return method_otherwise(py, frame, base, pc, code);
        }
        counted(v);
        let dying = at.consume(i.b);
        *at.base.add(i.a as usize) = Raw::UNBOUND;
        *at.base.add(i.a as usize + 1) = v;
        at.next_and_drop(py, dying, Raw::NOTHING)
    }
}

/// The call at `pc` is done with the instruction before it: note its place and its cost; where its
/// result goes.
#[inline(always)]
unsafe fn take_call(py: &mut Py, frame: *mut Frame, pc: *const Instr) -> u16 {
    // SAFETY: the caller has seen that a call comes next in the running frame.
    unsafe {
        (*frame).pc = pc.add(1);
        py.strand.ticks -= i32::from((*pc).d) + crate::embed::NATIVE - 1;
        (*pc).c
    }
}

/// `LoadMethod` before `pc` of a native method that takes the object and nothing else, and the call at
/// `pc`, in one go.
#[inline(never)]
unsafe fn call_alone(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction; the site's cache holds for
    // the object, which the register keeps alive; it is a temporary above all that is in use.
    unsafe {
        let (i, at) = (&*pc.sub(1), At { frame, base, pc, code });
        let dst = take_call(py, frame, pc);
        let cache = &*(*code).attrs.get_unchecked(i.site_index()).as_ptr();
        let call = (*payload::<Native>(Raw(cache.value))).call;
        // Where `LoadMethod` would have put it: on the native stack it would keep the frame there.
        let place = base.add(i.a as usize + 1);
        *place = at.owned(i.b);
        let result = call(py, std::slice::from_raw_parts(place.cast::<Value>(), 1));
        settle(py, place, 0, dst, result)
    }
}

/// The same where what the method takes beside the object has defaults.
#[inline(never)]
unsafe fn call_filling(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: as above; the function is counted, too.
    unsafe {
        let (i, at) = (&*pc.sub(1), At { frame, base, pc, code });
        let dst = take_call(py, frame, pc);
        let function = counted(Raw((*(*code).attrs.get_unchecked(i.site_index()).as_ptr()).value));
        let place = base.add(i.a as usize);
        let object = at.owned(i.b);
        *place = function;
        *place.add(1) = object;
        let result = call_filled(py, &*place.cast::<Ref<Native>>(), Raw::NOTHING, place.add(1), 1);
        settle(py, place, 1, dst, result)
    }
}

handlers! {
    fn load_attr(at, py, i) {
        let x = at.r(i.b);
        if x.is_ptr() {
            let cache = (*at.code).attrs.get_unchecked(i.site_index()).as_ptr();
            let header = x.header();
            if (*header).shape().current_id() == (*cache).id {
                let v = if (*cache).kind == attr::SLOT {
                    *header.cast::<u8>().add((*cache).offset as usize).cast::<Raw>()
                } else if (*cache).kind == attr::CLASS_VALUE {
                    Raw((*cache).value)
                } else {
                    return load_otherwise(py, at.frame, at.base, at.pc, at.code);
                };
                if v.0 != 0 {
                    counted(v);
                    return at.put_out(py, v);
                }
            }
        }
        load_otherwise(py, at.frame, at.base, at.pc, at.code)
    }
    fn store_attr(at, py, i) {
        let x = at.r(i.a);
        if x.is_ptr() {
            let cache = (*at.code).attrs.get_unchecked(i.site_index()).as_ptr();
            let header = x.header();
            if (*header).shape().current_id() == (*cache).id {
                let place = header.cast::<u8>().add((*cache).offset as usize).cast::<Raw>();
                if (*cache).kind == attr::ADD {
                    return add_attr(py, at.frame, at.base, at.pc, at.code);
                }
                let (a, b) = at.again();
                if (*cache).kind == attr::SLOT && !at.is_temporary(a) {
                    let v = at.owned(b);
                    let old = std::mem::replace(&mut *place, v);
                    let old = if old.0 != 0 && old.is_ptr() { part_with(old) } else { Raw::NOTHING };
                    return at.next_and_drop(py, old, Raw::NOTHING);
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
            if (*x.header()).shape().current_id() == cache.id {
                if cache.kind == attr::METHOD {
                    if cache.offset != 0 && (*at.pc).op == Op::CallMethod && (*at.pc).b == 0 {
                        if cache.offset == attr::ALONE {
                            return call_alone(py, at.frame, at.base, at.pc, at.code);
                        }
                        return call_filling(py, at.frame, at.base, at.pc, at.code);
                    }
                    let receiver = at.owned(i.b);
                    let v = Raw(cache.value);
                    Header::incref(v.header());
                    // Both are temporaries above all that is in use: they hold nothing, or the operand
                    // that has just been taken.
                    *at.base.add(i.a as usize) = v;
                    *at.base.add(i.a as usize + 1) = receiver;
                    return at.next(py);
                }
                if cache.kind == attr::DICT_PLACE {
                    return method_in_dict(py, at.frame, at.base, at.pc, at.code);
                }
            }
        }
        method_otherwise(py, at.frame, at.base, at.pc, at.code)
    }
    /// The same while instrumented: the call is an instruction of its own.
    fn load_method_traced(at, py, _i) { at.slow(py, |py, frame, i| attr::load_method(py, frame, i)) }
    fn load_super_attr(at, py, _i) { at.slow(py, |py, frame, i| attr::load_super(py, frame, i, false)) }
    fn load_super_method(at, py, _i) { at.slow(py, |py, frame, i| attr::load_super(py, frame, i, true)) }
}
