//! Expressions from node objects.

use lockstep_grammar::Span;
use lockstep_grammar::tree::*;
use lockstep_interp::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Exc, Raised, Result, value_error};

use super::super::objects::Use;
use super::super::table::Kind;
use super::Reader;

/// The classes of expressions, the common ones first.
const KINDS: &[Kind] = &[
    Kind::Name,
    Kind::Constant,
    Kind::Attribute,
    Kind::Call,
    Kind::BoolOp,
    Kind::NamedExpr,
    Kind::BinOp,
    Kind::UnaryOp,
    Kind::Lambda,
    Kind::IfExp,
    Kind::Dict,
    Kind::Set,
    Kind::ListComp,
    Kind::SetComp,
    Kind::DictComp,
    Kind::GeneratorExp,
    Kind::Await,
    Kind::Yield,
    Kind::YieldFrom,
    Kind::Compare,
    Kind::FormattedValue,
    Kind::Interpolation,
    Kind::JoinedStr,
    Kind::TemplateStr,
    Kind::Subscript,
    Kind::Starred,
    Kind::List,
    Kind::Tuple,
    Kind::Slice,
];

fn context_name(usage: Use) -> &'static str {
    match usage {
        Use::Load => "Load",
        Use::Store => "Store",
        Use::Del => "Del",
    }
}

impl Reader {
    /// An expression, which must be meant for `usage`.
    pub(super) fn expr(&mut self, py: &mut Py, object: &Value, usage: Use) -> Result<Expr> {
        py.native_stack()?;
        let span = self.span_of(py, object, Kind::expr, true)?;
        let kind = self.which(py, object, Kind::expr, KINDS)?;
        let target = matches!(kind, Kind::Attribute | Kind::Subscript | Kind::Starred | Kind::Name | Kind::List | Kind::Tuple);
        if target {
            self.check_context(py, object, kind, usage)?;
        } else if !matches!(usage, Use::Load) {
            return Err(value_error(format!("expression which can't be assigned to in {} context", context_name(usage))));
        }
        let node = match kind {
            Kind::Name | Kind::Attribute | Kind::Subscript | Kind::Starred | Kind::List | Kind::Tuple => {
                let node = self.target(py, object, kind, usage)?;
                if let ExprKind::Attribute { attr, .. } = &node {
                    self.attribute_place(span, attr);
                }
                node
            }
            Kind::Constant => {
                let prefixed = self.optional(py, object, "kind")?;
                let prefixed = match prefixed {
                    Some(kind) => self.str_of(py, &kind)?.as_bytes() == b"u",
                    None => false,
                };
                let value = self.required(py, object, kind, "value")?;
                ExprKind::Constant(self.constant(py, &value, prefixed)?)
            }
            Kind::Dict | Kind::ListComp | Kind::SetComp | Kind::DictComp | Kind::GeneratorExp => {
                self.display(py, object, kind)?
            }
            Kind::FormattedValue | Kind::Interpolation | Kind::JoinedStr | Kind::TemplateStr => self.joined(py, object, kind)?,
            _ => self.operation(py, object, kind)?,
        };
        Ok(Expr::new(span, node))
    }

    fn check_context(&mut self, py: &mut Py, object: &Value, kind: Kind, usage: Use) -> Result<()> {
        let context = self.child(py, object, kind, "ctx")?;
        let found = match self.which(py, &context, Kind::expr_context, &[Kind::Load, Kind::Store, Kind::Del])? {
            Kind::Load => Use::Load,
            Kind::Store => Use::Store,
            _ => Use::Del,
        };
        let (wanted, found) = (context_name(usage), context_name(found));
        if wanted != found {
            return Err(value_error(format!("expression must have {wanted} context but has {found} instead")));
        }
        Ok(())
    }

    fn target(&mut self, py: &mut Py, object: &Value, kind: Kind, usage: Use) -> Result<ExprKind> {
        Ok(match kind {
            Kind::Name => {
                let id = self.name_field(py, object, kind, "id")?;
                Self::not_constant(&id)?;
                ExprKind::Name { id }
            }
            Kind::Attribute => {
                let value = self.boxed(py, object, kind, "value")?;
                ExprKind::Attribute { value, attr: self.name_field(py, object, kind, "attr")? }
            }
            Kind::Subscript => {
                let value = self.boxed(py, object, kind, "value")?;
                ExprKind::Subscript { value, slice: self.boxed(py, object, kind, "slice")? }
            }
            Kind::Starred => ExprKind::Starred { value: Box::new(self.target_field(py, object, kind, "value", usage)?) },
            Kind::List => ExprKind::List { elts: self.exprs(py, object, kind, "elts", usage)? },
            _ => ExprKind::Tuple { elts: self.exprs(py, object, kind, "elts", usage)? },
        })
    }

    fn operation(&mut self, py: &mut Py, object: &Value, kind: Kind) -> Result<ExprKind> {
        Ok(match kind {
            Kind::BoolOp => {
                let op = self.child(py, object, kind, "op")?;
                let op = match self.which(py, &op, Kind::boolop, &[Kind::And, Kind::Or])? {
                    Kind::And => BoolOp::And,
                    _ => BoolOp::Or,
                };
                let values = self.exprs(py, object, kind, "values", Use::Load)?;
                if values.len() < 2 {
                    return Err(value_error("BoolOp with less than 2 values"));
                }
                ExprKind::BoolOp { op, values }
            }
            Kind::NamedExpr => {
                let target = self.target_field(py, object, kind, "target", Use::Store)?;
                if !matches!(target.node, ExprKind::Name { .. }) {
                    return Err(lockstep_interp::object::raise::type_error("NamedExpr target must be a Name"));
                }
                ExprKind::NamedExpr { target: Box::new(target), value: self.boxed(py, object, kind, "value")? }
            }
            Kind::BinOp => {
                let left = self.boxed(py, object, kind, "left")?;
                let op = self.operator(py, object, kind)?;
                ExprKind::BinOp { left, op, right: self.boxed(py, object, kind, "right")? }
            }
            Kind::UnaryOp => {
                let op = self.child(py, object, kind, "op")?;
                let op = match self.which(py, &op, Kind::unaryop, &[Kind::Invert, Kind::Not, Kind::UAdd, Kind::USub])? {
                    Kind::Invert => UnaryOp::Invert,
                    Kind::Not => UnaryOp::Not,
                    Kind::UAdd => UnaryOp::UAdd,
                    _ => UnaryOp::USub,
                };
                ExprKind::UnaryOp { op, operand: self.boxed(py, object, kind, "operand")? }
            }
            Kind::Lambda => {
                let args = self.child(py, object, kind, "args")?;
                let args = Box::new(self.arguments(py, &args)?);
                ExprKind::Lambda { args, body: self.boxed(py, object, kind, "body")? }
            }
            Kind::IfExp => ExprKind::IfExp {
                test: self.boxed(py, object, kind, "test")?,
                body: self.boxed(py, object, kind, "body")?,
                orelse: self.boxed(py, object, kind, "orelse")?,
            },
            Kind::Set => ExprKind::Set { elts: self.exprs(py, object, kind, "elts", Use::Load)? },
            Kind::Await => ExprKind::Await { value: self.boxed(py, object, kind, "value")? },
            Kind::Yield => ExprKind::Yield { value: self.boxed_opt(py, object, "value")? },
            Kind::YieldFrom => ExprKind::YieldFrom { value: self.boxed(py, object, kind, "value")? },
            Kind::Compare => self.compare(py, object)?,
            Kind::Call => ExprKind::Call {
                func: self.boxed(py, object, kind, "func")?,
                args: self.exprs(py, object, kind, "args", Use::Load)?,
                keywords: self.keywords(py, object, kind)?,
            },
            _ => ExprKind::Slice {
                lower: self.boxed_opt(py, object, "lower")?,
                upper: self.boxed_opt(py, object, "upper")?,
                step: self.boxed_opt(py, object, "step")?,
            },
        })
    }

    fn compare(&mut self, py: &mut Py, object: &Value) -> Result<ExprKind> {
        const OPS: [(Kind, CmpOp); 10] = [
            (Kind::Eq, CmpOp::Eq),
            (Kind::NotEq, CmpOp::NotEq),
            (Kind::Lt, CmpOp::Lt),
            (Kind::LtE, CmpOp::LtE),
            (Kind::Gt, CmpOp::Gt),
            (Kind::GtE, CmpOp::GtE),
            (Kind::Is, CmpOp::Is),
            (Kind::IsNot, CmpOp::IsNot),
            (Kind::In, CmpOp::In),
            (Kind::NotIn, CmpOp::NotIn),
        ];
        let kind = Kind::Compare;
        let left = self.boxed(py, object, kind, "left")?;
        let mut ops = Vec::new();
        for item in self.items(py, object, kind, "ops")? {
            let found = self.which(py, &item, Kind::cmpop, &OPS.map(|(kind, _)| kind))?;
            ops.extend(OPS.iter().find(|(kind, _)| *kind == found).map(|(_, op)| *op));
        }
        let comparators = self.exprs(py, object, kind, "comparators", Use::Load)?;
        if comparators.is_empty() {
            return Err(value_error("Compare has no comparators"));
        }
        if comparators.len() != ops.len() {
            return Err(value_error("Compare has a different number of comparators and operands"));
        }
        Ok(ExprKind::Compare { left, ops, comparators })
    }

    fn display(&mut self, py: &mut Py, object: &Value, kind: Kind) -> Result<ExprKind> {
        if kind == Kind::Dict {
            let mut keys = Vec::new();
            for key in self.items(py, object, kind, "keys")? {
                keys.push(if key.is_none() { None } else { Some(self.expr(py, &key, Use::Load)?) });
            }
            let values = self.exprs(py, object, kind, "values", Use::Load)?;
            if keys.len() != values.len() {
                return Err(value_error("Dict doesn't have the same number of keys as values"));
            }
            return Ok(ExprKind::Dict { keys, values });
        }
        if self.items(py, object, kind, "generators")?.is_empty() {
            return Err(value_error("comprehension with no generators"));
        }
        if kind == Kind::DictComp {
            let (key, value) = (self.boxed(py, object, kind, "key")?, self.boxed(py, object, kind, "value")?);
            return Ok(ExprKind::DictComp { key, value, generators: self.generators(py, object, kind)? });
        }
        let elt = self.boxed(py, object, kind, "elt")?;
        let generators = self.generators(py, object, kind)?;
        Ok(match kind {
            Kind::ListComp => ExprKind::ListComp { elt, generators },
            Kind::SetComp => ExprKind::SetComp { elt, generators },
            _ => ExprKind::GeneratorExp { elt, generators },
        })
    }

    fn generators(&mut self, py: &mut Py, object: &Value, owner: Kind) -> Result<Vec<Comprehension>> {
        let kind = Kind::comprehension;
        let mut out = Vec::new();
        for item in self.items(py, object, owner, "generators")? {
            let target = self.target_field(py, &item, kind, "target", Use::Store)?;
            let iter = self.expr_field(py, &item, kind, "iter")?;
            let ifs = self.exprs(py, &item, kind, "ifs", Use::Load)?;
            let is_async = self.int_field(py, &item, kind, "is_async")? != 0;
            let span = Span::new(target.span.start, iter.span.end);
            out.push(Comprehension { span, target, iter, ifs, is_async });
        }
        Ok(out)
    }

    fn joined(&mut self, py: &mut Py, object: &Value, kind: Kind) -> Result<ExprKind> {
        if matches!(kind, Kind::JoinedStr | Kind::TemplateStr) {
            let values = self.exprs(py, object, kind, "values", Use::Load)?;
            if kind == Kind::JoinedStr {
                return Ok(ExprKind::JoinedStr { values });
            }
            for value in &values {
                let fits = matches!(value.node, ExprKind::Interpolation { .. } | ExprKind::Constant(Constant::Str { .. }));
                if !fits {
                    return Err(value_error("TemplateStr values must be Interpolation or Constant nodes"));
                }
            }
            return Ok(ExprKind::TemplateStr { values });
        }
        let value = self.boxed(py, object, kind, "value")?;
        let conversion = match self.int_field(py, object, kind, "conversion")? {
            -1 => None,
            code @ (97 | 114 | 115) => char::from_u32(code as u32),
            code => {
                return Err(Raised::new(Exc::SystemError, format!("Unrecognized conversion character {code}")));
            }
        };
        let format_spec = self.boxed_opt(py, object, "format_spec")?;
        if kind == Kind::FormattedValue {
            return Ok(ExprKind::FormattedValue { value, conversion, format_spec });
        }
        let text = self.required(py, object, kind, "str")?;
        let text = self.str_of(py, &text)?.to_str(py)?.into();
        Ok(ExprKind::Interpolation { value, text, conversion, format_spec })
    }

    pub(super) fn operator(&mut self, py: &mut Py, object: &Value, owner: Kind) -> Result<Operator> {
        const OPS: [(Kind, Operator); 13] = [
            (Kind::Add, Operator::Add),
            (Kind::Sub, Operator::Sub),
            (Kind::Mult, Operator::Mult),
            (Kind::MatMult, Operator::MatMult),
            (Kind::Div, Operator::Div),
            (Kind::Mod, Operator::Mod),
            (Kind::Pow, Operator::Pow),
            (Kind::LShift, Operator::LShift),
            (Kind::RShift, Operator::RShift),
            (Kind::BitOr, Operator::BitOr),
            (Kind::BitXor, Operator::BitXor),
            (Kind::BitAnd, Operator::BitAnd),
            (Kind::FloorDiv, Operator::FloorDiv),
        ];
        let op = self.child(py, object, owner, "op")?;
        let found = self.which(py, &op, Kind::operator, &OPS.map(|(kind, _)| kind))?;
        Ok(OPS.iter().find(|(kind, _)| *kind == found).map_or(Operator::Add, |(_, op)| *op))
    }
}
