//! `_struct`: values as bytes laid out by a format.

mod codec;
mod format;

use std::rc::Rc;

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{Exc, NativeType, NextFn, Py, Raised, Type, TypeFlags};
use lockstep_interp::types::buffer;
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_macros::{methods, module};

use format::Format;
use smallvec::SmallVec;

/// The module's `error`, and formats seen before.
#[derive(Default)]
struct State {
    error: Option<Value>,
    formats: std::collections::HashMap<Vec<u8>, Rc<Format>>,
    /// The last texts of formats: programs write the same ones again and again.
    recent: Vec<(Value, Rc<Format>)>,
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
    let state = py.state::<State>();
    if let Some((_, known)) = state.recent.iter().find(|(text, _)| text.is(value)) {
        return Ok(known.clone());
    }
    let text = match (value.downcast::<Str>(), value.downcast::<Bytes>()) {
        (Some(s), _) => s.as_bytes(),
        (_, Some(b)) => b.slice(),
        _ => return Err(type_error(format!("Struct() argument 1 must be a str or bytes object, not {}", py.type_name(value)))),
    };
    let found = match py.state::<State>().formats.get(text) {
        Some(known) => known.clone(),
        None => {
            let made = Rc::new(format::parse(py, text)?);
            let formats = &mut py.state::<State>().formats;
            if formats.len() >= 100 {
                formats.clear();
            }
            formats.insert(text.to_vec(), made.clone());
            made
        }
    };
    let recent = &mut py.state::<State>().recent;
    let old = if recent.len() < 8 { None } else { Some(recent.remove(0)) };
    recent.push((value.clone(), found.clone()));
    drop(old);
    Ok(found)
}

/// Where `size` bytes from `offset` on lie in a buffer of `len`; what `unpack_from` and `pack_into`
/// say if they do not is `short`.
fn place(py: &mut Py, len: usize, size: usize, offset: i64, short: impl FnOnce(i64) -> String) -> Result<usize> {
    let start = if offset < 0 { offset + len as i64 } else { offset };
    if start < 0 {
        let message = format!("offset {offset} out of range for {len}-byte buffer");
        return Err(fail(py, &message));
    }
    if (len as i64).saturating_sub(start) < size as i64 {
        return Err(fail(py, &short(start)));
    }
    Ok(start as usize)
}

fn unpack_exact(py: &mut Py, format: &Format, buffer: &Value) -> Result<Value> {
    let bytes = buffer::data(py, buffer)?;
    if bytes.len() != format.size {
        let message = format!("unpack requires a buffer of {} bytes", format.size);
        return Err(fail(py, &message));
    }
    Ok(codec::unpack(py, format, &bytes))
}

fn unpack_at(py: &mut Py, format: &Format, buffer: &Value, offset: i64) -> Result<Value> {
    let (len, size) = (buffer::with_bytes(py, buffer, |bytes| bytes.len())?, format.size);
    if offset < 0 && offset + size as i64 > 0 {
        let message = format!("not enough data to unpack {size} bytes at offset {offset}");
        return Err(fail(py, &message));
    }
    let start = place(py, len, size, offset, |start| {
        format!(
            "unpack_from requires a buffer of at least {} bytes for unpacking {size} bytes at offset {start} (actual buffer size is {len})",
            size as i128 + i128::from(start)
        )
    })?;
    unpack_range(py, format, buffer, start)
}

/// Unpack what lies at `start`; the caller has seen that the buffer is long enough.
fn unpack_range(py: &mut Py, format: &Format, buffer: &Value, start: usize) -> Result<Value> {
    let range = start..start + format.size;
    if let Some(bytes) = buffer.downcast::<Bytes>() {
        return Ok(codec::unpack(py, format, bytes.slice().get(range).unwrap_or(&[])));
    }
    let part = buffer::with_bytes(py, buffer, |bytes| SmallVec::<[u8; 64]>::from_slice(bytes.get(range).unwrap_or(&[])))?;
    Ok(codec::unpack(py, format, &part))
}

fn pack_at(py: &mut Py, format: &Format, buffer: &Value, offset: i64, values: &[Value]) -> Result<()> {
    codec::pack(py, format, values, "pack_into", |py, data| copy_to(py, buffer, offset, data))?
}

/// Put a record into a buffer.
fn copy_to(py: &mut Py, buffer: &Value, offset: i64, data: &[u8]) -> Result<()> {
    let Some(len) = buffer::writable_len(py, buffer)? else {
        return Err(type_error(format!("argument must be read-write bytes-like object, not {}", py.type_name(buffer))));
    };
    if offset < 0 && offset + data.len() as i64 > 0 {
        let message = format!("no space to pack {} bytes at offset {offset}", data.len());
        return Err(fail(py, &message));
    }
    let start = place(py, len, data.len(), offset, |start| {
        format!(
            "pack_into requires a buffer of at least {} bytes for packing {} bytes at offset {start} (actual buffer size is {len})",
            data.len() as i128 + i128::from(start),
            data.len()
        )
    })?;
    buffer::with_bytes_mut(py, buffer, |bytes| {
        if let Some(room) = bytes.get_mut(start..start + data.len()) {
            room.copy_from_slice(data);
        }
    })?;
    Ok(())
}

fn iterate(py: &mut Py, format: Rc<Format>, buffer: &Value) -> Result<Value> {
    if format.size == 0 {
        return Err(fail(py, "cannot iteratively unpack with a struct of length 0"));
    }
    let len = buffer::with_bytes(py, buffer, |bytes| bytes.len())?;
    if len % format.size != 0 {
        let message = format!("iterative unpacking requires a buffer of a multiple of {} bytes", format.size);
        return Err(fail(py, &message));
    }
    let hold = buffer::hold(py, buffer);
    Ok(py.make(UnpackIter { format, buffer: Some((buffer.clone(), hold)), at: 0, len }).into_value())
}

/// The payload of what `iter_unpack` returns.
pub struct UnpackIter {
    format: Rc<Format>,
    /// The buffer, whose size stays; none at the end.
    buffer: Option<(Value, Option<buffer::Hold>)>,
    at: usize,
    len: usize,
}

impl Object for UnpackIter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some((buffer, _)) = &self.buffer {
            visit.value(buffer);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.buffer.take().map(|(buffer, _)| buffer));
    }
}

#[methods]
impl UnpackIter {
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<UnpackIter>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<UnpackIter>) -> usize {
        let it = this.get(py);
        if it.buffer.is_none() { 0 } else { (it.len - it.at) / it.format.size }
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<UnpackIter>) -> Result<Next> {
        let it = this.get_mut(py);
        let Some((buffer, _)) = &it.buffer else { return Ok(Next(None)) };
        if it.at >= it.len {
            drop(it.buffer.take());
            return Ok(Next(None));
        }
        let (format, buffer, at) = (it.format.clone(), buffer.clone(), it.at);
        it.at += format.size;
        unpack_range(py, &format, &buffer, at).map(|record| Next(Some(record)))
    }
}

impl NativeType for UnpackIter {
    const NAME: &'static str = "unpack_iterator";
    const MODULE: &'static str = "_struct";
    const NEXT: Option<NextFn> = Some(|py, iterator| match iterator.downcast::<UnpackIter>() {
        Some(this) => UnpackIter::__next__(py, this).map(|next| next.0),
        None => Ok(None),
    });
    const FLAGS: u32 = TypeFlags::NO_NEW;
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
        codec::pack(py, &format, v, "pack", |py, bytes| py.bytes(bytes))
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
        iterate(py, format, buffer)
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Struct>) -> Result<Value> {
        let text = this.get(py).text.clone().unwrap_or(Value::NONE);
        let (class, text) = (py.class_name(this.as_value()), py.repr(&text)?);
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
        codec::pack(py, &format, v, "pack", |py, bytes| py.bytes(bytes))
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
        iterate(py, format, buffer)
    }
    #[py("()")]
    fn _clearcache(py: &mut Py) {
        let state = py.state::<State>();
        state.formats.clear();
        let old = std::mem::take(&mut state.recent);
        drop(old);
    }
}

/// Fills the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<StructFunctions>(&namespace, "_struct");
    py.define::<UnpackIter>();
    let ty = py.define::<Struct>().into_value();
    dict::set_name(py, &namespace, "Struct", ty);
    let base = py.exception_type(Exc::Exception).into_value();
    let known = py.state::<State>().error.clone();
    let class = crate::notes::error_class(py, known, "struct", "error", &base, None)?;
    py.state::<State>().error = Some(class.clone());
    dict::set_name(py, &namespace, "error", class);
    Ok(())
}
