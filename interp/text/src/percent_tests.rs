//! Expectations made by CPython 3.13, one row each: a format, a value, what `%` returns or raises.

use crate::format::IntRef;
use crate::percent::*;
use crate::{Error, Result};

#[rustfmt::skip]
const INTS: &[(&str, i64, &str)] = &[
    ("%d", 0, "0"),
    ("%d", -255, "-255"),
    ("%d", 12345, "12345"),
    ("[%5d]", 0, "[    0]"),
    ("[%5d]", -255, "[ -255]"),
    ("[%5d]", 12345, "[12345]"),
    ("%-8d|", 0, "0       |"),
    ("%-8d|", -255, "-255    |"),
    ("%-8d|", 12345, "12345   |"),
    ("%08d", 0, "00000000"),
    ("%08d", -255, "-0000255"),
    ("%08d", 12345, "00012345"),
    ("%+d", 0, "+0"),
    ("%+d", -255, "-255"),
    ("%+d", 12345, "+12345"),
    ("% d", 0, " 0"),
    ("% d", -255, "-255"),
    ("% d", 12345, " 12345"),
    ("%.8d", 0, "00000000"),
    ("%.8d", -255, "-00000255"),
    ("%.8d", 12345, "00012345"),
    ("%10.6d", 0, "    000000"),
    ("%10.6d", -255, "   -000255"),
    ("%10.6d", 12345, "    012345"),
    ("%010.6d", 0, "0000000000"),
    ("%010.6d", -255, "-000000255"),
    ("%010.6d", 12345, "0000012345"),
    ("%x", 0, "0"),
    ("%x", -255, "-ff"),
    ("%x", 12345, "3039"),
    ("%#x", 0, "0x0"),
    ("%#x", -255, "-0xff"),
    ("%#x", 12345, "0x3039"),
    ("%#010X", 0, "0X00000000"),
    ("%#010X", -255, "-0X00000FF"),
    ("%#010X", 12345, "0X00003039"),
    ("%o", 0, "0"),
    ("%o", -255, "-377"),
    ("%o", 12345, "30071"),
    ("%#o", 0, "0o0"),
    ("%#o", -255, "-0o377"),
    ("%#o", 12345, "0o30071"),
    ("%-+8i|", 0, "+0      |"),
    ("%-+8i|", -255, "-255    |"),
    ("%-+8i|", 12345, "+12345  |"),
    ("%u", 0, "0"),
    ("%u", -255, "-255"),
    ("%u", 12345, "12345"),
    ("%ld", 0, "0"),
    ("%ld", -255, "-255"),
    ("%ld", 12345, "12345"),
    ("%y", 0, "unsupported format character 'y' (0x79) at index 1"),
    ("%y", -255, "unsupported format character 'y' (0x79) at index 1"),
    ("%y", 12345, "unsupported format character 'y' (0x79) at index 1"),
    ("%", 0, "incomplete format"),
    ("%", -255, "incomplete format"),
    ("%", 12345, "incomplete format"),
    ("%5", 0, "incomplete format"),
    ("%5", -255, "incomplete format"),
    ("%5", 12345, "incomplete format"),
    ("é%-", 0, "incomplete format"),
    ("é%-", -255, "incomplete format"),
    ("é%-", 12345, "incomplete format"),
    ("%.99999999999d", 0, "precision too big"),
    ("%.99999999999d", -255, "precision too big"),
    ("%.99999999999d", 12345, "precision too big"),
    ("%99999999999999999999d", 0, "width too big"),
    ("%99999999999999999999d", -255, "width too big"),
    ("%99999999999999999999d", 12345, "width too big"),
    ("%é", 0, "unsupported format character '?' (0xe9) at index 1"),
    ("%é", -255, "unsupported format character '?' (0xe9) at index 1"),
    ("%é", 12345, "unsupported format character '?' (0xe9) at index 1"),
    ("%", 0, "unsupported format character '?' (0x1) at index 1"),
    ("%", -255, "unsupported format character '?' (0x1) at index 1"),
    ("%", 12345, "unsupported format character '?' (0x1) at index 1"),
    ("% +d", 0, "+0"),
    ("% +d", -255, "-255"),
    ("% +d", 12345, "+12345"),
    ("%0-6d|", 0, "0     |"),
    ("%0-6d|", -255, "-255  |"),
    ("%0-6d|", 12345, "12345 |"),
    ("%#.5x", 0, "0x00000"),
    ("%#.5x", -255, "-0x000ff"),
    ("%#.5x", 12345, "0x03039"),
    ("%#-12.5x|", 0, "0x00000     |"),
    ("%#-12.5x|", -255, "-0x000ff    |"),
    ("%#-12.5x|", 12345, "0x03039     |"),
];
#[rustfmt::skip]
const FLOATS: &[(&str, f64, &str)] = &[
    ("%f", 0.0, "0.000000"),
    ("%f", -1234.5678, "-1234.567800"),
    ("%f", 1e+100, "10000000000000000159028911097599180468360808563945281389781327557747838772170381060813469985856815104.000000"),
    ("%f", f64::INFINITY, "inf"),
    ("%.2f", 0.0, "0.00"),
    ("%.2f", -1234.5678, "-1234.57"),
    ("%.2f", 1e+100, "10000000000000000159028911097599180468360808563945281389781327557747838772170381060813469985856815104.00"),
    ("%.2f", f64::INFINITY, "inf"),
    ("%10.1e", 0.0, "   0.0e+00"),
    ("%10.1e", -1234.5678, "  -1.2e+03"),
    ("%10.1e", 1e+100, "  1.0e+100"),
    ("%10.1e", f64::INFINITY, "       inf"),
    ("%-12g|", 0.0, "0           |"),
    ("%-12g|", -1234.5678, "-1234.57    |"),
    ("%-12g|", 1e+100, "1e+100      |"),
    ("%-12g|", f64::INFINITY, "inf         |"),
    ("%012.3f", 0.0, "00000000.000"),
    ("%012.3f", -1234.5678, "-0001234.568"),
    ("%012.3f", 1e+100, "10000000000000000159028911097599180468360808563945281389781327557747838772170381060813469985856815104.000"),
    ("%012.3f", f64::INFINITY, "000000000inf"),
    ("%+g", 0.0, "+0"),
    ("%+g", -1234.5678, "-1234.57"),
    ("%+g", 1e+100, "+1e+100"),
    ("%+g", f64::INFINITY, "+inf"),
    ("% G", 0.0, " 0"),
    ("% G", -1234.5678, "-1234.57"),
    ("% G", 1e+100, " 1E+100"),
    ("% G", f64::INFINITY, " INF"),
    ("%#.0f", 0.0, "0."),
    ("%#.0f", -1234.5678, "-1235."),
    ("%#.0f", 1e+100, "10000000000000000159028911097599180468360808563945281389781327557747838772170381060813469985856815104."),
    ("%#.0f", f64::INFINITY, "inf"),
    ("%.0e", 0.0, "0e+00"),
    ("%.0e", -1234.5678, "-1e+03"),
    ("%.0e", 1e+100, "1e+100"),
    ("%.0e", f64::INFINITY, "inf"),
    ("%F", 0.0, "0.000000"),
    ("%F", -1234.5678, "-1234.567800"),
    ("%F", 1e+100, "10000000000000000159028911097599180468360808563945281389781327557747838772170381060813469985856815104.000000"),
    ("%F", f64::INFINITY, "INF"),
    ("%E", 0.0, "0.000000E+00"),
    ("%E", -1234.5678, "-1.234568E+03"),
    ("%E", 1e+100, "1.000000E+100"),
    ("%E", f64::INFINITY, "INF"),
    ("%+010.1f", 0.0, "+0000000.0"),
    ("%+010.1f", -1234.5678, "-0001234.6"),
    ("%+010.1f", 1e+100, "+10000000000000000159028911097599180468360808563945281389781327557747838772170381060813469985856815104.0"),
    ("%+010.1f", f64::INFINITY, "+000000inf"),
];
#[rustfmt::skip]
const STRINGS: &[(&str, &str, &str)] = &[
    ("%s", "abc", "abc"),
    ("%s", "é😀", "é😀"),
    ("[%5s]", "abc", "[  abc]"),
    ("[%5s]", "é😀", "[   é😀]"),
    ("%-5s|", "abc", "abc  |"),
    ("%-5s|", "é😀", "é😀   |"),
    ("%.1s", "abc", "a"),
    ("%.1s", "é😀", "é"),
    ("%05s", "abc", "  abc"),
    ("%05s", "é😀", "   é😀"),
    ("%%%s", "abc", "%abc"),
    ("%%%s", "é😀", "%é😀"),
    ("%5.2s", "abc", "   ab"),
    ("%5.2s", "é😀", "   é😀"),
    ("%10.0s|", "abc", "          |"),
    ("%10.0s|", "é😀", "          |"),
];

fn apply(format: &str, mut push: impl FnMut(&Conversion<'_>, &mut Vec<u8>) -> Result<()>) -> String {
    let mut out = Vec::new();
    let (mut pieces, mut c) = (pieces(format.as_bytes(), true), Conversion::default());
    loop {
        let result = match pieces.advance(&mut c) {
            Ok(Next::End) => break,
            Ok(Next::Literal(text)) => {
                out.extend_from_slice(text);
                Ok(())
            }
            Ok(Next::Conversion) if c.code == u32::from(b'%') => {
                out.push(b'%');
                Ok(())
            }
            Ok(Next::Conversion) => push(&c, &mut out),
            Err(error) => Err(error),
        };
        if let Err(Error { message, .. }) = result {
            return message.into_owned();
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn of_cpython() {
    for &(format, n, expected) in INTS {
        let got = apply(format, |c, out| match char::from_u32(c.code) {
            Some('d' | 'i' | 'u' | 'o' | 'x' | 'X') => c.push_int(out, IntRef::Small(n), 0),
            _ => Err(c.unsupported()),
        });
        assert_eq!(got, expected, "{format:?} {n}");
    }
    for &(format, x, expected) in FLOATS {
        assert_eq!(apply(format, |c, out| c.push_float(out, x)), expected, "{format:?} {x}");
    }
    for &(format, s, expected) in STRINGS {
        let got = apply(format, |c, out| c.push_text(out, s.as_bytes(), s.chars().count(), true));
        assert_eq!(got, expected, "{format:?} {s}");
    }
}

#[test]
fn keys_and_stars() {
    let (mut pieces, mut found) = (pieces(b"a%(x(y)z)-*.*f", true), Conversion::default());
    assert_eq!(pieces.advance(&mut found), Ok(Next::Literal(b"a")));
    assert_eq!(pieces.advance(&mut found), Ok(Next::Conversion));
    let conversion = Conversion {
        key: Some(b"x(y)z"),
        left: true,
        width: Some(Size::Argument),
        precision: Some(Size::Argument),
        code: 'f' as u32,
        ..Conversion::default()
    };
    assert_eq!(found, conversion);
    assert_eq!(pieces.advance(&mut found), Ok(Next::End));
    let mut c = Conversion { code: 'd' as u32, zero: true, ..Conversion::default() };
    c.set_width(-5);
    let mut out = Vec::new();
    assert_eq!(c.push_int(&mut out, IntRef::Small(7), 0), Ok(()));
    assert_eq!(out, b"7    ");
}
