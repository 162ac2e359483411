//! `math`: functions of real numbers.

mod integer;
mod sums;

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use lockstep_interp::object::raise::{Result, overflow_error, type_error, value_error};
use lockstep_interp::object::special::BinaryOp;
use lockstep_interp::types::dict;
use lockstep_interp::types::int::{self, Wide, wide};
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Raised, Ref, Value, module};

/// A domain error that names the argument.
#[cold]
fn domain(x: f64, expected: &str) -> Raised {
    value_error(format!("{expected} {}", lockstep_text::float::repr(x)))
}

/// The result of a function of one number.
fn checked(result: pymath::Result<f64>, x: f64, expected: Option<&str>) -> Result<f64> {
    match (result, expected) {
        (Ok(y), _) => Ok(y),
        (Err(pymath::Error::ERANGE), _) => Err(range()),
        (Err(pymath::Error::EDOM), Some(expected)) => Err(domain(x, expected)),
        (Err(pymath::Error::EDOM), None) => Err(value_error("math domain error")),
    }
}

#[cold]
fn range() -> Raised {
    overflow_error("math range error")
}

/// A logarithm of any real number; ints beyond the floats are split into mantissa and exponent.
fn logarithm(py: &mut Py, x: &Value, f: fn(f64) -> f64) -> Result<f64> {
    if let Some(n) = wide(x) {
        let positive = match n {
            Wide::Small(n) => n > 0,
            Wide::Big(n) => *n > IBig::ZERO,
        };
        if !positive {
            return Err(value_error("expected a positive input"));
        }
        let y = n.nearest();
        if y.is_finite() {
            return Ok(f(y));
        }
        let n = n.to_ibig();
        let bits = n.bit_len();
        let top = (n >> (bits - 64)).to_f64().value();
        return Ok(f(2.0).mul_add((bits - 64) as f64, f(top)));
    }
    let x = py.to_f64(x)?;
    if x.is_nan() || x > 0.0 {
        return Ok(f(x));
    }
    Err(domain(x, "expected a positive input, got"))
}

/// `ceil`, `floor` and `trunc`: the special method, else of the float.
fn rounded(py: &mut Py, x: &Value, name: &str, f: fn(f64) -> f64) -> Result<Value> {
    if x.as_small_int().is_some() {
        return Ok(x.clone());
    }
    if let Some(x) = x.as_float() {
        return int::from_f64(py, f(x));
    }
    let special = py.intern(name);
    if let Some(method) = py.lookup_on_type(x, &special) {
        return py.call_unbound(&method, x, &[]);
    }
    let x = py.to_f64(x)?;
    int::from_f64(py, f(x))
}

/// The functions of the module.
struct Math;

#[module]
impl Math {
    /// Return the arc cosine (measured in radians) of x.
    #[py("(x, /)")]
    fn acos(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::acos(x), x, Some("expected a number between -1 and 1, got"))
    }
    /// Return the inverse hyperbolic cosine of x.
    #[py("(x, /)")]
    fn acosh(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::acosh(x), x, Some("expected argument value not less than 1, got"))
    }
    /// Return the arc sine (measured in radians) of x.
    #[py("(x, /)")]
    fn asin(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::asin(x), x, Some("expected a number between -1 and 1, got"))
    }
    /// Return the inverse hyperbolic sine of x.
    #[py("(x, /)")]
    fn asinh(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::asinh(x), x, None)
    }
    /// Return the arc tangent (measured in radians) of x.
    #[py("(x, /)")]
    fn atan(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::atan(x), x, None)
    }
    /// Return the inverse hyperbolic tangent of x.
    #[py("(x, /)")]
    fn atanh(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::atanh(x), x, Some("expected a number between -1 and 1, got"))
    }
    /// Return the cube root of x.
    #[py("(x, /)")]
    fn cbrt(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::cbrt(x), x, None)
    }
    /// Return the cosine of x (measured in radians).
    #[py("(x, /)")]
    fn cos(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::cos(x), x, Some("expected a finite input, got"))
    }
    /// Return the hyperbolic cosine of x.
    #[py("(x, /)")]
    fn cosh(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::cosh(x), x, None)
    }
    /// Error function at x.
    #[py("(x, /)")]
    fn erf(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::erf(x), x, None)
    }
    /// Complementary error function at x.
    #[py("(x, /)")]
    fn erfc(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::erfc(x), x, None)
    }
    /// Return e raised to the power of x.
    #[py("(x, /)")]
    fn exp(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::exp(x), x, None)
    }
    /// Return 2 raised to the power of x.
    #[py("(x, /)")]
    fn exp2(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::exp2(x), x, None)
    }
    /// Return exp(x)-1.
    #[py("(x, /)")]
    fn expm1(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::expm1(x), x, None)
    }
    /// Gamma function at x.
    #[py("(x, /)")]
    fn gamma(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::gamma(x), x, Some("expected a noninteger or positive integer, got"))
    }
    /// Natural logarithm of absolute value of Gamma function at x.
    #[py("(x, /)")]
    fn lgamma(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::lgamma(x), x, Some("expected a noninteger or positive integer, got"))
    }
    /// Return the natural logarithm of 1+x (base e).
    #[py("(x, /)")]
    fn log1p(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::log1p(x), x, Some("expected argument value > -1, got"))
    }
    /// Return the sine of x (measured in radians).
    #[py("(x, /)")]
    fn sin(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::sin(x), x, Some("expected a finite input, got"))
    }
    /// Return the hyperbolic sine of x.
    #[py("(x, /)")]
    fn sinh(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::sinh(x), x, None)
    }
    /// Return the square root of x.
    #[py("(x, /)")]
    fn sqrt(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::sqrt(x), x, Some("expected a nonnegative input, got"))
    }
    /// Return the tangent of x (measured in radians).
    #[py("(x, /)")]
    fn tan(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::tan(x), x, Some("expected a finite input, got"))
    }
    /// Return the hyperbolic tangent of x.
    #[py("(x, /)")]
    fn tanh(py: &mut Py, x: &Value) -> Result<f64> {
        let x = py.to_f64(x)?;
        checked(pymath::math::tanh(x), x, None)
    }
    /// Return the arc tangent (measured in radians) of y/x.
    #[py("(y, x, /)")]
    fn atan2(_py: &mut Py, y: f64, x: f64) -> f64 {
        y.atan2(x)
    }
    /// Return the ceiling of x as an Integral.
    #[py("(x, /)")]
    fn ceil(py: &mut Py, x: &Value) -> Result<Value> {
        rounded(py, x, "__ceil__", f64::ceil)
    }
    /// Return a float with the magnitude (absolute value) of x but the sign of y.
    #[py("(x, y, /)")]
    fn copysign(_py: &mut Py, x: f64, y: f64) -> f64 {
        x.copysign(y)
    }
    /// Convert angle x from radians to degrees.
    #[py("(x, /)")]
    fn degrees(_py: &mut Py, x: f64) -> f64 {
        x * (180.0 / std::f64::consts::PI)
    }
    /// Return the absolute value of the float x.
    #[py("(x, /)")]
    fn fabs(_py: &mut Py, x: f64) -> f64 {
        x.abs()
    }
    /// Return the floor of x as an Integral.
    #[py("(x, /)")]
    fn floor(py: &mut Py, x: &Value) -> Result<Value> {
        rounded(py, x, "__floor__", f64::floor)
    }
    /// Fused multiply-add operation.
    #[py("(x, y, z, /)")]
    fn fma(_py: &mut Py, x: f64, y: f64, z: f64) -> Result<f64> {
        match pymath::math::fma(x, y, z) {
            Ok(r) => Ok(r),
            Err(pymath::Error::EDOM) => Err(value_error("invalid operation in fma")),
            Err(pymath::Error::ERANGE) => Err(overflow_error("overflow in fma")),
        }
    }
    /// Return fmod(x, y), according to platform C.
    #[py("(x, y, /)")]
    fn fmod(_py: &mut Py, x: f64, y: f64) -> Result<f64> {
        if y.is_infinite() && x.is_finite() {
            return Ok(x);
        }
        let r = x % y;
        if r.is_nan() && !x.is_nan() && !y.is_nan() {
            return Err(value_error("math domain error"));
        }
        Ok(r)
    }
    /// Return the mantissa and exponent of x, as pair (m, e).
    #[py("(x, /)")]
    fn frexp(_py: &mut Py, x: f64) -> (f64, i32) {
        pymath::math::frexp(x)
    }
    /// Determine whether two floating-point numbers are close in value.
    #[py("(a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(_py: &mut Py, a: f64, b: f64, rel_tol: f64, abs_tol: f64) -> Result<bool> {
        pymath::math::isclose(a, b, Some(rel_tol), Some(abs_tol)).map_err(|_| value_error("tolerances must be non-negative"))
    }
    /// Return True if x is neither an infinity nor a NaN, and False otherwise.
    #[py("(x, /)")]
    fn isfinite(_py: &mut Py, x: f64) -> bool {
        x.is_finite()
    }
    /// Return True if x is a positive or negative infinity, and False otherwise.
    #[py("(x, /)")]
    fn isinf(_py: &mut Py, x: f64) -> bool {
        x.is_infinite()
    }
    /// Return True if x is a NaN (not a number), and False otherwise.
    #[py("(x, /)")]
    fn isnan(_py: &mut Py, x: f64) -> bool {
        x.is_nan()
    }
    /// Return x * (2**i).
    #[py("(x, i, /)")]
    fn ldexp(py: &mut Py, x: f64, i: &Value) -> Result<f64> {
        if !int::is_int(i) {
            return Err(type_error("Expected an int as second argument to ldexp."));
        }
        let i = py.index_clamped(i)?;
        if x == 0.0 || !x.is_finite() {
            return Ok(x);
        }
        match i32::try_from(i) {
            Ok(i) => checked(pymath::math::ldexp(x, i), x, None),
            Err(_) if i < 0 => Ok(0f64.copysign(x)),
            Err(_) => Err(range()),
        }
    }
    /// Return the logarithm of x to the given base; without a base, the natural logarithm.
    #[py("(x, base=<unbound>, /)")]
    fn log(py: &mut Py, x: &Value, base: Option<&Value>) -> Result<Value> {
        let numerator = logarithm(py, x, f64::ln)?;
        let Some(base) = base else { return Ok(Value::float(numerator)) };
        let denominator = logarithm(py, base, f64::ln)?;
        py.binary(BinaryOp::TrueDiv, &Value::float(numerator), &Value::float(denominator))
    }
    /// Return the base 10 logarithm of x.
    #[py("(x, /)")]
    fn log10(py: &mut Py, x: &Value) -> Result<f64> {
        logarithm(py, x, f64::log10)
    }
    /// Return the base 2 logarithm of x.
    #[py("(x, /)")]
    fn log2(py: &mut Py, x: &Value) -> Result<f64> {
        logarithm(py, x, f64::log2)
    }
    /// Return the fractional and integer parts of x.
    #[py("(x, /)")]
    fn modf(_py: &mut Py, x: f64) -> (f64, f64) {
        if x.is_infinite() {
            return (0f64.copysign(x), x);
        }
        (x.fract().copysign(x), x.trunc())
    }
    /// Return the floating-point value the given number of steps after x towards y.
    #[py("(x, y, /, *, steps=None)")]
    fn nextafter(py: &mut Py, x: f64, y: f64, steps: &Value) -> Result<f64> {
        if steps.is_none() {
            return Ok(pymath::math::nextafter(x, y, None));
        }
        let n = py.index(steps)?;
        let n = int::to_ibig(&n).unwrap_or(IBig::ZERO);
        if n < IBig::ZERO {
            return Err(value_error("steps must be a non-negative integer"));
        }
        Ok(pymath::math::nextafter(x, y, Some(u64::try_from(&n).unwrap_or(u64::MAX))))
    }
    /// Return x**y (x to the power of y).
    #[py("(x, y, /)")]
    fn pow(_py: &mut Py, x: f64, y: f64) -> Result<f64> {
        checked(pymath::math::pow(x, y), x, None)
    }
    /// Convert angle x from degrees to radians.
    #[py("(x, /)")]
    fn radians(_py: &mut Py, x: f64) -> f64 {
        x * (std::f64::consts::PI / 180.0)
    }
    /// Difference between x and the closest integer multiple of y.
    #[py("(x, y, /)")]
    fn remainder(_py: &mut Py, x: f64, y: f64) -> Result<f64> {
        checked(pymath::math::remainder(x, y), x, None)
    }
    /// Truncates the Real x to the nearest Integral toward 0.
    #[py("(x, /)")]
    fn trunc(py: &mut Py, x: &Value) -> Result<Value> {
        if let Some(x) = x.as_float() {
            return int::from_f64(py, x);
        }
        let name = py.intern("__trunc__");
        match py.lookup_on_type(x, &name) {
            Some(method) => py.call_unbound(&method, x, &[]),
            None => Err(type_error(format!("type {} doesn't define __trunc__ method", py.type_name(x)))),
        }
    }
    /// Return the value of the least significant bit of the float x.
    #[py("(x, /)")]
    fn ulp(_py: &mut Py, x: f64) -> f64 {
        pymath::math::ulp(x)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Math>(&d, "math");
    py.add_functions::<integer::Functions>(&d, "math");
    py.add_functions::<sums::Functions>(&d, "math");
    for (name, x) in [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        dict::set_name(py, &d, name, Value::float(x));
    }
    Ok(())
}
