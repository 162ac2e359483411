//! `object`, `None`, `NotImplemented`, `Ellipsis`: what every value inherits.

pub mod reduce;

use std::any::TypeId;

use lockstep_heap::{Instance, Ref, Value};
use lockstep_macros::methods;

use crate::object::raise::{Result, attribute_error, no_attribute, type_error};
use crate::object::special::CompareOp;
use crate::object::{Py, Special, Type, TypeFlags};
use crate::types::dict::{self, Dict};
use crate::types::str::Str;
use crate::types::r#type::{attributes, layout};

/// The methods of `object`.
pub struct ObjectMethods;

fn any_excess(py: &Py, args: &[Value], kwargs: &Value) -> bool {
    !args.is_empty() || kwargs.downcast::<Dict>().is_some_and(|d| !d.get(py).is_empty())
}

/// The error of making an instance of a class with abstract methods.
#[cold]
fn abstract_error(py: &mut Py, cls: &Ref<Type>) -> Result<Value> {
    let methods = attributes::abstract_methods(py, cls)?;
    let mut names = Vec::new();
    for name in py.collect(&methods)? {
        names.push(py.str_of(&name)?.to_string());
    }
    names.sort();
    let plural = if names.len() == 1 { "" } else { "s" };
    let list = names.iter().map(|n| format!("'{n}'")).collect::<Vec<_>>().join(", ");
    Err(type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{plural} {list}",
        cls.get(py).name
    )))
}

/// `object.__repr__`: `<module.Class object at 0x...>`
pub fn default_repr(py: &mut Py, this: &Value) -> Result<Value> {
    let ty = py.type_of(this);
    let module = attributes::module(py, &ty).ok().and_then(|m| m.downcast::<Str>().map(ToString::to_string));
    let t = ty.get(py);
    let text = match module {
        Some(m) if m != "builtins" => format!("<{m}.{} object at {:#x}>", t.qualname, this.id()),
        _ => format!("<{} object at {:#x}>", t.name, this.id()),
    };
    Ok(py.str(&text))
}

/// The getter of `__dict__`.
pub fn dict_getter(py: &mut Py, args: &[Value]) -> Result<Value> {
    let object = &args[0];
    match py.instance_dict(object) {
        Some(d) => Ok(d.into_value()),
        None => {
            let name = py.intern("__dict__");
            // A class or another object whose builtin type has its own idea of it.
            let ty = py.type_of(object);
            let native = native_base(py, object);
            match native.get(py).dict.get(py).get_str(&name).cloned() {
                Some(descriptor) => py.bind_descriptor(&descriptor, object, &ty),
                None => Err(no_attribute(py, object, &name)),
            }
        }
    }
}

/// The setter of `__dict__`.
pub fn dict_setter(py: &mut Py, args: &[Value]) -> Result<Value> {
    let (object, value) = (&args[0], &args[1]);
    if value.is_unbound() && native_base_has_dict(py, object) {
        return Err(type_error("cannot delete __dict__"));
    }
    if !value.is_a::<Dict>() && !value.is_unbound() {
        return Err(type_error(format!("__dict__ must be set to a dictionary, not a '{}'", py.type_name(value))));
    }
    let name = py.intern("__dict__");
    if object.is_a::<crate::types::module::Module>() {
        return Err(attribute_error("readonly attribute", object, &name));
    }
    let (Some(_), Some(header)) = (py.instance_dict(object), object.header()) else {
        return Err(attribute_error("This object has no __dict__", object, &name));
    };
    let new = if value.is_unbound() { py.new_dict().into_value() } else { value.clone() };
    drop(header.set_dict(Some(new), py));
    Ok(Value::NONE)
}

/// Whether the builtin type that the object's class is built on has a dict already.
fn native_base_has_dict(py: &Py, object: &Value) -> bool {
    native_base(py, object).get(py).shape.has_dict()
}

/// The builtin type that the object's class is built on.
fn native_base(py: &Py, object: &Value) -> Ref<Type> {
    let mut at = py.type_of(object);
    while at.get(py).flags.has(TypeFlags::HEAP) {
        match at.get(py).base.clone() {
            Some(base) => at = base,
            None => break,
        }
    }
    at
}

/// The getter of `__weakref__`.
pub fn weakref_getter(py: &mut Py, args: &[Value]) -> Result<Value> {
    Ok(crate::types::weakref::references(py, &args[0]).into_iter().next().unwrap_or(Value::NONE))
}

/// `object.__class__ = new`
fn set_class(py: &mut Py, this: &Value, new: Option<Value>) -> Result<()> {
    let Some(new) = new else { return Err(type_error("can't delete __class__ attribute")) };
    let Some(new) = new.downcast::<Type>().cloned() else {
        return Err(type_error(format!("__class__ must be set to a class, not '{}' object", py.type_name(&new))));
    };
    let old = py.type_of(this);
    layout::check_class_change(py, &old, &new)?;
    let Some(header) = this.header() else { return Ok(()) };
    let shape = new.get(py).shape.clone();
    // Attributes go through a dict unless the new class has the same room: names must be the
    // same objects in both, which interning gives.
    let (from, to) = (header.shape(), &shape);
    if from.capacity() == to.capacity() && !from.dict_mode() {
        let names: Vec<Value> = (0..from.len()).filter_map(|k| from.name(k)).collect();
        let mut at = to.clone();
        let mut fits = true;
        for name in &names {
            match at.add(name) {
                Some(next) => at = next,
                None => {
                    fits = false;
                    break;
                }
            }
        }
        if fits {
            header.change_shape(&at, py);
            birth_flags(py, header, &new);
            return Ok(());
        }
    }
    if from.has_dict() {
        py.instance_dict(this);
    }
    layout::move_to_class(py, this, &new);
    birth_flags(py, header, &new);
    Ok(())
}

/// An object that changes its class gets the care at death that the new class wants.
fn birth_flags(py: &Py, header: &lockstep_heap::Header, ty: &Ref<Type>) {
    if ty.get(py).specials[Special::Del as usize].is_some() {
        header.set(lockstep_heap::flags::FINALIZE);
    } else {
        header.clear(lockstep_heap::flags::FINALIZE);
    }
}

#[methods]
impl ObjectMethods {
    /// Implement delattr(self, name).
    #[py("(self, name, /)")]
    fn __delattr__(py: &mut Py, this: &Value, name: &Value) -> Result<()> {
        let name = py.attribute_name(name)?;
        hack_check(py, this, "__delattr__")?;
        py.generic_setattr(this, &name, None)
    }
    /// Default dir() implementation.
    #[py("(self, /)")]
    fn __dir__(py: &mut Py, this: &Value) -> Result<Value> {
        let out = py.new_dict();
        if let Some(own) = py.getattr_opt(this, "__dict__")?
            && own.is_a::<Dict>()
        {
            for key in py.collect(&own)? {
                dict::set(py, &out, &key, Value::NONE)?;
            }
        }
        if let Some(class) = py.getattr_opt(this, "__class__")? {
            attributes::merge_class_names(py, &out, &class)?;
        }
        let names = out.get(py).keys().cloned().collect();
        Ok(py.list(names))
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(_py: &mut Py, this: &Value, value: &Value) -> Value {
        if this.is(value) { Value::TRUE } else { Value::NOT_IMPLEMENTED }
    }
    /// Default object formatter.
    #[py("(self, format_spec, /)")]
    fn __format__(py: &mut Py, this: &Value, format_spec: &Value) -> Result<Value> {
        let Some(spec) = format_spec.downcast::<Str>() else {
            return Err(type_error(format!("__format__() argument must be str, not {}", py.type_name(format_spec))));
        };
        if !spec.is_empty() {
            return Err(type_error(format!("unsupported format string passed to {}.__format__", py.type_name(this))));
        }
        Ok(py.str_of(this)?.into_value())
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(_py: &mut Py, _this: &Value, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// Return getattr(self, name).
    #[py("(self, name, /)")]
    fn __getattribute__(py: &mut Py, this: &Value, name: &Value) -> Result<Value> {
        let name = py.attribute_name(name)?;
        match py.generic_getattr(this, &name)? {
            Some(value) => Ok(value),
            None => Err(no_attribute(py, this, &name)),
        }
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __getstate__(py: &mut Py, this: &Value) -> Result<Value> {
        reduce::default_state(py, this, false)
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(_py: &mut Py, _this: &Value, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(_py: &mut Py, this: &Value) -> i64 {
        (this.id().rotate_right(4) >> 4) as i64
    }
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Value, args: &[Value], kwargs: &Value) -> Result<()> {
        if any_excess(py, args, kwargs) {
            let ty = py.type_of(this);
            let flags = ty.get(py).flags;
            if flags.has(TypeFlags::CUSTOM_INIT) {
                return Err(type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
            }
            if !flags.has(TypeFlags::CUSTOM_NEW) {
                let name = ty.get(py).name.to_string();
                return Err(type_error(format!("{name}.__init__() takes exactly one argument (the instance to initialize)")));
            }
        }
        Ok(())
    }
    /// This method is called when a class is subclassed.
    #[classmethod("(cls, /, *args, **kwargs)")]
    fn __init_subclass__(py: &mut Py, cls: &Ref<Type>, args: &[Value], kwargs: &Value) -> Result<()> {
        let name = cls.get(py).qualname.to_string();
        if !args.is_empty() {
            return Err(type_error(format!("{name}.__init_subclass__() takes no arguments ({} given)", args.len())));
        }
        if any_excess(py, &[], kwargs) {
            return Err(type_error(format!("{name}.__init_subclass__() takes no keyword arguments")));
        }
        Ok(())
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(_py: &mut Py, _this: &Value, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(_py: &mut Py, _this: &Value, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        match py.call_special(this, CompareOp::Eq.method(), std::slice::from_ref(value)) {
            Some(result) => {
                let result = result?;
                if result.is_not_implemented() {
                    return Ok(result);
                }
                Ok(Value::bool(!py.truth(&result)?))
            }
            None if py.special(this, CompareOp::Eq.method()).is_some_and(Value::is_none) => {
                Err(type_error("'NoneType' object is not callable"))
            }
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], kwargs: &Value) -> Result<Value> {
        let flags = cls.get(py).flags;
        if any_excess(py, args, kwargs) {
            if flags.has(TypeFlags::CUSTOM_NEW) {
                return Err(type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
            }
            if !flags.has(TypeFlags::CUSTOM_INIT) {
                let name = cls.get(py).name.to_string();
                return Err(type_error(format!("{name}() takes no arguments")));
            }
        }
        if flags.has(TypeFlags::ABSTRACT) {
            return abstract_error(py, cls);
        }
        if cls.get(py).shape.payload() != TypeId::of::<Instance>() {
            let name = cls.get(py).name.to_string();
            return Err(type_error(format!("object.__new__({name}) is not safe, use {name}.__new__()")));
        }
        Ok(py.make_in(cls, Instance).into_value())
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Value) -> Result<Value> {
        reduce::reduce(py, this, 0)
    }
    /// Helper for pickle.
    #[py("(self, protocol, /)")]
    fn __reduce_ex__(py: &mut Py, this: &Value, protocol: i64) -> Result<Value> {
        let name = py.intern("__reduce__");
        let found = py.lookup_on_type(this, &name);
        let object = py.object_class().clone();
        let own = object.get(py).dict.get(py).get_str(&name).cloned();
        if let (Some(found), Some(own)) = (found, own)
            && !found.is(&own)
        {
            return py.call_method_str(this, &name, &[]);
        }
        reduce::reduce(py, this, protocol)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Value) -> Result<Value> {
        default_repr(py, this)
    }
    /// Implement setattr(self, name, value).
    #[py("(self, name, value, /)")]
    fn __setattr__(py: &mut Py, this: &Value, name: &Value, value: Value) -> Result<()> {
        let name = py.attribute_name(name)?;
        hack_check(py, this, "__setattr__")?;
        py.generic_setattr(this, &name, Some(value))
    }
    /// Size of object in memory, in bytes.
    #[py("(self, /)")]
    fn __sizeof__(_py: &mut Py, this: &Value) -> usize {
        this.header().map_or(24, |h| h.shape().object_size())
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Value) -> Result<Value> {
        // What `__repr__` gave is looked at by the one who asked for a str.
        match py.call_special(this, Special::Repr, &[]) {
            Some(text) => text,
            None => Ok(py.repr(this)?.into_value()),
        }
    }
    /// Abstract classes can override this to customize issubclass().
    #[classmethod("(cls, object, /)")]
    fn __subclasshook__(_py: &mut Py, _cls: &Value, _object: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// the object's class
    #[getter]
    fn __class__(py: &mut Py, this: &Value) -> Value {
        py.type_value_of(this).clone()
    }
    #[setter(__class__)]
    fn set_class(py: &mut Py, this: &Value, value: Option<Value>) -> Result<()> {
        set_class(py, this, value)
    }
}

/// `object.__setattr__` must not get around the rules of native classes.
fn hack_check(py: &mut Py, this: &Value, what: &str) -> Result<()> {
    if let Some(ty) = this.downcast::<Type>() {
        let meta = py.type_of(ty.as_value());
        let name = meta.get(py).name.to_string();
        return Err(type_error(format!("can't apply this {what} to {name} object")));
    }
    Ok(())
}

macro_rules! constant_methods {
    ($(#[$doc:meta])* $name:ident, $value:expr, $repr:literal, $class:literal) => {
        $(#[$doc])*
        pub struct $name;
        #[methods]
        impl $name {
            #[staticmethod("(type, /, *args, **kwargs)")]
            fn __new__(py: &mut Py, _cls: &Value, args: &[Value], kwargs: &Value) -> Result<Value> {
                if any_excess(py, args, kwargs) {
                    return Err(type_error(concat!($class, " takes no arguments")));
                }
                Ok($value)
            }
            /// Return repr(self).
            #[py("(self, /)")]
            fn __repr__(py: &mut Py, _this: &Value) -> Value {
                py.intern($repr).into_value()
            }
            /// Helper for pickle.
            #[py("(self, /)")]
            fn __reduce__(py: &mut Py, _this: &Value) -> Value {
                py.intern($repr).into_value()
            }
        }
    };
}

constant_methods!(/// The methods of `NotImplemented`.
    NotImplementedMethods, Value::NOT_IMPLEMENTED, "NotImplemented", "NotImplementedType");
constant_methods!(/// The methods of `Ellipsis`.
    EllipsisMethods, Value::ELLIPSIS, "Ellipsis", "EllipsisType");

/// `bool(NotImplemented)` is an error.
pub struct NotImplementedBool;

#[methods]
impl NotImplementedBool {
    /// True if self else False
    #[py("(self, /)")]
    fn __bool__(_py: &mut Py, _this: &Value) -> Result<Value> {
        Err(type_error("NotImplemented should not be used in a boolean context"))
    }
}

/// The methods of `None`.
pub struct NoneMethods;

#[methods]
impl NoneMethods {
    /// True if self else False
    #[py("(self, /)")]
    fn __bool__(_py: &mut Py, _this: &Value) -> bool {
        false
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(_py: &mut Py, _this: &Value) -> i64 {
        0xFCA8_6420
    }
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, _cls: &Value, args: &[Value], kwargs: &Value) -> Result<Value> {
        if any_excess(py, args, kwargs) {
            return Err(type_error("NoneType takes no arguments"));
        }
        Ok(Value::NONE)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, _this: &Value) -> Value {
        py.intern("None").into_value()
    }
}
