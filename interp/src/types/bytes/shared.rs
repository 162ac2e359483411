//! What bytes and bytearray have in common: the work behind their methods.
//!
//! `this` is a bytes or bytearray object; results that are bytes have its type. Arguments are
//! fetched first (that may run Python code), then `this` is read.

use std::ops::Range;

use lockstep_heap::{Ref, Value};
use lockstep_text::methods::split::Flavor;
use lockstep_text::methods::{bytes as letters, search, split, strip};

use crate::object::raise::{Raised, index_error, memory_error, overflow_error, type_error, value_error};
use crate::object::{Py, Result, Special};
use crate::types::buffer::{self, Data};
use crate::types::bytearray::ByteArray;
use crate::types::bytes::Bytes;
use crate::types::list::List;
use crate::types::slice::Slice;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::{int, str as text};

/// The bytes of `this`.
#[inline]
pub fn view<'a>(py: &'a Py, this: &'a Value) -> &'a [u8] {
    if let Some(b) = this.downcast::<Bytes>() {
        return b.slice();
    }
    this.downcast::<ByteArray>().map_or(&[], |a| &a.get(py).data)
}

/// An object of the builtin type of `this` with these bytes.
pub fn make(py: &Py, this: &Value, bytes: &[u8]) -> Value {
    if this.is_a::<Bytes>() { py.bytes(bytes) } else { py.byte_array(bytes.to_vec()) }
}

/// The same from owned bytes.
pub fn make_owned(py: &Py, this: &Value, bytes: Vec<u8>) -> Value {
    if this.is_a::<Bytes>() { py.bytes(&bytes) } else { py.byte_array(bytes) }
}

/// A part of `this`: the object itself if it is all of an exact bytes object.
fn part(py: &Py, this: &Value, bytes: &[u8]) -> Value {
    if bytes.len() == view(py, this).len() && py.is_exact::<Bytes>(this) {
        return this.clone();
    }
    make(py, this, bytes)
}

fn is_index(py: &Py, value: &Value) -> bool {
    int::is_int(value) || py.special(value, Special::Index).is_some()
}

/// A byte given as int.
pub fn byte(py: &mut Py, value: &Value, message: &str) -> Result<u8> {
    let n = py.index(value)?;
    int::as_i64(&n).and_then(|n| u8::try_from(n).ok()).ok_or_else(|| value_error(message))
}

/// What `bytearray` says about an int that is no byte; `bytes` says it in the plural.
pub const BYTE_RANGE: &str = "byte must be in range(0, 256)";

/// What is searched for: a byte or bytes.
fn needle(py: &mut Py, value: &Value) -> Result<Data> {
    if let Some(data) = buffer::data_opt(py, value)? {
        return Ok(data);
    }
    if !is_index(py, value) {
        return Err(type_error(format!("argument should be integer or bytes-like object, not '{}'", py.type_name(value))));
    }
    Ok(Data::Own(vec![byte(py, value, BYTE_RANGE)?]))
}

fn range(py: &mut Py, this: &Value, start: &Value, end: &Value) -> Result<Option<Range<usize>>> {
    let len = view(py, this).len();
    if start.is_none() && end.is_none() {
        return Ok(Some(0..len));
    }
    text::clip(py, start, end, len)
}

fn cut<'a>(bytes: &'a [u8], range: &Range<usize>) -> &'a [u8] {
    bytes.get(range.clone()).unwrap_or(&[])
}

pub fn find(py: &mut Py, this: &Value, sub: &Value, start: &Value, end: &Value, last: bool) -> Result<Option<usize>> {
    let sub = needle(py, sub)?;
    let Some(range) = range(py, this, start, end)? else { return Ok(None) };
    let bytes = view(py, this);
    if range.start > bytes.len() {
        return Ok(None);
    }
    let bytes = cut(bytes, &range);
    let found = if last { search::rfind(bytes, &sub) } else { search::find(bytes, &sub) };
    Ok(found.map(|at| at + range.start))
}

pub fn index(py: &mut Py, this: &Value, sub: &Value, start: &Value, end: &Value, last: bool) -> Result<usize> {
    find(py, this, sub, start, end, last)?.ok_or_else(|| value_error("subsection not found"))
}

pub fn count(py: &mut Py, this: &Value, sub: &Value, start: &Value, end: &Value) -> Result<usize> {
    let sub = needle(py, sub)?;
    let Some(range) = range(py, this, start, end)? else { return Ok(0) };
    let bytes = cut(view(py, this), &range);
    Ok(search::count(bytes, &sub, bytes.len()))
}

pub fn contains(py: &mut Py, this: &Value, key: &Value) -> Result<bool> {
    if is_index(py, key) {
        let byte = byte(py, key, BYTE_RANGE)?;
        return Ok(view(py, this).contains(&byte));
    }
    let sub = buffer::data(py, key)?;
    Ok(search::contains(view(py, this), &sub))
}

pub fn has_affix(py: &mut Py, this: &Value, affix: &Value, bounds: (&Value, &Value), name: &str, ends: bool) -> Result<bool> {
    let range = range(py, this, bounds.0, bounds.1)?;
    let affixes: Vec<Data> = if let Some(tuple) = affix.downcast::<Tuple>() {
        let tuple = tuple.clone();
        tuple.slice().iter().map(|item| buffer::data(py, item)).collect::<Result<_>>()?
    } else {
        match buffer::data_opt(py, affix)? {
            Some(data) => vec![data],
            None => {
                return Err(type_error(format!(
                    "{name} first arg must be bytes or a tuple of bytes, not {}",
                    py.type_name(affix)
                )));
            }
        }
    };
    let whole = view(py, this);
    let Some(range) = range.filter(|r| r.start <= whole.len()) else { return Ok(false) };
    let bytes = cut(whole, &range);
    Ok(affixes.iter().any(|a| if ends { bytes.ends_with(a) } else { bytes.starts_with(a) }))
}

pub fn concat(py: &mut Py, this: &Value, other: &Value) -> Result<Value> {
    let Some(other_bytes) = buffer::data_opt(py, other)? else {
        if text::may_take(py, other, Special::RAdd) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        return Err(type_error(format!("can't concat {} to {}", py.type_name(other), py.type_name(this))));
    };
    let left = view(py, this);
    py.room(left.len() + other_bytes.len())?;
    if this.is_a::<Bytes>() {
        if other_bytes.is_empty() && py.is_exact::<Bytes>(this) {
            return Ok(this.clone());
        }
        if left.is_empty() && py.is_exact::<Bytes>(other) {
            return Ok(other.clone());
        }
        return Ok(py
            .bytes_with(left.len() + other_bytes.len(), |room| {
                let (a, b) = room.split_at_mut(left.len());
                a.copy_from_slice(left);
                b.copy_from_slice(&other_bytes);
            })
            .into_value());
    }
    let mut out = Vec::with_capacity(left.len() + other_bytes.len());
    out.extend_from_slice(left);
    out.extend_from_slice(&other_bytes);
    Ok(make_owned(py, this, out))
}

/// The count of a repetition; none: not for us to say.
pub fn repeat_count(py: &mut Py, n: &Value) -> Result<Option<usize>> {
    if !is_index(py, n) {
        if text::may_take(py, n, Special::RMul) {
            return Ok(None);
        }
        return Err(type_error(format!("can't multiply sequence by non-int of type '{}'", py.type_name(n))));
    }
    let count = py.index(n)?;
    match int::as_i64(&count) {
        Some(n) => Ok(Some(usize::try_from(n).unwrap_or(0))),
        None => Err(overflow_error(format!("cannot fit '{}' into an index-sized integer", py.type_name(n)))),
    }
}

/// The size of `n` copies of `len` bytes.
pub fn repeat_size(py: &Py, len: usize, n: usize) -> Result<usize> {
    let size = len.checked_mul(n).filter(|s| *s <= isize::MAX as usize).ok_or_else(memory_error)?;
    py.room(size)?;
    Ok(size)
}

pub fn repeat(py: &mut Py, this: &Value, n: &Value) -> Result<Value> {
    let Some(n) = repeat_count(py, n)? else { return Ok(Value::NOT_IMPLEMENTED) };
    if n == 1 && py.is_exact::<Bytes>(this) {
        return Ok(this.clone());
    }
    let bytes = view(py, this);
    let size = repeat_size(py, bytes.len(), n)?;
    if this.is_a::<Bytes>() {
        return Ok(py
            .bytes_with(size, |room| {
                if size > 0 {
                    text::fill_repeated(room, bytes)
                }
            })
            .into_value());
    }
    let mut out = vec![0; size];
    if size > 0 {
        text::fill_repeated(&mut out, bytes);
    }
    Ok(make_owned(py, this, out))
}

pub fn subscript(py: &mut Py, this: &Value, key: &Value) -> Result<Value> {
    if let Some(slice) = key.downcast::<Slice>() {
        let slice = slice.clone();
        let len = view(py, this).len();
        let (first, step, count) = slice.apply(py, len)?;
        let bytes = view(py, this);
        // The bounds were computed by Python code that may have changed a bytearray.
        let count = if bytes.len() == len { count } else { 0 };
        if step == 1 {
            return Ok(part(py, this, &bytes[first.min(bytes.len())..(first + count).min(bytes.len())]));
        }
        let out: Vec<u8> = (0..count).map(|k| bytes[(first as isize + k as isize * step) as usize]).collect();
        return Ok(make_owned(py, this, out));
    }
    let own = if this.is_a::<Bytes>() { ("byte", "index out of range") } else { ("bytearray", "bytearray index out of range") };
    if !is_index(py, key) {
        return Err(type_error(format!("{} indices must be integers or slices, not {}", own.0, py.type_name(key))));
    }
    let n = place(py, key)?;
    let bytes = view(py, this);
    let at = if n < 0 { n + bytes.len() as i64 } else { n };
    match usize::try_from(at).ok().and_then(|at| bytes.get(at)) {
        Some(byte) => Ok(Value::int32(i32::from(*byte))),
        None => Err(index_error(own.1)),
    }
}

/// An index as a number.
pub fn place(py: &mut Py, key: &Value) -> Result<i64> {
    let n = py.index(key)?;
    int::as_i64(&n).ok_or_else(|| index_error(format!("cannot fit '{}' into an index-sized integer", py.type_name(key))))
}

fn fill_byte(py: &Py, value: &Value, name: &str) -> Result<u8> {
    match (value.is_a::<Bytes>() || value.is_a::<ByteArray>(), view(py, value)) {
        (true, [byte]) => Ok(*byte),
        (false, _) => {
            Err(type_error(format!("{name}() argument 2 must be a byte string of length 1, not {}", py.type_name(value))))
        }
        (true, other) => {
            let what = if value.is_a::<Bytes>() { "bytes" } else { "bytearray" };
            Err(type_error(format!(
                "{name}(): argument 2 must be a byte string of length 1, not a {what} object of length {}",
                other.len()
            )))
        }
    }
}

/// `ljust`, `rjust`, `center`: how much of the padding goes left is the caller's rule.
pub fn pad(py: &mut Py, this: &Value, width: isize, fill: &Value, name: &str, left: fn(usize, usize) -> usize) -> Result<Value> {
    let fill = fill_byte(py, fill, name)?;
    let bytes = view(py, this);
    let width = usize::try_from(width).unwrap_or(0);
    if width <= bytes.len() {
        return Ok(part(py, this, bytes));
    }
    py.room(width)?;
    let all = width - bytes.len();
    let mut out = vec![fill; left(all, width)];
    out.extend_from_slice(bytes);
    out.resize(width, fill);
    Ok(make_owned(py, this, out))
}

/// The rule of `center`: the odd one goes left when the width is odd.
pub fn center_left(all: usize, width: usize) -> usize {
    all / 2 + (all & width & 1)
}

pub fn strip(py: &mut Py, this: &Value, chars: &Value, side: (bool, bool)) -> Result<Value> {
    let chars = if chars.is_none() { None } else { Some(buffer::data(py, chars)?) };
    let mut bytes = view(py, this);
    if side.0 {
        bytes = match &chars {
            Some(chars) => letters::strip_start(bytes, chars),
            None => split::trim_start(bytes, Flavor::Bytes),
        };
    }
    if side.1 {
        bytes = match &chars {
            Some(chars) => letters::strip_end(bytes, chars),
            None => split::trim_end(bytes, Flavor::Bytes),
        };
    }
    Ok(part(py, this, bytes))
}

pub fn remove_affix(py: &mut Py, this: &Value, affix: &Value, end: bool) -> Result<Value> {
    let affix = buffer::data(py, affix)?;
    let bytes = view(py, this);
    Ok(part(py, this, if end { strip::remove_suffix(bytes, &affix) } else { strip::remove_prefix(bytes, &affix) }))
}

fn separator(py: &mut Py, sep: &Value) -> Result<Data> {
    let sep = buffer::data(py, sep)?;
    if sep.is_empty() { Err(value_error("empty separator")) } else { Ok(sep) }
}

fn pieces<'a>(py: &Py, this: &Value, parts: impl Iterator<Item = &'a [u8]>) -> Vec<Value> {
    parts.map(|p| make(py, this, p)).collect()
}

pub fn split_at(py: &mut Py, this: &Value, sep: &Value, maxsplit: isize) -> Result<Vec<Value>> {
    if sep.is_none() {
        return Ok(pieces(py, this, split::split_space(view(py, this), maxsplit, Flavor::Bytes)));
    }
    let sep = separator(py, sep)?;
    Ok(pieces(py, this, split::split(view(py, this), &sep, maxsplit)))
}

pub fn rsplit_at(py: &mut Py, this: &Value, sep: &Value, maxsplit: isize) -> Result<Vec<Value>> {
    let mut parts = if sep.is_none() {
        pieces(py, this, split::rsplit_space(view(py, this), maxsplit, Flavor::Bytes))
    } else {
        let sep = separator(py, sep)?;
        pieces(py, this, split::rsplit(view(py, this), &sep, maxsplit))
    };
    parts.reverse();
    Ok(parts)
}

pub fn split_lines(py: &mut Py, this: &Value, keepends: bool) -> Vec<Value> {
    pieces(py, this, split::split_lines(view(py, this), keepends, Flavor::Bytes))
}

pub fn partition(py: &mut Py, this: &Value, sep: &Value, last: bool) -> Result<Value> {
    let data = separator(py, sep)?;
    let bytes = view(py, this);
    let halves = if last { split::rpartition(bytes, &data) } else { split::partition(bytes, &data) };
    let empty = || make(py, this, b"");
    let items = match halves {
        Some((a, b)) => {
            let middle = if this.is_a::<Bytes>() { sep.clone() } else { make(py, this, &data) };
            vec![make(py, this, a), middle, make(py, this, b)]
        }
        None if last => vec![empty(), empty(), part(py, this, bytes)],
        None => vec![part(py, this, bytes), empty(), empty()],
    };
    Ok(py.tuple(items))
}

pub fn replace(py: &mut Py, this: &Value, old: &Value, new: &Value, count: isize) -> Result<Value> {
    let (old, new) = (buffer::data(py, old)?, buffer::data(py, new)?);
    let bytes = view(py, this);
    Ok(match search::replace(bytes, &old, &new, count, false)? {
        Some(done) => make_owned(py, this, done),
        None => part(py, this, bytes),
    })
}

pub fn translate(py: &mut Py, this: &Value, table: &Value, delete: Option<&Value>) -> Result<Value> {
    let table = if table.is_none() { None } else { Some(buffer::data(py, table)?) };
    if table.as_ref().is_some_and(|t| t.len() != 256) {
        return Err(value_error("translation table must be 256 characters long"));
    }
    let delete = match delete {
        Some(d) => buffer::data(py, d)?,
        None => Data::Own(Vec::new()),
    };
    let bytes = view(py, this);
    let done = letters::translate(bytes, table.as_deref(), &delete);
    Ok(if done == bytes { part(py, this, bytes) } else { make_owned(py, this, done) })
}

pub fn maketrans(py: &mut Py, from: &Value, to: &Value) -> Result<Value> {
    let (from, to) = (buffer::data(py, from)?, buffer::data(py, to)?);
    if from.len() != to.len() {
        return Err(value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (f, t) in from.iter().zip(to.iter()) {
        table[*f as usize] = *t;
    }
    Ok(py.bytes(&table))
}

pub fn join(py: &mut Py, this: &Value, iterable: &Value) -> Result<Value> {
    if !iterable.is_a::<List>()
        && !iterable.is_a::<Tuple>()
        && py.special(iterable, Special::Iter).is_none()
        && py.special(iterable, Special::GetItem).is_none()
    {
        return Err(type_error("can only join an iterable"));
    }
    let hold = this.downcast::<ByteArray>().map(|array| array.get_mut(py).exports.hold());
    let items = py.collect(iterable)?;
    drop(hold);
    if let [one] = items.as_slice()
        && py.is_exact::<Bytes>(one)
        && this.is_a::<Bytes>()
    {
        return Ok(one.clone());
    }
    let mut parts = Vec::with_capacity(items.len());
    let mut size = 0usize;
    for (k, item) in items.iter().enumerate() {
        let Some(data) = buffer::data_opt(py, item)? else {
            return Err(type_error(format!("sequence item {k}: expected a bytes-like object, {} found", py.type_name(item))));
        };
        size = size.saturating_add(data.len());
        parts.push(data);
    }
    let separator = view(py, this);
    size =
        separator.len().checked_mul(parts.len().saturating_sub(1)).and_then(|n| n.checked_add(size)).ok_or_else(memory_error)?;
    py.room(size)?;
    let fill = |room: &mut [u8]| {
        let mut at = 0;
        for (k, data) in parts.iter().enumerate() {
            if k > 0 {
                room[at..at + separator.len()].copy_from_slice(separator);
                at += separator.len();
            }
            room[at..at + data.len()].copy_from_slice(data);
            at += data.len();
        }
    };
    if this.is_a::<Bytes>() {
        return Ok(py.bytes_with(size, fill).into_value());
    }
    let mut out = vec![0; size];
    fill(&mut out);
    Ok(make_owned(py, this, out))
}

/// `hex(sep, bytes_per_sep)` of any bytes.
pub fn hex(py: &mut Py, this: &Value, sep: Option<&Value>, group: isize) -> Result<Value> {
    let sep = match sep {
        None => None,
        Some(sep) => Some(hex_separator(py, sep)?),
    };
    let size = view(py, this).len();
    py.room(size.saturating_mul(3))?;
    let done = buffer::with_bytes(py, this, |bytes| letters::hex(bytes, sep, group))?;
    Ok(py.new_ascii(done.as_bytes()).into_value())
}

fn hex_separator(py: &mut Py, sep: &Value) -> Result<u8> {
    if py.len(sep)? != 1 {
        return Err(value_error("sep must be length 1."));
    }
    if let Some(s) = sep.downcast::<Str>() {
        return if s.is_ascii() { Ok(s.as_bytes()[0]) } else { Err(value_error("sep must be ASCII.")) };
    }
    if let Some(b) = sep.downcast::<Bytes>() {
        return if b.slice().is_ascii() { Ok(b.slice()[0]) } else { Err(value_error("sep must be ASCII.")) };
    }
    Err(type_error("sep must be str or bytes."))
}

/// The bytes that `fromhex` reads.
pub fn from_hex(py: &mut Py, string: &Value) -> Result<Vec<u8>> {
    if let Some(s) = string.downcast::<Str>() {
        return Ok(letters::from_hex(s.as_bytes())?);
    }
    match buffer::data_opt(py, string)? {
        Some(data) => Ok(letters::from_hex(&data)?),
        None => Err(type_error(format!("fromhex() argument must be str or bytes-like, not {}", py.type_name(string)))),
    }
}

fn refused(py: &Py, value: &Value, class: &str) -> Raised {
    type_error(format!("cannot convert '{}' object to {class}", py.type_name(value)))
}

/// The bytes that `bytes(source, encoding, errors)` and `bytearray(...)` are made of.
pub fn from_source(
    py: &mut Py,
    class: &str,
    source: Option<&Value>,
    encoding: Option<&Value>,
    errors: Option<&Value>,
) -> Result<Vec<u8>> {
    let Some(source) = source else {
        return match (encoding, errors) {
            (None, None) => Ok(Vec::new()),
            (Some(_), _) => Err(type_error("encoding without a string argument")),
            (None, Some(_)) => Err(type_error("errors without a string argument")),
        };
    };
    if let Some(s) = source.downcast::<Str>() {
        if encoding.is_none() {
            return Err(type_error("string argument without an encoding"));
        }
        let (encoding, errors) = text::codec_names(py, class, encoding, errors)?;
        let encoded = text::codec::encode(py, s, encoding, errors)?;
        return Ok(view(py, &encoded).to_vec());
    }
    if encoding.is_some() {
        return Err(type_error("encoding without a string argument"));
    }
    if errors.is_some() {
        return Err(type_error("errors without a string argument"));
    }
    if is_index(py, source) && !source.is_a::<Bytes>() && !source.is_a::<ByteArray>() {
        let n = py.index(source)?;
        let n = int::as_i64(&n)
            .ok_or_else(|| overflow_error(format!("cannot fit '{}' into an index-sized integer", py.type_name(source))))?;
        let n = usize::try_from(n).map_err(|_| value_error("negative count"))?;
        let mut out = Vec::new();
        out.try_reserve_exact(n).map_err(|_| memory_error())?;
        out.resize(n, 0);
        return Ok(out);
    }
    if let Some(bytes) = buffer::to_vec_opt(py, source)? {
        return Ok(bytes);
    }
    from_ints(py, class, source)
}

/// The bytes of an iterable of ints.
pub fn from_ints(py: &mut Py, class: &str, source: &Value) -> Result<Vec<u8>> {
    let range = if class == "bytes" { "bytes must be in range(0, 256)" } else { BYTE_RANGE };
    if py.special(source, Special::Iter).is_none() && py.special(source, Special::GetItem).is_none() {
        return Err(refused(py, source, class));
    }
    let mut iter = py.iter(source)?;
    if class == "bytes" {
        // Only asked so that its errors are seen.
        py.length_hint(source, 0)?;
    }
    let mut out = Vec::new();
    while let Some(item) = iter.next(py)? {
        match item.as_small_int() {
            Some(n @ 0..=255) => out.push(n as u8),
            _ => out.push(byte(py, &item, range)?),
        }
    }
    Ok(out)
}

/// `bytes % value`
pub fn percent(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
    let format = buffer::data(py, this)?;
    let done = text::percent::format_bytes(py, &format, value)?;
    Ok(make_owned(py, this, done))
}

/// The text that `decode` gives.
pub fn decode(py: &mut Py, this: &Value, encoding: Option<&Value>, errors: Option<&Value>) -> Result<Value> {
    let (encoding, errors) = text::codec_names(py, "decode", encoding, errors)?;
    text::codec::decode(py, this, encoding, errors)
}

/// Apply a conversion of letters.
pub fn converted(py: &Py, this: &Value, convert: fn(&[u8]) -> Vec<u8>) -> Value {
    make_owned(py, this, convert(view(py, this)))
}

/// `zfill` and `expandtabs` give their result through this.
pub fn filled(py: &Py, this: &Value, done: lockstep_text::Result<Vec<u8>>) -> Result<Value> {
    Ok(make_owned(py, this, done?))
}

/// Order against another bytes-like object; none for others.
pub fn order(py: &mut Py, this: &Value, other: &Value) -> Result<Option<std::cmp::Ordering>> {
    if other.is_a::<Bytes>() || other.is_a::<ByteArray>() {
        return Ok(Some(view(py, this).cmp(view(py, other))));
    }
    if !other.is_object() || other.is_a::<Str>() || other.is_a::<crate::types::memoryview::MemoryView>() {
        return Ok(None);
    }
    match buffer::data_opt(py, other)? {
        Some(data) => Ok(Some(view(py, this).cmp(&data))),
        None => Ok(None),
    }
}

/// The type's subclass check of `__new__`.
pub fn check_class(py: &Py, cls: &Ref<crate::object::Type>, base: &Ref<crate::object::Type>) -> Result<()> {
    if cls.is(base) || py.is_subtype(cls, base) {
        return Ok(());
    }
    let (base, cls) = (base.get(py).name.to_string(), cls.get(py).name.to_string());
    Err(type_error(format!("{base}.__new__({cls}): {cls} is not a subtype of {base}")))
}
