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

    /// The value, by giving the handle up; none if it belongs to another interpreter.
    pub fn into_value(mut self, heap: &Heap, _held: &impl Held) -> Option<Value> {
        if !Arc::ptr_eq(&self.home, &heap.returned) || !heap.is_current() {
            return None;
        }
        // SAFETY: the handle owned a reference, which goes over to the value.
        Some(unsafe { Value::from_raw(std::mem::replace(&mut self.raw, Raw::NONE)) })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.raw.is_ptr() {
            self.home.give(self.raw);
        }
    }
}

/// Kept inside a payload: lets others hold a [`Weak`] to the object, which goes blank when the
/// payload is dropped.
#[derive(Default)]
pub struct Anchor(std::rc::Rc<std::cell::Cell<u64>>);

/// A reference that does not count.
#[derive(Clone)]
pub struct Weak(std::rc::Rc<std::cell::Cell<u64>>);

impl Anchor {
    /// A weak reference to the object in whose payload this anchor lies.
    ///
    /// # Panics
    /// If the anchor does not lie inside the object `owner`.
    pub fn weak(&self, owner: &Value) -> Weak {
        let at = std::ptr::from_ref(self) as u64;
        let Some(header) = owner.header() else { panic!("an immediate has no anchor") };
        assert!(at > owner.id() && at < owner.id() + header.shape().object_size() as u64, "an anchor outside its object");
        self.0.set(owner.id());
        Weak(self.0.clone())
    }
}

impl Drop for Anchor {
    fn drop(&mut self) {
        self.0.set(0);
    }
}

impl Weak {
    /// The object, if it is alive.
    pub fn get(&self, _held: &impl Held) -> Option<Value> {
        let at = Raw(self.0.get());
        if at.0 == 0 {
            return None;
        }
        // SAFETY: the anchor blanks the cell when the payload goes, so the object is alive; the
        // reference is counted before it is made. A dead object that waits in the queue of the
        // dead is owned by the queue.
        unsafe {
            if (*at.header()).count() == 0 {
                return None;
            }
            crate::object::Header::incref(at.header());
            Some(Value::from_raw(at))
        }
    }
    /// Whether both refer to the same object.
    pub fn is(&self, value: &Value) -> bool {
        self.0.get() == value.id()
    }
}

impl Heap {
    /// A reference to any object that does not count. None for immediates.
    ///
    /// It goes blank when the object is freed, or before by [`Heap::blank`].
    pub fn weak(&self, value: &Value, _held: &impl Held) -> Option<Weak> {
        let header = value.header()?;
        let mut watched = self.watched.borrow_mut();
        let cell = watched.entry(value.id()).or_default();
        cell.set(value.id());
        header.set(crate::object::flags::WATCHED);
        Some(Weak(cell.clone()))
    }

    /// Make the references that [`Heap::weak`] gave out for `value` blank.
    pub fn blank(&self, value: &Value) {
        if let Some(header) = value.header()
            && header.has(crate::object::flags::WATCHED)
        {
            if !self.is_observed() {
                header.clear(crate::object::flags::WATCHED);
            }
            self.unwatch(value.id());
        }
    }

    pub(crate) fn unwatch(&self, id: u64) {
        if let Some(cell) = self.watched.borrow_mut().remove(&id) {
            cell.set(0);
        }
    }
}
