//! The parser of `str.format` templates, which `string.Formatter` shares.

use crate::error::{Error, Result};
use crate::spec::next_digit;
use crate::unicode;
use crate::wtf8;

/// A replacement field. `conversion` is the character after `!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    pub name: &'a [u8],
    pub conversion: Option<u32>,
    pub spec: &'a [u8],
    /// The specification holds fields itself.
    pub nested: bool,
}

/// A literal and the field after it, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    pub literal: &'a [u8],
    pub field: Option<Field<'a>>,
}

/// Iterator over the parts of a template; ends at the first error.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    s: &'a [u8],
    at: usize,
}

/// The parts of a template.
pub fn parts(template: &[u8]) -> Parts<'_> {
    Parts { s: template, at: 0 }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Result<Part<'a>>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.s.len() {
            return None;
        }
        let part = self.part();
        if part.is_err() {
            self.at = self.s.len();
        }
        Some(part)
    }
}

/// Where the first brace is. Literals are short as a rule: a look at each byte finds it sooner.
fn brace_soon(s: &[u8]) -> Option<usize> {
    let near = &s[..s.len().min(16)];
    match near.iter().position(|b| matches!(b, b'{' | b'}')) {
        None if s.len() > near.len() => memchr::memchr2(b'{', b'}', s),
        found => found,
    }
}

impl<'a> Parts<'a> {
    fn part(&mut self) -> Result<Part<'a>> {
        let s = self.s;
        let start = self.at;
        let Some(brace) = brace_soon(&s[start..]).map(|k| start + k) else {
            self.at = s.len();
            return Ok(Part { literal: &s[start..], field: None });
        };
        let byte = s[brace];
        let next = s.get(brace + 1).copied();
        if next == Some(byte) {
            self.at = brace + 2;
            return Ok(Part { literal: &s[start..=brace], field: None });
        }
        if byte == b'}' {
            return Err(Error::value("Single '}' encountered in format string"));
        }
        if next.is_none() {
            return Err(Error::value("Single '{' encountered in format string"));
        }
        self.at = brace + 1;
        let field = self.field()?;
        Ok(Part { literal: &s[start..brace], field: Some(field) })
    }

    fn bump(&mut self) -> Option<u8> {
        let byte = self.s.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn field(&mut self) -> Result<Field<'a>> {
        let s = self.s;
        let start = self.at;
        let end = loop {
            match self.bump() {
                None => return Err(Error::value("expected '}' before end of string")),
                Some(b'{') => return Err(Error::value("unexpected '{' in field name")),
                Some(b'[') => {
                    let close = memchr::memchr(b']', &s[self.at..]);
                    self.at = close.map_or(s.len(), |k| self.at + k);
                }
                Some(b @ (b'}' | b':' | b'!')) => break b,
                Some(_) => {}
            }
        };
        let mut field = Field { name: &s[start..self.at - 1], conversion: None, spec: b"", nested: false };
        if end == b'}' {
            return Ok(field);
        }
        if end == b'!' {
            let (cp, len) = wtf8::decode_at(s, self.at)
                .ok_or_else(|| Error::value("end of string while looking for conversion specifier"))?;
            self.at += len;
            field.conversion = Some(cp);
            match self.bump() {
                Some(b'}') => return Ok(field),
                Some(b':') => {}
                None => return Err(Error::value("unmatched '{' in format spec")),
                Some(_) => return Err(Error::value("expected ':' after conversion specifier")),
            }
        }
        let start = self.at;
        let mut depth = 1;
        loop {
            match self.bump() {
                Some(b'{') => {
                    field.nested = true;
                    depth += 1;
                }
                Some(b'}') => {
                    depth -= 1;
                    if depth == 0 {
                        field.spec = &s[start..self.at - 1];
                        return Ok(field);
                    }
                }
                Some(_) => {}
                None => return Err(Error::value("unmatched '{' in format spec")),
            }
        }
    }
}

/// The error of a conversion other than `r`, `s` and `a`.
pub fn unknown_conversion(cp: u32) -> Error {
    Error::value(match char::from_u32(cp) {
        Some(c) if (33..127).contains(&cp) => format!("Unknown conversion specifier {c}"),
        _ => format!("Unknown conversion specifier \\x{cp:x}"),
    })
}

/// The argument that a field begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First<'a> {
    /// `{}`: the next in turn.
    Auto,
    Index(usize),
    Name(&'a [u8]),
}

/// A step into the argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    Attribute(&'a [u8]),
    Index(usize),
    Key(&'a [u8]),
}

/// An index if all characters are digits (of any script).
fn index(s: &[u8]) -> Result<Option<usize>> {
    if s.is_empty() {
        return Ok(None);
    }
    let mut value = 0;
    for cp in wtf8::code_points(s) {
        let Some(digit) = unicode::decimal_value(cp) else {
            return Ok(None);
        };
        value = next_digit(value, digit)?;
    }
    Ok(Some(value))
}

/// Splits `0.name[key]` into its argument and its steps.
pub fn split_name(name: &[u8]) -> Result<(First<'_>, Steps<'_>)> {
    let end = memchr::memchr2(b'.', b'[', name).unwrap_or(name.len());
    let (first, rest) = name.split_at(end);
    let first = match index(first)? {
        Some(n) => First::Index(n),
        None if first.is_empty() => First::Auto,
        None => First::Name(first),
    };
    Ok((first, Steps { rest }))
}

/// Iterator over the steps of a field name.
#[derive(Clone, Debug)]
pub struct Steps<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Steps<'a> {
    type Item = Result<Step<'a>>;
    fn next(&mut self) -> Option<Self::Item> {
        let (&mark, rest) = self.rest.split_first()?;
        let step = self.step(mark, rest);
        if step.is_err() {
            self.rest = b"";
        }
        Some(step)
    }
}

impl<'a> Steps<'a> {
    fn step(&mut self, mark: u8, rest: &'a [u8]) -> Result<Step<'a>> {
        let empty = || Error::value("Empty attribute in format string");
        match mark {
            b'.' => {
                let end = memchr::memchr2(b'.', b'[', rest).unwrap_or(rest.len());
                self.rest = &rest[end..];
                if end == 0 { Err(empty()) } else { Ok(Step::Attribute(&rest[..end])) }
            }
            b'[' => {
                let end = memchr::memchr(b']', rest).ok_or_else(|| Error::value("Missing ']' in format string"))?;
                self.rest = &rest[end + 1..];
                let key = &rest[..end];
                match index(key)? {
                    Some(n) => Ok(Step::Index(n)),
                    None if key.is_empty() => Err(empty()),
                    None => Ok(Step::Key(key)),
                }
            }
            _ => Err(Error::value("Only '.' or '[' may follow ']' in format field specifier")),
        }
    }
}

/// Numbers the `{}` fields of one template and forbids mixing them with `{0}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AutoNumber {
    #[default]
    Undecided,
    Auto(usize),
    Manual,
}

impl AutoNumber {
    /// The index of a field, `None` for a named one.
    pub fn index(&mut self, first: First<'_>) -> Result<Option<usize>> {
        match (first, *self) {
            (First::Name(_), _) => Ok(None),
            (First::Auto, AutoNumber::Manual) => {
                Err(Error::value("cannot switch from manual field specification to automatic field numbering"))
            }
            (First::Index(_), AutoNumber::Auto(_)) => {
                Err(Error::value("cannot switch from automatic field numbering to manual field specification"))
            }
            (First::Index(n), _) => {
                *self = AutoNumber::Manual;
                Ok(Some(n))
            }
            (First::Auto, state) => {
                let n = if let AutoNumber::Auto(n) = state { n } else { 0 };
                *self = AutoNumber::Auto(n + 1);
                Ok(Some(n))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(template: &str) -> String {
        let text = |s: &[u8]| String::from_utf8_lossy(s).into_owned();
        let mut out = Vec::new();
        for part in parts(template.as_bytes()) {
            match part {
                Ok(Part { literal, field: None }) => out.push(text(literal)),
                Ok(Part { literal, field: Some(f) }) => out.push(format!(
                    "{}<{}|{}|{}>",
                    text(literal),
                    text(f.name),
                    f.conversion.and_then(char::from_u32).map(String::from).unwrap_or_default(),
                    text(f.spec)
                )),
                Err(e) => out.push(e.message.into_owned()),
            }
        }
        out.join(" / ")
    }

    #[test]
    fn templates() {
        for (template, expected) in [
            ("", ""),
            ("a{{b}}c", "a{ / b} / c"),
            ("x{0.a[k:}!]!r:{w}.{p}}y", "x<0.a[k:}!]|r|{w}.{p}> / y"),
            ("{}{:}{!s}", "<||> / <||> / <|s|>"),
            ("{", "Single '{' encountered in format string"),
            ("}", "Single '}' encountered in format string"),
            ("a}b", "Single '}' encountered in format string"),
            ("{a", "expected '}' before end of string"),
            ("{a[}", "expected '}' before end of string"),
            ("{a{b}}", "unexpected '{' in field name"),
            ("{!", "end of string while looking for conversion specifier"),
            ("{!r", "unmatched '{' in format spec"),
            ("{!rs}", "expected ':' after conversion specifier"),
            ("{:{}", "unmatched '{' in format spec"),
            ("{:", "unmatched '{' in format spec"),
        ] {
            assert_eq!(show(template), expected, "{template}");
        }
    }

    #[test]
    fn names() {
        let steps = |s: &'static str| split_name(s.as_bytes()).and_then(|(f, steps)| Ok((f, steps.collect::<Result<Vec<_>>>()?)));
        assert_eq!(
            steps("0.a[3][k].b"),
            Ok((First::Index(0), vec![Step::Attribute(b"a"), Step::Index(3), Step::Key(b"k"), Step::Attribute(b"b")]))
        );
        assert_eq!(steps("[-1]"), Ok((First::Auto, vec![Step::Key(b"-1")])));
        let message = |s| steps(s).map_err(|e| e.message.into_owned()).err().unwrap_or_default();
        assert_eq!(message("a."), "Empty attribute in format string");
        assert_eq!(message("a[]"), "Empty attribute in format string");
        assert_eq!(message("a[1"), "Missing ']' in format string");
        assert_eq!(message("a[1]b"), "Only '.' or '[' may follow ']' in format field specifier");
        assert_eq!(message("99999999999999999999"), "Too many decimal digits in format string");
    }

    #[test]
    fn numbering() {
        let mut auto = AutoNumber::default();
        assert_eq!(auto.index(First::Auto), Ok(Some(0)));
        assert_eq!(auto.index(First::Name(b"a")), Ok(None));
        assert_eq!(auto.index(First::Auto), Ok(Some(1)));
        assert!(auto.index(First::Index(0)).is_err());
    }
}
