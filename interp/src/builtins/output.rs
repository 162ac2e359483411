//! `print`.

use lockstep_heap::{Ref, Value};

use crate::embed::stream::Stream;
use crate::object::Py;
use crate::object::raise::{Result, runtime_error, type_error};
use crate::types::dict;
use crate::types::str::Str;

/// The functions of this file.
pub struct Output;

/// A separator or end: text or None.
fn text(py: &mut Py, value: &Value, name: &str) -> Result<Option<Ref<Str>>> {
    if value.is_none() {
        return Ok(None);
    }
    match value.downcast::<Str>() {
        Some(text) => Ok(Some(text.clone())),
        None => Err(type_error(format!("{name} must be None or a string, not {}", py.type_name(value)))),
    }
}

/// `sys.stdout`
pub(crate) fn stdout(py: &mut Py) -> Result<Value> {
    let sys = py.shared().sys.clone();
    match sys.and_then(|sys| dict::get_name(py, &sys, "stdout")) {
        Some(stdout) => Ok(stdout),
        None => Err(runtime_error("lost sys.stdout")),
    }
}

#[lockstep_macros::module]
impl Output {
    /// Prints the values to a stream, or to sys.stdout by default.
    ///
    ///   sep
    ///     string inserted between values, default a space.
    ///   end
    ///     string appended after the last value, default a newline.
    ///   file
    ///     a file-like object (stream); defaults to the current sys.stdout.
    ///   flush
    ///     whether to forcibly flush the stream.
    #[py("(*args, sep=' ', end='\\n', file=None, flush=False)")]
    fn print(py: &mut Py, args: &[Value], sep: &Value, end: &Value, file: &Value, flush: &Value) -> Result<()> {
        let file = if file.is_none() { stdout(py)? } else { file.clone() };
        if file.is_none() {
            return Ok(());
        }
        let (sep, end) = (text(py, sep, "sep")?, text(py, end, "end")?);
        let plain = file.downcast::<Stream>().cloned();
        let known = py.shared().stream_write;
        let known = known.filter(|write| plain.is_none() && write(py, &file, b"").is_some());
        if plain.is_some() || known.is_some() {
            let mut out = Vec::new();
            for (k, value) in args.iter().enumerate() {
                if k > 0 {
                    out.extend_from_slice(sep.as_ref().map_or(b" ", |s| s.as_bytes()));
                }
                match value.downcast::<Str>() {
                    Some(s) if py.is_exact::<Str>(value) => out.extend_from_slice(s.as_bytes()),
                    _ => out.extend_from_slice(py.str_of(value)?.as_bytes()),
                }
            }
            out.extend_from_slice(end.as_ref().map_or(b"\n", |s| s.as_bytes()));
            match (&plain, known) {
                (Some(stream), _) => Stream::push(py, stream, &out)?,
                (None, Some(write)) => write(py, &file, &out).unwrap_or(Ok(()))?,
                (None, None) => {}
            }
            if py.truth(flush)? {
                py.call_method(&file, "flush", &[])?;
            }
            return Ok(());
        }
        let write = py.getattr(&file, "write")?;
        for (k, value) in args.iter().enumerate() {
            if k > 0 {
                let sep = sep.as_ref().map_or_else(|| py.str(" "), Ref::to_value);
                py.call(&write, &[sep])?;
            }
            let shown = py.str_of(value)?.into_value();
            py.call(&write, &[shown])?;
        }
        let end = end.as_ref().map_or_else(|| py.str("\n"), Ref::to_value);
        py.call(&write, &[end])?;
        if py.truth(flush)? {
            py.call_method(&file, "flush", &[])?;
        }
        Ok(())
    }
}
