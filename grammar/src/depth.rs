//! Refuses trees that nest too deep, so that everybody after can walk them by recursion.
//! Left-leaning chains and `elif` chains are walked in a loop and have no limit.

use crate::error::SyntaxError;
use crate::tree::*;

type Check = Result<(), SyntaxError>;

/// Checks all expressions of a tree, which must not nest its statements deep.
pub fn check(tree: &Mod) -> Check {
    match tree {
        Mod::Module { body } | Mod::Interactive { body } => block(body),
        Mod::Expression { body } => expression(body, 0),
        Mod::FunctionType { argtypes, returns } => {
            all(argtypes, 0)?;
            expression(returns, 0)
        }
    }
}

fn all<'t>(items: impl IntoIterator<Item = &'t Expr>, depth: usize) -> Check {
    items.into_iter().try_for_each(|item| expression(item, depth))
}

fn block(mut body: &[Stmt]) -> Check {
    loop {
        let mut next: &[Stmt] = &[];
        for stmt in body {
            let orelse = statement(stmt)?;
            // Only a lone `if` in `else` makes a long chain; other ones are bounded by indentation.
            if body.len() == 1 {
                next = orelse;
            } else {
                block(orelse)?;
            }
        }
        if next.is_empty() {
            return Ok(());
        }
        body = next;
    }
}

/// Checks a statement but for the `else` of an `if`, which it returns.
fn statement(stmt: &Stmt) -> Result<&[Stmt], SyntaxError> {
    let one = |expr: &Expr| expression(expr, 0);
    let maybe = |expr: &Option<Box<Expr>>| all(expr.as_deref(), 0);
    match &stmt.node {
        StmtKind::If { test, body, orelse } => {
            one(test)?;
            block(body)?;
            return Ok(orelse);
        }
        StmtKind::FunctionDef(function) => {
            all(&function.decorator_list, 0)?;
            parameters(&function.args, 0)?;
            type_params(&function.type_params)?;
            all(&function.returns, 0)?;
            block(&function.body)?;
        }
        StmtKind::ClassDef(class) => {
            all(&class.decorator_list, 0)?;
            type_params(&class.type_params)?;
            all(&class.bases, 0)?;
            all(class.keywords.iter().map(|keyword| &keyword.value), 0)?;
            block(&class.body)?;
        }
        StmtKind::Return { value } => all(value, 0)?,
        StmtKind::Delete { targets } => all(targets, 0)?,
        StmtKind::Assign { targets, value } => {
            all(targets, 0)?;
            one(value)?;
        }
        StmtKind::TypeAlias { value, type_params: params, .. } => {
            type_params(params)?;
            one(value)?;
        }
        StmtKind::AugAssign { target, value, .. } => {
            one(target)?;
            one(value)?;
        }
        StmtKind::AnnAssign { target, annotation, value, .. } => {
            one(target)?;
            one(annotation)?;
            maybe(value)?;
        }
        StmtKind::For { target, iter, body, orelse, .. } => {
            one(target)?;
            one(iter)?;
            block(body)?;
            block(orelse)?;
        }
        StmtKind::While { test, body, orelse } => {
            one(test)?;
            block(body)?;
            block(orelse)?;
        }
        StmtKind::With { items, body, .. } => {
            for item in items {
                one(&item.context_expr)?;
                all(&item.optional_vars, 0)?;
            }
            block(body)?;
        }
        StmtKind::Match { subject, cases } => {
            one(subject)?;
            for case in cases {
                all(&case.guard, 0)?;
                block(&case.body)?;
            }
        }
        StmtKind::Raise { exc, cause } => {
            maybe(exc)?;
            maybe(cause)?;
        }
        StmtKind::Try { body, handlers, orelse, finalbody, .. } => {
            block(body)?;
            for handler in handlers {
                all(&handler.kind, 0)?;
                all(&handler.target, 0)?;
                block(&handler.body)?;
            }
            block(orelse)?;
            block(finalbody)?;
        }
        StmtKind::Assert { test, msg } => {
            one(test)?;
            maybe(msg)?;
        }
        StmtKind::Expr { value } => one(value)?,
        StmtKind::Print2 { dest, values, .. } => {
            maybe(dest)?;
            all(values, 0)?;
        }
        StmtKind::Exec2 { body, globals, locals } => {
            one(body)?;
            maybe(globals)?;
            maybe(locals)?;
        }
        StmtKind::Raise2 { kind, value, trace } => {
            one(kind)?;
            one(value)?;
            maybe(trace)?;
        }
        StmtKind::Import { .. }
        | StmtKind::ImportFrom { .. }
        | StmtKind::Global { .. }
        | StmtKind::Nonlocal { .. }
        | StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue => {}
    }
    Ok(&[])
}

fn type_params(params: &[TypeParam]) -> Check {
    for param in params {
        if let TypeParamKind::TypeVar { bound } = &param.kind {
            all(bound, 0)?;
        }
        all(&param.default_value, 0)?;
    }
    Ok(())
}

fn parameters(args: &Arguments, depth: usize) -> Check {
    let plain = args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs);
    let named = plain.chain(&args.vararg).chain(&args.kwarg);
    all(named.filter_map(|arg| arg.annotation.as_deref()), depth)?;
    all(args.defaults.iter().chain(args.kw_defaults.iter().flatten()), depth)
}

/// Each `for` of a comprehension lies in the one before it.
fn comprehension(generators: &[Comprehension], depth: usize) -> Check {
    for (depth, generator) in (depth..).zip(generators) {
        expression(&generator.target, depth)?;
        expression(&generator.iter, depth)?;
        all(&generator.ifs, depth)?;
    }
    Ok(())
}

fn expression(mut expr: &Expr, depth: usize) -> Check {
    if depth > MAX_DEPTH {
        return Err(SyntaxError::syntax("too many nested expressions", expr.span));
    }
    let deeper = depth + 1;
    loop {
        // Chains go on with their left end; everything else is done by recursion.
        expr = match &expr.node {
            ExprKind::BinOp { left, right, .. } => {
                expression(right, deeper)?;
                left
            }
            ExprKind::Attribute { value, .. } => value,
            ExprKind::Subscript { value, slice } => {
                expression(slice, deeper)?;
                value
            }
            ExprKind::Call { func, args, keywords } => {
                all(args, deeper)?;
                all(keywords.iter().map(|keyword| &keyword.value), deeper)?;
                func
            }
            node => return children(node, deeper),
        };
    }
}

fn children(node: &ExprKind, depth: usize) -> Check {
    match node {
        ExprKind::BoolOp { values: items, .. }
        | ExprKind::Set { elts: items }
        | ExprKind::List { elts: items }
        | ExprKind::Tuple { elts: items }
        | ExprKind::JoinedStr { values: items }
        | ExprKind::TemplateStr { values: items } => all(items, depth),
        ExprKind::NamedExpr { value, .. }
        | ExprKind::UnaryOp { operand: value, .. }
        | ExprKind::Await { value }
        | ExprKind::YieldFrom { value }
        | ExprKind::Starred { value }
        | ExprKind::Repr2 { value } => expression(value, depth),
        ExprKind::Lambda { args, body } => {
            parameters(args, depth)?;
            expression(body, depth)
        }
        ExprKind::IfExp { test, body, orelse } => {
            expression(test, depth)?;
            expression(body, depth)?;
            expression(orelse, depth)
        }
        ExprKind::Dict { keys, values } => {
            all(keys.iter().flatten(), depth)?;
            all(values, depth)
        }
        ExprKind::ListComp { elt, generators }
        | ExprKind::SetComp { elt, generators }
        | ExprKind::GeneratorExp { elt, generators } => {
            expression(elt, depth)?;
            comprehension(generators, depth)
        }
        ExprKind::DictComp { key, value, generators } => {
            expression(key, depth)?;
            expression(value, depth)?;
            comprehension(generators, depth)
        }
        ExprKind::Yield { value } => all(value.as_deref(), depth),
        ExprKind::Compare { left, comparators, .. } => {
            expression(left, depth)?;
            all(comparators, depth)
        }
        ExprKind::FormattedValue { value, format_spec, .. } | ExprKind::Interpolation { value, format_spec, .. } => {
            expression(value, depth)?;
            all(format_spec.as_deref(), depth)
        }
        ExprKind::Slice { lower, upper, step } => all([lower, upper, step].into_iter().filter_map(Option::as_deref), depth),
        ExprKind::BinOp { .. }
        | ExprKind::Attribute { .. }
        | ExprKind::Subscript { .. }
        | ExprKind::Call { .. }
        | ExprKind::Constant(_)
        | ExprKind::Name { .. }
        | ExprKind::Taken => Ok(()),
    }
}
