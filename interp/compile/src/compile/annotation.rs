//! Annotations: evaluated lazily by `__annotate__` functions.

use lockstep_grammar::{Name, Span, tree::*};

use super::scope::{Part, ScopeId, every_argument};
use super::unit::Reg;
use super::{Compiler, FUTURE_ANNOTATIONS, Res, unparse};
use crate::code::{Const, Instr, Intrinsic, Op};

impl<'t> Compiler<'t> {
    fn stringified(&self) -> bool {
        self.future & FUTURE_ANNOTATIONS != 0
    }

    /// Begins a function of one argument, the format wanted, that evaluates something lazily.
    pub fn begin_lazy(&mut self, id: ScopeId, name: Name, span: Span) {
        self.begin(id, name, span);
        self.unit.arg_count = 1;
        self.unit.posonly_count = 1;
        self.declare_registers(&[".format".into()], span);
        let mark = self.unit.mark();
        let reg = self.unit.temp();
        self.load_access(self.access(&".format".into()), &".format".into(), reg, span);
        self.unit.intrinsic(Intrinsic::CheckAnnotateFormat, reg, reg, 1, span);
        self.unit.op(Op::Drop, reg, 0, 0, span);
        self.unit.release(mark);
    }

    fn annotation_value(&mut self, annotation: &'t Expr, dst: Reg) -> Res {
        if self.stringified() {
            let text = unparse(annotation);
            self.load_str(&text, dst, annotation.span);
            return Ok(());
        }
        if let ExprKind::Starred { value } = &annotation.node {
            // `*args: *Ts` is the one element that `Ts` spreads to.
            let reg = self.push(value)?;
            self.unit.op(Op::Unpack, reg, reg, 1, annotation.span);
            self.unit.move_to(dst, reg, annotation.span);
            return Ok(());
        }
        self.expr_into(annotation, dst)
    }

    /// The `__annotate__` function of a function, into `dst`.
    pub fn annotate_function(&mut self, def: &'t FunctionDef, dst: Reg, span: Span) -> Res {
        let mut id = self.scopes.of(def, Part::Annotations);
        if self.stringified() {
            // Strings need no names; any scope will do.
            id = self.scopes.of(def, Part::Body);
        }
        let private = self.unit.private.clone();
        if self.stringified() {
            self.begin_strings(id, span);
        } else {
            self.begin_lazy(id, "__annotate__".into(), span);
        }
        self.unit.private = private;
        let mut qualname = self.unit.qualname.to_string();
        if let Some(cut) = qualname.strip_suffix("__annotate__") {
            qualname = format!("{cut}{}.__annotate__", def.name);
            self.unit.qualname = qualname.into();
        }
        let dict = self.unit.temp();
        self.unit.op(Op::BuildMap, dict, dict, 0, span);
        let mark = self.unit.mark();
        let returns = def.returns.as_ref().map(|expr| (Name::from("return"), expr));
        let all = every_argument(&def.args)
            .filter_map(|arg| Some((self.mangled(&arg.name), &**arg.annotation.as_ref()?)))
            .chain(returns)
            .collect::<Vec<_>>();
        for (name, annotation) in all {
            let key = self.unit.temp();
            self.load_str(&name, key, annotation.span);
            let value = self.unit.temp();
            self.annotation_value(annotation, value)?;
            self.unit.op(Op::MapAdd, dict, key, value, annotation.span);
            self.unit.release(mark);
        }
        self.unit.op(Op::Return, dict, 0, 0, span);
        let code = self.finish(span)?;
        self.make_function(code, dst, None, 0, span);
        Ok(())
    }

    /// Begins an `__annotate__` function whose values are strings: it has no names at all.
    fn begin_strings(&mut self, id: ScopeId, span: Span) {
        self.begin(id, "__annotate__".into(), span);
        self.unit.free.clear();
        self.unit.arg_count = 1;
        self.unit.posonly_count = 1;
        self.unit.varnames = vec!["format".into()];
        let mark = self.unit.mark();
        let reg = self.unit.temp();
        self.unit.op(Op::Move, reg, 0, 0, span);
        self.unit.intrinsic(Intrinsic::CheckAnnotateFormat, reg, reg, 1, span);
        self.unit.op(Op::Drop, reg, 0, 0, span);
        self.unit.release(mark);
    }

    /// At the start of a module: its `__annotate__` and the set of annotations that have run.
    pub fn module_annotations(&mut self) -> Res {
        let span = Span::default();
        if self.stringified() {
            let tree_has = self.scopes.all[0].symbols.values().any(|flags| flags & super::scope::flag::ANNOTATED != 0);
            if tree_has {
                let mark = self.unit.mark();
                let reg = self.unit.temp();
                self.unit.intrinsic(Intrinsic::SetupAnnotations, reg, reg, 0, span);
                self.unit.op(Op::Drop, reg, 0, 0, span);
                self.unit.release(mark);
            }
            return Ok(());
        }
        if self.scopes.all[0].conditional_annotations {
            let mark = self.unit.mark();
            let reg = self.unit.temp();
            self.unit.op(Op::BuildSet, reg, reg, 0, span);
            self.store_name(&"__conditional_annotations__".into(), reg, span);
            self.unit.release(mark);
        }
        self.class_annotations(0, span)
    }

    /// The `__annotate__` function of a module or class body.
    pub fn class_annotations(&mut self, scope: ScopeId, span: Span) -> Res {
        let Some(id) = self.scopes.all[scope].annotate else {
            return Ok(());
        };
        let mark = self.unit.mark();
        let dst = self.unit.temp();
        let deferred = self.scopes.all[scope].deferred.clone();
        let span = deferred.first().map_or(span, |first| first.span);
        self.begin_lazy(id, "__annotate__".into(), span);
        let dict = self.unit.temp();
        self.unit.op(Op::BuildMap, dict, dict, 0, span);
        for (index, one) in deferred.iter().enumerate() {
            let inner = self.unit.mark();
            let skip = self.unit.label();
            if one.conditional {
                let number = self.unit.temp();
                self.load_const(Const::Int(index as i64), number, one.span);
                let set = self.unit.temp();
                let name: Name = "__conditional_annotations__".into();
                self.load_access(self.access(&name), &name, set, one.span);
                self.unit.op(Op::In, number, number, set, one.span);
                self.unit.jump_with(Instr::new(Op::JumpFalse, number, 0, 0), skip, one.span);
                self.unit.release(inner);
            }
            let key = self.unit.temp();
            let name = self.mangled(one.name);
            self.load_str(&name, key, one.span);
            let value = self.unit.temp();
            self.annotation_value(one.annotation, value)?;
            self.unit.op(Op::MapAdd, dict, key, value, one.span);
            self.unit.place(skip);
            self.unit.release(inner);
        }
        self.unit.op(Op::Return, dict, 0, 0, span);
        let code = self.finish(span)?;
        self.make_function(code, dst, None, 0, span);
        let name = if scope == 0 { "__annotate__" } else { "__annotate_func__" };
        self.store_name(&name.into(), dst, span);
        self.unit.release(mark);
        Ok(())
    }

    pub fn ann_assign(
        &mut self,
        target: &'t Expr,
        annotation: &'t Expr,
        value: Option<&'t Expr>,
        simple: bool,
        span: Span,
    ) -> Res {
        if let Some(value) = value {
            self.assign(std::slice::from_ref(target), value, span)?;
        }
        let kind = self.scopes.all[self.unit.scope].kind;
        match &target.node {
            ExprKind::Name { id } if simple && !kind.is_function_like() => {
                if self.stringified() {
                    let first = self.unit.temps(3);
                    let text = unparse(annotation);
                    self.load_str(&text, first, annotation.span);
                    self.load_name(&"__annotations__".into(), first + 1, annotation.span)?;
                    let name = self.mangled(id);
                    self.load_str(&name, first + 2, annotation.span);
                    self.unit.op(Op::SetItem, first + 1, first + 2, first, annotation.span);
                    return Ok(());
                }
                let deferred = &self.scopes.all[self.unit.scope].deferred;
                let index = deferred.iter().position(|one| std::ptr::eq(one.annotation, annotation));
                if let Some(index) = index.filter(|index| deferred[*index].conditional) {
                    let set = self.unit.temp();
                    self.load_name(&"__conditional_annotations__".into(), set, span)?;
                    let number = self.unit.temp();
                    self.load_const(Const::Int(index as i64), number, span);
                    self.unit.op(Op::SetAdd, set, number, 0, span);
                    self.unit.op(Op::Drop, set, 0, 0, span);
                }
            }
            ExprKind::Name { .. } if !simple && !kind.is_function_like() && !self.stringified() => {
                self.evaluate(annotation)?;
            }
            // What stands before the dot or bracket is evaluated even without a value.
            ExprKind::Attribute { value: object, .. } => {
                if value.is_none() {
                    self.evaluate(object)?;
                }
                if !kind.is_function_like() && !self.stringified() {
                    self.evaluate(annotation)?;
                }
            }
            ExprKind::Subscript { value: object, slice } => {
                if value.is_none() {
                    self.evaluate(object)?;
                    self.evaluate(slice)?;
                }
                if !kind.is_function_like() && !self.stringified() {
                    self.evaluate(annotation)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Evaluates and forgets.
    fn evaluate(&mut self, expr: &'t Expr) -> Res {
        let mark = self.unit.mark();
        let reg = self.push(expr)?;
        self.unit.op(Op::Drop, reg, 0, 0, expr.span);
        self.unit.release(mark);
        Ok(())
    }
}
