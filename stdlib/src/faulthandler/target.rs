//! Where a dump goes: a descriptor, past Python's buffers, or a stream that has none.

use lockstep_interp::object::raise::{runtime_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::{Py, Result, Value};
use lockstep_sched::WaitKind;

use crate::system;

/// The place.
#[derive(Clone)]
pub struct Target {
    /// None: only the object can write.
    fd: Option<i32>,
    /// The file that was given, kept so that its descriptor stays open.
    file: Value,
}

impl Target {
    /// From what a script gave: a file, a descriptor, or none for `sys.stderr`.
    pub fn of(py: &mut Py, file: &Value) -> Result<Target> {
        if file.is_none() {
            return Target::stderr(py);
        }
        if int::is_int(file) {
            return match i32::try_from(py.index_clamped(file)?) {
                Ok(fd) if fd >= 0 => Ok(Target { fd: Some(fd), file: Value::NONE }),
                _ => Err(value_error("file is not a valid file descriptor")),
            };
        }
        let fd = descriptor(py, file)?;
        flush(py, file);
        Ok(Target { fd: Some(fd), file: file.clone() })
    }

    /// `sys.stderr`. The host may have put a stream there that is no file.
    fn stderr(py: &mut Py) -> Result<Target> {
        let sys = py.shared().sys.clone();
        let stderr = sys.and_then(|sys| dict::get_name(py, &sys, "stderr")).filter(|stderr| !stderr.is_none());
        let Some(file) = stderr else { return Err(runtime_error("sys.stderr is None")) };
        let fd = descriptor(py, &file).ok();
        flush(py, &file);
        Ok(Target { fd, file })
    }

    /// The value that keeps the place alive, and the way back to it.
    pub fn parts(self) -> (Option<i32>, Value) {
        (self.fd, self.file)
    }

    /// The reverse of [`Target::parts`].
    pub fn from_parts(fd: Option<i32>, file: Value) -> Target {
        Target { fd, file }
    }

    /// Writes a dump. A place that takes none is not worth an error.
    pub fn write(&self, py: &mut Py, text: &str) {
        let Some(fd) = self.fd else {
            let text = py.str(text);
            drop(py.call_method(&self.file, "write", &[text]));
            return flush(py, &self.file);
        };
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            match system::blocking(py, WaitKind::Write, fd, || rustix::io::write(system::fd(fd)?, rest)) {
                Ok(Ok(written @ 1..)) => rest = rest.get(written..).unwrap_or(&[]),
                _ => return,
            }
        }
    }
}

fn descriptor(py: &mut Py, file: &Value) -> Result<i32> {
    let number = py.call_method(file, "fileno", &[])?;
    match int::as_i64(&number).map(i32::try_from) {
        Some(Ok(fd)) if fd >= 0 => Ok(fd),
        _ => Err(runtime_error("file.fileno() is not a valid file descriptor")),
    }
}

/// What the buffers hold comes first.
fn flush(py: &mut Py, file: &Value) {
    drop(py.call_method(file, "flush", &[]));
}
