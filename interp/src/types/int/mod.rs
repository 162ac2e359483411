//! `int`: immediate up to 48 bits, beyond that a big integer object.

use std::cmp::Ordering;

use dashu_int::IBig;
use lockstep_heap::{Frozen, Object, Ref, Tag, Value};

use crate::object::raise::{Result, overflow_error};
use crate::object::special::{BinaryOp, CompareOp};
use crate::object::{Py, Type};

mod arith;
mod bool;
mod convert;
mod methods;

pub use arith::{compute, div_mod, large, power, power_mod, quick, round_to, small, true_div};
pub use bool::BoolMethods;
pub(in crate::types) use convert::text_of_bytes;
pub use convert::{from_f64, from_number, parse};
pub use methods::wrong_receiver;

/// The payload of an int object: a number beyond 48 bits, or any number of a subclass of int.
pub struct BigInt {
    /// The number.
    pub value: IBig,
}

impl Object for BigInt {
    type Access = Frozen;
    const TAG: Tag = Tag::BIG_INT;
}

/// An int object beyond 48 bits.
pub fn big(py: &Py, value: IBig) -> Value {
    py.make(BigInt { value }).into_value()
}

/// An int of any size.
#[inline]
pub fn from_ibig(py: &Py, value: IBig) -> Value {
    match i64::try_from(&value).ok().and_then(Value::small_int) {
        Some(small) => small,
        None => big(py, value),
    }
}

/// An int that is no bool, if it fits 64 bits.
#[inline(always)]
fn as_word(value: &Value) -> Option<i64> {
    match value.as_small_int() {
        Some(n) => Some(n),
        None => i64::try_from(&value.downcast::<BigInt>()?.value).ok(),
    }
}

/// Whether the value is an int (bools included).
#[inline]
pub fn is_int(value: &Value) -> bool {
    value.raw().is_int() || value.as_bool().is_some() || value.is_a::<BigInt>()
}

/// The number of an int value as immediate, if it fits; objects of int subclasses included.
#[inline]
pub fn as_i64(value: &Value) -> Option<i64> {
    if let Some(n) = value.as_small_int() {
        return Some(n);
    }
    if let Some(b) = value.as_bool() {
        return Some(i64::from(b));
    }
    i64::try_from(&value.downcast::<BigInt>()?.value).ok()
}

/// The number of an int value.
pub fn to_ibig(value: &Value) -> Option<IBig> {
    if let Some(n) = value.as_small_int() {
        return Some(n.into());
    }
    if let Some(b) = value.as_bool() {
        return Some(i64::from(b).into());
    }
    Some(value.downcast::<BigInt>()?.value.clone())
}

/// The value as a plain int: objects of subclasses become exact ints.
pub fn plain(py: &Py, value: &Value) -> Value {
    if let Some(b) = value.as_bool() {
        return Value::int32(i32::from(b));
    }
    match value.downcast::<BigInt>() {
        Some(_) if py.is_exact::<BigInt>(value) => value.clone(),
        Some(b) => from_ibig(py, b.value.clone()),
        None => value.clone(),
    }
}

/// An object of a subclass of int.
pub fn make_in(py: &Py, ty: &Ref<Type>, value: IBig) -> Value {
    py.make_in(ty, BigInt { value }).into_value()
}

/// The nearest float of an int value.
pub fn to_f64(value: &Value) -> Result<f64> {
    if let Some(n) = value.as_small_int() {
        return Ok(n as f64);
    }
    let Some(b) = value.downcast::<BigInt>() else { return Ok(as_i64(value).unwrap_or(0) as f64) };
    let x = b.value.to_f64().value();
    if x.is_finite() { Ok(x) } else { Err(overflow_error("int too large to convert to float")) }
}

/// The number of an int value, borrowed.
#[derive(Clone, Copy)]
pub enum Wide<'a> {
    /// An immediate.
    Small(i64),
    /// In an object; of any size if that is of a subclass.
    Big(&'a IBig),
}

/// The number of an int value (bools and subclasses included).
#[inline]
pub fn wide(value: &Value) -> Option<Wide<'_>> {
    if let Some(n) = value.as_small_int() {
        return Some(Wide::Small(n));
    }
    if let Some(b) = value.as_bool() {
        return Some(Wide::Small(i64::from(b)));
    }
    Some(Wide::Big(&value.downcast::<BigInt>()?.value))
}

impl Wide<'_> {
    /// The nearest float; infinite beyond the range of floats.
    pub fn nearest(self) -> f64 {
        match self {
            Wide::Small(n) => n as f64,
            Wide::Big(n) => n.to_f64().value(),
        }
    }
    /// As a number of its own.
    pub fn to_ibig(self) -> IBig {
        match self {
            Wide::Small(n) => n.into(),
            Wide::Big(n) => n.clone(),
        }
    }
    /// Order of two ints.
    pub fn order(self, other: Wide<'_>) -> Ordering {
        match (self, other) {
            (Wide::Small(x), Wide::Small(y)) => x.cmp(&y),
            (Wide::Small(x), Wide::Big(y)) => IBig::from(x).cmp(y),
            (Wide::Big(x), Wide::Small(y)) => x.cmp(&IBig::from(y)),
            (Wide::Big(x), Wide::Big(y)) => x.cmp(y),
        }
    }
    /// Order of an int and a float by their exact values; none for a NaN.
    pub fn order_float(self, x: f64) -> Option<Ordering> {
        match self {
            Wide::Small(n) => (n as f64).partial_cmp(&x),
            Wide::Big(n) => {
                if x.is_nan() {
                    return None;
                }
                if x.is_infinite() {
                    return Some(if x > 0.0 { Ordering::Less } else { Ordering::Greater });
                }
                let whole = lockstep_text::float::to_int(x).unwrap_or(IBig::ZERO);
                Some(n.cmp(&whole).then_with(|| 0.0.partial_cmp(&x.fract()).unwrap_or(Ordering::Equal)))
            }
        }
    }
}

/// The order of two values that are immediates or exact big ints, none if one is anything else.
/// The inner none: a NaN.
pub fn order_numbers(py: &Py, a: &Value, b: &Value) -> Option<Option<Ordering>> {
    let exact = |v: &Value| !v.is_object() || py.is_exact::<BigInt>(v);
    if !exact(a) || !exact(b) {
        return None;
    }
    match (a.as_float(), b.as_float()) {
        (Some(x), Some(y)) => Some(x.partial_cmp(&y)),
        (Some(x), None) => Some(wide(b)?.order_float(x).map(Ordering::reverse)),
        (None, Some(y)) => Some(wide(a)?.order_float(y)),
        (None, None) => Some(Some(wide(a)?.order(wide(b)?))),
    }
}

/// `a OP b` of values that are immediates or exact big ints; none if one is anything else.
#[inline]
pub fn compare_numbers(py: &Py, op: CompareOp, a: &Value, b: &Value) -> Option<bool> {
    Some(match order_numbers(py, a, b)? {
        Some(order) => op.accepts(order),
        None => op == CompareOp::Ne,
    })
}

/// Arithmetic on immediates and exact big ints; none if an operand is anything else.
///
/// Exact big ints only: a subclass may have its own operators.
#[inline]
pub fn binary_numbers(py: &mut Py, op: BinaryOp, a: &Value, b: &Value) -> Option<Result<Value>> {
    if (a.is_object() && !py.is_exact::<BigInt>(a)) || (b.is_object() && !py.is_exact::<BigInt>(b)) {
        return None;
    }
    if let (Some(x), Some(y)) = (as_word(a), as_word(b))
        && let Some(value) = arith::medium(py, op, x, y)
    {
        return Some(Ok(value));
    }
    let float = |v: &Value| -> Option<Result<f64>> {
        if let Some(x) = v.as_float() {
            return Some(Ok(x));
        }
        wide(v).map(|_| to_f64(v))
    };
    if a.as_float().is_some() || b.as_float().is_some() {
        // An operand that is no number at all must not lead to an overflow of the other.
        let (x, y) = (float(a)?, float(b)?);
        return match (x, y) {
            (Ok(x), Ok(y)) => crate::types::float::binary(py, op, x, y),
            _ if matches!(
                op,
                BinaryOp::And | BinaryOp::Or | BinaryOp::Xor | BinaryOp::LShift | BinaryOp::RShift | BinaryOp::MatMul
            ) =>
            {
                None
            }
            (Err(e), _) | (_, Err(e)) => Some(Err(e)),
        };
    }
    if op == BinaryOp::MatMul {
        return None;
    }
    if matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor)
        && let (Some(x), Some(y)) = (a.as_bool(), b.as_bool())
    {
        return Some(Ok(bool::bitwise(op, x, y)));
    }
    Some(compute(py, op, wide(a)?, wide(b)?))
}
