//! How native functions are declared; `#[methods]` and `#[module]` make these tables.

use lockstep_heap::{Ref, Value};

use super::py::Py;
use super::raise::Result;
use crate::types::module::Module;

/// A native function: receives one slot per parameter of its signature. An optional parameter
/// that was not given and has no literal default is [`Value::UNBOUND`]; `*args` is a tuple and
/// `**kwargs` a dict.
pub type NativeFn = fn(&mut Py, &[Value]) -> Result<Value>;

/// A native function's declaration.
#[derive(Debug)]
pub struct NativeDef {
    /// `__name__`
    pub name: &'static str,
    /// Python signature, `(self, object, /, *, key=None)`.
    pub signature: &'static str,
    /// `__doc__`
    pub doc: &'static str,
    /// The function.
    pub call: NativeFn,
}

/// An entry of a native type or module.
#[derive(Debug)]
pub enum Member {
    /// A method of instances.
    Method(NativeDef),
    /// A class method; its first slot is the class.
    ClassMethod(NativeDef),
    /// A static method (`__new__` too).
    StaticMethod(NativeDef),
    /// A function of a module.
    Function(NativeDef),
    /// An attribute computed by functions. `get`'s slots: the instance; `set`'s: the instance
    /// and the value, unbound for deletion.
    Property {
        /// Its name.
        name: &'static str,
        /// Its documentation.
        doc: &'static str,
        /// Reads it.
        get: NativeFn,
        /// Writes or deletes it.
        set: Option<NativeFn>,
    },
}

/// What `#[methods]` implements.
pub trait Members {
    /// The table.
    const MEMBERS: &'static [Member];
}

/// A native module's declaration: a row of the table of modules that `import` looks into.
#[derive(Debug)]
pub struct ModuleDef {
    /// `__name__`
    pub name: &'static str,
    /// `__doc__`
    pub doc: &'static str,
    /// Fills the namespace of the new module.
    pub init: fn(&mut Py, &Ref<Module>) -> Result<()>,
}
