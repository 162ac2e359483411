//! `_functools`: `reduce`, `cmp_to_key`, `partial` and the wrapper of `lru_cache`.

mod cache;
mod partial;

use lockstep_interp::object::raise::{Exc, Result, type_error};
use lockstep_interp::object::special::CompareOp;
use lockstep_interp::object::{NativeType, Special};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Frozen, Object, Py, Ref, Value, Visitor, methods, module};

/// What `cmp_to_key` returns: a function that makes keys, and the keys themselves.
pub struct KeyWrapper {
    compare: Value,
    /// The object that is compared; none in the function.
    object: Option<Value>,
}

impl Object for KeyWrapper {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.compare);
        visit.option(&self.object);
    }
}

fn compare(py: &mut Py, op: CompareOp, this: &Ref<KeyWrapper>, other: &Value) -> Result<Value> {
    let Some(other) = other.downcast::<KeyWrapper>() else {
        return Err(type_error("other argument must be K instance"));
    };
    let (Some(x), Some(y)) = (&this.object, &other.object) else {
        return Err(lockstep_interp::Raised::new(Exc::AttributeError, "object"));
    };
    let answer = py.call(&this.compare, &[x.clone(), y.clone()])?;
    py.compare(op, &answer, &Value::int32(0))
}

#[methods]
impl KeyWrapper {
    /// Call self as a function.
    #[py("(self, /, obj)")]
    fn __call__(py: &mut Py, this: &Ref<KeyWrapper>, obj: Value) -> Value {
        py.make(KeyWrapper { compare: this.compare.clone(), object: Some(obj) }).into_value()
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<KeyWrapper>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Eq, this, value)
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<KeyWrapper>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Ne, this, value)
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Ref<KeyWrapper>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Lt, this, value)
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Ref<KeyWrapper>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Le, this, value)
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Ref<KeyWrapper>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Gt, this, value)
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Ref<KeyWrapper>, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Ge, this, value)
    }
    /// Value wrapped by a key function.
    #[getter]
    fn obj(_py: &mut Py, this: &Ref<KeyWrapper>) -> Value {
        this.object.clone().unwrap_or(Value::NONE)
    }
}

impl NativeType for KeyWrapper {
    const NAME: &'static str = "KeyWrapper";
    const MODULE: &'static str = "functools";
    const FLAGS: u32 = lockstep_interp::object::TypeFlags::NO_NEW;
    const UNHASHABLE: bool = true;
}

/// The functions of the module.
struct Functions;

#[module]
impl Functions {
    /// Convert a cmp= function into a key= function.
    #[py("(mycmp)")]
    fn cmp_to_key(py: &mut Py, mycmp: Value) -> Value {
        py.define::<KeyWrapper>();
        py.make(KeyWrapper { compare: mycmp, object: None }).into_value()
    }
    /// Apply a function of two arguments cumulatively to the items of an iterable, from left to right.
    #[py("(function, iterable, /, initial=<unbound>)")]
    fn reduce(py: &mut Py, function: &Value, iterable: &Value, initial: Option<&Value>) -> Result<Value> {
        let mut items = match py.iter(iterable) {
            Ok(items) => items,
            Err(e) if e.is(Exc::TypeError) && py.special(iterable, Special::Iter).is_none() => {
                return Err(type_error("reduce() arg 2 must support iteration"));
            }
            Err(e) => return Err(e),
        };
        let mut total = match initial {
            Some(first) => first.clone(),
            None => match items.next(py)? {
                Some(first) => first,
                None => return Err(type_error("reduce() of empty iterable with no initial value")),
            },
        };
        while let Some(item) = items.next(py)? {
            total = py.call(function, &[total, item])?;
        }
        Ok(total)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Functions>(&d, "_functools");
    let wrapper = py.define::<cache::LruCache>();
    dict::set_name(py, &d, "_lru_cache_wrapper", wrapper.into_value());
    let placeholder = partial::placeholder(py);
    dict::set_name(py, &d, "_PlaceholderType", py.type_for::<partial::Placeholder>().into_value());
    dict::set_name(py, &d, "Placeholder", placeholder);
    let partial = py.define::<partial::Partial>();
    dict::set_name(py, &d, "partial", partial.into_value());
    Ok(())
}
