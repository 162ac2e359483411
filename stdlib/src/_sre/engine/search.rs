//! Looking for a match: from place to place where one may begin.

use lockstep_interp::object::raise::Result;
use memchr::{memchr, memchr2, memchr3};

use super::program::{Program, Start};
use super::run::Machine;
use super::scan;
use super::stack::{NOWHERE, Scratch};

/// How to look.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Anywhere.
    Search,
    /// At the start.
    Match,
    /// From start to end.
    Full,
}

/// What to look at.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The subject from its beginning as far as `endpos`.
    pub text: &'a [u8],
    /// Whether characters may have several bytes.
    pub wide: bool,
    /// Where to begin, in bytes.
    pub start: usize,
    /// How to look.
    pub how: How,
    /// Whether an empty match at the start does not count.
    pub advance: bool,
}

/// Runs a program: start and end of the match, whose groups are in `scratch`.
pub fn find(
    program: &Program,
    scratch: &mut Scratch,
    task: Task<'_>,
    check: &mut dyn FnMut() -> Result<()>,
) -> Result<Option<(usize, usize)>> {
    if task.start > task.text.len() {
        return Ok(None);
    }
    if scratch.marks.len() != program.marks || scratch.slots.len() != program.slots {
        scratch.prepare(program.marks, program.slots)?;
    } else {
        scratch.reset();
    }
    let full = task.how == How::Full;
    if task.wide {
        Machine::<true>::new(program, task.text, scratch, full, check).find(task)
    } else {
        Machine::<false>::new(program, task.text, scratch, full, check).find(task)
    }
}

impl<const WIDE: bool> Machine<'_, WIDE> {
    fn find(&mut self, task: Task<'_>) -> Result<Option<(usize, usize)>> {
        self.not_at = if task.advance { task.start } else { NOWHERE };
        if task.how != How::Search {
            return Ok(self.attempt(task.start)?.map(|end| (task.start, end)));
        }
        let mut from = task.start;
        // A match needs at least a byte for each character.
        let Some(latest) = self.text.len().checked_sub(self.program.width) else { return Ok(None) };
        loop {
            let Some(at) = self.candidate(from).filter(|&at| at <= latest) else { return Ok(None) };
            self.spend(1 + (at - from) / 64)?;
            if let Some(len) = self.program.literal {
                return Ok(Some((at, at + len)));
            }
            if at > task.start {
                self.not_at = NOWHERE;
            }
            if let Some(end) = self.attempt(at)? {
                return Ok(Some((at, end)));
            }
            if at >= latest {
                return Ok(None);
            }
            self.scratch.reset();
            from = at + scan::width::<WIDE>(self.text, at);
        }
    }
    /// The first place from `from` on where a match may begin.
    #[inline(always)]
    fn candidate(&self, from: usize) -> Option<usize> {
        let rest = self.text.get(from..)?;
        let found = match &self.program.start {
            Start::Anywhere => 0,
            Start::Begin => (from == 0).then_some(0)?,
            Start::Lines if from == 0 || self.text[from - 1] == b'\n' => 0,
            Start::Lines => memchr(b'\n', rest)? + 1,
            Start::Literal(finder) => match finder.needle() {
                [byte] => memchr(*byte, rest)?,
                _ => finder.find(rest)?,
            },
            Start::After(finder) => {
                let len = finder.needle().len();
                let begin = from.saturating_sub(len);
                let found = match finder.needle() {
                    [byte] => memchr(*byte, &self.text[begin..])?,
                    _ => finder.find(&self.text[begin..])?,
                };
                return Some(begin + found + len);
            }
            Start::Bytes(bytes) => match bytes[..] {
                [a] => memchr(a, rest)?,
                [a, b] => memchr2(a, b, rest)?,
                [a, b, c] => memchr3(a, b, c, rest)?,
                _ => 0,
            },
            Start::Gate(gate) => match &gate.table {
                None => 0,
                Some(table) => match rest.iter().position(|&b| table[b as usize]) {
                    Some(found) => found,
                    None => gate.end.then_some(rest.len())?,
                },
            },
        };
        Some(from + found)
    }
}
