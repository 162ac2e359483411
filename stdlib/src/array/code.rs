//! The type codes of arrays: how items lie in memory.

use lockstep_interp::object::Special;
use lockstep_interp::object::raise::{Result, overflow_error, type_error};
use lockstep_interp::types::int;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Value};
use lockstep_text::wtf8;

/// A type code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(u8);

/// `array.typecodes`
pub const ALL: &str = "bBuwhHiIlLqQfd";

/// An item's bytes; only the first ones count.
pub type Item = [u8; 8];

impl Code {
    /// The code of this letter.
    pub fn of(letter: u32) -> Option<Code> {
        let letter = u8::try_from(letter).ok()?;
        ALL.as_bytes().contains(&letter).then_some(Code(letter))
    }
    /// The letter.
    pub fn letter(self) -> char {
        self.0 as char
    }
    /// Bytes of an item.
    #[inline]
    pub fn size(self) -> usize {
        match self.0 {
            b'b' | b'B' => 1,
            b'h' | b'H' => 2,
            b'u' | b'w' | b'i' | b'I' | b'f' => 4,
            _ => 8,
        }
    }
    /// Whether items are characters.
    pub fn is_text(self) -> bool {
        matches!(self.0, b'u' | b'w')
    }
    /// Whether items are floats.
    pub fn is_float(self) -> bool {
        matches!(self.0, b'f' | b'd')
    }
    /// Whether items are ints that can be negative.
    pub fn is_signed(self) -> bool {
        matches!(self.0, b'b' | b'h' | b'i' | b'l' | b'q')
    }
    /// The letter as memoryviews have it.
    pub fn format(self) -> char {
        if self.0 == b'u' { 'w' } else { self.letter() }
    }

    /// The value of an item.
    #[inline]
    pub fn unpack(self, py: &Py, raw: &[u8]) -> Value {
        let mut item = [0; 8];
        item[..raw.len()].copy_from_slice(raw);
        let n = u64::from_le_bytes(item);
        match self.0 {
            b'b' => Value::int32(i32::from(n as i8)),
            b'h' => Value::int32(i32::from(n as i16)),
            b'i' => Value::int32(n as i32),
            b'B' | b'H' | b'I' => py.int(n as i64),
            b'l' | b'q' => py.int(n as i64),
            b'f' => Value::float(f64::from(f32::from_bits(n as u32))),
            b'd' => Value::float(f64::from_bits(n)),
            b'u' | b'w' => py.char((n as u32).min(0x10_FFFF)).into_value(),
            _ => match i64::try_from(n) {
                Ok(n) => py.int(n),
                Err(_) => py.int_from(n),
            },
        }
    }

    /// The bytes of a value.
    #[inline]
    pub fn pack(self, py: &mut Py, value: &Value) -> Result<Item> {
        if let Some(n) = value.as_small_int() {
            let fits = match self.0 {
                b'b' => i8::try_from(n).is_ok(),
                b'B' => u8::try_from(n).is_ok(),
                b'h' => i16::try_from(n).is_ok(),
                b'H' => u16::try_from(n).is_ok(),
                b'i' => i32::try_from(n).is_ok(),
                b'I' => u32::try_from(n).is_ok(),
                b'l' | b'q' => true,
                b'L' | b'Q' => n >= 0,
                _ => false,
            };
            if fits {
                return Ok(n.to_le_bytes());
            }
        }
        if let (b'd', Some(x)) = (self.0, value.as_float()) {
            return Ok(x.to_bits().to_le_bytes());
        }
        self.pack_slow(py, value)
    }

    #[cold]
    fn pack_slow(self, py: &mut Py, value: &Value) -> Result<Item> {
        match self.0 {
            b'd' => Ok(py.to_f64(value)?.to_bits().to_le_bytes()),
            b'f' => Ok(u64::from((py.to_f64(value)? as f32).to_bits()).to_le_bytes()),
            b'u' | b'w' => match value.downcast::<Str>() {
                Some(s) if s.len() == 1 => Ok(u64::from(wtf8::nth(s.as_bytes(), 0).unwrap_or(0)).to_le_bytes()),
                Some(s) => {
                    Err(type_error(format!("array item must be a string of length 1, not a string of length {}", s.len())))
                }
                None => Err(type_error(format!("array item must be a unicode character, not {}", py.type_name(value)))),
            },
            _ => self.pack_int(py, value),
        }
    }

    fn pack_int(self, py: &mut Py, value: &Value) -> Result<Item> {
        if !int::is_int(value) && py.special(value, Special::Index).is_none() {
            let got = py.type_name(value);
            return Err(type_error(format!("'{got}' object cannot be interpreted as an integer")));
        }
        let n = py.index(value)?;
        let n = int::to_ibig(&n).unwrap_or_default();
        let n = i128::try_from(&n).unwrap_or(if n < dashu_int::IBig::ZERO { i128::MIN } else { i128::MAX });
        let (low, high, name): (i128, i128, &str) = match self.0 {
            b'b' => (-0x80, 0x7F, "signed char"),
            b'B' => (0, 0xFF, "unsigned byte integer"),
            b'h' => (-0x8000, 0x7FFF, "signed short integer"),
            b'H' => (0, 0xFFFF, "unsigned short"),
            b'i' => (-0x8000_0000, 0x7FFF_FFFF, "signed integer"),
            b'I' => (0, 0xFFFF_FFFF, "unsigned int"),
            b'l' | b'q' => (i128::from(i64::MIN), i128::from(i64::MAX), ""),
            _ => (0, i128::from(u64::MAX), ""),
        };
        if (low..=high).contains(&n) {
            return Ok((n as u64).to_le_bytes());
        }
        let wide = i64::try_from(n).is_err();
        Err(overflow_error(match (self.0, n < 0) {
            (b'I' | b'L', true) => "can't convert negative value to unsigned int".to_owned(),
            (b'Q', true) => "can't convert negative int to unsigned".to_owned(),
            (b'q' | b'Q', _) => "int too big to convert".to_owned(),
            (b'L', _) => "Python int too large to convert to C unsigned long".to_owned(),
            (b'l', _) => "Python int too large to convert to C long".to_owned(),
            (b'I', _) => format!("{name} is greater than maximum"),
            _ if wide => "Python int too large to convert to C long".to_owned(),
            (_, true) => format!("{name} is less than minimum"),
            (_, false) => format!("{name} is greater than maximum"),
        }))
    }

    /// How `_array_reconstructor` calls the layout.
    pub fn machine_format(self) -> i64 {
        match (self.0, self.size()) {
            (b'f', _) => 14,
            (b'd', _) => 16,
            (b'u' | b'w', _) => 20,
            (_, 1) => i64::from(self.is_signed()),
            (_, 2) => 2 + 2 * i64::from(self.is_signed()),
            (_, 4) => 6 + 2 * i64::from(self.is_signed()),
            _ => 10 + 2 * i64::from(self.is_signed()),
        }
    }
}

/// The value of an item that another machine wrote, and the size of its items.
pub fn foreign(py: &Py, format: i64, raw: &[u8]) -> Value {
    let mut item = [0; 8];
    item[..raw.len()].copy_from_slice(raw);
    if format % 2 == 1 && format > 1 {
        item[..raw.len()].reverse();
    }
    let letter = match format {
        0 => b'B',
        1 => b'b',
        2 | 3 => b'H',
        4 | 5 => b'h',
        6 | 7 => b'I',
        8 | 9 => b'i',
        10 | 11 => b'Q',
        12 | 13 => b'q',
        14 | 15 => b'f',
        16 | 17 => b'd',
        18 | 19 => b'H',
        _ => b'w',
    };
    Code(letter).unpack(py, &item[..raw.len()])
}

/// Bytes of an item in a layout; none if there is no such layout.
pub fn foreign_size(format: i64) -> Option<usize> {
    Some(match format {
        0 | 1 => 1,
        2..=5 | 18 | 19 => 2,
        6..=9 | 14 | 15 | 20 | 21 => 4,
        10..=13 | 16 | 17 => 8,
        _ => return None,
    })
}

/// The code whose ints have this layout, if there is one: the size may differ between machines.
pub fn integer_code(format: i64) -> Option<Code> {
    Some(Code(match format {
        0 => b'B',
        1 => b'b',
        2 | 3 => b'H',
        4 | 5 => b'h',
        6 | 7 => b'I',
        8 | 9 => b'i',
        10 | 11 => b'L',
        12 | 13 => b'l',
        _ => return None,
    }))
}
