//! What the productions of the grammar do: plain functions that build the tree.
//! A rule that the shape of the grammar cannot say is checked here; the first broken one is kept
//! in the context and wins over everything that the parser finds later.

mod expression;
mod parameters;
mod pattern;
mod statement;
mod strings;
pub(crate) mod target;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use unicode_normalization::UnicodeNormalization;

pub(crate) use expression::*;
pub(crate) use parameters::*;
pub(crate) use pattern::*;
pub(crate) use statement::*;
pub(crate) use strings::*;

use crate::Dialect;
use crate::error::SyntaxError;
use crate::span::Span;
use crate::tree::{Expr, ExprKind, Name};

/// What the actions share during one parse.
pub(crate) struct Context<'s> {
    pub source: &'s str,
    pub dialect: Dialect,
    /// The first rule that was broken.
    pub error: Option<SyntaxError>,
    /// Longest decimal integer; 0: there is none.
    pub int_digits: usize,
    names: HashMap<&'s str, Name, BuildHasherDefault<NameHasher>>,
}

impl<'s> Context<'s> {
    pub fn new(source: &'s str, dialect: Dialect) -> Self {
        Self { source, dialect, error: None, int_digits: crate::literal::MAX_DIGITS, names: HashMap::default() }
    }

    /// Notes a broken rule.
    pub fn fail(&mut self, message: impl Into<String>, span: Span) {
        self.fail_with(SyntaxError::syntax(message, span));
    }

    pub fn fail_with(&mut self, error: SyntaxError) {
        if self.error.is_none() {
            self.error = Some(error);
        }
    }

    fn intern(&mut self, span: Span) -> Name {
        let text = span.text(self.source);
        if let Some(name) = self.names.get(text) {
            return name.clone();
        }
        let name: Name = if text.is_ascii() { text.into() } else { text.nfkc().collect::<String>().into() };
        self.names.insert(text, name.clone());
        name
    }
}

/// A quick hash for the short, trusted keys of one table.
#[derive(Default)]
struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

/// A name and where it stands.
pub(crate) struct Name2 {
    pub name: Name,
    pub span: Span,
}

pub(crate) fn at(start: u32, end: u32) -> Span {
    Span::new(start, end)
}

pub(crate) fn node(start: u32, node: ExprKind, end: u32) -> Expr {
    Expr::new(Span::new(start, end), node)
}

pub(crate) fn name(ctx: &mut Context<'_>, start: u32, end: u32) -> Name {
    ctx.intern(Span::new(start, end))
}

pub(crate) fn name2(ctx: &mut Context<'_>, start: u32, end: u32) -> Name2 {
    let span = Span::new(start, end);
    Name2 { name: ctx.intern(span), span }
}

/// A dotted name as it is written, without the blanks that may stand around the dots.
pub(crate) fn dotted(ctx: &mut Context<'_>, start: u32, end: u32) -> Name {
    let text = Span::new(start, end).text(ctx.source);
    text.split('.')
        .map(|part| part.trim_matches(|c: char| c.is_whitespace() || c == '\\'))
        .collect::<Vec<_>>()
        .join(".")
        .nfkc()
        .collect::<String>()
        .into()
}
