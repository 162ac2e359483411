//! `float.hex` and `float.fromhex`.

use crate::error::{Error, Result};
use crate::int::{Shown, trim};

/// `x.hex()`.
pub fn to_hex(x: f64) -> String {
    if !x.is_finite() {
        return crate::float::repr(x);
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = x.to_bits();
    let raw = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (lead, exponent) = if raw == 0 { (0, -1022) } else { (1, raw - 1023) };
    format!("{sign}0x{lead}.{fraction:013x}p{exponent:+}")
}

fn invalid() -> Error {
    Error::value("invalid hexadecimal floating-point string")
}

fn too_large() -> Error {
    Error::overflow("hexadecimal value too large to represent as a float")
}

/// `float.fromhex(text)`.
pub fn from_hex(text: &[u8]) -> Result<f64> {
    let s = trim(text, Shown::Bytes);
    let (negative, s) = match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    };
    let signed = |x: f64| if negative { -x } else { x };
    if s.eq_ignore_ascii_case(b"inf") || s.eq_ignore_ascii_case(b"infinity") {
        return Ok(signed(f64::INFINITY));
    }
    if s.eq_ignore_ascii_case(b"nan") {
        return Ok(signed(f64::NAN));
    }
    let s = match s {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        _ => s,
    };
    let mut digits: Vec<u8> = Vec::new();
    let mut after_point = 0i64;
    let mut seen_point = false;
    let mut at = 0;
    while let Some(&b) = s.get(at) {
        match (b as char).to_digit(16) {
            Some(d) => {
                digits.push(d as u8);
                after_point += seen_point as i64;
            }
            None if b == b'.' && !seen_point => seen_point = true,
            None => break,
        }
        at += 1;
    }
    if digits.is_empty() {
        return Err(invalid());
    }
    let exponent = parse_exponent(&s[at..])?;
    let first = digits.iter().position(|&d| d != 0).unwrap_or(digits.len());
    let digits = &digits[first..];
    if digits.is_empty() {
        return Ok(signed(0.0));
    }
    // 0.digits * 16^len * 2^(exponent - 4 * after_point): the exponent of the leading bit.
    let low = exponent.saturating_sub(after_point.saturating_mul(4));
    let bits = 4 * digits.len() as i64 - (digits[0].leading_zeros() as i64 - 4);
    let top = low.saturating_add(bits);
    if top > 1024 {
        return Err(too_large());
    }
    if top < -1080 {
        return Ok(signed(0.0));
    }
    assemble(digits, low, top).map(signed)
}

/// Rounds half to even at the 53rd bit, or earlier for a subnormal.
fn assemble(digits: &[u8], low: i64, top: i64) -> Result<f64> {
    // The first 64 bits and whether anything lies beyond them.
    let mut value = 0u128;
    let mut dropped = 0i64;
    let mut sticky = false;
    for &d in digits {
        if value >> 64 == 0 {
            value = value << 4 | d as u128;
        } else {
            dropped += 4;
            sticky |= d != 0;
        }
    }
    let low = low + dropped;
    let last_bit = (top - 53).max(-1074);
    let shift = last_bit - low;
    let mantissa = if shift <= 0 {
        value << (-shift).min(63)
    } else {
        let shift = shift.min(127);
        let kept = value >> shift;
        let rest = value & ((1u128 << shift) - 1);
        let half = 1u128 << (shift - 1);
        let up = rest > half || (rest == half && (sticky || kept & 1 == 1));
        kept + up as u128
    };
    let unit =
        if last_bit >= -1022 { f64::from_bits(((last_bit + 1023) as u64) << 52) } else { f64::from_bits(1 << (last_bit + 1074)) };
    let x = mantissa as f64 * unit;
    if x.is_infinite() { Err(too_large()) } else { Ok(x) }
}

fn parse_exponent(s: &[u8]) -> Result<i64> {
    let s = match s {
        [] => return Ok(0),
        [b'p' | b'P', rest @ ..] => rest,
        _ => return Err(invalid()),
    };
    let (negative, digits) = match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(invalid());
    }
    let size = digits.iter().fold(0i64, |n, b| n.saturating_mul(10).saturating_add((b - b'0') as i64));
    // Far beyond any double, and far from the end of i64.
    let size = size.min(1 << 60);
    Ok(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn literals() {
        for (text, value) in [
            ("0x1.8p1", 3.0),
            ("-0x1p-1074", -5e-324),
            ("0x.8", 0.5),
            ("1.", 1.0),
            (" INF\n", f64::INFINITY),
            ("0x1.fffffffffffff7p1023", f64::MAX),
            ("0x1p-1075", 0.0),
            ("0x1.8p-1075", 5e-324),
            ("0x1.00000000000008p0", 1.0),
            ("0x1.00000000000018p0", 1.0 + 2.0 * f64::EPSILON),
            ("0x1.000000000000080000000000000000000001p0", 1.0 + f64::EPSILON),
            ("0x0p99999999999999999999", 0.0),
        ] {
            assert_eq!(from_hex(text.as_bytes()), Ok(value), "{text}");
        }
        for text in ["", "0x", "0x1p", "1.2.3", "0x1 p1", "g"] {
            assert_eq!(from_hex(text.as_bytes()), Err(invalid()), "{text}");
        }
        assert_eq!(from_hex(b"0x1p1024"), Err(too_large()));
        assert_eq!(from_hex(b"0x1.fffffffffffff8p1023"), Err(too_large()));
        assert_eq!(to_hex(0.1), "0x1.999999999999ap-4");
        assert_eq!(to_hex(-0.0), "-0x0.0p+0");
        assert_eq!(to_hex(5e-324), "0x0.0000000000001p-1022");
        assert_eq!(to_hex(1e300), "0x1.7e43c8800759cp+996");
    }

    proptest! {
        #[test]
        fn round_trip(x in any::<f64>()) {
            prop_assert_eq!(from_hex(to_hex(x).as_bytes()).map(f64::to_bits), Ok(x.to_bits()));
        }
    }
}
