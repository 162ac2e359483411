//! Iterators of sequences.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType};

use crate::object::Py;
use crate::types::list::List;
use crate::types::tuple::Tuple;

/// The payload of `list_iterator`.
pub struct ListIter {
    /// The list, until the end.
    pub list: Option<Ref<List>>,
    /// The next index.
    pub at: usize,
}

impl Object for ListIter {
    type Access = Guarded;
    const TAG: Tag = Tag::LIST_ITER;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(list) = &self.list {
            visit.reference(list);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.list.take().map(Ref::into_value));
    }
}

/// The payload of `tuple_iterator`.
pub struct TupleIter {
    /// The tuple, until the end.
    pub tuple: Option<Ref<Tuple>>,
    /// The next index.
    pub at: usize,
}

impl Object for TupleIter {
    type Access = Guarded;
    const TAG: Tag = Tag::TUPLE_ITER;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(tuple) = &self.tuple {
            visit.reference(tuple);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.tuple.take().map(Ref::into_value));
    }
}

/// The payload of `iterator`: over anything with `__getitem__`.
pub struct SequenceIterator {
    /// The sequence, until the end.
    pub sequence: Option<Value>,
    /// The next index.
    pub at: i64,
}

impl Object for SequenceIterator {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.sequence);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.sequence.take());
    }
}

impl SequenceIterator {
    /// An iterator over `sequence`.
    pub fn make(py: &Py, sequence: Value) -> Value {
        py.make(SequenceIterator { sequence: Some(sequence), at: 0 }).into_value()
    }
}

#[methods]
impl ListIter {}

impl NativeType for ListIter {
    const NAME: &'static str = "list_iterator";
    const FLAGS: u32 = 0;
}

#[methods]
impl TupleIter {}

impl NativeType for TupleIter {
    const NAME: &'static str = "tuple_iterator";
    const FLAGS: u32 = 0;
}

#[methods]
impl SequenceIterator {}

impl NativeType for SequenceIterator {
    const NAME: &'static str = "iterator";
    const FLAGS: u32 = 0;
}
