//! The code words that `re._compiler` writes: numbers of operators, positions and categories.

/// The version of these numbers.
pub const MAGIC: u32 = 20_230_612;
/// No upper limit of a repetition.
pub const MAXREPEAT: u32 = u32::MAX;
/// The most groups a pattern may have.
pub const MAXGROUPS: u32 = (i32::MAX / 2) as u32;

macro_rules! number {
    ($($name:ident)*) => { number!(@ 0u32; $($name)*); };
    (@ $n:expr; $name:ident $($rest:ident)*) => {
        #[doc = concat!("`", stringify!($name), "`")]
        pub const $name: u32 = $n;
        number!(@ $n + 1; $($rest)*);
    };
    (@ $n:expr;) => {};
}

number! {
    FAILURE SUCCESS ANY ANY_ALL ASSERT ASSERT_NOT AT BRANCH CATEGORY CHARSET BIGCHARSET GROUPREF
    GROUPREF_EXISTS IN INFO JUMP LITERAL MARK MAX_UNTIL MIN_UNTIL NOT_LITERAL NEGATE RANGE REPEAT
    REPEAT_ONE _SUBPATTERN MIN_REPEAT_ONE ATOMIC_GROUP POSSESSIVE_REPEAT POSSESSIVE_REPEAT_ONE
    GROUPREF_IGNORE IN_IGNORE LITERAL_IGNORE NOT_LITERAL_IGNORE
    GROUPREF_LOC_IGNORE IN_LOC_IGNORE LITERAL_LOC_IGNORE NOT_LITERAL_LOC_IGNORE
    GROUPREF_UNI_IGNORE IN_UNI_IGNORE LITERAL_UNI_IGNORE NOT_LITERAL_UNI_IGNORE RANGE_UNI_IGNORE
}

/// The highest number of a position.
pub const LAST_AT: u32 = 11;
/// The highest number of a category.
pub const LAST_CATEGORY: u32 = 17;

/// `INFO`: the pattern begins with these characters.
pub const INFO_PREFIX: u32 = 1;
/// `INFO`: they are the whole pattern.
pub const INFO_LITERAL: u32 = 2;
/// `INFO`: the pattern begins with a character of this set.
pub const INFO_CHARSET: u32 = 4;
