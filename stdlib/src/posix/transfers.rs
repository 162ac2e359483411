//! Moving bytes between descriptors, and reading and writing several pieces at once.

use std::io::{IoSlice, IoSliceMut};

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, buffer_error, type_error, value_error};
use lockstep_interp::types::buffer;
use lockstep_interp::types::int;
use lockstep_interp::types::list::List;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::module;
use lockstep_sched::WaitKind;
use rustix::fs::{Advice, FallocateFlags};
use rustix::io::{Errno, ReadWriteFlags};
use rustix::pipe::SpliceFlags;

use crate::system;

/// Most bytes of one system call.
const MOST: usize = 0x7fff_f000;

fn done<R>(py: &Py, result: rustix::io::Result<R>) -> Result<R> {
    result.map_err(|e| system::fail(py, e))
}

/// The buffers of a sequence.
fn buffers(py: &mut Py, buffers: &Value, function: &str) -> Result<Vec<Value>> {
    let is_sequence = buffers.is_a::<List>() || buffers.is_a::<Tuple>() || py.getattr_opt(buffers, "__getitem__")?.is_some();
    if !is_sequence {
        return Err(type_error(format!("{function}() arg 2 must be a sequence")));
    }
    py.collect(buffers)
}

/// Pieces of memory to read into, in place of the buffers: those may change while the lock is free.
fn pieces(py: &mut Py, buffers: &[Value]) -> Result<Vec<Vec<u8>>> {
    let mut pieces = Vec::with_capacity(buffers.len());
    for value in buffers {
        match buffer::writable_len(py, value)? {
            Some(len) => {
                py.room(len)?;
                pieces.push(vec![0; len]);
            }
            None if buffer::is_bytes_like(py, value) => return Err(buffer_error("Object is not writable.")),
            None => return Err(buffer::not_bytes_like(py, value)),
        }
    }
    Ok(pieces)
}

/// Puts what was read into the buffers.
fn distribute(py: &mut Py, buffers: &[Value], pieces: &[Vec<u8>], mut count: usize) -> Result<()> {
    for (value, piece) in buffers.iter().zip(pieces) {
        let len = piece.len().min(count);
        buffer::with_bytes_mut(py, value, |to| {
            let len = len.min(to.len());
            to[..len].copy_from_slice(&piece[..len]);
        })?;
        count -= len;
    }
    Ok(())
}

fn contents(py: &mut Py, buffers: &[Value]) -> Result<Vec<buffer::Data>> {
    buffers.iter().map(|value| buffer::data(py, value)).collect()
}

/// An offset; none: the descriptor's own position.
fn offset(py: &mut Py, value: &Value) -> Result<Option<u64>> {
    if value.is_none() {
        return Ok(None);
    }
    let n = py.index(value)?;
    let Some(n) = int::as_i64(&n) else {
        return Err(lockstep_interp::object::raise::overflow_error("Python int too large to convert to C long"));
    };
    // A negative one is for the system to refuse.
    Ok(Some(n as u64))
}

fn count(n: isize) -> Result<usize> {
    usize::try_from(n).map_err(|_| value_error("negative value for 'count' not allowed"))
}

/// The functions of this file.
pub struct Transfers;

#[module]
impl Transfers {
    /// Copy count bytes from one file descriptor to another.
    ///
    ///   src
    ///     Source file descriptor.
    ///   dst
    ///     Destination file descriptor.
    ///   count
    ///     Number of bytes to copy.
    ///   offset_src
    ///     Starting offset in src.
    ///   offset_dst
    ///     Starting offset in dst.
    #[py("(src, dst, count, offset_src=None, offset_dst=None)")]
    fn copy_file_range(py: &mut Py, src: i32, dst: i32, count: isize, offset_src: &Value, offset_dst: &Value) -> Result<usize> {
        let count = self::count(count)?;
        let (from, to) = (offset(py, offset_src)?, offset(py, offset_dst)?);
        let result = system::blocking(py, WaitKind::Call, src, || {
            let (mut from, mut to) = (from, to);
            rustix::fs::copy_file_range(system::fd(src)?, from.as_mut(), system::fd(dst)?, to.as_mut(), count)
        })?;
        done(py, result)
    }
    /// Announce an intention to access data in a specific pattern.
    #[py("(fd, offset, length, advice, /)")]
    fn posix_fadvise(py: &mut Py, fd: i32, offset: i64, length: i64, advice: i32) -> Result<()> {
        let advice = match advice {
            0 => Ok(Advice::Normal),
            1 => Ok(Advice::Random),
            2 => Ok(Advice::Sequential),
            3 => Ok(Advice::WillNeed),
            4 => Ok(Advice::DontNeed),
            5 => Ok(Advice::NoReuse),
            _ => Err(Errno::INVAL),
        };
        let length = u64::try_from(length).map_err(|_| Errno::INVAL).map(std::num::NonZero::new);
        let result =
            system::blocking(py, WaitKind::Call, fd, || rustix::fs::fadvise(system::fd(fd)?, offset as u64, length?, advice?))?;
        done(py, result)
    }
    /// Ensure a file has allocated at least a particular number of bytes on disk.
    #[py("(fd, offset, length, /)")]
    fn posix_fallocate(py: &mut Py, fd: i32, offset: i64, length: i64) -> Result<()> {
        let range = (u64::try_from(offset), u64::try_from(length));
        let result = system::blocking(py, WaitKind::Call, fd, || {
            let (Ok(offset), Ok(length @ 1..)) = range else { return Err(Errno::INVAL) };
            rustix::fs::fallocate(system::fd(fd)?, FallocateFlags::empty(), offset, length)
        })?;
        done(py, result)
    }
    /// Reads from a file descriptor into a number of mutable bytes-like objects.
    #[py("(fd, buffers, offset, flags=0, /)")]
    fn preadv(py: &mut Py, fd: i32, buffers: &Value, offset: i64, flags: i32) -> Result<usize> {
        let buffers = self::buffers(py, buffers, "preadv")?;
        let mut pieces = pieces(py, &buffers)?;
        let flags = ReadWriteFlags::from_bits_retain(flags as u32);
        let result = system::blocking(py, WaitKind::Read, fd, || {
            let mut slices: Vec<IoSliceMut<'_>> = pieces.iter_mut().map(|p| IoSliceMut::new(p)).collect();
            rustix::io::preadv2(system::fd(fd)?, &mut slices, offset as u64, flags)
        })?;
        let count = done(py, result)?;
        distribute(py, &buffers, &pieces, count)?;
        Ok(count)
    }
    /// Writes the contents of bytes-like objects to a file descriptor at a given offset.
    #[py("(fd, buffers, offset, flags=0, /)")]
    fn pwritev(py: &mut Py, fd: i32, buffers: &Value, offset: i64, flags: i32) -> Result<usize> {
        let buffers = self::buffers(py, buffers, "pwritev")?;
        let contents = contents(py, &buffers)?;
        let slices: Vec<&[u8]> = contents.iter().map(|c| &c[..]).collect();
        let flags = ReadWriteFlags::from_bits_retain(flags as u32);
        let result = system::blocking(py, WaitKind::Write, fd, || {
            let slices: Vec<IoSlice<'_>> = slices.iter().map(|s| IoSlice::new(s)).collect();
            rustix::io::pwritev2(system::fd(fd)?, &slices, offset as u64, flags)
        })?;
        done(py, result)
    }
    /// Read into a buffer object from a file descriptor.
    ///
    /// The buffer should be mutable and bytes-like. On success, returns the number of
    /// bytes read. Less bytes may be read than the size of the buffer. The underlying
    /// system call will be retried when interrupted by a signal, unless the signal
    /// handler raises an exception. Other errors will not be retried and an error will
    /// be raised.
    ///
    /// Returns 0 if *fd* is at end of file or if the provided *buffer* has length 0
    /// (which can be used to check for errors without reading data). Never returns
    /// negative.
    #[py("(fd, buffer, /)")]
    fn readinto(py: &mut Py, fd: i32, buffer: &Value) -> Result<usize> {
        let Some(len) = buffer::writable_len(py, buffer)? else {
            let got = py.type_name(buffer);
            return Err(type_error(format!("readinto() argument 2 must be read-write bytes-like object, not {got}")));
        };
        let len = len.min(MOST);
        py.room(len)?;
        let mut bytes = vec![0; len];
        let result = system::blocking(py, WaitKind::Read, fd, || rustix::io::read(system::fd(fd)?, &mut bytes[..]))?;
        let count = done(py, result)?;
        distribute(py, std::slice::from_ref(buffer), &[bytes], count)?;
        Ok(count)
    }
    /// Read from a file descriptor fd into an iterable of buffers.
    ///
    /// The buffers should be mutable buffers accepting bytes.
    /// readv will transfer data into each buffer until it is full
    /// and then move on to the next buffer in the sequence to hold
    /// the rest of the data.
    ///
    /// readv returns the total number of bytes read,
    /// which may be less than the total capacity of all the buffers.
    #[py("(fd, buffers, /)")]
    fn readv(py: &mut Py, fd: i32, buffers: &Value) -> Result<usize> {
        let buffers = self::buffers(py, buffers, "readv")?;
        let mut pieces = pieces(py, &buffers)?;
        let result = system::blocking(py, WaitKind::Read, fd, || {
            let mut slices: Vec<IoSliceMut<'_>> = pieces.iter_mut().map(|p| IoSliceMut::new(p)).collect();
            rustix::io::readv(system::fd(fd)?, &mut slices)
        })?;
        let count = done(py, result)?;
        distribute(py, &buffers, &pieces, count)?;
        Ok(count)
    }
    /// Copy count bytes from file descriptor in_fd to file descriptor out_fd.
    #[py("(out_fd, in_fd, offset, count)")]
    fn sendfile(py: &mut Py, out_fd: i32, in_fd: i32, offset: &Value, count: isize) -> Result<usize> {
        let offset = self::offset(py, offset)?;
        let result = system::blocking(py, WaitKind::Write, out_fd, || {
            let mut offset = offset;
            rustix::fs::sendfile(system::fd(out_fd)?, system::fd(in_fd)?, offset.as_mut(), count as usize)
        })?;
        done(py, result)
    }
    /// Transfer count bytes from one pipe to a descriptor or vice versa.
    ///
    ///   src
    ///     Source file descriptor.
    ///   dst
    ///     Destination file descriptor.
    ///   count
    ///     Number of bytes to copy.
    ///   offset_src
    ///     Starting offset in src.
    ///   offset_dst
    ///     Starting offset in dst.
    ///   flags
    ///     Flags to modify the semantics of the call.
    ///
    /// If offset_src is None, then src is read from the current position;
    /// respectively for offset_dst. The offset associated to the file
    /// descriptor that refers to a pipe must be None.
    #[py("(src, dst, count, offset_src=None, offset_dst=None, flags=0)")]
    fn splice(
        py: &mut Py,
        src: i32,
        dst: i32,
        count: isize,
        offset_src: &Value,
        offset_dst: &Value,
        flags: u32,
    ) -> Result<usize> {
        let count = self::count(count)?;
        let (from, to) = (offset(py, offset_src)?, offset(py, offset_dst)?);
        let flags = SpliceFlags::from_bits_retain(flags);
        let result = system::blocking(py, WaitKind::Read, src, || {
            let (mut from, mut to) = (from, to);
            rustix::pipe::splice(system::fd(src)?, from.as_mut(), system::fd(dst)?, to.as_mut(), count, flags)
        })?;
        done(py, result)
    }
    /// Iterate over buffers, and write the contents of each to a file descriptor.
    ///
    /// Returns the total number of bytes written.
    /// buffers must be a sequence of bytes-like objects.
    #[py("(fd, buffers, /)")]
    fn writev(py: &mut Py, fd: i32, buffers: &Value) -> Result<usize> {
        let buffers = self::buffers(py, buffers, "writev")?;
        let contents = contents(py, &buffers)?;
        let slices: Vec<&[u8]> = contents.iter().map(|c| &c[..]).collect();
        let result = system::blocking(py, WaitKind::Write, fd, || {
            let slices: Vec<IoSlice<'_>> = slices.iter().map(|s| IoSlice::new(s)).collect();
            rustix::io::writev(system::fd(fd)?, &slices)
        })?;
        done(py, result)
    }
}
