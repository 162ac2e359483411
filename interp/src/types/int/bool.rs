//! `bool`: a subclass of int with two immediates.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;

use super::methods::wrong_receiver;
use super::{Wide, compute, wide};
use crate::object::raise::Result;
use crate::object::special::BinaryOp;
use crate::object::{Exc, Py, Type};

/// `&`, `|` or `^` of bools.
pub(super) fn bitwise(op: BinaryOp, x: bool, y: bool) -> Value {
    Value::bool(match op {
        BinaryOp::And => x & y,
        BinaryOp::Or => x | y,
        _ => x ^ y,
    })
}

fn operate(py: &mut Py, op: BinaryOp, this: &Value, other: &Value, name: &str) -> Result<Value> {
    let Some(x) = this.as_bool() else { return Err(wrong_receiver(py, this, "bool", name)) };
    if let Some(y) = other.as_bool() {
        return Ok(bitwise(op, x, y));
    }
    match wide(other) {
        Some(y) => compute(py, op, Wide::Small(i64::from(x)), y),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

const INVERSION: &str = "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object and is usually not what you expect from negating a bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying int.";

/// The methods of `bool`.
pub struct BoolMethods;

#[methods]
impl BoolMethods {
    /// Returns True when the argument is true, False otherwise.
    #[staticmethod("(type, object=False, /)")]
    fn __new__(py: &mut Py, _cls: &Ref<Type>, object: &Value) -> Result<bool> {
        py.truth(object)
    }
    /// Return self&value.
    #[py("(self, value, /)")]
    fn __and__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        operate(py, BinaryOp::And, this, value, "__and__")
    }
    /// Return value&self.
    #[py("(self, value, /)")]
    fn __rand__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        operate(py, BinaryOp::And, this, value, "__rand__")
    }
    /// ~self
    #[py("(self, /)")]
    fn __invert__(py: &mut Py, this: &Value) -> Result<Value> {
        let Some(b) = this.as_bool() else { return Err(wrong_receiver(py, this, "bool", "__invert__")) };
        py.warn(Exc::DeprecationWarning, INVERSION, 1)?;
        Ok(Value::int32(!i32::from(b)))
    }
    /// Return self|value.
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        operate(py, BinaryOp::Or, this, value, "__or__")
    }
    /// Return value|self.
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        operate(py, BinaryOp::Or, this, value, "__ror__")
    }
    /// Return self^value.
    #[py("(self, value, /)")]
    fn __xor__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        operate(py, BinaryOp::Xor, this, value, "__xor__")
    }
    /// Return value^self.
    #[py("(self, value, /)")]
    fn __rxor__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        operate(py, BinaryOp::Xor, this, value, "__rxor__")
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Value) -> Result<Value> {
        match this.as_bool() {
            Some(b) => Ok(py.intern(if b { "True" } else { "False" }).into_value()),
            None => Err(wrong_receiver(py, this, "bool", "__repr__")),
        }
    }
}
