//! `frame` and `traceback` objects.

use lockstep_heap::{Guarded, Object, Raw, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType};

use crate::object::strand::Frame;
use crate::types::code::CodeObject;
use crate::types::dict::Dict;

/// The payload of a frame object.
pub struct FrameObject {
    /// The frame while it runs; null afterwards.
    pub(crate) live: *mut Frame,
    /// `f_code`
    pub code: Ref<CodeObject>,
    /// `f_globals`
    pub globals: Ref<Dict>,
    /// `f_builtins`
    pub builtins: Ref<Dict>,
    /// The mapping of a class or module body.
    pub locals: Option<Value>,
    /// Cells of free variables.
    pub function: Option<Value>,
    /// The registers, when the frame has ended.
    pub(crate) registers: Box<[Raw]>,
    /// Index of the last instruction, when the frame has ended.
    pub last: u32,
    /// `f_back`, when the frame has ended or was asked for.
    pub back: Option<Value>,
    /// `f_trace`
    pub trace: Option<Value>,
    /// `f_trace_lines`
    pub trace_lines: bool,
    /// `f_trace_opcodes`
    pub trace_opcodes: bool,
    /// Locals that are no variables of the code, set through `f_locals`.
    pub extra_locals: Option<Value>,
}

impl Object for FrameObject {
    type Access = Guarded;
    const TAG: Tag = Tag::FRAME;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.code);
        visit.reference(&self.globals);
        visit.reference(&self.builtins);
        visit.option(&self.locals);
        visit.option(&self.function);
        for r in &self.registers {
            visit.raw(*r);
        }
        visit.option(&self.back);
        visit.option(&self.trace);
        visit.option(&self.extra_locals);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        crate::vm::take_frame_registers(self, out);
        out.extend([self.locals.take(), self.back.take(), self.trace.take(), self.extra_locals.take()].into_iter().flatten());
    }
}

impl Drop for FrameObject {
    fn drop(&mut self) {
        let mut out = Vec::new();
        crate::vm::take_frame_registers(self, &mut out);
    }
}

/// The payload of a traceback.
pub struct Traceback {
    /// `tb_next`
    pub next: Option<Value>,
    /// `tb_frame`
    pub frame: Ref<FrameObject>,
    /// Index of the instruction.
    pub last: u32,
    /// `tb_lineno`
    pub line: u32,
}

impl Object for Traceback {
    type Access = Guarded;
    const TAG: Tag = Tag::TRACEBACK;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.next);
        visit.reference(&self.frame);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.next.take());
    }
}

/// The locals of a function's frame as a new dict.
pub fn snapshot(py: &mut crate::object::Py, frame: *mut Frame) -> Ref<Dict> {
    let d = py.new_dict();
    for (name, value) in crate::vm::named_locals(py, frame) {
        crate::types::dict::set_str(py, &d, &name, value);
    }
    d
}

#[methods]
impl FrameObject {}

impl NativeType for FrameObject {
    const NAME: &'static str = "frame";
    const FLAGS: u32 = 0;
}

#[methods]
impl Traceback {}

impl NativeType for Traceback {
    const NAME: &'static str = "traceback";
    const FLAGS: u32 = 0;
}
