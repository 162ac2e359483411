//! The East Asian encodings: from a code of one to eight bytes to a character and back. The
//! tables are made at first use from those of the web and what CPython has otherwise.

use std::collections::HashMap;
use std::sync::OnceLock;

use encoding_rs::Encoding;

use super::hangul;
use super::tables::{self, Difference};

/// How the codes of an encoding are built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// ASCII and two bytes.
    Pairs,
    /// The same, and three bytes behind 8F.
    EucJp,
    /// The same as pairs, and single bytes: A1 to DF.
    ShiftJis,
    /// The same, and some single bytes more, and the private range.
    Cp932,
    /// Pairs, and syllables spelled in eight bytes.
    EucKr,
    /// Pairs, and everything else in four bytes.
    Gb18030,
    /// Pairs, of which four stand for two characters.
    Hkscs,
}

/// An encoding.
pub struct Charset {
    /// As Python calls it.
    pub name: &'static str,
    shape: Shape,
    base: &'static Encoding,
    difference: &'static Difference,
    tables: OnceLock<Tables>,
}

struct Tables {
    /// By lead byte from 81 on and second byte; 0: not assigned.
    pairs: Vec<u32>,
    /// By the second and third byte behind 8F, from A1 on.
    triples: Vec<u32>,
    codes: HashMap<u32, u32>,
    /// The characters of GB 18030's four-byte codes, in order.
    rest: Vec<u16>,
}

/// What stands at a place of an input.
pub enum Decoded {
    /// A character and how many bytes it took.
    One(u32, usize),
    /// Two characters for two bytes.
    Two(u32, u32),
    /// Nothing that is known.
    Wrong,
    /// The beginning of something.
    Short,
}

/// What a character becomes.
pub enum Encoded {
    /// These bytes.
    Bytes([u8; 8], usize),
    /// These two, for this character and the one behind it.
    Both([u8; 2]),
    /// Cannot say before the next character is known.
    Wait,
    /// Nothing.
    None,
}

macro_rules! charsets {
    ($($id:ident: $name:literal, $shape:ident, $base:ident;)*) => {
        $(static $id: Charset = Charset {
            name: $name,
            shape: Shape::$shape,
            base: encoding_rs::$base,
            difference: &tables::$id,
            tables: OnceLock::new(),
        };)*
        static ALL: &[&Charset] = &[$(&$id),*];
    };
}

charsets! {
    GB2312: "gb2312", Pairs, GBK;
    GBK: "gbk", Pairs, GBK;
    GB18030: "gb18030", Gb18030, GB18030;
    BIG5: "big5", Pairs, BIG5;
    CP950: "cp950", Pairs, BIG5;
    BIG5HKSCS: "big5hkscs", Hkscs, BIG5;
    EUC_JP: "euc_jp", EucJp, EUC_JP;
    SHIFT_JIS: "shift_jis", ShiftJis, SHIFT_JIS;
    CP932: "cp932", Cp932, SHIFT_JIS;
    EUC_KR: "euc_kr", EucKr, EUC_KR;
    CP949: "cp949", Pairs, EUC_KR;
}

/// The encoding with this name.
pub fn find(name: &str) -> Option<&'static Charset> {
    ALL.iter().find(|c| c.name == name).copied()
}

/// Base characters and marks that Big5-HKSCS has codes for, with those codes.
const COMBINED: [(u32, u32, [u8; 2]); 4] =
    [(0xCA, 0x304, [0x88, 0x62]), (0xCA, 0x30C, [0x88, 0x64]), (0xEA, 0x304, [0x88, 0xA3]), (0xEA, 0x30C, [0x88, 0xA5])];
const FIRST_LEAD: u8 = 0x81;
const LEADS: usize = 0x7E;
const FIRST_94: u8 = 0xA1;
const ROW_94: usize = 94;

fn pair_index(lead: u8, trail: u8) -> Option<usize> {
    let row = usize::from(lead.checked_sub(FIRST_LEAD)?);
    (row < LEADS).then(|| row << 8 | usize::from(trail))
}

fn triple_index(second: u8, third: u8) -> Option<usize> {
    let place = |b: u8| b.checked_sub(FIRST_94).map(usize::from).filter(|n| *n < ROW_94);
    Some(place(second)? * ROW_94 + place(third)?)
}

/// The one character that the web's encoding has for a code; 0: none.
fn base_character(base: &'static Encoding, code: &[u8]) -> u32 {
    let Some(text) = base.decode_without_bom_handling_and_without_replacement(code) else { return 0 };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => u32::from(c),
        _ => 0,
    }
}

impl Charset {
    fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| self.build())
    }

    fn is_single(&self, byte: u8) -> bool {
        match self.shape {
            Shape::ShiftJis => matches!(byte, 0xA1..=0xDF),
            Shape::Cp932 => matches!(byte, 0x80 | 0xA0..=0xDF | 0xFD..),
            _ => false,
        }
    }

    fn build(&self) -> Tables {
        let mut pairs = vec![0; LEADS << 8];
        for lead in FIRST_LEAD..FIRST_LEAD + LEADS as u8 {
            for trail in 0x30..=0xFF {
                if let Some(index) = pair_index(lead, trail)
                    && !self.is_single(lead)
                {
                    pairs[index] = base_character(self.base, &[lead, trail]);
                }
            }
        }
        let mut triples = Vec::new();
        if self.shape == Shape::EucJp {
            triples = vec![0; ROW_94 * ROW_94];
            for (index, slot) in triples.iter_mut().enumerate() {
                let (second, third) = (FIRST_94 + (index / ROW_94) as u8, FIRST_94 + (index % ROW_94) as u8);
                *slot = base_character(self.base, &[0x8F, second, third]);
            }
        }
        let mut tables = Tables { pairs, triples, codes: HashMap::new(), rest: Vec::new() };
        self.differ(&mut tables);
        self.invert(&mut tables);
        tables
    }

    /// Applies what CPython has otherwise.
    fn differ(&self, tables: &mut Tables) {
        for (first, last) in self.difference.unassigned {
            for code in *first..=*last {
                if let Some(index) = pair_index((code >> 8) as u8, code as u8) {
                    tables.pairs[index] = 0;
                }
            }
        }
        for (code, character, count) in self.difference.decode {
            for k in 0..*count {
                let code = code + k;
                if code > 0xFFFF {
                    if let Some(index) = triple_index((code >> 8) as u8, code as u8) {
                        tables.triples[index] = character + k;
                    }
                } else if let Some(index) = pair_index((code >> 8) as u8, code as u8) {
                    tables.pairs[index] = character + k;
                }
            }
        }
    }

    /// The way back: of several codes of a character the first, unless the differences say
    /// otherwise.
    fn invert(&self, tables: &mut Tables) {
        for (index, character) in tables.pairs.iter().enumerate().filter(|(_, c)| **c != 0) {
            let code = ((index >> 8) as u32 + u32::from(FIRST_LEAD)) << 8 | (index & 0xFF) as u32;
            tables.codes.entry(*character).or_insert(code);
        }
        for (index, character) in tables.triples.iter().enumerate().filter(|(_, c)| **c != 0) {
            let first = u32::from(FIRST_94);
            let code = 0x8F_0000 | ((index / ROW_94) as u32 + first) << 8 | ((index % ROW_94) as u32 + first);
            tables.codes.entry(*character).or_insert(code);
        }
        for byte in (0x80..=0xFF).filter(|b| self.is_single(*b)) {
            tables.codes.insert(single(byte), u32::from(byte));
        }
        for (character, code) in self.difference.encode {
            tables.codes.insert(*character, *code);
        }
        if self.shape == Shape::Gb18030 {
            let all = (0x80..=0xFFFFu16).filter(|c| !(0xD800..0xE000).contains(c));
            tables.rest = all.filter(|c| !tables.codes.contains_key(&u32::from(*c))).collect();
        }
    }

    /// What stands at the beginning of `input`, which is not empty.
    pub fn decode(&self, input: &[u8]) -> Decoded {
        let lead = input[0];
        if lead < 0x80 {
            return Decoded::One(u32::from(lead), 1);
        }
        if self.is_single(lead) {
            return Decoded::One(single(lead), 1);
        }
        if self.shape == Shape::ShiftJis && !matches!(lead, 0x81..=0x9F | 0xE0..=0xEA) {
            return Decoded::Wrong;
        }
        let Some(&trail) = input.get(1) else { return Decoded::Short };
        match self.shape {
            Shape::EucJp if lead == 0x8F => {
                let Some(&third) = input.get(2) else { return Decoded::Short };
                let found = triple_index(trail, third).map_or(0, |i| self.tables().triples[i]);
                return if found == 0 { Decoded::Wrong } else { Decoded::One(found, 3) };
            }
            Shape::EucKr if (lead, trail) == (0xA4, 0xD4) => {
                let Some(code) = input.get(..8) else { return Decoded::Short };
                return hangul::compose(code).map_or(Decoded::Wrong, |c| Decoded::One(c, 8));
            }
            Shape::Gb18030 if trail.is_ascii_digit() => return self.decode_four(input),
            Shape::Hkscs => {
                if let Some((first, second, _)) = COMBINED.iter().find(|(.., code)| *code == [lead, trail]) {
                    return Decoded::Two(*first, *second);
                }
            }
            _ => {}
        }
        match pair_index(lead, trail).map_or(0, |i| self.tables().pairs[i]) {
            0 => Decoded::Wrong,
            found => Decoded::One(found, 2),
        }
    }

    fn decode_four(&self, input: &[u8]) -> Decoded {
        let Some(&[a, b, c, d]) = input.get(..4) else { return Decoded::Short };
        if a < 0x81 || c < 0x81 || !d.is_ascii_digit() {
            return Decoded::Wrong;
        }
        let digits = |a: u8| u32::from(a - 0x81) * 10 + u32::from(b - b'0');
        let low = u32::from(c - 0x81) * 10 + u32::from(d - b'0');
        let found = if a < 0x90 {
            let index = digits(a) * 1260 + low;
            self.tables().rest.get(index as usize).map(|c| u32::from(*c))
        } else {
            let plane = digits(a).wrapping_sub(digits(0x90) - u32::from(b - b'0'));
            Some(0x1_0000 + plane * 1260 + low).filter(|c| *c <= 0x10_FFFF)
        };
        found.map_or(Decoded::Wrong, |c| Decoded::One(c, 4))
    }

    /// The code of a character; `next` is the one behind it, if it is known.
    pub fn encode(&self, c: u32, next: Option<u32>, last: bool) -> Encoded {
        if c < 0x80 {
            return Encoded::Bytes([c as u8, 0, 0, 0, 0, 0, 0, 0], 1);
        }
        if self.shape == Shape::Hkscs && COMBINED.iter().any(|(first, ..)| *first == c) {
            match next {
                None if !last => return Encoded::Wait,
                next => {
                    if let Some((.., code)) = COMBINED.iter().find(|(a, b, _)| *a == c && Some(*b) == next) {
                        return Encoded::Both(*code);
                    }
                }
            }
        }
        let mut bytes = [0; 8];
        if let Some(code) = self.code(c) {
            let raw = code.to_be_bytes();
            let start = raw.iter().position(|b| *b != 0).unwrap_or(3);
            bytes[..4 - start].copy_from_slice(&raw[start..]);
            return Encoded::Bytes(bytes, 4 - start);
        }
        match self.shape {
            Shape::EucKr => match hangul::spell(c) {
                Some(code) => Encoded::Bytes(code, 8),
                None => Encoded::None,
            },
            Shape::Gb18030 => match self.encode_four(c) {
                Some(code) => {
                    bytes[..4].copy_from_slice(&code);
                    Encoded::Bytes(bytes, 4)
                }
                None => Encoded::None,
            },
            _ => Encoded::None,
        }
    }

    fn code(&self, c: u32) -> Option<u32> {
        self.tables().codes.get(&c).copied()
    }

    fn encode_four(&self, c: u32) -> Option<[u8; 4]> {
        let (index, first) = match u16::try_from(c) {
            Ok(c) => (self.tables().rest.binary_search(&c).ok()? as u32, 0x81),
            Err(_) => (c - 0x1_0000, 0x90),
        };
        let digit = |n: u32| b'0' + (n % 10) as u8;
        Some([first + (index / 12600) as u8, digit(index / 1260), 0x81 + (index / 10 % 126) as u8, digit(index)])
    }
}

/// The character of a single byte of the encodings that have such.
fn single(byte: u8) -> u32 {
    match byte {
        0xA1..=0xDF => 0xFF61 + u32::from(byte - 0xA1),
        0xA0 => 0xF8F0,
        0xFD.. => 0xF8F1 + u32::from(byte - 0xFD),
        _ => u32::from(byte),
    }
}
