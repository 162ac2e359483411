//! Type parameters: `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`.

use lockstep_compile::code::Intrinsic;
use lockstep_heap::Value;

use crate::object::raise::{Result, not_implemented};
use crate::object::Py;

/// The machine's operations on type parameters.
pub fn intrinsic(_py: &mut Py, which: Intrinsic, _args: &[Value]) -> Result<Value> {
    Err(not_implemented(format!("type parameters ({which:?})")))
}

/// `left | right` where one is a class.
pub fn union(py: &mut Py, left: &Value, right: &Value) -> Result<Value> {
    let _ = (py, left, right);
    Ok(Value::NOT_IMPLEMENTED)
}
