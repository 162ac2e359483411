//! Writing values: tuples, lists, dicts and sets.

use lockstep_interp::object::raise::{Result, runtime_error};
use lockstep_interp::types::dict::Dict;
use lockstep_interp::types::list::List;
use lockstep_interp::types::set::Set;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Exc, Py, Raised, Ref, Value};

use super::pickler::Pickler;
use super::save::{deeper, get_place, memoize, put, save};
use super::{op, pickling_error, reduce};
use crate::notes::{class_name, noted};

/// Items per instruction that extends a container.
const BATCH: usize = 1000;

/// The error of an item, with a note of its place.
#[cold]
pub fn at_item(py: &mut Py, error: Raised, whole: &Value, place: &str) -> Raised {
    if error.is(Exc::RecursionError) {
        return error;
    }
    let note = format!("when serializing {} {place}", class_name(py, whole));
    noted(py, error, &note)
}

/// Write an exact tuple.
pub fn tuple(py: &mut Py, p: &Ref<Pickler>, t: &Ref<Tuple>) -> Result<()> {
    let items = t.slice();
    let proto = p.get(py).proto;
    if items.is_empty() {
        put(py, p, if proto > 0 { &[op::EMPTY_TUPLE] } else { &[op::MARK, op::TUPLE] });
        return Ok(());
    }
    deeper(py)?;
    let short = items.len() <= 3 && proto >= 2;
    if !short {
        put(py, p, &[op::MARK]);
    }
    for (i, item) in items.iter().enumerate() {
        if let Err(e) = save(py, p, item) {
            return Err(at_item(py, e, t.as_value(), &format!("item {i}")));
        }
    }
    // The tuple may have been written by its own items: then what they left is thrown away.
    if let Some(place) = p.get(py).memo.find(t.as_value()) {
        if short {
            put(py, p, &[op::POP; 3][..items.len()]);
        } else if proto > 0 {
            put(py, p, &[op::POP_MARK]);
        } else {
            let pops = vec![op::POP; items.len() + 1];
            put(py, p, &pops);
        }
        get_place(py, p, place);
        return Ok(());
    }
    let op = match (short, items.len()) {
        (false, _) => op::TUPLE,
        (_, 1) => op::TUPLE1,
        (_, 2) => op::TUPLE2,
        _ => op::TUPLE3,
    };
    put(py, p, &[op]);
    memoize(py, p, t.as_value());
    Ok(())
}

fn item(py: &mut Py, p: &Ref<Pickler>, whole: &Value, item: &Value, at: usize) -> Result<()> {
    match save(py, p, item) {
        Ok(()) => Ok(()),
        Err(e) => Err(at_item(py, e, whole, &format!("item {at}"))),
    }
}

/// Write an exact list.
pub fn list(py: &mut Py, p: &Ref<Pickler>, l: &Ref<List>) -> Result<()> {
    let proto = p.get(py).proto;
    put(py, p, if proto > 0 { &[op::EMPTY_LIST] } else { &[op::MARK, op::LIST] });
    memoize(py, p, l.as_value());
    let mut at = 0;
    if proto == 0 {
        while let Some(x) = l.get(py).items.get(at).cloned() {
            item(py, p, l.as_value(), &x, at)?;
            put(py, p, &[op::APPEND]);
            at += 1;
        }
        return Ok(());
    }
    if l.get(py).items.len() == 1 {
        if let Some(x) = l.get(py).items.first().cloned() {
            item(py, p, l.as_value(), &x, 0)?;
        }
        put(py, p, &[op::APPEND]);
        return Ok(());
    }
    while at < l.get(py).items.len() {
        put(py, p, &[op::MARK]);
        let end = at + BATCH;
        while at < end
            && let Some(x) = l.get(py).items.get(at).cloned()
        {
            item(py, p, l.as_value(), &x, at)?;
            at += 1;
        }
        put(py, p, &[op::APPENDS]);
    }
    Ok(())
}

/// Write the items that an iterator gives, to be appended to `whole`.
pub fn appended(py: &mut Py, p: &Ref<Pickler>, items: &Value, whole: &Value) -> Result<()> {
    let mut at = 0;
    if p.get(py).proto == 0 {
        while let Some(x) = py.next(items)? {
            item(py, p, whole, &x, at)?;
            put(py, p, &[op::APPEND]);
            at += 1;
        }
        return Ok(());
    }
    loop {
        let Some(first) = py.next(items)? else { return Ok(()) };
        let Some(mut next) = py.next(items)? else {
            item(py, p, whole, &first, at)?;
            put(py, p, &[op::APPEND]);
            return Ok(());
        };
        put(py, p, &[op::MARK]);
        item(py, p, whole, &first, at)?;
        at += 1;
        let mut count = 1;
        loop {
            item(py, p, whole, &next, at)?;
            at += 1;
            count += 1;
            if count == BATCH {
                break;
            }
            match py.next(items)? {
                Some(x) => next = x,
                None => {
                    put(py, p, &[op::APPENDS]);
                    return Ok(());
                }
            }
        }
        put(py, p, &[op::APPENDS]);
    }
}

fn pair(py: &mut Py, p: &Ref<Pickler>, whole: &Value, key: &Value, value: &Value) -> Result<()> {
    save(py, p, key)?;
    if let Err(e) = save(py, p, value) {
        let place = if e.is(Exc::RecursionError) { String::new() } else { format!("item {}", py.repr_lossy(key)) };
        return Err(at_item(py, e, whole, &place));
    }
    Ok(())
}

/// Write an exact dict.
pub fn dict(py: &mut Py, p: &Ref<Pickler>, d: &Ref<Dict>) -> Result<()> {
    let proto = p.get(py).proto;
    put(py, p, if proto > 0 { &[op::EMPTY_DICT] } else { &[op::MARK, op::DICT] });
    memoize(py, p, d.as_value());
    let len = d.get(py).len();
    let mut place = 0;
    let mut next = |py: &mut Py| -> Result<bool> {
        loop {
            if d.get(py).len() != len {
                return Err(runtime_error("dictionary changed size during iteration"));
            }
            if place >= d.get(py).places() {
                return Ok(false);
            }
            let found = d.get(py).entry(place).map(|e| (e.key.clone(), e.value.clone()));
            place += 1;
            if let Some((key, value)) = found {
                pair(py, p, d.as_value(), &key, &value)?;
                return Ok(true);
            }
        }
    };
    if proto == 0 || len == 1 {
        while next(py)? {
            put(py, p, &[op::SETITEM]);
        }
        return Ok(());
    }
    let mut left = len;
    while left > 0 {
        put(py, p, &[op::MARK]);
        let mut count = 0;
        while count < BATCH && next(py)? {
            count += 1;
        }
        put(py, p, &[op::SETITEMS]);
        if count < BATCH {
            break;
        }
        left -= count.min(left);
    }
    Ok(())
}

/// Write the pairs that an iterator gives, to be put into `whole`.
pub fn assigned(py: &mut Py, p: &Ref<Pickler>, items: &Value, whole: &Value) -> Result<()> {
    let one = |py: &mut Py, item: &Value| -> Result<()> {
        match item.downcast::<Tuple>().map(|t| t.slice()) {
            Some([key, value]) => pair(py, p, whole, key, value),
            _ => Err(pickling_error(py, "dict items iterator must return 2-tuples")),
        }
    };
    if p.get(py).proto == 0 {
        while let Some(x) = py.next(items)? {
            one(py, &x)?;
            put(py, p, &[op::SETITEM]);
        }
        return Ok(());
    }
    loop {
        let Some(first) = py.next(items)? else { return Ok(()) };
        let Some(mut next) = py.next(items)? else {
            one(py, &first)?;
            put(py, p, &[op::SETITEM]);
            return Ok(());
        };
        put(py, p, &[op::MARK]);
        one(py, &first)?;
        let mut count = 1;
        loop {
            one(py, &next)?;
            count += 1;
            if count == BATCH {
                break;
            }
            match py.next(items)? {
                Some(x) => next = x,
                None => {
                    put(py, p, &[op::SETITEMS]);
                    return Ok(());
                }
            }
        }
        put(py, p, &[op::SETITEMS]);
    }
}

/// The items of a set as a list, for protocols that know no sets.
fn as_list(py: &mut Py, p: &Ref<Pickler>, s: &Ref<Set>) -> Result<()> {
    let class = py.type_of(s.as_value()).into_value();
    let items = py.collect(s.as_value())?;
    let items = py.list(items);
    reduce::call(py, p, &class, &[items], s.as_value())
}

fn element(py: &mut Py, p: &Ref<Pickler>, s: &Ref<Set>, item: &Value) -> Result<()> {
    match save(py, p, item) {
        Ok(()) => Ok(()),
        Err(e) => Err(at_item(py, e, s.as_value(), "element")),
    }
}

/// Write an exact set.
pub fn set(py: &mut Py, p: &Ref<Pickler>, s: &Ref<Set>) -> Result<()> {
    deeper(py)?;
    if p.get(py).proto < 4 {
        return as_list(py, p, s);
    }
    put(py, p, &[op::EMPTY_SET]);
    memoize(py, p, s.as_value());
    let items = py.collect(s.as_value())?;
    if items.is_empty() {
        return Ok(());
    }
    let mut rest = items.as_slice();
    loop {
        put(py, p, &[op::MARK]);
        let (batch, after) = rest.split_at(rest.len().min(BATCH));
        for item in batch {
            element(py, p, s, item)?;
            if s.get(py).table.len() != items.len() {
                return Err(runtime_error("set changed size during iteration"));
            }
        }
        put(py, p, &[op::ADDITEMS]);
        if batch.len() < BATCH {
            return Ok(());
        }
        rest = after;
    }
}

/// Write an exact frozenset.
pub fn frozenset(py: &mut Py, p: &Ref<Pickler>, s: &Ref<Set>) -> Result<()> {
    deeper(py)?;
    if p.get(py).proto < 4 {
        return as_list(py, p, s);
    }
    put(py, p, &[op::MARK]);
    for item in py.collect(s.as_value())? {
        element(py, p, s, &item)?;
    }
    // Its own items may have written it: then what they left is thrown away.
    if let Some(place) = p.get(py).memo.find(s.as_value()) {
        put(py, p, &[op::POP_MARK]);
        get_place(py, p, place);
        return Ok(());
    }
    put(py, p, &[op::FROZENSET]);
    memoize(py, p, s.as_value());
    Ok(())
}
