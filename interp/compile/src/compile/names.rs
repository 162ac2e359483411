//! Where a name lives, and how it is loaded, stored and deleted.

use lockstep_grammar::{Name, Span};

use super::scope::{Scope, ScopeKind, flag, mangle};
use super::unit::Reg;
use super::{Compiler, Res};
use crate::code::{Const, Instr, Intrinsic, Op};

/// Where a name lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// A register.
    Local(Reg),
    /// A cell in a register.
    Cell(Reg),
    /// A free variable.
    Free(u16),
    /// A free variable of a class body, whose locals go first.
    ClassFree(u16),
    /// The globals and builtins.
    Global,
    /// The locals mapping, then globals and builtins.
    Named,
    /// The class around (free variable), then the globals.
    DictGlobal(u16),
    /// The class around (free variable), then a free variable.
    DictFree(u16, u16),
}

impl Compiler<'_> {
    pub fn mangled(&self, name: &Name) -> Name {
        mangle(self.unit.private.as_ref(), name)
    }

    pub fn free_index(&self, name: &str) -> Option<u16> {
        self.unit.free.iter().position(|free| &**free == name).map(|index| index as u16)
    }

    /// The class body around an annotation scope.
    fn class_around(&self) -> Option<&Scope<'_>> {
        let mut at = self.scopes.all[self.unit.scope].parent?;
        while self.scopes.all[at].kind != ScopeKind::Class {
            at = self.scopes.all[at].parent?;
        }
        self.scopes.all.get(at)
    }

    /// Where a (mangled) name lives as seen from the current scope.
    pub fn access(&self, name: &Name) -> Access {
        let mut at = self.scope;
        while at != self.unit.scope {
            let scope = &self.scopes.all[at];
            if scope.flags(name) & flag::GLOBAL != 0 && self.scopes.all[self.unit.scope].kind != ScopeKind::Module {
                return Access::Global;
            }
            if scope.binds(name) {
                let found = self.unit.comp_locals.iter().rev().find(|(owner, local, ..)| *owner == at && local == name);
                if let Some((_, _, reg, is_cell)) = found {
                    return if *is_cell { Access::Cell(*reg) } else { Access::Local(*reg) };
                }
            }
            let Some(parent) = scope.parent else { break };
            at = parent;
        }
        let inner = self.scope != self.unit.scope;
        let scope = &self.scopes.all[self.unit.scope];
        let flags = scope.flags(name);
        if flags & flag::GLOBAL != 0 && scope.kind != ScopeKind::Module {
            return Access::Global;
        }
        match scope.kind {
            ScopeKind::Module if flags & flag::GLOBAL != 0 && !inner => Access::Global,
            ScopeKind::Module => Access::Named,
            ScopeKind::Class => {
                if !inner && let Some(reg) = self.unit.cells.get(name).filter(|_| &**name == "__conditional_annotations__") {
                    return Access::Cell(*reg);
                }
                let free = self.free_index(name);
                match free {
                    Some(index) if inner || flags & flag::NONLOCAL != 0 => Access::Free(index),
                    Some(index) if flags & flag::BOUND == 0 => Access::ClassFree(index),
                    _ if inner => match self.unit.cells.get(name) {
                        Some(reg) => Access::Cell(*reg),
                        None => Access::Global,
                    },
                    _ => Access::Named,
                }
            }
            _ => {
                if let Some(reg) = self.unit.cells.get(name) {
                    return Access::Cell(*reg);
                }
                if let Some(reg) = self.unit.locals.get(name) {
                    return Access::Local(*reg);
                }
                let free = self.free_index(name);
                let asks = scope.sees_class && !inner && &**name != "__classdict__";
                if asks && self.class_around().is_some_and(|class| class.flags(name) & flag::GLOBAL != 0) {
                    return Access::Global;
                }
                let dict = if asks { self.free_index("__classdict__") } else { None };
                match (dict, free) {
                    (Some(dict), Some(free)) if &**name != "__conditional_annotations__" => Access::DictFree(dict, free),
                    (Some(dict), None) => Access::DictGlobal(dict),
                    (_, Some(free)) => Access::Free(free),
                    (None, None) => Access::Global,
                }
            }
        }
    }

    /// Loads a name into `dst`.
    pub fn load_name(&mut self, name: &Name, dst: Reg, span: Span) -> Res {
        if &**name == "__debug__" {
            self.load_const(Const::Bool(self.options.optimize == 0), dst, span);
            return Ok(());
        }
        let name = self.mangled(name);
        let access = self.access(&name);
        self.load_access(access, &name, dst, span);
        Ok(())
    }

    pub fn load_access(&mut self, access: Access, name: &Name, dst: Reg, span: Span) {
        let unit = &mut self.unit;
        match access {
            Access::Local(reg) => {
                if !unit.is_bound(reg) {
                    unit.op(Op::CheckLocal, reg, 0, 0, span);
                    unit.set_bound(reg, true);
                }
                unit.move_to(dst, reg, span);
            }
            Access::Cell(reg) => unit.op(Op::LoadCell, dst, reg, 0, span),
            Access::Free(index) => {
                unit.emit(Instr::wide(Op::LoadFree, dst, i32::from(index)), span);
            }
            Access::ClassFree(index) => {
                unit.emit(Instr::wide(Op::LoadLocalOrFree, dst, i32::from(index)), span);
            }
            Access::Global | Access::Named => {
                let op = if access == Access::Global { Op::LoadGlobal } else { Op::LoadName };
                let site = unit.global_site(name);
                unit.emit(Instr::site(op, dst, 0, site), span);
            }
            Access::DictGlobal(dict) | Access::DictFree(dict, _) => {
                let mark = unit.mark();
                let first = unit.temps(3);
                unit.emit(Instr::wide(Op::LoadFree, first, i32::from(dict)), span);
                let text = unit.constant(Const::Str(name.as_bytes().into()));
                unit.emit(Instr::wide(Op::LoadConst, first + 1, text as i32), span);
                if let Access::DictFree(_, free) = access {
                    unit.emit(Instr::wide(Op::LoadClosure, first + 2, i32::from(free)), span);
                    unit.intrinsic(Intrinsic::LoadFromDictOrCell, dst, first, 3, span);
                } else {
                    unit.intrinsic(Intrinsic::LoadFromDictOrGlobal, dst, first, 2, span);
                }
                unit.release(mark);
            }
        }
    }

    /// The register of a name that is a plain local.
    pub fn local(&self, name: &Name) -> Option<Reg> {
        match self.access(&self.mangled(name)) {
            Access::Local(reg) => Some(reg),
            _ => None,
        }
    }

    /// Stores register `src` in a name.
    pub fn store_name(&mut self, name: &Name, src: Reg, span: Span) {
        let name = self.mangled(name);
        let access = self.access(&name);
        let unit = &mut self.unit;
        match access {
            Access::Local(reg) => {
                unit.move_to(reg, src, span);
                unit.set_bound(reg, true);
            }
            Access::Cell(reg) => unit.op(Op::StoreCell, reg, src, 0, span),
            Access::Free(index) | Access::ClassFree(index) | Access::DictFree(_, index) => {
                unit.emit(Instr::wide(Op::StoreFree, src, i32::from(index)), span);
            }
            Access::Global | Access::DictGlobal(_) => {
                let index = unit.name(&name);
                unit.emit(Instr::wide(Op::StoreGlobal, src, index as i32), span);
            }
            Access::Named => {
                let index = unit.name(&name);
                unit.emit(Instr::wide(Op::StoreName, src, index as i32), span);
            }
        }
    }

    /// `del name`.
    pub fn delete_name(&mut self, name: &Name, span: Span) {
        let name = self.mangled(name);
        let access = self.access(&name);
        let unit = &mut self.unit;
        match access {
            Access::Local(reg) => {
                let op = if unit.is_bound(reg) { Op::Drop } else { Op::DelLocal };
                if op == Op::Drop {
                    unit.line(span);
                }
                unit.op(op, reg, 0, 0, span);
                unit.set_bound(reg, false);
            }
            Access::Cell(reg) => unit.op(Op::DelCell, reg, 0, 0, span),
            Access::Free(index) | Access::ClassFree(index) | Access::DictFree(_, index) => {
                unit.emit(Instr::wide(Op::DelFree, 0, i32::from(index)), span);
            }
            Access::Global | Access::DictGlobal(_) => {
                let index = unit.name(&name);
                unit.emit(Instr::wide(Op::DelGlobal, 0, index as i32), span);
            }
            Access::Named => {
                let index = unit.name(&name);
                unit.emit(Instr::wide(Op::DelName, 0, index as i32), span);
            }
        }
    }

    /// Loads a constant into `dst`.
    pub fn load_const(&mut self, value: Const, dst: Reg, span: Span) {
        match value {
            Const::None => self.unit.op(Op::LoadNone, dst, 0, 0, span),
            Const::Int(n) if i32::try_from(n).is_ok() => {
                self.unit.emit(Instr::wide(Op::LoadInt, dst, n as i32), span);
            }
            value => {
                let index = self.unit.constant(value);
                self.unit.emit(Instr::wide(Op::LoadConst, dst, index as i32), span);
            }
        }
    }

    /// Loads a str into `dst`.
    pub fn load_str(&mut self, text: &str, dst: Reg, span: Span) {
        self.load_const(Const::Str(text.as_bytes().into()), dst, span);
    }
}
