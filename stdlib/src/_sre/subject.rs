//! What a pattern is matched against: text or bytes. Places in it are bytes; Python counts characters.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Exc, Result, type_error};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::str::{self, Str};

use super::pattern::Pattern;

/// A subject whose bytes do not change.
#[derive(Clone)]
pub struct Subject {
    /// A str, bytes, or bytes copied from what is like bytes.
    pub value: Value,
    /// Whether it is text.
    pub is_text: bool,
    /// Whether characters may have several bytes.
    pub wide: bool,
}

impl Subject {
    /// The subject for a pattern; the two must be of one kind.
    pub fn new(py: &mut Py, pattern: &Pattern, value: &Value) -> Result<Subject> {
        if let Some(text) = value.downcast::<Str>() {
            if pattern.is_bytes == Some(true) {
                return Err(type_error("cannot use a bytes pattern on a string-like object"));
            }
            return Ok(Subject { value: value.clone(), is_text: true, wide: !text.is_ascii() });
        }
        let bytes = if value.is_a::<Bytes>() { value.clone() } else { copied(py, value)? };
        if pattern.is_bytes == Some(false) {
            return Err(type_error("cannot use a string pattern on a bytes-like object"));
        }
        Ok(Subject { value: bytes, is_text: false, wide: false })
    }
    /// Its bytes.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        raw_bytes(&self.value)
    }
    /// Its length in characters.
    pub fn len(&self) -> usize {
        match self.value.downcast::<Str>() {
            Some(text) => text.len(),
            None => self.bytes().len(),
        }
    }
    /// The byte at which a character begins.
    pub fn place(&self, py: &mut Py, number: usize) -> usize {
        match self.value.downcast::<Str>() {
            Some(text) if self.wide => str::offset_of(py, text, number),
            _ => number.min(self.bytes().len()),
        }
    }
    /// The number of the character that begins at a byte.
    pub fn number(&self, py: &mut Py, place: usize) -> usize {
        match self.value.downcast::<Str>() {
            Some(text) if self.wide => str::number_of(py, text, place),
            _ => place,
        }
    }
    /// A part of it as a value.
    #[inline]
    pub fn slice(&self, py: &Py, start: usize, end: usize) -> Value {
        match self.value.downcast::<Str>() {
            Some(text) => str::part(py, text, text.as_bytes().get(start..end).unwrap_or(&[])),
            None => {
                let bytes = self.bytes();
                if start == 0 && end == bytes.len() && py.is_exact::<Bytes>(&self.value) {
                    return self.value.clone();
                }
                py.bytes(bytes.get(start..end).unwrap_or(&[]))
            }
        }
    }
    /// A value of the subject's kind.
    pub fn make(&self, py: &Py, bytes: &[u8]) -> Value {
        if self.is_text { py.new_str_bytes(bytes).into_value() } else { py.bytes(bytes) }
    }
    /// What joining complains about if an item is not of the subject's kind.
    pub fn wanted(&self) -> &'static str {
        if self.is_text { "str instance" } else { "a bytes-like object" }
    }
}

#[cold]
fn copied(py: &mut Py, value: &Value) -> Result<Value> {
    match py.bytes_like(value) {
        Ok(bytes) => Ok(py.bytes(&bytes)),
        Err(e) if e.is(Exc::TypeError) => {
            Err(type_error(format!("expected string or bytes-like object, got '{}'", py.type_name(value))))
        }
        Err(e) => Err(e),
    }
}

/// The bytes of a str or bytes; of anything else none.
#[inline]
pub fn raw_bytes(value: &Value) -> &[u8] {
    match value.downcast::<Str>() {
        Some(s) => s.as_bytes(),
        None => value.downcast::<Bytes>().map_or(&[], |b| b.slice()),
    }
}
