//! Waiting for a Python-level lock, the same for both kinds. Whoever is running takes a free lock, so
//! that a release costs nothing; a waiter that found it taken again too often is handed it.

use lockstep_interp::{Guarded, Object, Py, Ref, Result};
use lockstep_sched::{Deadline, Outcome, Wait, WaitKind, WaitQueue};

/// How often waiters may be woken in vain before the lock is handed to one. A thread that takes and
/// gives a lock all the time may lose the interpreter's lock always while it has this one.
const PATIENCE: u32 = 4;

/// The owner of a lock that was handed over until the heir comes; no thread has this number.
const NOBODY: u64 = 0;

/// Those who wait for a lock.
#[derive(Default)]
pub struct Line {
    queue: WaitQueue,
    /// How often one of them was woken and found the lock taken, since the last one got it.
    vain: u32,
    /// The lock counts as taken and belongs to whichever woken waiter comes first.
    handed: bool,
}

/// A lock with a line of waiters.
pub trait Taken: Object<Access = Guarded> {
    /// Takes the lock if it is free.
    fn try_take(&mut self, thread: u64) -> bool;
    /// Takes the lock, free or not.
    fn take_over(&mut self, thread: u64);
    /// Lets go of the lock.
    fn set_free(&mut self);
    /// The thread that has it, for reports.
    fn owner(&self) -> u64;
    /// The waiters.
    fn line(&mut self) -> &mut Line;
    /// Their queue.
    fn queue(&mut self) -> &mut WaitQueue {
        &mut self.line().queue
    }
}

impl Line {
    /// Whether somebody waits.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// The lock was given back, by whomever: it is nobody's heritage any more.
    #[inline(always)]
    pub fn was_freed(&mut self) {
        self.handed = false;
    }
}

/// Takes a lock that was handed to the waiters.
fn inherit<T: Taken>(lock: &mut T, thread: u64) -> bool {
    let handed = std::mem::take(&mut lock.line().handed);
    if handed {
        lock.take_over(thread);
    }
    handed
}

/// Waits for the lock and takes it; false if the deadline came first.
#[cold]
#[inline(never)]
pub fn wait_for<T: Taken>(py: &mut Py, this: &Ref<T>, deadline: Deadline) -> Result<bool> {
    let id = py.thread_id();
    let (mut woken, mut front) = (false, false);
    loop {
        let lock = this.get_mut(py);
        if woken && inherit(lock, id) || lock.try_take(id) {
            lock.line().vain = 0;
            return Ok(true);
        }
        if woken {
            lock.line().vain += 1;
        }
        let wait = Wait::new(WaitKind::Lock).object(this.id()).owner(this.get(py).owner()).until(deadline);
        let outcome = py.wait_in(this, T::queue, front, &wait)?;
        woken = outcome == Outcome::Woken;
        // Who was woken once keeps the first place.
        front |= woken;
        if outcome == Outcome::TimedOut {
            return Ok(this.get_mut(py).try_take(id));
        }
    }
}

/// The lock is free and somebody waits: wakes the first, or hands it over.
#[inline(never)]
pub fn call_next<T: Taken>(py: &mut Py, this: &Ref<T>) {
    let lock = this.get_mut(py);
    let line = lock.line();
    let hand = line.vain >= PATIENCE;
    if hand {
        line.vain = 0;
        line.handed = true;
        // Nobody's yet: the first in the queue may have given up just now, and then it is the next who
        // comes.
        lock.take_over(NOBODY);
    }
    if py.wake_in(this, T::queue, 1) == 0 && hand {
        let lock = this.get_mut(py);
        lock.line().handed = false;
        lock.set_free();
    }
}
