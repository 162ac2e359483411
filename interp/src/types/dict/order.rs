//! Entries taken to either end of a dict, for `OrderedDict`.
//!
//! Entries are put before the first one by making room there: deleted places, as many as there are
//! entries, which count as taken slots until the table is made anew. So a move costs the same in
//! the long run at either end.

use lockstep_heap::Value;

use super::index::{Index, SCAN};
use super::{Dict, Entry};

impl Dict {
    /// The first entry's place.
    pub fn first_place(&mut self) -> Option<usize> {
        let deleted = self.entries[self.first.min(self.entries.len())..].iter().take_while(|e| e.key.is_unbound()).count();
        self.first += deleted;
        (self.first < self.entries.len()).then_some(self.first)
    }

    /// Make the entry at a place the last one.
    pub fn move_last(&mut self, place: usize) {
        if self.last_place() != Some(place) {
            let hash = self.entries[place].hash;
            let (key, value) = self.remove_at(place);
            self.push(hash, key, value);
        }
    }

    /// Make the entry at a place the first one.
    pub fn move_first(&mut self, place: usize) {
        if self.first_place() == Some(place) {
            return;
        }
        let hash = self.entries[place].hash;
        let (key, value) = self.remove_at(place);
        if self.first_place() == Some(0) || self.filled >= self.index.capacity() {
            self.make_room_before();
        }
        self.first -= 1;
        self.entries[self.first] = Entry { hash, key, value };
        self.index.insert(hash, self.first as u32);
        self.used += 1;
        self.keys_version = 0;
    }

    /// Deleted places before the entries, of which there is at least one.
    fn make_room_before(&mut self) {
        let room = self.used + SCAN;
        let entries = std::mem::take(&mut self.entries);
        self.index = Index::with_room(room * 3);
        self.entries.reserve_exact(self.index.capacity());
        self.entries.resize_with(room, || Entry { hash: 0, key: Value::UNBOUND, value: Value::UNBOUND });
        self.entries.extend(entries.into_iter().filter(|e| !e.key.is_unbound()));
        for (place, entry) in self.entries.iter().enumerate().skip(room) {
            self.index.insert(entry.hash, place as u32);
        }
        self.first = room;
        self.filled = self.entries.len();
    }
}
