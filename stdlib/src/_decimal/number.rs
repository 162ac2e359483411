//! Decimal numbers and the settings of arithmetic: what every operation ends with, the rounding of
//! its exact result to what a context can hold, and the conditions that this raises.

use super::coefficient::{Coefficient, LIMIT, Rest, digits, small_power, ten, wide_digits};

/// The greatest precision and the greatest adjusted exponent.
pub const MAX_PREC: i64 = 999_999_999_999_999_999;
/// The least adjusted exponent of a normal number.
pub const MIN_EMIN: i64 = -MAX_PREC;
/// The least exponent of all.
pub const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);
/// An exponent beyond every context's.
pub const EXP_INFINITE: i64 = 2_000_000_000_000_000_001;

/// Conditions, one bit each. Several of them make up the signal `InvalidOperation`.
pub mod condition {
    pub const CLAMPED: u32 = 1;
    pub const CONVERSION_SYNTAX: u32 = 2;
    pub const DIVISION_BY_ZERO: u32 = 4;
    pub const DIVISION_IMPOSSIBLE: u32 = 8;
    pub const DIVISION_UNDEFINED: u32 = 0x10;
    pub const FPU_ERROR: u32 = 0x20;
    pub const INEXACT: u32 = 0x40;
    pub const INVALID_CONTEXT: u32 = 0x80;
    pub const INVALID_OPERATION: u32 = 0x100;
    /// There is no memory for the result; no signal, but a MemoryError.
    pub const MEMORY: u32 = 0x200;
    pub const OVERFLOW: u32 = 0x800;
    pub const ROUNDED: u32 = 0x1000;
    pub const SUBNORMAL: u32 = 0x2000;
    pub const UNDERFLOW: u32 = 0x4000;
    pub const FLOAT_OPERATION: u32 = 0x400;
    /// The computation was told to stop; no signal either.
    pub const STOPPED: u32 = 0x1_0000;
    /// What the signal `InvalidOperation` stands for.
    pub const ANY_INVALID: u32 =
        CONVERSION_SYNTAX | DIVISION_IMPOSSIBLE | DIVISION_UNDEFINED | FPU_ERROR | INVALID_CONTEXT | INVALID_OPERATION | MEMORY;
    /// After one of these there is no result.
    pub const ERRORS: u32 = ANY_INVALID | DIVISION_BY_ZERO | STOPPED;
}

use condition::{CLAMPED, INEXACT, INVALID_OPERATION, MEMORY, OVERFLOW, ROUNDED, SUBNORMAL, UNDERFLOW};

/// How a result is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    /// Towards positive infinity.
    Ceiling,
    /// Towards negative infinity.
    Floor,
    /// To the nearest, away from zero if in the middle.
    HalfUp,
    /// To the nearest, towards zero if in the middle.
    HalfDown,
    /// To the nearest, to the even digit if in the middle.
    HalfEven,
    /// Away from zero if the last digit would be 0 or 5.
    ZeroFiveUp,
}

impl Rounding {
    /// All of them with their names, in the order of the messages.
    pub const ALL: [(Rounding, &'static str); 8] = [
        (Rounding::Ceiling, "ROUND_CEILING"),
        (Rounding::Floor, "ROUND_FLOOR"),
        (Rounding::Up, "ROUND_UP"),
        (Rounding::Down, "ROUND_DOWN"),
        (Rounding::HalfUp, "ROUND_HALF_UP"),
        (Rounding::HalfDown, "ROUND_HALF_DOWN"),
        (Rounding::HalfEven, "ROUND_HALF_EVEN"),
        (Rounding::ZeroFiveUp, "ROUND_05UP"),
    ];
    /// Its name.
    pub fn name(self) -> &'static str {
        Rounding::ALL.iter().find(|(rounding, _)| *rounding == self).map_or("", |(_, name)| name)
    }
    /// Whether a coefficient that lost `rest` is to be one greater.
    #[inline]
    fn increments(self, negative: bool, kept: &Coefficient, rest: Rest) -> bool {
        if rest == Rest::Zero {
            return false;
        }
        match self {
            Rounding::Up => true,
            Rounding::Down => false,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            Rounding::HalfUp => rest >= Rest::Half,
            Rounding::HalfDown => rest == Rest::Above,
            Rounding::HalfEven => rest == Rest::Above || rest == Rest::Half && kept.is_odd(),
            Rounding::ZeroFiveUp => kept.last_digit().is_multiple_of(5),
        }
    }
}

/// What kind of number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Coefficient and exponent say what.
    Finite,
    /// Infinity.
    Infinite,
    /// A NaN that passes through; the coefficient is its payload.
    Quiet,
    /// A NaN that signals.
    Signaling,
}

/// A decimal number.
#[derive(Clone, Debug)]
pub struct Number {
    /// The sign.
    pub negative: bool,
    /// What kind it is.
    pub kind: Kind,
    /// The power of ten that the coefficient is multiplied by.
    pub exponent: i64,
    /// The digits.
    pub coefficient: Coefficient,
}

impl Number {
    /// A finite number.
    #[inline]
    pub fn new(negative: bool, coefficient: Coefficient, exponent: i64) -> Number {
        Number { negative, kind: Kind::Finite, exponent, coefficient }
    }
    /// A finite number of few digits.
    #[inline]
    pub fn small(negative: bool, coefficient: u64, exponent: i64) -> Number {
        Number::new(negative, Coefficient::Small([coefficient, 0]), exponent)
    }
    /// An infinity.
    pub fn infinity(negative: bool) -> Number {
        Number { negative, kind: Kind::Infinite, exponent: 0, coefficient: Coefficient::ZERO }
    }
    /// A quiet NaN.
    pub fn nan() -> Number {
        Number { negative: false, kind: Kind::Quiet, exponent: 0, coefficient: Coefficient::ZERO }
    }
    /// The exact value of a float; none: it is not finite.
    pub fn from_f64(x: f64) -> Number {
        let negative = x.is_sign_negative();
        if x.is_nan() {
            return Number { negative, ..Number::nan() };
        }
        if x.is_infinite() {
            return Number::infinity(negative);
        }
        let bits = x.to_bits();
        let (field, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
        let (mut mantissa, mut exponent) = if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field - 1075) };
        if mantissa == 0 {
            return Number::small(negative, 0, 0);
        }
        let zeros = mantissa.trailing_zeros();
        mantissa >>= zeros;
        exponent += i64::from(zeros);
        let mantissa = dashu_int::UBig::from(mantissa);
        if exponent >= 0 {
            return Number::new(negative, (mantissa << exponent as usize).into(), 0);
        }
        let scale = dashu_int::UBig::from(5u8).pow(-exponent as usize);
        Number::new(negative, (mantissa * scale).into(), exponent)
    }
    /// Neither infinite nor a NaN.
    #[inline]
    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }
    /// Infinite.
    #[inline]
    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinite
    }
    /// A NaN of either kind.
    #[inline]
    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }
    /// A zero.
    #[inline]
    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coefficient.is_zero()
    }
    /// A finite number without fraction.
    pub fn is_integer(&self) -> bool {
        if !self.is_finite() {
            return false;
        }
        if self.exponent >= 0 || self.coefficient.is_zero() {
            return true;
        }
        let fraction = self.exponent.unsigned_abs();
        fraction < self.coefficient.digits() && self.coefficient.shifted_right(fraction).1 == Rest::Zero
    }
    /// Whether an integer is odd.
    pub fn is_odd(&self) -> bool {
        match self.exponent {
            0 => self.coefficient.is_odd(),
            1.. => false,
            _ => self.coefficient.shifted_right(self.exponent.unsigned_abs()).0.is_odd(),
        }
    }
    /// The exponent that it would have with the point behind its first digit.
    #[inline]
    pub fn adjusted(&self) -> i64 {
        self.exponent + self.coefficient.digits() as i64 - 1
    }
    /// The same with a positive sign.
    #[must_use]
    pub fn absolute(&self) -> Number {
        Number { negative: false, ..self.clone() }
    }
    /// The same with the other sign.
    #[must_use]
    pub fn negated(&self) -> Number {
        Number { negative: !self.negative, ..self.clone() }
    }
}

/// What a context says about arithmetic, and the conditions that arose.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The most digits of a result.
    pub prec: i64,
    /// The greatest adjusted exponent.
    pub emax: i64,
    /// The least adjusted exponent of a normal number.
    pub emin: i64,
    /// How results are rounded.
    pub rounding: Rounding,
    /// Whether exponents are kept so low that every coefficient has room above.
    pub clamp: bool,
    /// Conditions.
    pub status: u32,
}

impl Settings {
    /// The widest settings.
    pub const MAX: Settings =
        Settings { prec: MAX_PREC, emax: MAX_PREC, emin: MIN_EMIN, rounding: Rounding::HalfEven, clamp: false, status: 0 };

    /// The least exponent of a subnormal number.
    #[inline]
    pub fn etiny(&self) -> i64 {
        self.emin - (self.prec - 1)
    }
    /// The greatest exponent of a number of full precision.
    #[inline]
    pub fn etop(&self) -> i64 {
        self.emax - (self.prec - 1)
    }
    /// A condition arose and the result is a NaN.
    #[cold]
    pub fn fail(&mut self, condition: u32) -> Number {
        self.status |= condition;
        Number::nan()
    }
    /// An operation on numbers of which one is invalid.
    pub fn invalid(&mut self) -> Number {
        self.fail(INVALID_OPERATION)
    }
    /// Whether a coefficient of so many digits can be made; if not, that is a condition.
    #[inline]
    pub fn room(&mut self, digits: u64) -> bool {
        if digits > LIMIT {
            self.status |= MEMORY;
        }
        digits <= LIMIT
    }
    /// The NaN that an operation on these numbers gives, if one of them is one.
    pub fn nans(&mut self, numbers: &[&Number]) -> Option<Number> {
        let signaling = numbers.iter().find(|n| n.kind == Kind::Signaling);
        if signaling.is_some() {
            self.status |= INVALID_OPERATION;
        }
        let found = signaling.or_else(|| numbers.iter().find(|n| n.is_nan()))?;
        let mut nan = Number { kind: Kind::Quiet, ..(*found).clone() };
        self.fit_payload(&mut nan);
        Some(nan)
    }
    /// Drop the digits of a NaN's payload that the precision has no room for.
    fn fit_payload(&self, nan: &mut Number) {
        let room = (self.prec - i64::from(self.clamp)).max(0) as u64;
        if nan.coefficient.is_zero() || nan.coefficient.digits() <= room {
            return;
        }
        nan.coefficient = if room == 0 { Coefficient::ZERO } else { nan.coefficient.low_digits(room) };
    }
    /// The greatest coefficient that fits the precision.
    pub fn greatest(&mut self) -> Option<Coefficient> {
        if !self.room(self.prec as u64) {
            return None;
        }
        Some(Coefficient::ONE.shifted_left(self.prec as u64).minus(&Coefficient::ONE))
    }

    /// Round an exact result to what the context can hold.
    #[inline]
    pub fn finish(&mut self, number: Number) -> Number {
        if self.fits(&number) { number } else { self.squeeze(number) }
    }
    /// Whether nothing has to be done about a number.
    #[inline]
    fn fits(&self, number: &Number) -> bool {
        let Some(n) = number.coefficient.small() else { return false };
        let digits = i64::from(digits(n));
        let adjusted = number.exponent.saturating_add(digits - 1);
        number.is_finite()
            && digits <= self.prec
            && adjusted <= self.emax
            && adjusted >= self.emin
            && (!self.clamp || number.exponent <= self.etop())
    }
    #[inline(never)]
    fn squeeze(&mut self, mut number: Number) -> Number {
        match number.kind {
            Kind::Infinite => return number,
            Kind::Quiet | Kind::Signaling => {
                self.fit_payload(&mut number);
                return number;
            }
            Kind::Finite => {}
        }
        self.fit_exponent(&mut number);
        if number.is_finite() {
            let digits = number.coefficient.digits() as i64;
            if digits > self.prec {
                self.round_off(&mut number, digits - self.prec);
            }
        }
        number
    }
    /// Drop `n` digits, rounding.
    fn round_off(&mut self, number: &mut Number, n: i64) {
        let (kept, rest) = number.coefficient.shifted_right(n as u64);
        number.exponent += n;
        self.status |= ROUNDED;
        if rest != Rest::Zero {
            self.status |= INEXACT;
        }
        self.increment(number, kept, rest);
    }
    /// Put in a rounded coefficient, one greater where the rounding says so.
    fn increment(&mut self, number: &mut Number, kept: Coefficient, rest: Rest) {
        if !self.rounding.increments(number.negative, &kept, rest) {
            number.coefficient = kept;
            return;
        }
        number.coefficient = kept.successor();
        if number.coefficient.digits() as i64 > self.prec {
            // It is a power of ten now.
            number.coefficient = number.coefficient.shifted_right(1).0;
            number.exponent += 1;
            self.fit_exponent(number);
        }
    }
    /// Bring the exponent into the context's range: overflow, clamping, subnormal numbers.
    fn fit_exponent(&mut self, number: &mut Number) {
        let adjusted = number.adjusted();
        if adjusted > self.emax {
            return self.overflow(number);
        }
        if self.clamp && number.exponent > self.etop() {
            let shift = (number.exponent - self.etop()) as u64;
            if !number.coefficient.is_zero() {
                if !self.room(shift.saturating_add(number.coefficient.digits())) {
                    *number = Number::nan();
                    return;
                }
                number.coefficient = number.coefficient.shifted_left(shift);
            }
            number.exponent = self.etop();
            self.status |= CLAMPED;
            if !number.coefficient.is_zero() && adjusted < self.emin {
                self.status |= SUBNORMAL;
            }
            return;
        }
        if adjusted >= self.emin {
            return;
        }
        let etiny = self.etiny();
        if number.coefficient.is_zero() {
            if number.exponent < etiny {
                number.exponent = etiny;
                self.status |= CLAMPED;
            }
            return;
        }
        self.status |= SUBNORMAL;
        if number.exponent < etiny {
            let (kept, rest) = number.coefficient.shifted_right((etiny - number.exponent) as u64);
            number.exponent = etiny;
            self.status |= ROUNDED;
            self.increment(number, kept, rest);
            if rest != Rest::Zero {
                self.status |= INEXACT | UNDERFLOW;
                if number.coefficient.is_zero() {
                    self.status |= CLAMPED;
                }
            }
        }
    }
    fn overflow(&mut self, number: &mut Number) {
        if number.coefficient.is_zero() {
            number.exponent = if self.clamp { self.etop() } else { self.emax };
            self.status |= CLAMPED;
            return;
        }
        let to_infinity = match self.rounding {
            Rounding::HalfUp | Rounding::HalfEven | Rounding::HalfDown | Rounding::Up => true,
            Rounding::Down | Rounding::ZeroFiveUp => false,
            Rounding::Ceiling => !number.negative,
            Rounding::Floor => number.negative,
        };
        self.status |= OVERFLOW | INEXACT | ROUNDED;
        if to_infinity {
            *number = Number::infinity(number.negative);
            return;
        }
        match self.greatest() {
            Some(coefficient) => *number = Number::new(number.negative, coefficient, self.etop()),
            None => *number = Number::nan(),
        }
    }

    /// The number with an exponent given, rounded there; the precision does not matter. The second:
    /// what was dropped.
    pub fn rescale(&mut self, number: &Number, exponent: i64) -> (Number, Rest) {
        let difference = number.exponent - exponent;
        if difference >= 0 {
            if !number.coefficient.is_zero() && !self.room(difference as u64 + number.coefficient.digits()) {
                return (Number::nan(), Rest::Zero);
            }
            return (Number::new(number.negative, number.coefficient.shifted_left(difference as u64), exponent), Rest::Zero);
        }
        let (kept, rest) = number.coefficient.shifted_right(difference.unsigned_abs());
        let kept = if self.rounding.increments(number.negative, &kept, rest) { kept.successor() } else { kept };
        (Number::new(number.negative, kept, exponent), rest)
    }
    /// A number of four words, of which the high two are not zero, rounded to the precision; none: the
    /// usual way has to do it.
    #[inline]
    pub fn finish_wide(&mut self, negative: bool, high: u128, low: u128, exponent: i64) -> Option<Number> {
        if self.prec > 37 {
            return None;
        }
        let drop = i64::from(wide_digits(high, low)) - self.prec;
        let (unit, ten) = (small_power(drop as u64)?, ten(drop as u64)?);
        let (kept, rest) = ten.divide(high, low);
        self.finish_kept(negative, kept.into(), Rest::of(rest.cmp(&(unit / 2)), rest == 0), exponent + drop)
    }
    /// A coefficient of exactly the precision that lost something; none: the exponent is near the limits.
    #[inline]
    pub fn finish_kept(&mut self, negative: bool, kept: Coefficient, rest: Rest, exponent: i64) -> Option<Number> {
        let adjusted = exponent + self.prec - 1;
        if adjusted >= self.emax || adjusted < self.emin || self.clamp && exponent >= self.etop() {
            return None;
        }
        self.status |= if rest == Rest::Zero { ROUNDED } else { ROUNDED | INEXACT };
        let mut number = Number::new(negative, kept, exponent);
        if self.rounding.increments(negative, &number.coefficient, rest) {
            let kept = std::mem::replace(&mut number.coefficient, Coefficient::ZERO);
            self.increment(&mut number, kept, rest);
        }
        Some(number)
    }
}
