//! `functools.partial`: a callable that brings arguments along, and the marker of places that a
//! call fills.

use lockstep_interp::object::call::Keywords;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::method::BoundMethod;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Frozen, Guarded, Object, Py, Ref, Value, Visitor, methods};
use smallvec::SmallVec;

/// The payload of `functools.Placeholder`.
pub struct Placeholder;

impl Object for Placeholder {
    type Access = Frozen;
}

#[derive(Default)]
struct State {
    placeholder: Option<Value>,
}

/// The one object of its type.
pub fn placeholder(py: &mut Py) -> Value {
    if let Some(known) = py.state::<State>().placeholder.clone() {
        return known;
    }
    py.define::<Placeholder>();
    let made = py.make(Placeholder).into_value();
    py.state::<State>().placeholder = Some(made.clone());
    made
}

#[methods]
impl Placeholder {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], kwargs: &Keywords) -> Result<Value> {
        if !args.is_empty() || !kwargs.is_empty() {
            return Err(type_error(format!("{} takes no arguments", cls.get(py).name)));
        }
        Ok(placeholder(py))
    }
    /// Pickled by name.
    #[py("(self, /)")]
    fn __reduce__(_py: &mut Py, _this: &Ref<Placeholder>) -> &'static str {
        "Placeholder"
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(_py: &mut Py, _this: &Ref<Placeholder>) -> &'static str {
        "Placeholder"
    }
}

impl NativeType for Placeholder {
    const NAME: &'static str = "_PlaceholderType";
    const MODULE: &'static str = "functools";
    const DOC: Option<&'static str> =
        Some("The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments.");
}

/// The payload of a `partial`.
pub struct Partial {
    function: Value,
    args: Ref<Tuple>,
    keywords: Ref<Dict>,
    /// How many of `args` are places that a call fills.
    places: usize,
}

impl Object for Partial {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.function);
        visit.reference(&self.args);
        visit.reference(&self.keywords);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.push(std::mem::replace(&mut self.function, Value::NONE));
    }
}

/// The number of placeholders among the arguments, which must not end with one.
fn count_places(py: &mut Py, args: &[Value]) -> Result<usize> {
    let place = placeholder(py);
    if args.last().is_some_and(|last| last.is(&place)) {
        return Err(type_error("trailing Placeholders are not allowed"));
    }
    Ok(args.iter().filter(|arg| arg.is(&place)).count())
}

/// The arguments with the first places filled from `more`, and what is left of `more` behind them.
fn merged(py: &mut Py, args: &[Value], places: usize, more: &[Value]) -> Vec<Value> {
    let (fill, rest) = more.split_at(places.min(more.len()));
    let mut fill = fill.iter();
    let place = placeholder(py);
    let mut out = Vec::with_capacity(args.len() + rest.len());
    for arg in args {
        let given = if arg.is(&place) { fill.next() } else { None };
        out.push(given.unwrap_or(arg).clone());
    }
    out.extend_from_slice(rest);
    out
}

/// The stored keywords under those of the call.
fn with_keywords(py: &mut Py, stored: &Ref<Dict>, more: &Keywords) -> Result<SmallVec<[(Ref<Str>, Value); 4]>> {
    let mut all = SmallVec::new();
    for (key, value) in stored.get(py).iter() {
        match key.downcast::<Str>() {
            Some(key) => all.push((key.clone(), value.clone())),
            None => return Err(type_error("keywords must be strings")),
        }
    }
    for (key, value) in more {
        match all.iter_mut().find(|(known, _): &&mut (Ref<Str>, Value)| known.is(key) || known.as_bytes() == key.as_bytes()) {
            Some((_, old)) => *old = value.clone(),
            None => all.push((key.clone(), value.clone())),
        }
    }
    Ok(all)
}

/// Whether nobody has given the object attributes of its own.
fn is_bare(py: &mut Py, this: &Ref<Partial>) -> Result<bool> {
    let own = py.getattr(this.as_value(), "__dict__")?;
    Ok(own.downcast::<Dict>().is_none_or(|d| d.get(py).is_empty()))
}

#[methods]
impl Partial {
    /// Create a new function with partial application of the given arguments and keywords.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], kwargs: &Keywords) -> Result<Value> {
        let Some((function, args)) = args.split_first() else {
            return Err(type_error("type 'partial' takes at least one argument"));
        };
        if !py.is_callable(function) {
            return Err(type_error("the first argument must be callable"));
        }
        let place = placeholder(py);
        if kwargs.iter().any(|(_, value)| value.is(&place)) {
            return Err(type_error("Placeholder cannot be passed as a keyword argument"));
        }
        count_places(py, args)?;
        let keywords = py.new_dict();
        let (mut function, mut args) = (function.clone(), args.to_vec());
        if let Some(inner) = function.downcast::<Partial>().cloned()
            && is_bare(py, &inner)?
        {
            let p = inner.get(py);
            let (stored, places) = (p.args.clone(), p.places);
            (function, args) = (
                p.function.clone(),
                if args.is_empty() { stored.slice().to_vec() } else { merged(py, stored.slice(), places, &args) },
            );
            let old = inner.get(py).keywords.clone().into_value();
            dict::methods::update(py, &keywords, &old)?;
        }
        for (key, value) in kwargs {
            dict::set_str(py, &keywords, key, value.clone());
        }
        let places = args.iter().filter(|arg| arg.is(&place)).count();
        let args = py.new_tuple(args);
        Ok(py.make_in(cls, Partial { function, args, keywords, places }).into_value())
    }
    /// Call self as a function.
    #[py("(self, /, *args, **kwargs)")]
    fn __call__(py: &mut Py, this: &Ref<Partial>, args: &[Value], kwargs: &Keywords) -> Result<Value> {
        let p = this.get(py);
        let (function, stored, keywords, places) = (p.function.clone(), p.args.clone(), p.keywords.clone(), p.places);
        if args.len() < places {
            return Err(type_error(format!(
                "missing positional arguments in 'partial' call; expected at least {places}, got {}",
                args.len()
            )));
        }
        let all: SmallVec<[Value; 8]> = match places {
            0 => stored.slice().iter().chain(args).cloned().collect(),
            _ => merged(py, stored.slice(), places, args).into(),
        };
        if keywords.get(py).is_empty() {
            return py.call_kw(&function, &all, kwargs);
        }
        let keywords = with_keywords(py, &keywords, kwargs)?;
        py.call_kw(&function, &all, &keywords)
    }
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<Partial>, instance: &Value, _owner: &Value) -> Value {
        if instance.is_none() { this.to_value() } else { BoundMethod::bind(py, this.as_value(), instance) }
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Partial>) -> Result<Value> {
        let class = py.type_of(this.as_value()).into_value();
        let own = if is_bare(py, this)? { Value::NONE } else { py.getattr(this.as_value(), "__dict__")? };
        let p = this.get(py);
        let (function, args, keywords) = (p.function.clone(), p.args.to_value(), p.keywords.to_value());
        let arguments = py.tuple(vec![function.clone()]);
        let state = py.tuple(vec![function, args, keywords, own]);
        Ok(py.tuple(vec![class, arguments, state]))
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Partial>) -> Result<Value> {
        if !py.repr_enter(this.as_value()) {
            return Ok(py.str("..."));
        }
        let text = show(py, this);
        py.repr_leave(this.as_value());
        text
    }
    /// Set state information for unpickling.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<Partial>, state: &Value) -> Result<()> {
        let bad = || type_error("invalid partial state");
        let Some([function, args, keywords, own]) = state.downcast::<Tuple>().map(|t| t.slice()) else { return Err(bad()) };
        let Some(args) = args.downcast::<Tuple>() else { return Err(bad()) };
        let wrong = |value: &Value| !value.is_none() && !value.is_a::<Dict>();
        if !py.is_callable(function) || wrong(keywords) || wrong(own) {
            return Err(bad());
        }
        let places = count_places(py, args.slice())?;
        let args = if py.is_exact::<Tuple>(args.as_value()) { args.clone() } else { py.new_tuple(args.slice().to_vec()) };
        let keywords = match keywords.downcast::<Dict>() {
            Some(exact) if py.is_exact::<Dict>(keywords) => exact.clone(),
            Some(other) => dict::methods::copy(py, other),
            None => py.new_dict(),
        };
        let own = if own.is_none() { py.new_dict().into_value() } else { own.clone() };
        py.setattr(this.as_value(), "__dict__", own)?;
        let new = Partial { function: function.clone(), args, keywords, places };
        drop(std::mem::replace(this.get_mut(py), new));
        Ok(())
    }
    /// See PEP 585
    #[classmethod("(cls, item, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, item: &Value) -> Result<Value> {
        let types = lockstep_interp::import::import_module(py, "types")?;
        py.call_method(&types, "GenericAlias", &[cls.clone(), item.clone()])
    }
    /// function object to use in future partial calls
    #[getter]
    fn func(py: &mut Py, this: &Ref<Partial>) -> Value {
        this.get(py).function.clone()
    }
    /// tuple of arguments to future partial calls
    #[getter]
    fn args(py: &mut Py, this: &Ref<Partial>) -> Value {
        this.get(py).args.to_value()
    }
    /// dictionary of keyword arguments to future partial calls
    #[getter]
    fn keywords(py: &mut Py, this: &Ref<Partial>) -> Value {
        this.get(py).keywords.to_value()
    }
}

/// `functools.partial(function, argument, name=argument)`
fn show(py: &mut Py, this: &Ref<Partial>) -> Result<Value> {
    let class = py.type_of(this.as_value()).into_value();
    let mut text = Vec::new();
    for (name, end) in [("__module__", b'.'), ("__qualname__", b'(')] {
        let part = py.getattr(&class, name)?;
        text.extend_from_slice(py.str_of(&part)?.as_bytes());
        text.push(end);
    }
    let p = this.get(py);
    let (function, args, keywords) = (p.function.clone(), p.args.clone(), p.keywords.clone());
    text.extend_from_slice(py.repr(&function)?.as_bytes());
    for arg in args.slice() {
        text.extend_from_slice(b", ");
        text.extend_from_slice(py.repr(arg)?.as_bytes());
    }
    let entries: Vec<(Value, Value)> = keywords.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    for (key, value) in entries {
        text.extend_from_slice(b", ");
        text.extend_from_slice(py.str_of(&key)?.as_bytes());
        text.push(b'=');
        text.extend_from_slice(py.repr(&value)?.as_bytes());
    }
    text.push(b')');
    Ok(py.new_str_bytes(&text).into_value())
}

impl NativeType for Partial {
    const NAME: &'static str = "partial";
    const MODULE: &'static str = "functools";
    const DOC: Option<&'static str> = Some("Create a new function with partial application of the given arguments and keywords.");
    const FLAGS: u32 = TypeFlags::BASE;
    const DICT: bool = true;
}
