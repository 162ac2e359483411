//! What numeric and string literals mean.

use dashu_int::{IBig, UBig};

use crate::error::SyntaxError;
use crate::span::Span;
use crate::tree::Constant;

/// Longest decimal integer that is read (CPython's limit against quadratic time).
pub(crate) const MAX_DIGITS: usize = 4300;

/// Value of a numeric literal.
pub(crate) fn number(text: &str, span: Span, limit: usize) -> Result<Constant, SyntaxError> {
    let clean: String;
    let digits = if text.contains('_') {
        clean = text.replace('_', "");
        clean.as_str()
    } else {
        text
    };
    let lower = |at: usize| digits.as_bytes().get(at).map_or(0, |byte| byte | 0x20);
    let radix = if lower(0) == b'0' || digits.starts_with('0') {
        match lower(1) {
            b'x' => 16,
            b'o' => 8,
            b'b' => 2,
            _ => 10,
        }
    } else {
        10
    };
    if radix != 10 {
        return Ok(integer(digits[2..].trim_end_matches(['l', 'L']), radix));
    }
    let last = digits.as_bytes().last().map_or(0, |byte| byte | 0x20);
    if last == b'j' {
        return Ok(Constant::Complex(float(&digits[..digits.len() - 1])));
    }
    if digits.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
        return Ok(Constant::Float(float(digits)));
    }
    let plain = digits.trim_end_matches(['l', 'L']);
    // The lexer lets leading zeros pass in Python 2 alone, where they mean octal.
    if plain.len() > 1 && plain.starts_with('0') {
        return Ok(integer(plain, 8));
    }
    if limit > 0 && plain.len() > limit {
        let message = format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {} digits; use \
             sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals \
             to avoid decimal conversion limits.",
            plain.len()
        );
        return Err(SyntaxError::syntax(message, span));
    }
    Ok(integer(plain, 10))
}

fn integer(digits: &str, radix: u32) -> Constant {
    match i64::from_str_radix(digits, radix) {
        Ok(small) => Constant::Int(small),
        Err(_) => {
            let big = UBig::from_str_radix(digits, radix).unwrap_or_default();
            Constant::BigInt(Box::new(IBig::from(big)))
        }
    }
}

fn float(digits: &str) -> f64 {
    digits.parse().unwrap_or(f64::NAN)
}

/// Why an escape is wrong: the range of the literal's body, and what to say.
pub(crate) struct BadEscape {
    pub start: usize,
    pub end: usize,
    pub message: &'static str,
}

/// Appends a code point, a surrogate too, as (generalised) UTF-8.
fn push_code(out: &mut Vec<u8>, code: u32) {
    if let Some(character) = char::from_u32(code) {
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        return;
    }
    // A pair of escaped surrogates stays two characters, as in CPython.
    out.extend([0xE0 | (code >> 12) as u8, 0x80 | (code >> 6 & 0x3F) as u8, 0x80 | (code & 0x3F) as u8]);
}

/// Appends literal text with its line ends made `\n`.
fn push_text(out: &mut Vec<u8>, text: &[u8]) {
    if memchr::memchr(b'\r', text).is_none() {
        out.extend_from_slice(text);
        return;
    }
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'\r' {
            out.push(b'\n');
            at += usize::from(text.get(at + 1) == Some(&b'\n'));
        } else {
            out.push(text[at]);
        }
        at += 1;
    }
}

/// Value of a string's body. `fields`: doubled braces stand for one (text of a format string).
/// `unicode`: the escapes of Unicode literals count; Python 2 has them after `u` alone.
pub(crate) fn text(body: &str, raw: bool, fields: bool, unicode: bool) -> Result<Vec<u8>, BadEscape> {
    let bytes = body.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let step = if fields {
            if raw { memchr::memchr2(b'{', b'}', &bytes[at..]) } else { memchr::memchr3(b'\\', b'{', b'}', &bytes[at..]) }
        } else if raw {
            None
        } else {
            memchr::memchr(b'\\', &bytes[at..])
        };
        let Some(step) = step else {
            push_text(&mut out, &bytes[at..]);
            break;
        };
        push_text(&mut out, &bytes[at..at + step]);
        at += step;
        if bytes[at] != b'\\' {
            out.push(bytes[at]);
            at += if bytes.get(at + 1) == Some(&bytes[at]) { 2 } else { 1 };
            continue;
        }
        if fields && matches!(bytes.get(at + 1), Some(b'{' | b'}')) {
            // No escape: the brace counts on its own.
            out.push(b'\\');
            at += 1;
            continue;
        }
        at = escape(body, at, unicode, &mut out)?;
    }
    Ok(out)
}

/// Reads the escape at `at`; the position after it.
fn escape(body: &str, at: usize, unicode: bool, out: &mut Vec<u8>) -> Result<usize, BadEscape> {
    let bytes = body.as_bytes();
    let Some(letter) = bytes.get(at + 1).copied() else {
        out.push(b'\\');
        return Ok(at + 1);
    };
    match letter {
        b'x' => code(body, at, 2, "truncated \\xXX escape", out),
        b'u' if unicode => code(body, at, 4, "truncated \\uXXXX escape", out),
        b'U' if unicode => code(body, at, 8, "truncated \\UXXXXXXXX escape", out),
        b'N' if unicode => named(body, at, out),
        b'0'..=b'7' => {
            let (value, end) = octal(bytes, at + 1);
            push_code(out, value);
            Ok(end)
        }
        _ => {
            simple(bytes, at, letter, out);
            let wide = bytes[at + 1..].starts_with(b"\r\n");
            Ok(at + if wide { 3 } else { 2 })
        }
    }
}

/// The escapes of one letter; an unknown one keeps its backslash.
fn simple(bytes: &[u8], at: usize, letter: u8, out: &mut Vec<u8>) {
    match letter {
        b'\n' | b'\r' => {}
        b'\\' | b'\'' | b'"' => out.push(letter),
        b'a' => out.push(7),
        b'b' => out.push(8),
        b'f' => out.push(12),
        b'n' => out.push(b'\n'),
        b'r' => out.push(b'\r'),
        b't' => out.push(b'\t'),
        b'v' => out.push(11),
        _ => out.extend_from_slice(&bytes[at..at + 2]),
    }
}

fn octal(bytes: &[u8], mut at: usize) -> (u32, usize) {
    let mut value = 0;
    let end = at + 3;
    while at < end && bytes.get(at).is_some_and(|byte| matches!(byte, b'0'..=b'7')) {
        value = value * 8 + u32::from(bytes[at] - b'0');
        at += 1;
    }
    (value, at)
}

fn code(body: &str, at: usize, digits: usize, truncated: &'static str, out: &mut Vec<u8>) -> Result<usize, BadEscape> {
    let rest = &body.as_bytes()[at + 2..];
    let count = rest.iter().take(digits).take_while(|byte| byte.is_ascii_hexdigit()).count();
    if count < digits {
        return Err(BadEscape { start: at, end: at + 1 + count, message: truncated });
    }
    let end = at + 2 + digits;
    let value = u32::from_str_radix(&body[at + 2..end], 16).unwrap_or(0);
    if value > 0x0010_FFFF {
        return Err(BadEscape { start: at, end: end - 1, message: "illegal Unicode character" });
    }
    push_code(out, value);
    Ok(end)
}

fn named(body: &str, at: usize, out: &mut Vec<u8>) -> Result<usize, BadEscape> {
    let malformed = "malformed \\N character escape";
    let rest = &body[at + 2..];
    let Some(close) = rest.starts_with('{').then(|| rest.find('}')).flatten() else {
        return Err(BadEscape { start: at, end: at + 1 + usize::from(rest.starts_with('{')), message: malformed });
    };
    let end = at + 2 + close + 1;
    let name = &rest[1..close];
    match unicode_names2::character(name).or_else(|| crate::aliases::find(name)) {
        Some(character) => {
            push_code(out, character as u32);
            Ok(end)
        }
        None => {
            let message = if close == 1 { malformed } else { "unknown Unicode character name" };
            Err(BadEscape { start: at, end: end - 1, message })
        }
    }
}

/// Value of a bytes literal's body, which is ASCII.
pub(crate) fn bytes(body: &str, raw: bool) -> Result<Vec<u8>, BadEscape> {
    let source = body.as_bytes();
    let mut out = Vec::with_capacity(source.len());
    let mut at = 0;
    while at < source.len() {
        let step = if raw { None } else { memchr::memchr(b'\\', &source[at..]) };
        let Some(step) = step else {
            push_text(&mut out, &source[at..]);
            break;
        };
        push_text(&mut out, &source[at..at + step]);
        at += step;
        match source.get(at + 1).copied() {
            None => {
                out.push(b'\\');
                at += 1;
            }
            Some(b'x') => {
                let digits = source[at + 2..].iter().take(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
                if digits < 2 {
                    return Err(BadEscape { start: at, end: at, message: "invalid \\x escape" });
                }
                out.push(u8::from_str_radix(&body[at + 2..at + 4], 16).unwrap_or(0));
                at += 4;
            }
            Some(b'0'..=b'7') => {
                let (value, end) = octal(source, at + 1);
                out.push(value as u8);
                at = end;
            }
            Some(letter) => {
                simple(source, at, letter, &mut out);
                at += if source[at + 1..].starts_with(b"\r\n") { 3 } else { 2 };
            }
        }
    }
    Ok(out)
}
