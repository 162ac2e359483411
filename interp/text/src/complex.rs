//! Complex numbers from and to text.

use crate::error::{Error, Result};
use crate::float;
use crate::int::{Shown, to_ascii_digits, trim};

/// `repr(z)`.
pub fn repr(re: f64, im: f64) -> String {
    let style = float::Style::new(b'r', 0);
    let mut out = String::new();
    if re == 0.0 && re.is_sign_positive() {
        float::push(&mut out, im, style);
        out.push('j');
        return out;
    }
    out.push('(');
    float::push(&mut out, re, style);
    if !im.is_sign_negative() || im.is_nan() {
        out.push('+');
    }
    float::push(&mut out, im, style);
    out.push_str("j)");
    out
}

/// `complex(text)`: the real and the imaginary part.
pub fn parse(text: &[u8]) -> Result<(f64, f64)> {
    let ascii = to_ascii_digits(text);
    let mut s = trim(&ascii, Shown::Str);
    if let [b'(', inner @ .., b')'] = s {
        s = trim(inner, Shown::Str);
    }
    parse_parts(s).ok_or_else(|| Error::value("complex() arg is a malformed string"))
}

/// Takes a float, or a lone sign that stands for one.
fn take(s: &[u8], lone_sign: bool) -> Option<(f64, &[u8])> {
    if let Some(len) = float::scan(s) {
        return Some((float::convert(&s[..len])?, &s[len..]));
    }
    match s {
        _ if !lone_sign => None,
        [b'+', rest @ ..] => Some((1.0, rest)),
        [b'-', rest @ ..] => Some((-1.0, rest)),
        [b'j' | b'J', ..] => Some((1.0, s)),
        _ => None,
    }
}

fn parse_parts(s: &[u8]) -> Option<(f64, f64)> {
    let (first, rest) = take(s, true)?;
    match rest {
        // A lone sign is a number only before `j`.
        [] if float::scan(s).is_some() => Some((first, 0.0)),
        [b'j' | b'J'] => Some((0.0, first)),
        [b'+' | b'-', ..] if float::scan(s).is_some() => match take(rest, true)? {
            (second, [b'j' | b'J']) => Some((first, second)),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text() {
        for (text, expected) in [
            ("1+2j", "(1+2j)"),
            ("j", "1j"),
            ("-j", "-1j"),
            (" ( 1e3-J ) ", "(1000-1j)"),
            ("3", "(3+0j)"),
            ("nan+infj", "(nan+infj)"),
            ("1_0.5j", "10.5j"),
            ("-0.0", "(-0+0j)"),
            ("1e16", "(1e+16+0j)"),
        ] {
            assert_eq!(parse(text.as_bytes()).map(|(re, im)| repr(re, im)), Ok(expected.to_owned()), "{text}");
        }
        for text in ["", "+", "1+", "1+2", "1 + 2j", "1j2", "(1", "jj", "1+-2j", "++j", "- 1j"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(repr(0.0, -0.0), "-0j");
        assert_eq!(repr(0.0, f64::NAN), "nanj");
        assert_eq!(repr(1.0, -f64::NAN), "(1+nanj)");
    }
}
