//! `_thread.RLock`: a lock that its owner may take again.

use lockstep_interp::object::raise::{overflow_error, runtime_error, type_error};
use lockstep_interp::object::{NativeType, Type};
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Guarded, Object, Py, Ref, Result, Value, methods};
use lockstep_sched::Deadline;

use super::line::{self, Line, Taken, wait_for};
use super::timeout;

/// The payload of a reentrant lock.
#[derive(Default)]
pub struct RLock {
    /// The thread that has it; meaningless while `count` is zero.
    owner: u64,
    count: u64,
    line: Line,
}

impl Object for RLock {
    type Access = Guarded;
}

impl RLock {
    pub(super) fn is_owned_by(&self, thread: u64) -> bool {
        self.count > 0 && self.owner == thread
    }
}

impl Taken for RLock {
    #[inline(always)]
    fn try_take(&mut self, thread: u64) -> bool {
        let mine = self.count == 0 || self.owner == thread;
        if mine {
            self.owner = thread;
            self.count += 1;
        }
        mine
    }
    fn take_over(&mut self, thread: u64) {
        self.owner = thread;
        self.count = 1;
    }
    fn set_free(&mut self) {
        self.count = 0;
    }
    fn owner(&self) -> u64 {
        self.owner
    }
    fn line(&mut self) -> &mut Line {
        &mut self.line
    }
}

#[inline]
pub(super) fn take(py: &mut Py, this: &Ref<RLock>) -> Result<bool> {
    let id = py.thread_id();
    if this.get_mut(py).try_take(id) { Ok(true) } else { wait_for(py, this, Deadline::NEVER) }
}

#[inline]
pub(super) fn give(py: &mut Py, this: &Ref<RLock>) -> Result<()> {
    let id = py.thread_id();
    let lock = this.get_mut(py);
    if !lock.is_owned_by(id) {
        return Err(runtime_error("cannot release un-acquired lock"));
    }
    lock.count -= 1;
    if lock.count == 0 && !lock.line.is_empty() {
        line::call_next(py, this);
    }
    Ok(())
}

#[methods]
impl RLock {
    #[staticmethod("(cls, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>) -> Value {
        py.make_in(cls, RLock::default()).into_value()
    }

    /// Lock the lock.  `blocking` indicates whether we should wait
    /// for the lock to be available or not.  If `blocking` is False
    /// and another thread holds the lock, the method will return False
    /// immediately.  If `blocking` is True and another thread holds
    /// the lock, the method will wait for the lock to be released,
    /// take it and then return True.
    #[py("(self, blocking=True, timeout=-1)")]
    fn acquire(py: &mut Py, this: &Ref<RLock>, blocking: &Value, timeout: &Value) -> Result<bool> {
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
    /// the lock to acquire the lock.  The lock must be in the locked state,
    /// and must be locked by the same thread that unlocks it; otherwise a
    /// `RuntimeError` is raised.
    #[py("(self)")]
    fn release(py: &mut Py, this: &Ref<RLock>) -> Result<()> {
        give(py, this)
    }

    /// Lock the lock.
    #[py("(self)")]
    fn __enter__(py: &mut Py, this: &Ref<RLock>) -> Result<bool> {
        take(py, this)
    }

    /// Release the lock.
    #[py("(self, exc_type=None, exc_value=None, exc_traceback=None, /)")]
    fn __exit__(py: &mut Py, this: &Ref<RLock>, _a: &Value, _b: &Value, _c: &Value) -> Result<()> {
        give(py, this)
    }

    /// Return a boolean indicating whether this object is locked right now.
    #[py("(self)")]
    fn locked(py: &mut Py, this: &Ref<RLock>) -> bool {
        this.get(py).count > 0
    }

    /// For internal use by `threading.Condition`.
    #[py("(self)")]
    fn _is_owned(py: &mut Py, this: &Ref<RLock>) -> bool {
        let id = py.thread_id();
        this.get(py).is_owned_by(id)
    }

    /// For internal use by reentrancy checks.
    #[py("(self)")]
    fn _recursion_count(py: &mut Py, this: &Ref<RLock>) -> u64 {
        let id = py.thread_id();
        let lock = this.get(py);
        if lock.is_owned_by(id) { lock.count } else { 0 }
    }

    /// For internal use by `threading.Condition`.
    #[py("(self, state, /)")]
    fn _acquire_restore(py: &mut Py, this: &Ref<RLock>, state: &Value) -> Result<()> {
        let Some(pair) = state.downcast::<Tuple>() else {
            return Err(type_error(format!("_acquire_restore() argument 1 must be tuple, not {}", py.type_name(state))));
        };
        let number = |k: usize| pair.slice().get(k).and_then(Value::as_small_int);
        let (Some(count), Some(owner)) = (number(0), number(1)) else {
            return Err(type_error("'_acquire_restore' needs a tuple of two ints"));
        };
        if count < 1 || owner < 0 {
            return Err(overflow_error("can't convert negative value to unsigned int"));
        }
        take(py, this)?;
        let lock = this.get_mut(py);
        lock.count = count as u64;
        lock.owner = owner as u64;
        Ok(())
    }

    /// For internal use by `threading.Condition`.
    #[py("(self)")]
    fn _release_save(py: &mut Py, this: &Ref<RLock>) -> Result<Value> {
        let lock = this.get_mut(py);
        if lock.count == 0 {
            return Err(runtime_error("cannot release un-acquired lock"));
        }
        let (count, owner) = (std::mem::take(&mut lock.count), std::mem::take(&mut lock.owner));
        lock.line.was_freed();
        line::call_next(py, this);
        let pair = vec![py.int(count as i64), py.int(owner as i64)];
        Ok(py.tuple(pair))
    }

    #[py("(self)")]
    fn __repr__(py: &mut Py, this: &Ref<RLock>) -> String {
        let lock = this.get(py);
        let state = if lock.count > 0 { "locked" } else { "unlocked" };
        let owner = if lock.count > 0 { lock.owner } else { 0 };
        let class = match py.is_exact::<RLock>(this.as_value()) {
            true => "_thread.RLock".to_owned(),
            false => py.type_name(this.as_value()),
        };
        format!("<{state} {class} object owner={owner} count={} at {:#x}>", lock.count, this.id())
    }

    /// In a forked child: the lock is free and nobody waits.
    #[py("(self)")]
    fn _at_fork_reinit(py: &mut Py, this: &Ref<RLock>) {
        *this.get_mut(py) = RLock::default();
    }
}

impl NativeType for RLock {
    const NAME: &'static str = "RLock";
    const MODULE: &'static str = "_thread";
    const DICT: bool = false;
}
