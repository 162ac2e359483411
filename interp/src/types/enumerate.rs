//! `enumerate`: an iterator of numbered items.

use dashu_int::IBig;
use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::ops::Next;
use crate::object::raise::Result;
use crate::object::{NativeType, Py, Type, TypeFlags};

/// The payload of an enumerate.
pub struct Enumerate {
    /// The iterator.
    pub iterator: Option<Value>,
    /// The next number, while it fits.
    pub count: i64,
    /// The next number, once it does not fit into a word.
    big: Option<IBig>,
}

impl Object for Enumerate {
    type Access = Guarded;
    const TAG: Tag = Tag::ENUMERATE;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.iterator);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.iterator.take());
    }
}

/// The next number.
fn number(py: &mut Py, this: &Ref<Enumerate>) -> Value {
    let it = this.get_mut(py);
    if it.big.is_none() {
        let n = it.count;
        match n.checked_add(1) {
            Some(next) => it.count = next,
            None => it.big = Some(IBig::from(n) + IBig::ONE),
        }
        return py.int(n);
    }
    let n = it.big.take().unwrap_or(IBig::ZERO);
    it.big = Some(&n + IBig::ONE);
    py.int_from(n)
}

/// The next number and item.
#[inline]
pub fn advance(py: &mut Py, this: &Ref<Enumerate>) -> Result<Option<(Value, Value)>> {
    let Some(iterator) = this.get(py).iterator.clone() else { return Ok(None) };
    match py.next(&iterator)? {
        Some(item) => {
            let n = number(py, this);
            Ok(Some((n, item)))
        }
        None => Ok(None),
    }
}

/// The next pair.
#[inline]
pub fn next(py: &mut Py, this: &Ref<Enumerate>) -> Result<Option<Value>> {
    Ok(advance(py, this)?.map(|(n, item)| py.tuple_from([n, item])))
}

#[methods]
impl Enumerate {
    /// Create and return a new object.
    #[staticmethod("(type, iterable, start=0)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterable: &Value, start: &Value) -> Result<Value> {
        let start = py.index(start)?;
        let (count, big) = match crate::types::int::as_i64(&start) {
            Some(n) => (n, None),
            None => (0, crate::types::int::to_ibig(&start)),
        };
        let iterator = py.get_iter(iterable)?;
        Ok(py.make_in(cls, Enumerate { iterator: Some(iterator), count, big }).into_value())
    }
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Enumerate>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Enumerate>) -> Result<Next> {
        next(py, this).map(Next)
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Enumerate>) -> Value {
        let it = this.get(py);
        let (iterator, count, big) = (it.iterator.clone().unwrap_or(Value::NONE), it.count, it.big.clone());
        let n = match big {
            Some(big) => py.int_from(big),
            None => py.int(count),
        };
        let arguments = py.tuple(vec![iterator, n]);
        let ty = py.type_of(this.as_value()).into_value();
        py.tuple(vec![ty, arguments])
    }
    /// See PEP 585
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, object: &Value) -> Result<Value> {
        crate::types::generic_alias::alias(py, cls, object)
    }
}

impl NativeType for Enumerate {
    const NAME: &'static str = "enumerate";
    const DOC: Option<&'static str> = Some(
        "Return an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object yields pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable argument.\n\nenumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}
