//! `itemgetter`, `attrgetter` and `methodcaller`.

use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::str::Str;
use lockstep_interp::{Frozen, Object, Py, Ref, Value, Visitor, methods};

/// `itemgetter`
pub struct ItemGetter {
    items: Vec<Value>,
}

impl Object for ItemGetter {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.items);
    }
}

/// `name(repr, repr, ...)`
fn show(py: &mut Py, this: &Value, parts: &[Value]) -> Result<Value> {
    let name = py.class_name(this);
    let module = "operator";
    let mut text = format!("{module}.{name}(").into_bytes();
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            text.extend_from_slice(b", ");
        }
        text.extend_from_slice(py.repr(part)?.as_bytes());
    }
    text.push(b')');
    Ok(py.new_str_bytes(&text).into_value())
}

#[methods]
impl ItemGetter {
    /// Return a callable object that fetches the given item(s) from its operand.
    #[staticmethod("(type, item, /, *items)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, item: Value, items: &[Value]) -> Value {
        let items = std::iter::once(item).chain(items.iter().cloned()).collect();
        py.make_in(cls, ItemGetter { items }).into_value()
    }
    /// Call self as a function.
    #[py("(self, obj, /)")]
    fn __call__(py: &mut Py, this: &Ref<ItemGetter>, obj: &Value) -> Result<Value> {
        if let [item] = this.items.as_slice() {
            return py.getitem(obj, item);
        }
        let mut out = Vec::with_capacity(this.items.len());
        for item in &this.items {
            out.push(py.getitem(obj, item)?);
        }
        Ok(py.tuple(out))
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<ItemGetter>) -> Value {
        let class = py.type_of(this.as_value()).into_value();
        let items = py.tuple(this.items.clone());
        py.tuple(vec![class, items])
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<ItemGetter>) -> Result<Value> {
        show(py, this.as_value(), &this.items)
    }
}

impl NativeType for ItemGetter {
    const NAME: &'static str = "itemgetter";
    const MODULE: &'static str = "operator";
    const DOC: Option<&'static str> = Some("Return a callable object that fetches the given item(s) from its operand.");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `attrgetter`
pub struct AttrGetter {
    names: Vec<Value>,
    /// The names taken apart at their dots, interned.
    paths: Vec<Vec<Ref<Str>>>,
}

impl Object for AttrGetter {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.names);
    }
}

fn follow(py: &mut Py, object: &Value, path: &[Ref<Str>]) -> Result<Value> {
    let mut at = object.clone();
    for name in path {
        at = py.getattr_str(&at, name)?;
    }
    Ok(at)
}

#[methods]
impl AttrGetter {
    /// Return a callable object that fetches the given attribute(s) from its operand.
    #[staticmethod("(type, attr, /, *attrs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, attr: Value, attrs: &[Value]) -> Result<Value> {
        let names: Vec<Value> = std::iter::once(attr).chain(attrs.iter().cloned()).collect();
        let mut paths = Vec::with_capacity(names.len());
        for name in &names {
            let Some(text) = name.downcast::<Str>() else { return Err(type_error("attribute name must be a string")) };
            let path = text.as_bytes().split(|b| *b == b'.').map(|part| py.intern_bytes(part)).collect();
            paths.push(path);
        }
        Ok(py.make_in(cls, AttrGetter { names, paths }).into_value())
    }
    /// Call self as a function.
    #[py("(self, obj, /)")]
    fn __call__(py: &mut Py, this: &Ref<AttrGetter>, obj: &Value) -> Result<Value> {
        if let [path] = this.paths.as_slice() {
            return follow(py, obj, path);
        }
        let mut out = Vec::with_capacity(this.paths.len());
        for path in &this.paths {
            out.push(follow(py, obj, path)?);
        }
        Ok(py.tuple(out))
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<AttrGetter>) -> Value {
        let class = py.type_of(this.as_value()).into_value();
        let names = py.tuple(this.names.clone());
        py.tuple(vec![class, names])
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<AttrGetter>) -> Result<Value> {
        show(py, this.as_value(), &this.names)
    }
}

impl NativeType for AttrGetter {
    const NAME: &'static str = "attrgetter";
    const MODULE: &'static str = "operator";
    const DOC: Option<&'static str> = Some("Return a callable object that fetches the given attribute(s) from its operand.");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `methodcaller`
pub struct MethodCaller {
    name: Ref<Str>,
    args: Vec<Value>,
    keywords: Vec<(Ref<Str>, Value)>,
}

impl Object for MethodCaller {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.args);
        visit.all(self.keywords.iter().map(|(_, v)| v));
    }
}

#[methods]
impl MethodCaller {
    /// Return a callable object that calls the given method on its operand.
    #[staticmethod("(type, name, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, name: &Value, args: &[Value], kwargs: &Value) -> Result<Value> {
        let Some(name) = name.downcast::<Str>() else { return Err(type_error("method name must be a string")) };
        let name = py.intern_str(name);
        let keywords = py.kwargs(kwargs);
        Ok(py.make_in(cls, MethodCaller { name, args: args.to_vec(), keywords }).into_value())
    }
    /// Call self as a function.
    #[py("(self, obj, /)")]
    fn __call__(py: &mut Py, this: &Ref<MethodCaller>, obj: &Value) -> Result<Value> {
        let method = py.getattr_str(obj, &this.name)?;
        py.call_kw(&method, &this.args, &this.keywords)
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<MethodCaller>) -> Result<Value> {
        let class = py.type_of(this.as_value()).into_value();
        let mut args = vec![this.name.to_value()];
        if this.keywords.is_empty() {
            args.extend(this.args.iter().cloned());
            let args = py.tuple(args);
            return Ok(py.tuple(vec![class, args]));
        }
        // Keyword arguments travel in a `functools.partial` of the class.
        let modules = py.shared().modules.clone();
        let functools = modules.and_then(|m| lockstep_interp::types::dict::get_name(py, &m, "functools"));
        let Some(functools) = functools else { return Err(type_error("functools must be imported to pickle keyword arguments")) };
        let partial = py.getattr(&functools, "partial")?;
        let constructor = py.call_kw(&partial, &[class, this.name.to_value()], &this.keywords)?;
        let args = py.tuple(this.args.clone());
        Ok(py.tuple(vec![constructor, args]))
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<MethodCaller>) -> Result<Value> {
        let mut text = b"operator.methodcaller(".to_vec();
        text.extend_from_slice(py.repr(this.name.as_value())?.as_bytes());
        for arg in &this.args {
            text.extend_from_slice(b", ");
            text.extend_from_slice(py.repr(arg)?.as_bytes());
        }
        for (name, value) in &this.keywords {
            text.extend_from_slice(b", ");
            text.extend_from_slice(name.as_bytes());
            text.push(b'=');
            text.extend_from_slice(py.repr(value)?.as_bytes());
        }
        text.push(b')');
        Ok(py.new_str_bytes(&text).into_value())
    }
}

impl NativeType for MethodCaller {
    const NAME: &'static str = "methodcaller";
    const MODULE: &'static str = "operator";
    const DOC: Option<&'static str> = Some("Return a callable object that calls the given method on its operand.");
    const FLAGS: u32 = TypeFlags::BASE;
}
