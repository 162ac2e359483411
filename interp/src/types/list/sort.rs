//! Sorting: stable, linear on runs that are sorted or reversed already, and never led astray by
//! comparisons that contradict themselves or raise.
//!
//! What is sorted are numbers of elements; an error leaves a permutation of the list.

use std::cmp::Ordering;

use lockstep_heap::{Ref, Value};

use super::List;
use crate::object::Py;
use crate::object::compare::quick_eq;
use crate::object::raise::{Result, memory_error, value_error};
use crate::object::special::CompareOp;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// `list.sort(key=key, reverse=reverse)`
pub fn sort(py: &mut Py, list: &Ref<List>, key: &Value, reverse: bool) -> Result<()> {
    // The list is empty while Python code may look at it.
    let mut items = std::mem::take(&mut list.get_mut(py).items);
    let result = sort_items(py, &mut items, key, reverse);
    let meddled = std::mem::replace(&mut list.get_mut(py).items, items);
    result?;
    if meddled.capacity() > 0 {
        return Err(value_error("list modified during sort"));
    }
    Ok(())
}

/// Sort values that nobody else can reach.
pub fn sort_items(py: &mut Py, items: &mut Vec<Value>, key: &Value, reverse: bool) -> Result<()> {
    if items.len() > u32::MAX as usize {
        return Err(memory_error());
    }
    if key.is_none() {
        if items.len() < 2 || sort_plain_ints(items, reverse) {
            return Ok(());
        }
        let (order, result) = order_of(py, items, reverse);
        permute(items, &order);
        return result;
    }
    let mut keys = Vec::new();
    keys.try_reserve_exact(items.len()).map_err(|_| memory_error())?;
    for item in items.iter() {
        keys.push(py.call(key, std::slice::from_ref(item))?);
    }
    let (order, result) = order_of(py, &keys, reverse);
    permute(items, &order);
    // What the ends of the keys do counts as done during the sort.
    drop(keys);
    py.drain_pending();
    result
}

/// Ints alone need no stability: sort their words.
fn sort_plain_ints(items: &mut Vec<Value>, reverse: bool) -> bool {
    if !items.iter().all(|v| v.as_small_int().is_some()) {
        return false;
    }
    items.sort_by_key(|v| v.raw().int());
    if reverse {
        items.reverse();
    }
    true
}

fn permute(items: &mut Vec<Value>, order: &[u32]) {
    if order.windows(2).all(|w| w[0] < w[1]) {
        return;
    }
    let mut slots: Vec<Option<Value>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.iter().filter_map(|i| slots[*i as usize].take()));
}

/// The places of the keys in sorted order.
pub fn order(py: &mut Py, keys: &[Value], reverse: bool) -> Result<Vec<u32>> {
    let (order, result) = order_of(py, keys, reverse);
    result.map(|()| order)
}

/// The places of the keys in sorted order. On an error: some order.
fn order_of(py: &mut Py, keys: &[Value], reverse: bool) -> (Vec<u32>, Result<()>) {
    let n = keys.len() as u32;
    // A descending sort is the ascending one of the reversed sequence, reversed: equal elements
    // keep their order.
    let mut order: Vec<u32> = if reverse { (0..n).rev().collect() } else { (0..n).collect() };
    let result = order_by_kind(py, keys, &mut order);
    if reverse {
        order.reverse();
    }
    (order, result)
}

fn order_by_kind(py: &mut Py, keys: &[Value], order: &mut [u32]) -> Result<()> {
    let Some(first) = keys.first() else { return Ok(()) };
    if first.as_small_int().is_some() && keys.iter().all(|v| v.as_small_int().is_some()) {
        let mut pairs: Vec<(i64, u32)> = order.iter().map(|i| (keys[*i as usize].raw().int(), *i)).collect();
        pairs.sort_by_key(|p| p.0);
        order.iter_mut().zip(pairs).for_each(|(o, p)| *o = p.1);
        return Ok(());
    }
    if first.as_float().is_some() && keys.iter().all(|v| v.as_float().is_some_and(|x| !x.is_nan())) {
        let mut pairs: Vec<(f64, u32)> = order.iter().map(|i| (keys[*i as usize].raw().float(), *i)).collect();
        pairs.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal));
        order.iter_mut().zip(pairs).for_each(|(o, p)| *o = p.1);
        return Ok(());
    }
    if py.is_exact::<Str>(first) && keys.iter().all(|v| py.is_exact::<Str>(v)) {
        // The first eight bytes decide most comparisons.
        let text = |i: u32| keys[i as usize].downcast::<Str>().map_or(&[][..], |s| s.as_bytes());
        let mut pairs: Vec<(u64, u32)> = order.iter().map(|i| (prefix(text(*i)), *i)).collect();
        pairs.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| text(a.1).cmp(text(b.1))));
        order.iter_mut().zip(pairs).for_each(|(o, p)| *o = p.1);
        return Ok(());
    }
    merge_sort(order, &mut |a, b| less(py, &keys[a as usize], &keys[b as usize]))
}

fn prefix(text: &[u8]) -> u64 {
    let mut word = [0; 8];
    let n = text.len().min(8);
    word[..n].copy_from_slice(&text[..n]);
    u64::from_be_bytes(word)
}

/// `a < b`
pub fn less(py: &mut Py, a: &Value, b: &Value) -> Result<bool> {
    py.attend()?;
    match quick_less(py, a, b) {
        Some(answer) => Ok(answer),
        None => py.compare_bool(CompareOp::Lt, a, b),
    }
}

/// `a < b` where no Python code is needed.
fn quick_less(py: &Py, a: &Value, b: &Value) -> Option<bool> {
    if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int()) {
        return Some(x < y);
    }
    if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
        return Some(x < y);
    }
    if py.is_exact::<Str>(a) && py.is_exact::<Str>(b) {
        return Some(a.downcast::<Str>()?.as_bytes() < b.downcast::<Str>()?.as_bytes());
    }
    if py.is_exact::<Tuple>(a) && py.is_exact::<Tuple>(b) {
        let (s, t) = (a.downcast::<Tuple>()?.slice(), b.downcast::<Tuple>()?.slice());
        for (x, y) in s.iter().zip(t) {
            // Nested tuples are left to the slow way, which minds the depth.
            if !x.is(y) && (x.is_a::<Tuple>() || !quick_eq(py, x, y)?) {
                return if x.is_a::<Tuple>() { None } else { quick_less(py, x, y) };
            }
        }
        return Some(s.len() < t.len());
    }
    None
}

/// Tells whether the first element is less than the second one.
pub type Less<'a> = dyn FnMut(u32, u32) -> Result<bool> + 'a;

/// Runs shorter than this are made longer by insertion.
const SHORT: usize = 24;

/// Natural merge sort of numbers whose order `less` tells; merges balance as powersort does.
pub fn merge_sort(v: &mut [u32], less: &mut Less<'_>) -> Result<()> {
    let len = v.len();
    // Runs on the stack: start, length, and the depth of the border before it.
    let mut runs: Vec<(usize, usize, u32)> = Vec::new();
    let mut buffer = Vec::new();
    let mut at = 0;
    while at < len {
        let mut run = natural_run(&mut v[at..], less)?;
        if run < SHORT && at + run < len {
            let wanted = SHORT.min(len - at);
            insert_sort(&mut v[at..at + wanted], run, less)?;
            run = wanted;
        }
        let depth = match runs.last() {
            Some((start, length, _)) => border_depth(*start, *length, run, len),
            None => 0,
        };
        while let [.., (start, length, _), (_, top, top_depth)] = runs[..]
            && top_depth > depth
        {
            merge(&mut v[start..start + length + top], length, &mut buffer, less)?;
            runs.pop();
            if let Some(last) = runs.last_mut() {
                last.1 = length + top;
            }
        }
        runs.push((at, run, depth));
        at += run;
    }
    while let [.., (start, length, _), (_, top, _)] = runs[..] {
        merge(&mut v[start..start + length + top], length, &mut buffer, less)?;
        runs.pop();
        if let Some(last) = runs.last_mut() {
            last.1 = length + top;
        }
    }
    Ok(())
}

/// The depth in a perfectly balanced tree over `len` elements of the border between two runs.
fn border_depth(start: usize, first: usize, second: usize, len: usize) -> u32 {
    // Twice the middles of the runs, as fractions of twice the length, in 62 bits.
    let fraction = |middle: usize| ((middle as u128) << 62) / (2 * len as u128);
    let left = fraction(2 * start + first) as u64;
    let right = fraction(2 * (start + first) + second) as u64;
    (left ^ right).leading_zeros()
}

/// The length of the run at the beginning; a strictly descending one is reversed.
fn natural_run(v: &mut [u32], less: &mut Less<'_>) -> Result<usize> {
    if v.len() < 2 {
        return Ok(v.len());
    }
    let mut n = 2;
    if less(v[1], v[0])? {
        while n < v.len() && less(v[n], v[n - 1])? {
            n += 1;
        }
        v[..n].reverse();
    } else {
        while n < v.len() && !less(v[n], v[n - 1])? {
            n += 1;
        }
    }
    Ok(n)
}

/// Insert the elements behind the first `sorted` ones into them.
fn insert_sort(v: &mut [u32], sorted: usize, less: &mut Less<'_>) -> Result<()> {
    for at in sorted..v.len() {
        let x = v[at];
        let (mut low, mut high) = (0, at);
        while low < high {
            let middle = usize::midpoint(low, high);
            if less(x, v[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        v.copy_within(low..at, low + 1);
        v[low] = x;
    }
    Ok(())
}

/// How many elements of `v` lie before `x`: those less than it, and with `ties` those equal to it.
/// Looks near the beginning first.
fn gallop(v: &[u32], x: u32, ties: bool, less: &mut Less<'_>) -> Result<usize> {
    let mut before = |i: usize| if ties { less(x, v[i]).map(|b| !b) } else { less(v[i], x) };
    let (mut low, mut step) = (0, 1);
    let mut high = v.len();
    while low < v.len() {
        let probe = (low + step - 1).min(v.len() - 1);
        if before(probe)? {
            low = probe + 1;
            step *= 2;
        } else {
            high = probe;
            break;
        }
    }
    while low < high {
        let middle = usize::midpoint(low, high);
        if before(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// Wins in a row after which a merge looks ahead in leaps.
const STREAK: usize = 7;

/// Merge the sorted `v[..middle]` and `v[middle..]`.
fn merge(v: &mut [u32], middle: usize, buffer: &mut Vec<u32>, less: &mut Less<'_>) -> Result<()> {
    // What is in its place already stays there.
    let skip = gallop(&v[..middle], v[middle], true, less)?;
    if skip == middle {
        return Ok(());
    }
    buffer.clear();
    buffer.extend_from_slice(&v[skip..middle]);
    // The gap between `out` and `right` always has room for what is left in the buffer.
    let (mut left, mut right, mut out) = (0, middle, skip);
    let (mut lefts, mut rights) = (0, 0);
    let mut result = Ok(());
    while left < buffer.len() && right < v.len() {
        match less(v[right], buffer[left]) {
            Ok(true) => {
                v[out] = v[right];
                right += 1;
                out += 1;
                rights += 1;
                lefts = 0;
            }
            Ok(false) => {
                v[out] = buffer[left];
                left += 1;
                out += 1;
                lefts += 1;
                rights = 0;
            }
            Err(e) => {
                result = Err(e);
                break;
            }
        }
        if rights >= STREAK && left < buffer.len() {
            match gallop(&v[right..], buffer[left], false, less) {
                Ok(n) => {
                    v.copy_within(right..right + n, out);
                    right += n;
                    out += n;
                }
                Err(e) => {
                    result = Err(e);
                    break;
                }
            }
            rights = 0;
        } else if lefts >= STREAK && right < v.len() {
            match gallop(&buffer[left..], v[right], true, less) {
                Ok(n) => {
                    v[out..out + n].copy_from_slice(&buffer[left..left + n]);
                    left += n;
                    out += n;
                }
                Err(e) => {
                    result = Err(e);
                    break;
                }
            }
            lefts = 0;
        }
    }
    let rest = buffer.len() - left;
    v[out..out + rest].copy_from_slice(&buffer[left..]);
    result
}
