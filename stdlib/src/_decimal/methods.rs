//! The methods of `Decimal`.

use std::cmp::Ordering;

use dashu_int::IBig;
use dashu_int::ops::Gcd;
use lockstep_interp::object::raise::{Result, memory_error, overflow_error, type_error, value_error};
use lockstep_interp::types::complex::Complex;
use lockstep_interp::types::dict;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Py, Ref, Value, methods};

use super::coefficient::{LIMIT, Text, power};
use super::convert::{as_tuple, int_value, make, required, with_work};
use super::decimal::Decimal;
use super::exponential::Work;
use super::format::{Fault, Marks, Spec};
use super::number::condition::MEMORY;
use super::number::{Kind, Number, Settings};
use super::signals::settle;
use super::{arith, context, digits, exponential, format, operators, order, text};

/// The methods, added to `Decimal`.
pub struct Methods;

fn unary(py: &mut Py, this: &Ref<Decimal>, context: &Value, operation: fn(&Number, &mut Settings) -> Number) -> Result<Value> {
    let context = context::optional(py, context)?;
    let mut settings = context::settings(py, &context);
    let result = operation(&this.number, &mut settings);
    settle(py, &context, settings.status)?;
    Ok(make(py, result))
}

/// The same for computations that may take long.
fn long(
    py: &mut Py,
    this: &Ref<Decimal>,
    context: &Value,
    operation: fn(&Number, &mut Settings, &mut Work<'_>) -> Number,
) -> Result<Value> {
    let context = context::optional(py, context)?;
    let mut settings = context::settings(py, &context);
    let result = with_work(py, |work| operation(&this.number, &mut settings, work))?;
    settle(py, &context, settings.status)?;
    Ok(make(py, result))
}

fn binary(
    py: &mut Py,
    this: &Ref<Decimal>,
    other: &Value,
    context: &Value,
    operation: fn(&Number, &Number, &mut Settings) -> Number,
) -> Result<Value> {
    let context = context::optional(py, context)?;
    let other = required(py, other)?;
    let mut settings = context::settings(py, &context);
    let result = operation(&this.number, &other, &mut settings);
    settle(py, &context, settings.status)?;
    Ok(make(py, result))
}

/// An operation with a rounding that the call may say.
fn rounding(py: &mut Py, rounding: &Value, context: &Value, operation: impl FnOnce(&mut Settings) -> Number) -> Result<Value> {
    let context = context::optional(py, context)?;
    let mut settings = context::settings(py, &context);
    if !rounding.is_none() {
        settings.rounding = context::rounding_of(rounding)?;
    }
    let result = operation(&mut settings);
    settle(py, &context, settings.status)?;
    Ok(make(py, result))
}

/// The total order, for which a context matters only as an argument that must be one.
fn total(
    py: &mut Py,
    this: &Ref<Decimal>,
    other: &Value,
    context: &Value,
    order: fn(&Number, &Number) -> Ordering,
) -> Result<Value> {
    context::optional(py, context)?;
    let other = required(py, other)?;
    Ok(make(py, order::shown(order(&this.number, &other))))
}

/// Numerator and denominator in lowest terms.
fn ratio(py: &mut Py, number: &Number) -> Result<Value> {
    match number.kind {
        Kind::Finite => {}
        Kind::Infinite => return Err(overflow_error("cannot convert Infinity to integer ratio")),
        Kind::Quiet | Kind::Signaling => return Err(value_error("cannot convert NaN to integer ratio")),
    }
    let exponent = number.exponent.unsigned_abs();
    if !number.coefficient.is_zero() && exponent + number.coefficient.digits() > LIMIT {
        return Err(memory_error());
    }
    let digits = number.coefficient.big().into_owned();
    let (numerator, denominator) = if number.coefficient.is_zero() {
        (digits, dashu_int::UBig::ONE)
    } else if number.exponent >= 0 {
        (digits * &*power(exponent), dashu_int::UBig::ONE)
    } else {
        let scale = power(exponent);
        let divisor = (&digits).gcd(&*scale);
        (digits / &divisor, &*scale / &divisor)
    };
    let numerator = if number.negative { -IBig::from(numerator) } else { IBig::from(numerator) };
    let pair = [int_value(py, numerator), int_value(py, IBig::from(denominator))];
    Ok(py.tuple_from(pair))
}

/// The text of an entry of a dict of marks.
fn mark(py: &mut Py, marks: &Value, name: &str) -> Result<Option<Vec<u8>>> {
    let Some(dict) = marks.downcast::<dict::Dict>() else { return Err(type_error("optional argument must be a dict")) };
    match dict::get_name(py, dict, name) {
        None => Ok(None),
        Some(value) => match value.downcast::<Str>() {
            Some(text) => Ok(Some(text.as_bytes().to_vec())),
            None => Err(type_error("bad argument type for built-in operation")),
        },
    }
}

/// Marks of the caller's own instead of the locale's.
fn own_marks(py: &mut Py, spec: &mut Spec, marks: &Value) -> Result<()> {
    if let Some(point) = mark(py, marks, "decimal_point")? {
        spec.marks.point = point.into();
    }
    if let Some(separator) = mark(py, marks, "thousands_sep")? {
        spec.marks.separator = separator.into();
    }
    if let Some(grouping) = mark(py, marks, "grouping")? {
        spec.marks.grouping = grouping;
    }
    if spec.marks.point.is_empty()
        || spec.marks.point.len() > 4
        || spec.marks.separator.len() > 4
        || spec.marks.grouping.iter().any(|size| *size > 127)
    {
        return Err(value_error("invalid override dict"));
    }
    Ok(())
}

fn formatted(py: &mut Py, this: &Ref<Decimal>, spec: &Value, marks: &Value) -> Result<Value> {
    let Some(text) = spec.downcast::<Str>() else { return Err(type_error("format arg must be str")) };
    text.to_str(py)?;
    let context = context::current(py)?;
    if text.as_bytes().last() == Some(&b'N') {
        py.warn(Exc::DeprecationWarning, "Format specifier 'N' is deprecated", 1)?;
    }
    let capitals = context.get(py).capitals;
    let mut spec = format::parse(text.as_bytes(), capitals).map_err(|fault| match fault {
        Fault::Invalid => value_error("invalid format string"),
        Fault::Huge => overflow_error("cannot fit 'int' into an index-sized integer"),
        Fault::Limit => value_error("format specification exceeds internal limits of _decimal"),
    })?;
    if !marks.is_none() {
        own_marks(py, &mut spec, marks)?;
    } else if spec.locale {
        let (point, separator, grouping) = crate::_locale::numeric(py)?;
        spec.marks = Marks { point: point.into(), separator: separator.into(), grouping };
    }
    let mut settings = context::settings(py, &context);
    let text = format::format(&this.number, &spec, &mut settings);
    if settings.status & MEMORY != 0 {
        return Err(memory_error());
    }
    Ok(py.new_str_bytes(&text).into_value())
}

/// Bytes that an object takes beyond what CPython's holds in itself: the coefficient in words of 19
/// digits.
fn size(number: &Number) -> u64 {
    let words = number.coefficient.digits().div_ceil(19);
    if words <= 4 { 104 } else { 104 + 8 * words }
}

#[methods]
impl Methods {
    /// complex(self)
    #[py("(self, /)")]
    fn __complex__(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        let re = operators::to_f64(&this.number)?;
        Ok(py.make(Complex { re, im: 0.0 }).into_value())
    }
    /// A Decimal does not change: the same one.
    #[py("(self, /)")]
    fn __copy__(_py: &mut Py, this: &Ref<Decimal>) -> Value {
        this.to_value()
    }
    /// A Decimal does not change: the same one.
    #[py("(self, memo, /)")]
    fn __deepcopy__(_py: &mut Py, this: &Ref<Decimal>, _memo: &Value) -> Value {
        this.to_value()
    }
    /// Formats the Decimal according to fmtarg.
    #[py("(self, fmtarg, override=None, /)")]
    fn __format__(py: &mut Py, this: &Ref<Decimal>, fmtarg: &Value, marks: &Value) -> Result<Value> {
        formatted(py, this, fmtarg, marks)
    }
    /// Returns size in memory, in bytes
    #[py("(self, /)")]
    fn __sizeof__(_py: &mut Py, this: &Ref<Decimal>) -> u64 {
        size(&this.number)
    }
    /// Return the adjusted exponent of the number.  Defined as exp + digits - 1.
    #[py("(self, /)")]
    fn adjusted(_py: &mut Py, this: &Ref<Decimal>) -> i64 {
        if this.number.is_finite() { this.number.adjusted() } else { 0 }
    }
    /// Return a pair of integers whose ratio is exactly equal to the original.
    ///
    /// The ratio is in lowest terms and with a positive denominator.
    /// Raise OverflowError on infinities and a ValueError on NaNs.
    #[py("(self, /)")]
    fn as_integer_ratio(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        ratio(py, &this.number)
    }
    /// Return a tuple representation of the number.
    #[py("(self, /)")]
    fn as_tuple(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        as_tuple(py, &this.number)
    }
    /// Return the canonical encoding of the argument.
    #[py("(self, /)")]
    fn canonical(_py: &mut Py, this: &Ref<Decimal>) -> Value {
        this.to_value()
    }
    /// Compare self to other.  Return a decimal value:
    ///
    ///   a or b is a NaN ==> Decimal('NaN')
    ///   a < b           ==> Decimal('-1')
    ///   a == b          ==> Decimal('0')
    ///   a > b           ==> Decimal('1')
    #[py("(self, /, other, context=None)")]
    fn compare(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, order::compare)
    }
    /// Identical to compare(), except that all NaNs signal.
    #[py("(self, /, other, context=None)")]
    fn compare_signal(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, order::compare_signal)
    }
    /// Compare two operands using their abstract representation.
    ///
    /// Unlike compare(), this gives a total ordering: representations that differ are
    /// never equal, and NaNs have their place.
    ///
    ///   >>> Decimal('4.0').compare_total(Decimal('4.00'))
    ///   Decimal('1')
    #[py("(self, /, other, context=None)")]
    fn compare_total(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        total(py, this, other, context, order::total)
    }
    /// As compare_total(), but ignores the signs.
    #[py("(self, /, other, context=None)")]
    fn compare_total_mag(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        total(py, this, other, context, order::total_magnitudes)
    }
    /// Return self.
    #[py("(self, /)")]
    fn conjugate(_py: &mut Py, this: &Ref<Decimal>) -> Value {
        this.to_value()
    }
    /// Return the absolute value of the argument.
    ///
    /// This operation is unaffected by context and is quiet: no flags are changed
    /// and no rounding is performed.
    #[py("(self, /)")]
    fn copy_abs(py: &mut Py, this: &Ref<Decimal>) -> Value {
        make(py, this.number.absolute())
    }
    /// Return the negation of the argument.
    ///
    /// This operation is unaffected by context and is quiet: no flags are changed
    /// and no rounding is performed.
    #[py("(self, /)")]
    fn copy_negate(py: &mut Py, this: &Ref<Decimal>) -> Value {
        make(py, this.number.negated())
    }
    /// Return a copy of *self* with the sign of *other*.
    ///
    ///   >>> Decimal('7.1').copy_sign(Decimal('-2'))
    ///   Decimal('-7.1')
    ///
    /// This operation is unaffected by context and is quiet: no flags are changed
    /// and no rounding is performed.
    #[py("(self, /, other, context=None)")]
    fn copy_sign(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        context::optional(py, context)?;
        let negative = required(py, other)?.negative;
        Ok(make(py, Number { negative, ..this.number.clone() }))
    }
    /// Return the value of the (natural) exponential function e**x at the given
    /// number.  The function always uses the ROUND_HALF_EVEN mode and the result is
    /// correctly rounded.
    #[py("(self, /, context=None)")]
    fn exp(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<Value> {
        long(py, this, context, exponential::exp)
    }
    /// Fused multiply-add.
    ///
    /// Return self*other+third with no rounding of the intermediate product.
    ///
    ///   >>> Decimal(4).fma(5, 6)
    ///   Decimal('26')
    #[py("(self, /, other, third, context=None)")]
    fn fma(py: &mut Py, this: &Ref<Decimal>, other: &Value, third: &Value, context: &Value) -> Result<Value> {
        let context = context::optional(py, context)?;
        let (other, third) = (required(py, other)?, required(py, third)?);
        let mut settings = context::settings(py, &context);
        let result = arith::fma(&this.number, &other, &third, &mut settings);
        settle(py, &context, settings.status)?;
        Ok(make(py, result))
    }
    /// Return True if the argument is canonical and False otherwise.
    #[py("(self, /)")]
    fn is_canonical(_py: &mut Py, this: &Ref<Decimal>) -> bool {
        let _ = this;
        true
    }
    /// Return True if the argument is a finite number, and False otherwise.
    #[py("(self, /)")]
    fn is_finite(_py: &mut Py, this: &Ref<Decimal>) -> bool {
        this.number.is_finite()
    }
    /// Return True if the argument is infinite, and False otherwise.
    #[py("(self, /)")]
    fn is_infinite(_py: &mut Py, this: &Ref<Decimal>) -> bool {
        this.number.is_infinite()
    }
    /// Return True if the argument is a (quiet or signaling) NaN, else False.
    #[py("(self, /)")]
    fn is_nan(_py: &mut Py, this: &Ref<Decimal>) -> bool {
        this.number.is_nan()
    }
    /// Return True if the argument is a normal number and False otherwise.
    ///
    /// Normal number is a finite nonzero number, which is not subnormal.
    #[py("(self, /, context=None)")]
    fn is_normal(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<bool> {
        let context = context::optional(py, context)?;
        Ok(order::is_normal(&this.number, &context::settings(py, &context)))
    }
    /// Return True if the argument is a quiet NaN, and False otherwise.
    #[py("(self, /)")]
    fn is_qnan(_py: &mut Py, this: &Ref<Decimal>) -> bool {
        this.number.kind == Kind::Quiet
    }
    /// Return True if the argument has a negative sign and False otherwise.
    #[py("(self, /)")]
    fn is_signed(_py: &mut Py, this: &Ref<Decimal>) -> bool {
        this.number.negative
    }
    /// Return True if the argument is a signaling NaN and False otherwise.
    #[py("(self, /)")]
    fn is_snan(_py: &mut Py, this: &Ref<Decimal>) -> bool {
        this.number.kind == Kind::Signaling
    }
    /// Return True if the argument is subnormal, and False otherwise.
    ///
    /// A number is subnormal if it is non-zero and finite, and has an adjusted
    /// exponent less than Emin.
    #[py("(self, /, context=None)")]
    fn is_subnormal(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<bool> {
        let context = context::optional(py, context)?;
        Ok(order::is_subnormal(&this.number, &context::settings(py, &context)))
    }
    /// Return True if the argument is a zero and False otherwise.
    #[py("(self, /)")]
    fn is_zero(_py: &mut Py, this: &Ref<Decimal>) -> bool {
        this.number.is_zero()
    }
    /// Return the natural (base e) logarithm of the operand.
    ///
    /// The function always uses the ROUND_HALF_EVEN mode and the result is
    /// correctly rounded.
    #[py("(self, /, context=None)")]
    fn ln(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<Value> {
        long(py, this, context, exponential::ln)
    }
    /// Return the base ten logarithm of the operand.
    ///
    /// The function always uses the ROUND_HALF_EVEN mode and the result is
    /// correctly rounded.
    #[py("(self, /, context=None)")]
    fn log10(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<Value> {
        long(py, this, context, exponential::log10)
    }
    /// Return the adjusted exponent of the operand as a Decimal instance.
    #[py("(self, /, context=None)")]
    fn logb(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<Value> {
        unary(py, this, context, digits::adjusted_exponent)
    }
    /// Return the digit-wise 'and' of the two (logical) operands.
    #[py("(self, /, other, context=None)")]
    fn logical_and(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, digits::logical_and)
    }
    /// Return the digit-wise inversion of the (logical) operand.
    #[py("(self, /, context=None)")]
    fn logical_invert(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<Value> {
        unary(py, this, context, digits::logical_invert)
    }
    /// Return the digit-wise 'or' of the two (logical) operands.
    #[py("(self, /, other, context=None)")]
    fn logical_or(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, digits::logical_or)
    }
    /// Return the digit-wise 'xor' of the two (logical) operands.
    #[py("(self, /, other, context=None)")]
    fn logical_xor(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, digits::logical_xor)
    }
    /// Maximum of self and other.
    ///
    /// If one operand is a quiet NaN and the other is numeric, the numeric operand
    /// is returned.
    #[py("(self, /, other, context=None)")]
    fn max(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, order::maximum)
    }
    /// As the max() method, but compares the absolute values of the operands.
    #[py("(self, /, other, context=None)")]
    fn max_mag(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, order::maximum_magnitude)
    }
    /// Minimum of self and other.
    ///
    /// If one operand is a quiet NaN and the other is numeric, the numeric operand
    /// is returned.
    #[py("(self, /, other, context=None)")]
    fn min(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, order::minimum)
    }
    /// As the min() method, but compares the absolute values of the operands.
    #[py("(self, /, other, context=None)")]
    fn min_mag(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, order::minimum_magnitude)
    }
    /// Return the largest number representable that is smaller than itself.
    #[py("(self, /, context=None)")]
    fn next_minus(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<Value> {
        unary(py, this, context, digits::next_minus)
    }
    /// Return the smallest number representable that is larger than itself.
    #[py("(self, /, context=None)")]
    fn next_plus(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<Value> {
        unary(py, this, context, digits::next_plus)
    }
    /// Returns the number closest to self, in the direction towards other.
    #[py("(self, /, other, context=None)")]
    fn next_toward(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, digits::next_toward)
    }
    /// Normalize the number by stripping trailing 0s
    ///
    /// This also change anything equal to 0 to 0e0.  Used for producing
    /// canonical values for members of an equivalence class.
    #[py("(self, /, context=None)")]
    fn normalize(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<Value> {
        unary(py, this, context, digits::reduce)
    }
    /// Return a string describing the class of the operand.
    #[py("(self, /, context=None)")]
    fn number_class(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<Value> {
        let context = context::optional(py, context)?;
        let name = order::class(&this.number, &context::settings(py, &context));
        Ok(py.str(name))
    }
    /// Quantize *self* so its exponent is the same as that of *exp*.
    ///
    /// Return a value equal to the first operand after rounding and having the
    /// exponent of the second operand.
    ///
    ///   >>> Decimal('2.71828').quantize(Decimal('1.00'))
    ///   Decimal('2.72')
    #[py("(self, /, exp, rounding=None, context=None)")]
    fn quantize(py: &mut Py, this: &Ref<Decimal>, exp: &Value, rounding_: &Value, context: &Value) -> Result<Value> {
        let context_ = context::optional(py, context)?.into_value();
        if !rounding_.is_none() {
            context::rounding_of(rounding_)?;
        }
        let exp = required(py, exp)?;
        rounding(py, rounding_, &context_, |settings| digits::quantize(&this.number, &exp, settings))
    }
    /// Return Decimal(10).
    ///
    /// This is the radix (base) in which the Decimal class does all its arithmetic.
    /// Included for compatibility with the specification.
    #[py("(self, /)")]
    fn radix(py: &mut Py, this: &Ref<Decimal>) -> Value {
        let _ = this;
        make(py, Number::small(false, 10, 0))
    }
    /// Return the remainder from dividing self by other.
    ///
    /// The remainder is chosen so that its absolute value is the least; if there are
    /// two such, the quotient is even.
    #[py("(self, /, other, context=None)")]
    fn remainder_near(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, arith::remainder_near)
    }
    /// Returns a rotated copy of self's digits, value-of-other times.
    ///
    /// The second operand must be an integer in the range -precision through
    /// precision.
    #[py("(self, /, other, context=None)")]
    fn rotate(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, digits::rotate)
    }
    /// Test whether self and other have the same exponent or both are NaN.
    #[py("(self, /, other, context=None)")]
    fn same_quantum(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<bool> {
        context::optional(py, context)?;
        Ok(order::same_quantum(&this.number, &*required(py, other)?))
    }
    /// Return the first operand with the exponent adjusted the second.
    #[py("(self, /, other, context=None)")]
    fn scaleb(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, digits::scale)
    }
    /// Returns a copy of self's digits, value-of-other times shifted.
    ///
    /// The second operand must be an integer in the range -precision through
    /// precision.
    #[py("(self, /, other, context=None)")]
    fn shift(py: &mut Py, this: &Ref<Decimal>, other: &Value, context: &Value) -> Result<Value> {
        binary(py, this, other, context, digits::shift)
    }
    /// Return the square root of the argument to full precision.
    ///
    /// The result is correctly rounded using the ROUND_HALF_EVEN rounding mode.
    #[py("(self, /, context=None)")]
    fn sqrt(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<Value> {
        unary(py, this, context, arith::square_root)
    }
    /// Convert to an engineering-type string.
    ///
    /// Engineering notation has an exponent which is a multiple of 3, so there are up
    /// to 3 digits left of the decimal place.
    #[py("(self, /, context=None)")]
    fn to_eng_string(py: &mut Py, this: &Ref<Decimal>, context: &Value) -> Result<Value> {
        let context = context::optional(py, context)?;
        let mut out = Text::new();
        text::push(&mut out, &this.number, true, context.get(py).capitals);
        Ok(py.new_ascii(&out).into_value())
    }
    /// Round to the nearest integer, signaling if rounding occurs.
    #[py("(self, /, rounding=None, context=None)")]
    fn to_integral_exact(py: &mut Py, this: &Ref<Decimal>, rounding_: &Value, context: &Value) -> Result<Value> {
        rounding(py, rounding_, context, |settings| digits::integral_exact(&this.number, settings))
    }
    /// Round to the nearest integer without signaling Inexact or Rounded.
    #[py("(self, /, rounding=None, context=None)", alias = "to_integral")]
    fn to_integral_value(py: &mut Py, this: &Ref<Decimal>, rounding_: &Value, context: &Value) -> Result<Value> {
        rounding(py, rounding_, context, |settings| digits::integral_value(&this.number, settings))
    }
    #[getter]
    fn imag(py: &mut Py, _this: &Ref<Decimal>) -> Value {
        make(py, Number::small(false, 0, 0))
    }
    #[getter]
    fn real(_py: &mut Py, this: &Ref<Decimal>) -> Value {
        this.to_value()
    }
}
