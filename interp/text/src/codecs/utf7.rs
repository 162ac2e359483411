//! UTF-7: ASCII with runs of base64 between `+` and `-`.

use super::Fault;
use crate::wtf8;

const NAME: &str = "utf7";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const fn from_base64(b: u8) -> Option<u32> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    } as u32)
}

/// Bits of a base64 run that do not make a character yet.
#[derive(Default)]
struct Shift {
    buffer: u32,
    bits: u32,
    /// A high surrogate that waits for its low one.
    surrogate: Option<u32>,
}

impl Shift {
    fn add(&mut self, digit: u32, out: &mut Vec<u8>) {
        self.buffer = self.buffer << 6 | digit;
        self.bits += 6;
        if self.bits < 16 {
            return;
        }
        self.bits -= 16;
        let unit = self.buffer >> self.bits & 0xffff;
        self.buffer &= (1 << self.bits) - 1;
        if let Some(high) = self.surrogate.take() {
            if (0xdc00..=0xdfff).contains(&unit) {
                wtf8::push(out, 0x10000 + ((high & 0x3ff) << 10 | (unit & 0x3ff)));
                return;
            }
            wtf8::push(out, high);
        }
        if (0xd800..=0xdbff).contains(&unit) {
            self.surrogate = Some(unit);
        } else {
            wtf8::push(out, unit);
        }
    }

    fn leftover(&self) -> Option<&'static str> {
        if self.bits >= 6 {
            Some("partial character in shift sequence")
        } else if self.bits > 0 && self.buffer != 0 {
            Some("non-zero padding bits in shift sequence")
        } else {
            None
        }
    }
}

/// Decodes from byte `at` on, outside of a run; returns how far it came. A run that is open at
/// the end of an input that goes on is left whole for the next call.
pub fn decode(input: &[u8], at: usize, last: bool, out: &mut Vec<u8>) -> Result<usize, Fault> {
    let mut at = at;
    while let Some(&byte) = input.get(at) {
        if byte == b'+' {
            if !last && input[at + 1..].iter().all(|&b| from_base64(b).is_some()) {
                return Ok(at);
            }
            at = decode_run(input, at, out)?;
        } else if byte > 127 {
            return Err(Fault::decode(NAME, at, at + 1, "unexpected special character"));
        } else {
            out.push(byte);
            at += 1;
        }
    }
    Ok(at)
}

/// Decodes one run, `+` included; returns the position behind it.
fn decode_run(input: &[u8], start: usize, out: &mut Vec<u8>) -> Result<usize, Fault> {
    let mut at = start + 1;
    match input.get(at) {
        Some(b'-') => {
            out.push(b'+');
            return Ok(at + 1);
        }
        Some(&b) if from_base64(b).is_none() => {
            return Err(Fault::decode(NAME, start, at + 1, "ill-formed sequence"));
        }
        _ => {}
    }
    let mut shift = Shift::default();
    while let Some(&byte) = input.get(at) {
        if let Some(digit) = from_base64(byte) {
            shift.add(digit, out);
            at += 1;
            continue;
        }
        if let Some(reason) = shift.leftover() {
            return Err(Fault::decode(NAME, start, at + 1, reason));
        }
        if let Some(high) = shift.surrogate.filter(|_| byte < 128) {
            wtf8::push(out, high);
        }
        return Ok(at + (byte == b'-') as usize);
    }
    if shift.surrogate.is_some() || shift.leftover().is_some() {
        return Err(Fault::decode(NAME, start, input.len(), "unterminated shift sequence"));
    }
    Ok(at)
}

/// Characters written as they are.
const fn is_direct(cp: u32) -> bool {
    matches!(cp, 9 | 10 | 13 | 32..=125) && !matches!(cp, 0x2b | 0x5c)
}

/// Encodes a text; surrogates are encoded like other characters.
pub fn encode(text: &[u8], out: &mut Vec<u8>) {
    let (mut buffer, mut bits, mut inside) = (0u64, 0, false);
    let finish = |buffer: &mut u64, bits: &mut u32, out: &mut Vec<u8>| {
        if *bits > 0 {
            out.push(ALPHABET[(*buffer << (6 - *bits) & 63) as usize]);
        }
        (*buffer, *bits) = (0, 0);
    };
    for cp in wtf8::code_points(text) {
        if is_direct(cp) {
            if inside {
                finish(&mut buffer, &mut bits, out);
                inside = false;
                if cp == 0x2d || from_base64(cp as u8).is_some() {
                    out.push(b'-');
                }
            }
            out.push(cp as u8);
            continue;
        }
        if !inside {
            out.push(b'+');
            if cp == 0x2b {
                out.push(b'-');
                continue;
            }
            inside = true;
        }
        if cp >= 0x10000 {
            buffer = buffer << 32 | ((0xd800 + ((cp - 0x10000) >> 10)) as u64) << 16 | (0xdc00 + (cp & 0x3ff)) as u64;
            bits += 32;
        } else {
            buffer = buffer << 16 | cp as u64;
            bits += 16;
        }
        while bits >= 6 {
            bits -= 6;
            out.push(ALPHABET[(buffer >> bits & 63) as usize]);
        }
        buffer &= (1 << bits) - 1;
    }
    if inside {
        finish(&mut buffer, &mut bits, out);
        out.push(b'-');
    }
}
