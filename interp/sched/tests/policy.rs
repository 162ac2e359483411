//! The order in which the free policy serves those who wait for the lock.

use lockstep_sched::{Arrival, Free, Policy, Seat};
use std::sync::Arc;

fn seat(id: u64) -> Arc<Seat> {
    Arc::new(Seat::new(id))
}

fn served(policy: &mut Free, turns: usize) -> Vec<u64> {
    (0..turns).filter_map(|_| policy.next()).map(|seat| seat.id).collect()
}

#[test]
fn woken_in_one_turn_run_in_the_order_of_their_waking() {
    let mut policy = Free::default();
    for id in 1..=3 {
        policy.arrive(seat(id), Arrival::Woken);
    }
    assert_eq!(served(&mut policy, 4), [1, 2, 3]);
}

#[test]
fn the_latest_batch_goes_first() {
    let mut policy = Free::default();
    for id in 1..=3 {
        policy.arrive(seat(id), Arrival::Woken);
    }
    assert_eq!(served(&mut policy, 1), [1]);
    policy.arrive(seat(4), Arrival::Woken);
    policy.arrive(seat(5), Arrival::Woken);
    policy.arrive(seat(6), Arrival::Cpu);
    assert_eq!(served(&mut policy, 9), [4, 5, 2, 3, 6]);
}

#[test]
fn two_that_wake_each_other_keep_nobody_waiting() {
    let mut policy = Free::default();
    policy.arrive(seat(10), Arrival::Woken);
    policy.arrive(seat(11), Arrival::Woken);
    policy.next().unwrap();
    policy.arrive(seat(20), Arrival::Cpu);
    policy.arrive(seat(21), Arrival::Cpu);
    policy.arrive(seat(1), Arrival::Woken);
    let mut others = Vec::new();
    // Each of the others comes when the latest have had eight turns.
    for _ in 0..4 * (8 + 1) {
        match policy.next().unwrap().id {
            id @ 1..=2 => policy.arrive(seat(3 - id), Arrival::Woken),
            id => others.push(id),
        }
    }
    assert_eq!(others, [11, 20, 21]);
}
