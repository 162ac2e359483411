//! Making ints: from text, from other numbers, from and to bytes.

use dashu_int::{IBig, UBig};
use lockstep_heap::{Ref, Value};
use lockstep_text::int::{Int, Shown};

use super::{from_ibig, is_int, plain};
use crate::object::raise::{Result, memory_error, overflow_error, type_error, value_error};
use crate::object::{Py, Special};
use crate::types::bytearray::ByteArray;
use crate::types::bytes::Bytes;
use crate::types::str::Str;

/// `int(x, base)`, an exact int.
pub fn construct(py: &mut Py, x: Option<&Value>, base: Option<&Value>) -> Result<Value> {
    match (x, base) {
        (None, None) => Ok(Value::int32(0)),
        (None, Some(_)) => Err(type_error("int() missing string argument")),
        (Some(x), None) => from_number(py, x),
        (Some(x), Some(base)) => {
            let base = py.index_clamped(base)?;
            if base != 0 && !(2..=36).contains(&base) {
                return Err(value_error("int() base must be >= 2 and <= 36, or 0"));
            }
            let base = base as u32;
            if let Some(s) = x.downcast::<Str>() {
                return parse(py, s.as_bytes(), base, Shown::Str);
            }
            match text_of_bytes(py, x) {
                Some(bytes) if x.is_a::<Bytes>() || x.is_a::<ByteArray>() => parse(py, &bytes, base, Shown::Bytes),
                _ => Err(type_error("int() can't convert non-string with explicit base")),
            }
        }
    }
}

/// An int from text in a base.
pub fn parse(py: &mut Py, text: &[u8], base: u32, shown: Shown) -> Result<Value> {
    let limit = py.shared().config.int_max_str_digits;
    Ok(match lockstep_text::int::parse(text, base, limit, shown)? {
        Int::Small(n) => py.int(n),
        Int::Big(n) => from_ibig(py, n),
    })
}

/// The content of bytes-like objects that `int()` and `float()` take as text.
pub(in crate::types) fn text_of_bytes(py: &mut Py, value: &Value) -> Option<Vec<u8>> {
    if let Some(b) = value.downcast::<Bytes>() {
        return Some(b.slice().to_vec());
    }
    crate::types::bytes::buffer_of(py, value).ok()
}

/// `int(x)`: an exact int.
pub fn from_number(py: &mut Py, x: &Value) -> Result<Value> {
    if x.as_small_int().is_some() {
        return Ok(x.clone());
    }
    if let Some(f) = x.as_float() {
        return from_f64(py, f);
    }
    if py.is_exact::<super::BigInt>(x) {
        return Ok(x.clone());
    }
    if py.is_exact::<Str>(x)
        && let Some(s) = x.downcast::<Str>()
    {
        return parse(py, s.as_bytes(), 10, Shown::Str);
    }
    if let Some(result) = py.call_special(x, Special::Int, &[]) {
        let result = result?;
        py.warn_of_int_subclass("__int__", &result)?;
        if is_int(&result) {
            return Ok(plain(py, &result));
        }
        return Err(type_error(format!("__int__ returned non-int (type {})", py.type_name(&result))));
    }
    if py.special(x, Special::Index).is_some() {
        return py.index(x);
    }
    if let Some(s) = x.downcast::<Str>() {
        return parse(py, s.as_bytes(), 10, Shown::Str);
    }
    match text_of_bytes(py, x) {
        Some(bytes) => parse(py, &bytes, 10, Shown::Bytes),
        None => Err(type_error(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            py.type_name(x)
        ))),
    }
}

/// `int(x)` of a float.
pub fn from_f64(py: &mut Py, x: f64) -> Result<Value> {
    if x.abs() < 9e18 {
        return Ok(py.int(x as i64));
    }
    Ok(from_ibig(py, lockstep_text::float::to_int(x)?))
}

/// Whether a `byteorder` argument says little-endian.
pub fn byte_order(py: &mut Py, value: &Value, function: &str) -> Result<bool> {
    let Some(s) = value.downcast::<Str>() else {
        return Err(type_error(format!("{function}() argument 'byteorder' must be str, not {}", py.type_name(value))));
    };
    match s.as_bytes() {
        b"little" => Ok(true),
        b"big" => Ok(false),
        _ => Err(value_error("byteorder must be either 'little' or 'big'")),
    }
}

/// What `bytes(value)` makes of an object that is no str and no int.
pub fn to_bytes_object(py: &mut Py, value: &Value) -> Result<Ref<Bytes>> {
    if py.is_exact::<Bytes>(value)
        && let Some(b) = value.downcast::<Bytes>()
    {
        return Ok(b.clone());
    }
    if let Some(result) = py.call_special(value, Special::Bytes, &[]) {
        return match result?.downcast_into::<Bytes>() {
            Ok(bytes) => Ok(bytes),
            Err(other) => Err(type_error(format!("__bytes__ returned non-bytes (type {})", py.type_name(&other)))),
        };
    }
    if let Ok(bytes) = crate::types::bytes::buffer_of(py, value) {
        return Ok(py.new_bytes(&bytes));
    }
    let iterable = py.special(value, Special::Iter).is_some() || py.special(value, Special::GetItem).is_some();
    if value.is_a::<Str>() || !iterable {
        return Err(type_error(format!("cannot convert '{}' object to bytes", py.type_name(value))));
    }
    let mut out = Vec::new();
    let mut iter = py.iter(value)?;
    while let Some(item) = iter.next(py)? {
        let n = py.index(&item)?;
        match n.as_small_int().and_then(|n| u8::try_from(n).ok()) {
            Some(byte) => out.push(byte),
            None => return Err(value_error("bytes must be in range(0, 256)")),
        }
    }
    Ok(py.new_bytes(&out))
}

/// `int.from_bytes`
pub fn from_bytes(py: &mut Py, bytes: &[u8], little: bool, signed: bool) -> Value {
    let value = match (little, signed) {
        (true, true) => IBig::from_le_bytes(bytes),
        (false, true) => IBig::from_be_bytes(bytes),
        (true, false) => IBig::from(UBig::from_le_bytes(bytes)),
        (false, false) => IBig::from(UBig::from_be_bytes(bytes)),
    };
    from_ibig(py, value)
}

/// The first `length` bytes of a number that fits them; none if it does not, or they are not between 1 and 8.
pub fn word_bytes(n: i64, length: isize, little: bool, signed: bool) -> Option<[u8; 8]> {
    if !(1..=8).contains(&length) || !signed && n < 0 {
        return None;
    }
    let bits = 8 * length as u32 - u32::from(signed);
    if bits < 63 && !matches!(n >> bits, 0 | -1) {
        return None;
    }
    let mut bytes = n.to_le_bytes();
    if !little {
        bytes[..length as usize].reverse();
    }
    Some(bytes)
}

/// `int.to_bytes`; the sign was looked at before.
pub fn to_bytes(py: &mut Py, n: &IBig, length: usize, little: bool, signed: bool) -> Result<Ref<Bytes>> {
    let too_big = || overflow_error("int too big to convert");
    let negative = *n < IBig::ZERO;
    let bytes = if signed { n.to_le_bytes() } else { n.clone().into_parts().1.to_le_bytes() };
    // The text of a positive number may have a zero byte for the sign that is not needed here.
    let mut bytes = bytes.into_vec();
    if !signed {
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
    }
    if bytes.len() > length {
        return Err(too_big());
    }
    let mut out = Vec::new();
    if out.try_reserve_exact(length).is_err() {
        return Err(memory_error());
    }
    out.append(&mut bytes);
    out.resize(length, if negative { 0xFF } else { 0 });
    if !little {
        out.reverse();
    }
    Ok(py.new_bytes(&out))
}
