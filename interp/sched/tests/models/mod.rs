//! What the lock promises, as small programs for a model checker: run by
//! `tests/loom.rs` (every schedule of two or three threads, within a bound)
//! and by `tests/shuttle.rs` (random schedules of more).

use crate::gil::{Denied, Gil, Outcome, Seat, WAITERS};
use crate::patience::Awake;
use crate::policy::{Arrival, BYPASS, Free, Policy};
use crate::sync::{AtomicU32, Guarded, Ordering, thread};
use std::sync::Arc;
use std::sync::Mutex;

const BIT: u32 = 1 << 8;
const NEVER: u64 = u64::MAX;

fn gil() -> Arc<Gil> {
    Arc::new(Gil::new(Box::new(Free::default())))
}

fn awake() -> Awake {
    Awake::briefly()
}

fn seat(id: usize) -> Arc<Seat> {
    Arc::new(Seat::new(id as u64))
}

fn spawn_all(bodies: Vec<Box<dyn FnOnce() + Send>>) {
    let threads: Vec<_> = bodies.into_iter().map(thread::spawn).collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// One owner; what was written before a grant is seen after it; nobody is
/// stranded between a release's fast path and a waiter's queueing (that would
/// be a deadlock, which both checkers report); the breaker is clear when
/// nobody waits.
pub fn one_owner(threads: usize, turns: usize) {
    let gil = gil();
    let data = Arc::new(Guarded::new(0usize));
    let bodies = (1..=threads).map(|id| {
        let (gil, data) = (gil.clone(), data.clone());
        Box::new(move || {
            let me = seat(id);
            for turn in 0..turns {
                let arrival = if (id + turn) % 2 == 0 { Arrival::Io } else { Arrival::Cpu };
                gil.acquire(&me, arrival, &mut awake()).unwrap();
                data.change(|count| *count += 1);
                gil.release();
            }
        }) as Box<dyn FnOnce() + Send>
    });
    spawn_all(bodies.collect());
    data.change(|count| assert_eq!(*count, threads * turns));
    assert!(gil.try_acquire() && gil.try_release(), "the lock is free and nobody is queued");
    assert_eq!(gil.breaker().load(Ordering::Relaxed), 0);
}

/// The same with hand-overs at checks: the busy thread sees the breaker bit
/// of whoever queued up, lets it run, and gets the lock back.
pub fn hand_over(threads: usize, turns: usize) {
    let gil = gil();
    let data = Arc::new(Guarded::new(0usize));
    let mut bodies: Vec<Box<dyn FnOnce() + Send>> = Vec::new();
    for id in 1..=threads {
        let (gil, data) = (gil.clone(), data.clone());
        bodies.push(Box::new(move || {
            let me = seat(id);
            gil.acquire(&me, if id == 1 { Arrival::Cpu } else { Arrival::Io }, &mut awake()).unwrap();
            for _ in 0..turns {
                data.change(|count| *count += 1);
                if gil.breaker().load(Ordering::Relaxed) & WAITERS != 0 {
                    assert_eq!(
                        gil.hand_over(&me, Arrival::Interrupted, &mut awake()),
                        Ok(true),
                        "the bit says that somebody waits"
                    );
                }
            }
            gil.release();
        }));
    }
    spawn_all(bodies);
    data.change(|count| assert_eq!(*count, threads * turns));
    assert!(gil.try_acquire() && gil.try_release());
    assert_eq!(gil.breaker().load(Ordering::Relaxed), 0);
}

/// A waiter's breaker bit is there as long as it waits: the owner that has
/// seen it queue up sees the bit.
pub fn waiter_bit() {
    let gil = gil();
    let owner = seat(1);
    gil.acquire(&owner, Arrival::Cpu, &mut awake()).unwrap();
    let waiter = {
        let gil = gil.clone();
        thread::spawn(move || {
            let me = seat(2);
            gil.acquire(&me, Arrival::Cpu, &mut awake()).unwrap();
            gil.release();
        })
    };
    // A release that must go through the queue proves that the other waits.
    if gil.try_release() {
        gil.acquire(&owner, Arrival::Cpu, &mut awake()).unwrap();
    } else {
        gil.with_queues_still(|| ());
        assert_ne!(gil.breaker().load(Ordering::Relaxed) & WAITERS, 0);
    }
    gil.release();
    waiter.join().unwrap();
    assert_eq!(gil.breaker().load(Ordering::Relaxed), 0);
}

/// A request is never lost: however sending and taking interleave, a thread
/// with a request has its bit in the breaker.
pub fn requests(senders: usize) {
    let gil = gil();
    let seats = [seat(1), seat(2)];
    let mut bodies: Vec<Box<dyn FnOnce() + Send>> = Vec::new();
    for sender in 0..senders {
        let (gil, target) = (gil.clone(), seats[sender % 2].clone());
        bodies.push(Box::new(move || {
            gil.post(&target, BIT);
        }));
    }
    let (taker, own) = (gil.clone(), seats.clone());
    bodies.push(Box::new(move || {
        taker.retract(&own[0], BIT, own[1..].iter());
    }));
    spawn_all(bodies);
    let pending = seats.iter().any(|seat| seat.pending.load(Ordering::Acquire) & BIT != 0);
    let bit = gil.breaker().load(Ordering::Acquire) & BIT != 0;
    assert!(bit || !pending, "a request without its breaker bit");
}

/// A request ends a wait, whether it comes before, while or after the thread
/// lies down. (Otherwise: a deadlock.)
pub fn request_ends_wait() {
    let gil = gil();
    let me = seat(1);
    gil.acquire(&me, Arrival::Cpu, &mut awake()).unwrap();
    let sender = {
        let (gil, me) = (gil.clone(), me.clone());
        thread::spawn(move || {
            gil.post(&me, BIT);
        })
    };
    assert_eq!(gil.wait(&me, NEVER, false, &mut awake()), Ok(Outcome::Interrupted));
    assert_ne!(me.pending.load(Ordering::Acquire) & BIT, 0);
    gil.release();
    sender.join().unwrap();
}

/// Waking, time-out and request race for one waiter: exactly one wins, and
/// waker and waiter agree on it.
pub fn wake_or_time_out(deadline: u64, kick: bool) {
    let gil = gil();
    let waiter = seat(1);
    let woken = Arc::new(AtomicU32::new(0));
    gil.acquire(&waiter, Arrival::Cpu, &mut awake()).unwrap();
    let waker = {
        let (gil, waiter, woken) = (gil.clone(), waiter.clone(), woken.clone());
        thread::spawn(move || {
            let me = seat(2);
            gil.acquire(&me, Arrival::Cpu, &mut awake()).unwrap();
            if gil.wake(&waiter) {
                woken.store(1, Ordering::Relaxed);
            }
            assert!(!gil.wake(&waiter), "woken twice");
            gil.release();
        })
    };
    let kicker = kick.then(|| {
        let (gil, waiter) = (gil.clone(), waiter.clone());
        thread::spawn(move || {
            gil.post(&waiter, BIT);
        })
    });
    // The waker may have come first only if it gets the lock, so after this.
    let outcome = gil.wait(&waiter, deadline, false, &mut awake()).unwrap();
    match outcome {
        Outcome::Woken => assert_eq!(woken.load(Ordering::Relaxed), 1),
        Outcome::TimedOut => assert_ne!(deadline, NEVER),
        Outcome::Interrupted => assert!(kick),
    }
    gil.release();
    waker.join().unwrap();
    if let Some(kicker) = kicker {
        kicker.join().unwrap();
    }
    assert_eq!(outcome == Outcome::Woken, woken.load(Ordering::Relaxed) == 1);
    assert!(gil.try_acquire() && gil.try_release());
}

/// After finalisation begins nobody gets the lock but the finaliser, however
/// others ask for it; the finaliser always gets it; all others are told.
pub fn finalisation(threads: usize) {
    let gil = gil();
    let over = Arc::new(Guarded::new(false));
    let main = seat(1);
    gil.acquire(&main, Arrival::Cpu, &mut awake()).unwrap();
    let others: Vec<_> = (0..threads)
        .map(|number| {
            let (gil, over) = (gil.clone(), over.clone());
            thread::spawn(move || {
                let me = seat(number + 2);
                let run = || -> Result<(), Denied> {
                    gil.acquire(&me, if number % 2 == 0 { Arrival::Io } else { Arrival::Cpu }, &mut awake())?;
                    over.change(|over| assert!(!*over));
                    if number % 3 == 0 {
                        gil.hand_over(&me, Arrival::Cpu, &mut awake())?;
                    } else {
                        let _ = gil.wait(&me, 1, true, &mut awake())?;
                    }
                    over.change(|over| assert!(!*over));
                    gil.release();
                    Ok(())
                };
                let _ = run();
            })
        })
        .collect();
    gil.release();
    gil.acquire(&main, Arrival::Io, &mut awake()).unwrap();
    gil.begin_finalize(&main);
    over.change(|over| *over = true);
    gil.release();
    gil.acquire(&main, Arrival::Io, &mut awake()).unwrap();
    assert_eq!(gil.hand_over(&main, Arrival::Cpu, &mut awake()), Ok(false));
    for other in others {
        other.join().unwrap();
    }
    assert!(gil.is_final());
    assert_eq!(gil.breaker().load(Ordering::Relaxed), 0);
}

/// A thread that still waits for an event when finalisation begins is told so
/// by whoever wakes it, and does not get the lock.
pub fn woken_too_late() {
    let gil = gil();
    let queue = Arc::new(Guarded::new(None));
    let main = seat(1);
    let waiter = {
        let (gil, queue) = (gil.clone(), queue.clone());
        thread::spawn(move || {
            let me = seat(2);
            if gil.acquire(&me, Arrival::Cpu, &mut awake()).is_ok() {
                queue.change(|queue| *queue = Some(me.clone()));
                assert_eq!(gil.wait(&me, NEVER, false, &mut awake()), Err(Denied));
            }
        })
    };
    gil.acquire(&main, Arrival::Cpu, &mut awake()).unwrap();
    gil.begin_finalize(&main);
    if let Some(seat) = queue.change(|queue| queue.take()) {
        assert!(gil.wake(&seat));
    }
    gil.release();
    gil.acquire(&main, Arrival::Cpu, &mut awake()).unwrap();
    waiter.join().unwrap();
}

/// Watches another policy: who came, and who was served before whom.
#[derive(Default)]
struct Watched {
    inner: Free,
    line: Arc<Mutex<[Vec<u64>; 2]>>,
    streak: u32,
}

impl Policy for Watched {
    fn reserve(&mut self, threads: usize) {
        self.inner.reserve(threads);
    }

    fn arrive(&mut self, seat: Arc<Seat>, arrival: Arrival) {
        let mut line = self.line.lock().unwrap();
        match arrival {
            Arrival::Io => line[0].push(seat.id),
            Arrival::Cpu => line[1].push(seat.id),
            Arrival::Woken => unreachable!("nobody is woken here"),
            Arrival::Interrupted => line[1].insert(0, seat.id),
        }
        self.inner.arrive(seat, arrival);
    }

    fn next(&mut self) -> Option<Arc<Seat>> {
        let mut line = self.line.lock().unwrap();
        let cpu_waits = !line[1].is_empty();
        let next = self.inner.next();
        let Some(seat) = &next else {
            assert!(line.iter().all(Vec::is_empty), "somebody waits and nobody is served");
            return None;
        };
        let class = usize::from(line[0].first() != Some(&seat.id));
        assert_eq!(line[class].first(), Some(&seat.id), "first come first served within a class");
        line[class].remove(0);
        self.streak = if class == 0 && cpu_waits { self.streak + 1 } else { 0 };
        assert!(self.streak <= BYPASS, "a busy thread was passed over too often");
        next
    }

    fn wanted(&self) -> u32 {
        self.inner.wanted()
    }

    fn drain(&mut self, each: &mut dyn FnMut(Arc<Seat>)) {
        self.inner.drain(each);
    }
}

/// First come first served within a class; bounded bypass between classes.
pub fn order(threads: usize, turns: usize) {
    let gil = Arc::new(Gil::new(Box::new(Watched::default())));
    let bodies = (1..=threads).map(|id| {
        let gil = gil.clone();
        Box::new(move || {
            let me = seat(id);
            for _ in 0..turns {
                if id % 3 == 0 {
                    gil.acquire(&me, Arrival::Cpu, &mut awake()).unwrap();
                    let _ = gil.hand_over(&me, Arrival::Interrupted, &mut awake()).unwrap();
                    let _ = gil.hand_over(&me, Arrival::Cpu, &mut awake()).unwrap();
                } else {
                    gil.acquire(&me, Arrival::Io, &mut awake()).unwrap();
                }
                gil.release();
            }
        }) as Box<dyn FnOnce() + Send>
    });
    spawn_all(bodies.collect());
    assert!(gil.try_acquire() && gil.try_release());
}

/// Busy threads, IO threads, waiters with and without deadlines, wakers and
/// requests, all at once.
pub fn everything(threads: usize, turns: usize) {
    let gil = gil();
    let data = Arc::new(Guarded::new(Vec::<Arc<Seat>>::new()));
    let bodies = (1..=threads).map(|id| {
        let (gil, data) = (gil.clone(), data.clone());
        Box::new(move || {
            let me = seat(id);
            gil.acquire(&me, Arrival::Cpu, &mut awake()).unwrap();
            for turn in 0..turns {
                match (id + turn) % 4 {
                    0 => drop(gil.hand_over(&me, Arrival::Cpu, &mut awake()).unwrap()),
                    1 => {
                        gil.release();
                        gil.acquire(&me, Arrival::Io, &mut awake()).unwrap();
                    }
                    2 => {
                        data.change(|queue| queue.push(me.clone()));
                        if gil.wait(&me, 1, false, &mut awake()).unwrap() != Outcome::Woken {
                            data.change(|queue| queue.retain(|seat| !Arc::ptr_eq(seat, &me)));
                        }
                        gil.retract(&me, BIT, std::iter::empty());
                    }
                    _ => {
                        let (first, rest) = data.change(|queue| {
                            let first = (!queue.is_empty()).then(|| queue.remove(0));
                            (first, queue.clone())
                        });
                        first.map(|seat| gil.wake(&seat));
                        rest.first().map(|seat| gil.post(seat, BIT));
                    }
                }
                data.change(|_| ());
            }
            gil.release();
        }) as Box<dyn FnOnce() + Send>
    });
    spawn_all(bodies.collect());
    assert!(gil.try_acquire() && gil.try_release());
    assert_eq!(gil.breaker().load(Ordering::Relaxed) & WAITERS, 0);
}
