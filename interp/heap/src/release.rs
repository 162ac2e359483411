//! The end of objects: what happens when the last reference is gone.

use crate::alloc::Heap;
use crate::object::{Header, flags};
use crate::value::{Raw, Value};

/// Freeing nested objects recurses on the Rust stack down to this depth, the rest is queued.
const DEPTH: u32 = 100;

/// The last reference to an object is gone: free it, or queue it if its death needs the machine.
///
/// # Safety
/// `this` is an object of the current heap whose count is zero.
#[inline(never)]
pub(crate) unsafe fn release(this: *mut Header) {
    // SAFETY: the caller's promise; the lock is held.
    unsafe {
        let heap = Heap::current();
        debug_assert!(!heap.is_null(), "a value outside an interpreter");
        let heap = &*heap;
        let shape = (*this).shape();
        if shape.leaf && !shape.counts_type() && !(*this).has(flags::FINALIZE | flags::WEAKREFD | flags::WATCHED) {
            let size = if shape.element == 0 { shape.size } else { shape.attrs_offset(this) };
            Heap::free(&mut *heap.state.get(), this.cast(), size, false);
            return;
        }
        release_node(heap, this);
    }
}

/// [`release`] of an object that may refer to others.
unsafe fn release_node(heap: &Heap, this: *mut Header) {
    // SAFETY: as in `release`.
    unsafe {
        if (*this).has(flags::FINALIZE | flags::WEAKREFD) {
            (*this).add_count(1);
            (*heap.state.get()).pending.push(Value::from_raw(Raw(this as u64)));
            heap.has_pending.set(true);
            return;
        }
        if (*heap.state.get()).depth >= DEPTH {
            (*heap.state.get()).deferred.push(this);
            return;
        }
        (*heap.state.get()).depth += 1;
        destroy(heap, this);
        let state = &mut *heap.state.get();
        state.depth -= 1;
        if state.depth == 0 && !state.deferred.is_empty() {
            drain(heap);
        }
    }
}

#[cold]
unsafe fn drain(heap: &Heap) {
    // SAFETY: as in `release`; each borrow of the state ends before `destroy` runs.
    unsafe {
        while let Some(next) = (*heap.state.get()).deferred.pop() {
            (*heap.state.get()).depth += 1;
            destroy(heap, next);
            (*heap.state.get()).depth -= 1;
        }
    }
}

unsafe fn destroy(heap: &Heap, this: *mut Header) {
    // SAFETY: as in `take_down`.
    unsafe {
        if (*this).has(flags::WATCHED) {
            destroy_watched(heap, this);
        } else {
            take_down(heap, this);
        }
    }
}

/// [`destroy`] where somebody wants to know of it.
#[cold]
#[inline(never)]
unsafe fn destroy_watched(heap: &Heap, this: *mut Header) {
    heap.unwatch(this as u64);
    heap.tell_gone(this as u64);
    // SAFETY: as in `take_down`.
    unsafe { take_down(heap, this) };
    heap.hide_free();
}

#[inline(always)]
unsafe fn take_down(heap: &Heap, this: *mut Header) {
    // SAFETY: the object is dead and not queued: payload, attributes and memory go, once.
    unsafe {
        let shape = (*this).shape();
        let attrs = shape.words;
        let mut size = shape.size;
        if shape.element != 0 {
            size = shape.attrs_offset(this) + 8 * attrs;
        }
        if attrs > 0 {
            let at = shape.attrs_offset(this);
            let first = this.cast::<u8>().add(at).cast::<Option<Value>>();
            for i in 0..attrs {
                drop((*first.add(i)).take());
            }
        }
        let tracked = (*this).has(flags::TRACKED);
        let ty = shape.type_raw();
        let counted = shape.counts_type();
        if shape.kind.needs_drop {
            (shape.kind.drop)(this.cast::<u8>().add(shape.kind.offset));
        }
        Heap::free(&mut *heap.state.get(), this.cast(), size, tracked);
        if counted {
            drop(Value::from_raw(ty));
        }
    }
}
