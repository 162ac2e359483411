//! `BufferedReader`, `BufferedWriter`, `BufferedRandom` as Python sees them.

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::native::Member;
use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::{Members, Py, Type};
use lockstep_macros::methods;

use super::base::{check_able, size_arg, unsupported};
use super::buffered::Buffered;
use super::raw;

fn init(py: &mut Py, this: &Ref<Buffered>, raw: &Value, size: i64, reads: bool, writes: bool) -> Result<()> {
    *this.get_mut(py) = Buffered::default();
    if reads && writes {
        check_able(py, raw, "seekable", "File or stream is not seekable.")?;
    }
    if reads {
        check_able(py, raw, "readable", "File or stream is not readable.")?;
    }
    if writes {
        check_able(py, raw, "writable", "File or stream is not writable.")?;
    }
    if size <= 0 {
        return Err(value_error("buffer size must be strictly positive"));
    }
    *this.get_mut(py) =
        Buffered { raw: Some(raw.clone()), readable: reads, writable: writes, size: size as usize, ..Buffered::default() };
    Ok(())
}

/// A buffered object of `ty` around a native file that can do what is asked.
pub fn make(py: &mut Py, ty: &Ref<Type>, raw: Value, size: usize, reads: bool, writes: bool) -> Ref<Buffered> {
    let payload = Buffered { raw: Some(raw), readable: reads, writable: writes, size, ..Buffered::default() };
    py.make_in(ty, payload)
}

fn delegate(py: &mut Py, this: &Ref<Buffered>, method: &str) -> Result<Value> {
    let raw = Buffered::raw(py, this)?;
    py.call_method(&raw, method, &[])
}

fn finalizing(py: &Py, this: &Ref<Buffered>) -> bool {
    this.get(py).finalizing
}

/// What the three types have in common.
pub struct CommonMethods;

#[methods]
impl CommonMethods {
    #[staticmethod("(cls, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &Value, kwargs: &Value) -> Result<Value> {
        let _ = (args, kwargs);
        Ok(py.make_in(cls, Buffered::default()).into_value())
    }
    #[py("(self, /)")]
    fn detach(py: &mut Py, this: &Ref<Buffered>) -> Result<Value> {
        let raw = Buffered::raw(py, this)?;
        py.call_method(this.as_value(), "flush", &[])?;
        let b = this.get_mut(py);
        b.detached = true;
        drop(b.raw.take());
        Ok(raw)
    }
    #[py("(self, /)")]
    fn flush(py: &mut Py, this: &Ref<Buffered>) -> Result<()> {
        Buffered::flush(py, this)
    }
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<Buffered>) -> Result<Value> {
        let raw = Buffered::raw(py, this)?;
        if Buffered::is_closed(py, this)? {
            return Ok(Value::NONE);
        }
        if finalizing(py, this) {
            Self::dealloc_warn(py, this, this.as_value())?;
        }
        let flushed = py.call_method(this.as_value(), "flush", &[]);
        let closed = py.call_method(&raw, "close", &[]);
        let b = this.get_mut(py);
        b.pending = Vec::new();
        b.ahead = Vec::new();
        b.at = 0;
        super::both(py, flushed, closed)
    }
    #[py("(self, source, /)", name = "_dealloc_warn")]
    fn dealloc_warn(py: &mut Py, this: &Ref<Buffered>, source: &Value) -> Result<()> {
        if let Some(raw) = this.get(py).raw.clone()
            && let Some(warn) = py.getattr_opt(&raw, "_dealloc_warn")?
        {
            py.call(&warn, std::slice::from_ref(source))?;
        }
        Ok(())
    }
    #[py("(self, /)")]
    fn __del__(py: &mut Py, this: &Ref<Buffered>) -> Result<()> {
        if this.get(py).raw.is_none() {
            return Ok(());
        }
        this.get_mut(py).finalizing = true;
        if matches!(super::base::is_closed(py, this.as_value()), Ok(false)) {
            py.call_method(this.as_value(), "close", &[])?;
        }
        Ok(())
    }
    #[py("(self, /)")]
    fn seekable(py: &mut Py, this: &Ref<Buffered>) -> Result<Value> {
        delegate(py, this, "seekable")
    }
    #[py("(self, /)")]
    fn fileno(py: &mut Py, this: &Ref<Buffered>) -> Result<Value> {
        delegate(py, this, "fileno")
    }
    #[py("(self, /)")]
    fn isatty(py: &mut Py, this: &Ref<Buffered>) -> Result<Value> {
        delegate(py, this, "isatty")
    }
    #[py("(self, /)")]
    fn tell(py: &mut Py, this: &Ref<Buffered>) -> Result<i64> {
        Buffered::tell(py, this)
    }
    #[py("(self, target, whence=0, /)")]
    fn seek(py: &mut Py, this: &Ref<Buffered>, target: &Value, whence: i32) -> Result<i64> {
        if !(0..=4).contains(&whence) {
            return Err(value_error(format!("whence value {whence} unsupported")));
        }
        let raw = Buffered::check_open(py, this, "seek")?;
        check_able(py, &raw, "seekable", "File or stream is not seekable.")?;
        let target = py.index_clamped(target)? as i64;
        Buffered::seek(py, this, target, whence)
    }
    #[py("(self, pos=None, /)")]
    fn truncate(py: &mut Py, this: &Ref<Buffered>, pos: &Value) -> Result<Value> {
        let raw = Buffered::check_open(py, this, "truncate")?;
        if !this.get(py).writable {
            return Err(unsupported(py, "truncate"));
        }
        Buffered::settle(py, this)?;
        let pos = if pos.is_none() {
            let at = raw::tell(py, &raw)?;
            py.int(at)
        } else {
            pos.clone()
        };
        py.call_method(&raw, "truncate", &[pos])
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Buffered>) -> Result<Value> {
        py.native_stack()?;
        let class = py.type_name(this.as_value());
        let name = match this.get(py).raw.clone() {
            Some(raw) => py.getattr_opt(&raw, "name")?,
            None => None,
        };
        let text = match name {
            Some(name) => format!("<{class} name={}>", py.repr(&name)?),
            None => format!("<{class}>"),
        };
        Ok(py.str(&text))
    }
    #[py("(self, /)")]
    fn __sizeof__(py: &mut Py, this: &Ref<Buffered>) -> usize {
        let b = this.get(py);
        128 + b.size
    }
    #[py("(self, /)")]
    fn __getstate__(py: &mut Py, this: &Ref<Buffered>) -> Result<Value> {
        Err(type_error(format!("cannot pickle '{}' instances", py.type_name(this.as_value()))))
    }
    #[getter]
    fn raw(py: &mut Py, this: &Ref<Buffered>) -> Value {
        this.get(py).raw.clone().unwrap_or(Value::NONE)
    }
    #[getter]
    fn closed(py: &mut Py, this: &Ref<Buffered>) -> Result<bool> {
        Buffered::is_closed(py, this)
    }
    #[getter]
    fn name(py: &mut Py, this: &Ref<Buffered>) -> Result<Value> {
        let raw = Buffered::raw(py, this)?;
        py.getattr(&raw, "name")
    }
    #[getter]
    fn mode(py: &mut Py, this: &Ref<Buffered>) -> Result<Value> {
        let raw = Buffered::raw(py, this)?;
        py.getattr(&raw, "mode")
    }
    #[getter(name = "_finalizing")]
    fn is_finalizing(py: &mut Py, this: &Ref<Buffered>) -> bool {
        finalizing(py, this)
    }
}

/// Methods of what reads.
pub struct ReadMethods;

#[methods]
impl ReadMethods {
    #[py("(self, size=-1, /)")]
    fn read(py: &mut Py, this: &Ref<Buffered>, size: &Value) -> Result<Value> {
        let size = size_arg(py, Some(size))?;
        let n = raw::checked_size(size)?;
        Buffered::check_open(py, this, "read")?;
        let got = if size < 0 { Buffered::read_all(py, this)? } else { Buffered::read(py, this, n)? };
        Ok(got.map_or(Value::NONE, |bytes| py.bytes(&bytes)))
    }
    #[py("(self, size=-1, /)")]
    fn read1(py: &mut Py, this: &Ref<Buffered>, size: &Value) -> Result<Value> {
        let size = size_arg(py, Some(size))?;
        Buffered::check_open(py, this, "read")?;
        let n = if size < 0 { this.get(py).size } else { size as usize };
        let bytes = Buffered::read_once(py, this, n)?;
        Ok(py.bytes(&bytes))
    }
    #[py("(self, size=0, /)")]
    fn peek(py: &mut Py, this: &Ref<Buffered>, size: &Value) -> Result<Value> {
        let _ = size_arg(py, Some(size))?;
        Buffered::check_open(py, this, "peek")?;
        let bytes = Buffered::peek(py, this)?;
        Ok(py.bytes(&bytes))
    }
    #[py("(self, buffer, /)")]
    fn readinto(py: &mut Py, this: &Ref<Buffered>, buffer: &Value) -> Result<Option<usize>> {
        Buffered::check_open(py, this, "readinto")?;
        let room = raw::buffer_len(py, buffer)?;
        let Some(bytes) = Buffered::read(py, this, room)? else { return Ok(None) };
        raw::write_into(py, buffer, &bytes)?;
        Ok(Some(bytes.len()))
    }
    #[py("(self, buffer, /)")]
    fn readinto1(py: &mut Py, this: &Ref<Buffered>, buffer: &Value) -> Result<usize> {
        Buffered::check_open(py, this, "readinto")?;
        let room = raw::buffer_len(py, buffer)?;
        let bytes = Buffered::read_once_into(py, this, room)?;
        raw::write_into(py, buffer, &bytes)?;
        Ok(bytes.len())
    }
    #[py("(self, size=-1, /)")]
    fn readline(py: &mut Py, this: &Ref<Buffered>, size: &Value) -> Result<Value> {
        let size = size_arg(py, Some(size))?;
        Buffered::check_open(py, this, "readline")?;
        let limit = usize::try_from(size).unwrap_or(usize::MAX);
        let line = Buffered::read_line(py, this, limit)?;
        Ok(py.bytes(&line))
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Buffered>) -> Result<Next> {
        Buffered::check_open(py, this, "readline")?;
        let own = py.intern("readline");
        if py.type_of(this.as_value()).get(py).flags.has(lockstep_interp::object::TypeFlags::HEAP) {
            let line = py.call_method_str(this.as_value(), &own, &[])?;
            return Ok(Next(if py.len(&line)? == 0 { None } else { Some(line) }));
        }
        let line = Buffered::read_line(py, this, usize::MAX)?;
        Ok(Next(if line.is_empty() { None } else { Some(py.bytes(&line)) }))
    }
    #[py("(self, /)")]
    fn readable(py: &mut Py, this: &Ref<Buffered>) -> Result<Value> {
        delegate(py, this, "readable")
    }
}

/// Methods of what writes.
pub struct WriteMethods;

#[methods]
impl WriteMethods {
    #[py("(self, buffer, /)")]
    fn write(py: &mut Py, this: &Ref<Buffered>, buffer: &Value) -> Result<usize> {
        raw::with_bytes(py, buffer, |py, bytes| {
            Buffered::check_open(py, this, "write")?;
            Buffered::write(py, this, bytes)
        })
    }
    #[py("(self, /)")]
    fn writable(py: &mut Py, this: &Ref<Buffered>) -> Result<Value> {
        delegate(py, this, "writable")
    }
}

macro_rules! kinds {
    ($($name:ident, $reads:literal, $writes:literal, $text:literal;)*) => { $(
        #[doc = concat!("`", $text, ".__init__`")]
        pub struct $name;
        #[methods]
        impl $name {
            #[py("(self, raw, buffer_size=131072)")]
            fn __init__(py: &mut Py, this: &Ref<Buffered>, raw: &Value, buffer_size: i64) -> Result<()> {
                init(py, this, raw, buffer_size, $reads, $writes)
            }
        }
    )* };
}
kinds! {
    ReaderInit, true, false, "BufferedReader";
    WriterInit, false, true, "BufferedWriter";
    RandomInit, true, true, "BufferedRandom";
}

/// The member tables of the three types.
pub const READER: [&[Member]; 3] = [CommonMethods::MEMBERS, ReaderInit::MEMBERS, ReadMethods::MEMBERS];
/// See [`READER`].
pub const WRITER: [&[Member]; 3] = [CommonMethods::MEMBERS, WriterInit::MEMBERS, WriteMethods::MEMBERS];
/// See [`READER`].
pub const RANDOM: [&[Member]; 4] = [CommonMethods::MEMBERS, RandomInit::MEMBERS, ReadMethods::MEMBERS, WriteMethods::MEMBERS];
