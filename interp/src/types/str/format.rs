//! `format()`, `str.format` and `str.format_map`.

use lockstep_heap::{Ref, Value};
use lockstep_text::format::IntRef;
use lockstep_text::template::{self, AutoNumber, First, Step};
use lockstep_text::wtf8::TextBuf;

use super::Str;
use crate::object::raise::{Raised, index_error, key_error, value_error};
use crate::object::{Py, Result};
use crate::types::dict::{self, Dict};
use crate::types::int::BigInt;

/// Appends `str(value)`.
pub fn push_str(py: &mut Py, out: &mut TextBuf, value: &Value) -> Result<()> {
    if let Some(n) = value.as_small_int() {
        lockstep_text::int::with_i64(n, |digits| out.push_ascii(digits));
        return Ok(());
    }
    let text = py.str_of(value)?;
    push_text(py, out, &text)
}

/// Appends a text.
pub fn push_text(py: &Py, out: &mut TextBuf, text: &Ref<Str>) -> Result<()> {
    py.room(text.as_bytes().len())?;
    if text.is_ascii() {
        out.push_ascii(text.as_bytes());
    } else {
        out.push_wtf8(text.as_bytes());
    }
    Ok(())
}

/// `format(value, spec)` of the builtin types that need no method call; none for others.
pub fn quick(py: &Py, value: &Value, spec: &[u8]) -> Option<Result<Vec<u8>>> {
    let done = if let Some(n) = value.as_small_int() {
        lockstep_text::format::int(IntRef::Small(n), spec, py.shared().config.int_max_str_digits)
    } else if let Some(x) = value.as_float() {
        lockstep_text::format::float(x, spec)
    } else if py.is_exact::<Str>(value) {
        let s = value.downcast::<Str>()?;
        lockstep_text::format::str(s.as_bytes(), s.len(), spec)
    } else if py.is_exact::<BigInt>(value) {
        let n = value.downcast::<BigInt>()?;
        lockstep_text::format::int(IntRef::Big(&n.value), spec, py.shared().config.int_max_str_digits)
    } else {
        return None;
    };
    Some(done.map_err(Raised::from))
}

/// Appends `format(value, spec)`.
fn push_format(py: &mut Py, out: &mut TextBuf, value: &Value, spec: &[u8]) -> Result<()> {
    if spec.is_empty() && (value.as_small_int().is_some() || py.is_exact::<Str>(value)) {
        return push_str(py, out, value);
    }
    if let Some(text) = quick(py, value, spec) {
        out.push_wtf8(&text?);
        return Ok(());
    }
    let spec = py.new_str_bytes(spec);
    let text = py.format(value, &spec)?;
    push_text(py, out, &text)
}

/// Keywords that are looked through one by one.
const FEW: usize = 8;

/// Where `str.format` takes its arguments from.
enum Source<'a> {
    Call(&'a [Value], &'a Value),
    Mapping(&'a Value),
}

impl Source<'_> {
    fn get(&self, py: &mut Py, first: First<'_>, auto: &mut AutoNumber) -> Result<Value> {
        if let (Source::Mapping(_), First::Auto | First::Index(_)) = (self, first) {
            return Err(value_error("Format string contains positional fields"));
        }
        if let Some(index) = auto.index(first)? {
            let Source::Call(args, _) = self else { return Err(value_error("Format string contains positional fields")) };
            return match args.get(index) {
                Some(value) => Ok(value.clone()),
                None => Err(index_error(format!("Replacement index {index} out of range for positional args tuple"))),
            };
        }
        let First::Name(name) = first else { return Err(value_error("Format string contains positional fields")) };
        // Keywords are few: a look at each is quicker than to make the name and find it.
        if let Source::Call(_, kwargs) = self
            && let Some(dict) = kwargs.downcast::<Dict>()
            && dict.get(py).len() <= FEW
            && let Some((_, value)) = dict
                .get(py)
                .iter()
                .find(|(k, _)| py.is_exact::<Str>(k) && k.downcast::<Str>().is_some_and(|k| k.as_bytes() == name))
        {
            return Ok(value.clone());
        }
        let key = py.intern_bytes(name);
        match self {
            Source::Mapping(mapping) => py.getitem(mapping, key.as_value()),
            Source::Call(_, kwargs) => {
                let found = match kwargs.downcast::<Dict>() {
                    Some(d) => dict::get(py, d, key.as_value())?,
                    None => None,
                };
                found.ok_or_else(|| key_error(key.into_value()))
            }
        }
    }
}

fn field_value(py: &mut Py, name: &[u8], source: &Source<'_>, auto: &mut AutoNumber) -> Result<Value> {
    let (first, steps) = template::split_name(name)?;
    let mut value = source.get(py, first, auto)?;
    for step in steps {
        value = match step? {
            Step::Attribute(name) => {
                let name = py.intern_bytes(name);
                py.getattr_str(&value, &name)?
            }
            Step::Index(n) => {
                let key = py.int(n as i64);
                py.getitem(&value, &key)?
            }
            Step::Key(key) => {
                let key = py.new_str_bytes(key).into_value();
                py.getitem(&value, &key)?
            }
        };
    }
    Ok(value)
}

fn expand(py: &mut Py, out: &mut TextBuf, text: &[u8], source: &Source<'_>, auto: &mut AutoNumber, depth: u32) -> Result<()> {
    if depth == 0 {
        return Err(value_error("Max string recursion exceeded"));
    }
    for part in template::parts(text) {
        let part = part?;
        out.push_wtf8(part.literal);
        let Some(field) = part.field else { continue };
        let mut value = field_value(py, field.name, source, auto)?;
        match field.conversion {
            None => {}
            Some(c) if c == u32::from(b'r') => value = py.repr(&value)?.into_value(),
            Some(c) if c == u32::from(b's') => value = py.str_of(&value)?.into_value(),
            Some(c) if c == u32::from(b'a') => value = py.ascii(&value)?.into_value(),
            Some(c) => return Err(template::unknown_conversion(c).into()),
        }
        if field.nested {
            let mut spec = TextBuf::new();
            expand(py, &mut spec, field.spec, source, auto, depth - 1)?;
            push_format(py, out, &value, spec.as_bytes())?;
        } else {
            push_format(py, out, &value, field.spec)?;
        }
    }
    Ok(())
}

/// `template.format(*args, **kwargs)`
pub fn format(py: &mut Py, template: &Ref<Str>, args: &[Value], kwargs: &Value) -> Result<Value> {
    let mut out = TextBuf::with_capacity(template.as_bytes().len() + 32);
    expand(py, &mut out, template.as_bytes(), &Source::Call(args, kwargs), &mut AutoNumber::default(), 2)?;
    Ok(py.text(out).into_value())
}

/// `template.format_map(mapping)`
pub fn format_map(py: &mut Py, template: &Ref<Str>, mapping: &Value) -> Result<Value> {
    let mut out = TextBuf::with_capacity(template.as_bytes().len() + 32);
    expand(py, &mut out, template.as_bytes(), &Source::Mapping(mapping), &mut AutoNumber::default(), 2)?;
    Ok(py.text(out).into_value())
}
