//! Garbage: finalisers of the dead, weak-reference callbacks, cycle collection.

use std::collections::HashSet;

use lockstep_heap::{Value, flags};

use crate::object::{Py, Special};
use crate::types::async_generator::Step;
use crate::types::generator::Generator;
use crate::types::weakref;

/// What the `gc` module sets and reads.
#[derive(Default)]
pub struct Collector {
    /// `gc.callbacks`
    pub callbacks: Option<Value>,
    /// `gc.garbage`
    pub garbage: Option<Value>,
    /// `gc.set_debug`
    pub debug: i64,
    /// Collections so far.
    pub collections: u64,
    /// Objects collected so far.
    pub collected: u64,
    /// A collection is under way.
    running: bool,
}

/// `gc.DEBUG_SAVEALL`
pub const SAVE_ALL: i64 = 32;

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
        weakref::clear(py, &value, &mut |_| false);
    }
    // If the finaliser stored the object somewhere it lives on, without another finaliser.
    drop(value);
}

/// Call `__del__`, or close a generator; errors are reported, not raised.
fn finalise(py: &mut Py, value: &Value) {
    let handled = py.set_handled(None);
    let result = if let Some(generator) = value.downcast::<Generator>() {
        crate::types::generator::finalise(py, generator)
    } else if let Some(step) = value.downcast::<Step>() {
        crate::types::async_generator::finalise(py, step)
    } else {
        py.call_special(value, Special::Del, &[]).map_or(Ok(()), |r| r.map(drop))
    };
    if let Err(e) = result {
        let (message, object) = match py.special_owned(value, Special::Del) {
            Some(del) if !value.is_a::<Generator>() => {
                (format!("Exception ignored while calling deallocator {}", py.repr_lossy(&del)), None)
            }
            _ if value.is_a::<Step>() => (format!("Exception ignored while finalizing coroutine {}", py.repr_lossy(value)), None),
            _ => (format!("Exception ignored while closing generator {}", py.repr_lossy(value)), None),
        };
        crate::builtins::unraisable(py, e, &message, object);
    }
    drop(py.set_handled(handled));
}

/// A collection that the heap asked for.
pub fn automatic(py: &mut Py) {
    collect_observed(py, 2);
}

/// A collection with the `gc.callbacks` around it; the number of objects found.
pub fn collect_observed(py: &mut Py, generation: i64) -> usize {
    if std::mem::replace(&mut py.state::<Collector>().running, true) {
        return 0;
    }
    call_back(py, "start", generation, 0);
    let count = collect(py);
    call_back(py, "stop", generation, count);
    let state = py.state::<Collector>();
    state.running = false;
    state.collections += 1;
    state.collected += count as u64;
    count
}

fn call_back(py: &mut Py, phase: &str, generation: i64, collected: usize) {
    let Some(list) = py.state::<Collector>().callbacks.clone() else { return };
    let Ok(callbacks) = py.collect(&list) else { return };
    if callbacks.is_empty() {
        return;
    }
    let info = py.new_dict();
    for (name, value) in [("generation", generation), ("collected", collected as i64), ("uncollectable", 0)] {
        let value = py.int(value);
        crate::types::dict::set_name(py, &info, name, value);
    }
    let phase = py.str(phase);
    for callback in callbacks {
        if let Err(e) = py.call(&callback, &[phase.clone(), info.to_value()]) {
            crate::builtins::unraisable(py, e, "Exception ignored while calling GC callback", Some(callback));
        }
    }
}

/// Find and free cycles; the number of objects found.
pub fn collect(py: &mut Py) -> usize {
    // It keeps what classes have in their namespaces, and so the classes.
    drop(std::mem::take(&mut py.shared_mut().method_cache));
    let garbage = py.heap().find_garbage();
    if garbage.is_empty() {
        return 0;
    }
    let mut ran = false;
    if garbage.iter().any(|v| v.header().is_some_and(|h| h.has(flags::WEAKREFD))) {
        let mut dead: Option<HashSet<u64>> = None;
        for value in &garbage {
            let Some(header) = value.header() else { continue };
            if header.has(flags::WEAKREFD) {
                header.clear(flags::WEAKREFD);
                ran |= weakref::clear(py, value, &mut |r| {
                    dead.get_or_insert_with(|| garbage.iter().map(Value::id).collect()).contains(&r.id())
                });
            }
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
    if py.state::<Collector>().debug & SAVE_ALL != 0
        && let Some(saved) = py.state::<Collector>().garbage.clone()
        && let Some(list) = saved.downcast::<crate::types::list::List>()
    {
        list.get_mut(py).items.extend(garbage);
        return count;
    }
    py.heap().free_garbage(garbage);
    py.drain_pending();
    count
}
