//! Text to bytes and back: the built-in codecs, the registry of others, error handlers.

use std::collections::HashMap;

use lockstep_heap::{Ref, Value};
use lockstep_text::codecs::handler::Replacement;
use lockstep_text::codecs::{Codec, Fault, Handler, Order, escape};
use lockstep_text::wtf8;

use super::Str;
use crate::object::raise::{Raised, index_error, lookup_error, type_error};
use crate::object::{Exc, Py, Result};
use crate::types::bytes::Bytes;
use crate::types::exception::Exception;
use crate::types::tuple::Tuple;

/// What `codecs.register` and `codecs.register_error` were given. The `_codecs` module shows it.
#[derive(Default)]
pub struct Registry {
    /// Search functions, in the order they were registered.
    pub search: Vec<Value>,
    /// Found codecs (CodecInfo objects) by normalised name.
    pub cache: HashMap<String, Value>,
    /// Error handlers by name, those registered by scripts.
    pub errors: HashMap<String, Value>,
    /// The built-in handlers as functions, by name.
    pub builtin_errors: HashMap<String, Value>,
}

/// Whether text can be encoded as it is: no handler and no conversion needed.
fn is_plain_utf8(codec: Codec, text: &Ref<Str>) -> bool {
    match codec {
        Codec::Utf8 => text.is_ascii() || text.as_str().is_some(),
        Codec::Ascii | Codec::Latin1 => text.is_ascii(),
        _ => false,
    }
}

/// `text.encode(encoding, errors)`
pub fn encode(py: &mut Py, text: &Ref<Str>, encoding: &str, errors: &str) -> Result<Value> {
    if encoding == "utf-8" && text.is_ascii() {
        return Ok(py.bytes(text.as_bytes()));
    }
    match Codec::from_name(encoding) {
        Some(codec) => {
            if is_plain_utf8(codec, text) {
                return Ok(py.bytes(text.as_bytes()));
            }
            let bytes = encode_native(py, codec, text, errors)?;
            Ok(py.bytes(&bytes))
        }
        None => encode_registered(py, text, encoding, errors),
    }
}

/// Encode with a built-in codec, whatever the error handler.
pub fn encode_native(py: &mut Py, codec: Codec, text: &Ref<Str>, errors: &str) -> Result<Vec<u8>> {
    let custom = py.state::<Registry>().errors.contains_key(errors);
    if !custom && let Some(handler) = Handler::from_name(errors) {
        return codec.encode_with(text.as_bytes(), handler).map_err(|fault| encode_error(py, text, &fault));
    }
    let mut out = Vec::new();
    let mut at = 0;
    let mut codec = codec;
    // Wide codecs take whole units, and characters that need no encoding of their own.
    let (unit, plain) = match codec {
        Codec::Utf8 | Codec::Utf8Sig => (1, true),
        Codec::Utf16(_) => (2, true),
        Codec::Utf32(_) => (4, true),
        _ => (1, false),
    };
    loop {
        let Err(fault) = codec.encode(text.as_bytes(), at, &mut out) else { return Ok(out) };
        let (replacement, next) = handle_encode(py, errors, text, &fault)?;
        // The mark, if there is one, is written.
        codec = codec.unmarked();
        match replacement {
            Replacement::Bytes(bytes) if bytes.len() % unit == 0 => out.extend_from_slice(&bytes),
            Replacement::Text(new) if !plain || new.is_ascii() => {
                codec.encode_replacement(&new, fault, &mut out).map_err(|_| encode_error(py, text, &fault))?;
            }
            _ => return Err(encode_error(py, text, &fault)),
        }
        at = super::index::offset_of(py, text, next);
        if at >= text.as_bytes().len() {
            return Ok(out);
        }
    }
}

/// A UnicodeEncodeError.
pub fn encode_error(py: &Py, text: &Ref<Str>, fault: &Fault) -> Raised {
    let args =
        vec![py.str(fault.encoding), text.to_value(), py.int(fault.start as i64), py.int(fault.end as i64), py.str(fault.reason)];
    Raised::args(Exc::UnicodeEncodeError, args)
}

/// A UnicodeDecodeError.
pub fn decode_error(py: &Py, input: &[u8], fault: &Fault) -> Raised {
    let args =
        vec![py.str(fault.encoding), py.bytes(input), py.int(fault.start as i64), py.int(fault.end as i64), py.str(fault.reason)];
    Raised::args(Exc::UnicodeDecodeError, args)
}

/// What the named error handler puts in place of a fault of encoding, and the number of the
/// character to go on with.
pub fn handle_encode(py: &mut Py, errors: &str, text: &Ref<Str>, fault: &Fault) -> Result<(Replacement, usize)> {
    let handler = py.state::<Registry>().errors.get(errors).cloned();
    let Some(handler) = handler else {
        if errors == "namereplace" {
            return Ok((Replacement::Text(name_replace(&text.as_bytes()[fault.byte_start..fault.byte_end])), fault.end));
        }
        return match Handler::from_name(errors) {
            Some(handler) => match handler.encode(text.as_bytes(), fault) {
                Some(replacement) => Ok((replacement, fault.end)),
                None => Err(encode_error(py, text, &handler.refused(text.as_bytes(), *fault))),
            },
            None => Err(unknown_handler(errors)),
        };
    };
    let error = encode_error(py, text, fault);
    let error = py.exception(error);
    let answer = py.call(&handler, &[error.to_value()])?;
    let wrong = || type_error("encoding error handler must return (str/bytes, int) tuple");
    let Some([new, position]) = answer.downcast::<Tuple>().map(|t| t.slice()) else { return Err(wrong()) };
    let replacement = if let Some(s) = new.downcast::<Str>() {
        Replacement::Text(s.as_bytes().to_vec())
    } else if let Some(b) = new.downcast::<Bytes>() {
        Replacement::Bytes(b.slice().to_vec())
    } else {
        return Err(wrong());
    };
    let next = position_of(py, position, text.len(), wrong)?;
    Ok((replacement, next))
}

fn position_of(py: &mut Py, position: &Value, len: usize, wrong: impl Fn() -> Raised) -> Result<usize> {
    if !crate::types::int::is_int(position) {
        return Err(wrong());
    }
    let n = py.index_clamped(position)?;
    let at = if n < 0 { n.saturating_add(len as isize) } else { n };
    usize::try_from(at)
        .ok()
        .filter(|at| *at <= len)
        .ok_or_else(|| index_error(format!("position {n} from error handler out of bounds")))
}

fn unknown_handler(errors: &str) -> Raised {
    lookup_error(format!("unknown error handler name '{errors}'"))
}

/// `\N{...}` for each character, a numeric escape where there is no name.
pub fn name_replace(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for c in wtf8::code_points(text) {
        match char::from_u32(c).and_then(unicode_names2::name) {
            Some(name) => out.extend_from_slice(format!("\\N{{{name}}}").as_bytes()),
            None => lockstep_text::repr::push_escape(&mut out, c),
        }
    }
    out
}

/// The bytes of a character's name, for `\N{...}` in the unicode-escape codec.
fn named(name: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    wtf8::push(&mut out, unicode_names2::character(name)? as u32);
    Some(out)
}

/// `bytes.decode(encoding, errors)`
pub fn decode(py: &mut Py, input: &Value, encoding: &str, errors: &str) -> Result<Value> {
    if encoding == "utf-8"
        && let Some(bytes) = input.downcast::<Bytes>()
        && bytes.slice().is_ascii()
    {
        return Ok(py.new_ascii(bytes.slice()).into_value());
    }
    let Some(codec) = Codec::from_name(encoding) else { return decode_registered(py, input, encoding, errors) };
    if let Some(b) = input.downcast::<Bytes>() {
        let b = b.clone();
        return decode_bytes(py, codec, b.slice(), errors);
    }
    let bytes = crate::types::buffer::to_vec(py, input)?;
    decode_bytes(py, codec, &bytes, errors)
}

/// Decode bytes with a built-in codec.
pub fn decode_bytes(py: &mut Py, codec: Codec, input: &[u8], errors: &str) -> Result<Value> {
    if matches!(codec, Codec::Utf8 | Codec::Ascii | Codec::Latin1) && input.is_ascii() {
        return Ok(py.new_ascii(input).into_value());
    }
    if codec == Codec::Utf8 && std::str::from_utf8(input).is_ok() {
        return Ok(py.make_str(input, wtf8::count(input)).into_value());
    }
    let (text, _) = decode_native(py, codec, input, errors, true)?;
    Ok(py.new_str_bytes(&text).into_value())
}

/// Decode with a built-in codec, whatever the error handler; how many bytes were used (all of
/// them if `last`).
pub fn decode_native(py: &mut Py, codec: Codec, input: &[u8], errors: &str, last: bool) -> Result<(Vec<u8>, usize)> {
    let custom = py.state::<Registry>().errors.contains_key(errors);
    let handler = if custom { None } else { Handler::from_name(errors) };
    let mut out = Vec::new();
    let mut at = 0;
    let mut replaced: Option<Vec<u8>> = None;
    loop {
        let bytes = replaced.as_deref().unwrap_or(input);
        let step = match codec {
            Codec::UnicodeEscape => escape::decode(bytes, at, last, &mut out, &mut None, &mut named),
            _ => codec.decode(bytes, at, last, &mut out),
        };
        let fault = match step {
            Ok(used) => return Ok((out, used)),
            Err(fault) => fault,
        };
        if let Some(handler) = handler {
            match handler.decode(bytes, &fault, &mut out) {
                Some(next) => at = next,
                None => return Err(decode_error(py, bytes, &fault)),
            }
            continue;
        }
        let (text, next, new_input) = handle_decode(py, errors, bytes, &fault)?;
        out.extend_from_slice(&text);
        at = next;
        if let Some(new_input) = new_input {
            replaced = Some(new_input);
        }
    }
}

/// What the named error handler puts in place of a fault of decoding, the byte to go on with, and
/// the input if the handler exchanged it.
pub fn handle_decode(py: &mut Py, errors: &str, input: &[u8], fault: &Fault) -> Result<(Vec<u8>, usize, Option<Vec<u8>>)> {
    let handler = py.state::<Registry>().errors.get(errors).cloned();
    let Some(handler) = handler else {
        return match Handler::from_name(errors) {
            Some(handler) => {
                let mut out = Vec::new();
                match handler.decode(input, fault, &mut out) {
                    Some(next) => Ok((out, next, None)),
                    None => Err(decode_error(py, input, fault)),
                }
            }
            None if errors == "namereplace" => Err(type_error("don't know how to handle UnicodeDecodeError in error callback")),
            None => Err(unknown_handler(errors)),
        };
    };
    let error = decode_error(py, input, fault);
    let error: Ref<Exception> = py.exception(error);
    let answer = py.call(&handler, &[error.to_value()])?;
    let wrong = || type_error("decoding error handler must return (str, int) tuple");
    let Some([new, position]) = answer.downcast::<Tuple>().map(|t| t.slice()) else { return Err(wrong()) };
    let Some(text) = new.downcast::<Str>() else { return Err(wrong()) };
    let object = py.getattr(error.as_value(), "object")?;
    let Some(object) = object.downcast::<Bytes>() else { return Err(type_error("object attribute must be bytes")) };
    let changed = (object.slice() != input).then(|| object.slice().to_vec());
    let next = position_of(py, position, object.slice().len(), wrong)?;
    Ok((text.as_bytes().to_vec(), next, changed))
}

/// `codecs.lookup(encoding)`: the CodecInfo, through the registered search functions.
pub fn lookup(py: &mut Py, encoding: &str) -> Result<Value> {
    let name: String = encoding.chars().map(|c| if c == ' ' { '_' } else { c.to_ascii_lowercase() }).collect();
    if let Some(found) = py.state::<Registry>().cache.get(&name) {
        return Ok(found.clone());
    }
    if py.state::<Registry>().search.is_empty() {
        // The package registers its search function when it is imported.
        let builtins = py.shared().builtins.clone();
        let Some(import) = builtins.and_then(|b| crate::types::dict::get_name(py, &b, "__import__")) else {
            return Err(lookup_error(format!("unknown encoding: {encoding}")));
        };
        let package = py.str("encodings");
        py.call(&import, &[package])?;
    }
    let mut at = 0;
    while let Some(search) = py.state::<Registry>().search.get(at).cloned() {
        at += 1;
        let name_value = py.str(&name);
        let found = py.call(&search, &[name_value])?;
        if found.is_none() {
            continue;
        }
        if found.downcast::<Tuple>().is_none_or(|t| t.len() != 4) {
            return Err(type_error("codec search functions must return 4-tuples"));
        }
        py.state::<Registry>().cache.insert(name, found.clone());
        return Ok(found);
    }
    Err(lookup_error(format!("unknown encoding: {encoding}")))
}

fn text_codec(py: &mut Py, encoding: &str, place: usize, advice: &str) -> Result<Value> {
    let info = lookup(py, encoding)?;
    if let Some(flag) = py.getattr_opt(&info, "_is_text_encoding")?
        && !py.truth(&flag)?
    {
        return Err(lookup_error(format!("'{encoding}' is not a text encoding; use {advice} to handle arbitrary codecs")));
    }
    match info.downcast::<Tuple>().and_then(|t| t.slice().get(place)) {
        Some(function) => Ok(function.clone()),
        None => Err(type_error("codec search functions must return 4-tuples")),
    }
}

fn call_codec(py: &mut Py, function: &Value, input: &Value, errors: &str, what: &str) -> Result<Value> {
    let errors = py.str(errors);
    let answer = py.call(function, &[input.clone(), errors])?;
    match answer.downcast::<Tuple>().map(|t| t.slice()) {
        Some([result, _]) => Ok(result.clone()),
        _ => Err(type_error(format!("{what} must return a tuple (object, integer)"))),
    }
}

fn encode_registered(py: &mut Py, text: &Ref<Str>, encoding: &str, errors: &str) -> Result<Value> {
    let encoder = text_codec(py, encoding, 0, "codecs.encode()")?;
    let result = call_codec(py, &encoder, text.as_value(), errors, "encoder")?;
    if result.is_a::<Bytes>() {
        return Ok(result);
    }
    if let Some(array) = result.downcast::<crate::types::bytearray::ByteArray>() {
        let data = array.get(py).data.clone();
        return Ok(py.bytes(&data));
    }
    let got = py.type_name(&result);
    Err(type_error(format!(
        "'{encoding}' encoder returned '{got}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types"
    )))
}

fn decode_registered(py: &mut Py, input: &Value, encoding: &str, errors: &str) -> Result<Value> {
    let decoder = text_codec(py, encoding, 1, "codecs.decode()")?;
    let result = call_codec(py, &decoder, input, errors, "decoder")?;
    if result.is_a::<Str>() {
        return Ok(result);
    }
    let got = py.type_name(&result);
    Err(type_error(format!(
        "'{encoding}' decoder returned '{got}' instead of 'str'; use codecs.decode() to decode to arbitrary types"
    )))
}

/// The byte orders of UTF-16 and UTF-32 as `_codecs` numbers them.
pub fn order(byteorder: i64) -> Order {
    match byteorder {
        0 => Order::Marked,
        n if n < 0 => Order::Little,
        _ => Order::Big,
    }
}
