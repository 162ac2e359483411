//! `_codecs`: the registry of codecs and the built-in ones as functions.

mod charmap;
mod errors;

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::raise::{Result, lookup_error, type_error};
use lockstep_interp::object::Py;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::codec::{self, Registry};
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::module;
use lockstep_text::codecs::{Codec, Order};

fn errors_of<'a>(py: &mut Py, errors: &'a Value) -> Result<&'a str> {
    match errors.downcast::<Str>() {
        Some(s) => s.to_str(py),
        None => Ok("strict"),
    }
}

fn bytes_of(py: &mut Py, data: &Value) -> Result<Vec<u8>> {
    if let Some(s) = data.downcast::<Str>() {
        return Ok(s.as_bytes().to_vec());
    }
    Ok(py.bytes_like(data)?.into_owned())
}

/// `(text, bytes used)`
fn decoded(py: &mut Py, codec: Codec, data: &Value, errors: &Value, last: bool) -> Result<Value> {
    let bytes = bytes_of(py, data)?;
    let errors = errors_of(py, errors)?;
    let (text, used) = codec::decode_native(py, codec, &bytes, errors, last)?;
    let pair = vec![py.new_str_bytes(&text).into_value(), py.int(used as i64)];
    Ok(py.tuple(pair))
}

/// `(bytes, characters used)`
fn encoded(py: &mut Py, codec: Codec, text: &Ref<Str>, errors: &Value) -> Result<Value> {
    let errors = errors_of(py, errors)?;
    let bytes = codec::encode_native(py, codec, text, errors)?;
    let pair = vec![py.bytes(&bytes), py.int(text.len() as i64)];
    Ok(py.tuple(pair))
}

fn run(py: &mut Py, object: &Value, encoding: &str, errors: &Value, place: usize) -> Result<Value> {
    let info = codec::lookup(py, encoding)?;
    let Some(function) = info.downcast::<Tuple>().and_then(|t| t.slice().get(place).cloned()) else {
        return Err(type_error("codec search functions must return 4-tuples"));
    };
    let errors = if errors.is_unbound() { py.str("strict") } else { errors.clone() };
    let answer = py.call(&function, &[object.clone(), errors])?;
    match answer.downcast::<Tuple>().map(|t| t.slice()) {
        Some([result, _]) => Ok(result.clone()),
        _ => Err(type_error(if place == 0 { "encoder must return a tuple (object, integer)" } else { "decoder must return a tuple (object,integer)" })),
    }
}

macro_rules! codec_functions {
    ($($decode:ident $encode:ident $codec:expr, $signature:literal;)*) => {
        /// The functions of codecs with the common parameters.
        pub struct Plain;
        #[module]
        impl Plain { $(
            #[py("(data, errors=None, final=False, /)")]
            fn $decode(py: &mut Py, data: &Value, errors: &Value, last: bool) -> Result<Value> {
                decoded(py, $codec, data, errors, last)
            }
            #[py("(str, errors=None, /)")]
            fn $encode(py: &mut Py, text: &Ref<Str>, errors: &Value) -> Result<Value> {
                encoded(py, $codec, text, errors)
            }
        )* }
    };
}
codec_functions! {
    utf_8_decode utf_8_encode Codec::Utf8, "";
    utf_7_decode utf_7_encode Codec::Utf7, "";
    utf_16_le_decode utf_16_le_encode Codec::Utf16(Order::Little), "";
    utf_16_be_decode utf_16_be_encode Codec::Utf16(Order::Big), "";
    utf_32_le_decode utf_32_le_encode Codec::Utf32(Order::Little), "";
    utf_32_be_decode utf_32_be_encode Codec::Utf32(Order::Big), "";
    ascii_decode ascii_encode Codec::Ascii, "";
    latin_1_decode latin_1_encode Codec::Latin1, "";
    unicode_escape_decode unicode_escape_encode Codec::UnicodeEscape, "";
    raw_unicode_escape_decode raw_unicode_escape_encode Codec::RawUnicodeEscape, "";
    utf_16_decode utf_16_marked Codec::Utf16(Order::Marked), "";
    utf_32_decode utf_32_marked Codec::Utf32(Order::Marked), "";
}

/// The other functions.
pub struct Codecs;

#[module]
impl Codecs {
    /// Register a codec search function.
    #[py("(search_function, /)")]
    fn register(py: &mut Py, search_function: Value) -> Result<()> {
        if !py.is_callable(&search_function) {
            return Err(type_error("argument must be callable"));
        }
        py.state::<Registry>().search.push(search_function);
        Ok(())
    }
    /// Unregister a codec search function and clear the registry's cache.
    #[py("(search_function, /)")]
    fn unregister(py: &mut Py, search_function: &Value) {
        let registry = py.state::<Registry>();
        let gone: Vec<Value> = registry.search.extract_if(.., |s| s.is(search_function)).collect();
        let cache = std::mem::take(&mut registry.cache);
        drop((gone, cache));
    }
    /// Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.
    #[py("(encoding, /)")]
    fn lookup(py: &mut Py, encoding: &str) -> Result<Value> {
        codec::lookup(py, encoding)
    }
    #[py("(encoding, /)")]
    fn _forget_codec(py: &mut Py, encoding: &str) {
        drop(py.state::<Registry>().cache.remove(encoding));
    }
    /// Encodes obj using the codec registered for encoding.
    #[py("(obj, encoding='utf-8', errors=<unrepresentable>)")]
    fn encode(py: &mut Py, obj: &Value, encoding: &str, errors: Option<&Value>) -> Result<Value> {
        run(py, obj, encoding, errors.unwrap_or(&Value::UNBOUND), 0)
    }
    /// Decodes obj using the codec registered for encoding.
    #[py("(obj, encoding='utf-8', errors=<unrepresentable>)")]
    fn decode(py: &mut Py, obj: &Value, encoding: &str, errors: Option<&Value>) -> Result<Value> {
        run(py, obj, encoding, errors.unwrap_or(&Value::UNBOUND), 1)
    }
    /// Register the specified error handler under the name errors.
    #[py("(errors, handler, /)")]
    fn register_error(py: &mut Py, errors: String, handler: Value) -> Result<()> {
        if !py.is_callable(&handler) {
            return Err(type_error("handler must be callable"));
        }
        drop(py.state::<Registry>().errors.insert(errors, handler));
        Ok(())
    }
    #[py("(errors, /)")]
    fn _unregister_error(py: &mut Py, errors: &str) -> bool {
        py.state::<Registry>().errors.remove(errors).is_some()
    }
    /// Return the error handler for the specified error handling name.
    #[py("(name, /)")]
    fn lookup_error(py: &mut Py, name: &str) -> Result<Value> {
        if let Some(found) = py.state::<Registry>().errors.get(name) {
            return Ok(found.clone());
        }
        errors::builtin(py, name).ok_or_else(|| lookup_error(format!("unknown error handler name '{name}'")))
    }
    #[py("(data, errors=None, byteorder=0, final=False, /)")]
    fn utf_16_ex_decode(py: &mut Py, data: &Value, errors: &Value, byteorder: i64, last: bool) -> Result<Value> {
        Self::marked_decode(py, data, errors, byteorder, last, 2)
    }
    #[py("(data, errors=None, byteorder=0, final=False, /)")]
    fn utf_32_ex_decode(py: &mut Py, data: &Value, errors: &Value, byteorder: i64, last: bool) -> Result<Value> {
        Self::marked_decode(py, data, errors, byteorder, last, 4)
    }
    fn marked_decode(py: &mut Py, data: &Value, errors: &Value, byteorder: i64, last: bool, unit: usize) -> Result<Value> {
        let bytes = bytes_of(py, data)?;
        let asked = codec::order(byteorder);
        let (order, skip) = match (asked, unit) {
            (Order::Marked, 2) => lockstep_text::codecs::utf16::order_of(&bytes, asked),
            (Order::Marked, _) => lockstep_text::codecs::utf32::order_of(&bytes, asked),
            _ => (asked, 0),
        };
        let short = bytes.len() < unit;
        let codec = if unit == 2 { Codec::Utf16(order) } else { Codec::Utf32(order) };
        let errors = errors_of(py, errors)?;
        let (text, used) = codec::decode_native(py, codec, &bytes, errors, last)?;
        // A stream without a mark is in the machine's own order, and that is to be asked again.
        let found = match (asked, order, skip) {
            (Order::Marked, _, 0) => if short { 0 } else { byteorder },
            (_, Order::Big, _) => 1,
            _ => -1,
        };
        let three = vec![py.new_str_bytes(&text).into_value(), py.int(used as i64), py.int(found)];
        Ok(py.tuple(three))
    }
    #[py("(str, errors=None, byteorder=0, /)")]
    fn utf_16_encode(py: &mut Py, text: &Ref<Str>, errors: &Value, byteorder: i64) -> Result<Value> {
        encoded(py, Codec::Utf16(codec::order(byteorder)), text, errors)
    }
    #[py("(str, errors=None, byteorder=0, /)")]
    fn utf_32_encode(py: &mut Py, text: &Ref<Str>, errors: &Value, byteorder: i64) -> Result<Value> {
        encoded(py, Codec::Utf32(codec::order(byteorder)), text, errors)
    }
    #[py("(data, errors=None, /)")]
    fn escape_decode(py: &mut Py, data: &Value, errors: &Value) -> Result<Value> {
        let bytes = bytes_of(py, data)?;
        let on_error: Option<&[u8]> = match errors_of(py, errors)? {
            "ignore" => Some(b""),
            "replace" => Some(b"?"),
            _ => None,
        };
        let out = lockstep_text::codecs::escape::decode_bytes(&bytes, on_error).map_err(|e| lockstep_interp::object::raise::value_error(e.to_string()))?;
        let pair = vec![py.bytes(&out), py.int(bytes.len() as i64)];
        Ok(py.tuple(pair))
    }
    #[py("(data, errors=None, /)")]
    fn escape_encode(py: &mut Py, data: &Value, errors: &Value) -> Result<Value> {
        let _ = errors;
        let bytes = bytes_of(py, data)?;
        let mut out = Vec::new();
        lockstep_text::codecs::escape::encode_bytes(&bytes, &mut out);
        let pair = vec![py.bytes(&out), py.int(bytes.len() as i64)];
        Ok(py.tuple(pair))
    }
    #[py("(data, errors=None, /)")]
    fn readbuffer_encode(py: &mut Py, data: &Value, errors: &Value) -> Result<Value> {
        let _ = errors;
        let bytes = bytes_of(py, data)?;
        let pair = vec![py.bytes(&bytes), py.int(bytes.len() as i64)];
        Ok(py.tuple(pair))
    }
    #[py("(data, errors=None, mapping=None, /)")]
    fn charmap_decode(py: &mut Py, data: &Value, errors: &Value, mapping: &Value) -> Result<Value> {
        charmap::decode(py, data, errors, mapping)
    }
    #[py("(str, errors=None, mapping=None, /)")]
    fn charmap_encode(py: &mut Py, text: &Ref<Str>, errors: &Value, mapping: &Value) -> Result<Value> {
        charmap::encode(py, text, errors, mapping)
    }
    #[py("(map, /)")]
    fn charmap_build(py: &mut Py, map: &Ref<Str>) -> Result<Value> {
        charmap::build(py, map)
    }
}

/// Fills the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Plain>(&namespace, "_codecs");
    py.add_functions::<Codecs>(&namespace, "_codecs");
    for name in ["utf_16_marked", "utf_32_marked"] {
        let name = py.intern(name);
        drop(dict::remove_str(py, &namespace, &name));
    }
    Ok(())
}
