//! Actions of parameter lists: their order is checked here, not by the grammar.

use std::collections::HashSet;

use super::{Context, Name2};
use crate::Dialect;
use crate::error::SyntaxError;
use crate::span::Span;
use crate::tree::*;

/// One entry of a parameter list.
pub(crate) enum Param {
    Plain(Arg, Option<Expr>),
    Star(Span, Option<Arg>),
    DoubleStar(Span, Arg),
    Slash(Span),
    /// Python 2: `(a, b)`.
    Tuple(Span, Expr, Option<Expr>),
}

pub(crate) fn param(name: Name2, annotation: Option<Expr>, end: u32, default: Option<Expr>) -> Param {
    let span = Span::new(name.span.start, end);
    Param::Plain(Arg { span, name: name.name, annotation: annotation.map(Box::new) }, default)
}

pub(crate) fn star_param(l: u32, name: Name2, annotation: Option<Expr>, r: u32) -> Param {
    let span = Span::new(name.span.start, r);
    let arg = Arg { span, name: name.name, annotation: annotation.map(Box::new) };
    Param::Star(Span::new(l, r), Some(arg))
}

pub(crate) fn double_star_param(l: u32, name: Name2, annotation: Option<Expr>, r: u32) -> Param {
    let span = Span::new(name.span.start, r);
    let arg = Arg { span, name: name.name, annotation: annotation.map(Box::new) };
    Param::DoubleStar(Span::new(l, r), arg)
}

/// `(a, b)` is a tuple, `(a)` just `a`.
pub(crate) fn param_tuple(l: u32, items: Vec<Expr>, comma: bool, r: u32) -> Expr {
    super::tuple_or_one(l, items, comma, r)
}

/// The parameters of a function.
#[derive(Default)]
pub(crate) struct Parameters {
    pub args: Arguments,
    /// Python 2: what is unpacked from which hidden parameter.
    pub tuples: Vec<(Name, Expr)>,
}

/// The parameters in their places, and what Python 2 unpacks from hidden ones.
pub(crate) fn arguments(ctx: &mut Context<'_>, params: Vec<Param>, lambda: bool) -> Parameters {
    let mut list =
        List { ctx, args: Arguments::default(), tuples: Vec::new(), names: HashSet::new(), star: None, slash: false, lambda };
    for (index, param) in params.into_iter().enumerate() {
        list.add(index, param);
    }
    if let Some(span) = list.star
        && list.args.vararg.is_none()
        && list.args.kwonlyargs.is_empty()
    {
        let error = SyntaxError::syntax("named arguments must follow bare *", span);
        list.ctx.fail_with(if lambda { error.of_next() } else { error });
    }
    Parameters { args: list.args, tuples: list.tuples }
}

struct List<'a, 's> {
    ctx: &'a mut Context<'s>,
    args: Arguments,
    tuples: Vec<(Name, Expr)>,
    names: HashSet<Name>,
    /// Where the `*` stands.
    star: Option<Span>,
    slash: bool,
    lambda: bool,
}

impl List<'_, '_> {
    fn fail(&mut self, message: &str, span: Span) {
        self.ctx.fail(message, span);
    }

    fn declare(&mut self, arg: &Arg) {
        if !self.names.insert(arg.name.clone()) {
            let span = Span::new(arg.span.start, arg.span.start + arg.name.len() as u32);
            self.ctx.fail(format!("duplicate argument '{}' in function definition", arg.name), span);
        }
    }

    fn add(&mut self, index: usize, param: Param) {
        let span = match &param {
            Param::Plain(arg, _) => arg.span,
            Param::Star(span, _) | Param::DoubleStar(span, _) | Param::Slash(span) | Param::Tuple(span, ..) => *span,
        };
        if self.args.kwarg.is_some() {
            let end = match &param {
                Param::Plain(arg, _) => arg.span.start + arg.name.len() as u32,
                _ => span.start + 1,
            };
            self.fail("arguments cannot follow var-keyword argument", Span::new(span.start, end));
        }
        match param {
            Param::Plain(arg, default) => {
                self.declare(&arg);
                self.positional(arg, default);
            }
            Param::Tuple(span, target, default) => {
                if self.ctx.dialect == Dialect::Python3 {
                    let message = if self.lambda {
                        "Lambda expression parameters cannot be parenthesized"
                    } else {
                        "Function parameters cannot be parenthesized"
                    };
                    self.fail(message, span);
                }
                let name = if let ExprKind::Name { id } = &target.node {
                    id.clone()
                } else {
                    let hidden = Name::from(format!(".{index}"));
                    self.tuples.push((hidden.clone(), target));
                    hidden
                };
                self.positional(Arg { span, name, annotation: None }, default);
            }
            Param::Star(span, arg) => {
                if self.star.is_some() {
                    self.fail("* argument may appear only once", Span::new(span.start, span.start + 1));
                }
                if let Some(arg) = &arg {
                    self.declare(arg);
                }
                self.star = Some(span);
                self.args.vararg = arg;
            }
            Param::DoubleStar(_, arg) => {
                self.declare(&arg);
                self.args.kwarg = Some(arg);
            }
            Param::Slash(span) => self.slash(span),
        }
    }

    fn positional(&mut self, arg: Arg, default: Option<Expr>) {
        if self.star.is_some() {
            self.args.kwonlyargs.push(arg);
            self.args.kw_defaults.push(default);
            return;
        }
        match default {
            Some(default) => self.args.defaults.push(default),
            None if !self.args.defaults.is_empty() => {
                let span = Span::new(arg.span.start, arg.span.start + arg.name.len() as u32);
                self.fail("parameter without a default follows parameter with a default", span);
            }
            None => {}
        }
        self.args.args.push(arg);
    }

    fn slash(&mut self, span: Span) {
        if self.slash {
            self.fail("/ may appear only once", span);
        } else if self.star.is_some() {
            self.fail("/ must be ahead of *", span);
        } else if self.args.args.is_empty() {
            self.fail("invalid syntax", span);
        }
        self.slash = true;
        self.args.posonlyargs.append(&mut self.args.args);
    }
}

pub(crate) fn type_param(l: u32, name: Name, kind: TypeParamKind, default_value: Option<Expr>, r: u32) -> TypeParam {
    TypeParam { span: Span::new(l, r), name, kind, default_value }
}

/// A bound where none can be; `colon`: where it begins.
pub(crate) fn bound_type_param(
    ctx: &mut Context<'_>,
    l: u32,
    name: Name,
    kind: TypeParamKind,
    colon: u32,
    bound: Expr,
    r: u32,
) -> TypeParam {
    let what = if matches!(bound.node, ExprKind::Tuple { .. }) { "constraints" } else { "bound" };
    let kind_name = if matches!(kind, TypeParamKind::ParamSpec) { "ParamSpec" } else { "TypeVarTuple" };
    ctx.fail(format!("cannot use {what} with {kind_name}"), Span::new(colon, r));
    type_param(l, name, kind, None, r)
}
