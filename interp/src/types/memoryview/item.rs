//! The items of a memoryview: one value packed in bytes by a native `struct` code.

use lockstep_heap::Value;

use crate::object::raise::{Raised, not_implemented, type_error, value_error};
use crate::object::{Exc, Py, Result, Special};
use crate::types::bytes::Bytes;
use crate::types::int;

/// The code of a native format of one item (`B`, `@i`), none for others.
pub fn code(format: &str) -> Option<u8> {
    match format.as_bytes() {
        [code] | [b'@', code] => Some(*code),
        _ => None,
    }
}

/// The size of an item; none for an unknown code.
pub fn size(code: u8) -> Option<usize> {
    Some(match code {
        b'b' | b'B' | b'c' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    })
}

fn unsupported(format: &str) -> Raised {
    not_implemented(format!("memoryview: unsupported format {format}"))
}

fn bytes<const N: usize>(raw: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    let n = raw.len().min(N);
    out[..n].copy_from_slice(&raw[..n]);
    out
}

/// The value of an item.
pub fn unpack(py: &Py, format: &str, raw: &[u8]) -> Result<Value> {
    let Some(code) = code(format) else { return Err(not_implemented(format!("memoryview: format {format} not supported"))) };
    Ok(match code {
        b'B' => Value::int32(i32::from(bytes::<1>(raw)[0])),
        b'b' => Value::int32(i32::from(bytes::<1>(raw)[0] as i8)),
        b'c' => py.bytes(raw),
        b'?' => Value::bool(raw.iter().any(|b| *b != 0)),
        b'h' => Value::int32(i32::from(i16::from_ne_bytes(bytes(raw)))),
        b'H' => Value::int32(i32::from(u16::from_ne_bytes(bytes(raw)))),
        b'i' => py.int(i64::from(i32::from_ne_bytes(bytes(raw)))),
        b'I' => py.int(i64::from(u32::from_ne_bytes(bytes(raw)))),
        b'l' | b'q' | b'n' => py.int(i64::from_ne_bytes(bytes(raw))),
        b'L' | b'Q' | b'N' | b'P' => py.int_from(u64::from_ne_bytes(bytes(raw))),
        b'f' => Value::float(f64::from(f32::from_ne_bytes(bytes(raw)))),
        b'd' => Value::float(f64::from_ne_bytes(bytes(raw))),
        b'e' => Value::float(half_to_f64(u16::from_ne_bytes(bytes(raw)))),
        _ => return Err(unsupported(format)),
    })
}

/// The bytes of a value as an item.
pub fn pack(py: &mut Py, format: &str, value: &Value) -> Result<Vec<u8>> {
    let Some(code) = code(format) else { return Err(not_implemented(format!("memoryview: format {format} not supported"))) };
    let wrong_type = || type_error(format!("memoryview: invalid type for format '{format}'"));
    let wrong_value = || value_error(format!("memoryview: invalid value for format '{format}'"));
    match code {
        b'c' => match value.downcast::<Bytes>() {
            Some(b) if b.slice().len() == 1 => Ok(b.slice().to_vec()),
            Some(_) => Err(wrong_value()),
            None => Err(wrong_type()),
        },
        b'?' => Ok(vec![u8::from(py.truth(value)?)]),
        b'f' | b'd' | b'e' => {
            let x = match py.to_f64(value) {
                Err(e) if e.is(Exc::TypeError) => return Err(wrong_type()),
                other => other?,
            };
            match code {
                b'd' => Ok(x.to_ne_bytes().to_vec()),
                b'f' if (x as f32).is_infinite() && x.is_finite() => Err(wrong_value()),
                b'f' => Ok((x as f32).to_ne_bytes().to_vec()),
                _ => f64_to_half(x).map(|h| h.to_ne_bytes().to_vec()).ok_or_else(wrong_value),
            }
        }
        _ => {
            let size = size(code).ok_or_else(|| unsupported(format))?;
            if !int::is_int(value) && py.special(value, Special::Index).is_none() {
                return Err(wrong_type());
            }
            let n = py.index(value)?;
            let n = int::to_ibig(&n).and_then(|n| i128::try_from(&n).ok()).ok_or_else(wrong_value)?;
            let signed = matches!(code, b'b' | b'h' | b'i' | b'l' | b'q' | b'n');
            let bits = 8 * size as u32;
            let (low, high) = if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
            if n < low || n > high {
                return Err(wrong_value());
            }
            Ok(match size {
                1 => vec![n as u8],
                2 => (n as u16).to_ne_bytes().to_vec(),
                4 => (n as u32).to_ne_bytes().to_vec(),
                _ => (n as u64).to_ne_bytes().to_vec(),
            })
        }
    }
}

/// A half-precision float widened.
pub fn half_to_f64(bits: u16) -> f64 {
    let (exponent, fraction) = ((bits >> 10) & 31, f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        e => (1024.0 + fraction) * 2f64.powi(i32::from(e) - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// The nearest half-precision float, ties to even; none if it is too large.
pub fn f64_to_half(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    if x.is_nan() {
        return Some(sign | 0x7E00);
    }
    let x = x.abs();
    if x.is_infinite() {
        return Some(sign | 0x7C00);
    }
    // Multiples of the spacing at this size; rounding may carry into the next exponent, whose
    // bits follow without a gap.
    let exponent = if x < 2f64.powi(-14) { -14 } else { ((x.to_bits() >> 52) as i32 & 2047) - 1023 };
    if exponent > 15 {
        return None;
    }
    let steps = (x * 2f64.powi(10 - exponent)).round_ties_even() as u32;
    let bits = if exponent == -14 && steps < 1024 { steps } else { ((exponent + 15) as u32) * 1024 + (steps - 1024) };
    (bits < 0x7C00).then_some(sign | bits as u16)
}
