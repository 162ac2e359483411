//! Waiting for child processes, and what their status means.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_macros::module;
use lockstep_sched::WaitKind;
use rustix::process::{Pid, WaitOptions};

use crate::system;

fn signaled(status: i32) -> bool {
    let low = status & 0x7f;
    low != 0 && low != 0x7f
}

fn stopped(status: i32) -> bool {
    status & 0xff == 0x7f
}

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
