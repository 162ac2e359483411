//! `super`: attributes looked up behind a class in the MRO of an object's class.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Result, no_attribute, type_error};
use crate::object::{NativeType, Py, Type};

/// The payload of a `super` object.
#[derive(Default)]
pub struct Super {
    /// `__thisclass__`
    pub class: Option<Value>,
    /// `__self__`; none if unbound.
    pub object: Option<Value>,
    /// `__self_class__`: where the MRO is taken from.
    pub start: Option<Value>,
}

impl Object for Super {
    type Access = Guarded;
    const TAG: Tag = Tag::SUPER;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.class);
        visit.option(&self.object);
        visit.option(&self.start);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend([self.class.take(), self.object.take(), self.start.take()].into_iter().flatten());
    }
}

/// The class whose MRO counts for `super(class, object)`.
fn start_of(py: &mut Py, class: &Ref<Type>, object: &Value) -> Result<Ref<Type>> {
    if let Some(ty) = object.downcast::<Type>()
        && py.is_subtype(ty, class)
    {
        return Ok(ty.clone());
    }
    let own = py.type_of(object);
    if py.is_subtype(&own, class) {
        return Ok(own);
    }
    if let Some(claimed) = py.getattr_opt(object, "__class__")?
        && let Some(claimed) = claimed.downcast::<Type>()
        && !claimed.is(&own)
        && py.is_subtype(claimed, class)
    {
        return Ok(claimed.clone());
    }
    let what = if object.is_a::<Type>() { "type" } else { "instance of" };
    let name = match object.downcast::<Type>() {
        Some(ty) => ty.get(py).name.to_string(),
        None => own.get(py).name.to_string(),
    };
    Err(type_error(format!(
        "super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({}).",
        class.get(py).name
    )))
}

fn find(py: &mut Py, this: &Ref<Super>, name: &Ref<crate::types::str::Str>) -> Result<Option<Value>> {
    let s = this.get(py);
    let (Some(class), Some(start), Some(object)) = (&s.class, &s.start, s.object.clone()) else { return Ok(None) };
    let (Some(class), Some(start)) = (class.downcast::<Type>().cloned(), start.downcast::<Type>().cloned()) else {
        return Ok(None);
    };
    let Some(found) = crate::vm::after_in_mro(py, &start, &class, name) else { return Ok(None) };
    if object.is(start.as_value()) {
        return py.bind_to_class(&found, &start).map(Some);
    }
    py.bind_descriptor(&found, &object, &start).map(Some)
}

#[methods]
impl Super {
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<Super>, instance: &Value, _owner: &Value) -> Result<Value> {
        if instance.is_none() || this.get(py).object.is_some() {
            return Ok(this.to_value());
        }
        let Some(class) = this.get(py).class.clone() else { return Ok(this.to_value()) };
        if !py.is_exact::<Super>(this.as_value()) {
            let own = py.type_of(this.as_value());
            return py.call(own.as_value(), &[class, instance.clone()]);
        }
        let Some(ty) = class.downcast::<Type>() else { return Ok(this.to_value()) };
        let start = start_of(py, ty, instance)?.into_value();
        Ok(py.make(Super { class: Some(class), object: Some(instance.clone()), start: Some(start) }).into_value())
    }
    /// Return getattr(self, name).
    #[py("(self, name, /)")]
    fn __getattribute__(py: &mut Py, this: &Ref<Super>, name: &Value) -> Result<Value> {
        let name = py.attribute_name(name)?;
        if name.as_bytes() != b"__class__"
            && let Some(value) = find(py, this, &name)?
        {
            return Ok(value);
        }
        match py.generic_getattr(this.as_value(), &name)? {
            Some(value) => Ok(value),
            None => Err(no_attribute(py, this.as_value(), &name)),
        }
    }
    /// Initialize self.
    #[py("(self, type=<unbound>, object_or_type=<unbound>, /)")]
    fn __init__(py: &mut Py, this: &Ref<Super>, class: Option<Value>, object: Option<Value>) -> Result<()> {
        let (class, object) = match class {
            Some(class) => (class, object),
            None => {
                let (class, object) = crate::vm::super_context(py)?;
                (class, Some(object))
            }
        };
        let Some(ty) = class.downcast::<Type>() else {
            return Err(type_error(format!("super() argument 1 must be a type, not {}", py.type_name(&class))));
        };
        let object = object.filter(|o| !o.is_none());
        let start = match &object {
            Some(object) => Some(start_of(py, ty, object)?.into_value()),
            None => None,
        };
        *this.get_mut(py) = Super { class: Some(class), object, start };
        Ok(())
    }
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Value {
        py.make_in(cls, Super::default()).into_value()
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Super>) -> String {
        let s = this.get(py);
        let name = |v: &Option<Value>| match v.as_ref().and_then(|v| v.downcast::<Type>()) {
            Some(ty) => ty.get(py).name.to_string(),
            None => "NULL".to_owned(),
        };
        match s.start {
            Some(_) => format!("<super: <class '{}'>, <{} object>>", name(&s.class), name(&s.start)),
            None => format!("<super: <class '{}'>, NULL>", name(&s.class)),
        }
    }
    /// the instance invoking super(); may be None
    #[getter]
    fn __self__(py: &mut Py, this: &Ref<Super>) -> Option<Value> {
        this.get(py).object.clone()
    }
    /// the type of the instance invoking super(); may be None
    #[getter]
    fn __self_class__(py: &mut Py, this: &Ref<Super>) -> Option<Value> {
        this.get(py).start.clone()
    }
    /// the class invoking super()
    #[getter]
    fn __thisclass__(py: &mut Py, this: &Ref<Super>) -> Option<Value> {
        this.get(py).class.clone()
    }
}

impl NativeType for Super {
    const NAME: &'static str = "super";
    const DOC: Option<&'static str> = Some(
        "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    );
}
