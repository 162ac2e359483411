//! The walk over statements that fills the symbol tables.

use std::collections::HashMap;

use lockstep_grammar::{Dialect, Mod, Name, Span, tree::*};

use super::{Deferred, Part, Private, Scope, ScopeId, ScopeKind, Scopes, flag, mangle};
use crate::compile::{Fault, Res};

/// What the walk needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Setup {
    pub dialect: Dialect,
    pub future_annotations: bool,
}

pub(super) struct Collector<'t> {
    pub setup: Setup,
    pub scopes: Scopes<'t>,
    pub current: ScopeId,
    /// Inside of the target of a comprehension's `for`.
    pub in_target: bool,
    /// How many iterables of comprehensions enclose.
    pub in_iterable: u32,
    /// How many statements enclose that may not run.
    conditional: u32,
}

/// Collects the names of all scopes.
pub(crate) fn collect(tree: &Mod, setup: Setup) -> Res<Scopes<'_>> {
    let scopes = Scopes { all: Vec::new(), keys: HashMap::new() };
    let mut this = Collector { setup, scopes, current: 0, in_target: false, in_iterable: 0, conditional: 0 };
    this.push(ScopeKind::Module, "top".into(), Span::default());
    match tree {
        Mod::Module { body } | Mod::Interactive { body } => this.body(body)?,
        Mod::Expression { body } => this.expr(body)?,
        Mod::FunctionType { argtypes, returns } => {
            this.exprs(argtypes)?;
            this.expr(returns)?;
        }
    }
    Ok(this.scopes)
}

impl<'t> Collector<'t> {
    fn push(&mut self, kind: ScopeKind, name: Name, span: Span) -> ScopeId {
        let parent = (!self.scopes.all.is_empty()).then_some(self.current);
        let private = parent.and_then(|parent| self.scopes.all[parent].private.clone());
        self.scopes.all.push(Scope {
            kind,
            name,
            parent,
            span,
            symbols: HashMap::new(),
            order: Vec::new(),
            free: Vec::new(),
            directives: Vec::new(),
            private,
            is_generator: false,
            is_async: false,
            has_walrus: false,
            sees_class: false,
            deferred: Vec::new(),
            annotate: None,
            conditional_annotations: false,
        });
        self.current = self.scopes.all.len() - 1;
        self.current
    }

    /// Opens a scope for a part of a node.
    pub fn enter<T>(&mut self, node: &T, part: Part, kind: ScopeKind, name: Name, span: Span) -> ScopeId {
        let id = self.push(kind, name, span);
        self.scopes.keys.insert((std::ptr::from_ref(node) as usize, part), id);
        id
    }

    /// Closes the scope.
    pub fn leave(&mut self) {
        self.current = self.here().parent.unwrap_or(0);
    }

    pub fn here(&mut self) -> &mut Scope<'t> {
        &mut self.scopes.all[self.current]
    }

    /// Notes something of a name in a scope; the name is mangled here.
    pub fn note_in(&mut self, id: ScopeId, name: &Name, flags: u32) {
        let scope = &mut self.scopes.all[id];
        let name = mangle(scope.private.as_ref(), name);
        match scope.symbols.get_mut(&name) {
            Some(old) => *old |= flags,
            None => {
                scope.symbols.insert(name.clone(), flags);
                scope.order.push(name);
            }
        }
    }

    pub fn note(&mut self, name: &Name, flags: u32) {
        self.note_in(self.current, name, flags);
    }

    /// A binding of a name by an assignment.
    pub fn bind(&mut self, name: &Name, span: Span) -> Res {
        if &**name == "__debug__" {
            return Err(Fault::new("cannot assign to __debug__", span));
        }
        if self.in_target {
            let flags = self.here().flags(name);
            if flags & flag::WALRUS != 0 {
                return Err(Fault::new(
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'"),
                    span,
                ));
            }
            self.note(name, flag::ITER);
        } else {
            self.note(name, flag::LOCAL);
        }
        Ok(())
    }

    fn parameter(&mut self, name: &Name, span: Span) -> Res {
        if &**name == "__debug__" {
            return Err(Fault::new("cannot assign to __debug__", span));
        }
        let mangled = mangle(self.here().private.as_ref(), name);
        if self.here().flags(&mangled) & flag::PARAM != 0 {
            return Err(Fault::new(format!("duplicate argument '{mangled}' in function definition"), span));
        }
        self.note(name, flag::PARAM);
        Ok(())
    }

    pub fn body(&mut self, body: &'t [Stmt]) -> Res {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    /// Statements that may not run.
    fn block(&mut self, body: &'t [Stmt]) -> Res {
        self.conditional += 1;
        self.body(body)?;
        self.conditional -= 1;
        Ok(())
    }

    fn stmt(&mut self, stmt: &'t Stmt) -> Res {
        match &stmt.node {
            StmtKind::FunctionDef(def) => self.function(def, stmt.span)?,
            StmtKind::ClassDef(def) => self.class(def, stmt.span)?,
            StmtKind::Return { value } => self.maybe(value.as_ref())?,
            StmtKind::Delete { targets } => {
                for target in targets {
                    self.target(target, flag::LOCAL | flag::DELETED)?;
                }
            }
            StmtKind::Assign { targets, value } => {
                self.expr(value)?;
                for target in targets {
                    self.target(target, flag::LOCAL)?;
                }
            }
            StmtKind::TypeAlias { name, type_params, value } => self.alias(stmt, name, type_params, value)?,
            StmtKind::AugAssign { target, value, .. } => {
                if let ExprKind::Name { id } = &target.node {
                    self.note(id, flag::USE);
                }
                self.target(target, flag::LOCAL)?;
                self.expr(value)?;
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.annotated(stmt, target, annotation, value.as_deref(), *simple)?;
            }
            StmtKind::For { is_async, target, iter, body, orelse } => {
                self.here().is_async |= *is_async && self.here().kind == ScopeKind::Module;
                self.expr(iter)?;
                self.target(target, flag::LOCAL)?;
                self.block(body)?;
                self.block(orelse)?;
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test)?;
                self.block(body)?;
                self.block(orelse)?;
            }
            StmtKind::If { .. } => self.conditional_chain(stmt)?,
            StmtKind::With { is_async, items, body } => {
                self.here().is_async |= *is_async && self.here().kind == ScopeKind::Module;
                for item in items {
                    self.expr(&item.context_expr)?;
                    if let Some(target) = &item.optional_vars {
                        self.target(target, flag::LOCAL)?;
                    }
                }
                self.block(body)?;
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                for case in cases {
                    self.pattern(&case.pattern)?;
                    self.maybe(case.guard.as_ref())?;
                    self.block(&case.body)?;
                }
            }
            StmtKind::Raise { exc, cause } => {
                self.maybe(exc.as_deref())?;
                self.maybe(cause.as_deref())?;
            }
            StmtKind::Try { body, handlers, orelse, finalbody, .. } => {
                self.block(body)?;
                for handler in handlers {
                    self.maybe(handler.kind.as_ref())?;
                    if let Some(target) = &handler.target {
                        let deleted = if self.setup.dialect == Dialect::Python2 { 0 } else { flag::DELETED };
                        self.target(target, flag::LOCAL | deleted)?;
                    }
                    self.block(&handler.body)?;
                }
                self.block(orelse)?;
                self.block(finalbody)?;
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.maybe(msg.as_deref())?;
            }
            StmtKind::Import { names } => {
                for alias in names {
                    let bound = match &alias.asname {
                        Some(name) => name.clone(),
                        None => alias.name.split('.').next().unwrap_or("").into(),
                    };
                    self.bind(&bound, alias.span)?;
                    self.note(&bound, flag::IMPORT);
                }
            }
            StmtKind::ImportFrom { names, .. } => {
                for alias in names {
                    if &*alias.name == "*" {
                        if self.here().kind != ScopeKind::Module && self.setup.dialect == Dialect::Python3 {
                            return Err(Fault::new("import * only allowed at module level", stmt.span));
                        }
                        continue;
                    }
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.bind(bound, alias.span)?;
                    self.note(bound, flag::IMPORT);
                }
            }
            StmtKind::Global { names } => self.declare(names, stmt.span, flag::GLOBAL)?,
            StmtKind::Nonlocal { names } => self.declare(names, stmt.span, flag::NONLOCAL)?,
            StmtKind::Expr { value } => self.expr(value)?,
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => {}
            StmtKind::Print2 { dest, values, .. } => {
                self.maybe(dest.as_deref())?;
                self.exprs(values)?;
            }
            StmtKind::Exec2 { body, globals, locals } => {
                self.expr(body)?;
                self.maybe(globals.as_deref())?;
                self.maybe(locals.as_deref())?;
            }
            StmtKind::Raise2 { kind, value, trace } => {
                self.expr(kind)?;
                self.expr(value)?;
                self.maybe(trace.as_deref())?;
            }
        }
        Ok(())
    }

    fn conditional_chain(&mut self, mut stmt: &'t Stmt) -> Res {
        while let StmtKind::If { test, body, orelse } = &stmt.node {
            self.expr(test)?;
            self.block(body)?;
            match orelse.as_slice() {
                [next] if matches!(next.node, StmtKind::If { .. }) => stmt = next,
                other => return self.block(other),
            }
        }
        Ok(())
    }

    fn declare(&mut self, names: &[Name], span: Span, kind: u32) -> Res {
        let word = if kind == flag::GLOBAL { "global" } else { "nonlocal" };
        for name in names {
            let scope = self.here();
            if kind == flag::NONLOCAL && scope.kind == ScopeKind::Module {
                return Err(Fault::new("nonlocal declaration not allowed at module level", span));
            }
            let mangled = mangle(scope.private.as_ref(), name);
            let flags = scope.flags(&mangled);
            let problem = if flags & flag::PARAM != 0 {
                Some(format!("name '{name}' is parameter and {word}"))
            } else if flags & flag::USE != 0 {
                Some(format!("name '{name}' is used prior to {word} declaration"))
            } else if flags & flag::ANNOTATED != 0 {
                Some(format!("annotated name '{name}' can't be {word}"))
            } else if flags & flag::LOCAL != 0 {
                Some(format!("name '{name}' is assigned to before {word} declaration"))
            } else if flags & (flag::GLOBAL | flag::NONLOCAL) & !kind != 0 {
                Some(format!("name '{name}' is nonlocal and global"))
            } else {
                None
            };
            if let Some(problem) = problem {
                if self.setup.dialect == Dialect::Python2 && flags & flag::PARAM == 0 {
                    // Python 2 only warns.
                } else {
                    // The earlier declaration is shown where there is one.
                    let earlier = self.here().directives.iter().find(|(declared, _)| *declared == mangled);
                    return Err(Fault::new(problem, earlier.map_or(span, |(_, span)| *span)));
                }
            }
            scope_directive(self.here(), mangled.clone(), span);
            self.note(name, kind);
            if kind == flag::GLOBAL {
                // The code of the module itself means the same name, wherever its locals are.
                self.note_in(0, &mangled, kind);
            }
        }
        Ok(())
    }

    fn annotated(
        &mut self,
        stmt: &'t Stmt,
        target: &'t Expr,
        annotation: &'t Expr,
        value: Option<&'t Expr>,
        simple: bool,
    ) -> Res {
        let conditional = self.conditional > 0;
        if let ExprKind::Name { id } = &target.node {
            let scope = self.here();
            let flags = scope.flags(&mangle(scope.private.as_ref(), id));
            let module = scope.kind == ScopeKind::Module;
            if simple && flags & (flag::GLOBAL | flag::NONLOCAL) != 0 && !(module && flags & flag::GLOBAL != 0) {
                let word = if flags & flag::GLOBAL != 0 { "global" } else { "nonlocal" };
                return Err(Fault::new(format!("annotated name '{id}' can't be {word}"), stmt.span));
            }
            if simple {
                self.bind(id, target.span)?;
                self.note(id, flag::ANNOTATED);
            } else if value.is_some() {
                self.bind(id, target.span)?;
            }
            let lazy = !self.setup.future_annotations;
            let scope = self.here();
            if simple && !scope.kind.is_function_like() && lazy {
                let conditional = conditional || scope.kind == ScopeKind::Module;
                scope.deferred.push(Deferred { name: id, annotation, span: stmt.span, conditional });
                scope.conditional_annotations |= conditional;
                let kind = scope.kind;
                let known = scope.annotate;
                if conditional {
                    let flags = if kind == ScopeKind::Class { flag::LOCAL } else { flag::USE };
                    self.note(&"__conditional_annotations__".into(), flags);
                }
                let outer = self.current;
                match known {
                    Some(id) => self.current = id,
                    None => {
                        let id = self.annotation_scope(stmt, Part::Annotations, stmt.span);
                        self.scopes.all[outer].annotate = Some(id);
                    }
                }
                if conditional {
                    self.note(&"__conditional_annotations__".into(), flag::USE);
                }
                self.expr(annotation)?;
                self.current = outer;
            } else if !self.setup.future_annotations && simple {
                // Annotations of locals are never evaluated, but must be well formed.
                self.annotation_scope(stmt, Part::Annotations, stmt.span);
                self.expr(annotation)?;
                self.leave();
            } else if !self.setup.future_annotations {
                self.expr(annotation)?;
            }
        } else {
            self.target(target, flag::LOCAL)?;
            if !self.setup.future_annotations {
                self.expr(annotation)?;
            }
        }
        self.maybe(value)
    }

    /// Opens the scope of an `__annotate__` function; leave it afterwards.
    fn annotation_scope<T>(&mut self, node: &T, part: Part, span: Span) -> ScopeId {
        let class = self.in_class();
        let id = self.enter(node, part, ScopeKind::Annotation, "__annotate__".into(), span);
        self.note(&".format".into(), flag::PARAM);
        self.see_class(class);
        id
    }

    /// Directly in a class body, or in type parameters that are.
    fn in_class(&mut self) -> bool {
        let scope = self.here();
        scope.kind == ScopeKind::Class || scope.sees_class && scope.kind == ScopeKind::TypeParams
    }

    /// Makes the scope look into the class body around it.
    fn see_class(&mut self, class: bool) {
        if class {
            self.here().sees_class = true;
            let mut parent = self.here().parent.unwrap_or(0);
            while self.scopes.all[parent].kind == ScopeKind::TypeParams {
                parent = self.scopes.all[parent].parent.unwrap_or(0);
            }
            self.note_in(parent, &"__classdict__".into(), 0);
            self.note(&"__classdict__".into(), flag::USE);
        }
    }

    fn function(&mut self, def: &'t FunctionDef, span: Span) -> Res {
        self.bind(&def.name, span)?;
        self.exprs(&def.decorator_list)?;
        self.defaults(&def.args)?;
        if !def.type_params.is_empty() {
            let name = format!("<generic parameters of {}>", def.name).into();
            self.type_param_scope(def, &def.type_params, name, None, span)?;
        }
        let outer = self.current;
        if !self.setup.future_annotations && has_annotations(def) {
            self.annotation_scope(def, Part::Annotations, span);
            for arg in every_argument(&def.args) {
                self.maybe(arg.annotation.as_deref())?;
            }
            self.maybe(def.returns.as_ref())?;
            self.current = outer;
        }
        let conditional = std::mem::take(&mut self.conditional);
        self.enter(def, Part::Body, ScopeKind::Function, def.name.clone(), span);
        self.here().is_async = def.is_async;
        self.parameters(&def.args)?;
        self.body(&def.body)?;
        self.leave();
        self.conditional = conditional;
        if !def.type_params.is_empty() {
            self.leave();
        }
        Ok(())
    }

    pub fn defaults(&mut self, args: &'t Arguments) -> Res {
        self.exprs(&args.defaults)?;
        args.kw_defaults.iter().try_for_each(|default| self.maybe(default.as_ref()))
    }

    pub fn parameters(&mut self, args: &'t Arguments) -> Res {
        for arg in args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs) {
            self.parameter(&arg.name, arg.span)?;
        }
        for arg in args.vararg.iter().chain(&args.kwarg) {
            self.parameter(&arg.name, arg.span)?;
        }
        Ok(())
    }

    fn class(&mut self, def: &'t ClassDef, span: Span) -> Res {
        self.bind(&def.name, span)?;
        self.exprs(&def.decorator_list)?;
        if !def.type_params.is_empty() {
            let name = format!("<generic parameters of {}>", def.name).into();
            self.type_param_scope(def, &def.type_params, name, Some(&def.name), span)?;
            for hidden in [".type_params", ".generic_base"] {
                self.note(&hidden.into(), flag::LOCAL);
            }
        }
        self.exprs(&def.bases)?;
        for keyword in &def.keywords {
            self.expr(&keyword.value)?;
        }
        let conditional = std::mem::take(&mut self.conditional);
        self.enter(def, Part::Body, ScopeKind::Class, def.name.clone(), span);
        self.here().private = Some(Private { class: def.name.clone(), only: None });
        self.note(&"__class__".into(), 0);
        if !def.type_params.is_empty() {
            self.note(&".type_params".into(), flag::USE);
        }
        self.body(&def.body)?;
        self.leave();
        self.conditional = conditional;
        if !def.type_params.is_empty() {
            self.leave();
        }
        Ok(())
    }

    fn alias(&mut self, stmt: &'t Stmt, name: &'t Expr, params: &'t [TypeParam], value: &'t Expr) -> Res {
        self.target(name, flag::LOCAL)?;
        let class = self.in_class();
        let id: Name = match &name.node {
            ExprKind::Name { id } => id.clone(),
            _ => "type".into(),
        };
        if !params.is_empty() {
            let scope = format!("<generic parameters of {id}>").into();
            self.type_param_scope(stmt, params, scope, None, stmt.span)?;
        }
        self.enter(stmt, Part::Value, ScopeKind::TypeAlias, id, stmt.span);
        self.note(&".format".into(), flag::PARAM);
        self.see_class(class);
        self.expr(value)?;
        self.leave();
        if !params.is_empty() {
            self.leave();
        }
        Ok(())
    }

    /// Opens the scope of type parameters and leaves it open; `owner`: the class that has them.
    fn type_param_scope<T>(&mut self, node: &T, params: &'t [TypeParam], name: Name, owner: Option<&Name>, span: Span) -> Res {
        let class = self.here().kind == ScopeKind::Class;
        self.enter(node, Part::TypeParams, ScopeKind::TypeParams, name, span);
        if let Some(owner) = owner {
            let only = params.iter().map(|param| param.name.clone()).collect();
            self.here().private = Some(Private { class: owner.clone(), only: Some(only) });
        }
        self.see_class(class);
        for hidden in [".defaults", ".kwdefaults"] {
            self.note(&hidden.into(), 0);
        }
        let mut defaults = false;
        for param in params {
            if defaults && param.default_value.is_none() {
                let text = format!("non-default type parameter '{}' follows default type parameter", param.name);
                return Err(Fault::new(text, param.span));
            }
            defaults |= param.default_value.is_some();
            let mangled = mangle(self.here().private.as_ref(), &param.name);
            if self.here().flags(&mangled) & flag::TYPE_PARAM != 0 {
                return Err(Fault::new(format!("duplicate type parameter '{}'", param.name), param.span));
            }
            if matches!(&*param.name, "__classdict__") {
                let text = format!("reserved name '{}' cannot be used for type parameter", param.name);
                return Err(Fault::new(text, param.span));
            }
            self.note(&param.name, flag::TYPE_PARAM);
        }
        for param in params {
            if let TypeParamKind::TypeVar { bound: Some(bound) } = &param.kind {
                self.type_param_value(param, Part::Bound, bound, class)?;
            }
            if let Some(default) = &param.default_value {
                self.type_param_value(param, Part::Default, default, class)?;
            }
        }
        Ok(())
    }

    fn type_param_value(&mut self, param: &'t TypeParam, part: Part, value: &'t Expr, class: bool) -> Res {
        self.enter(param, part, ScopeKind::TypeVar, param.name.clone(), param.span);
        self.note(&".format".into(), flag::PARAM);
        self.see_class(class);
        self.expr(value)?;
        self.leave();
        Ok(())
    }

    fn pattern(&mut self, pattern: &'t Pattern) -> Res {
        match &pattern.node {
            PatternKind::MatchValue { value } => self.expr(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.exprs(keys)?;
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))?;
                rest.iter().try_for_each(|name| self.bind(name, pattern.span))
            }
            PatternKind::MatchClass { cls, patterns, kwd_patterns, .. } => {
                self.expr(cls)?;
                patterns.iter().chain(kwd_patterns).try_for_each(|pattern| self.pattern(pattern))
            }
            PatternKind::MatchStar { name } => name.iter().try_for_each(|name| self.bind(name, pattern.span)),
            PatternKind::MatchAs { pattern: inner, name } => {
                inner.iter().try_for_each(|inner| self.pattern(inner))?;
                name.iter().try_for_each(|name| self.bind(name, pattern.span))
            }
        }
    }
}

fn scope_directive(scope: &mut Scope<'_>, name: Name, span: Span) {
    scope.directives.push((name, span));
}

/// All parameters, in the order of evaluation of their annotations.
pub(crate) fn every_argument(args: &Arguments) -> impl Iterator<Item = &Arg> {
    args.posonlyargs.iter().chain(&args.args).chain(&args.vararg).chain(&args.kwonlyargs).chain(&args.kwarg)
}

/// Whether a parameter or the result is annotated.
pub(crate) fn has_annotations(def: &FunctionDef) -> bool {
    def.returns.is_some() || every_argument(&def.args).any(|arg| arg.annotation.is_some())
}
