//! Syntax errors: what CPython reports, with the place in lines and columns.

use std::fmt;

use crate::span::{LineIndex, Span};

/// Which exception a syntax error becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `TabError`
    Tab,
}

impl ErrorKind {
    /// Name of the exception type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "SyntaxError",
            Self::Indentation => "IndentationError",
            Self::Tab => "TabError",
        }
    }
}

/// A text that is not Python, and why. The fields are those of Python's `SyntaxError`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: ErrorKind,
    pub message: String,
    /// Where, in bytes of the source text.
    pub span: Span,
    /// More input could make it valid: a prompt waits for another line.
    pub incomplete_input: bool,
    /// Line, from one.
    pub lineno: u32,
    /// Column in characters, from one; zero: unknown.
    pub offset: u32,
    /// Line of the end.
    pub end_lineno: u32,
    /// Column after the last character, from one; zero or -1: unknown.
    pub end_offset: i32,
    /// The line (or lines) of the source.
    pub text: Option<String>,
    /// What `end_offset` is, where CPython does not know the end.
    no_end: Option<i32>,
    /// It concerns the first token after the span.
    pub(crate) blames_next: bool,
}

impl SyntaxError {
    /// An error whose lines are not known yet; see [`SyntaxError::locate`].
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>, span: Span) -> Self {
        Self {
            kind,
            message: message.into(),
            span,
            incomplete_input: false,
            lineno: 0,
            offset: 0,
            end_lineno: 0,
            end_offset: 0,
            text: None,
            no_end: None,
            blames_next: false,
        }
    }

    /// A plain `SyntaxError`.
    pub(crate) fn syntax(message: impl Into<String>, span: Span) -> Self {
        Self::new(ErrorKind::Syntax, message, span)
    }

    /// Marks the error as curable by more input.
    pub(crate) fn incomplete(mut self) -> Self {
        self.incomplete_input = true;
        self
    }

    /// Says that the end is not known.
    pub(crate) fn ending(mut self, end_offset: i32) -> Self {
        self.no_end = Some(end_offset);
        self
    }

    /// Says that the token after the span is to blame.
    pub(crate) fn of_next(mut self) -> Self {
        self.blames_next = true;
        self
    }

    /// Fills in lines and columns from the source text; the compiler uses it for its own errors.
    #[must_use]
    pub fn locate(mut self, source: &str) -> Self {
        let lines = LineIndex::new(source);
        let column = |offset: u32| {
            let (line, column) = lines.position(offset.min(source.len() as u32));
            let start = lines.line_start(line);
            let text = source.as_bytes().get(start as usize..(start + column) as usize).unwrap_or(&[]);
            // Count the characters: bytes that do not continue one.
            let characters = text.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
            (line, characters as u32 + 1)
        };
        (self.lineno, self.offset) = column(self.span.start);
        // A line end is a place on its own line.
        let mut end = self.span.end.max(self.span.start);
        let at_line_end = end > self.span.start && source.as_bytes().get(end as usize - 1) == Some(&b'\n');
        end -= u32::from(at_line_end);
        let (end_lineno, mut end_offset) = column(end);
        end_offset += u32::from(at_line_end);
        (self.end_lineno, self.end_offset) = (end_lineno, end_offset as i32);
        if let Some(end_offset) = self.no_end {
            (self.end_lineno, self.end_offset) = (self.lineno, end_offset);
        }
        self.text = Some(lines.line_text(source, self.lineno).to_owned());
        self
    }

    /// An error found after parsing (by the compiler), placed in `source`.
    pub fn at(message: impl Into<String>, span: Span, source: &str) -> Self {
        Self::syntax(message, span).locate(source)
    }

    /// The report that CPython prints: file line, source line, carets, message.
    pub fn report(&self, filename: &str) -> String {
        let mut out = format!("  File \"{filename}\", line {}\n", self.lineno);
        if let Some(text) = &self.text {
            let trimmed = text.trim_end_matches(['\n', '\r']);
            let shown = trimmed.trim_start_matches([' ', '\t', '\u{c}']);
            out.push_str("    ");
            out.push_str(shown);
            out.push('\n');
            let cut = trimmed.chars().count() - shown.chars().count();
            if self.offset > 0 && self.offset as usize > cut {
                let start = self.offset as usize - 1 - cut;
                let end = if self.end_lineno == self.lineno {
                    (self.end_offset.max(0) as usize).saturating_sub(1 + cut)
                } else {
                    shown.chars().count()
                };
                out.push_str("    ");
                // Tabs keep their width so that the carets stand under the text.
                out.extend(shown.chars().chain(std::iter::repeat(' ')).take(start).map(|c| if c == '\t' { c } else { ' ' }));
                out.extend(std::iter::repeat_n('^', end.saturating_sub(start).max(1)));
                out.push('\n');
            }
        }
        out.push_str(&format!("{}: {}\n", self.kind.name(), self.message));
        out
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {})", self.message, self.lineno)
    }
}

impl std::error::Error for SyntaxError {}
