//! Conditions: expressions that are only tested compile to jumps.

use lockstep_grammar::tree::*;

use super::unit::Label;
use super::{Compiler, Res, fold};
use crate::code::{Instr, Op};

impl<'t> Compiler<'t> {
    /// Jumps to `to` if the truth of `test` is `sense`, else goes on.
    pub fn jump_if(&mut self, test: &'t Expr, to: Label, sense: bool) -> Res {
        if let Some(truth) = self.folded(test).and_then(|value| fold::truth(&value)) {
            if truth == sense {
                self.unit.jump(to, test.span);
            }
            return Ok(());
        }
        match &test.node {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => return self.jump_if(operand, to, !sense),
            ExprKind::BoolOp { op, values } => return self.jump_if_all(*op, values, to, sense),
            ExprKind::Compare { left, ops, comparators } => {
                return self.jump_if_compare(left, ops, comparators, to, sense, test.span);
            }
            ExprKind::IfExp { test, body, orelse } => {
                let other = self.unit.label();
                let end = self.unit.label();
                self.jump_if(test, other, false)?;
                let state = self.unit.bound.clone();
                self.jump_if(body, to, sense)?;
                self.unit.jump(end, body.span);
                self.unit.place(other);
                self.unit.bound = state.clone();
                self.jump_if(orelse, to, sense)?;
                self.unit.place(end);
                self.unit.bound = state;
                return Ok(());
            }
            _ => {}
        }
        let mark = self.unit.mark();
        let reg = self.value(test, None)?;
        let op = if sense { Op::JumpTrue } else { Op::JumpFalse };
        self.unit.jump_with(Instr::new(op, reg, 0, 0), to, test.span);
        self.unit.release(mark);
        Ok(())
    }

    fn jump_if_all(&mut self, op: BoolOp, values: &'t [Expr], to: Label, sense: bool) -> Res {
        let Some((last, first)) = values.split_last() else {
            return Ok(());
        };
        // `or` leaves early when something is true, `and` when something is false.
        let early = op == BoolOp::Or;
        let skip = self.unit.label();
        let mut state = None;
        for value in first {
            self.jump_if(value, if early == sense { to } else { skip }, early)?;
            if state.is_none() {
                state = Some(self.unit.bound.clone());
            }
        }
        self.jump_if(last, to, sense)?;
        self.unit.place(skip);
        if let Some(state) = state {
            self.unit.bound = state;
        }
        Ok(())
    }
}
