//! Coders that are fed piece by piece.

use lockstep_interp::object::raise::{Result, overflow_error, type_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::buffer;
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::int;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::str::codec;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Exc, Guarded, Object, Py, Raised, Ref, Value, methods};
use lockstep_text::codecs::Fault;

use super::charset::Charset;
use super::{codec_of, run};

/// Bytes that may wait for the rest of their character.
const MOST_PENDING: usize = 8;

/// The name of an error handler, as an attribute is set.
pub fn errors_name(py: &mut Py, value: Option<&Value>) -> Result<String> {
    let Some(value) = value else { return Err(Raised::new(Exc::AttributeError, "cannot delete attribute")) };
    match value.downcast::<Str>() {
        Some(text) => Ok(text.to_str(py)?.to_owned()),
        None => Err(type_error("errors must be a string")),
    }
}

/// The name of an error handler, as a constructor takes it.
pub fn errors_argument(py: &mut Py, value: &Value, class: &str, place: u32) -> Result<String> {
    match value.downcast::<Str>() {
        Some(text) => Ok(text.to_str(py)?.to_owned()),
        None => {
            let got = py.type_name(value);
            Err(type_error(format!("{class}() argument {place} must be str, not {got}")))
        }
    }
}

fn too_large(py: &Py, charset: &Charset, pending: &[u8]) -> Raised {
    let end = pending.len();
    let reason = "pending buffer too large";
    codec::decode_error(py, pending, &Fault { encoding: charset.name, start: 0, end, reason, byte_start: 0, byte_end: end })
}

/// Encodes pieces of a text. The payload of the class.
pub struct IncrementalEncoder {
    charset: &'static Charset,
    errors: String,
    /// A character whose code depends on the next.
    pending: Vec<u8>,
}

impl Object for IncrementalEncoder {
    type Access = Guarded;
}

impl IncrementalEncoder {
    /// One more piece.
    fn feed(py: &mut Py, this: &Ref<IncrementalEncoder>, input: &Value, last: bool) -> Result<Vec<u8>> {
        let text = match input.downcast::<Str>() {
            Some(text) => text.clone(),
            None => py.str_of(input)?,
        };
        let (charset, errors) = (this.get(py).charset, this.get(py).errors.clone());
        let all = [this.get(py).pending.as_slice(), text.as_bytes()].concat();
        let all = py.new_str_bytes(&all);
        let (bytes, end) = run::encode(py, charset, &all, &errors, last)?;
        this.get_mut(py).pending = all.as_bytes()[end..].to_vec();
        Ok(bytes)
    }
}

#[methods]
impl IncrementalEncoder {
    #[staticmethod("(type, /, errors='strict')")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, errors: &Value) -> Result<Value> {
        let errors = errors_argument(py, errors, "IncrementalEncoder", 1)?;
        let charset = codec_of(py, cls)?;
        Ok(py.make_in(cls, IncrementalEncoder { charset, errors, pending: Vec::new() }).into_value())
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(_py: &mut Py, _this: &Ref<IncrementalEncoder>, _args: &[Value], _kwargs: &Value) {}
    #[py("(self, /, input, final=False)")]
    fn encode(py: &mut Py, this: &Ref<IncrementalEncoder>, input: &Value, r#final: bool) -> Result<Value> {
        let bytes = IncrementalEncoder::feed(py, this, input, r#final)?;
        Ok(py.bytes(&bytes))
    }
    #[getter]
    fn errors(py: &mut Py, this: &Ref<IncrementalEncoder>) -> Value {
        py.str(&this.get(py).errors)
    }
    #[setter(errors)]
    fn set_errors(py: &mut Py, this: &Ref<IncrementalEncoder>, value: Option<Value>) -> Result<()> {
        let errors = errors_name(py, value.as_ref())?;
        this.get_mut(py).errors = errors;
        Ok(())
    }
    /// What waits, as a number: how many bytes, then the bytes.
    #[py("(self, /)")]
    fn getstate(py: &mut Py, this: &Ref<IncrementalEncoder>) -> Value {
        let pending = &this.get(py).pending;
        let mut bytes = [0; 16];
        bytes[0] = pending.len() as u8;
        for (slot, byte) in bytes[1..].iter_mut().zip(pending) {
            *slot = *byte;
        }
        py.int_from(u128::from_le_bytes(bytes))
    }
    #[py("(self, /)")]
    fn reset(py: &mut Py, this: &Ref<IncrementalEncoder>) {
        this.get_mut(py).pending.clear();
    }
    #[py("(self, state, /)")]
    fn setstate(py: &mut Py, this: &Ref<IncrementalEncoder>, state: &Value) -> Result<()> {
        if !int::is_int(state) {
            let got = py.type_name(state);
            return Err(type_error(format!("setstate() argument must be int, not {got}")));
        }
        let number = int::to_ibig(state).unwrap_or_default();
        if number < dashu_int::IBig::ZERO {
            return Err(overflow_error("can't convert negative int to unsigned"));
        }
        let Ok(number) = u128::try_from(&number) else { return Err(overflow_error("int too big to convert")) };
        let bytes = number.to_le_bytes();
        let count = usize::from(bytes[0]);
        if count > MOST_PENDING {
            let charset = this.get(py).charset;
            return Err(too_large(py, charset, &bytes[1..]));
        }
        // What is no text is none that waits.
        let pending = &bytes[1..=count];
        this.get_mut(py).pending = if lockstep_text::wtf8::is_valid(pending) { pending.to_vec() } else { Vec::new() };
        Ok(())
    }
}

impl NativeType for IncrementalEncoder {
    const NAME: &'static str = "MultibyteIncrementalEncoder";
    const MODULE: &'static str = "_multibytecodec";
    const DOC: Option<&'static str> = None;
    const FLAGS: u32 = TypeFlags::BASE;
}

/// Decodes pieces of bytes. The payload of the class.
pub struct IncrementalDecoder {
    charset: &'static Charset,
    errors: String,
    /// The beginning of a character.
    pending: Vec<u8>,
    /// A number that is kept for who asked to.
    state: u64,
}

impl Object for IncrementalDecoder {
    type Access = Guarded;
}

#[methods]
impl IncrementalDecoder {
    #[staticmethod("(type, /, errors='strict')")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, errors: &Value) -> Result<Value> {
        let errors = errors_argument(py, errors, "IncrementalDecoder", 1)?;
        let charset = codec_of(py, cls)?;
        Ok(py.make_in(cls, IncrementalDecoder { charset, errors, pending: Vec::new(), state: 0 }).into_value())
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(_py: &mut Py, _this: &Ref<IncrementalDecoder>, _args: &[Value], _kwargs: &Value) {}
    #[py("(self, /, input, final=False)")]
    fn decode(py: &mut Py, this: &Ref<IncrementalDecoder>, input: &Value, r#final: bool) -> Result<Value> {
        let input = buffer::data(py, input)?;
        let (charset, errors) = (this.get(py).charset, this.get(py).errors.clone());
        let all = [this.get(py).pending.as_slice(), &input].concat();
        let (text, end) = run::decode(py, charset, &all, &errors, r#final)?;
        this.get_mut(py).pending = all.get(end..).unwrap_or(&[]).to_vec();
        Ok(py.new_str_bytes(&text).into_value())
    }
    #[getter]
    fn errors(py: &mut Py, this: &Ref<IncrementalDecoder>) -> Value {
        py.str(&this.get(py).errors)
    }
    #[setter(errors)]
    fn set_errors(py: &mut Py, this: &Ref<IncrementalDecoder>, value: Option<Value>) -> Result<()> {
        let errors = errors_name(py, value.as_ref())?;
        this.get_mut(py).errors = errors;
        Ok(())
    }
    #[py("(self, /)")]
    fn getstate(py: &mut Py, this: &Ref<IncrementalDecoder>) -> Value {
        let (pending, state) = (py.bytes(&this.get(py).pending), py.int_from(this.get(py).state));
        py.tuple(vec![pending, state])
    }
    #[py("(self, /)")]
    fn reset(py: &mut Py, this: &Ref<IncrementalDecoder>) {
        let decoder = this.get_mut(py);
        decoder.pending.clear();
        decoder.state = 0;
    }
    #[py("(self, state, /)")]
    fn setstate(py: &mut Py, this: &Ref<IncrementalDecoder>, state: &Value) -> Result<()> {
        let Some(parts) = state.downcast::<Tuple>() else {
            let got = py.type_name(state);
            return Err(type_error(format!("setstate() argument must be tuple, not {got}")));
        };
        let [pending, number] = parts.slice() else { return Err(type_error("setstate(): illegal state argument")) };
        let (Some(pending), true) = (pending.downcast::<Bytes>(), int::is_int(number)) else {
            return Err(type_error("setstate(): illegal state argument"));
        };
        let number = int::to_ibig(number).unwrap_or_default();
        let Ok(number) = u64::try_from(&number) else { return Err(overflow_error("int too big to convert")) };
        if pending.slice().len() > MOST_PENDING {
            let charset = this.get(py).charset;
            return Err(too_large(py, charset, pending.slice()));
        }
        let decoder = this.get_mut(py);
        decoder.pending = pending.slice().to_vec();
        decoder.state = number;
        Ok(())
    }
}

impl NativeType for IncrementalDecoder {
    const NAME: &'static str = "MultibyteIncrementalDecoder";
    const MODULE: &'static str = "_multibytecodec";
    const DOC: Option<&'static str> = None;
    const FLAGS: u32 = TypeFlags::BASE;
}
