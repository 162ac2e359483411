//! `array`: numbers in a row, packed.

mod code;
mod iter;
mod methods;
mod rebuild;

use lockstep_interp::object::raise::{Result, buffer_error, memory_error, type_error, value_error};
use lockstep_interp::object::{Type, TypeFlags};
use lockstep_interp::types::buffer::{self, Exporter, Exports, Layout};
use lockstep_interp::types::bytearray::ByteArray;
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Guarded, Object, Py, Ref, Value};
use lockstep_text::wtf8;

use code::{Code, Item};

/// The payload of an array.
pub struct Array {
    code: Code,
    data: Vec<u8>,
    exports: Exports,
}

impl Object for Array {
    type Access = Guarded;
}

static EXPORTER: Exporter = Exporter {
    layout: |py, value| match value.downcast::<Array>() {
        Some(a) => {
            let code = a.get(py).code;
            Layout { format: code.format().to_string(), itemsize: code.size(), readonly: false }
        }
        None => Layout { format: "B".to_owned(), itemsize: 1, readonly: true },
    },
    bytes: |py, value| value.downcast::<Array>().map_or(&[], |a| &a.get(py).data),
    bytes_mut: Some(|py, value| value.downcast::<Array>().map_or(&mut [], |a| &mut a.get_mut(py).data)),
    hold: Some(|py, value| match value.downcast::<Array>() {
        Some(a) => a.get_mut(py).exports.hold(),
        None => Exports::default().hold(),
    }),
    check: None,
};

impl Array {
    /// Number of items.
    fn len(&self) -> usize {
        self.data.len() / self.code.size()
    }
    /// The bytes of an item.
    fn raw(&self, at: usize) -> Option<&[u8]> {
        let size = self.code.size();
        self.data.get(at * size..at * size + size)
    }
    /// BufferError if somebody looks at the memory.
    fn resizable(&self) -> Result<()> {
        if self.exports.any() {
            return Err(buffer_error("cannot resize an array that is exporting buffers"));
        }
        Ok(())
    }
    /// Bytes at the end.
    fn append_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        if !bytes.is_empty() {
            self.resizable()?;
            self.data.try_reserve(bytes.len()).map_err(|_| memory_error())?;
            self.data.extend_from_slice(bytes);
        }
        Ok(())
    }
    /// An item at the end.
    fn push(&mut self, item: Item) -> Result<()> {
        let size = self.code.size();
        self.resizable()?;
        self.data.try_reserve(size).map_err(|_| memory_error())?;
        self.data.extend_from_slice(&item[..size]);
        Ok(())
    }
}

/// The item at a place; none beyond the end.
fn item(py: &Py, this: &Ref<Array>, at: usize) -> Option<Value> {
    let a = this.get(py);
    a.raw(at).map(|raw| a.code.unpack(py, raw))
}

/// A new array of the plain type.
fn make(py: &Py, code: Code, data: Vec<u8>) -> Value {
    py.make(Array { code, data, exports: Exports::default() }).into_value()
}

/// Append what an iterable gives.
fn extend(py: &mut Py, this: &Ref<Array>, items: &Value) -> Result<()> {
    if let Some(other) = items.downcast::<Array>() {
        if other.get(py).code != this.get(py).code {
            return Err(type_error("can only extend with array of same kind"));
        }
        let data = other.get(py).data.clone();
        return this.get_mut(py).append_bytes(&data);
    }
    append_all(py, this, items)
}

fn append_all(py: &mut Py, this: &Ref<Array>, items: &Value) -> Result<()> {
    let code = this.get(py).code;
    let mut iter = py.iter(items)?;
    let mut steps = 0u32;
    while let Some(value) = iter.next(py)? {
        let packed = code.pack(py, &value)?;
        this.get_mut(py).push(packed)?;
        steps = steps.wrapping_add(1);
        if steps.is_multiple_of(65536) {
            py.check()?;
        }
    }
    Ok(())
}

/// Append bytes as items.
fn append_raw(py: &mut Py, this: &Ref<Array>, bytes: &[u8]) -> Result<()> {
    if !bytes.len().is_multiple_of(this.get(py).code.size()) {
        return Err(value_error("bytes length not a multiple of item size"));
    }
    this.get_mut(py).append_bytes(bytes)
}

/// Append characters.
fn append_text(py: &mut Py, this: &Ref<Array>, text: &Ref<Str>) -> Result<()> {
    py.room(text.len().saturating_mul(4))?;
    let bytes: Vec<u8> = wtf8::code_points(text.as_bytes()).flat_map(u32::to_le_bytes).collect();
    this.get_mut(py).append_bytes(&bytes)
}

/// The type code that a script gave.
fn code_of(py: &mut Py, value: &Value, function: &str, number: u32) -> Result<Code> {
    let letter = match value.downcast::<Str>() {
        Some(s) if s.len() == 1 => wtf8::nth(s.as_bytes(), 0).unwrap_or(0),
        Some(s) => {
            return Err(type_error(format!(
                "{function}() argument {number} must be a unicode character, not a string of length {}",
                s.len()
            )));
        }
        None => {
            return Err(type_error(format!(
                "{function}() argument {number} must be a unicode character, not {}",
                py.type_name(value)
            )));
        }
    };
    match Code::of(letter) {
        Some(code) => Ok(code),
        None => Err(value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)")),
    }
}

/// `array(typecode, initializer)`
fn construct(py: &mut Py, cls: &Ref<Type>, code: Code, initial: Option<&Value>) -> Result<Value> {
    if code.letter() == 'u' {
        let message = "The 'u' type code is deprecated and will be removed in Python 3.16";
        py.warn(Exc::DeprecationWarning, message, 1)?;
    }
    let made = py.make_in(cls, Array { code, data: Vec::new(), exports: Exports::default() });
    let Some(initial) = initial else { return Ok(made.into_value()) };
    let letter = code.letter();
    if let Some(text) = initial.downcast::<Str>() {
        if !code.is_text() {
            return Err(type_error(format!("cannot use a str to initialize an array with typecode '{letter}'")));
        }
        append_text(py, &made, text)?;
    } else if let Some(other) = initial.downcast::<Array>() {
        let other_code = other.get(py).code;
        if other_code.is_text() && !code.is_text() {
            return Err(type_error(format!("cannot use a unicode array to initialize an array with typecode '{letter}'")));
        }
        if other_code == code || (other_code.is_text() && code.is_text()) {
            made.get_mut(py).data = other.get(py).data.clone();
        } else {
            append_all(py, &made, initial)?;
        }
    } else if initial.is_a::<Bytes>() || initial.is_a::<ByteArray>() {
        let bytes = buffer::data(py, initial)?;
        append_raw(py, &made, &bytes)?;
    } else {
        append_all(py, &made, initial)?;
    }
    Ok(made.into_value())
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<rebuild::ArrayFunctions>(&d, "array");
    py.define::<iter::ArrayIter>();
    let ty = py.define::<Array>().into_value();
    buffer::register::<Array>(py, &EXPORTER);
    let flags = TypeFlags::SEQUENCE;
    if let Some(ty) = ty.downcast::<Type>() {
        ty.get_mut(py).flags.0 |= flags;
    }
    dict::set_name(py, &d, "array", ty.clone());
    dict::set_name(py, &d, "ArrayType", ty.clone());
    let codes = py.str(code::ALL);
    dict::set_name(py, &d, "typecodes", codes);
    let abc = lockstep_interp::import::import_module(py, "collections.abc")?;
    let sequence = py.getattr(&abc, "MutableSequence")?;
    py.call_method(&sequence, "register", &[ty])?;
    Ok(())
}
