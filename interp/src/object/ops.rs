//! Operations on any value: truth, equality, hashing, text, length, items, operators, iteration.

use lockstep_heap::{Ref, Tag, Value, with_args};

use super::convert::IntoResult;
use super::native::NativeFn;
use super::py::Py;
use super::raise::{Exc, Raised, Result, memory_error, stop_iteration, type_error, value_error};
use super::special::{BinaryOp, Special};
use crate::types::bytes::Bytes;
use crate::types::dict::Dict;
use crate::types::generator::{Flavour, Generator};
use crate::types::int;
use crate::types::list::List;
use crate::types::native::Native;
use crate::types::set::Set;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The result of a native `__next__`: none ends the iteration.
pub struct Next(pub Option<Value>);

impl IntoResult for Next {
    fn into_result(self, _: &mut Py) -> Result<Value> {
        self.0.ok_or_else(|| Raised::empty(Exc::StopIteration))
    }
}
impl IntoResult for Result<Next> {
    fn into_result(self, py: &mut Py) -> Result<Value> {
        self?.into_result(py)
    }
}

/// An iteration driven by native code.
pub enum Iter {
    /// Over a list, which may change meanwhile.
    List(Ref<List>, usize),
    /// Over a tuple.
    Tuple(Ref<Tuple>, usize),
    /// Over any iterator.
    Any(Value),
}

impl Iter {
    /// The next item, none at the end.
    #[inline]
    pub fn next(&mut self, py: &mut Py) -> Result<Option<Value>> {
        match self {
            Iter::List(list, at) => {
                let item = list.get(py).items.get(*at).cloned();
                *at += 1;
                Ok(item)
            }
            Iter::Tuple(tuple, at) => {
                let item = tuple.slice().get(*at).cloned();
                *at += 1;
                Ok(item)
            }
            Iter::Any(iterator) => py.next(iterator),
        }
    }
}

impl Py {
    // ---------------------------------------------------------------- truth and equality

    /// `bool(value)`
    #[inline]
    pub fn truth(&mut self, value: &Value) -> Result<bool> {
        if let Some(b) = value.as_bool() {
            return Ok(b);
        }
        if let Some(n) = value.as_small_int() {
            return Ok(n != 0);
        }
        self.truth_slow(value)
    }
    #[inline(never)]
    fn truth_slow(&mut self, value: &Value) -> Result<bool> {
        if value.is_none() {
            return Ok(false);
        }
        if let Some(x) = value.as_float() {
            return Ok(x != 0.0);
        }
        if let Some(len) = self.exact_len(value) {
            return Ok(len != 0);
        }
        let methods = &self.type_ref(value).get(self).specials;
        if methods[Special::Bool as usize].is_none() {
            let Some(len) = &methods[Special::Len as usize] else { return Ok(true) };
            if let Some(native) = len.downcast::<crate::types::native::Native>()
                && native.exact == 1
                && native.binds()
            {
                let call = native.def.call;
                let length = with_args([value], |a| call(self, a))?;
                if let Some(n) = length.as_small_int()
                    && n >= 0
                {
                    return Ok(n != 0);
                }
            }
        }
        if let Some(result) = self.call_special(value, Special::Bool, &[]) {
            let result = result?;
            return self.truth_of_bool(&result);
        }
        if self.special(value, Special::Bool).is_some() {
            return Err(type_error("'NoneType' object is not callable"));
        }
        if self.special(value, Special::Len).is_some_and(|s| !s.is_none()) {
            return Ok(self.len(value)? != 0);
        }
        Ok(true)
    }

    /// The truth that a `__bool__` has returned.
    pub fn truth_of_bool(&self, result: &Value) -> Result<bool> {
        match result.as_bool() {
            Some(b) => Ok(b),
            None => Err(type_error(format!("__bool__ should return bool, returned {}", self.type_name(result)))),
        }
    }

    /// `hash(value)`
    #[inline]
    pub fn hash(&mut self, value: &Value) -> Result<i64> {
        if let Some(n) = value.as_small_int() {
            return Ok(lockstep_text::hash::int(n));
        }
        if let Some(s) = value.downcast::<Str>()
            && self.is_exact::<Str>(value)
        {
            return Ok(s.hash(self) as i64);
        }
        self.hash_of_other(value)
    }
    #[inline(never)]
    fn hash_of_other(&mut self, value: &Value) -> Result<i64> {
        if let Some(x) = value.as_float() {
            // A NaN has the hash of the object that it is.
            return Ok(lockstep_text::hash::float(x).unwrap_or((value.id().rotate_right(4) >> 4) as i64));
        }
        if let Some(t) = value.downcast::<Tuple>()
            && self.is_exact::<Tuple>(value)
        {
            return crate::types::tuple::hash(self, t);
        }
        match self.call_special(value, Special::Hash, &[]) {
            Some(result) => {
                let result = result?;
                match result.as_small_int() {
                    Some(n) => Ok(if n == -1 { -2 } else { n }),
                    None => match int::to_ibig(&result) {
                        Some(n) => Ok(i64::try_from(&n).unwrap_or_else(|_| lockstep_text::hash::big(&n))),
                        None => Err(type_error("__hash__ method should return an integer")),
                    },
                }
            }
            None => Err(type_error(format!("unhashable type: '{}'", self.type_name(value)))),
        }
    }

    // ---------------------------------------------------------------- text

    /// `repr(value)`
    pub fn repr(&mut self, value: &Value) -> Result<Ref<Str>> {
        self.attend()?;
        self.native_stack()?;
        match self.call_special(value, Special::Repr, &[]) {
            Some(result) => self.expect_str(result?, "__repr__"),
            None => Ok(self.new_str(&format!("<{} object at {:#x}>", self.type_name(value), value.id()))),
        }
    }
    /// `str(value)`
    pub fn str_of(&mut self, value: &Value) -> Result<Ref<Str>> {
        if self.is_exact::<Str>(value)
            && let Some(s) = value.downcast::<Str>()
        {
            return Ok(s.clone());
        }
        if let Some(n) = value.as_small_int() {
            return Ok(lockstep_text::int::with_i64(n, |digits| self.new_ascii(digits)));
        }
        self.native_stack()?;
        match self.call_special(value, Special::Str, &[]) {
            Some(result) => self.expect_str(result?, "__str__"),
            None => self.repr(value),
        }
    }
    fn expect_str(&mut self, value: Value, method: &str) -> Result<Ref<Str>> {
        value
            .downcast_into::<Str>()
            .map_err(|v| type_error(format!("{method} returned non-string (type {})", self.type_name(&v))))
    }
    /// `repr` for messages and dumps: never fails.
    pub fn repr_lossy(&mut self, value: &Value) -> String {
        match self.repr(value) {
            Ok(text) => text.to_string(),
            Err(_) => format!("<unprintable {} object>", self.type_name(value)),
        }
    }
    /// `ascii(value)`
    pub fn ascii(&mut self, value: &Value) -> Result<Ref<Str>> {
        let text = self.repr(value)?;
        if text.is_ascii() {
            return Ok(text);
        }
        let text = lockstep_text::repr::to_ascii(text.as_bytes());
        Ok(self.new_ascii(&text))
    }
    /// `format(value, spec)`
    pub fn format(&mut self, value: &Value, spec: &Ref<Str>) -> Result<Ref<Str>> {
        if spec.is_empty() && (self.is_exact::<Str>(value) || value.as_small_int().is_some()) {
            return self.str_of(value);
        }
        if let Some(text) = crate::types::str::format::quick(self, value, spec.as_bytes()) {
            return Ok(self.new_str_bytes(&text?));
        }
        match self.call_special(value, Special::Format, &[spec.to_value()]) {
            Some(result) => {
                let result = result?;
                result
                    .downcast_into::<Str>()
                    .map_err(|v| type_error(format!("__format__ must return a str, not {}", self.type_name(&v))))
            }
            None => Err(type_error(format!("unsupported format string passed to {}.__format__", self.type_name(value)))),
        }
    }

    // ---------------------------------------------------------------- containers

    /// `len(value)`
    pub fn len(&mut self, value: &Value) -> Result<usize> {
        if let Some(len) = self.exact_len(value) {
            return Ok(len);
        }
        match self.call_special(value, Special::Len, &[]) {
            Some(result) => {
                let result = result?;
                if let Some(n) = result.as_small_int()
                    && n >= 0
                {
                    return Ok(n as usize);
                }
                let n = self.index(&result)?;
                match int::as_i64(&n) {
                    Some(n) if n >= 0 => Ok(n as usize),
                    Some(_) => Err(value_error("__len__() should return >= 0")),
                    None if int::to_ibig(&n).is_some_and(|n| n < dashu_int::IBig::ZERO) => {
                        Err(value_error("__len__() should return >= 0"))
                    }
                    None => Err(super::raise::overflow_error("cannot fit 'int' into an index-sized integer")),
                }
            }
            None => Err(type_error(format!("object of type '{}' has no len()", self.type_name(value)))),
        }
    }
    /// The length of an object of exactly one of the common builtin types.
    #[inline]
    pub(crate) fn exact_len(&self, value: &Value) -> Option<usize> {
        match value.header()?.shape().tag() {
            Tag::LIST if self.is_exact::<List>(value) => value.downcast::<List>().map(|l| l.get(self).items.len()),
            Tag::STR if self.is_exact::<Str>(value) => value.downcast::<Str>().map(|s| s.len()),
            Tag::TUPLE if self.is_exact::<Tuple>(value) => value.downcast::<Tuple>().map(|t| t.len()),
            Tag::DICT if self.is_exact::<Dict>(value) => value.downcast::<Dict>().map(|d| d.get(self).len()),
            Tag::SET if self.is_exact::<Set>(value) => value.downcast::<Set>().map(|s| s.get(self).table.len()),
            Tag::BYTES if self.is_exact::<Bytes>(value) => value.downcast::<Bytes>().map(|b| b.slice().len()),
            _ => None,
        }
    }
    /// `operator.length_hint(value, default)`
    pub fn length_hint(&mut self, value: &Value, default: usize) -> Result<usize> {
        if self.special(value, Special::Len).is_some() {
            match self.len(value) {
                Err(e) if e.is(Exc::TypeError) => {}
                other => return other,
            }
        }
        match self.call_special(value, Special::LengthHint, &[]) {
            Some(Ok(v)) if v.is_not_implemented() => Ok(default),
            Some(Ok(v)) => match int::as_i64(&v) {
                Some(n) if n >= 0 => Ok(n as usize),
                Some(_) => Err(value_error("__length_hint__() should return >= 0")),
                None if int::is_int(&v) => Err(super::raise::overflow_error("Python int too large to convert to C ssize_t")),
                None => Err(type_error(format!("__length_hint__ must be an integer, not {}", self.type_name(&v)))),
            },
            Some(Err(e)) if e.is(Exc::TypeError) => Ok(default),
            Some(Err(e)) => Err(e),
            None => Ok(default),
        }
    }
    /// `object[key]`
    pub fn getitem(&mut self, object: &Value, key: &Value) -> Result<Value> {
        if let Some(method) = self.special_owned(object, Special::GetItem) {
            return self.call_unbound(&method, object, std::slice::from_ref(key));
        }
        if let Some(ty) = object.downcast::<super::class::Type>() {
            // `type[C]`; its metaclass is itself, so a method would be found for every class.
            if ty.is(self.plain_metatype()) {
                return crate::types::generic_alias::alias(self, object, key);
            }
            let name = self.intern("__class_getitem__");
            if let Some(method) = self.type_getattr(ty, &name)? {
                return self.call(&method, std::slice::from_ref(key));
            }
            let name = self.full_name(ty);
            return Err(type_error(format!("type '{name}' is not subscriptable")));
        }
        Err(type_error(format!("'{}' object is not subscriptable", self.type_name(object))))
    }
    /// `object[key] = value`
    pub fn setitem(&mut self, object: &Value, key: &Value, value: Value) -> Result<()> {
        match self.special_owned(object, Special::SetItem) {
            Some(method) => with_args([key, &value], |a| self.call_unbound(&method, object, a)).map(drop),
            None => Err(type_error(format!("'{}' object does not support item assignment", self.type_name(object)))),
        }
    }
    /// `del object[key]`
    pub fn delitem(&mut self, object: &Value, key: &Value) -> Result<()> {
        match self.special_owned(object, Special::DelItem) {
            Some(method) => self.call_unbound(&method, object, std::slice::from_ref(key)).map(drop),
            None => Err(type_error(format!("'{}' object doesn't support item deletion", self.type_name(object)))),
        }
    }
    /// `item in container`
    pub fn contains(&mut self, container: &Value, item: &Value) -> Result<bool> {
        if let Some(method) = self.special_owned(container, Special::Contains) {
            if method.is_none() {
                return Err(type_error(format!("'{}' object is not a container", self.type_name(container))));
            }
            let answer = self.call_unbound(&method, container, std::slice::from_ref(item))?;
            return self.truth(&answer);
        }
        let mut iter = match self.iter(container) {
            Ok(iter) => iter,
            Err(e) if e.is(Exc::TypeError) && self.special(container, Special::Iter).is_none() => {
                return Err(type_error(format!(
                    "argument of type '{}' is not a container or iterable",
                    self.type_name(container)
                )));
            }
            Err(e) => return Err(e),
        };
        while let Some(x) = iter.next(self)? {
            if self.eq(&x, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    // ---------------------------------------------------------------- iteration

    /// `iter(value)` for native code: lists and tuples without an iterator object.
    pub fn iter(&mut self, value: &Value) -> Result<Iter> {
        if self.is_exact::<List>(value)
            && let Some(list) = value.downcast::<List>()
        {
            return Ok(Iter::List(list.clone(), 0));
        }
        if self.is_exact::<Tuple>(value)
            && let Some(tuple) = value.downcast::<Tuple>()
        {
            return Ok(Iter::Tuple(tuple.clone(), 0));
        }
        self.get_iter(value).map(Iter::Any)
    }
    /// `iter(value)`
    pub fn get_iter(&mut self, value: &Value) -> Result<Value> {
        if value.downcast::<Generator>().is_some_and(|g| g.get(self).flavour == Flavour::Generator) {
            return Ok(value.clone());
        }
        match self.special_owned(value, Special::Iter) {
            Some(method) if !method.is_none() => {
                let iterator = self.call_unbound(&method, value, &[])?;
                if self.special(&iterator, Special::Next).is_none() {
                    return Err(type_error(format!("iter() returned non-iterator of type '{}'", self.type_name(&iterator))));
                }
                Ok(iterator)
            }
            None if self.special(value, Special::GetItem).is_some() && !self.is_mapping_type(value) => {
                Ok(crate::types::iterator::SequenceIterator::make(self, value.clone()))
            }
            _ => Err(type_error(format!("'{}' object is not iterable", self.type_name(value)))),
        }
    }
    fn is_mapping_type(&self, value: &Value) -> bool {
        value.is_a::<Dict>()
    }
    /// `next(iterator)`: none at the end. Every native loop over an iterator comes by here, which is
    /// why interrupts are attended to here.
    #[inline]
    pub fn next(&mut self, iterator: &Value) -> Result<Option<Value>> {
        self.step()?;
        if iterator.header().is_none_or(|h| h.shape().tag() == Tag::NONE) {
            return self.next_of_other(iterator);
        }
        match crate::types::iterator::simple(self, iterator) {
            Some(item) => Ok(Some(item)),
            None => self.next_of_any(iterator),
        }
    }
    #[inline(never)]
    fn next_of_any(&mut self, iterator: &Value) -> Result<Option<Value>> {
        if value_is_generator(iterator) {
            let resume = self.interp.hooks.resume;
            return resume(self, iterator, Value::NONE);
        }
        self.native_stack()?;
        match crate::types::iterator::quick_next(self, iterator) {
            // A function that the iterator called has ended the iteration.
            Some(Err(e)) if e.is(Exc::StopIteration) => Ok(None),
            Some(item) => item,
            None => self.next_of_other(iterator),
        }
    }
    #[inline(never)]
    fn next_of_other(&mut self, iterator: &Value) -> Result<Option<Value>> {
        self.native_stack()?;
        if let Some(next) = self.type_ref(iterator).get(self).next {
            let result = next(self, iterator);
            self.drain_pending();
            return match result {
                Err(e) if e.is(Exc::StopIteration) => Ok(None),
                other => other,
            };
        }
        if let Some(next) = self.native_next(iterator) {
            let result = next(self, std::slice::from_ref(iterator));
            self.drain_pending();
            return match result {
                Ok(value) => Ok(Some(value)),
                Err(e) if e.is(Exc::StopIteration) => Ok(None),
                Err(e) => Err(e),
            };
        }
        match self.special_owned(iterator, Special::Next) {
            Some(method) => match self.call_unbound(&method, iterator, &[]) {
                Ok(value) => Ok(Some(value)),
                Err(e) if e.is(Exc::StopIteration) => Ok(None),
                Err(e) => Err(e),
            },
            None => Err(type_error(format!("'{}' object is not an iterator", self.type_name(iterator)))),
        }
    }
    /// The function of an iterator whose `__next__` is a native method.
    #[inline]
    pub(crate) fn native_next(&self, iterator: &Value) -> Option<NativeFn> {
        let native = self.special(iterator, Special::Next)?.downcast::<Native>()?;
        if native.exact == 1 && native.binds() { Some(native.def.call) } else { None }
    }
    /// `next(iterator)` as Python sees it: StopIteration at the end, with the value if it has one.
    pub fn next_or_raise(&mut self, iterator: &Value) -> Result<Value> {
        if let Some(item) = crate::types::iterator::simple(self, iterator) {
            return Ok(item);
        }
        match self.special_owned(iterator, Special::Next) {
            Some(method) => self.call_unbound(&method, iterator, &[]),
            None => Err(type_error(format!("'{}' object is not an iterator", self.type_name(iterator)))),
        }
    }
    /// Every item of an iterable.
    pub fn collect(&mut self, iterable: &Value) -> Result<Vec<Value>> {
        if self.is_exact::<List>(iterable)
            && let Some(list) = iterable.downcast::<List>()
        {
            return Ok(list.get(self).items.clone());
        }
        if self.is_exact::<Tuple>(iterable)
            && let Some(tuple) = iterable.downcast::<Tuple>()
        {
            return Ok(tuple.slice().to_vec());
        }
        let mut iter = self.iter(iterable)?;
        let hint = self.length_hint(iterable, 0)?;
        let mut out = Vec::with_capacity(hint.min(1 << 16));
        while let Some(item) = iter.next(self)? {
            out.try_reserve(1).map_err(|_| memory_error())?;
            out.push(item);
        }
        Ok(out)
    }

    // ---------------------------------------------------------------- operators

    /// `a OP b`
    pub fn binary(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
        if let Some(result) = self.binary_alike(op, a, b) {
            return result;
        }
        match self.binary_opt(op, a, b)? {
            Some(value) => Ok(value),
            None => Err(self.unsupported(op.symbol(), a, b)),
        }
    }
    /// `a OP= b`
    pub fn binary_in_place(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
        if let Some(special) = op.in_place()
            && let Some(method) = self.special_owned(a, special)
        {
            let result = self.call_unbound(&method, a, std::slice::from_ref(b))?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        match self.binary_opt(op, a, b)? {
            Some(value) => Ok(value),
            None => {
                let symbol = format!("{}=", if op == BinaryOp::Pow { "**" } else { op.symbol() });
                Err(self.unsupported(&symbol, a, b))
            }
        }
    }
    /// A TypeError about the operands.
    #[cold]
    pub fn unsupported(&self, symbol: &str, a: &Value, b: &Value) -> Raised {
        if let Some(message) = crate::types::list::refused(self, symbol, a, b) {
            return type_error(message);
        }
        let (l, r) = (self.type_name(a), self.type_name(b));
        let print = a.downcast::<crate::types::native::Native>().is_some_and(|f| f.def.name == "print");
        let hint = if symbol == ">>" && print { ". Did you mean \"print(<message>, file=<output_stream>)\"?" } else { "" };
        type_error(format!("unsupported operand type(s) for {symbol}: '{l}' and '{r}'{hint}"))
    }
    /// `a OP b` of two objects of one native type that is none of the common ones: what its native method
    /// says; none if that is not so, or if the method does not know.
    #[inline]
    pub(crate) fn binary_alike(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Option<Result<Value>> {
        let (left, right) = (a.header()?.shape(), b.header()?.shape());
        if !std::ptr::eq(left, right) || !matches!(left.tag(), Tag::NONE | Tag::DECIMAL) {
            return None;
        }
        let native = self.special(a, op.method())?.downcast::<Native>()?;
        if native.direct != 2 || !native.binds() {
            return None;
        }
        let call = native.call;
        if let Err(error) = self.native_stack() {
            return Some(Err(error));
        }
        let result = with_args([a, b], |args| call(self, args));
        self.drain_pending();
        match result {
            Ok(value) if value.is_not_implemented() => None,
            result => Some(result),
        }
    }
    fn binary_opt(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Result<Option<Value>> {
        if let Some(result) = int::binary_numbers(self, op, a, b) {
            return result.map(Some);
        }
        self.native_stack()?;
        let (left, right) = (self.type_ref(a), self.type_ref(b));
        let first = left.is(right) || !self.is_subtype(right, left);
        let mut tried = false;
        if first
            && let Some(native) = self.special(a, op.method()).and_then(|m| m.downcast::<Native>())
            && native.direct == 2
            && native.binds()
        {
            let call = native.call;
            let result = with_args([a, b], |args| call(self, args));
            self.drain_pending();
            let result = result?;
            if !result.is_not_implemented() {
                return Ok(Some(result));
            }
            tried = true;
        }
        let (left, right) = (self.type_of(a), self.type_of(b));
        let method = self.special_owned(a, op.method());
        let reflected = if left.is(&right) { None } else { self.special_owned(b, op.reflected()) };
        let mut reflected = match (&method, reflected) {
            (Some(m), Some(r)) if m.is(&r) => None,
            (_, r) => r,
        };
        if let Some(r) = &reflected
            && self.is_subtype(&right, &left)
        {
            let own = {
                let theirs = left.get(self).specials[op.reflected() as usize].clone();
                theirs.is_none_or(|t| !t.is(r))
            };
            if own {
                let result = self.call_unbound(&r.clone(), b, std::slice::from_ref(a))?;
                if !result.is_not_implemented() {
                    return Ok(Some(result));
                }
                reflected = None;
            }
        }
        if let Some(method) = method
            && !tried
        {
            // None is called like anything else, and says that it cannot be.
            let result = self.call_unbound(&method, a, std::slice::from_ref(b))?;
            if !result.is_not_implemented() {
                return Ok(Some(result));
            }
        }
        if let Some(method) = reflected {
            let result = self.call_unbound(&method, b, std::slice::from_ref(a))?;
            if !result.is_not_implemented() {
                return Ok(Some(result));
            }
        }
        Ok(None)
    }
    /// `-a`, `+a`, `~a` by special method.
    pub fn unary(&mut self, special: Special, a: &Value) -> Result<Value> {
        match self.call_special(a, special, &[]) {
            Some(result) => result,
            None => {
                let symbol = match special {
                    Special::Neg => "unary -",
                    Special::Pos => "unary +",
                    Special::Invert => "unary ~",
                    _ => "abs()",
                };
                Err(type_error(format!("bad operand type for {symbol}: '{}'", self.type_name(a))))
            }
        }
    }

    // ---------------------------------------------------------------- numbers

    /// `operator.index(value)`: an int.
    #[inline]
    pub fn index(&mut self, value: &Value) -> Result<Value> {
        if value.as_small_int().is_some() {
            return Ok(value.clone());
        }
        if let Some(b) = value.as_bool() {
            return Ok(Value::int32(i32::from(b)));
        }
        if value.is_a::<int::BigInt>() {
            return Ok(int::plain(self, value));
        }
        match self.call_special(value, Special::Index, &[]) {
            Some(result) => {
                let result = result?;
                self.warn_of_int_subclass("__index__", &result)?;
                if int::is_int(&result) {
                    Ok(int::plain(self, &result))
                } else {
                    Err(type_error(format!("__index__ returned non-int (type {})", self.type_name(&result))))
                }
            }
            None => Err(type_error(format!("'{}' object cannot be interpreted as an integer", self.type_name(value)))),
        }
    }
    /// An index or a bound of a slice: clamped to what fits.
    pub fn index_clamped(&mut self, value: &Value) -> Result<isize> {
        let clamp = |big: &dashu_int::IBig| if *big < dashu_int::IBig::ZERO { isize::MIN } else { isize::MAX };
        if let Some(n) = value.as_small_int() {
            return Ok(n as isize);
        }
        // `sys.maxsize`, as most often.
        if let Some(big) = value.downcast::<int::BigInt>() {
            return Ok(isize::try_from(&big.value).unwrap_or_else(|_| clamp(&big.value)));
        }
        let n = self.index(value)?;
        Ok(match n.as_small_int() {
            Some(n) => n as isize,
            None => n.downcast::<int::BigInt>().map_or(isize::MAX, |big| clamp(&big.value)),
        })
    }
    /// A float from any real number.
    pub fn to_f64(&mut self, value: &Value) -> Result<f64> {
        if let Some(x) = value.as_float() {
            return Ok(x);
        }
        if let Some(n) = value.as_small_int() {
            return Ok(n as f64);
        }
        if let Some(x) = crate::types::float::boxed(value) {
            return Ok(x);
        }
        if let Some(result) = self.call_special(value, Special::Float, &[]) {
            let result = result?;
            self.warn_of_float_subclass(value, &result)?;
            return match result.as_float().or_else(|| crate::types::float::boxed(&result)) {
                Some(x) => Ok(x),
                None => {
                    let (t, r) = (self.type_name(value), self.type_name(&result));
                    Err(type_error(format!("{t}.__float__() must return a float, not {r}")))
                }
            };
        }
        if self.special(value, Special::Index).is_some() {
            let n = self.index(value)?;
            return int::to_f64(&n);
        }
        Err(type_error(format!("must be real number, not {}", self.type_name(value))))
    }
}

impl Py {
    /// What `__index__` and `__int__` gave should be a plain int.
    pub(crate) fn warn_of_int_subclass(&mut self, method: &str, result: &Value) -> Result<()> {
        if result.as_small_int().is_some() || self.is_exact::<int::BigInt>(result) || !int::is_int(result) {
            return Ok(());
        }
        let got = self.type_name(result);
        let text = format!(
            "{method} returned non-int (type {got}).  The ability to return an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python."
        );
        self.warn(Exc::DeprecationWarning, &text, 1)
    }
    /// What a `__float__` gave should be a plain float.
    pub(crate) fn warn_of_float_subclass(&mut self, value: &Value, result: &Value) -> Result<()> {
        if result.as_float().is_some() || crate::types::float::boxed(result).is_none() {
            return Ok(());
        }
        let (class, got) = (self.type_name(value), self.type_name(result));
        let text = format!(
            "{class}.__float__ returned non-float (type {got}).  The ability to return an instance of a strict subclass of float is deprecated, and may not be allowed in a future version of Python."
        );
        self.warn(Exc::DeprecationWarning, &text, 1)
    }
}

#[inline(always)]
fn value_is_generator(value: &Value) -> bool {
    value.is_a::<Generator>()
}

/// StopIteration as an error, for natives that end an iteration with a value.
pub fn end_with(value: Value) -> Raised {
    stop_iteration(value)
}
