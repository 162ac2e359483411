//! The library of Lockstep: native modules and the frozen pure-Python part.
#![forbid(unsafe_code)]

pub mod library;

use lockstep_interp::object::ModuleDef;

/// Every native module of the library, one row each; `import` looks here.
pub const MODULES: &[ModuleDef] = &[];
