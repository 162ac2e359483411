//! Encodings of mail, line by line: uuencode and quoted-printable.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::Result;
use lockstep_macros::module;

use super::{ascii, digit, fail};

/// The longest line of quoted-printable text.
const LONGEST: usize = 76;

/// How `b2a_qp` is to encode.
struct Quoting {
    tabs: bool,
    text: bool,
    header: bool,
    /// What ends a line.
    end: &'static [u8],
}

fn quoted(out: &mut Vec<u8>, byte: u8) {
    out.push(b'=');
    out.extend([byte >> 4, byte & 15].map(|n| b"0123456789ABCDEF"[usize::from(n)]));
}

impl Quoting {
    /// Whether the byte at `i` must be quoted; `start`: it begins a line.
    fn needed(&self, data: &[u8], i: usize, start: bool) -> bool {
        let (byte, next) = (data[i], data.get(i + 1));
        match byte {
            b'=' | 127.. => true,
            b'_' => self.header,
            b'.' => start && next.is_none_or(|n| matches!(n, b'\n' | b'\r' | 0)),
            b'\n' | b'\r' => !self.text,
            b' ' | b'\t' => next.is_none() || self.tabs,
            _ => byte < 33,
        }
    }

    /// A soft break, if the line would become longer than allowed.
    fn wrap(&self, out: &mut Vec<u8>, length: &mut usize, more: usize) {
        if *length + more >= LONGEST {
            out.push(b'=');
            out.extend_from_slice(self.end);
            *length = 0;
        }
    }

    fn encode(&self, data: &[u8]) -> Vec<u8> {
        let (mut out, mut length, mut i) = (Vec::with_capacity(data.len()), 0, 0);
        while let Some(&byte) = data.get(i) {
            let next = data.get(i + 1);
            if self.needed(data, i, length == 0) {
                self.wrap(&mut out, &mut length, 3);
                quoted(&mut out, byte);
                length += 3;
            } else if self.text && (byte == b'\n' || byte == b'\r' && next == Some(&b'\n')) {
                length = 0;
                // A blank at the end of a line would get lost on the way.
                if let Some(blank) = out.pop_if(|last| matches!(last, b' ' | b'\t')) {
                    quoted(&mut out, blank);
                }
                out.extend_from_slice(self.end);
                i += usize::from(byte == b'\r');
            } else {
                if next.is_some_and(|n| *n != b'\n') {
                    self.wrap(&mut out, &mut length, 1);
                }
                length += 1;
                out.push(if self.header && byte == b' ' { b'_' } else { byte });
            }
            i += 1;
        }
        out
    }
}

fn unquote(data: &[u8], header: bool) -> Vec<u8> {
    let (mut out, mut i) = (Vec::with_capacity(data.len()), 0);
    while let Some(&byte) = data.get(i) {
        i += 1;
        if byte != b'=' {
            out.push(if header && byte == b'_' { b' ' } else { byte });
            continue;
        }
        let Some(&first) = data.get(i) else { break };
        let hex = digit(first).zip(data.get(i + 1).and_then(|c| digit(*c)));
        match (first, hex) {
            // A soft break: what is before the end of the line counts for nothing.
            (b'\n' | b'\r', _) => i += data[i..].iter().position(|c| *c == b'\n').map_or(data.len() - i, |n| n + 1),
            (b'=', _) => {
                out.push(b'=');
                i += 1;
            }
            (_, Some((high, low))) => {
                out.push(high << 4 | low);
                i += 2;
            }
            _ => out.push(b'='),
        }
    }
    out
}

/// The functions of this file.
pub struct Lines;

#[module]
impl Lines {
    /// Decode a string of qp-encoded data.
    #[py("(data, header=False)")]
    fn a2b_qp(py: &mut Py, data: &Value, header: bool) -> Result<Value> {
        let data = ascii(py, data)?;
        Ok(py.bytes(&unquote(&data, header)))
    }
    /// Decode a line of uuencoded data.
    #[py("(data, /)")]
    fn a2b_uu(py: &mut Py, data: &Value) -> Result<Value> {
        let data = ascii(py, data)?;
        let (first, rest) = data.split_first().map_or((0, &[][..]), |(first, rest)| (*first, rest));
        let length = usize::from(first.wrapping_sub(b' ') & 63);
        let (mut out, mut bits, mut count) = (Vec::with_capacity(length), 0u32, 0);
        let mut left = rest.iter();
        while out.len() < length {
            let six = match left.next().copied().unwrap_or(b'\n') {
                // Blanks at the end got lost on the way.
                b'\n' | b'\r' => 0,
                c @ b' '..=b'`' => (c - b' ') & 63,
                _ => return Err(fail(py, "Illegal char")),
            };
            bits = bits << 6 | u32::from(six);
            count += 6;
            if count >= 8 {
                count -= 8;
                out.push((bits >> count) as u8);
                bits &= (1 << count) - 1;
            }
        }
        if left.any(|c| !matches!(c, b' ' | b'`' | b'\n' | b'\r')) {
            return Err(fail(py, "Trailing garbage"));
        }
        Ok(py.bytes(&out))
    }
    /// Encode a string using quoted-printable encoding.
    ///
    /// On encoding, when istext is set, newlines are not encoded, and white
    /// space at end of lines is.  When istext is not set, \r and \n (CR/LF)
    /// are both encoded.  When quotetabs is set, space and tabs are encoded.
    #[py("(data, quotetabs=False, istext=True, header=False)")]
    fn b2a_qp(py: &mut Py, data: &Value, quotetabs: bool, istext: bool, header: bool) -> Result<Value> {
        let data = py.bytes_like(data)?.into_owned();
        let first = data.iter().position(|c| *c == b'\n');
        let both = first.is_some_and(|i| i > 0 && data[i - 1] == b'\r');
        let end = if both { b"\r\n".as_slice() } else { b"\n" };
        let quoting = Quoting { tabs: quotetabs, text: istext, header, end };
        Ok(py.bytes(&quoting.encode(&data)))
    }
    /// Uuencode line of data.
    #[py("(data, /, *, backtick=False)")]
    fn b2a_uu(py: &mut Py, data: &Value, backtick: bool) -> Result<Value> {
        let data = py.bytes_like(data)?.into_owned();
        if data.len() > 45 {
            return Err(fail(py, "At most 45 bytes at once"));
        }
        let shown = |n: u8| if n == 0 && backtick { b'`' } else { n + b' ' };
        let mut out = vec![shown(data.len() as u8)];
        for chunk in data.chunks(3) {
            let bytes: [u8; 3] = std::array::from_fn(|i| chunk.get(i).copied().unwrap_or(0));
            let all = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]);
            out.extend([18, 12, 6, 0].map(|shift| shown((all >> shift & 63) as u8)));
        }
        out.push(b'\n');
        Ok(py.bytes(&out))
    }
}
