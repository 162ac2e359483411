//! `_thread._local`: an object whose attributes each thread has for itself.

use std::collections::HashMap;

use lockstep_heap::{Anchor, Weak};
use lockstep_interp::object::raise::{attribute_error, no_attribute, type_error};
use lockstep_interp::object::{NativeType, Special, Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Guarded, Object, Py, Ref, Result, Value, Visitor, methods};

/// The payload of a thread-local object.
pub struct Local {
    /// The attributes of each thread.
    dicts: HashMap<u64, Ref<Dict>>,
    /// What `__init__` is called with on every thread.
    args: Value,
    kwargs: Value,
    anchor: Anchor,
}

impl Object for Local {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        for dict in self.dicts.values() {
            visit.reference(dict);
        }
        visit.value(&self.args);
        visit.value(&self.kwargs);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.dicts.drain().map(|(_, dict)| dict.into_value()));
    }
}

/// The thread-locals in which each thread has attributes.
#[derive(Default)]
struct Known {
    by_thread: HashMap<u64, Vec<Weak>>,
}

/// A thread ends: its attributes go.
pub(super) fn forget_thread(py: &mut Py, thread: u64) {
    // What dies here may make new ones.
    for _ in 0..16 {
        let Some(locals) = py.state::<Known>().by_thread.remove(&thread) else { return };
        for weak in locals {
            let Some(object) = weak.get(py) else { continue };
            let gone = object.downcast::<Local>().and_then(|local| local.get_mut(py).dicts.remove(&thread));
            drop((gone, object));
            py.drain_pending();
        }
    }
}

/// A new dict for this thread.
fn enter(py: &mut Py, this: &Ref<Local>) -> Ref<Dict> {
    let thread = py.thread_id();
    let fresh = py.new_dict();
    this.get_mut(py).dicts.insert(thread, fresh.clone());
    let weak = this.get(py).anchor.weak(this.as_value());
    py.state::<Known>().by_thread.entry(thread).or_default().push(weak);
    fresh
}

/// This thread's attributes; on its first use of the object `__init__` runs.
fn attributes(py: &mut Py, this: &Ref<Local>) -> Result<Ref<Dict>> {
    let thread = py.thread_id();
    if let Some(dict) = this.get(py).dicts.get(&thread) {
        return Ok(dict.clone());
    }
    let fresh = enter(py, this);
    if py.type_of(this.as_value()).get(py).flags.has(TypeFlags::CUSTOM_INIT) {
        let local = this.get(py);
        let (args, kwargs) = (local.args.clone(), local.kwargs.clone());
        if let Err(error) = initialise(py, this, &args, &kwargs) {
            // The next use tries again.
            drop(this.get_mut(py).dicts.remove(&thread));
            return Err(error);
        }
    }
    Ok(fresh)
}

fn initialise(py: &mut Py, this: &Ref<Local>, args: &Value, kwargs: &Value) -> Result<()> {
    let Some(init) = py.special_owned(this.as_value(), Special::Init) else { return Ok(()) };
    let mut all = vec![this.to_value()];
    all.extend_from_slice(args.downcast::<Tuple>().map_or(&[], |t| t.slice()));
    let keywords = py.kwargs(kwargs);
    let result = py.call_kw(&init, &all, &keywords)?;
    if !result.is_none() {
        return Err(type_error(format!("__init__() should return None, not '{}'", py.type_name(&result))));
    }
    Ok(())
}

/// Sets or, without a value, deletes an attribute.
fn assign(py: &mut Py, this: &Ref<Local>, name: &Value, value: Option<Value>) -> Result<()> {
    let name = py.attribute_name(name)?;
    let dict = attributes(py, this)?;
    if name.as_bytes() == b"__dict__" {
        let class = py.type_name(this.as_value());
        return Err(attribute_error(format!("'{class}' object attribute '__dict__' is read-only"), this.as_value(), &name));
    }
    let ty = py.type_of(this.as_value());
    if let Some(meta) = py.lookup(&ty, &name)
        && py.is_data_descriptor(&meta)
    {
        return py.set_through(&meta, this.as_value(), &name, value);
    }
    match value {
        Some(value) => dict::set_str(py, &dict, &name, value),
        None => match dict::remove_str(py, &dict, &name) {
            Some(gone) => drop(gone),
            None => return Err(no_attribute(py, this.as_value(), &name)),
        },
    }
    py.drain_pending();
    Ok(())
}

fn find(py: &mut Py, this: &Ref<Local>, name: &Ref<Str>) -> Result<Value> {
    let dict = attributes(py, this)?;
    if name.as_bytes() == b"__dict__" {
        return Ok(dict.into_value());
    }
    let ty = py.type_of(this.as_value());
    let meta = py.lookup(&ty, name);
    if let Some(meta) = &meta
        && py.is_data_descriptor(meta)
    {
        return py.bind_descriptor(meta, this.as_value(), &ty);
    }
    if let Some(value) = dict.get(py).get_str(name) {
        return Ok(value.clone());
    }
    match meta {
        Some(meta) => py.bind_descriptor(&meta, this.as_value(), &ty),
        None => Err(no_attribute(py, this.as_value(), name)),
    }
}

#[methods]
impl Local {
    #[staticmethod("(cls, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &Value, kwargs: &Value) -> Result<Value> {
        let given = !lockstep_interp::object::convert::arg_slice(args).is_empty() || !py.kwargs(kwargs).is_empty();
        if given && !cls.get(py).flags.has(TypeFlags::CUSTOM_INIT) {
            return Err(type_error("Initialization arguments are not supported"));
        }
        let payload = Local { dicts: HashMap::new(), args: args.clone(), kwargs: kwargs.clone(), anchor: Anchor::default() };
        let made = py.make_in(cls, payload);
        // The call of the class runs `__init__` for this thread.
        enter(py, &made);
        Ok(made.into_value())
    }

    #[py("(self, name, /)")]
    fn __getattribute__(py: &mut Py, this: &Ref<Local>, name: &Value) -> Result<Value> {
        let name = py.attribute_name(name)?;
        find(py, this, &name)
    }

    #[py("(self, name, value, /)")]
    fn __setattr__(py: &mut Py, this: &Ref<Local>, name: &Value, value: Value) -> Result<()> {
        assign(py, this, name, Some(value))
    }

    #[py("(self, name, /)")]
    fn __delattr__(py: &mut Py, this: &Ref<Local>, name: &Value) -> Result<()> {
        assign(py, this, name, None)
    }
}

impl NativeType for Local {
    const NAME: &'static str = "_local";
    const MODULE: &'static str = "_thread";
    const DOC: Option<&'static str> = Some("Thread-local data");
}
