//! `center`, `ljust`, `rjust`, `zfill`, `expandtabs`. Widths are in characters; the caller passes
//! the length it knows (`chars`). A width that no memory holds gives an error.

use crate::error::{Error, Result};
use crate::wtf8;

/// An empty buffer for `len` bytes and `pad` characters.
fn buffer(len: usize, pad: usize, fill: u32) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let size = pad.saturating_mul(wtf8::encoded_len(fill)).saturating_add(len);
    out.try_reserve_exact(size).map_err(|_| Error::memory())?;
    Ok(out)
}

fn build(s: &[u8], left: usize, right: usize, fill: u32) -> Result<Vec<u8>> {
    let mut out = buffer(s.len(), left + right, fill)?;
    wtf8::fill(&mut out, fill, left);
    out.extend_from_slice(s);
    wtf8::fill(&mut out, fill, right);
    Ok(out)
}

/// `s.ljust(width, fill)`.
pub fn ljust(s: &[u8], chars: usize, width: usize, fill: u32) -> Result<Vec<u8>> {
    build(s, 0, width.saturating_sub(chars), fill)
}

/// `s.rjust(width, fill)`.
pub fn rjust(s: &[u8], chars: usize, width: usize, fill: u32) -> Result<Vec<u8>> {
    build(s, width.saturating_sub(chars), 0, fill)
}

/// `s.center(width, fill)`: the odd one goes left when the width is odd.
pub fn center(s: &[u8], chars: usize, width: usize, fill: u32) -> Result<Vec<u8>> {
    let pad = width.saturating_sub(chars);
    let left = pad / 2 + (pad & width & 1);
    build(s, left, pad - left, fill)
}

/// `s.zfill(width)`: a sign stays in front.
pub fn zfill(s: &[u8], chars: usize, width: usize) -> Result<Vec<u8>> {
    let pad = width.saturating_sub(chars);
    let sign = matches!(s.first(), Some(b'+' | b'-')) as usize;
    let mut out = buffer(s.len(), pad, 0x30)?;
    out.extend_from_slice(&s[..sign]);
    out.resize(sign + pad, b'0');
    out.extend_from_slice(&s[sign..]);
    Ok(out)
}

/// `s.expandtabs(tabsize)`. `text`: columns are
/// characters, else bytes.
pub fn expand_tabs(s: &[u8], tabsize: isize, text: bool) -> Result<Vec<u8>> {
    let tab = usize::try_from(tabsize).unwrap_or(0);
    let tabs = memchr::memchr_iter(b'\t', s).count();
    if tabs.checked_mul(tab).and_then(|n| n.checked_add(s.len())).is_none_or(|n| n > isize::MAX as usize) {
        return Err(Error::overflow("result too long"));
    }
    let mut out = Vec::with_capacity(s.len());
    let mut column = 0;
    for &byte in s {
        match byte {
            b'\t' => {
                if tab > 0 {
                    let pad = tab - column % tab;
                    column += pad;
                    out.try_reserve(pad).map_err(|_| Error::memory())?;
                    out.resize(out.len() + pad, b' ');
                }
            }
            b'\n' | b'\r' => {
                column = 0;
                out.push(byte);
            }
            _ => {
                column += !(text && byte & 0xc0 == 0x80) as usize;
                out.push(byte);
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths() {
        let show = |v: Result<Vec<u8>>| v.map(|v| String::from_utf8_lossy(&v).into_owned()).unwrap_or_default();
        assert_eq!(show(center(b"ab", 2, 5, 45)), "--ab-");
        assert_eq!(show(center(b"a", 1, 4, 45)), "-a--");
        assert_eq!(show(center(b"abc", 3, 2, 45)), "abc");
        assert_eq!(show(rjust(b"a", 1, 3, 0xe9)), "ééa");
        assert_eq!(show(ljust("é".as_bytes(), 1, 3, 32)), "é  ");
        assert_eq!(show(zfill(b"-5", 2, 5)), "-0005");
        assert_eq!(show(zfill(b"", 0, 2)), "00");
        assert_eq!(show(zfill(b"--", 2, 4)), "-00-");
        assert_eq!(show(expand_tabs("é\tb\t\n\tc".as_bytes(), 4, true)), "é   b   \n    c");
        assert_eq!(show(expand_tabs(b"a\tb", 0, true)), "ab");
        assert_eq!(ljust(b"a", 1, isize::MAX as usize, 0xe9), Err(Error::memory()));
        assert_eq!(expand_tabs(b"\t\t\t", isize::MAX, true), Err(Error::overflow("result too long")));
    }
}
