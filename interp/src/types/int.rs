//! `int`: immediate up to 48 bits, beyond that a big integer object.

use dashu_int::IBig;
use lockstep_heap::{Frozen, Object, Ref, Tag, Value};
use lockstep_macros::methods;

use crate::object::{NativeType, TypeFlags};

use crate::object::raise::{Result, memory_error, overflow_error, value_error, zero_division};
use crate::object::special::BinaryOp;
use crate::object::{Py, Type};

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

enum Number {
    Int(i64),
    Big(IBig),
    Float(f64),
}

fn number(value: &Value) -> Option<Number> {
    if let Some(n) = value.as_small_int() {
        return Some(Number::Int(n));
    }
    if let Some(x) = value.as_float() {
        return Some(Number::Float(x));
    }
    value.as_bool().map(|b| Number::Int(i64::from(b)))
}

/// Arithmetic on immediates and exact big ints; none if an operand is anything else.
///
/// Exact big ints only: a subclass may have its own operators.
#[inline]
pub fn binary_numbers(py: &mut Py, op: BinaryOp, a: &Value, b: &Value) -> Option<Result<Value>> {
    let bools = matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor);
    if bools && let (Some(x), Some(y)) = (a.as_bool(), b.as_bool()) {
        return Some(Ok(Value::bool(match op {
            BinaryOp::And => x & y,
            BinaryOp::Or => x | y,
            _ => x ^ y,
        })));
    }
    let wide = |v: &Value| -> Option<Number> {
        match number(v) {
            Some(n) => Some(n),
            None if py.is_exact::<BigInt>(v) => Some(Number::Big(v.downcast::<BigInt>()?.value.clone())),
            None => None,
        }
    };
    let (x, y) = (wide(a)?, wide(b)?);
    match (x, y) {
        (Number::Int(x), Number::Int(y)) => Some(small(py, op, x, y)),
        (Number::Float(x), y) => {
            let y = match y {
                Number::Float(y) => y,
                Number::Int(y) => y as f64,
                Number::Big(_) => match to_f64(b) {
                    Ok(y) => y,
                    Err(e) => return Some(Err(e)),
                },
            };
            crate::types::float::binary(py, op, x, y)
        }
        (x, Number::Float(y)) => {
            let x = match x {
                Number::Int(x) => x as f64,
                _ => match to_f64(a) {
                    Ok(x) => x,
                    Err(e) => return Some(Err(e)),
                },
            };
            crate::types::float::binary(py, op, x, y)
        }
        (Number::Int(x), Number::Big(y)) => Some(large(py, op, &IBig::from(x), &y)),
        (Number::Big(x), Number::Int(y)) => Some(large(py, op, &x, &IBig::from(y))),
        (Number::Big(x), Number::Big(y)) => Some(large(py, op, &x, &y)),
    }
}

/// Arithmetic on two ints of 64 bits.
pub fn small(py: &mut Py, op: BinaryOp, x: i64, y: i64) -> Result<Value> {
    match op {
        BinaryOp::Add => return Ok(py.int(x + y)), // 48-bit operands cannot overflow 64 bits
        BinaryOp::Sub => return Ok(py.int(x - y)),
        BinaryOp::Mul => {
            if let Some(n) = x.checked_mul(y) {
                return Ok(py.int(n));
            }
        }
        BinaryOp::FloorDiv | BinaryOp::Div2 => {
            if y != 0 {
                let (q, r) = (x / y, x % y);
                return Ok(py.int(if r != 0 && (r < 0) != (y < 0) { q - 1 } else { q }));
            }
        }
        BinaryOp::Mod => {
            if y != 0 {
                let r = x % y;
                return Ok(py.int(if r != 0 && (r < 0) != (y < 0) { r + y } else { r }));
            }
        }
        BinaryOp::And => return Ok(py.int(x & y)),
        BinaryOp::Or => return Ok(py.int(x | y)),
        BinaryOp::Xor => return Ok(py.int(x ^ y)),
        BinaryOp::RShift => {
            if y >= 0 {
                return Ok(py.int(if y > 63 { x >> 63 } else { x >> y }));
            }
        }
        BinaryOp::LShift => {
            if (0..15).contains(&y) {
                return Ok(py.int(x << y));
            }
        }
        BinaryOp::TrueDiv => {
            if y != 0 && x.unsigned_abs() < 1 << 53 && y.unsigned_abs() < 1 << 53 {
                return Ok(Value::float(x as f64 / y as f64));
            }
        }
        _ => {}
    }
    large(py, op, &IBig::from(x), &IBig::from(y))
}

/// Bits beyond which an int result is refused with MemoryError at once.
const MAX_BITS: usize = 1 << 36;

/// Arithmetic on ints of any size.
pub fn large(py: &mut Py, op: BinaryOp, x: &IBig, y: &IBig) -> Result<Value> {
    use dashu_int::ops::{BitTest, DivRem};
    let floor = |x: &IBig, y: &IBig| -> (IBig, IBig) {
        let (q, r) = x.div_rem(y);
        if !r.is_zero() && (r < IBig::ZERO) != (*y < IBig::ZERO) { (q - IBig::ONE, r + y) } else { (q, r) }
    };
    let value = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => {
            if x.bit_len().saturating_add(y.bit_len()) > MAX_BITS {
                return Err(memory_error());
            }
            x * y
        }
        BinaryOp::FloorDiv | BinaryOp::Div2 => {
            if y.is_zero() {
                return Err(zero_division("integer division or modulo by zero"));
            }
            floor(x, y).0
        }
        BinaryOp::Mod => {
            if y.is_zero() {
                return Err(zero_division("integer modulo by zero"));
            }
            floor(x, y).1
        }
        BinaryOp::DivMod => {
            if y.is_zero() {
                return Err(zero_division("integer division or modulo by zero"));
            }
            let (q, r) = floor(x, y);
            let (q, r) = (from_ibig(py, q), from_ibig(py, r));
            return Ok(py.tuple(vec![q, r]));
        }
        BinaryOp::TrueDiv => return true_div(x, y).map(Value::float),
        BinaryOp::Pow => return power(py, x, y),
        BinaryOp::LShift => {
            if *y < IBig::ZERO {
                return Err(value_error("negative shift count"));
            }
            if x.is_zero() {
                return Ok(Value::int32(0));
            }
            match usize::try_from(y) {
                Ok(n) if n.saturating_add(x.bit_len()) <= MAX_BITS => x << n,
                _ => return Err(memory_error()),
            }
        }
        BinaryOp::RShift => {
            if *y < IBig::ZERO {
                return Err(value_error("negative shift count"));
            }
            match usize::try_from(y) {
                Ok(n) => x >> n,
                Err(_) => IBig::from(if *x < IBig::ZERO { -1 } else { 0 }),
            }
        }
        BinaryOp::And => x & y,
        BinaryOp::Or => x | y,
        BinaryOp::Xor => x ^ y,
        BinaryOp::MatMul => return Err(py.unsupported("@", &Value::int32(0), &Value::int32(0))),
    };
    Ok(from_ibig(py, value))
}

/// `x / y`, correctly rounded.
pub fn true_div(x: &IBig, y: &IBig) -> Result<f64> {
    use dashu_int::ops::{BitTest, DivRem};
    if y.is_zero() {
        return Err(zero_division("division by zero"));
    }
    let negative = (*x < IBig::ZERO) != (*y < IBig::ZERO);
    let (a, b) = (x.clone().into_parts().1, y.clone().into_parts().1);
    if a.is_zero() {
        return Ok(if negative { -0.0 } else { 0.0 });
    }
    let shift = a.bit_len() as i64 - b.bit_len() as i64;
    if shift > 1030 {
        return Err(overflow_error("integer division result too large for a float"));
    }
    if shift < -1100 {
        return Ok(if negative { -0.0 } else { 0.0 });
    }
    // A quotient of at least 66 bits with a sticky last bit rounds once, correctly, unless the
    // result is subnormal; then fewer bits are asked for.
    let wanted = (66i64).min(shift + 1076).max(2);
    let scale = wanted - shift;
    let (n, d) = if scale >= 0 { (a << scale as usize, b) } else { (a, b << (-scale) as usize) };
    let (mut q, r) = n.div_rem(&d);
    if !r.is_zero() {
        q |= dashu_int::UBig::ONE;
    }
    let bits = q.bit_len() as i64;
    // Round q to the bits that the result has: 53, or fewer if it is subnormal.
    let exponent = -scale;
    let keep = 53.min(bits + exponent + 1074);
    let drop = bits - keep;
    let rounded = if drop <= 0 {
        q
    } else {
        let half = dashu_int::UBig::ONE << (drop as usize - 1);
        let (mut top, low) = (q.clone() >> drop as usize, q.clone() - ((q >> drop as usize) << drop as usize));
        if low > half || (low == half && top.bit(0)) {
            top += dashu_int::UBig::ONE;
        }
        top << drop as usize
    };
    let exact = rounded.to_f64().value();
    let result = scale_by(exact, exponent);
    if result.is_infinite() {
        return Err(overflow_error("integer division result too large for a float"));
    }
    Ok(if negative { -result } else { result })
}

/// `x * 2**exponent`, exact where the result is representable.
fn scale_by(mut x: f64, mut exponent: i64) -> f64 {
    while exponent > 1000 {
        x *= 2f64.powi(1000);
        exponent -= 1000;
    }
    while exponent < -1000 {
        x *= 2f64.powi(-1000);
        exponent += 1000;
    }
    x * 2f64.powi(exponent as i32)
}

/// `x ** y`
pub fn power(py: &mut Py, x: &IBig, y: &IBig) -> Result<Value> {
    use dashu_int::ops::BitTest;
    if *y < IBig::ZERO {
        let (a, b) = (to_f64(&from_ibig(py, x.clone()))?, to_f64(&from_ibig(py, y.clone()))?);
        if a == 0.0 {
            return Err(zero_division("zero to a negative power"));
        }
        return Ok(Value::float(a.powf(b)));
    }
    let one = IBig::ONE;
    if x.is_zero() || *x == one {
        return Ok(from_ibig(py, if y.is_zero() { one } else { x.clone() }));
    }
    if *x == -IBig::ONE {
        return Ok(Value::int32(if y.bit(0) { -1 } else { 1 }));
    }
    let Ok(n) = usize::try_from(y) else { return Err(memory_error()) };
    if x.bit_len().saturating_sub(1).saturating_mul(n) > MAX_BITS {
        return Err(memory_error());
    }
    // Square and multiply, looking at the breaker between the steps: `10**10**9` can be stopped.
    let mut result = IBig::ONE;
    let bits = usize::BITS - n.leading_zeros();
    for i in (0..bits).rev() {
        if result.bit_len() > 1 << 16 {
            py.check()?;
        }
        result = &result * &result;
        if n >> i & 1 == 1 {
            result *= x;
        }
    }
    Ok(from_ibig(py, result))
}

#[methods]
impl BigInt {}

impl NativeType for BigInt {
    const NAME: &'static str = "int";
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF;
}

/// The methods of `bool`.
pub struct BoolMethods;

#[methods]
impl BoolMethods {}
