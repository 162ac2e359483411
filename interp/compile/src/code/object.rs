//! Code objects as plain data: what a compiled function, class body or module consists of.

use std::sync::{Arc, OnceLock};

use dashu_int::IBig;

use super::marshal::Frozen;
use super::op::Instr;

/// A shared name or other short text.
pub type Name = Arc<str>;

/// A constant, as plain data.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// `...`
    Ellipsis,
    /// An int that fits 64 bits.
    Int(i64),
    /// Any other int.
    BigInt(IBig),
    /// A float.
    Float(f64),
    /// A complex number: real and imaginary part.
    Complex(f64, f64),
    /// A str: generalised UTF-8 (lone surrogates as three bytes).
    Str(Arc<[u8]>),
    /// A bytes object.
    Bytes(Arc<[u8]>),
    /// A tuple.
    Tuple(Arc<[Const]>),
    /// A frozenset (made from a set display that is only tested for membership).
    FrozenSet(Arc<[Const]>),
    /// A slice of constants.
    Slice(Arc<[Const; 3]>),
    /// The code of a nested function, class body or comprehension.
    Code(Arc<Code>),
    /// The same as part of the program, not read yet.
    Frozen(Arc<Frozen>),
}

/// Where the cell of a free variable comes from when the function is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// A pinned register of the making frame, which holds a cell.
    Cell(u16),
    /// A free variable of the making frame's function.
    Free(u16),
}

/// One row of the exception table. Rows are searched in order, the first that covers the
/// instruction counts: inner blocks come before outer ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// First instruction covered.
    pub start: u32,
    /// First instruction after those covered.
    pub end: u32,
    /// Where the handler begins.
    pub target: u32,
    /// Pinned register that receives the exception.
    pub register: u16,
}

/// Where an instruction comes from: lines from 1, columns in UTF-8 bytes from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Line of the first character, 0 if there is none.
    pub line: u32,
    /// Line of the last character.
    pub end_line: u32,
    /// Column of the first character.
    pub column: u32,
    /// Column after the last character.
    pub end_column: u32,
}

/// The rows of a table of positions. That of the program's own library is read when it is asked
/// for: only tracebacks want it.
#[derive(Clone, Default)]
pub struct Positions {
    rows: OnceLock<Box<[Row]>>,
    later: Option<(&'static [u8], fn(&'static [u8]) -> Box<[Row]>)>,
}

/// First instruction and position.
pub type Row = (u32, Position);

impl Positions {
    pub(super) fn later(bytes: &'static [u8], read: fn(&'static [u8]) -> Box<[Row]>) -> Positions {
        Positions { rows: OnceLock::new(), later: Some((bytes, read)) }
    }
}

impl From<Box<[Row]>> for Positions {
    fn from(rows: Box<[Row]>) -> Positions {
        Positions { rows: OnceLock::from(rows), later: None }
    }
}

impl std::ops::Deref for Positions {
    type Target = [Row];
    fn deref(&self) -> &[Row] {
        self.rows.get_or_init(|| self.later.map_or(Box::default(), |(bytes, read)| read(bytes)))
    }
}

impl PartialEq for Positions {
    fn eq(&self, other: &Positions) -> bool {
        **self == **other
    }
}

impl std::fmt::Debug for Positions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The flags of a code object, with CPython's numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodeFlags(pub u32);

impl CodeFlags {
    /// Locals live in registers.
    pub const OPTIMIZED: u32 = 0x1;
    /// A new locals mapping is made for each call.
    pub const NEWLOCALS: u32 = 0x2;
    /// Has `*args`.
    pub const VARARGS: u32 = 0x4;
    /// Has `**kwargs`.
    pub const VARKEYWORDS: u32 = 0x8;
    /// Is nested in a function.
    pub const NESTED: u32 = 0x10;
    /// Is a generator.
    pub const GENERATOR: u32 = 0x20;
    /// Is a coroutine (`async def`).
    pub const COROUTINE: u32 = 0x80;
    /// A generator marked by `types.coroutine`.
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    /// Is an async generator.
    pub const ASYNC_GENERATOR: u32 = 0x200;
    /// `from __future__ import division` (Python 2 dialect: true division).
    pub const FUTURE_DIVISION: u32 = 0x20000;
    /// `from __future__ import annotations`.
    pub const FUTURE_ANNOTATIONS: u32 = 0x1000000;
    /// The first constant is the docstring.
    pub const HAS_DOCSTRING: u32 = 0x4000000;
    /// Is defined in a class body.
    pub const METHOD: u32 = 0x8000000;
    /// Compiled from the Python 2 dialect (no number of CPython's).
    pub const PYTHON2: u32 = 0x4000_0000;

    /// Whether all of these bits are set.
    pub const fn has(self, bits: u32) -> bool {
        self.0 & bits == bits
    }
}

/// A compiled function, class body, module or expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// `co_name`
    pub name: Name,
    /// `co_qualname`
    pub qualname: Name,
    /// `co_filename`
    pub filename: Name,
    /// `co_firstlineno`
    pub first_line: u32,
    /// `co_flags`
    pub flags: CodeFlags,
    /// `co_argcount`: positional parameters, the positional-only ones included.
    pub arg_count: u32,
    /// `co_posonlyargcount`
    pub posonly_count: u32,
    /// `co_kwonlyargcount`
    pub kwonly_count: u32,
    /// `co_varnames`: names of registers `0 ..`: parameters (positional, keyword-only, `*args`,
    /// `**kwargs`), then the other named locals. A parameter that is captured by an inner
    /// function keeps its register, which `MakeCell` turns into a cell at the start.
    pub varnames: Box<[Name]>,
    /// `co_cellvars`, and the pinned register each cell lives in.
    pub cellvars: Box<[(Name, u16)]>,
    /// `co_freevars`
    pub freevars: Box<[Name]>,
    /// Where the cells of `freevars` come from in the frame that makes the function.
    pub captures: Box<[Capture]>,
    /// Number of pinned registers (named and hidden).
    pub locals: u16,
    /// Number of all registers.
    pub registers: u16,
    /// The instructions.
    pub instrs: Box<[Instr]>,
    /// The constants. The docstring, if there is one, is the first.
    pub consts: Box<[Const]>,
    /// Names used by `StoreName`, `ImportName` and the like.
    pub names: Box<[Name]>,
    /// Name (an index into `names`) of each attribute site; a site has an inline cache.
    pub attr_sites: Box<[u32]>,
    /// Name (an index into `names`) of each global site; a site has an inline cache.
    pub global_sites: Box<[u32]>,
    /// The exception table.
    pub handlers: Box<[Handler]>,
    /// Position of each instruction: `(first instruction, position)` in rising order, each
    /// valid up to the next row.
    pub positions: Positions,
}

impl Code {
    /// The position of the instruction at `index`.
    pub fn position(&self, index: usize) -> Position {
        let after = self.positions.partition_point(|(first, _)| *first as usize <= index);
        match after {
            0 => Position::default(),
            n => self.positions[n - 1].1,
        }
    }

    /// The lines that control passes on its way to the instruction at `index`: rows of no
    /// instructions before its own.
    pub fn marks(&self, index: usize) -> &[Row] {
        let after = self.positions.partition_point(|(first, _)| *first as usize <= index);
        let from = self.positions[..after].partition_point(|(first, _)| (*first as usize) < index);
        if from < after { &self.positions[from..after - 1] } else { &[] }
    }

    /// The line at which a call of it begins; the text as a whole begins before the first.
    pub fn call_line(&self) -> u32 {
        let is_module = !self.flags.has(CodeFlags::NEWLOCALS) && &*self.name == "<module>";
        if is_module { 0 } else { self.first_line }
    }

    /// Positions, each with the number of places it stands for: first one for the call, then for each
    /// row its instructions, or one if it is a mark.
    pub fn places(&self) -> impl Iterator<Item = (Position, usize)> {
        let rows = &*self.positions;
        let line = self.call_line();
        let call = (Position { line, end_line: line, ..Position::default() }, 1);
        std::iter::once(call).chain(rows.iter().enumerate().map(|(k, (first, position))| {
            let end = rows.get(k + 1).map_or(self.instrs.len(), |(next, _)| *next as usize);
            (*position, (end - *first as usize).max(1))
        }))
    }

    /// The place of an instruction as seen from outside, where the call and marks count as
    /// instructions.
    pub fn place(&self, index: usize) -> usize {
        let rows = &*self.positions;
        1 + index + rows.windows(2).take_while(|w| w[1].0 as usize <= index).filter(|w| w[0].0 == w[1].0).count()
    }

    /// The handler that covers the instruction at `index`, if there is one.
    pub fn handler(&self, index: usize) -> Option<&Handler> {
        let index = index as u32;
        self.handlers.iter().find(|h| h.start <= index && index < h.end)
    }
}
