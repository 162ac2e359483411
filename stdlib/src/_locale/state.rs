//! Which locale is in force for each category: an interpreter's own affair.

use std::ffi::{CStr, CString};

use lockstep_interp::Py;
use lockstep_sched::locale::Locale;

/// Names of the categories by number; that of all has none.
const NAMES: [&str; 13] = [
    "LC_CTYPE",
    "LC_NUMERIC",
    "LC_TIME",
    "LC_COLLATE",
    "LC_MONETARY",
    "LC_MESSAGES",
    "",
    "LC_PAPER",
    "LC_NAME",
    "LC_ADDRESS",
    "LC_TELEPHONE",
    "LC_MEASUREMENT",
    "LC_IDENTIFICATION",
];
/// The number that means all categories.
pub const ALL: i32 = 6;

/// What is in force.
#[derive(Default)]
pub struct Current {
    /// Per category; empty: not looked up yet.
    names: Vec<CString>,
    locale: Option<Locale>,
}

fn categories() -> impl Iterator<Item = usize> {
    (0..NAMES.len()).filter(|c| *c != ALL as usize)
}

/// The locale that the environment asks for in a category.
fn from_environment(py: &mut Py, category: usize) -> CString {
    let environment = crate::posix::environment(py);
    let value = |name: &str| {
        let found = environment.iter().find_map(|line| line.to_bytes().strip_prefix(name.as_bytes())?.strip_prefix(b"="));
        found.filter(|v| !v.is_empty()).and_then(|v| CString::new(v).ok())
    };
    value("LC_ALL").or_else(|| value(NAMES[category])).or_else(|| value("LANG")).unwrap_or_else(|| c"C".to_owned())
}

fn is_utf8(locale: &Locale) -> bool {
    locale.info(super::CODESET).eq_ignore_ascii_case(b"UTF-8")
}

/// At the start the classification of characters is the environment's, all else is `C`. Lockstep
/// itself runs in UTF-8 only: an environment that says otherwise counts as `C.UTF-8`.
fn start(py: &mut Py) -> Current {
    let wanted = from_environment(py, 0);
    let fits = |name: &CStr| Locale::new(&[(0, name)]).is_some_and(|l| is_utf8(&l));
    let mut names = vec![c"C".to_owned(); NAMES.len()];
    if fits(&wanted) {
        names[0] = wanted;
    } else if fits(c"C.UTF-8") {
        names[0] = c"C.UTF-8".to_owned();
    }
    let locale = build(&names);
    Current { names, locale }
}

fn build(names: &[CString]) -> Option<Locale> {
    let parts: Vec<(i32, &CStr)> = categories().map(|c| (c as i32, names[c].as_c_str())).collect();
    Locale::new(&parts)
}

fn current(py: &mut Py) -> &mut Current {
    if py.state::<Current>().names.is_empty() {
        let start = start(py);
        *py.state::<Current>() = start;
    }
    py.state::<Current>()
}

/// The locale in force; none if the system is out of memory.
pub fn locale(py: &mut Py) -> Option<&Locale> {
    current(py).locale.as_ref()
}

/// The name of the locale of a category, or of all; none: there is no such category.
pub fn name(py: &mut Py, category: i32) -> Option<Vec<u8>> {
    let names = &current(py).names;
    if category != ALL {
        let name = names.get(usize::try_from(category).ok()?)?;
        return Some(name.to_bytes().to_vec());
    }
    if names.iter().enumerate().all(|(c, name)| c == ALL as usize || *name == names[0]) {
        return Some(names[0].to_bytes().to_vec());
    }
    let parts: Vec<Vec<u8>> = categories().map(|c| [NAMES[c].as_bytes(), b"=", names[c].to_bytes()].concat()).collect();
    Some(parts.join(&b';'))
}

/// A name that stands for a locale of every category: `LC_CTYPE=...;LC_NUMERIC=...;...`.
fn composite(text: &CStr) -> Option<Vec<CString>> {
    let mut names = vec![None; NAMES.len()];
    for part in text.to_bytes().split(|b| *b == b';') {
        let at = part.iter().position(|b| *b == b'=')?;
        let category = categories().find(|c| NAMES[*c].as_bytes() == &part[..at])?;
        names[category] = Some(CString::new(&part[at + 1..]).ok()?);
    }
    names[ALL as usize] = Some(c"C".to_owned());
    names.into_iter().collect()
}

/// Puts a locale in force; false: the system does not know it.
pub fn set(py: &mut Py, category: i32, name: &CStr) -> bool {
    let which: Vec<usize> = match usize::try_from(category) {
        Ok(_) if category == ALL => categories().collect(),
        Ok(c) if c < NAMES.len() => vec![c],
        _ => return false,
    };
    let whole = category == ALL && name.to_bytes().contains(&b';');
    let parts = if whole { composite(name) } else { None };
    if whole && parts.is_none() {
        return false;
    }
    let mut names = current(py).names.clone();
    for c in which {
        let wanted = parts.as_ref().map_or_else(|| name.to_owned(), |parts| parts[c].clone());
        let wanted = if wanted.is_empty() { from_environment(py, c) } else { wanted };
        names[c] = if wanted.as_bytes() == b"POSIX" { c"C".to_owned() } else { wanted };
    }
    let Some(locale) = build(&names) else { return false };
    *py.state::<Current>() = Current { names, locale: Some(locale) };
    true
}
