//! Coders in front of a stream.

use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::int;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Guarded, Object, Py, Ref, Value, Visitor, methods};

use super::charset::Charset;
use super::incremental::{errors_argument, errors_name};
use super::{codec_of, run};

/// Reads text from a stream of bytes. The payload of the class.
pub struct StreamReader {
    charset: &'static Charset,
    errors: String,
    stream: Value,
    /// The beginning of a character.
    pending: Vec<u8>,
}

impl Object for StreamReader {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.stream);
    }
}

/// How much to read; below zero: all.
fn size(py: &mut Py, value: &Value) -> Result<isize> {
    if value.is_none() {
        return Ok(-1);
    }
    if !int::is_int(value) {
        return Err(type_error("arg 1 must be an integer"));
    }
    lockstep_interp::types::sequence::count_sized(py, value)
}

impl StreamReader {
    /// Reads by a method of the stream until there is text.
    fn pull(py: &mut Py, this: &Ref<StreamReader>, method: &str, size: isize) -> Result<Value> {
        if size == 0 {
            return Ok(py.empty_str().into_value());
        }
        let (charset, errors) = (this.get(py).charset, this.get(py).errors.clone());
        let mut ask = size;
        loop {
            let stream = this.get(py).stream.clone();
            let read = if ask < 0 {
                py.call_method(&stream, method, &[])?
            } else {
                let ask = py.int(ask as i64);
                py.call_method(&stream, method, &[ask])?
            };
            let Some(bytes) = read.downcast::<Bytes>() else {
                let got = py.type_name(&read);
                return Err(type_error(format!("stream function returned a non-bytes object ({got})")));
            };
            let last = bytes.slice().is_empty() || ask < 0;
            let all = [this.get(py).pending.as_slice(), bytes.slice()].concat();
            this.get_mut(py).pending.clear();
            let (text, end) = run::decode(py, charset, &all, &errors, last)?;
            this.get_mut(py).pending = all.get(end..).unwrap_or(&[]).to_vec();
            if last || !text.is_empty() || all.is_empty() {
                return Ok(py.new_str_bytes(&text).into_value());
            }
            // A part of a character only: one byte more.
            ask = 1;
        }
    }
}

#[methods]
impl StreamReader {
    #[staticmethod("(type, /, stream, errors='strict')")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, stream: &Value, errors: &Value) -> Result<Value> {
        let errors = errors_argument(py, errors, "StreamReader", 2)?;
        let charset = codec_of(py, cls)?;
        let reader = StreamReader { charset, errors, stream: stream.clone(), pending: Vec::new() };
        Ok(py.make_in(cls, reader).into_value())
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(_py: &mut Py, _this: &Ref<StreamReader>, _args: &[Value], _kwargs: &Value) {}
    #[getter]
    fn errors(py: &mut Py, this: &Ref<StreamReader>) -> Value {
        py.str(&this.get(py).errors)
    }
    #[setter(errors)]
    fn set_errors(py: &mut Py, this: &Ref<StreamReader>, value: Option<Value>) -> Result<()> {
        let errors = errors_name(py, value.as_ref())?;
        this.get_mut(py).errors = errors;
        Ok(())
    }
    #[py("(self, sizeobj=None, /)")]
    fn read(py: &mut Py, this: &Ref<StreamReader>, sizeobj: &Value) -> Result<Value> {
        let size = size(py, sizeobj)?;
        StreamReader::pull(py, this, "read", size)
    }
    #[py("(self, sizeobj=None, /)")]
    fn readline(py: &mut Py, this: &Ref<StreamReader>, sizeobj: &Value) -> Result<Value> {
        let size = size(py, sizeobj)?;
        StreamReader::pull(py, this, "readline", size)
    }
    #[py("(self, sizehintobj=None, /)")]
    fn readlines(py: &mut Py, this: &Ref<StreamReader>, sizehintobj: &Value) -> Result<Value> {
        let size = size(py, sizehintobj)?;
        let text = StreamReader::pull(py, this, "read", size)?;
        py.call_method(&text, "splitlines", &[Value::TRUE])
    }
    #[py("(self, /)")]
    fn reset(py: &mut Py, this: &Ref<StreamReader>) {
        this.get_mut(py).pending.clear();
    }
    #[getter]
    fn stream(py: &mut Py, this: &Ref<StreamReader>) -> Value {
        this.get(py).stream.clone()
    }
}

impl NativeType for StreamReader {
    const NAME: &'static str = "MultibyteStreamReader";
    const MODULE: &'static str = "_multibytecodec";
    const DOC: Option<&'static str> = None;
    const FLAGS: u32 = TypeFlags::BASE;
}

/// Writes text to a stream of bytes. The payload of the class.
pub struct StreamWriter {
    charset: &'static Charset,
    errors: String,
    stream: Value,
    /// A character whose code depends on the next.
    pending: Vec<u8>,
}

impl Object for StreamWriter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.stream);
    }
}

impl StreamWriter {
    fn put(py: &mut Py, this: &Ref<StreamWriter>, value: &Value, last: bool) -> Result<()> {
        let text = match value.downcast::<Str>() {
            Some(text) => text.clone(),
            None => py.str_of(value)?,
        };
        let (charset, errors) = (this.get(py).charset, this.get(py).errors.clone());
        let all = [this.get(py).pending.as_slice(), text.as_bytes()].concat();
        let all = py.new_str_bytes(&all);
        let (bytes, end) = run::encode(py, charset, &all, &errors, last)?;
        this.get_mut(py).pending = all.as_bytes()[end..].to_vec();
        let (stream, bytes) = (this.get(py).stream.clone(), py.bytes(&bytes));
        py.call_method(&stream, "write", &[bytes]).map(drop)
    }
}

#[methods]
impl StreamWriter {
    #[staticmethod("(type, /, stream, errors='strict')")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, stream: &Value, errors: &Value) -> Result<Value> {
        let errors = errors_argument(py, errors, "StreamWriter", 2)?;
        let charset = codec_of(py, cls)?;
        let writer = StreamWriter { charset, errors, stream: stream.clone(), pending: Vec::new() };
        Ok(py.make_in(cls, writer).into_value())
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(_py: &mut Py, _this: &Ref<StreamWriter>, _args: &[Value], _kwargs: &Value) {}
    #[getter]
    fn errors(py: &mut Py, this: &Ref<StreamWriter>) -> Value {
        py.str(&this.get(py).errors)
    }
    #[setter(errors)]
    fn set_errors(py: &mut Py, this: &Ref<StreamWriter>, value: Option<Value>) -> Result<()> {
        let errors = errors_name(py, value.as_ref())?;
        this.get_mut(py).errors = errors;
        Ok(())
    }
    /// What waits is written.
    #[py("(self, /)")]
    fn reset(py: &mut Py, this: &Ref<StreamWriter>) -> Result<()> {
        if this.get(py).pending.is_empty() {
            return Ok(());
        }
        let nothing = py.empty_str().into_value();
        StreamWriter::put(py, this, &nothing, true)
    }
    #[getter]
    fn stream(py: &mut Py, this: &Ref<StreamWriter>) -> Value {
        this.get(py).stream.clone()
    }
    #[py("(self, strobj, /)")]
    fn write(py: &mut Py, this: &Ref<StreamWriter>, strobj: &Value) -> Result<()> {
        StreamWriter::put(py, this, strobj, false)
    }
    #[py("(self, lines, /)")]
    fn writelines(py: &mut Py, this: &Ref<StreamWriter>, lines: &Value) -> Result<()> {
        let lines = match py.collect(lines) {
            Err(e) if e.is(Exc::TypeError) => return Err(type_error("arg must be a sequence object")),
            lines => lines?,
        };
        lines.iter().try_for_each(|line| StreamWriter::put(py, this, line, false))
    }
}

impl NativeType for StreamWriter {
    const NAME: &'static str = "MultibyteStreamWriter";
    const MODULE: &'static str = "_multibytecodec";
    const DOC: Option<&'static str> = None;
    const FLAGS: u32 = TypeFlags::BASE;
}
