//! Calendar fields of moments, in UTC and in the local time zone.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, overflow_error, type_error, value_error};
use lockstep_interp::types::structseq;
use lockstep_interp::types::tuple::Tuple;
use tz::TimeZone;

use super::STRUCT_TIME;

/// The local time zone of an interpreter.
#[derive(Default)]
struct Zone(Option<TimeZone>);

/// The nine fields, and the zone's name and offset.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// Year.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 61.
    pub second: i64,
    /// Monday is 0.
    pub weekday: i64,
    /// 1 to 366.
    pub yearday: i64,
    /// 0, 1 or -1.
    pub dst: i64,
    /// Name of the zone.
    pub zone: Option<String>,
    /// Seconds east of UTC.
    pub offset: Option<i64>,
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

impl Fields {
    /// The fields in UTC.
    pub fn utc(at: i64) -> Result<Fields> {
        let day_number = at.div_euclid(86_400);
        let second = at.rem_euclid(86_400);
        let z = day_number + 719_468;
        let era = z.div_euclid(146_097);
        let of_era = z.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let mp = (5 * of_year + 2) / 153;
        let day = of_year - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        if i32::try_from(year - 1900).is_err() {
            return Err(overflow_error("timestamp out of range for platform time_t"));
        }
        Ok(Fields {
            year,
            month,
            day,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
            weekday: (day_number + 3).rem_euclid(7),
            yearday: day_number - days(year, 1, 1) + 1,
            dst: 0,
            zone: Some("GMT".to_owned()),
            offset: Some(0),
        })
    }
    /// A `struct_time`.
    pub fn value(&self, py: &mut Py) -> Value {
        let numbers =
            [self.year, self.month, self.day, self.hour, self.minute, self.second, self.weekday, self.yearday, self.dst];
        let mut values: Vec<Value> = numbers.iter().map(|n| py.int(*n)).collect();
        values.push(self.zone.as_ref().map_or(Value::NONE, |z| py.str(z)));
        values.push(self.offset.map_or(Value::NONE, |o| py.int(o)));
        py.struct_seq(&STRUCT_TIME, values)
    }
    /// Seconds since the epoch, were the fields in UTC.
    pub fn seconds(&self) -> i64 {
        let months = self.year * 12 + self.month - 1;
        let start = days(months.div_euclid(12), months.rem_euclid(12) + 1, 1);
        (start + self.day - 1) * 86_400 + self.hour * 3600 + self.minute * 60 + self.second
    }
}

/// Read the time zone anew.
pub fn reload(py: &mut Py) {
    let key = py.str("TZ");
    let environ = lockstep_interp::import::loaded(py, "os").and_then(|os| py.getattr(&os, "environ").ok());
    let name = match environ {
        Some(environ) => py
            .call_method(&environ, "get", &[key])
            .ok()
            .and_then(|v| v.downcast::<lockstep_interp::types::str::Str>().map(|s| s.to_string())),
        None => std::env::var("TZ").ok(),
    };
    let zone = match name.as_deref() {
        None => TimeZone::local().unwrap_or_else(|_| TimeZone::utc()),
        Some("") => TimeZone::utc(),
        Some(name) => TimeZone::from_posix_tz(name).unwrap_or_else(|_| TimeZone::utc()),
    };
    py.state::<Zone>().0 = Some(zone);
}

fn zone_at(py: &mut Py, at: i64) -> (i32, bool, String) {
    if py.state::<Zone>().0.is_none() {
        reload(py);
    }
    match py.state::<Zone>().0.as_ref().and_then(|z| z.find_local_time_type(at).ok()) {
        Some(t) => (t.ut_offset(), t.is_dst(), t.time_zone_designation().to_owned()),
        None => (0, false, "UTC".to_owned()),
    }
}

/// Offset and name of standard and of summer time.
pub fn zones(py: &mut Py) -> ((i32, String), (i32, String)) {
    let now = super::wall() as i64 / 1_000_000_000;
    let (mut standard, mut summer) = (None, None);
    for half in 0..4 {
        let (offset, dst, name) = zone_at(py, now - half * 15_778_476);
        let place = if dst { &mut summer } else { &mut standard };
        place.get_or_insert((offset, name));
    }
    let standard = standard.unwrap_or((0, "UTC".to_owned()));
    let summer = summer.unwrap_or_else(|| standard.clone());
    (standard, summer)
}

/// The fields in the local time zone.
pub fn local(py: &mut Py, at: i64) -> Result<Fields> {
    let (offset, dst, zone) = zone_at(py, at);
    let moved = at.checked_add(i64::from(offset)).ok_or_else(|| overflow_error("timestamp out of range for platform time_t"))?;
    let mut fields = Fields::utc(moved)?;
    fields.dst = i64::from(dst);
    fields.zone = Some(zone);
    fields.offset = Some(i64::from(offset));
    Ok(fields)
}

/// A moment given in seconds; None is now.
pub fn moment(py: &mut Py, value: &Value) -> Result<i64> {
    if value.is_none() {
        return Ok(super::wall().div_euclid(1_000_000_000) as i64);
    }
    let range = || overflow_error("timestamp out of range for platform time_t");
    if lockstep_interp::types::int::is_int(value) {
        return lockstep_interp::types::int::as_i64(value).ok_or_else(range);
    }
    let x = py.to_f64(value).map_err(|e| {
        if e.is(lockstep_interp::object::Exc::TypeError) {
            type_error(format!("'{}' object cannot be interpreted as an integer", py.type_name(value)))
        } else {
            e
        }
    })?;
    if x.is_nan() {
        return Err(value_error("Invalid value NaN (not a number)"));
    }
    let x = x.floor();
    if !(-9.2e18..9.2e18).contains(&x) {
        return Err(range());
    }
    Ok(x as i64)
}

/// The fields of a tuple as scripts give it.
fn from_tuple(py: &mut Py, value: &Value, function: &str) -> Result<Fields> {
    let Some(tuple) = value.downcast::<Tuple>() else {
        return Err(type_error("Tuple or struct_time argument required"));
    };
    if tuple.len() != 9 {
        return Err(type_error(format!("{function}(): illegal time tuple argument")));
    }
    // The system counts years from 1900, in 32 bits.
    let year = py.index_clamped(&tuple.slice()[0].clone())?;
    if (i32::MIN as isize..i32::MIN as isize + 1900).contains(&year) {
        return Err(overflow_error("year out of range"));
    }
    let mut n = [0; 9];
    for (to, from) in n.iter_mut().zip(tuple.slice().to_vec()) {
        let number = py.index_clamped(&from)?;
        *to = i64::from(i32::try_from(number).map_err(|_| {
            overflow_error(if number > 0 {
                "signed integer is greater than maximum"
            } else {
                "signed integer is less than minimum"
            })
        })?);
    }
    let zone = structseq::field(py, value, "tm_zone")
        .and_then(|v| v.downcast::<lockstep_interp::types::str::Str>().map(|s| s.to_string()));
    let offset = structseq::field(py, value, "tm_gmtoff").and_then(|v| lockstep_interp::types::int::as_i64(&v));
    Ok(Fields {
        year: n[0],
        month: n[1],
        day: n[2],
        hour: n[3],
        minute: n[4],
        second: n[5],
        weekday: n[6],
        yearday: n[7],
        dst: n[8],
        zone,
        offset,
    })
}

/// The fields of an optional tuple, checked; none given: now. What a tuple does not say of its zone is
/// found out if it is `wanted`.
pub fn given(py: &mut Py, tuple: Option<&Value>, function: &str, wanted: bool) -> Result<Fields> {
    let Some(tuple) = tuple else {
        let now = moment(py, &Value::NONE)?;
        return local(py, now);
    };
    let mut f = from_tuple(py, tuple, function)?;
    if f.month == 0 {
        f.month = 1;
    }
    if f.day == 0 {
        f.day = 1;
    }
    if f.yearday == 0 {
        f.yearday = 1;
    }
    for (good, what) in [
        ((1..=12).contains(&f.month), "month out of range"),
        ((1..=31).contains(&f.day), "day of month out of range"),
        ((0..=23).contains(&f.hour), "hour out of range"),
        ((0..=59).contains(&f.minute), "minute out of range"),
        ((0..=61).contains(&f.second), "seconds out of range"),
        (f.weekday >= -1, "day of week out of range"),
        ((1..=366).contains(&f.yearday), "day of year out of range"),
    ] {
        if !good {
            return Err(value_error(what));
        }
    }
    f.weekday = f.weekday.rem_euclid(7);
    if wanted && f.zone.is_none() {
        let (standard, summer) = zones(py);
        let (offset, zone) = if f.dst > 0 { summer } else { standard };
        f.zone = Some(zone);
        f.offset = Some(i64::from(offset));
    }
    Ok(f)
}

/// `mktime()`
pub fn mktime(py: &mut Py, tuple: &Value) -> Result<f64> {
    let f = from_tuple(py, tuple, "mktime")?;
    let wanted = f.seconds();
    let (standard, summer) = zones(py);
    let guess = if f.dst > 0 { summer.0 } else { standard.0 };
    let mut at = wanted - i64::from(guess);
    for _ in 0..3 {
        let (offset, dst, _) = zone_at(py, at);
        // Asked for summer time in winter or the other way round: the hour is shifted.
        let shift = if f.dst >= 0 && dst != (f.dst > 0) {
            if f.dst > 0 { i64::from(summer.0 - standard.0) } else { i64::from(standard.0 - summer.0) }
        } else {
            0
        };
        let next = wanted - i64::from(offset) - shift;
        if next == at {
            break;
        }
        at = next;
    }
    Ok(at as f64)
}
