//! What only the Python 2 dialect has: the print and exec statements, raise with commas, a
//! namespace of builtins, names of attributes and modules that are gone.
//!
//! Code of Python 3 pays nothing: code of Python 2 runs with builtins of its own, and the machine
//! comes here only from the slow path of an attribute in a frame whose code is Python 2.

mod attributes;
mod modules;
mod names;

pub(crate) use attributes::{attribute, finish_class, metaclass};
pub(crate) use names::namespace;

use std::collections::HashSet;

use lockstep_compile::code::CodeFlags;
use lockstep_heap::Value;

use crate::object::raise::{Raised, Result, runtime_error, type_error};
use crate::object::{Py, Type, TypeFlags};
use crate::types::code::CodeObject;
use crate::types::dict::{self, Dict};
use crate::types::exception::Exception;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The files whose next printed item is preceded by a space.
#[derive(Default)]
struct SoftSpace {
    files: HashSet<u64>,
}

fn target(py: &mut Py, file: &Value) -> Result<Value> {
    if !file.is_none() {
        return Ok(file.clone());
    }
    let sys = py.shared().sys.clone();
    match sys.and_then(|sys| dict::get_name(py, &sys, "stdout")) {
        Some(stdout) => Ok(stdout),
        None => Err(runtime_error("lost sys.stdout")),
    }
}

fn write(py: &mut Py, file: &Value, text: &[u8]) -> Result<()> {
    if let Some(stream) = file.downcast::<crate::embed::stream::Stream>().cloned() {
        return crate::embed::stream::Stream::push(py, &stream, text);
    }
    let text = py.new_str_bytes(text).into_value();
    py.call_method(file, "write", &[text]).map(drop)
}

/// `str(value)` as Python 2 prints it: floats with twelve digits.
fn shown(py: &mut Py, value: &Value) -> Result<Vec<u8>> {
    if let Some(x) = value.as_float() {
        return Ok(short_float(x).into_bytes());
    }
    Ok(py.str_of(value)?.as_bytes().to_vec())
}

/// `'%.12g' % x`, with `.0` where it would look like an int.
fn short_float(x: f64) -> String {
    if !x.is_finite() {
        return if x.is_nan() {
            "nan"
        } else if x > 0.0 {
            "inf"
        } else {
            "-inf"
        }
        .to_owned();
    }
    let scientific = format!("{x:.11e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..12).contains(&exponent) {
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    let text = format!("{x:.*}", (11 - exponent).max(0) as usize);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text.contains('.') { text.to_owned() } else { format!("{text}.0") }
}

/// One item of a print statement.
pub fn print_item(py: &mut Py, file: &Value, value: &Value) -> Result<()> {
    let file = target(py, file)?;
    if file.is_none() {
        return Ok(());
    }
    if py.state::<SoftSpace>().files.remove(&file.id()) {
        write(py, &file, b" ")?;
    }
    let text = shown(py, value)?;
    write(py, &file, &text)?;
    // After a line end or a tab no space follows.
    let is_text = value.is_a::<Str>();
    if !is_text || !matches!(text.last(), Some(b'\n' | b'\t' | b'\r' | 0x0b | 0x0c)) {
        py.state::<SoftSpace>().files.insert(file.id());
    }
    Ok(())
}

/// The line end of a print statement.
pub fn print_newline(py: &mut Py, file: &Value) -> Result<()> {
    let file = target(py, file)?;
    if file.is_none() {
        return Ok(());
    }
    py.state::<SoftSpace>().files.remove(&file.id());
    write(py, &file, b"\n")
}

/// `exec code in globals, locals`; `frame` is the namespace of the statement.
pub fn exec(py: &mut Py, code: &Value, globals: &Value, locals: &Value, frame: &Value) -> Result<()> {
    let (globals, locals) = if globals.is_none() {
        let own = py.current_globals().map_or(Value::NONE, lockstep_heap::Ref::into_value);
        (own, frame.clone())
    } else {
        (globals.clone(), locals.clone())
    };
    if globals.downcast::<Dict>().is_none() {
        return Err(type_error("exec: arg 2 must be a dictionary or None"));
    }
    super::code::execute(py, code, &globals, &locals, &Value::NONE)
}

/// `raise kind, value, traceback`
pub fn raise_parts(py: &mut Py, kind: &Value, value: &Value, traceback: &Value) -> Raised {
    let made = match instance(py, kind, value) {
        Ok(made) => made,
        Err(error) => return error,
    };
    let raised = py.raise_value(&made);
    if let Some(e) = raised.as_object()
        && traceback.is_a::<crate::types::frame::Traceback>()
    {
        let e = e.clone();
        let old = e.get_mut(py).traceback.replace(traceback.clone());
        drop(old);
        return py.raise_object(e).again();
    }
    raised
}

fn instance(py: &mut Py, kind: &Value, value: &Value) -> Result<Value> {
    if let Some(parts) = kind.downcast::<Tuple>().cloned()
        && let Some(first) = parts.slice().first()
    {
        return instance(py, first, value);
    }
    let Some(class) = kind.downcast::<Type>().cloned() else {
        if kind.is_a::<Exception>() && !value.is_none() {
            return Err(type_error("instance exception may not have a separate value"));
        }
        return Ok(kind.clone());
    };
    if !class.get(py).flags.has(TypeFlags::EXCEPTION) {
        return Err(type_error(format!(
            "exceptions must be old-style classes or derived from BaseException, not {}",
            py.type_name(kind)
        )));
    }
    if py.is_instance_of(value, &class) {
        return Ok(value.clone());
    }
    if value.is_none() {
        return py.call(kind, &[]);
    }
    match value.downcast::<Tuple>().cloned() {
        Some(args) => py.call(kind, args.slice()),
        None => py.call(kind, std::slice::from_ref(value)),
    }
}

/// The TypeError about a wrong number of arguments, in Python 2's words.
#[cold]
pub(crate) fn takes(code: &CodeObject, defaults: usize, given: usize) -> Raised {
    let count = code.code.arg_count as usize;
    let star = code.code.flags.has(CodeFlags::VARARGS);
    let (words, number) = if defaults == 0 && !star {
        ("exactly", count)
    } else if given < count {
        ("at least", count - defaults)
    } else {
        ("at most", count)
    };
    let plural = if number == 1 { "" } else { "s" };
    let name = &code.code.name;
    type_error(match number {
        0 => format!("{name}() takes no arguments ({given} given)"),
        _ => format!("{name}() takes {words} {number} argument{plural} ({given} given)"),
    })
}
