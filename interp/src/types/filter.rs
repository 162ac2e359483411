//! `filter`: the items that a function accepts.

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use crate::object::ops::Next;
use crate::object::raise::Result;
use crate::object::{NativeType, Py, Type, TypeFlags};

/// The payload of a filter.
pub struct Filter {
    /// The function, or `None`: the truth of the items themselves.
    pub function: Value,
    /// The iterator.
    pub iterator: Value,
}

impl Object for Filter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all([&self.function, &self.iterator]);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.push(std::mem::replace(&mut self.function, Value::NONE));
        out.push(std::mem::replace(&mut self.iterator, Value::NONE));
    }
}

#[methods]
impl Filter {
    /// Create and return a new object.
    #[staticmethod("(type, function, iterable, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, function: Value, iterable: &Value) -> Result<Value> {
        let iterator = py.get_iter(iterable)?;
        Ok(py.make_in(cls, Filter { function, iterator }).into_value())
    }
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Filter>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Filter>) -> Result<Next> {
        let it = this.get(py);
        let (function, iterator) = (it.function.clone(), it.iterator.clone());
        let plain = function.is_none() || function.is(py.type_ref(&Value::TRUE).as_value());
        while let Some(item) = py.next(&iterator)? {
            let good = if plain {
                py.truth(&item)?
            } else {
                let answer = py.call(&function, std::slice::from_ref(&item))?;
                py.truth(&answer)?
            };
            if good {
                return Ok(Next(Some(item)));
            }
        }
        Ok(Next(None))
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Filter>) -> Value {
        let it = this.get(py);
        let arguments = vec![it.function.clone(), it.iterator.clone()];
        let arguments = py.tuple(arguments);
        let ty = py.type_of(this.as_value()).into_value();
        py.tuple(vec![ty, arguments])
    }
}

impl NativeType for Filter {
    const NAME: &'static str = "filter";
    const DOC: Option<&'static str> = Some(
        "Return an iterator yielding those items of iterable for which function(item)\nis true. If function is None, return the items that are true.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}
