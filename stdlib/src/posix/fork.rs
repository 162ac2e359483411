//! `os.fork` and the functions that are called around it.

use lockstep_heap::Value;
use lockstep_interp::object::raise::{Result, io_error, type_error};
use lockstep_interp::object::{Exc, Py};
use lockstep_macros::module;
use lockstep_sched::Fork;

/// What `os.register_at_fork` was given.
#[derive(Default)]
struct Hooks {
    before: Vec<Value>,
    in_child: Vec<Value>,
    in_parent: Vec<Value>,
}

/// Calls hooks; what one raises is nobody's to catch.
fn run(py: &mut Py, hooks: Vec<Value>) {
    for hook in hooks {
        if let Err(error) = py.call(&hook, &[]) {
            lockstep_interp::builtins::unraisable(py, error, "Exception ignored in fork hook", Some(hook));
        }
    }
}

/// Forks the process, with the hooks before and after.
pub(crate) fn fork(py: &mut Py) -> Result<Fork> {
    let mut before = py.state::<Hooks>().before.clone();
    before.reverse();
    run(py, before);
    let forked = match py.fork() {
        Ok(forked) => forked,
        Err(error) => {
            let after = py.state::<Hooks>().in_parent.clone();
            run(py, after);
            return Err(io_error(py, &error));
        }
    };
    let after = match forked {
        Fork::Child => {
            crate::_thread::after_fork(py);
            py.state::<Hooks>().in_child.clone()
        }
        Fork::Parent(_) => py.state::<Hooks>().in_parent.clone(),
    };
    run(py, after);
    Ok(forked)
}

/// Threads that stay behind may hold what the child needs.
pub(super) fn warn_of_threads(py: &mut Py, function: &str) -> Result<()> {
    if py.running_threads() == 0 {
        return Ok(());
    }
    let own = rustix::process::getpid().as_raw_nonzero();
    let text = format!("This process (pid={own}) is multi-threaded, use of {function}() may lead to deadlocks in the child.");
    py.warn(Exc::DeprecationWarning, &text, 1)
}

/// The functions of `posix` for forking.
pub struct Forks;

#[module]
impl Forks {
    /// Fork a child process.
    #[py("()")]
    fn fork(py: &mut Py) -> Result<i32> {
        match self::fork(py)? {
            Fork::Child => Ok(0),
            Fork::Parent(pid) => {
                warn_of_threads(py, "fork")?;
                Ok(pid)
            }
        }
    }
    /// Register callables to be called when forking a new process.
    #[py("(*, before=<unbound>, after_in_child=<unbound>, after_in_parent=<unbound>)")]
    fn register_at_fork(
        py: &mut Py,
        before: Option<&Value>,
        after_in_child: Option<&Value>,
        after_in_parent: Option<&Value>,
    ) -> Result<()> {
        if before.is_none() && after_in_child.is_none() && after_in_parent.is_none() {
            return Err(type_error("At least one argument is required."));
        }
        let all = [("before", before), ("after_in_child", after_in_child), ("after_in_parent", after_in_parent)];
        for (name, hook) in all {
            if let Some(hook) = hook
                && !py.is_callable(hook)
            {
                return Err(type_error(format!("'{name}' must be callable, not {}", py.type_name(hook))));
            }
        }
        let hooks = py.state::<Hooks>();
        hooks.before.extend(before.cloned());
        hooks.in_child.extend(after_in_child.cloned());
        hooks.in_parent.extend(after_in_parent.cloned());
        Ok(())
    }
}
