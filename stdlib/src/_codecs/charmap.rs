//! Codecs by table: a str, a mapping, or an `EncodingMap` that `charmap_build` made.

use lockstep_heap::{Frozen, Object, Ref, Value};
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{Exc, NativeType, Py, TypeFlags};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::str::codec::{handle_decode, handle_encode};
use lockstep_macros::methods;
use lockstep_text::codecs::handler::Replacement;
use lockstep_text::codecs::{Codec, Fault, charmap};
use lockstep_text::wtf8;

/// The payload of an `EncodingMap`.
pub struct EncodingMap(charmap::EncodingMap);

impl Object for EncodingMap {
    type Access = Frozen;
}

#[methods]
impl EncodingMap {
    #[py("(self, /)")]
    fn size(_py: &mut Py, this: &Ref<EncodingMap>) -> i32 {
        let _ = this;
        256
    }
}

impl NativeType for EncodingMap {
    const NAME: &'static str = "EncodingMap";
    const MODULE: &'static str = "_codecs";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// `charmap_build()`
pub fn build(py: &mut Py, map: &Ref<Str>) -> Result<Value> {
    py.define::<EncodingMap>();
    let table: Vec<u32> = wtf8::code_points(map.as_bytes()).collect();
    Ok(py.make(EncodingMap(charmap::EncodingMap::new(&table))).into_value())
}

/// What a mapping says of a code; none: nothing.
fn ask(py: &mut Py, mapping: &Value, code: u32) -> Result<Option<Value>> {
    let key = py.int(i64::from(code));
    match py.getitem(mapping, &key) {
        Ok(found) if found.is_none() => Ok(None),
        Ok(found) => Ok(Some(found)),
        Err(e) if e.is(Exc::LookupError) => Ok(None),
        Err(e) => Err(e),
    }
}

/// `charmap_decode()`
pub fn decode(py: &mut Py, data: &Value, errors: &Value, mapping: &Value) -> Result<Value> {
    if mapping.is_none() {
        return super::decoded(py, Codec::Latin1, data, errors, true);
    }
    let input = super::bytes_of(py, data)?;
    let errors = super::errors_of(py, errors)?;
    let table: Option<Vec<u32>> = mapping.downcast::<Str>().map(|s| wtf8::code_points(s.as_bytes()).collect());
    let (mut out, mut at) = (Vec::new(), 0);
    while at < input.len() {
        let byte = input[at];
        let mut good = true;
        match &table {
            Some(table) => match table.get(usize::from(byte)) {
                Some(0xfffe) | None => good = false,
                Some(c) => wtf8::push(&mut out, *c),
            },
            None => match ask(py, mapping, u32::from(byte))? {
                None => good = false,
                Some(v) => match v.downcast::<Str>() {
                    Some(s) if s.as_bytes() == "\u{fffe}".as_bytes() => good = false,
                    Some(s) => out.extend_from_slice(s.as_bytes()),
                    None => match lockstep_interp::types::int::as_i64(&v).map(u32::try_from) {
                        Some(Ok(0xfffe)) => good = false,
                        Some(Ok(c)) if c < 0x11_0000 => wtf8::push(&mut out, c),
                        Some(_) => return Err(type_error("character mapping must be in range(0x110000)")),
                        None => return Err(type_error("character mapping must return integer, None or str")),
                    },
                },
            },
        }
        if good {
            at += 1;
            continue;
        }
        let fault = Fault { encoding: "charmap", start: at, end: at + 1, reason: "character maps to <undefined>", byte_start: at, byte_end: at + 1 };
        let (text, next, _) = handle_decode(py, errors, &input, &fault)?;
        out.extend_from_slice(&text);
        at = next;
    }
    let pair = vec![py.new_str_bytes(&out).into_value(), py.int(input.len() as i64)];
    Ok(py.tuple(pair))
}

/// The bytes for one character; none: it cannot be encoded.
fn encode_one(py: &mut Py, mapping: &Value, code: u32, out: &mut Vec<u8>) -> Result<bool> {
    if let Some(map) = mapping.downcast::<EncodingMap>() {
        return Ok(map.0.get(code).map(|b| out.push(b)).is_some());
    }
    let Some(found) = ask(py, mapping, code)? else { return Ok(false) };
    if let Some(bytes) = found.downcast::<Bytes>() {
        out.extend_from_slice(bytes.slice());
        return Ok(true);
    }
    match lockstep_interp::types::int::as_i64(&found).map(u8::try_from) {
        Some(Ok(byte)) => out.push(byte),
        Some(Err(_)) => return Err(type_error("character mapping must be in range(256)")),
        None => return Err(type_error(format!("character mapping must return integer, bytes or None, not {}", py.type_name(&found)))),
    }
    Ok(true)
}

/// `charmap_encode()`
pub fn encode(py: &mut Py, text: &Ref<Str>, errors: &Value, mapping: &Value) -> Result<Value> {
    if mapping.is_none() {
        return super::encoded(py, Codec::Latin1, text, errors);
    }
    let errors = super::errors_of(py, errors)?;
    let codes: Vec<u32> = wtf8::code_points(text.as_bytes()).collect();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < codes.len() {
        if encode_one(py, mapping, codes[at], &mut out)? {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        let mut probe = Vec::new();
        while end < codes.len() && !encode_one(py, mapping, codes[end], &mut probe)? {
            end += 1;
        }
        let range = wtf8::byte_range(text.as_bytes(), at, end);
        let fault = Fault { encoding: "charmap", start: at, end, reason: "character maps to <undefined>", byte_start: range.start, byte_end: range.end };
        let (replacement, next) = handle_encode(py, errors, text, &fault)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend_from_slice(&bytes),
            Replacement::Text(new) => {
                for c in wtf8::code_points(&new) {
                    if !encode_one(py, mapping, c, &mut out)? {
                        return Err(lockstep_interp::types::str::codec::encode_error(py, text, &fault));
                    }
                }
            }
        }
        at = next;
    }
    let pair = vec![py.bytes(&out), py.int(codes.len() as i64)];
    Ok(py.tuple(pair))
}
