//! `with` and `async with`.

use lockstep_grammar::{Span, tree::*};

use super::exits::Exit;
use super::unit::{Reg, meet};
use super::{Compiler, Fault, Res};
use crate::code::{CodeFlags, Instr, Op};

impl<'t> Compiler<'t> {
    pub fn with(&mut self, is_async: bool, items: &'t [WithItem], body: &'t [Stmt], span: Span) -> Res {
        if is_async {
            let flags = self.unit.flags;
            if !flags.has(CodeFlags::COROUTINE) && !flags.has(CodeFlags::ASYNC_GENERATOR) {
                return Err(Fault::new("'async with' outside async function", span));
            }
        }
        let Some((item, rest)) = items.split_first() else {
            return self.body(body);
        };
        self.room_for_block(span)?;
        let at = item.context_expr.span;
        let pair = self.unit.pin_pair();
        let mark = self.unit.mark();
        let manager = self.value(&item.context_expr, None)?;
        let entered = self.unit.temp();
        let op = if is_async { Op::AsyncWithEnter } else { Op::WithEnter };
        self.unit.op(op, pair, manager, entered, at);
        if is_async {
            self.await_value(entered, entered, 1, at);
        }
        let (exception, saved, second) = (self.unit.pin(), self.unit.pin(), self.unit.pin());
        let handler = self.unit.label();
        let end = self.unit.label();
        let before = self.unit.bound.clone();
        let touched = self.unit.touched.len();
        self.open(Exit::With { pair, is_async, span: at }, Some((handler, exception)));
        match &item.optional_vars {
            Some(target) => self.store(target, entered)?,
            None => self.unit.op(Op::Drop, entered, 0, 0, at),
        }
        self.unit.release(mark);
        self.with(is_async, rest, body, span)?;
        self.close();
        let after = self.unit.bound.clone();
        if after.is_some() {
            self.leave_with(pair, is_async, at)?;
            self.unit.jump(end, at);
        }
        // An exception: the exit method may swallow it.
        self.unit.place(handler);
        self.drop_touched(touched, &[exception, saved, second, pair, pair + 1], at);
        self.unit.bound = self.unit.lasting(&before);
        let swallowed_state = self.unit.bound.clone();
        self.unit.op(Op::PushExc, saved, exception, 0, at);
        let cleanup = self.unit.label();
        let swallowed = self.unit.label();
        let touched = self.unit.touched.len();
        self.open(Exit::Handled { saved, exception }, Some((cleanup, second)));
        let answer = self.unit.temp();
        let op = if is_async { Op::AsyncWithExcept } else { Op::WithExcept };
        self.unit.op(op, pair, exception, answer, at);
        if is_async {
            self.await_value(answer, answer, 2, at);
        }
        self.unit.jump_with(Instr::new(Op::JumpTrue, answer, 0, 0), swallowed, at);
        self.close();
        self.unit.release(mark);
        self.unit.op(Op::PopExc, saved, 0, 0, at);
        self.unit.op(Op::Reraise, exception, 1, 0, at);
        self.cleanup(cleanup, saved, exception, second, touched, at);
        self.unit.place(swallowed);
        self.unit.op(Op::PopExc, saved, 0, 0, at);
        self.unit.op(Op::Drop, exception, 0, 0, at);
        self.unit.place(end);
        self.unit.bound = meet(after, &swallowed_state);
        for reg in [exception, saved, second, pair, pair + 1] {
            self.unit.unpin(reg);
        }
        Ok(())
    }

    /// Leaves a `with` block without an exception.
    pub fn leave_with(&mut self, pair: Reg, is_async: bool, span: Span) -> Res {
        if is_async {
            let mark = self.unit.mark();
            let awaited = self.unit.temp();
            self.unit.op(Op::AsyncWithExit, pair, awaited, 0, span);
            self.await_value(awaited, awaited, 2, span);
            self.unit.op(Op::Drop, awaited, 0, 0, span);
            self.unit.release(mark);
        } else {
            self.unit.op(Op::WithExit, pair, 0, 0, span);
        }
        Ok(())
    }
}
