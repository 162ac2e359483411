//! `FileIO`: a file by its descriptor, without a buffer.

use lockstep_heap::{Guarded, Object, Ref, Shape, ShapeRef, Value, Visitor, flags};
use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::{NativeType, Py, Type};
use lockstep_macros::methods;
use lockstep_sched::WaitKind;
use rustix::fs::{FileType, Mode, OFlags, SeekFrom};
use rustix::io::Errno;

use super::base::{IoTypes, size_arg, unsupported};
use super::raw;
use crate::system;

/// The most that one system call is asked to move: Linux's own limit.
const MOST: usize = 0x7fff_f000;

/// The payload of a `FileIO`.
pub struct FileIo {
    fd: i32,
    created: bool,
    readable: bool,
    writable: bool,
    appending: bool,
    seekable: Option<bool>,
    closefd: bool,
    /// `_blksize`
    pub block: usize,
    finalizing: bool,
    name: Option<Value>,
}

impl Object for FileIo {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.name);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.name.take());
    }
}

impl Default for FileIo {
    fn default() -> Self {
        FileIo {
            fd: -1,
            created: false,
            readable: false,
            writable: false,
            appending: false,
            seekable: None,
            closefd: true,
            block: super::BUFFER_SIZE,
            finalizing: false,
            name: None,
        }
    }
}

/// What a mode string asks for.
struct Opening {
    flags: OFlags,
    file: FileIo,
}

fn parse_mode(mode: &str) -> Result<Opening> {
    let invalid = || value_error(format!("invalid mode: {mode}"));
    let once = || value_error("Must have exactly one of create/read/write/append mode and at most one plus");
    let mut file = FileIo::default();
    let mut flags = OFlags::empty();
    let (mut kind, mut plus) = (false, false);
    for c in mode.chars() {
        match c {
            'r' | 'w' | 'a' | 'x' if kind => return Err(once()),
            '+' if plus => return Err(once()),
            'r' => file.readable = true,
            'w' => {
                file.writable = true;
                flags |= OFlags::CREATE | OFlags::TRUNC;
            }
            'a' => {
                file.writable = true;
                file.appending = true;
                flags |= OFlags::CREATE | OFlags::APPEND;
            }
            'x' => {
                file.created = true;
                file.writable = true;
                flags |= OFlags::CREATE | OFlags::EXCL;
            }
            'b' => {}
            '+' => plus = true,
            _ => return Err(invalid()),
        }
        kind |= matches!(c, 'r' | 'w' | 'a' | 'x');
    }
    if !kind {
        return Err(once());
    }
    if plus {
        file.readable = true;
        file.writable = true;
    }
    flags |= match (file.readable, file.writable) {
        (true, true) => OFlags::RDWR,
        (true, false) => OFlags::RDONLY,
        _ => OFlags::WRONLY,
    };
    Ok(Opening { flags: flags | OFlags::CLOEXEC, file })
}

impl FileIo {
    /// Open a file, or take a descriptor over.
    pub fn open(py: &mut Py, file: &Value, mode: &str, closefd: bool, opener: Option<&Value>) -> Result<FileIo> {
        if file.as_float().is_some() {
            let kind = py.type_name(file);
            return Err(type_error(format!("expected str, bytes or os.PathLike object, not {kind}")));
        }
        let number = if lockstep_interp::types::int::is_int(file) {
            let n = py.index_clamped(file)?;
            if n < 0 {
                return Err(value_error("negative file descriptor"));
            }
            Some(
                i32::try_from(n)
                    .map_err(|_| lockstep_interp::object::raise::overflow_error("Python int too large to convert to C int"))?,
            )
        } else {
            None
        };
        let Opening { flags, file: mut made } = parse_mode(mode)?;
        made.name = Some(file.clone());
        made.closefd = closefd;
        if let Some(n) = number {
            made.fd = n;
        } else {
            let path = system::fspath(py, file)?;
            let path = system::path_of(py, path, "")?;
            if !closefd {
                return Err(value_error("Cannot use closefd=False with file name"));
            }
            made.fd = match opener {
                None => {
                    let bytes = path.bytes;
                    let opened = system::blocking(py, WaitKind::Call, -1, || {
                        rustix::fs::open(bytes.as_slice(), flags, Mode::from_raw_mode(0o666))
                    })?;
                    match opened {
                        Ok(fd) => lockstep_sched::number(fd),
                        Err(e) => return Err(system::fail_at(py, e, file)),
                    }
                }
                Some(opener) => {
                    let bits = py.int(i64::from(flags.bits()));
                    let fd = py.call(opener, &[file.clone(), bits])?;
                    if !lockstep_interp::types::int::is_int(&fd) {
                        return Err(type_error("expected integer from opener"));
                    }
                    match i32::try_from(py.index_clamped(&fd)?) {
                        Ok(n) if n >= 0 => n,
                        Ok(n) => return Err(value_error(format!("opener returned {n}"))),
                        Err(_) => return Err(value_error("opener returned -1")),
                    }
                }
            };
        }
        let status = system::fd(made.fd).and_then(rustix::fs::fstat);
        match status {
            Ok(status) if FileType::from_raw_mode(status.st_mode) == FileType::Directory => {
                made.abandon(number.is_some());
                return Err(system::fail_at(py, Errno::ISDIR, file));
            }
            Ok(status) => made.block = usize::try_from(status.st_blksize).unwrap_or(0).max(1),
            Err(Errno::BADF) => {
                made.fd = -1;
                return Err(system::fail_at(py, Errno::BADF, file));
            }
            Err(_) => {}
        }
        if made.appending
            && let Ok(fd) = system::fd(made.fd)
        {
            // A pipe cannot seek, and that is no error here.
            let _ = rustix::fs::seek(fd, SeekFrom::End(0));
        }
        Ok(made)
    }

    fn abandon(&mut self, foreign: bool) {
        if !foreign && self.fd >= 0 {
            // The error that is on its way matters more than this one.
            let _ = lockstep_sched::close(self.fd);
        }
        self.fd = -1;
    }

    /// A new object of the type itself.
    pub fn make(py: &mut Py, payload: FileIo) -> Ref<FileIo> {
        py.make(payload)
    }

    /// The descriptor, or the error that there is none.
    pub fn open_fd(py: &Py, this: &Ref<FileIo>) -> Result<i32> {
        let fd = this.get(py).fd;
        if fd < 0 { Err(value_error("I/O operation on closed file")) } else { Ok(fd) }
    }

    /// Up to `size` bytes by one system call; none if the descriptor has none now.
    pub fn read_some(py: &mut Py, this: &Ref<FileIo>, size: usize) -> Result<Option<Vec<u8>>> {
        Self::read_reusing(py, this, size, Vec::new())
    }

    /// The same into memory that was used before.
    pub fn read_reusing(py: &mut Py, this: &Ref<FileIo>, size: usize, mut bytes: Vec<u8>) -> Result<Option<Vec<u8>>> {
        let number = Self::open_fd(py, this)?;
        if !this.get(py).readable {
            return Err(unsupported(py, "File not open for reading"));
        }
        bytes.clear();
        if bytes.try_reserve_exact(size.min(MOST)).is_err() {
            return Err(lockstep_interp::object::raise::memory_error());
        }
        if size == 0 {
            return Ok(Some(bytes));
        }
        let result = system::blocking(py, WaitKind::Read, number, || {
            rustix::io::read(system::fd(number)?, rustix::buffer::spare_capacity(&mut bytes))
        })?;
        match result {
            Ok(_) => {
                bytes.truncate(size);
                Ok(Some(bytes))
            }
            Err(Errno::AGAIN) => Ok(None),
            Err(e) => Err(system::fail(py, e)),
        }
    }

    /// Write some of the bytes by one system call; none if there is no room now.
    pub fn write_some(py: &mut Py, this: &Ref<FileIo>, bytes: &[u8]) -> Result<Option<usize>> {
        let number = Self::open_fd(py, this)?;
        if !this.get(py).writable {
            return Err(unsupported(py, "File not open for writing"));
        }
        let bytes = &bytes[..bytes.len().min(MOST)];
        let result = system::blocking(py, WaitKind::Write, number, || rustix::io::write(system::fd(number)?, bytes))?;
        match result {
            Ok(n) => Ok(Some(n)),
            Err(Errno::AGAIN) => Ok(None),
            Err(e) => Err(system::fail(py, e)),
        }
    }

    /// Everything up to the end; none if nothing is there yet.
    pub fn read_all(py: &mut Py, this: &Ref<FileIo>) -> Result<Option<Vec<u8>>> {
        let number = Self::open_fd(py, this)?;
        let left = system::fd(number).ok().and_then(|fd| {
            let size = rustix::fs::fstat(fd).ok()?.st_size;
            let at = rustix::fs::tell(fd).ok()?;
            u64::try_from(size).ok()?.checked_sub(at)
        });
        // One more byte than there should be shows the end in one call.
        let mut want = left.map_or(super::BUFFER_SIZE, |n| n as usize + 1).clamp(super::BUFFER_SIZE, 1 << 26);
        let mut all = Vec::new();
        loop {
            match Self::read_some(py, this, want)? {
                None if all.is_empty() => return Ok(None),
                None => return Ok(Some(all)),
                Some(part) if part.is_empty() => return Ok(Some(all)),
                Some(part) if all.is_empty() => all = part,
                Some(part) => all.extend_from_slice(&part),
            }
            want = want.max(all.len()).min(1 << 26);
            if left.is_some_and(|n| all.len() as u64 == n) {
                want = 1;
            }
        }
    }

    fn mode_text(&self) -> &'static str {
        match (self.created, self.appending, self.readable, self.writable) {
            (true, _, true, _) => "xb+",
            (true, ..) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, ..) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }

    fn seek_to(py: &mut Py, this: &Ref<FileIo>, offset: i64, whence: i32) -> Result<i64> {
        let number = Self::open_fd(py, this)?;
        let from = match whence {
            0 if offset < 0 => return Err(system::fail(py, Errno::INVAL)),
            0 => SeekFrom::Start(offset as u64),
            1 => SeekFrom::Current(offset),
            2 => SeekFrom::End(offset),
            3 if offset >= 0 => SeekFrom::Data(offset as u64),
            4 if offset >= 0 => SeekFrom::Hole(offset as u64),
            _ => return Err(system::fail(py, Errno::INVAL)),
        };
        match system::fd(number).and_then(|fd| rustix::fs::seek(fd, from)) {
            Ok(at) => Ok(at as i64),
            Err(e) => Err(system::fail(py, e)),
        }
    }

    /// Whether the descriptor can seek; asked once.
    pub fn can_seek(py: &mut Py, this: &Ref<FileIo>) -> Result<bool> {
        let number = Self::open_fd(py, this)?;
        if let Some(known) = this.get(py).seekable {
            return Ok(known);
        }
        let able = system::fd(number).and_then(rustix::fs::tell).is_ok();
        this.get_mut(py).seekable = Some(able);
        Ok(able)
    }
    /// Whether it is closed.
    pub fn is_closed(py: &Py, this: &Ref<FileIo>) -> bool {
        this.get(py).fd < 0
    }
    /// Whether it is a terminal.
    pub fn is_terminal(py: &mut Py, this: &Ref<FileIo>) -> Result<bool> {
        let number = Self::open_fd(py, this)?;
        Ok(system::fd(number).is_ok_and(rustix::termios::isatty))
    }

    /// Give it another `name`.
    pub fn rename(py: &mut Py, this: &Ref<FileIo>, name: Value) {
        drop(this.get_mut(py).name.replace(name));
    }

    /// Close the descriptor.
    pub fn shut(py: &mut Py, this: &Ref<FileIo>) -> Result<()> {
        let file = this.get_mut(py);
        let number = std::mem::replace(&mut file.fd, -1);
        if number < 0 || !file.closefd {
            return Ok(());
        }
        let (closed, requests) =
            py.thread().block(&lockstep_sched::Wait::new(WaitKind::Call).fd(number), || lockstep_sched::close(number));
        lockstep_interp::embed::serve(py, requests)?;
        closed.map_err(|e| system::fail_io(py, &e))
    }
}

#[methods]
impl FileIo {
    #[staticmethod("(cls, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &Value, kwargs: &Value) -> Result<Value> {
        let _ = (args, kwargs);
        Ok(py.make_in(cls, FileIo::default()).into_value())
    }
    #[py("(self, file, mode='r', closefd=True, opener=None)")]
    fn __init__(py: &mut Py, this: &Ref<FileIo>, file: &Value, mode: &str, closefd: bool, opener: Option<Value>) -> Result<()> {
        if this.get(py).fd >= 0 {
            FileIo::shut(py, this)?;
        }
        let opener = opener.filter(|o| !o.is_none());
        let made = FileIo::open(py, file, mode, closefd, opener.as_ref())?;
        *this.get_mut(py) = made;
        Ok(())
    }
    /// Read at most size bytes, returned as bytes.
    #[py("(self, size=-1, /)")]
    fn read(py: &mut Py, this: &Ref<FileIo>, size: &Value) -> Result<Value> {
        FileIo::open_fd(py, this)?;
        if !this.get(py).readable {
            return Err(unsupported(py, "File not open for reading"));
        }
        let size = size_arg(py, Some(size))?;
        let got = if size < 0 { FileIo::read_all(py, this)? } else { FileIo::read_some(py, this, size as usize)? };
        Ok(got.map_or(Value::NONE, |bytes| py.bytes(&bytes)))
    }
    /// Read all data from the file, returned as bytes.
    #[py("(self, /)")]
    fn readall(py: &mut Py, this: &Ref<FileIo>) -> Result<Value> {
        let got = FileIo::read_all(py, this)?;
        Ok(got.map_or(Value::NONE, |bytes| py.bytes(&bytes)))
    }
    /// Same as RawIOBase.readinto().
    #[py("(self, buffer, /)")]
    fn readinto(py: &mut Py, this: &Ref<FileIo>, buffer: &Value) -> Result<Value> {
        FileIo::open_fd(py, this)?;
        if !this.get(py).readable {
            return Err(unsupported(py, "File not open for reading"));
        }
        let room = raw::buffer_len(py, buffer)?;
        let Some(bytes) = FileIo::read_some(py, this, room)? else { return Ok(Value::NONE) };
        raw::write_into(py, buffer, &bytes)?;
        Ok(py.int(bytes.len() as i64))
    }
    /// Write buffer b to file, return number of bytes written.
    #[py("(self, b, /)")]
    fn write(py: &mut Py, this: &Ref<FileIo>, b: &Value) -> Result<Option<usize>> {
        FileIo::open_fd(py, this)?;
        if !this.get(py).writable {
            return Err(unsupported(py, "File not open for writing"));
        }
        raw::with_bytes(py, b, |py, bytes| FileIo::write_some(py, this, bytes))
    }
    /// Move to new file position and return the file position.
    #[py("(self, pos, whence=0, /)")]
    fn seek(py: &mut Py, this: &Ref<FileIo>, pos: &Value, whence: i32) -> Result<i64> {
        FileIo::open_fd(py, this)?;
        if pos.as_float().is_some() {
            return Err(type_error("an integer is required"));
        }
        let pos = py.index_clamped(pos)? as i64;
        FileIo::seek_to(py, this, pos, whence)
    }
    /// Current file position.
    #[py("(self, /)")]
    fn tell(py: &mut Py, this: &Ref<FileIo>) -> Result<i64> {
        FileIo::seek_to(py, this, 0, 1)
    }
    /// Truncate the file to at most size bytes and return the truncated size.
    #[py("(self, size=None, /)")]
    fn truncate(py: &mut Py, this: &Ref<FileIo>, size: &Value) -> Result<i64> {
        let number = FileIo::open_fd(py, this)?;
        if !this.get(py).writable {
            return Err(unsupported(py, "File not open for writing"));
        }
        let size = if size.is_none() { FileIo::seek_to(py, this, 0, 1)? } else { py.index_clamped(size)? as i64 };
        if size < 0 {
            return Err(system::fail(py, Errno::INVAL));
        }
        match system::blocking(py, WaitKind::Call, number, || rustix::fs::ftruncate(system::fd(number)?, size as u64))? {
            Ok(()) => Ok(size),
            Err(e) => Err(system::fail(py, e)),
        }
    }
    /// Close the file.
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<FileIo>) -> Result<()> {
        if !py.is_exact::<FileIo>(this.as_value()) && !this.as_value().is_none() {
            let base = py.state::<IoTypes>().raw.clone();
            if let Some(base) = base {
                let close = py.getattr(base.as_value(), "close")?;
                let flushed = py.call(&close, &[this.to_value()]);
                FileIo::warn_if_open(py, this);
                FileIo::shut(py, this)?;
                return flushed.map(drop);
            }
        }
        FileIo::warn_if_open(py, this);
        FileIo::shut(py, this)
    }
    fn warn_if_open(py: &mut Py, this: &Ref<FileIo>) {
        if this.get(py).finalizing {
            let value = this.to_value();
            Self::warn(py, this, &value);
        }
    }
    fn warn(py: &mut Py, this: &Ref<FileIo>, source: &Value) {
        let file = this.get(py);
        if file.fd >= 0 && file.closefd {
            super::warn_unclosed(py, this.as_value(), source);
        }
    }
    #[py("(self, source, /)", name = "_dealloc_warn")]
    fn dealloc_warn(py: &mut Py, this: &Ref<FileIo>, source: &Value) {
        Self::warn(py, this, source);
    }
    #[py("(self, /)")]
    fn __del__(py: &mut Py, this: &Ref<FileIo>) -> Result<()> {
        if this.get(py).fd < 0 && py.is_exact::<FileIo>(this.as_value()) {
            return Ok(());
        }
        this.get_mut(py).finalizing = true;
        if matches!(super::base::is_closed(py, this.as_value()), Ok(false)) {
            py.call_method(this.as_value(), "close", &[])?;
        }
        Ok(())
    }
    /// True if file supports random-access.
    #[py("(self, /)")]
    fn seekable(py: &mut Py, this: &Ref<FileIo>) -> Result<bool> {
        FileIo::can_seek(py, this)
    }
    /// True if file was opened in a read mode.
    #[py("(self, /)")]
    fn readable(py: &mut Py, this: &Ref<FileIo>) -> Result<bool> {
        FileIo::open_fd(py, this)?;
        Ok(this.get(py).readable)
    }
    /// True if file was opened in a write mode.
    #[py("(self, /)")]
    fn writable(py: &mut Py, this: &Ref<FileIo>) -> Result<bool> {
        FileIo::open_fd(py, this)?;
        Ok(this.get(py).writable)
    }
    /// Return the underlying file descriptor (an integer).
    #[py("(self, /)")]
    fn fileno(py: &mut Py, this: &Ref<FileIo>) -> Result<i32> {
        FileIo::open_fd(py, this)
    }
    /// True if the file is connected to a TTY device.
    #[py("(self, /)")]
    fn isatty(py: &mut Py, this: &Ref<FileIo>) -> Result<bool> {
        FileIo::is_terminal(py, this)
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<FileIo>) -> Result<Value> {
        py.native_stack()?;
        let class = py.type_name(this.as_value());
        let file = this.get(py);
        if file.fd < 0 {
            let text = format!("<{class} [closed]>");
            return Ok(py.str(&text));
        }
        let (mode, closefd, fd, name) =
            (file.mode_text(), if file.closefd { "True" } else { "False" }, file.fd, file.name.clone());
        let text = match name {
            Some(name) => {
                let name = py.repr(&name)?;
                format!("<{class} name={name} mode='{mode}' closefd={closefd}>")
            }
            None => format!("<{class} fd={fd} mode='{mode}' closefd={closefd}>"),
        };
        Ok(py.str(&text))
    }
    #[py("(self, /)")]
    fn __getstate__(py: &mut Py, this: &Ref<FileIo>) -> Result<Value> {
        Err(type_error(format!("cannot pickle '{}' instances", py.type_name(this.as_value()))))
    }
    /// True if the file is closed
    #[getter]
    fn closed(py: &mut Py, this: &Ref<FileIo>) -> bool {
        this.get(py).fd < 0
    }
    #[getter]
    fn closefd(py: &mut Py, this: &Ref<FileIo>) -> bool {
        this.get(py).closefd
    }
    #[getter]
    fn mode(py: &mut Py, this: &Ref<FileIo>) -> Value {
        let text = this.get(py).mode_text();
        py.str(text)
    }
    #[getter]
    fn name(py: &mut Py, this: &Ref<FileIo>) -> Result<Value> {
        match this.get(py).name.clone() {
            Some(name) => Ok(name),
            None => {
                let name = py.intern("name");
                Err(lockstep_interp::object::raise::no_attribute(py, this.as_value(), &name))
            }
        }
    }
    #[setter(name)]
    fn set_name(py: &mut Py, this: &Ref<FileIo>, value: Option<Value>) -> Result<()> {
        drop(std::mem::replace(&mut this.get_mut(py).name, value));
        Ok(())
    }
    #[getter(name = "_blksize")]
    fn blksize(py: &mut Py, this: &Ref<FileIo>) -> usize {
        this.get(py).block
    }
    #[setter("_blksize")]
    fn set_blksize(py: &mut Py, this: &Ref<FileIo>, value: Option<Value>) -> Result<()> {
        if let Some(value) = value {
            this.get_mut(py).block = py.index_clamped(&value)?.max(1) as usize;
        }
        Ok(())
    }
    #[getter(name = "_finalizing")]
    fn finalizing(py: &mut Py, this: &Ref<FileIo>) -> bool {
        this.get(py).finalizing
    }
    #[setter("_finalizing")]
    fn set_finalizing(py: &mut Py, this: &Ref<FileIo>, value: Option<Value>) -> Result<()> {
        this.get_mut(py).finalizing = value.is_some_and(|v| v.is_true());
        Ok(())
    }
}

impl NativeType for FileIo {
    const NAME: &'static str = "FileIO";
    const MODULE: &'static str = "_io";
    const DOC: Option<&'static str> = Some("Open a file.");
    fn shape() -> ShapeRef {
        finalized::<Self>()
    }
    fn base(py: &Py) -> Option<Ref<Type>> {
        py.state_if::<IoTypes>().and_then(|t| t.raw.clone())
    }
}

/// A shape with a dict, whose objects call `__del__` when they die.
pub fn finalized<T: Object>() -> ShapeRef {
    let shape = Shape::plain::<T>().derive(true, 0, 0);
    shape.set_birth_flags(flags::FINALIZE);
    shape
}
