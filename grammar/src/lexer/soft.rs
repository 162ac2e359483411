//! Words and brackets whose meaning depends on what follows in the line: `match`, `case`, `type`,
//! the bracket of `with`, and in Python 2 `print`, `exec` and some commas. The parser needs no
//! look-ahead of its own for them.

use crate::token::{Tok, Token};
use crate::{Dialect, Options};

/// Gives those tokens their meaning.
pub(super) fn resolve(source: &str, tokens: &mut [Token], dialect: Dialect, options: Options) {
    let mut pass = Pass { source, tokens, print_function: options.print_function };
    match dialect {
        Dialect::Python3 => pass.python3(),
        Dialect::Python2 => pass.python2(),
    }
    pass.with_brackets();
}

struct Pass<'t> {
    source: &'t str,
    tokens: &'t mut [Token],
    print_function: bool,
}

fn starts_statement(before: Option<Tok>) -> bool {
    matches!(before, None | Some(Tok::Newline | Tok::Indent | Tok::Dedent | Tok::Semi | Tok::Colon))
}

impl Pass<'_> {
    fn kind(&self, at: usize) -> Option<Tok> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn before(&self, at: usize) -> Option<Tok> {
        at.checked_sub(1).and_then(|at| self.kind(at))
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            token.kind == Tok::Name && token.span.len() as usize == word.len() && token.span.text(self.source) == word
        })
    }

    fn python3(&mut self) {
        // For each open block whether it is the body of `match`.
        let mut blocks = vec![false];
        let mut match_line = false;
        for at in 0..self.tokens.len() {
            match self.tokens[at].kind {
                Tok::Indent => {
                    blocks.push(match_line);
                    match_line = false;
                }
                Tok::Dedent => {
                    blocks.pop();
                }
                Tok::Name if starts_statement(self.before(at)) => {
                    let line_start = !matches!(self.before(at), Some(Tok::Semi | Tok::Colon));
                    if line_start {
                        match_line = false;
                    }
                    if line_start && blocks.last() == Some(&true) && self.is_word(at, "case") {
                        self.tokens[at].kind = Tok::Case;
                    } else if line_start && self.is_word(at, "match") && self.is_match(at) {
                        self.tokens[at].kind = Tok::Match;
                        match_line = true;
                    } else if self.kind(at + 1) == Some(Tok::Name) && self.is_word(at, "type") {
                        self.tokens[at].kind = Tok::Type;
                    }
                }
                kind if kind.is_keyword() && matches!(self.before(at), Some(Tok::Newline | Tok::Dedent)) => {
                    match_line = false;
                }
                _ => {}
            }
        }
    }

    /// Whether the name `match` at the start of a line begins a match statement.
    fn is_match(&self, at: usize) -> bool {
        let Some(next) = self.kind(at + 1) else {
            return false;
        };
        match next {
            Tok::Not => self.kind(at + 2) != Some(Tok::In),
            Tok::LPar | Tok::LSqb | Tok::Minus | Tok::Plus | Tok::Star => {
                let line = self.tokens[at..].iter().position(|token| token.kind == Tok::Newline);
                line.is_some_and(|end| self.kind(at + end - 1) == Some(Tok::Colon))
            }
            next => next.starts_expression(),
        }
    }

    fn python2(&mut self) {
        let print_function = self.print_function || self.imports_print_function();
        let mut depth = 0usize;
        // The statement whose commas are special, and how deep it stands.
        let mut statement = None;
        for at in 0..self.tokens.len() {
            match self.tokens[at].kind {
                Tok::LPar | Tok::LSqb | Tok::LBrace => depth += 1,
                Tok::RPar | Tok::RSqb | Tok::RBrace => depth = depth.saturating_sub(1),
                Tok::Newline | Tok::Semi => statement = None,
                Tok::Colon if depth == 0 && statement == Some(Tok::Except) => statement = None,
                kind @ (Tok::Except | Tok::Raise) => statement = Some(kind),
                Tok::Comma if depth == 0 && statement.is_some() => self.tokens[at].kind = Tok::Comma2,
                Tok::Name if self.before(at) != Some(Tok::Dot) => {
                    if !print_function && self.is_word(at, "print") {
                        self.tokens[at].kind = Tok::Print2;
                    } else if self.is_word(at, "exec") {
                        self.tokens[at].kind = Tok::Exec2;
                    }
                }
                _ => {}
            }
        }
    }

    /// `from __future__ import print_function` holds for the whole file.
    fn imports_print_function(&self) -> bool {
        let mut future = false;
        (0..self.tokens.len()).any(|at| {
            match self.tokens[at].kind {
                Tok::Newline | Tok::Semi => future = false,
                Tok::Name => future = future || self.is_word(at, "__future__"),
                _ => {}
            }
            future && self.is_word(at, "print_function")
        })
    }

    /// `with (a as b, c):` has items in its brackets, `with (a, b) as c:` an expression.
    fn with_brackets(&mut self) {
        for at in 0..self.tokens.len() {
            if self.tokens[at].kind == Tok::With && self.kind(at + 1) == Some(Tok::LPar) && self.encloses_items(at + 1) {
                self.tokens[at + 1].kind = Tok::WithLPar;
            }
        }
    }

    fn encloses_items(&self, open: usize) -> bool {
        let mut depth = 0usize;
        for at in open..self.tokens.len() {
            match self.tokens[at].kind {
                Tok::LPar | Tok::LSqb | Tok::LBrace | Tok::FieldOpen => depth += 1,
                Tok::RPar | Tok::RSqb | Tok::RBrace | Tok::FieldClose => {
                    depth -= 1;
                    if depth == 0 {
                        return at > open + 1 && self.kind(at + 1) == Some(Tok::Colon);
                    }
                }
                Tok::For | Tok::Yield | Tok::ColonEqual if depth == 1 => return false,
                Tok::Star if depth == 1 && matches!(self.before(at), Some(Tok::LPar | Tok::Comma)) => {
                    return false;
                }
                _ => {}
            }
        }
        false
    }
}
