//! Functions that turn names of hosts, services, protocols and interfaces into numbers, and back.

use lockstep_interp::object::raise::{Result, overflow_error, type_error};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::int;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Value, module};
use lockstep_sched::net::{self, Hints, Unresolved};
use lockstep_sched::{Wait, WaitKind};
use rustix::io::Errno;

use super::address::{self, INET, plain_error};
use super::errors::{Errors, unresolved};
use crate::system;

const NUMERIC_HOST: i32 = 1;
const NAME_REQUIRED: i32 = 8;
const DATAGRAM: i32 = 16;

fn text(py: &mut Py, bytes: &[u8]) -> Value {
    system::decode_path(py, bytes)
}

/// `getnameinfo` without the lock.
fn name_of(py: &mut Py, address: &[u8], flags: i32) -> Result<std::result::Result<(Vec<u8>, Vec<u8>), Unresolved>> {
    py.unlocked(&Wait::new(WaitKind::Call), || net::name_of(address, flags))
}

/// The socket type for a protocol's name; none if nothing serves it.
fn kind_of(protocol: Option<&str>) -> Option<i32> {
    match protocol {
        None | Some("tcp") => Some(1),
        Some("udp") => Some(2),
        Some(_) => None,
    }
}

fn host_text(py: &mut Py, address: &[u8]) -> Value {
    let value = address::to_value(py, address);
    match value.downcast::<Tuple>().and_then(|parts| parts.slice().first().cloned()) {
        Some(host) => host,
        None => value,
    }
}

/// The number of an interface: an unsigned int.
fn interface_number(py: &mut Py, value: &Value) -> Result<u32> {
    if !int::is_int(value) {
        return Err(type_error("an integer is required"));
    }
    match py.index_clamped(value)? {
        isize::MIN..=-1 => Err(overflow_error("can't convert negative value to unsigned int")),
        number => u32::try_from(number).map_err(|_| overflow_error("index is too large")),
    }
}

/// The functions of this file.
pub struct Resolving;

#[module]
impl Resolving {
    /// Resolve host and port into a list of (family, type, proto, canonname, address).
    #[py("(host, port, family=0, type=0, proto=0, flags=0)")]
    fn getaddrinfo(py: &mut Py, host: &Value, port: &Value, family: i32, kind: i32, proto: i32, flags: i32) -> Result<Value> {
        let host = if host.is_none() {
            None
        } else if host.is_a::<Str>() || host.is_a::<Bytes>() {
            Some(address::host_bytes(py, host)?)
        } else {
            return Err(type_error("getaddrinfo() argument 1 must be string or None"));
        };
        let service = if port.is_none() {
            None
        } else if int::is_int(port) {
            Some(py.index(port)?).map(|n| py.repr(&n).map(|s| s.to_string().into_bytes())).transpose()?
        } else if let Some(name) = port.downcast::<Str>() {
            Some(name.to_str(py)?.as_bytes().to_vec())
        } else if let Some(name) = port.downcast::<Bytes>() {
            Some(name.slice().to_vec())
        } else {
            return Err(plain_error("Int or String expected"));
        };
        let hints = Hints { family, kind, proto, flags };
        let found = address::resolve(py, host.as_deref(), service.as_deref(), hints)?;
        let mut all = Vec::new();
        for one in found {
            let (name, at) = (text(py, &one.name), address::to_value(py, &one.address));
            let numbers = [one.family, one.kind, one.proto].map(Value::int32);
            all.push(py.tuple(numbers.into_iter().chain([name, at]).collect()));
        }
        Ok(py.list(all))
    }
    /// Get host and port for a sockaddr.
    #[py("(sockaddr, flags, /)")]
    fn getnameinfo(py: &mut Py, sockaddr: &Value, flags: i32) -> Result<Value> {
        let Some(parts) = sockaddr.downcast::<Tuple>() else {
            return Err(type_error("getnameinfo() argument 1 must be a tuple"));
        };
        let illegal = || type_error("getnameinfo(): illegal sockaddr argument");
        let parts = parts.slice();
        if !(2..=4).contains(&parts.len()) || !parts[0].is_a::<Str>() || !int::is_int(&parts[1]) {
            return Err(illegal());
        }
        let host = address::host_bytes(py, &parts[0])?;
        let port = py.index_clamped(&parts[1])? as i32;
        let flow = address::flow_of(py, parts.get(2), "getnameinfo")?;
        let scope = match parts.get(3) {
            Some(scope) => py.index_clamped(scope)? as u32,
            None => 0,
        };
        // The host must be a number already.
        let hints = Hints { kind: 2, flags: 4, ..Hints::default() };
        let service = port.to_string().into_bytes();
        let found = address::resolve(py, Some(&host), Some(&service), hints)?;
        let [one] = &found[..] else {
            return Err(plain_error("sockaddr resolved to multiple addresses"));
        };
        let mut at = one.address.clone();
        if one.family == INET {
            if parts.len() != 2 {
                return Err(plain_error("IPv4 sockaddr must be 2 tuple"));
            }
        } else if at.len() >= 28 {
            at[4..8].copy_from_slice(&flow.to_be_bytes());
            at[24..28].copy_from_slice(&scope.to_ne_bytes());
        }
        match name_of(py, &at, flags)? {
            Ok((host, service)) => {
                let (host, service) = (text(py, &host), text(py, &service));
                Ok(py.tuple(vec![host, service]))
            }
            Err(error) => Err(unresolved(py, error)),
        }
    }
    /// Return the IP address (a string of the form '255.255.255.255') for a host.
    #[py("(host, /)")]
    fn gethostbyname(py: &mut Py, host: &Value) -> Result<Value> {
        let name = address::host_bytes(py, host)?;
        let at = address::host(py, &name, INET)?;
        Ok(host_text(py, &at))
    }
    /// Return the true host name, a list of aliases, and a list of IP addresses, for a host.
    #[py("(host, /)")]
    fn gethostbyname_ex(py: &mut Py, host: &Value) -> Result<Value> {
        let name = address::host_bytes(py, host)?;
        let hints = Hints { family: INET, kind: 1, flags: 2, ..Hints::default() };
        let found = address::resolve(py, Some(&name), None, hints)?;
        let canonical = found.first().map_or(name, |one| one.name.clone());
        let canonical = text(py, &canonical);
        let all = found.iter().map(|one| host_text(py, &one.address)).collect();
        let (aliases, all) = (py.list(Vec::new()), py.list(all));
        Ok(py.tuple(vec![canonical, aliases, all]))
    }
    /// Return the true host name, a list of aliases, and a list of IP addresses, for a host address.
    #[py("(host, /)")]
    fn gethostbyaddr(py: &mut Py, host: &Value) -> Result<Value> {
        let name = address::host_bytes(py, host)?;
        let at = address::host(py, &name, 0)?;
        match name_of(py, &at, NAME_REQUIRED)? {
            Ok((host, _)) => {
                let (host, at) = (text(py, &host), host_text(py, &at));
                let (aliases, all) = (py.list(Vec::new()), py.list(vec![at]));
                Ok(py.tuple(vec![host, aliases, all]))
            }
            Err(Unresolved::System(error)) => Err(unresolved(py, Unresolved::System(error))),
            Err(Unresolved::Resolver(..)) => Err(Errors::host(py, 1, "Unknown host")),
        }
    }
    /// Return a port number from a service name and protocol name.
    #[py("(servicename, protocolname=None, /)")]
    fn getservbyname(py: &mut Py, servicename: &str, protocolname: Option<&str>) -> Result<i32> {
        let unknown = || plain_error("service/proto not found");
        let kind = kind_of(protocolname).ok_or_else(unknown)?;
        if servicename.parse::<i64>().is_ok() || servicename.contains('\0') {
            return Err(unknown());
        }
        let kinds = if protocolname.is_none() { vec![1, 2] } else { vec![kind] };
        for kind in kinds {
            let hints = Hints { family: INET, kind, ..Hints::default() };
            if let Ok(found) = address::resolve(py, None, Some(servicename.as_bytes()), hints)
                && let Some([high, low]) = found.first().and_then(|one| one.address.get(2..4))
            {
                return Ok(i32::from(u16::from_be_bytes([*high, *low])));
            }
        }
        Err(unknown())
    }
    /// Return the service name from a port number and protocol name.
    #[py("(port, protocolname=None, /)")]
    fn getservbyport(py: &mut Py, port: i32, protocolname: Option<&str>) -> Result<Value> {
        let Ok(port) = u16::try_from(port) else {
            return Err(overflow_error("getservbyport: port must be 0-65535."));
        };
        let unknown = || plain_error("port/proto not found");
        let kind = kind_of(protocolname).ok_or_else(unknown)?;
        let at = address::inet(std::net::Ipv4Addr::UNSPECIFIED, port);
        let flags = NUMERIC_HOST | if kind == 2 { DATAGRAM } else { 0 };
        match name_of(py, &at, flags)? {
            Ok((_, name)) if name != port.to_string().into_bytes() => Ok(text(py, &name)),
            _ => Err(unknown()),
        }
    }
    /// Return the protocol number for the named protocol.
    #[py("(name, /)")]
    fn getprotobyname(py: &mut Py, name: &str) -> Result<i32> {
        let table = py.unlocked(&Wait::new(WaitKind::Call), || std::fs::read_to_string("/etc/protocols"))?;
        for line in table.unwrap_or_default().lines() {
            let line = line.split('#').next().unwrap_or_default();
            let words: Vec<&str> = line.split_whitespace().collect();
            if let [first, number, aliases @ ..] = &words[..]
                && (*first == name || aliases.contains(&name))
                && let Ok(number) = number.parse()
            {
                return Ok(number);
            }
        }
        Err(plain_error("protocol not found"))
    }
    /// Returns a list of network interface information (index, name) tuples.
    #[py("()")]
    fn if_nameindex(py: &mut Py) -> Result<Value> {
        let mut all = Vec::new();
        let Ok(folder) = std::fs::read_dir("/sys/class/net") else { return Ok(py.list(Vec::new())) };
        for entry in folder.flatten() {
            if let Ok(index) = std::fs::read_to_string(entry.path().join("ifindex"))
                && let Ok(index) = index.trim().parse::<i32>()
            {
                all.push((index, entry.file_name().into_encoded_bytes()));
            }
        }
        all.sort();
        let all = all.into_iter().map(|(index, name)| {
            let name = text(py, &name);
            py.tuple(vec![Value::int32(index), name])
        });
        let all = all.collect();
        Ok(py.list(all))
    }
    /// Returns the interface index corresponding to the interface name if_name.
    #[py("(oname, /)")]
    fn if_nametoindex(py: &mut Py, oname: &Value) -> Result<u32> {
        let name = system::path(py, oname, "if_nametoindex", "oname")?;
        let index = std::str::from_utf8(&name.bytes).ok().filter(|name| !name.is_empty() && !name.contains('/'));
        let index = index.and_then(|name| std::fs::read_to_string(format!("/sys/class/net/{name}/ifindex")).ok());
        let index = index.and_then(|index| index.trim().parse().ok());
        index.ok_or_else(|| plain_error("no interface with this name"))
    }
    /// Returns the interface name corresponding to the interface index.
    #[py("(if_index, /)")]
    fn if_indextoname(py: &mut Py, if_index: &Value) -> Result<Value> {
        let if_index = i64::from(interface_number(py, if_index)?);
        let all = Self::if_nameindex(py)?;
        for pair in py.collect(&all)? {
            if let Some([index, name]) = pair.downcast::<Tuple>().map(|pair| pair.slice())
                && index.as_small_int().is_some_and(|index| index == if_index)
            {
                return Ok(name.clone());
            }
        }
        Err(system::fail(py, Errno::NXIO))
    }
}
