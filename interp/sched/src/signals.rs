//! System calls about signals, timers and the current thread's name, as plain
//! functions. Sets of signals are words: bit `n - 1` stands for signal `n`.

use crate::interrupt::wake_signal;
use std::ffi::{CStr, CString};
use std::time::Duration;
use std::{io, mem, ptr};

/// What [`wait_signal`] tells of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalInfo {
    /// `si_signo`
    pub signo: i32,
    /// `si_code`
    pub code: i32,
    /// `si_errno`
    pub errno: i32,
    /// `si_pid`
    pub pid: i32,
    /// `si_uid`
    pub uid: u32,
    /// `si_status`
    pub status: i32,
}

/// How a mask is to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskChange {
    /// `SIG_BLOCK`
    Block,
    /// `SIG_UNBLOCK`
    Unblock,
    /// `SIG_SETMASK`
    Set,
}

pub(crate) fn to_set(bits: u64) -> libc::sigset_t {
    // SAFETY: all-zero is a valid signal set; the calls change ours alone.
    unsafe {
        let mut set: libc::sigset_t = mem::zeroed();
        libc::sigemptyset(&raw mut set);
        for signum in 1..=64 {
            // The signal that ends system calls behind the door stays deliverable.
            if bits >> (signum - 1) & 1 != 0 && signum != wake_signal() {
                libc::sigaddset(&raw mut set, signum);
            }
        }
        set
    }
}

fn to_bits(set: &libc::sigset_t) -> u64 {
    (1..=64)
        // SAFETY: reads a set of ours.
        .filter(|signum| unsafe { libc::sigismember(set, *signum) } == 1)
        .fold(0, |bits, signum| bits | 1 << (signum - 1))
}

fn check(result: i32) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Changes the signal mask of this thread; returns the former one.
pub fn change_mask(how: MaskChange, bits: u64) -> io::Result<u64> {
    let how = match how {
        MaskChange::Block => libc::SIG_BLOCK,
        MaskChange::Unblock => libc::SIG_UNBLOCK,
        MaskChange::Set => libc::SIG_SETMASK,
    };
    let (set, mut before) = (to_set(bits), to_set(0));
    // SAFETY: both sets are ours.
    match unsafe { libc::pthread_sigmask(how, &raw const set, &raw mut before) } {
        0 => Ok(to_bits(&before)),
        code => Err(io::Error::from_raw_os_error(code)),
    }
}

/// The signals that wait for this thread to let them in.
pub fn pending() -> io::Result<u64> {
    let mut set = to_set(0);
    // SAFETY: fills in our set.
    check(unsafe { libc::sigpending(&raw mut set) })?;
    Ok(to_bits(&set))
}

/// Waits for one of the (blocked) signals; `None` if time is up first.
pub fn wait_signal(bits: u64, timeout: Option<Duration>) -> io::Result<Option<SignalInfo>> {
    let set = to_set(bits);
    let time = timeout
        .map(|t| libc::timespec { tv_sec: t.as_secs() as libc::time_t, tv_nsec: libc::c_long::from(t.subsec_nanos() as i32) });
    let time = time.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: all-zero is a valid siginfo, here to be overwritten.
    let mut info: libc::siginfo_t = unsafe { mem::zeroed() };
    // SAFETY: set, info and time are ours and outlive the call.
    if unsafe { libc::sigtimedwait(&raw const set, &raw mut info, time) } < 0 {
        let error = io::Error::last_os_error();
        return match error.raw_os_error() {
            Some(libc::EAGAIN) => Ok(None),
            _ => Err(error),
        };
    }
    // SAFETY: the kernel filled the structure in; the fields are plain numbers
    // whichever member of the union was meant.
    let (pid, uid, status) = unsafe { (info.si_pid(), info.si_uid(), info.si_status()) };
    Ok(Some(SignalInfo { signo: info.si_signo, code: info.si_code, errno: info.si_errno, pid, uid, status }))
}

/// Sends a signal to the calling thread.
pub fn raise_signal(signum: i32) -> io::Result<()> {
    // SAFETY: a number only.
    check(unsafe { libc::raise(signum) })
}

/// Ends the process as Ctrl-C ends one that does not know the signal. Returns if it is blocked.
pub fn die_of_interrupt() {
    if crate::set_disposition(libc::SIGINT, crate::Disposition::Default).is_ok() {
        // A signal that cannot be sent leaves the process alive, as one that is blocked does.
        let _ = raise_signal(libc::SIGINT);
    }
}

/// Sends a signal to a thread of this process, by the kernel's number.
pub fn kill_thread(native_id: u32, signum: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    let result = unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), native_id as i32, signum) };
    check(result as i32)
}

/// `pidfd_send_signal(2)`: sends a signal to the process that a descriptor stands for.
pub fn send_by_descriptor(pidfd: i32, signum: i32, flags: u32) -> io::Result<()> {
    // SAFETY: numbers and a null pointer, which stands for the usual information.
    let result = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd, signum, std::ptr::null::<libc::siginfo_t>(), flags) };
    check(result as i32)
}

/// Waits until a signal was handled.
pub fn pause() {
    // SAFETY: no arguments.
    unsafe { libc::pause() };
}

/// `alarm(2)`: seconds left of the former one.
pub fn alarm(seconds: u32) -> u32 {
    // SAFETY: a number only.
    unsafe { libc::alarm(seconds) }
}

/// Sets an interval timer; returns `(value, interval)` of before.
pub fn set_timer(which: i32, value: Duration, interval: Duration) -> io::Result<(Duration, Duration)> {
    let new = libc::itimerval { it_interval: to_timeval(interval), it_value: to_timeval(value) };
    let mut old = no_timer();
    // SAFETY: both structures are ours.
    check(unsafe { libc::setitimer(which as _, &raw const new, &raw mut old) })?;
    Ok((to_duration(old.it_value), to_duration(old.it_interval)))
}

/// `(value, interval)` of an interval timer.
pub fn get_timer(which: i32) -> io::Result<(Duration, Duration)> {
    let mut now = no_timer();
    // SAFETY: the structure is ours.
    check(unsafe { libc::getitimer(which as _, &raw mut now) })?;
    Ok((to_duration(now.it_value), to_duration(now.it_interval)))
}

fn no_timer() -> libc::itimerval {
    libc::itimerval { it_interval: to_timeval(Duration::ZERO), it_value: to_timeval(Duration::ZERO) }
}

fn to_timeval(time: Duration) -> libc::timeval {
    libc::timeval { tv_sec: time.as_secs() as libc::time_t, tv_usec: time.subsec_micros() as libc::suseconds_t }
}

fn to_duration(time: libc::timeval) -> Duration {
    Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64)
}

/// The system's description of a signal; `None` if there is no such signal.
pub fn describe_signal(signum: i32) -> Option<String> {
    if !(1..=64).contains(&signum) {
        return None;
    }
    // SAFETY: returns null or a string that lasts until this thread's next call.
    let text = unsafe {
        let text = libc::strsignal(signum);
        if text.is_null() {
            return None;
        }
        CStr::from_ptr(text).to_string_lossy().into_owned()
    };
    (!text.starts_with("Unknown signal")).then_some(text)
}

/// Whether the descriptor is open, and if so whether it is non-blocking.
pub fn is_nonblocking(fd: i32) -> io::Result<bool> {
    // SAFETY: asks about a number.
    match unsafe { libc::fcntl(fd, libc::F_GETFL) } {
        -1 => Err(io::Error::last_os_error()),
        flags => Ok(flags & libc::O_NONBLOCK != 0),
    }
}

/// Makes the calling thread's waits end when they should: the system may delay them by 50
/// microseconds to save power, which is more than taking the lock back costs.
pub fn precise_timers() {
    // SAFETY: sets a number of the calling thread. Where it is refused, waits are less precise.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1) };
}

/// Names the calling thread as the operating system shows it (15 bytes).
pub fn set_thread_name(name: &str) {
    let mut end = name.len().min(15);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let bytes: Vec<u8> = name.bytes().take(end).take_while(|b| *b != 0).collect();
    if let Ok(name) = CString::new(bytes) {
        // SAFETY: a string of ours, of the calling thread.
        unsafe { libc::pthread_setname_np(libc::pthread_self(), name.as_ptr()) };
    }
}

/// The first and the last real-time signal.
pub fn realtime_range() -> (i32, i32) {
    (libc::SIGRTMIN(), libc::SIGRTMAX())
}
