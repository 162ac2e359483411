//! The code words of a set of characters.

use super::charset::Item;
use super::words::*;

/// The items of a set; none if the words are not valid. The last word ends the set.
pub fn read(words: &[u32]) -> Option<Vec<Item>> {
    let (last, mut rest) = words.split_last()?;
    if *last != FAILURE {
        return None;
    }
    let mut items = Vec::new();
    while !rest.is_empty() {
        items.push(item(&mut rest)?);
    }
    Some(items)
}

fn word(rest: &mut &[u32]) -> Option<u32> {
    let (first, behind) = rest.split_first()?;
    *rest = behind;
    Some(*first)
}

fn several<'a>(rest: &mut &'a [u32], count: usize) -> Option<&'a [u32]> {
    let (first, behind) = rest.split_at_checked(count)?;
    *rest = behind;
    Some(first)
}

fn item(rest: &mut &[u32]) -> Option<Item> {
    Some(match word(rest)? {
        NEGATE => Item::Negate,
        LITERAL => Item::Literal(word(rest)?),
        RANGE => Item::Range(word(rest)?, word(rest)?),
        RANGE_UNI_IGNORE => Item::RangeIgnore(word(rest)?, word(rest)?),
        CATEGORY => match word(rest)? {
            category @ 0..=LAST_CATEGORY => Item::Category(category),
            _ => return None,
        },
        CHARSET => Item::Bitmap(several(rest, 8)?.into()),
        BIGCHARSET => {
            let count = word(rest)? as usize;
            let blocks: Box<[u8]> = several(rest, 64)?.iter().flat_map(|word| word.to_le_bytes()).collect();
            if blocks.iter().any(|&block| block as usize >= count) {
                return None;
            }
            Item::Blocks(blocks, several(rest, count.checked_mul(8)?)?.into())
        }
        _ => return None,
    })
}
