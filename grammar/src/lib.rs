//! Lexer, layout, grammar and syntax tree of Lockstep: source text becomes tokens, tokens a tree.
//! No values, no input or output, no unsafe.

#![forbid(unsafe_code)]

mod error;
pub mod span;
pub mod tree;

pub use error::{ErrorKind, SyntaxError};
pub use span::{LineIndex, Span};
pub use tree::{Mod, Name};

/// Which Python a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    #[default]
    Python3,
    Python2,
}

/// What a text is, as `compile(..., mode)` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// A file.
    #[default]
    Exec,
    /// One expression.
    Eval,
    /// One statement typed at a prompt.
    Single,
    /// A function's type comment.
    FuncType,
}

/// What else a parse can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Python 2 with `print_function`: `print` is a name from the start.
    pub print_function: bool,
}
