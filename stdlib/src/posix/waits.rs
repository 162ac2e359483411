//! Waiting for child processes, and what their status means.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::types::structseq::StructSpec;
use lockstep_macros::module;
use lockstep_sched::{Wait, WaitKind};
use rustix::process::{Pid, WaitOptions};

use crate::system;

fn signaled(status: i32) -> bool {
    let low = status & 0x7f;
    low != 0 && low != 0x7f
}

fn stopped(status: i32) -> bool {
    status & 0xff == 0x7f
}

/// `resource.struct_rusage`
pub static USAGE: StructSpec = StructSpec {
    name: "struct_rusage",
    module: "resource",
    doc: "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\nor via the attributes ru_utime, ru_stime, ru_maxrss, and so on.",
    fields: &[
        "ru_utime",
        "ru_stime",
        "ru_maxrss",
        "ru_ixrss",
        "ru_idrss",
        "ru_isrss",
        "ru_minflt",
        "ru_majflt",
        "ru_nswap",
        "ru_inblock",
        "ru_oublock",
        "ru_msgsnd",
        "ru_msgrcv",
        "ru_nsignals",
        "ru_nvcsw",
        "ru_nivcsw",
    ],
    visible: 16,
    constructible: true,
};

/// `posix.waitid_result`
pub static WAITID: StructSpec = StructSpec {
    name: "waitid_result",
    module: "posix",
    doc: "waitid_result: Result from waitid.\n\nThis object may be accessed either as a tuple of\n  (si_pid, si_uid, si_signo, si_status, si_code),\nor via the attributes si_pid, si_uid, and so on.\n\nSee os.waitid for more information.",
    fields: &["si_pid", "si_uid", "si_signo", "si_status", "si_code"],
    visible: 5,
    constructible: true,
};

/// The functions of `posix` for the status of processes.
pub struct Waits;

#[module]
impl Waits {
    /// Wait for completion of a given child process.
    #[py("(pid, options, /)")]
    fn waitpid(py: &mut Py, pid: i32, options: i32) -> Result<Value> {
        let options = WaitOptions::from_bits_retain(options as u32);
        let done = system::blocking(py, WaitKind::Process, -1, || match pid {
            -1 => rustix::process::wait(options),
            0 | i32::MIN => rustix::process::waitpgid(rustix::process::getpgrp(), options),
            n if n < 0 => match Pid::from_raw(-n) {
                Some(group) => rustix::process::waitpgid(group, options),
                None => Err(rustix::io::Errno::INVAL),
            },
            n => rustix::process::waitpid(Pid::from_raw(n), options),
        })?;
        let (pid, status) = match done.map_err(|e| system::fail(py, e))? {
            Some((pid, status)) => (pid.as_raw_nonzero().get(), status.as_raw()),
            None => (0, 0),
        };
        Ok(py.tuple(vec![Value::int32(pid), Value::int32(status)]))
    }
    /// Wait for completion of a child process.
    #[py("()")]
    fn wait(py: &mut Py) -> Result<Value> {
        Self::waitpid(py, -1, 0)
    }
    /// Wait for completion of a specific child process.
    #[py("(pid, options)")]
    fn wait4(py: &mut Py, pid: i32, options: i32) -> Result<Value> {
        let (pid, status, usage) = loop {
            match py.unlocked(&Wait::new(WaitKind::Process), move || lockstep_sched::wait_usage(pid, options))? {
                Ok(done) => break done,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(system::fail_io(py, &error)),
            }
        };
        let mut values = vec![Value::float(usage.user), Value::float(usage.system)];
        values.extend(usage.counts.iter().map(|n| py.int(*n)));
        let usage = py.struct_seq(&USAGE, values);
        Ok(py.tuple(vec![Value::int32(pid), Value::int32(status), usage]))
    }
    /// Wait for completion of a child process.
    #[py("(options)")]
    fn wait3(py: &mut Py, options: i32) -> Result<Value> {
        Self::wait4(py, -1, options)
    }
    /// Returns the result of waiting for a process or processes.
    ///
    ///   idtype
    ///     Must be one of be P_PID, P_PGID or P_ALL.
    ///   id
    ///     The id to wait on.
    ///   options
    ///     Constructed from the ORing of one or more of WEXITED, WSTOPPED
    ///     or WCONTINUED and additionally may be ORed with WNOHANG or WNOWAIT.
    ///
    /// Returns either waitid_result or None if WNOHANG is specified and there are
    /// no children in a waitable state.
    #[py("(idtype, id, options, /)")]
    fn waitid(py: &mut Py, idtype: u32, id: i32, options: i32) -> Result<Value> {
        let news = system::blocking(py, WaitKind::Process, -1, || {
            let news = lockstep_sched::process::wait_id(idtype, id as u32, options);
            news.map_err(|e| rustix::io::Errno::from_io_error(&e).unwrap_or(rustix::io::Errno::IO))
        })?;
        let Some(news) = news.map_err(|e| system::fail(py, e))? else { return Ok(Value::NONE) };
        let values = vec![
            Value::int32(news.pid),
            py.int(i64::from(news.uid)),
            Value::int32(news.signo),
            Value::int32(news.status),
            Value::int32(news.code),
        ];
        Ok(py.struct_seq(&WAITID, values))
    }
    /// Convert a wait status to an exit code.
    #[py("(status)")]
    fn waitstatus_to_exitcode(_py: &mut Py, status: i32) -> Result<i32> {
        if status & 0x7f == 0 {
            Ok((status >> 8) & 0xff)
        } else if signaled(status) {
            Ok(-(status & 0x7f))
        } else if stopped(status) {
            Err(value_error(format!("process stopped by delivery of signal {}", (status >> 8) & 0xff)))
        } else {
            Err(value_error(format!("invalid wait status: {status}")))
        }
    }
    /// Return True if the process returning status exited via the exit() system call.
    #[py("(status)", name = "WIFEXITED")]
    fn wifexited(_py: &mut Py, status: i32) -> bool {
        status & 0x7f == 0
    }
    /// Return the process return code from status.
    #[py("(status)", name = "WEXITSTATUS")]
    fn wexitstatus(_py: &mut Py, status: i32) -> i32 {
        (status >> 8) & 0xff
    }
    /// Return True if the process returning status was terminated by a signal.
    #[py("(status)", name = "WIFSIGNALED")]
    fn wifsignaled(_py: &mut Py, status: i32) -> bool {
        signaled(status)
    }
    /// Return the signal that terminated the process that provided the status value.
    #[py("(status)", name = "WTERMSIG")]
    fn wtermsig(_py: &mut Py, status: i32) -> i32 {
        status & 0x7f
    }
    /// Return True if the process returning status was stopped.
    #[py("(status)", name = "WIFSTOPPED")]
    fn wifstopped(_py: &mut Py, status: i32) -> bool {
        stopped(status)
    }
    /// Return the signal that stopped the process that provided the status value.
    #[py("(status)", name = "WSTOPSIG")]
    fn wstopsig(_py: &mut Py, status: i32) -> i32 {
        (status >> 8) & 0xff
    }
    /// Return True if the process returning status was dumped to a core file.
    #[py("(status, /)", name = "WCOREDUMP")]
    fn wcoredump(_py: &mut Py, status: i32) -> bool {
        status & 0x80 != 0
    }
    /// Return True if a particular process was continued from a job control stop.
    #[py("(status)", name = "WIFCONTINUED")]
    fn wifcontinued(_py: &mut Py, status: i32) -> bool {
        status == 0xffff
    }
}
