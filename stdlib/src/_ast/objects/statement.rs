//! Statements as node objects.

use lockstep_grammar::Span;
use lockstep_grammar::tree::*;
use lockstep_interp::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, not_implemented};

use super::super::table::Kind;
use super::{Maker, Use};

impl Maker<'_> {
    pub(super) fn body(&mut self, py: &mut Py, body: &[Stmt]) -> Result<Value> {
        self.list(py, body, Self::stmt)
    }

    /// The type comment of a header that ends somewhere after `from`, before the body.
    fn header_comment(&mut self, py: &Py, from: u32, body: &[Stmt]) -> Value {
        let text = body.first().and_then(|first| self.comments.between(from, first.span.start));
        self.comment(py, text)
    }

    fn stmt(&mut self, py: &mut Py, stmt: &Stmt) -> Result<Value> {
        py.native_stack()?;
        let (load, store) = (Use::Load, Use::Store);
        let span = match &stmt.node {
            StmtKind::FunctionDef(_)
            | StmtKind::ClassDef(_)
            | StmtKind::For { .. }
            | StmtKind::While { .. }
            | StmtKind::If { .. }
            | StmtKind::With { .. }
            | StmtKind::Match { .. }
            | StmtKind::Try { .. } => self.compound(stmt.span),
            _ => stmt.span,
        };
        Ok(match &stmt.node {
            StmtKind::FunctionDef(def) => self.function(py, def, span)?,
            StmtKind::ClassDef(def) => {
                let name = self.name(py, &def.name);
                let bases = self.exprs(py, &def.bases)?;
                let keywords = self.list(py, &def.keywords, Self::keyword)?;
                let body = self.body(py, &def.body)?;
                let decorators = self.exprs(py, &def.decorator_list)?;
                let params = self.list(py, &def.type_params, Self::type_param)?;
                self.node(py, Kind::ClassDef, [name, bases, keywords, body, decorators, params], span)
            }
            StmtKind::Return { value } => {
                let value = self.expr_opt(py, value.as_ref(), load)?;
                self.node(py, Kind::Return, [value], span)
            }
            StmtKind::Delete { targets } => {
                let targets = self.list(py, targets, |this, py, target| this.expr(py, target, Use::Del))?;
                self.node(py, Kind::Delete, [targets], span)
            }
            StmtKind::Assign { targets, value } => {
                let targets = self.list(py, targets, |this, py, target| this.expr(py, target, store))?;
                let value = self.expr(py, value, load)?;
                let comment = self.comments.after_statement(self.source, span.end);
                let comment = self.comment(py, comment);
                let mut place = span;
                place.end = if comment.is_none() { span.end } else { self.comments.end_of_last() };
                self.node(py, Kind::Assign, [targets, value, comment], place)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                let name = self.expr(py, name, store)?;
                let params = self.list(py, type_params, Self::type_param)?;
                let value = self.expr(py, value, load)?;
                self.node(py, Kind::TypeAlias, [name, params, value], span)
            }
            StmtKind::AugAssign { target, op, value } => {
                let (target, value) = (self.expr(py, target, store)?, self.expr(py, value, load)?);
                let op = self.operator(*op);
                self.node(py, Kind::AugAssign, [target, op, value], span)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                let (target, annotation) = (self.expr(py, target, store)?, self.expr(py, annotation, load)?);
                let value = self.expr_opt(py, value.as_deref(), load)?;
                let simple = Value::int32(i32::from(*simple));
                self.node(py, Kind::AnnAssign, [target, annotation, value, simple], span)
            }
            StmtKind::For { is_async, target, iter, body, orelse } => {
                let comment = self.header_comment(py, iter.span.end, body);
                let (target, iter) = (self.expr(py, target, store)?, self.expr(py, iter, load)?);
                let (body, orelse) = (self.body(py, body)?, self.body(py, orelse)?);
                let kind = if *is_async { Kind::AsyncFor } else { Kind::For };
                self.node(py, kind, [target, iter, body, orelse, comment], span)
            }
            StmtKind::While { test, body, orelse } => {
                let (test, body, orelse) = (self.expr(py, test, load)?, self.body(py, body)?, self.body(py, orelse)?);
                self.node(py, Kind::While, [test, body, orelse], span)
            }
            StmtKind::If { test, body, orelse } => {
                let (test, body, orelse) = (self.expr(py, test, load)?, self.body(py, body)?, self.body(py, orelse)?);
                self.node(py, Kind::If, [test, body, orelse], span)
            }
            StmtKind::With { is_async, items, body } => self.with(py, *is_async, items, body, span)?,
            StmtKind::Match { subject, cases } => {
                let subject = self.expr(py, subject, load)?;
                let cases = self.list(py, cases, |this, py, case| {
                    let pattern = this.pattern(py, &case.pattern)?;
                    let guard = this.expr_opt(py, case.guard.as_ref(), Use::Load)?;
                    let body = this.body(py, &case.body)?;
                    Ok(this.bare(py, Kind::match_case, [pattern, guard, body]))
                })?;
                self.node(py, Kind::Match, [subject, cases], span)
            }
            StmtKind::Try { is_star, body, handlers, orelse, finalbody } => {
                let body = self.body(py, body)?;
                let handlers = self.list(py, handlers, Self::handler)?;
                let (orelse, finalbody) = (self.body(py, orelse)?, self.body(py, finalbody)?);
                let kind = if *is_star { Kind::TryStar } else { Kind::Try };
                self.node(py, kind, [body, handlers, orelse, finalbody], span)
            }
            _ => self.simple(py, stmt)?,
        })
    }

    fn function(&mut self, py: &mut Py, def: &FunctionDef, span: Span) -> Result<Value> {
        let name = self.name(py, &def.name);
        let args = self.arguments(py, &def.args)?;
        let header = def.returns.as_ref().map_or(def.name_span.end, |returns| returns.span.end);
        let comment = self.header_comment(py, header, &def.body);
        let body = self.body(py, &def.body)?;
        let decorators = self.exprs(py, &def.decorator_list)?;
        let returns = self.expr_opt(py, def.returns.as_ref(), Use::Load)?;
        let params = self.list(py, &def.type_params, Self::type_param)?;
        let kind = if def.is_async { Kind::AsyncFunctionDef } else { Kind::FunctionDef };
        Ok(self.node(py, kind, [name, args, body, decorators, returns, comment, params], span))
    }

    fn with(&mut self, py: &mut Py, is_async: bool, items: &[WithItem], body: &[Stmt], span: Span) -> Result<Value> {
        let end = items
            .last()
            .map_or(span.start, |item| item.optional_vars.as_ref().map_or(item.context_expr.span.end, |target| target.span.end));
        let comment = self.header_comment(py, end, body);
        let items = self.list(py, items, |this, py, item| {
            let context = this.expr(py, &item.context_expr, Use::Load)?;
            let target = this.expr_opt(py, item.optional_vars.as_ref(), Use::Store)?;
            Ok(this.bare(py, Kind::withitem, [context, target]))
        })?;
        let body = self.body(py, body)?;
        let kind = if is_async { Kind::AsyncWith } else { Kind::With };
        Ok(self.node(py, kind, [items, body, comment], span))
    }

    fn handler(&mut self, py: &mut Py, handler: &ExceptHandler) -> Result<Value> {
        let kind = self.expr_opt(py, handler.kind.as_ref(), Use::Load)?;
        let name = match &handler.target {
            None => Value::NONE,
            Some(Expr { node: ExprKind::Name { id }, .. }) => self.name(py, id),
            Some(_) => return Err(not_implemented("a tree of what only Python 2 has")),
        };
        let body = self.body(py, &handler.body)?;
        Ok(self.node(py, Kind::ExceptHandler, [kind, name, body], self.compound(handler.span)))
    }

    fn simple(&mut self, py: &mut Py, stmt: &Stmt) -> Result<Value> {
        let load = Use::Load;
        let span = stmt.span;
        Ok(match &stmt.node {
            StmtKind::Raise { exc, cause } => {
                let exc = self.expr_opt(py, exc.as_deref(), load)?;
                let cause = self.expr_opt(py, cause.as_deref(), load)?;
                self.node(py, Kind::Raise, [exc, cause], span)
            }
            StmtKind::Assert { test, msg } => {
                let (test, msg) = (self.expr(py, test, load)?, self.expr_opt(py, msg.as_deref(), load)?);
                self.node(py, Kind::Assert, [test, msg], span)
            }
            StmtKind::Import { names } => {
                let names = self.list(py, names, Self::alias)?;
                self.node(py, Kind::Import, [names], span)
            }
            StmtKind::ImportFrom { module, names, level } => {
                let (module, names) = (self.name_opt(py, module.as_ref()), self.list(py, names, Self::alias)?);
                let level = py.int(i64::from(*level));
                self.node(py, Kind::ImportFrom, [module, names, level], span)
            }
            StmtKind::Global { names } => {
                let names = self.names(py, names);
                self.node(py, Kind::Global, [names], span)
            }
            StmtKind::Nonlocal { names } => {
                let names = self.names(py, names);
                self.node(py, Kind::Nonlocal, [names], span)
            }
            StmtKind::Expr { value } => {
                let value = self.expr(py, value, load)?;
                self.node(py, Kind::Expr, [value], span)
            }
            StmtKind::Pass => self.node(py, Kind::Pass, [], span),
            StmtKind::Break => self.node(py, Kind::Break, [], span),
            StmtKind::Continue => self.node(py, Kind::Continue, [], span),
            _ => return Err(not_implemented("a tree of what only Python 2 has")),
        })
    }
}
