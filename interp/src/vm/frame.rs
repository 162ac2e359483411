//! Frames and register memory: pushing, popping, giving registers back.

use lockstep_heap::{Raw, Ref, Value};

use crate::object::Py;
use crate::object::raise::{Result, recursion_error};
use crate::object::strand::{Chunk, Frame, Return, Strand, frame_flags};
use crate::types::code::CodeObject;
use crate::types::frame::FrameObject;
use crate::types::function::Function;

/// Registers of the first chunk of the main thread's strand; later ones double.
pub(crate) const FIRST_CHUNK: usize = 1024;
/// The same of other threads, of which there may be thousands.
pub(crate) const SMALL_CHUNK: usize = 128;

/// Where the result of a frame goes.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub ret: Return,
    pub dst: u16,
    pub jump: i32,
    pub sense: u8,
}

impl Target {
    #[inline(always)]
    pub(super) const fn register(dst: u16) -> Target {
        Target { ret: Return::Register, dst, jump: 0, sense: 0 }
    }
    pub(super) const DISCARD: Target = Target { ret: Return::Discard, dst: 0, jump: 0, sense: 0 };
    pub(super) const NATIVE: Target = Target { ret: Return::Native, dst: 0, jump: 0, sense: 0 };
}

impl Strand {
    /// A frame for use, from the free list.
    #[inline(always)]
    pub(super) fn new_frame(&mut self) -> *mut Frame {
        let frame = self.free;
        if frame.is_null() {
            return Self::allocate_frame();
        }
        // SAFETY: frames on the free list are ours.
        self.free = unsafe { (*frame).prev };
        frame
    }
    #[cold]
    fn allocate_frame() -> *mut Frame {
        Box::into_raw(Box::new(Frame::blank()))
    }
    /// Give a frame back; it must own nothing any more.
    #[inline(always)]
    pub(super) fn free_frame(&mut self, frame: *mut Frame) {
        // SAFETY: the frame came from `new_frame` and is no longer linked.
        unsafe { (*frame).prev = self.free }
        self.free = frame;
    }
    /// The first free register behind the running frame, and the end of its memory.
    pub(super) fn top(&mut self) -> (*mut Raw, *mut Raw) {
        let mut frame = self.frame;
        // SAFETY: frames of the strand are alive; a generator's registers lie in its object, so
        // the memory in use is that of the nearest frame below that is none.
        unsafe {
            while !frame.is_null() && (*frame).flags & frame_flags::GENERATOR != 0 {
                frame = super::chain::resumer(frame);
            }
            if !frame.is_null() {
                return ((*frame).base.add((*(*frame).code).registers as usize + 2), (*frame).limit);
            }
        }
        if self.chunks.is_empty() {
            self.push_chunk(self.first_chunk);
        }
        match self.chunks.last_mut() {
            Some(chunk) => {
                let range = chunk.words.as_mut_ptr_range();
                (range.start, range.end)
            }
            None => (std::ptr::null_mut(), std::ptr::null_mut()),
        }
    }
    fn push_chunk(&mut self, words: usize) {
        // A call in a loop at the end of a chunk begins the next one again and again.
        if let Some(spare) = self.spare.take_if(|spare| spare.words.len() >= words) {
            self.chunks.push(spare);
            return;
        }
        self.chunks.push(Chunk { words: vec![Raw::UNBOUND; words].into(), top: std::ptr::null_mut() });
    }
    /// Room for `count` registers behind the running frame: `(base, limit, flags)`.
    #[inline(always)]
    pub(super) fn room(&mut self, count: usize) -> (*mut Raw, *mut Raw, u8) {
        let frame = self.frame;
        if !frame.is_null() {
            // SAFETY: the running frame is alive.
            unsafe {
                if (*frame).flags & frame_flags::GENERATOR == 0 {
                    let top = (*frame).base.wrapping_add((*(*frame).code).registers as usize + 2);
                    if top.wrapping_add(count) <= (*frame).limit {
                        return (top, (*frame).limit, 0);
                    }
                }
            }
        }
        self.room_elsewhere(count)
    }
    /// The same where it is not simply behind the running frame's registers.
    #[inline(never)]
    fn room_elsewhere(&mut self, count: usize) -> (*mut Raw, *mut Raw, u8) {
        let (top, limit) = self.top();
        if !top.is_null() && (limit as usize).saturating_sub(top as usize) / size_of::<Raw>() >= count {
            return (top, limit, 0);
        }
        let last = self.chunks.last().map_or(self.first_chunk / 2, |c| c.words.len());
        self.push_chunk((last * 2).min(1 << 20).max(count));
        match self.chunks.last_mut() {
            Some(chunk) => {
                let range = chunk.words.as_mut_ptr_range();
                (range.start, range.end, frame_flags::NEW_CHUNK)
            }
            None => (std::ptr::null_mut(), std::ptr::null_mut(), 0),
        }
    }
}

impl Frame {
    /// A frame that owns nothing.
    pub(super) fn blank() -> Frame {
        Frame {
            prev: std::ptr::null_mut(),
            pc: std::ptr::null(),
            base: std::ptr::null_mut(),
            limit: std::ptr::null_mut(),
            code: std::ptr::null(),
            func: Raw::NOTHING,
            globals: Raw::NOTHING,
            builtins: Raw::NOTHING,
            locals: Raw::NOTHING,
            extra: Raw::NOTHING,
            object: Raw::NOTHING,
            handled: Raw::NOTHING,
            jump: 0,
            dst: 0,
            ret: Return::Native,
            flags: 0,
            sense: 0,
            traced_line: 0,
        }
    }
    /// The index of the instruction that is running or suspended.
    pub(super) fn index(&self) -> usize {
        // SAFETY: `pc` lies in or just behind the code's instructions.
        unsafe {
            let start = (*self.code).instrs.get();
            (self.pc.offset_from(start) - 1).max(0) as usize
        }
    }
}

/// Take a word out of a frame's field as an owned value.
#[inline(always)]
pub(super) fn take(field: &mut Raw) -> Option<Value> {
    let raw = std::mem::replace(field, Raw::NOTHING);
    if raw.0 == 0 {
        None
    } else {
        // SAFETY: the field owned it.
        Some(unsafe { Value::from_raw(raw) })
    }
}

impl Py {
    /// Push a frame for a Python function whose `count` arguments are bound at `base` already.
    ///
    /// # Safety
    /// `base` has room for the code's registers up to `limit`; registers `0 .. code.arg slots`
    /// are filled and owned; `func` is a Function.
    #[inline]
    pub(super) unsafe fn push_bound(
        &mut self,
        func: Value,
        base: *mut Raw,
        limit: *mut Raw,
        flags: u8,
        target: Target,
    ) -> Result<()> {
        // SAFETY: the caller's promises; the function keeps code and dicts alive.
        unsafe {
            let Some(f) = func.downcast::<Function>() else { return Err(recursion_error("not a function")) };
            let payload = &*f.payload();
            let code: *const CodeObject = payload.code.payload();
            if (*code).instrs.get().is_null() {
                super::ready(self, &payload.code);
            }
            self.link_function(payload, base, limit, flags, target);
            (*self.strand.frame).func = func.into_raw();
            if self.strand.depth > self.strand.limit {
                return self.recursion_overflow();
            }
            Ok(())
        }
    }

    /// Make a frame for a function the running one. The caller puts the function into it.
    ///
    /// # Safety
    /// As in `push_bound`; the function's code is ready.
    #[inline(always)]
    pub(super) unsafe fn link_function(
        &mut self,
        function: &Function,
        base: *mut Raw,
        limit: *mut Raw,
        flags: u8,
        target: Target,
    ) {
        // SAFETY: the caller's promises; the function keeps code and dicts alive.
        unsafe {
            let code: *const CodeObject = function.code.payload();
            let frame = self.strand.new_frame();
            let fr = &mut *frame;
            fr.base = base;
            fr.limit = limit;
            fr.code = code;
            fr.pc = (*code).instrs.get();
            fr.globals = function.globals.as_value().raw();
            fr.builtins = function.builtins.as_value().raw();
            fr.ret = target.ret;
            fr.dst = target.dst;
            fr.jump = target.jump;
            fr.sense = target.sense;
            fr.flags = if self.strand.instrumented { flags | frame_flags::FRESH } else { flags };
            fr.traced_line = 0;
            fr.prev = self.strand.frame;
            self.strand.frame = frame;
            self.strand.depth += 1;
        }
    }

    /// The frame just pushed is one too many.
    #[cold]
    #[inline(never)]
    pub(super) fn recursion_overflow(&mut self) -> Result<()> {
        self.pop_frame();
        Err(recursion_error("maximum recursion depth exceeded"))
    }

    /// Drop everything the running frame owns and take it off the strand.
    pub(super) fn pop_frame(&mut self) {
        let frame = self.strand.frame;
        // SAFETY: the running frame is alive and ours; registers own what they hold.
        unsafe {
            let fr = &mut *frame;
            let registers = (*fr.code).registers as usize;
            let observed = take(&mut fr.object);
            if let Some(object) = observed {
                self.detach_frame_object(fr, object);
            }
            for i in 0..registers {
                let at = fr.base.add(i);
                let raw = *at;
                if raw.is_ptr() {
                    *at = Raw::UNBOUND;
                    drop(Value::from_raw(raw));
                }
            }
            if fr.flags & frame_flags::OPERANDS != 0 {
                drop_below(fr.base);
            }
            self.unlink_frame(frame);
        }
    }

    /// Take a frame whose registers are empty off the strand and drop what else it owns.
    #[inline]
    pub(super) unsafe fn unlink_frame(&mut self, frame: *mut Frame) {
        // SAFETY: the frame is the running one.
        unsafe {
            let fr = &mut *frame;
            self.strand.frame = fr.prev;
            self.strand.depth -= 1;
            if fr.flags & frame_flags::NEW_CHUNK != 0 {
                self.strand.spare = self.strand.chunks.pop();
            }
            let func = take(&mut fr.func);
            let locals = take(&mut fr.locals);
            let extra = take(&mut fr.extra);
            let handled = take(&mut fr.handled);
            if fr.flags & frame_flags::GENERATOR == 0 {
                self.strand.free_frame(frame);
            }
            drop((func, locals, extra, handled));
        }
    }

    /// The frame object of a frame, made on first use.
    pub(super) unsafe fn frame_object(&mut self, frame: *mut Frame) -> Ref<FrameObject> {
        // SAFETY: the frame is alive; its fields are owned or kept alive by the function.
        unsafe {
            let fr = &mut *frame;
            if fr.object.0 != 0 {
                let object = std::mem::ManuallyDrop::new(Value::from_raw(fr.object));
                if let Some(r) = object.downcast::<FrameObject>() {
                    return r.clone();
                }
            }
            let function = clone_word(fr.func);
            let code = match function.as_ref().and_then(|f| f.downcast::<Function>()) {
                Some(f) => f.get(self).code.clone(),
                None => match function.as_ref().and_then(|f| f.downcast::<CodeObject>()) {
                    Some(c) => c.clone(),
                    None => unreachable!("a frame without code"),
                },
            };
            let payload = FrameObject {
                live: frame,
                code,
                function,
                locals: clone_word(fr.locals),
                registers: Box::default(),
                last: 0,
                back: None,
                extra: None,
            };
            let object = self.make(payload);
            fr.object = object.to_value().into_raw();
            fr.flags |= frame_flags::OBSERVED;
            object
        }
    }

    /// A frame ends whose frame object exists: the object takes the registers over, if anybody
    /// else still has it.
    pub(super) unsafe fn detach_frame_object(&mut self, fr: &mut Frame, object: Value) {
        // SAFETY: the frame is alive; the registers' ownership goes over to the object.
        unsafe {
            let Some(r) = object.downcast::<FrameObject>() else { return };
            let last = fr.index() as u32;
            let keep = object.ref_count() > 1;
            // The caller's object will be wanted: it is the next level of the traceback.
            let back = if keep && !fr.prev.is_null() && fr.flags & frame_flags::GENERATOR == 0 {
                Some(self.frame_object(fr.prev).into_value())
            } else {
                None
            };
            let payload = r.get_mut(self);
            payload.live = std::ptr::null_mut();
            payload.last = last;
            payload.back = back;
            let count = (*fr.code).locals as usize;
            if keep && count > 0 {
                let mut registers = Vec::with_capacity(count);
                let code = &(*fr.code).code;
                for i in 0..count {
                    let at = fr.base.add(i);
                    // Hidden registers may hold the exception itself: keeping it would make a circle.
                    let named = i < code.varnames.len() || code.cellvars.iter().any(|(_, r)| *r as usize == i);
                    if named {
                        registers.push(*at);
                        *at = Raw::UNBOUND;
                    } else {
                        registers.push(Raw::UNBOUND);
                    }
                }
                payload.registers = registers.into();
            }
        }
    }

    /// The running frame's object, `level` frames up; none if there are not that many.
    pub fn frame_at(&mut self, level: usize) -> Option<Ref<FrameObject>> {
        let mut frame = self.strand.frame;
        for _ in 0..level {
            if frame.is_null() {
                return None;
            }
            // SAFETY: frames of the strand are alive.
            frame = unsafe { (*frame).prev };
        }
        if frame.is_null() {
            return None;
        }
        // SAFETY: as above.
        Some(unsafe { self.frame_object(frame) })
    }
    /// The globals of the running frame.
    pub fn current_globals(&self) -> Option<Ref<crate::types::dict::Dict>> {
        let frame = self.strand.frame;
        if frame.is_null() {
            return None;
        }
        // SAFETY: the running frame is alive and keeps its globals alive.
        Some(unsafe { borrowed((*frame).globals) })
    }
    /// The builtins of the running frame.
    pub fn current_builtins(&self) -> Option<Ref<crate::types::dict::Dict>> {
        let frame = self.strand.frame;
        if frame.is_null() {
            return None;
        }
        // SAFETY: as above.
        Some(unsafe { borrowed((*frame).builtins) })
    }
    /// The flags of the running frame's code, 0 outside Python code.
    pub fn current_flags(&self) -> u32 {
        let frame = self.strand.frame;
        if frame.is_null() {
            return 0;
        }
        // SAFETY: the running frame is alive and keeps its code alive.
        unsafe { (*(*frame).code).code.flags.0 }
    }
    /// The line the running frame is at, 0 outside Python code.
    pub fn current_line(&self) -> u32 {
        let frame = self.strand.frame;
        if frame.is_null() {
            return 0;
        }
        // SAFETY: the running frame is alive; its `pc` was saved before native code ran.
        unsafe { (*(*frame).code).code.position((*frame).index()).line }
    }
}

/// A counted reference to a dict that a frame borrows.
unsafe fn borrowed(raw: Raw) -> Ref<crate::types::dict::Dict> {
    // SAFETY: the caller's frame keeps the dict alive.
    unsafe {
        lockstep_heap::Header::incref(raw.header());
        Ref::from_raw(raw)
    }
}

/// A counted copy of a word that may be nothing.
pub(super) fn clone_word(raw: Raw) -> Option<Value> {
    if raw.0 == 0 {
        return None;
    }
    // SAFETY: the owner of the word keeps it alive; the copy is counted.
    let value = std::mem::ManuallyDrop::new(unsafe { Value::from_raw(raw) });
    Some((*value).clone())
}

/// Drop the two operands kept below the frame of an operator's method.
pub(super) unsafe fn drop_below(base: *mut Raw) {
    // SAFETY: frames with `OPERANDS` have two owned words there.
    unsafe {
        for i in 1..=2 {
            let at = base.sub(i);
            let raw = *at;
            *at = Raw::UNBOUND;
            if raw.is_ptr() {
                drop(Value::from_raw(raw));
            }
        }
    }
}

/// Move what registers own into `out`.
pub(super) unsafe fn take_words(base: *mut Raw, count: usize, out: &mut Vec<Value>) {
    // SAFETY: the caller owns the registers.
    unsafe {
        for k in 0..count {
            let raw = std::mem::replace(&mut *base.add(k), Raw::UNBOUND);
            if raw.is_ptr() {
                out.push(Value::from_raw(raw));
            }
        }
    }
}

/// Move what an ended frame's object owns into `out`.
pub fn take_frame_registers(frame: &mut FrameObject, out: &mut Vec<Value>) {
    for r in &mut frame.registers {
        let raw = std::mem::replace(r, Raw::UNBOUND);
        if raw.is_ptr() {
            // SAFETY: the object owns the registers it took over.
            out.push(unsafe { Value::from_raw(raw) });
        }
    }
}

impl Drop for Strand {
    fn drop(&mut self) {
        while !self.free.is_null() {
            // SAFETY: frames on the free list came from `allocate_frame` and own nothing.
            let frame = unsafe { Box::from_raw(self.free) };
            self.free = frame.prev;
        }
    }
}

/// The variables of a frame that are bound and have a register of their own; in a module or class
/// body those of comprehensions under way.
pub(super) fn register_locals(py: &mut Py, frame: *mut Frame) -> Vec<(Ref<crate::types::str::Str>, Value)> {
    // SAFETY: the caller has the frame from the strand or a live frame object; named registers of it.
    let (code, values): (_, Vec<Value>) = unsafe {
        let code = &*(*frame).code;
        (code, (0..code.varnames.len()).map(|k| super::peek((*frame).base, k as u16).clone()).collect())
    };
    let mut out = Vec::with_capacity(values.len());
    for ((k, name), value) in code.varnames.iter().enumerate().zip(values) {
        let value = match value.downcast::<crate::types::cell::Cell>() {
            Some(c) if code.code.cellvars.iter().any(|(_, r)| *r as usize == k) => c.get(py).content.clone(),
            _ => Some(value),
        };
        out.extend(value.filter(|v| !v.is_unbound()).map(|v| (name.clone(), v)));
    }
    out
}

/// The named variables of a frame that are bound: locals, cells and free variables.
pub(crate) fn named_locals(py: &mut Py, frame: *mut Frame) -> Vec<(Ref<crate::types::str::Str>, Value)> {
    let mut out = register_locals(py, frame);
    // SAFETY: the caller has the frame from the strand or a live frame object.
    let (code, base, func) = unsafe { (&*(*frame).code, (*frame).base, clone_word((*frame).func)) };
    let mut add = |py: &mut Py, name: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|v| !v.is_unbound()) {
            let name = py.intern(name);
            out.push((name, value));
        }
    };
    for (name, register) in &code.code.cellvars {
        if (*register as usize) < code.code.varnames.len() {
            continue;
        }
        // SAFETY: as above.
        let value = unsafe { super::peek(base, *register) }.clone();
        let content = value.downcast::<crate::types::cell::Cell>().and_then(|c| c.get(py).content.clone());
        add(py, name, content);
    }
    if let Some(f) = func.as_ref().and_then(|f| f.downcast::<Function>()) {
        let closure: Vec<Value> = f.get(py).closure.to_vec();
        for (name, cell) in code.code.freevars.iter().zip(closure) {
            let content = cell.downcast::<crate::types::cell::Cell>().and_then(|c| c.get(py).content.clone());
            add(py, name, content);
        }
    }
    out
}

/// The builtins that code with these globals uses: `__builtins__`, or those of the running code.
pub fn builtins_of(py: &mut Py, globals: &Ref<crate::types::dict::Dict>) -> Ref<crate::types::dict::Dict> {
    use crate::types::dict::Dict;
    let named = crate::types::dict::get_name(py, globals, "__builtins__");
    if let Some(value) = named {
        if let Some(d) = value.downcast::<Dict>() {
            return d.clone();
        }
        if let Some(module) = value.downcast::<crate::types::module::Module>() {
            return py.module_dict(module);
        }
        return py.new_dict();
    }
    let frame = py.strand.frame;
    if !frame.is_null() {
        // SAFETY: the running frame.
        return unsafe { super::call::dict_of((*frame).builtins) };
    }
    match py.shared().builtins.clone() {
        Some(d) => d,
        None => py.new_dict(),
    }
}

/// Class and first argument for `super()` without arguments.
pub fn super_context(py: &mut Py) -> Result<(Value, Value)> {
    use crate::object::raise::runtime_error;
    use crate::types::cell::Cell;
    let frame = py.strand.frame;
    if frame.is_null() {
        return Err(runtime_error("super(): no current frame"));
    }
    // SAFETY: the running frame and its registers; both are only read.
    let (code, first, func) = unsafe { (&*(*frame).code, super::peek((*frame).base, 0).clone(), clone_word((*frame).func)) };
    if code.code.arg_count == 0 {
        return Err(runtime_error("super(): no arguments"));
    }
    let is_cell = code.code.cellvars.iter().any(|(_, r)| *r == 0);
    let object = match first.downcast::<Cell>() {
        Some(cell) if is_cell => cell.get(py).content.clone(),
        _ => Some(first).filter(|v| !v.is_unbound()),
    };
    let Some(object) = object else { return Err(runtime_error("super(): arg[0] deleted")) };
    let at = code.code.freevars.iter().position(|n| &**n == "__class__");
    let cell = match (at, func.as_ref().and_then(|f| f.downcast::<Function>())) {
        (Some(at), Some(f)) => f.get(py).closure.get(at).cloned(),
        _ => None,
    };
    let Some(cell) = cell.as_ref().and_then(|c| c.downcast::<Cell>()) else {
        return Err(runtime_error("super(): __class__ cell not found"));
    };
    match cell.get(py).content.clone() {
        Some(class) if class.is_a::<crate::object::Type>() => Ok((class, object)),
        Some(class) => {
            let kind = py.type_name(&class);
            Err(runtime_error(format!("super(): __class__ is not a type ({kind})")))
        }
        None => Err(runtime_error("super(): empty __class__ cell")),
    }
}
