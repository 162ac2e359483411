//! Numbers: where a numeric literal ends, and what is wrong with one that is not valid.

use super::{Lexer, Step};
use crate::Dialect;
use crate::error::SyntaxError;
use crate::span::Span;
use crate::token::Tok;

impl Lexer<'_> {
    /// Reads on from the first digit (or the point and a digit).
    pub(super) fn number(&mut self, first: Span) -> Step {
        let scan = Scan { bytes: self.source.as_bytes(), start: first.start as usize, python2: self.dialect == Dialect::Python2 };
        let end = match scan.number() {
            Err(_) if self.lenient => {
                let rest = &scan.bytes[first.end as usize..];
                let digit = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
                first.end as usize + rest.iter().take_while(digit).count()
            }
            end => end?,
        };
        self.words.bump(end - first.end as usize);
        self.push(Tok::Number, Span::new(first.start, end as u32));
        Ok(())
    }
}

struct Scan<'s> {
    bytes: &'s [u8],
    start: usize,
    python2: bool,
}

impl Scan<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn error<T>(&self, message: impl Into<String>, start: usize, end: usize) -> Step<T> {
        Err(SyntaxError::syntax(message, Span::new(start as u32, end as u32)))
    }

    /// An error at one place, which has no length.
    fn error_at<T>(&self, message: impl Into<String>, at: usize) -> Step<T> {
        self.error(message, at, at)
    }

    fn number(&self) -> Step<usize> {
        let at = self.start;
        if self.byte(at) == b'0' {
            let (base, name): (u8, _) = match self.byte(at + 1) | 0x20 {
                b'x' => (16, "hexadecimal"),
                b'o' => (8, "octal"),
                b'b' => (2, "binary"),
                _ => (10, "decimal"),
            };
            if base != 10 {
                return self.radix(at + 2, base, name);
            }
        }
        self.decimal()
    }

    /// Digits after `0x`, `0o` or `0b`.
    fn radix(&self, mut at: usize, base: u8, name: &str) -> Step<usize> {
        let fits = |byte: u8| (byte as char).is_digit(u32::from(base));
        loop {
            if self.byte(at) == b'_' {
                at += 1;
            }
            if !fits(self.byte(at)) {
                if self.byte(at).is_ascii_digit() {
                    let digit = self.byte(at) as char;
                    return self.error_at(format!("invalid digit '{digit}' in {name} literal"), at);
                }
                return self.error_at(format!("invalid {name} literal"), at.saturating_sub(1));
            }
            while fits(self.byte(at)) {
                at += 1;
            }
            if self.byte(at) != b'_' {
                break;
            }
        }
        if base != 16 && self.byte(at).is_ascii_digit() {
            let digit = self.byte(at) as char;
            return self.error_at(format!("invalid digit '{digit}' in {name} literal"), at);
        }
        self.end(at, name)
    }

    /// Digits with single underscores between them.
    fn digits(&self, mut at: usize) -> Step<usize> {
        loop {
            while self.byte(at).is_ascii_digit() {
                at += 1;
            }
            if self.byte(at) != b'_' {
                return Ok(at);
            }
            at += 1;
            if !self.byte(at).is_ascii_digit() {
                return self.error_at("invalid decimal literal", at - 1);
            }
        }
    }

    fn decimal(&self) -> Step<usize> {
        let mut at = self.start;
        let mut real = false;
        if self.byte(at) != b'.' {
            at = self.digits(at)?;
        }
        let whole = at;
        if self.byte(at) == b'.' {
            real = true;
            at += 1;
            if self.byte(at).is_ascii_digit() {
                at = self.digits(at)?;
            }
        }
        if self.byte(at) | 0x20 == b'e' {
            let sign = usize::from(matches!(self.byte(at + 1), b'+' | b'-'));
            if self.byte(at + 1 + sign).is_ascii_digit() {
                real = true;
                at = self.digits(at + 1 + sign)?;
            } else if sign == 1 {
                return self.error_at("invalid decimal literal", at);
            }
        }
        if self.byte(at) | 0x20 == b'j' {
            return self.end(at + 1, "imaginary");
        }
        if real {
            return self.end(at, "decimal");
        }
        self.integer(whole)
    }

    /// The rules for an integer that ends at `at`.
    fn integer(&self, at: usize) -> Step<usize> {
        let digits = &self.bytes[self.start..at];
        let leading_zero = digits.len() > 1 && digits[0] == b'0' && digits.iter().any(|digit| (b'1'..=b'9').contains(digit));
        if self.python2 {
            if leading_zero && let Some(bad) = digits.iter().position(|digit| *digit > b'7' && *digit != b'_') {
                return self.error("invalid token", self.start, self.start + bad + 1);
            }
            return self.end(at + usize::from(self.byte(at) | 0x20 == b'l'), "decimal");
        }
        if leading_zero {
            let message = "leading zeros in decimal integer literals are not permitted; \
                           use an 0o prefix for octal integers";
            let zeros = digits.iter().take_while(|digit| matches!(digit, b'0' | b'_')).count();
            return self.error(message, self.start, self.start + zeros);
        }
        self.end(at, "decimal")
    }

    /// A name must not follow directly, except for the words that can follow a number.
    fn end(&self, mut at: usize, name: &str) -> Step<usize> {
        if self.python2 && name != "decimal" && name != "imaginary" && self.byte(at) | 0x20 == b'l' {
            at += 1;
        }
        let next = self.byte(at);
        if !(next.is_ascii_alphabetic() || next == b'_' || next >= 0x80) {
            return Ok(at);
        }
        let rest = &self.bytes[at..];
        let words: [&[u8]; 8] = [b"and", b"else", b"for", b"if", b"in", b"is", b"not", b"or"];
        if words.iter().any(|word| rest.starts_with(word)) {
            return Ok(at);
        }
        self.error_at(format!("invalid {name} literal"), at - 1)
    }
}
