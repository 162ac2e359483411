//! `complex`: a pair of floats.

use lockstep_heap::{Frozen, Object, Ref, Value};
use lockstep_macros::methods;

use super::float::as_f64;
use super::int::{self, wide};
use super::str::Str;
use crate::object::raise::{Result, overflow_error, type_error, value_error};
use crate::object::special::CompareOp;
use crate::object::{NativeType, Py, Special, Type, TypeFlags};

pub mod arith;

/// The payload of a complex number.
#[derive(Clone, Copy)]
pub struct Complex {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

impl Object for Complex {
    type Access = Frozen;
}

/// An operand of complex arithmetic.
#[derive(Clone, Copy)]
pub enum Operand {
    /// An int or a float.
    Real(f64),
    /// A complex number.
    Complex(Complex),
}

impl Operand {
    /// With an imaginary part of zero if it is real.
    pub fn to_complex(self) -> Complex {
        match self {
            Operand::Real(re) => Complex { re, im: 0.0 },
            Operand::Complex(z) => z,
        }
    }
}

/// `x ** y` for a negative `x` and a fractional `y`.
pub fn power_of_negative(py: &mut Py, x: f64, y: f64) -> Result<Value> {
    let z = arith::pow(Complex { re: x, im: 0.0 }, Complex { re: y, im: 0.0 })?;
    Ok(py.make(z).into_value())
}

/// A number as operand: none if it is none.
fn operand(value: &Value) -> Option<Result<Operand>> {
    if let Some(z) = value.downcast::<Complex>() {
        return Some(Ok(Operand::Complex(**z)));
    }
    if let Some(x) = as_f64(value) {
        return Some(Ok(Operand::Real(x)));
    }
    wide(value).map(|_| int::to_f64(value).map(Operand::Real))
}

fn operate(
    py: &mut Py,
    f: fn(Operand, Operand) -> Result<Complex>,
    this: Operand,
    other: &Value,
    reflected: bool,
) -> Result<Value> {
    let Some(other) = operand(other) else { return Ok(Value::NOT_IMPLEMENTED) };
    let other = other?;
    let z = if reflected { f(other, this) } else { f(this, other) }?;
    Ok(py.make(z).into_value())
}

fn power(py: &mut Py, x: &Value, y: &Value, modulus: &Value) -> Result<Value> {
    let (Some(x), Some(y)) = (operand(x), operand(y)) else { return Ok(Value::NOT_IMPLEMENTED) };
    if !modulus.is_none() {
        return Err(value_error("complex modulo"));
    }
    let z = arith::pow(x?.to_complex(), y?.to_complex())?;
    Ok(py.make(z).into_value())
}

fn equal(this: Complex, other: &Value) -> Option<bool> {
    if let Some(z) = other.downcast::<Complex>() {
        return Some(this.re == z.re && this.im == z.im);
    }
    if let Some(x) = as_f64(other) {
        return Some(this.re == x && this.im == 0.0);
    }
    wide(other).map(|n| this.im == 0.0 && n.order_float(this.re).is_some_and(|o| CompareOp::Eq.accepts(o)))
}

/// What `__complex__` gives, if the value has it.
fn by_method(py: &mut Py, value: &Value) -> Result<Option<Complex>> {
    if py.is_exact::<Complex>(value) {
        return Ok(value.downcast::<Complex>().map(|z| **z));
    }
    match py.call_special(value, Special::Complex, &[]) {
        Some(result) => {
            let result = result?;
            match result.downcast::<Complex>() {
                Some(z) => Ok(Some(**z)),
                None => Err(type_error(format!("__complex__ returned non-complex (type {})", py.type_name(&result)))),
            }
        }
        None => Ok(None),
    }
}

fn is_real(py: &Py, value: &Value) -> bool {
    py.special(value, Special::Float).is_some() || py.special(value, Special::Index).is_some()
}

/// Any number as complex number, as `cmath` takes its arguments.
pub fn from_value(py: &mut Py, value: &Value) -> Result<Complex> {
    if let Some(z) = by_method(py, value)? {
        return Ok(z);
    }
    Ok(Complex { re: py.to_f64(value)?, im: 0.0 })
}

/// `complex(x)`
fn from_one(py: &mut Py, x: &Value) -> Result<Complex> {
    if let Some(s) = x.downcast::<Str>() {
        let (re, im) = lockstep_text::complex::parse(s.as_bytes())?;
        return Ok(Complex { re, im });
    }
    if let Some(z) = by_method(py, x)? {
        return Ok(z);
    }
    if !is_real(py, x) {
        return Err(type_error(format!("complex() argument must be a string or a number, not {}", py.type_name(x))));
    }
    Ok(Complex { re: py.to_f64(x)?, im: 0.0 })
}

/// A part of `complex(real, imag)`: complex parts are taken as well.
fn part(py: &mut Py, value: &Value, name: &str) -> Result<Complex> {
    if let Some(z) = value.downcast::<Complex>() {
        return Ok(**z);
    }
    if name == "real"
        && let Some(z) = by_method(py, value)?
    {
        return Ok(z);
    }
    if !is_real(py, value) {
        return Err(type_error(format!("complex() argument '{name}' must be a real number, not {}", py.type_name(value))));
    }
    Ok(Complex { re: py.to_f64(value)?, im: 0.0 })
}

fn finish(py: &mut Py, cls: &Ref<Type>, z: Complex) -> Value {
    py.make_in(cls, z).into_value()
}

#[methods]
impl Complex {
    /// Create a complex number from a string or numbers.
    #[staticmethod("(type, real=<unbound>, imag=<unbound>)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, real: Option<&Value>, imag: Option<&Value>) -> Result<Value> {
        let own = cls.is(&py.type_for::<Complex>());
        let z = match (real, imag) {
            (None, None) => Complex { re: 0.0, im: 0.0 },
            (Some(x), None) => {
                if own && py.is_exact::<Complex>(x) {
                    return Ok(x.clone());
                }
                from_one(py, x)?
            }
            (real, Some(imag)) => {
                let re = match real {
                    Some(real) => part(py, real, "real")?,
                    None => Complex { re: 0.0, im: 0.0 },
                };
                let im = part(py, imag, "imag")?;
                let imag_is_complex = imag.is_a::<Complex>();
                let real_is_complex = real.is_some_and(|r| !is_real(py, r));
                Complex {
                    re: if imag_is_complex { re.re - im.im } else { re.re },
                    im: if real_is_complex { re.im + im.re } else { im.re },
                }
            }
        };
        Ok(finish(py, cls, z))
    }
    /// Return self+value.
    #[py("(self, value, /)")]
    fn __add__(py: &mut Py, this: &Ref<Complex>, value: &Value) -> Result<Value> {
        operate(py, arith::add, Operand::Complex(**this), value, false)
    }
    /// Return value+self.
    #[py("(self, value, /)")]
    fn __radd__(py: &mut Py, this: &Ref<Complex>, value: &Value) -> Result<Value> {
        operate(py, arith::add, Operand::Complex(**this), value, true)
    }
    /// Return self-value.
    #[py("(self, value, /)")]
    fn __sub__(py: &mut Py, this: &Ref<Complex>, value: &Value) -> Result<Value> {
        operate(py, arith::sub, Operand::Complex(**this), value, false)
    }
    /// Return value-self.
    #[py("(self, value, /)")]
    fn __rsub__(py: &mut Py, this: &Ref<Complex>, value: &Value) -> Result<Value> {
        operate(py, arith::sub, Operand::Complex(**this), value, true)
    }
    /// Return self*value.
    #[py("(self, value, /)")]
    fn __mul__(py: &mut Py, this: &Ref<Complex>, value: &Value) -> Result<Value> {
        operate(py, arith::mul, Operand::Complex(**this), value, false)
    }
    /// Return value*self.
    #[py("(self, value, /)")]
    fn __rmul__(py: &mut Py, this: &Ref<Complex>, value: &Value) -> Result<Value> {
        operate(py, arith::mul, Operand::Complex(**this), value, true)
    }
    /// Return self/value.
    #[py("(self, value, /)")]
    fn __truediv__(py: &mut Py, this: &Ref<Complex>, value: &Value) -> Result<Value> {
        operate(py, arith::truediv, Operand::Complex(**this), value, false)
    }
    /// Return value/self.
    #[py("(self, value, /)")]
    fn __rtruediv__(py: &mut Py, this: &Ref<Complex>, value: &Value) -> Result<Value> {
        operate(py, arith::truediv, Operand::Complex(**this), value, true)
    }
    /// Complex numbers have no order.
    #[py("(self, value, /)")]
    fn __lt__(_py: &mut Py, _this: &Ref<Complex>, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// Complex numbers have no order.
    #[py("(self, value, /)")]
    fn __le__(_py: &mut Py, _this: &Ref<Complex>, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// Complex numbers have no order.
    #[py("(self, value, /)")]
    fn __gt__(_py: &mut Py, _this: &Ref<Complex>, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// Complex numbers have no order.
    #[py("(self, value, /)")]
    fn __ge__(_py: &mut Py, _this: &Ref<Complex>, _value: &Value) -> Value {
        Value::NOT_IMPLEMENTED
    }
    /// Return pow(self, value, mod).
    #[py("(self, value, mod=None, /)")]
    fn __pow__(py: &mut Py, this: &Ref<Complex>, value: &Value, modulus: &Value) -> Result<Value> {
        power(py, this.as_value(), value, modulus)
    }
    /// Return pow(value, self, mod).
    #[py("(self, value, mod=None, /)")]
    fn __rpow__(py: &mut Py, this: &Ref<Complex>, value: &Value, modulus: &Value) -> Result<Value> {
        power(py, value, this.as_value(), modulus)
    }
    /// abs(self)
    #[py("(self, /)")]
    fn __abs__(_py: &mut Py, this: &Ref<Complex>) -> Result<f64> {
        let size = this.re.hypot(this.im);
        if size.is_infinite() && this.re.is_finite() && this.im.is_finite() {
            return Err(overflow_error("absolute value too large"));
        }
        Ok(size)
    }
    /// True if self else False
    #[py("(self, /)")]
    fn __bool__(_py: &mut Py, this: &Ref<Complex>) -> bool {
        this.re != 0.0 || this.im != 0.0
    }
    /// Convert this value to exact type complex.
    #[py("(self, /)")]
    fn __complex__(py: &mut Py, this: &Ref<Complex>) -> Value {
        if py.is_exact::<Complex>(this.as_value()) { this.to_value() } else { py.make(**this).into_value() }
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(_py: &mut Py, this: &Ref<Complex>, value: &Value) -> Value {
        equal(**this, value).map_or(Value::NOT_IMPLEMENTED, Value::bool)
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(_py: &mut Py, this: &Ref<Complex>, value: &Value) -> Value {
        equal(**this, value).map_or(Value::NOT_IMPLEMENTED, |e| Value::bool(!e))
    }
    /// Convert to a string according to format_spec.
    #[py("(self, format_spec, /)")]
    fn __format__(py: &mut Py, this: &Ref<Complex>, format_spec: &Value) -> Result<Value> {
        let Some(spec) = format_spec.downcast::<Str>() else {
            return Err(type_error(format!("__format__() argument must be str, not {}", py.type_name(format_spec))));
        };
        if spec.is_empty() {
            return Ok(py.str_of(this.as_value())?.into_value());
        }
        let text = lockstep_text::format::complex(this.re, this.im, spec.as_bytes())?;
        Ok(py.new_str_bytes(&text).into_value())
    }
    /// The arguments of `__new__` for a copy.
    #[py("(self, /)")]
    fn __getnewargs__(_py: &mut Py, this: &Ref<Complex>) -> (f64, f64) {
        (this.re, this.im)
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(_py: &mut Py, this: &Ref<Complex>) -> i64 {
        let part = |x: f64| lockstep_text::hash::float(x).unwrap_or((this.id() >> 4) as i64);
        match part(this.re).wrapping_add(part(this.im).wrapping_mul(1_000_003)) {
            -1 => -2,
            hash => hash,
        }
    }
    /// -self
    #[py("(self, /)")]
    fn __neg__(py: &mut Py, this: &Ref<Complex>) -> Value {
        py.make(Complex { re: -this.re, im: -this.im }).into_value()
    }
    /// +self
    #[py("(self, /)")]
    fn __pos__(py: &mut Py, this: &Ref<Complex>) -> Value {
        if py.is_exact::<Complex>(this.as_value()) { this.to_value() } else { py.make(**this).into_value() }
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(_py: &mut Py, this: &Ref<Complex>) -> String {
        lockstep_text::complex::repr(this.re, this.im)
    }
    /// Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.
    #[py("(self, /)")]
    fn conjugate(py: &mut Py, this: &Ref<Complex>) -> Value {
        py.make(Complex { re: this.re, im: -this.im }).into_value()
    }
    /// Convert number to a complex floating-point number.
    #[classmethod("(type, number, /)")]
    fn from_number(py: &mut Py, cls: &Ref<Type>, number: &Value) -> Result<Value> {
        let own = cls.is(&py.type_for::<Complex>());
        if own && py.is_exact::<Complex>(number) {
            return Ok(number.clone());
        }
        let z = from_value(py, number)?;
        let z = py.make(z).into_value();
        if own { Ok(z) } else { py.call(cls.as_value(), &[z]) }
    }
    /// the real part of a complex number
    #[getter]
    fn real(_py: &mut Py, this: &Ref<Complex>) -> f64 {
        this.re
    }
    /// the imaginary part of a complex number
    #[getter]
    fn imag(_py: &mut Py, this: &Ref<Complex>) -> f64 {
        this.im
    }
}

impl NativeType for Complex {
    const NAME: &'static str = "complex";
    const DOC: Option<&'static str> = Some("Create a complex number from a string or numbers.");
    const FLAGS: u32 = TypeFlags::BASE;
}
