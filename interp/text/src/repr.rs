//! `repr` of `str` and `bytes`, and `ascii`.

use crate::unicode;
use crate::wtf8;

const HEX: &[u8; 16] = b"0123456789abcdef";

fn push_hex(out: &mut Vec<u8>, kind: u8, cp: u32, digits: u32) {
    out.extend_from_slice(&[b'\\', kind]);
    for k in (0..digits).rev() {
        out.push(HEX[(cp >> (4 * k) & 15) as usize]);
    }
}

/// Single quotes, unless there are single quotes inside and no double ones.
#[inline]
fn quote_for(s: &[u8]) -> u8 {
    if memchr::memchr(b'\'', s).is_some() && memchr::memchr(b'"', s).is_none() { b'"' } else { b'\'' }
}

/// Writes the escape of an ASCII character, or the character.
#[inline]
fn push_ascii(out: &mut Vec<u8>, byte: u8, quote: u8) {
    match byte {
        b'\t' => out.extend_from_slice(b"\\t"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\\' => out.extend_from_slice(b"\\\\"),
        _ if byte == quote => out.extend_from_slice(&[b'\\', byte]),
        32..=126 => out.push(byte),
        _ => push_hex(out, b'x', byte as u32, 2),
    }
}

/// How many bytes at the start stand for themselves.
#[inline]
fn plain_run(s: &[u8], quote: u8) -> usize {
    s.iter().position(|&b| !(32..=126).contains(&b) || b == b'\\' || b == quote).unwrap_or(s.len())
}

/// `\x`, `\u` or `\U` by size.
pub fn push_escape(out: &mut Vec<u8>, cp: u32) {
    match cp {
        0..=0xff => push_hex(out, b'x', cp, 2),
        0x100..=0xffff => push_hex(out, b'u', cp, 4),
        _ => push_hex(out, b'U', cp, 8),
    }
}

fn text(out: &mut Vec<u8>, s: &[u8], keep: impl Fn(u32) -> bool) {
    let quote = quote_for(s);
    out.reserve(s.len() + 2);
    out.push(quote);
    let mut at = 0;
    while at < s.len() {
        let plain = plain_run(&s[at..], quote);
        out.extend_from_slice(&s[at..at + plain]);
        at += plain;
        let Some(&byte) = s.get(at) else { break };
        if byte < 0x80 {
            push_ascii(out, byte, quote);
            at += 1;
        } else if let Some((cp, len)) = wtf8::decode_at(s, at) {
            if keep(cp) {
                out.extend_from_slice(&s[at..at + len]);
            } else {
                push_escape(out, cp);
            }
            at += len;
        }
    }
    out.push(quote);
}

/// Appends `repr(s)` of a str.
pub fn push_repr(out: &mut Vec<u8>, s: &[u8]) {
    text(out, s, unicode::is_printable);
}

/// `repr(s)` of a str.
pub fn repr(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    push_repr(&mut out, s);
    out
}

/// Appends `ascii(s)` of a str.
pub fn push_ascii_repr(out: &mut Vec<u8>, s: &[u8]) {
    text(out, s, |_| false);
}

/// Makes `ascii(x)` out of `repr(x)`: escapes what is not ASCII.
pub fn to_ascii(repr: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(repr.len());
    for cp in wtf8::code_points(repr) {
        if cp < 0x80 { out.push(cp as u8) } else { push_escape(&mut out, cp) }
    }
    out
}

/// Appends `repr(s)` of bytes.
pub fn push_bytes_repr(out: &mut Vec<u8>, s: &[u8]) {
    let quote = quote_for(s);
    out.reserve(s.len() + 3);
    out.extend_from_slice(&[b'b', quote]);
    for &b in s {
        push_ascii(out, b, quote);
    }
    out.push(quote);
}

/// `repr(s)` of bytes.
pub fn bytes_repr(s: &[u8]) -> String {
    let mut out = Vec::new();
    push_bytes_repr(&mut out, s);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes() {
        let show = |s: &[u8]| String::from_utf8_lossy(&repr(s)).into_owned();
        assert_eq!(show(b"a'b"), "\"a'b\"");
        assert_eq!(show(b"a'\"b"), "'a\\'\"b'");
        assert_eq!(
            show("\t\n\r\0\x7f\\é\u{a0}\u{ad}\u{2028}\u{378}\u{10ffff}😀".as_bytes()),
            "'\\t\\n\\r\\x00\\x7f\\\\é\\xa0\\xad\\u2028\\u0378\\U0010ffff😀'"
        );
        assert_eq!(show(&[0xed, 0xa0, 0xbd]), "'\\ud83d'");
        let mut out = Vec::new();
        push_ascii_repr(&mut out, "é😀'".as_bytes());
        assert_eq!(out, b"\"\\xe9\\U0001f600'\"");
        assert_eq!(bytes_repr(b"a'\x00\xff\n"), "b\"a'\\x00\\xff\\n\"");
    }
}
