//! The allocator: small objects in pages of one size class with a free list each, larger ones
//! from the system. All of it is owned by one interpreter and guarded by its lock, so nothing
//! here is atomic, and a forked child finds it whole.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::HashMap;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::address::Addresses;
use crate::handle::Returned;
use crate::object::{Header, Object, Ref, Tail, TailRef, flags};
use crate::observe::Observed;
use crate::shape::{Shape, ShapeRef};
use crate::value::{Raw, Value};

/// Step of the size classes and alignment of every object.
const STEP: usize = 16;
/// Objects up to this size come from pages.
const SMALL: usize = 512;
pub(crate) const CLASSES: usize = SMALL / STEP + 1;
/// A page of one size class.
const PAGE: usize = 16 * 1024;
/// Bytes before a large tracked object: its index in the list of large objects.
const PREFIX: usize = 16;

/// A slot that holds no object: the next free one, and a null where a shape would be.
pub(crate) struct Free {
    pub(crate) next: *mut Free,
    none: usize,
}

/// What the heap holds, for `sys` and the tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryUse {
    /// Objects alive.
    pub objects: usize,
    /// Bytes of pages.
    pub page_bytes: usize,
    /// Objects alive that take part in cycle collection.
    pub tracked: usize,
}

pub(crate) struct State {
    pub(crate) free: [*mut Free; CLASSES],
    /// Unused rest of the newest page of each class.
    rest: [(*mut u8, *mut u8); CLASSES],
    pages: Vec<(*mut u8, u32)>,
    large: Vec<*mut Header>,
    /// A large object of a class of the program was made that is not in `large`.
    pub(crate) unlisted: bool,
    objects: usize,
    pub(crate) tracked: usize,
    /// Tracked objects made less those freed since the last collection.
    pub(crate) since: isize,
    /// Growth that makes a collection due: `least`, or half of what is alive if that is more, so
    /// that all collections of a growing heap together cost no more than its growth.
    pub(crate) threshold: isize,
    pub(crate) least: isize,
    pub(crate) enabled: bool,
    pub(crate) depth: u32,
    pub(crate) deferred: Vec<*mut Header>,
    /// Who is told of what is made and freed.
    pub(crate) observed: Option<Box<Observed>>,
    /// The dead that need the machine: each holds one reference.
    pub(crate) pending: Vec<Value>,
}

/// The memory of one interpreter.
pub struct Heap {
    pub(crate) state: UnsafeCell<State>,
    /// Set while `pending` is not empty.
    pub(crate) has_pending: Cell<bool>,
    /// Asks the machine for a collection.
    ask: RefCell<Option<Box<dyn Fn()>>>,
    pub(crate) returned: Arc<Returned>,
    /// The cells of references that do not count, by address of the object.
    pub(crate) watched: RefCell<HashMap<u64, Rc<Cell<u64>>, Addresses>>,
}

thread_local! {
    static CURRENT: Cell<*const Heap> = const { Cell::new(std::ptr::null()) };
}

static SHAPE_IDS: AtomicU32 = AtomicU32::new(1);

impl Heap {
    /// An empty heap.
    pub fn new() -> Box<Heap> {
        Box::new(Heap {
            state: UnsafeCell::new(State {
                free: [std::ptr::null_mut(); CLASSES],
                rest: [(std::ptr::null_mut(), std::ptr::null_mut()); CLASSES],
                pages: Vec::new(),
                large: Vec::new(),
                unlisted: false,
                objects: 0,
                tracked: 0,
                since: 0,
                threshold: 20_000,
                least: 20_000,
                enabled: true,
                depth: 0,
                deferred: Vec::new(),
                observed: None,
                pending: Vec::new(),
            }),
            has_pending: Cell::new(false),
            ask: RefCell::new(None),
            returned: Arc::new(Returned::default()),
            watched: RefCell::default(),
        })
    }

    /// Make this the heap of the current thread; returns the one before, to be put back.
    ///
    /// # Safety
    /// The heap outlives the stay, and the thread touches values only while it holds the lock
    /// of the interpreter that owns the heap.
    pub unsafe fn enter(heap: *const Heap) -> *const Heap {
        CURRENT.replace(heap)
    }

    /// Whether this is the heap of the current thread.
    pub fn is_current(&self) -> bool {
        std::ptr::eq(CURRENT.get(), self)
    }

    #[inline(always)]
    pub(crate) fn current() -> *const Heap {
        CURRENT.get()
    }

    pub(crate) fn next_shape_id() -> u32 {
        // The numbers are shared by all interpreters of the process; at the end caches stop.
        SHAPE_IDS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_add(1)).unwrap_or(0)
    }

    /// What the heap calls, in the middle of an allocation, when a collection is due.
    pub fn on_threshold(&self, ask: impl Fn() + 'static) {
        *self.ask.borrow_mut() = Some(Box::new(ask));
    }

    /// The dead whose finalisers are due, oldest first; the queue is empty afterwards.
    pub fn take_pending(&self) -> Vec<Value> {
        self.has_pending.set(false);
        // SAFETY: the lock is held wherever a heap is reachable; the borrow ends here.
        unsafe { std::mem::take(&mut (*self.state.get()).pending) }
    }
    /// Whether dead objects wait for their finalisers.
    #[inline(always)]
    pub fn has_pending(&self) -> bool {
        self.has_pending.get()
    }

    /// Free memory that values were given back to from outside the lock.
    pub fn drain_returned(&self) {
        self.returned.drain();
    }

    /// What is in use.
    pub fn memory_use(&self) -> MemoryUse {
        // SAFETY: as in `take_pending`.
        let state = unsafe { &*self.state.get() };
        MemoryUse { objects: state.objects, page_bytes: state.pages.len() * PAGE, tracked: state.tracked }
    }

    /// Threshold of tracked objects for automatic collection and whether it is on.
    pub fn set_collection(&self, threshold: isize, enabled: bool) {
        // SAFETY: as in `take_pending`.
        let state = unsafe { &mut *self.state.get() };
        state.least = threshold;
        state.threshold = threshold;
        state.enabled = enabled;
    }
    /// `(threshold, enabled, tracked objects made less freed since the last collection)`
    pub fn collection(&self) -> (isize, bool, isize) {
        // SAFETY: as in `take_pending`.
        let state = unsafe { &*self.state.get() };
        (state.least, state.enabled, state.since)
    }

    #[cold]
    #[inline(never)]
    fn ask_for_collection(&self) {
        if let Some(ask) = &*self.ask.borrow() {
            ask();
        }
    }

    /// Memory for an object of `size` bytes; the header is not written.
    #[inline(always)]
    unsafe fn allocate(&self, size: usize, tracked: bool) -> (*mut u8, u64) {
        // SAFETY: the lock is held, so nobody else is in the allocator; every borrow is short.
        unsafe {
            let state = &mut *self.state.get();
            state.objects += 1;
            if tracked {
                state.tracked += 1;
                state.since += 1;
                if state.since >= state.threshold && state.enabled {
                    state.since = 0;
                    self.ask_for_collection();
                }
            }
            if size <= SMALL {
                let class = size.div_ceil(STEP);
                let slot = state.free[class];
                if !slot.is_null() {
                    state.free[class] = (*slot).next;
                    return (slot.cast(), 0);
                }
                return Self::refill(state, class, size);
            }
            Self::allocate_large(state, size, tracked)
        }
    }

    #[cold]
    #[inline(never)]
    unsafe fn refill(state: &mut State, class: usize, size: usize) -> (*mut u8, u64) {
        // SAFETY: as below; a slot that was kept back is free.
        unsafe {
            let Some(observed) = &mut state.observed else { return (Self::fresh(state, class), 0) };
            let at = match observed.take(class) {
                Some(slot) => slot,
                None => Self::fresh(state, class),
            };
            if let Some(observed) = &state.observed {
                observed.tell_made(at, size);
            }
            (at, flags::WATCHED)
        }
    }

    /// A slot of the newest page of the class.
    unsafe fn fresh(state: &mut State, class: usize) -> *mut u8 {
        let size = class * STEP;
        // SAFETY: pages are aligned to the step; what lies behind `rest` is never looked at, and
        // a slot that was handed out is written before anybody looks at it.
        unsafe {
            let (at, end) = state.rest[class];
            if !at.is_null() && (end as usize) - (at as usize) >= size {
                state.rest[class] = (at.add(size), end);
                return at;
            }
            let layout = Layout::from_size_align_unchecked(PAGE, STEP);
            let page = alloc(layout);
            if page.is_null() {
                std::alloc::handle_alloc_error(layout);
            }
            state.pages.push((page, class as u32));
            state.rest[class] = (page.add(size), page.add(PAGE));
            page
        }
    }

    #[cold]
    #[inline(never)]
    unsafe fn allocate_large(state: &mut State, size: usize, tracked: bool) -> (*mut u8, u64) {
        // SAFETY: the layout is not empty.
        unsafe {
            let layout = Layout::from_size_align_unchecked(size + PREFIX, STEP);
            let block = alloc(layout);
            if block.is_null() {
                std::alloc::handle_alloc_error(layout);
            }
            let object = block.add(PREFIX);
            if tracked {
                *block.cast::<usize>() = state.large.len();
                state.large.push(object.cast());
            }
            let Some(observed) = &state.observed else { return (object, flags::LARGE) };
            observed.tell_made(object, size);
            (object, flags::LARGE | flags::WATCHED)
        }
    }

    #[inline(always)]
    pub(crate) unsafe fn free(state: &mut State, at: *mut u8, size: usize, tracked: bool) {
        state.objects -= 1;
        if tracked {
            state.tracked -= 1;
            state.since -= 1;
        }
        // SAFETY: `at` came from `allocate` with the same size and tracking.
        unsafe {
            if size <= SMALL {
                let class = size.div_ceil(STEP);
                let slot = at.cast::<Free>();
                slot.write(Free { next: state.free[class], none: 0 });
                state.free[class] = slot;
                return;
            }
            Self::free_large(state, at, size, tracked);
        }
    }

    #[cold]
    #[inline(never)]
    unsafe fn free_large(state: &mut State, at: *mut u8, size: usize, tracked: bool) {
        // SAFETY: `at` came from `allocate_large` with the same size and tracking.
        unsafe {
            let block = at.sub(PREFIX);
            if tracked {
                let index = *block.cast::<usize>();
                state.large.swap_remove(index);
                if let Some(moved) = state.large.get(index) {
                    *moved.cast::<u8>().sub(PREFIX).cast::<usize>() = index;
                }
            }
            dealloc(block, Layout::from_size_align_unchecked(size + PREFIX, STEP));
        }
    }

    /// A new object.
    #[inline]
    pub fn make<T: Object>(&self, shape: &ShapeRef, payload: T) -> Ref<T> {
        assert!(shape.is_of::<T>(0), "a shape of another payload");
        // SAFETY: the shape describes an object with payload `T`.
        unsafe { self.make_unchecked(NonNull::from(&**shape), payload) }
    }

    /// A new object, for the machine.
    ///
    /// # Safety
    /// The shape is alive and its payload is a `T` without tail.
    #[inline(always)]
    pub unsafe fn make_unchecked<T: Object>(&self, shape: NonNull<Shape>, payload: T) -> Ref<T> {
        // SAFETY: the memory is big enough for what the shape describes; all of it is written.
        unsafe {
            let s = shape.as_ref();
            let tracked = s.tracked;
            let (at, extra) = self.allocate(s.size, tracked);
            let header = at.cast::<Header>();
            let birth = s.birth_flags.get() | extra | if tracked { flags::TRACKED } else { 0 };
            header.write(Header::new(birth, shape));
            at.add(crate::object::payload_offset::<T>()).cast::<T>().write(payload);
            let mut word = (crate::object::payload_offset::<T>() + size_of::<T>()).next_multiple_of(8);
            while word < s.size {
                at.add(word).cast::<u64>().write(0);
                word += 8;
            }
            if s.counts_type() {
                Header::incref(s.type_raw().header());
            }
            Ref::from_raw(Raw(header as u64))
        }
    }

    /// A new object with a tail of `len` elements, made by `element(index)`.
    pub fn make_tail<T: Object + TailRef>(
        &self,
        shape: &ShapeRef,
        fixed: T::Fixed,
        elements: impl ExactSizeIterator<Item = T::Element>,
    ) -> Ref<T> {
        let len = elements.len();
        // The elements are made first: making one may use the heap or panic.
        let mut elements = elements;
        self.make_tail_with(shape, fixed, len, |room| {
            let mut n = 0;
            while n < len
                && let Some(e) = elements.next()
            {
                room[n].write(e);
                n += 1;
            }
            n
        })
    }

    /// Memory for a new object with a tail of `len` elements, for the machine: the object, its
    /// fixed part and its elements.
    ///
    /// # Safety
    /// The shape is alive, its payload is a `T`, and its objects have no attributes. Both parts
    /// are written before anything else happens on this heap.
    #[inline(always)]
    pub unsafe fn make_tail_blank<T: Object + TailRef>(
        &self,
        shape: NonNull<Shape>,
        len: usize,
    ) -> (Ref<T>, *mut T::Fixed, *mut T::Element) {
        // SAFETY: the memory has the size that `destroy` computes from the length.
        unsafe {
            let s = shape.as_ref();
            let offset = crate::object::payload_offset::<Tail<T::Fixed, T::Element>>();
            let size = (offset + size_of::<Tail<T::Fixed, T::Element>>() + len * size_of::<T::Element>()).next_multiple_of(8);
            let (at, extra) = self.allocate(size, s.tracked);
            let birth = s.birth_flags.get() | extra | if s.tracked { flags::TRACKED } else { 0 };
            at.cast::<Header>().write(Header::new(birth, shape));
            let tail = at.add(offset).cast::<Tail<T::Fixed, T::Element>>();
            (&raw mut (*tail).len).write(len);
            if s.counts_type() {
                Header::incref(s.type_raw().header());
                if extra & flags::LARGE != 0 && !s.tracked {
                    (*self.state.get()).unlisted = true;
                }
            }
            (Ref::from_raw(Raw(at as u64)), Tail::fixed_ptr(tail), Tail::start_mut(tail))
        }
    }

    /// A new object whose tail are the elements of a list.
    #[inline]
    pub fn make_tail_list<T: Object + TailRef>(
        &self,
        shape: &ShapeRef,
        fixed: T::Fixed,
        mut elements: Vec<T::Element>,
    ) -> Ref<T> {
        assert!(shape.is_of::<T>(size_of::<T::Element>()), "a shape of another payload");
        if shape.words > 0 {
            return self.make_tail(shape, fixed, elements.into_iter());
        }
        // SAFETY: the shape is a `T`'s without attributes; both parts are written at once, and the
        // elements move.
        unsafe {
            let len = elements.len();
            let (object, room, tail) = self.make_tail_blank::<T>(NonNull::from(&**shape), len);
            room.write(fixed);
            std::ptr::copy_nonoverlapping(elements.as_ptr(), tail, len);
            elements.set_len(0);
            object
        }
    }

    /// The same with the elements of an array.
    #[inline]
    pub fn make_tail_array<T: Object + TailRef, const N: usize>(
        &self,
        shape: &ShapeRef,
        fixed: T::Fixed,
        elements: [T::Element; N],
    ) -> Ref<T> {
        assert!(shape.is_of::<T>(size_of::<T::Element>()), "a shape of another payload");
        if shape.words > 0 {
            return self.make_tail(shape, fixed, elements.into_iter());
        }
        // SAFETY: as in `make_tail_list`.
        unsafe {
            let (object, room, tail) = self.make_tail_blank::<T>(NonNull::from(&**shape), N);
            room.write(fixed);
            tail.cast::<[T::Element; N]>().write(elements);
            object
        }
    }

    /// A new object with a tail copied from a slice of bytes.
    #[inline]
    pub fn make_tail_copy<T: Object + TailRef<Element = u8>>(&self, shape: &ShapeRef, fixed: T::Fixed, bytes: &[u8]) -> Ref<T> {
        self.make_tail_parts(shape, fixed, bytes.len(), std::iter::once(bytes))
    }

    /// The same with bytes that `edit` changes.
    #[inline]
    pub fn make_tail_edited<T: Object + TailRef<Element = u8>>(
        &self,
        shape: &ShapeRef,
        fixed: T::Fixed,
        bytes: &[u8],
        edit: impl FnOnce(&mut [u8]),
    ) -> Ref<T> {
        self.make_tail_with(shape, fixed, bytes.len(), |room| {
            // SAFETY: the room is as long as the bytes, and new; after the copy it is initialised.
            unsafe {
                copy_bytes(bytes.as_ptr(), room.as_mut_ptr().cast(), bytes.len());
                edit(&mut *(std::ptr::from_mut(room) as *mut [u8]));
            }
            bytes.len()
        })
    }

    /// A new object whose tail of `len` bytes are these parts, one behind the other.
    #[inline]
    pub fn make_tail_parts<'a, T: Object + TailRef<Element = u8>>(
        &self,
        shape: &ShapeRef,
        fixed: T::Fixed,
        len: usize,
        parts: impl Iterator<Item = &'a [u8]>,
    ) -> Ref<T> {
        self.make_tail_with(shape, fixed, len, |room| {
            let mut done = 0;
            for part in parts {
                assert!(part.len() <= len - done, "parts longer than was said");
                // SAFETY: the part fits behind those before it, and the room is new.
                unsafe { copy_bytes(part.as_ptr(), room.as_mut_ptr().add(done).cast(), part.len()) }
                done += part.len();
            }
            done
        })
    }

    /// A new object with a tail of `len` bytes, zero at first, that `fill` writes.
    #[inline]
    pub fn make_tail_fill<T: Object + TailRef<Element = u8>>(
        &self,
        shape: &ShapeRef,
        fixed: T::Fixed,
        len: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> Ref<T> {
        self.make_tail_with(shape, fixed, len, |room| {
            for byte in room.iter_mut() {
                byte.write(0);
            }
            // SAFETY: every byte was written just now.
            fill(unsafe { &mut *(std::ptr::from_mut(room) as *mut [u8]) });
            len
        })
    }

    /// Append to the tail of an object that nobody else refers to. It may move, so it is handed
    /// over; it comes back unchanged as the error where it cannot grow. `fix` brings the fixed
    /// part up to date.
    pub fn extend_tail<T: Object + TailRef<Element = u8>>(
        &self,
        object: Ref<T>,
        more: &[u8],
        fix: impl FnOnce(&mut T::Fixed),
    ) -> Result<Ref<T>, Ref<T>> {
        let header = object.header();
        let shape = header.shape();
        let shared = flags::WATCHED | flags::FINALIZE | flags::WEAKREFD | flags::QUEUED | flags::TRACKED | flags::INTERNED;
        if header.count() != 1 || header.has(shared) || shape.words > 0 || shape.kind.element != 1 {
            return Err(object);
        }
        let (offset, fixed_size) = (shape.kind.offset, shape.kind.size);
        // SAFETY: the only reference to the object is `object`, which is consumed, so nothing
        // looks at it while it changes or after it moved. Its payload is a `Tail` of bytes of
        // `len`; its memory has the size that `destroy` computes from that.
        unsafe {
            let mut at = std::ptr::from_ref(header).cast::<u8>().cast_mut();
            let len = (*at.add(offset).cast::<Tail<T::Fixed, u8>>()).len;
            let size = (offset + fixed_size + len).next_multiple_of(8);
            let Some(new_len) = len.checked_add(more.len()).filter(|n| *n < isize::MAX as usize / 4) else { return Err(object) };
            let new_size = (offset + fixed_size + new_len).next_multiple_of(8);
            if size <= SMALL {
                if new_size > SMALL || size.div_ceil(STEP) != new_size.div_ceil(STEP) {
                    return Err(object);
                }
            } else {
                let layout = Layout::from_size_align_unchecked(size + PREFIX, STEP);
                let block = std::alloc::realloc(at.sub(PREFIX), layout, new_size + PREFIX);
                if block.is_null() {
                    return Err(object);
                }
                at = block.add(PREFIX);
            }
            std::mem::forget(object);
            let tail = at.add(offset).cast::<Tail<T::Fixed, u8>>();
            std::ptr::copy_nonoverlapping(more.as_ptr(), Tail::start_mut(tail).add(len), more.len());
            (*tail).len = new_len;
            fix(&mut (*tail).fixed);
            Ok(Ref::from_raw(Raw(at as u64)))
        }
    }

    /// A new object with a tail of `len` elements that `fill` writes and counts.
    #[inline(always)]
    fn make_tail_with<T: Object + TailRef>(
        &self,
        shape: &ShapeRef,
        fixed: T::Fixed,
        len: usize,
        fill: impl FnOnce(&mut [std::mem::MaybeUninit<T::Element>]) -> usize,
    ) -> Ref<T> {
        assert!(shape.is_of::<T>(size_of::<T::Element>()), "a shape of another payload");
        let size = tail_size(shape, len);
        let tracked = !shape.leaf && shape.tracked;
        // SAFETY: the memory is big enough for the fixed part, `len` elements and the attribute
        // words; the object is handed out only when `fill` has written every element, otherwise
        // the memory is leaked by the panic below, never read.
        unsafe {
            let (at, extra) = self.allocate(size, tracked);
            let tail = at.add(shape.kind.offset).cast::<Tail<T::Fixed, T::Element>>();
            tail.write(Tail::new(len, fixed));
            let room = std::slice::from_raw_parts_mut(Tail::start_mut(tail).cast::<std::mem::MaybeUninit<T::Element>>(), len);
            if shape.leaf {
                // The collector never looks at these, and there is nothing behind the tail.
                assert!(fill(room) == len, "an iterator that was shorter than it said");
                let header = at.cast::<Header>();
                header.write(Header::new(shape.birth_flags.get() | extra, NonNull::from(&**shape)));
                if shape.counts_type() {
                    Header::incref(shape.type_raw().header());
                    if extra & flags::LARGE != 0 {
                        (*self.state.get()).unlisted = true;
                    }
                }
                return Ref::from_raw(Raw(header as u64));
            }
            // While elements are made the slot looks free to the collector.
            at.cast::<Free>().write(Free { next: std::ptr::null_mut(), none: 0 });
            assert!(fill(room) == len, "an iterator that was shorter than it said");
            let header = at.cast::<Header>();
            let birth = shape.birth_flags.get() | extra | if tracked { flags::TRACKED } else { 0 };
            header.write(Header::new(birth, NonNull::from(&**shape)));
            let mut word = shape.attrs_offset(header);
            while word < size {
                at.add(word).cast::<u64>().write(0);
                word += 8;
            }
            if shape.counts_type() {
                Header::incref(shape.type_raw().header());
                if extra & flags::LARGE != 0 && !tracked {
                    (*self.state.get()).unlisted = true;
                }
            }
            Ref::from_raw(Raw(header as u64))
        }
    }

    /// Call `see` with every object that the collector looks at.
    pub(crate) fn each_tracked(&self, mut see: impl FnMut(&Header)) {
        self.each(|o| {
            if o.takes_part() {
                see(o);
            }
        });
    }

    /// Call `see` with every object but large ones that are not tracked.
    pub(crate) fn each(&self, mut see: impl FnMut(&Header)) {
        // SAFETY: `see` neither makes nor frees objects (the collector's walks only count and
        // mark), so pages and list stay as they are; a slot without a shape holds no object.
        unsafe {
            let state = &*self.state.get();
            for &(page, class) in &state.pages {
                let size = class as usize * STEP;
                let (at, end) = state.rest[class as usize];
                let used =
                    if page < at && at <= page.add(PAGE) && end == page.add(PAGE) { at as usize - page as usize } else { PAGE };
                let mut offset = 0;
                while offset + size <= used {
                    let slot = page.add(offset);
                    if (*slot.cast::<Free>()).none != 0 {
                        see(&*slot.cast::<Header>());
                    }
                    offset += size;
                }
            }
            for &header in &state.large {
                if (*header.cast::<Free>()).none != 0 {
                    see(&*header);
                }
            }
        }
    }
}

#[inline(always)]
fn tail_size(shape: &Shape, len: usize) -> usize {
    let tail = len.checked_mul(shape.element).filter(|n| *n <= isize::MAX as usize / 2);
    let Some(tail) = tail else { panic!("an object larger than the address space") };
    (shape.end + tail).next_multiple_of(8) + 8 * shape.words
}

/// Copy bytes; most texts are short, so those are moved by a word or two.
///
/// # Safety
/// As of `ptr::copy_nonoverlapping`.
#[inline(always)]
unsafe fn copy_bytes(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: the words overlap each other inside the `len` bytes, never their ends.
    unsafe {
        match len {
            8..=16 => {
                let (head, tail) = (from.cast::<u64>().read_unaligned(), from.add(len - 8).cast::<u64>().read_unaligned());
                to.cast::<u64>().write_unaligned(head);
                to.add(len - 8).cast::<u64>().write_unaligned(tail);
            }
            4..8 => {
                let (head, tail) = (from.cast::<u32>().read_unaligned(), from.add(len - 4).cast::<u32>().read_unaligned());
                to.cast::<u32>().write_unaligned(head);
                to.add(len - 4).cast::<u32>().write_unaligned(tail);
            }
            1..4 => {
                *to = *from;
                *to.add(len / 2) = *from.add(len / 2);
                *to.add(len - 1) = *from.add(len - 1);
            }
            _ => std::ptr::copy_nonoverlapping(from, to, len),
        }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        // What is still alive is leaked inside pages that go away as a whole: interpreters drop
        // their heap last, when nothing can reach an object any more.
        let state = self.state.get_mut();
        for (page, _) in state.pages.drain(..) {
            // SAFETY: allocated with the same layout in `refill`.
            unsafe { dealloc(page, Layout::from_size_align_unchecked(PAGE, STEP)) }
        }
    }
}
