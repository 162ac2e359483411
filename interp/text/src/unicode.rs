//! Properties and case mappings of code points as Python sees them: Unicode 16, whatever newer
//! version the tables of the dependencies know. Surrogates are code points without letters.

use icu_casemap::options::{LeadingAdjustment, TitlecaseOptions};
use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_locale_core::LanguageIdentifier;
use icu_properties::props::{
    BidiClass, CaseIgnorable, Cased, GeneralCategory, Lowercase, NumericType, Uppercase, XidContinue, XidStart,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// The version of the Unicode data that these functions answer for.
pub const VERSION: &str = "16.0.0";

/// Code points that were assigned after [`VERSION`].
#[rustfmt::skip]
const NEWER: &[(u32, u32)] = &[
    (0x558, 0x558), (0x58B, 0x58C), (0x5C8, 0x5C9), (0x88F, 0x88F), (0xB53, 0xB54), (0xC5C, 0xC5C),
    (0xCDC, 0xCDC), (0x1ACF, 0x1AF0), (0x208F, 0x208F), (0x209D, 0x209F), (0x20C1, 0x20C4),
    (0x2B96, 0x2B96), (0x2E60, 0x2E63), (0xA7CE, 0xA7CF), (0xA7D2, 0xA7D2), (0xA7D4, 0xA7D4),
    (0xA7DD, 0xA7DD), (0xA7E2, 0xA7E2), (0xA7F1, 0xA7F1), (0xAB6C, 0xAB6D), (0xFBC3, 0xFBD2),
    (0xFD90, 0xFD91), (0xFDC8, 0xFDCE), (0x107BB, 0x107BF), (0x10940, 0x10959), (0x10EC5, 0x10EC7),
    (0x10EC9, 0x10EEE), (0x10EF0, 0x10EFB), (0x11B0A, 0x11B0A), (0x11B60, 0x11B67), (0x11DB0, 0x11DDB),
    (0x11DE0, 0x11DE9), (0x11DF0, 0x11DF1), (0x1246F, 0x1246F), (0x12475, 0x1247F), (0x12550, 0x12686),
    (0x16EA0, 0x16EB8), (0x16EBB, 0x16ED3), (0x16FF2, 0x16FF6), (0x187F8, 0x187FF), (0x18CD6, 0x18CDA),
    (0x18D09, 0x18D20), (0x18D80, 0x18DF2), (0x18E00, 0x19191), (0x191A0, 0x191D2), (0x1B123, 0x1B128),
    (0x1B168, 0x1B168), (0x1CCFA, 0x1CCFC), (0x1CEBA, 0x1CED0), (0x1CED2, 0x1CED4), (0x1CEDD, 0x1CEFD),
    (0x1D127, 0x1D128), (0x1D1EB, 0x1D1FF), (0x1D250, 0x1D281), (0x1D6A6, 0x1D6A6), (0x1DB00, 0x1DB1C),
    (0x1DF1F, 0x1DF24), (0x1DF2B, 0x1DF81), (0x1DF90, 0x1DF96), (0x1DFCD, 0x1DFFF), (0x1E6C0, 0x1E6DE),
    (0x1E6E0, 0x1E6F5), (0x1E6FE, 0x1E6FF), (0x1F1AE, 0x1F1AE), (0x1F6D8, 0x1F6D9), (0x1F777, 0x1F77A),
    (0x1F7DA, 0x1F7DB), (0x1F7F1, 0x1F7FF), (0x1F8D0, 0x1F8D8), (0x1FA54, 0x1FA57), (0x1FA8A, 0x1FA8E),
    (0x1FAC8, 0x1FAC8), (0x1FACC, 0x1FACD), (0x1FADD, 0x1FADD), (0x1FAEA, 0x1FAEB), (0x1FAEF, 0x1FAEF),
    (0x1FAF9, 0x1FAFA), (0x1FBFA, 0x1FBFA), (0x2B73A, 0x2B73F), (0x2B81E, 0x2B81E), (0x2CEA2, 0x2CEAD),
    (0x323B0, 0x33479), (0x3D000, 0x3FC3F),
];

/// The one assigned code point whose category changed since: a small letter in Unicode 16.
const GLOTTAL_STOP_REVERSED: u32 = 0x295;

fn is_newer(cp: u32) -> bool {
    cp >= NEWER[0].0
        && NEWER
            .binary_search_by(|&(first, last)| {
                if cp < first {
                    std::cmp::Ordering::Greater
                } else if cp > last {
                    std::cmp::Ordering::Less
                } else {
                    std::cmp::Ordering::Equal
                }
            })
            .is_ok()
}

/// The general category.
pub fn category(cp: u32) -> GeneralCategory {
    if cp == GLOTTAL_STOP_REVERSED {
        return GeneralCategory::LowercaseLetter;
    }
    if is_newer(cp) {
        return GeneralCategory::Unassigned;
    }
    CodePointMapData::<GeneralCategory>::new().get32(cp)
}

/// The two letters of the general category (`Lu`), as `unicodedata.category` returns it.
pub fn category_name(cp: u32) -> &'static str {
    use GeneralCategory as G;
    match category(cp) {
        G::UppercaseLetter => "Lu",
        G::LowercaseLetter => "Ll",
        G::TitlecaseLetter => "Lt",
        G::ModifierLetter => "Lm",
        G::OtherLetter => "Lo",
        G::NonspacingMark => "Mn",
        G::SpacingMark => "Mc",
        G::EnclosingMark => "Me",
        G::DecimalNumber => "Nd",
        G::LetterNumber => "Nl",
        G::OtherNumber => "No",
        G::SpaceSeparator => "Zs",
        G::LineSeparator => "Zl",
        G::ParagraphSeparator => "Zp",
        G::Control => "Cc",
        G::Format => "Cf",
        G::PrivateUse => "Co",
        G::Surrogate => "Cs",
        G::DashPunctuation => "Pd",
        G::OpenPunctuation => "Ps",
        G::ClosePunctuation => "Pe",
        G::ConnectorPunctuation => "Pc",
        G::InitialPunctuation => "Pi",
        G::FinalPunctuation => "Pf",
        G::OtherPunctuation => "Po",
        G::MathSymbol => "Sm",
        G::CurrencySymbol => "Sc",
        G::ModifierSymbol => "Sk",
        G::OtherSymbol => "So",
        G::Unassigned => "Cn",
    }
}

/// Letters of any kind (`str.isalpha`).
#[inline]
pub fn is_alpha(cp: u32) -> bool {
    if cp < 0x80 {
        return (cp as u8).is_ascii_alphabetic();
    }
    use GeneralCategory as G;
    matches!(category(cp), G::UppercaseLetter | G::LowercaseLetter | G::TitlecaseLetter | G::ModifierLetter | G::OtherLetter)
}

/// The value of a decimal digit in any script.
#[inline]
pub fn decimal_value(cp: u32) -> Option<u32> {
    if cp < 0x80 {
        return (cp as u8).is_ascii_digit().then(|| cp - 0x30);
    }
    if category(cp) != GeneralCategory::DecimalNumber {
        return None;
    }
    // Ten digits of a script are contiguous; where two sets touch, both are whole.
    let mut first = cp;
    while category(first - 1) == GeneralCategory::DecimalNumber {
        first -= 1;
    }
    Some((cp - first) % 10)
}

#[inline]
pub fn is_decimal(cp: u32) -> bool {
    if cp < 0x80 {
        return (cp as u8).is_ascii_digit();
    }
    category(cp) == GeneralCategory::DecimalNumber
}

fn numeric_type(cp: u32) -> NumericType {
    // Cuneiform signs that are letters got numeric values only after Unicode 16.
    if is_newer(cp) || (0x12000..=0x123ff).contains(&cp) {
        NumericType::None
    } else {
        CodePointMapData::<NumericType>::new().get32(cp)
    }
}

#[inline]
pub fn is_digit(cp: u32) -> bool {
    if cp < 0x80 {
        return (cp as u8).is_ascii_digit();
    }
    matches!(numeric_type(cp), NumericType::Decimal | NumericType::Digit)
}

#[inline]
pub fn is_numeric(cp: u32) -> bool {
    if cp < 0x80 {
        return (cp as u8).is_ascii_digit();
    }
    numeric_type(cp) != NumericType::None
}

#[inline]
pub fn is_alnum(cp: u32) -> bool {
    if cp < 0x80 {
        return (cp as u8).is_ascii_alphanumeric();
    }
    is_alpha(cp) || is_numeric(cp)
}

/// White space by Python's rule: a space separator or of bidirectional class WS, B or S.
#[inline]
pub fn is_space(cp: u32) -> bool {
    if cp < 0x80 {
        return matches!(cp, 9..=13 | 28..=32);
    }
    if !matches!(cp, 0x85 | 0xa0 | 0x1680..=0x3000) {
        return false;
    }
    matches!(
        CodePointMapData::<BidiClass>::new().get32(cp),
        BidiClass::WhiteSpace | BidiClass::ParagraphSeparator | BidiClass::SegmentSeparator
    ) || category(cp) == GeneralCategory::SpaceSeparator
}

/// Where `str.splitlines` cuts.
#[inline]
pub const fn is_linebreak(cp: u32) -> bool {
    matches!(cp, 10..=13 | 28..=30 | 0x85 | 0x2028 | 0x2029)
}

#[inline]
pub fn is_printable(cp: u32) -> bool {
    if cp < 0x80 {
        return matches!(cp, 32..=126);
    }
    use GeneralCategory as G;
    !matches!(
        category(cp),
        G::Control
            | G::Format
            | G::Surrogate
            | G::PrivateUse
            | G::Unassigned
            | G::LineSeparator
            | G::ParagraphSeparator
            | G::SpaceSeparator
    )
}

#[inline]
pub fn is_lower(cp: u32) -> bool {
    if cp < 0x80 {
        return (cp as u8).is_ascii_lowercase();
    }
    cp == GLOTTAL_STOP_REVERSED || CodePointSetData::new::<Lowercase>().contains32(cp) && !is_newer(cp)
}

#[inline]
pub fn is_upper(cp: u32) -> bool {
    if cp < 0x80 {
        return (cp as u8).is_ascii_uppercase();
    }
    CodePointSetData::new::<Uppercase>().contains32(cp) && !is_newer(cp)
}

/// Letters like U+01C5, of category Lt.
#[inline]
pub fn is_title(cp: u32) -> bool {
    cp >= 0x80 && category(cp) == GeneralCategory::TitlecaseLetter
}

#[inline]
pub fn is_cased(cp: u32) -> bool {
    if cp < 0x80 {
        return (cp as u8).is_ascii_alphabetic();
    }
    cp == GLOTTAL_STOP_REVERSED || CodePointSetData::new::<Cased>().contains32(cp) && !is_newer(cp)
}

#[inline]
pub fn is_case_ignorable(cp: u32) -> bool {
    CodePointSetData::new::<CaseIgnorable>().contains32(cp) && !is_newer(cp)
}

/// May start an identifier (the underscore included).
#[inline]
pub fn is_identifier_start(cp: u32) -> bool {
    if cp < 0x80 {
        return (cp as u8).is_ascii_alphabetic() || cp == 0x5f;
    }
    CodePointSetData::new::<XidStart>().contains32(cp) && !is_newer(cp)
}

/// May continue an identifier.
#[inline]
pub fn is_identifier_continue(cp: u32) -> bool {
    if cp < 0x80 {
        return (cp as u8).is_ascii_alphanumeric() || cp == 0x5f;
    }
    CodePointSetData::new::<XidContinue>().contains32(cp) && !is_newer(cp)
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
            if is_newer(c as u32) {
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
        Some(c) if !is_newer(cp) => Mapped::collect(cp, c.to_lowercase()),
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
        Some(c) if !is_newer(cp) => Mapped::collect(cp, c.to_uppercase()),
        _ => Mapped::one(cp),
    }
}

/// Full title case (`ß` gives `Ss`).
pub fn title(cp: u32) -> Mapped {
    if cp < 0x80 {
        return Mapped::one((cp as u8).to_ascii_uppercase() as u32);
    }
    let Some(c) = char::from_u32(cp).filter(|_| !is_newer(cp)) else {
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
    let Some(c) = char::from_u32(cp).filter(|_| !is_newer(cp)) else {
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
