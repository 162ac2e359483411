//! `bytearray`: mutable bytes.

use lockstep_heap::{Guarded, Object, Tag};
use lockstep_macros::methods;

use crate::object::{NativeType, TypeFlags};

/// The payload of a bytearray.
#[derive(Default)]
pub struct ByteArray {
    /// The bytes.
    pub data: Vec<u8>,
    /// How many views keep the size fixed.
    pub exports: usize,
}

impl Object for ByteArray {
    type Access = Guarded;
    const TAG: Tag = Tag::BYTE_ARRAY;
}

#[methods]
impl ByteArray {}

impl NativeType for ByteArray {
    const NAME: &'static str = "bytearray";
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF;
    const UNHASHABLE: bool = true;
}
