//! `match`: each pattern jumps to where the next case begins when it fails. What is captured is
//! bound only when the whole pattern has matched.

use lockstep_grammar::{Name, Span, tree::*};

use super::unit::{Label, Reg, meet};
use super::{Compiler, Fault, Res, fold};
use crate::code::{Const, Instr, Intrinsic, Op};

/// The state of matching one case.
struct Matching {
    fail: Label,
    /// Names to bind, and the pinned registers that hold their values.
    captures: Vec<(Name, Reg, Span)>,
    /// Registers to forget.
    pinned: Vec<Reg>,
    /// Whether what matches anything may stand here: nothing comes after it.
    allow_irrefutable: bool,
}

/// Whether a pattern matches anything.
fn irrefutable(pattern: &Pattern) -> bool {
    match &pattern.node {
        PatternKind::MatchAs { pattern: None, .. } => true,
        PatternKind::MatchAs { pattern: Some(inner), .. } => irrefutable(inner),
        PatternKind::MatchOr { patterns } => patterns.iter().any(irrefutable),
        _ => false,
    }
}

impl<'t> Compiler<'t> {
    pub fn match_stmt(&mut self, subject: &'t Expr, cases: &'t [MatchCase]) -> Res {
        let reg = self.unit.pin();
        self.expr_into(subject, reg)?;
        let end = self.unit.label();
        let mut out = None;
        for (index, case) in cases.iter().enumerate() {
            let last = index + 1 == cases.len();
            let entry = self.unit.bound.clone();
            let mut matching = Matching {
                fail: self.unit.label(),
                captures: Vec::new(),
                pinned: Vec::new(),
                allow_irrefutable: last || case.guard.is_some(),
            };
            if last && matches!(case.pattern.node, PatternKind::MatchAs { pattern: None, name: None }) {
                self.unit.line(case.pattern.span);
            }
            self.pattern(&case.pattern, reg, &mut matching)?;
            for (name, reg, span) in &matching.captures {
                self.store_name(name, *reg, *span);
            }
            if let Some(guard) = &case.guard {
                self.jump_if(guard, matching.fail, false)?;
            }
            // The values of the pattern live no longer than their names.
            for pinned in matching.pinned.iter().chain([&reg]) {
                self.unit.op(Op::Drop, *pinned, 0, 0, case.span);
            }
            for pinned in &matching.pinned {
                self.unit.unpin(*pinned);
            }
            self.body(&case.body)?;
            out = meet(out, &self.unit.bound);
            if self.unit.bound.is_some() {
                self.unit.jump(end, case.span);
            }
            self.unit.place(matching.fail);
            self.unit.bound = entry;
            if case.guard.is_none() && irrefutable(&case.pattern) {
                self.unit.unreachable();
            }
            for pinned in &matching.pinned {
                self.unit.op(Op::Drop, *pinned, 0, 0, case.span);
            }
        }
        self.unit.op(Op::Drop, reg, 0, 0, subject.span);
        self.unit.place(end);
        self.unit.bound = meet(out, &self.unit.bound);
        self.unit.unpin(reg);
        Ok(())
    }

    fn capture_name(&mut self, name: &Name, reg: Reg, span: Span, matching: &mut Matching) -> Res {
        if matching.captures.iter().any(|(old, ..)| old == name) {
            return Err(Fault::new(format!("multiple assignments to name '{name}' in pattern"), span));
        }
        matching.captures.push((name.clone(), reg, span));
        Ok(())
    }

    /// Matches the value in the pinned register `subject`.
    fn pattern(&mut self, pattern: &'t Pattern, subject: Reg, matching: &mut Matching) -> Res {
        let span = pattern.span;
        let mark = self.unit.mark();
        match &pattern.node {
            PatternKind::MatchValue { value } => {
                if matches!(value.node, ExprKind::JoinedStr { .. } | ExprKind::TemplateStr { .. }) {
                    return Err(Fault::new("patterns may only match literals and attribute lookups", span));
                }
                let reg = self.value(value, None)?;
                self.unit.jump_with(Instr::new(Op::JumpEq, subject, reg, 0), matching.fail, span);
            }
            PatternKind::MatchSingleton { value: Constant::None } => {
                self.unit.jump_with(Instr::new(Op::JumpNotNone, subject, 0, 0), matching.fail, span);
            }
            PatternKind::MatchSingleton { value } => {
                let reg = self.unit.temp();
                self.load_const(fold::constant(value), reg, span);
                self.unit.op(Op::Is, reg, subject, reg, span);
                self.unit.jump_with(Instr::new(Op::JumpFalse, reg, 0, 0), matching.fail, span);
            }
            PatternKind::MatchSequence { patterns } => self.sequence(patterns, subject, matching, span)?,
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.mapping(keys, patterns, rest.as_ref(), subject, matching, span)?;
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.class_pattern(cls, patterns, kwd_attrs, kwd_patterns, subject, matching, span)?;
            }
            PatternKind::MatchStar { name } => {
                if let Some(name) = name {
                    self.capture_name(name, subject, span, matching)?;
                }
            }
            PatternKind::MatchAs { pattern: inner, name } => {
                match inner {
                    Some(inner) => self.pattern(inner, subject, matching)?,
                    None if !matching.allow_irrefutable => {
                        let what = match name {
                            Some(name) => format!("name capture '{name}'"),
                            None => "wildcard".into(),
                        };
                        return Err(Fault::new(format!("{what} makes remaining patterns unreachable"), span));
                    }
                    None => {}
                }
                if let Some(name) = name {
                    self.capture_name(name, subject, span, matching)?;
                }
            }
            PatternKind::MatchOr { patterns } => self.alternatives(patterns, subject, matching, span)?,
        }
        self.unit.release(mark);
        Ok(())
    }

    /// Asks an intrinsic about the subject; fails unless it says yes.
    fn ask(&mut self, what: Intrinsic, subject: Reg, fail: Label, span: Span) {
        let mark = self.unit.mark();
        let reg = self.unit.temp();
        self.unit.op(Op::Move, reg, subject, 0, span);
        self.unit.intrinsic(what, reg, reg, 1, span);
        self.unit.jump_with(Instr::new(Op::JumpFalse, reg, 0, 0), fail, span);
        self.unit.release(mark);
    }

    /// Fails unless the length of the subject compares as wanted.
    fn ask_length(&mut self, fails_if: (Op, Op), count: usize, subject: Reg, fail: Label, span: Span) {
        let mark = self.unit.mark();
        let reg = self.unit.temp();
        self.unit.op(Op::Move, reg, subject, 0, span);
        self.unit.intrinsic(Intrinsic::Len, reg, reg, 1, span);
        match i16::try_from(count) {
            Ok(n) => self.unit.jump_with(Instr::new(fails_if.1, reg, n as u16, 0).with(1), fail, span),
            Err(_) => {
                let other = self.unit.temp();
                self.load_const(Const::Int(count as i64), other, span);
                self.unit.jump_with(Instr::new(fails_if.0, reg, other, 0).with(1), fail, span);
            }
        }
        self.unit.release(mark);
    }

    fn sequence(&mut self, patterns: &'t [Pattern], subject: Reg, matching: &mut Matching, span: Span) -> Res {
        let stars: Vec<usize> = patterns
            .iter()
            .enumerate()
            .filter(|(_, pattern)| matches!(pattern.node, PatternKind::MatchStar { .. }))
            .map(|(index, _)| index)
            .collect();
        if stars.len() > 1 {
            return Err(Fault::new("multiple starred names in sequence pattern", patterns[stars[1]].span));
        }
        self.ask(Intrinsic::MatchSequence, subject, matching.fail, span);
        let wildcard = |pattern: &Pattern| {
            matches!(pattern.node, PatternKind::MatchAs { pattern: None, name: None } | PatternKind::MatchStar { name: None })
        };
        let star = stars.first().copied();
        match star {
            None => self.ask_length((Op::JumpNe, Op::JumpNeInt), patterns.len(), subject, matching.fail, span),
            Some(_) if patterns.len() > 1 => {
                self.ask_length((Op::JumpLt, Op::JumpLtInt), patterns.len() - 1, subject, matching.fail, span);
            }
            Some(_) => {}
        }
        if patterns.is_empty() || patterns.iter().all(wildcard) {
            return Ok(());
        }
        if patterns.len() > 4000 {
            return Err(Fault::new("too many expressions in star-unpacking sequence pattern", span));
        }
        let row = self.part_row(patterns.len(), matching);
        match star {
            Some(star) if wildcard(&patterns[star]) => {
                self.items_around(patterns.len(), star, subject, row, span);
            }
            Some(star) => {
                let after = patterns.len() - star - 1;
                if after > 255 {
                    return Err(Fault::new("too many expressions in star-unpacking sequence pattern", span));
                }
                self.unit.emit(Instr::new(Op::UnpackStar, subject, row, star as u16).with(after as u8), span);
            }
            None => self.unit.op(Op::Unpack, subject, row, patterns.len() as u16, span),
        }
        self.match_parts(patterns.iter(), row, matching)
    }

    /// Reads the items before and after a nameless star by their indices: the items that it
    /// stands for are not asked for.
    fn items_around(&mut self, count: usize, star: usize, subject: Reg, row: Reg, span: Span) {
        let mark = self.unit.mark();
        let (index, length) = (self.unit.temp(), self.unit.temp());
        self.unit.op(Op::Move, length, subject, 0, span);
        self.unit.intrinsic(Intrinsic::Len, length, length, 1, span);
        for at in 0..count {
            let out = row + at as u16;
            if at == star {
                // Nothing looks at it.
                self.unit.op(Op::Move, out, subject, 0, span);
                continue;
            }
            let number = if at < star { at } else { count - at };
            self.load_const(Const::Int(number as i64), index, span);
            if at > star {
                self.unit.op(Op::Sub, index, length, index, span);
            }
            self.unit.op(Op::GetItem, out, subject, index, span);
        }
        self.unit.release(mark);
    }

    /// Pinned registers for the parts of a subject.
    fn part_row(&mut self, count: usize, matching: &mut Matching) -> Reg {
        let row = self.unit.pin_row(count as u16);
        matching.pinned.extend(row..row + count as u16);
        row
    }

    fn match_parts(&mut self, patterns: impl Iterator<Item = &'t Pattern>, row: Reg, matching: &mut Matching) -> Res {
        let allowed = std::mem::replace(&mut matching.allow_irrefutable, true);
        for (pattern, reg) in patterns.zip(row..) {
            self.pattern(pattern, reg, matching)?;
        }
        matching.allow_irrefutable = allowed;
        Ok(())
    }

    fn mapping(
        &mut self,
        keys: &'t [Expr],
        patterns: &'t [Pattern],
        rest: Option<&Name>,
        subject: Reg,
        matching: &mut Matching,
        span: Span,
    ) -> Res {
        self.ask(Intrinsic::MatchMapping, subject, matching.fail, span);
        if keys.is_empty() && rest.is_none() {
            return Ok(());
        }
        if !keys.is_empty() {
            self.ask_length((Op::JumpLt, Op::JumpLtInt), keys.len(), subject, matching.fail, span);
        }
        let mut seen: Vec<Const> = Vec::new();
        for key in keys {
            if matches!(key.node, ExprKind::JoinedStr { .. } | ExprKind::TemplateStr { .. }) {
                let text = "mapping pattern keys may only match literals and attribute lookups";
                return Err(Fault::new(text, span));
            }
            let Some(value) = self.folded(key) else {
                continue;
            };
            if seen.iter().any(|old| fold::equal(old, &value)) {
                let shown = match &value {
                    Const::Int(n) => n.to_string(),
                    _ => super::unparse::unparse(key),
                };
                return Err(Fault::new(format!("mapping pattern checks duplicate key ({shown})"), span));
            }
            seen.push(value);
        }
        let tuple = self.part_row(1, matching);
        self.tuple_of(keys, tuple, span)?;
        if !keys.is_empty() {
            let mark = self.unit.mark();
            let first = self.unit.temps(2);
            self.unit.op(Op::Move, first, subject, 0, span);
            self.unit.op(Op::Move, first + 1, tuple, 0, span);
            let values = self.part_row(1, matching);
            self.unit.intrinsic(Intrinsic::MatchKeys, values, first, 2, span);
            self.unit.release(mark);
            self.unit.jump_with(Instr::new(Op::JumpNone, values, 0, 0), matching.fail, span);
            let row = self.part_row(keys.len(), matching);
            self.unit.op(Op::Unpack, values, row, keys.len() as u16, span);
            self.match_parts(patterns.iter(), row, matching)?;
        }
        if let Some(rest) = rest {
            let mark = self.unit.mark();
            let first = self.unit.temps(2);
            self.unit.op(Op::Move, first, subject, 0, span);
            self.unit.op(Op::Move, first + 1, tuple, 0, span);
            let left = self.part_row(1, matching);
            self.unit.intrinsic(Intrinsic::MatchRest, left, first, 2, span);
            self.unit.release(mark);
            self.capture_name(rest, left, span, matching)?;
        }
        Ok(())
    }

    fn tuple_of(&mut self, exprs: &'t [Expr], dst: Reg, span: Span) -> Res {
        let values: Option<Vec<Const>> = exprs.iter().map(|expr| self.folded(expr)).collect();
        match values {
            Some(values) => self.load_const(Const::Tuple(values.into()), dst, span),
            None => {
                let mark = self.unit.mark();
                self.tuple(exprs, dst, span)?;
                self.unit.release(mark);
            }
        }
        Ok(())
    }

    fn class_pattern(
        &mut self,
        class: &'t Expr,
        patterns: &'t [Pattern],
        names: &'t [Name],
        named: &'t [Pattern],
        subject: Reg,
        matching: &mut Matching,
        span: Span,
    ) -> Res {
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                let at = named.get(index).map_or(span, |pattern| pattern.span);
                return Err(Fault::new(format!("attribute name repeated in class pattern: {name}"), at));
            }
        }
        let mark = self.unit.mark();
        let first = self.unit.temps(4);
        self.unit.op(Op::Move, first, subject, 0, span);
        self.expr_into(class, first + 1)?;
        self.load_const(Const::Int(patterns.len() as i64), first + 2, span);
        let attributes: Vec<Const> = names.iter().map(|name| Const::Str(name.as_bytes().into())).collect();
        self.load_const(Const::Tuple(attributes.into()), first + 3, span);
        let values = self.part_row(1, matching);
        self.unit.intrinsic(Intrinsic::MatchClass, values, first, 4, span);
        self.unit.release(mark);
        self.unit.jump_with(Instr::new(Op::JumpNone, values, 0, 0), matching.fail, span);
        let count = patterns.len() + named.len();
        if count == 0 {
            return Ok(());
        }
        if count > 4000 {
            return Err(Fault::new("too many sub-patterns in class pattern", span));
        }
        let row = self.part_row(count, matching);
        self.unit.op(Op::Unpack, values, row, count as u16, span);
        self.match_parts(patterns.iter().chain(named), row, matching)
    }

    fn alternatives(&mut self, patterns: &'t [Pattern], subject: Reg, matching: &mut Matching, span: Span) -> Res {
        let matched = self.unit.label();
        let mut common: Option<Vec<(Name, Reg, Span)>> = None;
        for (index, pattern) in patterns.iter().enumerate() {
            let last = index + 1 == patterns.len();
            let fail = if last { matching.fail } else { self.unit.label() };
            let mut inner = Matching {
                fail,
                captures: Vec::new(),
                pinned: Vec::new(),
                allow_irrefutable: last && matching.allow_irrefutable,
            };
            self.pattern(pattern, subject, &mut inner)?;
            let targets = match &common {
                Some(targets) => targets.clone(),
                None => {
                    let targets: Vec<_> =
                        inner.captures.iter().map(|(name, _, span)| (name.clone(), self.unit.pin(), *span)).collect();
                    matching.pinned.extend(targets.iter().map(|(_, reg, _)| *reg));
                    targets
                }
            };
            if targets.len() != inner.captures.len() {
                return Err(Fault::new("alternative patterns bind different names", span));
            }
            for (name, target, _) in &targets {
                let found = inner.captures.iter().find(|(captured, ..)| captured == name);
                let Some((_, reg, at)) = found else {
                    return Err(Fault::new("alternative patterns bind different names", span));
                };
                self.unit.op(Op::Move, *target, *reg, 0, *at);
            }
            common = Some(targets);
            // Forgotten with the rest when the case is decided.
            matching.pinned.append(&mut inner.pinned);
            if !last {
                self.unit.jump(matched, pattern.span);
                self.unit.place(fail);
            }
        }
        self.unit.place(matched);
        for (name, reg, span) in common.unwrap_or_default() {
            self.capture_name(&name, reg, span, matching)?;
        }
        Ok(())
    }
}
