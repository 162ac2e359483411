//! Interpreters as the host sees them: making one, attaching a thread, what the breaker asks.

pub mod dump;
pub mod finalize;
pub mod host;
mod pace;
pub mod program;
pub mod report;
pub mod setup;
pub mod stream;
pub mod threads;
pub mod trace;
pub mod traceback;
mod warn;

use lockstep_sched::Requests;
pub use lockstep_sched::precise_timers;

use crate::object::Py;
use crate::object::py::Config;
use crate::object::raise::{Exc, Raised, Result};

/// How many bytecodes this thread runs until it looks at the breaker. Where nobody has chosen an
/// interval and nobody counts instructions, looking less often saves a few per cent; native calls
/// count for several (`NATIVE`).
pub(crate) fn check_interval(py: &Py) -> i32 {
    let interval = py.interp.sched.check_interval().min(1 << 30) as i32;
    let chosen = interval != Config::CHECK_INTERVAL || py.shared().config.exact || py.strand.instrumented;
    if chosen { interval } else { interval * NATIVE }
}

/// What a native call counts for.
pub(crate) const NATIVE: i32 = 4;

/// The breaker is not zero: hand the lock over, then do what is asked.
#[cold]
#[inline(never)]
pub(crate) fn breaker(py: &mut Py) -> Result<()> {
    let requests = py.thread.check();
    serve(py, requests)
}

/// Do what requests ask for; an error is to be raised where the thread is.
pub fn serve(py: &mut Py, requests: Requests) -> Result<()> {
    if requests.is_empty() {
        return Ok(());
    }
    threads::settle(py);
    py.heap().drain_returned();
    if requests.contains(Requests::COLLECT) {
        let _ = py.thread.take(Requests::COLLECT);
        crate::builtins::collect::automatic(py);
    }
    if requests.contains(Requests::INTERRUPT) {
        let _ = py.thread.take(Requests::INTERRUPT);
        return Err(Raised::empty(Exc::KeyboardInterrupt));
    }
    if requests.contains(Requests::SIGNAL) && py.thread.is_main() {
        let _ = py.thread.take(Requests::SIGNAL);
        return signals(py);
    }
    Ok(())
}

/// Run the handlers of pending signals. Without the `signal` module SIGINT raises KeyboardInterrupt.
fn signals(py: &mut Py) -> Result<()> {
    let pending = py.thread.take_signals();
    let handler = py.shared().signal_handler;
    for signum in 1..=64 {
        let bit = 1u64 << (signum - 1);
        if pending & bit == 0 {
            continue;
        }
        let dump = py.shared().signal_dump;
        let result = match handler {
            _ if dump.is_some_and(|dump| dump(py, signum)) => Ok(()),
            _ if signum == 3 && dump::on_quit(py) => Ok(()),
            Some(handler) => handler(py, signum),
            None if signum == 2 => Err(Raised::empty(Exc::KeyboardInterrupt)),
            None => Ok(()),
        };
        if let Err(error) = result {
            // The rest is delivered when the error has been dealt with.
            for later in signum + 1..=64 {
                if pending >> (later - 1) & 1 != 0 {
                    py.interp.sched.request_signal(later);
                }
            }
            return Err(error);
        }
    }
    Ok(())
}
