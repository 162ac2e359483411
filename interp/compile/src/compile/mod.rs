//! Syntax tree to register code: one function per construct, one [`unit::Unit`] per code object.
//! Expressions are compiled *into* a register that the user of the value names, so that most
//! assignments cost one instruction.

mod annotation;
mod assemble;
mod assign;
mod call;
mod chain;
mod class;
mod compare;
mod comprehension;
mod condition;
mod display;
mod exceptions;
mod exits;
mod expr;
mod fold;
mod function;
mod future;
mod generator;
mod import;
mod loops;
mod names;
mod pattern;
mod python2;
mod scope;
mod stmt;
mod strings;
mod tables;
mod typeparam;
mod unit;
mod unparse;
mod warn;
mod with;

use std::sync::Arc;

use lockstep_grammar::{Dialect, LineIndex, Mod, Span, SyntaxError};

use crate::code::{Code, object::Name};
use scope::{ScopeId, Scopes};
use unit::Unit;

pub use fold::constant;
pub use tables::{Table, tables};
pub use unparse::unparse;

/// How to compile.
#[derive(Clone, Debug)]
pub struct Options {
    /// `co_filename`
    pub filename: Name,
    /// Which Python the text is.
    pub dialect: Dialect,
    /// 0: all; 1: without asserts; 2: without docstrings too.
    pub optimize: u8,
    /// Future features in force from the start: [`FUTURE_DIVISION`], [`FUTURE_ANNOTATIONS`].
    pub future: u32,
    /// `await` may stand outside of functions, which makes the code a coroutine.
    pub top_level_await: bool,
}

/// `from __future__ import division` (matters in the Python 2 dialect only).
pub const FUTURE_DIVISION: u32 = 1;
/// `from __future__ import annotations`.
pub const FUTURE_ANNOTATIONS: u32 = 2;

impl Default for Options {
    fn default() -> Self {
        Self { filename: "<string>".into(), dialect: Dialect::Python3, optimize: 0, future: 0, top_level_await: false }
    }
}

/// The text a tree was parsed from.
#[derive(Clone, Copy)]
pub struct Source<'s> {
    /// The text.
    pub text: &'s str,
    /// Its lines.
    pub lines: &'s LineIndex,
}

/// A `SyntaxWarning`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What it says.
    pub message: String,
    /// Where, in bytes of the source text.
    pub span: Span,
    /// Line, from one.
    pub line: u32,
}

/// What compiling gives.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The code of the whole text.
    pub code: Arc<Code>,
    /// What the user should know.
    pub warnings: Vec<Warning>,
    /// Future features in force at the end (a prompt keeps them).
    pub future: u32,
}

/// An error without its place in lines.
pub(crate) struct Fault {
    pub message: String,
    pub span: Span,
}

impl Fault {
    pub fn new(message: impl Into<String>, span: Span) -> Box<Self> {
        Box::new(Self { message: message.into(), span })
    }
}

/// What compiling a part gives.
pub(crate) type Res<T = ()> = Result<T, Box<Fault>>;

/// Compiles a tree.
pub fn compile(tree: &Mod, source: Source<'_>, options: &Options) -> Result<Compiled, SyntaxError> {
    run(tree, source, options).map_err(|fault| SyntaxError::at(fault.message, fault.span, source.text))
}

/// What an expression of Python 3 amounts to without running anything.
pub fn fold(expr: &lockstep_grammar::tree::Expr) -> Option<crate::code::Const> {
    fold::fold(expr, false, 0)
}

/// Compiles a tree that comes from no text; `places` tells lines and columns of its spans.
pub fn compile_tree(tree: &Mod, places: &LineIndex, options: &Options) -> Result<Compiled, SyntaxError> {
    run(tree, Source { text: "", lines: places }, options).map_err(|fault| {
        let mut error = SyntaxError::at(fault.message, fault.span, "");
        error.text = None;
        let (line, column) = places.position(fault.span.start);
        let (end_line, end_column) = places.position(fault.span.end).max((line, column));
        (error.lineno, error.offset) = (line, column + 1);
        (error.end_lineno, error.end_offset) = (end_line, end_column as i32 + 1);
        error
    })
}

fn run(tree: &Mod, source: Source<'_>, options: &Options) -> Res<Compiled> {
    let future = options.future | future::features(tree, options.dialect)?;
    let setup = scope::Setup { dialect: options.dialect, future_annotations: future & FUTURE_ANNOTATIONS != 0 };
    let scopes = scope::analyse(tree, setup)?;
    let mut compiler = Compiler {
        options,
        source,
        scopes,
        units: Vec::new(),
        unit: Unit::new(0, "<module>".into(), "<module>".into(), 1),
        scope: 0,
        warnings: Vec::new(),
        future,
        interactive: matches!(tree, Mod::Interactive { .. }),
        in_finally: Vec::new(),
        contexts: Vec::new(),
        pending_cells: Vec::new(),
    };
    compiler.warn_literals();
    let code = compiler.module(tree)?;
    Ok(Compiled { code: Arc::new(code), warnings: compiler.warnings, future })
}

/// The state of compiling a text.
pub(crate) struct Compiler<'t> {
    pub options: &'t Options,
    pub source: Source<'t>,
    pub scopes: Scopes<'t>,
    /// The code objects around the current one.
    pub units: Vec<Unit<'t>>,
    /// The code object being made.
    pub unit: Unit<'t>,
    /// The scope in which names are looked up: that of the unit or of a comprehension in it.
    pub scope: ScopeId,
    pub warnings: Vec<Warning>,
    pub future: u32,
    pub interactive: bool,
    /// Inside of `finally` blocks: what a jump out of them is warned of.
    pub in_finally: Vec<Context>,
    /// The same for the code objects around.
    pub contexts: Vec<Vec<Context>>,
    /// Cells still to be made at the start of the current code.
    pub pending_cells: Vec<unit::Reg>,
}

/// What encloses a statement, as far as jumps out of `finally` blocks matter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    Finally,
    Loop,
    /// The body of `except*`, which nothing may jump out of.
    ExceptStar,
}

impl Compiler<'_> {
    pub fn python2(&self) -> bool {
        self.options.dialect == Dialect::Python2
    }
}
