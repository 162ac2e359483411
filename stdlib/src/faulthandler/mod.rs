//! `faulthandler`: where every thread is and what it waits for, on request, after a time, when a
//! signal comes, or before a signal that the script sends to itself ends the process.

mod target;
mod watchdog;

use std::time::Duration;

use lockstep_interp::embed::dump;
use lockstep_interp::object::raise::{io_error, overflow_error, runtime_error, value_error};
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Result, Value, module};
use lockstep_sched::{Disposition, disposition, own_signals, set_disposition, signals};

use crate::_thread::timeout;
use target::Target;
use watchdog::{Order, Watchdog};

const SIGQUIT: i32 = 3;
const SIGABRT: i32 = 6;
const SIGFPE: i32 = 8;
const SIGSEGV: i32 = 11;
/// Signals of a broken program.
const FATAL: [(i32, &str); 5] = [
    (7, "Bus error"),
    (4, "Illegal instruction"),
    (SIGFPE, "Floating-point exception"),
    (SIGABRT, "Aborted"),
    (SIGSEGV, "Segmentation fault"),
];

/// A signal that makes a dump.
#[derive(Clone)]
struct Registered {
    signum: i32,
    target: Target,
    all_threads: bool,
    /// What happens after the dump: what would have happened before it was registered.
    chain: bool,
    before: Disposition,
}

/// What the module keeps.
#[derive(Default)]
struct State {
    /// Where a fatal dump goes and whether it shows all threads.
    enabled: Option<(Target, bool)>,
    watchdog: Option<Ref<Watchdog>>,
    registered: Vec<Registered>,
}

/// A signal is about to be sent to this process: if it is one of a broken program that nobody
/// handles, show where the program is. (Sent from outside, it is too late for that.)
pub(crate) fn before_fatal(py: &mut Py, signum: i32) {
    let Some((_, name)) = FATAL.iter().find(|(n, _)| *n == signum) else { return };
    if !matches!(disposition(signum), Ok(Disposition::Default | Disposition::Foreign)) {
        return;
    }
    if let Some((target, all)) = py.state::<State>().enabled.clone() {
        let text = format!("Fatal Python error: {name}\n\n{}", dump::threads(py, all));
        target.write(py, &text);
    }
    // The handler of Rust's library, which looks for overflows of the stack, would let it pass.
    // That a signal cannot be set is for the call that sends it to say.
    drop(set_disposition(signum, Disposition::Default));
}

/// `signal.signal()` took a signal over.
pub(crate) fn replaced(py: &mut Py, signum: i32) {
    py.state::<State>().registered.retain(|r| r.signum != signum);
}

/// The hook of the interpreter: makes the dump that a signal asks for. False: its handler is next.
fn on_signal(py: &mut Py, signum: i32) -> bool {
    let Some(found) = py.state::<State>().registered.iter().find(|r| r.signum == signum).cloned() else { return false };
    let text = dump::threads(py, found.all_threads);
    found.target.write(py, &text);
    match found.before {
        Disposition::Noted => !found.chain,
        Disposition::Default if found.chain => {
            // What fails here fails for the sender too: the signal has no effect.
            if set_disposition(signum, Disposition::Default).is_ok() {
                drop(signals::raise_signal(signum));
                drop(set_disposition(signum, Disposition::Noted));
            }
            true
        }
        _ => true,
    }
}

fn check_number(signum: i32) -> Result<()> {
    if FATAL.iter().any(|(n, _)| *n == signum) {
        return Err(runtime_error(format!("signal {signum} cannot be registered, use enable() instead")));
    }
    if (1..=64).contains(&signum) { Ok(()) } else { Err(value_error("signal number out of range")) }
}

/// The time that a script gave.
fn period(py: &mut Py, timeout: &Value) -> Result<Duration> {
    if !int::is_int(timeout) && timeout.as_float().is_none() {
        py.index(timeout)?;
    }
    let seconds = timeout::seconds(py, timeout)?;
    if seconds <= 0.0 {
        return Err(value_error("timeout must be greater than 0"));
    }
    if seconds > i64::MAX as f64 {
        return Err(overflow_error("timestamp out of range for platform time_t"));
    }
    if seconds > timeout::MAX_SECONDS {
        return Err(overflow_error("timeout value is too large"));
    }
    Ok(Duration::from_micros((seconds * 1e6).ceil() as u64))
}

/// Sends a fatal signal to this process.
fn crash(py: &mut Py, signum: i32) -> Result<()> {
    before_fatal(py, signum);
    signals::raise_signal(signum).map_err(|e| io_error(py, &e))
}

/// The functions of the module.
pub struct Faulthandler;

#[module]
impl Faulthandler {
    /// Dump the traceback of the current thread, or of all threads if all_threads is True, into file.
    #[py("(file=None, all_threads=True)")]
    fn dump_traceback(py: &mut Py, file: &Value, all_threads: bool) -> Result<()> {
        let target = Target::of(py, file)?;
        let text = dump::threads(py, all_threads);
        target.write(py, &text);
        Ok(())
    }

    /// Enable the fault handler.
    #[py("(file=None, all_threads=True, c_stack=True)")]
    fn enable(py: &mut Py, file: &Value, all_threads: bool, c_stack: bool) -> Result<()> {
        // There is no C stack to show.
        let _ = c_stack;
        let target = Target::of(py, file)?;
        py.state::<State>().enabled = Some((target, all_threads));
        Ok(())
    }

    /// Disable the fault handler.
    #[py("()")]
    fn disable(py: &mut Py) -> bool {
        py.state::<State>().enabled.take().is_some()
    }

    /// Check if the handler is enabled.
    #[py("()")]
    fn is_enabled(py: &mut Py) -> bool {
        py.state::<State>().enabled.is_some()
    }

    /// Dump the traceback of all threads in timeout seconds, or each timeout seconds if repeat is True.
    #[py("(timeout, repeat=False, file=None, exit=False)")]
    fn dump_traceback_later(py: &mut Py, timeout: &Value, repeat: bool, file: &Value, exit: bool) -> Result<()> {
        let period = period(py, timeout)?;
        let target = Target::of(py, file)?;
        watchdog::start(py, target, Order { period, repeat, exit })
    }

    /// Cancel the previous call to dump_traceback_later().
    #[py("()")]
    fn cancel_dump_traceback_later(py: &mut Py) {
        watchdog::call_off(py);
    }

    /// Register a handler for the signal 'signum': dump the traceback of the current thread, or of all threads if all_threads is True, into file.
    #[py("(signum, file=None, all_threads=True, chain=False)")]
    fn register(py: &mut Py, signum: i32, file: &Value, all_threads: bool, chain: bool) -> Result<()> {
        check_number(signum)?;
        let target = Target::of(py, file)?;
        let known = py.state::<State>().registered.iter().find(|r| r.signum == signum).map(|r| r.before);
        let before = match known {
            Some(before) => before,
            None => disposition(signum).map_err(|e| io_error(py, &e))?,
        };
        own_signals(&py.interp().sched.clone());
        set_disposition(signum, Disposition::Noted).map_err(|e| io_error(py, &e))?;
        let shared = py.shared_mut();
        shared.signal_dump = Some(on_signal);
        shared.quit_handled |= signum == SIGQUIT;
        replaced(py, signum);
        py.state::<State>().registered.push(Registered { signum, target, all_threads, chain, before });
        Ok(())
    }

    /// Unregister the handler of the signal 'signum' registered by register().
    #[py("(signum, /)")]
    fn unregister(py: &mut Py, signum: i32) -> Result<bool> {
        check_number(signum)?;
        let Some(found) = py.state::<State>().registered.iter().find(|r| r.signum == signum).cloned() else {
            return Ok(false);
        };
        replaced(py, signum);
        if found.before != Disposition::Foreign {
            set_disposition(signum, found.before).map_err(|e| io_error(py, &e))?;
        }
        Ok(true)
    }

    /// Raise a SIGSEGV signal.
    #[py("(release_gil=False, /)")]
    fn _sigsegv(py: &mut Py, release_gil: bool) -> Result<()> {
        let _ = release_gil;
        crash(py, SIGSEGV)
    }

    /// Raise a SIGABRT signal.
    #[py("()")]
    fn _sigabrt(py: &mut Py) -> Result<()> {
        crash(py, SIGABRT)
    }

    /// Raise a SIGFPE signal.
    #[py("()")]
    fn _sigfpe(py: &mut Py) -> Result<()> {
        crash(py, SIGFPE)
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.define::<Watchdog>();
    py.add_functions::<Faulthandler>(&namespace, "faulthandler");
    Ok(())
}
