//! Values as numbers and numbers as values.

use std::ops::Deref;

use dashu_int::IBig;
use lockstep_interp::object::raise::{Result, memory_error, overflow_error, type_error, value_error};
use lockstep_interp::types::float;
use lockstep_interp::types::int;
use lockstep_interp::types::list::List;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Ref, Value};
use lockstep_text::{unicode, wtf8};

use super::coefficient::{Coefficient, LIMIT};
use super::context::Context;
use super::decimal::Decimal;
use super::exponential::Work;
use super::number::condition::{CONVERSION_SYNTAX, FLOAT_OPERATION};
use super::number::{Kind, Number, Settings};
use super::signals::settle;
use super::{context, decimal_tuple, text};

/// What the module knows of others, and what computations keep.
#[derive(Default)]
struct Known {
    rational: Option<Value>,
    ln10: Option<(usize, dashu_int::UBig)>,
}

/// Keep `numbers.Rational`, with which comparisons know fractions.
pub fn remember(py: &mut Py, rational: Value) -> Result<()> {
    py.state::<Known>().rational = Some(rational);
    Ok(())
}

/// Run a computation that may take long: it stops when the interpreter wants to.
pub fn with_work<R>(py: &mut Py, run: impl FnOnce(&mut Work<'_>) -> R) -> Result<R> {
    let mut ln10 = py.state::<Known>().ln10.take();
    let mut raised = None;
    let mut stop = || match py.check() {
        Ok(()) => false,
        Err(error) => {
            raised = Some(error);
            true
        }
    };
    let result = run(&mut Work { stop: &mut stop, ln10: &mut ln10 });
    py.state::<Known>().ln10 = ln10;
    raised.map_or(Ok(result), Err)
}

/// A number that an object holds, or one of its own.
pub enum Operand<'a> {
    /// A Decimal's.
    Held(&'a Number),
    /// Converted.
    Own(Number),
}

impl Deref for Operand<'_> {
    type Target = Number;
    #[inline]
    fn deref(&self) -> &Number {
        match self {
            Operand::Held(number) => number,
            Operand::Own(number) => number,
        }
    }
}

/// The number of an int.
pub fn from_int(value: &Value) -> Option<Number> {
    if let Some(n) = value.as_small_int() {
        return Some(Number::small(n < 0, n.unsigned_abs(), 0));
    }
    if !int::is_int(value) {
        return None;
    }
    let (sign, magnitude) = int::to_ibig(value)?.into_parts();
    Some(Number::new(sign == dashu_int::Sign::Negative, magnitude.into(), 0))
}

/// An operand of arithmetic: a Decimal or an int, none for anything else.
#[inline]
pub fn operand(value: &Value) -> Option<Operand<'_>> {
    match value.downcast::<Decimal>() {
        Some(decimal) => Some(Operand::Held(&decimal.number)),
        None => from_int(value).map(Operand::Own),
    }
}

/// The same where it must be one.
#[inline]
pub fn required<'a>(py: &Py, value: &'a Value) -> Result<Operand<'a>> {
    match operand(value) {
        Some(operand) => Ok(operand),
        None => Err(unsupported(py, value)),
    }
}

#[cold]
fn unsupported(py: &Py, value: &Value) -> lockstep_interp::Raised {
    type_error(format!("conversion from {} to Decimal is not supported", py.type_name(value)))
}

/// A Decimal.
#[inline]
pub fn make(py: &Py, number: Number) -> Value {
    py.make(Decimal { number }).into_value()
}

/// An int.
pub fn int_value(py: &Py, n: IBig) -> Value {
    match i64::try_from(&n) {
        Ok(n) => py.int(n),
        Err(_) => py.int_from(n),
    }
}

/// The ASCII form of a text: digits of any script, and blanks at its ends and underscores left out where
/// `lenient`.
fn ascii(text: &Ref<Str>, lenient: bool) -> std::borrow::Cow<'_, [u8]> {
    use std::borrow::Cow;
    let bytes = text.as_bytes();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-');
    if bytes.iter().all(plain) {
        return Cow::Borrowed(bytes);
    }
    let points: Vec<u32> = wtf8::code_points(bytes).collect();
    let mut points = points.as_slice();
    if lenient {
        while let [first, rest @ ..] = points
            && unicode::is_space(*first)
        {
            points = rest;
        }
        while let [rest @ .., last] = points
            && unicode::is_space(*last)
        {
            points = rest;
        }
    }
    let mut out = Vec::with_capacity(points.len());
    for point in points {
        match *point {
            0x5f if lenient => {}
            1..=0x7f => out.push(*point as u8),
            // No number has this in it.
            other => out.push(unicode::decimal_value(other).map_or(b'?', |d| b'0' + d as u8)),
        }
    }
    Cow::Owned(out)
}

/// How a value is converted: exactly, or rounded by a context.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// As `Decimal(value)` does.
    Exact,
    /// As `create_decimal` does.
    Rounded,
}

/// The context given, or the one in force: exact conversions hardly ever need it.
fn needed(py: &mut Py, context: Option<&Ref<Context>>) -> Result<Ref<Context>> {
    match context {
        Some(context) => Ok(context.clone()),
        None => context::current(py),
    }
}

/// Finish a converted number; its conditions go to the context.
#[inline]
fn finished(py: &mut Py, number: Number, how: How, context: Option<&Ref<Context>>) -> Result<Number> {
    // No coefficient is so long that this could matter.
    const FAR: u64 = 100_000_000_000_000_000;
    if how == How::Exact && number.exponent.unsigned_abs() < FAR {
        return Ok(number);
    }
    finish(py, number, how, context)
}

fn finish(py: &mut Py, number: Number, how: How, context: Option<&Ref<Context>>) -> Result<Number> {
    let context = &needed(py, context)?;
    let mut settings = context::settings(py, context);
    let number = match how {
        How::Exact if number.is_nan() => number,
        How::Exact => text::exact(number, &mut settings),
        How::Rounded if number.is_nan() => {
            let room = settings.prec - i64::from(settings.clamp);
            if !number.coefficient.is_zero() && number.coefficient.digits() as i64 > room {
                settings.fail(CONVERSION_SYNTAX)
            } else {
                number
            }
        }
        How::Rounded => settings.finish(number),
    };
    settle(py, context, settings.status)?;
    Ok(number)
}

/// The number that a text says.
fn from_text(py: &mut Py, value: &Ref<Str>, how: How, context: Option<&Ref<Context>>) -> Result<Number> {
    if value.as_bytes().len() as u64 > LIMIT {
        return Err(memory_error());
    }
    match text::parse(&ascii(value, how == How::Exact)) {
        Some(number) => finished(py, number, how, context),
        None => {
            let context = needed(py, context)?;
            settle(py, &context, CONVERSION_SYNTAX)?;
            Ok(Number::nan())
        }
    }
}

/// The number of a float or an int.
pub fn from_real(py: &mut Py, value: &Value, how: How, context: Option<&Ref<Context>>) -> Result<Number> {
    let number = match (from_int(value), float::as_f64(value)) {
        (Some(number), _) => number,
        (_, Some(x)) => Number::from_f64(x),
        _ => return Err(type_error("argument must be int or float")),
    };
    finished(py, number, how, context)
}

/// The number that any supported value stands for.
pub fn from_value(py: &mut Py, value: &Value, how: How, context: Option<&Ref<Context>>) -> Result<Number> {
    if let Some(decimal) = value.downcast::<Decimal>() {
        return match how {
            How::Exact => Ok(decimal.number.clone()),
            How::Rounded => finished(py, decimal.number.clone(), how, context),
        };
    }
    if let Some(text) = value.downcast::<Str>() {
        return from_text(py, text, how, context);
    }
    if int::is_int(value) {
        return from_real(py, value, how, context);
    }
    if value.is_a::<Tuple>() || value.is_a::<List>() {
        let number = from_sequence(py, value)?;
        return finished(py, number, how, context);
    }
    if float::as_f64(value).is_some() {
        let context = needed(py, context)?;
        settle(py, &context, FLOAT_OPERATION)?;
        return from_real(py, value, how, Some(&context));
    }
    Err(unsupported(py, value))
}

fn items(py: &Py, value: &Value) -> Option<Vec<Value>> {
    if let Some(tuple) = value.downcast::<Tuple>() {
        return Some(tuple.slice().to_vec());
    }
    value.downcast::<List>().map(|list| list.get(py).items.clone())
}

/// The number of sign, digits and exponent.
fn from_sequence(py: &mut Py, value: &Value) -> Result<Number> {
    let parts = items(py, value).unwrap_or_default();
    let [sign, digits, exponent] = parts.as_slice() else {
        return Err(value_error("argument must be a sequence of length 3"));
    };
    let negative = match int::as_i64(sign).filter(|_| int::is_int(sign)) {
        Some(0) => false,
        Some(1) => true,
        _ => return Err(value_error("sign must be an integer with the value 0 or 1")),
    };
    let (kind, exponent) = if let Some(text) = exponent.downcast::<Str>() {
        match text.as_bytes() {
            b"F" => (Kind::Infinite, 0),
            b"n" => (Kind::Quiet, 0),
            b"N" => (Kind::Signaling, 0),
            _ => return Err(value_error("string argument in the third position must be 'F', 'n' or 'N'")),
        }
    } else if int::is_int(exponent) {
        let exponent = int::as_i64(exponent);
        (Kind::Finite, exponent.ok_or_else(|| overflow_error("Python int too large to convert to C ssize_t"))?)
    } else {
        return Err(value_error("exponent must be an integer"));
    };
    let wrong = || value_error("coefficient must be a tuple of digits");
    let mut text = Vec::new();
    for digit in items(py, digits).ok_or_else(wrong)? {
        match int::as_i64(&digit).filter(|_| int::is_int(&digit)) {
            Some(digit @ 0..=9) => text.push(b'0' + digit as u8),
            _ => return Err(wrong()),
        }
    }
    if kind == Kind::Infinite {
        return Ok(Number::infinity(negative));
    }
    let coefficient = Coefficient::parse(&text).unwrap_or(Coefficient::ZERO);
    // Beyond every context's exponents it makes no difference how far.
    let exponent = exponent.clamp(-4_000_000_000_000_000_001, 2_000_000_000_000_000_001);
    Ok(Number { negative, kind, exponent, coefficient })
}

/// Sign, digits and exponent as `DecimalTuple`.
pub fn as_tuple(py: &mut Py, number: &Number) -> Result<Value> {
    let class = decimal_tuple::class(py);
    let exponent = match number.kind {
        Kind::Finite => py.int(number.exponent),
        Kind::Infinite => py.str("F"),
        Kind::Quiet => py.str("n"),
        Kind::Signaling => py.str("N"),
    };
    let digits = if number.is_nan() && number.coefficient.is_zero() {
        Vec::new()
    } else {
        number.coefficient.text().iter().map(|d| Value::int32(i32::from(d - b'0'))).collect()
    };
    let digits = py.tuple(digits);
    Ok(decimal_tuple::make(py, &class, &[Value::int32(i32::from(number.negative)), digits, exponent]))
}

/// Two numbers with the order of a Decimal and another value, for comparisons.
pub enum Pair<'a> {
    /// Another number.
    Number(Operand<'a>),
    /// Both sides multiplied by the denominator of a fraction.
    Scaled(Number, Number),
    /// The value is no real number.
    Other,
}

/// What a Decimal is compared with; `ordering`: the comparison is not for equality.
pub fn comparand<'a>(py: &mut Py, number: &Number, value: &'a Value, ordering: bool) -> Result<Pair<'a>> {
    if let Some(operand) = operand(value) {
        return Ok(Pair::Number(operand));
    }
    if value.is_none() {
        return Ok(Pair::Other);
    }
    if let Some(x) = float::as_f64(value) {
        return compared_float(py, x, ordering);
    }
    if let Some(complex) = value.downcast::<lockstep_interp::types::complex::Complex>() {
        if ordering || complex.im != 0.0 {
            return Ok(Pair::Other);
        }
        return compared_float(py, complex.re, ordering);
    }
    let Some(rational) = py.state::<Known>().rational.clone() else { return Ok(Pair::Other) };
    if value.is_a::<Str>() || !lockstep_interp::builtins::is_instance(py, value, &rational)? {
        return Ok(Pair::Other);
    }
    let part = |py: &mut Py, name: &str, message: &str| {
        let part = py.getattr(value, name)?;
        from_int(&part).ok_or_else(|| type_error(message.to_owned()))
    };
    let numerator = part(py, "numerator", "numerator attribute is not an integer")?;
    if !number.is_finite() {
        return Ok(Pair::Number(Operand::Own(numerator)));
    }
    let denominator = part(py, "denominator", "denominator attribute is not an integer")?;
    let mut widest = Settings::MAX;
    let scaled = super::arith::multiply(number, &denominator, &mut widest);
    Ok(Pair::Scaled(scaled, numerator))
}

fn compared_float<'a>(py: &mut Py, x: f64, ordering: bool) -> Result<Pair<'a>> {
    let context = context::current(py)?;
    if ordering {
        settle(py, &context, FLOAT_OPERATION)?;
    } else {
        context::raise_flags(py, &context, FLOAT_OPERATION);
    }
    Ok(Pair::Number(Operand::Own(Number::from_f64(x))))
}
