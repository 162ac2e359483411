//! Frames seen from outside: callers, lines, variables.

use lockstep_heap::{Raw, Ref, Value};

use super::frame::clone_word;
use super::{peek, put};
use crate::object::Py;
use crate::object::strand::frame_flags;
use crate::types::cell::Cell;
use crate::types::frame::FrameObject;
use crate::types::function::Function;
use crate::types::generator::State;
use crate::types::str::Str;

/// Where a variable of a frame lies.
#[derive(Clone, Copy)]
enum Place {
    Register(u16),
    /// A register that holds a cell, once the function has begun.
    Cell(u16),
    /// A cell of the function.
    Free(usize),
}

/// The variables of a frame's code.
fn places(py: &Py, frame: &Ref<FrameObject>) -> Vec<(Ref<Str>, Place)> {
    let object = frame.get(py).code.clone();
    let code = &object.code;
    let mut out = Vec::with_capacity(code.varnames.len() + code.cellvars.len() + code.freevars.len());
    for (k, name) in object.varnames.iter().enumerate() {
        let k = k as u16;
        let is_cell = code.cellvars.iter().any(|(_, r)| *r == k);
        out.push((name.clone(), if is_cell { Place::Cell(k) } else { Place::Register(k) }));
    }
    for (name, register) in &code.cellvars {
        if (*register as usize) >= code.varnames.len() {
            out.push((py.new_str(name), Place::Cell(*register)));
        }
    }
    for (k, name) in code.freevars.iter().enumerate() {
        out.push((py.new_str(name), Place::Free(k)));
    }
    out
}

fn place_of(py: &Py, frame: &Ref<FrameObject>, wanted: &str) -> Option<Place> {
    places(py, frame).into_iter().find(|(name, _)| name.as_bytes() == wanted.as_bytes()).map(|(_, place)| place)
}

/// The registers of a frame that runs, is suspended or has ended; null if they are gone.
fn base_of(py: &mut Py, frame: &Ref<FrameObject>) -> *mut Raw {
    let payload = frame.get_mut(py);
    if payload.live.is_null() {
        return if payload.registers.is_empty() { std::ptr::null_mut() } else { payload.registers.as_mut_ptr() };
    }
    // SAFETY: a live frame's object is told when the frame ends.
    unsafe { (*payload.live).base }
}

fn read(py: &mut Py, frame: &Ref<FrameObject>, place: Place) -> Option<Value> {
    let content = |py: &Py, value: &Value| value.downcast::<Cell>().map(|c| c.get(py).content.clone());
    let value = match place {
        Place::Register(k) | Place::Cell(k) => {
            let base = base_of(py, frame);
            if base.is_null() {
                return None;
            }
            // SAFETY: a pinned register of the frame.
            let value = unsafe { peek(base, k) }.clone();
            match (place, content(py, &value)) {
                (Place::Cell(_), Some(content)) => content?,
                _ => value,
            }
        }
        Place::Free(k) => {
            if frame.get(py).extra.as_ref().is_some_and(|extra| extra.cleared) {
                return None;
            }
            let function = frame.get(py).function.clone()?;
            let cell = function.downcast::<Function>()?.get(py).closure.get(k)?.clone();
            content(py, &cell)??
        }
    };
    if value.is_unbound() { None } else { Some(value) }
}

/// The value of a variable: none if there is no such variable, inside none if it is not bound.
pub(crate) fn frame_variable(py: &mut Py, frame: &Ref<FrameObject>, name: &str) -> Option<Option<Value>> {
    let place = place_of(py, frame, name)?;
    Some(read(py, frame, place))
}

/// The variables that are bound.
pub(crate) fn frame_variables(py: &mut Py, frame: &Ref<FrameObject>) -> Vec<(Ref<Str>, Value)> {
    let mut out = Vec::new();
    for (name, place) in places(py, frame) {
        if let Some(value) = read(py, frame, place) {
            out.push((name, value));
        }
    }
    out
}

/// The names of all variables, bound or not.
pub(crate) fn frame_names(py: &Py, frame: &Ref<FrameObject>) -> Vec<Ref<Str>> {
    places(py, frame).into_iter().map(|(name, _)| name).collect()
}

/// Assign a variable. False if there is no such variable.
pub(crate) fn set_frame_variable(py: &mut Py, frame: &Ref<FrameObject>, name: &str, value: &Value) -> bool {
    let Some(place) = place_of(py, frame, name) else { return false };
    let cell = match place {
        Place::Register(_) => None,
        Place::Cell(k) => {
            let base = base_of(py, frame);
            if base.is_null() {
                return true;
            }
            // SAFETY: a pinned register of the frame.
            unsafe { peek(base, k) }.downcast::<Cell>().cloned()
        }
        Place::Free(k) => {
            let function = frame.get(py).function.clone();
            let function = function.as_ref().and_then(|f| f.downcast::<Function>());
            function.and_then(|f| f.get(py).closure.get(k)?.downcast::<Cell>().cloned())
        }
    };
    if let Some(cell) = cell {
        let old = cell.get_mut(py).content.replace(value.clone());
        drop(old);
        return true;
    }
    if let Place::Register(k) | Place::Cell(k) = place {
        let base = base_of(py, frame);
        if !base.is_null() {
            // SAFETY: a pinned register of the frame.
            unsafe { put(base, k, value.clone()) };
        }
    }
    true
}

/// The mapping in which a class or module body keeps its names.
pub(crate) fn frame_mapping(py: &mut Py, frame: &Ref<FrameObject>) -> Option<Value> {
    let payload = frame.get(py);
    if payload.live.is_null() {
        return payload.locals.clone();
    }
    // SAFETY: a live frame's object is told when the frame ends.
    clone_word(unsafe { (*payload.live).locals })
}

/// The index of the instruction that runs, or ran last; none before the first.
pub(crate) fn frame_index(py: &Py, frame: &Ref<FrameObject>) -> Option<u32> {
    let payload = frame.get(py);
    if payload.live.is_null() {
        return Some(payload.last);
    }
    // SAFETY: a live frame's object is told when the frame ends.
    unsafe {
        let fr = &*payload.live;
        if std::ptr::eq(fr.pc, (*fr.code).code.instrs.as_ptr()) { None } else { Some(fr.index() as u32) }
    }
}

/// Whether the frame is on a strand.
pub(crate) fn is_running(py: &Py, frame: &Ref<FrameObject>) -> bool {
    let live = frame.get(py).live;
    if live.is_null() {
        return false;
    }
    // SAFETY: a live frame's object is told when the frame ends.
    unsafe { on_strand(live) }
}

/// Whether a live frame is on a strand.
unsafe fn on_strand(frame: *mut crate::object::strand::Frame) -> bool {
    // SAFETY: the caller's frame is alive.
    unsafe { (*frame).flags & frame_flags::GENERATOR == 0 || (*super::chain::body_of(frame)).now() == State::Running }
}

/// The object of the caller's frame.
pub(crate) fn frame_back(py: &mut Py, frame: &Ref<FrameObject>) -> Option<Value> {
    let live = frame.get(py).live;
    if live.is_null() {
        return frame.get(py).back.clone();
    }
    // SAFETY: a live frame's object is told when the frame ends; callers outlive it.
    unsafe {
        let back = (*live).prev;
        if back.is_null() || !on_strand(live) { None } else { Some(py.frame_object(back).into_value()) }
    }
}

/// The generator whose frame it is, until it ends.
pub(crate) fn frame_generator(py: &Py, frame: &Ref<FrameObject>) -> Option<Value> {
    let live = frame.get(py).live;
    if live.is_null() {
        return None;
    }
    // SAFETY: a live frame's object is told when the frame ends.
    unsafe { if (*live).flags & frame_flags::GENERATOR != 0 { Some(super::chain::owner(live).into_value()) } else { None } }
}
