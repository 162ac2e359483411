//! UTF-32 in both byte orders.

use super::{Fault, Order};
use crate::wtf8;

const LE: &str = "utf-32-le";
const BE: &str = "utf-32-be";

/// The order after looking for a mark at the very start, and the bytes the mark takes.
pub fn order_of(input: &[u8], order: Order) -> (Order, usize) {
    match (order, input) {
        (Order::Marked, [0xff, 0xfe, 0, 0, ..]) => (Order::Little, 4),
        (Order::Marked, [0, 0, 0xfe, 0xff, ..]) => (Order::Big, 4),
        (Order::Marked, _) => (Order::Little, 0),
        _ => (order, 0),
    }
}

/// Decodes from byte `at` on; returns how far it came.
pub fn decode(input: &[u8], at: usize, order: Order, last: bool, out: &mut Vec<u8>) -> Result<usize, Fault> {
    let (order, mark) = order_of(input, order);
    let mut at = at.max(mark);
    let name = if order == Order::Big { BE } else { LE };
    while at < input.len() {
        let fault = |end: usize, reason| Err(Fault::decode(name, at, end, reason));
        let Some([a, b, c, d]) = input.get(at..at + 4) else {
            return if last { fault(input.len(), "truncated data") } else { Ok(at) };
        };
        let unit = [*a, *b, *c, *d];
        match if order == Order::Big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) } {
            0xd800..=0xdfff => {
                return fault(at + 4, "code point in surrogate code point range(0xd800, 0xe000)");
            }
            0x110000.. => return fault(at + 4, "code point not in range(0x110000)"),
            cp => wtf8::push(out, cp),
        }
        at += 4;
    }
    Ok(at)
}

/// Encodes the text from byte `at` on; with a mark if `Marked` and `at` is 0.
pub fn encode(text: &[u8], at: usize, order: Order, out: &mut Vec<u8>) -> Result<(), Fault> {
    let mut put = |cp: u32| {
        out.extend_from_slice(&if order == Order::Big { cp.to_be_bytes() } else { cp.to_le_bytes() });
    };
    if order == Order::Marked && at == 0 {
        put(0xfeff);
    }
    let mut at = at;
    while let Some((cp, len)) = wtf8::decode_at(text, at) {
        if (0xd800..=0xdfff).contains(&cp) {
            let name = match order {
                Order::Little => LE,
                Order::Big => BE,
                Order::Marked => "utf-32",
            };
            return Err(Fault::encode(name, text, at, at + len, "surrogates not allowed"));
        }
        put(cp);
        at += len;
    }
    Ok(())
}
