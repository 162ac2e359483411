//! `reversed`: a sequence from its end.

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use super::sequence::count_sized;
use crate::object::ops::Next;
use crate::object::raise::{Exc, Result, type_error};
use crate::object::{NativeType, Py, Special, Type, TypeFlags};
use crate::types::dict::Dict;

/// The payload of a reversed.
pub struct Reversed {
    /// The sequence, until the end.
    pub sequence: Option<Value>,
    /// Items left.
    pub left: usize,
}

impl Object for Reversed {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.sequence);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.sequence.take());
    }
}

#[methods]
impl Reversed {
    /// Create and return a new object.
    #[staticmethod("(type, object, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, object: &Value) -> Result<Value> {
        if let Some(method) = py.special_owned(object, Special::Reversed) {
            if method.is_none() {
                return Err(type_error(format!("'{}' object is not reversible", py.type_name(object))));
            }
            return py.call_unbound(&method, object, &[]);
        }
        if py.special(object, Special::GetItem).is_none() || py.special(object, Special::Len).is_none() || object.is_a::<Dict>() {
            return Err(type_error(format!("'{}' object is not reversible", py.type_name(object))));
        }
        let left = py.len(object)?;
        Ok(py.make_in(cls, Reversed { sequence: Some(object.clone()), left }).into_value())
    }
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Reversed>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Reversed>) -> Result<Next> {
        let it = this.get(py);
        let (Some(sequence), Some(at)) = (it.sequence.clone(), it.left.checked_sub(1)) else {
            this.get_mut(py).sequence = None;
            return Ok(Next(None));
        };
        let index = py.int(at as i64);
        match py.getitem(&sequence, &index) {
            Ok(item) => {
                this.get_mut(py).left = at;
                Ok(Next(Some(item)))
            }
            Err(e) if e.is(Exc::IndexError) || e.is(Exc::StopIteration) => {
                let it = this.get_mut(py);
                it.sequence = None;
                it.left = 0;
                Ok(Next(None))
            }
            Err(e) => Err(e),
        }
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<Reversed>) -> Result<usize> {
        let left = this.get(py).left;
        match this.get(py).sequence.clone() {
            Some(sequence) => Ok(if py.len(&sequence)? < left { 0 } else { left }),
            None => Ok(0),
        }
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Reversed>) -> Value {
        let ty = py.type_of(this.as_value()).into_value();
        let left = this.get(py).left;
        match this.get(py).sequence.clone() {
            Some(sequence) => {
                let arguments = py.tuple(vec![sequence]);
                let state = py.int(left as i64 - 1);
                py.tuple(vec![ty, arguments, state])
            }
            None => {
                let empty = py.tuple(Vec::new());
                let arguments = py.tuple(vec![empty]);
                py.tuple(vec![ty, arguments])
            }
        }
    }
    /// Set state information for unpickling.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<Reversed>, state: &Value) -> Result<()> {
        let n = count_sized(py, state)?;
        if let Some(sequence) = this.get(py).sequence.clone() {
            let most = py.len(&sequence)? as isize;
            this.get_mut(py).left = n.saturating_add(1).clamp(0, most) as usize;
        }
        Ok(())
    }
}

impl NativeType for Reversed {
    const NAME: &'static str = "reversed";
    const DOC: Option<&'static str> = Some("Return a reverse iterator over the values of the given sequence.");
    const FLAGS: u32 = TypeFlags::BASE;
}
