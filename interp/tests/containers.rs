//! Dicts, lists and sets against models made of Rust's own collections.

use std::collections::BTreeSet;

use lockstep_heap::{Ref, Value};
use lockstep_interp::embed::setup::initialise;
use lockstep_interp::import::NoLibrary;
use lockstep_interp::object::Py;
use lockstep_interp::object::py::{Config, Interp};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::list;
use lockstep_interp::types::set::{self, Set};
use lockstep_sched::ThreadKind;
use proptest::prelude::*;

/// Run with an interpreter of its own.
fn with_py<R>(body: impl FnOnce(&mut Py) -> R) -> R {
    let interp = Interp::new(Config::default(), (1, 2));
    let result = interp.run(ThreadKind::Main, |py| {
        initialise(py, &NoLibrary);
        body(py)
    });
    result.expect("the interpreter is open")
}

#[derive(Clone, Debug)]
enum Op {
    Set(i64, i64),
    Remove(i64),
    PopItem,
    Copy,
    Clear,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        12 => (0..60i64, any::<i32>()).prop_map(|(k, v)| Op::Set(k, i64::from(v))),
        6 => (0..60i64).prop_map(Op::Remove),
        3 => Just(Op::PopItem),
        1 => Just(Op::Copy),
        1 => Just(Op::Clear),
    ];
    prop::collection::vec(op, 0..400)
}

/// Keys of three kinds: ints, texts, and tuples, which compare by content.
fn key(py: &mut Py, n: i64) -> Value {
    match n % 3 {
        0 => py.int(n << 40),
        1 => py.str(&format!("key {n}")),
        _ => {
            let parts = vec![py.int(n), py.str("part")];
            py.tuple(parts)
        }
    }
}

fn check_dict(py: &mut Py, d: &Ref<Dict>, model: &[(i64, i64)]) {
    let found: Vec<Option<i64>> = d.get(py).values().map(|v| v.as_small_int()).collect();
    let wanted: Vec<Option<i64>> = model.iter().map(|(_, v)| Some(*v)).collect();
    assert_eq!(found, wanted, "values in order");
    assert_eq!(d.get(py).len(), model.len());
    for n in 0..60 {
        let key = key(py, n);
        let value = dict::get(py, d, &key).expect("no comparison raises").and_then(|v| v.as_small_int());
        assert_eq!(value, model.iter().find(|(k, _)| *k == n).map(|(_, v)| *v), "key {n}");
    }
}

fn run_dict(py: &mut Py, ops: &[Op]) {
    let mut d = py.new_dict();
    let mut model: Vec<(i64, i64)> = Vec::new();
    for op in ops {
        let version = py.keys_version(&d);
        let keys: Vec<i64> = model.iter().map(|(k, _)| *k).collect();
        match op {
            Op::Set(k, v) => {
                let (key, value) = (key(py, *k), py.int(*v));
                dict::set(py, &d, &key, value).expect("set");
                match model.iter_mut().find(|(known, _)| known == k) {
                    Some(entry) => entry.1 = *v,
                    None => model.push((*k, *v)),
                }
            }
            Op::Remove(k) => {
                let key = key(py, *k);
                let gone = dict::remove(py, &d, &key).expect("remove");
                let at = model.iter().position(|(known, _)| known == k);
                assert_eq!(gone.is_some(), at.is_some());
                if let Some(at) = at {
                    model.remove(at);
                }
            }
            Op::PopItem => {
                let result = py.call_method(d.as_value(), "popitem", &[]);
                assert_eq!(result.is_ok(), model.pop().is_some());
            }
            Op::Copy => {
                let copy = d.get(py).duplicate();
                d = py.make(copy);
            }
            Op::Clear => {
                drop(d.get_mut(py).take_all());
                model.clear();
            }
        }
        let after: Vec<i64> = model.iter().map(|(k, _)| *k).collect();
        if after != keys {
            assert_ne!(d.get(py).keys_version(), version, "{op:?} changed the keys");
        } else if !matches!(op, Op::Copy | Op::Clear) {
            assert_eq!(d.get(py).keys_version(), version, "{op:?} did not change the keys");
        }
    }
    check_dict(py, &d, &model);
}

fn run_set(py: &mut Py, ops: &[Op]) {
    let set = py.make(Set::default());
    let mut model: BTreeSet<i64> = BTreeSet::new();
    for op in ops {
        match op {
            Op::Set(k, _) => {
                let key = key(py, *k);
                set::add(py, &set, &key).expect("add");
                model.insert(*k);
            }
            Op::Remove(k) => {
                let key = key(py, *k);
                assert_eq!(set::discard(py, &set, &key).expect("discard"), model.remove(k));
            }
            Op::PopItem => {
                let popped = set.get_mut(py).table.pop();
                assert_eq!(popped.is_some(), !model.is_empty());
                if let Some(popped) = popped {
                    let keys: Vec<i64> = model.iter().copied().collect();
                    let at = keys.into_iter().find(|n| {
                        let key = key(py, *n);
                        py.eq(&key, &popped).expect("eq")
                    });
                    model.remove(&at.expect("it was in the set"));
                }
            }
            Op::Copy => {}
            Op::Clear => {
                drop(set.get_mut(py).table.take());
                model.clear();
            }
        }
        assert_eq!(set.get(py).table.len(), model.len());
    }
    for n in 0..60 {
        let key = key(py, n);
        assert_eq!(set::contains(py, &set, &key).expect("contains"), model.contains(&n));
    }
}

/// Numbers as values that take the general way of sorting: tuples.
fn tuples(py: &mut Py, numbers: &[i64]) -> Vec<Value> {
    let mut out = Vec::new();
    for n in numbers {
        let parts = vec![py.int(*n), Value::NONE];
        out.push(py.tuple(parts));
    }
    out
}

fn runs() -> impl Strategy<Value = Vec<i64>> {
    // Pieces that ascend, descend or are equal exercise the runs of the merge sort.
    let piece = (0..40i64, 0..80usize, -1..=1i64)
        .prop_map(|(start, len, step)| (0..len as i64).map(|i| start + i * step).collect::<Vec<i64>>());
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// The stable order of numbers.
fn stable(numbers: &[i64], reverse: bool) -> Vec<u32> {
    let mut order: Vec<u32> = (0..numbers.len() as u32).collect();
    if reverse {
        order.sort_by(|a, b| numbers[*b as usize].cmp(&numbers[*a as usize]));
    } else {
        order.sort_by_key(|i| numbers[*i as usize]);
    }
    order
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn dict_is_an_ordered_map(ops in ops()) {
        with_py(|py| run_dict(py, &ops));
    }

    #[test]
    fn set_is_a_set(ops in ops()) {
        with_py(|py| run_set(py, &ops));
    }

    #[test]
    fn sort_is_stable(numbers in runs(), reverse in any::<bool>()) {
        let order = with_py(|py| {
            let keys = tuples(py, &numbers);
            list::sort::order(py, &keys, reverse).expect("tuples of ints compare")
        });
        prop_assert_eq!(order, stable(&numbers, reverse));
    }

    #[test]
    fn sort_by_ints_is_stable(numbers in runs(), reverse in any::<bool>()) {
        let order = with_py(|py| {
            let keys: Vec<Value> = numbers.iter().map(|n| py.int(*n)).collect();
            list::sort::order(py, &keys, reverse).expect("ints compare")
        });
        prop_assert_eq!(order, stable(&numbers, reverse));
    }

    #[test]
    fn contradictory_comparisons_leave_a_permutation(answers in prop::collection::vec(any::<bool>(), 1..500), len in 0..200u32) {
        let mut order: Vec<u32> = (0..len).collect();
        let mut next = answers.iter().cycle();
        list::sort::merge_sort(&mut order, &mut |_, _| Ok(next.next().copied().unwrap_or(false))).expect("no comparison raises");
        order.sort_unstable();
        prop_assert_eq!(order, (0..len).collect::<Vec<_>>());
    }

    #[test]
    fn slices_are_those_of_a_vector(len in 0..30usize, start in -40..40i64, stop in -40..40i64, step in prop_oneof![-7..=-1i64, 1..=7i64]) {
        let found = with_py(|py| {
            let items = (0..len as i64).map(|n| py.int(n)).collect();
            let list = py.list(items);
            let bounds = [py.int(start), py.int(stop), py.int(step)];
            let [a, b, c] = bounds;
            let slice = lockstep_interp::types::slice::make(py, a, b, c);
            let part = py.getitem(&list, &slice).expect("a slice");
            let part = py.collect(&part).expect("a list");
            py.delitem(&list, &slice).expect("deleted");
            let rest = py.collect(&list).expect("a list");
            let plain = |values: Vec<Value>| values.iter().filter_map(Value::as_small_int).collect::<Vec<_>>();
            (plain(part), plain(rest))
        });
        let n = len as i64;
        let clamp = |v: i64, low: i64, high: i64| (if v < 0 { v + n } else { v }).clamp(low, high);
        let mut wanted = Vec::new();
        let (mut at, end) = if step > 0 { (clamp(start, 0, n), clamp(stop, 0, n)) } else { (clamp(start, -1, n - 1), clamp(stop, -1, n - 1)) };
        while (step > 0 && at < end) || (step < 0 && at > end) {
            wanted.push(at);
            at += step;
        }
        let rest: Vec<i64> = (0..n).filter(|i| !wanted.contains(i)).collect();
        prop_assert_eq!(found, (wanted, rest));
    }
}
