//! `_thread.lock`: a flag and a queue of waiters; the interpreter's lock guards both.

use lockstep_interp::object::NativeType;
use lockstep_interp::object::raise::runtime_error;
use lockstep_interp::{Guarded, Object, Py, Ref, Result, Value, methods};
use lockstep_sched::Deadline;

use super::line::{self, Line, Taken, wait_for};
use super::timeout;

/// The payload of a lock.
#[derive(Default)]
pub struct Lock {
    locked: bool,
    /// The thread that took it, for reports: any thread may release it.
    owner: u64,
    line: Line,
}

impl Object for Lock {
    type Access = Guarded;
}

impl Lock {
    pub(super) fn is_locked(&self) -> bool {
        self.locked
    }
}

impl Taken for Lock {
    #[inline(always)]
    fn try_take(&mut self, thread: u64) -> bool {
        let free = !self.locked;
        if free {
            self.take_over(thread);
        }
        free
    }
    #[inline(always)]
    fn take_over(&mut self, thread: u64) {
        self.locked = true;
        self.owner = thread;
    }
    fn set_free(&mut self) {
        self.locked = false;
    }
    fn owner(&self) -> u64 {
        self.owner
    }
    fn line(&mut self) -> &mut Line {
        &mut self.line
    }
}

#[inline]
pub(super) fn take(py: &mut Py, this: &Ref<Lock>) -> Result<bool> {
    let id = py.thread_id();
    if this.get_mut(py).try_take(id) { Ok(true) } else { wait_for(py, this, Deadline::NEVER) }
}

#[inline]
pub(super) fn give(py: &mut Py, this: &Ref<Lock>) -> Result<()> {
    let lock = this.get_mut(py);
    if !lock.locked {
        return Err(runtime_error("release unlocked lock"));
    }
    lock.locked = false;
    lock.line.was_freed();
    if !lock.line.is_empty() {
        line::call_next(py, this);
    }
    Ok(())
}

#[methods]
impl Lock {
    #[staticmethod("(cls, /)")]
    fn __new__(py: &mut Py, cls: &Value) -> Value {
        let _ = cls;
        py.make(Lock::default()).into_value()
    }

    /// Lock the lock. Without argument, this blocks if the lock is already
    /// locked (even by the same thread), waiting for another thread to release
    /// the lock, and return True once the lock is acquired.
    #[py("(self, blocking=True, timeout=-1)", alias = "acquire_lock")]
    fn acquire(py: &mut Py, this: &Ref<Lock>, blocking: &Value, timeout: &Value) -> Result<bool> {
        if blocking.is_true() && timeout.as_small_int() == Some(-1) {
            return take(py, this);
        }
        let deadline = timeout::of_acquire(py, blocking, timeout)?;
        let id = py.thread_id();
        if this.get_mut(py).try_take(id) {
            return Ok(true);
        }
        match deadline {
            Some(deadline) => wait_for(py, this, deadline),
            None => Ok(false),
        }
    }

    /// Release the lock, allowing another thread that is blocked waiting for
    /// the lock to acquire the lock. The lock must be in the locked state,
    /// but it needn't be locked by the same thread that unlocks it.
    #[py("(self)", alias = "release_lock")]
    fn release(py: &mut Py, this: &Ref<Lock>) -> Result<()> {
        give(py, this)
    }

    /// Return whether the lock is in the locked state.
    #[py("(self)", alias = "locked_lock")]
    fn locked(py: &mut Py, this: &Ref<Lock>) -> bool {
        this.get(py).locked
    }

    /// Lock the lock.
    #[py("(self)")]
    fn __enter__(py: &mut Py, this: &Ref<Lock>) -> Result<bool> {
        take(py, this)
    }

    /// Release the lock.
    #[py("(self, exc_type=None, exc_value=None, exc_traceback=None, /)")]
    fn __exit__(py: &mut Py, this: &Ref<Lock>, _a: &Value, _b: &Value, _c: &Value) -> Result<()> {
        give(py, this)
    }

    #[py("(self)")]
    fn __repr__(py: &mut Py, this: &Ref<Lock>) -> String {
        let state = if this.get(py).locked { "locked" } else { "unlocked" };
        format!("<{state} _thread.lock object at {:#x}>", this.id())
    }

    /// In a forked child: the lock is free and nobody waits.
    #[py("(self)")]
    fn _at_fork_reinit(py: &mut Py, this: &Ref<Lock>) {
        let lock = this.get_mut(py);
        lock.locked = false;
        lock.line = Line::default();
    }
}

impl NativeType for Lock {
    const NAME: &'static str = "lock";
    const MODULE: &'static str = "_thread";
    const FLAGS: u32 = 0;
    const DOC: Option<&'static str> =
        Some("A lock object is a synchronization primitive.  To create a lock,\ncall threading.Lock().");
}
