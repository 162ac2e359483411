//! Why a text is not Python: turns the place where the parser stopped into CPython's words.
//! Works on the tokens around that place; parts of them are parsed again as expressions.

mod blocks;
mod expressions;
mod formats;

use crate::Dialect;
use crate::actions::Context;
use crate::error::{ErrorKind, SyntaxError};
use crate::lexer::Lexed;
use crate::parser::{self, Stop};
use crate::span::{LineIndex, Span};
use crate::token::{Tok, Token};
use crate::tree::{Expr, Mod};

/// Chooses the error to report.
pub(crate) fn explain(
    source: &str,
    dialect: Dialect,
    lexed: Lexed,
    start: Tok,
    stop: Option<Stop>,
    broken: Option<SyntaxError>,
) -> SyntaxError {
    let scene = Scene { source, dialect, tokens: &lexed.tokens };
    let at = match stop {
        Some(Stop::Token(at)) => at,
        _ => lexed.tokens.len(),
    };
    if let Some(error) = lexed.error {
        // Found later than the parser's error, it wins if it makes the text unreadable.
        let stopped = at < lexed.tokens.len() || broken.is_some();
        // In a field of a format string the earlier error names the cause.
        let in_field = lexed.in_format_string && !error.message.starts_with("unterminated ");
        let weak = error.kind != ErrorKind::Syntax || error.message.starts_with("unexpected ") || in_field;
        let indent = broken.is_none() && scene.kind(at) == Some(Tok::Indent);
        if !(stopped && (weak || indent)) {
            return error;
        }
        return broken.unwrap_or_else(|| scene.find(at, start));
    }
    // A bracket that stays open swallows what follows: better to name it than what it swallowed.
    if let Some((byte, open)) = lexed.open.last().copied() {
        let lines = LineIndex::new(source);
        let error = broken.clone().unwrap_or_else(|| scene.find(at.min(lexed.tokens.len()), start));
        let stopped = error.span.start.max(if broken.is_none() { scene.span(at).start } else { 0 });
        let later = lines.line(stopped) > lines.line(open);
        let last = lexed.tokens.last().map_or(0, |token| token.span.end);
        let comma = error.message.ends_with("forgot a comma?");
        let generic = error.message == "invalid syntax";
        // CPython looks for an expression here, and finds the end of the text.
        let reached =
            generic && scene.kind(at).is_some_and(Tok::starts_expression) && scene.before(at).is_some_and(Tok::ends_expression);
        if at >= lexed.tokens.len() || later || reached || comma && error.span.end == last {
            return never_closed(byte, open);
        }
        return error;
    }
    if let Some(error) = broken {
        return if error.blames_next { scene.blame_next(error) } else { error };
    }
    let error = scene.find(at, start);
    if scene.at_end(at) { error.incomplete() } else { error }
}

pub(crate) fn never_closed(byte: u8, open: u32) -> SyntaxError {
    let message = format!("'{}' was never closed", byte as char);
    SyntaxError::syntax(message, Span::new(open, open + 1)).ending(0).incomplete()
}

/// The tokens, among which one is wrong.
pub(super) struct Scene<'t> {
    pub source: &'t str,
    dialect: Dialect,
    pub tokens: &'t [Token],
}

impl Scene<'_> {
    pub fn kind(&self, at: usize) -> Option<Tok> {
        self.tokens.get(at).map(|token| token.kind)
    }

    pub fn before(&self, at: usize) -> Option<Tok> {
        at.checked_sub(1).and_then(|at| self.kind(at))
    }

    /// Place of a token; after the last one the end of the text.
    pub fn span(&self, at: usize) -> Span {
        let end = self.source.len() as u32;
        self.tokens.get(at).map_or(Span::new(end, end), |token| token.span)
    }

    pub fn text(&self, at: usize) -> &str {
        self.span(at).text(self.source)
    }

    /// Whether only closing blocks are left.
    fn at_end(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(|token| token.kind == Tok::Dedent && token.span.start as usize >= self.source.len())
    }

    /// Moves an error to the token after the place that it names.
    fn blame_next(&self, mut error: SyntaxError) -> SyntaxError {
        let next = self.tokens.iter().find(|token| token.span.start >= error.span.end);
        if let Some(token) = next {
            error.span = token.span;
        }
        error
    }

    /// First token of the logical line that holds a token.
    pub fn line_start(&self, at: usize) -> usize {
        let before = &self.tokens[..at.min(self.tokens.len())];
        before.iter().rposition(|token| matches!(token.kind, Tok::Newline | Tok::Indent | Tok::Dedent)).map_or(0, |last| last + 1)
    }

    /// The innermost bracket of the line that is open before a token.
    pub fn open_bracket(&self, at: usize) -> Option<usize> {
        let start = self.line_start(at);
        let mut depth = 0usize;
        for index in (start..at.min(self.tokens.len())).rev() {
            match self.tokens[index].kind {
                Tok::RPar | Tok::RSqb | Tok::RBrace | Tok::FieldClose | Tok::FStringEnd => depth += 1,
                Tok::LPar | Tok::WithLPar | Tok::LSqb | Tok::LBrace | Tok::FieldOpen | Tok::FStringStart => {
                    match depth.checked_sub(1) {
                        Some(less) => depth = less,
                        None => return Some(index),
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Walks back from a token over one nesting level to the last token that `stop` accepts.
    pub fn back_to(&self, at: usize, stop: impl Fn(Tok) -> bool) -> usize {
        let mut depth = 0usize;
        let mut index = at;
        while index > 0 {
            match self.tokens[index - 1].kind {
                Tok::RPar | Tok::RSqb | Tok::RBrace | Tok::FieldClose | Tok::FStringEnd => depth += 1,
                Tok::LPar | Tok::WithLPar | Tok::LSqb | Tok::LBrace | Tok::FieldOpen | Tok::FStringStart => {
                    match depth.checked_sub(1) {
                        Some(less) => depth = less,
                        None => return index,
                    }
                }
                Tok::Newline | Tok::Indent | Tok::Dedent => return index,
                kind if depth == 0 && stop(kind) => return index,
                _ => {}
            }
            index -= 1;
        }
        index
    }

    /// Walks forward from a token over one nesting level to the first token that `stop` accepts.
    pub fn forward_to(&self, at: usize, stop: impl Fn(Tok) -> bool) -> usize {
        let mut depth = 0usize;
        let mut index = at;
        while let Some(kind) = self.kind(index) {
            match kind {
                kind if depth == 0 && stop(kind) => return index,
                Tok::LPar | Tok::WithLPar | Tok::LSqb | Tok::LBrace | Tok::FieldOpen | Tok::FStringStart => depth += 1,
                Tok::RPar | Tok::RSqb | Tok::RBrace | Tok::FieldClose | Tok::FStringEnd => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return index,
                },
                Tok::Newline | Tok::Indent | Tok::Dedent => return index,
                _ => {}
            }
            index += 1;
        }
        index
    }

    /// The tokens of a range as one expression; or the token at which they stop being one.
    pub fn expression(&self, from: usize, to: usize) -> Result<Expr, usize> {
        let Some(tokens) = self.tokens.get(from..to).filter(|tokens| !tokens.is_empty()) else {
            return Err(from);
        };
        let mut context = Context::new(self.source, self.dialect);
        match parser::parse(&mut context, Tok::StartEval, tokens, false) {
            Ok(Mod::Expression { body }) if context.error.is_none() => Ok(body),
            Err(Stop::Token(index)) => Err(from + index),
            _ => Err(from),
        }
    }

    /// The longest expression that begins at a token and ends before `limit`.
    pub fn longest(&self, from: usize, limit: usize) -> Option<(Expr, usize)> {
        match self.expression(from, limit) {
            Ok(expr) => Some((expr, limit)),
            Err(stopped) => {
                // The parser accepts a token more than an expression may end with.
                (from + 1..=stopped.min(limit)).rev().take(3).find_map(|to| self.expression(from, to).ok().map(|expr| (expr, to)))
            }
        }
    }

    /// Finds the words for the token that the parser refused.
    fn find(&self, at: usize, start: Tok) -> SyntaxError {
        let file = matches!(start, Tok::StartFile | Tok::StartSingle);
        if file && let Some(error) = self.block_error(at) {
            return error;
        }
        if let Some(error) = self.format_error(at) {
            return error;
        }
        if let Some(error) = self.expression_error(at) {
            return error;
        }
        if let Some(error) = self.header_error(at) {
            return error;
        }
        match self.kind(at) {
            Some(Tok::Indent) => {
                let end = self.span(at).end;
                let span = Span::new(end.saturating_sub(1), end);
                SyntaxError::new(ErrorKind::Indentation, "unexpected indent", span).ending(-1)
            }
            Some(Tok::Dedent) => {
                let end = self.visible_end(at);
                let span = if end { self.last_place() } else { self.visible(at) };
                SyntaxError::new(ErrorKind::Indentation, "unexpected unindent", span).ending(-1)
            }
            _ => self.field_error(at).unwrap_or_else(|| SyntaxError::syntax("invalid syntax", self.visible(at))),
        }
    }

    /// The place of a token as CPython shows it: line ends are one column wide.
    pub fn visible(&self, at: usize) -> Span {
        let mut at = at;
        while self.kind(at) == Some(Tok::Dedent) && at + 1 < self.tokens.len() {
            at += 1;
        }
        let span = self.span(at);
        if span.is_empty() { Span::new(span.start, span.start + 1) } else { span }
    }
}
