//! The one door: every wait of a Python thread goes through here. Each way
//! through records what is waited for, gives up the lock, waits, takes the
//! lock back and says what was requested meanwhile.

use crate::clock::{Deadline, monotonic};
use crate::gil::{Outcome, state};
use crate::handle::{ThreadHandle, hang};
use crate::interrupt::{Requests, wake_signal};
use crate::patience::Awake;
use crate::record::{Wait, WaitKind};
use crate::waiters::Place;
use std::sync::atomic::{Ordering, fence};
use std::{io, ptr};

/// One descriptor of [`ThreadHandle::poll`]; the system's `struct pollfd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct PollFd {
    /// The descriptor.
    pub fd: i32,
    /// What is asked (`POLLIN`...).
    pub events: i16,
    /// What is the case.
    pub revents: i16,
}

impl PollFd {
    /// Asks whether `fd` can be read.
    pub const fn readable(fd: i32) -> Self {
        PollFd { fd, events: libc::POLLIN, revents: 0 }
    }

    /// Asks whether `fd` can be written.
    pub const fn writable(fd: i32) -> Self {
        PollFd { fd, events: libc::POLLOUT, revents: 0 }
    }
}

/// How [`ThreadHandle::poll`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Polled {
    /// So many descriptors have something to say.
    Ready(usize),
    /// The deadline came first.
    TimedOut,
    /// A request (or a signal that is nobody's business) came first: look at
    /// the requests, then poll again or give up.
    Interrupted,
}

impl ThreadHandle {
    /// Runs `call`, which may block, without the lock; returns with the lock,
    /// and with what was requested meanwhile. A request ends a system call in
    /// `call` with `EINTR`, once: look at the requests, then call again.
    /// (To wait for a descriptor use [`ThreadHandle::poll`], which misses no
    /// request.) The lock is taken back even if `call` panics.
    ///
    /// Nothing that needs the lock gets into `call`, because it must be
    /// `Send`:
    ///
    /// ```compile_fail
    /// # use lockstep_sched::*;
    /// fn wrong(thread: &ThreadHandle, value: std::rc::Rc<u32>) -> u32 {
    ///     thread.block(&Wait::new(WaitKind::Call), || *value).0
    /// }
    /// ```
    pub fn block<R>(&self, wait: &Wait, call: impl FnOnce() -> R + Send) -> (R, Requests) {
        struct Back<'a>(&'a ThreadHandle);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.take_back();
                self.0.thread().record.clear();
            }
        }
        self.thread().record.set(wait);
        self.seat().word.store(state::BLOCKED, Ordering::Relaxed);
        self.release();
        let back = Back(self);
        let result = call();
        drop(back);
        (result, self.requests())
    }

    /// Sleeps until woken through the queue in which `place` was taken, until
    /// the wait's deadline, or until something is requested. Unless the
    /// outcome is `Woken`, leave the queue.
    pub fn wait_on(&self, place: Place, wait: &Wait) -> Outcome {
        place.spend();
        self.patience().stay(|awake| self.wait(wait, awake))
    }

    /// Sleeps until `deadline`; `true` if it came, `false` if a request did
    /// first.
    pub fn sleep(&self, deadline: Deadline) -> bool {
        self.wait(&Wait::new(WaitKind::Sleep).until(deadline), &mut Awake::punctual()) == Outcome::TimedOut
    }

    /// Sleeps until the deadline or a request, in no queue.
    pub fn pause(&self, wait: &Wait) -> Outcome {
        self.wait(wait, &mut Awake::punctual())
    }

    fn wait(&self, wait: &Wait, awake: &mut Awake) -> Outcome {
        self.assert_held();
        self.thread().record.set(wait);
        self.set_held(false);
        let Ok(outcome) = self.gil().wait(self.seat(), wait.deadline.0, wait.deaf, awake) else { hang() };
        self.set_held(true);
        self.thread().record.clear();
        self.begin_run(self.sched().slice.load(Ordering::Relaxed));
        outcome
    }

    /// Waits until one of `fds` is ready. Asks first with the lock held, so
    /// that ready descriptors cost no lock traffic. For an epoll or a child
    /// process poll its descriptor (a pidfd), then ask it without waiting.
    pub fn poll(&self, wait: &Wait, fds: &mut [PollFd]) -> io::Result<Polled> {
        self.assert_held();
        match poll_once(fds, Some(0), ptr::null()) {
            Ok(0) => {}
            Ok(ready) => return Ok(Polled::Ready(ready)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if wait.deadline == Deadline::NOW {
            return Ok(Polled::TimedOut);
        }
        // The wake signal is held back until the system call that waits lets
        // it in: so none is lost between the look at the requests and the call.
        let mask = HeldBack::new();
        self.seat().word.store(state::BLOCKED, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if !wait.deaf && self.seat().pending.load(Ordering::Relaxed) != 0 {
            self.seat().word.store(state::RUNNING, Ordering::Relaxed);
            return Ok(Polled::Interrupted);
        }
        self.thread().record.set(wait);
        self.release();
        let result = loop {
            let left = (!wait.deadline.is_never()).then(|| wait.deadline.0.saturating_sub(monotonic()));
            match poll_once(fds, left, &raw const mask.0) {
                Ok(0) => break Ok(Polled::TimedOut),
                Ok(ready) => break Ok(Polled::Ready(ready)),
                Err(error) if error.kind() != io::ErrorKind::Interrupted => break Err(error),
                Err(_) if wait.deaf => {}
                Err(_) => break Ok(Polled::Interrupted),
            }
        };
        drop(mask);
        self.take_back();
        self.thread().record.clear();
        result
    }
}

/// While it lives, the wake signal is blocked; holds the mask before.
struct HeldBack(libc::sigset_t);

impl HeldBack {
    fn new() -> Self {
        // SAFETY: all-zero is a valid signal set; the calls fill in ours.
        unsafe {
            let mut before: libc::sigset_t = std::mem::zeroed();
            let mut wake: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut wake);
            libc::sigaddset(&raw mut wake, wake_signal());
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const wake, &raw mut before);
            HeldBack(before)
        }
    }
}

impl Drop for HeldBack {
    fn drop(&mut self) {
        // SAFETY: puts back the mask that this thread had.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, ptr::null_mut());
        }
    }
}

fn poll_once(fds: &mut [PollFd], nanos: Option<u64>, mask: *const libc::sigset_t) -> io::Result<usize> {
    let time = nanos.map(|nanos| libc::timespec {
        tv_sec: (nanos / 1_000_000_000) as libc::time_t,
        tv_nsec: (nanos % 1_000_000_000) as libc::c_long,
    });
    let time = time.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: `PollFd` is laid out as `struct pollfd`; the slice, the time and
    // the mask (null or a set that the caller holds) outlive the call.
    let ready = unsafe { libc::ppoll(fds.as_mut_ptr().cast(), fds.len() as libc::nfds_t, time, mask) };
    usize::try_from(ready).map_err(|_| io::Error::last_os_error())
}
