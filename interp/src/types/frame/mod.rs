//! `frame` and `traceback` objects.

mod locals;

pub use locals::LocalsProxy;
pub(crate) use locals::{local, local_names, snapshot};

use lockstep_heap::{Guarded, Object, Raw, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Result, attribute_error, runtime_error, type_error, value_error};
use crate::object::strand::Frame;
use crate::object::{NativeType, Py, Type, TypeFlags};
use crate::types::code::CodeObject;
use crate::types::dict::Dict;
use crate::types::function::Function;
use crate::types::generator::{Generator, State};
use crate::types::int;

/// The payload of a frame object. Made for each level of a traceback, so it is kept small.
pub struct FrameObject {
    /// The frame while it runs or is suspended; null afterwards.
    pub(crate) live: *mut Frame,
    /// `f_code`
    pub code: Ref<CodeObject>,
    /// The function: it has globals, builtins and the cells of free variables.
    pub function: Option<Value>,
    /// The mapping of a class or module body.
    pub locals: Option<Value>,
    /// The pinned registers, when the frame has ended.
    pub(crate) registers: Box<[Raw]>,
    /// `f_back`, when the frame has ended.
    pub back: Option<Value>,
    /// What is rarely there.
    pub extra: Option<Box<FrameExtra>>,
    /// Index of the last instruction, when the frame has ended.
    pub last: u32,
}

/// Rare parts of a frame object.
pub struct FrameExtra {
    /// `f_trace`
    pub trace: Option<Value>,
    /// `f_trace_lines`
    pub trace_lines: bool,
    /// `f_trace_opcodes`
    pub trace_opcodes: bool,
    /// Locals that are no variables of the code, set through `f_locals`.
    pub locals: Option<Ref<Dict>>,
    /// `clear()` was called: the variables of enclosing functions are gone, too.
    pub(crate) cleared: bool,
    /// Whoever traces saw the frame begin or go on.
    pub(crate) called: bool,
    /// When what follows was noted: see `Shared::trace_epoch`.
    pub(crate) epoch: u64,
    /// The line that the trace function was told last.
    pub(crate) line: u32,
    /// The instruction that ran last under the trace function.
    pub(crate) last: u32,
    /// Where the line begins that the function was told last: the instruction, and how many places
    /// before it the mark is.
    pub(crate) at: (u32, u32),
    /// Where `f_lineno` was set to, until the trace function returns.
    pub(crate) jump: Option<Box<Jump>>,
    /// The place that belongs to `shown`, if it is not that of the instruction.
    pub(crate) place: Option<u32>,
    /// What `f_lineno` says while the function is told of a call or of an end by an error; none:
    /// the line of the instruction.
    pub(crate) shown: Option<u32>,
}

/// How a frame goes on at another line.
pub(crate) struct Jump {
    /// The instruction.
    pub index: u32,
    /// The line.
    pub line: u32,
    /// Registers to be emptied; the saved exceptions among them were put back, innermost first.
    pub drops: Vec<u16>,
    /// Saved exceptions to be put back first, innermost first.
    pub handled: Vec<u16>,
    /// Registers whose content is needed in another: from, to.
    pub moves: Vec<(u16, u16)>,
}

impl Default for FrameExtra {
    fn default() -> Self {
        FrameExtra {
            trace: None,
            trace_lines: true,
            trace_opcodes: false,
            locals: None,
            cleared: false,
            called: false,
            epoch: 0,
            line: 0,
            last: 0,
            at: (0, 0),
            jump: None,
            place: None,
            shown: None,
        }
    }
}

impl Object for FrameObject {
    type Access = Guarded;
    const TAG: Tag = Tag::FRAME;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.code);
        visit.option(&self.function);
        visit.option(&self.locals);
        for r in &self.registers {
            visit.raw(*r);
        }
        visit.option(&self.back);
        if let Some(extra) = &self.extra {
            visit.option(&extra.trace);
            if let Some(locals) = &extra.locals {
                visit.reference(locals);
            }
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        crate::vm::take_frame_registers(self, out);
        out.extend([self.locals.take(), self.back.take()].into_iter().flatten());
        if let Some(extra) = self.extra.take() {
            out.extend(extra.trace);
            out.extend(extra.locals.map(Ref::into_value));
        }
    }
}

impl Drop for FrameObject {
    fn drop(&mut self) {
        if !self.registers.is_empty() {
            let mut out = Vec::new();
            crate::vm::take_frame_registers(self, &mut out);
        }
    }
}

impl FrameObject {
    /// The globals.
    pub fn globals(&self, py: &Py) -> Option<Ref<Dict>> {
        Some(self.function.as_ref()?.downcast::<Function>()?.get(py).globals.clone())
    }
    /// The builtins.
    pub fn builtins(&self, py: &Py) -> Option<Ref<Dict>> {
        Some(self.function.as_ref()?.downcast::<Function>()?.get(py).builtins.clone())
    }
    /// The rare parts, made if they are not there.
    pub(crate) fn extra_mut(&mut self) -> &mut FrameExtra {
        self.extra.get_or_insert_default()
    }
    /// The rare parts for whoever traces: what an earlier one noted is forgotten.
    pub(crate) fn traced(&mut self, epoch: u64) -> &mut FrameExtra {
        let extra = self.extra_mut();
        if extra.epoch != epoch {
            (extra.epoch, extra.line, extra.called) = (epoch, 0, false);
        }
        extra
    }
    /// The line of an instruction.
    fn line_of(&self, index: u32) -> u32 {
        let line = self.code.code.position(index as usize).line;
        if line == 0 { self.code.code.first_line } else { line }
    }
}

fn flag(value: Option<Value>, name: &str) -> Result<bool> {
    match value {
        Some(v) => v.as_bool().ok_or_else(|| type_error("attribute value type must be bool")),
        None => Err(type_error(format!("cannot delete {name}"))),
    }
}

#[methods]
impl FrameObject {
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<FrameObject>) -> String {
        let line = Self::f_lineno(py, this);
        let code = this.get(py).code.clone();
        format!("<frame at {:#x}, file '{}', line {line}, code {}>", this.id(), code.code.filename, code.code.name)
    }
    /// F.clear(): clear all references held by the frame
    #[py("(self, /)")]
    fn clear(py: &mut Py, this: &Ref<FrameObject>) -> Result<()> {
        if let Some(generator) = crate::vm::frame_generator(py, this).and_then(|g| g.downcast_into::<Generator>().ok())
            && generator.get(py).now() == State::Created
        {
            return crate::types::generator::finalise(py, &generator);
        }
        if !this.get(py).live.is_null() {
            return Err(runtime_error(match crate::vm::is_running(py, this) {
                true => "cannot clear an executing frame",
                false => "cannot clear a suspended frame",
            }));
        }
        let mut out = Vec::new();
        let payload = this.get_mut(py);
        crate::vm::take_frame_registers(payload, &mut out);
        out.extend(payload.extra.as_mut().and_then(|e| e.locals.take()).map(Ref::into_value));
        if !payload.code.code.freevars.is_empty() {
            payload.extra_mut().cleared = true;
        }
        drop(out);
        Ok(())
    }
    /// The caller's frame.
    #[getter]
    fn f_back(py: &mut Py, this: &Ref<FrameObject>) -> Option<Value> {
        crate::vm::frame_back(py, this)
    }
    /// The code.
    #[getter]
    fn f_code(py: &mut Py, this: &Ref<FrameObject>) -> Ref<CodeObject> {
        this.get(py).code.clone()
    }
    /// The global namespace.
    #[getter]
    fn f_globals(py: &mut Py, this: &Ref<FrameObject>) -> Option<Ref<Dict>> {
        this.get(py).globals(py)
    }
    /// The builtins namespace.
    #[getter]
    fn f_builtins(py: &mut Py, this: &Ref<FrameObject>) -> Option<Ref<Dict>> {
        this.get(py).builtins(py)
    }
    /// The local variables.
    #[getter]
    fn f_locals(py: &mut Py, this: &Ref<FrameObject>) -> Value {
        locals::of_frame(py, this)
    }
    /// The generator that the frame belongs to, or None.
    #[getter]
    fn f_generator(py: &mut Py, this: &Ref<FrameObject>) -> Option<Value> {
        crate::vm::frame_generator(py, this)
    }
    /// Index of the last instruction.
    #[getter]
    fn f_lasti(py: &mut Py, this: &Ref<FrameObject>) -> i64 {
        match crate::vm::frame_index(py, this) {
            Some(index) => {
                let frame = this.get(py);
                let told = frame.extra.as_ref().and_then(|e| e.place);
                told.map_or_else(|| frame.code.code.place(index as usize), |place| place as usize) as i64 * 2
            }
            None => -1,
        }
    }
    /// The current line.
    #[getter]
    fn f_lineno(py: &mut Py, this: &Ref<FrameObject>) -> u32 {
        if let Some(shown) = this.get(py).extra.as_ref().and_then(|e| e.shown) {
            return shown;
        }
        match crate::vm::frame_index(py, this) {
            Some(index) => this.get(py).line_of(index),
            None => this.get(py).code.code.first_line,
        }
    }
    #[setter(f_lineno)]
    fn set_f_lineno(py: &mut Py, this: &Ref<FrameObject>, value: Option<Value>) -> Result<()> {
        let Some(value) = value else {
            return Err(attribute_error("cannot delete attribute", this.as_value(), &py.intern("f_lineno")));
        };
        if value.as_bool().is_some() || !int::is_int(&value) {
            return Err(value_error("lineno must be an integer"));
        }
        crate::vm::set_line(py, this, int::as_i64(&value))
    }
    /// The trace function of this frame, or None.
    #[getter]
    fn f_trace(py: &mut Py, this: &Ref<FrameObject>) -> Option<Value> {
        this.get(py).extra.as_ref()?.trace.clone()
    }
    #[setter(f_trace)]
    fn set_f_trace(py: &mut Py, this: &Ref<FrameObject>, value: Option<Value>) {
        let value = value.filter(|v| !v.is_none());
        if value.is_none() && this.get(py).extra.is_none() {
            return;
        }
        let old = std::mem::replace(&mut this.get_mut(py).extra_mut().trace, value);
        drop(old);
    }
    /// Whether the trace function gets line events.
    #[getter]
    fn f_trace_lines(py: &mut Py, this: &Ref<FrameObject>) -> bool {
        this.get(py).extra.as_ref().is_none_or(|e| e.trace_lines)
    }
    #[setter(f_trace_lines)]
    fn set_f_trace_lines(py: &mut Py, this: &Ref<FrameObject>, value: Option<Value>) -> Result<()> {
        let on = flag(value, "f_trace_lines")?;
        this.get_mut(py).extra_mut().trace_lines = on;
        Ok(())
    }
    /// Whether the trace function gets opcode events.
    #[getter]
    fn f_trace_opcodes(py: &mut Py, this: &Ref<FrameObject>) -> bool {
        this.get(py).extra.as_ref().is_some_and(|e| e.trace_opcodes)
    }
    #[setter(f_trace_opcodes)]
    fn set_f_trace_opcodes(py: &mut Py, this: &Ref<FrameObject>, value: Option<Value>) -> Result<()> {
        let on = flag(value, "f_trace_opcodes")?;
        this.get_mut(py).extra_mut().trace_opcodes = on;
        Ok(())
    }
}

impl NativeType for FrameObject {
    const NAME: &'static str = "frame";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// The line of a traceback that follows from its instruction.
pub(crate) const LINE_OF_INSTRUCTION: u32 = u32::MAX;

/// The payload of a traceback.
pub struct Traceback {
    /// `tb_next`
    pub next: Option<Value>,
    /// `tb_frame`
    pub frame: Ref<FrameObject>,
    /// Index of the instruction, or what a script gave as `tb_lasti`; `u32::MAX` if there is none.
    pub last: u32,
    /// `tb_lineno`, or [`LINE_OF_INSTRUCTION`].
    pub(crate) line: u32,
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

impl Traceback {
    /// `tb_lineno`
    pub fn line(&self, py: &Py) -> u32 {
        if self.line == LINE_OF_INSTRUCTION { self.frame.get(py).line_of(self.last) } else { self.line }
    }
}

/// `tb_next` of a traceback that is given, or none.
fn next_of(py: &Py, value: &Value) -> Result<Option<Value>> {
    if value.is_none() {
        return Ok(None);
    }
    if value.is_a::<Traceback>() {
        return Ok(Some(value.clone()));
    }
    Err(type_error(format!("expected traceback object or None, got '{}'", py.type_name(value))))
}

#[methods]
impl Traceback {
    /// Create a new traceback object.
    #[staticmethod("(type, /, tb_next, tb_frame, tb_lasti, tb_lineno)")]
    fn __new__(py: &mut Py, _cls: &Ref<Type>, tb_next: &Value, tb_frame: &Value, tb_lasti: i32, tb_lineno: i32) -> Result<Value> {
        let next = next_of(py, tb_next)?;
        let Some(frame) = tb_frame.downcast::<FrameObject>().cloned() else {
            return Err(type_error(format!("TracebackType() argument 'tb_frame' must be frame, not {}", py.type_name(tb_frame))));
        };
        let last = u32::try_from(tb_lasti).unwrap_or(u32::MAX);
        Ok(py.make(Traceback { next, frame, last, line: tb_lineno.max(0) as u32 }).into_value())
    }
    /// Default dir() implementation.
    #[py("(self, /)")]
    fn __dir__(py: &mut Py, _this: &Ref<Traceback>) -> Value {
        let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"].map(|n| py.str(n));
        py.list(names.to_vec())
    }
    /// The next level, towards where the exception was raised.
    #[getter]
    fn tb_next(py: &mut Py, this: &Ref<Traceback>) -> Option<Value> {
        this.get(py).next.clone()
    }
    #[setter(tb_next)]
    fn set_tb_next(py: &mut Py, this: &Ref<Traceback>, value: Option<Value>) -> Result<()> {
        let Some(value) = value else { return Err(type_error("can't delete tb_next attribute")) };
        let next = next_of(py, &value)?;
        let mut at = next.clone();
        while let Some(tb) = at.as_ref().and_then(|t| t.downcast::<Traceback>()).cloned() {
            if tb.is(this) {
                return Err(value_error("traceback loop detected"));
            }
            at = tb.get(py).next.clone();
        }
        let old = std::mem::replace(&mut this.get_mut(py).next, next);
        drop(old);
        Ok(())
    }
    /// The frame.
    #[getter]
    fn tb_frame(py: &mut Py, this: &Ref<Traceback>) -> Ref<FrameObject> {
        this.get(py).frame.clone()
    }
    /// Index of the instruction.
    #[getter]
    fn tb_lasti(py: &mut Py, this: &Ref<Traceback>) -> i64 {
        let tb = this.get(py);
        match tb.last {
            u32::MAX => -1,
            // Made by a script: as it was given.
            last if tb.line != LINE_OF_INSTRUCTION => i64::from(last),
            last => tb.frame.get(py).code.code.place(last as usize) as i64 * 2,
        }
    }
    /// The line.
    #[getter]
    fn tb_lineno(py: &mut Py, this: &Ref<Traceback>) -> u32 {
        this.get(py).line(py)
    }
}

impl NativeType for Traceback {
    const NAME: &'static str = "traceback";
    const FLAGS: u32 = 0;
}
