//! Iterators over dicts: keys, values and items, forwards and backwards.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use super::Dict;
use crate::object::Py;
use crate::object::ops::Next;
use crate::object::raise::{Result, runtime_error};

/// What an iterator over a dict hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum What {
    /// Keys.
    Keys,
    /// Values.
    Values,
    /// Pairs.
    Items,
}

/// The names of the iterator types, in the order of [`What`], then the same backwards.
pub const TYPES: [&str; 6] = [
    "dict_keyiterator",
    "dict_valueiterator",
    "dict_itemiterator",
    "dict_reversekeyiterator",
    "dict_reversevalueiterator",
    "dict_reverseitemiterator",
];

/// The payload of every iterator over a dict.
pub struct DictIter {
    /// The dict, until the end.
    pub dict: Option<Ref<Dict>>,
    /// The next place; one more than it when going backwards.
    at: usize,
    /// Entries of the dict when the iteration began; its size must stay.
    used: usize,
    /// Entries left.
    left: usize,
    /// What the dict's count of removals was when the iteration began.
    changes: u32,
    what: What,
    reverse: bool,
}

impl Object for DictIter {
    type Access = Guarded;
    const TAG: Tag = Tag::DICT_ITER;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(dict) = &self.dict {
            visit.reference(dict);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.dict.take().map(Ref::into_value));
    }
}

/// An iterator over a dict.
pub fn make(py: &mut Py, dict: &Ref<Dict>, what: What, reverse: bool) -> Value {
    let d = dict.get(py);
    let (used, at, changes) = (d.used, if reverse { d.places() } else { 0 }, d.changes);
    let ty = &py.shared().dict_iterators[what as usize + if reverse { 3 } else { 0 }];
    py.make_in(ty, DictIter { dict: Some(dict.clone()), at, used, left: used, changes, what, reverse }).into_value()
}

/// Where the next entry is and what of it is handed out, where nothing is out of the ordinary; the
/// iterator has moved behind it then.
#[inline]
fn simple_place(py: &mut Py, this: &Ref<DictIter>) -> Option<(usize, What)> {
    let it = this.get(py);
    let d = it.dict.as_ref()?.get(py);
    if d.used != it.used || it.reverse || it.left == 0 {
        return None;
    }
    let rest = d.entries.get(it.at..)?;
    let place = it.at + rest.iter().position(|e| !e.key.is_unbound())?;
    let what = it.what;
    let it = this.get_mut(py);
    it.at = place + 1;
    it.left -= 1;
    Some((place, what))
}

/// The next value as the iterator hands it out, where nothing is out of the ordinary; none else,
/// and nothing has happened.
#[inline]
pub fn simple(py: &mut Py, this: &Ref<DictIter>) -> Option<Value> {
    let (place, what) = simple_place(py, this)?;
    let entry = this.get(py).dict.as_ref()?.get(py).entries.get(place)?;
    Some(match what {
        What::Keys => entry.key.clone(),
        What::Values => entry.value.clone(),
        What::Items => py.tuple_from([entry.key.clone(), entry.value.clone()]),
    })
}

/// The next entry: key and value.
#[inline]
pub fn advance(py: &mut Py, this: &Ref<DictIter>) -> Result<Option<(Value, Value)>> {
    if let Some((place, _)) = simple_place(py, this)
        && let Some(entry) = this.get(py).dict.as_ref().and_then(|d| d.get(py).entries.get(place))
    {
        return Ok(Some((entry.key.clone(), entry.value.clone())));
    }
    advance_slowly(py, this)
}

/// [`advance`] at the end, backwards, and of a dict that has changed.
#[inline(never)]
fn advance_slowly(py: &mut Py, this: &Ref<DictIter>) -> Result<Option<(Value, Value)>> {
    let it = this.get(py);
    let Some(dict) = &it.dict else { return Ok(None) };
    let d = dict.get(py);
    if d.used != it.used {
        // The dict stays the wrong one for good.
        this.get_mut(py).used = usize::MAX;
        return Err(runtime_error("dictionary changed size during iteration"));
    }
    let (mut at, reverse, left, changed) = (it.at, it.reverse, it.left, it.changes != d.changes);
    let found = if reverse {
        loop {
            let Some(before) = at.checked_sub(1) else { break None };
            at = before;
            if let Some(e) = d.entry(at) {
                break Some((e.key.clone(), e.value.clone()));
            }
        }
    } else {
        loop {
            if at >= d.entries.len() {
                break None;
            }
            let e = &d.entries[at];
            at += 1;
            if !e.key.is_unbound() {
                break Some((e.key.clone(), e.value.clone()));
            }
        }
    };
    let it = this.get_mut(py);
    match found {
        Some(_) if left == 0 => Err(runtime_error("dictionary keys changed during iteration")),
        Some(entry) => {
            it.at = at;
            it.left = left - 1;
            Ok(Some(entry))
        }
        None => {
            let meddled = changed && !reverse;
            it.dict = None;
            it.left = 0;
            if meddled {
                // As many went as came, so the size does not tell.
                return Err(runtime_error("dictionary keys changed during iteration"));
            }
            Ok(None)
        }
    }
}

/// The next value as the iterator hands it out.
#[inline]
pub fn next(py: &mut Py, this: &Ref<DictIter>) -> Result<Option<Value>> {
    let what = this.get(py).what;
    Ok(advance(py, this)?.map(|(key, value)| match what {
        What::Keys => key,
        What::Values => value,
        What::Items => py.tuple_from([key, value]),
    }))
}

impl DictIter {
    /// Whether it hands out pairs.
    pub fn of_items(&self) -> bool {
        self.what == What::Items
    }
}

/// The methods of the iterator types.
pub struct DictIterMethods;

#[methods]
impl DictIterMethods {
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<DictIter>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<DictIter>) -> Result<Next> {
        next(py, this).map(Next)
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<DictIter>) -> usize {
        let it = this.get(py);
        match &it.dict {
            Some(d) if d.get(py).used == it.used => it.left,
            _ => 0,
        }
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<DictIter>) -> Result<Value> {
        // The rest as a list, without moving on.
        let it = this.get(py);
        let copy = DictIter {
            dict: it.dict.clone(),
            at: it.at,
            used: it.used,
            left: it.left,
            changes: it.changes,
            what: it.what,
            reverse: it.reverse,
        };
        let copy = py.make(copy);
        let mut rest = Vec::new();
        while let Some(item) = next(py, &copy)? {
            rest.push(item);
        }
        let rest = py.list(rest);
        Ok(py.reduced("iter", rest, None))
    }
}
