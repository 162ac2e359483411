//! The cycle collector: finds objects that only refer to each other.
//!
//! Method: subtract from every count the references that come from tracked objects; what keeps a
//! positive count is reachable from outside, and so is what it reaches; the rest is garbage. The
//! counts are put back on the way, before anything else runs. (The method of CPython's `gc`.)

use crate::alloc::Heap;
use crate::object::{Header, Visitor, flags};
use crate::value::{Raw, Value};

impl Heap {
    /// Find the garbage: tracked objects that nothing outside of them refers to. Each is returned
    /// with a counted reference; nothing is freed yet.
    pub fn find_garbage(&self) -> Vec<Value> {
        // SAFETY: the lock is held; the borrow ends at once.
        unsafe {
            let state = &mut *self.state.get();
            state.since = 0;
            state.threshold = state.least.max(state.tracked as isize / 2);
        }
        self.each_tracked(|o| {
            walk(o, &mut |c| {
                if c.takes_part() {
                    c.add_count(-1);
                }
            });
        });
        // What is reached gives its references back as it is gone through, once.
        let mut work: Vec<*const Header> = Vec::new();
        self.each_tracked(|o| {
            if o.count() > 0 && !o.has(flags::REACHED) {
                o.set(flags::REACHED);
                work.push(o);
                while let Some(next) = work.pop() {
                    // SAFETY: objects on the work list are alive: nothing is freed here.
                    walk(unsafe { &*next }, &mut |c| {
                        if c.takes_part() {
                            c.add_count(1);
                            if !c.has(flags::REACHED) {
                                c.set(flags::REACHED);
                                work.push(c);
                            }
                        }
                    });
                }
            }
        });
        let mut garbage = Vec::new();
        self.each_tracked(|o| {
            if o.has(flags::REACHED) {
                o.clear(flags::REACHED);
            } else {
                o.add_count(1);
                // SAFETY: the reference was counted in the line above.
                garbage.push(unsafe { Value::from_raw(Raw(std::ptr::from_ref(o) as u64)) });
            }
        });
        for value in &garbage {
            if let Some(header) = value.header() {
                walk(header, &mut |c| {
                    if c.takes_part() {
                        c.add_count(1);
                    }
                });
            }
        }
        garbage
    }

    /// Break the cycles among `garbage` and free it.
    ///
    /// The caller has run finalisers and weak-reference callbacks and made sure that nothing of
    /// it came back to life.
    pub fn free_garbage(&self, garbage: Vec<Value>) {
        let mut out = Vec::new();
        for value in &garbage {
            let Some(header) = value.header() else { continue };
            // SAFETY: nothing outside the garbage refers to it, so no payload borrow is alive
            // (a borrow needs a reference on a stack, which would have counted).
            unsafe { clear(header, &mut out) }
        }
        drop(out);
        drop(garbage);
    }

    /// What is there now stays for ever as far as the collector is concerned: it neither looks
    /// for garbage among it nor follows it.
    pub fn freeze(&self) {
        self.each(|o| o.set(flags::FROZEN));
    }

    /// Whether the death of an object could be noticed: `noticed` says so of an object that has a
    /// finaliser or to which weak references exist. Of what was there before the program and of
    /// large objects that the heap does not list nothing is known: for the latter it is yes.
    pub fn any_noticed(&self, mut noticed: impl FnMut(&Header) -> bool) -> bool {
        // SAFETY: the lock is held; the borrow ends at once.
        let mut found = unsafe { (*self.state.get()).unlisted };
        self.each(|o| found = found || o.has(flags::FINALIZE | flags::WEAKREFD) && !o.has(flags::FROZEN) && noticed(o));
        found
    }

    /// Every tracked object, for `gc.get_objects`.
    pub fn tracked_objects(&self) -> Vec<Value> {
        let mut all: Vec<*const Header> = Vec::new();
        self.each(|o| {
            if o.has(flags::TRACKED) {
                all.push(o);
            }
        });
        all.into_iter()
            .filter(|o| {
                // SAFETY: nothing was freed since the walk.
                unsafe { (**o).count() > 0 }
            })
            .map(|o| {
                // SAFETY: alive, and counted before the value is made.
                unsafe {
                    (*o).add_count(1);
                    Value::from_raw(Raw(o as u64))
                }
            })
            .collect()
    }

    /// What an object refers to directly, for `gc.get_referents`.
    pub fn referents(&self, value: &Value) -> Vec<Value> {
        let mut out = Vec::new();
        if let Some(header) = value.header() {
            walk(header, &mut |c| {
                c.add_count(1);
                // SAFETY: counted in the line above.
                out.push(unsafe { Value::from_raw(Raw(std::ptr::from_ref(c) as u64)) });
            });
        }
        out
    }
}

/// Show every object that `header` refers to.
fn walk(header: &Header, see: &mut dyn FnMut(&Header)) {
    let shape = header.shape();
    let mut visitor = Visitor { see };
    // SAFETY: the payload belongs to the shape's kind; tracing only reads. The attribute words
    // hold owned values or nothing.
    unsafe {
        let this = std::ptr::from_ref(header);
        (shape.kind.trace)(this.cast::<u8>().add(shape.kind.offset), &mut visitor);
        let attrs = usize::from(shape.has_dict()) + shape.members() + shape.capacity();
        if attrs > 0 {
            let first = this.cast::<u8>().add(shape.attrs_offset(this)).cast::<Option<Value>>();
            for i in 0..attrs {
                visitor.option(&*first.add(i));
            }
        }
        if shape.counts_type() {
            visitor.raw(shape.type_raw());
        }
    }
}

/// Move everything that `header` owns into `out`.
///
/// # Safety
/// No borrow of the payload is alive.
unsafe fn clear(header: &Header, out: &mut Vec<Value>) {
    let shape = header.shape();
    // SAFETY: as in `walk`, with the exclusive access that the caller promises.
    unsafe {
        let this = std::ptr::from_ref(header).cast_mut();
        (shape.kind.clear)(this.cast::<u8>().add(shape.kind.offset), out);
        let attrs = usize::from(shape.has_dict()) + shape.members() + shape.capacity();
        if attrs > 0 {
            let first = this.cast::<u8>().add(shape.attrs_offset(this)).cast::<Option<Value>>();
            for i in 0..attrs {
                out.extend((*first.add(i)).take());
            }
        }
    }
}
