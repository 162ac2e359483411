//! Left-leaning chains of operators, attributes, subscripts and calls, compiled with a loop:
//! the value so far sits in one register, each link adds its step.

use lockstep_grammar::{Span, tree::*};

use super::call::is_plain_call;
use super::unit::Reg;
use super::{Compiler, Res, fold};
use crate::code::{Const, Instr, Op};

/// The value so far.
enum So {
    Const(Const),
    Reg(Reg),
}

impl<'t> Compiler<'t> {
    pub fn chain(&mut self, expr: &'t Expr, dst: Reg) -> Res {
        let mut links = Vec::new();
        let mut at = expr;
        loop {
            let next = match &at.node {
                ExprKind::BinOp { left, .. } => left,
                ExprKind::Attribute { value, .. } | ExprKind::Subscript { value, .. } => value,
                ExprKind::Call { func, .. } => func,
                _ => break,
            };
            links.push(at);
            at = next;
        }
        links.reverse();
        let base = if self.unit.is_top(dst) { dst } else { self.unit.temp() };
        let top = self.unit.mark();
        let mut index = 0;
        let mut so = if let Some(used) = self.super_call(&links, base, dst)? {
            index = used;
            So::Reg(if used == links.len() { dst } else { base })
        } else if let Some(value) = self.folded(at) {
            So::Const(value)
        } else {
            let later = match &links[0].node {
                ExprKind::BinOp { right, .. } => Some(&**right),
                ExprKind::Subscript { slice, .. } => Some(&**slice),
                _ => None,
            };
            So::Reg(match later {
                Some(later) => self.value_before(at, later, Some(base))?,
                None if matches!(links[0].node, ExprKind::Attribute { .. }) => self.checked_value(at, Some(base))?,
                None => self.value(at, Some(base))?,
            })
        };
        while let Some(link) = links.get(index).copied() {
            index += 1;
            self.unit.release(top);
            let mut out = if index == links.len() { dst } else { base };
            if let (So::Const(value), ExprKind::BinOp { op, right, .. }) = (&so, &link.node)
                && let Some(right) = self.folded(right)
                && let Some(value) = fold::binary(*op, value, &right, self.python2())
            {
                so = So::Const(value);
                continue;
            }
            let reg = match so {
                So::Reg(reg) => reg,
                So::Const(value) => {
                    let span = match &link.node {
                        ExprKind::BinOp { left, .. } => left.span,
                        _ => at.span,
                    };
                    self.load_const(value, base, span);
                    base
                }
            };
            match &link.node {
                ExprKind::BinOp { op, right, .. } => self.binary(*op, reg, right, out, false, link.span)?,
                ExprKind::Attribute { attr, .. } => {
                    let span = attribute_span(link.span, attr, self);
                    match links.get(index) {
                        Some(Expr { node: ExprKind::Call { args, keywords, .. }, span: call })
                            if is_plain_call(args, keywords) =>
                        {
                            index += 1;
                            out = if index == links.len() { dst } else { base };
                            let name = self.mangled(attr);
                            let site = self.unit.attr_site(&name);
                            self.unit.temp();
                            self.unit.emit(Instr::site(Op::LoadMethod, base, reg, site), span);
                            let call = Span {
                                start: if span.start == link.span.start { call.start } else { span.start },
                                end: call.end,
                            };
                            self.call_tail(base, true, 0, args, keywords, out, call)?;
                        }
                        _ => {
                            let name = self.mangled(attr);
                            let site = self.unit.attr_site(&name);
                            self.unit.emit(Instr::site(Op::LoadAttr, out, reg, site), span);
                        }
                    }
                }
                ExprKind::Subscript { value, slice, .. } => {
                    self.warn_subscript(value, slice, link.span);
                    self.subscript(reg, slice, out, link.span)?;
                }
                ExprKind::Call { func, args, keywords } => {
                    self.warn_call(func);
                    self.unit.move_to(base, reg, func.span);
                    self.call_tail(base, false, 0, args, keywords, out, link.span)?;
                }
                _ => {}
            }
            so = So::Reg(out);
        }
        match so {
            So::Const(value) => self.load_const(value, dst, expr.span),
            So::Reg(reg) => self.unit.move_to(dst, reg, expr.span),
        }
        Ok(())
    }

    /// `out = left op right`, where `left` is already in a register.
    pub fn binary(&mut self, op: Operator, left: Reg, right: &'t Expr, out: Reg, inplace: bool, span: Span) -> Res {
        let inplace = u8::from(inplace);
        let constant = self.folded(right);
        if let Some(Const::Int(n)) = constant
            && let Ok(n) = i16::try_from(n)
            && let Some(op) = immediate(op)
        {
            self.unit.emit(Instr::new(op, out, left, n as u16).with(inplace), span);
            return Ok(());
        }
        let right = match constant {
            Some(value) => {
                let reg = self.unit.temp();
                self.load_const(value, reg, right.span);
                reg
            }
            None if Self::is_simple(right) => self.checked_value(right, None)?,
            None => self.value(right, None)?,
        };
        let op = self.operator(op);
        self.unit.emit(Instr::new(op, out, left, right).with(inplace), span);
        Ok(())
    }

    fn operator(&self, op: Operator) -> Op {
        match op {
            Operator::Add => Op::Add,
            Operator::Sub => Op::Sub,
            Operator::Mult => Op::Mul,
            Operator::MatMult => Op::MatMul,
            Operator::Div if self.python2() && self.future & super::FUTURE_DIVISION == 0 => Op::Div2,
            Operator::Div => Op::TrueDiv,
            Operator::Mod => Op::Mod,
            Operator::Pow => Op::Pow,
            Operator::LShift => Op::LShift,
            Operator::RShift => Op::RShift,
            Operator::BitOr => Op::Or,
            Operator::BitXor => Op::Xor,
            Operator::BitAnd => Op::And,
            Operator::FloorDiv => Op::FloorDiv,
        }
    }

    /// `out = reg[slice]`.
    fn subscript(&mut self, reg: Reg, slice: &'t Expr, out: Reg, span: Span) -> Res {
        if let ExprKind::Slice { lower, upper, step: None } = &slice.node
            && self.folded(slice).is_none()
        {
            let bounds = self.bounds(lower.as_deref(), upper.as_deref(), slice.span)?;
            self.unit.op(Op::GetSlice, out, reg, bounds, span);
            return Ok(());
        }
        match self.folded(slice) {
            Some(Const::Int(n)) if i16::try_from(n).is_ok() => {
                self.unit.op(Op::GetItemInt, out, reg, n as u16, span);
            }
            Some(value) => {
                let index = self.unit.temp();
                self.load_const(value, index, slice.span);
                self.unit.op(Op::GetItem, out, reg, index, span);
            }
            None => {
                let index = if Self::is_simple(slice) { self.checked_value(slice, None)? } else { self.value(slice, None)? };
                self.unit.op(Op::GetItem, out, reg, index, span);
            }
        }
        Ok(())
    }

    /// Two bounds in two new registers.
    pub fn bounds(&mut self, lower: Option<&'t Expr>, upper: Option<&'t Expr>, span: Span) -> Res<Reg> {
        let first = self.unit.temps(2);
        for (bound, reg) in [(lower, first), (upper, first + 1)] {
            match bound {
                Some(expr) => self.expr_into(expr, reg)?,
                None => self.unit.op(Op::LoadNone, reg, 0, 0, span),
            }
        }
        Ok(first)
    }

    /// A slice object.
    pub fn slice(&mut self, slice: &'t Expr, dst: Reg) -> Res {
        let ExprKind::Slice { lower, upper, step } = &slice.node else {
            return Ok(());
        };
        let count = if step.is_some() { 3 } else { 2 };
        let first = self.unit.temps(count);
        for (part, reg) in [lower, upper, step].into_iter().take(count.into()).zip(first..) {
            match part {
                Some(expr) => self.expr_into(expr, reg)?,
                None => self.unit.op(Op::LoadNone, reg, 0, 0, slice.span),
            }
        }
        self.unit.op(Op::BuildSlice, dst, first, count, slice.span);
        Ok(())
    }
}

/// The form of an operator with a small number at its right.
fn immediate(op: Operator) -> Option<Op> {
    Some(match op {
        Operator::Add => Op::AddInt,
        Operator::Sub => Op::SubInt,
        Operator::Mult => Op::MulInt,
        Operator::FloorDiv => Op::FloorDivInt,
        Operator::Mod => Op::ModInt,
        Operator::BitAnd => Op::AndInt,
        Operator::RShift => Op::RShiftInt,
        Operator::LShift => Op::LShiftInt,
        _ => return None,
    })
}

/// Where an attribute is reported: only its name, if the expression spans lines.
pub(crate) fn attribute_span(span: Span, attr: &str, compiler: &Compiler<'_>) -> Span {
    let lines = compiler.source.lines;
    if lines.line(span.start) == lines.line(span.end) {
        return span;
    }
    let start = lines.before(span.end, attr.len() as u32).unwrap_or(span.start);
    Span { start, end: span.end }
}
