//! `select`: waiting for one of several descriptors. Every wait goes through the door's `poll`;
//! an epoll is a descriptor like any other there.

mod epoll;
mod poll;

use lockstep_interp::embed::serve;
use lockstep_interp::object::raise::{Result, io_error, type_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::list::List;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Exc, Py, Ref, Value, module};
use lockstep_sched::{Deadline, PollFd, Polled, Wait, WaitKind};
use rustix::event::PollFlags;
use rustix::io::Errno;

use crate::_thread::timeout;
use crate::system;

/// When a wait ends that a script gives `units` per second of; negative or None: never.
fn deadline(py: &mut Py, value: &Value, units: f64, message: &str) -> Result<Deadline> {
    if value.is_none() {
        return Ok(Deadline::NEVER);
    }
    let amount = match py.to_f64(value) {
        Ok(amount) if amount.is_nan() => return Err(value_error("Invalid value NaN (not a number)")),
        Ok(amount) => amount,
        Err(e) if e.is(Exc::TypeError) => return Err(type_error(message)),
        Err(e) => return Err(e),
    };
    if amount < 0.0 {
        return Ok(Deadline::NEVER);
    }
    if amount == 0.0 {
        return Ok(Deadline::NOW);
    }
    if amount / units > timeout::MAX_SECONDS {
        return Err(lockstep_interp::object::raise::overflow_error("timeout is too large"));
    }
    Ok(timeout::deadline(py, amount / units))
}

/// Waits until a descriptor is ready or time is up; signals are attended to meanwhile.
fn wait(py: &mut Py, fds: &mut [PollFd], deadline: Deadline) -> Result<usize> {
    let wait = Wait::new(WaitKind::Select).until(deadline);
    loop {
        match py.thread().poll(&wait, fds) {
            Ok(Polled::Ready(count)) => return Ok(count),
            Ok(Polled::TimedOut) => return Ok(0),
            Ok(Polled::Interrupted) => {
                let requests = py.thread().requests();
                serve(py, requests)?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => py.check()?,
            Err(error) => return Err(io_error(py, &error)),
        }
    }
}

const READ: PollFlags = PollFlags::IN.union(PollFlags::HUP).union(PollFlags::ERR).union(PollFlags::RDNORM);
const WRITE: PollFlags = PollFlags::OUT.union(PollFlags::ERR).union(PollFlags::WRNORM);

/// The functions of the module.
pub struct Select;

#[module]
impl Select {
    /// Wait until one or more file descriptors are ready for some kind of I/O.
    #[py("(rlist, wlist, xlist, timeout=None, /)")]
    fn select(py: &mut Py, rlist: &Value, wlist: &Value, xlist: &Value, timeout: &Value) -> Result<Value> {
        let deadline = deadline(py, timeout, 1.0, "timeout must be a float or None")?;
        if !timeout.is_none() && py.to_f64(timeout)? < 0.0 {
            return Err(value_error("timeout must be non-negative"));
        }
        let (mut fds, mut objects) = (Vec::new(), Vec::new());
        let asked = [(rlist, PollFlags::IN), (wlist, PollFlags::OUT), (xlist, PollFlags::PRI)];
        for (list, (values, events)) in asked.into_iter().enumerate() {
            // A list may change while its items are asked for their descriptors.
            let values = match values.downcast::<List>() {
                Some(list) if py.is_exact::<List>(values) => list.clone(),
                _ => match py.collect(values) {
                    Err(e) if e.is(Exc::TypeError) => return Err(type_error("arguments 1-3 must be sequences")),
                    values => py.new_list(values?),
                },
            };
            let mut at = 0;
            while let Some(object) = values.get(py).items.get(at).cloned() {
                at += 1;
                let fd = system::descriptor_of(py, &object)?;
                if fd >= 1024 {
                    return Err(value_error("filedescriptor out of range in select()"));
                }
                fds.push(PollFd { fd, events: events.bits() as i16, revents: 0 });
                objects.push((list, object));
            }
        }
        wait(py, &mut fds, deadline)?;
        let mut ready = [Vec::new(), Vec::new(), Vec::new()];
        for (fd, (list, object)) in fds.iter().zip(objects) {
            let is = PollFlags::from_bits_retain(fd.revents as u16);
            if is.contains(PollFlags::NVAL) {
                return Err(system::fail(py, Errno::BADF));
            }
            if is.intersects([READ, WRITE, PollFlags::PRI][list]) {
                ready[list].push(object);
            }
        }
        let lists = ready.into_iter().map(|list| py.list(list)).collect();
        Ok(py.tuple(lists))
    }

    /// Returns a polling object.
    #[py("()")]
    fn poll(py: &mut Py) -> Value {
        py.make(poll::Poll::default()).into_value()
    }
}

const NUMBERS: &[(&str, i32)] = &[
    ("EPOLLERR", 8),
    ("EPOLLET", i32::MIN),
    ("EPOLLEXCLUSIVE", 1 << 28),
    ("EPOLLHUP", 16),
    ("EPOLLIN", 1),
    ("EPOLLMSG", 1024),
    ("EPOLLONESHOT", 1 << 30),
    ("EPOLLOUT", 4),
    ("EPOLLPRI", 2),
    ("EPOLLRDBAND", 128),
    ("EPOLLRDHUP", 8192),
    ("EPOLLRDNORM", 64),
    ("EPOLLWAKEUP", 1 << 29),
    ("EPOLLWRBAND", 512),
    ("EPOLLWRNORM", 256),
    ("EPOLL_CLOEXEC", 0o2_000_000),
    ("PIPE_BUF", 4096),
    ("POLLERR", 8),
    ("POLLHUP", 16),
    ("POLLIN", 1),
    ("POLLMSG", 1024),
    ("POLLNVAL", 32),
    ("POLLOUT", 4),
    ("POLLPRI", 2),
    ("POLLRDBAND", 128),
    ("POLLRDHUP", 8192),
    ("POLLRDNORM", 64),
    ("POLLWRBAND", 512),
    ("POLLWRNORM", 256),
];

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Select>(&namespace, "select");
    for (name, number) in NUMBERS {
        // EPOLLET is the top bit of an unsigned word.
        let number = py.int(i64::from(*number as u32));
        dict::set_name(py, &namespace, name, number);
    }
    py.define::<poll::Poll>();
    let class = py.define::<epoll::Epoll>().into_value();
    dict::set_name(py, &namespace, "epoll", class);
    let error = py.exception_type(Exc::OSError).into_value();
    dict::set_name(py, &namespace, "error", error);
    Ok(())
}
