//! Applies a format specification to integers, floats, complex numbers and strings. `spec` is
//! generalised UTF-8; so is the result.

use crate::error::{Error, Result};
use crate::float::{self, Style};
use crate::int;
use crate::spec::{self, Align, Grouping, Sign, Spec};
use crate::wtf8;
use dashu_int::IBig;

/// A precision that C cannot hold in an int.
const MAX_PRECISION: usize = i32::MAX as usize;

/// What the caller does with an integer.
#[derive(Clone, Copy, Debug)]
pub enum IntRef<'a> {
    Small(i64),
    Big(&'a IBig),
}

impl IntRef<'_> {
    fn is_negative(&self) -> bool {
        match self {
            IntRef::Small(n) => *n < 0,
            IntRef::Big(n) => n.sign() == dashu_int::Sign::Negative,
        }
    }
    fn digits(&self, base: u32, limit: usize) -> Result<String> {
        match self {
            IntRef::Small(n) => Ok(int::magnitude_i64(*n, base)),
            IntRef::Big(n) => int::magnitude_big(n, base, limit),
        }
    }
    fn to_f64(self) -> Result<f64> {
        match self {
            IntRef::Small(n) => Ok(n as f64),
            IntRef::Big(n) => {
                let x = n.to_f64().value();
                if x.is_finite() { Ok(x) } else { Err(Error::overflow("int too large to convert to float")) }
            }
        }
    }
    fn to_i64(self) -> Option<i64> {
        match self {
            IntRef::Small(n) => Some(n),
            IntRef::Big(n) => i64::try_from(n).ok(),
        }
    }
}

/// The parts of a number: sign, `0x`, digits, `.fraction`, and what follows (exponent, `%`, `inf`).
struct Number<'a> {
    negative: bool,
    prefix: &'a str,
    digits: &'a [u8],
    fraction: Option<&'a [u8]>,
    rest: &'a [u8],
}

/// `format(n, spec)` of an int. `limit`: most decimal digits, see `int`.
pub fn int(n: IntRef<'_>, spec: &[u8], limit: usize) -> Result<Vec<u8>> {
    if spec.is_empty() {
        let mut out = Vec::new();
        if n.is_negative() {
            out.push(b'-');
        }
        out.extend_from_slice(n.digits(10, limit)?.as_bytes());
        return Ok(out);
    }
    let spec = spec::parse(spec, "int", b'd', Align::Right)?;
    int_with(n, &spec, limit)
}

/// [`int`] with a specification that was parsed before.
pub fn int_with(n: IntRef<'_>, spec: &Spec, limit: usize) -> Result<Vec<u8>> {
    let (base, prefix) = match spec.ascii_code(b'd') {
        b'd' | b'n' => (10, ""),
        b'b' => (2, "0b"),
        b'o' => (8, "0o"),
        b'x' => (16, "0x"),
        b'X' => (16, "0X"),
        b'c' => return char(n, spec),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => return float_with(n.to_f64()?, spec),
        _ => return Err(spec::unknown_code(spec.code.unwrap_or(0), "int")),
    };
    check_integer_spec(spec)?;
    let mut buffer = itoa::Buffer::new();
    let mut owned;
    let digits = if let (IntRef::Small(n), 10) = (n, base) {
        buffer.format(n.unsigned_abs())
    } else {
        owned = n.digits(base, limit)?;
        if prefix == "0X" {
            owned.make_ascii_uppercase();
        }
        &owned
    };
    let number = Number {
        negative: n.is_negative(),
        prefix: if spec.alternate { prefix } else { "" },
        digits: digits.as_bytes(),
        fraction: None,
        rest: b"",
    };
    let mut out = Vec::new();
    push_number(&mut out, &number, spec)?;
    Ok(out)
}

fn check_integer_spec(spec: &Spec) -> Result<()> {
    if spec.precision.is_some() {
        return Err(Error::value("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(Error::value("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    Ok(())
}

fn char(n: IntRef<'_>, spec: &Spec) -> Result<Vec<u8>> {
    check_integer_spec(spec)?;
    if spec.sign.is_some() {
        return Err(Error::value("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(Error::value("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let n = n.to_i64().ok_or_else(|| Error::overflow("Python int too large to convert to C long"))?;
    let cp = u32::try_from(n).ok().filter(|&cp| cp <= 0x10ffff);
    let cp = cp.ok_or_else(|| Error::overflow("%c arg not in range(0x110000)"))?;
    let (buffer, len) = wtf8::encode(cp);
    let mut out = Vec::new();
    pad(&mut out, 1, spec, |out, inner| {
        wtf8::fill(out, spec.fill, inner);
        out.extend_from_slice(&buffer[..len]);
    })?;
    Ok(out)
}

/// `format(x, spec)` of a float.
pub fn float(x: f64, spec: &[u8]) -> Result<Vec<u8>> {
    if spec.is_empty() {
        return Ok(float::repr(x).into_bytes());
    }
    let spec = spec::parse(spec, "float", 0, Align::Right)?;
    float_with(x, &spec)
}

/// [`float`] with a specification that was parsed before.
pub fn float_with(x: f64, spec: &Spec) -> Result<Vec<u8>> {
    let code = spec.ascii_code(0);
    if !matches!(code, 0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' | b'%') {
        return Err(spec::unknown_code(spec.code.unwrap_or(0), "float"));
    }
    let mut text = String::with_capacity(32);
    push_float_text(&mut text, x, spec, code)?;
    let bare = spec.width.is_none() && spec.grouping.is_none() && spec.fraction_grouping.is_none();
    if bare && matches!(spec.sign, None | Some(Sign::Minus)) {
        return Ok(text.into_bytes());
    }
    let mut out = Vec::with_capacity(text.len().max(spec.width.unwrap_or(0).min(1 << 16)));
    push_float(&mut out, &text, spec)?;
    Ok(out)
}

/// The bare text of a float in the given format.
fn push_float_text(text: &mut String, x: f64, spec: &Spec, code: u8) -> Result<()> {
    if spec.precision.is_some_and(|p| p > MAX_PRECISION) {
        return Err(Error::value("precision too big"));
    }
    let (code, precision, add_dot_0) = match (code, spec.precision) {
        (0, None) => (b'r', 0, true),
        (0, Some(p)) => (b'g', p, true),
        (b'n', p) => (b'g', p.unwrap_or(6), false),
        (b'%', p) => (b'f', p.unwrap_or(6), false),
        (code, p) => (code, p.unwrap_or(6), false),
    };
    reserve(precision)?;
    let percent = spec.code == Some(0x25);
    let style =
        Style { alternate: spec.alternate, add_dot_0, no_negative_zero: spec.no_negative_zero, ..Style::new(code, precision) };
    float::push(text, if percent { x * 100.0 } else { x }, style);
    if percent {
        text.push('%');
    }
    Ok(())
}

/// Refuses a size for which there is no memory, before anything is allocated for good.
fn reserve(size: usize) -> Result<()> {
    if size < 1 << 20 {
        return Ok(());
    }
    Vec::<u8>::new().try_reserve_exact(size.saturating_mul(2)).map_err(|_| Error::memory())
}

fn push_float(out: &mut Vec<u8>, text: &str, spec: &Spec) -> Result<()> {
    let bytes = text.as_bytes();
    let (negative, body) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    let run = |s: &[u8]| s.iter().position(|b| !b.is_ascii_digit()).unwrap_or(s.len());
    let (digits, rest) = body.split_at(run(body));
    let (fraction, rest) = match rest {
        [b'.', tail @ ..] => {
            let (fraction, rest) = tail.split_at(run(tail));
            (Some(fraction), rest)
        }
        _ => (None, rest),
    };
    push_number(out, &Number { negative, prefix: "", digits, fraction, rest }, spec)
}

fn push_number(out: &mut Vec<u8>, n: &Number<'_>, spec: &Spec) -> Result<()> {
    let sign = match (n.negative, spec.sign) {
        (true, _) => "-",
        (_, Some(Sign::Plus)) => "+",
        (_, Some(Sign::Space)) => " ",
        _ => "",
    };
    let mut tail = Vec::new();
    if let Some(fraction) = n.fraction {
        tail.push(b'.');
        push_fraction(&mut tail, fraction, spec.fraction_grouping);
    }
    tail.extend_from_slice(n.rest);
    let lead = sign.len() + n.prefix.len();
    // Zeros of a padded number are grouped like its digits.
    let zeros = spec.fill == 0x30 && spec.align == Align::AfterSign;
    let min_width = if zeros { spec.width.unwrap_or(0).saturating_sub(lead + tail.len()) } else { 0 };
    reserve(min_width)?;
    let grouped;
    let digits = match spec.grouping {
        _ if n.digits.is_empty() => n.digits,
        None if min_width <= n.digits.len() => n.digits,
        grouping => {
            grouped = group(n.digits, grouping, min_width);
            &grouped
        }
    };
    pad(out, lead + digits.len() + tail.len(), spec, |out, inner| {
        out.extend_from_slice(sign.as_bytes());
        out.extend_from_slice(n.prefix.as_bytes());
        wtf8::fill(out, spec.fill, inner);
        out.extend_from_slice(digits);
        out.extend_from_slice(&tail);
    })
}

/// Digits in groups from the right, with leading zeros up to `min_width`; one more than that
/// when the text would begin with a separator.
fn group(digits: &[u8], grouping: Option<Grouping>, min_width: usize) -> Vec<u8> {
    let Some(grouping) = grouping else {
        let mut out = vec![b'0'; min_width.saturating_sub(digits.len())];
        out.extend_from_slice(digits);
        return out;
    };
    let size = grouping.size();
    let needed = digits.len().max({
        let full = min_width / (size + 1) * size;
        full + (min_width % (size + 1)).max((min_width > 0 && min_width.is_multiple_of(size + 1)) as usize)
    });
    let mut out = Vec::with_capacity(needed + needed / size);
    for k in (0..needed).rev() {
        out.push(if k < digits.len() { digits[digits.len() - 1 - k] } else { b'0' });
        if k > 0 && k % size == 0 {
            out.push(grouping.separator());
        }
    }
    out
}

fn push_fraction(out: &mut Vec<u8>, fraction: &[u8], grouping: Option<Grouping>) {
    let Some(grouping) = grouping else {
        out.extend_from_slice(fraction);
        return;
    };
    for (k, part) in fraction.chunks(3).enumerate() {
        if k > 0 {
            out.push(grouping.separator());
        }
        out.extend_from_slice(part);
    }
}

/// Pads what `body` writes (`len` characters); its argument is the padding that goes inside.
fn pad(out: &mut Vec<u8>, len: usize, spec: &Spec, body: impl FnOnce(&mut Vec<u8>, usize)) -> Result<()> {
    let total = spec.width.unwrap_or(0).saturating_sub(len);
    out.try_reserve(total.saturating_mul(wtf8::encoded_len(spec.fill)).saturating_add(len)).map_err(|_| Error::memory())?;
    let (left, inner) = match spec.align {
        Align::Left => (0, 0),
        Align::Right => (total, 0),
        Align::Center => (total / 2, 0),
        Align::AfterSign => (0, total),
    };
    wtf8::fill(out, spec.fill, left);
    body(out, inner);
    wtf8::fill(out, spec.fill, total - left - inner);
    Ok(())
}

/// `format(re + im*1j, spec)`.
pub fn complex(re: f64, im: f64, spec: &[u8]) -> Result<Vec<u8>> {
    if spec.is_empty() {
        return Ok(crate::complex::repr(re, im).into_bytes());
    }
    let spec = spec::parse(spec, "complex", 0, Align::Right)?;
    let code = spec.ascii_code(0);
    if !matches!(code, 0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n') {
        return Err(spec::unknown_code(spec.code.unwrap_or(0), "complex"));
    }
    if spec.fill == 0x30 {
        return Err(Error::value("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(Error::value("'=' alignment flag is not allowed in complex format specifier"));
    }
    let skip_real = code == 0 && re == 0.0 && re.is_sign_positive();
    let parens = code == 0 && !skip_real;
    let mut body = Vec::new();
    if parens {
        body.push(b'(');
    }
    let bare = Spec { width: None, ..spec };
    let mut part = |x: f64, spec: &Spec| -> Result<()> {
        let mut text = String::new();
        push_complex_part(&mut text, x, spec, code)?;
        push_float(&mut body, &text, spec)
    };
    if !skip_real {
        part(re, &bare)?;
    }
    part(im, &if skip_real { bare } else { Spec { sign: Some(Sign::Plus), ..bare } })?;
    body.push(b'j');
    if parens {
        body.push(b')');
    }
    let mut out = Vec::new();
    pad(&mut out, body.len(), &spec, |out, _| out.extend_from_slice(&body))?;
    Ok(out)
}

/// Unlike a float, a part without type gets no `.0`.
fn push_complex_part(text: &mut String, x: f64, spec: &Spec, code: u8) -> Result<()> {
    if code != 0 {
        return push_float_text(text, x, spec, code);
    }
    let precision = spec.precision.unwrap_or(0);
    if precision > MAX_PRECISION {
        return Err(Error::value("precision too big"));
    }
    reserve(precision)?;
    let code = if spec.precision.is_some() { b'g' } else { b'r' };
    let style = Style { alternate: spec.alternate, no_negative_zero: spec.no_negative_zero, ..Style::new(code, precision) };
    float::push(text, x, style);
    Ok(())
}

/// `format(s, spec)` of a str; `chars` is its length in characters.
pub fn str(s: &[u8], chars: usize, spec: &[u8]) -> Result<Vec<u8>> {
    if spec.is_empty() {
        return Ok(s.to_vec());
    }
    let spec = spec::parse(spec, "str", b's', Align::Left)?;
    if spec.ascii_code(b's') != b's' {
        return Err(spec::unknown_code(spec.code.unwrap_or(0), "str"));
    }
    let refused = match spec.sign {
        Some(Sign::Space) => Some("Space not allowed in string format specifier"),
        Some(_) => Some("Sign not allowed in string format specifier"),
        None if spec.no_negative_zero => Some("Negative zero coercion (z) not allowed in string format specifier"),
        None if spec.alternate => Some("Alternate form (#) not allowed in string format specifier"),
        None if spec.align == Align::AfterSign => Some("'=' alignment not allowed in string format specifier"),
        None => None,
    };
    if let Some(message) = refused {
        return Err(Error::value(message));
    }
    let (s, chars) = match spec.precision {
        Some(p) if p < chars => (&s[..wtf8::byte_offset(s, p)], p),
        _ => (s, chars),
    };
    let mut out = Vec::new();
    pad(&mut out, chars, &spec, |out, _| out.extend_from_slice(s))?;
    Ok(out)
}
