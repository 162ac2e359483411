//! Where a character of a text begins: counting for short texts, a table for long ones.
//!
//! Text is UTF-8, so the n-th character of a text with non-ASCII characters has to be searched.
//! The tables of the few long texts that were indexed last are kept, which makes random access
//! and `find` from a position cheap.

use std::ops::Range;

use lockstep_heap::{Ref, Value};
use lockstep_text::wtf8;

use super::Str;
use crate::object::Py;

/// Texts of fewer bytes are searched each time.
const LONG: usize = 512;
/// Characters between two entries of a table.
const STRIDE: usize = 128;
/// How many tables are kept.
const KEPT: usize = 4;

/// The byte offset of every character whose number divides by `STRIDE`.
struct Table {
    text: Ref<Str>,
    offsets: Vec<usize>,
}

/// The tables made last, the newest first.
#[derive(Default)]
struct Tables(Vec<Table>);

fn build(text: &[u8]) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(text.len() / STRIDE + 1);
    let mut at = 0;
    while at < text.len() {
        offsets.push(at);
        at += wtf8::byte_offset(&text[at..], STRIDE);
    }
    offsets
}

fn table<'a>(py: &'a mut Py, text: &Ref<Str>) -> &'a [usize] {
    let known = py.state::<Tables>().0.iter().position(|t| t.text.is(text));
    let tables = &mut py.state::<Tables>().0;
    match known {
        Some(0) => {}
        Some(at) => tables[..=at].rotate_right(1),
        None => {
            // Texts that nobody else holds any more go first.
            tables.retain(|t| t.text.header().count() > 1);
            tables.truncate(KEPT - 1);
            tables.insert(0, Table { text: text.clone(), offsets: build(text.as_bytes()) });
        }
    }
    &tables[0].offsets
}

/// The byte offset of character `n`; the end if there are not so many.
pub fn offset_of(py: &mut Py, text: &Ref<Str>, n: usize) -> usize {
    let bytes = text.as_bytes();
    if text.is_ascii() || n == 0 {
        return n.min(bytes.len());
    }
    if n >= text.len() {
        return bytes.len();
    }
    if bytes.len() < LONG || n < STRIDE {
        return wtf8::byte_offset(bytes, n);
    }
    let start = table(py, text).get(n / STRIDE).copied().unwrap_or(0);
    start + wtf8::byte_offset(&bytes[start..], n % STRIDE)
}

/// The character number of the byte offset `at`.
pub fn number_of(py: &mut Py, text: &Ref<Str>, at: usize) -> usize {
    let bytes = text.as_bytes();
    if text.is_ascii() {
        return at;
    }
    if bytes.len() < LONG || at < STRIDE {
        return wtf8::char_index(bytes, at);
    }
    let offsets = table(py, text);
    let entry = offsets.partition_point(|&o| o <= at).saturating_sub(1);
    let start = offsets.get(entry).copied().unwrap_or(0);
    entry * STRIDE + wtf8::count(&bytes[start..at])
}

/// The bytes of the characters `first..last`.
pub fn byte_range(py: &mut Py, text: &Ref<Str>, first: usize, last: usize) -> Range<usize> {
    if text.is_ascii() {
        let len = text.as_bytes().len();
        return first.min(len)..last.min(len);
    }
    let start = offset_of(py, text, first);
    let bytes = text.as_bytes();
    let count = last.saturating_sub(first);
    let end = if last >= text.len() {
        bytes.len()
    } else if count <= 2 * STRIDE {
        start + wtf8::byte_offset(&bytes[start..], count)
    } else {
        offset_of(py, text, last)
    };
    start..end.max(start)
}

/// A part of `text` given by bytes, as a value: `text` itself if it is the whole.
pub fn part(py: &Py, text: &Ref<Str>, bytes: &[u8]) -> Value {
    if bytes.len() == text.as_bytes().len() && py.is_exact::<Str>(text.as_value()) {
        return text.to_value();
    }
    piece(py, text.is_ascii(), bytes)
}

/// A new str of bytes that are ASCII if the text they come from is.
#[inline]
pub fn piece(py: &Py, ascii: bool, bytes: &[u8]) -> Value {
    if ascii { py.new_ascii(bytes).into_value() } else { py.new_str_bytes(bytes).into_value() }
}
