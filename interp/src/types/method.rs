//! `method`: a function bound to an object; `classmethod` and `staticmethod`.

use lockstep_heap::{Frozen, Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Result, no_attribute, type_error};
use crate::object::{NativeType, Py, Type};

/// The payload of a bound method.
pub struct BoundMethod {
    /// `__func__`
    pub function: Value,
    /// `__self__`
    pub receiver: Value,
}

impl Object for BoundMethod {
    type Access = Frozen;
    const TAG: Tag = Tag::BOUND_METHOD;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.function);
        visit.value(&self.receiver);
    }
}

impl BoundMethod {
    /// `function` bound to `receiver`.
    #[inline]
    pub fn bind(py: &Py, function: &Value, receiver: &Value) -> Value {
        py.make(BoundMethod { function: function.clone(), receiver: receiver.clone() }).into_value()
    }
}

/// The payload of a `classmethod`.
pub struct ClassMethod {
    /// `__func__`
    pub function: Value,
}

impl Object for ClassMethod {
    type Access = Guarded;
    const TAG: Tag = Tag::CLASS_METHOD;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.function);
    }
}

/// The payload of a `staticmethod`.
pub struct StaticMethod {
    /// `__func__`
    pub function: Value,
}

impl Object for StaticMethod {
    type Access = Guarded;
    const TAG: Tag = Tag::STATIC_METHOD;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.function);
    }
}

impl ClassMethod {
    /// The function bound to a class.
    pub fn bind_to(py: &mut Py, this: &Ref<ClassMethod>, ty: &Ref<Type>) -> Value {
        let function = this.get(py).function.clone();
        match function.downcast::<crate::types::native::Native>() {
            Some(native) if native.binds() => native.bound(py, ty.to_value()),
            _ => BoundMethod::bind(py, &function, ty.as_value()),
        }
    }
}

/// Whether `value.__isabstractmethod__` is true.
pub fn is_abstract(py: &mut Py, value: &Value) -> Result<bool> {
    if let Some(f) = value.downcast::<crate::types::function::Function>()
        && py.is_exact::<crate::types::function::Function>(value)
        && f.header().shape().is_empty()
        && !f.header().shape().dict_mode()
    {
        return Ok(false);
    }
    match py.getattr_opt(value, "__isabstractmethod__")? {
        Some(flag) => py.truth(&flag),
        None => Ok(false),
    }
}

/// An attribute of the wrapped function.
fn forwarded(py: &mut Py, wrapper: &Value, function: &Value, name: &str) -> Result<Value> {
    match py.getattr_opt(function, name)? {
        Some(value) => Ok(value),
        None => {
            let name = py.intern(name);
            Err(no_attribute(py, wrapper, &name))
        }
    }
}

#[methods]
impl BoundMethod {
    /// Call self as a function.
    #[py("(self, /, *args, **kwargs)")]
    fn __call__(py: &mut Py, this: &Ref<BoundMethod>, args: &[Value], kwargs: &Value) -> Result<Value> {
        let keywords = crate::types::r#type::keywords_of(py, kwargs);
        let mut all = Vec::with_capacity(args.len() + 1);
        all.push(this.receiver.clone());
        all.extend_from_slice(args);
        py.call_kw(&this.function, &all, &keywords)
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<BoundMethod>, value: &Value) -> Result<Value> {
        let Some(other) = value.downcast::<BoundMethod>() else { return Ok(Value::NOT_IMPLEMENTED) };
        Ok(Value::bool(this.receiver.is(&other.receiver) && py.eq(&this.function, &other.function)?))
    }
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(_py: &mut Py, this: &Ref<BoundMethod>, _instance: &Value, _owner: &Value) -> Value {
        this.to_value()
    }
    /// Return getattr(self, name).
    #[py("(self, name, /)")]
    fn __getattribute__(py: &mut Py, this: &Ref<BoundMethod>, name: &Value) -> Result<Value> {
        let name = py.attribute_name(name)?;
        let own = py.type_of(this.as_value());
        if let Some(meta) = py.lookup(&own, &name) {
            return py.bind_descriptor(&meta, this.as_value(), &own);
        }
        match py.getattr_opt_str(&this.function, &name)? {
            Some(value) => Ok(value),
            None => Err(no_attribute(py, &this.function, &name)),
        }
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<BoundMethod>) -> Result<i64> {
        let function = py.hash(&this.function)?;
        Ok((this.receiver.id() >> 4) as i64 ^ function)
    }
    /// Create and return a new object.
    #[staticmethod("(type, function, instance, /)")]
    fn __new__(py: &mut Py, _cls: &Ref<Type>, function: &Value, instance: &Value) -> Result<Value> {
        if !py.is_callable(function) {
            return Err(type_error("first argument must be callable"));
        }
        if instance.is_none() {
            return Err(type_error("instance must not be None"));
        }
        Ok(BoundMethod::bind(py, function, instance))
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<BoundMethod>) -> Result<Value> {
        let name = py.getattr(&this.function, "__name__")?;
        let builtins = py.shared().builtins.clone();
        let getattr = builtins.and_then(|d| crate::types::dict::get_name(py, &d, "getattr")).unwrap_or(Value::NONE);
        let args = py.tuple(vec![this.receiver.clone(), name]);
        Ok(py.tuple(vec![getattr, args]))
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<BoundMethod>) -> Result<String> {
        let mut name = py.getattr_opt(&this.function, "__qualname__")?;
        if name.is_none() {
            name = py.getattr_opt(&this.function, "__name__")?;
        }
        let name =
            name.and_then(|n| n.downcast::<crate::types::str::Str>().map(ToString::to_string)).unwrap_or_else(|| "?".to_owned());
        let receiver = py.repr(&this.receiver)?;
        Ok(format!("<bound method {name} of {receiver}>"))
    }
    #[getter]
    fn __doc__(py: &mut Py, this: &Ref<BoundMethod>) -> Result<Value> {
        Ok(py.getattr_opt(&this.function, "__doc__")?.unwrap_or(Value::NONE))
    }
    /// the function (or other callable) implementing a method
    #[getter]
    fn __func__(_py: &mut Py, this: &Ref<BoundMethod>) -> Value {
        this.function.clone()
    }
    /// the instance to which a method is bound
    #[getter]
    fn __self__(_py: &mut Py, this: &Ref<BoundMethod>) -> Value {
        this.receiver.clone()
    }
}

impl NativeType for BoundMethod {
    const NAME: &'static str = "method";
    const FLAGS: u32 = 0;
    const DOC: Option<&'static str> = Some("Create a bound instance method object.");
}

#[methods]
impl ClassMethod {
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<ClassMethod>, instance: &Value, owner: &Value) -> Value {
        let ty = match owner.downcast::<Type>() {
            Some(ty) => ty.clone(),
            None => py.type_of(instance),
        };
        ClassMethod::bind_to(py, this, &ty)
    }
    /// Initialize self.
    #[py("(self, function, /)")]
    fn __init__(py: &mut Py, this: &Ref<ClassMethod>, function: Value) {
        this.get_mut(py).function = function;
    }
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], kwargs: &Value) -> Result<Value> {
        let function = only_function(py, cls, "classmethod", args, kwargs)?;
        Ok(py.make_in(cls, ClassMethod { function }).into_value())
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<ClassMethod>) -> Result<String> {
        let function = this.get(py).function.clone();
        Ok(format!("<classmethod({})>", py.repr(&function)?))
    }
    #[getter]
    fn __annotate__(py: &mut Py, this: &Ref<ClassMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__annotate__")
    }
    #[getter]
    fn __annotations__(py: &mut Py, this: &Ref<ClassMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__annotations__")
    }
    #[getter]
    fn __doc__(py: &mut Py, this: &Ref<ClassMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__doc__")
    }
    #[getter]
    fn __func__(py: &mut Py, this: &Ref<ClassMethod>) -> Value {
        this.get(py).function.clone()
    }
    #[getter]
    fn __isabstractmethod__(py: &mut Py, this: &Ref<ClassMethod>) -> Result<bool> {
        let function = this.get(py).function.clone();
        is_abstract(py, &function)
    }
    #[getter]
    fn __module__(py: &mut Py, this: &Ref<ClassMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__module__")
    }
    #[getter]
    fn __name__(py: &mut Py, this: &Ref<ClassMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__name__")
    }
    #[getter]
    fn __qualname__(py: &mut Py, this: &Ref<ClassMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__qualname__")
    }
    #[getter]
    fn __wrapped__(py: &mut Py, this: &Ref<ClassMethod>) -> Value {
        this.get(py).function.clone()
    }
}

/// The one argument of `classmethod` and `staticmethod`; a subclass's own `__init__` may take more.
fn only_function(py: &Py, cls: &Ref<Type>, name: &str, args: &[Value], kwargs: &Value) -> Result<Value> {
    if cls.get(py).flags.has(crate::object::TypeFlags::HEAP) {
        return Ok(args.first().cloned().unwrap_or(Value::NONE));
    }
    if kwargs.downcast::<crate::types::dict::Dict>().is_some_and(|d| !d.get(py).is_empty()) {
        return Err(type_error(format!("{name}() takes no keyword arguments")));
    }
    match args {
        [function] => Ok(function.clone()),
        _ => Err(type_error(format!("{name} expected 1 argument, got {}", args.len()))),
    }
}

impl NativeType for ClassMethod {
    const NAME: &'static str = "classmethod";
    const DICT: bool = true;
    const DOC: Option<&'static str> = Some("classmethod(function) -> method\n\nConvert a function to be a class method.");
}

#[methods]
impl StaticMethod {
    /// Call self as a function.
    #[py("(self, /, *args, **kwargs)")]
    fn __call__(py: &mut Py, this: &Ref<StaticMethod>, args: &[Value], kwargs: &Value) -> Result<Value> {
        let keywords = crate::types::r#type::keywords_of(py, kwargs);
        let function = this.get(py).function.clone();
        py.call_kw(&function, args, &keywords)
    }
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<StaticMethod>, _instance: &Value, _owner: &Value) -> Value {
        this.get(py).function.clone()
    }
    /// Initialize self.
    #[py("(self, function, /)")]
    fn __init__(py: &mut Py, this: &Ref<StaticMethod>, function: Value) {
        this.get_mut(py).function = function;
    }
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], kwargs: &Value) -> Result<Value> {
        let function = only_function(py, cls, "staticmethod", args, kwargs)?;
        Ok(py.make_in(cls, StaticMethod { function }).into_value())
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<StaticMethod>) -> Result<String> {
        let function = this.get(py).function.clone();
        Ok(format!("<staticmethod({})>", py.repr(&function)?))
    }
    #[getter]
    fn __annotate__(py: &mut Py, this: &Ref<StaticMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__annotate__")
    }
    #[getter]
    fn __annotations__(py: &mut Py, this: &Ref<StaticMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__annotations__")
    }
    #[getter]
    fn __doc__(py: &mut Py, this: &Ref<StaticMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__doc__")
    }
    #[getter]
    fn __func__(py: &mut Py, this: &Ref<StaticMethod>) -> Value {
        this.get(py).function.clone()
    }
    #[getter]
    fn __isabstractmethod__(py: &mut Py, this: &Ref<StaticMethod>) -> Result<bool> {
        let function = this.get(py).function.clone();
        is_abstract(py, &function)
    }
    #[getter]
    fn __module__(py: &mut Py, this: &Ref<StaticMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__module__")
    }
    #[getter]
    fn __name__(py: &mut Py, this: &Ref<StaticMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__name__")
    }
    #[getter]
    fn __qualname__(py: &mut Py, this: &Ref<StaticMethod>) -> Result<Value> {
        let function = this.get(py).function.clone();
        forwarded(py, this.as_value(), &function, "__qualname__")
    }
    #[getter]
    fn __wrapped__(py: &mut Py, this: &Ref<StaticMethod>) -> Value {
        this.get(py).function.clone()
    }
}

impl NativeType for StaticMethod {
    const NAME: &'static str = "staticmethod";
    const DICT: bool = true;
    const DOC: Option<&'static str> = Some("staticmethod(function) -> method\n\nConvert a function to be a static method.");
}
