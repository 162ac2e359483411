//! `memoryview`: the memory of another object, seen as items.

use std::ops::Range;
use std::rc::Rc;

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};

use crate::object::raise::{buffer_error, index_error, not_implemented, type_error, value_error};
use crate::object::{NativeType, Py, Result, Special, TypeFlags};
use crate::types::buffer::{self, Hold};
use crate::types::int;
use crate::types::slice::Slice;
use crate::types::tuple::Tuple;

pub mod item;
pub mod iter;
mod methods;

/// Whose memory a view shows.
#[derive(Clone)]
struct Base {
    /// The object that has the memory.
    exporter: Value,
    /// What `obj` gives.
    object: Value,
    /// Keeps the size of the exporter fixed; shared by all views of one origin.
    #[expect(dead_code, reason = "held, not read: its end lets the exporter resize")]
    hold: Option<Rc<Hold>>,
}

/// The payload of a memoryview.
pub struct MemoryView {
    /// None once it was released.
    base: Option<Base>,
    /// `struct` format of an item.
    pub format: String,
    /// Bytes of an item.
    pub itemsize: usize,
    /// Whether it cannot be written.
    pub readonly: bool,
    /// Where the first item lies in the exporter's memory.
    offset: usize,
    /// Items along each dimension.
    pub shape: Vec<usize>,
    /// Bytes between items along each dimension.
    pub strides: Vec<isize>,
    /// The cached hash.
    hash: Option<i64>,
}

impl Object for MemoryView {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(base) = &self.base {
            visit.all([&base.exporter, &base.object]);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        if let Some(base) = self.base.take() {
            out.extend([base.exporter, base.object]);
        }
    }
}

impl MemoryView {
    /// ValueError if it was released.
    pub fn check(&self) -> Result<()> {
        match self.base {
            Some(_) => Ok(()),
            None => Err(value_error("operation forbidden on released memoryview object")),
        }
    }
    /// The object that has the memory, unless released.
    pub fn base_value(&self) -> Option<Value> {
        self.base.as_ref().map(|b| b.exporter.clone())
    }
    /// Number of items.
    fn items(&self) -> usize {
        self.shape.iter().product()
    }
    /// Number of bytes of all items.
    pub fn size(&self) -> usize {
        self.items() * self.itemsize
    }
    /// Whether the items lie one behind the other, the last index running fastest.
    fn is_c_contiguous(&self) -> bool {
        let mut expected = self.itemsize as isize;
        self.items() == 0
            || self.shape.iter().zip(&self.strides).rev().all(|(&n, &stride)| {
                let fits = n == 1 || stride == expected;
                expected *= n as isize;
                fits
            })
    }
    /// The same with the first index running fastest.
    fn is_f_contiguous(&self) -> bool {
        let mut expected = self.itemsize as isize;
        self.items() == 0
            || self.shape.iter().zip(&self.strides).all(|(&n, &stride)| {
                let fits = n == 1 || stride == expected;
                expected *= n as isize;
                fits
            })
    }
    /// The exporter and the range of its bytes, if the items are contiguous.
    pub fn contiguous_range(&self) -> Option<(Value, Range<usize>)> {
        let base = self.base.as_ref()?;
        if self.items() == 0 {
            return Some((base.exporter.clone(), 0..0));
        }
        self.is_c_contiguous().then(|| (base.exporter.clone(), self.offset..self.offset + self.size()))
    }
    /// Where every item lies, in C order.
    fn places(&self) -> Vec<usize> {
        let mut out = vec![self.offset as isize];
        for (&n, &stride) in self.shape.iter().zip(&self.strides) {
            out = out.iter().flat_map(|&at| (0..n as isize).map(move |k| at + k * stride)).collect();
        }
        out.into_iter().map(|at| at.max(0) as usize).collect()
    }
    /// A view of the same memory; the caller adjusts it.
    fn derived(&self) -> MemoryView {
        MemoryView {
            base: self.base.clone(),
            format: self.format.clone(),
            itemsize: self.itemsize,
            readonly: self.readonly,
            offset: self.offset,
            shape: self.shape.clone(),
            strides: self.strides.clone(),
            hash: None,
        }
    }
}

/// Strides of contiguous items.
fn c_strides(shape: &[usize], itemsize: usize) -> Vec<isize> {
    let mut at = itemsize as isize;
    let mut out: Vec<isize> = shape
        .iter()
        .rev()
        .map(|&n| {
            let stride = at;
            at *= n as isize;
            stride
        })
        .collect();
    out.reverse();
    out
}

/// The exporter's memory, from `at` on for `len` bytes.
fn raw<'a>(py: &'a Py, exporter: &'a Value, at: usize, len: usize) -> &'a [u8] {
    let bytes = match buffer::exporter(py, exporter) {
        Some(e) => (e.bytes)(py, exporter),
        None => &[],
    };
    bytes.get(at..at.saturating_add(len)).unwrap_or(&[])
}

fn write(py: &mut Py, exporter: &Value, at: usize, new: &[u8]) {
    if let Some(bytes_mut) = buffer::exporter(py, exporter).and_then(|e| e.bytes_mut)
        && let Some(room) = bytes_mut(py, exporter).get_mut(at..at.saturating_add(new.len()))
    {
        room.copy_from_slice(new);
    }
}

/// All bytes of the items, in C order.
pub fn gather(py: &Py, this: &Ref<MemoryView>) -> Vec<u8> {
    let view = this.get(py);
    let Some(base) = &view.base else { return Vec::new() };
    if let Some((_, range)) = view.contiguous_range() {
        return raw(py, &base.exporter, range.start, range.len()).to_vec();
    }
    let mut out = Vec::with_capacity(view.size());
    for at in view.places() {
        out.extend_from_slice(raw(py, &base.exporter, at, view.itemsize));
    }
    out
}

/// What the `__buffer__` method of a Python class gives; none if there is no such method.
pub fn from_method(py: &mut Py, value: &Value) -> Result<Option<Ref<MemoryView>>> {
    if !value.is_object() {
        return Ok(None);
    }
    let name = py.intern("__buffer__");
    let Some(method) = py.lookup_on_type(value, &name) else { return Ok(None) };
    let flags = py.int(0x11C);
    let result = py.call_unbound(&method, value, &[flags])?;
    match result.downcast_into::<MemoryView>() {
        Ok(view) => {
            view.get(py).check()?;
            Ok(Some(view))
        }
        Err(_) => Err(type_error("__buffer__ returned non-memoryview object")),
    }
}

/// `memoryview(value)`, typed.
pub fn make(py: &mut Py, value: &Value) -> Result<Ref<MemoryView>> {
    if let Some(view) = value.downcast::<MemoryView>() {
        view.get(py).check()?;
        let derived = view.get(py).derived();
        return Ok(py.make(derived));
    }
    let Some(exporter) = buffer::exporter(py, value) else {
        let Some(inner) = from_method(py, value)? else {
            return Err(type_error(format!("memoryview: a bytes-like object is required, not '{}'", py.type_name(value))));
        };
        let mut derived = inner.get(py).derived();
        // A native `__buffer__` passes the memory of another object on.
        let own = py.type_ref(value).get(py).flags.has(crate::object::TypeFlags::HEAP);
        if let (Some(base), true) = (&mut derived.base, own) {
            base.object = value.clone();
        }
        return Ok(py.make(derived));
    };
    if let Some(check) = exporter.check {
        check(py, value)?;
    }
    let layout = (exporter.layout)(py, value);
    let size = (exporter.bytes)(py, value).len();
    let hold = buffer::hold(py, value).map(Rc::new);
    let itemsize = layout.itemsize.max(1);
    let view = MemoryView {
        base: Some(Base { exporter: value.clone(), object: value.clone(), hold }),
        format: layout.format,
        itemsize,
        readonly: layout.readonly,
        offset: 0,
        shape: vec![size / itemsize],
        strides: vec![itemsize as isize],
        hash: None,
    };
    Ok(py.make(view))
}

/// `memoryview(value)`
pub fn view(py: &mut Py, value: &Value) -> Result<Value> {
    make(py, value).map(Ref::into_value)
}

/// One item.
fn item_at(py: &Py, this: &Ref<MemoryView>, at: usize) -> Result<Value> {
    let view = this.get(py);
    let Some(base) = &view.base else { return Err(value_error("operation forbidden on released memoryview object")) };
    item::unpack(py, &view.format, raw(py, &base.exporter, at, view.itemsize))
}

/// Where the item with these indices lies.
fn place(py: &mut Py, this: &Ref<MemoryView>, indices: &[Value]) -> Result<usize> {
    let mut at = this.get(py).offset as isize;
    for (dimension, index) in indices.iter().enumerate() {
        let n = py.index_clamped(index)?;
        let view = this.get(py);
        view.check()?;
        let (len, stride) = (view.shape[dimension] as isize, view.strides[dimension]);
        let n = if n < 0 { n.saturating_add(len) } else { n };
        if n < 0 || n >= len {
            return Err(index_error(format!("index out of bounds on dimension {}", dimension + 1)));
        }
        at += n * stride;
    }
    Ok(at.max(0) as usize)
}

/// A subscript key understood.
enum Key {
    /// One item, by indices.
    Item(Vec<Value>),
    /// A slice of the first dimension.
    Slice(Ref<Slice>),
    /// The view itself (`view[...]` without dimensions).
    Whole,
}

fn is_index(py: &Py, value: &Value) -> bool {
    int::is_int(value) || py.special(value, Special::Index).is_some()
}

fn key(py: &mut Py, this: &Ref<MemoryView>, key: &Value) -> Result<Key> {
    let view = this.get(py);
    view.check()?;
    let dimensions = view.shape.len();
    if dimensions == 0 {
        if key.downcast::<Tuple>().is_some_and(|t| t.is_empty()) {
            return Ok(Key::Item(Vec::new()));
        }
        if key.is_ellipsis() {
            return Ok(Key::Whole);
        }
        return Err(type_error("invalid indexing of 0-dim memory"));
    }
    if is_index(py, key) {
        if dimensions > 1 {
            return Err(not_implemented("multi-dimensional sub-views are not implemented"));
        }
        return Ok(Key::Item(vec![key.clone()]));
    }
    if let Some(slice) = key.downcast::<Slice>() {
        return Ok(Key::Slice(slice.clone()));
    }
    if let Some(tuple) = key.downcast::<Tuple>() {
        let items = tuple.slice();
        if items.iter().all(|i| is_index(py, i)) {
            if items.len() > dimensions {
                return Err(type_error(format!("cannot index {dimensions}-dimension view with {}-element tuple", items.len())));
            }
            if items.len() < dimensions {
                return Err(not_implemented("sub-views are not implemented"));
            }
            return Ok(Key::Item(items.to_vec()));
        }
        if items.iter().all(Value::is_a::<Slice>) {
            return Err(not_implemented("multi-dimensional slicing is not implemented"));
        }
    }
    Err(type_error("memoryview: invalid slice key"))
}

fn sliced(py: &mut Py, this: &Ref<MemoryView>, slice: &Ref<Slice>) -> Result<MemoryView> {
    let len = this.get(py).shape.first().copied().unwrap_or(0);
    let (first, step, count) = slice.apply(py, len)?;
    let view = this.get(py);
    view.check()?;
    let mut derived = view.derived();
    derived.offset = (view.offset as isize + first as isize * view.strides[0]).max(0) as usize;
    derived.shape[0] = count;
    derived.strides[0] = view.strides[0] * step;
    Ok(derived)
}

/// `view[key]`
fn get(py: &mut Py, this: &Ref<MemoryView>, index: &Value) -> Result<Value> {
    match key(py, this, index)? {
        Key::Item(indices) => {
            let at = place(py, this, &indices)?;
            item_at(py, this, at)
        }
        Key::Slice(slice) => {
            let derived = sliced(py, this, &slice)?;
            Ok(py.make(derived).into_value())
        }
        Key::Whole => Ok(this.to_value()),
    }
}

/// `view[key] = value`
fn set(py: &mut Py, this: &Ref<MemoryView>, index: &Value, value: &Value) -> Result<()> {
    this.get(py).check()?;
    if this.get(py).readonly {
        return Err(type_error("cannot modify read-only memory"));
    }
    let target = match key(py, this, index)? {
        Key::Item(indices) => {
            let at = place(py, this, &indices)?;
            let format = this.get(py).format.clone();
            let packed = item::pack(py, &format, value)?;
            let Some(base) = this.get(py).base_value() else { return this.get(py).check() };
            write(py, &base, at, &packed);
            return Ok(());
        }
        Key::Slice(_) if this.get(py).shape.len() > 1 => {
            return Err(not_implemented("memoryview slice assignments are currently restricted to ndim = 1"));
        }
        Key::Slice(slice) => sliced(py, this, &slice)?,
        Key::Whole => this.get(py).derived(),
    };
    if !buffer::is_bytes_like(py, value) {
        return Err(buffer::not_bytes_like(py, value));
    }
    let source = make(py, value)?;
    let same = {
        let source = source.get(py);
        item::code(&source.format) == item::code(&target.format)
            && source.shape == target.shape
            && source.itemsize == target.itemsize
    };
    if !same {
        return Err(value_error("memoryview assignment: lvalue and rvalue have different structures"));
    }
    let bytes = gather(py, &source);
    let Some(base) = target.base_value() else { return target.check() };
    for (at, item) in target.places().into_iter().zip(bytes.chunks(target.itemsize)) {
        write(py, &base, at, item);
    }
    Ok(())
}

/// The items as nested lists, from dimension `depth` on.
fn to_list(py: &Py, this: &Ref<MemoryView>, depth: usize, at: isize) -> Result<Value> {
    let view = this.get(py);
    let (len, stride) = (view.shape[depth], view.strides[depth]);
    let mut out = Vec::with_capacity(len);
    for k in 0..len as isize {
        let at = at + k * stride;
        out.push(if depth + 1 == view.shape.len() {
            item_at(py, this, at.max(0) as usize)?
        } else {
            to_list(py, this, depth + 1, at)?
        });
    }
    Ok(py.list(out))
}

/// `a == b` of views.
fn equal(py: &mut Py, a: &Ref<MemoryView>, b: &Ref<MemoryView>) -> Result<bool> {
    if a.get(py).base.is_none() || b.get(py).base.is_none() {
        return Ok(a.is(b));
    }
    if a.get(py).shape != b.get(py).shape {
        return Ok(false);
    }
    let (f, g) = (item::code(&a.get(py).format), item::code(&b.get(py).format));
    let known = |code: Option<u8>| code.and_then(item::size).is_some();
    if !known(f) || !known(g) {
        return Ok(false);
    }
    if f == g && !matches!(f, Some(b'f' | b'd' | b'e' | b'?')) {
        return Ok(gather(py, a) == gather(py, b));
    }
    for (p, q) in a.get(py).places().into_iter().zip(b.get(py).places()) {
        let (x, y) = (item_at(py, a, p)?, item_at(py, b, q)?);
        if x.as_float().is_some_and(f64::is_nan) || !py.eq(&x, &y)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `view.cast(format, shape)`
fn cast(py: &mut Py, this: &Ref<MemoryView>, format: &str, shape: Option<Vec<usize>>) -> Result<Value> {
    let view = this.get(py);
    view.check()?;
    if !view.is_c_contiguous() {
        return Err(type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if shape.is_some() && view.shape.len() != 1 {
        return Err(type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
    }
    let to = item::code(format).filter(|c| item::size(*c).is_some());
    let Some(itemsize) = to.and_then(item::size) else {
        return Err(value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let Some(from) = item::code(&view.format).filter(|c| item::size(*c).is_some()) else {
        return Err(value_error(
            "memoryview: source format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let is_byte = |code: u8| matches!(code, b'b' | b'B' | b'c');
    if !is_byte(from) && !to.is_some_and(is_byte) {
        return Err(type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let size = view.size();
    if !size.is_multiple_of(itemsize) {
        return Err(type_error("memoryview: length is not a multiple of itemsize"));
    }
    let mut derived = view.derived();
    format.clone_into(&mut derived.format);
    derived.itemsize = itemsize;
    derived.shape = match shape {
        Some(shape) => {
            let product = shape.iter().try_fold(itemsize, |all, n| all.checked_mul(*n));
            if product != Some(size) {
                return Err(type_error("memoryview: product(shape) * itemsize != buffer size"));
            }
            shape
        }
        None => vec![size / itemsize],
    };
    derived.strides = c_strides(&derived.shape, itemsize);
    Ok(py.make(derived).into_value())
}

/// Give the memory up.
fn release(py: &mut Py, this: &Ref<MemoryView>) {
    let base = this.get_mut(py).base.take();
    drop(base);
}

/// A read-only view of the same memory.
fn to_readonly(py: &Py, this: &Ref<MemoryView>) -> Result<Value> {
    this.get(py).check()?;
    let mut derived = this.get(py).derived();
    derived.readonly = true;
    Ok(py.make(derived).into_value())
}

/// A BufferError unless the view fits what `flags` ask for.
fn check_flags(py: &Py, this: &Ref<MemoryView>, flags: i32) -> Result<()> {
    this.get(py).check()?;
    if flags & 1 != 0 && this.get(py).readonly {
        return Err(buffer_error("memoryview: underlying buffer is not writable"));
    }
    Ok(())
}

impl NativeType for MemoryView {
    const NAME: &'static str = "memoryview";
    const DOC: Option<&'static str> = Some("Create a new memoryview object which references the given object.");
    const FLAGS: u32 = TypeFlags::SEQUENCE;
}
