//! `map`: a function applied to items of iterators.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use super::zip;
use crate::object::ops::Next;
use crate::object::raise::{Result, type_error};
use crate::object::{NativeType, Py, Type, TypeFlags};

/// The payload of a map.
pub struct Map {
    /// The function.
    pub function: Value,
    /// The iterators.
    pub iterators: Vec<Value>,
    /// Whether iterators of different lengths are an error.
    pub strict: bool,
}

impl Object for Map {
    type Access = Guarded;
    const TAG: Tag = Tag::MAP;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.function);
        visit.all(&self.iterators);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.append(&mut self.iterators);
        out.push(std::mem::replace(&mut self.function, Value::NONE));
    }
}

/// The next result.
pub fn next(py: &mut Py, this: &Ref<Map>) -> Result<Option<Value>> {
    let it = this.get(py);
    let function = it.function.clone();
    if let [one] = it.iterators.as_slice() {
        let one = one.clone();
        return match py.next(&one)? {
            Some(item) => py.call(&function, std::slice::from_ref(&item)).map(Some),
            None => Ok(None),
        };
    }
    let (iterators, strict) = (it.iterators.clone(), it.strict);
    match zip::step(py, &iterators, strict, "map")? {
        Some(items) => py.call(&function, &items).map(Some),
        None => Ok(None),
    }
}

#[methods]
impl Map {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, strict=False)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], strict: bool) -> Result<Value> {
        let [function, iterables @ ..] = args else { return Err(type_error("map() must have at least two arguments.")) };
        if iterables.is_empty() {
            return Err(type_error("map() must have at least two arguments."));
        }
        let mut iterators = Vec::with_capacity(iterables.len());
        for iterable in iterables {
            iterators.push(py.get_iter(iterable)?);
        }
        Ok(py.make_in(cls, Map { function: function.clone(), iterators, strict }).into_value())
    }
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Map>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Map>) -> Result<Next> {
        next(py, this).map(Next)
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Map>) -> Value {
        let it = this.get(py);
        let mut arguments = vec![it.function.clone()];
        arguments.extend_from_slice(&it.iterators);
        let strict = it.strict;
        let arguments = py.tuple(arguments);
        let ty = py.type_of(this.as_value()).into_value();
        let mut parts = vec![ty, arguments];
        if strict {
            parts.push(Value::TRUE);
        }
        py.tuple(parts)
    }
    /// Set state information for unpickling.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<Map>, state: &Value) -> Result<()> {
        let strict = py.truth(state)?;
        this.get_mut(py).strict = strict;
        Ok(())
    }
}

impl NativeType for Map {
    const NAME: &'static str = "map";
    const DOC: Option<&'static str> = Some(
        "Make an iterator that computes the function using arguments from\neach of the iterables.  Stops when the shortest iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\nraise a ValueError.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}
