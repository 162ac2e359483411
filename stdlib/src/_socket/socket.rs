//! The type `socket`: a descriptor and how its calls wait.

use lockstep_heap::{Shape, ShapeRef, flags};
use lockstep_interp::object::raise::{Result, io_error, memory_error, overflow_error, type_error, value_error};
use lockstep_interp::object::{NativeType, Type};
use lockstep_interp::types::buffer;
use lockstep_interp::{Exc, Guarded, Object, Py, Ref, Value, methods};
use lockstep_sched::{Deadline, Wait, WaitKind, net};
use rustix::io::Errno;

use super::address::{self, plain_error};
use super::errors::Errors;
use super::waiting::{self, patiently};
use crate::system;

/// `MSG_DONTWAIT`
pub const DONTWAIT: i32 = 64;
/// `SOL_SOCKET`
pub const SOL_SOCKET: i32 = 1;
const SO_TYPE: i32 = 3;
const SO_ERROR: i32 = 4;
const SO_PROTOCOL: i32 = 38;
const SOCK_NONBLOCK: i32 = 0o4000;
/// `SOCK_CLOEXEC`
pub const SOCK_CLOEXEC: i32 = 0o2_000_000;

/// The payload of a `socket`.
pub struct Socket {
    fd: i32,
    family: i32,
    kind: i32,
    proto: i32,
    /// Seconds; negative: none.
    timeout: f64,
}

impl Object for Socket {
    type Access = Guarded;
}

/// A number that the system wrote as an option.
fn number(bytes: &[u8]) -> Option<i32> {
    bytes.get(..4)?.try_into().ok().map(i32::from_ne_bytes)
}

/// The descriptor waits by itself or not.
fn set_blocking(py: &Py, fd: i32, blocking: bool) -> Result<()> {
    let set = system::fd(fd).and_then(|fd| {
        let mut flags = rustix::fs::fcntl_getfl(fd)?;
        flags.set(rustix::fs::OFlags::NONBLOCK, !blocking);
        rustix::fs::fcntl_setfl(fd, flags)
    });
    set.map_err(|e| system::fail(py, e))
}

fn room(size: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| memory_error())?;
    Ok(bytes)
}

/// A size that a script gives for a buffer.
fn size(given: i64, function: &str) -> Result<usize> {
    usize::try_from(given).map_err(|_| value_error(format!("negative buffersize in {function}")))
}

impl Socket {
    /// The number of its descriptor.
    pub fn number(py: &Py, this: &Ref<Socket>) -> i32 {
        this.get(py).fd
    }

    /// Its family.
    pub fn family_of(py: &Py, this: &Ref<Socket>) -> i32 {
        this.get(py).family
    }

    /// When a call that begins now ends.
    pub fn deadline(py: &mut Py, this: &Ref<Socket>, flags: i32) -> Deadline {
        let timeout = this.get(py).timeout;
        if timeout < 0.0 && flags & DONTWAIT != 0 { Deadline::NOW } else { waiting::deadline(py, timeout) }
    }

    /// The room of a buffer that a script gives to be filled.
    fn room_of(py: &mut Py, value: &Value, function: &str) -> Result<usize> {
        match buffer::writable_len(py, value)? {
            Some(length) => Ok(length),
            None => {
                let got = py.type_name(value);
                Err(type_error(format!("{function}() argument 1 must be read-write bytes-like object, not {got}")))
            }
        }
    }

    /// Receives new bytes and where they come from.
    fn take(py: &mut Py, this: &Ref<Socket>, most: usize, flags: i32) -> Result<(Value, Vec<u8>)> {
        let (fd, until) = (Self::number(py, this), Self::deadline(py, this, flags));
        let mut bytes = room(most)?;
        let from = patiently(py, WaitKind::Read, fd, until, |_| Ok(net::receive(fd, &mut bytes, most, flags | DONTWAIT)))?;
        Ok((py.bytes(&bytes), from))
    }

    /// Receives into a script's buffer.
    fn fill(py: &mut Py, this: &Ref<Socket>, target: &Value, most: usize, flags: i32) -> Result<(usize, Vec<u8>)> {
        let (fd, until) = (Self::number(py, this), Self::deadline(py, this, flags));
        let _hold = buffer::hold(py, target);
        patiently(py, WaitKind::Read, fd, until, |py| {
            let got = buffer::with_bytes_mut(py, target, |bytes| {
                let end = bytes.len().min(most);
                net::receive_into(fd, &mut bytes[..end], flags | DONTWAIT)
            })?;
            got.ok_or_else(|| type_error("a read-write bytes-like object is required"))
        })
    }

    fn put(py: &mut Py, this: &Ref<Socket>, data: &Value, flags: i32, to: Option<&[u8]>) -> Result<usize> {
        let (fd, until) = (Self::number(py, this), Self::deadline(py, this, flags));
        let _hold = buffer::hold(py, data);
        patiently(py, WaitKind::Write, fd, until, |py| {
            buffer::with_bytes(py, data, |bytes| net::send(fd, bytes, flags | DONTWAIT, to))
        })
    }

    /// Connects; the inner error is the system's. Time up is `EAGAIN`.
    fn reach(py: &mut Py, this: &Ref<Socket>, to: &[u8]) -> Result<std::result::Result<(), i32>> {
        let fd = Self::number(py, this);
        let timeout = this.get(py).timeout;
        let until = waiting::deadline(py, timeout);
        let tried = py.unlocked(&Wait::new(WaitKind::Connect).fd(fd), || net::connect(fd, to))?;
        let Err(error) = tried else { return Ok(Ok(())) };
        let code = error.raw_os_error().unwrap_or(0);
        let errno = Errno::from_raw_os_error(code);
        let goes_on = errno == Errno::INTR || (errno == Errno::INPROGRESS && timeout != 0.0);
        if !goes_on {
            return Ok(Err(code));
        }
        let until = if timeout == 0.0 { Deadline::NEVER } else { until };
        if !waiting::ready(py, WaitKind::Connect, fd, until)? {
            return Ok(Err(Errno::AGAIN.raw_os_error()));
        }
        match net::option(fd, SOL_SOCKET, SO_ERROR, 4) {
            Ok(bytes) => match number(&bytes) {
                None | Some(0) => Ok(Ok(())),
                Some(code) if code == Errno::ISCONN.raw_os_error() => Ok(Ok(())),
                Some(code) => Ok(Err(code)),
            },
            Err(error) => Ok(Err(error.raw_os_error().unwrap_or(0))),
        }
    }

    fn shut(py: &mut Py, fd: i32) -> Result<()> {
        let closed = py.unlocked(&Wait::new(WaitKind::Call).fd(fd), || lockstep_sched::close(fd))?;
        match closed {
            Err(error) if error.raw_os_error() != Some(Errno::CONNRESET.raw_os_error()) => Err(io_error(py, &error)),
            _ => Ok(()),
        }
    }
}

#[methods]
impl Socket {
    #[staticmethod("(cls, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &Value, kwargs: &Value) -> Result<Value> {
        let _ = (args, kwargs);
        let timeout = py.state::<Errors>().timeout;
        Ok(py.make_in(cls, Socket { fd: -1, family: 0, kind: 0, proto: 0, timeout }).into_value())
    }
    #[py("(self, family=-1, type=-1, proto=-1, fileno=None)")]
    fn __init__(py: &mut Py, this: &Ref<Socket>, family: i32, kind: i32, proto: i32, fileno: &Value) -> Result<()> {
        let (mut family, mut kind, mut proto) = (family, kind, proto);
        let fd;
        if fileno.is_none() {
            family = if family == -1 { address::INET } else { family };
            kind = if kind == -1 { 1 } else { kind };
            proto = proto.max(0);
            fd = net::socket(family, kind | SOCK_CLOEXEC, proto).map_err(|e| io_error(py, &e))?;
        } else {
            let given = py.index(fileno)?;
            fd = match given.as_small_int().map(i32::try_from) {
                Some(Ok(fd)) if fd >= 0 => fd,
                Some(Ok(_)) => return Err(value_error("negative file descriptor")),
                _ => return Err(overflow_error("Python int too large to convert to C int")),
            };
            match net::local_address(fd) {
                Ok(local) if family == -1 => family = address::family(&local).unwrap_or(0),
                Ok(_) => {}
                Err(error) => {
                    let code = error.raw_os_error().map(Errno::from_raw_os_error);
                    if family == -1 || matches!(code, Some(Errno::BADF | Errno::NOTSOCK)) {
                        return Err(io_error(py, &error));
                    }
                }
            }
            for (field, name) in [(&mut kind, SO_TYPE), (&mut proto, SO_PROTOCOL)] {
                if *field == -1 {
                    let bytes = net::option(fd, SOL_SOCKET, name, 4).map_err(|e| io_error(py, &e))?;
                    *field = number(&bytes).unwrap_or(0);
                }
            }
        }
        let fresh = py.state::<Errors>().timeout;
        let timeout = if kind & SOCK_NONBLOCK != 0 { 0.0 } else { fresh };
        kind &= !(SOCK_NONBLOCK | SOCK_CLOEXEC);
        let before = std::mem::replace(this.get_mut(py), Socket { fd, family, kind, proto, timeout });
        if before.fd >= 0 && before.fd != fd {
            Self::shut(py, before.fd)?;
        }
        if timeout >= 0.0 { set_blocking(py, fd, false) } else { Ok(()) }
    }
    #[py("(self, /)")]
    fn __del__(py: &mut Py, this: &Ref<Socket>) -> Result<()> {
        if this.get(py).fd < 0 {
            return Ok(());
        }
        let source = this.to_value();
        let shown = py.repr_lossy(&source);
        if let Err(e) = py.warn(Exc::ResourceWarning, &format!("unclosed {shown}"), 1) {
            lockstep_interp::builtins::unraisable(py, e, "Exception ignored in", Some(source));
        }
        let fd = std::mem::replace(&mut this.get_mut(py).fd, -1);
        if fd >= 0 {
            // Nobody is left to tell.
            let _ = lockstep_sched::close(fd);
        }
        Ok(())
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Socket>) -> String {
        let s = this.get(py);
        format!("<socket object, fd={}, family={}, type={}, proto={}>", s.fd, s.family, s.kind, s.proto)
    }
    #[py("(self, /)")]
    fn __getstate__(py: &mut Py, this: &Ref<Socket>) -> Result<Value> {
        let name = crate::notes::class_name(py, this.as_value());
        Err(type_error(format!("cannot pickle '{name}' object")))
    }
    /// Wait for an incoming connection: the new descriptor and the address of the client.
    #[py("(self, /)", name = "_accept")]
    fn accept(py: &mut Py, this: &Ref<Socket>) -> Result<Value> {
        let fd = Self::number(py, this);
        let until = Self::deadline(py, this, 0);
        // The descriptor of a socket without time-out waits by itself, which must not happen here
        // with the lock held; another thread may have taken what was ready.
        let waits = this.get(py).timeout < 0.0;
        if waits {
            waiting::ready(py, WaitKind::Accept, fd, until)?;
        }
        let (new, from) = patiently(py, WaitKind::Accept, fd, until, |py| {
            if waits { py.unlocked(&Wait::new(WaitKind::Accept).fd(fd), || net::accept(fd)) } else { Ok(net::accept(fd)) }
        })?;
        let from = address::to_value(py, &from);
        Ok(py.tuple(vec![Value::int32(new), from]))
    }
    /// Bind the socket to a local address.
    #[py("(self, address, /)")]
    fn bind(py: &mut Py, this: &Ref<Socket>, address: &Value) -> Result<()> {
        let family = Self::family_of(py, this);
        let address = address::from_value(py, family, address, "bind")?;
        let fd = Self::number(py, this);
        net::bind(fd, &address).map_err(|e| io_error(py, &e))
    }
    /// Close the socket. It cannot be used after this call.
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<Socket>) -> Result<()> {
        match std::mem::replace(&mut this.get_mut(py).fd, -1) {
            fd if fd >= 0 => Self::shut(py, fd),
            _ => Ok(()),
        }
    }
    /// Connect the socket to a remote address.
    #[py("(self, address, /)")]
    fn connect(py: &mut Py, this: &Ref<Socket>, address: &Value) -> Result<()> {
        let family = Self::family_of(py, this);
        let to = address::from_value(py, family, address, "connect")?;
        match Self::reach(py, this, &to)? {
            Ok(()) => Ok(()),
            Err(code) if code == Errno::AGAIN.raw_os_error() && this.get(py).timeout > 0.0 => Err(waiting::timed_out()),
            Err(code) => Err(system::fail(py, Errno::from_raw_os_error(code))),
        }
    }
    /// Like connect(address), but returns an error code instead of raising an exception.
    #[py("(self, address, /)")]
    fn connect_ex(py: &mut Py, this: &Ref<Socket>, address: &Value) -> Result<i32> {
        let family = Self::family_of(py, this);
        let to = address::from_value(py, family, address, "connect_ex")?;
        Ok(Self::reach(py, this, &to)?.err().unwrap_or(0))
    }
    /// Close the socket object without closing the underlying file descriptor.
    #[py("(self, /)")]
    fn detach(py: &mut Py, this: &Ref<Socket>) -> i32 {
        std::mem::replace(&mut this.get_mut(py).fd, -1)
    }
    /// Return the integer file descriptor of the socket.
    #[py("(self, /)")]
    fn fileno(py: &mut Py, this: &Ref<Socket>) -> i32 {
        this.get(py).fd
    }
    /// Return the address of the remote endpoint.
    #[py("(self, /)")]
    fn getpeername(py: &mut Py, this: &Ref<Socket>) -> Result<Value> {
        let address = net::peer_address(Self::number(py, this)).map_err(|e| io_error(py, &e))?;
        Ok(address::to_value(py, &address))
    }
    /// Return the address of the local endpoint.
    #[py("(self, /)")]
    fn getsockname(py: &mut Py, this: &Ref<Socket>) -> Result<Value> {
        let address = net::local_address(Self::number(py, this)).map_err(|e| io_error(py, &e))?;
        Ok(address::to_value(py, &address))
    }
    /// Get a socket option: an int, or with a buffer size the bytes.
    #[py("(self, level, option, buffersize=0, /)")]
    fn getsockopt(py: &mut Py, this: &Ref<Socket>, level: i32, option: i32, buffersize: i32) -> Result<Value> {
        let fd = Self::number(py, this);
        if buffersize == 0 {
            let bytes = net::option(fd, level, option, 4).map_err(|e| io_error(py, &e))?;
            let mut whole = [0; 4];
            whole.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from);
            return Ok(Value::int32(i32::from_ne_bytes(whole)));
        }
        let Ok(size @ 1..=1024) = usize::try_from(buffersize) else {
            return Err(plain_error("getsockopt buflen out of range"));
        };
        let bytes = net::option(fd, level, option, size).map_err(|e| io_error(py, &e))?;
        Ok(py.bytes(&bytes))
    }
    /// Set a socket option: to an int, to bytes, or to nothing with a size.
    #[py("(self, level, option, value, optlen=None, /)")]
    fn setsockopt(py: &mut Py, this: &Ref<Socket>, level: i32, option: i32, value: &Value, optlen: Option<u32>) -> Result<()> {
        let fd = Self::number(py, this);
        let set = if let Some(size) = optlen {
            if !value.is_none() {
                let got = py.type_name(value);
                return Err(type_error(format!("setsockopt() argument 3 must be None, not {got}")));
            }
            net::set_option_size(fd, level, option, size)
        } else if lockstep_interp::types::int::is_int(value) {
            match i32::try_from(py.index_clamped(value)?) {
                Ok(number) => net::set_option(fd, level, option, &number.to_ne_bytes()),
                Err(_) => return Err(overflow_error("Python int too large to convert to C int")),
            }
        } else {
            let bytes = buffer::to_vec(py, value)?;
            net::set_option(fd, level, option, &bytes)
        };
        set.map_err(|e| io_error(py, &e))
    }
    /// Returns the timeout in seconds (float) associated with socket operations.
    #[py("(self, /)")]
    fn gettimeout(py: &mut Py, this: &Ref<Socket>) -> Value {
        waiting::to_value(this.get(py).timeout)
    }
    /// Set a timeout on socket operations.
    #[py("(self, timeout, /)")]
    fn settimeout(py: &mut Py, this: &Ref<Socket>, timeout: &Value) -> Result<()> {
        let timeout = waiting::seconds(py, timeout)?;
        this.get_mut(py).timeout = timeout;
        set_blocking(py, Self::number(py, this), timeout < 0.0)
    }
    /// Set the socket to blocking (flag is true) or non-blocking (false).
    #[py("(self, flag, /)")]
    fn setblocking(py: &mut Py, this: &Ref<Socket>, flag: bool) -> Result<()> {
        this.get_mut(py).timeout = if flag { -1.0 } else { 0.0 };
        set_blocking(py, Self::number(py, this), flag)
    }
    /// Returns True if socket is in blocking mode, or False if it is in non-blocking mode.
    #[py("(self, /)")]
    fn getblocking(py: &mut Py, this: &Ref<Socket>) -> bool {
        this.get(py).timeout != 0.0
    }
    /// Enable a server to accept connections.
    #[py("(self, backlog=128, /)")]
    fn listen(py: &mut Py, this: &Ref<Socket>, backlog: i32) -> Result<()> {
        net::listen(Self::number(py, this), backlog.max(0)).map_err(|e| io_error(py, &e))
    }
    /// Shut down the reading side of the socket, the writing side, or both.
    #[py("(self, how, /)")]
    fn shutdown(py: &mut Py, this: &Ref<Socket>, how: i32) -> Result<()> {
        net::shutdown(Self::number(py, this), how).map_err(|e| io_error(py, &e))
    }
    /// Receive up to buffersize bytes from the socket.
    #[py("(self, buffersize, flags=0, /)")]
    fn recv(py: &mut Py, this: &Ref<Socket>, buffersize: i64, flags: i32) -> Result<Value> {
        let most = size(buffersize, "recv")?;
        if most == 0 {
            return Ok(py.bytes(b""));
        }
        Ok(Self::take(py, this, most, flags)?.0)
    }
    /// Like recv(buffersize, flags) but also return the sender's address info.
    #[py("(self, buffersize, flags=0, /)")]
    fn recvfrom(py: &mut Py, this: &Ref<Socket>, buffersize: i64, flags: i32) -> Result<Value> {
        let most = size(buffersize, "recvfrom")?;
        let (bytes, from) = Self::take(py, this, most, flags)?;
        let from = address::to_value(py, &from);
        Ok(py.tuple(vec![bytes, from]))
    }
    /// A version of recv() that stores its data into a buffer; returns the number of bytes.
    #[py("(self, buffer, nbytes=0, flags=0)")]
    fn recv_into(py: &mut Py, this: &Ref<Socket>, buffer: &Value, nbytes: i64, flags: i32) -> Result<usize> {
        let room = Self::room_of(py, buffer, "recv_into")?;
        let most = match size(nbytes, "recv_into")? {
            0 => room,
            most if most > room => return Err(value_error("buffer too small for requested bytes")),
            most => most,
        };
        if most == 0 {
            return Ok(0);
        }
        Ok(Self::fill(py, this, buffer, most, flags)?.0)
    }
    /// Like recv_into() but also return the sender's address info.
    #[py("(self, buffer, nbytes=0, flags=0)")]
    fn recvfrom_into(py: &mut Py, this: &Ref<Socket>, buffer: &Value, nbytes: i64, flags: i32) -> Result<Value> {
        let room = Self::room_of(py, buffer, "recvfrom_into")?;
        let most = match size(nbytes, "recvfrom_into")? {
            0 => room,
            most if most > room => return Err(value_error("nbytes is greater than the length of the buffer")),
            most => most,
        };
        let (count, from) = Self::fill(py, this, buffer, most, flags)?;
        let (count, from) = (py.int(count as i64), address::to_value(py, &from));
        Ok(py.tuple(vec![count, from]))
    }
    /// Send data; returns the number of bytes sent, which may be less than all.
    #[py("(self, data, flags=0, /)")]
    fn send(py: &mut Py, this: &Ref<Socket>, data: &Value, flags: i32) -> Result<usize> {
        Self::put(py, this, data, flags, None)
    }
    /// Send data until all is sent.
    #[py("(self, data, flags=0, /)")]
    fn sendall(py: &mut Py, this: &Ref<Socket>, data: &Value, flags: i32) -> Result<()> {
        let (fd, until) = (Self::number(py, this), Self::deadline(py, this, flags));
        let _hold = buffer::hold(py, data);
        let mut sent = 0;
        loop {
            let left = patiently(py, WaitKind::Write, fd, until, |py| {
                buffer::with_bytes(py, data, |bytes| {
                    let rest = bytes.get(sent..).unwrap_or_default();
                    Ok((net::send(fd, rest, flags | DONTWAIT, None)?, rest.len()))
                })
            })?;
            sent += left.0;
            if left.0 >= left.1 {
                return Ok(());
            }
            py.check()?;
        }
    }
    /// Like send(data, flags) but to the given address.
    #[py("(self, data, /, *args)")]
    fn sendto(py: &mut Py, this: &Ref<Socket>, data: &Value, args: &[Value]) -> Result<usize> {
        let (flags, to) = match args {
            [to] => (0, to),
            [flags, to] => (py.index_clamped(flags)? as i32, to),
            _ => return Err(type_error(format!("sendto() takes 2 or 3 arguments ({} given)", args.len() + 1))),
        };
        if !buffer::is_bytes_like(py, data) {
            return Err(buffer::not_bytes_like(py, data));
        }
        let family = Self::family_of(py, this);
        let to = address::from_value(py, family, to, "sendto")?;
        Self::put(py, this, data, flags, Some(&to))
    }
    /// Receive data and ancillary data: (data, ancdata, msg_flags, address).
    #[py("(self, bufsize, ancbufsize=0, flags=0, /)")]
    fn recvmsg(py: &mut Py, this: &Ref<Socket>, bufsize: i64, ancbufsize: i64, flags: i32) -> Result<Value> {
        let Ok(most) = usize::try_from(bufsize) else { return Err(value_error("negative buffer size in recvmsg()")) };
        super::message::receive(py, this, most, ancbufsize, flags)
    }
    /// Receive into several buffers, with ancillary data: (nbytes, ancdata, msg_flags, address).
    #[py("(self, buffers, ancbufsize=0, flags=0, /)")]
    fn recvmsg_into(py: &mut Py, this: &Ref<Socket>, buffers: &Value, ancbufsize: i64, flags: i32) -> Result<Value> {
        super::message::receive_into(py, this, buffers, ancbufsize, flags)
    }
    /// Send data and ancillary data; returns the number of bytes sent.
    #[py("(self, buffers, ancdata=(), flags=0, address=None, /)")]
    fn sendmsg(py: &mut Py, this: &Ref<Socket>, buffers: &Value, ancdata: &Value, flags: i32, address: &Value) -> Result<usize> {
        super::message::send(py, this, buffers, ancdata, flags, address)
    }
    /// the socket family
    #[getter]
    fn family(py: &mut Py, this: &Ref<Socket>) -> i32 {
        this.get(py).family
    }
    /// the socket type
    #[getter]
    fn r#type(py: &mut Py, this: &Ref<Socket>) -> i32 {
        this.get(py).kind
    }
    /// the socket protocol
    #[getter]
    fn proto(py: &mut Py, this: &Ref<Socket>) -> i32 {
        this.get(py).proto
    }
    /// the socket timeout
    #[getter]
    fn timeout(py: &mut Py, this: &Ref<Socket>) -> Value {
        waiting::to_value(this.get(py).timeout)
    }
}

impl NativeType for Socket {
    const NAME: &'static str = "socket";
    const MODULE: &'static str = "_socket";
    const DOC: Option<&'static str> = Some(
        "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\nsocket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nOpen a socket of the given type, or take over the one with the given descriptor.",
    );
    fn shape() -> ShapeRef {
        let shape = Shape::plain::<Self>().derive(false, 0, 0);
        shape.set_birth_flags(flags::FINALIZE);
        shape
    }
}
