//! Dates and times as text by a format.

use lockstep_interp::import::import_module;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Ref, Value};
use lockstep_text::wtf8;

use super::Moment;
use super::calendar::{days_before_month, offset_text};
use super::delta;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// As C's `ctime` shows it.
pub fn ctime(m: &Moment) -> String {
    let day = DAYS[((m.ordinal() + 6) % 7) as usize];
    let month = MONTHS[(m.month - 1).clamp(0, 11) as usize];
    format!("{day} {month} {:2} {:02}:{:02}:{:02} {:04}", m.day, m.hour, m.minute, m.second, m.year)
}

/// `time.struct_time` of a moment.
pub fn struct_time(py: &mut Py, m: &Moment, dst: i64) -> Result<Value> {
    let parts = [
        m.year,
        m.month,
        m.day,
        m.hour,
        m.minute,
        m.second,
        (m.ordinal() + 6) % 7,
        days_before_month(m.year, m.month) + m.day,
        dst,
    ];
    let parts = parts.iter().map(|n| py.int(*n)).collect();
    let parts = py.tuple(parts);
    let time = import_module(py, "time")?;
    let class = py.getattr(&time, "struct_time")?;
    py.call(&class, &[parts])
}

/// `+HHMM` of an object, empty if it has no offset.
fn offset(py: &mut Py, object: &Value, separator: &str) -> Result<String> {
    let Some(method) = py.getattr_opt(object, "utcoffset")? else { return Ok(String::new()) };
    let offset = py.call(&method, &[])?;
    Ok(delta::total_of(&offset).map_or_else(String::new, |total| offset_text(total, separator)))
}

/// The name of an object's zone, as a format takes it.
fn zone_name(py: &mut Py, object: &Value) -> Result<Vec<u8>> {
    let Some(method) = py.getattr_opt(object, "tzname")? else { return Ok(Vec::new()) };
    let name = py.call(&method, &[])?;
    let mut out = Vec::new();
    if !name.is_none() && !py.is_exact::<Str>(&name) {
        // A subclass of str may have its own mind about it.
        let (one, two) = (py.str("%"), py.str("%%"));
        let escaped = py.call_method(&name, "replace", &[one, two])?;
        return match escaped.downcast::<Str>() {
            Some(s) => Ok(s.as_bytes().to_vec()),
            None => Err(type_error("tzname.replace() did not return a string")),
        };
    }
    if let Some(name) = name.downcast::<Str>() {
        for byte in name.as_bytes() {
            out.push(*byte);
            if *byte == b'%' {
                out.push(b'%');
            }
        }
    }
    Ok(out)
}

fn by_time(py: &mut Py, format: &Value, tuple: &Value) -> Result<Value> {
    let time = import_module(py, "time")?;
    py.call_method(&time, "strftime", &[format.clone(), tuple.clone()])
}

/// `object.strftime(format)`: what `time.strftime` does not know is put in before.
pub fn strftime(py: &mut Py, object: &Value, format: &Value, tuple: &Value, micro: i64) -> Result<Value> {
    let Some(text) = format.downcast::<Str>() else {
        let got = py.type_name(format);
        return Err(type_error(format!("strftime() argument 1 must be str, not {got}")));
    };
    let field = |i: usize| tuple.downcast::<Tuple>().and_then(|t| t.slice().get(i)).and_then(Value::as_small_int).unwrap_or(0);
    let year = field(0);
    let mut out = Vec::with_capacity(text.as_bytes().len());
    let mut chars = wtf8::code_points(text.as_bytes()).peekable();
    while let Some(c) = chars.next() {
        if c != u32::from(b'%') {
            wtf8::push(&mut out, c);
            continue;
        }
        let Some(c) = chars.next() else {
            out.push(b'%');
            break;
        };
        match u8::try_from(c).unwrap_or(0) {
            b'f' => out.extend_from_slice(format!("{micro:06}").as_bytes()),
            b'z' => out.extend_from_slice(offset(py, object, "")?.as_bytes()),
            b':' => match chars.next() {
                Some(z) if z == u32::from(b'z') => out.extend_from_slice(offset(py, object, ":")?.as_bytes()),
                Some(other) => {
                    out.extend_from_slice(b"%:");
                    wtf8::push(&mut out, other);
                }
                None => out.extend_from_slice(b"%:"),
            },
            b'Z' => out.extend_from_slice(&zone_name(py, object)?),
            // Systems differ in what they do with years of fewer than four digits.
            b'Y' if year < 1000 => out.extend_from_slice(format!("{year:04}").as_bytes()),
            b'C' if year < 1000 => out.extend_from_slice(format!("{:02}", year / 100).as_bytes()),
            b'F' if year < 1000 => {
                out.extend_from_slice(format!("{year:04}-{:02}-{:02}", field(1), field(2)).as_bytes());
            }
            b'G' if year < 1000 => {
                let own = py.str("%G");
                let text = by_time(py, &own, tuple)?;
                let digits = text.downcast::<Str>().map_or_else(String::new, ToString::to_string);
                out.extend_from_slice(format!("{digits:0>4}").as_bytes());
            }
            _ => {
                out.push(b'%');
                wtf8::push(&mut out, c);
            }
        }
    }
    let format = py.new_str_bytes(&out).into_value();
    by_time(py, &format, tuple)
}

/// `format(object, spec)`
pub fn format(py: &mut Py, object: &Value, spec: &Value) -> Result<Value> {
    let Some(text) = spec.downcast::<Str>() else {
        let got = py.type_name(spec);
        return Err(type_error(format!("__format__() argument 1 must be str, not {got}")));
    };
    if text.is_empty() {
        return Ok(py.str_of(object)?.into_value());
    }
    py.call_method(object, "strftime", std::slice::from_ref(spec))
}

/// `cls.strptime(text, format)` by the library.
pub fn strptime(py: &mut Py, cls: &Value, text: &Value, format: &Value, function: &str) -> Result<Value> {
    for (n, value) in [(1, text), (2, format)] {
        if !value.is_a::<Str>() {
            let got = py.type_name(value);
            return Err(type_error(format!("strptime() argument {n} must be str, not {got}")));
        }
    }
    let module = import_module(py, "_strptime")?;
    py.call_method(&module, function, &[cls.clone(), text.clone(), format.clone()])
}

/// The characters of an argument.
pub fn characters(py: &mut Py, value: &Value) -> Result<Vec<u32>> {
    let _ = &py;
    match value.downcast::<Str>() {
        Some(s) => Ok(wtf8::code_points(s.as_bytes()).collect()),
        None => Err(type_error("fromisoformat: argument must be str")),
    }
}

/// The error of a text in no ISO format.
pub fn not_iso(py: &mut Py, value: &Value) -> lockstep_interp::Raised {
    let shown = py.repr_lossy(value);
    lockstep_interp::object::raise::value_error(format!("Invalid isoformat string: {shown}"))
}

/// The text of a `Ref<Str>` argument, or a default.
pub fn text_or<'a>(value: Option<&'a Ref<Str>>, default: &'a str) -> &'a str {
    value.map_or(default, |s| s.as_str().unwrap_or("?"))
}
