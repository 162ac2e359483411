//! `_thread._ThreadHandle`: the end of a thread, as something to wait for.

use std::sync::Arc;

use lockstep_interp::object::NativeType;
use lockstep_interp::object::raise::{Raised, runtime_error};
use lockstep_interp::{Exc, Guarded, Object, Py, Ref, Result, Value, methods};
use lockstep_sched::{Completion, Deadline, Outcome, Wait, WaitKind, WaitQueue};

use super::timeout;

/// Where the thread is.
#[derive(Default)]
enum State {
    /// Not started.
    #[default]
    New,
    /// Started by this interpreter.
    Started(Arc<Completion>),
    /// A thread that was there before: it says itself when it is done.
    Adopted(u64),
    /// Over, as somebody said.
    Done(u64),
}

/// The payload of a handle.
#[derive(Default)]
pub struct ThreadHandle {
    state: State,
    /// How often the process had been forked when the thread was known to run.
    forks: u32,
    /// Who waits for an adopted thread.
    waiters: WaitQueue,
}

impl Object for ThreadHandle {
    type Access = Guarded;
}

impl ThreadHandle {
    /// The handle of a thread that runs already.
    pub(super) fn running(ident: u64, forks: u32) -> ThreadHandle {
        ThreadHandle { state: State::Adopted(ident), forks, waiters: WaitQueue::new() }
    }
    pub(super) fn is_started(&self) -> bool {
        !matches!(self.state, State::New)
    }
    pub(super) fn started(&mut self, completion: Arc<Completion>, forks: u32) {
        self.state = State::Started(completion);
        self.forks = forks;
    }
    /// A thread of the process that this one was forked from is over.
    fn settle(py: &mut Py, this: &Ref<ThreadHandle>) {
        let (forks, survivor) = super::forked(py);
        let handle = this.get_mut(py);
        let number = handle.number();
        if handle.forks < forks && number != survivor && matches!(handle.state, State::Started(_) | State::Adopted(_)) {
            // What the parent's threads share with their handles is not touched here.
            std::mem::forget(std::mem::replace(&mut handle.state, State::Done(number)));
        }
    }
    fn waiters(&mut self) -> &mut WaitQueue {
        &mut self.waiters
    }
    fn number(&self) -> u64 {
        match &self.state {
            State::New => 0,
            State::Started(completion) => completion.thread(),
            State::Adopted(ident) | State::Done(ident) => *ident,
        }
    }
    fn done(&self) -> bool {
        match &self.state {
            State::New | State::Adopted(_) => false,
            State::Started(completion) => completion.is_done(),
            State::Done(_) => true,
        }
    }
}

/// Waits for the end of a thread; false if the deadline came first.
pub(super) fn join(py: &mut Py, completion: &Arc<Completion>, deadline: Option<Deadline>) -> Result<bool> {
    let wait = Wait::new(WaitKind::Join).until(deadline.unwrap_or(Deadline::NEVER));
    loop {
        if completion.is_done() {
            return Ok(true);
        }
        match py.thread().join(completion, &wait) {
            Outcome::Woken => return Ok(true),
            Outcome::TimedOut => return Ok(false),
            Outcome::Interrupted => {
                let requests = py.thread().requests();
                lockstep_interp::embed::serve(py, requests)?;
            }
        }
    }
}

#[methods]
impl ThreadHandle {
    #[staticmethod("(cls, /)")]
    fn __new__(py: &mut Py, cls: &Value) -> Value {
        let _ = cls;
        py.make(ThreadHandle::default()).into_value()
    }

    /// Join the thread.
    #[py("(self, timeout=None, /)")]
    fn join(py: &mut Py, this: &Ref<ThreadHandle>, timeout: &Value) -> Result<()> {
        let deadline = if timeout.is_none() {
            Deadline::NEVER
        } else {
            let seconds = timeout::seconds(py, timeout)?;
            if seconds > timeout::MAX_SECONDS {
                return Err(Raised::new(Exc::OverflowError, "timeout value is too large"));
            }
            // A negative timeout waits for ever, as a missing one does.
            if seconds < 0.0 { Deadline::NEVER } else { timeout::deadline(py, seconds) }
        };
        ThreadHandle::settle(py, this);
        let ident = this.get(py).number();
        match &this.get(py).state {
            State::New => return Err(runtime_error("thread not started")),
            // What the thread sent before its end arrives here.
            State::Done(_) => return py.check(),
            _ => {}
        }
        if ident == py.thread_id() && !this.get(py).done() {
            return Err(runtime_error("Cannot join current thread"));
        }
        loop {
            let completion = match &this.get(py).state {
                State::Started(completion) => Some(completion.clone()),
                State::Adopted(_) => None,
                State::New | State::Done(_) => return py.check(),
            };
            if let Some(completion) = completion {
                join(py, &completion, Some(deadline))?;
                return py.check();
            }
            let wait = Wait::new(WaitKind::Join).owner(ident).until(deadline);
            if py.wait_in(this, ThreadHandle::waiters, false, &wait)? == Outcome::TimedOut {
                return Ok(());
            }
        }
    }

    /// Whether the thread has ended.
    #[py("(self)")]
    fn is_done(py: &mut Py, this: &Ref<ThreadHandle>) -> bool {
        ThreadHandle::settle(py, this);
        this.get(py).done()
    }

    /// Mark the thread as ended.
    #[py("(self)")]
    fn _set_done(py: &mut Py, this: &Ref<ThreadHandle>) -> Result<()> {
        if !this.get(py).is_started() {
            return Err(runtime_error("thread not started"));
        }
        let ident = this.get(py).number();
        this.get_mut(py).state = State::Done(ident);
        py.wake_in(this, ThreadHandle::waiters, usize::MAX);
        Ok(())
    }

    /// The identifier of the thread.
    #[getter]
    fn ident(py: &mut Py, this: &Ref<ThreadHandle>) -> u64 {
        this.get(py).number()
    }

    #[py("(self)")]
    fn __repr__(py: &mut Py, this: &Ref<ThreadHandle>) -> String {
        format!("<_ThreadHandle object: ident={}>", this.get(py).number())
    }
}

impl NativeType for ThreadHandle {
    const NAME: &'static str = "_ThreadHandle";
    const MODULE: &'static str = "_thread";
    const FLAGS: u32 = 0;
}
