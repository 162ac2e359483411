//! `str`: text as generalised UTF-8 (lone surrogates as three bytes), immutable.

use std::cell::Cell;
use std::fmt;

use lockstep_heap::{Frozen, Object, Ref, Shape, ShapeRef, Tag, Tail, TailRef, Value, flags};

use crate::object::{Exc, NativeType, Py, Raised, Result, TypeFlags};

pub mod codec;
pub mod format;
mod index;
pub mod iter;
mod methods;
pub mod percent;
mod sequence;
mod translate;

pub use index::{number_of, offset_of, part};
pub(in crate::types) use methods::codec_names;
pub use sequence::{append, char_at, clip, concat, fill_repeated, may_take, substring};

/// How many names are remembered by the address of their text in Rust code; see [`Py::intern`].
pub(crate) const NAMES: usize = 256;

/// The fixed part of a string.
pub struct StrInfo {
    hash: Cell<u64>,
    /// Number of code points; equal to the number of bytes if and only if all are ASCII.
    chars: usize,
}

/// The payload of a string.
#[repr(transparent)]
pub struct Str(Tail<StrInfo, u8>);

impl TailRef for Str {
    type Fixed = StrInfo;
    type Element = u8;
}

impl Object for Str {
    type Access = Frozen;
    const TAG: Tag = Tag::STR;
}

impl Str {
    /// The bytes, generalised UTF-8.
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.slice()
    }
    /// Whether it has no characters.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The number of code points: `len()`.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.0.fixed().chars
    }
    /// Whether every character is ASCII; then characters are bytes.
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.0.fixed().chars == self.0.len()
    }
    /// As Rust text, if there are no surrogates.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()).ok()
    }
    /// As Rust text; surrogates raise UnicodeEncodeError.
    pub fn to_str(&self, py: &mut Py) -> Result<&str> {
        match self.as_str() {
            Some(s) => Ok(s),
            None => Err(self.surrogate_error(py)),
        }
    }
    #[cold]
    fn surrogate_error(&self, py: &mut Py) -> Raised {
        let at = lockstep_text::wtf8::code_points(self.as_bytes()).position(|c| (0xD800..0xE000).contains(&c)).unwrap_or(0);
        let args = vec![
            py.str("utf-8"),
            py.new_str_bytes(self.as_bytes()).into_value(),
            py.int(at as i64),
            py.int(at as i64 + 1),
            py.str("surrogates not allowed"),
        ];
        Raised::args(Exc::UnicodeEncodeError, args)
    }
    /// The hash if it was computed before, else 0.
    #[inline(always)]
    pub fn cached_hash(&self) -> u64 {
        self.0.fixed().hash.get()
    }
    /// The hash, as Python sees it (never -1).
    #[inline]
    pub fn hash(&self, py: &Py) -> u64 {
        match self.0.fixed().hash.get() {
            0 => self.compute_hash(py),
            h => h,
        }
    }
    #[cold]
    #[inline(never)]
    fn compute_hash(&self, py: &Py) -> u64 {
        let hash = py.hash_bytes(self.as_bytes());
        self.0.fixed().hash.set(hash);
        hash
    }
}

impl fmt::Display for Str {
    /// Surrogates show as U+FFFD.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&lockstep_text::wtf8::display(self.as_bytes()))
    }
}

impl Py {
    /// The keyed hash of bytes: what `hash()` of a str or bytes gives. Never 0 nor -1.
    pub fn hash_bytes(&self, bytes: &[u8]) -> u64 {
        if bytes.is_empty() {
            return 0x5EED;
        }
        let (k0, k1) = self.shared().hash_key;
        match lockstep_text::hash::bytes(bytes, lockstep_text::hash::Key(k0, k1)) as u64 {
            0 => 1,
            u64::MAX => u64::MAX - 1,
            h => h,
        }
    }
    /// A str value.
    pub fn str(&self, text: &str) -> Value {
        self.new_str(text).into_value()
    }
    /// A str.
    pub fn new_str(&self, text: &str) -> Ref<Str> {
        self.new_str_bytes(text.as_bytes())
    }
    /// A str of ASCII bytes.
    #[inline]
    pub fn new_ascii(&self, bytes: &[u8]) -> Ref<Str> {
        debug_assert!(bytes.is_ascii());
        match bytes {
            [] => self.empty_str(),
            [byte] => self.char(u32::from(*byte)),
            _ => self.make_str(bytes, bytes.len()),
        }
    }
    /// A str of generalised UTF-8.
    pub fn new_str_bytes(&self, bytes: &[u8]) -> Ref<Str> {
        if bytes.is_ascii() { self.new_ascii(bytes) } else { self.make_str(bytes, lockstep_text::wtf8::count(bytes)) }
    }
    /// A str of a text of the operating system: bytes that are no UTF-8 become surrogates.
    pub fn os_str(&self, text: &std::ffi::OsStr) -> Value {
        let mut out = Vec::with_capacity(text.len());
        for chunk in text.as_encoded_bytes().utf8_chunks() {
            out.extend_from_slice(chunk.valid().as_bytes());
            for byte in chunk.invalid() {
                lockstep_text::wtf8::push(&mut out, 0xDC00 + u32::from(*byte));
            }
        }
        self.new_str_bytes(&out).into_value()
    }
    /// A str of `size` bytes and `chars` code points, written by `fill` into zeroed room.
    #[inline]
    pub fn make_str_with(&self, size: usize, chars: usize, fill: impl FnOnce(&mut [u8])) -> Ref<Str> {
        self.heap().make_tail_fill(self.shape_of::<Str>(), StrInfo { hash: Cell::new(0), chars }, size, fill)
    }
    /// A str of `size` bytes and `chars` code points made of parts, one behind the other.
    #[inline]
    pub fn make_str_of<'a>(&self, size: usize, chars: usize, parts: impl Iterator<Item = &'a [u8]>) -> Ref<Str> {
        self.heap().make_tail_parts(self.shape_of::<Str>(), StrInfo { hash: Cell::new(0), chars }, size, parts)
    }
    /// A str of ASCII bytes that `edit` changes into others.
    #[inline]
    pub fn edited_ascii(&self, bytes: &[u8], edit: impl FnOnce(&mut [u8])) -> Ref<Str> {
        if let [byte] = bytes {
            let mut one = [*byte];
            edit(&mut one);
            return self.char(u32::from(one[0]));
        }
        let info = StrInfo { hash: Cell::new(0), chars: bytes.len() };
        self.heap().make_tail_edited(self.shape_of::<Str>(), info, bytes, edit)
    }
    /// `a` with `b` behind it, if nobody else has `a`.
    #[inline]
    pub(crate) fn extend_str(&self, a: Ref<Str>, b: &Ref<Str>) -> std::result::Result<Ref<Str>, Ref<Str>> {
        let more = b.len();
        self.heap().extend_tail(a, b.as_bytes(), |info| {
            info.hash.set(0);
            info.chars += more;
        })
    }
    /// The empty str.
    #[inline]
    pub fn empty_str(&self) -> Ref<Str> {
        match &self.shared().empty_str {
            Some(s) => s.clone(),
            None => self.make_str(b"", 0),
        }
    }
    /// MemoryError if there is no room for so many bytes.
    #[inline]
    pub fn room(&self, bytes: usize) -> Result<()> {
        // Small requests are the allocator's business.
        if bytes > 1 << 24 && Vec::<u8>::new().try_reserve_exact(bytes).is_err() {
            return Err(crate::object::raise::memory_error());
        }
        Ok(())
    }
    /// A str of a text under construction.
    pub fn text(&self, text: lockstep_text::wtf8::TextBuf) -> Ref<Str> {
        match text.len() {
            0 => self.empty_str(),
            1 if text.is_ascii() => self.char(u32::from(text.as_bytes()[0])),
            n => self.make_str(text.as_bytes(), n),
        }
    }
    /// A str whose number of code points is known.
    #[inline]
    pub fn make_str(&self, bytes: &[u8], chars: usize) -> Ref<Str> {
        self.heap().make_tail_copy(self.shape_of::<Str>(), StrInfo { hash: Cell::new(0), chars }, bytes)
    }
    /// A str of a subclass.
    pub fn make_str_in(&self, ty: &Ref<crate::object::Type>, text: &Ref<Str>) -> Ref<Str> {
        let info = StrInfo { hash: Cell::new(0), chars: text.len() };
        self.make_tail_in(ty, info, text.as_bytes())
    }
    /// A one-character str.
    #[inline]
    pub fn char(&self, code_point: u32) -> Ref<Str> {
        if let Some(s) = self.shared().chars.get(code_point as usize) {
            return s.clone();
        }
        let (bytes, len) = lockstep_text::wtf8::encode(code_point);
        self.make_str(&bytes[..len], 1)
    }
    /// The one object for this text: names are compared by address.
    ///
    /// The texts of Rust code lie still, so the same place has asked before, as a rule.
    pub fn intern(&mut self, text: &str) -> Ref<Str> {
        let line = (text.as_ptr() as usize ^ text.len() << 3) % NAMES;
        if let Some(name) = &self.shared().names[line]
            && name.as_bytes() == text.as_bytes()
        {
            return name.clone();
        }
        let name = self.intern_bytes(text.as_bytes());
        self.shared_mut().names[line] = Some(name.clone());
        name
    }
    /// The same for generalised UTF-8.
    pub fn intern_bytes(&mut self, bytes: &[u8]) -> Ref<Str> {
        let hash = self.hash_bytes(bytes);
        if let Some(s) = self.shared().interned.find(hash, |s| s.as_bytes() == bytes) {
            return s.clone();
        }
        let chars = if bytes.is_ascii() { bytes.len() } else { lockstep_text::wtf8::count(bytes) };
        let s = self.make_str(bytes, chars);
        self.intern_new(s, hash)
    }
    /// The one object for the text of `s` (an exact str, else a copy is made).
    pub fn intern_str(&mut self, s: &Ref<Str>) -> Ref<Str> {
        if s.header().has(flags::INTERNED) {
            return s.clone();
        }
        let hash = s.hash(self);
        if let Some(found) = self.shared().interned.find(hash, |t| t.as_bytes() == s.as_bytes()) {
            return found.clone();
        }
        let own = if self.is_exact::<Str>(s.as_value()) { s.clone() } else { self.make_str(s.as_bytes(), s.len()) };
        self.intern_new(own, hash)
    }
    fn intern_new(&mut self, s: Ref<Str>, hash: u64) -> Ref<Str> {
        s.0.fixed().hash.set(hash);
        s.header().set(flags::INTERNED);
        self.shared_mut().interned.insert_unique(hash, s.clone(), |s| s.0.fixed().hash.get());
        s
    }
}

impl NativeType for Str {
    const NAME: &'static str = "str";
    const DOC: Option<&'static str> = Some(
        "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n\
         A string made of the given object. With an encoding or an error handler the object\n\
         must be bytes-like and is decoded; else the result of object.__str__() is returned.",
    );
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF;
    fn shape() -> ShapeRef {
        Shape::plain_tail::<Self>()
    }
}
