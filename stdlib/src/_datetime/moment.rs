//! `datetime`: a day and a time of day.

use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::special::CompareOp;
use lockstep_interp::object::{Exc, Type};
use lockstep_interp::types::int;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Ref, Value, methods};

use super::calendar::{self, SECOND, Wrong, date_text, offset_text, parse_date, parse_time, push_time, separator};
use super::clock::Clock;
use super::date::{new as new_date, required};
use super::text::{characters, ctime, not_iso, strptime, struct_time, text_or};
use super::zone::{self, Zone};
use super::{
    Moment, as_datetime, check_date, check_time, check_zone, datetime_type, delta, local, number, number_or, shown_class,
    state_bytes,
};

/// A datetime of this class.
pub fn new(py: &mut Py, cls: &Ref<Type>, moment: Moment) -> Result<Value> {
    if cls.is(&datetime_type(py)?) {
        return Ok(py.make_in(cls, moment).into_value());
    }
    let parts = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.micro];
    let mut args: Vec<Value> = parts.iter().map(|n| py.int(*n)).collect();
    args.push(moment.zone.clone().unwrap_or(Value::NONE));
    let fold = [("fold", py.int(moment.fold))];
    py.call_named(cls.as_value(), &args, if moment.fold == 0 { &[] } else { &fold })
}

fn offset(py: &mut Py, this: &Ref<Moment>) -> Result<Option<i128>> {
    zone::offset(py, this.zone.as_ref(), "utcoffset", this.as_value())
}

/// The offset at the other showing of the same clock.
fn other_offset(py: &mut Py, this: &Ref<Moment>) -> Result<Option<i128>> {
    let other = Moment { fold: 1 - this.fold, ..(**this).clone() };
    let ty = py.type_of(this.as_value());
    let other = new(py, &ty, other)?;
    zone::offset(py, this.zone.as_ref(), "utcoffset", &other)
}

fn same_zone(a: &Moment, b: &Moment) -> bool {
    match (&a.zone, &b.zone) {
        (None, None) => true,
        (Some(a), Some(b)) => a.is(b),
        _ => false,
    }
}

fn compared(py: &mut Py, op: CompareOp, this: &Ref<Moment>, other: &Value) -> Result<Value> {
    let Some(other) = as_datetime(other) else { return Ok(Value::NOT_IMPLEMENTED) };
    if same_zone(this, other) {
        return Ok(Value::bool(op.accepts(this.micros().cmp(&other.micros()))));
    }
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let (a, b) = (offset(py, this)?, offset(py, other)?);
    if equality && a.is_some() && b.is_some() && (other_offset(py, this)? != a || other_offset(py, other)? != b) {
        // Where a clock is put back, nothing of another zone is the same.
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    let order = match (a, b) {
        (None, None) => this.total().cmp(&other.total()),
        (Some(a), Some(b)) => (this.total() - a).cmp(&(other.total() - b)),
        _ if equality => return Ok(Value::bool(op == CompareOp::Ne)),
        _ => return Err(type_error("can't compare offset-naive and offset-aware datetimes")),
    };
    Ok(Value::bool(op.accepts(order)))
}

fn state(m: &Moment, fold: bool) -> Vec<u8> {
    let month = if fold && m.fold == 1 { m.month + 128 } else { m.month };
    let parts = [m.year >> 8, m.year, month, m.day, m.hour, m.minute, m.second, m.micro >> 16, m.micro >> 8, m.micro];
    parts.iter().map(|n| *n as u8).collect()
}

fn of_state(py: &mut Py, cls: &Ref<Type>, b: &[u8], zone: Option<&Value>) -> Result<Value> {
    let zone = match zone {
        None => None,
        Some(z) if z.is_none() => None,
        Some(z) if z.is_a::<Zone>() => Some(z.clone()),
        Some(_) => return Err(type_error("bad tzinfo state arg")),
    };
    let at = |i: usize| i64::from(b.get(i).copied().unwrap_or(0));
    let made = Moment {
        year: at(0) << 8 | at(1),
        month: at(2) & 127,
        day: at(3),
        hour: at(4),
        minute: at(5),
        second: at(6),
        micro: at(7) << 16 | at(8) << 8 | at(9),
        fold: i64::from(at(2) > 127),
        zone,
        full: true,
    };
    Ok(py.make_in(cls, made).into_value())
}

fn reduced(py: &mut Py, this: &Ref<Moment>, protocol: i64) -> Value {
    let state = py.bytes(&state(this, protocol > 3));
    let mut args = vec![state];
    args.extend(this.zone.clone());
    let args = py.tuple(args);
    let class = py.type_of(this.as_value()).into_value();
    py.tuple(vec![class, args])
}

/// Year to microsecond as given, else as they are.
fn replaced(
    py: &mut Py,
    this: &Ref<Moment>,
    given: [Option<&Value>; 7],
    tzinfo: Option<&Value>,
    fold: Option<&Value>,
) -> Result<Value> {
    let mut parts = [this.year, this.month, this.day, this.hour, this.minute, this.second, this.micro];
    for (slot, value) in parts.iter_mut().zip(given) {
        *slot = number_or(py, value, *slot)?;
    }
    let fold = number_or(py, fold, this.fold)?;
    let zone = match tzinfo {
        Some(_) => check_zone(py, tzinfo)?,
        None => this.zone.clone(),
    };
    let [year, month, day, hour, minute, second, micro] = parts;
    check_date(year, month, day)?;
    check_time([hour, minute, second, micro], fold)?;
    let ty = py.type_of(this.as_value());
    new(py, &ty, Moment { year, month, day, hour, minute, second, micro, fold, zone, full: true })
}

/// Like the argument, but in a zone or in none.
fn in_zone(py: &mut Py, this: &Ref<Moment>, total: i128, zone: Option<Value>) -> Result<Value> {
    let ty = py.type_of(this.as_value());
    let made = Moment::at(total, zone)?;
    new(py, &ty, made)
}

fn deprecated(py: &mut Py, name: &str, instead: &str) -> Result<()> {
    let message = format!(
        "datetime.datetime.{name}() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: {instead}."
    );
    py.warn(Exc::DeprecationWarning, &message, 1)
}

/// The moment of a text.
fn parsed(py: &mut Py, string: &Value) -> Result<Moment> {
    let chars = characters(py, string)?;
    if chars.len() < 7 {
        return Err(not_iso(py, string));
    }
    let Some(at) = separator(&chars) else { return Err(not_iso(py, string)) };
    let Some((mut year, mut month, mut day)) = parse_date(&chars[..at.min(chars.len())]) else {
        return Err(not_iso(py, string));
    };
    let mut made = Moment { full: true, ..Moment::date(year, month, day) };
    let rest = chars.get(at + 1..).unwrap_or(&[]);
    if !rest.is_empty() {
        let clock = match parse_time(rest) {
            Ok(clock) => clock,
            Err(Wrong::Midnight) => return Err(value_error("minute, second, and microsecond must be 0 when hour is 24")),
            Err(Wrong::Format) => return Err(not_iso(py, string)),
        };
        if clock.next_day && (1..=12).contains(&month) && (1..=calendar::days_in_month(year, month)).contains(&day) {
            (year, month, day) = calendar::from_ordinal(calendar::ordinal(year, month, day) + 1);
        }
        let [hour, minute, second, micro] = clock.parts;
        let zone = match clock.offset {
            Some(total) => Some(zone::fixed(py, total, None)?),
            None => None,
        };
        made = Moment { year, month, day, hour, minute, second, micro, fold: 0, zone, full: true };
    }
    check_date(made.year, made.month, made.day)?;
    check_time([made.hour, made.minute, made.second, made.micro], 0)?;
    Ok(made)
}

/// The methods of `datetime`.
pub struct DateTime;

#[methods]
impl DateTime {
    /// Return self+value.
    #[py("(self, value, /)", alias = "__radd__")]
    fn __add__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Result<Value> {
        match delta::total_of(value) {
            Some(span) => zone::moved(py, this.as_value(), span),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Eq, this, value)
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ge, this, value)
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Gt, this, value)
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Moment>) -> Result<i64> {
        let offset = match (&this.zone, this.fold) {
            (None, _) => None,
            // A second showing has the hash of the first.
            (Some(_), 1) => other_offset(py, this)?,
            (Some(_), _) => offset(py, this)?,
        };
        match offset {
            None => Ok(py.hash_bytes(&state(this, false)) as i64),
            Some(offset) => {
                let span = delta::make(py, this.total() - offset)?;
                py.hash(&span)
            }
        }
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Le, this, value)
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Lt, this, value)
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ne, this, value)
    }
    /// Create and return a new object.
    #[staticmethod(
        "(type, /, year=<unbound>, month=<unbound>, day=<unbound>, hour=<unbound>, minute=<unbound>, second=<unbound>, microsecond=<unbound>, tzinfo=<unbound>, *, fold=<unbound>)"
    )]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        year: Option<&Value>,
        month: Option<&Value>,
        day: Option<&Value>,
        hour: Option<&Value>,
        minute: Option<&Value>,
        second: Option<&Value>,
        microsecond: Option<&Value>,
        tzinfo: Option<&Value>,
        fold: Option<&Value>,
    ) -> Result<Value> {
        let year = required(year, "year", 1)?;
        if day.is_none()
            && !int::is_int(year)
            && let Some(bytes) = state_bytes(py, year, 10, "datetime")?
            && (1..=12).contains(&(bytes[2] & 0x7F))
        {
            return of_state(py, cls, &bytes, month);
        }
        let (month, day) = (required(month, "month", 2)?, required(day, "day", 3)?);
        let (year, month, day) = (number(py, year)?, number(py, month)?, number(py, day)?);
        let (hour, minute) = (number_or(py, hour, 0)?, number_or(py, minute, 0)?);
        let (second, micro) = (number_or(py, second, 0)?, number_or(py, microsecond, 0)?);
        let fold = number_or(py, fold, 0)?;
        let zone = check_zone(py, tzinfo)?;
        check_date(year, month, day)?;
        check_time([hour, minute, second, micro], fold)?;
        let made = Moment { year, month, day, hour, minute, second, micro, fold, zone, full: true };
        Ok(py.make_in(cls, made).into_value())
    }
    /// __reduce__() -> (cls, state)
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Moment>) -> Value {
        reduced(py, this, 2)
    }
    /// __reduce_ex__(proto) -> (cls, state)
    #[py("(self, proto, /)")]
    fn __reduce_ex__(py: &mut Py, this: &Ref<Moment>, proto: i64) -> Value {
        reduced(py, this, proto)
    }
    /// The same as replace().
    #[py(
        "(self, /, *, year=<unbound>, month=<unbound>, day=<unbound>, hour=<unbound>, minute=<unbound>, second=<unbound>, microsecond=<unbound>, tzinfo=<unbound>, fold=<unbound>)"
    )]
    fn __replace__(
        py: &mut Py,
        this: &Ref<Moment>,
        year: Option<&Value>,
        month: Option<&Value>,
        day: Option<&Value>,
        hour: Option<&Value>,
        minute: Option<&Value>,
        second: Option<&Value>,
        microsecond: Option<&Value>,
        tzinfo: Option<&Value>,
        fold: Option<&Value>,
    ) -> Result<Value> {
        replaced(py, this, [year, month, day, hour, minute, second, microsecond], tzinfo, fold)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        let class = shown_class(py, this.as_value());
        let m = this;
        let mut text = format!("{class}({}, {}, {}, {}, {}", m.year, m.month, m.day, m.hour, m.minute);
        if m.micro != 0 {
            text.push_str(&format!(", {}, {}", m.second, m.micro));
        } else if m.second != 0 {
            text.push_str(&format!(", {}", m.second));
        }
        if m.fold == 1 {
            text.push_str(", fold=1");
        }
        if let Some(zone) = &m.zone {
            text.push_str(&format!(", tzinfo={}", py.repr(zone)?));
        }
        text.push(')');
        Ok(py.str(&text))
    }
    /// Return value-self.
    #[py("(self, value, /)")]
    fn __rsub__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Value {
        let _ = (py, this, value);
        Value::NOT_IMPLEMENTED
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        let space = py.str(" ");
        py.call_method(this.as_value(), "isoformat", &[space])
    }
    /// Return self-value.
    #[py("(self, value, /)")]
    fn __sub__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Result<Value> {
        if let Some(span) = delta::total_of(value) {
            return zone::moved(py, this.as_value(), -span);
        }
        let Some(other) = as_datetime(value) else { return Ok(Value::NOT_IMPLEMENTED) };
        let mut span = this.total() - other.total();
        if !same_zone(this, other) {
            match (offset(py, this)?, offset(py, other)?) {
                (Some(a), Some(b)) => span += b - a,
                (None, None) => {}
                _ => return Err(type_error("can't subtract offset-naive and offset-aware datetimes")),
            }
        }
        delta::make(py, span)
    }
    /// tz -> convert to local time in new timezone tz
    #[py("(self, /, tz=None)")]
    fn astimezone(py: &mut Py, this: &Ref<Moment>, tz: &Value) -> Result<Value> {
        if !tz.is_none() && !tz.is_a::<Zone>() {
            let got = py.type_name(tz);
            return Err(type_error(format!("tzinfo argument must be None or of a tzinfo subclass, not type '{got}'")));
        }
        if this.zone.as_ref().is_some_and(|z| z.is(tz)) {
            return Ok(this.to_value());
        }
        let own = match &this.zone {
            Some(_) => offset(py, this)?,
            None => None,
        };
        let own = match own {
            Some(own) => own,
            None => {
                let naive = Moment { zone: None, ..(**this).clone() };
                let here = local::zone_at(py, &naive, this.as_value())?;
                if here.is(tz) {
                    return Ok(this.to_value());
                }
                here.downcast::<Zone>().and_then(|z| z.offset.as_ref().map(|o| o.total())).unwrap_or(0)
            }
        };
        let utc = this.total() - own;
        let tz = if tz.is_none() {
            let zone = super::utc(py)?.into_value();
            let moment = Moment::at(utc, Some(zone))?;
            local::zone_at(py, &moment, this.as_value())?
        } else {
            tz.clone()
        };
        let moment = in_zone(py, this, utc, Some(tz.clone()))?;
        py.call_method(&tz, "fromutc", &[moment])
    }
    /// date, time -> datetime with same date and time fields
    #[classmethod("(type, date, time, tzinfo=<unbound>)")]
    fn combine(py: &mut Py, cls: &Ref<Type>, date: &Value, time: &Value, tzinfo: Option<&Value>) -> Result<Value> {
        let Some(day) = date.downcast::<Moment>() else {
            let got = py.type_name(date);
            return Err(type_error(format!("combine() argument 1 must be datetime.date, not {got}")));
        };
        let Some(clock) = time.downcast::<Clock>() else {
            let got = py.type_name(time);
            return Err(type_error(format!("combine() argument 2 must be datetime.time, not {got}")));
        };
        let zone = match tzinfo {
            Some(_) => check_zone(py, tzinfo)?,
            None => clock.zone.clone(),
        };
        let [hour, minute, second, micro] = clock.parts;
        let (year, month, day) = (day.year, day.month, day.day);
        new(py, cls, Moment { year, month, day, hour, minute, second, micro, fold: clock.fold, zone, full: true })
    }
    /// Return ctime() style string.
    #[py("(self, /)")]
    fn ctime(_py: &mut Py, this: &Ref<Moment>) -> String {
        ctime(this)
    }
    /// Return date object with same year, month and day.
    #[py("(self, /)")]
    fn date(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        let ty = py.type_for::<Moment>();
        new_date(py, &ty, (this.year, this.month, this.day))
    }
    /// Return self.tzinfo.dst(self).
    #[py("(self, /)")]
    fn dst(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        match zone::offset(py, this.zone.as_ref(), "dst", this.as_value())? {
            Some(total) => delta::make(py, total),
            None => Ok(Value::NONE),
        }
    }
    /// string -> datetime from a string in most ISO 8601 formats
    #[classmethod("(type, string, /)")]
    fn fromisoformat(py: &mut Py, cls: &Ref<Type>, string: &Value) -> Result<Value> {
        let made = parsed(py, string)?;
        new(py, cls, made)
    }
    /// Create a datetime from a POSIX timestamp.
    ///
    /// The timestamp is a number, e.g. created via time.time(), that is interpreted
    /// as local time.
    #[classmethod("(type, /, timestamp, tz=None)")]
    fn fromtimestamp(py: &mut Py, cls: &Ref<Type>, timestamp: &Value, tz: &Value) -> Result<Value> {
        let tz = check_zone(py, Some(tz))?;
        let micros = local::timestamp(py, timestamp)?;
        local::at(py, cls, micros, false, tz.as_ref())
    }
    /// [sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    ///
    /// sep is used to separate the year from the time, and defaults to 'T'.
    /// The optional argument timespec specifies the number of additional terms
    /// of the time to include. Valid options are 'auto', 'hours', 'minutes',
    /// 'seconds', 'milliseconds' and 'microseconds'.
    #[py("(self, /, sep='T', timespec='auto')")]
    fn isoformat(py: &mut Py, this: &Ref<Moment>, sep: &Value, timespec: &Ref<Str>) -> Result<Value> {
        let sep = match sep.downcast::<Str>() {
            Some(s) if s.len() == 1 => s.clone(),
            Some(s) => {
                return Err(type_error(format!(
                    "isoformat() argument 1 must be a unicode character, not a string of length {}",
                    s.len()
                )));
            }
            None => {
                let got = py.type_name(sep);
                return Err(type_error(format!("isoformat() argument 1 must be a unicode character, not {got}")));
            }
        };
        let m = this;
        let mut time = String::with_capacity(24);
        if !push_time(&mut time, m.hour, m.minute, m.second, m.micro, text_or(Some(timespec), "auto")) {
            return Err(value_error("Unknown timespec value"));
        }
        if let Some(offset) = offset(py, this)? {
            time.push_str(&offset_text(offset, ":"));
        }
        let mut out = date_text(m.year, m.month, m.day).into_bytes();
        out.extend_from_slice(sep.as_bytes());
        out.extend_from_slice(time.as_bytes());
        Ok(py.new_str_bytes(&out).into_value())
    }
    /// Returns new datetime object representing current time local to tz.
    ///
    ///   tz
    ///     Timezone object.
    ///
    /// If no tz is specified, uses local timezone.
    #[classmethod("(type, /, tz=None)")]
    fn now(py: &mut Py, cls: &Ref<Type>, tz: &Value) -> Result<Value> {
        let tz = check_zone(py, Some(tz))?;
        let micros = local::now(py)?;
        local::at(py, cls, micros, false, tz.as_ref())
    }
    /// Return datetime with new specified fields.
    #[py(
        "(self, /, year=<unbound>, month=<unbound>, day=<unbound>, hour=<unbound>, minute=<unbound>, second=<unbound>, microsecond=<unbound>, tzinfo=<unbound>, *, fold=<unbound>)"
    )]
    fn replace(
        py: &mut Py,
        this: &Ref<Moment>,
        year: Option<&Value>,
        month: Option<&Value>,
        day: Option<&Value>,
        hour: Option<&Value>,
        minute: Option<&Value>,
        second: Option<&Value>,
        microsecond: Option<&Value>,
        tzinfo: Option<&Value>,
        fold: Option<&Value>,
    ) -> Result<Value> {
        replaced(py, this, [year, month, day, hour, minute, second, microsecond], tzinfo, fold)
    }
    /// Parse string according to the given date and time format (like time.strptime()).
    #[classmethod("(type, string, format, /)")]
    fn strptime(py: &mut Py, cls: &Value, string: &Value, format: &Value) -> Result<Value> {
        strptime(py, cls, string, format, "_strptime_datetime_datetime")
    }
    /// Return time object with same time but with tzinfo=None.
    #[py("(self, /)")]
    fn time(py: &mut Py, this: &Ref<Moment>) -> Value {
        let parts = [this.hour, this.minute, this.second, this.micro];
        py.make(Clock { parts, fold: this.fold, zone: None }).into_value()
    }
    /// Return POSIX timestamp as float.
    #[py("(self, /)")]
    fn timestamp(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        if this.zone.is_some() {
            let utc = super::utc(py)?.into_value();
            let epoch = Moment::at(local::EPOCH * SECOND, Some(utc))?;
            let ty = datetime_type(py)?;
            let epoch = py.make_in(&ty, epoch).into_value();
            let span = DateTime::__sub__(py, this, &epoch)?;
            return py.call_method(&span, "total_seconds", &[]);
        }
        let seconds = local::mktime(py, this, this.fold)?;
        Ok(Value::float(seconds as f64 + this.micro as f64 / 1e6))
    }
    /// Return time tuple, compatible with time.localtime().
    #[py("(self, /)")]
    fn timetuple(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        let dst = match zone::offset(py, this.zone.as_ref(), "dst", this.as_value())? {
            None => -1,
            Some(0) => 0,
            Some(_) => 1,
        };
        struct_time(py, this, dst)
    }
    /// Return time object with same time and tzinfo.
    #[py("(self, /)")]
    fn timetz(py: &mut Py, this: &Ref<Moment>) -> Value {
        let parts = [this.hour, this.minute, this.second, this.micro];
        py.make(Clock { parts, fold: this.fold, zone: this.zone.clone() }).into_value()
    }
    /// Return self.tzinfo.tzname(self).
    #[py("(self, /)")]
    fn tzname(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        zone::name(py, this.zone.as_ref(), this.as_value())
    }
    /// Construct a naive UTC datetime from a POSIX timestamp.
    #[classmethod("(type, timestamp, /)")]
    fn utcfromtimestamp(py: &mut Py, cls: &Ref<Type>, timestamp: &Value) -> Result<Value> {
        deprecated(py, "utcfromtimestamp", "datetime.datetime.fromtimestamp(timestamp, datetime.UTC)")?;
        let micros = local::timestamp(py, timestamp)?;
        local::at(py, cls, micros, true, None)
    }
    /// Return a new datetime representing UTC day and time.
    #[classmethod("(type, /)")]
    fn utcnow(py: &mut Py, cls: &Ref<Type>) -> Result<Value> {
        deprecated(py, "utcnow", "datetime.datetime.now(datetime.UTC)")?;
        let micros = local::now(py)?;
        local::at(py, cls, micros, true, None)
    }
    /// Return self.tzinfo.utcoffset(self).
    #[py("(self, /)")]
    fn utcoffset(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        match offset(py, this)? {
            Some(total) => delta::make(py, total),
            None => Ok(Value::NONE),
        }
    }
    /// Return UTC time tuple, compatible with time.localtime().
    #[py("(self, /)")]
    fn utctimetuple(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        let utc = match offset(py, this)? {
            Some(offset) if offset != 0 => Moment::at(this.total() - offset, None)?,
            _ => (**this).clone(),
        };
        struct_time(py, &utc, 0)
    }
    /// fold
    #[getter]
    fn fold(_py: &mut Py, this: &Ref<Moment>) -> i64 {
        this.fold
    }
    /// hour
    #[getter]
    fn hour(_py: &mut Py, this: &Ref<Moment>) -> i64 {
        this.hour
    }
    /// microsecond
    #[getter]
    fn microsecond(_py: &mut Py, this: &Ref<Moment>) -> i64 {
        this.micro
    }
    /// minute
    #[getter]
    fn minute(_py: &mut Py, this: &Ref<Moment>) -> i64 {
        this.minute
    }
    /// second
    #[getter]
    fn second(_py: &mut Py, this: &Ref<Moment>) -> i64 {
        this.second
    }
    /// tzinfo
    #[getter]
    fn tzinfo(_py: &mut Py, this: &Ref<Moment>) -> Value {
        this.zone.clone().unwrap_or(Value::NONE)
    }
}
