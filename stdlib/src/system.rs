//! System calls on behalf of scripts: paths, descriptors by number, the way through the door.

use std::os::fd::BorrowedFd;

use lockstep_heap::Value;
use lockstep_interp::embed::serve;
use lockstep_interp::object::raise::{io_error, os_error, os_error_kind, type_error, value_error};
use lockstep_interp::object::{Py, Raised, Result};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::str::Str;
use lockstep_sched::{Requests, Wait, WaitKind};
use lockstep_text::codecs::{Codec, Handler};
use rustix::io::Errno;

/// Runs a system call without the lock; calls it again when a signal interrupted it whose handler
/// did not raise. The inner result is the call's own.
pub fn blocking<R: Send>(
    py: &mut Py,
    kind: WaitKind,
    fd: i32,
    mut call: impl FnMut() -> rustix::io::Result<R> + Send,
) -> Result<rustix::io::Result<R>> {
    let wait = Wait::new(kind).fd(fd);
    let personal = Requests::SIGNAL.union(Requests::ASYNC_EXC).union(Requests::INTERRUPT);
    loop {
        // What came before does not end the call.
        let requests = py.thread().requests();
        if requests.contains(personal) {
            serve(py, requests)?;
        }
        let (result, requests) = py.thread().block(&wait, &mut call);
        match result {
            Err(Errno::INTR) => serve(py, requests)?,
            result => return Ok(result),
        }
    }
}

/// The descriptor with this number.
pub fn fd(number: i32) -> rustix::io::Result<BorrowedFd<'static>> {
    lockstep_sched::descriptor(number).map_err(|_| Errno::BADF)
}

/// An OSError of this errno.
#[cold]
pub fn fail(py: &Py, errno: Errno) -> Raised {
    os_error(py, errno.raw_os_error(), None)
}

/// An OSError of this errno about a file.
#[cold]
pub fn fail_at(py: &Py, errno: Errno, path: &Value) -> Raised {
    os_error(py, errno.raw_os_error(), Some(path.clone()))
}

/// An OSError of this errno about two files.
#[cold]
pub fn fail_at_two(py: &Py, errno: Errno, from: &Value, to: &Value) -> Raised {
    let number = errno.raw_os_error();
    let text = py.str(&strerror(number));
    Raised::args(os_error_kind(number), vec![Value::int32(number), text, from.clone(), Value::NONE, to.clone()])
}

/// The system's text for an errno.
pub fn strerror(number: i32) -> String {
    let text = std::io::Error::from_raw_os_error(number).to_string();
    match text.rsplit_once(" (os error") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}

/// An OSError of what the lock room's descriptor calls say.
#[cold]
pub fn fail_io(py: &Py, error: &std::io::Error) -> Raised {
    io_error(py, error)
}

/// The bytes that the system knows a text by.
pub fn encode_path(py: &mut Py, text: &Str) -> Result<Vec<u8>> {
    match Codec::Utf8.encode_with(text.as_bytes(), Handler::SurrogateEscape) {
        Ok(bytes) => Ok(bytes),
        Err(fault) => {
            let object = py.new_str_bytes(text.as_bytes()).into_value();
            Err(encode_error(py, object, &fault))
        }
    }
}

/// The text for bytes that the system gave.
pub fn decode_path(py: &Py, bytes: &[u8]) -> Value {
    match Codec::Utf8.decode_with(bytes, Handler::SurrogateEscape) {
        Ok(text) => py.new_str_bytes(&text).into_value(),
        // Every byte that is not UTF-8 has an escape.
        Err(_) => py.str(&String::from_utf8_lossy(bytes)),
    }
}

/// A UnicodeEncodeError.
#[cold]
pub fn encode_error(py: &mut Py, object: Value, fault: &lockstep_text::codecs::Fault) -> Raised {
    let args = vec![py.str(fault.encoding), object, py.int(fault.start as i64), py.int(fault.end as i64), py.str(fault.reason)];
    Raised::args(lockstep_interp::object::Exc::UnicodeEncodeError, args)
}

/// A UnicodeDecodeError.
#[cold]
pub fn decode_error(py: &mut Py, object: &[u8], fault: &lockstep_text::codecs::Fault) -> Raised {
    let args = vec![
        py.str(fault.encoding),
        py.bytes(object),
        py.int(fault.start as i64),
        py.int(fault.end as i64),
        py.str(fault.reason),
    ];
    Raised::args(lockstep_interp::object::Exc::UnicodeDecodeError, args)
}

/// `os.fspath()`: a str or bytes.
pub fn fspath(py: &mut Py, path: &Value) -> Result<Value> {
    if path.is_a::<Str>() || path.is_a::<Bytes>() {
        return Ok(path.clone());
    }
    let name = py.intern("__fspath__");
    let got = py.type_name(path);
    let Some(method) = py.lookup_on_type(path, &name) else {
        return Err(type_error(format!("expected str, bytes or os.PathLike object, not {got}")));
    };
    if method.is_none() {
        return Err(type_error(format!("expected str, bytes or os.PathLike object, not {got}")));
    }
    let ty = py.type_of(path);
    let bound = py.bind_descriptor(&method, path, &ty)?;
    let result = py.call(&bound, &[])?;
    if result.is_a::<Str>() || result.is_a::<Bytes>() {
        return Ok(result);
    }
    let found = py.type_name(&result);
    Err(type_error(format!("expected {got}.__fspath__() to return str or bytes, not {found}")))
}

/// A path for a system call: its bytes, the object that messages show, and whether it was bytes.
pub struct Path {
    /// What the system gets.
    pub bytes: Vec<u8>,
    /// What the script gave, after `__fspath__`.
    pub shown: Value,
    /// Whether results are bytes too.
    pub is_bytes: bool,
}

/// A str, bytes or path-like object as path.
pub fn path(py: &mut Py, value: &Value, function: &str, parameter: &str) -> Result<Path> {
    let shown = if value.is_a::<Str>() || value.is_a::<Bytes>() {
        value.clone()
    } else {
        let name = py.intern("__fspath__");
        if py.lookup_on_type(value, &name).is_none() {
            let got = py.type_name(value);
            return Err(type_error(format!("{function}: {parameter} should be string, bytes or os.PathLike, not {got}")));
        }
        fspath(py, value)?
    };
    path_of(py, shown, function)
}

/// A str or bytes as path.
pub fn path_of(py: &mut Py, shown: Value, function: &str) -> Result<Path> {
    let (bytes, is_bytes) = match (shown.downcast::<Str>(), shown.downcast::<Bytes>()) {
        (Some(s), _) => (encode_path(py, s)?, false),
        (None, Some(b)) => (b.slice().to_vec(), true),
        (None, None) => return Err(type_error(format!("{function}: expected str or bytes"))),
    };
    if bytes.contains(&0) {
        let prefix = if function.is_empty() { String::new() } else { format!("{function}: ") };
        let what = if is_bytes { "byte" } else { "character in path" };
        let what = if is_bytes && !function.is_empty() {
            "byte in path"
        } else if function.is_empty() && !is_bytes {
            "byte"
        } else {
            what
        };
        return Err(value_error(format!("{prefix}embedded null {what}")));
    }
    Ok(Path { bytes, shown, is_bytes })
}

/// A descriptor number from an int or an object with `fileno()`.
pub fn descriptor_of(py: &mut Py, value: &Value) -> Result<i32> {
    if let Some(n) = value.as_small_int() {
        return if n < 0 {
            Err(value_error(format!("file descriptor cannot be a negative integer ({n})")))
        } else {
            i32::try_from(n)
                .map_err(|_| lockstep_interp::object::raise::overflow_error("Python int too large to convert to C int"))
        };
    }
    let number = if lockstep_interp::types::int::is_int(value) {
        value.clone()
    } else {
        match py.getattr_opt(value, "fileno")? {
            Some(method) => {
                let number = py.call(&method, &[])?;
                if !lockstep_interp::types::int::is_int(&number) {
                    return Err(type_error("fileno() returned a non-integer"));
                }
                number
            }
            None => return Err(type_error("argument must be an int, or have a fileno() method.")),
        }
    };
    let n = py.index_clamped(&number)?;
    if n < 0 {
        return Err(value_error(format!("file descriptor cannot be a negative integer ({n})")));
    }
    i32::try_from(n).map_err(|_| lockstep_interp::object::raise::overflow_error("Python int too large to convert to C int"))
}
