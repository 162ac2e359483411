//! Instances of ordinary classes, written without a call of `__reduce_ex__`.
//!
//! What `object.__reduce_ex__` would return is known by the object's shape, so it is worked out
//! once per shape and pickle.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::rc::Rc;

use lockstep_interp::object::TypeFlags;
use lockstep_interp::object::raise::{Result, runtime_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::r#type::layout;
use lockstep_interp::{Instance, Py, Raised, Ref, Value, Visitor};

use super::containers::at_item;
use super::memo::Addresses;
use super::op;
use super::pickler::Pickler;
use super::reduce::made;
use super::save::{put, put_place, save};
use crate::notes::noted;

/// How instances of a shape are written.
enum Plan {
    /// By their methods.
    Methods,
    /// The attributes, whose names these are.
    Attributes { class: Value, names: Vec<Value> },
    /// The attributes, which are in a dict.
    Dict { class: Value },
    /// What their `__getstate__` returns.
    State { class: Value, getstate: Ref<Str> },
}

/// What is known, by shape.
#[derive(Default)]
pub struct Plans(HashMap<u64, Rc<Plan>, BuildHasherDefault<Addresses>>);

impl Plans {
    /// Show the values inside to the collector.
    pub fn trace(&self, visit: &mut Visitor<'_>) {
        for plan in self.0.values() {
            match &**plan {
                Plan::Methods => {}
                Plan::Attributes { class, names } => {
                    visit.value(class);
                    visit.all(names);
                }
                Plan::Dict { class } | Plan::State { class, .. } => visit.value(class),
            }
        }
    }
}

/// Methods that change how an instance is reduced.
const METHODS: [&str; 4] = ["__reduce_ex__", "__reduce__", "__getnewargs_ex__", "__getnewargs__"];

fn make(py: &mut Py, value: &Value) -> Result<Plan> {
    let ty = py.type_of(value);
    let flags = ty.get(py).flags;
    if flags.has(TypeFlags::CUSTOM_GET | TypeFlags::NO_NEW)
        || !layout::is_plain(py, &ty)
        || !layout::member_names(py, &ty).is_empty()
    {
        return Ok(Plan::Methods);
    }
    let table = py.state::<super::State>().dispatch_table.clone();
    if let Some(table) = table
        && dict::get(py, &table, ty.as_value())?.is_some()
    {
        return Ok(Plan::Methods);
    }
    let object = py.type_named("object");
    for name in METHODS.iter().chain(&["__class__"]) {
        let name = py.intern(name);
        let (found, own) = (py.lookup(&ty, &name), object.get(py).dict.get(py).get_str(&name).cloned());
        let same = match (&found, &own) {
            (Some(a), Some(b)) => a.is(b),
            (None, None) => true,
            _ => false,
        };
        if !same || py.instance_get(value, &name).is_some() {
            return Ok(Plan::Methods);
        }
    }
    let name = py.intern("__getstate__");
    let (found, own) = (py.lookup(&ty, &name), object.get(py).dict.get(py).get_str(&name).cloned());
    let class = ty.to_value();
    if py.instance_get(value, &name).is_some() || !matches!((found, own), (Some(a), Some(b)) if a.is(&b)) {
        return Ok(Plan::State { class, getstate: name });
    }
    let Some(header) = value.header() else { return Ok(Plan::Methods) };
    let shape = header.shape();
    if !shape.has_dict() {
        return Ok(Plan::Attributes { class, names: Vec::new() });
    }
    if shape.dict_mode() {
        return Ok(Plan::Dict { class });
    }
    let names: Vec<Value> = (0..shape.len()).filter_map(|i| shape.name(i)).collect();
    Ok(if names.len() == shape.len() { Plan::Attributes { class, names } } else { Plan::Methods })
}

/// Write an instance if its shape says all. Whether it was written.
pub fn instance(py: &mut Py, p: &Ref<Pickler>, value: &Value) -> Result<bool> {
    let Some(header) = value.header() else { return Ok(false) };
    let shape = header.shape();
    if shape.payload() != std::any::TypeId::of::<Instance>() {
        return Ok(false);
    }
    let state = p.get(py);
    if state.proto < 2 || state.fast != 0 || state.reducer_override.is_some() || state.table.is_some() {
        return Ok(false);
    }
    let key = header.shape_ptr() as u64;
    let plan = match state.plans.0.get(&key) {
        Some(plan) => plan.clone(),
        None => {
            let plan = Rc::new(make(py, value)?);
            p.get_mut(py).plans.0.insert(key, plan.clone());
            plan
        }
    };
    let result = match &*plan {
        Plan::Methods => return Ok(false),
        Plan::Attributes { class, names } => construct(py, p, value, class).and_then(|()| attributes(py, p, value, key, names)),
        Plan::Dict { class } => construct(py, p, value, class).and_then(|()| {
            let Some(dict) = py.instance_dict(value) else { return Ok(()) };
            if dict.get(py).is_empty() { Ok(()) } else { built(py, p, value, &dict.into_value()) }
        }),
        Plan::State { class, getstate } => {
            let state = py.call_method_str(value, getstate, &[])?;
            construct(py, p, value, class).and_then(|()| if state.is_none() { Ok(()) } else { built(py, p, value, &state) })
        }
    };
    match result {
        Ok(()) => Ok(true),
        Err(e) => Err(at_item(py, e, value, "object")),
    }
}

fn construct(py: &mut Py, p: &Ref<Pickler>, value: &Value, class: &Value) -> Result<()> {
    if let Err(e) = save(py, p, class) {
        return Err(at_item(py, e, value, "class"));
    }
    put(py, p, &[op::EMPTY_TUPLE, op::NEWOBJ]);
    made(py, p, value)
}

fn built(py: &mut Py, p: &Ref<Pickler>, value: &Value, state: &Value) -> Result<()> {
    if let Err(e) = save(py, p, state) {
        return Err(at_item(py, e, value, "state"));
    }
    put(py, p, &[op::BUILD]);
    Ok(())
}

#[cold]
fn in_attribute(py: &mut Py, error: Raised, value: &Value, name: &Value) -> Raised {
    if error.is(lockstep_interp::Exc::RecursionError) {
        return error;
    }
    let note = format!("when serializing dict item {}", py.repr_lossy(name));
    let error = noted(py, error, &note);
    at_item(py, error, value, "state")
}

/// The attributes in the object's own slots, as the dict that they would be in.
fn attributes(py: &mut Py, p: &Ref<Pickler>, value: &Value, shape: u64, names: &[Value]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    {
        let p = p.get_mut(py);
        p.out.op(op::EMPTY_DICT);
        // Nobody else can refer to that dict.
        let place = p.memo.skip();
        put_place(p, place);
        if names.len() > 1 {
            p.out.op(op::MARK);
        }
    }
    for (i, name) in names.iter().enumerate() {
        let Some(item) = value.header().filter(|h| h.shape_ptr() as u64 == shape).and_then(|h| {
            let first = h.shape().members();
            h.slot(first + i, py)
        }) else {
            return Err(runtime_error("dictionary changed size during iteration"));
        };
        save(py, p, name)?;
        if let Err(e) = save(py, p, &item) {
            return Err(in_attribute(py, e, value, name));
        }
    }
    put(py, p, &[if names.len() > 1 { op::SETITEMS } else { op::SETITEM }, op::BUILD]);
    Ok(())
}
