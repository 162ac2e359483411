//! Streams of compressed data, by the crate `zlib-rs`: its results as zlib's codes and messages.

use lockstep_interp::object::raise::{Result, memory_error};
use lockstep_interp::{Exc, Py, Raised, Value};
use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Inflate, InflateError, InflateFlush, Status};

/// The module's `error` class.
#[derive(Default)]
pub struct Errors(pub Option<Value>);

/// A `zlib.error`.
#[cold]
pub fn error(py: &mut Py, message: &str) -> Raised {
    match py.state::<Errors>().0.clone() {
        Some(class) => {
            let text = py.str(message);
            match py.call(&class, &[text]) {
                Ok(made) => py.raise_value(&made),
                Err(e) => e,
            }
        }
        None => Raised::new(Exc::ValueError, message),
    }
}

/// A `zlib.error` with the code of zlib's own function.
#[cold]
pub fn coded(py: &mut Py, code: i32, what: &str, detail: Option<&str>) -> Raised {
    let detail = detail.or(match code {
        -5 => Some("incomplete or truncated stream"),
        -2 => Some("inconsistent stream state"),
        -3 => Some("invalid input data"),
        _ => None,
    });
    match detail {
        Some(detail) => error(py, &format!("Error {code} {what}: {detail}")),
        None => error(py, &format!("Error {code} {what}")),
    }
}

/// Streams remember what they were fed up to this size: the crate cannot copy a stream, so a copy
/// is fed the same again.
const REMEMBERED: usize = 4 << 20;

/// Room that a call of the crate gets at least.
const CHUNK: usize = 16 << 10;

/// More room at the end: where it begins.
fn grow(py: &Py, out: &mut Vec<u8>, most: usize) -> Result<usize> {
    let start = out.len();
    let more = start.max(CHUNK).min(most);
    py.room(start + more)?;
    if out.try_reserve(more).is_err() {
        return Err(memory_error());
    }
    out.resize(start + more, 0);
    Ok(start)
}

/// Compression under way.
pub struct Deflater {
    inner: Deflate,
    config: DeflateConfig,
    dictionary: Option<Vec<u8>>,
    fed: Option<Vec<(Vec<u8>, DeflateFlush)>>,
    size: usize,
    /// The stream was ended.
    pub ended: bool,
}

/// Whether zlib compresses with these window bits.
pub fn can_deflate(bits: i64) -> bool {
    (8..=15).contains(&bits) || (-15..=-9).contains(&bits) || (25..=31).contains(&bits)
}

impl Deflater {
    /// A stream whose configuration was checked. Code -2 or -3 if the dictionary does not fit.
    pub fn new(config: DeflateConfig, dictionary: Option<Vec<u8>>) -> Result<Deflater, i32> {
        let mut inner = Deflate::new_with_config(config);
        if let Some(dictionary) = &dictionary {
            inner.set_dictionary(dictionary).map_err(|e| e as i32)?;
        }
        Ok(Deflater { inner, config, dictionary, fed: Some(Vec::new()), size: 0, ended: false })
    }

    /// Compress.
    pub fn run(&mut self, py: &mut Py, input: &[u8], flush: DeflateFlush, what: &str) -> Result<Vec<u8>> {
        if self.ended {
            return Err(coded(py, -2, what, None));
        }
        self.size = self.size.saturating_add(input.len().max(16));
        if self.size > REMEMBERED {
            self.fed = None;
        }
        if let Some(fed) = &mut self.fed {
            fed.push((input.to_vec(), flush));
        }
        let mut out = Vec::new();
        let mut at = 0;
        loop {
            let start = grow(py, &mut out, usize::MAX)?;
            let (ins, outs) = (self.inner.total_in(), self.inner.total_out());
            let status = self.inner.compress(&input[at..], &mut out[start..], flush);
            at += (self.inner.total_in() - ins) as usize;
            let end = start + (self.inner.total_out() - outs) as usize;
            let full = end == out.len();
            out.truncate(end);
            match status {
                Ok(Status::StreamEnd) => {
                    self.ended = true;
                    return Ok(out);
                }
                Ok(_) if full => {}
                Ok(Status::Ok) if at < input.len() => {}
                Ok(_) => return Ok(out),
                Err(e) => return Err(coded(py, e as i32, what, self.inner.error_message())),
            }
            py.check()?;
        }
    }

    /// The same stream again; none if it has forgotten what it was fed.
    pub fn copy(&self, py: &mut Py) -> Result<Option<Deflater>> {
        let Some(fed) = &self.fed else { return Ok(None) };
        let Ok(mut copy) = Deflater::new(self.config, self.dictionary.clone()) else { return Ok(None) };
        for (input, flush) in fed {
            copy.run(py, input, *flush, "while copying compression object")?;
        }
        Ok(Some(copy))
    }
}

/// Decompression under way.
pub struct Inflater {
    inner: Inflate,
    bits: i64,
    dictionary: Option<Vec<u8>>,
    fed: Option<Vec<u8>>,
    /// The end of the stream was reached.
    pub eof: bool,
}

/// Whether zlib decompresses with these window bits.
pub fn can_inflate(bits: i64) -> bool {
    matches!(bits, 0 | 16 | 32 | 8..=15 | 24..=31 | 40..=47 | -15..=-8)
}

fn start(bits: i64) -> Inflate {
    match bits {
        ..0 => Inflate::new(false, bits.unsigned_abs() as u8),
        // The window's size comes from the head, or is the largest.
        16 => Inflate::new(true, 31),
        32 => Inflate::new(true, 47),
        _ => Inflate::new(true, bits as u8),
    }
}

impl Inflater {
    /// A stream whose window bits were checked. A code if the dictionary does not fit.
    pub fn new(bits: i64, dictionary: Option<Vec<u8>>) -> Result<Inflater, i32> {
        let mut inner = start(bits);
        if bits < 0
            && let Some(dictionary) = &dictionary
        {
            inner.set_dictionary(dictionary).map_err(|_| -3)?;
        }
        Ok(Inflater { inner, bits, dictionary, fed: Some(Vec::new()), eof: false })
    }

    /// Decompress up to `most` bytes: the result, and how much of the input was used.
    pub fn run(&mut self, py: &mut Py, input: &[u8], most: usize, flush: InflateFlush) -> Result<(Vec<u8>, usize)> {
        let mut out = Vec::new();
        let mut at = 0;
        while out.len() < most && !self.eof {
            let left = most - out.len();
            let start = grow(py, &mut out, left)?;
            let (ins, outs) = (self.inner.total_in(), self.inner.total_out());
            let status = self.inner.decompress(&input[at..], &mut out[start..], flush);
            at += (self.inner.total_in() - ins) as usize;
            let end = start + (self.inner.total_out() - outs) as usize;
            let full = end == out.len();
            out.truncate(end);
            match status {
                Ok(Status::StreamEnd) => self.eof = true,
                Ok(_) if full => {}
                Ok(Status::Ok) if at < input.len() => {}
                Ok(_) => break,
                Err(InflateError::NeedDict { .. }) => match &self.dictionary {
                    Some(dictionary) => {
                        if self.inner.set_dictionary(dictionary).is_err() {
                            return Err(coded(py, -3, "while setting zdict", None));
                        }
                    }
                    None => return Err(coded(py, 2, "while decompressing data", None)),
                },
                Err(e) => {
                    let code = match e {
                        InflateError::DataError => -3,
                        InflateError::MemError => -4,
                        _ => -2,
                    };
                    return Err(coded(py, code, "while decompressing data", self.inner.error_message()));
                }
            }
            py.check()?;
        }
        match &mut self.fed {
            Some(fed) if fed.len() + at <= REMEMBERED => fed.extend_from_slice(&input[..at]),
            _ => self.fed = None,
        }
        Ok((out, at))
    }

    /// The same stream again; none if it has forgotten what it was fed.
    pub fn copy(&self, py: &mut Py) -> Result<Option<Inflater>> {
        let Some(fed) = &self.fed else { return Ok(None) };
        let Ok(mut copy) = Inflater::new(self.bits, self.dictionary.clone()) else { return Ok(None) };
        let (_, mut at) = copy.run(py, fed, self.inner.total_out() as usize, InflateFlush::SyncFlush)?;
        // What follows the last byte of output without giving more.
        while at < fed.len() && !copy.eof {
            let before = copy.inner.total_in();
            let status = copy.inner.decompress(&fed[at..], &mut [], InflateFlush::SyncFlush);
            let used = (copy.inner.total_in() - before) as usize;
            at += used;
            copy.eof = matches!(status, Ok(Status::StreamEnd));
            if used == 0 || status.is_err() {
                break;
            }
        }
        copy.eof = self.eof;
        copy.fed = Some(fed.clone());
        Ok(Some(copy))
    }
}
