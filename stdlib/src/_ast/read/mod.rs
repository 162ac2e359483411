//! Node objects back to the parser's tree, with the checks that CPython makes before it compiles
//! one. A script can put anything into a node, so nothing here is taken for granted.

mod constant;
mod expression;
mod pattern;
mod statement;

use std::collections::HashMap;
use std::rc::Rc;

use lockstep_grammar::tree::{Alias, Arg, Arguments, Expr, Keyword, Mod, Name, TypeParam, TypeParamKind};
use lockstep_grammar::{LineIndex, Mode, Span};
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Exc, Raised, Result, overflow_error, type_error, value_error};
use lockstep_interp::types::int;
use lockstep_interp::types::list::List;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Ref, Value};

use super::node::Node;
use super::objects::Use;
use super::table::{Classes, Kind, classes_if};

/// How deep statements may nest, `elif` aside: the compiler recurses on them.
const MAX_NESTING: u32 = 150;

/// What all parts of a tree need.
pub struct Reader {
    classes: Rc<Classes>,
    /// Lines and columns; spans are places in it.
    places: Vec<(u32, u32)>,
    known: HashMap<(u32, u32), u32>,
    /// Statements around the current one.
    nesting: u32,
}

/// Whether an object is a node.
pub fn is_node(_py: &mut Py, object: &Value) -> bool {
    object.is_a::<Node>()
}

/// The tree that an object stands for, which must be the kind that the mode asks for, and the lines
/// and columns of its spans.
pub fn read(py: &mut Py, object: &Value, mode: Mode) -> Result<(Mod, LineIndex)> {
    let Some(classes) = classes_if(py) else { return Err(type_error("expected some sort of mod")) };
    let mut reader = Reader { classes, places: vec![(1, 0)], known: HashMap::new(), nesting: 0 };
    let wanted = match mode {
        Mode::Exec => Kind::Module,
        Mode::Eval => Kind::Expression,
        Mode::Single => Kind::Interactive,
        Mode::FuncType => Kind::FunctionType,
    };
    if !reader.is(py, object, wanted)? {
        return Err(type_error(format!("expected {} node, got {}", Classes::name(wanted), py.type_name(object))));
    }
    let tree = match mode {
        Mode::Exec => {
            let body = reader.body(py, object, wanted, "body")?;
            for ignore in reader.items(py, object, wanted, "type_ignores")? {
                reader.required(py, &ignore, Kind::TypeIgnore, "lineno")?;
                reader.required(py, &ignore, Kind::TypeIgnore, "tag")?;
            }
            Mod::Module { body }
        }
        Mode::Eval => Mod::Expression { body: reader.expr_field(py, object, wanted, "body")? },
        Mode::Single => Mod::Interactive { body: reader.body(py, object, wanted, "body")? },
        Mode::FuncType => Mod::FunctionType {
            argtypes: reader.exprs(py, object, wanted, "argtypes", Use::Load)?,
            returns: reader.expr_field(py, object, wanted, "returns")?,
        },
    };
    if lockstep_grammar::check_depth(&tree).is_err() {
        return Err(Raised::new(Exc::RecursionError, "maximum recursion depth exceeded during compilation"));
    }
    Ok((tree, LineIndex::of_places(reader.places, reader.known)))
}

impl Reader {
    fn is(&self, py: &mut Py, object: &Value, kind: Kind) -> Result<bool> {
        let class = self.classes.class(kind).clone();
        if py.type_of(object).is(&class) {
            return Ok(true);
        }
        Ok(py.is_instance_of(object, &class))
    }

    /// The first of several kinds that an object is.
    fn which(&self, py: &mut Py, object: &Value, base: Kind, kinds: &[Kind]) -> Result<Kind> {
        let class = py.type_of(object);
        if let Some(kind) = kinds.iter().find(|kind| class.is(self.classes.class(**kind))) {
            return Ok(*kind);
        }
        for kind in kinds {
            if self.is(py, object, *kind)? {
                return Ok(*kind);
            }
        }
        Err(self.unexpected(py, object, base))
    }

    fn unexpected(&self, py: &mut Py, object: &Value, base: Kind) -> Raised {
        match py.repr(object) {
            Ok(text) => type_error(format!("expected some sort of {}, but got {text}", Classes::name(base))),
            Err(error) => error,
        }
    }

    // ---------------------------------------------------------------- fields

    /// A field that must be there.
    fn required(&self, py: &mut Py, object: &Value, owner: Kind, field: &str) -> Result<Value> {
        match py.getattr_opt(object, field)? {
            Some(value) => Ok(value),
            None => Err(type_error(format!("required field \"{field}\" missing from {}", Classes::name(owner)))),
        }
    }

    /// A field that must hold a node.
    fn child(&self, py: &mut Py, object: &Value, owner: Kind, field: &str) -> Result<Value> {
        let value = self.required(py, object, owner, field)?;
        if value.is_none() {
            return Err(value_error(format!("field '{field}' is required for {}", Classes::name(owner))));
        }
        Ok(value)
    }

    /// A field that may be missing or None.
    fn optional(&self, py: &mut Py, object: &Value, field: &str) -> Result<Option<Value>> {
        Ok(py.getattr_opt(object, field)?.filter(|value| !value.is_none()))
    }

    /// The items of a field that is a list; a missing one is empty.
    fn items(&self, py: &mut Py, object: &Value, owner: Kind, field: &str) -> Result<Vec<Value>> {
        let Some(value) = py.getattr_opt(object, field)? else { return Ok(Vec::new()) };
        match value.downcast::<List>() {
            Some(list) => Ok(list.get(py).items.clone()),
            None => Err(type_error(format!(
                "{} field \"{field}\" must be a list, not a {}",
                Classes::name(owner),
                py.type_name(&value)
            ))),
        }
    }

    fn nonempty(items: usize, field: &str, owner: Kind) -> Result<()> {
        if items == 0 {
            return Err(value_error(format!("empty {field} on {}", Classes::name(owner))));
        }
        Ok(())
    }

    /// An identifier.
    fn name(&self, py: &mut Py, value: &Value) -> Result<Name> {
        match value.downcast::<Str>() {
            Some(text) if py.is_exact::<Str>(value) => {
                let text = text.clone();
                Ok(text.to_str(py)?.into())
            }
            _ => Err(type_error("AST identifier must be of type str")),
        }
    }

    fn name_field(&self, py: &mut Py, object: &Value, owner: Kind, field: &str) -> Result<Name> {
        let value = self.child(py, object, owner, field)?;
        self.name(py, &value)
    }

    fn name_opt(&self, py: &mut Py, object: &Value, field: &str) -> Result<Option<Name>> {
        match self.optional(py, object, field)? {
            Some(value) => self.name(py, &value).map(Some),
            None => Ok(None),
        }
    }

    fn names(&self, py: &mut Py, object: &Value, owner: Kind, field: &str) -> Result<Vec<Name>> {
        self.items(py, object, owner, field)?.iter().map(|item| self.name(py, item)).collect()
    }

    /// A type comment must be a text; the compiler has no use for it.
    fn comment(&self, py: &mut Py, object: &Value) -> Result<()> {
        match self.optional(py, object, "type_comment")? {
            Some(value) if !py.is_exact::<Str>(&value) && !py.is_exact::<lockstep_interp::types::bytes::Bytes>(&value) => {
                Err(type_error("AST string must be of type str"))
            }
            _ => Ok(()),
        }
    }

    fn int(&self, py: &mut Py, value: &Value) -> Result<i32> {
        if !int::is_int(value) {
            let text = py.repr(value)?;
            return Err(value_error(format!("invalid integer value: {text}")));
        }
        match int::as_i64(value).and_then(|n| i32::try_from(n).ok()) {
            Some(n) => Ok(n),
            None => Err(overflow_error("Python int too large to convert to C int")),
        }
    }

    fn int_field(&self, py: &mut Py, object: &Value, owner: Kind, field: &str) -> Result<i32> {
        let value = self.required(py, object, owner, field)?;
        self.int(py, &value)
    }

    /// A name cannot be that of a constant.
    fn not_constant(name: &str) -> Result<()> {
        if matches!(name, "None" | "True" | "False") {
            return Err(value_error(format!("identifier field can't represent '{name}' constant")));
        }
        Ok(())
    }

    // ---------------------------------------------------------------- places

    fn place(&mut self, line: i32, column: i32) -> u32 {
        let key = (line.max(0) as u32, column.max(0) as u32);
        if let Some(place) = self.known.get(&key) {
            return *place;
        }
        let place = self.places.len() as u32;
        self.places.push(key);
        self.known.insert(key, place);
        place
    }

    /// Makes the place known where the name of an attribute begins that ends on another line than it
    /// starts: errors are reported there.
    fn attribute_place(&mut self, span: Span, name: &str) {
        let line = |at: u32| self.places.get(at as usize).copied().unwrap_or_default();
        let ((first, _), (last, column)) = (line(span.start), line(span.end));
        if first != last
            && let Some(start) = column.checked_sub(name.len() as u32)
        {
            self.place(last as i32, start as i32);
        }
    }

    /// Where a node stands. `open`: its end may be missing.
    fn span(&mut self, py: &mut Py, object: &Value, owner: Kind, open: bool) -> Result<Span> {
        let line = self.int_field(py, object, owner, "lineno")?;
        let column = self.int_field(py, object, owner, "col_offset")?;
        let mut ends = [line, column];
        for (end, field) in ends.iter_mut().zip(["end_lineno", "end_col_offset"]) {
            let value = if open { self.optional(py, object, field)? } else { Some(self.required(py, object, owner, field)?) };
            if let Some(value) = value {
                *end = self.int(py, &value)?;
            }
        }
        let [end_line, end_column] = ends;
        if line > end_line {
            return Err(value_error(format!("AST node line range ({line}, {end_line}) is not valid")));
        }
        if (line < 0 && end_line != line) || (column < 0 && column != end_column) {
            return Err(value_error(format!(
                "AST node column range ({column}, {end_column}) for line range ({line}, {end_line}) is not valid"
            )));
        }
        if line == end_line && column > end_column {
            return Err(value_error(format!("line {line}, column {column}-{end_column} is not a valid range")));
        }
        Ok(Span::new(self.place(line, column), self.place(end_line, end_column)))
    }

    // ---------------------------------------------------------------- products

    fn arguments(&mut self, py: &mut Py, object: &Value) -> Result<Arguments> {
        let owner = Kind::arguments;
        let posonlyargs = self.args(py, object, "posonlyargs")?;
        let args = self.args(py, object, "args")?;
        let vararg = self.arg_opt(py, object, "vararg")?;
        let kwonlyargs = self.args(py, object, "kwonlyargs")?;
        let mut kw_defaults = Vec::new();
        for item in self.items(py, object, owner, "kw_defaults")? {
            kw_defaults.push(if item.is_none() { None } else { Some(self.expr(py, &item, Use::Load)?) });
        }
        let kwarg = self.arg_opt(py, object, "kwarg")?;
        let defaults = self.exprs(py, object, owner, "defaults", Use::Load)?;
        if defaults.len() > posonlyargs.len() + args.len() {
            return Err(value_error("more positional defaults than args on arguments"));
        }
        if kw_defaults.len() != kwonlyargs.len() {
            return Err(value_error("length of kwonlyargs is not the same as kw_defaults on arguments"));
        }
        Ok(Arguments { posonlyargs, args, vararg, kwonlyargs, kw_defaults, kwarg, defaults })
    }

    fn args(&mut self, py: &mut Py, object: &Value, field: &str) -> Result<Vec<Arg>> {
        let items = self.items(py, object, Kind::arguments, field)?;
        items.iter().map(|item| self.arg(py, item)).collect()
    }

    fn arg(&mut self, py: &mut Py, object: &Value) -> Result<Arg> {
        let name = self.name_field(py, object, Kind::arg, "arg")?;
        let annotation = self.expr_opt(py, object, "annotation")?.map(Box::new);
        self.comment(py, object)?;
        let span = self.span(py, object, Kind::arg, true)?;
        Self::not_constant(&name)?;
        Ok(Arg { span, name, annotation })
    }

    fn arg_opt(&mut self, py: &mut Py, object: &Value, field: &str) -> Result<Option<Arg>> {
        match self.optional(py, object, field)? {
            Some(arg) => self.arg(py, &arg).map(Some),
            None => Ok(None),
        }
    }

    fn keywords(&mut self, py: &mut Py, object: &Value, owner: Kind) -> Result<Vec<Keyword>> {
        let items = self.items(py, object, owner, "keywords")?;
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            let arg = self.name_opt(py, &item, "arg")?;
            let value = self.expr_field(py, &item, Kind::keyword, "value")?;
            let span = self.span(py, &item, Kind::keyword, true)?;
            out.push(Keyword { span, arg, value });
        }
        Ok(out)
    }

    fn aliases(&mut self, py: &mut Py, object: &Value, owner: Kind) -> Result<Vec<Alias>> {
        let items = self.items(py, object, owner, "names")?;
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            let name = self.name_field(py, &item, Kind::alias, "name")?;
            let asname = self.name_opt(py, &item, "asname")?;
            let span = self.span(py, &item, Kind::alias, true)?;
            out.push(Alias { span, name, asname });
        }
        Self::nonempty(out.len(), "names", owner)?;
        Ok(out)
    }

    fn type_params(&mut self, py: &mut Py, object: &Value, owner: Kind) -> Result<Vec<TypeParam>> {
        let items = self.items(py, object, owner, "type_params")?;
        let kinds = [Kind::TypeVar, Kind::ParamSpec, Kind::TypeVarTuple];
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            let span = self.span_of(py, &item, Kind::type_param, false)?;
            let kind = self.which(py, &item, Kind::type_param, &kinds)?;
            let name = self.name_field(py, &item, kind, "name")?;
            Self::not_constant(&name)?;
            let shape = match kind {
                Kind::TypeVar => TypeParamKind::TypeVar { bound: self.expr_opt(py, &item, "bound")? },
                Kind::ParamSpec => TypeParamKind::ParamSpec,
                _ => TypeParamKind::TypeVarTuple,
            };
            let default_value = self.expr_opt(py, &item, "default_value")?;
            out.push(TypeParam { span, name, kind: shape, default_value });
        }
        Ok(out)
    }

    /// Where a node of a sum stands; it must be one of that sum.
    fn span_of(&mut self, py: &mut Py, object: &Value, base: Kind, open: bool) -> Result<Span> {
        if !self.is(py, object, base)? {
            return Err(self.unexpected(py, object, base));
        }
        self.span(py, object, base, open)
    }

    // ---------------------------------------------------------------- expressions in fields

    fn expr_field(&mut self, py: &mut Py, object: &Value, owner: Kind, field: &str) -> Result<Expr> {
        self.target_field(py, object, owner, field, Use::Load)
    }

    fn target_field(&mut self, py: &mut Py, object: &Value, owner: Kind, field: &str, usage: Use) -> Result<Expr> {
        let value = self.child(py, object, owner, field)?;
        self.expr(py, &value, usage)
    }

    fn boxed(&mut self, py: &mut Py, object: &Value, owner: Kind, field: &str) -> Result<Box<Expr>> {
        self.expr_field(py, object, owner, field).map(Box::new)
    }

    fn expr_opt(&mut self, py: &mut Py, object: &Value, field: &str) -> Result<Option<Expr>> {
        match self.optional(py, object, field)? {
            Some(value) => self.expr(py, &value, Use::Load).map(Some),
            None => Ok(None),
        }
    }

    fn boxed_opt(&mut self, py: &mut Py, object: &Value, field: &str) -> Result<Option<Box<Expr>>> {
        Ok(self.expr_opt(py, object, field)?.map(Box::new))
    }

    fn exprs(&mut self, py: &mut Py, object: &Value, owner: Kind, field: &str, usage: Use) -> Result<Vec<Expr>> {
        let items = self.items(py, object, owner, field)?;
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            if item.is_none() {
                return Err(value_error("None disallowed in expression list"));
            }
            out.push(self.expr(py, &item, usage)?);
        }
        Ok(out)
    }

    fn str_of(&self, py: &mut Py, value: &Value) -> Result<Ref<Str>> {
        match value.downcast::<Str>() {
            Some(text) => Ok(text.clone()),
            None => Err(type_error(format!("expected str, not {}", py.type_name(value)))),
        }
    }
}
