//! Generators, coroutines, async generators: making, resuming, suspending, ending. How those
//! that delegate to each other hang together: `chain`.

use std::ptr::NonNull;

use lockstep_compile::code::{CodeFlags, Instr};
use lockstep_heap::{Raw, Ref, Tag, Value, flags};

use super::call::{Keywords, deliver};
use super::chain::{body_in, body_of, unlink};
use super::exc::{end_loop, end_send};
use super::frame::{Target, clone_word, take};
use super::run::Outcome;
use super::{Flow, peek, put};
use crate::object::Py;
use crate::object::raise::{Exc, Raised, Result, recursion_error, runtime_error, stop_iteration, type_error, value_error};
use crate::object::strand::{Frame, Return, frame_flags};
use crate::types::async_generator::{self, Step};
use crate::types::exception::Exception;
use crate::types::function::Function;
use crate::types::generator::{Body, Flavour, Generator, Rare, State, marks};
use crate::types::native::{Native, call_native};

/// `MakeGenerator`: the running frame becomes a suspended generator, which is returned to the
/// caller. `Some`: the caller is native code.
pub(super) unsafe fn make(py: &mut Py, frame: *mut Frame) -> Result<Option<Value>> {
    // SAFETY: the frame is the running one; its arguments move into the generator.
    unsafe {
        let fr = &mut *frame;
        let code = &*fr.code;
        let f = code.code.flags;
        let (flavour, shape) = if f.has(CodeFlags::ASYNC_GENERATOR) {
            (Flavour::AsyncGenerator, py.strand.shapes.async_generator)
        } else if f.has(CodeFlags::COROUTINE) {
            (Flavour::Coroutine, py.strand.shapes.coroutine)
        } else {
            (Flavour::Generator, py.strand.shapes.generator)
        };
        let mut body = Body {
            frame: Frame::blank(),
            rare: None,
            link: std::ptr::null_mut(),
            depth: 0,
            state: State::Created,
            flavour,
            marks: 0,
        };
        body.frame.code = fr.code;
        body.frame.pc = fr.pc;
        body.frame.globals = fr.globals;
        body.frame.builtins = fr.builtins;
        body.frame.flags = frame_flags::GENERATOR;
        body.frame.locals = std::mem::replace(&mut fr.locals, Raw::NOTHING);
        let func = std::mem::replace(&mut fr.func, Raw::NOTHING);
        body.frame.func = func;
        if func.is_ptr() && (*func.header()).shape().tag() == Tag::FUNCTION {
            let function = &*super::run::payload::<Function>(func);
            if !function.name.is(&code.name) || !function.qualname.is(&code.qualname) {
                let (name, qualname) = (function.name.clone(), function.qualname.clone());
                body.rare = Some(Box::new(Rare { name: Some(name), qualname: Some(qualname), finalizer: None }));
            }
        }
        // Every generator has one handler, which turns a StopIteration that gets out into an error;
        // only with more of them has its death anything to run.
        let finalize = code.code.handlers.len() > 1 || flavour != Flavour::Generator;
        let shape = NonNull::new_unchecked(shape.cast_mut());
        let object = py.heap().make_tail_unchecked::<Generator>(shape, body, code.registers as usize, Raw::UNBOUND);
        let body = body_in(object.as_value().raw());
        let base = lockstep_heap::Tail::start_ptr(object.payload().cast::<lockstep_heap::Tail<Body, Raw>>());
        (*body).frame.base = base;
        for k in 0..code.locals as usize {
            *base.add(k) = std::mem::replace(&mut *fr.base.add(k), Raw::UNBOUND);
        }
        if finalize {
            object.header().set(flags::FINALIZE);
        }
        // The frame, now without registers and function, ends as if it returned the object.
        let value = object.into_value();
        let target = Target { ret: fr.ret, dst: fr.dst, jump: fr.jump, sense: fr.sense };
        if fr.flags == 0 && target.ret == Return::Register && fr.locals.0 == 0 {
            py.strand.frame = fr.prev;
            py.strand.depth -= 1;
            py.strand.free_frame(frame);
            put((*py.strand.frame).base, target.dst, value);
            return Ok(None);
        }
        let extra = take(&mut fr.extra);
        fr.ret = Return::Discard;
        unlink_empty(py, frame);
        drop(extra);
        if target.ret == Return::Native {
            return Ok(Some(value));
        }
        if target.ret == Return::Init {
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

/// Resume a generator in the plainest case: it waits or has not begun, and no exception is being
/// handled. False if it is less plain; nothing has happened then and `sent` and `extra` are
/// still the caller's.
#[inline(always)]
unsafe fn enter(py: &mut Py, frame: *mut Frame, body: *mut Body, sent: Raw, target: Target, extra: Raw) -> bool {
    // SAFETY: the generator is alive, and its registers are its own.
    unsafe {
        let own: *mut Frame = &raw mut (*body).frame;
        if py.strand.handled.is_some() || (*own).handled.0 != 0 {
            return false;
        }
        let mut inner = own;
        let mut count = 1;
        if (*body).state == State::Suspended {
            if !(*body).link.is_null() {
                if target.ret == Return::Send {
                    return false;
                }
                inner = (*body).link;
                count = (*body).depth;
            }
            if py.strand.depth + count > py.strand.limit {
                return false;
            }
            (*body).link = std::ptr::null_mut();
            // The instruction before `pc` is the `Yield` whose result is the value sent.
            let dst = (*(*inner).pc.sub(1)).a;
            let at = (*inner).base.add(dst as usize);
            let old = *at;
            *at = sent;
            if old.is_ptr() {
                drop(Value::from_raw(old));
            }
        } else if (*body).state != State::Created || sent != Raw::NONE || py.strand.depth >= py.strand.limit {
            return false;
        }
        if target.ret == Return::Send {
            let outer = body_of(frame);
            (*body).link = if (*outer).state == State::Linked { (*outer).link } else { frame };
            (*body).state = State::Linked;
        } else {
            (*body).state = State::Running;
            (*body).depth = py.strand.depth;
        }
        (*own).extra = extra;
        (*own).ret = target.ret;
        (*own).dst = target.dst;
        (*own).jump = target.jump;
        (*own).prev = frame;
        py.strand.frame = inner;
        py.strand.depth += count;
        true
    }
}

/// `ForIter` over a generator in the plainest case. True: load the frame.
#[inline(always)]
pub(super) unsafe fn for_iter_quick(py: &mut Py, frame: *mut Frame, generator: Raw, i: &Instr) -> bool {
    let target = Target { ret: Return::Iterate, dst: i.b, jump: i.cd(), sense: 0 };
    // SAFETY: the pinned register `a` of the running frame holds the generator.
    unsafe { enter(py, frame, body_in(generator), Raw::NONE, target, Raw::NOTHING) }
}

/// `Send` to a generator in the plainest case. True: load the frame.
#[inline(always)]
pub(super) unsafe fn send_quick(py: &mut Py, frame: *mut Frame, i: &Instr) -> bool {
    // SAFETY: the pinned register `a` of the running frame holds the iterator; `b` is a temporary.
    unsafe {
        let base = (*frame).base;
        let generator = *base.add(i.a as usize);
        if !generator.is_ptr() || (*generator.header()).shape().tag() != Tag::GENERATOR {
            return false;
        }
        let body = body_in(generator);
        let at = base.add(i.b as usize);
        let target = Target { ret: Return::Send, dst: i.b, jump: i.cd(), sense: 0 };
        if (*body).flavour == Flavour::AsyncGenerator || !enter(py, frame, body, *at, target, Raw::NOTHING) {
            return false;
        }
        *at = Raw::UNBOUND;
        true
    }
}

/// `g.send(x)` and `next(g)` in the plainest case: `count` arguments begin at `args`. True: load
/// the frame.
#[inline(always)]
pub(super) unsafe fn call_quick(py: &mut Py, frame: *mut Frame, args: *mut Raw, count: u16, dst: u16) -> bool {
    // SAFETY: the arguments are owned registers of the running frame.
    unsafe {
        let generator = *args;
        if !generator.is_ptr() || (*generator.header()).shape().tag() != Tag::GENERATOR {
            return false;
        }
        let body = body_in(generator);
        let sent = if count == 2 { *args.add(1) } else { Raw::NONE };
        if (*body).flavour == Flavour::AsyncGenerator || !enter(py, frame, body, sent, Target::register(dst), generator) {
            return false;
        }
        *args = Raw::UNBOUND;
        if count == 2 {
            *args.add(1) = Raw::UNBOUND;
        }
        true
    }
}

/// Put a suspended generator's frame on the strand. `extra`: what is kept while it is there.
pub(super) unsafe fn push(
    py: &mut Py,
    generator: &Ref<Generator>,
    sent: Value,
    target: Target,
    extra: Option<Value>,
) -> Result<()> {
    // SAFETY: the generator owns frame and registers; its caller or `extra` keeps it alive.
    unsafe {
        let body = body_in(generator.as_value().raw());
        unlink(body);
        let g = &mut *body;
        match g.state {
            State::Running | State::Linked => {
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
        push_as_is(py, body, target, extra)
    }
}

/// The same for one that goes on where its `pc` is.
pub(super) unsafe fn push_as_is(py: &mut Py, body: *mut Body, target: Target, extra: Option<Value>) -> Result<()> {
    // SAFETY: as in `push`.
    unsafe {
        let g = &mut *body;
        if py.strand.depth >= py.strand.limit {
            return Err(recursion_error("maximum recursion depth exceeded"));
        }
        let frame: *mut Frame = &raw mut g.frame;
        let fr = &mut *frame;
        fr.extra = extra.map_or(Raw::NOTHING, Value::into_raw);
        fr.ret = target.ret;
        fr.dst = target.dst;
        fr.jump = target.jump;
        fr.sense = target.sense;
        let fresh = if py.strand.instrumented { frame_flags::FRESH } else { 0 };
        fr.flags = frame_flags::GENERATOR | (fr.flags & (frame_flags::OBSERVED | frame_flags::HANDLING)) | fresh;
        fr.prev = py.strand.frame;
        if target.ret == Return::Send {
            let outer = body_of(fr.prev);
            g.link = if (*outer).state == State::Linked { (*outer).link } else { fr.prev };
            g.state = State::Linked;
        } else {
            g.state = State::Running;
            g.depth = py.strand.depth;
        }
        py.strand.frame = frame;
        py.strand.depth += 1;
        // What is handled outside is kept in the frame; inside, a suspended handler goes on.
        let inside = take(&mut fr.handled);
        let outside = py.strand.handled.take();
        py.strand.handled = if inside.is_some() { inside } else { outside.clone() };
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

/// `Yield` in the plainest case: the value goes to a frame that the loop runs, and no exception
/// is being handled. False: `suspend` does it, and the value is still the caller's.
#[inline(always)]
pub(super) unsafe fn suspend_quick(py: &mut Py, frame: *mut Frame, value: Raw) -> bool {
    // SAFETY: the running frame is a generator's; the strand's frames are alive.
    unsafe {
        let body = body_of(frame);
        let mut root = body;
        if (*body).state == State::Linked {
            root = body_of((*body).link);
        }
        let ret = (*root).frame.ret;
        if py.strand.handled.is_some()
            || (*frame).handled.0 != 0
            || (ret != Return::Iterate && ret != Return::Register)
            || (*body).flavour == Flavour::AsyncGenerator
        {
            return false;
        }
        if !std::ptr::eq(root, body) {
            (*root).link = frame;
            let below = (*root).depth;
            (*root).depth = py.strand.depth - below;
            py.strand.depth = below + 1;
        }
        (*root).state = State::Suspended;
        let fr = &raw mut (*root).frame;
        let caller = (*fr).prev;
        (*fr).prev = std::ptr::null_mut();
        py.strand.frame = caller;
        py.strand.depth -= 1;
        let extra = std::mem::replace(&mut (*fr).extra, Raw::NOTHING);
        let dst = (*fr).dst;
        if extra.0 != 0 {
            drop(Value::from_raw(extra));
        }
        let at = (*caller).base.add(dst as usize);
        let old = *at;
        *at = value;
        if old.is_ptr() {
            drop(Value::from_raw(old));
        }
        py.drain_pending();
        true
    }
}

/// `Yield`: take the running frame off the strand and deliver the value. `Some`: to native code.
pub(super) unsafe fn suspend(py: &mut Py, frame: *mut Frame, value: Value) -> Option<Value> {
    // SAFETY: the running frame is a generator's.
    unsafe {
        let body = body_of(frame);
        // What an `await` inside an async generator hands out goes on to the event loop.
        let handed_out = (*body).flavour == Flavour::AsyncGenerator && value.is_a::<async_generator::Wrapped>();
        if (*body).state == State::Linked && !handed_out && py.strand.handled.is_none() && (*frame).handled.0 == 0 {
            // The chain stays together.
            let root = body_of((*body).link);
            (*root).link = frame;
            let below = (*root).depth;
            (*root).depth = py.strand.depth - below;
            py.strand.depth = below + 1;
            py.strand.frame = &raw mut (*root).frame;
            return leave(py, root, value);
        }
        let outside = take(&mut (*frame).handled);
        let inside = std::mem::replace(&mut py.strand.handled, outside);
        if (*frame).flags & frame_flags::HANDLING != 0 {
            (*frame).handled = inside.map_or(Raw::NOTHING, Value::into_raw);
        }
        (*body).link = std::ptr::null_mut();
        if handed_out && let Some(step) = step_of(body) {
            // The awaiting ends.
            let (dst, jump) = ((*frame).dst, (*frame).jump);
            let value = value.downcast::<async_generator::Wrapped>().map_or(Value::NONE, |w| w.value.clone());
            (*body).mark(marks::BUSY, false);
            async_generator::over(py, &step);
            (*frame).ret = Return::Discard;
            leave(py, body, Value::NONE);
            end_send(py.strand.frame, dst, jump, value);
            return None;
        }
        leave(py, body, value)
    }
}

/// The `asend` or the like on whose behalf an async generator's frame is on the strand.
unsafe fn step_of(body: *mut Body) -> Option<Ref<Step>> {
    // SAFETY: the generator's frame is on the strand.
    unsafe {
        if (*body).state != State::Linked && (*body).frame.ret != Return::Send {
            return None;
        }
        clone_word((*body).frame.extra)?.downcast_into::<Step>().ok()
    }
}

/// The frame on top, a generator's, leaves the strand; the value is delivered.
unsafe fn leave(py: &mut Py, body: *mut Body, value: Value) -> Option<Value> {
    // SAFETY: the frame is the running one.
    unsafe {
        (*body).state = State::Suspended;
        let fr = &mut (*body).frame;
        let (ret, dst) = (fr.ret, fr.dst);
        py.strand.frame = fr.prev;
        py.strand.depth -= 1;
        fr.prev = std::ptr::null_mut();
        let extra = take(&mut fr.extra);
        drop(extra);
        match ret {
            Return::Native => return Some(value),
            Return::Discard => {}
            _ => put((*py.strand.frame).base, dst, value),
        }
        None
    }
}

/// A generator's frame ends, however it does: it is emptied and leaves the strand.
pub(super) unsafe fn end(py: &mut Py, frame: *mut Frame) {
    // SAFETY: the frame is the running one; its registers are its own. The caller's register,
    // or what is dropped last, keeps the generator alive.
    unsafe {
        let body = body_of(frame);
        let extra = take(&mut (*frame).extra);
        if (*body).flavour == Flavour::AsyncGenerator {
            (*body).mark(marks::BUSY, false);
            if let Some(step) = extra.as_ref().and_then(|e| e.downcast::<Step>()) {
                async_generator::over(py, step);
            }
        }
        let count = (*(*frame).code).registers as usize;
        if let Some(object) = take(&mut (*frame).object) {
            py.detach_frame_object(&mut *frame, object);
        }
        for k in 0..count {
            let at = (*frame).base.add(k);
            let raw = *at;
            if raw.is_ptr() {
                *at = Raw::UNBOUND;
                drop(Value::from_raw(raw));
            }
        }
        (*body).state = State::Done;
        (*body).link = std::ptr::null_mut();
        let header = lockstep_heap::Tail::<Body, Raw>::header_of(body);
        if (*header).has(flags::FINALIZE) {
            (*header).clear(flags::FINALIZE);
        }
        py.strand.frame = (*frame).prev;
        py.strand.depth -= 1;
        (*frame).prev = std::ptr::null_mut();
        let outside = take(&mut (*frame).handled);
        if outside.is_some() || py.strand.handled.is_some() {
            drop(std::mem::replace(&mut py.strand.handled, outside));
        }
        drop(extra);
    }
}

/// An error leaves the running frame of a generator.
pub(super) unsafe fn fail(py: &mut Py, frame: *mut Frame, exception: &Ref<Exception>) {
    // SAFETY: `frame` is the running frame of a generator.
    unsafe {
        let body = body_of(frame);
        if (*body).flavour == Flavour::AsyncGenerator
            && (*frame).ret == Return::Send
            && super::exc::is_kind(py, exception, Exc::GeneratorExit)
        {
            (*body).mark(marks::CLOSED, true);
        }
        end(py, frame);
    }
}

/// The running frame of a generator returns a value. `Some`: to native code.
pub(super) unsafe fn finish(py: &mut Py, frame: *mut Frame, value: Value) -> Result<Option<Value>> {
    // SAFETY: `frame` is the running frame of a generator; its generator may be gone after `end`.
    unsafe {
        let (ret, dst, jump) = ((*frame).ret, (*frame).dst, (*frame).jump);
        let body = body_of(frame);
        let asynchronous = (*body).flavour == Flavour::AsyncGenerator;
        if asynchronous && ret == Return::Send {
            (*body).mark(marks::CLOSED, true);
        }
        end(py, frame);
        py.drain_pending();
        let caller = py.strand.frame;
        match ret {
            Return::Native => return Ok(Some(value)),
            Return::Iterate => end_loop(caller, jump),
            Return::Send if asynchronous => return Err(Raised::empty(Exc::StopAsyncIteration)),
            Return::Send => end_send(caller, dst, jump, value),
            // `g.send(x)` and `next(g)` called by the loop.
            _ => return Err(stop_iteration(value)),
        }
        Ok(None)
    }
}

/// Resume a generator from the loop: its frame is pushed, or its end is handled at once.
pub(super) unsafe fn resume_in_loop(
    py: &mut Py,
    frame: *mut Frame,
    generator: &Value,
    sent: Value,
    target: Target,
    extra: Option<Value>,
) -> Result<Flow> {
    // SAFETY: the running frame.
    unsafe {
        let Some(g) = generator.downcast::<Generator>() else { return Ok(Flow::Next) };
        if g.get(py).state == State::Done {
            match target.ret {
                Return::Iterate => end_loop(frame, target.jump),
                Return::Send => end_send(frame, target.dst, target.jump, Value::NONE),
                _ => return Err(stop_iteration(Value::NONE)),
            }
            return Ok(Flow::Reload);
        }
        push(py, g, sent, target, extra)?;
        Ok(Flow::Reload)
    }
}

/// `ForIter` over a generator.
pub(super) unsafe fn for_iter(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: `a` is a pinned register that holds a generator.
    unsafe {
        let generator = peek((*frame).base, i.a).clone();
        let target = Target { ret: Return::Iterate, dst: i.b, jump: i.cd(), sense: 0 };
        resume_in_loop(py, frame, &generator, Value::NONE, target, None)
    }
}

/// `g.send(x)`, `g.__next__()` or `next(g)` called by the loop.
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
        let fits = keywords.is_empty() && count == native.resumes as usize && target.ret == Return::Register;
        if fits
            && let Some(g) = peek(args, 0).downcast::<Generator>()
            && g.get(py).flavour != Flavour::AsyncGenerator
        {
            let reused = g.get(py).flavour == Flavour::Coroutine && g.get(py).state == State::Done;
            let object = taken(0);
            let sent = if count == 2 { taken(1) } else { Value::NONE };
            if reused {
                return Err(runtime_error("cannot reuse already awaited coroutine"));
            }
            return resume_in_loop(py, frame, &object, sent, target, Some(object.clone()));
        }
        let owned: Vec<Value> = (0..count).map(taken).collect();
        let value = call_native(py, native, &owned, keywords)?;
        deliver(py, frame, value, target)
    }
}

/// Resume from native code: the value handed out, or none at the end.
pub fn resume(py: &mut Py, generator: &Value, sent: Value) -> Result<Option<Value>> {
    match step(py, generator, sent)? {
        Outcome::Yielded(value) => Ok(Some(value)),
        Outcome::Returned(_) => Ok(None),
    }
}

/// Resume from native code: what is handed out or returned.
pub fn step(py: &mut Py, generator: &Value, sent: Value) -> Result<Outcome> {
    let Some(g) = generator.downcast::<Generator>() else { return Err(type_error("not a generator")) };
    if g.get(py).state == State::Done {
        if g.get(py).flavour == Flavour::Coroutine {
            return Err(runtime_error("cannot reuse already awaited coroutine"));
        }
        return Ok(Outcome::Returned(Value::NONE));
    }
    py.native_stack()?;
    // SAFETY: the generator is suspended or just created; the caller keeps it alive.
    unsafe {
        let body = body_in(g.as_value().raw());
        let frame = py.strand.frame;
        if !py.strand.instrumented && enter(py, frame, body, sent.raw(), Target::NATIVE, Raw::NOTHING) {
            std::mem::forget(sent);
            (*body).frame.extra = g.to_value().into_raw();
        } else {
            push(py, g, sent, Target::NATIVE, Some(g.to_value()))?;
        }
    }
    py.run()
}

/// `generator.send(value)` from native code.
pub fn send(py: &mut Py, generator: &Value, sent: Value) -> Result<Value> {
    match step(py, generator, sent)? {
        Outcome::Yielded(value) => Ok(value),
        Outcome::Returned(value) => Err(stop_iteration(value)),
    }
}

/// An async generator's frame goes on the strand on behalf of an `asend` that is awaited.
pub(super) unsafe fn push_step(
    py: &mut Py,
    step: &Ref<Step>,
    generator: &Ref<Generator>,
    sent: Value,
    target: Target,
) -> Result<()> {
    // SAFETY: the step is pinned in the awaiting frame and keeps the generator alive.
    unsafe {
        let result = push(py, generator, sent, target, Some(step.to_value()));
        if result.is_err() {
            generator.get_mut(py).mark(marks::BUSY, false);
            async_generator::over(py, step);
        }
        result
    }
}
