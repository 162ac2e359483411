//! The global interpreter lock: who owns it, who waits, how it changes hands.
//! A grant is ownership: `LOCKED` stays set through a hand-over, so nobody
//! barges in. Slices and their clock are the door's business, the order of
//! waiters the policy's. The models in `tests/` check this file.

use crate::parker::Word;
use crate::patience::Awake;
use crate::policy::{Arrival, Policy};
use crate::sync::{AtomicU32, Leaf, Ordering, fence};
use std::sync::Arc;

/// Breaker bit: a thread back from IO waits for the lock.
pub const IO_WAITER: u32 = 1;
/// Breaker bit: a busy thread waits for the lock.
pub const CPU_WAITER: u32 = 1 << 1;
/// The breaker bits that belong to the queues.
pub const WAITERS: u32 = IO_WAITER | CPU_WAITER;

/// The lock is owned.
const LOCKED: u32 = 1;
/// Somebody waits: a release must go through the queues.
const QUEUED: u32 = 2;
/// Finalisation has begun: the lock is for the finaliser alone.
const FINAL: u32 = 4;

/// What a seat's word says about its thread. `PARKED` and `DEAF` are flags on
/// top.
///
/// ```text
/// RUNNING -> LINED (wants the lock) -> GRANTED -> RUNNING
/// RUNNING -> WAITING (on a queue, asleep) -> LINED       by a waker
///                                         -> TIMED_OUT   by the thread itself
///                                         -> INTERRUPTED by a kick
/// RUNNING -> BLOCKED (in a system call) -> RUNNING
/// any -> DENIED (finalisation), DEAD (did not survive a fork)
/// ```
pub mod state {
    /// Has the lock, or does nothing that anyone need know of.
    pub const RUNNING: u32 = 0;
    /// Stands in a queue for the lock.
    pub const LINED: u32 = 1;
    /// Owns the lock and does not know it yet.
    pub const GRANTED: u32 = 2;
    /// Waits for a Python-level event.
    pub const WAITING: u32 = 3;
    /// Gave up waiting for an event: its deadline came.
    pub const TIMED_OUT: u32 = 4;
    /// Was kicked out of its wait by a request.
    pub const INTERRUPTED: u32 = 5;
    /// Is in a system call, without the lock.
    pub const BLOCKED: u32 = 6;
    /// Will never get the lock: the interpreter is being finalised.
    pub const DENIED: u32 = 7;
    /// Its thread does not exist in this process.
    pub const DEAD: u32 = 8;
    /// The states proper.
    pub const MASK: u32 = 0xff;
    /// Flag: the thread sleeps on the word (a grant must wake it).
    pub const PARKED: u32 = 0x100;
    /// Flag: requests must not end this wait.
    pub const DEAF: u32 = 0x200;
}
use state::{BLOCKED, DEAF, DENIED, GRANTED, INTERRUPTED, LINED, MASK, PARKED, RUNNING, TIMED_OUT, WAITING};

/// A thread's place in the lock room, shared with those who grant and wake.
#[derive(Debug)]
pub struct Seat {
    /// The thread's number in its interpreter.
    pub id: u64,
    /// What the thread does, and where it sleeps; see [`state`].
    pub word: Word,
    /// Requests addressed to this thread (breaker bits).
    pub pending: AtomicU32,
    /// The kernel's number of the thread; zero before it runs.
    pub tid: AtomicU32,
}

impl Seat {
    /// A seat for thread `id`.
    pub fn new(id: u64) -> Self {
        Seat { id, word: Word::new(RUNNING), pending: AtomicU32::new(0), tid: AtomicU32::new(0) }
    }

    /// Moves a waiting thread to `to`; exactly one of waker, kick and time-out
    /// succeeds. Returns the flags the word carried.
    fn settle(&self, to: u32, deaf_too: bool) -> Option<u32> {
        let mut word = self.word.load(Ordering::Acquire);
        loop {
            if word & MASK != WAITING || (!deaf_too && word & DEAF != 0) {
                return None;
            }
            match self.word.replace(word, to | (word & PARKED)) {
                Ok(_) => return Some(word),
                Err(now) => word = now,
            }
        }
    }

    /// Ends the thread's wait because of a request. Returns `false` if it does
    /// not wait on its word. Safe in a signal handler.
    pub fn kick(&self) -> bool {
        match self.settle(INTERRUPTED, false) {
            Some(word) => {
                if word & PARKED != 0 {
                    self.word.wake();
                }
                true
            }
            None => false,
        }
    }

    /// Whether the thread is in a system call behind the door.
    pub fn is_blocked(&self) -> bool {
        self.word.load(Ordering::Relaxed) & MASK == BLOCKED
    }
}

/// The lock will never be granted to this thread: finalisation has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denied;

/// How a wait for an event ended; the lock is held again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// Somebody woke this thread.
    Woken,
    /// The deadline came first.
    TimedOut,
    /// A request came first: look at the requests, then wait again or give up.
    Interrupted,
}

struct Queues {
    policy: Box<dyn Policy>,
    /// The seat that may still have the lock once `FINAL` is set.
    finaliser: u64,
}

/// The lock.
pub struct Gil {
    /// `LOCKED`, `QUEUED`, `FINAL`. `QUEUED` and `FINAL` change only under
    /// `queues`, and `QUEUED` is set only while `LOCKED` is: so a release
    /// whose compare-and-swap succeeds has left nobody in a queue.
    word: AtomicU32,
    /// What the machine looks at every N bytecodes. The `WAITERS` bits change
    /// only under `queues`.
    breaker: AtomicU32,
    queues: Leaf<Queues>,
    /// Whether the present owner goes before waiting IO threads: written
    /// under `queues`, read by the owner.
    guarded: AtomicU32,
}

impl Gil {
    /// A free lock whose waiters `policy` orders.
    pub fn new(policy: Box<dyn Policy>) -> Self {
        Gil {
            word: AtomicU32::new(0),
            breaker: AtomicU32::new(0),
            queues: Leaf::new(Queues { policy, finaliser: 0 }),
            guarded: AtomicU32::new(0),
        }
    }

    /// The request bits; zero means that the machine goes on.
    #[inline]
    pub fn breaker(&self) -> &AtomicU32 {
        &self.breaker
    }

    /// Room for `threads` waiters, so that queueing never allocates.
    pub fn reserve(&self, threads: usize) {
        self.queues.lock().policy.reserve(threads);
    }

    /// Takes the lock if it is free.
    #[inline]
    pub fn try_acquire(&self) -> bool {
        self.word.compare_exchange(0, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Gives the lock back if nobody waits for it.
    #[inline]
    pub fn try_release(&self) -> bool {
        self.word.compare_exchange(LOCKED, 0, Ordering::Release, Ordering::Relaxed).is_ok()
    }

    /// Takes the lock, waiting in the queue that `arrival` names. Stays
    /// awake at first as long as `awake` lets it.
    pub fn acquire(&self, seat: &Arc<Seat>, arrival: Arrival, awake: &mut Awake) -> Result<(), Denied> {
        if self.try_acquire() {
            return Ok(());
        }
        {
            let mut queues = self.queues.lock();
            let mut word = self.word.load(Ordering::Relaxed);
            loop {
                if word & FINAL != 0 && queues.finaliser != seat.id {
                    return Err(Denied);
                }
                let free = word & LOCKED == 0;
                let wish = if free { word | LOCKED } else { word | QUEUED };
                match self.word.compare_exchange(word, wish, Ordering::Acquire, Ordering::Relaxed) {
                    Ok(_) if free => return Ok(()),
                    Ok(_) => break,
                    Err(now) => word = now,
                }
            }
            self.line_up(&mut queues, seat, arrival);
        }
        self.sleep_until_granted(seat, awake)
    }

    /// Gives the lock to the next in line, or back.
    #[inline]
    pub fn release(&self) {
        if !self.try_release() {
            self.release_to_next();
        }
    }

    /// The slow half of `release`: somebody may wait.
    pub fn release_to_next(&self) {
        let mut queues = self.queues.lock();
        let next = self.choose(&mut queues);
        if let Some(next) = next {
            self.announce(&queues);
            drop(queues);
            grant(&next);
        } else {
            self.word.fetch_and(!(LOCKED | QUEUED), Ordering::Release);
        }
    }

    /// Lets the next in line run and queues up as `arrival`. `Ok(false)` if
    /// nobody waits, or the policy says so; the lock is then kept. `awake`: see `acquire`.
    pub fn hand_over(&self, seat: &Arc<Seat>, arrival: Arrival, awake: &mut Awake) -> Result<bool, Denied> {
        let next = {
            let mut queues = self.queues.lock();
            if queues.policy.stays() {
                return Ok(false);
            }
            let Some(next) = self.choose(&mut queues) else {
                return Ok(false);
            };
            self.line_up(&mut queues, seat, arrival);
            next
        };
        grant(&next);
        self.sleep_until_granted(seat, awake).map(|()| true)
    }

    /// Sleeps without the lock until woken, kicked or out of time, and takes
    /// the lock back. The caller holds the lock and has put its seat wherever
    /// a waker will look. A `deaf` wait is not ended by requests. `awake`: see
    /// `acquire`.
    pub fn wait(&self, seat: &Arc<Seat>, deadline: u64, deaf: bool, awake: &mut Awake) -> Result<Outcome, Denied> {
        let flag = if deaf { DEAF } else { 0 };
        seat.word.store(WAITING | flag, Ordering::Release);
        // Pairs with the fence in `post`: either we see the request here, or
        // its sender sees us waiting.
        fence(Ordering::SeqCst);
        if !deaf && seat.pending.load(Ordering::Relaxed) != 0 {
            seat.word.store(RUNNING, Ordering::Release);
            return Ok(Outcome::Interrupted);
        }
        self.release();
        let outcome = loop {
            let word = seat.word.load(Ordering::Acquire);
            match word & MASK {
                WAITING if awake.look() => {}
                WAITING if awake.is_over() => {
                    if seat.settle(TIMED_OUT, true).is_some() {
                        break Outcome::TimedOut;
                    }
                }
                WAITING => {
                    let parked = word | PARKED;
                    if word != parked && seat.word.replace(word, parked).is_err() {
                        continue;
                    }
                    let busy = self.word.load(Ordering::Relaxed) & LOCKED != 0;
                    let in_time = seat.word.sleep_while(parked, awake.alarm(deadline, busy));
                    if !in_time && !awake.is_early(deadline) && seat.settle(TIMED_OUT, true).is_some() {
                        break Outcome::TimedOut;
                    }
                }
                INTERRUPTED => break Outcome::Interrupted,
                // A waker moved us into the queue for the lock.
                _ => {
                    awake.forget_deadline();
                    return self.sleep_until_granted(seat, awake).map(|()| Outcome::Woken);
                }
            }
        };
        self.acquire(seat, Arrival::Io, awake)?;
        seat.word.store(RUNNING, Ordering::Relaxed);
        Ok(outcome)
    }

    /// Ends the wait of `seat` by moving it into the queue for the lock; it
    /// sleeps on until it owns the lock. The caller holds the lock. `false` if
    /// the thread no longer waits: its deadline or a request was first.
    pub fn wake(&self, seat: &Arc<Seat>) -> bool {
        if seat.settle(LINED, true).is_none() {
            return false;
        }
        let mut queues = self.queues.lock();
        if self.word.load(Ordering::Relaxed) & FINAL != 0 && queues.finaliser != seat.id {
            drop(queues);
            deny(seat);
        } else {
            self.word.fetch_or(QUEUED, Ordering::Relaxed);
            queues.policy.arrive(seat.clone(), Arrival::Woken);
            self.announce(&queues);
        }
        true
    }

    /// Addresses a request to a thread. Returns `false` if the thread did not
    /// sleep on its word, so that the caller may have to end a system call.
    /// Safe in a signal handler.
    pub fn post(&self, seat: &Seat, bit: u32) -> bool {
        seat.pending.fetch_or(bit, Ordering::Release);
        self.breaker.fetch_or(bit, Ordering::Release);
        fence(Ordering::SeqCst);
        seat.kick()
    }

    /// Takes `bit` back from `seat`, and from the breaker unless `others` have
    /// it too. The breaker goes first: a sender sets the thread's bit before
    /// the breaker's, so whichever of the two we miss, the other is seen.
    pub fn retract<'a>(&self, seat: &Seat, bit: u32, others: impl Iterator<Item = &'a Arc<Seat>>) -> bool {
        let had = seat.pending.fetch_and(!bit, Ordering::AcqRel) & bit != 0;
        self.breaker.fetch_and(!bit, Ordering::AcqRel);
        for other in others {
            if other.pending.load(Ordering::Acquire) & bit != 0 {
                self.breaker.fetch_or(bit, Ordering::Release);
            }
        }
        // The sender may have come back between our two steps.
        if seat.pending.load(Ordering::Acquire) & bit != 0 {
            self.breaker.fetch_or(bit, Ordering::Release);
        }
        had
    }

    /// From now on nobody but `seat`, which holds the lock, is granted it.
    pub fn begin_finalize(&self, seat: &Arc<Seat>) {
        let mut denied = Vec::new();
        {
            let mut queues = self.queues.lock();
            queues.finaliser = seat.id;
            self.word.fetch_or(FINAL, Ordering::Relaxed);
            self.word.fetch_and(!QUEUED, Ordering::Relaxed);
            queues.policy.drain(&mut |seat| denied.push(seat));
            self.announce(&queues);
        }
        for seat in &denied {
            deny(seat);
        }
    }

    /// Whether the owner, who was just granted the lock, was served before
    /// waiting IO threads.
    pub fn is_guarded(&self) -> bool {
        self.guarded.load(Ordering::Relaxed) != 0
    }

    /// Whether finalisation has begun.
    pub fn is_final(&self) -> bool {
        self.word.load(Ordering::Relaxed) & FINAL != 0
    }

    /// In a forked child, where only the caller lives: it owns the lock and
    /// nobody waits. A finalisation under way stays so.
    pub fn reset_owned(&self, seat: &Arc<Seat>) {
        let mut queues = self.queues.lock();
        queues.policy.drain(&mut |_| ());
        self.word.fetch_and(!QUEUED, Ordering::Relaxed);
        self.word.fetch_or(LOCKED, Ordering::Relaxed);
        self.breaker.store(queues.policy.wanted(), Ordering::Relaxed);
        seat.word.store(RUNNING, Ordering::Relaxed);
    }

    /// Keeps the queues still while `during` runs (a fork).
    pub fn with_queues_still<R>(&self, during: impl FnOnce() -> R) -> R {
        let guard = self.queues.lock();
        let result = during();
        drop(guard);
        result
    }

    fn choose(&self, queues: &mut Queues) -> Option<Arc<Seat>> {
        let next = queues.policy.next();
        self.guarded.store(u32::from(queues.policy.passed_io()), Ordering::Relaxed);
        next
    }

    fn line_up(&self, queues: &mut Queues, seat: &Arc<Seat>, arrival: Arrival) {
        seat.word.store(LINED, Ordering::Relaxed);
        queues.policy.arrive(seat.clone(), arrival);
        self.announce(queues);
    }

    /// Brings the lock's word and the breaker in line with the queues.
    fn announce(&self, queues: &Queues) {
        let wanted = queues.policy.wanted() & WAITERS;
        if wanted == 0 {
            self.word.fetch_and(!QUEUED, Ordering::Relaxed);
        }
        let now = self.breaker.load(Ordering::Relaxed) & WAITERS;
        if now & !wanted != 0 {
            self.breaker.fetch_and(!(now & !wanted), Ordering::Relaxed);
        }
        if wanted & !now != 0 {
            self.breaker.fetch_or(wanted & !now, Ordering::Relaxed);
        }
    }

    fn sleep_until_granted(&self, seat: &Seat, awake: &mut Awake) -> Result<(), Denied> {
        loop {
            let word = seat.word.load(Ordering::Acquire);
            match word & MASK {
                GRANTED => {
                    seat.word.store(RUNNING, Ordering::Relaxed);
                    return Ok(());
                }
                DENIED => return Err(Denied),
                _ if awake.look() => {}
                _ => {
                    let parked = word | PARKED;
                    if word == parked || seat.word.replace(word, parked).is_ok() {
                        seat.word.sleep_while(parked, u64::MAX);
                    }
                }
            }
        }
    }
}

/// Makes `seat` the owner. Release: what this thread wrote, it will see.
fn grant(seat: &Seat) {
    if seat.word.swap(GRANTED, Ordering::Release) & PARKED != 0 {
        seat.word.wake();
    }
}

fn deny(seat: &Seat) {
    if seat.word.swap(DENIED, Ordering::Release) & PARKED != 0 {
        seat.word.wake();
    }
}
