//! What only the Python 2 dialect has: the print and exec statements, raise with commas.

use lockstep_heap::Value;

use crate::object::raise::{Raised, Result, not_implemented};
use crate::object::Py;

/// One item of a print statement.
pub fn print_item(_py: &mut Py, _file: &Value, _value: &Value) -> Result<()> {
    Err(not_implemented("the print statement"))
}

/// The line end of a print statement.
pub fn print_newline(_py: &mut Py, _file: &Value) -> Result<()> {
    Err(not_implemented("the print statement"))
}

/// `exec code in globals, locals`
pub fn exec(_py: &mut Py, _code: &Value, _globals: &Value, _locals: &Value, _frame: &Value) -> Result<()> {
    Err(not_implemented("the exec statement"))
}

/// `raise kind, value, traceback`
pub fn raise_parts(_py: &mut Py, _kind: &Value, _value: &Value, _traceback: &Value) -> Raised {
    not_implemented("raise with commas")
}
