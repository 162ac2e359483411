//! `sys.settrace` and `sys.setprofile` in the machine: the events of instrumented running.
//!
//! The events of a frame come from looking at the instruction that is about to run: its first one
//! is a call, a `Return` or `Yield` a return, one of another line a line. Errors are seen by the
//! unwinder. Plain running knows nothing of all this.

use lockstep_compile::code::{Instr, Op};
use lockstep_heap::{Ref, Value};

use super::{frame::clone_word, peek};
use crate::object::Py;
use crate::object::py::Event;
use crate::object::raise::Result;
use crate::object::strand::{Frame, frame_flags};
use crate::types::exception::Exception;
use crate::types::frame::FrameObject;
use crate::types::method::BoundMethod;
use crate::types::native::Native;

/// Before an instruction, while instrumented.
pub(super) unsafe fn instruction(py: &mut Py, frame: *mut Frame) -> Result<()> {
    if py.strand.trace.is_none()
        && py.strand.profile.is_none()
        && py.strand.native_calls.is_empty()
        && py.shared().monitor.is_none()
    {
        return Ok(());
    }
    // SAFETY: the running frame; `pc` is just behind the instruction.
    unsafe {
        let fresh = (*frame).flags & frame_flags::FRESH != 0;
        if py.strand.tracing {
            (*frame).flags &= !frame_flags::FRESH;
            return Ok(());
        }
        native_returned(py, frame)?;
        let instr = *(*frame).pc.sub(1);
        if fresh {
            // What a generator function does first is only to make the generator.
            if (*(*frame).code).is_generator && (*frame).flags & frame_flags::GENERATOR == 0 {
                return Ok(());
            }
            (*frame).flags &= !frame_flags::FRESH;
            call(py, frame)?;
        }
        if !is_artificial(&instr) {
            line(py, frame)?;
        }
        match instr.op {
            Op::Return | Op::ReturnNone | Op::Yield => {
                let value = match instr.op {
                    Op::Return => peek((*frame).base, instr.a).clone(),
                    Op::Yield => peek((*frame).base, instr.b).clone(),
                    _ => Value::NONE,
                };
                let value = match value.downcast::<crate::types::async_generator::Wrapped>() {
                    Some(wrapped) => wrapped.value.clone(),
                    None => value,
                };
                let event = if instr.op == Op::Yield { Event::Yield } else { Event::Return };
                monitor(py, frame, event, value.clone())?;
                // The return at the end of a function has no line of its own.
                if is_artificial(&instr) { returned_from_last(py, frame, value) } else { returned(py, frame, value) }
            }
            Op::Call | Op::CallMethod | Op::CallKw | Op::CallMethodKw | Op::CallEx if py.strand.profile.is_some() => {
                native_call(py, frame, instr.op, instr.a)
            }
            _ => Ok(()),
        }
    }
}

/// Tell `sys.monitoring` of an event.
unsafe fn monitor(py: &mut Py, frame: *mut Frame, event: Event, arg: Value) -> Result<()> {
    let Some(hook) = py.shared().monitor else { return Ok(()) };
    // SAFETY: the running frame.
    let object = unsafe { py.frame_object(frame) };
    py.strand.tracing = true;
    let result = hook(py, &object, event, arg);
    py.strand.tracing = false;
    result
}

/// The local trace function of a frame that has one.
unsafe fn local(py: &Py, frame: *mut Frame) -> Option<(Ref<FrameObject>, Value)> {
    // SAFETY: the frame is alive.
    let object = clone_word(unsafe { (*frame).object })?;
    let object = object.downcast_into::<FrameObject>().ok()?;
    let function = object.get(py).extra.as_ref()?.trace.clone()?;
    Some((object, function))
}

/// Call a trace or profile function with tracing off. If it fails, it is no longer called.
fn notify(py: &mut Py, function: &Value, object: &Ref<FrameObject>, event: &str, arg: Value, profile: bool) -> Result<Value> {
    let event = py.intern(event).into_value();
    py.strand.tracing = true;
    let result = py.call(function, &[object.to_value(), event, arg]);
    py.strand.tracing = false;
    if result.is_err() {
        if profile {
            py.set_profile_function(None);
        } else {
            py.set_trace_function(None);
            let old = object.get_mut(py).extra.as_mut().and_then(|e| e.trace.take());
            drop(old);
        }
    }
    result
}

/// An event for the local trace function; what it returns replaces it.
fn notify_local(py: &mut Py, object: &Ref<FrameObject>, function: &Value, event: &str, arg: Value) -> Result<()> {
    let result = notify(py, function, object, event, arg, false)?;
    if !result.is_none() {
        let old = object.get_mut(py).extra_mut().trace.replace(result);
        drop(old);
    }
    Ok(())
}

unsafe fn call(py: &mut Py, frame: *mut Frame) -> Result<()> {
    // SAFETY: the running frame; a generator that goes on does so behind a `Yield`.
    let (object, resumed_at, index) = unsafe {
        let index = (*frame).index();
        let before = index.checked_sub(1).map(|k| (&(*(*frame).code).code.instrs)[k].op);
        let resumed = (*frame).flags & frame_flags::GENERATOR != 0 && before == Some(Op::Yield);
        (py.frame_object(frame), if resumed { index - 1 } else { usize::MAX }, index)
    };
    let code = object.get(py).code.code.clone();
    let resumed_line = if resumed_at == usize::MAX { 0 } else { code.position(resumed_at).line };
    let extra = object.get_mut(py).extra_mut();
    extra.shown = if resumed_line == 0 { code.first_line } else { resumed_line };
    extra.line = resumed_line;
    extra.last = index as u32;
    let event = if resumed_at == usize::MAX { Event::Start } else { Event::Resume };
    // SAFETY: the running frame.
    let result = unsafe { monitor(py, frame, event, Value::NONE) }.and_then(|()| call_events(py, &object));
    object.get_mut(py).extra_mut().shown = 0;
    result
}

fn call_events(py: &mut Py, object: &Ref<FrameObject>) -> Result<()> {
    if let Some(profile) = py.strand.profile.clone() {
        notify(py, &profile, object, "call", Value::NONE, true)?;
    }
    if let Some(trace) = py.strand.trace.clone() {
        let result = notify(py, &trace, object, "call", Value::NONE, false)?;
        let new = if result.is_none() { None } else { Some(result) };
        let old = std::mem::replace(&mut object.get_mut(py).extra_mut().trace, new);
        drop(old);
    }
    Ok(())
}

/// Instructions that stand for no place in the source text.
fn is_artificial(instr: &Instr) -> bool {
    matches!(instr.op, Op::Jump | Op::Loop | Op::PushExc | Op::PopExc | Op::Drop | Op::Reraise)
        || instr.op == Op::ReturnNone && instr.b == 1
}

/// Line and opcode events.
unsafe fn line(py: &mut Py, frame: *mut Frame) -> Result<()> {
    // SAFETY: the running frame.
    let traced = if py.strand.trace.is_some() { unsafe { local(py, frame) } } else { None };
    let object = match &traced {
        Some((object, _)) => object.clone(),
        // SAFETY: as above.
        None if py.shared().monitor.is_some() => unsafe { py.frame_object(frame) },
        None => return Ok(()),
    };
    // SAFETY: as above.
    let (index, code) = unsafe { ((*frame).index() as u32, &(*(*frame).code).code) };
    let line = code.position(index as usize).line;
    let extra = object.get_mut(py).extra_mut();
    let (lines, opcodes) = (extra.trace_lines, extra.trace_opcodes);
    let new_line = line != 0 && (line != extra.line || index < extra.last);
    extra.last = index;
    if line != 0 {
        extra.line = line;
    }
    if new_line {
        let number = py.int(i64::from(line));
        // SAFETY: as above.
        unsafe { monitor(py, frame, Event::Line, number)? };
    }
    // SAFETY: as above.
    unsafe { monitor(py, frame, Event::Instruction, Value::NONE)? };
    let Some((_, function)) = traced else { return Ok(()) };
    if new_line && lines {
        notify_local(py, &object, &function, "line", Value::NONE)?;
    }
    if opcodes {
        // SAFETY: as above.
        if let Some((object, function)) = unsafe { local(py, frame) } {
            notify_local(py, &object, &function, "opcode", Value::NONE)?;
        }
    }
    Ok(())
}

unsafe fn returned(py: &mut Py, frame: *mut Frame, value: Value) -> Result<()> {
    // SAFETY: the running frame.
    let traced = if py.strand.trace.is_some() { unsafe { local(py, frame) } } else { None };
    if let Some((object, function)) = traced {
        notify_local(py, &object, &function, "return", value.clone())?;
    }
    if let Some(profile) = py.strand.profile.clone() {
        // SAFETY: as above.
        let object = unsafe { py.frame_object(frame) };
        notify(py, &profile, &object, "return", value, true)?;
    }
    Ok(())
}

/// A return event that shows the line that ran last.
unsafe fn returned_from_last(py: &mut Py, frame: *mut Frame, value: Value) -> Result<()> {
    // SAFETY: the frame is alive.
    let object = unsafe { clone_word((*frame).object) }.and_then(|o| o.downcast_into::<FrameObject>().ok());
    let show = |py: &mut Py, on: bool| {
        if let Some(extra) = object.as_ref().and_then(|o| o.get_mut(py).extra.as_mut()) {
            extra.shown = if on { extra.line } else { 0 };
        }
    };
    show(py, true);
    // SAFETY: the running frame.
    let result = unsafe { returned(py, frame, value) };
    show(py, false);
    result
}

/// Profiling: a native function is about to be called by the instruction.
unsafe fn native_call(py: &mut Py, frame: *mut Frame, op: Op, first: u16) -> Result<()> {
    // SAFETY: the callee lies in register `first`, or behind it where a plain attribute was found.
    let callee = unsafe {
        let callee = peek((*frame).base, first).clone();
        match op {
            Op::CallMethod | Op::CallMethodKw if callee.is_unbound() => peek((*frame).base, first + 1).clone(),
            _ => callee,
        }
    };
    let function = match callee.downcast::<BoundMethod>() {
        Some(method) => method.function.clone(),
        None => callee,
    };
    if !function.is_a::<Native>() {
        return Ok(());
    }
    let Some(profile) = py.strand.profile.clone() else { return Ok(()) };
    // SAFETY: the running frame.
    let object = unsafe { py.frame_object(frame) };
    notify(py, &profile, &object, "c_call", function.clone(), true)?;
    py.strand.native_calls.push((frame, function));
    Ok(())
}

/// Profiling: the native function that the frame called has come back.
unsafe fn native_returned(py: &mut Py, frame: *mut Frame) -> Result<()> {
    if !py.strand.native_calls.last().is_some_and(|(f, _)| std::ptr::eq(*f, frame)) {
        return Ok(());
    }
    let Some((_, function)) = py.strand.native_calls.pop() else { return Ok(()) };
    let Some(profile) = py.strand.profile.clone() else { return Ok(()) };
    // SAFETY: the running frame.
    let object = unsafe { py.frame_object(frame) };
    notify(py, &profile, &object, "c_return", function, true).map(drop)
}

/// An error has come to a frame; `ends`: no handler of it takes it. An error of the trace function
/// comes back.
#[cold]
pub(super) unsafe fn raised(py: &mut Py, frame: *mut Frame, exception: &Ref<Exception>, ends: bool, seen: bool) -> Result<()> {
    if py.strand.tracing {
        return Ok(());
    }
    // SAFETY: the running frame.
    unsafe {
        if py.strand.native_calls.last().is_some_and(|(f, _)| std::ptr::eq(*f, frame))
            && let Some((_, function)) = py.strand.native_calls.pop()
            && let Some(profile) = py.strand.profile.clone()
        {
            let object = py.frame_object(frame);
            notify(py, &profile, &object, "c_exception", function, true)?;
        }
        if !seen {
            monitor(py, frame, Event::Raise, exception.to_value())?;
        }
        if !seen
            && py.strand.trace.is_some()
            && let Some((object, function)) = local(py, frame)
        {
            let kind = py.type_of(exception.as_value()).into_value();
            let traceback = exception.get(py).traceback.clone().unwrap_or(Value::NONE);
            let arg = py.tuple(vec![kind, exception.to_value(), traceback]);
            notify_local(py, &object, &function, "exception", arg)?;
        }
        if ends {
            monitor(py, frame, Event::Unwind, exception.to_value())?;
            returned_from_last(py, frame, Value::NONE)?;
        }
    }
    Ok(())
}
