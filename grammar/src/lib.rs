//! Lexer, layout, grammar and syntax tree of Lockstep: source text becomes tokens, tokens a tree.
//! No values, no input or output, no unsafe.

#![forbid(unsafe_code)]

mod actions;
mod aliases;
mod decode;
mod depth;
mod diagnose;
mod dubious;
mod dump;
mod error;
mod lexer;
mod literal;
mod parser;
pub mod span;
mod token;
pub mod tree;

pub use decode::{declared_encoding, decode};
pub use depth::check as check_depth;
pub use dubious::dubious_literals;
pub use dump::{dump_tokens, dump_tree};
pub use error::{ErrorKind, SyntaxError};
pub use span::{LineIndex, Span};
pub use token::{Tok, Token};
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
    /// How many digits a decimal integer may have: none: as CPython has it by default; 0: any number.
    pub int_digits: Option<usize>,
    /// The last block of a statement typed at a prompt must have ended, by a line that is not indented.
    pub ended: bool,
    /// Brackets need not match and numbers need not be right: for tools that look at tokens only.
    pub lenient: bool,
}

/// Parses a text into a tree.
///
/// ```
/// use lockstep_grammar::{Dialect, Mode, Options, parse};
///
/// let tree = parse("a = 1\n", Mode::Exec, Dialect::Python3, Options::default());
/// assert!(tree.is_ok());
/// ```
pub fn parse(source: &str, mode: Mode, dialect: Dialect, options: Options) -> Result<Mod, SyntaxError> {
    parse_unplaced(source, mode, dialect, options).map_err(|error| error.locate(source))
}

fn parse_unplaced(source: &str, mode: Mode, dialect: Dialect, options: Options) -> Result<Mod, SyntaxError> {
    let lexed = lexer::lex(source, dialect, options);
    let start = match mode {
        Mode::Exec => Tok::StartFile,
        Mode::Eval => Tok::StartEval,
        Mode::Single => Tok::StartSingle,
        Mode::FuncType => Tok::StartFuncType,
    };
    let mut context = actions::Context::new(source, dialect);
    context.int_digits = options.int_digits.unwrap_or(literal::MAX_DIGITS);
    let parsed = parser::parse(&mut context, start, &lexed.tokens, lexed.error.is_some());
    let broken = context.error.take();
    let tree = match (parsed, broken) {
        (Ok(tree), None) => tree,
        (parsed, broken) => {
            return Err(diagnose::explain(source, dialect, lexed, start, parsed.err(), broken));
        }
    };
    depth::check(&tree)?;
    if mode == Mode::Single
        && let Some(error) = open_statement(source, &tree, &lexed.tokens, options.ended)
    {
        return Err(error);
    }
    if let Mod::Interactive { body } = &tree
        && let Some(error) = too_many(source, body)
    {
        return Err(error);
    }
    Ok(tree)
}

/// A compound statement typed at a prompt that could go on: its last line has not ended and stands in
/// no block, or the block has not ended.
fn open_statement(source: &str, tree: &Mod, tokens: &[Token], ended: bool) -> Option<SyntaxError> {
    let Mod::Interactive { body } = tree else { return None };
    if source.ends_with('\n') || !body.last().is_some_and(|s| compound(&s.node)) {
        return None;
    }
    let indented = tokens.last().is_some_and(|t| t.kind == Tok::Dedent);
    let end = source.len() as u32;
    (ended || !indented).then(|| SyntaxError::syntax("invalid syntax", Span::new(end, end)).incomplete())
}

fn compound(kind: &tree::StmtKind) -> bool {
    use tree::StmtKind::{ClassDef, For, FunctionDef, If, Match, Try, While, With};
    matches!(kind, FunctionDef(_) | ClassDef(_) | For { .. } | While { .. } | If { .. } | With { .. } | Match { .. } | Try { .. })
}

/// What is wrong if the statements typed at a prompt do not share their line, divided by semicolons.
fn too_many(source: &str, body: &[tree::Stmt]) -> Option<SyntaxError> {
    let (first, last) = (body.first()?, body.last()?);
    let lines = LineIndex::new(source);
    if lines.line(first.span.start) == lines.line(last.span.start) {
        return None;
    }
    let pair = body.windows(2).find(|pair| lines.line(pair[0].span.end) != lines.line(pair[1].span.start))?;
    if compound(&pair[0].node) {
        return Some(SyntaxError::syntax("invalid syntax", pair[1].span));
    }
    // The end of the line is what should not be there.
    let rest = &source[pair[0].span.end as usize..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\x0c', ';']).len();
    let line = rest.find('\n').unwrap_or(rest.len());
    let end = |n: usize| pair[0].span.end + n as u32;
    let span = Span::new(end(blank), end(line.max(blank)));
    Some(SyntaxError::syntax("multiple statements found while compiling a single statement", span))
}

/// Parses the bytes of a file: honours a byte order mark and a coding line. Also gives the text,
/// to which the spans of the tree refer.
pub fn parse_bytes(source: &[u8], mode: Mode, dialect: Dialect, options: Options) -> Result<(String, Mod), SyntaxError> {
    let text = decode(source)?;
    let tree = parse(&text, mode, dialect, options)?;
    Ok((text, tree))
}

/// Splits a text of Python 3 into tokens as leniently as CPython's `tokenize` does, up to the first
/// error, which may be that brackets are open at the end.
pub fn tokenize_lenient(source: &str) -> (Vec<Token>, Option<SyntaxError>) {
    let lexed = lexer::lex(source, Dialect::Python3, Options { lenient: true, ..Options::default() });
    let open = (!lexed.open.is_empty()).then(|| {
        let end = source.trim_end_matches(['\n', '\r']).len() as u32;
        SyntaxError::syntax("unexpected EOF in multi-line statement", Span::new(end, end))
    });
    (lexed.tokens, lexed.error.or(open).map(|error| error.locate(source)))
}

/// Splits a text into tokens, up to the first error.
pub fn tokenize(source: &str, dialect: Dialect) -> (Vec<Token>, Option<SyntaxError>) {
    let lexed = lexer::lex(source, dialect, Options::default());
    (lexed.tokens, lexed.error.map(|error| error.locate(source)))
}
