//! The bytes of a file as text: byte order mark, coding line, UTF-8.

use crate::error::SyntaxError;
use crate::span::Span;

/// Decodes the bytes of a source file. UTF-8, Latin-1 and ASCII are known here.
pub fn decode(bytes: &[u8]) -> Result<String, SyntaxError> {
    let (bytes, marked) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let declared = coding(bytes);
    let encoding = declared.as_deref().unwrap_or("utf-8");
    // Beside a byte order mark only the one spelling will do.
    let other_spelling = marked && declared.is_some() && !encoding.to_ascii_lowercase().replace('_', "-").starts_with("utf-8");
    match normalised(encoding).as_str() {
        _ if other_spelling => Err(bare(format!("encoding problem: {encoding} with BOM"))),
        "utf-8" => utf8(bytes, declared.is_some() || marked),
        "iso-8859-1" => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        "ascii" => match bytes.iter().position(|byte| !byte.is_ascii()) {
            None => utf8(bytes, true),
            Some(at) => Err(bare(format!(
                "(unicode error) 'ascii' codec can't decode byte 0x{:02x} in position {at}: ordinal not in range(128)",
                bytes[at]
            ))),
        },
        _ => Err(bare(format!("unknown encoding: {encoding}"))),
    }
}

/// The encoding that the bytes of a source file declare.
pub fn declared_encoding(bytes: &[u8]) -> Option<String> {
    coding(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// An error that concerns the whole file.
fn bare(message: String) -> SyntaxError {
    SyntaxError::syntax(message, Span::default())
}

fn utf8(bytes: &[u8], declared: bool) -> Result<String, SyntaxError> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        Err(error) => error,
    };
    let at = error.valid_up_to();
    let byte = bytes[at];
    if declared {
        let reason = if error.error_len().is_none() {
            "unexpected end of data"
        } else if matches!(byte, 0x80..=0xC1 | 0xF5..) {
            "invalid start byte"
        } else {
            "invalid continuation byte"
        };
        let message = format!("(unicode error) 'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: {reason}");
        return Err(bare(message));
    }
    let line = 1 + memchr::memchr_iter(b'\n', &bytes[..at]).count();
    let mut error = bare(format!(
        "Non-UTF-8 code starting with '\\x{byte:02x}' on line {line}, but no encoding declared; \
         see https://peps.python.org/pep-0263/ for details"
    ));
    error.lineno = line as u32;
    Err(error)
}

/// The encoding that one of the first two lines declares.
fn coding(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let first = lines.next()?;
    let blank = |line: &[u8]| {
        let rest = line.trim_ascii_start();
        rest.is_empty() || rest.starts_with(b"#")
    };
    coding_line(first).or_else(|| if blank(first) { coding_line(lines.next()?) } else { None })
}

/// `#.*coding[:=][ \t]*([-\w.]+)`
fn coding_line(line: &[u8]) -> Option<String> {
    let comment = line.trim_ascii_start().strip_prefix(b"#")?;
    let finder = memchr::memmem::Finder::new("coding");
    for at in finder.find_iter(comment) {
        let Some((b':' | b'=', rest)) = comment[at + 6..].split_first() else {
            continue;
        };
        let name: Vec<u8> = rest
            .trim_ascii_start()
            .iter()
            .copied()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            .collect();
        if !name.is_empty() {
            return String::from_utf8(name).ok();
        }
    }
    None
}

/// One spelling for the encodings that have several.
fn normalised(encoding: &str) -> String {
    let name = encoding.to_ascii_lowercase().replace('_', "-");
    let is = |base: &str| name == base || name.starts_with(&format!("{base}-"));
    if is("utf-8") || name == "utf8" || name == "u8" {
        "utf-8".to_owned()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") || matches!(name.as_str(), "latin1" | "l1" | "iso8859-1") {
        "iso-8859-1".to_owned()
    } else if matches!(name.as_str(), "us-ascii" | "ascii" | "646") {
        "ascii".to_owned()
    } else {
        name
    }
}
