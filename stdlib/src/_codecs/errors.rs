//! The built-in error handlers as functions of an exception.

use lockstep_heap::Value;
use lockstep_interp::object::native::{Member, Members};
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{Exc, Py};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::exception::Exception;
use lockstep_interp::types::native::{Kind, Native};
use lockstep_interp::types::str::Str;
use lockstep_interp::types::str::codec::name_replace;
use lockstep_macros::module;
use lockstep_text::codecs::handler::Replacement;
use lockstep_text::codecs::{Fault, Handler};
use lockstep_text::wtf8;

/// The handlers.
pub struct Handlers;

/// Names that a handler tells apart.
fn known(encoding: &str) -> &'static str {
    let plain: String = encoding.to_ascii_lowercase().replace('_', "-");
    match plain.as_str() {
        "utf-8" | "utf8" => "utf-8",
        "utf-16" | "utf16" => "utf-16",
        "utf-16-le" | "utf-16le" => "utf-16-le",
        "utf-16-be" | "utf-16be" => "utf-16-be",
        "utf-32" | "utf32" => "utf-32",
        "utf-32-le" | "utf-32le" => "utf-32-le",
        "utf-32-be" | "utf-32be" => "utf-32-be",
        _ => "",
    }
}

fn handle(py: &mut Py, exception: &Value, name: &str) -> Result<Value> {
    let kind = exception.downcast::<Exception>().and_then(|_| py.type_ref(exception).get(py).exception);
    let wrong = |py: &Py| type_error(format!("don't know how to handle {} in error callback", py.type_name(exception)));
    let Some(kind) = kind else { return Err(wrong(py)) };
    if !kind.is(Exc::UnicodeError) {
        return if name == "strict" { Err(py.raise_value(exception)) } else { Err(wrong(py)) };
    }
    let object = py.getattr(exception, "object")?;
    let start = py.getattr(exception, "start")?;
    let end = py.getattr(exception, "end")?;
    let (start, end) = (py.index_clamped(&start)?.max(0) as usize, py.index_clamped(&end)?.max(0) as usize);
    let at_end = py.int(end as i64);
    if kind.is(Exc::UnicodeTranslateError) {
        let Some(text) = object.downcast::<Str>() else { return Err(wrong(py)) };
        let range = wtf8::byte_range(text.as_bytes(), start.min(text.len()), end.min(text.len()));
        let bad = &text.as_bytes()[range];
        let new: Vec<u8> = match name {
            "ignore" => Vec::new(),
            "replace" => "\u{fffd}".repeat(wtf8::count(bad)).into_bytes(),
            "backslashreplace" => {
                let mut out = Vec::new();
                wtf8::code_points(bad).for_each(|c| lockstep_text::repr::push_escape(&mut out, c));
                out
            }
            "strict" => return Err(py.raise_value(exception)),
            _ => return Err(wrong(py)),
        };
        let new = py.new_str_bytes(&new).into_value();
        return Ok(py.tuple(vec![new, at_end]));
    }
    let encoding = py.getattr(exception, "encoding")?;
    let encoding = encoding.downcast::<Str>().map_or("", |s| known(&s.to_string()));
    if let Some(text) = object.downcast::<Str>() {
        let (first, last) = (start.min(text.len()), end.clamp(start, text.len().max(start)).min(text.len()));
        let range = wtf8::byte_range(text.as_bytes(), first, last);
        let fault = Fault { encoding, start: first, end: last, reason: "", byte_start: range.start, byte_end: range.end };
        if name == "namereplace" {
            let new = name_replace(&text.as_bytes()[range]);
            let new = py.new_str_bytes(&new).into_value();
            return Ok(py.tuple(vec![new, at_end]));
        }
        return match Handler::from_name(name).and_then(|h| h.encode(text.as_bytes(), &fault)) {
            Some(Replacement::Text(new)) => {
                let new = py.new_str_bytes(&new).into_value();
                Ok(py.tuple(vec![new, at_end]))
            }
            Some(Replacement::Bytes(new)) => {
                let new = py.bytes(&new);
                Ok(py.tuple(vec![new, at_end]))
            }
            None => Err(py.raise_value(exception)),
        };
    }
    let Some(bytes) = object.downcast::<Bytes>() else { return Err(wrong(py)) };
    if matches!(name, "xmlcharrefreplace" | "namereplace") {
        return Err(wrong(py));
    }
    let len = bytes.slice().len();
    let (first, last) = (start.min(len), end.min(len).max(start.min(len)));
    let fault = Fault { encoding, start: first, end: last, reason: "", byte_start: first, byte_end: last };
    let mut out = Vec::new();
    match Handler::from_name(name).and_then(|h| h.decode(bytes.slice(), &fault, &mut out)) {
        Some(next) => {
            let pair = vec![py.new_str_bytes(&out).into_value(), py.int(next as i64)];
            Ok(py.tuple(pair))
        }
        None => Err(py.raise_value(exception)),
    }
}

#[module]
impl Handlers {
    /// Implements the 'strict' error handling, which raises a UnicodeError on coding errors.
    #[py("(exception, /)")]
    fn strict_errors(py: &mut Py, exception: &Value) -> Result<Value> {
        if exception.is_a::<Exception>() {
            return Err(py.raise_value(exception));
        }
        Err(type_error("codec must pass exception instance"))
    }
    /// Implements the 'ignore' error handling, which ignores malformed data and continues.
    #[py("(exception, /)")]
    fn ignore_errors(py: &mut Py, exception: &Value) -> Result<Value> {
        handle(py, exception, "ignore")
    }
    /// Implements the 'replace' error handling, which replaces malformed data with a replacement marker.
    #[py("(exception, /)")]
    fn replace_errors(py: &mut Py, exception: &Value) -> Result<Value> {
        handle(py, exception, "replace")
    }
    /// Implements the 'xmlcharrefreplace' error handling.
    #[py("(exception, /)")]
    fn xmlcharrefreplace_errors(py: &mut Py, exception: &Value) -> Result<Value> {
        handle(py, exception, "xmlcharrefreplace")
    }
    /// Implements the 'backslashreplace' error handling.
    #[py("(exception, /)")]
    fn backslashreplace_errors(py: &mut Py, exception: &Value) -> Result<Value> {
        handle(py, exception, "backslashreplace")
    }
    /// Implements the 'namereplace' error handling.
    #[py("(exception, /)")]
    fn namereplace_errors(py: &mut Py, exception: &Value) -> Result<Value> {
        handle(py, exception, "namereplace")
    }
    #[py("(exception, /)")]
    fn surrogateescape(py: &mut Py, exception: &Value) -> Result<Value> {
        handle(py, exception, "surrogateescape")
    }
    #[py("(exception, /)")]
    fn surrogatepass(py: &mut Py, exception: &Value) -> Result<Value> {
        handle(py, exception, "surrogatepass")
    }
}

/// The functions made so far, so that each handler is one object.
#[derive(Default)]
struct Made(std::collections::HashMap<&'static str, Value>);

/// The function of a built-in handler.
pub fn builtin(py: &mut Py, name: &str) -> Option<Value> {
    for member in Handlers::MEMBERS {
        let (Member::Function(def) | Member::StaticMethod(def)) = member else { continue };
        if def.name.strip_suffix("_errors").unwrap_or(def.name) == name {
            if let Some(made) = py.state::<Made>().0.get(def.name) {
                return Some(made.clone());
            }
            let function = Native::with_owner(py, def, Kind::Static, None);
            py.state::<Made>().0.insert(def.name, function.clone());
            return Some(function);
        }
    }
    None
}
