//! Whether to stay awake for a moment before sleeping. Waking a sleeper on
//! another core costs tens of microseconds, a look at a word costs none: two
//! threads that wake each other in turn run many times faster awake. Whoever
//! finds that it does not pay stops it, and tries again now and then.

use crate::clock::monotonic;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Looks before a sleep when the lock is expected within a microsecond.
const SHORT: u32 = 60;
/// Nanoseconds to stay awake when it has paid lately: as long as it takes to
/// wake a sleeper on another core, or two threads would never meet awake.
const LONG: u64 = 50_000;
/// What a failure costs, in successes: a success saves a sleep and a wake-up.
const COST: i32 = 12;
/// Successes that a thread may have saved up.
const FULL: i32 = 32;
/// Without any left it tries once in so many waits; if that fails too, in twice as many,
/// up to the second number: where threads share a core, staying awake keeps
/// off the very thread that is waited for.
const PROBE: u32 = 32;
const RARE: u32 = 8192;

/// Threads of this process that stay awake on credit now.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// What this machine allows, found out at the first use: how many may stay
/// awake at a time, and how many looks make `LONG`. A plain atomic, because a
/// fork may fall between; to find it out twice does no harm.
static BOUNDS: AtomicU64 = AtomicU64::new(0);

fn bounds() -> (usize, u32) {
    let known = BOUNDS.load(Ordering::Relaxed);
    let packed = if known != 0 { known } else { measure() };
    ((packed >> 32) as usize - 1, packed as u32)
}

#[cold]
fn measure() -> u64 {
    // On two cores two: one that is just being granted the lock and one that
    // has just granted it. None where they would keep the owner off the only
    // core.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let most = if cores > 1 { cores.min(4) } else { 0 };
    // A pause takes 3 to 50 nanoseconds, by processor.
    let start = monotonic();
    for _ in 0..100 {
        std::hint::spin_loop();
    }
    let each = (monotonic() - start).max(100) / 100;
    let packed = (most as u64 + 1) << 32 | (LONG / each).clamp(1, 20_000);
    BOUNDS.store(packed, Ordering::Relaxed);
    packed
}

/// How long one wait stays awake.
#[derive(Debug)]
pub struct Awake {
    looks: u32,
    counted: bool,
}

impl Awake {
    /// Sleeps at once.
    pub const fn not() -> Self {
        Awake { looks: 0, counted: false }
    }

    /// For a grant that is expected within a microsecond or two.
    pub const fn briefly() -> Self {
        Awake { looks: SHORT, counted: false }
    }

    fn on_credit() -> Self {
        let (most, looks) = bounds();
        if COUNT.fetch_add(1, Ordering::Relaxed) >= most {
            COUNT.fetch_sub(1, Ordering::Relaxed);
            return Awake::not();
        }
        Awake { looks, counted: true }
    }

    /// Whether to look once more; pauses for one turn.
    #[inline]
    pub fn look(&mut self) -> bool {
        if self.looks == 0 {
            return false;
        }
        self.looks -= 1;
        if self.looks == 0 {
            self.uncount();
        }
        std::hint::spin_loop();
        true
    }

    fn uncount(&mut self) {
        if std::mem::take(&mut self.counted) {
            COUNT.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.uncount();
    }
}

/// In a forked child nobody else is awake.
pub(crate) fn forget_others() {
    COUNT.store(0, Ordering::Relaxed);
}

/// One thread's experience.
#[derive(Debug)]
pub(crate) struct Patience {
    credit: Cell<i32>,
    /// Waits to let pass before the next try, and how many it was last time.
    pause: Cell<u32>,
    probe: Cell<u32>,
}

impl Patience {
    pub(crate) const fn new() -> Self {
        Patience { credit: Cell::new(1), pause: Cell::new(0), probe: Cell::new(PROBE) }
    }

    /// Runs `wait`, which stays awake as long as it is let, and learns from
    /// whether that was long enough.
    pub(crate) fn stay<R>(&self, wait: impl FnOnce(&mut Awake) -> R) -> R {
        if let left @ 1.. = self.pause.get() {
            self.pause.set(left - 1);
            return wait(&mut Awake::not());
        }
        let mut awake = Awake::on_credit();
        if !awake.counted {
            return wait(&mut awake);
        }
        let result = wait(&mut awake);
        if awake.looks > 0 {
            self.credit.set((self.credit.get() + 1).min(FULL));
            if self.credit.get() == FULL {
                self.probe.set(PROBE);
            }
        } else if self.credit.get() > COST {
            self.credit.set(self.credit.get() - COST);
        } else {
            self.credit.set(1);
            self.pause.set(self.probe.get());
            self.probe.set((self.probe.get() * 2).min(RARE));
        }
        result
    }
}
