//! Descriptors for events, timers and memory; device files.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, overflow_error, value_error};
use lockstep_interp::types::int;
use lockstep_macros::module;
use lockstep_sched::WaitKind;
use rustix::event::EventfdFlags;
use rustix::fs::MemfdFlags;
use rustix::io::Errno;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};

use crate::system;

const NANOS: i64 = 1_000_000_000;

fn done<R>(py: &Py, result: rustix::io::Result<R>) -> Result<R> {
    result.map_err(|e| system::fail(py, e))
}

/// A number without sign.
fn unsigned(py: &mut Py, value: &Value, most: u64, kind: &str) -> Result<u64> {
    let n = py.index(value)?;
    match int::to_ibig(&n) {
        Some(n) if n < dashu_int::IBig::ZERO => Err(value_error("value must be positive")),
        Some(n) => match u64::try_from(&n) {
            Ok(n) if n <= most => Ok(n),
            _ => Err(overflow_error(format!("Python int too large for C {kind}"))),
        },
        None => Ok(0),
    }
}

fn to_timespec(nanos: i64) -> Timespec {
    Timespec { tv_sec: nanos.div_euclid(NANOS), tv_nsec: nanos.rem_euclid(NANOS) }
}

fn from_timespec(time: Timespec) -> i64 {
    time.tv_sec.saturating_mul(NANOS).saturating_add(time.tv_nsec)
}

/// Seconds as a script gives them, in nanoseconds.
fn nanos(seconds: f64) -> Result<i64> {
    let nanos = (seconds * 1e9).round();
    if nanos.is_nan() {
        return Err(value_error("Invalid value NaN (not a number)"));
    }
    if nanos.abs() >= i64::MAX as f64 {
        return Err(overflow_error("timestamp out of range for platform time_t"));
    }
    Ok(nanos as i64)
}

/// Sets a timer: when it ends first and then how often; what it was before.
fn set_timer(py: &mut Py, fd: &Value, flags: u32, initial: i64, interval: i64) -> Result<Itimerspec> {
    let fd = system::descriptor_of(py, fd)?;
    let new = Itimerspec { it_interval: to_timespec(interval), it_value: to_timespec(initial) };
    let flags = TimerfdTimerFlags::from_bits_retain(flags);
    let result = system::fd(fd).and_then(|fd| rustix::time::timerfd_settime(fd, flags, &new));
    done(py, result)
}

fn timer(py: &mut Py, fd: &Value) -> Result<Itimerspec> {
    let fd = system::descriptor_of(py, fd)?;
    let result = system::fd(fd).and_then(rustix::time::timerfd_gettime);
    done(py, result)
}

fn in_seconds(py: &Py, timer: &Itimerspec) -> Value {
    let seconds = |t| Value::float(from_timespec(t) as f64 / 1e9);
    py.tuple(vec![seconds(timer.it_value), seconds(timer.it_interval)])
}

fn in_nanos(py: &Py, timer: &Itimerspec) -> Value {
    py.tuple(vec![py.int(from_timespec(timer.it_value)), py.int(from_timespec(timer.it_interval))])
}

/// The functions of this file.
pub struct Events;

#[module]
impl Events {
    /// Creates and returns an event notification file descriptor.
    #[py("(initval, flags=524288)")]
    fn eventfd(py: &mut Py, initval: &Value, flags: i32) -> Result<i32> {
        let value = unsigned(py, initval, u64::from(u32::MAX), "unsigned int")?;
        let made = rustix::event::eventfd(value as u32, EventfdFlags::from_bits_retain(flags as u32));
        done(py, made).map(lockstep_sched::number)
    }
    /// Read eventfd value
    #[py("(fd)")]
    fn eventfd_read(py: &mut Py, fd: &Value) -> Result<u64> {
        let fd = system::descriptor_of(py, fd)?;
        let mut bytes = [0; 8];
        let result = system::blocking(py, WaitKind::Read, fd, || rustix::io::read(system::fd(fd)?, &mut bytes))?;
        match done(py, result)? {
            8 => Ok(u64::from_ne_bytes(bytes)),
            _ => Err(system::fail(py, Errno::INVAL)),
        }
    }
    /// Write eventfd value.
    #[py("(fd, value)")]
    fn eventfd_write(py: &mut Py, fd: &Value, value: &Value) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let value = unsigned(py, value, u64::MAX, "unsigned long long")?;
        let bytes = value.to_ne_bytes();
        let result = system::blocking(py, WaitKind::Write, fd, || rustix::io::write(system::fd(fd)?, &bytes))?;
        done(py, result).map(drop)
    }
    #[py("(name, flags=1)")]
    fn memfd_create(py: &mut Py, name: &Value, flags: u32) -> Result<i32> {
        let path = system::fspath(py, name)?;
        let name = system::path_of(py, path, "")?;
        let made = rustix::fs::memfd_create(name.bytes.as_slice(), MemfdFlags::from_bits_retain(flags));
        done(py, made).map(lockstep_sched::number)
    }
    /// Create and return a timer file descriptor.
    ///
    /// `clockid` is time.CLOCK_REALTIME, CLOCK_MONOTONIC or CLOCK_BOOTTIME; `flags` is 0 or a mask of
    /// os.TFD_NONBLOCK and os.TFD_CLOEXEC.
    #[py("(clockid, /, *, flags=524288)")]
    fn timerfd_create(py: &mut Py, clockid: i32, flags: u32) -> Result<i32> {
        let clock = match clockid {
            0 => Ok(TimerfdClockId::Realtime),
            1 => Ok(TimerfdClockId::Monotonic),
            7 => Ok(TimerfdClockId::Boottime),
            8 => Ok(TimerfdClockId::RealtimeAlarm),
            9 => Ok(TimerfdClockId::BoottimeAlarm),
            _ => Err(Errno::INVAL),
        };
        let made = clock.and_then(|clock| rustix::time::timerfd_create(clock, TimerfdFlags::from_bits_retain(flags)));
        done(py, made).map(lockstep_sched::number)
    }
    /// Return a tuple of a timer file descriptor's (interval, next expiration) in float seconds.
    ///
    ///   fd
    ///     A timer file descriptor.
    #[py("(fd, /)")]
    fn timerfd_gettime(py: &mut Py, fd: &Value) -> Result<Value> {
        let timer = timer(py, fd)?;
        Ok(in_seconds(py, &timer))
    }
    /// Return a tuple of a timer file descriptor's (interval, next expiration) in nanoseconds.
    ///
    ///   fd
    ///     A timer file descriptor.
    #[py("(fd, /)")]
    fn timerfd_gettime_ns(py: &mut Py, fd: &Value) -> Result<Value> {
        let timer = timer(py, fd)?;
        Ok(in_nanos(py, &timer))
    }
    /// Alter a timer file descriptor's internal timer in seconds.
    ///
    ///   fd
    ///     A timer file descriptor.
    ///   flags
    ///     0 or a bit mask of TFD_TIMER_ABSTIME or TFD_TIMER_CANCEL_ON_SET.
    ///   initial
    ///     The initial expiration time, in seconds.
    ///   interval
    ///     The timer's interval, in seconds.
    #[py("(fd, /, *, flags=0, initial=0.0, interval=0.0)")]
    fn timerfd_settime(py: &mut Py, fd: &Value, flags: u32, initial: f64, interval: f64) -> Result<Value> {
        let before = set_timer(py, fd, flags, nanos(initial)?, nanos(interval)?)?;
        Ok(in_seconds(py, &before))
    }
    /// Alter a timer file descriptor's internal timer in nanoseconds.
    ///
    ///   fd
    ///     A timer file descriptor.
    ///   flags
    ///     0 or a bit mask of TFD_TIMER_ABSTIME or TFD_TIMER_CANCEL_ON_SET.
    ///   initial
    ///     initial expiration timing in seconds.
    ///   interval
    ///     interval for the timer in seconds.
    #[py("(fd, /, *, flags=0, initial=0, interval=0)")]
    fn timerfd_settime_ns(py: &mut Py, fd: &Value, flags: u32, initial: i64, interval: i64) -> Result<Value> {
        let before = set_timer(py, fd, flags, initial, interval)?;
        Ok(in_nanos(py, &before))
    }
}
