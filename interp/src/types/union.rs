//! `typing.Union`, which is `types.UnionType`: `int | str`.

use lockstep_heap::{Frozen, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use super::generic_alias::{GenericAlias, parameters_of, push_type, substitute};
use super::sequence;
use super::set;
use crate::object::raise::{Result, type_error};
use crate::object::{NativeType, Py, Type, TypeFlags};
use crate::types::tuple::Tuple;
use crate::types::typing::alias::TypeAlias;

/// The payload of a union.
pub struct Union {
    /// `__args__`: at least two different types.
    pub args: Ref<Tuple>,
    /// `__parameters__`
    pub parameters: Ref<Tuple>,
}

impl Object for Union {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.args);
        visit.reference(&self.parameters);
    }
}

/// Whether `|` makes a union of the value and another one.
fn unionable(value: &Value) -> bool {
    value.is_none() || value.is_a::<Type>() || value.is_a::<GenericAlias>() || value.is_a::<Union>() || value.is_a::<TypeAlias>()
}

/// `a | b` of types; NotImplemented for anything else.
pub fn or(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
    if !unionable(a) || !unionable(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    make(py, &[a.clone(), b.clone()])
}

/// The union of types: nested unions are spread, equal ones appear once, and of one type alone
/// the union is that type.
pub fn make(py: &mut Py, items: &[Value]) -> Result<Value> {
    let mut args: Vec<Value> = Vec::new();
    for item in items {
        match item.downcast::<Union>() {
            Some(union) => {
                for arg in union.args.clone().slice() {
                    push(py, &mut args, arg)?;
                }
            }
            None => push(py, &mut args, item)?,
        }
    }
    if let [one] = args.as_slice() {
        return Ok(one.clone());
    }
    let parameters = parameters_of(py, &args)?;
    let (args, parameters) = (py.new_tuple(args), py.new_tuple(parameters));
    Ok(py.make(Union { args, parameters }).into_value())
}

fn push(py: &mut Py, args: &mut Vec<Value>, item: &Value) -> Result<()> {
    let item = if item.is_none() {
        py.type_named("NoneType").into_value()
    } else if unionable(item) {
        item.clone()
    } else {
        // A string becomes a forward reference; what is no type at all is refused.
        let typing = crate::import::import_module(py, "typing")?;
        let message = py.str("Union[arg, ...]: each arg must be a type.");
        py.call_method(&typing, "_type_check", &[item.clone(), message])?
    };
    for known in args.clone() {
        let same = if known.is_a::<Type>() && item.is_a::<Type>() { known.is(&item) } else { py.eq(&known, &item)? };
        if same {
            return Ok(());
        }
    }
    args.push(item);
    Ok(())
}

#[methods]
impl Union {
    #[getter]
    fn __args__(_py: &mut Py, this: &Ref<Union>) -> Value {
        this.args.to_value()
    }
    /// Type variables in the types.UnionType.
    #[getter]
    fn __parameters__(_py: &mut Py, this: &Ref<Union>) -> Value {
        this.parameters.to_value()
    }
    /// Always returns the type
    #[getter]
    fn __origin__(py: &mut Py, this: &Ref<Union>) -> Value {
        py.type_of(this.as_value()).into_value()
    }
    /// Return the name of the union type
    #[getter]
    fn __name__(_py: &mut Py, _this: &Ref<Union>) -> &'static str {
        "Union"
    }
    /// Return the qualified name of the union type
    #[getter]
    fn __qualname__(_py: &mut Py, _this: &Ref<Union>) -> &'static str {
        "Union"
    }
    #[py("(self, bases, /)")]
    fn __mro_entries__(py: &mut Py, this: &Ref<Union>, _bases: &Value) -> Result<Value> {
        let text = py.repr(this.as_value())?;
        Err(type_error(format!("Cannot subclass {text}")))
    }
    /// `Union[int, str]`
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, _cls: &Value, object: &Value) -> Result<Value> {
        match object.downcast::<Tuple>() {
            Some(t) if t.is_empty() => Err(type_error("Cannot take a Union of no types.")),
            Some(t) => make(py, t.slice()),
            None => make(py, std::slice::from_ref(object)),
        }
    }
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<Union>, key: &Value) -> Result<Value> {
        let args = substitute(py, this.as_value(), &this.args, &this.parameters, key)?;
        make(py, &args)
    }
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        or(py, this, value)
    }
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        or(py, value, this)
    }
    #[py("(self, instance, /)")]
    fn __instancecheck__(py: &mut Py, this: &Ref<Union>, instance: &Value) -> Result<bool> {
        for arg in this.args.slice() {
            if crate::builtins::is_instance(py, instance, arg)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    #[py("(self, cls, /)")]
    fn __subclasscheck__(py: &mut Py, this: &Ref<Union>, cls: &Value) -> Result<bool> {
        if !cls.is_a::<Type>() {
            return Err(type_error("issubclass() arg 1 must be a class"));
        }
        for arg in this.args.slice() {
            if crate::builtins::is_subclass(py, cls, arg)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Union>, value: &Value) -> Result<Value> {
        let Some(other) = value.downcast::<Union>() else { return Ok(Value::NOT_IMPLEMENTED) };
        if this.args.len() != other.args.len() {
            return Ok(Value::FALSE);
        }
        for arg in this.args.slice() {
            if sequence::find(py, &other.args, arg, 0, usize::MAX)?.is_none() {
                return Ok(Value::FALSE);
            }
        }
        Ok(Value::TRUE)
    }
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Union>) -> Result<i64> {
        let all = set::frozen(py, this.args.as_value())?;
        py.hash(&all)
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Union>) -> Result<Value> {
        let mut out = Vec::new();
        for (i, arg) in this.args.slice().iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(b" | ");
            }
            push_type(py, &mut out, arg)?;
        }
        Ok(py.new_str_bytes(&out).into_value())
    }
}

impl NativeType for Union {
    const NAME: &'static str = "Union";
    const MODULE: &'static str = "typing";
    const DOC: Option<&'static str> = Some("Represent a union type\n\nE.g. for int | str");
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
