//! Sums, products and quotients.

use std::cmp::Ordering;

use super::coefficient::{Coefficient, Divisor, LIMIT, Rest, digits, product, small_power};
use super::number::condition::{
    CLAMPED, DIVISION_BY_ZERO, DIVISION_IMPOSSIBLE, DIVISION_UNDEFINED, INEXACT, INVALID_OPERATION, MEMORY, ROUNDED,
};
use super::number::{Number, Rounding, Settings};
use super::order::magnitudes;

/// `a + b`
#[inline]
pub fn add(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    add_signed(a, b, b.negative, settings)
}

/// `a - b`
#[inline]
pub fn subtract(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    add_signed(a, b, !b.negative, settings)
}

/// The sum, where `negative` is the sign that `b` counts with.
#[inline]
fn add_signed(a: &Number, b: &Number, negative: bool, settings: &mut Settings) -> Number {
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = settings.nans(&[a, b]) {
            return nan;
        }
        if !a.is_infinite() {
            return Number::infinity(negative);
        }
        return if b.is_infinite() && a.negative != negative { settings.invalid() } else { a.clone() };
    }
    if let (Some(x), Some(y)) = (a.coefficient.small(), b.coefficient.small())
        && let Some((x, y, exponent)) = aligned(x, a.exponent, y, b.exponent)
    {
        let (sum, sign) = if a.negative == negative {
            (x.checked_add(y), negative)
        } else {
            match x.cmp(&y) {
                Ordering::Greater => (Some(x - y), a.negative),
                Ordering::Less => (Some(y - x), negative),
                Ordering::Equal => (Some(0), settings.rounding == Rounding::Floor),
            }
        };
        if let Some(sum) = sum {
            return settings.finish(Number::new(sign, sum.into(), exponent));
        }
    }
    add_far(a, b, negative, settings)
}

/// Two coefficients brought to one exponent, if that keeps them small.
#[inline]
fn aligned(x: u128, x_exponent: i64, y: u128, y_exponent: i64) -> Option<(u128, u128, i64)> {
    let difference = x_exponent - y_exponent;
    if difference == 0 {
        return Some((x, y, x_exponent));
    }
    let unit = small_power(difference.unsigned_abs())?;
    let (moved, exponent) = if difference > 0 { (x, y_exponent) } else { (y, x_exponent) };
    if u64::from(digits(moved)) + difference.unsigned_abs() > 38 {
        return None;
    }
    if difference > 0 { Some((x * unit, y, exponent)) } else { Some((x, y * unit, exponent)) }
}

/// The sum of numbers whose coefficients are large or far apart.
#[inline(never)]
fn add_far(a: &Number, b: &Number, negative: bool, settings: &mut Settings) -> Number {
    let (mut big, mut small) = (a.clone(), Number { negative, ..b.clone() });
    if big.exponent < small.exponent {
        std::mem::swap(&mut big, &mut small);
    }
    if big.exponent != small.exponent && !big.coefficient.is_zero() {
        // What lies that far below decides at most the rounding: one unit there does the same.
        let digits = big.coefficient.digits() as i64;
        let floor = big.exponent - 1 + if digits > settings.prec { 0 } else { digits - settings.prec - 1 };
        if small.adjusted() < floor {
            let unit = u64::from(!small.coefficient.is_zero());
            small = Number::small(small.negative, unit, floor);
        }
        let shift = (big.exponent - small.exponent) as u64;
        if !settings.room(shift.saturating_add(digits as u64)) {
            return Number::nan();
        }
        big.coefficient = big.coefficient.shifted_left(shift);
    }
    let exponent = small.exponent;
    let (sign, coefficient) = if big.negative == small.negative {
        (big.negative, big.coefficient.plus(&small.coefficient))
    } else {
        match big.coefficient.cmp(&small.coefficient) {
            Ordering::Greater => (big.negative, big.coefficient.minus(&small.coefficient)),
            Ordering::Less => (small.negative, small.coefficient.minus(&big.coefficient)),
            Ordering::Equal => (settings.rounding == Rounding::Floor, Coefficient::ZERO),
        }
    };
    settings.finish(Number::new(sign, coefficient, exponent))
}

/// `a * b`
#[inline]
pub fn multiply(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    let sign = a.negative != b.negative;
    if a.is_finite()
        && b.is_finite()
        && let (Some(x), Some(y)) = (a.coefficient.small(), b.coefficient.small())
    {
        let exponent = a.exponent + b.exponent;
        let (high, low) = if (x | y) >> 64 == 0 { (0, x * y) } else { product(x, y) };
        if high == 0 {
            return settings.finish(Number::new(sign, low.into(), exponent));
        }
        if let Some(number) = settings.finish_wide(sign, high, low, exponent) {
            return number;
        }
    }
    match exact_product(a, b, settings) {
        Ok(exact) => settings.finish(exact),
        Err(special) => special,
    }
}

/// The product without rounding; an error if it is a NaN or infinite.
fn exact_product(a: &Number, b: &Number, settings: &mut Settings) -> Result<Number, Number> {
    let sign = a.negative != b.negative;
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = settings.nans(&[a, b]) {
            return Err(nan);
        }
        return Err(if a.is_zero() || b.is_zero() { settings.invalid() } else { Number::infinity(sign) });
    }
    if !settings.room(a.coefficient.digits() + b.coefficient.digits()) {
        return Err(Number::nan());
    }
    Ok(Number::new(sign, a.coefficient.times(&b.coefficient), a.exponent + b.exponent))
}

/// `a * b + c`, rounded once.
pub fn fma(a: &Number, b: &Number, c: &Number, settings: &mut Settings) -> Number {
    let mut inner = Settings { status: 0, ..*settings };
    let product = exact_product(a, b, &mut inner);
    settings.status |= inner.status;
    match product {
        Err(special) if inner.status != 0 => special,
        Ok(product) | Err(product) => add(&product, c, settings),
    }
}

/// `+a`: rounded, and a negative zero is positive unless rounding goes down.
pub fn plus(a: &Number, settings: &mut Settings) -> Number {
    signed(a, a.negative, settings)
}

/// `-a`
pub fn minus(a: &Number, settings: &mut Settings) -> Number {
    signed(a, !a.negative, settings)
}

/// `abs(a)`
pub fn absolute(a: &Number, settings: &mut Settings) -> Number {
    if a.negative { minus(a, settings) } else { plus(a, settings) }
}

fn signed(a: &Number, negative: bool, settings: &mut Settings) -> Number {
    if let Some(nan) = settings.nans(&[a]) {
        return nan;
    }
    let negative = negative && !(a.is_zero() && settings.rounding != Rounding::Floor);
    settings.finish(Number { negative, ..a.clone() })
}

/// `a / b`
pub fn quotient(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    let sign = a.negative != b.negative;
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = settings.nans(&[a, b]) {
            return nan;
        }
        if a.is_infinite() {
            return if b.is_infinite() { settings.invalid() } else { Number::infinity(sign) };
        }
        settings.status |= CLAMPED;
        return Number::small(sign, 0, settings.etiny());
    }
    if b.coefficient.is_zero() {
        if a.coefficient.is_zero() {
            return settings.fail(DIVISION_UNDEFINED);
        }
        settings.status |= DIVISION_BY_ZERO;
        return Number::infinity(sign);
    }
    let ideal = a.exponent - b.exponent;
    if a.coefficient.is_zero() {
        return settings.finish(Number::small(sign, 0, ideal));
    }
    if let Some(result) = quick_quotient(a, b, settings) {
        return result;
    }
    let (a_digits, b_digits) = (a.coefficient.digits() as i64, b.coefficient.digits() as i64);
    let mut prec = settings.prec;
    let mut only_exact = false;
    if prec.unsigned_abs() + a_digits.unsigned_abs() + b_digits.unsigned_abs() > LIMIT {
        // An exact quotient does not have more digits than this.
        prec = prec.min(a_digits + 4 * b_digits);
        only_exact = prec < settings.prec;
        if !settings.room((prec + a_digits + b_digits) as u64) {
            return Number::nan();
        }
    }
    // The quotient has as many digits as the precision, or one more.
    let shift = b_digits - a_digits + prec;
    let count = shift.unsigned_abs();
    let (x, y) = if shift >= 0 {
        (a.coefficient.shifted_left(count), b.coefficient.clone())
    } else {
        (a.coefficient.clone(), b.coefficient.shifted_left(count))
    };
    let (quotient, rest) = x.div_rem(&y);
    if only_exact && !rest.is_zero() {
        return settings.fail(MEMORY);
    }
    let exponent = ideal - shift;
    if rest.is_zero() {
        if exponent > ideal {
            // Zeros that its exponent calls for did not find room.
            settings.status |= ROUNDED;
        }
        let (stripped, zeros) = quotient.stripped(shift.max(0) as u64);
        return settings.finish(Number::new(sign, stripped, exponent + zeros as i64));
    }
    if quotient.digits() as i64 == settings.prec {
        let rest = Rest::of(rest.plus(&rest).cmp(&y), false);
        if let Some(number) = settings.finish_kept(sign, quotient.clone(), rest, exponent) {
            return number;
        }
    }
    // A digit more that is neither 0 nor 5 tells rounding that something follows.
    let sticky = quotient.shifted_left(1).plus(&Coefficient::from(match rest.plus(&rest).cmp(&y) {
        Ordering::Less => 1u128,
        Ordering::Equal => 5,
        Ordering::Greater => 6,
    }));
    settings.finish(Number::new(sign, sticky, exponent - 1))
}

/// The quotient of small coefficients, neither zero; none: the usual way has to do it.
#[inline]
fn quick_quotient(a: &Number, b: &Number, settings: &mut Settings) -> Option<Number> {
    let (x, y) = (a.coefficient.small()?, b.coefficient.small()?);
    let (sign, ideal) = (a.negative != b.negative, a.exponent - b.exponent);
    let (x_digits, y_digits) = (i64::from(digits(x)), i64::from(digits(y)));
    if small_power(y_digits as u64 - 1) == Some(y) {
        // By a power of ten: the same digits.
        let (stripped, zeros) = a.coefficient.stripped(y_digits as u64 - 1);
        return Some(settings.finish(Number::new(sign, stripped, ideal - y_digits + 1 + zeros as i64)));
    }
    if settings.prec > 37 {
        return None;
    }
    // Brought to as many digits as y has, x says whether the first digit of the quotient stands before or
    // behind the point: the quotient is then computed to just the precision.
    if x_digits.max(y_digits) > 38 {
        return None;
    }
    let aligned = y_digits - x_digits;
    let unit = small_power(aligned.unsigned_abs())?;
    let (x, less) = if aligned >= 0 { (x * unit, x * unit < y) } else { (x, x < y * unit) };
    let shift = settings.prec - 1 + i64::from(less) + aligned.min(0);
    let (high, low) = product(x, small_power(u64::try_from(shift).ok()?)?);
    let (quotient, rest) = Divisor::new(y).divide(high, low);
    let exponent = ideal - shift - aligned.max(0);
    if rest != 0 {
        return settings.finish_kept(sign, quotient.into(), Rest::of(rest.cmp(&(y - rest)), false), exponent);
    }
    if exponent > ideal {
        // Zeros that its exponent calls for did not find room.
        settings.status |= ROUNDED;
    }
    let (stripped, zeros) = Coefficient::from(quotient).stripped((ideal - exponent).max(0) as u64);
    Some(settings.finish(Number::new(sign, stripped, exponent + zeros as i64)))
}

/// The integer part of the quotient of finite numbers, and the remainder; none: it has more digits
/// than the precision.
fn whole_division(a: &Number, b: &Number, settings: &mut Settings) -> Option<(Number, Number)> {
    let sign = a.negative != b.negative;
    let ideal = a.exponent.min(b.exponent);
    if a.coefficient.is_zero() {
        return Some((Number::small(sign, 0, 0), Number::small(a.negative, 0, ideal)));
    }
    let distance = a.adjusted() - b.adjusted();
    if distance < 0 {
        let rest = settings.rescale(a, ideal).0;
        return Some((Number::small(sign, 0, 0), rest));
    }
    if distance > settings.prec {
        settings.status |= DIVISION_IMPOSSIBLE;
        return None;
    }
    let (x, y) = common(a, b, ideal, settings)?;
    let (quotient, rest) = x.div_rem(&y);
    if quotient.digits() as i64 > settings.prec {
        settings.status |= DIVISION_IMPOSSIBLE;
        return None;
    }
    Some((Number::new(sign, quotient, 0), Number::new(a.negative, rest, ideal)))
}

/// The coefficients of two numbers with one exponent, which is that of one of them.
fn common(a: &Number, b: &Number, exponent: i64, settings: &mut Settings) -> Option<(Coefficient, Coefficient)> {
    let (x, y) = ((a.exponent - exponent) as u64, (b.exponent - exponent) as u64);
    if !settings.room(x.saturating_add(a.coefficient.digits())) || !settings.room(y.saturating_add(b.coefficient.digits())) {
        return None;
    }
    Some((a.coefficient.shifted_left(x), b.coefficient.shifted_left(y)))
}

/// `a // b`, towards zero.
pub fn whole_quotient(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    let sign = a.negative != b.negative;
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = settings.nans(&[a, b]) {
            return nan;
        }
        return match (a.is_infinite(), b.is_infinite()) {
            (true, true) => settings.invalid(),
            (true, false) => Number::infinity(sign),
            _ => Number::small(sign, 0, 0),
        };
    }
    if b.coefficient.is_zero() {
        if a.coefficient.is_zero() {
            return settings.fail(DIVISION_UNDEFINED);
        }
        settings.status |= DIVISION_BY_ZERO;
        return Number::infinity(sign);
    }
    match whole_division(a, b, settings) {
        Some((quotient, _)) => settings.finish(quotient),
        None => Number::nan(),
    }
}

/// `a % b`, with the sign of `a`.
pub fn remainder(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    if let Some(special) = special_remainder(a, b, settings) {
        return special;
    }
    match whole_division(a, b, settings) {
        Some((_, rest)) => settings.finish(rest),
        None => Number::nan(),
    }
}

/// What a remainder is if something is infinite, a NaN, or divided by zero.
fn special_remainder(a: &Number, b: &Number, settings: &mut Settings) -> Option<Number> {
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = settings.nans(&[a, b]) {
            return Some(nan);
        }
        return Some(if a.is_infinite() { settings.invalid() } else { settings.finish(a.clone()) });
    }
    if b.coefficient.is_zero() {
        return Some(settings.fail(if a.coefficient.is_zero() { DIVISION_UNDEFINED } else { INVALID_OPERATION }));
    }
    None
}

/// `divmod(a, b)`
pub fn quotient_remainder(a: &Number, b: &Number, settings: &mut Settings) -> (Number, Number) {
    let sign = a.negative != b.negative;
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = settings.nans(&[a, b]) {
            return (nan.clone(), nan);
        }
        if a.is_infinite() {
            let rest = settings.invalid();
            return (if b.is_infinite() { Number::nan() } else { Number::infinity(sign) }, rest);
        }
        return (Number::small(sign, 0, 0), settings.finish(a.clone()));
    }
    if b.coefficient.is_zero() {
        if a.coefficient.is_zero() {
            return (settings.fail(DIVISION_UNDEFINED), Number::nan());
        }
        settings.status |= DIVISION_BY_ZERO | INVALID_OPERATION;
        return (Number::infinity(sign), Number::nan());
    }
    match whole_division(a, b, settings) {
        Some((quotient, rest)) => (settings.finish(quotient), settings.finish(rest)),
        None => (Number::nan(), Number::nan()),
    }
}

/// The remainder of the division whose quotient is rounded to the nearest integer.
pub fn remainder_near(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    if let Some(special) = special_remainder(a, b, settings) {
        return special;
    }
    let ideal = a.exponent.min(b.exponent);
    if a.coefficient.is_zero() {
        return settings.finish(Number::small(a.negative, 0, ideal));
    }
    let distance = a.adjusted() - b.adjusted();
    if distance > settings.prec {
        return settings.fail(DIVISION_IMPOSSIBLE);
    }
    if distance <= -2 {
        let rest = settings.rescale(a, ideal).0;
        return settings.finish(rest);
    }
    let Some((x, y)) = common(a, b, ideal, settings) else { return Number::nan() };
    let (mut quotient, mut rest) = x.div_rem(&y);
    let mut sign = a.negative;
    let order = rest.plus(&rest).cmp(&y);
    if order == Ordering::Greater || order == Ordering::Equal && quotient.is_odd() {
        rest = y.minus(&rest);
        quotient = quotient.successor();
        sign = !sign;
    }
    if quotient.digits() as i64 > settings.prec {
        return settings.fail(DIVISION_IMPOSSIBLE);
    }
    settings.finish(Number::new(sign, rest, ideal))
}

/// The square root, rounded half to even.
pub fn square_root(a: &Number, settings: &mut Settings) -> Number {
    if let Some(nan) = settings.nans(&[a]) {
        return nan;
    }
    if a.is_infinite() {
        return if a.negative { settings.invalid() } else { a.clone() };
    }
    let ideal = a.exponent >> 1;
    let settings_rounding = settings.rounding;
    settings.rounding = Rounding::HalfEven;
    let root = if a.coefficient.is_zero() {
        settings.finish(Number::small(a.negative, 0, ideal))
    } else if a.negative {
        settings.invalid()
    } else {
        root_of(a, ideal, settings)
    };
    settings.rounding = settings_rounding;
    root
}

fn root_of(a: &Number, ideal: i64, settings: &mut Settings) -> Number {
    use dashu_int::ops::SquareRoot;
    // With an even exponent; the root then has half as many digits and half the exponent.
    let coefficient = a.coefficient.shifted_left((a.exponent & 1) as u64);
    let half = (coefficient.digits() as i64 + 1) / 2;
    let mut shift = settings.prec + 1 - half;
    let beyond = shift > 0 && 2 * shift as u64 + coefficient.digits() > LIMIT;
    if beyond {
        // Only an exact root can be told.
        shift = 0;
    }
    let (shifted, rest) = if shift >= 0 {
        (coefficient.shifted_left(2 * shift as u64), Rest::Zero)
    } else {
        coefficient.shifted_right(2 * shift.unsigned_abs())
    };
    let root = shifted.big().sqrt();
    let exact = rest == Rest::Zero && &root * &root == *shifted.big();
    let root = Coefficient::from(root);
    if exact {
        // Back to the ideal exponent, as far as zeros allow it.
        if shift < 0 {
            return settings.finish(Number::new(false, root.shifted_left(shift.unsigned_abs()), ideal));
        }
        let (stripped, zeros) = root.stripped(shift as u64);
        return settings.finish(Number::new(false, stripped, ideal - shift + zeros as i64));
    }
    if beyond {
        return settings.fail(MEMORY);
    }
    let sticky = if root.last_digit() % 5 == 0 { root.successor() } else { root };
    let result = settings.finish(Number::new(false, sticky, ideal - shift));
    settings.status |= INEXACT | ROUNDED;
    result
}

/// Whether the magnitude of a finite number is one.
pub fn is_unit(a: &Number) -> bool {
    magnitudes(a, &Number::small(false, 1, 0)) == Ordering::Equal
}
