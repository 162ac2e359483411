//! Scheduling of processes by the system, their namespaces, and news of children.

use std::time::Duration;
use std::{io, mem};

fn check(result: i32) -> io::Result<i32> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn priority_of(priority: i32) -> libc::sched_param {
    // SAFETY: all-zero is a valid structure.
    let mut param: libc::sched_param = unsafe { mem::zeroed() };
    param.sched_priority = priority;
    param
}

/// The policy by which the system schedules a process.
pub fn policy(pid: i32) -> io::Result<i32> {
    // SAFETY: numbers only.
    check(unsafe { libc::sched_getscheduler(pid) })
}

/// Sets policy and priority.
pub fn set_policy(pid: i32, policy: i32, priority: i32) -> io::Result<()> {
    let param = priority_of(priority);
    // SAFETY: the structure is ours and outlives the call.
    check(unsafe { libc::sched_setscheduler(pid, policy, &raw const param) }).map(drop)
}

/// The priority within the policy.
pub fn priority(pid: i32) -> io::Result<i32> {
    let mut param = priority_of(0);
    // SAFETY: fills in ours.
    check(unsafe { libc::sched_getparam(pid, &raw mut param) })?;
    Ok(param.sched_priority)
}

/// Sets the priority within the policy.
pub fn set_priority(pid: i32, priority: i32) -> io::Result<()> {
    let param = priority_of(priority);
    // SAFETY: the structure is ours and outlives the call.
    check(unsafe { libc::sched_setparam(pid, &raw const param) }).map(drop)
}

/// The lowest and the highest priority of a policy.
pub fn priorities(policy: i32) -> io::Result<(i32, i32)> {
    // SAFETY: numbers only.
    let range = unsafe { (libc::sched_get_priority_min(policy), libc::sched_get_priority_max(policy)) };
    Ok((check(range.0)?, check(range.1)?))
}

/// How long a process runs before the next of its priority.
pub fn round_robin(pid: i32) -> io::Result<Duration> {
    // SAFETY: all-zero is a valid time, here to be overwritten.
    let mut time: libc::timespec = unsafe { mem::zeroed() };
    // SAFETY: fills in ours.
    check(unsafe { libc::sched_rr_get_interval(pid, &raw mut time) })?;
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Ok(Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), nanos))
}

/// Moves the calling thread into a namespace.
pub fn enter_namespace(fd: i32, kind: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    check(unsafe { libc::setns(fd, kind) }).map(drop)
}

/// Stops sharing parts of the calling thread's surroundings.
pub fn unshare(flags: i32) -> io::Result<()> {
    // SAFETY: numbers only. What is unshared is the thread's own then; memory is not among it for
    // a thread of a process that has others.
    check(unsafe { libc::unshare(flags) }).map(drop)
}

/// What `waitid` tells of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// The child.
    pub pid: i32,
    /// Its user.
    pub uid: u32,
    /// `SIGCHLD`
    pub signo: i32,
    /// Its exit code or the signal.
    pub status: i32,
    /// `CLD_EXITED` and its kin.
    pub code: i32,
}

/// Waits for news of children; none: there are none yet (`WNOHANG`).
pub fn wait_id(kind: u32, id: u32, options: i32) -> io::Result<Option<News>> {
    // SAFETY: all-zero is a valid structure, here to be overwritten.
    let mut info: libc::siginfo_t = unsafe { mem::zeroed() };
    // SAFETY: fills in ours.
    check(unsafe { libc::waitid(kind, id, &raw mut info, options) })?;
    // SAFETY: of a child these fields are there; otherwise all is zero.
    let (pid, uid, status) = unsafe { (info.si_pid(), info.si_uid(), info.si_status()) };
    Ok((pid != 0).then_some(News { pid, uid, signo: info.si_signo, status, code: info.si_code }))
}
