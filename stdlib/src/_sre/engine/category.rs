//! Categories of characters (`\d`, `\s`, `\w` in their kinds) and what case means to a pattern.

use std::sync::atomic::{AtomicU64, Ordering};

use lockstep_text::unicode;

/// How letters are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fold {
    /// As they are.
    None,
    /// `IGNORECASE` with `ASCII`, or in bytes.
    Ascii,
    /// `IGNORECASE` in text.
    Unicode,
    /// `IGNORECASE` with `LOCALE`; the locale is C's.
    Locale,
}

impl Fold {
    /// The character that stands for all that are equal to it.
    #[inline]
    pub fn apply(self, cp: u32) -> u32 {
        match self {
            Fold::None => cp,
            Fold::Ascii | Fold::Locale => lower_ascii(cp),
            Fold::Unicode => lower_unicode(cp),
        }
    }
}

/// Lower case of ASCII letters only.
#[inline]
pub fn lower_ascii(cp: u32) -> u32 {
    if (0x41..=0x5a).contains(&cp) { cp + 32 } else { cp }
}

/// Upper case of ASCII letters only.
pub fn upper_ascii(cp: u32) -> u32 {
    if (0x61..=0x7a).contains(&cp) { cp - 32 } else { cp }
}

/// The one character that is the lower case of this one, or the first if there are several.
#[inline]
pub fn lower_unicode(cp: u32) -> u32 {
    if cp < 0x80 { lower_ascii(cp) } else { unicode::lower(cp).as_slice()[0] }
}

/// The one character that is the upper case of this one, or the first if there are several.
pub fn upper_unicode(cp: u32) -> u32 {
    if cp < 0x80 { upper_ascii(cp) } else { unicode::upper(cp).as_slice()[0] }
}

/// A letter, digit or number of any script, or the underscore.
#[inline]
pub fn is_word(cp: u32) -> bool {
    if cp < 0x80 { is_ascii_word(cp) } else { WORDS.get(cp, unicode::is_alnum) }
}

/// The same for ASCII.
#[inline]
pub fn is_ascii_word(cp: u32) -> bool {
    cp == 0x5f || cp < 0x80 && (cp as u8).is_ascii_alphanumeric()
}

/// Whether a character is of the category with this number; odd numbers negate.
pub fn contains(category: u32, cp: u32) -> bool {
    let found = match category >> 1 {
        0 => (0x30..=0x39).contains(&cp),
        1 => matches!(cp, 9..=13 | 32),
        2 | 4 => is_ascii_word(cp),
        3 => cp == 10,
        5 => unicode::is_decimal(cp),
        6 => unicode::is_space(cp),
        7 => is_word(cp),
        _ => unicode::is_linebreak(cp),
    };
    found != (category & 1 == 1)
}

/// Whether the category looks at ASCII only: all others are in it if it negates, else none is.
pub const fn is_ascii_only(category: u32) -> bool {
    category < 10
}

/// Answers remembered for the characters below U+10000, so that long texts in other scripts are
/// as quick as ASCII: two bits each, known and yes.
struct Remembered([AtomicU64; 0x1_0000 / 32]);

static WORDS: Remembered = Remembered([const { AtomicU64::new(0) }; 0x1_0000 / 32]);

impl Remembered {
    #[inline]
    fn get(&self, cp: u32, ask: fn(u32) -> bool) -> bool {
        let Some(cell) = self.0.get((cp / 32) as usize) else { return ask(cp) };
        let shift = cp % 32 * 2;
        match cell.load(Ordering::Relaxed) >> shift & 3 {
            3 => true,
            1 => false,
            _ => {
                let yes = ask(cp);
                cell.fetch_or((1 | u64::from(yes) << 1) << shift, Ordering::Relaxed);
                yes
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What [`super::super::charset`] takes for granted.
    #[test]
    fn two_characters_have_an_ascii_lower_case() {
        let found: Vec<u32> = (0x80..0x11_0000).filter(|&cp| lower_unicode(cp) < 0x80).collect();
        assert_eq!(found, [0x130, 0x212a]);
    }

    #[test]
    fn a_category_and_its_negation() {
        for cp in (0..0x500).chain([0x2028, 0xd800, 0x1d7ce, 0x10_ffff]) {
            for category in (0..18).step_by(2) {
                assert_ne!(contains(category, cp), contains(category + 1, cp), "{category} {cp:#x}");
            }
            assert_eq!(is_word(cp), is_word(cp), "remembered as asked");
            assert_eq!(is_word(cp), cp == 0x5f || unicode::is_alnum(cp));
        }
    }
}
