//! The methods of `str`.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;
use lockstep_text::methods::split::Flavor;
use lockstep_text::methods::{case, pad, predicate, search, split, strip};
use lockstep_text::wtf8;

use super::index::{part, piece};
use super::{Str, codec, format, iter, percent, sequence, translate};
use crate::object::raise::{type_error, value_error};
use crate::object::special::CompareOp;
use crate::object::{Py, Result, Special, Type};

/// Argument number `n` of method `name` as str.
fn text<'a>(py: &Py, value: &'a Value, name: &str, n: usize) -> Result<&'a Ref<Str>> {
    value.downcast().ok_or_else(|| type_error(format!("{name}() argument {n} must be str, not {}", py.type_name(value))))
}

/// The only argument of method `name` as str.
fn only_text<'a>(py: &Py, value: &'a Value, name: &str) -> Result<&'a Ref<Str>> {
    value.downcast().ok_or_else(|| type_error(format!("{name}() argument must be str, not {}", py.type_name(value))))
}

fn bare_text<'a>(py: &Py, value: &'a Value) -> Result<&'a Ref<Str>> {
    value.downcast().ok_or_else(|| type_error(format!("must be str, not {}", py.type_name(value))))
}

/// A separator: none for white space.
fn separator<'a>(py: &Py, value: &'a Value) -> Result<Option<&'a Ref<Str>>> {
    if value.is_none() {
        return Ok(None);
    }
    match value.downcast::<Str>() {
        Some(s) if s.is_empty() => Err(value_error("empty separator")),
        Some(s) => Ok(Some(s)),
        None => Err(type_error(format!("must be str or None, not {}", py.type_name(value)))),
    }
}

fn fill_char(py: &Py, value: &Value) -> Result<u32> {
    match value.downcast::<Str>() {
        Some(s) if s.len() == 1 => Ok(wtf8::nth(s.as_bytes(), 0).unwrap_or(32)),
        Some(_) => Err(type_error("The fill character must be exactly one character long")),
        None => Err(type_error(format!("The fill character must be a unicode character, not {}", py.type_name(value)))),
    }
}

fn padded(
    py: &Py,
    this: &Ref<Str>,
    width: isize,
    fill: &Value,
    pad: fn(&[u8], usize, usize, u32) -> lockstep_text::Result<Vec<u8>>,
) -> Result<Value> {
    let fill = fill_char(py, fill)?;
    let width = usize::try_from(width).unwrap_or(0);
    if width <= this.len() {
        return Ok(part(py, this, this.as_bytes()));
    }
    py.room(width)?;
    let bytes = pad(this.as_bytes(), this.len(), width, fill)?;
    Ok(piece(py, this.is_ascii() && fill < 128, &bytes))
}

fn stripped<'a>(py: &Py, this: &'a Ref<Str>, chars: &Value, name: &str, side: (bool, bool)) -> Result<&'a [u8]> {
    let s = this.as_bytes();
    if chars.is_none() {
        let s = if side.0 { split::trim_start(s, Flavor::Text) } else { s };
        return Ok(if side.1 { split::trim_end(s, Flavor::Text) } else { s });
    }
    let Some(chars) = chars.downcast::<Str>() else {
        return Err(type_error(format!("{name} arg must be None or str, not {}", py.type_name(chars))));
    };
    let s = if side.0 { strip::strip_start(s, chars.as_bytes()) } else { s };
    Ok(if side.1 { strip::strip_end(s, chars.as_bytes()) } else { s })
}

fn pieces<'a>(py: &Py, this: &Ref<Str>, parts: impl Iterator<Item = &'a [u8]>, room: usize) -> Vec<Value> {
    let ascii = this.is_ascii();
    let mut out = Vec::with_capacity(room);
    out.extend(parts.map(|p| piece(py, ascii, p)));
    out
}

fn has_affix(
    py: &mut Py,
    this: &Ref<Str>,
    affix: &Value,
    bounds: (&Value, &Value),
    name: &str,
    test: fn(&[u8], &[u8]) -> bool,
) -> Result<bool> {
    let range = sequence::search_range(py, this, bounds.0, bounds.1)?;
    let one = affix.is_a::<Str>();
    if !one && !affix.is_a::<crate::types::tuple::Tuple>() {
        return Err(type_error(format!("{name} first arg must be str or a tuple of str, not {}", py.type_name(affix))));
    }
    for item in iter::affixes(affix) {
        let Some(item) = item.downcast::<Str>() else {
            return Err(type_error(format!("tuple for {name} must only contain str, not {}", py.type_name(item))));
        };
        if let Some((range, _)) = &range
            && test(&this.as_bytes()[range.clone()], item.as_bytes())
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn starts(s: &[u8], p: &[u8]) -> bool {
    s.starts_with(p)
}
fn ends(s: &[u8], p: &[u8]) -> bool {
    s.ends_with(p)
}

/// A converted text: the object itself where nothing changed is not promised by CPython for
/// these, so a new one is made.
fn converted(py: &Py, this: &Ref<Str>, bytes: &[u8]) -> Value {
    piece(py, this.is_ascii(), bytes)
}

fn partitioned(py: &Py, this: &Ref<Str>, sep: &Value, halves: Option<(&[u8], &[u8])>, last: bool) -> Value {
    let ascii = this.is_ascii();
    py.tuple_from(match halves {
        Some((before, after)) => [piece(py, ascii, before), sep.clone(), piece(py, ascii, after)],
        None => {
            let (whole, empty) = (part(py, this, this.as_bytes()), py.empty_str().into_value());
            if last { [empty.clone(), empty, whole] } else { [whole, empty.clone(), empty] }
        }
    })
}

fn compared(this: &Ref<Str>, other: &Value, op: CompareOp) -> Value {
    match other.downcast::<Str>() {
        Some(other) => Value::bool(op.accepts(this.as_bytes().cmp(other.as_bytes()))),
        None => Value::NOT_IMPLEMENTED,
    }
}

/// `encoding` and `errors` of a call as plain text, with their defaults.
pub(in crate::types) fn codec_names<'a>(
    py: &mut Py,
    name: &str,
    encoding: Option<&'a Value>,
    errors: Option<&'a Value>,
) -> Result<(&'a str, &'a str)> {
    let plain = |py: &mut Py, value: Option<&'a Value>, what: &str, default: &'static str| -> Result<&'a str> {
        let Some(value) = value else { return Ok(default) };
        let Some(s) = value.downcast::<Str>() else {
            return Err(type_error(format!("{name}() argument '{what}' must be str, not {}", py.type_name(value))));
        };
        if s.as_bytes().contains(&0) {
            return Err(value_error("embedded null character"));
        }
        s.to_str(py)
    };
    let encoding = plain(py, encoding, "encoding", "utf-8")?;
    Ok((encoding, plain(py, errors, "errors", "strict")?))
}

fn make_decoded(py: &mut Py, object: &Value, encoding: Option<&Value>, errors: Option<&Value>) -> Result<Ref<Str>> {
    let (encoding, errors) = codec_names(py, "str", encoding, errors)?;
    if object.is_a::<Str>() {
        return Err(type_error("decoding str is not supported"));
    }
    if !crate::types::buffer::is_bytes_like(py, object) {
        return Err(type_error(format!("decoding to str: need a bytes-like object, {} found", py.type_name(object))));
    }
    let decoded = codec::decode(py, object, encoding, errors)?;
    decoded.downcast_into::<Str>().map_err(|_| type_error("decoder should return a string result"))
}

fn repeated(py: &mut Py, this: &Ref<Str>, n: &Value) -> Result<Value> {
    if n.as_small_int().is_none() && !crate::types::int::is_int(n) && py.special(n, Special::Index).is_none() {
        if sequence::may_take(py, n, Special::RMul) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        return Err(type_error(format!("can't multiply sequence by non-int of type '{}'", py.type_name(n))));
    }
    let count = py.index(n)?;
    match count.as_small_int() {
        Some(n) => sequence::repeat(py, this, n as isize),
        None => match crate::types::int::as_i64(&count) {
            Some(n) => sequence::repeat(py, this, n as isize),
            None => {
                Err(crate::object::raise::overflow_error(format!("cannot fit '{}' into an index-sized integer", py.type_name(n))))
            }
        },
    }
}

#[methods]
impl Str {
    /// Create and return a new object.
    #[staticmethod("(type, /, object=<unbound>, encoding=<unbound>, errors=<unbound>)")]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        object: Option<&Value>,
        encoding: Option<&Value>,
        errors: Option<&Value>,
    ) -> Result<Value> {
        let text = match object {
            _ if encoding.is_some() || errors.is_some() => {
                let empty;
                let object = match object {
                    Some(object) => object,
                    None => {
                        empty = py.bytes(b"");
                        &empty
                    }
                };
                make_decoded(py, object, encoding, errors)?
            }
            Some(object) => py.str_of(object)?,
            None => py.empty_str(),
        };
        let base = py.type_for::<Str>();
        if cls.is(&base) {
            return Ok(text.into_value());
        }
        if !py.is_subtype(cls, &base) {
            let name = cls.get(py).name.to_string();
            return Err(type_error(format!("str.__new__({name}): {name} is not a subtype of str")));
        }
        Ok(py.make_str_in(cls, &text).into_value())
    }
    /// Return self+value.
    #[py("(self, value, /)")]
    fn __add__(py: &mut Py, this: &Ref<Str>, value: &Value) -> Result<Value> {
        match value.downcast::<Str>() {
            Some(other) => sequence::concat(py, this, other),
            None if sequence::may_take(py, value, Special::RAdd) => Ok(Value::NOT_IMPLEMENTED),
            None => Err(type_error(format!("can only concatenate str (not \"{}\") to str", py.type_name(value)))),
        }
    }
    /// Return bool(key in self).
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Ref<Str>, key: &Value) -> Result<bool> {
        match key.downcast::<Str>() {
            Some(sub) => Ok(search::contains(this.as_bytes(), sub.as_bytes())),
            None => Err(type_error(format!("'in <string>' requires string as left operand, not {}", py.type_name(key)))),
        }
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(_py: &mut Py, this: &Ref<Str>, value: &Value) -> Value {
        match value.downcast::<Str>() {
            Some(other) => Value::bool(this.is(other) || this.as_bytes() == other.as_bytes()),
            None => Value::NOT_IMPLEMENTED,
        }
    }
    /// Return a formatted version of the string as described by format_spec.
    #[py("(self, format_spec, /)")]
    fn __format__(py: &mut Py, this: &Ref<Str>, format_spec: &Value) -> Result<Value> {
        let spec = only_text(py, format_spec, "__format__")?;
        if spec.is_empty() {
            return py.str_of(this.as_value()).map(Ref::into_value);
        }
        let bytes = lockstep_text::format::str(this.as_bytes(), this.len(), spec.as_bytes())?;
        Ok(py.new_str_bytes(&bytes).into_value())
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(_py: &mut Py, this: &Ref<Str>, value: &Value) -> Value {
        compared(this, value, CompareOp::Ge)
    }
    /// Return self[key].
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<Str>, key: &Value) -> Result<Value> {
        sequence::subscript(py, this, key)
    }
    /// Arguments for `__new__` when unpickling.
    #[py("(self, /)")]
    fn __getnewargs__(py: &mut Py, this: &Ref<Str>) -> Value {
        let copy = py.new_str_bytes(this.as_bytes()).into_value();
        py.tuple(vec![copy])
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(_py: &mut Py, this: &Ref<Str>, value: &Value) -> Value {
        compared(this, value, CompareOp::Gt)
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Str>) -> i64 {
        this.hash(py) as i64
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<Str>) -> Value {
        py.make(iter::StrIter { text: Some(this.clone()), at: 0 }).into_value()
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(_py: &mut Py, this: &Ref<Str>, value: &Value) -> Value {
        compared(this, value, CompareOp::Le)
    }
    /// Return len(self).
    #[py("(self, /)")]
    fn __len__(_py: &mut Py, this: &Ref<Str>) -> usize {
        this.len()
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(_py: &mut Py, this: &Ref<Str>, value: &Value) -> Value {
        compared(this, value, CompareOp::Lt)
    }
    /// Return self%value.
    #[py("(self, value, /)")]
    fn __mod__(py: &mut Py, this: &Ref<Str>, value: &Value) -> Result<Value> {
        percent::format(py, this, value)
    }
    /// Return self*value.
    #[py("(self, value, /)")]
    fn __mul__(py: &mut Py, this: &Ref<Str>, value: &Value) -> Result<Value> {
        repeated(py, this, value)
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(_py: &mut Py, this: &Ref<Str>, value: &Value) -> Value {
        match value.downcast::<Str>() {
            Some(other) => Value::bool(!this.is(other) && this.as_bytes() != other.as_bytes()),
            None => Value::NOT_IMPLEMENTED,
        }
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Str>) -> Result<Value> {
        py.room(this.as_bytes().len() * 2)?;
        let bytes = lockstep_text::repr::repr(this.as_bytes());
        Ok(piece(py, this.is_ascii(), &bytes))
    }
    /// Return value%self.
    #[py("(self, value, /)")]
    fn __rmod__(py: &mut Py, this: &Ref<Str>, value: &Value) -> Result<Value> {
        match value.downcast::<Str>() {
            Some(format) => percent::format(py, format, this.as_value()),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return value*self.
    #[py("(self, value, /)")]
    fn __rmul__(py: &mut Py, this: &Ref<Str>, value: &Value) -> Result<Value> {
        repeated(py, this, value)
    }
    /// Return the size of the string in memory, in bytes.
    #[py("(self, /)")]
    fn __sizeof__(_py: &mut Py, this: &Ref<Str>) -> usize {
        this.shape().object_size() + this.as_bytes().len()
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Str>) -> Value {
        part(py, this, this.as_bytes())
    }
    /// Return a copy with the first character upper-case and the others lower-case.
    #[py("(self, /)")]
    fn capitalize(py: &mut Py, this: &Ref<Str>) -> Value {
        converted(py, this, &case::capitalize(this.as_bytes()))
    }
    /// Return a copy suitable for comparison without regard to case.
    #[py("(self, /)")]
    fn casefold(py: &mut Py, this: &Ref<Str>) -> Value {
        converted(py, this, &case::casefold(this.as_bytes()))
    }
    /// Return the string in the middle of `width` characters.
    #[py("(self, width, fillchar=' ', /)")]
    fn center(py: &mut Py, this: &Ref<Str>, width: isize, fillchar: &Value) -> Result<Value> {
        padded(py, this, width, fillchar, pad::center)
    }
    /// Return how often sub occurs in self[start:end] without overlap.
    #[py("(self, sub, start=None, end=None, /)")]
    fn count(py: &mut Py, this: &Ref<Str>, sub: &Value, start: &Value, end: &Value) -> Result<usize> {
        let sub = text(py, sub, "count", 1)?;
        let Some((range, _)) = sequence::search_range(py, this, start, end)? else { return Ok(0) };
        let bytes = &this.as_bytes()[range];
        let chars = if sub.is_empty() { wtf8::count(bytes) } else { 0 };
        Ok(search::count(bytes, sub.as_bytes(), chars))
    }
    /// Encode the string.
    #[py("(self, /, encoding=<unbound>, errors=<unbound>)")]
    fn encode(py: &mut Py, this: &Ref<Str>, encoding: Option<&Value>, errors: Option<&Value>) -> Result<Value> {
        let (encoding, errors) = codec_names(py, "encode", encoding, errors)?;
        codec::encode(py, this, encoding, errors)
    }
    /// Return whether the string ends with suffix, a str or a tuple of them.
    #[py("(self, suffix, start=None, end=None, /)")]
    fn endswith(py: &mut Py, this: &Ref<Str>, suffix: &Value, start: &Value, end: &Value) -> Result<bool> {
        has_affix(py, this, suffix, (start, end), "endswith", ends)
    }
    /// Return a copy with tabs expanded to spaces.
    #[py("(self, /, tabsize=8)")]
    fn expandtabs(py: &mut Py, this: &Ref<Str>, tabsize: i32) -> Result<Value> {
        let bytes = pad::expand_tabs(this.as_bytes(), tabsize as isize, true)?;
        Ok(converted(py, this, &bytes))
    }
    /// Return the lowest index at which sub is found in self[start:end], -1 if it is not.
    #[py("(self, sub, start=None, end=None, /)")]
    fn find(py: &mut Py, this: &Ref<Str>, sub: &Value, start: &Value, end: &Value) -> Result<i64> {
        let sub = text(py, sub, "find", 1)?;
        Ok(sequence::find(py, this, sub, start, end, false)?.map_or(-1, |n| n as i64))
    }
    /// Return a formatted version of the string, using the arguments for its replacement fields.
    #[py("(self, /, *args, **kwargs)")]
    fn format(py: &mut Py, this: &Ref<Str>, args: &[Value], kwargs: &Value) -> Result<Value> {
        format::format(py, this, args, kwargs)
    }
    /// Return a formatted version of the string, using mapping for its replacement fields.
    #[py("(self, mapping, /)")]
    fn format_map(py: &mut Py, this: &Ref<Str>, mapping: &Value) -> Result<Value> {
        format::format_map(py, this, mapping)
    }
    /// Like find, but raise ValueError where there is nothing to find.
    #[py("(self, sub, start=None, end=None, /)")]
    fn index(py: &mut Py, this: &Ref<Str>, sub: &Value, start: &Value, end: &Value) -> Result<usize> {
        let sub = text(py, sub, "index", 1)?;
        sequence::find(py, this, sub, start, end, false)?.ok_or_else(|| value_error("substring not found"))
    }
    /// Return whether all characters are alphabetic or numeric and there is one.
    #[py("(self, /)")]
    fn isalnum(_py: &mut Py, this: &Ref<Str>) -> bool {
        predicate::is_alnum(this.as_bytes())
    }
    /// Return whether all characters are alphabetic and there is one.
    #[py("(self, /)")]
    fn isalpha(_py: &mut Py, this: &Ref<Str>) -> bool {
        predicate::is_alpha(this.as_bytes())
    }
    /// Return whether all characters are ASCII.
    #[py("(self, /)")]
    fn isascii(_py: &mut Py, this: &Ref<Str>) -> bool {
        this.is_ascii()
    }
    /// Return whether all characters are decimal and there is one.
    #[py("(self, /)")]
    fn isdecimal(_py: &mut Py, this: &Ref<Str>) -> bool {
        predicate::is_decimal(this.as_bytes())
    }
    /// Return whether all characters are digits and there is one.
    #[py("(self, /)")]
    fn isdigit(_py: &mut Py, this: &Ref<Str>) -> bool {
        predicate::is_digit(this.as_bytes())
    }
    /// Return whether the string is a valid identifier.
    #[py("(self, /)")]
    fn isidentifier(_py: &mut Py, this: &Ref<Str>) -> bool {
        predicate::is_identifier(this.as_bytes())
    }
    /// Return whether all cased characters are lower-case and there is one.
    #[py("(self, /)")]
    fn islower(_py: &mut Py, this: &Ref<Str>) -> bool {
        predicate::is_lower(this.as_bytes())
    }
    /// Return whether all characters are numeric and there is one.
    #[py("(self, /)")]
    fn isnumeric(_py: &mut Py, this: &Ref<Str>) -> bool {
        predicate::is_numeric(this.as_bytes())
    }
    /// Return whether repr() shows all characters as they are.
    #[py("(self, /)")]
    fn isprintable(_py: &mut Py, this: &Ref<Str>) -> bool {
        predicate::is_printable(this.as_bytes())
    }
    /// Return whether all characters are white space and there is one.
    #[py("(self, /)")]
    fn isspace(_py: &mut Py, this: &Ref<Str>) -> bool {
        predicate::is_space(this.as_bytes())
    }
    /// Return whether every word begins with an upper-case character and goes on in lower case.
    #[py("(self, /)")]
    fn istitle(_py: &mut Py, this: &Ref<Str>) -> bool {
        predicate::is_title(this.as_bytes())
    }
    /// Return whether all cased characters are upper-case and there is one.
    #[py("(self, /)")]
    fn isupper(_py: &mut Py, this: &Ref<Str>) -> bool {
        predicate::is_upper(this.as_bytes())
    }
    /// Concatenate the strings of an iterable with this string between them.
    #[py("(self, iterable, /)")]
    fn join(py: &mut Py, this: &Ref<Str>, iterable: &Value) -> Result<Value> {
        sequence::join(py, this, iterable)
    }
    /// Return the string at the left of `width` characters.
    #[py("(self, width, fillchar=' ', /)")]
    fn ljust(py: &mut Py, this: &Ref<Str>, width: isize, fillchar: &Value) -> Result<Value> {
        padded(py, this, width, fillchar, pad::ljust)
    }
    /// Return a copy in lower case.
    #[py("(self, /)")]
    fn lower(py: &mut Py, this: &Ref<Str>) -> Value {
        if this.is_ascii() {
            return py.edited_ascii(this.as_bytes(), |s| s.make_ascii_lowercase()).into_value();
        }
        converted(py, this, &case::lower(this.as_bytes()))
    }
    /// Return a copy without white space, or the given characters, at the left.
    #[py("(self, chars=None, /)")]
    fn lstrip(py: &mut Py, this: &Ref<Str>, chars: &Value) -> Result<Value> {
        let bytes = stripped(py, this, chars, "lstrip", (true, false))?;
        Ok(part(py, this, bytes))
    }
    /// Return a table for translate().
    #[staticmethod("(x, y=<unbound>, z=<unbound>, /)")]
    fn maketrans(py: &mut Py, x: &Value, y: Option<&Value>, z: Option<&Value>) -> Result<Value> {
        translate::maketrans(py, x, y, z)
    }
    /// Split at the first sep: what is before it, sep, what is behind.
    #[py("(self, sep, /)")]
    fn partition(py: &mut Py, this: &Ref<Str>, sep: &Value) -> Result<Value> {
        let text = bare_text(py, sep)?;
        if text.is_empty() {
            return Err(value_error("empty separator"));
        }
        Ok(partitioned(py, this, sep, split::partition(this.as_bytes(), text.as_bytes()), false))
    }
    /// Return a copy without prefix.
    #[py("(self, prefix, /)")]
    fn removeprefix(py: &mut Py, this: &Ref<Str>, prefix: &Value) -> Result<Value> {
        let prefix = only_text(py, prefix, "removeprefix")?;
        Ok(part(py, this, strip::remove_prefix(this.as_bytes(), prefix.as_bytes())))
    }
    /// Return a copy without suffix.
    #[py("(self, suffix, /)")]
    fn removesuffix(py: &mut Py, this: &Ref<Str>, suffix: &Value) -> Result<Value> {
        let suffix = only_text(py, suffix, "removesuffix")?;
        Ok(part(py, this, strip::remove_suffix(this.as_bytes(), suffix.as_bytes())))
    }
    /// Return a copy with old replaced by new, at most count times if that is not negative.
    #[py("(self, old, new, /, count=-1)")]
    fn replace(py: &mut Py, this: &Ref<Str>, old: &Value, new: &Value, count: isize) -> Result<Value> {
        let (old, new) = (text(py, old, "replace", 1)?, text(py, new, "replace", 2)?);
        let done = search::replace(this.as_bytes(), old.as_bytes(), new.as_bytes(), count, true)?;
        Ok(match done {
            Some(bytes) => piece(py, this.is_ascii() && new.is_ascii(), &bytes),
            None => part(py, this, this.as_bytes()),
        })
    }
    /// Return the highest index at which sub is found in self[start:end], -1 if it is not.
    #[py("(self, sub, start=None, end=None, /)")]
    fn rfind(py: &mut Py, this: &Ref<Str>, sub: &Value, start: &Value, end: &Value) -> Result<i64> {
        let sub = text(py, sub, "rfind", 1)?;
        Ok(sequence::find(py, this, sub, start, end, true)?.map_or(-1, |n| n as i64))
    }
    /// Like rfind, but raise ValueError where there is nothing to find.
    #[py("(self, sub, start=None, end=None, /)")]
    fn rindex(py: &mut Py, this: &Ref<Str>, sub: &Value, start: &Value, end: &Value) -> Result<usize> {
        let sub = text(py, sub, "rindex", 1)?;
        sequence::find(py, this, sub, start, end, true)?.ok_or_else(|| value_error("substring not found"))
    }
    /// Return the string at the right of `width` characters.
    #[py("(self, width, fillchar=' ', /)")]
    fn rjust(py: &mut Py, this: &Ref<Str>, width: isize, fillchar: &Value) -> Result<Value> {
        padded(py, this, width, fillchar, pad::rjust)
    }
    /// Split at the last sep: what is before it, sep, what is behind.
    #[py("(self, sep, /)")]
    fn rpartition(py: &mut Py, this: &Ref<Str>, sep: &Value) -> Result<Value> {
        let text = bare_text(py, sep)?;
        if text.is_empty() {
            return Err(value_error("empty separator"));
        }
        Ok(partitioned(py, this, sep, split::rpartition(this.as_bytes(), text.as_bytes()), true))
    }
    /// Return the parts between separators, split from the right.
    #[py("(self, /, sep=None, maxsplit=-1)")]
    fn rsplit(py: &mut Py, this: &Ref<Str>, sep: &Value, maxsplit: isize) -> Result<Value> {
        let s = this.as_bytes();
        let mut parts = match separator(py, sep)? {
            None => pieces(py, this, split::rsplit_space(s, maxsplit, Flavor::Text), 0),
            Some(sep) => {
                pieces(py, this, split::rsplit(s, sep.as_bytes(), maxsplit), split::expected(s, sep.as_bytes(), maxsplit))
            }
        };
        parts.reverse();
        Ok(py.list(parts))
    }
    /// Return a copy without white space, or the given characters, at the right.
    #[py("(self, chars=None, /)")]
    fn rstrip(py: &mut Py, this: &Ref<Str>, chars: &Value) -> Result<Value> {
        let bytes = stripped(py, this, chars, "rstrip", (false, true))?;
        Ok(part(py, this, bytes))
    }
    /// Return the parts between separators; without sep at white space.
    #[py("(self, /, sep=None, maxsplit=-1)")]
    fn split(py: &mut Py, this: &Ref<Str>, sep: &Value, maxsplit: isize) -> Result<Value> {
        let s = this.as_bytes();
        let parts = match separator(py, sep)? {
            None => pieces(py, this, split::split_space(s, maxsplit, Flavor::Text), split::expected_words(s, maxsplit)),
            Some(sep) => {
                pieces(py, this, split::split(s, sep.as_bytes(), maxsplit), split::expected(s, sep.as_bytes(), maxsplit))
            }
        };
        Ok(py.list(parts))
    }
    /// Return the lines, with their ends if keepends is true.
    #[py("(self, /, keepends=False)")]
    fn splitlines(py: &mut Py, this: &Ref<Str>, keepends: bool) -> Value {
        let s = this.as_bytes();
        let parts = pieces(py, this, split::split_lines(s, keepends, Flavor::Text), split::expected(s, b"\n", -1));
        py.list(parts)
    }
    /// Return whether the string starts with prefix, a str or a tuple of them.
    #[py("(self, prefix, start=None, end=None, /)")]
    fn startswith(py: &mut Py, this: &Ref<Str>, prefix: &Value, start: &Value, end: &Value) -> Result<bool> {
        has_affix(py, this, prefix, (start, end), "startswith", starts)
    }
    /// Return a copy without white space, or the given characters, at both ends.
    #[py("(self, chars=None, /)")]
    fn strip(py: &mut Py, this: &Ref<Str>, chars: &Value) -> Result<Value> {
        let bytes = stripped(py, this, chars, "strip", (true, true))?;
        Ok(part(py, this, bytes))
    }
    /// Return a copy with upper case and lower case exchanged.
    #[py("(self, /)")]
    fn swapcase(py: &mut Py, this: &Ref<Str>) -> Value {
        converted(py, this, &case::swapcase(this.as_bytes()))
    }
    /// Return a copy in which every word begins with an upper-case character.
    #[py("(self, /)")]
    fn title(py: &mut Py, this: &Ref<Str>) -> Value {
        converted(py, this, &case::title(this.as_bytes()))
    }
    /// Replace each character by what table, indexed by its number, gives for it.
    #[py("(self, table, /)")]
    fn translate(py: &mut Py, this: &Ref<Str>, table: &Value) -> Result<Value> {
        translate::translate(py, this, table)
    }
    /// Return a copy in upper case.
    #[py("(self, /)")]
    fn upper(py: &mut Py, this: &Ref<Str>) -> Value {
        if this.is_ascii() {
            return py.edited_ascii(this.as_bytes(), |s| s.make_ascii_uppercase()).into_value();
        }
        converted(py, this, &case::upper(this.as_bytes()))
    }
    /// Pad a number with zeros at the left, behind its sign.
    #[py("(self, width, /)")]
    fn zfill(py: &mut Py, this: &Ref<Str>, width: isize) -> Result<Value> {
        let width = usize::try_from(width).unwrap_or(0);
        if width <= this.len() {
            return Ok(part(py, this, this.as_bytes()));
        }
        py.room(width)?;
        Ok(converted(py, this, &pad::zfill(this.as_bytes(), this.len(), width)?))
    }
}
