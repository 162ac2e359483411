//! Values out of bytes.

use dashu_int::{IBig, Sign, UBig};
use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::types::buffer::Data;
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::complex::Complex;
use lockstep_interp::types::dict;
use lockstep_interp::types::set::{self, Set};
use lockstep_interp::types::slice;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Py, Raised, Value};

use super::tag::{self, DEEPEST, SHARED};

/// Where bytes come from.
pub enum Source {
    /// From memory, read up to a place.
    Memory(Data, usize),
    /// From a file's `read`.
    File(Value),
}

#[cold]
fn short() -> Raised {
    Raised::new(Exc::EOFError, "marshal data too short")
}
#[cold]
fn bad(what: &str) -> Raised {
    value_error(format!("bad marshal data ({what})"))
}

impl Source {
    /// The bytes of an object in memory.
    pub fn memory(data: Data) -> Source {
        Source::Memory(data, 0)
    }
    /// An open file.
    pub fn file(py: &mut Py, file: &Value) -> Result<Source> {
        let read = py.getattr(file, "read")?;
        let none = py.call(&read, &[Value::int32(0)])?;
        if !none.is_a::<Bytes>() {
            let got = py.type_name(&none);
            return Err(type_error(format!("file.read() returned not bytes but {got}")));
        }
        Ok(Source::File(read))
    }
    /// Up to so many bytes.
    fn some(&mut self, py: &mut Py, n: usize) -> Result<Vec<u8>> {
        match self {
            Source::Memory(data, at) => {
                let end = at.saturating_add(n).min(data.len());
                let bytes = data[*at..end].to_vec();
                *at = end;
                Ok(bytes)
            }
            Source::File(read) => {
                let read = read.clone();
                let mut out = Vec::new();
                while out.len() < n {
                    // A false length must not ask for memory that is not there.
                    let size = py.int((n - out.len()).min(1 << 20) as i64);
                    let part = py.call(&read, &[size])?;
                    let Some(bytes) = part.downcast::<Bytes>() else {
                        let got = py.type_name(&part);
                        return Err(type_error(format!("file.read() returned not bytes but {got}")));
                    };
                    if bytes.slice().is_empty() {
                        break;
                    }
                    if out.len() + bytes.slice().len() > n {
                        let (wanted, got) = (n - out.len(), bytes.slice().len());
                        return Err(value_error(format!(
                            "read() returned too much data: {wanted} bytes requested, {got} returned"
                        )));
                    }
                    out.extend_from_slice(bytes.slice());
                }
                Ok(out)
            }
        }
    }
    fn take(&mut self, py: &mut Py, n: usize) -> Result<Vec<u8>> {
        let bytes = self.some(py, n)?;
        if bytes.len() == n { Ok(bytes) } else { Err(short()) }
    }
    fn byte(&mut self, py: &mut Py) -> Result<Option<u8>> {
        if let Source::Memory(data, at) = self {
            let byte = data.get(*at).copied();
            *at += usize::from(byte.is_some());
            return Ok(byte);
        }
        Ok(self.some(py, 1)?.first().copied())
    }
    fn array<const N: usize>(&mut self, py: &mut Py) -> Result<[u8; N]> {
        let mut out = [0; N];
        if let Source::Memory(data, at) = self {
            let Some(bytes) = data.get(*at..*at + N) else { return Err(short()) };
            out.copy_from_slice(bytes);
            *at += N;
            return Ok(out);
        }
        out.copy_from_slice(&self.take(py, N)?);
        Ok(out)
    }
}

struct Read {
    source: Source,
    allow_code: bool,
    /// Values that may be referred to; none while they are being read.
    refs: Vec<Option<Value>>,
    depth: usize,
    steps: u32,
}

/// One value.
pub fn load(py: &mut Py, source: Source, allow_code: bool) -> Result<Value> {
    let mut read = Read { source, allow_code, refs: Vec::new(), depth: 0, steps: 0 };
    match read.value(py)? {
        Some(value) => Ok(value),
        None => Err(type_error("NULL object in marshal data for object")),
    }
}

impl Read {
    fn length(&mut self, py: &mut Py, what: &str) -> Result<usize> {
        let n = i32::from_le_bytes(self.source.array(py)?);
        usize::try_from(n).map_err(|_| bad(&format!("{what} size out of range")))
    }
    /// A value that must be there.
    fn part(&mut self, py: &mut Py, whole: &str) -> Result<Value> {
        match self.value(py)? {
            Some(value) => Ok(value),
            None => Err(type_error(format!("NULL object in marshal data for {whole}"))),
        }
    }
    /// So many values.
    fn parts(&mut self, py: &mut Py, n: usize, whole: &str) -> Result<Vec<Value>> {
        let mut out = Vec::with_capacity(n.min(1 << 16));
        for _ in 0..n {
            out.push(self.part(py, whole)?);
        }
        Ok(out)
    }
    /// A place among the values that may be referred to, if this one may.
    fn reserve(&mut self, shared: bool, value: Option<Value>) -> Option<usize> {
        if !shared {
            return None;
        }
        self.refs.push(value);
        Some(self.refs.len() - 1)
    }
    fn settle(&mut self, place: Option<usize>, value: Value) -> Value {
        if let Some(slot) = place.and_then(|p| self.refs.get_mut(p)) {
            *slot = Some(value.clone());
        }
        value
    }
    fn keep(&mut self, shared: bool, value: Value) -> Value {
        if shared {
            self.refs.push(Some(value.clone()));
        }
        value
    }

    /// A value; none for the mark at the end of dicts.
    fn value(&mut self, py: &mut Py) -> Result<Option<Value>> {
        let Some(code) = self.source.byte(py)? else {
            return Err(Raised::new(Exc::EOFError, "EOF read where object expected"));
        };
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(65536) {
            py.check()?;
        }
        if self.depth >= DEEPEST {
            return Err(value_error("recursion limit exceeded"));
        }
        py.native_stack()?;
        self.depth += 1;
        let value = self.tagged(py, code & !SHARED, code & SHARED != 0);
        self.depth -= 1;
        value
    }

    fn tagged(&mut self, py: &mut Py, tag: u8, shared: bool) -> Result<Option<Value>> {
        Ok(Some(match tag {
            tag::NULL => return Ok(None),
            tag::NONE => Value::NONE,
            tag::TRUE => Value::TRUE,
            tag::FALSE => Value::FALSE,
            tag::ELLIPSIS => Value::ELLIPSIS,
            tag::STOP_ITERATION => py.exception_type(Exc::StopIteration).into_value(),
            tag::INT => {
                let n = i32::from_le_bytes(self.source.array(py)?);
                self.keep(shared, Value::int32(n))
            }
            tag::INT64 => {
                let n = i64::from_le_bytes(self.source.array(py)?);
                let n = py.int(n);
                self.keep(shared, n)
            }
            tag::LONG => {
                let n = self.long(py)?;
                self.keep(shared, n)
            }
            tag::BINARY_FLOAT => {
                let x = f64::from_le_bytes(self.source.array(py)?);
                self.keep(shared, Value::float(x))
            }
            tag::FLOAT => {
                let x = self.decimal(py)?;
                self.keep(shared, Value::float(x))
            }
            tag::BINARY_COMPLEX => {
                let re = f64::from_le_bytes(self.source.array(py)?);
                let im = f64::from_le_bytes(self.source.array(py)?);
                let z = py.make(Complex { re, im }).into_value();
                self.keep(shared, z)
            }
            tag::COMPLEX => {
                let (re, im) = (self.decimal(py)?, self.decimal(py)?);
                let z = py.make(Complex { re, im }).into_value();
                self.keep(shared, z)
            }
            tag::STRING => {
                let n = self.length(py, "bytes object")?;
                let bytes = self.source.take(py, n)?;
                let bytes = py.bytes(&bytes);
                self.keep(shared, bytes)
            }
            tag::ASCII | tag::ASCII_INTERNED => {
                let n = self.length(py, "string")?;
                self.ascii(py, n, tag == tag::ASCII_INTERNED, shared)?
            }
            tag::SHORT_ASCII | tag::SHORT_ASCII_INTERNED => {
                let [n] = self.source.array(py)?;
                self.ascii(py, usize::from(n), tag == tag::SHORT_ASCII_INTERNED, shared)?
            }
            tag::UNICODE | tag::INTERNED => {
                let n = self.length(py, "string")?;
                let bytes = self.source.take(py, n)?;
                let text = text(py, &bytes)?;
                let text = match text.downcast::<Str>() {
                    Some(s) if tag == tag::INTERNED => py.intern_str(s).into_value(),
                    _ => text,
                };
                self.keep(shared, text)
            }
            tag::REF => {
                let n = u32::from_le_bytes(self.source.array(py)?);
                match self.refs.get(n as usize) {
                    Some(Some(value)) => value.clone(),
                    _ => return Err(bad("invalid reference")),
                }
            }
            _ => return self.container(py, tag, shared).map(Some),
        }))
    }

    fn container(&mut self, py: &mut Py, tag: u8, shared: bool) -> Result<Value> {
        Ok(match tag {
            tag::TUPLE | tag::SMALL_TUPLE => {
                let n = match tag {
                    tag::TUPLE => self.length(py, "tuple")?,
                    _ => usize::from(self.source.array::<1>(py)?[0]),
                };
                let place = self.reserve(shared, None);
                let items = self.parts(py, n, "tuple")?;
                let tuple = py.tuple(items);
                self.settle(place, tuple)
            }
            tag::LIST => {
                let n = self.length(py, "list")?;
                let list = py.new_list(Vec::new());
                self.reserve(shared, Some(list.to_value()));
                for _ in 0..n {
                    let item = self.part(py, "list")?;
                    list.get_mut(py).items.push(item);
                }
                list.into_value()
            }
            tag::DICT => {
                let dict = py.new_dict();
                self.reserve(shared, Some(dict.to_value()));
                while let Some(key) = self.value(py)? {
                    let Some(item) = self.value(py)? else { break };
                    dict::set(py, &dict, &key, item)?;
                }
                dict.into_value()
            }
            tag::SET => {
                let n = self.length(py, "set")?;
                let set = py.make(Set::default());
                self.reserve(shared, Some(set.to_value()));
                for _ in 0..n {
                    let item = self.part(py, "set")?;
                    set::add(py, &set, &item)?;
                }
                set.into_value()
            }
            tag::FROZENSET => {
                let n = self.length(py, "set")?;
                let place = self.reserve(shared, None);
                let items = self.parts(py, n, "set")?;
                let items = py.list(items);
                let set = set::frozen(py, &items)?;
                self.settle(place, set)
            }
            tag::SLICE => {
                let place = self.reserve(shared, None);
                let start = self.part(py, "slice")?;
                let stop = self.part(py, "slice")?;
                let step = self.part(py, "slice")?;
                let made = slice::make(py, start, stop, step);
                self.settle(place, made)
            }
            tag::CODE => {
                if !self.allow_code {
                    return Err(value_error("unmarshalling code objects is disallowed"));
                }
                let place = self.reserve(shared, None);
                let n = self.length(py, "code object")?;
                let bytes = self.source.take(py, n)?;
                let code = py.code_from_bytes(&bytes)?;
                self.settle(place, code)
            }
            _ => return Err(bad("unknown type code")),
        })
    }

    fn decimal(&mut self, py: &mut Py) -> Result<f64> {
        let [n] = self.source.array(py)?;
        let bytes = self.source.take(py, usize::from(n))?;
        let text = py.new_str_bytes(&bytes).into_value();
        let class = py.type_named("float").into_value();
        let x = py.call(&class, &[text])?;
        py.to_f64(&x)
    }

    fn ascii(&mut self, py: &mut Py, n: usize, interned: bool, shared: bool) -> Result<Value> {
        let bytes = self.source.take(py, n)?;
        let text = if !bytes.is_ascii() {
            // Every byte is a character.
            let wide: String = bytes.iter().map(|b| char::from(*b)).collect();
            py.str(&wide)
        } else if interned {
            py.intern_bytes(&bytes).into_value()
        } else {
            py.new_ascii(&bytes).into_value()
        };
        Ok(self.keep(shared, text))
    }

    /// An int of digits of 15 bits.
    fn long(&mut self, py: &mut Py) -> Result<Value> {
        let count = i32::from_le_bytes(self.source.array(py)?);
        if count == i32::MIN {
            return Err(bad("long size out of range"));
        }
        let n = count.unsigned_abs() as usize;
        let raw = self.source.take(py, n.saturating_mul(2))?;
        let mut bytes = Vec::with_capacity(raw.len());
        let (mut word, mut have) = (0u32, 0);
        let mut last = 1;
        for pair in raw.chunks_exact(2) {
            let digit = u16::from_le_bytes([pair[0], pair[1]]);
            if digit > 0x7FFF {
                return Err(bad("digit out of range in long"));
            }
            last = digit;
            word |= u32::from(digit) << have;
            have += 15;
            while have >= 8 {
                bytes.push(word as u8);
                word >>= 8;
                have -= 8;
            }
        }
        if last == 0 {
            return Err(bad("unnormalized long data"));
        }
        bytes.push(word as u8);
        let magnitude = UBig::from_le_bytes(&bytes);
        let sign = if count < 0 { Sign::Negative } else { Sign::Positive };
        Ok(py.int_from(IBig::from_parts(sign, magnitude)))
    }
}

/// A str of UTF-8 in which surrogates may stand.
fn text(py: &mut Py, bytes: &[u8]) -> Result<Value> {
    if std::str::from_utf8(bytes).is_ok() {
        return Ok(py.new_str_bytes(bytes).into_value());
    }
    let bytes = py.bytes(bytes);
    let (codec, errors) = (py.str("utf-8"), py.str("surrogatepass"));
    py.call_method(&bytes, "decode", &[codec, errors])
}
