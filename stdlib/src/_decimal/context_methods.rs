//! The methods of `Context` that compute.

use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::{Py, Ref, Value, methods};

use super::coefficient::Text;
use super::context::Context;
use super::convert::{How, from_real, from_value, make, required, with_work};
use super::decimal::Decimal;
use super::exponential::Work;
use super::number::{Kind, Number, Settings};
use super::signals::settle;
use super::{arith, context, digits, exponential, order, power, text};

/// Operations on one number, added to `Context`.
pub struct Unary;
/// Operations on two numbers, added to `Context`.
pub struct Binary;
/// Everything else, added to `Context`.
pub struct Others;

fn unary(py: &mut Py, this: &Ref<Context>, x: &Value, operation: fn(&Number, &mut Settings) -> Number) -> Result<Value> {
    let x = required(py, x)?;
    let mut settings = context::settings(py, this);
    let result = operation(&x, &mut settings);
    settle(py, this, settings.status)?;
    Ok(make(py, result))
}

/// The same for computations that may take long.
fn long(
    py: &mut Py,
    this: &Ref<Context>,
    x: &Value,
    operation: fn(&Number, &mut Settings, &mut Work<'_>) -> Number,
) -> Result<Value> {
    let x = required(py, x)?;
    let mut settings = context::settings(py, this);
    let result = with_work(py, |work| operation(&x, &mut settings, work))?;
    settle(py, this, settings.status)?;
    Ok(make(py, result))
}

fn binary(
    py: &mut Py,
    this: &Ref<Context>,
    x: &Value,
    y: &Value,
    operation: fn(&Number, &Number, &mut Settings) -> Number,
) -> Result<Value> {
    let (x, y) = (required(py, x)?, required(py, y)?);
    let mut settings = context::settings(py, this);
    let result = operation(&x, &y, &mut settings);
    settle(py, this, settings.status)?;
    Ok(make(py, result))
}

/// A question about a number.
fn asked(py: &mut Py, this: &Ref<Context>, x: &Value, question: fn(&Number, &Settings) -> bool) -> Result<bool> {
    let x = required(py, x)?;
    Ok(question(&x, &context::settings(py, this)))
}

/// A number as text.
fn shown(py: &mut Py, this: &Ref<Context>, x: &Value, engineering: bool) -> Result<Value> {
    let x = required(py, x)?;
    let mut out = Text::new();
    text::push(&mut out, &x, engineering, this.get(py).capitals);
    Ok(py.new_ascii(&out).into_value())
}

#[methods]
impl Unary {
    /// Return the absolute value of x.
    #[py("(self, x, /)")]
    fn abs(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, arith::absolute)
    }
    /// Return e ** x.
    #[py("(self, x, /)")]
    fn exp(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        long(py, this, x, exponential::exp)
    }
    /// Return the natural (base e) logarithm of x.
    #[py("(self, x, /)")]
    fn ln(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        long(py, this, x, exponential::ln)
    }
    /// Return the base 10 logarithm of x.
    #[py("(self, x, /)")]
    fn log10(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        long(py, this, x, exponential::log10)
    }
    /// Return the exponent of the magnitude of the operand's MSD.
    #[py("(self, x, /)")]
    fn logb(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, digits::adjusted_exponent)
    }
    /// Invert all digits of x.
    #[py("(self, x, /)")]
    fn logical_invert(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, digits::logical_invert)
    }
    /// Minus corresponds to the unary prefix minus operator in Python.
    ///
    /// This operation applies the context to the result.
    #[py("(self, x, /)")]
    fn minus(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, arith::minus)
    }
    /// Return the largest representable number smaller than x.
    #[py("(self, x, /)")]
    fn next_minus(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, digits::next_minus)
    }
    /// Return the smallest representable number larger than x.
    #[py("(self, x, /)")]
    fn next_plus(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, digits::next_plus)
    }
    /// Reduce x to its simplest form.  Alias for reduce(x).
    #[py("(self, x, /)")]
    fn normalize(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, digits::reduce)
    }
    /// Plus corresponds to the unary prefix plus operator in Python.
    ///
    /// This operation applies the context to the result.
    #[py("(self, x, /)")]
    fn plus(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, arith::plus)
    }
    /// Square root of a non-negative number to context precision.
    #[py("(self, x, /)")]
    fn sqrt(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, arith::square_root)
    }
    /// Round to an integer.  Signal if the result is rounded or inexact.
    #[py("(self, x, /)")]
    fn to_integral_exact(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, digits::integral_exact)
    }
    /// Round to an integer.
    #[py("(self, x, /)", alias = "to_integral")]
    fn to_integral_value(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, digits::integral_value)
    }
}

#[methods]
impl Binary {
    /// Return the sum of x and y.
    #[py("(self, x, y, /)")]
    fn add(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, arith::add)
    }
    /// Compare x and y numerically.
    #[py("(self, x, y, /)")]
    fn compare(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, order::compare)
    }
    /// Compare x and y numerically.  All NaNs signal.
    #[py("(self, x, y, /)")]
    fn compare_signal(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, order::compare_signal)
    }
    /// Compare x and y using their abstract representation.
    #[py("(self, x, y, /)")]
    fn compare_total(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, order::compare_total)
    }
    /// Compare x and y using their abstract representation, ignoring sign.
    #[py("(self, x, y, /)")]
    fn compare_total_mag(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, order::compare_total_magnitudes)
    }
    /// Return x divided by y.
    #[py("(self, x, y, /)")]
    fn divide(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, arith::quotient)
    }
    /// Return x divided by y, truncated to an integer.
    #[py("(self, x, y, /)")]
    fn divide_int(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, arith::whole_quotient)
    }
    /// Digit-wise and of x and y.
    #[py("(self, x, y, /)")]
    fn logical_and(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, digits::logical_and)
    }
    /// Digit-wise or of x and y.
    #[py("(self, x, y, /)")]
    fn logical_or(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, digits::logical_or)
    }
    /// Digit-wise xor of x and y.
    #[py("(self, x, y, /)")]
    fn logical_xor(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, digits::logical_xor)
    }
    /// Compare the values numerically and return the maximum.
    #[py("(self, x, y, /)")]
    fn max(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, order::maximum)
    }
    /// Compare the values numerically with their sign ignored.
    #[py("(self, x, y, /)")]
    fn max_mag(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, order::maximum_magnitude)
    }
    /// Compare the values numerically and return the minimum.
    #[py("(self, x, y, /)")]
    fn min(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, order::minimum)
    }
    /// Compare the values numerically with their sign ignored.
    #[py("(self, x, y, /)")]
    fn min_mag(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, order::minimum_magnitude)
    }
    /// Return the product of x and y.
    #[py("(self, x, y, /)")]
    fn multiply(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, arith::multiply)
    }
    /// Return the number closest to x, in the direction towards y.
    #[py("(self, x, y, /)")]
    fn next_toward(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, digits::next_toward)
    }
    /// Return a value equal to x (rounded), having the exponent of y.
    #[py("(self, x, y, /)")]
    fn quantize(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, digits::quantize)
    }
    /// Return the remainder from dividing x by y.
    ///
    /// The sign of the result, if non-zero, is the same as that of the original
    /// dividend.
    #[py("(self, x, y, /)")]
    fn remainder(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, arith::remainder)
    }
    /// Return x - y * n.
    ///
    /// Here n is the integer nearest the exact value of x / y (if the result is 0
    /// then its sign will be the sign of x).
    #[py("(self, x, y, /)")]
    fn remainder_near(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, arith::remainder_near)
    }
    /// Return a copy of x, rotated by y places.
    #[py("(self, x, y, /)")]
    fn rotate(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, digits::rotate)
    }
    /// Return the first operand after adding the second value to its exp.
    #[py("(self, x, y, /)")]
    fn scaleb(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, digits::scale)
    }
    /// Return a copy of x, shifted by y places.
    #[py("(self, x, y, /)")]
    fn shift(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, digits::shift)
    }
    /// Return the difference between x and y.
    #[py("(self, x, y, /)")]
    fn subtract(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        binary(py, this, x, y, arith::subtract)
    }
}

#[methods]
impl Others {
    /// Apply self to Decimal x.
    #[py("(self, x, /)")]
    fn _apply(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        unary(py, this, x, |x, settings| settings.finish(x.clone()))
    }
    /// Return a new instance of x.
    #[py("(self, x, /)")]
    fn canonical(_py: &mut Py, _this: &Ref<Context>, x: &Value) -> Result<Value> {
        if x.is_a::<Decimal>() { Ok(x.clone()) } else { Err(type_error("argument must be a Decimal")) }
    }
    /// Return a copy of x with the sign set to 0.
    #[py("(self, x, /)")]
    fn copy_abs(py: &mut Py, _this: &Ref<Context>, x: &Value) -> Result<Value> {
        let number = required(py, x)?.absolute();
        Ok(make(py, number))
    }
    /// Return a copy of Decimal x.
    #[py("(self, x, /)")]
    fn copy_decimal(py: &mut Py, _this: &Ref<Context>, x: &Value) -> Result<Value> {
        if x.is_a::<Decimal>() {
            return Ok(x.clone());
        }
        let number = required(py, x)?.clone();
        Ok(make(py, number))
    }
    /// Return a copy of x with the sign inverted.
    #[py("(self, x, /)")]
    fn copy_negate(py: &mut Py, _this: &Ref<Context>, x: &Value) -> Result<Value> {
        let number = required(py, x)?.negated();
        Ok(make(py, number))
    }
    /// Copy the sign from y to x.
    #[py("(self, x, y, /)")]
    fn copy_sign(py: &mut Py, _this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        let (x, y) = (required(py, x)?, required(py, y)?);
        Ok(make(py, Number { negative: y.negative, ..x.clone() }))
    }
    /// Create a new Decimal instance from num, using self as the context.
    ///
    /// Unlike the Decimal constructor, this function observes the context limits.
    #[py("(self, num='0', /)")]
    fn create_decimal(py: &mut Py, this: &Ref<Context>, num: &Value) -> Result<Value> {
        let number = from_value(py, num, How::Rounded, Some(this))?;
        Ok(make(py, number))
    }
    /// Create a new Decimal instance from float f.
    ///
    /// Unlike the Decimal.from_float() class method, this function observes the
    /// context limits.
    #[py("(self, f, /)")]
    fn create_decimal_from_float(py: &mut Py, this: &Ref<Context>, f: &Value) -> Result<Value> {
        let number = from_real(py, f, How::Rounded, Some(this))?;
        Ok(make(py, number))
    }
    /// Return quotient and remainder of the division x / y.
    #[py("(self, x, y, /)")]
    fn divmod(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value) -> Result<Value> {
        let (x, y) = (required(py, x)?, required(py, y)?);
        let mut settings = context::settings(py, this);
        let (quotient, rest) = arith::quotient_remainder(&x, &y, &mut settings);
        settle(py, this, settings.status)?;
        let pair = [make(py, quotient), make(py, rest)];
        Ok(py.tuple_from(pair))
    }
    /// Return x multiplied by y, plus z.
    #[py("(self, x, y, z, /)")]
    fn fma(py: &mut Py, this: &Ref<Context>, x: &Value, y: &Value, z: &Value) -> Result<Value> {
        let (x, y, z) = (required(py, x)?, required(py, y)?, required(py, z)?);
        let mut settings = context::settings(py, this);
        let result = arith::fma(&x, &y, &z, &mut settings);
        settle(py, this, settings.status)?;
        Ok(make(py, result))
    }
    /// Return True if x is canonical, False otherwise.
    #[py("(self, x, /)")]
    fn is_canonical(_py: &mut Py, _this: &Ref<Context>, x: &Value) -> Result<bool> {
        if x.is_a::<Decimal>() { Ok(true) } else { Err(type_error("argument must be a Decimal")) }
    }
    /// Return True if x is finite, False otherwise.
    #[py("(self, x, /)")]
    fn is_finite(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<bool> {
        asked(py, this, x, |x, _| x.is_finite())
    }
    /// Return True if x is infinite, False otherwise.
    #[py("(self, x, /)")]
    fn is_infinite(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<bool> {
        asked(py, this, x, |x, _| x.is_infinite())
    }
    /// Return True if x is a qNaN or sNaN, False otherwise.
    #[py("(self, x, /)")]
    fn is_nan(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<bool> {
        asked(py, this, x, |x, _| x.is_nan())
    }
    /// Return True if x is a normal number, False otherwise.
    #[py("(self, x, /)")]
    fn is_normal(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<bool> {
        asked(py, this, x, order::is_normal)
    }
    /// Return True if x is a quiet NaN, False otherwise.
    #[py("(self, x, /)")]
    fn is_qnan(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<bool> {
        asked(py, this, x, |x, _| x.kind == Kind::Quiet)
    }
    /// Return True if x is negative, False otherwise.
    #[py("(self, x, /)")]
    fn is_signed(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<bool> {
        asked(py, this, x, |x, _| x.negative)
    }
    /// Return True if x is a signaling NaN, False otherwise.
    #[py("(self, x, /)")]
    fn is_snan(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<bool> {
        asked(py, this, x, |x, _| x.kind == Kind::Signaling)
    }
    /// Return True if x is subnormal, False otherwise.
    #[py("(self, x, /)")]
    fn is_subnormal(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<bool> {
        asked(py, this, x, order::is_subnormal)
    }
    /// Return True if x is a zero, False otherwise.
    #[py("(self, x, /)")]
    fn is_zero(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<bool> {
        asked(py, this, x, |x, _| x.is_zero())
    }
    /// Return an indication of the class of x.
    #[py("(self, x, /)")]
    fn number_class(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        let x = required(py, x)?;
        let name = order::class(&x, &context::settings(py, this));
        Ok(py.str(name))
    }
    /// Compute a**b.
    ///
    /// If 'a' is negative, then 'b' must be integral.  The result will be inexact
    /// unless 'a' is integral and the result is finite and can be expressed exactly
    /// in 'precision' digits.  In the Python version the result is always correctly
    /// rounded, in the C version the result is almost always correctly rounded.
    ///
    /// If modulo is given, compute (a**b) % modulo: all arguments must be integers
    /// then, b must not be negative, and modulo must have at most 'precision' digits.
    #[py("(self, /, a, b, modulo=None)")]
    fn power(py: &mut Py, this: &Ref<Context>, a: &Value, b: &Value, modulo: &Value) -> Result<Value> {
        let (a, b) = (required(py, a)?, required(py, b)?);
        let mut settings = context::settings(py, this);
        let result = if modulo.is_none() {
            with_work(py, |work| power::power(&a, &b, &mut settings, work))?
        } else {
            let modulo = required(py, modulo)?;
            with_work(py, |work| power::power_modulo(&a, &b, &modulo, &mut settings, work))?
        };
        settle(py, this, settings.status)?;
        Ok(make(py, result))
    }
    /// Return 10.
    #[py("(self, /)")]
    fn radix(py: &mut Py, _this: &Ref<Context>) -> Value {
        make(py, Number::small(false, 10, 0))
    }
    /// Return True if the two operands have the same exponent.
    #[py("(self, x, y, /)")]
    fn same_quantum(py: &mut Py, _this: &Ref<Context>, x: &Value, y: &Value) -> Result<bool> {
        let (x, y) = (required(py, x)?, required(py, y)?);
        Ok(order::same_quantum(&x, &y))
    }
    /// Convert a number to a string, using engineering notation.
    #[py("(self, x, /)")]
    fn to_eng_string(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        shown(py, this, x, true)
    }
    /// Convert a number to a string using scientific notation.
    #[py("(self, x, /)")]
    fn to_sci_string(py: &mut Py, this: &Ref<Context>, x: &Value) -> Result<Value> {
        shown(py, this, x, false)
    }
}
