//! The lock under shuttle: random schedules of more threads than loom can
//! bear.

#![expect(dead_code, reason = "the core is compiled again and only in part used")]

#[path = "../src/gil.rs"]
mod gil;
mod models;
#[path = "../src/policy.rs"]
mod policy;

mod sync {
    //! The shim over shuttle; see `src/sync.rs`.
    pub use shuttle::sync::atomic::{AtomicU32, Ordering, fence};
    use shuttle::sync::{Mutex, MutexGuard};
    pub use shuttle::thread;
    use std::cell::UnsafeCell;
    use std::sync::atomic::AtomicBool;

    pub struct Leaf<T>(Mutex<T>);
    impl<T> Leaf<T> {
        pub fn new(value: T) -> Self {
            Leaf(Mutex::new(value))
        }
        pub fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap()
        }
    }

    /// Data under the lock; a second visitor fails the test.
    pub struct Guarded<T>(UnsafeCell<T>, AtomicBool);
    // SAFETY: `change` lets one thread in and fails the test at a second.
    unsafe impl<T: Send> Sync for Guarded<T> {}
    impl<T> Guarded<T> {
        pub fn new(value: T) -> Self {
            Guarded(UnsafeCell::new(value), AtomicBool::new(false))
        }
        pub fn change<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
            assert!(!self.1.swap(true, Ordering::SeqCst), "two owners");
            thread::yield_now();
            // SAFETY: the flag above kept all others out.
            let result = f(unsafe { &mut *self.0.get() });
            self.1.store(false, Ordering::SeqCst);
            result
        }
    }
}

mod parker {
    //! The sleeping word over shuttle's park and unpark; see `src/parker.rs`.
    use shuttle::rand::{Rng, thread_rng};
    use shuttle::sync::atomic::{AtomicU32, Ordering};
    use shuttle::thread::{self, Thread};
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
        /// A finite deadline comes at any time.
        pub fn sleep_while(&self, value: u32, deadline: u64) -> bool {
            if deadline != u64::MAX {
                thread::yield_now();
                return thread_rng().gen_bool(0.7);
            }
            *self.1.lock().unwrap() = Some(thread::current());
            if self.0.load(Ordering::SeqCst) == value {
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
    //! Staying awake for two turns, and an alarm that rings before the deadline once; see
    //! `src/patience.rs`.
    pub struct Awake(u32, bool, bool);
    impl Awake {
        pub fn not() -> Self {
            Awake(0, false, false)
        }
        pub fn briefly() -> Self {
            Awake(2, true, false)
        }
        pub fn alarm(&mut self, deadline: u64, _busy: bool) -> u64 {
            deadline
        }
        pub fn is_early(&mut self, _deadline: u64) -> bool {
            self.2 |= self.1;
            std::mem::take(&mut self.1)
        }
        pub fn forget_deadline(&mut self) {}
        pub fn is_over(&self) -> bool {
            self.2
        }
        pub fn look(&mut self) -> bool {
            shuttle::thread::yield_now();
            self.0 = self.0.saturating_sub(1);
            self.0 > 0
        }
    }
}

fn check(schedules: usize, model: impl Fn() + Sync + Send + 'static) {
    let model = std::sync::Arc::new(model);
    let again = model.clone();
    shuttle::check_random(move || model(), schedules);
    shuttle::check_pct(move || again(), schedules / 2, 3);
}

#[test]
fn one_owner() {
    check(2000, || models::one_owner(6, 3));
}

#[test]
fn hand_over() {
    check(2000, || models::hand_over(5, 4));
}

#[test]
fn requests() {
    check(3000, || models::requests(5));
}

#[test]
fn wake_time_out_or_request() {
    check(3000, || models::wake_or_time_out(1, true));
}

#[test]
fn finalisation() {
    check(3000, || models::finalisation(5));
}

#[test]
fn waits_end() {
    check(2000, models::request_ends_wait);
    check(2000, models::waiter_bit);
    check(2000, models::woken_too_late);
}

#[test]
fn order() {
    check(2000, || models::order(7, 3));
}

#[test]
fn everything() {
    check(2000, || models::everything(6, 6));
}
