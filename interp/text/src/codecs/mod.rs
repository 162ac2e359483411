//! Text to bytes and back. A decoder or encoder runs until it is done or meets a [`Fault`]; the
//! caller lets an error handler decide and calls again behind the fault. Decoders append
//! generalised UTF-8.

pub mod charmap;
pub mod escape;
pub mod handler;
#[cfg(test)]
mod tests;
pub mod utf16;
pub mod utf32;
pub mod utf7;
pub mod utf8;

use crate::wtf8;
pub use handler::Handler;

/// What is wrong with an input, and where: bytes when decoding, characters when encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The name that the exception shows (`utf-16-le` when a mark said so).
    pub encoding: &'static str,
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
    /// The same range in bytes of the input.
    pub byte_start: usize,
    pub byte_end: usize,
}

impl Fault {
    const fn decode(encoding: &'static str, start: usize, end: usize, reason: &'static str) -> Self {
        Self { encoding, start, end, reason, byte_start: start, byte_end: end }
    }

    /// A range of bytes of a text, counted in characters too.
    fn encode(encoding: &'static str, s: &[u8], start: usize, end: usize, reason: &'static str) -> Self {
        let first = wtf8::char_index(s, start);
        let last = first + wtf8::count(&s[start..end]);
        Self { encoding, start: first, end: last, reason, byte_start: start, byte_end: end }
    }

    /// `str()` of the UnicodeDecodeError for this input.
    pub fn decode_message(&self, input: &[u8]) -> String {
        let Self { encoding, start, end, reason, .. } = self;
        match input.get(*start) {
            Some(byte) if *end == start + 1 => {
                format!("'{encoding}' codec can't decode byte {byte:#04x} in position {start}: {reason}")
            }
            _ => format!("'{encoding}' codec can't decode bytes in position {start}-{}: {reason}", *end as isize - 1),
        }
    }

    /// `str()` of the UnicodeEncodeError for this text.
    pub fn encode_message(&self, text: &[u8]) -> String {
        let Self { encoding, start, end, reason, .. } = self;
        match wtf8::decode_at(text, self.byte_start) {
            Some((cp, _)) if *end == start + 1 => {
                let mut shown = Vec::new();
                crate::repr::push_escape(&mut shown, cp);
                format!(
                    "'{encoding}' codec can't encode character '{}' in position {start}: {reason}",
                    String::from_utf8_lossy(&shown)
                )
            }
            _ => format!("'{encoding}' codec can't encode characters in position {start}-{}: {reason}", *end as isize - 1),
        }
    }
}

/// Byte order of UTF-16 and UTF-32. `Marked`: by the mark at the start, little endian without;
/// when encoding, little endian with a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Little,
    Big,
    Marked,
}

/// The codecs that need no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Utf8,
    /// UTF-8 with an optional mark when reading, always one when writing.
    Utf8Sig,
    Ascii,
    Latin1,
    Utf16(Order),
    Utf32(Order),
    Utf7,
    RawUnicodeEscape,
    UnicodeEscape,
}

impl Codec {
    /// The codec that writes no mark.
    #[must_use]
    pub fn unmarked(self) -> Codec {
        match self {
            Codec::Utf16(Order::Marked) => Codec::Utf16(Order::Little),
            Codec::Utf32(Order::Marked) => Codec::Utf32(Order::Little),
            Codec::Utf8Sig => Codec::Utf8,
            codec => codec,
        }
    }
    /// By name or alias, in any case, with `-`, `_` or space between the words.
    pub fn from_name(name: &str) -> Option<Self> {
        if name.len() > 40 {
            return None;
        }
        let name: String = name.chars().map(|c| if matches!(c, '-' | ' ') { '_' } else { c.to_ascii_lowercase() }).collect();
        Some(match name.as_str() {
            "utf_8" | "utf8" | "u8" | "utf" | "utf8_ucs2" | "utf8_ucs4" | "cp65001" => Codec::Utf8,
            "utf_8_sig" | "utf8_sig" => Codec::Utf8Sig,
            "ascii" | "us_ascii" | "646" | "ansi_x3.4_1968" | "ansi_x3_4_1968" | "ansi_x3.4_1986" | "cp367" | "csascii"
            | "ibm367" | "iso646_us" | "iso_646.irv_1991" | "iso_ir_6" | "us" => Codec::Ascii,
            "latin_1" | "latin1" | "iso_8859_1" | "iso8859_1" | "8859" | "cp819" | "csisolatin1" | "ibm819" | "iso8859"
            | "iso_8859_1_1987" | "iso_ir_100" | "l1" | "latin" => Codec::Latin1,
            "utf_16" | "utf16" | "u16" => Codec::Utf16(Order::Marked),
            "utf_16_le" | "utf_16le" | "utf16_le" | "unicodelittleunmarked" => Codec::Utf16(Order::Little),
            "utf_16_be" | "utf_16be" | "utf16_be" | "unicodebigunmarked" => Codec::Utf16(Order::Big),
            "utf_32" | "utf32" | "u32" => Codec::Utf32(Order::Marked),
            "utf_32_le" | "utf_32le" | "utf32_le" => Codec::Utf32(Order::Little),
            "utf_32_be" | "utf_32be" | "utf32_be" => Codec::Utf32(Order::Big),
            "utf_7" | "utf7" | "u7" | "unicode_1_1_utf_7" => Codec::Utf7,
            "raw_unicode_escape" => Codec::RawUnicodeEscape,
            "unicode_escape" => Codec::UnicodeEscape,
            _ => return None,
        })
    }

    /// The name that `codecs.lookup` gives.
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Utf8 => "utf-8",
            Codec::Utf8Sig => "utf-8-sig",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "iso8859-1",
            Codec::Utf16(Order::Marked) => "utf-16",
            Codec::Utf16(Order::Little) => "utf-16-le",
            Codec::Utf16(Order::Big) => "utf-16-be",
            Codec::Utf32(Order::Marked) => "utf-32",
            Codec::Utf32(Order::Little) => "utf-32-le",
            Codec::Utf32(Order::Big) => "utf-32-be",
            Codec::Utf7 => "utf-7",
            Codec::RawUnicodeEscape => "raw-unicode-escape",
            Codec::UnicodeEscape => "unicode-escape",
        }
    }

    /// Decodes from byte `at` on; returns how far it came. Without `last`, an unfinished character
    /// at the end is left for the next call. `\N{...}` is unknown here (see [`escape`]).
    pub fn decode(self, input: &[u8], at: usize, last: bool, out: &mut Vec<u8>) -> Result<usize, Fault> {
        match self {
            Codec::Utf8 => utf8::decode(input, at, last, out),
            Codec::Utf8Sig => utf8::decode_sig(input, at, last, out),
            Codec::Ascii => charmap::decode_ascii(input, at, out),
            Codec::Latin1 => {
                charmap::decode_latin1(&input[at.min(input.len())..], out);
                Ok(input.len())
            }
            Codec::Utf16(order) => utf16::decode(input, at, order, last, out),
            Codec::Utf32(order) => utf32::decode(input, at, order, last, out),
            Codec::Utf7 => utf7::decode(input, at, last, out),
            Codec::RawUnicodeEscape => escape::decode_raw(input, at, last, out),
            Codec::UnicodeEscape => escape::decode(input, at, last, out, &mut None, &mut |_| None),
        }
    }

    /// Encodes the text from byte `at` on. A mark is written where `at` is 0.
    pub fn encode(self, text: &[u8], at: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
        match self {
            Codec::Utf8 => utf8::encode(text, at, out),
            Codec::Utf8Sig => {
                if at == 0 {
                    out.extend_from_slice(utf8::MARK);
                }
                utf8::encode(text, at, out)
            }
            Codec::Ascii => charmap::encode_below(text, at, 0x80, "ascii", "ordinal not in range(128)", out),
            Codec::Latin1 => charmap::encode_below(text, at, 0x100, "latin-1", "ordinal not in range(256)", out),
            Codec::Utf16(order) => utf16::encode(text, at, order, out),
            Codec::Utf32(order) => utf32::encode(text, at, order, out),
            Codec::Utf7 => {
                utf7::encode(&text[at.min(text.len())..], out);
                Ok(())
            }
            Codec::RawUnicodeEscape => {
                escape::encode_raw(&text[at.min(text.len())..], out);
                Ok(())
            }
            Codec::UnicodeEscape => {
                escape::encode(&text[at.min(text.len())..], out);
                Ok(())
            }
        }
    }

    /// Decodes all of the input with a built-in error handler.
    pub fn decode_with(self, input: &[u8], handler: Handler) -> Result<Vec<u8>, Fault> {
        let mut out = Vec::new();
        let mut at = 0;
        loop {
            match self.decode(input, at, true, &mut out) {
                Ok(_) => return Ok(out),
                Err(fault) => at = handler.decode(input, &fault, &mut out).ok_or(fault)?,
            }
        }
    }

    /// Encodes all of the text with a built-in error handler.
    pub fn encode_with(self, text: &[u8], handler: Handler) -> Result<Vec<u8>, Fault> {
        let mut out = Vec::new();
        let mut at = 0;
        loop {
            let Err(fault) = self.encode(text, at, &mut out) else {
                return Ok(out);
            };
            at = fault.byte_end;
            match handler.encode(text, &fault).ok_or_else(|| handler.refused(text, fault))? {
                handler::Replacement::Bytes(bytes) if bytes.len() % self.unit() != 0 => {
                    return Err(fault);
                }
                handler::Replacement::Bytes(bytes) => out.extend_from_slice(&bytes),
                handler::Replacement::Text(text) => self.encode_replacement(&text, fault, &mut out)?,
            }
        }
    }

    /// Replacement bytes must come in whole units of this size.
    pub const fn unit(self) -> usize {
        match self {
            Codec::Utf16(_) => 2,
            Codec::Utf32(_) => 4,
            _ => 1,
        }
    }

    /// Encodes what a handler put in place of a fault; no mark, and no second chance.
    pub fn encode_replacement(self, text: &[u8], fault: Fault, out: &mut Vec<u8>) -> Result<(), Fault> {
        let bare = match self {
            Codec::Utf16(Order::Marked) => Codec::Utf16(Order::Little),
            Codec::Utf32(Order::Marked) => Codec::Utf32(Order::Little),
            Codec::Utf8Sig => Codec::Utf8,
            _ => self,
        };
        bare.encode(text, 0, out).map_err(|_| fault)
    }
}
