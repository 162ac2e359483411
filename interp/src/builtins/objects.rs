//! Functions about attributes, classes, iteration and namespaces.

use lockstep_heap::{Ref, Value};

use crate::object::raise::{Exc, Raised, Result, type_error, value_error};
use crate::object::special::CompareOp;
use crate::object::{Py, Special, Type};
use crate::types::dict::Dict;
use crate::types::list;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::r#type::attributes::{abstract_subclass, bases};

/// The functions of this file.
pub struct Objects;

/// `issubclass(class, info)`
pub fn is_subclass(py: &mut Py, class: &Value, info: &Value) -> Result<bool> {
    if let Some(classes) = info.downcast::<Tuple>().cloned() {
        py.native_stack()?;
        for one in classes.slice() {
            if is_subclass(py, class, one)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if py.is_exact::<Type>(info)
        && let (Some(a), Some(b)) = (class.downcast::<Type>(), info.downcast::<Type>())
    {
        return Ok(py.is_subtype(a, b));
    }
    if let Some(result) = py.call_special(info, Special::SubclassCheck, std::slice::from_ref(class)) {
        let result = result?;
        return py.truth(&result);
    }
    derives(py, class, info)
}

/// Whether a class derives from another by their `__bases__`.
pub fn derives(py: &mut Py, class: &Value, info: &Value) -> Result<bool> {
    if let (Some(a), Some(b)) = (class.downcast::<Type>(), info.downcast::<Type>()) {
        return Ok(py.is_subtype(a, b));
    }
    if bases(py, class)?.is_none() {
        return Err(type_error("issubclass() arg 1 must be a class"));
    }
    if bases(py, info)?.is_none() {
        return Err(type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    }
    abstract_subclass(py, class, info)
}

/// The least or greatest item.
fn extreme(py: &mut Py, name: &str, op: CompareOp, args: &[Value], default: Option<&Value>, key: &Value) -> Result<Value> {
    let mut items = match args {
        [] => return Err(type_error(format!("{name} expected at least 1 argument, got 0"))),
        [iterable] => py.iter(iterable)?,
        many => {
            if default.is_some() {
                return Err(type_error(format!("Cannot specify a default for {name}() with multiple positional arguments")));
            }
            if key.is_none() {
                let mut best = &many[0];
                for item in &many[1..] {
                    if py.compare_bool(op, item, best)? {
                        best = item;
                    }
                }
                return Ok(best.clone());
            }
            let many = py.new_tuple(many.to_vec());
            crate::object::ops::Iter::Tuple(many, 0)
        }
    };
    let Some(mut best) = items.next(py)? else {
        return match default {
            Some(default) => Ok(default.clone()),
            None => Err(value_error(format!("{name}() iterable argument is empty"))),
        };
    };
    if key.is_none() {
        while let Some(item) = items.next(py)? {
            if py.compare_bool(op, &item, &best)? {
                best = item;
            }
        }
        return Ok(best);
    }
    let mut best_key = py.call(key, std::slice::from_ref(&best))?;
    while let Some(item) = items.next(py)? {
        let item_key = py.call(key, std::slice::from_ref(&item))?;
        if py.compare_bool(op, &item_key, &best_key)? {
            (best, best_key) = (item, item_key);
        }
    }
    Ok(best)
}

/// The namespace of the running frame as a mapping.
fn current_namespace(py: &mut Py) -> Result<Value> {
    match crate::vm::current_namespace(py) {
        Some(namespace) => Ok(namespace),
        None => Err(Raised::new(Exc::SystemError, "frame does not exist")),
    }
}

fn attribute_of(py: &mut Py, name: &Value, function: &str) -> Result<Ref<Str>> {
    match name.downcast::<Str>() {
        Some(name) => Ok(py.intern_str(name)),
        None if function == "setattr" || function == "delattr" || function == "getattr" || function == "hasattr" => {
            Err(type_error(format!("attribute name must be string, not '{}'", py.type_name(name))))
        }
        None => Err(type_error(format!("{function}(): attribute name must be string"))),
    }
}

#[lockstep_macros::module]
impl Objects {
    /// Return an AsyncIterator for an AsyncIterable object.
    #[py("(async_iterable, /)")]
    fn aiter(py: &mut Py, async_iterable: &Value) -> Result<Value> {
        let Some(result) = py.call_special(async_iterable, Special::AIter, &[]) else {
            return Err(type_error(format!("'{}' object is not an async iterable", py.type_name(async_iterable))));
        };
        let result = result?;
        if py.special(&result, Special::ANext).is_none() {
            return Err(type_error(format!("aiter() returned not an async iterator of type '{}'", py.type_name(&result))));
        }
        Ok(result)
    }
    /// Return True if bool(x) is True for all values x in the iterable.
    ///
    /// If the iterable is empty, return True.
    #[py("(iterable, /)")]
    fn all(py: &mut Py, iterable: &Value) -> Result<bool> {
        let mut items = py.iter(iterable)?;
        while let Some(item) = items.next(py)? {
            if !py.truth(&item)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
    /// Return True if bool(x) is True for any x in the iterable.
    ///
    /// If the iterable is empty, return False.
    #[py("(iterable, /)")]
    fn any(py: &mut Py, iterable: &Value) -> Result<bool> {
        let mut items = py.iter(iterable)?;
        while let Some(item) = items.next(py)? {
            if py.truth(&item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    /// Return the next item from the async iterator.
    #[py("(async_iterator, default=<unbound>, /)")]
    fn anext(py: &mut Py, async_iterator: &Value, default: Option<Value>) -> Result<Value> {
        let Some(result) = py.call_special(async_iterator, Special::ANext, &[]) else {
            return Err(type_error(format!("'{}' object is not an async iterator", py.type_name(async_iterator))));
        };
        let awaitable = result?;
        match default {
            None => Ok(awaitable),
            Some(default) => Ok(super::anext::AnextAwaitable::make(py, awaitable, default)),
        }
    }
    /// Return whether the object is callable (i.e., some kind of function).
    ///
    /// Note that classes are callable, as are instances of classes with a
    /// __call__() method.
    #[py("(obj, /)")]
    fn callable(py: &mut Py, obj: &Value) -> bool {
        py.is_callable(obj)
    }
    /// Deletes the named attribute from the given object.
    ///
    /// delattr(x, 'y') is equivalent to ``del x.y``
    #[py("(obj, name, /)")]
    fn delattr(py: &mut Py, obj: &Value, name: &Value) -> Result<()> {
        let name = attribute_of(py, name, "delattr")?;
        py.setattr_str(obj, &name, None)
    }
    /// dir([object]) -> list of strings
    #[py("(object=<unbound>, /)")]
    fn dir(py: &mut Py, object: Option<&Value>) -> Result<Value> {
        let names = match object {
            None => {
                let namespace = current_namespace(py)?;
                match namespace.downcast::<Dict>() {
                    Some(d) if py.is_exact::<Dict>(&namespace) => {
                        let keys = d.get(py).keys().cloned().collect();
                        py.list(keys)
                    }
                    _ => py.call_method(&namespace, "keys", &[])?,
                }
            }
            Some(object) => {
                let name = py.intern("__dir__");
                match py.lookup_on_type(object, &name) {
                    Some(method) => py.call_unbound(&method, object, &[])?,
                    None => return Err(type_error("object does not provide __dir__")),
                }
            }
        };
        list::sorted(py, &names, &Value::NONE, false)
    }
    /// getattr(object, name[, default]) -> value
    ///
    /// Get a named attribute from an object; getattr(x, 'y') is equivalent to x.y.
    /// When a default argument is given, it is returned when the attribute doesn't
    /// exist; without it, an exception is raised in that case.
    #[py("(object, name, default=<unbound>, /)")]
    fn getattr(py: &mut Py, object: &Value, name: &Value, default: Option<Value>) -> Result<Value> {
        let name = attribute_of(py, name, "getattr")?;
        match default {
            None => py.getattr_str(object, &name),
            Some(default) => Ok(py.getattr_if(object, &name)?.unwrap_or(default)),
        }
    }
    /// Return the dictionary containing the current scope's global variables.
    ///
    /// NOTE: Updates to this dictionary *will* affect name lookups in the current
    /// global scope and vice-versa.
    #[py("()")]
    fn globals(py: &mut Py) -> Result<Value> {
        match py.current_globals() {
            Some(globals) => Ok(globals.into_value()),
            None => Err(Raised::new(Exc::SystemError, "frame does not exist")),
        }
    }
    /// Return whether the object has an attribute with the given name.
    ///
    /// This is done by calling getattr(obj, name) and catching AttributeError.
    #[py("(obj, name, /)")]
    fn hasattr(py: &mut Py, obj: &Value, name: &Value) -> Result<bool> {
        let name = attribute_of(py, name, "hasattr")?;
        Ok(py.getattr_if(obj, &name)?.is_some())
    }
    /// Return whether an object is an instance of a class or of a subclass thereof.
    ///
    /// A tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the target to
    /// check against. This is equivalent to ``isinstance(x, A) or isinstance(x, B)
    /// or ...`` etc.
    #[py("(obj, class_or_tuple, /)")]
    fn isinstance(py: &mut Py, obj: &Value, class_or_tuple: &Value) -> Result<bool> {
        super::is_instance(py, obj, class_or_tuple)
    }
    /// Return whether 'cls' is derived from another class or is the same class.
    ///
    /// A tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the target to
    /// check against. This is equivalent to ``issubclass(x, A) or issubclass(x, B)
    /// or ...``.
    #[py("(cls, class_or_tuple, /)")]
    fn issubclass(py: &mut Py, cls: &Value, class_or_tuple: &Value) -> Result<bool> {
        is_subclass(py, cls, class_or_tuple)
    }
    /// iter(iterable) -> iterator
    /// iter(callable, sentinel) -> iterator
    ///
    /// Get an iterator from an object.
    /// In the first form, the argument must supply its own iterator, or be a sequence.
    /// In the second form, the callable is called until it returns the sentinel.
    #[py("(object, sentinel=<unbound>, /)")]
    fn iter(py: &mut Py, object: &Value, sentinel: Option<Value>) -> Result<Value> {
        match sentinel {
            None => py.get_iter(object),
            Some(_) if !py.is_callable(object) => Err(type_error("iter(v, w): v must be callable")),
            Some(sentinel) => Ok(crate::types::iterator::CallableIterator::make(py, object.clone(), sentinel)),
        }
    }
    /// Return the number of items in a container.
    #[py("(obj, /)")]
    fn len(py: &mut Py, obj: &Value) -> Result<usize> {
        py.len(obj)
    }
    /// Return a dictionary containing the current scope's local variables.
    ///
    /// NOTE: Whether or not updates to this dictionary will affect name lookups in
    /// the local scope and vice-versa is *implementation dependent* and not
    /// covered by any backwards compatibility guarantees.
    #[py("()")]
    fn locals(py: &mut Py) -> Result<Value> {
        current_namespace(py)
    }
    /// max(iterable, *[, default=obj, key=func]) -> value
    /// max(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its biggest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the largest argument.
    #[py("(*args, default=<unbound>, key=None)")]
    fn max(py: &mut Py, args: &[Value], default: Option<&Value>, key: &Value) -> Result<Value> {
        extreme(py, "max", CompareOp::Gt, args, default, key)
    }
    /// min(iterable, *[, default=obj, key=func]) -> value
    /// min(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its smallest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the smallest argument.
    #[py("(*args, default=<unbound>, key=None)")]
    fn min(py: &mut Py, args: &[Value], default: Option<&Value>, key: &Value) -> Result<Value> {
        extreme(py, "min", CompareOp::Lt, args, default, key)
    }
    /// next(iterator[, default])
    ///
    /// Return the next item from the iterator. If default is given and the iterator
    /// is exhausted, it is returned instead of raising StopIteration.
    #[py("(iterator, default=<unbound>, /)")]
    fn next(py: &mut Py, iterator: &Value, default: Option<Value>) -> Result<Value> {
        match default {
            None => py.next_or_raise(iterator),
            Some(_) if py.special(iterator, Special::Next).is_none() => {
                Err(type_error(format!("'{}' object is not an iterator", py.type_name(iterator))))
            }
            Some(default) => Ok(py.next(iterator)?.unwrap_or(default)),
        }
    }
    /// Sets the named attribute on the given object to the specified value.
    ///
    /// setattr(x, 'y', v) is equivalent to ``x.y = v``
    #[py("(obj, name, value, /)")]
    fn setattr(py: &mut Py, obj: &Value, name: &Value, value: Value) -> Result<()> {
        let name = attribute_of(py, name, "setattr")?;
        py.setattr_str(obj, &name, Some(value))
    }
    /// Return a new list containing all items from the iterable in ascending order.
    ///
    /// A custom key function can be supplied to customize the sort order, and the
    /// reverse flag can be set to request the result in descending order.
    #[py("(iterable, /, *, key=None, reverse=False)")]
    fn sorted(py: &mut Py, iterable: &Value, key: &Value, reverse: bool) -> Result<Value> {
        list::sorted(py, iterable, key, reverse)
    }
    /// Return the sum of a 'start' value (default: 0) plus an iterable of numbers
    ///
    /// When the iterable is empty, return the start value.
    /// This function is intended specifically for use with numeric values and may
    /// reject non-numeric types.
    #[py("(iterable, /, start=0)")]
    fn sum(py: &mut Py, iterable: &Value, start: &Value) -> Result<Value> {
        super::numbers::sum(py, iterable, start)
    }
    /// vars([object]) -> dictionary
    ///
    /// Without arguments, equivalent to locals().
    /// With an argument, equivalent to object.__dict__.
    #[py("(object=<unbound>, /)")]
    fn vars(py: &mut Py, object: Option<&Value>) -> Result<Value> {
        match object {
            None => current_namespace(py),
            Some(object) => match py.getattr_opt(object, "__dict__")? {
                Some(d) => Ok(d),
                None => Err(type_error("vars() argument must have __dict__ attribute")),
            },
        }
    }
}
