//! Semaphores with names, which processes share.

use std::ffi::CStr;
use std::time::Duration;
use std::{io, ptr};

unsafe extern "C" {
    fn sem_clockwait(semaphore: *mut libc::sem_t, clock: libc::clockid_t, until: *const libc::timespec) -> i32;
}

/// The largest value.
pub const LARGEST: i32 = i32::MAX;

/// A semaphore that the system keeps under a name.
#[derive(Debug)]
pub struct Semaphore(*mut libc::sem_t);

// SAFETY: a semaphore is made to be used by many threads at once.
unsafe impl Send for Semaphore {}
// SAFETY: as above.
unsafe impl Sync for Semaphore {}

fn check(result: i32) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

impl Semaphore {
    /// Makes a new one under a name that is not in use.
    pub fn create(name: &CStr, value: u32) -> io::Result<Semaphore> {
        // SAFETY: the name outlives the call; mode and value are passed as the varargs they are.
        Semaphore::opened(unsafe { libc::sem_open(name.as_ptr(), libc::O_CREAT | libc::O_EXCL, 0o600u32, value) })
    }

    /// The one that has the name.
    pub fn open(name: &CStr) -> io::Result<Semaphore> {
        // SAFETY: the name outlives the call.
        Semaphore::opened(unsafe { libc::sem_open(name.as_ptr(), 0) })
    }

    fn opened(semaphore: *mut libc::sem_t) -> io::Result<Semaphore> {
        if semaphore.is_null() { Err(io::Error::last_os_error()) } else { Ok(Semaphore(semaphore)) }
    }

    /// Takes a name away; who has the semaphore open keeps it.
    pub fn unlink(name: &CStr) -> io::Result<()> {
        // SAFETY: the name outlives the call.
        check(unsafe { libc::sem_unlink(name.as_ptr()) })
    }

    /// Where it lies in this process: what scripts see as its handle.
    pub fn address(&self) -> usize {
        self.0 as usize
    }

    /// Takes one if there is one.
    pub fn try_wait(&self) -> io::Result<bool> {
        // SAFETY: open until dropped.
        match check(unsafe { libc::sem_trywait(self.0) }) {
            Ok(()) => Ok(true),
            Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Waits for one, at most so long; false if there was none. A signal ends the wait.
    pub fn wait(&self, longest: Duration) -> io::Result<bool> {
        // SAFETY: all-zero is a valid time, here to be overwritten.
        let mut until: libc::timespec = unsafe { std::mem::zeroed() };
        // SAFETY: fills in ours.
        check(unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut until) })?;
        let nanos = until.tv_nsec + libc::c_long::from(longest.subsec_nanos() as i32);
        let whole = libc::time_t::try_from(longest.as_secs()).unwrap_or(libc::time_t::MAX);
        until.tv_sec = until.tv_sec.saturating_add(whole).saturating_add(nanos / 1_000_000_000);
        until.tv_nsec = nanos % 1_000_000_000;
        // SAFETY: open until dropped; the time outlives the call.
        match check(unsafe { sem_clockwait(self.0, libc::CLOCK_MONOTONIC, &raw const until) }) {
            Ok(()) => Ok(true),
            Err(error) if error.raw_os_error() == Some(libc::ETIMEDOUT) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives one back.
    pub fn post(&self) -> io::Result<()> {
        // SAFETY: open until dropped.
        check(unsafe { libc::sem_post(self.0) })
    }

    /// How many there are.
    pub fn value(&self) -> io::Result<i32> {
        let mut value = 0;
        // SAFETY: open until dropped; fills in ours.
        check(unsafe { libc::sem_getvalue(self.0, ptr::from_mut(&mut value)) })?;
        Ok(value)
    }
}

impl Drop for Semaphore {
    fn drop(&mut self) {
        // SAFETY: opened once, closed once (the system counts).
        unsafe { libc::sem_close(self.0) };
    }
}
