//! Reading a JSON document. Places are offsets of bytes; those that Python sees are counted in
//! characters.

use lockstep_interp::object::raise::{Result, recursion_error, stop_iteration};
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Py, Raised, Ref, Value};
use lockstep_text::wtf8;

use super::decode_error;

/// What a `make_scanner` was told, with defaults taken out.
#[derive(Clone)]
pub struct Options {
    /// Control characters in strings are errors.
    pub strict: bool,
    /// Called with each dict.
    pub object_hook: Option<Value>,
    /// Called with the list of pairs of each object.
    pub pairs_hook: Option<Value>,
    /// Called with the text of each number with a fraction or exponent; none: `float`.
    pub parse_float: Option<Value>,
    /// Called with the text of each other number; none: `int`.
    pub parse_int: Option<Value>,
    /// Called with `NaN`, `Infinity`, `-Infinity`.
    pub parse_constant: Value,
}

/// Keys seen in this document; a place is taken over by the next key that falls on it.
const KEYS: usize = 512;

/// The number of characters before a byte.
pub fn place(s: &Ref<Str>, at: usize) -> usize {
    if s.is_ascii() {
        at
    } else if at >= s.as_bytes().len() {
        s.len() + (at - s.as_bytes().len())
    } else {
        wtf8::char_index(s.as_bytes(), at)
    }
}

#[cold]
fn fail(py: &mut Py, document: &Ref<Str>, message: &str, at: usize) -> Raised {
    let at = place(document, at);
    decode_error(py, message, document, at)
}

/// There is no value at this place.
#[cold]
fn stop(py: &mut Py, document: &Ref<Str>, at: usize) -> Raised {
    let at = place(document, at);
    stop_iteration(py.int(at as i64))
}

#[inline]
fn skip_space(bytes: &[u8], at: &mut usize) {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(*at) {
        *at += 1;
    }
}

/// Four hexadecimal digits.
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 4)?;
    let mut n = 0;
    for d in digits {
        n = n << 4 | (*d as char).to_digit(16)?;
    }
    Some(n)
}

/// Whether a byte ends the plain part of a string.
#[inline(always)]
fn ends(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20
}

/// The plain part of a string from `at`: where it ends, and whether it is ASCII.
#[inline]
fn plain(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let mut seen = 0;
    while let Some(byte) = bytes.get(at) {
        if ends(*byte) {
            break;
        }
        seen |= *byte;
        at += 1;
    }
    (at, seen < 0x80)
}

/// A string whose opening quote lies before `at`; `at` goes behind the closing one.
pub fn string(py: &mut Py, document: &Ref<Str>, at: &mut usize, strict: bool) -> Result<Value> {
    let bytes = document.as_bytes();
    let (end, ascii) = plain(bytes, *at);
    if bytes.get(end) == Some(&b'"') {
        let text = &bytes[*at..end];
        *at = end + 1;
        let made = if ascii { py.new_ascii(text) } else { py.make_str(text, wtf8::count(text)) };
        return Ok(made.into_value());
    }
    let text = escaped(py, document, at, strict)?;
    Ok(py.new_str_bytes(&text).into_value())
}

/// A string with escapes, from its beginning.
fn escaped(py: &mut Py, document: &Ref<Str>, at: &mut usize, strict: bool) -> Result<Vec<u8>> {
    let bytes = document.as_bytes();
    let begin = at.saturating_sub(1);
    let mut out = Vec::new();
    loop {
        let (end, _) = plain(bytes, *at);
        out.extend_from_slice(&bytes[*at..end]);
        *at = end;
        match bytes.get(end) {
            Some(b'"') => {
                *at = end + 1;
                return Ok(out);
            }
            Some(b'\\') => escape(py, document, at, begin, &mut out)?,
            Some(_) if strict => return Err(fail(py, document, "Invalid control character at", end)),
            Some(control) => {
                out.push(*control);
                *at = end + 1;
            }
            None => return Err(fail(py, document, "Unterminated string starting at", begin)),
        }
    }
}

/// The escape whose backslash is at `at`.
fn escape(py: &mut Py, document: &Ref<Str>, at: &mut usize, begin: usize, out: &mut Vec<u8>) -> Result<()> {
    let bytes = document.as_bytes();
    let slash = *at;
    let plain = match bytes.get(slash + 1) {
        None => return Err(fail(py, document, "Unterminated string starting at", begin)),
        Some(b @ (b'"' | b'\\' | b'/')) => *b,
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => {
            // The string goes on behind the digits, if only by its quote.
            let bad = "Invalid \\uXXXX escape";
            let Some(first) = unit(bytes, slash + 2).filter(|_| slash + 6 < bytes.len()) else {
                return Err(fail(py, document, bad, slash + 1));
            };
            *at = slash + 6;
            let mut code = first;
            if (0xD800..0xDC00).contains(&first) && bytes.get(*at..*at + 2) == Some(b"\\u") && *at + 6 < bytes.len() {
                let Some(second) = unit(bytes, *at + 2) else {
                    return Err(fail(py, document, bad, *at + 1));
                };
                if (0xDC00..0xE000).contains(&second) {
                    code = 0x1_0000 + ((first - 0xD800) << 10 | (second - 0xDC00));
                    *at += 6;
                }
            }
            push(out, code);
            return Ok(());
        }
        Some(_) => return Err(fail(py, document, "Invalid \\escape", slash)),
    };
    out.push(plain);
    *at = slash + 2;
    Ok(())
}

/// A code point; two surrogates of a pair that met are left as they are.
fn push(out: &mut Vec<u8>, code: u32) {
    wtf8::push(out, code);
}

/// One reading of a document.
pub struct Scan<'a> {
    document: &'a Ref<Str>,
    bytes: &'a [u8],
    options: &'a Options,
    keys: Vec<Option<Ref<Str>>>,
    steps: u32,
}

impl<'a> Scan<'a> {
    /// A reading of this document.
    pub fn new(document: &'a Ref<Str>, options: &'a Options) -> Self {
        Scan { document, bytes: document.as_bytes(), options, keys: Vec::new(), steps: 0 }
    }

    fn fail(&self, py: &mut Py, message: &str, at: usize) -> Raised {
        fail(py, self.document, message, at)
    }

    fn deep(py: &mut Py, what: &str) -> Result<()> {
        match py.native_stack() {
            Err(e) if e.is(Exc::RecursionError) => Err(recursion_error(format!("maximum recursion depth exceeded while {what}"))),
            other => other,
        }
    }

    /// The value at `at`, which goes behind it.
    pub fn value(&mut self, py: &mut Py, at: &mut usize) -> Result<Value> {
        self.steps += 1;
        if self.steps.is_multiple_of(4096) {
            py.check()?;
        }
        let rest = self.bytes.get(*at..).unwrap_or(&[]);
        match rest.first() {
            Some(b'"') => {
                *at += 1;
                string(py, self.document, at, self.options.strict)
            }
            Some(b'{') => {
                Self::deep(py, "decoding a JSON object from a unicode string")?;
                *at += 1;
                self.object(py, at)
            }
            Some(b'[') => {
                Self::deep(py, "decoding a JSON array from a unicode string")?;
                *at += 1;
                self.array(py, at)
            }
            Some(b'n') if rest.starts_with(b"null") => {
                *at += 4;
                Ok(Value::NONE)
            }
            Some(b't') if rest.starts_with(b"true") => {
                *at += 4;
                Ok(Value::TRUE)
            }
            Some(b'f') if rest.starts_with(b"false") => {
                *at += 5;
                Ok(Value::FALSE)
            }
            Some(b'N') if rest.starts_with(b"NaN") => self.constant(py, at, "NaN"),
            Some(b'I') if rest.starts_with(b"Infinity") => self.constant(py, at, "Infinity"),
            Some(b'-') if rest.starts_with(b"-Infinity") => self.constant(py, at, "-Infinity"),
            _ => self.number(py, at),
        }
    }

    fn constant(&mut self, py: &mut Py, at: &mut usize, name: &str) -> Result<Value> {
        *at += name.len();
        let name = py.intern(name).into_value();
        py.call(&self.options.parse_constant, &[name])
    }

    fn number(&mut self, py: &mut Py, at: &mut usize) -> Result<Value> {
        let bytes = self.bytes;
        let start = *at;
        let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
        let mut i = start + usize::from(bytes.get(start) == Some(&b'-'));
        let first = i;
        match bytes.get(i) {
            Some(b'0') => i += 1,
            Some(b'1'..=b'9') => {
                while digit(i) {
                    i += 1;
                }
            }
            _ => return Err(stop(py, self.document, start)),
        }
        let whole = i;
        if bytes.get(i) == Some(&b'.') && digit(i + 1) {
            i += 2;
            while digit(i) {
                i += 1;
            }
        }
        if let Some(b'e' | b'E') = bytes.get(i) {
            let mut end = i + 1;
            if let Some(b'+' | b'-') = bytes.get(end) {
                end += 1;
            }
            if digit(end) {
                while digit(end) {
                    end += 1;
                }
                i = end;
            }
        }
        *at = i;
        let text = &bytes[start..i];
        let own = if i == whole { &self.options.parse_int } else { &self.options.parse_float };
        if let Some(parse) = own {
            let text = py.new_ascii(text).into_value();
            return py.call(parse, &[text]);
        }
        if i == whole {
            if whole - first <= 18 {
                let n = bytes[first..whole].iter().fold(0i64, |n, d| n * 10 + i64::from(d - b'0'));
                return Ok(py.int(if first == start { n } else { -n }));
            }
            return self.long(py, text);
        }
        match std::str::from_utf8(text).ok().and_then(|t| t.parse::<f64>().ok()) {
            Some(x) => Ok(Value::float(x)),
            None => Err(stop(py, self.document, start)),
        }
    }

    #[cold]
    fn long(&self, py: &mut Py, text: &[u8]) -> Result<Value> {
        let text = py.new_ascii(text).into_value();
        let class = py.type_named("int").into_value();
        let value = py.call(&class, &[text])?;
        Ok(int::plain(py, &value))
    }

    /// The key whose opening quote lies before `at`: the same object each time, if possible.
    fn key(&mut self, py: &mut Py, at: &mut usize) -> Result<Ref<Str>> {
        let (end, ascii) = plain(self.bytes, *at);
        if self.bytes.get(end) != Some(&b'"') || end - *at > 64 {
            let key = string(py, self.document, at, self.options.strict)?;
            return match key.downcast_into::<Str>() {
                Ok(key) => Ok(self.remember(&key)),
                Err(_) => Ok(py.empty_str()),
            };
        }
        let text = &self.bytes[*at..end];
        *at = end + 1;
        let slot = Self::slot(text);
        if self.keys.is_empty() {
            self.keys.resize(KEYS, None);
        }
        if let Some(known) = &self.keys[slot]
            && known.as_bytes() == text
        {
            return Ok(known.clone());
        }
        let made = if ascii { py.new_ascii(text) } else { py.make_str(text, wtf8::count(text)) };
        self.keys[slot] = Some(made.clone());
        Ok(made)
    }

    fn remember(&mut self, key: &Ref<Str>) -> Ref<Str> {
        if self.keys.is_empty() {
            self.keys.resize(KEYS, None);
        }
        let slot = &mut self.keys[Self::slot(key.as_bytes())];
        match slot {
            Some(known) if known.as_bytes() == key.as_bytes() => known.clone(),
            _ => {
                *slot = Some(key.clone());
                key.clone()
            }
        }
    }

    fn slot(text: &[u8]) -> usize {
        let mut hash = text.len() as u64;
        for byte in text.iter().take(32) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
        ((hash >> 20) as usize ^ hash as usize) % KEYS
    }

    /// From the key's opening quote, or what is there instead of it, to the value.
    fn pair(&mut self, py: &mut Py, at: &mut usize) -> Result<(Ref<Str>, Value)> {
        if self.bytes.get(*at) != Some(&b'"') {
            return Err(self.fail(py, "Expecting property name enclosed in double quotes", *at));
        }
        *at += 1;
        let key = self.key(py, at)?;
        skip_space(self.bytes, at);
        if self.bytes.get(*at) != Some(&b':') {
            return Err(self.fail(py, "Expecting ':' delimiter", *at));
        }
        *at += 1;
        skip_space(self.bytes, at);
        let value = self.value(py, at)?;
        skip_space(self.bytes, at);
        Ok((key, value))
    }

    /// Behind a value: true if another one follows, `at` stands before it then.
    fn goes_on(&mut self, py: &mut Py, at: &mut usize, close: u8) -> Result<bool> {
        match self.bytes.get(*at) {
            Some(b) if *b == close => {
                *at += 1;
                Ok(false)
            }
            Some(b',') => {
                let comma = *at;
                *at += 1;
                skip_space(self.bytes, at);
                if self.bytes.get(*at) == Some(&close) {
                    let what = if close == b'}' { "object" } else { "array" };
                    return Err(self.fail(py, &format!("Illegal trailing comma before end of {what}"), comma));
                }
                Ok(true)
            }
            _ => Err(self.fail(py, "Expecting ',' delimiter", *at)),
        }
    }

    fn object(&mut self, py: &mut Py, at: &mut usize) -> Result<Value> {
        skip_space(self.bytes, at);
        let empty = self.bytes.get(*at) == Some(&b'}');
        if empty {
            *at += 1;
        }
        if let Some(hook) = self.options.pairs_hook.clone() {
            let mut pairs = Vec::new();
            let mut more = !empty;
            while more {
                let (key, value) = self.pair(py, at)?;
                pairs.push(py.tuple(vec![key.into_value(), value]));
                more = self.goes_on(py, at, b'}')?;
            }
            let pairs = py.list(pairs);
            return py.call(&hook, &[pairs]);
        }
        let made = py.new_dict();
        let mut more = !empty;
        while more {
            let (key, value) = self.pair(py, at)?;
            dict::set_str(py, &made, &key, value);
            more = self.goes_on(py, at, b'}')?;
        }
        match self.options.object_hook.clone() {
            Some(hook) => py.call(&hook, &[made.into_value()]),
            None => Ok(made.into_value()),
        }
    }

    fn array(&mut self, py: &mut Py, at: &mut usize) -> Result<Value> {
        skip_space(self.bytes, at);
        let mut items = Vec::new();
        if self.bytes.get(*at) == Some(&b']') {
            *at += 1;
            return Ok(py.list(items));
        }
        loop {
            let value = self.value(py, at)?;
            items.push(value);
            skip_space(self.bytes, at);
            if !self.goes_on(py, at, b']')? {
                return Ok(py.list(items));
            }
        }
    }
}
