//! What async generators need beyond generators: wrapped values, `asend`, `athrow`, `anext`.

use lockstep_heap::{Frozen, Object, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType};

use crate::object::Py;

/// The payload of a value handed out by `yield` in an async generator, so that it is told from
/// what an `await` inside hands out.
pub struct Wrapped {
    /// The value.
    pub value: Value,
}

impl Object for Wrapped {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.value);
    }
}

/// Wrap a value.
pub fn wrap(py: &Py, value: Value) -> Value {
    py.make(Wrapped { value }).into_value()
}

#[methods]
impl Wrapped {}

impl NativeType for Wrapped {
    const NAME: &'static str = "async_generator_wrapped_value";
    const FLAGS: u32 = 0;
}

/// The methods of `async_generator`.
pub struct AsyncGeneratorMethods;

#[methods]
impl AsyncGeneratorMethods {}
