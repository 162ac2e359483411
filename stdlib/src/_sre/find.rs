//! Running the engine over a subject: a str or bytes.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::str::Str;
use lockstep_text::wtf8;
use rustpython_sre_engine::{Request, State, StrDrive};
use rustpython_wtf8::Wtf8;

use super::pattern::Pattern;

/// A subject whose characters can be found by number.
pub enum Subject {
    /// A str.
    Text(Value),
    /// Bytes, or a copy of what is like bytes.
    Bytes(Value),
}

/// How the engine is to look.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Anywhere.
    Search,
    /// At the start.
    Match,
    /// From start to end.
    Full,
}

/// What was found: start, end, group borders, `lastindex`.
#[derive(Clone)]
pub struct Found {
    /// Borders of the whole and of each group, in characters.
    pub spans: Vec<Option<(usize, usize)>>,
    /// `lastindex`, -1: none.
    pub last: isize,
}

impl Subject {
    /// The subject for a pattern; the two must be of one kind.
    pub fn new(py: &mut Py, pattern: &Pattern, value: &Value) -> Result<Subject> {
        if value.is_a::<Str>() {
            if pattern.is_bytes == Some(true) {
                return Err(type_error("cannot use a bytes pattern on a string-like object"));
            }
            return Ok(Subject::Text(value.clone()));
        }
        let bytes = if value.is_a::<Bytes>() {
            value.clone()
        } else {
            match py.bytes_like(value) {
                Ok(bytes) => py.bytes(&bytes),
                Err(e) if e.is(lockstep_interp::object::Exc::TypeError) => {
                    return Err(type_error(format!("expected string or bytes-like object, got '{}'", py.type_name(value))));
                }
                Err(e) => return Err(e),
            }
        };
        if pattern.is_bytes == Some(false) {
            return Err(type_error("cannot use a string pattern on a bytes-like object"));
        }
        Ok(Subject::Bytes(bytes))
    }
    /// Its length in characters.
    pub fn len(&self) -> usize {
        match self {
            Subject::Text(v) => v.downcast::<Str>().map_or(0, |s| s.len()),
            Subject::Bytes(v) => v.downcast::<Bytes>().map_or(0, |b| b.slice().len()),
        }
    }
    /// A part of it.
    pub fn slice(&self, py: &mut Py, start: usize, end: usize) -> Value {
        let end = end.max(start);
        match self {
            Subject::Text(v) => match v.downcast::<Str>() {
                Some(s) => {
                    lockstep_interp::types::str::substring(py, s, start.min(s.len()), end.min(s.len()) - start.min(s.len()))
                }
                None => Value::NONE,
            },
            Subject::Bytes(v) => match v.downcast::<Bytes>() {
                Some(b) => py.bytes(b.slice().get(start..end).unwrap_or(&[])),
                None => Value::NONE,
            },
        }
    }
    /// The raw bytes of a part of it.
    pub fn part(&self, start: usize, end: usize) -> &[u8] {
        match self {
            Subject::Text(v) => match v.downcast::<Str>() {
                Some(s) if s.is_ascii() => s.as_bytes().get(start..end).unwrap_or(&[]),
                Some(s) => &s.as_bytes()[wtf8::byte_range(s.as_bytes(), start, end)],
                None => &[],
            },
            Subject::Bytes(v) => v.downcast::<Bytes>().and_then(|b| b.slice().get(start..end)).unwrap_or(&[]),
        }
    }
    /// A value of the subject's kind.
    pub fn make(&self, py: &mut Py, bytes: &[u8]) -> Value {
        match self {
            Subject::Text(_) => py.new_str_bytes(bytes).into_value(),
            Subject::Bytes(_) => py.bytes(bytes),
        }
    }
}

fn run<S: StrDrive>(pattern: &Pattern, string: S, start: usize, end: usize, how: How, advance: bool) -> Option<Found> {
    let mut request =
        Request { string, start, end, pattern_codes: &pattern.codes, match_all: how == How::Full, must_advance: advance };
    let mut state = State::default();
    let found = if how == How::Search {
        state.search(request)
    } else {
        request.must_advance = advance;
        state.py_match(&request)
    };
    if !found {
        return None;
    }
    let mut spans = Vec::with_capacity(pattern.groups + 1);
    spans.push(Some((state.start, state.cursor.position)));
    for group in 0..pattern.groups {
        let (from, to) = state.marks.get(group);
        spans.push(match (from.into_option(), to.into_option()) {
            (Some(from), Some(to)) => Some((from, to)),
            _ => None,
        });
    }
    Some(Found { spans, last: state.marks.last_index() })
}

/// Run a pattern; `advance`: an empty match at the start does not count.
pub fn find(pattern: &Pattern, subject: &Subject, start: usize, end: usize, how: How, advance: bool) -> Option<Found> {
    if start > end {
        return None;
    }
    match subject {
        Subject::Bytes(v) => run(pattern, v.downcast::<Bytes>()?.slice(), start, end, how, advance),
        Subject::Text(v) => {
            let text = v.downcast::<Str>()?;
            if text.is_ascii() {
                return run(pattern, text.as_bytes(), start, end, how, advance);
            }
            run(pattern, Wtf8::from_bytes(text.as_bytes())?, start, end, how, advance)
        }
    }
}
