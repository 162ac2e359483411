//! `time`: a time of day.

use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::special::CompareOp;
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::int;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Frozen, Object, Py, Ref, Value, Visitor, methods};

use super::calendar::{SECOND, Wrong, offset_text, parse_time, push_time};
use super::text::{characters, format, not_iso, strftime, strptime, text_or};
use super::zone::{self, Zone};
use super::{check_time, check_zone, delta, number_or, shown_class, state_bytes};

/// The payload of a `time`.
#[derive(Clone)]
pub struct Clock {
    /// Hour, minute, second, microsecond.
    pub parts: [i64; 4],
    /// 1: shown for the second time, after the clock was put back.
    pub fold: i64,
    /// The time zone.
    pub zone: Option<Value>,
}

impl Object for Clock {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.zone);
    }
}

impl Clock {
    /// Microseconds since midnight.
    fn total(&self) -> i128 {
        let [h, m, s, us] = self.parts;
        i128::from((h * 60 + m) * 60 + s) * SECOND + i128::from(us)
    }
    /// The bytes of a pickle.
    fn state(&self, fold: bool) -> Vec<u8> {
        let [h, m, s, us] = self.parts;
        let h = if fold && self.fold == 1 { h + 128 } else { h };
        vec![h as u8, m as u8, s as u8, (us >> 16) as u8, (us >> 8) as u8, us as u8]
    }
}

/// A time of this class.
pub fn new(py: &mut Py, cls: &Ref<Type>, clock: Clock) -> Result<Value> {
    if cls.is(&py.type_for::<Clock>()) {
        return Ok(py.make(clock).into_value());
    }
    let mut args: Vec<Value> = clock.parts.iter().map(|n| py.int(*n)).collect();
    args.push(clock.zone.clone().unwrap_or(Value::NONE));
    let fold = [("fold", py.int(clock.fold))];
    py.call_named(cls.as_value(), &args, if clock.fold == 0 { &[] } else { &fold })
}

fn offset(py: &mut Py, this: &Ref<Clock>) -> Result<Option<i128>> {
    zone::offset(py, this.zone.as_ref(), "utcoffset", &Value::NONE)
}

fn same_zone(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.is(b),
        _ => false,
    }
}

fn compared(py: &mut Py, op: CompareOp, this: &Ref<Clock>, other: &Value) -> Result<Value> {
    let Some(other) = other.downcast::<Clock>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if same_zone(this.zone.as_ref(), other.zone.as_ref()) {
        return Ok(Value::bool(op.accepts(this.total().cmp(&other.total()))));
    }
    let (a, b) = (offset(py, this)?, offset(py, other)?);
    let order = match (a, b) {
        (None, None) => this.total().cmp(&other.total()),
        (Some(a), Some(b)) => (this.total() - a).cmp(&(other.total() - b)),
        _ => {
            return match op {
                CompareOp::Eq => Ok(Value::FALSE),
                CompareOp::Ne => Ok(Value::TRUE),
                _ => Err(type_error("can't compare offset-naive and offset-aware times")),
            };
        }
    };
    Ok(Value::bool(op.accepts(order)))
}

fn iso(py: &mut Py, this: &Ref<Clock>, timespec: &str) -> Result<Value> {
    let [h, m, s, us] = this.parts;
    let mut text = String::with_capacity(24);
    if !push_time(&mut text, h, m, s, us, timespec) {
        return Err(value_error("Unknown timespec value"));
    }
    if let Some(offset) = offset(py, this)? {
        text.push_str(&offset_text(offset, ":"));
    }
    Ok(py.str(&text))
}

fn of_state(py: &mut Py, cls: &Ref<Type>, bytes: &[u8], zone: Option<&Value>) -> Result<Value> {
    let zone = match zone {
        None => None,
        Some(z) if z.is_none() => None,
        Some(z) if z.is_a::<Zone>() => Some(z.clone()),
        Some(_) => return Err(type_error("bad tzinfo state arg")),
    };
    let at = |i: usize| i64::from(bytes.get(i).copied().unwrap_or(0));
    let (fold, hour) = (i64::from(at(0) > 127), at(0) & 127);
    let parts = [hour, at(1), at(2), at(3) << 16 | at(4) << 8 | at(5)];
    Ok(py.make_in(cls, Clock { parts, fold, zone }).into_value())
}

fn reduced(py: &mut Py, this: &Ref<Clock>, protocol: i64) -> Value {
    let state = py.bytes(&this.state(protocol > 3));
    let mut args = vec![state];
    args.extend(this.zone.clone());
    let args = py.tuple(args);
    let class = py.type_of(this.as_value()).into_value();
    py.tuple(vec![class, args])
}

fn replaced(
    py: &mut Py,
    this: &Ref<Clock>,
    given: [Option<&Value>; 4],
    tzinfo: Option<&Value>,
    fold: Option<&Value>,
) -> Result<Value> {
    let mut parts = this.parts;
    for (slot, value) in parts.iter_mut().zip(given) {
        *slot = number_or(py, value, *slot)?;
    }
    let fold = number_or(py, fold, this.fold)?;
    let zone = match tzinfo {
        Some(_) => check_zone(py, tzinfo)?,
        None => this.zone.clone(),
    };
    check_time(parts, fold)?;
    let ty = py.type_of(this.as_value());
    new(py, &ty, Clock { parts, fold, zone })
}

#[methods]
impl Clock {
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Clock>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Eq, this, value)
    }
    /// Formats self with strftime.
    #[py("(self, format_spec, /)")]
    fn __format__(py: &mut Py, this: &Ref<Clock>, format_spec: &Value) -> Result<Value> {
        format(py, this.as_value(), format_spec)
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Ref<Clock>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ge, this, value)
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Ref<Clock>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Gt, this, value)
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Clock>) -> Result<i64> {
        let offset = match &this.zone {
            None => None,
            // A second showing has the hash of the first.
            Some(_) if this.fold == 1 => {
                let first = py.make(Clock { fold: 0, ..(**this).clone() });
                offset(py, &first)?
            }
            Some(_) => offset(py, this)?,
        };
        let total = this.total() - offset.unwrap_or(0);
        let value = delta::make(py, total)?;
        py.hash(&value)
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Ref<Clock>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Le, this, value)
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Ref<Clock>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Lt, this, value)
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Clock>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ne, this, value)
    }
    /// Create and return a new object.
    #[staticmethod(
        "(type, /, hour=<unbound>, minute=<unbound>, second=<unbound>, microsecond=<unbound>, tzinfo=<unbound>, *, fold=<unbound>)"
    )]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        hour: Option<&Value>,
        minute: Option<&Value>,
        second: Option<&Value>,
        microsecond: Option<&Value>,
        tzinfo: Option<&Value>,
        fold: Option<&Value>,
    ) -> Result<Value> {
        if let Some(state) = hour
            && second.is_none()
            && !int::is_int(state)
            && let Some(bytes) = state_bytes(py, state, 6, "time")?
            && bytes[0] & 0x7F < 24
        {
            return of_state(py, cls, &bytes, minute);
        }
        let mut parts = [0; 4];
        for (slot, value) in parts.iter_mut().zip([hour, minute, second, microsecond]) {
            *slot = number_or(py, value, 0)?;
        }
        let fold = number_or(py, fold, 0)?;
        let zone = check_zone(py, tzinfo)?;
        check_time(parts, fold)?;
        Ok(py.make_in(cls, Clock { parts, fold, zone }).into_value())
    }
    /// __reduce__() -> (cls, state)
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Clock>) -> Value {
        reduced(py, this, 2)
    }
    /// __reduce_ex__(proto) -> (cls, state)
    #[py("(self, proto, /)")]
    fn __reduce_ex__(py: &mut Py, this: &Ref<Clock>, proto: i64) -> Value {
        reduced(py, this, proto)
    }
    /// The same as replace().
    #[py(
        "(self, /, *, hour=<unbound>, minute=<unbound>, second=<unbound>, microsecond=<unbound>, tzinfo=<unbound>, fold=<unbound>)"
    )]
    fn __replace__(
        py: &mut Py,
        this: &Ref<Clock>,
        hour: Option<&Value>,
        minute: Option<&Value>,
        second: Option<&Value>,
        microsecond: Option<&Value>,
        tzinfo: Option<&Value>,
        fold: Option<&Value>,
    ) -> Result<Value> {
        replaced(py, this, [hour, minute, second, microsecond], tzinfo, fold)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Clock>) -> Result<Value> {
        let [h, m, s, us] = this.parts;
        let class = shown_class(py, this.as_value());
        let mut text = format!("{class}({h}, {m}");
        if us != 0 {
            text.push_str(&format!(", {s}, {us}"));
        } else if s != 0 {
            text.push_str(&format!(", {s}"));
        }
        if let Some(zone) = &this.zone {
            text.push_str(&format!(", tzinfo={}", py.repr(zone)?));
        }
        if this.fold == 1 {
            text.push_str(", fold=1");
        }
        text.push(')');
        Ok(py.str(&text))
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Clock>) -> Result<Value> {
        py.call_method(this.as_value(), "isoformat", &[])
    }
    /// Return self.tzinfo.dst(self).
    #[py("(self, /)")]
    fn dst(py: &mut Py, this: &Ref<Clock>) -> Result<Value> {
        match zone::offset(py, this.zone.as_ref(), "dst", &Value::NONE)? {
            Some(total) => delta::make(py, total),
            None => Ok(Value::NONE),
        }
    }
    /// Construct a time from a string in ISO 8601 format.
    #[classmethod("(type, string, /)")]
    fn fromisoformat(py: &mut Py, cls: &Ref<Type>, string: &Value) -> Result<Value> {
        let chars = characters(py, string)?;
        let rest = chars.strip_prefix(&[u32::from(b'T')]).unwrap_or(&chars);
        let parsed = match parse_time(rest) {
            Ok(parsed) => parsed,
            Err(Wrong::Midnight) => return Err(value_error("minute, second, and microsecond must be 0 when hour is 24")),
            Err(Wrong::Format) => return Err(not_iso(py, string)),
        };
        let zone = match parsed.offset {
            Some(total) => Some(zone::fixed(py, total, None)?),
            None => None,
        };
        if check_time(parsed.parts, 0).is_err() {
            return Err(not_iso(py, string));
        }
        new(py, cls, Clock { parts: parsed.parts, fold: 0, zone })
    }
    /// Return the time formatted according to ISO.
    ///
    /// The full format is 'HH:MM:SS.mmmmmm+zz:zz'. By default, the fractional
    /// part is omitted if self.microsecond == 0.
    ///
    /// The optional argument timespec specifies the number of additional
    /// terms of the time to include. Valid options are 'auto', 'hours',
    /// 'minutes', 'seconds', 'milliseconds' and 'microseconds'.
    #[py("(self, /, timespec='auto')")]
    fn isoformat(py: &mut Py, this: &Ref<Clock>, timespec: &Ref<Str>) -> Result<Value> {
        iso(py, this, text_or(Some(timespec), "auto"))
    }
    /// Return time with new specified fields.
    #[py(
        "(self, /, hour=<unbound>, minute=<unbound>, second=<unbound>, microsecond=<unbound>, tzinfo=<unbound>, *, fold=<unbound>)"
    )]
    fn replace(
        py: &mut Py,
        this: &Ref<Clock>,
        hour: Option<&Value>,
        minute: Option<&Value>,
        second: Option<&Value>,
        microsecond: Option<&Value>,
        tzinfo: Option<&Value>,
        fold: Option<&Value>,
    ) -> Result<Value> {
        replaced(py, this, [hour, minute, second, microsecond], tzinfo, fold)
    }
    /// Format using strftime().
    ///
    /// The date part of the timestamp passed to underlying strftime should not be used.
    #[py("(self, /, format)")]
    fn strftime(py: &mut Py, this: &Ref<Clock>, format: &Value) -> Result<Value> {
        let [h, m, s, us] = this.parts;
        let parts = [1900, 1, 1, h, m, s, 0, 1, -1].iter().map(|n| py.int(*n)).collect();
        let tuple = py.tuple(parts);
        strftime(py, this.as_value(), format, &tuple, us)
    }
    /// Parse string according to the given time format (like time.strptime()).
    #[classmethod("(type, string, format, /)")]
    fn strptime(py: &mut Py, cls: &Value, string: &Value, format: &Value) -> Result<Value> {
        strptime(py, cls, string, format, "_strptime_datetime_time")
    }
    /// Return self.tzinfo.tzname(self).
    #[py("(self, /)")]
    fn tzname(py: &mut Py, this: &Ref<Clock>) -> Result<Value> {
        zone::name(py, this.zone.as_ref(), &Value::NONE)
    }
    /// Return self.tzinfo.utcoffset(self).
    #[py("(self, /)")]
    fn utcoffset(py: &mut Py, this: &Ref<Clock>) -> Result<Value> {
        match offset(py, this)? {
            Some(total) => delta::make(py, total),
            None => Ok(Value::NONE),
        }
    }
    /// fold
    #[getter]
    fn fold(_py: &mut Py, this: &Ref<Clock>) -> i64 {
        this.fold
    }
    /// hour
    #[getter]
    fn hour(_py: &mut Py, this: &Ref<Clock>) -> i64 {
        this.parts[0]
    }
    /// microsecond
    #[getter]
    fn microsecond(_py: &mut Py, this: &Ref<Clock>) -> i64 {
        this.parts[3]
    }
    /// minute
    #[getter]
    fn minute(_py: &mut Py, this: &Ref<Clock>) -> i64 {
        this.parts[1]
    }
    /// second
    #[getter]
    fn second(_py: &mut Py, this: &Ref<Clock>) -> i64 {
        this.parts[2]
    }
    /// tzinfo
    #[getter]
    fn tzinfo(_py: &mut Py, this: &Ref<Clock>) -> Value {
        this.zone.clone().unwrap_or(Value::NONE)
    }
}

impl NativeType for Clock {
    const NAME: &'static str = "time";
    const MODULE: &'static str = "datetime";
    const DOC: Option<&'static str> = Some(
        "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. tzinfo may be None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}
