//! The built-in error handlers, for callers that need no Python-level handler.

use super::Fault;
use crate::repr::push_escape;
use crate::wtf8;

/// A built-in error handler. (`namereplace` needs the names of characters, so it is not here.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    XmlCharRefReplace,
    SurrogateEscape,
    SurrogatePass,
}

/// What stands for characters that could not be encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// To be encoded in their place.
    Text(Vec<u8>),
    /// Written as they are.
    Bytes(Vec<u8>),
}

impl Handler {
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "strict" => Handler::Strict,
            "ignore" => Handler::Ignore,
            "replace" => Handler::Replace,
            "backslashreplace" => Handler::BackslashReplace,
            "xmlcharrefreplace" => Handler::XmlCharRefReplace,
            "surrogateescape" => Handler::SurrogateEscape,
            "surrogatepass" => Handler::SurrogatePass,
            _ => return None,
        })
    }

    /// Appends what stands for the faulty bytes and returns where to go on; `None`: raise.
    pub fn decode(self, input: &[u8], fault: &Fault, out: &mut Vec<u8>) -> Option<usize> {
        let bytes = input.get(fault.start..fault.end.min(input.len()))?;
        match self {
            Handler::Strict | Handler::XmlCharRefReplace => return None,
            Handler::Ignore => {}
            Handler::Replace => wtf8::push(out, 0xfffd),
            Handler::BackslashReplace => bytes.iter().for_each(|&b| push_escape(out, b as u32)),
            Handler::SurrogateEscape => {
                let escaped = bytes.iter().take(4).take_while(|&&b| b >= 0x80).count();
                bytes[..escaped].iter().for_each(|&b| wtf8::push(out, 0xdc00 + b as u32));
                return (escaped > 0).then_some(fault.start + escaped);
            }
            Handler::SurrogatePass => {
                let (cp, len) = surrogate_bytes(&input[fault.start..], fault.encoding)?;
                wtf8::push(out, cp);
                return Some(fault.start + len);
            }
        }
        Some(fault.end)
    }

    /// The fault to report when [`Handler::encode`] gave up: `surrogateescape` has used the
    /// characters before the first that it does not know.
    pub fn refused(self, text: &[u8], mut fault: Fault) -> Fault {
        if self == Handler::SurrogateEscape {
            while let Some((0xdc80..=0xdcff, len)) = wtf8::decode_at(text, fault.byte_start)
                && fault.byte_start + len < fault.byte_end
            {
                fault.byte_start += len;
                fault.start += 1;
            }
        }
        fault
    }

    /// What stands for the characters that cannot be encoded; `None`: raise.
    pub fn encode(self, text: &[u8], fault: &Fault) -> Option<Replacement> {
        let bad = text.get(fault.byte_start..fault.byte_end)?;
        let mut out = Vec::new();
        match self {
            Handler::Strict => return None,
            Handler::Ignore => {}
            Handler::Replace => out.resize(wtf8::count(bad), b'?'),
            Handler::BackslashReplace => wtf8::code_points(bad).for_each(|cp| push_escape(&mut out, cp)),
            Handler::XmlCharRefReplace => {
                wtf8::code_points(bad).for_each(|cp| out.extend_from_slice(format!("&#{cp};").as_bytes()));
            }
            Handler::SurrogateEscape => {
                for cp in wtf8::code_points(bad) {
                    if !(0xdc80..=0xdcff).contains(&cp) {
                        return None;
                    }
                    out.push((cp - 0xdc00) as u8);
                }
                return Some(Replacement::Bytes(out));
            }
            Handler::SurrogatePass => {
                for cp in wtf8::code_points(bad) {
                    if !(0xd800..=0xdfff).contains(&cp) {
                        return None;
                    }
                    let unit = cp as u16;
                    match fault.encoding {
                        "utf-8" => wtf8::push(&mut out, cp),
                        "utf-16" | "utf-16-le" => out.extend_from_slice(&unit.to_le_bytes()),
                        "utf-16-be" => out.extend_from_slice(&unit.to_be_bytes()),
                        "utf-32" | "utf-32-le" => out.extend_from_slice(&cp.to_le_bytes()),
                        "utf-32-be" => out.extend_from_slice(&cp.to_be_bytes()),
                        _ => return None,
                    }
                }
                return Some(Replacement::Bytes(out));
            }
        }
        Some(Replacement::Text(out))
    }
}

/// A surrogate that some encoder let pass.
fn surrogate_bytes(s: &[u8], encoding: &str) -> Option<(u32, usize)> {
    let (cp, len) = match (encoding, s) {
        ("utf-8", [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..]) => wtf8::decode_at(s, 0)?,
        ("utf-16" | "utf-16-le", [a, b, ..]) => (u16::from_le_bytes([*a, *b]) as u32, 2),
        ("utf-16-be", [a, b, ..]) => (u16::from_be_bytes([*a, *b]) as u32, 2),
        ("utf-32" | "utf-32-le", [a, b, c, d, ..]) => (u32::from_le_bytes([*a, *b, *c, *d]), 4),
        ("utf-32-be", [a, b, c, d, ..]) => (u32::from_be_bytes([*a, *b, *c, *d]), 4),
        _ => return None,
    };
    (0xd800..=0xdfff).contains(&cp).then_some((cp, len))
}
