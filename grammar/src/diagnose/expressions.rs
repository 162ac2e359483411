//! Errors inside expressions: forgotten commas, `=` for `==`, `print` without brackets, displays.

use super::Scene;
use crate::actions::target;
use crate::error::SyntaxError;
use crate::span::Span;
use crate::token::Tok;
use crate::tree::{Expr, ExprKind};

/// What ends a disjunction (an expression without `if`, `lambda`, commas) on its left.
fn ends_left(kind: Tok) -> bool {
    matches!(
        kind,
        Tok::Comma
            | Tok::Semi
            | Tok::Colon
            | Tok::Equal
            | Tok::ColonEqual
            | Tok::FieldColon
            | Tok::If
            | Tok::Else
            | Tok::Elif
            | Tok::While
            | Tok::For
            | Tok::Lambda
            | Tok::Return
            | Tok::Yield
            | Tok::From
            | Tok::Assert
            | Tok::Raise
            | Tok::Del
            | Tok::With
            | Tok::As
            | Tok::Match
            | Tok::Case
            | Tok::At
            | Tok::RArrow
            | Tok::Async
            | Tok::Import
            | Tok::Except
    ) || is_augmented(kind)
}

fn is_augmented(kind: Tok) -> bool {
    matches!(
        kind,
        Tok::PlusEqual
            | Tok::MinEqual
            | Tok::StarEqual
            | Tok::SlashEqual
            | Tok::PercentEqual
            | Tok::AmperEqual
            | Tok::VBarEqual
            | Tok::CircumflexEqual
            | Tok::LeftShiftEqual
            | Tok::RightShiftEqual
            | Tok::DoubleStarEqual
            | Tok::DoubleSlashEqual
            | Tok::AtEqual
    )
}

/// What ends an operand (no comparison, no word operator) on either side.
fn ends_operand(kind: Tok) -> bool {
    ends_left(kind) && kind != Tok::At
        || matches!(
            kind,
            Tok::EqEqual
                | Tok::NotEqual
                | Tok::Less
                | Tok::LessEqual
                | Tok::Greater
                | Tok::GreaterEqual
                | Tok::In
                | Tok::Is
                | Tok::Not
                | Tok::And
                | Tok::Or
        )
}

impl Scene<'_> {
    pub(super) fn expression_error(&self, at: usize) -> Option<SyntaxError> {
        self.missing_parentheses(at)
            .or_else(|| self.for_target(at))
            .or_else(|| self.missing_else(at))
            .or_else(|| self.equals(at))
            .or_else(|| self.display(at))
            .or_else(|| self.argument(at))
            .or_else(|| self.forgotten_comma(at))
    }

    /// `print x`
    fn missing_parentheses(&self, at: usize) -> Option<SyntaxError> {
        let word = at.checked_sub(1).filter(|word| self.kind(*word) == Some(Tok::Name))?;
        let name = self.text(word);
        if !matches!(name, "print" | "exec") || self.before(word) == Some(Tok::Dot) {
            return None;
        }
        if !self.kind(at)?.starts_expression() {
            return None;
        }
        let limit = self.forward_to(at, |kind| matches!(kind, Tok::Semi));
        let (_, end) = self.longest(at, limit)?;
        let span = self.span(word).to(self.span(end - 1));
        let message = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
        Some(SyntaxError::syntax(message, span))
    }

    /// `for f()`, whatever follows
    fn for_target(&self, at: usize) -> Option<SyntaxError> {
        let start = self.back_to(at, |kind| matches!(kind, Tok::For | Tok::In));
        if self.before(start) != Some(Tok::For) || start == at {
            return None;
        }
        let (target, _) = self.longest(start, at)?;
        let bad = target::invalid(&target, target::Use::For)?;
        let message = format!("cannot assign to {}", target::describe(bad));
        Some(SyntaxError::syntax(message, bad.span))
    }

    /// `a if b` without `else`
    fn missing_else(&self, at: usize) -> Option<SyntaxError> {
        if matches!(self.kind(at), Some(Tok::Else | Tok::Colon)) || !self.before(at)?.ends_expression() {
            return None;
        }
        let test = self.back_to(at, ends_left);
        let word = test.checked_sub(1).filter(|word| self.kind(*word) == Some(Tok::If))?;
        if !self.before(word)?.ends_expression() {
            return None;
        }
        let body = self.back_to(word, ends_left);
        // The `if` of a comprehension follows its `for`.
        if matches!(self.before(body), Some(Tok::For | Tok::Case | Tok::If)) {
            return None;
        }
        self.expression(body, word).ok()?;
        self.expression(test, at).ok()?;
        let span = self.span(body).to(self.span(at - 1));
        Some(SyntaxError::syntax("expected 'else' after 'if' expression", span))
    }

    /// `=` where a comparison or `:=` may be meant
    fn equals(&self, at: usize) -> Option<SyntaxError> {
        if self.kind(at) != Some(Tok::Equal) {
            return None;
        }
        let left = self.back_to(at, ends_operand);
        let named = match self.open_bracket(at) {
            Some(open) => {
                let value = self.kind(open) == Some(Tok::LBrace) && self.before(left) == Some(Tok::Colon);
                !value && self.kind(open) != Some(Tok::FStringStart)
            }
            None => matches!(self.kind(self.line_start(at)), Some(Tok::If | Tok::Elif | Tok::While | Tok::Match)),
        };
        let starts = !matches!(
            self.before(left),
            Some(
                Tok::Equal
                    | Tok::EqEqual
                    | Tok::NotEqual
                    | Tok::Less
                    | Tok::LessEqual
                    | Tok::Greater
                    | Tok::GreaterEqual
                    | Tok::In
                    | Tok::Is
                    | Tok::Not
                    | Tok::And
                    | Tok::Or
            )
        );
        if !named || !starts {
            return None;
        }
        let target = self.expression(left, at).ok()?;
        let limit = self.forward_to(at + 1, ends_operand);
        let (_, right) = self.longest(at + 1, limit)?;
        if matches!(self.kind(right), Some(Tok::Equal | Tok::ColonEqual)) {
            return None;
        }
        if let ExprKind::Name { .. } = target.node {
            let span = self.span(left).to(self.span(right - 1));
            let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
            return Some(SyntaxError::syntax(message, span));
        }
        self.compared(&target)
    }

    fn compared(&self, target: &Expr) -> Option<SyntaxError> {
        let plain = matches!(
            target.node,
            ExprKind::List { .. }
                | ExprKind::Tuple { .. }
                | ExprKind::GeneratorExp { .. }
                | ExprKind::Constant(crate::tree::Constant::True | crate::tree::Constant::None | crate::tree::Constant::False)
        );
        if plain || !target::is_operand(target) {
            return None;
        }
        let what = target::describe(target);
        let message = format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?");
        Some(SyntaxError::syntax(message, target.span))
    }

    /// Errors of dict displays and of comprehensions
    fn display(&self, at: usize) -> Option<SyntaxError> {
        let open = self.open_bracket(at)?;
        let kind = self.kind(at)?;
        let bracket = self.kind(open)?;
        if matches!(kind, Tok::For | Tok::Async) && matches!(bracket, Tok::LSqb | Tok::LBrace) {
            if self.is_bare_tuple(open + 1, at) {
                let span = self.span(open + 1).to(self.span(at - 1));
                let message = "did you forget parentheses around the comprehension target?";
                return Some(SyntaxError::syntax(message, span));
            }
        }
        if matches!(kind, Tok::For | Tok::Async) && bracket == Tok::LPar {
            // `f(a=i for i in x)`
            let argument = self.back_to(at, |kind| kind == Tok::Comma).max(open + 1);
            if self.kind(argument) == Some(Tok::Name)
                && self.kind(argument + 1) == Some(Tok::Equal)
                && self.expression(argument + 2, at).is_ok()
            {
                let span = self.span(argument).to(self.span(argument + 1));
                let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                return Some(SyntaxError::syntax(message, span));
            }
        }
        let word = self.back_to(at, |kind| matches!(kind, Tok::For | Tok::In));
        if self.before(word) == Some(Tok::For) && self.before(at)?.ends_expression() && kind != Tok::In {
            return Some(SyntaxError::syntax("'in' expected after for-loop variables", self.span(at)));
        }
        if bracket != Tok::LBrace {
            return None;
        }
        if self.before(at) == Some(Tok::Colon) {
            if matches!(kind, Tok::RBrace | Tok::Comma) {
                let message = "expression expected after dictionary key and ':'";
                return Some(SyntaxError::syntax(message, self.span(at - 1)));
            }
            if kind == Tok::Star {
                let end = self.forward_to(at + 1, ends_operand);
                let span = self.span(at).to(self.span(end - 1));
                return Some(SyntaxError::syntax("cannot use a starred expression in a dictionary value", span));
            }
            return None;
        }
        self.missing_value(open, at)
    }

    /// Whether there are several expressions with commas between them, of which some may be named.
    fn is_bare_tuple(&self, mut from: usize, end: usize) -> bool {
        let mut parts = 0;
        while from < end {
            let comma = self.forward_to(from, |kind| kind == Tok::Comma).min(end);
            let named = self.kind(from) == Some(Tok::Name) && self.kind(from + 1) == Some(Tok::ColonEqual);
            let starred = self.kind(from) == Some(Tok::Star);
            let first = from + if named { 2 } else { usize::from(starred) };
            if self.expression(first, comma).is_err() {
                return false;
            }
            parts += 1 + usize::from(comma + 1 == end);
            from = comma + 1;
        }
        parts > 1
    }

    /// `{a: 1, b}`
    fn missing_value(&self, open: usize, at: usize) -> Option<SyntaxError> {
        let key = self.back_to(at, |kind| kind == Tok::Comma);
        if self.before(key) != Some(Tok::Comma) || key == at {
            return None;
        }
        let first = self.forward_to(open + 1, |kind| matches!(kind, Tok::Colon | Tok::Comma));
        let is_dict = self.kind(first) == Some(Tok::Colon) || self.kind(open + 1) == Some(Tok::DoubleStar);
        self.expression(key, at).ok()?;
        if !is_dict {
            return None;
        }
        let end = self.span(at - 1).end;
        Some(SyntaxError::syntax("':' expected after dictionary key", Span::new(end - 1, end)).ending(0))
    }

    /// Errors of arguments and parameters
    fn argument(&self, at: usize) -> Option<SyntaxError> {
        let kind = self.kind(at)?;
        let open = self.open_bracket(at)?;
        if kind == Tok::RSqb
            && open + 1 == at
            && matches!(self.before(open.saturating_sub(1)), Some(Tok::Def | Tok::Class | Tok::Type))
        {
            return Some(SyntaxError::syntax("Type parameter list cannot be empty", self.span(at).at_start()));
        }
        if kind == Tok::Equal && self.before(open.saturating_sub(1)) == Some(Tok::Def) {
            let what = match self.kind(self.back_to(at, |kind| kind == Tok::Comma)) {
                Some(Tok::Star) => "var-positional",
                Some(Tok::DoubleStar) => "var-keyword",
                _ => return None,
            };
            let message = format!("{what} argument cannot have default value");
            return Some(SyntaxError::syntax(message, self.span(at)));
        }
        if !matches!(kind, Tok::RPar | Tok::Comma) || self.kind(open) != Some(Tok::LPar) {
            return None;
        }
        let start = self.line_start(at);
        let first = start + usize::from(self.kind(start) == Some(Tok::Async));
        let parameters = self.kind(first) == Some(Tok::Def) && (open == first + 2 || self.before(open) == Some(Tok::RSqb));
        match self.before(at)? {
            Tok::Equal if parameters => Some(SyntaxError::syntax("expected default value expression", self.span(at - 1))),
            Tok::Equal if self.kind(at.checked_sub(2)?) == Some(Tok::Name) => {
                let span = self.span(at - 2).to(self.span(at - 1));
                Some(SyntaxError::syntax("expected argument value expression", span))
            }
            Tok::Star if !parameters => Some(SyntaxError::syntax("Invalid star expression", self.span(at))),
            _ => None,
        }
    }

    /// Two expressions side by side in brackets
    fn forgotten_comma(&self, at: usize) -> Option<SyntaxError> {
        if !self.kind(at)?.starts_expression() || !self.before(at)?.ends_expression() {
            return None;
        }
        let open = self.open_bracket(at).filter(|open| self.kind(*open) != Some(Tok::FStringStart))?;
        // The brackets of a definition hold parameters, those of an import names.
        let start = self.line_start(at);
        let first = start + usize::from(self.kind(start) == Some(Tok::Async));
        let no_expressions = match self.kind(first) {
            Some(Tok::Def) => open == first + 2,
            Some(Tok::From | Tok::Case) => true,
            _ => false,
        };
        if no_expressions {
            return None;
        }
        if self.before(at) == Some(Tok::Name)
            && matches!(self.kind(at), Some(Tok::Str | Tok::FStringStart))
            && self.back_to(at, ends_left) + 1 == at
        {
            return None;
        }
        let mut left = self.back_to(at, |kind| ends_left(kind) && kind != Tok::At);
        if matches!(self.kind(left), Some(Tok::Star | Tok::DoubleStar)) {
            if self.kind(open) == Some(Tok::LBrace) {
                return None;
            }
            left += 1;
        }
        if matches!(self.before(left), Some(Tok::Else | Tok::In | Tok::For)) {
            return None;
        }
        self.expression(left, at).ok()?;
        let limit = self.forward_to(at, |kind| {
            matches!(kind, Tok::Comma | Tok::Semi | Tok::For | Tok::Async | Tok::Equal | Tok::ColonEqual | Tok::Colon)
        });
        let (_, end) = self.longest(at, limit)?;
        let span = self.span(left).to(self.span(end - 1));
        Some(SyntaxError::syntax("invalid syntax. Perhaps you forgot a comma?", span))
    }
}
