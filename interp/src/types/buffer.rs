//! The buffer protocol inside the interpreter: how bytes-like objects give their bytes.

use lockstep_heap::Value;

use crate::object::raise::type_error;
use crate::object::{Py, Result};
use crate::types::bytearray::ByteArray;
use crate::types::bytes::Bytes;

/// Whether the value is bytes-like.
pub fn is_bytes_like(_py: &Py, value: &Value) -> bool {
    value.is_a::<Bytes>() || value.is_a::<ByteArray>()
}

/// The bytes of a bytes-like object, none if it is not bytes-like.
pub fn to_vec_opt(py: &mut Py, value: &Value) -> Result<Option<Vec<u8>>> {
    if let Some(b) = value.downcast::<Bytes>() {
        return Ok(Some(b.slice().to_vec()));
    }
    if let Some(a) = value.downcast::<ByteArray>() {
        return Ok(Some(a.get(py).data.clone()));
    }
    Ok(None)
}

/// The bytes of a bytes-like object.
pub fn to_vec(py: &mut Py, value: &Value) -> Result<Vec<u8>> {
    match to_vec_opt(py, value)? {
        Some(bytes) => Ok(bytes),
        None => Err(type_error(format!("a bytes-like object is required, not '{}'", py.type_name(value)))),
    }
}
