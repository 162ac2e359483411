//! `range`: an arithmetic progression of ints of any size.

use dashu_int::IBig;
use dashu_int::ops::DivRem;
use lockstep_heap::{Frozen, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use super::int::{self, BigInt, from_ibig};
use super::slice::{self, Slice};
use crate::object::raise::{Result, index_error, overflow_error, type_error, value_error};
use crate::object::{NativeType, Py, Special, Type, TypeFlags};

mod iter;

pub use iter::{LongRangeIter, RangeIter, small_iter};

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

fn big(value: &Value) -> IBig {
    int::to_ibig(value).unwrap_or(IBig::ZERO)
}

/// The number of items from `start` to `stop` in steps of `step`, which is not zero.
fn count_items(start: &IBig, stop: &IBig, step: &IBig) -> IBig {
    let (low, high, step) = if *step > IBig::ZERO { (start, stop, step.clone()) } else { (stop, start, -step) };
    if low >= high {
        return IBig::ZERO;
    }
    (high - low - IBig::ONE) / step + IBig::ONE
}

/// A range; the bounds are exact ints. ValueError if the step is zero.
pub fn make(py: &mut Py, start: Value, stop: Value, step: Value) -> Result<Value> {
    if let (Some(a), Some(b), Some(s)) = (start.as_small_int(), stop.as_small_int(), step.as_small_int()) {
        if s == 0 {
            return Err(value_error("range() arg 3 must not be zero"));
        }
        let length = if s > 0 && a < b {
            (b - a - 1) / s + 1
        } else if s < 0 && a > b {
            (a - b - 1) / -s + 1
        } else {
            0
        };
        let length = py.int(length);
        return Ok(py.make(Range { start, stop, step, length }).into_value());
    }
    let step_number = big(&step);
    if step_number.is_zero() {
        return Err(value_error("range() arg 3 must not be zero"));
    }
    let length = from_ibig(py, count_items(&big(&start), &big(&stop), &step_number));
    Ok(py.make(Range { start, stop, step, length }).into_value())
}

impl Range {
    /// The item at a place that is inside.
    fn item(&self, py: &Py, place: &IBig) -> Value {
        if let (Some(start), Some(step), Ok(place)) = (self.start.as_small_int(), self.step.as_small_int(), i64::try_from(place))
            && let Some(n) = step.checked_mul(place).and_then(|n| n.checked_add(start))
        {
            return py.int(n);
        }
        from_ibig(py, big(&self.start) + place * big(&self.step))
    }
    /// The place of an int, if it is an item.
    fn place_of(&self, value: &Value) -> Option<IBig> {
        if let (Some(start), Some(stop), Some(step), Some(n)) =
            (self.start.as_small_int(), self.stop.as_small_int(), self.step.as_small_int(), int::as_i64(value))
        {
            let inside = if step > 0 { start <= n && n < stop } else { stop < n && n <= start };
            return (inside && (n - start) % step == 0).then(|| IBig::from((n - start) / step));
        }
        let (start, stop, step, n) = (big(&self.start), big(&self.stop), big(&self.step), big(value));
        let inside = if step > IBig::ZERO { start <= n && n < stop } else { stop < n && n <= start };
        if !inside {
            return None;
        }
        let (place, rest) = (n - start).div_rem(step);
        rest.is_zero().then_some(place)
    }
}

/// Whether the value is an int whose equality is that of numbers.
fn plain_int(py: &Py, value: &Value) -> bool {
    value.as_small_int().is_some() || value.as_bool().is_some() || py.is_exact::<BigInt>(value)
}

fn equal(py: &mut Py, a: &Range, b: &Range) -> Result<bool> {
    if !py.eq(&a.length, &b.length)? {
        return Ok(false);
    }
    match a.length.as_small_int() {
        Some(0) => Ok(true),
        Some(1) => py.eq(&a.start, &b.start),
        _ => Ok(py.eq(&a.start, &b.start)? && py.eq(&a.step, &b.step)?),
    }
}

#[methods]
impl Range {
    /// range(stop) -> range object
    /// range(start, stop[, step]) -> range object
    #[staticmethod("(type, start, stop=<unbound>, step=<unbound>, /)")]
    fn __new__(py: &mut Py, _cls: &Ref<Type>, start: &Value, stop: Option<&Value>, step: Option<&Value>) -> Result<Value> {
        let Some(stop) = stop else {
            let stop = py.index(start)?;
            return make(py, Value::int32(0), stop, Value::int32(1));
        };
        let (start, stop) = (py.index(start)?, py.index(stop)?);
        let step = match step {
            Some(step) => py.index(step)?,
            None => Value::int32(1),
        };
        make(py, start, stop, step)
    }
    /// True if self else False
    #[py("(self, /)")]
    fn __bool__(_py: &mut Py, this: &Ref<Range>) -> bool {
        this.length.as_small_int() != Some(0)
    }
    /// Return bool(key in self).
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Ref<Range>, key: &Value) -> Result<bool> {
        if plain_int(py, key) {
            return Ok(this.place_of(key).is_some());
        }
        let iterator = iter::over(py, this);
        while let Some(item) = py.next(&iterator)? {
            if py.eq(&item, key)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Range>, value: &Value) -> Result<Value> {
        match value.downcast::<Range>() {
            Some(other) => Ok(Value::bool(this.is(other) || equal(py, this, other)?)),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Range>, value: &Value) -> Result<Value> {
        match value.downcast::<Range>() {
            Some(other) => Ok(Value::bool(!(this.is(other) || equal(py, this, other)?))),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return self[key].
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<Range>, key: &Value) -> Result<Value> {
        if let (Some(n), Some(length)) = (key.as_small_int(), this.length.as_small_int()) {
            let n = if n < 0 { n + length } else { n };
            if n < 0 || n >= length {
                return Err(index_error("range object index out of range"));
            }
            return Ok(this.item(py, &IBig::from(n)));
        }
        if let Some(slice) = key.downcast::<Slice>() {
            let (start, stop, step) = slice::indices_of(py, slice, &big(&this.length))?;
            let (start, stop) = (this.item(py, &start), this.item(py, &stop));
            let step = from_ibig(py, big(&this.step) * step);
            return make(py, start, stop, step);
        }
        if !int::is_int(key) && py.special(key, Special::Index).is_none() {
            return Err(type_error(format!("range indices must be integers or slices, not {}", py.type_name(key))));
        }
        let index = py.index(key)?;
        let (mut n, length) = (big(&index), big(&this.length));
        if n < IBig::ZERO {
            n += &length;
        }
        if n < IBig::ZERO || n >= length {
            return Err(index_error("range object index out of range"));
        }
        Ok(this.item(py, &n))
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Range>) -> Result<i64> {
        let (start, step) = match this.length.as_small_int() {
            Some(0) => (Value::NONE, Value::NONE),
            Some(1) => (this.start.clone(), Value::NONE),
            _ => (this.start.clone(), this.step.clone()),
        };
        let mut hashes = [0; 3];
        for (hash, part) in hashes.iter_mut().zip([&this.length, &start, &step]) {
            *hash = py.hash(part)?;
        }
        Ok(lockstep_text::hash::tuple(hashes))
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<Range>) -> Value {
        iter::over(py, this)
    }
    /// Return len(self).
    #[py("(self, /)")]
    fn __len__(_py: &mut Py, this: &Ref<Range>) -> Result<i64> {
        int::as_i64(&this.length).ok_or_else(|| overflow_error("Python int too large to convert to C ssize_t"))
    }
    /// What copies and pickles are made from.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Range>) -> Value {
        let class = py.type_for::<Range>().into_value();
        let args = py.tuple(vec![this.start.clone(), this.stop.clone(), this.step.clone()]);
        py.tuple(vec![class, args])
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Range>) -> Result<String> {
        let (start, stop) = (py.repr(&this.start)?, py.repr(&this.stop)?);
        if this.step.as_small_int() == Some(1) {
            return Ok(format!("range({start}, {stop})"));
        }
        let step = py.repr(&this.step)?;
        Ok(format!("range({start}, {stop}, {step})"))
    }
    /// Return a reverse iterator.
    #[py("(self, /)")]
    fn __reversed__(py: &mut Py, this: &Ref<Range>) -> Value {
        iter::reversed(py, this)
    }
    /// rangeobject.count(value) -> integer -- return number of occurrences of value
    #[py("(self, value, /)")]
    fn count(py: &mut Py, this: &Ref<Range>, value: &Value) -> Result<usize> {
        if plain_int(py, value) {
            return Ok(usize::from(this.place_of(value).is_some()));
        }
        let iterator = iter::over(py, this);
        let mut count = 0;
        while let Some(item) = py.next(&iterator)? {
            count += usize::from(py.eq(&item, value)?);
        }
        Ok(count)
    }
    /// rangeobject.index(value) -> integer -- return index of value.
    /// Raise ValueError if the value is not present.
    #[py("(self, value, /)")]
    fn index(py: &mut Py, this: &Ref<Range>, value: &Value) -> Result<Value> {
        if plain_int(py, value) {
            return match this.place_of(value) {
                Some(place) => Ok(from_ibig(py, place)),
                None => {
                    let text = py.repr(value)?;
                    Err(value_error(format!("{text} is not in range")))
                }
            };
        }
        let iterator = iter::over(py, this);
        let mut place = 0i64;
        while let Some(item) = py.next(&iterator)? {
            if py.eq(&item, value)? {
                return Ok(py.int(place));
            }
            place += 1;
        }
        Err(value_error("sequence.index(x): x not in sequence"))
    }
    /// The first item.
    #[getter]
    fn start(_py: &mut Py, this: &Ref<Range>) -> Value {
        this.start.clone()
    }
    /// The bound, which is not an item.
    #[getter]
    fn stop(_py: &mut Py, this: &Ref<Range>) -> Value {
        this.stop.clone()
    }
    /// The distance of the items.
    #[getter]
    fn step(_py: &mut Py, this: &Ref<Range>) -> Value {
        this.step.clone()
    }
    /// Ranges have no order.
    #[py("(self, value, /)")]
    fn __lt__(_py: &mut Py, _this: &Ref<Range>, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// Ranges have no order.
    #[py("(self, value, /)")]
    fn __le__(_py: &mut Py, _this: &Ref<Range>, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// Ranges have no order.
    #[py("(self, value, /)")]
    fn __gt__(_py: &mut Py, _this: &Ref<Range>, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// Ranges have no order.
    #[py("(self, value, /)")]
    fn __ge__(_py: &mut Py, _this: &Ref<Range>, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
}

impl NativeType for Range {
    const NAME: &'static str = "range";
    const DOC: Option<&'static str> = Some(
        "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\n\
         The ints from start (inclusive) to stop (exclusive), step apart.",
    );
    const FLAGS: u32 = TypeFlags::SEQUENCE;
}
