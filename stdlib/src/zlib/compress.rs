//! `Compress`: the objects that `compressobj` makes.

use lockstep_interp::object::raise::{Result, not_implemented, value_error};
use lockstep_interp::object::{NativeType, TypeFlags};
use lockstep_interp::types::buffer;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, methods};
use zlib_rs::{DeflateFlush, Strategy};

use super::stream::{Deflater, coded};

/// The payload of a `Compress`; the stream is taken out while it is at work.
pub struct Compress {
    pub(super) stream: Option<Deflater>,
}

impl Object for Compress {
    type Access = Guarded;
}

/// The strategy of a number.
pub fn strategy(n: i64) -> Option<Strategy> {
    Some(match n {
        0 => Strategy::Default,
        1 => Strategy::Filtered,
        2 => Strategy::HuffmanOnly,
        3 => Strategy::Rle,
        4 => Strategy::Fixed,
        _ => return None,
    })
}

fn run(py: &mut Py, this: &Ref<Compress>, input: &[u8], flush: DeflateFlush, what: &str) -> Result<Value> {
    let Some(mut stream) = this.get_mut(py).stream.take() else { return Err(coded(py, -2, what, None)) };
    let result = stream.run(py, input, flush, what);
    this.get_mut(py).stream = Some(stream);
    Ok(py.bytes(&result?))
}

#[methods]
impl Compress {
    /// Returns a bytes object containing compressed data.
    #[py("(self, data, /)")]
    fn compress(py: &mut Py, this: &Ref<Compress>, data: &Value) -> Result<Value> {
        let data = buffer::data(py, data)?;
        run(py, this, &data, DeflateFlush::NoFlush, "while compressing data")
    }
    /// Return a copy of the compression object.
    #[py("(self, /)", alias = "__copy__")]
    fn copy(py: &mut Py, this: &Ref<Compress>) -> Result<Value> {
        let Some(stream) = this.get_mut(py).stream.take() else { return Err(value_error("Inconsistent stream state")) };
        let copy = if stream.ended { Err(value_error("Inconsistent stream state")) } else { stream.copy(py) };
        this.get_mut(py).stream = Some(stream);
        match copy? {
            Some(stream) => Ok(py.make(Compress { stream: Some(stream) }).into_value()),
            None => Err(not_implemented("a compressor that was fed more than 4 MiB cannot be copied")),
        }
    }
    /// Return a copy of the compression object.
    #[py("(self, memo, /)")]
    fn __deepcopy__(py: &mut Py, this: &Ref<Compress>, memo: &Value) -> Result<Value> {
        let _ = memo;
        Compress::copy(py, this)
    }
    /// Return a bytes object containing any remaining compressed data.
    #[py("(self, mode=4, /)")]
    fn flush(py: &mut Py, this: &Ref<Compress>, mode: i32) -> Result<Value> {
        let flush = match mode {
            0 => return Ok(py.bytes(b"")),
            1 => DeflateFlush::PartialFlush,
            2 => DeflateFlush::SyncFlush,
            3 => DeflateFlush::FullFlush,
            4 => DeflateFlush::Finish,
            5 => DeflateFlush::Block,
            _ => return Err(coded(py, -2, "while flushing", None)),
        };
        run(py, this, b"", flush, "while flushing")
    }
}

impl NativeType for Compress {
    const NAME: &'static str = "Compress";
    const MODULE: &'static str = "zlib";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
