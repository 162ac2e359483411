//! `Generic`: the base of classes with type parameters. `typing` does the work.

use lockstep_heap::{Frozen, Instance, Object, Shape, ShapeRef, Value};
use lockstep_macros::methods;

use crate::object::raise::Result;
use crate::object::{NativeType, Py};
use crate::types::tuple::Tuple;
use crate::types::r#type::keywords_of;

/// Names the type; its instances are plain.
pub struct Generic;

impl Object for Generic {
    type Access = Frozen;
}

/// `Generic[params]` for the parameters of a class statement.
pub fn subscript(py: &mut Py, generic: &Value, params: &Value) -> Result<Value> {
    let params = match params.downcast::<Tuple>() {
        Some(t) => super::unpacked(py, &t.clone())?,
        None => params.clone(),
    };
    let function = super::function(py, "_GenericAlias")?;
    let _ = generic;
    py.call(&function, &[generic.clone(), params])
}

#[methods]
impl Generic {
    /// Parameterizes a generic class.
    #[classmethod("(cls, /, *args, **kwargs)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, args: &[Value], kwargs: &Value) -> Result<Value> {
        let function = super::function(py, "_generic_class_getitem")?;
        let keywords = keywords_of(py, kwargs);
        let mut all = vec![cls.clone()];
        all.extend_from_slice(args);
        py.call_kw(&function, &all, &keywords)
    }
    /// Function to initialize subclasses.
    #[classmethod("(cls, /, *args, **kwargs)")]
    fn __init_subclass__(py: &mut Py, cls: &Value, args: &[Value], kwargs: &Value) -> Result<Value> {
        let function = super::function(py, "_generic_init_subclass")?;
        let keywords = keywords_of(py, kwargs);
        let mut all = vec![cls.clone()];
        all.extend_from_slice(args);
        py.call_kw(&function, &all, &keywords)
    }
}

impl NativeType for Generic {
    const NAME: &'static str = "Generic";
    const MODULE: &'static str = "typing";
    const DOC: Option<&'static str> = Some("Abstract base class for generic types.");
    fn shape() -> ShapeRef {
        Shape::plain::<Instance>()
    }
}
