//! `_tuplegetter`: the descriptor of a field of a named tuple. `_collections` exports it; the machine
//! knows it, so that reading a field is reading an item.

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Exc, Raised, Result, index_error, type_error};
use crate::object::{NativeType, Py, Type};
use crate::types::tuple::Tuple;

/// The payload of a descriptor that reads an item of a named tuple.
pub struct TupleGetter {
    index: usize,
    doc: Value,
}

impl Object for TupleGetter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.doc);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.push(std::mem::replace(&mut self.doc, Value::NONE));
    }
}

impl TupleGetter {
    /// The place of the item.
    pub fn index(&self) -> usize {
        self.index
    }
}

#[methods]
impl TupleGetter {
    /// Create and return a new object.
    #[staticmethod("(type, index, doc, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, index: usize, doc: Value) -> Value {
        py.make_in(cls, TupleGetter { index, doc }).into_value()
    }
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<TupleGetter>, instance: &Value, _owner: &Value) -> Result<Value> {
        if instance.is_none() {
            return Ok(this.to_value());
        }
        match instance.downcast::<Tuple>() {
            Some(t) => match t.slice().get(this.get(py).index) {
                Some(item) => Ok(item.clone()),
                None => Err(index_error("tuple index out of range")),
            },
            None => Err(type_error(format!(
                "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
                this.get(py).index,
                py.type_name(instance)
            ))),
        }
    }
    /// The items of named tuples cannot be set.
    #[py("(self, instance, value, /)")]
    fn __set__(_py: &mut Py, _this: &Ref<TupleGetter>, _instance: &Value, _value: &Value) -> Result<()> {
        Err(cannot("set"))
    }
    /// The items of named tuples cannot be deleted.
    #[py("(self, instance, /)")]
    fn __delete__(_py: &mut Py, _this: &Ref<TupleGetter>, _instance: &Value) -> Result<()> {
        Err(cannot("delete"))
    }
    /// What copies and pickles are made from.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<TupleGetter>) -> Value {
        let class = py.type_of(this.as_value()).into_value();
        let (index, doc) = (this.get(py).index, this.get(py).doc.clone());
        let index = py.int(index as i64);
        let args = py.tuple(vec![index, doc]);
        py.tuple(vec![class, args])
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<TupleGetter>) -> Result<String> {
        let (index, doc) = (this.get(py).index, this.get(py).doc.clone());
        let doc = py.repr(&doc)?;
        Ok(format!("_tuplegetter({index}, {doc})"))
    }
    /// The documentation given at creation.
    #[getter]
    fn __doc__(py: &mut Py, this: &Ref<TupleGetter>) -> Value {
        this.get(py).doc.clone()
    }
    #[setter(__doc__)]
    fn set_doc(py: &mut Py, this: &Ref<TupleGetter>, value: Option<Value>) -> Result<()> {
        drop(std::mem::replace(&mut this.get_mut(py).doc, value.unwrap_or(Value::NONE)));
        Ok(())
    }
}

fn cannot(what: &str) -> Raised {
    Raised::new(Exc::AttributeError, format!("can't {what} attribute"))
}

impl NativeType for TupleGetter {
    const NAME: &'static str = "_tuplegetter";
    const MODULE: &'static str = "collections";
    const FLAGS: u32 = 0;
}
