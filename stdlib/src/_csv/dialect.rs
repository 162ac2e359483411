//! `Dialect`: how rows are written as text.

use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::int;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Frozen, Object, Py, Ref, Value, methods};
use lockstep_text::wtf8;

use super::csv_error;

/// When fields are quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// Where it is needed.
    Minimal,
    /// Always.
    All,
    /// All but numbers; reading, what is not quoted is a number.
    NonNumeric,
    /// Never.
    None,
    /// Strings.
    Strings,
    /// All but None.
    NotNull,
}

impl Quoting {
    fn of(n: i64) -> Option<Quoting> {
        Some(match n {
            0 => Quoting::Minimal,
            1 => Quoting::All,
            2 => Quoting::NonNumeric,
            3 => Quoting::None,
            4 => Quoting::Strings,
            5 => Quoting::NotNull,
            _ => return None,
        })
    }
}

/// The payload of a dialect.
pub struct Dialect {
    /// Between fields.
    pub delimiter: u32,
    /// A quote in a quoted field is written twice.
    pub doublequote: bool,
    /// Before what would mean something else.
    pub escapechar: Option<u32>,
    /// Behind rows.
    pub lineterminator: Ref<Str>,
    /// Around fields.
    pub quotechar: Option<u32>,
    /// When.
    pub quoting: Quoting,
    /// Spaces behind a delimiter do not count.
    pub skipinitialspace: bool,
    /// Bad input is an error.
    pub strict: bool,
    /// Bytes that may mean something when rows are read.
    pub stops: [bool; 256],
    /// Bytes that may mean something when rows are written.
    pub marks: [bool; 256],
}

impl Object for Dialect {
    type Access = Frozen;
}

/// A parameter of one character; None where it may be.
fn character(py: &mut Py, name: &str, value: Option<&Value>, default: Option<u32>, optional: bool) -> Result<Option<u32>> {
    let Some(value) = value else { return Ok(default) };
    if value.is_none() && optional {
        return Ok(None);
    }
    let or_none = if optional { " or None" } else { "" };
    match value.downcast::<Str>() {
        Some(s) if s.len() == 1 => Ok(wtf8::nth(s.as_bytes(), 0)),
        Some(s) => {
            Err(type_error(format!("\"{name}\" must be a unicode character{or_none}, not a string of length {}", s.len())))
        }
        None => Err(type_error(format!("\"{name}\" must be a unicode character{or_none}, not {}", py.type_name(value)))),
    }
}

fn truth(py: &mut Py, value: Option<&Value>, default: bool) -> Result<bool> {
    match value {
        Some(value) => py.truth(value),
        None => Ok(default),
    }
}

/// The ends of lines and the bytes with which the characters may begin.
fn bytes_of(characters: impl Iterator<Item = Option<u32>>) -> [bool; 256] {
    let mut table = [false; 256];
    table[usize::from(b'\n')] = true;
    table[usize::from(b'\r')] = true;
    for c in characters.flatten() {
        match table[..0x80].get_mut(c as usize) {
            Some(place) => *place = true,
            None => table[0x80..].fill(true),
        }
    }
    table
}

/// The parameters in order: as given, else as the base has them.
const NAMES: [&str; 8] =
    ["delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"];

/// A dialect of a base, by name or object, and parameters that override it.
pub fn make(py: &mut Py, cls: &Ref<Type>, base: Option<&Value>, given: [Option<&Value>; 8]) -> Result<Ref<Dialect>> {
    let base = base.filter(|b| !b.is_none());
    let base = match base {
        Some(name) if name.is_a::<Str>() => match super::known(py, name)? {
            Some(found) => Some(found),
            None => return Err(csv_error(py, "unknown dialect")),
        },
        other => other.cloned(),
    };
    if let Some(base) = &base
        && given.iter().all(Option::is_none)
        && py.is_exact::<Dialect>(base)
        && cls.is(&py.type_for::<Dialect>())
        && let Some(same) = base.downcast::<Dialect>()
    {
        return Ok(same.clone());
    }
    let mut values: Vec<Option<Value>> = given.iter().map(|v| v.cloned()).collect();
    if let Some(base) = &base {
        for (slot, name) in values.iter_mut().zip(NAMES) {
            if slot.is_none() {
                *slot = py.getattr_opt(base, name)?;
            }
        }
    }
    let at = |i: usize| values[i].as_ref();
    let delimiter = character(py, "delimiter", at(0), Some(u32::from(b',')), false)?;
    let doublequote = truth(py, at(1), true)?;
    let escapechar = character(py, "escapechar", at(2), None, true)?;
    let lineterminator = match at(3) {
        None => py.intern("\r\n"),
        Some(value) => match value.downcast::<Str>() {
            Some(s) => s.clone(),
            None if value.is_none() => return Err(type_error("lineterminator must be set")),
            None => {
                let got = py.type_name(value);
                return Err(type_error(format!("\"lineterminator\" must be a string, not {got}")));
            }
        },
    };
    let quotechar = character(py, "quotechar", at(4), Some(u32::from(b'"')), true)?;
    let mut quoting = match at(5) {
        None => Quoting::Minimal,
        Some(value) if int::is_int(value) => match int::as_i64(value).and_then(Quoting::of) {
            Some(quoting) => quoting,
            None => return Err(type_error("bad \"quoting\" value")),
        },
        Some(value) => {
            let got = py.type_name(value);
            return Err(type_error(format!("\"quoting\" must be an integer, not {got}")));
        }
    };
    let skipinitialspace = truth(py, at(6), false)?;
    let strict = truth(py, at(7), false)?;
    if values[4].as_ref().is_some_and(Value::is_none) && values[5].is_none() {
        quoting = Quoting::None;
    }
    if quoting != Quoting::None && quotechar.is_none() {
        return Err(type_error("quotechar must be set if quoting enabled"));
    }
    let delimiter = delimiter.unwrap_or(u32::from(b','));
    let own = [Some(delimiter), escapechar, quotechar];
    let space = skipinitialspace.then_some(u32::from(b' '));
    let ends = wtf8::code_points(lineterminator.as_bytes()).map(Some);
    let made = Dialect {
        stops: bytes_of(own.into_iter().chain([space])),
        marks: bytes_of(own.into_iter().chain(ends)),
        delimiter,
        doublequote,
        escapechar,
        lineterminator,
        quotechar,
        quoting,
        skipinitialspace,
        strict,
    };
    made.check()?;
    Ok(py.make_in(cls, made))
}

impl Dialect {
    /// Characters must not be what ends lines, nor each other.
    fn check(&self) -> Result<()> {
        let ends = |c: u32| c == u32::from(b'\n') || c == u32::from(b'\r');
        let own = [("delimiter", Some(self.delimiter)), ("escapechar", self.escapechar), ("quotechar", self.quotechar)];
        for (name, c) in own {
            let spaces = name != "delimiter" || self.skipinitialspace;
            let blank = |c: u32| spaces && self.skipinitialspace && c == u32::from(b' ');
            if c.is_some_and(|c| ends(c) || (name != "delimiter" && blank(c))) {
                return Err(value_error(format!("bad {name} value")));
            }
        }
        for (i, (first, c)) in own.iter().enumerate() {
            for (second, d) in &own[i + 1..] {
                if c.is_some() && c == d {
                    return Err(value_error(format!("bad {first} or {second} value")));
                }
            }
        }
        for (name, c) in own {
            if c.is_some_and(|c| wtf8::code_points(self.lineterminator.as_bytes()).any(|l| l == c)) {
                return Err(value_error(format!("bad {name} or lineterminator value")));
            }
        }
        Ok(())
    }
}

fn shown(py: &Py, c: Option<u32>) -> Value {
    c.map_or(Value::NONE, |c| py.char(c).into_value())
}

#[methods]
impl Dialect {
    /// Create and return a new object.
    #[staticmethod(
        "(type, /, dialect=<unbound>, delimiter=<unbound>, doublequote=<unbound>, escapechar=<unbound>, lineterminator=<unbound>, quotechar=<unbound>, quoting=<unbound>, skipinitialspace=<unbound>, strict=<unbound>)"
    )]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        dialect: Option<&Value>,
        delimiter: Option<&Value>,
        doublequote: Option<&Value>,
        escapechar: Option<&Value>,
        lineterminator: Option<&Value>,
        quotechar: Option<&Value>,
        quoting: Option<&Value>,
        skipinitialspace: Option<&Value>,
        strict: Option<&Value>,
    ) -> Result<Value> {
        let given = [delimiter, doublequote, escapechar, lineterminator, quotechar, quoting, skipinitialspace, strict];
        Ok(make(py, cls, dialect, given)?.into_value())
    }
    /// Dialects are not pickled.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Dialect>) -> Result<Value> {
        let class = py.type_name(this.as_value());
        Err(type_error(format!("cannot pickle '{class}' instances")))
    }
    /// Dialects are not pickled.
    #[py("(self, protocol, /)")]
    fn __reduce_ex__(py: &mut Py, this: &Ref<Dialect>, protocol: &Value) -> Result<Value> {
        let _ = protocol;
        Dialect::__reduce__(py, this)
    }
    /// delimiter
    #[getter]
    fn delimiter(py: &mut Py, this: &Ref<Dialect>) -> Value {
        shown(py, Some(this.delimiter))
    }
    /// doublequote
    #[getter]
    fn doublequote(_py: &mut Py, this: &Ref<Dialect>) -> bool {
        this.doublequote
    }
    /// escapechar
    #[getter]
    fn escapechar(py: &mut Py, this: &Ref<Dialect>) -> Value {
        shown(py, this.escapechar)
    }
    /// lineterminator
    #[getter]
    fn lineterminator(_py: &mut Py, this: &Ref<Dialect>) -> Value {
        this.lineterminator.to_value()
    }
    /// quotechar
    #[getter]
    fn quotechar(py: &mut Py, this: &Ref<Dialect>) -> Value {
        shown(py, this.quotechar)
    }
    /// quoting
    #[getter]
    fn quoting(_py: &mut Py, this: &Ref<Dialect>) -> i32 {
        this.quoting as i32
    }
    /// skipinitialspace
    #[getter]
    fn skipinitialspace(_py: &mut Py, this: &Ref<Dialect>) -> bool {
        this.skipinitialspace
    }
    /// strict
    #[getter]
    fn strict(_py: &mut Py, this: &Ref<Dialect>) -> bool {
        this.strict
    }
}

impl NativeType for Dialect {
    const NAME: &'static str = "Dialect";
    const MODULE: &'static str = "_csv";
    const DOC: Option<&'static str> = Some("CSV dialect\n\nThe Dialect type records CSV dialect options.");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// The dialect that `reader(x, dialect, **parameters)` means.
pub fn of_call(py: &mut Py, dialect: Option<&Value>, keywords: &Value) -> Result<Ref<Dialect>> {
    let class = py.type_for::<Dialect>().into_value();
    let keywords = py.kwargs(keywords);
    let made = match dialect {
        Some(dialect) => py.call_kw(&class, std::slice::from_ref(dialect), &keywords)?,
        None => py.call_kw(&class, &[], &keywords)?,
    };
    made.downcast_into::<Dialect>().map_err(|_| type_error("a dialect is required"))
}
