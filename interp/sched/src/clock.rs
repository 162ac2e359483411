//! Time as the lock room sees it: monotonic nanoseconds and deadlines. The
//! one place where virtual time enters: a virtual clock stands still until
//! the scheduler moves it to the next deadline.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The deadline that never comes.
pub const NEVER: u64 = u64::MAX;

/// Nanoseconds of the system's monotonic clock.
pub fn monotonic() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a timespec of ours that the call fills in.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// A point in monotonic time, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline(pub u64);

impl Deadline {
    /// Waits for ever.
    pub const NEVER: Deadline = Deadline(NEVER);
    /// Already over: a try.
    pub const NOW: Deadline = Deadline(0);

    /// Whether it ever comes.
    pub fn is_never(self) -> bool {
        self.0 == NEVER
    }
}

/// The clock of one interpreter.
#[derive(Debug, Default)]
pub struct Clock {
    /// Offset by one so that zero means: real time.
    virtual_now: AtomicU64,
}

impl Clock {
    /// The system's monotonic clock.
    pub const fn real() -> Self {
        Clock { virtual_now: AtomicU64::new(0) }
    }

    /// A clock that stands at `start` nanoseconds until it is moved.
    pub const fn stopped_at(start: u64) -> Self {
        Clock { virtual_now: AtomicU64::new(start + 1) }
    }

    /// Whether time is virtual.
    pub fn is_virtual(&self) -> bool {
        self.virtual_now.load(Ordering::Relaxed) != 0
    }

    /// Nanoseconds since an arbitrary start.
    pub fn now(&self) -> u64 {
        match self.virtual_now.load(Ordering::Relaxed) {
            0 => monotonic(),
            moment => moment - 1,
        }
    }

    /// Moves a virtual clock forward to `moment`; real time takes no orders.
    pub fn advance_to(&self, moment: u64) {
        if self.is_virtual() {
            self.virtual_now.fetch_max(moment.saturating_add(1), Ordering::Relaxed);
        }
    }

    /// The deadline `duration` from now; too far away means never.
    pub fn after(&self, duration: Duration) -> Deadline {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(NEVER);
        Deadline(self.now().saturating_add(nanos))
    }
}
