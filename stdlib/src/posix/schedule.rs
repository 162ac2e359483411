//! How the system schedules processes; namespaces.

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::raise::{Result, overflow_error, type_error, value_error};
use lockstep_interp::object::{Py, Type};
use lockstep_interp::types::int;
use lockstep_interp::types::structseq::StructSpec;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::module;
use lockstep_sched::process;
use rustix::io::Errno;
use rustix::process::Pid;
use rustix::thread::CpuSet;

use crate::system;

/// Processors that a set has room for.
const MOST_PROCESSORS: i64 = 1024;

/// `posix.sched_param`
pub static PARAM: StructSpec = StructSpec {
    name: "sched_param",
    module: "posix",
    doc: "Currently has only one field: sched_priority\n\n  sched_priority\n    A scheduling parameter.",
    fields: &["sched_priority"],
    visible: 1,
    constructible: true,
};

fn done<T>(py: &Py, result: std::io::Result<T>) -> Result<T> {
    result.map_err(|e| system::fail_io(py, &e))
}

/// What `sched_param` has apart from other struct sequences.
struct Parameter;

#[module]
impl Parameter {
    #[py("(cls, sched_priority)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, sched_priority: Value) -> Value {
        py.make_tail_in::<Tuple>(cls, (), &[sched_priority]).into_value()
    }
}

/// Gives `sched_param` its constructor, which takes the item itself.
pub fn complete(py: &mut Py) {
    let class = py.struct_type(&PARAM);
    let namespace = class.get(py).dict.clone();
    py.add_functions::<Parameter>(&namespace, "sched_param");
    py.resolve_inherited(&class);
}

/// The priority in a `sched_param`.
pub fn priority_in(py: &mut Py, param: &Value) -> Result<i32> {
    let ty = py.struct_type(&PARAM);
    if !py.type_of(param).is(&ty) {
        return Err(type_error("must have a sched_param object"));
    }
    let Some(tuple) = param.downcast::<Tuple>() else { return Err(type_error("must have a sched_param object")) };
    let value = tuple.slice().first().cloned().unwrap_or(Value::NONE);
    let number = py.index(&value)?;
    let number = int::as_i64(&number).and_then(|n| i32::try_from(n).ok());
    number.ok_or_else(|| overflow_error("sched_priority out of range"))
}

/// The functions of this file.
pub struct Schedule;

#[module]
impl Schedule {
    /// Get the maximum scheduling priority for policy.
    #[py("(policy)")]
    fn sched_get_priority_max(py: &mut Py, policy: i32) -> Result<i32> {
        done(py, process::priorities(policy)).map(|(_, most)| most)
    }
    /// Get the minimum scheduling priority for policy.
    #[py("(policy)")]
    fn sched_get_priority_min(py: &mut Py, policy: i32) -> Result<i32> {
        done(py, process::priorities(policy)).map(|(least, _)| least)
    }
    /// Returns scheduling parameters for the process identified by pid.
    ///
    /// If pid is 0, returns parameters for the calling process.
    /// Return value is an instance of sched_param.
    #[py("(pid, /)")]
    fn sched_getparam(py: &mut Py, pid: i32) -> Result<Value> {
        let priority = done(py, process::priority(pid))?;
        Ok(py.struct_seq(&PARAM, vec![Value::int32(priority)]))
    }
    /// Get the scheduling policy for the process identified by pid.
    ///
    /// Passing 0 for pid returns the scheduling policy for the calling process.
    #[py("(pid, /)")]
    fn sched_getscheduler(py: &mut Py, pid: i32) -> Result<i32> {
        done(py, process::policy(pid))
    }
    /// Return the round-robin quantum for the process identified by pid, in seconds.
    ///
    /// Value returned is a float.
    #[py("(pid, /)")]
    fn sched_rr_get_interval(py: &mut Py, pid: i32) -> Result<f64> {
        done(py, process::round_robin(pid)).map(|time| time.as_secs_f64())
    }
    /// Set the CPU affinity of the process identified by pid to mask.
    ///
    ///   pid
    ///     The process ID of the process.  0 means the calling process.
    ///   mask
    ///     An iterable of integers identifying CPUs.
    #[py("(pid, mask, /)")]
    fn sched_setaffinity(py: &mut Py, pid: i32, mask: &Value) -> Result<()> {
        let mut set = CpuSet::new();
        for cpu in py.collect(mask)? {
            if !int::is_int(&cpu) {
                let class = py.type_of(&cpu).into_value();
                let shown = py.repr_lossy(&class);
                return Err(type_error(format!("expected an iterator of ints, but iterator yielded {shown}")));
            }
            match int::as_i64(&cpu) {
                Some(n) if n < 0 => return Err(value_error("negative CPU number")),
                Some(n @ 0..MOST_PROCESSORS) => set.set(n as usize),
                // No system has that many: the set without it says the same.
                Some(n) if n <= i64::from(i32::MAX) => {}
                _ => return Err(overflow_error("CPU number too large")),
            }
        }
        if pid < 0 {
            return Err(system::fail(py, Errno::SRCH));
        }
        rustix::thread::sched_setaffinity(Pid::from_raw(pid), &set).map_err(|e| system::fail(py, e))
    }
    /// Set scheduling parameters for the process identified by pid.
    ///
    /// If pid is 0, sets parameters for the calling process.
    /// param should be an instance of sched_param.
    #[py("(pid, param, /)")]
    fn sched_setparam(py: &mut Py, pid: i32, param: &Value) -> Result<()> {
        let priority = priority_in(py, param)?;
        done(py, process::set_priority(pid, priority))
    }
    /// Set the scheduling policy for the process identified by pid.
    ///
    /// If pid is 0, the calling process is changed.
    /// param is an instance of sched_param.
    #[py("(pid, policy, param, /)")]
    fn sched_setscheduler(py: &mut Py, pid: i32, policy: i32, param: &Value) -> Result<()> {
        let priority = priority_in(py, param)?;
        done(py, process::set_policy(pid, policy, priority))
    }
    /// Move the calling thread into different namespaces.
    ///
    ///   fd
    ///     A file descriptor to a namespace.
    ///   nstype
    ///     Type of namespace.
    #[py("(fd, nstype=0)")]
    fn setns(py: &mut Py, fd: &Value, nstype: i32) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        done(py, process::enter_namespace(fd, nstype))
    }
    /// Disassociate parts of a process (or thread) execution context.
    ///
    ///   flags
    ///     Namespaces to be unshared.
    #[py("(flags)")]
    fn unshare(py: &mut Py, flags: i32) -> Result<()> {
        done(py, process::unshare(flags))
    }
}
