//! Where an unpickler reads from: bytes in memory, or a file.

use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::types::buffer::{self, Data};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::{Py, Value, Visitor};

use super::unpickling_error;

/// How much is looked at ahead, and read at once.
const CHUNK: usize = 128 * 1024;

/// A file's methods.
struct File {
    read: Value,
    readline: Value,
    peek: Option<Value>,
}

/// Bytes that are read one after the other.
#[derive(Default)]
pub struct Source {
    data: Option<Data>,
    file: Option<File>,
    /// From the file: bytes read, then bytes only looked at.
    ahead: Vec<u8>,
    /// How many of `ahead` have been read.
    taken: usize,
    at: usize,
}

impl Source {
    /// The bytes of a bytes-like object.
    pub fn memory(py: &mut Py, value: &Value) -> Result<Source> {
        let data = buffer::data(py, value)?;
        Ok(Source { data: Some(data), ..Source::default() })
    }
    /// What a file gives.
    pub fn file(py: &mut Py, file: &Value) -> Result<Source> {
        let peek = py.getattr_opt(file, "peek")?;
        let (Some(read), Some(readline)) = (py.getattr_opt(file, "read")?, py.getattr_opt(file, "readline")?) else {
            return Err(type_error("file must have 'read' and 'readline' attributes"));
        };
        Ok(Source { file: Some(File { read, readline, peek }), ..Source::default() })
    }
    /// Show the values inside to the collector.
    pub fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(file) = &self.file {
            visit.all([&file.read, &file.readline]);
            visit.option(&file.peek);
        }
    }
    /// Whether there is anything to read from.
    pub fn is_set(&self) -> bool {
        self.data.is_some() || self.file.is_some()
    }

    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        match &self.data {
            Some(data) => data,
            None => &self.ahead,
        }
    }
    #[inline(always)]
    fn left(&self) -> usize {
        self.bytes().len() - self.at
    }

    /// One byte; none at the end.
    #[inline(always)]
    pub fn byte(&mut self, py: &mut Py) -> Result<Option<u8>> {
        if let Some(byte) = self.bytes().get(self.at).copied() {
            self.at += 1;
            return Ok(Some(byte));
        }
        if !self.fill(py, 1)? {
            return Ok(None);
        }
        let byte = self.bytes().get(self.at).copied();
        self.at += 1;
        Ok(byte)
    }
    /// So many bytes.
    #[inline(always)]
    pub fn take(&mut self, py: &mut Py, n: usize) -> Result<&[u8]> {
        self.need(py, n)?;
        let at = self.at;
        self.at += n;
        Ok(&self.bytes()[at..at + n])
    }
    /// So many bytes as an array.
    #[inline(always)]
    pub fn array<const N: usize>(&mut self, py: &mut Py) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(py, N)?);
        Ok(out)
    }
    /// An error if there are not so many bytes left.
    #[inline(always)]
    pub fn need(&mut self, py: &mut Py, n: usize) -> Result<()> {
        if self.left() >= n || self.fill(py, n)? { Ok(()) } else { Err(truncated(py)) }
    }
    /// A line, without its end.
    pub fn line(&mut self, py: &mut Py) -> Result<Vec<u8>> {
        loop {
            let rest = &self.bytes()[self.at..];
            if let Some(end) = memchr::memchr(b'\n', rest) {
                let line = rest[..end].to_vec();
                self.at += end + 1;
                return Ok(line);
            }
            if self.file.is_none() {
                return Err(truncated(py));
            }
            self.settle(py, self.ahead.len())?;
            let Some(file) = &self.file else { return Err(truncated(py)) };
            let readline = file.readline.clone();
            let more = py.call(&readline, &[])?;
            if self.append(py, &more, "readline")? == 0 {
                return Err(truncated(py));
            }
            self.taken = self.ahead.len();
        }
    }

    /// Really read what was only looked at, up to `end`.
    fn settle(&mut self, py: &mut Py, end: usize) -> Result<()> {
        let (Some(file), true) = (&self.file, end > self.taken) else { return Ok(()) };
        let (read, n) = (file.read.clone(), py.int((end - self.taken) as i64));
        self.taken = end;
        py.call(&read, &[n]).map(drop)
    }
    fn append(&mut self, py: &mut Py, value: &Value, method: &str) -> Result<usize> {
        let Some(bytes) = value.downcast::<Bytes>() else {
            let shown = py.repr(value)?;
            return Err(type_error(format!("{method}() returned non-bytes object ({shown})")));
        };
        self.ahead.extend_from_slice(bytes.slice());
        Ok(bytes.slice().len())
    }
    /// Whether so many bytes are left after more were asked for.
    #[cold]
    fn fill(&mut self, py: &mut Py, n: usize) -> Result<bool> {
        if self.file.is_none() {
            return Ok(false);
        }
        self.settle(py, self.ahead.len())?;
        self.ahead.drain(..self.at);
        self.at = 0;
        self.taken = self.ahead.len();
        while self.ahead.len() < n {
            let missing = n - self.ahead.len();
            let Some(file) = &mut self.file else { return Ok(false) };
            if missing < CHUNK
                && let Some(peek) = file.peek.clone()
            {
                let size = py.int(CHUNK as i64);
                match py.call(&peek, &[size]) {
                    Ok(seen) => {
                        self.append(py, &seen, "peek")?;
                        if self.ahead.len() >= n {
                            return Ok(true);
                        }
                        self.ahead.truncate(self.taken);
                    }
                    Err(e) if e.is(lockstep_interp::Exc::NotImplementedError) => file.peek = None,
                    Err(e) => return Err(e),
                }
            }
            let Some(file) = &self.file else { return Ok(false) };
            let read = file.read.clone();
            // A false length must not ask for memory that is not there.
            let size = py.int(missing.min(16 * CHUNK) as i64);
            let more = py.call(&read, &[size])?;
            if self.append(py, &more, "read")? == 0 {
                return Ok(false);
            }
            self.taken = self.ahead.len();
        }
        Ok(true)
    }
    /// The pickle is at its end: the file stands behind it.
    pub fn finish(&mut self, py: &mut Py) -> Result<()> {
        let at = self.at;
        self.settle(py, at)?;
        if self.file.is_some() && self.taken == at {
            self.ahead.clear();
            self.at = 0;
            self.taken = 0;
        }
        Ok(())
    }
}

#[cold]
pub(super) fn truncated(py: &mut Py) -> lockstep_interp::Raised {
    unpickling_error(py, "pickle data was truncated")
}
