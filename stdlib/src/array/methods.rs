//! The methods of arrays.

use lockstep_interp::object::raise::{Result, index_error, memory_error, type_error, value_error};
use lockstep_interp::object::special::CompareOp;
use lockstep_interp::object::{NativeType, Special, Type, TypeFlags};
use lockstep_interp::types::buffer;
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::int;
use lockstep_interp::types::list::List;
use lockstep_interp::types::sequence;
use lockstep_interp::types::slice::{self, Slice};
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Py, Raised, Ref, Value, methods};
use lockstep_text::wtf8;

use super::iter::ArrayIter;
use super::{Array, append_raw, append_text, code_of, construct, extend, item, make};

/// Bytes that `tofile` writes at once.
const BLOCK: usize = 64 * 1024;

fn is_index(py: &Py, key: &Value) -> bool {
    int::is_int(key) || py.special(key, Special::Index).is_some()
}

/// The place of one item.
fn place(py: &mut Py, this: &Ref<Array>, key: &Value, what: &str) -> Result<usize> {
    if !is_index(py, key) {
        return Err(type_error("array indices must be integers"));
    }
    let n = sequence::index_sized(py, key)?;
    let len = this.get(py).len();
    sequence::within(n, len).ok_or_else(|| index_error(format!("{what} index out of range")))
}

/// The bytes of the items of a slice.
fn sliced(array: &Array, first: usize, step: isize, count: usize) -> Vec<u8> {
    let size = array.code.size();
    if step == 1 {
        return array.data[first * size..(first + count) * size].to_vec();
    }
    let mut out = Vec::with_capacity(count * size);
    for k in 0..count {
        let at = (first as isize + k as isize * step) as usize;
        out.extend_from_slice(array.raw(at).unwrap_or(&[]));
    }
    out
}

/// Replace the items of a slice; none deletes them.
fn set_slice(py: &mut Py, this: &Ref<Array>, slice: &Ref<Slice>, new: Option<Vec<u8>>) -> Result<()> {
    // The bounds may run Python code: the length is looked at behind them.
    let (start, stop, step) = slice::unpack(py, &slice.start, &slice.stop, &slice.step)?;
    let array = this.get_mut(py);
    let (first, step, count) = slice::adjust(start, stop, step, array.len());
    let size = array.code.size();
    let have = new.as_ref().map_or(0, |n| n.len() / size);
    if have != count {
        array.resizable()?;
    }
    match new {
        Some(new) if step == 1 => {
            drop(array.data.splice(first * size..(first + count) * size, new));
        }
        Some(new) => {
            if have != count {
                return Err(value_error(format!("attempt to assign array of size {have} to extended slice of size {count}")));
            }
            for (k, raw) in new.chunks_exact(size).enumerate() {
                let at = (first as isize + k as isize * step) as usize * size;
                array.data[at..at + size].copy_from_slice(raw);
            }
        }
        None if step == 1 => drop(array.data.drain(first * size..(first + count) * size)),
        None if count > 0 => {
            let low = if step > 0 { first } else { (first as isize + (count as isize - 1) * step) as usize };
            let step = step.unsigned_abs();
            let mut left = count;
            let mut out = Vec::with_capacity(array.data.len() - count * size);
            for (at, raw) in array.data.chunks_exact(size).enumerate() {
                if left > 0 && at >= low && (at - low).is_multiple_of(step) {
                    left -= 1;
                } else {
                    out.extend_from_slice(raw);
                }
            }
            array.data = out;
        }
        None => {}
    }
    Ok(())
}

fn repeated(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Option<Vec<u8>>> {
    if !is_index(py, value) {
        return Ok(None);
    }
    let n = sequence::count_sized(py, value)?.max(0) as usize;
    let data = &this.get(py).data;
    let total = data.len().checked_mul(n).filter(|t| *t <= isize::MAX as usize).ok_or_else(memory_error)?;
    let mut out = Vec::new();
    out.try_reserve_exact(total).map_err(|_| memory_error())?;
    if data.len() == 1 {
        out.resize(total, data[0]);
    } else if !data.is_empty() {
        for _ in 0..n {
            out.extend_from_slice(data);
        }
    }
    Ok(Some(out))
}

fn compared(py: &mut Py, op: CompareOp, this: &Ref<Array>, other: &Value) -> Result<Value> {
    let Some(other) = other.downcast::<Array>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let (a, b) = (this.get(py), other.get(py));
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    if equality && a.len() != b.len() {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    if equality && a.code == b.code && !a.code.is_float() {
        return Ok(Value::bool((a.data == b.data) == (op == CompareOp::Eq)));
    }
    let mut at = 0;
    loop {
        let (Some(x), Some(y)) = (item(py, this, at), item(py, other, at)) else {
            let order = this.get(py).len().cmp(&other.get(py).len());
            return Ok(Value::bool(op.accepts(order)));
        };
        // Items are made when they are looked at: no two are the same object.
        if !py.compare_bool(CompareOp::Eq, &x, &y)? {
            return match op {
                CompareOp::Eq => Ok(Value::FALSE),
                CompareOp::Ne => Ok(Value::TRUE),
                _ => py.compare(op, &x, &y),
            };
        }
        at += 1;
        if at.is_multiple_of(65536) {
            py.check()?;
        }
    }
}

/// The place of the first item that equals a value.
fn find(py: &mut Py, this: &Ref<Array>, value: &Value, from: usize, to: usize) -> Result<Option<usize>> {
    let mut at = from;
    while at < to
        && let Some(x) = item(py, this, at)
    {
        if py.compare_bool(CompareOp::Eq, &x, value)? {
            return Ok(Some(at));
        }
        at += 1;
        if at.is_multiple_of(65536) {
            py.check()?;
        }
    }
    Ok(None)
}

fn to_list(py: &Py, this: &Ref<Array>) -> Vec<Value> {
    let a = this.get(py);
    a.data.chunks_exact(a.code.size()).map(|raw| a.code.unpack(py, raw)).collect()
}

fn text(py: &Py, this: &Ref<Array>) -> Result<Value> {
    let mut out = Vec::with_capacity(this.get(py).data.len());
    for raw in this.get(py).data.chunks_exact(4) {
        let c = u32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]);
        if c > 0x10_FFFF {
            return Err(value_error(format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
        }
        wtf8::push(&mut out, c);
    }
    Ok(py.new_str_bytes(&out).into_value())
}

fn not_text(function: &str) -> Raised {
    value_error(format!("{function}() may only be called on unicode type arrays ('u' or 'w')"))
}

#[methods]
impl Array {
    /// Return self+value.
    #[py("(self, value, /)")]
    fn __add__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        let Some(other) = value.downcast::<Array>() else {
            let got = py.type_name(value);
            return Err(type_error(format!("can only append array (not \"{got}\") to array")));
        };
        let code = this.get(py).code;
        if other.get(py).code != code {
            return Err(type_error("bad argument type for built-in operation"));
        }
        let (a, b) = (&this.get(py).data, &other.get(py).data);
        let mut data = Vec::new();
        data.try_reserve_exact(a.len() + b.len()).map_err(|_| memory_error())?;
        data.extend_from_slice(a);
        data.extend_from_slice(b);
        Ok(make(py, code, data))
    }
    /// See PEP 585
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, object: &Value) -> Result<Value> {
        lockstep_interp::types::generic_alias::alias(py, cls, object)
    }
    /// Return bool(key in self).
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Ref<Array>, key: &Value) -> Result<bool> {
        Ok(find(py, this, key, 0, usize::MAX)?.is_some())
    }
    /// Return a copy of the array.
    #[py("(self, /)")]
    fn __copy__(py: &mut Py, this: &Ref<Array>) -> Value {
        make(py, this.get(py).code, this.get(py).data.clone())
    }
    /// Return a copy of the array.
    #[py("(self, unused, /)")]
    fn __deepcopy__(py: &mut Py, this: &Ref<Array>, unused: &Value) -> Value {
        let _ = unused;
        make(py, this.get(py).code, this.get(py).data.clone())
    }
    /// Delete self[key].
    #[py("(self, key, /)")]
    fn __delitem__(py: &mut Py, this: &Ref<Array>, key: &Value) -> Result<()> {
        if let Some(slice) = key.downcast::<Slice>() {
            return set_slice(py, this, slice, None);
        }
        let at = place(py, this, key, "array assignment")?;
        let a = this.get_mut(py);
        a.resizable()?;
        let size = a.code.size();
        a.data.drain(at * size..at * size + size);
        Ok(())
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Eq, this, value)
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ge, this, value)
    }
    /// Return self[key].
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<Array>, key: &Value) -> Result<Value> {
        if let Some(slice) = key.downcast::<Slice>() {
            let (start, stop, step) = slice::unpack(py, &slice.start, &slice.stop, &slice.step)?;
            let a = this.get(py);
            let (first, step, count) = slice::adjust(start, stop, step, a.len());
            let data = sliced(a, first, step, count);
            return Ok(make(py, this.get(py).code, data));
        }
        let at = place(py, this, key, "array")?;
        item(py, this, at).ok_or_else(|| index_error("array index out of range"))
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Gt, this, value)
    }
    /// Implement self+=value.
    #[py("(self, value, /)")]
    fn __iadd__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        if !value.is_a::<Array>() {
            let got = py.type_name(value);
            return Err(type_error(format!("can only extend with array (not \"{got}\")")));
        }
        extend(py, this, value)?;
        Ok(this.to_value())
    }
    /// Implement self*=value.
    #[py("(self, value, /)")]
    fn __imul__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        let Some(data) = repeated(py, this, value)? else {
            let got = py.type_name(value);
            return Err(type_error(format!("can't multiply sequence by non-int of type '{got}'")));
        };
        let a = this.get_mut(py);
        if a.data.len() != data.len() {
            a.resizable()?;
        }
        a.data = data;
        Ok(this.to_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<Array>) -> Value {
        py.make(ArrayIter { array: Some(this.clone()), at: 0 }).into_value()
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Le, this, value)
    }
    /// Return len(self).
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Ref<Array>) -> usize {
        this.get(py).len()
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Lt, this, value)
    }
    /// Return self*value.
    #[py("(self, value, /)")]
    fn __mul__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        match repeated(py, this, value)? {
            Some(data) => Ok(make(py, this.get(py).code, data)),
            None => {
                let got = py.type_name(value);
                Err(type_error(format!("can't multiply sequence by non-int of type '{got}'")))
            }
        }
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ne, this, value)
    }
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], kwargs: &Value) -> Result<Value> {
        if cls.is(&py.type_for::<Array>()) && !py.kwargs(kwargs).is_empty() {
            return Err(type_error("array.array() takes no keyword arguments"));
        }
        match args {
            [] => Err(type_error("array() takes at least 1 argument (0 given)")),
            [code, rest @ ..] if rest.len() <= 1 => {
                let code = code_of(py, code, "array", 1)?;
                construct(py, cls, code, rest.first())
            }
            _ => Err(type_error(format!("array() takes at most 2 arguments ({} given)", args.len()))),
        }
    }
    /// Return state information for pickling.
    #[py("(self, value, /)")]
    fn __reduce_ex__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        if !int::is_int(value) {
            let got = py.type_name(value);
            return Err(type_error(format!("__reduce_ex__ argument should be an integer, not {got}")));
        }
        let protocol = py.index_clamped(value)?;
        let class = py.getattr(this.as_value(), "__class__")?;
        let own = py.getattr_opt(this.as_value(), "__dict__")?.unwrap_or(Value::NONE);
        let code = this.get(py).code;
        let letter = py.str(&code.letter().to_string());
        if protocol < 3 {
            let items = to_list(py, this);
            let items = py.list(items);
            let args = py.tuple(vec![letter, items]);
            return Ok(py.tuple(vec![class, args, own]));
        }
        let module = lockstep_interp::import::import_module(py, "array")?;
        let function = py.getattr(&module, "_array_reconstructor")?;
        let bytes = py.bytes(&this.get(py).data);
        let format = py.int(code.machine_format());
        let args = py.tuple(vec![class, letter, format, bytes]);
        Ok(py.tuple(vec![function, args, own]))
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Array>) -> Result<Value> {
        let (class, code) = (py.class_name(this.as_value()), this.get(py).code);
        let letter = code.letter();
        if this.get(py).data.is_empty() {
            return Ok(py.str(&format!("{class}('{letter}')")));
        }
        let shown = if code.is_text() { text(py, this)? } else { py.list(to_list(py, this)) };
        let shown = py.repr(&shown)?;
        let mut out = format!("{class}('{letter}', ").into_bytes();
        out.extend_from_slice(shown.as_bytes());
        out.push(b')');
        Ok(py.new_str_bytes(&out).into_value())
    }
    /// Return value*self.
    #[py("(self, value, /)")]
    fn __rmul__(py: &mut Py, this: &Ref<Array>, value: &Value) -> Result<Value> {
        Array::__mul__(py, this, value)
    }
    /// Set self[key] to value.
    #[py("(self, key, value, /)")]
    fn __setitem__(py: &mut Py, this: &Ref<Array>, key: &Value, value: &Value) -> Result<()> {
        if let Some(slice) = key.downcast::<Slice>() {
            let Some(other) = value.downcast::<Array>() else {
                let got = py.type_name(value);
                return Err(type_error(format!("can only assign array (not \"{got}\") to array slice")));
            };
            if other.get(py).code != this.get(py).code {
                return Err(type_error("bad argument type for built-in operation"));
            }
            let new = other.get(py).data.clone();
            return set_slice(py, this, slice, Some(new));
        }
        place(py, this, key, "array assignment")?;
        let code = this.get(py).code;
        let packed = code.pack(py, value)?;
        // Packing may have run Python code.
        let at = place(py, this, key, "array assignment")?;
        let size = code.size();
        this.get_mut(py).data[at * size..at * size + size].copy_from_slice(&packed[..size]);
        Ok(())
    }
    /// Size of the array in memory, in bytes.
    #[py("(self, /)")]
    fn __sizeof__(py: &mut Py, this: &Ref<Array>) -> usize {
        this.shape().object_size() + this.get(py).data.capacity()
    }
    /// Return a memoryview of the array.
    #[py("(self, flags, /)")]
    fn __buffer__(py: &mut Py, this: &Ref<Array>, flags: i32) -> Result<Value> {
        let _ = flags;
        lockstep_interp::types::memoryview::view(py, this.as_value())
    }
    /// Append new value v to the end of the array.
    #[py("(self, v, /)")]
    fn append(py: &mut Py, this: &Ref<Array>, v: &Value) -> Result<()> {
        let code = this.get(py).code;
        let packed = code.pack(py, v)?;
        this.get_mut(py).push(packed)
    }
    /// Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.
    ///
    /// The length should be multiplied by the itemsize attribute to calculate
    /// the buffer length in bytes.
    #[py("(self, /)")]
    fn buffer_info(py: &mut Py, this: &Ref<Array>) -> Value {
        let a = this.get(py);
        let (address, len) = (a.data.as_ptr() as i64, a.len() as i64);
        let items = vec![py.int(address), py.int(len)];
        py.tuple(items)
    }
    /// Byteswap all items of the array.
    ///
    /// If the items in the array are not 1, 2, 4, or 8 bytes in size, RuntimeError is
    /// raised.
    #[py("(self, /)")]
    fn byteswap(py: &mut Py, this: &Ref<Array>) {
        let a = this.get_mut(py);
        let size = a.code.size();
        for raw in a.data.chunks_exact_mut(size) {
            raw.reverse();
        }
    }
    /// Remove all items from the array.
    #[py("(self, /)")]
    fn clear(py: &mut Py, this: &Ref<Array>) -> Result<()> {
        let a = this.get_mut(py);
        a.resizable()?;
        a.data = Vec::new();
        Ok(())
    }
    /// Return number of occurrences of v in the array.
    #[py("(self, v, /)")]
    fn count(py: &mut Py, this: &Ref<Array>, v: &Value) -> Result<usize> {
        let (mut from, mut count) = (0, 0);
        while let Some(at) = find(py, this, v, from, usize::MAX)? {
            count += 1;
            from = at + 1;
        }
        Ok(count)
    }
    /// Append items to the end of the array.
    #[py("(self, bb, /)")]
    fn extend(py: &mut Py, this: &Ref<Array>, bb: &Value) -> Result<()> {
        extend(py, this, bb)
    }
    /// Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.
    #[py("(self, buffer, /)")]
    fn frombytes(py: &mut Py, this: &Ref<Array>, buffer: &Value) -> Result<()> {
        let bytes = buffer::data(py, buffer)?;
        append_raw(py, this, &bytes)
    }
    /// Read n objects from the file object f and append them to the end of the array.
    #[py("(self, f, n, /)")]
    fn fromfile(py: &mut Py, this: &Ref<Array>, f: &Value, n: isize) -> Result<()> {
        let Ok(n) = usize::try_from(n) else { return Err(value_error("negative count")) };
        let size = this.get(py).code.size();
        let wanted = n.checked_mul(size).filter(|w| *w <= isize::MAX as usize).ok_or_else(memory_error)?;
        let argument = py.int(wanted as i64);
        let read = py.call_method(f, "read", &[argument])?;
        let Some(bytes) = read.downcast::<Bytes>() else {
            return Err(type_error("read() didn't return bytes"));
        };
        append_raw(py, this, bytes.slice())?;
        if bytes.slice().len() != wanted {
            return Err(Raised::new(Exc::EOFError, "read() didn't return enough bytes"));
        }
        Ok(())
    }
    /// Append items to array from list.
    #[py("(self, list, /)")]
    fn fromlist(py: &mut Py, this: &Ref<Array>, list: &Value) -> Result<()> {
        let Some(items) = list.downcast::<List>() else { return Err(type_error("arg must be list")) };
        let code = this.get(py).code;
        let (size, len) = (code.size(), items.get(py).items.len());
        let mut packed = Vec::new();
        packed.try_reserve_exact(len.saturating_mul(size)).map_err(|_| memory_error())?;
        let mut at = 0;
        while let Some(value) = items.get(py).items.get(at).cloned() {
            packed.extend_from_slice(&code.pack(py, &value)?[..size]);
            if items.get(py).items.len() != len {
                return Err(lockstep_interp::object::raise::runtime_error("list changed size during iteration"));
            }
            at += 1;
        }
        this.get_mut(py).append_bytes(&packed)
    }
    /// Extends this array with data from the unicode string ustr.
    ///
    /// The array must be a unicode type array; otherwise a ValueError is raised.
    /// Use array.frombytes(ustr.encode(...)) to append Unicode data to an array of
    /// some other type.
    #[py("(self, ustr, /)")]
    fn fromunicode(py: &mut Py, this: &Ref<Array>, ustr: &Value) -> Result<()> {
        let Some(text) = ustr.downcast::<Str>() else {
            let got = py.type_name(ustr);
            return Err(type_error(format!("fromunicode() argument must be str, not {got}")));
        };
        if !this.get(py).code.is_text() {
            return Err(not_text("fromunicode"));
        }
        append_text(py, this, text)
    }
    /// Return index of first occurrence of v in the array.
    ///
    /// Raise ValueError if the value is not present.
    #[py("(self, v, start=0, stop=sys.maxsize, /)")]
    fn index(py: &mut Py, this: &Ref<Array>, v: &Value, start: &Value, stop: &Value) -> Result<usize> {
        let len = this.get(py).len();
        let start = sequence::bound(py, start, len)?;
        let stop = sequence::bound(py, stop, len)?;
        match find(py, this, v, start, stop)? {
            Some(at) => Ok(at),
            None => Err(value_error("array.index(x): x not in array")),
        }
    }
    /// Insert a new item v into the array before position i.
    #[py("(self, i, v, /)")]
    fn insert(py: &mut Py, this: &Ref<Array>, i: isize, v: &Value) -> Result<()> {
        let code = this.get(py).code;
        let packed = code.pack(py, v)?;
        let a = this.get_mut(py);
        a.resizable()?;
        let (size, len) = (code.size(), a.len() as isize);
        let at = if i < 0 { (i + len).max(0) } else { i.min(len) } as usize;
        a.data.try_reserve(size).map_err(|_| memory_error())?;
        drop(a.data.splice(at * size..at * size, packed[..size].iter().copied()));
        Ok(())
    }
    /// Return the i-th element and delete it from the array.
    ///
    /// i defaults to -1.
    #[py("(self, i=-1, /)")]
    fn pop(py: &mut Py, this: &Ref<Array>, i: isize) -> Result<Value> {
        let len = this.get(py).len();
        if len == 0 {
            return Err(index_error("pop from empty array"));
        }
        let Some(at) = sequence::within(i, len) else { return Err(index_error("pop index out of range")) };
        let value = item(py, this, at).unwrap_or(Value::NONE);
        let a = this.get_mut(py);
        a.resizable()?;
        let size = a.code.size();
        a.data.drain(at * size..at * size + size);
        Ok(value)
    }
    /// Remove the first occurrence of v in the array.
    #[py("(self, v, /)")]
    fn remove(py: &mut Py, this: &Ref<Array>, v: &Value) -> Result<()> {
        match find(py, this, v, 0, usize::MAX)? {
            Some(at) => {
                let a = this.get_mut(py);
                a.resizable()?;
                let size = a.code.size();
                if (at + 1) * size <= a.data.len() {
                    a.data.drain(at * size..at * size + size);
                }
                Ok(())
            }
            None => Err(value_error("array.remove(x): x not in array")),
        }
    }
    /// Reverse the order of the items in the array.
    #[py("(self, /)")]
    fn reverse(py: &mut Py, this: &Ref<Array>) {
        let a = this.get_mut(py);
        let size = a.code.size();
        a.data.reverse();
        for raw in a.data.chunks_exact_mut(size) {
            raw.reverse();
        }
    }
    /// Convert the array to an array of machine values and return the bytes representation.
    #[py("(self, /)")]
    fn tobytes(py: &mut Py, this: &Ref<Array>) -> Result<Value> {
        py.room(this.get(py).data.len())?;
        Ok(py.bytes(&this.get(py).data))
    }
    /// Write all items (as machine values) to the file object f.
    #[py("(self, f, /)")]
    fn tofile(py: &mut Py, this: &Ref<Array>, f: &Value) -> Result<()> {
        let mut at = 0;
        while let Some(rest) = this.get(py).data.get(at..).filter(|r| !r.is_empty()) {
            let bytes = py.bytes(&rest[..rest.len().min(BLOCK)]);
            py.call_method(f, "write", &[bytes])?;
            at += BLOCK;
        }
        Ok(())
    }
    /// Convert array to an ordinary list with the same items.
    #[py("(self, /)")]
    fn tolist(py: &mut Py, this: &Ref<Array>) -> Value {
        let items = to_list(py, this);
        py.list(items)
    }
    /// Extends this array with data from the unicode string ustr.
    ///
    /// Convert the array to a unicode string.  The array must be a unicode type array;
    /// otherwise a ValueError is raised.  Use array.tobytes().decode() to obtain a
    /// unicode string from an array of some other type.
    #[py("(self, /)")]
    fn tounicode(py: &mut Py, this: &Ref<Array>) -> Result<Value> {
        if !this.get(py).code.is_text() {
            return Err(not_text("tounicode"));
        }
        text(py, this)
    }
    /// the size, in bytes, of one array item
    #[getter]
    fn itemsize(py: &mut Py, this: &Ref<Array>) -> usize {
        this.get(py).code.size()
    }
    /// the typecode character used to create the array
    #[getter]
    fn typecode(py: &mut Py, this: &Ref<Array>) -> Value {
        let letter = this.get(py).code.letter();
        py.char(u32::from(letter)).into_value()
    }
}

impl NativeType for Array {
    const NAME: &'static str = "array";
    const MODULE: &'static str = "array";
    const DOC: Option<&'static str> = Some(
        "array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode, and\ninitialized from the optional initializer value, which must be a list,\nstring or iterable over elements of the appropriate type.\n\nArrays represent basic values and behave very much like lists, except\nthe type of objects stored in them is constrained. The type is specified\nat object creation time by using a type code, which is a single character.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
    const UNHASHABLE: bool = true;
}
