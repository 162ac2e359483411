//! The core of `TextIOWrapper`: encoding on the way out, decoding and line ends on the way in.
//!
//! Encodings of this program's own are used directly; any other through the objects that
//! `codecs` makes. What was decoded and not yet handed out lies in `text`; `chunk` is the piece
//! of the file that it came from and `before` the decoder's state in front of it, so that
//! `tell` can say where a character began.

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::{Py, Raised};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_text::codecs::{Codec, Handler, Order};
use lockstep_text::wtf8;

use super::base::{closed_error, unsupported};
use super::buffered::Buffered;
use super::newline::{LineEnd, Newlines};
use crate::system;

/// Bytes read from the buffer at a time.
pub const CHUNK: usize = 8192;

/// How text becomes bytes and back.
#[derive(Clone, Default)]
pub enum Coding {
    /// Before `__init__`.
    #[default]
    None,
    /// By this program's own codec.
    Own(Codec, Handler),
    /// By the incremental encoder and decoder of `codecs`.
    Foreign {
        /// The encoder, if the stream writes.
        encoder: Option<Value>,
        /// The decoder, if the stream reads.
        decoder: Option<Value>,
    },
}

/// The state of an own decoder between two pieces.
#[derive(Clone, Default)]
pub struct Decoding {
    /// Bytes of an unfinished character.
    pub tail: Vec<u8>,
    /// Line ends.
    pub newlines: Newlines,
    /// Byte order found at the start of UTF-16 and UTF-32; and that the start is past.
    pub started: Option<Order>,
}

/// The payload of a `TextIOWrapper`.
#[derive(Default)]
pub struct TextIo {
    /// The buffer below; none before `__init__` and after `detach`.
    pub buffer: Option<Value>,
    /// Whether it was detached.
    pub detached: bool,
    /// `encoding`
    pub encoding: String,
    /// `errors`
    pub errors: String,
    /// How to encode and decode.
    pub coding: Coding,
    /// How lines end.
    pub ends: LineEnd,
    /// Whether the buffer can be read.
    pub reads: bool,
    /// Whether the buffer can be written.
    pub writes: bool,
    /// `line_buffering`
    pub line_buffering: bool,
    /// `write_through`
    pub write_through: bool,
    /// Whether the buffer can seek.
    pub seekable: bool,
    /// Whether `tell` is allowed (not while iterating).
    pub telling: bool,
    /// Encoded, not yet handed to the buffer.
    pub pending: Vec<u8>,
    /// Whether the next encoded text is at the start (and gets a byte order mark).
    pub at_start: bool,
    /// Decoded text.
    pub text: Vec<u8>,
    /// Bytes of it that were handed out.
    pub used: usize,
    /// The decoder's state.
    pub decoding: Decoding,
    /// The state before `chunk`.
    pub before: Decoding,
    /// State of a foreign decoder before `chunk`.
    pub before_foreign: Option<Value>,
    /// The bytes that `text` came from.
    pub chunk: Vec<u8>,
    /// Whether `text` is `chunk`, byte for byte.
    pub verbatim: bool,
    /// Whether the buffer reads with `read1`.
    pub has_read1: bool,
    /// Being closed by its finaliser.
    pub finalizing: bool,
    /// `mode`, set by `open`.
    pub mode: Option<Value>,
    /// `_CHUNK_SIZE`; 0: as it comes.
    pub chunk_size: usize,
}

impl Object for TextIo {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.buffer);
        visit.option(&self.mode);
        visit.option(&self.before_foreign);
        if let Coding::Foreign { encoder, decoder } = &self.coding {
            visit.option(encoder);
            visit.option(decoder);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend([self.buffer.take(), self.mode.take(), self.before_foreign.take()].into_iter().flatten());
        if let Coding::Foreign { encoder, decoder } = std::mem::take(&mut self.coding) {
            out.extend([encoder, decoder].into_iter().flatten());
        }
    }
}

/// `\n` replaced.
pub fn with_line_ends(text: &[u8], end: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut at = 0;
    for i in memchr::memchr_iter(b'\n', text) {
        out.extend_from_slice(&text[at..i]);
        out.extend_from_slice(end);
        at = i + 1;
    }
    out.extend_from_slice(&text[at..]);
    out
}

impl TextIo {
    /// Bytes read at a time, and at most pending.
    pub fn chunk_size(&self) -> usize {
        if self.chunk_size == 0 { CHUNK } else { self.chunk_size }
    }
    /// Whether what was read ahead is known well enough to be read again: the buffer can seek.
    fn has_snapshot(&self) -> bool {
        !self.chunk.is_empty() || self.before_foreign.is_some()
    }
    /// The buffer.
    pub fn buffer(py: &Py, this: &Ref<TextIo>) -> Result<Value> {
        let t = this.get(py);
        match &t.buffer {
            Some(buffer) => Ok(buffer.clone()),
            None if t.detached => Err(value_error("underlying buffer has been detached")),
            None => Err(value_error("I/O operation on uninitialized object")),
        }
    }
    /// Whether the buffer is closed.
    pub fn is_closed(py: &mut Py, this: &Ref<TextIo>) -> Result<bool> {
        let buffer = Self::buffer(py, this)?;
        match buffer.downcast::<Buffered>() {
            Some(b) if is_plain(py, &buffer) => Buffered::is_closed(py, b),
            _ => super::base::is_closed(py, &buffer),
        }
    }
    /// The buffer, which must be open.
    pub fn open(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
        if Self::is_closed(py, this)? { Err(closed_error()) } else { Self::buffer(py, this) }
    }

    // ------------------------------------------------------------------ writing

    /// Hand what is pending to the buffer.
    pub fn write_pending(py: &mut Py, this: &Ref<TextIo>) -> Result<()> {
        if this.get(py).pending.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut this.get_mut(py).pending);
        let buffer = Self::buffer(py, this)?;
        match buffer.downcast::<Buffered>() {
            Some(b) if is_plain(py, &buffer) => {
                if Buffered::is_closed(py, b)? {
                    return Err(value_error("write to closed file"));
                }
                Buffered::write(py, b, &pending)?;
                let t = this.get_mut(py);
                if t.pending.is_empty() {
                    // The room is used again.
                    let mut pending = pending;
                    pending.clear();
                    t.pending = pending;
                }
                Ok(())
            }
            _ => {
                let bytes = py.bytes(&pending);
                py.call_method(&buffer, "write", &[bytes]).map(drop)
            }
        }
    }

    /// `flush()`
    pub fn flush(py: &mut Py, this: &Ref<TextIo>) -> Result<()> {
        let buffer = Self::open(py, this)?;
        let t = this.get_mut(py);
        t.telling = t.seekable;
        Self::write_pending(py, this)?;
        match buffer.downcast::<Buffered>() {
            Some(b) if is_plain(py, &buffer) => Buffered::flush(py, b),
            _ => py.call_method(&buffer, "flush", &[]).map(drop),
        }
    }

    /// `write()`
    pub fn write(py: &mut Py, this: &Ref<TextIo>, bytes: &[u8]) -> Result<()> {
        Self::open(py, this)?;
        if !this.get(py).writes {
            return Err(unsupported(py, "not writable"));
        }
        let t = this.get_mut(py);
        let has_lf = (t.line_buffering || t.ends.written().is_some()) && memchr::memchr(b'\n', bytes).is_some();
        let has_cr = t.line_buffering && memchr::memchr(b'\r', bytes).is_some();
        let translated;
        let source: &[u8] = match t.ends.written() {
            Some(end) if has_lf => {
                translated = with_line_ends(bytes, end);
                &translated
            }
            _ => bytes,
        };
        let flush = t.line_buffering && (has_lf || has_cr);
        let own = match &t.coding {
            Coding::Own(codec, handler) => Some((*codec, *handler)),
            Coding::None => return Err(value_error("I/O operation on uninitialized object")),
            Coding::Foreign { .. } => None,
        };
        match own {
            Some((Codec::Utf8, _)) if std::str::from_utf8(bytes).is_ok() => Self::append(py, this, source)?,
            Some((Codec::Ascii | Codec::Latin1, _)) if bytes.is_ascii() => Self::append(py, this, source)?,
            Some((codec, handler)) => {
                let codec = if t.at_start { codec } else { codec.unmarked() };
                t.at_start = false;
                match codec.encode_with(source, handler) {
                    Ok(encoded) => Self::append(py, this, &encoded)?,
                    Err(fault) => {
                        let object = py.new_str_bytes(source).into_value();
                        return Err(system::encode_error(py, object, &fault));
                    }
                }
            }
            None => {
                let Coding::Foreign { encoder, .. } = t.coding.clone() else { return Ok(()) };
                let Some(encoder) = encoder else { return Err(unsupported(py, "not writable")) };
                let source = py.new_str_bytes(source).into_value();
                let encoded = py.call_method(&encoder, "encode", &[source])?;
                let Some(encoded) = encoded.downcast::<Bytes>() else {
                    return Err(type_error(format!("encoder should return a bytes object, not '{}'", py.type_name(&encoded))));
                };
                Self::append(py, this, encoded.slice())?;
            }
        }
        let t = this.get_mut(py);
        let through = t.write_through;
        if t.pending.len() >= t.chunk_size() || flush || through {
            Self::write_pending(py, this)?;
        }
        if flush {
            Self::flush(py, this)?;
        }
        if this.get(py).has_snapshot() {
            Self::forget(py, this);
        }
        Ok(())
    }

    /// Bytes that wait to be written; what waits already goes out first if they are too many together.
    fn append(py: &mut Py, this: &Ref<TextIo>, bytes: &[u8]) -> Result<()> {
        while !this.get(py).pending.is_empty() && this.get(py).pending.len() + bytes.len() > this.get(py).chunk_size() {
            Self::write_pending(py, this)?;
        }
        this.get_mut(py).pending.extend_from_slice(bytes);
        Ok(())
    }

    /// Forget what was read ahead.
    pub fn forget(py: &mut Py, this: &Ref<TextIo>) {
        let t = this.get_mut(py);
        t.text.clear();
        t.used = 0;
        t.chunk.clear();
        t.decoding = Decoding { newlines: Newlines { held: false, seen: t.decoding.newlines.seen }, ..Decoding::default() };
        t.before = t.decoding.clone();
        drop(t.before_foreign.take());
    }

    // ------------------------------------------------------------------ reading

    /// Decode a piece with an own codec.
    fn decode_own(py: &mut Py, this: &Ref<TextIo>, codec: Codec, handler: Handler, bytes: &[u8], last: bool) -> Result<Vec<u8>> {
        let t = this.get_mut(py);
        let ends = t.ends;
        match decode(codec, handler, &mut t.decoding, bytes, last, ends) {
            Ok(text) => Ok(text),
            Err((input, fault)) => Err(system::decode_error(py, &input, &fault)),
        }
    }

    /// Read and decode one piece; false at the end.
    pub fn read_chunk(py: &mut Py, this: &Ref<TextIo>, hint: usize) -> Result<bool> {
        let buffer = Self::buffer(py, this)?;
        let (telling, has_read1) = (this.get(py).telling, this.get(py).has_read1);
        let size = this.get(py).chunk_size().max(hint);
        let bytes = match buffer.downcast::<Buffered>() {
            Some(b) if is_plain(py, &buffer) => {
                Buffered::check_open(py, b, "read")?;
                if b.get(py).unread() == 0 {
                    Buffered::peek(py, b)?;
                }
                Buffered::read_once(py, b, size)?
            }
            _ => {
                let size = py.int(size as i64);
                let method = if has_read1 { "read1" } else { "read" };
                let got = py.call_method(&buffer, method, &[size])?;
                match got.downcast::<Bytes>() {
                    Some(b) => b.slice().to_vec(),
                    None if got.is_none() || got.is_a::<Str>() => {
                        return Err(type_error(format!(
                            "underlying {method}() should have returned a bytes-like object, not '{}'",
                            py.type_name(&got)
                        )));
                    }
                    None => py.bytes_like(&got)?.into_owned(),
                }
            }
        };
        let last = bytes.is_empty();
        let coding = this.get(py).coding.clone();
        let (text, verbatim) = match coding {
            Coding::Own(codec, handler) => {
                let t = this.get_mut(py);
                if telling {
                    t.before = t.decoding.clone();
                }
                let text = Self::decode_own(py, this, codec, handler, &bytes, last)?;
                let verbatim = codec == Codec::Utf8 && text == bytes;
                (text, verbatim)
            }
            Coding::Foreign { decoder: Some(decoder), .. } => {
                if telling {
                    let state = py.call_method(&decoder, "getstate", &[])?;
                    check_state(py, &state)?;
                    this.get_mut(py).before = this.get(py).decoding.clone();
                    this.get_mut(py).before_foreign = Some(state);
                }
                let data = py.bytes(&bytes);
                let text = py.call_method(&decoder, "decode", &[data, Value::bool(last)])?;
                let Some(text) = text.downcast::<Str>() else {
                    return Err(type_error(format!("decoder should return a string result, not '{}'", py.type_name(&text))));
                };
                let text = text.as_bytes().to_vec();
                let t = this.get_mut(py);
                let text =
                    if t.ends.universal() { t.decoding.newlines.feed(text, last, t.ends == LineEnd::Translated) } else { text };
                (text, false)
            }
            _ => return Err(unsupported(py, "not readable")),
        };
        let t = this.get_mut(py);
        t.text = text;
        t.used = 0;
        t.verbatim = verbatim;
        t.chunk = if telling { bytes } else { Vec::new() };
        Ok(!last || !t.text.is_empty())
    }

    fn check_reads(py: &mut Py, this: &Ref<TextIo>) -> Result<()> {
        if this.get(py).reads { Ok(()) } else { Err(unsupported(py, "not readable")) }
    }

    /// What is left of the decoded text.
    pub fn rest(&self) -> &[u8] {
        &self.text[self.used..]
    }

    /// `read()`
    pub fn read_all(py: &mut Py, this: &Ref<TextIo>) -> Result<Vec<u8>> {
        let buffer = Self::open(py, this)?;
        Self::check_reads(py, this)?;
        Self::write_pending(py, this)?;
        let bytes = match buffer.downcast::<Buffered>() {
            Some(b) if is_plain(py, &buffer) => {
                Buffered::check_open(py, b, "read")?;
                Buffered::read_all(py, b)?.unwrap_or_default()
            }
            _ => {
                let got = py.call_method(&buffer, "read", &[])?;
                if got.is_none() {
                    return Err(would_block(py));
                }
                match got.downcast::<Bytes>() {
                    Some(b) => b.slice().to_vec(),
                    None => py.bytes_like(&got)?.into_owned(),
                }
            }
        };
        let mut out = this.get(py).rest().to_vec();
        let text = match this.get(py).coding.clone() {
            Coding::Own(codec, handler) => Self::decode_own(py, this, codec, handler, &bytes, true)?,
            Coding::Foreign { decoder: Some(decoder), .. } => {
                let data = py.bytes(&bytes);
                let text = py.call_method(&decoder, "decode", &[data, Value::TRUE])?;
                let Some(text) = text.downcast::<Str>() else {
                    return Err(type_error(format!("decoder should return a string result, not '{}'", py.type_name(&text))));
                };
                let text = text.as_bytes().to_vec();
                let t = this.get_mut(py);
                if t.ends.universal() { t.decoding.newlines.feed(text, true, t.ends == LineEnd::Translated) } else { text }
            }
            _ => return Err(unsupported(py, "not readable")),
        };
        let t = this.get_mut(py);
        t.text.clear();
        t.used = 0;
        t.chunk.clear();
        drop(t.before_foreign.take());
        if out.is_empty() {
            return Ok(text);
        }
        out.extend_from_slice(&text);
        Ok(out)
    }

    /// `read(n)`
    pub fn read(py: &mut Py, this: &Ref<TextIo>, n: usize) -> Result<Vec<u8>> {
        Self::open(py, this)?;
        Self::check_reads(py, this)?;
        Self::write_pending(py, this)?;
        let (mut out, mut left) = (Vec::new(), n);
        loop {
            let t = this.get_mut(py);
            let rest = t.rest();
            let chars = wtf8::count(rest);
            let take = if chars <= left { rest.len() } else { wtf8::byte_offset(rest, left) };
            out.extend_from_slice(&rest[..take]);
            left -= chars.min(left);
            t.used += take;
            if left == 0 || !Self::read_chunk(py, this, left)? {
                return Ok(out);
            }
        }
    }

    /// `readline()`: at most `limit` characters.
    pub fn read_line(py: &mut Py, this: &Ref<TextIo>, limit: usize) -> Result<Value> {
        let ends = this.get(py).ends;
        if limit == usize::MAX {
            let t = this.get(py);
            if let Some(n) = ends.find(t.rest()) {
                let line = py.new_str_bytes(&t.rest()[..n]).into_value();
                this.get_mut(py).used += n;
                return Ok(line);
            }
        }
        Self::check_reads(py, this)?;
        Self::write_pending(py, this)?;
        let mut line = Vec::new();
        // How much of `line` holds no line end for certain: one may be cut in two there.
        let mut searched = 0;
        loop {
            let t = this.get_mut(py);
            let taken = line.len();
            let rest = std::mem::take(&mut t.text);
            line.extend_from_slice(&rest[t.used..]);
            t.text = rest;
            let end = ends.find(&line[searched..]).map(|n| searched + n);
            let mut stop = end.unwrap_or(line.len());
            let mut full = end.is_some();
            if limit != usize::MAX && stop > limit && wtf8::count(&line[..stop]) >= limit {
                stop = wtf8::byte_offset(&line, limit);
                full = true;
            } else if limit != usize::MAX && wtf8::count(&line[..stop]) >= limit {
                full = true;
            }
            if full {
                t.used += stop - taken;
                line.truncate(stop);
                break;
            }
            t.used = t.text.len();
            searched = line.len().saturating_sub(1);
            if !Self::read_chunk(py, this, 0)? {
                break;
            }
        }
        Ok(py.new_str_bytes(&line).into_value())
    }
}

/// What a decoder's `getstate` must give: bytes and a number.
fn check_state(py: &Py, state: &Value) -> Result<()> {
    match state.downcast::<Tuple>().map(|pair| pair.slice()) {
        Some([bytes, _]) if bytes.is_a::<Bytes>() => Ok(()),
        Some([other, _]) => Err(type_error(format!(
            "illegal decoder state: the first item should be a bytes object, not '{}'",
            py.type_name(other)
        ))),
        _ => Err(type_error("illegal decoder state")),
    }
}

/// Decode the next piece; an error comes with the input that it is about.
pub fn decode(
    codec: Codec,
    handler: Handler,
    state: &mut Decoding,
    bytes: &[u8],
    last: bool,
    ends: LineEnd,
) -> std::result::Result<Vec<u8>, (Vec<u8>, lockstep_text::codecs::Fault)> {
    let joined;
    let input = if state.tail.is_empty() {
        bytes
    } else {
        let mut all = std::mem::take(&mut state.tail);
        all.extend_from_slice(bytes);
        joined = all;
        &joined
    };
    let mut at = 0;
    let codec = ordered(codec, state, input, last, &mut at);
    let Some(codec) = codec else {
        state.tail = input.to_vec();
        return Ok(Vec::new());
    };
    let mut text = Vec::with_capacity(input.len());
    let end = loop {
        match codec.decode(input, at, last, &mut text) {
            Ok(end) => break end,
            Err(fault) => match handler.decode(input, &fault, &mut text) {
                Some(next) => at = next,
                None => return Err((input.to_vec(), fault)),
            },
        }
    };
    state.tail = input[end.min(input.len())..].to_vec();
    Ok(if ends.universal() { state.newlines.feed(text, last, ends == LineEnd::Translated) } else { text })
}

/// The codec without its mark, once the start of the stream is known; none: more bytes needed.
fn ordered(codec: Codec, state: &mut Decoding, input: &[u8], last: bool, at: &mut usize) -> Option<Codec> {
    let unit = match codec {
        Codec::Utf16(Order::Marked) => 2,
        Codec::Utf32(Order::Marked) => 4,
        Codec::Utf8Sig => 3,
        _ => return Some(codec),
    };
    if state.started.is_none() {
        if input.len() < unit && !last && (unit != 3 || [0xef, 0xbb, 0xbf].starts_with(input)) {
            return None;
        }
        if input.is_empty() {
            return Some(codec);
        }
        let (order, skip) = match codec {
            Codec::Utf16(_) => lockstep_text::codecs::utf16::order_of(input, Order::Marked),
            Codec::Utf32(_) => lockstep_text::codecs::utf32::order_of(input, Order::Marked),
            _ => (Order::Little, if input.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 }),
        };
        state.started = Some(if order == Order::Marked { Order::Little } else { order });
        *at = skip;
    }
    let order = state.started.unwrap_or(Order::Little);
    Some(match codec {
        Codec::Utf16(_) => Codec::Utf16(order),
        Codec::Utf32(_) => Codec::Utf32(order),
        _ => Codec::Utf8,
    })
}

/// Whether the buffer is one of this program's own types themselves: no method is replaced.
pub fn is_plain(py: &Py, buffer: &Value) -> bool {
    !py.type_ref(buffer).get(py).flags.has(lockstep_interp::object::TypeFlags::HEAP)
}

#[cold]
fn would_block(py: &mut Py) -> Raised {
    let args = vec![Value::int32(11), py.str("Resource temporarily unavailable")];
    Raised::args(lockstep_interp::object::Exc::BlockingIOError, args)
}
