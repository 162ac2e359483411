//! `_datetime`: dates, times, spans and time zones.

mod calendar;
mod clock;
mod date;
mod delta;
mod local;
mod moment;
mod text;
mod zone;

use lockstep_interp::object::define::TypeSpec;
use lockstep_interp::object::native::Members;
use lockstep_interp::object::raise::{Result, overflow_error, type_error, value_error};
use lockstep_interp::object::{Type, TypeFlags};
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Frozen, Object, Py, Ref, Shape, Value, Visitor};

use calendar::{DAY, SECOND, YEARS, days_in_month};
use clock::Clock;
use delta::Delta;
use zone::Zone;

/// The payload of a `date` and of a `datetime`.
#[derive(Clone)]
pub struct Moment {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    micro: i64,
    fold: i64,
    zone: Option<Value>,
    /// It is a `datetime`.
    full: bool,
}

impl Object for Moment {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.zone);
    }
}

impl Moment {
    /// A date.
    fn date(year: i64, month: i64, day: i64) -> Moment {
        Moment { year, month, day, hour: 0, minute: 0, second: 0, micro: 0, fold: 0, zone: None, full: false }
    }
    fn ordinal(&self) -> i64 {
        calendar::ordinal(self.year, self.month, self.day)
    }
    /// Microseconds since the day before the first, by its own clock.
    fn micros(&self) -> i64 {
        let seconds = (self.hour * 60 + self.minute) * 60 + self.second;
        (self.ordinal() * 86_400 + seconds) * 1_000_000 + self.micro
    }
    /// The same, for sums with spans of any length.
    fn total(&self) -> i128 {
        i128::from(self.micros())
    }
    /// The moment so many microseconds after the day before the first.
    fn at(total: i128, zone: Option<Value>) -> Result<Moment> {
        let (days, seconds, micro) = calendar::split(total);
        if !(1..=i128::from(calendar::LAST)).contains(&days) {
            return Err(overflow_error("date value out of range"));
        }
        let (year, month, day) = calendar::from_ordinal(days as i64);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        Ok(Moment { year, month, day, hour, minute, second, micro, fold: 0, zone, full: true })
    }
}

/// The types that share payloads with others.
#[derive(Default)]
struct Types {
    datetime: Option<Ref<Type>>,
    timezone: Option<Ref<Type>>,
    week: Option<Ref<Type>>,
    utc: Option<Ref<Zone>>,
}

fn missing() -> lockstep_interp::Raised {
    lockstep_interp::object::raise::runtime_error("the module _datetime was not imported")
}

fn datetime_type(py: &mut Py) -> Result<Ref<Type>> {
    py.state::<Types>().datetime.clone().ok_or_else(missing)
}
fn timezone_type(py: &mut Py) -> Result<Ref<Type>> {
    py.state::<Types>().timezone.clone().ok_or_else(missing)
}
fn utc(py: &mut Py) -> Result<Ref<Zone>> {
    py.state::<Types>().utc.clone().ok_or_else(missing)
}

/// The value as a `datetime`, if it is one.
fn as_datetime(value: &Value) -> Option<&Ref<Moment>> {
    value.downcast::<Moment>().filter(|m| m.full)
}

/// The name of a value's class with its module if that is this one.
fn shown_class(py: &mut Py, value: &Value) -> String {
    let ty = py.type_of(value).into_value();
    let module = py.getattr_opt(&ty, "__module__").ok().flatten();
    let own = module.as_ref().and_then(|m| m.downcast::<Str>()).is_some_and(|m| m.as_bytes() == b"datetime");
    let name = py.getattr_opt(&ty, "__qualname__").ok().flatten();
    let name = name.as_ref().and_then(|n| n.downcast::<Str>()).map_or_else(String::new, ToString::to_string);
    if own { format!("datetime.{name}") } else { name }
}

/// An int argument of 32 bits.
fn number(py: &mut Py, value: &Value) -> Result<i64> {
    let n = py.index(value)?;
    match int::as_i64(&n) {
        Some(n) if n > i64::from(i32::MAX) => Err(overflow_error("signed integer is greater than maximum")),
        Some(n) if n < i64::from(i32::MIN) => Err(overflow_error("signed integer is less than minimum")),
        Some(n) => Ok(n),
        None => Err(overflow_error("Python int too large to convert to C long")),
    }
}

fn number_or(py: &mut Py, value: Option<&Value>, default: i64) -> Result<i64> {
    match value {
        Some(value) => number(py, value),
        None => Ok(default),
    }
}

fn check_date(year: i64, month: i64, day: i64) -> Result<()> {
    if !(YEARS.0..=YEARS.1).contains(&year) {
        return Err(value_error(format!("year must be in {}..{}, not {year}", YEARS.0, YEARS.1)));
    }
    if !(1..=12).contains(&month) {
        return Err(value_error(format!("month must be in 1..12, not {month}")));
    }
    let days = days_in_month(year, month);
    if !(1..=days).contains(&day) {
        return Err(value_error(format!("day {day} must be in range 1..{days} for month {month} in year {year}")));
    }
    Ok(())
}

fn check_time(parts: [i64; 4], fold: i64) -> Result<()> {
    let limits = [("hour", 23), ("minute", 59), ("second", 59), ("microsecond", 999_999)];
    for (n, (name, high)) in parts.into_iter().zip(limits) {
        if !(0..=high).contains(&n) {
            return Err(value_error(format!("{name} must be in 0..{high}, not {n}")));
        }
    }
    if !(0..=1).contains(&fold) {
        return Err(value_error(format!("fold must be either 0 or 1, not {fold}")));
    }
    Ok(())
}

/// An argument that is a time zone or None.
fn check_zone(py: &mut Py, value: Option<&Value>) -> Result<Option<Value>> {
    match value {
        None => Ok(None),
        Some(value) if value.is_none() => Ok(None),
        Some(value) if value.is_a::<Zone>() => Ok(Some(value.clone())),
        Some(value) => {
            let got = py.type_name(value);
            Err(type_error(format!("tzinfo argument must be None or of a tzinfo subclass, not type '{got}'")))
        }
    }
}

/// The bytes of a pickled state: bytes, or the str that an old pickle was read as.
fn state_bytes(py: &mut Py, value: &Value, len: usize, what: &str) -> Result<Option<Vec<u8>>> {
    if let Some(bytes) = value.downcast::<lockstep_interp::types::bytes::Bytes>() {
        return Ok(Some(bytes.slice().to_vec()).filter(|b| b.len() == len));
    }
    let Some(text) = value.downcast::<Str>().filter(|s| s.len() == len) else { return Ok(None) };
    let _ = py;
    let mut bytes = Vec::with_capacity(len);
    for c in lockstep_text::wtf8::code_points(text.as_bytes()) {
        match u8::try_from(c) {
            Ok(byte) => bytes.push(byte),
            Err(_) => {
                return Err(value_error(format!(
                    "Failed to encode latin1 string when unpickling a {what} object. pickle.load(data, encoding='latin1') is assumed."
                )));
            }
        }
    }
    Ok(Some(bytes))
}

fn set(py: &mut Py, ty: &Ref<Type>, name: &str, value: Value) {
    let own = ty.get(py).dict.clone();
    dict::set_name(py, &own, name, value);
}

/// A type that shares its payload with `base`.
fn derived(
    py: &mut Py,
    name: &'static str,
    base: Ref<Type>,
    shape: lockstep_interp::ShapeRef,
    flags: u32,
    members: &'static [lockstep_interp::object::native::Member],
    doc: &'static str,
) -> Ref<Type> {
    let spec = TypeSpec { name, module: "datetime", doc: Some(doc), flags, base: Some(base), shape, members, unhashable: false };
    py.new_native_type(spec)
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    let span = py.define::<Delta>();
    let date = py.define::<Moment>();
    let time = py.define::<Clock>();
    let tzinfo = py.define::<Zone>();
    if py.state::<Types>().datetime.is_none() {
        let doc = "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day arguments are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may be ints.";
        let datetime =
            derived(py, "datetime", date.clone(), Shape::plain::<Moment>(), TypeFlags::BASE, moment::DateTime::MEMBERS, doc);
        let doc = "Fixed offset from UTC implementation of tzinfo.";
        let timezone = derived(py, "timezone", tzinfo.clone(), Shape::plain::<Zone>(), 0, zone::TimeZone::MEMBERS, doc);
        let doc = "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  ((year, week, weekday))\nor via the object attributes as named in the above tuple.";
        let tuple = py.type_for::<Tuple>();
        let week = derived(py, "IsoCalendarDate", tuple, Shape::plain_tail::<Tuple>(), 0, date::Week::MEMBERS, doc);
        let none = py.make(Delta { days: 0, seconds: 0, micros: 0 });
        let utc = py.make_in(&timezone, Zone { offset: Some(none), name: None });
        *py.state::<Types>() = Types { datetime: Some(datetime), timezone: Some(timezone), week: Some(week), utc: Some(utc) };
    }
    let (datetime, timezone, utc) = (datetime_type(py)?, timezone_type(py)?, utc(py)?);
    let most = 999_999_999 * DAY;
    for (ty, name, total) in [
        (&span, "min", -most),
        (&span, "max", most + DAY - 1),
        (&span, "resolution", 1),
        (&date, "resolution", DAY),
        (&datetime, "resolution", 1),
        (&time, "resolution", 1),
    ] {
        let value = delta::make(py, total)?;
        set(py, ty, name, value);
    }
    for (name, y, m, day) in [("min", 1, 1, 1), ("max", 9999, 12, 31)] {
        let value = py.make(Moment::date(y, m, day)).into_value();
        set(py, &date, name, value);
    }
    let last = i128::from(calendar::LAST);
    for (name, total) in [("min", DAY), ("max", (last + 1) * DAY - 1)] {
        let value = py.make_in(&datetime, Moment::at(total, None)?).into_value();
        set(py, &datetime, name, value);
    }
    for (name, parts) in [("min", [0, 0, 0, 0]), ("max", [23, 59, 59, 999_999])] {
        let value = py.make(Clock { parts, fold: 0, zone: None }).into_value();
        set(py, &time, name, value);
    }
    for (name, minutes) in [("min", -1439i128), ("max", 1439)] {
        let offset = py.make(Delta::of(minutes * 60 * SECOND)?);
        let value = py.make_in(&timezone, Zone { offset: Some(offset), name: None }).into_value();
        set(py, &timezone, name, value);
    }
    set(py, &timezone, "utc", utc.to_value());
    for (name, value) in [
        ("timedelta", span.into_value()),
        ("date", date.into_value()),
        ("datetime", datetime.into_value()),
        ("time", time.into_value()),
        ("tzinfo", tzinfo.into_value()),
        ("timezone", timezone.into_value()),
        ("UTC", utc.into_value()),
        ("MINYEAR", Value::int32(1)),
        ("MAXYEAR", Value::int32(9999)),
    ] {
        dict::set_name(py, &d, name, value);
    }
    Ok(())
}
