//! Assignments and deletions.

use lockstep_grammar::{Dialect, Name, Span, tree::*};

use super::chain::attribute_span;
use super::names::Access;
use super::scope::ScopeKind;
use super::unit::{Reg, TEMP, is_temp};
use super::{Compiler, Fault, Res};
use crate::code::{Const, Instr, Op};

impl<'t> Compiler<'t> {
    pub fn assign(&mut self, targets: &'t [Expr], value: &'t Expr, span: Span) -> Res {
        if let [target] = targets {
            return self.assign_one(target, value, span);
        }
        let constant = self.folded(value);
        if let Some(constant) = constant.filter(|_| targets.iter().all(|target| matches!(target.node, ExprKind::Name { .. }))) {
            for target in targets {
                let ExprKind::Name { id } = &target.node else {
                    continue;
                };
                let mark = self.unit.mark();
                let reg = self.local(id).unwrap_or_else(|| self.unit.temp());
                self.load_const(constant.clone(), reg, value.span);
                self.store_name(id, reg, target.span);
                self.unit.release(mark);
            }
            return Ok(());
        }
        // The value is needed more than once.
        let pinned = self.unit.pin();
        self.expr_into(value, pinned)?;
        for target in targets {
            self.store(target, pinned)?;
        }
        self.unit.op(Op::Drop, pinned, 0, 0, span);
        self.unit.unpin(pinned);
        Ok(())
    }

    fn assign_one(&mut self, target: &'t Expr, value: &'t Expr, span: Span) -> Res {
        let mark = self.unit.mark();
        match (&target.node, &value.node) {
            (ExprKind::Name { id }, _) => {
                if let Some(local) = self.local(id) {
                    self.expr_into(value, local)?;
                    self.unit.set_bound(local, true);
                } else {
                    let reg = self.value(value, None)?;
                    self.store_name(id, reg, target.span);
                }
            }
            (
                ExprKind::Tuple { elts: targets } | ExprKind::List { elts: targets },
                ExprKind::Tuple { elts: values } | ExprKind::List { elts: values },
            ) if targets.len() == values.len()
                && targets.len() <= 16
                && !targets.is_empty()
                && !targets.iter().chain(values).any(|elt| matches!(elt.node, ExprKind::Starred { .. })) =>
            {
                self.assign_parallel(targets, values, span)?;
            }
            _ => {
                let reg = self.value(value, None)?;
                self.store(target, reg)?;
            }
        }
        self.unit.release(mark);
        Ok(())
    }

    /// `a, b = x, y`: all values first, then the targets from left to right, without a tuple.
    fn assign_parallel(&mut self, targets: &'t [Expr], values: &'t [Expr], span: Span) -> Res {
        let locals: Option<Vec<Reg>> = targets
            .iter()
            .map(|target| match &target.node {
                ExprKind::Name { id } => self.local(id),
                _ => None,
            })
            .collect();
        let Some(locals) = locals.filter(|locals| (1..locals.len()).all(|i| !locals[..i].contains(&locals[i]))) else {
            let first = TEMP + self.unit.mark();
            for value in values {
                self.push(value)?;
            }
            for (target, reg) in targets.iter().zip(first..) {
                self.store(target, reg)?;
            }
            return Ok(());
        };
        // Locals are read where they are, the rest goes through temporaries.
        let mut moves = Vec::new();
        for (index, (value, local)) in values.iter().zip(&locals).enumerate() {
            let rebinds = values[index + 1..].iter().any(|later| self.may_rebind(later));
            let reg = if rebinds { self.push(value)? } else { self.value(value, None)? };
            moves.push((*local, reg));
        }
        // The last value may go straight to its target if nobody reads the old one.
        if let Some((local, reg)) = moves.last().copied()
            && is_temp(reg)
            && !moves.iter().any(|(_, src)| *src == local)
            && self.retarget(reg, local)
        {
            moves.pop();
        }
        self.parallel_moves(moves, span);
        for local in locals {
            self.unit.set_bound(local, true);
        }
        Ok(())
    }

    /// Lets the instruction emitted last write `to` instead of `from`, if it can.
    fn retarget(&mut self, from: Reg, to: Reg) -> bool {
        let here = self.unit.here();
        if self.unit.labels.contains(&here) {
            return false;
        }
        let Some(instr) = self.unit.instrs.last_mut() else {
            return false;
        };
        match instr.op {
            Op::Call | Op::CallMethod if instr.c == from => instr.c = to,
            Op::Add
            | Op::Sub
            | Op::Mul
            | Op::TrueDiv
            | Op::FloorDiv
            | Op::Mod
            | Op::AddInt
            | Op::SubInt
            | Op::MulInt
            | Op::FloorDivInt
            | Op::ModInt
            | Op::GetItem
            | Op::GetItemInt
            | Op::LoadAttr
            | Op::LoadConst
            | Op::LoadInt
            | Op::LoadNone
            | Op::LoadGlobal
                if instr.a == from =>
            {
                instr.a = to;
            }
            _ => return false,
        }
        true
    }

    /// Moves values into locals as if all at once.
    fn parallel_moves(&mut self, mut moves: Vec<(Reg, Reg)>, span: Span) {
        moves.retain(|(dst, src)| dst != src);
        while !moves.is_empty() {
            let free = moves.iter().position(|(dst, _)| !moves.iter().any(|(_, src)| src == dst));
            match free {
                Some(index) => {
                    let (dst, src) = moves.remove(index);
                    self.unit.op(Op::Move, dst, src, 0, span);
                }
                None => {
                    // A ring: one value steps aside.
                    let dst = moves[0].0;
                    let aside = self.unit.temp();
                    self.unit.op(Op::Move, aside, dst, 0, span);
                    let mut taken = false;
                    for (_, src) in &mut moves {
                        if *src == dst {
                            *src = if taken { dst } else { aside };
                            taken = true;
                        }
                    }
                }
            }
        }
    }

    /// Stores register `src` in a target. A temporary is consumed.
    pub fn store(&mut self, target: &'t Expr, src: Reg) -> Res {
        let mark = self.unit.mark();
        match &target.node {
            ExprKind::Name { id } => self.store_name(id, src, target.span),
            ExprKind::Attribute { value, attr } => {
                self.note_self(value, attr);
                let object = self.checked_value(value, None)?;
                let name = self.mangled(attr);
                let site = self.unit.attr_site(&name);
                let span = attribute_span(target.span, attr, self);
                self.unit.emit(Instr::site(Op::StoreAttr, object, src, site), span);
            }
            ExprKind::Subscript { value, slice } => {
                if let ExprKind::Slice { lower, upper, step: None } = &slice.node {
                    let object = self.value(value, None)?;
                    let bounds = self.bounds(lower.as_deref(), upper.as_deref(), slice.span)?;
                    self.unit.op(Op::SetSlice, object, bounds, src, target.span);
                } else {
                    let object = self.value_before(value, slice, None)?;
                    let index = if Self::is_simple(slice) { self.checked_value(slice, None)? } else { self.value(slice, None)? };
                    self.unit.op(Op::SetItem, object, index, src, target.span);
                }
            }
            ExprKind::Tuple { elts } | ExprKind::List { elts } => self.unpack(elts, src, target.span)?,
            ExprKind::Starred { .. } => {
                return Err(Fault::new("starred assignment target must be in a list or tuple", target.span));
            }
            _ => return Err(Fault::new("cannot assign to expression", target.span)),
        }
        self.unit.release(mark);
        Ok(())
    }

    /// Remembers attributes of `self` for `__static_attributes__`.
    fn note_self(&mut self, value: &Expr, attr: &Name) {
        if !matches!(&value.node, ExprKind::Name { id } if &**id == "self") {
            return;
        }
        let class = self.units.iter_mut().rev().find(|unit| self.scopes.all[unit.scope].kind == ScopeKind::Class);
        if let Some(class) = class
            && !class.static_attributes.contains(attr)
        {
            class.static_attributes.push(attr.clone());
        }
    }

    fn unpack(&mut self, elts: &'t [Expr], src: Reg, span: Span) -> Res {
        let star = elts.iter().position(|elt| matches!(elt.node, ExprKind::Starred { .. }));
        let count = elts.len() as u16;
        if let Some(star) = star {
            if elts[star + 1..].iter().any(|elt| matches!(elt.node, ExprKind::Starred { .. })) {
                return Err(Fault::new("multiple starred expressions in assignment", span));
            }
            let after = elts.len() - star - 1;
            if star >= 1 << 8 || after > 255 {
                return Err(Fault::new("too many expressions in star-unpacking assignment", span));
            }
            let first = self.unit.temps(count);
            self.unit.emit(Instr::new(Op::UnpackStar, src, first, star as u16).with(after as u8), span);
            for (elt, reg) in elts.iter().zip(first..) {
                match &elt.node {
                    ExprKind::Starred { value } => self.store(value, reg)?,
                    _ => self.store(elt, reg)?,
                }
            }
            return Ok(());
        }
        if elts.len() >= 1 << 14 {
            return Err(Fault::new("too many expressions in unpacking assignment", span));
        }
        // Locals in a row are filled directly.
        let mut locals = Vec::new();
        for elt in elts {
            if let ExprKind::Name { id } = &elt.node
                && let Some(reg) = self.local(id)
            {
                locals.push(reg);
            }
        }
        let row = locals.len() == elts.len() && locals.windows(2).all(|pair| pair[1] == pair[0] + 1);
        if row && let Some(first) = locals.first().copied() {
            self.unit.op(Op::Unpack, src, first, count, span);
            locals.into_iter().for_each(|reg| self.unit.set_bound(reg, true));
            return Ok(());
        }
        let first = self.unit.temps(count);
        self.unit.op(Op::Unpack, src, first, count, span);
        for (elt, reg) in elts.iter().zip(first..) {
            self.store(elt, reg)?;
        }
        Ok(())
    }

    pub fn aug_assign(&mut self, target: &'t Expr, op: Operator, value: &'t Expr, span: Span) -> Res {
        match &target.node {
            ExprKind::Name { id } => {
                let name = self.mangled(id);
                if let Access::Local(reg) = self.access(&name) {
                    if self.may_rebind(value) {
                        let left = self.push(target)?;
                        self.binary(op, left, value, reg, true, span)?;
                    } else {
                        if !self.unit.is_bound(reg) && !Self::is_simple(value) {
                            self.unit.op(Op::CheckLocal, reg, 0, 0, target.span);
                        }
                        self.binary(op, reg, value, reg, true, span)?;
                    }
                    self.unit.set_bound(reg, true);
                } else {
                    let left = self.push(target)?;
                    self.binary(op, left, value, left, true, span)?;
                    self.store_name(id, left, target.span);
                }
            }
            ExprKind::Attribute { value: object, attr } => {
                self.note_self(object, attr);
                let (reg, pinned) = self.twice(object, value)?;
                let name = self.mangled(attr);
                let site = self.unit.attr_site(&name);
                let left = self.unit.temp();
                let at = attribute_span(target.span, attr, self);
                self.unit.emit(Instr::site(Op::LoadAttr, left, reg, site), at);
                self.binary(op, left, value, left, true, span)?;
                let site = self.unit.attr_site(&name);
                self.unit.emit(Instr::site(Op::StoreAttr, reg, left, site), at);
                self.forget(pinned, reg, span);
            }
            ExprKind::Subscript { value: object, slice } => {
                if let ExprKind::Slice { lower, upper, step: None } = &slice.node {
                    return self.aug_slice(object, lower.as_deref(), upper.as_deref(), target.span, op, value, span);
                }
                if let Some(index) = self.folded(slice) {
                    return self.aug_constant(object, index, target.span, op, value, span);
                }
                let (reg, pinned) = if Self::is_simple(slice) { self.twice(object, value)? } else { self.twice(object, slice)? };
                let (index, index_pinned) = self.twice(slice, value)?;
                let left = self.unit.temp();
                self.unit.op(Op::GetItem, left, reg, index, target.span);
                self.binary(op, left, value, left, true, span)?;
                self.unit.op(Op::SetItem, reg, index, left, target.span);
                self.forget(pinned, reg, span);
                self.forget(index_pinned, index, span);
            }
            _ => {
                return Err(Fault::new("illegal expression for augmented assignment", target.span));
            }
        }
        Ok(())
    }

    /// `object[constant] op= value`.
    fn aug_constant(&mut self, object: &'t Expr, index: Const, target: Span, op: Operator, value: &'t Expr, span: Span) -> Res {
        let (reg, pinned) = self.twice(object, value)?;
        let left = self.unit.temp();
        match index {
            Const::Int(n) if i16::try_from(n).is_ok() => self.unit.op(Op::GetItemInt, left, reg, n as u16, target),
            _ => {
                let at = self.unit.temp();
                self.load_const(index.clone(), at, target);
                self.unit.op(Op::GetItem, left, reg, at, target);
            }
        }
        self.binary(op, left, value, left, true, span)?;
        let at = self.unit.temp();
        self.load_const(index, at, target);
        self.unit.op(Op::SetItem, reg, at, left, target);
        self.forget(pinned, reg, span);
        Ok(())
    }

    fn aug_slice(
        &mut self,
        object: &'t Expr,
        lower: Option<&'t Expr>,
        upper: Option<&'t Expr>,
        target: Span,
        op: Operator,
        value: &'t Expr,
        span: Span,
    ) -> Res {
        let (object, slice) = {
            let reg = self.unit.pin();
            self.expr_into(object, reg)?;
            let slice = self.unit.pin();
            let mark = self.unit.mark();
            let bounds = self.bounds(lower, upper, target)?;
            self.unit.op(Op::BuildSlice, slice, bounds, 2, target);
            self.unit.release(mark);
            (reg, slice)
        };
        let left = self.unit.temp();
        self.unit.op(Op::GetItem, left, object, slice, target);
        self.binary(op, left, value, left, true, span)?;
        self.unit.op(Op::SetItem, object, slice, left, target);
        self.forget(true, object, span);
        self.forget(true, slice, span);
        Ok(())
    }

    /// A register that can be read twice, and whether it is a pinned one made for it.
    fn twice(&mut self, expr: &'t Expr, later: &Expr) -> Res<(Reg, bool)> {
        if let ExprKind::Name { id } = &expr.node
            && !self.may_rebind(later)
            && self.local(id).is_some()
        {
            return Ok((self.value(expr, None)?, false));
        }
        let pinned = self.unit.pin();
        self.expr_into(expr, pinned)?;
        Ok((pinned, true))
    }

    fn forget(&mut self, pinned: bool, reg: Reg, span: Span) {
        if pinned {
            self.unit.op(Op::Drop, reg, 0, 0, span);
            self.unit.unpin(reg);
        }
    }

    pub fn delete(&mut self, target: &'t Expr) -> Res {
        let mark = self.unit.mark();
        match &target.node {
            ExprKind::Name { id } => self.delete_name(id, target.span),
            ExprKind::Attribute { value, attr } => {
                let object = self.checked_value(value, None)?;
                let name = self.mangled(attr);
                let site = self.unit.attr_site(&name);
                let span = attribute_span(target.span, attr, self);
                self.unit.emit(Instr::site(Op::DelAttr, object, 0, site), span);
            }
            ExprKind::Subscript { value, slice } => {
                let object = self.value_before(value, slice, None)?;
                let index = self.value(slice, None)?;
                self.unit.op(Op::DelItem, object, index, 0, target.span);
            }
            ExprKind::Tuple { elts } | ExprKind::List { elts } => {
                elts.iter().try_for_each(|target| self.delete(target))?;
            }
            _ => return Err(Fault::new("cannot delete expression", target.span)),
        }
        self.unit.release(mark);
        Ok(())
    }

    /// The end of `except ... as`: the variable becomes None, then goes.
    pub fn unname(&mut self, target: &'t Expr, span: Span) -> Res {
        let ExprKind::Name { id } = &target.node else {
            return Ok(());
        };
        if self.options.dialect == Dialect::Python2 {
            return Ok(());
        }
        if let Some(reg) = self.local(id) {
            self.unit.op(Op::Drop, reg, 0, 0, span);
            self.unit.set_bound(reg, false);
            return Ok(());
        }
        let mark = self.unit.mark();
        let none = self.unit.temp();
        self.unit.op(Op::LoadNone, none, 0, 0, span);
        self.store_name(id, none, span);
        self.delete_name(id, span);
        self.unit.release(mark);
        Ok(())
    }
}
