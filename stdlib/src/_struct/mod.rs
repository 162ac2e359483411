//! `_struct`: values as bytes laid out by a format.

mod format;

use std::rc::Rc;

use dashu_int::IBig;
use lockstep_heap::{Guarded, Object, Ref, Value};
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{Exc, NativeType, Py, Raised, Special, Type};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_macros::{methods, module};

use format::{Format, Item, Kind};

/// The module's `error`, and formats seen before.
#[derive(Default)]
struct State {
    error: Option<Value>,
    formats: std::collections::HashMap<Vec<u8>, Rc<Format>>,
}

/// A `struct.error`.
#[cold]
fn fail(py: &mut Py, message: &str) -> Raised {
    match py.state::<State>().error.clone() {
        Some(class) => {
            let text = py.str(message);
            match py.call(&class, &[text]) {
                Ok(made) => py.raise_value(&made),
                Err(e) => e,
            }
        }
        None => Raised::new(Exc::Exception, message),
    }
}

fn format_of(py: &mut Py, value: &Value) -> Result<Rc<Format>> {
    let text = match (value.downcast::<Str>(), value.downcast::<Bytes>()) {
        (Some(s), _) => s.as_bytes().to_vec(),
        (_, Some(b)) => b.slice().to_vec(),
        _ => return Err(type_error(format!("Struct() argument 1 must be a str or bytes object, not {}", py.type_name(value)))),
    };
    if let Some(known) = py.state::<State>().formats.get(&text) {
        return Ok(known.clone());
    }
    let made = Rc::new(format::parse(py, &text)?);
    let formats = &mut py.state::<State>().formats;
    if formats.len() >= 100 {
        formats.clear();
    }
    formats.insert(text, made.clone());
    Ok(made)
}

fn put_int(py: &mut Py, item: &Item, signed: bool, big: bool, value: &Value, room: &mut [u8]) -> Result<()> {
    if !lockstep_interp::types::int::is_int(value) && py.special(value, Special::Index).is_none() {
        return Err(fail(py, "required argument is not an integer"));
    }
    let n = py.index(value)?;
    let n = lockstep_interp::types::int::to_ibig(&n).unwrap_or_default();
    let bits = 8 * item.size as u32;
    let (low, high): (i128, i128) = if signed { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
    match i128::try_from(&n) {
        Ok(n) if n >= low && n <= high => {
            let bytes = n.to_le_bytes();
            room.copy_from_slice(&bytes[..item.size]);
            if big {
                room.reverse();
            }
            Ok(())
        }
        _ => {
            let code = item.code as char;
            let message = if item.size == 8 && item.code != b'n' {
                if n < IBig::ZERO && !signed {
                    format!("'{code}' format requires 0 <= number <= {high}")
                } else {
                    format!("'{code}' format requires {low} <= number <= {high}")
                }
            } else {
                format!("'{code}' format requires {low} <= number <= {high}")
            };
            Err(fail(py, &message))
        }
    }
}

fn put_float(py: &mut Py, item: &Item, big: bool, value: &Value, room: &mut [u8]) -> Result<()> {
    let x = match py.to_f64(value) {
        Ok(x) => x,
        Err(e) if e.is(Exc::TypeError) => return Err(fail(py, "required argument is not a float")),
        Err(e) => return Err(e),
    };
    let too_large =
        |code: &str| lockstep_interp::object::raise::overflow_error(format!("float too large to pack with {code} format"));
    match item.size {
        2 => room.copy_from_slice(&format::half_from(x).ok_or_else(|| too_large("e"))?.to_le_bytes()),
        4 => {
            let single = x as f32;
            if single.is_infinite() && x.is_finite() {
                return Err(too_large("f"));
            }
            room.copy_from_slice(&single.to_le_bytes());
        }
        _ => room.copy_from_slice(&x.to_le_bytes()),
    }
    if big {
        room.reverse();
    }
    Ok(())
}

fn pack(py: &mut Py, format: &Format, values: &[Value], function: &str) -> Result<Vec<u8>> {
    if values.len() != format.values {
        let message = format!("{function} expected {} items for packing (got {})", format.values, values.len());
        return Err(fail(py, &message));
    }
    let mut out = Vec::new();
    if out.try_reserve_exact(format.size).is_err() {
        return Err(lockstep_interp::object::raise::memory_error());
    }
    out.resize(format.size, 0);
    let mut values = values.iter();
    for item in &format.items {
        if matches!(item.kind, Kind::Text | Kind::Pascal) {
            let Some(value) = values.next() else { continue };
            let bytes = match value.downcast::<Bytes>() {
                Some(b) => b.slice().to_vec(),
                None if py.type_name(value) == "bytearray" => py.bytes_like(value)?.into_owned(),
                None => {
                    let message = format!("argument for '{}' must be a bytes object", item.code as char);
                    return Err(fail(py, &message));
                }
            };
            let room = &mut out[item.at..item.at + item.count];
            if item.kind == Kind::Text {
                let n = bytes.len().min(room.len());
                room[..n].copy_from_slice(&bytes[..n]);
            } else if let Some((length, room)) = room.split_first_mut() {
                let n = bytes.len().min(room.len());
                room[..n].copy_from_slice(&bytes[..n]);
                *length = n.min(255) as u8;
            }
            continue;
        }
        if item.kind == Kind::Pad {
            continue;
        }
        for k in 0..item.count {
            let Some(value) = values.next() else { break };
            let at = item.at + k * item.size;
            let room = &mut out[at..at + item.size];
            match item.kind {
                Kind::Int(signed) => put_int(py, item, signed, format.big, value, room)?,
                Kind::Float => put_float(py, item, format.big, value, room)?,
                Kind::Bool => room[0] = u8::from(py.truth(value)?),
                _ => match value.downcast::<Bytes>().map(|b| b.slice()) {
                    Some([byte]) => room[0] = *byte,
                    _ => return Err(fail(py, "char format requires a bytes object of length 1")),
                },
            }
        }
    }
    Ok(out)
}

fn one(py: &mut Py, item: &Item, big: bool, bytes: &[u8]) -> Value {
    let mut word = [0u8; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    if big {
        word[..bytes.len()].reverse();
    }
    match item.kind {
        Kind::Int(signed) => {
            let n = u64::from_le_bytes(word);
            if signed {
                let shift = 64 - 8 * bytes.len() as u32;
                py.int((n << shift) as i64 >> shift)
            } else {
                py.int_from(n)
            }
        }
        Kind::Float => Value::float(match bytes.len() {
            2 => format::half_to(u16::from_le_bytes([word[0], word[1]])),
            4 => f64::from(f32::from_le_bytes([word[0], word[1], word[2], word[3]])),
            _ => f64::from_le_bytes(word),
        }),
        Kind::Bool => Value::bool(bytes[0] != 0),
        _ => py.bytes(bytes),
    }
}

fn unpack(py: &mut Py, format: &Format, bytes: &[u8]) -> Value {
    let mut out = Vec::with_capacity(format.values);
    for item in &format.items {
        match item.kind {
            Kind::Pad => {}
            Kind::Text => out.push(py.bytes(&bytes[item.at..item.at + item.count])),
            Kind::Pascal => {
                let room = &bytes[item.at..item.at + item.count];
                let n = room.first().map_or(0, |n| usize::from(*n).min(room.len() - 1));
                out.push(py.bytes(room.get(1..=n).unwrap_or(&[])));
            }
            _ => {
                for k in 0..item.count {
                    let at = item.at + k * item.size;
                    let value = one(py, item, format.big, &bytes[at..at + item.size]);
                    out.push(value);
                }
            }
        }
    }
    py.tuple(out)
}

fn unpack_exact(py: &mut Py, format: &Format, buffer: &Value) -> Result<Value> {
    let bytes = py.bytes_like(buffer)?;
    if bytes.len() != format.size {
        let message = format!("unpack requires a buffer of {} bytes", format.size);
        return Err(fail(py, &message));
    }
    Ok(unpack(py, format, &bytes))
}

fn unpack_at(py: &mut Py, format: &Format, buffer: &Value, offset: i64) -> Result<Value> {
    let bytes = py.bytes_like(buffer)?;
    let (len, size) = (bytes.len() as i64, format.size as i64);
    if offset < 0 && offset + size > 0 {
        let message = format!("not enough data to unpack {size} bytes");
        return Err(fail(py, &message));
    }
    let start = if offset < 0 { offset + len } else { offset };
    if start < 0 {
        let message = format!("offset {offset} out of range for {len}-byte buffer");
        return Err(fail(py, &message));
    }
    if len - start < size {
        let message = format!(
            "unpack_from requires a buffer of at least {} bytes for unpacking {size} bytes at offset {start} (actual buffer size is {len})",
            size.saturating_add(start)
        );
        return Err(fail(py, &message));
    }
    Ok(unpack(py, format, &bytes[start as usize..start as usize + format.size]))
}

fn pack_at(py: &mut Py, format: &Format, buffer: &Value, offset: i64, values: &[Value]) -> Result<()> {
    let data = pack(py, format, values, "pack_into")?;
    let len = py.len(buffer)? as i64;
    let start = if offset < 0 { offset + len } else { offset };
    if start < 0 {
        let message = format!("offset {offset} out of range for {len}-byte buffer");
        return Err(fail(py, &message));
    }
    if len - start < data.len() as i64 {
        let message = format!(
            "pack_into requires a buffer of at least {} bytes for packing {} bytes at offset {start} (actual buffer size is {len})",
            data.len() as i64 + start,
            data.len()
        );
        return Err(fail(py, &message));
    }
    let class = crate::_io::builtin(py, "memoryview")?;
    let view = py.call(&class, std::slice::from_ref(buffer))?;
    let letter = py.str("B");
    let view = py.call_method(&view, "cast", &[letter])?;
    let (start, stop) = (py.int(start), py.int(start + data.len() as i64));
    let range = lockstep_interp::types::slice::make(py, start, stop, Value::NONE);
    let data = py.bytes(&data);
    py.setitem(&view, &range, data)
}

fn iterate(py: &mut Py, format: &Format, buffer: &Value) -> Result<Value> {
    if format.size == 0 {
        return Err(fail(py, "cannot iteratively unpack with a struct of length 0"));
    }
    let bytes = py.bytes_like(buffer)?.into_owned();
    if bytes.len() % format.size != 0 {
        let message = format!("iterative unpacking requires a buffer of a multiple of {} bytes", format.size);
        return Err(fail(py, &message));
    }
    let all = bytes.chunks_exact(format.size).map(|chunk| unpack(py, format, chunk)).collect();
    let all = py.list(all);
    py.get_iter(&all)
}

/// The payload of a `Struct`.
#[derive(Default)]
pub struct Struct {
    format: Rc<Format>,
    text: Option<Value>,
}

impl Object for Struct {
    type Access = Guarded;
}

#[methods]
impl Struct {
    #[staticmethod("(cls, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &Value, kwargs: &Value) -> Result<Value> {
        let _ = (args, kwargs);
        Ok(py.make_in(cls, Struct::default()).into_value())
    }
    #[py("(self, format)")]
    fn __init__(py: &mut Py, this: &Ref<Struct>, format: &Value) -> Result<()> {
        let made = format_of(py, format)?;
        let text = match format.downcast::<Bytes>() {
            Some(b) => py.str(&String::from_utf8_lossy(b.slice())),
            None => format.clone(),
        };
        *this.get_mut(py) = Struct { format: made, text: Some(text) };
        Ok(())
    }
    #[py("(self, /, *v)")]
    fn pack(py: &mut Py, this: &Ref<Struct>, v: &[Value]) -> Result<Value> {
        let format = this.get(py).format.clone();
        let bytes = pack(py, &format, v, "pack")?;
        Ok(py.bytes(&bytes))
    }
    #[py("(self, buffer, offset, /, *v)")]
    fn pack_into(py: &mut Py, this: &Ref<Struct>, buffer: &Value, offset: i64, v: &[Value]) -> Result<()> {
        let format = this.get(py).format.clone();
        pack_at(py, &format, buffer, offset, v)
    }
    #[py("(self, buffer, /)")]
    fn unpack(py: &mut Py, this: &Ref<Struct>, buffer: &Value) -> Result<Value> {
        let format = this.get(py).format.clone();
        unpack_exact(py, &format, buffer)
    }
    #[py("(self, /, buffer, offset=0)")]
    fn unpack_from(py: &mut Py, this: &Ref<Struct>, buffer: &Value, offset: i64) -> Result<Value> {
        let format = this.get(py).format.clone();
        unpack_at(py, &format, buffer, offset)
    }
    #[py("(self, buffer, /)")]
    fn iter_unpack(py: &mut Py, this: &Ref<Struct>, buffer: &Value) -> Result<Value> {
        let format = this.get(py).format.clone();
        iterate(py, &format, buffer)
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Struct>) -> Result<Value> {
        let text = this.get(py).text.clone().unwrap_or(Value::NONE);
        let (class, text) = (py.type_name(this.as_value()), py.repr(&text)?);
        Ok(py.str(&format!("{class}({text})")))
    }
    #[getter]
    fn format(py: &mut Py, this: &Ref<Struct>) -> Value {
        this.get(py).text.clone().unwrap_or(Value::NONE)
    }
    #[getter]
    fn size(py: &mut Py, this: &Ref<Struct>) -> usize {
        this.get(py).format.size
    }
}

impl NativeType for Struct {
    const NAME: &'static str = "Struct";
    const MODULE: &'static str = "_struct";
    const DOC: Option<&'static str> = Some("Struct(fmt) --> compiled struct object");
}

/// The functions of `_struct`.
pub struct StructFunctions;

#[module]
impl StructFunctions {
    /// Return size in bytes of the struct described by the format string.
    #[py("(format, /)")]
    fn calcsize(py: &mut Py, format: &Value) -> Result<usize> {
        Ok(format_of(py, format)?.size)
    }
    /// Return a bytes object containing values packed according to the format string.
    #[py("(format, /, *v)")]
    fn pack(py: &mut Py, format: &Value, v: &[Value]) -> Result<Value> {
        let format = format_of(py, format)?;
        let bytes = pack(py, &format, v, "pack")?;
        Ok(py.bytes(&bytes))
    }
    #[py("(format, buffer, offset, /, *v)")]
    fn pack_into(py: &mut Py, format: &Value, buffer: &Value, offset: i64, v: &[Value]) -> Result<()> {
        let format = format_of(py, format)?;
        pack_at(py, &format, buffer, offset, v)
    }
    /// Return a tuple containing values unpacked according to the format string.
    #[py("(format, buffer, /)")]
    fn unpack(py: &mut Py, format: &Value, buffer: &Value) -> Result<Value> {
        let format = format_of(py, format)?;
        unpack_exact(py, &format, buffer)
    }
    #[py("(format, /, buffer, offset=0)")]
    fn unpack_from(py: &mut Py, format: &Value, buffer: &Value, offset: i64) -> Result<Value> {
        let format = format_of(py, format)?;
        unpack_at(py, &format, buffer, offset)
    }
    #[py("(format, buffer, /)")]
    fn iter_unpack(py: &mut Py, format: &Value, buffer: &Value) -> Result<Value> {
        let format = format_of(py, format)?;
        iterate(py, &format, buffer)
    }
    #[py("()")]
    fn _clearcache(py: &mut Py) {
        py.state::<State>().formats.clear();
    }
}

/// Fills the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<StructFunctions>(&namespace, "_struct");
    let ty = py.define::<Struct>().into_value();
    dict::set_name(py, &namespace, "Struct", ty);
    let base = py.exception_type(Exc::Exception).into_value();
    let known = py.state::<State>().error.clone();
    let class = crate::notes::error_class(py, known, "struct", "error", &base, None)?;
    py.state::<State>().error = Some(class.clone());
    dict::set_name(py, &namespace, "error", class);
    Ok(())
}
