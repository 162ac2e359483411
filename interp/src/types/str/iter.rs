//! `str_iterator`: over the characters of a text, by byte offset.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value};
use lockstep_macros::methods;
use lockstep_text::wtf8;

use super::Str;
use crate::object::ops::Next;
use crate::object::{NativeType, Py, Result};
use crate::types::tuple::Tuple;

/// The payload of `str_iterator`.
pub struct StrIter {
    /// The text, until the end.
    pub text: Option<Ref<Str>>,
    /// Byte offset of the next character.
    pub at: usize,
}

impl Object for StrIter {
    type Access = Guarded;
    const TAG: Tag = Tag::STR_ITER;
}

impl StrIter {
    /// The next code point.
    #[inline(always)]
    pub fn step(&mut self) -> Option<u32> {
        let text = self.text.as_ref()?;
        let bytes = text.as_bytes();
        match bytes.get(self.at) {
            Some(&byte) if byte < 0x80 => {
                self.at += 1;
                Some(u32::from(byte))
            }
            Some(_) => {
                let (c, len) = wtf8::decode_at(bytes, self.at)?;
                self.at += len;
                Some(c)
            }
            None => {
                self.text = None;
                None
            }
        }
    }
}

#[methods]
impl StrIter {
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<StrIter>) -> Ref<StrIter> {
        this.clone()
    }
    /// Number of characters that are left.
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<StrIter>) -> usize {
        let it = this.get(py);
        match &it.text {
            Some(text) if text.is_ascii() => text.len() - it.at,
            Some(text) => wtf8::count(&text.as_bytes()[it.at..]),
            None => 0,
        }
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<StrIter>) -> Result<Next> {
        let c = this.get_mut(py).step();
        Ok(Next(c.map(|c| py.char(c).into_value())))
    }
    /// State for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<StrIter>) -> Result<Value> {
        let builtins = py.shared().builtins.clone();
        let iter = builtins.and_then(|b| crate::types::dict::get_name(py, &b, "iter")).unwrap_or(Value::NONE);
        let state = this.get(py);
        match state.text.clone() {
            Some(text) => {
                let at = wtf8::char_index(text.as_bytes(), state.at);
                let args = py.tuple(vec![text.into_value()]);
                let at = py.int(at as i64);
                Ok(py.tuple(vec![iter, args, at]))
            }
            None => {
                let args = py.tuple(vec![py.empty_str().into_value()]);
                Ok(py.tuple(vec![iter, args]))
            }
        }
    }
    /// Go to a character.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<StrIter>, state: isize) -> Result<()> {
        if let Some(text) = this.get(py).text.clone() {
            let at = wtf8::byte_offset(text.as_bytes(), state.max(0) as usize);
            this.get_mut(py).at = at;
        }
        Ok(())
    }
}

impl NativeType for StrIter {
    const NAME: &'static str = "str_iterator";
    const FLAGS: u32 = 0;
}

/// The prefixes or suffixes that `startswith` and `endswith` accept: one str or a tuple of them.
pub(super) fn affixes(value: &Value) -> &[Value] {
    match value.downcast::<Tuple>() {
        Some(tuple) => tuple.slice(),
        None => std::slice::from_ref(value),
    }
}
