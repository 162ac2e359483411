//! `StringIO`: a text file in memory.

use lockstep_heap::{Guarded, Object, Ref, Shape, ShapeRef, Value};
use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, memory_error, type_error, value_error};
use lockstep_interp::object::{Exc, NativeType, Py, Raised, Type};
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::methods;
use lockstep_text::wtf8;

use super::base::{IoTypes, closed_error, size_arg};
use super::newline::{LineEnd, Newlines};

/// The payload of a `StringIO`. Positions are kept in characters and in bytes of the text.
#[derive(Default)]
pub struct StringIo {
    text: Vec<u8>,
    chars: usize,
    at: usize,
    at_byte: usize,
    ends: LineEnd,
    newlines: Newlines,
    open: bool,
    closed: bool,
}

impl Object for StringIo {
    type Access = Guarded;
}

impl StringIo {
    fn open<'a>(py: &'a mut Py, this: &'a Ref<StringIo>) -> Result<&'a mut StringIo> {
        let io = this.get_mut(py);
        if io.closed {
            Err(closed_error())
        } else if !io.open {
            Err(value_error("I/O operation on uninitialized object"))
        } else {
            Ok(io)
        }
    }
    fn rest(&self) -> &[u8] {
        self.text.get(self.at_byte..).unwrap_or(&[])
    }
    fn is_ascii(&self) -> bool {
        self.chars == self.text.len()
    }
    fn go(&mut self, at: usize) {
        self.at_byte = if self.is_ascii() || at >= self.chars {
            at.min(self.chars).min(self.text.len())
        } else {
            wtf8::byte_offset(&self.text, at)
        };
        if at >= self.chars {
            self.at_byte = self.text.len() + (at - self.chars);
        }
        self.at = at;
    }
    fn put(&mut self, data: &[u8]) -> Result<()> {
        let translated;
        let mut data = data;
        match self.ends {
            LineEnd::Translated => {
                translated = self.newlines.feed(data.to_vec(), true, true);
                data = &translated;
            }
            LineEnd::Any => {
                self.newlines.feed(data.to_vec(), true, false);
            }
            ends => {
                if let Some(end) = ends.written()
                    && memchr::memchr(b'\n', data).is_some()
                {
                    translated = super::text::with_line_ends(data, end);
                    data = &translated;
                }
            }
        }
        if data.is_empty() {
            return Ok(());
        }
        let chars = wtf8::count(data);
        let gap = self.at.saturating_sub(self.chars);
        if self.text.try_reserve(gap.saturating_add(data.len())).is_err() {
            return Err(memory_error());
        }
        if gap > 0 {
            self.text.resize(self.text.len() + gap, 0);
            self.chars += gap;
            self.at_byte = self.text.len();
        }
        if self.at == self.chars {
            self.text.extend_from_slice(data);
            self.chars += chars;
        } else {
            let over = chars.min(self.chars - self.at);
            let end = if self.is_ascii() {
                self.at_byte + over
            } else {
                self.at_byte + wtf8::byte_offset(&self.text[self.at_byte..], over)
            };
            self.text.splice(self.at_byte..end, data.iter().copied());
            self.chars += chars - over;
        }
        self.at += chars;
        self.at_byte += data.len();
        Ok(())
    }
    fn advance(&mut self, bytes: usize) -> Vec<u8> {
        let part = self.rest()[..bytes].to_vec();
        self.at += wtf8::count(&part);
        self.at_byte += bytes;
        part
    }
    fn take(&mut self, size: i64) -> Vec<u8> {
        let rest = self.rest();
        let bytes = match usize::try_from(size) {
            Err(_) => rest.len(),
            Ok(n) if self.is_ascii() => n.min(rest.len()),
            Ok(n) if n >= self.chars.saturating_sub(self.at) => rest.len(),
            Ok(n) => wtf8::byte_offset(rest, n),
        };
        self.advance(bytes)
    }
    fn line(&mut self, size: i64) -> Vec<u8> {
        let rest = self.rest();
        let mut bytes = self.ends.find(rest).unwrap_or(rest.len());
        if let Ok(n) = usize::try_from(size)
            && wtf8::count(&rest[..bytes]) > n
        {
            bytes = wtf8::byte_offset(rest, n);
        }
        self.advance(bytes)
    }
}

fn start(py: &mut Py, this: &Ref<StringIo>, value: &Value, newline: &Value) -> Result<()> {
    let newline = match newline.downcast::<Str>() {
        Some(s) => Some(s.to_string()),
        None if newline.is_none() => None,
        None => return Err(type_error(format!("newline must be str or None, not {}", py.type_name(newline)))),
    };
    let Some(ends) = LineEnd::from_text(newline.as_deref()) else {
        let shown = py.str(newline.as_deref().unwrap_or_default());
        let shown = py.repr(&shown)?;
        return Err(value_error(format!("illegal newline value: {shown}")));
    };
    let mut io = StringIo { ends, open: true, ..StringIo::default() };
    match value.downcast::<Str>() {
        Some(s) => io.put(s.as_bytes())?,
        None if value.is_none() => {}
        None => return Err(type_error(format!("initial_value must be str or None, not {}", py.type_name(value)))),
    }
    io.go(0);
    *this.get_mut(py) = io;
    Ok(())
}

#[methods]
impl StringIo {
    #[staticmethod("(cls, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &Value, kwargs: &Value) -> Result<Value> {
        let _ = (args, kwargs);
        Ok(py.make_in(cls, StringIo::default()).into_value())
    }
    #[py("(self, initial_value='', newline='\\n')")]
    fn __init__(py: &mut Py, this: &Ref<StringIo>, initial_value: &Value, newline: &Value) -> Result<()> {
        start(py, this, initial_value, newline)
    }
    /// Retrieve the entire contents of the object.
    #[py("(self, /)")]
    fn getvalue(py: &mut Py, this: &Ref<StringIo>) -> Result<Value> {
        StringIo::open(py, this)?;
        let io = this.get(py);
        Ok(py.make_str(&io.text, io.chars).into_value())
    }
    #[py("(self, size=-1, /)")]
    fn read(py: &mut Py, this: &Ref<StringIo>, size: &Value) -> Result<Value> {
        let size = size_arg(py, Some(size))?;
        let out = StringIo::open(py, this)?.take(size);
        Ok(py.new_str_bytes(&out).into_value())
    }
    #[py("(self, size=-1, /)")]
    fn readline(py: &mut Py, this: &Ref<StringIo>, size: &Value) -> Result<Value> {
        let size = size_arg(py, Some(size))?;
        let out = StringIo::open(py, this)?.line(size);
        Ok(py.new_str_bytes(&out).into_value())
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<StringIo>) -> Result<Next> {
        StringIo::open(py, this)?;
        if !py.is_exact::<StringIo>(this.as_value()) {
            let line = py.call_method(this.as_value(), "readline", &[])?;
            return Ok(Next(if py.len(&line)? == 0 { None } else { Some(line) }));
        }
        let line = StringIo::open(py, this)?.line(-1);
        Ok(Next(if line.is_empty() { None } else { Some(py.new_str_bytes(&line).into_value()) }))
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<StringIo>) -> Result<Value> {
        StringIo::open(py, this)?;
        Ok(this.to_value())
    }
    #[py("(self, s, /)")]
    fn write(py: &mut Py, this: &Ref<StringIo>, s: &Value) -> Result<usize> {
        let Some(s) = s.downcast::<Str>() else {
            return Err(type_error(format!("string argument expected, got '{}'", py.type_name(s))));
        };
        StringIo::open(py, this)?.put(s.as_bytes())?;
        Ok(s.len())
    }
    #[py("(self, pos, whence=0, /)")]
    fn seek(py: &mut Py, this: &Ref<StringIo>, pos: &Value, whence: i32) -> Result<usize> {
        StringIo::open(py, this)?;
        let pos = py.index_clamped(pos)?;
        let io = StringIo::open(py, this)?;
        if !(0..=2).contains(&whence) {
            return Err(value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
        }
        if whence == 0 && pos < 0 {
            return Err(value_error(format!("Negative seek position {pos}")));
        }
        if whence != 0 && pos != 0 {
            return Err(Raised::new(Exc::OSError, "Can't do nonzero cur-relative seeks"));
        }
        let at = match whence {
            0 => pos as usize,
            1 => io.at,
            _ => io.chars,
        };
        io.go(at);
        Ok(at)
    }
    #[py("(self, /)")]
    fn tell(py: &mut Py, this: &Ref<StringIo>) -> Result<usize> {
        Ok(StringIo::open(py, this)?.at)
    }
    #[py("(self, pos=None, /)")]
    fn truncate(py: &mut Py, this: &Ref<StringIo>, pos: &Value) -> Result<i64> {
        let at = StringIo::open(py, this)?.at as i64;
        let size = if pos.is_none() { at } else { py.index_clamped(pos)? as i64 };
        if size < 0 {
            return Err(value_error(format!("Negative size value {size}")));
        }
        let io = StringIo::open(py, this)?;
        if (size as usize) < io.chars {
            let end = if io.is_ascii() { size as usize } else { wtf8::byte_offset(&io.text, size as usize) };
            io.text.truncate(end);
            io.chars = size as usize;
            let at = io.at;
            io.go(at);
        }
        Ok(size)
    }
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<StringIo>) {
        let io = this.get_mut(py);
        io.closed = true;
        io.text = Vec::new();
        io.chars = 0;
    }
    #[py("(self, /)")]
    fn seekable(py: &mut Py, this: &Ref<StringIo>) -> Result<bool> {
        StringIo::open(py, this).map(|_| true)
    }
    #[py("(self, /)")]
    fn readable(py: &mut Py, this: &Ref<StringIo>) -> Result<bool> {
        StringIo::open(py, this).map(|_| true)
    }
    #[py("(self, /)")]
    fn writable(py: &mut Py, this: &Ref<StringIo>) -> Result<bool> {
        StringIo::open(py, this).map(|_| true)
    }
    #[py("(self, /)")]
    fn __del__(py: &mut Py, this: &Ref<StringIo>) -> Result<()> {
        if !py.is_exact::<StringIo>(this.as_value()) && matches!(super::base::is_closed(py, this.as_value()), Ok(false)) {
            py.call_method(this.as_value(), "close", &[])?;
        }
        Ok(())
    }
    #[py("(self, /)")]
    fn __getstate__(py: &mut Py, this: &Ref<StringIo>) -> Result<Value> {
        let value = StringIo::getvalue(py, this)?;
        let (at, ends) = (this.get(py).at as i64, this.get(py).ends);
        let newline = match ends {
            LineEnd::Translated => Value::NONE,
            LineEnd::Any => py.str(""),
            LineEnd::Lf => py.str("\n"),
            LineEnd::Cr => py.str("\r"),
            LineEnd::CrLf => py.str("\r\n"),
        };
        let dict = super::own_dict(py, this.as_value());
        let at = py.int(at);
        Ok(py.tuple(vec![value, newline, at, dict]))
    }
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<StringIo>, state: &Value) -> Result<()> {
        let Some([text, newline, at, dict]) = state.downcast::<Tuple>().and_then(|t| t.slice().first_chunk::<4>().cloned())
        else {
            return Err(type_error(format!(
                "{}.__setstate__ argument should be 4-tuple, got {}",
                py.type_name(this.as_value()),
                py.type_name(state)
            )));
        };
        start(py, this, &Value::NONE, &newline)?;
        if let Some(text) = text.downcast::<Str>() {
            // The text holds its line ends as they are to be.
            let io = this.get_mut(py);
            io.text = text.as_bytes().to_vec();
            io.chars = text.len();
        }
        let at = py.index_clamped(&at)?;
        if at < 0 {
            return Err(value_error("position value cannot be negative"));
        }
        this.get_mut(py).go(at as usize);
        super::restore_dict(py, this.as_value(), &dict)
    }
    #[getter]
    fn closed(py: &mut Py, this: &Ref<StringIo>) -> bool {
        this.get(py).closed
    }
    #[getter]
    fn line_buffering(py: &mut Py, this: &Ref<StringIo>) -> Result<bool> {
        StringIo::open(py, this).map(|_| false)
    }
    #[getter]
    fn newlines(py: &mut Py, this: &Ref<StringIo>) -> Result<Value> {
        let state = StringIo::open(py, this)?.newlines;
        Ok(state.value(py))
    }
}

impl NativeType for StringIo {
    const NAME: &'static str = "StringIO";
    const MODULE: &'static str = "_io";
    const DOC: Option<&'static str> = Some("Text I/O implementation using an in-memory buffer.");
    fn shape() -> ShapeRef {
        Shape::plain::<Self>().derive(true, 0, 0)
    }
    fn base(py: &Py) -> Option<Ref<Type>> {
        py.state_if::<IoTypes>().and_then(|t| t.text.clone())
    }
}
