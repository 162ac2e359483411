//! Queues of threads that wait for a Python-level event: a plain field of a
//! lock, condition or queue object, protected by the GIL and nothing else.
//! Waking a thread moves it into the queue for the GIL; it sleeps on until it
//! owns the GIL, so a wake-up costs one system call and no stampede.

use crate::gil::Seat;
use crate::handle::ThreadHandle;
use std::collections::VecDeque;
use std::sync::Arc;

/// The waiters of one object, in order. Empty costs no allocation.
///
/// ```
/// use lockstep_sched::{Config, Outcome, Sched, ThreadKind, Wait, WaitKind, WaitQueue};
/// let sched = Sched::new(Config::default());
/// let me = sched.attach(ThreadKind::Main).unwrap();
/// me.acquire();
/// let mut queue = WaitQueue::new();
/// let deadline = sched.clock().after(std::time::Duration::from_millis(1));
/// let place = queue.join(&me);
/// let outcome = me.wait_on(place, &Wait::new(WaitKind::Lock).until(deadline));
/// assert_eq!(outcome, Outcome::TimedOut);
/// queue.leave(&me); // needed unless Woken
/// assert!(queue.is_empty());
/// me.release();
/// ```
#[derive(Debug, Default)]
pub struct WaitQueue {
    seats: VecDeque<Arc<Seat>>,
}

/// The proof that a thread has taken its place in a [`WaitQueue`]; spent by
/// [`ThreadHandle::wait_on`].
#[derive(Debug)]
#[must_use = "a place in a queue is taken in order to wait on it"]
pub struct Place(());

impl Place {
    pub(crate) fn spend(self) {}
}

impl WaitQueue {
    /// A queue without waiters.
    pub const fn new() -> Self {
        WaitQueue { seats: VecDeque::new() }
    }

    /// Takes the last place. Follow it by `wait_on`, and by `leave` unless
    /// the outcome was `Woken`.
    pub fn join(&mut self, thread: &ThreadHandle) -> Place {
        thread.assert_held();
        self.seats.push_back(thread.seat().clone());
        Place(())
    }

    /// Takes the first place: for a woken thread that found the lock taken
    /// again, so that barging does not cost it its turn.
    pub fn join_front(&mut self, thread: &ThreadHandle) -> Place {
        thread.assert_held();
        self.seats.push_front(thread.seat().clone());
        Place(())
    }

    /// Gives up the place, after a time-out or an interruption.
    pub fn leave(&mut self, thread: &ThreadHandle) {
        thread.assert_held();
        self.seats.retain(|seat| !Arc::ptr_eq(seat, thread.seat()));
        if self.seats.is_empty() {
            self.seats = VecDeque::new();
        }
    }

    /// Wakes the first waiter that still waits. `false` if there was none.
    pub fn wake_one(&mut self, thread: &ThreadHandle) -> bool {
        self.wake(thread, 1) == 1
    }

    /// Wakes all waiters; returns how many.
    pub fn wake_all(&mut self, thread: &ThreadHandle) -> usize {
        self.wake(thread, usize::MAX)
    }

    /// Wakes at most `count` waiters, first come first served; returns how
    /// many. A waiter whose deadline or a request was first does not count.
    pub fn wake(&mut self, thread: &ThreadHandle, count: usize) -> usize {
        if self.seats.is_empty() {
            return 0;
        }
        thread.assert_held();
        let mut woken = 0;
        while woken < count {
            let Some(seat) = self.seats.pop_front() else {
                break;
            };
            if thread.gil().wake(&seat) {
                woken += 1;
            }
        }
        woken
    }

    /// Whether nobody stands in the queue.
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// How many stand in the queue (one whose time has just run out is still
    /// counted until it leaves).
    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// The numbers of the waiting threads, in order: for reports.
    pub fn threads(&self) -> impl Iterator<Item = u64> + '_ {
        self.seats.iter().map(|seat| seat.id)
    }
}
