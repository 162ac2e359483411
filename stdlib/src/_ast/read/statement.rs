//! Statements from node objects.

use lockstep_grammar::tree::*;
use lockstep_interp::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Exc, Raised, Result, type_error, value_error};

use super::super::objects::Use;
use super::super::table::{Classes, Kind};
use super::{MAX_NESTING, Reader};

/// The classes of statements, the common ones first.
const KINDS: &[Kind] = &[
    Kind::Expr,
    Kind::Assign,
    Kind::FunctionDef,
    Kind::AsyncFunctionDef,
    Kind::ClassDef,
    Kind::Return,
    Kind::Delete,
    Kind::TypeAlias,
    Kind::AugAssign,
    Kind::AnnAssign,
    Kind::For,
    Kind::AsyncFor,
    Kind::While,
    Kind::If,
    Kind::With,
    Kind::AsyncWith,
    Kind::Match,
    Kind::Raise,
    Kind::Try,
    Kind::TryStar,
    Kind::Assert,
    Kind::Import,
    Kind::ImportFrom,
    Kind::Global,
    Kind::Nonlocal,
    Kind::Pass,
    Kind::Break,
    Kind::Continue,
];

impl Reader {
    /// The statements of a field.
    pub(super) fn body(&mut self, py: &mut Py, object: &Value, owner: Kind, field: &str) -> Result<Vec<Stmt>> {
        let items = self.items(py, object, owner, field)?;
        let mut out = Vec::with_capacity(items.len());
        let chained = owner == Kind::If && field == "orelse" && items.len() == 1;
        self.nesting += u32::from(!chained);
        if self.nesting > MAX_NESTING {
            return Err(Raised::new(Exc::RecursionError, "maximum recursion depth exceeded during compilation"));
        }
        for item in items {
            if item.is_none() {
                return Err(value_error("None disallowed in statement list"));
            }
            out.push(self.stmt(py, &item)?);
        }
        self.nesting -= u32::from(!chained);
        Ok(out)
    }

    /// The statements of a field that cannot be empty.
    fn block(&mut self, py: &mut Py, object: &Value, owner: Kind) -> Result<Vec<Stmt>> {
        let body = self.body(py, object, owner, "body")?;
        Self::nonempty(body.len(), "body", owner)?;
        Ok(body)
    }

    fn stmt(&mut self, py: &mut Py, object: &Value) -> Result<Stmt> {
        py.native_stack()?;
        let span = self.span_of(py, object, Kind::stmt, true)?;
        let kind = self.which(py, object, Kind::stmt, KINDS)?;
        let node = match kind {
            Kind::FunctionDef | Kind::AsyncFunctionDef => self.function(py, object, kind, span)?,
            Kind::ClassDef => StmtKind::ClassDef(Box::new(ClassDef {
                name: self.name_field(py, object, kind, "name")?,
                name_span: span,
                bases: self.exprs(py, object, kind, "bases", Use::Load)?,
                keywords: self.keywords(py, object, kind)?,
                body: self.block(py, object, kind)?,
                decorator_list: self.exprs(py, object, kind, "decorator_list", Use::Load)?,
                type_params: self.type_params(py, object, kind)?,
            })),
            Kind::For | Kind::AsyncFor => {
                self.comment(py, object)?;
                StmtKind::For {
                    is_async: kind == Kind::AsyncFor,
                    target: Box::new(self.target_field(py, object, kind, "target", Use::Store)?),
                    iter: self.boxed(py, object, kind, "iter")?,
                    body: self.block(py, object, kind)?,
                    orelse: self.body(py, object, kind, "orelse")?,
                }
            }
            Kind::While => StmtKind::While {
                test: self.boxed(py, object, kind, "test")?,
                body: self.block(py, object, kind)?,
                orelse: self.body(py, object, kind, "orelse")?,
            },
            Kind::If => StmtKind::If {
                test: self.boxed(py, object, kind, "test")?,
                body: self.block(py, object, kind)?,
                orelse: self.body(py, object, kind, "orelse")?,
            },
            Kind::With | Kind::AsyncWith => self.with(py, object, kind)?,
            Kind::Match => self.match_stmt(py, object)?,
            Kind::Try | Kind::TryStar => self.try_stmt(py, object, kind)?,
            Kind::Delete | Kind::Assign | Kind::TypeAlias | Kind::AugAssign | Kind::AnnAssign => {
                self.assignment(py, object, kind)?
            }
            _ => self.simple(py, object, kind)?,
        };
        Ok(Stmt::new(span, node))
    }

    fn function(&mut self, py: &mut Py, object: &Value, kind: Kind, span: lockstep_grammar::Span) -> Result<StmtKind> {
        let name = self.name_field(py, object, kind, "name")?;
        let args = self.child(py, object, kind, "args")?;
        let args = self.arguments(py, &args)?;
        let body = self.block(py, object, kind)?;
        let decorator_list = self.exprs(py, object, kind, "decorator_list", Use::Load)?;
        let returns = self.expr_opt(py, object, "returns")?;
        self.comment(py, object)?;
        let type_params = self.type_params(py, object, kind)?;
        let is_async = kind == Kind::AsyncFunctionDef;
        let def = FunctionDef { is_async, name, name_span: span, type_params, args, body, decorator_list, returns };
        Ok(StmtKind::FunctionDef(Box::new(def)))
    }

    fn assignment(&mut self, py: &mut Py, object: &Value, kind: Kind) -> Result<StmtKind> {
        Ok(match kind {
            Kind::Delete => {
                let targets = self.exprs(py, object, kind, "targets", Use::Del)?;
                Self::nonempty(targets.len(), "targets", kind)?;
                StmtKind::Delete { targets }
            }
            Kind::Assign => {
                let targets = self.exprs(py, object, kind, "targets", Use::Store)?;
                Self::nonempty(targets.len(), "targets", kind)?;
                let value = self.expr_field(py, object, kind, "value")?;
                self.comment(py, object)?;
                StmtKind::Assign { targets, value }
            }
            Kind::TypeAlias => {
                let name = Box::new(self.target_field(py, object, kind, "name", Use::Store)?);
                if !matches!(name.node, ExprKind::Name { .. }) {
                    return Err(type_error("TypeAlias with non-Name name"));
                }
                let type_params = self.type_params(py, object, kind)?;
                StmtKind::TypeAlias { name, type_params, value: self.boxed(py, object, kind, "value")? }
            }
            Kind::AugAssign => {
                let target = Box::new(self.target_field(py, object, kind, "target", Use::Store)?);
                if !matches!(target.node, ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }) {
                    return Err(Raised::new(Exc::SystemError, "invalid node type for augmented assignment"));
                }
                let op = self.operator(py, object, kind)?;
                StmtKind::AugAssign { target, op, value: self.boxed(py, object, kind, "value")? }
            }
            _ => {
                let target = Box::new(self.target_field(py, object, kind, "target", Use::Store)?);
                let annotation = self.boxed(py, object, kind, "annotation")?;
                let value = self.boxed_opt(py, object, "value")?;
                let simple = self.int_field(py, object, kind, "simple")? != 0;
                match target.node {
                    ExprKind::Name { .. } => {}
                    _ if simple => return Err(type_error("AnnAssign with simple non-Name target")),
                    ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => {}
                    _ => return Err(Raised::new(Exc::SystemError, "invalid node type for annotated assignment")),
                }
                StmtKind::AnnAssign { target, annotation, value, simple }
            }
        })
    }

    fn with(&mut self, py: &mut Py, object: &Value, kind: Kind) -> Result<StmtKind> {
        let mut items = Vec::new();
        for item in self.items(py, object, kind, "items")? {
            let context_expr = self.expr_field(py, &item, Kind::withitem, "context_expr")?;
            let optional_vars = match self.optional(py, &item, "optional_vars")? {
                Some(target) => Some(self.expr(py, &target, Use::Store)?),
                None => None,
            };
            items.push(WithItem { context_expr, optional_vars });
        }
        Self::nonempty(items.len(), "items", kind)?;
        self.comment(py, object)?;
        Ok(StmtKind::With { is_async: kind == Kind::AsyncWith, items, body: self.block(py, object, kind)? })
    }

    fn match_stmt(&mut self, py: &mut Py, object: &Value) -> Result<StmtKind> {
        let subject = self.boxed(py, object, Kind::Match, "subject")?;
        let owner = Kind::match_case;
        let mut cases = Vec::new();
        for item in self.items(py, object, Kind::Match, "cases")? {
            let pattern = self.child(py, &item, owner, "pattern")?;
            let pattern = self.pattern(py, &pattern, false)?;
            let guard = self.expr_opt(py, &item, "guard")?;
            let body = self.block(py, &item, owner)?;
            cases.push(MatchCase { span: pattern.span, pattern, guard, body });
        }
        Self::nonempty(cases.len(), "cases", Kind::Match)?;
        Ok(StmtKind::Match { subject, cases })
    }

    fn try_stmt(&mut self, py: &mut Py, object: &Value, kind: Kind) -> Result<StmtKind> {
        let body = self.block(py, object, kind)?;
        let mut handlers = Vec::new();
        let owner = Kind::ExceptHandler;
        for item in self.items(py, object, kind, "handlers")? {
            let span = self.span_of(py, &item, Kind::excepthandler, true)?;
            let caught = self.expr_opt(py, &item, "type")?;
            let target = self.name_opt(py, &item, "name")?.map(|id| Expr::new(span, ExprKind::Name { id }));
            let body = self.block(py, &item, owner)?;
            handlers.push(ExceptHandler { span, kind: caught, target, body });
        }
        let orelse = self.body(py, object, kind, "orelse")?;
        let finalbody = self.body(py, object, kind, "finalbody")?;
        let name = Classes::name(kind);
        if handlers.is_empty() && finalbody.is_empty() {
            return Err(value_error(format!("{name} has neither except handlers nor finalbody")));
        }
        if handlers.is_empty() && !orelse.is_empty() {
            return Err(value_error(format!("{name} has orelse but no except handlers")));
        }
        let last = handlers.len().saturating_sub(1);
        if handlers.iter().take(last).any(|handler| handler.kind.is_none()) {
            return Err(Raised::new(Exc::SyntaxError, "default 'except:' must be last"));
        }
        if kind == Kind::TryStar && handlers.iter().any(|handler| handler.kind.is_none()) {
            return Err(value_error("expected an exception type in except*"));
        }
        Ok(StmtKind::Try { is_star: kind == Kind::TryStar, body, handlers, orelse, finalbody })
    }

    fn simple(&mut self, py: &mut Py, object: &Value, kind: Kind) -> Result<StmtKind> {
        Ok(match kind {
            Kind::Expr => StmtKind::Expr { value: self.expr_field(py, object, kind, "value")? },
            Kind::Return => StmtKind::Return { value: self.expr_opt(py, object, "value")? },
            Kind::Raise => {
                let exc = self.boxed_opt(py, object, "exc")?;
                let cause = self.boxed_opt(py, object, "cause")?;
                if exc.is_none() && cause.is_some() {
                    return Err(value_error("Raise with cause but no exception"));
                }
                StmtKind::Raise { exc, cause }
            }
            Kind::Assert => {
                let test = self.boxed(py, object, kind, "test")?;
                StmtKind::Assert { test, msg: self.boxed_opt(py, object, "msg")? }
            }
            Kind::Import => StmtKind::Import { names: self.aliases(py, object, kind)? },
            Kind::ImportFrom => {
                let module = self.name_opt(py, object, "module")?;
                let names = self.aliases(py, object, kind)?;
                let level = match self.optional(py, object, "level")? {
                    Some(level) => self.int(py, &level)?,
                    None => 0,
                };
                let Ok(level) = u32::try_from(level) else { return Err(value_error("Negative ImportFrom level")) };
                StmtKind::ImportFrom { module, names, level }
            }
            Kind::Global | Kind::Nonlocal => {
                let names = self.names(py, object, kind, "names")?;
                Self::nonempty(names.len(), "names", kind)?;
                if kind == Kind::Global { StmtKind::Global { names } } else { StmtKind::Nonlocal { names } }
            }
            Kind::Pass => StmtKind::Pass,
            Kind::Break => StmtKind::Break,
            _ => StmtKind::Continue,
        })
    }
}
