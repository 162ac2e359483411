//! `tuple`: an immutable sequence.

use lockstep_heap::{Frozen, Object, Ref, Shape, ShapeRef, Tag, Tail, TailRef, Value, Visitor};
use lockstep_macros::methods;

use super::iterator::TupleIter;
use super::sequence;
use super::slice::Slice;
use crate::object::raise::{Result, value_error};
use crate::object::special::CompareOp;
use crate::object::{NativeType, Py, Type, TypeFlags};

/// The payload of a tuple.
#[repr(transparent)]
pub struct Tuple(Tail<(), Value>);

impl TailRef for Tuple {
    type Fixed = ();
    type Element = Value;
}

impl Object for Tuple {
    type Access = Frozen;
    const TAG: Tag = Tag::TUPLE;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(self.slice());
    }
}

impl Tuple {
    /// The elements.
    #[inline(always)]
    pub fn slice(&self) -> &[Value] {
        self.0.slice()
    }
    /// The number of elements.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn other(value: &Value) -> Option<&Ref<Tuple>> {
    value.downcast::<Tuple>()
}

fn compared(py: &mut Py, op: CompareOp, this: &Ref<Tuple>, value: &Value) -> Result<Value> {
    match other(value) {
        Some(o) => sequence::compare(py, op, this, o),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

#[methods]
impl Tuple {
    /// See PEP 585
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, object: &Value) -> Result<Value> {
        crate::types::generic_alias::alias(py, cls, object)
    }
    /// Create and return a new object.
    #[staticmethod("(type, iterable=(), /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterable: &Value) -> Result<Value> {
        let own = cls.is(&py.type_for::<Tuple>());
        if own && py.is_exact::<Tuple>(iterable) {
            return Ok(iterable.clone());
        }
        let items = py.collect(iterable)?;
        if own {
            return Ok(py.tuple(items));
        }
        Ok(py.make_tail_in::<Tuple>(cls, (), &items).into_value())
    }
    /// Return number of occurrences of value.
    #[py("(self, value, /)")]
    fn count(py: &mut Py, this: &Ref<Tuple>, value: &Value) -> Result<i64> {
        sequence::count(py, this, value)
    }
    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[py("(self, value, start=0, stop=sys.maxsize, /)")]
    fn index(py: &mut Py, this: &Ref<Tuple>, value: &Value, start: &Value, stop: &Value) -> Result<i64> {
        let first = sequence::bound(py, start, this.len())?;
        let end = sequence::bound(py, stop, this.len())?;
        match sequence::find(py, this, value, first, end)? {
            Some(at) => Ok(at as i64),
            None => Err(value_error("tuple.index(x): x not in tuple")),
        }
    }
    #[py("(self, value, /)")]
    fn __add__(py: &mut Py, this: &Ref<Tuple>, value: &Value) -> Value {
        let Some(o) = other(value) else { return Value::NOT_IMPLEMENTED };
        if o.is_empty() && py.is_exact::<Tuple>(this.as_value()) {
            return this.to_value();
        }
        if this.is_empty() && py.is_exact::<Tuple>(value) {
            return value.clone();
        }
        let mut items = Vec::with_capacity(this.len() + o.len());
        items.extend_from_slice(this.slice());
        items.extend_from_slice(o.slice());
        py.tuple(items)
    }
    #[py("(self, value, /)", alias = "__rmul__")]
    fn __mul__(py: &mut Py, this: &Ref<Tuple>, value: &Value) -> Result<Value> {
        if !sequence::can_repeat(py, value) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let n = sequence::count_sized(py, value)?;
        if (n == 1 || this.is_empty()) && py.is_exact::<Tuple>(this.as_value()) {
            return Ok(this.to_value());
        }
        let items = sequence::repeat(this.slice(), n)?;
        Ok(py.tuple(items))
    }
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Ref<Tuple>, key: &Value) -> Result<bool> {
        Ok(sequence::find(py, this, key, 0, this.len())?.is_some())
    }
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<Tuple>, key: &Value) -> Result<Value> {
        if let Some(slice) = key.downcast::<Slice>() {
            let (first, step, count) = slice.apply(py, this.len())?;
            if step == 1 && count == this.len() && py.is_exact::<Tuple>(this.as_value()) {
                return Ok(this.to_value());
            }
            let part = sequence::slice_items(this.slice(), first, step, count);
            return Ok(py.tuple(part));
        }
        if !sequence::is_index(py, key) {
            return Err(sequence::bad_index(py, "tuple", key));
        }
        match sequence::place(py, key, this.len())? {
            Some(at) => Ok(this.slice()[at].clone()),
            None => Err(sequence::out_of_range("tuple")),
        }
    }
    #[py("(self, /)")]
    fn __len__(_py: &mut Py, this: &Ref<Tuple>) -> usize {
        this.len()
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<Tuple>) -> Value {
        py.make(TupleIter { tuple: Some(this.clone()), at: 0 }).into_value()
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Tuple>) -> Result<Value> {
        sequence::guarded_repr(py, this.as_value(), "(...)", |py, out| {
            out.push(b'(');
            sequence::push_elements(py, out, this)?;
            out.extend_from_slice(if this.len() == 1 { b",)" } else { b")" });
            Ok(())
        })
    }
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Tuple>) -> Result<i64> {
        hash(py, this)
    }
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Tuple>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Eq, this, value)
    }
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Tuple>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ne, this, value)
    }
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Ref<Tuple>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Lt, this, value)
    }
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Ref<Tuple>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Le, this, value)
    }
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Ref<Tuple>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Gt, this, value)
    }
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Ref<Tuple>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ge, this, value)
    }
    #[py("(self, /)")]
    fn __getnewargs__(py: &mut Py, this: &Ref<Tuple>) -> Value {
        let plain = py.tuple(this.slice().to_vec());
        py.tuple(vec![plain])
    }
    /// Return the size of the tuple in memory, in bytes.
    #[py("(self, /)")]
    fn __sizeof__(_py: &mut Py, this: &Ref<Tuple>) -> usize {
        24 + this.len() * size_of::<Value>()
    }
}

/// `hash(tuple)`
pub fn hash(py: &mut Py, this: &Ref<Tuple>) -> Result<i64> {
    py.native_stack()?;
    let mut state = lockstep_text::hash::TupleHasher::new();
    for item in this.slice() {
        state.add(py.hash(item)?);
    }
    Ok(state.finish())
}

impl NativeType for Tuple {
    const NAME: &'static str = "tuple";
    const DOC: Option<&'static str> = Some(
        "Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the same object.",
    );
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF | TypeFlags::SEQUENCE;
    fn shape() -> ShapeRef {
        Shape::plain_tail::<Self>()
    }
}
