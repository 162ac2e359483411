//! Comparisons: by value, by the total order of the specification, and what is chosen by them.

use std::cmp::Ordering;

use super::coefficient::{digits, small_power};
use super::number::condition::{INVALID_OPERATION, MEMORY};
use super::number::{Kind, Number, Settings};

/// Order of the magnitudes of two numbers that are no NaNs.
pub fn magnitudes(a: &Number, b: &Number) -> Ordering {
    match (a.is_infinite(), b.is_infinite()) {
        (false, false) => {}
        (x, y) => return x.cmp(&y),
    }
    if let (Some(x), Some(y)) = (a.coefficient.small(), b.coefficient.small()) {
        let difference = a.exponent - b.exponent;
        if difference == 0 {
            return x.cmp(&y);
        }
        if let Some(unit) = small_power(difference.unsigned_abs()) {
            let (scaled, fixed) = if difference > 0 { (x, y) } else { (y, x) };
            let digits = u64::from(digits(scaled)) + difference.unsigned_abs();
            if digits <= 38 {
                let order = (scaled * unit).cmp(&fixed);
                return if difference > 0 { order } else { order.reverse() };
            }
        }
    }
    match (a.coefficient.is_zero(), b.coefficient.is_zero()) {
        (false, false) => {}
        (x, y) => return y.cmp(&x),
    }
    let order = a.adjusted().cmp(&b.adjusted());
    if order != Ordering::Equal {
        return order;
    }
    // With one adjusted exponent their exponents differ by no more than their digits do.
    let difference = a.exponent - b.exponent;
    let count = difference.unsigned_abs();
    if difference >= 0 {
        a.coefficient.shifted_left(count).cmp(&b.coefficient)
    } else {
        a.coefficient.cmp(&b.coefficient.shifted_left(count))
    }
}

/// Order of two numbers that are no NaNs.
#[inline]
pub fn order(a: &Number, b: &Number) -> Ordering {
    match (a.is_zero(), b.is_zero()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return if b.negative { Ordering::Greater } else { Ordering::Less },
        (false, true) => return if a.negative { Ordering::Less } else { Ordering::Greater },
        _ => {}
    }
    match (a.negative, b.negative) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => magnitudes(a, b),
        (true, true) => magnitudes(b, a),
    }
}

/// Order for `==` and `<`: none with a NaN.
#[inline]
pub fn partial(a: &Number, b: &Number) -> Option<Ordering> {
    if a.is_nan() || b.is_nan() { None } else { Some(order(a, b)) }
}

/// An order as number.
pub fn shown(order: Ordering) -> Number {
    Number::small(order == Ordering::Less, u64::from(order != Ordering::Equal), 0)
}

/// The order as -1, 0, 1, or a NaN.
pub fn compare(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    settings.nans(&[a, b]).unwrap_or_else(|| shown(order(a, b)))
}

/// The same where every NaN signals.
pub fn compare_signal(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    if a.is_nan() || b.is_nan() {
        settings.status |= INVALID_OPERATION;
    }
    compare(a, b, settings)
}

/// The total order: every representation has its place, NaNs too.
pub fn total(a: &Number, b: &Number) -> Ordering {
    if a.negative != b.negative {
        return if a.negative { Ordering::Less } else { Ordering::Greater };
    }
    let order = total_magnitudes(a, b);
    if a.negative { order.reverse() } else { order }
}

/// The total order without regard to signs.
pub fn total_magnitudes(a: &Number, b: &Number) -> Ordering {
    let rank = |n: &Number| match n.kind {
        Kind::Finite | Kind::Infinite => 0,
        Kind::Signaling => 1,
        Kind::Quiet => 2,
    };
    match rank(a).cmp(&rank(b)) {
        Ordering::Equal if a.is_nan() => a.coefficient.cmp(&b.coefficient),
        Ordering::Equal => magnitudes(a, b).then(a.exponent.cmp(&b.exponent)),
        order => order,
    }
}

/// `total` as number.
pub fn compare_total(a: &Number, b: &Number, _: &mut Settings) -> Number {
    shown(total(a, b))
}

/// `total_magnitudes` as number.
pub fn compare_total_magnitudes(a: &Number, b: &Number, _: &mut Settings) -> Number {
    shown(total_magnitudes(a, b))
}

/// Which one `max` and its kin choose.
fn chosen(a: &Number, b: &Number, settings: &mut Settings, greater: bool, by_magnitude: bool) -> Number {
    let number = match (a.kind, b.kind) {
        (Kind::Quiet, Kind::Finite | Kind::Infinite) => b,
        (Kind::Finite | Kind::Infinite, Kind::Quiet) => a,
        _ => {
            if let Some(nan) = settings.nans(&[a, b]) {
                return nan;
            }
            let by_value = if by_magnitude { magnitudes(a, b) } else { order(a, b) };
            let order = by_value.then_with(|| total(a, b));
            if (order == Ordering::Less) == greater { b } else { a }
        }
    };
    settings.finish(number.clone())
}

/// The greater one; a number wins over a quiet NaN.
pub fn maximum(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    chosen(a, b, settings, true, false)
}
/// The smaller one.
pub fn minimum(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    chosen(a, b, settings, false, false)
}
/// The one of greater magnitude.
pub fn maximum_magnitude(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    chosen(a, b, settings, true, true)
}
/// The one of smaller magnitude.
pub fn minimum_magnitude(a: &Number, b: &Number, settings: &mut Settings) -> Number {
    chosen(a, b, settings, false, true)
}

/// Whether the exponents are the same, or both are NaNs or infinite.
pub fn same_quantum(a: &Number, b: &Number) -> bool {
    if a.is_finite() && b.is_finite() {
        return a.exponent == b.exponent;
    }
    a.is_nan() && b.is_nan() || a.is_infinite() && b.is_infinite()
}

/// Whether a number is finite, not zero and of full precision.
pub fn is_normal(a: &Number, settings: &Settings) -> bool {
    a.is_finite() && !a.coefficient.is_zero() && a.adjusted() >= settings.emin
}

/// Whether a number is finite, not zero and too small for full precision.
pub fn is_subnormal(a: &Number, settings: &Settings) -> bool {
    a.is_finite() && !a.coefficient.is_zero() && a.adjusted() < settings.emin
}

/// The name of its class.
pub fn class(a: &Number, settings: &Settings) -> &'static str {
    let pick = |positive, negative| if a.negative { negative } else { positive };
    match a.kind {
        Kind::Quiet => "NaN",
        Kind::Signaling => "sNaN",
        Kind::Infinite => pick("+Infinity", "-Infinity"),
        Kind::Finite if a.coefficient.is_zero() => pick("+Zero", "-Zero"),
        Kind::Finite if is_normal(a, settings) => pick("+Normal", "-Normal"),
        Kind::Finite => pick("+Subnormal", "-Subnormal"),
    }
}

/// The hash of a number that is no NaN: the one of an equal int, float or fraction.
pub fn hash(a: &Number) -> i64 {
    const MODULUS: u64 = (1 << 61) - 1;
    /// The inverse of ten.
    const INVERSE: u64 = 2_075_258_708_292_324_556;
    // A product of numbers below the modulus, which is a power of two less one.
    let times = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        let sum = (product as u64 & MODULUS) + (product >> 61) as u64;
        if sum >= MODULUS { sum - MODULUS } else { sum }
    };
    if a.is_infinite() {
        return if a.negative { -314_159 } else { 314_159 };
    }
    let mut base = if a.exponent >= 0 { 10 } else { INVERSE };
    let mut left = a.exponent.unsigned_abs();
    let mut hash = match a.coefficient.small() {
        Some(n) => (n % u128::from(MODULUS)) as u64,
        None => &*a.coefficient.big() % MODULUS,
    };
    while left > 0 && hash != 0 {
        if left & 1 != 0 {
            hash = times(hash, base);
        }
        base = times(base, base);
        left >>= 1;
    }
    match if a.negative { -(hash as i64) } else { hash as i64 } {
        -1 => -2,
        hash => hash,
    }
}

/// The integer with the value of a finite number, the fraction cut off; none: there is no memory
/// for it.
pub fn integer(a: &Number, settings: &mut Settings) -> Option<dashu_int::IBig> {
    let whole = settings.rescale(a, 0).0;
    if settings.status & MEMORY != 0 {
        return None;
    }
    let magnitude = dashu_int::IBig::from(whole.coefficient.big().into_owned());
    Some(if a.negative { -magnitude } else { magnitude })
}
