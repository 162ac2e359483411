//! `object`, `None`, `NotImplemented`, `Ellipsis`: what every value inherits.

use lockstep_heap::Value;
use lockstep_macros::methods;

use crate::object::raise::Result;
use crate::object::{Py, Type};

/// The methods of `object`.
pub struct ObjectMethods;

#[methods]
impl ObjectMethods {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &lockstep_heap::Ref<Type>, _args: &[Value], _kwargs: &Value) -> Result<Value> {
        Ok(py.make_in(cls, lockstep_heap::Instance).into_value())
    }
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(_py: &mut Py, _this: &Value, _args: &[Value], _kwargs: &Value) {}
}

/// The methods of `None`.
pub struct NoneMethods;
#[methods]
impl NoneMethods {}

/// The methods of `NotImplemented`.
pub struct NotImplementedMethods;
#[methods]
impl NotImplementedMethods {}

/// The methods of `Ellipsis`.
pub struct EllipsisMethods;
#[methods]
impl EllipsisMethods {}
