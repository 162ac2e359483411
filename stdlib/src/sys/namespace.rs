//! `types.SimpleNamespace`, the type of `sys.implementation`.

use lockstep_interp::object::raise::type_error;
use lockstep_interp::object::{NativeType, Type};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::str::Str;
use lockstep_interp::{Frozen, Object, Py, Ref, Result, Value, methods};

/// The payload of a namespace: its attributes are everything.
pub struct Namespace;

impl Object for Namespace {
    type Access = Frozen;
    const TRACKED: bool = true;
}

/// The attributes in order.
fn pairs(py: &mut Py, this: &Value) -> Vec<(Value, Value)> {
    match py.instance_dict(this) {
        Some(d) => d.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
        None => Vec::new(),
    }
}

#[methods]
impl Namespace {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Value {
        py.make_in(cls, Namespace).into_value()
    }
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Namespace>, args: &[Value], kwargs: &Value) -> Result<()> {
        let given = match args {
            [] => None,
            [one] => Some(one),
            more => {
                let class = py.type_name(this.as_value());
                return Err(type_error(format!("{class} expected at most 1 argument, got {}", more.len())));
            }
        };
        if let Some(given) = given {
            let copy = py.new_dict();
            py.call_method(copy.as_value(), "update", std::slice::from_ref(given))?;
            let items: Vec<(Value, Value)> = copy.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            for (key, value) in items {
                if !key.is_a::<Str>() {
                    return Err(type_error("keywords must be strings"));
                }
                let name = py.attribute_name(&key)?;
                py.setattr_str(this.as_value(), &name, Some(value))?;
            }
        }
        for (name, value) in py.kwargs(kwargs) {
            let name = py.intern_str(&name);
            py.instance_set(this.as_value(), &name, value);
        }
        Ok(())
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Namespace>) -> Result<String> {
        let class =
            if py.is_exact::<Namespace>(this.as_value()) { "namespace".to_owned() } else { py.class_name(this.as_value()) };
        py.native_stack()?;
        let id = this.id();
        if py.state::<Shown>().0.contains(&id) {
            return Ok(format!("{class}(...)"));
        }
        py.state::<Shown>().0.push(id);
        let text = inner(py, this.as_value());
        py.state::<Shown>().0.retain(|other| *other != id);
        Ok(format!("{class}({})", text?))
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Namespace>, value: &Value) -> Result<Value> {
        if !value.is_a::<Namespace>() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let (Some(a), Some(b)) = (py.instance_dict(this.as_value()), py.instance_dict(value)) else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        py.eq(a.as_value(), b.as_value()).map(Value::bool)
    }
    /// Return state information for pickling
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Namespace>) -> Value {
        let (class, none) = (py.type_of(this.as_value()).into_value(), py.tuple(Vec::new()));
        let state = py.instance_dict(this.as_value()).map_or(Value::NONE, Ref::into_value);
        py.tuple(vec![class, none, state])
    }
    /// Return a copy of the namespace object with new values for the specified attributes.
    #[py("(self, /, **kwargs)")]
    fn __replace__(py: &mut Py, this: &Ref<Namespace>, kwargs: &Value) -> Result<Value> {
        let class = py.type_of(this.as_value()).into_value();
        let copy = py.call(&class, &[])?;
        for (key, value) in pairs(py, this.as_value()) {
            let name = py.attribute_name(&key)?;
            py.instance_set(&copy, &name, value);
        }
        for (name, value) in py.kwargs(kwargs) {
            let name = py.intern_str(&name);
            py.instance_set(&copy, &name, value);
        }
        Ok(copy)
    }
}

/// Namespaces whose repr is being made.
#[derive(Default)]
struct Shown(Vec<u64>);

fn inner(py: &mut Py, this: &Value) -> Result<String> {
    let mut parts = Vec::new();
    for (key, value) in pairs(py, this) {
        let Some(name) = key.downcast::<Str>().filter(|s| !s.is_empty()).map(|s| s.to_string()) else { continue };
        let shown = py.repr(&value)?;
        parts.push(format!("{name}={shown}"));
    }
    Ok(parts.join(", "))
}

impl NativeType for Namespace {
    const NAME: &'static str = "SimpleNamespace";
    const MODULE: &'static str = "types";
    const DOC: Option<&'static str> = Some("A simple attribute-based namespace.");
    const DICT: bool = true;
    const UNHASHABLE: bool = true;
}

/// A namespace with these attributes.
pub(super) fn make(py: &mut Py, attributes: Vec<(&str, Value)>) -> Value {
    let ty = py.define::<Namespace>();
    let namespace = py.make_in(&ty, Namespace);
    if let Some(d) = py.instance_dict(namespace.as_value()) {
        fill(py, &d, attributes);
    }
    namespace.into_value()
}

fn fill(py: &mut Py, d: &Ref<Dict>, attributes: Vec<(&str, Value)>) {
    for (name, value) in attributes {
        dict::set_name(py, d, name, value);
    }
}
