//! The parser's tree as node objects.

mod comments;
mod expression;
mod pattern;
mod statement;

use std::rc::Rc;

use lockstep_grammar::tree::{Alias, Arg, Arguments, Expr, Keyword, Mod, Name, TypeParam, TypeParamKind};
use lockstep_grammar::{LineIndex, Span};
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::Result;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Ref, Value};

use super::node::Node;
use super::table::{Classes, Kind, classes};
use comments::Comments;

/// What a name or another target is for.
#[derive(Clone, Copy)]
pub enum Use {
    Load,
    Store,
    Del,
}

/// What all parts of a tree need.
pub struct Maker<'s> {
    classes: Rc<Classes>,
    source: &'s str,
    lines: LineIndex,
    /// Type comments that no node has taken yet.
    comments: Comments,
}

/// The objects of a tree; `type_comments`: comments of types are kept.
pub fn make(py: &mut Py, source: &str, tree: &Mod, type_comments: bool) -> Result<Value> {
    let comments = if type_comments { Comments::of(source) } else { Comments::default() };
    let mut maker = Maker { classes: classes(py)?, source, lines: LineIndex::new(source), comments };
    maker.module(py, tree)
}

impl Maker<'_> {
    fn module(&mut self, py: &mut Py, tree: &Mod) -> Result<Value> {
        Ok(match tree {
            Mod::Module { body } => {
                let body = self.body(py, body)?;
                let ignores = self.comments.ignores(&self.lines);
                let mut nodes = Vec::with_capacity(ignores.len());
                for (line, tag) in ignores {
                    let fields = [py.int(i64::from(line)), py.str(&tag)];
                    nodes.push(self.bare(py, Kind::TypeIgnore, fields));
                }
                let nodes = py.list(nodes);
                self.bare(py, Kind::Module, [body, nodes])
            }
            Mod::Interactive { body } => {
                let body = self.body(py, body)?;
                self.bare(py, Kind::Interactive, [body])
            }
            Mod::Expression { body } => {
                let body = self.expr(py, body, Use::Load)?;
                self.bare(py, Kind::Expression, [body])
            }
            Mod::FunctionType { argtypes, returns } => {
                let argtypes = self.exprs(py, argtypes)?;
                let returns = self.expr(py, returns, Use::Load)?;
                self.bare(py, Kind::FunctionType, [argtypes, returns])
            }
        })
    }

    /// A node without a place.
    fn bare<const N: usize>(&self, py: &mut Py, kind: Kind, fields: [Value; N]) -> Value {
        let node = py.make_in(self.classes.class(kind), Node).into_value();
        for (name, value) in self.classes.fields(kind).iter().zip(fields) {
            py.instance_set(&node, name, value);
        }
        node
    }

    /// A node with its place.
    fn node<const N: usize>(&self, py: &mut Py, kind: Kind, fields: [Value; N], span: Span) -> Value {
        let node = self.bare(py, kind, fields);
        let ((line, column), (end_line, end_column)) = (self.lines.position(span.start), self.lines.position(span.end));
        for (name, value) in self.classes.place.iter().zip([line, column, end_line, end_column]) {
            let value = py.int(i64::from(value));
            py.instance_set(&node, name, value);
        }
        node
    }

    /// Where a compound statement stands: a semicolon behind the last statement in it belongs to it.
    fn compound(&self, span: Span) -> Span {
        let rest = self.source.get(span.end as usize..).unwrap_or("");
        let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if rest[gap..].starts_with(';') { Span::new(span.start, span.end + gap as u32 + 1) } else { span }
    }

    /// The node of a class without fields.
    fn lone(&self, kind: Kind) -> Value {
        self.classes.lone(kind)
    }

    fn context(&self, usage: Use) -> Value {
        self.lone(match usage {
            Use::Load => Kind::Load,
            Use::Store => Kind::Store,
            Use::Del => Kind::Del,
        })
    }

    fn name(&self, py: &mut Py, name: &Name) -> Value {
        py.intern(name).into_value()
    }

    fn name_opt(&self, py: &mut Py, name: Option<&Name>) -> Value {
        name.map_or(Value::NONE, |name| self.name(py, name))
    }

    fn names(&self, py: &mut Py, names: &[Name]) -> Value {
        let names = names.iter().map(|name| self.name(py, name)).collect();
        py.list(names)
    }

    fn list<T>(
        &mut self,
        py: &mut Py,
        items: &[T],
        mut one: impl FnMut(&mut Self, &mut Py, &T) -> Result<Value>,
    ) -> Result<Value> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            out.push(one(self, py, item)?);
        }
        Ok(py.list(out))
    }

    fn exprs(&mut self, py: &mut Py, items: &[Expr]) -> Result<Value> {
        self.list(py, items, |this, py, item| this.expr(py, item, Use::Load))
    }

    fn expr_opt(&mut self, py: &mut Py, expr: Option<&Expr>, usage: Use) -> Result<Value> {
        match expr {
            Some(expr) => self.expr(py, expr, usage),
            None => Ok(Value::NONE),
        }
    }

    /// A type comment, or None.
    fn comment(&self, py: &Py, text: Option<String>) -> Value {
        text.map_or(Value::NONE, |text| py.str(&text))
    }

    fn arguments(&mut self, py: &mut Py, args: &Arguments) -> Result<Value> {
        let posonlyargs = self.args(py, &args.posonlyargs, args, 0)?;
        let plain = self.args(py, &args.args, args, args.posonlyargs.len())?;
        let vararg = self.arg_opt(py, args.vararg.as_ref())?;
        let kwonlyargs = self.list(py, &args.kwonlyargs, |this, py, arg| {
            let default = args.kwonlyargs.iter().position(|other| std::ptr::eq(other, arg));
            let default = default.and_then(|at| args.kw_defaults.get(at)).and_then(Option::as_ref);
            this.arg(py, arg, default)
        })?;
        let kw_defaults = self.list(py, &args.kw_defaults, |this, py, one| this.expr_opt(py, one.as_ref(), Use::Load))?;
        let kwarg = self.arg_opt(py, args.kwarg.as_ref())?;
        let defaults = self.exprs(py, &args.defaults)?;
        Ok(self.bare(py, Kind::arguments, [posonlyargs, plain, vararg, kwonlyargs, kw_defaults, kwarg, defaults]))
    }

    /// Positional parameters, `before` of them stand before these.
    fn args(&mut self, py: &mut Py, row: &[Arg], all: &Arguments, before: usize) -> Result<Value> {
        let count = all.posonlyargs.len() + all.args.len();
        let plain = count - all.defaults.len().min(count);
        let mut out = Vec::with_capacity(row.len());
        for (index, arg) in row.iter().enumerate() {
            let default = (before + index).checked_sub(plain).and_then(|at| all.defaults.get(at));
            out.push(self.arg(py, arg, default)?);
        }
        Ok(py.list(out))
    }

    fn arg(&mut self, py: &mut Py, arg: &Arg, default: Option<&Expr>) -> Result<Value> {
        let name = self.name(py, &arg.name);
        let annotation = self.expr_opt(py, arg.annotation.as_deref(), Use::Load)?;
        let end = default.map_or(arg.span.end, |default| default.span.end);
        let comment = self.comments.after_argument(self.source, end);
        let comment = self.comment(py, comment);
        Ok(self.node(py, Kind::arg, [name, annotation, comment], arg.span))
    }

    fn arg_opt(&mut self, py: &mut Py, arg: Option<&Arg>) -> Result<Value> {
        arg.map_or(Ok(Value::NONE), |arg| self.arg(py, arg, None))
    }

    fn keyword(&mut self, py: &mut Py, keyword: &Keyword) -> Result<Value> {
        let arg = self.name_opt(py, keyword.arg.as_ref());
        let value = self.expr(py, &keyword.value, Use::Load)?;
        Ok(self.node(py, Kind::keyword, [arg, value], keyword.span))
    }

    fn alias(&mut self, py: &mut Py, alias: &Alias) -> Result<Value> {
        let (name, asname) = (self.name(py, &alias.name), self.name_opt(py, alias.asname.as_ref()));
        Ok(self.node(py, Kind::alias, [name, asname], alias.span))
    }

    fn type_param(&mut self, py: &mut Py, param: &TypeParam) -> Result<Value> {
        let name = self.name(py, &param.name);
        let bound = match &param.kind {
            TypeParamKind::TypeVar { bound } => self.expr_opt(py, bound.as_ref(), Use::Load)?,
            _ => Value::NONE,
        };
        let default = self.expr_opt(py, param.default_value.as_ref(), Use::Load)?;
        Ok(match param.kind {
            TypeParamKind::TypeVar { .. } => self.node(py, Kind::TypeVar, [name, bound, default], param.span),
            TypeParamKind::ParamSpec => self.node(py, Kind::ParamSpec, [name, default], param.span),
            TypeParamKind::TypeVarTuple => self.node(py, Kind::TypeVarTuple, [name, default], param.span),
        })
    }

    /// A short text that other nodes are likely to hold too.
    fn text(&self, py: &mut Py, bytes: &[u8]) -> Ref<Str> {
        if bytes.len() <= 32 { py.intern_bytes(bytes) } else { py.new_str_bytes(bytes) }
    }
}
