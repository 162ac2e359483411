//! Classes: the body is a function of no arguments that fills the namespace.

use lockstep_grammar::{Name, Span, tree::*};

use super::assemble::NOWHERE;
use super::scope::{Part, ScopeKind, flag};
use super::unit::{Reg, TEMP};
use super::{Compiler, Res};
use crate::code::{CodeFlags, Const, Intrinsic, Op};

impl<'t> Compiler<'t> {
    pub fn class_def(&mut self, def: &'t ClassDef, span: Span) -> Res {
        for decorator in &def.decorator_list {
            self.push(decorator)?;
        }
        let first_line = def.decorator_list.first().map_or(span, |first| first.span);
        let top = self.unit.temp();
        if def.type_params.is_empty() {
            self.plain_class(def, top, first_line, span)?;
        } else {
            self.generic_class(def, top, first_line, span)?;
        }
        self.unit.release(top - TEMP + 1);
        self.decorate(&def.decorator_list, top);
        self.store_name(&def.name, top.wrapping_sub(def.decorator_list.len() as Reg), span);
        Ok(())
    }

    /// Makes the class in the temporary `dst`, which is the last one.
    pub fn plain_class(&mut self, def: &'t ClassDef, dst: Reg, first_line: Span, span: Span) -> Res {
        self.unit.intrinsic(Intrinsic::BuildClass, dst, dst, 0, span);
        let function = self.unit.temp();
        self.class_body(def, function, first_line, span)?;
        let name = self.unit.temp();
        self.load_str(&def.name, name, span);
        let generic = !def.type_params.is_empty();
        if generic {
            // The base that stands for the type parameters comes last.
            let plain = super::call::is_plain_call(&def.bases, &def.keywords);
            if plain && def.keywords.is_empty() {
                for base in &def.bases {
                    self.push(base)?;
                }
                let base = self.unit.temp();
                let hidden: Name = ".generic_base".into();
                self.load_access(self.access(&hidden), &hidden, base, span);
                self.unit.op(Op::Call, dst, 3 + def.bases.len() as u16, dst, span);
                return Ok(());
            }
            let first = dst + 1;
            self.unit.op(Op::BuildList, first, first, 2, span);
            self.unit.release(first - TEMP + 1);
            self.extend_list(first, &def.bases)?;
            let hidden: Name = ".generic_base".into();
            let base = self.unit.temp();
            self.load_access(self.access(&hidden), &hidden, base, span);
            self.unit.op(Op::ListAppend, first, base, 0, span);
            self.unit.release(first - TEMP + 1);
            self.unit.intrinsic(Intrinsic::ListToTuple, first, first, 1, span);
            return self.spread_keywords(dst, &def.keywords, dst, span);
        }
        self.call_tail(dst, false, 2, &def.bases, &def.keywords, dst, span)
    }

    fn class_body(&mut self, def: &'t ClassDef, dst: Reg, first_line: Span, span: Span) -> Res {
        let id = self.scopes.of(def, Part::Body);
        self.begin(id, def.name.clone(), first_line);
        self.unit.flags.0 &= !(CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS);
        let scope = &self.scopes.all[id];
        debug_assert_eq!(scope.kind, ScopeKind::Class);
        let is_cell = |name: &str| scope.flags(name) & flag::CELL != 0;
        let implicit: Vec<Name> = ["__class__", "__classdict__", "__conditional_annotations__"]
            .into_iter()
            .filter(|name| is_cell(name))
            .map(Name::from)
            .collect();
        let conditional = scope.conditional_annotations;
        for name in &implicit {
            let reg = super::unit::HIDDEN + self.unit.hidden_count;
            self.unit.hidden_count += 1;
            self.unit.cells.insert(name.clone(), reg);
            self.unit.cell_order.push(name.clone());
            self.unit.op(Op::MakeCell, reg, 0, 0, span);
        }
        let mark = self.unit.mark();
        let reg = self.unit.temp();
        if let Some(cell) = self.unit.cells.get("__classdict__").copied() {
            self.unit.intrinsic(Intrinsic::Locals, reg, reg, 0, span);
            self.unit.op(Op::StoreCell, cell, reg, 0, span);
        }
        self.load_name(&"__name__".into(), reg, span)?;
        self.store_name(&"__module__".into(), reg, span);
        let qualname = self.unit.qualname.clone();
        self.load_str(&qualname, reg, span);
        self.store_name(&"__qualname__".into(), reg, span);
        let line = i64::from(self.unit.first_line);
        self.load_const(Const::Int(line), reg, span);
        self.store_name(&"__firstlineno__".into(), reg, span);
        if !def.type_params.is_empty() {
            let hidden: Name = ".type_params".into();
            self.load_access(self.access(&hidden), &hidden, reg, span);
            self.store_name(&"__type_params__".into(), reg, span);
        }
        if conditional {
            self.unit.op(Op::BuildSet, reg, reg, 0, span);
            self.store_name(&"__conditional_annotations__".into(), reg, span);
        }
        let (body, doc_span) = self.docstring(&def.body);
        if let Some(doc) = self.unit.docstring.take() {
            self.load_const(doc, reg, doc_span);
            self.store_name(&"__doc__".into(), reg, doc_span);
        }
        self.unit.release(mark);
        if self.future & super::FUTURE_ANNOTATIONS != 0 && has_annotations(body) {
            let reg = self.unit.temp();
            self.unit.intrinsic(Intrinsic::SetupAnnotations, reg, reg, 0, span);
            self.unit.op(Op::Drop, reg, 0, 0, span);
            self.unit.release(mark);
        }
        self.body(body)?;
        self.class_annotations(id, self.unit.last_span(span))?;
        // What follows is no line of its own.
        let end = NOWHERE;
        let reg = self.unit.temp();
        let mut attributes: Vec<Const> = Vec::new();
        let mut names = self.unit.static_attributes.clone();
        names.sort_unstable();
        for name in names {
            attributes.push(Const::Str(name.as_bytes().into()));
        }
        self.load_const(Const::Tuple(attributes.into()), reg, end);
        self.store_name(&"__static_attributes__".into(), reg, end);
        for (cell, name) in [("__classdict__", "__classdictcell__"), ("__class__", "__classcell__")] {
            if let Some(cell) = self.unit.cells.get(cell).copied() {
                self.unit.op(Op::Move, reg, cell, 0, end);
                self.store_name(&name.into(), reg, end);
            }
        }
        match self.unit.cells.get("__class__").copied() {
            Some(cell) => {
                self.unit.op(Op::Move, reg, cell, 0, end);
                self.unit.op(Op::Return, reg, 0, 0, end);
            }
            None => self.unit.op(Op::ReturnNone, 0, 1, 0, end),
        }
        let code = self.finish(span)?;
        self.make_function(code, dst, None, 0, span);
        Ok(())
    }
}

/// Whether statements of a body annotate names.
pub(crate) fn has_annotations(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match &stmt.node {
        StmtKind::AnnAssign { .. } => true,
        StmtKind::If { body, orelse, .. } | StmtKind::For { body, orelse, .. } | StmtKind::While { body, orelse, .. } => {
            has_annotations(body) || has_annotations(orelse)
        }
        StmtKind::With { body, .. } => has_annotations(body),
        StmtKind::Match { cases, .. } => cases.iter().any(|case| has_annotations(&case.body)),
        StmtKind::Try { body, handlers, orelse, finalbody, .. } => {
            has_annotations(body)
                || has_annotations(orelse)
                || has_annotations(finalbody)
                || handlers.iter().any(|handler| has_annotations(&handler.body))
        }
        _ => false,
    })
}
