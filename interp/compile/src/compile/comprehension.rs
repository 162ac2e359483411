//! Comprehensions: list, set and dict ones run in the code around them, their variables in
//! registers of their own; generator expressions are functions.

use lockstep_grammar::{Span, tree::*};

use super::exits::Exit;
use super::scope::{Part, ScopeId, ScopeKind, flag};
use super::unit::{COMP, Label, Reg, is_temp};
use super::{Compiler, Fault, Res};
use crate::code::{CodeFlags, Instr, Intrinsic, Op};

/// What a comprehension does with each element.
#[derive(Clone, Copy)]
enum Each<'t> {
    List(&'t Expr, Reg),
    Set(&'t Expr, Reg),
    Dict(&'t Expr, &'t Expr, Reg),
    Yield(&'t Expr),
}

impl<'t> Each<'t> {
    fn of(expr: &'t Expr, result: Reg) -> Option<Self> {
        Some(match &expr.node {
            ExprKind::SetComp { elt, .. } => Each::Set(elt, result),
            ExprKind::DictComp { key, value, .. } => Each::Dict(key, value, result),
            ExprKind::ListComp { elt, .. } => Each::List(elt, result),
            _ => return None,
        })
    }
}

impl<'t> Compiler<'t> {
    pub fn comprehension(&mut self, expr: &'t Expr, dst: Reg) -> Res {
        let span = expr.span;
        let (generators, build) = match &expr.node {
            ExprKind::ListComp { generators, .. } => (generators, Op::BuildList),
            ExprKind::SetComp { generators, .. } => (generators, Op::BuildSet),
            ExprKind::DictComp { generators, .. } => (generators, Op::BuildMap),
            ExprKind::GeneratorExp { elt, generators } => {
                return self.genexpr(expr, elt, generators, dst);
            }
            _ => return Ok(()),
        };
        let Some(first) = generators.first() else {
            return Ok(());
        };
        let leaks = self.python2() && build == Op::BuildList;
        let id = if leaks { self.scope } else { self.scopes.of(expr, Part::Body) };
        if !leaks && self.scopes.all[id].is_async {
            self.check_async(span)?;
            return self.async_comprehension(expr, id, generators, build, dst);
        }
        // The first iterable belongs to the scope around.
        let mark = self.unit.mark();
        let iter = self.unit.pin();
        self.iterate(&first.iter, iter, first.is_async)?;
        self.unit.release(mark);
        let state = self.unit.bound.clone();
        let touched = self.unit.touched.len();
        let outer = std::mem::replace(&mut self.scope, id);
        let registers = if leaks { Vec::new() } else { self.comp_variables(id, span) };
        let handler = self.unit.label();
        let exception = self.unit.pin();
        let covered = !registers.is_empty();
        if covered {
            self.open(Exit::Nothing, Some((handler, exception)));
        }
        let result = if is_temp(dst) { dst } else { self.unit.temp() };
        let mark = self.unit.mark();
        self.unit.op(build, result, result, 0, span);
        let Some(each) = Each::of(expr, result) else {
            return Ok(());
        };
        self.generator(generators, iter, each, span)?;
        self.unit.release(mark);
        if covered {
            self.close();
            for reg in &registers {
                self.unit.op(Op::Drop, *reg, 0, 0, span);
            }
            let end = self.unit.label();
            self.unit.move_to(dst, result, span);
            self.unit.jump(end, span);
            self.unit.place(handler);
            self.drop_touched(touched, &[exception], span);
            for reg in &registers {
                self.unit.op(Op::Drop, *reg, 0, 0, span);
            }
            self.unit.op(Op::Reraise, exception, 1, 0, span);
            self.unit.place(end);
        } else {
            self.unit.place(handler);
            self.unit.move_to(dst, result, span);
        }
        self.unit.unpin(exception);
        self.unit.unpin(iter);
        for reg in &registers {
            self.unit.comp_registers[usize::from(reg - COMP)].1 = false;
        }
        self.unit.comp_locals.retain(|(owner, ..)| *owner != id || leaks);
        self.scope = outer;
        if !leaks {
            self.unit.bound = state;
        }
        Ok(())
    }

    /// A comprehension with `async for` or `await`: a coroutine, called and awaited at once.
    fn async_comprehension(&mut self, expr: &'t Expr, id: ScopeId, generators: &'t [Comprehension], build: Op, dst: Reg) -> Res {
        let span = expr.span;
        let Some(first) = generators.first() else {
            return Ok(());
        };
        let name = self.scopes.all[id].name.clone();
        self.begin(id, name, span);
        self.unit.flags.0 |= CodeFlags::COROUTINE;
        self.unit.arg_count = 1;
        self.declare_registers(&[".0".into()], span);
        self.begin_generator(span);
        self.open_generator(span);
        let result = self.unit.pin();
        self.unit.op(build, result, result, 0, span);
        if let Some(each) = Each::of(expr, result) {
            self.generator(generators, 0, each, span)?;
        }
        self.unit.op(Op::Return, result, 0, 0, span);
        self.close_generator(span);
        let code = self.finish(span)?;
        let function = self.unit.temp();
        self.make_function(code, function, None, 0, span);
        let argument = self.unit.temp();
        self.iterate(&first.iter, argument, first.is_async)?;
        self.unit.op(Op::Call, function, 1, function, span);
        self.await_value(function, dst, 0, span);
        Ok(())
    }

    fn check_async(&self, span: Span) -> Res {
        let kind = self.scopes.all[self.unit.scope].kind;
        let flags = self.unit.flags;
        if !flags.has(CodeFlags::COROUTINE) && !flags.has(CodeFlags::ASYNC_GENERATOR) && kind != ScopeKind::GenExpr {
            return Err(Fault::new("asynchronous comprehension outside of an asynchronous function", span));
        }
        Ok(())
    }

    /// Registers for the variables of a comprehension; captured ones become cells.
    fn comp_variables(&mut self, id: ScopeId, span: Span) -> Vec<Reg> {
        let mut registers = Vec::new();
        let names = self.scopes.all[id].order.clone();
        for name in names {
            if !self.scopes.all[id].binds(&name) {
                continue;
            }
            let is_cell = self.scopes.all[id].flags(&name) & flag::CELL != 0;
            let unit = &mut self.unit;
            let known = unit.comp_registers.iter().position(|(old, used)| *old == name && !used);
            let index = match known {
                Some(index) => index,
                None => {
                    unit.comp_registers.push((name.clone(), true));
                    unit.comp_registers.len() - 1
                }
            };
            if index >= usize::from(COMP) {
                unit.overflow = Some("too many comprehensions");
                continue;
            }
            unit.comp_registers[index].1 = true;
            let reg = COMP + index as Reg;
            unit.comp_locals.push((id, name, reg, is_cell));
            unit.set_bound(reg, false);
            unit.set_deletable(reg);
            if is_cell {
                unit.op(Op::MakeCell, reg, 0, 0, span);
            }
            registers.push(reg);
        }
        registers
    }

    /// Makes the iterator of an iterable.
    pub fn iterate(&mut self, iterable: &'t Expr, iter: Reg, is_async: bool) -> Res {
        let mark = self.unit.mark();
        // A list that is only iterated can be a tuple.
        let reg = match &iterable.node {
            ExprKind::List { elts }
                if !elts.iter().any(|elt| matches!(elt.node, ExprKind::Starred { .. })) && elts.len() <= 32 =>
            {
                let reg = self.unit.temp();
                let parts: Option<Vec<_>> = elts.iter().map(|elt| self.folded(elt)).collect();
                match parts {
                    Some(parts) => self.load_const(crate::code::Const::Tuple(parts.into()), reg, iterable.span),
                    None => self.tuple(elts, reg, iterable.span)?,
                }
                reg
            }
            _ => self.value(iterable, None)?,
        };
        let op = if is_async { Op::GetAIter } else { Op::GetIter };
        self.unit.op(op, iter, reg, 0, iterable.span);
        self.unit.release(mark);
        Ok(())
    }

    /// The loops of a comprehension; `iter` holds the first iterator.
    fn generator(&mut self, generators: &'t [Comprehension], iter: Reg, each: Each<'t>, span: Span) -> Res {
        let Some((generator, rest)) = generators.split_first() else {
            return self.each(each);
        };
        let head = self.unit.label();
        let end = self.unit.label();
        self.unit.place(head);
        let state = self.unit.bound.clone();
        let next = self.unit.label();
        if generator.is_async {
            self.async_next(iter, &generator.target, generator.iter.span, end)?;
        } else {
            self.next_into(iter, &generator.target, generator.iter.span, end)?;
        }
        for test in &generator.ifs {
            self.jump_if(test, next, false)?;
        }
        if let Some(inner) = rest.first() {
            let inner_iter = self.unit.pin();
            self.iterate(&inner.iter, inner_iter, inner.is_async)?;
            self.generator(rest, inner_iter, each, span)?;
            self.unit.unpin(inner_iter);
        } else {
            self.each(each)?;
        }
        self.unit.place(next);
        self.loop_back(head, span);
        self.unit.place(end);
        self.unit.bound = state;
        Ok(())
    }

    /// `Loop` back to a label.
    pub fn loop_back(&mut self, head: Label, span: Span) {
        self.unit.jump_with(Instr::new(Op::Loop, 0, 0, 0), head, span);
    }

    fn each(&mut self, each: Each<'t>) -> Res {
        let mark = self.unit.mark();
        match each {
            Each::List(elt, list) => {
                let reg = self.value(elt, None)?;
                self.unit.op(Op::ListAppend, list, reg, 0, elt.span);
            }
            Each::Set(elt, set) => {
                let reg = self.value(elt, None)?;
                self.unit.op(Op::SetAdd, set, reg, 0, elt.span);
            }
            Each::Dict(key, value, dict) => {
                let key_reg = if self.may_rebind(value) { self.push(key)? } else { self.value(key, None)? };
                let reg = self.value(value, None)?;
                self.unit.op(Op::MapAdd, dict, key_reg, reg, key.span.to(value.span));
            }
            Each::Yield(elt) => {
                let reg = self.value(elt, None)?;
                let sent = if is_temp(reg) { reg } else { self.unit.temp() };
                self.yield_value(reg, sent, elt.span);
                self.unit.op(Op::Drop, sent, 0, 0, elt.span);
            }
        }
        self.unit.release(mark);
        Ok(())
    }

    fn genexpr(&mut self, expr: &'t Expr, elt: &'t Expr, generators: &'t [Comprehension], dst: Reg) -> Res {
        let span = expr.span;
        let Some(first) = generators.first() else {
            return Ok(());
        };
        let id = self.scopes.of(expr, Part::Body);
        self.begin(id, "<genexpr>".into(), span);
        let scope_async = self.scopes.all[id].is_async;
        let flag = if scope_async { CodeFlags::ASYNC_GENERATOR } else { CodeFlags::GENERATOR };
        self.unit.flags.0 |= flag;
        self.unit.arg_count = 1;
        self.unit.posonly_count = 0;
        self.declare_registers(&[".0".into()], span);
        self.begin_generator(span);
        self.open_generator(span);
        // The iterator arrives as the argument; `ForIter` drops it at the end.
        self.generator(generators, 0, Each::Yield(elt), span)?;
        self.unit.op(Op::ReturnNone, 0, 0, 0, span);
        self.close_generator(span);
        let code = self.finish(span)?;
        let function = self.unit.temp();
        self.make_function(code, function, None, 0, span);
        let argument = self.unit.temp();
        self.iterate(&first.iter, argument, first.is_async)?;
        self.unit.op(Op::Call, function, 1, dst, span);
        Ok(())
    }

    /// From here on a StopIteration that leaves the generator becomes a RuntimeError.
    pub fn open_generator(&mut self, _span: Span) {
        let target = self.unit.label();
        let register = self.unit.pin();
        self.open(Exit::Nothing, Some((target, register)));
    }

    pub fn close_generator(&mut self, span: Span) {
        let Some(cover) = self.unit.blocks.last().and_then(|block| block.cover) else {
            return;
        };
        self.close();
        self.unit.place(cover.target);
        let mark = self.unit.mark();
        let reg = self.unit.temp();
        self.unit.op(Op::Move, reg, cover.register, 0, super::assemble::NOWHERE);
        self.unit.intrinsic(Intrinsic::StopIterationError, reg, reg, 1, super::assemble::NOWHERE);
        self.unit.op(Op::Raise, reg, 1, 0, span);
        self.unit.release(mark);
    }
}
