//! Struct sequences: tuples whose items have names (`time.struct_time`, `os.stat_result`, `sys.version_info`).
//!
//! An instance is a tuple of the visible items; hidden ones lie in member slots behind them.

use std::collections::HashMap;

use lockstep_heap::{Frozen, Object, Ref, Shape, Value, Visitor};
use lockstep_macros::methods;

use super::dict::{self, Dict};
use super::tuple::Tuple;
use crate::object::define::TypeSpec;
use crate::object::native::Members;
use crate::object::raise::{Result, attribute_error, type_error};
use crate::object::{NativeType, Py, Type, TypeFlags};

/// What a struct sequence type consists of.
#[derive(Debug)]
pub struct StructSpec {
    /// `__name__`
    pub name: &'static str,
    /// `__module__`
    pub module: &'static str,
    /// `__doc__`
    pub doc: &'static str,
    /// Names of the items in order; an empty name is an item without one.
    pub fields: &'static [&'static str],
    /// How many of them are items of the tuple; the rest are attributes only.
    pub visible: usize,
    /// Whether scripts may make instances.
    pub constructible: bool,
}

/// The struct sequence types of an interpreter.
#[derive(Default)]
struct Known {
    by_spec: HashMap<usize, Ref<Type>>,
    by_type: HashMap<u64, &'static StructSpec>,
}

/// The payload of the descriptor of one item.
pub struct StructField {
    name: &'static str,
    index: usize,
    owner: Ref<Type>,
}

impl Object for StructField {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.owner);
    }
}

#[methods]
impl StructField {
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<StructField>, instance: &Value, owner: Value) -> Result<Value> {
        let _ = owner;
        if instance.is_none() {
            return Ok(this.to_value());
        }
        match instance.downcast::<Tuple>() {
            Some(tuple) if py.is_instance_of(instance, &this.owner) => Ok(item(py, tuple, this.index)),
            _ => {
                let message = format!(
                    "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                    this.name,
                    this.owner.get(py).name,
                    py.type_name(instance)
                );
                Err(type_error(message))
            }
        }
    }

    #[py("(self, instance, value, /)")]
    fn __set__(py: &mut Py, this: &Ref<StructField>, instance: &Value, value: Value) -> Result<()> {
        let _ = value;
        read_only(py, this, instance)
    }

    #[py("(self, instance, /)")]
    fn __delete__(py: &mut Py, this: &Ref<StructField>, instance: &Value) -> Result<()> {
        read_only(py, this, instance)
    }

    #[py("(self)")]
    fn __repr__(py: &mut Py, this: &Ref<StructField>) -> Result<Value> {
        let text = format!("<member '{}' of '{}' objects>", this.name, py.full_name(&this.owner));
        Ok(py.str(&text))
    }

    #[getter(name = "__name__")]
    fn name(py: &mut Py, this: &Ref<StructField>) -> Value {
        py.str(this.name)
    }

    #[getter(name = "__objclass__")]
    fn objclass(_py: &mut Py, this: &Ref<StructField>) -> Value {
        this.owner.to_value()
    }
}

impl NativeType for StructField {
    const NAME: &'static str = "member_descriptor";
    const MODULE: &'static str = "types";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

fn read_only(py: &mut Py, field: &Ref<StructField>, instance: &Value) -> Result<()> {
    let name = py.intern(field.name);
    Err(attribute_error("readonly attribute", instance, &name))
}

/// Item `index` of an instance, visible or hidden.
pub fn item(py: &Py, tuple: &Ref<Tuple>, index: usize) -> Value {
    match tuple.slice().get(index) {
        Some(value) => value.clone(),
        None => {
            let hidden = index - tuple.len();
            let room = tuple.shape().members();
            if hidden < room { tuple.header().slot(hidden, py).unwrap_or(Value::NONE) } else { Value::NONE }
        }
    }
}

/// The methods of every struct sequence.
pub struct StructMethods;

fn spec_of(py: &mut Py, ty: &Ref<Type>) -> Result<&'static StructSpec> {
    match py.state::<Known>().by_type.get(&ty.id()) {
        Some(spec) => Ok(spec),
        None => Err(type_error("not a struct sequence type")),
    }
}

fn spec_of_value(py: &mut Py, value: &Ref<Tuple>) -> Result<&'static StructSpec> {
    let ty = py.type_of(value.as_value());
    spec_of(py, &ty)
}

#[methods]
impl StructMethods {
    #[staticmethod("(cls, sequence, dict=<unbound>)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, sequence: &Value, dict: Option<Value>) -> Result<Value> {
        let spec = spec_of(py, cls)?;
        if !spec.constructible {
            return Err(type_error(format!("cannot create '{}.{}' instances", spec.module, spec.name)));
        }
        // One item is given as it is (`os.sched_param`).
        if spec.fields.len() == 1 {
            return Ok(make(py, cls, vec![sequence.clone()]));
        }
        let full = if spec.module == "builtins" { spec.name.to_owned() } else { format!("{}.{}", spec.module, spec.name) };
        let mut values = match py.collect(sequence) {
            Ok(values) => values,
            Err(e) if e.is(crate::object::Exc::TypeError) => return Err(type_error("constructor requires a sequence")),
            Err(e) => return Err(e),
        };
        let given = values.len();
        if given < spec.visible {
            let least = if spec.visible == spec.fields.len() { "a" } else { "an at least" };
            return Err(type_error(format!("{full}() takes {least} {}-sequence ({given}-sequence given)", spec.visible)));
        }
        if given > spec.fields.len() {
            let most = if spec.visible == spec.fields.len() { "a" } else { "an at most" };
            return Err(type_error(format!("{full}() takes {most} {}-sequence ({given}-sequence given)", spec.fields.len())));
        }
        let dict = match dict.as_ref().map(|dict| dict.downcast::<Dict>()) {
            Some(Some(d)) => Some(d.clone()),
            None => None,
            Some(None) => return Err(type_error(format!("{full}() takes a dict as second arg, if any"))),
        };
        for name in &spec.fields[given..] {
            let found = match &dict {
                Some(d) if !name.is_empty() => dict::get_name(py, d, name),
                _ => None,
            };
            values.push(found.unwrap_or(Value::NONE));
        }
        if let Some(d) = &dict {
            let used = spec.fields[given..].iter().filter(|n| !n.is_empty() && dict::get_name(py, d, n).is_some()).count();
            if d.get(py).len() > used {
                return Err(type_error(format!("{full}() got duplicate or unexpected field name(s)")));
            }
        }
        Ok(make(py, cls, values))
    }

    #[py("(self)")]
    fn __repr__(py: &mut Py, this: &Ref<Tuple>) -> Result<Value> {
        py.native_stack()?;
        let spec = spec_of_value(py, this)?;
        let mut text =
            if spec.module == "builtins" { format!("{}(", spec.name) } else { format!("{}.{}(", spec.module, spec.name) }
                .into_bytes();
        for i in 0..this.len() {
            if i > 0 {
                text.extend_from_slice(b", ");
            }
            if let Some(name) = spec.fields.get(i).filter(|n| !n.is_empty()) {
                text.extend_from_slice(name.as_bytes());
                text.push(b'=');
            }
            let value = this.slice()[i].clone();
            let shown = py.repr(&value)?;
            text.extend_from_slice(shown.as_bytes());
        }
        text.push(b')');
        Ok(py.new_str_bytes(&text).into_value())
    }

    #[py("(self)")]
    fn __reduce__(py: &mut Py, this: &Ref<Tuple>) -> Result<Value> {
        let spec = spec_of_value(py, this)?;
        let visible = py.tuple(this.slice().to_vec());
        let hidden = py.new_dict();
        for (i, name) in spec.fields.iter().enumerate().skip(spec.visible).filter(|(_, n)| !n.is_empty()) {
            let value = item(py, this, i);
            dict::set_name(py, &hidden, name, value);
        }
        let ty = py.type_of(this.as_value()).into_value();
        let args = py.tuple(vec![visible, hidden.into_value()]);
        Ok(py.tuple(vec![ty, args]))
    }

    #[py("(self, /, **changes)")]
    fn __replace__(py: &mut Py, this: &Ref<Tuple>, changes: &Value) -> Result<Value> {
        let spec = spec_of_value(py, this)?;
        if spec.fields.contains(&"") {
            return Err(type_error(format!(
                "__replace__() is not supported for {}.{} because it has unnamed field(s)",
                spec.module, spec.name
            )));
        }
        let mut values: Vec<Value> = (0..spec.fields.len()).map(|i| item(py, this, i)).collect();
        let mut unknown = Vec::new();
        for (name, value) in py.kwargs(changes) {
            match spec.fields.iter().position(|f| f.as_bytes() == name.as_bytes()) {
                Some(i) => values[i] = value,
                None => unknown.push(name.into_value()),
            }
        }
        if !unknown.is_empty() {
            let unknown = py.list(unknown);
            let shown = py.repr(&unknown)?;
            return Err(type_error(format!("Got unexpected field name(s): {shown}")));
        }
        let ty = py.type_of(this.as_value());
        Ok(make(py, &ty, values))
    }
}

fn make(py: &mut Py, ty: &Ref<Type>, values: Vec<Value>) -> Value {
    let hidden = ty.get(py).shape.members();
    let visible = values.len() - hidden.min(values.len());
    let tuple: Ref<Tuple> = py.make_tail_in(ty, (), &values[..visible]);
    for (i, value) in values.into_iter().skip(visible).enumerate() {
        drop(tuple.header().set_slot(i, Some(value), py));
    }
    tuple.into_value()
}

impl Py {
    /// The struct sequence type of `spec`; made once per interpreter.
    pub fn struct_type(&mut self, spec: &'static StructSpec) -> Ref<Type> {
        let key = std::ptr::from_ref(spec) as usize;
        if let Some(ty) = self.state::<Known>().by_spec.get(&key) {
            return ty.clone();
        }
        self.define::<StructField>();
        let hidden = spec.fields.len() - spec.visible;
        let base = self.type_for::<Tuple>();
        let shape = Shape::plain_tail::<Tuple>().derive(false, hidden as u16, 0);
        let ty = self.new_native_type(TypeSpec {
            name: spec.name,
            module: spec.module,
            doc: Some(spec.doc),
            flags: 0,
            base: Some(base),
            shape,
            members: StructMethods::MEMBERS,
            unhashable: false,
        });
        let namespace = ty.get(self).dict.clone();
        let named: Vec<Value> =
            spec.fields[..spec.visible].iter().take_while(|n| !n.is_empty()).map(|n| self.intern(n).into_value()).collect();
        let unnamed = spec.fields.iter().filter(|n| n.is_empty()).count();
        let match_args = self.tuple(named);
        dict::set_name(self, &namespace, "__match_args__", match_args);
        for (name, n) in [("n_sequence_fields", spec.visible), ("n_fields", spec.fields.len()), ("n_unnamed_fields", unnamed)] {
            dict::set_name(self, &namespace, name, Value::int32(n as i32));
        }
        for (index, name) in spec.fields.iter().copied().enumerate().filter(|(_, n)| !n.is_empty()) {
            let field = self.make(StructField { name, index, owner: ty.clone() });
            dict::set_name(self, &namespace, name, field.into_value());
        }
        self.resolve_inherited(&ty);
        let known = self.state::<Known>();
        known.by_spec.insert(key, ty.clone());
        known.by_type.insert(ty.id(), spec);
        ty
    }

    /// An instance of the type of `spec`: all items in order, the hidden ones too.
    pub fn struct_seq(&mut self, spec: &'static StructSpec, values: Vec<Value>) -> Value {
        let ty = self.struct_type(spec);
        debug_assert_eq!(values.len(), spec.fields.len());
        make(self, &ty, values)
    }
}

/// The value of the item called `name` of an instance.
pub fn field(py: &mut Py, value: &Value, name: &str) -> Option<Value> {
    let tuple = value.downcast::<Tuple>()?;
    let spec = spec_of_value(py, tuple).ok()?;
    let index = spec.fields.iter().position(|f| *f == name)?;
    Some(item(py, tuple, index))
}
