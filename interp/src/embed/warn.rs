//! Warnings from native code.

use crate::object::Py;
use crate::object::raise::{Exc, Result};

impl Py {
    /// `warnings.warn(message, category, stacklevel)`; nothing where there is no `_warnings`.
    pub fn warn(&mut self, category: Exc, message: &str, stacklevel: i64) -> Result<()> {
        let Some(module) = crate::import::native(self, "_warnings")? else { return Ok(()) };
        let (message, category, level) = (self.str(message), self.exception_type(category).into_value(), self.int(stacklevel));
        self.call_method(&module, "warn", &[message, category, level]).map(drop)
    }
}
