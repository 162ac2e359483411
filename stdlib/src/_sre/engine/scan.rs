//! Going over characters: one, or as many as a loop takes. `WIDE`: characters may have several
//! bytes; else each is one byte.

use lockstep_text::wtf8;
use memchr::{memchr, memchr2};

use super::charset::Set;
use super::program::{Loop, One, Program};

/// The length in bytes of the character at `at`, which is before the end.
#[inline(always)]
pub fn width<const WIDE: bool>(text: &[u8], at: usize) -> usize {
    if WIDE { wtf8::width(text[at]).min(text.len() - at) } else { 1 }
}

/// The character at `at`.
#[inline(always)]
pub fn after<const WIDE: bool>(text: &[u8], at: usize) -> Option<u32> {
    if WIDE { wtf8::decode_at(text, at).map(|(cp, _)| cp) } else { text.get(at).map(|&b| u32::from(b)) }
}

/// The character before `at`.
#[inline(always)]
pub fn before<const WIDE: bool>(text: &[u8], at: usize) -> Option<u32> {
    if WIDE { wtf8::decode_before(text, at).map(|(cp, _)| cp) } else { text.get(at.checked_sub(1)?).map(|&b| u32::from(b)) }
}

/// Where the character before `at` begins; `at` is not 0.
#[inline(always)]
pub fn previous<const WIDE: bool>(text: &[u8], at: usize) -> usize {
    let mut at = at - 1;
    while WIDE && at > 0 && text[at] & 0xc0 == 0x80 {
        at -= 1;
    }
    at
}

/// `count` characters before `at`, if there are so many.
pub fn back<const WIDE: bool>(text: &[u8], at: usize, count: usize) -> Option<usize> {
    if !WIDE {
        return at.checked_sub(count);
    }
    let mut at = at;
    for _ in 0..count {
        if at == 0 {
            return None;
        }
        at = previous::<true>(text, at);
    }
    Some(at)
}

/// `count` characters after `at`, if there are so many.
fn forth<const WIDE: bool>(text: &[u8], at: usize, count: usize) -> Option<usize> {
    let mut at = at;
    if !WIDE {
        return at.checked_add(count).filter(|&end| end <= text.len());
    }
    for _ in 0..count {
        if at >= text.len() {
            return None;
        }
        at += width::<true>(text, at);
    }
    Some(at)
}

/// If the character at `at` is in the set: its length.
#[inline(always)]
pub fn member<const WIDE: bool>(set: &Set, text: &[u8], at: usize) -> Option<usize> {
    let byte = *text.get(at)?;
    if !WIDE {
        return set.bytes[byte as usize].then_some(1);
    }
    if byte < 0x80 {
        return set.bytes[byte as usize].then_some(1);
    }
    stranger(set, text, at)
}

#[inline(never)]
fn stranger(set: &Set, text: &[u8], at: usize) -> Option<usize> {
    let (cp, len) = wtf8::decode_at(text, at)?;
    let yes = if set.uniform { set.bytes[text[at] as usize] } else { set.contains(cp) };
    yes.then_some(len)
}

/// If a loop takes the character at `at`: its length.
#[inline(always)]
pub fn take<const WIDE: bool>(program: &Program, one: One, text: &[u8], at: usize) -> Option<usize> {
    let byte = *text.get(at)?;
    let yes = match one {
        One::Byte(wanted) => byte == wanted,
        One::NotByte(other) => byte != other,
        One::All => true,
        One::Set(number) => return member::<WIDE>(&program.sets[number as usize], text, at),
    };
    yes.then(|| width::<WIDE>(text, at))
}

/// How far a loop goes from `at`: the place after its least number of characters and the last.
#[inline(always)]
pub fn run<const WIDE: bool>(program: &Program, l: &Loop, text: &[u8], at: usize) -> Option<(usize, usize)> {
    if !WIDE {
        let rest = &text[at..];
        let rest = if l.max < rest.len() { &rest[..l.max] } else { rest };
        let count = bytes(program, l.one, rest);
        return (count >= l.min).then_some((at + l.min, at + count));
    }
    let whole = match l.one {
        One::Set(number) => program.sets[number as usize].uniform,
        _ => true,
    };
    if whole && l.max == usize::MAX {
        let end = at + bytes(program, l.one, &text[at..]);
        return Some((forth::<true>(&text[..end], at, l.min)?, end));
    }
    characters(program, l, text, at)
}

/// How many bytes at the beginning of `rest` a loop takes; not for sets that look at characters.
#[inline(always)]
fn bytes(program: &Program, one: One, rest: &[u8]) -> usize {
    match one {
        One::Byte(byte) => rest.iter().position(|&b| b != byte).unwrap_or(rest.len()),
        One::NotByte(byte) => memchr(byte, rest).unwrap_or(rest.len()),
        One::All => rest.len(),
        One::Set(number) => {
            let table = &program.sets[number as usize].bytes;
            rest.iter().position(|&b| !table[b as usize]).unwrap_or(rest.len())
        }
    }
}

#[inline(never)]
fn characters(program: &Program, l: &Loop, text: &[u8], at: usize) -> Option<(usize, usize)> {
    let (mut count, mut end) = (0, at);
    let mut low = at;
    while count < l.max {
        let Some(len) = take::<true>(program, l.one, text, end) else { break };
        end += len;
        count += 1;
        if count == l.min {
            low = end;
        }
    }
    (count >= l.min).then_some((low, end))
}

/// The first place from `at` on that lets a lazy loop end, if the loop takes all before it.
/// `left`: how many characters it may take; what remains of it is written there.
#[inline(always)]
pub fn lazy<const WIDE: bool>(program: &Program, l: &Loop, text: &[u8], at: usize, left: &mut usize) -> Option<usize> {
    if l.next.passes(text, at) {
        return Some(at);
    }
    if let (Some(end), One::NotByte(_) | One::All, false, usize::MAX) = (l.next.byte, l.one, l.next.end, *left) {
        let rest = &text[at..];
        let other = if let One::NotByte(other) = l.one { other } else { end };
        let found = at + memchr2(end, other, rest)?;
        return (text[found] == end).then_some(found);
    }
    let mut at = at;
    while !l.next.passes(text, at) {
        if *left == 0 {
            return None;
        }
        at += take::<WIDE>(program, l.one, text, at)?;
        *left -= usize::from(*left != usize::MAX);
    }
    Some(at)
}
