//! Codecs of one byte per character: ASCII, Latin-1, and those given by a table.

use super::Fault;
use crate::wtf8;
use std::collections::HashMap;

/// In a decoding table: this byte means nothing.
pub const UNDEFINED: u32 = 0xfffe;
const UNMAPPED: &str = "character maps to <undefined>";

/// Decodes ASCII from byte `at` on.
pub fn decode_ascii(input: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Fault> {
    let rest = &input[at.min(input.len())..];
    match rest.iter().position(|b| !b.is_ascii()) {
        None => {
            out.extend_from_slice(rest);
            Ok(input.len())
        }
        Some(k) => {
            out.extend_from_slice(&rest[..k]);
            Err(Fault::decode("ascii", at + k, at + k + 1, "ordinal not in range(128)"))
        }
    }
}

/// Decodes Latin-1, which cannot fail.
pub fn decode_latin1(input: &[u8], out: &mut Vec<u8>) {
    if input.is_ascii() {
        out.extend_from_slice(input);
        return;
    }
    out.reserve(input.len());
    for &b in input {
        wtf8::push(out, b as u32);
    }
}

/// Encodes characters below `limit` as one byte each.
pub fn encode_below(
    text: &[u8],
    at: usize,
    limit: u32,
    encoding: &'static str,
    reason: &'static str,
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    let at = at.min(text.len());
    if text[at..].is_ascii() {
        out.extend_from_slice(&text[at..]);
        return Ok(());
    }
    encode_by(text, at, encoding, reason, out, |cp| (cp < limit).then_some(cp as u8))
}

fn encode_by(
    text: &[u8],
    at: usize,
    encoding: &'static str,
    reason: &'static str,
    out: &mut Vec<u8>,
    map: impl Fn(u32) -> Option<u8>,
) -> Result<(), Fault> {
    let mut at = at.min(text.len());
    while let Some((cp, len)) = wtf8::decode_at(text, at) {
        if let Some(byte) = map(cp) {
            out.push(byte);
            at += len;
            continue;
        }
        let mut end = at + len;
        while let Some((cp, len)) = wtf8::decode_at(text, end)
            && map(cp).is_none()
        {
            end += len;
        }
        return Err(Fault::encode(encoding, text, at, end, reason));
    }
    Ok(())
}

/// Decodes by a table of up to 256 characters ([`UNDEFINED`] for none).
pub fn decode(input: &[u8], at: usize, table: &[u32], out: &mut Vec<u8>) -> Result<usize, Fault> {
    for (k, &byte) in input.iter().enumerate().skip(at) {
        match table.get(byte as usize) {
            Some(&cp) if cp != UNDEFINED => wtf8::push(out, cp),
            _ => return Err(Fault::decode("charmap", k, k + 1, UNMAPPED)),
        }
    }
    Ok(input.len())
}

/// The inverse of a decoding table (`codecs.charmap_build`).
#[derive(Clone, Debug, Default)]
pub struct EncodingMap {
    bytes: HashMap<u32, u8>,
}

impl EncodingMap {
    pub fn new(table: &[u32]) -> Self {
        let defined = table.iter().take(256).enumerate().filter(|&(_, &cp)| cp != UNDEFINED);
        Self { bytes: defined.map(|(k, &cp)| (cp, k as u8)).collect() }
    }
    pub fn get(&self, cp: u32) -> Option<u8> {
        self.bytes.get(&cp).copied()
    }
    /// Encodes the text from byte `at` on.
    pub fn encode(&self, text: &[u8], at: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
        encode_by(text, at, "charmap", UNMAPPED, out, |cp| self.get(cp))
    }
}
