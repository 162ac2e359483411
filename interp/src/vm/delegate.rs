//! Delegating and awaiting: `yield from`, `await`, `async for`.

use lockstep_compile::code::{CodeFlags, Instr};
use lockstep_heap::{Raw, Tag, Value};

use super::call::enter;
use super::chain::delegate;
use super::frame::Target;
use super::generator::{call_generator_with, push_step, resume_in_loop};
use super::{Flow, fetch, peek, put};
use crate::object::raise::{Exc, Result, runtime_error, type_error};
use crate::object::strand::{Frame, Return};
use crate::object::{Py, Special};
use crate::types::async_generator::{self, Step};
use crate::types::function::Function;
use crate::types::generator::{CoroutineWrapper, Flavour, Generator, State};

/// Whether calling it makes a generator of this flavour and does nothing else.
fn makes(py: &Py, method: &Value, flavour: Flavour) -> bool {
    method.downcast::<Function>().is_some_and(|f| f.get(py).code.is_generator && f.get(py).code.flavour == flavour)
}

/// Whether an operand is a coroutine that has not begun: it is its own iterator.
#[inline(always)]
pub(super) unsafe fn is_new_coroutine(operand: Raw) -> bool {
    // SAFETY: the operand is a register of the running frame.
    unsafe {
        if !operand.is_ptr() || (*operand.header()).shape().tag() != Tag::GENERATOR {
            return false;
        }
        let body = super::chain::body_in(operand);
        (*body).flavour == Flavour::Coroutine && (*body).state == State::Created
    }
}

/// Whether an operand is a generator, and no coroutine: it is its own iterator.
#[inline(always)]
pub(super) unsafe fn is_plain_generator(operand: Raw) -> bool {
    // SAFETY: the operand is a register of the running frame.
    unsafe {
        operand.is_ptr()
            && (*operand.header()).shape().tag() == Tag::GENERATOR
            && (*super::chain::body_in(operand)).flavour == Flavour::Generator
    }
}

/// `GetYieldFrom`
pub(super) unsafe fn get_yield_from(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let value = fetch((*frame).base, (*(*frame).code).locals, i.b);
        let iterator = match value.downcast::<Generator>().map(|g| g.get(py).flavour) {
            Some(Flavour::Generator) => value,
            Some(Flavour::Coroutine) => {
                let f = (*(*frame).code).code.flags;
                if i.d == 0 && !f.has(CodeFlags::COROUTINE) && !f.has(CodeFlags::ITERABLE_COROUTINE) {
                    return Err(type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
                }
                value
            }
            _ => py.get_iter(&value)?,
        };
        put((*frame).base, i.a, iterator);
        Ok(Flow::Next)
    }
}

/// `GetAwaitable`
pub(super) unsafe fn get_awaitable(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let value = fetch((*frame).base, (*(*frame).code).locals, i.b);
        if value.is_a::<Step>() {
            put((*frame).base, i.a, value);
            return Ok(Flow::Next);
        }
        if !value.is_a::<Generator>()
            && let Some(method) = py.special_owned(&value, Special::Await)
            && makes(py, &method, Flavour::Generator)
        {
            if let Some(generator) = call_generator_with(py, &method, [&value]) {
                put((*frame).base, i.a, generator);
                return Ok(Flow::Next);
            }
            return enter(py, frame, &method, &[value], &[], Target::register(i.a));
        }
        let iterator = match awaitable(py, &value) {
            Err(e) if i.d != 0 && e.is(Exc::TypeError) && py.special(&value, Special::Await).is_none() => {
                let which = if i.d == 1 { "__aenter__" } else { "__aexit__" };
                return Err(type_error(format!(
                    "'async with' received an object from {which} that does not implement __await__: {}",
                    py.type_name(&value)
                )));
            }
            other => other?,
        };
        if let Some(g) = iterator.downcast::<Generator>()
            && g.get(py).flavour == Flavour::Coroutine
            && delegate(py, g).is_some()
        {
            return Err(runtime_error("coroutine is being awaited already"));
        }
        put((*frame).base, i.a, iterator);
        Ok(Flow::Next)
    }
}

/// The iterator behind an awaitable.
pub(crate) fn awaitable(py: &mut Py, value: &Value) -> Result<Value> {
    if let Some(g) = value.downcast::<Generator>() {
        let g = g.get(py);
        if g.flavour == Flavour::Coroutine {
            return Ok(value.clone());
        }
        // SAFETY: a generator's code lives as long as the generator.
        let code_flags = unsafe { if g.frame.code.is_null() { CodeFlags(0) } else { (*g.frame.code).code.flags } };
        if g.flavour == Flavour::Generator && code_flags.has(CodeFlags::ITERABLE_COROUTINE) {
            return Ok(value.clone());
        }
    }
    match py.call_special(value, Special::Await, &[]) {
        Some(result) => {
            let iterator = result?;
            if iterator.downcast::<Generator>().is_some_and(|g| g.get(py).flavour == Flavour::Coroutine) {
                return Err(type_error("__await__() returned a coroutine"));
            }
            if py.special(&iterator, Special::Next).is_none() {
                return Err(type_error(format!("__await__() returned non-iterator of type '{}'", py.type_name(&iterator))));
            }
            Ok(iterator)
        }
        None => Err(type_error(format!("'{}' object can't be awaited", py.type_name(value)))),
    }
}

/// `Send`
pub(super) unsafe fn send_op(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: `a` is pinned, `b` a temporary.
    unsafe {
        let base = (*frame).base;
        let sent = fetch(base, (*(*frame).code).locals, i.b);
        let iterator = peek(base, i.a).clone();
        let target = Target { ret: Return::Send, dst: i.b, jump: i.cd(), sense: 0 };
        if let Some(flavour) = iterator.downcast::<Generator>().map(|g| g.get(py).flavour)
            && flavour != Flavour::AsyncGenerator
        {
            if flavour == Flavour::Coroutine && iterator.downcast::<Generator>().is_some_and(|g| g.get(py).state == State::Done) {
                return Err(runtime_error("cannot reuse already awaited coroutine"));
            }
            return resume_in_loop(py, frame, &iterator, sent, target, None);
        }
        if let Some(wrapper) = iterator.downcast::<CoroutineWrapper>() {
            let coroutine = wrapper.coroutine.to_value();
            if wrapper.coroutine.get(py).state == State::Done {
                return Err(runtime_error("cannot reuse already awaited coroutine"));
            }
            return resume_in_loop(py, frame, &coroutine, sent, target, Some(iterator.clone()));
        }
        if let Some(step) = iterator.downcast::<Step>()
            && let Some((generator, sent)) = async_generator::begin_send(py, step, &sent)?
        {
            push_step(py, step, &generator, sent, target)?;
            return Ok(Flow::Reload);
        }
        let result = if sent.is_none() {
            match py.special_owned(&iterator, Special::Next) {
                Some(method) if method.is_a::<Function>() => return enter(py, frame, &method, &[iterator], &[], target),
                Some(method) => py.call_unbound(&method, &iterator, &[]),
                None => Err(type_error(format!("'{}' object is not an iterator", py.type_name(&iterator)))),
            }
        } else {
            py.call_method(&iterator, "send", &[sent])
        };
        match result {
            Ok(value) => {
                put((*frame).base, i.b, value);
                Ok(Flow::Next)
            }
            Err(e) if e.is(Exc::StopIteration) => {
                let exception = py.exception(e);
                let value = super::exc::stop_value(py, &exception);
                super::exc::end_send(frame, i.b, i.cd(), value);
                Ok(Flow::Reload)
            }
            Err(e) => Err(e),
        }
    }
}

/// `GetAIter`
pub(super) unsafe fn get_aiter(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let value = fetch((*frame).base, (*(*frame).code).locals, i.b);
        let iterator = match py.call_special(&value, Special::AIter, &[]) {
            Some(result) => result?,
            None => {
                return Err(type_error(format!(
                    "'async for' requires an object with __aiter__ method, got {}",
                    py.type_name(&value)
                )));
            }
        };
        if py.special(&iterator, Special::ANext).is_none() {
            return Err(type_error(format!(
                "'async for' received an object from __aiter__ that does not implement __anext__: {}",
                py.type_name(&iterator)
            )));
        }
        put((*frame).base, i.a, iterator);
        Ok(Flow::Next)
    }
}

/// `GetANext`
pub(super) unsafe fn get_anext(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let iterator = peek((*frame).base, i.b).clone();
        if let Some(generator) = iterator.downcast::<Generator>()
            && generator.get(py).flavour == Flavour::AsyncGenerator
        {
            let step = async_generator::next_step(py, generator)?;
            put((*frame).base, i.a, step);
            return Ok(Flow::Next);
        }
        if let Some(method) = py.special_owned(&iterator, Special::ANext)
            && makes(py, &method, Flavour::Coroutine)
        {
            if let Some(coroutine) = call_generator_with(py, &method, [&iterator]) {
                put((*frame).base, i.a, coroutine);
                return Ok(Flow::Next);
            }
            return enter(py, frame, &method, &[iterator], &[], Target::register(i.a));
        }
        let next = match py.call_special(&iterator, Special::ANext, &[]) {
            Some(result) => result?,
            None => {
                return Err(type_error(format!(
                    "'async for' requires an iterator with __anext__ method, got {}",
                    py.type_name(&iterator)
                )));
            }
        };
        let value = match awaitable(py, &next) {
            Ok(value) => value,
            Err(e) => {
                let message = format!("'async for' received an invalid object from __anext__: {}", py.type_name(&next));
                let cause = py.exception(e).into_value();
                let error = py.exception(type_error(message));
                error.get_mut(py).cause = Some(cause);
                return Err(py.raise_object(error));
            }
        };
        put((*frame).base, i.a, value);
        Ok(Flow::Next)
    }
}

/// `EndAsyncFor`
pub(super) unsafe fn end_async_for(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let exception = fetch((*frame).base, (*(*frame).code).locals, i.b);
        put((*frame).base, i.b, Value::UNBOUND);
        let stop = py.exception_type(Exc::StopAsyncIteration).into_value();
        if py.exception_matches(&exception, &stop)? {
            put((*frame).base, i.a, Value::UNBOUND);
            return Ok(Flow::Next);
        }
        Err(py.raise_value(&exception).again())
    }
}
