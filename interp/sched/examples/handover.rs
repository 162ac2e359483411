//! Measures the lock: what a release and reacquire costs, how long an IO
//! thread waits beside busy ones, what sharing costs, how fair it is, and
//! what starting threads costs. `cargo run --release --example handover`.

#![allow(clippy::disallowed_methods, reason = "threads and programs of a test may sleep and be waited for")]

use lockstep_sched::{Config, Outcome, Sched, SpawnOptions, ThreadHandle, ThreadKind, Wait, WaitKind, WaitQueue};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// About a hundred bytecodes' worth of work, then a look at the breaker.
#[inline]
fn work(me: &ThreadHandle, state: &mut u64) {
    for _ in 0..400 {
        *state = std::hint::black_box(*state).wrapping_mul(6364136223846793005).wrapping_add(1);
    }
    if me.breaker().load(Ordering::Relaxed) != 0 {
        let _ = me.check();
    }
}

fn main_thread() -> ThreadHandle {
    let main = Sched::new(Config::default()).attach(ThreadKind::Main).expect("a new scheduler");
    main.acquire();
    main
}

fn uncontended() {
    let main = main_thread();
    let rounds = 20_000_000u32;
    let start = Instant::now();
    for _ in 0..rounds {
        main.release();
        main.acquire();
    }
    println!("release and reacquire: {:.1} ns", start.elapsed().as_nanos() as f64 / f64::from(rounds));
    let wait = Wait::new(WaitKind::Call);
    let start = Instant::now();
    for turn in 0..rounds {
        let _ = main.block(&wait, || std::hint::black_box(turn));
    }
    println!("through the door and back: {:.1} ns", start.elapsed().as_nanos() as f64 / f64::from(rounds));
}

/// Starts `count` busy threads that count their work until `stop`.
fn busy(main: &ThreadHandle, count: usize, stop: &Arc<AtomicBool>) -> Vec<Arc<AtomicU64>> {
    let counters: Vec<_> = (0..count).map(|_| Arc::new(AtomicU64::new(0))).collect();
    for counter in &counters {
        let (counter, stop) = (counter.clone(), stop.clone());
        let body = move |me: &ThreadHandle| {
            let mut state = 1;
            while !stop.load(Ordering::Relaxed) {
                work(me, &mut state);
                counter.fetch_add(1, Ordering::Relaxed);
            }
        };
        main.spawn(SpawnOptions::default(), body).expect("a thread");
    }
    counters
}

fn end(main: &ThreadHandle, stop: &AtomicBool) {
    stop.store(true, Ordering::Relaxed);
    while main.sched().thread_count() > 1 {
        main.sleep(main.sched().clock().after(Duration::from_millis(1)));
    }
}

/// An IO thread beside `count` busy ones: how late after its sleep ends does
/// it run Python again?
fn io_beside(count: usize) {
    let main = main_thread();
    let stop = Arc::new(AtomicBool::new(false));
    let _counters = busy(&main, count, &stop);
    let waits = Arc::new(Mutex::new(Vec::new()));
    let sink = waits.clone();
    let io = main
        .spawn(SpawnOptions::default(), move |me| {
            let mut all = Vec::with_capacity(3000);
            for _ in 0..3000 {
                let (back, _) = me.block(&Wait::new(WaitKind::Read), || {
                    std::thread::sleep(Duration::from_micros(200));
                    Instant::now()
                });
                all.push(back.elapsed().as_nanos() as u64);
            }
            *sink.lock().expect("unpoisoned") = all;
        })
        .expect("a thread");
    let _ = main.join(&io, &Wait::new(WaitKind::Join));
    end(&main, &stop);
    let mut all = waits.lock().expect("unpoisoned").clone();
    all.sort_unstable();
    let at = |part: usize| all[(all.len() - 1) * part / 1000] as f64 / 1000.0;
    println!("IO thread beside {count} busy: median {:.1} us, 99 % {:.1} us, worst {:.1} us", at(500), at(990), at(1000));
}

fn throughput(count: usize, span: Duration) -> (f64, f64) {
    let main = main_thread();
    let stop = Arc::new(AtomicBool::new(false));
    let counters = busy(&main, count, &stop);
    main.sleep(main.sched().clock().after(Duration::from_millis(50)));
    let read = || counters.iter().map(|counter| counter.load(Ordering::Relaxed)).collect::<Vec<_>>();
    let (before, start) = (read(), Instant::now());
    main.sleep(main.sched().clock().after(span));
    let (after, took) = (read(), start.elapsed());
    end(&main, &stop);
    let shares: Vec<f64> = after.iter().zip(&before).map(|(after, before)| (after - before) as f64).collect();
    let total: f64 = shares.iter().sum();
    let mean = total / count as f64;
    let worst = shares.iter().map(|share| (share / mean - 1.0).abs()).fold(0.0, f64::max);
    (total / took.as_secs_f64(), worst)
}

fn sharing() {
    for _ in 0..3 {
        let (one, _) = throughput(1, Duration::from_secs(1));
        let (four, unfair) = throughput(4, Duration::from_secs(1));
        println!("four busy threads: {:.1} % of one; worst share off by {:.1} %", four / one * 100.0, unfair * 100.0);
    }
}

fn starting() {
    let main = main_thread();
    let start = Instant::now();
    for _ in 0..5000 {
        let child = main.spawn(SpawnOptions::default(), |_| ()).expect("a thread");
        let _ = main.join(&child, &Wait::new(WaitKind::Join));
    }
    println!("start and join: {:.1} us", start.elapsed().as_micros() as f64 / 5000.0);
    let start = Instant::now();
    for _ in 0..20 {
        let options = SpawnOptions { stack_size: 256 << 10, daemon: false };
        let all: Vec<_> = (0..100).map(|_| main.spawn(options, |_| ()).expect("a thread")).collect();
        for child in &all {
            let _ = main.join(child, &Wait::new(WaitKind::Join));
        }
    }
    println!("start 100, join 100: {:.1} us each", start.elapsed().as_micros() as f64 / 2000.0);
}

/// The number in a line of `/proc/self/status`.
fn status(name: &str) -> usize {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()).and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// Two thousand threads alive at once.
fn crowd() {
    let main = main_thread();
    let (memory, threads) = (status("VmRSS:"), status("Threads:"));
    let start = Instant::now();
    let options = SpawnOptions { stack_size: 256 << 10, daemon: false };
    let all: Vec<_> = (0..2000)
        .map(|_| {
            main.spawn(options, |me| assert_eq!(me.pause(&Wait::new(WaitKind::Lock)), Outcome::Interrupted)).expect("a thread")
        })
        .collect();
    let waiting = || main.sched().dump().iter().filter(|thread| thread.waits.is_some()).count();
    while waiting() < 2000 {
        main.sleep(main.sched().clock().after(Duration::from_millis(1)));
    }
    println!(
        "2000 threads: {} more in the process, {} KiB each, {:.1} us each to start",
        status("Threads:") - threads,
        (status("VmRSS:") - memory) / 2000,
        start.elapsed().as_micros() as f64 / 2000.0
    );
    for one in &all {
        main.sched().request_async_exc(one.thread());
    }
    for one in &all {
        let _ = main.join(one, &Wait::new(WaitKind::Join));
    }
}

struct Shared(std::cell::UnsafeCell<[WaitQueue; 2]>);
// SAFETY: touched only with the lock held.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

/// Two threads that wake each other in turn.
fn ping_pong() {
    let main = main_thread();
    let queues = Arc::new(Shared(std::cell::UnsafeCell::new([WaitQueue::new(), WaitQueue::new()])));
    let rounds = 20_000u32;
    let start = Instant::now();
    let both: Vec<_> = (0..2)
        .map(|side: usize| {
            let queues = queues.clone();
            let body = move |me: &ThreadHandle| {
                let queues = &queues;
                for _ in 0..rounds {
                    // SAFETY: the lock is held and the borrow ends before the wait.
                    let pair = unsafe { &mut *queues.0.get() };
                    pair[1 - side].wake_one(me);
                    let deadline = me.sched().clock().after(Duration::from_millis(20));
                    let place = pair[side].join(me);
                    if me.wait_on(place, &Wait::new(WaitKind::Lock).until(deadline)) != Outcome::Woken {
                        // SAFETY: as above.
                        (unsafe { &mut *queues.0.get() })[side].leave(me);
                    }
                }
                // SAFETY: as above.
                (unsafe { &mut *queues.0.get() })[1 - side].wake_one(me);
            };
            main.spawn(SpawnOptions::default(), body).expect("a thread")
        })
        .collect();
    for one in &both {
        let _ = main.join(one, &Wait::new(WaitKind::Join));
    }
    println!("one thread wakes the other: {:.1} us", start.elapsed().as_nanos() as f64 / f64::from(2 * rounds) / 1000.0);
}

fn main() {
    uncontended();
    ping_pong();
    for count in 1..=4 {
        io_beside(count);
    }
    sharing();
    starting();
    std::thread::sleep(Duration::from_millis(20));
    crowd();
}
