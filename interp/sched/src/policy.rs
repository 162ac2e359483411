//! Who gets the lock next. The free policy: two queues, first come first
//! served in each; a thread back from IO goes before a busy one, but not more
//! than four times in a row. A controlled mode is another `Policy`.

use crate::gil::{CPU_WAITER, IO_WAITER, Seat};
use std::collections::VecDeque;
use std::sync::Arc;

/// How a thread came to stand in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Back from blocking, having held the lock briefly before.
    Io,
    /// Wants to compute: new, woken from a lock, its slice used up, or it
    /// held the lock long before it blocked.
    Cpu,
    /// Was computing when a thread back from IO was let in before it; has a
    /// rest of its slice.
    Interrupted,
}

/// Decides who is granted the lock. Called under the queues' leaf lock: must
/// not block, call the system, or (after `reserve`) allocate.
pub trait Policy: Send {
    /// Makes room so that `threads` waiters can be queued without allocation.
    fn reserve(&mut self, threads: usize);
    /// A thread wants the lock.
    fn arrive(&mut self, seat: Arc<Seat>, arrival: Arrival);
    /// At a check that may hand over: whether the owner keeps the lock. A
    /// policy that draws among all, the owner included, says so here.
    fn stays(&mut self) -> bool {
        false
    }
    /// Takes out the thread to be served; `None` only if nobody waits.
    fn next(&mut self) -> Option<Arc<Seat>>;
    /// Whether the last one served was a busy thread that went before waiting
    /// threads back from IO: it is to run for a moment undisturbed.
    fn passed_io(&self) -> bool {
        false
    }
    /// The breaker bits that the waiters justify; zero when nobody waits.
    /// A policy that wants to be asked at every check may always set one.
    fn wanted(&self) -> u32;
    /// Forgets all waiters (finalisation, fork), handing each to `each`.
    fn drain(&mut self, each: &mut dyn FnMut(Arc<Seat>));
}

/// IO grants in a row before a busy thread is served.
pub const BYPASS: u32 = 4;

/// The policy of free mode.
#[derive(Debug, Default)]
pub struct Free {
    io: VecDeque<Arc<Seat>>,
    cpu: VecDeque<Arc<Seat>>,
    streak: u32,
    passed_io: bool,
}

impl Policy for Free {
    fn reserve(&mut self, threads: usize) {
        // A thread stands in at most one queue; beside the live ones there is
        // at most one newcomer.
        let missing = |queue: &VecDeque<Arc<Seat>>| (threads + 1).saturating_sub(queue.len());
        self.io.reserve(missing(&self.io));
        self.cpu.reserve(missing(&self.cpu));
    }

    fn arrive(&mut self, seat: Arc<Seat>, arrival: Arrival) {
        match arrival {
            Arrival::Io => self.io.push_back(seat),
            Arrival::Cpu => self.cpu.push_back(seat),
            Arrival::Interrupted => self.cpu.push_front(seat),
        }
    }

    fn next(&mut self) -> Option<Arc<Seat>> {
        let io_turn = self.cpu.is_empty() || self.streak < BYPASS;
        if io_turn && let Some(seat) = self.io.pop_front() {
            self.streak += 1;
            self.passed_io = false;
            return Some(seat);
        }
        self.streak = 0;
        self.passed_io = !self.io.is_empty();
        self.cpu.pop_front()
    }

    fn passed_io(&self) -> bool {
        self.passed_io
    }

    fn wanted(&self) -> u32 {
        let io = if self.io.is_empty() { 0 } else { IO_WAITER };
        let cpu = if self.cpu.is_empty() { 0 } else { CPU_WAITER };
        io | cpu
    }

    fn drain(&mut self, each: &mut dyn FnMut(Arc<Seat>)) {
        self.io.drain(..).chain(self.cpu.drain(..)).for_each(each);
        self.streak = 0;
    }
}
