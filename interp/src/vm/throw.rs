//! Throwing into generators and closing them, from native code. Chains of delegating generators
//! are gone through in loops, so however long they are, the native stack stays flat.

use lockstep_heap::{Ref, Value};

use super::chain::{body_in, delegate, delegate_of, empty, leave_delegation, waiting};
use super::frame::Target;
use super::generator::{kind_name, push_as_is, suspend};
use super::run::Outcome;
use crate::object::Py;
use crate::object::raise::{Exc, Raised, Result, recursion_error, runtime_error, stop_iteration, value_error};
use crate::object::strand::{Return, frame_flags};
use crate::types::frame::Traceback;
use crate::types::generator::{Flavour, Generator, State};

/// `generator.throw(error)` from native code.
pub fn throw(py: &mut Py, generator: &Value, error: Raised) -> Result<Value> {
    let Some(g) = generator.downcast::<Generator>().cloned() else { return Err(error) };
    match g.get(py).now() {
        State::Running | State::Linked => {
            let what = kind_name(g.get(py).flavour);
            return Err(value_error(format!("{what} already executing")));
        }
        State::Done if g.get(py).flavour == Flavour::Coroutine && !error.is(Exc::GeneratorExit) => {
            return Err(runtime_error("cannot reuse already awaited coroutine"));
        }
        State::Done => return Err(error),
        State::Created => {
            // Never begun: it ends at its first line.
            let exception = py.exception(error);
            if let Some(frame) = py.generator_frame(&g) {
                let line = frame.get(py).code.code.first_line;
                let next = exception.get_mut(py).traceback.take();
                let traceback = py.make(Traceback { next, frame, last: u32::MAX, line }).into_value();
                exception.get_mut(py).traceback = Some(traceback);
            }
            empty(py, &g);
            return Err(py.raise_object(exception));
        }
        State::Suspended => {}
    }
    py.native_stack()?;
    let chain = waiting(py, &g);
    if py.strand.depth as usize + chain.len() > py.strand.limit as usize {
        return Err(recursion_error("maximum recursion depth exceeded"));
    }
    if error.is(Exc::GeneratorExit) {
        return throw_exit(py, &chain, error);
    }
    // What is handled outside of them is not the context of an error that comes from there.
    let own = chain.iter().any(|g| g.get(py).frame.flags & frame_flags::HANDLING != 0);
    // SAFETY: the generators are suspended and alive; what hangs at the end of the chain is kept
    // by the registers of the last one.
    let outcome = unsafe {
        let mut end = body_in(generator.raw());
        push_as_is(py, end, Target::NATIVE, Some(generator.clone()))?;
        for inner in &chain[1..] {
            // The outer one is behind its `Yield`: it goes behind the `Send` before.
            let send = *(*end).frame.pc.sub(2);
            (*end).frame.pc = (*end).frame.pc.sub(1);
            let target = Target { ret: Return::Send, dst: send.b, jump: send.cd(), sense: 0 };
            end = body_in(inner.as_value().raw());
            push_as_is(py, end, target, None)?;
        }
        match delegate_of(end).cloned() {
            Some(inner) => match throw_into(py, &inner, error) {
                // It waits where it waited.
                Ok(value) => match suspend(py, &raw mut (*end).frame, value) {
                    Some(value) => return Ok(value),
                    None => py.run(),
                },
                Err(e) if e.is(Exc::StopIteration) => {
                    let exception = py.exception(e);
                    let value = super::exc::stop_value(py, &exception);
                    leave_delegation(end, value);
                    py.run()
                }
                Err(e) => raise(py, e),
            },
            None => raise(py, if own { error } else { error.linked() }),
        }
    };
    given(outcome?)
}

/// Raise an error in the running frame and run it.
fn raise(py: &mut Py, error: Raised) -> Result<Outcome> {
    super::exc::unwind(py, error)?;
    py.run()
}

fn given(outcome: Outcome) -> Result<Value> {
    match outcome {
        Outcome::Yielded(value) => Ok(value),
        Outcome::Returned(value) => Err(stop_iteration(value)),
    }
}

/// Throw into what a delegation waits for.
fn throw_into(py: &mut Py, inner: &Value, error: Raised) -> Result<Value> {
    if inner.is_a::<Generator>() {
        return throw(py, inner, error);
    }
    match py.getattr_opt(inner, "throw")? {
        Some(method) => {
            let exception = py.exception(error).into_value();
            py.call(&method, &[exception])
        }
        None => Err(error),
    }
}

/// `throw(GeneratorExit)`: what a generator delegates to is closed before it is thrown into,
/// with the generator's frame on the strand.
fn throw_exit(py: &mut Py, chain: &[Ref<Generator>], error: Raised) -> Result<Value> {
    let mut rest = None;
    for g in chain {
        // SAFETY: each is suspended and alive; the caller has seen that there is room.
        unsafe {
            let body = body_in(g.as_value().raw());
            rest = delegate_of(body).cloned();
            push_as_is(py, body, Target::NATIVE, Some(g.to_value()))?;
        }
    }
    // What the generator inside came to: an error of its closing goes into the one outside.
    let mut closed = match rest {
        Some(inner) => close_any(py, &inner),
        None => Ok(()),
    };
    for g in chain[1..].iter().rev() {
        let into = closed.err().unwrap_or_else(|| Raised::empty(Exc::GeneratorExit));
        let result = raise(py, into).and_then(given);
        closed = closing(py, g, result).map(drop);
    }
    raise(py, closed.err().unwrap_or(error)).and_then(given)
}

fn close_any(py: &mut Py, inner: &Value) -> Result<()> {
    if inner.is_a::<Generator>() {
        return close(py, inner).map(drop);
    }
    if let Some(method) = py.getattr_opt(inner, "close")? {
        py.call(&method, &[])?;
    }
    Ok(())
}

/// Whether a generator has no handler but the one that every generator has.
fn lacks_handlers(py: &Py, generator: &Ref<Generator>) -> bool {
    let g = generator.get(py);
    // SAFETY: a suspended generator's function keeps its code alive.
    !g.frame.code.is_null() && unsafe { !(*g.frame.code).finalize.get() }
}

/// `generator.close()`: the value it returned, if it did.
pub fn close(py: &mut Py, generator: &Value) -> Result<Value> {
    let Some(g) = generator.downcast::<Generator>().cloned() else { return Ok(Value::NONE) };
    match g.get(py).now() {
        State::Done => return Ok(Value::NONE),
        State::Created => {
            empty(py, &g);
            return Ok(Value::NONE);
        }
        State::Suspended if !py.strand.instrumented && delegate(py, &g).is_none() && lacks_handlers(py, &g) => {
            // Nothing inside would see the GeneratorExit.
            empty(py, &g);
            return Ok(Value::NONE);
        }
        _ => {}
    }
    py.native_stack()?;
    let result = throw(py, generator, Raised::empty(Exc::GeneratorExit));
    closing(py, &g, result)
}

/// What the closing of a generator comes to, by what throwing a GeneratorExit into it gave.
fn closing(py: &mut Py, generator: &Ref<Generator>, result: Result<Value>) -> Result<Value> {
    match result {
        Ok(_) => {
            let what = kind_name(generator.get(py).flavour);
            Err(runtime_error(format!("{what} ignored GeneratorExit")))
        }
        Err(e) if e.is(Exc::GeneratorExit) => Ok(Value::NONE),
        Err(e) if e.is(Exc::StopIteration) => {
            let exception = py.exception(e);
            Ok(super::exc::stop_value(py, &exception))
        }
        Err(e) => Err(e),
    }
}
