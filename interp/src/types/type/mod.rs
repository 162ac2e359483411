//! `type`: classes made by class statements and by calling `type`.

pub mod attributes;
pub mod layout;
pub mod new;

use std::any::TypeId;

use lockstep_heap::{Instance, Ref, Value};
use lockstep_macros::methods;

use crate::object::raise::{Result, no_attribute, type_error};
use crate::object::{Py, Special, Type, TypeFlags};
use crate::types::dict::{self, Dict};
use crate::types::function::Function;
use crate::types::native::{Kind, Native};
use crate::types::str::Str;

/// Keyword arguments out of the dict that `**kwargs` collected.
pub fn keywords_of(py: &Py, collected: &Value) -> Vec<(Ref<Str>, Value)> {
    match collected.downcast::<Dict>() {
        Some(d) => d.get(py).iter().filter_map(|(k, v)| Some((k.downcast::<Str>()?.clone(), v.clone()))).collect(),
        None => Vec::new(),
    }
}

/// `<class 'int'>` for the type of a value, as some messages show it.
pub fn shown_type(py: &mut Py, value: &Value) -> String {
    let ty = py.type_of(value);
    py.repr_lossy(ty.as_value())
}

/// Call a class as `type.__call__` does: `__new__`, then `__init__` if the result is an instance.
pub fn call(py: &mut Py, ty: &Ref<Type>, args: &[Value], keywords: &[(Ref<Str>, Value)]) -> Result<Value> {
    if ty.get(py).flags.has(TypeFlags::METATYPE) && ty.as_value().is(py.plain_metatype().clone().as_value()) {
        if args.len() == 1 && keywords.is_empty() {
            return Ok(py.type_of(&args[0]).into_value());
        }
        if args.len() != 3 {
            return Err(type_error("type() takes 1 or 3 arguments"));
        }
    }
    if keywords.is_empty()
        && let Some(made) = crate::types::exception::quick_new(py, ty, args)
    {
        return Ok(made);
    }
    if keywords.is_empty()
        && let Some(made) = crate::types::construct::quick(py, ty, args)
    {
        return made;
    }
    if ty.get(py).flags.has(TypeFlags::NO_NEW) {
        return Err(no_instances(py, ty));
    }
    let Some(new) = ty.get(py).specials[Special::New as usize].clone() else { return Err(no_instances(py, ty)) };
    let mut all = Vec::with_capacity(args.len() + 1);
    all.push(ty.to_value());
    all.extend_from_slice(args);
    let object = match new.downcast::<Native>() {
        Some(native) if native.kind == Kind::New => {
            let plain = native.owner.as_ref().is_some_and(|o| o.is(py.object_class().clone().as_value()));
            if plain && ty.get(py).shape.payload() != TypeId::of::<Instance>() {
                return Err(no_instances(py, ty));
            }
            crate::types::native::call_native(py, native, &all, keywords)?
        }
        _ => {
            // `__new__` is a static method: no binding beyond what a class attribute gets.
            let new = py.bind_to_class(&new, ty)?;
            py.call_kw(&new, &all, keywords)?
        }
    };
    initialise(py, ty, &object, args, keywords)?;
    Ok(object)
}

/// What a call of a class does with the object that its `__new__` has returned: the `__init__` of its
/// own class is called if it is an instance.
pub(crate) fn initialise(
    py: &mut Py,
    ty: &Ref<Type>,
    object: &Value,
    args: &[Value],
    keywords: &[(Ref<Str>, Value)],
) -> Result<()> {
    if !py.is_instance_of(object, ty) {
        return Ok(());
    }
    let own = py.type_of(object);
    if own.get(py).flags.has(TypeFlags::CUSTOM_INIT)
        && let Some(init) = own.get(py).specials[Special::Init as usize].clone()
    {
        let result = if init.is_a::<Function>() || init.downcast::<Native>().is_some_and(|n| n.binds()) {
            let all: Vec<Value> = std::iter::once(object).chain(args).cloned().collect();
            py.call_kw(&init, &all, keywords)?
        } else {
            let bound = py.bind_descriptor(&init, object, &own)?;
            py.call_kw(&bound, args, keywords)?
        };
        if !result.is_none() {
            return Err(type_error(format!("__init__() should return None, not '{}'", py.type_name(&result))));
        }
    }
    Ok(())
}

fn no_instances(py: &mut Py, ty: &Ref<Type>) -> crate::object::Raised {
    type_error(format!("cannot create '{}' instances", py.full_name(ty)))
}

/// The methods of `type`.
pub struct TypeMethods;

#[methods]
impl TypeMethods {
    /// Call self as a function.
    #[py("(self, /, *args, **kwargs)")]
    fn __call__(py: &mut Py, this: &Ref<Type>, args: &[Value], kwargs: &Value) -> Result<Value> {
        let keywords = keywords_of(py, kwargs);
        call(py, this, args, &keywords)
    }
    /// Implement delattr(self, name).
    #[py("(self, name, /)")]
    fn __delattr__(py: &mut Py, this: &Ref<Type>, name: &Value) -> Result<()> {
        let name = py.attribute_name(name)?;
        py.type_setattr(this, &name, None)
    }
    /// Specialized __dir__ implementation for types.
    #[py("(self, /)")]
    fn __dir__(py: &mut Py, this: &Ref<Type>) -> Result<Value> {
        attributes::dir(py, this)
    }
    /// Return getattr(self, name).
    #[py("(self, name, /)")]
    fn __getattribute__(py: &mut Py, this: &Ref<Type>, name: &Value) -> Result<Value> {
        let name = py.attribute_name(name)?;
        match py.type_getattr(this, &name)? {
            Some(value) => Ok(value),
            None => Err(no_attribute(py, this.as_value(), &name)),
        }
    }
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, _this: &Ref<Type>, args: &[Value], kwargs: &Value) -> Result<()> {
        if args.len() == 1 && kwargs.downcast::<Dict>().is_some_and(|d| !d.get(py).is_empty()) {
            return Err(type_error("type.__init__() takes no keyword arguments"));
        }
        if args.len() != 1 && args.len() != 3 {
            return Err(type_error("type.__init__() takes 1 or 3 arguments"));
        }
        Ok(())
    }
    /// Check if an object is an instance.
    #[py("(self, instance, /)")]
    fn __instancecheck__(py: &mut Py, this: &Ref<Type>, instance: &Value) -> Result<bool> {
        attributes::instance_check(py, this, instance)
    }
    /// Create and return a new object.
    #[staticmethod("(metatype, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], kwargs: &Value) -> Result<Value> {
        let keywords = keywords_of(py, kwargs);
        new::from_arguments(py, cls, args, &keywords)
    }
    /// Return self|value.
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        attributes::union(py, this, value)
    }
    /// Create the namespace for the class statement
    #[classmethod("(cls, /, *args, **kwargs)")]
    fn __prepare__(py: &mut Py, _cls: &Value, _args: &[Value], _kwargs: &Value) -> Value {
        py.new_dict().into_value()
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Type>) -> Result<Value> {
        attributes::repr(py, this)
    }
    /// Return value|self.
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        attributes::union(py, value, this)
    }
    /// Implement setattr(self, name, value).
    #[py("(self, name, value, /)")]
    fn __setattr__(py: &mut Py, this: &Ref<Type>, name: &Value, value: Value) -> Result<()> {
        let name = py.attribute_name(name)?;
        py.type_setattr(this, &name, Some(value))
    }
    /// Return memory consumption of the type object.
    #[py("(self, /)")]
    fn __sizeof__(py: &mut Py, this: &Ref<Type>) -> usize {
        this.shape().object_size() + size_of_val(&*this.get(py).specials)
    }
    /// Check if a class is a subclass.
    #[py("(self, subclass, /)")]
    fn __subclasscheck__(py: &mut Py, this: &Ref<Type>, subclass: &Value) -> Result<bool> {
        attributes::subclass_check(py, this, subclass)
    }
    /// Return a list of immediate subclasses.
    #[py("(self, /)")]
    fn __subclasses__(py: &mut Py, this: &Ref<Type>) -> Value {
        let all = py.subclasses_of(this).into_iter().map(Ref::into_value).collect();
        py.list(all)
    }
    /// Return a type's method resolution order.
    #[py("(self, /)")]
    fn mro(py: &mut Py, this: &Ref<Type>) -> Result<Value> {
        let bases = this.get(py).bases.clone();
        let order = new::c3(py, this, &bases)?;
        Ok(py.list(order.into_iter().map(Ref::into_value).collect()))
    }

    #[getter]
    fn __abstractmethods__(py: &mut Py, this: &Ref<Type>) -> Result<Value> {
        attributes::abstract_methods(py, this)
    }
    #[setter(__abstractmethods__)]
    fn set_abstract_methods(py: &mut Py, this: &Ref<Type>, value: Option<Value>) -> Result<()> {
        attributes::set_abstract_methods(py, this, value)
    }
    #[getter]
    fn __annotate__(py: &mut Py, this: &Ref<Type>) -> Result<Value> {
        attributes::annotate(py, this)
    }
    #[setter(__annotate__)]
    fn set_annotate(py: &mut Py, this: &Ref<Type>, value: Option<Value>) -> Result<()> {
        attributes::set_annotate(py, this, value)
    }
    #[getter]
    fn __annotations__(py: &mut Py, this: &Ref<Type>) -> Result<Value> {
        attributes::annotations(py, this)
    }
    #[setter(__annotations__)]
    fn set_annotations(py: &mut Py, this: &Ref<Type>, value: Option<Value>) -> Result<()> {
        attributes::set_annotations(py, this, value)
    }
    #[getter]
    fn __base__(py: &mut Py, this: &Ref<Type>) -> Option<Value> {
        this.get(py).base.as_ref().map(Ref::to_value)
    }
    #[getter]
    fn __bases__(py: &mut Py, this: &Ref<Type>) -> Value {
        let bases = this.get(py).bases.iter().map(Ref::to_value).collect();
        py.tuple(bases)
    }
    #[setter(__bases__)]
    fn set_bases(py: &mut Py, this: &Ref<Type>, value: Option<Value>) -> Result<()> {
        attributes::set_bases(py, this, value)
    }
    #[getter]
    fn __basicsize__(py: &mut Py, this: &Ref<Type>) -> usize {
        this.get(py).shape.object_size()
    }
    #[getter]
    fn __dict__(py: &mut Py, this: &Ref<Type>) -> Result<Value> {
        attributes::dict_proxy(py, this)
    }
    #[getter]
    fn __dictoffset__(py: &mut Py, this: &Ref<Type>) -> usize {
        this.get(py).shape.dict_offset().unwrap_or(0)
    }
    #[getter]
    fn __doc__(py: &mut Py, this: &Ref<Type>) -> Result<Value> {
        attributes::doc(py, this)
    }
    #[setter(__doc__)]
    fn set_doc(py: &mut Py, this: &Ref<Type>, value: Option<Value>) -> Result<()> {
        attributes::set_own(py, this, "__doc__", value)
    }
    #[getter]
    fn __flags__(py: &mut Py, this: &Ref<Type>) -> u64 {
        attributes::flags(py, this)
    }
    #[getter]
    fn __itemsize__(py: &mut Py, this: &Ref<Type>) -> usize {
        layout::item_size(py, this)
    }
    #[getter]
    fn __module__(py: &mut Py, this: &Ref<Type>) -> Result<Value> {
        attributes::module(py, this)
    }
    #[setter(__module__)]
    fn set_module(py: &mut Py, this: &Ref<Type>, value: Option<Value>) -> Result<()> {
        attributes::set_own(py, this, "__module__", value)?;
        // A line of another file.
        let (dict, name) = (this.get(py).dict.clone(), py.intern("__firstlineno__"));
        drop(dict::remove_str(py, &dict, &name));
        Ok(())
    }
    #[getter]
    fn __mro__(py: &mut Py, this: &Ref<Type>) -> Value {
        if this.get(py).mro.is_empty() {
            // Its metaclass's `mro()` is at work.
            return Value::NONE;
        }
        let order = this.get(py).mro.iter().map(Ref::to_value).collect();
        py.tuple(order)
    }
    #[getter]
    fn __name__(py: &mut Py, this: &Ref<Type>) -> Value {
        this.get(py).name.to_value()
    }
    #[setter(__name__)]
    fn set_name(py: &mut Py, this: &Ref<Type>, value: Option<Value>) -> Result<()> {
        attributes::set_name(py, this, value)
    }
    #[getter]
    fn __qualname__(py: &mut Py, this: &Ref<Type>) -> Value {
        this.get(py).qualname.to_value()
    }
    #[setter(__qualname__)]
    fn set_qualname(py: &mut Py, this: &Ref<Type>, value: Option<Value>) -> Result<()> {
        attributes::set_qualname(py, this, value)
    }
    #[getter]
    fn __text_signature__(py: &mut Py, this: &Ref<Type>) -> Option<String> {
        crate::object::about::class_signature(py, this)
    }
    #[getter]
    fn __type_params__(py: &mut Py, this: &Ref<Type>) -> Value {
        // In the namespace of `type` itself is this attribute.
        let own = attributes::own(py, this, "__type_params__").filter(|_| !this.is(py.plain_metatype()));
        own.unwrap_or_else(|| py.tuple(Vec::new()))
    }
    #[setter(__type_params__)]
    fn set_type_params(py: &mut Py, this: &Ref<Type>, value: Option<Value>) -> Result<()> {
        attributes::set_own(py, this, "__type_params__", value)
    }
    #[getter]
    fn __weakrefoffset__(py: &mut Py, this: &Ref<Type>) -> usize {
        if layout::weakrefable(py, this) { this.get(py).shape.object_size() } else { 0 }
    }
}
