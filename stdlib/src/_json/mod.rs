//! `_json`: the scanner and the encoder that `json` looks for.

mod encode;
mod encoder;
mod scan;
mod scanner;
mod string;

use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Raised, Ref, Value, module};

/// The functions of `_json`.
pub struct Json;

/// The two encoders of strings, to know them again when `make_encoder` is given one.
#[derive(Default)]
struct Known {
    plain: Option<Value>,
    ascii: Option<Value>,
}

/// A JSONDecodeError at a character of the document.
#[cold]
fn decode_error(py: &mut Py, message: &str, document: &Ref<Str>, at: usize) -> Raised {
    let made = lockstep_interp::import::import_module(py, "json.decoder").and_then(|module| {
        let class = py.getattr(&module, "JSONDecodeError")?;
        let args = [py.str(message), document.to_value(), py.int(at as i64)];
        py.call(&class, &args)
    });
    match made {
        Ok(error) => py.raise_value(&error),
        Err(e) => e,
    }
}

fn text<'a>(py: &mut Py, value: &'a Value) -> Result<&'a Ref<Str>> {
    match value.downcast::<Str>() {
        Some(s) => Ok(s),
        None => Err(type_error(format!("first argument must be a string, not {}", py.type_name(value)))),
    }
}

#[module]
impl Json {
    /// encode_basestring(string) -> string
    ///
    /// Return a JSON representation of a Python string
    #[py("(string, /)")]
    fn encode_basestring(py: &mut Py, string: &Value) -> Result<Value> {
        let s = text(py, string)?;
        py.room(s.as_bytes().len().saturating_mul(2))?;
        let mut out = string::Text::default();
        out.quote(s);
        Ok(out.finish(py))
    }
    /// encode_basestring_ascii(string) -> string
    ///
    /// Return an ASCII-only JSON representation of a Python string
    #[py("(string, /)")]
    fn encode_basestring_ascii(py: &mut Py, string: &Value) -> Result<Value> {
        let s = text(py, string)?;
        py.room(s.as_bytes().len().saturating_mul(2))?;
        let mut out = string::Text::default();
        out.quote_ascii(s);
        Ok(out.finish(py))
    }
    /// scanstring(string, end, strict=True) -> (string, end)
    ///
    /// Scan the string s for a JSON string. End is the index of the
    /// character in s after the quote that started the JSON string.
    /// Unescapes all valid JSON string escape sequences and raises ValueError
    /// on attempt to decode an invalid string. If strict is False then literal
    /// control characters are allowed in the string.
    ///
    /// Returns a tuple of the decoded string and the index of the character in s
    /// after the end quote.
    #[py("(string, end, strict=True, /)")]
    fn scanstring(py: &mut Py, string: &Value, end: isize, strict: bool) -> Result<Value> {
        let s = text(py, string)?;
        let end = match usize::try_from(end) {
            Ok(end) if end <= s.len() => end,
            _ => return Err(lockstep_interp::object::raise::value_error("end is out of bounds")),
        };
        let mut at = lockstep_text::wtf8::byte_offset(s.as_bytes(), end);
        let found = scan::string(py, s, &mut at, strict)?;
        let place = scan::place(s, at);
        let end = py.int(place as i64);
        Ok(py.tuple(vec![found, end]))
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Json>(&d, "_json");
    let known =
        Known { plain: dict::get_name(py, &d, "encode_basestring"), ascii: dict::get_name(py, &d, "encode_basestring_ascii") };
    *py.state::<Known>() = known;
    let scanner = py.define::<scanner::Scanner>();
    dict::set_name(py, &d, "make_scanner", scanner.into_value());
    let encoder = py.define::<encoder::Encoder>();
    dict::set_name(py, &d, "make_encoder", encoder.into_value());
    Ok(())
}
