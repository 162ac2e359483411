//! Generators, coroutines, async generators: making, resuming, suspending, ending. How those
//! that delegate to each other hang together: `chain`.

use std::ptr::NonNull;

use lockstep_compile::code::Instr;
use lockstep_heap::{Raw, Ref, Tag, Value, flags};

use super::call::{Keywords, deliver};
use super::chain::{body_in, body_of, unlink};
use super::exc::{end_loop, end_send};
use super::frame::{Target, clone_word, take};
use super::origin::note_origin;
use super::run::{At, Outcome, part_with};
use super::{Flow, peek, put};
use crate::object::Py;
use crate::object::raise::{Exc, Raised, Result, recursion_error, runtime_error, stop_iteration, type_error, value_error};
use crate::object::strand::{Frame, Return, frame_flags};
use crate::types::async_generator::{self, Step};
use crate::types::code::CodeObject;
use crate::types::exception::Exception;
use crate::types::function::Function;
use crate::types::generator::{Body, Flavour, Generator, Rare, State, marks};
use crate::types::native::{Native, call_native};

/// A new generator of a function: its registers from `args` on, `count` of them, move into it.
/// It begins at `pc`.
#[inline(always)]
unsafe fn create(
    py: &mut Py,
    code: *const CodeObject,
    func: Raw,
    names: (Raw, Raw),
    pc: *const Instr,
    args: *mut Raw,
    count: usize,
) -> Value {
    // SAFETY: the function keeps its code and dicts alive; the generator owns it from here on,
    // and the words that it takes from `args`.
    unsafe {
        let shape = match (*code).flavour {
            Flavour::Generator => py.strand.shapes.generator,
            Flavour::Coroutine => py.strand.shapes.coroutine,
            Flavour::AsyncGenerator => py.strand.shapes.async_generator,
        };
        let total = (*code).registers as usize;
        let (object, body, base) = py.heap().make_tail_blank::<Generator>(NonNull::new_unchecked(shape.cast_mut()), total);
        let (globals, builtins) = names;
        (&raw mut (*body).frame).write(Frame {
            prev: std::ptr::null_mut(),
            pc,
            base,
            limit: std::ptr::null_mut(),
            code,
            func,
            globals,
            builtins,
            locals: Raw::NOTHING,
            extra: Raw::NOTHING,
            object: Raw::NOTHING,
            handled: Raw::NOTHING,
            jump: 0,
            dst: 0,
            ret: Return::Native,
            flags: frame_flags::GENERATOR,
            sense: 0,
            traced_line: 0,
        });
        (&raw mut (*body).rare).write(None);
        (*body).link = std::ptr::null_mut();
        (*body).depth = 0;
        (*body).state = State::Created;
        (*body).flavour = (*code).flavour;
        (*body).marks = 0;
        let mut k = 0;
        while k < count {
            *base.add(k) = *args.add(k);
            *args.add(k) = Raw::UNBOUND;
            k += 1;
        }
        while k < total {
            *base.add(k) = Raw::UNBOUND;
            k += 1;
        }
        if (*code).finalize.get() {
            object.header().set(flags::FINALIZE);
        }
        if func.is_ptr() && (*func.header()).shape().tag() == Tag::FUNCTION {
            let function = &*super::run::payload::<Function>(func);
            if !function.name.is(&(*code).name) || !function.qualname.is(&(*code).qualname) {
                (*body).rare = Some(renamed(function));
            }
        }
        object.into_value()
    }
}

#[cold]
fn renamed(function: &Function) -> Box<Rare> {
    let (name, qualname) = (function.name.clone(), function.qualname.clone());
    Box::new(Rare { name: Some(name), qualname: Some(qualname), ..Rare::default() })
}

/// A call of a generator function with its arguments, as many as it has parameters: no frame is
/// made. The function is handed over; the arguments move from `args` into the generator.
#[inline(never)]
pub(super) unsafe fn call_generator(py: &mut Py, func: Raw, args: *mut Raw, count: usize) -> Raw {
    // SAFETY: the caller has seen that it is a generator function; its first instruction is
    // `MakeGenerator`, behind which the generator begins.
    unsafe {
        let function = super::run::payload::<Function>(func);
        let code: *const CodeObject = (*function).code.payload();
        let names = ((*function).globals.as_value().raw(), (*function).builtins.as_value().raw());
        let made = create(py, code, func, names, (*code).instrs.get().add(1), args, count);
        if py.strand.origin_depth != 0 {
            note_origin(py, &made, py.strand.frame);
        }
        made.into_raw()
    }
}

/// The same with borrowed arguments; none if the call is less simple.
pub(super) unsafe fn call_generator_with<const N: usize>(py: &mut Py, callable: &Value, args: [&Value; N]) -> Option<Value> {
    let f = callable.downcast::<Function>()?;
    let simple = f.get(py).code.is_generator && f.get(py).code.simple_args.get() as usize == N && !py.strand.instrumented;
    if !simple {
        return None;
    }
    let mut words = args.map(|a| a.clone().into_raw());
    // SAFETY: as in `call_generator`; the counted words are the generator's.
    Some(unsafe { Value::from_raw(call_generator(py, callable.clone().into_raw(), words.as_mut_ptr(), N)) })
}

/// `MakeGenerator`: the running frame becomes a suspended generator, which is returned to the
/// caller. `Some`: the caller is native code.
pub(super) unsafe fn make(py: &mut Py, frame: *mut Frame) -> Result<Option<Value>> {
    // SAFETY: the frame is the running one; its arguments move into the generator.
    unsafe {
        let fr = &mut *frame;
        let func = std::mem::replace(&mut fr.func, Raw::NOTHING);
        let names = (fr.globals, fr.builtins);
        let value = create(py, fr.code, func, names, fr.pc, fr.base, (*fr.code).locals as usize);
        if py.strand.origin_depth != 0 {
            note_origin(py, &value, fr.prev);
        }
        (*body_in(value.raw())).frame.locals = std::mem::replace(&mut fr.locals, Raw::NOTHING);
        // The frame, now without registers and function, ends as if it returned the object.
        let target = Target { ret: fr.ret, dst: fr.dst, jump: fr.jump, sense: fr.sense };
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
/// handled. What comes back is a last reference to be dropped, or nothing. None if it is less
/// plain; nothing has happened then and `sent` and `extra` are still the caller's.
#[inline(always)]
unsafe fn enter(py: &mut Py, frame: *mut Frame, body: *mut Body, sent: Raw, target: Target, extra: Raw) -> Option<Raw> {
    // SAFETY: the generator is alive, and its registers are its own.
    unsafe {
        let own: *mut Frame = &raw mut (*body).frame;
        if py.strand.handled.is_some() || (*own).handled.0 != 0 {
            return None;
        }
        let mut inner = own;
        let mut count = 1;
        let mut dying = Raw::NOTHING;
        if (*body).state == State::Suspended {
            if !(*body).link.is_null() {
                if target.ret == Return::Send {
                    return None;
                }
                inner = (*body).link;
                count = (*body).depth;
            }
            if py.strand.depth + count > py.strand.limit {
                return None;
            }
            (*body).link = std::ptr::null_mut();
            // The instruction before `pc` is the `Yield` whose result is the value sent.
            let dst = (*(*inner).pc.sub(1)).a;
            let at = (*inner).base.add(dst as usize);
            let old = *at;
            *at = sent;
            if old.is_ptr() {
                dying = part_with(old);
            }
        } else if (*body).state != State::Created || sent != Raw::NONE || py.strand.depth >= py.strand.limit {
            return None;
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
        Some(dying)
    }
}

/// `ForIter` over a generator in the plainest case. `Some`: load the frame and drop that.
#[inline(always)]
pub(super) unsafe fn for_iter_quick(py: &mut Py, frame: *mut Frame, generator: Raw, i: &Instr) -> Option<Raw> {
    let target = Target { ret: Return::Iterate, dst: i.b, jump: i.cd(), sense: 0 };
    // SAFETY: the pinned register `a` of the running frame holds the generator.
    unsafe { enter(py, frame, body_in(generator), Raw::NONE, target, Raw::NOTHING) }
}

/// `Send` to a generator in the plainest case. `Some`: load the frame and drop that.
#[inline(always)]
pub(super) unsafe fn send_quick(py: &mut Py, frame: *mut Frame, i: &Instr) -> Option<Raw> {
    // SAFETY: the pinned register `a` of the running frame holds the iterator; `b` is a temporary.
    unsafe {
        let base = (*frame).base;
        let generator = *base.add(i.a as usize);
        if !generator.is_ptr() || (*generator.header()).shape().tag() != Tag::GENERATOR {
            return None;
        }
        let body = body_in(generator);
        let at = base.add(i.b as usize);
        let target = Target { ret: Return::Send, dst: i.b, jump: i.cd(), sense: 0 };
        if (*body).flavour == Flavour::AsyncGenerator {
            return None;
        }
        let dying = enter(py, frame, body, *at, target, Raw::NOTHING)?;
        *at = Raw::UNBOUND;
        Some(dying)
    }
}

/// `g.send(x)` and `next(g)` in the plainest case: `count` arguments begin at `args`. `Some`: load
/// the frame and drop that.
#[inline(always)]
pub(super) unsafe fn call_quick(py: &mut Py, frame: *mut Frame, args: *mut Raw, count: u16, dst: u16) -> Option<Raw> {
    // SAFETY: the arguments are owned registers of the running frame.
    unsafe {
        let generator = *args;
        if !generator.is_ptr() || (*generator.header()).shape().tag() != Tag::GENERATOR {
            return None;
        }
        let body = body_in(generator);
        let sent = if count == 2 { *args.add(1) } else { Raw::NONE };
        if (*body).flavour == Flavour::AsyncGenerator {
            return None;
        }
        let dying = enter(py, frame, body, sent, Target::register(dst), generator)?;
        *args = Raw::UNBOUND;
        if count == 2 {
            *args.add(1) = Raw::UNBOUND;
        }
        Some(dying)
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
/// is being handled. The value is taken from register `index`; what comes back are last
/// references to be dropped, or nothing. None: nothing has happened, `suspend` does it.
#[inline(always)]
pub(super) unsafe fn suspend_quick(py: &mut Py, at: At, index: u16) -> Option<(Raw, Raw)> {
    // SAFETY: the running frame is a generator's; the strand's frames are alive.
    unsafe {
        let frame = at.frame;
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
            return None;
        }
        let value = at.owned(index);
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
        let at = (*caller).base.add(dst as usize);
        let old = *at;
        *at = value;
        let extra = if extra.0 != 0 { part_with(extra) } else { extra };
        Some((extra, if old.is_ptr() { part_with(old) } else { Raw::NOTHING }))
    }
}

/// The same where the value goes to native code: it is left in the strand. A last reference to
/// be dropped comes back, or nothing.
#[inline(always)]
pub(super) unsafe fn suspend_out(py: &mut Py, at: At, index: u16) -> Option<Raw> {
    // SAFETY: as in `suspend_quick`.
    unsafe {
        let body = body_of(at.frame);
        if (*body).state != State::Running
            || (*at.frame).ret != Return::Native
            || (*body).flavour == Flavour::AsyncGenerator
            || py.strand.handled.is_some()
            || (*at.frame).handled.0 != 0
        {
            return None;
        }
        py.strand.result = at.owned(index);
        (*body).state = State::Suspended;
        py.strand.frame = (*at.frame).prev;
        (*at.frame).prev = std::ptr::null_mut();
        py.strand.depth -= 1;
        let extra = std::mem::replace(&mut (*at.frame).extra, Raw::NOTHING);
        Some(if extra.0 != 0 { part_with(extra) } else { extra })
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

/// `Return` of a generator in the plainest case: it ends a loop or a delegation, nothing
/// observes its frame and no exception is being handled. The value is taken out of its register;
/// null: None is returned. False: nothing has happened, `finish` does it.
#[inline(always)]
pub(super) unsafe fn finish_quick(py: &mut Py, frame: *mut Frame, value: *mut Raw) -> bool {
    // SAFETY: the running frame is a generator's, which the caller's register keeps alive until
    // the last lines.
    unsafe {
        let ret = (*frame).ret;
        let body = body_of(frame);
        if (ret != Return::Send && ret != Return::Iterate)
            || (*frame).extra.0 != 0
            || (*frame).handled.0 != 0
            || py.strand.handled.is_some()
        {
            return false;
        }
        let value = if value.is_null() { Raw::NONE } else { std::mem::replace(&mut *value, Raw::UNBOUND) };
        let code = (*frame).code;
        let base = (*frame).base;
        // At a `Return` the temporaries are empty.
        let mut k = 0;
        while k < (*code).locals {
            let at = base.add(k as usize);
            let raw = *at;
            if raw.is_ptr() {
                *at = Raw::UNBOUND;
                drop(Value::from_raw(raw));
            }
            k += 1;
        }
        (*body).state = State::Done;
        (*body).link = std::ptr::null_mut();
        if (*code).finalize.get() {
            (*lockstep_heap::Tail::<Body, Raw>::header_of(body)).clear(flags::FINALIZE);
        }
        let (dst, jump, caller) = ((*frame).dst, (*frame).jump, (*frame).prev);
        (*frame).prev = std::ptr::null_mut();
        py.strand.frame = caller;
        py.strand.depth -= 1;
        let pinned = (*(*caller).pc.sub(1)).a;
        (*caller).pc = (*caller).pc.offset(jump as isize);
        let base = (*caller).base;
        let generator = std::mem::replace(&mut *base.add(pinned as usize), Raw::UNBOUND);
        if ret == Return::Send {
            let old = std::mem::replace(&mut *base.add(dst as usize), value);
            if old.is_ptr() {
                drop(Value::from_raw(old));
            }
        } else if value.is_ptr() {
            drop(Value::from_raw(value));
        }
        drop(Value::from_raw(generator));
        py.drain_pending();
        true
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
        if !py.strand.instrumented
            && let Some(dying) = enter(py, frame, body, sent.raw(), Target::NATIVE, Raw::NOTHING)
        {
            std::mem::forget(sent);
            if dying.0 != 0 {
                drop(Value::from_raw(dying));
            }
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
