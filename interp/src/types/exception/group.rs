//! `BaseExceptionGroup`, and what `except*` does with groups.

use std::collections::HashSet;

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;

use super::{Exception, is_exception_class, no_keywords, set_args};
use crate::object::raise::{Exc, Result, type_error, value_error};
use crate::object::{Py, Type};
use crate::types::list::List;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;

/// Whether a value is an exception group.
pub(crate) fn is_group(py: &Py, value: &Value) -> bool {
    value.is_a::<Exception>() && py.is_instance_of(value, &py.exception_type(Exc::BaseExceptionGroup))
}

/// The exceptions of a group.
pub(crate) fn exceptions_of(py: &Py, group: &Ref<Exception>) -> Vec<Value> {
    group.get(py).field(EXCEPTIONS).and_then(|v| v.downcast::<Tuple>()).map_or_else(Vec::new, |t| t.slice().to_vec())
}

/// `BaseExceptionGroup.__new__`
pub(super) fn make(py: &mut Py, cls: &Ref<Type>, args: &[Value]) -> Result<Ref<Exception>> {
    let [message, sequence] = args else {
        return Err(type_error(format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)", args.len())));
    };
    if !message.is_a::<Str>() {
        return Err(type_error(format!("BaseExceptionGroup.__new__() argument 1 must be str, not {}", py.type_name(message))));
    }
    let is_sequence = sequence.is_a::<List>() || sequence.is_a::<Tuple>() || {
        py.special(sequence, crate::object::Special::GetItem).is_some() && !sequence.is_a::<crate::types::dict::Dict>()
    };
    if !is_sequence {
        return Err(type_error("second argument (exceptions) must be a sequence"));
    }
    let items = py.collect(sequence)?;
    if items.is_empty() {
        return Err(value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let exception = py.exception_type(Exc::Exception);
    let mut plain = true;
    for (i, item) in items.iter().enumerate() {
        if !item.is_a::<Exception>() {
            return Err(value_error(format!("Item {i} of second argument (exceptions) is not an exception")));
        }
        plain &= py.is_instance_of(item, &exception);
    }
    let mut cls = cls.clone();
    if cls.is(&py.exception_type(Exc::BaseExceptionGroup)) {
        if plain {
            cls = py.exception_type(Exc::ExceptionGroup);
        }
    } else if cls.is(&py.exception_type(Exc::ExceptionGroup)) {
        if !plain {
            return Err(type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
        }
    } else if py.is_subtype(&cls, &exception) && !plain {
        let name = cls.get(py).name.to_string();
        return Err(type_error(format!("Cannot nest BaseExceptions in '{name}'")));
    }
    let exceptions = py.tuple(items);
    let args = py.tuple(args.to_vec());
    let fields = Box::new([Some(message.clone()), Some(exceptions)]);
    Ok(py.make_in(&cls, Exception { fields, ..Exception::new(args) }))
}

/// What `split` and `subgroup` look for.
enum Matcher {
    Class(Value),
    Predicate(Value),
    Identity(HashSet<u64>),
}

impl Matcher {
    fn new(py: &Py, value: &Value) -> Result<Matcher> {
        let is_tuple = value.downcast::<Tuple>().is_some_and(|t| t.slice().iter().all(|c| is_exception_class(py, c)));
        if is_exception_class(py, value) || is_tuple {
            return Ok(Matcher::Class(value.clone()));
        }
        if !value.is_a::<Type>() && py.is_callable(value) {
            return Ok(Matcher::Predicate(value.clone()));
        }
        Err(type_error("expected an exception type, a tuple of exception types, or a callable (other than a class)"))
    }
    fn matches(&self, py: &mut Py, exception: &Value) -> Result<bool> {
        match self {
            Matcher::Class(class) => py.exception_matches(exception, class),
            Matcher::Predicate(function) => {
                let result = py.call(function, std::slice::from_ref(exception))?;
                py.truth(&result)
            }
            Matcher::Identity(ids) => Ok(!is_group(py, exception) && ids.contains(&exception.id())),
        }
    }
}

/// The matching part and the rest.
fn split(py: &mut Py, exception: &Value, matcher: &Matcher, rest_too: bool) -> Result<(Option<Value>, Option<Value>)> {
    if matcher.matches(py, exception)? {
        return Ok((Some(exception.clone()), None));
    }
    let group = match exception.downcast::<Exception>() {
        Some(group) if is_group(py, exception) => group.clone(),
        _ => return Ok((None, rest_too.then(|| exception.clone()))),
    };
    py.native_stack()?;
    let (mut matched, mut rest) = (Vec::new(), Vec::new());
    for e in exceptions_of(py, &group) {
        let (m, r) = split(py, &e, matcher, rest_too)?;
        matched.extend(m);
        rest.extend(r);
    }
    let matched = subset(py, &group, matched)?;
    let rest = if rest_too { subset(py, &group, rest)? } else { None };
    Ok((matched, rest))
}

/// A group like `group` of these exceptions; none if there are none.
fn subset(py: &mut Py, group: &Ref<Exception>, exceptions: Vec<Value>) -> Result<Option<Value>> {
    if exceptions.is_empty() {
        return Ok(None);
    }
    let list = py.list(exceptions);
    let made = py.call_method(group.as_value(), "derive", &[list])?;
    if !is_group(py, &made) {
        return Err(type_error("derive must return an instance of BaseExceptionGroup"));
    }
    if let Some(e) = made.downcast::<Exception>() {
        let (traceback, context, cause) = {
            let g = group.get(py);
            (g.traceback.clone(), g.context.clone(), g.cause.clone())
        };
        let payload = e.get_mut(py);
        let suppress = cause.is_some();
        let old = (
            std::mem::replace(&mut payload.traceback, traceback),
            std::mem::replace(&mut payload.context, context),
            std::mem::replace(&mut payload.cause, cause),
        );
        payload.suppress_context |= suppress;
        drop(old);
    }
    if let Some(notes) = py.getattr_opt(group.as_value(), "__notes__")?
        && (notes.is_a::<List>() || notes.is_a::<Tuple>())
    {
        let items = py.collect(&notes)?;
        let copy = py.list(items);
        py.setattr(&made, "__notes__", copy)?;
    }
    Ok(Some(made))
}

/// `BaseExceptionGroup`
pub(super) struct GroupMethods;

#[methods]
impl GroupMethods {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], _kwargs: &Value) -> Result<Value> {
        make(py, cls, args).map(Ref::into_value)
    }
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Exception>, args: &[Value], kwargs: &Value) -> Result<()> {
        no_keywords(py, this, kwargs)?;
        set_args(py, this, args);
        Ok(())
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Exception>) -> Result<String> {
        let message = super::field(py, this, MESSAGE);
        let message = py.str_of(&message)?;
        let n = exceptions_of(py, this).len();
        Ok(format!("{message} ({n} sub-exception{})", if n == 1 { "" } else { "s" }))
    }
    /// See PEP 585
    #[classmethod("(type, item, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, item: &Value) -> Result<Value> {
        crate::types::generic_alias::alias(py, cls, item)
    }
    /// Make a group of the same kind with other exceptions; meant to be overridden.
    #[py("(self, excs, /)")]
    fn derive(py: &mut Py, this: &Ref<Exception>, excs: Value) -> Result<Value> {
        let message = super::field(py, this, MESSAGE);
        let base = py.exception_type(Exc::BaseExceptionGroup);
        make(py, &base, &[message, excs]).map(Ref::into_value)
    }
    /// The matching part and the rest of the group.
    #[py("(self, matcher_value, /)")]
    fn split(py: &mut Py, this: &Ref<Exception>, matcher_value: &Value) -> Result<Value> {
        let matcher = Matcher::new(py, matcher_value)?;
        let (matched, rest) = split(py, this.as_value(), &matcher, true)?;
        Ok(py.tuple(vec![matched.unwrap_or(Value::NONE), rest.unwrap_or(Value::NONE)]))
    }
    /// The matching part of the group.
    #[py("(self, matcher_value, /)")]
    fn subgroup(py: &mut Py, this: &Ref<Exception>, matcher_value: &Value) -> Result<Value> {
        let matcher = Matcher::new(py, matcher_value)?;
        let (matched, _) = split(py, this.as_value(), &matcher, false)?;
        Ok(matched.unwrap_or(Value::NONE))
    }
    /// exception message
    #[getter]
    fn message(py: &mut Py, this: &Ref<Exception>) -> Value {
        super::field(py, this, MESSAGE)
    }
    /// nested exceptions
    #[getter]
    fn exceptions(py: &mut Py, this: &Ref<Exception>) -> Value {
        super::field(py, this, EXCEPTIONS)
    }
}

/// `except* kind`: a tuple of the matching part, or None, and the rest, or None.
pub fn split_for_except_star(py: &mut Py, exception: &Value, kind: &Value) -> Result<Value> {
    let classes = match kind.downcast::<Tuple>() {
        Some(t) => t.slice().to_vec(),
        None => vec![kind.clone()],
    };
    let base = py.exception_type(Exc::BaseExceptionGroup);
    for class in &classes {
        if !is_exception_class(py, class) {
            return Err(type_error("catching classes that do not inherit from BaseException is not allowed"));
        }
        if class.downcast::<Type>().is_some_and(|t| py.is_subtype(t, &base)) {
            return Err(type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
        }
    }
    if exception.is_none() {
        return Ok(py.tuple(vec![Value::NONE, Value::NONE]));
    }
    if py.exception_matches(exception, kind)? {
        if is_group(py, exception) {
            return Ok(py.tuple(vec![exception.clone(), Value::NONE]));
        }
        let (message, inside) = (py.str(""), py.tuple(vec![exception.clone()]));
        let wrapped = make(py, &base, &[message, inside])?;
        return Ok(py.tuple(vec![wrapped.into_value(), Value::NONE]));
    }
    if !is_group(py, exception) {
        return Ok(py.tuple(vec![Value::NONE, exception.clone()]));
    }
    let pair = py.call_method(exception, "split", std::slice::from_ref(kind))?;
    let class = py.type_name(exception);
    let Some(parts) = pair.downcast::<Tuple>() else {
        return Err(type_error(format!("{class}.split must return a tuple, not {}", py.type_name(&pair))));
    };
    match parts.slice() {
        [matched, rest, ..] => Ok(py.tuple(vec![matched.clone(), rest.clone()])),
        short => Err(type_error(format!("{class}.split must return a 2-tuple, got tuple of size {}", short.len()))),
    }
}

/// What an `except*` statement raises at its end, or None. `raised` is a list of what its
/// clauses raised and what no clause matched.
pub fn prepare_reraise_star(py: &mut Py, original: &Value, raised: &Value) -> Result<Value> {
    let items: Vec<Value> = py.collect(raised)?.into_iter().filter(|e| !e.is_none()).collect();
    if items.is_empty() {
        return Ok(Value::NONE);
    }
    if !is_group(py, original) {
        // A bare exception was wrapped for the one clause that matched it.
        return Ok(items[0].clone());
    }
    let (mut new, mut old) = (Vec::new(), Vec::new());
    for e in items {
        if same_origin(py, &e, original)? { old.push(e) } else { new.push(e) }
    }
    let again = if old.is_empty() {
        None
    } else {
        let mut leaves = HashSet::new();
        for e in &old {
            collect_leaves(py, e, &mut leaves)?;
        }
        split(py, original, &Matcher::Identity(leaves), false)?.0
    };
    if new.is_empty() {
        return Ok(again.unwrap_or(Value::NONE));
    }
    new.extend(again);
    if let [one] = &new[..] {
        return Ok(one.clone());
    }
    let (message, list, base) = (py.str(""), py.list(new), py.exception_type(Exc::BaseExceptionGroup));
    make(py, &base, &[message, list]).map(Ref::into_value)
}

/// Whether an exception is a part of the original group: same traceback, cause, context, notes.
fn same_origin(py: &mut Py, exception: &Value, original: &Value) -> Result<bool> {
    let (Some(a), Some(b)) = (exception.downcast::<Exception>(), original.downcast::<Exception>()) else { return Ok(false) };
    if !is_group(py, exception) {
        return Ok(false);
    }
    let same = |a: &Option<Value>, b: &Option<Value>| match (a, b) {
        (Some(a), Some(b)) => a.is(b),
        (None, None) => true,
        _ => false,
    };
    {
        let (a, b) = (a.get(py), b.get(py));
        if !same(&a.traceback, &b.traceback) || !same(&a.cause, &b.cause) || !same(&a.context, &b.context) {
            return Ok(false);
        }
    }
    let (x, y) = (py.getattr_opt(exception, "__notes__")?, py.getattr_opt(original, "__notes__")?);
    match (x, y) {
        (None, None) => Ok(true),
        // Parts have a copy of the list.
        (Some(x), Some(y)) => py.eq(&x, &y),
        _ => Ok(false),
    }
}

fn collect_leaves(py: &mut Py, exception: &Value, out: &mut HashSet<u64>) -> Result<()> {
    match exception.downcast::<Exception>() {
        Some(group) if is_group(py, exception) => {
            py.native_stack()?;
            for e in exceptions_of(py, group) {
                collect_leaves(py, &e, out)?;
            }
        }
        _ => {
            out.insert(exception.id());
        }
    }
    Ok(())
}
