//! `unicode_escape`, `raw_unicode_escape`, and the escapes of bytes (`codecs.escape_decode`).

use super::Fault;
use crate::error::{Error, Result as TextResult};
use crate::repr::push_escape;
use crate::wtf8;

const NAME: &str = "unicodeescape";
const RAW: &str = "rawunicodeescape";

/// Finds a character sequence by its Unicode name (generalised UTF-8).
pub type Names<'a> = &'a mut dyn FnMut(&str) -> Option<Vec<u8>>;

/// The value of up to `count` hexadecimal digits at `at`, and how many there are.
fn hex(input: &[u8], at: usize, count: usize) -> (u32, usize) {
    let digits = input[at..].iter().take(count).map_while(|&b| (b as char).to_digit(16));
    digits.fold((0, 0), |(value, n), d| (value << 4 | d, n + 1))
}

/// Decodes `unicode_escape` from byte `at` on; returns how far it came. `odd` receives the
/// position of the first escape that means nothing (Python warns about it).
pub fn decode(
    input: &[u8],
    at: usize,
    last: bool,
    out: &mut Vec<u8>,
    odd: &mut Option<usize>,
    names: Names<'_>,
) -> Result<usize, Fault> {
    let mut at = at;
    while let Some(&byte) = input.get(at) {
        if byte != b'\\' {
            wtf8::push(out, byte as u32);
            at += 1;
            continue;
        }
        let start = at;
        let fault = |end: usize, reason| Err(Fault::decode(NAME, start, end, reason));
        let Some(&kind) = input.get(at + 1) else {
            return if last { fault(input.len(), "\\ at end of string") } else { Ok(start) };
        };
        at += 2;
        if let Some(plain) = simple(kind) {
            out.extend_from_slice(plain);
            continue;
        }
        let (count, truncated) = match kind {
            b'0'..=b'7' => {
                let digits = input[at - 1..].iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
                if !last && at - 1 + digits == input.len() && digits < 3 {
                    return Ok(start);
                }
                let value = input[at - 1..at - 1 + digits].iter().fold(0, |v, b| v * 8 + (b - b'0') as u32);
                wtf8::push(out, value);
                at += digits - 1;
                continue;
            }
            b'x' => (2, "truncated \\xXX escape"),
            b'u' => (4, "truncated \\uXXXX escape"),
            b'U' => (8, "truncated \\UXXXXXXXX escape"),
            b'N' => {
                match named(input, at) {
                    Named::Open if !last => return Ok(start),
                    Named::Open => return fault(input.len(), "malformed \\N character escape"),
                    Named::Malformed(end) => return fault(end, "malformed \\N character escape"),
                    Named::Name(name, end) => match std::str::from_utf8(name).ok().and_then(&mut *names) {
                        Some(text) => {
                            out.extend_from_slice(&text);
                            at = end;
                        }
                        None => return fault(end, "unknown Unicode character name"),
                    },
                }
                continue;
            }
            _ => {
                odd.get_or_insert(start);
                out.push(b'\\');
                wtf8::push(out, kind as u32);
                continue;
            }
        };
        let (value, digits) = hex(input, at, count);
        if digits < count {
            return if !last && at + digits == input.len() { Ok(start) } else { fault(at + digits, truncated) };
        }
        at += count;
        if value > 0x10ffff {
            return fault(at, "illegal Unicode character");
        }
        wtf8::push(out, value);
    }
    Ok(at)
}

/// Escapes of one letter.
const fn simple(kind: u8) -> Option<&'static [u8]> {
    Some(match kind {
        b'\n' => b"",
        b'\\' => b"\\",
        b'\'' => b"'",
        b'"' => b"\"",
        b'a' => b"\x07",
        b'b' => b"\x08",
        b't' => b"\t",
        b'n' => b"\n",
        b'v' => b"\x0b",
        b'f' => b"\x0c",
        b'r' => b"\r",
        _ => return None,
    })
}

enum Named<'a> {
    /// The input ends before the brace does.
    Open,
    Malformed(usize),
    Name(&'a [u8], usize),
}

fn named(input: &[u8], at: usize) -> Named<'_> {
    match input.get(at) {
        None => Named::Open,
        Some(b'{') => match memchr::memchr(b'}', &input[at + 1..]) {
            None => Named::Open,
            Some(0) => Named::Malformed(at + 1),
            Some(len) => Named::Name(&input[at + 1..at + 1 + len], at + len + 2),
        },
        Some(_) => Named::Malformed(at),
    }
}

/// Decodes `raw_unicode_escape` from byte `at` on; returns how far it came.
pub fn decode_raw(input: &[u8], at: usize, last: bool, out: &mut Vec<u8>) -> Result<usize, Fault> {
    let mut at = at;
    while let Some(&byte) = input.get(at) {
        let kind = input.get(at + 1).copied();
        let (count, truncated) = match (byte, kind) {
            (b'\\', None) if !last => return Ok(at),
            (b'\\', Some(b'u')) => (4, "truncated \\uXXXX escape"),
            (b'\\', Some(b'U')) => (8, "truncated \\UXXXXXXXX escape"),
            (b'\\', Some(other)) => {
                out.push(b'\\');
                wtf8::push(out, other as u32);
                at += 2;
                continue;
            }
            _ => {
                wtf8::push(out, byte as u32);
                at += 1;
                continue;
            }
        };
        let (value, digits) = hex(input, at + 2, count);
        let end = at + 2 + digits;
        if digits < count {
            return if !last && end == input.len() { Ok(at) } else { Err(Fault::decode(RAW, at, end, truncated)) };
        }
        if value > 0x10ffff {
            return Err(Fault::decode(RAW, at, end, "\\Uxxxxxxxx out of range"));
        }
        wtf8::push(out, value);
        at = end;
    }
    Ok(at)
}

/// Encodes as `unicode_escape`.
pub fn encode(text: &[u8], out: &mut Vec<u8>) {
    out.reserve(text.len());
    for cp in wtf8::code_points(text) {
        match cp {
            0x5c => out.extend_from_slice(b"\\\\"),
            9 => out.extend_from_slice(b"\\t"),
            10 => out.extend_from_slice(b"\\n"),
            13 => out.extend_from_slice(b"\\r"),
            32..=126 => out.push(cp as u8),
            _ => push_escape(out, cp),
        }
    }
}

/// Encodes as `raw_unicode_escape`.
pub fn encode_raw(text: &[u8], out: &mut Vec<u8>) {
    out.reserve(text.len());
    for cp in wtf8::code_points(text) {
        match u8::try_from(cp) {
            Ok(byte) => out.push(byte),
            Err(_) => push_escape(out, cp),
        }
    }
}

/// `codecs.escape_decode`: the escapes of a bytes literal. `on_error`: `None` raises, else what
/// stands for a broken `\x`.
pub fn decode_bytes(input: &[u8], on_error: Option<&[u8]>) -> TextResult<Vec<u8>> {
    let mut out = Vec::with_capacity(input.len());
    let mut at = 0;
    while let Some(&byte) = input.get(at) {
        at += 1;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let Some(&kind) = input.get(at) else {
            return Err(Error::value("Trailing \\ in string"));
        };
        at += 1;
        match kind {
            b'0'..=b'7' => {
                let digits = input[at - 1..].iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
                let value = input[at - 1..at - 1 + digits].iter().fold(0, |v, b| v * 8 + (b - b'0') as u32);
                out.push(value as u8);
                at += digits - 1;
            }
            b'x' => {
                let (value, digits) = hex(input, at, 2);
                if digits == 2 {
                    out.push(value as u8);
                } else {
                    let message = || Error::value(format!("invalid \\x escape at position {}", at - 2));
                    out.extend_from_slice(on_error.ok_or_else(message)?);
                }
                at += digits;
            }
            _ => match simple(kind) {
                Some(plain) => out.extend_from_slice(plain),
                None => out.extend_from_slice(&[b'\\', kind]),
            },
        }
    }
    Ok(out)
}

/// `codecs.escape_encode`: as in the repr of bytes, without quotes around.
pub fn encode_bytes(input: &[u8], out: &mut Vec<u8>) {
    for &byte in input {
        match byte {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            9 => out.extend_from_slice(b"\\t"),
            10 => out.extend_from_slice(b"\\n"),
            13 => out.extend_from_slice(b"\\r"),
            32..=126 => out.push(byte),
            _ => push_escape(out, byte as u32),
        }
    }
}
