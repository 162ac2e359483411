//! `_collections`: `deque`, `defaultdict`, `OrderedDict`, and helpers of `collections`.

mod default_dict;
mod deque;
mod ordered_dict;

pub(crate) use deque::Deque;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{NativeType, Type};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::module::Module as ModuleObject;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods, module};

/// The payload of a descriptor that reads an item of a named tuple.
pub struct TupleGetter {
    index: usize,
    doc: Value,
}

impl Object for TupleGetter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.doc);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.push(std::mem::replace(&mut self.doc, Value::NONE));
    }
}

#[methods]
impl TupleGetter {
    /// Create and return a new object.
    #[staticmethod("(type, index, doc, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, index: usize, doc: Value) -> Value {
        py.make_in(cls, TupleGetter { index, doc }).into_value()
    }
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<TupleGetter>, instance: &Value, _owner: &Value) -> Result<Value> {
        if instance.is_none() {
            return Ok(this.to_value());
        }
        match instance.downcast::<Tuple>() {
            Some(t) => match t.slice().get(this.get(py).index) {
                Some(item) => Ok(item.clone()),
                None => Err(lockstep_interp::object::raise::index_error("tuple index out of range")),
            },
            None => Err(type_error(format!(
                "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
                this.get(py).index,
                py.type_name(instance)
            ))),
        }
    }
    /// The items of named tuples cannot be set.
    #[py("(self, instance, value, /)")]
    fn __set__(py: &mut Py, _this: &Ref<TupleGetter>, _instance: &Value, _value: &Value) -> Result<()> {
        Err(cannot(py, "set"))
    }
    /// The items of named tuples cannot be deleted.
    #[py("(self, instance, /)")]
    fn __delete__(py: &mut Py, _this: &Ref<TupleGetter>, _instance: &Value) -> Result<()> {
        Err(cannot(py, "delete"))
    }
    /// What copies and pickles are made from.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<TupleGetter>) -> Value {
        let class = py.type_of(this.as_value()).into_value();
        let (index, doc) = (this.get(py).index, this.get(py).doc.clone());
        let index = py.int(index as i64);
        let args = py.tuple(vec![index, doc]);
        py.tuple(vec![class, args])
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<TupleGetter>) -> Result<String> {
        let (index, doc) = (this.get(py).index, this.get(py).doc.clone());
        let doc = py.repr(&doc)?;
        Ok(format!("_tuplegetter({index}, {doc})"))
    }
    /// The documentation given at creation.
    #[getter]
    fn __doc__(py: &mut Py, this: &Ref<TupleGetter>) -> Value {
        this.get(py).doc.clone()
    }
    #[setter(__doc__)]
    fn set_doc(py: &mut Py, this: &Ref<TupleGetter>, value: Option<Value>) -> Result<()> {
        drop(std::mem::replace(&mut this.get_mut(py).doc, value.unwrap_or(Value::NONE)));
        Ok(())
    }
}

fn cannot(py: &mut Py, what: &str) -> lockstep_interp::Raised {
    let _ = py;
    lockstep_interp::Raised::new(lockstep_interp::Exc::AttributeError, format!("can't {what} attribute"))
}

impl NativeType for TupleGetter {
    const NAME: &'static str = "_tuplegetter";
    const MODULE: &'static str = "collections";
    const FLAGS: u32 = 0;
}

/// The functions of the module.
struct Functions;

#[module]
impl Functions {
    /// Count elements in the iterable, updating the mapping.
    #[py("(mapping, iterable, /)")]
    fn _count_elements(py: &mut Py, mapping: &Value, iterable: &Value) -> Result<()> {
        let get = py.getattr(mapping, "get")?;
        let plain_get = get.is_a::<lockstep_interp::types::native::Native>();
        let mut items = py.iter(iterable)?;
        if let Some(counts) = mapping.downcast::<Dict>()
            && plain_get
        {
            while let Some(key) = items.next(py)? {
                let hash = py.hash(&key)? as u64;
                let place = dict::find(py, counts, &key, hash)?;
                let old = place.and_then(|p| counts.get(py).value_at(p).cloned());
                let new = match &old {
                    Some(n) => py.binary(lockstep_interp::object::special::BinaryOp::Add, n, &Value::int32(1))?,
                    None => Value::int32(1),
                };
                dict::set_hashed(py, counts, &key, hash, new)?;
            }
            return Ok(());
        }
        while let Some(key) = items.next(py)? {
            let old = py.call(&get, &[key.clone(), Value::int32(0)])?;
            let new = py.binary(lockstep_interp::object::special::BinaryOp::Add, &old, &Value::int32(1))?;
            py.setitem(mapping, &key, new)?;
        }
        Ok(())
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<ModuleObject>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Functions>(&d, "_collections");
    for (name, ty) in [
        ("deque", py.define::<deque::Deque>()),
        ("_deque_iterator", py.define::<deque::DequeIter>()),
        ("_deque_reverse_iterator", py.define::<deque::DequeReverseIter>()),
        ("_tuplegetter", py.define::<TupleGetter>()),
        ("defaultdict", default_dict::define(py)),
        ("OrderedDict", ordered_dict::define(py)),
    ] {
        dict::set_name(py, &d, name, ty.into_value());
    }
    Ok(())
}
