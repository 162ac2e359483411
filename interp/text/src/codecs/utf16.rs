//! UTF-16 in both byte orders.

use super::{Fault, Order};
use crate::wtf8;

const LE: &str = "utf-16-le";
const BE: &str = "utf-16-be";

/// The order after looking for a mark at the very start, and the bytes the mark takes.
pub fn order_of(input: &[u8], order: Order) -> (Order, usize) {
    match (order, input) {
        (Order::Marked, [0xff, 0xfe, ..]) => (Order::Little, 2),
        (Order::Marked, [0xfe, 0xff, ..]) => (Order::Big, 2),
        (Order::Marked, _) => (Order::Little, 0),
        _ => (order, 0),
    }
}

/// Decodes from byte `at` on; returns how far it came.
pub fn decode(input: &[u8], at: usize, order: Order, last: bool, out: &mut Vec<u8>) -> Result<usize, Fault> {
    let (order, mark) = order_of(input, order);
    if order == Order::Little && mark == 0 && input.is_empty() {
        return Ok(0);
    }
    let mut at = at.max(mark);
    let name = if order == Order::Big { BE } else { LE };
    let unit = |at: usize| -> Option<u32> {
        let pair = [*input.get(at)?, *input.get(at + 1)?];
        Some(if order == Order::Big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) } as u32)
    };
    out.reserve(input.len().saturating_sub(at) / 2);
    while at < input.len() {
        let fault = |end: usize, reason| Err(Fault::decode(name, at, end, reason));
        match unit(at) {
            None if !last => return Ok(at),
            None => return fault(input.len(), "truncated data"),
            Some(0xdc00..=0xdfff) => return fault(at + 2, "illegal encoding"),
            Some(high @ 0xd800..=0xdbff) => match unit(at + 2) {
                None if !last => return Ok(at),
                None => return fault(input.len(), "unexpected end of data"),
                Some(low @ 0xdc00..=0xdfff) => {
                    wtf8::push(out, 0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff)));
                    at += 4;
                }
                Some(_) => return fault(at + 2, "illegal UTF-16 surrogate"),
            },
            Some(cp) => {
                wtf8::push(out, cp);
                at += 2;
            }
        }
    }
    Ok(at)
}

/// Encodes the text from byte `at` on; with a mark if `Marked` and `at` is 0.
pub fn encode(text: &[u8], at: usize, order: Order, out: &mut Vec<u8>) -> Result<(), Fault> {
    let mut put = |unit: u32| {
        let unit = unit as u16;
        out.extend_from_slice(&if order == Order::Big { unit.to_be_bytes() } else { unit.to_le_bytes() });
    };
    if order == Order::Marked && at == 0 {
        put(0xfeff);
    }
    let mut at = at;
    while let Some((cp, len)) = wtf8::decode_at(text, at) {
        match cp {
            0xd800..=0xdfff => {
                let name = match order {
                    Order::Little => LE,
                    Order::Big => BE,
                    Order::Marked => "utf-16",
                };
                return Err(Fault::encode(name, text, at, at + len, "surrogates not allowed"));
            }
            0..=0xffff => put(cp),
            _ => {
                put(0xd800 + ((cp - 0x10000) >> 10));
                put(0xdc00 + (cp & 0x3ff));
            }
        }
        at += len;
    }
    Ok(())
}
