//! `select.epoll`: the system's set of descriptors to watch.

use lockstep_interp::object::raise::{Result, memory_error, os_error, type_error, value_error};
use lockstep_interp::object::{NativeType, Type};
use lockstep_interp::{Guarded, Object, Py, Ref, Value, methods};
use lockstep_sched::PollFd;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::io::Errno;

use crate::system;

/// The payload of an `epoll`: its descriptor's number; none: closed.
pub struct Epoll {
    fd: Option<i32>,
}

impl Object for Epoll {
    type Access = Guarded;
}

/// An epoll that nobody refers to closes its descriptor.
impl Drop for Epoll {
    fn drop(&mut self) {
        if let Some(fd) = self.fd.take() {
            // Nobody is left to tell.
            let _ = lockstep_sched::close(fd);
        }
    }
}

impl Epoll {
    fn number(py: &Py, this: &Ref<Epoll>) -> Result<i32> {
        this.get(py).fd.ok_or_else(|| value_error("I/O operation on closed epoll object"))
    }
}

/// Runs one of the three operations on the set.
fn control(
    py: &mut Py,
    this: &Ref<Epoll>,
    fd: &Value,
    call: impl FnOnce(std::os::fd::BorrowedFd<'static>, i32) -> rustix::io::Result<()>,
) -> Result<()> {
    let number = Epoll::number(py, this)?;
    let fd = system::descriptor_of(py, fd)?;
    system::fd(number).and_then(|epoll| call(epoll, fd)).map_err(|e| system::fail(py, e))
}

#[methods]
impl Epoll {
    #[staticmethod("(type, sizehint=-1, flags=0)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, sizehint: i32, flags: i32) -> Result<Value> {
        if sizehint != -1 && sizehint <= 0 {
            return Err(value_error("negative sizehint"));
        }
        if flags & !(CreateFlags::CLOEXEC.bits() as i32) != 0 {
            return Err(os_error(py, 22, None));
        }
        let fd = epoll::create(CreateFlags::CLOEXEC).map_err(|e| system::fail(py, e))?;
        let fd = Some(lockstep_sched::number(fd));
        Ok(py.make_in(cls, Epoll { fd }).into_value())
    }
    #[py("(self, /)")]
    fn __enter__(py: &mut Py, this: &Ref<Epoll>) -> Result<Value> {
        Self::number(py, this)?;
        Ok(this.clone().into_value())
    }
    #[py("(self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn __exit__(py: &mut Py, this: &Ref<Epoll>, exc_type: &Value, exc_value: &Value, exc_tb: &Value) -> Result<()> {
        let _ = (exc_type, exc_value, exc_tb);
        Self::close(py, this)
    }
    /// Close the epoll control file descriptor.
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<Epoll>) -> Result<()> {
        match this.get_mut(py).fd.take() {
            Some(fd) => lockstep_sched::close(fd).map_err(|e| system::fail_io(py, &e)),
            None => Ok(()),
        }
    }
    /// True if the epoll handler is closed
    #[getter]
    fn closed(py: &mut Py, this: &Ref<Epoll>) -> bool {
        this.get(py).fd.is_none()
    }
    /// Return the epoll control file descriptor.
    #[py("(self, /)")]
    fn fileno(py: &mut Py, this: &Ref<Epoll>) -> Result<i32> {
        Self::number(py, this)
    }
    /// Create an epoll object from a given control fd.
    #[classmethod("(type, fd, /)")]
    fn fromfd(py: &mut Py, cls: &Value, fd: i32) -> Result<Value> {
        match cls.downcast::<Type>() {
            Some(cls) => Ok(py.make_in(cls, Epoll { fd: Some(fd) }).into_value()),
            None => Err(type_error("fromfd() needs a class")),
        }
    }
    /// Registers a new fd or raises an OSError if the fd is already registered.
    #[py("(self, fd, eventmask=7)")]
    fn register(py: &mut Py, this: &Ref<Epoll>, fd: &Value, eventmask: u32) -> Result<()> {
        let flags = EventFlags::from_bits_retain(eventmask);
        control(py, this, fd, |epoll, fd| epoll::add(epoll, system::fd(fd)?, EventData::new_u64(fd as u64), flags))
    }
    /// Modify event mask for a registered file descriptor.
    #[py("(self, fd, eventmask)")]
    fn modify(py: &mut Py, this: &Ref<Epoll>, fd: &Value, eventmask: u32) -> Result<()> {
        let flags = EventFlags::from_bits_retain(eventmask);
        control(py, this, fd, |epoll, fd| epoll::modify(epoll, system::fd(fd)?, EventData::new_u64(fd as u64), flags))
    }
    /// Remove a registered file descriptor from the epoll object.
    #[py("(self, fd)")]
    fn unregister(py: &mut Py, this: &Ref<Epoll>, fd: &Value) -> Result<()> {
        control(py, this, fd, |epoll, fd| epoll::delete(epoll, system::fd(fd)?))
    }
    /// Wait for events on the epoll file descriptor.
    #[py("(self, timeout=None, maxevents=-1)")]
    fn poll(py: &mut Py, this: &Ref<Epoll>, timeout: &Value, maxevents: i64) -> Result<Value> {
        let deadline = super::deadline(py, timeout, 1.0, "timeout must be a real number or None")?;
        let most = match usize::try_from(maxevents) {
            Ok(n @ 1..) => n.min(1 << 16),
            _ if maxevents == -1 => 1023,
            _ => return Err(value_error(format!("maxevents must be greater than 0, got {maxevents}"))),
        };
        let mut events: Vec<Event> = Vec::new();
        events.try_reserve(most).map_err(|_| memory_error())?;
        loop {
            let number = Self::number(py, this)?;
            let now = rustix::time::Timespec { tv_sec: 0, tv_nsec: 0 };
            let got = system::fd(number).and_then(|fd| epoll::wait(fd, rustix::buffer::spare_capacity(&mut events), Some(&now)));
            match got {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => break,
                Err(e) => return Err(system::fail(py, e)),
            }
            if super::wait(py, &mut [PollFd::readable(number)], deadline)? == 0 {
                break;
            }
        }
        let ready = events.iter().take(most).map(|event| {
            let (data, flags) = (event.data, event.flags);
            let flags = py.int(i64::from(flags.bits()));
            py.tuple(vec![Value::int32(data.u64() as i32), flags])
        });
        let ready = ready.collect();
        Ok(py.list(ready))
    }
}

impl NativeType for Epoll {
    const NAME: &'static str = "epoll";
    const MODULE: &'static str = "select";
    const DOC: Option<&'static str> = Some("Returns an epolling object.");
}
