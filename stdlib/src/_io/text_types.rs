//! `TextIOWrapper` as Python sees it.

use lockstep_heap::{Ref, ShapeRef, Value};
use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, attribute_error, type_error, value_error};
use lockstep_interp::object::{Exc, NativeType, Py, Raised, Type};
use lockstep_interp::types::str::Str;
use lockstep_macros::methods;
use lockstep_text::codecs::{Codec, Handler};

use super::base::{IoTypes, size_arg, unsupported};
use super::buffered::Buffered;
use super::newline::LineEnd;
use super::raw;
use super::text::{Coding, TextIo, is_plain};

/// How a stream is set up.
pub struct Setup {
    /// `encoding`; none: the default.
    pub encoding: Option<String>,
    /// `errors`; none: strict.
    pub errors: Option<String>,
    /// `newline`
    pub ends: LineEnd,
    /// `line_buffering`
    pub line_buffering: bool,
    /// `write_through`
    pub write_through: bool,
}

/// An optional str argument.
fn text_arg(py: &mut Py, value: &Value, parameter: &str) -> Result<Option<String>> {
    if value.is_none() || value.is_unbound() {
        return Ok(None);
    }
    match value.downcast::<Str>() {
        Some(s) => {
            let text = s.to_str(py)?.to_owned();
            if text.contains('\0') { Err(value_error("embedded null character")) } else { Ok(Some(text)) }
        }
        None => {
            Err(type_error(format!("TextIOWrapper() argument '{parameter}' must be str or None, not {}", py.type_name(value))))
        }
    }
}

/// The `newline` argument.
pub fn newline_arg(py: &mut Py, value: &Value) -> Result<LineEnd> {
    let text = match value.downcast::<Str>() {
        Some(s) => Some(s.to_string()),
        None if value.is_none() => None,
        None => {
            return Err(type_error(format!(
                "TextIOWrapper() argument 'newline' must be str or None, not {}",
                py.type_name(value)
            )));
        }
    };
    match LineEnd::from_text(text.as_deref()) {
        Some(ends) => Ok(ends),
        None => Err(value_error(format!("illegal newline value: {}", text.unwrap_or_default()))),
    }
}

/// How to encode and decode under these names.
fn coding(py: &mut Py, encoding: &str, errors: &str, reads: bool, writes: bool) -> Result<Coding> {
    if let (Some(codec), Some(handler)) = (Codec::from_name(encoding), Handler::from_name(errors))
        && !matches!(codec, Codec::Utf7 | Codec::UnicodeEscape | Codec::RawUnicodeEscape)
    {
        return Ok(Coding::Own(codec, handler));
    }
    let import = raw::builtin(py, "__import__")?;
    let name = py.str("codecs");
    let codecs = py.call(&import, &[name])?;
    let name = py.str(encoding);
    let info = py.call_method(&codecs, "lookup", &[name])?;
    if let Some(is_text) = py.getattr_opt(&info, "_is_text_encoding")?
        && !py.truth(&is_text)?
    {
        let message = format!("'{encoding}' is not a text encoding; use codecs.open() to handle arbitrary codecs");
        return Err(Raised::new(Exc::LookupError, message));
    }
    let errors = py.str(errors);
    py.call_method(&codecs, "lookup_error", std::slice::from_ref(&errors))?;
    let make = |py: &mut Py, wanted: bool, what: &str| -> Result<Option<Value>> {
        if !wanted {
            return Ok(None);
        }
        let factory = py.getattr(&info, what)?;
        py.call(&factory, std::slice::from_ref(&errors)).map(Some)
    };
    let decoder = make(py, reads, "incrementaldecoder")?;
    let encoder = make(py, writes, "incrementalencoder")?;
    Ok(Coding::Foreign { encoder, decoder })
}

/// The state of a stream over `buffer`.
pub fn set_up(py: &mut Py, buffer: &Value, setup: Setup) -> Result<TextIo> {
    let plain = if is_plain(py, buffer) { buffer.downcast::<Buffered>() } else { None };
    let (reads, writes) = match plain {
        Some(b) => (b.get(py).readable, b.get(py).writable),
        None => {
            let r = py.call_method(buffer, "readable", &[])?;
            let w = py.call_method(buffer, "writable", &[])?;
            (py.truth(&r)?, py.truth(&w)?)
        }
    };
    let encoding = match setup.encoding.as_deref() {
        None | Some("locale") => "UTF-8".to_owned(),
        Some(name) => name.to_owned(),
    };
    let errors = setup.errors.unwrap_or_else(|| "strict".to_owned());
    let coding = coding(py, &encoding, &errors, reads, writes)?;
    let seekable = py.call_method(buffer, "seekable", &[])?;
    let seekable = py.truth(&seekable)?;
    let at_start = !(seekable && writes) || begins(py, buffer, &coding)?;
    let has_read1 = plain.is_some() || py.getattr_opt(buffer, "read1")?.is_some();
    Ok(TextIo {
        buffer: Some(buffer.clone()),
        encoding,
        errors,
        coding,
        reads,
        writes,
        ends: setup.ends,
        line_buffering: setup.line_buffering,
        write_through: setup.write_through,
        seekable,
        telling: seekable,
        at_start,
        has_read1,
        ..TextIo::default()
    })
}

/// Whether what is written next is the beginning of the stream, where a byte order mark belongs.
fn begins(py: &mut Py, buffer: &Value, coding: &Coding) -> Result<bool> {
    if matches!(coding, Coding::Own(Codec::Utf8 | Codec::Ascii | Codec::Latin1, _)) {
        return Ok(true);
    }
    let at = py.call_method(buffer, "tell", &[])?;
    if at.as_small_int() == Some(0) {
        return Ok(true);
    }
    if let Coding::Foreign { encoder: Some(encoder), .. } = coding {
        py.call_method(encoder, "setstate", &[Value::int32(0)])?;
    }
    Ok(false)
}

fn delegate(py: &mut Py, this: &Ref<TextIo>, method: &str) -> Result<Value> {
    let buffer = TextIo::buffer(py, this)?;
    py.call_method(&buffer, method, &[])
}

#[methods]
impl TextIo {
    #[staticmethod("(cls, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &Value, kwargs: &Value) -> Result<Value> {
        let _ = (args, kwargs);
        Ok(py.make_in(cls, TextIo::default()).into_value())
    }
    #[py("(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)")]
    fn __init__(
        py: &mut Py,
        this: &Ref<TextIo>,
        buffer: &Value,
        encoding: &Value,
        errors: &Value,
        newline: &Value,
        line_buffering: bool,
        write_through: bool,
    ) -> Result<()> {
        let encoding = text_arg(py, encoding, "encoding")?;
        let errors = text_arg(py, errors, "errors")?;
        if newline.is_none() || newline.is_a::<Str>() {
            // From here on it is of no use until all went well.
            *this.get_mut(py) = TextIo::default();
        }
        let ends = newline_arg(py, newline)?;
        let made = set_up(py, buffer, Setup { encoding, errors, ends, line_buffering, write_through })?;
        *this.get_mut(py) = made;
        Ok(())
    }
    /// Reconfigure the text stream with new parameters.
    #[py("(self, *, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)")]
    fn reconfigure(
        py: &mut Py,
        this: &Ref<TextIo>,
        encoding: &Value,
        errors: &Value,
        newline: Option<&Value>,
        line_buffering: &Value,
        write_through: &Value,
    ) -> Result<()> {
        let buffer = TextIo::buffer(py, this)?;
        let changes = !encoding.is_none() || !errors.is_none() || newline.is_some();
        if changes && !this.get(py).text.is_empty() {
            return Err(unsupported(py, "It is not possible to set the encoding or newline of stream after the first read"));
        }
        let ends = match newline {
            Some(newline) => newline_arg(py, newline)?,
            None => this.get(py).ends,
        };
        let line_buffering = if line_buffering.is_none() { this.get(py).line_buffering } else { py.truth(line_buffering)? };
        let write_through = if write_through.is_none() { this.get(py).write_through } else { py.truth(write_through)? };
        py.call_method(this.as_value(), "flush", &[])?;
        if changes {
            let new_errors = text_arg(py, errors, "errors")?;
            let new_encoding = text_arg(py, encoding, "encoding")?;
            let t = this.get(py);
            let (name, how) = match (&new_encoding, new_errors) {
                (None, None) => (t.encoding.clone(), t.errors.clone()),
                (None, Some(how)) => (t.encoding.clone(), how),
                (Some(name), how) => {
                    (if name == "locale" { "UTF-8".to_owned() } else { name.clone() }, how.unwrap_or_else(|| "strict".to_owned()))
                }
            };
            let b = py.call_method(&buffer, "readable", &[])?;
            let reads = py.truth(&b)?;
            let b = py.call_method(&buffer, "writable", &[])?;
            let writes = py.truth(&b)?;
            let coding = coding(py, &name, &how, reads, writes)?;
            let at_start = !(this.get(py).seekable && writes) || begins(py, &buffer, &coding)?;
            let t = this.get_mut(py);
            t.at_start = at_start;
            t.encoding = name;
            t.errors = how;
            let old = std::mem::replace(&mut t.coding, coding);
            t.ends = ends;
            drop(old);
        }
        let t = this.get_mut(py);
        t.line_buffering = line_buffering;
        t.write_through = write_through;
        Ok(())
    }
    #[py("(self, /)")]
    fn detach(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        let buffer = TextIo::buffer(py, this)?;
        py.call_method(this.as_value(), "flush", &[])?;
        let t = this.get_mut(py);
        t.detached = true;
        drop(t.buffer.take());
        Ok(buffer)
    }
    #[py("(self, text, /)", name = "write")]
    fn write_text(py: &mut Py, this: &Ref<TextIo>, text: &Value) -> Result<usize> {
        match text.downcast::<Str>() {
            Some(text) => TextIo::write(py, this, text.as_bytes()).map(|()| text.len()),
            None => Err(type_error(format!("write() argument must be str, not {}", py.type_name(text)))),
        }
    }
    #[py("(self, size=-1, /)", name = "read")]
    fn read_text(py: &mut Py, this: &Ref<TextIo>, size: &Value) -> Result<Value> {
        let size = size_arg(py, Some(size))?;
        TextIo::buffer(py, this)?;
        let text = match usize::try_from(size) {
            Ok(n) => TextIo::read(py, this, n)?,
            Err(_) => TextIo::read_all(py, this)?,
        };
        Ok(py.new_str_bytes(&text).into_value())
    }
    #[py("(self, size=-1, /)")]
    fn readline(py: &mut Py, this: &Ref<TextIo>, size: &Value) -> Result<Value> {
        TextIo::open(py, this)?;
        let size = size_arg(py, Some(size))?;
        TextIo::read_line(py, this, usize::try_from(size).unwrap_or(usize::MAX))
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        TextIo::open(py, this)?;
        Ok(this.to_value())
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<TextIo>) -> Result<Next> {
        TextIo::open(py, this)?;
        this.get_mut(py).telling = false;
        let line = if py.is_exact::<TextIo>(this.as_value()) {
            TextIo::read_line(py, this, usize::MAX)?
        } else {
            let line = py.call_method(this.as_value(), "readline", &[])?;
            if !line.is_a::<Str>() {
                return Err(Raised::new(
                    Exc::OSError,
                    format!("readline() should have returned a str object, not '{}'", py.type_name(&line)),
                ));
            }
            line
        };
        if line.downcast::<Str>().is_some_and(|s| s.is_empty()) {
            let t = this.get_mut(py);
            t.telling = t.seekable;
            return Ok(Next(None));
        }
        Ok(Next(Some(line)))
    }
    #[py("(self, /)", name = "flush")]
    fn flush_text(py: &mut Py, this: &Ref<TextIo>) -> Result<()> {
        TextIo::flush(py, this)
    }
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        let buffer = TextIo::buffer(py, this)?;
        if TextIo::is_closed(py, this)? {
            return Ok(Value::NONE);
        }
        if this.get(py).finalizing
            && let Some(warn) = py.getattr_opt(&buffer, "_dealloc_warn")?
        {
            py.call(&warn, &[this.to_value()])?;
        }
        let flushed = py.call_method(this.as_value(), "flush", &[]);
        let closed = py.call_method(&buffer, "close", &[]);
        super::both(py, flushed, closed)
    }
    #[py("(self, /)")]
    fn __del__(py: &mut Py, this: &Ref<TextIo>) -> Result<()> {
        if this.get(py).buffer.is_none() {
            return Ok(());
        }
        this.get_mut(py).finalizing = true;
        if matches!(super::base::is_closed(py, this.as_value()), Ok(false)) {
            py.call_method(this.as_value(), "close", &[])?;
        }
        Ok(())
    }
    #[py("(self, /)")]
    fn seekable(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        delegate(py, this, "seekable")
    }
    #[py("(self, /)")]
    fn readable(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        delegate(py, this, "readable")
    }
    #[py("(self, /)")]
    fn writable(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        delegate(py, this, "writable")
    }
    #[py("(self, /)")]
    fn fileno(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        delegate(py, this, "fileno")
    }
    #[py("(self, /)")]
    fn isatty(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        delegate(py, this, "isatty")
    }
    #[py("(self, /)")]
    fn tell(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        super::cookie::tell(py, this)
    }
    #[py("(self, cookie, whence=0, /)")]
    fn seek(py: &mut Py, this: &Ref<TextIo>, cookie: &Value, whence: i32) -> Result<Value> {
        super::cookie::seek(py, this, cookie, whence)
    }
    #[py("(self, pos=None, /)")]
    fn truncate(py: &mut Py, this: &Ref<TextIo>, pos: &Value) -> Result<Value> {
        let buffer = TextIo::buffer(py, this)?;
        py.call_method(this.as_value(), "flush", &[])?;
        py.call_method(&buffer, "truncate", std::slice::from_ref(pos))
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        py.native_stack()?;
        let mut text = format!("<{}", py.type_name(this.as_value()));
        if !this.get(py).detached {
            let buffer = TextIo::buffer(py, this)?;
            if let Ok(Some(name)) = py.getattr_opt(&buffer, "name") {
                text.push_str(&format!(" name={}", py.repr(&name)?));
            }
        }
        if let Some(mode) = this.get(py).mode.clone() {
            text.push_str(&format!(" mode={}", py.repr(&mode)?));
        }
        text.push_str(&format!(" encoding='{}'>", this.get(py).encoding));
        Ok(py.str(&text))
    }
    #[py("(self, /)")]
    fn __getstate__(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        Err(type_error(format!("cannot pickle '{}' instances", py.type_name(this.as_value()))))
    }
    #[getter(name = "buffer")]
    fn get_buffer(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        Ok(this.get(py).buffer.clone().unwrap_or(Value::NONE))
    }
    #[getter]
    fn encoding(py: &mut Py, this: &Ref<TextIo>) -> Value {
        py.str(&this.get(py).encoding)
    }
    #[getter]
    fn errors(py: &mut Py, this: &Ref<TextIo>) -> Value {
        py.str(&this.get(py).errors)
    }
    #[getter]
    fn line_buffering(py: &mut Py, this: &Ref<TextIo>) -> bool {
        this.get(py).line_buffering
    }
    #[getter]
    fn write_through(py: &mut Py, this: &Ref<TextIo>) -> bool {
        this.get(py).write_through
    }
    #[getter]
    fn newlines(py: &mut Py, this: &Ref<TextIo>) -> Value {
        let t = this.get(py);
        if !t.ends.universal() {
            return Value::NONE;
        }
        t.decoding.newlines.value(py)
    }
    #[getter]
    fn closed(py: &mut Py, this: &Ref<TextIo>) -> Result<bool> {
        TextIo::is_closed(py, this)
    }
    #[getter]
    fn name(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        let buffer = TextIo::buffer(py, this)?;
        py.getattr(&buffer, "name")
    }
    #[getter]
    fn mode(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        match this.get(py).mode.clone() {
            Some(mode) => Ok(mode),
            None => {
                let name = py.intern("mode");
                Err(lockstep_interp::object::raise::no_attribute(py, this.as_value(), &name))
            }
        }
    }
    #[setter(mode)]
    fn set_mode(py: &mut Py, this: &Ref<TextIo>, value: Option<Value>) -> Result<()> {
        drop(std::mem::replace(&mut this.get_mut(py).mode, value));
        Ok(())
    }
    #[getter(name = "_CHUNK_SIZE")]
    fn get_chunk_size(py: &mut Py, this: &Ref<TextIo>) -> usize {
        this.get(py).chunk_size()
    }
    #[setter("_CHUNK_SIZE")]
    fn set_chunk_size(py: &mut Py, this: &Ref<TextIo>, value: Option<Value>) -> Result<()> {
        let Some(value) = value else {
            let name = py.intern("_CHUNK_SIZE");
            return Err(attribute_error("cannot delete attribute", this.as_value(), &name));
        };
        match usize::try_from(py.index_clamped(&value)?) {
            Ok(size) if size > 0 => {
                this.get_mut(py).chunk_size = size;
                Ok(())
            }
            _ => Err(value_error("a strictly positive integer is required")),
        }
    }
}

impl NativeType for TextIo {
    const NAME: &'static str = "TextIOWrapper";
    const MODULE: &'static str = "_io";
    const DOC: Option<&'static str> = Some("Character and line based layer over a BufferedIOBase object, buffer.");
    fn shape() -> ShapeRef {
        super::fileio::finalized::<Self>()
    }
    fn base(py: &Py) -> Option<Ref<Type>> {
        py.state_if::<IoTypes>().and_then(|t| t.text.clone())
    }
}
