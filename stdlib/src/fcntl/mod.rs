//! `fcntl`: control of open files, and their locks.

mod numbers;

use lockstep_interp::object::raise::{Result, overflow_error, value_error};
use lockstep_interp::types::buffer;
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Ref, Value, module};
use lockstep_sched::WaitKind;
use lockstep_sched::control::{self, RangeLock};
use rustix::io::Errno;

use crate::system;

const LOCK_SH: i32 = 1;
const LOCK_EX: i32 = 2;
const LOCK_NB: i32 = 4;
const LOCK_UN: i32 = 8;
/// Longest structure that is taken as bytes.
const LONGEST: usize = 1024;

/// Runs a system call that may wait, without the lock.
fn call<R: Send>(py: &mut Py, kind: WaitKind, fd: i32, mut call: impl FnMut() -> std::io::Result<R> + Send) -> Result<R> {
    let call = || call().map_err(|e| Errno::from_io_error(&e).unwrap_or(Errno::IO));
    system::blocking(py, kind, fd, call)?.map_err(|e| system::fail(py, e))
}

/// The low bits of an int, as a C program would see them.
fn low_bits(py: &mut Py, value: &Value) -> Result<u64> {
    let number = py.index(value)?;
    match int::to_ibig(&number) {
        Some(big) => {
            let low = big & dashu_int::IBig::from(u64::MAX);
            Ok(u64::try_from(&low).unwrap_or(0))
        }
        None => Ok(0),
    }
}

/// The bytes of a structure: those of a text or of a bytes-like object that is not to be changed.
fn structure(py: &mut Py, value: &Value) -> Result<Option<Vec<u8>>> {
    if let Some(text) = value.downcast::<Str>() {
        return Ok(text.as_str().map(|s| s.as_bytes().to_vec()));
    }
    buffer::to_vec_opt(py, value)
}

fn short_enough(bytes: &[u8], function: &str) -> Result<()> {
    if bytes.len() > LONGEST { Err(value_error(format!("{function} string arg too long"))) } else { Ok(()) }
}

/// The functions of `fcntl`.
pub struct FcntlFunctions;

#[module]
impl FcntlFunctions {
    /// Perform the operation `cmd` on file descriptor fd.
    ///
    /// The values used for `cmd` are operating system dependent, and are available
    /// as constants in the fcntl module, using the same names as used in
    /// the relevant C header files.  The argument arg is optional, and
    /// defaults to 0; it may be an int or a string.  If arg is given as a string,
    /// the return value of fcntl is a string of that length, containing the
    /// resulting value put in the arg buffer by the operating system.  The length
    /// of the arg string is not allowed to exceed 1024 bytes.  If the arg given
    /// is an integer or if none is specified, the result value is an integer
    /// corresponding to the return value of the fcntl call in the C code.
    #[py("(fd, cmd, arg=0, /)")]
    fn fcntl(py: &mut Py, fd: &Value, cmd: i32, arg: &Value) -> Result<Value> {
        let fd = system::descriptor_of(py, fd)?;
        // What can be written to is no structure here.
        let writable = buffer::writable_len(py, arg)?.is_some();
        let bytes = if writable || int::is_int(arg) { None } else { structure(py, arg)? };
        if let Some(mut bytes) = bytes {
            short_enough(&bytes, "fcntl")?;
            call(py, WaitKind::Lock, fd, || control::control_with(fd, cmd, &mut bytes))?;
            return Ok(py.bytes(&bytes));
        }
        let argument = low_bits(py, arg)? as i32;
        let result = call(py, WaitKind::Lock, fd, || control::control(fd, cmd, argument))?;
        Ok(Value::int32(result))
    }
    /// Perform the lock operation `operation` on file descriptor `fd`.
    ///
    /// See the Unix manual page for flock(2) for details (On some systems, this
    /// function is emulated using fcntl()).
    #[py("(fd, operation, /)")]
    fn flock(py: &mut Py, fd: &Value, operation: i32) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        call(py, WaitKind::Lock, fd, || control::lock_file(fd, operation))
    }
    /// Perform the operation `request` on file descriptor `fd`.
    ///
    /// The values used for `request` are operating system dependent, and are available
    /// as constants in the fcntl or termios library modules, using the same names as
    /// used in the relevant C header files.
    ///
    /// The argument `arg` is optional, and defaults to 0; it may be an int or a
    /// buffer containing character data (most likely a string or an array).
    ///
    /// If the argument is a mutable buffer (such as an array) and if the
    /// mutate_flag argument (which is only allowed in this case) is true then the
    /// buffer is (in effect) passed to the operating system and changes made by
    /// the OS will be reflected in the contents of the buffer after the call has
    /// returned.  The return value is the integer returned by the ioctl system
    /// call.
    ///
    /// If the argument is a mutable buffer and the mutable_flag argument is false,
    /// the behavior is as if a string had been passed.
    ///
    /// If the argument is an immutable buffer (most likely a string) then a copy
    /// of the buffer is passed to the operating system and the return value is a
    /// string of the same length containing whatever the operating system put in
    /// the buffer.  The length of the arg buffer in this case is not allowed to
    /// exceed 1024 bytes.
    ///
    /// If the arg given is an integer or if none is specified, the result value is
    /// an integer corresponding to the return value of the ioctl call in the C
    /// code.
    #[py("(fd, request, arg=0, mutate_flag=True, /)")]
    fn ioctl(py: &mut Py, fd: &Value, request: &Value, arg: &Value, mutate_flag: bool) -> Result<Value> {
        let fd = system::descriptor_of(py, fd)?;
        let request = low_bits(py, request)?;
        if let Some(mut bytes) = structure(py, arg)? {
            let in_place = mutate_flag && buffer::writable_len(py, arg)?.is_some();
            if !in_place {
                short_enough(&bytes, "ioctl")?;
            }
            let result = call(py, WaitKind::Call, fd, || control::device_with(fd, request, &mut bytes))?;
            if !in_place {
                return Ok(py.bytes(&bytes));
            }
            // It may have become shorter while the lock was free.
            buffer::with_bytes_mut(py, arg, |to| {
                let len = to.len().min(bytes.len());
                to[..len].copy_from_slice(&bytes[..len]);
            })?;
            return Ok(Value::int32(result));
        }
        let number = py.index(arg)?;
        let argument = match int::as_i64(&number).map(i32::try_from) {
            Some(Ok(n)) => n,
            Some(Err(_)) if number.as_small_int().is_some_and(|n| n < 0) => {
                return Err(overflow_error("signed integer is less than minimum"));
            }
            _ => return Err(overflow_error("signed integer is greater than maximum")),
        };
        let result = call(py, WaitKind::Call, fd, || control::device(fd, request, argument))?;
        Ok(Value::int32(result))
    }
    /// Lock or unlock a range of a file by fcntl().
    ///
    /// `cmd` is LOCK_UN, LOCK_SH or LOCK_EX; ORed with LOCK_NB it does not wait but raises OSError
    /// with EACCES or EAGAIN. `len` is in bytes, 0 to the end of the file; `start` is relative to
    /// `whence`, which is as with seek().
    #[py("(fd, cmd, len=0, start=0, whence=0, /)")]
    fn lockf(py: &mut Py, fd: &Value, cmd: i32, len: i64, start: i64, whence: i32) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        // The kinds as `struct flock` numbers them.
        let kind = if cmd == LOCK_UN {
            2
        } else if cmd & LOCK_SH != 0 {
            0
        } else if cmd & LOCK_EX != 0 {
            1
        } else {
            return Err(value_error("unrecognized lockf argument"));
        };
        let Ok(whence) = i16::try_from(whence) else { return Err(system::fail(py, Errno::INVAL)) };
        let lock = RangeLock { kind, whence, start, len };
        call(py, WaitKind::Lock, fd, || control::lock_range(fd, lock, cmd & LOCK_NB == 0))
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<FcntlFunctions>(&d, "fcntl");
    for (name, n) in numbers::NUMBERS {
        let n = py.int(*n);
        dict::set_name(py, &d, name, n);
    }
    Ok(())
}
