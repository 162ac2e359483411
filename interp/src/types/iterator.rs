//! Iterators of sequences, and of callables with a sentinel.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use super::sequence::count_sized;
use crate::object::ops::Next;
use crate::object::raise::{Exc, Result, overflow_error};
use crate::object::{NativeType, Py, Special, TypeFlags};
use crate::types::dict;
use crate::types::enumerate::{self, Enumerate};
use crate::types::list::List;
use crate::types::map::{self, Map};
use crate::types::range::RangeIter;
use crate::types::set;
use crate::types::str::iter::StrIter;
use crate::types::tuple::Tuple;
use crate::types::zip::{self, Zip};

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

/// The payload of `list_reverseiterator`.
pub struct ListReverseIter {
    /// The list, until the end.
    pub list: Option<Ref<List>>,
    /// Elements left, if the list stays as long as it is.
    pub left: usize,
}

impl Object for ListReverseIter {
    type Access = Guarded;
    const TAG: Tag = Tag::LIST_REVERSE_ITER;
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

/// The payload of `callable_iterator`: `iter(callable, sentinel)`.
pub struct CallableIterator {
    /// The callable and the value that ends the iteration, until the end.
    pub source: Option<(Value, Value)>,
}

impl Object for CallableIterator {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some((callable, sentinel)) = &self.source {
            visit.all([callable, sentinel]);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.source.take().into_iter().flat_map(|(c, s)| [c, s]));
    }
}

impl CallableIterator {
    /// `iter(callable, sentinel)`; the callable is known to be one.
    pub fn make(py: &Py, callable: Value, sentinel: Value) -> Value {
        py.make(CallableIterator { source: Some((callable, sentinel)) }).into_value()
    }
}

/// The next item of an iterator over a builtin container, where nothing is out of the ordinary.
/// None: it is another one, it is at its end or has something to complain about, and nothing has
/// happened. Runs no Python code.
#[inline]
pub fn simple(py: &mut Py, iterator: &Value) -> Option<Value> {
    // None of their types can have subclasses.
    match iterator.header()?.shape().tag() {
        Tag::LIST_ITER => {
            let this = iterator.downcast::<ListIter>()?;
            let it = this.get(py);
            let item = it.list.as_ref()?.get(py).items.get(it.at)?.clone();
            this.get_mut(py).at += 1;
            Some(item)
        }
        Tag::TUPLE_ITER => {
            let it = iterator.downcast::<TupleIter>()?.get_mut(py);
            let item = it.tuple.as_ref()?.slice().get(it.at)?.clone();
            it.at += 1;
            Some(item)
        }
        Tag::RANGE_ITER => iterator.downcast::<RangeIter>()?.get_mut(py).step(),
        Tag::DICT_ITER => dict::iter::simple(py, iterator.downcast()?),
        Tag::SET_ITER => set::simple(py, iterator.downcast()?),
        Tag::STR_ITER => {
            let this = iterator.downcast::<StrIter>()?;
            // At the end it forgets its text, which is no change that shows.
            let c = this.get_mut(py).step()?;
            Some(py.char(c).into_value())
        }
        Tag::LIST_REVERSE_ITER => {
            let this = iterator.downcast::<ListReverseIter>()?;
            let it = this.get(py);
            let at = it.left.checked_sub(1)?;
            let item = it.list.as_ref()?.get(py).items.get(at)?.clone();
            this.get_mut(py).left = at;
            Some(item)
        }
        _ => None,
    }
}

/// `next(iterator)` of the iterators that are met most, without a look at their types; none if
/// it is another one.
#[inline]
pub fn quick_next(py: &mut Py, iterator: &Value) -> Option<Result<Option<Value>>> {
    let header = iterator.header()?;
    // Subclasses have other shapes and may have other methods.
    Some(match header.shape().tag() {
        Tag::LIST_ITER => Ok(list_next(py, iterator.downcast::<ListIter>()?)),
        Tag::TUPLE_ITER => Ok(tuple_next(py, iterator.downcast::<TupleIter>()?)),
        Tag::DICT_ITER => dict::iter::next(py, iterator.downcast()?),
        Tag::SET_ITER => set::next(py, iterator.downcast()?),
        Tag::RANGE_ITER => Ok(iterator.downcast::<RangeIter>()?.get_mut(py).step()),
        Tag::LIST_REVERSE_ITER => Ok(reverse_next(py, iterator.downcast()?)),
        Tag::ENUMERATE if py.is_exact::<Enumerate>(iterator) => enumerate::next(py, iterator.downcast()?),
        Tag::ZIP if py.is_exact::<Zip>(iterator) => zip::next(py, iterator.downcast()?),
        Tag::MAP if py.is_exact::<Map>(iterator) => map::next(py, iterator.downcast()?),
        _ => return None,
    })
}

/// The next pair of an iterator that hands out pairs, not yet as a tuple; none if it is another one.
#[inline]
pub fn quick_pair(py: &mut Py, iterator: &Value) -> Option<Result<Option<(Value, Value)>>> {
    match iterator.header()?.shape().tag() {
        Tag::DICT_ITER => {
            let it = iterator.downcast::<dict::iter::DictIter>()?;
            if it.get(py).of_items() { Some(dict::iter::advance(py, it)) } else { None }
        }
        Tag::ENUMERATE if py.is_exact::<Enumerate>(iterator) => Some(enumerate::advance(py, iterator.downcast()?)),
        Tag::ZIP if py.is_exact::<Zip>(iterator) => {
            let it = iterator.downcast::<Zip>()?;
            if it.get(py).iterators.len() == 2 && !it.get(py).strict { Some(zip::advance_pair(py, it)) } else { None }
        }
        _ => {
            let pairs = py.type_ref(iterator).get(py).pairs?;
            pairs(py, iterator)
        }
    }
}

fn list_next(py: &mut Py, this: &Ref<ListIter>) -> Option<Value> {
    let it = this.get(py);
    let item = it.list.as_ref().and_then(|l| l.get(py).items.get(it.at).cloned());
    let it = this.get_mut(py);
    match item {
        Some(_) => it.at += 1,
        None => it.list = None,
    }
    item
}

fn tuple_next(py: &mut Py, this: &Ref<TupleIter>) -> Option<Value> {
    let it = this.get_mut(py);
    let item = it.tuple.as_ref().and_then(|t| t.slice().get(it.at).cloned());
    match item {
        Some(_) => it.at += 1,
        None => it.tuple = None,
    }
    item
}

fn reverse_next(py: &mut Py, this: &Ref<ListReverseIter>) -> Option<Value> {
    let it = this.get(py);
    let item = match (&it.list, it.left.checked_sub(1)) {
        (Some(list), Some(at)) => list.get(py).items.get(at).cloned(),
        _ => None,
    };
    let it = this.get_mut(py);
    match item {
        Some(_) => it.left -= 1,
        None => {
            it.list = None;
            it.left = 0;
        }
    }
    item
}

impl Py {
    /// A function of the `builtins` module, as pickles of iterators name it.
    pub fn builtin(&mut self, name: &str) -> Value {
        let Some(builtins) = self.shared().builtins.clone() else { return Value::NONE };
        dict::get_name(self, &builtins, name).unwrap_or(Value::NONE)
    }
    /// `(function, (argument,))` and a state: what `__reduce__` of an iterator returns.
    pub fn reduced(&mut self, function: &str, argument: Value, state: Option<usize>) -> Value {
        let function = self.builtin(function);
        let arguments = self.tuple(vec![argument]);
        let mut parts = vec![function, arguments];
        if let Some(n) = state {
            parts.push(self.int(n as i64));
        }
        self.tuple(parts)
    }
    /// What `__reduce__` of an exhausted iterator returns.
    pub fn reduced_end(&mut self, function: &str, empty: Value) -> Value {
        self.reduced(function, empty, None)
    }
}

#[methods]
impl ListIter {
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<ListIter>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<ListIter>) -> Next {
        Next(list_next(py, this))
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<ListIter>) -> usize {
        let it = this.get(py);
        it.list.as_ref().map_or(0, |l| l.get(py).items.len().saturating_sub(it.at))
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<ListIter>) -> Value {
        let at = this.get(py).at;
        match this.get(py).list.clone() {
            Some(list) => py.reduced("iter", list.into_value(), Some(at)),
            None => {
                let empty = py.list(Vec::new());
                py.reduced_end("iter", empty)
            }
        }
    }
    /// Set state information for unpickling.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<ListIter>, state: &Value) -> Result<()> {
        let n = count_sized(py, state)?;
        this.get_mut(py).at = n.max(0) as usize;
        Ok(())
    }
}

impl NativeType for ListIter {
    const NAME: &'static str = "list_iterator";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

#[methods]
impl ListReverseIter {
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<ListReverseIter>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<ListReverseIter>) -> Next {
        Next(reverse_next(py, this))
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<ListReverseIter>) -> usize {
        let it = this.get(py);
        it.list.as_ref().map_or(0, |l| if l.get(py).items.len() < it.left { 0 } else { it.left })
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<ListReverseIter>) -> Value {
        let left = this.get(py).left;
        match this.get(py).list.clone() {
            Some(list) => {
                let function = py.builtin("reversed");
                let arguments = py.tuple(vec![list.into_value()]);
                let state = py.int(left as i64 - 1);
                py.tuple(vec![function, arguments, state])
            }
            None => {
                let empty = py.list(Vec::new());
                py.reduced_end("iter", empty)
            }
        }
    }
    /// Set state information for unpickling.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<ListReverseIter>, state: &Value) -> Result<()> {
        let n = count_sized(py, state)?;
        let it = this.get(py);
        if let Some(list) = &it.list {
            let most = list.get(py).items.len() as isize;
            this.get_mut(py).left = n.saturating_add(1).clamp(0, most) as usize;
        }
        Ok(())
    }
}

impl NativeType for ListReverseIter {
    const NAME: &'static str = "list_reverseiterator";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

#[methods]
impl TupleIter {
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<TupleIter>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<TupleIter>) -> Next {
        Next(tuple_next(py, this))
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<TupleIter>) -> usize {
        let it = this.get(py);
        it.tuple.as_ref().map_or(0, |t| t.len().saturating_sub(it.at))
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<TupleIter>) -> Value {
        let at = this.get(py).at;
        match this.get(py).tuple.clone() {
            Some(tuple) => py.reduced("iter", tuple.into_value(), Some(at)),
            None => {
                let empty = py.tuple(Vec::new());
                py.reduced_end("iter", empty)
            }
        }
    }
    /// Set state information for unpickling.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<TupleIter>, state: &Value) -> Result<()> {
        let n = count_sized(py, state)?.max(0) as usize;
        let it = this.get_mut(py);
        if let Some(tuple) = &it.tuple {
            it.at = n.min(tuple.len());
        }
        Ok(())
    }
}

impl NativeType for TupleIter {
    const NAME: &'static str = "tuple_iterator";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

#[methods]
impl SequenceIterator {
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<SequenceIterator>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<SequenceIterator>) -> Result<Next> {
        let it = this.get(py);
        let Some(sequence) = it.sequence.clone() else { return Ok(Next(None)) };
        if it.at == i64::MAX {
            return Err(overflow_error("iter index too large"));
        }
        let at = py.int(this.get(py).at);
        match py.getitem(&sequence, &at) {
            Ok(item) => {
                this.get_mut(py).at += 1;
                Ok(Next(Some(item)))
            }
            Err(e) if e.is(Exc::IndexError) || e.is(Exc::StopIteration) => {
                this.get_mut(py).sequence = None;
                Ok(Next(None))
            }
            Err(e) => Err(e),
        }
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<SequenceIterator>) -> Result<Value> {
        let at = this.get(py).at;
        let Some(sequence) = this.get(py).sequence.clone() else { return Ok(Value::int32(0)) };
        if py.special(&sequence, Special::Len).is_none() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let n = py.len(&sequence)? as i64;
        Ok(py.int((n - at).max(0)))
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<SequenceIterator>) -> Value {
        let at = this.get(py).at;
        match this.get(py).sequence.clone() {
            Some(sequence) => py.reduced("iter", sequence, Some(at as usize)),
            None => {
                let empty = py.tuple(Vec::new());
                py.reduced_end("iter", empty)
            }
        }
    }
    /// Set state information for unpickling.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<SequenceIterator>, state: &Value) -> Result<()> {
        let n = count_sized(py, state)?;
        this.get_mut(py).at = n.max(0) as i64;
        Ok(())
    }
}

impl NativeType for SequenceIterator {
    const NAME: &'static str = "iterator";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// Whether the two are different objects that compare as objects do: the answer without asking.
fn differs(py: &Py, sentinel: &Value, item: &Value) -> bool {
    let methods = || py.special(sentinel, Special::Eq).zip(py.special(item, Special::Eq));
    sentinel.is_none() && !item.is_none() && methods().is_some_and(|(a, b)| a.is(b))
}

#[methods]
impl CallableIterator {
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<CallableIterator>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<CallableIterator>) -> Result<Next> {
        let Some((callable, sentinel)) = this.get(py).source.clone() else { return Ok(Next(None)) };
        match py.call(&callable, &[]) {
            Ok(item) => {
                // The call may have ended this very iteration.
                if this.get(py).source.is_none() {
                    return Ok(Next(None));
                }
                if !differs(py, &sentinel, &item) && py.eq(&sentinel, &item)? {
                    this.get_mut(py).source = None;
                    return Ok(Next(None));
                }
                Ok(Next(Some(item)))
            }
            Err(e) if e.is(Exc::StopIteration) => {
                this.get_mut(py).source = None;
                Ok(Next(None))
            }
            Err(e) => Err(e),
        }
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<CallableIterator>) -> Value {
        match this.get(py).source.clone() {
            Some((callable, sentinel)) => {
                let function = py.builtin("iter");
                let arguments = py.tuple(vec![callable, sentinel]);
                py.tuple(vec![function, arguments])
            }
            None => {
                let empty = py.tuple(Vec::new());
                py.reduced_end("iter", empty)
            }
        }
    }
}

impl NativeType for CallableIterator {
    const NAME: &'static str = "callable_iterator";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
