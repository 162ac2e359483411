//! Exceptions in the machine: handlers, unwinding, tracebacks, the exception being handled.

use lockstep_compile::code::{Instr, Op};
use lockstep_heap::{Raw, Ref, Value};

use super::{Flow, fetch, peek, put};
use crate::object::Py;
use crate::object::raise::{Exc, Raised, Result, runtime_error, type_error};
use crate::object::strand::{Frame, Return, frame_flags};
use crate::types::exception::Exception;
use crate::types::frame::Traceback;

/// `PushExc`: the exception in `b` becomes the one being handled.
pub(super) unsafe fn push(py: &mut Py, frame: *mut Frame, i: Instr) {
    // SAFETY: both are pinned registers of the running frame; `b` holds an exception.
    unsafe {
        let base = (*frame).base;
        let new = peek(base, i.b).clone();
        let mut old = py.set_handled(Some(new));
        let flags = (*frame).flags;
        if flags & (frame_flags::GENERATOR | frame_flags::HANDLING) == frame_flags::GENERATOR {
            // What is handled around a generator may be another when this is over.
            (*frame).flags = flags | frame_flags::HANDLING;
            old = None;
        }
        put(base, i.a, old.unwrap_or(Value::NONE));
    }
}

/// `PopExc`: the exception being handled is again the one saved in `a`.
pub(super) unsafe fn pop(py: &mut Py, frame: *mut Frame, i: Instr) {
    // SAFETY: `a` is a pinned register filled by `PushExc`.
    unsafe {
        let at = (*frame).base.add(i.a as usize);
        let saved = Value::from_raw(*at);
        *at = Raw::UNBOUND;
        let saved = if saved.is_a::<Exception>() {
            Some(saved)
        } else if (*frame).flags & frame_flags::HANDLING != 0 {
            (*frame).flags &= !frame_flags::HANDLING;
            super::frame::clone_word((*frame).handled)
        } else {
            None
        };
        drop(py.set_handled(saved));
        py.drain_pending();
    }
}

/// `JumpNoMatch`
pub(super) unsafe fn jump_no_match(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let base = (*frame).base;
        let class = fetch(base, (*(*frame).code).locals, i.b);
        let exception = peek(base, i.a).clone();
        if py.exception_matches(&exception, &class)? {
            return Ok(Flow::Next);
        }
        (*frame).pc = (*frame).pc.offset(i.cd() as isize);
        Ok(Flow::Reload)
    }
}

/// How far [`raise_object`] came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Thrown {
    /// Nothing was done: the operand is no exception object.
    Not,
    /// A handler runs next.
    Handled,
    /// `strand.error` leaves to native code.
    Out,
}

/// `Raise` of an exception object: straight to its handler.
#[inline(never)]
pub(super) unsafe fn raise_object(py: &mut Py, frame: *mut Frame, register: u16) -> Thrown {
    // SAFETY: an operand of the running frame, whose `pc` is saved.
    unsafe {
        let base = (*frame).base;
        if !peek(base, register).is_a::<Exception>() {
            return Thrown::Not;
        }
        let Ok(exception) = fetch(base, (*(*frame).code).locals, register).downcast_into::<Exception>() else {
            return Thrown::Not;
        };
        py.link(&exception);
        match unwind_exception(py, exception, false) {
            Ok(()) => Thrown::Handled,
            Err(error) => {
                py.strand.error = Some(error);
                Thrown::Out
            }
        }
    }
}

/// `raise a from b`
pub(super) unsafe fn raise_from(py: &mut Py, frame: *mut Frame, i: Instr) -> Raised {
    // SAFETY: operands of the running frame.
    let (value, cause) = unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        (fetch(base, locals, i.a), fetch(base, locals, i.b))
    };
    let raised = py.raise_value(&value);
    let cause = if cause.is_none() {
        None
    } else if crate::types::exception::is_exception_class(py, &cause) {
        match py.call(&cause, &[]) {
            Ok(made) if made.is_a::<Exception>() => Some(made),
            Ok(other) => {
                let (class, got) = (py.repr_lossy(&cause), py.type_of(&other).into_value());
                let got = py.repr_lossy(&got);
                return type_error(format!("calling {class} should have returned an instance of BaseException, not {got}"));
            }
            Err(error) => return error,
        }
    } else if cause.is_a::<Exception>() {
        Some(cause)
    } else {
        return type_error("exception causes must derive from BaseException");
    };
    if let Some(e) = raised.as_object() {
        let payload = e.get_mut(py);
        let old = std::mem::replace(&mut payload.cause, cause);
        payload.suppress_context = true;
        drop(old);
    }
    raised
}

/// `Reraise`: the exception in `a` goes on.
pub(super) unsafe fn reraise(py: &mut Py, base: *mut Raw, i: Instr) -> Raised {
    // SAFETY: `a` is a pinned register that holds an exception.
    unsafe {
        let at = base.add(i.a as usize);
        let value = Value::from_raw(*at);
        *at = Raw::UNBOUND;
        py.raise_value(&value).again()
    }
}

/// `raise` alone.
pub(super) fn raise_again(py: &mut Py) -> Raised {
    match py.handled().cloned() {
        Some(e) => py.raise_value(&e).again(),
        None => runtime_error("No active exception to reraise"),
    }
}

impl Py {
    /// The exception object of an error, with `__context__` set to the exception being handled.
    pub(super) fn chained(&mut self, error: Raised) -> Ref<Exception> {
        let again = error.is_linked();
        let exception = self.exception(error);
        if !again {
            self.link(&exception);
        }
        exception
    }

    /// Set the `__context__` of an exception that is raised.
    fn link(&mut self, exception: &Ref<Exception>) {
        if let Some(handled) = self.handled().cloned() {
            self.set_context(exception, &handled);
        }
    }

    /// `exception.__context__ = context`, without making a circle.
    pub fn set_context(&mut self, exception: &Ref<Exception>, context: &Value) {
        if exception.as_value().is(context) {
            return;
        }
        // If the chain of contexts already leads to the exception, cut it there.
        let mut at = context.clone();
        let mut steps = 0;
        while let Some(e) = at.downcast::<Exception>().cloned() {
            let next = e.get(self).context.clone();
            match next {
                Some(next) if next.is(exception.as_value()) => {
                    drop(e.get_mut(self).context.take());
                    break;
                }
                Some(next) => at = next,
                None => break,
            }
            steps += 1;
            if steps > 10_000 {
                break;
            }
        }
        let old = exception.get_mut(self).context.replace(context.clone());
        drop(old);
    }

    /// Give an exception that has no traceback the running frame, if there is one.
    pub fn trace_here(&mut self, exception: &Ref<Exception>) {
        let frame = self.strand.frame;
        if !frame.is_null() && exception.get(self).traceback.is_none() {
            // SAFETY: the running frame is alive.
            unsafe { self.add_traceback(exception, frame) };
        }
    }

    /// Add the running frame to an exception's traceback.
    unsafe fn add_traceback(&mut self, exception: &Ref<Exception>, frame: *mut Frame) {
        // SAFETY: the frame is the running one.
        unsafe {
            let index = (*frame).index();
            let object = self.frame_object(frame);
            let next = exception.get_mut(self).traceback.take();
            let traceback =
                self.make(Traceback { next, frame: object, last: index as u32, line: crate::types::frame::LINE_OF_INSTRUCTION });
            exception.get_mut(self).traceback = Some(traceback.into_value());
        }
    }
}

/// An error in the running frame: go to its handler, or end frames until one handles it. Err:
/// the error leaves to native code.
pub(super) fn unwind(py: &mut Py, error: Raised) -> Result<()> {
    let again = error.is_again();
    let exception = py.chained(error);
    unwind_exception(py, exception, again)
}

/// The same with an exception object whose context is set. `again`: it was raised here before.
fn unwind_exception(py: &mut Py, mut exception: Ref<Exception>, mut again: bool) -> Result<()> {
    loop {
        let frame = py.strand.frame;
        // SAFETY: the running frame is alive; its registers are owned words.
        unsafe {
            let code = (*frame).code;
            let index = (*frame).index();
            // An exception raised again is in the traceback of this frame already.
            if !again {
                py.add_traceback(&exception, frame);
            }
            if py.strand.trace.is_some() || py.strand.profile.is_some() || py.shared().monitor.is_some() {
                let ends = (*code).code.handler(index).is_none();
                if let Err(error) = super::trace::raised(py, frame, &exception, ends, again) {
                    // The trace function failed: its error takes the place of this one.
                    exception = py.chained(error);
                    py.add_traceback(&exception, frame);
                }
            }
            again = false;
            if let Some(handler) = (*code).code.handler(index) {
                for r in (*code).locals..(*code).registers {
                    let at = (*frame).base.add(r as usize);
                    let raw = *at;
                    if raw.is_ptr() {
                        *at = Raw::UNBOUND;
                        drop(Value::from_raw(raw));
                    }
                }
                put((*frame).base, handler.register, exception.into_value());
                (*frame).pc = (*code).code.instrs.as_ptr().add(handler.target as usize);
                py.drain_pending();
                return Ok(());
            }
            see_at_origin(py, frame, &exception);
            name_missing(py, frame, &exception);
            let (ret, jump, dst) = ((*frame).ret, (*frame).jump, (*frame).dst);
            let is_generator = (*frame).flags & frame_flags::GENERATOR != 0;
            if is_generator {
                super::generator::fail(py, frame, &exception);
            } else {
                py.pop_frame();
            }
            py.drain_pending();
            if ret == Return::Native {
                return Err(py.raise_object(exception).linked());
            }
            let stop = matches!(ret, Return::Iterate | Return::Send) && is_kind(py, &exception, Exc::StopIteration);
            if stop && (!is_generator || ret == Return::Send) {
                let caller = py.strand.frame;
                let value = stop_value(py, &exception);
                if ret == Return::Iterate {
                    end_loop(caller, jump);
                } else {
                    end_send(caller, dst, jump, value);
                }
                return Ok(());
            }
        }
    }
}

/// A frame that ends in a clean-up is seen where the exception came from, by its frame object.
unsafe fn see_at_origin(py: &Py, frame: *mut Frame, exception: &Ref<Exception>) {
    // SAFETY: the running frame and its code are alive; a traceback's index is one of its
    // instructions.
    unsafe {
        // Interrupted at a loop that the code begins with: there is no instruction before it.
        if (*frame).pc == (*(*frame).code).instrs.get() {
            return;
        }
        let instr = *(*frame).pc.sub(1);
        if instr.op != Op::Reraise || instr.b != 1 || (*frame).object.0 == 0 {
            return;
        }
        let Some(top) = exception.get(py).traceback.as_ref().and_then(|t| t.downcast::<Traceback>()) else { return };
        let top = top.get(py);
        if top.frame.as_value().raw() == (*frame).object && top.line == crate::types::frame::LINE_OF_INSTRUCTION {
            (*frame).pc = (*(*frame).code).instrs.get().add(top.last as usize + 1);
        }
    }
}

/// An AttributeError that a `__getattr__` raised without saying of what gets object and name.
unsafe fn name_missing(py: &mut Py, frame: *mut Frame, exception: &Ref<Exception>) {
    // SAFETY: the running frame and its registers are alive.
    unsafe {
        let code = &(*(*frame).code).code;
        if &*code.name != "__getattr__" || code.arg_count != 2 || !is_kind(py, exception, Exc::AttributeError) {
            return;
        }
        let (object, name) = (peek((*frame).base, 0).clone(), peek((*frame).base, 1).clone());
        if !object.is_unbound() && name.is_a::<crate::types::str::Str>() {
            crate::types::exception::complete_attribute_error(py, exception, &object, &name);
        }
    }
}

/// Whether an exception is an instance of a builtin class.
pub(super) fn is_kind(py: &Py, exception: &Ref<Exception>, kind: Exc) -> bool {
    py.type_ref(exception.as_value()).get(py).exception.is_some_and(|k| k.is(kind))
}

/// The value of a StopIteration.
pub(super) fn stop_value(py: &mut Py, exception: &Ref<Exception>) -> Value {
    crate::types::exception::stop_value(py, exception)
}

/// The loop of the `ForIter` that the caller has just executed ends.
pub(super) unsafe fn end_loop(caller: *mut Frame, jump: i32) {
    // SAFETY: the instruction before `pc` is the `ForIter`, whose iterator is pinned.
    unsafe {
        let instr = *(*caller).pc.sub(1);
        put((*caller).base, instr.a, Value::UNBOUND);
        (*caller).pc = (*caller).pc.offset(jump as isize);
    }
}

/// The delegation of the `Send` that the caller has just executed ends with a value.
pub(super) unsafe fn end_send(caller: *mut Frame, dst: u16, jump: i32, value: Value) {
    // SAFETY: the instruction before `pc` is the `Send`, whose iterator is pinned.
    unsafe {
        let instr = *(*caller).pc.sub(1);
        put((*caller).base, instr.a, Value::UNBOUND);
        put((*caller).base, dst, value);
        (*caller).pc = (*caller).pc.offset(jump as isize);
    }
}

/// The running frame ends without having run on.
pub(super) unsafe fn drop_frame(py: &mut Py) {
    // SAFETY: the running frame is alive.
    unsafe {
        let frame = py.strand.frame;
        if (*frame).flags & frame_flags::GENERATOR != 0 {
            super::generator::end(py, frame);
        } else {
            py.pop_frame();
        }
    }
}
