//! The buffer protocol inside the interpreter: how bytes-like objects give their bytes.
//!
//! A type joins by registering an [`Exporter`] for its payload. Reading copies nothing for bytes
//! ([`data`]) and works in place for others ([`with_bytes`]); [`with_bytes_mut`] writes in place.
//! Whoever keeps an exporter's memory over time keeps a [`Hold`]; an exporter that is held must
//! not change its size.

use std::any::TypeId;
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

use lockstep_heap::{Object, Ref, Value};

use crate::object::raise::{Raised, buffer_error, type_error};
use crate::object::{Py, Result};
use crate::types::bytearray::ByteArray;
use crate::types::bytes::Bytes;
use crate::types::memoryview::MemoryView;

/// How many views keep an exporter's size fixed.
#[derive(Default)]
pub struct Exports(Option<Rc<Cell<usize>>>);

impl Exports {
    /// One view more.
    pub fn hold(&mut self) -> Hold {
        let count = self.0.get_or_insert_with(Rc::default);
        count.set(count.get() + 1);
        Hold(count.clone())
    }
    /// Whether there are views.
    pub fn any(&self) -> bool {
        self.count() != 0
    }
    /// How many views there are.
    pub fn count(&self) -> usize {
        self.0.as_ref().map_or(0, |c| c.get())
    }
    /// BufferError if there are views.
    pub fn check(&self) -> Result<()> {
        if self.any() { Err(buffer_error("Existing exports of data: object cannot be re-sized")) } else { Ok(()) }
    }
}

/// Keeps the size of an exporter fixed while it lives.
pub struct Hold(Rc<Cell<usize>>);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

/// What an exporter's memory is.
#[derive(Clone, Debug)]
pub struct Layout {
    /// `struct` format of an item, `B` for bytes.
    pub format: String,
    /// Bytes of an item.
    pub itemsize: usize,
    /// Whether it cannot be written.
    pub readonly: bool,
}

/// How a type gives its bytes.
pub struct Exporter {
    /// What the memory is.
    pub layout: fn(&Py, &Value) -> Layout,
    /// The memory, contiguous.
    pub bytes: for<'a> fn(&'a Py, &'a Value) -> &'a [u8],
    /// The memory, to write; none for read-only types.
    pub bytes_mut: Option<for<'a> fn(&'a mut Py, &'a Value) -> &'a mut [u8]>,
    /// Keep its size fixed; none where the size never changes.
    pub hold: Option<fn(&mut Py, &Value) -> Hold>,
    /// Whether there is memory now (a closed mmap has none): else the error.
    pub check: Option<fn(&Py, &Value) -> Result<()>>,
}

#[derive(Default)]
struct Exporters(HashMap<TypeId, &'static Exporter>);

static BYTES: Exporter = Exporter {
    layout: |_, _| Layout { format: "B".to_owned(), itemsize: 1, readonly: true },
    bytes: |_, value| value.downcast::<Bytes>().map_or(&[], |b| b.slice()),
    bytes_mut: None,
    hold: None,
    check: None,
};

static BYTE_ARRAY: Exporter = Exporter {
    layout: |_, _| Layout { format: "B".to_owned(), itemsize: 1, readonly: false },
    bytes: |py, value| value.downcast::<ByteArray>().map_or(&[], |a| &a.get(py).data),
    bytes_mut: Some(|py, value| value.downcast::<ByteArray>().map_or(&mut [], |a| &mut a.get_mut(py).data)),
    hold: Some(|py, value| match value.downcast::<ByteArray>() {
        Some(array) => array.get_mut(py).exports.hold(),
        None => Exports::default().hold(),
    }),
    check: None,
};

/// Make the payload `T` bytes-like.
pub fn register<T: Object>(py: &mut Py, exporter: &'static Exporter) {
    py.state::<Exporters>().0.insert(TypeId::of::<T>(), exporter);
}

/// How the value gives its bytes; none if it does not, or is a memoryview.
pub fn exporter(py: &Py, value: &Value) -> Option<&'static Exporter> {
    if value.is_a::<Bytes>() {
        return Some(&BYTES);
    }
    if value.is_a::<ByteArray>() {
        return Some(&BYTE_ARRAY);
    }
    let payload = value.header()?.shape().payload();
    py.state_if::<Exporters>()?.0.get(&payload).copied()
}

/// The memoryview of a value: itself, or what its `__buffer__` method gives.
fn view_of(py: &mut Py, value: &Value) -> Result<Option<Ref<MemoryView>>> {
    if let Some(view) = value.downcast::<MemoryView>() {
        view.get(py).check()?;
        return Ok(Some(view.clone()));
    }
    crate::types::memoryview::from_method(py, value)
}

/// Whether the value is bytes-like.
pub fn is_bytes_like(py: &mut Py, value: &Value) -> bool {
    if exporter(py, value).is_some() || value.is_a::<MemoryView>() {
        return true;
    }
    if !value.is_object() {
        return false;
    }
    let name = py.intern("__buffer__");
    py.lookup_on_type(value, &name).is_some()
}

/// A TypeError that the value is not bytes-like.
#[cold]
pub fn not_bytes_like(py: &Py, value: &Value) -> Raised {
    type_error(format!("a bytes-like object is required, not '{}'", py.type_name(value)))
}

/// The bytes of an argument: shared with a bytes object, else copied.
pub enum Data {
    /// Those of a bytes object.
    Shared(Ref<Bytes>),
    /// A copy.
    Own(Vec<u8>),
}

impl Deref for Data {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Data::Shared(b) => b.slice(),
            Data::Own(v) => v,
        }
    }
}

/// The bytes of a bytes-like object, none if it is not bytes-like.
pub fn data_opt(py: &mut Py, value: &Value) -> Result<Option<Data>> {
    if let Some(b) = value.downcast::<Bytes>() {
        return Ok(Some(Data::Shared(b.clone())));
    }
    to_vec_opt(py, value).map(|v| v.map(Data::Own))
}

/// The bytes of a bytes-like object.
pub fn data(py: &mut Py, value: &Value) -> Result<Data> {
    match data_opt(py, value)? {
        Some(data) => Ok(data),
        None => Err(not_bytes_like(py, value)),
    }
}

/// The bytes of a bytes-like object as an own copy, none if it is not bytes-like.
pub fn to_vec_opt(py: &mut Py, value: &Value) -> Result<Option<Vec<u8>>> {
    if let Some(exporter) = exporter(py, value) {
        if let Some(check) = exporter.check {
            check(py, value)?;
        }
        return Ok(Some((exporter.bytes)(py, value).to_vec()));
    }
    match view_of(py, value)? {
        Some(view) => Ok(Some(crate::types::memoryview::gather(py, &view))),
        None => Ok(None),
    }
}

/// The bytes of a bytes-like object as an own copy.
pub fn to_vec(py: &mut Py, value: &Value) -> Result<Vec<u8>> {
    match to_vec_opt(py, value)? {
        Some(bytes) => Ok(bytes),
        None => Err(not_bytes_like(py, value)),
    }
}

/// Read a bytes-like object in place.
pub fn with_bytes<R>(py: &mut Py, value: &Value, read: impl FnOnce(&[u8]) -> R) -> Result<R> {
    if let Some(exporter) = exporter(py, value) {
        if let Some(check) = exporter.check {
            check(py, value)?;
        }
        return Ok(read((exporter.bytes)(py, value)));
    }
    let Some(view) = view_of(py, value)? else { return Err(not_bytes_like(py, value)) };
    if let Some((base, range)) = view.get(py).contiguous_range()
        && let Some(exporter) = exporter_of_base(py, &base)
    {
        return Ok(read((exporter.bytes)(py, &base).get(range).unwrap_or(&[])));
    }
    let bytes = crate::types::memoryview::gather(py, &view);
    Ok(read(&bytes))
}

fn exporter_of_base(py: &Py, base: &Value) -> Option<&'static Exporter> {
    exporter(py, base)
}

/// Write a bytes-like object in place; none if it cannot be written (or is no bytes-like object):
/// the caller words the TypeError.
pub fn with_bytes_mut<R>(py: &mut Py, value: &Value, write: impl FnOnce(&mut [u8]) -> R) -> Result<Option<R>> {
    if let Some(exporter) = exporter(py, value) {
        if let Some(check) = exporter.check {
            check(py, value)?;
        }
        if (exporter.layout)(py, value).readonly {
            return Ok(None);
        }
        let Some(bytes_mut) = exporter.bytes_mut else { return Ok(None) };
        return Ok(Some(write(bytes_mut(py, value))));
    }
    let Some(view) = view_of(py, value)? else { return Ok(None) };
    if view.get(py).readonly {
        return Ok(None);
    }
    let Some((base, range)) = view.get(py).contiguous_range() else {
        return Err(buffer_error("memoryview: underlying buffer is not C-contiguous"));
    };
    let Some(bytes_mut) = exporter(py, &base).and_then(|e| e.bytes_mut) else { return Ok(None) };
    Ok(bytes_mut(py, &base).get_mut(range).map(write))
}

/// The number of bytes of a writable bytes-like object; none as for [`with_bytes_mut`].
pub fn writable_len(py: &mut Py, value: &Value) -> Result<Option<usize>> {
    with_bytes_mut(py, value, |bytes| bytes.len())
}

/// Keep the size of the object fixed as long as the hold lives, if its size can change at all.
pub fn hold(py: &mut Py, value: &Value) -> Option<Hold> {
    if let Some(view) = value.downcast::<MemoryView>() {
        let base = view.get(py).base_value()?;
        return hold(py, &base);
    }
    let hold = exporter(py, value)?.hold?;
    Some(hold(py, value))
}
