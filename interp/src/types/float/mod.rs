//! `float`: immediate; objects only for subclasses.

use std::cmp::Ordering;

use lockstep_heap::{Frozen, Object, Ref, Tag, Value};

use super::int::{self, Wide, wide};
use crate::object::raise::{Result, zero_division};
use crate::object::special::{BinaryOp, CompareOp};
use crate::object::{Py, Type};

mod methods;

/// The payload of an object of a subclass of float.
pub struct FloatBox {
    /// The number.
    pub value: f64,
}

impl Object for FloatBox {
    type Access = Frozen;
    const TAG: Tag = Tag::FLOAT_BOX;
}

/// The number of an object of a subclass of float.
pub fn boxed(value: &Value) -> Option<f64> {
    value.downcast::<FloatBox>().map(|b| b.value)
}

/// The number of a float value, objects of subclasses included.
#[inline]
pub fn as_f64(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| boxed(value))
}

/// A float of class `ty`.
pub fn make_in(py: &Py, ty: &Ref<Type>, value: f64) -> Value {
    if ty.is(&py.type_for::<FloatBox>()) {
        return Value::float(value);
    }
    py.make_in(ty, FloatBox { value }).into_value()
}

/// Python's `%` on floats: the sign of the divisor.
pub fn modulo(x: f64, y: f64) -> f64 {
    let r = x % y;
    if r == 0.0 {
        0f64.copysign(y)
    } else if (r < 0.0) != (y < 0.0) {
        r + y
    } else {
        r
    }
}

/// Python's `//` on floats.
pub fn floor_div(x: f64, y: f64) -> f64 {
    let r = x % y;
    let mut q = (x - r) / y;
    if r != 0.0 && (r < 0.0) != (y < 0.0) {
        q -= 1.0;
    }
    if q == 0.0 {
        return 0f64.copysign(x / y);
    }
    let f = q.floor();
    if q - f > 0.5 { f + 1.0 } else { f }
}

/// Arithmetic on floats; none for operators that floats do not have.
pub fn binary(py: &mut Py, op: BinaryOp, x: f64, y: f64) -> Option<Result<Value>> {
    let divides = matches!(op, BinaryOp::TrueDiv | BinaryOp::Div2 | BinaryOp::FloorDiv | BinaryOp::Mod | BinaryOp::DivMod);
    if divides && y == 0.0 {
        return Some(Err(zero_division("division by zero")));
    }
    let value = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::TrueDiv | BinaryOp::Div2 => x / y,
        BinaryOp::FloorDiv => floor_div(x, y),
        BinaryOp::Mod => modulo(x, y),
        BinaryOp::DivMod => {
            let pair = vec![Value::float(floor_div(x, y)), Value::float(modulo(x, y))];
            return Some(Ok(py.tuple(pair)));
        }
        BinaryOp::Pow => return Some(power(py, x, y)),
        _ => return None,
    };
    Some(Ok(Value::float(value)))
}

/// `x ** y`; a negative base with a fractional exponent gives a complex number.
pub fn power(py: &mut Py, x: f64, y: f64) -> Result<Value> {
    if x == 0.0 && y < 0.0 && y.is_finite() {
        return Err(zero_division("zero to a negative power"));
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y.fract() != 0.0 {
        return crate::types::complex::power_of_negative(py, x, y);
    }
    let z = x.powf(y);
    if z.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(crate::object::raise::Raised::args(
            crate::object::Exc::OverflowError,
            vec![Value::int32(34), py.str("Numerical result out of range")],
        ));
    }
    Ok(Value::float(z))
}

/// Order of a float and another real number; the outer none: it is no float and no int, the inner
/// none: a NaN.
fn order(x: f64, other: &Value) -> Option<Option<Ordering>> {
    if let Some(y) = as_f64(other) {
        return Some(x.partial_cmp(&y));
    }
    Some(wide(other)?.order_float(x).map(Ordering::reverse))
}

fn compare(op: CompareOp, x: f64, other: &Value) -> Value {
    match order(x, other) {
        Some(Some(order)) => Value::bool(op.accepts(order)),
        Some(None) => Value::bool(op == CompareOp::Ne),
        None => Value::NOT_IMPLEMENTED,
    }
}

/// The other operand of a float operator: a float or an int, none for anything else.
fn operand(value: &Value) -> Option<Result<f64>> {
    if let Some(x) = as_f64(value) {
        return Some(Ok(x));
    }
    wide(value).map(|n| match n {
        Wide::Small(n) => Ok(n as f64),
        Wide::Big(_) => int::to_f64(value),
    })
}
