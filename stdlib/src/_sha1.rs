//! `_sha1`: the SHA-1 hash function.

use lockstep_interp::object::raise::Result;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Value, module};

use crate::hashes::hasher::Kind;
use crate::hashes::{self, begin, chosen};

/// The functions of `_sha1`.
pub struct Sha1;

#[module]
impl Sha1 {
    /// Return a new SHA1 hash object; optionally initialized with a string.
    #[py("(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn sha1(py: &mut Py, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = usedforsecurity;
        begin(py, Kind::Sha1, chosen(data, string)?)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    hashes::define(py, &d, Kind::Sha1, "_sha1", "SHA1Type", &[]);
    py.add_functions::<Sha1>(&d, "_sha1");
    Ok(())
}
