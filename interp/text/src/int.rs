//! Integers from and to text in the bases 2 to 36, with the limit on decimal digits that keeps
//! quadratic conversions out of reach of hostile input.

use crate::error::{Error, Result};
use crate::repr;
use crate::unicode;
use crate::wtf8;
use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};
use std::borrow::Cow;
use std::fmt::Write as _;

/// `sys.int_info.default_max_str_digits`.
pub const DEFAULT_MAX_STR_DIGITS: usize = 4300;
/// Below so many digits the limit is never looked at.
const LIMIT_THRESHOLD: usize = 640;

/// A parsed integer: small when it fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Int {
    Small(i64),
    Big(IBig),
}

impl Int {
    pub fn into_big(self) -> IBig {
        match self {
            Int::Small(n) => IBig::from(n),
            Int::Big(n) => n,
        }
    }
}

/// Which literal an error message shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Str,
    Bytes,
}

/// Digits of any script become ASCII digits and spaces of any kind become spaces; what is
/// neither becomes `?`, which no number contains.
pub fn to_ascii_digits(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let convert = |cp: u32| match cp {
        0..=0x7f => cp as u8,
        _ if unicode::is_space(cp) => b' ',
        _ => unicode::decimal_value(cp).map_or(b'?', |d| b'0' + d as u8),
    };
    Cow::Owned(wtf8::code_points(text).map(convert).collect())
}

/// Space as the number parsers see it (28 to 31 count in `str` only).
pub(crate) const fn is_number_space(b: u8, shown: Shown) -> bool {
    matches!(b, 9..=13 | 32) || (matches!(shown, Shown::Str) && matches!(b, 28..=31))
}

pub(crate) fn trim(mut s: &[u8], shown: Shown) -> &[u8] {
    while let [first, rest @ ..] = s
        && is_number_space(*first, shown)
    {
        s = rest;
    }
    while let [rest @ .., last] = s
        && is_number_space(*last, shown)
    {
        s = rest;
    }
    s
}

/// The literal as a message shows it: its `repr`, cut after 200 characters.
pub(crate) fn shown_literal(text: &[u8], shown: Shown) -> String {
    let full = match shown {
        Shown::Str => wtf8::display(&repr::repr(text)).into_owned(),
        Shown::Bytes => repr::bytes_repr(text),
    };
    match full.char_indices().nth(200) {
        Some((at, _)) => full[..at].to_owned(),
        None => full,
    }
}

fn invalid(text: &[u8], base: u32, shown: Shown) -> Error {
    Error::value(format!("invalid literal for int() with base {base}: {}", shown_literal(text, shown)))
}

/// The error of a literal with too many digits.
pub fn too_many_digits(limit: usize, digits: usize) -> Error {
    Error::value(format!(
        "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; use sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// The error of an integer with too many digits to print.
pub fn too_long_to_print(limit: usize) -> Error {
    Error::value(format!(
        "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// `int(text, base)`. `limit`: the most decimal digits allowed, 0 for any number.
pub fn parse(text: &[u8], base: u32, limit: usize, shown: Shown) -> Result<Int> {
    if base == 10
        && let Some(n) = parse_short(text)
    {
        return Ok(Int::Small(n));
    }
    if base != 0 && !(2..=36).contains(&base) {
        return Err(Error::value("int() base must be >= 2 and <= 36, or 0"));
    }
    let wrong = || invalid(text, base, shown);
    let ascii = if shown == Shown::Str { to_ascii_digits(text) } else { Cow::Borrowed(text) };
    let mut s = trim(&ascii, shown);
    let negative = s.first() == Some(&b'-');
    if let [b'+' | b'-', rest @ ..] = s {
        s = rest;
    }
    let (radix, digits, octal_like) = strip_prefix(s, base);
    let mut clean = String::with_capacity(digits.len());
    // An underscore may follow a prefix or a digit, and a digit must follow it.
    let mut after_digit = digits.len() != s.len();
    let mut stopped = digits.is_empty();
    for &b in digits {
        match b {
            b'_' if after_digit => after_digit = false,
            _ if (b as char).is_digit(radix) => {
                clean.push(b as char);
                after_digit = true;
            }
            _ => {
                stopped = true;
                break;
            }
        }
    }
    if !radix.is_power_of_two() && limit > 0 && clean.len() > LIMIT_THRESHOLD && clean.len() > limit {
        return Err(too_many_digits(limit, clean.len()));
    }
    if stopped || !after_digit || clean.is_empty() || (octal_like && clean.bytes().any(|b| b != b'0')) {
        return Err(wrong());
    }
    if let Ok(n) = i64::from_str_radix(&clean, radix) {
        return Ok(Int::Small(if negative { -n } else { n }));
    }
    let magnitude = UBig::from_str_radix(&clean, radix).map_err(|_| wrong())?;
    let value = IBig::from(magnitude);
    let value = if negative { -value } else { value };
    Ok(i64::try_from(&value).map_or_else(|_| Int::Big(value), Int::Small))
}

/// Up to 18 plain digits with an optional minus.
#[inline]
fn parse_short(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0i64;
    for b in digits {
        let d = b.wrapping_sub(b'0');
        if d > 9 {
            return None;
        }
        value = value * 10 + d as i64;
    }
    Some(if negative { -value } else { value })
}

/// The base, the digits without their prefix, and whether base 0 met a plain leading zero (then
/// only zeros are allowed).
fn strip_prefix(s: &[u8], base: u32) -> (u32, &[u8], bool) {
    let prefix = match s {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    if prefix != 0 && (base == 0 || base == prefix) {
        return (prefix, &s[2..], false);
    }
    if base == 0 {
        return (10, s, s.first() == Some(&b'0'));
    }
    (base, s, false)
}

/// Appends `str(n)`.
#[inline]
pub fn push_i64(out: &mut Vec<u8>, n: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
}

/// Show the text of `n` in base 10.
#[inline]
pub fn with_i64<R>(n: i64, show: impl FnOnce(&[u8]) -> R) -> R {
    show(itoa::Buffer::new().format(n).as_bytes())
}

/// `str(n)`; fails beyond `limit` digits (0: no limit).
pub fn to_decimal(n: &IBig, limit: usize) -> Result<String> {
    if let Ok(n) = i128::try_from(n)
        && (limit == 0 || limit >= 40)
    {
        return Ok(itoa::Buffer::new().format(n).to_owned());
    }
    // 30103/100000 is just above log10(2): the estimate never exceeds the true count.
    let bits = n.as_sign_words().1.len().saturating_sub(1) * dashu_int::Word::BITS as usize;
    if limit > 0 && bits / 4 > limit && bits * 30102 / 100_000 > limit {
        return Err(too_long_to_print(limit));
    }
    let text = n.to_string();
    let digits = text.len() - text.starts_with('-') as usize;
    if limit > 0 && digits > LIMIT_THRESHOLD && digits > limit {
        return Err(too_long_to_print(limit));
    }
    Ok(text)
}

/// The digits of `|n|` in base 2, 8, 10 or 16 (small letters), without prefix.
pub fn magnitude_i64(n: i64, base: u32) -> String {
    let m = n.unsigned_abs();
    match base {
        2 => format!("{m:b}"),
        8 => format!("{m:o}"),
        16 => format!("{m:x}"),
        _ => itoa::Buffer::new().format(m).to_owned(),
    }
}

/// The digits of `|n|` in base 2, 8, 10 or 16, without prefix; `limit` as for [`to_decimal`].
pub fn magnitude_big(n: &IBig, base: u32, limit: usize) -> Result<String> {
    if base == 10 {
        let mut text = to_decimal(n, limit)?;
        if text.starts_with('-') {
            text.remove(0);
        }
        return Ok(text);
    }
    let (_, words) = n.as_sign_words();
    let magnitude = UBig::from_words(words);
    let mut text = String::with_capacity(magnitude.bit_len() / base.trailing_zeros().max(1) as usize + 2);
    // Writing to a String cannot fail.
    let _ = match base {
        2 => write!(text, "{magnitude:b}"),
        8 => write!(text, "{magnitude:o}"),
        _ => write!(text, "{magnitude:x}"),
    };
    Ok(text)
}

/// `bin(n)`, `oct(n)`, `hex(n)`.
pub fn to_prefixed(n: &Int, base: u32) -> String {
    let prefix = match base {
        2 => "0b",
        8 => "0o",
        _ => "0x",
    };
    let (negative, digits) = match n {
        Int::Small(n) => (*n < 0, magnitude_i64(*n, base)),
        Int::Big(n) => (n.sign() == dashu_int::Sign::Negative, magnitude_big(n, base, 0).unwrap_or_default()),
    };
    format!("{}{prefix}{digits}", if negative { "-" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(text: &str, base: u32) -> String {
        match parse(text.as_bytes(), base, DEFAULT_MAX_STR_DIGITS, Shown::Str) {
            Ok(n) => n.into_big().to_string(),
            Err(e) => e.message.into_owned(),
        }
    }

    #[test]
    fn literals() {
        for (text, base, expected) in [
            ("12", 10, "12"),
            (" \t-1_000\n", 10, "-1000"),
            ("+5", 10, "5"),
            ("٣٤\u{3000}", 10, "34"),
            ("0x_ff", 16, "255"),
            ("0xff", 0, "255"),
            ("0b101", 0, "5"),
            ("0o17", 8, "15"),
            ("0b1", 16, "177"),
            ("00", 0, "0"),
            ("zZ", 36, "1295"),
            ("9223372036854775808", 10, "9223372036854775808"),
            ("-9223372036854775808", 10, "-9223372036854775808"),
            ("010", 0, "invalid literal for int() with base 0: '010'"),
            ("1__0", 10, "invalid literal for int() with base 10: '1__0'"),
            ("_1", 10, "invalid literal for int() with base 10: '_1'"),
            ("1_", 10, "invalid literal for int() with base 10: '1_'"),
            ("", 10, "invalid literal for int() with base 10: ''"),
            ("- 1", 10, "invalid literal for int() with base 10: '- 1'"),
            ("--1", 10, "invalid literal for int() with base 10: '--1'"),
            ("0x", 16, "invalid literal for int() with base 16: '0x'"),
            ("é'", 10, "invalid literal for int() with base 10: \"é'\""),
            ("1", 1, "int() base must be >= 2 and <= 36, or 0"),
            ("1.5", 10, "invalid literal for int() with base 10: '1.5'"),
        ] {
            assert_eq!(show(text, base), expected, "{text:?} in base {base}");
        }
        let error = parse(b"a\xff", 10, 0, Shown::Bytes).map_err(|e| e.message.into_owned());
        assert_eq!(error, Err("invalid literal for int() with base 10: b'a\\xff'".into()));
    }

    #[test]
    fn limit() {
        assert_eq!(
            show(&"1".repeat(4301), 10),
            "Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits; use sys.set_int_max_str_digits() to increase the limit"
        );
        assert_eq!(show(&"1".repeat(4300), 10).len(), 4300);
        assert!(parse("f".repeat(5000).as_bytes(), 16, 4300, Shown::Str).is_ok());
        let big = IBig::from(10).pow(4300);
        assert_eq!(
            to_decimal(&big, 4300).map_err(|e| e.message.into_owned()),
            Err("Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit".into())
        );
        assert_eq!(to_decimal(&(big - 1), 4300).map(|s| s.len()), Ok(4300));
        assert!(to_decimal(&(IBig::from(1) << 1_000_000), 4300).is_err());
    }

    #[test]
    fn bases() {
        assert_eq!(to_prefixed(&Int::Small(-255), 16), "-0xff");
        assert_eq!(to_prefixed(&Int::Small(i64::MIN), 2), format!("-0b1{}", "0".repeat(63)));
        assert_eq!(to_prefixed(&Int::Big(-(IBig::from(1) << 64)), 8), "-0o2000000000000000000000");
    }

    proptest! {
        #[test]
        fn round_trip(n in any::<i128>(), base in 2u32..37) {
            let big = IBig::from(n);
            let text = big.in_radix(base as u8).to_string();
            prop_assert_eq!(parse(text.as_bytes(), base, 0, Shown::Str).map(Int::into_big), Ok(big.clone()));
            prop_assert_eq!(to_decimal(&big, 0), Ok(n.to_string()));
        }
    }
}
