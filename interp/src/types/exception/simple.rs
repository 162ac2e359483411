//! Exceptions with a field or two: SystemExit, StopIteration, KeyError, ImportError, NameError,
//! AttributeError.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;

use super::{Exception, base, base_str, fields, keyword_fields, no_keywords, set_args, set_field};
use crate::object::Py;
use crate::object::raise::Result;
use crate::types::str::Str;

/// `SystemExit`
pub(super) struct SystemExitMethods;

#[methods]
impl SystemExitMethods {
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Exception>, args: &[Value], kwargs: &Value) -> Result<()> {
        no_keywords(py, this, kwargs)?;
        set_args(py, this, args);
        Ok(())
    }
    /// exception code
    #[getter]
    fn code(py: &mut Py, this: &Ref<Exception>) -> Value {
        let e = this.get(py);
        if let Some(code) = e.field(0) {
            return code.clone();
        }
        match e.arguments() {
            [] => Value::NONE,
            [one] => one.clone(),
            _ => e.args.clone(),
        }
    }
    #[setter(code)]
    fn set_code(py: &mut Py, this: &Ref<Exception>, value: Option<Value>) {
        set_field(py, this, 0, Some(value.unwrap_or(Value::NONE)));
    }
}

/// `StopIteration`
pub(super) struct StopIterationMethods;

#[methods]
impl StopIterationMethods {
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Exception>, args: &[Value], kwargs: &Value) -> Result<()> {
        no_keywords(py, this, kwargs)?;
        set_args(py, this, args);
        Ok(())
    }
    /// generator return value
    #[getter]
    fn value(py: &mut Py, this: &Ref<Exception>) -> Value {
        stop_value(py, this)
    }
    #[setter(value)]
    fn set_value(py: &mut Py, this: &Ref<Exception>, value: Option<Value>) {
        set_field(py, this, 0, Some(value.unwrap_or(Value::NONE)));
    }
}

/// The `value` of a StopIteration: what was set, or the first argument.
pub(crate) fn stop_value(py: &Py, e: &Ref<Exception>) -> Value {
    let e = e.get(py);
    e.field(0).or_else(|| e.arguments().first()).cloned().unwrap_or(Value::NONE)
}

/// `KeyError`
pub(super) struct KeyErrorMethods;

#[methods]
impl KeyErrorMethods {
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Exception>) -> Result<Ref<Str>> {
        // The key of `d['']` would be invisible without quotes.
        let one = match this.get(py).arguments() {
            [one] => Some(one.clone()),
            _ => None,
        };
        match one {
            Some(key) => py.repr(&key),
            None => base_str(py, this),
        }
    }
}

fields! {
    /// The fields of `ImportError`.
    ImportErrorFields {
        0 name set_name "module name",
        1 path set_path "module path",
        2 name_from set_name_from "name imported from module",
        3 msg set_msg "exception message",
    }
}

/// `ImportError`
pub(super) struct ImportErrorMethods;

/// Set `msg` from the arguments.
pub(super) fn fill_import(py: &mut Py, e: &Ref<Exception>, args: &[Value]) {
    if let [message] = args {
        set_field(py, e, 3, Some(message.clone()));
    }
}

#[methods]
impl ImportErrorMethods {
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Exception>, args: &[Value], kwargs: &Value) -> Result<()> {
        set_args(py, this, args);
        for place in 0..4 {
            set_field(py, this, place, None);
        }
        keyword_fields(py, this, "ImportError", kwargs, &["name", "path", "name_from"])?;
        fill_import(py, this, args);
        Ok(())
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Exception>) -> Result<Ref<Str>> {
        if let Some(message) = this.get(py).field(3).cloned()
            && py.is_exact::<Str>(&message)
            && let Ok(message) = message.downcast_into::<Str>()
        {
            return Ok(message);
        }
        base_str(py, this)
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Exception>) -> Value {
        let f = |i: usize| this.get(py).field(i).cloned();
        let extra = [("name", f(0)), ("path", f(1)), ("name_from", f(2))];
        with_state(py, this, &extra)
    }
}

fn with_state(py: &mut Py, this: &Ref<Exception>, extra: &[(&str, Option<Value>)]) -> Value {
    let class = py.type_of(this.as_value()).into_value();
    let args = this.get(py).args.clone();
    match base::state(py, this, extra) {
        Some(state) => py.tuple(vec![class, args, state]),
        None => py.tuple(vec![class, args]),
    }
}

fields! {
    /// The field of `NameError`.
    NameErrorFields { 0 name set_name "name" }
}

/// `NameError`
pub(super) struct NameErrorMethods;

#[methods]
impl NameErrorMethods {
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Exception>, args: &[Value], kwargs: &Value) -> Result<()> {
        set_args(py, this, args);
        keyword_fields(py, this, "NameError", kwargs, &["name"])
    }
}

fields! {
    /// The fields of `AttributeError`.
    AttributeErrorFields { 0 name set_name "attribute name", 1 obj set_obj "object" }
}

/// `AttributeError`
pub(super) struct AttributeErrorMethods;

#[methods]
impl AttributeErrorMethods {
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Exception>, args: &[Value], kwargs: &Value) -> Result<()> {
        set_args(py, this, args);
        keyword_fields(py, this, "AttributeError", kwargs, &["name", "obj"])
    }
    /// Helper for pickle; the object is left out.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Exception>) -> Value {
        let state = Self::__getstate__(py, this);
        let class = py.type_of(this.as_value()).into_value();
        let args = this.get(py).args.clone();
        py.tuple(vec![class, args, state])
    }
    /// Helper for pickle; the object is left out.
    #[py("(self, /)")]
    fn __getstate__(py: &mut Py, this: &Ref<Exception>) -> Value {
        let name = this.get(py).field(0).cloned();
        let args = this.get(py).args.clone();
        let args = if name.is_some() || base::own_dict(py, this).is_some() { Some(args) } else { None };
        base::state(py, this, &[("name", name), ("args", args)]).unwrap_or(Value::NONE)
    }
}
