//! Whether to stay awake for a moment before sleeping. Waking a sleeper on
//! another core costs tens of microseconds, a look at a word costs none: two
//! threads that wake each other in turn run many times faster awake. Whoever
//! finds that it does not pay stops it, and tries again now and then.

use crate::clock::{NEVER, monotonic};
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

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

/// How late the system wakes a sleeper whose time has come, in nanoseconds: three of four are
/// woken sooner than that. Learned by small steps from every sleep of this process.
static LATE: AtomicU32 = AtomicU32::new(30_000);
/// The most that is believed, and the steps of learning.
const MOST_LATE: u32 = 100_000;
const STEP: u32 = 1_000;
/// A wait is at least so many times longer than the moment that it stays awake for.
const WORTH: u64 = 8;

/// How long one wait stays awake.
#[derive(Debug)]
pub struct Awake {
    looks: u32,
    counted: bool,
    /// Whether to be awake when the deadline comes.
    punctual: bool,
    /// When the system was asked to wake this thread, if that is before the deadline.
    alarm: Option<u64>,
    /// The deadline, while this thread waits for it awake; and whether it has come.
    until: Option<u64>,
    over: bool,
}

impl Awake {
    /// Sleeps at once.
    pub const fn not() -> Self {
        Awake::new(0, false)
    }

    const fn new(looks: u32, punctual: bool) -> Self {
        Awake { looks, counted: false, punctual, alarm: None, until: None, over: false }
    }

    /// Sleeps at once, but is awake when the deadline comes if the lock is then another's: a
    /// sleeper beside busy threads is back on time, and a processor that has nothing to do
    /// does not need to be woken first.
    pub const fn punctual() -> Self {
        Awake::new(0, true)
    }

    /// For a grant that is expected within a microsecond or two.
    pub const fn briefly() -> Self {
        Awake::new(SHORT, false)
    }

    fn on_credit() -> Self {
        let mut awake = Awake::not();
        awake.count();
        awake
    }

    /// Lets this thread be one of those that stay awake, if there are not too many.
    fn count(&mut self) {
        let (most, looks) = bounds();
        if COUNT.fetch_add(1, Ordering::Relaxed) < most {
            (self.looks, self.counted) = (looks, true);
        } else {
            COUNT.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// When to have the system wake a sleeper whose deadline is given; `busy`: the lock is
    /// another's. Before the deadline, so far as the system is wont to be late.
    pub fn alarm(&mut self, deadline: u64, busy: bool) -> u64 {
        self.alarm = None;
        if self.punctual && busy && deadline != NEVER && bounds().0 > 0 {
            let late = u64::from(LATE.load(Ordering::Relaxed));
            if deadline.saturating_sub(monotonic()) > late * WORTH {
                self.alarm = Some(deadline - late);
            }
        }
        self.alarm.unwrap_or(deadline)
    }

    /// After the alarm: whether the deadline is still to come, in which case `look` waits for it.
    pub fn is_early(&mut self, deadline: u64) -> bool {
        if !self.punctual {
            return false;
        }
        let now = monotonic();
        learn(now.saturating_sub(self.alarm.take().unwrap_or(deadline)));
        if now >= deadline {
            return false;
        }
        self.count();
        self.until = self.counted.then_some(deadline);
        self.punctual = false;
        true
    }

    /// Whether to look once more; pauses for one turn.
    #[inline]
    pub fn look(&mut self) -> bool {
        if let Some(deadline) = self.until {
            if monotonic() < deadline {
                std::hint::spin_loop();
                return true;
            }
            // The looks that are left are for the lock.
            (self.until, self.over) = (None, true);
            return false;
        }
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

    /// The wait has ended before its deadline: what is left of the looks is for the lock.
    pub fn forget_deadline(&mut self) {
        self.until = None;
    }

    /// Whether the deadline came while this thread waited for it awake.
    pub fn is_over(&self) -> bool {
        self.over
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

/// Moves `LATE` towards where a quarter of the waits are later.
fn learn(late: u64) {
    let known = LATE.load(Ordering::Relaxed);
    let new = if late > u64::from(known) { (known + 3 * STEP).min(MOST_LATE) } else { known.saturating_sub(STEP) };
    // Lost updates of other threads do no harm.
    LATE.store(new, Ordering::Relaxed);
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
