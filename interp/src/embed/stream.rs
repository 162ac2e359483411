//! A plain text stream: where `print` writes while no `_io` stream stands in `sys.stdout`, and
//! the way to the sinks of a host.

use std::io::Write;

use lockstep_heap::{Guarded, Object, Ref, Value};
use lockstep_macros::methods;
use lockstep_sched::{Wait, WaitKind};

use crate::object::raise::{Result, io_error, type_error};
use crate::object::{NativeType, Py};
use crate::types::str::Str;

/// Bytes kept before they are written.
const BUFFER: usize = 8192;

/// Where a stream writes.
pub enum Sink {
    /// The process's standard output.
    Stdout,
    /// The process's standard error.
    Stderr,
    /// Something of the host.
    Host(Box<dyn Write + Send>),
}

/// The payload of a stream.
pub struct Stream {
    sink: Option<Sink>,
    buffer: Vec<u8>,
    /// Write whenever a line is complete.
    lines: bool,
    name: &'static str,
}

impl Object for Stream {
    type Access = Guarded;
}

impl Stream {
    /// A stream into a sink; standard error and terminals get every line at once.
    pub fn make(py: &mut Py, sink: Sink, name: &'static str) -> Ref<Stream> {
        py.define::<Stream>();
        let lines = match &sink {
            Sink::Stdout => rustix::termios::isatty(rustix::stdio::stdout()),
            Sink::Stderr => true,
            Sink::Host(_) => false,
        };
        py.make(Stream { sink: Some(sink), buffer: Vec::new(), lines, name })
    }

    /// Add bytes; write them if the buffer is full or a line is complete.
    pub fn push(py: &mut Py, this: &Ref<Stream>, bytes: &[u8]) -> Result<()> {
        let stream = this.get_mut(py);
        stream.buffer.extend_from_slice(bytes);
        if stream.buffer.len() >= BUFFER || stream.lines && bytes.contains(&b'\n') {
            Stream::flush_buffer(py, this)?;
        }
        Ok(())
    }

    /// Write what is kept.
    pub fn flush_buffer(py: &mut Py, this: &Ref<Stream>) -> Result<()> {
        let stream = this.get_mut(py);
        if stream.buffer.is_empty() {
            return Ok(());
        }
        let buffer = std::mem::take(&mut stream.buffer);
        // Another thread that prints meanwhile finds the sink taken and keeps its text.
        let Some(mut sink) = stream.sink.take() else {
            stream.buffer = buffer;
            return Ok(());
        };
        let ((result, sink), requests) = py.thread().block(&Wait::new(WaitKind::Write), move || {
            let result = sink.write_all(&buffer);
            (result, sink)
        });
        this.get_mut(py).sink = Some(sink);
        crate::embed::serve(py, requests)?;
        result.map_err(|e| io_error(py, &e))
    }
}

impl Sink {
    fn write_all(&mut self, mut bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Sink::Host(sink) => {
                sink.write_all(bytes)?;
                sink.flush()
            }
            Sink::Stdout | Sink::Stderr => {
                while !bytes.is_empty() {
                    let fd = if matches!(self, Sink::Stdout) { rustix::stdio::stdout() } else { rustix::stdio::stderr() };
                    match rustix::io::write(fd, bytes) {
                        Ok(n) => bytes = &bytes[n..],
                        Err(rustix::io::Errno::INTR) => {}
                        Err(e) => return Err(e.into()),
                    }
                }
                Ok(())
            }
        }
    }
}

#[methods]
impl Stream {
    /// Write the text.
    #[py("(self, text, /)")]
    fn write(py: &mut Py, this: &Ref<Stream>, text: &Value) -> Result<usize> {
        let Some(text) = text.downcast::<Str>().cloned() else {
            return Err(type_error(format!("write() argument must be str, not {}", py.type_name(text))));
        };
        Stream::push(py, this, text.as_bytes())?;
        Ok(text.len())
    }
    /// Write each text of an iterable.
    #[py("(self, lines, /)")]
    fn writelines(py: &mut Py, this: &Ref<Stream>, lines: &Value) -> Result<()> {
        let mut lines = py.iter(lines)?;
        while let Some(line) = lines.next(py)? {
            Stream::write(py, this, &line)?;
        }
        Ok(())
    }
    /// Write what is kept in the buffer.
    #[py("(self, /)")]
    fn flush(py: &mut Py, this: &Ref<Stream>) -> Result<()> {
        Stream::flush_buffer(py, this)
    }
    /// Whether the stream is a terminal.
    #[py("(self, /)")]
    fn isatty(py: &mut Py, this: &Ref<Stream>) -> bool {
        match this.get(py).sink {
            Some(Sink::Stdout) => rustix::termios::isatty(rustix::stdio::stdout()),
            Some(Sink::Stderr) => rustix::termios::isatty(rustix::stdio::stderr()),
            _ => false,
        }
    }
    /// The number of the file descriptor.
    #[py("(self, /)")]
    fn fileno(py: &mut Py, this: &Ref<Stream>) -> Result<i64> {
        match this.get(py).name {
            "<stdout>" => Ok(1),
            "<stderr>" => Ok(2),
            _ => Err(crate::object::Raised::new(crate::object::Exc::OSError, "the stream has no file descriptor")),
        }
    }
    /// Whether it can be written to.
    #[py("(self, /)")]
    fn writable(_py: &mut Py, _this: &Ref<Stream>) -> bool {
        true
    }
    /// Whether it can be read.
    #[py("(self, /)")]
    fn readable(_py: &mut Py, _this: &Ref<Stream>) -> bool {
        false
    }
    #[getter]
    fn encoding(py: &mut Py, _this: &Ref<Stream>) -> Value {
        py.str("utf-8")
    }
    #[getter]
    fn errors(py: &mut Py, _this: &Ref<Stream>) -> Value {
        py.str("backslashreplace")
    }
    #[getter]
    fn name(py: &mut Py, this: &Ref<Stream>) -> Value {
        let name = this.get(py).name;
        py.str(name)
    }
    #[getter]
    fn closed(_py: &mut Py, _this: &Ref<Stream>) -> bool {
        false
    }
}

impl NativeType for Stream {
    const NAME: &'static str = "Stream";
    const MODULE: &'static str = "lockstep";
    const FLAGS: u32 = 0;
    const DICT: bool = true;
}
