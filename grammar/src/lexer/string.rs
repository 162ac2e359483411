//! String literals: plain ones are one token; format strings alternate between text and fields.

use super::{Format, Lexer, MAX_FORMAT_STRINGS, Step};
use crate::Dialect;
use crate::error::SyntaxError;
use crate::span::{LineIndex, Span};
use crate::token::Tok;

/// Fields that may lie in each other's format specifications.
const MAX_FIELDS: usize = 3;

impl Lexer<'_> {
    /// Reads on from the prefix and the first quote.
    pub(super) fn string(&mut self, first: Span) -> Step {
        let bytes = self.source.as_bytes();
        let quote_at = first.end as usize - 1;
        let quote = bytes[quote_at];
        let prefix = &bytes[first.start as usize..quote_at];
        let has = |letter: u8| prefix.iter().any(|byte| byte | 0x20 == letter);
        let format = has(b'f') || has(b't');
        let old = has(b'u') && prefix.len() > 1;
        if !prefix.is_empty() && (format || old) && (old != (self.dialect == Dialect::Python2)) {
            // Not a prefix in this dialect: a name, and then a string.
            self.push(Tok::Name, Span::new(first.start, quote_at as u32));
            return self.string(Span::new(quote_at as u32, first.end));
        }
        let triple = bytes[quote_at..].starts_with(&[quote; 3]);
        let body = quote_at + if triple { 3 } else { 1 };
        if format {
            if self.formats.len() >= MAX_FORMAT_STRINGS {
                return Err(SyntaxError::syntax("too many nested f-strings", first));
            }
            self.words.bump(body - first.end as usize);
            self.push(Tok::FStringStart, Span::new(first.start, body as u32));
            let (raw, template) = (has(b'r'), has(b't'));
            let outside = self.brackets.len();
            self.formats.push(Format { start: first.start, quote, triple, raw, template, outside });
            return Ok(());
        }
        let Some(end) = string_end(bytes, body, quote, triple) else {
            return Err(self.unterminated(first.start, quote, triple, body));
        };
        self.words.bump(end - first.end as usize);
        self.push(Tok::Str, Span::new(first.start, end as u32));
        Ok(())
    }

    fn unterminated(&self, start: u32, quote: u8, triple: bool, body: usize) -> SyntaxError {
        // In a field, the quote that ends the format string looks like the start of another one.
        if let Some(format) = self.formats.last()
            && format.quote == quote
            && format.triple == triple
        {
            let kind = if format.template { "t" } else { "f" };
            let place = Span::new(start, start);
            return SyntaxError::syntax(format!("{kind}-string: expecting '}}'"), place);
        }
        let lines = LineIndex::new(self.source);
        let span = Span::new(start, start);
        if triple {
            // CPython counts the empty line after a last line end too.
            let line = lines.line(self.source.len() as u32) - u32::from(self.source.ends_with('\n'));
            let message = format!("unterminated triple-quoted string literal (detected at line {line})");
            return SyntaxError::syntax(message, span).incomplete();
        }
        // An escaped line end carries the string on.
        let bytes = self.source.as_bytes();
        let mut at = body;
        while let Some(step) = memchr::memchr3(b'\\', b'\n', b'\r', &bytes[at..]) {
            at += step;
            if bytes[at] != b'\\' {
                break;
            }
            at = (at + 2).min(bytes.len());
        }
        // A line end that was escaped at the end of the text begins no line.
        let ends = at >= bytes.len() && bytes.ends_with(b"\n");
        let line = lines.line(at as u32) - u32::from(ends);
        let open = at >= bytes.len() && (bytes.ends_with(b"\\") || bytes.ends_with(b"\\\n"));
        // In bytes: an escape of a wide character can end inside of it.
        let text = bytes.get(body..at.min(bytes.len())).unwrap_or(&[]);
        let hint =
            if memchr::memmem::find(text, &[b'\\', quote]).is_some() { "; perhaps you escaped the end quote?" } else { "" };
        let error = SyntaxError::syntax(format!("unterminated string literal (detected at line {line}){hint}"), span);
        // The next line would carry it on.
        if open { error.incomplete() } else { error }
    }

    /// Whether the next characters are text of a format string.
    pub(super) fn in_format_text(&self) -> bool {
        let Some(format) = self.formats.last() else {
            return false;
        };
        self.brackets.len() == format.outside || self.brackets.last().is_some_and(|bracket| bracket.in_format)
    }

    fn push_text(&mut self, from: usize, to: usize) {
        if to > from {
            self.push(Tok::FStringMiddle, Span::new(from as u32, to as u32));
        }
    }

    /// Reads text up to the next field, the end of the format or the end of the string.
    pub(super) fn format_text(&mut self) -> Step {
        let Some(format) = self.formats.last() else {
            return Ok(());
        };
        let (quote, triple, raw) = (format.quote, format.triple, format.raw);
        let in_spec = self.brackets.len() > format.outside;
        let bytes = self.source.as_bytes();
        let begin = self.here();
        let mut at = begin;
        loop {
            let Some(byte) = bytes.get(at).copied() else {
                return Err(self.unterminated_format(format));
            };
            match byte {
                b'{' if !in_spec && bytes.get(at + 1) == Some(&b'{') => at += 2,
                b'{' => {
                    let depth = self.brackets[format.outside..].iter().filter(|bracket| bracket.in_format).count();
                    if depth >= MAX_FIELDS {
                        let kind = if format.template { "t" } else { "f" };
                        let span = Span::new(at as u32, at as u32 + 1);
                        return Err(SyntaxError::syntax(format!("{kind}-string: expressions nested too deeply"), span));
                    }
                    self.words.bump(at + 1 - begin);
                    self.push_text(begin, at);
                    return self.open(Tok::LBrace, Span::new(at as u32, at as u32 + 1), true);
                }
                b'}' if in_spec => {
                    self.words.bump(at + 1 - begin);
                    self.push_text(begin, at);
                    return self.close(Tok::RBrace, Span::new(at as u32, at as u32 + 1));
                }
                b'}' if bytes.get(at + 1) == Some(&b'}') => at += 2,
                b'}' => {
                    let kind = if format.template { "t" } else { "f" };
                    let span = Span::new(at as u32, at as u32);
                    return Err(SyntaxError::syntax(format!("{kind}-string: single '}}' is not allowed"), span));
                }
                b'\\' => {
                    if raw {
                        // The backslash stays, and takes the sting out of a quote, not of a brace.
                        at += if matches!(bytes.get(at + 1), Some(b'{' | b'}')) { 1 } else { 2 };
                    } else if bytes[at..].starts_with(b"\\N{") && !in_spec {
                        at += 3 + memchr::memchr2(b'}', quote, &bytes[at + 3..])
                            .map_or(0, |step| step + usize::from(bytes[at + 3 + step] == b'}'));
                    } else if matches!(bytes.get(at + 1), Some(b'{' | b'}')) {
                        at += 1;
                    } else if bytes[at + 1..].starts_with(b"\r\n") {
                        at += 3;
                    } else {
                        at += 2;
                    }
                }
                b'\n' | b'\r' if !triple => {
                    if in_spec && let Some(field) = self.brackets.last() {
                        return Err(crate::diagnose::never_closed(b'{', field.at));
                    }
                    return Err(self.unterminated_format(format));
                }
                _ if byte == quote && (!triple || bytes[at..].starts_with(&[quote; 3])) => {
                    if in_spec {
                        // Only the end of the string can be meant: the field was never closed.
                        let kind = if format.template { "t" } else { "f" };
                        let span = Span::new(at as u32, at as u32 + 1);
                        return Err(SyntaxError::syntax(format!("{kind}-string: expecting '}}', or format specs"), span));
                    }
                    let end = at + if triple { 3 } else { 1 };
                    self.words.bump(end - begin);
                    self.push_text(begin, at);
                    self.formats.pop();
                    self.push(Tok::FStringEnd, Span::new(at as u32, end as u32));
                    return Ok(());
                }
                _ => at += 1,
            }
        }
    }

    pub(super) fn unterminated_format(&self, format: &Format) -> SyntaxError {
        let lines = LineIndex::new(self.source);
        let span = Span::new(format.start, format.start);
        let kind = if format.template { "t" } else { "f" };
        if format.triple {
            let line = lines.line(self.source.len() as u32) - u32::from(self.source.ends_with('\n'));
            let message = format!("unterminated triple-quoted {kind}-string literal (detected at line {line})");
            return SyntaxError::syntax(message, span).incomplete();
        }
        let line = lines.line(self.here() as u32);
        SyntaxError::syntax(format!("unterminated {kind}-string literal (detected at line {line})"), span)
    }
}

/// Where a plain string ends, its closing quotes included.
fn string_end(bytes: &[u8], body: usize, quote: u8, triple: bool) -> Option<usize> {
    let mut at = body;
    loop {
        let rest = bytes.get(at..)?;
        if triple {
            at += memchr::memchr2(quote, b'\\', rest)?;
            if bytes[at] == b'\\' {
                at += 2;
            } else if bytes[at..].starts_with(&[quote; 3]) {
                return Some(at + 3);
            } else {
                at += 1;
            }
        } else {
            at += rest.iter().position(|byte| *byte == quote || matches!(byte, b'\\' | b'\n' | b'\r'))?;
            match bytes[at] {
                b'\\' => at += if bytes[at + 1..].starts_with(b"\r\n") { 3 } else { 2 },
                b'\n' | b'\r' => return None,
                _ => return Some(at + 1),
            }
        }
    }
}
