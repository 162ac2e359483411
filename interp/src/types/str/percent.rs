//! `%`-formatting of str and bytes: fetching the arguments and converting them.

use lockstep_heap::{Ref, Value};
use lockstep_text::format::IntRef;
use lockstep_text::percent::{Conversion, Next, Size, pieces};
use lockstep_text::wtf8;

use super::Str;
use crate::object::raise::{overflow_error, type_error};
use crate::object::{Exc, Py, Result, Special};
use crate::types::bytes::Bytes;
use crate::types::int::{self, BigInt};
use crate::types::tuple::Tuple;

/// The arguments of one format operation.
struct Arguments<'a> {
    items: &'a [Value],
    next: usize,
    mapping: Option<&'a Value>,
    /// The value that a mapping key gave; the next conversion takes it.
    keyed: Option<Value>,
    text: bool,
}

impl<'a> Arguments<'a> {
    fn new(py: &Py, value: &'a Value, text: bool) -> Self {
        let is_tuple = value.is_a::<Tuple>();
        let items = match value.downcast::<Tuple>() {
            Some(t) => t.slice(),
            None => std::slice::from_ref(value),
        };
        let own =
            if text { value.is_a::<Str>() } else { value.is_a::<Bytes>() || value.is_a::<crate::types::bytearray::ByteArray>() };
        let mapping = !is_tuple && !own && py.special(value, Special::GetItem).is_some();
        Arguments { items, next: 0, mapping: mapping.then_some(value), keyed: None, text }
    }
    fn take(&mut self) -> Result<Value> {
        if let Some(value) = self.keyed.take() {
            // A second fetch for the same conversion finds nothing.
            self.next = self.items.len();
            return Ok(value);
        }
        match self.items.get(self.next) {
            Some(value) => {
                self.next += 1;
                Ok(value.clone())
            }
            None => Err(type_error("not enough arguments for format string")),
        }
    }
    fn select(&mut self, py: &mut Py, key: &[u8]) -> Result<()> {
        let Some(mapping) = self.mapping else { return Err(type_error("format requires a mapping")) };
        let key = if self.text { py.new_str_bytes(key).into_value() } else { py.bytes(key) };
        self.keyed = Some(py.getitem(mapping, &key)?);
        Ok(())
    }
    fn star(&mut self) -> Result<i64> {
        let value = self.take()?;
        if !int::is_int(&value) {
            return Err(type_error("* wants int"));
        }
        int::as_i64(&value).ok_or_else(|| overflow_error("Python int too large to convert to C ssize_t"))
    }
    fn finish(&self) -> Result<()> {
        if self.next < self.items.len() && self.mapping.is_none() {
            let what = if self.text { "string" } else { "bytes" };
            return Err(type_error(format!("not all arguments converted during {what} formatting")));
        }
        Ok(())
    }
}

/// Run through the format; `text` conversions are the caller's.
fn run(
    py: &mut Py,
    format: &[u8],
    value: &Value,
    text: bool,
    out: &mut Vec<u8>,
    mut convert: impl FnMut(&mut Py, &mut Vec<u8>, &Conversion<'_>, &Value) -> Result<()>,
) -> Result<()> {
    let mut arguments = Arguments::new(py, value, text);
    let mut pieces = pieces(format, text);
    let mut conversion = Conversion::default();
    loop {
        match pieces.advance(&mut conversion) {
            Ok(Next::Conversion) => {}
            Ok(Next::Literal(bytes)) => {
                out.extend_from_slice(bytes);
                continue;
            }
            Ok(Next::End) => break,
            Err(e) if e.message == "incomplete format key" && arguments.mapping.is_none() => {
                return Err(type_error("format requires a mapping"));
            }
            Err(e) => return Err(e.into()),
        }
        if let Some(key) = conversion.key {
            arguments.select(py, key)?;
        }
        if conversion.width == Some(Size::Argument) {
            let n = arguments.star()?;
            if n.unsigned_abs() >= isize::MAX as u64 {
                return Err(overflow_error("Python int too large to convert to C ssize_t"));
            }
            conversion.set_width(n);
        }
        if conversion.precision == Some(Size::Argument) {
            let n = arguments.star()?;
            if n > i64::from(i32::MAX) {
                return Err(overflow_error("Python int too large to convert to C int"));
            }
            conversion.set_precision(n);
        }
        if conversion.code == u32::from(b'%') && conversion.is_bare() {
            out.push(b'%');
            continue;
        }
        let argument = arguments.take()?;
        convert(py, out, &conversion, &argument)?;
    }
    arguments.finish()
}

fn code(conversion: &Conversion<'_>) -> u8 {
    u8::try_from(conversion.code).unwrap_or(0)
}

/// `%d` and its kin.
fn push_int(py: &mut Py, out: &mut Vec<u8>, conversion: &Conversion<'_>, value: &Value) -> Result<()> {
    let limit = py.shared().config.int_max_str_digits;
    if let Some(n) = value.as_small_int() {
        if matches!(code(conversion), b'd' | b'i' | b'u') && conversion.is_bare() {
            lockstep_text::int::with_i64(n, |digits| out.extend_from_slice(digits));
            return Ok(());
        }
        return Ok(conversion.push_int(out, IntRef::Small(n), limit)?);
    }
    let code = code(conversion);
    let number = if int::is_int(value) {
        value.clone()
    } else if matches!(code, b'o' | b'x' | b'X') {
        if py.special(value, Special::Index).is_none() {
            return Err(type_error(format!("%{} format: an integer is required, not {}", char::from(code), py.type_name(value))));
        }
        py.index(value)?
    } else {
        real_to_int(py, code, value)?
    };
    match int::as_i64(&number) {
        Some(n) => Ok(conversion.push_int(out, IntRef::Small(n), limit)?),
        None => {
            let big = int::to_ibig(&number).unwrap_or_default();
            Ok(conversion.push_int(out, IntRef::Big(&big), limit)?)
        }
    }
}

fn real_to_int(py: &mut Py, code: u8, value: &Value) -> Result<Value> {
    if let Some(x) = value.as_float() {
        let n = lockstep_text::float::to_int(x)?;
        return Ok(py.int_from(n));
    }
    let wrong =
        |py: &Py| type_error(format!("%{} format: a real number is required, not {}", char::from(code), py.type_name(value)));
    let result = match py.call_special(value, Special::Int, &[]) {
        Some(result) => result,
        None if py.special(value, Special::Index).is_some() => py.index(value),
        None => return Err(wrong(py)),
    };
    match result {
        Ok(n) if int::is_int(&n) => Ok(n),
        Ok(n) => Err(type_error(format!("__int__ returned non-int (type {})", py.type_name(&n)))),
        Err(e) if e.is(Exc::TypeError) => Err(wrong(py)),
        Err(e) => Err(e),
    }
}

fn push_float(py: &mut Py, out: &mut Vec<u8>, conversion: &Conversion<'_>, value: &Value, text: bool) -> Result<()> {
    let x = match py.to_f64(value) {
        Err(e) if !text && e.is(Exc::TypeError) => {
            return Err(type_error(format!("float argument required, not {}", py.type_name(value))));
        }
        other => other?,
    };
    Ok(conversion.push_float(out, x)?)
}

fn push_any(out: &mut Vec<u8>, conversion: &Conversion<'_>, text: &Ref<Str>) -> Result<()> {
    if conversion.width.is_none() && conversion.precision.is_none() {
        out.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    Ok(conversion.push_text(out, text.as_bytes(), text.len(), true)?)
}

/// `format % value` of a str.
pub fn format(py: &mut Py, format: &Ref<Str>, value: &Value) -> Result<Value> {
    let mut out = Vec::with_capacity(format.as_bytes().len() + 32);
    run(py, format.as_bytes(), value, true, &mut out, |py, out, conversion, value| match code(conversion) {
        b's' => {
            if let Some(n) = value.as_small_int()
                && conversion.is_bare()
            {
                lockstep_text::int::with_i64(n, |digits| out.extend_from_slice(digits));
                return Ok(());
            }
            let text = py.str_of(value)?;
            push_any(out, conversion, &text)
        }
        b'r' => {
            let text = py.repr(value)?;
            push_any(out, conversion, &text)
        }
        b'a' => {
            let text = py.ascii(value)?;
            push_any(out, conversion, &text)
        }
        b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => push_int(py, out, conversion, value),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => push_float(py, out, conversion, value, true),
        b'c' => {
            let mut c = Vec::with_capacity(4);
            wtf8::push(&mut c, char_argument(py, value)?);
            Ok(conversion.push_text(out, &c, 1, true)?)
        }
        _ => Err(conversion.unsupported().into()),
    })?;
    Ok(py.new_str_bytes(&out).into_value())
}

/// The character of `%c`.
fn char_argument(py: &mut Py, value: &Value) -> Result<u32> {
    if let Some(s) = value.downcast::<Str>() {
        if s.len() == 1 {
            return Ok(wtf8::nth(s.as_bytes(), 0).unwrap_or(0));
        }
        return Err(type_error(format!("%c requires an int or a unicode character, not a string of length {}", s.len())));
    }
    if !int::is_int(value) && py.special(value, Special::Index).is_none() {
        return Err(type_error(format!("%c requires an int or a unicode character, not {}", py.type_name(value))));
    }
    let n = py.index(value)?;
    match int::as_i64(&n) {
        Some(n) if (0..0x11_0000).contains(&n) => Ok(n as u32),
        _ => Err(overflow_error("%c arg not in range(0x110000)")),
    }
}

/// `format % value` of bytes.
pub fn format_bytes(py: &mut Py, format: &[u8], value: &Value) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(format.len() + 32);
    run(py, format, value, false, &mut out, |py, out, conversion, value| match code(conversion) {
        b's' | b'b' => {
            let bytes = bytes_argument(py, value)?;
            Ok(conversion.push_text(out, &bytes, bytes.len(), false)?)
        }
        b'r' | b'a' => {
            let text = py.ascii(value)?;
            Ok(conversion.push_text(out, text.as_bytes(), text.len(), false)?)
        }
        b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => push_int(py, out, conversion, value),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => push_float(py, out, conversion, value, false),
        b'c' => {
            let byte = byte_argument(py, value)?;
            Ok(conversion.push_text(out, &[byte], 1, false)?)
        }
        _ => Err(conversion.unsupported().into()),
    })?;
    Ok(out)
}

fn bytes_argument(py: &mut Py, value: &Value) -> Result<Vec<u8>> {
    if !value.is_a::<Bytes>()
        && let Some(result) = py.call_special(value, Special::Bytes, &[])
    {
        let result = result?;
        return match result.downcast::<Bytes>() {
            Some(b) => Ok(b.slice().to_vec()),
            None => Err(type_error(format!("__bytes__ returned non-bytes (type {})", py.type_name(&result)))),
        };
    }
    crate::types::buffer::to_vec_opt(py, value)?.ok_or_else(|| {
        type_error(format!(
            "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
            py.type_name(value)
        ))
    })
}

fn byte_argument(py: &mut Py, value: &Value) -> Result<u8> {
    let bytes = match value.downcast::<Bytes>() {
        Some(b) => Some(b.slice().to_vec()),
        None => value.downcast::<crate::types::bytearray::ByteArray>().map(|b| b.get(py).data.clone()),
    };
    match bytes {
        Some(b) if b.len() == 1 => return Ok(b[0]),
        Some(b) => {
            let what = if value.is_a::<Bytes>() { "bytes" } else { "bytearray" };
            return Err(type_error(format!(
                "%c requires an integer in range(256) or a single byte, not a {what} object of length {}",
                b.len()
            )));
        }
        None => {}
    }
    if !int::is_int(value) && py.special(value, Special::Index).is_none()
        || value.is_a::<BigInt>() && !py.is_exact::<BigInt>(value) && int::as_i64(value).is_none()
    {
        return Err(type_error(format!("%c requires an integer in range(256) or a single byte, not {}", py.type_name(value))));
    }
    let n = py.index(value)?;
    match int::as_i64(&n).and_then(|n| u8::try_from(n).ok()) {
        Some(byte) => Ok(byte),
        None => Err(overflow_error("%c arg not in range(256)")),
    }
}
