//! Conversion between Python values and plain Rust data.

use dashu_int::IBig;
use lockstep_heap::{Object, Ref, Value};

use super::py::Py;
use super::raise::{Result, overflow_error, type_error};
use crate::types::bytes::Bytes;
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// A Rust type that a native function can take as parameter.
pub trait FromArg<'a>: Sized {
    /// From the slot; the names are those of the function and the parameter, for messages.
    fn from_arg(py: &mut Py, value: &'a Value, function: &'static str, parameter: &'static str) -> Result<Self>;
}

/// A Rust type that becomes a Python value.
pub trait IntoValue {
    /// The value.
    fn into_value(self, py: &mut Py) -> Value;
}

/// What a native function can return.
pub trait IntoResult {
    /// The value or the error.
    fn into_result(self, py: &mut Py) -> Result<Value>;
}

impl<T: IntoValue> IntoResult for T {
    #[inline(always)]
    fn into_result(self, py: &mut Py) -> Result<Value> {
        Ok(self.into_value(py))
    }
}

impl<T: IntoValue> IntoResult for Result<T> {
    #[inline(always)]
    fn into_result(self, py: &mut Py) -> Result<Value> {
        self.map(|v| v.into_value(py))
    }
}

#[cold]
fn wrong_type(py: &Py, value: &Value, function: &str, wanted: &str) -> super::raise::Raised {
    type_error(format!("{function}() argument must be {wanted}, not {}", py.type_name(value)))
}

/// The argument in slot `i` as an object with payload `T`.
///
/// Slot 0 of a method is checked like any other: `list.append(1, 2)` must not reach the list.
#[inline(always)]
pub fn arg_ref<'a, T: Object>(py: &mut Py, args: &'a [Value], i: usize, function: &'static str) -> Result<&'a Ref<T>> {
    match args[i].downcast::<T>() {
        Some(r) => Ok(r),
        None => Err(bad_receiver::<T>(py, &args[i], i, function)),
    }
}

#[cold]
#[inline(never)]
fn bad_receiver<T: Object>(py: &mut Py, value: &Value, i: usize, function: &'static str) -> super::raise::Raised {
    let got = py.type_name(value);
    let wanted = if T::TAG == lockstep_heap::Tag::NONE {
        py.type_if_defined::<T>().map(|t| py.full_name(&t))
    } else {
        Some(py.full_name(&py.type_for::<T>()))
    };
    let wanted = wanted.unwrap_or_else(|| "?".to_owned());
    if i == 0 {
        type_error(format!("descriptor '{function}' for '{wanted}' objects doesn't apply to a '{got}' object"))
    } else {
        type_error(format!("{function}() argument {i} must be {wanted}, not {got}"))
    }
}

/// The same for an optional parameter: none if unbound or `None`.
pub fn arg_opt_ref_of<'a, T: Object>(
    py: &mut Py,
    args: &'a [Value],
    i: usize,
    function: &'static str,
) -> Result<Option<&'a Ref<T>>> {
    if args[i].is_unbound() || args[i].is_none() { Ok(None) } else { arg_ref(py, args, i, function).map(Some) }
}

/// None if the argument was not given.
#[inline(always)]
pub fn arg_opt(value: &Value) -> Option<Value> {
    if value.is_unbound() { None } else { Some(value.clone()) }
}

/// None if the argument was not given.
#[inline(always)]
pub fn arg_opt_ref(value: &Value) -> Option<&Value> {
    if value.is_unbound() { None } else { Some(value) }
}

/// The arguments collected by `*args`.
#[inline(always)]
pub fn arg_slice(value: &Value) -> &[Value] {
    value.downcast::<Tuple>().map_or(&[], |t| t.slice())
}

/// The keyword arguments collected by `**kwargs`; none if there are none.
#[inline(always)]
pub fn arg_keywords(py: &Py, value: &Value) -> Vec<(Ref<Str>, Value)> {
    if value.is_unbound() { Vec::new() } else { py.kwargs(value) }
}

macro_rules! int_args {
    ($($t:ty : $c:literal),*) => { $(
        impl FromArg<'_> for $t {
            #[inline]
            fn from_arg(py: &mut Py, value: &Value, _function: &'static str, _parameter: &'static str) -> Result<Self> {
                if let Some(n) = value.as_small_int() && let Ok(n) = <$t>::try_from(n) {
                    return Ok(n);
                }
                let n = py.index(value)?;
                match n.as_small_int().and_then(|n| <$t>::try_from(n).ok()) {
                    Some(n) => Ok(n),
                    None => {
                        let big = crate::types::int::to_ibig(&n);
                        match big.as_ref().and_then(|b| <$t>::try_from(b).ok()) {
                            Some(n) => Ok(n),
                            None => Err(overflow_error(concat!("Python int too large to convert to C ", $c))),
                        }
                    }
                }
            }
        }
        impl IntoValue for $t {
            #[inline]
            fn into_value(self, py: &mut Py) -> Value {
                match i64::try_from(self) {
                    Ok(n) => py.int(n),
                    Err(_) => py.int_from(IBig::from(self)),
                }
            }
        }
    )* };
}
int_args!(i8: "char", i16: "short", i32: "int", i64: "long", isize: "ssize_t", u8: "unsigned char", u16: "unsigned short",
          u32: "unsigned int", u64: "unsigned long", usize: "size_t", i128: "long", u128: "long");

impl FromArg<'_> for IBig {
    fn from_arg(py: &mut Py, value: &Value, _: &'static str, _: &'static str) -> Result<Self> {
        let n = py.index(value)?;
        crate::types::int::to_ibig(&n).ok_or_else(|| type_error("an integer is required"))
    }
}

impl FromArg<'_> for f64 {
    #[inline]
    fn from_arg(py: &mut Py, value: &Value, _: &'static str, _: &'static str) -> Result<Self> {
        py.to_f64(value)
    }
}

impl FromArg<'_> for bool {
    #[inline]
    fn from_arg(py: &mut Py, value: &Value, _: &'static str, _: &'static str) -> Result<Self> {
        py.truth(value)
    }
}

impl<'a> FromArg<'a> for &'a str {
    fn from_arg(py: &mut Py, value: &'a Value, function: &'static str, _: &'static str) -> Result<Self> {
        match value.downcast::<Str>() {
            Some(s) => s.to_str(py),
            None => Err(wrong_type(py, value, function, "str")),
        }
    }
}

impl FromArg<'_> for String {
    fn from_arg(py: &mut Py, value: &Value, function: &'static str, _: &'static str) -> Result<Self> {
        match value.downcast::<Str>() {
            Some(s) => Ok(s.to_str(py)?.to_owned()),
            None => Err(wrong_type(py, value, function, "str")),
        }
    }
}

impl<'a, T: FromArg<'a>> FromArg<'a> for Option<T> {
    /// None if unbound or `None`.
    #[inline]
    fn from_arg(py: &mut Py, value: &'a Value, function: &'static str, parameter: &'static str) -> Result<Self> {
        if value.is_unbound() || value.is_none() { Ok(None) } else { T::from_arg(py, value, function, parameter).map(Some) }
    }
}

impl<T: Object> FromArg<'_> for Ref<T> {
    fn from_arg(py: &mut Py, value: &Value, function: &'static str, parameter: &'static str) -> Result<Self> {
        match value.downcast::<T>() {
            Some(r) => Ok(r.clone()),
            None => {
                let wanted = py.type_for::<T>().get(py).name.to_string();
                Err(type_error(format!("{function}() argument '{parameter}' must be {wanted}, not {}", py.type_name(value))))
            }
        }
    }
}

impl IntoValue for Value {
    #[inline(always)]
    fn into_value(self, _: &mut Py) -> Value {
        self
    }
}
impl<T: Object> IntoValue for Ref<T> {
    #[inline(always)]
    fn into_value(self, _: &mut Py) -> Value {
        Ref::into_value(self)
    }
}
impl IntoValue for () {
    #[inline(always)]
    fn into_value(self, _: &mut Py) -> Value {
        Value::NONE
    }
}
impl IntoValue for bool {
    #[inline(always)]
    fn into_value(self, _: &mut Py) -> Value {
        Value::bool(self)
    }
}
impl IntoValue for f64 {
    #[inline(always)]
    fn into_value(self, _: &mut Py) -> Value {
        Value::float(self)
    }
}
impl IntoValue for IBig {
    fn into_value(self, py: &mut Py) -> Value {
        py.int_from(self)
    }
}
impl IntoValue for &str {
    fn into_value(self, py: &mut Py) -> Value {
        py.str(self)
    }
}
impl IntoValue for String {
    fn into_value(self, py: &mut Py) -> Value {
        py.str(&self)
    }
}
impl<T: IntoValue> IntoValue for Option<T> {
    #[inline]
    fn into_value(self, py: &mut Py) -> Value {
        match self {
            Some(v) => v.into_value(py),
            None => Value::NONE,
        }
    }
}
/// A list.
impl<T: IntoValue> IntoValue for Vec<T> {
    fn into_value(self, py: &mut Py) -> Value {
        let items = self.into_iter().map(|v| v.into_value(py)).collect();
        py.list(items)
    }
}
macro_rules! tuples {
    ($($name:ident)*) => {
        /// A tuple.
        impl<$($name: IntoValue),*> IntoValue for ($($name,)*) {
            #[expect(non_snake_case, reason = "one name for type and variable")]
            fn into_value(self, py: &mut Py) -> Value {
                let ($($name,)*) = self;
                let items = [$($name.into_value(py)),*];
                py.tuple_from(items)
            }
        }
    };
}
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);

impl Py {
    /// A bytes-like argument as bytes: bytes and bytearray are read directly, others through
    /// the buffer they export.
    pub fn bytes_like(&mut self, value: &Value) -> Result<std::borrow::Cow<'static, [u8]>> {
        if let Some(b) = value.downcast::<Bytes>() {
            return Ok(b.slice().to_vec().into());
        }
        crate::types::bytes::buffer_of(self, value).map(Into::into)
    }
    /// The keyword arguments collected by `**kwargs`.
    pub fn kwargs(&self, value: &Value) -> Vec<(Ref<Str>, Value)> {
        let Some(dict) = value.downcast::<Dict>() else { return Vec::new() };
        dict.get(self).iter().filter_map(|(k, v)| Some((k.downcast::<Str>()?.clone(), v.clone()))).collect()
    }
}
