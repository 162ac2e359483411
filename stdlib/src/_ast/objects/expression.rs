//! Expressions as node objects.

use lockstep_grammar::tree::*;
use lockstep_interp::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, not_implemented};

use super::super::table::Kind;
use super::{Maker, Use};

impl Maker<'_> {
    /// An expression; `usage` is what it is for where it is a target.
    pub(super) fn expr(&mut self, py: &mut Py, expr: &Expr, usage: Use) -> Result<Value> {
        py.native_stack()?;
        let load = Use::Load;
        let span = expr.span;
        match &expr.node {
            ExprKind::BoolOp { op, values } => {
                let op = self.lone(if *op == BoolOp::And { Kind::And } else { Kind::Or });
                let values = self.exprs(py, values)?;
                Ok(self.node(py, Kind::BoolOp, [op, values], span))
            }
            ExprKind::NamedExpr { target, value } => {
                let (target, value) = (self.expr(py, target, Use::Store)?, self.expr(py, value, load)?);
                Ok(self.node(py, Kind::NamedExpr, [target, value], span))
            }
            ExprKind::BinOp { left, op, right } => {
                let (left, right) = (self.expr(py, left, load)?, self.expr(py, right, load)?);
                let op = self.operator(*op);
                Ok(self.node(py, Kind::BinOp, [left, op, right], span))
            }
            ExprKind::UnaryOp { op, operand } => {
                let op = self.lone(match op {
                    UnaryOp::Invert => Kind::Invert,
                    UnaryOp::Not => Kind::Not,
                    UnaryOp::UAdd => Kind::UAdd,
                    UnaryOp::USub => Kind::USub,
                });
                let operand = self.expr(py, operand, load)?;
                Ok(self.node(py, Kind::UnaryOp, [op, operand], span))
            }
            ExprKind::Lambda { args, body } => {
                let (args, body) = (self.arguments(py, args)?, self.expr(py, body, load)?);
                Ok(self.node(py, Kind::Lambda, [args, body], span))
            }
            ExprKind::IfExp { test, body, orelse } => {
                let (test, body, orelse) = (self.expr(py, test, load)?, self.expr(py, body, load)?, self.expr(py, orelse, load)?);
                Ok(self.node(py, Kind::IfExp, [test, body, orelse], span))
            }
            ExprKind::Dict { keys, values } => {
                let keys = self.list(py, keys, |this, py, key| this.expr_opt(py, key.as_ref(), load))?;
                let values = self.exprs(py, values)?;
                Ok(self.node(py, Kind::Dict, [keys, values], span))
            }
            ExprKind::Set { elts } => {
                let elts = self.exprs(py, elts)?;
                Ok(self.node(py, Kind::Set, [elts], span))
            }
            ExprKind::ListComp { .. } | ExprKind::SetComp { .. } | ExprKind::DictComp { .. } | ExprKind::GeneratorExp { .. } => {
                self.comprehension(py, expr)
            }
            ExprKind::Await { value } => {
                let value = self.expr(py, value, load)?;
                Ok(self.node(py, Kind::Await, [value], span))
            }
            ExprKind::Yield { value } => {
                let value = self.expr_opt(py, value.as_deref(), load)?;
                Ok(self.node(py, Kind::Yield, [value], span))
            }
            ExprKind::YieldFrom { value } => {
                let value = self.expr(py, value, load)?;
                Ok(self.node(py, Kind::YieldFrom, [value], span))
            }
            ExprKind::Compare { left, ops, comparators } => {
                let left = self.expr(py, left, load)?;
                let ops = ops.iter().map(|op| self.comparison(*op)).collect();
                let (ops, comparators) = (py.list(ops), self.exprs(py, comparators)?);
                Ok(self.node(py, Kind::Compare, [left, ops, comparators], span))
            }
            ExprKind::Call { func, args, keywords } => {
                let func = self.expr(py, func, load)?;
                let args = self.exprs(py, args)?;
                let keywords = self.list(py, keywords, Self::keyword)?;
                Ok(self.node(py, Kind::Call, [func, args, keywords], span))
            }
            ExprKind::FormattedValue { .. }
            | ExprKind::Interpolation { .. }
            | ExprKind::JoinedStr { .. }
            | ExprKind::TemplateStr { .. } => self.joined(py, expr),
            ExprKind::Constant(value) => {
                let kind = match value {
                    Constant::Str { unicode_prefix: true, .. } => py.str("u"),
                    _ => Value::NONE,
                };
                let value = self.constant(py, value);
                Ok(self.node(py, Kind::Constant, [value, kind], span))
            }
            _ => self.target(py, expr, usage),
        }
    }

    /// Expressions that can be targets.
    fn target(&mut self, py: &mut Py, expr: &Expr, usage: Use) -> Result<Value> {
        let load = Use::Load;
        let (span, context) = (expr.span, self.context(usage));
        Ok(match &expr.node {
            ExprKind::Attribute { value, attr } => {
                let (value, attr) = (self.expr(py, value, load)?, self.name(py, attr));
                self.node(py, Kind::Attribute, [value, attr, context], span)
            }
            ExprKind::Subscript { value, slice } => {
                let (value, slice) = (self.expr(py, value, load)?, self.expr(py, slice, load)?);
                self.node(py, Kind::Subscript, [value, slice, context], span)
            }
            ExprKind::Starred { value } => {
                let value = self.expr(py, value, usage)?;
                self.node(py, Kind::Starred, [value, context], span)
            }
            ExprKind::Name { id } => {
                let id = self.name(py, id);
                self.node(py, Kind::Name, [id, context], span)
            }
            ExprKind::List { elts } => {
                let elts = self.list(py, elts, |this, py, elt| this.expr(py, elt, usage))?;
                self.node(py, Kind::List, [elts, context], span)
            }
            ExprKind::Tuple { elts } => {
                let elts = self.list(py, elts, |this, py, elt| this.expr(py, elt, usage))?;
                self.node(py, Kind::Tuple, [elts, context], span)
            }
            ExprKind::Slice { lower, upper, step } => {
                let lower = self.expr_opt(py, lower.as_deref(), load)?;
                let upper = self.expr_opt(py, upper.as_deref(), load)?;
                let step = self.expr_opt(py, step.as_deref(), load)?;
                self.node(py, Kind::Slice, [lower, upper, step], span)
            }
            _ => return Err(not_implemented("a tree of what only Python 2 has")),
        })
    }

    fn comprehension(&mut self, py: &mut Py, expr: &Expr) -> Result<Value> {
        let load = Use::Load;
        Ok(match &expr.node {
            ExprKind::DictComp { key, value, generators } => {
                let (key, value) = (self.expr(py, key, load)?, self.expr(py, value, load)?);
                let generators = self.generators(py, generators)?;
                self.node(py, Kind::DictComp, [key, value, generators], expr.span)
            }
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                let (elt, generators) = (self.expr(py, elt, load)?, self.generators(py, generators)?);
                let kind = match &expr.node {
                    ExprKind::ListComp { .. } => Kind::ListComp,
                    ExprKind::SetComp { .. } => Kind::SetComp,
                    _ => Kind::GeneratorExp,
                };
                self.node(py, kind, [elt, generators], expr.span)
            }
            _ => Value::NONE,
        })
    }

    fn generators(&mut self, py: &mut Py, generators: &[Comprehension]) -> Result<Value> {
        self.list(py, generators, |this, py, one| {
            let (target, iter) = (this.expr(py, &one.target, Use::Store)?, this.expr(py, &one.iter, Use::Load)?);
            let (ifs, is_async) = (this.exprs(py, &one.ifs)?, py.int(i64::from(one.is_async)));
            Ok(this.bare(py, Kind::comprehension, [target, iter, ifs, is_async]))
        })
    }

    /// Format strings, template strings and their fields.
    fn joined(&mut self, py: &mut Py, expr: &Expr) -> Result<Value> {
        let code = |conversion: Option<char>| Value::int32(conversion.map_or(-1, |c| c as i32));
        Ok(match &expr.node {
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let value = self.expr(py, value, Use::Load)?;
                let spec = self.expr_opt(py, format_spec.as_deref(), Use::Load)?;
                self.node(py, Kind::FormattedValue, [value, code(*conversion), spec], expr.span)
            }
            ExprKind::Interpolation { value, text, conversion, format_spec } => {
                let (value, text) = (self.expr(py, value, Use::Load)?, py.str(text));
                let spec = self.expr_opt(py, format_spec.as_deref(), Use::Load)?;
                self.node(py, Kind::Interpolation, [value, text, code(*conversion), spec], expr.span)
            }
            ExprKind::JoinedStr { values } => {
                let values = self.exprs(py, values)?;
                self.node(py, Kind::JoinedStr, [values], expr.span)
            }
            ExprKind::TemplateStr { values } => {
                let values = self.exprs(py, values)?;
                self.node(py, Kind::TemplateStr, [values], expr.span)
            }
            _ => Value::NONE,
        })
    }

    /// A literal's value.
    pub(super) fn constant(&self, py: &mut Py, value: &Constant) -> Value {
        match value {
            Constant::Str { value, .. } => self.text(py, value.as_bytes()).into_value(),
            value => {
                let plain = lockstep_compile::compile::constant(value);
                py.constant(&plain)
            }
        }
    }

    pub(super) fn operator(&self, op: Operator) -> Value {
        self.lone(match op {
            Operator::Add => Kind::Add,
            Operator::Sub => Kind::Sub,
            Operator::Mult => Kind::Mult,
            Operator::MatMult => Kind::MatMult,
            Operator::Div => Kind::Div,
            Operator::Mod => Kind::Mod,
            Operator::Pow => Kind::Pow,
            Operator::LShift => Kind::LShift,
            Operator::RShift => Kind::RShift,
            Operator::BitOr => Kind::BitOr,
            Operator::BitXor => Kind::BitXor,
            Operator::BitAnd => Kind::BitAnd,
            Operator::FloorDiv => Kind::FloorDiv,
        })
    }

    fn comparison(&self, op: CmpOp) -> Value {
        self.lone(match op {
            CmpOp::Eq => Kind::Eq,
            CmpOp::NotEq => Kind::NotEq,
            CmpOp::Lt => Kind::Lt,
            CmpOp::LtE => Kind::LtE,
            CmpOp::Gt => Kind::Gt,
            CmpOp::GtE => Kind::GtE,
            CmpOp::Is => Kind::Is,
            CmpOp::IsNot => Kind::IsNot,
            CmpOp::In => Kind::In,
            CmpOp::NotIn => Kind::NotIn,
        })
    }
}
