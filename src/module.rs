//! Modules of the host.

use lockstep_interp::embed::host::{Call, HostCall};

/// A module whose functions are Rust closures over plain data.
///
/// ```
/// use lockstep::{Interpreter, Module};
/// let shop = Module::new("shop").function("price", |name: String, count: i64| name.len() as i64 * count);
/// let lockstep = Interpreter::builder().module(shop).build();
/// assert_eq!(lockstep.eval::<i64>("__import__('shop').price('tea', 4)").unwrap(), 12);
/// ```
#[derive(Clone)]
pub struct Module {
    pub(crate) name: String,
    pub(crate) functions: Vec<(String, Call)>,
}

impl Module {
    /// A module without functions.
    pub fn new(name: impl Into<String>) -> Module {
        Module { name: name.into(), functions: Vec::new() }
    }
    /// Add a function. It may return plain data, or a `lockstep::Result` of it; a panic becomes
    /// a Python RuntimeError.
    #[must_use]
    pub fn function<Args>(mut self, name: &str, function: impl HostCall<Args>) -> Module {
        self.functions.push((name.to_owned(), function.into_call(name)));
        self
    }
}
