//! A value is touched while the lock is given up.

use lockstep_sched::{Wait, WaitKind};

fn wait(thread: &lockstep_sched::ThreadHandle, value: lockstep_heap::Value) {
    thread.block(&Wait::new(WaitKind::Call), move || drop(value));
}

fn main() {
    let _ = wait;
}
