//! `_sha3`: the hash functions of SHA-3, whose names are their types.

use lockstep_interp::object::native::Members;
use lockstep_interp::object::raise::Result;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Value, methods};

use crate::hashes::hasher::Kind;
use crate::hashes::{self, FreeMethods, Hash, begin, chosen};

/// What SHA-3 objects have beside the others.
pub struct Sha3Methods;

#[methods]
impl Sha3Methods {
    /// Bits of the state that the data do not reach.
    #[getter]
    fn _capacity_bits(py: &mut Py, this: &Ref<Hash>) -> usize {
        1600 - 8 * this.get(py).hasher.kind().block()
    }
    /// Bits of the state that take in the data.
    #[getter]
    fn _rate_bits(py: &mut Py, this: &Ref<Hash>) -> usize {
        8 * this.get(py).hasher.kind().block()
    }
    /// The bits that end the data.
    #[getter]
    fn _suffix(py: &mut Py, this: &Ref<Hash>) -> Value {
        let free = this.get(py).hasher.kind().is_free();
        py.bytes(if free { b"\x1f" } else { b"\x06" })
    }
}

/// Makes objects of one type.
struct New224;

#[methods]
impl New224 {
    /// Create and return a new object.
    #[staticmethod("(type, /, data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn __new__(py: &mut Py, cls: &Value, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = (cls, usedforsecurity);
        begin(py, Kind::Sha3_224, chosen(data, string)?)
    }
}

/// Makes objects of one type.
struct New256;

#[methods]
impl New256 {
    /// Create and return a new object.
    #[staticmethod("(type, /, data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn __new__(py: &mut Py, cls: &Value, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = (cls, usedforsecurity);
        begin(py, Kind::Sha3_256, chosen(data, string)?)
    }
}

/// Makes objects of one type.
struct New384;

#[methods]
impl New384 {
    /// Create and return a new object.
    #[staticmethod("(type, /, data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn __new__(py: &mut Py, cls: &Value, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = (cls, usedforsecurity);
        begin(py, Kind::Sha3_384, chosen(data, string)?)
    }
}

/// Makes objects of one type.
struct New512;

#[methods]
impl New512 {
    /// Create and return a new object.
    #[staticmethod("(type, /, data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn __new__(py: &mut Py, cls: &Value, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = (cls, usedforsecurity);
        begin(py, Kind::Sha3_512, chosen(data, string)?)
    }
}

/// Makes objects of one type.
struct NewShake128;

#[methods]
impl NewShake128 {
    /// Create and return a new object.
    #[staticmethod("(type, /, data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn __new__(py: &mut Py, cls: &Value, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = (cls, usedforsecurity);
        begin(py, Kind::Shake128, chosen(data, string)?)
    }
}

/// Makes objects of one type.
struct NewShake256;

#[methods]
impl NewShake256 {
    /// Create and return a new object.
    #[staticmethod("(type, /, data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn __new__(py: &mut Py, cls: &Value, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = (cls, usedforsecurity);
        begin(py, Kind::Shake256, chosen(data, string)?)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    for (kind, new) in [
        (Kind::Sha3_224, New224::MEMBERS),
        (Kind::Sha3_256, New256::MEMBERS),
        (Kind::Sha3_384, New384::MEMBERS),
        (Kind::Sha3_512, New512::MEMBERS),
    ] {
        hashes::define(py, &d, kind, "_sha3", kind.name(), &[new, Sha3Methods::MEMBERS]);
    }
    for (kind, new) in [(Kind::Shake128, NewShake128::MEMBERS), (Kind::Shake256, NewShake256::MEMBERS)] {
        hashes::define(py, &d, kind, "_sha3", kind.name(), &[new, Sha3Methods::MEMBERS, FreeMethods::MEMBERS]);
    }
    let text = py.str("Lockstep");
    dict::set_name(py, &d, "implementation", text);
    Ok(())
}
