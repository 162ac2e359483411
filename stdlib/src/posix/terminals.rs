//! Terminals and pseudo-terminals.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::Result;
use lockstep_macros::module;
use lockstep_sched::Fork;
use rustix::fs::{Mode, OFlags};
use rustix::process::Pid;
use rustix::pty::OpenptFlags;

use crate::system;

fn done<R>(py: &Py, result: rustix::io::Result<R>) -> Result<R> {
    result.map_err(|e| system::fail(py, e))
}

/// Makes a terminal the one of a new session, and standard input, output and error.
fn log_in(fd: i32) -> rustix::io::Result<()> {
    system::fd(fd)?;
    // Who leads a session already goes on with it.
    let _ = rustix::process::setsid();
    rustix::process::ioctl_tiocsctty(system::fd(fd)?)?;
    for standard in 0..3 {
        if standard != fd {
            let done = lockstep_sched::duplicate_to(fd, standard, false);
            done.map_err(|e| rustix::io::Errno::from_io_error(&e).unwrap_or(rustix::io::Errno::IO))?;
        }
    }
    if fd > 2 {
        // It has three other names now.
        drop(lockstep_sched::close(fd));
    }
    Ok(())
}

/// The functions of this file.
pub struct Terminals;

#[module]
impl Terminals {
    /// Return the name of the controlling terminal for this process.
    #[py("()")]
    fn ctermid(_py: &mut Py) -> &'static str {
        "/dev/tty"
    }
    /// Return a string describing the encoding of a terminal's file descriptor.
    ///
    /// The file descriptor must be attached to a terminal.
    /// If the device is not a terminal, return None.
    #[py("(fd)")]
    fn device_encoding(py: &mut Py, fd: i32) -> Value {
        if system::fd(fd).is_ok_and(rustix::termios::isatty) { py.str("UTF-8") } else { Value::NONE }
    }
    /// Fork a new process with a new pseudo-terminal as controlling tty.
    ///
    /// Returns a tuple of (pid, master_fd).
    /// Like fork(), return pid of 0 to the child process,
    /// and pid of child to the parent process.
    /// To both, return fd of newly opened pseudo-terminal.
    #[py("()")]
    fn forkpty(py: &mut Py) -> Result<(i32, i32)> {
        let pair = || -> rustix::io::Result<_> {
            let controller = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
            rustix::pty::grantpt(&controller)?;
            rustix::pty::unlockpt(&controller)?;
            let name = rustix::pty::ptsname(&controller, Vec::new())?;
            let user = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?;
            Ok((controller, user))
        };
        let (controller, user) = done(py, pair())?;
        match super::fork(py)? {
            Fork::Child => {
                drop(controller);
                let logged_in = log_in(lockstep_sched::number(user));
                done(py, logged_in)?;
                Ok((0, -1))
            }
            Fork::Parent(pid) => {
                super::fork::warn_of_threads(py, "forkpty")?;
                Ok((pid, lockstep_sched::number(controller)))
            }
        }
    }
    /// Grant access to the slave pseudo-terminal device.
    ///
    ///   fd
    ///     File descriptor of a master pseudo-terminal device.
    ///
    /// Performs a grantpt() C function call.
    #[py("(fd, /)")]
    fn grantpt(py: &mut Py, fd: &Value) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let result = system::fd(fd).and_then(rustix::pty::grantpt);
        done(py, result)
    }
    /// Prepare the tty of which fd is a file descriptor for a new login session.
    ///
    /// Make the calling process a session leader; make the tty the
    /// controlling tty, the stdin, the stdout, and the stderr of the
    /// calling process; close fd.
    #[py("(fd, /)")]
    fn login_tty(py: &mut Py, fd: &Value) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let result = log_in(fd);
        done(py, result)
    }
    /// Open and return a file descriptor for a master pseudo-terminal device.
    ///
    /// Performs a posix_openpt() C function call.
    #[py("(oflag, /)")]
    fn posix_openpt(py: &mut Py, oflag: i32) -> Result<i32> {
        let flags = OpenptFlags::from_bits_retain(oflag as u32) | OpenptFlags::CLOEXEC;
        done(py, rustix::pty::openpt(flags)).map(lockstep_sched::number)
    }
    /// Return the name of the slave pseudo-terminal device.
    ///
    ///   fd
    ///     File descriptor of a master pseudo-terminal device.
    ///
    /// If the ptsname_r() C function is available, it is called;
    /// otherwise, performs a ptsname() C function call.
    #[py("(fd, /)")]
    fn ptsname(py: &mut Py, fd: &Value) -> Result<Value> {
        let fd = system::descriptor_of(py, fd)?;
        let result = system::fd(fd).and_then(|fd| rustix::pty::ptsname(fd, Vec::new()));
        let name = done(py, result)?;
        Ok(system::decode_path(py, name.as_bytes()))
    }
    /// Return the process group associated with the terminal specified by fd.
    #[py("(fd, /)")]
    fn tcgetpgrp(py: &mut Py, fd: i32) -> Result<i32> {
        let result = system::fd(fd).and_then(rustix::termios::tcgetpgrp);
        done(py, result).map(|pid| pid.as_raw_nonzero().get())
    }
    /// Set the process group associated with the terminal specified by fd.
    #[py("(fd, pgid, /)")]
    fn tcsetpgrp(py: &mut Py, fd: i32, pgid: i32) -> Result<()> {
        let result = system::fd(fd).and_then(|fd| match Pid::from_raw(pgid).filter(|_| pgid > 0) {
            Some(group) => rustix::termios::tcsetpgrp(fd, group),
            // The descriptor is judged before the number.
            None => rustix::termios::tcgetpgrp(fd).and(Err(rustix::io::Errno::INVAL)),
        });
        done(py, result)
    }
    /// Unlock a pseudo-terminal master/slave pair.
    ///
    ///   fd
    ///     File descriptor of a master pseudo-terminal device.
    ///
    /// Performs an unlockpt() C function call.
    #[py("(fd, /)")]
    fn unlockpt(py: &mut Py, fd: &Value) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let result = system::fd(fd).and_then(rustix::pty::unlockpt);
        done(py, result)
    }
}
