//! Functions and lambdas, and how any nested code object begins and ends.

use std::sync::Arc;

use lockstep_grammar::{Name, Span, tree::*};

use super::scope::{Part, ScopeId, ScopeKind, flag, mangle};
use super::unit::{HIDDEN, Reg, TEMP, Unit};
use super::{Compiler, Fault, Res, assemble};
use crate::code::{Capture, Code, CodeFlags, Const, Instr, Op};

/// Bits of `MakeFunction`.
pub(crate) const DEFAULTS: u8 = 1;
pub(crate) const KW_DEFAULTS: u8 = 2;
pub(crate) const ANNOTATE: u8 = 4;
pub(crate) const TYPE_PARAMS: u8 = 8;

impl<'t> Compiler<'t> {
    /// Begins a nested code object.
    pub fn begin(&mut self, id: ScopeId, name: Name, span: Span) {
        let qualname = self.qualname(&name);
        let kind = self.scopes.all[id].kind;
        let outer = self.scopes.all[self.unit.scope].kind;
        let line = self.source.lines.line(span.start);
        let mut unit = Unit::new(id, name, qualname, line);
        unit.flags.0 = self.common_flags();
        if kind != ScopeKind::Class {
            unit.flags.0 |= CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS;
            if outer == ScopeKind::Class {
                unit.flags.0 |= CodeFlags::METHOD;
            }
        }
        if outer.is_function_like() {
            unit.flags.0 |= CodeFlags::NESTED;
        }
        unit.private = self.scopes.all[id].private.clone();
        unit.free = self.scopes.all[id].free.clone();
        unit.resume = self.scope;
        self.units.push(std::mem::replace(&mut self.unit, unit));
        self.scope = id;
        self.contexts.push(std::mem::take(&mut self.in_finally));
    }

    fn qualname(&self, name: &Name) -> Name {
        let mut unit = &self.unit;
        let mut outer = self.units.iter().rev();
        while self.scopes.all[unit.scope].kind == ScopeKind::TypeParams {
            match outer.next() {
                Some(next) => unit = next,
                None => break,
            }
        }
        let scope = &self.scopes.all[unit.scope];
        let global = scope.flags(&mangle(unit.private.as_ref(), name)) & flag::GLOBAL != 0;
        match scope.kind {
            ScopeKind::Module => name.clone(),
            _ if global => name.clone(),
            ScopeKind::Class => format!("{}.{name}", unit.qualname).into(),
            _ => format!("{}.<locals>.{name}", unit.qualname).into(),
        }
    }

    /// Gives registers to parameters and the other locals; captured ones become cells.
    pub fn declare_registers(&mut self, params: &[Name], span: Span) {
        let id = self.unit.scope;
        let mut names: Vec<Name> = Vec::new();
        for param in params {
            names.push(mangle(self.unit.private.as_ref(), param));
        }
        let scope = &self.scopes.all[id];
        let others: Vec<Name> = scope.order.iter().filter(|name| scope.binds(name) && !names.contains(name)).cloned().collect();
        let mut cells = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let reg = index as Reg;
            self.unit.set_bound(reg, true);
            if scope.flags(name) & flag::CELL != 0 {
                cells.push((name.clone(), reg));
            } else {
                self.unit.locals.insert(name.clone(), reg);
            }
        }
        for name in others {
            if scope.flags(&name) & flag::CELL != 0 {
                let reg = HIDDEN + self.unit.hidden_count;
                self.unit.hidden_count += 1;
                cells.push((name, reg));
            } else {
                self.unit.locals.insert(name.clone(), names.len() as Reg);
                names.push(name);
            }
        }
        for name in &names {
            if scope.flags(name) & flag::DELETED != 0
                && let Some(reg) = self.unit.locals.get(name)
            {
                self.unit.set_deletable(*reg);
            }
        }
        if names.len() > 0x1F00 {
            self.unit.overflow = Some("too many local variables");
            names.truncate(0x1F00);
        }
        self.unit.varnames = names.iter().map(|name| if &**name == ".format" { "format".into() } else { name.clone() }).collect();
        for (name, reg) in cells {
            self.unit.cells.insert(name.clone(), reg);
            self.unit.cell_order.push(name);
            self.pending_cells.push(reg);
        }
        let generator = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;
        if self.unit.flags.0 & generator == 0 {
            self.make_cells(span);
        }
    }

    fn make_cells(&mut self, span: Span) {
        for reg in std::mem::take(&mut self.pending_cells) {
            self.unit.op(Op::MakeCell, reg, 0, 0, span);
        }
    }

    /// `MakeGenerator`, then the cells.
    pub fn begin_generator(&mut self, span: Span) {
        self.unit.op(Op::MakeGenerator, 0, 0, 0, span);
        self.make_cells(span);
    }

    /// Ends the code object and goes back to the one around it.
    pub fn finish(&mut self, span: Span) -> Res<Arc<Code>> {
        let Some(outer) = self.units.pop() else {
            return Err(Fault::new("unbalanced code", span));
        };
        let unit = std::mem::replace(&mut self.unit, outer);
        self.scope = unit.resume;
        self.in_finally = self.contexts.pop().unwrap_or_default();
        let captures = unit.free.iter().map(|name| self.capture(name)).collect();
        let mut code =
            assemble::assemble(unit, &self.options.filename, self.source.lines).map_err(|message| Fault::new(message, span))?;
        code.captures = captures;
        Ok(Arc::new(code))
    }

    /// Where the code around has the cell of a free variable.
    fn capture(&self, name: &Name) -> Capture {
        let mut at = self.scope;
        while at != self.unit.scope {
            let found = self.unit.comp_locals.iter().rev().find(|(owner, local, ..)| *owner == at && local == name);
            if let Some((_, _, reg, true)) = found {
                return Capture::Cell(*reg);
            }
            let Some(parent) = self.scopes.all[at].parent else {
                break;
            };
            at = parent;
        }
        if let Some(reg) = self.unit.cells.get(name) {
            return Capture::Cell(*reg);
        }
        Capture::Free(self.free_index(name).unwrap_or(0))
    }

    /// `MakeFunction` with extras laid out from `first` on.
    pub fn make_function(&mut self, code: Arc<Code>, dst: Reg, first: Option<Reg>, bits: u8, span: Span) {
        let index = self.unit.low_constant(Const::Code(code));
        self.unit.emit(Instr::new(Op::MakeFunction, dst, first.unwrap_or(dst), index).with(bits), span);
    }

    pub fn function_def(&mut self, def: &'t FunctionDef, span: Span) -> Res {
        for decorator in &def.decorator_list {
            self.push(decorator)?;
        }
        let first_line = def.decorator_list.first().map_or(span, |first| first.span);
        let direct = if def.decorator_list.is_empty() { self.local(&def.name) } else { None };
        let top = TEMP + self.unit.mark();
        let dst = direct.unwrap_or(top);
        if def.type_params.is_empty() {
            let bits = self.default_extras(&def.args)?;
            self.plain_function(def, top, bits, dst, first_line, span)?;
        } else {
            self.generic_function(def, dst, first_line, span)?;
        }
        self.unit.release(top - TEMP);
        if direct.is_some() {
            self.unit.set_bound(dst, true);
            return Ok(());
        }
        self.unit.temp();
        self.decorate(&def.decorator_list, top);
        let result = top.wrapping_sub(def.decorator_list.len() as Reg);
        self.store_name(&def.name, result, span);
        Ok(())
    }

    /// Calls the decorators that lie below register `top`, innermost first.
    pub fn decorate(&mut self, decorators: &'t [Expr], top: Reg) {
        for (index, decorator) in decorators.iter().rev().enumerate() {
            // With more decorators than registers there was an error before: the numbers may wrap.
            let callee = top.wrapping_sub(1).wrapping_sub(index as Reg);
            self.unit.op(Op::Call, callee, 1, callee, decorator.span);
        }
    }

    /// The function proper, whose extras (`bits`) lie from `first` on, those for the annotations
    /// still to come.
    pub fn plain_function(&mut self, def: &'t FunctionDef, first: Reg, bits: u8, dst: Reg, first_line: Span, span: Span) -> Res {
        let mut bits = bits;
        if super::scope::has_annotations(def) {
            let reg = self.unit.temp();
            self.annotate_function(def, reg, span)?;
            bits |= ANNOTATE;
        }
        if !def.type_params.is_empty() {
            let reg = self.unit.temp();
            self.load_access(self.access(&".type_params".into()), &".type_params".into(), reg, span);
            bits |= TYPE_PARAMS;
        }
        let id = self.scopes.of(def, Part::Body);
        self.begin(id, def.name.clone(), first_line);
        let scope = &self.scopes.all[id];
        self.unit.flags.0 |= match (scope.is_async, scope.is_generator) {
            (true, true) => CodeFlags::ASYNC_GENERATOR,
            (true, false) => CodeFlags::COROUTINE,
            (false, true) => CodeFlags::GENERATOR,
            (false, false) => 0,
        };
        self.parameters(&def.args);
        let names = parameter_names(&def.args);
        self.declare_registers(&names, span);
        let generator = scope_generates(self.unit.flags);
        let (body, _) = self.docstring(&def.body);
        if self.unit.docstring.is_some() {
            self.unit.flags.0 |= CodeFlags::HAS_DOCSTRING;
        }
        if generator {
            self.begin_generator(span);
            self.open_generator(span);
        }
        self.body(body)?;
        if self.unit.bound.is_some() || self.ends_open() {
            let last = def.body.last().map_or(span, |stmt| stmt.span);
            self.unit.op(Op::ReturnNone, 0, 1, 0, last);
        }
        if generator {
            self.close_generator(span);
        }
        let code = self.finish(span)?;
        self.make_function(code, dst, Some(first), bits, span);
        Ok(())
    }

    /// Whether something jumps to where the code ends.
    pub fn ends_open(&self) -> bool {
        let here = self.unit.here();
        here == 0
            || self.unit.labels.contains(&here)
            || !self.unit.instrs.last().is_some_and(|instr| crate::code::operands::ends_flow(instr.op))
    }

    /// Names and counts of parameters.
    pub fn parameters(&mut self, args: &Arguments) {
        let unit = &mut self.unit;
        unit.posonly_count = args.posonlyargs.len() as u32;
        unit.arg_count = unit.posonly_count + args.args.len() as u32;
        unit.kwonly_count = args.kwonlyargs.len() as u32;
        if args.vararg.is_some() {
            unit.flags.0 |= CodeFlags::VARARGS;
        }
        if args.kwarg.is_some() {
            unit.flags.0 |= CodeFlags::VARKEYWORDS;
        }
    }

    /// Lays out the defaults in new temporaries; gives their bits.
    pub fn default_extras(&mut self, args: &'t Arguments) -> Res<u8> {
        let mut bits = 0;
        if let Some(first) = args.defaults.first() {
            let reg = self.unit.temp();
            let span = first.span;
            let constants: Option<Vec<Const>> = args.defaults.iter().map(|value| self.folded(value)).collect();
            match constants {
                Some(values) => self.load_const(Const::Tuple(values.into()), reg, span),
                None => self.tuple(&args.defaults, reg, span)?,
            }
            self.unit.release(reg - TEMP + 1);
            bits |= DEFAULTS;
        }
        if args.kw_defaults.iter().any(Option::is_some) {
            let dict = self.unit.temp();
            let span = args.kwonlyargs.first().map_or(Span::default(), |arg| arg.span);
            self.unit.op(Op::BuildMap, dict, dict, 0, span);
            let mark = self.unit.mark();
            for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
                let Some(default) = default else { continue };
                let key = self.unit.temp();
                let name = self.mangled(&arg.name);
                self.load_str(&name, key, arg.span);
                let value = self.push(default)?;
                self.unit.op(Op::MapAdd, dict, key, value, default.span);
                self.unit.release(mark);
            }
            bits |= KW_DEFAULTS;
        }
        Ok(bits)
    }

    pub fn lambda(&mut self, expr: &'t Expr, args: &'t Arguments, body: &'t Expr, dst: Reg) -> Res {
        let span = expr.span;
        let first = TEMP + self.unit.mark();
        let bits = self.default_extras(args)?;
        let id = self.scopes.of(expr, Part::Body);
        self.begin(id, "<lambda>".into(), span);
        if self.scopes.all[id].is_generator {
            self.unit.flags.0 |= CodeFlags::GENERATOR;
        }
        self.parameters(args);
        self.declare_registers(&parameter_names(args), span);
        if scope_generates(self.unit.flags) {
            self.begin_generator(span);
            self.open_generator(span);
            let reg = self.push(body)?;
            self.unit.op(Op::Return, reg, 0, 0, body.span);
            self.close_generator(span);
        } else {
            let reg = self.value(body, None)?;
            self.unit.op(Op::Return, reg, 0, 0, body.span);
        }
        let code = self.finish(span)?;
        self.make_function(code, dst, (bits != 0).then_some(first), bits, span);
        Ok(())
    }
}

fn scope_generates(flags: CodeFlags) -> bool {
    flags.0 & (CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR) != 0
}

/// The names of parameters in the order of their registers.
fn parameter_names(args: &Arguments) -> Vec<Name> {
    args.posonlyargs
        .iter()
        .chain(&args.args)
        .chain(&args.kwonlyargs)
        .chain(&args.vararg)
        .chain(&args.kwarg)
        .map(|arg| arg.name.clone())
        .collect()
}
