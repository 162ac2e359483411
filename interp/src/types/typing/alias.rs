//! `TypeAliasType`: what a `type` statement makes.

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use super::Lazy;
use crate::object::raise::{Result, no_attribute, type_error};
use crate::object::{NativeType, Py, Type};
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The payload of a type alias.
pub struct TypeAlias {
    name: Ref<Str>,
    params: Option<Ref<Tuple>>,
    value: Lazy,
    module: Option<Value>,
}

impl Object for TypeAlias {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        self.value.trace(visit);
        if let Some(params) = &self.params {
            visit.reference(params);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        self.value.take(out);
        out.extend(self.params.take().map(Ref::into_value));
    }
}

/// A `type` statement.
pub fn lazy(py: &mut Py, name: &Value, params: &Value, value: &Value) -> Result<Value> {
    let name = super::name_arg(py, "typealias", name)?;
    py.define::<TypeAlias>();
    let params = params.downcast::<Tuple>().cloned();
    Ok(py.make(TypeAlias { name, params, value: Lazy::of(value), module: None }).into_value())
}

fn module(py: &mut Py, this: &Ref<TypeAlias>) -> Result<Value> {
    let alias = this.get(py);
    if let Some(module) = &alias.module {
        return Ok(module.clone());
    }
    match alias.value.evaluate.clone() {
        Some(evaluate) => py.getattr(&evaluate, "__module__"),
        None => Ok(Value::NONE),
    }
}

#[methods]
impl TypeAlias {
    /// Return self[key].
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<TypeAlias>, key: &Value) -> Result<Value> {
        if this.get(py).params.is_none() {
            return Err(type_error("Only generic type aliases are subscriptable"));
        }
        crate::types::generic_alias::alias(py, this.as_value(), key)
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Value) -> Result<Value> {
        let item = super::unpack(py, this)?;
        let items = py.tuple(vec![item]);
        py.get_iter(&items)
    }
    /// Create a TypeAliasType.
    #[staticmethod("(type, name, value, *, type_params=())")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, name: &Value, value: Value, type_params: &Value) -> Result<Value> {
        let name = super::name_arg(py, "typealias", name)?;
        let Some(params) = type_params.downcast::<Tuple>().cloned() else {
            return Err(type_error("type_params must be a tuple"));
        };
        let module = py.current_globals().and_then(|g| crate::types::dict::get_name(py, &g, "__name__"));
        let params = if params.is_empty() { None } else { Some(params) };
        Ok(py.make_in(cls, TypeAlias { name, params, value: Lazy::known(Some(value)), module }).into_value())
    }
    /// Return self|value.
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        super::union(py, this, value)
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<TypeAlias>) -> Value {
        this.get(py).name.to_value()
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<TypeAlias>) -> Value {
        this.get(py).name.to_value()
    }
    /// Return value|self.
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        super::union(py, value, this)
    }
    /// Return getattr(self, name).
    #[py("(self, name, /)")]
    fn __getattribute__(py: &mut Py, this: &Ref<TypeAlias>, name: &Value) -> Result<Value> {
        let name = py.attribute_name(name)?;
        // The module of the alias, not that of its type.
        if name.as_bytes() == b"__module__" {
            return module(py, this);
        }
        match py.generic_getattr(this.as_value(), &name)? {
            Some(value) => Ok(value),
            None => Err(no_attribute(py, this.as_value(), &name)),
        }
    }
    #[getter]
    fn __name__(py: &mut Py, this: &Ref<TypeAlias>) -> Value {
        this.get(py).name.to_value()
    }
    #[getter]
    fn __parameters__(py: &mut Py, this: &Ref<TypeAlias>) -> Result<Value> {
        match this.get(py).params.clone() {
            Some(params) => super::unpacked(py, &params),
            None => Ok(py.tuple(Vec::new())),
        }
    }
    #[getter]
    fn __type_params__(py: &mut Py, this: &Ref<TypeAlias>) -> Value {
        match this.get(py).params.clone() {
            Some(params) => params.into_value(),
            None => py.tuple(Vec::new()),
        }
    }
    #[getter]
    fn __value__(py: &mut Py, this: &Ref<TypeAlias>) -> Result<Value> {
        Ok(super::force(py, this, |a| &mut a.value)?.unwrap_or(Value::NONE))
    }
    #[getter]
    fn evaluate_value(py: &mut Py, this: &Ref<TypeAlias>) -> Value {
        super::evaluator(py, this, |a| &mut a.value)
    }
}

impl NativeType for TypeAlias {
    const NAME: &'static str = "TypeAliasType";
    const MODULE: &'static str = "typing";
    const FLAGS: u32 = 0;
    const DOC: Option<&'static str> = Some("Type alias.");
}
