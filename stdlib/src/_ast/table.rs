//! The one table of node classes: CPython 3.14's grammar of trees. The classes, their fields and
//! their documentation are made from it.

use std::rc::Rc;

use lockstep_interp::object::raise::{Result, system_error};
use lockstep_interp::object::{Py, Type};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Ref, Value};

use super::node::Node;

macro_rules! nodes {
    ($( $base:ident $( { $( $name:ident $fields:literal )* } )? $( ( $product:literal ) )? ; )*) => {
        /// Every node class, the bases of sums included, as Python names them.
        #[expect(non_camel_case_types, reason = "the names are Python's")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $( $base, $( $( $name, )* )? )* }

        /// The classes, each base before those derived from it.
        const ROWS: &[Row] = &[ $(
            Row { kind: Kind::$base, name: stringify!($base), base: None, fields: concat!("", $( $product )?), product: nodes!(@is $( $product )?) },
            $( $( Row { kind: Kind::$name, name: stringify!($name), base: Some(Kind::$base), fields: $fields, product: false }, )* )?
        )* ];
    };
    (@is) => { false };
    (@is $product:literal) => { true };
}

/// One class.
struct Row {
    kind: Kind,
    name: &'static str,
    base: Option<Kind>,
    /// `expr* keys, identifier? name`
    fields: &'static str,
    product: bool,
}

nodes! {
    r#mod {
        Module "stmt* body, type_ignore* type_ignores" Interactive "stmt* body" Expression "expr body"
        FunctionType "expr* argtypes, expr returns"
    };
    stmt {
        FunctionDef "identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params"
        AsyncFunctionDef "identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params"
        ClassDef "identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params"
        Return "expr? value" Delete "expr* targets" Assign "expr* targets, expr value, string? type_comment"
        TypeAlias "expr name, type_param* type_params, expr value" AugAssign "expr target, operator op, expr value"
        AnnAssign "expr target, expr annotation, expr? value, int simple"
        For "expr target, expr iter, stmt* body, stmt* orelse, string? type_comment"
        AsyncFor "expr target, expr iter, stmt* body, stmt* orelse, string? type_comment"
        While "expr test, stmt* body, stmt* orelse" If "expr test, stmt* body, stmt* orelse"
        With "withitem* items, stmt* body, string? type_comment"
        AsyncWith "withitem* items, stmt* body, string? type_comment"
        Match "expr subject, match_case* cases" Raise "expr? exc, expr? cause"
        Try "stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody"
        TryStar "stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody"
        Assert "expr test, expr? msg" Import "alias* names" ImportFrom "identifier? module, alias* names, int? level"
        Global "identifier* names" Nonlocal "identifier* names" Expr "expr value" Pass "" Break "" Continue ""
    };
    expr {
        BoolOp "boolop op, expr* values" NamedExpr "expr target, expr value" BinOp "expr left, operator op, expr right"
        UnaryOp "unaryop op, expr operand" Lambda "arguments args, expr body" IfExp "expr test, expr body, expr orelse"
        Dict "expr?* keys, expr* values" Set "expr* elts" ListComp "expr elt, comprehension* generators"
        SetComp "expr elt, comprehension* generators" DictComp "expr key, expr value, comprehension* generators"
        GeneratorExp "expr elt, comprehension* generators" Await "expr value" Yield "expr? value" YieldFrom "expr value"
        Compare "expr left, cmpop* ops, expr* comparators" Call "expr func, expr* args, keyword* keywords"
        FormattedValue "expr value, int conversion, expr? format_spec"
        Interpolation "expr value, constant str, int conversion, expr? format_spec"
        JoinedStr "expr* values" TemplateStr "expr* values" Constant "constant value, string? kind"
        Attribute "expr value, identifier attr, expr_context ctx" Subscript "expr value, expr slice, expr_context ctx"
        Starred "expr value, expr_context ctx" Name "identifier id, expr_context ctx" List "expr* elts, expr_context ctx"
        Tuple "expr* elts, expr_context ctx" Slice "expr? lower, expr? upper, expr? step"
    };
    expr_context { Load "" Store "" Del "" };
    boolop { And "" Or "" };
    operator {
        Add "" Sub "" Mult "" MatMult "" Div "" Mod "" Pow "" LShift "" RShift "" BitOr "" BitXor "" BitAnd "" FloorDiv ""
    };
    unaryop { Invert "" Not "" UAdd "" USub "" };
    cmpop { Eq "" NotEq "" Lt "" LtE "" Gt "" GtE "" Is "" IsNot "" In "" NotIn "" };
    comprehension ("expr target, expr iter, expr* ifs, int is_async");
    excepthandler { ExceptHandler "expr? type, identifier? name, stmt* body" };
    arguments ("arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults");
    arg ("identifier arg, expr? annotation, string? type_comment");
    keyword ("identifier? arg, expr value");
    alias ("identifier name, identifier? asname");
    withitem ("expr context_expr, expr? optional_vars");
    match_case ("pattern pattern, expr? guard, stmt* body");
    pattern {
        MatchValue "expr value" MatchSingleton "constant value" MatchSequence "pattern* patterns"
        MatchMapping "expr* keys, pattern* patterns, identifier? rest"
        MatchClass "expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns"
        MatchStar "identifier? name" MatchAs "pattern? pattern, identifier? name" MatchOr "pattern* patterns"
    };
    type_ignore { TypeIgnore "int lineno, string tag" };
    type_param {
        TypeVar "identifier name, expr? bound, expr? default_value" ParamSpec "identifier name, expr? default_value"
        TypeVarTuple "identifier name, expr? default_value"
    };
}

/// How many of a field a node has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Count {
    One,
    Optional,
    Many,
}

/// The parts of a field's declaration: type, count, name.
fn field(text: &'static str) -> (&'static str, Count, &'static str) {
    let (kind, name) = text.split_once(' ').unwrap_or((text, ""));
    let count = match kind.as_bytes().last() {
        Some(b'*') => Count::Many,
        Some(b'?') => Count::Optional,
        _ => Count::One,
    };
    (kind.trim_end_matches(['*', '?']), count, name)
}

impl Row {
    fn name(&self) -> &'static str {
        self.name.trim_start_matches("r#")
    }

    fn fields(&self) -> impl Iterator<Item = (&'static str, Count, &'static str)> + Clone {
        self.fields.split(", ").filter(|text| !text.is_empty()).map(field)
    }

    /// `Name(expr value)`, as in the documentation.
    fn form(&self) -> String {
        if self.fields.is_empty() {
            self.name().to_owned()
        } else {
            format!("{}({})", self.name(), self.fields.replace("?*", "*"))
        }
    }

    fn doc(&self) -> String {
        if self.base.is_some() || self.product {
            return self.form();
        }
        let members: Vec<String> = ROWS.iter().filter(|row| row.base == Some(self.kind)).map(Row::form).collect();
        let plain = members.iter().all(|form| !form.contains('('));
        let divider = if plain { " | ".to_owned() } else { format!("\n{}| ", " ".repeat(self.name().len() + 1)) };
        format!("{} = {}", self.name(), members.join(&divider))
    }
}

/// The attributes of nodes that have a place.
const PLACE: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// Whether nodes of a sum or product have a place, and whether its end may be missing.
fn place(kind: Kind) -> (bool, bool) {
    match kind {
        Kind::stmt | Kind::expr | Kind::excepthandler | Kind::arg | Kind::keyword | Kind::alias => (true, true),
        Kind::pattern | Kind::type_param => (true, false),
        _ => (false, false),
    }
}

/// The classes of an interpreter.
pub struct Classes {
    /// `AST`
    pub ast: Ref<Type>,
    classes: Vec<Ref<Type>>,
    fields: Vec<Vec<Ref<Str>>>,
    /// `lineno` and the like, interned.
    pub place: Vec<Ref<Str>>,
    /// The one node of each class without fields; none for the others.
    lone: Vec<Option<Value>>,
}

impl Classes {
    /// The class of a kind.
    pub fn class(&self, kind: Kind) -> &Ref<Type> {
        &self.classes[kind as usize]
    }
    /// Its fields.
    pub fn fields(&self, kind: Kind) -> &[Ref<Str>] {
        &self.fields[kind as usize]
    }
    /// The one node of a class without fields.
    pub fn lone(&self, kind: Kind) -> Value {
        self.lone[kind as usize].clone().unwrap_or(Value::NONE)
    }
    /// The name of a kind.
    pub fn name(kind: Kind) -> &'static str {
        ROWS[kind as usize].name()
    }
}

/// What the module keeps.
#[derive(Default)]
struct State {
    classes: Option<Rc<Classes>>,
}

/// The classes, made on first use.
pub fn classes(py: &mut Py) -> Result<Rc<Classes>> {
    if let Some(classes) = &py.state::<State>().classes {
        return Ok(classes.clone());
    }
    let classes = Rc::new(make(py)?);
    py.state::<State>().classes = Some(classes.clone());
    Ok(classes)
}

/// The classes, if they were made.
pub fn classes_if(py: &Py) -> Option<Rc<Classes>> {
    py.state_if::<State>().and_then(|state| state.classes.clone())
}

/// A tuple of names.
fn names(py: &mut Py, names: impl Iterator<Item = &'static str>) -> Value {
    let names = names.map(|name| py.intern(name).into_value()).collect();
    py.tuple(names)
}

fn make(py: &mut Py) -> Result<Classes> {
    let ast = py.define::<Node>();
    let namespace = ast.get(py).dict.clone();
    ast.get_mut(py).flags.0 &= !lockstep_interp::object::TypeFlags::IMMUTABLE;
    let none = py.tuple(Vec::new());
    for name in ["_fields", "_attributes", "__match_args__"] {
        dict::set_name(py, &namespace, name, none.clone());
    }
    let mut made = Classes {
        ast,
        classes: Vec::new(),
        fields: Vec::new(),
        place: PLACE.map(|name| py.intern(name)).to_vec(),
        lone: Vec::new(),
    };
    for row in ROWS {
        let class = class(py, row, &made)?;
        let lone = row.fields.is_empty() && row.base.is_some_and(|base| !place(base).0);
        let lone = if lone { Some(py.make_in(&class, Node).into_value()) } else { None };
        made.classes.push(class);
        made.lone.push(lone);
        let fields = row.fields().map(|(_, _, name)| py.intern(name)).collect();
        made.fields.push(fields);
    }
    for row in ROWS {
        if row.base.is_some() || row.product {
            types(py, row, &made)?;
        }
    }
    Ok(made)
}

/// One class, still without the types of its fields.
fn class(py: &mut Py, row: &Row, made: &Classes) -> Result<Ref<Type>> {
    let space = py.new_dict();
    let fields = names(py, row.fields().map(|(_, _, name)| name));
    let (module, doc) = (py.str("ast"), py.str(&row.doc()));
    for (name, value) in [("_fields", fields.clone()), ("__match_args__", fields), ("__module__", module), ("__doc__", doc)] {
        dict::set_name(py, &space, name, value);
    }
    let base = match row.base {
        Some(base) => made.class(base).clone(),
        None => {
            let (placed, open) = place(row.kind);
            let attributes = names(py, PLACE.into_iter().filter(|_| placed));
            dict::set_name(py, &space, "_attributes", attributes);
            for name in &PLACE[2..] {
                if open {
                    dict::set_name(py, &space, name, Value::NONE);
                }
            }
            made.ast.clone()
        }
    };
    for (_, count, name) in row.fields() {
        if count == Count::Optional {
            dict::set_name(py, &space, name, Value::NONE);
        }
    }
    let (meta, name, bases) = (py.type_for::<Type>(), py.str(row.name()), py.tuple(vec![base.into_value()]));
    let class = py.call(meta.as_value(), &[name, bases, space.into_value()])?;
    class.downcast::<Type>().cloned().ok_or_else(|| system_error("a node class is no type"))
}

/// Give a class its `_field_types`.
fn types(py: &mut Py, row: &Row, made: &Classes) -> Result<()> {
    let types = py.new_dict();
    for (kind, count, name) in row.fields() {
        let plain = match kind {
            "identifier" | "string" => py.type_named("str").into_value(),
            "int" => py.type_named("int").into_value(),
            "constant" => py.object_class().clone().into_value(),
            _ => match ROWS.iter().find(|other| other.name() == kind) {
                Some(other) => made.class(other.kind).to_value(),
                None => return Err(system_error("a field of no known type")),
            },
        };
        let full = match count {
            Count::One => plain,
            Count::Optional => py.binary(lockstep_interp::object::special::BinaryOp::Or, &plain, &Value::NONE)?,
            Count::Many => {
                let list = py.type_named("list").into_value();
                py.getitem(&list, &plain)?
            }
        };
        dict::set_name(py, &types, name, full);
    }
    let class = made.class(row.kind).to_value();
    py.setattr(&class, "_field_types", types.to_value())?;
    py.setattr(&class, "__annotations__", types.into_value())
}

/// Put the classes into the module.
pub fn install(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let classes = classes(py)?;
    let namespace = py.module_dict(module);
    dict::set_name(py, &namespace, "AST", classes.ast.to_value());
    for row in ROWS {
        dict::set_name(py, &namespace, row.name(), classes.class(row.kind).to_value());
    }
    Ok(())
}
