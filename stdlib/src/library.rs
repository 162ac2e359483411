//! The library as the importer sees it.

use lockstep_interp::import::{Frozen, Library};
use lockstep_interp::object::ModuleDef;

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
}
