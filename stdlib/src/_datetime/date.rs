//! `date`: a day of the calendar; and what `isocalendar` returns.

use lockstep_interp::object::raise::{Result, overflow_error, type_error, value_error};
use lockstep_interp::object::special::CompareOp;
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::int;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Exc, Py, Ref, Value, methods};

use super::calendar::{self, DAY, LAST, SECOND};
use super::text::{characters, ctime, format, not_iso, strftime, strptime, struct_time};
use super::{Moment, Types, check_date, delta, local, number, number_or, shown_class, state_bytes};

/// A date of this class.
pub fn new(py: &mut Py, cls: &Ref<Type>, (year, month, day): (i64, i64, i64)) -> Result<Value> {
    if cls.is(&py.type_for::<Moment>()) {
        check_date(year, month, day)?;
        return Ok(py.make(Moment::date(year, month, day)).into_value());
    }
    let args = [py.int(year), py.int(month), py.int(day)];
    py.call(cls.as_value(), &args)
}

fn moved(py: &mut Py, this: &Ref<Moment>, days: i64) -> Result<Value> {
    let n = this.ordinal().saturating_add(days);
    if !(1..=LAST).contains(&n) {
        return Err(overflow_error("date value out of range"));
    }
    let ty = py.type_of(this.as_value());
    new(py, &ty, calendar::from_ordinal(n))
}

fn compared(op: CompareOp, this: &Ref<Moment>, other: &Value) -> Value {
    // A datetime is no date to compare with: it has another answer.
    match other.downcast::<Moment>() {
        Some(other) if this.full == other.full => Value::bool(op.accepts(this.ordinal().cmp(&other.ordinal()))),
        _ => Value::NOT_IMPLEMENTED,
    }
}

/// The argument that must be there.
pub fn required<'a>(value: Option<&'a Value>, name: &str, place: u32) -> Result<&'a Value> {
    value.ok_or_else(|| type_error(format!("function missing required argument '{name}' (pos {place})")))
}

fn state(m: &Moment) -> [u8; 4] {
    [(m.year >> 8) as u8, m.year as u8, m.month as u8, m.day as u8]
}

/// `isocalendar()`
pub fn week(py: &mut Py, m: &Moment) -> Result<Value> {
    let (year, week, day) = calendar::iso_calendar(m.year, m.month, m.day);
    let items = [py.int(year), py.int(week), py.int(day)];
    match py.state::<Types>().week.clone() {
        Some(ty) => Ok(py.make_tail_in::<Tuple>(&ty, (), &items).into_value()),
        None => Ok(py.tuple(items.to_vec())),
    }
}

fn replaced(py: &mut Py, this: &Ref<Moment>, year: Option<&Value>, month: Option<&Value>, day: Option<&Value>) -> Result<Value> {
    let parts = (number_or(py, year, this.year)?, number_or(py, month, this.month)?, number_or(py, day, this.day)?);
    let ty = py.type_of(this.as_value());
    new(py, &ty, parts)
}

#[methods]
impl Moment {
    /// Return self+value.
    #[py("(self, value, /)", alias = "__radd__")]
    fn __add__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Result<Value> {
        match value.downcast::<delta::Delta>() {
            Some(span) => moved(py, this, span.days),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(_py: &mut Py, this: &Ref<Moment>, value: &Value) -> Value {
        compared(CompareOp::Eq, this, value)
    }
    /// Formats self with strftime.
    #[py("(self, format_spec, /)")]
    fn __format__(py: &mut Py, this: &Ref<Moment>, format_spec: &Value) -> Result<Value> {
        format(py, this.as_value(), format_spec)
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(_py: &mut Py, this: &Ref<Moment>, value: &Value) -> Value {
        compared(CompareOp::Ge, this, value)
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(_py: &mut Py, this: &Ref<Moment>, value: &Value) -> Value {
        compared(CompareOp::Gt, this, value)
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Moment>) -> i64 {
        py.hash_bytes(&state(this)) as i64
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(_py: &mut Py, this: &Ref<Moment>, value: &Value) -> Value {
        compared(CompareOp::Le, this, value)
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(_py: &mut Py, this: &Ref<Moment>, value: &Value) -> Value {
        compared(CompareOp::Lt, this, value)
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(_py: &mut Py, this: &Ref<Moment>, value: &Value) -> Value {
        compared(CompareOp::Ne, this, value)
    }
    /// Create and return a new object.
    #[staticmethod("(type, /, year=<unbound>, month=<unbound>, day=<unbound>)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, year: Option<&Value>, month: Option<&Value>, day: Option<&Value>) -> Result<Value> {
        let year = required(year, "year", 1)?;
        if month.is_none()
            && !int::is_int(year)
            && let Some(b) = state_bytes(py, year, 4, "date")?
            && (1..=12).contains(&b[2])
        {
            let (y, m, d) = (i64::from(b[0]) << 8 | i64::from(b[1]), i64::from(b[2]), i64::from(b[3]));
            return Ok(py.make_in(cls, Moment::date(y, m, d)).into_value());
        }
        let (month, day) = (required(month, "month", 2)?, required(day, "day", 3)?);
        let (y, m, d) = (number(py, year)?, number(py, month)?, number(py, day)?);
        check_date(y, m, d)?;
        Ok(py.make_in(cls, Moment::date(y, m, d)).into_value())
    }
    /// __reduce__() -> (cls, state)
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Moment>) -> Value {
        let class = py.type_of(this.as_value()).into_value();
        let state = py.bytes(&state(this));
        let args = py.tuple(vec![state]);
        py.tuple(vec![class, args])
    }
    /// The same as replace().
    #[py("(self, /, *, year=<unbound>, month=<unbound>, day=<unbound>)")]
    fn __replace__(
        py: &mut Py,
        this: &Ref<Moment>,
        year: Option<&Value>,
        month: Option<&Value>,
        day: Option<&Value>,
    ) -> Result<Value> {
        replaced(py, this, year, month, day)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Moment>) -> Value {
        let class = shown_class(py, this.as_value());
        py.str(&format!("{class}({}, {}, {})", this.year, this.month, this.day))
    }
    /// Return value-self.
    #[py("(self, value, /)")]
    fn __rsub__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Result<Value> {
        match value.downcast::<Moment>() {
            Some(other) if !other.full => delta::make(py, i128::from(other.ordinal() - this.ordinal()) * DAY),
            _ => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        py.call_method(this.as_value(), "isoformat", &[])
    }
    /// Return self-value.
    #[py("(self, value, /)")]
    fn __sub__(py: &mut Py, this: &Ref<Moment>, value: &Value) -> Result<Value> {
        if let Some(span) = value.downcast::<delta::Delta>() {
            return moved(py, this, -span.days);
        }
        match value.downcast::<Moment>() {
            Some(other) if !other.full => delta::make(py, i128::from(this.ordinal() - other.ordinal()) * DAY),
            _ => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return ctime() style string.
    #[py("(self, /)")]
    fn ctime(_py: &mut Py, this: &Ref<Moment>) -> String {
        ctime(this)
    }
    /// Construct a date from the ISO year, week number and weekday.
    ///
    /// This is the inverse of the date.isocalendar() function
    #[classmethod("(type, year, week, day)")]
    fn fromisocalendar(py: &mut Py, cls: &Ref<Type>, year: &Value, week: &Value, day: &Value) -> Result<Value> {
        let mut parts = [0; 3];
        for (slot, value) in parts.iter_mut().zip([year, week, day]) {
            *slot = match number(py, value) {
                Err(e) if e.is(Exc::OverflowError) => {
                    return Err(value_error("ISO calendar component out of range"));
                }
                other => other?,
            };
        }
        let [y, w, d] = parts;
        match calendar::from_iso_calendar(y, w, d) {
            Ok(parts) => new(py, cls, parts),
            Err(message) => Err(value_error(message)),
        }
    }
    /// Construct a date from a string in ISO 8601 format.
    #[classmethod("(type, string, /)")]
    fn fromisoformat(py: &mut Py, cls: &Ref<Type>, string: &Value) -> Result<Value> {
        let chars = characters(py, string)?;
        match calendar::parse_date(&chars) {
            Some(parts) if check_date(parts.0, parts.1, parts.2).is_ok() => new(py, cls, parts),
            _ => Err(not_iso(py, string)),
        }
    }
    /// Construct a date from a proleptic Gregorian ordinal.
    ///
    /// January 1 of year 1 is day 1.  Only the year, month and day are
    /// non-zero in the result.
    #[classmethod("(type, ordinal, /)")]
    fn fromordinal(py: &mut Py, cls: &Ref<Type>, ordinal: &Value) -> Result<Value> {
        let n = number(py, ordinal)?;
        if n < 1 {
            return Err(value_error("ordinal must be >= 1"));
        }
        if n > LAST {
            return Err(value_error(format!("year {} is out of range", calendar::from_ordinal(n).0)));
        }
        new(py, cls, calendar::from_ordinal(n))
    }
    /// Create a date from a POSIX timestamp.
    ///
    /// The timestamp is a number, e.g. created via time.time(), that is interpreted
    /// as local time.
    #[classmethod("(type, timestamp, /)")]
    fn fromtimestamp(py: &mut Py, cls: &Ref<Type>, timestamp: &Value) -> Result<Value> {
        let micros = local::timestamp(py, timestamp)?;
        let seconds = micros.div_euclid(SECOND);
        let seconds = i64::try_from(seconds).map_err(|_| overflow_error("timestamp out of range for platform time_t"))?;
        let tuple = local::localtime(py, seconds)?;
        let [y, m, d, ..] = local::fields(&tuple);
        new(py, cls, (y, m, d))
    }
    /// Return a named tuple containing ISO year, week number, and weekday.
    #[py("(self, /)")]
    fn isocalendar(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        week(py, this)
    }
    /// Return string in ISO 8601 format, YYYY-MM-DD.
    #[py("(self, /)")]
    fn isoformat(_py: &mut Py, this: &Ref<Moment>) -> String {
        calendar::date_text(this.year, this.month, this.day)
    }
    /// Return the day of the week represented by the date.
    ///
    /// Monday == 1 ... Sunday == 7
    #[py("(self, /)")]
    fn isoweekday(_py: &mut Py, this: &Ref<Moment>) -> i64 {
        (this.ordinal() + 6) % 7 + 1
    }
    /// Return date with new specified fields.
    #[py("(self, /, year=<unbound>, month=<unbound>, day=<unbound>)")]
    fn replace(
        py: &mut Py,
        this: &Ref<Moment>,
        year: Option<&Value>,
        month: Option<&Value>,
        day: Option<&Value>,
    ) -> Result<Value> {
        replaced(py, this, year, month, day)
    }
    /// Format using strftime().
    ///
    /// Example: "%d/%m/%Y, %H:%M:%S"
    #[py("(self, /, format)")]
    fn strftime(py: &mut Py, this: &Ref<Moment>, format: &Value) -> Result<Value> {
        let tuple = py.call_method(this.as_value(), "timetuple", &[])?;
        strftime(py, this.as_value(), format, &tuple, this.micro)
    }
    /// Parse string according to the given date format (like time.strptime()).
    #[classmethod("(type, string, format, /)")]
    fn strptime(py: &mut Py, cls: &Value, string: &Value, format: &Value) -> Result<Value> {
        strptime(py, cls, string, format, "_strptime_datetime_date")
    }
    /// Return time tuple, compatible with time.localtime().
    #[py("(self, /)")]
    fn timetuple(py: &mut Py, this: &Ref<Moment>) -> Result<Value> {
        struct_time(py, this, -1)
    }
    /// Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).
    #[classmethod("(type, /)")]
    fn today(py: &mut Py, cls: &Value) -> Result<Value> {
        let time = lockstep_interp::import::import_module(py, "time")?;
        let now = py.call_method(&time, "time", &[])?;
        py.call_method(cls, "fromtimestamp", &[now])
    }
    /// Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.
    #[py("(self, /)")]
    fn toordinal(_py: &mut Py, this: &Ref<Moment>) -> i64 {
        this.ordinal()
    }
    /// Return the day of the week represented by the date.
    ///
    /// Monday == 0 ... Sunday == 6
    #[py("(self, /)")]
    fn weekday(_py: &mut Py, this: &Ref<Moment>) -> i64 {
        (this.ordinal() + 6) % 7
    }
    /// day
    #[getter]
    fn day(_py: &mut Py, this: &Ref<Moment>) -> i64 {
        this.day
    }
    /// month
    #[getter]
    fn month(_py: &mut Py, this: &Ref<Moment>) -> i64 {
        this.month
    }
    /// year
    #[getter]
    fn year(_py: &mut Py, this: &Ref<Moment>) -> i64 {
        this.year
    }
}

impl NativeType for Moment {
    const NAME: &'static str = "date";
    const MODULE: &'static str = "datetime";
    const DOC: Option<&'static str> = Some("date(year, month, day) --> date object");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// The methods of `IsoCalendarDate`.
pub struct Week;

fn part(this: &Ref<Tuple>, i: usize) -> Value {
    this.slice().get(i).cloned().unwrap_or(Value::NONE)
}

#[methods]
impl Week {
    /// Make plain tuples of it when it is pickled.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Tuple>) -> Value {
        let class = py.type_for::<Tuple>().into_value();
        let items = py.tuple(this.slice().to_vec());
        let args = py.tuple(vec![items]);
        py.tuple(vec![class, args])
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Tuple>) -> Result<Value> {
        let mut shown = Vec::new();
        for i in 0..3 {
            shown.push(py.repr(&part(this, i))?.to_string());
        }
        Ok(py.str(&format!("datetime.IsoCalendarDate(year={}, week={}, weekday={})", shown[0], shown[1], shown[2])))
    }
    /// week
    #[getter]
    fn week(_py: &mut Py, this: &Ref<Tuple>) -> Value {
        part(this, 1)
    }
    /// weekday
    #[getter]
    fn weekday(_py: &mut Py, this: &Ref<Tuple>) -> Value {
        part(this, 2)
    }
    /// year
    #[getter]
    fn year(_py: &mut Py, this: &Ref<Tuple>) -> Value {
        part(this, 0)
    }
}
