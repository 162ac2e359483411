//! SyntaxWarnings: code that is valid but hardly meant.

use lockstep_grammar::{Span, tree::*};

use super::{Compiler, Warning};
use crate::code::Const;

impl Compiler<'_> {
    /// Adds a warning, once for each place.
    pub fn warn(&mut self, message: &str, span: Span) {
        let line = self.source.lines.line(span.start);
        let warning = Warning { message: message.into(), span, line };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// `x is 1`.
    pub fn warn_compare(&mut self, left: &Expr, ops: &[CmpOp], right: &[Expr], span: Span) {
        let mut previous = left;
        for (op, next) in ops.iter().zip(right) {
            if matches!(op, CmpOp::Is | CmpOp::IsNot) {
                let kind = literal(previous).or_else(|| literal(next));
                if let Some(kind) = kind {
                    let (word, instead) = if *op == CmpOp::Is { ("is", "==") } else { ("is not", "!=") };
                    self.warn(&format!("\"{word}\" with '{kind}' literal. Did you mean \"{instead}\"?"), span);
                }
            }
            previous = next;
        }
    }

    /// `"text"()`.
    pub fn warn_call(&mut self, callee: &Expr) {
        let kind = match &callee.node {
            ExprKind::Constant(value) => constant_kind(value),
            ExprKind::Tuple { .. } => Some("tuple"),
            ExprKind::List { .. } | ExprKind::ListComp { .. } => Some("list"),
            ExprKind::Dict { .. } | ExprKind::DictComp { .. } => Some("dict"),
            ExprKind::Set { .. } | ExprKind::SetComp { .. } => Some("set"),
            ExprKind::GeneratorExp { .. } => Some("generator"),
            ExprKind::JoinedStr { .. } => Some("str"),
            _ => None,
        };
        if let Some(kind) = kind {
            self.warn(&format!("'{kind}' object is not callable; perhaps you missed a comma?"), callee.span);
        }
    }

    /// A constant that is called or subscripted.
    pub fn warn_constant_use(&mut self, link: &Expr, value: &Const) {
        let ExprKind::Subscript { slice, .. } = &link.node else {
            return;
        };
        let kind = match value {
            Const::None => "NoneType",
            Const::Bool(_) => "bool",
            Const::Ellipsis => "ellipsis",
            Const::Int(_) | Const::BigInt(_) => "int",
            Const::Float(_) => "float",
            Const::Complex(..) => "complex",
            Const::Str(_) | Const::Bytes(_) | Const::Tuple(_) => {
                let index = match &slice.node {
                    ExprKind::Constant(
                        value @ (Constant::Str { .. } | Constant::Float(_) | Constant::Bytes(_) | Constant::None),
                    ) => constant_kind(value),
                    ExprKind::Tuple { .. } => Some("tuple"),
                    _ => None,
                };
                let object = match value {
                    Const::Str(_) => "str",
                    Const::Bytes(_) => "bytes",
                    _ => "tuple",
                };
                if let Some(index) = index {
                    let text = format!("{object} indices must be integers or slices, not {index}; perhaps you missed a comma?");
                    self.warn(&text, link.span);
                }
                return;
            }
            _ => return,
        };
        self.warn(&format!("'{kind}' object is not subscriptable; perhaps you missed a comma?"), link.span);
    }
}

fn constant_kind(value: &Constant) -> Option<&'static str> {
    Some(match value {
        Constant::None => "NoneType",
        Constant::True | Constant::False => "bool",
        Constant::Ellipsis => "ellipsis",
        Constant::Int(_) | Constant::BigInt(_) => "int",
        Constant::Float(_) => "float",
        Constant::Complex(_) | Constant::ComplexPair(..) => "complex",
        Constant::Tuple(_) => "tuple",
        Constant::FrozenSet(_) => "frozenset",
        Constant::Str { .. } => "str",
        Constant::Bytes(_) => "bytes",
    })
}

/// The kind of a literal that is not a singleton.
fn literal(expr: &Expr) -> Option<&'static str> {
    match &expr.node {
        ExprKind::Constant(Constant::None | Constant::True | Constant::False | Constant::Ellipsis) => None,
        ExprKind::Constant(value) => constant_kind(value),
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => {
            literal(operand).filter(|kind| matches!(*kind, "int" | "float" | "complex"))
        }
        ExprKind::Tuple { elts }
            if elts.iter().all(|elt| literal(elt).is_some() || matches!(elt.node, ExprKind::Constant(_))) =>
        {
            Some("tuple")
        }
        _ => None,
    }
}
