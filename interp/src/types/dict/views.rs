//! `dict_keys`, `dict_values` and `dict_items`: views of a dict.

use lockstep_heap::{Frozen, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use super::iter::{self, What};
use super::{Dict, find};
use crate::object::raise::Result;
use crate::object::special::CompareOp;
use crate::object::{NativeType, Py, TypeFlags};
use crate::types::mappingproxy::MappingProxy;
use crate::types::sequence;
use crate::types::set::{self, Set};
use crate::types::tuple::Tuple;

macro_rules! view {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        pub struct $name {
            /// The dict.
            pub dict: Ref<Dict>,
        }
        impl Object for $name {
            type Access = Frozen;
            const TRACKED: bool = true;
            fn trace(&self, visit: &mut Visitor<'_>) {
                visit.reference(&self.dict);
            }
        }
    };
}
view!(DictKeys, "The payload of `dict_keys`.");
view!(DictValues, "The payload of `dict_values`.");
view!(DictItems, "The payload of `dict_items`.");

/// The elements of any iterable as a new set.
fn as_set(py: &mut Py, iterable: &Value) -> Result<Ref<Set>> {
    let new = py.make(Set::default());
    match iterable.downcast::<DictKeys>() {
        // Their hashes are known.
        Some(keys) if super::methods::is_plain(py, keys.dict.as_value()) => set::update(py, &new, keys.dict.as_value())?,
        _ => set::update(py, &new, iterable)?,
    }
    Ok(new)
}

/// Whether a value can be compared with a set-like view.
fn set_like(value: &Value) -> bool {
    value.is_a::<Set>() || value.is_a::<DictKeys>() || value.is_a::<DictItems>()
}

/// Whether every element of `a` is in `b`.
fn all_in(py: &mut Py, a: &Value, b: &Value) -> Result<bool> {
    let mut items = py.iter(a)?;
    while let Some(item) = items.next(py)? {
        if !py.contains(b, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compared(py: &mut Py, op: CompareOp, this: &Value, other: &Value) -> Result<Value> {
    if !set_like(other) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = (py.len(this)?, py.len(other)?);
    let answer = match op {
        CompareOp::Eq => a == b && all_in(py, this, other)?,
        CompareOp::Ne => !(a == b && all_in(py, this, other)?),
        CompareOp::Lt => a < b && all_in(py, this, other)?,
        CompareOp::Le => a <= b && all_in(py, this, other)?,
        CompareOp::Gt => a > b && all_in(py, other, this)?,
        CompareOp::Ge => a >= b && all_in(py, other, this)?,
    };
    Ok(Value::bool(answer))
}

fn union(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
    let new = as_set(py, a)?;
    set::update(py, &new, b)?;
    Ok(new.into_value())
}

fn difference(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
    let new = as_set(py, a)?;
    set::remove_all(py, &new, b)?;
    Ok(new.into_value())
}

fn symmetric(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
    let (new, other) = (as_set(py, a)?, as_set(py, b)?);
    set::toggle_all(py, &new, &other)?;
    Ok(new.into_value())
}

fn intersection(py: &mut Py, view: &Value, other: &Value) -> Result<Value> {
    // The shorter one is walked, the other one is asked.
    let (mut walked, mut asked) = (other, view);
    if set_like(other) && py.len(other)? >= py.len(view)? {
        (walked, asked) = (view, other);
    }
    let new = py.make(Set::default());
    let mut items = py.iter(walked)?;
    while let Some(item) = items.next(py)? {
        if py.contains(asked, &item)? {
            set::add(py, &new, &item)?;
        }
    }
    Ok(new.into_value())
}

fn disjoint(py: &mut Py, view: &Value, other: &Value) -> Result<bool> {
    if view.is(other) {
        return Ok(py.len(view)? == 0);
    }
    let (mut walked, mut asked) = (other, view);
    if set_like(other) && py.len(other)? > py.len(view)? {
        (walked, asked) = (view, other);
    }
    let mut items = py.iter(walked)?;
    while let Some(item) = items.next(py)? {
        if py.contains(asked, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn repr(py: &mut Py, this: &Value, name: &str) -> Result<Value> {
    sequence::guarded_repr(py, this, "...", |py, out| {
        let items = py.collect(this)?;
        let list = py.list(items);
        out.extend_from_slice(name.as_bytes());
        out.push(b'(');
        sequence::push_repr(py, out, &list)?;
        out.push(b')');
        Ok(())
    })
}

fn proxy(py: &mut Py, dict: &Ref<Dict>) -> Value {
    py.make(MappingProxy { mapping: dict.to_value() }).into_value()
}

#[methods]
impl DictValues {
    /// dictionary that this view refers to
    #[getter]
    fn mapping(py: &mut Py, this: &Ref<DictValues>) -> Value {
        proxy(py, &this.dict)
    }
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Ref<DictValues>) -> usize {
        this.dict.get(py).len()
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<DictValues>) -> Value {
        iter::make(py, &this.dict, What::Values, false)
    }
    /// Return a reverse iterator over the dict values.
    #[py("(self, /)")]
    fn __reversed__(py: &mut Py, this: &Ref<DictValues>) -> Value {
        iter::make(py, &this.dict, What::Values, true)
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<DictValues>) -> Result<Value> {
        repr(py, this.as_value(), "dict_values")
    }
}

impl NativeType for DictValues {
    const NAME: &'static str = "dict_values";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

macro_rules! set_view {
    ($name:ident, $python:literal, $what:expr, |$py:ident, $this:ident, $key:ident| $contains:expr) => {
        #[methods]
        impl $name {
            /// dictionary that this view refers to
            #[getter]
            fn mapping(py: &mut Py, this: &Ref<$name>) -> Value {
                proxy(py, &this.dict)
            }
            /// Return True if the view and the given iterable have a null intersection.
            #[py("(self, other, /)")]
            fn isdisjoint(py: &mut Py, this: &Ref<$name>, other: &Value) -> Result<bool> {
                disjoint(py, this.as_value(), other)
            }
            #[py("(self, key, /)")]
            fn __contains__($py: &mut Py, $this: &Ref<$name>, $key: &Value) -> Result<bool> {
                $contains
            }
            #[py("(self, /)")]
            fn __len__(py: &mut Py, this: &Ref<$name>) -> usize {
                this.dict.get(py).len()
            }
            #[py("(self, /)")]
            fn __iter__(py: &mut Py, this: &Ref<$name>) -> Value {
                iter::make(py, &this.dict, $what, false)
            }
            /// Return a reverse iterator over the view.
            #[py("(self, /)")]
            fn __reversed__(py: &mut Py, this: &Ref<$name>) -> Value {
                iter::make(py, &this.dict, $what, true)
            }
            #[py("(self, /)")]
            fn __repr__(py: &mut Py, this: &Ref<$name>) -> Result<Value> {
                repr(py, this.as_value(), $python)
            }
            #[py("(self, value, /)")]
            fn __eq__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Eq, this.as_value(), value)
            }
            #[py("(self, value, /)")]
            fn __ne__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Ne, this.as_value(), value)
            }
            #[py("(self, value, /)")]
            fn __lt__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Lt, this.as_value(), value)
            }
            #[py("(self, value, /)")]
            fn __le__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Le, this.as_value(), value)
            }
            #[py("(self, value, /)")]
            fn __gt__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Gt, this.as_value(), value)
            }
            #[py("(self, value, /)")]
            fn __ge__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Ge, this.as_value(), value)
            }
            #[py("(self, value, /)")]
            fn __and__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                intersection(py, this.as_value(), value)
            }
            #[py("(self, value, /)")]
            fn __rand__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                intersection(py, this.as_value(), value)
            }
            #[py("(self, value, /)")]
            fn __or__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                union(py, this.as_value(), value)
            }
            #[py("(self, value, /)")]
            fn __ror__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                union(py, value, this.as_value())
            }
            #[py("(self, value, /)")]
            fn __sub__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                difference(py, this.as_value(), value)
            }
            #[py("(self, value, /)")]
            fn __rsub__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                difference(py, value, this.as_value())
            }
            #[py("(self, value, /)")]
            fn __xor__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                symmetric(py, this.as_value(), value)
            }
            #[py("(self, value, /)")]
            fn __rxor__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                symmetric(py, value, this.as_value())
            }
        }

        impl NativeType for $name {
            const NAME: &'static str = $python;
            const FLAGS: u32 = TypeFlags::NO_NEW;
            const UNHASHABLE: bool = true;
        }
    };
}

set_view!(DictKeys, "dict_keys", What::Keys, |py, this, key| {
    let hash = py.hash(key)? as u64;
    Ok(find(py, &this.dict, key, hash)?.is_some())
});

set_view!(DictItems, "dict_items", What::Items, |py, this, key| {
    let Some(pair) = key.downcast::<Tuple>() else { return Ok(false) };
    let [wanted, value] = pair.slice() else { return Ok(false) };
    match super::get(py, &this.dict, wanted)? {
        Some(found) => py.eq(&found, value),
        None => Ok(false),
    }
});
