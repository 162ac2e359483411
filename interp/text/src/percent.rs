//! `%`-formatting: the parser of `'%(name)-#05.*f'` for `str` and `bytes`, and its application to
//! numbers and strings. Fetching arguments, and the errors about them, are the caller's; one of
//! them ("format requires a mapping") comes before "incomplete format key".

use crate::error::{Error, Result};
use crate::float::{self, Style};
use crate::format::IntRef;
use crate::int;
use crate::wtf8;

/// A width or precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Given(usize),
    /// `*`: from the arguments.
    Argument,
}

/// One conversion of a format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conversion<'a> {
    pub key: Option<&'a [u8]>,
    pub left: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: Option<Size>,
    pub precision: Option<Size>,
    /// The conversion character; `%` stands for itself.
    pub code: u32,
    /// Position of that character in characters, if it is none that a conversion has.
    pub index: usize,
}

/// A format that is gone through piece by piece.
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    s: &'a [u8],
    at: usize,
    text: bool,
}

/// The pieces of a format; `text`: characters are code points (`str`), else bytes.
pub fn pieces(format: &[u8], text: bool) -> Pieces<'_> {
    Pieces { s: format, at: 0, text }
}

/// What comes next in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next<'a> {
    Literal(&'a [u8]),
    /// A conversion, which was written where the caller said.
    Conversion,
    End,
}

impl<'a> Pieces<'a> {
    /// The next piece. A conversion goes to `into`: it is large, and formats are short.
    #[inline]
    pub fn advance(&mut self, into: &mut Conversion<'a>) -> Result<Next<'a>> {
        let rest = &self.s[self.at..];
        if rest.is_empty() {
            return Ok(Next::End);
        }
        let literal = crate::methods::search::byte_soon(rest, b'%').unwrap_or(rest.len());
        if literal > 0 {
            self.at += literal;
            return Ok(Next::Literal(&rest[..literal]));
        }
        self.at += 1;
        *into = Conversion::default();
        if let Some(&code @ (b'd' | b's')) = rest.get(1) {
            self.at += 1;
            into.code = u32::from(code);
            return Ok(Next::Conversion);
        }
        self.conversion(into).map(|()| Next::Conversion)
    }
}

fn incomplete() -> Error {
    Error::value("incomplete format")
}

impl<'a> Pieces<'a> {
    fn peek(&self) -> Option<u8> {
        self.s.get(self.at).copied()
    }

    fn conversion(&mut self, c: &mut Conversion<'a>) -> Result<()> {
        if self.peek() == Some(b'(') {
            c.key = Some(self.key()?);
        }
        loop {
            match self.peek() {
                Some(b'-') => c.left = true,
                Some(b'+') => c.plus = true,
                Some(b' ') => c.space = true,
                Some(b'#') => c.alternate = true,
                Some(b'0') => c.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        c.width = self.size("width too big", isize::MAX as usize)?;
        if self.peek() == Some(b'.') {
            self.at += 1;
            let message = if self.text { "precision too big" } else { "prec too big" };
            c.precision = Some(self.size(message, i32::MAX as usize)?.unwrap_or(Size::Given(0)));
        }
        if matches!(self.peek(), Some(b'h' | b'l' | b'L')) {
            self.at += 1;
        }
        let (cp, len) = match self.peek() {
            None => return Err(incomplete()),
            Some(byte) if !self.text => (byte as u32, 1),
            Some(_) => wtf8::decode_at(self.s, self.at).ok_or_else(incomplete)?,
        };
        c.code = cp;
        // Only the message about a character that does not exist needs its place.
        let known = b"diouxXeEfFgGcrsab".contains(&u8::try_from(cp).unwrap_or(0));
        if !known && !(cp == u32::from(b'%') && c.is_bare()) {
            c.index = if self.text { wtf8::char_index(self.s, self.at) } else { self.at };
        }
        self.at += len;
        Ok(())
    }

    /// The key in parentheses, which may nest.
    fn key(&mut self) -> Result<&'a [u8]> {
        let start = self.at + 1;
        let mut depth = 0;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(&self.s[start..self.at - 1]);
            }
        }
        Err(Error::value("incomplete format key"))
    }

    fn size(&mut self, too_big: &'static str, most: usize) -> Result<Option<Size>> {
        if self.peek() == Some(b'*') {
            self.at += 1;
            return Ok(Some(Size::Argument));
        }
        let mut value: Option<usize> = None;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            let next = value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add((digit - b'0') as usize));
            value = Some(next.filter(|&v| v <= most).ok_or_else(|| Error::value(too_big))?);
            self.at += 1;
        }
        Ok(value.map(Size::Given))
    }
}

impl Conversion<'_> {
    /// The error of a conversion character that does not exist.
    pub fn unsupported(&self) -> Error {
        let shown = char::from_u32(self.code).filter(|_| (32..127).contains(&self.code)).unwrap_or('?');
        Error::value(format!("unsupported format character '{shown}' ({:#x}) at index {}", self.code, self.index))
    }

    /// Settles a `*` width: a negative one means left.
    pub fn set_width(&mut self, argument: i64) {
        self.left |= argument < 0;
        self.width = Some(Size::Given(argument.unsigned_abs() as usize));
    }

    /// Settles a `*` precision: a negative one means none at all but zero.
    pub fn set_precision(&mut self, argument: i64) {
        self.precision = Some(Size::Given(usize::try_from(argument).unwrap_or(0)));
    }

    /// Whether it is a letter alone.
    pub fn is_bare(&self) -> bool {
        !(self.left || self.plus || self.space || self.alternate || self.zero)
            && self.key.is_none()
            && self.width.is_none()
            && self.precision.is_none()
    }

    fn given(size: Option<Size>) -> Option<usize> {
        match size {
            Some(Size::Given(n)) => Some(n),
            _ => None,
        }
    }

    /// `%d %i %u %o %x %X` of an integer. `limit`: see `int`.
    pub fn push_int(&self, out: &mut Vec<u8>, n: IntRef<'_>, limit: usize) -> Result<()> {
        let (base, prefix) = match self.code {
            0x6f => (8, "0o"),
            0x78 => (16, "0x"),
            0x58 => (16, "0X"),
            _ => (10, ""),
        };
        let negative = match n {
            IntRef::Small(n) => n < 0,
            IntRef::Big(n) => n.sign() == dashu_int::Sign::Negative,
        };
        let mut digits = match n {
            IntRef::Small(n) => int::magnitude_i64(n, base),
            IntRef::Big(n) => int::magnitude_big(n, base, limit)?,
        };
        if self.code == 0x58 {
            digits.make_ascii_uppercase();
        }
        let zeros = Self::given(self.precision).unwrap_or(0).saturating_sub(digits.len());
        if zeros > 0 {
            let mut padded = Vec::new();
            padded.try_reserve_exact(zeros + digits.len()).map_err(|_| Error::memory())?;
            padded.resize(zeros, b'0');
            padded.extend_from_slice(digits.as_bytes());
            return self.push_number(out, negative, if self.alternate { prefix } else { "" }, &padded);
        }
        self.push_number(out, negative, if self.alternate { prefix } else { "" }, digits.as_bytes())
    }

    /// `%e %E %f %F %g %G` of a float.
    pub fn push_float(&self, out: &mut Vec<u8>, x: f64) -> Result<()> {
        let precision = Self::given(self.precision).unwrap_or(6);
        Vec::<u8>::new().try_reserve_exact(precision).map_err(|_| Error::memory())?;
        let style = Style { alternate: self.alternate, ..Style::new(self.code as u8, precision) };
        let mut text = String::new();
        float::push(&mut text, x, style);
        let bytes = text.as_bytes();
        match bytes {
            [b'-', rest @ ..] => self.push_number(out, true, "", rest),
            _ => self.push_number(out, false, "", bytes),
        }
    }

    fn push_number(&self, out: &mut Vec<u8>, negative: bool, prefix: &str, digits: &[u8]) -> Result<()> {
        let sign = match (negative, self.plus, self.space) {
            (true, _, _) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let len = sign.len() + prefix.len() + digits.len();
        let total = self.padding(out, len)?;
        let (left, inner, right) = match (self.left, self.zero) {
            (true, _) => (0, 0, total),
            (_, true) => (0, total, 0),
            _ => (total, 0, 0),
        };
        out.resize(out.len() + left, b' ');
        out.extend_from_slice(sign.as_bytes());
        out.extend_from_slice(prefix.as_bytes());
        out.resize(out.len() + inner, b'0');
        out.extend_from_slice(digits);
        out.resize(out.len() + right, b' ');
        Ok(())
    }

    fn padding(&self, out: &mut Vec<u8>, len: usize) -> Result<usize> {
        let total = Self::given(self.width).unwrap_or(0).saturating_sub(len);
        out.try_reserve(total.saturating_add(len)).map_err(|_| Error::memory())?;
        Ok(total)
    }

    /// `%s %r %a %c %b` of a text; `chars`: its length (characters, or bytes for a bytes format).
    pub fn push_text(&self, out: &mut Vec<u8>, s: &[u8], chars: usize, text: bool) -> Result<()> {
        let (s, chars) = match Self::given(self.precision) {
            // A character is never cut.
            Some(p) if p < chars && self.code != 0x63 => (if text { &s[..wtf8::byte_offset(s, p)] } else { &s[..p] }, p),
            _ => (s, chars),
        };
        let total = self.padding(out, chars)?;
        if !self.left {
            out.resize(out.len() + total, b' ');
        }
        out.extend_from_slice(s);
        if self.left {
            out.resize(out.len() + total, b' ');
        }
        Ok(())
    }
}
