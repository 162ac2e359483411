//! The parser of format specifications: `[[fill]align][sign][z][#][0][width][grouping][.precision
//! [grouping]][type]`.

use crate::error::{Error, Result};
use crate::unicode;
use crate::wtf8;

/// Where the padding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    Center,
    /// Between the sign and the digits.
    AfterSign,
}

/// Which sign a number that is not negative gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Plus,
    Minus,
    Space,
}

/// What stands between groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    Comma,
    Underscore,
    /// Underscores between groups of four (binary, octal, hexadecimal).
    UnderscoreFour,
}

impl Grouping {
    pub const fn separator(self) -> u8 {
        match self {
            Grouping::Comma => b',',
            _ => b'_',
        }
    }
    pub const fn size(self) -> usize {
        match self {
            Grouping::UnderscoreFour => 4,
            _ => 3,
        }
    }
}

/// A parsed specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    pub fill: u32,
    pub align: Align,
    /// Written in the specification, not assumed.
    pub align_given: bool,
    pub sign: Option<Sign>,
    pub no_negative_zero: bool,
    pub alternate: bool,
    pub width: Option<usize>,
    pub grouping: Option<Grouping>,
    pub precision: Option<usize>,
    pub fraction_grouping: Option<Grouping>,
    /// The type character.
    pub code: Option<u32>,
}

impl Spec {
    /// The type character if it is ASCII, `default` if there is none.
    #[inline]
    pub fn ascii_code(&self, default: u8) -> u8 {
        match self.code {
            None => default,
            Some(cp) => u8::try_from(cp).unwrap_or(0xff),
        }
    }
}

const fn align_of(cp: u32) -> Option<Align> {
    Some(match cp {
        0x3c => Align::Left,
        0x3e => Align::Right,
        0x5e => Align::Center,
        0x3d => Align::AfterSign,
        _ => return None,
    })
}

struct Cursor<'a> {
    s: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    #[inline]
    fn peek(&self) -> Option<u32> {
        wtf8::decode_at(self.s, self.at).map(|(cp, _)| cp)
    }
    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let found = self.s.get(self.at) == Some(&byte);
        self.at += found as usize;
        found
    }
    /// Decimal digits of any script.
    fn number(&mut self) -> Result<Option<usize>> {
        let mut value: Option<usize> = None;
        while let Some((cp, len)) = wtf8::decode_at(self.s, self.at) {
            let Some(digit) = unicode::decimal_value(cp) else {
                break;
            };
            value = Some(next_digit(value.unwrap_or(0), digit)?);
            self.at += len;
        }
        Ok(value)
    }
    fn grouping(&mut self) -> Result<Option<Grouping>> {
        let comma = self.take(b',');
        let underscore = self.take(b'_');
        if underscore && (comma || self.s.get(self.at) == Some(&b',')) {
            return Err(Error::value("Cannot specify both ',' and '_'."));
        }
        Ok(if comma {
            Some(Grouping::Comma)
        } else if underscore {
            Some(Grouping::Underscore)
        } else {
            None
        })
    }
}

/// Appends a digit to a width, precision or index of a format.
pub(crate) fn next_digit(value: usize, digit: u32) -> Result<usize> {
    value
        .checked_mul(10)
        .and_then(|v| v.checked_add(digit as usize))
        .filter(|&v| isize::try_from(v).is_ok())
        .ok_or_else(|| Error::value("Too many decimal digits in format string"))
}

/// Parses `spec` for an object whose type is called `type_name`; `default_align` is what numbers
/// (right) and strings (left) differ in.
pub fn parse(spec: &[u8], type_name: &str, default_code: u8, default_align: Align) -> Result<Spec> {
    let mut c = Cursor { s: spec, at: 0 };
    let mut out = Spec {
        fill: 0x20,
        align: default_align,
        align_given: false,
        sign: None,
        no_negative_zero: false,
        alternate: false,
        width: None,
        grouping: None,
        precision: None,
        fraction_grouping: None,
        code: None,
    };
    let mut fill_given = false;
    if let Some((first, len)) = wtf8::decode_at(spec, 0) {
        let second = wtf8::decode_at(spec, len);
        if let Some((align, second_len)) = second.and_then(|(cp, n)| Some((align_of(cp)?, n))) {
            (out.fill, out.align, out.align_given, fill_given) = (first, align, true, true);
            c.at = len + second_len;
        } else if let Some(align) = align_of(first) {
            (out.align, out.align_given) = (align, true);
            c.at = len;
        }
    }
    out.sign = match c.peek() {
        Some(0x2b) => Some(Sign::Plus),
        Some(0x2d) => Some(Sign::Minus),
        Some(0x20) => Some(Sign::Space),
        _ => None,
    };
    c.at += out.sign.is_some() as usize;
    out.no_negative_zero = c.take(b'z');
    out.alternate = c.take(b'#');
    if !fill_given && c.take(b'0') {
        out.fill = 0x30;
        if !out.align_given && default_align == Align::Right {
            out.align = Align::AfterSign;
        }
    }
    out.width = c.number()?;
    out.grouping = c.grouping()?;
    if c.take(b'.') {
        out.precision = c.number()?;
        out.fraction_grouping = c.grouping()?;
        if out.precision.is_none() && out.fraction_grouping.is_none() {
            return Err(Error::value("Format specifier missing precision"));
        }
    }
    if let Some((cp, len)) = wtf8::decode_at(spec, c.at) {
        if c.at + len < spec.len() {
            return Err(Error::value(format!(
                "Invalid format specifier '{}' for object of type '{type_name}'",
                wtf8::display(spec)
            )));
        }
        out.code = Some(cp);
    }
    check_grouping(&mut out, default_code)?;
    Ok(out)
}

fn check_grouping(spec: &mut Spec, default_code: u8) -> Result<()> {
    let code = spec.ascii_code(default_code);
    if let Some(grouping) = spec.grouping {
        match code {
            b'd' | b'e' | b'f' | b'g' | b'E' | b'G' | b'%' | b'F' | 0 => {}
            b'b' | b'o' | b'x' | b'X' if grouping == Grouping::Underscore => {
                spec.grouping = Some(Grouping::UnderscoreFour);
            }
            _ => {
                return Err(cannot_group(grouping, spec.code.unwrap_or(default_code as u32)));
            }
        }
    }
    match spec.fraction_grouping {
        Some(grouping) if code == b'n' => Err(cannot_group(grouping, 0x6e)),
        _ => Ok(()),
    }
}

fn cannot_group(grouping: Grouping, code: u32) -> Error {
    let separator = grouping.separator() as char;
    Error::value(match shown_code(code) {
        Ok(c) => format!("Cannot specify '{separator}' with '{c}'."),
        Err(hex) => format!("Cannot specify '{separator}' with '{hex}'."),
    })
}

/// The error of a type character that this type of object lacks.
pub fn unknown_code(code: u32, type_name: &str) -> Error {
    Error::value(match shown_code(code) {
        Ok(c) => format!("Unknown format code '{c}' for object of type '{type_name}'"),
        Err(hex) => format!("Unknown format code '{hex}' for object of type '{type_name}'"),
    })
}

fn shown_code(code: u32) -> std::result::Result<char, String> {
    match char::from_u32(code) {
        Some(c) if (33..128).contains(&code) => Ok(c),
        _ => Err(format!("\\x{code:x}")),
    }
}

/// `object.__format__` with a specification that is not empty.
pub fn unsupported(type_name: &str) -> Error {
    Error::type_error(format!("unsupported format string passed to {type_name}.__format__"))
}
