//! The methods of mmap objects.

use lockstep_interp::object::raise::{
    Result, buffer_error, index_error, io_error, os_error, overflow_error, type_error, value_error,
};
use lockstep_interp::object::{NativeType, Special, Type, TypeFlags};
use lockstep_interp::types::buffer;
use lockstep_interp::types::int;
use lockstep_interp::types::sequence;
use lockstep_interp::types::slice::{self, Slice};
use lockstep_interp::{Py, Ref, Value, methods};
use lockstep_text::methods::search;

use super::{Access, Mmap, Request, change, construct, open, out_of_range, read, usable, writable};
use crate::system;

const EBADF: i32 = 9;

fn is_index(py: &Py, key: &Value) -> bool {
    int::is_int(key) || py.special(key, Special::Index).is_some()
}

/// The place of one byte.
fn place(py: &mut Py, this: &Ref<Mmap>, key: &Value, wanted: &'static str) -> Result<usize> {
    if !is_index(py, key) {
        return Err(type_error(wanted));
    }
    let n = sequence::index_sized(py, key)?;
    let len = open(py, this)?;
    sequence::within(n, len).ok_or_else(|| index_error("mmap index out of range"))
}

/// The places of a slice: the first, the step and how many.
fn places(py: &mut Py, this: &Ref<Mmap>, slice: &Ref<Slice>) -> Result<(usize, isize, usize)> {
    let (start, stop, step) = slice::unpack(py, &slice.start, &slice.stop, &slice.step)?;
    // The bounds may have run Python code: the size is looked at behind them.
    let len = open(py, this)?;
    Ok(slice::adjust(start, stop, step, len))
}

/// Where a search begins or ends: negative ones count from the end.
fn bound(n: isize, len: usize) -> usize {
    if n < 0 { len.saturating_sub(n.unsigned_abs()) } else { len.min(n as usize) }
}

/// Where a part of the bytes is; -1: nowhere.
fn search(py: &mut Py, this: &Ref<Mmap>, view: &Value, bounds: [Option<&Value>; 2], last: bool) -> Result<i64> {
    let mut given = [None; 2];
    for (slot, value) in given.iter_mut().zip(bounds) {
        if let Some(value) = value {
            *slot = Some(word(py, value)?);
        }
    }
    let needle = buffer::data(py, view)?;
    let len = usable(py, this)?;
    let start = given[0].map_or(this.get(py).position.min(len), |n| bound(n, len));
    let end = given[1].map_or(len, |n| bound(n, len));
    if start > end {
        return Ok(-1);
    }
    let found = read(py, this, |bytes| {
        let part = bytes.get(start..end)?;
        if last { search::rfind(part, &needle) } else { search::find(part, &needle) }
    })?;
    Ok(found.map_or(-1, |at| (start + at) as i64))
}

/// An argument that is a size.
fn word(py: &mut Py, value: &Value) -> Result<isize> {
    let n = py.index(value)?;
    let n = int::as_i64(&n).and_then(|n| isize::try_from(n).ok());
    n.ok_or_else(|| overflow_error("Python int too large to convert to C ssize_t"))
}

/// Takes up to `len` bytes from the position on.
fn take(py: &mut Py, this: &Ref<Mmap>, len: usize) -> Result<Value> {
    let from = this.get(py).position;
    py.room(len)?;
    let value = read(py, this, |bytes| py.bytes(bytes.get(from..from + len).unwrap_or(&[])))?;
    this.get_mut(py).position = from + len;
    Ok(value)
}

/// What is left behind the position.
fn left(py: &Py, this: &Ref<Mmap>) -> Result<usize> {
    let len = open(py, this)?;
    Ok(len.saturating_sub(this.get(py).position))
}

/// The bytes one by one, as the sequence gives them: a `bytes` object each.
fn single_bytes(py: &mut Py, this: &Ref<Mmap>) -> Result<Vec<Value>> {
    read(py, this, |bytes| bytes.iter().map(|b| py.bytes(&[*b])).collect())
}

#[methods]
impl Mmap {
    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("(type, /, fileno, length, flags=1, prot=3, access=0, offset=0, *, trackfd=True)")]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        fileno: i32,
        length: isize,
        flags: i32,
        prot: i32,
        access: i32,
        offset: i64,
        trackfd: bool,
    ) -> Result<Value> {
        construct(py, cls, Request { fd: fileno, len: length, flags, prot, access, offset, trackfd })
    }
    /// Return a buffer object that exposes the underlying memory of the object.
    #[py("(self, flags, /)")]
    fn __buffer__(py: &mut Py, this: &Ref<Mmap>, flags: i32) -> Result<Value> {
        let _ = flags;
        usable(py, this)?;
        lockstep_interp::types::memoryview::view(py, this.as_value())
    }
    /// Return bool(key in self).
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Ref<Mmap>, key: &Value) -> Result<bool> {
        let key = key.downcast::<lockstep_interp::types::bytes::Bytes>().map(|b| b.slice().to_vec());
        read(py, this, |bytes| matches!(key.as_deref(), Some([byte]) if bytes.contains(byte)))
    }
    /// Delete self[key].
    #[py("(self, key, /)")]
    fn __delitem__(py: &mut Py, this: &Ref<Mmap>, key: &Value) -> Result<()> {
        open(py, this)?;
        writable(py, this)?;
        let slice = key.downcast::<Slice>().is_some();
        Err(type_error(if slice { "mmap object doesn't support slice deletion" } else { "mmap doesn't support item deletion" }))
    }
    #[py("(self, /)")]
    fn __enter__(py: &mut Py, this: &Ref<Mmap>) -> Result<Value> {
        open(py, this)?;
        Ok(this.to_value())
    }
    #[py("(self, /, *args)")]
    fn __exit__(py: &mut Py, this: &Ref<Mmap>, args: &[Value]) -> Result<()> {
        let _ = args;
        Mmap::close(py, this)
    }
    /// Return self[key].
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<Mmap>, key: &Value) -> Result<Value> {
        open(py, this)?;
        if let Some(slice) = key.downcast::<Slice>() {
            let (first, step, count) = places(py, this, slice)?;
            py.room(count)?;
            let bytes = read(py, this, |bytes| {
                if step == 1 {
                    return bytes.get(first..first + count).unwrap_or(&[]).to_vec();
                }
                (0..count as isize).filter_map(|k| bytes.get(first.wrapping_add_signed(k * step)).copied()).collect()
            })?;
            return Ok(py.bytes(&bytes));
        }
        let at = place(py, this, key, "mmap indices must be integers")?;
        let byte = read(py, this, |bytes| bytes.get(at).copied())?;
        byte.map(|b| Value::int32(i32::from(b))).ok_or_else(|| index_error("mmap index out of range"))
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<Mmap>) -> Result<Value> {
        let items = single_bytes(py, this)?;
        let list = py.list(items);
        py.get_iter(&list)
    }
    /// Return len(self).
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Ref<Mmap>) -> Result<usize> {
        open(py, this)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Mmap>) -> String {
        let class = py.type_name(this.as_value());
        let class = if class == "mmap" { "mmap.mmap".to_owned() } else { class.to_string() };
        let m = this.get(py);
        match &m.map {
            None => format!("<{class} closed=True>"),
            Some(map) => format!(
                "<{class} closed=False, access={}, length={}, pos={}, offset={}>",
                m.access.name(),
                map.len(),
                m.position,
                m.offset
            ),
        }
    }
    /// Set self[key] to value.
    #[py("(self, key, value, /)")]
    fn __setitem__(py: &mut Py, this: &Ref<Mmap>, key: &Value, value: &Value) -> Result<()> {
        open(py, this)?;
        writable(py, this)?;
        if let Some(slice) = key.downcast::<Slice>() {
            places(py, this, slice)?;
            let new = buffer::data(py, value)?;
            let (first, step, count) = places(py, this, slice)?;
            if new.len() != count {
                return Err(index_error("mmap slice assignment is wrong size"));
            }
            return change(py, this, |bytes| {
                for (k, byte) in (0isize..).zip(new.iter()) {
                    if let Some(slot) = bytes.get_mut(first.wrapping_add_signed(k * step)) {
                        *slot = *byte;
                    }
                }
            });
        }
        place(py, this, key, "mmap indices must be integer")?;
        if !is_index(py, value) {
            return Err(type_error("mmap item value must be an int"));
        }
        let byte = word(py, value)?;
        let Ok(byte) = u8::try_from(byte) else {
            return Err(value_error("mmap item value must be in range(0, 256)"));
        };
        // The value may have run Python code.
        let at = place(py, this, key, "mmap indices must be integer")?;
        change(py, this, |bytes| bytes[at] = byte)
    }
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<Mmap>) -> Result<()> {
        if this.get(py).exports.any() {
            return Err(buffer_error("cannot close exported pointers exist"));
        }
        let m = this.get_mut(py);
        (m.map, m.file) = (None, None);
        Ok(())
    }
    #[getter]
    fn closed(py: &mut Py, this: &Ref<Mmap>) -> bool {
        this.get(py).map.is_none()
    }
    #[py("(self, view, start=<unbound>, end=<unbound>, /)")]
    fn find(py: &mut Py, this: &Ref<Mmap>, view: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<i64> {
        open(py, this)?;
        search(py, this, view, [start, end], false)
    }
    #[py("(self, offset=0, size=<unbound>, /)")]
    fn flush(py: &mut Py, this: &Ref<Mmap>, offset: isize, size: Option<&Value>) -> Result<()> {
        let len = open(py, this)?;
        let size = match size {
            Some(size) => word(py, size)?,
            None => len as isize,
        };
        let range = (usize::try_from(offset), usize::try_from(size));
        let (Ok(offset), Ok(size)) = range else { return Err(out_of_range("flush values out of range")) };
        if offset.checked_add(size).is_none_or(|end| end > open(py, this).unwrap_or(0)) {
            return Err(out_of_range("flush values out of range"));
        }
        let m = this.get(py);
        if matches!(m.access, Access::Read | Access::Copy) {
            return Ok(());
        }
        let flushed = m.map.as_ref().map_or(Ok(()), |map| map.flush(offset, size));
        flushed.map_err(|e| io_error(py, &e))
    }
    #[py("(self, option, start=0, length=<unbound>, /)")]
    fn madvise(py: &mut Py, this: &Ref<Mmap>, option: i32, start: isize, length: Option<&Value>) -> Result<()> {
        let len = open(py, this)?;
        let length = match length {
            Some(length) => word(py, length)?,
            None => len as isize,
        };
        let len = open(py, this)?;
        let Some(start) = usize::try_from(start).ok().filter(|s| *s < len) else {
            return Err(value_error("madvise start out of bounds"));
        };
        let Ok(length) = usize::try_from(length) else { return Err(value_error("madvise length invalid")) };
        if length > isize::MAX as usize - start {
            return Err(overflow_error("madvise length too large"));
        }
        let length = length.min(len - start);
        let advised = this.get_mut(py).map.as_mut().map_or(Ok(()), |map| map.advise(option, start, length));
        advised.map_err(|e| io_error(py, &e))
    }
    #[py("(self, dest, src, count, /)")]
    fn r#move(py: &mut Py, this: &Ref<Mmap>, dest: isize, src: isize, count: isize) -> Result<()> {
        let len = open(py, this)?;
        writable(py, this)?;
        let fits = |at: isize| usize::try_from(at).is_ok_and(|at| at <= len && count as usize <= len - at);
        if count < 0 || !fits(dest) || !fits(src) {
            return Err(value_error("source, destination, or count out of range"));
        }
        let (src, count) = (src as usize, count as usize);
        change(py, this, |bytes| bytes.copy_within(src..src + count, dest as usize))
    }
    #[py("(self, n=None, /)")]
    fn read(py: &mut Py, this: &Ref<Mmap>, n: &Value) -> Result<Value> {
        open(py, this)?;
        let wanted = if n.is_none() {
            -1
        } else if is_index(py, n) {
            sequence::count_sized(py, n)?
        } else {
            let got = py.type_name(n);
            return Err(type_error(format!("argument should be integer or None, not '{got}'")));
        };
        let left = left(py, this)?;
        let wanted = usize::try_from(wanted).map_or(left, |n| n.min(left));
        take(py, this, wanted)
    }
    #[py("(self, /)")]
    fn read_byte(py: &mut Py, this: &Ref<Mmap>) -> Result<i32> {
        if left(py, this)? == 0 {
            return Err(value_error("read byte out of range"));
        }
        let at = this.get(py).position;
        let byte = read(py, this, |bytes| bytes.get(at).copied().unwrap_or(0))?;
        this.get_mut(py).position = at + 1;
        Ok(i32::from(byte))
    }
    #[py("(self, /)")]
    fn readline(py: &mut Py, this: &Ref<Mmap>) -> Result<Value> {
        let left = left(py, this)?;
        let at = this.get(py).position;
        let line = read(py, this, |bytes| search::find(bytes.get(at..).unwrap_or(&[]), b"\n"))?;
        take(py, this, line.map_or(left, |end| end + 1))
    }
    #[py("(self, newsize, /)")]
    fn resize(py: &mut Py, this: &Ref<Mmap>, newsize: isize) -> Result<()> {
        let len = open(py, this)?;
        let m = this.get(py);
        if m.exports.any() {
            return Err(buffer_error("mmap can't resize with extant buffers exported."));
        }
        if m.untracked {
            return Err(value_error("mmap can't resize with trackfd=False."));
        }
        if matches!(m.access, Access::Read | Access::Copy) {
            return Err(type_error("mmap can't resize a readonly or copy-on-write memory map."));
        }
        let end = i64::try_from(newsize).ok().and_then(|n| n.checked_add(m.offset));
        let (Ok(new), Some(end)) = (usize::try_from(newsize), end) else {
            return Err(out_of_range("new size out of range"));
        };
        if m.file.is_none() && m.shared && new > len {
            return Err(value_error("mmap: can't expand a shared anonymous mapping on Linux"));
        }
        let truncated = match &m.file {
            // The file would be cut, and the mapping stay as it is.
            _ if new == 0 => Err(rustix::io::Errno::INVAL),
            Some(file) => rustix::fs::ftruncate(file, end as u64),
            None => Ok(()),
        };
        truncated.map_err(|e| system::fail(py, e))?;
        let resized = this.get_mut(py).map.as_mut().map_or(Ok(()), |map| map.resize(new));
        resized.map_err(|e| io_error(py, &e))
    }
    #[py("(self, view, start=<unbound>, end=<unbound>, /)")]
    fn rfind(py: &mut Py, this: &Ref<Mmap>, view: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<i64> {
        open(py, this)?;
        search(py, this, view, [start, end], true)
    }
    #[py("(self, pos, whence=0, /)")]
    fn seek(py: &mut Py, this: &Ref<Mmap>, pos: isize, whence: i32) -> Result<usize> {
        let len = open(py, this)?;
        let base = match whence {
            0 => 0,
            1 => this.get(py).position,
            2 => len,
            _ => return Err(value_error("unknown seek type")),
        };
        match base.checked_add_signed(pos) {
            Some(at) if at <= len => {
                this.get_mut(py).position = at;
                Ok(at)
            }
            _ => Err(out_of_range("seek out of range")),
        }
    }
    #[py("(self, /)")]
    fn seekable(_py: &mut Py, _this: &Ref<Mmap>) -> bool {
        true
    }
    #[py("(self, /)")]
    fn size(py: &mut Py, this: &Ref<Mmap>) -> Result<i64> {
        open(py, this)?;
        match &this.get(py).file {
            Some(file) => rustix::fs::fstat(file).map(|s| s.st_size).map_err(|e| system::fail(py, e)),
            None => Err(os_error(py, EBADF, None)),
        }
    }
    #[py("(self, /)")]
    fn tell(py: &mut Py, this: &Ref<Mmap>) -> Result<usize> {
        open(py, this)?;
        Ok(this.get(py).position)
    }
    #[py("(self, bytes, /)")]
    fn write(py: &mut Py, this: &Ref<Mmap>, bytes: &Value) -> Result<usize> {
        open(py, this)?;
        let new = buffer::data(py, bytes)?;
        writable(py, this)?;
        if new.len() > left(py, this)? {
            return Err(value_error("data out of range"));
        }
        let at = this.get(py).position;
        change(py, this, |bytes| bytes[at..at + new.len()].copy_from_slice(&new))?;
        this.get_mut(py).position = at + new.len();
        Ok(new.len())
    }
    #[py("(self, byte, /)")]
    fn write_byte(py: &mut Py, this: &Ref<Mmap>, byte: &Value) -> Result<()> {
        open(py, this)?;
        let n = py.index(byte)?;
        let Some(byte) = n.as_small_int().and_then(|n| u8::try_from(n).ok()) else {
            let less = int::to_ibig(&n).is_some_and(|n| n < dashu_int::IBig::ZERO);
            let side = if less { "less than minimum" } else { "greater than maximum" };
            return Err(overflow_error(format!("unsigned byte integer is {side}")));
        };
        writable(py, this)?;
        if left(py, this)? == 0 {
            return Err(value_error("write byte out of range"));
        }
        let at = this.get(py).position;
        change(py, this, |bytes| bytes[at] = byte)?;
        this.get_mut(py).position = at + 1;
        Ok(())
    }
}

impl NativeType for Mmap {
    const NAME: &'static str = "mmap";
    const MODULE: &'static str = "mmap";
    const DOC: Option<&'static str> = Some(
        "Windows: mmap(fileno, length[, tagname[, access[, offset]]])\n\nMaps length bytes from the file specified by the file handle fileno,\nand returns a mmap object.  If length is larger than the current size\nof the file, the file is extended to contain length bytes.  If length\nis 0, the maximum length of the map is the current size of the file,\nexcept that if the file is empty Windows raises an exception (you cannot\ncreate an empty mapping on Windows).\n\nUnix: mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])\n\nMaps length bytes from the file specified by the file descriptor fileno,\nand returns a mmap object.  If length is 0, the maximum length of the map\nwill be the current size of the file when mmap is called.\nflags specifies the nature of the mapping. MAP_PRIVATE creates a\nprivate copy-on-write mapping, so changes to the contents of the mmap\nobject will be private to this process, and MAP_SHARED creates a mapping\nthat's shared with all other processes mapping the same areas of the file.\nThe default value is MAP_SHARED.\n\nTo map anonymous memory, pass -1 as the fileno (both versions).",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}
