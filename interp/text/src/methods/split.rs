//! `split`, `rsplit`, `splitlines` and `partition`. All of them yield parts of the input; the
//! `rsplit` family yields from the right, so that the caller reverses what it has collected.

use super::search;
use crate::unicode;
use crate::wtf8;
use memchr::memmem;

/// Whether the caller's text is `str` (Unicode spaces and line ends) or `bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    Text,
    Bytes,
}

#[inline]
const fn is_ascii_space(byte: u8) -> bool {
    matches!(byte, 9..=13 | 32)
}

/// Length in bytes of the space at `at`, 0 if it is none.
#[inline]
fn space_at(s: &[u8], at: usize, flavor: Flavor) -> usize {
    let byte = s[at];
    if byte < 0x80 {
        return (is_ascii_space(byte) || (flavor == Flavor::Text && matches!(byte, 28..=31))) as usize;
    }
    if flavor == Flavor::Bytes || !matches!(byte, 0xc2 | 0xe1..=0xe3) {
        return 0;
    }
    match wtf8::decode_at(s, at) {
        Some((cp, len)) if unicode::is_space(cp) => len,
        _ => 0,
    }
}

#[inline]
fn space_before(s: &[u8], end: usize, flavor: Flavor) -> usize {
    let byte = s[end - 1];
    if byte < 0x80 || flavor == Flavor::Bytes {
        return space_at(s, end - 1, flavor);
    }
    match wtf8::decode_before(s, end) {
        Some((cp, len)) if unicode::is_space(cp) => len,
        _ => 0,
    }
}

/// `s` without space on the left.
pub fn trim_start(s: &[u8], flavor: Flavor) -> &[u8] {
    let mut at = 0;
    while at < s.len() {
        match space_at(s, at, flavor) {
            0 => break,
            len => at += len,
        }
    }
    &s[at..]
}

/// `s` without space on the right.
pub fn trim_end(s: &[u8], flavor: Flavor) -> &[u8] {
    let mut end = s.len();
    while end > 0 {
        match space_before(s, end, flavor) {
            0 => break,
            len => end -= len,
        }
    }
    &s[..end]
}

fn limit(maxsplit: isize) -> usize {
    usize::try_from(maxsplit).unwrap_or(usize::MAX)
}

/// `s.split(None, maxsplit)`; a negative limit means none.
pub fn split_space(s: &[u8], maxsplit: isize, flavor: Flavor) -> impl Iterator<Item = &[u8]> {
    let mut left = limit(maxsplit);
    let mut rest = s;
    std::iter::from_fn(move || {
        rest = trim_start(rest, flavor);
        if rest.is_empty() {
            return None;
        }
        if left == 0 {
            return Some(std::mem::take(&mut rest));
        }
        left -= 1;
        let mut end = 0;
        while end < rest.len() {
            if space_at(rest, end, flavor) > 0 {
                break;
            }
            end += 1;
        }
        let part = &rest[..end];
        rest = &rest[end..];
        Some(part)
    })
}

/// `s.rsplit(None, maxsplit)`, last part first.
pub fn rsplit_space(s: &[u8], maxsplit: isize, flavor: Flavor) -> impl Iterator<Item = &[u8]> {
    let mut left = limit(maxsplit);
    let mut rest = s;
    std::iter::from_fn(move || {
        rest = trim_end(rest, flavor);
        if rest.is_empty() {
            return None;
        }
        if left == 0 {
            return Some(std::mem::take(&mut rest));
        }
        left -= 1;
        let mut start = rest.len();
        while start > 0 {
            if space_before(rest, start, flavor) > 0 {
                break;
            }
            start -= match flavor {
                Flavor::Text => wtf8::decode_before(rest, start).map_or(1, |(_, len)| len),
                Flavor::Bytes => 1,
            };
        }
        let part = &rest[start..];
        rest = &rest[..start];
        Some(part)
    })
}

/// How many parts `s.split(sep, maxsplit)` gives, if that is cheap to say; else 0.
pub fn expected(s: &[u8], sep: &[u8], maxsplit: isize) -> usize {
    match sep {
        [byte] => memchr::memchr_iter(*byte, s).count().min(limit(maxsplit)) + 1,
        _ => 0,
    }
}

/// About how many parts `s.split(None, maxsplit)` gives: as many as there are blanks, and one.
pub fn expected_words(s: &[u8], maxsplit: isize) -> usize {
    (memchr::memchr_iter(b' ', s).count().min(limit(maxsplit)) + 1).min(s.len().div_ceil(2))
}

/// `s.split(sep, maxsplit)`. `sep` is not empty (the caller raises "empty separator").
pub fn split<'a>(s: &'a [u8], sep: &'a [u8], maxsplit: isize) -> Split<'a> {
    let finder = if sep.len() > 1 && s.len() >= 64 { Some(Box::new(memmem::Finder::new(sep))) } else { None };
    Split { rest: Some(s), sep, left: limit(maxsplit), finder }
}

/// Iterator of [`split`].
pub struct Split<'a> {
    rest: Option<&'a [u8]>,
    sep: &'a [u8],
    left: usize,
    finder: Option<Box<memmem::Finder<'a>>>,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a [u8];
    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let found = if self.left == 0 || self.sep.is_empty() {
            None
        } else if let [byte] = self.sep {
            search::byte_soon(rest, *byte)
        } else if let Some(finder) = &self.finder {
            finder.find(rest)
        } else {
            search::find(rest, self.sep)
        };
        match found {
            Some(at) => {
                self.left -= 1;
                self.rest = Some(&rest[at + self.sep.len()..]);
                Some(&rest[..at])
            }
            None => self.rest.take(),
        }
    }
}

/// `s.rsplit(sep, maxsplit)`, last part first. `sep` is not empty.
pub fn rsplit<'a>(s: &'a [u8], sep: &'a [u8], maxsplit: isize) -> impl Iterator<Item = &'a [u8]> {
    let finder = if sep.len() > 1 { Some(memmem::FinderRev::new(sep)) } else { None };
    let mut left = limit(maxsplit);
    let mut rest = Some(s);
    std::iter::from_fn(move || {
        let text = rest?;
        let found = if left == 0 || sep.is_empty() {
            None
        } else if let Some(finder) = &finder {
            finder.rfind(text)
        } else {
            memchr::memrchr(sep[0], text)
        };
        match found {
            Some(at) => {
                left -= 1;
                rest = Some(&text[..at]);
                Some(&text[at + sep.len()..])
            }
            None => rest.take(),
        }
    })
}

/// `s.splitlines(keepends)`.
pub fn split_lines(s: &[u8], keep_ends: bool, flavor: Flavor) -> impl Iterator<Item = &[u8]> {
    let mut rest = s;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (at, len) = next_line_end(rest, flavor);
        let line = &rest[..if keep_ends { at + len } else { at }];
        rest = &rest[at + len..];
        Some(line)
    })
}

/// The bytes with which a line end of either flavour may begin.
const LINE_ENDS: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = [b'\n', b'\r', 11, 12, 28, 29, 30, 0xc2, 0xe2];
    let mut k = 0;
    while k < bytes.len() {
        table[bytes[k] as usize] = true;
        k += 1;
    }
    table
};

/// Position and length of the first line end; the end of the text and 0 if there is none.
fn next_line_end(s: &[u8], flavor: Flavor) -> (usize, usize) {
    let mut at = 0;
    while let Some(near) = s[at..].iter().position(|b| LINE_ENDS[*b as usize]) {
        at += near;
        match s[at] {
            b'\n' => return (at, 1),
            b'\r' => return (at, if s.get(at + 1) == Some(&b'\n') { 2 } else { 1 }),
            11 | 12 | 28..=30 if flavor == Flavor::Text => return (at, 1),
            0xc2 | 0xe2 if flavor == Flavor::Text => match wtf8::decode_at(s, at) {
                Some((cp, len)) if unicode::is_linebreak(cp) => return (at, len),
                _ => at += 1,
            },
            _ => at += 1,
        }
    }
    (s.len(), 0)
}

/// `s.partition(sep)`: what is before and after the first match.
pub fn partition<'a>(s: &'a [u8], sep: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = search::find(s, sep)?;
    Some((&s[..at], &s[at + sep.len()..]))
}

/// `s.rpartition(sep)`: what is before and after the last match.
pub fn rpartition<'a>(s: &'a [u8], sep: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = search::rfind(s, sep)?;
    Some((&s[..at], &s[at + sep.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show<'a>(parts: impl Iterator<Item = &'a [u8]>) -> String {
        parts.map(|p| String::from_utf8_lossy(p).escape_debug().to_string()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn space() {
        let text = "  a \u{3000}b\u{1c}c \u{a0}é  ".as_bytes();
        assert_eq!(show(split_space(text, -1, Flavor::Text)), "a|b|c|é");
        assert_eq!(show(split_space(text, 1, Flavor::Text)), "a|b\\u{1c}c \\u{a0}é  ");
        assert_eq!(show(split_space(text, 0, Flavor::Text)), "a \\u{3000}b\\u{1c}c \\u{a0}é  ");
        assert_eq!(show(rsplit_space(text, -1, Flavor::Text)), "é|c|b|a");
        assert_eq!(show(rsplit_space(text, 1, Flavor::Text)), "é|  a \\u{3000}b\\u{1c}c");
        assert_eq!(show(split_space(b"a\x1cb c", -1, Flavor::Bytes)), "a\\u{1c}b|c");
        assert_eq!(show(split_space(b"   ", -1, Flavor::Text)), "");
        // The last bytes of a character are no space, whatever they would be alone.
        assert_eq!(show(rsplit_space("a b\u{2099}c".as_bytes(), -1, Flavor::Text)), "b\u{2099}c|a");
        let quote = "xx\u{19}\u{2019}\u{4e00}".as_bytes();
        assert_eq!(rsplit_space(quote, -1, Flavor::Text).collect::<Vec<_>>(), [quote]);
    }

    #[test]
    fn lines() {
        let text = "a\r\nb\rc\n\u{2028}d\u{85}e\x0cf".as_bytes();
        assert_eq!(show(split_lines(text, false, Flavor::Text)), "a|b|c||d|e|f");
        assert_eq!(show(split_lines(text, true, Flavor::Text)), "a\\r\\n|b\\r|c\\n|\\u{2028}|d\\u{85}|e\\u{c}|f");
        assert_eq!(show(split_lines(b"a\x0cb\n", false, Flavor::Bytes)), "a\\u{c}b");
        assert_eq!(show(split_lines(b"", false, Flavor::Text)), "");
    }

    proptest! {
        #[test]
        fn separators(s in "[ab,;]{0,120}", sep in "[,;]{1,3}", max in -1isize..4) {
            let n = if max < 0 { usize::MAX } else { max as usize + 1 };
            let expected: Vec<&str> = s.splitn(n, &sep).collect();
            prop_assert_eq!(show(split(s.as_bytes(), sep.as_bytes(), max)), expected.join("|"));
            let expected: Vec<&str> = s.rsplitn(n, &sep).collect();
            prop_assert_eq!(show(rsplit(s.as_bytes(), sep.as_bytes(), max)), expected.join("|"));
        }
    }
}
