//! The loop: one line per instruction where it can be, slow cases in the files beside it.

use std::sync::atomic::Ordering;

use lockstep_compile::code::{Instr, Op};
use lockstep_heap::{Header, Raw, Tag, Value};

use super::{Flow, arith, attr, call, delegate, exc, fetch, generator, intrinsic, iter, name, subscript, trace, with};
use crate::object::Py;
use crate::object::raise::{Raised, Result, recursion_error};
use crate::object::special::{BinaryOp, CompareOp};
use crate::object::strand::{Frame, Return};
use crate::types::cell::Cell;
use crate::types::code::CodeObject;
use crate::types::function::Function;
use crate::types::list::List;
use crate::types::native::Native;
use crate::types::range::RangeIter;
use crate::types::tuple::Tuple;

/// What the loop gives back to native code.
pub enum Outcome {
    /// The frame returned.
    Returned(Value),
    /// The generator handed out a value.
    Yielded(Value),
}

impl Py {
    /// Run until the frame that is running now gives control back to native code.
    pub(super) fn run(&mut self) -> Result<Outcome> {
        if let Err(e) = self.native_stack() {
            // SAFETY: the running frame is alive.
            unsafe { super::exc::drop_frame(self) };
            return Err(e);
        }
        loop {
            // SAFETY: the frame was pushed by the caller with `Return::Native`.
            let outcome = unsafe { if self.strand.instrumented { execute::<true>(self) } else { execute::<false>(self) } };
            // Nothing: the other instance of the loop is to go on from where the frame is.
            if let Some(outcome) = outcome? {
                return Ok(outcome);
            }
        }
    }

    /// Note the shapes that the loop tests for.
    fn remember_shapes(&mut self) {
        if self.strand.shapes.function.is_null() {
            self.strand.shapes = crate::object::strand::Shapes {
                function: &raw const **self.shape_of::<Function>(),
                list: &raw const **self.shape_of::<List>(),
                tuple: &raw const **self.shape_of::<Tuple>(),
                range: &raw const **self.shape_of::<RangeIter>(),
                dict: &raw const **self.shape_of::<crate::types::dict::Dict>(),
                set: &raw const **self.shape_of::<crate::types::set::Set>(),
                str: &raw const **self.shape_of::<crate::types::str::Str>(),
                native: &raw const **self.shape_of::<crate::types::native::Native>(),
                generator: &raw const **self.shape_of::<crate::types::generator::Generator>(),
                coroutine: &raw const *self.type_named("coroutine").get(self).shape,
                async_generator: &raw const *self.type_named("async_generator").get(self).shape,
            };
        }
    }

    /// RecursionError if the native stack is nearly used up.
    #[inline(always)]
    pub fn native_stack(&mut self) -> Result<()> {
        let here = 0u8;
        if (&raw const here) as usize <= self.strand.stack_end { Err(stack_overflow()) } else { Ok(()) }
    }

    /// Run what the dead left to do.
    #[inline(always)]
    pub fn drain_pending(&mut self) {
        if self.heap().has_pending() {
            let drain = self.interp.hooks.drain;
            drain(self);
        }
    }

    /// Look at the breaker: hand the lock over, deliver signals and interrupts.
    pub fn check(&mut self) -> Result<()> {
        self.strand.ticks = crate::embed::check_interval(self);
        self.refresh_mode();
        if self.thread.breaker().load(Ordering::Relaxed) == 0 { Ok(()) } else { crate::embed::breaker(self) }
    }
}

#[cold]
#[inline(never)]
fn stack_overflow() -> Raised {
    recursion_error("maximum recursion depth exceeded")
}

#[cold]
#[inline(never)]
unsafe fn drop_dead(py: &mut Py, raw: Raw) {
    // SAFETY: the caller gives up the reference.
    drop(unsafe { Value::from_raw(raw) });
    py.drain_pending();
}

/// Run the frames of the strand from the running one on; nothing: until the other instance of
/// the loop is wanted.
///
/// # Safety
/// The running frame is valid and its `ret` is `Native`.
#[expect(clippy::cognitive_complexity, reason = "the dispatch: one arm per instruction")]
#[rustfmt::skip]
#[allow(unused_assignments, reason = "a reload writes every local of the loop, also where the arm leaves it")]
unsafe fn execute<const TRACE: bool>(py: &mut Py) -> Result<Option<Outcome>> {
    // SAFETY: the invariants of the room, see the module's documentation; each helper states
    // what it needs, which the instruction's operands provide (the compiler's verifier checks
    // that registers, constants and jumps are in range).
    unsafe {
        let mut frame: *mut Frame = py.strand.frame;
        let mut base: *mut Raw = (*frame).base;
        let mut pc: *const Instr = (*frame).pc;
        let mut code: *const CodeObject = (*frame).code;
        // Shapes that instructions test for lie in the strand: registers are scarce here.
        py.remember_shapes();

        macro_rules! r { ($i:expr) => { *base.add(($i) as usize) }; }
        macro_rules! load {
            () => {{
                frame = py.strand.frame;
                base = (*frame).base;
                pc = (*frame).pc;
                code = (*frame).code;
            }};
        }
        // Drop a word; runs finalisers at once if there are any.
        macro_rules! release {
            ($raw:expr) => {{
                let old: Raw = $raw;
                if old.is_ptr() {
                    let header = old.header();
                    if (*header).count() > 1 { Header::decref(header); }
                    else { (*frame).pc = pc; drop_dead(py, old); }
                }
            }};
        }
        macro_rules! set {
            ($i:expr, $raw:expr) => {{
                let at = base.add(($i) as usize);
                let new: Raw = $raw;
                let old = *at;
                *at = new;
                release!(old);
            }};
        }
        // The word of an operand with ownership.
        macro_rules! get_owned {
            ($i:expr) => {{
                let index: u16 = $i;
                let at = base.add(index as usize);
                let raw = *at;
                if u32::from(index) >= (*code).locals { *at = Raw::UNBOUND; }
                else if raw.is_ptr() { Header::incref(raw.header()); }
                raw
            }};
        }
        // Consume a temporary after it was borrowed.
        macro_rules! consume {
            ($i:expr) => {{
                let index: u16 = $i;
                if u32::from(index) >= (*code).locals {
                    let at = base.add(index as usize);
                    let old = *at;
                    if old.is_ptr() { *at = Raw::UNBOUND; release!(old); }
                }
            }};
        }
        macro_rules! jump { ($n:expr) => { pc = pc.offset($n as isize) }; }

        loop {
            // Errors leave the inner block with `break 'op error`.
            let error: Raised = 'op: loop {
                macro_rules! attempt {
                    ($e:expr) => { match $e { Ok(v) => v, Err(e) => break 'op e } };
                }
                // A slow case: it may push a frame.
                macro_rules! flow {
                    ($e:expr) => {{
                        (*frame).pc = pc;
                        match $e {
                            Ok(Flow::Next) => {}
                            Ok(Flow::Reload) => load!(),
                            Err(e) => break 'op e,
                        }
                    }};
                }
                // Settles a block's cost; `back`: instructions to do again in the other loop.
                macro_rules! tick {
                    ($n:expr, $back:expr) => {{
                        if !TRACE {
                            py.strand.ticks -= $n as i32;
                            if py.strand.ticks < 0 {
                                (*frame).pc = pc;
                                attempt!(py.check());
                                if py.strand.instrumented { (*frame).pc = pc.sub($back); return Ok(None); }
                            }
                        }
                    }};
                }
                if TRACE {
                    (*frame).pc = pc.add(1);
                    py.strand.ticks -= 1;
                    if py.strand.ticks < 0 {
                        attempt!(py.check());
                        if !py.strand.instrumented { (*frame).pc = pc; return Ok(None); }
                    }
                    attempt!(trace::instruction(py, frame));
                    pc = (*frame).pc.sub(1);
                }
                // By reference: each arm reads the fields that it needs.
                let i = &*pc;
                pc = pc.add(1);

                // Call the function in register `a` with `count` arguments that lie behind it:
                // they are the first registers of its frame already.
                macro_rules! enter_function {
                    ($count:expr) => {{
                        let f = r!(i.a);
                        if f.is_ptr() && std::ptr::eq((*f.header()).shape_ptr(), py.strand.shapes.function) {
                            let func = payload::<Function>(f);
                            let callee: *const CodeObject = (*func).code.payload();
                            let count: u32 = $count;
                            let new_base = base.add(i.a as usize + 1);
                            if (*callee).simple_args == count
                                && new_base.add((*callee).registers as usize + 2) <= (*frame).limit
                                && py.strand.depth < py.strand.limit
                                && !TRACE
                            {
                                r!(i.a) = Raw::UNBOUND;
                                (*frame).pc = pc;
                                let new = py.strand.new_frame();
                                (*new).prev = frame;
                                (*new).base = new_base;
                                (*new).limit = (*frame).limit;
                                (*new).code = callee;
                                (*new).func = f;
                                (*new).globals = (*func).globals.as_value().raw();
                                (*new).builtins = (*func).builtins.as_value().raw();
                                (*new).dst = i.c;
                                (*new).ret = Return::Register;
                                (*new).flags = 0;
                                py.strand.frame = new;
                                py.strand.depth += 1;
                                frame = new;
                                base = new_base;
                                code = callee;
                                let mut k = count;
                                while k < (*callee).locals { *base.add(k as usize) = Raw::UNBOUND; k += 1; }
                                pc = (*callee).instrs;
                                continue;
                            }
                        }
                    }};
                }
                // Call the native function in register `a` with `count` arguments that lie behind it.
                macro_rules! call_native {
                    ($count:expr) => {{
                        let f = r!(i.a);
                        if f.is_ptr() && (*f.header()).shape().tag() == Tag::NATIVE {
                            let native = &*payload::<Native>(f);
                            let count: u16 = $count;
                            if u16::from(native.resumes) == count && !TRACE {
                                (*frame).pc = pc;
                                if generator::call_quick(py, frame, base.add(i.a as usize + 1), count, i.c) {
                                    set!(i.a, Raw::UNBOUND);
                                    load!();
                                    continue;
                                }
                            }
                            if native.exact == u32::from(count) && native.receiver.is_none() && native.resumes == 0 {
                                (*frame).pc = pc;
                                let first = base.add(i.a as usize + 1);
                                let result = (native.def.call)(py, std::slice::from_raw_parts(first.cast::<Value>(), count as usize));
                                for k in 0..=count as usize {
                                    let at = base.add(i.a as usize + k);
                                    let old = *at;
                                    if old.is_ptr() { *at = Raw::UNBOUND; release!(old); }
                                }
                                py.drain_pending();
                                let value = attempt!(result).into_raw();
                                set!(i.c, value);
                                if !TRACE && py.strand.instrumented { (*frame).pc = pc; return Ok(None); }
                                continue;
                            }
                        }
                    }};
                }
                macro_rules! arith {
                    ($op:ident, |$x:ident, $y:ident| $int:expr, |$p:ident, $q:ident| $float:expr) => {{
                        let (x, y) = (r!(i.b), r!(i.c));
                        if x.both_int(y) {
                            let ($x, $y) = (x, y);
                            if let Some(n) = $int { set!(i.a, n); continue; }
                        } else if x.is_float() {
                            let $p = x.float();
                            let other = if y.is_float() { Some(y.float()) } else if y.is_int() { Some(y.int() as f64) } else { None };
                            if let Some($q) = other && let Some(f) = $float { set!(i.a, Raw::from_float(f)); continue; }
                        } else if y.is_float() && x.is_int() {
                            let ($p, $q) = (x.int() as f64, y.float());
                            if let Some(f) = $float { set!(i.a, Raw::from_float(f)); continue; }
                        }
                        flow!(arith::binary(py, frame, *i, BinaryOp::$op))
                    }};
                }
                macro_rules! arith_int {
                    ($op:ident, |$x:ident, $y:ident| $int:expr, |$p:ident, $q:ident| $float:expr) => {{
                        let x = r!(i.b);
                        let $y = i.c as i16 as i64;
                        if x.is_int() {
                            let $x = x;
                            if let Some(n) = $int { set!(i.a, n); continue; }
                        } else if x.is_float() {
                            let ($p, $q) = (x.float(), $y as f64);
                            let value: Option<f64> = $float;
                            if let Some(f) = value { set!(i.a, Raw::from_float(f)); continue; }
                        }
                        flow!(arith::binary_int(py, frame, *i, BinaryOp::$op))
                    }};
                }
                macro_rules! bits {
                    ($op:ident, |$x:ident, $y:ident| $int:expr) => {{
                        let (x, y) = (r!(i.b), r!(i.c));
                        if x.both_int(y) {
                            let ($x, $y) = (x, y);
                            if let Some(n) = $int { set!(i.a, n); continue; }
                        }
                        flow!(arith::binary(py, frame, *i, BinaryOp::$op))
                    }};
                }
                macro_rules! compare {
                    ($op:ident, $cmp:tt) => {{
                        let (x, y) = (r!(i.b), r!(i.c));
                        if x.both_int(y) { set!(i.a, Raw::from_bool(x.int_high() $cmp y.int_high())); }
                        else if x.is_float() && y.is_float() { set!(i.a, Raw::from_bool(x.float() $cmp y.float())); }
                        else { flow!(arith::compare(py, frame, *i, CompareOp::$op)) }
                    }};
                }
                macro_rules! branch {
                    ($op:ident, $cmp:tt) => {{
                        let (x, y) = (r!(i.a), r!(i.b));
                        if x.both_int(y) { if (x.int_high() $cmp y.int_high()) == (i.d != 0) { jump!(i.c as i16); } }
                        else if x.is_float() && y.is_float() { if (x.float() $cmp y.float()) == (i.d != 0) { jump!(i.c as i16); } }
                        else { flow!(arith::branch(py, frame, *i, CompareOp::$op)) }
                    }};
                }
                macro_rules! branch_int {
                    ($op:ident, $cmp:tt) => {{
                        let x = r!(i.a);
                        if x.is_int() { if (x.int() $cmp (i.b as i16 as i64)) == (i.d != 0) { jump!(i.c as i16); } }
                        else { flow!(arith::branch_int(py, frame, *i, CompareOp::$op)) }
                    }};
                }

                match i.op {
                    Op::Nop => {}
                    Op::Move => { let v = get_owned!(i.b); set!(i.a, v); }
                    Op::LoadConst => {
                        let v = (*code).consts.get_unchecked(i.bc() as usize).raw();
                        if v.is_ptr() { Header::incref(v.header()); }
                        set!(i.a, v);
                    }
                    Op::LoadInt => set!(i.a, Raw::from_int(i.bc() as i64)),
                    Op::LoadNone => set!(i.a, Raw::NONE),
                    Op::Drop => set!(i.a, Raw::UNBOUND),
                    Op::DelLocal => {
                        if r!(i.a) == Raw::UNBOUND { (*frame).pc = pc; break 'op name::unbound_local(py, frame, i.a); }
                        set!(i.a, Raw::UNBOUND);
                    }
                    Op::CheckLocal => {
                        if r!(i.a) == Raw::UNBOUND { (*frame).pc = pc; break 'op name::unbound_local(py, frame, i.a); }
                    }
                    Op::MakeCell => name::make_cell(py, base, i.a),
                    Op::LoadCell => {
                        let cell = r!(i.b);
                        let content = &(*cell_payload(cell)).content;
                        match content {
                            Some(v) => { let v = v.clone().into_raw(); set!(i.a, v); }
                            None => { (*frame).pc = pc; break 'op name::unbound_cell(py, frame, i.b); }
                        }
                    }
                    Op::StoreCell => {
                        let v = fetch(base, (*code).locals, i.b);
                        let old = (*cell_payload(r!(i.a))).content.replace(v);
                        if let Some(old) = old { release!(old.into_raw()); }
                    }
                    Op::DelCell => {
                        match (*cell_payload(r!(i.a))).content.take() {
                            Some(old) => release!(old.into_raw()),
                            None => { (*frame).pc = pc; break 'op name::unbound_cell(py, frame, i.a); }
                        }
                    }
                    Op::LoadFree => {
                        let cell = free_cell(frame, i.bc());
                        match &(*cell).content {
                            Some(v) => { let v = v.clone().into_raw(); set!(i.a, v); }
                            None => { (*frame).pc = pc; break 'op name::unbound_free(py, frame, i.bc()); }
                        }
                    }
                    Op::StoreFree => {
                        let v = fetch(base, (*code).locals, i.a);
                        let old = (*free_cell(frame, i.bc())).content.replace(v);
                        if let Some(old) = old { release!(old.into_raw()); }
                    }
                    Op::DelFree => {
                        match (*free_cell(frame, i.bc())).content.take() {
                            Some(old) => release!(old.into_raw()),
                            None => { (*frame).pc = pc; break 'op name::unbound_free(py, frame, i.bc()); }
                        }
                    }
                    Op::LoadClosure => { let v = name::closure_cell(frame, i.bc()); set!(i.a, v.into_raw()); }
                    Op::LoadLocalOrFree => flow!(name::load_local_or_free(py, frame, *i)),
                    Op::LoadGlobal => {
                        let v = name::cached_global(frame, i.site_index());
                        if v.0 == 0 { flow!(name::load_global(py, frame, *i)) }
                        else { if v.is_ptr() { Header::incref(v.header()); } set!(i.a, v); }
                    }
                    Op::StoreGlobal => flow!(name::store_global(py, frame, *i)),
                    Op::DelGlobal => flow!(name::del_global(py, frame, *i)),
                    Op::LoadName => {
                        let v = if (*frame).locals.0 == 0 { name::cached_global(frame, i.site_index()) } else { Raw::NOTHING };
                        if v.0 == 0 { flow!(name::load_name(py, frame, *i)) }
                        else { if v.is_ptr() { Header::incref(v.header()); } set!(i.a, v); }
                    }
                    Op::StoreName => flow!(name::store_name(py, frame, *i)),
                    Op::DelName => flow!(name::del_name(py, frame, *i)),

                    Op::LoadAttr => {
                        let x = r!(i.b);
                        if x.is_ptr() {
                            let cache = (*code).attrs.get_unchecked(i.site_index()).get();
                            let header = x.header();
                            if (*header).shape().current_id() == cache.id && cache.kind == attr::SLOT {
                                let v = *header.cast::<u8>().add(cache.offset as usize).cast::<Raw>();
                                if v.0 != 0 {
                                    if v.is_ptr() { Header::incref(v.header()); }
                                    if i.a != i.b { consume!(i.b); }
                                    set!(i.a, v);
                                    continue;
                                }
                            } else if cache.kind == attr::CLASS_VALUE && (*header).shape().current_id() == cache.id {
                                let v = Raw(cache.value);
                                if v.is_ptr() { Header::incref(v.header()); }
                                if i.a != i.b { consume!(i.b); }
                                set!(i.a, v);
                                continue;
                            }
                        }
                        flow!(attr::load(py, frame, *i))
                    }
                    Op::StoreAttr => {
                        let x = r!(i.a);
                        if x.is_ptr() {
                            let cache = (*code).attrs.get_unchecked(i.site_index()).get();
                            let header = x.header();
                            if (*header).shape().current_id() == cache.id && cache.kind == attr::SLOT {
                                let v = get_owned!(i.b);
                                let at = header.cast::<u8>().add(cache.offset as usize).cast::<Raw>();
                                let old = *at;
                                *at = v;
                                consume!(i.a);
                                if old.0 != 0 { release!(old); }
                                continue;
                            }
                            if (*header).shape().current_id() == cache.id && cache.kind == attr::ADD {
                                let v = get_owned!(i.b);
                                (*header).widen(cache.value as *const lockstep_heap::Shape);
                                *header.cast::<u8>().add(cache.offset as usize).cast::<Raw>() = v;
                                consume!(i.a);
                                continue;
                            }
                        }
                        flow!(attr::store(py, frame, *i))
                    }
                    Op::DelAttr => flow!(attr::delete(py, frame, *i)),
                    Op::LoadMethod => {
                        let x = r!(i.b);
                        if x.is_ptr() {
                            let cache = (*code).attrs.get_unchecked(i.site_index()).get();
                            if (*x.header()).shape().current_id() == cache.id && cache.kind == attr::METHOD {
                                let receiver = get_owned!(i.b);
                                let v = Raw(cache.value);
                                Header::incref(v.header());
                                set!(i.a, v);
                                set!(i.a + 1, receiver);
                                continue;
                            }
                        }
                        flow!(attr::load_method(py, frame, *i))
                    }
                    Op::LoadSuperAttr => flow!(attr::load_super(py, frame, *i, false)),
                    Op::LoadSuperMethod => flow!(attr::load_super(py, frame, *i, true)),
                    Op::GetItem => {
                        let (x, y) = (r!(i.b), r!(i.c));
                        if x.is_ptr() && y.is_int() {
                            let shape = (*x.header()).shape_ptr();
                            let items: &[Value] = if std::ptr::eq(shape, py.strand.shapes.list) { &(*payload::<List>(x)).items }
                                else if std::ptr::eq(shape, py.strand.shapes.tuple) { (*payload::<Tuple>(x)).slice() }
                                else { &[] };
                            let n = y.int();
                            let n = if n < 0 { n + items.len() as i64 } else { n };
                            if let Some(v) = items.get(n as usize) {
                                let v = v.clone().into_raw();
                                if i.a != i.b { consume!(i.b); }
                                set!(i.a, v);
                                continue;
                            }
                        }
                        flow!(subscript::get(py, frame, *i))
                    }
                    Op::GetItemInt => {
                        let x = r!(i.b);
                        if x.is_ptr() {
                            let shape = (*x.header()).shape_ptr();
                            let items: &[Value] = if std::ptr::eq(shape, py.strand.shapes.list) { &(*payload::<List>(x)).items }
                                else if std::ptr::eq(shape, py.strand.shapes.tuple) { (*payload::<Tuple>(x)).slice() }
                                else { &[] };
                            let n = i.c as i16 as i64;
                            let n = if n < 0 { n + items.len() as i64 } else { n };
                            if let Some(v) = items.get(n as usize) {
                                let v = v.clone().into_raw();
                                if i.a != i.b { consume!(i.b); }
                                set!(i.a, v);
                                continue;
                            }
                        }
                        flow!(subscript::get_int(py, frame, *i))
                    }
                    Op::SetItem => {
                        let (x, y) = (r!(i.a), r!(i.b));
                        if x.is_ptr() && y.is_int() && std::ptr::eq((*x.header()).shape_ptr(), py.strand.shapes.list) {
                            let n = y.int();
                            let items = &mut (*payload::<List>(x)).items;
                            let n = if n < 0 { n + items.len() as i64 } else { n };
                            if let Some(place) = items.get_mut(n as usize) {
                                let v = fetch(base, (*code).locals, i.c);
                                let old = std::mem::replace(place, v).into_raw();
                                consume!(i.a);
                                release!(old);
                                continue;
                            }
                        }
                        flow!(subscript::set(py, frame, *i))
                    }
                    Op::DelItem => flow!(subscript::delete(py, frame, *i)),
                    Op::GetSlice => flow!(subscript::get_slice(py, frame, *i)),
                    Op::SetSlice => flow!(subscript::set_slice(py, frame, *i)),
                    Op::BuildSlice => flow!(subscript::build_slice(py, frame, *i)),

                    Op::Add => arith!(Add, |x, y| x.int_high().checked_add(y.int_high()).map(Raw::from_int_high), |p, q| Some(p + q)),
                    Op::Sub => arith!(Sub, |x, y| x.int_high().checked_sub(y.int_high()).map(Raw::from_int_high), |p, q| Some(p - q)),
                    Op::Mul => arith!(Mul, |x, y| x.int().checked_mul(y.int_high()).map(Raw::from_int_high), |p, q| Some(p * q)),
                    Op::TrueDiv => arith!(TrueDiv, |x, y| arith::true_div(x, y), |p, q| if q != 0.0 { Some(p / q) } else { None }),
                    Op::FloorDiv => arith!(FloorDiv, |x, y| arith::floor_div(x.int(), y.int()), |p, q| if q != 0.0 { Some(crate::types::float::floor_div(p, q)) } else { None }),
                    Op::Mod => arith!(Mod, |x, y| arith::modulo(x.int(), y.int()), |p, q| if q != 0.0 { Some(crate::types::float::modulo(p, q)) } else { None }),
                    Op::Pow => arith!(Pow, |x, y| arith::pow(x.int(), y.int()), |p, q| arith::pow_float(p, q)),
                    Op::LShift => bits!(LShift, |x, y| arith::lshift(x.int(), y.int())),
                    Op::RShift => bits!(RShift, |x, y| arith::rshift(x.int(), y.int())),
                    Op::And => bits!(And, |x, y| Some(Raw(x.0 & y.0))),
                    Op::Or => bits!(Or, |x, y| Some(Raw(x.0 | y.0))),
                    Op::Xor => bits!(Xor, |x, y| Some(Raw::from_int(x.int() ^ y.int()))),
                    Op::MatMul => flow!(arith::binary(py, frame, *i, BinaryOp::MatMul)),
                    Op::Div2 => arith!(Div2, |x, y| arith::floor_div(x.int(), y.int()), |p, q| if q != 0.0 { Some(p / q) } else { None }),
                    Op::AddInt => arith_int!(Add, |x, y| x.int_high().checked_add(y << 16).map(Raw::from_int_high), |p, q| Some(p + q)),
                    Op::SubInt => arith_int!(Sub, |x, y| x.int_high().checked_sub(y << 16).map(Raw::from_int_high), |p, q| Some(p - q)),
                    Op::MulInt => arith_int!(Mul, |x, y| x.int_high().checked_mul(y).map(Raw::from_int_high), |p, q| Some(p * q)),
                    Op::FloorDivInt => arith_int!(FloorDiv, |x, y| arith::floor_div(x.int(), y), |p, q| if q != 0.0 { Some(crate::types::float::floor_div(p, q)) } else { None }),
                    Op::ModInt => arith_int!(Mod, |x, y| arith::modulo(x.int(), y), |p, q| if q != 0.0 { Some(crate::types::float::modulo(p, q)) } else { None }),
                    Op::AndInt => arith_int!(And, |x, y| Some(Raw::from_int(x.int() & y)), |_p, _q| None),
                    Op::RShiftInt => arith_int!(RShift, |x, y| arith::rshift(x.int(), y), |_p, _q| None),
                    Op::LShiftInt => arith_int!(LShift, |x, y| arith::lshift(x.int(), y), |_p, _q| None),
                    Op::Neg => {
                        let x = r!(i.b);
                        if x.is_int() && x.int() != Raw::INT_MIN { set!(i.a, Raw::from_int(-x.int())); }
                        else if x.is_float() { set!(i.a, Raw::from_float(-x.float())); }
                        else { flow!(arith::unary(py, frame, *i)) }
                    }
                    Op::Pos | Op::Invert => flow!(arith::unary(py, frame, *i)),
                    Op::Not => {
                        let x = r!(i.b);
                        if x.is_bool() { set!(i.a, Raw::from_bool(x == Raw::FALSE)); }
                        else { flow!(arith::not(py, frame, *i)) }
                    }
                    Op::Lt => compare!(Lt, <),
                    Op::Le => compare!(Le, <=),
                    Op::Eq => compare!(Eq, ==),
                    Op::Ne => compare!(Ne, !=),
                    Op::Gt => compare!(Gt, >),
                    Op::Ge => compare!(Ge, >=),
                    Op::Is | Op::IsNot => {
                        if r!(i.b) == Raw::UNBOUND || r!(i.c) == Raw::UNBOUND { flow!(arith::check_bound(py, frame, *i)) }
                        let same = r!(i.b) == r!(i.c);
                        consume!(i.b);
                        consume!(i.c);
                        set!(i.a, Raw::from_bool(same == (i.op == Op::Is)));
                    }
                    Op::In => flow!(arith::contains(py, frame, *i, true)),
                    Op::NotIn => flow!(arith::contains(py, frame, *i, false)),

                    Op::Jump => jump!(i.bc()),
                    Op::Loop => { jump!(i.bc()); tick!(i.a, 0); }
                    Op::JumpTrue => {
                        let x = r!(i.a);
                        if x == Raw::TRUE { jump!(i.bc()); }
                        else if x == Raw::FALSE {}
                        else { flow!(arith::jump_truth(py, frame, *i, true)) }
                    }
                    Op::JumpFalse => {
                        let x = r!(i.a);
                        if x == Raw::FALSE { jump!(i.bc()); }
                        else if x == Raw::TRUE {}
                        else { flow!(arith::jump_truth(py, frame, *i, false)) }
                    }
                    Op::JumpNone => {
                        let none = r!(i.a) == Raw::NONE;
                        if r!(i.a) == Raw::UNBOUND { (*frame).pc = pc; break 'op name::unbound_local(py, frame, i.a); }
                        consume!(i.a);
                        if none { jump!(i.bc()); }
                    }
                    Op::JumpNotNone => {
                        let none = r!(i.a) == Raw::NONE;
                        if r!(i.a) == Raw::UNBOUND { (*frame).pc = pc; break 'op name::unbound_local(py, frame, i.a); }
                        consume!(i.a);
                        if !none { jump!(i.bc()); }
                    }
                    Op::JumpLt => branch!(Lt, <),
                    Op::JumpLe => branch!(Le, <=),
                    Op::JumpEq => branch!(Eq, ==),
                    Op::JumpNe => branch!(Ne, !=),
                    Op::JumpGt => branch!(Gt, >),
                    Op::JumpGe => branch!(Ge, >=),
                    Op::JumpLtInt => branch_int!(Lt, <),
                    Op::JumpLeInt => branch_int!(Le, <=),
                    Op::JumpEqInt => branch_int!(Eq, ==),
                    Op::JumpNeInt => branch_int!(Ne, !=),
                    Op::JumpGtInt => branch_int!(Gt, >),
                    Op::JumpGeInt => branch_int!(Ge, >=),

                    Op::GetIter => flow!(iter::get(py, frame, *i)),
                    Op::ForIter => {
                        let x = r!(i.a);
                        let shape = (*x.header()).shape_ptr();
                        if std::ptr::eq(shape, py.strand.shapes.range) {
                            let it = &mut *payload::<RangeIter>(x);
                            if it.left > 0 {
                                it.left -= 1;
                                let n = it.next;
                                it.next = n.wrapping_add(it.step);
                                set!(i.b, Raw::from_int(n));
                                continue;
                            }
                            set!(i.a, Raw::UNBOUND);
                            jump!(i.cd());
                            continue;
                        }
                        if (*x.header()).shape().tag() == Tag::GENERATOR {
                            (*frame).pc = pc;
                            if !TRACE && generator::for_iter_quick(py, frame, x, i) { load!(); continue; }
                            flow!(generator::for_iter(py, frame, *i));
                            continue;
                        }
                        flow!(iter::next(py, frame, *i))
                    }
                    Op::Unpack => {
                        let x = r!(i.a);
                        if x.is_ptr() && std::ptr::eq((*x.header()).shape_ptr(), py.strand.shapes.tuple) {
                            let items = (*payload::<Tuple>(x)).slice();
                            if items.len() == i.c as usize {
                                // The tuple may lie in one of the registers that are written.
                                let tuple = get_owned!(i.a);
                                for (k, v) in items.iter().enumerate() { let v = v.clone().into_raw(); set!(i.b + k as u16, v); }
                                release!(tuple);
                                continue;
                            }
                        }
                        flow!(iter::unpack(py, frame, *i))
                    }
                    Op::UnpackStar => flow!(iter::unpack_star(py, frame, *i)),

                    Op::BuildTuple => {
                        let at = base.add(i.b as usize);
                        let n = i.c as usize;
                        let tuple = py.heap().make_tail::<Tuple>(py.shape_of::<Tuple>(), (), (0..n).map(|k| { let v = *at.add(k); *at.add(k) = Raw::UNBOUND; Value::from_raw(v) }));
                        set!(i.a, tuple.into_value().into_raw());
                    }
                    Op::BuildList => {
                        let at = base.add(i.b as usize);
                        let items = (0..i.c as usize).map(|k| { let v = *at.add(k); *at.add(k) = Raw::UNBOUND; Value::from_raw(v) }).collect();
                        let list = py.list(items);
                        set!(i.a, list.into_raw());
                    }
                    Op::BuildSet => flow!(iter::build_set(py, frame, *i)),
                    Op::BuildMap => flow!(iter::build_map(py, frame, *i)),
                    Op::BuildString => flow!(iter::build_string(py, frame, *i)),
                    Op::ListAppend => {
                        let v = fetch(base, (*code).locals, i.b);
                        (*payload::<List>(r!(i.a))).items.push(v);
                    }
                    Op::ListExtend => flow!(iter::list_extend(py, frame, *i)),
                    Op::SetAdd => flow!(iter::set_add(py, frame, *i)),
                    Op::SetUpdate => flow!(iter::set_update(py, frame, *i)),
                    Op::MapAdd => flow!(iter::map_add(py, frame, *i)),
                    Op::DictUpdate => flow!(iter::dict_update(py, frame, *i)),
                    Op::DictMerge => flow!(iter::dict_merge(py, frame, *i)),
                    Op::Format => flow!(iter::format(py, frame, *i)),

                    Op::Call => {
                        tick!(i.d, 1);
                        enter_function!(u32::from(i.b));
                        call_native!(i.b);
                        flow!(call::call(py, frame, *i));
                        // A native may have set a trace function.
                        if !TRACE && py.strand.instrumented { (*frame).pc = pc; return Ok(None); }
                    }
                    Op::CallMethod => {
                        tick!(i.d, 1);
                        enter_function!(u32::from(i.b) + 1);
                        call_native!(i.b + 1);
                        flow!(call::call_method(py, frame, *i));
                        if !TRACE && py.strand.instrumented { (*frame).pc = pc; return Ok(None); }
                    }
                    Op::CallKw => { tick!(1, 1); flow!(call::call_kw(py, frame, *i)) }
                    Op::CallMethodKw => { tick!(1, 1); flow!(call::call_method_kw(py, frame, *i)) }
                    Op::CallEx => { tick!(1, 1); flow!(call::call_ex(py, frame, *i)) }
                    Op::Return | Op::ReturnNone => {
                        let value = if i.op == Op::Return { get_owned!(i.a) } else { Raw::NONE };
                        let ret = (*frame).ret;
                        let plain = ret == Return::Register || (ret == Return::Init && value == Raw::NONE);
                        if plain && (*frame).flags == 0 && !TRACE {
                            let mut k = 0;
                            let locals = (*code).locals;
                            while k < locals {
                                let at = base.add(k as usize);
                                let old = *at;
                                if old.is_ptr() { *at = Raw::UNBOUND; release!(old); }
                                k += 1;
                            }
                            let func = std::mem::replace(&mut (*frame).func, Raw::NOTHING);
                            let mapping = std::mem::replace(&mut (*frame).locals, Raw::NOTHING);
                            let value = if ret == Return::Init { std::mem::replace(&mut (*frame).extra, Raw::NOTHING) } else { value };
                            let dst = (*frame).dst;
                            let caller = (*frame).prev;
                            py.strand.frame = caller;
                            py.strand.depth -= 1;
                            py.strand.free_frame(frame);
                            load!();
                            release!(func);
                            if mapping.0 != 0 { release!(mapping); }
                            set!(dst, value);
                            continue;
                        }
                        (*frame).pc = pc;
                        match call::finish(py, frame, Value::from_raw(value)) {
                            Ok(None) => load!(),
                            Ok(Some(value)) => return Ok(Some(Outcome::Returned(value))),
                            Err(e) => { load!(); break 'op e; }
                        }
                    }
                    Op::MakeFunction => flow!(call::make_function(py, frame, *i)),

                    Op::MakeGenerator => {
                        (*frame).pc = pc;
                        match generator::make(py, frame) {
                            Ok(None) => load!(),
                            Ok(Some(value)) => return Ok(Some(Outcome::Returned(value))),
                            Err(e) => break 'op e,
                        }
                    }
                    Op::Yield => {
                        (*frame).pc = pc;
                        let value = get_owned!(i.b);
                        if !TRACE && generator::suspend_quick(py, frame, value) { load!(); continue; }
                        match generator::suspend(py, frame, Value::from_raw(value)) {
                            None => load!(),
                            Some(value) => return Ok(Some(Outcome::Yielded(value))),
                        }
                    }
                    Op::GetYieldFrom => flow!(delegate::get_yield_from(py, frame, *i)),
                    Op::GetAwaitable => flow!(delegate::get_awaitable(py, frame, *i)),
                    Op::Send => {
                        (*frame).pc = pc;
                        if !TRACE && generator::send_quick(py, frame, i) { load!(); continue; }
                        flow!(delegate::send_op(py, frame, *i))
                    }
                    Op::GetAIter => flow!(delegate::get_aiter(py, frame, *i)),
                    Op::GetANext => flow!(delegate::get_anext(py, frame, *i)),
                    Op::EndAsyncFor => flow!(delegate::end_async_for(py, frame, *i)),

                    Op::WithEnter => flow!(with::enter(py, frame, *i, false)),
                    Op::WithExit => flow!(with::exit(py, frame, *i)),
                    Op::WithExcept => flow!(with::except(py, frame, *i)),
                    Op::AsyncWithEnter => flow!(with::enter(py, frame, *i, true)),
                    Op::AsyncWithExit => flow!(with::async_exit(py, frame, *i)),
                    Op::AsyncWithExcept => flow!(with::except(py, frame, *i)),

                    Op::PushExc => exc::push(py, frame, *i),
                    Op::PopExc => exc::pop(py, frame, *i),
                    Op::JumpNoMatch => flow!(exc::jump_no_match(py, frame, *i)),
                    Op::Raise => { (*frame).pc = pc; let v = fetch(base, (*code).locals, i.a); break 'op py.raise_value(&v); }
                    Op::RaiseFrom => { (*frame).pc = pc; break 'op exc::raise_from(py, frame, *i); }
                    Op::Reraise => { (*frame).pc = pc; break 'op exc::reraise(py, base, *i); }
                    Op::RaiseAgain => { (*frame).pc = pc; break 'op exc::raise_again(py); }

                    Op::ImportName => flow!(name::import_name(py, frame, *i)),
                    Op::ImportFrom => flow!(name::import_from(py, frame, *i)),
                    Op::Intrinsic => flow!(intrinsic::run(py, frame, *i)),
                }
            };
            // An error: find a handler in this frame or below.
            (*frame).pc = pc;
            match exc::unwind(py, error) {
                Ok(()) => load!(),
                Err(e) => return Err(e),
            }
        }
    }
}

/// The payload of an object whose kind is known.
#[inline(always)]
pub(super) unsafe fn payload<T: lockstep_heap::Object>(raw: Raw) -> *mut T {
    // SAFETY: the caller has seen that the payload is a `T`; only the address is computed.
    unsafe { std::mem::ManuallyDrop::new(lockstep_heap::Ref::<T>::from_raw(raw)).payload() }
}

/// The payload of a cell in a register.
#[inline(always)]
unsafe fn cell_payload(raw: Raw) -> *mut Cell {
    // SAFETY: the compiler addresses cell registers only after `MakeCell`.
    unsafe {
        debug_assert!(raw.is_ptr() && (*raw.header()).shape().tag() == Tag::CELL);
        payload::<Cell>(raw)
    }
}

/// The payload of the cell of a free variable.
#[inline(always)]
unsafe fn free_cell(frame: *mut Frame, index: i32) -> *mut Cell {
    // SAFETY: a function's closure has a cell for each free variable of its code.
    unsafe {
        let func = payload::<Function>((*frame).func);
        cell_payload((&(*func).closure)[index as usize].raw())
    }
}
