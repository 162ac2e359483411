//! Format strings: what lies where.

use lockstep_heap::Value;
use lockstep_interp::object::raise::Result;
use lockstep_interp::object::{Py, Raised};

use super::codec;

/// A kind of item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `x`
    Pad,
    /// `c`
    Char,
    /// `?`
    Bool,
    /// Integer of so many bytes.
    Int(bool),
    /// `e`, `f`, `d` by size.
    Float,
    /// A float as the machine makes it of a double: too large is infinite.
    Single,
    /// An address, which may be given as a negative number.
    Address,
    /// `s`
    Text,
    /// `p`
    Pascal,
}

/// One code of a format.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// The letter.
    pub code: u8,
    /// How many.
    pub count: usize,
    /// Bytes of one.
    pub size: usize,
    /// Where the first one lies.
    pub at: usize,
    /// Makes a value of the bytes of one.
    pub read: Read,
    /// Makes bytes of one of a value.
    pub write: Write,
}

/// See [`Item::read`].
pub type Read = fn(&Py, &[u8]) -> Value;
/// See [`Item::write`].
pub type Write = fn(&mut Py, &Item, &Value, &mut [u8]) -> Result<()>;

/// A parsed format.
#[derive(Clone, Debug, Default)]
pub struct Format {
    /// Its items: one for each value if `flat`.
    pub items: Vec<Item>,
    /// There are few values, and the items are no more than they.
    pub flat: bool,
    /// Bytes in all.
    pub size: usize,
    /// Values in all.
    pub values: usize,
    /// Big endian.
    pub big: bool,
}

fn known(code: u8, native: bool) -> Option<(Kind, usize)> {
    Some(match code {
        b'x' => (Kind::Pad, 1),
        b'c' => (Kind::Char, 1),
        b'?' => (Kind::Bool, 1),
        b'b' => (Kind::Int(true), 1),
        b'B' => (Kind::Int(false), 1),
        b'h' => (Kind::Int(true), 2),
        b'H' => (Kind::Int(false), 2),
        b'i' => (Kind::Int(true), 4),
        b'I' => (Kind::Int(false), 4),
        b'l' => (Kind::Int(true), if native { 8 } else { 4 }),
        b'L' => (Kind::Int(false), if native { 8 } else { 4 }),
        b'q' => (Kind::Int(true), 8),
        b'Q' => (Kind::Int(false), 8),
        b'n' if native => (Kind::Int(true), 8),
        b'N' if native => (Kind::Int(false), 8),
        b'P' if native => (Kind::Address, 8),
        b'e' => (Kind::Float, 2),
        b'f' if native => (Kind::Single, 4),
        b'f' => (Kind::Float, 4),
        b'd' => (Kind::Float, 8),
        b's' => (Kind::Text, 1),
        b'p' => (Kind::Pascal, 1),
        _ => return None,
    })
}

/// Parse a format.
pub fn parse(py: &mut Py, text: &[u8]) -> std::result::Result<Format, Raised> {
    let (mut format, mut native, mut rest) = (Format::default(), true, text);
    if let Some(first @ (b'@' | b'=' | b'<' | b'>' | b'!')) = text.first() {
        native = *first == b'@';
        format.big = matches!(first, b'>' | b'!');
        rest = &text[1..];
    }
    let mut at = 0;
    let too_long = "total struct size too long";
    while at < rest.len() {
        let mut code = rest[at];
        at += 1;
        if code == 0 {
            return Err(super::fail(py, "embedded null character"));
        }
        if code.is_ascii_whitespace() {
            continue;
        }
        let mut count = 1usize;
        if code.is_ascii_digit() {
            count = usize::from(code - b'0');
            loop {
                let Some(next) = rest.get(at) else { return Err(super::fail(py, "repeat count given without format specifier")) };
                at += 1;
                code = *next;
                if !code.is_ascii_digit() {
                    break;
                }
                match count.checked_mul(10).and_then(|n| n.checked_add(usize::from(code - b'0'))) {
                    Some(n) => count = n,
                    None => return Err(super::fail(py, too_long)),
                }
            }
        }
        if code == 0 {
            return Err(super::fail(py, "embedded null character"));
        }
        let Some((kind, size)) = known(code, native) else { return Err(super::fail(py, "bad char in struct format")) };
        if native {
            format.size = format.size.next_multiple_of(size);
        }
        let bytes = count.checked_mul(size).and_then(|n| n.checked_add(format.size)).filter(|n| *n <= isize::MAX as usize);
        let Some(end) = bytes else { return Err(super::fail(py, too_long)) };
        let (read, write) = codec::functions(kind, size, format.big);
        // A text is one value.
        let text = matches!(kind, Kind::Text | Kind::Pascal);
        let (count_of_items, size) = if text { (1, count) } else { (count, size) };
        format.items.push(Item { kind, code, count: count_of_items, size, at: format.size, read, write });
        format.size = end;
        format.values += match kind {
            Kind::Pad => 0,
            Kind::Text | Kind::Pascal => 1,
            _ => count,
        };
    }
    if format.values <= FLAT {
        let codes = std::mem::take(&mut format.items);
        let values = codes.into_iter().filter(|item| item.kind != Kind::Pad);
        let each = |item: Item| (0..item.count).map(move |k| Item { count: 1, at: item.at + k * item.size, ..item });
        format.items = values.flat_map(each).collect();
        format.flat = true;
    }
    Ok(format)
}

/// Formats of so many values have an item for each.
const FLAT: usize = 64;

/// A half-precision float; none: too large.
pub fn half_from(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    let magnitude = x.abs();
    if x.is_nan() {
        return Some(sign | 0x7e00);
    }
    if magnitude.is_infinite() {
        return Some(sign | 0x7c00);
    }
    if magnitude == 0.0 {
        return Some(sign);
    }
    let exponent = (((magnitude.to_bits() >> 52) & 0x7ff) as i32 - 1023).max(-14);
    let unit = 2f64.powi(exponent - 10);
    let mut n = (magnitude / unit).round_ties_even() as u32;
    let mut exponent = exponent;
    if n >= 2048 {
        n /= 2;
        exponent += 1;
    }
    if exponent > 15 {
        return None;
    }
    Some(sign | if n < 1024 { n as u16 } else { (((exponent + 15) as u16) << 10) | (n as u16 & 1023) })
}

/// The float of a half-precision one.
pub fn half_to(bits: u16) -> f64 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        e => (1.0 + fraction / 1024.0) * 2f64.powi(e - 15),
    }
}
