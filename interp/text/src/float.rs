//! Floats from and to text: shortest `repr`, correctly rounded `e f g` at any precision, parsing,
//! rounding to decimals. Hexadecimal text is in `float_hex`.

use crate::error::{Error, Result};
use crate::int::{Shown, shown_literal, to_ascii_digits, trim};
use dashu_int::IBig;
use std::fmt::Write as _;

/// More digits than any finite double has after the point (1074) or in all (767).
const MOST_DIGITS: usize = 1100;

/// Splits the `d.ddde-x` that Rust writes into digits and the position of the decimal point
/// (value = 0.digits * 10^point).
fn split_scientific(text: &[u8], digits: &mut Vec<u8>) -> i32 {
    let mut exponent = 0i32;
    let mut negative = false;
    let mut in_exponent = false;
    for &b in text {
        match b {
            b'e' => in_exponent = true,
            b'-' => negative = true,
            b'0'..=b'9' if in_exponent => exponent = exponent * 10 + (b - b'0') as i32,
            b'0'..=b'9' => digits.push(b),
            _ => {}
        }
    }
    1 + if negative { -exponent } else { exponent }
}

/// The fewest digits that read back as `x` (finite, not negative), the closest of them and the
/// even one of two equally close, and the decimal point.
fn shortest(x: f64) -> (Vec<u8>, i32) {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(x).as_bytes();
    let (mantissa, exponent) = match text.iter().position(|&b| b == b'e') {
        Some(at) => (&text[..at], ascii(&text[at + 1..]).parse().unwrap_or(0)),
        None => (text, 0),
    };
    let whole = mantissa.iter().position(|&b| b == b'.').unwrap_or(mantissa.len());
    let mut digits: Vec<u8> = mantissa.iter().copied().filter(|&b| b != b'.').collect();
    let Some(zeros) = digits.iter().position(|&b| b != b'0') else {
        return (vec![b'0'], 1);
    };
    digits.drain(..zeros);
    let last = digits.iter().rposition(|&b| b != b'0').unwrap_or(0);
    digits.truncate(last + 1);
    (digits, exponent + whole as i32 - zeros as i32)
}

/// `count` significant digits, correctly rounded, and the decimal point.
fn significant(x: f64, count: usize) -> (Vec<u8>, i32) {
    let known = count.clamp(1, MOST_DIGITS);
    let mut digits = Vec::with_capacity(count);
    let point = split_scientific(format!("{x:.*e}", known - 1).as_bytes(), &mut digits);
    digits.resize(count.max(known), b'0');
    (digits, point)
}

/// How to write a float. `code` is one of `e E f F g G r`; `precision` counts digits as that code
/// does (`r` ignores it).
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub code: u8,
    pub precision: usize,
    /// The `#` flag: always a decimal point, and `g` keeps its zeros.
    pub alternate: bool,
    /// At least `.0` where the result would look like an integer.
    pub add_dot_0: bool,
    /// A result that rounds to zero loses its minus.
    pub no_negative_zero: bool,
}

impl Style {
    pub const fn new(code: u8, precision: usize) -> Self {
        Self { code, precision, alternate: false, add_dot_0: false, no_negative_zero: false }
    }
}

/// `repr(x)`.
pub fn repr(x: f64) -> String {
    let mut out = String::with_capacity(24);
    push_repr(&mut out, x);
    out
}

/// Appends `repr(x)`.
#[inline]
pub fn push_repr(out: &mut String, x: f64) {
    // Whole numbers of moderate size are common and need no digit generation.
    if x.abs() < 1e15 && x.trunc() == x && (x != 0.0 || x.is_sign_positive()) {
        out.push_str(itoa::Buffer::new().format(x as i64));
        out.push_str(".0");
        return;
    }
    if (1e-4..1e16).contains(&x.abs()) {
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(x);
        if !text.contains('e') {
            out.push_str(text);
            return;
        }
    }
    push(out, x, Style { add_dot_0: true, ..Style::new(b'r', 0) });
}

/// Appends `x` in the given style, with a minus but never a plus.
pub fn push(out: &mut String, x: f64, style: Style) {
    let upper = style.code.is_ascii_uppercase();
    if x.is_nan() {
        out.push_str(if upper { "NAN" } else { "nan" });
        return;
    }
    let start = out.len();
    if x.is_sign_negative() {
        out.push('-');
    }
    let x = x.abs();
    if x.is_infinite() {
        out.push_str(if upper { "INF" } else { "inf" });
        return;
    }
    let body = out.len();
    match style.code.to_ascii_lowercase() {
        b'f' => push_fixed(out, x, style),
        b'e' => {
            let (digits, point) = significant(x, style.precision.saturating_add(1));
            push_exponent(out, &digits, point, style.alternate, upper);
        }
        b'g' => push_general(out, x, style, upper),
        _ => {
            let (digits, point) = shortest(x);
            if point <= -4 || point > 16 {
                push_exponent(out, &digits, point, style.alternate, upper);
            } else {
                push_decimal(out, &digits, point, style);
            }
        }
    }
    if style.no_negative_zero && body > start {
        let mantissa = out[body..].split(['e', 'E']).next().unwrap_or_default();
        if mantissa.bytes().all(|b| matches!(b, b'0' | b'.')) {
            out.remove(start);
        }
    }
}

const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut k = 1;
    while k < 20 {
        powers[k] = powers[k - 1] * 10;
        k += 1;
    }
    powers
};

/// `x * 10^decimals` rounded to an integer, half to even on the exact value, where 128 bits hold
/// the product (`x` finite and not negative).
#[inline]
fn scaled(x: f64, decimals: usize) -> Option<u128> {
    let bits = x.to_bits();
    let raw = (bits >> 52) as i32;
    let shift = 1075 - raw.max(1);
    let fraction = bits & ((1 << 52) - 1);
    let mantissa = if raw == 0 { fraction } else { fraction | 1 << 52 };
    let product = mantissa as u128 * *POWERS.get(decimals)? as u128;
    match shift {
        // Less than 117 bits, so far below the half.
        118.. => Some(0),
        1..118 => {
            let (whole, rest, half) = (product >> shift, product & ((1 << shift) - 1), 1u128 << (shift - 1));
            Some(whole + (rest > half || (rest == half && whole & 1 == 1)) as u128)
        }
        -10..=0 => Some(product << -shift),
        _ => None,
    }
}

fn push_fixed(out: &mut String, x: f64, style: Style) {
    if let Some(n) = scaled(x, style.precision) {
        push_scaled(out, n, style);
        return;
    }
    let known = style.precision.min(MOST_DIGITS);
    let _ = write!(out, "{x:.known$}");
    out.extend(std::iter::repeat_n('0', style.precision - known));
    if style.precision == 0 {
        push_point(out, style);
    }
}

/// Writes `n / 10^precision`.
fn push_scaled(out: &mut String, n: u128, style: Style) {
    let unit = POWERS.get(style.precision).copied().unwrap_or(1) as u128;
    let mut buffer = itoa::Buffer::new();
    let mut integer = |n: u128, out: &mut String, width: usize| {
        let text = match u64::try_from(n) {
            Ok(n) => buffer.format(n),
            Err(_) => buffer.format(n),
        };
        out.extend(std::iter::repeat_n('0', width.saturating_sub(text.len())));
        out.push_str(text);
    };
    let (whole, fraction) = match u64::try_from(n) {
        Ok(n) => ((n / unit as u64) as u128, (n % unit as u64) as u128),
        Err(_) => (n / unit, n % unit),
    };
    integer(whole, out, 0);
    if style.precision == 0 {
        push_point(out, style);
    } else {
        out.push('.');
        integer(fraction, out, style.precision);
    }
}

fn push_point(out: &mut String, style: Style) {
    if style.add_dot_0 {
        out.push_str(".0");
    } else if style.alternate {
        out.push('.');
    }
}

fn push_general(out: &mut String, x: f64, style: Style, upper: bool) {
    let precision = style.precision.max(1);
    let (mut digits, point) = significant(x, precision.min(MOST_DIGITS));
    if style.alternate {
        digits.resize(precision, b'0');
    } else {
        let last = digits.iter().rposition(|&b| b != b'0').unwrap_or(0);
        digits.truncate(last + 1);
    }
    let widest = precision.min(i32::MAX as usize) as i32 - style.add_dot_0 as i32;
    if point <= -4 || point > widest {
        push_exponent(out, &digits, point, style.alternate, upper);
    } else {
        push_decimal(out, &digits, point, style);
    }
}

fn ascii(digits: &[u8]) -> &str {
    std::str::from_utf8(digits).unwrap_or_default()
}

fn push_exponent(out: &mut String, digits: &[u8], point: i32, alternate: bool, upper: bool) {
    // Zero has the exponent 0 wherever its point lies.
    let exponent = if digits.iter().all(|&b| b == b'0') { 0 } else { point - 1 };
    out.push_str(ascii(&digits[..1]));
    if digits.len() > 1 || alternate {
        out.push('.');
        out.push_str(ascii(&digits[1..]));
    }
    out.push(if upper { 'E' } else { 'e' });
    out.push(if exponent < 0 { '-' } else { '+' });
    let size = exponent.unsigned_abs();
    if size < 10 {
        out.push('0');
    }
    out.push_str(itoa::Buffer::new().format(size));
}

fn push_decimal(out: &mut String, digits: &[u8], point: i32, style: Style) {
    if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', point.unsigned_abs() as usize));
        out.push_str(ascii(digits));
        return;
    }
    let point = point as usize;
    if digits.len() > point {
        out.push_str(ascii(&digits[..point]));
        out.push('.');
        out.push_str(ascii(&digits[point..]));
        return;
    }
    out.push_str(ascii(digits));
    out.extend(std::iter::repeat_n('0', point - digits.len()));
    push_point(out, style);
}

/// `float(text)`.
pub fn parse(text: &[u8], shown: Shown) -> Result<f64> {
    let ascii = if shown == Shown::Str { to_ascii_digits(text) } else { std::borrow::Cow::Borrowed(text) };
    parse_exact(trim(&ascii, shown))
        .ok_or_else(|| Error::value(format!("could not convert string to float: {}", shown_full(text, shown))))
}

/// Here CPython shows the whole literal, however long.
fn shown_full(text: &[u8], shown: Shown) -> String {
    match shown {
        Shown::Str => crate::wtf8::display(&crate::repr::repr(text)).into_owned(),
        Shown::Bytes => shown_literal(text, shown),
    }
}

/// A float literal without space around it, underscores between digits allowed.
pub fn parse_exact(s: &[u8]) -> Option<f64> {
    let len = scan(s)?;
    if len != s.len() {
        return None;
    }
    convert(s)
}

/// Value of a text that [`scan`] accepted.
pub(crate) fn convert(s: &[u8]) -> Option<f64> {
    if s.contains(&b'_') {
        let clean: Vec<u8> = s.iter().copied().filter(|&b| b != b'_').collect();
        return std::str::from_utf8(&clean).ok()?.parse().ok();
    }
    let value: f64 = std::str::from_utf8(s).ok()?.parse().ok()?;
    // The sign of `-nan` is kept, as C does.
    Some(if value.is_nan() { f64::NAN.copysign(if s[0] == b'-' { -1.0 } else { 1.0 }) } else { value })
}

/// Length of the longest float literal at the start of `s`.
pub(crate) fn scan(s: &[u8]) -> Option<usize> {
    let sign = matches!(s.first(), Some(b'+' | b'-')) as usize;
    let body = &s[sign..];
    for word in [&b"infinity"[..], b"inf", b"nan"] {
        if body.len() >= word.len() && body[..word.len()].eq_ignore_ascii_case(word) {
            return Some(sign + word.len());
        }
    }
    let whole = digits(body);
    let mut at = whole;
    let mut any = whole > 0;
    if body.get(at) == Some(&b'.') {
        let fraction = digits(&body[at + 1..]);
        any |= fraction > 0;
        at += 1 + fraction;
    }
    if !any {
        return None;
    }
    if let Some(b'e' | b'E') = body.get(at) {
        let sign = matches!(body.get(at + 1), Some(b'+' | b'-')) as usize;
        let exponent = digits(&body[at + 1 + sign..]);
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    Some(sign + at)
}

/// Length of a run of digits with single underscores inside.
fn digits(s: &[u8]) -> usize {
    let mut at = 0;
    while at < s.len() {
        match s[at] {
            b'0'..=b'9' => at += 1,
            b'_' if at > 0 && s[at - 1] != b'_' && s.get(at + 1).is_some_and(u8::is_ascii_digit) => at += 1,
            _ => break,
        }
    }
    at
}

/// `round(x, ndigits)`; out-of-range counts are clamped by the caller to the range of i64.
pub fn round(x: f64, ndigits: i64) -> Result<f64> {
    if !x.is_finite() || x == 0.0 || ndigits > 323 {
        return Ok(x);
    }
    if ndigits < -308 {
        return Ok(0.0 * x);
    }
    // Both operands are exact, so the division rounds correctly.
    if let Ok(decimals) = usize::try_from(ndigits)
        && let Some(n) = scaled(x.abs(), decimals)
        && n < 1 << 53
    {
        return Ok((n as f64 / POWERS[decimals] as f64).copysign(x));
    }
    let value = if ndigits >= 0 {
        format!("{:.*}", ndigits as usize, x.abs()).parse::<f64>()
    } else {
        let (_, point) = significant(x.abs(), MOST_DIGITS);
        let keep = point as i64 + ndigits;
        match keep {
            i64::MIN..0 => Ok(0.0),
            // Rounded to one more than its leading position: up only when above the half.
            0 => {
                let (digits, _) = significant(x.abs(), MOST_DIGITS);
                let above = digits[0] > b'5' || (digits[0] == b'5' && digits[1..].iter().any(|&b| b != b'0'));
                if above { format!("1e{}", -ndigits).parse() } else { Ok(0.0) }
            }
            _ => format!("{:.*e}", keep as usize - 1, x.abs()).parse(),
        }
    };
    match value {
        Ok(v) if v.is_finite() => Ok(v.copysign(x)),
        _ => Err(Error::overflow("rounded value too large to represent")),
    }
}

/// `x = mantissa * 2^exponent` with an odd mantissa (or zero), for finite `x`.
pub fn decompose(x: f64) -> (i64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (0, 0);
    }
    let bits = x.to_bits();
    let raw = (bits >> 52 & 0x7ff) as i32;
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    let (mantissa, exponent) = if raw == 0 { (fraction, -1074) } else { (fraction | 1 << 52, raw - 1075) };
    let zeros = mantissa.trailing_zeros();
    let mantissa = mantissa >> zeros;
    (if x < 0.0 { -mantissa } else { mantissa }, exponent + zeros as i32)
}

/// `x.as_integer_ratio()`.
pub fn as_integer_ratio(x: f64) -> Result<(IBig, IBig)> {
    if x.is_infinite() {
        return Err(Error::overflow("cannot convert Infinity to integer ratio"));
    }
    if x.is_nan() {
        return Err(Error::value("cannot convert NaN to integer ratio"));
    }
    let (mantissa, exponent) = decompose(x);
    let power = IBig::from(1) << exponent.unsigned_abs() as usize;
    Ok(if exponent >= 0 { (IBig::from(mantissa) * power, IBig::from(1)) } else { (IBig::from(mantissa), power) })
}

/// `int(x)`: towards zero.
pub fn to_int(x: f64) -> Result<IBig> {
    if x.is_infinite() {
        return Err(Error::overflow("cannot convert float infinity to integer"));
    }
    if x.is_nan() {
        return Err(Error::value("cannot convert float NaN to integer"));
    }
    let (mantissa, exponent) = decompose(x.trunc());
    Ok(IBig::from(mantissa) << exponent.max(0) as usize)
}
