//! `binascii`: bytes as hexadecimal digits, base 64, lines of mail, and checksums.

mod lines;

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::object::{Exc, Py, Raised};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_macros::module;

/// The functions of `binascii`.
pub struct Binascii;

/// The module's `Error` class.
#[derive(Default)]
struct Errors(Option<Value>);

fn fail(py: &mut Py, message: &str) -> Raised {
    match py.state::<Errors>().0.clone() {
        Some(class) => {
            let text = py.str(message);
            match py.call(&class, &[text]) {
                Ok(made) => py.raise_value(&made),
                Err(e) => e,
            }
        }
        None => Raised::new(Exc::ValueError, message),
    }
}

fn ascii(py: &mut Py, data: &Value) -> Result<Vec<u8>> {
    if let Some(s) = data.downcast::<Str>() {
        return if s.is_ascii() {
            Ok(s.as_bytes().to_vec())
        } else {
            Err(value_error("string argument should contain only ASCII characters"))
        };
    }
    match py.bytes_like(data) {
        Ok(bytes) => Ok(bytes.into_owned()),
        Err(e) if e.is(Exc::TypeError) => {
            let got = py.type_name(data);
            Err(lockstep_interp::object::raise::type_error(format!(
                "argument should be bytes, buffer or ASCII string, not '{got}'"
            )))
        }
        Err(e) => Err(e),
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn six_bits(c: u8) -> Option<u32> {
    ALPHABET.iter().position(|a| *a == c).map(|n| n as u32)
}

fn digit(c: u8) -> Option<u8> {
    (c as char).to_digit(16).map(|d| d as u8)
}

#[module]
impl Binascii {
    /// Hexadecimal representation of binary data.
    #[py("(data, sep=<unrepresentable>, bytes_per_sep=1)", alias = "b2a_hex")]
    fn hexlify(py: &mut Py, data: &Value, sep: Option<&Value>, bytes_per_sep: i64) -> Result<Value> {
        let data = py.bytes_like(data)?.into_owned();
        let sep = match sep {
            Some(sep) => {
                let sep = ascii(py, sep)?;
                if sep.len() != 1 {
                    return Err(value_error("sep must be length 1."));
                }
                Some(sep[0])
            }
            None => None,
        };
        let mut out = Vec::with_capacity(data.len() * 2);
        let group = bytes_per_sep.unsigned_abs() as usize;
        for (i, byte) in data.iter().enumerate() {
            let place = if bytes_per_sep > 0 { data.len() - i } else { i };
            if let Some(sep) = sep
                && i > 0
                && group > 0
                && place % group == 0
            {
                out.push(sep);
            }
            out.extend_from_slice(&[b"0123456789abcdef"[usize::from(byte >> 4)], b"0123456789abcdef"[usize::from(byte & 15)]]);
        }
        Ok(py.bytes(&out))
    }
    /// Binary data of hexadecimal representation.
    #[py("(hexstr, /)", alias = "a2b_hex")]
    fn unhexlify(py: &mut Py, hexstr: &Value) -> Result<Value> {
        let text = ascii(py, hexstr)?;
        if text.len() % 2 != 0 {
            return Err(fail(py, "Odd-length string"));
        }
        let mut out = Vec::with_capacity(text.len() / 2);
        for pair in text.chunks_exact(2) {
            match (digit(pair[0]), digit(pair[1])) {
                (Some(high), Some(low)) => out.push(high << 4 | low),
                _ => return Err(fail(py, "Non-hexadecimal digit found")),
            }
        }
        Ok(py.bytes(&out))
    }
    /// Base64-code line of data.
    #[py("(data, /, *, newline=True)")]
    fn b2a_base64(py: &mut Py, data: &Value, newline: bool) -> Result<Value> {
        let data = py.bytes_like(data)?.into_owned();
        let mut out = Vec::with_capacity(data.len() / 3 * 4 + 5);
        for chunk in data.chunks(3) {
            let n =
                u32::from(chunk[0]) << 16 | u32::from(*chunk.get(1).unwrap_or(&0)) << 8 | u32::from(*chunk.get(2).unwrap_or(&0));
            for i in 0..4 {
                out.push(if i <= chunk.len() { ALPHABET[(n >> (18 - 6 * i) & 63) as usize] } else { b'=' });
            }
        }
        if newline {
            out.push(b'\n');
        }
        Ok(py.bytes(&out))
    }
    /// Decode a line of base64 data.
    #[py("(data, /, *, strict_mode=False)")]
    fn a2b_base64(py: &mut Py, data: &Value, strict_mode: bool) -> Result<Value> {
        let data = ascii(py, data)?;
        if strict_mode && data.first() == Some(&b'=') {
            return Err(fail(py, "Leading padding not allowed"));
        }
        let (mut out, mut bits, mut quad, mut pads) = (Vec::with_capacity(data.len() / 4 * 3), 0u32, 0, 0);
        for (i, c) in data.iter().enumerate() {
            if *c == b'=' {
                pads += 1;
                if quad >= 2 && quad + pads >= 4 {
                    if strict_mode && i + 1 < data.len() {
                        return Err(fail(py, "Excess data after padding"));
                    }
                    return Ok(py.bytes(&out));
                }
                continue;
            }
            let Some(six) = six_bits(*c) else {
                if strict_mode {
                    return Err(fail(py, "Only base64 data is allowed"));
                }
                continue;
            };
            if strict_mode && pads > 0 {
                return Err(fail(py, "Discontinuous padding not allowed"));
            }
            pads = 0;
            bits = bits << 6 | six;
            quad += 1;
            match quad {
                2 => out.push((bits >> 4) as u8),
                3 => out.push((bits >> 2) as u8),
                4 => {
                    out.push(bits as u8);
                    (quad, bits) = (0, 0);
                }
                _ => {}
            }
        }
        if quad == 1 {
            let count = out.len() / 3 * 4 + 1;
            return Err(fail(
                py,
                &format!(
                    "Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more than a multiple of 4"
                ),
            ));
        }
        if quad != 0 {
            return Err(fail(py, "Incorrect padding"));
        }
        Ok(py.bytes(&out))
    }
    /// Compute CRC-32 incrementally.
    #[py("(data, crc=0, /)")]
    fn crc32(py: &mut Py, data: &Value, crc: &Value) -> Result<u32> {
        let start = crc32_start(py, crc)?;
        let data = py.bytes_like(data)?.into_owned();
        Ok(!data.iter().fold(!start, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 != 0 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
        }))
    }
    /// Compute CRC-CCITT incrementally.
    #[py("(data, crc, /)")]
    fn crc_hqx(py: &mut Py, data: &Value, crc: &Value) -> Result<u32> {
        let start = crc32_start(py, crc)? & 0xffff;
        let data = py.bytes_like(data)?.into_owned();
        Ok(data.iter().fold(start, |crc, byte| {
            (0..8).fold(
                crc ^ u32::from(*byte) << 8,
                |c, _| if c & 0x8000 != 0 { (c << 1 ^ 0x1021) & 0xffff } else { c << 1 & 0xffff },
            )
        }))
    }
}

fn crc32_start(py: &mut Py, crc: &Value) -> Result<u32> {
    let n = py.index(crc)?;
    let n = lockstep_interp::types::int::to_ibig(&n).unwrap_or_default();
    Ok(u32::try_from(n & dashu_int::IBig::from(u32::MAX)).unwrap_or(0))
}

/// Fills the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Binascii>(&namespace, "binascii");
    py.add_functions::<lines::Lines>(&namespace, "binascii");
    let metaclass = py.plain_metatype().clone();
    for (name, base) in [("Error", Exc::ValueError), ("Incomplete", Exc::Exception)] {
        let base = py.exception_type(base).into_value();
        let bases = py.tuple(vec![base]);
        let own = py.new_dict();
        let home = py.str("binascii");
        dict::set_name(py, &own, "__module__", home);
        let text = py.str(name);
        let class = py.call(metaclass.as_value(), &[text, bases, own.into_value()])?;
        if name == "Error" {
            py.state::<Errors>().0 = Some(class.clone());
        }
        dict::set_name(py, &namespace, name, class);
    }
    Ok(())
}
