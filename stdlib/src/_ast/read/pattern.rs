//! Patterns from node objects.

use lockstep_grammar::tree::*;
use lockstep_interp::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Exc, Raised, Result, value_error};

use super::super::objects::Use;
use super::super::table::Kind;
use super::{MAX_NESTING, Reader};

const KINDS: &[Kind] = &[
    Kind::MatchValue,
    Kind::MatchSingleton,
    Kind::MatchSequence,
    Kind::MatchMapping,
    Kind::MatchClass,
    Kind::MatchStar,
    Kind::MatchAs,
    Kind::MatchOr,
];

/// Whether an expression is a number, perhaps with a minus.
fn is_number(expr: &Expr, imaginary: bool) -> bool {
    match &expr.node {
        ExprKind::Constant(Constant::Int(_) | Constant::BigInt(_) | Constant::Float(_)) => !imaginary,
        ExprKind::Constant(Constant::Complex(_) | Constant::ComplexPair(..)) => imaginary,
        _ => false,
    }
}

fn is_signed(expr: &Expr, imaginary: bool) -> bool {
    match &expr.node {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => is_number(operand, imaginary),
        _ => is_number(expr, imaginary),
    }
}

/// What a value pattern may hold.
fn check_value(expr: &Expr) -> Result<()> {
    let fits = match &expr.node {
        ExprKind::Constant(
            Constant::None | Constant::True | Constant::False | Constant::Ellipsis | Constant::Tuple(_) | Constant::FrozenSet(_),
        ) => return Err(value_error("unexpected constant inside of a literal pattern")),
        ExprKind::Constant(_) | ExprKind::Attribute { .. } | ExprKind::JoinedStr { .. } => true,
        ExprKind::UnaryOp { .. } => is_signed(expr, false) || is_signed(expr, true),
        ExprKind::BinOp { left, op: Operator::Add | Operator::Sub, right } => is_signed(left, false) && is_number(right, true),
        _ => false,
    };
    if fits { Ok(()) } else { Err(value_error("patterns may only match literals and attribute lookups")) }
}

/// A name that a pattern binds.
fn check_capture(name: Option<&Name>) -> Result<()> {
    if name.is_some_and(|name| &**name == "_") {
        return Err(value_error("can't capture name '_' in patterns"));
    }
    name.map_or(Ok(()), |name| Reader::not_constant(name))
}

impl Reader {
    fn patterns(&mut self, py: &mut Py, object: &Value, owner: Kind, field: &str, star: bool) -> Result<Vec<Pattern>> {
        let items = self.items(py, object, owner, field)?;
        items.iter().map(|item| self.pattern(py, item, star)).collect()
    }

    /// A pattern; `star`: it may be `*name`.
    pub(super) fn pattern(&mut self, py: &mut Py, object: &Value, star: bool) -> Result<Pattern> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(Raised::new(Exc::RecursionError, "maximum recursion depth exceeded during compilation"));
        }
        let pattern = self.pattern_inner(py, object, star);
        self.nesting -= 1;
        pattern
    }

    fn pattern_inner(&mut self, py: &mut Py, object: &Value, star: bool) -> Result<Pattern> {
        py.native_stack()?;
        let span = self.span_of(py, object, Kind::pattern, false)?;
        let kind = self.which(py, object, Kind::pattern, KINDS)?;
        let node = match kind {
            Kind::MatchValue => {
                let value = self.expr_field(py, object, kind, "value")?;
                check_value(&value)?;
                PatternKind::MatchValue { value }
            }
            Kind::MatchSingleton => {
                let value = self.required(py, object, kind, "value")?;
                let value = self.constant(py, &value, false)?;
                if !matches!(value, Constant::None | Constant::True | Constant::False) {
                    return Err(value_error("MatchSingleton can only contain True, False and None"));
                }
                PatternKind::MatchSingleton { value }
            }
            Kind::MatchSequence => PatternKind::MatchSequence { patterns: self.patterns(py, object, kind, "patterns", true)? },
            Kind::MatchMapping => self.mapping(py, object)?,
            Kind::MatchClass => self.class_pattern(py, object)?,
            Kind::MatchStar => {
                if !star {
                    return Err(value_error("can't use MatchStar here"));
                }
                let name = self.name_opt(py, object, "name")?;
                check_capture(name.as_ref())?;
                PatternKind::MatchStar { name }
            }
            Kind::MatchAs => {
                let pattern = match self.optional(py, object, "pattern")? {
                    Some(pattern) => Some(Box::new(self.pattern(py, &pattern, false)?)),
                    None => None,
                };
                let name = self.name_opt(py, object, "name")?;
                check_capture(name.as_ref())?;
                if pattern.is_some() && name.is_none() {
                    return Err(value_error("MatchAs must specify a target name if a pattern is given"));
                }
                PatternKind::MatchAs { pattern, name }
            }
            _ => {
                let patterns = self.patterns(py, object, kind, "patterns", false)?;
                if patterns.len() < 2 {
                    return Err(value_error("MatchOr requires at least 2 patterns"));
                }
                PatternKind::MatchOr { patterns }
            }
        };
        Ok(Pattern { span, node })
    }

    fn mapping(&mut self, py: &mut Py, object: &Value) -> Result<PatternKind> {
        let kind = Kind::MatchMapping;
        let keys = self.exprs(py, object, kind, "keys", Use::Load)?;
        let patterns = self.patterns(py, object, kind, "patterns", false)?;
        let rest = self.name_opt(py, object, "rest")?;
        if keys.len() != patterns.len() {
            return Err(value_error("MatchMapping doesn't have the same number of keys as patterns"));
        }
        check_capture(rest.as_ref())?;
        for key in &keys {
            if !matches!(key.node, ExprKind::Constant(Constant::None | Constant::True | Constant::False)) {
                check_value(key)?;
            }
        }
        Ok(PatternKind::MatchMapping { keys, patterns, rest })
    }

    fn class_pattern(&mut self, py: &mut Py, object: &Value) -> Result<PatternKind> {
        let kind = Kind::MatchClass;
        let cls = self.expr_field(py, object, kind, "cls")?;
        let patterns = self.patterns(py, object, kind, "patterns", false)?;
        let kwd_attrs = self.names(py, object, kind, "kwd_attrs")?;
        let kwd_patterns = self.patterns(py, object, kind, "kwd_patterns", false)?;
        if kwd_attrs.len() != kwd_patterns.len() {
            return Err(value_error("MatchClass doesn't have the same number of keyword attributes as patterns"));
        }
        let mut at = &cls;
        loop {
            match &at.node {
                ExprKind::Name { .. } => break,
                ExprKind::Attribute { value, .. } => at = value,
                _ => return Err(value_error("MatchClass cls field can only contain Name or Attribute nodes.")),
            }
        }
        kwd_attrs.iter().try_for_each(|name| Self::not_constant(name))?;
        Ok(PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns })
    }
}
