//! `for` and `while`.

use lockstep_grammar::{Span, tree::*};

use super::exits::Exit;
use super::unit::{Label, Reg};
use super::{Compiler, Context, Fault, Res, fold};
use crate::code::{CodeFlags, Instr, Op};

impl<'t> Compiler<'t> {
    pub fn while_loop(&mut self, test: &'t Expr, body: &'t [Stmt], orelse: &'t [Stmt], span: Span) -> Res {
        let head = self.unit.label();
        let other = self.unit.label();
        let exit = self.unit.label();
        let truth = self.folded(test).and_then(|value| fold::truth(&value));
        if truth == Some(false) {
            self.unit.line(test.span);
            self.open(Exit::Loop { next: head, exit, iter: None, line: truth.map(|_| test.span) }, None);
            self.unit.place(head);
            self.in_finally.push(Context::Loop);
            self.dead(|this| this.body(body))?;
            self.in_finally.pop();
            self.close();
            self.body(orelse)?;
            self.unit.place(exit);
            return Ok(());
        }
        if truth.is_some() {
            self.unit.line(test.span);
        }
        self.unit.bound = self.unit.lasting(&self.unit.bound);
        self.unit.place(head);
        self.open(Exit::Loop { next: head, exit, iter: None, line: truth.map(|_| test.span) }, None);
        if truth.is_none() {
            self.jump_if(test, other, false)?;
        }
        let state = self.unit.bound.clone();
        self.in_finally.push(Context::Loop);
        self.body(body)?;
        self.in_finally.pop();
        if self.unit.bound.is_some() {
            if truth.is_some() {
                self.unit.line(test.span);
            }
            self.loop_back(head, span);
        }
        self.close();
        self.unit.place(other);
        self.unit.bound = state.clone();
        self.body(orelse)?;
        self.unit.place(exit);
        self.unit.bound = self.unit.lasting(&state);
        Ok(())
    }

    pub fn for_loop(
        &mut self,
        is_async: bool,
        target: &'t Expr,
        iterable: &'t Expr,
        body: &'t [Stmt],
        orelse: &'t [Stmt],
        span: Span,
    ) -> Res {
        if is_async {
            let flags = self.unit.flags;
            if !flags.has(CodeFlags::COROUTINE) && !flags.has(CodeFlags::ASYNC_GENERATOR) {
                return Err(Fault::new("'async for' outside async function", span));
            }
        }
        let iter = self.unit.pin();
        self.iterate(iterable, iter, is_async)?;
        let head = self.unit.label();
        let other = self.unit.label();
        let exit = self.unit.label();
        self.unit.bound = self.unit.lasting(&self.unit.bound);
        let state = self.unit.bound.clone();
        self.unit.place(head);
        self.open(Exit::Loop { next: head, exit, iter: Some(iter), line: None }, None);
        if is_async {
            self.async_next(iter, target, iterable.span, other)?;
        } else {
            self.next_into(iter, target, iterable.span, other)?;
        }
        self.in_finally.push(Context::Loop);
        self.body(body)?;
        self.in_finally.pop();
        if self.unit.bound.is_some() {
            self.loop_back(head, span);
        }
        self.close();
        self.unit.place(other);
        self.unit.bound = state.clone();
        self.body(orelse)?;
        self.unit.place(exit);
        self.unit.bound = self.unit.lasting(&state);
        self.unit.unpin(iter);
        Ok(())
    }

    /// The next element of a pinned iterator into a target; at the end on to `end`.
    /// Errors point at `span`, that of what is iterated.
    pub fn next_into(&mut self, iter: Reg, target: &'t Expr, span: Span, end: Label) -> Res {
        let mark = self.unit.mark();
        let local = match &target.node {
            ExprKind::Name { id } => self.local(id),
            _ => None,
        };
        match local {
            Some(reg) => {
                self.unit.jump_with(Instr::new(Op::ForIter, iter, reg, 0), end, span);
                self.unit.set_bound(reg, true);
            }
            None => {
                let reg = self.unit.temp();
                self.unit.jump_with(Instr::new(Op::ForIter, iter, reg, 0), end, span);
                self.store(target, reg)?;
            }
        }
        self.unit.release(mark);
        Ok(())
    }

    /// The same for `async for`.
    pub fn async_next(&mut self, iter: Reg, target: &'t Expr, span: Span, end: Label) -> Res {
        let mark = self.unit.mark();
        let handler = self.unit.label();
        let exception = self.unit.pin();
        let reg = self.unit.temp();
        self.open(Exit::Nothing, Some((handler, exception)));
        self.unit.op(Op::GetANext, reg, iter, 0, span);
        self.await_value(reg, reg, 0, span);
        self.close();
        let go_on = self.unit.label();
        self.unit.jump(go_on, span);
        self.unit.place(handler);
        self.unit.op(Op::EndAsyncFor, iter, exception, 0, span);
        self.unit.op(Op::Drop, exception, 0, 0, span);
        self.unit.jump(end, span);
        self.unit.place(go_on);
        self.store(target, reg)?;
        self.unit.release(mark);
        self.unit.unpin(exception);
        Ok(())
    }
}
