//! The core of `BufferedReader`, `BufferedWriter` and `BufferedRandom`: one buffer for reading,
//! one for writing, at most one of them in use.
//!
//! The raw stream stands behind what was read ahead and before what waits to be written. What
//! fits the buffers is done under the interpreter's lock alone; who must call the raw stream
//! (and so may give up that lock) holds the object's own lock.

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_interp::object::raise::{Result, runtime_error, value_error};
use lockstep_interp::object::{Exc, Py, Raised};
use lockstep_interp::types::bytes::Bytes;
use lockstep_sched::{Outcome, Wait, WaitKind, WaitQueue};

use super::base::unsupported;
use super::fileio::FileIo;
use super::raw;

/// The payload of the three types.
#[derive(Default)]
pub struct Buffered {
    /// The raw stream; none before `__init__` and after `detach`.
    pub raw: Option<Value>,
    /// Whether `raw` was detached.
    pub detached: bool,
    /// Whether it reads.
    pub readable: bool,
    /// Whether it writes.
    pub writable: bool,
    /// What was read ahead; used up to `at`.
    pub ahead: Vec<u8>,
    /// Bytes of `ahead` that were handed out.
    pub at: usize,
    /// What waits to be written.
    pub pending: Vec<u8>,
    /// The size of the buffers.
    pub size: usize,
    /// The thread that calls the raw stream, or 0.
    pub busy: u64,
    /// Who waits for `busy`.
    pub queue: WaitQueue,
    /// Being closed by its finaliser.
    pub finalizing: bool,
}

impl Object for Buffered {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.raw);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.raw.take());
    }
}

/// What one look at the buffer for a line found.
enum Line {
    Whole(Vec<u8>),
    Part(Vec<u8>),
}

impl Buffered {
    /// The raw stream.
    pub fn raw(py: &Py, this: &Ref<Buffered>) -> Result<Value> {
        let b = this.get(py);
        match &b.raw {
            Some(raw) => Ok(raw.clone()),
            None if b.detached => Err(value_error("raw stream has been detached")),
            None => Err(value_error("I/O operation on uninitialized object")),
        }
    }

    /// Whether the raw stream is closed.
    pub fn is_closed(py: &mut Py, this: &Ref<Buffered>) -> Result<bool> {
        let raw = Self::raw(py, this)?;
        if py.is_exact::<FileIo>(&raw)
            && let Some(file) = raw.downcast::<FileIo>()
        {
            return Ok(FileIo::is_closed(py, file));
        }
        super::base::is_closed(py, &raw)
    }

    /// An error named after the operation if the stream is closed.
    pub fn check_open(py: &mut Py, this: &Ref<Buffered>, operation: &str) -> Result<Value> {
        if Self::is_closed(py, this)? {
            return Err(value_error(format!("{operation} of closed file")));
        }
        Self::raw(py, this)
    }

    fn enter(py: &mut Py, this: &Ref<Buffered>) -> Result<()> {
        loop {
            let me = py.thread().id();
            let b = this.get_mut(py);
            if b.busy == 0 {
                b.busy = me;
                return Ok(());
            }
            if b.busy == me {
                let shown = py.repr_lossy(this.as_value());
                return Err(runtime_error(format!("reentrant call inside {shown}")));
            }
            let owner = b.busy;
            let mut queue = std::mem::take(&mut b.queue);
            let place = queue.join(py.thread());
            this.get_mut(py).queue = queue;
            let wait = Wait::new(WaitKind::Lock).object(this.id()).owner(owner);
            if py.thread().wait_on(place, &wait) != Outcome::Woken {
                let mut queue = std::mem::take(&mut this.get_mut(py).queue);
                queue.leave(py.thread());
                this.get_mut(py).queue = queue;
                py.check()?;
            }
        }
    }

    fn exit(py: &mut Py, this: &Ref<Buffered>) {
        let b = this.get_mut(py);
        b.busy = 0;
        if !b.queue.is_empty() {
            let mut queue = std::mem::take(&mut b.queue);
            queue.wake_one(py.thread());
            this.get_mut(py).queue = queue;
        }
    }

    /// Run `body` as the only one that calls the raw stream.
    pub fn alone<R>(py: &mut Py, this: &Ref<Buffered>, body: impl FnOnce(&mut Py, &Value) -> Result<R>) -> Result<R> {
        let raw = Self::raw(py, this)?;
        Self::enter(py, this)?;
        let result = body(py, &raw);
        Self::exit(py, this);
        result
    }

    /// How many bytes were read ahead.
    pub fn unread(&self) -> usize {
        self.ahead.len() - self.at
    }

    fn take(&mut self, n: usize) -> &[u8] {
        let start = self.at;
        self.at += n.min(self.ahead.len() - start);
        &self.ahead[start..self.at]
    }

    /// Take everything that was read ahead.
    fn take_ahead(&mut self) -> Vec<u8> {
        let at = std::mem::take(&mut self.at);
        let mut ahead = std::mem::take(&mut self.ahead);
        ahead.drain(..at);
        ahead
    }

    // ------------------------------------------------------------------ writing

    /// Write out what is pending. The object's lock is held.
    pub fn write_out(py: &mut Py, this: &Ref<Buffered>, raw: &Value) -> Result<()> {
        while !this.get(py).pending.is_empty() {
            let pending = std::mem::take(&mut this.get_mut(py).pending);
            let mut done = 0;
            let result = loop {
                if done == pending.len() {
                    break Ok(());
                }
                match raw::write(py, raw, &pending[done..]) {
                    Ok(Some(n)) => done += n,
                    Ok(None) => break Err(None),
                    Err(e) => break Err(Some(e)),
                }
            };
            let b = this.get_mut(py);
            if b.pending.is_empty() && done == pending.len() {
                // Keeps the room for the next bytes.
                let mut pending = pending;
                pending.clear();
                b.pending = pending;
            } else if done < pending.len() {
                // What other threads have added since comes behind.
                let mut rest = pending[done..].to_vec();
                rest.append(&mut b.pending);
                b.pending = rest;
            }
            match result {
                Ok(()) => {}
                Err(None) => return Err(would_block(py, 0)),
                Err(Some(e)) => return Err(e),
            }
        }
        Ok(())
    }

    /// Put the raw stream where the script believes it is. The object's lock is held.
    fn rewind(py: &mut Py, this: &Ref<Buffered>, raw: &Value) -> Result<()> {
        let unread = this.get(py).unread();
        if unread > 0 {
            raw::seek(py, raw, -(unread as i64), 1)?;
        }
        let b = this.get_mut(py);
        b.ahead.clear();
        b.at = 0;
        Ok(())
    }

    /// `write()`
    pub fn write(py: &mut Py, this: &Ref<Buffered>, bytes: &[u8]) -> Result<usize> {
        let b = this.get_mut(py);
        if !b.writable {
            return Err(unsupported(py, "write"));
        }
        if b.ahead.is_empty() && b.pending.len() + bytes.len() <= b.size {
            b.pending.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        Self::alone(py, this, |py, raw| {
            if !this.get(py).ahead.is_empty() {
                Self::rewind(py, this, raw)?;
            }
            Self::write_beyond(py, this, raw, bytes)
        })
    }

    fn write_beyond(py: &mut Py, this: &Ref<Buffered>, raw: &Value, bytes: &[u8]) -> Result<usize> {
        let mut rest = bytes;
        if let Err(e) = Self::write_out(py, this, raw) {
            if !e.is(Exc::BlockingIOError) {
                return Err(e);
            }
            // What still fits is kept; the error says how much that is.
            let b = this.get_mut(py);
            let room = b.size.saturating_sub(b.pending.len()).min(rest.len());
            b.pending.extend_from_slice(&rest[..room]);
            return if room == bytes.len() { Ok(room) } else { Err(would_block(py, room)) };
        }
        let size = this.get(py).size;
        while rest.len() > size {
            match raw::write(py, raw, rest)? {
                Some(n) => rest = &rest[n..],
                None => {
                    let b = this.get_mut(py);
                    let room = size.saturating_sub(b.pending.len()).min(rest.len());
                    b.pending.extend_from_slice(&rest[..room]);
                    let written = bytes.len() - rest.len() + room;
                    return Err(would_block(py, written));
                }
            }
        }
        this.get_mut(py).pending.extend_from_slice(rest);
        Ok(bytes.len())
    }

    /// `flush()`
    pub fn flush(py: &mut Py, this: &Ref<Buffered>) -> Result<()> {
        if Self::is_closed(py, this)? {
            return Err(value_error(if this.get(py).writable {
                "flush of closed file"
            } else {
                "I/O operation on closed file."
            }));
        }
        if !this.get(py).writable {
            let raw = Self::raw(py, this)?;
            return if py.is_exact::<FileIo>(&raw) { Ok(()) } else { py.call_method(&raw, "flush", &[]).map(drop) };
        }
        Self::alone(py, this, |py, raw| {
            Self::write_out(py, this, raw)?;
            if this.get(py).readable && !this.get(py).ahead.is_empty() { Self::rewind(py, this, raw) } else { Ok(()) }
        })
    }

    // ------------------------------------------------------------------ reading

    /// Before the raw stream is read: what is pending goes out.
    fn before_read(py: &mut Py, this: &Ref<Buffered>, raw: &Value) -> Result<()> {
        if this.get(py).pending.is_empty() { Ok(()) } else { Self::write_out(py, this, raw) }
    }

    /// Replace what was read ahead (all used) by one more read. `None`: nothing is there yet.
    fn fill(py: &mut Py, this: &Ref<Buffered>, raw: &Value, most: usize) -> Result<Option<usize>> {
        Self::before_read(py, this, raw)?;
        let got = match raw.downcast::<FileIo>() {
            Some(file) if py.is_exact::<FileIo>(raw) => {
                let b = this.get_mut(py);
                b.at = 0;
                let used = std::mem::take(&mut b.ahead);
                FileIo::read_reusing(py, file, most, used)?
            }
            _ => raw::read(py, raw, most)?,
        };
        match got {
            Some(bytes) => {
                let n = bytes.len();
                let b = this.get_mut(py);
                b.ahead = bytes;
                b.at = 0;
                Ok(Some(n))
            }
            None => Ok(None),
        }
    }

    fn check_readable(py: &mut Py, this: &Ref<Buffered>) -> Result<()> {
        if this.get(py).readable { Ok(()) } else { Err(unsupported(py, "read")) }
    }

    /// `read(n)`: exactly `n` bytes unless the end or a wait comes first.
    pub fn read(py: &mut Py, this: &Ref<Buffered>, n: usize) -> Result<Option<Vec<u8>>> {
        Self::check_readable(py, this)?;
        let b = this.get_mut(py);
        if b.unread() >= n {
            return Ok(Some(b.take(n).to_vec()));
        }
        Self::alone(py, this, |py, raw| {
            let mut out = this.get_mut(py).take(n).to_vec();
            while out.len() < n {
                let left = n - out.len();
                let size = this.get(py).size;
                if left >= size {
                    Self::before_read(py, this, raw)?;
                    match raw::read(py, raw, left - left % size)? {
                        Some(bytes) if bytes.is_empty() => break,
                        Some(bytes) if out.is_empty() => out = bytes,
                        Some(bytes) => out.extend_from_slice(&bytes),
                        None if out.is_empty() => return Ok(None),
                        None => break,
                    }
                } else {
                    match Self::fill(py, this, raw, size)? {
                        Some(0) => break,
                        Some(_) => out.extend_from_slice(this.get_mut(py).take(left)),
                        None if out.is_empty() => return Ok(None),
                        None => break,
                    }
                }
            }
            Ok(Some(out))
        })
    }

    /// `read()`: everything.
    pub fn read_all(py: &mut Py, this: &Ref<Buffered>) -> Result<Option<Vec<u8>>> {
        Self::check_readable(py, this)?;
        Self::alone(py, this, |py, raw| {
            let mut out = this.get_mut(py).take_ahead();
            Self::before_read(py, this, raw)?;
            if py.is_exact::<FileIo>(raw)
                && let Some(file) = raw.downcast::<FileIo>()
            {
                return match FileIo::read_all(py, file)? {
                    Some(bytes) if out.is_empty() => Ok(Some(bytes)),
                    Some(bytes) => {
                        out.extend_from_slice(&bytes);
                        Ok(Some(out))
                    }
                    None if out.is_empty() => Ok(None),
                    None => Ok(Some(out)),
                };
            }
            let readall = py.getattr_opt(raw, "readall")?;
            loop {
                let part = match &readall {
                    Some(readall) => py.call(readall, &[])?,
                    None => py.call_method(raw, "read", &[])?,
                };
                if part.is_none() {
                    return Ok(if out.is_empty() { None } else { Some(out) });
                }
                let Some(bytes) = part.downcast::<Bytes>() else {
                    let what = if readall.is_some() { "readall()" } else { "read()" };
                    return Err(lockstep_interp::object::raise::type_error(format!("{what} should return bytes")));
                };
                out.extend_from_slice(bytes.slice());
                if readall.is_some() || bytes.slice().is_empty() {
                    return Ok(Some(out));
                }
            }
        })
    }

    /// `read1(n)`: what is there, with at most one read.
    pub fn read_once(py: &mut Py, this: &Ref<Buffered>, n: usize) -> Result<Vec<u8>> {
        Self::check_readable(py, this)?;
        if n == 0 {
            return Ok(Vec::new());
        }
        let b = this.get_mut(py);
        if b.unread() > 0 {
            let n = n.min(b.unread());
            return Ok(b.take(n).to_vec());
        }
        Self::alone(py, this, |py, raw| {
            if this.get(py).unread() > 0 {
                return Ok(this.get_mut(py).take(n).to_vec());
            }
            Self::before_read(py, this, raw)?;
            Ok(raw::read(py, raw, n)?.unwrap_or_default())
        })
    }

    /// `readinto1()`: the same; what does not fit the buffer is read on at once.
    pub fn read_once_into(py: &mut Py, this: &Ref<Buffered>, n: usize) -> Result<Vec<u8>> {
        Self::check_readable(py, this)?;
        let (ahead, size) = (this.get(py).unread(), this.get(py).size);
        if ahead == 0 && n <= size {
            Self::peek(py, this)?;
        }
        let mut bytes = Self::read_once(py, this, n)?;
        let rest = n - bytes.len().min(n);
        if ahead > 0 && rest > size {
            let more = Self::alone(py, this, |py, raw| {
                Self::before_read(py, this, raw)?;
                raw::read(py, raw, rest)
            })?;
            bytes.extend(more.unwrap_or_default());
        }
        Ok(bytes)
    }

    /// `peek()`: what was read ahead, after one read if that is nothing.
    pub fn peek(py: &mut Py, this: &Ref<Buffered>) -> Result<Vec<u8>> {
        Self::check_readable(py, this)?;
        if this.get(py).unread() == 0 {
            Self::alone(py, this, |py, raw| {
                if this.get(py).unread() > 0 {
                    return Ok(());
                }
                let size = this.get(py).size;
                Self::fill(py, this, raw, size).map(drop)
            })?;
        }
        let b = this.get(py);
        Ok(b.ahead[b.at..].to_vec())
    }

    fn line_ahead(&mut self, limit: usize) -> Line {
        let unread = &self.ahead[self.at..];
        let room = unread.len().min(limit);
        match memchr::memchr(b'\n', &unread[..room]) {
            Some(i) => Line::Whole(self.take(i + 1).to_vec()),
            None if room == limit => Line::Whole(self.take(room).to_vec()),
            None => Line::Part(self.take(room).to_vec()),
        }
    }

    /// `readline()`
    pub fn read_line(py: &mut Py, this: &Ref<Buffered>, limit: usize) -> Result<Vec<u8>> {
        Self::check_readable(py, this)?;
        let b = this.get_mut(py);
        let unread = &b.ahead[b.at..];
        let room = unread.len().min(limit);
        if let Some(i) = memchr::memchr(b'\n', &unread[..room]) {
            return Ok(b.take(i + 1).to_vec());
        }
        Self::alone(py, this, |py, raw| {
            let mut line = Vec::new();
            loop {
                match this.get_mut(py).line_ahead(limit - line.len()) {
                    Line::Whole(rest) if line.is_empty() => return Ok(rest),
                    Line::Whole(rest) => {
                        line.extend_from_slice(&rest);
                        return Ok(line);
                    }
                    Line::Part(part) => line.extend_from_slice(&part),
                }
                let size = this.get(py).size;
                if matches!(Self::fill(py, this, raw, size)?, None | Some(0)) {
                    return Ok(line);
                }
            }
        })
    }

    // ------------------------------------------------------------------ position

    /// `tell()`
    pub fn tell(py: &mut Py, this: &Ref<Buffered>) -> Result<i64> {
        let raw = Self::raw(py, this)?;
        let at = raw::tell(py, &raw)?;
        let b = this.get(py);
        // A terminal says that it is at the start whatever was read.
        Ok((at - b.unread() as i64 + b.pending.len() as i64).max(0))
    }

    /// `seek()`
    pub fn seek(py: &mut Py, this: &Ref<Buffered>, offset: i64, whence: i32) -> Result<i64> {
        Self::alone(py, this, |py, raw| {
            Self::write_out(py, this, raw)?;
            if whence < 2 && this.get(py).unread() > 0 {
                let end = raw::tell(py, raw)?;
                let b = this.get_mut(py);
                let here = end - b.unread() as i64;
                let step = if whence == 0 { offset.saturating_sub(here) } else { offset };
                // Within what was read ahead nothing has to be read again.
                if -(b.at as i64) <= step && step <= b.unread() as i64 {
                    b.at = (b.at as i64 + step) as usize;
                    return Ok((here + step).max(0));
                }
            }
            let offset = if whence == 1 { offset - this.get(py).unread() as i64 } else { offset };
            let at = raw::seek(py, raw, offset, whence)?;
            let b = this.get_mut(py);
            b.ahead.clear();
            b.at = 0;
            Ok(at)
        })
    }

    /// Everything pending is written, and the raw stream stands where the script believes it is.
    pub fn settle(py: &mut Py, this: &Ref<Buffered>) -> Result<()> {
        Self::alone(py, this, |py, raw| {
            Self::write_out(py, this, raw)?;
            if this.get(py).unread() > 0 { Self::rewind(py, this, raw) } else { Ok(()) }
        })
    }
}

/// A BlockingIOError that says how many bytes were taken.
#[cold]
fn would_block(py: &mut Py, written: usize) -> Raised {
    let args = vec![Value::int32(11), py.str("write could not complete without blocking"), py.int(written as i64)];
    Raised::args(Exc::BlockingIOError, args)
}
