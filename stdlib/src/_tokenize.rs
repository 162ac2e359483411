//! `_tokenize`: the tokens of a source, as `tokenize` hands them out. The grammar's lexer finds the
//! tokens; what it leaves out (comments, empty lines) stands between them.

use std::collections::VecDeque;

use lockstep_grammar::{SyntaxError, Tok};
use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Exc, Result, type_error};
use lockstep_interp::object::{NativeType, Py, Type};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Guarded, Object, Ref, Value, Visitor, methods};

/// Numbers of token types, CPython 3.14's.
mod kind {
    pub const END: u8 = 0;
    pub const NAME: u8 = 1;
    pub const NUMBER: u8 = 2;
    pub const STRING: u8 = 3;
    pub const NEWLINE: u8 = 4;
    pub const INDENT: u8 = 5;
    pub const DEDENT: u8 = 6;
    pub const OP: u8 = 55;
    /// Start, middle and end of an f-string; three more: of a t-string.
    pub const FORMAT: u8 = 59;
    pub const TEMPLATE: u8 = 62;
    pub const COMMENT: u8 = 65;
    pub const NL: u8 = 66;
}

/// The operators in the order of their numbers, from 7 on.
const OPERATORS: [&str; 48] = [
    "(", ")", "[", "]", ":", ",", ";", "+", "-", "*", "/", "|", "&", "<", ">", "=", ".", "%", "{", "}", "==", "!=", "<=", ">=",
    "~", "^", "<<", ">>", "**", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//", "//=", "@", "@=",
    "->", "...", ":=", "!",
];

/// A token found.
struct Row {
    kind: u8,
    start: (u32, u32),
    end: (u32, u32),
    text: Box<str>,
    /// Bytes of the lines it stands on.
    lines: (u32, u32),
}

/// The payload of a tokenizer.
#[derive(Default)]
pub struct TokenizerIter {
    readline: Option<Value>,
    encoding: Option<String>,
    extra: bool,
    rows: VecDeque<Row>,
    source: Box<str>,
    error: Option<SyntaxError>,
}

impl Object for TokenizerIter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.readline);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.readline.take());
    }
}

/// All lines that a function gives.
fn read(py: &mut Py, readline: &Value, encoding: Option<&str>) -> Result<String> {
    let mut text = String::new();
    loop {
        let line = match py.call(readline, &[]) {
            Ok(line) => line,
            Err(error) if error.is(Exc::StopIteration) => return Ok(text),
            Err(error) => return Err(error),
        };
        let line = match encoding {
            Some(encoding) if line.is_a::<Bytes>() => lockstep_interp::types::str::codec::decode(py, &line, encoding, "replace")?,
            Some(_) => return Err(type_error("readline() returned a non-bytes object")),
            None => line,
        };
        let Some(line) = line.downcast::<Str>() else { return Err(type_error("readline() returned a non-string object")) };
        if line.is_empty() {
            return Ok(text);
        }
        text.push_str(line.to_str(py)?);
        py.check()?;
    }
}

/// Lays tokens out in lines and columns.
struct Layout<'s> {
    source: &'s str,
    extra: bool,
    rows: VecDeque<Row>,
    /// The line and column at `at`, and where the line begins.
    at: usize,
    line: u32,
    column: u32,
    line_start: usize,
}

impl<'s> Layout<'s> {
    /// Goes on to `to`; gives line, column and start of the line.
    fn go(&mut self, to: usize) -> (u32, u32, usize) {
        let bytes = self.source.as_bytes();
        while self.at < to {
            let byte = bytes[self.at];
            self.at += 1;
            let lone = byte == b'\r' && bytes.get(self.at) != Some(&b'\n');
            if byte == b'\n' || lone {
                self.line += 1;
                self.column = 0;
                self.line_start = self.at;
            } else if byte & 0xC0 != 0x80 {
                self.column += 1;
            }
        }
        (self.line, self.column, self.line_start)
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = &self.source.as_bytes()[from..];
        memchr::memchr(b'\n', rest).map_or(self.source.len(), |step| from + step + 1)
    }

    fn push(&mut self, kind: u8, start: usize, end: usize) {
        self.push_as(kind, start, end, end);
    }

    /// A token that is shown only up to `shown`.
    fn push_as(&mut self, kind: u8, start: usize, shown: usize, end: usize) {
        let (line, column, line_start) = self.go(start);
        let text: Box<str> = self.source.get(start..shown).unwrap_or("").into();
        let (end_line, end_column) = if matches!(kind, kind::NL | kind::NEWLINE) {
            (line, column + (end - start).max(1) as u32)
        } else {
            let (line, column, _) = self.go(shown);
            (line, column)
        };
        self.go(end);
        let last = if matches!(kind, kind::NL | kind::NEWLINE) { start } else { shown };
        let lines = (line_start as u32, self.line_end(last) as u32);
        self.rows.push_back(Row { kind, start: (line, column), end: (end_line, end_column), text, lines });
    }

    /// What lies between two tokens: comments and line ends that divide nothing.
    fn gap(&mut self, from: usize, to: usize) {
        let bytes = self.source.as_bytes();
        let mut at = from;
        while at < to {
            match bytes[at] {
                b'#' => {
                    let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |step| at + step);
                    if self.extra {
                        self.push(kind::COMMENT, at, end);
                    }
                    at = end;
                }
                b'\\' => at += if bytes[at..].starts_with(b"\\\r\n") { 3 } else { 2 },
                b'\n' | b'\r' => {
                    let end = at + if bytes[at..].starts_with(b"\r\n") { 2 } else { 1 };
                    if self.extra {
                        self.push(kind::NL, at, end);
                    }
                    at = end;
                }
                _ => at += 1,
            }
        }
    }

    /// The text of a format string: doubled braces show one and divide it.
    fn middle(&mut self, kind: u8, start: usize, end: usize, raw: bool, in_spec: bool) {
        let bytes = self.source.as_bytes();
        let mut begin = start;
        let mut at = start;
        while at < end && !in_spec {
            if !raw && bytes[at..].starts_with(b"\\N{") {
                at += memchr::memchr(b'}', &bytes[at..end]).map_or(1, |step| step + 1);
            } else if matches!(bytes[at], b'{' | b'}') && bytes.get(at + 1) == Some(&bytes[at]) && at + 1 < end {
                self.push_as(kind, begin, at + 1, at + 2);
                at += 2;
                begin = at;
            } else {
                at += 1;
            }
        }
        if begin < end {
            self.push(kind, begin, end);
        }
    }
}

/// A format string around the current token.
struct Format {
    template: bool,
    raw: bool,
    /// Its open fields: whether their format has begun.
    fields: Vec<bool>,
}

fn lay_out(source: &str, extra: bool) -> (VecDeque<Row>, Option<SyntaxError>) {
    let (tokens, error) = lockstep_grammar::tokenize_lenient(source);
    let mut out = Layout { source, extra, rows: VecDeque::new(), at: 0, line: 1, column: 0, line_start: 0 };
    let mut formats: Vec<Format> = Vec::new();
    let mut at = if source.starts_with('\u{feff}') { 3 } else { 0 };
    for (index, token) in tokens.iter().enumerate() {
        let (start, end) = (token.span.start as usize, token.span.end as usize);
        let start_kind = |format: &Format, part: u8| part + if format.template { kind::TEMPLATE } else { kind::FORMAT };
        if token.kind != Tok::Dedent || start < source.len() {
            out.gap(at, start);
            at = end.max(at);
        }
        match token.kind {
            Tok::Indent => out.push(kind::INDENT, start, end),
            Tok::Dedent if start < source.len() => out.push(kind::DEDENT, start, end),
            // The blocks that end with the text follow its last lines.
            Tok::Dedent => {}
            Tok::Newline => out.push(kind::NEWLINE, start, end),
            Tok::Number => out.push(kind::NUMBER, start, end),
            Tok::Str => out.push(kind::STRING, start, end),
            Tok::FStringStart => {
                let prefix = &source[start..end];
                let has = |letter: char| prefix.contains([letter, letter.to_ascii_uppercase()]);
                let format = Format { template: has('t'), raw: has('r'), fields: Vec::new() };
                out.push(start_kind(&format, 0), start, end);
                formats.push(format);
            }
            Tok::FStringMiddle => {
                if let Some(format) = formats.last() {
                    out.middle(start_kind(format, 1), start, end, format.raw, !format.fields.is_empty());
                }
            }
            Tok::FStringEnd => {
                if let Some(format) = formats.pop() {
                    out.push(start_kind(&format, 2), start, end);
                }
            }
            Tok::FieldOpen | Tok::FieldClose | Tok::FieldColon => {
                out.push(operator(source, start, end, extra), start, end);
                if let Some(format) = formats.last_mut() {
                    match token.kind {
                        Tok::FieldOpen => format.fields.push(false),
                        Tok::FieldClose => drop(format.fields.pop()),
                        _ => format.fields.iter_mut().next_back().into_iter().for_each(|begun| *begun = true),
                    }
                    // In a format an empty text is a token too, but before a field.
                    let next = tokens.get(index + 1).map(|next| next.kind);
                    if format.fields.last() == Some(&true) && !matches!(next, Some(Tok::FStringMiddle | Tok::FieldOpen)) {
                        let part = start_kind(format, 1);
                        out.push(part, end, end);
                    }
                }
            }
            Tok::Name | Tok::Match | Tok::Case | Tok::Type => out.push(kind::NAME, start, end),
            kind if kind.is_keyword() => out.push(kind::NAME, start, end),
            _ => out.push(operator(source, start, end, extra), start, end),
        }
    }
    match &error {
        None => out.close(at, &tokens),
        Some(error) if error.kind == lockstep_grammar::ErrorKind::Indentation => {
            while out.rows.back().is_some_and(|last| last.kind == kind::DEDENT) {
                out.rows.pop_back();
            }
        }
        Some(error) if error.message.starts_with("unexpected EOF") => out.gap(at, source.len()),
        Some(_) => {}
    }
    (out.rows, error)
}

impl Layout<'_> {
    /// What follows the last token: comments, empty lines, the ends of blocks, the end.
    fn close(&mut self, from: usize, tokens: &[lockstep_grammar::Token]) {
        let length = self.source.len();
        self.gap(from, length);
        if self.extra && self.rows.back().is_some_and(|last| last.kind == kind::COMMENT) {
            self.push(kind::NL, length, length);
        }
        let (line, column, _) = self.go(length);
        let place = (line + u32::from(column > 0), 0);
        let blocks = tokens.iter().rev().take_while(|token| token.kind == Tok::Dedent && token.span.start as usize >= length);
        let ends = std::iter::repeat_n(kind::DEDENT, blocks.count()).chain([kind::END]);
        let lines = (length as u32, length as u32);
        self.rows.extend(ends.map(|kind| Row { kind, start: place, end: place, text: "".into(), lines }));
    }
}

fn operator(source: &str, start: usize, end: usize, extra: bool) -> u8 {
    if extra {
        return kind::OP;
    }
    let text = &source[start..end];
    OPERATORS.iter().position(|op| *op == text).map_or(kind::OP, |index| index as u8 + 7)
}

#[methods]
impl TokenizerIter {
    #[staticmethod("(type, readline, /, *, encoding=None, extra_tokens=False)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, readline: Value, encoding: Option<String>, extra_tokens: bool) -> Value {
        let new = TokenizerIter { readline: Some(readline), encoding, extra: extra_tokens, ..TokenizerIter::default() };
        py.make_in(cls, new).into_value()
    }

    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<TokenizerIter>) -> Value {
        this.to_value()
    }

    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<TokenizerIter>) -> Result<Next> {
        if let Some(readline) = this.get_mut(py).readline.take() {
            let (encoding, extra) = (this.get(py).encoding.clone(), this.get(py).extra);
            let source = read(py, &readline, encoding.as_deref())?;
            let (rows, error) = lay_out(&source, extra);
            let this = this.get_mut(py);
            (this.rows, this.error, this.source) = (rows, error, source.into());
        }
        let own = this.get_mut(py);
        let Some(row) = own.rows.pop_front() else {
            return match own.error.take() {
                Some(error) => Err(lockstep_interp::builtins::compile::raise(py, &error, "<string>")),
                None => Ok(Next(None)),
            };
        };
        let line = own.source.get(row.lines.0 as usize..row.lines.1 as usize).unwrap_or("").to_owned();
        let place = |py: &Py, (line, column): (u32, u32)| {
            let parts = vec![py.int(i64::from(line)), py.int(i64::from(column))];
            py.tuple(parts)
        };
        let (start, end) = (place(py, row.start), place(py, row.end));
        let (text, line) = (py.str(&row.text), py.str(&line));
        Ok(Next(Some(py.tuple(vec![Value::int32(i32::from(row.kind)), text, start, end, line]))))
    }
}

impl NativeType for TokenizerIter {
    const NAME: &'static str = "TokenizerIter";
    const MODULE: &'static str = "_tokenize";
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let class = py.define::<TokenizerIter>().into_value();
    let namespace = py.module_dict(module);
    dict::set_name(py, &namespace, "TokenizerIter", class);
    Ok(())
}
