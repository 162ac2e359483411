//! `bytes`: immutable bytes, and how other objects give theirs.

use std::cell::Cell;

use lockstep_heap::{Frozen, Object, Ref, Shape, ShapeRef, Tag, Tail, TailRef, Value};
use lockstep_macros::methods;

use crate::object::{NativeType, TypeFlags};

use crate::object::{Py, Result};

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

/// The content of a bytes-like object.
pub fn buffer_of(py: &mut Py, value: &Value) -> Result<Vec<u8>> {
    crate::types::buffer::to_vec(py, value)
}

#[methods]
impl Bytes {}

impl NativeType for Bytes {
    const NAME: &'static str = "bytes";
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF;
    fn shape() -> ShapeRef {
        Shape::plain_tail::<Self>()
    }
}
