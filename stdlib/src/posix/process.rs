//! The process: identity, environment, signals, times.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::os::unix::ffi::OsStringExt;

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, os_error, type_error, value_error};
use lockstep_interp::types::list::List;
use lockstep_interp::types::structseq::StructSpec;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::module;
use rustix::io::Errno;
use rustix::process::{Pid, Signal};

use crate::system;

/// `os.terminal_size`
pub static TERMINAL_SIZE: StructSpec = StructSpec {
    name: "terminal_size",
    module: "os",
    doc: "A tuple of (columns, lines) for holding terminal window size",
    fields: &["columns", "lines"],
    visible: 2,
    constructible: true,
};
/// `posix.times_result`
pub static TIMES: StructSpec = StructSpec {
    name: "times_result",
    module: "posix",
    doc: "times_result: Result from os.times().",
    fields: &["user", "system", "children_user", "children_system", "elapsed"],
    visible: 5,
    constructible: true,
};
/// `posix.uname_result`
pub static UNAME: StructSpec = StructSpec {
    name: "uname_result",
    module: "posix",
    doc: "uname_result: Result from os.uname().",
    fields: &["sysname", "nodename", "release", "version", "machine"],
    visible: 5,
    constructible: true,
};

/// The environment that the process was given.
pub fn environment() -> Vec<(Vec<u8>, Vec<u8>)> {
    std::env::vars_os().map(|(k, v)| (k.into_vec(), v.into_vec())).collect()
}

/// Changes of the environment since: the table that child processes get.
#[derive(Default)]
pub struct Environment {
    /// Names and values; none: removed.
    pub changed: std::collections::BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

/// A variable of the environment as the program has it now.
pub(crate) fn variable(py: &mut Py, name: &str) -> Option<String> {
    match py.state::<Environment>().changed.get(name.as_bytes()) {
        Some(changed) => changed.as_ref().map(|value| String::from_utf8_lossy(value).into_owned()),
        None => std::env::var(name).ok(),
    }
}

/// How many processors the program is to believe in: `-X cpu_count`, `PYTHON_CPU_COUNT`.
pub(crate) fn chosen_cpu_count(py: &Py) -> Option<u32> {
    let config = &py.shared().config;
    let option = config.x_options.iter().rev().find_map(|option| option.strip_prefix("cpu_count="));
    let chosen = match option {
        Some(option) => option.to_owned(),
        None if config.flags.ignore_environment => return None,
        None => std::env::var("PYTHON_CPU_COUNT").ok()?,
    };
    chosen.parse().ok().filter(|count| *count > 0)
}

/// The environment that a child process gets, as `NAME=value`.
pub(crate) fn environment_now(py: &mut Py) -> Vec<CString> {
    let mut table: BTreeMap<_, _> = environment().into_iter().map(|(name, value)| (name, Some(value))).collect();
    for (name, value) in &py.state::<Environment>().changed {
        table.insert(name.clone(), value.clone());
    }
    let whole = table.into_iter().filter_map(|(name, value)| Some([name, value?].join(&b'=')));
    // The system's strings and those of `putenv` have no zero byte.
    whole.filter_map(|bytes| CString::new(bytes).ok()).collect()
}

/// Runs another program in this process's place.
fn replace(py: &mut Py, path: &Value, argv: &Value, environment: Option<&Value>, name: &str) -> Result<()> {
    let program = system::path(py, path, name, "path")?;
    if !argv.is_a::<Tuple>() && !argv.is_a::<List>() {
        let got = py.type_name(argv);
        return Err(type_error(format!("{name}() arg 2 must be a tuple or list, not {got}")));
    }
    let args = crate::_posixsubprocess::arguments(py, argv)?;
    match args.first() {
        None => return Err(value_error(format!("{name}() arg 2 must not be empty"))),
        Some(first) if first.is_empty() => return Err(value_error(format!("{name}() arg 2 first element cannot be empty"))),
        Some(_) => {}
    }
    let environment = match environment {
        Some(mapping) => crate::_posixsubprocess::variables(py, mapping)?,
        None => environment_now(py),
    };
    let Ok(file) = CString::new(program.bytes) else { return Err(value_error("embedded null byte")) };
    let error = lockstep_sched::replace_process(&file, &args, &environment);
    let shown = Some(program.shown).filter(|_| name == "execve");
    Err(os_error(py, error.raw_os_error().unwrap_or(0), shown))
}

/// The functions of this file.
pub struct Process;

fn pid(py: &Py, n: i32) -> Result<Option<Pid>> {
    match n {
        0 => Ok(None),
        n => Pid::from_raw(n).map(Some).ok_or_else(|| system::fail(py, Errno::SRCH)),
    }
}

fn raw(pid: Pid) -> i32 {
    pid.as_raw_nonzero().get()
}

fn seconds(t: rustix::time::Timespec) -> f64 {
    t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9
}

#[module]
impl Process {
    #[py("()")]
    fn getpid(_py: &mut Py) -> i32 {
        raw(rustix::process::getpid())
    }
    #[py("()")]
    fn getppid(_py: &mut Py) -> i32 {
        rustix::process::getppid().map_or(0, raw)
    }
    #[py("()")]
    fn getuid(_py: &mut Py) -> u32 {
        rustix::process::getuid().as_raw()
    }
    #[py("()")]
    fn geteuid(_py: &mut Py) -> u32 {
        rustix::process::geteuid().as_raw()
    }
    #[py("()")]
    fn getgid(_py: &mut Py) -> u32 {
        rustix::process::getgid().as_raw()
    }
    #[py("()")]
    fn getegid(_py: &mut Py) -> u32 {
        rustix::process::getegid().as_raw()
    }
    #[py("()")]
    fn getgroups(py: &mut Py) -> Result<Vec<u32>> {
        let groups = rustix::process::getgroups().map_err(|e| system::fail(py, e))?;
        Ok(groups.into_iter().map(|g| g.as_raw()).collect())
    }
    #[py("()")]
    fn getpgrp(_py: &mut Py) -> i32 {
        raw(rustix::process::getpgrp())
    }
    #[py("(pid)")]
    fn getpgid(py: &mut Py, pid: i32) -> Result<i32> {
        let p = self::pid(py, pid)?;
        rustix::process::getpgid(p).map(raw).map_err(|e| system::fail(py, e))
    }
    #[py("(pid, pgrp, /)")]
    fn setpgid(py: &mut Py, pid: i32, pgrp: i32) -> Result<()> {
        let (a, b) = (self::pid(py, pid)?, self::pid(py, pgrp)?);
        rustix::process::setpgid(a, b).map_err(|e| system::fail(py, e))
    }
    #[py("(pid, /)")]
    fn getsid(py: &mut Py, pid: i32) -> Result<i32> {
        let p = self::pid(py, pid)?;
        rustix::process::getsid(p).map(raw).map_err(|e| system::fail(py, e))
    }
    /// Make the current process the leader of its process group.
    #[py("()")]
    fn setpgrp(py: &mut Py) -> Result<()> {
        rustix::process::setpgid(None, None).map_err(|e| system::fail(py, e))
    }
    #[py("()")]
    fn setsid(py: &mut Py) -> Result<()> {
        rustix::process::setsid().map(drop).map_err(|e| system::fail(py, e))
    }
    #[py("()")]
    fn getlogin(py: &mut Py) -> Result<Value> {
        match std::env::var("LOGNAME").or_else(|_| std::env::var("USER")) {
            Ok(name) => Ok(py.str(&name)),
            Err(_) => Err(system::fail(py, Errno::NXIO)),
        }
    }
    #[py("(mask, /)")]
    fn umask(_py: &mut Py, mask: u32) -> u32 {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(mask)).as_raw_mode()
    }
    #[py("(increment, /)")]
    fn nice(py: &mut Py, increment: i32) -> Result<i32> {
        rustix::process::nice(increment).map_err(|e| system::fail(py, e))
    }
    /// Kill a process with a signal.
    #[py("(pid, signal, /)")]
    fn kill(py: &mut Py, pid: i32, signal: i32) -> Result<()> {
        let number = signal;
        let signal = if number == 0 { None } else { Signal::from_named_raw(number) };
        if number != 0 && signal.is_none() {
            return Err(system::fail(py, Errno::INVAL));
        }
        if u32::try_from(pid) == Ok(std::process::id()) {
            crate::faulthandler::before_fatal(py, number);
        }
        let result = match (pid, signal) {
            (0, Some(s)) => rustix::process::kill_current_process_group(s),
            (0, None) => rustix::process::test_kill_current_process_group(),
            (n, s) if n < -1 => match (Pid::from_raw(-n), s) {
                (Some(p), Some(s)) => rustix::process::kill_process_group(p, s),
                (Some(p), None) => rustix::process::test_kill_process_group(p),
                (None, _) => Err(Errno::SRCH),
            },
            (n, s) => match (Pid::from_raw(n).filter(|_| n > 0), s) {
                (Some(p), Some(s)) => rustix::process::kill_process(p, s),
                (Some(p), None) => rustix::process::test_kill_process(p),
                (None, _) => Err(Errno::SRCH),
            },
        };
        result.map_err(|e| system::fail(py, e))?;
        // A signal to this process is handled at once.
        py.check()
    }
    #[py("(pgid, signal, /)")]
    fn killpg(py: &mut Py, pgid: i32, signal: i32) -> Result<()> {
        Self::kill(py, if pgid == 0 { 0 } else { -pgid }, signal)
    }
    /// Exit to the system with specified status, without normal exit processing.
    #[py("(status)")]
    fn _exit(_py: &mut Py, status: i32) {
        lockstep_sched::exit_now(status)
    }
    /// Execute an executable path with arguments, replacing current process.
    #[py("(path, argv, /)")]
    fn execv(py: &mut Py, path: &Value, argv: &Value) -> Result<()> {
        replace(py, path, argv, None, "execv")
    }
    /// Execute an executable path with arguments, replacing current process.
    #[py("(path, argv, env)")]
    fn execve(py: &mut Py, path: &Value, argv: &Value, env: &Value) -> Result<()> {
        replace(py, path, argv, Some(env), "execve")
    }
    /// Return a file descriptor referring to the process *pid*.
    #[py("(pid, flags=0)")]
    fn pidfd_open(py: &mut Py, pid: i32, flags: u32) -> Result<i32> {
        let flags = rustix::process::PidfdFlags::from_bits_retain(flags);
        let result = match Pid::from_raw(pid).filter(|_| pid > 0) {
            Some(pid) => rustix::process::pidfd_open(pid, flags),
            None => Err(Errno::INVAL),
        };
        result.map(lockstep_sched::number).map_err(|e| system::fail(py, e))
    }
    #[py("()")]
    fn abort(py: &mut Py) {
        crate::faulthandler::before_fatal(py, 6);
        std::process::abort()
    }
    /// Return the number of logical CPUs in the system.
    #[py("()")]
    fn cpu_count(py: &mut Py) -> Option<usize> {
        if let Some(chosen) = chosen_cpu_count(py) {
            return Some(chosen as usize);
        }
        std::thread::available_parallelism().ok().map(std::num::NonZero::get)
    }
    #[py("(pid, /)")]
    fn sched_getaffinity(py: &mut Py, pid: i32) -> Result<Value> {
        let p = self::pid(py, pid)?;
        let set = rustix::thread::sched_getaffinity(p).map_err(|e| system::fail(py, e))?;
        let cpus: Vec<Value> = (0..1024).filter(|n| set.is_set(*n)).map(|n| Value::int32(n as i32)).collect();
        let cpus = py.list(cpus);
        let class = crate::_io::builtin(py, "set")?;
        py.call(&class, &[cpus])
    }
    #[py("()")]
    fn sched_yield(py: &mut Py) -> Result<()> {
        let requests = py.thread().yield_now();
        lockstep_interp::embed::serve(py, requests)
    }
    /// Return a bytes object containing random bytes suitable for cryptographic use.
    #[py("(size, /)")]
    fn urandom(py: &mut Py, size: i64) -> Result<Value> {
        let Ok(size) = usize::try_from(size) else { return Err(value_error("negative argument not allowed")) };
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(size).is_err() {
            return Err(lockstep_interp::object::raise::memory_error());
        }
        bytes.resize(size, 0);
        let mut at = 0;
        while at < size {
            match rustix::rand::getrandom(&mut bytes[at..], rustix::rand::GetRandomFlags::empty()) {
                Ok(n) => at += n,
                Err(Errno::INTR) => py.check()?,
                Err(e) => return Err(system::fail(py, e)),
            }
        }
        Ok(py.bytes(&bytes))
    }
    #[py("(size, flags=0)")]
    fn getrandom(py: &mut Py, size: i64, flags: i64) -> Result<Value> {
        let _ = flags;
        Self::urandom(py, size)
    }
    /// Return an object identifying the current operating system.
    #[py("()")]
    fn uname(py: &mut Py) -> Value {
        let u = rustix::system::uname();
        let values = [u.sysname(), u.nodename(), u.release(), u.version(), u.machine()]
            .iter()
            .map(|s| system::decode_path(py, s.to_bytes()))
            .collect();
        py.struct_seq(&UNAME, values)
    }
    /// Return a collection containing process timing information.
    #[py("()")]
    fn times(py: &mut Py) -> Value {
        let ticks = rustix::param::clock_ticks_per_second() as f64;
        let read = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let fields: Vec<f64> =
            read.rsplit(") ").next().unwrap_or_default().split(' ').map(|f| f.parse().unwrap_or(0.0)).collect();
        let at = |i: usize| Value::float(fields.get(i).copied().unwrap_or(0.0) / ticks);
        let now = seconds(rustix::time::clock_gettime(rustix::time::ClockId::Monotonic));
        py.struct_seq(&TIMES, vec![at(11), at(12), at(13), at(14), Value::float(now)])
    }
    /// Return average recent system load information.
    #[py("()")]
    fn getloadavg(py: &mut Py) -> Result<(f64, f64, f64)> {
        let read = std::fs::read_to_string("/proc/loadavg").map_err(|e| system::fail_io(py, &e))?;
        let mut numbers = read.split(' ').map(|f| f.parse().unwrap_or(0.0));
        Ok((numbers.next().unwrap_or(0.0), numbers.next().unwrap_or(0.0), numbers.next().unwrap_or(0.0)))
    }
    /// Return the size of the terminal window as (columns, lines).
    #[py("(fd=1, /)")]
    fn get_terminal_size(py: &mut Py, fd: i32) -> Result<Value> {
        match system::fd(fd).and_then(rustix::termios::tcgetwinsize) {
            Ok(size) => {
                Ok(py.struct_seq(&TERMINAL_SIZE, vec![Value::int32(size.ws_col.into()), Value::int32(size.ws_row.into())]))
            }
            Err(e) => Err(system::fail(py, e)),
        }
    }
    /// Translate an error code to a message string.
    #[py("(code, /)")]
    fn strerror(py: &mut Py, code: i32) -> Value {
        py.str(&system::strerror(code))
    }
    #[py("(name, value, /)")]
    fn putenv(py: &mut Py, name: &Value, value: &Value) -> Result<()> {
        let name = system::path_of(py, name.clone(), "")?.bytes;
        let value = system::path_of(py, value.clone(), "")?.bytes;
        if name.is_empty() {
            return Err(system::fail(py, Errno::INVAL));
        }
        if name.contains(&b'=') {
            return Err(value_error("illegal environment variable name"));
        }
        py.state::<Environment>().changed.insert(name, Some(value));
        Ok(())
    }
    #[py("(name, /)")]
    fn unsetenv(py: &mut Py, name: &Value) -> Result<()> {
        let name = system::path_of(py, name.clone(), "")?.bytes;
        if name.is_empty() || name.contains(&b'=') {
            return Err(system::fail(py, Errno::INVAL));
        }
        py.state::<Environment>().changed.insert(name, None);
        Ok(())
    }
    #[py("(device, /)")]
    fn major(_py: &mut Py, device: u64) -> u32 {
        rustix::fs::major(device)
    }
    #[py("(device, /)")]
    fn minor(_py: &mut Py, device: u64) -> u32 {
        rustix::fs::minor(device)
    }
    #[py("(major, minor, /)")]
    fn makedev(_py: &mut Py, major: u32, minor: u32) -> u64 {
        rustix::fs::makedev(major, minor)
    }
}
