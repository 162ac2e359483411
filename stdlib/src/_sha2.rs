//! `_sha2`: the hash functions SHA-224, SHA-256, SHA-384 and SHA-512.

use lockstep_interp::object::raise::Result;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Value, module};

use crate::hashes::hasher::Kind;
use crate::hashes::{self, begin, chosen};

/// The functions of `_sha2`.
pub struct Sha2;

#[module]
impl Sha2 {
    /// Return a new SHA-224 hash object; optionally initialized with a string.
    #[py("(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn sha224(py: &mut Py, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = usedforsecurity;
        begin(py, Kind::Sha224, chosen(data, string)?)
    }
    /// Return a new SHA-256 hash object; optionally initialized with a string.
    #[py("(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn sha256(py: &mut Py, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = usedforsecurity;
        begin(py, Kind::Sha256, chosen(data, string)?)
    }
    /// Return a new SHA-384 hash object; optionally initialized with a string.
    #[py("(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn sha384(py: &mut Py, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = usedforsecurity;
        begin(py, Kind::Sha384, chosen(data, string)?)
    }
    /// Return a new SHA-512 hash object; optionally initialized with a string.
    #[py("(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn sha512(py: &mut Py, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = usedforsecurity;
        begin(py, Kind::Sha512, chosen(data, string)?)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    for (kind, name) in
        [(Kind::Sha224, "SHA224Type"), (Kind::Sha256, "SHA256Type"), (Kind::Sha384, "SHA384Type"), (Kind::Sha512, "SHA512Type")]
    {
        hashes::define(py, &d, kind, "_sha2", name, &[]);
    }
    py.add_functions::<Sha2>(&d, "_sha2");
    Ok(())
}
