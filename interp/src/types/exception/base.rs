//! `BaseException`: what every exception can do.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;

use super::{Exception, base_str, no_keywords, set_args};
use crate::object::raise::{Result, type_error};
use crate::object::{Py, Type};
use crate::types::dict::{self, Dict};
use crate::types::frame::Traceback;
use crate::types::list::List;
use crate::types::str::Str;

/// `None`, or the exception: for `__cause__` and `__context__`.
fn link(value: Option<Value>, what: &str, name: &str) -> Result<Option<Value>> {
    match value {
        None => Err(type_error(format!("{name} may not be deleted"))),
        Some(v) if v.is_none() => Ok(None),
        Some(v) if v.is_a::<Exception>() => Ok(Some(v)),
        Some(_) => Err(type_error(format!("exception {what} must be None or derive from BaseException"))),
    }
}

#[methods]
impl Exception {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], _kwargs: &Value) -> Value {
        let args = py.tuple_of(args);
        py.make_in(cls, Exception::new(args)).into_value()
    }
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Exception>, args: &[Value], kwargs: &Value) -> Result<()> {
        no_keywords(py, this, kwargs)?;
        set_args(py, this, args);
        Ok(())
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Exception>) -> Result<String> {
        py.native_stack()?;
        let args = this.get(py).args.clone();
        let one = match this.get(py).arguments() {
            [one] => Some(one.clone()),
            _ => None,
        };
        let inner = match one {
            Some(one) => format!("({})", py.repr(&one)?),
            None => py.repr(&args)?.to_string(),
        };
        Ok(format!("{}{inner}", py.class_name(this.as_value())))
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Exception>) -> Result<Ref<Str>> {
        py.native_stack()?;
        base_str(py, this)
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Exception>) -> Value {
        let args = this.get(py).args.clone();
        reduce(py, this, args)
    }
    /// Restore the attributes of a pickled exception.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<Exception>, state: &Value) -> Result<()> {
        if state.is_none() {
            return Ok(());
        }
        let Some(d) = state.downcast::<Dict>() else { return Err(type_error("state is not a dictionary")) };
        let pairs: Vec<(Value, Value)> = d.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        for (key, value) in pairs {
            let name = py.attribute_name(&key)?;
            py.setattr_str(this.as_value(), &name, Some(value))?;
        }
        Ok(())
    }
    /// Add a note to the exception
    #[py("(self, note, /)")]
    fn add_note(py: &mut Py, this: &Ref<Exception>, note: &Value) -> Result<()> {
        if !note.is_a::<Str>() {
            return Err(type_error(format!("note must be a str, not '{}'", py.type_name(note))));
        }
        let notes = match py.getattr_opt(this.as_value(), "__notes__")? {
            Some(notes) => notes,
            None => {
                let notes = py.list(Vec::new());
                py.setattr(this.as_value(), "__notes__", notes.clone())?;
                notes
            }
        };
        match notes.downcast::<List>() {
            Some(list) => list.get_mut(py).items.push(note.clone()),
            None => return Err(type_error("Cannot add note: __notes__ is not a list")),
        }
        Ok(())
    }
    /// Set self.__traceback__ to tb and return self.
    #[py("(self, tb, /)")]
    fn with_traceback(py: &mut Py, this: &Ref<Exception>, tb: Value) -> Result<Value> {
        Self::set_traceback(py, this, Some(tb))?;
        Ok(this.to_value())
    }
    /// The arguments.
    #[getter]
    fn args(py: &mut Py, this: &Ref<Exception>) -> Value {
        this.get(py).args.clone()
    }
    #[setter(args)]
    fn set_args(py: &mut Py, this: &Ref<Exception>, value: Option<Value>) -> Result<()> {
        let Some(value) = value else { return Err(type_error("args may not be deleted")) };
        let items = py.collect(&value)?;
        let tuple = py.tuple(items);
        let old = std::mem::replace(&mut this.get_mut(py).args, tuple);
        drop(old);
        Ok(())
    }
    /// The traceback.
    #[getter(name = "__traceback__")]
    fn traceback(py: &mut Py, this: &Ref<Exception>) -> Value {
        this.get(py).traceback.clone().unwrap_or(Value::NONE)
    }
    #[setter(traceback)]
    fn set_traceback(py: &mut Py, this: &Ref<Exception>, value: Option<Value>) -> Result<()> {
        let new = match value {
            None => return Err(type_error("__traceback__ may not be deleted")),
            Some(v) if v.is_none() => None,
            Some(v) if v.is_a::<Traceback>() => Some(v),
            Some(_) => return Err(type_error("__traceback__ must be a traceback or None")),
        };
        let old = std::mem::replace(&mut this.get_mut(py).traceback, new);
        drop(old);
        Ok(())
    }
    /// exception context
    #[getter(name = "__context__")]
    fn context(py: &mut Py, this: &Ref<Exception>) -> Value {
        this.get(py).context.clone().unwrap_or(Value::NONE)
    }
    #[setter(context)]
    fn set_context_value(py: &mut Py, this: &Ref<Exception>, value: Option<Value>) -> Result<()> {
        let new = link(value, "context", "__context__")?;
        let old = std::mem::replace(&mut this.get_mut(py).context, new);
        drop(old);
        Ok(())
    }
    /// exception cause
    #[getter(name = "__cause__")]
    fn cause(py: &mut Py, this: &Ref<Exception>) -> Value {
        this.get(py).cause.clone().unwrap_or(Value::NONE)
    }
    #[setter(cause)]
    fn set_cause(py: &mut Py, this: &Ref<Exception>, value: Option<Value>) -> Result<()> {
        let new = link(value, "cause", "__cause__")?;
        let payload = this.get_mut(py);
        payload.suppress_context = true;
        let old = std::mem::replace(&mut payload.cause, new);
        drop(old);
        Ok(())
    }
    /// Whether the context is left out of tracebacks.
    #[getter(name = "__suppress_context__")]
    fn suppress_context(py: &mut Py, this: &Ref<Exception>) -> bool {
        this.get(py).suppress_context
    }
    #[setter(suppress_context)]
    fn set_suppress_context(py: &mut Py, this: &Ref<Exception>, value: Option<Value>) -> Result<()> {
        match value.map(|v| v.as_bool()) {
            Some(Some(b)) => this.get_mut(py).suppress_context = b,
            Some(None) => return Err(type_error("attribute value type must be bool")),
            None => return Err(type_error("can't delete numeric/char attribute")),
        }
        Ok(())
    }
}

/// `(class, args)`, with the attribute dict if there is something in it.
pub(super) fn reduce(py: &mut Py, this: &Ref<Exception>, args: Value) -> Value {
    let class = py.type_of(this.as_value()).into_value();
    match own_dict(py, this) {
        Some(d) => py.tuple(vec![class, args, d.into_value()]),
        None => py.tuple(vec![class, args]),
    }
}

/// The attribute dict if there is something in it.
pub(super) fn own_dict(py: &mut Py, this: &Ref<Exception>) -> Option<Ref<Dict>> {
    let d = py.instance_dict(this.as_value())?;
    if d.get(py).is_empty() { None } else { Some(d) }
}

/// The attributes and these fields as a new dict, for pickle; none if there are none.
pub(super) fn state(py: &mut Py, this: &Ref<Exception>, extra: &[(&str, Option<Value>)]) -> Option<Value> {
    let own = own_dict(py, this);
    if own.is_none() && extra.iter().all(|(_, v)| v.is_none()) {
        return None;
    }
    let out = match own {
        Some(d) => {
            let copy = d.get(py).duplicate();
            py.make(copy)
        }
        None => py.new_dict(),
    };
    for (name, value) in extra {
        if let Some(value) = value {
            dict::set_name(py, &out, name, value.clone());
        }
    }
    Some(out.into_value())
}
