//! The lock room with real threads: ownership, waking, time-outs, requests,
//! starting and joining, finalisation, forking.

#![allow(clippy::disallowed_methods, reason = "threads and programs of a test may sleep and be waited for")]

use lockstep_sched::*;
use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn fresh(interval: Duration) -> Arc<Sched> {
    Sched::new(Config { switch_interval: interval, ..Config::default() })
}

/// Data that the lock protects.
struct Guarded<T>(UnsafeCell<T>);
// SAFETY: the tests touch it only while they hold the lock.
unsafe impl<T: Send> Sync for Guarded<T> {}
impl<T> Guarded<T> {
    fn new(value: T) -> Arc<Self> {
        Arc::new(Guarded(UnsafeCell::new(value)))
    }
    #[expect(clippy::mut_from_ref, reason = "the lock is the proof")]
    fn get(&self, holder: &ThreadHandle) -> &mut T {
        assert!(holder.is_held());
        // SAFETY: the lock is held, and no test keeps the borrow over a wait.
        unsafe { &mut *self.0.get() }
    }
}

fn look(thread: &ThreadHandle) -> Requests {
    if thread.breaker().load(Ordering::Relaxed) != 0 { thread.check() } else { Requests::NONE }
}

fn join_all(main: &ThreadHandle, threads: &[Arc<Completion>]) {
    for thread in threads {
        assert_eq!(main.join(thread, &Wait::new(WaitKind::Join)), Outcome::Woken);
    }
}

#[test]
fn only_one_thread_owns_the_lock() {
    for interval in [Duration::ZERO, Duration::from_micros(100)] {
        let sched = fresh(interval);
        let main = sched.attach(ThreadKind::Main).unwrap();
        main.acquire();
        let counter = Guarded::new(0u64);
        let threads: Vec<_> = (0..6)
            .map(|number| {
                let counter = counter.clone();
                let body = move |me: &ThreadHandle| {
                    for turn in 0..3000 {
                        let before = *counter.get(me);
                        std::hint::black_box(before);
                        *counter.get(me) = before + 1;
                        if number % 2 == 0 && turn % 7 == 0 {
                            let _ = me.block(&Wait::new(WaitKind::Call), std::thread::yield_now);
                        }
                        let _ = look(me);
                    }
                };
                main.spawn(SpawnOptions::default(), body).unwrap()
            })
            .collect();
        join_all(&main, &threads);
        assert_eq!(*counter.get(&main), 18_000);
        assert_eq!(sched.thread_count(), 1);
    }
}

#[test]
fn a_python_lock_built_on_a_wait_queue() {
    #[derive(Default)]
    struct Lock {
        taken: bool,
        waiters: WaitQueue,
        inside: u32,
    }
    let sched = fresh(Duration::from_micros(50));
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    let lock = Guarded::new(Lock::default());
    let threads: Vec<_> = (0..5)
        .map(|_| {
            let lock = lock.clone();
            main.spawn(SpawnOptions::default(), move |me| {
                for _ in 0..500 {
                    let mut first = true;
                    while lock.get(me).taken {
                        let queue = &mut lock.get(me).waiters;
                        let place = if first { queue.join(me) } else { queue.join_front(me) };
                        first = false;
                        assert_eq!(me.wait_on(place, &Wait::new(WaitKind::Lock)), Outcome::Woken);
                    }
                    lock.get(me).taken = true;
                    lock.get(me).inside += 1;
                    assert_eq!(lock.get(me).inside, 1);
                    let _ = me.yield_now();
                    lock.get(me).inside -= 1;
                    lock.get(me).taken = false;
                    lock.get(me).waiters.wake_one(me);
                }
            })
            .unwrap()
        })
        .collect();
    join_all(&main, &threads);
    assert!(lock.get(&main).waiters.is_empty());
}

#[test]
fn waits_end_by_time_or_by_waking_never_by_both() {
    let sched = fresh(Duration::from_millis(1));
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    let queue = Guarded::new(WaitQueue::new());
    let ended = Arc::new(AtomicU64::new(0));
    let woken = Arc::new(AtomicU64::new(0));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let (queue, ended, woken) = (queue.clone(), ended.clone(), woken.clone());
            main.spawn(SpawnOptions::default(), move |me| {
                for _ in 0..200 {
                    let deadline = me.sched().clock().after(Duration::from_micros(60));
                    let place = queue.get(me).join(me);
                    match me.wait_on(place, &Wait::new(WaitKind::Condition).until(deadline)) {
                        Outcome::Woken => {
                            woken.fetch_add(1, Ordering::Relaxed);
                        }
                        other => {
                            assert_eq!(other, Outcome::TimedOut);
                            queue.get(me).leave(me);
                        }
                    }
                    ended.fetch_add(1, Ordering::Relaxed);
                }
            })
            .unwrap()
        })
        .collect();
    let mut claimed = 0;
    while ended.load(Ordering::Relaxed) < 1600 {
        claimed += u64::from(queue.get(&main).wake_one(&main));
        main.sleep(sched.clock().after(Duration::from_micros(20)));
    }
    join_all(&main, &threads);
    assert_eq!(claimed, woken.load(Ordering::Relaxed));
}

#[test]
fn sleeping_takes_the_time_it_should() {
    let sched = fresh(Duration::from_millis(5));
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    let start = Instant::now();
    assert!(main.sleep(sched.clock().after(Duration::from_millis(20))));
    assert!(start.elapsed() >= Duration::from_millis(20));
    assert!(main.sleep(Deadline::NOW));
}

#[test]
fn an_interrupt_ends_every_kind_of_wait() {
    let sched = fresh(Duration::from_millis(5));
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    let (reader, _writer) = std::io::pipe().unwrap();
    let fd = std::os::fd::AsRawFd::as_raw_fd(&reader);
    for way in 0..4 {
        let stopper = main.interrupter();
        let waiting = sched.clone();
        let host = std::thread::spawn(move || {
            while way < 3 && waiting.dump()[0].waits.is_none() {
                std::thread::yield_now();
            }
            std::thread::sleep(Duration::from_millis(5));
            stopper.interrupt();
        });
        match way {
            0 => assert!(!main.sleep(Deadline::NEVER)),
            1 => {
                let mut fds = [PollFd::readable(fd)];
                assert_eq!(main.poll(&Wait::new(WaitKind::Read), &mut fds).unwrap(), Polled::Interrupted);
            }
            2 => {
                // SAFETY: `pause` has no arguments.
                let (code, requests) = main.block(&Wait::new(WaitKind::Signal), || unsafe { libc::pause() });
                assert_eq!(code, -1);
                assert!(requests.contains(Requests::INTERRUPT));
            }
            _ => while !look(&main).contains(Requests::INTERRUPT) {},
        }
        assert_eq!(main.take(Requests::INTERRUPT), Requests::INTERRUPT);
        assert_eq!(main.requests(), Requests::NONE);
        assert_eq!(main.breaker().load(Ordering::Relaxed), 0);
        host.join().unwrap();
    }
}

#[test]
fn an_exception_sent_to_a_thread_reaches_that_thread() {
    let sched = fresh(Duration::from_micros(50));
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    let busy = |me: &ThreadHandle| {
        while !look(me).contains(Requests::ASYNC_EXC) {}
        assert_eq!(me.take(Requests::ASYNC_EXC), Requests::ASYNC_EXC);
    };
    let sleeper = |me: &ThreadHandle| {
        assert!(!me.sleep(Deadline::NEVER));
        assert!(me.requests().contains(Requests::ASYNC_EXC));
    };
    let threads = [main.spawn(SpawnOptions::default(), busy).unwrap(), main.spawn(SpawnOptions::default(), sleeper).unwrap()];
    main.sleep(sched.clock().after(Duration::from_millis(5)));
    for thread in &threads {
        assert!(sched.request_async_exc(thread.thread()));
        assert_eq!(main.requests(), Requests::NONE);
    }
    join_all(&main, &threads);
    assert!(!sched.request_async_exc(999));
    assert_eq!(main.breaker().load(Ordering::Relaxed), 0);
}

#[test]
fn a_common_request_is_seen_by_whoever_runs() {
    let sched = fresh(Duration::from_millis(5));
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    sched.request(Requests::COLLECT.union(Requests::TRACE));
    assert!(look(&main).contains(Requests::COLLECT));
    assert_eq!(main.take(Requests::COLLECT), Requests::COLLECT);
    assert_eq!(look(&main), Requests::TRACE);
    assert_eq!(main.take(Requests::TRACE.union(Requests::COLLECT)), Requests::TRACE);
    assert_eq!(look(&main), Requests::NONE);
    // A signal without the operating system, as `interrupt_main` sends it.
    sched.request_signal(2);
    sched.request_signal(65);
    assert_eq!(look(&main), Requests::SIGNAL);
    assert!(!main.sleep(Deadline::NEVER));
    let deaf = Wait::new(WaitKind::Sleep).until(sched.clock().after(Duration::from_millis(2))).deaf();
    assert_eq!(main.pause(&deaf), Outcome::TimedOut);
    assert_eq!(main.take_signals(), 1 << 1);
    assert_eq!(look(&main), Requests::NONE);
}

#[test]
fn the_registry_knows_daemons_and_who_is_unfinished() {
    let sched = fresh(Duration::from_millis(5));
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    let thread = main.spawn(SpawnOptions::default(), |me| assert!(!me.sleep(Deadline::NEVER))).unwrap();
    assert_eq!(main.unfinished(), [thread.thread()]);
    assert!(sched.set_daemon(thread.thread(), true));
    assert_eq!(main.unfinished(), []);
    assert!(!sched.set_daemon(77, true));
    let _ = main.yield_now();
    assert!(sched.request_async_exc(thread.thread()));
    join_all(&main, &[thread]);
    assert_eq!(sched.thread_count(), 1);
}

#[test]
fn signals_reach_the_main_thread_wherever_it_waits() {
    let sched = fresh(Duration::from_millis(5));
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    own_signals(&sched);
    assert_eq!(disposition(libc::SIGUSR2).unwrap(), Disposition::Default);
    set_disposition(libc::SIGUSR2, Disposition::Noted).unwrap();
    assert_eq!(disposition(libc::SIGUSR2).unwrap(), Disposition::Noted);
    let (reader, _writer) = std::io::pipe().unwrap();
    let fd = std::os::fd::AsRawFd::as_raw_fd(&reader);
    for way in 0..2 {
        let host = std::thread::spawn(|| {
            std::thread::sleep(Duration::from_millis(10));
            // Delivered to this thread, to be passed on to the main one.
            // SAFETY: a handler is installed.
            unsafe { libc::raise(libc::SIGUSR2) };
        });
        if way == 0 {
            assert!(!main.sleep(Deadline::NEVER));
        } else {
            let mut fds = [PollFd::readable(fd)];
            assert_eq!(main.poll(&Wait::new(WaitKind::Read), &mut fds).unwrap(), Polled::Interrupted);
        }
        assert!(main.requests().contains(Requests::SIGNAL));
        assert_eq!(main.take_signals(), 1 << (libc::SIGUSR2 - 1));
        assert_eq!(main.requests(), Requests::NONE);
        host.join().unwrap();
    }
    set_disposition(libc::SIGUSR2, Disposition::Default).unwrap();
}

#[test]
fn poll_sees_what_is_ready_and_what_is_not() {
    use std::io::Write;
    let sched = fresh(Duration::from_millis(5));
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    let (reader, mut writer) = std::io::pipe().unwrap();
    let mut fds = [PollFd::readable(std::os::fd::AsRawFd::as_raw_fd(&reader))];
    let soon = Wait::new(WaitKind::Read).until(sched.clock().after(Duration::from_millis(3)));
    assert_eq!(main.poll(&soon, &mut fds).unwrap(), Polled::TimedOut);
    let host = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(5));
        writer.write_all(b"x").unwrap();
    });
    assert_eq!(main.poll(&Wait::new(WaitKind::Read), &mut fds).unwrap(), Polled::Ready(1));
    host.join().unwrap();
}

#[test]
fn every_python_thread_is_an_os_thread() {
    let sched = fresh(Duration::from_millis(5));
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    let go = Guarded::new(WaitQueue::new());
    let threads: Vec<_> = (0..200)
        .map(|_| {
            let go = go.clone();
            let options = SpawnOptions { stack_size: 128 << 10, daemon: true };
            main.spawn(options, move |me| {
                let place = go.get(me).join(me);
                assert_eq!(me.wait_on(place, &Wait::new(WaitKind::Lock)), Outcome::Woken);
            })
            .unwrap()
        })
        .collect();
    while go.get(&main).len() < 200 {
        main.sleep(sched.clock().after(Duration::from_millis(1)));
    }
    let dump = sched.dump();
    assert_eq!(dump.len(), 201);
    let mut ids: Vec<_> = dump.iter().map(|thread| thread.native_id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 201);
    assert!(ids.iter().all(|id| std::path::Path::new(&format!("/proc/self/task/{id}")).exists()));
    assert!(dump[1..].iter().all(|thread| thread.waits.is_some_and(|wait| wait.kind == WaitKind::Lock)));
    assert_eq!(main.unfinished(), []);
    assert_eq!(go.get(&main).wake_all(&main), 200);
    join_all(&main, &threads);
}

#[test]
fn a_panic_in_a_thread_or_behind_the_door_leaves_the_lock_in_order() {
    let sched = fresh(Duration::from_millis(5));
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    let thread = main
        .spawn(SpawnOptions::default(), |me| {
            let _ = me.block(&Wait::new(WaitKind::Call), || std::panic::resume_unwind(Box::new("gone")));
        })
        .unwrap();
    join_all(&main, &[thread]);
    assert!(main.is_held());
}

#[test]
fn after_finalisation_begins_only_the_finaliser_runs() {
    let sched = fresh(Duration::ZERO);
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    let over = Arc::new(AtomicBool::new(false));
    for number in 0..6 {
        let over = over.clone();
        let options = SpawnOptions { daemon: true, ..SpawnOptions::default() };
        main.spawn(options, move |me| {
            loop {
                assert!(!over.load(Ordering::Relaxed));
                match number % 3 {
                    0 => drop(look(me)),
                    1 => drop(me.block(&Wait::new(WaitKind::Call), || ())),
                    _ => drop(me.sleep(me.sched().clock().after(Duration::from_micros(50)))),
                }
            }
        })
        .unwrap();
    }
    main.sleep(sched.clock().after(Duration::from_millis(5)));
    main.begin_finalize();
    over.store(true, Ordering::Relaxed);
    for _ in 0..5 {
        let _ = main.block(&Wait::new(WaitKind::Call), || std::thread::sleep(Duration::from_millis(1)));
        let _ = main.yield_now();
        main.sleep(sched.clock().after(Duration::from_millis(1)));
        let _ = look(&main);
    }
    assert!(sched.is_finalizing());
    assert_eq!(sched.attach(ThreadKind::Host).unwrap_err(), Finalized);
    assert!(threads_were_stopped());
}

#[test]
fn a_forked_child_is_alone_and_whole() {
    let sched = fresh(Duration::ZERO);
    let main = sched.attach(ThreadKind::Main).unwrap();
    main.acquire();
    let queue = Guarded::new(WaitQueue::new());
    let done = Arc::new(AtomicBool::new(false));
    let mut threads = Vec::new();
    for number in 0..4 {
        let (queue, done) = (queue.clone(), done.clone());
        let body = move |me: &ThreadHandle| {
            if number == 0 {
                let place = queue.get(me).join(me);
                let _ = me.wait_on(place, &Wait::new(WaitKind::Lock));
                return;
            }
            while !done.load(Ordering::Relaxed) {
                let _ = look(me);
                let _ = me.block(&Wait::new(WaitKind::Call), || ());
            }
        };
        threads.push(main.spawn(SpawnOptions::default(), body).unwrap());
    }
    while queue.get(&main).is_empty() {
        let _ = main.yield_now();
    }
    for _ in 0..20 {
        match main.fork().unwrap() {
            Fork::Child => {
                let alone = sched.thread_count() == 1
                    && main.is_main()
                    && main.native_id() == std::process::id()
                    && !queue.get(&main).wake_one(&main)
                    && main.breaker().load(Ordering::Relaxed) == 0;
                main.sleep(sched.clock().after(Duration::from_micros(100)));
                let child = main.spawn(SpawnOptions::default(), |me| assert!(me.yield_now().is_empty())).unwrap();
                let joined = main.join(&child, &Wait::new(WaitKind::Join)) == Outcome::Woken;
                // SAFETY: ends the child without running the test harness.
                unsafe { libc::_exit(i32::from(!(alone && joined))) };
            }
            Fork::Parent(pid) => {
                let mut status = 0;
                // SAFETY: `status` is ours and outlives the call.
                let wait = move || unsafe { libc::waitpid(pid, &raw mut status, 0) == pid && status == 0 };
                assert!(main.block(&Wait::new(WaitKind::Process), wait).0);
            }
        }
    }
    done.store(true, Ordering::Relaxed);
    queue.get(&main).wake_all(&main);
    join_all(&main, &threads);
}
