//! `faulthandler`: where every thread is and what it waits for, on request, after a time or
//! when a signal comes.

use std::time::Duration;

use lockstep_interp::embed::dump;
use lockstep_interp::object::raise::{runtime_error, value_error};
use lockstep_interp::types::module::Module;
use lockstep_interp::{Handle, Py, Ref, Result, Value, module};
use lockstep_sched::{SpawnOptions, Wait, WaitKind};

use crate::_thread::timeout;

/// What the module keeps.
#[derive(Default)]
struct State {
    enabled: bool,
    /// Number of the last `dump_traceback_later`; an older one is cancelled.
    later: u64,
    /// Signals that make a dump, with the files.
    registered: Vec<(i32, Value, bool)>,
}

/// Where a dump goes: the file given, or `sys.stderr`.
fn target(py: &mut Py, file: Option<&Value>) -> Result<Value> {
    if let Some(file) = file.filter(|f| !f.is_none()) {
        return Ok(file.clone());
    }
    let sys = py.shared().sys.clone();
    match sys.and_then(|sys| lockstep_interp::types::dict::get_name(py, &sys, "stderr")) {
        Some(stderr) if !stderr.is_none() => Ok(stderr),
        _ => Err(runtime_error("sys.stderr is None")),
    }
}

fn write(py: &mut Py, file: &Value, text: &str) -> Result<()> {
    let text = py.str(text);
    if file.as_small_int().is_some() {
        // A descriptor: the module that writes to those is `posix`.
        let posix = lockstep_interp::import::import_module(py, "posix")?;
        let bytes = py.call_method(&text, "encode", &[])?;
        return py.call_method(&posix, "write", &[file.clone(), bytes]).map(drop);
    }
    py.call_method(file, "write", &[text])?;
    py.call_method(file, "flush", &[]).map(drop)
}

/// The functions of the module.
pub struct Faulthandler;

#[module]
impl Faulthandler {
    /// Dump the traceback of the current thread, or of all threads if all_threads is True, into file.
    #[py("(file=None, all_threads=True)")]
    fn dump_traceback(py: &mut Py, file: &Value, all_threads: bool) -> Result<()> {
        let file = target(py, Some(file))?;
        let text = dump::threads(py, all_threads);
        write(py, &file, &text)
    }

    /// Enable the fault handler: a script cannot crash this machine, so that only the state is kept.
    #[py("(file=None, all_threads=True, c_stack=True)")]
    fn enable(py: &mut Py, file: &Value, all_threads: bool, c_stack: bool) -> Result<()> {
        let _ = (all_threads, c_stack);
        target(py, Some(file))?;
        py.state::<State>().enabled = true;
        Ok(())
    }

    /// Disable the fault handler.
    #[py("()")]
    fn disable(py: &mut Py) -> bool {
        std::mem::take(&mut py.state::<State>().enabled)
    }

    /// Check if the handler is enabled.
    #[py("()")]
    fn is_enabled(py: &mut Py) -> bool {
        py.state::<State>().enabled
    }

    /// Dump the traceback of all threads in timeout seconds, or each timeout seconds if repeat is True.
    #[py("(timeout, repeat=False, file=None, exit=False)")]
    fn dump_traceback_later(py: &mut Py, timeout: &Value, repeat: bool, file: &Value, exit: bool) -> Result<()> {
        let seconds = timeout::seconds(py, timeout)?;
        if seconds <= 0.0 {
            return Err(value_error("timeout must be greater than 0"));
        }
        let file = target(py, Some(file))?;
        let handle = Handle::new(file, py.heap(), py);
        let state = py.state::<State>();
        state.later += 1;
        let number = state.later;
        let period = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let whole = period.as_secs();
        let head = format!("Timeout ({}:{:02}:{:02})!\n", whole / 3600, whole / 60 % 60, whole % 60);
        let options = SpawnOptions { daemon: true, ..SpawnOptions::default() };
        let watch = move |py: &mut Py| {
            let deadline = |py: &mut Py| py.thread().sched().clock().after(period);
            loop {
                let wait = Wait::new(WaitKind::Sleep).until(deadline(py));
                let _ = py.thread().pause(&wait);
                if py.state::<State>().later != number {
                    break;
                }
                let Some(file) = handle.open(py.heap(), py) else { break };
                let text = format!("{head}{}", dump::threads(py, true));
                drop(write(py, &file, &text));
                if exit {
                    std::process::exit(1);
                }
                if !repeat {
                    break;
                }
            }
            if let Some(file) = handle.into_value(py.heap(), py) {
                drop(file);
            }
        };
        py.spawn(options, watch).map(drop).map_err(|_| runtime_error("unable to start watchdog thread"))
    }

    /// Cancel the previous call to dump_traceback_later().
    #[py("()")]
    fn cancel_dump_traceback_later(py: &mut Py) {
        py.state::<State>().later += 1;
    }

    /// Register a handler for the signal 'signum': dump the traceback.
    #[py("(signum, file=None, all_threads=True, chain=False)")]
    fn register(py: &mut Py, signum: i32, file: &Value, all_threads: bool, chain: bool) -> Result<()> {
        let _ = chain;
        if matches!(signum, 4 | 6 | 7 | 8 | 11) {
            return Err(runtime_error(format!("signal {signum} cannot be registered, use enable() instead")));
        }
        if !(1..=64).contains(&signum) {
            return Err(value_error("signal number out of range"));
        }
        let file = target(py, Some(file))?;
        let signal = lockstep_interp::import::import_module(py, "_signal")?;
        let this = lockstep_interp::import::import_module(py, "faulthandler")?;
        let handler = py.getattr(&this, "_on_signal")?;
        py.call_method(&signal, "signal", &[Value::int32(signum), handler])?;
        let registered = &mut py.state::<State>().registered;
        registered.retain(|(n, ..)| *n != signum);
        registered.push((signum, file, all_threads));
        Ok(())
    }

    /// Unregister the handler of the signal 'signum' registered by register().
    #[py("(signum, /)")]
    fn unregister(py: &mut Py, signum: i32) -> Result<bool> {
        let registered = &mut py.state::<State>().registered;
        let before = registered.len();
        registered.retain(|(n, ..)| *n != signum);
        if registered.len() == before {
            return Ok(false);
        }
        let signal = lockstep_interp::import::import_module(py, "_signal")?;
        py.call_method(&signal, "signal", &[Value::int32(signum), Value::int32(0)])?;
        Ok(true)
    }

    /// What a registered signal does.
    #[py("(signum, frame, /)")]
    fn _on_signal(py: &mut Py, signum: i32, frame: &Value) -> Result<()> {
        let _ = frame;
        let found = py.state::<State>().registered.iter().find(|(n, ..)| *n == signum).cloned();
        match found {
            Some((_, file, all)) => {
                let text = dump::threads(py, all);
                write(py, &file, &text)
            }
            None => Ok(()),
        }
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Faulthandler>(&namespace, "faulthandler");
    Ok(())
}
