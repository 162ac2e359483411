//! `BufferedRWPair`: a reader and a writer as one object.

use lockstep_heap::{Guarded, Object, Ref, ShapeRef, Value, Visitor};
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::object::{NativeType, Py, Type};
use lockstep_macros::methods;

use super::base::{IoTypes, check_able};

/// The payload.
#[derive(Default)]
pub struct Pair {
    reader: Option<Value>,
    writer: Option<Value>,
}

impl Object for Pair {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.reader);
        visit.option(&self.writer);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend([self.reader.take(), self.writer.take()].into_iter().flatten());
    }
}

fn half(value: Option<Value>) -> Result<Value> {
    value.ok_or_else(|| value_error("I/O operation on uninitialized object"))
}

fn reader(py: &mut Py, this: &Ref<Pair>, method: &str, args: &[Value]) -> Result<Value> {
    let reader = half(this.get(py).reader.clone())?;
    py.call_method(&reader, method, args)
}

fn writer(py: &mut Py, this: &Ref<Pair>, method: &str, args: &[Value]) -> Result<Value> {
    let writer = half(this.get(py).writer.clone())?;
    py.call_method(&writer, method, args)
}

#[methods]
impl Pair {
    #[staticmethod("(cls, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &Value, kwargs: &Value) -> Result<Value> {
        let _ = (args, kwargs);
        Ok(py.make_in(cls, Pair::default()).into_value())
    }
    #[py("(self, reader, writer, buffer_size=131072, /)")]
    fn __init__(py: &mut Py, this: &Ref<Pair>, reader: &Value, writer: &Value, buffer_size: Value) -> Result<()> {
        check_able(py, reader, "readable", "File or stream is not readable.")?;
        check_able(py, writer, "writable", "File or stream is not writable.")?;
        let types = py.state::<IoTypes>();
        let (r, w) = (types.reader.clone(), types.writer.clone());
        if let (Some(r), Some(w)) = (r, w) {
            let reader = py.call(r.as_value(), &[reader.clone(), buffer_size.clone()])?;
            let writer = py.call(w.as_value(), &[writer.clone(), buffer_size])?;
            *this.get_mut(py) = Pair { reader: Some(reader), writer: Some(writer) };
        }
        Ok(())
    }
    #[py("(self, size=-1, /)")]
    fn read(py: &mut Py, this: &Ref<Pair>, size: Value) -> Result<Value> {
        reader(py, this, "read", &[size])
    }
    #[py("(self, size=-1, /)")]
    fn read1(py: &mut Py, this: &Ref<Pair>, size: Value) -> Result<Value> {
        reader(py, this, "read1", &[size])
    }
    #[py("(self, size=0, /)")]
    fn peek(py: &mut Py, this: &Ref<Pair>, size: Value) -> Result<Value> {
        reader(py, this, "peek", &[size])
    }
    #[py("(self, buffer, /)")]
    fn readinto(py: &mut Py, this: &Ref<Pair>, buffer: Value) -> Result<Value> {
        reader(py, this, "readinto", &[buffer])
    }
    #[py("(self, buffer, /)")]
    fn readinto1(py: &mut Py, this: &Ref<Pair>, buffer: Value) -> Result<Value> {
        reader(py, this, "readinto1", &[buffer])
    }
    #[py("(self, buffer, /)")]
    fn write(py: &mut Py, this: &Ref<Pair>, buffer: Value) -> Result<Value> {
        writer(py, this, "write", &[buffer])
    }
    #[py("(self, /)")]
    fn flush(py: &mut Py, this: &Ref<Pair>) -> Result<Value> {
        writer(py, this, "flush", &[])
    }
    #[py("(self, /)")]
    fn readable(py: &mut Py, this: &Ref<Pair>) -> Result<Value> {
        reader(py, this, "readable", &[])
    }
    #[py("(self, /)")]
    fn writable(py: &mut Py, this: &Ref<Pair>) -> Result<Value> {
        writer(py, this, "writable", &[])
    }
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<Pair>) -> Result<Value> {
        let first = writer(py, this, "close", &[]);
        let second = reader(py, this, "close", &[]);
        super::both(py, first, second)
    }
    #[py("(self, /)")]
    fn isatty(py: &mut Py, this: &Ref<Pair>) -> Result<Value> {
        let answer = writer(py, this, "isatty", &[])?;
        if py.truth(&answer)? { Ok(answer) } else { reader(py, this, "isatty", &[]) }
    }
    #[py("(self, /)")]
    fn __del__(py: &mut Py, this: &Ref<Pair>) -> Result<()> {
        if this.get(py).writer.is_some() && matches!(super::base::is_closed(py, this.as_value()), Ok(false)) {
            py.call_method(this.as_value(), "close", &[])?;
        }
        Ok(())
    }
    #[getter]
    fn closed(py: &mut Py, this: &Ref<Pair>) -> Result<Value> {
        let writer = half(this.get(py).writer.clone())?;
        py.getattr(&writer, "closed")
    }
}

impl NativeType for Pair {
    const NAME: &'static str = "BufferedRWPair";
    const MODULE: &'static str = "_io";
    const DOC: Option<&'static str> = Some("A buffered reader and writer object together.");
    fn shape() -> ShapeRef {
        super::fileio::finalized::<Self>()
    }
    fn base(py: &Py) -> Option<Ref<Type>> {
        py.state_if::<IoTypes>().and_then(|t| t.buffered.clone())
    }
}
