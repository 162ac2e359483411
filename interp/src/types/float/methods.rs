//! The methods of `float`.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;
use lockstep_text::int::Shown;

use super::{FloatBox, as_f64, binary, make_in, operand, power};
use crate::object::raise::{Result, overflow_error, type_error, value_error};
use crate::object::special::{BinaryOp, CompareOp};
use crate::object::{NativeType, Py, Special, Type, TypeFlags};
use crate::types::function::Function;
use crate::types::int::{self};
use crate::types::str::Str;

fn receiver(py: &Py, this: &Value, name: &str) -> Result<f64> {
    match as_f64(this) {
        Some(x) => Ok(x),
        None => Err(int::wrong_receiver(py, this, "float", name)),
    }
}

fn binary_of(py: &mut Py, op: BinaryOp, this: &Value, other: &Value, name: &str) -> Result<Value> {
    let x = receiver(py, this, name)?;
    match operand(other) {
        Some(y) => binary(py, op, x, y?).unwrap_or(Ok(Value::NOT_IMPLEMENTED)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn reflected(py: &mut Py, op: BinaryOp, this: &Value, other: &Value, name: &str) -> Result<Value> {
    let y = receiver(py, this, name)?;
    match operand(other) {
        Some(x) => binary(py, op, x?, y).unwrap_or(Ok(Value::NOT_IMPLEMENTED)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn pow(py: &mut Py, x: &Value, y: &Value, modulus: &Value) -> Result<Value> {
    if !modulus.is_none() {
        return Err(type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    match (operand(x), operand(y)) {
        (Some(x), Some(y)) => power(py, x?, y?),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// `float(x)` of a text or a number.
fn construct(py: &mut Py, x: &Value) -> Result<f64> {
    if let Some(x) = x.as_float() {
        return Ok(x);
    }
    if py.is_exact::<Str>(x)
        && let Some(s) = x.downcast::<Str>()
    {
        return Ok(lockstep_text::float::parse(s.as_bytes(), Shown::Str)?);
    }
    if let Some(method) = py.special_owned(x, Special::Float)
        && method.is_a::<Function>()
        && x.is_a::<FloatBox>()
    {
        // A subclass has its own idea of what number it is.
        let result = py.call_unbound(&method, x, &[])?;
        let Some(number) = as_f64(&result) else {
            let (class, got) = (py.type_name(x), py.type_name(&result));
            return Err(type_error(format!("{class}.__float__ returned non-float (type {got})")));
        };
        py.warn_of_float_subclass(x, &result)?;
        return Ok(number);
    }
    if py.special(x, Special::Float).is_some() || py.special(x, Special::Index).is_some() {
        return py.to_f64(x);
    }
    if let Some(s) = x.downcast::<Str>() {
        return Ok(lockstep_text::float::parse(s.as_bytes(), Shown::Str)?);
    }
    match int::text_of_bytes(py, x) {
        Some(bytes) => Ok(lockstep_text::float::parse(&bytes, Shown::Bytes)?),
        None => Err(type_error(format!("float() argument must be a string or a real number, not '{}'", py.type_name(x)))),
    }
}

/// A rounded float as int; `what` is for messages.
fn to_int(py: &mut Py, x: f64) -> Result<Value> {
    int::from_f64(py, x)
}

#[methods]
impl FloatBox {
    /// Convert a string or number to a floating-point number, if possible.
    #[staticmethod("(type, x=0, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, x: &Value) -> Result<Value> {
        let value = construct(py, x)?;
        Ok(make_in(py, cls, value))
    }
    /// Return self+value.
    #[py("(self, value, /)")]
    fn __add__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary_of(py, BinaryOp::Add, this, value, "__add__")
    }
    /// Return value+self.
    #[py("(self, value, /)")]
    fn __radd__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::Add, this, value, "__radd__")
    }
    /// Return self-value.
    #[py("(self, value, /)")]
    fn __sub__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary_of(py, BinaryOp::Sub, this, value, "__sub__")
    }
    /// Return value-self.
    #[py("(self, value, /)")]
    fn __rsub__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::Sub, this, value, "__rsub__")
    }
    /// Return self*value.
    #[py("(self, value, /)")]
    fn __mul__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary_of(py, BinaryOp::Mul, this, value, "__mul__")
    }
    /// Return value*self.
    #[py("(self, value, /)")]
    fn __rmul__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::Mul, this, value, "__rmul__")
    }
    /// Return self/value.
    #[py("(self, value, /)")]
    fn __truediv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary_of(py, BinaryOp::TrueDiv, this, value, "__truediv__")
    }
    /// Return value/self.
    #[py("(self, value, /)")]
    fn __rtruediv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::TrueDiv, this, value, "__rtruediv__")
    }
    /// Return self//value.
    #[py("(self, value, /)")]
    fn __floordiv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary_of(py, BinaryOp::FloorDiv, this, value, "__floordiv__")
    }
    /// Return value//self.
    #[py("(self, value, /)")]
    fn __rfloordiv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::FloorDiv, this, value, "__rfloordiv__")
    }
    /// Return self%value.
    #[py("(self, value, /)")]
    fn __mod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary_of(py, BinaryOp::Mod, this, value, "__mod__")
    }
    /// Return value%self.
    #[py("(self, value, /)")]
    fn __rmod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::Mod, this, value, "__rmod__")
    }
    /// Return divmod(self, value).
    #[py("(self, value, /)")]
    fn __divmod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary_of(py, BinaryOp::DivMod, this, value, "__divmod__")
    }
    /// Return divmod(value, self).
    #[py("(self, value, /)")]
    fn __rdivmod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::DivMod, this, value, "__rdivmod__")
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        Ok(super::compare(CompareOp::Lt, receiver(py, this, "__lt__")?, value))
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        Ok(super::compare(CompareOp::Le, receiver(py, this, "__le__")?, value))
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        Ok(super::compare(CompareOp::Eq, receiver(py, this, "__eq__")?, value))
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        Ok(super::compare(CompareOp::Ne, receiver(py, this, "__ne__")?, value))
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        Ok(super::compare(CompareOp::Gt, receiver(py, this, "__gt__")?, value))
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        Ok(super::compare(CompareOp::Ge, receiver(py, this, "__ge__")?, value))
    }
    /// Return pow(self, value, mod).
    #[py("(self, value, mod=None, /)")]
    fn __pow__(py: &mut Py, this: &Value, value: &Value, modulus: &Value) -> Result<Value> {
        receiver(py, this, "__pow__")?;
        pow(py, this, value, modulus)
    }
    /// Return pow(value, self, mod).
    #[py("(self, value, mod=None, /)")]
    fn __rpow__(py: &mut Py, this: &Value, value: &Value, modulus: &Value) -> Result<Value> {
        receiver(py, this, "__rpow__")?;
        pow(py, value, this, modulus)
    }
    /// abs(self)
    #[py("(self, /)")]
    fn __abs__(py: &mut Py, this: &Value) -> Result<f64> {
        Ok(receiver(py, this, "__abs__")?.abs())
    }
    /// True if self else False
    #[py("(self, /)")]
    fn __bool__(py: &mut Py, this: &Value) -> Result<bool> {
        Ok(receiver(py, this, "__bool__")? != 0.0)
    }
    /// Return the ceiling as an Integral.
    #[py("(self, /)")]
    fn __ceil__(py: &mut Py, this: &Value) -> Result<Value> {
        let x = receiver(py, this, "__ceil__")?;
        to_int(py, x.ceil())
    }
    /// float(self)
    #[py("(self, /)")]
    fn __float__(py: &mut Py, this: &Value) -> Result<f64> {
        receiver(py, this, "__float__")
    }
    /// Return the floor as an Integral.
    #[py("(self, /)")]
    fn __floor__(py: &mut Py, this: &Value) -> Result<Value> {
        let x = receiver(py, this, "__floor__")?;
        to_int(py, x.floor())
    }
    /// Formats the float according to format_spec.
    #[py("(self, format_spec, /)")]
    fn __format__(py: &mut Py, this: &Value, format_spec: &Value) -> Result<Value> {
        let x = receiver(py, this, "__format__")?;
        let Some(spec) = format_spec.downcast::<Str>() else {
            return Err(type_error(format!("__format__() argument must be str, not {}", py.type_name(format_spec))));
        };
        if spec.is_empty() {
            return Ok(py.str_of(this)?.into_value());
        }
        let text = lockstep_text::format::float(x, spec.as_bytes())?;
        Ok(py.new_str_bytes(&text).into_value())
    }
    /// How floats are stored: `typestr` is "double" or "float".
    #[classmethod("(type, typestr, /)")]
    fn __getformat__(py: &mut Py, _cls: &Value, typestr: &Value) -> Result<&'static str> {
        let Some(kind) = typestr.downcast::<Str>() else {
            return Err(type_error(format!("__getformat__() argument must be str, not {}", py.type_name(typestr))));
        };
        match kind.as_bytes() {
            b"double" | b"float" => Ok(if cfg!(target_endian = "little") { "IEEE, little-endian" } else { "IEEE, big-endian" }),
            _ => Err(value_error("__getformat__() argument 1 must be 'double' or 'float'")),
        }
    }
    /// The arguments of `__new__` for a copy.
    #[py("(self, /)")]
    fn __getnewargs__(py: &mut Py, this: &Value) -> Result<(f64,)> {
        Ok((receiver(py, this, "__getnewargs__")?,))
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Value) -> Result<i64> {
        let x = receiver(py, this, "__hash__")?;
        // A NaN's hash is that of its object.
        Ok(lockstep_text::hash::float(x).unwrap_or((this.id().rotate_right(4) >> 4) as i64))
    }
    /// int(self)
    #[py("(self, /)")]
    fn __int__(py: &mut Py, this: &Value) -> Result<Value> {
        let x = receiver(py, this, "__int__")?;
        to_int(py, x)
    }
    /// -self
    #[py("(self, /)")]
    fn __neg__(py: &mut Py, this: &Value) -> Result<f64> {
        Ok(-receiver(py, this, "__neg__")?)
    }
    /// +self
    #[py("(self, /)")]
    fn __pos__(py: &mut Py, this: &Value) -> Result<f64> {
        receiver(py, this, "__pos__")
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Value) -> Result<Value> {
        let x = receiver(py, this, "__repr__")?;
        let mut text = String::with_capacity(24);
        lockstep_text::float::push_repr(&mut text, x);
        Ok(py.new_ascii(text.as_bytes()).into_value())
    }
    /// Return the Integral closest to x, rounding half toward even.
    ///
    /// When an argument is passed, work like built-in round(x, ndigits).
    #[py("(self, ndigits=None, /)")]
    fn __round__(py: &mut Py, this: &Value, ndigits: &Value) -> Result<Value> {
        let x = receiver(py, this, "__round__")?;
        if ndigits.is_none() {
            return to_int(py, x.round_ties_even());
        }
        let digits = py.index_clamped(ndigits)?;
        Ok(Value::float(lockstep_text::float::round(x, digits as i64)?))
    }
    /// Return the Integral closest to x between 0 and x.
    #[py("(self, /)")]
    fn __trunc__(py: &mut Py, this: &Value) -> Result<Value> {
        let x = receiver(py, this, "__trunc__")?;
        to_int(py, x)
    }
    /// Return a pair of integers, whose ratio is exactly equal to the original float.
    #[py("(self, /)")]
    fn as_integer_ratio(py: &mut Py, this: &Value) -> Result<Value> {
        let x = receiver(py, this, "as_integer_ratio")?;
        if x.is_infinite() {
            return Err(overflow_error("cannot convert Infinity to integer ratio"));
        }
        if x.is_nan() {
            return Err(value_error("cannot convert NaN to integer ratio"));
        }
        let (n, d) = lockstep_text::float::as_integer_ratio(x)?;
        let (n, d) = (py.int_from(n), py.int_from(d));
        Ok(py.tuple(vec![n, d]))
    }
    /// Return self, the complex conjugate of any float.
    #[py("(self, /)")]
    fn conjugate(py: &mut Py, this: &Value) -> Result<f64> {
        receiver(py, this, "conjugate")
    }
    /// Convert real number to a floating-point number.
    #[classmethod("(type, number, /)")]
    fn from_number(py: &mut Py, cls: &Ref<Type>, number: &Value) -> Result<Value> {
        if number.as_float().is_some() && cls.is(&py.type_for::<FloatBox>()) {
            return Ok(number.clone());
        }
        let x = py.to_f64(number)?;
        if cls.is(&py.type_for::<FloatBox>()) {
            return Ok(Value::float(x));
        }
        py.call(cls.as_value(), &[Value::float(x)])
    }
    /// Create a floating-point number from a hexadecimal string.
    #[classmethod("(type, string, /)")]
    fn fromhex(py: &mut Py, cls: &Ref<Type>, string: &Value) -> Result<Value> {
        let Some(text) = string.downcast::<Str>() else {
            return Err(type_error("bad argument type for built-in operation"));
        };
        let x = lockstep_text::float_hex::from_hex(text.as_bytes())?;
        if cls.is(&py.type_for::<FloatBox>()) {
            return Ok(Value::float(x));
        }
        py.call(cls.as_value(), &[Value::float(x)])
    }
    /// Return a hexadecimal representation of a floating-point number.
    #[py("(self, /)")]
    fn hex(py: &mut Py, this: &Value) -> Result<String> {
        Ok(lockstep_text::float_hex::to_hex(receiver(py, this, "hex")?))
    }
    /// Return True if the float is an integer.
    #[py("(self, /)")]
    fn is_integer(py: &mut Py, this: &Value) -> Result<bool> {
        let x = receiver(py, this, "is_integer")?;
        Ok(x.is_finite() && x.fract() == 0.0)
    }
    /// the real part of a complex number
    #[getter]
    fn real(py: &mut Py, this: &Value) -> Result<f64> {
        receiver(py, this, "real")
    }
    /// the imaginary part of a complex number
    #[getter]
    fn imag(py: &mut Py, this: &Value) -> Result<f64> {
        receiver(py, this, "imag").map(|_| 0.0)
    }
}

impl NativeType for FloatBox {
    const NAME: &'static str = "float";
    const DOC: Option<&'static str> = Some("Convert a string or number to a floating-point number, if possible.");
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF;
}
