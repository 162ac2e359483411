//! Local time, as the system's tables have it; and moments from timestamps.

use lockstep_interp::import::import_module;
use lockstep_interp::object::Type;
use lockstep_interp::object::raise::{Result, overflow_error, value_error};
use lockstep_interp::types::float;
use lockstep_interp::types::int;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Ref, Value};

use super::calendar::{DAY, SECOND, ordinal};
use super::{Moment, moment, zone};

/// The first second of 1970, counted from the day before the first.
pub const EPOCH: i128 = 719_163 * 86_400;
/// Clocks are never put back by more.
const MAX_FOLD: i64 = 24 * 3600;

/// `time.localtime(seconds)`
pub fn localtime(py: &mut Py, seconds: i64) -> Result<Value> {
    let time = import_module(py, "time")?;
    let seconds = py.int(seconds);
    py.call_method(&time, "localtime", &[seconds])
}

/// Year to second of a local time.
pub fn fields(tuple: &Value) -> [i64; 6] {
    let mut out = [0; 6];
    if let Some(t) = tuple.downcast::<Tuple>() {
        for (slot, value) in out.iter_mut().zip(t.slice()) {
            *slot = value.as_small_int().unwrap_or(0);
        }
    }
    // Leap seconds are not ours.
    out[5] = out[5].min(59);
    out
}

fn seconds_of(f: [i64; 6]) -> i64 {
    ordinal(f[0], f[1], f[2]) * 86_400 + (f[3] * 60 + f[4]) * 60 + f[5]
}

/// The local clock at a second since 1970, as seconds since 1970.
fn local(py: &mut Py, seconds: i64) -> Result<i64> {
    // Years outside the calendar cannot be asked for.
    if !(-62_135_683_200..=253_402_387_200).contains(&seconds) {
        return Err(value_error("year is out of range"));
    }
    let tuple = localtime(py, seconds)?;
    Ok(seconds_of(fields(&tuple)) - EPOCH as i64)
}

/// The second since 1970 at which the local clock shows this moment.
pub fn mktime(py: &mut Py, m: &Moment, fold: i64) -> Result<i64> {
    let t = (m.total().div_euclid(SECOND) - EPOCH) as i64;
    let a = local(py, t)? - t;
    let u1 = t - a;
    let t1 = local(py, u1)?;
    let b = if t1 == t {
        // One solution; there may be an earlier or a later one.
        let u2 = u1 + if fold == 0 { -MAX_FOLD } else { MAX_FOLD };
        let b = local(py, u2)? - u2;
        if a == b {
            return Ok(u1);
        }
        b
    } else {
        t1 - u1
    };
    let u2 = t - b;
    let t2 = local(py, u2)?;
    if t2 == t {
        return Ok(u2);
    }
    if t1 == t {
        return Ok(u1);
    }
    // The clock never shows it.
    Ok(if fold == 0 { u1.max(u2) } else { u1.min(u2) })
}

/// The zone of the system at a moment.
pub fn zone_at(py: &mut Py, m: &Moment, value: &Value) -> Result<Value> {
    let seconds = if m.zone.is_none() {
        let mut seconds = mktime(py, m, m.fold)?;
        let other = mktime(py, m, 1 - m.fold)?;
        if other != seconds && (other > seconds) == (m.fold == 1) {
            seconds = other;
        }
        seconds
    } else {
        let offset = zone::offset(py, m.zone.as_ref(), "utcoffset", value)?.unwrap_or(0);
        ((m.total() - offset).div_euclid(SECOND) - EPOCH) as i64
    };
    let tuple = localtime(py, seconds)?;
    let offset = py.getattr(&tuple, "tm_gmtoff")?;
    let name = py.getattr(&tuple, "tm_zone")?;
    let offset = offset.as_small_int().unwrap_or(0);
    let name = if name.is_none() { None } else { Some(name) };
    zone::fixed(py, i128::from(offset) * SECOND, name)
}

/// A timestamp in microseconds.
pub fn timestamp(py: &mut Py, value: &Value) -> Result<i128> {
    if let Some(x) = float::as_f64(value) {
        if x.is_nan() {
            return Err(value_error("Invalid value NaN (not a number)"));
        }
        let (whole, fraction) = (x.floor(), x - x.floor());
        if whole.abs() > 9.2e18 {
            return Err(overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok(whole as i128 * SECOND + (fraction * 1e6).round_ties_even() as i128);
    }
    let n = py.index(value)?;
    match int::as_i64(&n) {
        Some(n) => Ok(i128::from(n) * SECOND),
        None => Err(overflow_error("timestamp out of range for platform time_t")),
    }
}

fn out_of_range(micros: i128) -> lockstep_interp::Raised {
    // The mean year is near enough for a message.
    let year = 1970 + micros / (DAY * 365 + DAY / 4);
    value_error(format!("year {year} is out of range"))
}

/// A `datetime` of class `cls` at a timestamp: in the zone, in UTC, or by the local clock.
pub fn at(py: &mut Py, cls: &Ref<Type>, micros: i128, utc: bool, tz: Option<&Value>) -> Result<Value> {
    let (seconds, micro) = (micros.div_euclid(SECOND), micros.rem_euclid(SECOND));
    let total = micros + EPOCH * SECOND;
    if !(DAY..(3_652_060 * DAY)).contains(&total) {
        return Err(out_of_range(micros));
    }
    if utc || tz.is_some() {
        let made = Moment::at(total, tz.cloned())?;
        let made = moment::new(py, cls, made)?;
        return match tz {
            Some(tz) => py.call_method(tz, "fromutc", &[made]),
            None => Ok(made),
        };
    }
    let tuple = localtime(py, seconds as i64)?;
    let f = fields(&tuple);
    let mut made = Moment::at(i128::from(seconds_of(f)) * SECOND + micro, None).map_err(|_| out_of_range(micros))?;
    // Was the clock put back within the last day, so that it shows this for the second time?
    if let Ok(before) = local(py, seconds as i64 - MAX_FOLD) {
        let shift = seconds_of(f) - EPOCH as i64 - before - MAX_FOLD;
        if shift < 0 && local(py, seconds as i64 + shift)? == seconds_of(f) - EPOCH as i64 {
            made.fold = 1;
        }
    }
    moment::new(py, cls, made)
}

/// The time now, in microseconds since 1970.
pub fn now(py: &mut Py) -> Result<i128> {
    let time = import_module(py, "time")?;
    let nanos = py.call_method(&time, "time_ns", &[])?;
    let nanos = int::to_ibig(&nanos).and_then(|n| i128::try_from(&n).ok()).unwrap_or(0);
    Ok(nanos.div_euclid(1000))
}
