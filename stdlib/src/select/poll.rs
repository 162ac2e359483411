//! The polling object: a table of descriptors and what is asked of each.

use lockstep_interp::object::NativeType;
use lockstep_interp::object::raise::{Result, key_error, overflow_error, runtime_error, value_error};
use lockstep_interp::types::int;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, methods};
use lockstep_sched::PollFd;
use rustix::io::Errno;

use crate::system;

/// The payload of a `poll` object.
#[derive(Default)]
pub struct Poll {
    /// In the order of their registration.
    asked: Vec<PollFd>,
    polling: bool,
}

impl Object for Poll {
    type Access = Guarded;
}

/// The bits of an event mask: an unsigned short.
fn mask(py: &mut Py, value: &Value) -> Result<i16> {
    let number = py.index(value)?;
    let big = int::to_ibig(&number);
    match big.as_ref().map(u16::try_from) {
        Some(Ok(bits)) => Ok(bits as i16),
        _ if number.as_small_int().is_some_and(|n| n < 0) => Err(value_error("value must be positive")),
        _ => Err(overflow_error("Python int too large for C unsigned short")),
    }
}

#[methods]
impl Poll {
    /// Register a file descriptor with the polling object.
    #[py("(self, fd, eventmask=7, /)")]
    fn register(py: &mut Py, this: &Ref<Poll>, fd: &Value, eventmask: &Value) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let events = mask(py, eventmask)?;
        let asked = &mut this.get_mut(py).asked;
        match asked.iter_mut().find(|known| known.fd == fd) {
            Some(known) => known.events = events,
            None => asked.push(PollFd { fd, events, revents: 0 }),
        }
        Ok(())
    }
    /// Modify an already registered file descriptor.
    #[py("(self, fd, eventmask, /)")]
    fn modify(py: &mut Py, this: &Ref<Poll>, fd: &Value, eventmask: &Value) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let events = mask(py, eventmask)?;
        match this.get_mut(py).asked.iter_mut().find(|known| known.fd == fd) {
            Some(known) => known.events = events,
            None => return Err(system::fail(py, Errno::NOENT)),
        }
        Ok(())
    }
    /// Remove a file descriptor being tracked by the polling object.
    #[py("(self, fd, /)")]
    fn unregister(py: &mut Py, this: &Ref<Poll>, fd: &Value) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let asked = &mut this.get_mut(py).asked;
        match asked.iter().position(|known| known.fd == fd) {
            Some(at) => drop(asked.remove(at)),
            None => return Err(key_error(Value::int32(fd))),
        }
        Ok(())
    }
    /// Polls the set of registered file descriptors.
    #[py("(self, timeout=None, /)")]
    fn poll(py: &mut Py, this: &Ref<Poll>, timeout: &Value) -> Result<Value> {
        let deadline = super::deadline(py, timeout, 1000.0, "timeout must be a real number or None")?;
        if this.get(py).polling {
            return Err(runtime_error("concurrent poll() invocation"));
        }
        let mut fds = this.get(py).asked.clone();
        this.get_mut(py).polling = true;
        let result = super::wait(py, &mut fds, deadline);
        this.get_mut(py).polling = false;
        result?;
        let ready = fds.iter().filter(|fd| fd.revents != 0);
        let ready = ready.map(|fd| py.tuple(vec![Value::int32(fd.fd), Value::int32(i32::from(fd.revents as u16))])).collect();
        Ok(py.list(ready))
    }
}

impl NativeType for Poll {
    const NAME: &'static str = "poll";
    const MODULE: &'static str = "select";
    const DOC: Option<&'static str> = None;
    const FLAGS: u32 = 0;
}
