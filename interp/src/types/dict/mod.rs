//! `dict`: insertion-ordered hash table with compact entries.
//!
//! Entries lie in insertion order; a table of small numbers maps hashes to them. Up to eight
//! entries there is no table: the hashes are scanned. (The layout of CPython 3.6 and later.)

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType, TypeFlags};

use crate::object::ops::quick_eq;
use crate::object::{Py, Result};
use crate::types::str::Str;

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

const EMPTY: u32 = u32::MAX;
const SCAN: usize = 8;

/// The table from hashes to entries; its length is a power of two.
#[derive(Clone, Default)]
enum Index {
    #[default]
    None,
    Narrow(Box<[u8]>),
    Middle(Box<[u16]>),
    Wide(Box<[u32]>),
}

impl Index {
    fn with_room(entries: usize) -> Index {
        if entries <= SCAN {
            return Index::None;
        }
        let size = (entries * 3 / 2 + 1).next_power_of_two();
        if size <= 256 {
            // Entries stay below 171 here, so 255 can mean empty.
            Index::Narrow(vec![u8::MAX; size].into())
        } else if size <= 1 << 16 {
            Index::Middle(vec![u16::MAX; size].into())
        } else {
            Index::Wide(vec![EMPTY; size].into())
        }
    }
    fn len(&self) -> usize {
        match self {
            Index::None => 0,
            Index::Narrow(t) => t.len(),
            Index::Middle(t) => t.len(),
            Index::Wide(t) => t.len(),
        }
    }
    /// How many entries fit before the table must grow.
    fn capacity(&self) -> usize {
        match self {
            Index::None => SCAN,
            other => other.len() * 2 / 3,
        }
    }
    #[inline(always)]
    fn at(&self, i: usize) -> u32 {
        match self {
            Index::None => EMPTY,
            Index::Narrow(t) => if t[i] == u8::MAX { EMPTY } else { u32::from(t[i]) },
            Index::Middle(t) => if t[i] == u16::MAX { EMPTY } else { u32::from(t[i]) },
            Index::Wide(t) => t[i],
        }
    }
    #[inline(always)]
    fn put(&mut self, i: usize, entry: u32) {
        match self {
            Index::None => {}
            Index::Narrow(t) => t[i] = entry as u8,
            Index::Middle(t) => t[i] = entry as u16,
            Index::Wide(t) => t[i] = entry,
        }
    }
}

/// Places of the table in the order they are tried for a hash.
struct Probe {
    at: usize,
    step: usize,
    mask: usize,
}

impl Probe {
    #[inline(always)]
    fn new(hash: u64, len: usize) -> Probe {
        let mask = len - 1;
        // Ints hash to themselves: mix, so that the high bits count.
        let mixed = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Probe { at: (mixed >> 32) as usize & mask, step: 0, mask }
    }
    #[inline(always)]
    fn advance(&mut self) {
        self.step += 1;
        self.at = (self.at + self.step) & self.mask;
    }
}

/// The payload of a dict.
#[derive(Default)]
pub struct Dict {
    index: Index,
    entries: Vec<Entry>,
    /// Entries that are not deleted.
    used: usize,
    /// Identifies this set of keys and their places to inline caches; 0: none yet.
    keys_version: u32,
    /// Counts structural changes, for iterators.
    changes: u32,
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
        self.entries.capacity() * size_of::<Entry>() + self.index.len() * match self.index {
            Index::None => 0,
            Index::Narrow(_) => 1,
            Index::Middle(_) => 2,
            Index::Wide(_) => 4,
        }
    }

    /// The places whose hash is `hash`, in the order they are tried, starting after `from`.
    #[inline(always)]
    fn find_with(&self, hash: u64, mut same: impl FnMut(&Value) -> bool) -> Option<usize> {
        if let Index::None = self.index {
            return self.entries.iter().position(|e| e.hash == hash && !e.key.is_unbound() && same(&e.key));
        }
        let mut probe = Probe::new(hash, self.index.len());
        loop {
            let at = self.index.at(probe.at);
            if at == EMPTY {
                return None;
            }
            let e = &self.entries[at as usize];
            if e.hash == hash && !e.key.is_unbound() && same(&e.key) {
                return Some(at as usize);
            }
            probe.advance();
        }
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
    fn push(&mut self, hash: u64, key: Value, value: Value) -> usize {
        self.keys_version = 0;
        self.changes = self.changes.wrapping_add(1);
        if self.entries.len() >= self.index.capacity() {
            self.grow();
        }
        let place = self.entries.len();
        if self.index.len() > 0 {
            let mut probe = Probe::new(hash, self.index.len());
            while self.index.at(probe.at) != EMPTY {
                probe.advance();
            }
            self.index.put(probe.at, place as u32);
        }
        self.entries.push(Entry { hash, key, value });
        self.used += 1;
        place
    }

    /// Room for more, without the deleted entries.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let room = if self.used * 2 < self.entries.len() { self.used + SCAN } else { self.used * 2 + 1 };
        self.rebuild(room);
    }
    fn rebuild(&mut self, room: usize) {
        if self.used < self.entries.len() {
            self.entries.retain(|e| !e.key.is_unbound());
        }
        self.index = Index::with_room(room.max(self.used + 1));
        if self.index.len() > 0 {
            for (i, e) in self.entries.iter().enumerate() {
                let mut probe = Probe::new(e.hash, self.index.len());
                while self.index.at(probe.at) != EMPTY {
                    probe.advance();
                }
                self.index.put(probe.at, i as u32);
            }
        }
        self.keys_version = 0;
    }
    /// Room for `n` entries in all.
    pub fn reserve(&mut self, n: usize) {
        if n > self.index.capacity() {
            self.rebuild(n);
            self.entries.reserve(n.saturating_sub(self.entries.len()));
        }
    }

    /// Take the entry at a place out.
    pub fn remove_at(&mut self, place: usize) -> (Value, Value) {
        self.keys_version = 0;
        self.changes = self.changes.wrapping_add(1);
        self.used -= 1;
        let e = &mut self.entries[place];
        let out = (std::mem::replace(&mut e.key, Value::UNBOUND), std::mem::replace(&mut e.value, Value::UNBOUND));
        if self.used == 0 {
            // The table still points at the deleted entries: begin anew.
            self.entries.clear();
            self.index = Index::None;
        } else if place + 1 == self.entries.len() && matches!(self.index, Index::None) {
            self.entries.pop();
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
        let mut copy = Dict { index: self.index.clone(), entries: self.entries.clone(), used: self.used, keys_version: 0, changes: 0 };
        if copy.used * 2 < copy.entries.len() {
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

/// The place of a key; may run Python code to compare.
pub fn find(py: &mut Py, dict: &Ref<Dict>, key: &Value, hash: u64) -> Result<Option<usize>> {
    let d = dict.get(py);
    let mut unsure = false;
    let found = d.find_with(hash, |k| {
        if k.is(key) {
            return true;
        }
        match quick_eq(py, k, key) {
            Some(answer) => answer,
            None => {
                unsure = true;
                false
            }
        }
    });
    if !unsure {
        return Ok(found);
    }
    find_slow(py, dict, key, hash)
}

/// As [`find`], comparing by Python code; begins again when the dict changes meanwhile.
#[cold]
#[inline(never)]
fn find_slow(py: &mut Py, dict: &Ref<Dict>, key: &Value, hash: u64) -> Result<Option<usize>> {
    'again: loop {
        let changes = dict.get(py).changes;
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
            if dict.get(py).changes != changes || dict.get(py).entry(place).is_none_or(|e| !e.key.is(&candidate)) {
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

#[methods]
impl Dict {}

impl NativeType for Dict {
    const NAME: &'static str = "dict";
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF | TypeFlags::MAPPING;
    const UNHASHABLE: bool = true;
}
