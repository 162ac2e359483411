//! Where modules come from that are part of the program: native ones and frozen ones. The
//! library crate implements [`Library`]; an interpreter is made with one.

use lockstep_heap::{Ref, Value};

use crate::object::raise::Result;
use crate::object::{ModuleDef, Py};
use crate::types::module::Module;

/// A frozen module: compiled code as bytes.
#[derive(Clone, Copy, Debug)]
pub struct Frozen {
    /// For `lockstep_compile::code::marshal::from_program`.
    pub code: &'static [u8],
    /// Whether it is a package.
    pub package: bool,
}

/// The modules that are part of the program.
pub trait Library: Sync {
    /// The native modules.
    fn natives(&self) -> &'static [ModuleDef];
    /// A frozen module by its full name.
    fn frozen(&self, name: &str) -> Option<Frozen>;
    /// The names of all frozen modules, and whether each is a package.
    fn frozen_names(&self) -> Vec<(&'static str, bool)>;
    /// Issue a warning of native code; works while the modules are taken down, too.
    fn warn(&self, _py: &mut Py, _category: &Value, _message: &str, _stacklevel: i64) -> Result<()> {
        Ok(())
    }
    /// A frozen module was loaded.
    fn loaded(&self, _py: &mut Py, _name: &str, _module: &Ref<Module>) -> Result<()> {
        Ok(())
    }
}

/// No modules at all.
pub struct NoLibrary;

impl Library for NoLibrary {
    fn natives(&self) -> &'static [ModuleDef] {
        &[]
    }
    fn frozen(&self, _name: &str) -> Option<Frozen> {
        None
    }
    fn frozen_names(&self) -> Vec<(&'static str, bool)> {
        Vec::new()
    }
}
