//! `TextIOWrapper.tell` and `seek`: a position in text is where to go in the file, the decoder's
//! state there, how many bytes to feed it, and how many characters of what comes out to skip.

use dashu_int::IBig;
use lockstep_heap::{Ref, Value};
use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::{Exc, Py, Raised};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_text::codecs::{Codec, Handler, Order};
use lockstep_text::wtf8;

use super::base::unsupported;
use super::text::{Coding, Decoding, TextIo, decode};

#[derive(Default)]
struct Cookie {
    start: u64,
    flags: u32,
    feed: u32,
    skip: u32,
}

impl Cookie {
    fn value(&self, py: &mut Py) -> Value {
        let high = u128::from(self.flags) | u128::from(self.feed) << 32 | u128::from(self.skip) << 64;
        if high == 0 {
            return py.int(self.start as i64);
        }
        py.int_from((IBig::from(high) << 64) + IBig::from(self.start))
    }
    fn from_value(value: &Value) -> Option<Cookie> {
        let n = lockstep_interp::types::int::to_ibig(value)?;
        let start = u64::try_from(&n & IBig::from(u64::MAX)).ok()?;
        let high = u128::try_from(n >> 64).ok()?;
        Some(Cookie { start, flags: high as u32, feed: (high >> 32) as u32, skip: (high >> 64) as u32 })
    }
}

/// Bit 0: a carriage return is held; then the byte order: 0 the machine's, 1 not known yet, 2 big.
fn flags_of(codec: Codec, state: &Decoding, start: u64) -> u32 {
    let marked = matches!(codec, Codec::Utf16(Order::Marked) | Codec::Utf32(Order::Marked) | Codec::Utf8Sig);
    let order = match state.started {
        None if marked && start > 0 => 2,
        Some(Order::Big) => 4,
        _ => 0,
    };
    u32::from(state.newlines.held) | order
}

fn state_of(flags: u32, start: u64, seen: u8) -> Decoding {
    let started = match flags & 6 {
        4 => Some(Order::Big),
        0 if start > 0 => Some(Order::Little),
        _ => None,
    };
    let mut state = Decoding { started, ..Decoding::default() };
    state.newlines.held = flags & 1 != 0;
    state.newlines.seen = seen;
    state
}

/// `tell()`
pub fn tell(py: &mut Py, this: &Ref<TextIo>) -> Result<Value> {
    let buffer = TextIo::open(py, this)?;
    if !this.get(py).seekable {
        return Err(unsupported(py, "underlying stream is not seekable"));
    }
    if !this.get(py).telling {
        return Err(Raised::new(Exc::OSError, "telling position disabled by next() call"));
    }
    TextIo::write_pending(py, this)?;
    py.call_method(this.as_value(), "flush", &[])?;
    let at = py.call_method(&buffer, "tell", &[])?;
    let t = this.get(py);
    let idle = t.chunk.is_empty() && t.before.tail.is_empty();
    match t.coding.clone() {
        Coding::Foreign { decoder: Some(_), .. } if !t.text.is_empty() => foreign(py, this, &at),
        Coding::Own(codec, handler) if !idle => {
            let at = py.index_clamped(&at)? as i64;
            own(py, this, codec, handler, at)
        }
        _ => Ok(at),
    }
}

fn own(py: &mut Py, this: &Ref<TextIo>, codec: Codec, handler: Handler, at: i64) -> Result<Value> {
    let t = this.get(py);
    let mut input = t.before.tail.clone();
    input.extend_from_slice(&t.chunk);
    let start = (at - input.len() as i64).max(0) as u64;
    if t.verbatim && t.before.tail.is_empty() && !t.before.newlines.held {
        let cookie = Cookie { start: start + t.used as u64, ..Cookie::default() };
        return Ok(cookie.value(py));
    }
    let wanted = wtf8::count(&t.text[..t.used]);
    let ends = t.ends;
    let mut state = Decoding { tail: Vec::new(), ..t.before.clone() };
    let mut safe = Cookie { start, flags: flags_of(codec, &state, start), ..Cookie::default() };
    let (mut chars, mut safe_chars) = (0, 0);
    for (i, byte) in input.iter().enumerate() {
        if chars >= wanted && safe_chars == wanted {
            break;
        }
        match decode(codec, handler, &mut state, std::slice::from_ref(byte), false, ends) {
            Ok(text) => chars += wtf8::count(&text),
            Err((_, fault)) => return Err(crate::system::decode_error(py, &input, &fault)),
        }
        if chars > wanted {
            let fed = i as u64 + 1 - (safe.start - start);
            safe.feed = fed as u32;
            break;
        }
        if state.tail.is_empty() && !state.newlines.held {
            safe = Cookie { start: start + i as u64 + 1, flags: flags_of(codec, &state, start + 1), ..Cookie::default() };
            safe_chars = chars;
        }
    }
    if safe_chars < wanted {
        safe.skip = (wanted - safe_chars) as u32;
        if safe.feed == 0 {
            safe.feed = (start + input.len() as u64 - safe.start) as u32;
        }
    }
    Ok(safe.value(py))
}

fn foreign(py: &mut Py, this: &Ref<TextIo>, at: &Value) -> Result<Value> {
    let at = py.index_clamped(at)? as i64;
    let t = this.get(py);
    let (used, chunk, held) = (wtf8::count(&t.text[..t.used]), t.chunk.len(), t.before.newlines.held);
    let state = t.before_foreign.clone();
    let (tail, flag) = match state.as_ref().and_then(|s| s.downcast::<Tuple>()).map(|t| t.slice().to_vec()) {
        Some(pair) if pair.len() == 2 => {
            let tail = pair[0].downcast::<Bytes>().map_or(0, |b| b.slice().len());
            (tail, py.index_clamped(&pair[1])? as u32)
        }
        _ => return Err(type_error("illegal decoder state")),
    };
    let feed = chunk + tail;
    let mut cookie = Cookie { start: (at - feed as i64).max(0) as u64, flags: flag << 3 | u32::from(held), ..Cookie::default() };
    if used > 0 {
        cookie.feed = feed as u32;
        cookie.skip = used as u32;
    }
    Ok(cookie.value(py))
}

/// `seek()`
pub fn seek(py: &mut Py, this: &Ref<TextIo>, cookie: &Value, whence: i32) -> Result<Value> {
    let buffer = TextIo::open(py, this)?;
    if !this.get(py).seekable {
        return Err(unsupported(py, "underlying stream is not seekable"));
    }
    let zero = cookie.as_small_int() == Some(0);
    let cookie = match whence {
        0 => cookie.clone(),
        1 if zero => {
            py.call_method(this.as_value(), "flush", &[])?;
            tell(py, this)?
        }
        1 => return Err(unsupported(py, "can't do nonzero cur-relative seeks")),
        2 if zero => {
            py.call_method(this.as_value(), "flush", &[])?;
            reset(py, this, Decoding::default(), 0)?;
            let at = py.call_method(&buffer, "seek", &[Value::int32(0), Value::int32(2)])?;
            this.get_mut(py).at_start = at.as_small_int() == Some(0);
            return Ok(at);
        }
        2 => return Err(unsupported(py, "can't do nonzero end-relative seeks")),
        _ => return Err(value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    if !lockstep_interp::types::int::is_int(&cookie) {
        return Err(type_error(format!("an integer is required (got type {})", py.type_name(&cookie))));
    }
    let Some(place) = Cookie::from_value(&cookie) else {
        let shown = py.repr(&cookie)?;
        return Err(value_error(format!("negative seek position {shown}")));
    };
    py.call_method(this.as_value(), "flush", &[])?;
    let at = py.int(place.start as i64);
    py.call_method(&buffer, "seek", &[at])?;
    let seen = this.get(py).decoding.newlines.seen;
    reset(py, this, state_of(place.flags, place.start, seen), place.flags >> 3)?;
    if place.skip > 0 {
        let feed = py.int(i64::from(place.feed));
        let got = py.call_method(&buffer, "read", &[feed])?;
        let Some(got) = got.downcast::<Bytes>() else {
            return Err(type_error(format!(
                "underlying read() should have returned a bytes object, not '{}'",
                py.type_name(&got)
            )));
        };
        replay(py, this, got.slice(), place.skip as usize)?;
    }
    let fresh = place.start == 0 && place.flags == 0;
    this.get_mut(py).at_start = fresh;
    if let Coding::Foreign { encoder: Some(encoder), .. } = this.get(py).coding.clone() {
        if fresh {
            py.call_method(&encoder, "reset", &[])?;
        } else {
            py.call_method(&encoder, "setstate", &[Value::int32(0)])?;
        }
    }
    Ok(cookie)
}

fn reset(py: &mut Py, this: &Ref<TextIo>, state: Decoding, flag: u32) -> Result<()> {
    TextIo::forget(py, this);
    let t = this.get_mut(py);
    t.before = state.clone();
    t.decoding = state;
    if let Coding::Foreign { decoder: Some(decoder), .. } = t.coding.clone() {
        if flag == 0 {
            py.call_method(&decoder, "reset", &[])?;
        } else {
            let state = vec![py.bytes(b""), py.int(i64::from(flag))];
            let state = py.tuple(state);
            py.call_method(&decoder, "setstate", &[state])?;
        }
    }
    Ok(())
}

/// Decode again what was decoded when the position was told.
fn replay(py: &mut Py, this: &Ref<TextIo>, bytes: &[u8], skip: usize) -> Result<()> {
    let text = match this.get(py).coding.clone() {
        Coding::Own(codec, handler) => {
            let t = this.get_mut(py);
            let ends = t.ends;
            match decode(codec, handler, &mut t.decoding, bytes, false, ends) {
                Ok(text) => text,
                Err((input, fault)) => return Err(crate::system::decode_error(py, &input, &fault)),
            }
        }
        Coding::Foreign { decoder: Some(decoder), .. } => {
            let state = py.call_method(&decoder, "getstate", &[])?;
            this.get_mut(py).before_foreign = Some(state);
            let data = py.bytes(bytes);
            let text = py.call_method(&decoder, "decode", &[data, Value::FALSE])?;
            let Some(text) = text.downcast::<Str>() else { return Err(type_error("decoder should return a string result")) };
            let text = text.as_bytes().to_vec();
            let t = this.get_mut(py);
            if t.ends.universal() {
                t.decoding.newlines.feed(text, false, t.ends == super::newline::LineEnd::Translated)
            } else {
                text
            }
        }
        _ => Vec::new(),
    };
    if wtf8::count(&text) < skip {
        return Err(Raised::new(Exc::OSError, "can't restore logical file position"));
    }
    let t = this.get_mut(py);
    t.used = wtf8::byte_offset(&text, skip);
    t.text = text;
    t.chunk = bytes.to_vec();
    t.verbatim = false;
    Ok(())
}
