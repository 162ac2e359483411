//! Line ends: translating them while reading, finding them, and `IncrementalNewlineDecoder`.

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{NativeType, Py, Type};
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::methods;

/// The kinds of line ends that were seen.
pub const CR: u8 = 1;
/// See [`CR`].
pub const LF: u8 = 2;
/// See [`CR`].
pub const CRLF: u8 = 4;

/// What follows the line ends of a stream of text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Newlines {
    /// A carriage return is held back: a line feed may follow.
    pub held: bool,
    /// Which kinds were seen.
    pub seen: u8,
}

impl Newlines {
    /// Take the next piece of text: line ends become `\n` if `translate`, and none is cut in two.
    pub fn feed(&mut self, text: Vec<u8>, last: bool, translate: bool) -> Vec<u8> {
        let mut text = text;
        if self.held && (last || !text.is_empty()) {
            text.insert(0, b'\r');
            self.held = false;
        }
        if !last && text.last() == Some(&b'\r') {
            text.pop();
            self.held = true;
        }
        let Some(first) = memchr::memchr(b'\r', &text) else {
            if self.seen & LF == 0 && memchr::memchr(b'\n', &text).is_some() {
                self.seen |= LF;
            }
            return text;
        };
        if self.seen & LF == 0 && memchr::memchr(b'\n', &text[..first]).is_some() {
            self.seen |= LF;
        }
        let mut out = if translate { Vec::with_capacity(text.len()) } else { Vec::new() };
        let mut at = 0;
        while let Some(i) = memchr::memchr2(b'\r', b'\n', &text[at..]) {
            let i = at + i;
            if translate {
                out.extend_from_slice(&text[at..i]);
                out.push(b'\n');
            }
            at = i + 1;
            if text[i] == b'\n' {
                self.seen |= LF;
            } else if text.get(at) == Some(&b'\n') {
                self.seen |= CRLF;
                at += 1;
            } else {
                self.seen |= CR;
            }
        }
        if !translate {
            return text;
        }
        out.extend_from_slice(&text[at..]);
        out
    }
    /// `newlines` of a file.
    pub fn value(self, py: &mut Py) -> Value {
        let mut kinds = Vec::new();
        for (bit, text) in [(CR, "\r"), (LF, "\n"), (CRLF, "\r\n")] {
            if self.seen & bit != 0 {
                kinds.push(py.str(text));
            }
        }
        match kinds.len() {
            0 => Value::NONE,
            1 => kinds.remove(0),
            _ => py.tuple(kinds),
        }
    }
}

/// How a text stream ends its lines when read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineEnd {
    /// Translated to `\n` (newline=None).
    #[default]
    Translated,
    /// Any of the three, as it is (newline='').
    Any,
    /// `\n`
    Lf,
    /// `\r`
    Cr,
    /// `\r\n`
    CrLf,
}

impl LineEnd {
    /// From the `newline` parameter.
    pub fn from_text(newline: Option<&str>) -> Option<LineEnd> {
        Some(match newline {
            None => LineEnd::Translated,
            Some("") => LineEnd::Any,
            Some("\n") => LineEnd::Lf,
            Some("\r") => LineEnd::Cr,
            Some("\r\n") => LineEnd::CrLf,
            Some(_) => return None,
        })
    }
    /// Whether a decoder of line ends is needed.
    pub fn universal(self) -> bool {
        matches!(self, LineEnd::Translated | LineEnd::Any)
    }
    /// What `\n` is written as.
    pub fn written(self) -> Option<&'static [u8]> {
        match self {
            LineEnd::Cr => Some(b"\r"),
            LineEnd::CrLf => Some(b"\r\n"),
            _ => None,
        }
    }
    /// The end of the first line (behind its line end).
    pub fn find(self, text: &[u8]) -> Option<usize> {
        match self {
            LineEnd::Translated | LineEnd::Lf => memchr::memchr(b'\n', text).map(|i| i + 1),
            LineEnd::Cr => memchr::memchr(b'\r', text).map(|i| i + 1),
            LineEnd::CrLf => {
                let mut at = 0;
                while let Some(i) = memchr::memchr(b'\r', &text[at..]) {
                    at += i + 1;
                    if text.get(at) == Some(&b'\n') {
                        return Some(at + 1);
                    }
                }
                None
            }
            LineEnd::Any => {
                let i = memchr::memchr2(b'\r', b'\n', text)?;
                Some(if text[i] == b'\r' && text.get(i + 1) == Some(&b'\n') { i + 2 } else { i + 1 })
            }
        }
    }
}

/// The payload of an `IncrementalNewlineDecoder`.
#[derive(Default)]
pub struct NewlineDecoder {
    decoder: Option<Value>,
    translate: bool,
    state: Newlines,
}

impl Object for NewlineDecoder {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.decoder);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.decoder.take());
    }
}

#[methods]
impl NewlineDecoder {
    #[staticmethod("(cls, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &Value, kwargs: &Value) -> Result<Value> {
        let _ = (args, kwargs);
        Ok(py.make_in(cls, NewlineDecoder::default()).into_value())
    }
    #[py("(self, decoder, translate, errors='strict')")]
    fn __init__(py: &mut Py, this: &Ref<NewlineDecoder>, decoder: &Value, translate: bool, errors: &Value) -> Result<()> {
        let _ = errors;
        let decoder = if decoder.is_none() { None } else { Some(decoder.clone()) };
        *this.get_mut(py) = NewlineDecoder { decoder, translate, state: Newlines::default() };
        Ok(())
    }
    #[py("(self, input, final=False)")]
    fn decode(py: &mut Py, this: &Ref<NewlineDecoder>, input: &Value, last: bool) -> Result<Value> {
        let text = match this.get(py).decoder.clone() {
            Some(decoder) => py.call_method(&decoder, "decode", &[input.clone(), Value::bool(last)])?,
            None => input.clone(),
        };
        let Some(text) = text.downcast::<Str>() else {
            return Err(type_error(format!("decoder should return a string result, not '{}'", py.type_name(&text))));
        };
        let d = this.get_mut(py);
        let translate = d.translate;
        let out = d.state.feed(text.as_bytes().to_vec(), last, translate);
        Ok(py.new_str_bytes(&out).into_value())
    }
    #[py("(self, /)")]
    fn getstate(py: &mut Py, this: &Ref<NewlineDecoder>) -> Result<Value> {
        let (buffer, flag) = match this.get(py).decoder.clone() {
            Some(decoder) => {
                let state = py.call_method(&decoder, "getstate", &[])?;
                match state.downcast::<Tuple>().map(|t| t.slice().to_vec()) {
                    Some(pair) if pair.len() == 2 => (pair[0].clone(), py.index_clamped(&pair[1])? as i64),
                    _ => return Err(type_error("illegal decoder state")),
                }
            }
            None => (py.bytes(b""), 0),
        };
        let flag = flag << 1 | i64::from(this.get(py).state.held);
        let flag = py.int(flag);
        Ok(py.tuple(vec![buffer, flag]))
    }
    #[py("(self, state, /)")]
    fn setstate(py: &mut Py, this: &Ref<NewlineDecoder>, state: &Value) -> Result<()> {
        let Some([buffer, flag]) = state.downcast::<Tuple>().and_then(|t| t.slice().first_chunk::<2>().cloned()) else {
            return Err(type_error("state argument must be a tuple"));
        };
        let flag = py.index_clamped(&flag)? as i64;
        this.get_mut(py).state.held = flag & 1 != 0;
        if let Some(decoder) = this.get(py).decoder.clone() {
            let flag = py.int(flag >> 1);
            let state = py.tuple(vec![buffer, flag]);
            py.call_method(&decoder, "setstate", &[state])?;
        }
        Ok(())
    }
    #[py("(self, /)")]
    fn reset(py: &mut Py, this: &Ref<NewlineDecoder>) -> Result<()> {
        let d = this.get_mut(py);
        d.state = Newlines::default();
        if let Some(decoder) = d.decoder.clone() {
            py.call_method(&decoder, "reset", &[])?;
        }
        Ok(())
    }
    #[getter]
    fn newlines(py: &mut Py, this: &Ref<NewlineDecoder>) -> Value {
        let state = this.get(py).state;
        state.value(py)
    }
}

impl NativeType for NewlineDecoder {
    const NAME: &'static str = "IncrementalNewlineDecoder";
    const MODULE: &'static str = "_io";
    const DOC: Option<&'static str> = Some("Codec used when reading a file in universal newlines mode.");
}
