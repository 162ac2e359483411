//! `set` and `frozenset`.

pub mod methods;
pub mod table;

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::compare::is_key;
use crate::object::native::{Member, Members};
use crate::object::ops::Next;
use crate::object::raise::{Result, runtime_error};
use crate::object::{NativeType, Py, TypeFlags};
use crate::types::dict::methods::is_plain;
use crate::types::dict::{self, Dict};
pub use methods::FrozenSetMethods;
use table::{Place, Table};

/// The payload of a set and of a frozenset.
#[derive(Default)]
pub struct Set {
    /// The elements.
    pub table: Table,
    /// The cached hash of a frozenset.
    pub hash: Option<i64>,
}

impl Object for Set {
    type Access = Guarded;
    const TAG: Tag = Tag::SET;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        for place in self.table.iter() {
            visit.value(&place.key);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(std::mem::take(&mut self.table).into_keys());
    }
}

/// The place of an element, if no Python code is needed to compare.
#[inline(always)]
pub(crate) fn find_quick(py: &Py, set: &Ref<Set>, key: &Value, hash: u64) -> Option<Option<usize>> {
    let mut unsure = false;
    let found = set.get(py).table.find_with(hash, |k| is_key(py, k, key, &mut unsure));
    if unsure { None } else { Some(found) }
}

/// The place of an element; may run Python code to compare.
pub fn find(py: &mut Py, set: &Ref<Set>, key: &Value, hash: u64) -> Result<Option<usize>> {
    match find_quick(py, set, key, hash) {
        Some(found) => Ok(found),
        None => find_slow(py, set, key, hash),
    }
}

/// As [`find`], comparing by Python code; begins again when what was compared has gone meanwhile.
#[cold]
#[inline(never)]
fn find_slow(py: &mut Py, set: &Ref<Set>, key: &Value, hash: u64) -> Result<Option<usize>> {
    'again: loop {
        let mut tried: Vec<Value> = Vec::new();
        loop {
            let mut candidate = None;
            let place = set.get(py).table.find_with(hash, |k| {
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
            if set.get(py).table.at(place).is_none_or(|p| !p.key.is(&candidate)) {
                continue 'again;
            }
            if same {
                return Ok(Some(place));
            }
            tried.push(candidate);
        }
    }
}

/// Add an element whose hash is known.
pub fn add_hashed(py: &mut Py, set: &Ref<Set>, item: &Value, hash: u64) -> Result<()> {
    if find(py, set, item, hash)?.is_none() {
        set.get_mut(py).table.push(hash, item.clone());
    }
    Ok(())
}

/// Add an element.
#[inline]
pub fn add(py: &mut Py, set: &Ref<Set>, item: &Value) -> Result<()> {
    if let Some(n) = item.as_small_int() {
        // Only the elements with its hash that are objects could be compared by Python code.
        let hash = lockstep_text::hash::word(n) as u64;
        let mut unsure = false;
        let table = &mut set.get_mut(py).table;
        table.add_with(hash, item, |k| {
            unsure |= k.is_object();
            unsure || k.is(item) || k.as_float() == Some(n as f64) || k.as_bool().is_some_and(|b| i64::from(b) == n)
        });
        if !unsure {
            return Ok(());
        }
    }
    let hash = py.hash(item)? as u64;
    add_hashed(py, set, item, hash)
}

/// Whether an element is in it.
pub fn contains(py: &mut Py, set: &Ref<Set>, item: &Value) -> Result<bool> {
    Ok(methods::lookup(py, set, item)?.is_some())
}

/// Remove an element; whether it was there.
pub fn discard(py: &mut Py, set: &Ref<Set>, item: &Value) -> Result<bool> {
    let hash = py.hash(item)? as u64;
    discard_hashed(py, set, item, hash)
}

fn discard_hashed(py: &mut Py, set: &Ref<Set>, item: &Value, hash: u64) -> Result<bool> {
    match find(py, set, item, hash)? {
        Some(place) => {
            drop(set.get_mut(py).table.remove_at(place));
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Do something with each element, with its hash. It may change the set.
pub fn each(py: &mut Py, set: &Ref<Set>, mut visit: impl FnMut(&mut Py, &Place) -> Result<bool>) -> Result<()> {
    let mut place = 0;
    while place < set.get(py).table.places() {
        if let Some(p) = set.get(py).table.at(place).cloned()
            && !visit(py, &p)?
        {
            break;
        }
        place += 1;
    }
    Ok(())
}

/// The same with the elements of any iterable: hashes that sets and dicts know are not computed again.
pub fn each_of(py: &mut Py, iterable: &Value, mut visit: impl FnMut(&mut Py, &Place) -> Result<bool>) -> Result<()> {
    if let Some(set) = iterable.downcast::<Set>() {
        return each(py, &set.clone(), visit);
    }
    if is_plain(py, iterable)
        && let Some(d) = iterable.downcast::<Dict>()
    {
        let (mut place, used) = (0, d.get(py).len());
        while place < d.get(py).places() {
            if let Some(p) = d.get(py).entry(place).map(|e| Place { hash: e.hash, key: e.key.clone() })
                && !visit(py, &p)?
            {
                break;
            }
            if d.get(py).len() != used {
                return Err(runtime_error("dictionary changed size during iteration"));
            }
            place += 1;
        }
        return Ok(());
    }
    let mut items = py.iter(iterable)?;
    while let Some(key) = items.next(py)? {
        let hash = py.hash(&key)? as u64;
        if !visit(py, &Place { hash, key })? {
            break;
        }
    }
    Ok(())
}

/// Add the elements of an iterable.
pub fn update(py: &mut Py, set: &Ref<Set>, iterable: &Value) -> Result<()> {
    if let Some(other) = iterable.downcast::<Set>() {
        if other.is(set) {
            return Ok(());
        }
        // Both tables are needed at once: this one is out of its set for the moment.
        let mut table = std::mem::take(&mut set.get_mut(py).table);
        let done = table.begin_merge(&other.get(py).table);
        set.get_mut(py).table = table;
        if done {
            return Ok(());
        }
    } else if let Some(d) = iterable.downcast::<Dict>()
        && is_plain(py, iterable)
    {
        let more = d.get(py).len();
        set.get_mut(py).table.reserve(more);
    }
    each_of(py, iterable, |py, p| add_hashed(py, set, &p.key, p.hash).map(|()| true))
}

/// Remove the elements of an iterable.
pub fn remove_all(py: &mut Py, set: &Ref<Set>, iterable: &Value) -> Result<()> {
    if iterable.is(set.as_value()) {
        drop(set.get_mut(py).table.take());
        return Ok(());
    }
    each_of(py, iterable, |py, p| discard_hashed(py, set, &p.key, p.hash).map(|_| true))?;
    set.get_mut(py).table.shed_deleted();
    Ok(())
}

/// Symmetric difference in place with another set.
pub fn toggle_all(py: &mut Py, set: &Ref<Set>, other: &Ref<Set>) -> Result<()> {
    if set.is(other) {
        drop(set.get_mut(py).table.take());
        return Ok(());
    }
    each(py, other, |py, p| {
        if !discard_hashed(py, set, &p.key, p.hash)? {
            set.get_mut(py).table.push(p.hash, p.key.clone());
        }
        Ok(true)
    })
}

/// A frozenset of constants, which are all hashable.
pub fn frozen_constant(py: &mut Py, items: Vec<Value>) -> Value {
    let ty = py.type_named("frozenset");
    let set = py.make_in(&ty, Set::default());
    for item in items {
        // Constants compare without Python code and are hashable.
        drop(add(py, &set, &item));
    }
    set.into_value()
}

impl Members for Set {
    const MEMBERS: &'static [Member] = methods::SetMethods::MEMBERS;
}

impl NativeType for Set {
    const NAME: &'static str = "set";
    const DOC: Option<&'static str> = Some("Build an unordered collection of unique elements.");
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF;
    const UNHASHABLE: bool = true;
}

/// The payload of `set_iterator`.
pub struct SetIter {
    set: Option<Ref<Set>>,
    at: usize,
    /// Elements when the iteration began.
    used: usize,
    left: usize,
}

impl Object for SetIter {
    type Access = Guarded;
    const TAG: Tag = Tag::SET_ITER;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(set) = &self.set {
            visit.reference(set);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.set.take().map(Ref::into_value));
    }
}

impl SetIter {
    /// An iterator over a set.
    pub fn make(py: &Py, set: &Ref<Set>) -> Value {
        let used = set.get(py).table.len();
        py.make(SetIter { set: Some(set.clone()), at: 0, used, left: used }).into_value()
    }
}

/// The next element, where nothing is out of the ordinary; none else, and nothing has happened.
#[inline]
pub fn simple(py: &mut Py, this: &Ref<SetIter>) -> Option<Value> {
    let it = this.get(py);
    let table = &it.set.as_ref()?.get(py).table;
    if table.len() != it.used {
        return None;
    }
    let (at, key) = table.first_from(it.at)?;
    let key = key.clone();
    let it = this.get_mut(py);
    it.at = at + 1;
    it.left = it.left.saturating_sub(1);
    Some(key)
}

/// The next element; none at the end.
pub fn next(py: &mut Py, this: &Ref<SetIter>) -> Result<Option<Value>> {
    if let Some(key) = simple(py, this) {
        return Ok(Some(key));
    }
    let it = this.get(py);
    if it.set.as_ref().is_some_and(|set| set.get(py).table.len() != it.used) {
        this.get_mut(py).used = usize::MAX;
        return Err(runtime_error("Set changed size during iteration"));
    }
    this.get_mut(py).set = None;
    Ok(None)
}

#[methods]
impl SetIter {
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<SetIter>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<SetIter>) -> Result<Next> {
        next(py, this).map(Next)
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<SetIter>) -> usize {
        let it = this.get(py);
        match &it.set {
            Some(s) if s.get(py).table.len() == it.used => it.left,
            _ => 0,
        }
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<SetIter>) -> Result<Value> {
        let it = this.get(py);
        let copy = SetIter { set: it.set.clone(), at: it.at, used: it.used, left: it.left };
        let copy = py.make(copy);
        let rest = py.collect(copy.as_value())?;
        let rest = py.list(rest);
        Ok(py.reduced("iter", rest, None))
    }
}

impl NativeType for SetIter {
    const NAME: &'static str = "set_iterator";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// A frozenset with the elements of an iterable.
pub fn frozen(py: &mut Py, iterable: &Value) -> Result<Value> {
    let ty = py.type_named("frozenset");
    let set = py.make_in(&ty, Set::default());
    update(py, &set, iterable)?;
    Ok(set.into_value())
}

/// The keys of a dict as a set.
pub fn of_keys(py: &mut Py, dict: &Ref<Dict>) -> Result<Ref<Set>> {
    let set = py.make(Set::default());
    update(py, &set, dict.as_value())?;
    Ok(set)
}

/// Whether a dict has the element of a set.
pub fn in_dict(py: &mut Py, dict: &Ref<Dict>, place: &Place) -> Result<bool> {
    Ok(dict::find(py, dict, &place.key, place.hash)?.is_some())
}
