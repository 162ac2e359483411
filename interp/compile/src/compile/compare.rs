//! Comparisons, single and chained.

use lockstep_grammar::{Span, tree::*};

use super::unit::{Label, Reg, is_temp};
use super::{Compiler, Res};
use crate::code::{Const, Instr, Op};

/// The instruction of a comparison.
pub(crate) fn comparison(op: CmpOp) -> Op {
    match op {
        CmpOp::Eq => Op::Eq,
        CmpOp::NotEq => Op::Ne,
        CmpOp::Lt => Op::Lt,
        CmpOp::LtE => Op::Le,
        CmpOp::Gt => Op::Gt,
        CmpOp::GtE => Op::Ge,
        CmpOp::Is => Op::Is,
        CmpOp::IsNot => Op::IsNot,
        CmpOp::In => Op::In,
        CmpOp::NotIn => Op::NotIn,
    }
}

/// The fused jumps of a comparison: of two registers, of a register and a number.
fn fused(op: CmpOp) -> Option<(Op, Op)> {
    Some(match op {
        CmpOp::Eq => (Op::JumpEq, Op::JumpEqInt),
        CmpOp::NotEq => (Op::JumpNe, Op::JumpNeInt),
        CmpOp::Lt => (Op::JumpLt, Op::JumpLtInt),
        CmpOp::LtE => (Op::JumpLe, Op::JumpLeInt),
        CmpOp::Gt => (Op::JumpGt, Op::JumpGtInt),
        CmpOp::GtE => (Op::JumpGe, Op::JumpGeInt),
        _ => return None,
    })
}

impl<'t> Compiler<'t> {
    pub fn compare(&mut self, left: &'t Expr, ops: &[CmpOp], right: &'t [Expr], dst: Reg, span: Span) -> Res {
        self.warn_compare(left, ops, right, span);
        if let ([op], [right]) = (ops, right) {
            let left = self.value_before(left, right, Some(dst))?;
            let right = self.comparand(*op, right)?;
            self.unit.op(comparison(*op), dst, left, right, span);
            return Ok(());
        }
        let result = if is_temp(dst) { dst } else { self.unit.temp() };
        let end = self.unit.label();
        let mut state = None;
        let pinned = self.links(left, ops, right, |this, op, left, right, last| {
            this.unit.op(comparison(op), result, left, right, span);
            if !last {
                this.unit.jump_with(Instr::new(Op::JumpFalse, result, 0, 0).with(1), end, span);
                state.get_or_insert_with(|| this.unit.bound.clone());
            }
        })?;
        self.unit.place(end);
        if let Some(state) = state {
            self.unit.bound = state;
        }
        for reg in pinned {
            self.unit.op(Op::Drop, reg, 0, 0, span);
            self.unit.unpin(reg);
        }
        self.unit.move_to(dst, result, span);
        Ok(())
    }

    /// Evaluates the operands of a chain; `step` gets each pair, and whether it is the last.
    /// Gives the pinned registers that hold values used twice.
    fn links(
        &mut self,
        left: &'t Expr,
        ops: &[CmpOp],
        right: &'t [Expr],
        mut step: impl FnMut(&mut Self, CmpOp, Reg, Reg, bool),
    ) -> Res<Vec<Reg>> {
        let mut pinned = Vec::new();
        let mark = self.unit.mark();
        let mut at = match right.first() {
            Some(next) => self.value_before(left, next, None)?,
            None => return Ok(pinned),
        };
        for (index, (op, expr)) in ops.iter().zip(right).enumerate() {
            let last = index + 1 == right.len();
            let next = if last {
                self.comparand(*op, expr)?
            } else {
                let local = match &expr.node {
                    ExprKind::Name { id } if !self.may_rebind(&right[index + 1]) => self.local(id),
                    _ => None,
                };
                match local {
                    Some(_) => self.value(expr, None)?,
                    None => {
                        let reg = self.unit.pin();
                        pinned.push(reg);
                        self.expr_into(expr, reg)?;
                        reg
                    }
                }
            };
            step(self, *op, at, next, last);
            self.unit.release(mark);
            at = next;
        }
        Ok(pinned)
    }

    /// The right operand of a comparison: a display that is only searched becomes a constant.
    fn comparand(&mut self, op: CmpOp, expr: &'t Expr) -> Res<Reg> {
        if matches!(op, CmpOp::In | CmpOp::NotIn) {
            let (elts, set) = match &expr.node {
                ExprKind::List { elts } => (elts, false),
                ExprKind::Set { elts } => (elts, true),
                _ => return self.value(expr, None),
            };
            let values: Option<Vec<Const>> = elts.iter().map(|elt| self.folded(elt)).collect();
            if let Some(values) = values {
                let value = if set { Const::FrozenSet(values.into()) } else { Const::Tuple(values.into()) };
                let reg = self.unit.temp();
                self.load_const(value, reg, expr.span);
                return Ok(reg);
            }
        }
        self.value(expr, None)
    }

    /// Jumps to `to` if the comparison is `sense`.
    pub fn jump_if_compare(
        &mut self,
        left: &'t Expr,
        ops: &[CmpOp],
        right: &'t [Expr],
        to: Label,
        sense: bool,
        span: Span,
    ) -> Res {
        self.warn_compare(left, ops, right, span);
        let mark = self.unit.mark();
        if let ([op], [right]) = (ops, right) {
            self.jump_if_pair(left, *op, right, to, sense, span)?;
            self.unit.release(mark);
            return Ok(());
        }
        // All but the last link lead to `no` when they fail. Only values that had to be pinned
        // make the way longer: they go on each path.
        let pins =
            right[..right.len() - 1].iter().any(|expr| !matches!(&expr.node, ExprKind::Name { id } if self.local(id).is_some()))
                || right.iter().any(|expr| self.may_rebind(expr));
        let end = self.unit.label();
        let (no, target) = match (pins, sense) {
            (true, _) => (self.unit.label(), self.unit.label()),
            (false, true) => (end, to),
            (false, false) => (to, to),
        };
        let mut state = None;
        let pinned = self.links(left, ops, right, |this, op, left, right, last| {
            let sense = last && sense;
            let to = if last { target } else { no };
            this.jump_registers(op, left, right, to, sense, span);
            if !last {
                state.get_or_insert_with(|| this.unit.bound.clone());
            }
        })?;
        if let Some(state) = state {
            self.unit.bound = state;
        }
        if !pins {
            self.unit.place(end);
            self.unit.release(mark);
            return Ok(());
        }
        let drop_all = |this: &mut Self| {
            for reg in &pinned {
                this.unit.op(Op::Drop, *reg, 0, 0, span);
            }
        };
        if sense {
            self.unit.place(no);
            drop_all(self);
            self.unit.jump(end, span);
            self.unit.place(target);
            drop_all(self);
            self.unit.jump(to, span);
            self.unit.place(end);
        } else {
            drop_all(self);
            self.unit.jump(end, span);
            self.unit.place(no);
            self.unit.place(target);
            drop_all(self);
            self.unit.jump(to, span);
            self.unit.place(end);
        }
        for reg in pinned {
            self.unit.unpin(reg);
        }
        self.unit.release(mark);
        Ok(())
    }

    fn jump_if_pair(&mut self, left: &'t Expr, op: CmpOp, right: &'t Expr, to: Label, sense: bool, span: Span) -> Res {
        let none = matches!(right.node, ExprKind::Constant(Constant::None));
        if none && matches!(op, CmpOp::Is | CmpOp::IsNot) {
            let reg = self.value(left, None)?;
            let jump = if (op == CmpOp::Is) == sense { Op::JumpNone } else { Op::JumpNotNone };
            self.unit.jump_with(Instr::new(jump, reg, 0, 0), to, span);
            return Ok(());
        }
        if let (Some((_, number)), Some(Const::Int(n))) = (fused(op), self.folded(right))
            && let Ok(n) = i16::try_from(n)
        {
            let reg = self.checked_value(left, None)?;
            self.unit.jump_with(Instr::new(number, reg, n as u16, 0).with(sense.into()), to, span);
            return Ok(());
        }
        let reg = self.value_before(left, right, None)?;
        let other = self.comparand(op, right)?;
        self.jump_registers(op, reg, other, to, sense, span);
        Ok(())
    }

    fn jump_registers(&mut self, op: CmpOp, left: Reg, right: Reg, to: Label, sense: bool, span: Span) {
        // `not in` is `in` with the other sense.
        let jump = match op {
            CmpOp::In => Some((Op::JumpIn, sense)),
            CmpOp::NotIn => Some((Op::JumpIn, !sense)),
            _ => fused(op).map(|(jump, _)| (jump, sense)),
        };
        if let Some((jump, sense)) = jump {
            self.unit.jump_with(Instr::new(jump, left, right, 0).with(sense.into()), to, span);
            return;
        }
        let mark = self.unit.mark();
        let result = self.unit.temp();
        self.unit.op(comparison(op), result, left, right, span);
        let jump = if sense { Op::JumpTrue } else { Op::JumpFalse };
        self.unit.jump_with(Instr::new(jump, result, 0, 0), to, span);
        self.unit.release(mark);
    }
}
