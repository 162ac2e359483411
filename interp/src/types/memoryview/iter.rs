//! `memory_iterator`: over the items of a view.

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use super::MemoryView;
use crate::object::ops::Next;
use crate::object::{NativeType, Py, Result};

/// The payload of `memory_iterator`.
pub struct MemoryIter {
    /// The view, until the end.
    pub view: Option<Ref<MemoryView>>,
    /// The next index.
    pub at: usize,
}

impl Object for MemoryIter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(view) = &self.view {
            visit.reference(view);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.view.take().map(Ref::into_value));
    }
}

#[methods]
impl MemoryIter {
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<MemoryIter>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<MemoryIter>) -> Result<Next> {
        let Some(view) = this.get(py).view.clone() else { return Ok(Next(None)) };
        let at = this.get(py).at;
        let (place, len) = {
            let v = view.get(py);
            v.check()?;
            let stride = v.strides.first().copied().unwrap_or(0);
            ((v.offset as isize + at as isize * stride).max(0) as usize, v.shape.first().copied().unwrap_or(0))
        };
        if at >= len {
            this.get_mut(py).view = None;
            return Ok(Next(None));
        }
        this.get_mut(py).at += 1;
        super::item_at(py, &view, place).map(|v| Next(Some(v)))
    }
}

impl NativeType for MemoryIter {
    const NAME: &'static str = "memory_iterator";
    const FLAGS: u32 = 0;
}
