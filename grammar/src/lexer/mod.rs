//! Source text to tokens: logos finds the words, this file lays them out in lines and blocks.
//! Brackets and format strings are kept on stacks, so the whole text is read once, left to right.

mod number;
mod soft;
mod string;

use logos::Logos;

use crate::error::{ErrorKind, SyntaxError};
use crate::span::{LineIndex, Span};
use crate::token::{Tok, Token};
use crate::{Dialect, Options};

/// How deep brackets may nest.
const MAX_BRACKETS: usize = 200;
/// How deep blocks may nest.
const MAX_INDENT: usize = 100;
/// How deep format strings may nest.
const MAX_FORMAT_STRINGS: usize = 150;

/// The tokens up to the end or to the first error.
pub(crate) struct Lexed {
    pub tokens: Vec<Token>,
    pub error: Option<SyntaxError>,
    /// Brackets that are open where the tokens end, the outermost first.
    pub open: Vec<(u8, u32)>,
    /// The tokens end inside of a format string.
    pub in_format_string: bool,
}

/// An open bracket.
#[derive(Clone, Copy)]
struct Bracket {
    byte: u8,
    at: u32,
    /// It is the brace of a replacement field.
    field: bool,
    /// The field's `:` was seen: what follows is format text.
    in_format: bool,
}

/// A format string that is being read.
struct Format {
    start: u32,
    quote: u8,
    triple: bool,
    raw: bool,
    template: bool,
    /// Number of brackets open around it.
    outside: usize,
}

struct Lexer<'s> {
    source: &'s str,
    words: logos::Lexer<'s, Tok>,
    dialect: Dialect,
    tokens: Vec<Token>,
    brackets: Vec<Bracket>,
    formats: Vec<Format>,
    /// Columns with tabs of 8 and of 1.
    indents: Vec<(u32, u32)>,
    lenient: bool,
}

type Step<T = ()> = Result<T, SyntaxError>;

/// Splits `source` into tokens.
pub(crate) fn lex(source: &str, dialect: Dialect, options: Options) -> Lexed {
    let mut lexer = Lexer {
        source,
        words: Tok::lexer(source),
        dialect,
        tokens: Vec::with_capacity(source.len() / 4 + 8),
        brackets: Vec::new(),
        formats: Vec::new(),
        indents: Vec::new(),
        lenient: options.lenient,
    };
    let error = lexer.run().err();
    let open = lexer.brackets.iter().map(|bracket| (bracket.byte, bracket.at)).collect();
    let in_format_string = !lexer.formats.is_empty();
    let mut tokens = lexer.tokens;
    soft::resolve(source, &mut tokens, dialect, options);
    Lexed { tokens, error, open, in_format_string }
}

impl Lexer<'_> {
    fn run(&mut self) -> Step {
        if u32::try_from(self.source.len()).is_err() {
            return Err(SyntaxError::syntax("source code is too long", Span::default()));
        }
        if self.source.starts_with('\u{feff}') {
            self.words.bump('\u{feff}'.len_utf8());
        }
        if let Some(at) = memchr::memchr(0, self.source.as_bytes()) {
            let at = at as u32;
            return Err(SyntaxError::syntax("source code cannot contain null bytes", Span::new(at, at)));
        }
        self.line_start()?;
        loop {
            if self.in_format_text() {
                self.format_text()?;
                continue;
            }
            let Some(word) = self.words.next() else { break };
            let span = self.word_span();
            match word {
                Ok(kind) => self.word(kind, span)?,
                Err(()) if self.source.as_bytes()[span.start as usize].is_ascii_graphic() => self.push(Tok::Unknown, span),
                Err(()) => return Err(self.bad_character(span.start)),
            }
        }
        self.finish()
    }

    fn word_span(&self) -> Span {
        let span = self.words.span();
        Span::new(span.start as u32, span.end as u32)
    }

    /// Where the next word begins.
    fn here(&self) -> usize {
        self.words.span().end
    }

    fn push(&mut self, kind: Tok, span: Span) {
        self.tokens.push(Token { kind, span });
    }

    fn word(&mut self, kind: Tok, span: Span) -> Step {
        match kind {
            Tok::Comment | Tok::Continuation => {
                if kind == Tok::Continuation && span.end as usize == self.source.len() {
                    return Err(SyntaxError::syntax("unexpected EOF while parsing", Span::new(span.start + 1, span.start + 1))
                        .ending(-1)
                        .incomplete());
                }
            }
            Tok::Newline => {
                if self.brackets.is_empty() {
                    self.push(Tok::Newline, span);
                    self.line_start()?;
                }
            }
            Tok::Backslash => {
                let end = span.end;
                if end as usize == self.source.len() {
                    return Err(SyntaxError::syntax("unexpected EOF while parsing", Span::new(end, end)).ending(-1).incomplete());
                }
                return Err(
                    SyntaxError::syntax("unexpected character after line continuation character", Span::new(end, end)).ending(0)
                );
            }
            Tok::Name => {
                if !span.text(self.source).is_ascii() {
                    self.check_name(span)?;
                }
                self.push(kind, span);
            }
            Tok::Number => self.number(span)?,
            Tok::Str => self.string(span)?,
            Tok::LPar | Tok::LSqb | Tok::LBrace => {
                self.open(kind, span, false)?;
            }
            Tok::RPar | Tok::RSqb | Tok::RBrace => self.close(kind, span)?,
            Tok::Colon | Tok::ColonEqual if self.at_field_top() => {
                // `:=` cannot stand bare in a field: its colon begins the format.
                if let Some(field) = self.brackets.last_mut() {
                    field.in_format = true;
                }
                self.push(Tok::FieldColon, Span::new(span.start, span.start + 1));
                if kind == Tok::ColonEqual {
                    self.rewind(span.start as usize + 1);
                }
            }
            Tok::Bang if !self.at_field_top() => self.push(Tok::Unknown, span),
            Tok::Backquote if self.dialect == Dialect::Python3 => self.push(Tok::Unknown, span),
            // Names that Python 2 may find as attributes.
            Tok::True | Tok::False
                if self.dialect == Dialect::Python2 && self.tokens.last().is_some_and(|last| last.kind == Tok::Dot) =>
            {
                self.push(Tok::Name, span);
            }
            Tok::LessGreater if self.dialect == Dialect::Python2 => self.push(Tok::NotEqual, span),
            Tok::Async | Tok::Await | Tok::Nonlocal if self.dialect == Dialect::Python2 => self.push(Tok::Name, span),
            _ => self.push(kind, span),
        }
        Ok(())
    }

    /// Goes on reading at `at`.
    fn rewind(&mut self, at: usize) {
        self.words = Tok::lexer(self.source);
        self.words.bump(at);
    }

    /// Whether the innermost open bracket is the brace of a field, before its format.
    fn at_field_top(&self) -> bool {
        self.brackets.last().is_some_and(|bracket| bracket.field && !bracket.in_format)
    }

    fn open(&mut self, kind: Tok, span: Span, field: bool) -> Step {
        if self.brackets.len() >= MAX_BRACKETS {
            return Err(SyntaxError::syntax("too many nested parentheses", span.at_start()));
        }
        let byte = self.source.as_bytes()[span.start as usize];
        self.brackets.push(Bracket { byte, at: span.start, field, in_format: false });
        self.push(if field { Tok::FieldOpen } else { kind }, span);
        Ok(())
    }

    fn close(&mut self, kind: Tok, span: Span) -> Step {
        let byte = self.source.as_bytes()[span.start as usize] as char;
        let outside = self.formats.last().map_or(0, |format| format.outside);
        if self.brackets.len() <= outside {
            if self.lenient && self.formats.is_empty() {
                self.push(kind, span);
                return Ok(());
            }
            let in_format = if self.formats.is_empty() { "" } else { "f-string: " };
            return Err(SyntaxError::syntax(format!("{in_format}unmatched '{byte}'"), span.at_start()));
        }
        let Some(top) = self.brackets.pop() else {
            return Ok(());
        };
        let matches = matches!((top.byte, byte), (b'(', ')') | (b'[', ']') | (b'{', '}'));
        if !matches && !(self.lenient && !top.field) {
            let open = top.byte as char;
            if top.field {
                self.brackets.push(top);
                return Err(SyntaxError::syntax(format!("f-string: unmatched '{byte}'"), span.at_start()));
            }
            let lines = LineIndex::new(self.source);
            let line = lines.line(top.at);
            let on_line = if line == lines.line(span.start) { String::new() } else { format!(" on line {line}") };
            let message = format!("closing parenthesis '{byte}' does not match opening parenthesis '{open}'{on_line}");
            return Err(SyntaxError::syntax(message, span.at_start()));
        }
        self.push(if top.field { Tok::FieldClose } else { kind }, span);
        Ok(())
    }

    /// Reads the indentation of the next line that holds anything, and opens or closes blocks.
    fn line_start(&mut self) -> Step {
        let bytes = self.source.as_bytes();
        let mut at = self.here();
        let mut begin = at;
        let (mut column, mut strict) = (0, 0);
        loop {
            match bytes.get(at) {
                Some(b' ') => (column, strict) = (column + 1, strict + 1),
                Some(b'\t') => (column, strict) = ((column / 8 + 1) * 8, strict + 1),
                Some(b'\x0c') => (column, strict) = (0, 0),
                Some(b'#') => {
                    at += memchr::memchr2(b'\n', b'\r', &bytes[at..]).unwrap_or(bytes.len() - at);
                    continue;
                }
                Some(b'\n' | b'\r') => {
                    begin = at + 1;
                    (column, strict) = (0, 0);
                }
                Some(b'\\') if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => {
                    // A joined line keeps the indentation of its first line.
                    at += if bytes[at + 1..].starts_with(b"\r\n") { 3 } else { 2 };
                    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\x0c')) {
                        at += 1;
                    }
                    if at >= bytes.len() {
                        let place = memchr::memrchr(b'\\', bytes).map_or(0, |last| last as u32 + 1);
                        let error = SyntaxError::syntax("unexpected EOF while parsing", Span::new(place, place));
                        return Err(error.ending(-1).incomplete());
                    }
                    if !matches!(bytes.get(at), Some(b'\n' | b'\r' | b'#' | b'\\')) {
                        break;
                    }
                    continue;
                }
                _ => break,
            }
            at += 1;
        }
        self.words.bump(at - self.here());
        if at >= bytes.len() {
            return Ok(());
        }
        self.indent(column, strict, Span::new(begin as u32, at as u32))
    }

    fn indent(&mut self, column: u32, strict: u32, span: Span) -> Step {
        let (top, top_strict) = self.indents.last().copied().unwrap_or((0, 0));
        let lenient = self.dialect == Dialect::Python2;
        if column == top {
            return if strict == top_strict || lenient { Ok(()) } else { self.tab_error(span) };
        }
        if column > top {
            if strict <= top_strict && !lenient {
                return self.tab_error(span);
            }
            if self.indents.len() + 1 >= MAX_INDENT {
                return Err(SyntaxError::new(ErrorKind::Indentation, "too many levels of indentation", span));
            }
            self.indents.push((column, strict));
            self.push(Tok::Indent, span);
            return Ok(());
        }
        while self.indents.last().is_some_and(|(outer, _)| *outer > column) {
            self.indents.pop();
            self.push(Tok::Dedent, Span::new(span.end, span.end));
        }
        let (outer, outer_strict) = self.indents.last().copied().unwrap_or((0, 0));
        if outer != column {
            let at = self.line_end(span.end);
            return Err(SyntaxError::new(
                ErrorKind::Indentation,
                "unindent does not match any outer indentation level",
                Span::new(at, at),
            )
            .ending(-1));
        }
        if outer_strict != strict && !lenient {
            return self.tab_error(span);
        }
        Ok(())
    }

    fn tab_error(&self, indent: Span) -> Step {
        let at = self.line_begin(indent.end);
        let message = "inconsistent use of tabs and spaces in indentation";
        Err(SyntaxError::new(ErrorKind::Tab, message, Span::new(at, at)).ending(0))
    }

    fn line_begin(&self, at: u32) -> u32 {
        let before = &self.source.as_bytes()[..at as usize];
        memchr::memrchr2(b'\n', b'\r', before).map_or(0, |last| last as u32 + 1)
    }

    fn line_end(&self, from: u32) -> u32 {
        let rest = &self.source.as_bytes()[from as usize..];
        from + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()) as u32
    }

    /// Closes the last line and all blocks.
    fn finish(&mut self) -> Step {
        let end = self.source.len() as u32;
        if !self.brackets.is_empty() {
            // The parser reports it, unless an earlier token is wrong.
            return Ok(());
        }
        if self.tokens.last().is_some_and(|last| !matches!(last.kind, Tok::Newline | Tok::Dedent)) {
            self.push(Tok::Newline, Span::new(end, end));
        }
        for _ in 0..self.indents.len() {
            self.push(Tok::Dedent, Span::new(end, end));
        }
        Ok(())
    }

    /// Checks an identifier that is not ASCII.
    fn check_name(&self, span: Span) -> Step {
        for (index, (at, character)) in span.text(self.source).char_indices().enumerate() {
            let fits = match (character, index) {
                ('_', _) => true,
                (_, 0) => unicode_ident::is_xid_start(character),
                _ => unicode_ident::is_xid_continue(character) || character == '\u{b7}',
            };
            if !fits {
                return Err(self.bad_character(span.start + at as u32));
            }
        }
        Ok(())
    }

    fn bad_character(&self, at: u32) -> SyntaxError {
        let character = self.source[at as usize..].chars().next().unwrap_or(' ');
        let span = Span::new(at, at + character.len_utf8() as u32);
        let code = character as u32;
        let message = if character.is_ascii() && !character.is_ascii_control() {
            "invalid syntax".to_owned()
        } else if unprintable(character) {
            format!("invalid non-printable character U+{code:04X}")
        } else {
            format!("invalid character '{character}' (U+{code:04X})")
        };
        SyntaxError::syntax(message, span.at_start())
    }
}

/// The characters that `str.isprintable` refuses, as far as they turn up in sources.
fn unprintable(character: char) -> bool {
    character.is_control()
        || character.is_whitespace()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}
