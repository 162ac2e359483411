//! Patterns as node objects.

use lockstep_grammar::tree::{Pattern, PatternKind};
use lockstep_interp::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::Result;

use super::super::table::Kind;
use super::{Maker, Use};

impl Maker<'_> {
    fn patterns(&mut self, py: &mut Py, patterns: &[Pattern]) -> Result<Value> {
        self.list(py, patterns, Self::pattern)
    }

    pub(super) fn pattern(&mut self, py: &mut Py, pattern: &Pattern) -> Result<Value> {
        py.native_stack()?;
        let span = pattern.span;
        Ok(match &pattern.node {
            PatternKind::MatchValue { value } => {
                let value = self.expr(py, value, Use::Load)?;
                self.node(py, Kind::MatchValue, [value], span)
            }
            PatternKind::MatchSingleton { value } => {
                let value = self.constant(py, value);
                self.node(py, Kind::MatchSingleton, [value], span)
            }
            PatternKind::MatchSequence { patterns } => {
                let patterns = self.patterns(py, patterns)?;
                self.node(py, Kind::MatchSequence, [patterns], span)
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                let (keys, patterns) = (self.exprs(py, keys)?, self.patterns(py, patterns)?);
                let rest = self.name_opt(py, rest.as_ref());
                self.node(py, Kind::MatchMapping, [keys, patterns, rest], span)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                let (cls, patterns) = (self.expr(py, cls, Use::Load)?, self.patterns(py, patterns)?);
                let (attrs, kwd_patterns) = (self.names(py, kwd_attrs), self.patterns(py, kwd_patterns)?);
                self.node(py, Kind::MatchClass, [cls, patterns, attrs, kwd_patterns], span)
            }
            PatternKind::MatchStar { name } => {
                let name = self.name_opt(py, name.as_ref());
                self.node(py, Kind::MatchStar, [name], span)
            }
            PatternKind::MatchAs { pattern, name } => {
                let pattern = match pattern {
                    Some(pattern) => self.pattern(py, pattern)?,
                    None => Value::NONE,
                };
                let name = self.name_opt(py, name.as_ref());
                self.node(py, Kind::MatchAs, [pattern, name], span)
            }
            PatternKind::MatchOr { patterns } => {
                let patterns = self.patterns(py, patterns)?;
                self.node(py, Kind::MatchOr, [patterns], span)
            }
        })
    }
}
