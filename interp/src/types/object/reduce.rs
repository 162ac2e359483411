//! `object.__reduce_ex__` and `__getstate__`: how instances are copied and pickled.

use lockstep_heap::{Ref, Value};

use crate::object::raise::{Result, type_error};
use crate::object::{Py, Type, TypeFlags};
use crate::types::dict::{self, Dict};
use crate::types::list::List;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::r#type::layout;

/// The function of module `copyreg` with this name.
fn copyreg(py: &mut Py, name: &str) -> Result<Value> {
    let module = crate::import::import_module(py, "copyreg")?;
    py.getattr(&module, name)
}

/// A value of the class's own namespace.
fn own_entry(py: &mut Py, ty: &Ref<Type>, name: &str) -> Option<Value> {
    let dict = ty.get(py).dict.clone();
    dict::get_name(py, &dict, name)
}

/// Whether the object's own storage has no attribute.
fn has_no_attributes(py: &Py, object: &Value) -> bool {
    let Some(header) = object.header() else { return true };
    let shape = header.shape();
    if shape.dict_mode() {
        return header.dict(py).is_none_or(|d| d.downcast::<Dict>().is_none_or(|d| d.get(py).is_empty()));
    }
    shape.is_empty()
}

/// The names of the members declared by `__slots__` along the MRO, as `copyreg` finds them.
fn slot_names(py: &mut Py, ty: &Ref<Type>) -> Result<Vec<Value>> {
    let known = own_entry(py, ty, "__slotnames__");
    if let Some(names) = known.filter(|names| names.is_a::<List>()) {
        return py.collect(&names);
    }
    if layout::member_names(py, ty).is_empty() {
        return Ok(Vec::new());
    }
    let function = copyreg(py, "_slotnames")?;
    let names = py.call(&function, &[ty.to_value()])?;
    if names.is_none() {
        return Ok(Vec::new());
    }
    if !names.is_a::<List>() {
        return Err(type_error("copyreg._slotnames didn't return a list or None"));
    }
    py.collect(&names)
}

/// `object.__getstate__()`; `required`: the object must have no state that this cannot see.
pub fn default_state(py: &mut Py, object: &Value, required: bool) -> Result<Value> {
    let ty = py.type_of(object);
    if required && native_state(py, &ty) {
        return Err(type_error(format!("cannot pickle '{}' object", py.full_name(&ty))));
    }
    let mut state =
        if has_no_attributes(py, object) { Value::NONE } else { py.getattr_opt(object, "__dict__")?.unwrap_or(Value::NONE) };
    let names = slot_names(py, &ty)?;
    if names.is_empty() {
        return Ok(state);
    }
    let slots = py.new_dict();
    for name in names {
        let Some(name) = name.downcast::<Str>() else { continue };
        let name = py.intern_str(name);
        match py.getattr_opt_str(object, &name) {
            Ok(Some(value)) => dict::set_str(py, &slots, &name, value),
            Ok(None) => {}
            Err(e) if e.is(crate::object::Exc::AttributeError) => {}
            Err(e) => return Err(e),
        }
    }
    if !slots.get(py).is_empty() {
        state = py.tuple(vec![state, slots.into_value()]);
    }
    Ok(state)
}

/// Whether objects have state in a payload that only their type's own methods know.
fn native_state(py: &Py, ty: &Ref<Type>) -> bool {
    let shape = &ty.get(py).shape;
    let payload = shape.payload();
    !layout::is_plain(py, ty)
        && payload != std::any::TypeId::of::<List>()
        && payload != std::any::TypeId::of::<Dict>()
        && payload != std::any::TypeId::of::<crate::types::exception::Exception>()
}

/// `object.__getstate__` or the class's own.
fn state_of(py: &mut Py, object: &Value, required: bool) -> Result<Value> {
    let name = py.intern("__getstate__");
    let found = py.lookup_on_type(object, &name);
    let base = py.object_class().clone();
    let own = base.get(py).dict.get(py).get_str(&name).cloned();
    if let (Some(found), Some(own)) = (found, own)
        && found.is(&own)
        && py.instance_get(object, &name).is_none()
    {
        return default_state(py, object, required);
    }
    py.call_method_str(object, &name, &[])
}

/// A method that is looked up on the class alone.
fn special_hook(py: &mut Py, object: &Value, name: &str) -> Result<Option<Value>> {
    let name = py.intern(name);
    let Some(found) = py.lookup_on_type(object, &name) else { return Ok(None) };
    let ty = py.type_of(object);
    py.bind_descriptor(&found, object, &ty).map(Some)
}

/// The arguments of `copyreg.__newobj__`: positional and, if there are any, keyword ones.
fn new_arguments(py: &mut Py, object: &Value) -> Result<Option<(Vec<Value>, Option<Value>)>> {
    if let Some(hook) = special_hook(py, object, "__getnewargs_ex__")? {
        let pair = py.call(&hook, &[])?;
        let Some(pair) = pair.downcast::<Tuple>() else {
            return Err(type_error(format!("__getnewargs_ex__ should return a tuple, not '{}'", py.type_name(&pair))));
        };
        let [args, kwargs] = pair.slice() else {
            return Err(crate::object::raise::value_error(format!(
                "__getnewargs_ex__ should return a tuple of length 2, not {}",
                pair.len()
            )));
        };
        let Some(args) = args.downcast::<Tuple>() else {
            return Err(type_error(format!(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                py.type_name(args)
            )));
        };
        if !kwargs.is_a::<Dict>() {
            return Err(type_error(format!(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                py.type_name(kwargs)
            )));
        }
        return Ok(Some((args.slice().to_vec(), Some(kwargs.clone()))));
    }
    if let Some(hook) = special_hook(py, object, "__getnewargs__")? {
        let args = py.call(&hook, &[])?;
        let Some(args) = args.downcast::<Tuple>() else {
            return Err(type_error(format!("__getnewargs__ should return a tuple, not '{}'", py.type_name(&args))));
        };
        return Ok(Some((args.slice().to_vec(), None)));
    }
    Ok(None)
}

/// `object.__reduce_ex__(protocol)` when the class does not define `__reduce__`.
pub fn reduce(py: &mut Py, object: &Value, protocol: i64) -> Result<Value> {
    if protocol < 2 {
        let function = copyreg(py, "_reduce_ex")?;
        let protocol = py.int(protocol);
        return py.call(&function, &[object.clone(), protocol]);
    }
    let ty = py.type_of(object);
    if ty.get(py).flags.has(TypeFlags::NO_NEW) {
        return Err(type_error(format!("cannot pickle '{}' object", py.full_name(&ty))));
    }
    let arguments = new_arguments(py, object)?;
    let has_arguments = arguments.is_some();
    let class = py.getattr(object, "__class__")?;
    let (args, kwargs) = arguments.unwrap_or_default();
    let keywords = match &kwargs {
        Some(k) => k.downcast::<Dict>().is_some_and(|d| !d.get(py).is_empty()),
        None => false,
    };
    let (function, args) = match kwargs {
        Some(kwargs) if keywords => {
            let function = copyreg(py, "__newobj_ex__")?;
            let args = py.tuple(args);
            (function, py.tuple(vec![class, args, kwargs]))
        }
        _ => {
            let function = copyreg(py, "__newobj__")?;
            let mut all = vec![class];
            all.extend(args);
            (function, py.tuple(all))
        }
    };
    let is_container = object.is_a::<List>() || object.is_a::<Dict>();
    let state = state_of(py, object, !has_arguments && !is_container)?;
    let items = if object.is_a::<List>() { py.get_iter(object)? } else { Value::NONE };
    let pairs = if object.is_a::<Dict>() {
        let pairs = py.call_method(object, "items", &[])?;
        py.get_iter(&pairs)?
    } else {
        Value::NONE
    };
    Ok(py.tuple(vec![function, args, state, items, pairs]))
}
