//! Numbers from text and as text, in scientific and engineering notation.

use super::coefficient::{Coefficient, Text};
use super::number::condition::{CLAMPED, ERRORS, INEXACT, INVALID_OPERATION, ROUNDED};
use super::number::{Kind, Number, Settings};

/// The greatest exponent that a text may say before it is cut to it.
const EXPONENTS: std::ops::RangeInclusive<i64> = -4_000_000_000_000_000_001..=2_000_000_000_000_000_001;

/// The number that a text without blanks and underscores says; none: it says none.
pub fn parse(text: &[u8]) -> Option<Number> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    match rest.first()? {
        b'0'..=b'9' | b'.' => finite(negative, rest),
        _ => special(negative, rest),
    }
}

fn finite(negative: bool, text: &[u8]) -> Option<Number> {
    let end = text.iter().position(|c| matches!(c, b'e' | b'E')).unwrap_or(text.len());
    let (mantissa, exponent) = text.split_at(end);
    let mut exponent = match exponent {
        [] => 0,
        [_, rest @ ..] => parse_exponent(rest)?,
    };
    // What digits there are, short numbers without memory of their own.
    let mut buffer = [0; 40];
    let long;
    let digits = match mantissa.iter().position(|c| *c == b'.') {
        None => mantissa,
        Some(point) => {
            let fraction = mantissa.len() - point - 1;
            exponent -= fraction as i64;
            if mantissa.len() <= buffer.len() {
                buffer[..point].copy_from_slice(&mantissa[..point]);
                buffer[point..point + fraction].copy_from_slice(&mantissa[point + 1..]);
                &buffer[..point + fraction]
            } else {
                long = [&mantissa[..point], &mantissa[point + 1..]].concat();
                &long
            }
        }
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(Number::new(negative, Coefficient::parse(digits)?, exponent))
}

fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let n = digits.iter().fold(0i64, |n, d| n.saturating_mul(10).saturating_add(i64::from(d - b'0')));
    Some(if negative { -n } else { n }.clamp(*EXPONENTS.start(), *EXPONENTS.end()))
}

fn special(negative: bool, text: &[u8]) -> Option<Number> {
    if text.eq_ignore_ascii_case(b"inf") || text.eq_ignore_ascii_case(b"infinity") {
        return Some(Number::infinity(negative));
    }
    let (kind, rest) = match text {
        [b's' | b'S', rest @ ..] => (Kind::Signaling, rest),
        _ => (Kind::Quiet, text),
    };
    let payload = rest.get(..3).filter(|name| name.eq_ignore_ascii_case(b"nan")).map(|_| &rest[3..])?;
    if !payload.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(Number { negative, kind, exponent: 0, coefficient: Coefficient::parse(payload)? })
}

/// The exact number, if the widest context can hold it; a NaN with a condition else.
pub fn exact(number: Number, settings: &mut Settings) -> Number {
    let mut widest = Settings { status: 0, ..Settings::MAX };
    let result = widest.finish(number);
    if widest.status & (INEXACT | ROUNDED | CLAMPED) != 0 {
        // What the widest context must change is beyond every number.
        return settings.fail(INVALID_OPERATION | widest.status & ERRORS);
    }
    result
}

/// As text in scientific notation, or in engineering notation.
pub fn push(out: &mut Text, a: &Number, engineering: bool, capitals: bool) {
    if a.negative {
        out.push(b'-');
    }
    match a.kind {
        Kind::Infinite => return out.extend_from_slice(b"Infinity"),
        Kind::Quiet | Kind::Signaling => {
            out.extend_from_slice(if a.kind == Kind::Quiet { b"NaN" } else { b"sNaN" });
            if !a.coefficient.is_zero() {
                a.coefficient.push_digits(out);
            }
            return;
        }
        Kind::Finite => {}
    }
    let start = out.len();
    a.coefficient.push_digits(out);
    if a.exponent == 0 {
        return;
    }
    let digits = (out.len() - start) as i64;
    // Where the point stands, counted from before the first digit.
    let left = a.exponent + digits;
    let place = if a.exponent <= 0 && left > -6 {
        left
    } else if !engineering {
        1
    } else if a.coefficient.is_zero() {
        (left + 1).rem_euclid(3) - 1
    } else {
        (left - 1).rem_euclid(3) + 1
    };
    if place <= 0 {
        let zeros = place.unsigned_abs() as usize;
        out.insert_many(start, std::iter::repeat_n(b'0', zeros + 2));
        out[start + 1] = b'.';
    } else if place < digits {
        out.insert(start + place as usize, b'.');
    } else {
        out.resize(start + place as usize, b'0');
    }
    if left != place {
        out.push(if capitals { b'E' } else { b'e' });
        push_exponent(out, left - place);
    }
}

/// An exponent with its sign.
pub fn push_exponent(out: &mut Text, exponent: i64) {
    out.push(if exponent < 0 { b'-' } else { b'+' });
    Coefficient::from(u128::from(exponent.unsigned_abs())).push_digits(out);
}

/// As str() shows it.
pub fn shown(a: &Number, capitals: bool) -> Text {
    let mut out = Text::new();
    push(&mut out, a, false, capitals);
    out
}
