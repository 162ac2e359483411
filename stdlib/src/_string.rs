//! `_string`: the parser of format strings, for `string.Formatter`.

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_macros::module;

/// The functions of `_string`.
pub struct StringFunctions;

fn text(py: &mut Py, bytes: &[u8]) -> Value {
    py.new_str_bytes(bytes).into_value()
}

/// `(literal, field, spec, conversion)` of one replacement, and where the next begins.
fn field(py: &mut Py, s: &[u8], open: usize, literal: &[u8]) -> Result<(Value, usize)> {
    let (mut depth, mut at, mut bracket) = (1, open + 1, false);
    let (mut name_end, mut marker) = (None, 0);
    while at < s.len() {
        match s[at] {
            b'[' if name_end.is_none() => bracket = true,
            b']' if name_end.is_none() => bracket = false,
            b'{' if name_end.is_none() && !bracket => return Err(value_error("unexpected '{' in field name")),
            b'{' if !bracket => depth += 1,
            b'}' if !bracket => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            c @ (b':' | b'!') if name_end.is_none() && !bracket => {
                name_end = Some(at);
                marker = c;
            }
            _ => {}
        }
        at += 1;
    }
    if depth > 0 {
        return Err(value_error(if at == open + 1 {
            "Single '{' encountered in format string"
        } else {
            "expected '}' before end of string"
        }));
    }
    let close = at;
    let name = &s[open + 1..name_end.unwrap_or(close)];
    let mut spec_start = name_end.map_or(close, |e| e + 1);
    let mut conversion = Value::NONE;
    if marker == b'!' {
        let rest = &s[spec_start..close];
        let Some((_, len)) = lockstep_text::wtf8::decode_at(rest, 0) else {
            return Err(value_error("unmatched '{' in format spec"));
        };
        conversion = text(py, &rest[..len]);
        spec_start += len;
        match s.get(spec_start).filter(|_| spec_start < close) {
            Some(b':') => spec_start += 1,
            Some(_) => return Err(value_error("expected ':' after conversion specifier")),
            None => {}
        }
    }
    let values = vec![text(py, literal), text(py, name), text(py, &s[spec_start.min(close)..close]), conversion];
    Ok((py.tuple(values), close + 1))
}

#[module]
impl StringFunctions {
    /// Parse the argument as a format string.
    #[py("(string, /)")]
    fn formatter_parser(py: &mut Py, string: &Ref<Str>) -> Result<Value> {
        let s = string.as_bytes();
        let (mut out, mut literal, mut at) = (Vec::new(), Vec::new(), 0);
        while at < s.len() {
            match (s[at], s.get(at + 1)) {
                (c @ (b'{' | b'}'), Some(next)) if c == *next => {
                    literal.push(c);
                    at += 2;
                    let values = vec![text(py, &literal), Value::NONE, Value::NONE, Value::NONE];
                    out.push(py.tuple(values));
                    literal.clear();
                }
                (b'}', _) => return Err(value_error("Single '}' encountered in format string")),
                (b'{', None) => return Err(value_error("Single '{' encountered in format string")),
                (b'{', _) => {
                    let (item, next) = field(py, s, at, &literal)?;
                    out.push(item);
                    literal.clear();
                    at = next;
                }
                (c, _) => {
                    literal.push(c);
                    at += 1;
                }
            }
        }
        if !literal.is_empty() {
            let values = vec![text(py, &literal), Value::NONE, Value::NONE, Value::NONE];
            out.push(py.tuple(values));
        }
        let list = py.list(out);
        py.get_iter(&list)
    }
    /// Split the argument as a field name.
    #[py("(string, /)")]
    fn formatter_field_name_split(py: &mut Py, string: &Ref<Str>) -> Result<Value> {
        let s = string.as_bytes();
        let stop = s.iter().position(|c| matches!(c, b'.' | b'[')).unwrap_or(s.len());
        let number = |py: &mut Py, part: &[u8]| -> Result<Value> {
            if part.is_empty() || !part.iter().all(u8::is_ascii_digit) {
                return Ok(text(py, part));
            }
            match std::str::from_utf8(part).ok().and_then(|t| t.parse::<i64>().ok()) {
                Some(n) => Ok(py.int(n)),
                None => Err(value_error("Too many decimal digits in format string")),
            }
        };
        let first = number(py, &s[..stop])?;
        let (mut rest, mut at) = (Vec::new(), stop);
        while at < s.len() {
            let (is_attribute, part, next) = if s[at] == b'.' {
                let end = s[at + 1..].iter().position(|c| matches!(c, b'.' | b'[')).map_or(s.len(), |n| at + 1 + n);
                (true, &s[at + 1..end], end)
            } else if s[at] == b'[' {
                let Some(n) = memchr::memchr(b']', &s[at + 1..]) else { return Err(value_error("Missing ']' in format string")) };
                (false, &s[at + 1..at + 1 + n], at + n + 2)
            } else {
                return Err(value_error("Only '.' or '[' may follow ']' in format field specifier"));
            };
            if part.is_empty() {
                return Err(value_error("Empty attribute in format string"));
            }
            let value = if is_attribute { text(py, part) } else { number(py, part)? };
            rest.push(py.tuple(vec![Value::bool(is_attribute), value]));
            at = next;
        }
        let rest = py.list(rest);
        let rest = py.get_iter(&rest)?;
        Ok(py.tuple(vec![first, rest]))
    }
}

/// Fills the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<StringFunctions>(&namespace, "_string");
    Ok(())
}
