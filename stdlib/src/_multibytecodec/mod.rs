//! `_multibytecodec` and the modules that hand out its codecs: the encodings of East Asia.

mod charset;
mod hangul;
mod incremental;
mod run;
mod stream;
mod tables;

use lockstep_interp::object::raise::{Result, lookup_error, type_error, value_error};
use lockstep_interp::object::{NativeType, Type};
use lockstep_interp::types::buffer;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Frozen, Object, Py, Raised, Ref, Value, methods, module};

use charset::Charset;

/// The payload of a codec.
pub struct MultibyteCodec(&'static Charset);

impl Object for MultibyteCodec {
    type Access = Frozen;
}

/// The encoding that a coder's class names in its attribute `codec`.
fn codec_of(py: &mut Py, cls: &Ref<Type>) -> Result<&'static Charset> {
    let Some(codec) = py.getattr_opt(cls.as_value(), "codec")? else {
        let name = cls.get(py).name.to_string();
        let message = format!("type object '{name}' has no attribute 'codec'");
        return Err(Raised::new(Exc::AttributeError, message));
    };
    codec.downcast::<MultibyteCodec>().map(|c| c.0).ok_or_else(|| type_error("codec is unexpected type"))
}

fn errors_name(py: &mut Py, value: &Value, function: &str) -> Result<String> {
    if value.is_none() {
        return Ok("strict".to_owned());
    }
    match value.downcast::<Str>() {
        Some(text) => Ok(text.to_str(py)?.to_owned()),
        None => {
            let got = py.type_name(value);
            Err(type_error(format!("{function}() argument 'errors' must be str or None, not {got}")))
        }
    }
}

#[methods]
impl MultibyteCodec {
    /// Decodes 'input'.
    ///
    /// 'errors' may be given to set a different error handling scheme. Default is
    /// 'strict' meaning that encoding errors raise a UnicodeDecodeError. Other possible
    /// values are 'ignore' and 'replace' as well as any other name registered with
    /// codecs.register_error that is able to handle UnicodeDecodeErrors."
    #[py("(self, /, input, errors=None)")]
    fn decode(py: &mut Py, this: &Ref<MultibyteCodec>, input: &Value, errors: &Value) -> Result<Value> {
        let errors = errors_name(py, errors, "decode")?;
        let input = buffer::data(py, input)?;
        let (text, _) = run::decode(py, this.0, &input, &errors, true)?;
        let (text, used) = (py.new_str_bytes(&text).into_value(), py.int(input.len() as i64));
        Ok(py.tuple(vec![text, used]))
    }
    /// Return an encoded string version of `input'.
    ///
    /// 'errors' may be given to set a different error handling scheme. Default is
    /// 'strict' meaning that encoding errors raise a UnicodeEncodeError. Other possible
    /// values are 'ignore', 'replace' and 'xmlcharrefreplace' as well as any other name
    /// registered with codecs.register_error that can handle UnicodeEncodeErrors.
    #[py("(self, /, input, errors=None)")]
    fn encode(py: &mut Py, this: &Ref<MultibyteCodec>, input: &Value, errors: &Value) -> Result<Value> {
        let errors = errors_name(py, errors, "encode")?;
        let text = match input.downcast::<Str>() {
            Some(text) => text.clone(),
            None => py.str_of(input)?,
        };
        let (bytes, _) = run::encode(py, this.0, &text, &errors, true)?;
        let (bytes, used) = (py.bytes(&bytes), py.int(text.len() as i64));
        Ok(py.tuple(vec![bytes, used]))
    }
}

impl NativeType for MultibyteCodec {
    const NAME: &'static str = "MultibyteCodec";
    const MODULE: &'static str = "_multibytecodec";
    const DOC: Option<&'static str> = None;
    const FLAGS: u32 = 0;
}

/// The function of the modules that have codecs.
pub struct Getcodec;

#[module]
impl Getcodec {
    #[py("(encoding, /)")]
    fn getcodec(py: &mut Py, encoding: &Value) -> Result<Value> {
        let Some(name) = encoding.downcast::<Str>() else { return Err(type_error("encoding name must be a string.")) };
        match charset::find(&name.to_string()) {
            Some(charset) => {
                py.define::<MultibyteCodec>();
                Ok(py.make(MultibyteCodec(charset)).into_value())
            }
            None => Err(lookup_error("no such codec is supported.")),
        }
    }
}

/// The function of `_multibytecodec`.
pub struct Create;

#[module]
impl Create {
    /// CPython's modules hand their tables over this way; these are here already.
    #[py("(arg, /)")]
    fn __create_codec(_py: &mut Py, arg: &Value) -> Result<()> {
        let _ = arg;
        Err(value_error("argument type invalid"))
    }
}

/// Fills `_multibytecodec`.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Create>(&d, "_multibytecodec");
    py.define::<MultibyteCodec>();
    for (name, class) in [
        ("MultibyteIncrementalEncoder", py.define::<incremental::IncrementalEncoder>()),
        ("MultibyteIncrementalDecoder", py.define::<incremental::IncrementalDecoder>()),
        ("MultibyteStreamReader", py.define::<stream::StreamReader>()),
        ("MultibyteStreamWriter", py.define::<stream::StreamWriter>()),
    ] {
        dict::set_name(py, &d, name, class.into_value());
    }
    Ok(())
}

/// Fills a module that hands out codecs (`_codecs_cn` and its kin).
pub fn init_country(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Getcodec>(&d, "_multibytecodec");
    Ok(())
}
