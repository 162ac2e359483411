//! Where coroutines were made (`sys.set_coroutine_origin_tracking_depth`, `cr_origin`).

use lockstep_heap::Value;

use crate::object::Py;
use crate::object::strand::Frame;
use crate::types::generator::{Flavour, Generator};

impl Py {
    /// How many frames coroutines of this thread remember of where they were made.
    pub fn coroutine_origin_depth(&self) -> u32 {
        self.strand.origin_depth
    }
    /// Set it; 0: none.
    pub fn set_coroutine_origin_depth(&mut self, depth: u32) {
        self.strand.origin_depth = depth;
    }
}

/// A coroutine remembers the frames that it was made in, from `frame` on: a tuple of file, line and
/// function for each, the innermost first.
#[cold]
pub(super) unsafe fn note_origin(py: &mut Py, made: &Value, mut frame: *mut Frame) {
    let Some(coroutine) = made.downcast::<Generator>().cloned() else { return };
    if coroutine.get(py).flavour != Flavour::Coroutine {
        return;
    }
    let mut frames = Vec::new();
    while !frame.is_null() && frames.len() < py.strand.origin_depth as usize {
        // SAFETY: frames of the strand are alive; their `pc` was saved when they called.
        let (code, index) = unsafe { (&*(*frame).code, (*frame).index()) };
        let line = Value::int32(code.code.position(index).line as i32);
        let (file, name) = (py.str(&code.code.filename), py.str(&code.code.name));
        frames.push(py.tuple(vec![file, line, name]));
        // SAFETY: as above.
        frame = unsafe { (*frame).prev };
    }
    let origin = py.tuple(frames);
    coroutine.get_mut(py).rare_mut().origin = Some(origin);
}
