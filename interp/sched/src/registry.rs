//! One interpreter's scheduler and the threads it knows: attaching, listing,
//! the main thread, shutdown.

use crate::clock::Clock;
use crate::gil::{Gil, Seat};
use crate::handle::ThreadHandle;
use crate::interrupt::{self, Requests};
use crate::policy::{Free, Policy};
use crate::record::{Record, Wait};
use crate::sync::Leaf;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// How a scheduler is set up.
pub struct Config {
    /// Bytecodes between two looks at the breaker; the machine counts them.
    pub check_interval: u32,
    /// How long a busy thread may keep the lock while another busy one waits.
    /// Zero: it hands over at every check.
    pub switch_interval: Duration,
    /// Time.
    pub clock: Clock,
    /// Who gets the lock next.
    pub policy: Box<dyn Policy>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            check_interval: 100,
            switch_interval: Duration::from_millis(5),
            clock: Clock::real(),
            policy: Box::new(Free::default()),
        }
    }
}

/// What a thread is to the interpreter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadKind {
    /// The main thread: receives signals.
    Main,
    /// A thread of the embedding program.
    Host,
    /// A thread started by Python code.
    Python {
        /// Finalisation does not wait for it.
        daemon: bool,
    },
}

/// The interpreter is being finalised: no thread can attach any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finalized;

impl fmt::Display for Finalized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the interpreter has been finalized")
    }
}

impl std::error::Error for Finalized {}

/// One thread in the registry.
#[derive(Debug)]
pub(crate) struct Thread {
    pub(crate) seat: Arc<Seat>,
    pub(crate) kind: ThreadKind,
    pub(crate) daemon: AtomicBool,
    pub(crate) record: Record,
}

/// What a dump shows of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadInfo {
    /// Its number in the interpreter, never used again.
    pub id: u64,
    /// The kernel's number; zero before it runs.
    pub native_id: u32,
    /// What it is.
    pub kind: ThreadKind,
    /// What it waits for; `None` while it runs or waits for the lock alone.
    pub waits: Option<Wait>,
}

/// The scheduler of one interpreter: its lock, threads, clock and requests.
pub struct Sched {
    pub(crate) gil: Gil,
    pub(crate) clock: Clock,
    pub(crate) slice: AtomicU64,
    check_interval: AtomicU32,
    pub(crate) threads: Leaf<BTreeMap<u64, Arc<Thread>>>,
    next_id: AtomicU64,
    /// The main thread: one strong count, so that a signal handler may look.
    pub(crate) main: AtomicPtr<Thread>,
    pub(crate) signals: AtomicU64,
}

impl Sched {
    /// A scheduler without threads.
    pub fn new(config: Config) -> Arc<Sched> {
        interrupt::install_wake_handler();
        let sched = Sched {
            gil: Gil::new(config.policy),
            clock: config.clock,
            slice: AtomicU64::new(0),
            check_interval: AtomicU32::new(config.check_interval.max(1)),
            threads: Leaf::default(),
            next_id: AtomicU64::new(1),
            main: AtomicPtr::default(),
            signals: AtomicU64::new(0),
        };
        sched.set_switch_interval(config.switch_interval);
        Arc::new(sched)
    }

    /// Attaches the calling OS thread; it does not hold the lock yet.
    pub fn attach(self: &Arc<Self>, kind: ThreadKind) -> Result<ThreadHandle, Finalized> {
        if self.gil.is_final() {
            return Err(Finalized);
        }
        let thread = self.register(kind);
        Ok(ThreadHandle::enter(self.clone(), thread))
    }

    pub(crate) fn register(&self, kind: ThreadKind) -> Arc<Thread> {
        // A host that comes back as the main thread is the same thread to scripts.
        let again = match self.main_id() {
            id @ 1.. if kind == ThreadKind::Main && !self.threads.lock().contains_key(&id) => Some(id),
            _ => None,
        };
        let id = again.unwrap_or_else(|| self.next_id.fetch_add(1, Ordering::Relaxed));
        let thread = Arc::new(Thread {
            seat: Arc::new(Seat::new(id)),
            kind,
            daemon: AtomicBool::new(matches!(kind, ThreadKind::Python { daemon: true })),
            record: Record::new(),
        });
        let count = {
            let mut threads = self.threads.lock();
            threads.insert(thread.seat.id, thread.clone());
            threads.len()
        };
        self.gil.reserve(count);
        if kind == ThreadKind::Main {
            self.set_main(&thread);
        }
        thread
    }

    pub(crate) fn unregister(&self, thread: &Thread) {
        let left = thread.seat.pending.load(Ordering::Relaxed);
        for bit in Requests::from_bits(left).each() {
            self.retract(&thread.seat, bit);
        }
        let gone = self.threads.lock().remove(&thread.seat.id);
        drop(gone);
    }

    pub(crate) fn set_main(&self, thread: &Arc<Thread>) {
        // The former main thread's count is given up for good: a signal
        // handler may be looking at it.
        self.main.store(Arc::into_raw(thread.clone()).cast_mut(), Ordering::Release);
    }

    pub(crate) fn main_thread(&self) -> Option<&Thread> {
        // SAFETY: the pointer is null or came from `Arc::into_raw` of a count
        // that is never given back while `self` lives.
        unsafe { self.main.load(Ordering::Acquire).as_ref() }
    }

    /// The number of the main thread; zero before it attached.
    pub fn main_id(&self) -> u64 {
        self.main_thread().map_or(0, |main| main.seat.id)
    }

    /// The word the machine looks at every N bytecodes: zero means go on,
    /// anything else [`ThreadHandle::check`].
    #[inline]
    pub fn breaker(&self) -> &AtomicU32 {
        self.gil.breaker()
    }

    /// The interpreter's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Bytecodes between two looks at the breaker.
    pub fn check_interval(&self) -> u32 {
        self.check_interval.load(Ordering::Relaxed)
    }

    /// Sets the check interval; zero counts as one.
    pub fn set_check_interval(&self, bytecodes: u32) {
        self.check_interval.store(bytecodes.max(1), Ordering::Relaxed);
    }

    /// How long a busy thread may keep the lock while another one waits.
    pub fn switch_interval(&self) -> Duration {
        Duration::from_nanos(self.slice.load(Ordering::Relaxed))
    }

    /// Sets the switch interval; zero means: hand over at every check.
    pub fn set_switch_interval(&self, interval: Duration) {
        let nanos = u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX);
        self.slice.store(nanos, Ordering::Relaxed);
    }

    /// All threads, by number.
    pub fn dump(&self) -> Vec<ThreadInfo> {
        let threads = self.threads.lock();
        threads.values().map(|thread| thread.info()).collect()
    }

    /// How many threads are attached, started ones that do not run yet too.
    pub fn thread_count(&self) -> usize {
        self.threads.lock().len()
    }

    /// Changes whether finalisation waits for a thread. `false`: no such
    /// thread.
    pub fn set_daemon(&self, id: u64, daemon: bool) -> bool {
        let threads = self.threads.lock();
        threads.get(&id).is_some_and(|thread| {
            thread.daemon.store(daemon, Ordering::Relaxed);
            true
        })
    }

    /// Whether [`ThreadHandle::begin_finalize`] was called.
    pub fn is_finalizing(&self) -> bool {
        self.gil.is_final()
    }
}

impl Drop for Sched {
    fn drop(&mut self) {
        interrupt::disown(self);
        let main = *self.main.get_mut();
        if !main.is_null() {
            // SAFETY: the count that `set_main` gave us; `disown` saw to it
            // that no signal handler will look at it.
            drop(unsafe { Arc::from_raw(main) });
        }
    }
}

impl fmt::Debug for Sched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sched").field("threads", &self.dump()).finish_non_exhaustive()
    }
}

impl Thread {
    pub(crate) fn info(&self) -> ThreadInfo {
        let kind = match self.kind {
            ThreadKind::Python { .. } => ThreadKind::Python { daemon: self.daemon.load(Ordering::Relaxed) },
            other => other,
        };
        ThreadInfo { id: self.seat.id, native_id: self.seat.tid.load(Ordering::Relaxed), kind, waits: self.record.get() }
    }
}
