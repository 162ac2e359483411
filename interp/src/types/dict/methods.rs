//! The methods of `dict`.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;

use super::iter::{self, What};
use super::views::{DictItems, DictKeys, DictValues};
use super::{Dict, find, remove, set, set_default, set_hashed};
use crate::object::ops::Iter;
use crate::object::raise::{Exc, Raised, Result, key_error, runtime_error, type_error, value_error};
use crate::object::{Py, Special, Type};
use crate::types::generator::Generator;
use crate::types::iterator::quick_pair;
use crate::types::list::List;
use crate::types::sequence;
use crate::types::tuple::Tuple;
use crate::types::zip::Zip;

/// `dict.__doc__`
pub const DOC: &str = "dict() -> new empty dictionary\n\
dict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\n\
dict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\n\
dict(**kwargs) -> new dictionary initialized with the name=value pairs\n    in the keyword argument list.  For example:  dict(one=1, two=2)";

/// Whether the value is a dict that iterates as dicts do.
pub fn is_plain(py: &Py, value: &Value) -> bool {
    if py.is_exact::<Dict>(value) {
        return true;
    }
    if !value.is_a::<Dict>() {
        return false;
    }
    let own = py.type_for::<Dict>();
    match (py.special(value, Special::Iter), &own.get(py).specials[Special::Iter as usize]) {
        (Some(a), Some(b)) => a.is(b),
        _ => false,
    }
}

/// `target.update(source)` of two dicts.
pub fn merge(py: &mut Py, target: &Ref<Dict>, source: &Ref<Dict>) -> Result<()> {
    if target.is(source) || source.get(py).is_empty() {
        return Ok(());
    }
    if target.get(py).is_empty() {
        let mut copy = source.get(py).duplicate();
        let old = target.get_mut(py);
        copy.changes = old.changes.wrapping_add(1);
        let old = std::mem::replace(old, copy);
        drop(old);
        return Ok(());
    }
    let (used, mut place) = (source.get(py).used, 0);
    let wanted = target.get(py).used.max(used);
    target.get_mut(py).reserve(wanted);
    while place < source.get(py).places() {
        if let Some(e) = source.get(py).entry(place).cloned() {
            set_hashed(py, target, &e.key, e.hash, e.value)?;
            if source.get(py).used != used {
                return Err(runtime_error("dict mutated during update"));
            }
        }
        place += 1;
    }
    Ok(())
}

/// `target.update(source)`
pub fn update(py: &mut Py, target: &Ref<Dict>, source: &Value) -> Result<()> {
    if is_plain(py, source)
        && let Some(d) = source.downcast::<Dict>()
    {
        return merge(py, target, d);
    }
    if !is_sequence(py, source)
        && let Some(keys) = py.getattr_opt(source, "keys")?
    {
        let keys = py.call(&keys, &[])?;
        let mut keys = py.iter(&keys)?;
        while let Some(key) = keys.next(py)? {
            let value = py.getitem(source, &key)?;
            set(py, target, &key, value)?;
        }
        return Ok(());
    }
    let mut pairs = py.iter(source)?;
    let mut number = 0;
    loop {
        if let Iter::Any(iterator) = &pairs
            && let Some(pair) = quick_pair(py, iterator)
        {
            let Some((key, value)) = pair? else { break };
            set(py, target, &key, value)?;
            number += 1;
            continue;
        }
        let Some(pair) = pairs.next(py)? else { break };
        if let Some([key, value]) = pair.downcast::<Tuple>().filter(|_| py.is_exact::<Tuple>(&pair)).map(|t| t.slice()) {
            set(py, target, key, value.clone())?;
            number += 1;
            continue;
        }
        let items = match py.collect(&pair) {
            Ok(items) => items,
            Err(e) if e.is(Exc::TypeError) => {
                return Err(type_error(format!("cannot convert dictionary update sequence element #{number} to a sequence")));
            }
            Err(e) => return Err(e),
        };
        let [key, value] = items.as_slice() else {
            return Err(value_error(format!(
                "dictionary update sequence element #{number} has length {}; 2 is required",
                items.len()
            )));
        };
        set(py, target, key, value.clone())?;
        number += 1;
    }
    Ok(())
}

/// Whether the value has no keys for certain.
fn is_sequence(py: &Py, value: &Value) -> bool {
    py.is_exact::<Zip>(value) || py.is_exact::<List>(value) || py.is_exact::<Tuple>(value) || py.is_exact::<Generator>(value)
}

fn update_keywords(py: &mut Py, target: &Ref<Dict>, kwargs: &Value) -> Result<()> {
    match kwargs.downcast::<Dict>() {
        Some(d) => merge(py, target, d),
        None => Ok(()),
    }
}

/// Whether two dicts have equal keys and values.
pub fn equal(py: &mut Py, a: &Ref<Dict>, b: &Ref<Dict>) -> Result<bool> {
    if a.get(py).used != b.get(py).used {
        return Ok(false);
    }
    let mut place = 0;
    while place < a.get(py).places() {
        if let Some(e) = a.get(py).entry(place).cloned() {
            let Some(found) = find(py, b, &e.key, e.hash)? else { return Ok(false) };
            let Some(value) = b.get(py).value_at(found).cloned() else { return Ok(false) };
            if !py.eq(&e.value, &value)? {
                return Ok(false);
            }
        }
        place += 1;
    }
    Ok(true)
}

/// A KeyError or what `__missing__` of a subclass says.
fn missing(py: &mut Py, this: &Ref<Dict>, key: &Value) -> Result<Value> {
    if !py.is_exact::<Dict>(this.as_value())
        && let Some(result) = py.call_special(this.as_value(), Special::Missing, std::slice::from_ref(key))
    {
        return result;
    }
    Err(key_error(key.clone()))
}

/// A copy as a plain dict.
pub fn copy(py: &mut Py, this: &Ref<Dict>) -> Ref<Dict> {
    let copy = this.get(py).duplicate();
    py.make(copy)
}

/// A KeyError with a text.
fn key_message(py: &Py, text: &str) -> Raised {
    key_error(py.str(text))
}

/// The methods of `dict`.
pub struct DictMethods;

#[methods]
impl DictMethods {
    /// See PEP 585
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, object: &Value) -> Result<Value> {
        crate::types::generic_alias::alias(py, cls, object)
    }
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Value {
        py.make_in(cls, Dict::default()).into_value()
    }
    /// Initialize self.
    #[py("(self, iterable=<none>, /, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Dict>, iterable: Option<&Value>, kwargs: &Value) -> Result<()> {
        if let Some(source) = iterable {
            update(py, this, source)?;
        }
        update_keywords(py, this, kwargs)
    }
    /// Remove all items from the dict.
    #[py("(self, /)")]
    fn clear(py: &mut Py, this: &Ref<Dict>) {
        drop(this.get_mut(py).take_all());
    }
    /// Return a shallow copy of the dict.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<Dict>) -> Value {
        copy(py, this).into_value()
    }
    /// Create a new dictionary with keys from iterable and values set to value.
    #[classmethod("(type, iterable, value=None, /)")]
    fn fromkeys(py: &mut Py, cls: &Value, iterable: &Value, value: &Value) -> Result<Value> {
        let made = py.call(cls, &[])?;
        let own = if py.is_exact::<Dict>(&made) { made.downcast::<Dict>().cloned() } else { None };
        let Some(own) = own else {
            let mut keys = py.iter(iterable)?;
            while let Some(key) = keys.next(py)? {
                py.setitem(&made, &key, value.clone())?;
            }
            return Ok(made);
        };
        crate::types::set::each_of(py, iterable, |py, place| {
            super::set_hashed(py, &own, &place.key, place.hash, value.clone()).map(|()| true)
        })?;
        Ok(made)
    }
    /// Return the value for key if key is in the dictionary, else default.
    #[py("(self, key, default=None, /)")]
    fn get(py: &mut Py, this: &Ref<Dict>, key: &Value, default: &Value) -> Result<Value> {
        Ok(super::get(py, this, key)?.unwrap_or_else(|| default.clone()))
    }
    /// Return a set-like object providing a view on the dict's items.
    #[py("(self, /)")]
    fn items(py: &mut Py, this: &Ref<Dict>) -> Value {
        py.make(DictItems { dict: this.clone() }).into_value()
    }
    /// Return a set-like object providing a view on the dict's keys.
    #[py("(self, /)")]
    fn keys(py: &mut Py, this: &Ref<Dict>) -> Value {
        py.make(DictKeys { dict: this.clone() }).into_value()
    }
    /// Return an object providing a view on the dict's values.
    #[py("(self, /)")]
    fn values(py: &mut Py, this: &Ref<Dict>) -> Value {
        py.make(DictValues { dict: this.clone() }).into_value()
    }
    /// D.pop(k[,d]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[py("(self, key, default=<unrepresentable>, /)")]
    fn pop(py: &mut Py, this: &Ref<Dict>, key: &Value, default: Option<Value>) -> Result<Value> {
        if this.get(py).is_empty() {
            return default.ok_or_else(|| key_error(key.clone()));
        }
        match remove(py, this, key)? {
            Some((_, value)) => Ok(value),
            None => default.ok_or_else(|| key_error(key.clone())),
        }
    }
    /// Remove and return a (key, value) pair as a 2-tuple.
    ///
    /// Pairs are returned in LIFO (last-in, first-out) order.
    /// Raises KeyError if the dict is empty.
    #[py("(self, /)")]
    fn popitem(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
        match this.get(py).last_place() {
            Some(place) => {
                let (key, value) = this.get_mut(py).remove_at(place);
                Ok(py.tuple(vec![key, value]))
            }
            None => Err(key_message(py, "popitem(): dictionary is empty")),
        }
    }
    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[py("(self, key, default=None, /)")]
    fn setdefault(py: &mut Py, this: &Ref<Dict>, key: &Value, default: Value) -> Result<Value> {
        set_default(py, this, key, default)
    }
    /// D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.
    ///
    /// If E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]
    /// If E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v
    /// In either case, this is followed by: for k in F:  D[k] = F[k]
    #[py("(self, iterable=<none>, /, **kwargs)")]
    fn update(py: &mut Py, this: &Ref<Dict>, iterable: Option<&Value>, kwargs: &Value) -> Result<()> {
        if let Some(source) = iterable {
            update(py, this, source)?;
        }
        update_keywords(py, this, kwargs)
    }
    /// True if the dictionary has the specified key, else False.
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Ref<Dict>, key: &Value) -> Result<bool> {
        let hash = py.hash(key)? as u64;
        Ok(find(py, this, key, hash)?.is_some())
    }
    /// Return self[key].
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<Dict>, key: &Value) -> Result<Value> {
        match super::get(py, this, key)? {
            Some(value) => Ok(value),
            None => missing(py, this, key),
        }
    }
    #[py("(self, key, value, /)")]
    fn __setitem__(py: &mut Py, this: &Ref<Dict>, key: &Value, value: Value) -> Result<()> {
        set(py, this, key, value)
    }
    #[py("(self, key, /)")]
    fn __delitem__(py: &mut Py, this: &Ref<Dict>, key: &Value) -> Result<()> {
        match remove(py, this, key)? {
            Some(_) => Ok(()),
            None => Err(key_error(key.clone())),
        }
    }
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        match value.downcast::<Dict>() {
            Some(other) => Ok(Value::bool(equal(py, this, other)?)),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        match value.downcast::<Dict>() {
            Some(other) => Ok(Value::bool(!equal(py, this, other)?)),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        let Some(other) = value.downcast::<Dict>() else { return Ok(Value::NOT_IMPLEMENTED) };
        let new = copy(py, this);
        update(py, &new, other.as_value())?;
        Ok(new.into_value())
    }
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        let Some(other) = value.downcast::<Dict>() else { return Ok(Value::NOT_IMPLEMENTED) };
        let new = copy(py, other);
        update(py, &new, this.as_value())?;
        Ok(new.into_value())
    }
    #[py("(self, value, /)")]
    fn __ior__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        update(py, this, value)?;
        Ok(this.to_value())
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<Dict>) -> Value {
        iter::make(py, this, What::Keys, false)
    }
    /// Return a reverse iterator over the dict keys.
    #[py("(self, /)")]
    fn __reversed__(py: &mut Py, this: &Ref<Dict>) -> Value {
        iter::make(py, this, What::Keys, true)
    }
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Ref<Dict>) -> usize {
        this.get(py).len()
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
        sequence::guarded_repr(py, this.as_value(), "{...}", |py, out| {
            out.push(b'{');
            let (mut place, mut first) = (0, true);
            while place < this.get(py).places() {
                if let Some(e) = this.get(py).entry(place).cloned() {
                    if !first {
                        out.extend_from_slice(b", ");
                    }
                    first = false;
                    sequence::push_repr(py, out, &e.key)?;
                    out.extend_from_slice(b": ");
                    sequence::push_repr(py, out, &e.value)?;
                }
                place += 1;
            }
            out.push(b'}');
            Ok(())
        })
    }
    /// Return the size of the dict in memory.
    #[py("(self, /)")]
    fn __sizeof__(py: &mut Py, this: &Ref<Dict>) -> usize {
        16 + size_of::<Dict>() + this.get(py).memory()
    }
}
