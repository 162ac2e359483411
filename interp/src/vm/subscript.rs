//! Subscripts and slices beyond the loop's fast cases.

use lockstep_compile::code::Instr;
use lockstep_heap::{Raw, Shape, Tag, Value};

use super::call::enter;
use super::frame::Target;
use super::run::payload;
use super::{Flow, fetch, put};
use crate::object::raise::Result;
use crate::object::strand::Frame;
use crate::object::{Py, Special, Type};
use crate::types::bytearray::ByteArray;
use crate::types::bytes::Bytes;
use crate::types::dict::{self, Dict};
use crate::types::function::Function;
use crate::types::list::List;
use crate::types::slice::{self, Slice};
use crate::types::str::Str;
use crate::types::tuple::Tuple;

unsafe fn check(py: &mut Py, frame: *mut Frame, register: u16) -> Result<()> {
    // SAFETY: a register of the running frame.
    unsafe {
        if *(*frame).base.add(register as usize) == Raw::UNBOUND {
            return Err(super::name::unbound_local(py, frame, register));
        }
        Ok(())
    }
}

/// Whether an object is a dict whose class has the method of `dict` itself for `special`.
#[inline]
pub(super) unsafe fn is_plain_dict(py: &Py, object: Raw, special: Special) -> bool {
    // SAFETY: the word is borrowed from a register; a shape's type is alive while the shape is.
    unsafe {
        let (shape, plain) = ((*object.header()).shape_ptr(), py.strand.shapes.dict);
        if std::ptr::eq(shape, plain) {
            return true;
        }
        if (*shape).tag() != Tag::DICT {
            return false;
        }
        let method = |shape: *const Shape| (&(*payload::<Type>((*shape).type_raw())).specials)[special as usize].as_ref();
        matches!((method(shape), method(plain)), (Some(own), Some(plain)) if own.is(plain))
    }
}

/// An item of a dict, str, bytes or bytearray, if it is there and no Python code is needed to
/// find it: an owned word, or nothing.
#[inline(never)]
pub(super) unsafe fn quick(py: &mut Py, object: Raw, key: Raw) -> Raw {
    // SAFETY: the words are borrowed from registers, which nothing here writes.
    unsafe {
        let shape = (*object.header()).shape_ptr();
        let is_dict = is_plain_dict(py, object, Special::GetItem);
        let object = std::mem::ManuallyDrop::new(Value::from_raw(object));
        let key = std::mem::ManuallyDrop::new(Value::from_raw(key));
        if is_dict
            && let Some(d) = object.downcast::<Dict>()
            && let Some(hash) = super::arith::quick_hash(py, &key)
        {
            return match dict::find_quick(py, d, &key, hash) {
                Some(Some(place)) => d.get(py).value_at(place).map_or(Raw::NOTHING, |v| v.clone().into_raw()),
                _ => Raw::NOTHING,
            };
        }
        let Some(n) = key.as_small_int() else {
            let Some(bounds) = key.downcast::<Slice>().filter(|bounds| bounds.step.is_none()) else { return Raw::NOTHING };
            return slice_quick(py, &object, &bounds.start, &bounds.stop).map_or(Raw::NOTHING, Value::into_raw);
        };
        let byte = |bytes: &[u8]| {
            let n = if n < 0 { n + bytes.len() as i64 } else { n };
            bytes.get(n as usize).map_or(Raw::NOTHING, |b| Raw::from_int(i64::from(*b)))
        };
        if py.is_exact::<Bytes>(&object)
            && let Some(b) = object.downcast::<Bytes>()
        {
            return byte(b.slice());
        }
        if py.is_exact::<ByteArray>(&object)
            && let Some(b) = object.downcast::<ByteArray>()
        {
            return byte(&b.get(py).data);
        }
        if std::ptr::eq(shape, py.strand.shapes.str)
            && let Some(s) = object.downcast::<Str>()
            && let Ok(c) = crate::types::str::char_at(py, s, n)
        {
            return c.into_raw();
        }
        Raw::NOTHING
    }
}

/// `bytearray[int] = int`, if that is what it is and the numbers fit.
#[inline(never)]
pub(super) unsafe fn set_quick(py: &mut Py, object: Raw, key: Raw, value: Raw) -> bool {
    // SAFETY: as in `quick`.
    unsafe {
        if !key.is_int() || !value.is_int() {
            return false;
        }
        let object = std::mem::ManuallyDrop::new(Value::from_raw(object));
        if !py.is_exact::<ByteArray>(&object) {
            return false;
        }
        let Some(b) = object.downcast::<ByteArray>() else { return false };
        let bytes = &mut b.get_mut(py).data;
        let n = if key.int() < 0 { key.int() + bytes.len() as i64 } else { key.int() };
        match (bytes.get_mut(n as usize), u8::try_from(value.int())) {
            (Some(place), Ok(byte)) => {
                *place = byte;
                true
            }
            _ => false,
        }
    }
}

/// `GetItem`
#[inline(never)]
pub(super) unsafe fn get(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.b)?;
        check(py, frame, i.c)?;
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let object = fetch(base, locals, i.b);
        let key = fetch(base, locals, i.c);
        item(py, frame, i, object, key)
    }
}

/// `GetItemInt`
#[inline(never)]
pub(super) unsafe fn get_int(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.b)?;
        let object = fetch((*frame).base, (*(*frame).code).locals, i.b);
        item(py, frame, i, object, Value::int32(i32::from(i.c as i16)))
    }
}

unsafe fn item(py: &mut Py, frame: *mut Frame, i: Instr, object: Value, key: Value) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        if let Some(d) = object.downcast::<Dict>()
            && py.is_exact::<Dict>(&object)
        {
            let hash = py.hash(&key)? as u64;
            let value = match dict::find(py, d, &key, hash)? {
                Some(place) => d.get(py).value_at(place).cloned().unwrap_or(Value::NONE),
                None => return Err(crate::object::raise::key_error(key)),
            };
            put((*frame).base, i.a, value);
            return Ok(Flow::Next);
        }
        if let Some(s) = object.downcast::<Str>()
            && let Some(n) = key.as_small_int()
            && py.is_exact::<Str>(&object)
        {
            let value = crate::types::str::char_at(py, s, n)?;
            put((*frame).base, i.a, value);
            return Ok(Flow::Next);
        }
        if let Some(method) = py.special_owned(&object, Special::GetItem)
            && method.is_a::<Function>()
        {
            return enter(py, frame, &method, &[object, key], &[], Target::register(i.a));
        }
        let value = py.getitem(&object, &key)?;
        put((*frame).base, i.a, value);
        Ok(Flow::Next)
    }
}

/// `SetItem`
#[inline(never)]
pub(super) unsafe fn set(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        for r in [i.a, i.b, i.c] {
            check(py, frame, r)?;
        }
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let value = fetch(base, locals, i.c);
        let key = fetch(base, locals, i.b);
        let object = fetch(base, locals, i.a);
        if let Some(d) = object.downcast::<Dict>()
            && is_plain_dict(py, object.raw(), Special::SetItem)
        {
            dict::set(py, d, &key, value)?;
            py.drain_pending();
            return Ok(Flow::Next);
        }
        if let Some(method) = py.special_owned(&object, Special::SetItem)
            && method.is_a::<Function>()
        {
            return enter(py, frame, &method, &[object, key, value], &[], Target::DISCARD);
        }
        py.setitem(&object, &key, value)?;
        Ok(Flow::Next)
    }
}

/// `DelItem`
pub(super) unsafe fn delete(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.a)?;
        check(py, frame, i.b)?;
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let key = fetch(base, locals, i.b);
        let object = fetch(base, locals, i.a);
        py.delitem(&object, &key)?;
        py.drain_pending();
        Ok(Flow::Next)
    }
}

/// `object[low:high]` of a str, list or tuple with plain bounds; none of anything else.
fn slice_quick(py: &mut Py, object: &Value, low: &Value, high: &Value) -> Option<Value> {
    let shape = object.header()?.shape_ptr();
    if std::ptr::eq(shape, py.strand.shapes.str) {
        let s = object.downcast::<Str>()?;
        let (first, end) = slice::quick(low, high, s.len())?;
        return Some(crate::types::str::substring(py, s, first, end - first));
    }
    if std::ptr::eq(shape, py.strand.shapes.list) {
        let items = &object.downcast::<List>()?.get(py).items;
        let (first, end) = slice::quick(low, high, items.len())?;
        return Some(py.list(items[first..end].to_vec()));
    }
    if std::ptr::eq(shape, py.strand.shapes.tuple) {
        let items = object.downcast::<Tuple>()?.slice();
        let (first, end) = slice::quick(low, high, items.len())?;
        return Some(if end - first == items.len() { object.clone() } else { py.tuple_of(&items[first..end]) });
    }
    None
}

/// `GetSlice`
pub(super) unsafe fn get_slice(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.b)?;
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let object = fetch(base, locals, i.b);
        let (low, high) = (fetch(base, locals, i.c), fetch(base, locals, i.c + 1));
        if let Some(part) = slice_quick(py, &object, &low, &high) {
            put((*frame).base, i.a, part);
            return Ok(Flow::Next);
        }
        let key = slice::make(py, low, high, Value::NONE);
        let value = py.getitem(&object, &key)?;
        put((*frame).base, i.a, value);
        Ok(Flow::Next)
    }
}

/// `SetSlice`
pub(super) unsafe fn set_slice(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let value = fetch(base, locals, i.c);
        let (low, high) = (fetch(base, locals, i.b), fetch(base, locals, i.b + 1));
        let object = fetch(base, locals, i.a);
        let key = slice::make(py, low, high, Value::NONE);
        py.setitem(&object, &key, value)?;
        py.drain_pending();
        Ok(Flow::Next)
    }
}

/// `BuildSlice`
pub(super) unsafe fn build_slice(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let start = fetch(base, locals, i.b);
        let stop = fetch(base, locals, i.b + 1);
        let step = if i.c == 3 { fetch(base, locals, i.b + 2) } else { Value::NONE };
        let value = slice::make(py, start, stop, step);
        put(base, i.a, value);
        Ok(Flow::Next)
    }
}
