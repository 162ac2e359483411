//! The methods of `set` and `frozenset`.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;

use super::{Set, SetIter, add, add_hashed, discard, each, each_of, find, remove_all, toggle_all, update};
use crate::object::raise::{Exc, Raised, Result, key_error};
use crate::object::special::CompareOp;
use crate::object::{Py, Type};
use crate::types::dict::Dict;
use crate::types::dict::methods::is_plain;
use crate::types::sequence;

/// A new empty set of the kind that operations on `like` give: `set` or `frozenset`.
fn new_like(py: &mut Py, like: &Ref<Set>) -> Ref<Set> {
    if is_frozen(py, like) {
        let ty = py.type_named("frozenset");
        py.make_in(&ty, Set::default())
    } else {
        py.make(Set::default())
    }
}

fn is_frozen(py: &Py, set: &Ref<Set>) -> bool {
    if py.is_exact::<Set>(set.as_value()) {
        return false;
    }
    let frozen = py.type_named("frozenset");
    py.is_instance_of(set.as_value(), &frozen)
}

fn is_exact_frozen(py: &Py, value: &Value) -> bool {
    !py.is_exact::<Set>(value) && py.type_ref(value).is(&py.type_named("frozenset"))
}

fn copy_of(py: &mut Py, set: &Ref<Set>) -> Ref<Set> {
    let new = new_like(py, set);
    let table = set.get(py).table.duplicate();
    new.get_mut(py).table = table;
    new
}

/// The value as a set; another iterable becomes one.
fn to_set(py: &mut Py, value: &Value) -> Result<Ref<Set>> {
    if let Some(s) = value.downcast::<Set>() {
        return Ok(s.clone());
    }
    let new = py.make(Set::default());
    update(py, &new, value)?;
    Ok(new)
}

/// Sets as elements: an unhashable set stands for the frozenset with its elements.
pub(super) fn lookup(py: &mut Py, this: &Ref<Set>, key: &Value) -> Result<Option<usize>> {
    match py.hash(key) {
        Ok(hash) => find(py, this, key, hash as u64),
        Err(e) if e.is(Exc::TypeError) && key.is_a::<Set>() => {
            let frozen = super::frozen(py, key)?;
            let hash = py.hash(&frozen)?;
            find(py, this, &frozen, hash as u64)
        }
        Err(e) => Err(e),
    }
}

fn intersection(py: &mut Py, this: &Ref<Set>, other: &Value) -> Result<Ref<Set>> {
    if other.is(this.as_value()) {
        return Ok(copy_of(py, this));
    }
    let new = new_like(py, this);
    if let Some(o) = other.downcast::<Set>() {
        // The smaller one is walked.
        let (walked, asked) = if o.get(py).table.len() > this.get(py).table.len() { (this, o) } else { (o, this) };
        each(py, walked, |py, p| {
            if find(py, asked, &p.key, p.hash)?.is_some() {
                add_hashed(py, &new, &p.key, p.hash)?;
            }
            Ok(true)
        })?;
        return Ok(new);
    }
    each_of(py, other, |py, p| {
        if find(py, this, &p.key, p.hash)?.is_some() {
            add_hashed(py, &new, &p.key, p.hash)?;
        }
        Ok(true)
    })?;
    Ok(new)
}

fn intersection_all(py: &mut Py, this: &Ref<Set>, others: &[Value]) -> Result<Ref<Set>> {
    let mut result = match others.first() {
        Some(first) => intersection(py, this, first)?,
        None => return Ok(copy_of(py, this)),
    };
    for other in &others[1..] {
        result = intersection(py, &result, other)?;
    }
    Ok(result)
}

fn difference(py: &mut Py, this: &Ref<Set>, other: &Value) -> Result<Ref<Set>> {
    let known = if let Some(o) = other.downcast::<Set>() {
        Some(o.get(py).table.len())
    } else if is_plain(py, other) {
        other.downcast::<Dict>().map(|d| d.get(py).len())
    } else {
        None
    };
    // A much longer other one is asked, a shorter one is walked.
    if known.is_none_or(|n| this.get(py).table.len() >> 2 > n) {
        let new = copy_of(py, this);
        remove_all(py, &new, other)?;
        return Ok(new);
    }
    let new = new_like(py, this);
    let (set, dict) = (other.downcast::<Set>(), other.downcast::<Dict>());
    each(py, this, |py, p| {
        let there = match (set, dict) {
            (Some(s), _) => find(py, s, &p.key, p.hash)?.is_some(),
            (_, Some(d)) => super::in_dict(py, d, p)?,
            _ => false,
        };
        if !there {
            add_hashed(py, &new, &p.key, p.hash)?;
        }
        Ok(true)
    })?;
    Ok(new)
}

fn symmetric(py: &mut Py, this: &Ref<Set>, other: &Value) -> Result<Ref<Set>> {
    let new = new_like(py, this);
    update(py, &new, other)?;
    toggle_all(py, &new, this)?;
    Ok(new)
}

fn subset(py: &mut Py, a: &Ref<Set>, b: &Ref<Set>) -> Result<bool> {
    if a.get(py).table.len() > b.get(py).table.len() {
        return Ok(false);
    }
    let mut answer = true;
    each(py, a, |py, p| {
        answer = find(py, b, &p.key, p.hash)?.is_some();
        Ok(answer)
    })?;
    Ok(answer)
}

fn disjoint(py: &mut Py, this: &Ref<Set>, other: &Value) -> Result<bool> {
    if other.is(this.as_value()) {
        return Ok(this.get(py).table.is_empty());
    }
    let mut answer = true;
    let mut asked = this.clone();
    let mut walked = other.clone();
    if let Some(o) = other.downcast::<Set>()
        && o.get(py).table.len() > this.get(py).table.len()
    {
        asked = o.clone();
        walked = this.to_value();
    }
    each_of(py, &walked, |py, p| {
        answer = find(py, &asked, &p.key, p.hash)?.is_none();
        Ok(answer)
    })?;
    Ok(answer)
}

fn compared(py: &mut Py, op: CompareOp, this: &Ref<Set>, value: &Value) -> Result<Value> {
    let Some(o) = value.downcast::<Set>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let (a, b) = (this.get(py).table.len(), o.get(py).table.len());
    let answer = match op {
        CompareOp::Eq => equal(py, this, o)?,
        CompareOp::Ne => !equal(py, this, o)?,
        CompareOp::Lt => a < b && subset(py, this, o)?,
        CompareOp::Le => subset(py, this, o)?,
        CompareOp::Gt => a > b && subset(py, o, this)?,
        CompareOp::Ge => subset(py, o, this)?,
    };
    Ok(Value::bool(answer))
}

fn equal(py: &mut Py, a: &Ref<Set>, b: &Ref<Set>) -> Result<bool> {
    let (s, t) = (a.get(py), b.get(py));
    if s.table.len() != t.table.len() || matches!((s.hash, t.hash), (Some(x), Some(y)) if x != y) {
        return Ok(false);
    }
    subset(py, a, b)
}

fn repr(py: &mut Py, this: &Ref<Set>) -> Result<Value> {
    let name = py.class_name(this.as_value());
    if this.get(py).table.is_empty() {
        return Ok(py.str(&format!("{name}()")));
    }
    sequence::guarded_repr(py, this.as_value(), &format!("{name}(...)"), |py, out| {
        let plain = py.is_exact::<Set>(this.as_value());
        if !plain {
            out.extend_from_slice(name.as_bytes());
            out.push(b'(');
        }
        out.push(b'{');
        let items: Vec<Value> = this.get(py).table.iter().map(|p| p.key.clone()).collect();
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(b", ");
            }
            sequence::push_repr(py, out, item)?;
        }
        out.extend_from_slice(if plain { b"}" } else { b"})" });
        Ok(())
    })
}

fn reduce(py: &mut Py, this: &Ref<Set>) -> Result<Value> {
    let items = this.get(py).table.iter().map(|p| p.key.clone()).collect();
    let items = py.list(items);
    let arguments = py.tuple(vec![items]);
    let state = py.call_method(this.as_value(), "__getstate__", &[])?;
    let ty = py.type_of(this.as_value()).into_value();
    Ok(py.tuple(vec![ty, arguments, state]))
}

fn missing_key(key: &Value) -> Raised {
    key_error(key.clone())
}

/// `a OP b` for two sets; NotImplemented for anything else.
fn operator(
    py: &mut Py,
    this: &Ref<Set>,
    value: &Value,
    run: fn(&mut Py, &Ref<Set>, &Value) -> Result<Ref<Set>>,
) -> Result<Value> {
    if value.is_a::<Set>() { run(py, this, value).map(Ref::into_value) } else { Ok(Value::NOT_IMPLEMENTED) }
}

fn union(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Ref<Set>> {
    let new = copy_of(py, this);
    update(py, &new, value)?;
    Ok(new)
}

fn intersect_in_place(py: &mut Py, this: &Ref<Set>, other: &Value) -> Result<()> {
    let kept = intersection(py, this, other)?;
    let table = kept.get_mut(py).table.take();
    let old = std::mem::replace(&mut this.get_mut(py).table, table);
    drop(old);
    Ok(())
}

/// Declares a type's methods: those that sets and frozensets share, and the given ones.
macro_rules! set_methods {
    ($home:ident { $($own:tt)* }) => {
        #[methods]
        impl $home {
    /// See PEP 585
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, object: &Value) -> Result<Value> {
        crate::types::generic_alias::alias(py, cls, object)
    }
            /// Return the union of sets as a new set.
            #[py("(self, /, *others)")]
            fn union(py: &mut Py, this: &Ref<Set>, others: &[Value]) -> Result<Value> {
                let new = copy_of(py, this);
                for other in others {
                    update(py, &new, other)?;
                }
                Ok(new.into_value())
            }
            /// Return a new set with elements common to the set and all others.
            #[py("(self, /, *others)")]
            fn intersection(py: &mut Py, this: &Ref<Set>, others: &[Value]) -> Result<Value> {
                intersection_all(py, this, others).map(Ref::into_value)
            }
            /// Return a new set with elements in the set that are not in the others.
            #[py("(self, /, *others)")]
            fn difference(py: &mut Py, this: &Ref<Set>, others: &[Value]) -> Result<Value> {
                let Some(first) = others.first() else { return Ok(copy_of(py, this).into_value()) };
                let new = difference(py, this, first)?;
                for other in &others[1..] {
                    remove_all(py, &new, other)?;
                }
                Ok(new.into_value())
            }
            /// Return a new set with elements in either the set or other but not both.
            #[py("(self, other, /)")]
            fn symmetric_difference(py: &mut Py, this: &Ref<Set>, other: &Value) -> Result<Value> {
                symmetric(py, this, other).map(Ref::into_value)
            }
            /// Report whether another set contains this set.
            #[py("(self, other, /)")]
            fn issubset(py: &mut Py, this: &Ref<Set>, other: &Value) -> Result<bool> {
                let other = to_set(py, other)?;
                subset(py, this, &other)
            }
            /// Report whether this set contains another set.
            #[py("(self, other, /)")]
            fn issuperset(py: &mut Py, this: &Ref<Set>, other: &Value) -> Result<bool> {
                if let Some(o) = other.downcast::<Set>() {
                    return subset(py, o, this);
                }
                let mut answer = true;
                each_of(py, other, |py, p| {
                    answer = find(py, this, &p.key, p.hash)?.is_some();
                    Ok(answer)
                })?;
                Ok(answer)
            }
            /// Return True if two sets have a null intersection.
            #[py("(self, other, /)")]
            fn isdisjoint(py: &mut Py, this: &Ref<Set>, other: &Value) -> Result<bool> {
                disjoint(py, this, other)
            }
            #[py("(self, value, /)")]
            fn __or__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                operator(py, this, value, union)
            }
            #[py("(self, value, /)")]
            fn __ror__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                match value.downcast::<Set>() {
                    Some(o) => union(py, o, this.as_value()).map(Ref::into_value),
                    None => Ok(Value::NOT_IMPLEMENTED),
                }
            }
            #[py("(self, value, /)")]
            fn __and__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                operator(py, this, value, intersection)
            }
            #[py("(self, value, /)")]
            fn __rand__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                match value.downcast::<Set>() {
                    Some(o) => intersection(py, o, this.as_value()).map(Ref::into_value),
                    None => Ok(Value::NOT_IMPLEMENTED),
                }
            }
            #[py("(self, value, /)")]
            fn __sub__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                operator(py, this, value, difference)
            }
            #[py("(self, value, /)")]
            fn __rsub__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                match value.downcast::<Set>() {
                    Some(o) => difference(py, o, this.as_value()).map(Ref::into_value),
                    None => Ok(Value::NOT_IMPLEMENTED),
                }
            }
            #[py("(self, value, /)")]
            fn __xor__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                operator(py, this, value, symmetric)
            }
            #[py("(self, value, /)")]
            fn __rxor__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                match value.downcast::<Set>() {
                    Some(o) => symmetric(py, o, this.as_value()).map(Ref::into_value),
                    None => Ok(Value::NOT_IMPLEMENTED),
                }
            }
            #[py("(self, value, /)")]
            fn __eq__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Eq, this, value)
            }
            #[py("(self, value, /)")]
            fn __ne__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Ne, this, value)
            }
            #[py("(self, value, /)")]
            fn __lt__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Lt, this, value)
            }
            #[py("(self, value, /)")]
            fn __le__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Le, this, value)
            }
            #[py("(self, value, /)")]
            fn __gt__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Gt, this, value)
            }
            #[py("(self, value, /)")]
            fn __ge__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
                compared(py, CompareOp::Ge, this, value)
            }
            /// x.__contains__(y) <==> y in x.
            #[py("(self, object, /)")]
            fn __contains__(py: &mut Py, this: &Ref<Set>, object: &Value) -> Result<bool> {
                Ok(lookup(py, this, object)?.is_some())
            }
            #[py("(self, /)")]
            fn __len__(py: &mut Py, this: &Ref<Set>) -> usize {
                this.get(py).table.len()
            }
            #[py("(self, /)")]
            fn __iter__(py: &mut Py, this: &Ref<Set>) -> Value {
                SetIter::make(py, this)
            }
            #[py("(self, /)")]
            fn __repr__(py: &mut Py, this: &Ref<Set>) -> Result<Value> {
                repr(py, this)
            }
            /// Return state information for pickling.
            #[py("(self, /)")]
            fn __reduce__(py: &mut Py, this: &Ref<Set>) -> Result<Value> {
                reduce(py, this)
            }
            /// S.__sizeof__() -> size of S in memory, in bytes.
            #[py("(self, /)")]
            fn __sizeof__(py: &mut Py, this: &Ref<Set>) -> usize {
                16 + size_of::<Set>() + this.get(py).table.memory()
            }
            $($own)*
        }
    };
}

/// The methods of `set`.
pub struct SetMethods;

set_methods!(SetMethods {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Value {
        py.make_in(cls, Set::default()).into_value()
    }
    /// Initialize self.
    #[py("(self, iterable=(), /)")]
    fn __init__(py: &mut Py, this: &Ref<Set>, iterable: &Value) -> Result<()> {
        drop(this.get_mut(py).table.take());
        this.get_mut(py).table = super::Table::default();
        update(py, this, iterable)
    }
    /// Add an element to a set.
    ///
    /// This has no effect if the element is already present.
    #[py("(self, object, /)")]
    fn add(py: &mut Py, this: &Ref<Set>, object: &Value) -> Result<()> {
        add(py, this, object)
    }
    /// Remove all elements from this set.
    #[py("(self, /)")]
    fn clear(py: &mut Py, this: &Ref<Set>) {
        drop(this.get_mut(py).table.take());
    }
    /// Return a shallow copy of a set.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<Set>) -> Value {
        copy_of(py, this).into_value()
    }
    /// Remove an element from a set if it is a member.
    ///
    /// Unlike set.remove(), the discard() method does not raise
    /// an exception when an element is missing from the set.
    #[py("(self, object, /)")]
    fn discard(py: &mut Py, this: &Ref<Set>, object: &Value) -> Result<()> {
        match discard(py, this, object) {
            Err(e) if e.is(Exc::TypeError) && object.is_a::<Set>() => {
                if let Some(place) = lookup(py, this, object)? {
                    drop(this.get_mut(py).table.remove_at(place));
                }
                Ok(())
            }
            other => other.map(drop),
        }
    }
    /// Remove an element from a set; it must be a member.
    ///
    /// If the element is not a member, raise a KeyError.
    #[py("(self, object, /)")]
    fn remove(py: &mut Py, this: &Ref<Set>, object: &Value) -> Result<()> {
        match lookup(py, this, object)? {
            Some(place) => {
                drop(this.get_mut(py).table.remove_at(place));
                Ok(())
            }
            None => Err(missing_key(object)),
        }
    }
    /// Remove and return an arbitrary set element.
    ///
    /// Raises KeyError if the set is empty.
    #[py("(self, /)")]
    fn pop(py: &mut Py, this: &Ref<Set>) -> Result<Value> {
        match this.get_mut(py).table.pop() {
            Some(key) => Ok(key),
            None => Err(key_error(py.str("pop from an empty set"))),
        }
    }
    /// Update the set, adding elements from all others.
    #[py("(self, /, *others)")]
    fn update(py: &mut Py, this: &Ref<Set>, others: &[Value]) -> Result<()> {
        for other in others {
            update(py, this, other)?;
        }
        Ok(())
    }
    /// Update the set, keeping only elements found in it and all others.
    #[py("(self, /, *others)")]
    fn intersection_update(py: &mut Py, this: &Ref<Set>, others: &[Value]) -> Result<()> {
        let kept = intersection_all(py, this, others)?;
        intersect_in_place(py, this, kept.as_value())
    }
    /// Update the set, removing elements found in others.
    #[py("(self, /, *others)")]
    fn difference_update(py: &mut Py, this: &Ref<Set>, others: &[Value]) -> Result<()> {
        for other in others {
            remove_all(py, this, other)?;
        }
        Ok(())
    }
    /// Update the set, keeping only elements found in either set, but not in both.
    #[py("(self, other, /)")]
    fn symmetric_difference_update(py: &mut Py, this: &Ref<Set>, other: &Value) -> Result<()> {
        let other = to_set(py, other)?;
        toggle_all(py, this, &other)
    }
    #[py("(self, value, /)")]
    fn __ior__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
        if !value.is_a::<Set>() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        update(py, this, value)?;
        Ok(this.to_value())
    }
    #[py("(self, value, /)")]
    fn __iand__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
        if !value.is_a::<Set>() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        intersect_in_place(py, this, value)?;
        Ok(this.to_value())
    }
    #[py("(self, value, /)")]
    fn __isub__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
        if !value.is_a::<Set>() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        remove_all(py, this, value)?;
        Ok(this.to_value())
    }
    #[py("(self, value, /)")]
    fn __ixor__(py: &mut Py, this: &Ref<Set>, value: &Value) -> Result<Value> {
        let Some(other) = value.downcast::<Set>() else { return Ok(Value::NOT_IMPLEMENTED) };
        toggle_all(py, this, other)?;
        Ok(this.to_value())
    }
});

/// The methods of `frozenset`.
pub struct FrozenSetMethods;

set_methods!(FrozenSetMethods {
    /// Create and return a new object.
    #[staticmethod("(type, iterable=(), /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterable: &Value) -> Result<Value> {
        let own = cls.is(&py.type_named("frozenset"));
        if own && is_exact_frozen(py, iterable) {
            return Ok(iterable.clone());
        }
        let set = py.make_in(cls, Set::default());
        update(py, &set, iterable)?;
        Ok(set.into_value())
    }
    /// Return a shallow copy of a set.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<Set>) -> Value {
        if is_exact_frozen(py, this.as_value()) { this.to_value() } else { copy_of(py, this).into_value() }
    }
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Set>) -> i64 {
        if let Some(hash) = this.get(py).hash {
            return hash;
        }
        let hash = lockstep_text::hash::frozenset(this.get(py).table.iter().map(|p| p.hash as i64));
        this.get_mut(py).hash = Some(hash);
        hash
    }
});
