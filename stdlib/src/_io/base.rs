//! `_IOBase` and the abstract classes below it. Their instances are plain: what they share is
//! methods that call each other by name, so that subclasses in Python can replace any of them.

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{type_error, value_error};
use lockstep_interp::object::{Exc, Py, Raised, Result, Type};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::str::Str;
use lockstep_macros::methods;

/// The classes of the module, per interpreter.
#[derive(Default)]
pub struct IoTypes {
    /// `_IOBase`
    pub base: Option<Ref<Type>>,
    /// `_RawIOBase`
    pub raw: Option<Ref<Type>>,
    /// `_BufferedIOBase`
    pub buffered: Option<Ref<Type>>,
    /// `_TextIOBase`
    pub text: Option<Ref<Type>>,
    /// `UnsupportedOperation`
    pub unsupported: Option<Ref<Type>>,
    /// `BufferedReader`
    pub reader: Option<Ref<Type>>,
    /// `BufferedWriter`
    pub writer: Option<Ref<Type>>,
    /// `BufferedRandom`
    pub random: Option<Ref<Type>>,
}

/// An `io.UnsupportedOperation`.
#[cold]
pub fn unsupported(py: &mut Py, message: &str) -> Raised {
    match py.state::<IoTypes>().unsupported.clone() {
        Some(class) => {
            let text = py.str(message);
            match py.call(class.as_value(), &[text]) {
                Ok(made) => py.raise_value(&made),
                Err(e) => e,
            }
        }
        None => Raised::new(Exc::OSError, message),
    }
}

/// The ValueError of an operation on a closed file.
#[cold]
pub fn closed_error() -> Raised {
    value_error("I/O operation on closed file.")
}

/// `closed` of any file.
pub fn is_closed(py: &mut Py, file: &Value) -> Result<bool> {
    let closed = py.getattr(file, "closed")?;
    py.truth(&closed)
}

fn check_closed(py: &mut Py, file: &Value) -> Result<()> {
    if is_closed(py, file)? { Err(closed_error()) } else { Ok(()) }
}

/// `_checkSeekable` and the like: the method's answer must be true.
pub fn check_able(py: &mut Py, file: &Value, method: &str, message: &str) -> Result<()> {
    let answer = py.call_method(file, method, &[])?;
    if answer.is_true() { Ok(()) } else { Err(unsupported(py, message)) }
}

/// An optional size: None and a missing one are -1.
pub fn size_arg(py: &mut Py, value: Option<&Value>) -> Result<i64> {
    match value {
        None => Ok(-1),
        Some(v) if v.is_none() => Ok(-1),
        Some(v) => {
            if v.as_small_int().is_none() && py.special(v, lockstep_interp::object::Special::Index).is_none() {
                return Err(type_error(format!("argument should be integer or None, not '{}'", py.type_name(v))));
            }
            Ok(py.index_clamped(v)? as i64)
        }
    }
}

/// The methods of `_IOBase`.
pub struct IoBaseMethods;

#[methods]
impl IoBaseMethods {
    /// Change the stream position to the given byte offset.
    #[py("(self, offset, whence=0, /)")]
    fn seek(py: &mut Py, this: &Value, offset: Value, whence: Value) -> Result<Value> {
        let _ = (this, offset, whence);
        Err(unsupported(py, "seek"))
    }
    /// Return current stream position.
    #[py("(self, /)")]
    fn tell(py: &mut Py, this: &Value) -> Result<Value> {
        py.call_method(this, "seek", &[Value::int32(0), Value::int32(1)])
    }
    /// Truncate file to size bytes.
    #[py("(self, size=None, /)")]
    fn truncate(py: &mut Py, this: &Value, size: Value) -> Result<Value> {
        let _ = (this, size);
        Err(unsupported(py, "truncate"))
    }
    /// Return underlying file descriptor if one exists.
    #[py("(self, /)")]
    fn fileno(py: &mut Py, this: &Value) -> Result<Value> {
        let _ = this;
        Err(unsupported(py, "fileno"))
    }
    /// Flush write buffers, if applicable.
    #[py("(self, /)")]
    fn flush(py: &mut Py, this: &Value) -> Result<()> {
        check_closed(py, this)
    }
    /// Flush and close the IO object.
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Value) -> Result<()> {
        let name = py.intern("__IOBase_closed");
        if py.instance_get(this, &name).is_some() {
            return Ok(());
        }
        let flushed = py.call_method(this, "flush", &[]);
        py.setattr_str(this, &name, Some(Value::TRUE))?;
        flushed.map(drop)
    }
    #[getter]
    fn closed(py: &mut Py, this: &Value) -> bool {
        let name = py.intern("__IOBase_closed");
        py.instance_get(this, &name).is_some()
    }
    /// Return whether object supports random access.
    #[py("(self, /)")]
    fn seekable(_py: &mut Py, this: &Value) -> bool {
        let _ = this;
        false
    }
    /// Return whether object was opened for reading.
    #[py("(self, /)")]
    fn readable(_py: &mut Py, this: &Value) -> bool {
        let _ = this;
        false
    }
    /// Return whether object was opened for writing.
    #[py("(self, /)")]
    fn writable(_py: &mut Py, this: &Value) -> bool {
        let _ = this;
        false
    }
    #[py("(self, /)", name = "_checkClosed")]
    fn check_closed(py: &mut Py, this: &Value) -> Result<()> {
        check_closed(py, this)
    }
    #[py("(self, /)", name = "_checkSeekable")]
    fn check_seekable(py: &mut Py, this: &Value) -> Result<bool> {
        check_able(py, this, "seekable", "File or stream is not seekable.").map(|()| true)
    }
    #[py("(self, /)", name = "_checkReadable")]
    fn check_readable(py: &mut Py, this: &Value) -> Result<bool> {
        check_able(py, this, "readable", "File or stream is not readable.").map(|()| true)
    }
    #[py("(self, /)", name = "_checkWritable")]
    fn check_writable(py: &mut Py, this: &Value) -> Result<bool> {
        check_able(py, this, "writable", "File or stream is not writable.").map(|()| true)
    }
    /// Return whether this is an 'interactive' stream.
    #[py("(self, /)")]
    fn isatty(py: &mut Py, this: &Value) -> Result<bool> {
        check_closed(py, this)?;
        Ok(false)
    }
    #[py("(self, /)")]
    fn __enter__(py: &mut Py, this: &Value) -> Result<Value> {
        check_closed(py, this)?;
        Ok(this.clone())
    }
    #[py("(self, /, *exc)")]
    fn __exit__(py: &mut Py, this: &Value, exc: &[Value]) -> Result<Value> {
        let _ = exc;
        py.call_method(this, "close", &[])
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Value) -> Result<Value> {
        check_closed(py, this)?;
        Ok(this.clone())
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Value) -> Result<Next> {
        let line = py.call_method(this, "readline", &[])?;
        Ok(Next(if py.len(&line)? == 0 { None } else { Some(line) }))
    }
    /// Read and return a line from the stream.
    #[py("(self, size=-1, /)")]
    fn readline(py: &mut Py, this: &Value, size: &Value) -> Result<Value> {
        let limit = size_arg(py, Some(size))?;
        let peek = py.getattr_opt(this, "peek")?;
        let mut line = Vec::new();
        while limit < 0 || (line.len() as i64) < limit {
            let mut want = 1;
            if let Some(peek) = &peek {
                let ahead = py.call(peek, &[Value::int32(1)])?;
                let Some(ahead) = ahead.downcast::<Bytes>() else {
                    return Err(Raised::new(
                        Exc::OSError,
                        format!("peek() should have returned a bytes object, not '{}'", py.type_name(&ahead)),
                    ));
                };
                if !ahead.slice().is_empty() {
                    want = memchr::memchr(b'\n', ahead.slice()).map_or(ahead.slice().len(), |i| i + 1);
                    if limit >= 0 {
                        want = want.min(limit as usize - line.len());
                    }
                }
            }
            let want = py.int(want as i64);
            let part = py.call_method(this, "read", &[want])?;
            let Some(part) = part.downcast::<Bytes>() else {
                return Err(Raised::new(
                    Exc::OSError,
                    format!("read() should have returned a bytes object, not '{}'", py.type_name(&part)),
                ));
            };
            if part.slice().is_empty() {
                break;
            }
            line.extend_from_slice(part.slice());
            if line.last() == Some(&b'\n') {
                break;
            }
        }
        Ok(py.bytes(&line))
    }
    /// Return a list of lines from the stream.
    #[py("(self, hint=-1, /)")]
    fn readlines(py: &mut Py, this: &Value, hint: &Value) -> Result<Value> {
        let hint = size_arg(py, Some(hint))?;
        let mut lines = Vec::new();
        let mut total = 0;
        let mut iter = py.iter(this)?;
        while let Some(line) = iter.next(py)? {
            total += match line.downcast::<Str>() {
                Some(s) => s.len(),
                None => py.len(&line)?,
            };
            lines.push(line);
            if hint > 0 && total as i64 > hint {
                break;
            }
        }
        Ok(py.list(lines))
    }
    /// Write a list of lines to stream.
    #[py("(self, lines, /)")]
    fn writelines(py: &mut Py, this: &Value, lines: &Value) -> Result<()> {
        check_closed(py, this)?;
        let mut lines = py.iter(lines)?;
        while let Some(line) = lines.next(py)? {
            py.call_method(this, "write", &[line])?;
        }
        Ok(())
    }
    #[py("(self, /)")]
    fn __del__(py: &mut Py, this: &Value) -> Result<()> {
        // An object whose `closed` fails is half made: there is nothing to close.
        if matches!(is_closed(py, this), Ok(false)) {
            py.call_method(this, "close", &[])?;
        }
        Ok(())
    }
}

/// The methods of `_RawIOBase`.
pub struct RawIoBaseMethods;

#[methods]
impl RawIoBaseMethods {
    #[py("(self, size=-1, /)")]
    fn read(py: &mut Py, this: &Value, size: &Value) -> Result<Value> {
        let size = size_arg(py, Some(size))?;
        if size < 0 {
            return py.call_method(this, "readall", &[]);
        }
        match super::raw::read_into_fresh(py, this, size as usize)? {
            Some(bytes) => Ok(py.bytes(&bytes)),
            None => Ok(Value::NONE),
        }
    }
    /// Read until EOF, using multiple read() call.
    #[py("(self, /)")]
    fn readall(py: &mut Py, this: &Value) -> Result<Value> {
        let mut all = Vec::new();
        loop {
            let part = py.call_method(this, "read", &[Value::int32(super::BUFFER_SIZE as i32)])?;
            if part.is_none() {
                return Ok(if all.is_empty() { part } else { py.bytes(&all) });
            }
            let Some(part) = part.downcast::<Bytes>() else {
                return Err(type_error("read() should return bytes"));
            };
            if part.slice().is_empty() {
                return Ok(py.bytes(&all));
            }
            all.extend_from_slice(part.slice());
        }
    }
    #[py("(self, buffer, /)")]
    fn readinto(py: &mut Py, this: &Value, buffer: &Value) -> Result<Value> {
        let _ = (this, buffer);
        Err(unsupported(py, "readinto"))
    }
    #[py("(self, b, /)")]
    fn write(py: &mut Py, this: &Value, b: &Value) -> Result<Value> {
        let _ = (this, b);
        Err(unsupported(py, "write"))
    }
}

/// The methods of `_BufferedIOBase`.
pub struct BufferedIoBaseMethods;

fn read_into(py: &mut Py, this: &Value, buffer: &Value, method: &str) -> Result<usize> {
    let room = super::raw::buffer_len(py, buffer)?;
    let size = py.int(room as i64);
    let data = py.call_method(this, method, &[size])?;
    let Some(data) = data.downcast::<Bytes>() else {
        return Err(type_error(format!("{method}() should return bytes")));
    };
    let data = data.slice();
    if data.len() > room {
        return Err(value_error(format!("{method}() returned too much data: {room} bytes requested, {} returned", data.len())));
    }
    super::raw::write_into(py, buffer, data)?;
    Ok(data.len())
}

#[methods]
impl BufferedIoBaseMethods {
    /// Disconnect this buffer from its underlying raw stream and return it.
    #[py("(self, /)")]
    fn detach(py: &mut Py, this: &Value) -> Result<Value> {
        let _ = this;
        Err(unsupported(py, "detach"))
    }
    /// Read and return up to n bytes.
    #[py("(self, size=-1, /)")]
    fn read(py: &mut Py, this: &Value, size: Value) -> Result<Value> {
        let _ = (this, size);
        Err(unsupported(py, "read"))
    }
    /// Read and return up to size bytes, with at most one read() call to the underlying raw stream.
    #[py("(self, size=-1, /)")]
    fn read1(py: &mut Py, this: &Value, size: Value) -> Result<Value> {
        let _ = (this, size);
        Err(unsupported(py, "read1"))
    }
    #[py("(self, buffer, /)")]
    fn readinto(py: &mut Py, this: &Value, buffer: &Value) -> Result<usize> {
        read_into(py, this, buffer, "read")
    }
    #[py("(self, buffer, /)")]
    fn readinto1(py: &mut Py, this: &Value, buffer: &Value) -> Result<usize> {
        read_into(py, this, buffer, "read1")
    }
    /// Write buffer b to the IO stream.
    #[py("(self, b, /)")]
    fn write(py: &mut Py, this: &Value, b: &Value) -> Result<Value> {
        let _ = (this, b);
        Err(unsupported(py, "write"))
    }
}

/// The methods of `_TextIOBase`.
pub struct TextIoBaseMethods;

#[methods]
impl TextIoBaseMethods {
    /// Separate the underlying buffer from the TextIOBase and return it.
    #[py("(self, /)")]
    fn detach(py: &mut Py, this: &Value) -> Result<Value> {
        let _ = this;
        Err(unsupported(py, "detach"))
    }
    /// Read at most size characters from stream.
    #[py("(self, size=-1, /)")]
    fn read(py: &mut Py, this: &Value, size: Value) -> Result<Value> {
        let _ = (this, size);
        Err(unsupported(py, "read"))
    }
    /// Read until newline or EOF.
    #[py("(self, size=-1, /)")]
    fn readline(py: &mut Py, this: &Value, size: Value) -> Result<Value> {
        let _ = (this, size);
        Err(unsupported(py, "readline"))
    }
    /// Write string s to stream.
    #[py("(self, s, /)")]
    fn write(py: &mut Py, this: &Value, s: &Value) -> Result<Value> {
        let _ = (this, s);
        Err(unsupported(py, "write"))
    }
    #[getter]
    fn encoding(_py: &mut Py, this: &Value) -> Value {
        let _ = this;
        Value::NONE
    }
    #[getter]
    fn newlines(_py: &mut Py, this: &Value) -> Value {
        let _ = this;
        Value::NONE
    }
    #[getter]
    fn errors(_py: &mut Py, this: &Value) -> Value {
        let _ = this;
        Value::NONE
    }
}
