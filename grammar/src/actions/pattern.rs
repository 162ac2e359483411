//! Actions of patterns.

use super::target;
use super::{Context, Name2, node};
use crate::span::Span;
use crate::tree::*;

fn pattern(l: u32, node: PatternKind, r: u32) -> Pattern {
    Pattern { span: Span::new(l, r), node }
}

pub(crate) fn value_pattern(value: Expr) -> Pattern {
    pattern(value.span.start, PatternKind::MatchValue { value }, 0).ending()
}

impl Pattern {
    /// Gives a value pattern the end of its value.
    fn ending(mut self) -> Self {
        if let PatternKind::MatchValue { value } = &self.node {
            self.span.end = value.span.end;
        }
        self
    }
}

pub(crate) fn singleton_pattern(l: u32, value: Constant, r: u32) -> Pattern {
    pattern(l, PatternKind::MatchSingleton { value }, r)
}

/// A lone name captures (`_` nothing), a dotted one is compared.
pub(crate) fn name_pattern(value: Expr) -> Pattern {
    let span = value.span;
    if let ExprKind::Name { id } = &value.node {
        let name = (&**id != "_").then(|| id.clone());
        return pattern(span.start, PatternKind::MatchAs { pattern: None, name }, span.end);
    }
    value_pattern(value)
}

pub(crate) fn star_pattern(l: u32, name: Name, r: u32) -> Pattern {
    let name = (&*name != "_").then_some(name);
    pattern(l, PatternKind::MatchStar { name }, r)
}

pub(crate) fn as_pattern(ctx: &mut Context<'_>, l: u32, inner: Pattern, target: Expr, r: u32) -> Pattern {
    let name = match &target.node {
        ExprKind::Name { id } if &**id == "_" => {
            ctx.fail("cannot use '_' as a target", target.span);
            None
        }
        ExprKind::Name { id } => Some(id.clone()),
        _ => {
            ctx.fail(format!("cannot use {} as pattern target", target::describe(&target)), target.span);
            None
        }
    };
    pattern(l, PatternKind::MatchAs { pattern: Some(Box::new(inner)), name }, r)
}

pub(crate) fn or_pattern(l: u32, first: Pattern, rest: Vec<Pattern>, r: u32) -> Pattern {
    let mut patterns = vec![first];
    patterns.extend(rest);
    pattern(l, PatternKind::MatchOr { patterns }, r)
}

pub(crate) fn sequence_pattern(l: u32, patterns: Vec<Pattern>, r: u32) -> Pattern {
    pattern(l, PatternKind::MatchSequence { patterns }, r)
}

/// What stands after `case`: one pattern, or a sequence without brackets.
pub(crate) fn sequence_or_one(ctx: &mut Context<'_>, l: u32, patterns: Vec<Pattern>, comma: bool, r: u32) -> Pattern {
    group_pattern(ctx, l, patterns, comma, r)
}

/// What stands in round brackets.
pub(crate) fn group_pattern(ctx: &mut Context<'_>, l: u32, mut patterns: Vec<Pattern>, comma: bool, r: u32) -> Pattern {
    if !comma
        && patterns.len() == 1
        && let Some(one) = patterns.pop()
    {
        if matches!(one.node, PatternKind::MatchStar { .. }) {
            ctx.fail("invalid syntax", one.span);
        }
        return one;
    }
    sequence_pattern(l, patterns, r)
}

pub(crate) fn class_pattern(
    ctx: &mut Context<'_>,
    l: u32,
    cls: Expr,
    arguments: Vec<(Option<Name2>, Pattern)>,
    r: u32,
) -> Pattern {
    let (mut patterns, mut kwd_attrs, mut kwd_patterns) = (Vec::new(), Vec::new(), Vec::new());
    for (name, pattern) in arguments {
        match name {
            Some(name) => {
                if kwd_attrs.contains(&name.name) {
                    let message = format!("attribute name repeated in class pattern: {}", name.name);
                    ctx.fail(message, pattern.span);
                }
                kwd_attrs.push(name.name);
                kwd_patterns.push(pattern);
            }
            None => {
                if !kwd_attrs.is_empty() {
                    ctx.fail("positional patterns follow keyword patterns", pattern.span);
                }
                patterns.push(pattern);
            }
        }
    }
    pattern(l, PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns }, r)
}

pub(crate) fn mapping_pattern(ctx: &mut Context<'_>, l: u32, items: Vec<(Option<Expr>, Pattern)>, r: u32) -> Pattern {
    let (mut keys, mut patterns, mut rest) = (Vec::new(), Vec::new(), None);
    let count = items.len();
    for (index, (key, value)) in items.into_iter().enumerate() {
        match (key, value.node) {
            (Some(key), node) => {
                keys.push(key);
                patterns.push(Pattern { span: value.span, node });
            }
            (None, PatternKind::MatchStar { name: Some(name) }) if index + 1 == count => rest = Some(name),
            (None, _) => ctx.fail("invalid syntax", value.span),
        }
    }
    pattern(l, PatternKind::MatchMapping { keys, patterns, rest }, r)
}

/// A key is a literal or has a dot.
pub(crate) fn pattern_key(ctx: &mut Context<'_>, key: Expr) -> Expr {
    if let ExprKind::Name { .. } = key.node {
        ctx.fail("invalid syntax", Span::new(key.span.end, key.span.end + 1));
    }
    key
}

fn is_complex(expr: &Expr) -> bool {
    match &expr.node {
        ExprKind::UnaryOp { operand, .. } => is_complex(operand),
        node => matches!(node, ExprKind::Constant(Constant::Complex(_))),
    }
}

pub(crate) fn complex_pattern(ctx: &mut Context<'_>, l: u32, real: Expr, op: Operator, imaginary: Expr, r: u32) -> Expr {
    if is_complex(&real) {
        ctx.fail("real number required in complex literal", real.span);
    }
    if !is_complex(&imaginary) {
        ctx.fail("imaginary number required in complex literal", imaginary.span);
    }
    node(l, ExprKind::BinOp { left: Box::new(real), op, right: Box::new(imaginary) }, r)
}
