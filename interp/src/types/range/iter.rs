//! The iterators of `range`: one for immediate ints, which the machine advances by itself, and
//! one for ints of any size.

use dashu_int::IBig;
use lockstep_heap::{Guarded, Object, Ref, Tag, Value};
use lockstep_macros::methods;

use super::{Range, big, make};
use crate::object::ops::Next;
use crate::object::raise::{Result, overflow_error};
use crate::object::{NativeType, Py};
use crate::types::dict;
use crate::types::int::{from_ibig, to_ibig};

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

impl RangeIter {
    /// The next item; none at the end.
    #[inline(always)]
    pub fn step(&mut self) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        let n = self.next;
        self.next = n.wrapping_add(self.step);
        Value::small_int(n)
    }
}

/// The payload of an iterator over a range with ints of any size.
pub struct LongRangeIter {
    next: IBig,
    step: IBig,
    left: IBig,
}

impl Object for LongRangeIter {
    type Access = Guarded;
}

/// An iterator over a range whose items are all immediate ints.
pub fn small_iter(range: &Range) -> Option<RangeIter> {
    let (start, step) = (range.start.as_small_int()?, range.step.as_small_int()?);
    // The stop bounds every item but need not be an item itself.
    range.stop.as_small_int()?;
    let left = range.length.as_small_int()?;
    Some(RangeIter { next: start, step, left: left as u64 })
}

/// `iter(range)`
pub(super) fn over(py: &Py, range: &Range) -> Value {
    match small_iter(range) {
        Some(iter) => py.make(iter).into_value(),
        None => py.make(LongRangeIter { next: big(&range.start), step: big(&range.step), left: big(&range.length) }).into_value(),
    }
}

/// `reversed(range)`
pub(super) fn reversed(py: &Py, range: &Range) -> Value {
    if let Some(iter) = small_iter(range) {
        let last = if iter.left == 0 { iter.next } else { iter.next + (iter.left as i64 - 1) * iter.step };
        return py.make(RangeIter { next: last, step: -iter.step, left: iter.left }).into_value();
    }
    let (start, step, left) = (big(&range.start), big(&range.step), big(&range.length));
    let next = start + (&left - IBig::ONE) * &step;
    py.make(LongRangeIter { next, step: -step, left }).into_value()
}

/// `(iter, (range,), None)` for the items that are left.
fn reduce(py: &mut Py, next: IBig, step: IBig, left: &IBig) -> Result<Value> {
    let stop = from_ibig(py, &next + left * &step);
    let (start, step) = (from_ibig(py, next), from_ibig(py, step));
    let range = make(py, start, stop, step)?;
    let iter = match py.shared().builtins.clone() {
        Some(builtins) => dict::get_name(py, &builtins, "iter").unwrap_or(Value::NONE),
        None => Value::NONE,
    };
    let args = py.tuple(vec![range]);
    Ok(py.tuple(vec![iter, args, Value::NONE]))
}

#[methods]
impl RangeIter {
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<RangeIter>) -> Value {
        this.to_value()
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<RangeIter>) -> u64 {
        this.get(py).left
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<RangeIter>) -> Next {
        Next(this.get_mut(py).step())
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<RangeIter>) -> Result<Value> {
        let it = this.get(py);
        let (next, step, left) = (it.next, it.step, it.left);
        reduce(py, next.into(), step.into(), &left.into())
    }
    /// Set state information for unpickling.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<RangeIter>, state: &Value) -> Result<()> {
        let skip = py.index_clamped(state)?.max(0) as u64;
        let it = this.get_mut(py);
        let skip = skip.min(it.left);
        it.next += it.step * skip as i64;
        it.left -= skip;
        Ok(())
    }
}

impl NativeType for RangeIter {
    const NAME: &'static str = "range_iterator";
    const FLAGS: u32 = 0;
}

#[methods]
impl LongRangeIter {
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<LongRangeIter>) -> Value {
        this.to_value()
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<LongRangeIter>) -> IBig {
        this.get(py).left.clone()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<LongRangeIter>) -> Next {
        let it = this.get_mut(py);
        if it.left.is_zero() {
            return Next(None);
        }
        it.left -= IBig::ONE;
        let n = it.next.clone();
        it.next += &it.step;
        Next(Some(from_ibig(py, n)))
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<LongRangeIter>) -> Result<Value> {
        let it = this.get(py);
        let (next, step, left) = (it.next.clone(), it.step.clone(), it.left.clone());
        reduce(py, next, step, &left)
    }
    /// Set state information for unpickling.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<LongRangeIter>, state: &Value) -> Result<()> {
        let state = py.index(state)?;
        let Some(skip) = to_ibig(&state) else { return Err(overflow_error("state out of range")) };
        let it = this.get_mut(py);
        let skip = skip.clamp(IBig::ZERO, it.left.clone());
        it.next += &it.step * &skip;
        it.left -= skip;
        Ok(())
    }
}

impl NativeType for LongRangeIter {
    const NAME: &'static str = "longrange_iterator";
    const FLAGS: u32 = 0;
}
