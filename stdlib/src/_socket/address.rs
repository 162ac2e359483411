//! Addresses: what scripts write, what the system has, and the way between them.

use std::ffi::CString;
use std::net::{Ipv4Addr, Ipv6Addr};

use lockstep_interp::object::raise::{Result, overflow_error, type_error};
use lockstep_interp::types::buffer;
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Exc, Py, Raised, Value};
use lockstep_sched::net::{self, Found, Hints};
use lockstep_sched::{Wait, WaitKind};

use super::errors::{Errors, unresolved};
use crate::system;

/// `AF_UNIX`
pub const UNIX: i32 = 1;
/// `AF_INET`
pub const INET: i32 = 2;
/// `AF_INET6`
pub const INET6: i32 = 10;
/// The bytes of a path in a Unix address.
const PATH: usize = 108;

/// An OSError with a text alone.
#[cold]
pub fn plain_error(message: &str) -> Raised {
    Raised::new(Exc::OSError, message)
}

/// The system's bytes of an IPv4 address.
pub fn inet(host: Ipv4Addr, port: u16) -> Vec<u8> {
    let mut bytes = (INET as u16).to_ne_bytes().to_vec();
    bytes.extend(port.to_be_bytes());
    bytes.extend(host.octets());
    bytes.extend([0; 8]);
    bytes
}

/// The system's bytes of an IPv6 address.
pub fn inet6(host: Ipv6Addr, port: u16, flow: u32, scope: u32) -> Vec<u8> {
    let mut bytes = (INET6 as u16).to_ne_bytes().to_vec();
    bytes.extend(port.to_be_bytes());
    bytes.extend(flow.to_be_bytes());
    bytes.extend(host.octets());
    bytes.extend(scope.to_ne_bytes());
    bytes
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

/// The family of an address.
pub fn family(address: &[u8]) -> Option<i32> {
    array(address, 0).map(|two| i32::from(u16::from_ne_bytes(two)))
}

/// An IPv6 address as the C library writes it.
pub fn ipv6_text(host: Ipv6Addr) -> String {
    let words = host.segments();
    if words[..6].iter().all(|word| *word == 0) && words[6] != 0 {
        let [.., a, b, c, d] = host.octets();
        return format!("::{}", Ipv4Addr::new(a, b, c, d));
    }
    host.to_string()
}

/// The Python value of an address.
pub fn to_value(py: &mut Py, address: &[u8]) -> Value {
    let Some(family) = family(address) else { return Value::NONE };
    let port = array(address, 2).map(u16::from_be_bytes);
    match (family, port) {
        (INET, Some(port)) if address.len() >= 16 => {
            let host = array::<4>(address, 4).map_or(Ipv4Addr::UNSPECIFIED, Ipv4Addr::from);
            let host = py.str(&host.to_string());
            py.tuple(vec![host, Value::int32(i32::from(port))])
        }
        (INET6, Some(port)) if address.len() >= 28 => {
            let flow = array(address, 4).map_or(0, u32::from_be_bytes);
            let host = array::<16>(address, 8).map_or(Ipv6Addr::UNSPECIFIED, Ipv6Addr::from);
            let scope = array(address, 24).map_or(0, u32::from_ne_bytes);
            let host = py.str(&ipv6_text(host));
            let (flow, scope) = (py.int(i64::from(flow)), py.int(i64::from(scope)));
            py.tuple(vec![host, Value::int32(i32::from(port)), flow, scope])
        }
        (UNIX, _) => {
            let path = &address[2..];
            if path.first() == Some(&0) {
                return py.bytes(path);
            }
            let end = path.iter().position(|b| *b == 0).unwrap_or(path.len());
            system::decode_path(py, &path[..end])
        }
        _ => {
            let rest = py.bytes(&address[2..]);
            py.tuple(vec![Value::int32(family), rest])
        }
    }
}

/// A host name's bytes: ASCII, or what `idna` makes of it.
pub fn host_bytes(py: &mut Py, host: &Value) -> Result<Vec<u8>> {
    let bytes = match host.downcast::<Str>() {
        Some(text) if text.as_bytes().is_ascii() => text.as_bytes().to_vec(),
        Some(_) => {
            let idna = py.str("idna");
            let encoded = py.call_method(host, "encode", &[idna])?;
            buffer::to_vec(py, &encoded)?
        }
        None if host.is_a::<Bytes>() || py.type_name(host) == "bytearray" => buffer::to_vec(py, host)?,
        None => return Err(type_error(format!("str, bytes or bytearray expected, not {}", py.type_name(host)))),
    };
    if bytes.contains(&0) {
        return Err(type_error("host name must not contain null character"));
    }
    Ok(bytes)
}

/// `getaddrinfo` without the lock.
pub fn resolve(py: &mut Py, host: Option<&[u8]>, service: Option<&[u8]>, hints: Hints) -> Result<Vec<Found>> {
    let text = |bytes: Option<&[u8]>| match bytes.map(CString::new) {
        None => Ok(None),
        Some(Ok(text)) => Ok(Some(text)),
        Some(Err(_)) => Err(lockstep_interp::object::raise::value_error("embedded null character")),
    };
    let (host, service) = (text(host)?, text(service)?);
    let wait = Wait::new(WaitKind::Call);
    let found = py.unlocked(&wait, || net::resolve(host.as_ref(), service.as_ref(), hints))?;
    found.map_err(|e| unresolved(py, e))
}

/// The address of a host by its name, port 0.
pub fn host(py: &mut Py, name: &[u8], family: i32) -> Result<Vec<u8>> {
    if name.is_empty() && family == INET {
        return Ok(inet(Ipv4Addr::UNSPECIFIED, 0));
    }
    if name.is_empty() {
        let hints = Hints { family, kind: 2, flags: 1, ..Hints::default() };
        let found = resolve(py, None, Some(b"0"), hints)?;
        return match <[Found; 1]>::try_from(found) {
            Ok([one]) => Ok(one.address),
            Err(_) => Err(plain_error("wildcard resolved to multiple address")),
        };
    }
    if name == b"<broadcast>" || name == b"255.255.255.255" {
        return match family {
            INET | 0 => Ok(inet(Ipv4Addr::BROADCAST, 0)),
            _ => Err(plain_error("address family mismatched")),
        };
    }
    if let Ok(text) = std::str::from_utf8(name) {
        match family {
            INET | 0 if let Ok(host) = text.parse() => return Ok(inet(host, 0)),
            INET6 | 0 if let Ok(host) = text.parse() => return Ok(inet6(host, 0, 0, 0)),
            _ => {}
        }
    }
    let found = resolve(py, Some(name), None, Hints { family, ..Hints::default() })?;
    match found.into_iter().next() {
        Some(first) => Ok(first.address),
        None => Err(Errors::resolver(py, -2, "Name or service not known")),
    }
}

fn port_of(py: &mut Py, value: &Value, function: &str) -> Result<u16> {
    let port = py.index(value)?;
    match port.as_small_int().map(u16::try_from) {
        Some(Ok(port)) => Ok(port),
        _ => Err(overflow_error(format!("{function}(): port must be 0-65535."))),
    }
}

fn word_of(py: &mut Py, value: Option<&Value>) -> Result<u32> {
    match value {
        Some(value) => Ok(py.index_clamped(value)? as u32),
        None => Ok(0),
    }
}

/// The flow label of an IPv6 address.
pub fn flow_of(py: &mut Py, value: Option<&Value>, function: &str) -> Result<u32> {
    match word_of(py, value)? {
        flow @ 0..=0xf_ffff => Ok(flow),
        _ => Err(overflow_error(format!("{function}(): flowinfo must be 0-1048575."))),
    }
}

/// A script's address for a socket of this family, as the system's bytes.
pub fn from_value(py: &mut Py, family: i32, value: &Value, function: &str) -> Result<Vec<u8>> {
    match family {
        UNIX => unix(py, value),
        INET | INET6 => {
            let name = if family == INET { "AF_INET" } else { "AF_INET6" };
            let Some(parts) = value.downcast::<Tuple>() else {
                let got = py.type_name(value);
                return Err(type_error(format!("{function}(): {name} address must be tuple, not {got}")));
            };
            let parts = parts.slice();
            match parts.len() {
                2 => {}
                3 | 4 if family == INET6 => {}
                _ if family == INET => return Err(type_error("AF_INET address must be a pair (host, port)")),
                _ => return Err(type_error("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])")),
            }
            let name = host_bytes(py, &parts[0])?;
            let mut address = host(py, &name, family)?;
            let port = port_of(py, &parts[1], function)?;
            if let Some(room) = address.get_mut(2..4) {
                room.copy_from_slice(&port.to_be_bytes());
            }
            if family == INET6 && address.len() >= 28 {
                let flow = flow_of(py, parts.get(2), function)?;
                address[4..8].copy_from_slice(&flow.to_be_bytes());
                if let Some(scope) = parts.get(3) {
                    let scope = word_of(py, Some(scope))?;
                    address[24..28].copy_from_slice(&scope.to_ne_bytes());
                }
            }
            Ok(address)
        }
        _ => Err(plain_error(&format!("{function}(): bad family"))),
    }
}

fn unix(py: &mut Py, value: &Value) -> Result<Vec<u8>> {
    let path = match value.downcast::<Str>() {
        Some(text) => system::encode_path(py, text)?,
        None => buffer::to_vec(py, value)?,
    };
    let mut address = (UNIX as u16).to_ne_bytes().to_vec();
    // An abstract name starts with NUL and has no end mark; no name asks the system for one.
    let is_abstract = path.is_empty() || path[0] == 0;
    if path.len() > PATH || (!is_abstract && path.len() == PATH) {
        return Err(plain_error("AF_UNIX path too long"));
    }
    address.extend(&path);
    if !is_abstract {
        address.push(0);
    }
    Ok(address)
}

/// `inet_aton`: also fewer parts, octal and hexadecimal ones, and blanks behind.
pub fn loose_ipv4(text: &str) -> Option<Ipv4Addr> {
    let text = text.split([' ', '\t', '\n', '\r', '\x0b', '\x0c']).next()?;
    let mut parts = Vec::new();
    for part in text.split('.') {
        let (digits, radix) = match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
            Some(digits) => (digits, 16),
            None if part.len() > 1 && part.starts_with('0') => (&part[1..], 8),
            None => (part, 10),
        };
        if digits.starts_with('+') {
            return None;
        }
        parts.push(u32::from_str_radix(digits, radix).ok()?);
    }
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    let room = 32 - 8 * first.len() as u32;
    if room < 32 && *last >> room != 0 {
        return None;
    }
    let high = first.iter().enumerate().fold(0u32, |sum, (i, part)| sum | part << (24 - 8 * i));
    Some(Ipv4Addr::from(high | last))
}
