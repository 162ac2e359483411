//! Arrays out of pickles.

use lockstep_interp::object::Type;
use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Value, module};
use lockstep_text::wtf8;

use super::code::{Code, foreign, foreign_size, integer_code};
use super::{Array, append_raw, construct};

/// The functions of `array`.
pub struct ArrayFunctions;

#[module]
impl ArrayFunctions {
    /// Internal. Used for pickling support.
    #[py("(arraytype, typecode, mformat_code, items, /)")]
    fn _array_reconstructor(py: &mut Py, arraytype: &Value, typecode: &Value, mformat_code: i64, items: &Value) -> Result<Value> {
        let Some(ty) = arraytype.downcast::<Type>() else {
            let got = py.type_name(arraytype);
            return Err(type_error(format!("first argument must be a type object, not {got}")));
        };
        if !py.is_subtype(ty, &py.type_for::<Array>()) {
            let name = ty.get(py).name.to_string();
            return Err(type_error(format!("{name} is not a subtype of array.array")));
        }
        let letter = match typecode.downcast::<Str>() {
            Some(s) if s.len() == 1 => wtf8::nth(s.as_bytes(), 0).unwrap_or(0),
            _ => {
                let got = py.type_name(typecode);
                return Err(type_error(format!("_array_reconstructor() argument 2 must be a unicode character, not {got}")));
            }
        };
        let Some(code) = Code::of(letter) else {
            return Err(value_error("second argument must be a valid type code"));
        };
        let Some(size) = foreign_size(mformat_code) else {
            return Err(value_error("third argument must be a valid machine format code."));
        };
        let Some(bytes) = items.downcast::<Bytes>() else {
            let got = py.type_name(items);
            return Err(type_error(format!("fourth argument should be bytes, not {got}")));
        };
        let bytes = bytes.slice();
        if code.machine_format() == mformat_code {
            let made = construct(py, ty, code, None)?;
            if let Some(array) = made.downcast::<Array>() {
                if !bytes.len().is_multiple_of(size) {
                    return Err(value_error("bytes length not a multiple of item size"));
                }
                append_raw(py, array, bytes)?;
            }
            return Ok(made);
        }
        if !bytes.len().is_multiple_of(size) {
            return Err(value_error("string length not a multiple of item size"));
        }
        if matches!(mformat_code, 18..=21) {
            let codec = match mformat_code {
                18 => "utf-16-le",
                19 => "utf-16-be",
                20 => "utf-32-le",
                _ => "utf-32-be",
            };
            let codec = py.str(codec);
            let text = py.call_method(items, "decode", &[codec])?;
            return construct(py, ty, code, Some(&text));
        }
        // Ints keep their layout even if this machine calls it by another code.
        let code = if code.is_float() || code.is_text() { code } else { integer_code(mformat_code).unwrap_or(code) };
        let values: Vec<Value> = bytes.chunks_exact(size).map(|raw| foreign(py, mformat_code, raw)).collect();
        let values = py.list(values);
        construct(py, ty, code, Some(&values))
    }
}
