//! `PickleBuffer`: memory that may travel beside the pickle.

use lockstep_interp::object::raise::{Result, buffer_error, value_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::memoryview::{self, MemoryView};
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods};

/// The payload: a view of the memory, none once released.
pub struct PickleBuffer {
    view: Option<Ref<MemoryView>>,
}

impl Object for PickleBuffer {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(view) = &self.view {
            visit.reference(view);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.view.take().map(Ref::into_value));
    }
}

/// The view of the memory.
pub fn view(py: &Py, this: &Ref<PickleBuffer>) -> Result<Ref<MemoryView>> {
    match &this.get(py).view {
        Some(view) => Ok(view.clone()),
        None => Err(value_error("operation forbidden on released PickleBuffer object")),
    }
}

#[methods]
impl PickleBuffer {
    /// Create and return a new object.
    #[staticmethod("(type, object, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, object: &Value) -> Result<Value> {
        let view = memoryview::make(py, object)?;
        Ok(py.make_in(cls, PickleBuffer { view: Some(view) }).into_value())
    }
    /// Return a memoryview of the buffer.
    #[py("(self, flags, /)")]
    fn __buffer__(py: &mut Py, this: &Ref<PickleBuffer>, flags: i32) -> Result<Value> {
        let view = view(py, this)?;
        if flags & 1 != 0 && view.get(py).readonly {
            return Err(buffer_error("Object is not writable."));
        }
        memoryview::view(py, view.as_value())
    }
    /// Return a memoryview of the raw memory underlying this buffer.
    ///
    /// Will raise BufferError is the buffer isn't contiguous.
    #[py("(self, /)")]
    fn raw(py: &mut Py, this: &Ref<PickleBuffer>) -> Result<Value> {
        let view = view(py, this)?.into_value();
        let contiguous = py.getattr(&view, "contiguous")?;
        if !py.truth(&contiguous)? {
            return Err(buffer_error("cannot extract raw buffer from non-contiguous buffer"));
        }
        let bytes = py.str("B");
        py.call_method(&view, "cast", &[bytes])
    }
    /// Release the underlying buffer held by the PickleBuffer object.
    #[py("(self, /)")]
    fn release(py: &mut Py, this: &Ref<PickleBuffer>) -> Result<()> {
        match this.get_mut(py).view.take() {
            Some(view) => py.call_method(view.as_value(), "release", &[]).map(drop),
            None => Ok(()),
        }
    }
}

impl NativeType for PickleBuffer {
    const NAME: &'static str = "PickleBuffer";
    const MODULE: &'static str = "_pickle";
    const DOC: Option<&'static str> = Some("Wrapper for potentially out-of-band buffers");
    const FLAGS: u32 = TypeFlags::BASE;
}
