//! Comparison of any values: equality, order, and what can be told without Python code.

use std::cmp::Ordering;

use lockstep_heap::{Tag, Value, with_args};

use super::py::Py;
use super::raise::{Result, type_error};
use super::special::CompareOp;
use crate::types::int;
use crate::types::list::List;
use crate::types::native::Native;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::weakref::WeakRef;

impl Py {
    /// `a is b or a == b`, as containers compare.
    #[inline]
    pub fn eq(&mut self, a: &Value, b: &Value) -> Result<bool> {
        if a.is(b) {
            return Ok(true);
        }
        match quick_eq(self, a, b) {
            Some(answer) => Ok(answer),
            None => {
                let result = self.compare(CompareOp::Eq, a, b)?;
                self.truth(&result)
            }
        }
    }

    /// `a OP b` as a value.
    pub fn compare(&mut self, op: CompareOp, a: &Value, b: &Value) -> Result<Value> {
        if let Some(result) = self.compare_alike(op, a, b) {
            return result;
        }
        if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int()) {
            return Ok(Value::bool(op.accepts(x.cmp(&y))));
        }
        if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
            return Ok(Value::bool(compare_floats(op, x, y)));
        }
        if let Some(answer) = int::compare_numbers(self, op, a, b) {
            return Ok(Value::bool(answer));
        }
        self.native_stack()?;
        let alike = matches!((a.header(), b.header()), (Some(x), Some(y)) if std::ptr::eq(x.shape_ptr(), y.shape_ptr()));
        if alike && let Some(result) = self.compare_builtin(op, a, b) {
            return result;
        }
        let mut reflected_done = false;
        if !alike
            && {
                let (left, right) = (self.type_ref(a), self.type_ref(b));
                !left.is(right) && self.is_subtype(right, left)
            }
            && self.special(b, op.swapped().method()).is_some()
        {
            reflected_done = true;
            if let Some(result) = self.ask_comparison(b, op.swapped(), a) {
                let result = result?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
            }
        }
        if let Some(result) = self.ask_comparison(a, op, b) {
            let result = result?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        if !reflected_done && let Some(result) = self.ask_comparison(b, op.swapped(), a) {
            let result = result?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        self.compare_identity(op, a, b)
    }

    /// Two objects of one native type that is none of the common ones: what its native method says; none if
    /// that is not so, or if the method does not know.
    #[inline]
    fn compare_alike(&mut self, op: CompareOp, a: &Value, b: &Value) -> Option<Result<Value>> {
        let (left, right) = (a.header()?.shape(), b.header()?.shape());
        if !std::ptr::eq(left, right) || !matches!(left.tag(), Tag::NONE | Tag::DECIMAL) {
            return None;
        }
        let native = self.special(a, op.method())?.downcast::<Native>()?;
        if native.exact != 2 || !native.binds() {
            return None;
        }
        let call = native.def.call;
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

    /// Two objects of exactly one of the builtin types whose comparison is known; none for others.
    #[inline]
    fn compare_builtin(&mut self, op: CompareOp, a: &Value, b: &Value) -> Option<Result<Value>> {
        if self.is_exact::<Str>(a) {
            let (s, t) = (a.downcast::<Str>()?.as_bytes(), b.downcast::<Str>()?.as_bytes());
            return Some(Ok(Value::bool(match op {
                CompareOp::Eq => s == t,
                CompareOp::Ne => s != t,
                _ => op.accepts(s.cmp(t)),
            })));
        }
        if self.is_exact::<Tuple>(a) {
            return Some(crate::types::sequence::compare(self, op, a.downcast::<Tuple>()?, b.downcast::<Tuple>()?));
        }
        if self.is_exact::<List>(a) {
            return Some(crate::types::sequence::compare(self, op, a.downcast::<List>()?, b.downcast::<List>()?));
        }
        None
    }

    /// Call one operand's comparison; one that cannot be had of its descriptor is as good as none.
    fn ask_comparison(&mut self, object: &Value, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let method = self.special(object, op.method())?;
        if let Some(native) = method.downcast::<Native>()
            && native.exact == 2
            && native.binds()
        {
            let call = native.def.call;
            let result = with_args([object, other], |args| call(self, args));
            self.drain_pending();
            return Some(result);
        }
        if method.is_none() {
            return Some(Err(type_error("'NoneType' object is not callable")));
        }
        let method = method.clone();
        if method.is_a::<crate::types::function::Function>() || method.is_a::<crate::types::native::Native>() {
            return Some(self.call_unbound(&method, object, std::slice::from_ref(other)));
        }
        let ty = self.type_of(object);
        let bound = self.bind_descriptor(&method, object, &ty).ok()?;
        Some(self.call(&bound, std::slice::from_ref(other)))
    }

    /// What a comparison gives when neither operand knows an answer.
    pub fn compare_identity(&self, op: CompareOp, a: &Value, b: &Value) -> Result<Value> {
        match op {
            CompareOp::Eq => Ok(Value::bool(a.is(b))),
            CompareOp::Ne => Ok(Value::bool(!a.is(b))),
            _ => {
                let (l, r) = (self.type_name(a), self.type_name(b));
                Err(type_error(format!("'{}' not supported between instances of '{l}' and '{r}'", op.symbol())))
            }
        }
    }

    /// `a OP b` as a truth.
    pub fn compare_bool(&mut self, op: CompareOp, a: &Value, b: &Value) -> Result<bool> {
        let result = self.compare(op, a, b)?;
        self.truth(&result)
    }
}

fn compare_floats(op: CompareOp, x: f64, y: f64) -> bool {
    match x.partial_cmp(&y) {
        Some(order) => op.accepts(order),
        None => op == CompareOp::Ne,
    }
}

/// Whether a key of a table is the one that is sought. Where only Python code could tell, no, and
/// `unsure` is set.
#[inline(always)]
pub(crate) fn is_key(py: &Py, key: &Value, sought: &Value, unsure: &mut bool) -> bool {
    key.is(sought)
        || quick_eq(py, key, sought).unwrap_or_else(|| {
            *unsure = true;
            false
        })
}

/// Equality of builtin values that needs no Python code; none if it might.
#[inline]
pub fn quick_eq(py: &Py, a: &Value, b: &Value) -> Option<bool> {
    match (a.header(), b.header()) {
        (None, None) => {
            if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
                return Some(x == y);
            }
            if a.raw().is_int() && b.raw().is_int() {
                return Some(false); // identity was tested before
            }
            let (x, y) = (number(a)?, number(b)?);
            Some(x == y)
        }
        (Some(x), Some(y)) => {
            let str_shape = &raw const **py.shape_of::<Str>();
            if std::ptr::eq(x.shape_ptr(), str_shape) && std::ptr::eq(y.shape_ptr(), str_shape) {
                let (s, t) = (a.downcast::<Str>()?, b.downcast::<Str>()?);
                return Some(s.as_bytes() == t.as_bytes());
            }
            if py.is_exact::<Tuple>(a) && py.is_exact::<Tuple>(b) {
                let (s, t) = (a.downcast::<Tuple>()?.slice(), b.downcast::<Tuple>()?.slice());
                if s.len() != t.len() {
                    return Some(false);
                }
                if s.len() > 8 {
                    return None;
                }
                for (x, y) in s.iter().zip(t) {
                    if x.is(y) {
                        continue;
                    }
                    if py.is_exact::<Tuple>(x) {
                        return None;
                    }
                    if !quick_eq(py, x, y)? {
                        return Some(false);
                    }
                }
                return Some(true);
            }
            same_target(py, a, b)
        }
        _ => None,
    }
}

/// Whether two weak references are to one living object: they are equal then.
#[inline(never)]
fn same_target(py: &Py, a: &Value, b: &Value) -> Option<bool> {
    let (x, y) = (a.downcast::<WeakRef>()?, b.downcast::<WeakRef>()?);
    if !py.is_exact::<WeakRef>(a) || !py.is_exact::<WeakRef>(b) {
        return None;
    }
    let (x, y) = (WeakRef::target(py, x)?, WeakRef::target(py, y)?);
    x.is(&y).then_some(true)
}

fn number(v: &Value) -> Option<f64> {
    if let Some(n) = v.as_small_int() {
        Some(n as f64)
    } else if let Some(x) = v.as_float() {
        Some(x)
    } else {
        v.as_bool().map(|b| f64::from(u8::from(b)))
    }
}

/// Order of two values by `<`, for sorting: less or not.
pub fn less(py: &mut Py, a: &Value, b: &Value) -> Result<bool> {
    if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int()) {
        return Ok(x < y);
    }
    if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
        return Ok(x < y);
    }
    if py.is_exact::<Str>(a)
        && py.is_exact::<Str>(b)
        && let (Some(s), Some(t)) = (a.downcast::<Str>(), b.downcast::<Str>())
    {
        return Ok(s.as_bytes().cmp(t.as_bytes()) == Ordering::Less);
    }
    if py.is_exact::<Tuple>(a)
        && py.is_exact::<Tuple>(b)
        && let (Some(s), Some(t)) = (a.downcast::<Tuple>(), b.downcast::<Tuple>())
    {
        let answer = crate::types::sequence::compare(py, CompareOp::Lt, s, t)?;
        return py.truth(&answer);
    }
    py.compare_bool(CompareOp::Lt, a, b)
}
