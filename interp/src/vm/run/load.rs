//! Moving values: registers, constants, cells, globals.

use lockstep_heap::{Raw, Value};

use super::{cell_payload, counted, free_cell, handlers, part_with};
use crate::vm::{Flow, name};

handlers! {
    fn nop(at, py, _i) { at.next(py) }
    fn move_(at, py, i) { at.put(py, i.a, at.owned(i.b)) }
    fn load_const(at, py, i) { at.put(py, i.a, counted((*at.code).consts.get_unchecked(i.bc() as usize).raw())) }
    fn load_int(at, py, i) { at.put(py, i.a, Raw::from_int(i64::from(i.bc()))) }
    fn load_none(at, py, i) { at.put(py, i.a, Raw::NONE) }
    fn drop_(at, py, i) { at.put(py, i.a, Raw::UNBOUND) }
    fn del_local(at, py, i) {
        if at.r(i.a) == Raw::UNBOUND {
            return at.slow(py, |py, frame, i| Err::<Flow, _>(name::unbound_local(py, frame, i.a)));
        }
        at.put(py, i.a, Raw::UNBOUND)
    }
    fn check_local(at, py, i) {
        if at.r(i.a) == Raw::UNBOUND {
            return at.slow(py, |py, frame, i| Err::<Flow, _>(name::unbound_local(py, frame, i.a)));
        }
        at.next(py)
    }
    fn make_cell(at, py, _i) {
        at.slow(py, |py, frame, i| {
            name::make_cell(py, (*frame).base, i.a);
            Ok(Flow::Next)
        })
    }
    fn load_cell(at, py, i) {
        match &(*cell_payload(at.r(i.b))).content {
            Some(v) => at.put(py, i.a, counted(v.raw())),
            None => at.slow(py, |py, frame, i| Err::<Flow, _>(name::unbound_cell(py, frame, i.b))),
        }
    }
    fn store_cell(at, py, i) {
        let v = Value::from_raw(at.owned(i.b));
        let old = (*cell_payload(at.r(i.a))).content.replace(v).map_or(Raw::NOTHING, Value::into_raw);
        let old = if old.is_ptr() && old.0 != 0 { part_with(old) } else { Raw::NOTHING };
        at.next_and_drop(py, old, Raw::NOTHING)
    }
    fn del_cell(at, py, _i) {
        at.slow(py, |py, frame, i| {
            let cell = *(*frame).base.add(i.a as usize);
            match (*cell_payload(cell)).content.take() {
                Some(old) => drop(old),
                None => return Err(name::unbound_cell(py, frame, i.a)),
            }
            py.drain_pending();
            Ok(Flow::Next)
        })
    }
    fn load_free(at, py, i) {
        match &(*free_cell(at.frame, i.bc())).content {
            Some(v) => at.put(py, i.a, counted(v.raw())),
            None => at.slow(py, |py, frame, i| Err::<Flow, _>(name::unbound_free(py, frame, i.bc()))),
        }
    }
    fn store_free(at, py, i) {
        let v = Value::from_raw(at.owned(i.a));
        let old = (*free_cell(at.frame, i.bc())).content.replace(v).map_or(Raw::NOTHING, Value::into_raw);
        let old = if old.is_ptr() && old.0 != 0 { part_with(old) } else { Raw::NOTHING };
        at.next_and_drop(py, old, Raw::NOTHING)
    }
    fn del_free(at, py, _i) {
        at.slow(py, |py, frame, i| {
            match (*free_cell(frame, i.bc())).content.take() {
                Some(old) => drop(old),
                None => return Err(name::unbound_free(py, frame, i.bc())),
            }
            py.drain_pending();
            Ok(Flow::Next)
        })
    }
    fn load_closure(at, py, i) {
        let func = super::payload::<crate::types::function::Function>((*at.frame).func);
        at.put(py, i.a, counted((&(*func).closure)[i.bc() as usize].raw()))
    }
    fn load_local_or_free(at, py, _i) { at.slow(py, |py, frame, i| name::load_local_or_free(py, frame, i)) }
    fn load_global(at, py, i) {
        let v = name::cached_global(at.frame, i.site_index());
        if v.0 == 0 {
            return at.slow(py, |py, frame, i| name::load_global(py, frame, i));
        }
        at.put(py, i.a, counted(v))
    }
    fn store_global(at, py, _i) { at.slow(py, |py, frame, i| name::store_global(py, frame, i)) }
    fn del_global(at, py, _i) { at.slow(py, |py, frame, i| name::del_global(py, frame, i)) }
    fn load_name(at, py, i) {
        let v = if (*at.frame).locals.0 == 0 { name::cached_global(at.frame, i.site_index()) } else { Raw::NOTHING };
        if v.0 == 0 {
            return at.slow(py, |py, frame, i| name::load_name(py, frame, i));
        }
        at.put(py, i.a, counted(v))
    }
    fn store_name(at, py, _i) { at.slow(py, |py, frame, i| name::store_name(py, frame, i)) }
    fn del_name(at, py, _i) { at.slow(py, |py, frame, i| name::del_name(py, frame, i)) }
}
