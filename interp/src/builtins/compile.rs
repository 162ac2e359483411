//! Source text to code objects: the choice of the dialect, syntax errors as exceptions.

use lockstep_compile::code::Code;
use lockstep_compile::compile::{self, Compiled, Source};
use lockstep_grammar::{Dialect, LineIndex, Mod, Mode, Options, Span, SyntaxError};
use lockstep_heap::{Ref, Value};
use std::sync::Arc;

use crate::object::Py;
use crate::object::raise::{Exc, Raised, Result, value_error};
use crate::types::code::CodeObject;

/// How to compile a text.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// `co_filename`
    pub filename: &'a str,
    /// What the text is.
    pub mode: Mode,
    /// The dialect; none: Python 3, and Python 2 where only that parses.
    pub dialect: Option<Dialect>,
    /// `-O` level.
    pub optimize: u8,
    /// Future features in force from the start.
    pub future: u32,
    /// Whether a text that more input could complete raises an error of its own.
    pub incomplete: bool,
    /// Whether the last block of a statement typed at a prompt must have ended.
    pub ended: bool,
    /// Whether `await` may stand outside of functions, which makes the code a coroutine.
    pub top_level_await: bool,
    /// How many digits a decimal integer may have; 0: any number.
    pub int_digits: usize,
}

impl<'a> Settings<'a> {
    /// As the interpreter is configured, for a file of this name.
    pub fn new(py: &Py, filename: &'a str, mode: Mode) -> Settings<'a> {
        let config = &py.shared().config;
        let (dialect, optimize, int_digits) = (config.dialect, config.optimize, config.int_max_str_digits);
        Settings {
            filename,
            mode,
            dialect,
            optimize,
            future: 0,
            incomplete: false,
            ended: false,
            top_level_await: false,
            int_digits,
        }
    }
}

/// Compile a text.
pub fn text(py: &mut Py, source: &str, settings: &Settings<'_>) -> Result<Compiled> {
    py.native_stack()?;
    if source.contains('\0') {
        return Err(Raised::new(Exc::SyntaxError, "source code string cannot contain null bytes"));
    }
    match parse_and_compile(source, settings) {
        Ok(compiled) => {
            for warning in &compiled.warnings {
                match warn(py, warning, settings.filename) {
                    // Made an error by a filter, it is one in the source text.
                    Err(e) if e.is(Exc::SyntaxWarning) => {
                        let error = SyntaxError::at(warning.message.clone(), warning.span, source);
                        return Err(raise(py, &error, settings.filename));
                    }
                    result => result?,
                }
            }
            Ok(compiled)
        }
        Err(error) if settings.incomplete && error.incomplete_input => {
            Err(Raised::new(Exc::IncompleteInputError, "incomplete input"))
        }
        Err(error) => Err(raise(py, &error, settings.filename)),
    }
}

/// The error for a text without a statement, where one is wanted.
pub fn want_statement(py: &mut Py, source: &str, settings: &Settings<'_>) -> Result<()> {
    if source.lines().any(|line| !matches!(line.trim_start().as_bytes().first(), None | Some(b'#'))) {
        return Ok(());
    }
    if settings.incomplete {
        return Err(Raised::new(Exc::IncompleteInputError, "incomplete input"));
    }
    let last = source.split_inclusive('\n').next_back().unwrap_or("");
    let line = source.split_inclusive('\n').count() as u32;
    let mut error = SyntaxError::at("invalid syntax", Span::default(), source);
    (error.lineno, error.end_lineno, error.text) = (line, line, Some(last.to_owned()));
    (error.offset, error.end_offset) = (0, 0);
    Err(raise(py, &error, settings.filename))
}

/// Compile a text to a code object.
pub fn object(py: &mut Py, source: &str, settings: &Settings<'_>) -> Result<Ref<CodeObject>> {
    let compiled = text(py, source, settings)?;
    Ok(py.new_code(&compiled.code))
}

/// The tree of a text.
pub fn parsed(py: &mut Py, source: &str, settings: &Settings<'_>) -> Result<Mod> {
    py.native_stack()?;
    if source.contains('\0') {
        return Err(Raised::new(Exc::SyntaxError, "source code string cannot contain null bytes"));
    }
    match parse(source, settings, settings.dialect.unwrap_or_default()) {
        Ok(tree) => Ok(tree),
        Err(error) if settings.incomplete && error.incomplete_input => {
            Err(Raised::new(Exc::IncompleteInputError, "incomplete input"))
        }
        Err(error) => Err(raise(py, &error, settings.filename)),
    }
}

/// The text and the tree of the bytes of a file.
pub fn parsed_bytes(py: &mut Py, source: &[u8], settings: &Settings<'_>) -> Result<(String, Mod)> {
    let text = decoded(py, source, settings.filename)?;
    let tree = parsed(py, &text, settings)?;
    Ok((text, tree))
}

/// Compile a tree that a script made.
pub fn tree(py: &mut Py, tree: &Mod, places: &LineIndex, settings: &Settings<'_>) -> Result<Ref<CodeObject>> {
    py.native_stack()?;
    match compile::compile_tree(tree, places, &options(settings, settings.dialect.unwrap_or_default())) {
        Ok(compiled) => {
            for warning in &compiled.warnings {
                warn(py, warning, settings.filename)?;
            }
            Ok(py.new_code(&compiled.code))
        }
        Err(error) => Err(raise(py, &error, settings.filename)),
    }
}

/// Compile the bytes of a file: a coding line and a byte order mark are honoured.
pub fn bytes(py: &mut Py, source: &[u8], settings: &Settings<'_>) -> Result<Ref<CodeObject>> {
    if source.contains(&0) {
        return Err(Raised::new(Exc::SyntaxError, "source code string cannot contain null bytes"));
    }
    let text = decoded(py, source, settings.filename)?;
    object(py, &text, settings)
}

/// Compile the bytes of a file that is run: a null byte has its place in it.
pub fn file(py: &mut Py, source: &[u8], settings: &Settings<'_>) -> Result<Ref<CodeObject>> {
    let Some(null) = source.iter().position(|byte| *byte == 0) else { return bytes(py, source, settings) };
    let before = String::from_utf8_lossy(&source[..null]);
    let line = before.split('\n').count() as u32;
    let mut error = SyntaxError::at("source code cannot contain null bytes", Span::default(), &before);
    (error.lineno, error.end_lineno, error.offset, error.end_offset) = (line, line, 0, 0);
    error.text = before.rsplit('\n').next().map(str::to_owned);
    Err(raise(py, &error, settings.filename))
}

/// The bytes of a source file as text; encodings that the grammar does not know are looked up among
/// the codecs.
fn decoded(py: &mut Py, source: &[u8], filename: &str) -> Result<String> {
    let error = match lockstep_grammar::decode(source) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    if let Some(encoding) = lockstep_grammar::declared_encoding(source)
        && error.message.starts_with("unknown encoding")
    {
        let bytes = py.bytes(source);
        match crate::types::str::codec::decode(py, &bytes, &encoding, "strict") {
            Ok(text) => {
                if let Some(text) = text.downcast::<crate::types::str::Str>() {
                    return Ok(text.to_str(py)?.to_owned());
                }
            }
            Err(error) if error.is(Exc::LookupError) => {}
            Err(error) if error.is(Exc::UnicodeError) => {
                let error = py.exception(error);
                let text = py.str_of(error.as_value())?;
                return Err(Raised::new(Exc::SyntaxError, format!("(unicode error) {text}")));
            }
            Err(error) => return Err(error),
        }
    }
    let mut error = error;
    if error.message.starts_with("Non-UTF-8 code") && !filename.starts_with('<') {
        error.message = error.message.replacen(" on line ", &format!(" in file {filename} on line "), 1);
    }
    Err(raise(py, &error, filename))
}

/// Parse and compile without an interpreter.
pub fn parse_and_compile(source: &str, settings: &Settings<'_>) -> Result<Compiled, SyntaxError> {
    match settings.dialect {
        Some(dialect) => in_dialect(source, settings, dialect),
        None if hints_python2(source) => in_dialect(source, settings, Dialect::Python2),
        None => match parse(source, settings, Dialect::Python3) {
            Ok(tree) => finish(source, settings, Dialect::Python3, &tree),
            Err(error) => match parse(source, settings, Dialect::Python2) {
                Ok(tree) if !error.incomplete_input => finish(source, settings, Dialect::Python2, &tree),
                _ => Err(error),
            },
        },
    }
}

/// Whether the first line asks for Python 2.
fn hints_python2(source: &str) -> bool {
    let first = source.lines().next().unwrap_or("");
    first.starts_with("#!") && first.contains("python2")
}

fn in_dialect(source: &str, settings: &Settings<'_>, dialect: Dialect) -> Result<Compiled, SyntaxError> {
    let tree = parse(source, settings, dialect)?;
    finish(source, settings, dialect, &tree)
}

fn parse(source: &str, settings: &Settings<'_>, dialect: Dialect) -> Result<Mod, SyntaxError> {
    lockstep_grammar::parse(
        source,
        settings.mode,
        dialect,
        Options { int_digits: Some(settings.int_digits), ended: settings.ended, ..Options::default() },
    )
}

fn finish(source: &str, settings: &Settings<'_>, dialect: Dialect, tree: &Mod) -> Result<Compiled, SyntaxError> {
    let lines = LineIndex::new(source);
    compile::compile(tree, Source { text: source, lines: &lines }, &options(settings, dialect))
}

fn options(settings: &Settings<'_>, dialect: Dialect) -> compile::Options {
    compile::Options {
        filename: settings.filename.into(),
        dialect,
        optimize: settings.optimize,
        future: settings.future,
        top_level_await: settings.top_level_await,
    }
}

/// A syntax error as an exception.
pub fn raise(py: &mut Py, error: &SyntaxError, filename: &str) -> Raised {
    let kind = match error.kind {
        lockstep_grammar::ErrorKind::Syntax => Exc::SyntaxError,
        lockstep_grammar::ErrorKind::Indentation => Exc::IndentationError,
        lockstep_grammar::ErrorKind::Tab => Exc::TabError,
    };
    let text = match &error.text {
        Some(text) => py.str(text),
        None => Value::NONE,
    };
    let details = vec![
        py.str(filename),
        py.int(i64::from(error.lineno)),
        py.int(i64::from(error.offset)),
        text,
        py.int(i64::from(error.end_lineno)),
        py.int(i64::from(error.end_offset)),
    ];
    let details = py.tuple(details);
    let message = py.str(&error.message);
    Raised::args(kind, vec![message, details])
}

/// Show a `SyntaxWarning` through the `warnings` machinery, if it is there.
fn warn(py: &mut Py, warning: &compile::Warning, filename: &str) -> Result<()> {
    let Some(module) = crate::import::loaded(py, "warnings").or_else(|| crate::import::native(py, "_warnings").ok().flatten())
    else {
        return Ok(());
    };
    let category = py.exception_type(Exc::SyntaxWarning).into_value();
    let (message, file, line) = (py.str(&warning.message), py.str(filename), py.int(i64::from(warning.line)));
    py.call_method(&module, "warn_explicit", &[message, category, file, line]).map(drop)
}

/// Code loaded from bytes made by the same program.
pub fn frozen(py: &mut Py, bytes: &'static [u8]) -> Result<Ref<CodeObject>> {
    match lockstep_compile::code::marshal::from_program(bytes) {
        Ok(code) => Ok(py.new_code(&code)),
        Err(error) => Err(value_error(error.to_string())),
    }
}

/// The code of a code object.
pub fn code_of(code: &Ref<CodeObject>) -> Arc<Code> {
    code.code.clone()
}
