//! Who gets the lock next. The free policy: a thread back from IO goes before
//! others, but not more than four times in a row; then come threads that were
//! woken, then those whose slice is used up. Of the woken the latest batch goes
//! first: producers and consumers who feed each other run in pairs, where a
//! strict order would give everybody a turn to find the queue full or empty
//! and sleep again. After eight such turns the oldest waiter is served. A
//! controlled mode is another `Policy`.

use crate::gil::{CPU_WAITER, IO_WAITER, Seat};
use std::collections::VecDeque;
use std::sync::Arc;

/// How a thread came to stand in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Back from blocking, having held the lock briefly before.
    Io,
    /// Was woken by the owner: it waited for a lock, a condition, an item.
    Woken,
    /// Wants to compute: new, its slice used up, or it held the lock long
    /// before it blocked.
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

/// Turns in a row that go to the latest of the woken.
pub const LATEST: u32 = 8;

/// The policy of free mode.
#[derive(Debug, Default)]
pub struct Free {
    io: VecDeque<Arc<Seat>>,
    cpu: VecDeque<Arc<Seat>>,
    /// With the turn in which they were woken: latest turn first, and within a
    /// turn first come first served.
    woken: VecDeque<(u32, Arc<Seat>)>,
    /// How many of the woken were woken in this turn.
    fresh: usize,
    turn: u32,
    /// Turns in a row of threads back from IO, and of the latest woken.
    streak: u32,
    latest: u32,
    /// Whether the oldest of the woken or of the busy was served last.
    served_woken: bool,
    passed_io: bool,
}

impl Free {
    /// Next of those that are not back from IO.
    fn next_busy(&mut self) -> Option<Arc<Seat>> {
        if self.latest < LATEST
            && let Some((_, seat)) = self.woken.pop_front()
        {
            self.latest += 1;
            return Some(seat);
        }
        self.latest = 0;
        let Some((turn, _)) = self.woken.back() else { return self.cpu.pop_front() };
        self.served_woken = self.cpu.is_empty() || !self.served_woken;
        if !self.served_woken {
            return self.cpu.pop_front();
        }
        let oldest = self.woken.iter().rev().take_while(|(t, _)| t == turn).count();
        self.woken.remove(self.woken.len() - oldest).map(|(_, seat)| seat)
    }
}

impl Policy for Free {
    fn reserve(&mut self, threads: usize) {
        // A thread stands in at most one queue; beside the live ones there is
        // at most one newcomer.
        let missing = |len: usize| (threads + 1).saturating_sub(len);
        self.io.reserve(missing(self.io.len()));
        self.cpu.reserve(missing(self.cpu.len()));
        self.woken.reserve(missing(self.woken.len()));
    }

    fn arrive(&mut self, seat: Arc<Seat>, arrival: Arrival) {
        match arrival {
            Arrival::Io => self.io.push_back(seat),
            Arrival::Woken => {
                self.woken.insert(self.fresh, (self.turn, seat));
                self.fresh += 1;
            }
            Arrival::Cpu => self.cpu.push_back(seat),
            Arrival::Interrupted => self.cpu.push_front(seat),
        }
    }

    fn next(&mut self) -> Option<Arc<Seat>> {
        self.turn = self.turn.wrapping_add(1);
        self.fresh = 0;
        let io_turn = self.streak < BYPASS || self.cpu.is_empty() && self.woken.is_empty();
        if io_turn && let Some(seat) = self.io.pop_front() {
            self.streak += 1;
            self.passed_io = false;
            return Some(seat);
        }
        self.streak = 0;
        self.passed_io = !self.io.is_empty();
        self.next_busy()
    }

    fn passed_io(&self) -> bool {
        self.passed_io
    }

    fn wanted(&self) -> u32 {
        let io = if self.io.is_empty() { 0 } else { IO_WAITER };
        let cpu = if self.cpu.is_empty() && self.woken.is_empty() { 0 } else { CPU_WAITER };
        io | cpu
    }

    fn drain(&mut self, each: &mut dyn FnMut(Arc<Seat>)) {
        let woken = self.woken.drain(..).map(|(_, seat)| seat);
        self.io.drain(..).chain(woken).chain(self.cpu.drain(..)).for_each(each);
        (self.streak, self.latest, self.fresh) = (0, 0, 0);
    }
}
