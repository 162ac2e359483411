//! From bytes to text: the encoding is the caller's, that of a byte order mark, that of the XML
//! declaration, or UTF-8.

use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Ref};

use super::parser::{Parser, Step, Stop};
use super::{declare, names};

/// Decode what can be decoded.
pub fn decode(py: &mut Py, this: &Ref<Parser>, last: bool) -> Step {
    if !this.get(py).decided && !decide(py, this, last)? {
        return Ok(());
    }
    let bytes = std::mem::take(&mut this.get_mut(py).bytes);
    if let Some(decoder) = this.get(py).decoder.clone() {
        let data = py.bytes(&bytes);
        let text = py.call_method(&decoder, "decode", &[data, lockstep_interp::Value::bool(last)]);
        let text = text.map_err(|_| Stop::Document(names::INVALID_TOKEN, 0))?;
        let Some(text) = text.downcast::<Str>() else { return Err(Stop::Document(names::UNKNOWN_ENCODING, 0)) };
        let text = text.to_str(py).map_err(|_| Stop::Document(names::INVALID_TOKEN, 0))?.to_owned();
        this.get_mut(py).text.push_str(&text);
        return Ok(());
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => this.get_mut(py).text.push_str(text),
        Err(error) => {
            let (good, rest) = bytes.split_at(error.valid_up_to());
            let parser = this.get_mut(py);
            parser.text.push_str(&String::from_utf8_lossy(good));
            if error.error_len().is_some() {
                let at = parser.text.len();
                return Err(Stop::Document(names::INVALID_TOKEN, at));
            }
            if last {
                let at = parser.text.len();
                return Err(Stop::Document(names::PARTIAL_CHAR, at));
            }
            parser.bytes = rest.to_vec();
        }
    }
    Ok(())
}

/// Choose the encoding; false: that takes more bytes.
fn decide(py: &mut Py, this: &Ref<Parser>, last: bool) -> Step<bool> {
    let parser = this.get(py);
    let bytes = &parser.bytes;
    let (mut name, mut skip) = (parser.encoding.clone(), 0);
    if name.is_none() {
        if bytes.len() < 4 && !last {
            return Ok(false);
        }
        (name, skip) = match bytes.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] => (Some("utf-8".to_owned()), 3),
            [0xFF, 0xFE, ..] => (Some("utf-16-le".to_owned()), 2),
            [0xFE, 0xFF, ..] => (Some("utf-16-be".to_owned()), 2),
            [b'<', 0, ..] => (Some("utf-16-le".to_owned()), 0),
            [0, b'<', ..] => (Some("utf-16-be".to_owned()), 0),
            _ => (None, 0),
        };
    }
    if name.is_none() && bytes.starts_with(b"<?xml") {
        match bytes.windows(2).position(|pair| pair == b"?>") {
            Some(end) => {
                let declaration = String::from_utf8_lossy(&bytes[..end + 2]);
                name = declare::parts(&declaration).and_then(|(_, encoding, _)| encoding);
            }
            None if !last => return Ok(false),
            None => {}
        }
    }
    let parser = this.get_mut(py);
    parser.bytes.drain(..skip);
    parser.decided = true;
    let name = name.unwrap_or_else(|| "utf-8".to_owned()).to_ascii_lowercase();
    if !matches!(name.as_str(), "utf-8" | "utf8") {
        let name = if name == "utf-16" { "utf-16-be" } else { &name };
        let codecs = lockstep_interp::import::import_module(py, "codecs")?;
        let name = py.str(name);
        let make = py.call_method(&codecs, "getincrementaldecoder", &[name])?;
        let decoder = py.call(&make, &[])?;
        this.get_mut(py).decoder = Some(decoder);
    }
    Ok(true)
}
