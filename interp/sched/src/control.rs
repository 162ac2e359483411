//! `fcntl`, `ioctl` and the locks of files, by the numbers that scripts give. What the calls read
//! and write is memory of ours, with room behind the script's own bytes for what a request writes
//! beyond them.

use std::io;

/// Bytes that a request may write whatever the caller believes: the request's number has 14 bits
/// for a size.
const ROOM: usize = 1 << 14;
/// Below this no memory is mapped, so that a number cannot be a place in ours.
const FIRST_ADDRESS: i64 = 1 << 16;
/// Commands of `fcntl` whose argument is an address.
const WITH_ADDRESS: [i32; 12] = [5, 6, 7, 15, 16, 36, 37, 38, 1035, 1036, 1037, 1038];

fn check(result: i32) -> io::Result<i32> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn bad_address() -> io::Error {
    io::Error::from_raw_os_error(libc::EFAULT)
}

/// Runs a call on a copy of `bytes` with room behind it, and copies the result back.
fn with_room(bytes: &mut [u8], call: impl FnOnce(*mut u8) -> i32) -> io::Result<i32> {
    // Words, so that the structures in it are aligned.
    let mut room = vec![0u64; (bytes.len() + ROOM).div_ceil(8)];
    for (word, chunk) in room.iter_mut().zip(bytes.chunks(8)) {
        let mut raw = [0; 8];
        raw[..chunk.len()].copy_from_slice(chunk);
        *word = u64::from_ne_bytes(raw);
    }
    let result = check(call(room.as_mut_ptr().cast()))?;
    for (word, chunk) in room.iter().zip(bytes.chunks_mut(8)) {
        chunk.copy_from_slice(&word.to_ne_bytes()[..chunk.len()]);
    }
    Ok(result)
}

/// `fcntl` with a number.
pub fn control(fd: i32, command: i32, argument: i32) -> io::Result<i32> {
    if WITH_ADDRESS.contains(&command) && i64::from(argument) >= FIRST_ADDRESS {
        return Err(bad_address());
    }
    // SAFETY: either the command takes a number, or the number is no address of ours.
    check(unsafe { libc::fcntl(fd, command, argument) })
}

/// `fcntl` with a structure.
pub fn control_with(fd: i32, command: i32, bytes: &mut [u8]) -> io::Result<i32> {
    // SAFETY: the address is that of memory of ours, larger than any structure of `fcntl`.
    with_room(bytes, |room| unsafe { libc::fcntl(fd, command, room) })
}

/// `ioctl` with a number. One that could be an address of ours is refused: nobody but a device
/// knows whether it would write there.
pub fn device(fd: i32, request: u64, argument: i32) -> io::Result<i32> {
    if i64::from(argument) >= FIRST_ADDRESS {
        return Err(bad_address());
    }
    // SAFETY: the number is no address of ours.
    check(unsafe { libc::ioctl(fd, request, argument) })
}

/// `ioctl` with a structure.
pub fn device_with(fd: i32, request: u64, bytes: &mut [u8]) -> io::Result<i32> {
    // SAFETY: the address is that of memory of ours, as large as any structure of a request.
    with_room(bytes, |room| unsafe { libc::ioctl(fd, request, room) })
}

/// `flock`
pub fn lock_file(fd: i32, operation: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    check(unsafe { libc::flock(fd, operation) }).map(drop)
}

/// A lock of a range of a file (`F_SETLK`, `F_SETLKW`).
#[derive(Debug, Clone, Copy)]
pub struct RangeLock {
    /// `F_RDLCK`, `F_WRLCK` or `F_UNLCK`.
    pub kind: i16,
    /// From where `start` counts: `SEEK_SET` and its kin.
    pub whence: i16,
    /// Where it begins.
    pub start: i64,
    /// How many bytes; 0: to the end.
    pub len: i64,
}

/// Takes or gives back a lock of a range; `wait`: until it is free.
pub fn lock_range(fd: i32, lock: RangeLock, wait: bool) -> io::Result<()> {
    // SAFETY: all-zero is a valid structure.
    let mut raw: libc::flock = unsafe { std::mem::zeroed() };
    (raw.l_type, raw.l_whence, raw.l_start, raw.l_len) = (lock.kind, lock.whence, lock.start, lock.len);
    let command = if wait { libc::F_SETLKW } else { libc::F_SETLK };
    // SAFETY: the structure is ours and outlives the call.
    check(unsafe { libc::fcntl(fd, command, &raw const raw) }).map(drop)
}

/// Whether nobody else holds a lock in a range (`F_GETLK`).
pub fn range_is_free(fd: i32, lock: RangeLock) -> io::Result<bool> {
    // SAFETY: all-zero is a valid structure.
    let mut raw: libc::flock = unsafe { std::mem::zeroed() };
    (raw.l_type, raw.l_whence, raw.l_start, raw.l_len) = (lock.kind, lock.whence, lock.start, lock.len);
    // SAFETY: the structure is ours and outlives the call.
    check(unsafe { libc::fcntl(fd, libc::F_GETLK, &raw mut raw) })?;
    Ok(i32::from(raw.l_type) == libc::F_UNLCK)
}
