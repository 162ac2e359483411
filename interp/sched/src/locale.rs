//! Locales of the system: what a language and country say about numbers, dates and the order of
//! words. Each [`Locale`] is an object of its own; the process's locale is never touched, because
//! other threads and the host live by it.

use std::cmp::Ordering;
use std::ffi::{CStr, CString, c_char};
use std::ptr;

unsafe extern "C" {
    fn wcscoll_l(a: *const u32, b: *const u32, locale: libc::locale_t) -> i32;
    fn wcsxfrm_l(to: *mut u32, from: *const u32, size: usize, locale: libc::locale_t) -> usize;
    fn dcgettext(domain: *const c_char, message: *const c_char, category: i32) -> *mut c_char;
    fn textdomain(domain: *const c_char) -> *mut c_char;
    fn bindtextdomain(domain: *const c_char, folder: *const c_char) -> *mut c_char;
    fn bind_textdomain_codeset(domain: *const c_char, codeset: *const c_char) -> *mut c_char;
}

/// A locale of the system.
#[derive(Debug)]
pub struct Locale(libc::locale_t);

impl Locale {
    /// Puts a locale together from a name for each category, by the category's number; none if the
    /// system does not know one of the names.
    pub fn new(names: &[(i32, &CStr)]) -> Option<Locale> {
        // SAFETY: the name is a string of ours; a null base asks for a new object.
        let base = unsafe { libc::newlocale(libc::LC_ALL_MASK, c"C".as_ptr(), ptr::null_mut()) };
        if base.is_null() {
            return None;
        }
        let mut locale = Locale(base);
        for (category, name) in names {
            if *category < 0 || *category > 12 {
                return None;
            }
            // SAFETY: the object is ours: on success the new one replaces it, on failure it stays.
            let changed = unsafe { libc::newlocale(1 << category, name.as_ptr(), locale.0) };
            if changed.is_null() {
                return None;
            }
            locale.0 = changed;
        }
        Some(locale)
    }

    /// What `nl_langinfo` says of an item.
    pub fn info(&self, item: i32) -> &[u8] {
        // SAFETY: the locale is alive; the answer is a string that lives as long as it does.
        unsafe {
            let text = libc::nl_langinfo_l(item, self.0);
            if text.is_null() { &[] } else { CStr::from_ptr(text).to_bytes() }
        }
    }

    /// An item that is a number of one byte.
    pub fn number(&self, item: i32) -> u8 {
        self.info(item).first().copied().unwrap_or(0)
    }

    /// How two texts are ordered, as the system counts it: below zero, zero, above.
    pub fn collate(&self, a: &[u32], b: &[u32]) -> i32 {
        let (a, b) = (terminated(a), terminated(b));
        // SAFETY: both end in zero and outlive the call.
        unsafe { wcscoll_l(a.as_ptr(), b.as_ptr(), self.0) }
    }

    /// A text whose plain order is the locale's order of the given one.
    pub fn transform(&self, text: &[u32]) -> Vec<u32> {
        let text = terminated(text);
        let mut out = vec![0; text.len()];
        loop {
            // SAFETY: `text` ends in zero; `out` has room for as many as are named.
            let needed = unsafe { wcsxfrm_l(out.as_mut_ptr(), text.as_ptr(), out.len(), self.0) };
            match needed.cmp(&out.len()) {
                Ordering::Less => {
                    out.truncate(needed);
                    return out;
                }
                _ => out.resize(needed.saturating_add(1), 0),
            }
        }
    }

    /// The message in the language of the locale, from the catalogue of a domain (none: the one
    /// of [`text_domain`]).
    pub fn translate(&self, domain: Option<&CStr>, message: &CStr, category: i32) -> Vec<u8> {
        // SAFETY: `uselocale` changes the calling thread only and is undone before anything else
        // runs in it; the strings outlive the call, and the answer is copied at once.
        unsafe {
            let before = libc::uselocale(self.0);
            let found = dcgettext(domain.map_or(ptr::null(), CStr::as_ptr), message.as_ptr(), category);
            let text = if found.is_null() { message.to_bytes() } else { CStr::from_ptr(found).to_bytes() }.to_vec();
            libc::uselocale(before);
            text
        }
    }
}

impl Drop for Locale {
    fn drop(&mut self) {
        // SAFETY: ours, and nobody uses it any more.
        unsafe { libc::freelocale(self.0) };
    }
}

fn terminated(text: &[u32]) -> Vec<u32> {
    text.iter().copied().chain([0]).collect()
}

/// The answer of one of the calls below, copied.
fn copied(text: *const c_char) -> Option<CString> {
    // SAFETY: null or a string of the system's, which stays until the next such call.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned())
}

fn pointer(text: Option<&CStr>) -> *const c_char {
    text.map_or(ptr::null(), CStr::as_ptr)
}

/// Sets (none: asks for) the domain of translations; the one in force then. The process's own.
pub fn text_domain(domain: Option<&CStr>) -> Option<CString> {
    // SAFETY: null or a string that outlives the call; the system copies it.
    copied(unsafe { textdomain(pointer(domain)) })
}

/// Sets (none: asks for) the folder of a domain's catalogues; the one in force then.
pub fn bind_text_domain(domain: &CStr, folder: Option<&CStr>) -> Option<CString> {
    // SAFETY: as above.
    copied(unsafe { bindtextdomain(domain.as_ptr(), pointer(folder)) })
}

/// Sets (none: asks for) the encoding of a domain's translations; the one in force then.
pub fn bind_text_domain_codeset(domain: &CStr, codeset: Option<&CStr>) -> Option<CString> {
    // SAFETY: as above.
    copied(unsafe { bind_textdomain_codeset(domain.as_ptr(), pointer(codeset)) })
}
