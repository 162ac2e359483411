//! `mappingproxy`: a read-only view of a mapping.

use lockstep_heap::{Frozen, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Result, type_error};
use crate::object::special::{BinaryOp, CompareOp};
use crate::object::{NativeType, Py, Special, Type};
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::sequence;
use crate::types::tuple::Tuple;

/// The payload of a mappingproxy.
pub struct MappingProxy {
    /// The mapping.
    pub mapping: Value,
}

impl Object for MappingProxy {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.mapping);
    }
}

fn bare(value: &Value) -> &Value {
    value.downcast::<MappingProxy>().map_or(value, |p| &p.mapping)
}

fn compared(py: &mut Py, op: CompareOp, this: &Ref<MappingProxy>, value: &Value) -> Result<Value> {
    py.compare(op, &this.mapping, bare(value))
}

#[methods]
impl MappingProxy {
    /// See PEP 585
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, object: &Value) -> Result<Value> {
        crate::types::generic_alias::alias(py, cls, object)
    }
    /// Read-only proxy of a mapping.
    #[staticmethod("(type, mapping)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, mapping: &Value) -> Result<Value> {
        if py.special(mapping, Special::GetItem).is_none() || mapping.is_a::<List>() || mapping.is_a::<Tuple>() {
            return Err(type_error(format!("mappingproxy() argument must be a mapping, not {}", py.type_name(mapping))));
        }
        Ok(py.make_in(cls, MappingProxy { mapping: mapping.clone() }).into_value())
    }
    /// Return the value for key if key is in the mapping, else default.
    #[py("(self, key, default=None, /)")]
    fn get(py: &mut Py, this: &Ref<MappingProxy>, key: &Value, default: &Value) -> Result<Value> {
        py.call_method(&this.mapping, "get", &[key.clone(), default.clone()])
    }
    /// a set-like object providing a view on D's keys
    #[py("(self, /)")]
    fn keys(py: &mut Py, this: &Ref<MappingProxy>) -> Result<Value> {
        py.call_method(&this.mapping, "keys", &[])
    }
    /// an object providing a view on D's values
    #[py("(self, /)")]
    fn values(py: &mut Py, this: &Ref<MappingProxy>) -> Result<Value> {
        py.call_method(&this.mapping, "values", &[])
    }
    /// a set-like object providing a view on D's items
    #[py("(self, /)")]
    fn items(py: &mut Py, this: &Ref<MappingProxy>) -> Result<Value> {
        py.call_method(&this.mapping, "items", &[])
    }
    /// a shallow copy of D
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<MappingProxy>) -> Result<Value> {
        py.call_method(&this.mapping, "copy", &[])
    }
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<MappingProxy>, key: &Value) -> Result<Value> {
        py.getitem(&this.mapping, key)
    }
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Ref<MappingProxy>, key: &Value) -> Result<bool> {
        py.contains(&this.mapping, key)
    }
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Ref<MappingProxy>) -> Result<usize> {
        py.len(&this.mapping)
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<MappingProxy>) -> Result<Value> {
        py.get_iter(&this.mapping)
    }
    /// D.__reversed__() -> reverse iterator
    #[py("(self, /)")]
    fn __reversed__(py: &mut Py, this: &Ref<MappingProxy>) -> Result<Value> {
        py.call_method(&this.mapping, "__reversed__", &[])
    }
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<MappingProxy>) -> Result<i64> {
        py.hash(&this.mapping)
    }
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<MappingProxy>) -> Result<Value> {
        py.str_of(&this.mapping).map(Ref::into_value)
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<MappingProxy>) -> Result<Value> {
        let mut out = b"mappingproxy(".to_vec();
        sequence::push_repr(py, &mut out, &this.mapping)?;
        out.push(b')');
        Ok(py.new_str_bytes(&out).into_value())
    }
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Ref<MappingProxy>, value: &Value) -> Result<Value> {
        py.binary(BinaryOp::Or, &this.mapping, bare(value))
    }
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Ref<MappingProxy>, value: &Value) -> Result<Value> {
        py.binary(BinaryOp::Or, bare(value), &this.mapping)
    }
    #[py("(self, value, /)")]
    fn __ior__(py: &mut Py, this: &Ref<MappingProxy>, _value: &Value) -> Result<Value> {
        Err(type_error(format!("'|=' is not supported by {}; use '|' instead", py.type_name(this.as_value()))))
    }
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<MappingProxy>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Eq, this, value)
    }
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<MappingProxy>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ne, this, value)
    }
}

impl NativeType for MappingProxy {
    const NAME: &'static str = "mappingproxy";
    const FLAGS: u32 = crate::object::TypeFlags::MAPPING;
}

impl Py {
    /// A read-only view of a dict.
    pub fn mapping_proxy(&mut self, dict: &Ref<Dict>) -> Value {
        self.make(MappingProxy { mapping: dict.to_value() }).into_value()
    }
}
