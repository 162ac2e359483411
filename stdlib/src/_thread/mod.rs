//! `_thread`: threads, locks and thread-locals, the ground on which `threading` stands.

pub(crate) mod condition;
mod handle;
mod hook;
mod line;
mod local;
mod lock;
mod rlock;
pub(crate) mod timeout;

use std::sync::Arc;

use lockstep_interp::object::raise::{Raised, overflow_error, runtime_error, type_error, value_error};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::module::Module;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Exc, Handle, Py, Ref, Result, Value, module};
use lockstep_sched::{Completion, SpawnOptions};

pub use handle::ThreadHandle;
pub use local::Local;
pub use lock::Lock;
pub use rlock::RLock;

/// What the module keeps.
#[derive(Default)]
struct State {
    /// `stack_size()`; zero: the default.
    stack_size: usize,
    /// Threads that the end of the program waits for.
    joinable: Vec<Arc<Completion>>,
    /// How often this process is a child of a fork since the interpreter began.
    forks: u32,
    /// The thread that the last fork left alive.
    survivor: u64,
}

/// How often the process was forked, and the thread that it has from before.
fn forked(py: &mut Py) -> (u32, u64) {
    let state = py.state::<State>();
    (state.forks, state.survivor)
}

/// In a forked child: threads that the process has not got are not waited for.
pub(crate) fn after_fork(py: &mut Py) {
    // They hold a place in tables of the parent: not dropped.
    let id = py.thread_id();
    let state = py.state::<State>();
    std::mem::forget(std::mem::take(&mut state.joinable));
    state.forks += 1;
    state.survivor = id;
}

/// A call that another thread will make.
struct Start {
    function: Handle,
    args: Handle,
    kwargs: Handle,
}

impl Start {
    fn new(py: &Py, function: &Value, args: Value, kwargs: Value) -> Start {
        let handle = |value: Value| Handle::new(value, py.heap(), py);
        Start { function: handle(function.clone()), args: handle(args), kwargs: handle(kwargs) }
    }

    /// Makes the call and reports an error that it ends with.
    fn run(self, py: &mut Py) {
        let open = |py: &Py, handle: Handle| handle.into_value(py.heap(), py).unwrap_or(Value::NONE);
        let (function, args, kwargs) = (open(py, self.function), open(py, self.args), open(py, self.kwargs));
        let positional = args.downcast::<Tuple>().map_or(Vec::new(), |t| t.slice().to_vec());
        let keywords = py.kwargs(&kwargs);
        drop((args, kwargs));
        let result = py.call_kw(&function, &positional, &keywords);
        drop((positional, keywords));
        match result {
            Ok(value) => drop(value),
            Err(error) if error.is(Exc::SystemExit) => drop(error),
            Err(error) => {
                let shown = py.repr_lossy(&function);
                lockstep_interp::builtins::unraisable(
                    py,
                    error,
                    &format!("Exception ignored in thread started by {shown}"),
                    None,
                );
            }
        }
        drop(function);
        py.drain_pending();
    }
}

/// Starts an OS thread that makes the call.
fn spawn(py: &mut Py, start: Start, daemon: bool) -> Result<Arc<Completion>> {
    let size = match py.state::<State>().stack_size {
        0 => lockstep_sched::DEFAULT_STACK,
        size => size,
    };
    let options = SpawnOptions { stack_size: size, daemon };
    py.spawn(options, move |py| start.run(py)).map_err(|_| runtime_error("can't start new thread"))
}

/// The functions of the module.
pub struct Thread;

#[module]
impl Thread {
    /// Start a new thread and return its identifier.
    #[py("(function, args, kwargs=<unbound>, /)", alias = "start_new")]
    fn start_new_thread(py: &mut Py, function: &Value, args: &Value, kwargs: Option<&Value>) -> Result<u64> {
        if !py.is_callable(function) {
            return Err(type_error("first arg must be callable"));
        }
        if !args.is_a::<Tuple>() {
            return Err(type_error("2nd arg must be a tuple"));
        }
        if kwargs.is_some_and(|k| !k.is_a::<Dict>()) {
            return Err(type_error("optional 3rd arg must be a dictionary"));
        }
        let start = Start::new(py, function, args.clone(), kwargs.cloned().unwrap_or(Value::NONE));
        Ok(spawn(py, start, true)?.thread())
    }

    /// Start a new thread that can be joined; return its handle.
    #[py("(function, handle=None, daemon=True)")]
    fn start_joinable_thread(py: &mut Py, function: &Value, handle: &Value, daemon: bool) -> Result<Value> {
        if !py.is_callable(function) {
            return Err(type_error("thread function must be callable"));
        }
        let handle = match handle.downcast::<ThreadHandle>() {
            Some(handle) => handle.clone(),
            None if handle.is_none() => py.make(ThreadHandle::default()),
            None => return Err(type_error(format!("'handle' must be a _ThreadHandle, not {}", py.type_name(handle)))),
        };
        if handle.get(py).is_started() {
            return Err(runtime_error("thread already started"));
        }
        let none = py.tuple(Vec::new());
        let start = Start::new(py, function, none, Value::NONE);
        let completion = spawn(py, start, daemon)?;
        if !daemon {
            let joinable = &mut py.state::<State>().joinable;
            if joinable.len() > 64 && joinable.len().is_power_of_two() {
                joinable.retain(|c| !c.is_done());
            }
            joinable.push(completion.clone());
        }
        let forks = forked(py).0;
        handle.get_mut(py).started(completion, forks);
        Ok(handle.into_value())
    }

    /// Return True if daemon threads are allowed.
    #[py("()")]
    fn daemon_threads_allowed(_py: &mut Py) -> bool {
        true
    }

    /// Create a new lock object.
    #[py("()", alias = "allocate")]
    fn allocate_lock(py: &mut Py) -> Value {
        py.make(Lock::default()).into_value()
    }

    /// Raise SystemExit: the thread ends silently unless the exception is caught.
    #[py("()", alias = "exit_thread")]
    fn exit(_py: &mut Py) -> Result<()> {
        Err(Raised::empty(Exc::SystemExit))
    }

    /// Simulate the arrival of a signal in the main thread.
    #[py("(signum=2, /)")]
    fn interrupt_main(py: &mut Py, signum: i64) -> Result<()> {
        if !(1..=64).contains(&signum) {
            return Err(value_error("signal number out of range"));
        }
        crate::_signal::simulate(py, signum as i32);
        // In the main thread the handler runs at once.
        py.check()
    }

    /// Return a nonzero integer that identifies the current thread.
    #[py("()")]
    fn get_ident(py: &mut Py) -> u64 {
        py.thread_id()
    }

    /// Return the identifier that the operating system gives the current thread.
    #[py("()")]
    fn get_native_id(py: &mut Py) -> u32 {
        py.thread().native_id()
    }

    /// Return the number of started threads that have not ended, the main thread not counted.
    #[py("()")]
    fn _count(py: &mut Py) -> usize {
        py.running_threads()
    }

    /// Return the stack size of new threads; with an argument, set it.
    #[py("(size=0, /)")]
    fn stack_size(py: &mut Py, size: &Value) -> Result<usize> {
        let given = py.index(size)?;
        let Some(size) = given.as_small_int() else {
            return Err(overflow_error("Python int too large to convert to C ssize_t"));
        };
        if size < 0 {
            return Err(value_error("size must be 0 or a positive value"));
        }
        if size != 0 && size < 32_768 || size > 1 << 40 {
            return Err(value_error(format!("size not valid: {size} bytes")));
        }
        Ok(std::mem::replace(&mut py.state::<State>().stack_size, size as usize))
    }

    /// Return the identifier of the main thread.
    #[py("()")]
    fn _get_main_thread_ident(py: &mut Py) -> u64 {
        py.interp().sched.main_id()
    }

    /// Make a handle for a running thread.
    #[py("(ident, /)")]
    fn _make_thread_handle(py: &mut Py, ident: u64) -> Value {
        let forks = forked(py).0;
        py.make(ThreadHandle::running(ident, forks)).into_value()
    }

    /// Wait for the threads that are not daemons.
    #[py("()")]
    fn _shutdown(py: &mut Py) -> Result<()> {
        while let Some(completion) = py.state::<State>().joinable.last().cloned() {
            if completion.is_done() || completion.thread() == py.thread_id() || handle::join(py, &completion, None)? {
                py.state::<State>().joinable.retain(|c| !Arc::ptr_eq(c, &completion));
            }
        }
        Ok(())
    }

    /// Return True if this is the main interpreter.
    #[py("()")]
    fn _is_main_interpreter(_py: &mut Py) -> bool {
        true
    }

    /// Set the name of the current thread, as the operating system shows it.
    #[py("(name)")]
    fn set_name(_py: &mut Py, name: &str) {
        lockstep_sched::set_thread_name(name);
    }

    /// Handle an exception that ended `Thread.run()`.
    #[py("(args, /)")]
    fn _excepthook(py: &mut Py, args: &Value) -> Result<()> {
        hook::excepthook(py, args)
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Thread>(&namespace, "_thread");
    let lock = py.define::<Lock>().into_value();
    let error = py.exception_type(Exc::RuntimeError).into_value();
    let entries = [
        ("lock", lock.clone()),
        ("LockType", lock),
        ("RLock", py.define::<RLock>().into_value()),
        ("_local", py.define::<Local>().into_value()),
        ("_ThreadHandle", py.define::<ThreadHandle>().into_value()),
        ("_ExceptHookArgs", hook::args_type(py).into_value()),
        ("error", error),
        ("TIMEOUT_MAX", Value::float(timeout::MAX_SECONDS)),
    ];
    for (name, value) in entries {
        dict::set_name(py, &namespace, name, value);
    }
    py.at_thread_end(local::forget_thread);
    Ok(())
}
