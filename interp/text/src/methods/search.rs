//! `find`, `count`, `replace` and their kin, for `str` and `bytes` alike: a match of valid
//! generalised UTF-8 can only start at a character.

use crate::error::{Error, Result};
use crate::wtf8;
use memchr::memmem;

/// First match at or after byte 0.
#[inline]
pub fn find(s: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [one] => memchr::memchr(*one, s),
        [first, ..] => {
            // Building a searcher costs more than looking at a few candidates.
            let last = s.len().checked_sub(needle.len())?;
            let mut at = 0;
            for _ in 0..CANDIDATES {
                at += memchr::memchr(*first, s.get(at..=last)?)?;
                if s[at..].starts_with(needle) {
                    return Some(at);
                }
                at += 1;
            }
            memmem::find(&s[at..], needle).map(|k| at + k)
        }
    }
}

/// Places where the first byte is right that are looked at one by one.
const CANDIDATES: usize = 8;

/// The first place of a byte that is expected soon: a look at each byte finds it sooner then.
#[inline]
pub fn byte_soon(s: &[u8], byte: u8) -> Option<usize> {
    const NEAR: usize = 16;
    let near = s.len().min(NEAR);
    match s[..near].iter().position(|b| *b == byte) {
        None if s.len() > near => memchr::memchr(byte, &s[near..]).map(|at| at + near),
        found => found,
    }
}

/// Last match.
#[inline]
pub fn rfind(s: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(s.len()),
        [one] => memchr::memrchr(*one, s),
        _ => memmem::rfind(s, needle),
    }
}

#[inline]
pub fn contains(s: &[u8], needle: &[u8]) -> bool {
    find(s, needle).is_some()
}

/// Number of matches that do not overlap; an empty needle matches around every character
/// (`chars`: number of characters of `s`).
pub fn count(s: &[u8], needle: &[u8], chars: usize) -> usize {
    match needle {
        [] => chars + 1,
        [one] => memchr::memchr_iter(*one, s).count(),
        _ if s.len() < needle.len() => 0,
        _ => memmem::find_iter(s, needle).count(),
    }
}

/// `s.replace(old, new, max)`; `None` when nothing was found. `text`: cut between characters
/// (str), else between bytes. A negative count means all.
pub fn replace(s: &[u8], old: &[u8], new: &[u8], max: isize, text: bool) -> Result<Option<Vec<u8>>> {
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    if max == 0 || s.len() < old.len() || (old.is_empty() && new.is_empty()) || old == new {
        return Ok(None);
    }
    match (old, new) {
        ([], _) => interleave(s, new, max, text).map(Some),
        ([a], [b]) => Ok(replace_byte(s, *a, *b, max)),
        ([a], _) => replace_at(s, || memchr::memchr_iter(*a, s), 1, new, max),
        _ if s.len() < 64 => {
            let matches = || {
                let mut from = 0;
                std::iter::from_fn(move || {
                    let at = from + find(&s[from..], old)?;
                    from = at + old.len();
                    Some(at)
                })
            };
            replace_at(s, matches, old.len(), new, max)
        }
        _ => {
            let finder = memmem::Finder::new(old);
            replace_at(s, || finder.find_iter(s), old.len(), new, max)
        }
    }
}

fn replace_byte(s: &[u8], old: u8, new: u8, max: usize) -> Option<Vec<u8>> {
    let first = memchr::memchr(old, s)?;
    let mut out = s.to_vec();
    for at in memchr::memchr_iter(old, &s[first..]).take(max) {
        out[first + at] = new;
    }
    Some(out)
}

/// A buffer for `len` bytes and `n` times `item` bytes, if there is memory.
fn buffer(len: usize, n: usize, item: usize) -> Result<Vec<u8>> {
    let size = n.checked_mul(item).and_then(|k| k.checked_add(len)).filter(|&k| isize::try_from(k).is_ok());
    let size = size.ok_or_else(|| Error::overflow("replace string is too long"))?;
    let mut out = Vec::new();
    out.try_reserve_exact(size).map_err(|_| Error::memory())?;
    Ok(out)
}

fn replace_at<I: Iterator<Item = usize>>(
    s: &[u8],
    matches: impl Fn() -> I,
    old: usize,
    new: &[u8],
    max: usize,
) -> Result<Option<Vec<u8>>> {
    if matches().next().is_none() {
        return Ok(None);
    }
    let grows = new.len().saturating_sub(old);
    // A result that might be large is measured before it is built.
    let n = if grows.saturating_mul(s.len()) > 1 << 24 { matches().take(max).count() } else { 1 };
    let mut out = buffer(s.len(), n, grows)?;
    let mut done = 0;
    for at in matches().take(max) {
        out.extend_from_slice(&s[done..at]);
        out.extend_from_slice(new);
        done = at + old;
    }
    out.extend_from_slice(&s[done..]);
    Ok(Some(out))
}

fn interleave(s: &[u8], new: &[u8], max: usize, text: bool) -> Result<Vec<u8>> {
    let mut out = buffer(s.len(), max.min(s.len() + 1), new.len())?;
    let mut at = 0;
    for k in 0..max {
        out.extend_from_slice(new);
        if at >= s.len() || k + 1 == max {
            break;
        }
        let len = if text { wtf8::width(s[at]).min(s.len() - at) } else { 1 };
        out.extend_from_slice(&s[at..at + len]);
        at += len;
    }
    out.extend_from_slice(&s[at..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn replace_with_nothing_to_find() {
        let r = |s: &str, a: &str, b: &str, n| {
            replace(s.as_bytes(), a.as_bytes(), b.as_bytes(), n, true)
                .unwrap_or_default()
                .map(|v| String::from_utf8_lossy(&v).into_owned())
        };
        assert_eq!(r("aé", "", "-", -1).as_deref(), Some("-a-é-"));
        assert_eq!(r("aé", "", "-", 2).as_deref(), Some("-a-é"));
        assert_eq!(r("aé", "", "-", 1).as_deref(), Some("-aé"));
        assert_eq!(r("", "", "-", -1).as_deref(), Some("-"));
        assert_eq!(r("", "", "-", 0), None);
        assert_eq!(r("aaa", "a", "b", 2).as_deref(), Some("bba"));
        assert_eq!(r("aaa", "aa", "b", -1).as_deref(), Some("ba"));
        assert_eq!(r("abc", "x", "y", -1), None);
        assert_eq!(r("abc", "b", "", -1).as_deref(), Some("ac"));
    }

    fn naive_find(s: &[u8], needle: &[u8]) -> Vec<usize> {
        (0..=s.len()).filter(|&k| s[k..].starts_with(needle)).collect()
    }

    proptest! {
        #[test]
        fn agrees_with_looking_everywhere(s in "[ab]{0,150}", needle in "[ab]{0,5}", new in "[abc]{0,3}") {
            let (s, n) = (s.as_bytes(), needle.as_bytes());
            let all = naive_find(s, n);
            prop_assert_eq!(find(s, n), all.first().copied());
            prop_assert_eq!(rfind(s, n), all.last().copied());
            let text = String::from_utf8_lossy(s);
            prop_assert_eq!(count(s, n, s.len()), text.matches(&needle).count());
            let expected = text.replace(&needle, &new).into_bytes();
            prop_assert_eq!(replace(s, n, new.as_bytes(), -1, true).map(|r| r.unwrap_or(s.to_vec())), Ok(expected));
        }
    }
}
