//! What CPython changes in a tree before it compiles it, for `PyCF_OPTIMIZED_AST`: `__debug__`
//! becomes a constant, numbers in patterns become one, docstrings go at level 2.

use lockstep_grammar::tree::*;

/// Changes a tree; `level` is that of `-O`.
pub fn tree(tree: &mut Mod, level: u8) {
    match tree {
        Mod::Module { body } => {
            document(body, level);
            block(body, level);
        }
        Mod::Interactive { body } => block(body, level),
        Mod::Expression { body } => expr(body, level),
        Mod::FunctionType { .. } => {}
    }
}

/// Takes a docstring away; a body that it was all of becomes `pass`.
fn document(body: &mut Vec<Stmt>, level: u8) {
    let documented = matches!(
        body.first().map(|first| &first.node),
        Some(StmtKind::Expr { value: Expr { node: ExprKind::Constant(Constant::Str { .. }), .. } })
    );
    if level < 2 || !documented {
        return;
    }
    let first = body.remove(0);
    if body.is_empty() {
        body.push(Stmt::new(first.span, StmtKind::Pass));
    }
}

fn all<'t>(items: impl IntoIterator<Item = &'t mut Expr>, level: u8) {
    items.into_iter().for_each(|item| expr(item, level));
}

fn block(body: &mut [Stmt], level: u8) {
    body.iter_mut().for_each(|stmt| statement(stmt, level));
}

fn statement(stmt: &mut Stmt, level: u8) {
    match &mut stmt.node {
        StmtKind::FunctionDef(def) => {
            document(&mut def.body, level);
            parameters(&mut def.args, level);
            all(&mut def.decorator_list, level);
            all(&mut def.returns, level);
            block(&mut def.body, level);
        }
        StmtKind::ClassDef(def) => {
            document(&mut def.body, level);
            all(&mut def.bases, level);
            all(def.keywords.iter_mut().map(|keyword| &mut keyword.value), level);
            all(&mut def.decorator_list, level);
            block(&mut def.body, level);
        }
        StmtKind::Return { value } => all(value, level),
        StmtKind::Delete { targets } => all(targets, level),
        StmtKind::Assign { targets, value } => {
            all(targets, level);
            expr(value, level);
        }
        StmtKind::TypeAlias { value, .. } | StmtKind::AugAssign { value, .. } => expr(value, level),
        StmtKind::AnnAssign { annotation, value, .. } => {
            expr(annotation, level);
            all(value.as_deref_mut(), level);
        }
        StmtKind::For { target, iter, body, orelse, .. } => {
            expr(target, level);
            expr(iter, level);
            block(body, level);
            block(orelse, level);
        }
        StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
            expr(test, level);
            block(body, level);
            block(orelse, level);
        }
        StmtKind::With { items, body, .. } => {
            for item in items {
                expr(&mut item.context_expr, level);
                all(&mut item.optional_vars, level);
            }
            block(body, level);
        }
        StmtKind::Match { subject, cases } => {
            expr(subject, level);
            for case in cases {
                pattern(&mut case.pattern);
                all(&mut case.guard, level);
                block(&mut case.body, level);
            }
        }
        StmtKind::Raise { exc, cause } => {
            all(exc.as_deref_mut(), level);
            all(cause.as_deref_mut(), level);
        }
        StmtKind::Try { body, handlers, orelse, finalbody, .. } => {
            block(body, level);
            for handler in handlers {
                all(&mut handler.kind, level);
                block(&mut handler.body, level);
            }
            block(orelse, level);
            block(finalbody, level);
        }
        StmtKind::Assert { test, msg } => {
            expr(test, level);
            all(msg.as_deref_mut(), level);
        }
        StmtKind::Expr { value } => expr(value, level),
        _ => {}
    }
}

fn parameters(args: &mut Arguments, level: u8) {
    all(args.defaults.iter_mut().chain(args.kw_defaults.iter_mut().flatten()), level);
}

fn generators(list: &mut [Comprehension], level: u8) {
    for one in list {
        expr(&mut one.iter, level);
        all(&mut one.ifs, level);
    }
}

fn expr(mut at: &mut Expr, level: u8) {
    // Chains go on with their left end; the parser bounds all other nesting.
    loop {
        at = match &mut at.node {
            ExprKind::BinOp { left, right, .. } => {
                expr(right, level);
                left
            }
            ExprKind::Attribute { value, .. } => value,
            ExprKind::Subscript { value, slice } => {
                expr(slice, level);
                value
            }
            ExprKind::Call { func, args, keywords } => {
                all(args, level);
                all(keywords.iter_mut().map(|keyword| &mut keyword.value), level);
                func
            }
            node => return children(node, level),
        };
    }
}

fn children(node: &mut ExprKind, level: u8) {
    match node {
        ExprKind::Name { id } if &**id == "__debug__" => {
            *node = ExprKind::Constant(if level == 0 { Constant::True } else { Constant::False });
        }
        ExprKind::BoolOp { values: items, .. }
        | ExprKind::Set { elts: items }
        | ExprKind::List { elts: items }
        | ExprKind::Tuple { elts: items }
        | ExprKind::JoinedStr { values: items }
        | ExprKind::TemplateStr { values: items } => all(items, level),
        ExprKind::NamedExpr { value, .. }
        | ExprKind::UnaryOp { operand: value, .. }
        | ExprKind::Await { value }
        | ExprKind::YieldFrom { value }
        | ExprKind::Starred { value } => expr(value, level),
        ExprKind::Lambda { args, body } => {
            parameters(args, level);
            expr(body, level);
        }
        ExprKind::IfExp { test, body, orelse } => {
            expr(test, level);
            expr(body, level);
            expr(orelse, level);
        }
        ExprKind::Dict { keys, values } => {
            all(keys.iter_mut().flatten(), level);
            all(values, level);
        }
        ExprKind::ListComp { elt, generators: list }
        | ExprKind::SetComp { elt, generators: list }
        | ExprKind::GeneratorExp { elt, generators: list } => {
            expr(elt, level);
            generators(list, level);
        }
        ExprKind::DictComp { key, value, generators: list } => {
            expr(key, level);
            expr(value, level);
            generators(list, level);
        }
        ExprKind::Yield { value } => all(value.as_deref_mut(), level),
        ExprKind::Compare { left, comparators, .. } => {
            expr(left, level);
            all(comparators, level);
        }
        ExprKind::FormattedValue { value, format_spec, .. } | ExprKind::Interpolation { value, format_spec, .. } => {
            expr(value, level);
            all(format_spec.as_deref_mut(), level);
        }
        ExprKind::Slice { lower, upper, step } => {
            all([lower, upper, step].into_iter().filter_map(Option::as_deref_mut), level);
        }
        _ => {}
    }
}

/// Numbers with a sign and complex numbers in patterns become constants.
fn pattern(at: &mut Pattern) {
    match &mut at.node {
        PatternKind::MatchValue { value } => number(value),
        PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => patterns.iter_mut().for_each(pattern),
        PatternKind::MatchMapping { keys, patterns, .. } => {
            keys.iter_mut().for_each(number);
            patterns.iter_mut().for_each(pattern);
        }
        PatternKind::MatchClass { patterns, kwd_patterns, .. } => {
            patterns.iter_mut().chain(kwd_patterns).for_each(pattern);
        }
        PatternKind::MatchAs { pattern: Some(inner), .. } => pattern(inner),
        _ => {}
    }
}

fn number(expr: &mut Expr) {
    if !matches!(expr.node, ExprKind::UnaryOp { .. } | ExprKind::BinOp { .. }) {
        return;
    }
    use lockstep_compile::code::Const;
    let folded = match lockstep_compile::compile::fold(expr) {
        Some(Const::Int(n)) => Constant::Int(n),
        Some(Const::BigInt(n)) => Constant::BigInt(Box::new(n)),
        Some(Const::Float(x)) => Constant::Float(x),
        Some(Const::Complex(re, im)) => Constant::ComplexPair(re, im),
        _ => return,
    };
    expr.node = ExprKind::Constant(folded);
}
