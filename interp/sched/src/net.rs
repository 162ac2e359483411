//! System calls on sockets that no safe crate has in full: addresses and options as the system's
//! own bytes. None of these waits unless its descriptor does; the caller sees to that.

use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use libc::{c_int, c_void, socklen_t};

/// Room for the address of any family, aligned for all of them.
#[repr(C, align(8))]
struct Room([u8; 256]);

impl Room {
    const SIZE: socklen_t = 256;

    fn taken(&self, length: socklen_t) -> Vec<u8> {
        self.0[..(length as usize).min(self.0.len())].to_vec()
    }
}

fn checked(result: c_int) -> io::Result<i32> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn counted(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// `socket(2)`
pub fn socket(family: i32, kind: i32, proto: i32) -> io::Result<i32> {
    // SAFETY: touches no memory of ours.
    checked(unsafe { libc::socket(family, kind, proto) })
}

/// `socketpair(2)`
pub fn socketpair(family: i32, kind: i32, proto: i32) -> io::Result<(i32, i32)> {
    let mut pair = [-1; 2];
    // SAFETY: the system writes two numbers into `pair`.
    checked(unsafe { libc::socketpair(family, kind, proto, pair.as_mut_ptr()) })?;
    Ok((pair[0], pair[1]))
}

/// `bind(2)`
pub fn bind(fd: i32, address: &[u8]) -> io::Result<()> {
    // SAFETY: the system reads that many bytes.
    checked(unsafe { libc::bind(fd, address.as_ptr().cast(), address.len() as socklen_t) }).map(drop)
}

/// `connect(2)`
pub fn connect(fd: i32, address: &[u8]) -> io::Result<()> {
    // SAFETY: the system reads that many bytes.
    checked(unsafe { libc::connect(fd, address.as_ptr().cast(), address.len() as socklen_t) }).map(drop)
}

/// `listen(2)`
pub fn listen(fd: i32, backlog: i32) -> io::Result<()> {
    // SAFETY: touches no memory of ours.
    checked(unsafe { libc::listen(fd, backlog) }).map(drop)
}

/// `shutdown(2)`
pub fn shutdown(fd: i32, how: i32) -> io::Result<()> {
    // SAFETY: touches no memory of ours.
    checked(unsafe { libc::shutdown(fd, how) }).map(drop)
}

/// `accept4(2)`: the new descriptor, closed on exec, and the other side's address.
pub fn accept(fd: i32) -> io::Result<(i32, Vec<u8>)> {
    let (mut room, mut length) = (Room([0; 256]), Room::SIZE);
    // SAFETY: the system writes at most `length` bytes into `room`.
    let new = checked(unsafe { libc::accept4(fd, room.0.as_mut_ptr().cast(), &raw mut length, libc::SOCK_CLOEXEC) })?;
    Ok((new, room.taken(length)))
}

/// `getsockname(2)`
pub fn local_address(fd: i32) -> io::Result<Vec<u8>> {
    let (mut room, mut length) = (Room([0; 256]), Room::SIZE);
    // SAFETY: the system writes at most `length` bytes into `room`.
    checked(unsafe { libc::getsockname(fd, room.0.as_mut_ptr().cast(), &raw mut length) })?;
    Ok(room.taken(length))
}

/// `getpeername(2)`
pub fn peer_address(fd: i32) -> io::Result<Vec<u8>> {
    let (mut room, mut length) = (Room([0; 256]), Room::SIZE);
    // SAFETY: the system writes at most `length` bytes into `room`.
    checked(unsafe { libc::getpeername(fd, room.0.as_mut_ptr().cast(), &raw mut length) })?;
    Ok(room.taken(length))
}

/// `getsockopt(2)`: at most `size` bytes.
pub fn option(fd: i32, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    let mut value = vec![0u8; size];
    let mut length = size as socklen_t;
    // SAFETY: the system writes at most `length` bytes into `value`.
    checked(unsafe { libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &raw mut length) })?;
    value.truncate(length as usize);
    Ok(value)
}

/// `setsockopt(2)`
pub fn set_option(fd: i32, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
    // SAFETY: the system reads that many bytes.
    checked(unsafe { libc::setsockopt(fd, level, name, value.as_ptr().cast(), value.len() as socklen_t) }).map(drop)
}

/// `setsockopt(2)` with no value but a size.
pub fn set_option_size(fd: i32, level: i32, name: i32, size: u32) -> io::Result<()> {
    // SAFETY: the system reads from null, which it refuses with EFAULT.
    checked(unsafe { libc::setsockopt(fd, level, name, ptr::null(), size) }).map(drop)
}

/// `sendto(2)`; without an address `send(2)`.
pub fn send(fd: i32, data: &[u8], flags: i32, address: Option<&[u8]>) -> io::Result<usize> {
    let (at, length) = address.map_or((ptr::null(), 0), |a| (a.as_ptr(), a.len()));
    // SAFETY: the system reads both slices, no further than they go.
    counted(unsafe { libc::sendto(fd, data.as_ptr().cast(), data.len(), flags, at.cast(), length as socklen_t) })
}

/// `recvfrom(2)`: how many bytes it filled, and where they come from.
pub fn receive_into(fd: i32, buffer: &mut [u8], flags: i32) -> io::Result<(usize, Vec<u8>)> {
    receive_at(fd, buffer.as_mut_ptr().cast(), buffer.len(), flags)
}

/// The same into the room that `buffer` has reserved, no more than `most` bytes.
pub fn receive(fd: i32, buffer: &mut Vec<u8>, most: usize, flags: i32) -> io::Result<Vec<u8>> {
    buffer.clear();
    let room: &mut [MaybeUninit<u8>] = buffer.spare_capacity_mut();
    let size = room.len().min(most);
    let (count, address) = receive_at(fd, room.as_mut_ptr().cast(), size, flags)?;
    // SAFETY: the system has written `count` bytes, at most `size`, into the reserved room.
    unsafe { buffer.set_len(count) };
    Ok(address)
}

fn receive_at(fd: i32, at: *mut c_void, size: usize, flags: i32) -> io::Result<(usize, Vec<u8>)> {
    let (mut room, mut length) = (Room([0; 256]), Room::SIZE);
    // SAFETY: the callers own `size` bytes at `at`; the address goes into `room`.
    let count = counted(unsafe { libc::recvfrom(fd, at, size, flags, room.0.as_mut_ptr().cast(), &raw mut length) })?;
    // With MSG_TRUNC the system tells the size of the whole message.
    Ok((count.min(size), room.taken(length)))
}

/// `sendmsg(2)`: data, control messages as bytes, perhaps an address.
pub fn send_message(fd: i32, data: &[u8], control: &[u8], flags: i32, address: Option<&[u8]>) -> io::Result<usize> {
    let mut part = libc::iovec { iov_base: data.as_ptr().cast_mut().cast(), iov_len: data.len() };
    // SAFETY: all-zero is a valid `msghdr`.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    if !control.is_empty() {
        message.msg_control = control.as_ptr().cast_mut().cast();
        message.msg_controllen = control.len();
    }
    if let Some(address) = address {
        message.msg_name = address.as_ptr().cast_mut().cast();
        message.msg_namelen = address.len() as socklen_t;
    }
    // SAFETY: the system only reads what the message points at, which outlives the call.
    counted(unsafe { libc::sendmsg(fd, &raw const message, flags) })
}

/// What `recvmsg(2)` gave.
pub struct Received {
    /// Bytes in the buffer.
    pub count: usize,
    /// `MSG_TRUNC` and others.
    pub flags: i32,
    /// Where it comes from.
    pub address: Vec<u8>,
}

/// `recvmsg(2)`: into `data`, the control messages into `control`, which gets their size.
pub fn receive_message(fd: i32, data: &mut [u8], control: &mut Vec<u8>, flags: i32) -> io::Result<Received> {
    let mut room = Room([0; 256]);
    let mut part = libc::iovec { iov_base: data.as_mut_ptr().cast(), iov_len: data.len() };
    // SAFETY: all-zero is a valid `msghdr`.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    message.msg_name = room.0.as_mut_ptr().cast();
    message.msg_namelen = Room::SIZE;
    if !control.is_empty() {
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = control.len();
    }
    // SAFETY: the system writes no further than the sizes in the message; all outlive the call.
    let count = counted(unsafe { libc::recvmsg(fd, &raw mut message, flags) })?;
    control.truncate(message.msg_controllen);
    Ok(Received { count: count.min(data.len()), flags: message.msg_flags, address: room.taken(message.msg_namelen) })
}

/// Why a name was not resolved.
#[derive(Debug)]
pub enum Unresolved {
    /// `EAI_SYSTEM`: the system's error.
    System(io::Error),
    /// Another `EAI_*` number and its text.
    Resolver(i32, String),
}

fn resolved(code: c_int) -> Result<(), Unresolved> {
    match code {
        0 => Ok(()),
        libc::EAI_SYSTEM => Err(Unresolved::System(io::Error::last_os_error())),
        code => {
            // SAFETY: `gai_strerror` gives a static text for any number.
            let text = unsafe { CStr::from_ptr(libc::gai_strerror(code)) };
            Err(Unresolved::Resolver(code, text.to_string_lossy().into_owned()))
        }
    }
}

/// One answer of [`resolve`].
#[derive(Debug, Clone)]
pub struct Found {
    /// `AF_*`
    pub family: i32,
    /// `SOCK_*`
    pub kind: i32,
    /// `IPPROTO_*`
    pub proto: i32,
    /// The canonical name, with the first answer if asked for.
    pub name: Vec<u8>,
    /// The address as the system has it.
    pub address: Vec<u8>,
}

/// What [`resolve`] is asked for besides names: 0 means any.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints {
    /// `AF_*`
    pub family: i32,
    /// `SOCK_*`
    pub kind: i32,
    /// `IPPROTO_*`
    pub proto: i32,
    /// `AI_*`
    pub flags: i32,
}

/// `getaddrinfo(3)`; may ask servers.
pub fn resolve(host: Option<&CString>, service: Option<&CString>, hints: Hints) -> Result<Vec<Found>, Unresolved> {
    // SAFETY: all-zero is a valid `addrinfo`.
    let mut asked: libc::addrinfo = unsafe { std::mem::zeroed() };
    asked.ai_family = hints.family;
    asked.ai_socktype = hints.kind;
    asked.ai_protocol = hints.proto;
    asked.ai_flags = hints.flags;
    let host = host.map_or(ptr::null(), |text| text.as_ptr());
    let service = service.map_or(ptr::null(), |text| text.as_ptr());
    let mut list: *mut libc::addrinfo = ptr::null_mut();
    // SAFETY: the texts end in NUL and outlive the call; `list` gets a list to be freed below.
    resolved(unsafe { libc::getaddrinfo(host, service, &raw const asked, &raw mut list) })?;
    let mut found = Vec::new();
    let mut at = list;
    while !at.is_null() {
        // SAFETY: `at` is an item of the resolver's list, which is freed after the loop; its name
        // is null or ends in NUL, and its address has the length that it says.
        unsafe {
            let item = &*at;
            let name =
                if item.ai_canonname.is_null() { Vec::new() } else { CStr::from_ptr(item.ai_canonname).to_bytes().to_vec() };
            let address = if item.ai_addr.is_null() {
                Vec::new()
            } else {
                std::slice::from_raw_parts(item.ai_addr.cast::<u8>(), item.ai_addrlen as usize).to_vec()
            };
            found.push(Found { family: item.ai_family, kind: item.ai_socktype, proto: item.ai_protocol, name, address });
            at = item.ai_next;
        }
    }
    // SAFETY: the list is the resolver's and nothing refers to it any more.
    unsafe { libc::freeaddrinfo(list) };
    Ok(found)
}

/// `getnameinfo(3)`: host and service; may ask servers.
pub fn name_of(address: &[u8], flags: i32) -> Result<(Vec<u8>, Vec<u8>), Unresolved> {
    let (mut host, mut service) = ([0u8; 1025], [0u8; 32]);
    // SAFETY: the system reads the address and writes texts that end in NUL into the two arrays.
    resolved(unsafe {
        libc::getnameinfo(
            address.as_ptr().cast(),
            address.len() as socklen_t,
            host.as_mut_ptr().cast(),
            host.len() as socklen_t,
            service.as_mut_ptr().cast(),
            service.len() as socklen_t,
            flags,
        )
    })?;
    let text = |bytes: &[u8]| bytes.iter().take_while(|b| **b != 0).copied().collect();
    Ok((text(&host), text(&service)))
}
