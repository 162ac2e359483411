//! Values to bytes and back, item by item of a parsed format.

use dashu_int::IBig;
use lockstep_heap::Value;
use lockstep_interp::object::raise::{Result, memory_error, overflow_error};
use lockstep_interp::object::{Exc, Py, Special};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::int;

use super::fail;
use super::format::{self, Format, Item, Kind, Read, Write};

/// Records up to this size lie on the stack while they are made.
const SMALL: usize = 64;

/// Show `done` the values as the format lays them out, for the function of this name.
pub fn pack<R>(
    py: &mut Py,
    format: &Format,
    values: &[Value],
    function: &str,
    done: impl FnOnce(&mut Py, &[u8]) -> R,
) -> Result<R> {
    if values.len() != format.values {
        let message = format!("{function} expected {} items for packing (got {})", format.values, values.len());
        return Err(fail(py, &message));
    }
    if format.size <= SMALL {
        let mut room = [0; SMALL];
        let room = &mut room[..format.size];
        fill(py, format, values, room)?;
        return Ok(done(py, room));
    }
    let mut room = Vec::new();
    if room.try_reserve_exact(format.size).is_err() {
        return Err(memory_error());
    }
    room.resize(format.size, 0);
    fill(py, format, values, &mut room)?;
    Ok(done(py, &room))
}

/// Lay out the values in zeroed memory.
fn fill(py: &mut Py, format: &Format, values: &[Value], out: &mut [u8]) -> Result<()> {
    if format.flat {
        for (item, value) in format.items.iter().zip(values) {
            (item.write)(py, item, value, &mut out[item.at..item.at + item.size])?;
        }
        return Ok(());
    }
    let mut values = values.iter();
    for item in format.items.iter().filter(|item| item.kind != Kind::Pad) {
        let mut at = item.at;
        for value in values.by_ref().take(item.count) {
            (item.write)(py, item, value, &mut out[at..at + item.size])?;
            at += item.size;
        }
    }
    Ok(())
}

/// What reads and writes one value.
pub fn functions(kind: Kind, size: usize, big: bool) -> (Read, Write) {
    macro_rules! by_order {
        ($read:ident, $write:ident $(, $with:tt)*) => {
            if big { ($read::<$($with,)* true>, $write::<$($with,)* true>) } else { ($read::<$($with,)* false>, $write::<$($with,)* false>) }
        };
    }
    match (kind, size) {
        (Kind::Int(true), 1) => by_order!(read_int, write_int, 1, true),
        (Kind::Int(true), 2) => by_order!(read_int, write_int, 2, true),
        (Kind::Int(true), 4) => by_order!(read_int, write_int, 4, true),
        (Kind::Int(true), _) => by_order!(read_int, write_int, 8, true),
        (Kind::Int(false), 1) => by_order!(read_int, write_int, 1, false),
        (Kind::Int(false), 2) => by_order!(read_int, write_int, 2, false),
        (Kind::Int(false), 4) => by_order!(read_int, write_int, 4, false),
        (Kind::Int(false), _) => by_order!(read_int, write_int, 8, false),
        (Kind::Single, _) => by_order!(read_float, write_single),
        (Kind::Address, _) => (read_int::<8, false, false>, write_address),
        (Kind::Float, _) => by_order!(read_float, write_float),
        (Kind::Bool, _) => (read_bool, write_bool),
        (Kind::Text, _) => (read_char, write_text),
        (Kind::Pascal, _) => (read_pascal, write_text),
        _ => (read_char, write_char),
    }
}

fn write_bool(py: &mut Py, _item: &Item, value: &Value, room: &mut [u8]) -> Result<()> {
    room[0] = u8::from(py.truth(value)?);
    Ok(())
}

fn write_char(py: &mut Py, _item: &Item, value: &Value, room: &mut [u8]) -> Result<()> {
    match value.downcast::<Bytes>().map(|b| b.slice()) {
        Some([byte]) => room[0] = *byte,
        _ => return Err(fail(py, "char format requires a bytes object of length 1")),
    }
    Ok(())
}

fn write_text(py: &mut Py, item: &Item, value: &Value, room: &mut [u8]) -> Result<()> {
    let own;
    let bytes = match value.downcast::<Bytes>() {
        Some(b) => b.slice(),
        None if py.type_name(value) == "bytearray" => {
            own = py.bytes_like(value)?;
            &*own
        }
        None => {
            let message = format!("argument for '{}' must be a bytes object", item.code as char);
            return Err(fail(py, &message));
        }
    };
    if item.kind == Kind::Text {
        let n = bytes.len().min(room.len());
        room[..n].copy_from_slice(&bytes[..n]);
    } else if let Some((length, room)) = room.split_first_mut() {
        let n = bytes.len().min(room.len());
        room[..n].copy_from_slice(&bytes[..n]);
        *length = n.min(255) as u8;
    }
    Ok(())
}

fn write_int<const SIZE: usize, const SIGNED: bool, const BIG: bool>(
    py: &mut Py,
    item: &Item,
    value: &Value,
    room: &mut [u8],
) -> Result<()> {
    let bits = 8 * SIZE as u32;
    if let Some(n) = value.as_small_int()
        && (bits == 64 && (SIGNED || n >= 0) || bits < 64 && if SIGNED { n >> (bits - 1) == n >> 63 } else { n >> bits == 0 })
        && let Some(room) = room.first_chunk_mut::<SIZE>()
    {
        write_word(n as u64, BIG, room);
        return Ok(());
    }
    put_other_int(py, item, SIGNED, BIG, value, room)
}

/// The lower bytes of a word.
#[inline(always)]
fn write_word(word: u64, big: bool, room: &mut [u8]) {
    let bytes = if big { (word << (64 - 8 * room.len())).to_be_bytes() } else { word.to_le_bytes() };
    match room.len() {
        1 => room.copy_from_slice(&bytes[..1]),
        2 => room.copy_from_slice(&bytes[..2]),
        4 => room.copy_from_slice(&bytes[..4]),
        n => room.copy_from_slice(&bytes[..n]),
    }
}

/// An int that is large or not in range, or something else.
#[cold]
fn put_other_int(py: &mut Py, item: &Item, signed: bool, big: bool, value: &Value, room: &mut [u8]) -> Result<()> {
    if !int::is_int(value) && py.special(value, Special::Index).is_none() {
        return Err(fail(py, "required argument is not an integer"));
    }
    let n = py.index(value)?;
    let n: IBig = int::to_ibig(&n).unwrap_or_default();
    let bits = 8 * item.size as u32;
    let (low, high): (i128, i128) = if signed { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
    match i128::try_from(&n) {
        Ok(n) if n >= low && n <= high => {
            write_word(n as u64, big, room);
            Ok(())
        }
        _ => {
            let code = item.code as char;

            let message = format!("'{code}' format requires {low} <= number <= {high}");
            Err(fail(py, &message))
        }
    }
}

fn write_single<const BIG: bool>(py: &mut Py, _item: &Item, value: &Value, room: &mut [u8]) -> Result<()> {
    let x = float(py, value)?;
    write_word(u64::from((x as f32).to_bits()), BIG, room);
    Ok(())
}

fn write_address(py: &mut Py, _item: &Item, value: &Value, room: &mut [u8]) -> Result<()> {
    if !int::is_int(value) {
        return Err(fail(py, "required argument is not an integer"));
    }
    let n = int::to_ibig(value).unwrap_or_default();
    match (u64::try_from(&n), i64::try_from(&n)) {
        (Ok(n), _) => write_word(n, false, room),
        (_, Ok(n)) => write_word(n as u64, false, room),
        _ => return Err(fail(py, "int too large to convert")),
    }
    Ok(())
}

fn float(py: &mut Py, value: &Value) -> Result<f64> {
    match py.to_f64(value) {
        Err(e) if e.is(Exc::TypeError) => Err(fail(py, "required argument is not a float")),
        other => other,
    }
}

fn write_float<const BIG: bool>(py: &mut Py, item: &Item, value: &Value, room: &mut [u8]) -> Result<()> {
    let x = float(py, value)?;
    let too_large = |code: &str| overflow_error(format!("float too large to pack with {code} format"));
    let word = match item.size {
        2 => u64::from(format::half_from(x).ok_or_else(|| too_large("e"))?),
        4 => {
            let single = x as f32;
            if single.is_infinite() && x.is_finite() {
                return Err(too_large("f"));
            }
            u64::from(single.to_bits())
        }
        _ => x.to_bits(),
    };
    write_word(word, BIG, room);
    Ok(())
}

/// The values in a record, a tuple.
pub fn unpack(py: &Py, format: &Format, bytes: &[u8]) -> Value {
    let value = |item: &Item, at: usize| (item.read)(py, bytes.get(at..at + item.size).unwrap_or(&[]));
    if format.flat {
        return py.tuple_with(format.items.iter().map(|item| value(item, item.at)));
    }
    let mut values = Vec::with_capacity(format.values);
    for item in format.items.iter().filter(|item| item.kind != Kind::Pad) {
        values.extend((0..item.count).map(|k| value(item, item.at + k * item.size)));
    }
    py.tuple(values)
}

/// The number that the bytes are, of which there is one at least.
#[inline(always)]
fn read_word(big: bool, bytes: &[u8]) -> u64 {
    let mut word = [0u8; 8];
    match bytes.len() {
        1 => word[..1].copy_from_slice(bytes),
        2 => word[..2].copy_from_slice(bytes),
        4 => word[..4].copy_from_slice(bytes),
        n => word[..n].copy_from_slice(bytes),
    }
    if big { u64::from_be_bytes(word) >> (64 - 8 * bytes.len()) } else { u64::from_le_bytes(word) }
}

fn read_int<const SIZE: usize, const SIGNED: bool, const BIG: bool>(py: &Py, bytes: &[u8]) -> Value {
    let Some(bytes) = bytes.first_chunk::<SIZE>() else { return Value::NONE };
    let word = read_word(BIG, bytes);
    if SIGNED {
        let shift = 64 - 8 * SIZE as u32;
        return py.int((word << shift) as i64 >> shift);
    }
    match i64::try_from(word) {
        Ok(n) => py.int(n),
        Err(_) => py.int_from(word),
    }
}

fn read_float<const BIG: bool>(_py: &Py, bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::NONE;
    }
    let word = read_word(BIG, bytes);
    Value::float(match bytes.len() {
        2 => format::half_to(word as u16),
        4 => f64::from(f32::from_bits(word as u32)),
        _ => f64::from_bits(word),
    })
}

fn read_bool(_py: &Py, bytes: &[u8]) -> Value {
    Value::bool(bytes.first().is_some_and(|b| *b != 0))
}

fn read_pascal(py: &Py, bytes: &[u8]) -> Value {
    let n = bytes.first().map_or(0, |n| usize::from(*n).min(bytes.len() - 1));
    py.bytes(bytes.get(1..=n).unwrap_or(&[]))
}

fn read_char(py: &Py, bytes: &[u8]) -> Value {
    py.bytes(bytes)
}
