//! Garbage: finalisers of the dead, weak-reference callbacks, cycle collection.

use lockstep_heap::{Value, flags};

use crate::object::{Py, Special};
use crate::types::generator::Generator;

/// Run the finalisers of the objects that died since the last call.
pub fn drain(py: &mut Py) {
    for _ in 0..10_000 {
        let dead = py.heap().take_pending();
        if dead.is_empty() {
            return;
        }
        for value in dead {
            bury(py, value);
        }
    }
}

/// The last reference to an object that needs care at its death is in our hands.
fn bury(py: &mut Py, value: Value) {
    let Some(header) = value.header() else { return };
    if header.has(flags::FINALIZE) && !header.has(flags::FINALIZED) {
        header.set(flags::FINALIZED);
        finalise(py, &value);
    }
    header.clear(flags::FINALIZE);
    if header.count() == 1 && header.has(flags::WEAKREFD) {
        header.clear(flags::WEAKREFD);
        clear_weakrefs(py, &value);
    }
    // If the finaliser stored the object somewhere it lives on, without another finaliser.
    drop(value);
}

/// Call `__del__`, or close a generator; errors are reported, not raised.
fn finalise(py: &mut Py, value: &Value) {
    let handled = py.set_handled(None);
    let result = if value.is_a::<Generator>() {
        crate::vm::close(py, value).map(drop)
    } else {
        py.call_special(value, Special::Del, &[]).map_or(Ok(()), |r| r.map(drop))
    };
    if let Err(e) = result {
        let (message, object) = match py.special_owned(value, Special::Del) {
            Some(del) => (format!("Exception ignored while calling deallocator {}", py.repr_lossy(&del)), None),
            None => ("Exception ignored while closing generator".to_owned(), Some(value.clone())),
        };
        crate::builtins::unraisable(py, e, &message, object);
    }
    drop(py.set_handled(handled));
}

/// Weak references to a dying object go blank; their callbacks run.
fn clear_weakrefs(py: &mut Py, value: &Value) {
    let references = py.shared_mut().weakrefs.remove(&value.id()).unwrap_or_default();
    let clear = py.shared().weakref_cleared;
    if let Some(clear) = clear {
        for reference in references {
            clear(py, &reference);
        }
    }
}

/// A collection that the heap asked for.
pub fn automatic(py: &mut Py) {
    collect(py);
}

/// Find and free cycles; the number of objects found.
pub fn collect(py: &mut Py) -> usize {
    let garbage = py.heap().find_garbage();
    if garbage.is_empty() {
        return 0;
    }
    let mut ran = false;
    for value in &garbage {
        let Some(header) = value.header() else { continue };
        if header.has(flags::WEAKREFD) {
            header.clear(flags::WEAKREFD);
            clear_weakrefs(py, value);
            ran = true;
        }
    }
    for value in &garbage {
        let Some(header) = value.header() else { continue };
        if header.has(flags::FINALIZE) && !header.has(flags::FINALIZED) {
            header.set(flags::FINALIZED);
            header.clear(flags::FINALIZE);
            finalise(py, value);
            ran = true;
        }
    }
    let garbage = if ran {
        // Code has run: something may have come back to life. What is garbage now is what is
        // garbage still.
        drop(garbage);
        py.heap().find_garbage()
    } else {
        garbage
    };
    let count = garbage.len();
    py.heap().free_garbage(garbage);
    py.drain_pending();
    count
}
