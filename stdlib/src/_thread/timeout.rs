//! Timeouts as scripts give them: seconds, as int or float.

use std::time::Duration;

use lockstep_interp::object::raise::{overflow_error, value_error};
use lockstep_interp::{Py, Result, Value};
use lockstep_sched::Deadline;

/// `_thread.TIMEOUT_MAX`
pub const MAX_SECONDS: f64 = 9_223_372_036.0;

/// The seconds of a timeout.
pub fn seconds(py: &mut Py, value: &Value) -> Result<f64> {
    let seconds = match value.as_small_int() {
        Some(n) => n as f64,
        None => match value.as_float() {
            Some(x) => x,
            None => py.to_f64(value)?,
        },
    };
    if seconds.is_nan() {
        return Err(value_error("Invalid value NaN (not a number)"));
    }
    Ok(seconds)
}

/// The moment `seconds` from now.
pub fn deadline(py: &mut Py, seconds: f64) -> Deadline {
    let duration = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
    py.thread().sched().clock().after(duration)
}

/// How an `acquire(blocking, timeout)` waits; none: not at all.
pub fn of_acquire(py: &mut Py, blocking: &Value, timeout: &Value) -> Result<Option<Deadline>> {
    let blocking = py.truth(blocking)?;
    if timeout.as_small_int() == Some(-1) {
        return Ok(blocking.then_some(Deadline::NEVER));
    }
    let seconds = seconds(py, timeout)?;
    if !blocking && seconds != -1.0 {
        return Err(value_error("can't specify a timeout for a non-blocking call"));
    }
    if seconds < 0.0 && seconds != -1.0 {
        return Err(value_error("timeout value must be a non-negative number"));
    }
    if seconds == -1.0 {
        return Ok(blocking.then_some(Deadline::NEVER));
    }
    // What does not fit 64 bits of nanoseconds.
    if seconds * 1e9 >= 9_223_372_036_854_775_808.0 {
        return Err(overflow_error("timestamp too large to convert to C PyTime_t"));
    }
    if seconds > MAX_SECONDS {
        return Err(overflow_error("timeout value is too large"));
    }
    if seconds == 0.0 {
        return Ok(None);
    }
    Ok(Some(deadline(py, seconds)))
}
