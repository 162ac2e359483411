//! Actions of expressions.

use super::target::{self, Use};
use super::{Context, Name2, Parameters, node};
use crate::Dialect;
use crate::span::Span;
use crate::tree::*;

/// One argument of a call or of a class.
pub(crate) enum Argument {
    Value(Expr),
    Star(Span, Expr),
    DoubleStar(Span, Expr),
    Keyword(Span, Expr, Expr),
    Generator(Span, Expr, Vec<Comprehension>),
}

/// One item of a dict display.
pub(crate) struct DictItem {
    pub key: Option<Expr>,
    pub value: Expr,
}

pub(crate) fn name_expr(ctx: &mut Context<'_>, l: u32, r: u32) -> Expr {
    let id = super::name(ctx, l, r);
    node(l, ExprKind::Name { id }, r)
}

pub(crate) fn constant(l: u32, value: Constant, r: u32) -> Expr {
    node(l, ExprKind::Constant(value), r)
}

pub(crate) fn number(ctx: &mut Context<'_>, l: u32, r: u32) -> Expr {
    let span = Span::new(l, r);
    let value = crate::literal::number(span.text(ctx.source), span, ctx.int_digits).unwrap_or_else(|error| {
        ctx.fail_with(error);
        Constant::Int(0)
    });
    constant(l, value, r)
}

pub(crate) fn tuple(l: u32, elts: Vec<Expr>, r: u32) -> Expr {
    node(l, ExprKind::Tuple { elts }, r)
}

pub(crate) fn list(l: u32, elts: Vec<Expr>, r: u32) -> Expr {
    node(l, ExprKind::List { elts }, r)
}

pub(crate) fn set(l: u32, elts: Vec<Expr>, r: u32) -> Expr {
    node(l, ExprKind::Set { elts }, r)
}

/// One expression, or the tuple of several.
pub(crate) fn tuple_or_one(l: u32, mut items: Vec<Expr>, comma: bool, r: u32) -> Expr {
    if !comma
        && items.len() == 1
        && let Some(one) = items.pop()
    {
        return one;
    }
    tuple(l, items, r)
}

/// The targets of a `for`.
pub(crate) fn targets(ctx: &mut Context<'_>, l: u32, items: Vec<Expr>, comma: bool, r: u32) -> Expr {
    let target = tuple_or_one(l, items, comma, r);
    target::check(ctx, &target, Use::For);
    target
}

/// What stands in round brackets.
pub(crate) fn group(ctx: &mut Context<'_>, l: u32, items: Vec<Expr>, comma: bool, r: u32) -> Expr {
    let inner = tuple_or_one(l, items, comma, r);
    if matches!(inner.node, ExprKind::Starred { .. }) {
        ctx.fail("cannot use starred expression here", inner.span);
    }
    inner
}

pub(crate) fn starred(l: u32, value: Expr, r: u32) -> Expr {
    node(l, ExprKind::Starred { value: Box::new(value) }, r)
}

pub(crate) fn yield_value(l: u32, value: Option<Expr>, r: u32) -> Expr {
    node(l, ExprKind::Yield { value: value.map(Box::new) }, r)
}

pub(crate) fn yield_from(l: u32, value: Expr, r: u32) -> Expr {
    node(l, ExprKind::YieldFrom { value: Box::new(value) }, r)
}

pub(crate) fn await_value(l: u32, value: Expr, r: u32) -> Expr {
    node(l, ExprKind::Await { value: Box::new(value) }, r)
}

pub(crate) fn repr2(l: u32, items: Vec<Expr>, r: u32) -> Expr {
    let value = tuple_or_one(l + 1, items, false, r - 1);
    node(l, ExprKind::Repr2 { value: Box::new(value) }, r)
}

pub(crate) fn named(ctx: &mut Context<'_>, l: u32, target: Expr, value: Expr, r: u32) -> Expr {
    if !matches!(target.node, ExprKind::Name { .. }) || target.span.start != l {
        let message = format!("cannot use assignment expressions with {}", target::describe(&target));
        ctx.fail(message, target.span);
    }
    node(l, ExprKind::NamedExpr { target: Box::new(target), value: Box::new(value) }, r)
}

pub(crate) fn if_exp(l: u32, body: Expr, test: Expr, orelse: Expr, r: u32) -> Expr {
    node(l, ExprKind::IfExp { test: Box::new(test), body: Box::new(body), orelse: Box::new(orelse) }, r)
}

pub(crate) fn lambda(l: u32, params: Parameters, body: Expr, r: u32) -> Expr {
    // Python 2 `lambda (a, b): x` is `lambda .0: (lambda a, b: x)(*.0)`, one call for each tuple.
    let body = params.tuples.into_iter().rev().fold(body, unpack_in_lambda);
    node(l, ExprKind::Lambda { args: Box::new(params.args), body: Box::new(body) }, r)
}

fn unpack_in_lambda(body: Expr, (name, mut target): (Name, Expr)) -> Expr {
    let (l, r) = (target.span.start, target.span.end);
    let mut inner = Arguments::default();
    let mut nested = Vec::new();
    if let ExprKind::Tuple { elts } = &mut target.node {
        for (index, elt) in elts.iter_mut().enumerate() {
            let name = if let ExprKind::Name { id } = &elt.node {
                id.clone()
            } else {
                let hidden = Name::from(format!("{name}.{index}"));
                nested.push((hidden.clone(), elt.take()));
                hidden
            };
            inner.args.push(Arg { span: elt.span, name, annotation: None });
        }
    }
    let body = nested.into_iter().rev().fold(body, unpack_in_lambda);
    let func = node(l, ExprKind::Lambda { args: Box::new(inner), body: Box::new(body) }, r);
    let argument = super::starred(l, node(l, ExprKind::Name { id: name }, r), r);
    node(l, ExprKind::Call { func: Box::new(func), args: vec![argument], keywords: Vec::new() }, r)
}

pub(crate) fn bool_op(l: u32, op: BoolOp, values: Vec<Expr>, r: u32) -> Expr {
    node(l, ExprKind::BoolOp { op, values }, r)
}

pub(crate) fn unary(l: u32, op: UnaryOp, operand: Expr, r: u32) -> Expr {
    node(l, ExprKind::UnaryOp { op, operand: Box::new(operand) }, r)
}

pub(crate) fn binary(l: u32, left: Expr, op: Operator, right: Expr, r: u32) -> Expr {
    node(l, ExprKind::BinOp { left: Box::new(left), op, right: Box::new(right) }, r)
}

pub(crate) fn compare(l: u32, (left, ops, comparators): (Expr, Vec<CmpOp>, Vec<Expr>), r: u32) -> Expr {
    node(l, ExprKind::Compare { left: Box::new(left), ops, comparators }, r)
}

/// An operand with the place it takes, its brackets included.
type Operand = (u32, Expr, u32);

/// Operators and operands as they were written.
pub(crate) struct Chain {
    first: Operand,
    rest: Vec<(Operator, Operand)>,
}

impl Chain {
    pub fn new(first: Operand, op: Operator, second: Operand) -> Self {
        Self { first, rest: vec![(op, second)] }
    }

    pub fn push(&mut self, op: Operator, operand: Operand) {
        self.rest.push((op, operand));
    }
}

fn precedence(op: Operator) -> u8 {
    match op {
        Operator::BitOr => 0,
        Operator::BitXor => 1,
        Operator::BitAnd => 2,
        Operator::LShift | Operator::RShift => 3,
        Operator::Add | Operator::Sub => 4,
        _ => 5,
    }
}

/// Puts a chain in order by precedence; all its operators bind to the left.
pub(crate) fn fold_arithmetic(chain: Chain) -> Expr {
    let mut top = chain.first;
    // Operands that wait for a tighter operator on their right; never more than one per precedence.
    let mut waiting: Vec<(Operand, Operator)> = Vec::new();
    let join = |(l, left, _): Operand, op, (_, right, r): Operand| (l, binary(l, left, op, right, r), r);
    for (op, operand) in chain.rest {
        while let Some((left, before)) = waiting.pop_if(|(_, before)| precedence(*before) >= precedence(op)) {
            top = join(left, before, top);
        }
        waiting.push((top, op));
        top = operand;
    }
    while let Some((left, op)) = waiting.pop() {
        top = join(left, op, top);
    }
    top.1
}

pub(crate) fn attribute(l: u32, value: Expr, attr: Name, r: u32) -> Expr {
    node(l, ExprKind::Attribute { value: Box::new(value), attr }, r)
}

pub(crate) fn slice(l: u32, lower: Option<Expr>, upper: Option<Expr>, step: Option<Expr>, r: u32) -> Expr {
    let (lower, upper, step) = (lower.map(Box::new), upper.map(Box::new), step.map(Box::new));
    node(l, ExprKind::Slice { lower, upper, step }, r)
}

/// `sl` and `sr`: where the items begin and end.
pub(crate) fn subscript(l: u32, value: Expr, sl: u32, items: Vec<Expr>, comma: bool, sr: u32, r: u32) -> Expr {
    let lone_star = matches!(items.as_slice(), [Expr { node: ExprKind::Starred { .. }, .. }]);
    let slice = tuple_or_one(sl, items, comma || lone_star, sr);
    node(l, ExprKind::Subscript { value: Box::new(value), slice: Box::new(slice) }, r)
}

pub(crate) fn call(ctx: &mut Context<'_>, l: u32, func: Expr, open: u32, arguments: Vec<Argument>, r: u32) -> Expr {
    let (args, keywords) = call_arguments(ctx, open, arguments, r);
    node(l, ExprKind::Call { func: Box::new(func), args, keywords }, r)
}

/// Sorts the arguments of a call, between the brackets `open..close`, into positional and keyword.
pub(crate) fn call_arguments(
    ctx: &mut Context<'_>,
    open: u32,
    arguments: Vec<Argument>,
    close: u32,
) -> (Vec<Expr>, Vec<Keyword>) {
    let mut args = Vec::with_capacity(arguments.len());
    let mut keywords: Vec<Keyword> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut unpacked = false;
    let several = arguments.len() > 1;
    for argument in arguments {
        match argument {
            Argument::Value(value) => {
                late_positional(ctx, &keywords, unpacked, Span::new(close.saturating_sub(1), close));
                args.push(value);
            }
            Argument::Star(span, value) => {
                if unpacked {
                    // From the comma on.
                    let before = ctx.source[..span.start as usize].rfind(',');
                    let span = Span::new(before.map_or(span.start, |at| at as u32), span.end);
                    ctx.fail("iterable argument unpacking follows keyword argument unpacking", span);
                }
                args.push(node(span.start, ExprKind::Starred { value: Box::new(value) }, span.end));
            }
            Argument::Generator(span, elt, generators) => {
                if several {
                    ctx.fail("Generator expression must be parenthesized", span);
                }
                let whole = if several { span } else { Span::new(open, close) };
                args.push(generator(ctx, whole.start, elt, generators, whole.end));
            }
            Argument::DoubleStar(span, value) => {
                unpacked = true;
                keywords.push(Keyword { span, arg: None, value });
            }
            Argument::Keyword(span, target, value) => {
                let name = keyword_name(ctx, span, &target, &value);
                if !seen.insert(name.clone()) {
                    ctx.fail(format!("keyword argument repeated: {name}"), span);
                }
                keywords.push(Keyword { span, arg: Some(name), value });
            }
        }
    }
    (args, keywords)
}

fn late_positional(ctx: &mut Context<'_>, keywords: &[Keyword], unpacked: bool, span: Span) {
    if unpacked {
        ctx.fail("positional argument follows keyword argument unpacking", span);
    } else if !keywords.is_empty() {
        ctx.fail("positional argument follows keyword argument", span);
    }
}

fn keyword_name(ctx: &mut Context<'_>, span: Span, target: &Expr, value: &Expr) -> Name {
    match &target.node {
        ExprKind::Name { id } if target.span.start == span.start => return id.clone(),
        ExprKind::Constant(Constant::True | Constant::False | Constant::None) => {
            let end = equals_end(ctx, target.span.end, value.span.start);
            ctx.fail(format!("cannot assign to {}", target::describe(target)), Span::new(span.start, end));
        }
        _ => {
            let end = equals_end(ctx, target.span.end, value.span.start);
            let message = "expression cannot contain assignment, perhaps you meant \"==\"?";
            ctx.fail(message, Span::new(span.start, end));
        }
    }
    Name::from("")
}

/// Where the `=` between two places ends.
fn equals_end(ctx: &Context<'_>, from: u32, to: u32) -> u32 {
    let between = Span::new(from, to).text(ctx.source);
    between.rfind('=').map_or(from, |step| from + step as u32 + 1)
}

pub(crate) fn comprehension(l: u32, is_async: bool, target: Expr, iter: Expr, ifs: Vec<Expr>, r: u32) -> Comprehension {
    Comprehension { span: Span::new(l, r), target, iter, ifs, is_async }
}

/// `for target in a, b` of a Python 2 list comprehension.
pub(crate) fn old_comprehension(
    ctx: &mut Context<'_>,
    l: u32,
    target: Expr,
    items_start: u32,
    items: Vec<Expr>,
    items_end: u32,
    ifs: Vec<Expr>,
    r: u32,
) -> Comprehension {
    if ctx.dialect == Dialect::Python3 {
        let first = items.first().map_or(items_start, |item| item.span.end);
        let comma = ctx.source[first as usize..].find(',').unwrap_or(0) as u32 + first;
        ctx.fail("invalid syntax", Span::new(comma, comma + 1));
    }
    let iter = tuple(items_start, items, items_end);
    comprehension(l, false, target, iter, ifs, r)
}

/// An element that is unpacked cannot be one of a comprehension.
fn no_unpacking(ctx: &mut Context<'_>, elt: &Expr) {
    if matches!(elt.node, ExprKind::Starred { .. }) {
        ctx.fail("iterable unpacking cannot be used in comprehension", elt.span);
    }
}

pub(crate) fn generator(ctx: &mut Context<'_>, l: u32, elt: Expr, generators: Vec<Comprehension>, r: u32) -> Expr {
    no_unpacking(ctx, &elt);
    node(l, ExprKind::GeneratorExp { elt: Box::new(elt), generators }, r)
}

pub(crate) fn list_comp(ctx: &mut Context<'_>, l: u32, elt: Expr, generators: Vec<Comprehension>, r: u32) -> Expr {
    no_unpacking(ctx, &elt);
    node(l, ExprKind::ListComp { elt: Box::new(elt), generators }, r)
}

pub(crate) fn set_comp(ctx: &mut Context<'_>, l: u32, elt: Expr, generators: Vec<Comprehension>, r: u32) -> Expr {
    no_unpacking(ctx, &elt);
    node(l, ExprKind::SetComp { elt: Box::new(elt), generators }, r)
}

pub(crate) fn dict_comp(ctx: &mut Context<'_>, l: u32, item: DictItem, generators: Vec<Comprehension>, r: u32) -> Expr {
    let Some(key) = item.key else {
        let start = item.value.span.start.saturating_sub(2);
        ctx.fail("dict unpacking cannot be used in dict comprehension", Span::new(start, start + 2));
        return item.value;
    };
    node(l, ExprKind::DictComp { key: Box::new(key), value: Box::new(item.value), generators }, r)
}

pub(crate) fn dict(l: u32, items: Vec<DictItem>, r: u32) -> Expr {
    let (keys, values) = items.into_iter().map(|item| (item.key, item.value)).unzip();
    node(l, ExprKind::Dict { keys, values }, r)
}

/// The conversion of a replacement field: one name, directly after the `!`.
pub(crate) fn conversion(ctx: &mut Context<'_>, bang: u32, name: Name2) -> Name2 {
    if name.span.start != bang + 1 {
        let message = "f-string: conversion type must come right after the exclamation mark";
        ctx.fail(message, Span::new(bang, name.span.end));
    } else if !matches!(&*name.name, "s" | "r" | "a") {
        let message = format!("f-string: invalid conversion character '{}': expected 's', 'r', or 'a'", name.name);
        ctx.fail(message, name.span);
    }
    name
}
