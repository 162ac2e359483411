//! The shim under the lock's core: the primitives that a model checker
//! replaces. `gil.rs` and `policy.rs` name nothing but this file,
//! `parker.rs` and `patience.rs`; the tests in `tests/` compile those two again over loom and
//! over shuttle.

pub use std::sync::atomic::{AtomicU32, Ordering, fence};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A lock that is held for a few instructions and never across a system call;
/// whoever holds one takes no other but in the order registry, then queues.
#[derive(Debug, Default)]
pub struct Leaf<T>(Mutex<T>);

impl<T> Leaf<T> {
    /// A leaf lock around `value`.
    pub const fn new(value: T) -> Self {
        Leaf(Mutex::new(value))
    }

    /// Locks. A panic of an earlier holder is not our business: the data
    /// under a leaf is whole between any two operations.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
