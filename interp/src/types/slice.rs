//! `slice`: the bounds of a subscript.

use dashu_int::IBig;
use lockstep_heap::{Frozen, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use super::int;
use crate::object::raise::{Result, type_error, value_error};
use crate::object::special::CompareOp;
use crate::object::{NativeType, Py, Special, Type};

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

#[inline]
fn bound(py: &mut Py, value: &Value) -> Result<Option<isize>> {
    if value.is_none() {
        return Ok(None);
    }
    if let Some(n) = value.as_small_int() {
        return Ok(Some(n as isize));
    }
    slow_bound(py, value)
}

#[inline(never)]
fn slow_bound(py: &mut Py, value: &Value) -> Result<Option<isize>> {
    if value.as_bool().is_none() && !crate::types::int::is_int(value) && py.special(value, Special::Index).is_none() {
        return Err(crate::object::raise::type_error("slice indices must be integers or None or have an __index__ method"));
    }
    py.index_clamped(value).map(Some)
}

/// The part between two bounds of a sequence of `len`, if they are None or ints that are words:
/// its begin and end.
#[inline]
pub fn quick(low: &Value, high: &Value, len: usize) -> Option<(usize, usize)> {
    let place = |value: &Value, other: usize| {
        if value.is_none() {
            return Some(other);
        }
        let n = value.as_small_int()?;
        Some(if n < 0 { (n + len as i64).max(0) as usize } else { (n as usize).min(len) })
    };
    let (first, end) = (place(low, 0)?, place(high, len)?);
    Some((first, end.max(first)))
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

/// The slice applied to a length of any size: start, stop and step.
pub fn indices_of(py: &mut Py, slice: &Slice, length: &IBig) -> Result<(IBig, IBig, IBig)> {
    let step = match big_bound(py, &slice.step)? {
        Some(step) if step.is_zero() => return Err(value_error("slice step cannot be zero")),
        Some(step) => step,
        None => IBig::ONE,
    };
    let down = step < IBig::ZERO;
    let (low, high) = if down { (-IBig::ONE, length - IBig::ONE) } else { (IBig::ZERO, length.clone()) };
    let place = |n: IBig| {
        let n = if n < IBig::ZERO { n + length } else { n };
        n.clamp(low.clone(), high.clone())
    };
    let start = match big_bound(py, &slice.start)? {
        Some(n) => place(n),
        None => {
            if down {
                high.clone()
            } else {
                low.clone()
            }
        }
    };
    let stop = match big_bound(py, &slice.stop)? {
        Some(n) => place(n),
        None => {
            if down {
                low.clone()
            } else {
                high.clone()
            }
        }
    };
    Ok((start, stop, step))
}

fn big_bound(py: &mut Py, value: &Value) -> Result<Option<IBig>> {
    if value.is_none() {
        return Ok(None);
    }
    if !int::is_int(value) && py.special(value, Special::Index).is_none() {
        return Err(type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let n = py.index(value)?;
    Ok(int::to_ibig(&n))
}

fn compare(py: &mut Py, op: CompareOp, this: &Ref<Slice>, other: &Value) -> Result<Value> {
    let Some(other) = other.downcast::<Slice>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if this.is(other) {
        return Ok(Value::bool(matches!(op, CompareOp::Eq | CompareOp::Le | CompareOp::Ge)));
    }
    let parts = |s: &Slice| vec![s.start.clone(), s.stop.clone(), s.step.clone()];
    let (a, b) = (py.tuple(parts(this)), py.tuple(parts(other)));
    py.compare(op, &a, &b)
}

#[methods]
impl Slice {
    /// slice(stop)
    /// slice(start, stop[, step])
    #[staticmethod("(type, start, stop=<unbound>, step=None, /)")]
    fn __new__(py: &mut Py, _cls: &Ref<Type>, start: Value, stop: Option<Value>, step: Value) -> Value {
        match stop {
            Some(stop) => make(py, start, stop, step),
            None => make(py, Value::NONE, start, Value::NONE),
        }
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Slice>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Eq, this, value)
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Slice>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Ne, this, value)
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Ref<Slice>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Lt, this, value)
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Ref<Slice>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Le, this, value)
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Ref<Slice>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Gt, this, value)
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Ref<Slice>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Ge, this, value)
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Slice>) -> Result<i64> {
        // The mixing of tuples without their last step, as CPython has it.
        let mut mixed = 2_870_177_450_012_600_261_u64;
        for part in [&this.start, &this.stop, &this.step] {
            let lane = py.hash(part)? as u64;
            mixed = mixed.wrapping_add(lane.wrapping_mul(14_029_467_366_897_019_727));
            mixed = mixed.rotate_left(31).wrapping_mul(11_400_714_785_074_694_791);
        }
        Ok(if mixed == u64::MAX { 1_546_275_796 } else { mixed as i64 })
    }
    /// What copies and pickles are made from.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Slice>) -> Value {
        let class = py.type_for::<Slice>().into_value();
        let args = py.tuple(vec![this.start.clone(), this.stop.clone(), this.step.clone()]);
        py.tuple(vec![class, args])
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Slice>) -> Result<Value> {
        let mut text = b"slice(".to_vec();
        for (i, part) in [&this.start, &this.stop, &this.step].into_iter().enumerate() {
            if i > 0 {
                text.extend_from_slice(b", ");
            }
            text.extend_from_slice(py.repr(part)?.as_bytes());
        }
        text.push(b')');
        Ok(py.new_str_bytes(&text).into_value())
    }
    /// S.indices(len) -> (start, stop, stride)
    ///
    /// The bounds that the slice has in a sequence of length len.
    #[py("(self, object, /)")]
    fn indices(py: &mut Py, this: &Ref<Slice>, length: &Value) -> Result<Value> {
        let length = py.index(length)?;
        let length = int::to_ibig(&length).unwrap_or(IBig::ZERO);
        if length < IBig::ZERO {
            return Err(value_error("length should not be negative"));
        }
        let (start, stop, step) = indices_of(py, this, &length)?;
        let bounds = [start, stop, step].map(|n| int::from_ibig(py, n));
        Ok(py.tuple(bounds.into()))
    }
    /// The first bound.
    #[getter]
    fn start(_py: &mut Py, this: &Ref<Slice>) -> Value {
        this.start.clone()
    }
    /// The second bound.
    #[getter]
    fn stop(_py: &mut Py, this: &Ref<Slice>) -> Value {
        this.stop.clone()
    }
    /// The stride.
    #[getter]
    fn step(_py: &mut Py, this: &Ref<Slice>) -> Value {
        this.step.clone()
    }
}

impl NativeType for Slice {
    const NAME: &'static str = "slice";
    const DOC: Option<&'static str> = Some("slice(stop)\nslice(start, stop[, step])\n\nThe bounds of a subscript with colons.");
    const FLAGS: u32 = 0;
}
