//! A set of characters, as a pattern names it: a table by bytes for what is common, the items for
//! the rest.

use super::category::{self, Fold};
use super::program::Encoding;

/// A part of a set, in the order of the code words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// From here on, being named means not to be in the set.
    Negate,
    /// One character.
    Literal(u32),
    /// First and last.
    Range(u32, u32),
    /// First and last, of which the upper case counts too.
    RangeIgnore(u32, u32),
    /// A category by number.
    Category(u32),
    /// The characters below 256.
    Bitmap(Box<[u32]>),
    /// The characters below 65,536: which block each 256 of them have, and the blocks.
    Blocks(Box<[u8]>, Box<[u32]>),
}

impl Item {
    fn names(&self, cp: u32) -> bool {
        match self {
            Item::Negate => false,
            Item::Literal(c) => *c == cp,
            Item::Range(first, last) => (*first..=*last).contains(&cp),
            Item::RangeIgnore(first, last) => {
                (*first..=*last).contains(&cp) || (*first..=*last).contains(&category::upper_unicode(cp))
            }
            Item::Category(number) => category::contains(*number, cp),
            Item::Bitmap(bits) => bit(bits, cp),
            Item::Blocks(blocks, bits) => match blocks.get((cp >> 8) as usize) {
                Some(block) => bit(bits, u32::from(*block) << 8 | cp & 0xff),
                None => false,
            },
        }
    }
    /// What holds for all characters from U+0080 on, if it is the same for all.
    fn beyond_ascii(&self) -> Option<bool> {
        match self {
            Item::Negate => Some(false),
            Item::Literal(c) if *c < 0x80 => Some(false),
            Item::Range(_, last) if *last < 0x80 => Some(false),
            Item::Range(first, last) if *first <= 0x80 && *last >= 0x10_ffff => Some(true),
            Item::Category(number) if category::is_ascii_only(*number) => Some(number & 1 == 1),
            Item::Bitmap(bits) if bits[4..].iter().all(|&word| word == 0) => Some(false),
            _ => None,
        }
    }
}

fn bit(bits: &[u32], at: u32) -> bool {
    bits.get((at >> 5) as usize).is_some_and(|word| word >> (at & 31) & 1 == 1)
}

/// A set, ready to be asked.
#[derive(Debug)]
pub struct Set {
    /// Whether the character of this byte is in it. In text, bytes from 0x80 on begin (or go on
    /// with) a character that may be in it.
    pub bytes: [bool; 256],
    /// Whether `bytes` says everything: in bytes, and where all other characters are alike.
    pub uniform: bool,
    items: Box<[Item]>,
    fold: Fold,
}

impl Set {
    /// The set of these items.
    pub fn new(items: Vec<Item>, fold: Fold, encoding: Encoding) -> Set {
        let mut set = Set { bytes: [false; 256], uniform: encoding == Encoding::Bytes, items: items.into(), fold };
        let known = match encoding {
            Encoding::Bytes => 256,
            Encoding::Text => 128,
        };
        for cp in 0..known {
            set.bytes[cp] = set.contains(cp as u32);
        }
        if encoding == Encoding::Text {
            let rest = set.beyond_ascii();
            set.uniform = rest.is_some();
            set.bytes[128..].fill(rest != Some(false));
        }
        set
    }
    /// Whether a character is in it, by its items.
    #[inline(never)]
    pub fn contains(&self, cp: u32) -> bool {
        if self.fold != Fold::Locale {
            return self.holds(self.fold.apply(cp));
        }
        let (lower, upper) = (category::lower_ascii(cp), category::upper_ascii(cp));
        self.holds(lower) || upper != lower && self.holds(upper)
    }
    fn holds(&self, cp: u32) -> bool {
        let mut yes = true;
        for item in &self.items {
            match item {
                Item::Negate => yes = !yes,
                item if item.names(cp) => return yes,
                _ => {}
            }
        }
        !yes
    }
    /// Whether all characters from U+0080 on are in it, or none; no answer if some are.
    fn beyond_ascii(&self) -> Option<bool> {
        let mut yes = true;
        let mut rest = None;
        for item in &self.items {
            match item.beyond_ascii()? {
                _ if *item == Item::Negate => yes = !yes,
                true => {
                    rest = Some(yes);
                    break;
                }
                false => {}
            }
        }
        let rest = rest.unwrap_or(!yes);
        // The two whose lower case is ASCII must not make a difference.
        let strangers = self.fold != Fold::Unicode || [0x130, 0x212a].iter().all(|&cp| self.contains(cp) == rest);
        strangers.then_some(rest)
    }
}
