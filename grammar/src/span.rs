//! Positions: a span of byte offsets, and the index that turns an offset into a line.
//! Offsets count bytes of the UTF-8 source text; lines count from one.

use std::collections::HashMap;
use std::fmt;

/// A half-open range of byte offsets in the source text.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// From the start of this span to the end of `last`.
    pub const fn to(self, last: Self) -> Self {
        Self { start: self.start, end: last.end }
    }

    /// The empty span where this one begins.
    pub const fn at_start(self) -> Self {
        Self { start: self.start, end: self.start }
    }

    /// Number of bytes.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span covers nothing.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The text that the span covers; empty if it lies outside of `source`.
    pub fn text(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// Where each line of a source text begins.
#[derive(Clone, Debug, Default)]
pub struct LineIndex {
    starts: Box<[u32]>,
    /// For a tree without a text: an offset is a place in this table of lines and columns.
    places: Box<[(u32, u32)]>,
    /// Where in `places` a line and column is.
    known: HashMap<(u32, u32), u32>,
}

impl LineIndex {
    /// Finds the lines of `source`: `\n`, `\r\n` and a lone `\r` end a line.
    pub fn new(source: &str) -> Self {
        let bytes = source.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' => starts.push(at as u32 + 1),
                b'\r' if bytes.get(at + 1) != Some(&b'\n') => starts.push(at as u32 + 1),
                _ => {}
            }
        }
        Self { starts: starts.into(), places: Box::default(), known: HashMap::new() }
    }

    /// The index of a tree that comes from no text: the offsets of its spans are places in `places`,
    /// a table of lines and columns that is not empty; `known` is the way back.
    pub fn of_places(places: Vec<(u32, u32)>, known: HashMap<(u32, u32), u32>) -> Self {
        Self { starts: [0].into(), places: places.into(), known }
    }

    /// Whether offsets are places in a table, so that they cannot be reckoned with.
    fn is_table(&self) -> bool {
        !self.places.is_empty()
    }

    /// The offset `count` bytes before another one on its line; none if a table does not have it.
    pub fn before(&self, offset: u32, count: u32) -> Option<u32> {
        if !self.is_table() {
            return Some(offset.saturating_sub(count));
        }
        let (line, column) = self.position(offset);
        self.known.get(&(line, column.checked_sub(count)?)).copied()
    }

    /// Line of an offset, from one.
    pub fn line(&self, offset: u32) -> u32 {
        if self.is_table() {
            return self.position(offset).0;
        }
        self.starts.partition_point(|start| *start <= offset).max(1) as u32
    }

    /// Line (from one) and column (UTF-8 bytes, from zero) of an offset, as `ast` nodes count.
    pub fn position(&self, offset: u32) -> (u32, u32) {
        if let Some(last) = self.places.last() {
            return *self.places.get(offset as usize).unwrap_or(last);
        }
        let line = self.line(offset);
        (line, offset - self.line_start(line))
    }

    /// Offset of the first byte of a line (from one).
    pub fn line_start(&self, line: u32) -> u32 {
        let index = (line.max(1) as usize - 1).min(self.starts.len().saturating_sub(1));
        self.starts.get(index).copied().unwrap_or(0)
    }

    /// Text of a line (from one), its line end included.
    pub fn line_text<'s>(&self, source: &'s str, line: u32) -> &'s str {
        let start = self.line_start(line);
        let end = self.starts.get(line.max(1) as usize).copied().unwrap_or(source.len() as u32);
        Span::new(start, end).text(source)
    }

    /// Number of lines; a text that ends in a line end has one empty line more.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }
}
