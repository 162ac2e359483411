//! Errors in the replacement fields of format strings.

use super::Scene;
use crate::error::SyntaxError;
use crate::token::Tok;

impl Scene<'_> {
    /// The error where brackets inside of a field begin nothing that could be its value.
    pub(super) fn field_error(&self, at: usize) -> Option<SyntaxError> {
        let mut open = self.open_bracket(at)?;
        while self.kind(open) != Some(Tok::FieldOpen) {
            open = self.open_bracket(open)?;
        }
        if self.longest(open + 1, at).is_some() {
            return None;
        }
        let name = self.string_name(open);
        Some(SyntaxError::syntax(format!("{name}: expecting a valid expression after '{{'"), self.span(open + 1)))
    }

    /// What the string is called that a field is in.
    fn string_name(&self, field: usize) -> &'static str {
        let prefix = self.open_bracket(field).map_or("", |start| self.text(start));
        if prefix.contains(['t', 'T']) { "t-string" } else { "f-string" }
    }

    pub(super) fn format_error(&self, at: usize) -> Option<SyntaxError> {
        let open = self.open_bracket(at)?;
        if self.kind(open) != Some(Tok::FieldOpen) {
            return None;
        }
        let kind = self.kind(at)?;
        let name = self.string_name(open);
        let error = |message: String| Some(SyntaxError::syntax(format!("{name}: {message}"), self.span(at)));
        if open + 1 == at {
            let close = matches!(kind, Tok::FieldClose | Tok::Bang | Tok::FieldColon | Tok::Equal);
            return if close {
                error(format!("valid expression required before '{}'", self.text(at)))
            } else {
                error("expecting a valid expression after '{'".to_owned())
            };
        }
        if self.before(at) == Some(Tok::Bang) {
            return error(if matches!(kind, Tok::FieldClose | Tok::FieldColon) {
                "missing conversion character".to_owned()
            } else {
                "invalid conversion character".to_owned()
            });
        }
        if self.kind(at.checked_sub(2)?) == Some(Tok::Bang) {
            return error("expecting ':' or '}'".to_owned());
        }
        let lambda = self.back_to(at + 1, |kind| kind == Tok::Lambda);
        if let Some(lambda) = lambda.checked_sub(1).filter(|index| self.kind(*index) == Some(Tok::Lambda)) {
            let colon = self.forward_to(lambda, |kind| kind == Tok::FieldColon);
            if colon <= at {
                let span = self.span(lambda).to(self.span(colon));
                let message = format!("{name}: lambda expressions are not allowed without parentheses");
                return Some(SyntaxError::syntax(message, span));
            }
        }
        if let Some(better) = self.expression_error(at) {
            return Some(better);
        }
        let limit = at;
        let after = self.longest(open + 1, limit).map_or(open + 1, |(_, end)| end);
        if after == open + 1 {
            let message = format!("{name}: expecting a valid expression after '{{'");
            return Some(SyntaxError::syntax(message, self.span(after)));
        }
        let (equal, at) = if self.kind(after) == Some(Tok::Equal) { ("", after + 1) } else { ("'=', or ", after) };
        Some(SyntaxError::syntax(format!("{name}: expecting {equal}'!', or ':', or '}}'"), self.span(at)))
    }
}
