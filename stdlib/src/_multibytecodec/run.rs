//! Running over a text or bytes, with error handlers.

use lockstep_interp::object::raise::Result;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::str::codec;
use lockstep_interp::{Py, Ref};
use lockstep_text::codecs::Fault;
use lockstep_text::codecs::handler::Replacement;
use lockstep_text::wtf8;

use super::charset::{Charset, Decoded, Encoded};

const WRONG: &str = "illegal multibyte sequence";
const SHORT: &str = "incomplete multibyte sequence";
/// Characters or bytes between two looks at what is requested.
const STEPS: usize = 1 << 16;

/// The bytes of a text from byte `at` on and the place where it had to stop: its end, or before a
/// character whose code depends on the next.
pub fn encode(py: &mut Py, charset: &Charset, text: &Ref<Str>, errors: &str, last: bool) -> Result<(Vec<u8>, usize)> {
    let (mut out, mut at, mut number, mut steps) = (Vec::new(), 0, 0, 0usize);
    while let Some((c, len)) = wtf8::decode_at(text.as_bytes(), at) {
        steps += 1;
        if steps.is_multiple_of(STEPS) {
            py.check()?;
        }
        let next = wtf8::decode_at(text.as_bytes(), at + len);
        match charset.encode(c, next.map(|(c, _)| c), last) {
            Encoded::Bytes(bytes, n) => out.extend_from_slice(&bytes[..n]),
            Encoded::Both(bytes) => {
                out.extend_from_slice(&bytes);
                at += len + next.map_or(0, |(_, len)| len);
                number += 2;
                continue;
            }
            Encoded::Wait => break,
            Encoded::None => {
                let fault = Fault {
                    encoding: charset.name,
                    start: number,
                    end: number + 1,
                    reason: WRONG,
                    byte_start: at,
                    byte_end: at + len,
                };
                number = replace(py, charset, text, errors, &fault, &mut out)?;
                at = wtf8::byte_offset(text.as_bytes(), number);
                continue;
            }
        }
        at += len;
        number += 1;
    }
    Ok((out, at))
}

/// Asks the error handler for something in place of a character; the number of the next one.
fn replace(py: &mut Py, charset: &Charset, text: &Ref<Str>, errors: &str, fault: &Fault, out: &mut Vec<u8>) -> Result<usize> {
    if errors == "replace" {
        out.push(b'?');
        return Ok(fault.end);
    }
    let (replacement, next) = codec::handle_encode(py, errors, text, fault)?;
    match replacement {
        Replacement::Bytes(bytes) => out.extend_from_slice(&bytes),
        Replacement::Text(new) => {
            let new = py.new_str_bytes(&new);
            let (bytes, _) = encode(py, charset, &new, "strict", true)?;
            out.extend_from_slice(&bytes);
        }
    }
    Ok(next)
}

/// The text of bytes, and the place where it had to stop: the end, or before the beginning of a
/// character that goes on elsewhere (unless these are the last bytes).
pub fn decode(py: &mut Py, charset: &Charset, input: &[u8], errors: &str, last: bool) -> Result<(Vec<u8>, usize)> {
    let (mut out, mut at, mut steps) = (Vec::new(), 0, 0usize);
    let mut changed: Option<Vec<u8>> = None;
    loop {
        let bytes = changed.as_deref().unwrap_or(input);
        let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) else { return Ok((out, at)) };
        steps += 1;
        if steps.is_multiple_of(STEPS) {
            py.check()?;
        }
        let (end, reason) = match charset.decode(rest) {
            Decoded::One(c, len) => {
                wtf8::push(&mut out, c);
                at += len;
                continue;
            }
            Decoded::Two(a, b) => {
                wtf8::push(&mut out, a);
                wtf8::push(&mut out, b);
                at += 2;
                continue;
            }
            Decoded::Wrong => (at + 1, WRONG),
            Decoded::Short if last => (bytes.len(), SHORT),
            Decoded::Short => return Ok((out, at)),
        };
        let fault = Fault { encoding: charset.name, start: at, end, reason, byte_start: at, byte_end: end };
        let (text, next, new) = codec::handle_decode(py, errors, bytes, &fault)?;
        out.extend_from_slice(&text);
        at = next;
        if new.is_some() {
            changed = new;
        }
    }
}
