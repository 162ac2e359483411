//! `range` and its iterator.

use lockstep_heap::{Frozen, Guarded, Object, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType, TypeFlags};

/// The payload of a range.
pub struct Range {
    /// `start`
    pub start: Value,
    /// `stop`
    pub stop: Value,
    /// `step`
    pub step: Value,
    /// `len()`, an int of any size.
    pub length: Value,
}

impl Object for Range {
    type Access = Frozen;
    const TAG: Tag = Tag::RANGE;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all([&self.start, &self.stop, &self.step]);
    }
}

/// The payload of an iterator over a range of immediate ints. The machine advances it directly.
pub struct RangeIter {
    /// The next item.
    pub next: i64,
    /// The step.
    pub step: i64,
    /// Items left.
    pub left: u64,
}

impl Object for RangeIter {
    type Access = Guarded;
    const TAG: Tag = Tag::RANGE_ITER;
}

/// An iterator over a range whose items are all immediate ints.
pub fn small_iter(range: &Range) -> Option<RangeIter> {
    let (start, step) = (range.start.as_small_int()?, range.step.as_small_int()?);
    // The stop bounds every item but need not be an item itself.
    range.stop.as_small_int()?;
    let left = range.length.as_small_int()?;
    Some(RangeIter { next: start, step, left: left as u64 })
}

#[methods]
impl Range {}

impl NativeType for Range {
    const NAME: &'static str = "range";
    const FLAGS: u32 = TypeFlags::SEQUENCE;
}

#[methods]
impl RangeIter {}

impl NativeType for RangeIter {
    const NAME: &'static str = "range_iterator";
    const FLAGS: u32 = 0;
}
