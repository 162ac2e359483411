//! Actions of statements.

use super::target::{self, Use};
use super::{Argument, Context, Name2, Parameters, call_arguments, node};
use crate::span::Span;
use crate::tree::*;

pub(crate) fn statement(l: u32, kind: StmtKind, r: u32) -> Stmt {
    Stmt::new(Span::new(l, r), kind)
}

/// A compound statement ends where the last statement in it does.
fn compound(l: u32, kind: StmtKind, bodies: &[u32]) -> Stmt {
    Stmt::new(Span::new(l, bodies.iter().copied().max().unwrap_or(l)), kind)
}

fn end(body: &[Stmt]) -> u32 {
    body.last().map_or(0, |last| last.span.end)
}

pub(crate) fn assign(ctx: &mut Context<'_>, first: Expr, mut rest: Vec<Expr>) -> StmtKind {
    let value = rest.pop().unwrap_or_else(|| node(0, ExprKind::Taken, 0));
    let mut targets = Vec::with_capacity(rest.len() + 1);
    targets.push(first);
    targets.append(&mut rest);
    let lone = targets.len() == 1;
    for target in &targets {
        target::check_assigned(ctx, target, &value, lone);
    }
    StmtKind::Assign { targets, value }
}

pub(crate) fn aug_assign(ctx: &mut Context<'_>, target: Expr, op: Operator, value: Expr) -> StmtKind {
    if !matches!(target.node, ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }) {
        let what = target::describe(&target);
        ctx.fail(format!("'{what}' is an illegal expression for augmented assignment"), target.span);
    }
    StmtKind::AugAssign { target: Box::new(target), op, value: Box::new(value) }
}

/// `l`: where the target begins, its brackets included.
pub(crate) fn ann_assign(ctx: &mut Context<'_>, l: u32, target: Expr, annotation: Expr, value: Option<Expr>) -> StmtKind {
    let simple = matches!(target.node, ExprKind::Name { .. }) && target.span.start == l;
    match &target.node {
        ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => {}
        ExprKind::List { .. } => ctx.fail("only single target (not list) can be annotated", target.span),
        ExprKind::Tuple { elts } => {
            // Without brackets the first item is blamed.
            let bare = !target.span.text(ctx.source).starts_with('(');
            let span = elts.first().filter(|_| bare).map_or(target.span, |first| first.span);
            ctx.fail("only single target (not tuple) can be annotated", span);
        }
        _ => ctx.fail("illegal target for annotation", target.span),
    }
    let (target, annotation, value) = (Box::new(target), Box::new(annotation), value.map(Box::new));
    StmtKind::AnnAssign { target, annotation, value, simple }
}

pub(crate) fn delete(ctx: &mut Context<'_>, mut list: Expr) -> StmtKind {
    target::check(ctx, &list, Use::Delete);
    let bracketed = list.span.text(ctx.source).starts_with('(');
    let targets = match &mut list.node {
        ExprKind::Tuple { elts } if !bracketed || !is_bracketed(list.span, elts) => std::mem::take(elts),
        _ => vec![list],
    };
    StmtKind::Delete { targets }
}

/// Whether a tuple's span has brackets of its own around its items.
fn is_bracketed(span: Span, elts: &[Expr]) -> bool {
    elts.first().is_none_or(|first| first.span.start > span.start) && elts.last().is_none_or(|last| last.span.end < span.end)
}

pub(crate) fn raise2(kind: Expr, value: Expr, trace: Option<Expr>) -> StmtKind {
    StmtKind::Raise2 { kind: Box::new(kind), value: Box::new(value), trace: trace.map(Box::new) }
}

/// `exec body in globals, locals`, or the same as a tuple.
pub(crate) fn exec2(mut body: Expr, globals: Option<Expr>, locals: Option<Expr>) -> StmtKind {
    if globals.is_none()
        && let ExprKind::Tuple { elts } = &mut body.node
        && matches!(elts.len(), 2 | 3)
    {
        let mut parts = std::mem::take(elts).into_iter();
        if let Some(code) = parts.next() {
            let (globals, locals) = (parts.next().map(Box::new), parts.next().map(Box::new));
            return StmtKind::Exec2 { body: Box::new(code), globals, locals };
        }
    }
    StmtKind::Exec2 { body: Box::new(body), globals: globals.map(Box::new), locals: locals.map(Box::new) }
}

pub(crate) fn alias(l: u32, name: Name, asname: Option<Name>, r: u32) -> Alias {
    Alias { span: Span::new(l, r), name, asname }
}

pub(crate) fn import_from(level: u32, module: Option<Name>, names: Vec<Alias>) -> StmtKind {
    StmtKind::ImportFrom { module, names, level }
}

pub(crate) fn type_alias(name: Name2, params: Option<Vec<TypeParam>>, value: Expr) -> StmtKind {
    let name = node(name.span.start, ExprKind::Name { id: name.name }, name.span.end);
    StmtKind::TypeAlias { name: Box::new(name), type_params: params.unwrap_or_default(), value: Box::new(value) }
}

/// An `if` with all its `elif`s, each nested in the one before.
pub(crate) fn if_chain(
    l: u32,
    test: Expr,
    body: Vec<Stmt>,
    elifs: Vec<(u32, Expr, Vec<Stmt>)>,
    orelse: Option<Vec<Stmt>>,
) -> Stmt {
    let mut rest = orelse.unwrap_or_default();
    for (l, test, body) in elifs.into_iter().rev() {
        rest = vec![if_statement(l, test, body, rest)];
    }
    if_statement(l, test, body, rest)
}

fn if_statement(l: u32, test: Expr, body: Vec<Stmt>, orelse: Vec<Stmt>) -> Stmt {
    let ends = [end(&body), end(&orelse)];
    compound(l, StmtKind::If { test: Box::new(test), body, orelse }, &ends)
}

pub(crate) fn while_loop(l: u32, test: Expr, body: Vec<Stmt>, orelse: Option<Vec<Stmt>>) -> Stmt {
    let orelse = orelse.unwrap_or_default();
    let ends = [end(&body), end(&orelse)];
    compound(l, StmtKind::While { test: Box::new(test), body, orelse }, &ends)
}

pub(crate) fn for_loop(l: u32, target: Expr, iter: Expr, body: Vec<Stmt>, orelse: Option<Vec<Stmt>>) -> Stmt {
    let orelse = orelse.unwrap_or_default();
    let ends = [end(&body), end(&orelse)];
    let (target, iter) = (Box::new(target), Box::new(iter));
    compound(l, StmtKind::For { is_async: false, target, iter, body, orelse }, &ends)
}

pub(crate) fn with_item(ctx: &mut Context<'_>, context_expr: Expr, target: Expr) -> WithItem {
    target::check(ctx, &target, Use::Assign);
    WithItem { context_expr, optional_vars: Some(target) }
}

pub(crate) fn with(l: u32, items: Vec<WithItem>, body: Vec<Stmt>) -> Stmt {
    let ends = [end(&body)];
    compound(l, StmtKind::With { is_async: false, items, body }, &ends)
}

/// Puts `async` before a statement.
pub(crate) fn make_async(ctx: &mut Context<'_>, mut statement: Stmt) -> Stmt {
    match &mut statement.node {
        StmtKind::FunctionDef(function) => function.is_async = true,
        StmtKind::For { is_async, .. } | StmtKind::With { is_async, .. } => *is_async = true,
        _ => {}
    }
    let before = &ctx.source[..statement.span.start as usize];
    statement.span.start = before.rfind("async").map_or(statement.span.start, |at| at as u32);
    statement
}

pub(crate) fn decorate(mut statement: Stmt, decorators: Vec<Expr>) -> Stmt {
    match &mut statement.node {
        StmtKind::FunctionDef(function) => function.decorator_list = decorators,
        StmtKind::ClassDef(class) => class.decorator_list = decorators,
        _ => {}
    }
    statement
}

pub(crate) fn function(
    l: u32,
    name: Name2,
    type_params: Option<Vec<TypeParam>>,
    params: Parameters,
    returns: Option<Expr>,
    mut body: Vec<Stmt>,
) -> Stmt {
    let Parameters { args, tuples } = params;
    let ends = [end(&body)];
    let unpacking = tuples.into_iter().map(|(hidden, target)| {
        let span = target.span;
        let value = Expr::new(span, ExprKind::Name { id: hidden });
        Stmt::new(span, StmtKind::Assign { targets: vec![target], value })
    });
    // After the docstring, so that it stays one.
    let docstring = matches!(
        body.first().map(|first| &first.node),
        Some(StmtKind::Expr { value: Expr { node: ExprKind::Constant(Constant::Str { .. }), .. } })
    );
    let at = usize::from(docstring);
    body.splice(at..at, unpacking);
    let function = FunctionDef {
        is_async: false,
        name: name.name,
        name_span: name.span,
        type_params: type_params.unwrap_or_default(),
        args,
        body,
        decorator_list: Vec::new(),
        returns,
    };
    compound(l, StmtKind::FunctionDef(Box::new(function)), &ends)
}

/// What stands in the brackets of a class.
pub(crate) fn bases(ctx: &mut Context<'_>, l: u32, arguments: Vec<Argument>, r: u32) -> (Vec<Expr>, Vec<Keyword>) {
    for argument in &arguments {
        if let Argument::Generator(_, _, generators) = argument
            && let Some(first) = generators.first()
        {
            let start = first.span.start;
            ctx.fail("invalid syntax", Span::new(start, start + 3));
        }
    }
    call_arguments(ctx, l, arguments, r)
}

pub(crate) fn class(
    l: u32,
    name: Name2,
    type_params: Option<Vec<TypeParam>>,
    bases: Option<(Vec<Expr>, Vec<Keyword>)>,
    body: Vec<Stmt>,
) -> Stmt {
    let ends = [end(&body)];
    let (bases, keywords) = bases.unwrap_or_default();
    let class = ClassDef {
        name: name.name,
        name_span: name.span,
        type_params: type_params.unwrap_or_default(),
        bases,
        keywords,
        body,
        decorator_list: Vec::new(),
    };
    compound(l, StmtKind::ClassDef(Box::new(class)), &ends)
}

pub(crate) fn handler(l: u32, kind: Option<Expr>, target: Option<Expr>, body: Vec<Stmt>) -> ExceptHandler {
    ExceptHandler { span: Span::new(l, end(&body)), kind, target, body }
}

/// `except kind as target`; `word` is `except` or `except*`.
pub(crate) fn handler_as(ctx: &mut Context<'_>, word: &str, l: u32, kind: Expr, target: Expr, body: Vec<Stmt>) -> ExceptHandler {
    if let ExprKind::Tuple { .. } = kind.node
        && !kind.span.text(ctx.source).starts_with('(')
    {
        ctx.fail("multiple exception types must be parenthesized when using 'as'", kind.span);
    }
    if !matches!(target.node, ExprKind::Name { .. }) {
        let what = target::describe(&target);
        ctx.fail(format!("cannot use {word} statement with {what}"), target.span);
    }
    handler(l, Some(kind), Some(target), body)
}

/// Python 2: `except kind, target`.
pub(crate) fn handler2(ctx: &mut Context<'_>, l: u32, kind: Expr, target: Expr, body: Vec<Stmt>) -> ExceptHandler {
    target::check(ctx, &target, Use::Assign);
    handler(l, Some(kind), Some(target), body)
}

pub(crate) fn try_statement(
    ctx: &mut Context<'_>,
    l: u32,
    body: Vec<Stmt>,
    handlers: Vec<(bool, ExceptHandler)>,
    orelse: Option<Vec<Stmt>>,
    finalbody: Option<Vec<Stmt>>,
) -> Stmt {
    let is_star = handlers.first().is_some_and(|(star, _)| *star);
    let count = handlers.len();
    for (index, (star, handler)) in handlers.iter().enumerate() {
        if *star != is_star {
            let end = handler.span.start + if *star { 7 } else { 6 };
            let message = "cannot have both 'except' and 'except*' on the same 'try'";
            ctx.fail(message, Span::new(handler.span.start, end));
        }
        if handler.kind.is_none() && index + 1 < count {
            ctx.fail("default 'except:' must be last", handler.span);
        }
    }
    let handlers: Vec<_> = handlers.into_iter().map(|(_, handler)| handler).collect();
    let (orelse, finalbody) = (orelse.unwrap_or_default(), finalbody.unwrap_or_default());
    let last = handlers.last().map_or(0, |handler| handler.span.end);
    let ends = [end(&body), last, end(&orelse), end(&finalbody)];
    compound(l, StmtKind::Try { is_star, body, handlers, orelse, finalbody }, &ends)
}

pub(crate) fn match_statement(l: u32, subject: Expr, cases: Vec<MatchCase>) -> Stmt {
    let ends = [cases.last().map_or(0, |case| case.span.end)];
    compound(l, StmtKind::Match { subject: Box::new(subject), cases }, &ends)
}

pub(crate) fn case(l: u32, pattern: Pattern, guard: Option<Expr>, body: Vec<Stmt>) -> MatchCase {
    MatchCase { span: Span::new(l, end(&body)), pattern, guard, body }
}

/// An alias whose new name is no name: the grammar reads one to say so.
pub(crate) fn import_as(ctx: &mut Context<'_>, l: u32, name: Name, target: Expr, r: u32) -> Alias {
    let asname = match &target.node {
        ExprKind::Name { id } => Some(id.clone()),
        _ => {
            let what = target::describe(&target);
            ctx.fail(format!("cannot use {what} as import target"), target.span);
            None
        }
    };
    alias(l, name, asname, r)
}
