//! Requests: what may arrive from outside while a thread computes or waits.
//! A signal, an exception sent by another thread, an interrupt from the
//! embedder, work for the machine. A request sets a bit in its thread's seat
//! and in the breaker, and ends the wait of a thread behind the door: by its
//! word if it sleeps there, by the wake signal if it is in a system call.

use crate::gil::Seat;
use crate::handle::ThreadHandle;
use crate::registry::{Sched, Thread, ThreadKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, Ordering};
use std::{io, ptr};

/// A set of requests, as `check` and the door return it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use = "a request that nobody looks at is lost time or a lost signal"]
pub struct Requests(u32);

impl Requests {
    /// Nothing.
    pub const NONE: Requests = Requests(0);
    /// To the main thread: signals came; see [`ThreadHandle::take_signals`].
    pub const SIGNAL: Requests = Requests(1 << 8);
    /// To one thread: another one sent it an exception.
    pub const ASYNC_EXC: Requests = Requests(1 << 9);
    /// To one thread: the embedder wants its script to stop.
    pub const INTERRUPT: Requests = Requests(1 << 10);
    /// To whoever runs: the cycle collector is due.
    pub const COLLECT: Requests = Requests(1 << 11);
    /// To whoever runs: the queue of dropped foreign handles wants draining.
    pub const DRAIN: Requests = Requests(1 << 12);
    /// To whoever runs: the interpreter wants to end.
    pub const FINALIZE: Requests = Requests(1 << 13);
    /// To whoever runs: tracing was switched on or off.
    pub const TRACE: Requests = Requests(1 << 14);
    /// To whoever runs: a limit (time, memory) was exceeded.
    pub const LIMIT: Requests = Requests(1 << 15);

    /// Those addressed to one thread.
    pub(crate) const PERSONAL: u32 = Self::SIGNAL.0 | Self::ASYNC_EXC.0 | Self::INTERRUPT.0;
    /// Those for whoever runs.
    pub(crate) const COMMON: u32 = Self::COLLECT.0 | Self::DRAIN.0 | Self::FINALIZE.0 | Self::TRACE.0 | Self::LIMIT.0;

    pub(crate) const fn from_bits(bits: u32) -> Self {
        Requests(bits & (Self::PERSONAL | Self::COMMON))
    }

    /// The breaker bits.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether nothing is requested.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether any of `other` is requested.
    pub const fn contains(self, other: Requests) -> bool {
        self.0 & other.0 != 0
    }

    /// Both sets together.
    pub const fn union(self, other: Requests) -> Requests {
        Requests(self.0 | other.0)
    }

    pub(crate) fn each(self) -> impl Iterator<Item = u32> {
        (0..32).map(|shift| 1 << shift).filter(move |bit| self.0 & bit != 0)
    }
}

/// Stops a script from any thread of the host.
#[derive(Debug, Clone)]
pub struct Interrupter {
    sched: Arc<Sched>,
    target: Option<u64>,
}

impl Interrupter {
    /// Requests [`Requests::INTERRUPT`] and ends the target's wait, if it is
    /// in one. One in a system call that does not wait for a descriptor may
    /// miss it by a hair (the call began just after the wake signal): it
    /// sees the request when the call returns.
    pub fn interrupt(&self) {
        let threads: Vec<Arc<Thread>> = match self.target {
            Some(id) => self.sched.threads.lock().get(&id).cloned().into_iter().collect(),
            None => {
                let threads = self.sched.threads.lock();
                let scripts = threads.values().filter(|thread| !matches!(thread.kind, ThreadKind::Python { .. }));
                scripts.cloned().collect()
            }
        };
        for thread in threads {
            self.sched.post(&thread.seat, Requests::INTERRUPT);
        }
    }
}

impl Sched {
    /// Stops the scripts that the main and host threads run.
    pub fn interrupter(self: &Arc<Self>) -> Interrupter {
        Interrupter { sched: self.clone(), target: None }
    }

    /// Asks whoever runs for something ([`Requests::COLLECT`] and so on).
    pub fn request(&self, what: Requests) {
        self.breaker().fetch_or(what.bits() & Requests::COMMON, Ordering::Release);
    }

    /// Tells thread `id` that an exception was sent to it. `false` if there
    /// is no such thread.
    pub fn request_async_exc(&self, id: u64) -> bool {
        let thread = self.threads.lock().get(&id).cloned();
        thread.is_some_and(|thread| {
            self.post(&thread.seat, Requests::ASYNC_EXC);
            true
        })
    }

    /// Notes that signal `signum` came, and sees to it that the main thread
    /// looks. Safe in a signal handler: atomics, a futex wake, `tgkill`.
    pub fn request_signal(&self, signum: i32) {
        if let 1..=64 = signum {
            self.signals.fetch_or(1 << (signum - 1), Ordering::Release);
            if let Some(main) = self.main_thread() {
                self.post(&main.seat, Requests::SIGNAL);
            }
        }
    }

    pub(crate) fn post(&self, seat: &Seat, what: Requests) {
        if !self.gil.post(seat, what.bits()) && seat.is_blocked() {
            wake_by_signal(seat.tid.load(Ordering::Relaxed));
        }
    }

    pub(crate) fn retract(&self, seat: &Seat, bit: u32) -> bool {
        let threads = self.threads.lock();
        let others = threads.values().map(|thread| &thread.seat).filter(|other| other.id != seat.id);
        self.gil.retract(seat, bit, others)
    }
}

impl ThreadHandle {
    /// What is requested of this thread now. Requests stay until taken.
    #[inline]
    pub fn requests(&self) -> Requests {
        let bits = self.sched().breaker().load(Ordering::Relaxed);
        if bits & (Requests::PERSONAL | Requests::COMMON) == 0 {
            return Requests::NONE;
        }
        let mine = self.seat().pending.load(Ordering::Acquire) & Requests::PERSONAL;
        Requests(mine | (bits & Requests::COMMON))
    }

    /// Takes requests back, having attended to them (or about to). Returns
    /// those that were there.
    pub fn take(&self, what: Requests) -> Requests {
        let mut taken = 0;
        for bit in what.each() {
            if bit & Requests::PERSONAL != 0 {
                if self.sched().retract(self.seat(), bit) {
                    taken |= bit;
                }
            } else {
                taken |= self.sched().breaker().fetch_and(!bit, Ordering::AcqRel) & bit;
            }
        }
        Requests(taken)
    }

    /// Takes the signals that came since the last call: bit `n - 1` stands
    /// for signal `n`. Also takes [`Requests::SIGNAL`] back.
    pub fn take_signals(&self) -> u64 {
        let _ = self.take(Requests::SIGNAL);
        self.sched().signals.swap(0, Ordering::AcqRel)
    }

    /// Stops the script that this thread runs.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter { sched: self.sched().clone(), target: Some(self.id()) }
    }
}

/// The signal that ends a system call behind the door. A high real-time
/// signal: nobody's default, queued, and far from what programs use.
pub fn wake_signal() -> i32 {
    libc::SIGRTMAX() - 3
}

pub(crate) fn install_wake_handler() {
    extern "C" fn nothing(_: i32) {}
    // Without SA_RESTART, so that the system call ends with EINTR. Can't fail:
    // the number is a valid signal's. Once for each interpreter, not for each
    // process: a fork in the middle of a `Once` would stop the child.
    let _ = set_action(wake_signal(), nothing as extern "C" fn(i32) as usize, libc::SA_ONSTACK);
}

fn wake_by_signal(tid: u32) {
    if tid != 0 {
        // SAFETY: numbers only; at worst the thread is gone and the call fails.
        unsafe {
            let errno = libc::__errno_location();
            let saved = *errno;
            libc::syscall(libc::SYS_tgkill, libc::getpid(), tid as i32, wake_signal());
            *errno = saved;
        }
    }
}

fn set_action(signum: i32, handler: usize, flags: i32) -> io::Result<()> {
    // SAFETY: all-zero is a valid sigaction: no flags, empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    action.sa_flags = flags;
    // SAFETY: `handler` is SIG_DFL, SIG_IGN or one of this file's functions,
    // which are async-signal-safe.
    match unsafe { libc::sigaction(signum, &raw const action, ptr::null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The interpreter that this process's signals go to.
static OWNER: AtomicPtr<Sched> = AtomicPtr::new(ptr::null_mut());
/// Handlers that are looking at `OWNER` now.
static LOOKING: AtomicU32 = AtomicU32::new(0);
/// Where the number of each signal is written as a byte; -1: nowhere.
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);

/// In a forked child no handler of another thread is looking.
pub(crate) fn forget_lookers() {
    LOOKING.store(0, Ordering::SeqCst);
}

/// What the operating system does with a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// What the system does by default.
    Default,
    /// Nothing.
    Ignore,
    /// It is noted for the main thread of the owning interpreter.
    Noted,
    /// A handler of somebody else.
    Foreign,
}

/// Makes `sched` the interpreter that this process's signals go to. The last
/// caller wins.
pub fn own_signals(sched: &Arc<Sched>) {
    OWNER.store(Arc::as_ptr(sched).cast_mut(), Ordering::SeqCst);
}

/// Called when `sched` goes away: waits for handlers that look at it.
pub(crate) fn disown(sched: &Sched) {
    let this = ptr::from_ref(sched).cast_mut();
    if OWNER.compare_exchange(this, ptr::null_mut(), Ordering::SeqCst, Ordering::SeqCst).is_ok() {
        while LOOKING.load(Ordering::SeqCst) != 0 {
            std::thread::yield_now();
        }
    }
}

/// Sets what happens at signal `signum`. `Foreign` can't be set.
pub fn set_disposition(signum: i32, what: Disposition) -> io::Result<()> {
    match what {
        Disposition::Default => set_action(signum, libc::SIG_DFL, 0),
        Disposition::Ignore => set_action(signum, libc::SIG_IGN, 0),
        Disposition::Noted => set_action(signum, note as extern "C" fn(i32) as usize, libc::SA_ONSTACK),
        Disposition::Foreign => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// What happens at signal `signum`.
pub fn disposition(signum: i32) -> io::Result<Disposition> {
    // SAFETY: all-zero is a valid sigaction, here to be overwritten.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: asks only, and writes to `action`.
    if unsafe { libc::sigaction(signum, ptr::null(), &raw mut action) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(match action.sa_sigaction {
        libc::SIG_DFL => Disposition::Default,
        libc::SIG_IGN => Disposition::Ignore,
        handler if handler == note as extern "C" fn(i32) as usize => Disposition::Noted,
        _ => Disposition::Foreign,
    })
}

/// Sets the descriptor to which each noted signal's number is written (-1:
/// none) and returns the former one. It must be non-blocking.
pub fn set_wakeup_fd(fd: i32) -> i32 {
    WAKEUP_FD.swap(fd, Ordering::AcqRel)
}

/// The handler of every noted signal.
extern "C" fn note(signum: i32) {
    // SAFETY: errno is thread-local; saved and put back around what we do.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let saved = unsafe { *errno };
    LOOKING.fetch_add(1, Ordering::SeqCst);
    // SAFETY: null, or a scheduler that `disown` keeps alive while we look.
    if let Some(sched) = unsafe { OWNER.load(Ordering::SeqCst).as_ref() } {
        sched.request_signal(signum);
    }
    LOOKING.fetch_sub(1, Ordering::SeqCst);
    let fd = WAKEUP_FD.load(Ordering::Acquire);
    if fd >= 0 {
        let byte = signum as u8;
        // SAFETY: writes one byte of ours.
        unsafe { libc::write(fd, (&raw const byte).cast(), 1) };
    }
    // SAFETY: as above.
    unsafe { *errno = saved };
}
