//! Syllables that KS X 1001 has no code for, spelled in eight bytes: a filler and three letters.

/// Second bytes of the letters a syllable begins with, in Unicode's order.
const INITIALS: [u8; 19] =
    [0xA1, 0xA2, 0xA4, 0xA7, 0xA8, 0xA9, 0xB1, 0xB2, 0xB3, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE];
/// The first of its vowels, and how many there are.
const FIRST_VOWEL: u8 = 0xBF;
const VOWELS: u32 = 21;
/// Second bytes of the letters it ends with; the first stands for none.
const FINALS: [u8; 28] = [
    0xD4, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF, 0xB0, 0xB1, 0xB2, 0xB4, 0xB5, 0xB6,
    0xB7, 0xB8, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE,
];
const FIRST: u32 = 0xAC00;
const LEAD: u8 = 0xA4;
const FILLER: u8 = 0xD4;

/// The syllable of eight bytes, of which the first two are the filler.
pub fn compose(code: &[u8]) -> Option<u32> {
    let &[_, _, LEAD, initial, LEAD, vowel, LEAD, end] = code else { return None };
    let initial = INITIALS.iter().position(|b| *b == initial)? as u32;
    let vowel = u32::from(vowel.checked_sub(FIRST_VOWEL)?);
    let end = FINALS.iter().position(|b| *b == end)? as u32;
    (vowel < VOWELS).then(|| FIRST + (initial * VOWELS + vowel) * FINALS.len() as u32 + end)
}

/// The eight bytes of a syllable.
pub fn spell(c: u32) -> Option<[u8; 8]> {
    let index = c.checked_sub(FIRST)?;
    let (rest, end) = (index / FINALS.len() as u32, index as usize % FINALS.len());
    let initial = *INITIALS.get((rest / VOWELS) as usize)?;
    Some([LEAD, FILLER, LEAD, initial, LEAD, FIRST_VOWEL + (rest % VOWELS) as u8, LEAD, FINALS[end]])
}
