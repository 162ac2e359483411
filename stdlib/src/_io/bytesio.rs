//! `BytesIO`: a file in memory.

use lockstep_heap::{Guarded, Object, Ref, Shape, ShapeRef, Value};
use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, memory_error, overflow_error, type_error, value_error};
use lockstep_interp::object::{NativeType, Py, Type};
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::methods;

use super::base::{IoTypes, closed_error, size_arg};
use super::raw;

/// The payload of a `BytesIO`.
#[derive(Default)]
pub struct BytesIo {
    bytes: Vec<u8>,
    at: usize,
    closed: bool,
}

impl Object for BytesIo {
    type Access = Guarded;
}

impl BytesIo {
    fn open<'a>(py: &'a mut Py, this: &'a Ref<BytesIo>) -> Result<&'a mut BytesIo> {
        let io = this.get_mut(py);
        if io.closed { Err(closed_error()) } else { Ok(io) }
    }
    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }
    fn put(&mut self, data: &[u8]) -> Result<()> {
        if data.is_empty() {
            return Ok(());
        }
        let end = self.at.checked_add(data.len()).ok_or_else(|| overflow_error("new position too large"))?;
        if end > self.bytes.len() {
            if self.bytes.try_reserve(end - self.bytes.len()).is_err() {
                return Err(memory_error());
            }
            self.bytes.resize(self.at.max(self.bytes.len()), 0);
        }
        let over = data.len().min(self.bytes.len() - self.at);
        self.bytes[self.at..self.at + over].copy_from_slice(&data[..over]);
        self.bytes.extend_from_slice(&data[over..]);
        self.at = end;
        Ok(())
    }
    fn line(&mut self, size: i64) -> Vec<u8> {
        let rest = self.rest();
        let mut n = memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1);
        if let Ok(limit) = usize::try_from(size) {
            n = n.min(limit);
        }
        let line = rest[..n].to_vec();
        self.at += n;
        line
    }
    fn take(&mut self, size: i64) -> Vec<u8> {
        let rest = self.rest();
        let n = usize::try_from(size).map_or(rest.len(), |n| n.min(rest.len()));
        let out = rest[..n].to_vec();
        self.at += n;
        out
    }
}

#[methods]
impl BytesIo {
    #[staticmethod("(cls, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &Value, kwargs: &Value) -> Result<Value> {
        let _ = (args, kwargs);
        Ok(py.make_in(cls, BytesIo::default()).into_value())
    }
    #[py("(self, initial_bytes=b'')")]
    fn __init__(py: &mut Py, this: &Ref<BytesIo>, initial_bytes: &Value) -> Result<()> {
        let bytes = if initial_bytes.is_none() { Vec::new() } else { raw::with_bytes(py, initial_bytes, |_, b| Ok(b.to_vec()))? };
        *this.get_mut(py) = BytesIo { bytes, at: 0, closed: false };
        Ok(())
    }
    #[py("(self, size=-1, /)")]
    fn read(py: &mut Py, this: &Ref<BytesIo>, size: &Value) -> Result<Value> {
        let size = size_arg(py, Some(size))?;
        let out = BytesIo::open(py, this)?.take(size);
        Ok(py.bytes(&out))
    }
    #[py("(self, size=-1, /)")]
    fn read1(py: &mut Py, this: &Ref<BytesIo>, size: &Value) -> Result<Value> {
        BytesIo::read(py, this, size)
    }
    #[py("(self, size=-1, /)")]
    fn peek(py: &mut Py, this: &Ref<BytesIo>, size: &Value) -> Result<Value> {
        let _ = size_arg(py, Some(size))?;
        let out = BytesIo::open(py, this)?.rest().to_vec();
        Ok(py.bytes(&out))
    }
    #[py("(self, size=-1, /)")]
    fn readline(py: &mut Py, this: &Ref<BytesIo>, size: &Value) -> Result<Value> {
        let size = size_arg(py, Some(size))?;
        let out = BytesIo::open(py, this)?.line(size);
        Ok(py.bytes(&out))
    }
    #[py("(self, size=None, /)")]
    fn readlines(py: &mut Py, this: &Ref<BytesIo>, size: &Value) -> Result<Value> {
        let hint = size_arg(py, Some(size))?;
        let (mut lines, mut total) = (Vec::new(), 0);
        loop {
            let line = BytesIo::open(py, this)?.line(-1);
            if line.is_empty() {
                break;
            }
            total += line.len() as i64;
            lines.push(py.bytes(&line));
            if hint > 0 && total >= hint {
                break;
            }
        }
        Ok(py.list(lines))
    }
    #[py("(self, buffer, /)")]
    fn readinto(py: &mut Py, this: &Ref<BytesIo>, buffer: &Value) -> Result<usize> {
        BytesIo::open(py, this)?;
        let room = raw::buffer_len(py, buffer)?;
        let out = BytesIo::open(py, this)?.take(room as i64);
        raw::write_into(py, buffer, &out)?;
        Ok(out.len())
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<BytesIo>) -> Result<Next> {
        let line = BytesIo::open(py, this)?.line(-1);
        Ok(Next(if line.is_empty() { None } else { Some(py.bytes(&line)) }))
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<BytesIo>) -> Result<Value> {
        BytesIo::open(py, this)?;
        Ok(this.to_value())
    }
    #[py("(self, b, /)")]
    fn write(py: &mut Py, this: &Ref<BytesIo>, b: &Value) -> Result<usize> {
        BytesIo::open(py, this)?;
        raw::with_bytes(py, b, |py, bytes| {
            BytesIo::open(py, this)?.put(bytes)?;
            Ok(bytes.len())
        })
    }
    #[py("(self, lines, /)")]
    fn writelines(py: &mut Py, this: &Ref<BytesIo>, lines: &Value) -> Result<()> {
        BytesIo::open(py, this)?;
        let mut lines = py.iter(lines)?;
        while let Some(line) = lines.next(py)? {
            BytesIo::write(py, this, &line)?;
        }
        Ok(())
    }
    #[py("(self, pos, whence=0, /)")]
    fn seek(py: &mut Py, this: &Ref<BytesIo>, pos: &Value, whence: i32) -> Result<i64> {
        BytesIo::open(py, this)?;
        if pos.as_float().is_some() {
            return Err(type_error("'float' object cannot be interpreted as an integer"));
        }
        let pos = py.index_clamped(pos)? as i64;
        let io = BytesIo::open(py, this)?;
        let from = match whence {
            0 if pos < 0 => return Err(value_error(format!("negative seek value {pos}"))),
            0 => 0,
            1 => io.at as i64,
            2 => io.bytes.len() as i64,
            _ => return Err(value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
        };
        let at = from.checked_add(pos).ok_or_else(|| overflow_error("new position too large"))?.max(0);
        io.at = at as usize;
        Ok(at)
    }
    #[py("(self, /)")]
    fn tell(py: &mut Py, this: &Ref<BytesIo>) -> Result<usize> {
        Ok(BytesIo::open(py, this)?.at)
    }
    #[py("(self, size=None, /)")]
    fn truncate(py: &mut Py, this: &Ref<BytesIo>, size: &Value) -> Result<i64> {
        let at = BytesIo::open(py, this)?.at as i64;
        let size = if size.is_none() { at } else { py.index_clamped(size)? as i64 };
        if size < 0 {
            return Err(value_error(format!("negative size value {size}")));
        }
        let io = BytesIo::open(py, this)?;
        io.bytes.truncate(size as usize);
        Ok(size)
    }
    /// Retrieve the entire contents of the BytesIO object.
    #[py("(self, /)")]
    fn getvalue(py: &mut Py, this: &Ref<BytesIo>) -> Result<Value> {
        BytesIo::open(py, this)?;
        Ok(py.bytes(&this.get(py).bytes))
    }
    /// Get a read-write view over the contents of the BytesIO object.
    #[py("(self, /)")]
    fn getbuffer(py: &mut Py, this: &Ref<BytesIo>) -> Result<Value> {
        // A view of a copy: writing through it does not reach the object.
        let copy = BytesIo::getvalue(py, this)?;
        let class = raw::builtin(py, "memoryview")?;
        py.call(&class, &[copy])
    }
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<BytesIo>) {
        let io = this.get_mut(py);
        io.closed = true;
        io.bytes = Vec::new();
    }
    #[py("(self, /)")]
    fn flush(py: &mut Py, this: &Ref<BytesIo>) -> Result<()> {
        BytesIo::open(py, this).map(drop)
    }
    #[py("(self, /)")]
    fn seekable(py: &mut Py, this: &Ref<BytesIo>) -> Result<bool> {
        BytesIo::open(py, this).map(|_| true)
    }
    #[py("(self, /)")]
    fn readable(py: &mut Py, this: &Ref<BytesIo>) -> Result<bool> {
        BytesIo::open(py, this).map(|_| true)
    }
    #[py("(self, /)")]
    fn writable(py: &mut Py, this: &Ref<BytesIo>) -> Result<bool> {
        BytesIo::open(py, this).map(|_| true)
    }
    #[py("(self, /)")]
    fn isatty(py: &mut Py, this: &Ref<BytesIo>) -> Result<bool> {
        BytesIo::open(py, this).map(|_| false)
    }
    #[py("(self, /)")]
    fn __del__(py: &mut Py, this: &Ref<BytesIo>) -> Result<()> {
        if !py.is_exact::<BytesIo>(this.as_value()) && matches!(super::base::is_closed(py, this.as_value()), Ok(false)) {
            py.call_method(this.as_value(), "close", &[])?;
        }
        Ok(())
    }
    #[py("(self, /)")]
    fn __getstate__(py: &mut Py, this: &Ref<BytesIo>) -> Result<Value> {
        let value = BytesIo::getvalue(py, this)?;
        let at = this.get(py).at as i64;
        let dict = super::own_dict(py, this.as_value());
        let at = py.int(at);
        Ok(py.tuple(vec![value, at, dict]))
    }
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<BytesIo>, state: &Value) -> Result<()> {
        let Some([bytes, at, dict]) = state.downcast::<Tuple>().and_then(|t| t.slice().first_chunk::<3>().cloned()) else {
            return Err(type_error(format!(
                "{}.__setstate__ argument should be 3-tuple, got {}",
                py.type_name(this.as_value()),
                py.type_name(state)
            )));
        };
        BytesIo::__init__(py, this, &bytes)?;
        let at = py.index_clamped(&at)?;
        if at < 0 {
            return Err(value_error("position value cannot be negative"));
        }
        this.get_mut(py).at = at as usize;
        super::restore_dict(py, this.as_value(), &dict)
    }
    #[getter]
    fn closed(py: &mut Py, this: &Ref<BytesIo>) -> bool {
        this.get(py).closed
    }
}

impl NativeType for BytesIo {
    const NAME: &'static str = "BytesIO";
    const MODULE: &'static str = "_io";
    const DOC: Option<&'static str> = Some("Buffered I/O implementation using an in-memory bytes buffer.");
    fn shape() -> ShapeRef {
        Shape::plain::<Self>().derive(true, 0, 0)
    }
    fn base(py: &Py) -> Option<Ref<Type>> {
        py.state_if::<IoTypes>().and_then(|t| t.buffered.clone())
    }
}
