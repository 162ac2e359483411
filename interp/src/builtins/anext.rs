//! `anext(iterator, default)`: an awaitable that ends with the default.

use lockstep_heap::{Frozen, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Exc, Result, stop_iteration};
use crate::object::{NativeType, Py, Special};

/// The payload of `anext_awaitable`.
pub struct AnextAwaitable {
    awaitable: Value,
    default: Value,
}

impl Object for AnextAwaitable {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.awaitable);
        visit.value(&self.default);
    }
}

impl AnextAwaitable {
    /// An awaitable around another.
    pub fn make(py: &mut Py, awaitable: Value, default: Value) -> Value {
        py.define::<AnextAwaitable>();
        py.make(AnextAwaitable { awaitable, default }).into_value()
    }

    /// What drives the wrapped awaitable: an iterator.
    fn driver(&self, py: &mut Py) -> Result<Value> {
        let driver = crate::vm::awaitable(py, &self.awaitable)?;
        if py.special(&driver, Special::Next).is_some() {
            return Ok(driver);
        }
        // A coroutine, which is awaited but not iterated.
        match py.call_special(&driver, Special::Await, &[]) {
            Some(iterator) => iterator,
            None => Ok(driver),
        }
    }

    fn forward(&self, py: &mut Py, method: &str, args: &[Value]) -> Result<Value> {
        let driver = self.driver(py)?;
        match py.call_method(&driver, method, args) {
            Err(e) if e.is(Exc::StopAsyncIteration) => Err(stop_iteration(self.default.clone())),
            result => result,
        }
    }
}

#[methods]
impl AnextAwaitable {
    /// Return an iterator to be used in await expression.
    #[py("(self, /)")]
    fn __await__(_py: &mut Py, this: &Ref<AnextAwaitable>) -> Value {
        this.to_value()
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<AnextAwaitable>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<AnextAwaitable>) -> Result<Value> {
        this.forward(py, "__next__", &[])
    }
    /// Send a value.
    #[py("(self, value, /)")]
    fn send(py: &mut Py, this: &Ref<AnextAwaitable>, value: Value) -> Result<Value> {
        this.forward(py, "send", &[value])
    }
    /// Throw an exception.
    #[py("(self, *args)")]
    fn throw(py: &mut Py, this: &Ref<AnextAwaitable>, args: &[Value]) -> Result<Value> {
        this.forward(py, "throw", args)
    }
    /// Close.
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<AnextAwaitable>) -> Result<Value> {
        this.forward(py, "close", &[])
    }
}

impl NativeType for AnextAwaitable {
    const NAME: &'static str = "anext_awaitable";
    const FLAGS: u32 = 0;
}
