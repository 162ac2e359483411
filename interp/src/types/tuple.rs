//! `tuple`: an immutable sequence.

use lockstep_heap::{Frozen, Object, Shape, ShapeRef, Tag, Tail, TailRef, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType, TypeFlags};

/// The payload of a tuple.
#[repr(transparent)]
pub struct Tuple(Tail<(), Value>);

impl TailRef for Tuple {
    type Fixed = ();
    type Element = Value;
}

impl Object for Tuple {
    type Access = Frozen;
    const TAG: Tag = Tag::TUPLE;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(self.slice());
    }
}

impl Tuple {
    /// The elements.
    #[inline(always)]
    pub fn slice(&self) -> &[Value] {
        self.0.slice()
    }
    /// The number of elements.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[methods]
impl Tuple {}

impl NativeType for Tuple {
    const NAME: &'static str = "tuple";
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF | TypeFlags::SEQUENCE;
    fn shape() -> ShapeRef {
        Shape::plain_tail::<Self>()
    }
}
