//! A thread's end of the lock: take it, give it back, look up at a check.
//! Slices are counted here, lazily: the clock is read only while somebody
//! waits for the lock.

use crate::gil::{CPU_WAITER, Gil, IO_WAITER, Seat, WAITERS, state};
use crate::interrupt::Requests;
use crate::patience::{Awake, Patience};
use crate::policy::Arrival;
use crate::registry::{Sched, Thread, ThreadInfo};
use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// A thread that held the lock no longer than this (nanoseconds) before it
/// blocked comes back as an IO thread.
const BRIEF: u64 = 500_000;
/// A busy thread that was served after a row of IO threads runs at least this
/// long (nanoseconds) before the next IO thread.
const GUARD: u64 = 50_000;
/// Checks between two looks at the clock, at most.
const MAX_STRIDE: u32 = 16;

/// The calling OS thread, attached to an interpreter. Dropping it detaches.
pub struct ThreadHandle {
    sched: Arc<Sched>,
    thread: Arc<Thread>,
    held: Cell<bool>,
    detached: Cell<bool>,
    /// Nanoseconds left of the slice when the present run began.
    left: Cell<u64>,
    /// When the present run began; zero: not known, nobody waited then.
    start: Cell<u64>,
    /// Checks to let pass before the clock is read again, how many it was
    /// last time, and when that was.
    skip: Cell<u32>,
    stride: Cell<u32>,
    looked: Cell<u64>,
    /// How long this run is safe from threads back from IO.
    guard: Cell<u64>,
    /// Whether a short wait is worth staying awake.
    patience: Patience,
    /// In which queue the next acquisition waits.
    arrival: Cell<Arrival>,
    not_send: PhantomData<*const ()>,
}

impl ThreadHandle {
    pub(crate) fn enter(sched: Arc<Sched>, thread: Arc<Thread>) -> Self {
        // SAFETY: no arguments, no memory.
        let tid = unsafe { libc::syscall(libc::SYS_gettid) };
        thread.seat.tid.store(tid as u32, Ordering::Relaxed);
        ThreadHandle {
            sched,
            thread,
            held: Cell::new(false),
            detached: Cell::new(false),
            left: Cell::new(0),
            start: Cell::new(0),
            skip: Cell::new(0),
            stride: Cell::new(0),
            looked: Cell::new(0),
            guard: Cell::new(0),
            patience: Patience::new(),
            arrival: Cell::new(Arrival::Cpu),
            not_send: PhantomData,
        }
    }

    /// The interpreter's scheduler.
    pub fn sched(&self) -> &Arc<Sched> {
        &self.sched
    }

    /// This thread's number in its interpreter.
    pub fn id(&self) -> u64 {
        self.seat().id
    }

    /// The kernel's number of this thread.
    pub fn native_id(&self) -> u32 {
        self.seat().tid.load(Ordering::Relaxed)
    }

    /// Whether this is the main thread.
    pub fn is_main(&self) -> bool {
        self.sched.main_id() == self.id()
    }

    /// What a dump shows of this thread.
    pub fn info(&self) -> ThreadInfo {
        self.thread.info()
    }

    /// Whether this thread holds the lock.
    pub fn is_held(&self) -> bool {
        self.held.get()
    }

    /// The breaker; see [`Sched::breaker`].
    #[inline]
    pub fn breaker(&self) -> &AtomicU32 {
        self.sched.breaker()
    }

    pub(crate) fn seat(&self) -> &Arc<Seat> {
        &self.thread.seat
    }

    pub(crate) fn thread(&self) -> &Arc<Thread> {
        &self.thread
    }

    pub(crate) fn gil(&self) -> &Gil {
        &self.sched.gil
    }

    #[inline]
    pub(crate) fn assert_held(&self) {
        assert!(self.held.get(), "the lock must be held here");
    }

    /// Takes the lock. If finalisation has begun, this never returns: see
    /// [`ThreadHandle::begin_finalize`]. Panics if the thread has the lock.
    #[inline]
    pub fn acquire(&self) {
        assert!(!self.held.get(), "the lock is not recursive");
        if self.gil().try_acquire() {
            self.start.set(0);
            self.guard.set(0);
            self.left.set(self.sched.slice.load(Ordering::Relaxed));
        } else {
            self.acquire_slow();
        }
        self.held.set(true);
    }

    #[cold]
    fn acquire_slow(&self) {
        let arrival = self.arrival.get();
        // The owner looks at the breaker every microsecond or so and lets a
        // thread back from IO in at once.
        let mut awake = if arrival == Arrival::Io { Awake::briefly() } else { Awake::not() };
        if self.gil().acquire(self.seat(), arrival, &mut awake).is_err() {
            hang();
        }
        self.begin_run(self.sched.slice.load(Ordering::Relaxed));
    }

    /// Gives the lock back. Panics if the thread does not have it.
    #[inline]
    pub fn release(&self) {
        self.assert_held();
        self.held.set(false);
        self.arrival.set(Arrival::Io);
        if !self.gil().try_release() {
            self.release_slow();
        }
    }

    #[cold]
    fn release_slow(&self) {
        self.note_run();
        self.gil().release_to_next();
    }

    /// Decides how this thread comes back after it gives the lock up by
    /// itself: as an IO thread, if it held the lock briefly.
    pub(crate) fn note_run(&self) {
        let start = self.start.get();
        let brief = start == 0 || self.sched.clock.now().saturating_sub(start) <= BRIEF;
        self.arrival.set(if brief { Arrival::Io } else { Arrival::Cpu });
    }

    /// Starts counting a slice of which `left` nanoseconds remain.
    pub(crate) fn begin_run(&self, left: u64) {
        let now = self.sched.clock.now();
        self.start.set(now);
        self.looked.set(now);
        self.left.set(left);
        self.guard.set(if self.gil().is_guarded() { GUARD } else { 0 });
        self.skip.set(0);
        self.stride.set(0);
    }

    /// To be called when the breaker is not zero: lets another thread run if
    /// it is due, and says what else is requested of this thread.
    pub fn check(&self) -> Requests {
        debug_assert!(self.held.get(), "the lock must be held here");
        let bits = self.breaker().load(Ordering::Relaxed);
        if bits & WAITERS != 0 {
            self.consider(bits);
        }
        self.requests()
    }

    fn consider(&self, bits: u32) {
        let slice = self.sched.slice.load(Ordering::Relaxed);
        if bits & IO_WAITER == 0 {
            if slice == 0 {
                return self.hand_over(Arrival::Cpu, 0);
            }
            if let skip @ 1.. = self.skip.get() {
                self.skip.set(skip - 1);
                return;
            }
        }
        let now = self.sched.clock.now();
        if self.start.get() == 0 {
            // Nobody waited so far: the slice begins to count now.
            self.start.set(now);
            self.looked.set(now);
        }
        let used = now.saturating_sub(self.start.get());
        let left = self.left.get().saturating_sub(used);
        if left == 0 {
            self.hand_over(Arrival::Cpu, slice);
        } else if bits & IO_WAITER != 0 {
            if used >= self.guard.get() {
                self.hand_over(Arrival::Interrupted, left);
            }
        } else {
            self.lengthen_stride(now, bits);
        }
    }

    /// Reads the clock less often while checks come quickly: a slice is
    /// thousands of checks long.
    fn lengthen_stride(&self, now: u64, bits: u32) {
        debug_assert!(bits & CPU_WAITER != 0);
        let passed = now.saturating_sub(self.looked.replace(now));
        let stride = if passed < 20_000 { (self.stride.get() * 2 + 1).min(MAX_STRIDE) } else { 0 };
        self.stride.set(stride);
        self.skip.set(stride);
    }

    fn hand_over(&self, arrival: Arrival, left: u64) {
        self.held.set(false);
        let result = match arrival {
            // An IO thread will be done soon.
            Arrival::Interrupted => self.gil().hand_over(self.seat(), arrival, &mut Awake::briefly()),
            // Without slices the turns are short.
            _ if left == 0 => self.patience.stay(|awake| self.gil().hand_over(self.seat(), arrival, awake)),
            _ => self.gil().hand_over(self.seat(), arrival, &mut Awake::not()),
        };
        match result {
            Ok(_) => {
                self.held.set(true);
                self.begin_run(left);
            }
            Err(_) => hang(),
        }
    }

    /// Lets whoever waits for the lock run first, as `time.sleep(0)` does.
    pub fn yield_now(&self) -> Requests {
        self.assert_held();
        if self.breaker().load(Ordering::Relaxed) & WAITERS != 0 {
            self.hand_over(Arrival::Cpu, self.sched.slice.load(Ordering::Relaxed));
        }
        self.requests()
    }

    /// Begins the end of the interpreter: from now on nobody but this thread
    /// is granted the lock. Other threads that want it stop for ever where
    /// they ask, without unwinding.
    pub fn begin_finalize(&self) {
        self.assert_held();
        self.gil().begin_finalize(self.seat());
    }

    /// How many other threads finalisation should wait for.
    pub fn unfinished(&self) -> Vec<u64> {
        let threads = self.sched.threads.lock();
        let counted = |thread: &&Arc<Thread>| {
            thread.seat.id != self.id()
                && matches!(thread.kind, crate::ThreadKind::Python { .. })
                && !thread.daemon.load(Ordering::Relaxed)
        };
        threads.values().filter(counted).map(|thread| thread.seat.id).collect()
    }

    /// Takes the thread out of the registry.
    pub(crate) fn detach(&self) {
        if !self.detached.replace(true) {
            self.sched.unregister(&self.thread);
        }
    }

    pub(crate) fn patience(&self) -> &Patience {
        &self.patience
    }

    pub(crate) fn take_back(&self) {
        self.acquire();
        self.seat().word.store(state::RUNNING, Ordering::Relaxed);
    }

    pub(crate) fn set_held(&self, held: bool) {
        self.held.set(held);
    }
}

impl Drop for ThreadHandle {
    fn drop(&mut self) {
        if self.held.get() {
            self.release();
        }
        self.detach();
    }
}

impl std::fmt::Debug for ThreadHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ThreadHandle").field("id", &self.id()).field("held", &self.held.get()).finish_non_exhaustive()
    }
}

/// Set once a thread was stopped for good: its stack may still be referred to.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Whether any thread of the process was stopped for good by a finalisation.
pub fn threads_were_stopped() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

/// Where a thread ends up that asks for the lock of a finalised interpreter.
/// It neither returns nor unwinds: frames above may hold Python values.
#[cold]
pub(crate) fn hang() -> ! {
    STOPPED.store(true, Ordering::Relaxed);
    loop {
        #[expect(clippy::disallowed_methods, reason = "this is the door's last room: nobody comes back")]
        std::thread::park();
    }
}
