//! `cell`: a variable shared by a function and the functions inside it.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Result, value_error};
use crate::object::special::CompareOp;
use crate::object::{NativeType, Py, Type};

/// The payload of a cell.
#[derive(Default)]
pub struct Cell {
    /// What it holds.
    pub content: Option<Value>,
}

impl Object for Cell {
    type Access = Guarded;
    const TAG: Tag = Tag::CELL;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.content);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.content.take());
    }
}

/// Cells compare by their contents; an empty one is less than any other.
fn compared(py: &mut Py, op: CompareOp, this: &Ref<Cell>, value: &Value) -> Result<Value> {
    let Some(other) = value.downcast::<Cell>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let (a, b) = (this.get(py).content.clone(), other.get(py).content.clone());
    match (a, b) {
        (Some(a), Some(b)) => py.compare(op, &a, &b),
        (a, b) => Ok(Value::bool(op.accepts(a.is_some().cmp(&b.is_some())))),
    }
}

#[methods]
impl Cell {
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Cell>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Eq, this, value)
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Ref<Cell>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ge, this, value)
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Ref<Cell>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Gt, this, value)
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Ref<Cell>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Le, this, value)
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Ref<Cell>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Lt, this, value)
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Cell>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ne, this, value)
    }
    #[staticmethod("(type, contents=<unbound>, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, contents: Option<Value>) -> Value {
        py.make_in(cls, Cell { content: contents }).into_value()
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Cell>) -> String {
        match &this.get(py).content {
            Some(v) => format!("<cell at {:#x}: {} object at {:#x}>", this.id(), py.type_name(v), v.id()),
            None => format!("<cell at {:#x}: empty>", this.id()),
        }
    }
    #[getter]
    fn cell_contents(py: &mut Py, this: &Ref<Cell>) -> Result<Value> {
        this.get(py).content.clone().ok_or_else(|| value_error("cell is empty"))
    }
    #[setter(cell_contents)]
    fn set_cell_contents(py: &mut Py, this: &Ref<Cell>, value: Option<Value>) {
        let old = std::mem::replace(&mut this.get_mut(py).content, value);
        drop(old);
    }
}

impl NativeType for Cell {
    const NAME: &'static str = "cell";
    const FLAGS: u32 = 0;
    const UNHASHABLE: bool = true;
}
