//! Handles: references that may leave the lock.

use std::sync::{Arc, Mutex, PoisonError};

use crate::alloc::Heap;
use crate::cell::Held;
use crate::value::{Raw, Value};

/// References that were given up without the lock; the next holder frees them.
#[derive(Default)]
pub struct Returned {
    words: Mutex<Vec<u64>>,
}

impl Returned {
    fn give(&self, raw: Raw) {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).push(raw.0);
    }

    pub(crate) fn drain(&self) {
        let words = std::mem::take(&mut *self.words.lock().unwrap_or_else(PoisonError::into_inner));
        for word in words {
            // SAFETY: each word owns one reference, and the caller holds the lock.
            drop(unsafe { Value::from_raw(Raw(word)) });
        }
    }
}

/// A reference that can be kept and sent without the lock; [`Handle::open`] needs it.
pub struct Handle {
    raw: Raw,
    home: Arc<Returned>,
}

// SAFETY: the word is only turned into a value by somebody who holds the lock of its heap.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Handle {
    /// A handle to `value` of the current heap.
    pub fn new(value: Value, heap: &Heap, _held: &impl Held) -> Handle {
        assert!(heap.is_current(), "a handle to a value of another interpreter");
        Handle { raw: value.into_raw(), home: heap.returned.clone() }
    }

    /// The value; none if the handle belongs to another interpreter.
    pub fn open(&self, heap: &Heap, _held: &impl Held) -> Option<Value> {
        if !Arc::ptr_eq(&self.home, &heap.returned) || !heap.is_current() {
            return None;
        }
        // SAFETY: the handle owns a reference, so the object is alive; the clone is counted.
        let value = std::mem::ManuallyDrop::new(unsafe { Value::from_raw(self.raw) });
        Some((*value).clone())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.raw.is_ptr() {
            self.home.give(self.raw);
        }
    }
}
