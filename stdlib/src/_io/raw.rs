//! What buffered and text objects ask of the object below them: a native file directly, any other
//! through its methods. Also: buffers of other objects to be filled.

use lockstep_heap::Value;
use lockstep_interp::object::raise::{type_error, value_error};
use lockstep_interp::object::{Exc, Py, Raised, Result};
use lockstep_interp::types::bytes::Bytes;

use super::fileio::FileIo;

/// The memory of a bytes-like object, for as long as the closure runs: bytes are not copied.
pub fn with_bytes<R>(py: &mut Py, value: &Value, body: impl FnOnce(&mut Py, &[u8]) -> Result<R>) -> Result<R> {
    if let Some(bytes) = value.downcast::<Bytes>() {
        return body(py, bytes.slice());
    }
    if value.is_a::<lockstep_interp::types::str::Str>() {
        return Err(type_error("a bytes-like object is required, not 'str'"));
    }
    let bytes = py.bytes_like(value)?;
    body(py, &bytes)
}

/// The size in bytes of a writable buffer.
pub fn buffer_len(py: &mut Py, buffer: &Value) -> Result<usize> {
    if buffer.is_a::<Bytes>() || buffer.is_a::<lockstep_interp::types::str::Str>() {
        return Err(type_error(format!(
            "readinto() argument must be read-write bytes-like object, not {}",
            py.type_name(buffer)
        )));
    }
    match py.getattr_opt(buffer, "nbytes")? {
        Some(n) => Ok(py.index_clamped(&n)?.max(0) as usize),
        None => match py.getattr_opt(buffer, "itemsize")? {
            Some(size) => Ok(py.len(buffer)? * py.index_clamped(&size)?.max(0) as usize),
            None => py.len(buffer),
        },
    }
}

/// Put bytes at the start of a writable buffer that is long enough.
pub fn write_into(py: &mut Py, buffer: &Value, data: &[u8]) -> Result<()> {
    if data.is_empty() {
        return Ok(());
    }
    let stop = py.int(data.len() as i64);
    let range = lockstep_interp::types::slice::make(py, Value::int32(0), stop, Value::NONE);
    let data = py.bytes(data);
    if py.type_name(buffer) == "bytearray" {
        return py.setitem(buffer, &range, data);
    }
    let view = memoryview(py, buffer)?;
    let format = py.str("B");
    let view = py.call_method(&view, "cast", &[format])?;
    py.setitem(&view, &range, data)
}

/// A builtin by name.
pub fn builtin(py: &mut Py, name: &str) -> Result<Value> {
    let found = match py.shared().builtins.clone() {
        Some(builtins) => lockstep_interp::types::dict::get_name(py, &builtins, name),
        None => None,
    };
    found.ok_or_else(|| lockstep_interp::object::raise::system_error(format!("lost builtins.{name}")))
}

fn memoryview(py: &mut Py, buffer: &Value) -> Result<Value> {
    let class = builtin(py, "memoryview")?;
    py.call(&class, std::slice::from_ref(buffer))
}

/// Up to `size` bytes by `readinto` of the object; none if nothing is there yet.
pub fn read_into_fresh(py: &mut Py, raw: &Value, size: usize) -> Result<Option<Vec<u8>>> {
    let class = builtin(py, "bytearray")?;
    let length = py.int(size as i64);
    let room = py.call(&class, &[length])?;
    let view = memoryview(py, &room)?;
    let n = py.call_method(raw, "readinto", &[view])?;
    if n.is_none() {
        return Ok(None);
    }
    let n = match py.index_clamped(&n) {
        Ok(n) => n,
        Err(e) => {
            let cause = py.exception(e).into_value();
            let error = py.exception(Raised::new(Exc::OSError, "raw readinto() failed"));
            py.setattr(error.as_value(), "__cause__", cause)?;
            return Err(py.raise_object(error));
        }
    };
    if n < 0 || n as usize > size {
        return Err(Raised::new(
            Exc::OSError,
            format!("raw readinto() returned invalid length {n} (should have been between 0 and {size})"),
        ));
    }
    let mut bytes = py.bytes_like(&room)?.into_owned();
    bytes.truncate(n as usize);
    Ok(Some(bytes))
}

/// Up to `size` bytes; none if nothing is there yet, empty at the end.
pub fn read(py: &mut Py, raw: &Value, size: usize) -> Result<Option<Vec<u8>>> {
    if py.is_exact::<FileIo>(raw)
        && let Some(file) = raw.downcast::<FileIo>()
    {
        return FileIo::read_some(py, file, size);
    }
    read_into_fresh(py, raw, size)
}

/// Write some of the bytes; none if there is no room now.
pub fn write(py: &mut Py, raw: &Value, bytes: &[u8]) -> Result<Option<usize>> {
    if py.is_exact::<FileIo>(raw)
        && let Some(file) = raw.downcast::<FileIo>()
    {
        return FileIo::write_some(py, file, bytes);
    }
    let data = py.bytes(bytes);
    let view = memoryview(py, &data)?;
    let n = py.call_method(raw, "write", &[view])?;
    if n.is_none() {
        return Ok(None);
    }
    let n = py.index_clamped(&n)?;
    if n < 0 || n as usize > bytes.len() {
        return Err(Raised::new(
            Exc::OSError,
            format!("raw write() returned invalid length {n} (should have been between 0 and {})", bytes.len()),
        ));
    }
    Ok(Some(n as usize))
}

/// `raw.seek()`
pub fn seek(py: &mut Py, raw: &Value, offset: i64, whence: i32) -> Result<i64> {
    let offset = py.int(offset);
    let at = py.call_method(raw, "seek", &[offset, Value::int32(whence)])?;
    position(py, &at)
}

/// `raw.tell()`
pub fn tell(py: &mut Py, raw: &Value) -> Result<i64> {
    let at = py.call_method(raw, "tell", &[])?;
    position(py, &at)
}

fn position(py: &mut Py, at: &Value) -> Result<i64> {
    let n = py.index_clamped(at)? as i64;
    if n < 0 { Err(Raised::new(Exc::OSError, format!("Raw stream returned invalid position {n}"))) } else { Ok(n) }
}

/// Whether the `size` of a read is acceptable.
pub fn checked_size(size: i64) -> Result<usize> {
    if size < -1 { Err(value_error("read length must be non-negative or -1")) } else { Ok(size.max(0) as usize) }
}
