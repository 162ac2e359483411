//! `make_encoder`: writes values as JSON as an encoder says.

use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::dict::Dict;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Frozen, Object, Py, Ref, Value, Visitor, methods};

use super::Known;
use super::encode::{Encode, Strings};

/// The payload of an encoder.
pub struct Encoder {
    markers: Value,
    pub(super) default: Value,
    pub(super) encoder: Value,
    indent: Value,
    pub(super) key_separator: Ref<Str>,
    pub(super) item_separator: Ref<Str>,
    pub(super) sort_keys: bool,
    pub(super) skip_keys: bool,
    pub(super) allow_nan: bool,
    pub(super) strings: Strings,
}

impl Object for Encoder {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all([&self.markers, &self.default, &self.encoder, &self.indent]);
    }
}

impl Encoder {
    /// Whether containers that hold themselves are looked for.
    pub(super) fn checks(&self) -> bool {
        !self.markers.is_none()
    }
    /// The text of one level of indentation.
    pub(super) fn indent(&self) -> Option<&Ref<Str>> {
        self.indent.downcast::<Str>()
    }
}

fn separator(py: &Py, value: &Value, number: u32) -> Result<Ref<Str>> {
    match value.downcast::<Str>() {
        Some(s) => Ok(s.clone()),
        None => Err(type_error(format!("make_encoder() argument {number} must be str, not {}", py.type_name(value)))),
    }
}

#[methods]
impl Encoder {
    /// Create and return a new object.
    #[staticmethod("(type, /, markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)")]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        markers: &Value,
        default: Value,
        encoder: Value,
        indent: &Value,
        key_separator: &Value,
        item_separator: &Value,
        sort_keys: bool,
        skipkeys: bool,
        allow_nan: bool,
    ) -> Result<Value> {
        let key_separator = separator(py, key_separator, 5)?;
        let item_separator = separator(py, item_separator, 6)?;
        if !markers.is_none() && !markers.is_a::<Dict>() {
            let got = py.type_name(markers);
            return Err(type_error(format!("make_encoder() argument 1 must be dict or None, not {got}")));
        }
        if !indent.is_none() && !indent.is_a::<Str>() {
            let got = py.type_name(indent);
            return Err(type_error(format!("make_encoder() argument 4 must be str or None, not {got}")));
        }
        let known = py.state::<Known>();
        let same = |f: &Option<Value>| f.as_ref().is_some_and(|f| f.is(&encoder));
        let strings = match (same(&known.plain), same(&known.ascii)) {
            (true, _) => Strings::Plain,
            (_, true) => Strings::Ascii,
            _ => Strings::Own,
        };
        let made = Encoder {
            markers: markers.clone(),
            default,
            encoder,
            indent: indent.clone(),
            key_separator,
            item_separator,
            sort_keys,
            skip_keys: skipkeys,
            allow_nan,
            strings,
        };
        Ok(py.make_in(cls, made).into_value())
    }
    /// Call self as a function.
    #[py("(self, /, obj, _current_indent_level)")]
    fn __call__(py: &mut Py, this: &Ref<Encoder>, obj: &Value, _current_indent_level: isize) -> Result<Value> {
        let level = usize::try_from(_current_indent_level).unwrap_or(0);
        let text = Encode::new(this, level).run(py, obj)?;
        Ok(py.tuple(vec![text]))
    }
    /// markers
    #[getter]
    fn markers(_py: &mut Py, this: &Ref<Encoder>) -> Value {
        this.markers.clone()
    }
    /// default
    #[getter]
    fn default(_py: &mut Py, this: &Ref<Encoder>) -> Value {
        this.default.clone()
    }
    /// encoder
    #[getter]
    fn encoder(_py: &mut Py, this: &Ref<Encoder>) -> Value {
        this.encoder.clone()
    }
    /// indent
    #[getter(name = "indent")]
    fn get_indent(_py: &mut Py, this: &Ref<Encoder>) -> Value {
        this.indent.clone()
    }
    /// key_separator
    #[getter]
    fn key_separator(_py: &mut Py, this: &Ref<Encoder>) -> Value {
        this.key_separator.to_value()
    }
    /// item_separator
    #[getter]
    fn item_separator(_py: &mut Py, this: &Ref<Encoder>) -> Value {
        this.item_separator.to_value()
    }
    /// sort_keys
    #[getter]
    fn sort_keys(_py: &mut Py, this: &Ref<Encoder>) -> bool {
        this.sort_keys
    }
    /// skipkeys
    #[getter]
    fn skipkeys(_py: &mut Py, this: &Ref<Encoder>) -> bool {
        this.skip_keys
    }
}

impl NativeType for Encoder {
    const NAME: &'static str = "Encoder";
    const MODULE: &'static str = "_json";
    const DOC: Option<&'static str> =
        Some("Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)");
    const FLAGS: u32 = TypeFlags::BASE;
}
