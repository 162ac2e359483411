//! Values to bytes and back, item by item of a parsed format.

use dashu_int::IBig;
use lockstep_heap::Value;
use lockstep_interp::object::raise::{Result, memory_error, overflow_error};
use lockstep_interp::object::{Exc, Py, Special};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::int;
use smallvec::SmallVec;

use super::fail;
use super::format::{self, Format, Item, Kind};

/// The bytes of one record.
pub type Record = SmallVec<[u8; 64]>;

/// The values as the format lays them out, for the function of this name.
pub fn pack(py: &mut Py, format: &Format, values: &[Value], function: &str) -> Result<Record> {
    if values.len() != format.values {
        let message = format!("{function} expected {} items for packing (got {})", format.values, values.len());
        return Err(fail(py, &message));
    }
    let mut out = Record::new();
    if out.try_reserve_exact(format.size).is_err() {
        return Err(memory_error());
    }
    out.resize(format.size, 0);
    let mut values = values.iter();
    for item in &format.items {
        match item.kind {
            Kind::Pad => {}
            Kind::Text | Kind::Pascal => {
                let Some(value) = values.next() else { continue };
                put_text(py, item, value, &mut out[item.at..item.at + item.count])?;
            }
            _ => {
                for (room, value) in out[item.at..item.at + item.count * item.size].chunks_exact_mut(item.size).zip(&mut values) {
                    put(py, item, format.big, value, room)?;
                }
            }
        }
    }
    Ok(out)
}

/// One value that is no text.
#[inline]
fn put(py: &mut Py, item: &Item, big: bool, value: &Value, room: &mut [u8]) -> Result<()> {
    match item.kind {
        Kind::Int(signed) => return put_int(py, item, signed, big, value, room),
        Kind::Float => return put_float(py, item, big, value, room),
        Kind::Bool => room[0] = u8::from(py.truth(value)?),
        _ => match value.downcast::<Bytes>().map(|b| b.slice()) {
            Some([byte]) => room[0] = *byte,
            _ => return Err(fail(py, "char format requires a bytes object of length 1")),
        },
    }
    Ok(())
}

fn put_text(py: &mut Py, item: &Item, value: &Value, room: &mut [u8]) -> Result<()> {
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

#[inline]
fn put_int(py: &mut Py, item: &Item, signed: bool, big: bool, value: &Value, room: &mut [u8]) -> Result<()> {
    let bits = 8 * item.size as u32;
    if let Some(n) = value.as_small_int()
        && (bits == 64 && (signed || n >= 0) || bits < 64 && if signed { n >> (bits - 1) == n >> 63 } else { n >> bits == 0 })
    {
        write_word(n as u64, big, room);
        return Ok(());
    }
    put_other_int(py, item, signed, big, value, room)
}

/// The lower bytes of a word.
#[inline]
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

fn put_float(py: &mut Py, item: &Item, big: bool, value: &Value, room: &mut [u8]) -> Result<()> {
    let x = match py.to_f64(value) {
        Ok(x) => x,
        Err(e) if e.is(Exc::TypeError) => return Err(fail(py, "required argument is not a float")),
        Err(e) => return Err(e),
    };
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
    write_word(word, big, room);
    Ok(())
}

/// The values in a record, a tuple.
pub fn unpack(py: &Py, format: &Format, bytes: &[u8]) -> Value {
    py.tuple_with(Values { py, format, bytes, item: 0, within: 0, left: format.values })
}

/// The values of a record one by one.
struct Values<'a> {
    py: &'a Py,
    format: &'a Format,
    bytes: &'a [u8],
    /// The item that is read, and how much of it has been.
    item: usize,
    within: usize,
    left: usize,
}

impl ExactSizeIterator for Values<'_> {}

impl Iterator for Values<'_> {
    type Item = Value;
    #[inline]
    fn next(&mut self) -> Option<Value> {
        let big = self.format.big;
        loop {
            let item = self.format.items.get(self.item)?;
            match item.kind {
                Kind::Pad => self.item += 1,
                Kind::Text | Kind::Pascal => {
                    self.item += 1;
                    self.left -= 1;
                    let room = self.bytes.get(item.at..item.at + item.count)?;
                    if item.kind == Kind::Text {
                        return Some(self.py.bytes(room));
                    }
                    let n = room.first().map_or(0, |n| usize::from(*n).min(room.len() - 1));
                    return Some(self.py.bytes(room.get(1..=n).unwrap_or(&[])));
                }
                _ if self.within == item.count => {
                    self.item += 1;
                    self.within = 0;
                }
                _ => {
                    let at = item.at + self.within * item.size;
                    self.within += 1;
                    self.left -= 1;
                    return Some(one(self.py, item, big, self.bytes.get(at..at + item.size)?));
                }
            }
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

/// The number that the bytes are.
#[inline]
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

#[inline]
fn one(py: &Py, item: &Item, big: bool, bytes: &[u8]) -> Value {
    match item.kind {
        Kind::Int(true) => {
            let shift = 64 - 8 * bytes.len() as u32;
            py.int((read_word(big, bytes) << shift) as i64 >> shift)
        }
        Kind::Int(false) => match i64::try_from(read_word(big, bytes)) {
            Ok(n) => py.int(n),
            Err(_) => py.int_from(read_word(big, bytes)),
        },
        Kind::Float => {
            let word = read_word(big, bytes);
            Value::float(match bytes.len() {
                2 => format::half_to(word as u16),
                4 => f64::from(f32::from_bits(word as u32)),
                _ => f64::from_bits(word),
            })
        }
        Kind::Bool => Value::bool(bytes[0] != 0),
        _ => py.bytes(bytes),
    }
}
