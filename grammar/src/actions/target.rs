//! What may be assigned to or deleted, and how an expression that may not is called.

use super::Context;
use crate::tree::{Constant, Expr, ExprKind};

/// What is done to a target.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Assign,
    For,
    Delete,
}

/// The word for an expression in messages.
pub(crate) fn describe(expr: &Expr) -> &'static str {
    match &expr.node {
        ExprKind::Attribute { .. } => "attribute",
        ExprKind::Subscript { .. } => "subscript",
        ExprKind::Starred { .. } => "starred",
        ExprKind::Name { .. } => "name",
        ExprKind::List { .. } => "list",
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::Lambda { .. } => "lambda",
        ExprKind::Call { .. } => "function call",
        ExprKind::BoolOp { .. } | ExprKind::BinOp { .. } | ExprKind::UnaryOp { .. } => "expression",
        ExprKind::GeneratorExp { .. } => "generator expression",
        ExprKind::Yield { .. } | ExprKind::YieldFrom { .. } => "yield expression",
        ExprKind::Await { .. } => "await expression",
        ExprKind::ListComp { .. } => "list comprehension",
        ExprKind::SetComp { .. } => "set comprehension",
        ExprKind::DictComp { .. } => "dict comprehension",
        ExprKind::Dict { .. } => "dict literal",
        ExprKind::Set { .. } => "set display",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "f-string expression",
        ExprKind::TemplateStr { .. } | ExprKind::Interpolation { .. } => "t-string expression",
        ExprKind::Constant(Constant::None) => "None",
        ExprKind::Constant(Constant::False) => "False",
        ExprKind::Constant(Constant::True) => "True",
        ExprKind::Constant(Constant::Ellipsis) => "ellipsis",
        ExprKind::Constant(_) => "literal",
        ExprKind::Compare { .. } => "comparison",
        ExprKind::IfExp { .. } => "conditional expression",
        ExprKind::NamedExpr { .. } => "named expression",
        ExprKind::Repr2 { .. } => "repr",
        ExprKind::Slice { .. } | ExprKind::Taken => "expression",
    }
}

/// The part of `expr` that cannot be a target.
pub(crate) fn invalid(expr: &Expr, usage: Use) -> Option<&Expr> {
    match &expr.node {
        ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => None,
        ExprKind::List { elts } | ExprKind::Tuple { elts } => elts.iter().find_map(|elt| invalid(elt, usage)),
        ExprKind::Starred { value } if usage != Use::Delete => invalid(value, usage),
        _ => Some(expr),
    }
}

/// Notes an error if `expr` cannot be a target.
pub(crate) fn check(ctx: &mut Context<'_>, expr: &Expr, usage: Use) {
    if let Some(bad) = invalid(expr, usage) {
        let verb = if usage == Use::Delete { "delete" } else { "assign to" };
        ctx.fail(format!("cannot {verb} {}", describe(bad)), bad.span);
    }
}

/// Whether the grammar could read the expression as an operand, without a word operator on top.
pub(crate) fn is_operand(expr: &Expr) -> bool {
    !matches!(
        expr.node,
        ExprKind::BoolOp { .. }
            | ExprKind::Compare { .. }
            | ExprKind::IfExp { .. }
            | ExprKind::Lambda { .. }
            | ExprKind::NamedExpr { .. }
            | ExprKind::Starred { .. }
            | ExprKind::Yield { .. }
            | ExprKind::YieldFrom { .. }
            | ExprKind::UnaryOp { op: crate::tree::UnaryOp::Not, .. }
    )
}

/// Notes an error if the target before a `=` is none; `lone`: there is one `=` only.
pub(crate) fn check_assigned(ctx: &mut Context<'_>, expr: &Expr, value: &Expr, lone: bool) {
    let bracketed = ctx.source[..expr.span.start as usize].trim_end().ends_with('(');
    if matches!(expr.node, ExprKind::Yield { .. } | ExprKind::YieldFrom { .. }) && !bracketed {
        ctx.fail("assignment to yield expression not possible", expr.span);
        return;
    }
    let Some(bad) = invalid(expr, Use::Assign) else {
        return;
    };
    let comparable = lone
        && std::ptr::eq(bad, expr)
        && (is_operand(expr) || bracketed)
        && (is_operand(value)
            || matches!(value.node, ExprKind::Compare { .. } | ExprKind::BoolOp { .. } | ExprKind::IfExp { .. }))
        && !matches!(
            expr.node,
            ExprKind::GeneratorExp { .. } | ExprKind::Constant(Constant::None | Constant::True | Constant::False)
        );
    let hint = if comparable { " here. Maybe you meant '==' instead of '='?" } else { "" };
    ctx.fail(format!("cannot assign to {}{hint}", describe(bad)), bad.span);
}
