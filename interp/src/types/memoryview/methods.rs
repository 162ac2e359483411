//! The methods of `memoryview`.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;

use super::iter::MemoryIter;
use super::{MemoryView, item};
use crate::object::raise::{not_implemented, overflow_error, type_error, value_error};
use crate::object::{Py, Result, Type};
use crate::types::bytes::shared;
use crate::types::str::Str;
use crate::types::{buffer, int};

fn dimensions<T: Copy>(
    py: &mut Py,
    this: &Ref<MemoryView>,
    which: fn(&MemoryView) -> &[T],
    number: fn(T) -> i64,
) -> Result<Value> {
    this.get(py).check()?;
    let numbers: Vec<i64> = which(this.get(py)).iter().map(|n| number(*n)).collect();
    let items = numbers.into_iter().map(|n| py.int(n)).collect();
    Ok(py.tuple(items))
}

/// The dimensions given to `cast`.
fn shape_argument(py: &mut Py, shape: &Value) -> Result<Vec<usize>> {
    if !shape.is_a::<crate::types::list::List>() && !shape.is_a::<crate::types::tuple::Tuple>() {
        return Err(type_error("shape must be a list or a tuple"));
    }
    let items = py.collect(shape)?;
    if items.len() > 64 {
        return Err(value_error("memoryview: number of dimensions must not exceed 64"));
    }
    items
        .iter()
        .map(|n| {
            if !int::is_int(n) {
                return Err(type_error("memoryview.cast(): elements of shape must be integers"));
            }
            match int::as_i64(n).and_then(|n| usize::try_from(n).ok()) {
                Some(n) if n > 0 => Ok(n),
                _ => Err(value_error("memoryview.cast(): elements of shape must be integers > 0")),
            }
        })
        .collect()
}

#[methods]
impl MemoryView {
    /// Create and return a new object.
    #[staticmethod("(type, /, object)")]
    fn __new__(py: &mut Py, _cls: &Ref<Type>, object: &Value) -> Result<Value> {
        super::view(py, object)
    }
    /// A view made with flags of the buffer protocol.
    #[classmethod("(type, /, object, flags)")]
    fn _from_flags(py: &mut Py, _cls: &Value, object: &Value, flags: i32) -> Result<Value> {
        let view = super::make(py, object)?;
        super::check_flags(py, &view, flags)?;
        Ok(view.into_value())
    }
    /// Return a view of the same memory.
    #[py("(self, flags, /)")]
    fn __buffer__(py: &mut Py, this: &Ref<MemoryView>, flags: i32) -> Result<Value> {
        super::check_flags(py, this, flags)?;
        super::view(py, this.as_value())
    }
    /// Delete self[key].
    #[py("(self, key, /)")]
    fn __delitem__(py: &mut Py, this: &Ref<MemoryView>, _key: &Value) -> Result<()> {
        this.get(py).check()?;
        Err(type_error(if this.get(py).readonly { "cannot modify read-only memory" } else { "cannot delete memory" }))
    }
    /// Return the view itself.
    #[py("(self, /)")]
    fn __enter__(py: &mut Py, this: &Ref<MemoryView>) -> Result<Value> {
        this.get(py).check()?;
        Ok(this.to_value())
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<MemoryView>, value: &Value) -> Result<Value> {
        compare(py, this, value, true)
    }
    /// Release the view.
    #[py("(self, /, *args)")]
    fn __exit__(py: &mut Py, this: &Ref<MemoryView>, _args: &[Value]) {
        super::release(py, this);
    }
    /// Return self[key].
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<MemoryView>, key: &Value) -> Result<Value> {
        super::get(py, this, key)
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<MemoryView>) -> Result<i64> {
        if let Some(hash) = this.get(py).hash {
            return Ok(hash);
        }
        let view = this.get(py);
        view.check()?;
        if !view.readonly {
            return Err(value_error("cannot hash writable memoryview object"));
        }
        if !matches!(item::code(&view.format), Some(b'b' | b'B' | b'c')) {
            return Err(value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
        }
        let base = view.base_value();
        if let Some(object) = base.filter(|b| !b.is_a::<crate::types::bytes::Bytes>()) {
            // An exporter that cannot be hashed makes its views unhashable.
            py.hash(&object)?;
        }
        let bytes = super::gather(py, this);
        let hash = py.hash_bytes(&bytes) as i64;
        this.get_mut(py).hash = Some(hash);
        Ok(hash)
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<MemoryView>) -> Result<Value> {
        let view = this.get(py);
        view.check()?;
        match view.shape.len() {
            0 => Err(type_error("invalid indexing of 0-dim memory")),
            1 => Ok(py.make(MemoryIter { view: Some(this.clone()), at: 0 }).into_value()),
            _ => Err(not_implemented("multi-dimensional sub-views are not implemented")),
        }
    }
    /// Return len(self).
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Ref<MemoryView>) -> Result<usize> {
        let view = this.get(py);
        view.check()?;
        view.shape.first().copied().ok_or_else(|| type_error("0-dim memory has no length"))
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<MemoryView>, value: &Value) -> Result<Value> {
        compare(py, this, value, false)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<MemoryView>) -> String {
        let what = if this.get(py).base.is_some() { "memory" } else { "released memory" };
        format!("<{what} at {:#x}>", this.id())
    }
    /// Set self[key] to value.
    #[py("(self, key, value, /)")]
    fn __setitem__(py: &mut Py, this: &Ref<MemoryView>, key: &Value, value: &Value) -> Result<()> {
        super::set(py, this, key, value)
    }
    /// Whether the items are contiguous in C order.
    #[getter]
    fn c_contiguous(py: &mut Py, this: &Ref<MemoryView>) -> Result<bool> {
        this.get(py).check()?;
        Ok(this.get(py).is_c_contiguous())
    }
    /// Cast to a new format or shape.
    #[py("(self, /, format, shape=<unbound>)")]
    fn cast(py: &mut Py, this: &Ref<MemoryView>, format: &Value, shape: Option<&Value>) -> Result<Value> {
        let Some(format) = format.downcast::<Str>() else {
            return Err(type_error(format!("cast() argument 'format' must be str, not {}", py.type_name(format))));
        };
        let shape = match shape {
            Some(shape) => Some(shape_argument(py, shape)?),
            None => None,
        };
        let format = format.to_string();
        super::cast(py, this, &format, shape)
    }
    /// Whether the items are contiguous.
    #[getter]
    fn contiguous(py: &mut Py, this: &Ref<MemoryView>) -> Result<bool> {
        this.get(py).check()?;
        Ok(this.get(py).is_c_contiguous() || this.get(py).is_f_contiguous())
    }
    /// Count the items that equal value.
    #[py("(self, value, /)")]
    fn count(py: &mut Py, this: &Ref<MemoryView>, value: &Value) -> Result<usize> {
        let mut iter = py.iter(this.as_value())?;
        let mut n = 0;
        while let Some(item) = iter.next(py)? {
            n += usize::from(py.eq(&item, value)?);
        }
        Ok(n)
    }
    /// Whether the items are contiguous in Fortran order.
    #[getter]
    fn f_contiguous(py: &mut Py, this: &Ref<MemoryView>) -> Result<bool> {
        this.get(py).check()?;
        Ok(this.get(py).is_f_contiguous())
    }
    /// The format of an item, in the style of `struct`.
    #[getter]
    fn format(py: &mut Py, this: &Ref<MemoryView>) -> Result<String> {
        this.get(py).check()?;
        Ok(this.get(py).format.clone())
    }
    /// Return the bytes as hexadecimal digits.
    #[py("(self, /, sep=<unbound>, bytes_per_sep=1)")]
    fn hex(py: &mut Py, this: &Ref<MemoryView>, sep: Option<&Value>, bytes_per_sep: i32) -> Result<Value> {
        this.get(py).check()?;
        let bytes = super::gather(py, this);
        let bytes = py.bytes(&bytes);
        shared::hex(py, &bytes, sep, bytes_per_sep as isize)
    }
    /// Return the first index of value; ValueError if it is not there.
    #[py("(self, value, start=0, stop=sys.maxsize, /)")]
    fn index(py: &mut Py, this: &Ref<MemoryView>, value: &Value, start: &Value, stop: &Value) -> Result<usize> {
        let len = py.len(this.as_value())?;
        if let Some(range) = crate::types::str::clip(py, start, stop, len)? {
            for n in range {
                let key = py.int(n as i64);
                let item = super::get(py, this, &key)?;
                if py.eq(&item, value)? {
                    return Ok(n);
                }
            }
        }
        Err(value_error("memoryview.index(x): x not found"))
    }
    /// The size of an item in bytes.
    #[getter]
    fn itemsize(py: &mut Py, this: &Ref<MemoryView>) -> Result<usize> {
        this.get(py).check()?;
        Ok(this.get(py).itemsize)
    }
    /// The size of all items in bytes.
    #[getter]
    fn nbytes(py: &mut Py, this: &Ref<MemoryView>) -> Result<usize> {
        this.get(py).check()?;
        Ok(this.get(py).size())
    }
    /// The number of dimensions.
    #[getter]
    fn ndim(py: &mut Py, this: &Ref<MemoryView>) -> Result<usize> {
        this.get(py).check()?;
        Ok(this.get(py).shape.len())
    }
    /// The object whose memory it is.
    #[getter]
    fn obj(py: &mut Py, this: &Ref<MemoryView>) -> Result<Value> {
        this.get(py).check()?;
        Ok(this.get(py).base.as_ref().map_or(Value::NONE, |b| b.object.clone()))
    }
    /// Whether the memory cannot be written.
    #[getter]
    fn readonly(py: &mut Py, this: &Ref<MemoryView>) -> Result<bool> {
        this.get(py).check()?;
        Ok(this.get(py).readonly)
    }
    /// Give the memory up.
    #[py("(self, /)")]
    fn release(py: &mut Py, this: &Ref<MemoryView>) {
        super::release(py, this);
    }
    /// The number of items along each dimension.
    #[getter]
    fn shape(py: &mut Py, this: &Ref<MemoryView>) -> Result<Value> {
        dimensions(py, this, |v| &v.shape, |n| n as i64)
    }
    /// The bytes between items along each dimension.
    #[getter]
    fn strides(py: &mut Py, this: &Ref<MemoryView>) -> Result<Value> {
        dimensions(py, this, |v| &v.strides, |n| n as i64)
    }
    /// Always empty: no memory behind pointers.
    #[getter]
    fn suboffsets(py: &mut Py, this: &Ref<MemoryView>) -> Result<Value> {
        this.get(py).check()?;
        Ok(py.tuple(Vec::new()))
    }
    /// Return the items as bytes.
    #[py("(self, /, order='C')")]
    fn tobytes(py: &mut Py, this: &Ref<MemoryView>, order: &Value) -> Result<Value> {
        this.get(py).check()?;
        let order = match order.downcast::<Str>() {
            Some(s) => s.to_string(),
            None if order.is_none() => "C".to_owned(),
            None => {
                return Err(type_error(format!("tobytes() argument 'order' must be str or None, not {}", py.type_name(order))));
            }
        };
        let bytes = match order.as_str() {
            "C" => super::gather(py, this),
            "F" => fortran(py, this),
            "A" if this.get(py).is_f_contiguous() => fortran(py, this),
            "A" => super::gather(py, this),
            _ => return Err(value_error("order must be 'C', 'F' or 'A'")),
        };
        Ok(py.bytes(&bytes))
    }
    /// Return the items as a list, nested by dimension.
    #[py("(self, /)")]
    fn tolist(py: &mut Py, this: &Ref<MemoryView>) -> Result<Value> {
        this.get(py).check()?;
        let at = this.get(py).offset;
        if this.get(py).shape.is_empty() {
            return super::item_at(py, this, at);
        }
        super::to_list(py, this, 0, isize::try_from(at).map_err(|_| overflow_error("view too large"))?)
    }
    /// Return a read-only view of the same memory.
    #[py("(self, /)")]
    fn toreadonly(py: &mut Py, this: &Ref<MemoryView>) -> Result<Value> {
        super::to_readonly(py, this)
    }
}

/// The bytes with the first index running fastest.
fn fortran(py: &Py, this: &Ref<MemoryView>) -> Vec<u8> {
    let view = this.get(py);
    let turned = MemoryView {
        shape: view.shape.iter().rev().copied().collect(),
        strides: view.strides.iter().rev().copied().collect(),
        ..view.derived()
    };
    let turned = py.make(turned);
    super::gather(py, &turned)
}

fn compare(py: &mut Py, this: &Ref<MemoryView>, value: &Value, sense: bool) -> Result<Value> {
    if let Some(other) = value.downcast::<MemoryView>() {
        let other = other.clone();
        return Ok(Value::bool(super::equal(py, this, &other)? == sense));
    }
    if !buffer::is_bytes_like(py, value) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    if this.get(py).base.is_none() {
        return Ok(Value::bool(!sense));
    }
    let other = super::make(py, value)?;
    Ok(Value::bool(super::equal(py, this, &other)? == sense))
}
