//! What `bytes` and `bytearray` do differently from `str`: letters are ASCII, a character is a byte.

fn all(s: &[u8], test: impl Fn(u8) -> bool) -> bool {
    !s.is_empty() && s.iter().all(|&b| test(b))
}

pub const fn is_space_byte(b: u8) -> bool {
    matches!(b, 9..=13 | 32)
}
pub fn is_alpha(s: &[u8]) -> bool {
    all(s, |b| b.is_ascii_alphabetic())
}
pub fn is_alnum(s: &[u8]) -> bool {
    all(s, |b| b.is_ascii_alphanumeric())
}
pub fn is_digit(s: &[u8]) -> bool {
    all(s, |b| b.is_ascii_digit())
}
pub fn is_space(s: &[u8]) -> bool {
    all(s, is_space_byte)
}
pub fn is_lower(s: &[u8]) -> bool {
    s.iter().any(u8::is_ascii_lowercase) && !s.iter().any(u8::is_ascii_uppercase)
}
pub fn is_upper(s: &[u8]) -> bool {
    s.iter().any(u8::is_ascii_uppercase) && !s.iter().any(u8::is_ascii_lowercase)
}

pub fn is_title(s: &[u8]) -> bool {
    let (mut found, mut inside) = (false, false);
    for b in s {
        if b.is_ascii_alphabetic() {
            if b.is_ascii_uppercase() == inside {
                return false;
            }
            (found, inside) = (true, true);
        } else {
            inside = false;
        }
    }
    found
}

pub fn lower(s: &[u8]) -> Vec<u8> {
    s.to_ascii_lowercase()
}
pub fn upper(s: &[u8]) -> Vec<u8> {
    s.to_ascii_uppercase()
}

pub fn capitalize(s: &[u8]) -> Vec<u8> {
    let mut out = s.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

pub fn swapcase(s: &[u8]) -> Vec<u8> {
    s.iter().map(|b| if b.is_ascii_alphabetic() { b ^ 0x20 } else { *b }).collect()
}

pub fn title(s: &[u8]) -> Vec<u8> {
    let mut inside = false;
    s.iter()
        .map(|b| {
            let mapped = if inside { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
            inside = b.is_ascii_alphabetic();
            mapped
        })
        .collect()
}

/// `s.lstrip(chars)`.
pub fn strip_start<'a>(s: &'a [u8], chars: &[u8]) -> &'a [u8] {
    let at = s.iter().position(|b| !chars.contains(b)).unwrap_or(s.len());
    &s[at..]
}

/// `s.rstrip(chars)`.
pub fn strip_end<'a>(s: &'a [u8], chars: &[u8]) -> &'a [u8] {
    let end = s.iter().rposition(|b| !chars.contains(b)).map_or(0, |at| at + 1);
    &s[..end]
}

/// `s.translate(table, delete)`; `table` has 256 bytes (the caller raises otherwise).
pub fn translate(s: &[u8], table: Option<&[u8]>, delete: &[u8]) -> Vec<u8> {
    let mut gone = [false; 256];
    for &b in delete {
        gone[b as usize] = true;
    }
    let map = |b: u8| table.and_then(|t| t.get(b as usize).copied()).unwrap_or(b);
    s.iter().filter(|&&b| !gone[b as usize]).map(|&b| map(b)).collect()
}

/// `bytes.fromhex(text)`; the text is given as generalised UTF-8.
pub fn from_hex(text: &[u8]) -> crate::Result<Vec<u8>> {
    let digit = |b: u8| (b as char).to_digit(16).map(|d| d as u8);
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut at = 0;
    let wrong = |at: usize| {
        crate::Error::value(format!(
            "non-hexadecimal number found in fromhex() arg at position {}",
            crate::wtf8::char_index(text, at)
        ))
    };
    // A character beyond ASCII is reported before any other fault.
    if let Some(at) = text.iter().position(|b| !b.is_ascii()) {
        return Err(wrong(at));
    }
    loop {
        while at < text.len() && is_space_byte(text[at]) {
            at += 1;
        }
        let Some(&high) = text.get(at) else {
            return Ok(out);
        };
        let high = digit(high).ok_or_else(|| wrong(at))?;
        let Some(&low) = text.get(at + 1) else {
            return Err(crate::Error::value("fromhex() arg must contain an even number of hexadecimal digits"));
        };
        out.push(high << 4 | digit(low).ok_or_else(|| wrong(at + 1))?);
        at += 2;
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// `s.hex(sep, bytes_per_sep)`: a positive group counts from the right, a negative one from the left.
pub fn hex(s: &[u8], sep: Option<u8>, group: isize) -> String {
    let mut out = String::with_capacity(s.len() * 2);
    let size = group.unsigned_abs();
    for (k, b) in s.iter().enumerate() {
        if let Some(sep) = sep.filter(|_| size > 0 && k > 0) {
            let cut = if group > 0 { (s.len() - k).is_multiple_of(size) } else { k % size == 0 };
            if cut {
                out.push(sep as char);
            }
        }
        out.push(HEX[(b >> 4) as usize] as char);
        out.push(HEX[(b & 15) as usize] as char);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters() {
        assert_eq!(title(b"they're 3rd"), b"They'Re 3Rd");
        assert_eq!(swapcase(b"aB1"), b"Ab1");
        assert_eq!(capitalize(b"aBC"), b"Abc");
        assert!(is_title(b"Ab C") && !is_title(b"AB") && !is_title(b"a") && !is_title(b"1"));
        assert!(is_lower(b"a1") && !is_lower(b"1") && !is_lower(b"aB"));
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(hex(b"\x01\xab\xcd", None, 1), "01abcd");
        assert_eq!(hex(b"\x01\xab\xcd", Some(b':'), 1), "01:ab:cd");
        assert_eq!(hex(b"\x01\xab\xcd", Some(b':'), 2), "01:abcd");
        assert_eq!(hex(b"\x01\xab\xcd", Some(b':'), -2), "01ab:cd");
        assert_eq!(from_hex(b" 01 aB\n"), Ok(vec![1, 0xab]));
        let message = |s: &[u8]| from_hex(s).map_err(|e| e.message.into_owned());
        assert_eq!(message("é1".as_bytes()), Err("non-hexadecimal number found in fromhex() arg at position 0".into()));
        assert_eq!(message(b"1 1"), Err("non-hexadecimal number found in fromhex() arg at position 1".into()));
        assert_eq!(message(b"111"), Err("fromhex() arg must contain an even number of hexadecimal digits".into()));
    }
}
