//! `_signal`: handlers, masks and timers. Signals are noted by the system's handler and
//! delivered in the main thread, between two instructions or at the end of a wait.

mod constants;

use std::time::Duration;

use lockstep_interp::object::raise::{Raised, io_error, os_error, type_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::structseq::StructSpec;
use lockstep_interp::{Exc, Py, Ref, Result, Value, module};
use lockstep_sched::signals::{self, MaskChange, SignalInfo};
use lockstep_sched::{Disposition, Wait, WaitKind, disposition, own_signals, set_disposition};

const SIGINT: i32 = 2;
const SIGQUIT: i32 = 3;
const DEFAULT: i64 = 0;
const IGNORE: i64 = 1;

/// What the module keeps.
#[derive(Default)]
struct State {
    /// Handlers by number; none: not set by Python.
    handlers: Vec<Option<Value>>,
    /// `ItimerError`
    timer_error: Option<Value>,
}

/// What a call about a timer raises.
fn timer_failed(py: &mut Py, error: &std::io::Error) -> Raised {
    let (Some(class), Some(number)) = (py.state::<State>().timer_error.clone(), error.raw_os_error()) else {
        return io_error(py, error);
    };
    let text = lockstep_interp::object::raise::errno_text(number);
    let args = [Value::int32(number), py.str(&text)];
    match py.call(&class, &args) {
        Ok(exception) => py.raise_value(&exception),
        Err(e) => e,
    }
}

static INFO: StructSpec = StructSpec {
    name: "struct_siginfo",
    module: "signal",
    doc: "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on.",
    fields: &["si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"],
    visible: 7,
    constructible: true,
};

/// What `getsignal` tells.
fn handler(py: &mut Py, signum: i32) -> Value {
    let state = py.state::<State>();
    if state.handlers.is_empty() {
        state.handlers.resize(65, None);
    }
    if let Some(Some(handler)) = state.handlers.get(signum as usize) {
        return handler.clone();
    }
    match disposition(signum) {
        Ok(Disposition::Default) => Value::int32(DEFAULT as i32),
        Ok(Disposition::Ignore) => Value::int32(IGNORE as i32),
        // The program shows a dump: to scripts that is the default.
        Ok(Disposition::Noted) if signum == SIGQUIT => Value::int32(DEFAULT as i32),
        _ => Value::NONE,
    }
}

/// Delivers one signal: the hook of the interpreter.
fn deliver(py: &mut Py, signum: i32) -> Result<()> {
    let handler = handler(py, signum);
    if handler.as_small_int().is_some() || handler.is_none() {
        return Ok(());
    }
    let frame = py.frame_at(0).map_or(Value::NONE, |f| f.into_value());
    py.call(&handler, &[Value::int32(signum), frame]).map(drop)
}

/// As if the signal had come: `_thread.interrupt_main()`.
pub(crate) fn simulate(py: &mut Py, signum: i32) {
    let known = py.shared().signal_handler.is_some();
    let ignored = if known {
        let handler = handler(py, signum);
        handler.as_small_int().is_some() || handler.is_none()
    } else {
        signum != SIGINT
    };
    if !ignored {
        py.interp().sched.request_signal(signum);
    }
}

fn check_number(signum: i32) -> Result<()> {
    if (1..=64).contains(&signum) { Ok(()) } else { Err(value_error("signal number out of range")) }
}

/// The bits of an iterable of signal numbers.
pub(crate) fn signal_set(py: &mut Py, numbers: &Value) -> Result<u64> {
    let mut bits = 0;
    for number in py.collect(numbers)? {
        match py.index(&number)?.as_small_int() {
            Some(n @ 1..=64) => bits |= 1 << (n - 1),
            _ => {
                let shown = py.repr_lossy(&number);
                return Err(value_error(format!("signal number {shown} out of range [1; 64]")));
            }
        }
    }
    Ok(bits)
}

fn to_set(py: &mut Py, bits: u64) -> Result<Value> {
    let numbers = (1..=64).filter(|n| bits >> (n - 1) & 1 != 0).map(Value::int32).collect();
    let list = py.list(numbers);
    let set = py.type_named("set");
    py.call(set.as_value(), &[list])
}

fn duration(py: &mut Py, seconds: &Value) -> Result<Duration> {
    let seconds = py.to_f64(seconds)?;
    if seconds < 0.0 || !seconds.is_finite() {
        return Err(timer_failed(py, &std::io::Error::from_raw_os_error(22)));
    }
    // A tiny time must not become zero, which would switch the timer off.
    let rounded = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    Ok(if seconds > 0.0 { rounded.max(Duration::from_micros(1)) } else { rounded })
}

fn times(py: &mut Py, (value, interval): (Duration, Duration)) -> Value {
    py.tuple(vec![Value::float(value.as_secs_f64()), Value::float(interval.as_secs_f64())])
}

/// Waits for a blocked signal; none if time is up first.
fn wait(py: &mut Py, bits: u64, timeout: Option<Duration>) -> Result<Option<SignalInfo>> {
    let clock_start = py.thread().sched().clock().now();
    loop {
        let passed = Duration::from_nanos(py.thread().sched().clock().now().saturating_sub(clock_start));
        let left = timeout.map(|t| t.saturating_sub(passed));
        match py.unlocked(&Wait::new(WaitKind::Signal), move || signals::wait_signal(bits, left))? {
            Ok(info) => return Ok(info),
            // Something else came; its handler has run.
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(io_error(py, &error)),
        }
    }
}

fn siginfo(py: &mut Py, info: SignalInfo) -> Value {
    let values = vec![
        Value::int32(info.signo),
        Value::int32(info.code),
        Value::int32(info.errno),
        Value::int32(info.pid),
        py.int(i64::from(info.uid)),
        Value::int32(info.status),
        Value::int32(0),
    ];
    py.struct_seq(&INFO, values)
}

/// Let what came be handled now.
fn attend(py: &mut Py) -> Result<()> {
    let requests = py.thread().requests();
    lockstep_interp::embed::serve(py, requests)
}

/// The functions of the module.
pub struct Signal;

#[module]
impl Signal {
    /// The default handler for SIGINT installed by Python.
    #[py("(signalnum, frame, /)")]
    fn default_int_handler(_py: &mut Py, signalnum: &Value, frame: &Value) -> Result<()> {
        let _ = (signalnum, frame);
        Err(Raised::empty(Exc::KeyboardInterrupt))
    }

    /// Set the action for the given signal.
    #[py("(signalnum, handler, /)")]
    fn signal(py: &mut Py, signalnum: i32, handler: &Value) -> Result<Value> {
        if !py.thread().is_main() {
            return Err(value_error("signal only works in main thread of the main interpreter"));
        }
        check_number(signalnum)?;
        let what = match handler.as_small_int() {
            Some(DEFAULT) => Disposition::Default,
            Some(IGNORE) => Disposition::Ignore,
            _ if py.is_callable(handler) => Disposition::Noted,
            _ => {
                return Err(type_error("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"));
            }
        };
        attend(py)?;
        let before = self::handler(py, signalnum);
        if signalnum == lockstep_sched::wake_signal() {
            return Err(os_error(py, 22, None));
        }
        own_signals(&py.interp().sched.clone());
        if let Err(error) = set_disposition(signalnum, what) {
            return Err(io_error(py, &error));
        }
        crate::faulthandler::replaced(py, signalnum);
        py.state::<State>().handlers[signalnum as usize] = Some(handler.clone());
        if signalnum == SIGQUIT {
            py.shared_mut().quit_handled = true;
        }
        Ok(before)
    }

    /// Return the current action for the given signal.
    #[py("(signalnum, /)")]
    fn getsignal(py: &mut Py, signalnum: i32) -> Result<Value> {
        check_number(signalnum)?;
        Ok(handler(py, signalnum))
    }

    /// Send a signal to the executing process.
    #[py("(signalnum, /)")]
    fn raise_signal(py: &mut Py, signalnum: i32) -> Result<()> {
        crate::faulthandler::before_fatal(py, signalnum);
        if let Err(error) = py.unlocked(&Wait::new(WaitKind::Call), move || signals::raise_signal(signalnum))? {
            return Err(io_error(py, &error));
        }
        attend(py)
    }

    /// Send a signal to a process referred to by a pid file descriptor.
    #[py("(pidfd, signalnum, siginfo=None, flags=0, /)")]
    fn pidfd_send_signal(py: &mut Py, pidfd: i32, signalnum: i32, siginfo: &Value, flags: i32) -> Result<()> {
        if !siginfo.is_none() {
            return Err(type_error("siginfo must be None"));
        }
        if let Err(error) = signals::send_by_descriptor(pidfd, signalnum, flags as u32) {
            return Err(io_error(py, &error));
        }
        attend(py)
    }

    /// Send a signal to a thread.
    #[py("(thread_id, signalnum, /)")]
    fn pthread_kill(py: &mut Py, thread_id: u64, signalnum: i32) -> Result<()> {
        let thread = py.interp().sched.dump().into_iter().find(|t| t.id == thread_id && t.native_id != 0);
        let Some(thread) = thread else { return Err(os_error(py, 3, None)) };
        crate::faulthandler::before_fatal(py, signalnum);
        if let Err(error) = signals::kill_thread(thread.native_id, signalnum) {
            return Err(io_error(py, &error));
        }
        attend(py)
    }

    /// Fetch and/or change the signal mask of the calling thread.
    #[py("(how, mask, /)")]
    fn pthread_sigmask(py: &mut Py, how: i32, mask: &Value) -> Result<Value> {
        let bits = signal_set(py, mask)?;
        let how = match how {
            0 => MaskChange::Block,
            1 => MaskChange::Unblock,
            2 => MaskChange::Set,
            _ => return Err(os_error(py, 22, None)),
        };
        let before = match signals::change_mask(how, bits) {
            Ok(before) => before,
            Err(error) => return Err(io_error(py, &error)),
        };
        attend(py)?;
        to_set(py, before)
    }

    /// Examine pending signals.
    #[py("()")]
    fn sigpending(py: &mut Py) -> Result<Value> {
        match signals::pending() {
            Ok(bits) => to_set(py, bits),
            Err(error) => Err(io_error(py, &error)),
        }
    }

    /// Wait for a signal.
    #[py("(sigset, /)")]
    fn sigwait(py: &mut Py, sigset: &Value) -> Result<i32> {
        let bits = signal_set(py, sigset)?;
        Ok(wait(py, bits, None)?.map_or(0, |info| info.signo))
    }

    /// Wait synchronously until one of the signals in sigset is delivered.
    #[py("(sigset, /)")]
    fn sigwaitinfo(py: &mut Py, sigset: &Value) -> Result<Value> {
        let bits = signal_set(py, sigset)?;
        Ok(match wait(py, bits, None)? {
            Some(info) => siginfo(py, info),
            None => Value::NONE,
        })
    }

    /// Like sigwaitinfo(), but with a timeout.
    #[py("(sigset, timeout, /)")]
    fn sigtimedwait(py: &mut Py, sigset: &Value, timeout: f64) -> Result<Value> {
        if timeout < 0.0 {
            return Err(value_error("timeout must be non-negative"));
        }
        let bits = signal_set(py, sigset)?;
        let timeout = Duration::try_from_secs_f64(timeout).unwrap_or(Duration::MAX);
        Ok(match wait(py, bits, Some(timeout))? {
            Some(info) => siginfo(py, info),
            None => Value::NONE,
        })
    }

    /// Arrange for SIGALRM to arrive after the given number of seconds.
    #[py("(seconds, /)")]
    fn alarm(_py: &mut Py, seconds: i32) -> u32 {
        signals::alarm(seconds as u32)
    }

    /// Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).
    #[py("(which, seconds, interval=0.0, /)")]
    fn setitimer(py: &mut Py, which: i32, seconds: &Value, interval: &Value) -> Result<Value> {
        let (value, interval) = (duration(py, seconds)?, duration(py, interval)?);
        match signals::set_timer(which, value, interval) {
            Ok(before) => Ok(times(py, before)),
            Err(error) => Err(timer_failed(py, &error)),
        }
    }

    /// Returns current value of given itimer.
    #[py("(which, /)")]
    fn getitimer(py: &mut Py, which: i32) -> Result<Value> {
        match signals::get_timer(which) {
            Ok(now) => Ok(times(py, now)),
            Err(error) => Err(timer_failed(py, &error)),
        }
    }

    /// Wait until a signal arrives.
    #[py("()")]
    fn pause(py: &mut Py) -> Result<()> {
        let wait = Wait::new(WaitKind::Signal);
        if py.thread().is_main() {
            let _ = py.thread().pause(&wait);
            attend(py)
        } else {
            py.unlocked(&wait, signals::pause)
        }
    }

    /// Change system call restart behaviour: calls are always made again here.
    #[py("(signalnum, flag, /)")]
    fn siginterrupt(py: &mut Py, signalnum: i32, flag: bool) -> Result<()> {
        let _ = (py, flag);
        check_number(signalnum)
    }

    /// Return the system description of the given signal.
    #[py("(signalnum, /)")]
    fn strsignal(_py: &mut Py, signalnum: i32) -> Result<Option<String>> {
        check_number(signalnum)?;
        Ok(signals::describe_signal(signalnum))
    }

    /// Return a set of valid signal numbers on this platform.
    #[py("()")]
    fn valid_signals(py: &mut Py) -> Result<Value> {
        let (first, last) = signals::realtime_range();
        let mut bits = 0;
        for n in (1..=31).chain(first..=last) {
            bits |= 1 << (n - 1);
        }
        to_set(py, bits)
    }

    /// Sets the fd to be written to (with the signal number) when a signal comes in.
    #[py("(fd, /, *, warn_on_full_buffer=True)")]
    fn set_wakeup_fd(py: &mut Py, fd: i32, warn_on_full_buffer: bool) -> Result<i32> {
        let _ = warn_on_full_buffer;
        if !py.thread().is_main() {
            return Err(value_error("set_wakeup_fd only works in main thread of the main interpreter"));
        }
        if fd >= 0 {
            match signals::is_nonblocking(fd) {
                Ok(true) => {}
                Ok(false) => return Err(value_error(format!("the fd {fd} must be in non-blocking mode"))),
                Err(error) => return Err(io_error(py, &error)),
            }
        }
        Ok(lockstep_sched::set_wakeup_fd(fd.max(-1)))
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Signal>(&namespace, "_signal");
    let (first, last) = signals::realtime_range();
    for (name, number) in constants::NUMBERS {
        dict::set_name(py, &namespace, name, Value::int32(*number));
    }
    dict::set_name(py, &namespace, "SIGRTMIN", Value::int32(first));
    dict::set_name(py, &namespace, "SIGRTMAX", Value::int32(last));
    let base = py.exception_type(Exc::OSError).into_value();
    let bases = py.tuple(vec![base]);
    let attributes = py.new_dict();
    let home = py.str("signal");
    dict::set_name(py, &attributes, "__module__", home);
    let (name, meta) = (py.str("itimer_error"), py.plain_metatype().clone());
    let error = py.call(meta.as_value(), &[name, bases, attributes.into_value()])?;
    py.state::<State>().timer_error = Some(error.clone());
    dict::set_name(py, &namespace, "ItimerError", error);
    let info = py.struct_type(&INFO).into_value();
    dict::set_name(py, &namespace, "struct_siginfo", info);
    // The program has SIGINT noted; what handles it is visible and can be put back.
    let state = py.state::<State>();
    state.handlers.resize(65, None);
    if matches!(disposition(SIGINT), Ok(Disposition::Noted))
        && let Some(default) = dict::get_name(py, &namespace, "default_int_handler")
    {
        py.state::<State>().handlers[SIGINT as usize] = Some(default);
    }
    py.shared_mut().signal_handler = Some(deliver);
    Ok(())
}
