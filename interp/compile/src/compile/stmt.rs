//! Statements, and the module as a whole.

use lockstep_grammar::{Mod, Span, tree::*};

use super::exits::Exit;
use super::unit::meet;
use super::{Compiler, Context, Fault, Res, assemble, fold};
use crate::code::{Code, CodeFlags, Const, Intrinsic, Op};

/// Blocks that may enclose another.
const MAX_BLOCKS: usize = 20;

impl<'t> Compiler<'t> {
    /// Compiles the text as a whole.
    pub fn module(&mut self, tree: &'t Mod) -> Res<Code> {
        self.unit.flags = CodeFlags(self.common_flags());
        if self.options.top_level_await && self.scopes.all[self.unit.scope].is_async {
            self.unit.flags.0 |= CodeFlags::COROUTINE;
        }
        let coroutine = self.unit.flags.has(CodeFlags::COROUTINE);
        if coroutine {
            self.begin_generator(Span::default());
            self.open_generator(Span::default());
        }
        match tree {
            Mod::Module { body } => {
                let body = self.docstring(body);
                if self.unit.docstring.is_some() {
                    let mark = self.unit.mark();
                    let reg = self.unit.temp();
                    let span = body.1;
                    if let Some(doc) = self.unit.docstring.take() {
                        self.load_const(doc, reg, span);
                    }
                    self.store_name(&"__doc__".into(), reg, span);
                    self.unit.release(mark);
                }
                self.module_annotations()?;
                self.body(body.0)?;
                self.unit.op(Op::ReturnNone, 0, 1, 0, assemble::NOWHERE);
            }
            Mod::Interactive { body } => {
                self.module_annotations()?;
                self.body(body)?;
                self.unit.op(Op::ReturnNone, 0, 1, 0, assemble::NOWHERE);
            }
            Mod::Expression { body } => self.result(body)?,
            Mod::FunctionType { returns, .. } => self.result(returns)?,
        }
        if coroutine {
            self.close_generator(Span::default());
        }
        let unit = std::mem::replace(&mut self.unit, super::Unit::new(0, "".into(), "".into(), 1));
        assemble::assemble(unit, &self.options.filename, self.source.lines)
            .map_err(|message| Fault::new(message, Span::default()))
    }

    fn result(&mut self, body: &'t Expr) -> Res {
        let reg = self.value(body, None)?;
        self.unit.op(Op::Return, reg, 0, 0, body.span);
        Ok(())
    }

    /// The flags that all codes of the text have.
    pub fn common_flags(&self) -> u32 {
        let mut flags = 0;
        if self.python2() {
            flags |= CodeFlags::PYTHON2;
        }
        if self.future & super::FUTURE_DIVISION != 0 && self.python2() {
            flags |= CodeFlags::FUTURE_DIVISION;
        }
        if self.future & super::FUTURE_ANNOTATIONS != 0 {
            flags |= CodeFlags::FUTURE_ANNOTATIONS;
        }
        flags
    }

    /// Takes the docstring off a body; gives the rest and where the string stood.
    pub fn docstring(&mut self, body: &'t [Stmt]) -> (&'t [Stmt], Span) {
        if let [Stmt { node: StmtKind::Expr { value }, .. }, rest @ ..] = body
            && let ExprKind::Constant(Constant::Str { value: text, .. }) = &value.node
        {
            if self.options.optimize < 2 {
                let text = if self.python2() { text.as_bytes().to_vec() } else { clean(text.as_bytes()) };
                self.unit.docstring = Some(Const::Str(text.into()));
            }
            return (rest, value.span);
        }
        (body, Span::default())
    }

    pub fn body(&mut self, body: &'t [Stmt]) -> Res {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    /// Whether one more block may be opened.
    pub fn room_for_block(&self, span: Span) -> Res {
        if self.unit.blocks.len() > MAX_BLOCKS {
            return Err(Fault::new("too many statically nested blocks", span));
        }
        Ok(())
    }

    pub fn stmt(&mut self, stmt: &'t Stmt) -> Res {
        let mark = self.unit.mark();
        let span = stmt.span;
        if matches!(stmt.node, StmtKind::For { .. } | StmtKind::While { .. } | StmtKind::With { .. } | StmtKind::Try { .. }) {
            self.room_for_block(span)?;
        }
        match &stmt.node {
            StmtKind::FunctionDef(def) => self.function_def(def, span)?,
            StmtKind::ClassDef(def) => self.class_def(def, span)?,
            StmtKind::Return { value } => self.returns(value.as_ref(), span)?,
            StmtKind::Delete { targets } => targets.iter().try_for_each(|target| self.delete(target))?,
            StmtKind::Assign { targets, value } => self.assign(targets, value, span)?,
            StmtKind::TypeAlias { name, type_params, value } => self.type_alias(stmt, name, type_params, value)?,
            StmtKind::AugAssign { target, op, value } => self.aug_assign(target, *op, value, span)?,
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(target, annotation, value.as_deref(), *simple, span)?;
            }
            StmtKind::For { is_async, target, iter, body, orelse } => {
                self.for_loop(*is_async, target, iter, body, orelse, span)?;
            }
            StmtKind::While { test, body, orelse } => self.while_loop(test, body, orelse, span)?,
            StmtKind::If { .. } => self.if_chain(stmt)?,
            StmtKind::With { is_async, items, body } => self.with(*is_async, items, body, span)?,
            StmtKind::Match { subject, cases } => self.match_stmt(subject, cases)?,
            StmtKind::Raise { exc, cause } => self.raise(exc.as_deref(), cause.as_deref(), span)?,
            StmtKind::Try { is_star, body, handlers, orelse, finalbody } => {
                self.try_stmt(*is_star, body, handlers, orelse, finalbody, span)?;
            }
            StmtKind::Assert { test, msg } => self.assert(test, msg.as_deref(), span)?,
            StmtKind::Import { names } => self.import(names, span)?,
            StmtKind::ImportFrom { module, names, level } => {
                self.import_from(module.as_ref(), names, *level, span)?;
            }
            StmtKind::Expr { value } => self.expr_stmt(value, span)?,
            StmtKind::Pass | StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => {
                // A line of its own for tracing.
                if matches!(stmt.node, StmtKind::Pass) {
                    self.unit.line(span);
                }
            }
            StmtKind::Break => self.jump_out(true, span)?,
            StmtKind::Continue => self.jump_out(false, span)?,
            StmtKind::Print2 { dest, values, newline } => self.print2(dest.as_deref(), values, *newline, span)?,
            StmtKind::Exec2 { body, globals, locals } => {
                self.exec2(body, globals.as_deref(), locals.as_deref(), span)?;
            }
            StmtKind::Raise2 { kind, value, trace } => self.raise2(kind, value, trace.as_deref(), span)?,
        }
        self.unit.release(mark);
        Ok(())
    }

    fn expr_stmt(&mut self, value: &'t Expr, span: Span) -> Res {
        if self.interactive && self.units.is_empty() {
            let reg = self.push(value)?;
            self.unit.intrinsic(Intrinsic::DisplayHook, reg, reg, 1, span);
            self.unit.op(Op::Drop, reg, 0, 0, span);
            return Ok(());
        }
        if self.folded(value).is_some() {
            self.unit.line(span);
            return Ok(());
        }
        if let ExprKind::Name { id } = &value.node
            && let Some(reg) = self.local(id)
        {
            if self.unit.is_bound(reg) {
                self.unit.line(span);
            } else {
                self.unit.op(Op::CheckLocal, reg, 0, 0, span);
            }
            return Ok(());
        }
        let reg = self.push(value)?;
        self.unit.op(Op::Drop, reg, 0, 0, span);
        Ok(())
    }

    fn returns(&mut self, value: Option<&'t Expr>, span: Span) -> Res {
        let kind = self.scopes.all[self.unit.scope].kind;
        if !kind.is_function_like() {
            return Err(Fault::new("'return' outside function", span));
        }
        if value.is_some() && self.unit.flags.has(CodeFlags::ASYNC_GENERATOR) {
            return Err(Fault::new("'return' with value in async generator", span));
        }
        if self.in_finally.contains(&Context::ExceptStar) {
            return Err(Fault::new("'break', 'continue' and 'return' cannot appear in an except* block", span));
        }
        if self.in_finally.contains(&Context::Finally) {
            self.warn("'return' in a 'finally' block", span);
        }
        let runs = self.exits_run_code(0);
        let constant = match value {
            None => Some(Const::None),
            Some(value) => self.folded(value),
        };
        if let Some(constant) = constant {
            if runs {
                self.unit.line(span);
            }
            let left = self.unwind(0, span)?;
            let span = if runs { self.unit.last_span(span) } else { span };
            if constant == Const::None {
                self.unit.op(Op::ReturnNone, 0, 0, 0, span);
            } else {
                let reg = self.unit.temp();
                self.load_const(constant, reg, span);
                self.unit.op(Op::Return, reg, 0, 0, span);
            }
            self.rewind(left);
            return Ok(());
        }
        let Some(value) = value else { return Ok(()) };
        let reg = if runs {
            let reg = self.unit.pin();
            self.expr_into(value, reg)?;
            reg
        } else {
            self.value(value, None)?
        };
        let left = self.unwind(0, span)?;
        let span = if runs { self.unit.last_span(span) } else { span };
        self.unit.op(Op::Return, reg, 0, 0, span);
        self.rewind(left);
        if runs {
            self.unit.unpin(reg);
        }
        Ok(())
    }

    /// `break` and `continue`.
    fn jump_out(&mut self, is_break: bool, span: Span) -> Res {
        let word = if is_break { "break" } else { "continue" };
        if self.in_finally.last() == Some(&Context::ExceptStar) {
            return Err(Fault::new("'break', 'continue' and 'return' cannot appear in an except* block", span));
        }
        let Some(index) = self.innermost_loop() else {
            return Err(Fault::new(if is_break { "'break' outside loop" } else { "'continue' not properly in loop" }, span));
        };
        if self.in_finally.last() == Some(&Context::Finally) {
            self.warn(&format!("'{word}' in a 'finally' block"), span);
        }
        let Exit::Loop { next, exit, iter, line } = self.unit.blocks[index].exit else {
            return Ok(());
        };
        self.unit.line(span);
        let left = self.unwind(index + 1, span)?;
        if is_break {
            if let Some(iter) = iter {
                self.unit.op(Op::Drop, iter, 0, 0, span);
            }
            self.unit.jump(exit, span);
        } else {
            if let Some(line) = line {
                self.unit.line(line);
            }
            self.loop_back(next, span);
        }
        self.rewind(left);
        Ok(())
    }

    fn if_chain(&mut self, mut stmt: &'t Stmt) -> Res {
        let end = self.unit.label();
        let mut out = None;
        while let StmtKind::If { test, body, orelse } = &stmt.node {
            let other = self.unit.label();
            let truth = self.folded(test).and_then(|value| fold::truth(&value));
            if truth.is_some() {
                self.unit.line(test.span);
            }
            if truth != Some(true) {
                self.jump_if(test, other, false)?;
            }
            let state = self.unit.bound.clone();
            if truth == Some(false) {
                self.dead(|this| this.body(body))?;
            } else {
                self.body(body)?;
                out = meet(out, &self.unit.bound);
                if !orelse.is_empty() && self.unit.bound.is_some() {
                    self.unit.jump(end, test.span);
                }
            }
            self.unit.place(other);
            self.unit.bound = state;
            if truth == Some(true) {
                self.dead(|this| this.dead_arms(orelse))?;
                self.unit.unreachable();
                break;
            }
            match orelse.as_slice() {
                [next] if matches!(next.node, StmtKind::If { .. }) => stmt = next,
                rest => {
                    self.body(rest)?;
                    break;
                }
            }
        }
        self.unit.place(end);
        self.unit.bound = meet(out, &self.unit.bound);
        Ok(())
    }

    /// The arms behind one that always runs; in a loop, because there may be many.
    fn dead_arms(&mut self, mut rest: &'t [Stmt]) -> Res {
        while let [Stmt { node: StmtKind::If { test, body, orelse }, .. }] = rest {
            let next = self.unit.label();
            self.jump_if(test, next, false)?;
            self.unit.place(next);
            self.body(body)?;
            rest = orelse;
        }
        self.body(rest)
    }

    /// Compiles code that never runs, for its errors only.
    pub fn dead(&mut self, make: impl FnOnce(&mut Self) -> Res) -> Res {
        let at = self.unit.instrs.len();
        let jumps = self.unit.jumps.len();
        let ranges = self.unit.ranges.len();
        let covers: Vec<_> = self.unit.blocks.clone();
        make(self)?;
        self.unit.instrs.truncate(at);
        self.unit.spans.truncate(at);
        self.unit.jumps.truncate(jumps);
        self.unit.ranges.truncate(ranges);
        self.unit.blocks = covers;
        for label in self.unit.labels.iter_mut().filter(|label| **label != u32::MAX) {
            *label = (*label).min(at as u32);
        }
        Ok(())
    }

    fn raise(&mut self, exc: Option<&'t Expr>, cause: Option<&'t Expr>, span: Span) -> Res {
        match (exc, cause) {
            (None, _) => self.unit.op(Op::RaiseAgain, 0, 0, 0, span),
            (Some(exc), None) => {
                let reg = self.value(exc, None)?;
                self.unit.op(Op::Raise, reg, 0, 0, span);
            }
            (Some(exc), Some(cause)) => {
                let reg = self.value(exc, None)?;
                let from = self.value(cause, None)?;
                self.unit.op(Op::RaiseFrom, reg, from, 0, span);
            }
        }
        self.unit.unreachable();
        Ok(())
    }

    fn assert(&mut self, test: &'t Expr, msg: Option<&'t Expr>, span: Span) -> Res {
        if let ExprKind::Tuple { elts } = &test.node
            && !elts.is_empty()
        {
            self.warn("assertion is always true, perhaps remove parentheses?", span);
        }
        if self.options.optimize > 0 {
            return Ok(());
        }
        let end = self.unit.label();
        self.jump_if(test, end, true)?;
        let state = self.unit.bound.clone();
        let reg = self.unit.temp();
        self.unit.intrinsic(Intrinsic::AssertionError, reg, reg, 0, test.span);
        if let Some(msg) = msg {
            self.push(msg)?;
            self.unit.op(Op::Call, reg, 1, reg, test.span);
        }
        self.unit.op(Op::Raise, reg, 0, 0, test.span);
        self.unit.place(end);
        self.unit.bound = state;
        Ok(())
    }
}

/// A docstring without the indentation that its lines share.
fn clean(text: &[u8]) -> Vec<u8> {
    let mut expanded = Vec::with_capacity(text.len());
    let mut column = 0;
    for byte in text {
        match byte {
            b'\t' => {
                let count = 8 - column % 8;
                expanded.resize(expanded.len() + count, b' ');
                column += count;
                continue;
            }
            b'\n' | b'\r' => column = 0,
            byte if byte & 0xC0 == 0x80 => {}
            _ => column += 1,
        }
        expanded.push(*byte);
    }
    let indent = |line: &[u8]| line.iter().take_while(|byte| **byte == b' ').count();
    let mut lines = expanded.split(|byte| *byte == b'\n');
    let margin = lines.clone().skip(1).filter(|line| indent(line) < line.len()).map(indent).min().unwrap_or(0);
    let mut out = Vec::with_capacity(expanded.len());
    if let Some(first) = lines.next() {
        out.extend_from_slice(&first[indent(first)..]);
    }
    for line in lines {
        out.push(b'\n');
        out.extend_from_slice(&line[indent(line).min(margin)..]);
    }
    out
}
