//! `strip(chars)`, `removeprefix`, `removesuffix`, `startswith` helpers.

use crate::wtf8;

/// A set of characters to strip.
enum Chars<'a> {
    Ascii([bool; 128]),
    Any(&'a [u8]),
}

impl<'a> Chars<'a> {
    fn new(chars: &'a [u8]) -> Self {
        if !chars.is_ascii() {
            return Chars::Any(chars);
        }
        let mut set = [false; 128];
        for &b in chars {
            set[b as usize] = true;
        }
        Chars::Ascii(set)
    }
    #[inline]
    fn has(&self, cp: u32) -> bool {
        match self {
            Chars::Ascii(set) => set.get(cp as usize).copied().unwrap_or(false),
            Chars::Any(chars) => wtf8::code_points(chars).any(|c| c == cp),
        }
    }
}

/// `s.lstrip(chars)` of a str.
pub fn strip_start<'a>(s: &'a [u8], chars: &[u8]) -> &'a [u8] {
    let set = Chars::new(chars);
    let mut at = 0;
    while let Some((cp, len)) = wtf8::decode_at(s, at) {
        if !set.has(cp) {
            break;
        }
        at += len;
    }
    &s[at..]
}

/// `s.rstrip(chars)` of a str.
pub fn strip_end<'a>(s: &'a [u8], chars: &[u8]) -> &'a [u8] {
    let set = Chars::new(chars);
    let mut end = s.len();
    while let Some((cp, len)) = wtf8::decode_before(s, end) {
        if !set.has(cp) {
            break;
        }
        end -= len;
    }
    &s[..end]
}

/// `s.strip(chars)` of a str.
pub fn strip<'a>(s: &'a [u8], chars: &[u8]) -> &'a [u8] {
    strip_end(strip_start(s, chars), chars)
}

/// `s.removeprefix(prefix)`.
pub fn remove_prefix<'a>(s: &'a [u8], prefix: &[u8]) -> &'a [u8] {
    s.strip_prefix(prefix).unwrap_or(s)
}

/// `s.removesuffix(suffix)`.
pub fn remove_suffix<'a>(s: &'a [u8], suffix: &[u8]) -> &'a [u8] {
    s.strip_suffix(suffix).unwrap_or(s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        assert_eq!(strip(b"xyaxbyx", b"xy"), b"axb");
        assert_eq!(strip("éaé é".as_bytes(), "é ".as_bytes()), b"a");
        assert_eq!(strip(b"aaa", b"a"), b"");
        assert_eq!(strip(b"aaa", b""), b"aaa");
    }
}
