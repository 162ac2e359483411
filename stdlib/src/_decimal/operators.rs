//! The operators of `Decimal`.

use lockstep_interp::object::raise::{Result, overflow_error, type_error, value_error};
use lockstep_interp::object::special::CompareOp;
use lockstep_interp::types::int;
use lockstep_interp::{Py, Ref, Value, methods};

use super::coefficient::Text;
use super::convert::{Pair, comparand, int_value, make, operand, with_work};
use super::decimal::Decimal;
use super::number::condition::INVALID_OPERATION;
use super::number::{Kind, Number, Rounding, Settings};
use super::signals::settle;
use super::{arith, context, digits, order, power, text};

/// The operators, added to `Decimal`.
pub struct Operators;

/// An operation on two numbers.
type Operation = fn(&Number, &Number, &mut Settings) -> Number;

/// Run an operation in the context in force.
#[inline]
fn compute(py: &mut Py, a: &Number, b: &Number, operation: Operation) -> Result<Value> {
    let context = context::current(py)?;
    let mut settings = context::settings(py, &context);
    let result = operation(a, b, &mut settings);
    if settings.status != 0 {
        settle(py, &context, settings.status)?;
    }
    Ok(make(py, result))
}

#[inline]
fn binary(py: &mut Py, this: &Ref<Decimal>, value: &Value, operation: Operation) -> Result<Value> {
    match operand(value) {
        Some(b) => compute(py, &this.number, &b, operation),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

#[inline]
fn reflected(py: &mut Py, this: &Ref<Decimal>, value: &Value, operation: Operation) -> Result<Value> {
    match operand(value) {
        Some(a) => compute(py, &a, &this.number, operation),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn unary(py: &mut Py, this: &Ref<Decimal>, operation: fn(&Number, &mut Settings) -> Number) -> Result<Value> {
    let context = context::current(py)?;
    let mut settings = context::settings(py, &context);
    let result = operation(&this.number, &mut settings);
    settle(py, &context, settings.status)?;
    Ok(make(py, result))
}

fn divmod(py: &mut Py, a: &Number, b: &Number) -> Result<Value> {
    let context = context::current(py)?;
    let mut settings = context::settings(py, &context);
    let (quotient, rest) = arith::quotient_remainder(a, b, &mut settings);
    settle(py, &context, settings.status)?;
    let pair = [make(py, quotient), make(py, rest)];
    Ok(py.tuple_from(pair))
}

/// `pow(a, b)` or `pow(a, b, modulus)`; not implemented for operands of other kinds.
fn powered(py: &mut Py, a: &Value, b: &Value, modulus: &Value) -> Result<Value> {
    let (Some(x), Some(y)) = (operand(a), operand(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let context = context::current(py)?;
    let mut settings = context::settings(py, &context);
    let result = if modulus.is_none() {
        with_work(py, |work| power::power(&x, &y, &mut settings, work))?
    } else {
        let Some(m) = operand(modulus) else { return Ok(Value::NOT_IMPLEMENTED) };
        with_work(py, |work| power::power_modulo(&x, &y, &m, &mut settings, work))?
    };
    settle(py, &context, settings.status)?;
    Ok(make(py, result))
}

fn compared(py: &mut Py, this: &Ref<Decimal>, value: &Value, op: CompareOp) -> Result<Value> {
    let ordering = !matches!(op, CompareOp::Eq | CompareOp::Ne);
    if let Some(other) = value.downcast::<Decimal>()
        && let Some(order) = order::partial(&this.number, &other.number)
    {
        return Ok(Value::bool(op.accepts(order)));
    }
    if let Some(n) = value.as_small_int()
        && let Some(order) = order::partial(&this.number, &Number::small(n < 0, n.unsigned_abs(), 0))
    {
        return Ok(Value::bool(op.accepts(order)));
    }
    let scaled;
    let held;
    let (a, b) = match comparand(py, &this.number, value, ordering)? {
        Pair::Other => return Ok(Value::NOT_IMPLEMENTED),
        Pair::Number(b) => {
            held = b;
            (&this.number, &*held)
        }
        Pair::Scaled(a, b) => {
            scaled = (a, b);
            (&scaled.0, &scaled.1)
        }
    };
    match order::partial(a, b) {
        Some(order) => Ok(Value::bool(op.accepts(order))),
        None => {
            if ordering || a.kind == Kind::Signaling || b.kind == Kind::Signaling {
                let context = context::current(py)?;
                settle(py, &context, INVALID_OPERATION)?;
            }
            Ok(Value::bool(op == CompareOp::Ne))
        }
    }
}

/// The whole number of a Decimal, rounded.
fn whole(py: &mut Py, this: &Ref<Decimal>, rounding: Rounding) -> Result<Value> {
    let number = &this.number;
    if number.is_nan() {
        return Err(value_error("cannot convert NaN to integer"));
    }
    if number.is_infinite() {
        return Err(overflow_error("cannot convert Infinity to integer"));
    }
    let mut settings = Settings { rounding, ..Settings::MAX };
    match order::integer(number, &mut settings) {
        Some(n) => Ok(int_value(py, n)),
        None => Err(lockstep_interp::object::raise::memory_error()),
    }
}

/// The nearest float.
pub fn to_f64(number: &Number) -> Result<f64> {
    match number.kind {
        Kind::Signaling => Err(value_error("cannot convert signaling NaN to float")),
        Kind::Quiet => Ok(if number.negative { -f64::NAN } else { f64::NAN }),
        Kind::Infinite => Ok(if number.negative { f64::NEG_INFINITY } else { f64::INFINITY }),
        Kind::Finite => {
            let shown = text::shown(number, true);
            Ok(std::str::from_utf8(&shown).ok().and_then(|s| s.parse().ok()).unwrap_or(0.0))
        }
    }
}

#[methods]
impl Operators {
    /// abs(self)
    #[py("(self, /)")]
    fn __abs__(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        unary(py, this, arith::absolute)
    }
    /// Return self+value.
    #[py("(self, value, /)")]
    fn __add__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        binary(py, this, value, arith::add)
    }
    /// True if self else False
    #[py("(self, /)")]
    fn __bool__(_py: &mut Py, this: &Ref<Decimal>) -> bool {
        !this.number.is_zero()
    }
    /// Return the smallest integer that is not less than the number.
    #[py("(self, /)")]
    fn __ceil__(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        whole(py, this, Rounding::Ceiling)
    }
    /// Return divmod(self, value).
    #[py("(self, value, /)")]
    fn __divmod__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        match operand(value) {
            Some(b) => divmod(py, &this.number, &b),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        compared(py, this, value, CompareOp::Eq)
    }
    /// float(self)
    #[py("(self, /)")]
    fn __float__(_py: &mut Py, this: &Ref<Decimal>) -> Result<f64> {
        to_f64(&this.number)
    }
    /// Return the largest integer that is not greater than the number.
    #[py("(self, /)")]
    fn __floor__(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        whole(py, this, Rounding::Floor)
    }
    /// Return self//value.
    #[py("(self, value, /)")]
    fn __floordiv__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        binary(py, this, value, arith::whole_quotient)
    }
    /// Return self>=value.
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        compared(py, this, value, CompareOp::Ge)
    }
    /// Return self>value.
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        compared(py, this, value, CompareOp::Gt)
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(_py: &mut Py, this: &Ref<Decimal>) -> Result<i64> {
        match this.number.kind {
            Kind::Signaling => Err(type_error("Cannot hash a signaling NaN value")),
            // Each NaN is equal to none, so that its identity does.
            Kind::Quiet => Ok((this.as_value().id().rotate_right(4) >> 4) as i64),
            _ => Ok(order::hash(&this.number)),
        }
    }
    /// int(self)
    #[py("(self, /)")]
    fn __int__(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        whole(py, this, Rounding::Down)
    }
    /// Return self<=value.
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        compared(py, this, value, CompareOp::Le)
    }
    /// Return self<value.
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        compared(py, this, value, CompareOp::Lt)
    }
    /// Return self%value.
    #[py("(self, value, /)")]
    fn __mod__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        binary(py, this, value, arith::remainder)
    }
    /// Return self*value.
    #[py("(self, value, /)")]
    fn __mul__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        binary(py, this, value, arith::multiply)
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        compared(py, this, value, CompareOp::Ne)
    }
    /// -self
    #[py("(self, /)")]
    fn __neg__(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        unary(py, this, arith::minus)
    }
    /// +self
    #[py("(self, /)")]
    fn __pos__(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        unary(py, this, arith::plus)
    }
    /// Return pow(self, value, mod).
    #[py("(self, value, mod=None, /)")]
    fn __pow__(py: &mut Py, this: &Ref<Decimal>, value: &Value, modulus: &Value) -> Result<Value> {
        powered(py, this.as_value(), value, modulus)
    }
    /// Return value+self.
    #[py("(self, value, /)")]
    fn __radd__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        reflected(py, this, value, arith::add)
    }
    /// Return divmod(value, self).
    #[py("(self, value, /)")]
    fn __rdivmod__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        match operand(value) {
            Some(a) => divmod(py, &a, &this.number),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        let capitals = context::current(py)?.get(py).capitals;
        let mut out = Text::from_slice(b"Decimal('");
        text::push(&mut out, &this.number, false, capitals);
        out.extend_from_slice(b"')");
        Ok(py.new_ascii(&out).into_value())
    }
    /// Return value//self.
    #[py("(self, value, /)")]
    fn __rfloordiv__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        reflected(py, this, value, arith::whole_quotient)
    }
    /// Return value%self.
    #[py("(self, value, /)")]
    fn __rmod__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        reflected(py, this, value, arith::remainder)
    }
    /// Return value*self.
    #[py("(self, value, /)")]
    fn __rmul__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        reflected(py, this, value, arith::multiply)
    }
    /// Round to an integer, half to even, or to so many digits behind the point.
    #[py("(self, ndigits=None, /)")]
    fn __round__(py: &mut Py, this: &Ref<Decimal>, ndigits: &Value) -> Result<Value> {
        if ndigits.is_none() {
            return whole(py, this, Rounding::HalfEven);
        }
        if !int::is_int(ndigits) {
            return Err(type_error("optional arg must be an integer"));
        }
        let Some(places) = int::as_i64(ndigits) else {
            return Err(overflow_error("Python int too large to convert to C ssize_t"));
        };
        compute(py, &this.number, &Number::small(false, 1, places.saturating_neg()), digits::quantize)
    }
    /// Return pow(value, self, mod).
    #[py("(self, value, mod=None, /)")]
    fn __rpow__(py: &mut Py, this: &Ref<Decimal>, value: &Value, modulus: &Value) -> Result<Value> {
        powered(py, value, this.as_value(), modulus)
    }
    /// Return value-self.
    #[py("(self, value, /)")]
    fn __rsub__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        reflected(py, this, value, arith::subtract)
    }
    /// Return value/self.
    #[py("(self, value, /)")]
    fn __rtruediv__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        reflected(py, this, value, arith::quotient)
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        let capitals = context::current(py)?.get(py).capitals;
        Ok(py.new_ascii(&text::shown(&this.number, capitals)).into_value())
    }
    /// Return self-value.
    #[py("(self, value, /)")]
    fn __sub__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        binary(py, this, value, arith::subtract)
    }
    /// Return self/value.
    #[py("(self, value, /)")]
    fn __truediv__(py: &mut Py, this: &Ref<Decimal>, value: &Value) -> Result<Value> {
        binary(py, this, value, arith::quotient)
    }
    /// Return the integer part.
    #[py("(self, /)")]
    fn __trunc__(py: &mut Py, this: &Ref<Decimal>) -> Result<Value> {
        whole(py, this, Rounding::Down)
    }
}
