//! `types.SimpleNamespace`: attributes and nothing else.

use lockstep_heap::{Frozen, Object, Ref, Value};
use lockstep_macros::methods;

use super::sequence;
use crate::object::raise::{Result, type_error};
use crate::object::special::CompareOp;
use crate::object::{NativeType, Py, Type, TypeFlags};
use crate::types::dict::{self, Dict};
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The payload of a SimpleNamespace: everything is in its attributes.
pub struct Namespace;

impl Object for Namespace {
    type Access = Frozen;
    const TRACKED: bool = true;
}

impl Py {
    /// A SimpleNamespace with these attributes.
    pub fn namespace(&mut self, attributes: Vec<(&str, Value)>) -> Value {
        let new = self.make(Namespace).into_value();
        for (name, value) in attributes {
            let name = self.intern(name);
            self.instance_set(&new, &name, value);
        }
        new
    }
}

fn attributes(py: &mut Py, this: &Value) -> Ref<Dict> {
    match py.instance_dict(this) {
        Some(d) => d,
        None => py.new_dict(),
    }
}

fn compared(py: &mut Py, op: CompareOp, this: &Ref<Namespace>, value: &Value) -> Result<Value> {
    if !value.is_a::<Namespace>() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = (attributes(py, this.as_value()), attributes(py, value));
    py.compare(op, a.as_value(), b.as_value())
}

fn fill(py: &mut Py, this: &Ref<Namespace>, source: &Ref<Dict>) -> Result<()> {
    let target = attributes(py, this.as_value());
    let items: Vec<(Value, Value)> = source.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    for (key, value) in items {
        let Some(name) = key.downcast::<Str>() else { return Err(type_error("keywords must be strings")) };
        let name = py.intern_str(name);
        dict::set_str(py, &target, &name, value);
    }
    Ok(())
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
        match args {
            [] => {}
            [source] => {
                let new = py.new_dict();
                dict::methods::update(py, &new, source)?;
                fill(py, this, &new)?;
            }
            _ => {
                let name = py.type_name(this.as_value());
                return Err(type_error(format!("{name} expected at most 1 argument, got {}", args.len())));
            }
        }
        match kwargs.downcast::<Dict>() {
            Some(d) => fill(py, this, d),
            None => Ok(()),
        }
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Namespace>) -> Result<Value> {
        let own = py.type_for::<Namespace>();
        let name = if py.type_ref(this.as_value()).is(&own) { "namespace".to_owned() } else { py.class_name(this.as_value()) };
        sequence::guarded_repr(py, this.as_value(), &format!("{name}(...)"), |py, out| {
            out.extend_from_slice(name.as_bytes());
            out.push(b'(');
            let d = attributes(py, this.as_value());
            let items: Vec<(Value, Value)> = d.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            let mut first = true;
            for (key, value) in items {
                let Some(key) = key.downcast::<Str>() else { continue };
                if !first {
                    out.extend_from_slice(b", ");
                }
                first = false;
                out.extend_from_slice(key.as_bytes());
                out.push(b'=');
                sequence::push_repr(py, out, &value)?;
            }
            out.push(b')');
            Ok(())
        })
    }
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Namespace>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Eq, this, value)
    }
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Namespace>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ne, this, value)
    }
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Ref<Namespace>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Lt, this, value)
    }
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Ref<Namespace>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Le, this, value)
    }
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Ref<Namespace>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Gt, this, value)
    }
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Ref<Namespace>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ge, this, value)
    }
    /// Return state information for pickling
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Namespace>) -> Value {
        let ty = py.type_of(this.as_value()).into_value();
        let (arguments, state) = (py.tuple(Vec::new()), attributes(py, this.as_value()).into_value());
        py.tuple(vec![ty, arguments, state])
    }
    /// Return a copy of the namespace object with new values for the specified attributes.
    #[py("(self, /, **changes)")]
    fn __replace__(py: &mut Py, this: &Ref<Namespace>, changes: &Value) -> Result<Value> {
        let ty = py.type_of(this.as_value()).into_value();
        let new = py.call(&ty, &[])?;
        if let Some(copy) = new.downcast::<Namespace>() {
            let own = attributes(py, this.as_value());
            fill(py, copy, &own)?;
            if let Some(d) = changes.downcast::<Dict>() {
                fill(py, copy, d)?;
            }
        }
        Ok(new)
    }
}

impl NativeType for Namespace {
    const NAME: &'static str = "SimpleNamespace";
    const MODULE: &'static str = "types";
    const DOC: Option<&'static str> = Some("A simple attribute-based namespace.");
    const FLAGS: u32 = TypeFlags::BASE;
    const DICT: bool = true;
    const UNHASHABLE: bool = true;
}

/// The elements of a tuple value.
pub(crate) fn tuple_items(value: &Value) -> &[Value] {
    value.downcast::<Tuple>().map_or(&[], |t| t.slice())
}
