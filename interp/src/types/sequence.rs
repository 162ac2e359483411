//! What lists, tuples and the other containers share: indices, comparison, text.

use lockstep_heap::{Ref, Value};

use crate::object::compare::quick_eq;
use crate::object::raise::{Exc, Raised, Result, index_error, memory_error, type_error};
use crate::object::special::CompareOp;
use crate::object::{Py, Special};
use crate::types::int::BigInt;
use crate::types::list::List;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// An argument of type int that must fit into a word; `IndexError` if it does not.
pub fn index_sized(py: &mut Py, value: &Value) -> Result<isize> {
    sized(py, value, Exc::IndexError)
}

/// An argument of type int that must fit into a word; `OverflowError` if it does not.
pub fn count_sized(py: &mut Py, value: &Value) -> Result<isize> {
    sized(py, value, Exc::OverflowError)
}

fn sized(py: &mut Py, value: &Value, error: Exc) -> Result<isize> {
    if let Some(n) = value.as_small_int() {
        return Ok(n as isize);
    }
    let n = py.index(value)?;
    match crate::types::int::as_i64(&n) {
        Some(n) => Ok(n as isize),
        None => Err(Raised::new(error, format!("cannot fit '{}' into an index-sized integer", py.type_name(value)))),
    }
}

/// Whether a subscript is a single index rather than a slice or nonsense.
pub fn is_index(py: &Py, key: &Value) -> bool {
    crate::types::int::is_int(key) || py.special(key, Special::Index).is_some()
}

/// A subscript as a place below `len`; none if it is out of range.
pub fn place(py: &mut Py, key: &Value, len: usize) -> Result<Option<usize>> {
    let n = index_sized(py, key)?;
    Ok(within(n, len))
}

/// A possibly negative index as a place below `len`.
pub fn within(n: isize, len: usize) -> Option<usize> {
    let n = if n < 0 { n.checked_add(len as isize)? } else { n };
    (0..len as isize).contains(&n).then_some(n as usize)
}

/// A bound of `index(value, start, stop)`: clamped.
pub fn bound(py: &mut Py, value: &Value, len: usize) -> Result<usize> {
    if !crate::types::int::is_int(value) && py.special(value, Special::Index).is_none() {
        return Err(type_error("slice indices must be integers or have an __index__ method"));
    }
    let n = py.index_clamped(value)?;
    let n = if n < 0 { n.saturating_add(len as isize).max(0) } else { n };
    Ok(n as usize)
}

/// The elements of a slice of a sequence.
pub fn slice_items(items: &[Value], first: usize, step: isize, count: usize) -> Vec<Value> {
    if step == 1 {
        let end = (first + count).min(items.len());
        return items[first.min(end)..end].to_vec();
    }
    let mut at = first as isize;
    let mut out = Vec::with_capacity(count);
    for _ in 0..count {
        if let Some(item) = items.get(at as usize) {
            out.push(item.clone());
        }
        at = at.wrapping_add(step);
    }
    out
}

/// Items repeated `n` times.
pub fn repeat(items: &[Value], n: isize) -> Result<Vec<Value>> {
    let n = n.max(0) as usize;
    let mut out = Vec::new();
    repeat_into(&mut out, items, n)?;
    Ok(out)
}

/// Append items `n` times.
pub fn repeat_into(out: &mut Vec<Value>, items: &[Value], n: usize) -> Result<()> {
    let size = items.len().checked_mul(n).filter(|s| *s < isize::MAX as usize / 8).ok_or_else(memory_error)?;
    out.try_reserve_exact(size).map_err(|_| memory_error())?;
    if let [one] = items {
        out.extend(std::iter::repeat_n(one, n).cloned());
    } else {
        for _ in 0..n {
            out.extend_from_slice(items);
        }
    }
    Ok(())
}

/// A list or a tuple, whose elements are read one by one because comparing may change them.
pub trait Elements {
    /// The elements as they are now.
    fn elements<'a>(&'a self, py: &'a Py) -> &'a [Value];
}
impl Elements for Ref<List> {
    #[inline(always)]
    fn elements<'a>(&'a self, py: &'a Py) -> &'a [Value] {
        &self.get(py).items
    }
}
impl Elements for Ref<Tuple> {
    #[inline(always)]
    fn elements<'a>(&'a self, _: &'a Py) -> &'a [Value] {
        self.slice()
    }
}

/// `a OP b` of two sequences of the same kind.
pub fn compare<E: Elements>(py: &mut Py, op: CompareOp, a: &E, b: &E) -> Result<Value> {
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    if equality && a.elements(py).len() != b.elements(py).len() {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    let mut at = 0;
    let (x, y) = loop {
        let (s, t) = (a.elements(py), b.elements(py));
        // As far as it goes without Python code.
        let mut unsure = false;
        while let (Some(x), Some(y)) = (s.get(at), t.get(at)) {
            if !x.is(y) {
                match quick_eq(py, x, y) {
                    Some(true) => {}
                    Some(false) => break,
                    None => {
                        unsure = true;
                        break;
                    }
                }
            }
            at += 1;
        }
        let (Some(x), Some(y)) = (s.get(at).cloned(), t.get(at).cloned()) else {
            return Ok(Value::bool(op.accepts(s.len().cmp(&t.len()))));
        };
        if !unsure {
            break (x, y);
        }
        if !py.eq(&x, &y)? {
            // The comparison may have shortened them.
            let (s, t) = (a.elements(py).len(), b.elements(py).len());
            if at >= s || at >= t {
                return Ok(Value::bool(op.accepts(s.cmp(&t))));
            }
            break (x, y);
        }
        at += 1;
    };
    match op {
        CompareOp::Eq => Ok(Value::FALSE),
        CompareOp::Ne => Ok(Value::TRUE),
        _ => py.compare(op, &x, &y),
    }
}

/// Whether an element is among those of a sequence.
pub fn find<E: Elements>(py: &mut Py, sequence: &E, item: &Value, first: usize, end: usize) -> Result<Option<usize>> {
    let mut at = first;
    loop {
        let items = sequence.elements(py);
        let mut unsure = None;
        while at < end
            && let Some(x) = items.get(at)
        {
            if x.is(item) {
                return Ok(Some(at));
            }
            match quick_eq(py, x, item) {
                Some(true) => return Ok(Some(at)),
                Some(false) => at += 1,
                None => {
                    unsure = Some(x.clone());
                    break;
                }
            }
        }
        let Some(x) = unsure else { return Ok(None) };
        if py.eq(&x, item)? {
            return Ok(Some(at));
        }
        at += 1;
    }
}

/// `count(item)`
pub fn count<E: Elements>(py: &mut Py, sequence: &E, item: &Value) -> Result<i64> {
    let (mut n, mut at) = (0, 0);
    while let Some(found) = find(py, sequence, item, at, usize::MAX)? {
        n += 1;
        at = found + 1;
    }
    Ok(n)
}

/// Append the `repr` of a value to text.
pub fn push_repr(py: &mut Py, out: &mut Vec<u8>, value: &Value) -> Result<()> {
    if let Some(n) = value.as_small_int() {
        lockstep_text::int::push_i64(out, n);
    } else if let Some(s) = value.downcast::<Str>()
        && py.is_exact::<Str>(value)
    {
        lockstep_text::repr::push_repr(out, s.as_bytes());
    } else {
        let text = py.repr(value)?;
        out.extend_from_slice(text.as_bytes());
    }
    Ok(())
}

/// The `repr` of a container: `shown` if it is part of itself.
pub fn guarded_repr(
    py: &mut Py,
    object: &Value,
    shown: &str,
    body: impl FnOnce(&mut Py, &mut Vec<u8>) -> Result<()>,
) -> Result<Value> {
    if !py.repr_enter(object) {
        return Ok(py.str(shown));
    }
    let mut out = Vec::new();
    let result = body(py, &mut out);
    py.repr_leave(object);
    result?;
    Ok(py.new_str_bytes(&out).into_value())
}

/// Append elements separated by commas.
pub fn push_elements<E: Elements>(py: &mut Py, out: &mut Vec<u8>, sequence: &E) -> Result<()> {
    let mut at = 0;
    while let Some(item) = sequence.elements(py).get(at).cloned() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        push_repr(py, out, &item)?;
        at += 1;
    }
    Ok(())
}

impl Py {
    /// Begin the `repr` of a container on this thread; false if it is under way already.
    pub fn repr_enter(&mut self, object: &Value) -> bool {
        let id = object.id();
        if self.strand.shown.contains(&id) {
            return false;
        }
        self.strand.shown.push(id);
        true
    }
    /// End what [`Py::repr_enter`] began.
    pub fn repr_leave(&mut self, object: &Value) {
        let id = object.id();
        if let Some(at) = self.strand.shown.iter().rposition(|s| *s == id) {
            self.strand.shown.swap_remove(at);
        }
    }
}

/// The TypeError of a subscript that is neither an index nor a slice.
#[cold]
pub fn bad_index(py: &Py, what: &str, key: &Value) -> Raised {
    type_error(format!("{what} indices must be integers or slices, not {}", py.type_name(key)))
}

/// An IndexError.
#[cold]
pub fn out_of_range(what: &str) -> Raised {
    index_error(format!("{what} index out of range"))
}

/// Whether a value is an int for the purposes of repetition.
pub fn can_repeat(py: &Py, value: &Value) -> bool {
    value.as_small_int().is_some() || value.is_a::<BigInt>() || py.special(value, Special::Index).is_some()
}
