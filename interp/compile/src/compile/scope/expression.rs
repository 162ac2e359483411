//! The walk over expressions and assignment targets that fills the symbol tables.

use lockstep_grammar::{Dialect, Name, Span, tree::*};

use super::collect::Collector;
use super::{Part, ScopeKind, flag, mangle};
use crate::compile::{Fault, Res};

impl<'t> Collector<'t> {
    pub fn exprs(&mut self, exprs: impl IntoIterator<Item = &'t Expr>) -> Res {
        exprs.into_iter().try_for_each(|expr| self.expr(expr))
    }

    pub fn maybe(&mut self, expr: Option<&'t Expr>) -> Res {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    pub fn expr(&mut self, expr: &'t Expr) -> Res {
        // Walk down the left-leaning chain, then visit what hangs at its right, inside out.
        let mut chain = Vec::new();
        let mut at = expr;
        loop {
            let next = match &at.node {
                ExprKind::BinOp { left, .. } => left,
                ExprKind::Attribute { value, .. } | ExprKind::Subscript { value, .. } => value,
                ExprKind::Call { func, .. } => func,
                _ => break,
            };
            chain.push(at);
            at = next;
        }
        self.single(at)?;
        for node in chain.into_iter().rev() {
            match &node.node {
                ExprKind::BinOp { right, .. } => self.expr(right)?,
                ExprKind::Subscript { slice, .. } => self.expr(slice)?,
                ExprKind::Call { args, keywords, .. } => {
                    self.exprs(args)?;
                    for keyword in keywords {
                        self.expr(&keyword.value)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn single(&mut self, expr: &'t Expr) -> Res {
        match &expr.node {
            ExprKind::BoolOp { values, .. }
            | ExprKind::Set { elts: values }
            | ExprKind::List { elts: values }
            | ExprKind::Tuple { elts: values }
            | ExprKind::JoinedStr { values }
            | ExprKind::TemplateStr { values } => self.exprs(values),
            ExprKind::NamedExpr { target, value } => {
                self.forbid_in_annotation("named expression", expr.span)?;
                self.walrus(target, value)
            }
            ExprKind::UnaryOp { operand: value, .. } | ExprKind::Starred { value } | ExprKind::Repr2 { value } => {
                self.expr(value)
            }
            ExprKind::Lambda { args, body } => {
                self.defaults(args)?;
                self.enter(expr, Part::Body, ScopeKind::Lambda, "<lambda>".into(), expr.span);
                self.parameters(args)?;
                self.expr(body)?;
                self.leave();
                Ok(())
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                for (key, value) in keys.iter().zip(values) {
                    self.maybe(key.as_ref())?;
                    self.expr(value)?;
                }
                Ok(())
            }
            ExprKind::ListComp { elt, generators } => {
                if self.setup.dialect == Dialect::Python2 {
                    return self.leaking(elt, generators);
                }
                self.comprehension(expr, ScopeKind::Comp, "<listcomp>", None, elt, generators)
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension(expr, ScopeKind::Comp, "<setcomp>", None, elt, generators)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension(expr, ScopeKind::Comp, "<dictcomp>", Some(key), value, generators)
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(expr, ScopeKind::GenExpr, "<genexpr>", None, elt, generators)
            }
            ExprKind::Await { value } => {
                self.forbid_in_annotation("await expression", expr.span)?;
                self.here().is_async |= matches!(self.here().kind, ScopeKind::Comp | ScopeKind::GenExpr | ScopeKind::Module);
                self.expr(value)
            }
            ExprKind::Yield { value } => {
                self.yields(expr.span)?;
                self.maybe(value.as_deref())
            }
            ExprKind::YieldFrom { value } => {
                self.yields(expr.span)?;
                self.expr(value)
            }
            ExprKind::Compare { left, comparators, .. } => {
                self.expr(left)?;
                self.exprs(comparators)
            }
            ExprKind::FormattedValue { value, format_spec, .. } | ExprKind::Interpolation { value, format_spec, .. } => {
                self.expr(value)?;
                self.maybe(format_spec.as_deref())
            }
            ExprKind::Name { id } => {
                self.note(id, flag::USE);
                // `super()` reads the class from a cell.
                if &**id == "super" && self.here().kind.is_function_like() {
                    self.note(&"__class__".into(), flag::USE);
                }
                Ok(())
            }
            ExprKind::Slice { lower, upper, step } => {
                self.maybe(lower.as_deref())?;
                self.maybe(upper.as_deref())?;
                self.maybe(step.as_deref())
            }
            ExprKind::Constant(_)
            | ExprKind::Taken
            | ExprKind::BinOp { .. }
            | ExprKind::Attribute { .. }
            | ExprKind::Subscript { .. }
            | ExprKind::Call { .. } => Ok(()),
        }
    }

    /// The names bound by an assignment target; what it reads is visited as usual.
    pub fn target(&mut self, target: &'t Expr, flags: u32) -> Res {
        match &target.node {
            ExprKind::Name { id } => {
                if flags & flag::DELETED != 0 && &**id == "__debug__" {
                    return Err(Fault::new("cannot delete __debug__", target.span));
                }
                self.bind(id, target.span)?;
                self.note(id, flags & flag::DELETED);
                Ok(())
            }
            ExprKind::Tuple { elts } | ExprKind::List { elts } => elts.iter().try_for_each(|target| self.target(target, flags)),
            ExprKind::Starred { value } => self.target(value, flags),
            ExprKind::Attribute { attr, .. } if &**attr == "__debug__" => {
                let word = if flags & flag::DELETED != 0 { "delete" } else { "assign to" };
                Err(Fault::new(format!("cannot {word} __debug__"), target.span))
            }
            _ => {
                let in_target = std::mem::take(&mut self.in_target);
                self.expr(target)?;
                self.in_target = in_target;
                Ok(())
            }
        }
    }

    fn yields(&mut self, span: Span) -> Res {
        self.forbid_in_annotation("yield expression", span)?;
        let (kind, name) = (self.here().kind, self.here().name.clone());
        if self.setup.dialect == Dialect::Python3 && matches!(kind, ScopeKind::Comp | ScopeKind::GenExpr) {
            let what = match &*name {
                "<listcomp>" => "list comprehension",
                "<setcomp>" => "set comprehension",
                "<dictcomp>" => "dict comprehension",
                _ => "generator expression",
            };
            return Err(Fault::new(format!("'yield' inside {what}"), span));
        }
        self.here().is_generator = true;
        Ok(())
    }

    fn forbid_in_annotation(&mut self, what: &str, span: Span) -> Res {
        let place = match self.here().kind {
            ScopeKind::Annotation => "an annotation",
            ScopeKind::TypeVar => "a TypeVar bound",
            ScopeKind::TypeAlias => "a type alias",
            ScopeKind::TypeParams => "the definition of a generic",
            _ => return Ok(()),
        };
        Err(Fault::new(format!("{what} cannot be used within {place}"), span))
    }

    fn walrus(&mut self, target: &'t Expr, value: &'t Expr) -> Res {
        let ExprKind::Name { id } = &target.node else {
            return self.expr(value);
        };
        if self.in_iterable > 0 {
            return Err(Fault::new("assignment expression cannot be used in a comprehension iterable expression", target.span));
        }
        self.expr(value)?;
        let mut at = self.current;
        // Out of comprehensions, to the function or module around them.
        while matches!(self.scopes.all[at].kind, ScopeKind::Comp | ScopeKind::GenExpr) {
            let scope = &self.scopes.all[at];
            if scope.flags(&mangle(scope.private.as_ref(), id)) & flag::ITER != 0 {
                return Err(Fault::new(
                    format!("assignment expression cannot rebind comprehension iteration variable '{id}'"),
                    target.span,
                ));
            }
            let Some(parent) = scope.parent else { break };
            self.note_in(at, id, flag::WALRUS);
            self.scopes.all[at].has_walrus = true;
            at = parent;
        }
        let owner = &self.scopes.all[at];
        let owner_flags = owner.flags(&mangle(owner.private.as_ref(), id));
        if at != self.current {
            let place = match owner.kind {
                ScopeKind::Class => Some("in a class body"),
                ScopeKind::TypeParams => Some("within the definition of a generic"),
                ScopeKind::TypeAlias => Some("in a type alias"),
                ScopeKind::TypeVar => Some("in a TypeVar bound"),
                ScopeKind::Annotation => Some("within an annotation"),
                _ => None,
            };
            if let Some(place) = place {
                let text = format!("assignment expression within a comprehension cannot be used {place}");
                return Err(Fault::new(text, target.span));
            }
            let global = owner.kind == ScopeKind::Module || owner_flags & flag::GLOBAL != 0;
            let mut inner = self.current;
            while inner != at {
                self.note_in(inner, id, if global { flag::GLOBAL } else { flag::NONLOCAL });
                inner = self.scopes.all[inner].parent.unwrap_or(at);
            }
        }
        if &**id == "__debug__" {
            return Err(Fault::new("cannot assign to __debug__", target.span));
        }
        self.note_in(at, id, flag::LOCAL);
        self.scopes.all[at].has_walrus = true;
        Ok(())
    }

    fn comprehension(
        &mut self,
        expr: &'t Expr,
        kind: ScopeKind,
        name: &str,
        key: Option<&'t Expr>,
        element: &'t Expr,
        generators: &'t [Comprehension],
    ) -> Res {
        let Some(first) = generators.first() else {
            return Ok(());
        };
        self.iterable(&first.iter)?;
        self.enter(expr, Part::Body, kind, Name::from(name), expr.span);
        if kind == ScopeKind::GenExpr {
            self.note(&".0".into(), flag::PARAM);
            self.here().is_generator = true;
        }
        for (index, generator) in generators.iter().enumerate() {
            self.here().is_async |= generator.is_async;
            let in_target = std::mem::replace(&mut self.in_target, true);
            self.target(&generator.target, flag::LOCAL)?;
            self.in_target = in_target;
            if index > 0 {
                self.iterable(&generator.iter)?;
            }
            self.exprs(&generator.ifs)?;
        }
        self.maybe(key)?;
        self.expr(element)?;
        let is_async = self.here().is_async && kind == ScopeKind::Comp;
        let has_walrus = self.here().has_walrus;
        if is_async {
            // A handler ends each of its loops, and handlers forget the temporaries of the
            // expression around: it becomes a function like a generator expression.
            self.here().kind = ScopeKind::GenExpr;
        }
        self.leave();
        if matches!(self.here().kind, ScopeKind::Comp | ScopeKind::GenExpr | ScopeKind::Module) {
            self.here().is_async |= is_async;
        }
        self.here().has_walrus |= has_walrus;
        Ok(())
    }

    fn iterable(&mut self, iter: &'t Expr) -> Res {
        self.in_iterable += 1;
        self.expr(iter)?;
        self.in_iterable -= 1;
        Ok(())
    }

    /// A list comprehension of Python 2: its variables belong to the scope around it.
    fn leaking(&mut self, element: &'t Expr, generators: &'t [Comprehension]) -> Res {
        for generator in generators {
            self.expr(&generator.iter)?;
            self.target(&generator.target, flag::LOCAL)?;
            self.exprs(&generator.ifs)?;
        }
        self.expr(element)
    }
}
