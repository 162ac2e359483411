//! `zlib`: compressed data, and checksums.

mod compress;
mod decompress;
mod stream;

use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::types::buffer;
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Exc, Py, Ref, Value, module};
use zlib_rs::{DeflateConfig, DeflateFlush, InflateFlush};

use crate::notes::error_class;
use compress::{Compress, strategy};
use decompress::{Decompress, ZlibDecompressor};
use stream::{Deflater, Errors, Inflater, can_deflate, can_inflate, coded, error};

const DOC_INIT: &str = "Invalid initialization option";

/// The bytes of a dictionary, none if there is none.
fn dictionary(py: &mut Py, zdict: &Value) -> Result<Option<Vec<u8>>> {
    if zdict.is_none() {
        return Ok(None);
    }
    match buffer::to_vec_opt(py, zdict)? {
        Some(bytes) => Ok(if bytes.is_empty() { None } else { Some(bytes) }),
        None => Err(type_error("zdict argument must support the buffer protocol")),
    }
}

/// The low 32 bits of any int.
fn low_bits(py: &mut Py, value: &Value) -> Result<u32> {
    let n = py.index(value)?;
    if let Some(n) = n.as_small_int() {
        return Ok(n as u32);
    }
    let n = int::to_ibig(&n).unwrap_or_default();
    let low = n & dashu_int::IBig::from(u32::MAX);
    Ok(u32::try_from(&low).unwrap_or_default())
}

/// The functions of `zlib`.
pub struct Zlib;

/// Bytes between two looks at signals.
const PIECE: usize = 64 << 20;

#[module]
impl Zlib {
    /// Compute an Adler-32 checksum of data.
    ///
    /// The returned checksum is an integer.
    #[py("(data, value=1, /)")]
    fn adler32(py: &mut Py, data: &Value, value: &Value) -> Result<u32> {
        let mut sum = low_bits(py, value)?;
        let data = buffer::data(py, data)?;
        for piece in data.chunks(PIECE) {
            sum = zlib_rs::adler32::adler32(sum, piece);
            py.check()?;
        }
        Ok(sum)
    }
    /// Compute a CRC-32 checksum of data.
    ///
    /// The returned checksum is an integer.
    #[py("(data, value=0, /)")]
    fn crc32(py: &mut Py, data: &Value, value: &Value) -> Result<u32> {
        let mut sum = low_bits(py, value)?;
        let data = buffer::data(py, data)?;
        for piece in data.chunks(PIECE) {
            sum = zlib_rs::crc32::crc32(sum, piece);
            py.check()?;
        }
        Ok(sum)
    }
    /// Returns a bytes object containing compressed data.
    #[py("(data, /, level=-1, wbits=15)")]
    fn compress(py: &mut Py, data: &Value, level: i32, wbits: i64) -> Result<Value> {
        let data = buffer::data(py, data)?;
        if !(-1..=9).contains(&level) || !can_deflate(wbits) {
            return Err(error(py, "Bad compression level"));
        }
        let config = DeflateConfig { level, window_bits: wbits as i32, ..DeflateConfig::default() };
        let mut stream = match Deflater::new(config, None) {
            Ok(stream) => stream,
            Err(code) => return Err(coded(py, code, "while compressing data", None)),
        };
        let out = stream.run(py, &data, DeflateFlush::Finish, "while compressing data")?;
        Ok(py.bytes(&out))
    }
    /// Return a compressor object.
    #[py("(level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=None)")]
    fn compressobj(
        py: &mut Py,
        level: i32,
        method: i32,
        wbits: i64,
        mem_level: i32,
        strategy: i64,
        zdict: &Value,
    ) -> Result<Value> {
        let zdict = dictionary(py, zdict)?;
        let fits = (-1..=9).contains(&level) && method == 8 && can_deflate(wbits) && (1..=9).contains(&mem_level);
        let (true, Some(strategy)) = (fits, self::strategy(strategy)) else { return Err(value_error(DOC_INIT)) };
        let config = DeflateConfig { level, window_bits: wbits as i32, mem_level, strategy, ..DeflateConfig::default() };
        match Deflater::new(config, zdict) {
            Ok(stream) => Ok(py.make(Compress { stream: Some(stream) }).into_value()),
            Err(_) => Err(value_error("Invalid dictionary")),
        }
    }
    /// Returns a bytes object containing the uncompressed data.
    #[py("(data, /, wbits=15, bufsize=16384)")]
    fn decompress(py: &mut Py, data: &Value, wbits: i64, bufsize: isize) -> Result<Value> {
        let data = buffer::data(py, data)?;
        if bufsize < 0 {
            return Err(value_error("bufsize must be non-negative"));
        }
        if !can_inflate(wbits) {
            return Err(coded(py, -2, "while preparing to decompress data", None));
        }
        let mut stream = match Inflater::new(wbits, None) {
            Ok(stream) => stream,
            Err(code) => return Err(coded(py, code, "while preparing to decompress data", None)),
        };
        let (out, _) = stream.run(py, &data, usize::MAX, InflateFlush::SyncFlush)?;
        if !stream.eof {
            return Err(coded(py, -5, "while decompressing data", None));
        }
        Ok(py.bytes(&out))
    }
    /// Return a decompressor object.
    #[py("(wbits=15, zdict=b'')")]
    fn decompressobj(py: &mut Py, wbits: i64, zdict: &Value) -> Result<Value> {
        let zdict = dictionary(py, zdict)?;
        if !can_inflate(wbits) {
            return Err(value_error(DOC_INIT));
        }
        match Inflater::new(wbits, zdict) {
            Ok(stream) => Ok(py.make(Decompress::new(stream)).into_value()),
            Err(code) => Err(coded(py, code, "while setting zdict", None)),
        }
    }
}

const NUMBERS: &[(&str, i64)] = &[
    ("MAX_WBITS", 15),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", 16384),
    ("Z_NO_COMPRESSION", 0),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", 2),
    ("Z_FULL_FLUSH", 3),
    ("Z_FINISH", 4),
    ("Z_BLOCK", 5),
    ("Z_TREES", 6),
];

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Zlib>(&d, "zlib");
    py.define::<Compress>();
    py.define::<Decompress>();
    let ty = py.define::<ZlibDecompressor>();
    dict::set_name(py, &d, "_ZlibDecompressor", ty.into_value());
    for (name, n) in NUMBERS {
        let n = py.int(*n);
        dict::set_name(py, &d, name, n);
    }
    // The version of zlib whose behaviour the crate has.
    for (name, text) in [("ZLIB_VERSION", "1.3.1"), ("ZLIB_RUNTIME_VERSION", "1.3.1"), ("__version__", "1.0")] {
        let text = py.str(text);
        dict::set_name(py, &d, name, text);
    }
    let base = py.exception_type(Exc::Exception).into_value();
    let known = py.state::<Errors>().0.clone();
    let class = error_class(py, known, "zlib", "error", &base, None)?;
    py.state::<Errors>().0 = Some(class.clone());
    dict::set_name(py, &d, "error", class);
    Ok(())
}
