//! The one file that names LALRPOP: feeds tokens to the generated parser and says where it stopped.

use lalrpop_util::{ParseError, lalrpop_mod};

use crate::actions::Context;
use crate::token::{Tok, Token};
use crate::tree::Mod;

lalrpop_mod!(
    #[allow(clippy::all, clippy::pedantic, unused, reason = "generated code")]
    python
);

/// Why the parser stopped.
pub(crate) enum Stop {
    /// At this token (an index; the number of tokens: at their end).
    Token(usize),
    /// At the end of the tokens because the lexer failed there.
    Lexer,
}

/// Parses `tokens`; `start` chooses what they must form.
pub(crate) fn parse(context: &mut Context<'_>, start: Tok, tokens: &[Token], lexer_failed: bool) -> Result<Mod, Stop> {
    let first = tokens.first().map_or(0, |token| token.span.start);
    let at = std::cell::Cell::new(0usize);
    let stream = std::iter::once(Ok((first, start, first)))
        .chain(tokens.iter().map(|token| {
            at.set(at.get() + 1);
            Ok((token.span.start, token.kind, token.span.end))
        }))
        .chain(lexer_failed.then_some(Err(())));
    let result = python::TopParser::new().parse(context, stream);
    result.map_err(|error| match error {
        ParseError::User { .. } => Stop::Lexer,
        ParseError::UnrecognizedEof { .. } => Stop::Token(tokens.len()),
        _ => Stop::Token(at.get().saturating_sub(1)),
    })
}
