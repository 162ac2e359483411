//! `deque`: a list that grows at both ends.

use std::collections::VecDeque;

use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Exc, Raised, Result, index_error, memory_error, runtime_error, type_error, value_error};
use lockstep_interp::object::special::CompareOp;
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::int;
use lockstep_interp::types::sequence;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods};

/// The payload of a deque.
#[derive(Default)]
pub struct Deque {
    items: VecDeque<Value>,
    maxlen: Option<usize>,
    /// Counts changes of the length or the order, for iterators.
    changes: u64,
}

impl Object for Deque {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.items);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.items.drain(..));
    }
}

impl Deque {
    /// The first item.
    pub(crate) fn first(&self) -> Option<Value> {
        self.items.front().cloned()
    }
    /// Take the first item out.
    pub(crate) fn take_first(&mut self) -> Option<Value> {
        let first = self.items.pop_front();
        self.changes += u64::from(first.is_some());
        first
    }
    /// Append; what falls out on the left comes back.
    fn push_right(&mut self, item: Value) -> Result<Option<Value>> {
        self.changes += 1;
        if self.maxlen == Some(0) {
            return Ok(Some(item));
        }
        if self.items.len() == self.items.capacity() {
            self.items.try_reserve(1).map_err(|_| memory_error())?;
        }
        self.items.push_back(item);
        Ok(if self.maxlen.is_some_and(|m| self.items.len() > m) { self.items.pop_front() } else { None })
    }
    /// Append on the left; what falls out on the right comes back.
    fn push_left(&mut self, item: Value) -> Result<Option<Value>> {
        self.changes += 1;
        if self.maxlen == Some(0) {
            return Ok(Some(item));
        }
        if self.items.len() == self.items.capacity() {
            self.items.try_reserve(1).map_err(|_| memory_error())?;
        }
        self.items.push_front(item);
        Ok(if self.maxlen.is_some_and(|m| self.items.len() > m) { self.items.pop_back() } else { None })
    }
    fn turn(&mut self, n: isize) {
        let len = self.items.len();
        if len > 1 {
            let n = n.rem_euclid(len as isize) as usize;
            self.items.rotate_right(n);
        }
        self.changes += 1;
    }
}

fn extend(py: &mut Py, this: &Ref<Deque>, iterable: &Value) -> Result<()> {
    if iterable.is(this.as_value()) {
        for item in items(py, this) {
            drop(this.get_mut(py).push_right(item)?);
        }
        return Ok(());
    }
    let mut iter = py.iter(iterable)?;
    while let Some(item) = iter.next(py)? {
        let fallen = this.get_mut(py).push_right(item)?;
        drop(fallen);
    }
    Ok(())
}

/// The items now.
fn items(py: &Py, this: &Ref<Deque>) -> Vec<Value> {
    this.get(py).items.iter().cloned().collect()
}

fn compare(py: &mut Py, op: CompareOp, this: &Ref<Deque>, other: &Value) -> Result<Value> {
    let Some(other) = other.downcast::<Deque>() else { return Ok(Value::NOT_IMPLEMENTED) };
    py.native_stack()?;
    if matches!(op, CompareOp::Eq | CompareOp::Ne) {
        if this.is(other) {
            return Ok(Value::bool(op == CompareOp::Eq));
        }
        if this.get(py).items.len() != other.get(py).items.len() {
            return Ok(Value::bool(op == CompareOp::Ne));
        }
    }
    let (a, b) = (items(py, this), items(py, other));
    for (x, y) in a.iter().zip(&b) {
        if !py.eq(x, y)? {
            return match op {
                CompareOp::Eq => Ok(Value::FALSE),
                CompareOp::Ne => Ok(Value::TRUE),
                _ => py.compare(op, x, y),
            };
        }
    }
    Ok(Value::bool(op.accepts(a.len().cmp(&b.len()))))
}

fn mutated() -> Raised {
    runtime_error("deque mutated during iteration")
}

/// The first place of an item from `start` to `stop`.
fn find(py: &mut Py, this: &Ref<Deque>, item: &Value, start: usize, stop: usize, message: &str) -> Result<Option<usize>> {
    let changes = this.get(py).changes;
    for at in start..stop {
        let Some(x) = this.get(py).items.get(at).cloned() else { break };
        let same = py.eq(&x, item)?;
        if this.get(py).changes != changes {
            return Err(runtime_error(message));
        }
        if same {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn place(py: &mut Py, this: &Ref<Deque>, index: &Value) -> Result<usize> {
    if !int::is_int(index) && py.special(index, lockstep_interp::object::Special::Index).is_none() {
        return Err(type_error(format!("sequence index must be integer, not '{}'", py.type_name(index))));
    }
    let n = sequence::index_sized(py, index)?;
    sequence::within(n, this.get(py).items.len()).ok_or_else(|| index_error("deque index out of range"))
}

/// A new deque of the same class with these items.
fn like(py: &mut Py, this: &Ref<Deque>, iterable: &Value) -> Result<Ref<Deque>> {
    let class = py.type_of(this.as_value());
    let maxlen = this.get(py).maxlen;
    let made = if class.is(&py.type_for::<Deque>()) {
        let new = py.make(Deque { maxlen, ..Deque::default() });
        extend(py, &new, iterable)?;
        return Ok(new);
    } else if let Some(m) = maxlen {
        let m = py.int(m as i64);
        py.call(class.as_value(), &[iterable.clone(), m])?
    } else {
        py.call(class.as_value(), std::slice::from_ref(iterable))?
    };
    made.downcast_into::<Deque>().map_err(|v| {
        let (c, t) = (class.get(py).name.to_string(), py.type_name(&v));
        type_error(format!("{c}() must return a deque, not {t}"))
    })
}

/// Repeat the items in place.
fn repeat(py: &mut Py, this: &Ref<Deque>, n: &Value) -> Result<()> {
    let n = sequence::count_sized(py, n)?;
    let len = this.get(py).items.len();
    if n <= 0 {
        let old = std::mem::take(&mut this.get_mut(py).items);
        this.get_mut(py).changes += 1;
        drop(old);
        return Ok(());
    }
    if n == 1 || len == 0 {
        return Ok(());
    }
    let mut n = n as usize;
    if let Some(m) = this.get(py).maxlen {
        n = n.min(m.div_ceil(len) + 1);
    }
    let total = len.checked_mul(n).ok_or_else(memory_error)?;
    let old = items(py, this);
    this.get_mut(py).items.try_reserve(total - len).map_err(|_| memory_error())?;
    for _ in 1..n {
        for item in &old {
            let fallen = this.get_mut(py).push_right(item.clone())?;
            drop(fallen);
        }
        py.check()?;
    }
    Ok(())
}

#[methods]
impl Deque {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Value {
        py.make_in(cls, Deque::default()).into_value()
    }
    /// Initialize self.
    #[py("(self, iterable=<unbound>, maxlen=None)")]
    fn __init__(py: &mut Py, this: &Ref<Deque>, iterable: Option<&Value>, maxlen: &Value) -> Result<()> {
        let maxlen = if maxlen.is_none() {
            None
        } else {
            if !int::is_int(maxlen) {
                return Err(type_error("an integer is required"));
            }
            let Some(n) = int::as_i64(maxlen) else {
                return Err(lockstep_interp::object::raise::overflow_error("Python int too large to convert to C ssize_t"));
            };
            Some(usize::try_from(n).map_err(|_| value_error("maxlen must be non-negative"))?)
        };
        let deque = this.get_mut(py);
        deque.maxlen = maxlen;
        deque.changes += 1;
        let old = std::mem::take(&mut deque.items);
        drop(old);
        match iterable {
            Some(iterable) => extend(py, this, iterable),
            None => Ok(()),
        }
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Lt, this, value)
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Le, this, value)
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Eq, this, value)
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Ne, this, value)
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Gt, this, value)
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Ge, this, value)
    }
    /// Return self+value.
    #[py("(self, value, /)")]
    fn __add__(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<Value> {
        if !value.is_a::<Deque>() {
            return Err(type_error(format!("can only concatenate deque (not \"{}\") to deque", py.type_name(value))));
        }
        let new = like(py, this, this.as_value())?;
        extend(py, &new, value)?;
        Ok(new.into_value())
    }
    /// See PEP 585
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, object: &Value) -> Result<Value> {
        lockstep_interp::types::generic_alias::alias(py, cls, object)
    }
    /// Return key in self.
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Ref<Deque>, key: &Value) -> Result<bool> {
        let len = this.get(py).items.len();
        Ok(find(py, this, key, 0, len, "deque mutated during iteration")?.is_some())
    }
    /// Return a shallow copy of a deque.
    #[py("(self, /)")]
    fn __copy__(py: &mut Py, this: &Ref<Deque>) -> Result<Value> {
        Ok(like(py, this, this.as_value())?.into_value())
    }
    /// Delete self[key].
    #[py("(self, key, /)")]
    fn __delitem__(py: &mut Py, this: &Ref<Deque>, key: &Value) -> Result<()> {
        let at = place(py, this, key)?;
        let deque = this.get_mut(py);
        deque.changes += 1;
        let old = deque.items.remove(at);
        drop(old);
        Ok(())
    }
    /// Return self[key].
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<Deque>, key: &Value) -> Result<Value> {
        let at = place(py, this, key)?;
        this.get(py).items.get(at).cloned().ok_or_else(|| index_error("deque index out of range"))
    }
    /// Implement self+=value.
    #[py("(self, value, /)")]
    fn __iadd__(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<Value> {
        extend(py, this, value)?;
        Ok(this.to_value())
    }
    /// Implement self*=value.
    #[py("(self, value, /)")]
    fn __imul__(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<Value> {
        repeat(py, this, value)?;
        Ok(this.to_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<Deque>) -> Value {
        let changes = this.get(py).changes;
        let left = this.get(py).items.len();
        py.make(DequeIter { deque: this.clone(), at: 0, left, changes }).into_value()
    }
    /// Return len(self).
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Ref<Deque>) -> usize {
        this.get(py).items.len()
    }
    /// Return self*value.
    #[py("(self, value, /)")]
    fn __mul__(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<Value> {
        if !sequence::can_repeat(py, value) {
            return Err(type_error(format!("can't multiply sequence by non-int of type '{}'", py.type_name(value))));
        }
        let new = like(py, this, this.as_value())?;
        repeat(py, &new, value)?;
        Ok(new.into_value())
    }
    /// Return value*self.
    #[py("(self, value, /)")]
    fn __rmul__(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<Value> {
        if !sequence::can_repeat(py, value) {
            return Err(type_error(format!("can't multiply sequence by non-int of type '{}'", py.type_name(value))));
        }
        let new = like(py, this, this.as_value())?;
        repeat(py, &new, value)?;
        Ok(new.into_value())
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Deque>) -> Result<Value> {
        let class = py.type_of(this.as_value()).into_value();
        let args = match this.get(py).maxlen {
            Some(m) => {
                let (empty, m) = (py.tuple(Vec::new()), py.int(m as i64));
                vec![empty, m]
            }
            None => Vec::new(),
        };
        let args = py.tuple(args);
        let state = py.call_method(this.as_value(), "__getstate__", &[])?;
        let iter = py.get_iter(this.as_value())?;
        Ok(py.tuple(vec![class, args, state, iter]))
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Deque>) -> Result<Value> {
        let name = py.class_name(this.as_value());
        sequence::guarded_repr(py, this.as_value(), "[...]", |py, out| {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"([");
            for (i, item) in items(py, this).iter().enumerate() {
                if i > 0 {
                    out.extend_from_slice(b", ");
                }
                sequence::push_repr(py, out, item)?;
            }
            out.push(b']');
            if let Some(m) = this.get(py).maxlen {
                out.extend_from_slice(format!(", maxlen={m}").as_bytes());
            }
            out.push(b')');
            Ok(())
        })
    }
    /// Return a reverse iterator over the deque.
    #[py("(self, /)")]
    fn __reversed__(py: &mut Py, this: &Ref<Deque>) -> Value {
        let changes = this.get(py).changes;
        let left = this.get(py).items.len();
        py.make(DequeReverseIter { deque: this.clone(), left, changes }).into_value()
    }
    /// Set self[key] to value.
    #[py("(self, key, value, /)")]
    fn __setitem__(py: &mut Py, this: &Ref<Deque>, key: &Value, value: Value) -> Result<()> {
        let at = place(py, this, key)?;
        let old = this.get_mut(py).items.get_mut(at).map(|slot| std::mem::replace(slot, value));
        drop(old);
        Ok(())
    }
    /// Add an element to the right side of the deque.
    #[py("(self, item, /)")]
    fn append(py: &mut Py, this: &Ref<Deque>, item: Value) -> Result<()> {
        let fallen = this.get_mut(py).push_right(item)?;
        drop(fallen);
        Ok(())
    }
    /// Add an element to the left side of the deque.
    #[py("(self, item, /)")]
    fn appendleft(py: &mut Py, this: &Ref<Deque>, item: Value) -> Result<()> {
        let fallen = this.get_mut(py).push_left(item)?;
        drop(fallen);
        Ok(())
    }
    /// Remove all elements from the deque.
    #[py("(self, /)")]
    fn clear(py: &mut Py, this: &Ref<Deque>) {
        let deque = this.get_mut(py);
        deque.changes += 1;
        let old = std::mem::take(&mut deque.items);
        drop(old);
    }
    /// Return a shallow copy of a deque.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<Deque>) -> Result<Value> {
        Ok(like(py, this, this.as_value())?.into_value())
    }
    /// Return number of occurrences of value.
    #[py("(self, value, /)")]
    fn count(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<usize> {
        let changes = this.get(py).changes;
        let (mut at, mut count) = (0, 0);
        while let Some(item) = this.get(py).items.get(at).cloned() {
            count += usize::from(py.eq(&item, value)?);
            if this.get(py).changes != changes {
                return Err(mutated());
            }
            at += 1;
        }
        Ok(count)
    }
    /// Extend the right side of the deque with elements from the iterable.
    #[py("(self, iterable, /)")]
    fn extend(py: &mut Py, this: &Ref<Deque>, iterable: &Value) -> Result<()> {
        self::extend(py, this, iterable)
    }
    /// Extend the left side of the deque with elements from the iterable.
    #[py("(self, iterable, /)")]
    fn extendleft(py: &mut Py, this: &Ref<Deque>, iterable: &Value) -> Result<()> {
        if iterable.is(this.as_value()) {
            for item in items(py, this) {
                drop(this.get_mut(py).push_left(item)?);
            }
            return Ok(());
        }
        let mut iter = py.iter(iterable)?;
        while let Some(item) = iter.next(py)? {
            let fallen = this.get_mut(py).push_left(item)?;
            drop(fallen);
        }
        Ok(())
    }
    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[py("(self, value, start=0, stop=sys.maxsize, /)")]
    fn index(py: &mut Py, this: &Ref<Deque>, value: &Value, start: &Value, stop: &Value) -> Result<usize> {
        let len = this.get(py).items.len();
        let (start, stop) = (sequence::bound(py, start, len)?, sequence::bound(py, stop, len)?);
        match find(py, this, value, start, stop.min(len), "deque mutated during iteration")? {
            Some(at) => Ok(at),
            None => {
                let text = py.repr(value)?;
                Err(value_error(format!("{text} is not in deque")))
            }
        }
    }
    /// Insert value before index.
    #[py("(self, index, value, /)")]
    fn insert(py: &mut Py, this: &Ref<Deque>, index: &Value, value: Value) -> Result<()> {
        let n = sequence::index_sized(py, index)?;
        let deque = this.get_mut(py);
        let len = deque.items.len();
        if deque.maxlen == Some(len) {
            return Err(index_error("deque already at its maximum size"));
        }
        let at = if n < 0 { len.saturating_sub(n.unsigned_abs()) } else { (n as usize).min(len) };
        deque.items.try_reserve(1).map_err(|_| memory_error())?;
        deque.items.insert(at, value);
        deque.changes += 1;
        Ok(())
    }
    /// Remove and return the rightmost element.
    #[py("(self, /)")]
    fn pop(py: &mut Py, this: &Ref<Deque>) -> Result<Value> {
        let deque = this.get_mut(py);
        deque.changes += 1;
        deque.items.pop_back().ok_or_else(|| index_error("pop from an empty deque"))
    }
    /// Remove and return the leftmost element.
    #[py("(self, /)")]
    fn popleft(py: &mut Py, this: &Ref<Deque>) -> Result<Value> {
        let deque = this.get_mut(py);
        deque.changes += 1;
        deque.items.pop_front().ok_or_else(|| index_error("pop from an empty deque"))
    }
    /// Remove first occurrence of value.
    #[py("(self, value, /)")]
    fn remove(py: &mut Py, this: &Ref<Deque>, value: &Value) -> Result<()> {
        let len = this.get(py).items.len();
        let found = match find(py, this, value, 0, len, "deque mutated during remove().") {
            Err(e) if e.is(Exc::RuntimeError) && e.as_object().is_none() => {
                return Err(index_error("deque mutated during remove()."));
            }
            other => other?,
        };
        match found {
            Some(at) => {
                let deque = this.get_mut(py);
                deque.changes += 1;
                let old = deque.items.remove(at);
                drop(old);
                Ok(())
            }
            None => {
                let text = py.repr(value)?;
                Err(value_error(format!("{text} is not in deque")))
            }
        }
    }
    /// Reverse *IN PLACE*.
    #[py("(self, /)")]
    fn reverse(py: &mut Py, this: &Ref<Deque>) {
        let deque = this.get_mut(py);
        deque.items.make_contiguous().reverse();
    }
    /// Rotate the deque n steps to the right.  If n is negative, rotates left.
    #[py("(self, n=1, /)")]
    fn rotate(py: &mut Py, this: &Ref<Deque>, n: &Value) -> Result<()> {
        let n = sequence::index_sized(py, n)?;
        this.get_mut(py).turn(n);
        Ok(())
    }
    /// maximum size of a deque or None if unbounded
    #[getter]
    fn maxlen(py: &mut Py, this: &Ref<Deque>) -> Option<usize> {
        this.get(py).maxlen
    }
}

impl NativeType for Deque {
    const NAME: &'static str = "deque";
    const MODULE: &'static str = "collections";
    const DOC: Option<&'static str> = Some("A list-like sequence optimized for data accesses near its endpoints.");
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::SEQUENCE;
    const UNHASHABLE: bool = true;
}

/// The payload of an iterator over a deque.
pub struct DequeIter {
    deque: Ref<Deque>,
    at: usize,
    left: usize,
    changes: u64,
}

impl Object for DequeIter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.deque);
    }
}

fn skip(py: &mut Py, iterator: Value, count: usize) -> Result<Value> {
    for _ in 0..count {
        if py.next(&iterator)?.is_none() {
            break;
        }
    }
    Ok(iterator)
}

#[methods]
impl DequeIter {
    /// Create and return a new object.
    #[staticmethod("(type, deque, index=0, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, deque: &Ref<Deque>, index: usize) -> Result<Value> {
        let (changes, left) = (deque.get(py).changes, deque.get(py).items.len());
        let iterator = py.make_in(cls, DequeIter { deque: deque.clone(), at: 0, left, changes }).into_value();
        skip(py, iterator, index)
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<DequeIter>) -> Value {
        this.to_value()
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<DequeIter>) -> usize {
        this.get(py).left
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<DequeIter>) -> Result<Next> {
        let it = this.get(py);
        let deque = it.deque.get(py);
        // Even at the end: it may be the end no more.
        if deque.changes != it.changes {
            this.get_mut(py).left = 0;
            return Err(mutated());
        }
        if it.left == 0 {
            return Ok(Next(None));
        }
        let item = deque.items.get(it.at).cloned();
        let it = this.get_mut(py);
        it.at += 1;
        it.left -= 1;
        Ok(Next(item))
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<DequeIter>) -> Value {
        let it = this.get(py);
        let (deque, at) = (it.deque.to_value(), it.at as i64);
        let class = py.type_for::<DequeIter>().into_value();
        let at = py.int(at);
        let args = py.tuple(vec![deque, at]);
        py.tuple(vec![class, args])
    }
}

impl NativeType for DequeIter {
    const NAME: &'static str = "_deque_iterator";
    const MODULE: &'static str = "collections";
    const FLAGS: u32 = 0;
}

/// The payload of a reverse iterator over a deque.
pub struct DequeReverseIter {
    deque: Ref<Deque>,
    left: usize,
    changes: u64,
}

impl Object for DequeReverseIter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.deque);
    }
}

#[methods]
impl DequeReverseIter {
    /// Create and return a new object.
    #[staticmethod("(type, deque, index=0, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, deque: &Ref<Deque>, index: usize) -> Result<Value> {
        let (changes, left) = (deque.get(py).changes, deque.get(py).items.len());
        let iterator = py.make_in(cls, DequeReverseIter { deque: deque.clone(), left, changes }).into_value();
        skip(py, iterator, index)
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<DequeReverseIter>) -> Value {
        this.to_value()
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<DequeReverseIter>) -> usize {
        this.get(py).left
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<DequeReverseIter>) -> Result<Next> {
        let it = this.get(py);
        if it.left == 0 {
            return Ok(Next(None));
        }
        let deque = it.deque.get(py);
        if deque.changes != it.changes {
            this.get_mut(py).left = 0;
            return Err(mutated());
        }
        let item = deque.items.get(it.left - 1).cloned();
        this.get_mut(py).left -= 1;
        Ok(Next(item))
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<DequeReverseIter>) -> Value {
        let it = this.get(py);
        let done = it.deque.get(py).items.len().saturating_sub(it.left);
        let deque = it.deque.to_value();
        let class = py.type_for::<DequeReverseIter>().into_value();
        let done = py.int(done as i64);
        let args = py.tuple(vec![deque, done]);
        py.tuple(vec![class, args])
    }
}

impl NativeType for DequeReverseIter {
    const NAME: &'static str = "_deque_reverse_iterator";
    const MODULE: &'static str = "collections";
    const FLAGS: u32 = 0;
}
