//! The engine by itself, on code words as `re._compiler` writes them and on such as it never would.

use lockstep_interp::object::raise::{Exc, Raised, Result};
use proptest::prelude::*;

use super::words::*;
use super::*;

/// The borders of the match and of its groups.
fn run(words: &[u32], groups: usize, text: &str, how: How) -> Result<Option<Vec<Option<(usize, usize)>>>> {
    let program = translate(words, groups, Encoding::Text).expect("valid words");
    let mut scratch = Scratch::default();
    let task = Task { text: text.as_bytes(), wide: !text.is_ascii(), start: 0, how, advance: false };
    let found = find(&program, &mut scratch, task, &mut || Ok(()))?;
    Ok(found.map(|whole| std::iter::once(Some(whole)).chain((0..groups).map(|n| scratch.group(n))).collect()))
}

fn search(words: &[u32], groups: usize, text: &str) -> Option<Vec<Option<(usize, usize)>>> {
    run(words, groups, text, How::Search).expect("no error")
}

/// `(a+)+$`
fn nested() -> Vec<u32> {
    let one = [REPEAT_ONE, 6, 1, MAXREPEAT, LITERAL, 97, SUCCESS];
    [&[REPEAT, 14, 1, MAXREPEAT, MARK, 0][..], &one, &[MARK, 1, MAX_UNTIL, AT, 5, SUCCESS]].concat()
}

#[test]
fn a_literal_is_searched() {
    let words = [LITERAL, 98, LITERAL, 0xe9, SUCCESS];
    assert_eq!(search(&words, 0, "abéabé"), Some(vec![Some((1, 4))]));
    assert_eq!(search(&words, 0, "ab"), None);
}

#[test]
fn groups_of_a_repetition() {
    assert_eq!(search(&nested(), 1, "baaa"), Some(vec![Some((1, 4)), Some((1, 4))]));
    assert_eq!(search(&nested(), 1, "aab"), None);
}

#[test]
fn a_match_without_end_can_be_stopped() {
    let program = translate(&nested(), 1, Encoding::Text).expect("valid words");
    let text = [&[b'a'; 60][..], b"b"].concat();
    let task = Task { text: &text, wide: false, start: 0, how: How::Match, advance: false };
    let mut looks = 0;
    let mut check = || {
        looks += 1;
        if looks > 100 { Err(Raised::empty(Exc::KeyboardInterrupt)) } else { Ok(()) }
    };
    let result = find(&program, &mut Scratch::default(), task, &mut check);
    assert!(result.is_err_and(|e| e.is(Exc::KeyboardInterrupt)));
}

#[test]
fn words_that_are_not_valid() {
    let wrong: [(&[u32], usize); 16] = [
        (&[], 0),
        (&[LITERAL], 0),
        (&[LITERAL, SUCCESS], 0),
        (&[MARK, 0, SUCCESS], 0),
        (&[MARK, 2, MARK, 1, SUCCESS], 1),
        (&[GROUPREF, 0, SUCCESS], 0),
        (&[AT, 12, SUCCESS], 0),
        (&[CATEGORY, 18, SUCCESS], 0),
        (&[JUMP, 1, SUCCESS], 0),
        (&[IN, 1, SUCCESS], 0),
        (&[IN, 100, FAILURE, SUCCESS], 0),
        (&[BRANCH, 0, SUCCESS], 0),
        (&[REPEAT_ONE, 6, 2, 1, LITERAL, 97, SUCCESS, SUCCESS], 0),
        (&[REPEAT_ONE, 4, 0, MAXREPEAT, SUCCESS, SUCCESS], 0),
        (&[ATOMIC_GROUP, 0, SUCCESS, SUCCESS], 0),
        (&[SUCCESS], 1 << 29),
    ];
    for (words, groups) in wrong {
        assert!(translate(words, groups, Encoding::Text).is_none(), "{words:?}");
    }
}

/// A million atomic groups within each other.
#[test]
fn nesting_costs_no_native_stack() {
    let depth = 1_000_000u32;
    // From the word of the distance to behind the group's own end.
    let mut words: Vec<u32> = (0..depth).flat_map(|level| [ATOMIC_GROUP, 3 * (depth - level) + 1]).collect();
    words.extend([LITERAL, 97]);
    words.extend(std::iter::repeat_n(SUCCESS, depth as usize + 1));
    assert_eq!(search(&words, 0, "ba"), Some(vec![Some((1, 2))]));
}

/// More alternatives than fit in one mask.
#[test]
fn many_alternatives() {
    let count = 300u32;
    let mut words = vec![BRANCH];
    for i in 0..count {
        let left = (count - i - 1) * 7;
        words.extend([7, LITERAL, 0x4e00 + i, LITERAL, 97 + i % 7, JUMP, left + 2]);
    }
    words.extend([0, SUCCESS]);
    for i in 0..count {
        let text: String = [char::from_u32(0x4e00 + i), char::from_u32(97 + i % 7)].into_iter().flatten().collect();
        assert_eq!(search(&words, 0, &text), Some(vec![Some((0, 4))]), "{i}");
    }
    assert_eq!(search(&words, 0, "一b"), None);
}

proptest! {
    /// Whatever the words, they are refused, or run to an end or to a look at the breaker.
    #[test]
    fn no_words_do_harm(
        mut words in prop::collection::vec(prop_oneof![0u32..44, 0u32..12, Just(MAXREPEAT), 90u32..100, any::<u32>()], 0..40),
        groups in 0usize..4,
        text in "[a-cé\n ]{0,12}",
    ) {
        words.push(SUCCESS);
        for encoding in [Encoding::Text, Encoding::Bytes] {
            let Some(program) = translate(&words, groups, encoding) else { continue };
            for how in [How::Search, How::Match, How::Full] {
                let wide = encoding == Encoding::Text && !text.is_ascii();
                let task = Task { text: text.as_bytes(), wide, start: 0, how, advance: false };
                let mut looks = 0;
                let mut check = || {
                    looks += 1;
                    if looks > 20 { Err(Raised::empty(Exc::KeyboardInterrupt)) } else { Ok(()) }
                };
                let _ = find(&program, &mut Scratch::default(), task, &mut check);
            }
        }
    }
}
