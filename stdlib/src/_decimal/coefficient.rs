//! Coefficients: natural numbers in two machine words where they fit, big integers beyond, and what
//! decimal arithmetic needs of them: counting digits, shifting by digits.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::OnceLock;

use dashu_int::UBig;
use dashu_int::ops::DivRem;

/// Powers of ten that fit two words.
const POWERS: [u128; 39] = {
    let mut table = [1; 39];
    let mut n = 1;
    while n < 39 {
        table[n] = table[n - 1] * 10;
        n += 1;
    }
    table
};

/// The most digits that a coefficient may get by an operation: beyond it there is no memory for it.
pub const LIMIT: u64 = 1 << 30;

/// The number of big powers of ten that are kept once they were needed.
const KEPT: usize = 512;

/// `10**n` as big integer.
pub fn power(n: u64) -> Cow<'static, UBig> {
    static TABLE: [OnceLock<UBig>; KEPT] = [const { OnceLock::new() }; KEPT];
    let make = |n: usize| UBig::from(5u8).pow(n) << n;
    let n = n as usize;
    match TABLE.get(n) {
        Some(cell) => Cow::Borrowed(cell.get_or_init(|| make(n))),
        None => Cow::Owned(make(n)),
    }
}

/// What a shift to the right dropped, against half a unit of the last digit that stayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rest {
    /// Nothing but zeros.
    Zero,
    /// Less than half.
    Below,
    /// Half.
    Half,
    /// More than half.
    Above,
}

impl Rest {
    /// Of a remainder and a divisor.
    fn of(order_to_half: Ordering, zero: bool) -> Rest {
        match order_to_half {
            _ if zero => Rest::Zero,
            Ordering::Less => Rest::Below,
            Ordering::Equal => Rest::Half,
            Ordering::Greater => Rest::Above,
        }
    }
}

/// A natural number.
#[derive(Clone, Debug)]
pub enum Coefficient {
    /// Two words, the low one first. Whatever fits is small.
    Small([u64; 2]),
    /// Anything beyond.
    Big(UBig),
}

impl From<u128> for Coefficient {
    #[inline]
    fn from(n: u128) -> Coefficient {
        Coefficient::Small([n as u64, (n >> 64) as u64])
    }
}

impl From<UBig> for Coefficient {
    fn from(n: UBig) -> Coefficient {
        match u128::try_from(&n) {
            Ok(n) => n.into(),
            Err(_) => Coefficient::Big(n),
        }
    }
}

/// Digits of a number of two words; zero has one.
#[inline]
pub fn digits(n: u128) -> u32 {
    // 1233 / 4096 is the logarithm of two, near enough for 128 bits.
    let guess = ((128 - (n | 1).leading_zeros()) * 1233) >> 12;
    guess + u32::from(n | 1 >= POWERS[guess as usize])
}

/// The product of two numbers of two words: high and low half.
#[inline]
pub fn product(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let (low, high) = (a0 * b0, a1 * b1);
    // Each cross product is less than 2**128 - 2**65, so that a word can be added.
    let cross = a1 * b0 + (low >> 64);
    let (cross, carry) = cross.overflowing_add(a0 * b1);
    (high + (cross >> 64) + (u128::from(carry) << 64), (cross << 64) | (low & LOW))
}

/// Quotient and remainder of a number of four words; the quotient must fit two: `high < divisor`.
#[inline]
pub fn divide(high: u128, low: u128, divisor: u128) -> (u128, u128) {
    if high == 0 {
        if let (Ok(n), Ok(d)) = (u64::try_from(low), u64::try_from(divisor)) {
            return (u128::from(n / d), u128::from(n % d));
        }
        let quotient = low / divisor;
        return (quotient, low - quotient * divisor);
    }
    let shift = divisor.leading_zeros();
    let divisor = divisor << shift;
    let (high, low) = if shift == 0 { (high, low) } else { ((high << shift) | (low >> (128 - shift)), low << shift) };
    let (first, rest) = quotient_word(high, (low >> 64) as u64, divisor);
    let (second, rest) = quotient_word(rest, low as u64, divisor);
    ((u128::from(first) << 64) | u128::from(second), rest >> shift)
}

/// One word of a quotient: three words by two, of which the first has its highest bit set.
#[inline]
fn quotient_word(high: u128, next: u64, divisor: u128) -> (u64, u128) {
    let (d1, d0) = (divisor >> 64, divisor & u128::from(u64::MAX));
    let mut quotient = high / d1;
    let mut rest = high - quotient * d1;
    while quotient >> 64 != 0 || quotient * d0 > (rest << 64 | u128::from(next)) {
        quotient -= 1;
        rest += d1;
        if rest >> 64 != 0 {
            break;
        }
    }
    let rest = (high << 64 | u128::from(next)).wrapping_sub(quotient.wrapping_mul(divisor));
    (quotient as u64, rest)
}

/// `10**n`, if it fits two words.
#[inline]
pub fn small_power(n: u64) -> Option<u128> {
    POWERS.get(usize::try_from(n).ok()?).copied()
}

impl Coefficient {
    /// Nothing.
    pub const ZERO: Coefficient = Coefficient::Small([0, 0]);
    /// One.
    pub const ONE: Coefficient = Coefficient::Small([1, 0]);

    /// The number, if it is small.
    #[inline]
    pub fn small(&self) -> Option<u128> {
        match self {
            Coefficient::Small([low, high]) => Some(u128::from(*low) | u128::from(*high) << 64),
            Coefficient::Big(_) => None,
        }
    }
    /// As big integer.
    pub fn big(&self) -> Cow<'_, UBig> {
        match self {
            Coefficient::Small(_) => Cow::Owned(UBig::from(self.small().unwrap_or(0))),
            Coefficient::Big(n) => Cow::Borrowed(n),
        }
    }
    /// Whether it is zero.
    #[inline]
    pub fn is_zero(&self) -> bool {
        matches!(self, Coefficient::Small([0, 0]))
    }
    /// Whether it is odd.
    #[inline]
    pub fn is_odd(&self) -> bool {
        match self {
            Coefficient::Small([low, _]) => low & 1 != 0,
            Coefficient::Big(n) => n.trailing_zeros() == Some(0),
        }
    }
    /// The last digit.
    pub fn last_digit(&self) -> u8 {
        match self {
            Coefficient::Small(_) => (self.small().unwrap_or(0) % 10) as u8,
            Coefficient::Big(n) => n % 10u8,
        }
    }
    /// Number of digits; zero has one.
    #[inline]
    pub fn digits(&self) -> u64 {
        match self {
            Coefficient::Small(_) => u64::from(digits(self.small().unwrap_or(0))),
            Coefficient::Big(n) => big_digits(n),
        }
    }
    /// The sum.
    pub fn plus(&self, other: &Coefficient) -> Coefficient {
        if let (Some(a), Some(b)) = (self.small(), other.small())
            && let Some(sum) = a.checked_add(b)
        {
            return sum.into();
        }
        (&*self.big() + &*other.big()).into()
    }
    /// The difference to a number that is not greater.
    pub fn minus(&self, other: &Coefficient) -> Coefficient {
        if let (Some(a), Some(b)) = (self.small(), other.small()) {
            return (a - b).into();
        }
        (&*self.big() - &*other.big()).into()
    }
    /// The product.
    pub fn times(&self, other: &Coefficient) -> Coefficient {
        if let (Some(a), Some(b)) = (self.small(), other.small())
            && let Some(product) = a.checked_mul(b)
        {
            return product.into();
        }
        (&*self.big() * &*other.big()).into()
    }
    /// Quotient and remainder.
    pub fn div_rem(&self, other: &Coefficient) -> (Coefficient, Coefficient) {
        if let (Some(a), Some(b)) = (self.small(), other.small()) {
            let quotient = a / b;
            return (quotient.into(), (a - quotient * b).into());
        }
        let (q, r) = (&*self.big()).div_rem(&*other.big());
        (q.into(), r.into())
    }
    /// One more.
    pub fn successor(&self) -> Coefficient {
        self.plus(&Coefficient::ONE)
    }
    /// With `n` zeros appended; the caller has looked at [`LIMIT`].
    pub fn shifted_left(&self, n: u64) -> Coefficient {
        if n == 0 || self.is_zero() {
            return self.clone();
        }
        if let (Some(a), Some(b)) = (self.small(), small_power(n))
            && let Some(shifted) = a.checked_mul(b)
        {
            return shifted.into();
        }
        (&*self.big() * &*power(n)).into()
    }
    /// Without its last `n` digits, and what these were.
    pub fn shifted_right(&self, n: u64) -> (Coefficient, Rest) {
        if n == 0 || self.is_zero() {
            return (self.clone(), Rest::Zero);
        }
        if let Some(a) = self.small() {
            let Some(unit) = small_power(n) else { return (Coefficient::ZERO, Rest::Below) };
            let quotient = a / unit;
            let rest = a - quotient * unit;
            return (quotient.into(), Rest::of(rest.cmp(&(unit / 2)), rest == 0));
        }
        if n > self.digits() {
            return (Coefficient::ZERO, Rest::Below);
        }
        let unit = power(n);
        let (quotient, rest) = (&*self.big()).div_rem(&*unit);
        let zero = rest.is_zero();
        (quotient.into(), Rest::of((rest << 1).cmp(&*unit), zero))
    }
    /// Its last `n` digits.
    pub fn low_digits(&self, n: u64) -> Coefficient {
        if n >= self.digits() {
            return self.clone();
        }
        match (self.small(), small_power(n)) {
            (Some(a), Some(unit)) => (a % unit).into(),
            _ => (&*self.big() % &*power(n)).into(),
        }
    }
    /// The number of zeros at its end, at most `most`; and itself without them.
    pub fn stripped(&self, most: u64) -> (Coefficient, u64) {
        if most == 0 || self.is_zero() {
            return (self.clone(), 0);
        }
        let mut number = self.clone();
        let mut count = 0;
        // Ever larger steps while the number is big, then ever smaller ones.
        while let Coefficient::Big(n) = &number {
            // A number that ends in k zeros ends in k bits of zero.
            let bits = n.trailing_zeros().unwrap_or(0) as u64;
            let mut step = bits.min(most - count).min(number.digits() / 2 + 1);
            let mut found = false;
            while step > 0 {
                let (quotient, rest) = n.div_rem(&*power(step));
                if rest.is_zero() {
                    count += step;
                    number = quotient.into();
                    found = true;
                    break;
                }
                step /= 2;
            }
            if !found {
                return (number, count);
            }
        }
        let Some(mut n) = number.small() else { return (number, count) };
        for step in [32, 16, 8, 4, 2, 1] {
            let unit = POWERS[step as usize];
            while n.trailing_zeros() as u64 >= step && most - count >= step && n % unit == 0 {
                n /= unit;
                count += step;
            }
        }
        (n.into(), count)
    }
    /// Append its digits.
    pub fn push_digits(&self, out: &mut Vec<u8>) {
        match self {
            Coefficient::Small([low, 0]) => push_word(out, *low, 0),
            Coefficient::Small(_) => {
                const UNIT: u128 = 10_000_000_000_000_000_000;
                let n = self.small().unwrap_or(0);
                let (high, low) = (n / UNIT, (n % UNIT) as u64);
                match u64::try_from(high) {
                    Ok(0) => push_word(out, low, 0),
                    Ok(high) => {
                        push_word(out, high, 0);
                        push_word(out, low, 19);
                    }
                    Err(_) => {
                        push_word(out, (high / UNIT) as u64, 0);
                        push_word(out, (high % UNIT) as u64, 19);
                        push_word(out, low, 19);
                    }
                }
            }
            Coefficient::Big(n) => out.extend_from_slice(n.to_string().as_bytes()),
        }
    }
    /// Its digits.
    pub fn text(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(40);
        self.push_digits(&mut out);
        out
    }
    /// The number that ASCII digits say; none: there is no digit, or something else.
    pub fn parse(digits: &[u8]) -> Option<Coefficient> {
        let start = digits.iter().position(|d| *d != b'0').unwrap_or(digits.len());
        let rest = &digits[start..];
        if rest.len() <= 19 {
            return Some(Coefficient::Small([parse_word(rest), 0]));
        }
        if rest.len() <= 38 {
            let (high, low) = rest.split_at(rest.len() - 19);
            return Some((u128::from(parse_word(high)) * POWERS[19] + u128::from(parse_word(low))).into());
        }
        Some(UBig::from_str_radix(std::str::from_utf8(rest).ok()?, 10).ok()?.into())
    }
}

fn parse_word(digits: &[u8]) -> u64 {
    digits.iter().fold(0u64, |n, d| n.wrapping_mul(10).wrapping_add(u64::from(d - b'0')))
}

/// Append the digits of a word, with leading zeros up to `width`.
fn push_word(out: &mut Vec<u8>, mut n: u64, width: usize) {
    let mut buffer = [b'0'; 20];
    let mut at = 20;
    while n >= 100 {
        let pair = (n % 100) as u8;
        n /= 100;
        at -= 2;
        buffer[at] = b'0' + pair / 10;
        buffer[at + 1] = b'0' + pair % 10;
    }
    if n >= 10 {
        at -= 2;
        buffer[at] = b'0' + (n / 10) as u8;
        buffer[at + 1] = b'0' + (n % 10) as u8;
    } else if n > 0 || width == 0 {
        at -= 1;
        buffer[at] = b'0' + n as u8;
    }
    out.extend_from_slice(&buffer[at.min(20 - width)..]);
}

/// Digits of a number beyond two words.
fn big_digits(n: &UBig) -> u64 {
    let bits = dashu_int::ops::BitTest::bit_len(n);
    // The leading 64 bits and the others' number give the logarithm to nine places, which decides
    // unless the number is very near to a power of ten.
    let words = n.as_words();
    let (high, next) = (words[words.len() - 1], words[words.len() - 2]);
    let shift = high.leading_zeros();
    let top = if shift == 0 { high } else { high << shift | next >> (64 - shift) };
    let log = (top as f64).log10() + (bits - 64) as f64 * std::f64::consts::LOG10_2;
    let floor = (log + 0.5).floor();
    if (log - floor).abs() > 1e-6 {
        return log.floor() as u64 + 1;
    }
    let guess = floor as u64;
    guess + u64::from(*n >= *power(guess))
}

impl PartialEq for Coefficient {
    fn eq(&self, other: &Coefficient) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Coefficient {}
impl PartialOrd for Coefficient {
    fn partial_cmp(&self, other: &Coefficient) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Coefficient {
    fn cmp(&self, other: &Coefficient) -> Ordering {
        match (self, other) {
            (Coefficient::Big(a), Coefficient::Big(b)) => a.cmp(b),
            (Coefficient::Big(_), _) => Ordering::Greater,
            (_, Coefficient::Big(_)) => Ordering::Less,
            (Coefficient::Small([a0, a1]), Coefficient::Small([b0, b1])) => (a1, a0).cmp(&(b1, b0)),
        }
    }
}
