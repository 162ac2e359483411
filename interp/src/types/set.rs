//! `set` and `frozenset`.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType, TypeFlags};

use crate::object::{Py, Result};
use crate::types::dict::{self, Dict};

/// The payload of a set and of a frozenset: a dict whose values are None.
#[derive(Default)]
pub struct Set {
    /// The elements as keys.
    pub table: Option<Ref<Dict>>,
    /// The cached hash of a frozenset.
    pub hash: Option<i64>,
}

impl Object for Set {
    type Access = Guarded;
    const TAG: Tag = Tag::SET;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(t) = &self.table {
            visit.reference(t);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.table.take().map(Ref::into_value));
    }
}

/// The table of a set.
pub fn table(py: &mut Py, set: &Ref<Set>) -> Ref<Dict> {
    if let Some(t) = &set.get(py).table {
        return t.clone();
    }
    let t = py.new_dict();
    set.get_mut(py).table = Some(t.clone());
    t
}

/// Add an element.
pub fn add(py: &mut Py, set: &Ref<Set>, item: &Value) -> Result<()> {
    let t = table(py, set);
    dict::set(py, &t, item, Value::NONE)
}

/// Whether an element is in it.
pub fn contains(py: &mut Py, set: &Ref<Set>, item: &Value) -> Result<bool> {
    let t = table(py, set);
    let hash = py.hash(item)? as u64;
    Ok(dict::find(py, &t, item, hash)?.is_some())
}

/// A frozenset of constants, which are all hashable.
pub fn frozen_constant(py: &mut Py, items: Vec<Value>) -> Value {
    let ty = py.type_named("frozenset");
    let set = py.make_in(&ty, Set::default());
    for item in items {
        // Constants compare without Python code and are hashable.
        drop(add(py, &set, &item));
    }
    set.into_value()
}

#[methods]
impl Set {}

impl NativeType for Set {
    const NAME: &'static str = "set";
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF;
    const UNHASHABLE: bool = true;
}

/// The methods of `frozenset`.
pub struct FrozenSetMethods;

#[methods]
impl FrozenSetMethods {}
