//! The end of an interpreter: threads, exit functions, streams, and what objects have left to do.

use lockstep_heap::{Header, Ref, Value, flags};

use super::report;
use crate::import;
use crate::object::Py;
use crate::types::dict::{self, Dict};
use crate::types::module::{self, Module};
use crate::types::weakref;

/// End everything. Whether standard output could be flushed.
///
/// Non-daemon threads are waited for; then exit functions run; from then on daemon threads that
/// ask for the lock stop for ever, and modules are taken down so that finalisers run while there
/// is a machine to run them.
pub fn finish(py: &mut Py) -> bool {
    finish_as(py, false)
}

/// The same, where the process ends too if `process_ends`: what nobody notices is left out then.
pub(super) fn finish_as(py: &mut Py, process_ends: bool) -> bool {
    if let Some(threading) = import::loaded(py, "threading") {
        if let Err(error) = py.call_method(&threading, "_shutdown", &[]) {
            let shown = py.repr_lossy(&threading);
            crate::builtins::unraisable(py, error, &format!("Exception ignored on threading shutdown {shown}"), None);
        }
    } else if let Some(low) = import::loaded(py, "_thread")
        && let Err(error) = py.call_method(&low, "_shutdown", &[])
    {
        report::error(py, error);
    }
    if let Some(atexit) = import::loaded(py, "atexit")
        && let Err(error) = py.call_method(&atexit, "_run_exitfuncs", &[])
    {
        report::error(py, error);
    }
    let flushed = report::flush_last(py, "stdout");
    report::flush_last(py, "stderr");
    py.thread.begin_finalize();
    if !process_ends || anything_left(py) {
        take_down(py);
    }
    // What could not be written the first time is told once.
    let flushed = flushed && report::flush_last(py, "stdout");
    report::flush_last(py, "stderr");
    flushed
}

/// Whether the end of an object could be noticed by anybody: a finaliser or a weak reference's
/// callback waits for it. Otherwise the objects may as well go with the heap.
fn anything_left(py: &Py) -> bool {
    let noticed = |object: &Header| object.has(flags::FINALIZE) || weakref::is_awaited(py, object);
    py.heap().any_noticed(noticed)
}

/// Names of `sys` that keep objects of the program alive.
const SYS_NAMES: &[&str] = &[
    "path",
    "argv",
    "ps1",
    "ps2",
    "last_exc",
    "last_type",
    "last_value",
    "last_traceback",
    "path_hooks",
    "path_importer_cache",
    "meta_path",
];

/// Take the modules down: first let go of them, then collect, then empty what is still there.
fn take_down(py: &mut Py) {
    py.strand.let_go();
    py.refresh_mode();
    let Some(modules) = py.shared().modules.clone() else { return };
    if let Some(sys) = py.shared().sys.clone() {
        for name in SYS_NAMES {
            if dict::get_name(py, &sys, name).is_some() {
                dict::set_name(py, &sys, name, Value::NONE);
            }
        }
    }
    let builtins = [import::loaded(py, "sys"), import::loaded(py, "builtins")];
    let stays = |module: &Value| builtins.iter().flatten().any(|b| b.is(module));
    let mut entries: Vec<(Value, Value)> = modules.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    entries.retain(|(_, module)| !stays(module));
    let weak: Vec<_> = entries.iter().filter_map(|(_, m)| m.downcast::<Module>()).map(module::weak).collect();
    // The program first, while the library is there; of the library nothing goes before all is gone
    // from `sys.modules`, so that a finaliser meets no half of it.
    let main = py.intern("__main__").into_value();
    let (mains, others): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(name, _)| name.is(&main));
    for part in [mains, others] {
        for (name, _) in &part {
            drop(dict::set(py, &modules, name, Value::NONE));
        }
        for (_, module) in part {
            drop(module);
            py.drain_pending();
        }
    }
    // What refers to itself only, as functions and their globals do, ends here: finalisers
    // still find their globals.
    crate::builtins::collect::collect(py);
    py.drain_pending();
    // Latest first: a module needs those that it imported.
    for module in weak.iter().rev() {
        if let Some(module) = module.get(py)
            && let Some(namespace) = py.instance_dict(&module)
        {
            drop(module);
            empty(py, &namespace);
            py.drain_pending();
        }
    }
    crate::builtins::collect::collect(py);
    py.drain_pending();
}

/// Set the names of a module to None: first those with one underscore, then the others.
fn empty(py: &mut Py, namespace: &Ref<Dict>) {
    for private in [true, false] {
        let names: Vec<Value> = namespace.get(py).keys().cloned().collect();
        for name in names {
            let Some(text) = name.downcast::<crate::types::str::Str>() else { continue };
            let bytes = text.as_bytes();
            let underscore = bytes.starts_with(b"_") && !bytes.starts_with(b"__");
            if underscore == private && bytes != b"__builtins__" && !(private && bytes.len() == 1) {
                let name = py.intern_str(text);
                dict::set_str(py, namespace, &name, Value::NONE);
                py.drain_pending();
            }
        }
    }
}
