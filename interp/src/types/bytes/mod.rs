//! `bytes`: immutable bytes, and how other objects give theirs.

use std::cell::Cell;

use lockstep_heap::{Frozen, Object, Ref, Shape, ShapeRef, Tag, Tail, TailRef, Value};
use lockstep_text::methods::{bytes as letters, pad};

use crate::object::raise::type_error;
use crate::object::{NativeType, Py, Result, Special, Type, TypeFlags};
use crate::types::str::Str;

pub mod iter;
pub(crate) mod methods;
pub mod shared;

use methods::byte_methods;

/// The fixed part: the cached hash.
#[derive(Default)]
pub struct BytesInfo {
    pub(crate) hash: Cell<u64>,
}

/// The payload of a bytes object.
#[repr(transparent)]
pub struct Bytes(Tail<BytesInfo, u8>);

impl TailRef for Bytes {
    type Fixed = BytesInfo;
    type Element = u8;
}

impl Object for Bytes {
    type Access = Frozen;
    const TAG: Tag = Tag::BYTES;
}

impl Bytes {
    /// The bytes.
    #[inline(always)]
    pub fn slice(&self) -> &[u8] {
        self.0.slice()
    }
    /// The hash, the same as that of a str with these bytes.
    pub fn hash(&self, py: &Py) -> u64 {
        let cached = &self.0.fixed().hash;
        if cached.get() == 0 {
            cached.set(py.hash_bytes(self.slice()));
        }
        cached.get()
    }
}

impl Py {
    /// A bytes value.
    pub fn bytes(&self, bytes: &[u8]) -> Value {
        self.new_bytes(bytes).into_value()
    }
    /// A bytes object.
    pub fn new_bytes(&self, bytes: &[u8]) -> Ref<Bytes> {
        self.heap().make_tail_copy(self.shape_of::<Bytes>(), BytesInfo::default(), bytes)
    }
}

impl Py {
    /// A bytes object of `size` bytes, written by `fill` into zeroed room.
    #[inline]
    pub fn bytes_with(&self, size: usize, fill: impl FnOnce(&mut [u8])) -> Ref<Bytes> {
        self.heap().make_tail_fill(self.shape_of::<Bytes>(), BytesInfo::default(), size, fill)
    }
}

/// The content of a bytes-like object.
pub fn buffer_of(py: &mut Py, value: &Value) -> Result<Vec<u8>> {
    crate::types::buffer::to_vec(py, value)
}

impl Bytes {
    fn value(py: &Py, bytes: Vec<u8>) -> Value {
        py.bytes(&bytes)
    }
}

byte_methods! { Bytes {
    /// Create and return a new object.
    #[staticmethod("(type, /, source=<unbound>, encoding=<unbound>, errors=<unbound>)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, source: Option<&Value>, encoding: Option<&Value>, errors: Option<&Value>) -> Result<Value> {
        let base = py.type_for::<Bytes>();
        shared::check_class(py, cls, &base)?;
        let own = cls.is(&base);
        if let Some(source) = source
            && encoding.is_none()
            && errors.is_none()
        {
            if own && py.is_exact::<Bytes>(source) {
                return Ok(source.clone());
            }
            if py.special(source, Special::Bytes).is_some_and(Value::is_none) {
                return Err(type_error("'NoneType' object is not callable"));
            }
            if let Some(result) = py.call_special(source, Special::Bytes, &[]) {
                let result = result?;
                let Some(bytes) = result.downcast::<Bytes>() else {
                    return Err(type_error(format!("__bytes__ returned non-bytes (type {})", py.type_name(&result))));
                };
                return Ok(if own { result } else { py.make_tail_in::<Bytes>(cls, BytesInfo::default(), bytes.slice()).into_value() });
            }
        }
        let bytes = shared::from_source(py, "bytes", source, encoding, errors)?;
        Ok(if own { py.bytes(&bytes) } else { py.make_tail_in::<Bytes>(cls, BytesInfo::default(), &bytes).into_value() })
    }
    /// Return a memoryview of the bytes.
    #[py("(self, flags, /)")]
    fn __buffer__(py: &mut Py, this: &Ref<Bytes>, flags: i32) -> Result<Value> {
        if flags & 1 != 0 {
            return Err(crate::object::raise::buffer_error("Object is not writable."));
        }
        crate::types::memoryview::view(py, this.as_value())
    }
    /// Return the bytes as an exact bytes object.
    #[py("(self, /)")]
    fn __bytes__(py: &mut Py, this: &Ref<Bytes>) -> Value {
        if py.is_exact::<Bytes>(this.as_value()) { this.to_value() } else { py.bytes(this.slice()) }
    }
    /// Arguments for `__new__` when unpickling.
    #[py("(self, /)")]
    fn __getnewargs__(py: &mut Py, this: &Ref<Bytes>) -> Value {
        let copy = py.bytes(this.slice());
        py.tuple(vec![copy])
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Bytes>) -> i64 {
        this.hash(py) as i64
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<Bytes>) -> Value {
        py.make(iter::BytesIter { sequence: Some(this.to_value()), at: 0 }).into_value()
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Bytes>) -> Result<Value> {
        py.room(this.slice().len().saturating_mul(4))?;
        let text = lockstep_text::repr::bytes_repr(this.slice());
        Ok(py.new_ascii(text.as_bytes()).into_value())
    }
    /// Return the size of the bytes in memory.
    #[py("(self, /)")]
    fn __sizeof__(_py: &mut Py, this: &Ref<Bytes>) -> usize {
        this.shape().object_size() + this.slice().len()
    }
} }

impl NativeType for Bytes {
    const NAME: &'static str = "bytes";
    const DOC: Option<&'static str> = Some(
        "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\n\
         bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\n\
         bytes(int) -> bytes object of the given size, all zero\nbytes() -> empty bytes object",
    );
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF;
    fn shape() -> ShapeRef {
        Shape::plain_tail::<Self>()
    }
}
