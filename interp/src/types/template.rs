//! Template strings: `Template` and `Interpolation` of `string.templatelib`.

use lockstep_compile::code::Intrinsic;
use lockstep_heap::Value;

use crate::object::raise::{Result, not_implemented};
use crate::object::Py;

/// The machine's operations on template strings.
pub fn intrinsic(_py: &mut Py, which: Intrinsic, _args: &[Value]) -> Result<Value> {
    Err(not_implemented(format!("template strings ({which:?})")))
}
