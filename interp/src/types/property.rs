//! `property`: an attribute computed by functions.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Exc, Result, attribute_error, type_error};
use crate::object::{NativeType, Py, Type};
use crate::types::str::Str;

/// The payload of a `property`.
#[derive(Default)]
pub struct Property {
    /// `fget`
    pub get: Option<Value>,
    /// `fset`
    pub set: Option<Value>,
    /// `fdel`
    pub del: Option<Value>,
    /// `__doc__`
    pub doc: Option<Value>,
    /// `__name__`
    pub name: Option<Value>,
    /// The documentation is that of the getter.
    pub getter_doc: bool,
}

impl Object for Property {
    type Access = Guarded;
    const TAG: Tag = Tag::PROPERTY;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        for v in [&self.get, &self.set, &self.del, &self.doc, &self.name] {
            visit.option(v);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        let p = std::mem::take(self);
        out.extend([p.get, p.set, p.del, p.doc, p.name].into_iter().flatten());
    }
}

fn given(value: &Value) -> Option<Value> {
    if value.is_none() || value.is_unbound() { None } else { Some(value.clone()) }
}

/// The name: set, or that of the getter.
fn own_name(py: &mut Py, this: &Ref<Property>) -> Result<Option<Value>> {
    let p = this.get(py);
    if let Some(name) = &p.name {
        return Ok(Some(name.clone()));
    }
    match p.get.clone() {
        Some(get) => py.getattr_opt(&get, "__name__"),
        None => Ok(None),
    }
}

/// `property 'x' of 'C' object has no setter`
fn lacks(py: &mut Py, this: &Ref<Property>, object: &Value, what: &str) -> crate::object::Raised {
    let class = py.type_of(object).get(py).qualname.to_string();
    let name = own_name(py, this).ok().flatten().and_then(|n| n.downcast::<Str>().cloned());
    match name {
        Some(name) => attribute_error(format!("property '{name}' of '{class}' object has no {what}"), object, &name),
        None => {
            let blank = py.intern("");
            attribute_error(format!("property of '{class}' object has no {what}"), object, &blank)
        }
    }
}

fn read_only(py: &mut Py, this: &Ref<Property>, name: &str) -> crate::object::Raised {
    let name = py.intern(name);
    attribute_error("readonly attribute", this.as_value(), &name)
}

impl Property {
    /// The attribute of `object`.
    pub fn read(py: &mut Py, this: &Ref<Property>, object: &Value) -> Result<Value> {
        match this.get(py).get.clone() {
            Some(get) => py.call(&get, std::slice::from_ref(object)),
            None => Err(lacks(py, this, object, "getter")),
        }
    }
}

/// A copy with another function; of the same class.
fn copy_with(py: &mut Py, this: &Ref<Property>, change: impl FnOnce(&mut [Value; 3])) -> Result<Value> {
    let p = this.get(py);
    let part = |v: &Option<Value>| v.clone().unwrap_or(Value::NONE);
    let old = [part(&p.get), part(&p.set), part(&p.del)];
    let (doc, getter_doc, name) = (part(&p.doc), p.getter_doc, p.name.clone());
    let mut parts = old.clone();
    change(&mut parts);
    for (new, old) in parts.iter_mut().zip(old) {
        if new.is_none() {
            *new = old;
        }
    }
    let doc = if getter_doc && !parts[0].is_none() { Value::NONE } else { doc };
    let [get, set, del] = parts;
    let parts = [get, set, del, doc];
    let class = py.type_of(this.as_value());
    let made = py.call(class.as_value(), &parts)?;
    if let Some(made) = made.downcast::<Property>() {
        made.get_mut(py).name = name;
    }
    Ok(made)
}

#[methods]
impl Property {
    /// Delete an attribute of instance.
    #[py("(self, instance, /)")]
    fn __delete__(py: &mut Py, this: &Ref<Property>, instance: &Value) -> Result<()> {
        match this.get(py).del.clone() {
            Some(del) => py.call(&del, std::slice::from_ref(instance)).map(drop),
            None => Err(lacks(py, this, instance, "deleter")),
        }
    }
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<Property>, instance: &Value, _owner: &Value) -> Result<Value> {
        if instance.is_none() {
            return Ok(this.to_value());
        }
        Property::read(py, this, instance)
    }
    /// Initialize self.
    #[py("(self, fget=None, fset=None, fdel=None, doc=None)")]
    fn __init__(py: &mut Py, this: &Ref<Property>, fget: &Value, fset: &Value, fdel: &Value, doc: &Value) -> Result<()> {
        let mut own = Property { get: given(fget), set: given(fset), del: given(fdel), doc: given(doc), ..Property::default() };
        if own.doc.is_none()
            && let Some(get) = &own.get
            && let Some(doc) = py.getattr_opt(get, "__doc__")?
        {
            own.getter_doc = !doc.is_none();
            own.doc = given(&doc);
        }
        if py.is_exact::<Property>(this.as_value()) {
            *this.get_mut(py) = own;
            return Ok(());
        }
        // A subclass keeps its documentation where instances look first.
        let doc = own.doc.take().unwrap_or(Value::NONE);
        let from_getter = own.getter_doc;
        *this.get_mut(py) = own;
        match py.setattr(this.as_value(), "__doc__", doc) {
            Err(e) if from_getter || !e.is(Exc::AttributeError) => Err(e),
            _ => Ok(()),
        }
    }
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Value {
        py.make_in(cls, Property::default()).into_value()
    }
    /// Set an attribute of instance to value.
    #[py("(self, instance, value, /)")]
    fn __set__(py: &mut Py, this: &Ref<Property>, instance: &Value, value: Value) -> Result<()> {
        match this.get(py).set.clone() {
            Some(set) => py.call(&set, &[instance.clone(), value]).map(drop),
            None => Err(lacks(py, this, instance, "setter")),
        }
    }
    /// Method to set name of a property.
    #[py("(self, /, *args)")]
    fn __set_name__(py: &mut Py, this: &Ref<Property>, args: &[Value]) -> Result<()> {
        let [_, name] = args else {
            return Err(type_error(format!("__set_name__() takes 2 positional arguments but {} were given", args.len())));
        };
        this.get_mut(py).name = Some(name.clone());
        Ok(())
    }
    /// Descriptor to obtain a copy of the property with a different deleter.
    #[py("(self, object, /)")]
    fn deleter(py: &mut Py, this: &Ref<Property>, object: Value) -> Result<Value> {
        copy_with(py, this, |p| p[2] = object)
    }
    /// Descriptor to obtain a copy of the property with a different getter.
    #[py("(self, object, /)")]
    fn getter(py: &mut Py, this: &Ref<Property>, object: Value) -> Result<Value> {
        copy_with(py, this, |p| p[0] = object)
    }
    /// Descriptor to obtain a copy of the property with a different setter.
    #[py("(self, object, /)")]
    fn setter(py: &mut Py, this: &Ref<Property>, object: Value) -> Result<Value> {
        copy_with(py, this, |p| p[1] = object)
    }
    #[getter]
    fn __doc__(py: &mut Py, this: &Ref<Property>) -> Option<Value> {
        this.get(py).doc.clone()
    }
    #[setter(__doc__)]
    fn set_doc(py: &mut Py, this: &Ref<Property>, value: Option<Value>) {
        // Where it came from stays as it was: a copy with another getter takes that one's.
        let p = this.get_mut(py);
        p.doc = value.filter(|v| !v.is_none());
    }
    #[getter]
    fn __isabstractmethod__(py: &mut Py, this: &Ref<Property>) -> Result<bool> {
        let p = this.get(py);
        for f in [p.get.clone(), p.set.clone(), p.del.clone()].into_iter().flatten() {
            if super::method::is_abstract(py, &f)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    #[getter]
    fn __name__(py: &mut Py, this: &Ref<Property>) -> Result<Value> {
        match own_name(py, this)? {
            Some(name) => Ok(name),
            None => {
                let name = py.intern("__name__");
                Err(crate::object::raise::no_attribute(py, this.as_value(), &name))
            }
        }
    }
    #[setter(__name__)]
    fn set_own_name(py: &mut Py, this: &Ref<Property>, value: Option<Value>) {
        this.get_mut(py).name = value;
    }
    #[getter]
    fn fdel(py: &mut Py, this: &Ref<Property>) -> Option<Value> {
        this.get(py).del.clone()
    }
    #[getter]
    fn fget(py: &mut Py, this: &Ref<Property>) -> Option<Value> {
        this.get(py).get.clone()
    }
    #[getter]
    fn fset(py: &mut Py, this: &Ref<Property>) -> Option<Value> {
        this.get(py).set.clone()
    }
    #[setter(fdel)]
    fn set_fdel(py: &mut Py, this: &Ref<Property>, _value: Option<Value>) -> Result<()> {
        Err(read_only(py, this, "fdel"))
    }
    #[setter(fget)]
    fn set_fget(py: &mut Py, this: &Ref<Property>, _value: Option<Value>) -> Result<()> {
        Err(read_only(py, this, "fget"))
    }
    #[setter(fset)]
    fn set_fset(py: &mut Py, this: &Ref<Property>, _value: Option<Value>) -> Result<()> {
        Err(read_only(py, this, "fset"))
    }
}

impl NativeType for Property {
    const NAME: &'static str = "property";
    const DOC: Option<&'static str> = Some(
        "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x.",
    );
}
