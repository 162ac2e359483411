//! `with` and `async with`.

use lockstep_compile::code::Instr;
use lockstep_heap::{Raw, Value};

use super::call::{enter as call_enter, push_method};
use super::frame::Target;
use super::{Flow, fetch, peek, put};
use crate::object::raise::{Result, type_error};
use crate::object::strand::Frame;
use crate::object::{Py, Special};
use crate::types::exception::Exception;
use crate::types::function::Function;
use crate::types::native::Native;

/// A special method and its receiver as a pair to call: `(function, receiver)` or `(bound, nothing)`.
fn pair(py: &mut Py, method: Value, receiver: &Value) -> Result<(Value, Value)> {
    let direct = method.is_a::<Function>() || method.downcast::<Native>().is_some_and(|n| n.binds());
    if direct {
        return Ok((method, receiver.clone()));
    }
    let ty = py.type_of(receiver);
    Ok((py.bind_descriptor(&method, receiver, &ty)?, Value::UNBOUND))
}

/// `WithEnter`, `AsyncWithEnter`
pub(super) unsafe fn enter(py: &mut Py, frame: *mut Frame, i: Instr, asynchronous: bool) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let manager = fetch((*frame).base, (*(*frame).code).locals, i.b);
        let (enter, exit) = if asynchronous { (Special::AEnter, Special::AExit) } else { (Special::Enter, Special::Exit) };
        let kind = if asynchronous { "asynchronous context manager" } else { "context manager" };
        let missing = |py: &Py, which: &str| {
            let other = if asynchronous { Special::Enter } else { Special::AEnter };
            let hint = if py.special(&manager, other).is_some() {
                if asynchronous { ". Did you mean to use 'with'?" } else { ". Did you mean to use 'async with'?" }
            } else {
                ""
            };
            let missed = if which == "exit" {
                format!(" (missed {} method)", exit.name())
            } else {
                format!(" (missed {} method)", enter.name())
            };
            type_error(format!("'{}' object does not support the {kind} protocol{missed}{hint}", py.type_name(&manager)))
        };
        let Some(enter_method) = py.special_owned(&manager, enter) else { return Err(missing(py, "enter")) };
        let Some(exit_method) = py.special_owned(&manager, exit) else { return Err(missing(py, "exit")) };
        let (f, r) = pair(py, exit_method, &manager)?;
        put((*frame).base, i.a, f);
        put((*frame).base, i.a + 1, r);
        let (f, r) = pair(py, enter_method, &manager)?;
        let target = Target::register(i.c);
        if r.is_unbound() {
            call_enter(py, frame, &f, &[], &[], target)
        } else if push_method(py, &f, &r, &[], target)? {
            Ok(Flow::Reload)
        } else {
            call_enter(py, frame, &f, &[r], &[], target)
        }
    }
}

/// Take the exit pair out of its registers and call it.
unsafe fn leave(py: &mut Py, frame: *mut Frame, at: u16, details: [Value; 3], target: Target) -> Result<Flow> {
    // SAFETY: the pair is pinned at `at`.
    unsafe {
        let base = (*frame).base;
        let f = Value::from_raw(std::mem::replace(&mut *base.add(at as usize), Raw::UNBOUND));
        let r = Value::from_raw(std::mem::replace(&mut *base.add(at as usize + 1), Raw::UNBOUND));
        let [a, b, c] = details;
        if r.is_unbound() {
            call_enter(py, frame, &f, &[a, b, c], &[], target)
        } else if push_method(py, &f, &r, &[a.clone(), b.clone(), c.clone()], target)? {
            Ok(Flow::Reload)
        } else {
            call_enter(py, frame, &f, &[r, a, b, c], &[], target)
        }
    }
}

const NONES: [Value; 3] = [Value::NONE, Value::NONE, Value::NONE];

/// `WithExit`
pub(super) unsafe fn exit(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe { leave(py, frame, i.a, NONES, Target::DISCARD) }
}

/// `AsyncWithExit`
pub(super) unsafe fn async_exit(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe { leave(py, frame, i.a, NONES, Target::register(i.b)) }
}

/// `WithExcept`, `AsyncWithExcept`
pub(super) unsafe fn except(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let exception = peek((*frame).base, i.b).clone();
        let kind = py.type_of(&exception).into_value();
        let traceback = exception.downcast::<Exception>().and_then(|e| e.get(py).traceback.clone()).unwrap_or(Value::NONE);
        leave(py, frame, i.a, [kind, exception, traceback], Target::register(i.c))
    }
}
