//! `UnicodeDecodeError`, `UnicodeEncodeError`, `UnicodeTranslateError`.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;

use super::{Exception, field, fields, no_keywords, set_args, set_field};
use crate::object::Py;
use crate::object::raise::{Exc, Result, type_error};
use crate::types::bytes::Bytes;
use crate::types::str::Str;

const OBJECT: usize = 0;
const START: usize = 1;
const END: usize = 2;
const REASON: usize = 3;
const ENCODING: usize = 4;

fields! {
    /// The fields of the three classes.
    CodecFields {
        0 object set_object "exception object",
        3 reason set_reason "exception reason",
        4 encoding set_encoding "exception encoding",
    }
}

fn count(args: &[Value], wanted: usize) -> Result<()> {
    if args.len() == wanted {
        return Ok(());
    }
    Err(type_error(format!("function takes exactly {wanted} arguments ({} given)", args.len())))
}

fn want_str(py: &Py, args: &[Value], i: usize) -> Result<()> {
    if args[i].is_a::<Str>() {
        return Ok(());
    }
    Err(type_error(format!("argument {} must be str, not {}", i + 1, py.type_name(&args[i]))))
}

fn position(py: &mut Py, value: &Value) -> Result<Value> {
    let n = py.index_clamped(value)?;
    Ok(py.int(n as i64))
}

/// Fields of a decode or encode error.
pub(super) fn fill(py: &mut Py, e: &Ref<Exception>, args: &[Value], kind: Exc) -> Result<()> {
    count(args, 5)?;
    want_str(py, args, 0)?;
    let object = if kind.is(Exc::UnicodeEncodeError) {
        want_str(py, args, 1)?;
        args[1].clone()
    } else if args[1].is_a::<Bytes>() {
        args[1].clone()
    } else {
        let bytes = py.bytes_like(&args[1])?;
        py.bytes(&bytes)
    };
    let (start, end) = (position(py, &args[2])?, position(py, &args[3])?);
    want_str(py, args, 4)?;
    for (at, value) in [(ENCODING, args[0].clone()), (OBJECT, object), (START, start), (END, end), (REASON, args[4].clone())] {
        set_field(py, e, at, Some(value));
    }
    Ok(())
}

/// Fields of a translate error.
pub(super) fn fill_translate(py: &mut Py, e: &Ref<Exception>, args: &[Value]) -> Result<()> {
    count(args, 4)?;
    want_str(py, args, 0)?;
    let (start, end) = (position(py, &args[1])?, position(py, &args[2])?);
    want_str(py, args, 3)?;
    for (at, value) in [(OBJECT, args[0].clone()), (START, start), (END, end), (REASON, args[3].clone())] {
        set_field(py, e, at, Some(value));
    }
    Ok(())
}

fn number(py: &Py, e: &Ref<Exception>, at: usize) -> i64 {
    field(py, e, at).as_small_int().unwrap_or(0)
}

fn set_position(py: &mut Py, e: &Ref<Exception>, at: usize, value: Option<Value>) -> Result<()> {
    let Some(value) = value else { return Err(type_error("can't delete numeric/char attribute")) };
    let value = position(py, &value)?;
    set_field(py, e, at, Some(value));
    Ok(())
}

/// How messages show a character.
fn escaped(c: u32) -> String {
    match c {
        0..=0xFF => format!("\\x{c:02x}"),
        0x100..=0xFFFF => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

/// The character or byte at a position.
fn unit(py: &Py, e: &Ref<Exception>, at: usize) -> Option<u32> {
    let object = field(py, e, OBJECT);
    if let Some(s) = object.downcast::<Str>() {
        return lockstep_text::wtf8::code_points(s.as_bytes()).nth(at);
    }
    object.downcast::<Bytes>()?.slice().get(at).map(|b| u32::from(*b))
}

/// `str()` of the three classes; `what` names a unit and the units.
fn text(py: &mut Py, e: &Ref<Exception>, verb: &str, bytes: bool) -> Result<String> {
    if e.get(py).field(OBJECT).is_none() {
        return Ok(String::new());
    }
    let reason = field(py, e, REASON);
    let reason = py.str_of(&reason)?;
    let encoding = field(py, e, ENCODING);
    let codec = if encoding.is_none() { String::new() } else { format!("'{}' codec ", py.str_of(&encoding)?) };
    // Nobody promises that they lie in the object.
    let (start, end) = (number(py, e, START), number(py, e, END));
    if end.checked_sub(1) == Some(start)
        && let Some(unit) = usize::try_from(start).ok().and_then(|start| unit(py, e, start))
    {
        let unit = if bytes { format!("byte 0x{unit:02x}") } else { format!("character '{}'", escaped(unit)) };
        return Ok(format!("{codec}can't {verb} {unit} in position {start}: {reason}"));
    }
    let units = if bytes { "bytes" } else { "characters" };
    Ok(format!("{codec}can't {verb} {units} in position {start}-{}: {reason}", end.saturating_sub(1)))
}

macro_rules! unicode_error {
    ($name:ident, $verb:literal, $bytes:literal, |$py:ident, $e:ident, $args:ident| $fill:expr) => {
        /// The methods of one of the classes.
        pub(super) struct $name;

        #[methods]
        impl $name {
            /// Initialize self.
            #[py("(self, /, *args, **kwargs)")]
            fn __init__($py: &mut Py, $e: &Ref<Exception>, $args: &[Value], kwargs: &Value) -> Result<()> {
                no_keywords($py, $e, kwargs)?;
                set_args($py, $e, $args);
                $fill
            }
            /// Return str(self).
            #[py("(self, /)")]
            fn __str__(py: &mut Py, this: &Ref<Exception>) -> Result<String> {
                text(py, this, $verb, $bytes)
            }
            /// exception start
            #[getter]
            fn start(py: &mut Py, this: &Ref<Exception>) -> i64 {
                number(py, this, START)
            }
            #[setter(start)]
            fn set_start(py: &mut Py, this: &Ref<Exception>, value: Option<Value>) -> Result<()> {
                set_position(py, this, START, value)
            }
            /// exception end
            #[getter]
            fn end(py: &mut Py, this: &Ref<Exception>) -> i64 {
                number(py, this, END)
            }
            #[setter(end)]
            fn set_end(py: &mut Py, this: &Ref<Exception>, value: Option<Value>) -> Result<()> {
                set_position(py, this, END, value)
            }
        }
    };
}

unicode_error!(DecodeMethods, "decode", true, |py, e, args| fill(py, e, args, Exc::UnicodeDecodeError));
unicode_error!(EncodeMethods, "encode", false, |py, e, args| fill(py, e, args, Exc::UnicodeEncodeError));
unicode_error!(TranslateMethods, "translate", false, |py, e, args| fill_translate(py, e, args));
