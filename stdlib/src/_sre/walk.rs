//! One search, or one after the other through a subject.

use std::ops::Range;

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Exc, Raised, Result};
use lockstep_interp::types::buffer::{self, Hold};

use super::engine::{self, Encoding, Scratch, Task};
use super::matched::{Found, Match};
use super::pattern::Pattern;
use super::subject::Subject;

pub use super::engine::How;

/// Goes through a subject from match to match.
pub struct Walk {
    /// The subject.
    pub subject: Subject,
    /// `pos` and `endpos` in characters.
    pub range: Range<usize>,
    /// Where the next search begins, in bytes.
    pub at: usize,
    /// `endpos` in bytes.
    pub end: usize,
    /// Whether an empty match at `at` does not count: the last match was empty.
    pub advance: bool,
    /// The memory of the engine, with the groups of the last match.
    pub scratch: Box<Scratch>,
    /// Keeps the size of what the subject is a copy of.
    _hold: Option<Hold>,
}

impl Walk {
    /// Through the whole of a value.
    pub fn whole(py: &mut Py, pattern: &Ref<Pattern>, value: &Value) -> Result<Walk> {
        let subject = Subject::new(py, pattern, value)?;
        let (len, end) = (subject.len(), subject.bytes().len());
        let hold = if subject.value.is(value) { None } else { buffer::exporter(py, value).and_then(|e| e.hold) };
        let hold = hold.map(|hold| hold(py, value));
        Ok(Walk { subject, range: 0..len, at: 0, end, advance: false, scratch: pattern.borrow_scratch(), _hold: hold })
    }
    /// Through a value from `pos` to `endpos`.
    pub fn new(py: &mut Py, pattern: &Ref<Pattern>, value: &Value, pos: &Value, endpos: &Value) -> Result<Walk> {
        let mut walk = Walk::whole(py, pattern, value)?;
        let len = walk.range.end;
        let clamp = |n: isize| usize::try_from(n).unwrap_or(0).min(len);
        let (start, end) = (clamp(py.index_clamped(pos)?), clamp(py.index_clamped(endpos)?));
        if end < len {
            walk.end = walk.subject.place(py, end);
        }
        if start > 0 {
            walk.at = walk.subject.place(py, start);
        }
        walk.range = start..end;
        Ok(walk)
    }
    /// The next match: where it is, in bytes. Its groups are in `scratch`.
    #[inline]
    pub fn find(&mut self, py: &mut Py, pattern: &Pattern, how: How) -> Result<Option<(usize, usize)>> {
        let encoding = if self.subject.is_text { Encoding::Text } else { Encoding::Bytes };
        let program = pattern.program(encoding)?;
        let text = &self.subject.bytes()[..self.end];
        let task = Task { text, wide: self.subject.wide, start: self.at, how, advance: self.advance };
        let found = engine::find(program, &mut self.scratch, task, &mut || py.check())?;
        if let Some((start, end)) = found {
            self.at = end;
            self.advance = start == end;
        }
        Ok(found)
    }
    /// What a match is made of.
    pub fn found(&self, pattern: &Pattern, (start, end): (usize, usize)) -> Result<Found> {
        if pattern.groups == 0 {
            return Ok(Found { whole: (start, end), groups: Box::default(), last: 0 });
        }
        let groups: Box<[Option<(usize, usize)>]> = (0..pattern.groups).map(|n| self.scratch.group(n)).collect();
        if groups.iter().flatten().any(|(start, end)| start > end) {
            let message = "The span of capturing group is wrong, please report a bug for the re module.";
            return Err(Raised::new(Exc::SystemError, message));
        }
        Ok(Found { whole: (start, end), groups, last: self.scratch.last as usize })
    }
    /// The match object.
    pub fn matched(&self, py: &mut Py, pattern: &Ref<Pattern>, string: &Value, at: (usize, usize)) -> Result<Value> {
        let made = Match {
            pattern: pattern.clone(),
            string: string.clone(),
            subject: self.subject.clone(),
            pos: self.range.start,
            endpos: self.range.end,
            found: self.found(pattern, at)?,
        };
        Ok(py.make(made).into_value())
    }
    /// Group `n` of the last match (0: the whole), if it took part.
    pub fn group(&self, n: usize, whole: (usize, usize)) -> Option<(usize, usize)> {
        if n == 0 { Some(whole) } else { self.scratch.group(n - 1).filter(|(start, end)| start <= end) }
    }
    /// Gives the memory back.
    pub fn finish(self, pattern: &Pattern) {
        pattern.return_scratch(self.scratch);
    }
}
