//! `timedelta`: a span of time.

use dashu_int::IBig;
use lockstep_interp::object::raise::{Result, overflow_error, type_error, zero_division};
use lockstep_interp::object::special::{BinaryOp, CompareOp};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::float;
use lockstep_interp::types::int;
use lockstep_interp::{Frozen, Object, Py, Ref, Value, methods};

use super::calendar::{DAY, SECOND, split};

/// The payload: seconds and microseconds are positive and less than a day and a second.
#[derive(Clone, Copy)]
pub struct Delta {
    /// Days, of either sign.
    pub days: i64,
    /// Seconds of the day.
    pub seconds: i64,
    /// Microseconds of the second.
    pub micros: i64,
}

impl Object for Delta {
    type Access = Frozen;
}

/// The most days.
const DAYS: i128 = 999_999_999;

impl Delta {
    /// In microseconds.
    pub fn total(&self) -> i128 {
        i128::from(self.days) * DAY + i128::from(self.seconds) * SECOND + i128::from(self.micros)
    }
    /// Of so many microseconds.
    pub fn of(total: i128) -> Result<Delta> {
        let (days, seconds, micros) = split(total);
        if !(-DAYS..=DAYS).contains(&days) {
            return Err(overflow_error(format!("days={days}; must have magnitude <= {DAYS}")));
        }
        Ok(Delta { days: days as i64, seconds, micros })
    }
}

/// A timedelta of so many microseconds.
pub fn make(py: &Py, total: i128) -> Result<Value> {
    Ok(py.make(Delta::of(total)?).into_value())
}

/// The span of a value, if it is one.
pub fn total_of(value: &Value) -> Option<i128> {
    value.downcast::<Delta>().map(|d| d.total())
}

fn too_large() -> lockstep_interp::Raised {
    overflow_error("Python int too large to convert to C int")
}

/// An int value of any size as a span; what does not fit is too large for any use.
fn big(value: &Value) -> Result<i128> {
    match value.as_small_int() {
        Some(n) => Ok(i128::from(n)),
        None => int::to_ibig(value).and_then(|n| i128::try_from(&n).ok()).ok_or_else(too_large),
    }
}

fn big_value(py: &Py, n: i128) -> Value {
    match i64::try_from(n) {
        Ok(n) => py.int(n),
        Err(_) => py.int_from(IBig::from(n)),
    }
}

/// The nearest whole quotient of a positive divisor, ties to even.
fn nearest(a: i128, b: i128) -> i128 {
    let (q, r) = (a.div_euclid(b), a.rem_euclid(b));
    // Twice the rest against the divisor, without overflow.
    match r.cmp(&(b - r)) {
        std::cmp::Ordering::Greater => q + 1,
        std::cmp::Ordering::Equal if q % 2 != 0 => q + 1,
        _ => q,
    }
}

/// The same with numbers of any size.
fn nearest_big(a: &IBig, b: &IBig) -> Result<i128> {
    let (a, b) = if *b < IBig::ZERO { (-a.clone(), -b.clone()) } else { (a.clone(), b.clone()) };
    let mut q = &a / &b;
    let mut r = &a - &q * &b;
    if r < IBig::ZERO {
        q -= IBig::ONE;
        r += &b;
    }
    let twice = r * IBig::from(2);
    let odd = &q % IBig::from(2) != IBig::ZERO;
    if twice > b || (twice == b && odd) {
        q += IBig::ONE;
    }
    i128::try_from(&q).map_err(|_| too_large())
}

/// The span multiplied by a float, or divided.
fn by_float(py: &mut Py, total: i128, x: f64, divide: bool) -> Result<Value> {
    let (mut numerator, mut denominator) = lockstep_text::float::as_integer_ratio(x)?;
    if divide {
        std::mem::swap(&mut numerator, &mut denominator);
        if denominator == IBig::ZERO {
            return Err(zero_division("division by zero"));
        }
    }
    let result = nearest_big(&(IBig::from(total) * numerator), &denominator)?;
    make(py, result)
}

/// One argument of the constructor: whole microseconds are added, the rest is left for later.
fn accumulate(py: &mut Py, sum: &mut i128, left: &mut f64, value: Option<&Value>, factor: i128, name: &str) -> Result<()> {
    let Some(value) = value else { return Ok(()) };
    let add = |sum: &mut i128, n: i128| -> Result<()> {
        *sum = n.checked_mul(factor).and_then(|n| sum.checked_add(n)).ok_or_else(too_large)?;
        Ok(())
    };
    if int::is_int(value) {
        let n = big(value)?;
        return add(sum, n);
    }
    let Some(x) = float::as_f64(value) else {
        let got = py.type_name(value);
        return Err(type_error(format!("unsupported type for timedelta {name} component: {got}")));
    };
    let whole = lockstep_text::float::to_int(x.trunc())?;
    add(sum, i128::try_from(&whole).map_err(|_| too_large())?)?;
    let fraction = x - x.trunc();
    if fraction != 0.0 {
        let micros = fraction * factor as f64;
        add_micros(sum, micros.trunc())?;
        *left += micros - micros.trunc();
    }
    Ok(())
}

fn add_micros(sum: &mut i128, x: f64) -> Result<()> {
    *sum = sum.checked_add(x as i128).ok_or_else(too_large)?;
    Ok(())
}

fn compared(op: CompareOp, this: &Ref<Delta>, other: &Value) -> Value {
    match total_of(other) {
        Some(other) => Value::bool(op.accepts(this.total().cmp(&other))),
        None => Value::NOT_IMPLEMENTED,
    }
}

#[methods]
impl Delta {
    /// Return abs(self).
    #[py("(self, /)")]
    fn __abs__(py: &mut Py, this: &Ref<Delta>) -> Result<Value> {
        make(py, this.total().abs())
    }
    /// Return self+value.
    #[py("(self, value, /)", alias = "__radd__")]
    fn __add__(py: &mut Py, this: &Ref<Delta>, value: &Value) -> Result<Value> {
        match total_of(value) {
            Some(other) => make(py, this.total() + other),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// True if self else False
    #[py("(self, /)")]
    fn __bool__(_py: &mut Py, this: &Ref<Delta>) -> bool {
        this.total() != 0
    }
    /// Return divmod(self, value).
    #[py("(self, value, /)")]
    fn __divmod__(py: &mut Py, this: &Ref<Delta>, value: &Value) -> Result<Value> {
        let Some(other) = total_of(value) else { return Ok(Value::NOT_IMPLEMENTED) };
        let (q, r) = floor(this.total(), other)?;
        let (q, r) = (big_value(py, q), make(py, r)?);
        Ok(py.tuple(vec![q, r]))
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(_py: &mut Py, this: &Ref<Delta>, value: &Value) -> Value {
        compared(CompareOp::Eq, this, value)
    }
    /// Return self//value.
    #[py("(self, value, /)")]
    fn __floordiv__(py: &mut Py, this: &Ref<Delta>, value: &Value) -> Result<Value> {
        if let Some(other) = total_of(value) {
            let (q, _) = floor(this.total(), other)?;
            return Ok(big_value(py, q));
        }
        if !int::is_int(value) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        match big(value) {
            Ok(n) => {
                let (q, _) = floor(this.total(), n)?;
                make(py, q)
            }
            // Divided by more than there is.
            Err(_) => {
                let n = int::to_ibig(value).unwrap_or_default();
                make(py, if (this.total() < 0) == (n < IBig::ZERO) { 0 } else { -1 })
            }
        }
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(_py: &mut Py, this: &Ref<Delta>, value: &Value) -> Value {
        compared(CompareOp::Ge, this, value)
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(_py: &mut Py, this: &Ref<Delta>, value: &Value) -> Value {
        compared(CompareOp::Gt, this, value)
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Delta>) -> Result<i64> {
        let parts = vec![py.int(this.days), py.int(this.seconds), py.int(this.micros)];
        let parts = py.tuple(parts);
        py.hash(&parts)
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(_py: &mut Py, this: &Ref<Delta>, value: &Value) -> Value {
        compared(CompareOp::Le, this, value)
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(_py: &mut Py, this: &Ref<Delta>, value: &Value) -> Value {
        compared(CompareOp::Lt, this, value)
    }
    /// Return self%value.
    #[py("(self, value, /)")]
    fn __mod__(py: &mut Py, this: &Ref<Delta>, value: &Value) -> Result<Value> {
        match total_of(value) {
            Some(other) => {
                let (_, r) = floor(this.total(), other)?;
                make(py, r)
            }
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return self*value.
    #[py("(self, value, /)", alias = "__rmul__")]
    fn __mul__(py: &mut Py, this: &Ref<Delta>, value: &Value) -> Result<Value> {
        if int::is_int(value) {
            let total = big(value)?.checked_mul(this.total()).ok_or_else(too_large)?;
            return make(py, total);
        }
        match float::as_f64(value) {
            Some(x) => by_float(py, this.total(), x, false),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(_py: &mut Py, this: &Ref<Delta>, value: &Value) -> Value {
        compared(CompareOp::Ne, this, value)
    }
    /// -self
    #[py("(self, /)")]
    fn __neg__(py: &mut Py, this: &Ref<Delta>) -> Result<Value> {
        make(py, -this.total())
    }
    /// Create and return a new object.
    #[staticmethod(
        "(type, /, days=<unbound>, seconds=<unbound>, microseconds=<unbound>, milliseconds=<unbound>, minutes=<unbound>, hours=<unbound>, weeks=<unbound>)"
    )]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        days: Option<&Value>,
        seconds: Option<&Value>,
        microseconds: Option<&Value>,
        milliseconds: Option<&Value>,
        minutes: Option<&Value>,
        hours: Option<&Value>,
        weeks: Option<&Value>,
    ) -> Result<Value> {
        let (mut sum, mut left) = (0, 0.0);
        for (value, factor, name) in [
            (microseconds, 1, "microseconds"),
            (milliseconds, 1000, "milliseconds"),
            (seconds, SECOND, "seconds"),
            (minutes, 60 * SECOND, "minutes"),
            (hours, 3600 * SECOND, "hours"),
            (days, DAY, "days"),
            (weeks, 7 * DAY, "weeks"),
        ] {
            accumulate(py, &mut sum, &mut left, value, factor, name)?;
        }
        if left != 0.0 {
            // Half a microsecond goes to the even one of all.
            let mut whole = left.round();
            if (whole - left).abs() == 0.5 {
                let odd = (sum & 1) as f64;
                whole = 2.0 * ((left + odd) * 0.5).round() - odd;
            }
            add_micros(&mut sum, whole)?;
        }
        Ok(py.make_in(cls, Delta::of(sum)?).into_value())
    }
    /// +self
    #[py("(self, /)")]
    fn __pos__(py: &mut Py, this: &Ref<Delta>) -> Result<Value> {
        make(py, this.total())
    }
    /// __reduce__() -> (cls, state)
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Delta>) -> Value {
        let class = py.type_of(this.as_value()).into_value();
        let state = vec![py.int(this.days), py.int(this.seconds), py.int(this.micros)];
        let state = py.tuple(state);
        py.tuple(vec![class, state])
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Delta>) -> Value {
        let mut parts = Vec::new();
        for (name, n) in [("days", this.days), ("seconds", this.seconds), ("microseconds", this.micros)] {
            if n != 0 {
                parts.push(format!("{name}={n}"));
            }
        }
        let inner = if parts.is_empty() { "0".to_owned() } else { parts.join(", ") };
        let class = super::shown_class(py, this.as_value());
        py.str(&format!("{class}({inner})"))
    }
    /// Return value-self.
    #[py("(self, value, /)")]
    fn __rsub__(py: &mut Py, this: &Ref<Delta>, value: &Value) -> Result<Value> {
        match total_of(value) {
            Some(other) => make(py, other - this.total()),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Delta>) -> Value {
        let s = this.seconds;
        let mut text = format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
        if this.days != 0 {
            let plural = if this.days.abs() == 1 { "" } else { "s" };
            text = format!("{} day{plural}, {text}", this.days);
        }
        if this.micros != 0 {
            text.push_str(&format!(".{:06}", this.micros));
        }
        py.str(&text)
    }
    /// Return self-value.
    #[py("(self, value, /)")]
    fn __sub__(py: &mut Py, this: &Ref<Delta>, value: &Value) -> Result<Value> {
        match total_of(value) {
            Some(other) => make(py, this.total() - other),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return self/value.
    #[py("(self, value, /)")]
    fn __truediv__(py: &mut Py, this: &Ref<Delta>, value: &Value) -> Result<Value> {
        if let Some(other) = total_of(value) {
            let (a, b) = (big_value(py, this.total()), big_value(py, other));
            return py.binary(BinaryOp::TrueDiv, &a, &b);
        }
        if int::is_int(value) {
            let n = int::to_ibig(value).unwrap_or_default();
            if n == IBig::ZERO {
                return Err(zero_division("division by zero"));
            }
            return match i128::try_from(&n) {
                Ok(n) if n > 0 => make(py, nearest(this.total(), n)),
                _ => {
                    let result = nearest_big(&IBig::from(this.total()), &n)?;
                    make(py, result)
                }
            };
        }
        match float::as_f64(value) {
            Some(x) => by_float(py, this.total(), x, true),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Total seconds in the duration.
    #[py("(self, /)")]
    fn total_seconds(py: &mut Py, this: &Ref<Delta>) -> Result<Value> {
        let (a, b) = (big_value(py, this.total()), py.int(SECOND as i64));
        py.binary(BinaryOp::TrueDiv, &a, &b)
    }
    /// Number of days.
    #[getter]
    fn days(_py: &mut Py, this: &Ref<Delta>) -> i64 {
        this.days
    }
    /// Number of microseconds (>= 0 and less than 1 second).
    #[getter]
    fn microseconds(_py: &mut Py, this: &Ref<Delta>) -> i64 {
        this.micros
    }
    /// Number of seconds (>= 0 and less than 1 day).
    #[getter]
    fn seconds(_py: &mut Py, this: &Ref<Delta>) -> i64 {
        this.seconds
    }
}

/// The whole quotient and the rest, rounded down.
fn floor(a: i128, b: i128) -> Result<(i128, i128)> {
    if b == 0 {
        return Err(zero_division("division by zero"));
    }
    let (q, r) = (a / b, a % b);
    Ok(if r != 0 && (r < 0) != (b < 0) { (q - 1, r + b) } else { (q, r) })
}

impl NativeType for Delta {
    const NAME: &'static str = "timedelta";
    const MODULE: &'static str = "datetime";
    const DOC: Option<&'static str> = Some(
        "Difference between two datetime values.\n\ntimedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\nAll arguments are optional and default to 0.\nArguments may be integers or floats, and may be positive or negative.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}
