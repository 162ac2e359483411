//! Literals that are valid but hardly meant, of which the parser says nothing: escapes that are
//! none, and numbers that run into a word.

use crate::span::Span;
use crate::token::{Tok, Token};
use crate::{Dialect, Options, lexer};

/// What is dubious about the literals of a text that parses, and where.
pub fn dubious_literals(source: &str, dialect: Dialect) -> Vec<(Span, String)> {
    let mut found = Vec::new();
    if dialect == Dialect::Python2 || !worth_a_look(source.as_bytes()) {
        return found;
    }
    let tokens = lexer::lex(source, dialect, Options::default()).tokens;
    // Whether the f-strings around are raw.
    let mut raw = Vec::new();
    for Token { kind, span } in tokens {
        let text = source.as_bytes().get(span.start as usize..span.end as usize).unwrap_or_default();
        match kind {
            Tok::Number => number(source, span, &mut found),
            Tok::Str => {
                let prefix = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                let has = |letter: u8| text[..prefix].iter().any(|byte| byte | 0x20 == letter);
                if !has(b'r') {
                    escapes(&text[prefix..], span, prefix, has(b'b'), &mut found);
                }
            }
            Tok::FStringStart => raw.push(text.iter().any(|byte| byte | 0x20 == b'r')),
            Tok::FStringMiddle if raw.last() != Some(&true) => escapes(text, span, 0, false, &mut found),
            Tok::FStringEnd => {
                raw.pop();
            }
            _ => {}
        }
    }
    found
}

/// Whether there is a backslash before something unusual, or a digit before the start of a word
/// that may follow a number.
fn worth_a_look(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|three| match three {
        [b'\\', next, _] => !b"\n\r\\'\"abfnrtvx0".contains(next),
        [b'0'..=b'9' | b'.' | b'j' | b'J' | b'a'..=b'f' | b'A'..=b'F', first, second] => follows(&[*first, *second]),
        _ => false,
    })
}

/// Whether a word may follow a number at once.
fn follows(rest: &[u8]) -> bool {
    [&b"an"[..], b"el", b"fo", b"if", b"in", b"is", b"no", b"or"].iter().any(|word| rest.starts_with(word))
}

/// `1if`
fn number(source: &str, span: Span, found: &mut Vec<(Span, String)>) {
    let bytes = source.as_bytes();
    let rest = bytes.get(span.end as usize..).unwrap_or_default();
    let text = bytes.get(span.start as usize..span.end as usize).unwrap_or_default();
    let word = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if !matches!(&rest[..word], b"and" | b"else" | b"for" | b"if" | b"in" | b"is" | b"not" | b"or") {
        return;
    }
    let name = match text {
        [b'0', b'x' | b'X', ..] => "hexadecimal",
        [b'0', b'o' | b'O', ..] => "octal",
        [b'0', b'b' | b'B', ..] => "binary",
        [.., b'j' | b'J'] => "imaginary",
        _ => "decimal",
    };
    found.push((Span { start: span.end, end: span.end }, format!("invalid {name} literal")));
}

/// The first escape of a string that is none; `at`: where `text` begins in the token.
fn escapes(text: &[u8], span: Span, at: usize, bytes: bool, found: &mut Vec<(Span, String)>) {
    let mut k = 0;
    while k < text.len() {
        if text[k] != b'\\' {
            k += 1;
            continue;
        }
        // A text of an f-string may end before the brace of a field.
        let next = text.get(k + 1).copied().unwrap_or(b'{');
        let octal = text[k + 1..].iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
        let shown = if octal == 3 && next >= b'4' {
            String::from_utf8_lossy(&text[k + 1..k + 4]).into_owned()
        } else if octal > 0
            || b"\n\r\\'\"abfnrtvx".contains(&next)
            || !bytes && b"NuU".contains(&next)
            || !next.is_ascii()
            || !next.is_ascii_graphic() && next != b' '
        {
            k += 2;
            continue;
        } else {
            char::from(next).to_string()
        };
        let kind = if octal == 3 { "octal escape" } else { "escape" };
        let start = span.start + (at + k) as u32;
        let message = format!(
            "\"\\{shown}\" is an invalid {kind} sequence. Such sequences will not work in the future. \
             Did you mean \"\\\\{shown}\"? A raw string is also an option."
        );
        found.push((Span { start, end: start + 1 + shown.len() as u32 }, message));
        return;
    }
}
