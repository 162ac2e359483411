//! `try` in all its forms. A handler runs with two pinned registers: the exception, and the one
//! that was handled before.

use lockstep_grammar::{Span, tree::*};

use super::assemble::NOWHERE;
use super::exits::Exit;
use super::unit::{Label, Reg, meet};
use super::{Compiler, Context, Fault, Res};
use crate::code::{Instr, Intrinsic, Op};

impl<'t> Compiler<'t> {
    pub fn try_stmt(
        &mut self,
        is_star: bool,
        body: &'t [Stmt],
        handlers: &'t [ExceptHandler],
        orelse: &'t [Stmt],
        finalbody: &'t [Stmt],
        span: Span,
    ) -> Res {
        self.unit.line(Span { end: span.start, ..span });
        if finalbody.is_empty() {
            return self.try_except(is_star, body, handlers, orelse, span);
        }
        let before = self.unit.bound.clone();
        let target = self.unit.label();
        let end = self.unit.label();
        let (exception, saved, second) = (self.unit.pin(), self.unit.pin(), self.unit.pin());
        let own = self.unit.touched.len();
        self.open(Exit::Finally(finalbody), Some((target, exception)));
        if handlers.is_empty() {
            self.body(body)?;
        } else {
            self.unit.line(Span { end: span.start, ..span });
            self.try_except(is_star, body, handlers, orelse, span)?;
        }
        self.close();
        self.in_finally.push(Context::Finally);
        // The way out when nothing was raised.
        let reachable = self.unit.bound.is_some();
        if reachable {
            self.body(finalbody)?;
            self.unit.jump(end, span);
        }
        let after = self.unit.bound.clone();
        // The way out with an exception.
        self.unit.place(target);
        self.drop_touched(own, &[], span);
        self.unit.bound = self.unit.lasting(&before);
        self.guarded(saved, exception, second, span, |this| this.body(finalbody))?;
        self.in_finally.pop();
        self.unit.place(end);
        self.unit.bound = after;
        for reg in [exception, saved, second] {
            self.unit.unpin(reg);
        }
        Ok(())
    }

    /// Runs `make` while the exception in `exception` is handled, then raises it again.
    fn guarded(&mut self, saved: Reg, exception: Reg, second: Reg, span: Span, make: impl FnOnce(&mut Self) -> Res) -> Res {
        let cleanup = self.unit.label();
        let touched = self.unit.touched.len();
        self.unit.op(Op::PushExc, saved, exception, 0, span);
        self.open(Exit::Handled { saved, exception }, Some((cleanup, second)));
        make(self)?;
        self.close();
        // It goes on from where the block ends.
        let last = self.unit.last_span(span);
        self.unit.op(Op::PopExc, saved, 0, 0, last);
        self.unit.op(Op::Reraise, exception, 0, 0, last);
        self.cleanup(cleanup, saved, exception, second, touched, span);
        Ok(())
    }

    /// What happens when a handler itself raises.
    pub fn cleanup(&mut self, at: Label, saved: Reg, exception: Reg, second: Reg, touched: usize, span: Span) {
        self.unit.place(at);
        self.drop_touched(touched, &[saved, exception, second], span);
        self.unit.op(Op::PopExc, saved, 0, 0, span);
        self.unit.op(Op::Drop, exception, 0, 0, span);
        self.unit.op(Op::Reraise, second, 1, 0, span);
        self.unit.unreachable();
    }

    fn try_except(
        &mut self,
        is_star: bool,
        body: &'t [Stmt],
        handlers: &'t [ExceptHandler],
        orelse: &'t [Stmt],
        span: Span,
    ) -> Res {
        let before = self.unit.bound.clone();
        let target = self.unit.label();
        let end = self.unit.label();
        let (exception, saved, second) = (self.unit.pin(), self.unit.pin(), self.unit.pin());
        let own = self.unit.touched.len();
        self.open(Exit::Nothing, Some((target, exception)));
        self.body(body)?;
        self.close();
        let body_touched = self.unit.touched.len();
        self.body(orelse)?;
        if self.unit.bound.is_some() {
            self.unit.jump(end, span);
        }
        let mut out = self.unit.bound.clone();
        self.unit.place(target);
        let touched: Vec<Reg> = self.unit.touched[own..body_touched].to_vec();
        self.drop_registers(touched, span);
        self.unit.bound = self.unit.lasting(&before);
        let entry = self.unit.bound.clone();
        self.unit.op(Op::PushExc, saved, exception, 0, span);
        let cleanup = self.unit.label();
        let touched = self.unit.touched.len();
        self.open(Exit::Handled { saved, exception }, Some((cleanup, second)));
        if is_star {
            self.star_handlers(handlers, exception, span)?;
            self.close();
            self.unit.op(Op::PopExc, saved, 0, 0, span);
            self.unit.op(Op::Drop, exception, 0, 0, span);
            self.unit.jump(end, span);
            out = meet(out, &self.unit.bound);
        } else {
            for (index, handler) in handlers.iter().enumerate() {
                self.unit.bound = entry.clone();
                if handler.kind.is_none() && index + 1 < handlers.len() {
                    return Err(Fault::new("default 'except:' must be last", handler.span));
                }
                let next = self.unit.label();
                self.handler(handler, exception, next)?;
                if self.unit.bound.is_some() {
                    // Leave the handler; the blocks stay open for the next one.
                    let left = self.unwind(self.unit.blocks.len() - 1, handler.span)?;
                    self.unit.jump(end, handler.span);
                    out = meet(out, &self.unit.bound.clone());
                    self.rewind(left);
                }
                self.unit.place(next);
            }
            self.close();
            if let Some(kind) = handlers.last().and_then(|handler| handler.kind.as_ref()) {
                self.unit.op(Op::PopExc, saved, 0, 0, kind.span);
                self.unit.op(Op::Reraise, exception, 0, 0, kind.span);
            }
        }
        self.cleanup(cleanup, saved, exception, second, touched, span);
        self.unit.place(end);
        self.unit.bound = out;
        for reg in [exception, saved, second] {
            self.unit.unpin(reg);
        }
        Ok(())
    }

    fn drop_registers(&mut self, mut registers: Vec<Reg>, span: Span) {
        registers.sort_unstable();
        registers.dedup();
        for reg in registers {
            self.unit.op(Op::Drop, reg, 0, 0, span);
        }
    }

    /// One `except` clause; goes on at `next` if it does not match.
    fn handler(&mut self, handler: &'t ExceptHandler, exception: Reg, next: Label) -> Res {
        let mark = self.unit.mark();
        if handler.kind.is_none() {
            self.unit.line(Span { end: handler.span.start, ..handler.span });
        }
        if let Some(kind) = &handler.kind {
            let reg = self.value(kind, None)?;
            self.unit.jump_with(Instr::new(Op::JumpNoMatch, exception, reg, 0), next, kind.span);
            self.unit.release(mark);
        }
        let Some(target) = &handler.target else {
            return self.body(&handler.body);
        };
        self.store(target, exception)?;
        self.named_body(target, &handler.body, handler.span)
    }

    /// The body of `except ... as name`, after which the name goes however the body ends.
    fn named_body(&mut self, target: &'t Expr, body: &'t [Stmt], span: Span) -> Res {
        if self.python2() {
            return self.body(body);
        }
        let cleanup = self.unit.label();
        let raised = self.unit.pin();
        let touched = self.unit.touched.len();
        self.open(Exit::Unname(target), Some((cleanup, raised)));
        self.body(body)?;
        self.close();
        let after = self.unit.bound.clone();
        let end = self.unit.label();
        if after.is_some() {
            self.unname(target, span)?;
            self.unit.jump(end, span);
        }
        let state = self.unit.bound.clone();
        self.unit.place(cleanup);
        self.drop_touched(touched, &[raised], span);
        self.unname(target, span)?;
        self.unit.op(Op::Reraise, raised, 1, 0, span);
        self.unit.place(end);
        self.unit.bound = state;
        self.unit.unpin(raised);
        Ok(())
    }

    /// The clauses of `try ... except*`: each takes its part of what is left of the group.
    fn star_handlers(&mut self, handlers: &'t [ExceptHandler], exception: Reg, span: Span) -> Res {
        let results = self.unit.pin();
        let rest = self.unit.pin();
        let matched = self.unit.pin();
        let first = handlers.first().and_then(|handler| handler.kind.as_ref()).map_or(span, |kind| kind.span);
        self.unit.op(Op::BuildList, results, results, 0, first);
        self.unit.op(Op::Move, rest, exception, 0, first);
        let entry = self.unit.bound.clone();
        for handler in handlers {
            let Some(kind) = &handler.kind else {
                return Err(Fault::new("expected one or more exception types", handler.span));
            };
            self.unit.bound = entry.clone();
            let mark = self.unit.mark();
            let next = self.unit.label();
            let pair = self.unit.temps(2);
            self.unit.jump_with(Instr::new(Op::JumpNone, rest, 0, 0), next, kind.span);
            self.unit.op(Op::Move, pair, rest, 0, kind.span);
            self.expr_into(kind, pair + 1)?;
            self.unit.intrinsic(Intrinsic::SplitGroup, pair, pair, 2, kind.span);
            self.unit.op(Op::Unpack, pair, pair, 2, kind.span);
            self.unit.op(Op::Move, matched, pair, 0, kind.span);
            self.unit.op(Op::Move, rest, pair + 1, 0, kind.span);
            self.unit.release(mark);
            self.unit.jump_with(Instr::new(Op::JumpNone, matched, 0, 0), next, kind.span);
            let (before, raised) = (self.unit.pin(), self.unit.pin());
            let failed = self.unit.label();
            let touched = self.unit.touched.len();
            self.unit.op(Op::PushExc, before, matched, 0, kind.span);
            self.open(Exit::Handled { saved: before, exception: matched }, Some((failed, raised)));
            self.in_finally.push(Context::ExceptStar);
            match &handler.target {
                Some(target) => {
                    self.store(target, matched)?;
                    self.named_body(target, &handler.body, handler.span)?;
                }
                None => self.body(&handler.body)?,
            }
            self.in_finally.pop();
            self.close();
            self.unit.op(Op::PopExc, before, 0, 0, handler.span);
            self.unit.op(Op::Drop, matched, 0, 0, handler.span);
            self.unit.jump(next, handler.span);
            // What the clause raises is collected.
            self.unit.place(failed);
            self.drop_touched(touched, &[raised, before, matched], handler.span);
            self.unit.op(Op::PopExc, before, 0, 0, handler.span);
            self.unit.op(Op::ListAppend, results, raised, 0, NOWHERE);
            self.unit.op(Op::Drop, raised, 0, 0, handler.span);
            self.unit.place(next);
            self.unit.unpin(before);
            self.unit.unpin(raised);
        }
        self.unit.bound = entry;
        let mark = self.unit.mark();
        let end = self.unit.label();
        let pair = self.unit.temps(2);
        let (span, whole) = (NOWHERE, span);
        // The part nobody took is raised on with the rest.
        let none_left = self.unit.label();
        self.unit.jump_with(Instr::new(Op::JumpNone, rest, 0, 0), none_left, span);
        self.unit.op(Op::ListAppend, results, rest, 0, span);
        self.unit.place(none_left);
        self.unit.op(Op::Move, pair, exception, 0, span);
        self.unit.op(Op::Move, pair + 1, results, 0, span);
        self.unit.intrinsic(Intrinsic::PrepReraiseStar, pair, pair, 2, span);
        self.unit.op(Op::Move, matched, pair, 0, span);
        self.unit.release(mark);
        for reg in [results, rest] {
            self.unit.op(Op::Drop, reg, 0, 0, span);
        }
        self.unit.jump_with(Instr::new(Op::JumpNone, matched, 0, 0), end, span);
        let left = self.unwind(self.unit.blocks.len() - 1, span)?;
        self.unit.op(Op::Reraise, matched, 0, 0, whole);
        self.rewind(left);
        self.unit.place(end);
        self.unit.op(Op::Drop, matched, 0, 0, span);
        self.unit.bound = self.unit.lasting(&Some(Vec::new()));
        for reg in [results, rest, matched] {
            self.unit.unpin(reg);
        }
        Ok(())
    }
}
