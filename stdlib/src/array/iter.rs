//! The iterator over an array.

use lockstep_interp::object::NativeType;
use lockstep_interp::object::TypeFlags;
use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::Result;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods};

use super::{Array, item};

/// The payload: the array, none at the end.
pub struct ArrayIter {
    pub(super) array: Option<Ref<Array>>,
    pub(super) at: usize,
}

impl Object for ArrayIter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(array) = &self.array {
            visit.reference(array);
        }
    }
}

#[methods]
impl ArrayIter {
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<ArrayIter>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<ArrayIter>) -> Next {
        let i = this.get(py);
        let Some(array) = i.array.clone() else { return Next(None) };
        let found = item(py, &array, i.at);
        let i = this.get_mut(py);
        if found.is_some() {
            i.at += 1;
        } else {
            i.array = None;
        }
        Next(found)
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<ArrayIter>) -> Result<Value> {
        let builtins = lockstep_interp::import::import_module(py, "builtins")?;
        let iter = py.getattr(&builtins, "iter")?;
        let (array, at) = (this.get(py).array.clone(), this.get(py).at);
        Ok(match array {
            Some(array) => {
                let args = py.tuple(vec![array.into_value()]);
                let at = py.int(at as i64);
                py.tuple(vec![iter, args, at])
            }
            None => {
                let empty = py.tuple(Vec::new());
                let args = py.tuple(vec![empty]);
                py.tuple(vec![iter, args])
            }
        })
    }
    /// Set state information for unpickling.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<ArrayIter>, state: isize) {
        let len = this.get(py).array.as_ref().map_or(0, |a| a.get(py).len());
        this.get_mut(py).at = usize::try_from(state).unwrap_or(0).min(len);
    }
}

impl NativeType for ArrayIter {
    const NAME: &'static str = "arrayiterator";
    const MODULE: &'static str = "array";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
