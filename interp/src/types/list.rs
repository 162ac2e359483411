//! `list`: a mutable sequence.

use lockstep_heap::{Guarded, Object, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType, TypeFlags};

/// The payload of a list.
#[derive(Default)]
pub struct List {
    /// The elements.
    pub items: Vec<Value>,
}

impl Object for List {
    type Access = Guarded;
    const TAG: Tag = Tag::LIST;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.items);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.append(&mut self.items);
    }
}

use lockstep_heap::Ref;

use crate::object::{Py, Result};

/// `list.extend(iterable)`
pub fn extend(py: &mut Py, list: &Ref<List>, iterable: &Value) -> Result<()> {
    if py.is_exact::<List>(iterable) || py.is_exact::<crate::types::tuple::Tuple>(iterable) {
        let mut items = py.collect(iterable)?;
        list.get_mut(py).items.append(&mut items);
        return Ok(());
    }
    let mut iter = py.iter(iterable)?;
    let hint = py.length_hint(iterable, 0)?;
    list.get_mut(py).items.reserve(hint.min(1 << 16));
    while let Some(item) = iter.next(py)? {
        list.get_mut(py).items.push(item);
    }
    Ok(())
}

#[methods]
impl List {}

impl NativeType for List {
    const NAME: &'static str = "list";
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF | TypeFlags::SEQUENCE;
    const UNHASHABLE: bool = true;
}
