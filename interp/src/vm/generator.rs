//! Generators, coroutines, async generators: making, resuming, suspending, delegating.

use lockstep_compile::code::{CodeFlags, Instr, Op};
use lockstep_heap::{Raw, Ref, Value, flags};

use super::call::{Keywords, deliver, enter};
use super::frame::{Target, clone_word, take};
use super::run::Outcome;
use super::{Flow, fetch, peek, put};
use crate::object::raise::{Exc, Raised, Result, runtime_error, stop_iteration, type_error, value_error};
use crate::object::strand::{Frame, Return, frame_flags};
use crate::object::{Py, Special};
use crate::types::function::Function;
use crate::types::generator::{Flavour, Generator, State};
use crate::types::native::{Native, call_native};

/// `MakeGenerator`: the running frame becomes a suspended generator, which is returned to the
/// caller. `Some`: the caller is native code.
pub(super) unsafe fn make(py: &mut Py, frame: *mut Frame) -> Result<Option<Value>> {
    // SAFETY: the frame is the running one; its arguments move into the generator.
    unsafe {
        let fr = &mut *frame;
        let code = &*fr.code;
        let count = code.registers as usize;
        let mut registers = vec![Raw::UNBOUND; count].into_boxed_slice();
        for (k, r) in registers.iter_mut().enumerate().take(code.locals as usize) {
            *r = std::mem::replace(&mut *fr.base.add(k), Raw::UNBOUND);
        }
        let mut own = Frame::blank();
        own.code = fr.code;
        own.pc = fr.pc;
        own.globals = fr.globals;
        own.builtins = fr.builtins;
        own.func = std::mem::replace(&mut fr.func, Raw::NOTHING);
        own.flags = frame_flags::GENERATOR;
        own.base = registers.as_mut_ptr();
        own.limit = own.base.add(count);
        let f = code.code.flags;
        let flavour = if f.has(CodeFlags::ASYNC_GENERATOR) {
            Flavour::AsyncGenerator
        } else if f.has(CodeFlags::COROUTINE) {
            Flavour::Coroutine
        } else {
            Flavour::Generator
        };
        let (name, qualname) = match clone_word(own.func).as_ref().and_then(|v| v.downcast::<Function>()) {
            Some(function) => (function.get(py).name.clone(), function.get(py).qualname.clone()),
            None => (code.name.clone(), code.qualname.clone()),
        };
        // Every generator has one handler, which turns a StopIteration that gets out into an error;
        // only with more of them has its death anything to run.
        let finalize = code.code.handlers.len() > 1 || flavour != Flavour::Generator;
        let payload = Generator {
            frame: own,
            registers,
            state: State::Created,
            flavour,
            name,
            qualname,
            handled: None,
            result: None,
            hooks_done: false,
            running_async: false,
            closed_async: false,
            finalizer: None,
        };
        let object = match flavour {
            Flavour::Generator => py.make(payload),
            Flavour::Coroutine => py.make_in(&py.type_named("coroutine"), payload),
            Flavour::AsyncGenerator => py.make_in(&py.type_named("async_generator"), payload),
        };
        if finalize {
            object.header().set(flags::FINALIZE);
        }
        // The frame, now without registers and function, ends as if it returned the object.
        let (ret, dst) = (fr.ret, fr.dst);
        let target = Target { ret, dst, jump: fr.jump, sense: fr.sense };
        let extra = take(&mut fr.extra);
        fr.ret = Return::Discard;
        unlink_empty(py, frame);
        drop(extra);
        let value = object.into_value();
        if ret == Return::Native {
            return Ok(Some(value));
        }
        if ret == Return::Init {
            return Err(type_error(format!("__init__() should return None, not '{}'", py.type_name(&value))));
        }
        let caller = py.strand.frame;
        deliver(py, caller, value, target)?;
        Ok(None)
    }
}

unsafe fn unlink_empty(py: &mut Py, frame: *mut Frame) {
    // SAFETY: the frame's registers are empty.
    unsafe {
        let object = take(&mut (*frame).object);
        if let Some(object) = object
            && let Some(o) = object.downcast::<crate::types::frame::FrameObject>()
        {
            o.get_mut(py).live = std::ptr::null_mut();
        }
        py.unlink_frame(frame);
    }
}

/// Put a suspended generator's frame on the strand.
unsafe fn push(py: &mut Py, generator: &Ref<Generator>, sent: Value, target: Target) -> Result<()> {
    // SAFETY: the generator owns frame and registers and is kept alive by `extra`.
    unsafe {
        let g = &mut *generator.payload();
        match g.state {
            State::Running => {
                let what = kind_name(g.flavour);
                return Err(value_error(format!("{what} already executing")));
            }
            State::Created => {
                if !sent.is_none() {
                    let what = kind_name(g.flavour);
                    return Err(type_error(format!("can't send non-None value to a just-started {what}")));
                }
            }
            State::Suspended => {
                // The instruction before `pc` is the `Yield` whose result is the value sent.
                let instr = *g.frame.pc.sub(1);
                put(g.frame.base, instr.a, sent);
            }
            State::Done => {}
        }
        if py.strand.depth >= py.strand.limit {
            return Err(crate::object::raise::recursion_error("maximum recursion depth exceeded"));
        }
        g.state = State::Running;
        let frame: *mut Frame = &raw mut g.frame;
        let fr = &mut *frame;
        fr.extra = generator.to_value().into_raw();
        fr.ret = target.ret;
        fr.dst = target.dst;
        fr.jump = target.jump;
        fr.sense = target.sense;
        let fresh = if py.strand.instrumented { frame_flags::FRESH } else { 0 };
        fr.flags = frame_flags::GENERATOR | (fr.flags & (frame_flags::OBSERVED | frame_flags::HANDLING)) | fresh;
        fr.prev = py.strand.frame;
        py.strand.frame = frame;
        py.strand.depth += 1;
        // What is handled outside is kept in the frame; inside, a suspended handler goes on.
        let outside = py.strand.handled.take();
        py.strand.handled = match g.handled.take() {
            Some(inside) => Some(inside),
            None => outside.clone(),
        };
        fr.handled = outside.map_or(Raw::NOTHING, Value::into_raw);
        Ok(())
    }
}

/// How messages call it.
pub(crate) fn kind_name(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Generator => "generator",
        Flavour::Coroutine => "coroutine",
        Flavour::AsyncGenerator => "async generator",
    }
}

/// `Yield`: take the running frame off the strand and deliver the value. `Some`: to native code.
pub(super) unsafe fn suspend(py: &mut Py, frame: *mut Frame, value: Value) -> Option<Value> {
    // SAFETY: the running frame is a generator's.
    unsafe {
        let fr = &mut *frame;
        let owner = take(&mut fr.extra);
        let outside = take(&mut fr.handled);
        let inside = std::mem::replace(&mut py.strand.handled, outside);
        if let Some(g) = owner.as_ref().and_then(|o| o.downcast::<Generator>()) {
            let g = &mut *g.payload();
            g.state = State::Suspended;
            g.handled = if fr.flags & frame_flags::HANDLING == 0 { None } else { inside };
        }
        let target = Target { ret: fr.ret, dst: fr.dst, jump: fr.jump, sense: fr.sense };
        py.strand.frame = fr.prev;
        py.strand.depth -= 1;
        fr.prev = std::ptr::null_mut();
        drop(owner);
        if target.ret == Return::Native {
            return Some(value);
        }
        let caller = py.strand.frame;
        put((*caller).base, target.dst, value);
        None
    }
}

/// Resume a generator from the loop: its frame is pushed, or its end is handled at once.
pub(super) unsafe fn resume_in_loop(
    py: &mut Py,
    frame: *mut Frame,
    generator: &Value,
    sent: Value,
    target: Target,
) -> Result<Flow> {
    // SAFETY: the running frame.
    unsafe {
        let Some(g) = generator.downcast::<Generator>() else { return Ok(Flow::Next) };
        if g.get(py).state == State::Done {
            match target.ret {
                Return::Iterate => super::exc::end_loop(frame, target.jump),
                Return::Send => super::exc::end_send(frame, target.dst, target.jump, Value::NONE),
                _ => return Err(stop_iteration(Value::NONE)),
            }
            return Ok(Flow::Reload);
        }
        push(py, g, sent, target)?;
        Ok(Flow::Reload)
    }
}

/// `ForIter` over a generator.
pub(super) unsafe fn for_iter(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: `a` is a pinned register that holds a generator.
    unsafe {
        let generator = peek((*frame).base, i.a).clone();
        let target = Target { ret: Return::Iterate, dst: i.b, jump: i.cd(), sense: 0 };
        resume_in_loop(py, frame, &generator, Value::NONE, target)
    }
}

/// `g.send(x)` or `g.__next__()` called by the loop.
pub(super) unsafe fn call_in_loop(
    py: &mut Py,
    frame: *mut Frame,
    native: &Ref<Native>,
    args: *mut Raw,
    count: usize,
    keywords: &Keywords,
    target: Target,
) -> Result<Flow> {
    // SAFETY: the arguments are owned registers of the running frame.
    unsafe {
        let taken = |k: usize| Value::from_raw(std::mem::replace(&mut *args.add(k), Raw::UNBOUND));
        let wanted = native.signature.len;
        if keywords.is_empty() && count == wanted && target.ret == Return::Register {
            let object = taken(0);
            let sent = if count == 2 { taken(1) } else { Value::NONE };
            let (flavour, state) = match object.downcast::<Generator>() {
                Some(g) => (g.get(py).flavour, g.get(py).state),
                None => (Flavour::AsyncGenerator, State::Done),
            };
            if flavour == Flavour::Coroutine && state == State::Done {
                return Err(runtime_error("cannot reuse already awaited coroutine"));
            }
            if flavour != Flavour::AsyncGenerator {
                return resume_in_loop(py, frame, &object, sent, target);
            }
            let owned: Vec<Value> = if count == 2 { vec![object, sent] } else { vec![object] };
            let value = call_native(py, native, &owned, keywords)?;
            return deliver(py, frame, value, target);
        }
        let owned: Vec<Value> = (0..count).map(taken).collect();
        let value = call_native(py, native, &owned, keywords)?;
        deliver(py, frame, value, target)
    }
}

/// Resume from native code: the value handed out, or none at the end, whose value is kept.
pub fn resume(py: &mut Py, generator: &Value, sent: Value) -> Result<Option<Value>> {
    match step(py, generator, sent)? {
        Outcome::Yielded(value) => Ok(Some(value)),
        Outcome::Returned(value) => {
            if let Some(g) = generator.downcast::<Generator>() {
                g.get_mut(py).result = Some(value);
            }
            Ok(None)
        }
    }
}

fn step(py: &mut Py, generator: &Value, sent: Value) -> Result<Outcome> {
    let Some(g) = generator.downcast::<Generator>() else { return Err(type_error("not a generator")) };
    if g.get(py).state == State::Done {
        if g.get(py).flavour == Flavour::Coroutine {
            return Err(runtime_error("cannot reuse already awaited coroutine"));
        }
        return Ok(Outcome::Returned(Value::NONE));
    }
    py.native_stack()?;
    // SAFETY: the generator is suspended or just created.
    unsafe { push(py, g, sent, Target::NATIVE)? };
    py.run()
}

/// `generator.send(value)` from native code.
pub fn send(py: &mut Py, generator: &Value, sent: Value) -> Result<Value> {
    match step(py, generator, sent)? {
        Outcome::Yielded(value) => Ok(value),
        Outcome::Returned(value) => Err(stop_iteration(value)),
    }
}

/// The iterator that a suspended generator delegates to (`yield from`, `await`).
pub(crate) fn delegate(py: &Py, generator: &Ref<Generator>) -> Option<Value> {
    let g = generator.get(py);
    if g.state != State::Suspended {
        return None;
    }
    // SAFETY: a suspended generator's `pc` is behind a `Yield`; its registers are alive.
    unsafe {
        let instr = *g.frame.pc.sub(1);
        if instr.op == Op::Yield && instr.d == 1 { Some(peek(g.frame.base, instr.c).clone()) } else { None }
    }
}

/// `generator.throw(error)` from native code.
pub fn throw(py: &mut Py, generator: &Value, error: Raised) -> Result<Value> {
    let Some(g) = generator.downcast::<Generator>().cloned() else { return Err(error) };
    if g.get(py).state == State::Running {
        let what = kind_name(g.get(py).flavour);
        return Err(value_error(format!("{what} already executing")));
    }
    match delegate(py, &g) {
        Some(inner) => throw_through(py, &g, &inner, error),
        None => throw_here(py, &g, error),
    }
}

/// Throw into what a generator delegates to, with the generator's frame on the strand: it is in
/// the tracebacks, and what it handles is the context of what is raised further in.
fn throw_through(py: &mut Py, generator: &Ref<Generator>, inner: &Value, error: Raised) -> Result<Value> {
    py.native_stack()?;
    // SAFETY: as in `push`; the state says that no sent value is to be stored.
    let frame = unsafe {
        generator.get_mut(py).state = State::Created;
        if let Err(error) = push(py, generator, Value::NONE, Target::NATIVE) {
            generator.get_mut(py).state = State::Suspended;
            return Err(error);
        }
        py.strand.frame
    };
    let error = match throw_into(py, inner, error) {
        Ok(value) => {
            // SAFETY: the generator's frame is the running one again: it waits where it waited.
            unsafe { suspend(py, frame, Value::NONE) };
            return Ok(value);
        }
        Err(e) if e.is(Exc::StopIteration) => {
            let exception = py.exception(e);
            let value = super::exc::stop_value(py, &exception);
            // SAFETY: it was suspended at a `Yield` inside a delegation: go on behind it.
            unsafe { leave_delegation(py, generator, value) };
            None
        }
        Err(e) => Some(e),
    };
    if let Some(error) = error {
        super::exc::unwind(py, error)?;
    }
    match py.run()? {
        Outcome::Yielded(value) => Ok(value),
        Outcome::Returned(value) => Err(stop_iteration(value)),
    }
}

/// Throw into whatever a delegation waits for.
fn throw_into(py: &mut Py, inner: &Value, error: Raised) -> Result<Value> {
    if error.is(Exc::GeneratorExit) {
        close_any(py, inner)?;
        return Err(error);
    }
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

fn close_any(py: &mut Py, inner: &Value) -> Result<()> {
    if inner.is_a::<Generator>() {
        return close(py, inner).map(drop);
    }
    if let Some(method) = py.getattr_opt(inner, "close")? {
        py.call(&method, &[])?;
    }
    Ok(())
}

/// End the delegation that a generator is suspended in, with a value.
unsafe fn leave_delegation(py: &mut Py, generator: &Ref<Generator>, value: Value) {
    // SAFETY: the compiler lays a delegation out as Send, Yield, Jump back; the Send before the
    // Yield says where its end is.
    unsafe {
        let g = generator.get_mut(py);
        let send = *g.frame.pc.sub(2);
        debug_assert!(send.op == Op::Send);
        let behind_send = g.frame.pc.sub(1);
        put(g.frame.base, send.a, Value::UNBOUND);
        put(g.frame.base, send.b, value);
        g.frame.pc = behind_send.offset(send.cd() as isize);
    }
}

/// Raise an error at the place where a generator is suspended.
fn throw_here(py: &mut Py, generator: &Ref<Generator>, error: Raised) -> Result<Value> {
    match generator.get(py).state {
        State::Done => return Err(error),
        State::Created => {
            // Never begun: it ends at its first line.
            let exception = py.exception(error);
            generator.get_mut(py).state = State::Done;
            let mut out = Vec::new();
            super::take_registers(generator.get_mut(py), &mut out);
            generator.header().clear(flags::FINALIZE);
            drop(out);
            return Err(py.raise_object(exception));
        }
        _ => {}
    }
    // SAFETY: pushed as if resumed; the error is raised before an instruction runs.
    unsafe {
        generator.get_mut(py).state = State::Created;
        push(py, generator, Value::NONE, Target::NATIVE)?;
    }
    super::exc::unwind(py, error)?;
    match py.run()? {
        Outcome::Yielded(value) => Ok(value),
        Outcome::Returned(value) => Err(stop_iteration(value)),
    }
}

/// Whether a generator has no handler but the one that every generator has.
fn lacks_handlers(py: &Py, generator: &Ref<Generator>) -> bool {
    let g = generator.get(py);
    // SAFETY: a suspended generator's function keeps its code alive.
    g.flavour == Flavour::Generator && !g.frame.code.is_null() && unsafe { (*g.frame.code).code.handlers.len() <= 1 }
}

/// `generator.close()`: the value it returned, if it did.
pub fn close(py: &mut Py, generator: &Value) -> Result<Value> {
    let Some(g) = generator.downcast::<Generator>().cloned() else { return Ok(Value::NONE) };
    match g.get(py).state {
        State::Done => return Ok(Value::NONE),
        State::Created => {
            g.get_mut(py).state = State::Done;
            let mut out = Vec::new();
            super::take_registers(g.get_mut(py), &mut out);
            g.header().clear(flags::FINALIZE);
            drop(out);
            return Ok(Value::NONE);
        }
        State::Suspended if delegate(py, &g).is_none() && lacks_handlers(py, &g) => {
            // Nothing inside would see the GeneratorExit.
            g.get_mut(py).state = State::Done;
            let mut out = Vec::new();
            super::take_registers(g.get_mut(py), &mut out);
            g.header().clear(flags::FINALIZE);
            drop(out);
            return Ok(Value::NONE);
        }
        _ => {}
    }
    match throw(py, generator, Raised::empty(Exc::GeneratorExit)) {
        Ok(_) => {
            let what = kind_name(g.get(py).flavour);
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
            return resume_in_loop(py, frame, &iterator, sent, target);
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
