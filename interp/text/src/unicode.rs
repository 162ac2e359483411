//! Properties and case mappings of code points as Python sees them: Unicode 16, whatever newer
//! version the tables of the dependencies know. Surrogates are code points without letters.
//!
//! `build.rs` makes the tables: a page number for each 128 code points, pages of record numbers, records.

use icu_casemap::options::{LeadingAdjustment, TitlecaseOptions};
use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_locale_core::LanguageIdentifier;

/// The version of the Unicode data that these functions answer for.
pub const VERSION: &str = "16.0.0";

/// What is known of a kind of code point; names by number.
struct Record {
    category: u8,
    direction: u8,
    width: u8,
    combining: u8,
    /// The value of a decimal digit; 255: it is none.
    decimal: u8,
    flags: u32,
}

/// The tables that the build script made.
mod table {
    use super::Record;

    include!(concat!(env!("OUT_DIR"), "/code_points.rs"));
}

#[inline]
fn record(cp: u32) -> &'static Record {
    let page = table::INDEX.get(cp as usize >> 7).copied().unwrap_or(0);
    &table::RECORDS[table::PAGES[page as usize][cp as usize & 127] as usize]
}

#[inline]
fn has(cp: u32, flag: u32) -> bool {
    record(cp).flags & flag != 0
}

/// The two letters of the general category (`Lu`), as `unicodedata.category` returns it.
#[inline]
pub fn category_name(cp: u32) -> &'static str {
    category(cp).1
}

/// The number and the name of the general category; the numbers are small.
#[inline]
pub fn category(cp: u32) -> (u8, &'static str) {
    let number = record(cp).category;
    (number, table::CATEGORIES[number as usize])
}

/// The same of the bidirectional class.
#[inline]
pub fn direction(cp: u32) -> (u8, &'static str) {
    let number = record(cp).direction;
    (number, table::DIRECTIONS[number as usize])
}

/// The same of the East Asian width.
#[inline]
pub fn width(cp: u32) -> (u8, &'static str) {
    let number = record(cp).width;
    (number, table::WIDTHS[number as usize])
}

/// Whether Unicode 16 has the code point.
#[inline]
pub fn is_assigned(cp: u32) -> bool {
    category_name(cp) != "Cn"
}

/// The short name of the bidirectional class; empty for what is not assigned.
#[inline]
pub fn direction_name(cp: u32) -> &'static str {
    direction(cp).1
}

/// The short name of the East Asian width.
#[inline]
pub fn width_name(cp: u32) -> &'static str {
    width(cp).1
}

/// The canonical combining class.
#[inline]
pub fn combining_class(cp: u32) -> u8 {
    record(cp).combining
}

/// Whether the character is mirrored in bidirectional text.
#[inline]
pub fn is_mirrored(cp: u32) -> bool {
    has(cp, table::MIRRORED)
}

/// Letters of any kind (`str.isalpha`).
#[inline]
pub fn is_alpha(cp: u32) -> bool {
    if cp < 0x80 { (cp as u8).is_ascii_alphabetic() } else { has(cp, table::ALPHA) }
}

/// The value of a decimal digit in any script.
#[inline]
pub fn decimal_value(cp: u32) -> Option<u32> {
    if cp < 0x80 {
        return (cp as u8).is_ascii_digit().then(|| cp - 0x30);
    }
    let value = record(cp).decimal;
    (value != u8::MAX).then_some(u32::from(value))
}

#[inline]
pub fn is_decimal(cp: u32) -> bool {
    if cp < 0x80 { (cp as u8).is_ascii_digit() } else { has(cp, table::DECIMAL) }
}

#[inline]
pub fn is_digit(cp: u32) -> bool {
    if cp < 0x80 { (cp as u8).is_ascii_digit() } else { has(cp, table::DIGIT) }
}

#[inline]
pub fn is_numeric(cp: u32) -> bool {
    if cp < 0x80 { (cp as u8).is_ascii_digit() } else { has(cp, table::NUMERIC) }
}

#[inline]
pub fn is_alnum(cp: u32) -> bool {
    if cp < 0x80 { (cp as u8).is_ascii_alphanumeric() } else { has(cp, table::ALPHA | table::NUMERIC) }
}

/// White space by Python's rule: a space separator or of bidirectional class WS, B or S.
#[inline]
pub fn is_space(cp: u32) -> bool {
    if cp < 0x80 {
        return matches!(cp, 9..=13 | 28..=32);
    }
    matches!(cp, 0x85 | 0xa0 | 0x1680..=0x3000) && has(cp, table::SPACE)
}

/// Where `str.splitlines` cuts.
#[inline]
pub const fn is_linebreak(cp: u32) -> bool {
    matches!(cp, 10..=13 | 28..=30 | 0x85 | 0x2028 | 0x2029)
}

#[inline]
pub fn is_printable(cp: u32) -> bool {
    if cp < 0x80 { matches!(cp, 32..=126) } else { has(cp, table::PRINTABLE) }
}

#[inline]
pub fn is_lower(cp: u32) -> bool {
    if cp < 0x80 { (cp as u8).is_ascii_lowercase() } else { has(cp, table::LOWER) }
}

#[inline]
pub fn is_upper(cp: u32) -> bool {
    if cp < 0x80 { (cp as u8).is_ascii_uppercase() } else { has(cp, table::UPPER) }
}

/// Letters like U+01C5, of category Lt.
#[inline]
pub fn is_title(cp: u32) -> bool {
    cp >= 0x80 && category_name(cp) == "Lt"
}

#[inline]
pub fn is_cased(cp: u32) -> bool {
    if cp < 0x80 { (cp as u8).is_ascii_alphabetic() } else { has(cp, table::CASED) }
}

#[inline]
pub fn is_case_ignorable(cp: u32) -> bool {
    has(cp, table::CASE_IGNORABLE)
}

/// May start an identifier (the underscore included).
#[inline]
pub fn is_identifier_start(cp: u32) -> bool {
    if cp < 0x80 { (cp as u8).is_ascii_alphabetic() || cp == 0x5f } else { has(cp, table::ID_START) }
}

/// May continue an identifier.
#[inline]
pub fn is_identifier_continue(cp: u32) -> bool {
    if cp < 0x80 { (cp as u8).is_ascii_alphanumeric() || cp == 0x5f } else { has(cp, table::ID_CONTINUE) }
}

/// What one code point becomes: one to three code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    cps: [u32; 3],
    len: u8,
}

impl Mapped {
    const fn one(cp: u32) -> Self {
        Self { cps: [cp, 0, 0], len: 1 }
    }
    /// `cp` itself when the mapping leads to a character that Unicode 16 lacks.
    fn collect(cp: u32, chars: impl Iterator<Item = char>) -> Self {
        let mut mapped = Self { cps: [0; 3], len: 0 };
        for c in chars.take(3) {
            if !is_assigned(c as u32) {
                return Self::one(cp);
            }
            mapped.cps[mapped.len as usize] = c as u32;
            mapped.len += 1;
        }
        mapped
    }
    pub fn as_slice(&self) -> &[u32] {
        &self.cps[..self.len as usize]
    }
}

const CASES: CaseMapperBorrowed<'static> = CaseMapper::new();

/// Full lower case, without the context rule of the final sigma.
#[inline]
pub fn lower(cp: u32) -> Mapped {
    if cp < 0x80 {
        return Mapped::one((cp as u8).to_ascii_lowercase() as u32);
    }
    match char::from_u32(cp) {
        Some(c) if !has(cp, table::CASELESS) => Mapped::collect(cp, c.to_lowercase()),
        _ => Mapped::one(cp),
    }
}

/// Full upper case (`ß` gives `SS`).
#[inline]
pub fn upper(cp: u32) -> Mapped {
    if cp < 0x80 {
        return Mapped::one((cp as u8).to_ascii_uppercase() as u32);
    }
    match char::from_u32(cp) {
        Some(c) if !has(cp, table::CASELESS) => Mapped::collect(cp, c.to_uppercase()),
        _ => Mapped::one(cp),
    }
}

/// Full title case (`ß` gives `Ss`).
pub fn title(cp: u32) -> Mapped {
    if cp < 0x80 {
        return Mapped::one((cp as u8).to_ascii_uppercase() as u32);
    }
    let Some(c) = char::from_u32(cp).filter(|_| !has(cp, table::CASELESS)) else {
        return Mapped::one(cp);
    };
    let mut options = TitlecaseOptions::default();
    options.leading_adjustment = Some(LeadingAdjustment::None);
    let mut buffer = [0; 4];
    let text =
        CASES.titlecase_segment_with_only_case_data_to_string(c.encode_utf8(&mut buffer), &LanguageIdentifier::UNKNOWN, options);
    Mapped::collect(cp, text.chars())
}

/// Full case folding.
pub fn fold(cp: u32) -> Mapped {
    if cp < 0x80 {
        return Mapped::one((cp as u8).to_ascii_lowercase() as u32);
    }
    let Some(c) = char::from_u32(cp).filter(|_| !has(cp, table::CASELESS)) else {
        return Mapped::one(cp);
    };
    let mut buffer = [0; 4];
    Mapped::collect(cp, CASES.fold_string(c.encode_utf8(&mut buffer)).chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that these functions say about one code point.
    fn facts(cp: u32, out: &mut impl FnMut(u32)) {
        let flags = [
            is_alpha,
            is_decimal,
            is_digit,
            is_numeric,
            is_space,
            is_printable,
            is_lower,
            is_upper,
            is_title,
            is_identifier_start,
            is_identifier_continue,
        ];
        out(flags.iter().fold(0, |bits, flag| bits << 1 | flag(cp) as u32));
        for map in [lower, upper, title, fold] {
            map(cp).as_slice().iter().for_each(|&c| out(c));
        }
        out(decimal_value(cp).unwrap_or(99));
        category_name(cp).bytes().for_each(|b| out(b as u32));
    }

    /// A newer version of a dependency or of Rust must not change any answer. The whole table was
    /// compared with CPython 3.13 for all that Unicode 15.1 assigns, and the differences (U+019B
    /// and U+0264 got capitals, U+1171E another category) are those that Unicode 16 made.
    #[test]
    fn every_code_point_as_in_unicode_16() {
        // 154,998 characters, private use, surrogates and controls.
        assert_eq!((0..0x110000).filter(|&cp| category_name(cp) != "Cn").count(), 294_579);
        let mut sum = 0u64;
        (0..0x110000).for_each(|cp| facts(cp, &mut |fact| sum = (sum * 31 + fact as u64) % 1_000_000_007));
        assert_eq!(sum, 310_936_625);
    }

    #[test]
    fn mappings() {
        let of = |m: Mapped| m.as_slice().to_vec();
        assert_eq!(of(upper(0xdf)), [0x53, 0x53]);
        assert_eq!(of(title(0xdf)), [0x53, 0x73]);
        assert_eq!(of(fold(0xdf)), [0x73, 0x73]);
        assert_eq!(of(lower(0x130)), [0x69, 0x307]);
        assert_eq!(of(title(0x1c6)), [0x1c5]);
        assert_eq!(of(upper(0xa7d3)), [0xa7d3]);
        assert_eq!(of(lower(0xd800)), [0xd800]);
    }
}
