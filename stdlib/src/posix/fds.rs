//! Functions on open descriptors.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_macros::module;
use lockstep_sched::WaitKind;
use rustix::fs::{Mode, OFlags, SeekFrom};
use rustix::io::{Errno, FdFlags};

use crate::system;

/// The functions of this file.
pub struct Fds;

fn done<R>(py: &Py, result: rustix::io::Result<R>) -> Result<R> {
    result.map_err(|e| system::fail(py, e))
}

#[module]
impl Fds {
    /// Open a file for low level IO.  Returns a file descriptor (integer).
    #[py("(path, flags, mode=511, *, dir_fd=None)")]
    fn open(py: &mut Py, path: &Value, flags: i64, mode: u32, dir_fd: &Value) -> Result<i32> {
        let at = super::at(py, dir_fd)?;
        let p = super::path(py, path, "open")?;
        let flags = OFlags::from_bits_retain(flags as u32) | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(mode);
        let opened = system::blocking(py, WaitKind::Call, -1, || rustix::fs::openat(at, p.bytes.as_slice(), flags, mode))?;
        match opened {
            Ok(fd) => Ok(lockstep_sched::number(fd)),
            Err(e) => Err(system::fail_at(py, e, &p.shown)),
        }
    }
    /// Close a file descriptor.
    #[py("(fd)")]
    fn close(py: &mut Py, fd: i32) -> Result<()> {
        let wait = lockstep_sched::Wait::new(WaitKind::Call).fd(fd);
        let (closed, requests) = py.thread().block(&wait, || lockstep_sched::close(fd));
        lockstep_interp::embed::serve(py, requests)?;
        closed.map_err(|e| system::fail_io(py, &e))
    }
    /// Closes all file descriptors in [fd_low, fd_high), ignoring errors.
    #[py("(fd_low, fd_high, /)")]
    fn closerange(_py: &mut Py, fd_low: i32, fd_high: i32) {
        for fd in fd_low.max(0)..fd_high.min(1 << 20) {
            // As documented: errors are ignored.
            drop(lockstep_sched::close(fd));
        }
    }
    /// Read from a file descriptor.  Returns a bytes object.
    #[py("(fd, length, /)")]
    fn read(py: &mut Py, fd: i32, length: i64) -> Result<Value> {
        let Ok(length) = usize::try_from(length) else { return Err(system::fail(py, Errno::INVAL)) };
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(length.min(0x7fff_f000)).is_err() {
            return Err(lockstep_interp::object::raise::memory_error());
        }
        if length == 0 {
            return Ok(py.bytes(b""));
        }
        let result = system::blocking(py, WaitKind::Read, fd, || {
            rustix::io::read(system::fd(fd)?, rustix::buffer::spare_capacity(&mut bytes))
        })?;
        done(py, result)?;
        bytes.truncate(length);
        Ok(py.bytes(&bytes))
    }
    /// Write a bytes object to a file descriptor.
    #[py("(fd, data, /)")]
    fn write(py: &mut Py, fd: i32, data: &Value) -> Result<usize> {
        if data.is_a::<lockstep_interp::types::str::Str>() {
            return Err(type_error("a bytes-like object is required, not 'str'"));
        }
        let bytes = py.bytes_like(data)?;
        let bytes = &bytes[..bytes.len().min(0x7fff_f000)];
        let result = system::blocking(py, WaitKind::Write, fd, || rustix::io::write(system::fd(fd)?, bytes))?;
        done(py, result)
    }
    #[py("(fd, length, offset, /)")]
    fn pread(py: &mut Py, fd: i32, length: usize, offset: u64) -> Result<Value> {
        let mut bytes = vec![0; length.min(1 << 30)];
        let result = system::blocking(py, WaitKind::Read, fd, || rustix::io::pread(system::fd(fd)?, &mut bytes[..], offset))?;
        let n = done(py, result)?;
        Ok(py.bytes(&bytes[..n]))
    }
    #[py("(fd, buffer, offset, /)")]
    fn pwrite(py: &mut Py, fd: i32, buffer: &Value, offset: u64) -> Result<usize> {
        let bytes = py.bytes_like(buffer)?;
        let bytes = &bytes[..];
        let result = system::blocking(py, WaitKind::Write, fd, || rustix::io::pwrite(system::fd(fd)?, bytes, offset))?;
        done(py, result)
    }
    /// Set the position of a file descriptor.  Return the new position.
    #[py("(fd, position, whence, /)")]
    fn lseek(py: &mut Py, fd: i32, position: i64, whence: i32) -> Result<u64> {
        let from = match whence {
            0 => SeekFrom::Start(position as u64),
            1 => SeekFrom::Current(position),
            2 => SeekFrom::End(position),
            3 => SeekFrom::Data(position as u64),
            4 => SeekFrom::Hole(position as u64),
            _ => return Err(system::fail(py, Errno::INVAL)),
        };
        let result = system::fd(fd).and_then(|fd| rustix::fs::seek(fd, from));
        done(py, result)
    }
    /// Create a pipe.
    #[py("()")]
    fn pipe(py: &mut Py) -> Result<(i32, i32)> {
        let (r, w) = done(py, rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC))?;
        Ok((lockstep_sched::number(r), lockstep_sched::number(w)))
    }
    #[py("(flags, /)")]
    fn pipe2(py: &mut Py, flags: i64) -> Result<(i32, i32)> {
        let flags = rustix::pipe::PipeFlags::from_bits_retain(flags as u32);
        let (r, w) = done(py, rustix::pipe::pipe_with(flags))?;
        Ok((lockstep_sched::number(r), lockstep_sched::number(w)))
    }
    /// Return a duplicate of a file descriptor.
    #[py("(fd, /)")]
    fn dup(py: &mut Py, fd: i32) -> Result<i32> {
        let result = system::fd(fd).and_then(|fd| rustix::io::fcntl_dupfd_cloexec(fd, 0));
        done(py, result).map(lockstep_sched::number)
    }
    /// Duplicate file descriptor.
    #[py("(fd, fd2, inheritable=True)")]
    fn dup2(py: &mut Py, fd: i32, fd2: i32, inheritable: bool) -> Result<i32> {
        lockstep_sched::duplicate_to(fd, fd2, !inheritable).map_err(|e| system::fail_io(py, &e))?;
        Ok(fd2)
    }
    /// Truncate a file, specified by file descriptor, to a specific length.
    #[py("(fd, length, /)")]
    fn ftruncate(py: &mut Py, fd: i32, length: u64) -> Result<()> {
        let result = system::blocking(py, WaitKind::Call, fd, || rustix::fs::ftruncate(system::fd(fd)?, length))?;
        done(py, result)
    }
    #[py("(path, length)")]
    fn truncate(py: &mut Py, path: &Value, length: u64) -> Result<()> {
        let p = match super::place(py, path, "truncate")? {
            super::Place::Fd(fd) => return Self::ftruncate(py, fd, length),
            super::Place::Path(p) => p,
        };
        let result = rustix::fs::open(p.bytes.as_slice(), OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())
            .and_then(|fd| rustix::fs::ftruncate(fd, length));
        result.map_err(|e| system::fail_at(py, e, &p.shown))
    }
    /// Force write of fd to disk.
    #[py("(fd)", alias = "fdatasync")]
    fn fsync(py: &mut Py, fd: &Value) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let result = system::blocking(py, WaitKind::Call, fd, || rustix::fs::fsync(system::fd(fd)?))?;
        done(py, result)
    }
    /// Return True if the fd is connected to a terminal.
    #[py("(fd, /)")]
    fn isatty(_py: &mut Py, fd: i32) -> bool {
        system::fd(fd).is_ok_and(rustix::termios::isatty)
    }
    #[py("(fd, /)")]
    fn ttyname(py: &mut Py, fd: i32) -> Result<Value> {
        let result = system::fd(fd).and_then(|fd| rustix::termios::ttyname(fd, Vec::new()));
        let name = done(py, result)?;
        Ok(system::decode_path(py, name.as_bytes()))
    }
    #[py("(fd, /)")]
    fn get_inheritable(py: &mut Py, fd: i32) -> Result<bool> {
        let result = system::fd(fd).and_then(rustix::io::fcntl_getfd);
        Ok(!done(py, result)?.contains(FdFlags::CLOEXEC))
    }
    #[py("(fd, inheritable, /)")]
    fn set_inheritable(py: &mut Py, fd: i32, inheritable: bool) -> Result<()> {
        let flags = if inheritable { FdFlags::empty() } else { FdFlags::CLOEXEC };
        let result = system::fd(fd).and_then(|fd| rustix::io::fcntl_setfd(fd, flags));
        done(py, result)
    }
    #[py("(fd, /)")]
    fn get_blocking(py: &mut Py, fd: i32) -> Result<bool> {
        let result = system::fd(fd).and_then(rustix::fs::fcntl_getfl);
        Ok(!done(py, result)?.contains(OFlags::NONBLOCK))
    }
    #[py("(fd, blocking, /)")]
    fn set_blocking(py: &mut Py, fd: i32, blocking: bool) -> Result<()> {
        let result = system::fd(fd).and_then(|fd| {
            let mut flags = rustix::fs::fcntl_getfl(fd)?;
            flags.set(OFlags::NONBLOCK, !blocking);
            rustix::fs::fcntl_setfl(fd, flags)
        });
        done(py, result)
    }
    #[py("()")]
    fn openpty(py: &mut Py) -> Result<(i32, i32)> {
        use rustix::pty::OpenptFlags;
        let pair = || -> rustix::io::Result<_> {
            let controller = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
            rustix::pty::grantpt(&controller)?;
            rustix::pty::unlockpt(&controller)?;
            let name = rustix::pty::ptsname(&controller, Vec::new())?;
            let user = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
            Ok((controller, user))
        };
        let (controller, user) = done(py, pair())?;
        Ok((lockstep_sched::number(controller), lockstep_sched::number(user)))
    }
}
