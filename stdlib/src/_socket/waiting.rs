//! Time-outs, and calls that are tried without waiting before the door's wait for readiness.

use std::io;

use lockstep_interp::embed::serve;
use lockstep_interp::object::raise::{Result, io_error, overflow_error, value_error};
use lockstep_interp::{Exc, Py, Raised, Value};
use lockstep_sched::{Deadline, PollFd, Polled, Wait, WaitKind};
use rustix::io::Errno;

use crate::_thread::timeout;
use crate::system;

/// A time-out in seconds; negative: none.
pub fn seconds(py: &mut Py, value: &Value) -> Result<f64> {
    if value.is_none() {
        return Ok(-1.0);
    }
    let seconds = match value.as_float() {
        Some(x) => x,
        None => {
            // What is neither float nor int is told so as an int.
            let number = if value.is_object() && value.as_small_int().is_none() && py.getattr_opt(value, "__float__")?.is_some() {
                value.clone()
            } else {
                py.index(value)?
            };
            py.to_f64(&number)?
        }
    };
    if seconds.is_nan() {
        return Err(value_error("Invalid value NaN (not a number)"));
    }
    if seconds < 0.0 {
        return Err(value_error("Timeout value out of range"));
    }
    if seconds > timeout::MAX_SECONDS {
        return Err(overflow_error("timestamp too large to convert to C PyTime_t"));
    }
    Ok(seconds)
}

/// The value of a time-out.
pub fn to_value(seconds: f64) -> Value {
    if seconds < 0.0 { Value::NONE } else { Value::float(seconds) }
}

/// When calls that begin now with this time-out end.
pub fn deadline(py: &mut Py, seconds: f64) -> Deadline {
    if seconds < 0.0 {
        Deadline::NEVER
    } else if seconds == 0.0 {
        Deadline::NOW
    } else {
        timeout::deadline(py, seconds)
    }
}

/// Waits until the descriptor is ready; false if time is up.
pub fn ready(py: &mut Py, kind: WaitKind, fd: i32, deadline: Deadline) -> Result<bool> {
    let wait = Wait::new(kind).fd(fd).until(deadline);
    let write = matches!(kind, WaitKind::Write | WaitKind::Connect);
    let mut fds = [if write { PollFd::writable(fd) } else { PollFd::readable(fd) }];
    loop {
        match py.thread().poll(&wait, &mut fds) {
            Ok(Polled::Ready(_)) => return Ok(true),
            Ok(Polled::TimedOut) => return Ok(false),
            Ok(Polled::Interrupted) => {
                let requests = py.thread().requests();
                serve(py, requests)?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => py.check()?,
            Err(error) => return Err(io_error(py, &error)),
        }
    }
}

/// `TimeoutError`
#[cold]
pub fn timed_out() -> Raised {
    Raised::new(Exc::TimeoutError, "timed out")
}

/// Calls until it has an answer; waits between calls while the answer is to try again. The call
/// itself does not wait.
pub fn patiently<R>(
    py: &mut Py,
    kind: WaitKind,
    fd: i32,
    until: Deadline,
    mut call: impl FnMut(&mut Py) -> Result<io::Result<R>>,
) -> Result<R> {
    loop {
        match call(py)? {
            Ok(done) => return Ok(done),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => py.check()?,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if until == Deadline::NOW {
                    return Err(system::fail(py, Errno::AGAIN));
                }
                if !ready(py, kind, fd, until)? {
                    return Err(timed_out());
                }
            }
            Err(error) => return Err(io_error(py, &error)),
        }
    }
}
