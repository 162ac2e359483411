//! `generator`, `coroutine` and `async_generator`: a suspended frame with its registers.

use lockstep_heap::{Guarded, Object, Raw, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType};

use crate::object::strand::Frame;
use crate::types::str::Str;

/// Where a generator is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Created,
    /// Waiting at a yield.
    Suspended,
    /// Its frame is on a strand.
    Running,
    /// Finished or closed.
    Done,
}

/// What kind of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// `generator`
    Generator,
    /// `coroutine`
    Coroutine,
    /// `async_generator`
    AsyncGenerator,
}

/// The payload of a generator. Frame and registers are the machine's.
pub struct Generator {
    /// The frame; boxed so that it has an address of its own.
    pub(crate) frame: Box<Frame>,
    /// Its registers.
    pub(crate) registers: Box<[Raw]>,
    /// Where it is.
    pub state: State,
    /// What it is.
    pub flavour: Flavour,
    /// `__name__`
    pub name: Ref<Str>,
    /// `__qualname__`
    pub qualname: Ref<Str>,
    /// The exception being handled inside while suspended.
    pub(crate) handled: Option<Value>,
    /// Value of `return`, until somebody takes it.
    pub(crate) result: Option<Value>,
    /// Async generators: hooks have been called.
    pub(crate) hooks_done: bool,
    /// Async generators: an `anext`/`asend` is running.
    pub(crate) running_async: bool,
}

impl Object for Generator {
    type Access = Guarded;
    const TAG: Tag = Tag::GENERATOR;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.raw(self.frame.func);
        visit.raw(self.frame.locals);
        visit.raw(self.frame.object);
        for r in &self.registers {
            visit.raw(*r);
        }
        visit.option(&self.handled);
        visit.option(&self.result);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        if self.state != State::Running {
            crate::vm::take_registers(self, out);
            self.state = State::Done;
        }
        out.extend(self.handled.take());
        out.extend(self.result.take());
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        let mut out = Vec::new();
        crate::vm::take_registers(self, &mut out);
    }
}

#[methods]
impl Generator {}

impl NativeType for Generator {
    const NAME: &'static str = "generator";
    const FLAGS: u32 = 0;
}

/// The methods of `coroutine`.
pub struct CoroutineMethods;

#[methods]
impl CoroutineMethods {}
