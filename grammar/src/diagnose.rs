//! Why a text is not Python: turns the place where the parser stopped into CPython's words.

use crate::Dialect;
use crate::error::{ErrorKind, SyntaxError};
use crate::lexer::Lexed;
use crate::parser::Stop;
use crate::span::Span;
use crate::token::Tok;

/// Chooses the error to report.
pub(crate) fn explain(
    source: &str,
    _dialect: Dialect,
    lexed: Lexed,
    _start: Tok,
    stop: Option<Stop>,
    broken: Option<SyntaxError>,
) -> SyntaxError {
    if let Some(error) = lexed.error {
        return error;
    }
    if let Some(error) = broken {
        return error;
    }
    let end = source.len() as u32;
    match stop {
        Some(Stop::Token(at)) => {
            let span = lexed
                .tokens
                .get(at)
                .map_or(Span::new(end, end), |token| token.span);
            SyntaxError::new(ErrorKind::Syntax, "invalid syntax", span)
        }
        _ => SyntaxError::syntax("invalid syntax", Span::new(end, end)),
    }
}
