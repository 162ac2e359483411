//! The table that maps hashes to places in the entries of a dict.

/// Up to so many entries there is no table: the hashes are scanned.
pub(super) const SCAN: usize = 8;

/// A slot of the table: as narrow as the number of entries allows.
trait Slot: Copy {
    const EMPTY: Self;
    const DELETED: Self;
    fn place(self) -> u32;
    fn of(place: u32) -> Self;
    fn is_empty(self) -> bool;
}

macro_rules! slots {
    ($($t:ty),*) => { $(
        impl Slot for $t {
            const EMPTY: Self = <$t>::MAX;
            const DELETED: Self = <$t>::MAX - 1;
            #[inline(always)]
            fn place(self) -> u32 { u32::from(self) }
            #[inline(always)]
            fn of(place: u32) -> Self { place as $t }
            #[inline(always)]
            fn is_empty(self) -> bool { self == Self::EMPTY }
        }
    )* };
}
slots!(u8, u16, u32);

/// The table; its length is a power of two.
#[derive(Clone, Default)]
pub(super) enum Index {
    #[default]
    None,
    Narrow(Box<[u8]>),
    Middle(Box<[u16]>),
    Wide(Box<[u32]>),
}

/// Slots in the order they are tried for a hash: ints that follow each other get slots that
/// follow each other; where they collide, the higher bits of the hash decide.
#[inline(always)]
fn walk<S: Slot>(slots: &[S], hash: u64, mut stop: impl FnMut(S) -> bool) -> usize {
    let mask = slots.len().wrapping_sub(1);
    let mut perturb = hash;
    let mut at = hash as usize & mask;
    loop {
        if stop(slots[at]) {
            return at;
        }
        perturb >>= 5;
        at = (at.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1)) & mask;
    }
}

#[inline(always)]
fn search<S: Slot>(slots: &[S], hash: u64, mut hit: impl FnMut(u32) -> bool) -> Option<u32> {
    let at = walk(slots, hash, |s| s.is_empty() || hit(s.place()));
    let found = slots[at];
    if found.is_empty() { None } else { Some(found.place()) }
}

#[inline(always)]
fn insert<S: Slot>(slots: &mut [S], hash: u64, place: u32) {
    let at = walk(slots, hash, S::is_empty);
    slots[at] = S::of(place);
}

fn delete<S: Slot>(slots: &mut [S], hash: u64, place: u32) {
    let at = walk(slots, hash, |s| s.is_empty() || s.place() == place);
    if !slots[at].is_empty() {
        slots[at] = S::DELETED;
    }
}

impl Index {
    /// A table for so many entries.
    pub(super) fn with_room(entries: usize) -> Index {
        if entries <= SCAN {
            return Index::None;
        }
        let size = (entries * 3 / 2 + 1).next_power_of_two();
        if size <= 256 {
            // Places stay below 171 here, so the markers are no places.
            Index::Narrow(vec![u8::EMPTY; size].into())
        } else if size <= 1 << 16 {
            Index::Middle(vec![u16::EMPTY; size].into())
        } else {
            Index::Wide(vec![u32::EMPTY; size].into())
        }
    }
    /// How many slots may be taken before the table must be made anew.
    #[inline(always)]
    pub(super) fn capacity(&self) -> usize {
        match self {
            Index::None => SCAN,
            Index::Narrow(t) => t.len() * 2 / 3,
            Index::Middle(t) => t.len() * 2 / 3,
            Index::Wide(t) => t.len() * 2 / 3,
        }
    }
    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        match self {
            Index::None => 0,
            Index::Narrow(t) => t.len(),
            Index::Middle(t) => t.len() * 2,
            Index::Wide(t) => t.len() * 4,
        }
    }
    /// The first place for the hash that `hit` accepts; it is asked about markers of deletion too.
    #[inline(always)]
    pub(super) fn search(&self, hash: u64, hit: impl FnMut(u32) -> bool) -> Option<u32> {
        match self {
            Index::None => None,
            Index::Narrow(t) => search(t, hash, hit),
            Index::Middle(t) => search(t, hash, hit),
            Index::Wide(t) => search(t, hash, hit),
        }
    }
    /// Enter a place that is not there.
    #[inline(always)]
    pub(super) fn insert(&mut self, hash: u64, place: u32) {
        match self {
            Index::None => {}
            Index::Narrow(t) => insert(t, hash, place),
            Index::Middle(t) => insert(t, hash, place),
            Index::Wide(t) => insert(t, hash, place),
        }
    }
    /// Mark the slot of a place as deleted.
    pub(super) fn delete(&mut self, hash: u64, place: u32) {
        match self {
            Index::None => {}
            Index::Narrow(t) => delete(t, hash, place),
            Index::Middle(t) => delete(t, hash, place),
            Index::Wide(t) => delete(t, hash, place),
        }
    }
}
