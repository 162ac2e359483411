//! Errors of statements and blocks: missing colons, missing blocks, unfinished `try`.

use super::Scene;
use crate::error::{ErrorKind, SyntaxError};
use crate::span::{LineIndex, Span};
use crate::token::Tok;
use crate::tree::ExprKind;

impl Scene<'_> {
    /// A block that is missing, or a `try` without its rest.
    pub(super) fn block_error(&self, at: usize) -> Option<SyntaxError> {
        if self.kind(at) == Some(Tok::Indent) {
            return None;
        }
        if at >= 2 && self.before(at) == Some(Tok::Newline) && self.before(at - 1) == Some(Tok::Colon) {
            return self.missing_block(at);
        }
        if matches!(self.before(at), Some(Tok::Newline | Tok::Dedent)) && self.after_try(at) {
            let span = if self.kind(at).is_none() || self.visible_end(at) { self.last_place() } else { self.span(at) };
            let error = SyntaxError::syntax("expected 'except' or 'finally' block", span);
            return Some(if span.is_empty() { error.ending(-1) } else { error });
        }
        None
    }

    pub(super) fn visible_end(&self, at: usize) -> bool {
        self.span(at).start as usize >= self.source.len()
    }

    /// The end of the last line that holds anything.
    pub(super) fn last_place(&self) -> Span {
        let end = self.source.strip_suffix('\n').unwrap_or(self.source).len() as u32;
        Span::new(end, end)
    }

    fn missing_block(&self, at: usize) -> Option<SyntaxError> {
        let mut header = self.line_start(at - 1);
        let line = LineIndex::new(self.source).line(self.span(header).start);
        if self.kind(header) == Some(Tok::Async) {
            header += 1;
        }
        let what = match self.kind(header)? {
            Tok::Def => "function definition".to_owned(),
            Tok::Class => "class definition".to_owned(),
            Tok::Except if self.kind(header + 1) == Some(Tok::Star) => "'except*' statement".to_owned(),
            Tok::If
            | Tok::Elif
            | Tok::Else
            | Tok::For
            | Tok::While
            | Tok::With
            | Tok::Try
            | Tok::Except
            | Tok::Finally
            | Tok::Match
            | Tok::Case => {
                format!("'{}' statement", self.text(header))
            }
            _ => return None,
        };
        let message = format!("expected an indented block after {what} on line {line}");
        let mut next = at;
        while self.kind(next) == Some(Tok::Dedent) {
            next += 1;
        }
        let ended = self.kind(next).is_none();
        let span = if ended { self.last_place() } else { self.span(next) };
        let error = SyntaxError::new(ErrorKind::Indentation, message, span);
        Some(if ended { error.ending(-1).incomplete() } else { error })
    }

    /// Whether the statement before a token is a `try` without handlers.
    fn after_try(&self, at: usize) -> bool {
        if matches!(self.kind(at), Some(Tok::Except | Tok::Finally)) {
            return false;
        }
        // A statement that closed several blocks is judged where the first of them closed.
        let mut level = 0i32;
        for index in (0..at).rev() {
            match self.tokens[index].kind {
                Tok::Dedent => level += 1,
                Tok::Indent => level -= 1,
                _ => {}
            }
            if level < 0 {
                return false;
            }
            let starts = index == 0 || matches!(self.tokens[index - 1].kind, Tok::Newline | Tok::Indent | Tok::Dedent);
            let word = !matches!(self.tokens[index].kind, Tok::Newline | Tok::Indent | Tok::Dedent);
            if level == 0 && starts && word {
                return self.tokens[index].kind == Tok::Try && self.kind(index + 1) == Some(Tok::Colon);
            }
        }
        false
    }

    /// `target: annotation` with a target that is none
    fn annotation_error(&self, at: usize) -> Option<SyntaxError> {
        let start = self.line_start(at);
        let colon = self.forward_to(start, |kind| kind == Tok::Colon);
        if colon >= at || self.kind(colon) != Some(Tok::Colon) {
            return None;
        }
        let target = self.expression(start, colon).ok()?;
        if matches!(target.node, ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }) {
            return None;
        }
        let limit = self.forward_to(colon + 1, |kind| matches!(kind, Tok::Comma | Tok::Semi));
        if self.longest(colon + 1, limit).is_none() {
            return Some(SyntaxError::syntax("invalid syntax", self.span(colon)));
        }
        let message = match &target.node {
            ExprKind::List { .. } => "only single target (not list) can be annotated",
            ExprKind::Tuple { .. } => "only single target (not tuple) can be annotated",
            _ => "illegal target for annotation",
        };
        Some(SyntaxError::syntax(message, target.span))
    }

    /// What is wrong with the first line of a compound statement, or with an import.
    pub(super) fn header_error(&self, at: usize) -> Option<SyntaxError> {
        let start = self.line_start(at);
        let first = if self.kind(start) == Some(Tok::Async) { start + 1 } else { start };
        let here = self.visible(at);
        let kind = self.kind(at);
        let line_end = matches!(kind, Some(Tok::Newline) | None);
        let colon = || Some(SyntaxError::syntax("expected ':'", here));
        let complete = self.before(at).is_some_and(Tok::ends_expression) && self.open_bracket(at).is_none();
        match self.kind(first)? {
            Tok::Try | Tok::Finally | Tok::Else if at == first + 1 && !(line_end && kind.is_none()) && self.continues(first) => {
                colon()
            }
            Tok::Def if at == first + 2 && self.kind(first + 1) == Some(Tok::Name) => {
                Some(SyntaxError::syntax("expected '('", here))
            }
            Tok::Def if complete && at > first + 3 => colon(),
            Tok::If | Tok::Elif | Tok::While | Tok::With | Tok::Class | Tok::Match | Tok::Case | Tok::Except
                if line_end && complete && at > first + 1 =>
            {
                colon()
            }
            Tok::Except if line_end && at == first + 1 && self.continues(first) => colon(),
            Tok::Except if kind == Some(Tok::Colon) && self.before(at) == Some(Tok::Star) => {
                Some(SyntaxError::syntax("expected one or more exception types", here))
            }
            Tok::For if line_end && complete && self.tokens[first..at].iter().any(|token| token.kind == Tok::In) => colon(),
            Tok::Import | Tok::From => self.import_error(first, at),
            _ => self.annotation_error(at),
        }
    }

    /// Whether `else`, `except` or `finally` was accepted as the rest of a statement before.
    fn continues(&self, first: usize) -> bool {
        self.kind(first) == Some(Tok::Try) || first > 0
    }

    fn import_error(&self, first: usize, at: usize) -> Option<SyntaxError> {
        let here = self.span(at);
        let line_end = matches!(self.kind(at), Some(Tok::Newline) | None);
        if line_end && self.before(at) == Some(Tok::Import) {
            return Some(SyntaxError::syntax("Expected one or more names after 'import'", here.at_start()));
        }
        if self.kind(first) == Some(Tok::From) && line_end && self.before(at) == Some(Tok::Comma) {
            let message = "trailing comma not allowed without surrounding parentheses";
            return Some(SyntaxError::syntax(message, self.visible(at)));
        }
        if self.kind(first) == Some(Tok::Import) && self.kind(at) == Some(Tok::From) {
            let end = self.forward_to(at, |kind| matches!(kind, Tok::Semi));
            let span = self.span(first).to(self.span(end.saturating_sub(1)));
            return Some(SyntaxError::syntax("Did you mean to use 'from ... import ...' instead?", span));
        }
        None
    }
}
