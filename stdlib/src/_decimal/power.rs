//! Powers: by repeated squaring for integers as exponents, else over logarithms; and modulo a number.

use std::cmp::Ordering;

use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;

use super::arith::{multiply, quotient, subtract};
use super::coefficient::{Coefficient, LIMIT};
use super::exponential::{Work, exp, ln, padded_one};
use super::number::condition::{CLAMPED, ERRORS, INEXACT, MEMORY, ROUNDED, STOPPED};
use super::number::{EXP_INFINITE, Number, Rounding, Settings};
use super::order::{magnitudes, order};

fn one() -> Number {
    Number::small(false, 1, 0)
}

/// `a ** b`
pub fn power(a: &Number, b: &Number, settings: &mut Settings, work: &mut Work<'_>) -> Number {
    if let Some(nan) = settings.nans(&[a, b]) {
        return nan;
    }
    let whole = b.is_integer();
    let sign = whole && a.negative && b.is_odd();
    let zero = Number::small(sign, 0, 0);
    if a.is_zero() {
        return match (b.is_zero(), b.negative) {
            (true, _) => settings.invalid(),
            (_, true) => Number::infinity(sign),
            _ => zero,
        };
    }
    if a.negative && (!whole || b.is_infinite()) {
        return settings.invalid();
    }
    if b.is_infinite() {
        return match (order(a, &one()), b.negative) {
            (Ordering::Equal, _) => padded_one(settings),
            (Ordering::Less, true) | (Ordering::Greater, false) => Number::infinity(sign),
            _ => zero,
        };
    }
    if b.is_zero() {
        return Number::small(sign, 1, 0);
    }
    if a.is_infinite() {
        return if b.negative { zero } else { Number::infinity(sign) };
    }
    if magnitudes(a, &one()) == Ordering::Equal {
        return power_of_one(a, b, whole, sign, settings);
    }
    if let Some(beyond) = beyond(a, b, sign, settings) {
        return beyond;
    }
    let result = if whole {
        whole_power(a, b, sign, settings, work)
    } else {
        let result = real_power(a, b, settings, work);
        if result.is_finite() && order(&result, &one()).is_eq() { padded_one(settings) } else { result }
    };
    // An infinite result is one that is too large: the rounding says what becomes of it.
    let result = if result.is_infinite() { Number::small(result.negative, 1, EXP_INFINITE) } else { result };
    settings.finish(result)
}

/// Powers of 1 and -1: with as many digits as a product would have.
fn power_of_one(a: &Number, b: &Number, whole: bool, sign: bool, settings: &mut Settings) -> Number {
    if !whole {
        return padded_one(settings);
    }
    if b.negative {
        return Number::small(sign, 1, 0);
    }
    // The digits behind the point, which each product adds up.
    let mut widest = Settings { status: 0, ..Settings::MAX };
    let each = Number::small(false, a.exponent.unsigned_abs(), 0);
    let digits = multiply(b, &each, &mut widest);
    let digits = widest.rescale(&digits, 0).0.coefficient.small().unwrap_or(u128::MAX);
    let most = (settings.prec - 1) as u64;
    let shift = u64::try_from(digits).unwrap_or(u64::MAX);
    let shift = if shift > most {
        settings.status |= ROUNDED;
        most
    } else {
        shift
    };
    if !settings.room(shift) {
        return Number::nan();
    }
    Number::new(sign, Coefficient::ONE.shifted_left(shift), -(shift as i64))
}

/// Number of digits of an exponent.
fn exponent_digits(n: i64) -> i64 {
    Coefficient::from(u128::from(n.unsigned_abs())).digits() as i64
}

/// The result of a power that surely over- or underflows.
fn beyond(a: &Number, b: &Number, sign: bool, settings: &mut Settings) -> Option<Number> {
    let magnitude = a.absolute();
    let adjusted = a.adjusted();
    // A lower bound of the logarithm of the logarithm of a.
    let lower = match adjusted {
        1.. => exponent_digits(adjusted) - 1,
        ..-1 => exponent_digits(adjusted + 1) - 1,
        _ => {
            let mut widest = Settings { status: 0, ..Settings::MAX };
            let distance = subtract(&magnitude, &one(), &mut widest).adjusted();
            if adjusted == 0 { distance - 2 } else { distance - 1 }
        }
    };
    let lower = lower + b.adjusted();
    if (order(&magnitude, &one()) == Ordering::Less) == b.negative {
        (exponent_digits(settings.emax) < lower).then(|| settings.finish(Number::small(sign, 1, EXP_INFINITE)))
    } else {
        let etiny = settings.etiny();
        (exponent_digits(etiny) < lower).then(|| settings.finish(Number::small(sign, 1, etiny - 1)))
    }
}

/// `a ** b` for an integer b: not yet rounded to the context.
fn whole_power(a: &Number, b: &Number, sign: bool, settings: &mut Settings, work: &mut Work<'_>) -> Number {
    let extra = b.coefficient.digits() as i64 + b.exponent + 2 + i64::from(b.negative);
    let prec = settings.prec.saturating_add(extra);
    let mut inner = Settings { prec, rounding: Rounding::HalfEven, clamp: false, status: 0, ..*settings };
    let base = if b.negative {
        let base = quotient(&one(), a, &mut inner);
        settings.status |= inner.status;
        if inner.status & ERRORS != 0 {
            return Number::nan();
        }
        inner.status = 0;
        base
    } else {
        a.clone()
    };
    let Some(exponent) = whole_coefficient(b) else { return settings.fail(MEMORY) };
    let mut result = base.clone();
    for bit in (0..dashu_int::ops::BitTest::bit_len(&exponent) - 1).rev() {
        result = multiply(&result, &result, &mut inner);
        if dashu_int::ops::BitTest::bit(&exponent, bit) {
            result = multiply(&result, &base, &mut inner);
        }
        if !result.is_finite() || result.coefficient.is_zero() && inner.status & CLAMPED != 0 {
            break;
        }
        if matches!(result.coefficient, Coefficient::Big(_)) && result.coefficient.digits() > 4000 && (work.stop)() {
            inner.status |= STOPPED;
            break;
        }
    }
    settings.status |= inner.status;
    result.negative = sign;
    result
}

/// The magnitude of an integer; none: it is too long.
fn whole_coefficient(b: &Number) -> Option<UBig> {
    if b.exponent > LIMIT as i64 {
        return None;
    }
    let count = b.exponent.unsigned_abs();
    let coefficient = if b.exponent >= 0 { b.coefficient.shifted_left(count) } else { b.coefficient.shifted_right(count).0 };
    Some(coefficient.big().into_owned())
}

/// `a ** b` over logarithms, with digits to spare: almost always correctly rounded.
fn real_power(a: &Number, b: &Number, settings: &mut Settings, work: &mut Work<'_>) -> Number {
    let prec = settings.prec.max(a.coefficient.digits() as i64) + 4 + 19;
    let mut inner = Settings { prec, status: 0, ..Settings::MAX };
    let log = ln(a, &mut inner, work);
    let product = multiply(&log, b, &mut inner);
    let result = exp(&product, &mut inner, work);
    settings.status |= inner.status & (ERRORS | MEMORY) | INEXACT | ROUNDED;
    result
}

/// `a ** b % m` of integers, exact.
pub fn power_modulo(a: &Number, b: &Number, m: &Number, settings: &mut Settings, work: &mut Work<'_>) -> Number {
    if let Some(nan) = settings.nans(&[a, b, m]) {
        return nan;
    }
    if !a.is_integer() || !b.is_integer() || !m.is_integer() || b.negative && !b.is_zero() || m.is_zero() {
        return settings.invalid();
    }
    if m.coefficient.digits() as i64 + m.exponent > settings.prec {
        return settings.invalid();
    }
    let sign = a.negative && b.is_odd();
    if b.is_zero() {
        if a.is_zero() {
            return settings.invalid();
        }
        return Number::small(sign, u64::from(magnitudes(m, &one()) != Ordering::Equal), 0);
    }
    if magnitudes(m, &one()) == Ordering::Equal || a.is_zero() {
        return Number::small(sign, 0, 0);
    }
    if !settings.room(m.exponent.max(0) as u64 + m.coefficient.digits()) {
        return Number::nan();
    }
    let Some(modulus) = whole_coefficient(m) else { return settings.fail(MEMORY) };
    let ring = ConstDivisor::new(modulus);
    let ten = ring.reduce(UBig::from(10u8));
    // Integers that are written with an exponent are not written out.
    let parts = |n: &Number| {
        if n.exponent >= 0 {
            (n.coefficient.big().into_owned(), n.exponent as u64)
        } else {
            (whole_coefficient(n).unwrap_or(UBig::ZERO), 0)
        }
    };
    let (digits, zeros) = parts(a);
    let mut result = ring.reduce(digits) * ten.pow(&UBig::from(zeros));
    let (digits, zeros) = parts(b);
    for n in 0..zeros {
        if n % 1000 == 999 && (work.stop)() {
            return settings.fail(STOPPED);
        }
        result = result.pow(&UBig::from(10u8));
    }
    result = result.pow(&digits);
    Number::new(sign, result.residue().into(), 0)
}
