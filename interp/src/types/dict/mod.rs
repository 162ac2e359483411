//! `dict`: insertion-ordered hash table with compact entries.
//!
//! Entries lie in insertion order; a table of small numbers maps hashes to them. Up to eight
//! entries there is no table: the hashes are scanned. (The layout of CPython 3.6 and later.)

mod index;
pub mod iter;
pub mod methods;
mod order;
pub mod views;

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};

use crate::object::compare::is_key;
use crate::object::native::{Member, Members};
use crate::object::{NativeType, Py, Result, TypeFlags};
use crate::types::str::Str;
use index::{Index, SCAN};

/// An entry; deleted ones have the unbound marker as key and value.
#[derive(Clone)]
pub struct Entry {
    /// Hash of the key.
    pub hash: u64,
    /// The key.
    pub key: Value,
    /// The value.
    pub value: Value,
}

/// The payload of a dict.
#[derive(Default)]
pub struct Dict {
    index: Index,
    entries: Vec<Entry>,
    /// Entries that are not deleted.
    used: usize,
    /// Slots of the index that were ever taken since it was made.
    filled: usize,
    /// Identifies this set of keys and their places to inline caches; 0: none yet.
    keys_version: u32,
    /// Counts structural changes.
    changes: u32,
    /// No entry lies before this place.
    first: usize,
}

impl Object for Dict {
    type Access = Guarded;
    const TAG: Tag = Tag::DICT;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        for e in &self.entries {
            visit.value(&e.key);
            visit.value(&e.value);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        let old = std::mem::take(self);
        out.extend(old.entries.into_iter().flat_map(|e| [e.key, e.value]));
    }
}

impl Dict {
    /// The number of entries.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }
    /// Counts changes of the set of keys.
    pub fn changes(&self) -> u32 {
        self.changes
    }
    /// The number of places, deleted entries included, for iterators.
    pub fn places(&self) -> usize {
        self.entries.len()
    }
    /// The entry at a place, if it is not deleted.
    #[inline]
    pub fn entry(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place).filter(|e| !e.key.is_unbound())
    }
    /// The entry at a place; a deleted one has the unbound marker as key.
    #[inline(always)]
    pub fn place(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place)
    }
    /// The value at a place that a cache remembers.
    #[inline(always)]
    pub fn value_at(&self, place: usize) -> Option<&Value> {
        self.entries.get(place).map(|e| &e.value)
    }
    /// Change the value at a place; returns the old one.
    #[inline]
    pub fn replace_at(&mut self, place: usize, value: Value) -> Value {
        std::mem::replace(&mut self.entries[place].value, value)
    }
    /// Keys and values in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &Value)> {
        self.entries.iter().filter(|e| !e.key.is_unbound()).map(|e| (&e.key, &e.value))
    }
    /// Keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.iter().map(|(k, _)| k)
    }
    /// Values in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.iter().map(|(_, v)| v)
    }
    /// The version of the keys that caches may remember, if one was given out.
    #[inline(always)]
    pub fn keys_version(&self) -> u32 {
        self.keys_version
    }
    /// Bytes of memory behind the object.
    pub fn memory(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.index.memory()
    }

    /// The place of the key with this hash that `same` accepts.
    #[inline(always)]
    fn find_with(&self, hash: u64, mut same: impl FnMut(&Value) -> bool) -> Option<usize> {
        let entries = self.entries.as_slice();
        if let Index::None = self.index {
            return entries.iter().position(|e| e.hash == hash && !e.key.is_unbound() && same(&e.key));
        }
        self.index
            .search(hash, |at| entries.get(at as usize).is_some_and(|e| e.hash == hash && !e.key.is_unbound() && same(&e.key)))
            .map(|at| at as usize)
    }

    /// The place of a str key. Keys that are not exact strs compare by content if they are strs.
    #[inline]
    pub fn find_str(&self, key: &Ref<Str>) -> Option<usize> {
        // An interned key has its hash; others too when they were looked up before.
        let hash = key.cached_hash();
        if hash != 0 {
            return self.find_with(hash, |k| {
                k.raw() == key.as_value().raw() || k.downcast::<Str>().is_some_and(|s| s.as_bytes() == key.as_bytes())
            });
        }
        self.entries.iter().position(|e| e.key.downcast::<Str>().is_some_and(|s| s.as_bytes() == key.as_bytes()))
    }
    /// The value of a str key.
    #[inline]
    pub fn get_str(&self, key: &Ref<Str>) -> Option<&Value> {
        self.find_str(key).map(|i| &self.entries[i].value)
    }

    /// Put an entry whose key is known to be absent; returns its place.
    pub fn push(&mut self, hash: u64, key: Value, value: Value) -> usize {
        self.keys_version = 0;
        self.changes = self.changes.wrapping_add(1);
        if self.filled >= self.index.capacity() {
            self.grow();
        }
        let place = self.entries.len();
        self.index.insert(hash, place as u32);
        self.entries.push(Entry { hash, key, value });
        self.used += 1;
        self.filled += 1;
        place
    }

    /// Room for more, without the deleted entries.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let room = if self.used * 2 < self.filled { self.used + SCAN } else { self.used * 2 };
        self.rebuild(room);
    }
    fn rebuild(&mut self, room: usize) {
        if self.used < self.entries.len() {
            self.entries.retain(|e| !e.key.is_unbound());
            self.first = 0;
        }
        self.index = Index::with_room(room.max(self.used + 1));
        self.filled = self.used;
        if !matches!(self.index, Index::None) {
            self.entries.reserve_exact(self.index.capacity().saturating_sub(self.used));
            for (i, e) in self.entries.iter().enumerate() {
                self.index.insert(e.hash, i as u32);
            }
        }
        self.keys_version = 0;
    }
    /// An empty dict with room for `n` entries.
    pub fn with_room(n: usize) -> Dict {
        let mut dict = Dict::default();
        if n > SCAN {
            dict.reserve(n);
        } else {
            dict.entries.reserve_exact(n);
        }
        dict
    }
    /// Room for `n` entries in all.
    pub fn reserve(&mut self, n: usize) {
        if n > self.index.capacity() {
            self.rebuild(n);
        }
    }

    /// Take the entry at a place out.
    pub fn remove_at(&mut self, place: usize) -> (Value, Value) {
        self.keys_version = 0;
        self.changes = self.changes.wrapping_add(1);
        self.used -= 1;
        let e = &mut self.entries[place];
        let hash = e.hash;
        let out = (std::mem::replace(&mut e.key, Value::UNBOUND), std::mem::replace(&mut e.value, Value::UNBOUND));
        if self.used == 0 {
            self.entries.clear();
            self.first = 0;
            self.index = Index::None;
            self.filled = 0;
            return out;
        }
        self.index.delete(hash, place as u32);
        // Places at the end are free again; slots of the index are not.
        while self.entries.last().is_some_and(|e| e.key.is_unbound()) {
            self.entries.pop();
        }
        if let Index::None = self.index {
            self.filled = self.entries.len();
        }
        out
    }
    /// Everything out; the entries are returned so that they can be dropped without a borrow.
    #[must_use]
    pub fn take_all(&mut self) -> Vec<Entry> {
        let changes = self.changes.wrapping_add(1);
        let old = std::mem::take(self);
        self.changes = changes;
        old.entries
    }
    /// A copy of the table.
    pub fn duplicate(&self) -> Dict {
        let mut copy = Dict {
            entries: self.entries.clone(),
            index: self.index.clone(),
            used: self.used,
            filled: self.filled,
            ..Dict::default()
        };
        if copy.used < copy.filled {
            copy.rebuild(copy.used);
        }
        copy
    }
    /// The last entry's place.
    pub fn last_place(&self) -> Option<usize> {
        self.entries.iter().rposition(|e| !e.key.is_unbound())
    }
}

impl Py {
    /// The version of the dict's keys, given out now if there is none.
    pub fn keys_version(&mut self, dict: &Ref<Dict>) -> u32 {
        let version = dict.get(self).keys_version;
        if version != 0 {
            return version;
        }
        let shared = self.shared_mut();
        shared.dict_versions = shared.dict_versions.wrapping_add(1);
        let version = shared.dict_versions;
        dict.get_mut(self).keys_version = version;
        version
    }
}

/// The place of a key, if no Python code is needed to compare.
#[inline(always)]
pub(crate) fn find_quick(py: &Py, dict: &Ref<Dict>, key: &Value, hash: u64) -> Option<Option<usize>> {
    let mut unsure = false;
    let found = dict.get(py).find_with(hash, |k| is_key(py, k, key, &mut unsure));
    if unsure { None } else { Some(found) }
}

/// The place of a key; may run Python code to compare.
pub fn find(py: &mut Py, dict: &Ref<Dict>, key: &Value, hash: u64) -> Result<Option<usize>> {
    match find_quick(py, dict, key, hash) {
        Some(found) => Ok(found),
        None => find_slow(py, dict, key, hash),
    }
}

/// As [`find`], comparing by Python code; begins again when what was compared has gone meanwhile.
#[cold]
#[inline(never)]
fn find_slow(py: &mut Py, dict: &Ref<Dict>, key: &Value, hash: u64) -> Result<Option<usize>> {
    'again: loop {
        let mut tried: Vec<Value> = Vec::new();
        loop {
            let mut candidate = None;
            let place = dict.get(py).find_with(hash, |k| {
                if tried.iter().any(|t| t.is(k)) {
                    return false;
                }
                candidate = Some(k.clone());
                true
            });
            let (Some(place), Some(candidate)) = (place, candidate) else { return Ok(None) };
            let same = py.eq(&candidate, key)?;
            // Changes elsewhere do not matter, or a comparison that always changes something would
            // go on for ever.
            if dict.get(py).entry(place).is_none_or(|e| !e.key.is(&candidate)) {
                continue 'again;
            }
            if same {
                return Ok(Some(place));
            }
            tried.push(candidate);
        }
    }
}

/// `dict.get(key)`
pub fn get(py: &mut Py, dict: &Ref<Dict>, key: &Value) -> Result<Option<Value>> {
    let hash = py.hash(key)? as u64;
    let place = find(py, dict, key, hash)?;
    Ok(place.and_then(|p| dict.get(py).value_at(p).cloned()))
}

/// `dict[key] = value`
pub fn set(py: &mut Py, dict: &Ref<Dict>, key: &Value, value: Value) -> Result<()> {
    let hash = py.hash(key)? as u64;
    set_hashed(py, dict, key, hash, value)
}

/// `dict[key] = value` with a known hash.
pub fn set_hashed(py: &mut Py, dict: &Ref<Dict>, key: &Value, hash: u64, value: Value) -> Result<()> {
    match find(py, dict, key, hash)? {
        Some(place) => drop(dict.get_mut(py).replace_at(place, value)),
        None => {
            let key = key.clone();
            dict.get_mut(py).push(hash, key, value);
        }
    }
    Ok(())
}

/// `dict.setdefault(key, value)`: the value that is there afterwards.
pub fn set_default(py: &mut Py, dict: &Ref<Dict>, key: &Value, value: Value) -> Result<Value> {
    let hash = py.hash(key)? as u64;
    match find(py, dict, key, hash)? {
        Some(place) => Ok(dict.get(py).value_at(place).cloned().unwrap_or(Value::NONE)),
        None => {
            let key = key.clone();
            dict.get_mut(py).push(hash, key, value.clone());
            Ok(value)
        }
    }
}

/// Remove a key: key and value if it was there.
pub fn remove(py: &mut Py, dict: &Ref<Dict>, key: &Value) -> Result<Option<(Value, Value)>> {
    let hash = py.hash(key)? as u64;
    match find(py, dict, key, hash)? {
        Some(place) => Ok(Some(dict.get_mut(py).remove_at(place))),
        None => Ok(None),
    }
}

/// `dict[key] = value` for a str key: runs no Python code.
pub fn set_str(py: &mut Py, dict: &Ref<Dict>, key: &Ref<Str>, value: Value) {
    let hash = key.hash(py);
    match dict.get(py).find_str(key) {
        Some(place) => drop(dict.get_mut(py).replace_at(place, value)),
        None => {
            let key = key.to_value();
            dict.get_mut(py).push(hash, key, value);
        }
    }
}

/// Remove a str key; returns the value.
pub fn remove_str(py: &mut Py, dict: &Ref<Dict>, key: &Ref<Str>) -> Option<Value> {
    key.hash(py);
    let place = dict.get(py).find_str(key)?;
    let (_, value) = dict.get_mut(py).remove_at(place);
    Some(value)
}

/// `dict[name] = value` by plain text.
pub fn set_name(py: &mut Py, dict: &Ref<Dict>, key: &str, value: Value) {
    let key = py.intern(key);
    set_str(py, dict, &key, value);
}

/// The value of a key given as plain text.
pub fn get_name(py: &mut Py, dict: &Ref<Dict>, key: &str) -> Option<Value> {
    let key = py.intern(key);
    dict.get(py).get_str(&key).cloned()
}

impl Members for Dict {
    const MEMBERS: &'static [Member] = methods::DictMethods::MEMBERS;
}

impl NativeType for Dict {
    const NAME: &'static str = "dict";
    const DOC: Option<&'static str> = Some(methods::DOC);
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF | TypeFlags::MAPPING;
    const UNHASHABLE: bool = true;
}
