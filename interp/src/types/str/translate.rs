//! `str.translate` and `str.maketrans`.

use lockstep_heap::{Ref, Value};
use lockstep_text::wtf8;

use super::{Str, index};
use crate::object::raise::{type_error, value_error};
use crate::object::{Exc, Py, Result};
use crate::types::dict::{self, Dict};
use crate::types::int;

/// What a character becomes.
#[derive(Clone)]
enum To {
    Same,
    Nothing,
    Char(u32),
    Text(Ref<Str>),
}

fn look_up(py: &mut Py, table: &Value, c: u32) -> Result<To> {
    let key = Value::int32(c as i32);
    let found = if let Some(d) = table.downcast::<Dict>()
        && py.is_exact::<Dict>(table)
    {
        match dict::get(py, d, &key)? {
            Some(v) => v,
            None => return Ok(To::Same),
        }
    } else {
        match py.getitem(table, &key) {
            Ok(v) => v,
            Err(e) if e.is(Exc::LookupError) => return Ok(To::Same),
            Err(e) => return Err(e),
        }
    };
    if found.is_none() {
        return Ok(To::Nothing);
    }
    if int::is_int(&found) {
        return match int::as_i64(&found) {
            Some(n) if (0..0x11_0000).contains(&n) => Ok(To::Char(n as u32)),
            _ => Err(value_error("character mapping must be in range(0x110000)")),
        };
    }
    match found.downcast_into::<Str>() {
        Ok(s) => Ok(To::Text(s)),
        Err(v) => Err(type_error(format!("character mapping must return integer, None or str, not {}", py.type_name(&v)))),
    }
}

/// `s.translate(table)`
pub(super) fn translate(py: &mut Py, s: &Ref<Str>, table: &Value) -> Result<Value> {
    let mut known: [Option<To>; 128] = [const { None }; 128];
    let mut out = Vec::with_capacity(s.as_bytes().len());
    for c in wtf8::code_points(s.as_bytes()) {
        let to = match known.get(c as usize) {
            Some(Some(to)) => to.clone(),
            place => {
                let cached = place.is_some();
                let to = look_up(py, table, c)?;
                if cached {
                    known[c as usize] = Some(to.clone());
                }
                to
            }
        };
        match to {
            To::Same => wtf8::push(&mut out, c),
            To::Nothing => {}
            To::Char(c) => wtf8::push(&mut out, c),
            To::Text(t) => {
                py.room(out.len() + t.as_bytes().len())?;
                out.extend_from_slice(t.as_bytes());
            }
        }
    }
    if out == s.as_bytes() {
        return Ok(index::part(py, s, s.as_bytes()));
    }
    Ok(py.new_str_bytes(&out).into_value())
}

fn text<'a>(py: &Py, value: &'a Value, number: usize) -> Result<&'a Ref<Str>> {
    value.downcast().ok_or_else(|| type_error(format!("maketrans() argument {number} must be str, not {}", py.type_name(value))))
}

/// `str.maketrans(x, y, z)`
pub(super) fn maketrans(py: &mut Py, x: &Value, y: Option<&Value>, z: Option<&Value>) -> Result<Value> {
    let table = py.new_dict();
    let Some(y) = y else {
        let Some(source) = x.downcast::<Dict>() else {
            return Err(type_error("if you give only one argument to maketrans it must be a dict"));
        };
        let entries: Vec<_> = source.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        for (key, value) in entries {
            let key = if let Some(s) = key.downcast::<Str>() {
                if s.len() != 1 {
                    return Err(value_error("string keys in translate table must be of length 1"));
                }
                Value::int32(wtf8::nth(s.as_bytes(), 0).unwrap_or(0) as i32)
            } else if int::is_int(&key) {
                key
            } else {
                return Err(type_error("keys in translate table must be strings or integers"));
            };
            dict::set(py, &table, &key, value)?;
        }
        return Ok(table.into_value());
    };
    let y = text(py, y, 2)?;
    let z = match z {
        Some(z) => Some(text(py, z, 3)?),
        None => None,
    };
    let Some(x) = x.downcast::<Str>() else {
        return Err(type_error("first maketrans argument must be a string if there is a second argument"));
    };
    if x.len() != y.len() {
        return Err(value_error("the first two maketrans arguments must have equal length"));
    }
    for (from, to) in wtf8::code_points(x.as_bytes()).zip(wtf8::code_points(y.as_bytes())) {
        dict::set(py, &table, &Value::int32(from as i32), Value::int32(to as i32))?;
    }
    for c in z.iter().flat_map(|z| wtf8::code_points(z.as_bytes())) {
        dict::set(py, &table, &Value::int32(c as i32), Value::NONE)?;
    }
    Ok(table.into_value())
}
