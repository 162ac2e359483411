//! The methods of `int`.

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;
use lockstep_text::format::IntRef;

use super::{BigInt, Wide, compute, convert, from_ibig, make_in, plain, power_mod, wide};
use crate::object::raise::{Result, overflow_error, type_error, value_error};
use crate::object::special::{BinaryOp, CompareOp};
use crate::object::{NativeType, Py, Type, TypeFlags};
use crate::types::bytes::Bytes;
use crate::types::str::Str;

/// The receiver of a special method as a number.
fn receiver<'a>(py: &Py, this: &'a Value, name: &str) -> Result<Wide<'a>> {
    match wide(this) {
        Some(n) => Ok(n),
        None => Err(wrong_receiver(py, this, "int", name)),
    }
}

/// The error of a special method of `class` called on something else.
#[cold]
pub fn wrong_receiver(py: &Py, this: &Value, class: &str, name: &str) -> crate::object::Raised {
    let got = py.type_name(this);
    if name.starts_with("__") {
        type_error(format!("descriptor '{name}' requires a '{class}' object but received a '{got}'"))
    } else {
        type_error(format!("descriptor '{name}' for '{class}' objects doesn't apply to a '{got}' object"))
    }
}

fn binary(py: &mut Py, op: BinaryOp, this: &Value, other: &Value, name: &str) -> Result<Value> {
    let x = receiver(py, this, name)?;
    match wide(other) {
        Some(y) => compute(py, op, x, y),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn reflected(py: &mut Py, op: BinaryOp, this: &Value, other: &Value, name: &str) -> Result<Value> {
    let y = receiver(py, this, name)?;
    match wide(other) {
        Some(x) => compute(py, op, x, y),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn compare(py: &mut Py, op: CompareOp, this: &Value, other: &Value, name: &str) -> Result<Value> {
    let x = receiver(py, this, name)?;
    Ok(match wide(other) {
        Some(y) => Value::bool(op.accepts(x.order(y))),
        None => Value::NOT_IMPLEMENTED,
    })
}

fn pow(py: &mut Py, x: &Value, y: &Value, modulus: &Value) -> Result<Value> {
    let (Some(a), Some(b)) = (wide(x), wide(y)) else { return Ok(Value::NOT_IMPLEMENTED) };
    if modulus.is_none() {
        return compute(py, BinaryOp::Pow, a, b);
    }
    match wide(modulus) {
        Some(m) => power_mod(py, &a.to_ibig(), &b.to_ibig(), &m.to_ibig()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// The number for the text crate.
fn int_ref(n: Wide<'_>) -> IntRef<'_> {
    match n {
        Wide::Small(n) => IntRef::Small(n),
        Wide::Big(n) => IntRef::Big(n),
    }
}

#[methods]
impl BigInt {
    /// int([x]) -> integer
    /// int(x, base=10) -> integer
    ///
    /// The integer that a number or a text stands for.
    #[staticmethod("(type, x=<unbound>, /, base=<unbound>)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, x: Option<&Value>, base: Option<&Value>) -> Result<Value> {
        // The bools are two immediates: no other object of the class may come to be.
        if cls.is(&py.type_named("bool")) {
            return Err(type_error("int.__new__(bool) is not safe, use bool.__new__()"));
        }
        let value = convert::construct(py, x, base)?;
        if cls.is(&py.type_for::<BigInt>()) {
            return Ok(value);
        }
        let number = wide(&value).map(Wide::to_ibig).unwrap_or(IBig::ZERO);
        Ok(make_in(py, cls, number))
    }
    /// Return self+value.
    #[py("(self, value, /)")]
    fn __add__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Add, this, value, "__add__")
    }
    /// Return value+self.
    #[py("(self, value, /)")]
    fn __radd__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::Add, this, value, "__radd__")
    }
    /// Return self-value.
    #[py("(self, value, /)")]
    fn __sub__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Sub, this, value, "__sub__")
    }
    /// Return value-self.
    #[py("(self, value, /)")]
    fn __rsub__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::Sub, this, value, "__rsub__")
    }
    /// Return self*value.
    #[py("(self, value, /)")]
    fn __mul__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Mul, this, value, "__mul__")
    }
    /// Return value*self.
    #[py("(self, value, /)")]
    fn __rmul__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::Mul, this, value, "__rmul__")
    }
    /// Return self/value.
    #[py("(self, value, /)")]
    fn __truediv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::TrueDiv, this, value, "__truediv__")
    }
    /// Return value/self.
    #[py("(self, value, /)")]
    fn __rtruediv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::TrueDiv, this, value, "__rtruediv__")
    }
    /// Return self//value.
    #[py("(self, value, /)")]
    fn __floordiv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::FloorDiv, this, value, "__floordiv__")
    }
    /// Return value//self.
    #[py("(self, value, /)")]
    fn __rfloordiv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::FloorDiv, this, value, "__rfloordiv__")
    }
    /// Return self%value.
    #[py("(self, value, /)")]
    fn __mod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Mod, this, value, "__mod__")
    }
    /// Return value%self.
    #[py("(self, value, /)")]
    fn __rmod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::Mod, this, value, "__rmod__")
    }
    /// Return divmod(self, value).
    #[py("(self, value, /)")]
    fn __divmod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::DivMod, this, value, "__divmod__")
    }
    /// Return divmod(value, self).
    #[py("(self, value, /)")]
    fn __rdivmod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::DivMod, this, value, "__rdivmod__")
    }
    /// Return self<<value.
    #[py("(self, value, /)")]
    fn __lshift__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::LShift, this, value, "__lshift__")
    }
    /// Return value<<self.
    #[py("(self, value, /)")]
    fn __rlshift__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::LShift, this, value, "__rlshift__")
    }
    /// Return self>>value.
    #[py("(self, value, /)")]
    fn __rshift__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::RShift, this, value, "__rshift__")
    }
    /// Return value>>self.
    #[py("(self, value, /)")]
    fn __rrshift__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::RShift, this, value, "__rrshift__")
    }
    /// Return self&value.
    #[py("(self, value, /)")]
    fn __and__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::And, this, value, "__and__")
    }
    /// Return value&self.
    #[py("(self, value, /)")]
    fn __rand__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::And, this, value, "__rand__")
    }
    /// Return self|value.
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Or, this, value, "__or__")
    }
    /// Return value|self.
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::Or, this, value, "__ror__")
    }
    /// Return self^value.
    #[py("(self, value, /)")]
    fn __xor__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Xor, this, value, "__xor__")
    }
    /// Return value^self.
    #[py("(self, value, /)")]
    fn __rxor__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        reflected(py, BinaryOp::Xor, this, value, "__rxor__")
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Lt, this, value, "__lt__")
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Le, this, value, "__le__")
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Eq, this, value, "__eq__")
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Ne, this, value, "__ne__")
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Gt, this, value, "__gt__")
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        compare(py, CompareOp::Ge, this, value, "__ge__")
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
    fn __abs__(py: &mut Py, this: &Value) -> Result<Value> {
        match receiver(py, this, "__abs__")? {
            Wide::Small(n) => Ok(py.int(n.abs())),
            Wide::Big(n) => Ok(from_ibig(py, IBig::from(n.clone().into_parts().1))),
        }
    }
    /// True if self else False
    #[py("(self, /)")]
    fn __bool__(py: &mut Py, this: &Value) -> Result<bool> {
        Ok(match receiver(py, this, "__bool__")? {
            Wide::Small(n) => n != 0,
            Wide::Big(n) => !n.is_zero(),
        })
    }
    /// Ceiling of an Integral returns itself.
    #[py("(self, /)")]
    fn __ceil__(py: &mut Py, this: &Value) -> Result<Value> {
        receiver(py, this, "__ceil__").map(drop)?;
        Ok(plain(py, this))
    }
    /// float(self)
    #[py("(self, /)")]
    fn __float__(py: &mut Py, this: &Value) -> Result<f64> {
        receiver(py, this, "__float__").map(drop)?;
        super::to_f64(this)
    }
    /// Flooring an Integral returns itself.
    #[py("(self, /)")]
    fn __floor__(py: &mut Py, this: &Value) -> Result<Value> {
        receiver(py, this, "__floor__").map(drop)?;
        Ok(plain(py, this))
    }
    /// Convert to a string according to format_spec.
    #[py("(self, format_spec, /)")]
    fn __format__(py: &mut Py, this: &Value, format_spec: &Value) -> Result<Value> {
        let n = receiver(py, this, "__format__")?;
        let Some(spec) = format_spec.downcast::<Str>() else {
            return Err(type_error(format!("__format__() argument must be str, not {}", py.type_name(format_spec))));
        };
        if spec.is_empty() {
            return Ok(py.str_of(this)?.into_value());
        }
        let limit = py.shared().config.int_max_str_digits;
        let text = lockstep_text::format::int(int_ref(n), spec.as_bytes(), limit)?;
        Ok(py.new_str_bytes(&text).into_value())
    }
    /// The arguments of `__new__` for a copy.
    #[py("(self, /)")]
    fn __getnewargs__(py: &mut Py, this: &Value) -> Result<(Value,)> {
        receiver(py, this, "__getnewargs__").map(drop)?;
        Ok((plain(py, this),))
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Value) -> Result<i64> {
        Ok(match receiver(py, this, "__hash__")? {
            Wide::Small(n) => lockstep_text::hash::int(n),
            Wide::Big(n) => lockstep_text::hash::big(n),
        })
    }
    /// Return self converted to an integer, if self is suitable for use as an index into a list.
    #[py("(self, /)")]
    fn __index__(py: &mut Py, this: &Value) -> Result<Value> {
        receiver(py, this, "__index__").map(drop)?;
        Ok(plain(py, this))
    }
    /// int(self)
    #[py("(self, /)")]
    fn __int__(py: &mut Py, this: &Value) -> Result<Value> {
        receiver(py, this, "__int__").map(drop)?;
        Ok(plain(py, this))
    }
    /// ~self
    #[py("(self, /)")]
    fn __invert__(py: &mut Py, this: &Value) -> Result<Value> {
        match receiver(py, this, "__invert__")? {
            Wide::Small(n) => Ok(py.int(!n)),
            Wide::Big(n) => Ok(from_ibig(py, !n)),
        }
    }
    /// -self
    #[py("(self, /)")]
    fn __neg__(py: &mut Py, this: &Value) -> Result<Value> {
        match receiver(py, this, "__neg__")? {
            Wide::Small(n) => Ok(py.int(-n)),
            Wide::Big(n) => Ok(from_ibig(py, -n)),
        }
    }
    /// +self
    #[py("(self, /)")]
    fn __pos__(py: &mut Py, this: &Value) -> Result<Value> {
        receiver(py, this, "__pos__").map(drop)?;
        Ok(plain(py, this))
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Value) -> Result<Value> {
        match receiver(py, this, "__repr__")? {
            Wide::Small(n) => Ok(lockstep_text::int::with_i64(n, |digits| py.new_ascii(digits)).into_value()),
            Wide::Big(n) => {
                let limit = py.shared().config.int_max_str_digits;
                let text = lockstep_text::int::to_decimal(n, limit)?;
                Ok(py.new_ascii(text.as_bytes()).into_value())
            }
        }
    }
    /// Rounding an Integral returns itself.
    ///
    /// Rounding with an ndigits argument also returns an integer.
    #[py("(self, ndigits=None, /)")]
    fn __round__(py: &mut Py, this: &Value, ndigits: &Value) -> Result<Value> {
        let n = receiver(py, this, "__round__")?;
        if ndigits.is_none() {
            return Ok(plain(py, this));
        }
        match py.index_clamped(ndigits)? {
            0.. => Ok(plain(py, this)),
            digits => super::round_to(py, &n.to_ibig(), digits.unsigned_abs()),
        }
    }
    /// Returns size in memory, in bytes.
    #[py("(self, /)")]
    fn __sizeof__(py: &mut Py, this: &Value) -> Result<usize> {
        Ok(match receiver(py, this, "__sizeof__")? {
            Wide::Small(_) => 8,
            Wide::Big(n) => 40 + n.bit_len().div_ceil(64) * 8,
        })
    }
    /// Truncating an Integral returns itself.
    #[py("(self, /)")]
    fn __trunc__(py: &mut Py, this: &Value) -> Result<Value> {
        receiver(py, this, "__trunc__").map(drop)?;
        Ok(plain(py, this))
    }
    /// Return a pair of integers, whose ratio is equal to the original int.
    #[py("(self, /)")]
    fn as_integer_ratio(py: &mut Py, this: &Value) -> Result<(Value, i64)> {
        receiver(py, this, "as_integer_ratio").map(drop)?;
        Ok((plain(py, this), 1))
    }
    /// Number of ones in the binary representation of the absolute value of self.
    #[py("(self, /)")]
    fn bit_count(py: &mut Py, this: &Value) -> Result<usize> {
        Ok(match receiver(py, this, "bit_count")? {
            Wide::Small(n) => n.unsigned_abs().count_ones() as usize,
            Wide::Big(n) => n.clone().into_parts().1.count_ones(),
        })
    }
    /// Number of bits necessary to represent self in binary.
    #[py("(self, /)")]
    fn bit_length(py: &mut Py, this: &Value) -> Result<usize> {
        Ok(match receiver(py, this, "bit_length")? {
            Wide::Small(n) => (64 - n.unsigned_abs().leading_zeros()) as usize,
            Wide::Big(n) => n.clone().into_parts().1.bit_len(),
        })
    }
    /// Returns self, the complex conjugate of any int.
    #[py("(self, /)")]
    fn conjugate(py: &mut Py, this: &Value) -> Result<Value> {
        receiver(py, this, "conjugate").map(drop)?;
        Ok(plain(py, this))
    }
    /// Return the integer represented by the given array of bytes.
    #[classmethod("(type, /, bytes, byteorder='big', *, signed=False)")]
    fn from_bytes(py: &mut Py, cls: &Value, bytes: &Value, byteorder: &Value, signed: &Value) -> Result<Value> {
        let little = convert::byte_order(py, byteorder, "from_bytes")?;
        let signed = py.truth(signed)?;
        let data = convert::to_bytes_object(py, bytes)?;
        let value = convert::from_bytes(py, data.slice(), little, signed);
        if cls.is(py.type_for::<BigInt>().as_value()) {
            return Ok(value);
        }
        py.call(cls, &[value])
    }
    /// Returns True. Exists for duck type compatibility with float.is_integer.
    #[py("(self, /)")]
    fn is_integer(py: &mut Py, this: &Value) -> Result<bool> {
        receiver(py, this, "is_integer").map(|_| true)
    }
    /// Return an array of bytes representing an integer.
    #[py("(self, /, length=1, byteorder='big', *, signed=False)")]
    fn to_bytes(py: &mut Py, this: &Value, length: isize, byteorder: &Value, signed: &Value) -> Result<Ref<Bytes>> {
        let n = receiver(py, this, "to_bytes")?;
        let little = convert::byte_order(py, byteorder, "to_bytes")?;
        let signed = py.truth(signed)?;
        if let Wide::Small(n) = n
            && let Some(bytes) = convert::word_bytes(n, length, little, signed)
        {
            return Ok(py.new_bytes(&bytes[..length as usize]));
        }
        let n = n.to_ibig();
        let Ok(length) = usize::try_from(length) else {
            return Err(value_error("length argument must be non-negative"));
        };
        if !signed && n < IBig::ZERO {
            return Err(overflow_error("can't convert negative int to unsigned"));
        }
        convert::to_bytes(py, &n, length, little, signed)
    }
    /// the real part of a complex number
    #[getter]
    fn real(py: &mut Py, this: &Value) -> Result<Value> {
        receiver(py, this, "real").map(drop)?;
        Ok(plain(py, this))
    }
    /// the imaginary part of a complex number
    #[getter]
    fn imag(py: &mut Py, this: &Value) -> Result<i64> {
        receiver(py, this, "imag").map(|_| 0)
    }
    /// the numerator of a rational number in lowest terms
    #[getter]
    fn numerator(py: &mut Py, this: &Value) -> Result<Value> {
        receiver(py, this, "numerator").map(drop)?;
        Ok(plain(py, this))
    }
    /// the denominator of a rational number in lowest terms
    #[getter]
    fn denominator(py: &mut Py, this: &Value) -> Result<i64> {
        receiver(py, this, "denominator").map(|_| 1)
    }
}

impl NativeType for BigInt {
    const NAME: &'static str = "int";
    const DOC: Option<&'static str> = Some(
        "int([x]) -> integer\nint(x, base=10) -> integer\n\n\
         The integer that a number or a text stands for; 0 without arguments.\nA number is cut off \
         towards zero. With a base, or if x is no number, x is\na literal as str, bytes or bytearray. \
         Bases are 2 to 36; base 0 takes the\nbase from the literal's prefix.",
    );
    const FLAGS: u32 = TypeFlags::BASE | TypeFlags::MATCH_SELF;
}
