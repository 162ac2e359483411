//! `open`, and the three standard streams.

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::str::Str;

use super::base::IoTypes;
use super::fileio::FileIo;
use super::newline::LineEnd;
use super::text::TextIo;
use super::text_types::{Setup, newline_arg, set_up};
use super::{BUFFER_SIZE, buffered_types};

/// The arguments of `open`.
pub struct Opening<'a> {
    /// `file`
    pub file: &'a Value,
    /// `mode`
    pub mode: &'a str,
    /// `buffering`
    pub buffering: i64,
    /// `encoding`
    pub encoding: &'a Value,
    /// `errors`
    pub errors: &'a Value,
    /// `newline`
    pub newline: &'a Value,
    /// `closefd`
    pub closefd: bool,
    /// `opener`
    pub opener: Option<&'a Value>,
}

fn text(py: &Py, value: &Value, parameter: &str) -> Result<Option<String>> {
    match value.downcast::<Str>() {
        Some(s) => Ok(Some(s.to_string())),
        None if value.is_none() => Ok(None),
        None => Err(type_error(format!("open() argument '{parameter}' must be str or None, not {}", py.type_name(value)))),
    }
}

/// `open()`
pub fn open(py: &mut Py, o: &Opening<'_>) -> Result<Value> {
    let mode = o.mode;
    let invalid = || value_error(format!("invalid mode: '{mode}'"));
    let has = |c: char| mode.contains(c);
    for (i, c) in mode.char_indices() {
        if !"rwxab+tU".contains(c) || c == 'U' || mode[..i].contains(c) {
            return Err(invalid());
        }
    }
    let (binary, plus) = (has('b'), has('+'));
    if has('t') && binary {
        return Err(value_error("can't have text and binary mode at once"));
    }
    let kinds = ['r', 'w', 'x', 'a'].iter().filter(|c| has(**c)).count();
    if kinds > 1 {
        return Err(value_error("must have exactly one of create/read/write/append mode"));
    }
    let encoding = text(py, o.encoding, "encoding")?;
    let errors = text(py, o.errors, "errors")?;
    if binary && encoding.is_some() {
        return Err(value_error("binary mode doesn't take an encoding argument"));
    }
    if binary && errors.is_some() {
        return Err(value_error("binary mode doesn't take an errors argument"));
    }
    if binary && !o.newline.is_none() {
        return Err(value_error("binary mode doesn't take a newline argument"));
    }
    if kinds == 0 {
        return Err(value_error("Must have exactly one of create/read/write/append mode and at most one plus"));
    }
    let raw_mode: String = mode.chars().filter(|c| "rwxa+".contains(*c)).collect();
    let file = FileIo::open(py, o.file, &raw_mode, o.closefd, o.opener)?;
    let block = file.block;
    let raw = FileIo::make(py, file);
    let result = layers(py, o, &raw, block, binary, plus, encoding, errors);
    if result.is_err() {
        // The error that is on its way matters more than one of closing.
        drop(FileIo::shut(py, &raw));
    }
    result
}

fn layers(
    py: &mut Py,
    o: &Opening<'_>,
    raw: &Ref<FileIo>,
    block: usize,
    binary: bool,
    plus: bool,
    encoding: Option<String>,
    errors: Option<String>,
) -> Result<Value> {
    let mut buffering = o.buffering;
    let mut lines = false;
    if buffering == 1 && binary {
        super::warn(
            py,
            "RuntimeWarning",
            "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
        )?;
        buffering = -1;
    }
    if buffering == 1 || buffering < 0 && FileIo::is_terminal(py, raw)? {
        buffering = -1;
        lines = true;
    }
    if buffering == 0 {
        return if binary { Ok(raw.to_value()) } else { Err(value_error("can't have unbuffered text I/O")) };
    }
    let size = if buffering < 0 { block.clamp(BUFFER_SIZE, 8 << 20) } else { buffering as usize };
    let types = py.state::<IoTypes>();
    let (reads, writes) = if plus { (true, true) } else { (o.mode.contains('r'), !o.mode.contains('r')) };
    let class = if plus {
        &types.random
    } else if writes {
        &types.writer
    } else {
        &types.reader
    };
    let Some(class) = class.clone() else { return Err(lockstep_interp::object::raise::system_error("_io is not initialised")) };
    if plus && !FileIo::can_seek(py, raw)? {
        return Err(super::base::unsupported(py, "File or stream is not seekable."));
    }
    let buffer = buffered_types::make(py, &class, raw.to_value(), size, reads, writes).into_value();
    if binary {
        return Ok(buffer);
    }
    let ends = newline_arg(py, o.newline)?;
    let mut made = set_up(py, &buffer, Setup { encoding, errors, ends, line_buffering: lines, write_through: false })?;
    made.mode = Some(py.str(o.mode));
    Ok(py.make(made).into_value())
}

/// Make `sys.stdin`, `sys.stdout` and `sys.stderr` of the process's descriptors. One that is not
/// open becomes None. `unbuffered`: as `-u` asks.
pub fn install_streams(py: &mut Py, unbuffered: bool) -> Result<()> {
    super::prepare(py)?;
    let Some(sys) = py.shared().sys.clone() else { return Ok(()) };
    for (number, name) in [(0, "stdin"), (1, "stdout"), (2, "stderr")] {
        let stream = standard(py, number, name, unbuffered)?;
        dict::set_name(py, &sys, name, stream.clone());
        dict::set_name(py, &sys, &format!("__{name}__"), stream);
    }
    Ok(())
}

fn standard(py: &mut Py, number: i32, name: &str, unbuffered: bool) -> Result<Value> {
    let Ok(fd) = crate::system::fd(number) else { return Ok(Value::NONE) };
    if rustix::fs::fstat(fd).is_err() {
        return Ok(Value::NONE);
    }
    let writes = number != 0;
    let descriptor = Value::int32(number);
    let file = FileIo::open(py, &descriptor, if writes { "w" } else { "r" }, false, None)?;
    let raw = FileIo::make(py, file);
    let shown = py.str(&format!("<{name}>"));
    let types = py.state::<IoTypes>();
    let class = if writes { types.writer.clone() } else { types.reader.clone() };
    let Some(class) = class else { return Ok(Value::NONE) };
    let terminal = FileIo::is_terminal(py, &raw)?;
    FileIo::rename(py, &raw, shown);
    let buffer = if unbuffered && writes {
        raw.to_value()
    } else {
        buffered_types::make(py, &class, raw.to_value(), BUFFER_SIZE, !writes, writes).into_value()
    };
    let (encoding, errors) = standard_encoding(py);
    let setup = Setup {
        encoding: Some(encoding),
        errors: Some(if number == 2 { "backslashreplace".to_owned() } else { errors }),
        ends: if writes { LineEnd::Lf } else { LineEnd::Translated },
        line_buffering: number == 2 || terminal,
        write_through: unbuffered && writes,
    };
    let mut made = set_up(py, &buffer, setup)?;
    made.mode = Some(py.str(if writes { "w" } else { "r" }));
    Ok(py.make(made).into_value())
}

/// What the standard streams are encoded with: `PYTHONIOENCODING=encoding:errors`, either may be left out.
fn standard_encoding(py: &Py) -> (String, String) {
    let flags = py.shared().config.flags;
    let chosen = if flags.ignore_environment { None } else { std::env::var("PYTHONIOENCODING").ok() };
    let chosen = chosen.unwrap_or_default();
    let (encoding, errors) = chosen.split_once(':').unwrap_or((&chosen, ""));
    let errors = match errors {
        "" if !encoding.is_empty() => "strict",
        "" if flags.utf8_mode => "surrogateescape",
        "" => standard_errors(),
        errors => errors,
    };
    (if encoding.is_empty() { "utf-8" } else { encoding }.to_owned(), errors.to_owned())
}

/// In the locales C and POSIX anything that came in can go out again.
fn standard_errors() -> &'static str {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    match locale.as_deref() {
        None | Some("C" | "POSIX") => "surrogateescape",
        _ => "strict",
    }
}

/// Writes text to a native text stream, for `print`; none if the object is something else.
pub fn write_text(py: &mut Py, stream: &Value, text: &[u8]) -> Option<Result<()>> {
    if !py.is_exact::<TextIo>(stream) {
        return None;
    }
    let stream = stream.downcast::<TextIo>()?;
    if text.is_empty() {
        return Some(Ok(()));
    }
    Some(TextIo::write(py, stream, text))
}
