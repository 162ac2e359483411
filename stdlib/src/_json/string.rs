//! JSON text under construction: strings in quotes, with what must be escaped.

use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Ref, Value};
use lockstep_text::wtf8;

/// Generalised UTF-8 that knows its number of code points.
#[derive(Default)]
pub struct Text {
    bytes: Vec<u8>,
    /// Bytes beyond one per code point.
    extra: usize,
}

/// For each byte: 0 if it stands for itself in a string, else the letter of its escape (`u`: by
/// number).
static ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 32 {
        table[i] = b'u';
        i += 1;
    }
    table[8] = b'b';
    table[9] = b't';
    table[10] = b'n';
    table[12] = b'f';
    table[13] = b'r';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

/// The length of the part at the front that needs no escape.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = bytes.get(at..at + 8) {
        // Eight bytes at a time: below 0x20, a quote, or a backslash sets a top bit.
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        let word = u64::from_le_bytes(word);
        const ONES: u64 = 0x0101_0101_0101_0101;
        const TOPS: u64 = 0x8080_8080_8080_8080;
        let low = word.wrapping_sub(ONES * 0x20) & !word;
        let quote = word ^ (ONES * b'"' as u64);
        let slash = word ^ (ONES * b'\\' as u64);
        let found = low | (quote.wrapping_sub(ONES) & !quote) | (slash.wrapping_sub(ONES) & !slash);
        if found & TOPS != 0 {
            break;
        }
        at += 8;
    }
    while at < bytes.len() && ESCAPES[usize::from(bytes[at])] == 0 {
        at += 1;
    }
    at
}

impl Text {
    /// The bytes so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }
    /// A str of it.
    pub fn finish(self, py: &Py) -> Value {
        match self.bytes.len() {
            n @ 0..=1 if self.extra == 0 => py.new_ascii(&self.bytes[..n]).into_value(),
            n => py.make_str(&self.bytes, n - self.extra).into_value(),
        }
    }
    /// ASCII characters.
    #[inline]
    pub fn ascii(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
    /// One ASCII character.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }
    /// A str as it is.
    #[inline]
    pub fn str(&mut self, s: &Ref<Str>) {
        self.bytes.extend_from_slice(s.as_bytes());
        self.extra += s.as_bytes().len() - s.len();
    }
    /// A number.
    #[inline]
    pub fn int(&mut self, n: i64) {
        lockstep_text::int::push_i64(&mut self.bytes, n);
    }

    fn escape(&mut self, byte: u8, kind: u8) {
        if kind == b'u' {
            self.unicode(u32::from(byte));
        } else {
            self.bytes.extend_from_slice(&[b'\\', kind]);
        }
    }
    fn unicode(&mut self, unit: u32) {
        let digit = |shift: u32| b"0123456789abcdef"[(unit >> shift & 15) as usize];
        self.bytes.extend_from_slice(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
    }

    /// A str in quotes; other characters than ASCII stay.
    pub fn quote(&mut self, s: &Ref<Str>) {
        self.extra += s.as_bytes().len() - s.len();
        self.bytes.reserve(s.as_bytes().len() + 2);
        self.bytes.push(b'"');
        let mut rest = s.as_bytes();
        loop {
            let plain = plain_length(rest);
            self.bytes.extend_from_slice(&rest[..plain]);
            let Some(byte) = rest.get(plain) else { break };
            self.escape(*byte, ESCAPES[usize::from(*byte)]);
            rest = &rest[plain + 1..];
        }
        self.bytes.push(b'"');
    }
    /// A str in quotes, in ASCII.
    pub fn quote_ascii(&mut self, s: &Ref<Str>) {
        if s.is_ascii() && !s.as_bytes().contains(&0x7F) {
            return self.quote(s);
        }
        self.bytes.push(b'"');
        for c in wtf8::code_points(s.as_bytes()) {
            match c {
                0..=0x7E => {
                    let kind = ESCAPES[c as usize];
                    if kind == 0 {
                        self.bytes.push(c as u8);
                    } else {
                        self.escape(c as u8, kind);
                    }
                }
                0x7F..=0xFFFF => self.unicode(c),
                _ => {
                    let c = c - 0x1_0000;
                    self.unicode(0xD800 | c >> 10);
                    self.unicode(0xDC00 | c & 0x3FF);
                }
            }
        }
        self.bytes.push(b'"');
    }
}
