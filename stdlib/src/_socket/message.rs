//! Messages with ancillary data, which the system has as headers and bytes in a row.

use lockstep_interp::object::raise::{Result, memory_error, type_error, value_error};
use lockstep_interp::types::buffer;
use lockstep_interp::{Exc, Py, Ref, Value};
use lockstep_sched::{WaitKind, net};

use super::address::{self, plain_error};
use super::socket::{DONTWAIT, Socket};
use super::waiting::patiently;

/// The bytes of a header: a length, a level, a type.
const HEADER: usize = 16;

/// The bytes of a message with so much data, `padded` to where the next begins; none if too many.
pub fn size(data: i64, padded: bool) -> Option<i64> {
    // What is left of the system's sizes by the smallest message.
    let (least, behind) = if padded { (HEADER as i64 + 8, 7) } else { (HEADER as i64, 0) };
    let fits = (0..=i64::from(i32::MAX) - least).contains(&data);
    fits.then(|| HEADER as i64 + ((data + behind) & !behind))
}

fn pack(control: &mut Vec<u8>, level: i32, kind: i32, data: &[u8]) {
    control.extend((HEADER + data.len()).to_ne_bytes());
    control.extend(level.to_ne_bytes());
    control.extend(kind.to_ne_bytes());
    control.extend(data);
    control.resize(control.len().next_multiple_of(8), 0);
}

fn unpack(control: &[u8]) -> Vec<(i32, i32, &[u8])> {
    let word = |bytes: &[u8]| bytes.try_into().map_or(0, i32::from_ne_bytes);
    let (mut messages, mut rest) = (Vec::new(), control);
    while rest.len() >= HEADER {
        let length = rest[..8].try_into().map_or(0, usize::from_ne_bytes);
        if length < HEADER {
            break;
        }
        let end = length.min(rest.len());
        messages.push((word(&rest[8..12]), word(&rest[12..16]), &rest[HEADER..end]));
        rest = rest.get(length.next_multiple_of(8)..).unwrap_or_default();
    }
    messages
}

fn zeros(size: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| memory_error())?;
    bytes.resize(size, 0);
    Ok(bytes)
}

/// `recvmsg`
pub fn receive(py: &mut Py, this: &Ref<Socket>, most: usize, ancillary: i64, flags: i32) -> Result<Value> {
    let (data, rest) = take(py, this, most, ancillary, flags)?;
    let data = py.bytes(&data);
    Ok(py.tuple(std::iter::once(data).chain(rest).collect()))
}

/// `recvmsg_into`
pub fn receive_into(py: &mut Py, this: &Ref<Socket>, buffers: &Value, ancillary: i64, flags: i32) -> Result<Value> {
    let buffers = match py.collect(buffers) {
        Err(e) if e.is(Exc::TypeError) => return Err(type_error("recvmsg_into() argument 1 must be an iterable")),
        buffers => buffers?,
    };
    let (mut rooms, mut most) = (Vec::new(), 0usize);
    for target in buffers {
        let Some(room) = buffer::writable_len(py, &target)? else {
            let got = py.type_name(&target);
            return Err(type_error(format!(
                "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers, not {got}"
            )));
        };
        let hold = buffer::hold(py, &target);
        rooms.push((target, room, hold));
        most = most.checked_add(room).ok_or_else(memory_error)?;
    }
    let (data, rest) = take(py, this, most, ancillary, flags)?;
    let mut left = &data[..];
    for (target, room, _hold) in rooms {
        let (part, after) = left.split_at(room.min(left.len()));
        left = after;
        buffer::with_bytes_mut(py, &target, |bytes| bytes.iter_mut().zip(part).for_each(|(to, from)| *to = *from))?;
    }
    let count = py.int(data.len() as i64);
    Ok(py.tuple(std::iter::once(count).chain(rest).collect()))
}

fn take(py: &mut Py, this: &Ref<Socket>, most: usize, ancillary: i64, flags: i32) -> Result<(Vec<u8>, [Value; 3])> {
    let Ok(ancillary @ 0..=0x7fff_ffff) = usize::try_from(ancillary) else {
        return Err(value_error("invalid ancillary data buffer length"));
    };
    let (fd, until) = (Socket::number(py, this), Socket::deadline(py, this, flags));
    let (mut data, mut control) = (zeros(most)?, zeros(ancillary)?);
    let got =
        patiently(py, WaitKind::Read, fd, until, |_| Ok(net::receive_message(fd, &mut data, &mut control, flags | DONTWAIT)))?;
    let mut messages = Vec::new();
    for (level, kind, bytes) in unpack(&control) {
        let bytes = py.bytes(bytes);
        messages.push(py.tuple(vec![Value::int32(level), Value::int32(kind), bytes]));
    }
    let messages = py.list(messages);
    data.truncate(got.count);
    let from = address::to_value(py, &got.address);
    Ok((data, [messages, Value::int32(got.flags), from]))
}

/// `sendmsg`
pub fn send(py: &mut Py, this: &Ref<Socket>, buffers: &Value, ancdata: &Value, flags: i32, to: &Value) -> Result<usize> {
    let mut data = Vec::new();
    let buffers = match py.collect(buffers) {
        Err(e) if e.is(Exc::TypeError) => return Err(type_error("sendmsg() argument 1 must be an iterable")),
        buffers => buffers?,
    };
    for part in buffers {
        data.extend(buffer::to_vec(py, &part)?);
    }
    let mut control = Vec::new();
    for item in py.collect(ancdata)? {
        let parts = py.collect(&item)?;
        let [level, kind, bytes] = &parts[..] else {
            let got = parts.len();
            return Err(type_error(format!(
                "[sendmsg() ancillary data items]() argument must be sequence of length 3, not {got}"
            )));
        };
        let (level, kind) = (py.index_clamped(level)? as i32, py.index_clamped(kind)? as i32);
        let bytes = buffer::to_vec(py, bytes)?;
        if control.len() + bytes.len() > 1 << 24 {
            return Err(plain_error("too much ancillary data"));
        }
        pack(&mut control, level, kind, &bytes);
    }
    let family = Socket::family_of(py, this);
    let to = if to.is_none() { None } else { Some(address::from_value(py, family, to, "sendmsg")?) };
    let (fd, until) = (Socket::number(py, this), Socket::deadline(py, this, flags));
    patiently(py, WaitKind::Write, fd, until, |_| Ok(net::send_message(fd, &data, &control, flags | DONTWAIT, to.as_deref())))
}
