//! Expectations made by CPython 3.13, one row each: codec, error handler, input, and the result
//! with escapes or the message of the error.

use crate::codecs::{Codec, Handler, escape};
use proptest::prelude::*;

/// Codec, handler, bytes, text (in `unicode_escape`) or error.
#[rustfmt::skip]
const DECODED: &[(&str, &str, &[u8], &str)] = &[
    ("utf-8", "strict", b"a\xc3\xa9\xf0\x9f\x98\x80", "a\\xe9\\U0001f600"),
    ("utf-8", "strict", b"\x80", "! 'utf-8' codec can't decode byte 0x80 in position 0: invalid start byte"),
    ("utf-8", "ignore", b"\x80", ""),
    ("utf-8", "replace", b"\x80", "\\ufffd"),
    ("utf-8", "backslashreplace", b"\x80", "\\\\x80"),
    ("utf-8", "surrogateescape", b"\x80", "\\udc80"),
    ("utf-8", "strict", b"a\xc3", "! 'utf-8' codec can't decode byte 0xc3 in position 1: unexpected end of data"),
    ("utf-8", "ignore", b"a\xc3", "a"),
    ("utf-8", "replace", b"a\xc3", "a\\ufffd"),
    ("utf-8", "backslashreplace", b"a\xc3", "a\\\\xc3"),
    ("utf-8", "surrogateescape", b"a\xc3", "a\\udcc3"),
    ("utf-8", "strict", b"a\xc3b", "! 'utf-8' codec can't decode byte 0xc3 in position 1: invalid continuation byte"),
    ("utf-8", "ignore", b"a\xc3b", "ab"),
    ("utf-8", "replace", b"a\xc3b", "a\\ufffdb"),
    ("utf-8", "backslashreplace", b"a\xc3b", "a\\\\xc3b"),
    ("utf-8", "surrogateescape", b"a\xc3b", "a\\udcc3b"),
    ("utf-8", "strict", b"\xe2\x82", "! 'utf-8' codec can't decode bytes in position 0-1: unexpected end of data"),
    ("utf-8", "ignore", b"\xe2\x82", ""),
    ("utf-8", "replace", b"\xe2\x82", "\\ufffd"),
    ("utf-8", "backslashreplace", b"\xe2\x82", "\\\\xe2\\\\x82"),
    ("utf-8", "surrogateescape", b"\xe2\x82", "\\udce2\\udc82"),
    ("utf-8", "strict", b"\xe2\x82x", "! 'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte"),
    ("utf-8", "ignore", b"\xe2\x82x", "x"),
    ("utf-8", "replace", b"\xe2\x82x", "\\ufffdx"),
    ("utf-8", "backslashreplace", b"\xe2\x82x", "\\\\xe2\\\\x82x"),
    ("utf-8", "surrogateescape", b"\xe2\x82x", "\\udce2\\udc82x"),
    ("utf-8", "strict", b"\xed\xa0\x80", "! 'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte"),
    ("utf-8", "ignore", b"\xed\xa0\x80", ""),
    ("utf-8", "replace", b"\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"),
    ("utf-8", "backslashreplace", b"\xed\xa0\x80", "\\\\xed\\\\xa0\\\\x80"),
    ("utf-8", "surrogateescape", b"\xed\xa0\x80", "\\udced\\udca0\\udc80"),
    ("utf-8", "surrogatepass", b"\xed\xa0\x80", "\\ud800"),
    ("utf-8", "strict", b"\xf0\x90\x80", "! 'utf-8' codec can't decode bytes in position 0-2: unexpected end of data"),
    ("utf-8", "ignore", b"\xf0\x90\x80", ""),
    ("utf-8", "replace", b"\xf0\x90\x80", "\\ufffd"),
    ("utf-8", "backslashreplace", b"\xf0\x90\x80", "\\\\xf0\\\\x90\\\\x80"),
    ("utf-8", "surrogateescape", b"\xf0\x90\x80", "\\udcf0\\udc90\\udc80"),
    ("utf-8", "strict", b"\xf0\x80\x80\x80", "! 'utf-8' codec can't decode byte 0xf0 in position 0: invalid continuation byte"),
    ("utf-8", "ignore", b"\xf0\x80\x80\x80", ""),
    ("utf-8", "replace", b"\xf0\x80\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"),
    ("utf-8", "backslashreplace", b"\xf0\x80\x80\x80", "\\\\xf0\\\\x80\\\\x80\\\\x80"),
    ("utf-8", "surrogateescape", b"\xf0\x80\x80\x80", "\\udcf0\\udc80\\udc80\\udc80"),
    ("utf-8", "strict", b"\xff", "! 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ("utf-8", "ignore", b"\xff", ""),
    ("utf-8", "replace", b"\xff", "\\ufffd"),
    ("utf-8", "backslashreplace", b"\xff", "\\\\xff"),
    ("utf-8", "surrogateescape", b"\xff", "\\udcff"),
    ("utf-8", "strict", b"\xf4\x90\x80\x80", "! 'utf-8' codec can't decode byte 0xf4 in position 0: invalid continuation byte"),
    ("utf-8", "ignore", b"\xf4\x90\x80\x80", ""),
    ("utf-8", "replace", b"\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"),
    ("utf-8", "backslashreplace", b"\xf4\x90\x80\x80", "\\\\xf4\\\\x90\\\\x80\\\\x80"),
    ("utf-8", "surrogateescape", b"\xf4\x90\x80\x80", "\\udcf4\\udc90\\udc80\\udc80"),
    ("utf-8", "strict", b"\xe0\x80\x80", "! 'utf-8' codec can't decode byte 0xe0 in position 0: invalid continuation byte"),
    ("utf-8", "ignore", b"\xe0\x80\x80", ""),
    ("utf-8", "replace", b"\xe0\x80\x80", "\\ufffd\\ufffd\\ufffd"),
    ("utf-8", "backslashreplace", b"\xe0\x80\x80", "\\\\xe0\\\\x80\\\\x80"),
    ("utf-8", "surrogateescape", b"\xe0\x80\x80", "\\udce0\\udc80\\udc80"),
    ("utf-8", "strict", b"\xc0\x80", "! 'utf-8' codec can't decode byte 0xc0 in position 0: invalid start byte"),
    ("utf-8", "ignore", b"\xc0\x80", ""),
    ("utf-8", "replace", b"\xc0\x80", "\\ufffd\\ufffd"),
    ("utf-8", "backslashreplace", b"\xc0\x80", "\\\\xc0\\\\x80"),
    ("utf-8", "surrogateescape", b"\xc0\x80", "\\udcc0\\udc80"),
    ("utf-8", "strict", b"\xf0\x9f\x98x", "! 'utf-8' codec can't decode bytes in position 0-2: invalid continuation byte"),
    ("utf-8", "ignore", b"\xf0\x9f\x98x", "x"),
    ("utf-8", "replace", b"\xf0\x9f\x98x", "\\ufffdx"),
    ("utf-8", "backslashreplace", b"\xf0\x9f\x98x", "\\\\xf0\\\\x9f\\\\x98x"),
    ("utf-8", "surrogateescape", b"\xf0\x9f\x98x", "\\udcf0\\udc9f\\udc98x"),
    ("utf-8-sig", "strict", b"\xef\xbb\xbfa", "a"),
    ("utf-8-sig", "strict", b"a", "a"),
    ("utf-8-sig", "strict", b"\xef\xbb", "! 'utf-8' codec can't decode bytes in position 0-1: unexpected end of data"),
    ("utf-8-sig", "ignore", b"\xef\xbb", ""),
    ("utf-8-sig", "replace", b"\xef\xbb", "\\ufffd"),
    ("utf-8-sig", "backslashreplace", b"\xef\xbb", "\\\\xef\\\\xbb"),
    ("utf-8-sig", "surrogateescape", b"\xef\xbb", "\\udcef\\udcbb"),
    ("ascii", "strict", b"abc", "abc"),
    ("ascii", "strict", b"a\x80b", "! 'ascii' codec can't decode byte 0x80 in position 1: ordinal not in range(128)"),
    ("ascii", "ignore", b"a\x80b", "ab"),
    ("ascii", "replace", b"a\x80b", "a\\ufffdb"),
    ("ascii", "backslashreplace", b"a\x80b", "a\\\\x80b"),
    ("ascii", "surrogateescape", b"a\x80b", "a\\udc80b"),
    ("latin-1", "strict", b"a\xe9", "a\\xe9"),
    ("utf-16", "strict", b"\xff\xfea\x00", "a"),
    ("utf-16", "strict", b"\xfe\xff\x00a", "a"),
    ("utf-16", "strict", b"a\x00", "a"),
    ("utf-16", "strict", b"", ""),
    ("utf-16", "strict", b"a", "! 'utf-16-le' codec can't decode byte 0x61 in position 0: truncated data"),
    ("utf-16", "ignore", b"a", ""),
    ("utf-16", "replace", b"a", "\\ufffd"),
    ("utf-16", "backslashreplace", b"a", "\\\\x61"),
    ("utf-16", "strict", b"\xff\xfe\x00\xd8", "! 'utf-16-le' codec can't decode bytes in position 2-3: unexpected end of data"),
    ("utf-16", "ignore", b"\xff\xfe\x00\xd8", ""),
    ("utf-16", "replace", b"\xff\xfe\x00\xd8", "\\ufffd"),
    ("utf-16", "backslashreplace", b"\xff\xfe\x00\xd8", "\\\\x00\\\\xd8"),
    ("utf-16", "surrogatepass", b"\xff\xfe\x00\xd8", "\\ud800"),
    ("utf-16-le", "strict", b"\x00\xd8", "! 'utf-16-le' codec can't decode bytes in position 0-1: unexpected end of data"),
    ("utf-16-le", "ignore", b"\x00\xd8", ""),
    ("utf-16-le", "replace", b"\x00\xd8", "\\ufffd"),
    ("utf-16-le", "backslashreplace", b"\x00\xd8", "\\\\x00\\\\xd8"),
    ("utf-16-le", "surrogatepass", b"\x00\xd8", "\\ud800"),
    ("utf-16-le", "strict", b"\x00\xd8a\x00", "! 'utf-16-le' codec can't decode bytes in position 0-1: illegal UTF-16 surrogate"),
    ("utf-16-le", "ignore", b"\x00\xd8a\x00", "a"),
    ("utf-16-le", "replace", b"\x00\xd8a\x00", "\\ufffda"),
    ("utf-16-le", "backslashreplace", b"\x00\xd8a\x00", "\\\\x00\\\\xd8a"),
    ("utf-16-le", "surrogatepass", b"\x00\xd8a\x00", "\\ud800a"),
    ("utf-16-le", "strict", b"\x00\xdca\x00", "! 'utf-16-le' codec can't decode bytes in position 0-1: illegal encoding"),
    ("utf-16-le", "ignore", b"\x00\xdca\x00", "a"),
    ("utf-16-le", "replace", b"\x00\xdca\x00", "\\ufffda"),
    ("utf-16-le", "backslashreplace", b"\x00\xdca\x00", "\\\\x00\\\\xdca"),
    ("utf-16-le", "surrogatepass", b"\x00\xdca\x00", "\\udc00a"),
    ("utf-16-le", "strict", b"a", "! 'utf-16-le' codec can't decode byte 0x61 in position 0: truncated data"),
    ("utf-16-le", "ignore", b"a", ""),
    ("utf-16-le", "replace", b"a", "\\ufffd"),
    ("utf-16-le", "backslashreplace", b"a", "\\\\x61"),
    ("utf-16-le", "strict", b"a\x00b", "! 'utf-16-le' codec can't decode byte 0x62 in position 2: truncated data"),
    ("utf-16-le", "ignore", b"a\x00b", "a"),
    ("utf-16-le", "replace", b"a\x00b", "a\\ufffd"),
    ("utf-16-le", "backslashreplace", b"a\x00b", "a\\\\x62"),
    ("utf-16-le", "strict", b"=\xd8\x00\xde", "\\U0001f600"),
    ("utf-16-le", "strict", b"\x00\xd8a", "! 'utf-16-le' codec can't decode bytes in position 0-2: unexpected end of data"),
    ("utf-16-le", "ignore", b"\x00\xd8a", ""),
    ("utf-16-le", "replace", b"\x00\xd8a", "\\ufffd"),
    ("utf-16-le", "backslashreplace", b"\x00\xd8a", "\\\\x00\\\\xd8\\\\x61"),
    ("utf-16-le", "surrogatepass", b"\x00\xd8a", "! 'utf-16-le' codec can't decode byte 0x61 in position 2: truncated data"),
    ("utf-16-be", "strict", b"\xd8\x00\x00a", "! 'utf-16-be' codec can't decode bytes in position 0-1: illegal UTF-16 surrogate"),
    ("utf-16-be", "ignore", b"\xd8\x00\x00a", "a"),
    ("utf-16-be", "replace", b"\xd8\x00\x00a", "\\ufffda"),
    ("utf-16-be", "backslashreplace", b"\xd8\x00\x00a", "\\\\xd8\\\\x00a"),
    ("utf-16-be", "surrogateescape", b"\xd8\x00\x00a", "! 'utf-16-be' codec can't decode byte 0x61 in position 3: truncated data"),
    ("utf-16-be", "surrogatepass", b"\xd8\x00\x00a", "\\ud800a"),
    ("utf-16-be", "strict", b"\xff\xfe\x00a", "\\ufffea"),
    ("utf-16-be", "strict", b"\xd8=\xde\x00", "\\U0001f600"),
    ("utf-32", "strict", b"\xff\xfe\x00\x00a\x00\x00\x00", "a"),
    ("utf-32", "strict", b"a\x00\x00\x00", "a"),
    ("utf-32", "strict", b"a\x00\x00", "! 'utf-32-le' codec can't decode bytes in position 0-2: truncated data"),
    ("utf-32", "ignore", b"a\x00\x00", ""),
    ("utf-32", "replace", b"a\x00\x00", "\\ufffd"),
    ("utf-32", "backslashreplace", b"a\x00\x00", "\\\\x61\\\\x00\\\\x00"),
    ("utf-32", "strict", b"\x00\xd8\x00\x00", "! 'utf-32-le' codec can't decode bytes in position 0-3: code point in surrogate code point range(0xd800, 0xe000)"),
    ("utf-32", "ignore", b"\x00\xd8\x00\x00", ""),
    ("utf-32", "replace", b"\x00\xd8\x00\x00", "\\ufffd"),
    ("utf-32", "backslashreplace", b"\x00\xd8\x00\x00", "\\\\x00\\\\xd8\\\\x00\\\\x00"),
    ("utf-32", "surrogatepass", b"\x00\xd8\x00\x00", "\\ud800"),
    ("utf-32", "strict", b"\x00\x00\x11\x00", "! 'utf-32-le' codec can't decode bytes in position 0-3: code point not in range(0x110000)"),
    ("utf-32", "ignore", b"\x00\x00\x11\x00", ""),
    ("utf-32", "replace", b"\x00\x00\x11\x00", "\\ufffd"),
    ("utf-32", "backslashreplace", b"\x00\x00\x11\x00", "\\\\x00\\\\x00\\\\x11\\\\x00"),
    ("utf-32-be", "strict", b"\x00\x00\x00a", "a"),
    ("utf-32-be", "strict", b"\x00\x00\xd8\x00", "! 'utf-32-be' codec can't decode bytes in position 0-3: code point in surrogate code point range(0xd800, 0xe000)"),
    ("utf-32-be", "ignore", b"\x00\x00\xd8\x00", ""),
    ("utf-32-be", "replace", b"\x00\x00\xd8\x00", "\\ufffd"),
    ("utf-32-be", "backslashreplace", b"\x00\x00\xd8\x00", "\\\\x00\\\\x00\\\\xd8\\\\x00"),
    ("utf-32-be", "surrogatepass", b"\x00\x00\xd8\x00", "\\ud800"),
    ("utf-32-be", "strict", b"\x00\x11\x00\x00b", "! 'utf-32-be' codec can't decode bytes in position 0-3: code point not in range(0x110000)"),
    ("utf-32-be", "ignore", b"\x00\x11\x00\x00b", ""),
    ("utf-32-be", "replace", b"\x00\x11\x00\x00b", "\\ufffd\\ufffd"),
    ("utf-32-be", "backslashreplace", b"\x00\x11\x00\x00b", "\\\\x00\\\\x11\\\\x00\\\\x00\\\\x62"),
    ("utf-7", "strict", b"a+-b", "a+b"),
    ("utf-7", "strict", b"+AOk-x", "\\xe9x"),
    ("utf-7", "strict", b"+AOkx-", "! 'utf7' codec can't decode bytes in position 0-5: partial character in shift sequence"),
    ("utf-7", "ignore", b"+AOkx-", "\\xe9"),
    ("utf-7", "replace", b"+AOkx-", "\\xe9\\ufffd"),
    ("utf-7", "backslashreplace", b"+AOkx-", "\\xe9\\\\x2b\\\\x41\\\\x4f\\\\x6b\\\\x78\\\\x2d"),
    ("utf-7", "strict", b"+2D3eAA-", "\\U0001f600"),
    ("utf-7", "strict", b"+2D0-", "\\ud83d"),
    ("utf-7", "strict", b"+2D0", "! 'utf7' codec can't decode bytes in position 0-3: unterminated shift sequence"),
    ("utf-7", "ignore", b"+2D0", ""),
    ("utf-7", "replace", b"+2D0", "\\ufffd"),
    ("utf-7", "backslashreplace", b"+2D0", "\\\\x2b\\\\x32\\\\x44\\\\x30"),
    ("utf-7", "strict", b"+!", "! 'utf7' codec can't decode bytes in position 0-1: ill-formed sequence"),
    ("utf-7", "ignore", b"+!", ""),
    ("utf-7", "replace", b"+!", "\\ufffd"),
    ("utf-7", "backslashreplace", b"+!", "\\\\x2b\\\\x21"),
    ("utf-7", "strict", b"\xff", "! 'utf7' codec can't decode byte 0xff in position 0: unexpected special character"),
    ("utf-7", "ignore", b"\xff", ""),
    ("utf-7", "replace", b"\xff", "\\ufffd"),
    ("utf-7", "backslashreplace", b"\xff", "\\\\xff"),
    ("utf-7", "surrogateescape", b"\xff", "\\udcff"),
    ("utf-7", "strict", b"+AOl-", "! 'utf7' codec can't decode bytes in position 0-4: non-zero padding bits in shift sequence"),
    ("utf-7", "ignore", b"+AOl-", "\\xe9"),
    ("utf-7", "replace", b"+AOl-", "\\xe9\\ufffd"),
    ("utf-7", "backslashreplace", b"+AOl-", "\\xe9\\\\x2b\\\\x41\\\\x4f\\\\x6c\\\\x2d"),
    ("utf-7", "strict", b"+A-", "! 'utf7' codec can't decode bytes in position 0-2: partial character in shift sequence"),
    ("utf-7", "ignore", b"+A-", ""),
    ("utf-7", "replace", b"+A-", "\\ufffd"),
    ("utf-7", "backslashreplace", b"+A-", "\\\\x2b\\\\x41\\\\x2d"),
    ("utf-7", "strict", b"+AO", "! 'utf7' codec can't decode bytes in position 0-2: unterminated shift sequence"),
    ("utf-7", "ignore", b"+AO", ""),
    ("utf-7", "replace", b"+AO", "\\ufffd"),
    ("utf-7", "backslashreplace", b"+AO", "\\\\x2b\\\\x41\\\\x4f"),
    ("utf-7", "strict", b"+", ""),
    ("utf-7", "strict", b"a+AOk", "a\\xe9"),
    ("utf-7", "strict", b"+AOk!", "\\xe9!"),
    ("utf-7", "strict", b"~\x5c", "~\\\\"),
    ("utf-7", "strict", b"+AOm!x", "! 'utf7' codec can't decode bytes in position 0-4: non-zero padding bits in shift sequence"),
    ("utf-7", "ignore", b"+AOm!x", "\\xe9x"),
    ("utf-7", "replace", b"+AOm!x", "\\xe9\\ufffdx"),
    ("utf-7", "backslashreplace", b"+AOm!x", "\\xe9\\\\x2b\\\\x41\\\\x4f\\\\x6d\\\\x21x"),
    ("utf-7", "strict", b"+2D0\xff", "! 'utf7' codec can't decode byte 0xff in position 4: unexpected special character"),
    ("utf-7", "ignore", b"+2D0\xff", ""),
    ("utf-7", "replace", b"+2D0\xff", "\\ufffd"),
    ("utf-7", "backslashreplace", b"+2D0\xff", "\\\\xff"),
    ("utf-7", "surrogateescape", b"+2D0\xff", "\\udcff"),
    ("utf-7", "strict", b"+IKwgrA-", "\\u20ac\\u20ac"),
    ("unicode_escape", "strict", b"\x5cx41\x5cu00e9\x5cU0001f600\x5cn\x5c101\x5cq\x5c'", "A\\xe9\\U0001f600\\nA\\\\q'"),
    ("unicode_escape", "strict", b"\x5c", "! 'unicodeescape' codec can't decode byte 0x5c in position 0: \\ at end of string"),
    ("unicode_escape", "ignore", b"\x5c", ""),
    ("unicode_escape", "replace", b"\x5c", "\\ufffd"),
    ("unicode_escape", "backslashreplace", b"\x5c", "\\\\x5c"),
    ("unicode_escape", "strict", b"\x5cx4", "! 'unicodeescape' codec can't decode bytes in position 0-2: truncated \\xXX escape"),
    ("unicode_escape", "ignore", b"\x5cx4", ""),
    ("unicode_escape", "replace", b"\x5cx4", "\\ufffd"),
    ("unicode_escape", "backslashreplace", b"\x5cx4", "\\\\x5c\\\\x78\\\\x34"),
    ("unicode_escape", "strict", b"\x5cx4g", "! 'unicodeescape' codec can't decode bytes in position 0-2: truncated \\xXX escape"),
    ("unicode_escape", "ignore", b"\x5cx4g", "g"),
    ("unicode_escape", "replace", b"\x5cx4g", "\\ufffdg"),
    ("unicode_escape", "backslashreplace", b"\x5cx4g", "\\\\x5c\\\\x78\\\\x34g"),
    ("unicode_escape", "strict", b"\x5cu12", "! 'unicodeescape' codec can't decode bytes in position 0-3: truncated \\uXXXX escape"),
    ("unicode_escape", "ignore", b"\x5cu12", ""),
    ("unicode_escape", "replace", b"\x5cu12", "\\ufffd"),
    ("unicode_escape", "backslashreplace", b"\x5cu12", "\\\\x5c\\\\x75\\\\x31\\\\x32"),
    ("unicode_escape", "strict", b"\x5cU00110000", "! 'unicodeescape' codec can't decode bytes in position 0-9: illegal Unicode character"),
    ("unicode_escape", "ignore", b"\x5cU00110000", ""),
    ("unicode_escape", "replace", b"\x5cU00110000", "\\ufffd"),
    ("unicode_escape", "backslashreplace", b"\x5cU00110000", "\\\\x5c\\\\x55\\\\x30\\\\x30\\\\x31\\\\x31\\\\x30\\\\x30\\\\x30\\\\x30"),
    ("unicode_escape", "strict", b"\x5cU0011000", "! 'unicodeescape' codec can't decode bytes in position 0-8: truncated \\UXXXXXXXX escape"),
    ("unicode_escape", "ignore", b"\x5cU0011000", ""),
    ("unicode_escape", "replace", b"\x5cU0011000", "\\ufffd"),
    ("unicode_escape", "backslashreplace", b"\x5cU0011000", "\\\\x5c\\\\x55\\\\x30\\\\x30\\\\x31\\\\x31\\\\x30\\\\x30\\\\x30"),
    ("unicode_escape", "strict", b"\x5cN", "! 'unicodeescape' codec can't decode bytes in position 0-1: malformed \\N character escape"),
    ("unicode_escape", "ignore", b"\x5cN", ""),
    ("unicode_escape", "replace", b"\x5cN", "\\ufffd"),
    ("unicode_escape", "backslashreplace", b"\x5cN", "\\\\x5c\\\\x4e"),
    ("unicode_escape", "strict", b"\x5cN{}", "! 'unicodeescape' codec can't decode bytes in position 0-2: malformed \\N character escape"),
    ("unicode_escape", "ignore", b"\x5cN{}", "}"),
    ("unicode_escape", "replace", b"\x5cN{}", "\\ufffd}"),
    ("unicode_escape", "backslashreplace", b"\x5cN{}", "\\\\x5c\\\\x4e\\\\x7b}"),
    ("unicode_escape", "strict", b"\x5cN{x", "! 'unicodeescape' codec can't decode bytes in position 0-3: malformed \\N character escape"),
    ("unicode_escape", "ignore", b"\x5cN{x", ""),
    ("unicode_escape", "replace", b"\x5cN{x", "\\ufffd"),
    ("unicode_escape", "backslashreplace", b"\x5cN{x", "\\\\x5c\\\\x4e\\\\x7b\\\\x78"),
    ("unicode_escape", "strict", b"\x5cN{nope}a", "! 'unicodeescape' codec can't decode bytes in position 0-7: unknown Unicode character name"),
    ("unicode_escape", "ignore", b"\x5cN{nope}a", "a"),
    ("unicode_escape", "replace", b"\x5cN{nope}a", "\\ufffda"),
    ("unicode_escape", "backslashreplace", b"\x5cN{nope}a", "\\\\x5c\\\\x4e\\\\x7b\\\\x6e\\\\x6f\\\\x70\\\\x65\\\\x7da"),
    ("unicode_escape", "strict", b"\xe9\x5c\x0a.", "\\xe9."),
    ("unicode_escape", "strict", b"\x5c777", "\\u01ff"),
    ("unicode_escape", "strict", b"\x5cud83d\x5cude00", "\\ud83d\\ude00"),
    ("unicode_escape", "strict", b"\x5cNx", "! 'unicodeescape' codec can't decode bytes in position 0-1: malformed \\N character escape"),
    ("unicode_escape", "ignore", b"\x5cNx", "x"),
    ("unicode_escape", "replace", b"\x5cNx", "\\ufffdx"),
    ("unicode_escape", "backslashreplace", b"\x5cNx", "\\\\x5c\\\\x4ex"),
    ("unicode_escape", "strict", b"\x5c400\x5c8", "\\u0100\\\\8"),
    ("raw_unicode_escape", "strict", b"\x5cu00e9\x5cn\x5c\x5cu00e9\x5c\x5c\x5cu00e9\xe9", "\\xe9\\\\n\\\\\\\\u00e9\\\\\\\\\\xe9\\xe9"),
    ("raw_unicode_escape", "strict", b"\x5cu12", "! 'rawunicodeescape' codec can't decode bytes in position 0-3: truncated \\uXXXX escape"),
    ("raw_unicode_escape", "ignore", b"\x5cu12", ""),
    ("raw_unicode_escape", "replace", b"\x5cu12", "\\ufffd"),
    ("raw_unicode_escape", "backslashreplace", b"\x5cu12", "\\\\x5c\\\\x75\\\\x31\\\\x32"),
    ("raw_unicode_escape", "strict", b"\x5cU00110000", "! 'rawunicodeescape' codec can't decode bytes in position 0-9: \\Uxxxxxxxx out of range"),
    ("raw_unicode_escape", "ignore", b"\x5cU00110000", ""),
    ("raw_unicode_escape", "replace", b"\x5cU00110000", "\\ufffd"),
    ("raw_unicode_escape", "backslashreplace", b"\x5cU00110000", "\\\\x5c\\\\x55\\\\x30\\\\x30\\\\x31\\\\x31\\\\x30\\\\x30\\\\x30\\\\x30"),
    ("raw_unicode_escape", "strict", b"\x5c", "\\\\"),
    ("raw_unicode_escape", "strict", b"\x5cU0001f600", "\\U0001f600"),
    ("raw_unicode_escape", "strict", b"\x5cu12g", "! 'rawunicodeescape' codec can't decode bytes in position 0-3: truncated \\uXXXX escape"),
    ("raw_unicode_escape", "ignore", b"\x5cu12g", "g"),
    ("raw_unicode_escape", "replace", b"\x5cu12g", "\\ufffdg"),
    ("raw_unicode_escape", "backslashreplace", b"\x5cu12g", "\\\\x5c\\\\x75\\\\x31\\\\x32g"),
];

/// Codec, handler, text (in `unicode_escape`), bytes or error.
#[rustfmt::skip]
const ENCODED: &[(&str, &str, &str, &[u8])] = &[
    ("utf-8", "strict", "a\\xe9", b"a\xc3\xa9"),
    ("utf-8", "strict", "a\\ud800\\udc00b", b"! 'utf-8' codec can't encode characters in position 1-2: surrogates not allowed"),
    ("utf-8", "ignore", "a\\ud800\\udc00b", b"ab"),
    ("utf-8", "replace", "a\\ud800\\udc00b", b"a??b"),
    ("utf-8", "backslashreplace", "a\\ud800\\udc00b", b"a\x5cud800\x5cudc00b"),
    ("utf-8", "xmlcharrefreplace", "a\\ud800\\udc00b", b"a&#55296;&#56320;b"),
    ("utf-8", "surrogatepass", "a\\ud800\\udc00b", b"a\xed\xa0\x80\xed\xb0\x80b"),
    ("utf-8", "strict", "\\udc80", b"! 'utf-8' codec can't encode character '\x5cudc80' in position 0: surrogates not allowed"),
    ("utf-8", "ignore", "\\udc80", b""),
    ("utf-8", "replace", "\\udc80", b"?"),
    ("utf-8", "backslashreplace", "\\udc80", b"\x5cudc80"),
    ("utf-8", "xmlcharrefreplace", "\\udc80", b"&#56448;"),
    ("utf-8", "surrogateescape", "\\udc80", b"\x80"),
    ("utf-8", "surrogatepass", "\\udc80", b"\xed\xb2\x80"),
    ("ascii", "strict", "a\\xe9\\u20acb", b"! 'ascii' codec can't encode characters in position 1-2: ordinal not in range(128)"),
    ("ascii", "ignore", "a\\xe9\\u20acb", b"ab"),
    ("ascii", "replace", "a\\xe9\\u20acb", b"a??b"),
    ("ascii", "backslashreplace", "a\\xe9\\u20acb", b"a\x5cxe9\x5cu20acb"),
    ("ascii", "xmlcharrefreplace", "a\\xe9\\u20acb", b"a&#233;&#8364;b"),
    ("latin-1", "strict", "\\xe9\\u20ac", b"! 'latin-1' codec can't encode character '\x5cu20ac' in position 1: ordinal not in range(256)"),
    ("latin-1", "ignore", "\\xe9\\u20ac", b"\xe9"),
    ("latin-1", "replace", "\\xe9\\u20ac", b"\xe9?"),
    ("latin-1", "backslashreplace", "\\xe9\\u20ac", b"\xe9\x5cu20ac"),
    ("latin-1", "xmlcharrefreplace", "\\xe9\\u20ac", b"\xe9&#8364;"),
    ("latin-1", "strict", "\\udc80", b"! 'latin-1' codec can't encode character '\x5cudc80' in position 0: ordinal not in range(256)"),
    ("latin-1", "ignore", "\\udc80", b""),
    ("latin-1", "replace", "\\udc80", b"?"),
    ("latin-1", "backslashreplace", "\\udc80", b"\x5cudc80"),
    ("latin-1", "xmlcharrefreplace", "\\udc80", b"&#56448;"),
    ("latin-1", "surrogateescape", "\\udc80", b"\x80"),
    ("utf-16", "strict", "a\\U0001f600", b"\xff\xfea\x00=\xd8\x00\xde"),
    ("utf-16", "strict", "a\\ud800\\udc80", b"! 'utf-16' codec can't encode character '\x5cud800' in position 1: surrogates not allowed"),
    ("utf-16", "ignore", "a\\ud800\\udc80", b"\xff\xfea\x00"),
    ("utf-16", "replace", "a\\ud800\\udc80", b"\xff\xfea\x00?\x00?\x00"),
    ("utf-16", "backslashreplace", "a\\ud800\\udc80", b"\xff\xfea\x00\x5c\x00u\x00d\x008\x000\x000\x00\x5c\x00u\x00d\x00c\x008\x000\x00"),
    ("utf-16", "xmlcharrefreplace", "a\\ud800\\udc80", b"\xff\xfea\x00&\x00#\x005\x005\x002\x009\x006\x00;\x00&\x00#\x005\x006\x004\x004\x008\x00;\x00"),
    ("utf-16", "surrogatepass", "a\\ud800\\udc80", b"\xff\xfea\x00\x00\xd8\x80\xdc"),
    ("utf-16-be", "strict", "a\\U0001f600", b"\x00a\xd8=\xde\x00"),
    ("utf-16-be", "strict", "\\udc80", b"! 'utf-16-be' codec can't encode character '\x5cudc80' in position 0: surrogates not allowed"),
    ("utf-16-be", "ignore", "\\udc80", b""),
    ("utf-16-be", "replace", "\\udc80", b"\x00?"),
    ("utf-16-be", "backslashreplace", "\\udc80", b"\x00\x5c\x00u\x00d\x00c\x008\x000"),
    ("utf-16-be", "xmlcharrefreplace", "\\udc80", b"\x00&\x00#\x005\x006\x004\x004\x008\x00;"),
    ("utf-16-be", "surrogatepass", "\\udc80", b"\xdc\x80"),
    ("utf-32", "strict", "a\\U0001f600", b"\xff\xfe\x00\x00a\x00\x00\x00\x00\xf6\x01\x00"),
    ("utf-32", "strict", "a\\ud800", b"! 'utf-32' codec can't encode character '\x5cud800' in position 1: surrogates not allowed"),
    ("utf-32", "ignore", "a\\ud800", b"\xff\xfe\x00\x00a\x00\x00\x00"),
    ("utf-32", "replace", "a\\ud800", b"\xff\xfe\x00\x00a\x00\x00\x00?\x00\x00\x00"),
    ("utf-32", "backslashreplace", "a\\ud800", b"\xff\xfe\x00\x00a\x00\x00\x00\x5c\x00\x00\x00u\x00\x00\x00d\x00\x00\x008\x00\x00\x000\x00\x00\x000\x00\x00\x00"),
    ("utf-32", "xmlcharrefreplace", "a\\ud800", b"\xff\xfe\x00\x00a\x00\x00\x00&\x00\x00\x00#\x00\x00\x005\x00\x00\x005\x00\x00\x002\x00\x00\x009\x00\x00\x006\x00\x00\x00;\x00\x00\x00"),
    ("utf-32", "surrogatepass", "a\\ud800", b"\xff\xfe\x00\x00a\x00\x00\x00\x00\xd8\x00\x00"),
    ("utf-32-be", "strict", "a\\udc80", b"! 'utf-32-be' codec can't encode character '\x5cudc80' in position 1: surrogates not allowed"),
    ("utf-32-be", "ignore", "a\\udc80", b"\x00\x00\x00a"),
    ("utf-32-be", "replace", "a\\udc80", b"\x00\x00\x00a\x00\x00\x00?"),
    ("utf-32-be", "backslashreplace", "a\\udc80", b"\x00\x00\x00a\x00\x00\x00\x5c\x00\x00\x00u\x00\x00\x00d\x00\x00\x00c\x00\x00\x008\x00\x00\x000"),
    ("utf-32-be", "xmlcharrefreplace", "a\\udc80", b"\x00\x00\x00a\x00\x00\x00&\x00\x00\x00#\x00\x00\x005\x00\x00\x006\x00\x00\x004\x00\x00\x004\x00\x00\x008\x00\x00\x00;"),
    ("utf-32-be", "surrogatepass", "a\\udc80", b"\x00\x00\x00a\x00\x00\xdc\x80"),
    ("utf-7", "strict", "a+b", b"a+-b"),
    ("utf-7", "strict", "\\xe9x", b"+AOk-x"),
    ("utf-7", "strict", "\\xe9-", b"+AOk--"),
    ("utf-7", "strict", "\\xe9!", b"+AOk!"),
    ("utf-7", "strict", "\\U0001f600\\xe9", b"+2D3eAADp-"),
    ("utf-7", "strict", "~\\\\\\t\\x00\\x7f", b"+AH4AXA\x09+AAAAfw-"),
    ("utf-7", "strict", "\\xe9", b"+AOk-"),
    ("utf-7", "strict", "\\ud800", b"+2AA-"),
    ("utf-7", "strict", "a\\xe9\\xe9\\xe9+", b"a+AOkA6QDpACs-"),
    ("unicode_escape", "strict", "a\\\\\\n\\t\\r\\x00\\x7f\\xe9\\u20ac\\U0001f600\\ud800'\"", b"a\x5c\x5c\x5cn\x5ct\x5cr\x5cx00\x5cx7f\x5cxe9\x5cu20ac\x5cU0001f600\x5cud800'\x22"),
    ("raw_unicode_escape", "strict", "a\\\\\\n\\xe9\\u20ac\\U0001f600", b"a\x5c\x0a\xe9\x5cu20ac\x5cU0001f600"),
];

fn escaped(text: &[u8]) -> String {
    let mut out = Vec::new();
    escape::encode(text, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn decoding_of_cpython() {
    for &(codec, handler, input, expected) in DECODED {
        let got = Codec::from_name(codec).zip(Handler::from_name(handler)).map(|(codec, handler)| {
            match codec.decode_with(input, handler) {
                Ok(text) => escaped(&text),
                Err(fault) => format!("! {}", fault.decode_message(input)),
            }
        });
        assert_eq!(got.as_deref(), Some(expected), "{codec} {handler} {input:?}");
    }
}

#[test]
fn encoding_of_cpython() {
    for &(codec, handler, text, expected) in ENCODED {
        let text = Codec::UnicodeEscape.decode_with(text.as_bytes(), Handler::Strict).unwrap_or_default();
        let got = Codec::from_name(codec).zip(Handler::from_name(handler)).map(|(codec, handler)| {
            match codec.encode_with(&text, handler) {
                Ok(bytes) => bytes,
                Err(fault) => format!("! {}", fault.encode_message(&text)).into_bytes(),
            }
        });
        assert_eq!(got.as_deref(), Some(expected), "{codec} {handler} {text:?}");
    }
}

#[test]
fn escapes_of_bytes() {
    let show = |s: &[u8]| escape::decode_bytes(s, None).map_err(|e| e.message.into_owned());
    assert_eq!(show(b"a\\x41\\101\\q\\\n\\n"), Ok(b"aAA\\q\n".to_vec()));
    assert_eq!(show(b"ab\\x4"), Err("invalid \\x escape at position 2".into()));
    assert_eq!(show(b"\\"), Err("Trailing \\ in string".into()));
    let mut odd = None;
    let mut out = Vec::new();
    assert_eq!(escape::decode(b"a\\N{X}\\q", 0, true, &mut out, &mut odd, &mut |n| Some(n.to_lowercase().into_bytes())), Ok(8));
    assert_eq!((out, odd), (b"ax\\q".to_vec(), Some(6)));
}

const ALL: &[&str] = &[
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-32-be",
    "utf-7",
    "unicode_escape",
    "raw_unicode_escape",
    "utf-8-sig",
];

proptest! {
    /// Cut anywhere, the pieces give what the whole gives.
    #[test]
    fn round_trip_in_two_pieces(text in "[a+\\-é€😀~]{0,20}", cut in 0usize..100) {
        for name in ALL {
            let Some(codec) = Codec::from_name(name) else { return Err(TestCaseError::fail(*name)) };
            // A raw escape cannot tell a written backslash from its own.
            if *name == "raw_unicode_escape" && text.contains('\\') {
                continue;
            }
            let bytes = codec.encode_with(text.as_bytes(), Handler::Strict).map_err(|f| TestCaseError::fail(f.reason))?;
            let mut out = Vec::new();
            let cut = cut.min(bytes.len());
            let at = codec.decode(&bytes[..cut], 0, false, &mut out).map_err(|f| TestCaseError::fail(f.reason))?;
            codec.decode(&bytes, at, true, &mut out).map_err(|f| TestCaseError::fail(f.reason))?;
            prop_assert_eq!(String::from_utf8_lossy(&out), text.as_str(), "{}", name);
        }
    }

    /// No bytes panic, and every handler comes to an end.
    #[test]
    fn any_bytes(input in prop::collection::vec(any::<u8>(), 0..40)) {
        for name in ALL {
            let Some(codec) = Codec::from_name(name) else { return Err(TestCaseError::fail(*name)) };
            for handler in ["strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass"] {
                let Some(handler) = Handler::from_name(handler) else { continue };
                if let Ok(text) = codec.decode_with(&input, handler) {
                    prop_assert!(crate::wtf8::is_valid(&text));
                }
            }
        }
    }
}
