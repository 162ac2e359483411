//! UTF-8, strict: surrogates are faults in both directions.

use super::Fault;

/// The byte order mark in UTF-8.
pub const MARK: &[u8] = b"\xef\xbb\xbf";
const NAME: &str = "utf-8";

/// Decodes from byte `at` on; returns how far it came.
pub fn decode(input: &[u8], at: usize, last: bool, out: &mut Vec<u8>) -> Result<usize, Fault> {
    let at = at.min(input.len());
    let rest = &input[at..];
    let error = match std::str::from_utf8(rest) {
        Ok(_) => {
            out.extend_from_slice(rest);
            return Ok(input.len());
        }
        Err(error) => error,
    };
    let start = at + error.valid_up_to();
    out.extend_from_slice(&input[at..start]);
    match error.error_len() {
        None if !last => Ok(start),
        // Half a surrogate: what comes next decides, for a handler that lets them pass.
        Some(_) if !last && matches!(input[start..], [0xed, 0xa0..=0xbf]) => Ok(start),
        None => Err(Fault::decode(NAME, start, input.len(), "unexpected end of data")),
        Some(len) => {
            let lead = matches!(input[start], 0xc2..=0xf4);
            let reason = if lead { "invalid continuation byte" } else { "invalid start byte" };
            Err(Fault::decode(NAME, start, start + len, reason))
        }
    }
}

/// UTF-8 whose mark at the start is dropped.
pub fn decode_sig(input: &[u8], at: usize, last: bool, out: &mut Vec<u8>) -> Result<usize, Fault> {
    if at == 0 {
        if input.starts_with(MARK) {
            return decode(input, MARK.len(), last, out);
        }
        if !last && MARK.starts_with(input) {
            return Ok(0);
        }
    }
    decode(input, at, last, out)
}

/// Encodes the text from byte `at` on.
pub fn encode(text: &[u8], at: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
    let at = at.min(text.len());
    let Err(error) = std::str::from_utf8(&text[at..]) else {
        out.extend_from_slice(&text[at..]);
        return Ok(());
    };
    let start = at + error.valid_up_to();
    out.extend_from_slice(&text[at..start]);
    let mut end = start;
    while let Some([0xed, 0xa0..=0xbf, _]) = text.get(end..end + 3) {
        end += 3;
    }
    Err(Fault::encode(NAME, text, start, end.max(start + 1), "surrogates not allowed"))
}
