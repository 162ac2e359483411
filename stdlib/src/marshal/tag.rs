//! What stands before each value.

macro_rules! tags {
    ($($name:ident $byte:literal $doc:literal),* $(,)?) => { $( #[doc = $doc] pub const $name: u8 = $byte; )* };
}

tags! {
    NULL b'0' "Nothing: the end of a dict.",
    NONE b'N' "None.",
    FALSE b'F' "False.",
    TRUE b'T' "True.",
    STOP_ITERATION b'S' "The class StopIteration.",
    ELLIPSIS b'.' "Ellipsis.",
    INT b'i' "An int of 32 bits.",
    INT64 b'I' "An int of 64 bits; not written any more.",
    FLOAT b'f' "A float in decimal.",
    BINARY_FLOAT b'g' "A float in eight bytes.",
    COMPLEX b'x' "A complex number in decimal.",
    BINARY_COMPLEX b'y' "A complex number in sixteen bytes.",
    LONG b'l' "An int in digits of 15 bits.",
    STRING b's' "Bytes.",
    INTERNED b't' "An interned str.",
    REF b'r' "A value that was read before, by number.",
    TUPLE b'(' "A tuple.",
    LIST b'[' "A list.",
    DICT b'{' "A dict.",
    CODE b'c' "A code object.",
    UNICODE b'u' "A str in UTF-8.",
    SET b'<' "A set.",
    FROZENSET b'>' "A frozenset.",
    ASCII b'a' "A str in ASCII.",
    ASCII_INTERNED b'A' "An interned str in ASCII.",
    SMALL_TUPLE b')' "A tuple of less than 256 values.",
    SHORT_ASCII b'z' "A str in ASCII of less than 256 characters.",
    SHORT_ASCII_INTERNED b'Z' "The same, interned.",
    SLICE b':' "A slice.",
}

/// Added to a tag: the value may be referred to later.
pub const SHARED: u8 = 0x80;

/// How deep values may nest.
pub const DEEPEST: usize = 2000;
