//! SyntaxWarnings: code that is valid but hardly meant.

use lockstep_grammar::{Dialect, Span, tree::*};

use super::{Compiler, Warning};

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
        let kind = kind_of(callee).filter(|kind| *kind != "function");
        if let Some(kind) = kind {
            self.warn(&format!("'{kind}' object is not callable; perhaps you missed a comma?"), callee.span);
        }
    }

    /// `1[x]`, `"text"["x"]`.
    pub fn warn_subscript(&mut self, value: &Expr, slice: &Expr, span: Span) {
        let Some(kind) = kind_of(value) else { return };
        let (subscriptable, indexed) = match &value.node {
            ExprKind::Constant(Constant::Str { .. } | Constant::Bytes(_)) => (true, true),
            ExprKind::Constant(_)
            | ExprKind::Set { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::Lambda { .. } => (false, false),
            ExprKind::Tuple { .. } | ExprKind::List { .. } | ExprKind::ListComp { .. } | ExprKind::JoinedStr { .. } => {
                (true, true)
            }
            _ => (true, false),
        };
        if !subscriptable {
            self.warn(&format!("'{kind}' object is not subscriptable; perhaps you missed a comma?"), span);
        }
        if indexed && let Some(index) = kind_of(slice).filter(|index| !matches!(*index, "int" | "bool")) {
            let text = format!("{kind} indices must be integers or slices, not {index}; perhaps you missed a comma?");
            self.warn(&text, span);
        }
    }

    /// What the lexer and the parser let pass.
    pub fn warn_literals(&mut self) {
        let dialect = if self.python2() { Dialect::Python2 } else { Dialect::Python3 };
        for (span, message) in lockstep_grammar::dubious_literals(self.source.text, dialect) {
            self.warn(&message, span);
        }
    }
}

/// The type that an expression is known to have.
fn kind_of(expr: &Expr) -> Option<&'static str> {
    match &expr.node {
        ExprKind::Constant(value) => constant_kind(value),
        ExprKind::Tuple { .. } => Some("tuple"),
        ExprKind::List { .. } | ExprKind::ListComp { .. } => Some("list"),
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => Some("dict"),
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => Some("set"),
        ExprKind::GeneratorExp { .. } => Some("generator"),
        ExprKind::Lambda { .. } => Some("function"),
        ExprKind::JoinedStr { .. } => Some("str"),
        _ => None,
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
