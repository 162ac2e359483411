//! `str.isalpha` and its kin on whole strings.

use crate::unicode;
use crate::wtf8;

#[inline]
fn all(s: &[u8], test: fn(u32) -> bool) -> bool {
    !s.is_empty() && wtf8::code_points(s).all(test)
}

pub fn is_alpha(s: &[u8]) -> bool {
    all(s, unicode::is_alpha)
}
pub fn is_alnum(s: &[u8]) -> bool {
    all(s, unicode::is_alnum)
}
pub fn is_decimal(s: &[u8]) -> bool {
    all(s, unicode::is_decimal)
}
pub fn is_digit(s: &[u8]) -> bool {
    all(s, unicode::is_digit)
}
pub fn is_numeric(s: &[u8]) -> bool {
    all(s, unicode::is_numeric)
}
pub fn is_space(s: &[u8]) -> bool {
    all(s, unicode::is_space)
}
/// True of the empty string too.
pub fn is_printable(s: &[u8]) -> bool {
    wtf8::code_points(s).all(unicode::is_printable)
}

pub fn is_identifier(s: &[u8]) -> bool {
    let mut cps = wtf8::code_points(s);
    cps.next().is_some_and(unicode::is_identifier_start) && cps.all(unicode::is_identifier_continue)
}

/// At least one cased letter, and none of the other case.
fn only(s: &[u8], wanted: fn(u32) -> bool, other: fn(u32) -> bool) -> bool {
    let mut found = false;
    for cp in wtf8::code_points(s) {
        if other(cp) || unicode::is_title(cp) {
            return false;
        }
        found |= wanted(cp);
    }
    found
}

pub fn is_lower(s: &[u8]) -> bool {
    only(s, unicode::is_lower, unicode::is_upper)
}
pub fn is_upper(s: &[u8]) -> bool {
    only(s, unicode::is_upper, unicode::is_lower)
}

pub fn is_title(s: &[u8]) -> bool {
    let (mut found, mut inside) = (false, false);
    for cp in wtf8::code_points(s) {
        if unicode::is_upper(cp) || unicode::is_title(cp) {
            if inside {
                return false;
            }
            (found, inside) = (true, true);
        } else if unicode::is_lower(cp) {
            if !inside {
                return false;
            }
            found = true;
        } else {
            inside = false;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_strings() {
        assert!(is_title("Ab Cd 3x".replace('x', "X").as_bytes()));
        assert!(!is_title(b"Ab cD"));
        assert!(is_title("ǅa".as_bytes()));
        assert!(is_upper(b"A1") && !is_upper(b"1") && !is_upper(b"Ab") && !is_upper("ǅ".as_bytes()));
        assert!(is_lower("ª".as_bytes()) && is_lower(b"a_b"));
        assert!(is_printable(b"") && !is_alpha(b"") && !is_printable(b"\n"));
        assert!(is_identifier("été_1".as_bytes()) && !is_identifier(b"1a") && !is_identifier(b""));
        assert!(is_numeric("½四".as_bytes()) && !is_digit("½".as_bytes()) && is_digit("²".as_bytes()));
    }
}
