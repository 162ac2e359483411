//! Makes the table of what Python asks of code points: one record for each kind of code point, pages of
//! record numbers, and the pages' numbers (see `src/unicode.rs`). The properties are those of Unicode 16,
//! whatever newer version the crate knows.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;

use icu_properties::props::{
    BidiClass, BidiMirrored, CanonicalCombiningClass, CaseIgnorable, Cased, ChangesWhenCasefolded, ChangesWhenCasemapped,
    EastAsianWidth, GeneralCategory, Lowercase, NamedEnumeratedProperty, NumericType, Uppercase, XidContinue, XidStart,
};
use icu_properties::{CodePointMapData, CodePointSetData};

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

/// Code points of a page.
const PAGE: usize = 128;

/// The names of the flags, from the lowest bit on.
const FLAGS: [&str; 14] = [
    "ALPHA",
    "DECIMAL",
    "DIGIT",
    "NUMERIC",
    "SPACE",
    "PRINTABLE",
    "LOWER",
    "UPPER",
    "CASED",
    "CASE_IGNORABLE",
    "ID_START",
    "ID_CONTINUE",
    "MIRRORED",
    "CASELESS",
];

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

fn category(cp: u32) -> GeneralCategory {
    if cp == GLOTTAL_STOP_REVERSED {
        return GeneralCategory::LowercaseLetter;
    }
    if is_newer(cp) {
        return GeneralCategory::Unassigned;
    }
    CodePointMapData::<GeneralCategory>::new().get32(cp)
}

fn numeric_type(cp: u32) -> NumericType {
    // Cuneiform signs that are letters got numeric values only after Unicode 16.
    if is_newer(cp) || (0x12000..=0x123ff).contains(&cp) {
        NumericType::None
    } else {
        CodePointMapData::<NumericType>::new().get32(cp)
    }
}

/// The value of a decimal digit in any script.
fn decimal_value(cp: u32) -> u8 {
    if category(cp) != GeneralCategory::DecimalNumber {
        return u8::MAX;
    }
    // Ten digits of a script are contiguous; where two sets touch, both are whole.
    let mut first = cp;
    while category(first - 1) == GeneralCategory::DecimalNumber {
        first -= 1;
    }
    ((cp - first) % 10) as u8
}

/// White space by Python's rule: a space separator or of bidirectional class WS, B or S.
fn is_space(cp: u32) -> bool {
    use BidiClass as B;
    matches!(CodePointMapData::<B>::new().get32(cp), B::WhiteSpace | B::ParagraphSeparator | B::SegmentSeparator)
        || category(cp) == GeneralCategory::SpaceSeparator
}

fn is_printable(category: GeneralCategory, cp: u32) -> bool {
    use GeneralCategory as G;
    let blank = matches!(category, G::LineSeparator | G::ParagraphSeparator | G::SpaceSeparator);
    let other = matches!(category, G::Control | G::Format | G::Surrogate | G::PrivateUse | G::Unassigned);
    cp == 0x20 || !blank && !other
}

/// The flags of a code point, as in [`FLAGS`].
fn flags(cp: u32) -> u32 {
    use GeneralCategory as G;
    let (category, numeric, known) = (category(cp), numeric_type(cp), !is_newer(cp));
    let is_letter =
        matches!(category, G::UppercaseLetter | G::LowercaseLetter | G::TitlecaseLetter | G::ModifierLetter | G::OtherLetter);
    let changes = |cp| {
        CodePointSetData::new::<ChangesWhenCasemapped>().contains32(cp)
            || CodePointSetData::new::<ChangesWhenCasefolded>().contains32(cp)
    };
    let bits = [
        is_letter,
        category == G::DecimalNumber,
        matches!(numeric, NumericType::Decimal | NumericType::Digit),
        numeric != NumericType::None,
        is_space(cp),
        is_printable(category, cp),
        cp == GLOTTAL_STOP_REVERSED || CodePointSetData::new::<Lowercase>().contains32(cp) && known,
        CodePointSetData::new::<Uppercase>().contains32(cp) && known,
        cp == GLOTTAL_STOP_REVERSED || CodePointSetData::new::<Cased>().contains32(cp) && known,
        CodePointSetData::new::<CaseIgnorable>().contains32(cp) && known,
        CodePointSetData::new::<XidStart>().contains32(cp) && known,
        CodePointSetData::new::<XidContinue>().contains32(cp) && known,
        CodePointSetData::new::<BidiMirrored>().contains32(cp) && category != G::Unassigned,
        !known || !changes(cp),
    ];
    bits.iter().rev().fold(0, |all, bit| all << 1 | u32::from(*bit))
}

#[expect(deprecated, reason = "the number of the class has no other way out of the crate")]
fn combining(cp: u32) -> u8 {
    CodePointMapData::<CanonicalCombiningClass>::new().get32(cp).to_icu4c_value()
}

/// The place of a name in a list, to which it is added if it is new.
fn place(names: &mut Vec<&'static str>, name: &'static str) -> u8 {
    let at = names.iter().position(|known| *known == name).unwrap_or(names.len());
    if at == names.len() {
        names.push(name);
    }
    at as u8
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let (mut categories, mut directions, mut widths) = (Vec::new(), vec![""], Vec::new());
    let (mut records, mut known) = (Vec::new(), HashMap::new());
    let (mut pages, mut index) = (Vec::<Vec<usize>>::new(), Vec::new());
    for first in (0..0x11_0000).step_by(PAGE) {
        let page = (first..first + PAGE as u32)
            .map(|cp| {
                let category = category(cp);
                let assigned = category != GeneralCategory::Unassigned;
                let direction = match category {
                    GeneralCategory::Unassigned => "",
                    GeneralCategory::Surrogate => "L",
                    _ => CodePointMapData::<BidiClass>::new().get32(cp).short_name(),
                };
                let record = (
                    place(&mut categories, category.short_name()),
                    place(&mut directions, direction),
                    place(&mut widths, CodePointMapData::<EastAsianWidth>::new().get32(cp).short_name()),
                    if assigned { combining(cp) } else { 0 },
                    decimal_value(cp),
                    flags(cp),
                );
                *known.entry(record).or_insert_with(|| {
                    records.push(record);
                    records.len() - 1
                })
            })
            .collect::<Vec<_>>();
        let at = pages.iter().position(|known| *known == page).unwrap_or(pages.len());
        if at == pages.len() {
            pages.push(page);
        }
        index.push(at);
    }
    let mut out = String::new();
    writeln!(out, "/// The names of categories.\npub(super) static CATEGORIES: &[&str] = &{categories:?};")?;
    writeln!(out, "/// The names of bidirectional classes.\npub(super) static DIRECTIONS: &[&str] = &{directions:?};")?;
    writeln!(out, "/// The names of widths.\npub(super) static WIDTHS: &[&str] = &{widths:?};")?;
    for (bit, name) in FLAGS.iter().enumerate() {
        writeln!(out, "pub(super) const {name}: u32 = 1 << {bit};")?;
    }
    writeln!(out, "pub(super) static RECORDS: [Record; {}] = [", records.len())?;
    for (category, direction, width, combining, decimal, flags) in &records {
        writeln!(
            out,
            "Record {{ category: {category}, direction: {direction}, width: {width}, combining: {combining}, decimal: {decimal}, flags: {flags} }},"
        )?;
    }
    writeln!(out, "];\npub(super) static PAGES: [[u16; {PAGE}]; {}] = {pages:?};", pages.len())?;
    writeln!(out, "pub(super) static INDEX: [u16; {}] = {index:?};", index.len())?;
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("code_points.rs"), out)?;
    Ok(())
}
