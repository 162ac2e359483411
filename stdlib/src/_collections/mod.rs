//! `_collections`: `deque`, `defaultdict`, `OrderedDict`, and helpers of `collections`.

mod default_dict;
mod deque;
mod ordered_dict;

pub(crate) use deque::Deque;
use lockstep_interp::object::raise::Result;
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::module::Module as ModuleObject;
use lockstep_interp::types::tuple_getter::TupleGetter;
use lockstep_interp::{Py, Ref, Value, module};

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
