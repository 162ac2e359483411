//! `tzinfo` and `timezone`; and what dates and times ask of them.

use lockstep_interp::object::raise::{Result, not_implemented, type_error, value_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::str::Str;
use lockstep_interp::{Frozen, Object, Py, Ref, Value, Visitor, methods};

use super::calendar::{DAY, offset_text};
use super::delta::{self, Delta};
use super::{Moment, as_datetime, timezone_type, utc};

/// The payload of a `tzinfo`, which knows nothing, and of a `timezone`.
pub struct Zone {
    /// East of Greenwich.
    pub offset: Option<Ref<Delta>>,
    /// Its name, if it was given one.
    pub name: Option<Value>,
}

impl Object for Zone {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(offset) = &self.offset {
            visit.reference(offset);
        }
        visit.option(&self.name);
    }
}

/// `zone.utcoffset(moment)` or `zone.dst(moment)` in microseconds, checked.
pub fn offset(py: &mut Py, zone: Option<&Value>, method: &str, moment: &Value) -> Result<Option<i128>> {
    let Some(zone) = zone else { return Ok(None) };
    if let Some(fixed) = zone.downcast::<Zone>()
        && let Some(offset) = &fixed.offset
    {
        return Ok(if method == "dst" { None } else { Some(offset.total()) });
    }
    let result = py.call_method(zone, method, std::slice::from_ref(moment))?;
    if result.is_none() {
        return Ok(None);
    }
    let Some(total) = delta::total_of(&result) else {
        let got = py.type_name(&result);
        return Err(type_error(format!("tzinfo.{method}() must return None or a timedelta, not '{got}'")));
    };
    check_range(py, total, &result)?;
    Ok(Some(total))
}

fn check_range(py: &mut Py, total: i128, value: &Value) -> Result<()> {
    if total <= -DAY || total >= DAY {
        let shown = py.repr(value)?;
        return Err(value_error(format!(
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}"
        )));
    }
    Ok(())
}

/// `zone.tzname(moment)`: a str or None.
pub fn name(py: &mut Py, zone: Option<&Value>, moment: &Value) -> Result<Value> {
    let Some(zone) = zone else { return Ok(Value::NONE) };
    let result = py.call_method(zone, "tzname", std::slice::from_ref(moment))?;
    if !result.is_none() && !result.is_a::<Str>() {
        let got = py.type_name(&result);
        return Err(type_error(format!("tzinfo.tzname() must return None or a string, not '{got}'")));
    }
    Ok(result)
}

/// The zone of this offset.
pub fn fixed(py: &mut Py, total: i128, name: Option<Value>) -> Result<Value> {
    if total == 0 && name.is_none() {
        return Ok(utc(py)?.into_value());
    }
    let offset = py.make(Delta::of(total)?);
    check_range(py, total, offset.as_value())?;
    let ty = timezone_type(py)?;
    Ok(py.make_in(&ty, Zone { offset: Some(offset), name }).into_value())
}

fn subclass_must(name: &str) -> lockstep_interp::Raised {
    not_implemented(format!("a tzinfo subclass must implement {name}()"))
}

fn none_or_delta(py: &mut Py, value: Value, message: &str) -> Result<i128> {
    let _ = py;
    match delta::total_of(&value) {
        Some(total) => Ok(total),
        None => Err(value_error(message)),
    }
}

#[methods]
impl Zone {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Value {
        py.make_in(cls, Zone { offset: None, name: None }).into_value()
    }
    /// -> (cls, state)
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Zone>) -> Result<Value> {
        let args = match py.getattr_opt(this.as_value(), "__getinitargs__")? {
            Some(method) => py.call(&method, &[])?,
            None => py.tuple(Vec::new()),
        };
        let class = py.type_of(this.as_value()).into_value();
        let state = py.call_method(this.as_value(), "__getstate__", &[])?;
        let mut parts = vec![class, args];
        if !state.is_none() {
            parts.push(state);
        }
        Ok(py.tuple(parts))
    }
    /// datetime -> DST offset as timedelta positive east of UTC.
    #[py("(self, dt, /)")]
    fn dst(_py: &mut Py, this: &Ref<Zone>, dt: &Value) -> Result<Value> {
        let _ = (this, dt);
        Err(subclass_must("dst"))
    }
    /// datetime in UTC -> datetime in local time.
    #[py("(self, dt, /)")]
    fn fromutc(py: &mut Py, this: &Ref<Zone>, dt: &Value) -> Result<Value> {
        let Some(moment) = as_datetime(dt) else {
            return Err(type_error("fromutc: argument must be a datetime"));
        };
        if !moment.zone.as_ref().is_some_and(|z| z.is(this.as_value())) {
            return Err(value_error("fromutc: dt.tzinfo is not self"));
        }
        let offset = py.call_method(dt, "utcoffset", &[])?;
        let offset = none_or_delta(py, offset, "fromutc: non-None utcoffset() result required")?;
        let summer = py.call_method(dt, "dst", &[])?;
        let mut summer = none_or_delta(py, summer, "fromutc: non-None dst() result required")?;
        let standard = offset - summer;
        let mut local = dt.clone();
        if standard != 0 {
            local = moved(py, &local, standard)?;
            let again = py.call_method(&local, "dst", &[])?;
            summer = none_or_delta(py, again, "fromutc: tz.dst() gave inconsistent results; cannot convert")?;
        }
        moved(py, &local, summer)
    }
    /// datetime -> string name of time zone.
    #[py("(self, dt, /)")]
    fn tzname(_py: &mut Py, this: &Ref<Zone>, dt: &Value) -> Result<Value> {
        let _ = (this, dt);
        Err(subclass_must("tzname"))
    }
    /// datetime -> timedelta showing offset from UTC, negative values indicating West of UTC
    #[py("(self, dt, /)")]
    fn utcoffset(_py: &mut Py, this: &Ref<Zone>, dt: &Value) -> Result<Value> {
        let _ = (this, dt);
        Err(subclass_must("utcoffset"))
    }
}

/// A `datetime` so much later.
pub fn moved(py: &mut Py, value: &Value, by: i128) -> Result<Value> {
    let Some(moment) = as_datetime(value) else { return Err(type_error("a datetime is required")) };
    let later = Moment::at(moment.total() + by, moment.zone.clone())?;
    let ty = py.type_of(value);
    super::moment::new(py, &ty, later)
}

impl NativeType for Zone {
    const NAME: &'static str = "tzinfo";
    const MODULE: &'static str = "datetime";
    const DOC: Option<&'static str> = Some("Abstract base class for time zone info objects.");
    const FLAGS: u32 = TypeFlags::BASE;
}

fn check_argument(py: &mut Py, dt: &Value, method: &str) -> Result<()> {
    if dt.is_none() || as_datetime(dt).is_some() {
        return Ok(());
    }
    let got = py.type_name(dt);
    Err(type_error(format!("{method}(dt) argument must be a datetime instance or None, not {got}")))
}

fn total(this: &Ref<Zone>) -> i128 {
    this.offset.as_ref().map_or(0, |o| o.total())
}

fn own_name(py: &mut Py, this: &Ref<Zone>) -> Value {
    match &this.name {
        Some(name) => name.clone(),
        None if total(this) == 0 => py.str("UTC"),
        None => py.str(&format!("UTC{}", offset_text(total(this), ":"))),
    }
}

/// The methods of `timezone`.
pub struct TimeZone;

#[methods]
impl TimeZone {
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(_py: &mut Py, this: &Ref<Zone>, value: &Value) -> Value {
        match value.downcast::<Zone>().filter(|z| z.offset.is_some()) {
            Some(other) => Value::bool(total(this) == total(other)),
            None => Value::NOT_IMPLEMENTED,
        }
    }
    /// pickle support
    #[py("(self, /)")]
    fn __getinitargs__(py: &mut Py, this: &Ref<Zone>) -> Value {
        let mut args: Vec<Value> = this.offset.iter().map(Ref::to_value).collect();
        args.extend(this.name.clone());
        py.tuple(args)
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Zone>) -> Result<i64> {
        match &this.offset {
            Some(offset) => py.hash(offset.as_value()),
            None => Ok(0),
        }
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(_py: &mut Py, this: &Ref<Zone>, value: &Value) -> Value {
        match value.downcast::<Zone>().filter(|z| z.offset.is_some()) {
            Some(other) => Value::bool(total(this) != total(other)),
            None => Value::NOT_IMPLEMENTED,
        }
    }
    /// Create and return a new object.
    #[staticmethod("(type, /, offset, name=<unbound>)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, offset: &Value, name: Option<&Value>) -> Result<Value> {
        let _ = cls;
        let Some(total) = delta::total_of(offset) else {
            let got = py.type_name(offset);
            return Err(type_error(format!("timezone() argument 1 must be datetime.timedelta, not {got}")));
        };
        if let Some(name) = name
            && !name.is_a::<Str>()
        {
            let got = py.type_name(name);
            return Err(type_error(format!("timezone() argument 2 must be str, not {got}")));
        }
        check_range(py, total, offset)?;
        fixed(py, total, name.cloned())
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Zone>) -> Result<Value> {
        if this.is(&utc(py)?) {
            return Ok(py.str("datetime.timezone.utc"));
        }
        let class = super::shown_class(py, this.as_value());
        let offset = this.offset.as_ref().map_or(Value::NONE, Ref::to_value);
        let offset = py.repr(&offset)?;
        Ok(match this.name.clone() {
            Some(name) => {
                let name = py.repr(&name)?;
                py.str(&format!("{class}({offset}, {name})"))
            }
            None => py.str(&format!("{class}({offset})")),
        })
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Zone>) -> Value {
        own_name(py, this)
    }
    /// Return None.
    #[py("(self, dt, /)")]
    fn dst(py: &mut Py, this: &Ref<Zone>, dt: &Value) -> Result<()> {
        let _ = this;
        check_argument(py, dt, "dst")
    }
    /// datetime in UTC -> datetime in local time.
    #[py("(self, dt, /)")]
    fn fromutc(py: &mut Py, this: &Ref<Zone>, dt: &Value) -> Result<Value> {
        let Some(moment) = as_datetime(dt) else {
            return Err(type_error("fromutc: argument must be a datetime instance"));
        };
        if !moment.zone.as_ref().is_some_and(|z| z.is(this.as_value())) {
            return Err(value_error("fromutc: dt.tzinfo is not self"));
        }
        moved(py, dt, total(this))
    }
    /// If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.
    #[py("(self, dt, /)")]
    fn tzname(py: &mut Py, this: &Ref<Zone>, dt: &Value) -> Result<Value> {
        check_argument(py, dt, "tzname")?;
        Ok(own_name(py, this))
    }
    /// Return fixed offset.
    #[py("(self, dt, /)")]
    fn utcoffset(py: &mut Py, this: &Ref<Zone>, dt: &Value) -> Result<Value> {
        check_argument(py, dt, "utcoffset")?;
        Ok(this.offset.as_ref().map_or(Value::NONE, Ref::to_value))
    }
}
