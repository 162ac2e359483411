//! Arithmetic on ints: what the machine, the special methods and `pow()` share.

use dashu_int::fast_div::ConstDivisor;
use dashu_int::ops::{BitTest, DivRem, Gcd};
use dashu_int::{IBig, UBig};
use lockstep_heap::Value;

use super::{Wide, from_ibig, to_f64};
use crate::object::Py;
use crate::object::raise::{Result, memory_error, overflow_error, value_error, zero_division};
use crate::object::special::BinaryOp;

/// Arithmetic on two ints of 48 bits.
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
                return Ok(py.int(floor_div(x, y)));
            }
        }
        BinaryOp::Mod => {
            if y != 0 {
                return Ok(py.int(floor_mod(x, y)));
            }
        }
        BinaryOp::DivMod => {
            if y != 0 {
                let (q, r) = (py.int(floor_div(x, y)), py.int(floor_mod(x, y)));
                return Ok(py.tuple_from([q, r]));
            }
        }
        BinaryOp::And => return Ok(py.int(x & y)),
        BinaryOp::Or => return Ok(py.int(x | y)),
        BinaryOp::Xor => return Ok(py.int(x ^ y)),
        BinaryOp::RShift => {
            if y >= 0 {
                return Ok(py.int(x >> y.min(63)));
            }
        }
        BinaryOp::LShift => {
            if (0..15).contains(&y) {
                return Ok(py.int(x << y));
            }
        }
        BinaryOp::TrueDiv => {
            if y != 0 {
                return Ok(Value::float(x as f64 / y as f64));
            }
        }
        BinaryOp::Pow => {
            if let Ok(n) = u32::try_from(y)
                && let Some(n) = x.checked_pow(n)
            {
                return Ok(py.int(n));
            }
        }
        BinaryOp::MatMul => {}
    }
    large(py, op, &IBig::from(x), &IBig::from(y))
}

fn floor_div(x: i64, y: i64) -> i64 {
    let (q, r) = (x / y, x % y);
    if r != 0 && (r < 0) != (y < 0) { q - 1 } else { q }
}

fn floor_mod(x: i64, y: i64) -> i64 {
    let r = x % y;
    if r != 0 && (r < 0) != (y < 0) { r + y } else { r }
}

/// Arithmetic on two ints of 64 bits, where it takes no more than 128.
#[inline]
pub(super) fn medium(py: &Py, op: BinaryOp, x: i64, y: i64) -> Option<Value> {
    let (p, q) = (i128::from(x), i128::from(y));
    let value = match op {
        BinaryOp::Add => p + q,
        BinaryOp::Sub => p - q,
        BinaryOp::Mul => p * q,
        BinaryOp::And => p & q,
        BinaryOp::Or => p | q,
        BinaryOp::Xor => p ^ q,
        BinaryOp::RShift if y >= 0 => p >> y.min(64),
        BinaryOp::FloorDiv if y != 0 && x != i64::MIN => i128::from(floor_div(x, y)),
        BinaryOp::Mod if y != 0 && x != i64::MIN => i128::from(floor_mod(x, y)),
        _ => return None,
    };
    Some(match i64::try_from(value) {
        Ok(n) => py.int(n),
        Err(_) => super::big(py, IBig::from(value)),
    })
}

/// An exact int as 128 bits, if it fits.
#[inline(always)]
fn long(py: &Py, value: &Value) -> Option<i128> {
    match value.as_small_int() {
        Some(n) => Some(i128::from(n)),
        None if py.is_exact::<super::BigInt>(value) => i128::try_from(&value.downcast::<super::BigInt>()?.value).ok(),
        None => None,
    }
}

/// An int of 128 bits.
#[inline]
fn from_long(py: &Py, n: i128) -> Value {
    match i64::try_from(n).ok().and_then(Value::small_int) {
        Some(small) => small,
        None => super::big(py, IBig::from(n)),
    }
}

/// Bits of operands that are computed with at once.
const FEW_BITS: usize = 1 << 12;

/// Words from which on [`sum`] adds by itself.
const MANY_WORDS: usize = 12;

/// `x + y`. Long ones of one sign are added here, four words at a time: dashu-int's own loop stores the
/// carry after each word, and begins with a copy.
fn sum(x: &IBig, y: &IBig) -> IBig {
    let ((sign, p), (other, q)) = (x.as_sign_words(), y.as_sign_words());
    let (long, short) = if p.len() < q.len() { (q, p) } else { (p, q) };
    if sign != other || short.len() < MANY_WORDS {
        return x + y;
    }
    SCRATCH.with_borrow_mut(|words| {
        words.resize(long.len() + 1, 0);
        let (low, high) = words.split_at_mut(short.len());
        let (head, rest) = long.split_at(short.len());
        let mut carry = add_words(low, head, short);
        for (word, a) in high.iter_mut().zip(rest.iter().chain([&0])) {
            let (s, c) = a.overflowing_add(dashu_int::Word::from(carry));
            *word = s;
            carry = c;
        }
        let sum = IBig::from_parts(sign, UBig::from_words(words));
        // A huge number's room is not kept.
        if words.len() > MOST_KEPT {
            *words = Vec::new();
        }
        sum
    })
}

/// Words that [`SCRATCH`] keeps.
const MOST_KEPT: usize = 1 << 14;

thread_local! {
    /// Where [`sum`] adds.
    static SCRATCH: std::cell::RefCell<Vec<dashu_int::Word>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// `out = a + b` of equally many words; gives the carry.
#[inline(never)]
fn add_words(out: &mut [dashu_int::Word], a: &[dashu_int::Word], b: &[dashu_int::Word]) -> bool {
    let ((fours, ones), (a_fours, a_ones), (b_fours, b_ones)) =
        (out.as_chunks_mut::<4>(), a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut carry = false;
    for ((word, a), b) in fours.iter_mut().zip(a_fours).zip(b_fours) {
        let (s0, c) = a[0].carrying_add(b[0], carry);
        let (s1, c) = a[1].carrying_add(b[1], c);
        let (s2, c) = a[2].carrying_add(b[2], c);
        let (s3, c) = a[3].carrying_add(b[3], c);
        *word = [s0, s1, s2, s3];
        carry = c;
    }
    for ((word, a), b) in ones.iter_mut().zip(a_ones).zip(b_ones) {
        (*word, carry) = a.carrying_add(*b, carry);
    }
    carry
}

/// Arithmetic on two exact ints of a few words that cannot fail; none if it may.
#[inline(never)]
fn longer(py: &Py, op: BinaryOp, a: &Value, b: &Value) -> Option<Value> {
    let word = |v: &Value| v.as_small_int().map(IBig::from);
    let object = |v: &Value| py.is_exact::<super::BigInt>(v);
    let (p, q) = (word(a), word(b));
    let x = match &p {
        Some(x) => x,
        None if object(a) => &a.downcast::<super::BigInt>()?.value,
        None => return None,
    };
    let y = match &q {
        Some(y) => y,
        None if object(b) => &b.downcast::<super::BigInt>()?.value,
        None => return None,
    };
    if x.bit_len() > FEW_BITS || y.bit_len() > FEW_BITS {
        return None;
    }
    let positive = |n: &IBig| *n > IBig::ZERO;
    let value = match op {
        BinaryOp::Add => sum(x, y),
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::FloorDiv if positive(x) && positive(y) => x / y,
        BinaryOp::Mod if positive(x) && positive(y) => x % y,
        BinaryOp::RShift if positive(y) => x >> usize::try_from(y).ok()?,
        BinaryOp::And => x & y,
        BinaryOp::Or => x | y,
        BinaryOp::Xor => x ^ y,
        _ => return None,
    };
    Some(super::from_ibig(py, value))
}

/// Arithmetic on two exact ints of moderate size that cannot fail; none if it may.
#[inline]
pub fn quick(py: &Py, op: BinaryOp, a: &Value, b: &Value) -> Option<Value> {
    let (Some(x), Some(y)) = (long(py, a), long(py, b)) else { return longer(py, op, a, b) };
    Some(match op {
        BinaryOp::Add => from_long(py, x.checked_add(y)?),
        BinaryOp::Sub => from_long(py, x.checked_sub(y)?),
        BinaryOp::Mul => {
            let (m, n) = (u64::try_from(x.unsigned_abs()).ok()?, u64::try_from(y.unsigned_abs()).ok()?);
            let size = i128::try_from(u128::from(m) * u128::from(n)).ok()?;
            from_long(py, if (x < 0) != (y < 0) { -size } else { size })
        }
        BinaryOp::And => from_long(py, x & y),
        BinaryOp::Or => from_long(py, x | y),
        BinaryOp::Xor => from_long(py, x ^ y),
        BinaryOp::RShift if y >= 0 => from_long(py, x >> y.min(127)),
        BinaryOp::FloorDiv if y > 0 && x >= 0 => from_long(py, (x as u128 / y as u128) as i128),
        BinaryOp::Mod if y > 0 && x >= 0 => from_long(py, (x as u128 % y as u128) as i128),
        _ => return None,
    })
}

/// An int as 64 bits, if it fits.
#[inline]
fn narrow(x: &Wide<'_>) -> Option<i64> {
    match x {
        Wide::Small(n) => Some(*n),
        Wide::Big(n) => i64::try_from(*n).ok(),
    }
}

/// Arithmetic on ints of any size.
pub fn compute(py: &mut Py, op: BinaryOp, x: Wide<'_>, y: Wide<'_>) -> Result<Value> {
    if let (Some(x), Some(y)) = (narrow(&x), narrow(&y))
        && let Some(value) = medium(py, op, x, y)
    {
        return Ok(value);
    }
    match (x, y) {
        (Wide::Small(x), Wide::Small(y)) => small(py, op, x, y),
        (Wide::Small(x), Wide::Big(y)) => large(py, op, &IBig::from(x), y),
        (Wide::Big(x), Wide::Small(y)) => large(py, op, x, &IBig::from(y)),
        (Wide::Big(x), Wide::Big(y)) => large(py, op, x, y),
    }
}

/// Bits beyond which an int result is refused with MemoryError at once.
const MAX_BITS: usize = 1 << 36;

/// Quotient and remainder, rounded towards minus infinity.
pub fn div_mod(x: &IBig, y: &IBig) -> (IBig, IBig) {
    let (q, r) = x.div_rem(y);
    if !r.is_zero() && (r < IBig::ZERO) != (*y < IBig::ZERO) { (q - IBig::ONE, r + y) } else { (q, r) }
}

/// Arithmetic on ints of any size.
pub fn large(py: &mut Py, op: BinaryOp, x: &IBig, y: &IBig) -> Result<Value> {
    let by_zero = || zero_division("division by zero");
    let value = match op {
        BinaryOp::Add => sum(x, y),
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => {
            if x.bit_len().saturating_add(y.bit_len()) > MAX_BITS {
                return Err(memory_error());
            }
            x * y
        }
        BinaryOp::FloorDiv | BinaryOp::Div2 => {
            if y.is_zero() {
                return Err(by_zero());
            }
            div_mod(x, y).0
        }
        BinaryOp::Mod => {
            if y.is_zero() {
                return Err(by_zero());
            }
            let r = x % y;
            if !r.is_zero() && (r < IBig::ZERO) != (*y < IBig::ZERO) { r + y } else { r }
        }
        BinaryOp::DivMod => {
            if y.is_zero() {
                return Err(by_zero());
            }
            let (q, r) = div_mod(x, y);
            let (q, r) = (from_ibig(py, q), from_ibig(py, r));
            return Ok(py.tuple_from([q, r]));
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
    if y.is_zero() {
        return Err(zero_division("division by zero"));
    }
    let negative = (*x < IBig::ZERO) != (*y < IBig::ZERO);
    let (a, b) = (x.clone().into_parts().1, y.clone().into_parts().1);
    let signed = |x: f64| if negative { -x } else { x };
    if a.is_zero() {
        return Ok(signed(0.0));
    }
    let shift = a.bit_len() as i64 - b.bit_len() as i64;
    if shift > 1030 {
        return Err(overflow_error("integer division result too large for a float"));
    }
    if shift < -1100 {
        return Ok(signed(0.0));
    }
    // A quotient of at least 66 bits with a sticky last bit rounds once, correctly, unless the
    // result is subnormal; then fewer bits are asked for.
    let wanted = 66i64.min(shift + 1076).max(2);
    let scale = wanted - shift;
    let (n, d) = if scale >= 0 { (a << scale as usize, b) } else { (a, b << (-scale) as usize) };
    let (mut q, r) = n.div_rem(&d);
    if !r.is_zero() {
        q |= UBig::ONE;
    }
    let bits = q.bit_len() as i64;
    // Round q to the bits that the result has: 53, or fewer if it is subnormal.
    let exponent = -scale;
    let keep = 53.min(bits + exponent + 1074);
    let drop = bits - keep;
    let rounded = if drop <= 0 {
        q
    } else {
        let half = UBig::ONE << (drop as usize - 1);
        let mut top = q.clone() >> drop as usize;
        let low = q - (top.clone() << drop as usize);
        if low > half || (low == half && top.bit(0)) {
            top += UBig::ONE;
        }
        top << drop as usize
    };
    let result = scale_by(rounded.to_f64().value(), exponent);
    if result.is_infinite() {
        return Err(overflow_error("integer division result too large for a float"));
    }
    Ok(signed(result))
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
    if *y < IBig::ZERO {
        let (a, b) = (to_f64(&from_ibig(py, x.clone()))?, to_f64(&from_ibig(py, y.clone()))?);
        if a == 0.0 {
            return Err(zero_division("zero to a negative power"));
        }
        return crate::types::float::power(py, a, b);
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
    // A power of two in the base is a shift at the end.
    let zeros = x.trailing_zeros().unwrap_or(0);
    let odd = x >> zeros;
    // Square and multiply, looking at the breaker between the steps: `10**10**9` can be stopped.
    let mut result = IBig::ONE;
    if odd != IBig::ONE {
        let bits = usize::BITS - n.leading_zeros();
        for i in (0..bits).rev() {
            if result.bit_len() > 1 << 16 {
                py.check()?;
            }
            result = &result * &result;
            if n >> i & 1 == 1 {
                result *= &odd;
            }
        }
    }
    Ok(from_ibig(py, result << (zeros * n)))
}

/// `pow(x, y, m)`
pub fn power_mod(py: &mut Py, x: &IBig, y: &IBig, m: &IBig) -> Result<Value> {
    if m.is_zero() {
        return Err(value_error("pow() 3rd argument cannot be 0"));
    }
    let magnitude = m.clone().into_parts().1;
    if magnitude == UBig::ONE {
        return Ok(Value::int32(0));
    }
    let ring = ConstDivisor::new(magnitude.clone());
    let mut base = ring.reduce(x.clone());
    if *y < IBig::ZERO {
        let residue = base.residue();
        if residue.is_zero() || (&residue).gcd(&magnitude) != UBig::ONE {
            return Err(value_error("base is not invertible for the given modulus"));
        }
        match base.inv() {
            Some(inverse) => base = inverse,
            None => return Err(value_error("base is not invertible for the given modulus")),
        }
    }
    let exponent = y.clone().into_parts().1;
    let result = IBig::from(base.pow(&exponent).residue());
    // The result has the sign of the modulus.
    let result = if *m < IBig::ZERO && !result.is_zero() { result + m } else { result };
    Ok(from_ibig(py, result))
}

/// `round(x, -digits)`: to a multiple of a power of ten, half to even.
pub fn round_to(py: &mut Py, x: &IBig, digits: usize) -> Result<Value> {
    // log10(2) < 0.30103: beyond so many digits everything rounds to zero.
    if digits > x.bit_len() * 30103 / 100_000 + 2 {
        return Ok(Value::int32(0));
    }
    let unit = IBig::from(10).pow(digits);
    let (q, r) = div_mod(x, &unit);
    let twice = &r * IBig::from(2);
    let up = twice > unit || (twice == unit && q.bit(0));
    let q = if up { q + IBig::ONE } else { q };
    Ok(from_ibig(py, q * unit))
}
