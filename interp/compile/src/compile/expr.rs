//! Expressions: into a register the user names, or as an operand wherever the value already is.

use lockstep_grammar::{Span, tree::*};

use super::unit::{Reg, is_temp};
use super::{Compiler, Res, fold};
use crate::code::{Const, Instr, Intrinsic, Op};

impl<'t> Compiler<'t> {
    /// The constant an expression amounts to.
    pub fn folded(&self, expr: &Expr) -> Option<Const> {
        fold::fold(expr, self.python2(), self.options.optimize)
    }

    /// Compiles an expression into `dst`. A pinned `dst` is written by the last instruction only.
    pub fn expr_into(&mut self, expr: &'t Expr, dst: Reg) -> Res {
        let mark = self.unit.mark();
        match &expr.node {
            ExprKind::Name { id } => self.load_name(id, dst, expr.span)?,
            ExprKind::Constant(value) => self.load_const(fold::constant(value), dst, expr.span),
            _ => match self.folded(expr) {
                Some(value) => self.load_const(value, dst, expr.span),
                None => self.compound(expr, dst)?,
            },
        }
        self.unit.release(mark);
        Ok(())
    }

    fn compound(&mut self, expr: &'t Expr, dst: Reg) -> Res {
        let span = expr.span;
        match &expr.node {
            ExprKind::BinOp { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Call { .. } => {
                self.chain(expr, dst)
            }
            ExprKind::BoolOp { op, values } => self.bool_op(*op, values, dst, span),
            ExprKind::NamedExpr { target, value } => self.walrus(target, value, dst),
            ExprKind::UnaryOp { op, operand } => self.unary(*op, operand, dst, span),
            ExprKind::Lambda { args, body } => self.lambda(expr, args, body, dst),
            ExprKind::IfExp { test, body, orelse } => self.if_exp(test, body, orelse, dst, span),
            ExprKind::Dict { keys, values } => self.dict(keys, values, dst, span),
            ExprKind::Set { elts } => self.set(elts, dst, span),
            ExprKind::List { elts } => self.list(elts, dst, span),
            ExprKind::Tuple { elts } => self.tuple(elts, dst, span),
            ExprKind::ListComp { .. } | ExprKind::SetComp { .. } | ExprKind::DictComp { .. } | ExprKind::GeneratorExp { .. } => {
                self.comprehension(expr, dst)
            }
            ExprKind::Await { value } => self.awaits(value, dst, span),
            ExprKind::Yield { value } => self.yields(value.as_deref(), dst, span),
            ExprKind::YieldFrom { value } => self.yield_from(value, dst, span),
            ExprKind::Compare { left, ops, comparators } => self.compare(left, ops, comparators, dst, span),
            ExprKind::FormattedValue { .. } | ExprKind::JoinedStr { .. } => self.joined(expr, dst),
            ExprKind::TemplateStr { values } => self.template(values, dst, span),
            ExprKind::Interpolation { .. } => self.template(std::slice::from_ref(expr), dst, span),
            ExprKind::Slice { .. } => self.slice(expr, dst),
            ExprKind::Repr2 { value } => {
                let first = self.unit.temp();
                self.expr_into(value, first)?;
                self.unit.intrinsic(Intrinsic::Repr, dst, first, 1, span);
                Ok(())
            }
            ExprKind::Starred { .. } => Err(super::Fault::new("can't use starred expression here", span)),
            ExprKind::Name { .. } | ExprKind::Constant(_) | ExprKind::Taken => Ok(()),
        }
    }

    /// The register that holds the value of an expression: a local's own, or `hint` if it is a
    /// temporary, or a new temporary.
    pub fn value(&mut self, expr: &'t Expr, hint: Option<Reg>) -> Res<Reg> {
        if let ExprKind::Name { id } = &expr.node
            && let Some(reg) = self.local(id)
        {
            if !self.unit.is_bound(reg) {
                self.unit.op(Op::CheckLocal, reg, 0, 0, expr.span);
                self.unit.set_bound(reg, true);
            }
            return Ok(reg);
        }
        let reg = match hint {
            Some(reg) if is_temp(reg) => reg,
            _ => self.unit.temp(),
        };
        self.expr_into(expr, reg)?;
        Ok(reg)
    }

    /// Like [`Compiler::value`] for an instruction that checks a local itself and has no other
    /// operand that could have an effect first.
    pub fn checked_value(&mut self, expr: &'t Expr, hint: Option<Reg>) -> Res<Reg> {
        if let ExprKind::Name { id } = &expr.node
            && let Some(reg) = self.local(id)
        {
            return Ok(reg);
        }
        self.value(expr, hint)
    }

    /// The value in a new temporary.
    pub fn push(&mut self, expr: &'t Expr) -> Res<Reg> {
        let reg = self.unit.temp();
        self.expr_into(expr, reg)?;
        Ok(reg)
    }

    /// Whether evaluating the expression can neither run code nor bind a name.
    pub fn is_simple(expr: &Expr) -> bool {
        matches!(expr.node, ExprKind::Name { .. } | ExprKind::Constant(_))
    }

    /// Whether a local read in place could be bound anew while `later` is evaluated.
    pub fn may_rebind(&self, later: &Expr) -> bool {
        !Self::is_simple(later) && (self.scopes.all[self.scope].has_walrus || self.scopes.all[self.unit.scope].has_walrus)
    }

    /// The value of an expression while `later` is evaluated after it.
    pub fn value_before(&mut self, expr: &'t Expr, later: &Expr, hint: Option<Reg>) -> Res<Reg> {
        if self.may_rebind(later) {
            let reg = match hint {
                Some(reg) if is_temp(reg) => reg,
                _ => self.unit.temp(),
            };
            self.expr_into(expr, reg)?;
            return Ok(reg);
        }
        if Self::is_simple(later) { self.checked_value(expr, hint) } else { self.value(expr, hint) }
    }

    fn unary(&mut self, op: UnaryOp, operand: &'t Expr, dst: Reg, span: Span) -> Res {
        if op == UnaryOp::Not
            && matches!(operand.node, ExprKind::Compare { ref ops, .. } if ops.len() == 1)
            && let ExprKind::Compare { left, ops, comparators } = &operand.node
        {
            // `not a in b` is `a not in b`; only these have exact opposites.
            let opposite = match ops[0] {
                CmpOp::In => Some(CmpOp::NotIn),
                CmpOp::NotIn => Some(CmpOp::In),
                CmpOp::Is => Some(CmpOp::IsNot),
                CmpOp::IsNot => Some(CmpOp::Is),
                _ => None,
            };
            if let Some(opposite) = opposite {
                return self.compare(left, &[opposite], comparators, dst, operand.span);
            }
        }
        let reg = self.value(operand, Some(dst))?;
        let op = match op {
            UnaryOp::Invert => Op::Invert,
            UnaryOp::Not => Op::Not,
            UnaryOp::UAdd => Op::Pos,
            UnaryOp::USub => Op::Neg,
        };
        self.unit.op(op, dst, reg, 0, span);
        Ok(())
    }

    fn bool_op(&mut self, op: BoolOp, values: &'t [Expr], dst: Reg, span: Span) -> Res {
        let Some((last, first)) = values.split_last() else {
            return Ok(());
        };
        let end = self.unit.label();
        let result = if is_temp(dst) { dst } else { self.unit.temp() };
        let mut state = None;
        for value in first {
            if let Some(known) = self.folded(value) {
                // A constant decides, or does not matter.
                if fold::truth(&known) == Some(op == BoolOp::Or) {
                    self.load_const(known, result, value.span);
                    self.unit.place(end);
                    self.unit.move_to(dst, result, span);
                    return Ok(());
                }
                if fold::truth(&known).is_some() {
                    continue;
                }
            }
            self.expr_into(value, result)?;
            if state.is_none() {
                state = Some(self.unit.bound.clone());
            }
            let jump = if op == BoolOp::Or { Op::JumpTrue } else { Op::JumpFalse };
            self.unit.jump_with(Instr::new(jump, result, 0, 0).with(1), end, value.span);
        }
        self.expr_into(last, result)?;
        if let Some(state) = state {
            self.unit.bound = state;
        }
        self.unit.place(end);
        self.unit.move_to(dst, result, span);
        Ok(())
    }

    fn if_exp(&mut self, test: &'t Expr, body: &'t Expr, orelse: &'t Expr, dst: Reg, span: Span) -> Res {
        let other = self.unit.label();
        let end = self.unit.label();
        self.jump_if(test, other, false)?;
        let state = self.unit.bound.clone();
        self.expr_into(body, dst)?;
        self.unit.jump(end, span);
        self.unit.place(other);
        self.unit.bound = state.clone();
        self.expr_into(orelse, dst)?;
        self.unit.place(end);
        self.unit.bound = state;
        Ok(())
    }

    fn walrus(&mut self, target: &'t Expr, value: &'t Expr, dst: Reg) -> Res {
        let ExprKind::Name { id } = &target.node else {
            return Ok(());
        };
        if let Some(local) = self.local(id) {
            self.expr_into(value, local)?;
            self.unit.set_bound(local, true);
            self.unit.move_to(dst, local, target.span);
            return Ok(());
        }
        // The value is needed twice.
        let pinned = self.unit.pin();
        self.expr_into(value, pinned)?;
        self.store_name(id, pinned, target.span);
        self.unit.op(Op::Move, dst, pinned, 0, target.span);
        self.unit.op(Op::Drop, pinned, 0, 0, target.span);
        self.unit.unpin(pinned);
        Ok(())
    }
}
