//! `slice`: the bounds of a subscript.

use lockstep_heap::{Frozen, Object, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType};

use crate::object::raise::{Result, value_error};
use crate::object::{Py, Special};

/// The payload of a slice.
pub struct Slice {
    /// `start`
    pub start: Value,
    /// `stop`
    pub stop: Value,
    /// `step`
    pub step: Value,
}

impl Object for Slice {
    type Access = Frozen;
    const TAG: Tag = Tag::SLICE;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all([&self.start, &self.stop, &self.step]);
    }
}

/// A slice value.
pub fn make(py: &Py, start: Value, stop: Value, step: Value) -> Value {
    py.make(Slice { start, stop, step }).into_value()
}

fn bound(py: &mut Py, value: &Value) -> Result<Option<isize>> {
    if value.is_none() {
        return Ok(None);
    }
    if value.as_small_int().is_none() && value.as_bool().is_none() && !crate::types::int::is_int(value) && py.special(value, Special::Index).is_none() {
        return Err(crate::object::raise::type_error("slice indices must be integers or None or have an __index__ method"));
    }
    py.index_clamped(value).map(Some)
}

/// `(start, stop, step)` of given bounds, before a length is applied.
pub fn unpack(py: &mut Py, start: &Value, stop: &Value, step: &Value) -> Result<(Option<isize>, Option<isize>, isize)> {
    let step = bound(py, step)?.unwrap_or(1);
    if step == 0 {
        return Err(value_error("slice step cannot be zero"));
    }
    // So that -step does not overflow.
    let step = step.max(-isize::MAX);
    Ok((bound(py, start)?, bound(py, stop)?, step))
}

/// Bounds applied to a length: `(first, step, count)`.
pub fn adjust(start: Option<isize>, stop: Option<isize>, step: isize, len: usize) -> (usize, isize, usize) {
    let len = len as isize;
    let clamp = |v: isize, low: isize, high: isize| {
        let v = if v < 0 { v.saturating_add(len) } else { v };
        v.clamp(low, high)
    };
    if step > 0 {
        let first = start.map_or(0, |v| clamp(v, 0, len));
        let last = stop.map_or(len, |v| clamp(v, 0, len));
        let count = if first < last { (last - first - 1) / step + 1 } else { 0 };
        (first as usize, step, count as usize)
    } else {
        let first = start.map_or(len - 1, |v| clamp(v, -1, len - 1));
        let last = stop.map_or(-1, |v| clamp(v, -1, len - 1));
        let count = if last < first { (first - last - 1) / -step + 1 } else { 0 };
        (first.max(0) as usize, step, count as usize)
    }
}

impl Slice {
    /// The slice applied to a length: `(first, step, count)`.
    pub fn apply(&self, py: &mut Py, len: usize) -> Result<(usize, isize, usize)> {
        let (start, stop, step) = unpack(py, &self.start, &self.stop, &self.step)?;
        Ok(adjust(start, stop, step, len))
    }
}

#[methods]
impl Slice {}

impl NativeType for Slice {
    const NAME: &'static str = "slice";
    const FLAGS: u32 = 0;
}
