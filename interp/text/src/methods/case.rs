//! Case conversion of `str`, full Unicode mappings; surrogates pass through.

use crate::error::Error;
use crate::unicode::{self, Mapped};
use crate::wtf8;

fn map_all(s: &[u8], ascii: impl Fn(&u8) -> u8, other: impl Fn(u32) -> Mapped) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    let mut at = 0;
    while at < s.len() {
        at += push_run(&mut out, &s[at..], &ascii);
        if let Some((cp, len)) = wtf8::decode_at(s, at) {
            other(cp).as_slice().iter().for_each(|&c| wtf8::push(&mut out, c));
            at += len;
        }
    }
    out
}

const SIGMA: u32 = 0x3a3;

/// Lower case of the character at byte `at`, where a capital sigma at the end of a word differs.
fn push_lower(out: &mut Vec<u8>, s: &[u8], at: usize, cp: u32) {
    if cp == SIGMA {
        wtf8::push(out, if is_final_sigma(s, at) { 0x3c2 } else { 0x3c3 });
    } else {
        unicode::lower(cp).as_slice().iter().for_each(|&c| wtf8::push(out, c));
    }
}

/// A cased letter before, none after; case-ignorable characters do not count.
fn is_final_sigma(s: &[u8], at: usize) -> bool {
    let before = wtf8::code_points(&s[..at]).rev().find(|&c| !unicode::is_case_ignorable(c));
    let after = wtf8::code_points(&s[at..]).skip(1).find(|&c| !unicode::is_case_ignorable(c));
    before.is_some_and(unicode::is_cased) && !after.is_some_and(unicode::is_cased)
}

/// `s.lower()`.
pub fn lower(s: &[u8]) -> Vec<u8> {
    if s.is_ascii() {
        return s.to_ascii_lowercase();
    }
    let mut out = Vec::with_capacity(s.len());
    let mut at = 0;
    while at < s.len() {
        at += push_run(&mut out, &s[at..], u8::to_ascii_lowercase);
        if let Some((cp, len)) = wtf8::decode_at(s, at) {
            push_lower(&mut out, s, at, cp);
            at += len;
        }
    }
    out
}

/// Append the ASCII characters up to the next other one, each changed by `change`; how many they were.
fn push_run(out: &mut Vec<u8>, s: &[u8], change: impl Fn(&u8) -> u8) -> usize {
    let len = s.iter().position(|b| !b.is_ascii()).unwrap_or(s.len());
    out.extend(s[..len].iter().map(change));
    len
}

/// `s.upper()`.
pub fn upper(s: &[u8]) -> Vec<u8> {
    if s.is_ascii() {
        return s.to_ascii_uppercase();
    }
    map_all(s, u8::to_ascii_uppercase, unicode::upper)
}

/// `s.casefold()`.
pub fn casefold(s: &[u8]) -> Vec<u8> {
    if s.is_ascii() {
        return s.to_ascii_lowercase();
    }
    map_all(s, u8::to_ascii_lowercase, unicode::fold)
}

/// `s.capitalize()`.
pub fn capitalize(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    for (at, cp) in wtf8::code_point_indices(s) {
        if at == 0 {
            unicode::title(cp).as_slice().iter().for_each(|&c| wtf8::push(&mut out, c));
        } else {
            push_lower(&mut out, s, at, cp);
        }
    }
    out
}

/// `s.swapcase()`.
pub fn swapcase(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    for (at, cp) in wtf8::code_point_indices(s) {
        if unicode::is_upper(cp) {
            push_lower(&mut out, s, at, cp);
        } else if unicode::is_lower(cp) {
            unicode::upper(cp).as_slice().iter().for_each(|&c| wtf8::push(&mut out, c));
        } else {
            wtf8::push(&mut out, cp);
        }
    }
    out
}

/// `s.title()`.
pub fn title(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    let mut inside = false;
    for (at, cp) in wtf8::code_point_indices(s) {
        if inside {
            push_lower(&mut out, s, at, cp);
        } else {
            unicode::title(cp).as_slice().iter().for_each(|&c| wtf8::push(&mut out, c));
        }
        inside = unicode::is_cased(cp);
    }
    out
}

/// What `str.translate` does with one character.
pub enum Translation<'a> {
    Keep,
    Delete,
    Char(u32),
    Text(&'a [u8]),
}

/// `s.translate(table)` where `table` cannot fail or call back: the caller resolves each distinct
/// character first or uses this with a cache. A result without room is a memory error.
pub fn translate<'t, E: From<Error>>(s: &[u8], mut table: impl FnMut(u32) -> Result<Translation<'t>, E>) -> Result<Vec<u8>, E> {
    let mut out = Vec::with_capacity(s.len());
    for cp in wtf8::code_points(s) {
        match table(cp)? {
            Translation::Keep => wtf8::push(&mut out, cp),
            Translation::Delete => {}
            Translation::Char(c) => wtf8::push(&mut out, c),
            Translation::Text(t) => {
                out.try_reserve(t.len()).map_err(|_| Error::memory())?;
                out.extend_from_slice(t);
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let on = |f: fn(&[u8]) -> Vec<u8>, s: &str| String::from_utf8_lossy(&f(s.as_bytes())).into_owned();
        assert_eq!(on(lower, "ΑΣ ΣΑ Σ ΑΣ. ΑΣ'Α İ"), "ας σα σ ας. ασ'α i̇");
        assert_eq!(on(upper, "straße ŉ ﬃ"), "STRASSE ʼN FFI");
        assert_eq!(on(title, "they're ßa ǆa ΑΣ 3rd"), "They'Re Ssa ǅa Ας 3Rd");
        assert_eq!(on(capitalize, "ǆA ΑΣ"), "ǅa ας");
        assert_eq!(on(swapcase, "aBß ΣΑΣ ǅ"), "AbSS σας ǅ");
        assert_eq!(on(casefold, "Straße ΑΣς"), "strasse ασσ");
        assert_eq!(lower(&[0xed, 0xa0, 0x80, b'A']), [0xed, 0xa0, 0x80, b'a']);
    }
}
