//! `_locale`: what language and country say about texts and numbers. The system's locales are
//! used, but never set for the process: each interpreter has its own.

mod numbers;
mod state;

use std::ffi::{CStr, CString};

use lockstep_interp::object::raise::{Raised, Result, type_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Py, Ref, Value, module};
use lockstep_sched::locale::{self, Locale};
use lockstep_text::wtf8;

use crate::system;

/// The item of `nl_langinfo` that names the encoding.
const CODESET: i32 = 14;
/// What a locale says of money, in the order of their items from `MONEY` on: texts, grouping apart.
const MONEY: i32 = 4 << 16;
const MONEY_TEXTS: [(&str, i32); 6] = [
    ("int_curr_symbol", 0),
    ("currency_symbol", 1),
    ("mon_decimal_point", 2),
    ("mon_thousands_sep", 3),
    ("positive_sign", 5),
    ("negative_sign", 6),
];
const MONEY_GROUPING: i32 = MONEY + 4;
/// The numbers that follow.
const MONEY_NUMBERS: [&str; 8] = [
    "int_frac_digits",
    "frac_digits",
    "p_cs_precedes",
    "p_sep_by_space",
    "n_cs_precedes",
    "n_sep_by_space",
    "p_sign_posn",
    "n_sign_posn",
];
const FIRST_MONEY_NUMBER: i32 = MONEY + 7;
/// What it says of numbers.
const DECIMAL_POINT: i32 = 1 << 16;
/// What stands for "not said".
const CHAR_MAX: u8 = 127;

/// The module's `Error` class.
#[derive(Default)]
struct Errors(Option<Value>);

#[cold]
fn error(py: &mut Py, message: &str) -> Raised {
    let Some(class) = py.state::<Errors>().0.clone() else { return value_error(message.to_owned()) };
    let message = py.str(message);
    match py.call(&class, &[message]) {
        Ok(made) => py.raise_value(&made),
        Err(e) => e,
    }
}

fn current(py: &mut Py) -> Result<&Locale> {
    state::locale(py).ok_or_else(lockstep_interp::object::raise::memory_error)
}

/// A text for the system: UTF-8 without a null character.
fn text(py: &mut Py, value: &Value, function: &str, argument: &str, wanted: &str) -> Result<CString> {
    let Some(text) = value.downcast::<Str>() else {
        let got = py.type_name(value);
        return Err(type_error(format!("{function}() argument{argument} must be {wanted}, not {got}")));
    };
    let text = text.to_str(py)?.as_bytes().to_vec();
    CString::new(text).map_err(|_| value_error("embedded null character"))
}

fn text_or_none(py: &mut Py, value: &Value, function: &str, argument: &str) -> Result<Option<CString>> {
    if value.is_none() { Ok(None) } else { text(py, value, function, argument, "str or None").map(Some) }
}

/// The code points of a text to compare.
fn wide(py: &Py, value: &Value, function: &str, argument: &str) -> Result<Vec<u32>> {
    let Some(text) = value.downcast::<Str>() else {
        let got = py.type_name(value);
        return Err(type_error(format!("{function}() argument{argument} must be str, not {got}")));
    };
    let points: Vec<u32> = wtf8::code_points(text.as_bytes()).collect();
    if points.contains(&0) { Err(value_error("embedded null character")) } else { Ok(points) }
}

/// A text of the locale's.
fn shown(py: &mut Py, item: i32) -> Result<Value> {
    let bytes = current(py)?.info(item).to_vec();
    Ok(system::decode_path(py, &bytes))
}

/// How digits are grouped: sizes, the last is 0 (so on) or `CHAR_MAX` (no more).
fn grouping(py: &mut Py, item: i32) -> Result<Value> {
    let sizes = current(py)?.info(item).to_vec();
    let mut out = Vec::new();
    if !matches!(sizes.first(), None | Some(&CHAR_MAX | &0xFF)) {
        for size in sizes.into_iter().map(|s| s.min(CHAR_MAX)).chain([0]) {
            out.push(Value::int32(i32::from(size)));
            if size == CHAR_MAX {
                break;
            }
        }
    }
    Ok(py.list(out))
}

/// What stands between and around the digits of numbers: the point, the separator of groups, and their
/// sizes as `localeconv` gives them.
pub fn numeric(py: &mut Py) -> Result<(Vec<u8>, Vec<u8>, Vec<u8>)> {
    let text = |py: &mut Py, item: i32| -> Result<Vec<u8>> {
        let shown = shown(py, item)?;
        Ok(shown.downcast::<Str>().map_or_else(Vec::new, |text| text.as_bytes().to_vec()))
    };
    let (point, separator) = (text(py, DECIMAL_POINT)?, text(py, DECIMAL_POINT + 1)?);
    let sizes = current(py)?.info(DECIMAL_POINT + 2).to_vec();
    Ok((point, separator, sizes))
}

fn path_or_none(py: &Py, path: Option<&CStr>) -> Value {
    path.map_or(Value::NONE, |p| system::decode_path(py, p.to_bytes()))
}

/// The functions of `_locale`.
pub struct LocaleFunctions;

#[module]
impl LocaleFunctions {
    /// Bind the C library's domain to codeset.
    #[py("(domain, codeset, /)")]
    fn bind_textdomain_codeset(py: &mut Py, domain: &Value, codeset: &Value) -> Result<Value> {
        let domain = text(py, domain, "bind_textdomain_codeset", " 1", "str")?;
        let codeset = text_or_none(py, codeset, "bind_textdomain_codeset", " 2")?;
        let set = locale::bind_text_domain_codeset(&domain, codeset.as_deref());
        Ok(path_or_none(py, set.as_deref()))
    }
    /// Bind the C library's domain to dir.
    #[py("(domain, dir, /)")]
    fn bindtextdomain(py: &mut Py, domain: &Value, dir: &Value) -> Result<Value> {
        let domain = text(py, domain, "bindtextdomain", " 1", "str")?;
        if domain.is_empty() {
            return Err(error(py, "domain must be a non-empty string"));
        }
        let dir = if dir.is_none() {
            None
        } else {
            let path = system::fspath(py, dir)?;
            let path = system::path_of(py, path, "")?;
            Some(CString::new(path.bytes).map_err(|_| value_error("embedded null byte"))?)
        };
        let set = locale::bind_text_domain(&domain, dir.as_deref());
        Ok(path_or_none(py, set.as_deref()))
    }
    /// Return translation of msg in domain and category.
    #[py("(domain, msg, category, /)")]
    fn dcgettext(py: &mut Py, domain: &Value, msg: &Value, category: i32) -> Result<Value> {
        let domain = text_or_none(py, domain, "dcgettext", " 1")?;
        let msg = text(py, msg, "dcgettext", " 2", "str")?;
        let found = current(py)?.translate(domain.as_deref(), &msg, category);
        Ok(system::decode_path(py, &found))
    }
    /// dgettext(domain, msg) -> string
    ///
    /// Return translation of msg in domain.
    #[py("(domain, msg, /)")]
    fn dgettext(py: &mut Py, domain: &Value, msg: &Value) -> Result<Value> {
        let domain = text_or_none(py, domain, "dgettext", " 1")?;
        let msg = text(py, msg, "dgettext", " 2", "str")?;
        let found = current(py)?.translate(domain.as_deref(), &msg, MESSAGES);
        Ok(system::decode_path(py, &found))
    }
    /// Get the current locale encoding.
    #[py("()")]
    fn getencoding(py: &mut Py) -> Result<Value> {
        shown(py, CODESET)
    }
    /// gettext(msg) -> string
    ///
    /// Return translation of msg.
    #[py("(msg, /)")]
    fn gettext(py: &mut Py, msg: &Value) -> Result<Value> {
        let msg = text(py, msg, "gettext", "", "str")?;
        let found = current(py)?.translate(None, &msg, MESSAGES);
        Ok(system::decode_path(py, &found))
    }
    /// Returns numeric and monetary locale-specific parameters.
    #[py("()")]
    fn localeconv(py: &mut Py) -> Result<Value> {
        let d = py.new_dict();
        let money_grouping = grouping(py, MONEY_GROUPING)?;
        for (name, item) in MONEY_TEXTS {
            let text = shown(py, MONEY + item)?;
            dict::set_name(py, &d, name, text);
            if name == "mon_thousands_sep" {
                dict::set_name(py, &d, "mon_grouping", money_grouping.clone());
            }
        }
        for (name, item) in MONEY_NUMBERS.into_iter().zip(FIRST_MONEY_NUMBER..) {
            let number = current(py)?.number(item).min(CHAR_MAX);
            dict::set_name(py, &d, name, Value::int32(i32::from(number)));
        }
        for (name, item) in [("decimal_point", DECIMAL_POINT), ("thousands_sep", DECIMAL_POINT + 1)] {
            let text = shown(py, item)?;
            dict::set_name(py, &d, name, text);
        }
        let groups = grouping(py, DECIMAL_POINT + 2)?;
        dict::set_name(py, &d, "grouping", groups);
        Ok(d.into_value())
    }
    /// Return the value for the locale information associated with key.
    #[py("(key, /)")]
    fn nl_langinfo(py: &mut Py, key: i32) -> Result<Value> {
        if !numbers::ITEMS.iter().any(|(_, item)| *item == key) {
            return Err(value_error("unsupported langinfo constant"));
        }
        shown(py, key)
    }
    /// Activates/queries locale processing.
    #[py("(category, locale=None, /)")]
    fn setlocale(py: &mut Py, category: i32, locale: &Value) -> Result<Value> {
        if !locale.is_none() {
            let name = text(py, locale, "setlocale", " 2", "str or None")?;
            if !state::set(py, category, &name) {
                return Err(error(py, "unsupported locale setting"));
            }
        }
        match state::name(py, category) {
            Some(name) => Ok(system::decode_path(py, &name)),
            None => Err(error(py, "locale query failed")),
        }
    }
    /// Compares two strings according to the locale.
    #[py("(os1, os2, /)")]
    fn strcoll(py: &mut Py, os1: &Value, os2: &Value) -> Result<i32> {
        let (a, b) = (wide(py, os1, "strcoll", " 1")?, wide(py, os2, "strcoll", " 2")?);
        Ok(current(py)?.collate(&a, &b))
    }
    /// Return a string that can be used as a key for locale-aware comparisons.
    #[py("(string, /)")]
    fn strxfrm(py: &mut Py, string: &Value) -> Result<Value> {
        let points = wide(py, string, "strxfrm", "")?;
        let mut out = Vec::new();
        for point in current(py)?.transform(&points) {
            if point > 0x10_FFFF {
                return Err(value_error(format!("character U+{point:x} is not in range [U+0000; U+10ffff]")));
            }
            wtf8::push(&mut out, point);
        }
        Ok(py.new_str_bytes(&out).into_value())
    }
    /// Set the C library's textdmain to domain, returning the new domain.
    #[py("(domain, /)")]
    fn textdomain(py: &mut Py, domain: &Value) -> Result<Value> {
        let domain = text_or_none(py, domain, "textdomain", "")?;
        let set = locale::text_domain(domain.as_deref());
        Ok(path_or_none(py, set.as_deref()))
    }
}

/// The category of messages.
const MESSAGES: i32 = 5;

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<LocaleFunctions>(&d, "_locale");
    for (name, n) in numbers::CATEGORIES.iter().chain(numbers::ITEMS) {
        dict::set_name(py, &d, name, Value::int32(*n));
    }
    let base = py.exception_type(Exc::Exception).into_value();
    let known = py.state::<Errors>().0.clone();
    let class = crate::notes::error_class(py, known, "locale", "Error", &base, None)?;
    py.state::<Errors>().0 = Some(class.clone());
    dict::set_name(py, &d, "Error", class);
    Ok(())
}
