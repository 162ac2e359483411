//! Somebody is told of every object that is made and freed, for `tracemalloc`.
//!
//! It costs nothing while nobody wants it: while somebody does, the lists of free slots that
//! allocation looks at are empty, so that it takes the way of a full page, and every object has
//! the flag that sends its death the long way.

use crate::alloc::{CLASSES, Free, Heap, State};
use crate::object::flags;

/// Who is told. It must not use the heap.
pub trait Observer {
    /// An object of `size` bytes is made at the address.
    fn made(&self, at: u64, size: usize);
    /// The object there is freed.
    fn gone(&self, at: u64);
}

/// The observer, and the free slots that are kept from quick allocation.
pub(crate) struct Observed {
    observer: Box<dyn Observer>,
    hidden: [*mut Free; CLASSES],
}

impl Heap {
    /// Tell `observer` of what is made from now on, and of its end; none: nobody any longer. The
    /// one before comes to its end.
    pub fn observe(&self, observer: Option<Box<dyn Observer>>) {
        // SAFETY: the lock is held wherever a heap is reachable; the borrow ends before `each`.
        let state = unsafe { &mut *self.state.get() };
        if let Some(old) = state.observed.take() {
            for (class, first) in old.hidden.into_iter().enumerate() {
                // SAFETY: slots of the lists are free and belong to this heap.
                unsafe { splice(&mut state.free[class], first) }
            }
        }
        let Some(observer) = observer else { return };
        let hidden = std::mem::replace(&mut state.free, [std::ptr::null_mut(); CLASSES]);
        state.observed = Some(Box::new(Observed { observer, hidden }));
        self.each(|object| object.set(flags::WATCHED));
    }

    /// Whether somebody is told.
    pub fn is_observed(&self) -> bool {
        // SAFETY: as in `observe`.
        unsafe { (*self.state.get()).observed.is_some() }
    }

    /// The object at the address is about to be freed.
    pub(crate) fn tell_gone(&self, at: u64) {
        // SAFETY: as in `observe`.
        if let Some(observed) = unsafe { &(*self.state.get()).observed } {
            observed.observer.gone(at);
        }
    }

    /// Slots were freed: keep them from quick allocation, if somebody is told.
    pub(crate) fn hide_free(&self) {
        // SAFETY: as in `observe`.
        let state = unsafe { &mut *self.state.get() };
        let State { observed: Some(observed), free, .. } = state else { return };
        for (list, hidden) in free.iter_mut().zip(&mut observed.hidden) {
            let first = std::mem::replace(list, std::ptr::null_mut());
            // SAFETY: as in `observe`; what was freed just now is a short list.
            unsafe { splice(hidden, first) }
        }
    }
}

impl Observed {
    /// A free slot of the class, if there is one.
    pub(crate) unsafe fn take(&mut self, class: usize) -> Option<*mut u8> {
        let slot = self.hidden[class];
        if slot.is_null() {
            return None;
        }
        // SAFETY: the slots of the list are free.
        self.hidden[class] = unsafe { (*slot).next };
        Some(slot.cast())
    }

    pub(crate) fn tell_made(&self, at: *mut u8, size: usize) {
        self.observer.made(at as u64, size);
    }
}

/// The slots from `first` on come before those of `list`.
unsafe fn splice(list: &mut *mut Free, first: *mut Free) {
    if first.is_null() {
        return;
    }
    // SAFETY: the caller's lists hold free slots only.
    unsafe {
        let mut last = first;
        while !(*last).next.is_null() {
            last = (*last).next;
        }
        (*last).next = *list;
    }
    *list = first;
}
