//! Running code: one function per instruction, each of which ends by jumping to the next one's.
//!
//! A [`Handler`] has the machine's state in its arguments, which the calling convention keeps in
//! processor registers, and ends with a call of the next handler in tail position. In optimised
//! builds that call is a jump (`cfg(threaded)`, see `build.rs`), so the native stack does not
//! grow; elsewhere [`At::next`] returns to a loop that makes the call. For the call to be a jump
//! a handler must keep nothing in memory of its own: it works on words, and whatever needs
//! values, results or errors is behind [`At::slow`], which runs it in a function apart.
//!
//! Instrumentation is another table: the entries of [`TRACED`] look at counters and trace
//! functions first and go on with the entry of the plain one.

mod attribute;
mod branch;
mod call;
mod item;
mod load;
mod native;
mod number;
mod placed;
mod rest;
mod table;

use std::ptr::NonNull;
use std::sync::atomic::Ordering;

use lockstep_compile::code::{Instr, Op};
use lockstep_heap::{Header, Raw, Value};

use super::{Flow, exc, trace};
use crate::object::Py;
use crate::object::raise::{Raised, Result, recursion_error};
use crate::object::strand::Frame;
use crate::types::cell::Cell;
use crate::types::code::CodeObject;
use crate::types::function::Function;
use crate::types::list::List;
use crate::types::range::RangeIter;
use crate::types::tuple::Tuple;
use table::{INNER, PLAIN, TRACED};

/// What running gives back to native code.
pub enum Outcome {
    /// The frame returned.
    Returned(Value),
    /// The generator handed out a value.
    Yielded(Value),
}

/// How a run ends; what goes with it lies in the strand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Exit {
    /// The frame returned `strand.result`.
    Returned,
    /// The generator handed out `strand.result`.
    Yielded,
    /// `strand.error` found no handler.
    Failed,
    /// Not an end: the next instruction of the running frame is to be run.
    #[cfg_attr(threaded, expect(dead_code, reason = "for builds that run handlers from a loop"))]
    Next,
}

/// What an instruction that ran in a function apart wants next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Signal {
    /// The next instruction.
    Next,
    /// The instruction that the running frame says: another frame runs, or the saved `pc` changed.
    Reload,
    /// Back to native code with `strand.result`.
    Returned,
    /// The same, from a generator that goes on later.
    Yielded,
    /// The error in `strand.error` looks for a handler.
    Failed,
}

impl From<Flow> for Signal {
    #[inline(always)]
    fn from(flow: Flow) -> Signal {
        match flow {
            Flow::Next => Signal::Next,
            Flow::Reload => Signal::Reload,
        }
    }
}

/// An instruction's function. `pc` points behind the instruction.
///
/// # Safety
/// `frame` is the strand's running frame, `base` its first register, `code` its code, `pc` behind one
/// of the code's instructions, whose operands the compiler's verifier has seen to be in range.
pub(super) type Handler =
    unsafe fn(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit;

/// A handler for each value of an instruction's first byte.
pub(super) struct Table(pub(super) [Handler; 256]);

/// Where the machine is: the arguments of a handler, with `pc` behind the instruction.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub frame: *mut Frame,
    pub base: *mut Raw,
    pub pc: *const Instr,
    pub code: *const CodeObject,
}

/// Declares handlers: `at`, `py` and `i` are the place, the proof and the instruction.
macro_rules! handlers {
    ($( $(#[$meta:meta])* fn $name:ident($at:ident, $py:ident, $i:ident) $body:block )*) => { $(
        $(#[$meta])*
        pub(in crate::vm::run) unsafe fn $name(
            $py: &mut crate::object::Py,
            frame: *mut crate::object::strand::Frame,
            base: *mut lockstep_heap::Raw,
            pc: *const lockstep_compile::code::Instr,
            code: *const crate::types::code::CodeObject,
        ) -> crate::vm::run::Exit {
            // SAFETY: the contract of `Handler`; what each helper needs, the operands provide.
            unsafe {
                let $i = &*pc.sub(1);
                let $at = crate::vm::run::At { frame, base, pc, code };
                $body
            }
        }
    )* };
}
use handlers;

// SAFETY (all of it): the contract of `Handler`; a register owns what it holds, and what is
// written into one is owned by the caller.
impl At {
    /// The place of the running frame.
    #[inline(always)]
    pub(super) unsafe fn load(py: &Py) -> At {
        // SAFETY: there is a running frame.
        unsafe {
            let frame = py.strand.frame;
            At { frame, base: (*frame).base, pc: (*frame).pc, code: (*frame).code }
        }
    }

    /// Go on with the next instruction.
    #[inline(always)]
    pub(super) unsafe fn next(self, py: &mut Py) -> Exit {
        // SAFETY: see above.
        unsafe {
            #[cfg(threaded)]
            {
                let handler = (*table_of(py)).0[(*self.pc).op as usize];
                handler(py, self.frame, self.base, self.pc.add(1), self.code)
            }
            #[cfg(not(threaded))]
            {
                let _ = py;
                (*self.frame).pc = self.pc;
                Exit::Next
            }
        }
    }

    /// The place with the next instruction `distance` further.
    #[inline(always)]
    pub(super) unsafe fn jump(self, distance: i32) -> At {
        // SAFETY: jumps are in range.
        At { pc: unsafe { self.pc.offset(distance as isize) }, ..self }
    }

    /// The operands `a` and `b` of the running instruction, read anew: what was read of it at first
    /// need not be kept in machine registers up to here.
    #[inline(always)]
    pub(super) unsafe fn again(self) -> (u16, u16) {
        // SAFETY: `pc` lies behind the running instruction.
        unsafe {
            let i = self.pc.sub(1);
            (std::ptr::read_volatile(&raw const (*i).a), std::ptr::read_volatile(&raw const (*i).b))
        }
    }

    /// The word in a register, borrowed.
    #[inline(always)]
    pub(super) unsafe fn r(self, index: u16) -> Raw {
        // SAFETY: see above.
        unsafe { *self.base.add(index as usize) }
    }

    /// Whether a register is a temporary, which its reader empties.
    #[inline(always)]
    pub(super) unsafe fn is_temporary(self, index: u16) -> bool {
        // SAFETY: see above.
        u32::from(index) >= unsafe { (*self.code).locals }
    }

    /// The word of an operand with ownership.
    #[inline(always)]
    pub(super) unsafe fn owned(self, index: u16) -> Raw {
        // SAFETY: see above.
        unsafe {
            let at = self.base.add(index as usize);
            let raw = *at;
            if self.is_temporary(index) {
                *at = Raw::UNBOUND;
            } else if raw.is_ptr() {
                Header::incref(raw.header());
            }
            raw
        }
    }

    /// Empty an operand that was borrowed, if it is a temporary. What it held comes back if
    /// nobody else holds it: it must be given to [`At::put_and_drop`] or [`At::next_and_drop`].
    #[inline(always)]
    pub(super) unsafe fn consume(self, index: u16) -> Raw {
        // SAFETY: see above.
        unsafe {
            if self.is_temporary(index) {
                let at = self.base.add(index as usize);
                let old = *at;
                if old.is_ptr() {
                    *at = Raw::UNBOUND;
                    return part_with(old);
                }
            }
            Raw::NOTHING
        }
    }

    /// Write a register; what it held comes back as from [`At::consume`].
    #[inline(always)]
    pub(super) unsafe fn exchange(self, index: u16, new: Raw) -> Raw {
        // SAFETY: see above.
        unsafe {
            let at = self.base.add(index as usize);
            let old = *at;
            *at = new;
            if old.is_ptr() { part_with(old) } else { Raw::NOTHING }
        }
    }

    /// Write a register and go on.
    #[inline(always)]
    pub(super) unsafe fn put(self, py: &mut Py, index: u16, new: Raw) -> Exit {
        // SAFETY: see above.
        unsafe {
            let at = self.base.add(index as usize);
            let old = *at;
            *at = new;
            if old.is_ptr() {
                let header = old.header();
                if (*header).count() > 1 {
                    Header::decref(header);
                } else {
                    return bury_one(py, self.frame, self.base, self.pc, self.code, old);
                }
            }
            self.next(py)
        }
    }

    /// Write a register, drop the last reference `dying` (or nothing), and go on.
    #[inline(always)]
    pub(super) unsafe fn put_and_drop(self, py: &mut Py, index: u16, new: Raw, dying: Raw) -> Exit {
        // SAFETY: see above.
        unsafe {
            let old = self.exchange(index, new);
            self.next_and_drop(py, old, dying)
        }
    }

    /// Write the register `a` with what has been taken out of `b`, and is owned; `b` ends if it is a
    /// temporary. The operands are read anew: what was read of them need not be kept up to here.
    #[inline(always)]
    pub(super) unsafe fn put_out(self, py: &mut Py, new: Raw) -> Exit {
        // SAFETY: see above.
        unsafe {
            let (a, b) = self.again();
            if a == b || !self.is_temporary(b) {
                return self.put(py, a, new);
            }
            put_of_temporary(py, self.frame, self.base, self.pc, self.code, new)
        }
    }

    /// Drop the last references `dying` and `other` (or nothing), and go on.
    #[inline(always)]
    pub(super) unsafe fn next_and_drop(self, py: &mut Py, dying: Raw, other: Raw) -> Exit {
        // SAFETY: see above.
        unsafe { if dying.0 | other.0 == 0 { self.next(py) } else { self.bury(py, [dying, other, Raw::NOTHING]) } }
    }

    /// Drop last references and go on.
    #[inline(always)]
    pub(super) unsafe fn bury(self, py: &mut Py, dying: [Raw; 3]) -> Exit {
        py.strand.dying = dying;
        // SAFETY: see above.
        unsafe { bury(py, self.frame, self.base, self.pc, self.code) }
    }

    /// Count `cost` bytecodes, then go on.
    #[inline(always)]
    pub(super) unsafe fn tick(self, py: &mut Py, cost: u16) -> Exit {
        // SAFETY: see above.
        unsafe {
            py.strand.ticks -= i32::from(cost);
            if py.strand.ticks < 0 {
                return checked(py, self.frame, self.base, self.pc, self.code);
            }
            self.next(py)
        }
    }

    /// Look at the breaker, then run the instruction again; it costs `cost` bytecodes.
    #[inline(always)]
    pub(super) unsafe fn check_first(self, py: &mut Py, cost: u8) -> Exit {
        // SAFETY: see above.
        unsafe {
            py.strand.owed = i32::from(cost);
            checked(py, self.frame, self.base, self.pc.sub(1), self.code)
        }
    }

    /// Run the instruction by `f`, which may do anything, and go on.
    #[inline(always)]
    pub(super) unsafe fn slow<R, F>(self, py: &mut Py, f: F) -> Exit
    where
        R: Into<Signal>,
        F: Fn(&mut Py, *mut Frame, Instr) -> Result<R> + Copy,
    {
        // SAFETY: see above.
        unsafe { slow(py, self.frame, self.base, self.pc, self.code, f) }
    }

    /// Go on as a signal says; `pc` of the running frame is saved.
    #[inline(always)]
    pub(super) unsafe fn follow(self, py: &mut Py, signal: Signal) -> Exit {
        // SAFETY: see above.
        unsafe {
            match signal {
                Signal::Next => self.next(py),
                Signal::Reload => At::load(py).next(py),
                Signal::Returned => Exit::Returned,
                Signal::Yielded => Exit::Yielded,
                Signal::Failed => failed(py, self.frame, self.base, self.pc, self.code),
            }
        }
    }
}

/// Give up a reference; if it is the last one it comes back, to be dropped where there is room.
#[inline(always)]
pub(super) unsafe fn part_with(old: Raw) -> Raw {
    // SAFETY: the caller owned the reference.
    unsafe {
        let header = old.header();
        if (*header).count() > 1 {
            Header::decref(header);
            Raw::NOTHING
        } else {
            old
        }
    }
}

/// The word, counted once more.
#[inline(always)]
pub(super) unsafe fn counted(raw: Raw) -> Raw {
    if raw.is_ptr() {
        // SAFETY: the caller sees the object alive.
        unsafe { Header::incref(raw.header()) }
    }
    raw
}

/// The table in force.
#[inline(always)]
fn table_of(py: &Py) -> *const Table {
    py.strand.handlers.cast()
}

/// See [`At::slow`]. The function that does it holds no memory, so that it can end with a jump.
#[inline(never)]
unsafe fn slow<R, F>(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject, f: F) -> Exit
where
    R: Into<Signal>,
    F: Fn(&mut Py, *mut Frame, Instr) -> Result<R> + Copy,
{
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        (*frame).pc = pc;
        let signal = step(py, frame, f);
        At { frame, base, pc, code }.follow(py, signal)
    }
}

/// Run `f` for the instruction before the frame's `pc`.
#[inline(never)]
pub(super) unsafe fn step<R, F>(py: &mut Py, frame: *mut Frame, f: F) -> Signal
where
    R: Into<Signal>,
    F: Fn(&mut Py, *mut Frame, Instr) -> Result<R> + Copy,
{
    // SAFETY: the frame's `pc` is behind an instruction.
    let i = unsafe { *(*frame).pc.sub(1) };
    match f(py, frame, i) {
        Ok(go) => go.into(),
        Err(error) => {
            py.strand.error = Some(error);
            Signal::Failed
        }
    }
}

/// See [`At::put_out`].
#[inline(never)]
unsafe fn put_of_temporary(
    py: &mut Py,
    frame: *mut Frame,
    base: *mut Raw,
    pc: *const Instr,
    code: *const CodeObject,
    new: Raw,
) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        let dying = at.consume(i.b);
        at.put_and_drop(py, i.a, new, dying)
    }
}

/// Drop what `strand.dying` holds, then go on at `pc`.
#[cold]
#[inline(never)]
unsafe fn bury(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` at the next instruction.
    unsafe {
        (*frame).pc = pc;
        drop_dying(py);
        At { frame, base, pc, code }.next(py)
    }
}

/// Drop a last reference, then go on at `pc`.
#[inline(never)]
unsafe fn bury_one(
    py: &mut Py,
    frame: *mut Frame,
    base: *mut Raw,
    pc: *const Instr,
    code: *const CodeObject,
    dying: Raw,
) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` at the next instruction.
    unsafe {
        (*frame).pc = pc;
        drop_one(py, dying);
        At { frame, base, pc, code }.next(py)
    }
}

/// Drop a last reference and run what the dead left to do.
#[inline(always)]
unsafe fn drop_one(py: &mut Py, dying: Raw) {
    // SAFETY: the caller owned the reference.
    drop(unsafe { Value::from_raw(dying) });
    py.drain_pending();
}

/// Drop what `strand.dying` holds and run what the dead left to do.
#[inline(never)]
unsafe fn drop_dying(py: &mut Py) {
    for raw in std::mem::replace(&mut py.strand.dying, [Raw::NOTHING; 3]) {
        if raw.0 != 0 {
            // SAFETY: the strand owned the references.
            drop(unsafe { Value::from_raw(raw) });
        }
    }
    py.drain_pending();
}

/// Look at the breaker, then go on at `pc`.
#[cold]
#[inline(never)]
unsafe fn checked(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` at the next instruction.
    unsafe {
        // An error belongs to the instruction before the saved `pc`: the call itself where the
        // check comes before it, else the loop's end.
        (*frame).pc = if py.strand.owed != 0 { pc.add(1) } else { pc };
        let signal = check_step(py);
        At { frame, base, pc, code }.follow(py, signal)
    }
}

#[inline(never)]
fn check_step(py: &mut Py) -> Signal {
    let owed = std::mem::take(&mut py.strand.owed);
    match py.check() {
        Ok(()) => {
            // The instruction that runs now counts its cost again.
            py.strand.ticks += owed;
            Signal::Next
        }
        Err(error) => {
            py.strand.error = Some(error);
            Signal::Failed
        }
    }
}

/// `strand.error` looks for a handler in the running frame and below.
#[cold]
#[inline(never)]
pub(super) unsafe fn failed(
    py: &mut Py,
    _frame: *mut Frame,
    _base: *mut Raw,
    _pc: *const Instr,
    _code: *const CodeObject,
) -> Exit {
    // SAFETY: the contract of `Handler`; the frame's `pc` is saved.
    unsafe { if unwind_step(py) { At::load(py).next(py) } else { Exit::Failed } }
}

/// Unwind to a handler; false: there is none up to the frame that native code called.
#[inline(never)]
fn unwind_step(py: &mut Py) -> bool {
    let Some(error) = py.strand.error.take() else { return false };
    match exc::unwind(py, error) {
        Ok(()) => true,
        Err(error) => {
            py.strand.error = Some(error);
            false
        }
    }
}

handlers! {
    /// The entry of every instruction in [`TRACED`].
    fn traced(at, py, _i) {
        (*at.frame).pc = at.pc;
        let signal = trace_step(py, at.frame);
        if signal != Signal::Next {
            return at.follow(py, signal);
        }
        // A trace function may have set the line that comes next.
        let pc = (*at.frame).pc;
        let handler = INNER.0[(*pc.sub(1)).op as usize];
        handler(py, at.frame, at.base, pc, at.code)
    }
}

/// Count one instruction and tell the trace functions.
#[inline(never)]
unsafe fn trace_step(py: &mut Py, frame: *mut Frame) -> Signal {
    let mut look = || -> Result<()> {
        py.strand.ticks -= 1;
        if py.strand.ticks < 0 {
            py.check()?;
        }
        // SAFETY: the running frame, whose `pc` is saved.
        unsafe { trace::instruction(py, frame) }
    };
    match look() {
        Ok(()) => {
            // Each instruction was counted as it came: the block's cost is not to be counted too.
            // SAFETY: `pc` lies behind an instruction.
            let i = unsafe { *(*frame).pc.sub(1) };
            py.strand.ticks += match i.op {
                Op::Loop => i32::from(i.a),
                Op::Call | Op::CallMethod => i32::from(i.d),
                Op::CallKw | Op::CallMethodKw | Op::CallEx => 1,
                _ => 0,
            };
            Signal::Next
        }
        Err(error) => {
            py.strand.error = Some(error);
            Signal::Failed
        }
    }
}

impl Py {
    /// Run until the frame that is running now gives control back to native code.
    pub(super) fn run(&mut self) -> Result<Outcome> {
        let exit = self.go()?;
        let value = self.handed_out();
        Ok(if exit == Exit::Returned { Outcome::Returned(value) } else { Outcome::Yielded(value) })
    }

    /// [`Py::run`] where it does not matter in which way the value comes.
    pub(super) fn run_to_end(&mut self) -> Result<Value> {
        self.go()?;
        Ok(self.handed_out())
    }

    /// What the strand has for native code.
    #[inline(always)]
    fn handed_out(&mut self) -> Value {
        let result = std::mem::replace(&mut self.strand.result, Raw::NOTHING);
        // SAFETY: the strand owned the result.
        unsafe { Value::from_raw(result) }
    }

    /// Run; `strand.result` is what came out.
    #[inline(always)]
    fn go(&mut self) -> Result<Exit> {
        if let Err(e) = self.native_stack() {
            // SAFETY: the running frame is alive.
            unsafe { super::exc::drop_frame(self) };
            return Err(e);
        }
        // The first run of the strand. Its mode may have been chosen before.
        if self.strand.shapes.function.is_null() {
            self.remember_shapes();
            self.set_instrumented(self.strand.instrumented);
        }
        // SAFETY: the frame was pushed by the caller with `Return::Native`.
        let exit = unsafe {
            #[cfg(threaded)]
            {
                At::load(self).next(self)
            }
            #[cfg(not(threaded))]
            loop {
                let at = At::load(self);
                let handler = (*table_of(self)).0[(*at.pc).op as usize];
                let exit = handler(self, at.frame, at.base, at.pc.add(1), at.code);
                if exit != Exit::Next {
                    break exit;
                }
            }
        };
        match exit {
            Exit::Returned | Exit::Yielded => Ok(exit),
            Exit::Failed | Exit::Next => match self.strand.error.take() {
                Some(error) => Err(error),
                None => Err(crate::object::raise::system_error("error return without exception set")),
            },
        }
    }

    /// Choose between the plain and the instrumented way of running, from the next instruction on.
    pub(crate) fn set_instrumented(&mut self, instrumented: bool) {
        self.strand.instrumented = instrumented;
        let table: &'static Table = if instrumented { &TRACED } else { &PLAIN };
        self.strand.handlers = std::ptr::from_ref(table).cast();
    }

    /// Note the shapes that the handlers test for.
    fn remember_shapes(&mut self) {
        self.strand.shapes = crate::object::strand::Shapes {
            function: &raw const **self.shape_of::<Function>(),
            list: &raw const **self.shape_of::<List>(),
            tuple: &raw const **self.shape_of::<Tuple>(),
            range: &raw const **self.shape_of::<RangeIter>(),
            dict: &raw const **self.shape_of::<crate::types::dict::Dict>(),
            set: &raw const **self.shape_of::<crate::types::set::Set>(),
            str: &raw const **self.shape_of::<crate::types::str::Str>(),
            native: &raw const **self.shape_of::<crate::types::native::Native>(),
            generator: &raw const **self.shape_of::<crate::types::generator::Generator>(),
            coroutine: &raw const *self.type_named("coroutine").get(self).shape,
            async_generator: &raw const *self.type_named("async_generator").get(self).shape,
            list_iter: &raw const **self.shape_of::<crate::types::iterator::ListIter>(),
            tuple_iter: &raw const **self.shape_of::<crate::types::iterator::TupleIter>(),
            str_iter: &raw const **self.shape_of::<crate::types::str::iter::StrIter>(),
            chars: self.shared().chars.as_ptr(),
        };
    }

    /// RecursionError if the native stack is nearly used up.
    #[inline(always)]
    pub fn native_stack(&mut self) -> Result<()> {
        let here = 0u8;
        if (&raw const here) as usize <= self.strand.stack_end { Err(stack_overflow()) } else { Ok(()) }
    }

    /// Run what the dead left to do.
    #[inline(always)]
    pub fn drain_pending(&mut self) {
        if self.heap().has_pending() {
            let drain = self.interp.hooks.drain;
            drain(self);
        }
    }

    /// Look at the breaker: hand the lock over, deliver signals and interrupts.
    pub fn check(&mut self) -> Result<()> {
        self.strand.looks = 0;
        self.refresh_mode();
        self.strand.ticks = crate::embed::check_interval(self);
        if self.thread.breaker().load(Ordering::Relaxed) == 0 { Ok(()) } else { crate::embed::breaker(self) }
    }
}

#[cold]
#[inline(never)]
fn stack_overflow() -> Raised {
    recursion_error("maximum recursion depth exceeded")
}

/// The payload of an object whose kind is known.
#[inline(always)]
pub(super) unsafe fn payload<T: lockstep_heap::Object>(raw: Raw) -> *mut T {
    // SAFETY: the caller has seen that the payload is a `T`; only the address is computed.
    unsafe { std::mem::ManuallyDrop::new(lockstep_heap::Ref::<T>::from_raw(raw)).payload() }
}

/// A tuple of the words in `count` temporaries.
#[inline(always)]
pub(super) unsafe fn tuple_of(py: &mut Py, first: *mut Raw, count: usize) -> Raw {
    // SAFETY: the words move from the registers into the tuple, before anything else happens.
    unsafe {
        let shape = NonNull::new_unchecked(py.strand.shapes.tuple.cast_mut());
        let (tuple, _, items) = py.heap().make_tail_blank::<Tuple>(shape, count);
        for k in 0..count {
            items.add(k).cast::<Raw>().write(std::mem::replace(&mut *first.add(k), Raw::UNBOUND));
        }
        tuple.into_value().into_raw()
    }
}

/// The payload of a cell in a register.
#[inline(always)]
unsafe fn cell_payload(raw: Raw) -> *mut Cell {
    // SAFETY: the compiler addresses cell registers only after `MakeCell`.
    unsafe {
        debug_assert!(raw.is_ptr() && (*raw.header()).shape().tag() == lockstep_heap::Tag::CELL);
        payload::<Cell>(raw)
    }
}

/// The payload of the cell of a free variable.
#[inline(always)]
unsafe fn free_cell(frame: *mut Frame, index: i32) -> *mut Cell {
    // SAFETY: a function's closure has a cell for each free variable of its code.
    unsafe {
        let func = payload::<Function>((*frame).func);
        cell_payload((&(*func).closure)[index as usize].raw())
    }
}
