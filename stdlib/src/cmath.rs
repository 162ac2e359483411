//! `cmath`: functions of complex numbers.

use lockstep_interp::object::raise::{Result, overflow_error, value_error};
use lockstep_interp::types::complex::{Complex, from_value};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Raised, Ref, Value, module};
use num_complex::Complex64;

#[cold]
fn failed(error: pymath::Error) -> Raised {
    match error {
        pymath::Error::EDOM => value_error("math domain error"),
        pymath::Error::ERANGE => overflow_error("math range error"),
    }
}

fn number(py: &mut Py, z: &Value) -> Result<Complex64> {
    let z = from_value(py, z)?;
    Ok(Complex64::new(z.re, z.im))
}

fn made(py: &mut Py, result: pymath::Result<Complex64>) -> Result<Value> {
    match result {
        Ok(z) => Ok(py.make(Complex { re: z.re, im: z.im }).into_value()),
        Err(e) => Err(failed(e)),
    }
}

/// The functions of `cmath`.
pub struct CMath;

#[module]
impl CMath {
    /// Return the arc cosine of z.
    #[py("(z, /)")]
    fn acos(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::acos(z))
    }
    /// Return the inverse hyperbolic cosine of z.
    #[py("(z, /)")]
    fn acosh(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::acosh(z))
    }
    /// Return the arc sine of z.
    #[py("(z, /)")]
    fn asin(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::asin(z))
    }
    /// Return the inverse hyperbolic sine of z.
    #[py("(z, /)")]
    fn asinh(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::asinh(z))
    }
    /// Return the arc tangent of z.
    #[py("(z, /)")]
    fn atan(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::atan(z))
    }
    /// Return the inverse hyperbolic tangent of z.
    #[py("(z, /)")]
    fn atanh(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::atanh(z))
    }
    /// Return the cosine of z.
    #[py("(z, /)")]
    fn cos(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::cos(z))
    }
    /// Return the hyperbolic cosine of z.
    #[py("(z, /)")]
    fn cosh(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::cosh(z))
    }
    /// Return the exponential value e**z.
    #[py("(z, /)")]
    fn exp(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::exp(z))
    }
    /// Return the base-10 logarithm of z.
    #[py("(z, /)")]
    fn log10(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::log10(z))
    }
    /// Return the sine of z.
    #[py("(z, /)")]
    fn sin(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::sin(z))
    }
    /// Return the hyperbolic sine of z.
    #[py("(z, /)")]
    fn sinh(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::sinh(z))
    }
    /// Return the square root of z.
    #[py("(z, /)")]
    fn sqrt(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::sqrt(z))
    }
    /// Return the tangent of z.
    #[py("(z, /)")]
    fn tan(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::tan(z))
    }
    /// Return the hyperbolic tangent of z.
    #[py("(z, /)")]
    fn tanh(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        made(py, pymath::cmath::tanh(z))
    }
    /// Determine whether two complex numbers are close in value.
    ///
    ///   rel_tol
    ///     maximum difference for being considered "close", relative to the
    ///     magnitude of the input values
    ///   abs_tol
    ///     maximum difference for being considered "close", regardless of the
    ///     magnitude of the input values
    ///
    /// Return True if a is close in value to b, and False otherwise.
    #[py("(a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(py: &mut Py, a: &Value, b: &Value, rel_tol: f64, abs_tol: f64) -> Result<bool> {
        let (a, b) = (number(py, a)?, number(py, b)?);
        if rel_tol < 0.0 || abs_tol < 0.0 {
            return Err(value_error("tolerances must be non-negative"));
        }
        if a == b {
            return Ok(true);
        }
        if a.re.is_infinite() || a.im.is_infinite() || b.re.is_infinite() || b.im.is_infinite() {
            return Ok(false);
        }
        let difference = (a - b).norm();
        Ok(difference <= rel_tol * b.norm() || difference <= rel_tol * a.norm() || difference <= abs_tol)
    }
    /// Return True if both the real and imaginary parts of z are finite, else False.
    #[py("(z, /)")]
    fn isfinite(py: &mut Py, z: &Value) -> Result<bool> {
        let z = number(py, z)?;
        Ok(z.re.is_finite() && z.im.is_finite())
    }
    /// Checks if the real or imaginary part of z is infinite.
    #[py("(z, /)")]
    fn isinf(py: &mut Py, z: &Value) -> Result<bool> {
        let z = number(py, z)?;
        Ok(z.re.is_infinite() || z.im.is_infinite())
    }
    /// Checks if the real or imaginary part of z not a number (NaN).
    #[py("(z, /)")]
    fn isnan(py: &mut Py, z: &Value) -> Result<bool> {
        let z = number(py, z)?;
        Ok(z.re.is_nan() || z.im.is_nan())
    }
    /// log(z[, base]) -> the logarithm of z to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e) of z.
    #[py("(z, base=<unrepresentable>, /)")]
    fn log(py: &mut Py, z: &Value, base: Option<&Value>) -> Result<Value> {
        let z = number(py, z)?;
        let base = match base {
            Some(base) => Some(number(py, base)?),
            None => None,
        };
        made(py, pymath::cmath::log(z, base))
    }
    /// Return argument, also known as the phase angle, of a complex.
    #[py("(z, /)")]
    fn phase(py: &mut Py, z: &Value) -> Result<f64> {
        let z = number(py, z)?;
        pymath::cmath::phase(z).map_err(failed)
    }
    /// Convert a complex from rectangular coordinates to polar coordinates.
    ///
    /// r is the distance from 0 and phi the phase angle.
    #[py("(z, /)")]
    fn polar(py: &mut Py, z: &Value) -> Result<Value> {
        let z = number(py, z)?;
        let (r, phi) = pymath::cmath::polar(z).map_err(failed)?;
        Ok(py.tuple(vec![Value::float(r), Value::float(phi)]))
    }
    /// Convert from polar coordinates to rectangular coordinates.
    #[py("(r, phi, /)")]
    fn rect(py: &mut Py, r: f64, phi: f64) -> Result<Value> {
        made(py, pymath::cmath::rect(r, phi))
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<CMath>(&d, "cmath");
    let reals = [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ];
    for (name, x) in reals {
        dict::set_name(py, &d, name, Value::float(x));
    }
    for (name, im) in [("infj", f64::INFINITY), ("nanj", f64::NAN)] {
        let z = py.make(Complex { re: 0.0, im }).into_value();
        dict::set_name(py, &d, name, z);
    }
    Ok(())
}
