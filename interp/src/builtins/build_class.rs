//! `__build_class__`: what a class statement calls.

use lockstep_heap::{Ref, Value};

use crate::object::native::NativeDef;
use crate::object::raise::{Result, type_error};
use crate::object::{Py, Type};
use crate::types::dict;
use crate::types::function::Function;
use crate::types::native::{Kind, Native};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::r#type::{keywords_of, new};

static DEF: NativeDef = NativeDef::new(
    "__build_class__",
    "(func=<unbound>, name=<unbound>, /, *bases, metaclass=<unbound>, **kwds)",
    "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nInternal helper function used by the class statement.",
    build_class,
);

/// The function object for the `builtins` namespace.
pub fn function(py: &mut Py) -> Value {
    let owner = py.intern("builtins").into_value();
    Native::with_owner(py, &DEF, Kind::Static, Some(owner))
}

fn build_class(py: &mut Py, args: &[Value]) -> Result<Value> {
    let [func, name, bases, metaclass, kwds] = args else { return Err(type_error("__build_class__: not enough arguments")) };
    if func.is_unbound() || name.is_unbound() {
        return Err(type_error("__build_class__: not enough arguments"));
    }
    let Some(body) = func.downcast::<Function>() else { return Err(type_error("__build_class__: func must be a function")) };
    let Some(class_name) = name.downcast::<Str>() else { return Err(type_error("__build_class__: name is not a string")) };
    let keywords = keywords_of(py, kwds);
    let written = bases;
    let bases = resolve_entries(py, written)?;
    let list: &[Value] = bases.slice();
    let meta = if metaclass.is_unbound() {
        match list.first() {
            Some(first) => py.type_of(first).into_value(),
            None => py.plain_metatype().clone().into_value(),
        }
    } else {
        metaclass.clone()
    };
    let meta = match meta.downcast::<Type>() {
        Some(ty) => new::metaclass(py, ty, list)?.into_value(),
        None => meta,
    };
    let plain = meta.is(py.plain_metatype().clone().as_value());
    let namespace = if plain { py.new_dict().into_value() } else { prepare(py, &meta, name, &bases, &keywords)? };
    let cell = crate::vm::run_body(py, body, Some(namespace.clone()))?;
    super::python2::finish_class(py, func, &namespace);
    let meta = match super::python2::metaclass(py, body, &namespace) {
        Some(named) if metaclass.is_unbound() => match named.downcast::<Type>() {
            Some(ty) => new::metaclass(py, ty, list)?.into_value(),
            None => named,
        },
        _ => meta,
    };
    let plain = meta.is(py.plain_metatype().clone().as_value());
    if !bases.as_value().is(written) {
        let key = py.intern("__orig_bases__").into_value();
        py.setitem(&namespace, &key, written.clone())?;
    }
    let class = if plain && let Some(d) = namespace.downcast::<dict::Dict>() {
        // Nobody but this function and the ended body knows the dict, unless `locals()` gave it away.
        let own = namespace.ref_count() == 1;
        new::new_class(py, &py.plain_metatype().clone(), class_name, list, d, own, &keywords)?.into_value()
    } else {
        py.call_kw(&meta, &[name.clone(), bases.to_value(), namespace.clone()], &keywords)?
    };
    if class.is_a::<Type>() {
        new::check_class_cell(py, &cell, &class, name)?;
    }
    Ok(class)
}

/// `__prepare__` of a metaclass, or a dict.
fn prepare(py: &mut Py, meta: &Value, name: &Value, bases: &Ref<Tuple>, keywords: &[(Ref<Str>, Value)]) -> Result<Value> {
    let Some(hook) = py.getattr_opt(meta, "__prepare__")? else { return Ok(py.new_dict().into_value()) };
    let namespace = py.call_kw(&hook, &[name.clone(), bases.to_value()], keywords)?;
    if !namespace.is_a::<dict::Dict>() && py.special(&namespace, crate::object::Special::GetItem).is_none() {
        let shown = match meta.downcast::<Type>() {
            Some(ty) => ty.get(py).name.to_string(),
            None => "<metaclass>".to_owned(),
        };
        return Err(type_error(format!("{shown}.__prepare__() must return a mapping, not {}", py.type_name(&namespace))));
    }
    Ok(namespace)
}

/// The bases with `__mro_entries__` of those that are no classes put in; the same tuple if there are none.
fn resolve_entries(py: &mut Py, bases: &Value) -> Result<Ref<Tuple>> {
    let Some(tuple) = bases.downcast::<Tuple>().cloned() else { return Ok(py.new_tuple(Vec::new())) };
    if tuple.slice().iter().all(|b| b.is_a::<Type>()) {
        return Ok(tuple);
    }
    let mut out = Vec::new();
    let mut changed = false;
    for base in tuple.slice() {
        let hook = if base.is_a::<Type>() { None } else { py.getattr_opt(base, "__mro_entries__")? };
        let Some(hook) = hook else {
            out.push(base.clone());
            continue;
        };
        let entries = py.call(&hook, std::slice::from_ref(bases))?;
        let Some(entries) = entries.downcast::<Tuple>() else { return Err(type_error("__mro_entries__ must return a tuple")) };
        out.extend_from_slice(entries.slice());
        changed = true;
    }
    if changed { Ok(py.new_tuple(out)) } else { Ok(tuple) }
}
