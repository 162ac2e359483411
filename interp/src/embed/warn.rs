//! Warnings from native code.

use lockstep_heap::Value;

use crate::object::Py;
use crate::object::raise::{Exc, Result};

impl Py {
    /// `warnings.warn(message, category, stacklevel)`; nothing where the library knows no warnings.
    pub fn warn(&mut self, category: Exc, message: &str, stacklevel: i64) -> Result<()> {
        let category = self.exception_type(category).into_value();
        self.warn_as(&category, message, stacklevel)
    }
    /// The same with any class of warnings.
    pub fn warn_as(&mut self, category: &Value, message: &str, stacklevel: i64) -> Result<()> {
        let library = self.shared().library;
        library.warn(self, category, message, stacklevel)
    }
}
