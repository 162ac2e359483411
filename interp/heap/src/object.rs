//! How an object lies in memory, and the typed references to it.
//!
//! ```text
//! +0   word   flags (bits 0-23) and count (bits 24-63)
//! +8   shape  type, payload kind, attribute layout
//! +16  payload
//!      dict   (if the shape has attributes) nothing, or the attribute dict
//!      slots  (if the shape has attributes) members of __slots__, then inline attributes
//! ```

use std::any::TypeId;
use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

use crate::cell::Held;
use crate::release;
use crate::shape::Shape;
use crate::value::{Raw, Value};

/// Flags in the header of an object.
pub mod flags {
    /// Takes part in cycle collection.
    pub const TRACKED: u64 = 1;
    /// Its death must go through the machine (`__del__`, a suspended generator's `finally`).
    pub const FINALIZE: u64 = 1 << 1;
    /// Its finaliser has run.
    pub const FINALIZED: u64 = 1 << 2;
    /// Weak references to it exist.
    pub const WEAKREFD: u64 = 1 << 3;
    /// Reached by the running collection.
    pub const REACHED: u64 = 1 << 4;
    /// Lies in memory of the system allocator.
    pub const LARGE: u64 = 1 << 5;
    /// An interned string.
    pub const INTERNED: u64 = 1 << 6;
    /// Waits in the queue of the dead.
    pub const QUEUED: u64 = 1 << 7;
    /// A cell that does not count refers to it (see `Heap::weak`); set and cleared by the heap.
    pub(crate) const WATCHED: u64 = 1 << 8;
    /// Was there before the program: the collector leaves it alone (see `Heap::freeze`).
    pub const FROZEN: u64 = 1 << 9;
}

/// One reference in the word of a header. The count lies above the flags, so that it is looked at and
/// changed where it lies by one instruction that needs no register.
const ONE: u64 = 1 << 24;

/// What every object begins with.
#[repr(C)]
pub struct Header {
    word: Cell<u64>,
    shape: Cell<NonNull<Shape>>,
}

impl Header {
    pub(crate) fn new(flags: u64, shape: NonNull<Shape>) -> Header {
        Header { word: Cell::new(ONE | flags), shape: Cell::new(shape) }
    }

    /// The shape: type and attribute layout.
    #[inline(always)]
    pub fn shape(&self) -> &Shape {
        // SAFETY: a shape outlives the objects that have it (its type keeps it).
        unsafe { self.shape.get().as_ref() }
    }
    /// The address of the shape, for comparison.
    #[inline(always)]
    pub fn shape_ptr(&self) -> *const Shape {
        self.shape.get().as_ptr()
    }
    pub(crate) fn set_shape(&self, shape: NonNull<Shape>) {
        self.shape.set(shape);
    }
    /// Give an object a shape that adds attributes to the one it has.
    ///
    /// # Safety
    /// The shape came from [`Shape::add`] on the object's own shape and is alive.
    #[inline(always)]
    pub unsafe fn widen(&self, shape: *const Shape) {
        // SAFETY: the caller's promise; shapes are never null.
        self.shape.set(unsafe { NonNull::new_unchecked(shape.cast_mut()) });
    }
    /// The number of counted references.
    #[inline(always)]
    pub fn count(&self) -> u64 {
        self.word.get() / ONE
    }
    /// Whether one of these flags is set.
    #[inline(always)]
    pub fn has(&self, flags: u64) -> bool {
        self.word.get() & flags != 0
    }
    /// Set flags.
    pub fn set(&self, flags: u64) {
        self.word.set(self.word.get() | flags);
    }
    /// Clear flags.
    pub fn clear(&self, flags: u64) {
        self.word.set(self.word.get() & !flags);
    }
    /// Whether the collector looks at it.
    #[inline(always)]
    pub(crate) fn takes_part(&self) -> bool {
        self.word.get() & (flags::TRACKED | flags::FROZEN) == flags::TRACKED
    }
    pub(crate) fn add_count(&self, n: i64) {
        self.word.set(self.word.get().wrapping_add((n as u64).wrapping_mul(ONE)));
    }

    /// Count one reference more.
    ///
    /// # Safety
    /// `this` is alive and the lock is held.
    #[inline(always)]
    pub unsafe fn incref(this: *mut Header) {
        // SAFETY: the caller's promise. 2^40 references do not fit in memory.
        unsafe { (*this).word.set((*this).word.get() + ONE) }
    }

    /// Count one reference less; true if it was the last (the caller then calls release).
    ///
    /// # Safety
    /// `this` is alive, the lock is held, and the caller owned a reference.
    #[inline(always)]
    pub unsafe fn decref(this: *mut Header) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            let word = (*this).word.get() - ONE;
            (*this).word.set(word);
            word < ONE
        }
    }
}

/// A small number for payloads that the machine asks for often; others have [`Tag::NONE`] and
/// are told apart by their Rust type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tag(pub(crate) u8);

impl Tag {
    /// The number, as an index below 64.
    #[inline(always)]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

macro_rules! tags {
    ($($name:ident = $n:literal),* $(,)?) => {
        impl Tag { $(
            #[doc = concat!("The payload named ", stringify!($name), ".")]
            pub const $name: Tag = Tag($n);
        )* }
    };
}
tags! {
    NONE = 0, INSTANCE = 1, TYPE = 2, STR = 3, BIG_INT = 4, LIST = 5, TUPLE = 6, DICT = 7, SET = 8,
    BYTES = 9, FUNCTION = 10, NATIVE = 11, BOUND_METHOD = 12, GENERATOR = 13, CELL = 14, CODE = 15,
    EXCEPTION = 16, MODULE = 17, RANGE = 18, RANGE_ITER = 19, LIST_ITER = 20, TUPLE_ITER = 21,
    DICT_ITER = 22, SLICE = 23, PROPERTY = 24, CLASS_METHOD = 25, STATIC_METHOD = 26, SUPER = 27,
    FLOAT_BOX = 28, BYTE_ARRAY = 29, MEMBER = 30, GET_SET = 31, STR_ITER = 32, FRAME = 33,
    TRACEBACK = 34, INT_BOX = 35, BOUND_NATIVE = 36, ENUMERATE = 37, ZIP = 38, MAP = 39, ASYNC_VALUE = 40, ASYNC_STEP = 41,
    SET_ITER = 42, LIST_REVERSE_ITER = 43, DECIMAL = 44,
}

/// Marker: the payload never changes, so it is read through `Deref` without a proof.
pub enum Frozen {}
/// Marker: the payload is read and written with a proof that the lock is held.
pub enum Guarded {}

/// The payload of an object: the Rust side of a Python type.
pub trait Object: 'static {
    /// [`Frozen`] or [`Guarded`].
    type Access;
    /// Its tag, if it has one.
    const TAG: Tag = Tag::NONE;
    /// Whether it can be part of a reference cycle; if so, `trace` visits every value inside.
    const TRACKED: bool = false;
    /// Show every value inside to the collector.
    fn trace(&self, _visit: &mut Visitor<'_>) {}
    /// Give up the values inside: this object is part of a garbage cycle.
    fn clear(&mut self, _out: &mut Vec<Value>) {}
}

/// What the collector hands to [`Object::trace`].
pub struct Visitor<'a> {
    pub(crate) see: &'a mut dyn FnMut(&Header),
}

impl Visitor<'_> {
    /// Show a value.
    #[inline]
    pub fn value(&mut self, value: &Value) {
        if let Some(header) = value.header() {
            (self.see)(header);
        }
    }
    /// Show a value that may be missing.
    #[inline]
    pub fn option(&mut self, value: &Option<Value>) {
        if let Some(value) = value {
            self.value(value);
        }
    }
    /// Show a typed reference.
    pub fn reference<T: Object>(&mut self, value: &Ref<T>) {
        self.value(value.as_value());
    }
    /// Show many values.
    pub fn all<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) {
        for value in values {
            self.value(value);
        }
    }
    /// Show bits that may own a reference.
    pub fn raw(&mut self, raw: Raw) {
        if raw.is_ptr() && raw.0 != 0 {
            // SAFETY: the owner of the bits shows only references that it owns.
            (self.see)(unsafe { &*raw.header() });
        }
    }
}

/// The payload of an instance of a plain class: everything is in its slots.
pub struct Instance;

impl Object for Instance {
    type Access = Frozen;
    const TAG: Tag = Tag::INSTANCE;
    const TRACKED: bool = true;
}

/// An owned reference to an object whose payload is a `T`.
#[repr(transparent)]
pub struct Ref<T: Object> {
    ptr: NonNull<Header>,
    kind: PhantomData<*const T>,
}

/// The offset of the payload of type `T` in an object.
#[inline(always)]
pub(crate) const fn payload_offset<T>() -> usize {
    let header = size_of::<Header>();
    let align = align_of::<T>();
    header.div_ceil(align) * align
}

impl<T: Object> Ref<T> {
    /// # Safety
    /// `raw` points to an object whose payload is a `T`; one reference is handed over.
    #[inline(always)]
    pub const unsafe fn from_raw(raw: Raw) -> Ref<T> {
        // SAFETY: the caller says that it points to an object.
        let ptr = unsafe { NonNull::new_unchecked(raw.header()) };
        Ref { ptr, kind: PhantomData }
    }
    /// As a value.
    #[inline(always)]
    pub fn as_value(&self) -> &Value {
        // SAFETY: `Value` and `Ref` are both one word; a pointer value is the pointer itself.
        unsafe { &*std::ptr::from_ref(self).cast::<Value>() }
    }
    /// Into a value; the count is not touched.
    #[inline(always)]
    pub fn into_value(self) -> Value {
        let this = std::mem::ManuallyDrop::new(self);
        // SAFETY: ownership of the one reference goes over.
        unsafe { Value::from_raw(Raw(this.ptr.as_ptr() as u64)) }
    }
    /// As a new counted value.
    #[inline(always)]
    pub fn to_value(&self) -> Value {
        self.as_value().clone()
    }
    /// The header.
    #[inline(always)]
    pub fn header(&self) -> &Header {
        // SAFETY: the reference is owned, so the object is alive.
        unsafe { self.ptr.as_ref() }
    }
    /// The shape.
    #[inline(always)]
    pub fn shape(&self) -> &Shape {
        self.header().shape()
    }
    /// Whether both are the same object.
    #[inline(always)]
    pub fn is(&self, other: &Ref<T>) -> bool {
        self.ptr == other.ptr
    }
    /// The address, as a number that identifies the object while it is alive.
    pub fn id(&self) -> u64 {
        self.ptr.as_ptr() as u64
    }
    /// The payload's address. Dereferencing it is for the machine alone.
    #[inline(always)]
    pub fn payload(&self) -> *mut T {
        // SAFETY: the payload lies inside the same allocation.
        unsafe { self.ptr.as_ptr().cast::<u8>().add(payload_offset::<T>()).cast::<T>() }
    }
}

impl<T: Object<Access = Guarded>> Ref<T> {
    /// Read the payload.
    #[inline(always)]
    pub fn get<'a>(&'a self, _held: &'a impl Held) -> &'a T {
        // SAFETY: the lock is held and borrowed shared; exclusive borrows of payloads borrow it
        // exclusively.
        unsafe { &*self.payload() }
    }
    /// Write the payload.
    #[inline(always)]
    pub fn get_mut<'a>(&'a self, _held: &'a mut impl Held) -> &'a mut T {
        // SAFETY: the lock is held and borrowed exclusively, so no other payload borrow lives.
        unsafe { &mut *self.payload() }
    }
}

impl<T: Object<Access = Frozen>> Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a frozen payload is never borrowed exclusively while references to it exist.
        unsafe { &*self.payload() }
    }
}

impl<T: Object> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        // SAFETY: the object is alive; the lock is held wherever references are.
        unsafe { Header::incref(self.ptr.as_ptr()) }
        Ref { ptr: self.ptr, kind: PhantomData }
    }
}

impl<T: Object> Drop for Ref<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: one owned reference is given up.
        unsafe {
            if Header::decref(self.ptr.as_ptr()) {
                release::release(self.ptr.as_ptr());
            }
        }
    }
}

impl<T: Object> std::fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.as_value())
    }
}

/// A frozen payload that is followed by a run of elements in the same allocation: `fixed`, then
/// `len` elements of type `E`. Tuples, strings and bytes are made of it.
#[repr(C)]
pub struct Tail<F, E> {
    pub(crate) len: usize,
    pub(crate) fixed: F,
    start: [E; 0],
}

/// What a [`Tail`] payload is made of; implemented by the type around it.
pub trait TailRef {
    /// The fixed part.
    type Fixed;
    /// The elements.
    type Element;
}

impl<F, E> Tail<F, E> {
    pub(crate) const fn new(len: usize, fixed: F) -> Self {
        Tail { len, fixed, start: [] }
    }
    /// The fixed part.
    #[inline(always)]
    pub fn fixed(&self) -> &F {
        &self.fixed
    }
    /// The elements.
    #[inline(always)]
    pub fn slice(&self) -> &[E] {
        // SAFETY: a `Tail` only exists inside an object that was allocated with room for `len`
        // elements behind it, all of them initialised before the object was handed out.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
    /// The number of elements.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// The fixed part, to write.
    #[inline(always)]
    pub fn fixed_mut(&mut self) -> &mut F {
        &mut self.fixed
    }
    /// The address of the fixed part. Dereferencing it is for the machine alone.
    #[inline(always)]
    pub fn fixed_ptr(this: *mut Self) -> *mut F {
        this.wrapping_byte_add(std::mem::offset_of!(Self, fixed)).cast()
    }
    /// The address of the elements. Dereferencing it is for the machine alone.
    #[inline(always)]
    pub fn start_ptr(this: *mut Self) -> *mut E {
        Self::start_mut(this)
    }
    /// The object whose payload is the `Tail` with this fixed part. Only computes an address.
    #[inline(always)]
    pub fn header_of(fixed: *const F) -> *mut Header {
        let before = payload_offset::<Self>() + std::mem::offset_of!(Self, fixed);
        fixed.cast::<u8>().wrapping_sub(before).cast_mut().cast::<Header>()
    }
    pub(crate) fn start_mut(this: *mut Self) -> *mut E {
        // SAFETY: only computes an address inside the allocation.
        unsafe { (&raw mut (*this).start).cast::<E>() }
    }
}

/// How the allocator treats a payload; made once per Rust type.
pub(crate) struct Kind {
    pub(crate) payload: TypeId,
    pub(crate) tag: Tag,
    pub(crate) tracked: bool,
    pub(crate) offset: usize,
    /// Size of the fixed part.
    pub(crate) size: usize,
    /// Size of an element of the tail, 0 if there is none.
    pub(crate) element: usize,
    pub(crate) name: &'static str,
    pub(crate) drop: unsafe fn(*mut u8),
    /// Whether `drop` has anything to do.
    pub(crate) needs_drop: bool,
    pub(crate) trace: unsafe fn(*const u8, &mut Visitor<'_>),
    pub(crate) clear: unsafe fn(*mut u8, &mut Vec<Value>),
}

unsafe fn trace_payload<T: Object>(payload: *const u8, visit: &mut Visitor<'_>) {
    // SAFETY: the collector calls it with the payload of an object of this kind.
    unsafe { (*payload.cast::<T>()).trace(visit) }
}
unsafe fn clear_payload<T: Object>(payload: *mut u8, out: &mut Vec<Value>) {
    // SAFETY: the collector calls it with no borrow of a payload alive.
    unsafe { (*payload.cast::<T>()).clear(out) }
}
unsafe fn drop_payload<T: Object>(payload: *mut u8) {
    // SAFETY: called once, when the last reference is gone.
    unsafe { payload.cast::<T>().drop_in_place() }
}
unsafe fn drop_tail<T: Object, F, E>(payload: *mut u8) {
    // SAFETY: called once; a tail payload is a transparent wrapper of `Tail<F, E>`.
    unsafe {
        let tail = payload.cast::<Tail<F, E>>();
        if std::mem::needs_drop::<E>() {
            let len = (*tail).len;
            std::ptr::slice_from_raw_parts_mut(Tail::start_mut(tail), len).drop_in_place();
        }
        payload.cast::<T>().drop_in_place();
    }
}

impl Kind {
    pub(crate) fn of<T: Object>() -> Kind {
        Kind {
            payload: TypeId::of::<T>(),
            tag: T::TAG,
            tracked: T::TRACKED,
            offset: payload_offset::<T>(),
            size: size_of::<T>(),
            element: 0,
            name: std::any::type_name::<T>(),
            drop: drop_payload::<T>,
            needs_drop: std::mem::needs_drop::<T>(),
            trace: trace_payload::<T>,
            clear: clear_payload::<T>,
        }
    }

    pub(crate) fn of_tail<T: Object + TailRef>() -> Kind {
        const {
            assert!(size_of::<T>() == size_of::<Tail<T::Fixed, T::Element>>(), "the payload wraps a Tail");
            assert!(align_of::<T>() <= 8);
        }
        Kind {
            element: size_of::<T::Element>(),
            drop: drop_tail::<T, T::Fixed, T::Element>,
            needs_drop: std::mem::needs_drop::<T::Fixed>() || std::mem::needs_drop::<T::Element>(),
            ..Kind::of::<T>()
        }
    }
}

impl<T: Object<Access = Frozen> + std::fmt::Display> std::fmt::Display for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}
