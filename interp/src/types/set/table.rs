//! The hash table of a set: keys and hashes in one open-addressed array.
//!
//! Elements come out in the order of the array, so its size and the order in which places are
//! tried are visible to scripts: ints show up in the same order as in CPython, whose published
//! rules for growth and probing are followed.

use lockstep_heap::Value;

/// A place: empty (unbound, hash 0), deleted (unbound, hash 1) or an element.
#[derive(Clone)]
pub struct Place {
    /// Hash of the element.
    pub hash: u64,
    /// The element.
    pub key: Value,
}

impl Place {
    const EMPTY: Place = Place { hash: 0, key: Value::UNBOUND };
    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.key.is_unbound() && self.hash == 0
    }
}

/// What is known of the elements that are sought at a place first and lie elsewhere.
#[derive(Clone, Copy)]
struct Away {
    /// How many there are (`MANY`: or more).
    count: u16,
    /// Where one of them lies, if that is known.
    place: u16,
}

impl Away {
    const MANY: u16 = u16::MAX;
    const UNKNOWN: u16 = u16::MAX;
    const NONE: Away = Away { count: 0, place: Away::UNKNOWN };
}

const SMALLEST: usize = 8;
/// Neighbours tried before the next leap.
const NEIGHBOURS: usize = 9;

/// The table.
#[derive(Clone, Default)]
pub struct Table {
    places: Vec<Place>,
    /// Places with an element or the mark of a deleted one.
    filled: usize,
    used: usize,
    /// Where the search for an element to pop goes on.
    finger: usize,
    /// For each place, what is known of those that are sought there first and lie elsewhere. Only
    /// once an element was removed: a search would else have to go past all the marks of deleted
    /// ones.
    away: Option<Box<[Away]>>,
}

impl Table {
    /// The number of elements.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }
    /// The number of places.
    pub fn places(&self) -> usize {
        self.places.len()
    }
    /// The element at a place, with its hash.
    #[inline(always)]
    pub fn at(&self, place: usize) -> Option<&Place> {
        self.places.get(place).filter(|p| !p.key.is_unbound())
    }
    /// The first element at a place or behind it, with its place.
    #[inline]
    pub fn first_from(&self, place: usize) -> Option<(usize, &Value)> {
        let rest = self.places.get(place..)?;
        let ahead = rest.iter().position(|p| !p.key.is_unbound())?;
        Some((place + ahead, &rest[ahead].key))
    }
    /// The elements in order.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|p| !p.key.is_unbound())
    }
    /// Bytes of memory.
    pub fn memory(&self) -> usize {
        self.places.capacity() * size_of::<Place>() + self.away.as_ref().map_or(0, |away| size_of_val(&**away))
    }

    /// The first place, in the order of probing and after `seen` ones, that `stop` accepts.
    #[inline(always)]
    fn walk(&self, hash: u64, seen: usize, mut stop: impl FnMut(usize, &Place) -> bool) -> usize {
        let places = self.places.as_slice();
        let mask = places.len() - 1;
        let mut perturb = hash;
        let mut at = hash as usize & mask;
        let mut from = at + seen;
        loop {
            let last = if at + NEIGHBOURS <= mask { at + NEIGHBOURS } else { at };
            while from <= last {
                if stop(from, &places[from]) {
                    return from;
                }
                from += 1;
            }
            perturb >>= 5;
            at = at.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
            from = at;
        }
    }
    /// What the place where a key is sought first says: whether the very same key is an element, or
    /// nothing if more is to be looked at.
    #[inline(always)]
    pub fn at_once(&self, hash: u64, key: &Value) -> Option<bool> {
        let first = self.places.get(hash as usize & self.places.len().wrapping_sub(1))?;
        if first.key.is(key) {
            return Some(true);
        }
        if first.is_empty() || (first.hash != hash && self.none_away(hash)) { Some(false) } else { None }
    }
    /// Whether the very same key is an element; nothing if another has its hash, which may be equal.
    #[inline(always)]
    pub fn has_word(&self, hash: u64, key: &Value) -> Option<bool> {
        if self.used == 0 {
            return Some(false);
        }
        if self.first(hash).hash != hash
            && let Some(there) = self.elsewhere(hash)
        {
            match there {
                None => return Some(false),
                Some((p, _)) if p.key.is(key) => return Some(true),
                Some((p, true)) if p.hash != hash => return Some(false),
                Some(_) => {}
            }
        }
        let mut found = Some(false);
        self.walk(hash, 0, |_, p| {
            if p.key.is(key) {
                found = Some(true);
                return true;
            }
            if p.key.is_unbound() {
                return p.hash == 0;
            }
            if p.hash == hash {
                found = None;
            }
            p.hash == hash
        });
        found
    }
    /// The place where this hash is sought first.
    #[inline(always)]
    fn first(&self, hash: u64) -> &Place {
        &self.places[hash as usize & (self.places.len() - 1)]
    }
    /// What is known of elements that are sought where `hash` is and lie elsewhere: nothing, that
    /// there are none, or one of them and whether it is the only one.
    #[inline(always)]
    fn elsewhere(&self, hash: u64) -> Option<Option<(&Place, bool)>> {
        let away = self.away.as_ref()?;
        let known = away[hash as usize & (away.len() - 1)];
        if known.count == 0 {
            return Some(None);
        }
        if known.place == Away::UNKNOWN { None } else { Some(Some((&self.places[known.place as usize], known.count == 1))) }
    }
    /// Whether no element that is sought where `hash` is lies elsewhere, as far as that is known.
    #[inline(always)]
    fn none_away(&self, hash: u64) -> bool {
        self.away.as_ref().is_some_and(|away| away[hash as usize & (away.len() - 1)].count == 0)
    }
    /// An element with this hash was put at a place where it is not sought first.
    fn count_away(&mut self, hash: u64, place: usize) {
        if let Some(away) = &mut self.away {
            let known = &mut away[hash as usize & (away.len() - 1)];
            known.count = known.count.saturating_add(1);
            known.place = u16::try_from(place).unwrap_or(Away::UNKNOWN);
        }
    }
    /// Begin to count, at the first removal.
    #[cold]
    #[inline(never)]
    fn count_all(&mut self) {
        let mask = self.places.len() - 1;
        self.away = Some(vec![Away::NONE; self.places.len()].into());
        for at in 0..self.places.len() {
            let Place { hash, .. } = self.places[at];
            if !self.places[at].key.is_unbound() && hash as usize & mask != at {
                self.count_away(hash, at);
            }
        }
    }
    /// The place of the element with this hash that `same` accepts.
    #[inline(always)]
    pub fn find_with(&self, hash: u64, mut same: impl FnMut(&Value) -> bool) -> Option<usize> {
        if self.used == 0 {
            return None;
        }
        // Most elements lie where they are sought first, and most that are not there leave it empty.
        let at = hash as usize & (self.places.len() - 1);
        let first = &self.places[at];
        if first.hash == hash && !first.key.is_unbound() {
            if same(&first.key) {
                return Some(at);
            }
        } else if first.is_empty() {
            return None;
        } else if let Some(there) = self.elsewhere(hash) {
            let (p, only) = there?;
            if p.hash == hash {
                if same(&p.key) {
                    return self.away.as_ref().map(|away| away[at].place as usize);
                }
            } else if only {
                return None;
            }
        }
        // One comparison passes by most places: only the hash that is sought and the empty mark
        // need a look at the key.
        let at = self.walk(hash, 1, |_, p| {
            if p.hash == hash && !p.key.is_unbound() {
                return same(&p.key);
            }
            p.hash == 0 && p.key.is_unbound()
        });
        if self.places[at].key.is_unbound() { None } else { Some(at) }
    }
    /// Put in an element unless `same` accepts one with its hash.
    #[inline(always)]
    pub fn add_with(&mut self, hash: u64, key: &Value, same: impl FnMut(&Value) -> bool) {
        if self.places.is_empty() {
            return self.push(hash, key.clone());
        }
        if let Err((empty, deleted)) = self.seek(hash, same) {
            self.put(empty, deleted, hash, key.clone());
        }
    }
    /// Put in an element that is not there.
    pub fn push(&mut self, hash: u64, key: Value) {
        if self.places.is_empty() {
            self.places = vec![Place::EMPTY; SMALLEST];
        }
        if let Err((empty, deleted)) = self.seek(hash, |_| false) {
            self.put(empty, deleted, hash, key);
        }
    }
    /// The place of the element with this hash that `same` accepts; else where such an element may be
    /// put: the empty place, and the last one on the way there whose element was deleted.
    #[inline(always)]
    fn seek(&self, hash: u64, mut same: impl FnMut(&Value) -> bool) -> Result<usize, (usize, Option<usize>)> {
        let mut deleted = None;
        let at = self.walk(hash, 0, |at, p| {
            if !p.key.is_unbound() {
                return p.hash == hash && same(&p.key);
            }
            if p.hash != 0 {
                deleted = Some(at);
            }
            p.hash == 0
        });
        if self.places[at].key.is_unbound() { Err((at, deleted)) } else { Ok(at) }
    }
    /// Put an element in its place: the last deleted one on the way to the empty one, or that.
    #[inline(always)]
    fn put(&mut self, empty: usize, deleted: Option<usize>, hash: u64, key: Value) {
        self.used += 1;
        let mask = self.places.len() - 1;
        let at = deleted.unwrap_or(empty);
        self.places[at] = Place { hash, key };
        if at != hash as usize & mask {
            self.count_away(hash, at);
        }
        if deleted.is_some() {
            return;
        }
        self.filled += 1;
        if self.filled * 5 >= mask * 3 {
            self.resize(self.wanted());
        }
    }
    /// The room that a new array is to have.
    fn wanted(&self) -> usize {
        if self.used > 50_000 { self.used * 2 } else { self.used * 4 }
    }
    /// A new array for more than `wanted` elements.
    #[cold]
    #[inline(never)]
    fn resize(&mut self, wanted: usize) {
        let mut size = SMALLEST;
        while size <= wanted {
            size *= 2;
        }
        let old = std::mem::replace(&mut self.places, vec![Place::EMPTY; size]);
        self.filled = self.used;
        self.away = None;
        for place in old {
            if !place.key.is_unbound() {
                let at = self.walk(place.hash, 0, |_, p| p.is_empty());
                self.places[at] = place;
            }
        }
    }
    /// Prepare for the elements of another table; true if they are all here already, because this
    /// one was empty.
    pub fn begin_merge(&mut self, other: &Table) -> bool {
        if other.used == 0 {
            return true;
        }
        let mask = self.places.len().max(SMALLEST) - 1;
        if (self.filled + other.used) * 5 >= mask * 3 {
            self.resize((self.used + other.used) * 2);
        }
        if self.filled > 0 {
            return false;
        }
        self.away = None;
        let size = self.places.len().max(SMALLEST);
        if size == other.places.len() && other.filled == other.used {
            self.places.clone_from(&other.places);
        } else {
            if self.places.is_empty() {
                self.places = vec![Place::EMPTY; SMALLEST];
            }
            for p in other.iter() {
                let at = self.walk(p.hash, 0, |_, p| p.is_empty());
                self.places[at] = p.clone();
            }
        }
        self.used = other.used;
        self.filled = other.used;
        true
    }
    /// Room for so many keys of a dict.
    pub fn reserve(&mut self, more: usize) {
        let mask = self.places.len().max(SMALLEST) - 1;
        if more > 0 && (self.filled + more) * 5 >= mask * 3 {
            self.resize((self.used + more) * 2);
        }
    }
    /// Take an element out.
    pub fn remove_at(&mut self, place: usize) -> Value {
        self.used -= 1;
        if self.away.is_none() {
            self.count_all();
        }
        let p = &mut self.places[place];
        if let Some(away) = &mut self.away {
            let home = p.hash as usize & (away.len() - 1);
            if home != place {
                let known = &mut away[home];
                if known.count != Away::MANY {
                    known.count -= 1;
                }
                if usize::from(known.place) == place {
                    known.place = Away::UNKNOWN;
                }
            }
        }
        p.hash = 1;
        std::mem::replace(&mut p.key, Value::UNBOUND)
    }
    /// Get rid of the marks of deleted elements if they are more than a quarter of the places.
    pub fn shed_deleted(&mut self) {
        if self.filled - self.used > self.places.len().saturating_sub(1) / 4 {
            self.resize(self.wanted());
        }
    }
    /// Take any element out.
    pub fn pop(&mut self) -> Option<Value> {
        if self.used == 0 {
            return None;
        }
        let mask = self.places.len() - 1;
        let mut at = self.finger & mask;
        while self.places[at].key.is_unbound() {
            at = (at + 1) & mask;
        }
        self.finger = at + 1;
        Some(self.remove_at(at))
    }
    /// A copy.
    pub fn duplicate(&self) -> Table {
        let mut copy = Table::default();
        copy.begin_merge(self);
        copy
    }
    /// Everything out.
    pub fn take(&mut self) -> Table {
        std::mem::take(self)
    }
    /// Show or give up the elements.
    pub fn into_keys(self) -> impl Iterator<Item = Value> {
        self.places.into_iter().map(|p| p.key)
    }
}
