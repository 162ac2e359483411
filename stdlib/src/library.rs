//! The library as the importer sees it.

use lockstep_interp::import::{Frozen, Library};
use lockstep_interp::object::ModuleDef;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Result, Value};

/// The whole library: native and frozen modules.
pub struct Standard;

impl Library for Standard {
    fn natives(&self) -> &'static [ModuleDef] {
        crate::MODULES
    }
    fn frozen(&self, name: &str) -> Option<Frozen> {
        crate::frozen::find(name)
    }
    fn frozen_names(&self) -> Vec<(&'static str, bool)> {
        crate::frozen::list()
    }
    fn warn(&self, py: &mut Py, category: &Value, message: &str, stacklevel: i64) -> Result<()> {
        crate::_warnings::warn(py, category, message, stacklevel)
    }
    fn loaded(&self, py: &mut Py, name: &str, module: &Ref<Module>) -> Result<()> {
        match name {
            "threading" => crate::_thread::condition::install(py, module),
            _ => Ok(()),
        }
    }
}
