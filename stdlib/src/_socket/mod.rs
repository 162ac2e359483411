//! `_socket`: connections between programs. What scripts wait for goes through the door; the system
//! calls are those of the lock room.

mod address;
mod errors;
mod message;
mod names;
mod resolving;
mod socket;
mod waiting;

use std::net::{Ipv4Addr, Ipv6Addr};

use lockstep_interp::object::raise::{Result, io_error, overflow_error, type_error, value_error};
use lockstep_interp::types::buffer;
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Exc, Py, Ref, Value, module};
use lockstep_sched::{Wait, WaitKind, net};
use rustix::io::Errno;

use crate::system;
use address::{INET, INET6, plain_error};
use errors::Errors;
use resolving::Resolving;
use socket::{SOCK_CLOEXEC, Socket};

fn short(py: &mut Py, x: &Value, function: &str) -> Result<u16> {
    let number = py.index_clamped(x)?;
    if number < 0 {
        return Err(overflow_error(format!("{function}: can't convert negative Python int to C 16-bit unsigned integer")));
    }
    u16::try_from(number)
        .map_err(|_| overflow_error(format!("{function}: Python int too large to convert to C 16-bit unsigned integer")))
}

fn long(py: &mut Py, x: &Value) -> Result<u32> {
    if !int::is_int(x) {
        return Err(type_error(format!("expected int, {} found", py.type_name(x))));
    }
    let number = py.index_clamped(x)?;
    if number < 0 {
        return Err(overflow_error("can't convert negative value to unsigned int"));
    }
    u32::try_from(number).map_err(|_| overflow_error("int larger than 32 bits"))
}

fn control_size(size: Option<i64>, function: &str) -> Result<i64> {
    size.ok_or_else(|| overflow_error(format!("{function}() argument out of range")))
}

/// The functions of the module.
pub struct Sockets;

#[module]
impl Sockets {
    /// Close an integer socket file descriptor.
    #[py("(fd, /)")]
    fn close(py: &mut Py, fd: i32) -> Result<()> {
        let closed = py.unlocked(&Wait::new(WaitKind::Call).fd(fd), || lockstep_sched::close(fd))?;
        match closed {
            Err(error) if error.raw_os_error() != Some(Errno::CONNRESET.raw_os_error()) => Err(io_error(py, &error)),
            _ => Ok(()),
        }
    }
    /// Duplicate an integer socket file descriptor.
    #[py("(fd, /)")]
    fn dup(py: &mut Py, fd: i32) -> Result<i32> {
        let new = system::fd(fd).and_then(|fd| rustix::io::fcntl_dupfd_cloexec(fd, 0));
        new.map(lockstep_sched::number).map_err(|e| system::fail(py, e))
    }
    /// Create a pair of socket objects from the sockets returned by the platform.
    #[py("(family=1, type=1, proto=0, /)")]
    fn socketpair(py: &mut Py, family: i32, kind: i32, proto: i32) -> Result<Value> {
        let (one, other) = net::socketpair(family, kind | SOCK_CLOEXEC, proto).map_err(|e| io_error(py, &e))?;
        let class = py.define::<Socket>().into_value();
        let mut pair = Vec::new();
        for fd in [one, other] {
            let args = [Value::int32(family), Value::int32(kind), Value::int32(proto), Value::int32(fd)];
            pair.push(py.call(&class, &args)?);
        }
        Ok(py.tuple(pair))
    }
    /// Convert a 16-bit unsigned integer from network to host byte order.
    #[py("(x, /)")]
    fn ntohs(py: &mut Py, x: &Value) -> Result<i32> {
        Ok(i32::from(u16::from_be(short(py, x, "ntohs")?)))
    }
    /// Convert a 16-bit unsigned integer from host to network byte order.
    #[py("(x, /)")]
    fn htons(py: &mut Py, x: &Value) -> Result<i32> {
        Ok(i32::from(short(py, x, "htons")?.to_be()))
    }
    /// Convert a 32-bit unsigned integer from network to host byte order.
    #[py("(x, /)")]
    fn ntohl(py: &mut Py, x: &Value) -> Result<u32> {
        Ok(u32::from_be(long(py, x)?))
    }
    /// Convert a 32-bit unsigned integer from host to network byte order.
    #[py("(x, /)")]
    fn htonl(py: &mut Py, x: &Value) -> Result<u32> {
        Ok(long(py, x)?.to_be())
    }
    /// Convert an IP address in string format (123.45.67.89) to the 32-bit packed binary format.
    #[py("(ip_addr, /)")]
    fn inet_aton(py: &mut Py, ip_addr: &str) -> Result<Value> {
        match address::loose_ipv4(ip_addr) {
            Some(host) => Ok(py.bytes(&host.octets())),
            None => Err(plain_error("illegal IP address string passed to inet_aton")),
        }
    }
    /// Convert an IP address from 32-bit packed binary format to string format.
    #[py("(packed_ip, /)")]
    fn inet_ntoa(py: &mut Py, packed_ip: &Value) -> Result<Value> {
        let bytes = buffer::to_vec(py, packed_ip)?;
        match <[u8; 4]>::try_from(bytes) {
            Ok(four) => Ok(py.str(&Ipv4Addr::from(four).to_string())),
            Err(_) => Err(plain_error("packed IP wrong length for inet_ntoa")),
        }
    }
    /// Convert an IP address from string format to a packed string suitable for network functions.
    #[py("(address_family, ip_string, /)")]
    fn inet_pton(py: &mut Py, address_family: i32, ip_string: &str) -> Result<Value> {
        let packed = match address_family {
            INET => ip_string.parse::<Ipv4Addr>().ok().map(|host| py.bytes(&host.octets())),
            INET6 => ip_string.parse::<Ipv6Addr>().ok().map(|host| py.bytes(&host.octets())),
            _ => return Err(system::fail(py, Errno::AFNOSUPPORT)),
        };
        packed.ok_or_else(|| plain_error("illegal IP address string passed to inet_pton"))
    }
    /// Convert a packed IP address of the given family to string format.
    #[py("(address_family, packed_ip, /)")]
    fn inet_ntop(py: &mut Py, address_family: i32, packed_ip: &Value) -> Result<String> {
        let bytes = buffer::to_vec(py, packed_ip)?;
        let text = match address_family {
            INET => <[u8; 4]>::try_from(bytes).ok().map(|four| Ipv4Addr::from(four).to_string()),
            INET6 => <[u8; 16]>::try_from(bytes).ok().map(|all| address::ipv6_text(Ipv6Addr::from(all))),
            _ => return Err(value_error(format!("unknown address family {address_family}"))),
        };
        text.ok_or_else(|| value_error("invalid length of packed IP address string"))
    }
    /// Returns the default timeout in seconds (float) for new socket objects.
    #[py("()")]
    fn getdefaulttimeout(py: &mut Py) -> Value {
        let timeout = py.state::<Errors>().timeout;
        waiting::to_value(timeout)
    }
    /// Set the default timeout in seconds (float) for new socket objects.
    #[py("(timeout, /)")]
    fn setdefaulttimeout(py: &mut Py, timeout: &Value) -> Result<()> {
        let timeout = waiting::seconds(py, timeout)?;
        py.state::<Errors>().timeout = timeout;
        Ok(())
    }
    /// Return the current host name.
    #[py("()")]
    fn gethostname(py: &mut Py) -> Value {
        let name = rustix::system::uname();
        system::decode_path(py, name.nodename().to_bytes())
    }
    /// Sets the hostname to name.
    #[py("(name, /)")]
    fn sethostname(py: &mut Py, name: &Value) -> Result<()> {
        let name = address::host_bytes(py, name)?;
        rustix::system::sethostname(&name).map_err(|e| system::fail(py, e))
    }
    /// Return the total length, without trailing padding, of an ancillary data item.
    #[py("(length, /)", name = "CMSG_LEN")]
    fn cmsg_len(_py: &mut Py, length: i64) -> Result<i64> {
        control_size(message::size(length, false), "CMSG_LEN")
    }
    /// Return the buffer size needed for an ancillary data item with padding.
    #[py("(length, /)", name = "CMSG_SPACE")]
    fn cmsg_space(_py: &mut Py, length: i64) -> Result<i64> {
        control_size(message::size(length, true), "CMSG_SPACE")
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Sockets>(&namespace, "_socket");
    py.add_functions::<Resolving>(&namespace, "_socket");
    for (name, number) in names::NUMBERS {
        let number = py.int(*number);
        dict::set_name(py, &namespace, name, number);
    }
    dict::set_name(py, &namespace, "has_ipv6", Value::bool(true));
    let class = py.define::<Socket>().into_value();
    dict::set_name(py, &namespace, "socket", class.clone());
    dict::set_name(py, &namespace, "SocketType", class);
    let error = py.exception_type(Exc::OSError).into_value();
    dict::set_name(py, &namespace, "error", error);
    let timeout = py.exception_type(Exc::TimeoutError).into_value();
    dict::set_name(py, &namespace, "timeout", timeout);
    let (gaierror, herror) = Errors::define(py)?;
    dict::set_name(py, &namespace, "gaierror", gaierror);
    dict::set_name(py, &namespace, "herror", herror);
    Ok(())
}
