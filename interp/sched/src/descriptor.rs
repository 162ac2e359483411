//! File descriptors as scripts name them: by number. The system checks a number at each call
//! (`EBADF`); who closes one that another still uses gets what the script asked for.

use std::io;
use std::os::fd::{BorrowedFd, IntoRawFd, OwnedFd};

/// The descriptor with this number, for one system call. A negative number is `EBADF`.
pub fn descriptor(number: i32) -> io::Result<BorrowedFd<'static>> {
    if number < 0 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: the number is not -1. Whether it is open is the system's to say: no memory depends
    // on it, and every descriptor that the runtime itself needs is its own secret.
    Ok(unsafe { BorrowedFd::borrow_raw(number) })
}

/// The number of a descriptor that from now on belongs to a script.
pub fn number(descriptor: OwnedFd) -> i32 {
    descriptor.into_raw_fd()
}

/// Closes a descriptor and says what the system says of it. Not called again on `EINTR`: Linux
/// has closed the descriptor then.
pub fn close(number: i32) -> io::Result<()> {
    // SAFETY: `close` touches no memory of ours.
    if unsafe { libc::close(number) } == 0 {
        return Ok(());
    }
    match io::Error::last_os_error() {
        error if error.kind() == io::ErrorKind::Interrupted => Ok(()),
        error => Err(error),
    }
}

/// Makes `to` another name of what `from` is; what `to` was before is closed.
pub fn duplicate_to(from: i32, to: i32, close_on_exec: bool) -> io::Result<()> {
    let flags = if close_on_exec { libc::O_CLOEXEC } else { 0 };
    // SAFETY: these calls touch no memory of ours. `dup3` refuses equal numbers, `dup2` does not.
    let result = unsafe { if from == to { libc::dup2(from, to) } else { libc::dup3(from, to, flags) } };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
