//! What the system says of itself: `sysconf` and its kin, by number.

use std::ffi::CStr;
use std::{io, ptr};

/// Runs a query whose answer -1 means an error or "no limit".
fn query(ask: impl FnOnce() -> i64) -> io::Result<i64> {
    // SAFETY: the thread's own errno.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    unsafe { *errno = 0 };
    match ask() {
        // SAFETY: as above.
        -1 if unsafe { *errno } != 0 => Err(io::Error::last_os_error()),
        answer => Ok(answer),
    }
}

/// `sysconf`
pub fn system(name: i32) -> io::Result<i64> {
    // SAFETY: a number only.
    query(|| unsafe { libc::sysconf(name) })
}

/// `pathconf`
pub fn of_path(path: &CStr, name: i32) -> io::Result<i64> {
    // SAFETY: the path outlives the call.
    query(|| unsafe { libc::pathconf(path.as_ptr(), name) })
}

/// `fpathconf`
pub fn of_descriptor(fd: i32, name: i32) -> io::Result<i64> {
    // SAFETY: numbers only.
    query(|| unsafe { libc::fpathconf(fd, name) })
}

/// `confstr`; none: the name has no value.
pub fn text(name: i32) -> io::Result<Option<Vec<u8>>> {
    // SAFETY: asks for the size only.
    let size = query(|| match unsafe { libc::confstr(name, ptr::null_mut(), 0) } {
        0 => -1,
        size => size as i64,
    })?;
    let Ok(size) = usize::try_from(size) else { return Ok(None) };
    let mut out = vec![0u8; size];
    // SAFETY: `out` has as many bytes as are named.
    let written = unsafe { libc::confstr(name, out.as_mut_ptr().cast(), out.len()) };
    // The zero at the end is none of it.
    out.truncate(written.min(size).saturating_sub(1));
    Ok(Some(out))
}
