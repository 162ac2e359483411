//! `yield`, `yield from` and `await`.

use lockstep_grammar::{Span, tree::*};

use super::scope::ScopeKind;
use super::unit::{Reg, is_temp};
use super::{Compiler, Fault, Res};
use crate::code::{CodeFlags, Instr, Intrinsic, Op};

impl<'t> Compiler<'t> {
    fn is_function(&self) -> bool {
        self.scopes.all[self.unit.scope].kind.is_function_like()
    }

    pub fn yields(&mut self, value: Option<&'t Expr>, dst: Reg, span: Span) -> Res {
        if !self.is_function() {
            return Err(Fault::new("'yield' outside function", span));
        }
        let reg = match value {
            Some(value) => self.value(value, Some(dst))?,
            None => {
                let reg = if is_temp(dst) { dst } else { self.unit.temp() };
                self.unit.op(Op::LoadNone, reg, 0, 0, span);
                reg
            }
        };
        self.yield_value(reg, dst, span);
        Ok(())
    }

    /// Hands out `reg`; what is sent back goes to `dst`.
    pub fn yield_value(&mut self, reg: Reg, dst: Reg, span: Span) {
        let mut reg = reg;
        if self.unit.flags.has(CodeFlags::ASYNC_GENERATOR) {
            let mark = self.unit.mark();
            let row = if is_temp(reg) { reg } else { self.unit.temp() };
            self.unit.move_to(row, reg, span);
            self.unit.intrinsic(Intrinsic::AsyncGenWrap, row, row, 1, span);
            reg = row;
            self.unit.release(mark);
        }
        self.unit.op(Op::Yield, dst, reg, 0, span);
    }

    pub fn yield_from(&mut self, value: &'t Expr, dst: Reg, span: Span) -> Res {
        if !self.is_function() {
            return Err(Fault::new("'yield from' outside function", span));
        }
        if self.unit.flags.has(CodeFlags::ASYNC_GENERATOR) || self.scopes.all[self.unit.scope].is_async {
            return Err(Fault::new("'yield from' inside async function", span));
        }
        let reg = self.value(value, Some(dst))?;
        let iter = self.unit.pin();
        let coroutine = self.unit.flags.has(CodeFlags::ITERABLE_COROUTINE);
        self.unit.emit(Instr::new(Op::GetYieldFrom, iter, reg, 0).with(coroutine.into()), span);
        self.delegate(iter, dst, span);
        Ok(())
    }

    pub fn awaits(&mut self, value: &'t Expr, dst: Reg, span: Span) -> Res {
        self.check_await(span)?;
        let reg = self.value(value, Some(dst))?;
        self.await_value(reg, dst, 0, span);
        Ok(())
    }

    fn check_await(&self, span: Span) -> Res {
        if !self.is_function() && !self.unit.flags.has(CodeFlags::COROUTINE) {
            return Err(Fault::new("'await' outside function", span));
        }
        let scope = &self.scopes.all[self.unit.scope];
        if !self.unit.flags.has(CodeFlags::COROUTINE)
            && !self.unit.flags.has(CodeFlags::ASYNC_GENERATOR)
            && scope.kind != ScopeKind::GenExpr
        {
            return Err(Fault::new("'await' outside async function", span));
        }
        Ok(())
    }

    /// `dst = await reg`; `kind` as `GetAwaitable` numbers what is awaited.
    pub fn await_value(&mut self, reg: Reg, dst: Reg, kind: u8, span: Span) {
        let iter = self.unit.pin();
        self.unit.emit(Instr::new(Op::GetAwaitable, iter, reg, 0).with(kind), span);
        self.delegate(iter, dst, span);
    }

    /// Hands on what the pinned iterator gives until it ends; its result goes to `dst`.
    /// The machine relies on the layout `Send, Yield, Jump back`.
    pub fn delegate(&mut self, iter: Reg, dst: Reg, span: Span) {
        let mark = self.unit.mark();
        let sent = if is_temp(dst) { dst } else { self.unit.temp() };
        let again = self.unit.label();
        let end = self.unit.label();
        self.unit.op(Op::LoadNone, sent, 0, 0, span);
        self.unit.place(again);
        self.unit.jump_with(Instr::new(Op::Send, iter, sent, 0), end, span);
        self.unit.emit(Instr::new(Op::Yield, sent, sent, iter).with(1), span);
        self.unit.jump(again, span);
        self.unit.place(end);
        self.unit.move_to(dst, sent, span);
        self.unit.release(mark);
        self.unit.unpin(iter);
    }
}
