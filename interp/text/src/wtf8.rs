//! The storage of Python strings: generalised UTF-8, in which a surrogate is a character of
//! three bytes like any other. Two surrogates in a row stay two characters. Every `&[u8]`
//! named `s` in this crate is valid generalised UTF-8; invalid input gives wrong characters,
//! never a panic.

use std::borrow::Cow;
use std::iter::FusedIterator;
use std::ops::Range;

/// How many bytes the character with this first byte takes.
#[inline]
pub const fn width(first: u8) -> usize {
    match first {
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    }
}

/// How many bytes this code point takes.
#[inline]
pub const fn encoded_len(cp: u32) -> usize {
    match cp {
        0..=0x7f => 1,
        0x80..=0x7ff => 2,
        0x800..=0xffff => 3,
        _ => 4,
    }
}

#[inline]
const fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// The code point that starts at byte `at`, and its length in bytes.
#[inline]
pub fn decode_at(s: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = *s.get(at)?;
    if first < 0x80 {
        return Some((first as u32, 1));
    }
    let tail = |k: usize| s.get(at + k).map_or(0, |b| (b & 0x3f) as u32);
    Some(match width(first) {
        2 => (((first & 0x1f) as u32) << 6 | tail(1), 2.min(s.len() - at)),
        3 => (((first & 0x0f) as u32) << 12 | tail(1) << 6 | tail(2), 3.min(s.len() - at)),
        _ => (((first & 0x07) as u32) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4.min(s.len() - at)),
    })
}

/// The code point that ends just before byte `end`, and its length in bytes.
#[inline]
pub fn decode_before(s: &[u8], end: usize) -> Option<(u32, usize)> {
    if end == 0 || end > s.len() {
        return None;
    }
    let mut at = end - 1;
    while at > 0 && is_continuation(s[at]) {
        at -= 1;
    }
    decode_at(&s[..end], at)
}

/// Appends one code point (at most 0x10FFFF).
#[inline]
pub fn push(out: &mut Vec<u8>, cp: u32) {
    if cp < 0x80 {
        out.push(cp as u8);
        return;
    }
    let (buffer, len) = encode(cp);
    out.extend_from_slice(&buffer[..len]);
}

/// The bytes of one code point.
#[inline]
pub const fn encode(cp: u32) -> ([u8; 4], usize) {
    match encoded_len(cp) {
        1 => ([cp as u8, 0, 0, 0], 1),
        2 => ([0xc0 | (cp >> 6) as u8, 0x80 | (cp & 0x3f) as u8, 0, 0], 2),
        3 => ([0xe0 | (cp >> 12) as u8, 0x80 | (cp >> 6 & 0x3f) as u8, 0x80 | (cp & 0x3f) as u8, 0], 3),
        _ => (
            [
                0xf0 | (cp >> 18 & 7) as u8,
                0x80 | (cp >> 12 & 0x3f) as u8,
                0x80 | (cp >> 6 & 0x3f) as u8,
                0x80 | (cp & 0x3f) as u8,
            ],
            4,
        ),
    }
}

/// Number of characters.
#[inline]
pub fn count(s: &[u8]) -> usize {
    let mut total = 0;
    // Sums of one byte over short runs let the compiler use vector instructions.
    let mut runs = s.chunks_exact(192);
    for run in &mut runs {
        total += run.iter().map(|&b| !is_continuation(b) as u8).sum::<u8>() as usize;
    }
    total + runs.remainder().iter().filter(|&&b| !is_continuation(b)).count()
}

/// Byte position of character `index`; the end when there are not so many.
#[inline]
pub fn byte_offset(s: &[u8], index: usize) -> usize {
    let mut left = index;
    let mut at = 0;
    // Whole runs are skipped by counting, so that a far index costs little.
    while left >= 64 {
        let end = (at + 64).min(s.len());
        left -= count(&s[at..end]);
        if end == s.len() {
            break;
        }
        at = end;
    }
    for (k, &byte) in s[at..].iter().enumerate() {
        if !is_continuation(byte) {
            if left == 0 {
                return at + k;
            }
            left -= 1;
        }
    }
    s.len()
}

/// Character index of the byte position `at` (a boundary).
#[inline]
pub fn char_index(s: &[u8], at: usize) -> usize {
    count(&s[..at.min(s.len())])
}

/// Character number `index`.
#[inline]
pub fn nth(s: &[u8], index: usize) -> Option<u32> {
    if index == 0 {
        return decode_at(s, 0).map(|(cp, _)| cp);
    }
    decode_at(s, byte_offset(s, index)).map(|(cp, _)| cp)
}

/// Byte range of the characters `start..stop`.
pub fn byte_range(s: &[u8], start: usize, stop: usize) -> Range<usize> {
    let from = byte_offset(s, start);
    let len = byte_offset(&s[from..], stop.saturating_sub(start));
    from..from + len
}

/// The `len` characters at `start`, `start + step`, ... (a Python extended slice that was
/// already clipped to the string).
pub fn slice_step(s: &[u8], ascii: bool, start: usize, step: isize, len: usize) -> Vec<u8> {
    if len == 0 {
        return Vec::new();
    }
    if ascii {
        let at = |k: usize| (start as isize).wrapping_add(step.wrapping_mul(k as isize)) as usize;
        return (0..len).filter_map(|k| s.get(at(k)).copied()).collect();
    }
    let mut out = Vec::with_capacity(len);
    let from = byte_offset(s, start);
    let stride = step.unsigned_abs().max(1);
    if step > 0 {
        for cp in code_points(&s[from..]).step_by(stride).take(len) {
            push(&mut out, cp);
        }
    } else {
        let end = from + decode_at(s, from).map_or(0, |(_, n)| n);
        for cp in code_points(&s[..end]).rev().step_by(stride).take(len) {
            push(&mut out, cp);
        }
    }
    out
}

/// The text as `&str`, if it holds no surrogate.
#[inline]
pub fn to_str(s: &[u8]) -> Option<&str> {
    std::str::from_utf8(s).ok()
}

/// The text for a message: surrogates as `\udcxx`.
pub fn display(s: &[u8]) -> Cow<'_, str> {
    if let Some(text) = to_str(s) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for cp in code_points(s) {
        match char::from_u32(cp) {
            Some(c) => out.push(c),
            None => out.push_str(&format!("\\u{cp:04x}")),
        }
    }
    Cow::Owned(out)
}

/// Whether the bytes are valid generalised UTF-8.
pub fn is_valid(s: &[u8]) -> bool {
    let mut rest = s;
    loop {
        match std::str::from_utf8(rest) {
            Ok(_) => return true,
            Err(error) => {
                rest = &rest[error.valid_up_to()..];
                match rest {
                    [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => rest = &rest[3..],
                    _ => return false,
                }
            }
        }
    }
}

/// Iterator over code points, from both ends.
#[derive(Clone, Debug)]
pub struct CodePoints<'a> {
    s: &'a [u8],
}

/// The code points of a text.
#[inline]
pub fn code_points(s: &[u8]) -> CodePoints<'_> {
    CodePoints { s }
}

impl<'a> CodePoints<'a> {
    /// What was not visited yet.
    pub fn rest(&self) -> &'a [u8] {
        self.s
    }
}

impl Iterator for CodePoints<'_> {
    type Item = u32;
    #[inline]
    fn next(&mut self) -> Option<u32> {
        let (cp, len) = decode_at(self.s, 0)?;
        self.s = &self.s[len..];
        Some(cp)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.s.len() / 4, Some(self.s.len()))
    }
}

impl DoubleEndedIterator for CodePoints<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        let (cp, len) = decode_before(self.s, self.s.len())?;
        self.s = &self.s[..self.s.len() - len];
        Some(cp)
    }
}

impl FusedIterator for CodePoints<'_> {}

/// Code points with the byte position of each.
pub fn code_point_indices(s: &[u8]) -> impl Iterator<Item = (usize, u32)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (cp, len) = decode_at(s, at)?;
        let here = at;
        at += len;
        Some((here, cp))
    })
}

/// A text under construction that knows its length in characters and whether it is ASCII.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextBuf {
    bytes: Vec<u8>,
    chars: usize,
}

impl TextBuf {
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), chars: 0 }
    }
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), chars: 0 }
    }
    /// Appends a code point (at most 0x10FFFF, surrogates allowed).
    #[inline]
    pub fn push_char(&mut self, cp: u32) {
        push(&mut self.bytes, cp);
        self.chars += 1;
    }
    #[inline]
    pub fn push_str(&mut self, s: &str) {
        self.push_wtf8(s.as_bytes());
    }
    /// Appends generalised UTF-8.
    #[inline]
    pub fn push_wtf8(&mut self, s: &[u8]) {
        self.bytes.extend_from_slice(s);
        self.chars += count(s);
    }
    /// Appends bytes below 0x80.
    #[inline]
    pub fn push_ascii(&mut self, s: &[u8]) {
        debug_assert!(s.is_ascii());
        self.bytes.extend_from_slice(s);
        self.chars += s.len();
    }
    /// Appends a code point `n` times.
    pub fn push_repeat(&mut self, cp: u32, n: usize) {
        fill(&mut self.bytes, cp, n);
        self.chars += n;
    }
    /// Number of characters.
    #[inline]
    pub const fn len(&self) -> usize {
        self.chars
    }
    pub const fn is_empty(&self) -> bool {
        self.chars == 0
    }
    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.chars == self.bytes.len()
    }
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.chars = 0;
    }
}

/// Appends a code point `n` times.
pub fn fill(out: &mut Vec<u8>, cp: u32, n: usize) {
    if cp < 0x80 {
        out.resize(out.len() + n, cp as u8);
        return;
    }
    let (buffer, len) = encode(cp);
    out.reserve(n * len);
    for _ in 0..n {
        out.extend_from_slice(&buffer[..len]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(cps: &[u32]) -> Vec<u8> {
        let mut out = Vec::new();
        for &cp in cps {
            push(&mut out, cp);
        }
        out
    }

    #[test]
    fn surrogates_stay_apart() {
        let s = text(&[0xd83d, 0xde00, 0x41]);
        assert_eq!(s, [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0x41]);
        assert_eq!(count(&s), 3);
        assert!(is_valid(&s));
        assert!(!is_valid(&s[1..]));
        assert_eq!(display(&s), "\\ud83d\\ude00A");
    }

    #[test]
    fn long_index() {
        let s = "aé".repeat(500).into_bytes();
        assert_eq!(byte_offset(&s, 999), 1498);
        assert_eq!(byte_offset(&s, 1000), 1500);
        assert_eq!(byte_offset(&s, 5000), 1500);
        assert_eq!(count(&s), 1000);
    }

    proptest! {
        #[test]
        fn agrees_with_a_list_of_code_points(cps in prop::collection::vec(prop_oneof![0u32..128, 0u32..0x110000, 0xd800u32..0xe000], 0..300), start in 0usize..300, step in prop_oneof![-5isize..0, 1isize..5]) {
            let s = text(&cps);
            prop_assert!(is_valid(&s));
            prop_assert_eq!(count(&s), cps.len());
            prop_assert_eq!(code_points(&s).collect::<Vec<_>>(), cps.clone());
            prop_assert_eq!(code_points(&s).rev().collect::<Vec<_>>(), cps.iter().rev().copied().collect::<Vec<_>>());
            prop_assert_eq!(nth(&s, start), cps.get(start).copied());
            if start < cps.len() {
                prop_assert_eq!(char_index(&s, byte_offset(&s, start)), start);
                let mut expected = Vec::new();
                let mut at = start as isize;
                while at >= 0 && (at as usize) < cps.len() {
                    expected.push(cps[at as usize]);
                    at += step;
                }
                let got = slice_step(&s, s.is_ascii(), start, step, expected.len());
                prop_assert_eq!(got, text(&expected));
            }
        }
    }
}
