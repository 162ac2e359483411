//! `ast.AST`: the base of all nodes. Fields are attributes; a class says by `_fields` and
//! `_field_types` what its nodes have.

use lockstep_interp::object::raise::{Exc, Result, type_error};
use lockstep_interp::object::{NativeType, Py, Type};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::generic_alias::GenericAlias;
use lockstep_interp::types::list::List;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::types::union::Union;
use lockstep_interp::{Frozen, Object, Ref, Value, methods};

use super::table::{Kind, classes};

/// The payload of a node: nothing, all is in its attributes.
pub struct Node;

impl Object for Node {
    type Access = Frozen;
    const TRACKED: bool = true;
}

/// How deep `repr` shows nodes.
const SHOWN: u32 = 3;

/// The names that a class declares under `attribute`; none where it has no such attribute.
fn declared(py: &mut Py, class: &Value, attribute: &str) -> Result<Vec<Value>> {
    match py.getattr_opt(class, attribute)? {
        Some(names) => py.collect(&names),
        None => Ok(Vec::new()),
    }
}

/// Whether a name is among others.
fn among(py: &mut Py, names: &[Value], name: &Value) -> Result<Option<usize>> {
    for (index, other) in names.iter().enumerate() {
        if py.eq(other, name)? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn set(py: &mut Py, node: &Value, name: &Value, value: Value) -> Result<()> {
    let name = py.attribute_name(name)?;
    py.setattr_str(node, &name, Some(value))
}

/// The type that a class declares for a field.
fn type_of_field(py: &mut Py, class: &Value, name: &Value) -> Result<Option<Option<Value>>> {
    let Some(types) = py.getattr_opt(class, "_field_types")? else { return Ok(None) };
    match types.downcast::<Dict>().cloned() {
        Some(types) => Ok(Some(dict::get(py, &types, name)?)),
        None => Ok(Some(None)),
    }
}

/// Give the fields that were not given what they are without: an empty list, `Load()`, or nothing.
fn fill(py: &mut Py, node: &Value, class: &Value, missing: &[Value]) -> Result<()> {
    let shown = class_name(py, class);
    for name in missing {
        let kind = match type_of_field(py, class, name)? {
            None => return Ok(()),
            Some(kind) => kind,
        };
        let text = py.repr(name)?;
        let Some(kind) = kind else {
            let message = format!("Field {text} is missing from {shown}._field_types. This will become an error in Python 3.15.");
            py.warn(Exc::DeprecationWarning, &message, 1)?;
            continue;
        };
        if kind.is_a::<Union>() {
            continue;
        }
        if kind.is_a::<GenericAlias>() {
            let empty = py.list(Vec::new());
            set(py, node, name, empty)?;
            continue;
        }
        let table = classes(py)?;
        if kind.is(table.class(Kind::expr_context).as_value()) {
            let load = table.lone(Kind::Load);
            set(py, node, name, load)?;
            continue;
        }
        let message =
            format!("{shown}.__init__ missing 1 required positional argument: {text}. This will become an error in Python 3.15.");
        py.warn(Exc::DeprecationWarning, &message, 1)?;
    }
    Ok(())
}

fn class_name(py: &Py, class: &Value) -> String {
    class.downcast::<Type>().map_or_else(String::new, |class| class.get(py).name.to_string())
}

/// `__replace__` may name fields and attributes only, and all fields must be there in the end.
fn check_replace(py: &mut Py, class: &Value, own: Option<&Ref<Dict>>, changes: &[(Ref<Str>, Value)]) -> Result<()> {
    let shown = class_name(py, class);
    let fields = declared(py, class, "_fields")?;
    let attributes = declared(py, class, "_attributes")?;
    for (name, _) in changes {
        let name = name.to_value();
        if among(py, &fields, &name)?.is_none() && among(py, &attributes, &name)?.is_none() {
            let name = py.str_of(&name)?;
            return Err(type_error(format!("{shown}.__replace__ got an unexpected keyword argument '{name}'.")));
        }
    }
    let mut missing = Vec::new();
    for field in fields {
        let given = changes.iter().any(|(name, _)| field.downcast::<Str>().is_some_and(|f| f.as_bytes() == name.as_bytes()));
        let there = match own {
            Some(own) => dict::get(py, own, &field)?.is_some(),
            None => false,
        };
        let optional = matches!(type_of_field(py, class, &field)?, Some(Some(kind)) if kind.is_a::<Union>());
        if !given && !there && !optional {
            missing.push(py.repr(&field)?.to_string());
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort();
    let plural = if missing.len() == 1 { "" } else { "s" };
    let (count, missing) = (missing.len(), missing.join(", "));
    Err(type_error(format!("{shown}.__replace__ missing {count} keyword argument{plural}: {missing}.")))
}

/// A node as text; below the limit only its class.
fn show(py: &mut Py, node: &Value, depth: u32) -> Result<String> {
    py.native_stack()?;
    let class = py.type_of(node).into_value();
    let mut out = class_name(py, &class);
    if depth == 0 {
        out.push_str("(...)");
        return Ok(out);
    }
    out.push('(');
    let fields = declared(py, &class, "_fields")?;
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        let name = py.attribute_name(field)?;
        let value = py.getattr_str(node, &name)?;
        let text = match (value.downcast::<List>().cloned(), value.downcast::<Tuple>().cloned()) {
            (Some(list), _) => {
                let items = list.get(py).items.clone();
                format!("[{}]", show_row(py, &items, depth)?)
            }
            (None, Some(tuple)) => format!("({})", show_row(py, tuple.slice(), depth)?),
            (None, None) => show_one(py, &value, depth)?,
        };
        out.push_str(&format!("{name}={text}"));
    }
    out.push(')');
    Ok(out)
}

fn show_one(py: &mut Py, value: &Value, depth: u32) -> Result<String> {
    if value.is_a::<Node>() { show(py, value, depth - 1) } else { Ok(py.repr(value)?.to_string()) }
}

/// The first and the last of several values.
fn show_row(py: &mut Py, items: &[Value], depth: u32) -> Result<String> {
    let mut out = String::new();
    if let Some(first) = items.first() {
        out = show_one(py, first, depth)?;
    }
    if items.len() > 2 {
        out.push_str(", ...");
    }
    if items.len() > 1
        && let Some(last) = items.last()
    {
        out.push_str(", ");
        out.push_str(&show_one(py, last, depth)?);
    }
    Ok(out)
}

#[methods]
impl Node {
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Value, args: &[Value], kwargs: &Value) -> Result<()> {
        let class = py.type_of(this).into_value();
        let fields = declared(py, &class, "_fields")?;
        let shown = class_name(py, &class);
        if args.len() > fields.len() {
            let (count, plural) = (fields.len(), if fields.len() == 1 { "" } else { "s" });
            return Err(type_error(format!("{shown} constructor takes at most {count} positional argument{plural}")));
        }
        let mut missing = fields.clone();
        for (name, value) in fields.iter().zip(args) {
            set(py, this, name, value.clone())?;
            if let Some(at) = among(py, &missing, name)? {
                missing.remove(at);
            }
        }
        let mut attributes = None;
        for (key, value) in py.kwargs(kwargs) {
            let name = key.to_value();
            if among(py, &fields, &name)?.is_some() {
                match among(py, &missing, &name)? {
                    Some(at) => drop(missing.remove(at)),
                    None => {
                        let text = py.repr(&name)?;
                        return Err(type_error(format!("{shown} got multiple values for argument {text}")));
                    }
                }
            } else {
                let known = match &attributes {
                    Some(known) => known,
                    None => attributes.insert(declared(py, &class, "_attributes")?),
                };
                let known = known.clone();
                if among(py, &known, &name)?.is_none() {
                    let text = py.repr(&name)?;
                    let message = format!(
                        "{shown}.__init__ got an unexpected keyword argument {text}. Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15."
                    );
                    py.warn(Exc::DeprecationWarning, &message, 1)?;
                }
            }
            set(py, this, &name, value)?;
        }
        fill(py, this, &class, &missing)
    }

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &Value, _kwargs: &Value) -> Value {
        py.make_in(cls, Node).into_value()
    }

    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Value) -> Result<Value> {
        let class = py.type_of(this).into_value();
        let mut positional = Vec::new();
        let state = match py.instance_dict(this) {
            Some(own) => {
                // The fields follow with the state: a child that refers to its parent must find it made.
                for field in declared(py, &class, "_fields")? {
                    if dict::get(py, &own, &field)?.is_none() {
                        break;
                    }
                    positional.push(Value::NONE);
                }
                py.make(own.get(py).duplicate()).into_value()
            }
            None => py.new_dict().into_value(),
        };
        let positional = py.tuple(positional);
        Ok(py.tuple(vec![class, positional, state]))
    }

    /// Return a copy of the AST node with new values for the specified fields.
    #[py("(self, /, *args, **fields)")]
    fn __replace__(py: &mut Py, this: &Value, args: &[Value], fields: &Value) -> Result<Value> {
        if !args.is_empty() {
            return Err(type_error("__replace__() takes no positional arguments"));
        }
        let class = py.type_of(this).into_value();
        let own = py.instance_dict(this);
        let mut changes = py.kwargs(fields);
        check_replace(py, &class, own.as_ref(), &changes)?;
        let mut all = Vec::new();
        if let Some(own) = own {
            let own: Vec<(Value, Value)> = own.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            for (name, value) in own {
                let name = py.attribute_name(&name)?;
                if !changes.iter().any(|(changed, _)| changed.as_bytes() == name.as_bytes()) {
                    all.push((name, value));
                }
            }
        }
        all.append(&mut changes);
        py.call_kw(&class, &[], &all)
    }

    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Value) -> Result<String> {
        show(py, this, SHOWN)
    }
}

impl NativeType for Node {
    const NAME: &'static str = "AST";
    const MODULE: &'static str = "ast";
    const DICT: bool = true;
}
