//! The values of `Constant` nodes.

use lockstep_grammar::tree::{Constant, Wtf8};
use lockstep_interp::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::complex::Complex;
use lockstep_interp::types::set::Set;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::types::{float, int};

use super::Reader;

impl Reader {
    /// A constant's value; only values that literals can make are allowed.
    pub(super) fn constant(&self, py: &mut Py, value: &Value, unicode_prefix: bool) -> Result<Constant> {
        py.native_stack()?;
        if value.is_none() {
            return Ok(Constant::None);
        }
        if value.is(&Value::ELLIPSIS) {
            return Ok(Constant::Ellipsis);
        }
        let name = py.type_of(value);
        let exact = |py: &Py, class: &str| name.is(&py.type_named(class));
        if exact(py, "bool") {
            return Ok(if py.truth(value)? { Constant::True } else { Constant::False });
        }
        if exact(py, "int") {
            if let Some(n) = int::as_i64(value) {
                return Ok(Constant::Int(n));
            }
            if let Some(n) = int::to_ibig(value) {
                return Ok(Constant::BigInt(Box::new(n)));
            }
        }
        if exact(py, "float")
            && let Some(x) = float::as_f64(value)
        {
            return Ok(Constant::Float(x));
        }
        if let Some(z) = value.downcast::<Complex>()
            && exact(py, "complex")
        {
            return Ok(Constant::ComplexPair(z.re, z.im));
        }
        if let Some(text) = value.downcast::<Str>()
            && exact(py, "str")
        {
            return Ok(Constant::Str { value: Wtf8(text.as_bytes().into()), unicode_prefix });
        }
        if let Some(bytes) = value.downcast::<Bytes>()
            && exact(py, "bytes")
        {
            return Ok(Constant::Bytes(bytes.slice().into()));
        }
        if let Some(tuple) = value.downcast::<Tuple>().cloned()
            && exact(py, "tuple")
        {
            let items = tuple.slice().iter().map(|item| self.constant(py, item, false)).collect::<Result<_>>()?;
            return Ok(Constant::Tuple(items));
        }
        if let Some(set) = value.downcast::<Set>().cloned()
            && exact(py, "frozenset")
        {
            let items: Vec<Value> = set.get(py).table.iter().map(|place| place.key.clone()).collect();
            let items = items.iter().map(|item| self.constant(py, item, false)).collect::<Result<_>>()?;
            return Ok(Constant::FrozenSet(items));
        }
        Err(type_error(format!("got an invalid type in Constant: {}", py.type_name(value))))
    }
}
