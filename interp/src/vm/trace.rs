//! `sys.settrace` and `sys.setprofile` in the machine: the events of instrumented running.
//!
//! The events of a frame come from looking at the instruction that is about to run: its first one
//! is a call, a `Return` or `Yield` a return, one of another line a line. Errors are seen by the
//! unwinder. Plain running knows nothing of all this.

use lockstep_compile::code::{Code, CodeFlags, Instr, Op};
use lockstep_heap::{Ref, Value};

use super::{frame::clone_word, jump, peek};
use crate::object::Py;
use crate::object::py::Event;
use crate::object::raise::{Exc, Result};
use crate::object::strand::{Frame, Return, Told, frame_flags};
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
        if fresh {
            // What a generator function does first is only to make the generator.
            if (*(*frame).code).is_generator && (*frame).flags & frame_flags::GENERATOR == 0 {
                return Ok(());
            }
            (*frame).flags &= !frame_flags::FRESH;
            call(py, frame, (*frame).index())?;
        }
        if let Some((before, line)) = call_before(&(*(*frame).code).code, (*frame).index()) {
            behind_call(py, frame, before, line)?;
        }
        lines(py, frame)?;
        let instr = *(*frame).pc.sub(1);
        match instr.op {
            Op::Return | Op::ReturnNone | Op::Yield => leaves(py, frame, instr),
            Op::Call | Op::CallMethod | Op::CallKw | Op::CallMethodKw | Op::CallEx if py.strand.profile.is_some() => {
                native_call(py, frame, instr.op, instr.a)
            }
            _ => Ok(()),
        }
    }
}

/// The frame is about to return or to hand out a value.
unsafe fn leaves(py: &mut Py, frame: *mut Frame, instr: Instr) -> Result<()> {
    // SAFETY: the running frame and those that wait for it; no trace function ends them.
    unsafe {
        let value = match instr.op {
            Op::Return => peek((*frame).base, instr.a).clone(),
            Op::Yield => peek((*frame).base, instr.b).clone(),
            _ => Value::NONE,
        };
        // An item of an async generator ends what waits for it.
        let item = value.downcast::<crate::types::async_generator::Wrapped>().map(|wrapped| wrapped.value.clone());
        let is_item = item.is_some();
        let value = item.unwrap_or(value);
        if instr.op == Op::Yield {
            monitor(py, frame, Event::Yield, value.clone())?;
            returned(py, frame, "yield", value.clone())?;
            // Those that delegate to it hand the value on.
            let mut outer = frame;
            while (*outer).ret == Return::Send {
                outer = (*outer).prev;
                if is_item {
                    return stops(py, outer, &value);
                }
                returned(py, outer, "yield", value.clone())?;
            }
            return Ok(());
        }
        monitor(py, frame, Event::Return, value.clone())?;
        // The return at the end of a function has no line of its own.
        let line = (*(*frame).code).code.position((*frame).index()).line;
        if line == 0 || is_artificial(&instr) {
            returned_from_last(py, frame, value.clone())?;
        } else {
            returned(py, frame, "return", value.clone())?;
        }
        if (*frame).flags & frame_flags::GENERATOR != 0
            && !(*(*frame).code).code.flags.has(CodeFlags::ASYNC_GENERATOR)
            && ((*frame).ret == Return::Send || (*frame).ret == Return::Iterate && !value.is_none())
        {
            stops(py, (*frame).prev, &value)?;
        }
        Ok(())
    }
}

/// The end of a generator is a StopIteration to the frame that asked it for more.
unsafe fn stops(py: &mut Py, frame: *mut Frame, value: &Value) -> Result<()> {
    if py.strand.trace.is_none() {
        return Ok(());
    }
    // SAFETY: the caller's frame, which is on the strand.
    if let Some((object, function)) = unsafe { local(py, frame) } {
        let class = py.exception_type(Exc::StopIteration).into_value();
        let args = if value.is_none() { &[][..] } else { std::slice::from_ref(value) };
        let exception = py.call(&class, args)?;
        let arg = py.tuple(vec![class, exception, Value::NONE]);
        notify_local(py, &object, &function, "exception", arg)?;
    }
    Ok(())
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
    let told = match event {
        "line" | "opcode" | "yield" => Told::Line,
        // A generator that goes on is at a line already.
        "call" if object.get(py).extra.as_ref().is_some_and(|e| e.line != 0) => Told::Line,
        "call" => Told::Call,
        _ => Told::Other,
    };
    let event = py.intern(if event == "yield" { "return" } else { event }).into_value();
    let live = object.get(py).live;
    let before = std::mem::replace(&mut py.strand.told, (told, live));
    py.strand.tracing = true;
    let result = py.call(function, &[object.to_value(), event, arg]);
    py.strand.tracing = false;
    py.strand.told = before;
    if result.is_err() {
        if profile {
            py.set_profile_function(None);
        } else {
            py.set_trace_function(None);
            if let Some(extra) = object.get_mut(py).extra.as_mut() {
                let old = (extra.trace.take(), extra.jump.take());
                drop(old);
            }
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

/// A frame begins or goes on with the instruction at `index`.
unsafe fn call(py: &mut Py, frame: *mut Frame, index: usize) -> Result<()> {
    // SAFETY: the running frame; a generator that goes on does so behind a `Yield`.
    let (object, resumed_at) = unsafe {
        let before = index.checked_sub(1).map(|k| (&(*(*frame).code).code.instrs)[k].op);
        let resumed = (*frame).flags & frame_flags::GENERATOR != 0 && before == Some(Op::Yield);
        (py.frame_object(frame), if resumed { index - 1 } else { usize::MAX })
    };
    let code = object.get(py).code.code.clone();
    let resumed_line = if resumed_at == usize::MAX { 0 } else { code.position(resumed_at).line };
    let epoch = py.shared().trace_epoch;
    let extra = object.get_mut(py).traced(epoch);
    extra.shown = Some(if resumed_line == 0 { code.call_line() } else { resumed_line });
    (extra.line, extra.called) = (resumed_line, true);
    (extra.last, extra.at) = (index as u32, (index as u32, 0));
    // The place before those of the instruction: that of the call, or of the `Yield`.
    extra.place = Some(if resumed_at == usize::MAX { 0 } else { code.place(resumed_at) as u32 });
    let event = if resumed_at == usize::MAX { Event::Start } else { Event::Resume };
    // SAFETY: the running frame.
    let result = unsafe { monitor(py, frame, event, Value::NONE) }.and_then(|()| call_events(py, &object));
    let extra = object.get_mut(py).extra_mut();
    (extra.shown, extra.place) = (None, None);
    // SAFETY: as above.
    unsafe { jump::take(py, frame, &object) };
    result
}

fn call_events(py: &mut Py, object: &Ref<FrameObject>) -> Result<()> {
    if let Some(profile) = py.strand.profile.clone() {
        notify(py, &profile, object, "call", Value::NONE, true)?;
    }
    if let Some(trace) = py.strand.trace.clone() {
        let result = notify(py, &trace, object, "call", Value::NONE, false)?;
        // None leaves a generator that goes on with the function that it had.
        if !result.is_none() {
            let old = object.get_mut(py).extra_mut().trace.replace(result);
            drop(old);
        }
    }
    Ok(())
}

/// Instructions that stand for no place in the source text.
pub(super) fn is_artificial(instr: &Instr) -> bool {
    use Op::{Drop, Jump, Loop, MakeCell, PopExc, PushExc, Raise, Reraise, ReturnNone};
    matches!(instr.op, Jump | Loop | PushExc | PopExc | Drop | Reraise | MakeCell)
        || matches!(instr.op, ReturnNone | Raise) && instr.b == 1
}

/// Line and opcode events of the instruction that is about to run; of another one, where the
/// trace function lets the frame go on elsewhere.
unsafe fn lines(py: &mut Py, frame: *mut Frame) -> Result<()> {
    // Where the frame went to: lines before that one were not passed, and it itself is known.
    let mut known = None;
    loop {
        // SAFETY: the running frame; its code is alive as long.
        let (code, index, instr) = unsafe { (&(*(*frame).code).code, (*frame).index(), *(*frame).pc.sub(1)) };
        let own = (!is_artificial(&instr)).then(|| code.position(index).line);
        let mut moved = false;
        let marks = code.marks(index);
        let passed = marks.iter().enumerate().map(|(k, (_, p))| (p.line, (marks.len() - k) as u32));
        for (line, ahead) in passed.chain(own.map(|line| (line, 0))) {
            if known.is_some() {
                if known == Some(line) {
                    known = None;
                }
                continue;
            }
            // SAFETY: as above.
            moved = unsafe { self::line(py, frame, line, ahead)? };
            if moved {
                break;
            }
        }
        if !moved {
            return Ok(());
        }
        // SAFETY: as above.
        known = unsafe { local(py, frame) }.and_then(|(object, _)| object.get(py).extra.as_ref().map(|e| e.line));
    }
}

/// The place and line of the call that the instruction at `index` follows, if that is of another line.
fn call_before(code: &Code, index: usize) -> Option<(usize, u32)> {
    let (before, instr) = (index.checked_sub(1)?, &code.instrs[index]);
    let calls = matches!(code.instrs[before].op, Op::Call | Op::CallMethod | Op::CallKw | Op::CallMethodKw | Op::CallEx);
    // A handler is not what follows the call.
    if !calls || instr.op == Op::PushExc {
        return None;
    }
    let line = code.position(before).line;
    let other = is_artificial(instr) || code.position(index).line != line;
    (line != 0 && other).then_some((before, line))
}

/// CPython has one more instruction on the line of a call, which drops or stores its value: a
/// debugger that begins within the call stops there. Here it is an event between two instructions.
unsafe fn behind_call(py: &mut Py, frame: *mut Frame, before: usize, line: u32) -> Result<()> {
    // SAFETY: the running frame; its code is alive as long.
    unsafe {
        let traced = if py.strand.trace.is_some() { local(py, frame) } else { None };
        let object = match &traced {
            Some((object, _)) => object.clone(),
            None if py.shared().monitor.is_some() => py.frame_object(frame),
            None => return Ok(()),
        };
        let place = (*(*frame).code).code.place(before) as u32;
        let epoch = py.shared().trace_epoch;
        let extra = object.get_mut(py).traced(epoch);
        // Of a frame that was never told of anything, the call has just returned.
        if extra.line == 0 {
            (extra.line, extra.last, extra.at) = (line, before as u32, (before as u32, 0));
        } else if extra.last as usize != before {
            return Ok(());
        }
        let opcodes = extra.trace_opcodes;
        (extra.shown, extra.place) = (Some(line), Some(place));
        let told = monitor(py, frame, Event::Instruction, Value::NONE);
        let told = match traced.filter(|_| opcodes) {
            Some((object, function)) if told.is_ok() => notify_local(py, &object, &function, "opcode", Value::NONE),
            _ => told,
        };
        let extra = object.get_mut(py).extra_mut();
        (extra.shown, extra.place) = (None, None);
        told
    }
}

/// Line and opcode events of the instruction, or of a mark `ahead` places before it, which is a line
/// without instructions. True: the frame goes on elsewhere.
unsafe fn line(py: &mut Py, frame: *mut Frame, line: u32, ahead: u32) -> Result<bool> {
    let is_mark = ahead > 0;
    // SAFETY: the running frame.
    let traced = if py.strand.trace.is_some() { unsafe { local(py, frame) } } else { None };
    let object = match &traced {
        Some((object, _)) => object.clone(),
        // SAFETY: as above.
        None if py.shared().monitor.is_some() => unsafe { py.frame_object(frame) },
        None => return Ok(false),
    };
    // SAFETY: as above. A delegation that asks again has not gone back to its line.
    let (index, is_send) = unsafe { ((*frame).index() as u32, (*(*frame).pc.sub(1)).op == Op::Send) };
    // Tracing began in the middle of this line: it is not a new one.
    let begun = |code: &Code| index > 0 && code.position(index as usize - 1).line == line;
    let epoch = py.shared().trace_epoch;
    let extra = object.get_mut(py).traced(epoch);
    let fresh = extra.line == 0 && !extra.called;
    let midway = fresh && begun(&object.get(py).code.code);
    let extra = object.get_mut(py).extra_mut();
    let lines = extra.trace_lines;
    let new_line = line != 0 && !midway && (line != extra.line || index < extra.last && !is_send);
    extra.last = index;
    if line != 0 {
        (extra.line, extra.at) = (line, (index, ahead));
    }
    if is_mark {
        let place = object.get(py).code.code.place(index as usize) as u32 - ahead;
        let extra = object.get_mut(py).extra_mut();
        (extra.shown, extra.place) = (Some(line), Some(place));
    }
    let events = (new_line.then_some(line), new_line && lines, is_mark);
    // SAFETY: as above.
    let told = unsafe { tell_line(py, frame, traced.as_ref(), events) };
    let extra = object.get_mut(py).extra_mut();
    extra.place = None;
    if is_mark {
        extra.shown = None;
    }
    told?;
    // SAFETY: as above.
    Ok(traced.is_some() && unsafe { jump::take(py, frame, &object) })
}

/// Tell those who listen of a line, if it is a new one, and of the instruction, if it is not a mark.
unsafe fn tell_line(
    py: &mut Py,
    frame: *mut Frame,
    traced: Option<&(Ref<FrameObject>, Value)>,
    (new_line, lines, is_mark): (Option<u32>, bool, bool),
) -> Result<()> {
    // SAFETY: the running frame.
    unsafe {
        if let Some(line) = new_line {
            let number = py.int(i64::from(line));
            monitor(py, frame, Event::Line, number)?;
        }
        if !is_mark {
            monitor(py, frame, Event::Instruction, Value::NONE)?;
        }
        let Some((object, function)) = traced else { return Ok(()) };
        if lines {
            notify_local(py, object, function, "line", Value::NONE)?;
        }
        // The line event may have changed whether opcodes are wanted.
        if !is_mark
            && let Some((object, function)) = local(py, frame)
            && object.get(py).extra.as_ref().is_some_and(|extra| extra.trace_opcodes)
        {
            notify_local(py, &object, &function, "opcode", Value::NONE)?;
        }
        Ok(())
    }
}

unsafe fn returned(py: &mut Py, frame: *mut Frame, event: &str, value: Value) -> Result<()> {
    // SAFETY: the running frame.
    let traced = if py.strand.trace.is_some() { unsafe { local(py, frame) } } else { None };
    if let Some((object, function)) = traced {
        notify_local(py, &object, &function, event, value.clone())?;
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
        let Some(object) = &object else { return };
        let code = object.get(py).code.clone();
        if let Some(extra) = object.get_mut(py).extra.as_mut() {
            let on = on && extra.line != 0;
            extra.shown = on.then_some(extra.line);
            extra.place = on.then(|| code.code.place(extra.at.0 as usize) as u32 - extra.at.1);
        }
    };
    show(py, true);
    // SAFETY: the running frame.
    let result = unsafe { returned(py, frame, "return", value) };
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
        if (*frame).flags & frame_flags::FRESH != 0 {
            // Thrown into a generator that waits.
            (*frame).flags &= !frame_flags::FRESH;
            if (*frame).flags & frame_flags::GENERATOR != 0 {
                call(py, frame, (*frame).index() + 1)?;
            }
        }
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
