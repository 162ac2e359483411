//! Text as a sequence: joining, repeating, subscripts, bounds of a search.

use std::ops::Range;

use lockstep_heap::{Ref, Value};
use lockstep_text::{methods, wtf8};

use super::{Str, index};
use crate::object::raise::{index_error, memory_error, overflow_error, type_error};
use crate::object::{Exc, Py, Result, Special};
use crate::types::list::List;
use crate::types::slice::{self, Slice};
use crate::types::tuple::Tuple;

/// `a + b`
#[inline]
pub fn concat(py: &mut Py, a: &Ref<Str>, b: &Ref<Str>) -> Result<Value> {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    if y.is_empty() && py.is_exact::<Str>(a.as_value()) {
        return Ok(a.to_value());
    }
    if x.is_empty() && py.is_exact::<Str>(b.as_value()) {
        return Ok(b.to_value());
    }
    let size = x.len() + y.len();
    py.room(size)?;
    Ok(py.make_str_of(size, a.len() + b.len(), [x, y].into_iter()).into_value())
}

/// `a + b` where `a` is given up: appended in place if nobody else has it.
#[inline]
pub fn append(py: &mut Py, a: Ref<Str>, b: &Ref<Str>) -> Result<Value> {
    if !py.is_exact::<Str>(a.as_value()) || a.is_empty() {
        return concat(py, &a, b);
    }
    py.room(a.as_bytes().len() + b.as_bytes().len())?;
    match py.extend_str(a, b) {
        Ok(longer) => Ok(longer.into_value()),
        Err(a) => concat(py, &a, b),
    }
}

/// `s * n`
pub fn repeat(py: &mut Py, s: &Ref<Str>, n: isize) -> Result<Value> {
    let bytes = s.as_bytes();
    if n <= 0 || bytes.is_empty() {
        return Ok(py.empty_str().into_value());
    }
    let n = n as usize;
    if n == 1 && py.is_exact::<Str>(s.as_value()) {
        return Ok(s.to_value());
    }
    let Some(chars) = s.len().checked_mul(n).filter(|c| *c <= isize::MAX as usize) else {
        return Err(overflow_error("repeated string is too long"));
    };
    let Some(size) = bytes.len().checked_mul(n).filter(|c| *c <= isize::MAX as usize) else { return Err(memory_error()) };
    py.room(size)?;
    let out = py.make_str_with(size, chars, |room| fill_repeated(room, bytes));
    Ok(out.into_value())
}

/// Fill `room` with copies of `unit`, doubling what is there.
pub fn fill_repeated(room: &mut [u8], unit: &[u8]) {
    if let [byte] = unit {
        room.fill(*byte);
        return;
    }
    let mut done = unit.len().min(room.len());
    room[..done].copy_from_slice(&unit[..done]);
    while done < room.len() {
        let more = done.min(room.len() - done);
        room.copy_within(..more, done);
        done += more;
    }
}

/// Whether a foreign right operand has a reflected method that may know what to do; the builtin
/// numbers and sequences have one, but not for texts.
pub fn may_take(py: &Py, operand: &Value, reflected: Special) -> bool {
    let number =
        crate::types::int::is_int(operand) || operand.as_float().is_some() || operand.is_a::<crate::types::complex::Complex>();
    let sequence = operand.is_a::<Str>()
        || operand.is_a::<crate::types::bytes::Bytes>()
        || operand.is_a::<crate::types::bytearray::ByteArray>()
        || operand.is_a::<List>()
        || operand.is_a::<Tuple>();
    !number && !sequence && py.special(operand, reflected).is_some()
}

/// `s[n]`
pub fn char_at(py: &mut Py, s: &Ref<Str>, n: i64) -> Result<Value> {
    let len = s.len() as i64;
    let n = if n < 0 { n + len } else { n };
    if n < 0 || n >= len {
        return Err(index_error("string index out of range"));
    }
    if s.is_ascii() {
        return Ok(py.char(u32::from(s.as_bytes()[n as usize])).into_value());
    }
    let at = index::offset_of(py, s, n as usize);
    let c = wtf8::decode_at(s.as_bytes(), at).map_or(0xFFFD, |(c, _)| c);
    Ok(py.char(c).into_value())
}

/// `count` characters from character `first` on.
pub fn substring(py: &mut Py, s: &Ref<Str>, first: usize, count: usize) -> Value {
    if count == s.len() && py.is_exact::<Str>(s.as_value()) {
        return s.to_value();
    }
    if count == 0 {
        return py.empty_str().into_value();
    }
    if s.is_ascii() {
        return py.new_ascii(&s.as_bytes()[first..first + count]).into_value();
    }
    let range = index::byte_range(py, s, first, first + count);
    let bytes = &s.as_bytes()[range];
    if bytes.len() == count { py.new_ascii(bytes).into_value() } else { py.make_str(bytes, count).into_value() }
}

/// `s[key]`
pub(super) fn subscript(py: &mut Py, s: &Ref<Str>, key: &Value) -> Result<Value> {
    if let Some(n) = key.as_small_int() {
        return char_at(py, s, n);
    }
    if let Some(bounds) = key.downcast::<Slice>() {
        let (first, step, count) = bounds.apply(py, s.len())?;
        if step == 1 || count <= 1 {
            return Ok(substring(py, s, first, count));
        }
        let bytes = wtf8::slice_step(s.as_bytes(), s.is_ascii(), first, step, count);
        return Ok(index::piece(py, s.is_ascii(), &bytes));
    }
    if !crate::types::int::is_int(key) && py.special(key, Special::Index).is_none() {
        return Err(type_error(format!("string indices must be integers, not '{}'", py.type_name(key))));
    }
    let n = py.index(key)?;
    match n.as_small_int() {
        Some(n) => char_at(py, s, n),
        None => Err(index_error(format!("cannot fit '{}' into an index-sized integer", py.type_name(key)))),
    }
}

/// The range that optional bounds of a search mean: `(bytes, first character)`; none if it is
/// empty because it begins behind its end.
pub(super) fn search_range(py: &mut Py, s: &Ref<Str>, start: &Value, end: &Value) -> Result<Option<(Range<usize>, usize)>> {
    if start.is_none() && end.is_none() {
        return Ok(Some((0..s.as_bytes().len(), 0)));
    }
    match clip(py, start, end, s.len())? {
        Some(range) => Ok(Some((index::byte_range(py, s, range.start, range.end), range.start))),
        None => Ok(None),
    }
}

/// Bounds of a search in `len` elements.
pub fn clip(py: &mut Py, start: &Value, end: &Value, len: usize) -> Result<Option<Range<usize>>> {
    let (start, end, _) = slice::unpack(py, start, end, &Value::NONE)?;
    let len = len as isize;
    let end = end.map_or(len, |e| if e < 0 { e.saturating_add(len).max(0) } else { e.min(len) });
    let start = start.map_or(0, |s| if s < 0 { s.saturating_add(len).max(0) } else { s });
    Ok((start <= end).then_some(start as usize..end as usize))
}

/// `find` and its kin: the character number of the first or last match.
pub(super) fn find(py: &mut Py, s: &Ref<Str>, sub: &Ref<Str>, start: &Value, end: &Value, last: bool) -> Result<Option<usize>> {
    let Some((range, first)) = search_range(py, s, start, end)? else { return Ok(None) };
    let from = range.start;
    let found = {
        let text = &s.as_bytes()[range];
        if last { methods::search::rfind(text, sub.as_bytes()) } else { methods::search::find(text, sub.as_bytes()) }
    };
    Ok(match found {
        Some(at) if s.is_ascii() => Some(from + at),
        // Near the start of the range it is cheaper to count from there.
        Some(at) if at < 4096 => Some(first + wtf8::count(&s.as_bytes()[from..from + at])),
        Some(at) => Some(index::number_of(py, s, from + at)),
        None => None,
    })
}

/// `separator.join(iterable)`
pub fn join(py: &mut Py, separator: &Ref<Str>, iterable: &Value) -> Result<Value> {
    let items: Ref<Tuple>;
    if let Some(list) = iterable.downcast::<List>()
        && py.is_exact::<List>(iterable)
    {
        return join_items(py, separator, &list.get(py).items);
    }
    if let Some(tuple) = iterable.downcast::<Tuple>() {
        items = tuple.clone();
    } else {
        if py.special(iterable, Special::Iter).is_none() && py.special(iterable, Special::GetItem).is_none() {
            return Err(type_error("can only join an iterable"));
        }
        let all = py.collect(iterable)?;
        items = py.new_tuple(all);
    }
    join_items(py, separator, items.slice())
}

fn join_items(py: &Py, separator: &Ref<Str>, items: &[Value]) -> Result<Value> {
    match items {
        [] => return Ok(py.empty_str().into_value()),
        [one] if py.is_exact::<Str>(one) => return Ok(one.clone()),
        _ => {}
    }
    let gaps = items.len() - 1;
    let too_long = || crate::object::Raised::new(Exc::OverflowError, "join() result is too long for a Python string");
    let sep = separator.as_bytes();
    let mut size = sep.len().checked_mul(gaps).ok_or_else(too_long)?;
    let mut chars = separator.len() * gaps;
    for (k, item) in items.iter().enumerate() {
        let Some(s) = item.downcast::<Str>() else {
            return Err(type_error(format!("sequence item {k}: expected str instance, {} found", py.type_name(item))));
        };
        size = size.checked_add(s.as_bytes().len()).ok_or_else(too_long)?;
        chars += s.len();
    }
    py.room(size)?;
    if size == 1 || size == 0 {
        // Shared objects: built the long way.
        let mut bytes = Vec::with_capacity(1);
        for (k, s) in items.iter().filter_map(|i| i.downcast::<Str>()).enumerate() {
            if k > 0 {
                bytes.extend_from_slice(sep);
            }
            bytes.extend_from_slice(s.as_bytes());
        }
        return Ok(py.new_str_bytes(&bytes).into_value());
    }
    let texts = items.iter().filter_map(|i| i.downcast::<Str>()).map(|s| s.as_bytes());
    let out = if sep.is_empty() {
        py.make_str_of(size, chars, texts)
    } else {
        // Separator and text by turns, the first text at once.
        let (mut texts, mut next) = (texts, None);
        let mut begun = false;
        let parts = std::iter::from_fn(move || {
            if let Some(text) = next.take() {
                return Some(text);
            }
            let text = texts.next()?;
            if std::mem::replace(&mut begun, true) {
                next = Some(text);
                return Some(sep);
            }
            Some(text)
        });
        py.make_str_of(size, chars, parts)
    };
    Ok(out.into_value())
}
