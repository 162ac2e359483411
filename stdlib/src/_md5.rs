//! `_md5`: the MD5 hash function.

use lockstep_interp::object::raise::Result;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Value, module};

use crate::hashes::hasher::Kind;
use crate::hashes::{self, begin, chosen};

/// The functions of `_md5`.
pub struct Md5;

#[module]
impl Md5 {
    /// Return a new MD5 hash object; optionally initialized with a string.
    #[py("(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)")]
    fn md5(py: &mut Py, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Value> {
        let _ = usedforsecurity;
        begin(py, Kind::Md5, chosen(data, string)?)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    hashes::define(py, &d, Kind::Md5, "_md5", "MD5Type", &[]);
    py.add_functions::<Md5>(&d, "_md5");
    Ok(())
}
