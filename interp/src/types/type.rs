//! `type`: classes made by class statements and by calling `type`.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;

use crate::object::raise::{Result, type_error};
use crate::object::{Py, Special, Type, TypeFlags};
use crate::types::str::Str;

/// Call a class as `type.__call__` does: `__new__`, then `__init__` if the result is an instance.
pub fn call(py: &mut Py, ty: &Ref<Type>, args: &[Value], keywords: &[(Ref<Str>, Value)]) -> Result<Value> {
    if ty.as_value().is(py.type_named("type").as_value()) && args.len() == 1 && keywords.is_empty() {
        return Ok(py.type_of(&args[0]).into_value());
    }
    if keywords.is_empty()
        && let Some(made) = crate::types::exception::quick_new(py, ty, args)
    {
        return Ok(made);
    }
    if ty.get(py).flags.has(TypeFlags::NO_NEW) {
        let name = ty.get(py).name.to_string();
        return Err(type_error(format!("cannot create '{name}' instances")));
    }
    let Some(new) = ty.get(py).specials[Special::New as usize].clone() else {
        let name = ty.get(py).name.to_string();
        return Err(type_error(format!("cannot create '{name}' instances")));
    };
    let mut all = Vec::with_capacity(args.len() + 1);
    all.push(ty.to_value());
    all.extend_from_slice(args);
    // `__new__` is a static method: no binding beyond what a class attribute gets.
    let new = py.bind_to_class(&new, ty)?;
    let object = py.call_kw(&new, &all, keywords)?;
    if !py.is_instance_of(&object, ty) {
        return Ok(object);
    }
    let own = py.type_of(&object);
    if own.get(py).flags.has(TypeFlags::CUSTOM_INIT)
        && let Some(init) = own.get(py).specials[Special::Init as usize].clone()
    {
        all[0] = object.clone();
        let result = if init.is_a::<crate::types::function::Function>() || init.downcast::<crate::types::native::Native>().is_some_and(|n| n.binds()) {
            py.call_kw(&init, &all, keywords)?
        } else {
            let bound = py.bind_descriptor(&init, &object, &own)?;
            py.call_kw(&bound, args, keywords)?
        };
        if !result.is_none() {
            return Err(type_error(format!("__init__() should return None, not '{}'", py.type_name(&result))));
        }
    }
    Ok(object)
}

/// The methods of `type`.
pub struct TypeMethods;

#[methods]
impl TypeMethods {}
