//! `OrderedDict`: a dict whose entries can be taken to either end, and whose order counts in
//! comparisons.
//!
//! Subclasses may have methods of their own for items: then everything goes through these.

use lockstep_interp::object::define::TypeSpec;
use lockstep_interp::object::raise::{Result, key_error, runtime_error, type_error, value_error};
use lockstep_interp::object::{Members, Special, Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::{Py, Ref, Value, methods};

#[derive(Default)]
struct State {
    ty: Option<Ref<Type>>,
}

/// The type; made once per interpreter.
pub fn define(py: &mut Py) -> Ref<Type> {
    if let Some(ty) = py.state::<State>().ty.clone() {
        return ty;
    }
    let base = py.type_for::<Dict>();
    let shape = base.get(py).shape.derive(true, 0, 0);
    let ty = py.new_native_type(TypeSpec {
        name: "OrderedDict",
        module: "collections",
        doc: Some("Dictionary that remembers insertion order"),
        flags: TypeFlags::BASE | TypeFlags::MATCH_SELF | TypeFlags::MAPPING,
        base: Some(base),
        shape,
        members: OrderedDict::MEMBERS,
        unhashable: true,
    });
    py.state::<State>().ty = Some(ty.clone());
    ty
}

/// Whether reading, writing and deleting items is what a dict does.
fn is_plain(py: &Py, this: &Ref<Dict>) -> bool {
    let base = py.type_for::<Dict>();
    [Special::GetItem, Special::SetItem, Special::DelItem, Special::Contains].into_iter().all(|special| {
        match (py.special(this.as_value(), special), &base.get(py).specials[special as usize]) {
            (Some(own), Some(plain)) => own.is(plain),
            _ => false,
        }
    })
}

fn put(py: &mut Py, this: &Ref<Dict>, key: &Value, value: Value) -> Result<()> {
    if is_plain(py, this) { dict::set(py, this, key, value) } else { py.setitem(this.as_value(), key, value) }
}

/// The two items of a pair.
fn pair(py: &mut Py, item: &Value) -> Result<(Value, Value)> {
    let iterator = py.get_iter(item)?;
    let mut parts = Vec::with_capacity(2);
    while let Some(part) = py.next(&iterator)? {
        parts.push(part);
        if parts.len() > 2 {
            return Err(value_error("too many values to unpack (expected 2)"));
        }
    }
    match <[Value; 2]>::try_from(parts) {
        Ok([key, value]) => Ok((key, value)),
        Err(parts) => {
            let (n, plural) = (parts.len(), if parts.len() == 1 { "" } else { "s" });
            Err(value_error(format!("need more than {n} value{plural} to unpack")))
        }
    }
}

fn put_pairs(py: &mut Py, this: &Ref<Dict>, pairs: &Value) -> Result<()> {
    let iterator = py.get_iter(pairs)?;
    while let Some(item) = py.next(&iterator)? {
        let (key, value) = pair(py, &item)?;
        put(py, this, &key, value)?;
    }
    Ok(())
}

/// Take the entries of a mapping or of an iterable of pairs over.
fn update(py: &mut Py, this: &Ref<Dict>, source: &Value) -> Result<()> {
    if py.is_exact::<Dict>(source)
        && let Some(d) = source.downcast::<Dict>()
    {
        if is_plain(py, this) {
            return dict::methods::merge(py, this, d);
        }
        let entries: Vec<(Value, Value)> = d.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        return entries.into_iter().try_for_each(|(key, value)| put(py, this, &key, value));
    }
    if let Some(keys) = py.getattr_opt(source, "keys")? {
        let keys = py.call(&keys, &[])?;
        let keys = py.get_iter(&keys)?;
        while let Some(key) = py.next(&keys)? {
            let value = py.getitem(source, &key)?;
            put(py, this, &key, value)?;
        }
        return Ok(());
    }
    match py.getattr_opt(source, "items")? {
        Some(items) => {
            let items = py.call(&items, &[])?;
            put_pairs(py, this, &items)
        }
        None => put_pairs(py, this, source),
    }
}

/// `update(*args, **kwargs)`
fn update_all(py: &mut Py, this: &Ref<Dict>, args: &[Value], kwargs: &Value) -> Result<()> {
    if args.len() > 1 {
        return Err(type_error(format!("update() takes at most 1 positional argument ({} given)", args.len())));
    }
    if let Some(source) = args.first() {
        update(py, this, source)?;
    }
    match kwargs.downcast::<Dict>() {
        Some(d) if !d.get(py).is_empty() => update(py, this, kwargs),
        _ => Ok(()),
    }
}

fn is_ordered(py: &mut Py, value: &Value) -> bool {
    let ty = define(py);
    py.is_instance_of(value, &ty)
}

/// Whether two have the same keys in the same order.
fn same_order(py: &mut Py, a: &Ref<Dict>, b: &Ref<Dict>) -> Result<bool> {
    let keys = |d: &Ref<Dict>, py: &Py| d.get(py).keys().cloned().collect::<Vec<_>>();
    let changes = |py: &Py| (a.get(py).changes(), b.get(py).changes());
    let before = changes(py);
    for (x, y) in keys(a, py).iter().zip(&keys(b, py)) {
        let same = x.is(y) || py.eq(x, y)?;
        if changes(py) != before {
            return Err(runtime_error("OrderedDict mutated during iteration"));
        }
        if !same {
            return Ok(false);
        }
    }
    Ok(a.get(py).len() == b.get(py).len())
}

/// Another one of the same class with the entries of `this` and of `more`.
fn joined(py: &mut Py, class: &Value, this: &Value, more: &Value) -> Result<Value> {
    let class = py.type_of(class).into_value();
    let new = py.call(&class, std::slice::from_ref(this))?;
    match new.downcast::<Dict>() {
        Some(d) => update(py, d, more)?,
        None => return Err(type_error(format!("expected a dict, not '{}'", py.type_name(&new)))),
    }
    Ok(new)
}

struct OrderedDict;

#[methods]
impl OrderedDict {
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Dict>, args: &[Value], kwargs: &Value) -> Result<()> {
        if args.len() > 1 {
            return Err(type_error(format!("expected at most 1 arguments, got {}", args.len())));
        }
        update_all(py, this, args, kwargs)
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        let Some(other) = value.downcast::<Dict>() else { return Ok(Value::NOT_IMPLEMENTED) };
        if !dict::methods::equal(py, this, other)? {
            return Ok(Value::FALSE);
        }
        Ok(Value::bool(!is_ordered(py, value) || same_order(py, this, other)?))
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        let equal = Self::__eq__(py, this, value)?;
        Ok(if equal.is_not_implemented() { equal } else { Value::bool(equal.is(&Value::FALSE)) })
    }
    /// Return self|value.
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        if value.is_a::<Dict>() { joined(py, this.as_value(), this.as_value(), value) } else { Ok(Value::NOT_IMPLEMENTED) }
    }
    /// Return value|self.
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        if value.is_a::<Dict>() { joined(py, this.as_value(), value, this.as_value()) } else { Ok(Value::NOT_IMPLEMENTED) }
    }
    /// Return self|=value.
    #[py("(self, value, /)")]
    fn __ior__(py: &mut Py, this: &Ref<Dict>, value: &Value) -> Result<Value> {
        update(py, this, value)?;
        Ok(this.to_value())
    }
    /// Return state information for pickling
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
        let state = py.call_method(this.as_value(), "__getstate__", &[])?;
        let items = py.call_method(this.as_value(), "items", &[])?;
        let items = py.get_iter(&items)?;
        let class = py.type_of(this.as_value()).into_value();
        let args = py.tuple(Vec::new());
        Ok(py.tuple(vec![class, args, state, Value::NONE, items]))
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
        let name = py.class_name(this.as_value());
        if this.get(py).is_empty() {
            return Ok(py.str(&format!("{name}()")));
        }
        if !py.repr_enter(this.as_value()) {
            return Ok(py.str("..."));
        }
        let shown = if is_plain(py, this) {
            Ok(dict::methods::copy(py, this).into_value())
        } else {
            // What the object says its items are.
            let class = py.type_for::<Dict>().into_value();
            py.call_method(this.as_value(), "items", &[]).and_then(|items| py.call(&class, &[items]))
        };
        let text = shown.and_then(|content| py.repr(&content));
        py.repr_leave(this.as_value());
        let text = [name.as_bytes(), b"(", text?.as_bytes(), b")"].concat();
        Ok(py.new_str_bytes(&text).into_value())
    }
    /// A shallow copy of ordered dict.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<Dict>) -> Result<Value> {
        let class = py.type_of(this.as_value()).into_value();
        let new = py.call(&class, &[])?;
        let keys: Vec<Value> = this.get(py).keys().cloned().collect();
        for key in keys {
            let value = py.getitem(this.as_value(), &key)?;
            py.setitem(&new, &key, value)?;
        }
        Ok(new)
    }
    /// Create a new ordered dictionary with keys from iterable and values set to value.
    #[classmethod("(cls, /, iterable, value=None)")]
    fn fromkeys(py: &mut Py, cls: &Value, iterable: &Value, value: Value) -> Result<Value> {
        let new = py.call(cls, &[])?;
        let iterator = py.get_iter(iterable)?;
        while let Some(key) = py.next(&iterator)? {
            py.setitem(&new, &key, value.clone())?;
        }
        Ok(new)
    }
    /// Move an existing element to the end (or beginning if last is false).
    ///
    /// Raise KeyError if the element does not exist.
    #[py("(self, /, key, last=True)")]
    fn move_to_end(py: &mut Py, this: &Ref<Dict>, key: &Value, last: bool) -> Result<()> {
        let hash = py.hash(key)? as u64;
        let Some(place) = dict::find(py, this, key, hash)? else { return Err(key_error(key.clone())) };
        let d = this.get_mut(py);
        if last {
            d.move_last(place)
        } else {
            d.move_first(place)
        }
        Ok(())
    }
    /// od.pop(key[,default]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[py("(self, /, key, default=<unrepresentable>)")]
    fn pop(py: &mut Py, this: &Ref<Dict>, key: &Value, default: Option<Value>) -> Result<Value> {
        let found = dict::remove(py, this, key)?.map(|(_, value)| value);
        found.or(default).ok_or_else(|| key_error(key.clone()))
    }
    /// Remove and return a (key, value) pair from the dictionary.
    ///
    /// Pairs are returned in LIFO order if last is true or FIFO order if false.
    #[py("(self, /, last=True)")]
    fn popitem(py: &mut Py, this: &Ref<Dict>, last: bool) -> Result<Value> {
        let d = this.get_mut(py);
        match if last { d.last_place() } else { d.first_place() } {
            Some(place) => {
                let (key, value) = d.remove_at(place);
                Ok(py.tuple_from([key, value]))
            }
            None => Err(key_error(py.str("dictionary is empty"))),
        }
    }
    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[py("(self, /, key, default=None)")]
    fn setdefault(py: &mut Py, this: &Ref<Dict>, key: &Value, default: Value) -> Result<Value> {
        if is_plain(py, this) {
            return dict::set_default(py, this, key, default);
        }
        if py.contains(this.as_value(), key)? {
            return py.getitem(this.as_value(), key);
        }
        py.setitem(this.as_value(), key, default.clone())?;
        Ok(default)
    }
    /// D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.
    #[py("(self, /, *args, **kwargs)")]
    fn update(py: &mut Py, this: &Ref<Dict>, args: &[Value], kwargs: &Value) -> Result<()> {
        update_all(py, this, args, kwargs)
    }
}
