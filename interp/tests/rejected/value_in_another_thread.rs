//! A value leaves the thread that holds the lock.

fn send(value: lockstep_heap::Value) {
    std::thread::spawn(move || drop(value));
}

fn main() {
    let _ = send;
}
