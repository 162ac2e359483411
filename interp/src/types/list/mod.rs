//! `list`: a mutable sequence.

pub mod sort;

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use super::sequence::{self, bad_index, can_repeat, out_of_range, slice_items};
use super::slice::Slice;
use super::tuple::Tuple;
use crate::object::raise::{Result, index_error, memory_error, type_error, value_error};
use crate::object::special::CompareOp;
use crate::object::{NativeType, Py, Special, Type, TypeFlags};
use crate::types::iterator::{ListIter, ListReverseIter};

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

/// `list.extend(iterable)`
pub fn extend(py: &mut Py, list: &Ref<List>, iterable: &Value) -> Result<()> {
    if py.is_exact::<Tuple>(iterable)
        && let Some(tuple) = iterable.downcast::<Tuple>()
    {
        return append_all(list.get_mut(py), tuple.slice());
    }
    if py.is_exact::<List>(iterable)
        && let Some(other) = iterable.downcast::<List>()
    {
        if other.is(list) {
            let items = &mut list.get_mut(py).items;
            items.try_reserve(items.len()).map_err(|_| memory_error())?;
            items.extend_from_within(..);
            return Ok(());
        }
        let items = std::mem::take(&mut other.get_mut(py).items);
        let result = append_all(list.get_mut(py), &items);
        other.get_mut(py).items = items;
        return result;
    }
    let mut iter = py.iter(iterable)?;
    let hint = py.length_hint(iterable, 8)?;
    list.get_mut(py).items.try_reserve(hint.min(1 << 20)).map_err(|_| memory_error())?;
    while let Some(item) = iter.next(py)? {
        let items = &mut list.get_mut(py).items;
        items.try_reserve(1).map_err(|_| memory_error())?;
        items.push(item);
    }
    Ok(())
}

fn append_all(list: &mut List, items: &[Value]) -> Result<()> {
    list.items.try_reserve(items.len()).map_err(|_| memory_error())?;
    list.items.extend_from_slice(items);
    Ok(())
}

/// The other operand of a comparison or concatenation, if it is a list.
fn other(value: &Value) -> Option<&Ref<List>> {
    value.downcast::<List>()
}

fn compared(py: &mut Py, op: CompareOp, this: &Ref<List>, value: &Value) -> Result<Value> {
    match other(value) {
        Some(o) => sequence::compare(py, op, this, o),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// The values for a slice: those of an iterable.
fn assigned(py: &mut Py, value: &Value) -> Result<Vec<Value>> {
    if py.special(value, Special::Iter).is_none() && py.special(value, Special::GetItem).is_none() {
        return Err(type_error("must assign iterable to extended slice"));
    }
    py.collect(value)
}

/// `list[slice] = values`
fn set_slice(py: &mut Py, this: &Ref<List>, slice: &Ref<Slice>, value: &Value) -> Result<()> {
    let (start, stop, step) = super::slice::unpack(py, &slice.start, &slice.stop, &slice.step)?;
    if step == 1 {
        let new = assigned(py, value)?;
        let len = this.get(py).items.len();
        let (first, _, count) = super::slice::adjust(start, stop, step, len);
        let old: Vec<Value> = this.get_mut(py).items.splice(first..first + count, new).collect();
        drop(old);
        return Ok(());
    }
    let new = assigned(py, value)?;
    let (first, step, count) = super::slice::adjust(start, stop, step, this.get(py).items.len());
    if new.len() != count {
        return Err(value_error(format!("attempt to assign sequence of size {} to extended slice of size {count}", new.len())));
    }
    let mut at = first as isize;
    let items = &mut this.get_mut(py).items;
    let mut old = Vec::with_capacity(count);
    for value in new {
        if let Some(slot) = items.get_mut(at as usize) {
            old.push(std::mem::replace(slot, value));
        }
        at = at.wrapping_add(step);
    }
    Ok(())
}

/// `del list[slice]`
fn delete_slice(py: &mut Py, this: &Ref<List>, slice: &Ref<Slice>) -> Result<()> {
    let (start, stop, step) = super::slice::unpack(py, &slice.start, &slice.stop, &slice.step)?;
    let (mut first, mut step, count) = super::slice::adjust(start, stop, step, this.get(py).items.len());
    if count == 0 {
        return Ok(());
    }
    let items = &mut this.get_mut(py).items;
    if step < 0 {
        first = (first as isize + step * (count as isize - 1)) as usize;
        step = -step;
    }
    if step == 1 {
        let old: Vec<Value> = items.drain(first..first + count).collect();
        drop(old);
        return Ok(());
    }
    let (step, mut at, mut left) = (step as usize, 0, count);
    let mut next = first;
    let mut old = Vec::with_capacity(count);
    items.retain_mut(|item| {
        let gone = at == next && left > 0;
        if gone {
            left -= 1;
            next = next.saturating_add(step);
            old.push(std::mem::replace(item, Value::NONE));
        }
        at += 1;
        !gone
    });
    Ok(())
}

#[methods]
impl List {
    /// See PEP 585
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, object: &Value) -> Result<Value> {
        crate::types::generic_alias::alias(py, cls, object)
    }
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Value {
        py.make_in(cls, List::default()).into_value()
    }
    /// Initialize self.
    #[py("(self, iterable=(), /)")]
    fn __init__(py: &mut Py, this: &Ref<List>, iterable: &Value) -> Result<()> {
        let old = std::mem::take(&mut this.get_mut(py).items);
        drop(old);
        if iterable.is_unbound() { Ok(()) } else { extend(py, this, iterable) }
    }
    /// Append object to the end of the list.
    #[py("(self, object, /)")]
    fn append(py: &mut Py, this: &Ref<List>, object: Value) {
        this.get_mut(py).items.push(object);
    }
    /// Remove all items from list.
    #[py("(self, /)")]
    fn clear(py: &mut Py, this: &Ref<List>) {
        drop(std::mem::take(&mut this.get_mut(py).items));
    }
    /// Return a shallow copy of the list.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<List>) -> Value {
        let items = this.get(py).items.clone();
        py.list(items)
    }
    /// Return number of occurrences of value.
    #[py("(self, value, /)")]
    fn count(py: &mut Py, this: &Ref<List>, value: &Value) -> Result<i64> {
        sequence::count(py, this, value)
    }
    /// Extend list by appending elements from the iterable.
    #[py("(self, iterable, /)")]
    fn extend(py: &mut Py, this: &Ref<List>, iterable: &Value) -> Result<()> {
        extend(py, this, iterable)
    }
    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[py("(self, value, start=0, stop=sys.maxsize, /)")]
    fn index(py: &mut Py, this: &Ref<List>, value: &Value, start: &Value, stop: &Value) -> Result<i64> {
        let len = this.get(py).items.len();
        let first = sequence::bound(py, start, len)?;
        let end = sequence::bound(py, stop, len)?;
        match sequence::find(py, this, value, first, end)? {
            Some(at) => Ok(at as i64),
            None => Err(value_error("list.index(x): x not in list")),
        }
    }
    /// Insert object before index.
    #[py("(self, index, object, /)")]
    fn insert(py: &mut Py, this: &Ref<List>, index: &Value, object: Value) -> Result<()> {
        let n = sequence::count_sized(py, index)?;
        let items = &mut this.get_mut(py).items;
        let len = items.len() as isize;
        let n = if n < 0 { (n + len).max(0) } else { n.min(len) };
        items.insert(n as usize, object);
        Ok(())
    }
    /// Remove and return item at index (default last).
    ///
    /// Raises IndexError if list is empty or index is out of range.
    #[py("(self, index=-1, /)")]
    fn pop(py: &mut Py, this: &Ref<List>, index: &Value) -> Result<Value> {
        let n = sequence::count_sized(py, index)?;
        let items = &mut this.get_mut(py).items;
        if n == -1
            && let Some(last) = items.pop()
        {
            return Ok(last);
        }
        if items.is_empty() {
            return Err(index_error("pop from empty list"));
        }
        match sequence::within(n, items.len()) {
            Some(at) => Ok(items.remove(at)),
            None => Err(out_of_range("pop")),
        }
    }
    /// Remove first occurrence of value.
    ///
    /// Raises ValueError if the value is not present.
    #[py("(self, value, /)")]
    fn remove(py: &mut Py, this: &Ref<List>, value: &Value) -> Result<()> {
        match sequence::find(py, this, value, 0, usize::MAX)? {
            Some(at) => {
                let items = &mut this.get_mut(py).items;
                if at < items.len() {
                    drop(items.remove(at));
                }
                Ok(())
            }
            None => Err(value_error("list.remove(x): x not in list")),
        }
    }
    /// Reverse *IN PLACE*.
    #[py("(self, /)")]
    fn reverse(py: &mut Py, this: &Ref<List>) {
        this.get_mut(py).items.reverse();
    }
    /// Sort the list in ascending order and return None.
    ///
    /// The sort is in-place (i.e. the list itself is modified) and stable (i.e. the
    /// order of two equal elements is maintained).
    ///
    /// If a key function is given, apply it once to each list item and sort them,
    /// ascending or descending, according to their function values.
    ///
    /// The reverse flag can be set to sort in descending order.
    #[py("(self, /, *, key=None, reverse=False)")]
    fn sort(py: &mut Py, this: &Ref<List>, key: &Value, reverse: &Value) -> Result<()> {
        let reverse = py.truth(reverse)?;
        sort::sort(py, this, key, reverse)
    }

    #[py("(self, value, /)")]
    fn __add__(py: &mut Py, this: &Ref<List>, value: &Value) -> Value {
        let Some(o) = other(value) else { return Value::NOT_IMPLEMENTED };
        let (a, b) = (&this.get(py).items, &o.get(py).items);
        let mut items = Vec::with_capacity(a.len() + b.len());
        items.extend_from_slice(a);
        items.extend_from_slice(b);
        py.list(items)
    }
    #[py("(self, value, /)")]
    fn __iadd__(py: &mut Py, this: &Ref<List>, value: &Value) -> Result<Value> {
        extend(py, this, value)?;
        Ok(this.to_value())
    }
    #[py("(self, value, /)", alias = "__rmul__")]
    fn __mul__(py: &mut Py, this: &Ref<List>, value: &Value) -> Result<Value> {
        if !can_repeat(py, value) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let n = sequence::count_sized(py, value)?;
        let items = sequence::repeat(&this.get(py).items, n)?;
        Ok(py.list(items))
    }
    #[py("(self, value, /)")]
    fn __imul__(py: &mut Py, this: &Ref<List>, value: &Value) -> Result<Value> {
        if !can_repeat(py, value) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let n = sequence::count_sized(py, value)?;
        if n <= 0 {
            drop(std::mem::take(&mut this.get_mut(py).items));
        } else if n > 1 {
            let own = this.get(py).items.clone();
            sequence::repeat_into(&mut this.get_mut(py).items, &own, n as usize - 1)?;
        }
        Ok(this.to_value())
    }
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Ref<List>, key: &Value) -> Result<bool> {
        Ok(sequence::find(py, this, key, 0, usize::MAX)?.is_some())
    }
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<List>, key: &Value) -> Result<Value> {
        if let Some(slice) = key.downcast::<Slice>() {
            let (start, stop, step) = super::slice::unpack(py, &slice.start, &slice.stop, &slice.step)?;
            let items = &this.get(py).items;
            let (first, step, count) = super::slice::adjust(start, stop, step, items.len());
            let part = slice_items(items, first, step, count);
            return Ok(py.list(part));
        }
        if !sequence::is_index(py, key) {
            return Err(bad_index(py, "list", key));
        }
        let n = sequence::index_sized(py, key)?;
        let items = &this.get(py).items;
        match sequence::within(n, items.len()) {
            Some(at) => Ok(items[at].clone()),
            None => Err(out_of_range("list")),
        }
    }
    #[py("(self, key, value, /)")]
    fn __setitem__(py: &mut Py, this: &Ref<List>, key: &Value, value: Value) -> Result<()> {
        if let Some(slice) = key.downcast::<Slice>() {
            return set_slice(py, this, slice, &value);
        }
        if !sequence::is_index(py, key) {
            return Err(bad_index(py, "list", key));
        }
        let n = sequence::index_sized(py, key)?;
        let items = &mut this.get_mut(py).items;
        match sequence::within(n, items.len()) {
            Some(at) => {
                drop(std::mem::replace(&mut items[at], value));
                Ok(())
            }
            None => Err(out_of_range("list assignment")),
        }
    }
    #[py("(self, key, /)")]
    fn __delitem__(py: &mut Py, this: &Ref<List>, key: &Value) -> Result<()> {
        if let Some(slice) = key.downcast::<Slice>() {
            return delete_slice(py, this, slice);
        }
        if !sequence::is_index(py, key) {
            return Err(bad_index(py, "list", key));
        }
        let n = sequence::index_sized(py, key)?;
        let items = &mut this.get_mut(py).items;
        match sequence::within(n, items.len()) {
            Some(at) => {
                drop(items.remove(at));
                Ok(())
            }
            None => Err(out_of_range("list assignment")),
        }
    }
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Ref<List>) -> usize {
        this.get(py).items.len()
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<List>) -> Value {
        py.make(ListIter { list: Some(this.clone()), at: 0 }).into_value()
    }
    /// Return a reverse iterator over the list.
    #[py("(self, /)")]
    fn __reversed__(py: &mut Py, this: &Ref<List>) -> Value {
        let left = this.get(py).items.len();
        py.make(ListReverseIter { list: Some(this.clone()), left }).into_value()
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<List>) -> Result<Value> {
        sequence::guarded_repr(py, this.as_value(), "[...]", |py, out| {
            out.push(b'[');
            sequence::push_elements(py, out, this)?;
            out.push(b']');
            Ok(())
        })
    }
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<List>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Eq, this, value)
    }
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<List>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ne, this, value)
    }
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Ref<List>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Lt, this, value)
    }
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Ref<List>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Le, this, value)
    }
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Ref<List>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Gt, this, value)
    }
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Ref<List>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ge, this, value)
    }
    /// Return the size of the list in memory, in bytes.
    #[py("(self, /)")]
    fn __sizeof__(py: &mut Py, this: &Ref<List>) -> usize {
        16 + size_of::<List>() + this.get(py).items.capacity() * size_of::<Value>()
    }
}

impl NativeType for List {
    const NAME: &'static str = "list";
    const DOC: Option<&'static str> = Some(
        "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.",
    );
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF | TypeFlags::SEQUENCE;
    const UNHASHABLE: bool = true;
}

/// `sorted(iterable, key=key, reverse=reverse)`
pub fn sorted(py: &mut Py, iterable: &Value, key: &Value, reverse: bool) -> Result<Value> {
    let items = py.collect(iterable)?;
    let list = py.new_list(items);
    sort::sort(py, &list, key, reverse)?;
    Ok(list.into_value())
}

/// The word for a list operation that another kind of value does not take part in.
pub fn refused(py: &Py, symbol: &str, a: &Value, b: &Value) -> Option<String> {
    let name = |v: &Value| py.type_name(v);
    let what = |v: &Value| {
        if v.is_a::<List>() {
            Some("list")
        } else if v.is_a::<Tuple>() {
            Some("tuple")
        } else if v.is_a::<crate::types::str::Str>() {
            Some("str")
        } else {
            None
        }
    };
    let bytes = |v: &Value| v.is_a::<crate::types::bytes::Bytes>() || v.is_a::<crate::types::bytearray::ByteArray>();
    match symbol {
        "+" | "+=" if bytes(a) => Some(format!("can't concat {} to {}", name(b), name(a))),
        "+" | "+=" => what(a).map(|w| format!("can only concatenate {w} (not \"{}\") to {w}", name(b))),
        "*" | "*=" => {
            let repeats = |v: &Value| what(v).is_some() || bytes(v);
            let other = if repeats(a) { b } else { a };
            (repeats(a) || repeats(b)).then(|| format!("can't multiply sequence by non-int of type '{}'", name(other)))
        }
        _ => None,
    }
}
