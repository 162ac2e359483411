//! `unicodedata`: the Unicode character database.
//!
//! The tables are those of the crate `rustpython-unicode`; where they know characters newer than
//! the version that CPython has, these count as unassigned.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use lockstep_interp::object::raise::{Result, key_error, type_error, value_error};
use lockstep_interp::object::{NativeType, TypeFlags};
use lockstep_interp::types::buffer;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Frozen, Object, Py, Ref, Value, methods, module};
use lockstep_text::unicode::{self, VERSION};
use lockstep_text::wtf8;
use rustpython_unicode::data::membership_3_2;
use rustpython_unicode::{LookupResult, NormalizeForm, Ucd};
use rustpython_wtf8::{CodePoint, Wtf8Buf};
use smallvec::SmallVec;

/// The payload of an old version of the database: that of Unicode 3.2.0.
pub struct OldUcd;

impl Object for OldUcd {
    type Access = Frozen;
}

/// Which database is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Age {
    New,
    Old,
}

impl Age {
    fn ucd(self) -> Ucd {
        Ucd::new(self == Age::New)
    }
    /// Whether the character is assigned in this database.
    fn knows(self, c: u32) -> bool {
        unicode::is_assigned(c) && (self == Age::New || membership_3_2(c))
    }
}

/// Characters whose decomposition was a mistake until Unicode 4.0: as it was, in order.
const CORRECTED: [(char, char); 5] = [
    ('\u{2F868}', '\u{2136A}'),
    ('\u{2F874}', '\u{5F33}'),
    ('\u{2F91F}', '\u{43AB}'),
    ('\u{2F95F}', '\u{7AAE}'),
    ('\u{2F9BF}', '\u{4D57}'),
];

/// The same, as it is now.
const CORRECT: [u32; 5] = [0x36FC, 0x5F53, 0x243AB, 0x7AEE, 0x45D7];

/// The one character of an argument.
fn character(py: &mut Py, value: &Value, function: &str, number: &str) -> Result<u32> {
    match value.downcast::<Str>() {
        Some(s) if s.len() == 1 => Ok(wtf8::nth(s.as_bytes(), 0).unwrap_or(0)),
        Some(s) => Err(type_error(format!(
            "{function}(): argument{number} must be a unicode character, not a string of length {}",
            s.len()
        ))),
        None => {
            Err(type_error(format!("{function}() argument{number} must be a unicode character, not {}", py.type_name(value))))
        }
    }
}

fn point(c: u32) -> CodePoint {
    CodePoint::from_u32(c).unwrap_or_else(|| CodePoint::from_char('\0'))
}

/// The short texts that name classes of characters, made once: there are few of them.
struct Texts([Option<Ref<Str>>; 96]);

impl Default for Texts {
    fn default() -> Texts {
        Texts([const { None }; 96])
    }
}

/// The properties whose classes have texts, by where these lie.
#[derive(Clone, Copy)]
enum Property {
    Category = 0,
    Direction = 32,
    Width = 64,
}

/// The str of a class with a number of the property.
#[inline]
fn class_text(py: &mut Py, property: Property, (number, text): (u8, &'static str)) -> Value {
    let place = property as usize + usize::from(number);
    match py.state::<Texts>().0.get(place) {
        Some(Some(known)) => known.to_value(),
        _ => new_text(py, place, text),
    }
}

#[cold]
#[inline(never)]
fn new_text(py: &mut Py, place: usize, text: &'static str) -> Value {
    let made = py.intern(text);
    if let Some(empty) = py.state::<Texts>().0.get_mut(place) {
        *empty = Some(made.clone());
    }
    made.into_value()
}

/// The general category in the old database.
fn old_category(c: u32) -> &'static str {
    Age::Old.ucd().category(point(c))
}

/// The bidirectional class in the old database.
fn old_direction(c: u32) -> &'static str {
    match c {
        0xD800..0xE000 => "L",
        _ if Age::Old.knows(c) => Age::Old.ucd().bidirectional(point(c)),
        _ => "",
    }
}

fn combining(age: Age, c: u32) -> u8 {
    match age {
        Age::New => unicode::combining_class(c),
        Age::Old if age.knows(c) => age.ucd().combining(point(c)),
        Age::Old => 0,
    }
}

/// The East Asian width in the old database.
fn old_width(c: u32) -> &'static str {
    // What may become an ideograph is wide before it is assigned.
    let wide = matches!(c, 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x2_FFFD | 0x3_0000..=0x3_FFFD);
    if wide && !membership_3_2(c) { "W" } else { Age::Old.ucd().east_asian_width(point(c)) }
}

/// The integer value of a digit, of `age`'s decimal digits alone if `decimal`.
fn digit(age: Age, c: u32, decimal: bool) -> Option<i64> {
    if age == Age::New
        && let Some(value) = unicode::decimal_value(c)
    {
        return Some(i64::from(value));
    }
    let may_be = if decimal { unicode::is_decimal(c) } else { unicode::is_digit(c) };
    if age == Age::New && !may_be {
        return None;
    }
    let found = if decimal { age.ucd().decimal(point(c)) } else { age.ucd().digit(point(c)) };
    found.map(|n| n as i64)
}

fn numeric(age: Age, c: u32) -> Option<f64> {
    if age == Age::New {
        if let Some(value) = unicode::decimal_value(c) {
            return Some(f64::from(value));
        }
        if !unicode::is_numeric(c) {
            return None;
        }
    }
    age.ucd().numeric(point(c))
}

fn decomposition(age: Age, c: u32) -> String {
    // Syllables of Hangul decompose by rule, which the database does not spell out.
    if !age.knows(c) || (0xAC00..=0xD7A3).contains(&c) {
        return String::new();
    }
    match CORRECTED.iter().position(|(wrong, _)| u32::from(*wrong) == c) {
        Some(i) => format!("{:04X}", CORRECT[i]),
        None => age.ucd().decomposition(point(c)),
    }
}

/// A value or the default; without one, a ValueError.
fn or_default(found: Option<Value>, default: Option<&Value>, message: &str) -> Result<Value> {
    match (found, default) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(value_error(message)),
    }
}

fn name(py: &mut Py, age: Age, chr: &Value, default: Option<&Value>) -> Result<Value> {
    let c = character(py, chr, "name", " 1")?;
    let found = if age.knows(c) { char::from_u32(c).and_then(|c| name_of(py, c)) } else { None };
    or_default(found, default, "no such name")
}

fn name_of(py: &Py, c: char) -> Option<Value> {
    let Some(words) = unicode_names2::name(c) else {
        // Those that are made from the number.
        return rustpython_unicode::character_name(c).map(|name| py.str(&name));
    };
    let mut text = SmallVec::<[u8; 96]>::new();
    for word in words {
        text.extend_from_slice(word.as_bytes());
    }
    Some(py.new_ascii(&text).into_value())
}

fn lookup(py: &mut Py, age: Age, name: &Value) -> Result<Value> {
    let text = match name.downcast::<Str>() {
        Some(s) => s.as_str().map_or_else(|| Cow::Owned(s.to_string()), Cow::Borrowed),
        None => Cow::Owned(String::from_utf8_lossy(&buffer::data(py, name)?).into_owned()),
    };
    if text.len() > 256 {
        return Err(key_error(py.str("name too long")));
    }
    match age.ucd().lookup(&text) {
        Some(LookupResult::Character(c)) if age.knows(u32::from(c)) => Ok(py.char(u32::from(c)).into_value()),
        Some(LookupResult::Sequence(s)) => Ok(py.str(s)),
        _ => Err(key_error(py.str(&format!("undefined character name '{text}'")))),
    }
}

fn form(py: &mut Py, form: &Value, unistr: &Value, function: &str) -> Result<(NormalizeForm, Ref<Str>)> {
    let bad = |py: &mut Py, n: u32, value: &Value| {
        Err(type_error(format!("{function}() argument {n} must be str, not {}", py.type_name(value))))
    };
    let Some(name) = form.downcast::<Str>() else { return bad(py, 1, form) };
    let Some(text) = unistr.downcast::<Str>() else { return bad(py, 2, unistr) };
    match name.as_str().and_then(|n| n.parse().ok()) {
        Some(form) => Ok((form, text.clone())),
        None => Err(value_error("invalid normalization form")),
    }
}

/// Text for the crate; surrogates stay what they are.
fn buffer_of(bytes: &[u8]) -> Wtf8Buf {
    match std::str::from_utf8(bytes) {
        Ok(s) => Wtf8Buf::from(s),
        Err(_) => wtf8::code_points(bytes).map(point).collect(),
    }
}

/// Text of characters alone in normal form; borrowed if it is so already.
fn normal(form: NormalizeForm, text: &str) -> Cow<'_, str> {
    match form {
        NormalizeForm::Nfc => ComposingNormalizerBorrowed::new_nfc().normalize(text),
        NormalizeForm::Nfkc => ComposingNormalizerBorrowed::new_nfkc().normalize(text),
        NormalizeForm::Nfd => DecomposingNormalizerBorrowed::new_nfd().normalize(text),
        NormalizeForm::Nfkd => DecomposingNormalizerBorrowed::new_nfkd().normalize(text),
    }
}

/// Whether text of characters alone is in normal form.
fn is_normal(form: NormalizeForm, text: &str) -> bool {
    match form {
        NormalizeForm::Nfc => ComposingNormalizerBorrowed::new_nfc().is_normalized(text),
        NormalizeForm::Nfkc => ComposingNormalizerBorrowed::new_nfkc().is_normalized(text),
        NormalizeForm::Nfd => DecomposingNormalizerBorrowed::new_nfd().is_normalized(text),
        NormalizeForm::Nfkd => DecomposingNormalizerBorrowed::new_nfkd().is_normalized(text),
    }
}

fn normalized(age: Age, form: NormalizeForm, bytes: &[u8]) -> Vec<u8> {
    if age == Age::New {
        return rustpython_unicode::normalize(form, &buffer_of(bytes)).into_bytes();
    }
    // Characters that Unicode 3.2 does not know are left alone and stand between the others.
    let mut out = Vec::with_capacity(bytes.len());
    let mut run = Vec::new();
    let settle = |run: &mut Vec<u8>, out: &mut Vec<u8>| {
        out.extend_from_slice(&rustpython_unicode::normalize(form, &buffer_of(run)).into_bytes());
        run.clear();
    };
    for c in wtf8::code_points(bytes) {
        match CORRECTED.iter().find(|(wrong, _)| u32::from(*wrong) == c) {
            Some((_, old)) => wtf8::push(&mut run, u32::from(*old)),
            None if membership_3_2(c) => wtf8::push(&mut run, c),
            None => {
                settle(&mut run, &mut out);
                wtf8::push(&mut out, c);
            }
        }
    }
    settle(&mut run, &mut out);
    out
}

fn normalize(py: &mut Py, age: Age, form: &Value, unistr: &Value) -> Result<Value> {
    let (form, text) = self::form(py, form, unistr, "normalize")?;
    if text.is_ascii() {
        return Ok(if py.is_exact::<Str>(text.as_value()) {
            text.into_value()
        } else {
            py.new_ascii(text.as_bytes()).into_value()
        });
    }
    py.room(text.as_bytes().len().saturating_mul(4))?;
    if age == Age::New
        && let Some(plain) = text.as_str()
    {
        return Ok(match normal(form, plain) {
            Cow::Borrowed(same) if same.len() == plain.len() && py.is_exact::<Str>(text.as_value()) => text.into_value(),
            other => py.str(&other),
        });
    }
    let bytes = normalized(age, form, text.as_bytes());
    Ok(py.new_str_bytes(&bytes).into_value())
}

fn is_normalized(py: &mut Py, age: Age, form: &Value, unistr: &Value) -> Result<bool> {
    let (form, text) = self::form(py, form, unistr, "is_normalized")?;
    if text.is_ascii() {
        return Ok(true);
    }
    Ok(match age {
        Age::New => match text.as_str() {
            Some(plain) => is_normal(form, plain),
            None => rustpython_unicode::is_normalized(form, &buffer_of(text.as_bytes())),
        },
        Age::Old => normalized(age, form, text.as_bytes()) == text.as_bytes(),
    })
}

/// The functions of `unicodedata`.
pub struct UnicodeData;

#[module]
impl UnicodeData {
    /// Returns the bidirectional class assigned to the character chr as string.
    ///
    /// If no such value is defined, an empty string is returned.
    #[py("(chr, /)")]
    fn bidirectional(py: &mut Py, chr: &Value) -> Result<Value> {
        let c = character(py, chr, "bidirectional", "")?;
        Ok(class_text(py, Property::Direction, unicode::direction(c)))
    }
    /// Returns the general category assigned to the character chr as string.
    #[py("(chr, /)")]
    fn category(py: &mut Py, chr: &Value) -> Result<Value> {
        let c = character(py, chr, "category", "")?;
        Ok(class_text(py, Property::Category, unicode::category(c)))
    }
    /// Returns the canonical combining class assigned to the character chr as integer.
    ///
    /// Returns 0 if no combining class is defined.
    #[py("(chr, /)")]
    fn combining(py: &mut Py, chr: &Value) -> Result<u8> {
        let c = character(py, chr, "combining", "")?;
        Ok(combining(Age::New, c))
    }
    /// Converts a Unicode character into its equivalent decimal value.
    ///
    /// Returns the decimal value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[py("(chr, default=<unrepresentable>, /)")]
    fn decimal(py: &mut Py, chr: &Value, default: Option<&Value>) -> Result<Value> {
        let c = character(py, chr, "decimal", " 1")?;
        let found = digit(Age::New, c, true).map(|n| py.int(n));
        or_default(found, default, "not a decimal")
    }
    /// Returns the character decomposition mapping assigned to the character chr as string.
    ///
    /// An empty string is returned in case no such mapping is defined.
    #[py("(chr, /)")]
    fn decomposition(py: &mut Py, chr: &Value) -> Result<String> {
        let c = character(py, chr, "decomposition", "")?;
        Ok(self::decomposition(Age::New, c))
    }
    /// Converts a Unicode character into its equivalent digit value.
    ///
    /// Returns the digit value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[py("(chr, default=<unrepresentable>, /)")]
    fn digit(py: &mut Py, chr: &Value, default: Option<&Value>) -> Result<Value> {
        let c = character(py, chr, "digit", " 1")?;
        let found = digit(Age::New, c, false).map(|n| py.int(n));
        or_default(found, default, "not a digit")
    }
    /// Returns the east asian width assigned to the character chr as string.
    #[py("(chr, /)")]
    fn east_asian_width(py: &mut Py, chr: &Value) -> Result<Value> {
        let c = character(py, chr, "east_asian_width", "")?;
        Ok(class_text(py, Property::Width, unicode::width(c)))
    }
    /// Return whether the Unicode string unistr is in the normal form 'form'.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[py("(form, unistr, /)")]
    fn is_normalized(py: &mut Py, form: &Value, unistr: &Value) -> Result<bool> {
        self::is_normalized(py, Age::New, form, unistr)
    }
    /// Look up character by name.
    ///
    /// If a character with the given name is found, return the
    /// corresponding character.  If not found, KeyError is raised.
    #[py("(name, /)")]
    fn lookup(py: &mut Py, name: &Value) -> Result<Value> {
        self::lookup(py, Age::New, name)
    }
    /// Returns the mirrored property assigned to the character chr as integer.
    ///
    /// Returns 1 if the character has been identified as a "mirrored"
    /// character in bidirectional text, 0 otherwise.
    #[py("(chr, /)")]
    fn mirrored(py: &mut Py, chr: &Value) -> Result<i32> {
        let c = character(py, chr, "mirrored", "")?;
        Ok(i32::from(unicode::is_mirrored(c)))
    }
    /// Returns the name assigned to the character chr as a string.
    ///
    /// If no name is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[py("(chr, default=<unrepresentable>, /)")]
    fn name(py: &mut Py, chr: &Value, default: Option<&Value>) -> Result<Value> {
        self::name(py, Age::New, chr, default)
    }
    /// Return the normal form 'form' for the Unicode string unistr.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[py("(form, unistr, /)")]
    fn normalize(py: &mut Py, form: &Value, unistr: &Value) -> Result<Value> {
        self::normalize(py, Age::New, form, unistr)
    }
    /// Converts a Unicode character into its equivalent numeric value.
    ///
    /// Returns the numeric value assigned to the character chr as float.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[py("(chr, default=<unrepresentable>, /)")]
    fn numeric(py: &mut Py, chr: &Value, default: Option<&Value>) -> Result<Value> {
        let c = character(py, chr, "numeric", " 1")?;
        let found = numeric(Age::New, c).map(Value::float);
        or_default(found, default, "not a numeric character")
    }
}

#[methods]
impl OldUcd {
    /// Returns the bidirectional class assigned to the character chr as string.
    ///
    /// If no such value is defined, an empty string is returned.
    #[py("(self, chr, /)")]
    fn bidirectional(py: &mut Py, this: &Ref<OldUcd>, chr: &Value) -> Result<Value> {
        let _ = this;
        let c = character(py, chr, "bidirectional", "")?;
        Ok(py.str(old_direction(c)))
    }
    /// Returns the general category assigned to the character chr as string.
    #[py("(self, chr, /)")]
    fn category(py: &mut Py, this: &Ref<OldUcd>, chr: &Value) -> Result<Value> {
        let _ = this;
        let c = character(py, chr, "category", "")?;
        Ok(py.str(old_category(c)))
    }
    /// Returns the canonical combining class assigned to the character chr as integer.
    ///
    /// Returns 0 if no combining class is defined.
    #[py("(self, chr, /)")]
    fn combining(py: &mut Py, this: &Ref<OldUcd>, chr: &Value) -> Result<u8> {
        let _ = this;
        let c = character(py, chr, "combining", "")?;
        Ok(combining(Age::Old, c))
    }
    /// Converts a Unicode character into its equivalent decimal value.
    ///
    /// Returns the decimal value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[py("(self, chr, default=<unrepresentable>, /)")]
    fn decimal(py: &mut Py, this: &Ref<OldUcd>, chr: &Value, default: Option<&Value>) -> Result<Value> {
        let _ = this;
        let c = character(py, chr, "decimal", " 1")?;
        let found = if Age::Old.knows(c) { digit(Age::Old, c, true).map(|n| py.int(n)) } else { None };
        or_default(found, default, "not a decimal")
    }
    /// Returns the character decomposition mapping assigned to the character chr as string.
    ///
    /// An empty string is returned in case no such mapping is defined.
    #[py("(self, chr, /)")]
    fn decomposition(py: &mut Py, this: &Ref<OldUcd>, chr: &Value) -> Result<String> {
        let _ = this;
        let c = character(py, chr, "decomposition", "")?;
        Ok(self::decomposition(Age::Old, c))
    }
    /// Converts a Unicode character into its equivalent digit value.
    ///
    /// Returns the digit value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[py("(self, chr, default=<unrepresentable>, /)")]
    fn digit(py: &mut Py, this: &Ref<OldUcd>, chr: &Value, default: Option<&Value>) -> Result<Value> {
        let _ = this;
        let c = character(py, chr, "digit", " 1")?;
        let found = if Age::New.knows(c) { Age::New.ucd().digit(point(c)).map(|n| py.int(n as i64)) } else { None };
        or_default(found, default, "not a digit")
    }
    /// Returns the east asian width assigned to the character chr as string.
    #[py("(self, chr, /)")]
    fn east_asian_width(py: &mut Py, this: &Ref<OldUcd>, chr: &Value) -> Result<Value> {
        let _ = this;
        let c = character(py, chr, "east_asian_width", "")?;
        Ok(py.str(old_width(c)))
    }
    /// Return whether the Unicode string unistr is in the normal form 'form'.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[py("(self, form, unistr, /)")]
    fn is_normalized(py: &mut Py, this: &Ref<OldUcd>, form: &Value, unistr: &Value) -> Result<bool> {
        let _ = this;
        self::is_normalized(py, Age::Old, form, unistr)
    }
    /// Look up character by name.
    ///
    /// If a character with the given name is found, return the
    /// corresponding character.  If not found, KeyError is raised.
    #[py("(self, name, /)")]
    fn lookup(py: &mut Py, this: &Ref<OldUcd>, name: &Value) -> Result<Value> {
        let _ = this;
        self::lookup(py, Age::Old, name)
    }
    /// Returns the mirrored property assigned to the character chr as integer.
    ///
    /// Returns 1 if the character has been identified as a "mirrored"
    /// character in bidirectional text, 0 otherwise.
    #[py("(self, chr, /)")]
    fn mirrored(py: &mut Py, this: &Ref<OldUcd>, chr: &Value) -> Result<i32> {
        let _ = this;
        let c = character(py, chr, "mirrored", "")?;
        Ok(if Age::Old.knows(c) { Age::Old.ucd().mirrored(point(c)) } else { 0 })
    }
    /// Returns the name assigned to the character chr as a string.
    ///
    /// If no name is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[py("(self, chr, default=<unrepresentable>, /)")]
    fn name(py: &mut Py, this: &Ref<OldUcd>, chr: &Value, default: Option<&Value>) -> Result<Value> {
        let _ = this;
        self::name(py, Age::Old, chr, default)
    }
    /// Return the normal form 'form' for the Unicode string unistr.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[py("(self, form, unistr, /)")]
    fn normalize(py: &mut Py, this: &Ref<OldUcd>, form: &Value, unistr: &Value) -> Result<Value> {
        let _ = this;
        self::normalize(py, Age::Old, form, unistr)
    }
    /// Converts a Unicode character into its equivalent numeric value.
    ///
    /// Returns the numeric value assigned to the character chr as float.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[py("(self, chr, default=<unrepresentable>, /)")]
    fn numeric(py: &mut Py, this: &Ref<OldUcd>, chr: &Value, default: Option<&Value>) -> Result<Value> {
        let _ = this;
        let c = character(py, chr, "numeric", " 1")?;
        let found = if Age::Old.knows(c) { numeric(Age::Old, c).map(Value::float) } else { None };
        or_default(found, default, "not a numeric character")
    }
    /// The version of the data.
    #[getter]
    fn unidata_version(py: &mut Py, this: &Ref<OldUcd>) -> &'static str {
        let _ = (py, this);
        "3.2.0"
    }
}

impl NativeType for OldUcd {
    const NAME: &'static str = "UCD";
    const MODULE: &'static str = "unicodedata";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<UnicodeData>(&d, "unicodedata");
    let ty = py.define::<OldUcd>();
    dict::set_name(py, &d, "UCD", ty.into_value());
    let old = py.make(OldUcd);
    dict::set_name(py, &d, "ucd_3_2_0", old.into_value());
    let version = py.str(VERSION);
    dict::set_name(py, &d, "unidata_version", version);
    Ok(())
}
