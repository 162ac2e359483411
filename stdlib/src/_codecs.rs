//! `_codecs`: the codecs and error handlers that are built in, and the registry of others.

use lockstep_interp::object::raise::{Exc, Raised, lookup_error, type_error, value_error};
use lockstep_interp::types::buffer;
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::dict;
use lockstep_interp::types::exception::Exception;
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::str::codec::{self, Registry};
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Ref, Result, Value, module};
use lockstep_text::codecs::handler::Replacement;
use lockstep_text::codecs::{Codec, Fault, Handler, Order, charmap, escape};
use lockstep_text::wtf8;

/// The functions of the module.
struct Codecs;

fn errors_name(py: &mut Py, errors: Option<&Value>) -> Result<String> {
    match errors {
        None => Ok("strict".to_owned()),
        Some(v) if v.is_none() => Ok("strict".to_owned()),
        Some(v) => match v.downcast::<Str>() {
            Some(s) => Ok(s.to_str(py)?.to_owned()),
            None => Err(type_error(format!("argument 2 must be str or None, not {}", py.type_name(v)))),
        },
    }
}

fn text<'a>(py: &Py, value: &'a Value) -> Result<&'a Ref<Str>> {
    value.downcast::<Str>().ok_or_else(|| type_error(format!("argument 1 must be str, not {}", py.type_name(value))))
}

fn encoded(py: &mut Py, codec: Codec, value: &Value, errors: Option<&Value>) -> Result<Value> {
    let errors = errors_name(py, errors)?;
    let text = text(py, value)?;
    let bytes = codec::encode_native(py, codec, text, &errors)?;
    let (bytes, chars) = (py.bytes(&bytes), py.int(text.len() as i64));
    Ok(py.tuple(vec![bytes, chars]))
}

fn decoded(py: &mut Py, codec: Codec, data: &Value, errors: Option<&Value>, last: bool) -> Result<Value> {
    let errors = errors_name(py, errors)?;
    let input = match data.downcast::<Str>() {
        // The escape codecs read text as well.
        Some(s) if matches!(codec, Codec::UnicodeEscape | Codec::RawUnicodeEscape) => s.as_bytes().to_vec(),
        _ => buffer::to_vec(py, data)?,
    };
    let (text, used) = codec::decode_native(py, codec, &input, &errors, last)?;
    let (text, used) = (py.new_str_bytes(&text).into_value(), py.int(used as i64));
    Ok(py.tuple(vec![text, used]))
}

fn decoded_ex(
    py: &mut Py,
    codec: fn(Order) -> Codec,
    marks: [&[u8]; 2],
    data: &Value,
    errors: Option<&Value>,
    byteorder: i64,
    last: bool,
) -> Result<Value> {
    let bytes = buffer::to_vec(py, data)?;
    let found = match byteorder {
        0 if bytes.starts_with(marks[0]) => -1,
        0 if bytes.starts_with(marks[1]) => 1,
        n => n,
    };
    let result = decoded(py, codec(codec::order(byteorder)), data, errors, last)?;
    let mut parts = result.downcast::<Tuple>().map(|t| t.slice().to_vec()).unwrap_or_default();
    parts.push(py.int(found));
    Ok(py.tuple(parts))
}

/// The places of an error as handlers see them: a script may have put any number there.
fn within(start: usize, end: usize, len: usize) -> (usize, usize) {
    (start.min(len.saturating_sub(1)), end.clamp(len.min(1), len))
}

/// The built-in handler named `name`, asked by a call of its function.
fn handle(py: &mut Py, name: &str, error: &Value) -> Result<Value> {
    let Some(exception) = error.downcast::<Exception>() else { return Err(type_error("codec must pass exception instance")) };
    if name == "strict" {
        return Err(py.raise_object(exception.clone()));
    }
    let is = |py: &Py, kind: Exc| py.is_instance_of(error, &py.exception_type(kind));
    let (encode, decode, translate) =
        (is(py, Exc::UnicodeEncodeError), is(py, Exc::UnicodeDecodeError), is(py, Exc::UnicodeTranslateError));
    let known = match name {
        "ignore" | "replace" | "backslashreplace" => encode || decode || translate,
        "surrogateescape" | "surrogatepass" => encode || decode,
        _ => encode,
    };
    if !known {
        return Err(type_error(format!("don't know how to handle {} in error callback", py.type_name(error))));
    }
    let number = |py: &mut Py, what: &str| -> Result<usize> {
        let n = py.getattr(error, what)?;
        Ok(py.index_clamped(&n)?.max(0) as usize)
    };
    let (start, end) = (number(py, "start")?, number(py, "end")?);
    let object = py.getattr(error, "object")?;
    let encoding = if translate {
        String::new()
    } else {
        let name = py.getattr(error, "encoding")?;
        py.str_of(&name)?.to_string()
    };
    let encoding = Codec::from_name(&encoding).map_or("", Codec::name);
    let (new, next) = if let Some(text) = object.downcast::<Str>().filter(|_| !decode) {
        let (start, end) = within(start, end, text.len());
        let range = wtf8::byte_range(text.as_bytes(), start, end.max(start));
        let bad = &text.as_bytes()[range.clone()];
        if name == "namereplace" {
            (py.new_str_bytes(&codec::name_replace(bad)).into_value(), end)
        } else if translate && name == "replace" {
            (py.str(&"\u{FFFD}".repeat(end.saturating_sub(start))), end)
        } else {
            let fault = Fault { encoding, start, end, reason: "", byte_start: range.start, byte_end: range.end };
            match Handler::from_name(name).and_then(|h| h.encode(text.as_bytes(), &fault)) {
                Some(Replacement::Text(t)) => (py.new_str_bytes(&t).into_value(), end),
                Some(Replacement::Bytes(b)) => (py.bytes(&b), end),
                None => return Err(py.raise_object(exception.clone())),
            }
        }
    } else {
        let bytes = buffer::to_vec(py, &object)?;
        let (start, end) = within(start, end, bytes.len());
        let fault = Fault { encoding, start, end: end.max(start), reason: "", byte_start: start, byte_end: end.max(start) };
        let mut out = Vec::new();
        match Handler::from_name(name).and_then(|h| h.decode(&bytes, &fault, &mut out)) {
            Some(next) => (py.new_str_bytes(&out).into_value(), next),
            None => return Err(py.raise_object(exception.clone())),
        }
    };
    let next = py.int(next as i64);
    Ok(py.tuple(vec![new, next]))
}

fn unmapped(start: usize, end: usize, bytes: (usize, usize)) -> Fault {
    Fault { encoding: "charmap", start, end, reason: "character maps to <undefined>", byte_start: bytes.0, byte_end: bytes.1 }
}

fn is_known_lookup(error: &Raised) -> bool {
    error.is(Exc::LookupError)
}

/// What a mapping has for a byte, appended; false if nothing.
fn map_byte(py: &mut Py, mapping: &Value, byte: u8, out: &mut Vec<u8>) -> Result<bool> {
    if let Some(table) = mapping.downcast::<Str>() {
        return Ok(match wtf8::nth(table.as_bytes(), byte as usize) {
            Some(c) if c != charmap::UNDEFINED => {
                wtf8::push(out, c);
                true
            }
            _ => false,
        });
    }
    let found = match py.getitem(mapping, &Value::int32(i32::from(byte))) {
        Ok(v) => v,
        Err(e) if is_known_lookup(&e) => return Ok(false),
        Err(e) => return Err(e),
    };
    if found.is_none() {
        return Ok(false);
    }
    if int::is_int(&found) {
        return match int::as_i64(&found) {
            Some(n) if n == i64::from(charmap::UNDEFINED) => Ok(false),
            Some(n) if (0..0x11_0000).contains(&n) => {
                wtf8::push(out, n as u32);
                Ok(true)
            }
            _ => Err(type_error("character mapping must be in range(0x110000)")),
        };
    }
    match found.downcast::<Str>() {
        Some(s) if s.as_bytes() == "\u{FFFE}".as_bytes() => Ok(false),
        Some(s) => {
            out.extend_from_slice(s.as_bytes());
            Ok(true)
        }
        None => Err(type_error("character mapping must return integer, None or str")),
    }
}

/// What a mapping has for a character, appended; false if nothing.
fn map_char(py: &mut Py, mapping: &Value, c: u32, out: &mut Vec<u8>) -> Result<bool> {
    let found = match py.getitem(mapping, &Value::int32(c as i32)) {
        Ok(v) => v,
        Err(e) if is_known_lookup(&e) => return Ok(false),
        Err(e) => return Err(e),
    };
    if found.is_none() {
        return Ok(false);
    }
    if int::is_int(&found) {
        let Some(byte) = int::as_i64(&found).and_then(|n| u8::try_from(n).ok()) else {
            return Err(type_error("character mapping must be in range(256)"));
        };
        out.push(byte);
        return Ok(true);
    }
    match found.downcast::<Bytes>() {
        Some(b) => {
            out.extend_from_slice(b.slice());
            Ok(true)
        }
        None => Err(type_error(format!("character mapping must return integer, bytes or None, not {}", py.type_name(&found)))),
    }
}

fn charmap_encoded(py: &mut Py, text: &Ref<Str>, errors: &str, mapping: &Value) -> Result<Vec<u8>> {
    let (mut out, mut at, mut number) = (Vec::new(), 0, 0);
    while let Some((c, len)) = wtf8::decode_at(text.as_bytes(), at) {
        if map_char(py, mapping, c, &mut out)? {
            at += len;
            number += 1;
            continue;
        }
        let (mut end, mut last) = (at + len, number + 1);
        while let Some((c, len)) = wtf8::decode_at(text.as_bytes(), end) {
            if map_char(py, mapping, c, &mut Vec::new())? {
                break;
            }
            end += len;
            last += 1;
        }
        let fault = unmapped(number, last, (at, end));
        let (replacement, next) = codec::handle_encode(py, errors, text, &fault)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend_from_slice(&bytes),
            Replacement::Text(new) => {
                for c in wtf8::code_points(&new) {
                    if !map_char(py, mapping, c, &mut out)? {
                        return Err(codec::encode_error(py, text, &fault));
                    }
                }
            }
        }
        at = wtf8::byte_offset(text.as_bytes(), next);
        number = next;
    }
    Ok(out)
}

fn charmap_decoded(py: &mut Py, input: &[u8], errors: &str, mapping: &Value) -> Result<Vec<u8>> {
    let (mut out, mut at, mut input) = (Vec::new(), 0, input.to_vec());
    while let Some(&byte) = input.get(at) {
        if map_byte(py, mapping, byte, &mut out)? {
            at += 1;
            continue;
        }
        let (text, next, changed) = codec::handle_decode(py, errors, &input, &unmapped(at, at + 1, (at, at + 1)))?;
        out.extend_from_slice(&text);
        at = next;
        if let Some(changed) = changed {
            input = changed;
        }
    }
    Ok(out)
}

fn call_codec(py: &mut Py, object: &Value, encoding: &Value, errors: Option<&Value>, place: usize, what: &str) -> Result<Value> {
    let Some(name) = encoding.downcast::<Str>() else {
        return Err(type_error(format!("{what}() argument 'encoding' must be str, not {}", py.type_name(encoding))));
    };
    let name = name.to_str(py)?.to_owned();
    let info = codec::lookup(py, &name)?;
    let Some(function) = info.downcast::<Tuple>().and_then(|t| t.slice().get(place).cloned()) else {
        return Err(type_error("codec search functions must return 4-tuples"));
    };
    let errors = errors_name(py, errors)?;
    let errors = py.str(&errors);
    let answer = py.call(&function, &[object.clone(), errors])?;
    match answer.downcast::<Tuple>().map(|t| t.slice()) {
        Some([result, _]) => Ok(result.clone()),
        _ => Err(type_error(format!("{what}r must return a tuple (object, integer)"))),
    }
}

const HANDLERS: [&str; 8] =
    ["strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace", "surrogatepass", "surrogateescape"];

#[module]
impl Codecs {
    /// Register a codec search function.
    #[py("(search_function, /)")]
    fn register(py: &mut Py, search_function: &Value) -> Result<()> {
        if !py.is_callable(search_function) {
            return Err(type_error("argument must be callable"));
        }
        py.state::<Registry>().search.push(search_function.clone());
        Ok(())
    }
    /// Unregister a codec search function and clear the registry's cache.
    #[py("(search_function, /)")]
    fn unregister(py: &mut Py, search_function: &Value) {
        let registry = py.state::<Registry>();
        registry.search.retain(|f| !f.is(search_function));
        registry.cache.clear();
    }
    /// Look up a codec.
    #[py("(encoding, /)")]
    fn lookup(py: &mut Py, encoding: &str) -> Result<Value> {
        codec::lookup(py, encoding)
    }
    /// Purge a codec from the registry's cache.
    #[py("(encoding, /)")]
    fn _forget_codec(py: &mut Py, encoding: &str) {
        py.state::<Registry>().cache.remove(encoding);
    }
    /// Encode obj using the codec registered for encoding.
    #[py("(obj, encoding='utf-8', errors=<unbound>)")]
    fn encode(py: &mut Py, obj: &Value, encoding: &Value, errors: Option<&Value>) -> Result<Value> {
        call_codec(py, obj, encoding, errors, 0, "encode")
    }
    /// Decode obj using the codec registered for encoding.
    #[py("(obj, encoding='utf-8', errors=<unbound>)")]
    fn decode(py: &mut Py, obj: &Value, encoding: &Value, errors: Option<&Value>) -> Result<Value> {
        call_codec(py, obj, encoding, errors, 1, "decode")
    }
    /// Register an error handler under a name.
    #[py("(errors, handler, /)")]
    fn register_error(py: &mut Py, errors: String, handler: &Value) -> Result<()> {
        if !py.is_callable(handler) {
            return Err(type_error("handler must be callable"));
        }
        let own = py.state::<Registry>().builtin_errors.get(&errors).is_some_and(|f| f.is(handler));
        let table = &mut py.state::<Registry>().errors;
        if own {
            table.remove(&errors);
        } else {
            table.insert(errors, handler.clone());
        }
        Ok(())
    }
    /// Forget an error handler; whether there was one.
    #[py("(errors, /)")]
    fn _unregister_error(py: &mut Py, errors: String) -> Result<bool> {
        if HANDLERS.contains(&errors.as_str()) {
            return Err(value_error(format!("cannot un-register built-in error handler '{errors}'")));
        }
        Ok(py.state::<Registry>().errors.remove(&errors).is_some())
    }
    /// The error handler with this name.
    #[py("(name, /)")]
    fn lookup_error(py: &mut Py, name: String) -> Result<Value> {
        let registry = py.state::<Registry>();
        match registry.errors.get(&name).or_else(|| registry.builtin_errors.get(&name)) {
            Some(handler) => Ok(handler.clone()),
            None => Err(lookup_error(format!("unknown error handler name '{name}'"))),
        }
    }
    /// Raises the error.
    #[py("(exc, /)")]
    fn strict_errors(py: &mut Py, exc: &Value) -> Result<Value> {
        handle(py, "strict", exc)
    }
    /// Leaves out what is wrong.
    #[py("(exc, /)")]
    fn ignore_errors(py: &mut Py, exc: &Value) -> Result<Value> {
        handle(py, "ignore", exc)
    }
    /// Puts a question mark or U+FFFD for what is wrong.
    #[py("(exc, /)")]
    fn replace_errors(py: &mut Py, exc: &Value) -> Result<Value> {
        handle(py, "replace", exc)
    }
    /// Puts character references.
    #[py("(exc, /)")]
    fn xmlcharrefreplace_errors(py: &mut Py, exc: &Value) -> Result<Value> {
        handle(py, "xmlcharrefreplace", exc)
    }
    /// Puts escapes.
    #[py("(exc, /)")]
    fn backslashreplace_errors(py: &mut Py, exc: &Value) -> Result<Value> {
        handle(py, "backslashreplace", exc)
    }
    /// Puts escapes by name.
    #[py("(exc, /)")]
    fn namereplace_errors(py: &mut Py, exc: &Value) -> Result<Value> {
        handle(py, "namereplace", exc)
    }
    /// Lets surrogates pass.
    #[py("(exc, /)")]
    fn surrogatepass(py: &mut Py, exc: &Value) -> Result<Value> {
        handle(py, "surrogatepass", exc)
    }
    /// Bytes as lone surrogates and back.
    #[py("(exc, /)")]
    fn surrogateescape(py: &mut Py, exc: &Value) -> Result<Value> {
        handle(py, "surrogateescape", exc)
    }
    /// Decode the escapes of a bytes literal.
    #[py("(data, errors=None, /)")]
    fn escape_decode(py: &mut Py, data: &Value, errors: &Value) -> Result<Value> {
        let input = match data.downcast::<Str>() {
            Some(s) => s.as_bytes().to_vec(),
            None => buffer::to_vec(py, data)?,
        };
        let errors = errors_name(py, Some(errors))?;
        let on_error: Option<&[u8]> = match errors.as_str() {
            "strict" => None,
            "replace" => Some(b"?"),
            "ignore" => Some(b""),
            other => return Err(value_error(format!("decoding error; unknown error handling code: {other}"))),
        };
        let out = escape::decode_bytes(&input, on_error)?;
        let (out, used) = (py.bytes(&out), py.int(input.len() as i64));
        Ok(py.tuple(vec![out, used]))
    }
    /// Write bytes with the escapes of a bytes literal.
    #[py("(data, errors=None, /)")]
    fn escape_encode(py: &mut Py, data: &Value, _errors: &Value) -> Result<Value> {
        let Some(input) = data.downcast::<Bytes>() else {
            return Err(type_error(format!("escape_encode() argument 1 must be bytes, not {}", py.type_name(data))));
        };
        let mut out = Vec::new();
        escape::encode_bytes(input.slice(), &mut out);
        let (out, used) = (py.bytes(&out), py.int(input.slice().len() as i64));
        Ok(py.tuple(vec![out, used]))
    }
    /// The bytes of a bytes-like object or the UTF-8 of a str.
    #[py("(data, errors=None, /)")]
    fn readbuffer_encode(py: &mut Py, data: &Value, _errors: &Value) -> Result<Value> {
        let bytes = match data.downcast::<Str>() {
            Some(s) => s.to_str(py)?.as_bytes().to_vec(),
            None => buffer::to_vec(py, data)?,
        };
        let (out, used) = (py.bytes(&bytes), py.int(bytes.len() as i64));
        Ok(py.tuple(vec![out, used]))
    }
    /// Encode by a mapping of characters.
    #[py("(str, errors=None, mapping=None, /)")]
    fn charmap_encode(py: &mut Py, str: &Value, errors: &Value, mapping: &Value) -> Result<Value> {
        if mapping.is_none() {
            return encoded(py, Codec::Latin1, str, Some(errors));
        }
        let errors = errors_name(py, Some(errors))?;
        let text = text(py, str)?;
        let bytes = charmap_encoded(py, text, &errors, mapping)?;
        let (bytes, used) = (py.bytes(&bytes), py.int(text.len() as i64));
        Ok(py.tuple(vec![bytes, used]))
    }
    /// Decode by a mapping of bytes.
    #[py("(data, errors=None, mapping=None, /)")]
    fn charmap_decode(py: &mut Py, data: &Value, errors: &Value, mapping: &Value) -> Result<Value> {
        if mapping.is_none() {
            return decoded(py, Codec::Latin1, data, Some(errors), true);
        }
        let errors = errors_name(py, Some(errors))?;
        let input = buffer::to_vec(py, data)?;
        let text = charmap_decoded(py, &input, &errors, mapping)?;
        let (text, used) = (py.new_str_bytes(&text).into_value(), py.int(input.len() as i64));
        Ok(py.tuple(vec![text, used]))
    }
    /// The mapping of characters that belongs to a decoding table.
    #[py("(map, /)")]
    fn charmap_build(py: &mut Py, map: &Value) -> Result<Value> {
        let table = text(py, map)?;
        let mapping = py.new_dict();
        for (k, c) in wtf8::code_points(table.as_bytes()).enumerate().take(256) {
            if c != charmap::UNDEFINED {
                dict::set(py, &mapping, &Value::int32(c as i32), Value::int32(k as i32))?;
            }
        }
        Ok(mapping.into_value())
    }
    /// Decode utf-8: the text and how many bytes were used.
    #[py("(data, errors=None, final=False, /)")]
    fn utf_8_decode(py: &mut Py, data: &Value, errors: &Value, last: bool) -> Result<Value> {
        decoded(py, Codec::Utf8, data, Some(errors), last)
    }
    /// Decode utf-7: the text and how many bytes were used.
    #[py("(data, errors=None, final=False, /)")]
    fn utf_7_decode(py: &mut Py, data: &Value, errors: &Value, last: bool) -> Result<Value> {
        decoded(py, Codec::Utf7, data, Some(errors), last)
    }
    /// Decode utf-16: the text and how many bytes were used.
    #[py("(data, errors=None, final=False, /)")]
    fn utf_16_decode(py: &mut Py, data: &Value, errors: &Value, last: bool) -> Result<Value> {
        decoded(py, Codec::Utf16(Order::Marked), data, Some(errors), last)
    }
    /// Decode utf-16-le: the text and how many bytes were used.
    #[py("(data, errors=None, final=False, /)")]
    fn utf_16_le_decode(py: &mut Py, data: &Value, errors: &Value, last: bool) -> Result<Value> {
        decoded(py, Codec::Utf16(Order::Little), data, Some(errors), last)
    }
    /// Decode utf-16-be: the text and how many bytes were used.
    #[py("(data, errors=None, final=False, /)")]
    fn utf_16_be_decode(py: &mut Py, data: &Value, errors: &Value, last: bool) -> Result<Value> {
        decoded(py, Codec::Utf16(Order::Big), data, Some(errors), last)
    }
    /// Decode utf-32: the text and how many bytes were used.
    #[py("(data, errors=None, final=False, /)")]
    fn utf_32_decode(py: &mut Py, data: &Value, errors: &Value, last: bool) -> Result<Value> {
        decoded(py, Codec::Utf32(Order::Marked), data, Some(errors), last)
    }
    /// Decode utf-32-le: the text and how many bytes were used.
    #[py("(data, errors=None, final=False, /)")]
    fn utf_32_le_decode(py: &mut Py, data: &Value, errors: &Value, last: bool) -> Result<Value> {
        decoded(py, Codec::Utf32(Order::Little), data, Some(errors), last)
    }
    /// Decode utf-32-be: the text and how many bytes were used.
    #[py("(data, errors=None, final=False, /)")]
    fn utf_32_be_decode(py: &mut Py, data: &Value, errors: &Value, last: bool) -> Result<Value> {
        decoded(py, Codec::Utf32(Order::Big), data, Some(errors), last)
    }
    /// Decode unicode-escape: the text and how many bytes were used.
    #[py("(data, errors=None, final=True, /)")]
    fn unicode_escape_decode(py: &mut Py, data: &Value, errors: &Value, last: bool) -> Result<Value> {
        decoded(py, Codec::UnicodeEscape, data, Some(errors), last)
    }
    /// Decode raw-unicode-escape: the text and how many bytes were used.
    #[py("(data, errors=None, final=True, /)")]
    fn raw_unicode_escape_decode(py: &mut Py, data: &Value, errors: &Value, last: bool) -> Result<Value> {
        decoded(py, Codec::RawUnicodeEscape, data, Some(errors), last)
    }
    /// Decode latin-1: the text and how many bytes were used.
    #[py("(data, errors=None, /)")]
    fn latin_1_decode(py: &mut Py, data: &Value, errors: &Value) -> Result<Value> {
        decoded(py, Codec::Latin1, data, Some(errors), true)
    }
    /// Decode ascii: the text and how many bytes were used.
    #[py("(data, errors=None, /)")]
    fn ascii_decode(py: &mut Py, data: &Value, errors: &Value) -> Result<Value> {
        decoded(py, Codec::Ascii, data, Some(errors), true)
    }
    /// Decode utf-16 with a known byte order: the text, how many bytes were used, the byte order.
    #[py("(data, errors=None, byteorder=0, final=False, /)")]
    fn utf_16_ex_decode(py: &mut Py, data: &Value, errors: &Value, byteorder: i64, last: bool) -> Result<Value> {
        decoded_ex(py, Codec::Utf16, [b"\xFF\xFE", b"\xFE\xFF"], data, Some(errors), byteorder, last)
    }
    /// Decode utf-32 with a known byte order: the text, how many bytes were used, the byte order.
    #[py("(data, errors=None, byteorder=0, final=False, /)")]
    fn utf_32_ex_decode(py: &mut Py, data: &Value, errors: &Value, byteorder: i64, last: bool) -> Result<Value> {
        decoded_ex(py, Codec::Utf32, [b"\xFF\xFE\0\0", b"\0\0\xFE\xFF"], data, Some(errors), byteorder, last)
    }
    /// Encode as utf-8: the bytes and how many characters were used.
    #[py("(str, errors=None, /)")]
    fn utf_8_encode(py: &mut Py, str: &Value, errors: &Value) -> Result<Value> {
        encoded(py, Codec::Utf8, str, Some(errors))
    }
    /// Encode as utf-7: the bytes and how many characters were used.
    #[py("(str, errors=None, /)")]
    fn utf_7_encode(py: &mut Py, str: &Value, errors: &Value) -> Result<Value> {
        encoded(py, Codec::Utf7, str, Some(errors))
    }
    /// Encode as utf-16-le: the bytes and how many characters were used.
    #[py("(str, errors=None, /)")]
    fn utf_16_le_encode(py: &mut Py, str: &Value, errors: &Value) -> Result<Value> {
        encoded(py, Codec::Utf16(Order::Little), str, Some(errors))
    }
    /// Encode as utf-16-be: the bytes and how many characters were used.
    #[py("(str, errors=None, /)")]
    fn utf_16_be_encode(py: &mut Py, str: &Value, errors: &Value) -> Result<Value> {
        encoded(py, Codec::Utf16(Order::Big), str, Some(errors))
    }
    /// Encode as utf-32-le: the bytes and how many characters were used.
    #[py("(str, errors=None, /)")]
    fn utf_32_le_encode(py: &mut Py, str: &Value, errors: &Value) -> Result<Value> {
        encoded(py, Codec::Utf32(Order::Little), str, Some(errors))
    }
    /// Encode as utf-32-be: the bytes and how many characters were used.
    #[py("(str, errors=None, /)")]
    fn utf_32_be_encode(py: &mut Py, str: &Value, errors: &Value) -> Result<Value> {
        encoded(py, Codec::Utf32(Order::Big), str, Some(errors))
    }
    /// Encode as unicode-escape: the bytes and how many characters were used.
    #[py("(str, errors=None, /)")]
    fn unicode_escape_encode(py: &mut Py, str: &Value, errors: &Value) -> Result<Value> {
        encoded(py, Codec::UnicodeEscape, str, Some(errors))
    }
    /// Encode as raw-unicode-escape: the bytes and how many characters were used.
    #[py("(str, errors=None, /)")]
    fn raw_unicode_escape_encode(py: &mut Py, str: &Value, errors: &Value) -> Result<Value> {
        encoded(py, Codec::RawUnicodeEscape, str, Some(errors))
    }
    /// Encode as latin-1: the bytes and how many characters were used.
    #[py("(str, errors=None, /)")]
    fn latin_1_encode(py: &mut Py, str: &Value, errors: &Value) -> Result<Value> {
        encoded(py, Codec::Latin1, str, Some(errors))
    }
    /// Encode as ascii: the bytes and how many characters were used.
    #[py("(str, errors=None, /)")]
    fn ascii_encode(py: &mut Py, str: &Value, errors: &Value) -> Result<Value> {
        encoded(py, Codec::Ascii, str, Some(errors))
    }
    /// Encode as utf-16 in a byte order: the bytes and how many characters were used.
    #[py("(str, errors=None, byteorder=0, /)")]
    fn utf_16_encode(py: &mut Py, str: &Value, errors: &Value, byteorder: i64) -> Result<Value> {
        encoded(py, Codec::Utf16(codec::order(byteorder)), str, Some(errors))
    }
    /// Encode as utf-32 in a byte order: the bytes and how many characters were used.
    #[py("(str, errors=None, byteorder=0, /)")]
    fn utf_32_encode(py: &mut Py, str: &Value, errors: &Value, byteorder: i64) -> Result<Value> {
        encoded(py, Codec::Utf32(codec::order(byteorder)), str, Some(errors))
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Codecs>(&namespace, "_codecs");
    for name in HANDLERS {
        let hidden = if name.starts_with("surrogate") { name.to_owned() } else { format!("{name}_errors") };
        if let Some(function) = dict::get_name(py, &namespace, &hidden) {
            py.state::<Registry>().builtin_errors.insert(name.to_owned(), function);
        }
    }
    Ok(())
}
