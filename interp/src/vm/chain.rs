//! Chains of generators that delegate to each other (`yield from`, `await`).
//!
//! A generator resumed by the `Send` of another is *linked* to it. When the innermost of a chain
//! hands a value out, nothing between it and the root would look at the value, so the chain
//! stays as it is, frame linked to frame, and only the root is taken off the strand: it
//! remembers the innermost frame, which every frame's `prev` leads from to the root. Resuming
//! the root puts the whole chain back. Both take the same time however long the chain is.
//!
//! Whoever needs a generator of a suspended chain by itself takes the chain apart first
//! ([`unlink`]): then each is suspended at its own `Yield`, as if the value had gone through.

use lockstep_compile::code::Op;
use lockstep_heap::{Header, Raw, Ref, Tail, Value, flags};

use super::frame::{take, take_words};
use super::{peek, put};
use crate::object::Py;
use crate::object::strand::{Frame, frame_flags};
use crate::types::code::CodeObject;
use crate::types::frame::FrameObject;
use crate::types::function::Function;
use crate::types::generator::{Body, Flavour, Generator, State};
use crate::types::str::Str;

/// The generator that a frame belongs to: the frame is the first part of its body.
#[inline(always)]
pub(super) fn body_of(frame: *mut Frame) -> *mut Body {
    frame.cast::<Body>()
}

/// The body of a generator in a register.
#[inline(always)]
pub(super) unsafe fn body_in(generator: Raw) -> *mut Body {
    // SAFETY: the caller has seen that it is a generator; only the address is computed.
    unsafe { Tail::fixed_ptr(super::run::payload::<Generator>(generator).cast::<Tail<Body, Raw>>()) }
}

/// The generator whose body it is, counted.
pub(super) unsafe fn generator_of(body: *const Body) -> Ref<Generator> {
    // SAFETY: bodies are parts of generators, and the caller's is alive.
    unsafe {
        let header = Tail::<Body, Raw>::header_of(body);
        Header::incref(header);
        Ref::from_raw(Raw(header as u64))
    }
}

/// The generator that a generator's frame belongs to, counted.
pub(crate) fn owner(frame: *mut Frame) -> Ref<Generator> {
    // SAFETY: the caller has seen the flag `GENERATOR`.
    unsafe { generator_of(body_of(frame)) }
}

/// The frame that resumed the chain that a generator's frame is part of.
#[inline(always)]
pub(super) unsafe fn resumer(frame: *mut Frame) -> *mut Frame {
    // SAFETY: the frame is on a strand, so what it is linked to is as well.
    unsafe {
        let body = body_of(frame);
        if (*body).state == State::Linked { (*(*body).link).prev } else { (*frame).prev }
    }
}

/// The state of the root of the chain that a linked generator is part of.
pub(crate) fn chain_state(body: &Body) -> State {
    // SAFETY: linked generators lead to a root that is alive: its death takes the chain apart.
    unsafe { (*body_of(body.link)).state }
}

/// Names of a generator's code; none if it lost its code to the collector.
pub(crate) fn code_names(body: &Body) -> Option<(Ref<Str>, Ref<Str>)> {
    if body.frame.code.is_null() {
        return None;
    }
    // SAFETY: a generator keeps its function and so its code.
    unsafe { Some(((*body.frame.code).name.clone(), (*body.frame.code).qualname.clone())) }
}

/// Take the suspended chain apart that a generator is root or part of.
pub(super) unsafe fn unlink(body: *mut Body) {
    // SAFETY: the generator is alive; so are those linked to it, see `chain_state`.
    unsafe {
        let root = if (*body).state == State::Linked { body_of((*body).link) } else { body };
        if (*root).state != State::Suspended || (*root).link.is_null() {
            return;
        }
        let mut frame = std::mem::replace(&mut (*root).link, std::ptr::null_mut());
        let root: *mut Frame = &raw mut (*root).frame;
        while !std::ptr::eq(frame, root) {
            let inner = &mut *body_of(frame);
            inner.state = State::Suspended;
            inner.link = std::ptr::null_mut();
            let outer = std::mem::replace(&mut inner.frame.prev, std::ptr::null_mut());
            // The outer one is behind its `Send`: it goes behind the `Yield` that follows.
            (*outer).pc = (*outer).pc.add(1);
            // The register of the outer generator keeps what is dropped here.
            drop(take(&mut inner.frame.extra));
            drop(take(&mut inner.frame.handled));
            frame = outer;
        }
    }
}

/// A suspended generator and those that it delegates to, outermost first, as far as they are
/// generators that wait for each other; taken apart.
pub(super) fn waiting(py: &mut Py, root: &Ref<Generator>) -> Vec<Ref<Generator>> {
    let mut chain = vec![root.clone()];
    let mut outer = root.clone();
    // SAFETY: a suspended generator's registers keep what it delegates to.
    unsafe {
        unlink(body_in(outer.as_value().raw()));
        while let Some(inner) = delegate_of(body_in(outer.as_value().raw()))
            && let Some(inner) = inner.downcast::<Generator>()
        {
            let inner = inner.clone();
            unlink(body_in(inner.as_value().raw()));
            let g = inner.get(py);
            let send = *outer.get(py).frame.pc.sub(2);
            if g.state != State::Suspended || g.flavour == Flavour::AsyncGenerator || send.op != Op::Send {
                break;
            }
            chain.push(inner.clone());
            outer = inner;
        }
    }
    chain
}

/// What the delegation of a suspended generator waits for.
pub(super) unsafe fn delegate_of<'a>(body: *const Body) -> Option<&'a Value> {
    // SAFETY: `pc` of a suspended generator is behind a `Yield`, of one that is linked behind a
    // `Send`; its registers are alive.
    unsafe {
        let frame = &(*body).frame;
        let instr = *frame.pc.sub(1);
        match instr.op {
            Op::Yield if instr.d == 1 => Some(peek(frame.base, instr.c)),
            Op::Send => Some(peek(frame.base, instr.a)),
            _ => None,
        }
    }
}

/// The iterator that a suspended generator delegates to (`yield from`, `await`).
pub(crate) fn delegate(py: &Py, generator: &Ref<Generator>) -> Option<Value> {
    let g = generator.get(py);
    if g.now() != State::Suspended {
        return None;
    }
    // SAFETY: it is suspended.
    unsafe { delegate_of(std::ptr::from_ref::<Body>(g)).cloned() }
}

/// End the delegation that a generator is suspended in, with a value.
pub(super) unsafe fn leave_delegation(body: *mut Body, value: Value) {
    // SAFETY: the compiler lays a delegation out as Send, Yield, Jump back; the Send before the
    // Yield says where its end is.
    unsafe {
        let frame = &mut (*body).frame;
        let send = *frame.pc.sub(2);
        debug_assert!(send.op == Op::Send);
        let behind_send = frame.pc.sub(1);
        put(frame.base, send.a, Value::UNBOUND);
        put(frame.base, send.b, value);
        frame.pc = behind_send.offset(send.cd() as isize);
    }
}

/// Forget a generator's frame object, and what it waited for.
unsafe fn detach(body: *mut Body) -> Option<Value> {
    // SAFETY: the generator is alive and not on a strand.
    unsafe {
        unlink(body);
        (*body).state = State::Done;
        (*body).frame.flags &= !frame_flags::OBSERVED;
        let object = take(&mut (*body).frame.object);
        if let Some(o) = object.as_ref().and_then(|o| o.downcast::<FrameObject>()) {
            // Nobody borrows the payload while its frame's owner dies or is emptied.
            (*o.payload()).live = std::ptr::null_mut();
        }
        object
    }
}

/// A generator ends without being resumed: what its registers hold is dropped.
pub(super) fn empty(py: &mut Py, generator: &Ref<Generator>) {
    let g = generator.get_mut(py);
    drop_values(g);
    generator.header().clear(flags::FINALIZE);
}

fn drop_values(generator: &mut Generator) {
    if generator.state == State::Done {
        return;
    }
    // SAFETY: a generator that is not on a strand owns its registers; dropping values runs no
    // code (finalisers are queued).
    unsafe {
        let object = detach(&raw mut **generator);
        drop(object);
        let (base, count) = (generator.frame.base, generator.0.len());
        for k in 0..count {
            let raw = std::mem::replace(&mut *base.add(k), Raw::UNBOUND);
            if raw.is_ptr() {
                drop(Value::from_raw(raw));
            }
        }
        drop(take(&mut generator.frame.handled));
    }
}

/// Drop what a dying generator owns.
#[inline]
pub fn drop_registers(generator: &mut Generator) {
    if generator.state != State::Done {
        drop_values(generator);
    }
    drop(take(&mut generator.frame.func));
    if generator.frame.locals.0 | generator.frame.extra.0 != 0 {
        drop(take(&mut generator.frame.locals));
        drop(take(&mut generator.frame.extra));
    }
}

/// Move what a generator owns into `out`: it is garbage.
pub fn take_registers(generator: &mut Generator, out: &mut Vec<Value>) {
    // SAFETY: as in `drop_values`.
    unsafe {
        if generator.state != State::Done {
            out.extend(detach(&raw mut **generator));
            let (base, count) = (generator.frame.base, generator.0.len());
            take_words(base, count, out);
        }
        generator.frame.code = std::ptr::null();
        let frame = &mut generator.frame;
        out.extend([take(&mut frame.func), take(&mut frame.locals), take(&mut frame.handled)].into_iter().flatten());
    }
}

impl Py {
    /// The frame object of a generator that has not ended.
    pub(crate) fn generator_frame(&mut self, generator: &Ref<Generator>) -> Option<Ref<FrameObject>> {
        if generator.get(self).state == State::Done {
            return None;
        }
        let frame: *mut Frame = &raw mut generator.get_mut(self).frame;
        // SAFETY: the generator owns the frame; its object forgets it when the generator ends.
        Some(unsafe { self.frame_object(frame) })
    }
    /// The code object of a generator.
    pub(crate) fn generator_code(&self, generator: &Ref<Generator>) -> Option<Ref<CodeObject>> {
        let function = super::frame::clone_word(generator.get(self).frame.func)?;
        match function.downcast::<Function>() {
            Some(f) => Some(f.get(self).code.clone()),
            None => function.downcast::<CodeObject>().cloned(),
        }
    }
}
