//! `_bz2`: bzip2, piece by piece.

use bzip2::{Action, Compress, Compression, Decompress, Status};
use lockstep_interp::object::raise::{Result, memory_error, value_error};
use lockstep_interp::object::{NativeType, Type};
use lockstep_interp::types::buffer;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Exc, Guarded, Object, Py, Raised, Ref, Value, methods};

/// Room that output gets at least, and bytes of input between two looks at what is requested.
const ROOM: usize = 32 * 1024;
const PIECE: usize = 256 * 1024;

/// The payload of a compressor.
pub struct Compressor {
    /// None while it is at work.
    stream: Option<Compress>,
    flushed: bool,
}

impl Object for Compressor {
    type Access = Guarded;
}

#[cold]
fn in_use() -> Raised {
    value_error("the object is in use by another thread")
}

#[cold]
fn invalid() -> Raised {
    Raised::new(Exc::OSError, "Invalid data stream")
}

fn reserve(out: &mut Vec<u8>, room: usize) -> Result<()> {
    out.try_reserve(room).map_err(|_| memory_error())
}

/// Feeds the stream with all of `input`, or (`Finish`) has it write out what it holds.
fn pack(py: &mut Py, stream: &mut Compress, input: &[u8], action: Action) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        reserve(&mut out, ROOM)?;
        let end = input.len().min(at + PIECE);
        let before = stream.total_in();
        let status = stream.compress_vec(&input[at..end], &mut out, action).map_err(|_| invalid())?;
        at += (stream.total_in() - before) as usize;
        if status == Status::StreamEnd || (action == Action::Run && at >= input.len()) {
            return Ok(out);
        }
        py.check()?;
    }
}

fn run(py: &mut Py, this: &Ref<Compressor>, input: &[u8], action: Action) -> Result<Value> {
    let Some(mut stream) = this.get_mut(py).stream.take() else { return Err(in_use()) };
    let result = pack(py, &mut stream, input, action);
    this.get_mut(py).stream = Some(stream);
    Ok(py.bytes(&result?))
}

#[methods]
impl Compressor {
    #[staticmethod("(type, compresslevel=9, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, compresslevel: i32) -> Result<Value> {
        if !(1..=9).contains(&compresslevel) {
            return Err(value_error("compresslevel must be between 1 and 9"));
        }
        let stream = Compress::new(Compression::new(compresslevel as u32), 0);
        Ok(py.make_in(cls, Compressor { stream: Some(stream), flushed: false }).into_value())
    }
    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if possible, or b'' otherwise.
    ///
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[py("(self, data, /)")]
    fn compress(py: &mut Py, this: &Ref<Compressor>, data: &Value) -> Result<Value> {
        let data = buffer::data(py, data)?;
        if this.get(py).flushed {
            return Err(value_error("Compressor has been flushed"));
        }
        run(py, this, &data, Action::Run)
    }
    /// Finish the compression process.
    ///
    /// Returns the compressed data left in internal buffers.
    ///
    /// The compressor object may not be used after this method is called.
    #[py("(self, /)")]
    fn flush(py: &mut Py, this: &Ref<Compressor>) -> Result<Value> {
        if std::mem::replace(&mut this.get_mut(py).flushed, true) {
            return Err(value_error("Repeated call to flush()"));
        }
        run(py, this, b"", Action::Finish)
    }
}

impl NativeType for Compressor {
    const NAME: &'static str = "BZ2Compressor";
    const MODULE: &'static str = "_bz2";
    const DOC: Option<&'static str> = Some(
        "Create a compressor object for compressing data incrementally.\n\n  compresslevel\n    Compression level, as a number between 1 and 9.\n\nFor one-shot compression, use the compress() function instead.",
    );
    const FLAGS: u32 = 0;
}

/// The payload of a decompressor.
pub struct Decompressor {
    /// None while it is at work and after the end.
    stream: Option<Decompress>,
    eof: bool,
    needs_input: bool,
    /// Input that is still to be read, or that was behind the end.
    rest: Vec<u8>,
}

impl Object for Decompressor {
    type Access = Guarded;
}

/// Reads `input` until there are `most` bytes of output; what came out, how much was read, and
/// whether the stream ended.
fn unpack(py: &mut Py, stream: &mut Decompress, input: &[u8], most: usize) -> Result<(Vec<u8>, usize, bool)> {
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        let room = ROOM.max(out.len()).min(most - out.len());
        let mut piece = Vec::new();
        reserve(&mut piece, room)?;
        // The stream fills what is there: no more than was asked for.
        piece.resize(room, 0);
        let end = input.len().min(at + PIECE);
        let (read, written) = (stream.total_in(), stream.total_out());
        let status = stream.decompress(&input[at..end], &mut piece).map_err(|_| invalid())?;
        let (read, written) = ((stream.total_in() - read) as usize, (stream.total_out() - written) as usize);
        at += read;
        reserve(&mut out, written)?;
        out.extend_from_slice(&piece[..written]);
        if status == Status::StreamEnd {
            return Ok((out, at, true));
        }
        let full = written == room;
        if out.len() >= most || (at >= input.len() && !full) {
            return Ok((out, at, false));
        }
        py.check()?;
    }
}

#[methods]
impl Decompressor {
    #[staticmethod("(type, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>) -> Value {
        let made = Decompressor { stream: Some(Decompress::new(false)), eof: false, needs_input: true, rest: Vec::new() };
        py.make_in(cls, made).into_value()
    }
    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// If *max_length* is nonnegative, returns at most *max_length* bytes of
    /// decompressed data. If this limit is reached and further output can be
    /// produced, *self.needs_input* will be set to ``False``. In this case, the next
    /// call to *decompress()* may provide *data* as b'' to obtain more of the output.
    ///
    /// If all of the input data was decompressed and returned (either because this
    /// was less than *max_length* bytes, or because *max_length* was negative),
    /// *self.needs_input* will be set to True.
    ///
    /// Attempting to decompress data after the end of stream is reached raises an
    /// EOFError.  Any data found after the end of the stream is ignored and saved in
    /// the unused_data attribute.
    #[py("(self, data, max_length=-1)")]
    fn decompress(py: &mut Py, this: &Ref<Decompressor>, data: &Value, max_length: isize) -> Result<Value> {
        let data = buffer::data(py, data)?;
        if this.get(py).eof {
            return Err(Raised::new(Exc::EOFError, "End of stream already reached"));
        }
        let Some(mut stream) = this.get_mut(py).stream.take() else { return Err(in_use()) };
        let mut input = std::mem::take(&mut this.get_mut(py).rest);
        input.extend_from_slice(&data);
        let most = usize::try_from(max_length).unwrap_or(usize::MAX);
        let result = unpack(py, &mut stream, &input, most);
        let d = this.get_mut(py);
        d.stream = Some(stream);
        let (out, at, eof) = result?;
        d.rest = input.split_off(at);
        d.eof = eof;
        // Where output stopped at the limit there may be more of it.
        d.needs_input = !eof && d.rest.is_empty() && out.len() < most;
        Ok(py.bytes(&out))
    }
    /// True if the end-of-stream marker has been reached.
    #[getter]
    fn eof(py: &mut Py, this: &Ref<Decompressor>) -> bool {
        this.get(py).eof
    }
    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    fn needs_input(py: &mut Py, this: &Ref<Decompressor>) -> bool {
        this.get(py).needs_input
    }
    /// Data found after the end of the compressed stream.
    #[getter]
    fn unused_data(py: &mut Py, this: &Ref<Decompressor>) -> Value {
        let d = this.get(py);
        py.bytes(if d.eof { &d.rest } else { &[] })
    }
}

impl NativeType for Decompressor {
    const NAME: &'static str = "BZ2Decompressor";
    const MODULE: &'static str = "_bz2";
    const DOC: Option<&'static str> = Some(
        "Create a decompressor object for decompressing data incrementally.\n\nFor one-shot decompression, use the decompress() function instead.",
    );
    const FLAGS: u32 = 0;
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    for (name, class) in [("BZ2Compressor", py.define::<Compressor>()), ("BZ2Decompressor", py.define::<Decompressor>())] {
        dict::set_name(py, &d, name, class.into_value());
    }
    Ok(())
}
