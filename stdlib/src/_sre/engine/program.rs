//! What the matcher runs: nodes with resolved jumps, and the tables they refer to. Positions are
//! bytes, in text as well.

use memchr::memmem::Finder;

use super::category::Fold;
use super::charset::Set;

/// How the subjects of a program are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Generalised UTF-8.
    Text,
    /// A byte is a character.
    Bytes,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// Never matches.
    Fail,
    /// The pattern has matched.
    Match,
    /// This byte.
    Byte(u8),
    /// These bytes of [`Program::literals`].
    Literal { start: u32, len: u32 },
    /// A character that is no line break.
    Any,
    /// A character.
    All,
    /// A character of this set.
    Set(u32),
    /// A border of a group: twice its number from 0, and one more for its end.
    Mark(u32),
    /// A condition on the place.
    At(Place),
    /// On to another node.
    Jump(u32),
    /// One of [`Program::branches`], in order.
    Branch(u32),
    /// A loop over one character, as many as there are.
    Greedy(u32),
    /// The same, as few as will do.
    Lazy(u32),
    /// The same, as many as there are and none given back.
    Possessive(u32),
    /// Before a counted repetition: on to its [`Node::Max`] or [`Node::Min`].
    Enter(u32),
    /// Behind the body of a counted repetition that takes as many as it can.
    Max(u32),
    /// Behind the body of a counted repetition that takes as few as will do.
    Min(u32),
    /// Behind a body that may be repeated without a limit and never matches nothing.
    Star(u32),
    /// The same, as few as will do.
    LazyStar(u32),
    /// A look ahead or behind; its body follows.
    Look(u32),
    /// A group that is not entered again once it has matched; its body follows.
    Atomic,
    /// A repetition none of which is given back; its body follows.
    Keep(u32),
    /// The end of the body that began at this node.
    Close(u32),
    /// What a group (from 0) matched.
    Ref { group: u32, fold: Fold },
    /// On if the group (from 0) has matched, else to another node.
    IfGroup { group: u32, no: u32 },
}

/// Conditions on a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `\A`, and `^` without MULTILINE
    Begin,
    /// `^` with MULTILINE
    BeginLine,
    /// `$` without MULTILINE
    End,
    /// `$` with MULTILINE
    EndLine,
    /// `\z`
    EndText,
    /// `\b` of ASCII (and of the locale, which is C's)
    Boundary,
    /// `\B` of ASCII
    NoBoundary,
    /// `\b`
    WideBoundary,
    /// `\B`
    NoWideBoundary,
}

/// One character, as loops have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum One {
    /// This byte, a whole character.
    Byte(u8),
    /// Any but this one, whose character is one byte.
    NotByte(u8),
    /// Any.
    All,
    /// One of a set.
    Set(u32),
}

/// Which next bytes make it worth going on at a node.
#[derive(Clone, Debug)]
pub struct Gate {
    /// None: all, and the end.
    pub table: Option<Box<[bool; 256]>>,
    /// The only byte of the table.
    pub byte: Option<u8>,
    /// Whether the end of the text will do.
    pub end: bool,
}

impl Gate {
    /// A gate that lets all pass.
    pub const OPEN: Gate = Gate { table: None, byte: None, end: true };
    /// Whether going on at this place may succeed.
    #[inline(always)]
    pub fn passes(&self, text: &[u8], at: usize) -> bool {
        match &self.table {
            None => true,
            Some(table) => match text.get(at) {
                Some(&b) => table[b as usize],
                None => self.end,
            },
        }
    }
}

/// A loop over one character.
#[derive(Debug)]
pub struct Loop {
    /// The character.
    pub one: One,
    /// At least so many.
    pub min: usize,
    /// At most so many; `usize::MAX`: no limit.
    pub max: usize,
    /// What comes behind it.
    pub next: Gate,
}

/// A repetition of a body.
#[derive(Debug)]
pub struct Repeat {
    /// At least so many.
    pub min: usize,
    /// At most so many; `usize::MAX`: no limit.
    pub max: usize,
    /// Its counter.
    pub slot: usize,
    /// The first node of the body.
    pub body: usize,
    /// The node at the end of the body.
    pub until: usize,
    /// What comes behind it.
    pub tail: usize,
    /// How the body begins.
    pub body_gate: Gate,
    /// How the tail begins.
    pub tail_gate: Gate,
}

/// A look ahead or behind.
#[derive(Debug)]
pub struct Look {
    /// How many characters behind; 0 is ahead.
    pub back: usize,
    /// Whether the body must not match.
    pub negative: bool,
    /// Where it goes on.
    pub next: usize,
}

/// Alternatives: at most 64.
#[derive(Debug, Default)]
pub struct Branch {
    /// Their nodes.
    pub targets: Vec<u32>,
    /// By byte: which of `masks` says what may match there.
    pub classes: Vec<u16>,
    /// Bits of alternatives, the first the lowest; the first mask is for the end of the text.
    pub masks: Vec<u64>,
}

/// How a search finds places where a match may begin.
#[derive(Debug)]
pub enum Start {
    /// Anywhere.
    Anywhere,
    /// At the beginning of the text.
    Begin,
    /// At beginnings of lines.
    Lines,
    /// Where these bytes are.
    Literal(Box<Finder<'static>>),
    /// Behind these bytes.
    After(Box<Finder<'static>>),
    /// Where one of two or three bytes is.
    Bytes(Vec<u8>),
    /// Where the gate lets pass.
    Gate(Gate),
}

/// A pattern ready to be run.
#[derive(Debug)]
pub struct Program {
    /// The steps.
    pub nodes: Vec<Node>,
    /// The bytes of literals.
    pub literals: Vec<u8>,
    /// The sets.
    pub sets: Vec<Set>,
    /// Loops over one character.
    pub loops: Vec<Loop>,
    /// Repetitions with a body.
    pub repeats: Vec<Repeat>,
    /// Looks ahead and behind.
    pub looks: Vec<Look>,
    /// Alternatives.
    pub branches: Vec<Branch>,
    /// Number of counters.
    pub slots: usize,
    /// Number of borders of groups.
    pub marks: usize,
    /// The least number of characters of a match.
    pub width: usize,
    /// Where matches can begin.
    pub start: Start,
    /// If the whole pattern is [`Start::Literal`]: how many bytes.
    pub literal: Option<usize>,
}
