//! `bytearray`: mutable bytes.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value};
use lockstep_text::methods::{bytes as letters, pad};

use crate::object::raise::{index_error, memory_error, type_error, value_error};
use crate::object::{NativeType, Py, Result, Special, Type, TypeFlags};
use crate::types::buffer::{self, Exports};
use crate::types::bytes::iter::ByteArrayIter;
use crate::types::bytes::methods::byte_methods;
use crate::types::bytes::shared::{self, BYTE_RANGE};
use crate::types::int;
use crate::types::slice::Slice;
use crate::types::str::Str;

/// The payload of a bytearray.
#[derive(Default)]
pub struct ByteArray {
    /// The bytes.
    pub data: Vec<u8>,
    /// The views that keep the size fixed.
    pub exports: Exports,
}

impl Object for ByteArray {
    type Access = Guarded;
    const TAG: Tag = Tag::BYTE_ARRAY;
}

impl Py {
    /// A bytearray.
    pub fn byte_array(&self, data: Vec<u8>) -> Value {
        self.make(ByteArray { data, exports: Exports::default() }).into_value()
    }
}

impl ByteArray {
    fn value(py: &Py, data: Vec<u8>) -> Value {
        py.byte_array(data)
    }
    /// The bytes, to change in size.
    fn growing<'a>(py: &'a mut Py, this: &'a Ref<ByteArray>) -> Result<&'a mut Vec<u8>> {
        let array = this.get_mut(py);
        array.exports.check()?;
        Ok(&mut array.data)
    }
}

fn extend(py: &mut Py, this: &Ref<ByteArray>, bytes: &[u8]) -> Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let data = ByteArray::growing(py, this)?;
    data.try_reserve(bytes.len()).map_err(|_| memory_error())?;
    data.extend_from_slice(bytes);
    Ok(())
}

/// What is assigned to a slice.
fn assigned(py: &mut Py, value: &Value) -> Result<Vec<u8>> {
    if let Some(bytes) = buffer::to_vec_opt(py, value)? {
        return Ok(bytes);
    }
    if value.is_a::<Str>() || int::is_int(value) || value.as_float().is_some() || py.special(value, Special::Index).is_some() {
        return Err(type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
    }
    shared::from_ints(py, "bytearray", value)
}

/// The place of one item.
fn place(py: &mut Py, this: &Ref<ByteArray>, key: &Value) -> Result<usize> {
    if !int::is_int(key) && py.special(key, Special::Index).is_none() {
        return Err(type_error(format!("bytearray indices must be integers or slices, not {}", py.type_name(key))));
    }
    let n = shared::place(py, key)?;
    let len = this.get(py).data.len();
    let at = if n < 0 { n + len as i64 } else { n };
    usize::try_from(at).ok().filter(|at| *at < len).ok_or_else(|| index_error("bytearray index out of range"))
}

/// Replace a slice, or delete it (no bytes and `delete`).
fn set_slice(py: &mut Py, this: &Ref<ByteArray>, slice: &Ref<Slice>, bytes: &[u8], delete: bool) -> Result<()> {
    let len = this.get(py).data.len();
    let (first, step, count) = slice.apply(py, len)?;
    let array = this.get_mut(py);
    if array.data.len() != len {
        return Err(crate::object::raise::runtime_error("bytearray changed size during slice assignment"));
    }
    if step == 1 {
        if bytes.len() != count {
            array.exports.check()?;
        }
        array.data.splice(first.min(len)..(first + count).min(len), bytes.iter().copied());
        return Ok(());
    }
    let places = (0..count).map(|k| (first as isize + k as isize * step) as usize);
    if delete || bytes.is_empty() {
        if count > 0 {
            array.exports.check()?;
        }
        let gone: std::collections::HashSet<usize> = places.collect();
        let mut at = 0;
        array.data.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
        return Ok(());
    }
    if bytes.len() != count {
        return Err(value_error(format!("attempt to assign bytes of size {} to extended slice of size {count}", bytes.len())));
    }
    for (place, byte) in places.zip(bytes) {
        array.data[place] = *byte;
    }
    Ok(())
}

byte_methods! { ByteArray {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Result<Value> {
        let base = py.type_for::<ByteArray>();
        shared::check_class(py, cls, &base)?;
        Ok(py.make_in(cls, ByteArray::default()).into_value())
    }
    /// Initialize self.
    #[py("(self, /, source=<unbound>, encoding=<unbound>, errors=<unbound>)")]
    fn __init__(py: &mut Py, this: &Ref<ByteArray>, source: Option<&Value>, encoding: Option<&Value>, errors: Option<&Value>) -> Result<()> {
        let bytes = shared::from_source(py, "bytearray", source, encoding, errors)?;
        *ByteArray::growing(py, this)? = bytes;
        Ok(())
    }
    /// Return the number of bytes allocated.
    #[py("(self, /)")]
    fn __alloc__(py: &mut Py, this: &Ref<ByteArray>) -> usize {
        this.get(py).data.capacity() + 1
    }
    /// Return a memoryview of the bytes.
    #[py("(self, flags, /)")]
    fn __buffer__(py: &mut Py, this: &Ref<ByteArray>, _flags: i32) -> Result<Value> {
        crate::types::memoryview::view(py, this.as_value())
    }
    /// Delete self[key].
    #[py("(self, key, /)")]
    fn __delitem__(py: &mut Py, this: &Ref<ByteArray>, key: &Value) -> Result<()> {
        if let Some(slice) = key.downcast::<Slice>() {
            return set_slice(py, this, &slice.clone(), &[], true);
        }
        let at = place(py, this, key)?;
        ByteArray::growing(py, this)?.remove(at);
        Ok(())
    }
    /// Implement self+=value.
    #[py("(self, value, /)")]
    fn __iadd__(py: &mut Py, this: &Ref<ByteArray>, value: &Value) -> Result<Value> {
        let Some(bytes) = buffer::data_opt(py, value)? else {
            return Err(type_error(format!("can't concat {} to {}", py.type_name(value), py.type_name(this.as_value()))));
        };
        extend(py, this, &bytes)?;
        Ok(this.to_value())
    }
    /// Implement self*=value.
    #[py("(self, value, /)")]
    fn __imul__(py: &mut Py, this: &Ref<ByteArray>, value: &Value) -> Result<Value> {
        let Some(n) = shared::repeat_count(py, value)? else { return Ok(Value::NOT_IMPLEMENTED) };
        let size = shared::repeat_size(py, this.get(py).data.len(), n)?;
        if n != 1 {
            let data = ByteArray::growing(py, this)?;
            let unit = data.clone();
            data.resize(size, 0);
            if size > 0 {
                crate::types::str::fill_repeated(data, &unit);
            }
        }
        Ok(this.to_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<ByteArray>) -> Value {
        py.make(ByteArrayIter { sequence: Some(this.to_value()), at: 0 }).into_value()
    }
    /// State for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<ByteArray>) -> Result<Value> {
        reduce(py, this, 2)
    }
    /// State for pickling by protocol.
    #[py("(self, proto=0, /)")]
    fn __reduce_ex__(py: &mut Py, this: &Ref<ByteArray>, proto: i32) -> Result<Value> {
        reduce(py, this, proto)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<ByteArray>) -> Result<Value> {
        py.room(this.get(py).data.len().saturating_mul(4))?;
        let class = py.class_name(this.as_value());
        let text = format!("{class}({})", lockstep_text::repr::bytes_repr(&this.get(py).data));
        Ok(py.str(&text))
    }
    /// Set self[key] to value.
    #[py("(self, key, value, /)")]
    fn __setitem__(py: &mut Py, this: &Ref<ByteArray>, key: &Value, value: &Value) -> Result<()> {
        if let Some(slice) = key.downcast::<Slice>() {
            let slice = slice.clone();
            let bytes = assigned(py, value)?;
            return set_slice(py, this, &slice, &bytes, false);
        }
        let at = place(py, this, key)?;
        let byte = shared::byte(py, value, BYTE_RANGE)?;
        match this.get_mut(py).data.get_mut(at) {
            Some(place) => *place = byte,
            None => return Err(index_error("bytearray index out of range")),
        }
        Ok(())
    }
    /// Return the size of the bytearray in memory.
    #[py("(self, /)")]
    fn __sizeof__(py: &mut Py, this: &Ref<ByteArray>) -> usize {
        this.shape().object_size() + this.get(py).data.capacity()
    }
    /// Append a byte.
    #[py("(self, item, /)")]
    fn append(py: &mut Py, this: &Ref<ByteArray>, item: &Value) -> Result<()> {
        let byte = shared::byte(py, item, BYTE_RANGE)?;
        ByteArray::growing(py, this)?.push(byte);
        Ok(())
    }
    /// Remove all bytes.
    #[py("(self, /)")]
    fn clear(py: &mut Py, this: &Ref<ByteArray>) -> Result<()> {
        *ByteArray::growing(py, this)? = Vec::new();
        Ok(())
    }
    /// Return a copy.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<ByteArray>) -> Value {
        py.byte_array(this.get(py).data.clone())
    }
    /// Append the bytes of a bytes-like object or an iterable of ints.
    #[py("(self, iterable_of_ints, /)")]
    fn extend(py: &mut Py, this: &Ref<ByteArray>, iterable_of_ints: &Value) -> Result<()> {
        if let Some(bytes) = buffer::data_opt(py, iterable_of_ints)? {
            return extend(py, this, &bytes);
        }
        if iterable_of_ints.is_a::<Str>() {
            return Err(type_error(format!("expected iterable of integers; got: '{}'", py.type_name(iterable_of_ints))));
        }
        if py.special(iterable_of_ints, Special::Iter).is_none() && py.special(iterable_of_ints, Special::GetItem).is_none() {
            return Err(type_error(format!("can't extend bytearray with {}", py.type_name(iterable_of_ints))));
        }
        py.length_hint(iterable_of_ints, 0)?;
        let bytes = shared::from_ints(py, "bytearray", iterable_of_ints)?;
        extend(py, this, &bytes)
    }
    /// Insert a byte before index.
    #[py("(self, index, item, /)")]
    fn insert(py: &mut Py, this: &Ref<ByteArray>, index: isize, item: &Value) -> Result<()> {
        let byte = shared::byte(py, item, BYTE_RANGE)?;
        let data = ByteArray::growing(py, this)?;
        let at = if index < 0 { index.saturating_add(data.len() as isize).max(0) as usize } else { (index as usize).min(data.len()) };
        data.insert(at, byte);
        Ok(())
    }
    /// Remove and return the byte at index.
    #[py("(self, index=-1, /)")]
    fn pop(py: &mut Py, this: &Ref<ByteArray>, index: isize) -> Result<Value> {
        let len = this.get(py).data.len();
        if len == 0 {
            return Err(index_error("pop from empty bytearray"));
        }
        let at = if index < 0 { index.saturating_add(len as isize) } else { index };
        let Some(at) = usize::try_from(at).ok().filter(|at| *at < len) else { return Err(index_error("pop index out of range")) };
        let byte = ByteArray::growing(py, this)?.remove(at);
        Ok(Value::int32(i32::from(byte)))
    }
    /// Remove the first byte of this value.
    #[py("(self, value, /)")]
    fn remove(py: &mut Py, this: &Ref<ByteArray>, value: &Value) -> Result<()> {
        let byte = shared::byte(py, value, BYTE_RANGE)?;
        let Some(at) = this.get(py).data.iter().position(|b| *b == byte) else {
            return Err(value_error("value not found in bytearray"));
        };
        ByteArray::growing(py, this)?.remove(at);
        Ok(())
    }
    /// Change the size; new bytes are zero.
    #[py("(self, size, /)")]
    fn resize(py: &mut Py, this: &Ref<ByteArray>, size: isize) -> Result<()> {
        let Ok(size) = usize::try_from(size) else {
            return Err(value_error(format!("bytearray.resize(): new size must be >= 0, got {size}")));
        };
        let data = ByteArray::growing(py, this)?;
        data.try_reserve(size.saturating_sub(data.len())).map_err(|_| memory_error())?;
        data.resize(size, 0);
        Ok(())
    }
    /// Reverse the order of the bytes.
    #[py("(self, /)")]
    fn reverse(py: &mut Py, this: &Ref<ByteArray>) {
        this.get_mut(py).data.reverse();
    }
} }

fn reduce(py: &mut Py, this: &Ref<ByteArray>, proto: i32) -> Result<Value> {
    let data = this.get(py).data.clone();
    let args = if proto < 3 {
        let mut text = Vec::new();
        lockstep_text::codecs::charmap::decode_latin1(&data, &mut text);
        let text = py.new_str_bytes(&text).into_value();
        let codec = py.str("latin-1");
        if data.is_empty() { py.tuple(Vec::new()) } else { py.tuple(vec![text, codec]) }
    } else if data.is_empty() {
        py.tuple(Vec::new())
    } else {
        let bytes = py.bytes(&data);
        py.tuple(vec![bytes])
    };
    let state = py.call_method(this.as_value(), "__getstate__", &[])?;
    let class = py.type_of(this.as_value()).into_value();
    Ok(py.tuple(vec![class, args, state]))
}

impl NativeType for ByteArray {
    const NAME: &'static str = "bytearray";
    const DOC: Option<&'static str> = Some(
        "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n\
         bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\n\
         bytearray(int) -> bytearray of the given size, all zero\nbytearray() -> empty bytearray",
    );
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF;
    const UNHASHABLE: bool = true;
}
