//! Writing what `__reduce__` methods return, and persistent ids.

use lockstep_interp::object::raise::Result;
use lockstep_interp::object::{Special, Type};
use lockstep_interp::types::dict::Dict;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Ref, Value};

use super::containers::{appended, assigned, at_item};
use super::global::save_global;
use super::pickler::Pickler;
use super::save::{get_place, memoize, put, save, save_value};
use super::{State, op, pickling_error};
use crate::notes::class_name;

/// Ask the hook for an id; write it if there is one. Whether there was one.
pub fn persistent(py: &mut Py, p: &Ref<Pickler>, hook: &Value, value: &Value) -> Result<bool> {
    let id = py.call(hook, std::slice::from_ref(value))?;
    if id.is_none() {
        return Ok(false);
    }
    if p.get(py).proto > 0 {
        save_value(py, p, &id, false)?;
        put(py, p, &[op::BINPERSID]);
        return Ok(true);
    }
    let text = py.str_of(&id)?;
    if !text.is_ascii() {
        return Err(pickling_error(py, "persistent IDs in protocol 0 must be ASCII strings"));
    }
    put(py, p, &[op::PERSID]);
    put(py, p, text.as_bytes());
    put(py, p, b"\n");
    Ok(true)
}

/// Write that `value` is the result of a call.
pub fn call(py: &mut Py, p: &Ref<Pickler>, callable: &Value, args: &[Value], value: &Value) -> Result<()> {
    let args = py.tuple(args.to_vec());
    save(py, p, callable)?;
    save(py, p, &args)?;
    put(py, p, &[op::REDUCE]);
    made(py, p, value)
}

/// The value lies on the stack: give it its place, or take what it was written as meanwhile.
pub fn made(py: &mut Py, p: &Ref<Pickler>, value: &Value) -> Result<()> {
    match p.get(py).memo.find(value) {
        Some(place) => {
            put(py, p, &[op::POP]);
            get_place(py, p, place);
        }
        None => memoize(py, p, value),
    }
    Ok(())
}

/// Write the result of a reduction of `value`.
pub fn reduced(py: &mut Py, p: &Ref<Pickler>, value: &Value, result: &Value) -> Result<()> {
    if result.is_a::<Str>() {
        return save_global(py, p, value, Some(result));
    }
    let done = match result.downcast::<Tuple>() {
        Some(parts) => by_parts(py, p, value, parts.slice()),
        None => {
            let class = class_name(py, result);
            Err(pickling_error(py, &format!("__reduce__ must return a string or tuple, not {class}")))
        }
    };
    match done {
        Ok(()) => Ok(()),
        Err(e) => Err(at_item(py, e, value, "object")),
    }
}

/// An optional part: none if it is missing or None.
fn part(parts: &[Value], i: usize) -> Option<&Value> {
    parts.get(i).filter(|v| !v.is_none())
}

fn by_parts(py: &mut Py, p: &Ref<Pickler>, value: &Value, parts: &[Value]) -> Result<()> {
    let (Some(callable), Some(args), 2..=6) = (parts.first(), parts.get(1), parts.len()) else {
        return Err(pickling_error(py, "tuple returned by __reduce__ must contain 2 through 6 elements"));
    };
    if !py.is_callable(callable) {
        let class = class_name(py, callable);
        let message = format!("first item of the tuple returned by __reduce__ must be callable, not {class}");
        return Err(pickling_error(py, &message));
    }
    let Some(args) = args.downcast::<Tuple>() else {
        let class = class_name(py, args);
        let message = format!("second item of the tuple returned by __reduce__ must be a tuple, not {class}");
        return Err(pickling_error(py, &message));
    };
    let (state, items, pairs, setter) = (part(parts, 2), part(parts, 3), part(parts, 4), part(parts, 5));
    for (number, iterator) in [("fourth", items), ("fifth", pairs)] {
        if let Some(iterator) = iterator
            && py.special(iterator, Special::Next).is_none()
        {
            let class = class_name(py, iterator);
            let message = format!("{number} item of the tuple returned by __reduce__ must be an iterator, not {class}");
            return Err(pickling_error(py, &message));
        }
    }
    if let Some(setter) = setter
        && !py.is_callable(setter)
    {
        let class = class_name(py, setter);
        let message = format!("sixth item of the tuple returned by __reduce__ must be a function, not {class}");
        return Err(pickling_error(py, &message));
    }
    construct(py, p, value, callable, args)?;
    made(py, p, value)?;
    if let Some(items) = items {
        appended(py, p, items, value)?;
    }
    if let Some(pairs) = pairs {
        assigned(py, p, pairs, value)?;
    }
    if let Some(state) = state {
        with_state(py, p, value, state, setter)?;
    }
    Ok(())
}

/// Write a part; errors say which it was.
fn named(py: &mut Py, p: &Ref<Pickler>, whole: &Value, part: &Value, name: &str) -> Result<()> {
    match save(py, p, part) {
        Ok(()) => Ok(()),
        Err(e) => Err(at_item(py, e, whole, name)),
    }
}

fn with_state(py: &mut Py, p: &Ref<Pickler>, value: &Value, state: &Value, setter: Option<&Value>) -> Result<()> {
    let Some(setter) = setter else {
        named(py, p, value, state, "state")?;
        put(py, p, &[op::BUILD]);
        return Ok(());
    };
    named(py, p, value, setter, "state setter")?;
    save(py, p, value)?;
    named(py, p, value, state, "state")?;
    put(py, p, &[op::TUPLE2, op::REDUCE, op::POP]);
    Ok(())
}

/// Write how the object is made.
fn construct(py: &mut Py, p: &Ref<Pickler>, value: &Value, callable: &Value, args: &Ref<Tuple>) -> Result<()> {
    let name = if p.get(py).proto >= 2 { py.getattr_opt(callable, "__name__")? } else { None };
    let name = name.as_ref().and_then(|n| n.downcast::<Str>()).map(|n| n.as_bytes());
    match name {
        Some(b"__newobj_ex__") => with_keywords(py, p, value, args.slice()),
        Some(b"__newobj__") => {
            let Some((class, rest)) = args.slice().split_first() else {
                return Err(pickling_error(py, "__newobj__ expected at least 1 argument, got 0"));
            };
            check_class(py, value, class, "__newobj__")?;
            named(py, p, value, class, "class")?;
            let rest = py.tuple(rest.to_vec());
            named(py, p, value, &rest, "__new__ arguments")?;
            put(py, p, &[op::NEWOBJ]);
            Ok(())
        }
        _ => {
            named(py, p, value, callable, "reconstructor")?;
            named(py, p, value, args.as_value(), "reconstructor arguments")?;
            put(py, p, &[op::REDUCE]);
            Ok(())
        }
    }
}

fn check_class(py: &mut Py, value: &Value, class: &Value, function: &str) -> Result<()> {
    if !class.is_a::<Type>() {
        let got = class_name(py, class);
        return Err(pickling_error(py, &format!("first argument to {function}() must be a class, not {got}")));
    }
    let own = py.getattr(value, "__class__")?;
    if !own.is(class) {
        let (own, class) = (py.repr(&own)?, py.repr(class)?);
        return Err(pickling_error(py, &format!("first argument to {function}() must be {own}, not {class}")));
    }
    Ok(())
}

fn with_keywords(py: &mut Py, p: &Ref<Pickler>, value: &Value, args: &[Value]) -> Result<()> {
    let [class, args, kwargs] = args else {
        return Err(pickling_error(py, &format!("__newobj_ex__ expected 3 arguments, got {}", args.len())));
    };
    check_class(py, value, class, "__newobj_ex__")?;
    let Some(positional) = args.downcast::<Tuple>() else {
        let got = class_name(py, args);
        return Err(pickling_error(py, &format!("second argument to __newobj_ex__() must be a tuple, not {got}")));
    };
    if !kwargs.is_a::<Dict>() {
        let got = class_name(py, kwargs);
        return Err(pickling_error(py, &format!("third argument to __newobj_ex__() must be a dict, not {got}")));
    }
    if p.get(py).proto >= 4 {
        named(py, p, value, class, "class")?;
        named(py, p, value, args, "__new__ arguments")?;
        named(py, p, value, kwargs, "__new__ arguments")?;
        put(py, p, &[op::NEWOBJ_EX]);
        return Ok(());
    }
    // Older protocols have no such instruction: the call is bound before it is written.
    let new = py.getattr(class, "__new__")?;
    let mut all = vec![new, class.clone()];
    all.extend_from_slice(positional.slice());
    let keywords = py.kwargs(kwargs);
    let partial = py.state::<State>().partial.clone().unwrap_or(Value::NONE);
    let bound = py.call_kw(&partial, &all, &keywords)?;
    named(py, p, value, &bound, "reconstructor")?;
    let none = py.tuple(Vec::new());
    save(py, p, &none)?;
    put(py, p, &[op::REDUCE]);
    Ok(())
}
