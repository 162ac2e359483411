//! The lock under loom: every schedule of two or three threads with at most
//! two or three preemptions, and every outcome that the memory model allows.

#![expect(dead_code, reason = "the core is compiled again and only in part used")]

#[path = "../src/gil.rs"]
mod gil;
mod models;
#[path = "../src/policy.rs"]
mod policy;

mod sync {
    //! The shim over loom; see `src/sync.rs`.
    pub use loom::sync::atomic::{AtomicU32, Ordering, fence};
    use loom::sync::{Mutex, MutexGuard};
    pub use loom::thread;

    pub struct Leaf<T>(Mutex<T>);
    impl<T> Leaf<T> {
        pub fn new(value: T) -> Self {
            Leaf(Mutex::new(value))
        }
        pub fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap()
        }
    }

    /// Data under the lock; loom reports a race on it.
    pub struct Guarded<T>(loom::cell::UnsafeCell<T>);
    // SAFETY: loom checks each access against all others.
    unsafe impl<T: Send> Sync for Guarded<T> {}
    impl<T> Guarded<T> {
        pub fn new(value: T) -> Self {
            Guarded(loom::cell::UnsafeCell::new(value))
        }
        pub fn change<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
            // SAFETY: loom fails the test before two of these overlap.
            self.0.with_mut(|data| f(unsafe { &mut *data }))
        }
    }
}

mod parker {
    //! The sleeping word over loom's park and unpark; see `src/parker.rs`.
    use loom::sync::atomic::{AtomicU32, Ordering};
    use loom::thread::{self, Thread};
    use std::sync::Mutex;

    #[derive(Debug)]
    pub struct Word(AtomicU32, Mutex<Option<Thread>>);
    impl Word {
        pub fn new(value: u32) -> Self {
            Word(AtomicU32::new(value), Mutex::new(None))
        }
        pub fn load(&self, order: Ordering) -> u32 {
            self.0.load(order)
        }
        pub fn store(&self, value: u32, order: Ordering) {
            self.0.store(value, order);
        }
        pub fn swap(&self, value: u32, order: Ordering) -> u32 {
            self.0.swap(value, order)
        }
        pub fn replace(&self, old: u32, new: u32) -> Result<u32, u32> {
            self.0.compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire)
        }
        /// A finite deadline has always come.
        pub fn sleep_while(&self, value: u32, deadline: u64) -> bool {
            if deadline != u64::MAX {
                return false;
            }
            *self.1.lock().unwrap() = Some(thread::current());
            // The kernel compares the newest value, which in loom only a
            // read-modify-write sees.
            if self.0.fetch_add(0, Ordering::Relaxed) == value {
                thread::park();
            }
            true
        }
        pub fn wake(&self) {
            let thread = self.1.lock().unwrap().clone();
            if let Some(thread) = thread {
                thread.unpark();
            }
        }
    }
}

mod patience {
    //! Staying awake only adds schedules here; see `src/patience.rs`.
    pub struct Awake;
    impl Awake {
        pub fn not() -> Self {
            Awake
        }
        pub fn briefly() -> Self {
            Awake
        }
        pub fn look(&mut self) -> bool {
            false
        }
        pub fn alarm(&mut self, deadline: u64, _busy: bool) -> u64 {
            deadline
        }
        pub fn is_early(&mut self, _deadline: u64) -> bool {
            false
        }
        pub fn forget_deadline(&mut self) {}
        pub fn is_over(&self) -> bool {
            false
        }
    }
}

fn check(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 20_000;
    builder.max_duration = Some(std::time::Duration::from_secs(20));
    builder.check(model);
}

#[test]
fn one_owner_of_two() {
    check(4, || models::one_owner(2, 2));
}

#[test]
fn one_owner_of_three() {
    check(2, || models::one_owner(3, 1));
}

#[test]
fn hand_over() {
    check(3, || models::hand_over(2, 2));
}

#[test]
fn waiter_bit() {
    check(4, models::waiter_bit);
}

#[test]
fn requests() {
    check(4, || models::requests(1));
    check(4, || models::requests(2));
}

#[test]
fn request_ends_wait() {
    check(4, models::request_ends_wait);
}

#[test]
fn wake() {
    check(4, || models::wake_or_time_out(u64::MAX, false));
}

#[test]
fn wake_or_time_out() {
    check(4, || models::wake_or_time_out(1, false));
}

#[test]
fn wake_or_request() {
    check(2, || models::wake_or_time_out(u64::MAX, true));
}

#[test]
fn finalisation() {
    check(2, || models::finalisation(2));
}

#[test]
fn woken_too_late() {
    check(4, models::woken_too_late);
}

#[test]
fn order() {
    check(2, || models::order(3, 1));
}
