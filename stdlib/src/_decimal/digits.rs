//! Operations on the digits and the exponent: quantizing, whole numbers, shifts, neighbours, and the
//! logical operations, for which digits are bits.

use std::cmp::Ordering;

use super::arith::{add, subtract};
use super::coefficient::{Coefficient, Rest, Text};
use super::number::condition::{CLAMPED, DIVISION_BY_ZERO, ERRORS, INEXACT, OVERFLOW, ROUNDED, SUBNORMAL, UNDERFLOW};
use super::number::{EXP_INFINITE, Number, Rounding, Settings};
use super::order::order;

/// The number with the exponent of another.
pub fn quantize(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    if !a.is_finite() || !b.is_finite() {
        if let Some(nan) = settings.nans(&[a, b]) {
            return nan;
        }
        return if a.is_infinite() && b.is_infinite() { a.clone() } else { settings.invalid() };
    }
    if b.exponent > settings.emax || b.exponent < settings.etiny() {
        return settings.invalid();
    }
    if a.coefficient.is_zero() {
        return settings.finish(Number::small(a.negative, 0, b.exponent));
    }
    let digits = a.coefficient.digits() as i64 + (a.exponent - b.exponent);
    if digits > settings.prec {
        return settings.invalid();
    }
    let (result, rest) = settings.rescale(a, b.exponent);
    if result.is_nan() {
        return result;
    }
    if result.adjusted() > settings.emax || result.coefficient.digits() as i64 > settings.prec {
        return settings.invalid();
    }
    if a.exponent < b.exponent {
        settings.status |= if rest == Rest::Zero { ROUNDED } else { ROUNDED | INEXACT };
    }
    settings.finish(result)
}

/// Without zeros at the end.
pub fn reduce(a: &Number, settings: &mut Settings) -> Number {
    if let Some(nan) = settings.nans(&[a]) {
        return nan;
    }
    let result = settings.finish(a.clone());
    if !result.is_finite() {
        return result;
    }
    if result.coefficient.is_zero() {
        return Number::small(result.negative, 0, 0);
    }
    let most = if settings.clamp { settings.etop() } else { settings.emax };
    let (coefficient, zeros) = result.coefficient.stripped((most - result.exponent).max(0) as u64);
    Number::new(result.negative, coefficient, result.exponent + zeros as i64)
}

/// A whole number, rounded as the context says; `exact` tells of digits lost.
fn integral(a: &Number, settings: &mut Settings, exact: bool) -> Number {
    if let Some(nan) = settings.nans(&[a]) {
        return nan;
    }
    if a.is_infinite() || a.exponent >= 0 {
        return a.clone();
    }
    if a.coefficient.is_zero() {
        return Number::small(a.negative, 0, 0);
    }
    let (result, rest) = settings.rescale(a, 0);
    if exact {
        settings.status |= if rest == Rest::Zero { ROUNDED } else { ROUNDED | INEXACT };
    }
    result
}

/// A whole number; rounding is told.
pub fn integral_exact(a: &Number, settings: &mut Settings) -> Number {
    integral(a, settings, true)
}

/// A whole number; rounding is not told.
pub fn integral_value(a: &Number, settings: &mut Settings) -> Number {
    integral(a, settings, false)
}

/// The adjusted exponent.
pub fn adjusted_exponent(a: &Number, settings: &mut Settings) -> Number {
    if let Some(nan) = settings.nans(&[a]) {
        return nan;
    }
    if a.is_infinite() {
        return Number::infinity(false);
    }
    if a.coefficient.is_zero() {
        settings.status |= DIVISION_BY_ZERO;
        return Number::infinity(true);
    }
    let exponent = a.adjusted();
    settings.finish(Number::small(exponent < 0, exponent.unsigned_abs(), 0))
}

/// The second operand of shifts as integer of a given range.
fn count(b: &Number, most: i64) -> Option<i64> {
    if !b.is_finite() || b.exponent != 0 {
        return None;
    }
    let n = i64::try_from(b.coefficient.small()?).ok().filter(|n| *n <= most)?;
    Some(if b.negative { -n } else { n })
}

/// The number with `b` added to its exponent.
pub fn scale(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    if let Some(nan) = settings.nans(&[a, b]) {
        return nan;
    }
    let Some(n) = count(b, 2 * (settings.emax + settings.prec)) else { return settings.invalid() };
    if a.is_infinite() {
        return a.clone();
    }
    let exponent = (a.exponent + n).clamp(-2 * EXP_INFINITE, EXP_INFINITE);
    settings.finish(Number::new(a.negative, a.coefficient.clone(), exponent))
}

/// The coefficient's last digits, as many as the precision has.
fn capped(a: &Number, settings: &Settings) -> Coefficient {
    a.coefficient.low_digits(settings.prec as u64)
}

/// The digits shifted by `b` places, to the left if it is positive.
pub fn shift(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    if let Some(nan) = settings.nans(&[a, b]) {
        return nan;
    }
    let Some(n) = count(b, settings.prec) else { return settings.invalid() };
    if a.is_infinite() {
        return a.clone();
    }
    let coefficient = if n >= 0 {
        if !a.coefficient.is_zero() && !settings.room(a.coefficient.digits() + n as u64) {
            return Number::nan();
        }
        a.coefficient.shifted_left(n as u64).low_digits(settings.prec as u64)
    } else {
        capped(a, settings).shifted_right(n.unsigned_abs()).0
    };
    Number::new(a.negative, coefficient, a.exponent)
}

/// The digits turned by `b` places, to the left if it is positive.
pub fn rotate(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    if let Some(nan) = settings.nans(&[a, b]) {
        return nan;
    }
    let Some(n) = count(b, settings.prec) else { return settings.invalid() };
    if a.is_infinite() {
        return a.clone();
    }
    if !settings.room(settings.prec as u64) {
        return Number::nan();
    }
    let (prec, whole) = (settings.prec as u64, capped(a, settings));
    let left = if n < 0 { prec - n.unsigned_abs() } else { n as u64 };
    let (high, _) = whole.shifted_right(prec - left);
    let low = if left == prec { Coefficient::ZERO } else { whole.low_digits(prec - left).shifted_left(left) };
    Number::new(a.negative, low.plus(&high), a.exponent)
}

/// The digits of an operand of logical operations: zeros and ones, of which the last count, as many as the
/// precision has.
fn bits(a: &Number, settings: &Settings) -> Option<Text> {
    if !a.is_finite() || a.negative || a.exponent != 0 {
        return None;
    }
    let mut text = a.coefficient.text();
    let excess = (text.len() as u64).saturating_sub(settings.prec as u64);
    let logical = text.iter().all(|d| matches!(d, b'0' | b'1'));
    text.drain(..excess as usize);
    logical.then_some(text)
}

fn logical(a: &Number, b: &Number, settings: &mut Settings, rule: fn(bool, bool) -> bool) -> Number {
    let (Some(x), Some(y)) = (bits(a, settings), bits(b, settings)) else { return settings.invalid() };
    let len = x.len().max(y.len());
    let digit = |text: &[u8], i: usize| i < text.len() && text[text.len() - 1 - i] == b'1';
    let text: Vec<u8> = (0..len).rev().map(|i| b'0' + u8::from(rule(digit(&x, i), digit(&y, i)))).collect();
    Number::new(false, Coefficient::parse(&text).unwrap_or(Coefficient::ZERO), 0)
}

/// Digit by digit: both.
pub fn logical_and(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    logical(a, b, settings, |x, y| x & y)
}
/// Digit by digit: one of them.
pub fn logical_or(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    logical(a, b, settings, |x, y| x | y)
}
/// Digit by digit: exactly one.
pub fn logical_xor(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    logical(a, b, settings, |x, y| x ^ y)
}
/// Digit by digit, over the whole precision: the other one.
pub fn logical_invert(a: &Number, settings: &mut Settings) -> Number {
    let Some(x) = bits(a, settings) else { return settings.invalid() };
    if !settings.room(settings.prec as u64) {
        return Number::nan();
    }
    let mut text = vec![b'1'; settings.prec as usize];
    let start = text.len() - x.len();
    for (out, digit) in text[start..].iter_mut().zip(x) {
        *out = if digit == b'1' { b'0' } else { b'1' };
    }
    Number::new(false, Coefficient::parse(&text).unwrap_or(Coefficient::ZERO), 0)
}

/// The neighbour above (`up`) or below that the context can hold.
fn neighbour(a: &Number, settings: &mut Settings, up: bool) -> Number {
    if let Some(nan) = settings.nans(&[a]) {
        return nan;
    }
    if a.is_infinite() {
        if a.negative != up {
            return a.clone();
        }
        return match settings.greatest() {
            Some(greatest) => Number::new(a.negative, greatest, settings.etop()),
            None => Number::nan(),
        };
    }
    let mut work = Settings { rounding: if up { Rounding::Ceiling } else { Rounding::Floor }, status: 0, ..*settings };
    let rounded = work.finish(a.clone());
    if work.status & (INEXACT | ERRORS) != 0 {
        settings.status |= work.status & ERRORS;
        return rounded;
    }
    work.status = 0;
    let tiny = Number::small(false, 1, settings.etiny() - 1);
    let result = if up { add(a, &tiny, &mut work) } else { subtract(a, &tiny, &mut work) };
    settings.status |= work.status & ERRORS;
    result
}

/// The next smaller number.
pub fn next_minus(a: &Number, settings: &mut Settings) -> Number {
    neighbour(a, settings, false)
}

/// The next greater number.
pub fn next_plus(a: &Number, settings: &mut Settings) -> Number {
    neighbour(a, settings, true)
}

/// The next number in the direction of another.
pub fn next_toward(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    if let Some(nan) = settings.nans(&[a, b]) {
        return nan;
    }
    let result = match order(a, b) {
        Ordering::Equal => return Number { negative: b.negative, ..a.clone() },
        Ordering::Less => next_plus(a, settings),
        Ordering::Greater => next_minus(a, settings),
    };
    if result.is_infinite() {
        settings.status |= OVERFLOW | ROUNDED | INEXACT;
    } else if result.is_finite() && result.adjusted() < settings.emin {
        settings.status |= UNDERFLOW | SUBNORMAL | ROUNDED | INEXACT;
        if result.coefficient.is_zero() {
            settings.status |= CLAMPED;
        }
    }
    result
}
