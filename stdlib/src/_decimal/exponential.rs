//! The exponential function and logarithms, correctly rounded: approximations in binary fixed point
//! of growing precision, until both ends of the interval that surely holds the result round alike.

use dashu_int::UBig;
use dashu_int::ops::{BitTest, DivRem, SquareRoot};

use super::arith::is_unit;
use super::coefficient::{Coefficient, LIMIT, power};
use super::number::condition::{INEXACT, MEMORY, ROUNDED, STOPPED};
use super::number::{EXP_INFINITE, Number, Rounding, Settings};
use super::order::order;

/// What long computations need from outside.
pub struct Work<'a> {
    /// Says whether to stop; asked now and then.
    pub stop: &'a mut dyn FnMut() -> bool,
    /// The natural logarithm of ten that is known: bits behind the point, and the number.
    pub ln10: &'a mut Option<(usize, UBig)>,
}

impl Work<'_> {
    /// Asked after each step on numbers of so many bits: none if the computation shall stop.
    fn step(&mut self, bits: usize) -> Option<()> {
        if bits > 1 << 14 && (self.stop)() { None } else { Some(()) }
    }
}

/// An approximation: the true value is between this coefficient less one and this coefficient plus
/// two, with this exponent.
struct Near {
    negative: bool,
    coefficient: UBig,
    exponent: i64,
}

/// Bits that hold so many decimal digits.
fn bits_for(digits: u64) -> usize {
    ((digits as usize * 217_707) >> 16) + 1
}

fn bit_length(n: usize) -> usize {
    (usize::BITS - n.leading_zeros()) as usize
}

/// A finite magnitude in fixed point: cut off after so many bits.
fn fixed(coefficient: &Coefficient, exponent: i64, bits: usize) -> UBig {
    let n = coefficient.big();
    let scale = power(exponent.unsigned_abs());
    if exponent >= 0 { (&*n * &*scale) << bits } else { (&*n << bits) / &*scale }
}

/// The natural logarithm of ten in fixed point.
fn ln10(bits: usize, work: &mut Work<'_>) -> Option<UBig> {
    if let Some((known, value)) = work.ln10
        && *known >= bits
    {
        return Some(&*value >> (*known - bits));
    }
    let wide = bits + bits / 4 + 96;
    let inner = wide + 32;
    let mut sum = UBig::ZERO;
    for (factor, n) in [(46u8, 31u32), (34, 49), (20, 161)] {
        // The inverse hyperbolic tangent of 1 / n.
        let square = n * n;
        let mut term = (UBig::ONE << inner) / n;
        let mut series = term.clone();
        let mut k = 3u64;
        loop {
            term /= square;
            if term.is_zero() {
                break;
            }
            series += &term / k;
            k += 2;
            work.step(inner)?;
        }
        sum += series * factor;
    }
    let value = sum >> 32usize;
    let result = &value >> (wide - bits);
    *work.ln10 = Some((wide, value));
    Some(result)
}

/// `e**x` with about `digits` digits.
fn exp_near(x: &Number, digits: u64, work: &mut Work<'_>) -> Option<Near> {
    let wanted = bits_for(digits);
    let whole = bits_for((x.adjusted() + 1).max(0) as u64);
    let halvings = (wanted / 2).isqrt() + 2;
    let bits = wanted + whole + halvings + bit_length(wanted) + 16;
    let magnitude = fixed(&x.coefficient, x.exponent, bits);
    let ln10 = ln10(bits, work)?;
    // e**x = 10**tens * e**rest
    let (quotient, rest) = (&magnitude).div_rem(&ln10);
    let quotient = i64::try_from(&quotient).unwrap_or(i64::MAX / 2);
    let (tens, rest) = if x.negative { (-quotient - 1, ln10 - rest) } else { (quotient, rest) };
    let small = rest >> halvings;
    let mut sum = (UBig::ONE << bits) + &small;
    let mut term = small.clone();
    let mut n = 2u64;
    loop {
        term = ((term * &small) >> bits) / n;
        if term.is_zero() {
            break;
        }
        sum += &term;
        n += 1;
        work.step(bits)?;
    }
    for _ in 0..halvings {
        sum = (&sum * &sum) >> bits;
        work.step(bits)?;
    }
    let coefficient = (sum * &*power(digits)) >> bits;
    Some(Near { negative: false, coefficient, exponent: tens - digits as i64 })
}

/// The logarithm of a positive number that is not one, natural or decimal, with about `digits` digits.
fn log_near(x: &Number, decimal: bool, digits: u64, work: &mut Work<'_>) -> Option<Near> {
    let count = x.coefficient.digits();
    // x = m * 10**tens, with m about one.
    let lead = if count > 3 { x.coefficient.shifted_right(count - 3).0 } else { x.coefficient.shifted_left(3 - count) };
    let tens = x.adjusted() + i64::from(lead >= Coefficient::from(316u128));
    let exponent = x.exponent - tens;
    let scaled = Number::new(false, x.coefficient.clone(), exponent);
    // What the subtraction of one from m loses.
    let mut lost = 0;
    let one = Coefficient::ONE.shifted_left(exponent.unsigned_abs());
    if exponent < 0 {
        let difference = if scaled.coefficient > one { scaled.coefficient.minus(&one) } else { one.minus(&scaled.coefficient) };
        lost = exponent.unsigned_abs().saturating_sub(difference.digits().saturating_sub(1));
    }
    let wanted = bits_for(digits + lost);
    let near = bits_for(lost).saturating_sub(4);
    let roots = (wanted / 3).isqrt().saturating_sub(near) + 1;
    let bits = wanted + 2 * roots + bit_length(wanted) + 16 + if tens == 0 { 0 } else { 64 };
    let one = UBig::ONE << bits;
    let mut m = fixed(&scaled.coefficient, exponent, bits);
    for _ in 0..roots {
        m = (m << bits).sqrt();
        work.step(bits)?;
    }
    // ln m = 2 artanh((m - 1) / (m + 1))
    let below = m < one;
    let difference = if below { &one - &m } else { &m - &one };
    let ratio = (difference << bits) / (m + &one);
    let square = (&ratio * &ratio) >> bits;
    let mut sum = ratio.clone();
    let mut term = ratio;
    let mut k = 3u64;
    loop {
        term = (term * &square) >> bits;
        if term.is_zero() {
            break;
        }
        sum += &term / k;
        k += 2;
        work.step(bits)?;
    }
    let mut log = sum << (roots + 1);
    let mut negative = below;
    if tens != 0 || decimal {
        let ln10 = ln10(bits, work)?;
        if tens != 0 {
            let most = &ln10 * tens.unsigned_abs();
            log = if negative == (tens < 0) { most + log } else { most - log };
            negative = tens < 0;
        }
        if decimal {
            log = (log << bits) / ln10;
        }
    }
    // Where its first digit stands, to one place.
    let first = (log.bit_len() as i64 - bits as i64) * 77 / 256;
    let shift = digits as i64 - first + 1;
    let scale = power(shift.unsigned_abs());
    let coefficient = if shift >= 0 { (log * &*scale) >> bits } else { (log >> bits) / &*scale };
    Some(Near { negative, coefficient, exponent: -shift })
}

/// Rounds what `near` approximates, asking for more digits until it is sure.
fn settled(settings: &mut Settings, work: &mut Work<'_>, mut near: impl FnMut(u64, &mut Work<'_>) -> Option<Near>) -> Number {
    let mut digits = settings.prec.unsigned_abs() + 6;
    loop {
        if digits > LIMIT {
            return settings.fail(MEMORY);
        }
        let Some(near) = near(digits, work) else { return settings.fail(STOPPED) };
        // A digit more at each end says that the value is none of the bounds themselves.
        let end =
            |coefficient: UBig, digit: u8| Number::new(near.negative, (coefficient * 10u8 + digit).into(), near.exponent - 1);
        let (mut low, mut high) = (*settings, *settings);
        let first = low.finish(end(near.coefficient.clone() - 1u8, 1));
        let second = high.finish(end(near.coefficient + 1u8, 9));
        let same = first.kind == second.kind && first.exponent == second.exponent && first.coefficient == second.coefficient;
        if same && low.status == high.status {
            settings.status = low.status;
            return first;
        }
        digits += 16 + (digits - settings.prec.unsigned_abs());
    }
}

/// Runs an operation that rounds half to even whatever the context says.
fn half_even(settings: &mut Settings, operation: impl FnOnce(&mut Settings) -> Number) -> Number {
    let rounding = std::mem::replace(&mut settings.rounding, Rounding::HalfEven);
    let result = operation(settings);
    settings.rounding = rounding;
    result
}

/// One with all its digits, as inexact result.
pub fn padded_one(settings: &mut Settings) -> Number {
    settings.status |= INEXACT | ROUNDED;
    if !settings.room(settings.prec as u64) {
        return Number::nan();
    }
    Number::new(false, Coefficient::ONE.shifted_left((settings.prec - 1) as u64), 1 - settings.prec)
}

/// `e**a`
pub fn exp(a: &Number, settings: &mut Settings, work: &mut Work<'_>) -> Number {
    if let Some(nan) = settings.nans(&[a]) {
        return nan;
    }
    if a.is_infinite() {
        return if a.negative { Number::small(false, 0, 0) } else { a.clone() };
    }
    if a.coefficient.is_zero() {
        return Number::small(false, 1, 0);
    }
    half_even(settings, |settings| {
        let size = a.adjusted();
        if size <= -(settings.prec + 2) {
            let one = padded_one(settings);
            return settings.finish(one);
        }
        // The exponent of the result, rounded down: beyond these there is no need to compute.
        let beyond = size > 19 || {
            let tens = approximate(a) / std::f64::consts::LN_10;
            if a.negative { -tens < settings.etiny() as f64 - 1e4 } else { tens > settings.emax as f64 + 1e4 }
        };
        if beyond {
            let exponent = if a.negative { settings.etiny() - 1 } else { EXP_INFINITE };
            return settings.finish(Number::small(false, 1, exponent));
        }
        if !settings.room(a.coefficient.digits() + settings.prec as u64) {
            return Number::nan();
        }
        settled(settings, work, |digits, work| exp_near(a, digits, work))
    })
}

/// A magnitude as float.
fn approximate(a: &Number) -> f64 {
    let digits = a.coefficient.digits();
    let drop = digits.saturating_sub(17);
    let lead = a.coefficient.shifted_right(drop).0.small().unwrap_or(0) as f64;
    lead * 10f64.powi((a.exponent + drop as i64).clamp(-400, 400) as i32)
}

/// The natural logarithm.
pub fn ln(a: &Number, settings: &mut Settings, work: &mut Work<'_>) -> Number {
    half_even(settings, |settings| match special_log(a, settings) {
        Some(special) => special,
        None if order(a, &Number::small(false, 1, 0)).is_eq() => Number::small(false, 0, 0),
        None => log(a, false, settings, work),
    })
}

/// The logarithm to base ten.
pub fn log10(a: &Number, settings: &mut Settings, work: &mut Work<'_>) -> Number {
    half_even(settings, |settings| {
        if let Some(special) = special_log(a, settings) {
            return special;
        }
        let digits = a.coefficient.digits();
        if a.coefficient.stripped(digits).1 == digits - 1
            && is_unit(&Number::new(false, a.coefficient.clone(), 1 - digits as i64))
        {
            let exponent = a.adjusted();
            return settings.finish(Number::small(exponent < 0, exponent.unsigned_abs(), 0));
        }
        log(a, true, settings, work)
    })
}

fn special_log(a: &Number, settings: &mut Settings) -> Option<Number> {
    if let Some(nan) = settings.nans(&[a]) {
        return Some(nan);
    }
    if a.is_zero() {
        return Some(Number::infinity(true));
    }
    if a.negative {
        return Some(settings.invalid());
    }
    a.is_infinite().then(|| a.clone())
}

fn log(a: &Number, decimal: bool, settings: &mut Settings, work: &mut Work<'_>) -> Number {
    if !settings.room(a.coefficient.digits() + settings.prec as u64) {
        return Number::nan();
    }
    settled(settings, work, |digits, work| log_near(a, decimal, digits, work))
}
