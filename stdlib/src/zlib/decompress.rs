//! `Decompress` and `_ZlibDecompressor`: streams that are read piece by piece.

use lockstep_interp::object::raise::{Result, not_implemented, value_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::buffer;
use lockstep_interp::{Exc, Guarded, Object, Py, Raised, Ref, Value, methods};
use zlib_rs::InflateFlush;

use super::dictionary;
use super::stream::{Inflater, can_inflate, coded};

/// The payload of a `Decompress`; the stream is taken out while it is at work and after its end.
pub struct Decompress {
    pub(super) stream: Option<Inflater>,
    eof: bool,
    unused: Vec<u8>,
    tail: Vec<u8>,
}

impl Object for Decompress {
    type Access = Guarded;
}

impl Decompress {
    /// A new one.
    pub fn new(stream: Inflater) -> Decompress {
        Decompress { stream: Some(stream), eof: false, unused: Vec::new(), tail: Vec::new() }
    }
}

fn run(py: &mut Py, this: &Ref<Decompress>, input: &[u8], most: usize, flush: InflateFlush) -> Result<Value> {
    let what = if flush == InflateFlush::Finish { "while flushing" } else { "while decompressing data" };
    let Some(mut stream) = this.get_mut(py).stream.take() else {
        this.get_mut(py).tail = input.to_vec();
        return Err(coded(py, -2, what, None));
    };
    let result = stream.run(py, input, most, flush);
    let eof = stream.eof;
    let d = this.get_mut(py);
    d.stream = Some(stream);
    let (out, at) = result?;
    let rest = &input[at..];
    if eof {
        d.unused.extend_from_slice(rest);
        d.eof = true;
    }
    // A tail that was there is replaced even by nothing.
    if (!eof && !rest.is_empty()) || !d.tail.is_empty() {
        d.tail = rest.to_vec();
    }
    Ok(py.bytes(&out))
}

#[methods]
impl Decompress {
    /// Return a copy of the decompression object.
    #[py("(self, /)", alias = "__copy__")]
    fn copy(py: &mut Py, this: &Ref<Decompress>) -> Result<Value> {
        let Some(stream) = this.get_mut(py).stream.take() else { return Err(value_error("Inconsistent stream state")) };
        let copy = stream.copy(py);
        this.get_mut(py).stream = Some(stream);
        let Some(stream) = copy? else {
            return Err(not_implemented("a decompressor that was fed more than 4 MiB cannot be copied"));
        };
        let d = this.get(py);
        let made = Decompress { stream: Some(stream), eof: d.eof, unused: d.unused.clone(), tail: d.tail.clone() };
        Ok(py.make(made).into_value())
    }
    /// Return a copy of the decompression object.
    #[py("(self, memo, /)")]
    fn __deepcopy__(py: &mut Py, this: &Ref<Decompress>, memo: &Value) -> Result<Value> {
        let _ = memo;
        Decompress::copy(py, this)
    }
    /// Return a bytes object containing the decompressed version of the data.
    ///
    /// After calling this function, some of the input data may still be stored in
    /// internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[py("(self, data, /, max_length=0)")]
    fn decompress(py: &mut Py, this: &Ref<Decompress>, data: &Value, max_length: isize) -> Result<Value> {
        let most = match usize::try_from(max_length) {
            Ok(0) => usize::MAX,
            Ok(n) => n,
            Err(_) => return Err(value_error("max_length must be non-negative")),
        };
        let data = buffer::data(py, data)?;
        run(py, this, &data, most, InflateFlush::SyncFlush)
    }
    /// Return a bytes object containing any remaining decompressed data.
    #[py("(self, length=16384, /)")]
    fn flush(py: &mut Py, this: &Ref<Decompress>, length: isize) -> Result<Value> {
        if length <= 0 {
            return Err(value_error("length must be greater than zero"));
        }
        let tail = this.get(py).tail.clone();
        if this.get(py).stream.is_none() {
            return Ok(py.bytes(b""));
        }
        let out = run(py, this, &tail, usize::MAX, InflateFlush::Finish)?;
        let d = this.get_mut(py);
        if d.eof {
            d.stream = None;
        }
        Ok(out)
    }
    /// Whether the end of the compressed data was reached.
    #[getter]
    fn eof(py: &mut Py, this: &Ref<Decompress>) -> bool {
        this.get(py).eof
    }
    /// Input that was not used because the output was limited.
    #[getter]
    fn unconsumed_tail(py: &mut Py, this: &Ref<Decompress>) -> Value {
        py.bytes(&this.get(py).tail)
    }
    /// What followed the compressed data.
    #[getter]
    fn unused_data(py: &mut Py, this: &Ref<Decompress>) -> Value {
        py.bytes(&this.get(py).unused)
    }
}

impl NativeType for Decompress {
    const NAME: &'static str = "Decompress";
    const MODULE: &'static str = "zlib";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// The payload of a `_ZlibDecompressor`.
pub struct ZlibDecompressor {
    stream: Option<Inflater>,
    eof: bool,
    /// Input not used yet; after the end, what followed.
    rest: Vec<u8>,
    needs_input: bool,
}

impl Object for ZlibDecompressor {
    type Access = Guarded;
}

#[methods]
impl ZlibDecompressor {
    /// Create and return a new object.
    #[staticmethod("(type, /, wbits=15, zdict=b'')")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, wbits: i64, zdict: &Value) -> Result<Value> {
        let zdict = dictionary(py, zdict)?;
        if !can_inflate(wbits) {
            return Err(value_error("Invalid initialization option"));
        }
        let stream = match Inflater::new(wbits, zdict) {
            Ok(stream) => stream,
            Err(code) => return Err(coded(py, code, "while setting zdict", None)),
        };
        let made = ZlibDecompressor { stream: Some(stream), eof: false, rest: Vec::new(), needs_input: true };
        Ok(py.make_in(cls, made).into_value())
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
    #[py("(self, /, data, max_length=-1)")]
    fn decompress(py: &mut Py, this: &Ref<ZlibDecompressor>, data: &Value, max_length: isize) -> Result<Value> {
        let data = buffer::data(py, data)?;
        if this.get(py).eof {
            return Err(Raised::new(Exc::EOFError, "End of stream already reached"));
        }
        let most = usize::try_from(max_length).unwrap_or(usize::MAX);
        let mut input = std::mem::take(&mut this.get_mut(py).rest);
        input.extend_from_slice(&data);
        let Some(mut stream) = this.get_mut(py).stream.take() else {
            return Err(coded(py, -2, "while decompressing data", None));
        };
        let result = stream.run(py, &input, most, InflateFlush::SyncFlush);
        let eof = stream.eof;
        let d = this.get_mut(py);
        d.stream = Some(stream);
        let (out, at) = result?;
        input.drain(..at);
        d.eof = eof;
        d.needs_input = !eof && input.is_empty() && out.len() < most;
        d.rest = input;
        Ok(py.bytes(&out))
    }
    /// True if the end-of-stream marker has been reached.
    #[getter]
    fn eof(py: &mut Py, this: &Ref<ZlibDecompressor>) -> bool {
        this.get(py).eof
    }
    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    fn needs_input(py: &mut Py, this: &Ref<ZlibDecompressor>) -> bool {
        this.get(py).needs_input
    }
    /// Data found after the end of the compressed stream.
    #[getter]
    fn unused_data(py: &mut Py, this: &Ref<ZlibDecompressor>) -> Value {
        let d = this.get(py);
        py.bytes(if d.eof { &d.rest } else { b"" })
    }
}

impl NativeType for ZlibDecompressor {
    const NAME: &'static str = "_ZlibDecompressor";
    const MODULE: &'static str = "zlib";
    const DOC: Option<&'static str> = Some(
        "Create a decompressor object for decompressing data incrementally.\n\n  wbits = 15\n  zdict\n     The predefined compression dictionary. This is a sequence of bytes\n     (such as a bytes object) containing subsequences that are expected\n     to occur frequently in the data that is to be compressed. Those\n     subsequences that are expected to be most common should come at the\n     end of the dictionary. This must be the same dictionary as used by the\n     compressor that produced the input data.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}
