//! `DecimalTuple`: sign, digits and exponent as a named tuple.

use lockstep_interp::object::call::Keywords;
use lockstep_interp::object::define::TypeSpec;
use lockstep_interp::object::native::Members;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Ref, Shape, Value, methods};

/// Its methods; the payload is a tuple's.
struct DecimalTuple;

/// Names of the items.
const FIELDS: [&str; 3] = ["sign", "digits", "exponent"];

/// The class, made by the first import.
#[derive(Default)]
struct Known(Option<Ref<Type>>);

/// The class.
pub fn class(py: &mut Py) -> Ref<Type> {
    if let Some(class) = &py.state::<Known>().0 {
        return class.clone();
    }
    let base = py.type_for::<Tuple>();
    let spec = TypeSpec {
        name: "DecimalTuple",
        module: "decimal",
        doc: Some("DecimalTuple(sign, digits, exponent)"),
        flags: TypeFlags::BASE,
        base: Some(base),
        shape: Shape::plain_tail::<Tuple>(),
        members: DecimalTuple::MEMBERS,
        unhashable: false,
    };
    let class = py.new_native_type(spec);
    let own = class.get(py).dict.clone();
    let fields = FIELDS.map(|field| py.intern(field).into_value());
    let fields = py.tuple_from(fields);
    let (defaults, slots) = (py.new_dict().into_value(), py.tuple(Vec::new()));
    for (name, value) in
        [("_fields", fields.clone()), ("__match_args__", fields), ("_field_defaults", defaults), ("__slots__", slots)]
    {
        dict::set_name(py, &own, name, value);
    }
    py.state::<Known>().0 = Some(class.clone());
    class
}

/// An instance.
pub fn make(py: &Py, class: &Ref<Type>, items: &[Value]) -> Value {
    py.make_tail_in::<Tuple>(class, (), items).into_value()
}

fn item(this: &Ref<Tuple>, i: usize) -> Value {
    this.slice().get(i).cloned().unwrap_or(Value::NONE)
}

fn replaced(py: &mut Py, this: &Ref<Tuple>, given: &Keywords) -> Result<Value> {
    let mut items = this.slice().to_vec();
    let mut unknown = Vec::new();
    for (name, value) in given {
        match FIELDS.iter().position(|field| field.as_bytes() == name.as_bytes()) {
            Some(i) => items[i] = value.clone(),
            None => unknown.push(name.to_value()),
        }
    }
    if !unknown.is_empty() {
        let unknown = py.list(unknown);
        let shown = py.repr(&unknown)?;
        return Err(type_error(format!("Got unexpected field names: {shown}")));
    }
    let class = py.type_of(this.as_value());
    Ok(make(py, &class, &items))
}

#[methods]
impl DecimalTuple {
    /// Create new instance of DecimalTuple(sign, digits, exponent)
    #[staticmethod("(_cls, sign, digits, exponent)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, sign: &Value, digits: &Value, exponent: &Value) -> Value {
        make(py, cls, &[sign.clone(), digits.clone(), exponent.clone()])
    }
    /// Return self as a plain tuple.  Used by copy and pickle.
    #[py("(self)")]
    fn __getnewargs__(py: &mut Py, this: &Ref<Tuple>) -> Value {
        py.tuple_of(this.slice())
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Tuple>) -> Value {
        let class = py.type_of(this.as_value()).into_value();
        let items = py.tuple_of(this.slice());
        py.tuple(vec![class, items])
    }
    /// Return a new DecimalTuple object replacing specified fields with new values
    #[py("(self, /, **kwds)")]
    fn __replace__(py: &mut Py, this: &Ref<Tuple>, kwds: &Keywords) -> Result<Value> {
        replaced(py, this, kwds)
    }
    /// Return a nicely formatted representation string
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Tuple>) -> Result<Value> {
        let mut out = py.class_name(this.as_value()).into_bytes();
        for (i, field) in FIELDS.iter().enumerate() {
            out.extend_from_slice(if i == 0 { b"(" } else { b", " });
            out.extend_from_slice(field.as_bytes());
            out.push(b'=');
            out.extend_from_slice(py.repr(&item(this, i))?.as_bytes());
        }
        out.push(b')');
        Ok(py.new_str_bytes(&out).into_value())
    }
    /// Return a new dict which maps field names to their values.
    #[py("(self)")]
    fn _asdict(py: &mut Py, this: &Ref<Tuple>) -> Ref<Dict> {
        let dict = py.new_dict();
        for (i, field) in FIELDS.iter().enumerate() {
            dict::set_name(py, &dict, field, item(this, i));
        }
        dict
    }
    /// Make a new DecimalTuple object from a sequence or iterable
    #[classmethod("(cls, iterable)")]
    fn _make(py: &mut Py, cls: &Ref<Type>, iterable: &Value) -> Result<Value> {
        let items = py.collect(iterable)?;
        if items.len() != FIELDS.len() {
            return Err(type_error(format!("Expected 3 arguments, got {}", items.len())));
        }
        Ok(make(py, cls, &items))
    }
    /// Return a new DecimalTuple object replacing specified fields with new values
    #[py("(self, /, **kwds)")]
    fn _replace(py: &mut Py, this: &Ref<Tuple>, kwds: &Keywords) -> Result<Value> {
        replaced(py, this, kwds)
    }
    /// Alias for field number 1
    #[getter]
    fn digits(_py: &mut Py, this: &Ref<Tuple>) -> Value {
        item(this, 1)
    }
    /// Alias for field number 2
    #[getter]
    fn exponent(_py: &mut Py, this: &Ref<Tuple>) -> Value {
        item(this, 2)
    }
    /// Alias for field number 0
    #[getter]
    fn sign(_py: &mut Py, this: &Ref<Tuple>) -> Value {
        item(this, 0)
    }
}
