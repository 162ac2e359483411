//! The proof that the lock is held, and data that can only be reached with it.

use std::cell::UnsafeCell;

/// A proof that this thread holds the lock of the interpreter that the values at hand belong to.
///
/// A shared borrow of the proof allows reading, an exclusive one writing; whatever may run other
/// Python code or give up the lock needs the exclusive one.
///
/// # Safety
/// The implementor exists only on a thread that holds the lock, at most one such proof can be
/// reached per thread, and it is borrowed exclusively by everything that gives the lock up.
pub unsafe trait Held {}

/// Interpreter-wide data guarded by the lock.
///
/// ```
/// use lockstep_heap::{GilCell, Held};
/// struct Proof;
/// // SAFETY: a single-threaded example.
/// unsafe impl Held for Proof {}
/// let mut proof = Proof;
/// let cell = GilCell::new(1);
/// *cell.get_mut(&mut proof) += 1;
/// assert_eq!(*cell.get(&proof), 2);
/// ```
#[derive(Default)]
pub struct GilCell<T>(UnsafeCell<T>);

// SAFETY: every access needs a proof that the lock is held, so accesses are ordered by the lock.
unsafe impl<T> Sync for GilCell<T> {}
// SAFETY: as above; what is inside moves only with the interpreter that owns the cell.
unsafe impl<T> Send for GilCell<T> {}

impl<T> GilCell<T> {
    /// A cell with this content.
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// The content of a cell that nobody shares.
    pub const fn as_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }

    /// Read.
    #[inline(always)]
    pub fn get<'a>(&'a self, _held: &'a impl Held) -> &'a T {
        // SAFETY: the proof is borrowed shared, so nobody holds an exclusive borrow.
        unsafe { &*self.0.get() }
    }

    /// Write.
    #[inline(always)]
    pub fn get_mut<'a>(&'a self, _held: &'a mut impl Held) -> &'a mut T {
        // SAFETY: the proof is borrowed exclusively, so no other borrow made with it is alive.
        unsafe { &mut *self.0.get() }
    }
}

/// A field of an object that may be given its content after the object was made, once.
///
/// ```
/// let names = lockstep_heap::Late::new(Vec::new());
/// assert!(names.is_empty());
/// // SAFETY: nothing of it is borrowed.
/// unsafe { names.set(vec!["x"]) };
/// assert_eq!(names[0], "x");
/// ```
#[derive(Debug, Default)]
pub struct Late<T>(UnsafeCell<T>);

impl<T> Late<T> {
    /// With a content for the time being.
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// Give it its content.
    ///
    /// # Safety
    /// The lock is held, and no borrow of the content so far is alive.
    pub unsafe fn set(&self, value: T) {
        // SAFETY: the caller's promise.
        unsafe { *self.0.get() = value }
    }
}

impl<T> std::ops::Deref for Late<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: it is written only while nobody borrows it, see `set`.
        unsafe { &*self.0.get() }
    }
}
