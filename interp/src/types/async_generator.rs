//! Async generators: the values they hand out, and the awaitables of `asend`, `athrow`, `aclose`.

use lockstep_heap::{Frozen, Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use super::generator::{Generator, State, common, error_of, frame_of, marks, suspended, thrown};
use crate::object::raise::{Exc, Raised, Result, runtime_error, stop_iteration};
use crate::object::{NativeType, Py, TypeFlags};
use crate::types::frame::FrameObject;

/// The payload of a value handed out by `yield` in an async generator, so that it is told from
/// what an `await` inside hands out.
pub struct Wrapped {
    /// The value.
    pub value: Value,
}

impl Object for Wrapped {
    type Access = Frozen;
    const TAG: Tag = Tag::ASYNC_VALUE;
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
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// Call the hook for a first iteration.
fn first_iteration(py: &mut Py, this: &Ref<Generator>) -> Result<()> {
    if this.get(py).marked(marks::HOOKED) {
        return Ok(());
    }
    let (first, finalizer) = py.async_hooks();
    let g = this.get_mut(py);
    g.mark(marks::HOOKED, true);
    if finalizer.is_some() {
        g.rare_mut().finalizer = finalizer;
    }
    if let Some(first) = first {
        py.call(&first, &[this.to_value()])?;
    }
    Ok(())
}

/// The methods of `async_generator`.
pub struct AsyncGeneratorMethods;

common!(AsyncGeneratorMethods "name of the async generator" "qualified name of the async generator" {
    /// Return an awaitable, that resolves in next element.
    #[py("(self, /)")]
    fn __aiter__(_py: &mut Py, this: &Ref<Generator>) -> Value {
        this.to_value()
    }
    /// Return a value to be awaited for the next element.
    #[py("(self, /)")]
    fn __anext__(py: &mut Py, this: &Ref<Generator>) -> Result<Value> {
        anext(py, this)
    }
    /// asend(v) -> send 'v' in generator.
    #[py("(self, value, /)")]
    fn asend(py: &mut Py, this: &Ref<Generator>, value: Value) -> Result<Value> {
        first_iteration(py, this)?;
        Ok(Step::named(py, this, Work::Send(value)))
    }
    /// athrow(value): raise exception in generator.
    #[py("(self, type, value=None, tb=None, /)")]
    fn athrow(py: &mut Py, this: &Ref<Generator>, kind: &Value, value: &Value, tb: &Value) -> Result<Value> {
        if !value.is_none() || !tb.is_none() {
            py.warn(
                Exc::DeprecationWarning,
                "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.",
                1,
            )?;
        }
        first_iteration(py, this)?;
        Ok(Step::named(py, this, Work::Throw(kind.clone(), value.clone(), tb.clone())))
    }
    /// aclose() -> raise GeneratorExit inside generator.
    #[py("(self, /)")]
    fn aclose(py: &mut Py, this: &Ref<Generator>) -> Result<Value> {
        first_iteration(py, this)?;
        Ok(Step::named(py, this, Work::Close))
    }
    /// object being awaited on, or None
    #[getter]
    fn ag_await(py: &mut Py, this: &Ref<Generator>) -> Option<Value> {
        crate::vm::delegate(py, this)
    }
    /// Whether an `asend` or the like is running.
    #[getter]
    fn ag_running(py: &mut Py, this: &Ref<Generator>) -> bool {
        this.get(py).marked(marks::BUSY)
    }
    /// Whether the generator is suspended at a yield.
    #[getter]
    fn ag_suspended(py: &mut Py, this: &Ref<Generator>) -> bool {
        suspended(py, this)
    }
    /// The frame.
    #[getter]
    fn ag_frame(py: &mut Py, this: &Ref<Generator>) -> Option<Ref<FrameObject>> {
        frame_of(py, this)
    }
    /// The code.
    #[getter]
    fn ag_code(py: &mut Py, this: &Ref<Generator>) -> Option<Ref<crate::types::code::CodeObject>> {
        py.generator_code(this)
    }
});

/// The awaitable of an async generator's next item, which `async for` awaits at once.
pub(crate) fn next_step(py: &mut Py, this: &Ref<Generator>) -> Result<Value> {
    first_iteration(py, this)?;
    Ok(Step::make(py, this, Work::Send(Value::NONE)))
}

/// The same for whoever asks for it.
pub(crate) fn anext(py: &mut Py, this: &Ref<Generator>) -> Result<Value> {
    first_iteration(py, this)?;
    Ok(Step::named(py, this, Work::Send(Value::NONE)))
}

/// What an awaitable of an async generator does when it is first awaited.
#[derive(Clone)]
enum Work {
    Send(Value),
    Throw(Value, Value, Value),
    Close,
}

/// Where such an awaitable is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    New,
    Going,
    Over,
}

/// The payload of the awaitables of `__anext__`, `asend`, `athrow` and `aclose`.
pub struct Step {
    generator: Ref<Generator>,
    work: Work,
    phase: Phase,
}

impl Object for Step {
    type Access = Guarded;
    const TAG: Tag = Tag::ASYNC_STEP;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.generator);
        match &self.work {
            Work::Send(value) => visit.value(value),
            Work::Throw(a, b, c) => visit.all([a, b, c]),
            Work::Close => {}
        }
    }
}

/// A value of the generator, unwrapped: what `yield` hands out ends the awaiting, what an
/// `await` inside hands out goes on to the event loop.
fn unwrap(py: &mut Py, g: &Ref<Generator>, result: Result<Value>) -> Result<Value> {
    match result {
        Ok(value) => match value.downcast::<Wrapped>() {
            Some(wrapped) => {
                g.get_mut(py).mark(marks::BUSY, false);
                Err(stop_iteration(wrapped.value.clone()))
            }
            None => Ok(value),
        },
        Err(e) => {
            let payload = g.get_mut(py);
            if is_end(&e) {
                payload.mark(marks::CLOSED, true);
            }
            payload.mark(marks::BUSY, false);
            Err(e)
        }
    }
}

fn is_end(e: &Raised) -> bool {
    e.is(Exc::StopAsyncIteration) || e.is(Exc::GeneratorExit)
}

/// Send into the generator; its end is a StopAsyncIteration.
fn send_into(py: &mut Py, g: &Ref<Generator>, value: Value) -> Result<Value> {
    match crate::vm::resume(py, g.as_value(), value)? {
        Some(value) => Ok(value),
        None => Err(Raised::empty(Exc::StopAsyncIteration)),
    }
}

/// The machine awaits an `asend` or `anext`: the generator to resume, and what to send. None if
/// the awaitable does something else.
pub(crate) fn begin_send(py: &mut Py, step: &Ref<Step>, value: &Value) -> Result<Option<(Ref<Generator>, Value)>> {
    if !matches!(step.get(py).work, Work::Send(_)) {
        return Ok(None);
    }
    Step::refuse(py, step)?;
    let s = step.get(py);
    let g = s.generator.clone();
    let value = match &s.work {
        Work::Send(first) if s.phase == Phase::New && value.is_none() => first.clone(),
        _ => value.clone(),
    };
    if g.get(py).state == State::Done {
        over(py, step);
        let payload = g.get_mut(py);
        payload.mark(marks::CLOSED, true);
        payload.mark(marks::BUSY, false);
        return Err(Raised::empty(Exc::StopAsyncIteration));
    }
    step.get_mut(py).phase = Phase::Going;
    g.get_mut(py).mark(marks::BUSY, true);
    Ok(Some((g, value)))
}

/// The awaiting has ended.
pub(crate) fn over(py: &mut Py, step: &Ref<Step>) {
    step.get_mut(py).phase = Phase::Over;
}

/// An awaitable dies: warn if nobody ever awaited it.
pub(crate) fn finalise(py: &mut Py, step: &Ref<Step>) -> Result<()> {
    let s = step.get(py);
    if s.phase != Phase::New {
        return Ok(());
    }
    let method = match s.work {
        Work::Send(_) => "asend",
        Work::Throw(..) => "athrow",
        Work::Close => "aclose",
    };
    let name = s.generator.get(py).qualname(py);
    let name = py.repr(name.as_value())?;
    py.warn(Exc::RuntimeWarning, &format!("coroutine method '{method}' of {name} was never awaited"), 1)
}

/// Throw into the generator; its end is a StopAsyncIteration.
fn throw_into(py: &mut Py, g: &Ref<Generator>, error: Raised) -> Result<Value> {
    match crate::vm::throw(py, g.as_value(), error) {
        Err(e) if e.is(Exc::StopIteration) => Err(Raised::empty(Exc::StopAsyncIteration)),
        other => other,
    }
}

impl Step {
    fn make(py: &mut Py, generator: &Ref<Generator>, work: Work) -> Value {
        let payload = Step { generator: generator.clone(), work, phase: Phase::New };
        if py.shared().by_tag[Tag::ASYNC_STEP.index()].is_none() {
            py.define::<Step>();
        }
        py.make(payload).into_value()
    }

    /// One that a script asked for by name: its death tells if nobody awaited it.
    fn named(py: &mut Py, generator: &Ref<Generator>, work: Work) -> Value {
        let step = Self::make(py, generator, work);
        if let Some(header) = step.header() {
            header.set(lockstep_heap::flags::FINALIZE);
        }
        step
    }

    fn name(work: &Work) -> &'static str {
        match work {
            Work::Send(_) => "anext()",
            Work::Throw(..) => "athrow()",
            Work::Close => "aclose()",
        }
    }

    /// Refuse what is over or while the generator runs.
    fn refuse(py: &mut Py, this: &Ref<Step>) -> Result<()> {
        let s = this.get(py);
        if s.phase == Phase::Over {
            return Err(runtime_error(match s.work {
                Work::Send(_) => "cannot reuse already awaited __anext__()/asend()",
                _ => "cannot reuse already awaited aclose()/athrow()",
            }));
        }
        if s.phase == Phase::New && s.generator.get(py).marked(marks::BUSY) {
            let name = Self::name(&s.work);
            this.get_mut(py).phase = Phase::Over;
            return Err(runtime_error(format!("{name}: asynchronous generator is already running")));
        }
        Ok(())
    }

    /// Begin.
    fn begin(py: &mut Py, this: &Ref<Step>) -> Result<(Ref<Generator>, Work, Phase)> {
        Self::refuse(py, this)?;
        let s = this.get(py);
        Ok((s.generator.clone(), s.work.clone(), s.phase))
    }

    fn advance(py: &mut Py, this: &Ref<Step>, value: Value) -> Result<Value> {
        let (g, work, phase) = Self::begin(py, this)?;
        let result = match work {
            Work::Send(first) => {
                let value = if phase == Phase::New && value.is_none() { first } else { value };
                this.get_mut(py).phase = Phase::Going;
                g.get_mut(py).mark(marks::BUSY, true);
                let result = send_into(py, &g, value);
                unwrap(py, &g, result)
            }
            work => Self::advance_throw(py, this, &g, &work, phase, value),
        };
        if result.is_err() {
            this.get_mut(py).phase = Phase::Over;
        }
        result
    }

    fn advance_throw(
        py: &mut Py,
        this: &Ref<Step>,
        g: &Ref<Generator>,
        work: &Work,
        phase: Phase,
        value: Value,
    ) -> Result<Value> {
        if g.get(py).state == State::Done {
            return Err(stop_iteration(Value::NONE));
        }
        if phase == Phase::Going {
            let result = send_into(py, g, value);
            return Self::settle(py, g, work, result);
        }
        if g.get(py).marked(marks::CLOSED) {
            return Err(Raised::empty(Exc::StopAsyncIteration));
        }
        if !value.is_none() {
            return Err(runtime_error("can't send non-None value to a just-started coroutine"));
        }
        this.get_mut(py).phase = Phase::Going;
        g.get_mut(py).mark(marks::BUSY, true);
        let result = match work {
            Work::Throw(kind, value, tb) => match error_of(py, kind, Some(value), Some(tb)) {
                Ok(error) => throw_into(py, g, error),
                Err(e) => Err(e),
            },
            _ => {
                g.get_mut(py).mark(marks::CLOSED, true);
                throw_into(py, g, Raised::empty(Exc::GeneratorExit))
            }
        };
        Self::settle(py, g, work, result)
    }

    /// The result of `athrow` or `aclose`.
    fn settle(py: &mut Py, g: &Ref<Generator>, work: &Work, result: Result<Value>) -> Result<Value> {
        if matches!(work, Work::Throw(..)) {
            return unwrap(py, g, result);
        }
        match result {
            Ok(value) if value.is_a::<Wrapped>() => {
                g.get_mut(py).mark(marks::BUSY, false);
                Err(runtime_error("async generator ignored GeneratorExit"))
            }
            Ok(value) => Ok(value),
            Err(e) => {
                g.get_mut(py).mark(marks::BUSY, false);
                if is_end(&e) { Err(stop_iteration(Value::NONE)) } else { Err(e) }
            }
        }
    }

    fn throw_error(py: &mut Py, this: &Ref<Step>, error: Raised) -> Result<Value> {
        let (g, work, phase) = Self::begin(py, this)?;
        if phase == Phase::New {
            this.get_mut(py).phase = Phase::Going;
            g.get_mut(py).mark(marks::BUSY, true);
        }
        let result = throw_into(py, &g, error);
        let result = match work {
            Work::Close => Self::settle(py, &g, &work, result),
            _ => unwrap(py, &g, result),
        };
        if result.is_err() {
            this.get_mut(py).phase = Phase::Over;
        }
        result
    }
}

#[methods]
impl Step {
    /// Return an iterator to be used in await expression.
    #[py("(self, /)", alias = "__iter__")]
    fn __await__(_py: &mut Py, this: &Ref<Step>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Step>) -> Result<Value> {
        Self::advance(py, this, Value::NONE)
    }
    /// send(value): send 'value' into the generator.
    #[py("(self, value, /)")]
    fn send(py: &mut Py, this: &Ref<Step>, value: Value) -> Result<Value> {
        Self::advance(py, this, value)
    }
    /// throw(value): raise exception in the generator.
    #[py("(self, type, value=None, tb=None, /)")]
    fn throw(py: &mut Py, this: &Ref<Step>, kind: &Value, value: &Value, tb: &Value) -> Result<Value> {
        let error = thrown(py, kind, Some(value), Some(tb))?;
        Self::throw_error(py, this, error)
    }
    /// close(): raise GeneratorExit in the generator.
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<Step>) -> Result<()> {
        if this.get(py).phase == Phase::Over {
            return Ok(());
        }
        match Self::throw_error(py, this, Raised::empty(Exc::GeneratorExit)) {
            Ok(_) => Err(runtime_error("coroutine ignored GeneratorExit")),
            Err(e) if is_end(&e) || e.is(Exc::StopIteration) => Ok(()),
            Err(e) => Err(e),
        }
    }
}

impl NativeType for Step {
    const NAME: &'static str = "async_generator_asend";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
