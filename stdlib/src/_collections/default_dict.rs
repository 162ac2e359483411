//! `defaultdict`: a dict that makes what is missing. The factory lies in a hidden member.

use lockstep_interp::object::define::TypeSpec;
use lockstep_interp::object::raise::{Result, key_error, type_error};
use lockstep_interp::object::{Members, Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::{Py, Ref, Value, methods};

#[derive(Default)]
struct State {
    ty: Option<Ref<Type>>,
}

/// The type; made once per interpreter.
pub fn define(py: &mut Py) -> Ref<Type> {
    if let Some(ty) = py.state::<State>().ty.clone() {
        return ty;
    }
    let base = py.type_for::<Dict>();
    let shape = base.get(py).shape.derive(false, 1, 0);
    let ty = py.new_native_type(TypeSpec {
        name: "defaultdict",
        module: "collections",
        doc: Some(
            "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n\
             A missing key is given the value that default_factory returns; the other\narguments are those of dict.",
        ),
        flags: TypeFlags::BASE | TypeFlags::MATCH_SELF | TypeFlags::MAPPING,
        base: Some(base),
        shape,
        members: DefaultDict::MEMBERS,
        unhashable: true,
    });
    py.state::<State>().ty = Some(ty.clone());
    ty
}

/// The factory; TypeError if the object is only a dict.
fn factory(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
    check(py, this)?;
    Ok(this.header().slot(0, py).unwrap_or(Value::NONE))
}

fn check(py: &mut Py, this: &Ref<Dict>) -> Result<()> {
    let ty = define(py);
    if py.is_instance_of(this.as_value(), &ty) {
        return Ok(());
    }
    Err(type_error(format!(
        "descriptor requires a 'collections.defaultdict' object but received a '{}'",
        py.type_name(this.as_value())
    )))
}

fn set_factory(py: &mut Py, this: &Ref<Dict>, value: Option<Value>) -> Result<()> {
    check(py, this)?;
    drop(this.header().set_slot(0, value, py));
    Ok(())
}

/// A copy of the same class with the same factory.
fn duplicate(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
    let factory = factory(py, this)?;
    let class = py.type_of(this.as_value()).into_value();
    py.call(&class, &[factory, this.to_value()])
}

struct DefaultDict;

#[methods]
impl DefaultDict {
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Dict>, args: &[Value], kwargs: &Value) -> Result<()> {
        let first = args.first().cloned().unwrap_or(Value::NONE);
        if !first.is_none() && !py.is_callable(&first) {
            return Err(type_error("first argument must be callable or None"));
        }
        if args.len() > 2 {
            return Err(type_error(format!("dict expected at most 1 argument, got {}", args.len() - 1)));
        }
        set_factory(py, this, Some(first))?;
        if let Some(source) = args.get(1) {
            dict::methods::update(py, this, source)?;
        }
        if kwargs.is_a::<Dict>() {
            dict::methods::update(py, this, kwargs)?;
        }
        Ok(())
    }
    /// __missing__(key) # Called by __getitem__ for missing key; pseudo-code:
    ///   if self.default_factory is None: raise KeyError((key,))
    ///   self[key] = value = self.default_factory()
    ///   return value
    #[py("(self, key, /)")]
    fn __missing__(py: &mut Py, this: &Ref<Dict>, key: &Value) -> Result<Value> {
        let factory = factory(py, this)?;
        if factory.is_none() {
            return Err(key_error(key.clone()));
        }
        let value = py.call(&factory, &[])?;
        py.setitem(this.as_value(), key, value.clone())?;
        Ok(value)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
        let factory = factory(py, this)?;
        let content = {
            let method = py.type_for::<Dict>();
            let method = py.getattr(method.as_value(), "__repr__")?;
            py.call(&method, &[this.to_value()])?
        };
        let shown = if !factory.is_object() || py.repr_enter(&factory) {
            let text = py.repr(&factory);
            if factory.is_object() {
                py.repr_leave(&factory);
            }
            text?.into_value()
        } else {
            py.str("...")
        };
        let name = py.class_name(this.as_value());
        let (shown, content) = (py.str_of(&shown)?, py.str_of(&content)?);
        let mut text = format!("{name}(").into_bytes();
        text.extend_from_slice(shown.as_bytes());
        text.extend_from_slice(b", ");
        text.extend_from_slice(content.as_bytes());
        text.push(b')');
        Ok(py.new_str_bytes(&text).into_value())
    }
    /// D.copy() -> a shallow copy of D.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
        duplicate(py, this)
    }
    /// D.copy() -> a shallow copy of D.
    #[py("(self, /)")]
    fn __copy__(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
        duplicate(py, this)
    }
    /// Return self|value.
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        if !value.is_a::<Dict>() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let new = duplicate(py, this)?;
        if let Some(new) = new.downcast::<Dict>() {
            dict::methods::update(py, new, value)?;
        }
        Ok(new)
    }
    /// Return value|self.
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        if !value.is_a::<Dict>() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let factory = factory(py, this)?;
        let class = py.type_of(this.as_value()).into_value();
        let new = py.call(&class, &[factory, value.clone()])?;
        if let Some(new) = new.downcast::<Dict>() {
            dict::methods::update(py, new, this.as_value())?;
        }
        Ok(new)
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
        let factory = factory(py, this)?;
        let args = py.tuple(if factory.is_none() { Vec::new() } else { vec![factory] });
        let items = py.call_method(this.as_value(), "items", &[])?;
        let items = py.get_iter(&items)?;
        let class = py.type_of(this.as_value()).into_value();
        Ok(py.tuple(vec![class, args, Value::NONE, Value::NONE, items]))
    }
    /// Factory for default value called by __missing__().
    #[getter]
    fn default_factory(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
        factory(py, this)
    }
    #[setter(default_factory)]
    fn set_default_factory(py: &mut Py, this: &Ref<Dict>, value: Option<Value>) -> Result<()> {
        set_factory(py, this, value)
    }
}
