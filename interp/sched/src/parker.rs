//! A word that a thread sleeps on: an atomic and a Linux futex, nothing else.
//! It has no process-wide table, so a forked child may go on using it.

use crate::clock::NEVER;
use std::sync::atomic::{AtomicU32, Ordering};

/// An atomic word with a place to sleep.
#[derive(Debug, Default)]
pub struct Word(AtomicU32);

impl Word {
    /// A word holding `value`.
    pub const fn new(value: u32) -> Self {
        Word(AtomicU32::new(value))
    }

    /// Reads the word.
    pub fn load(&self, order: Ordering) -> u32 {
        self.0.load(order)
    }

    /// Writes the word; wakes nobody.
    pub fn store(&self, value: u32, order: Ordering) {
        self.0.store(value, order);
    }

    /// Replaces the word and returns the old one; wakes nobody.
    pub fn swap(&self, value: u32, order: Ordering) -> u32 {
        self.0.swap(value, order)
    }

    /// Replaces `old` by `new`; on failure returns what is there.
    pub fn replace(&self, old: u32, new: u32) -> Result<u32, u32> {
        self.0.compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire)
    }

    /// Sleeps while the word is `value`, at most until `deadline` (monotonic
    /// nanoseconds). May return early for no reason. `false` = time-out.
    pub fn sleep_while(&self, value: u32, deadline: u64) -> bool {
        let time = libc::timespec {
            tv_sec: (deadline / 1_000_000_000) as libc::time_t,
            tv_nsec: (deadline % 1_000_000_000) as libc::c_long,
        };
        let time: *const libc::timespec = if deadline == NEVER { std::ptr::null() } else { &raw const time };
        // SAFETY: the word outlives the call, `time` is null or points to a
        // timespec on this stack; the kernel writes to neither.
        let result = unsafe {
            libc::syscall(
                libc::SYS_futex,
                self.0.as_ptr(),
                libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG,
                value,
                time,
                std::ptr::null::<u32>(),
                libc::FUTEX_BITSET_MATCH_ANY,
            )
        };
        !(result == -1 && std::io::Error::last_os_error().raw_os_error() == Some(libc::ETIMEDOUT))
    }

    /// Wakes the sleeper, if one is there. Safe in a signal handler.
    pub fn wake(&self) {
        // SAFETY: waking reads nothing but the address, which is our own.
        unsafe {
            libc::syscall(libc::SYS_futex, self.0.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, 1);
        }
    }
}
