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

/// The most digits that a coefficient may get by an operation: beyond it there is no memory for it. With
/// so many a product takes seconds, in which nothing can stop it.
pub const LIMIT: u64 = 1 << 24;

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

/// Text of a number: without memory of its own if it is short.
pub type Text = smallvec::SmallVec<[u8; 64]>;

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
    #[inline]
    pub fn of(order_to_half: Ordering, zero: bool) -> Rest {
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
pub const fn product(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let (low, high) = (a0 * b0, a1 * b1);
    // Each cross product is less than 2**128 - 2**65, so that a word can be added.
    let cross = a1 * b0 + (low >> 64);
    let (cross, carry) = cross.overflowing_add(a0 * b1);
    (high + (cross >> 64) + ((carry as u128) << 64), (cross << 64) | (low & LOW))
}

/// A number of two words to divide by, with its reciprocal (Möller and Granlund, "Improved division by
/// invariant integers", 2011).
pub struct Divisor {
    /// Shifted so that its highest bit is set.
    divisor: u128,
    shift: u32,
    reciprocal: u64,
}

impl Divisor {
    /// Of a number that is not zero.
    pub const fn new(n: u128) -> Divisor {
        let shift = n.leading_zeros();
        let divisor = n << shift;
        let (d1, d0) = ((divisor >> 64) as u64, divisor as u64);
        let mut v = reciprocal(d1);
        let mut p = d1.wrapping_mul(v).wrapping_add(d0);
        if p < d0 {
            v -= 1;
            if p >= d1 {
                v -= 1;
                p -= d1;
            }
            p = p.wrapping_sub(d1);
        }
        let t = v as u128 * d0 as u128;
        p = p.wrapping_add((t >> 64) as u64);
        if p < (t >> 64) as u64 {
            v -= 1;
            if ((p as u128) << 64 | t as u64 as u128) >= divisor {
                v -= 1;
            }
        }
        Divisor { divisor, shift, reciprocal: v }
    }
    /// Quotient and remainder of a number of four words; the quotient must fit two: `high` is less than
    /// the divisor.
    #[inline]
    pub fn divide(&self, high: u128, low: u128) -> (u128, u128) {
        let (high, low) = match self.shift {
            0 => (high, low),
            shift => (high << shift | low >> (128 - shift), low << shift),
        };
        let (first, rest) = self.word(high, (low >> 64) as u64);
        let (second, rest) = self.word(rest, low as u64);
        (u128::from(first) << 64 | u128::from(second), rest >> self.shift)
    }
    /// One word of a quotient: three words by two.
    #[inline]
    fn word(&self, high: u128, next: u64) -> (u64, u128) {
        let (d1, d0) = ((self.divisor >> 64) as u64, self.divisor as u64);
        let estimate = (u128::from(self.reciprocal) * (high >> 64)).wrapping_add(high);
        let mut quotient = (estimate >> 64) as u64;
        let top = (high as u64).wrapping_sub(quotient.wrapping_mul(d1));
        let mut rest = (u128::from(top) << 64 | u128::from(next))
            .wrapping_sub(u128::from(d0) * u128::from(quotient))
            .wrapping_sub(self.divisor);
        quotient = quotient.wrapping_add(1);
        if (rest >> 64) as u64 >= estimate as u64 {
            quotient = quotient.wrapping_sub(1);
            rest = rest.wrapping_add(self.divisor);
        }
        if rest >= self.divisor {
            quotient = quotient.wrapping_add(1);
            rest -= self.divisor;
        }
        (quotient, rest)
    }
}

/// First approximations of reciprocals, by the nine leading bits.
const FIRST: [u16; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        table[n] = (((1 << 19) - 3 * (1 << 8)) / (n as u32 + 256)) as u16;
        n += 1;
    }
    table
};

/// `(2**128 - 1) / d - 2**64` for a word with its highest bit set, without a division.
#[inline]
const fn reciprocal(d: u64) -> u64 {
    let (d40, d63) = ((d >> 24) + 1, (d >> 1) + (d & 1));
    let v0 = FIRST[(d >> 55) as usize - 256] as u64;
    let v1 = (v0 << 11) - ((v0 * v0 * d40) >> 40) - 1;
    let v2 = (v1 << 13) + ((v1 * ((1 << 60) - v1 * d40)) >> 47);
    let e = ((v2 >> 1) & (d & 1).wrapping_neg()).wrapping_sub(v2.wrapping_mul(d63));
    let v3 = (v2 << 31).wrapping_add(((v2 as u128 * e as u128) >> 65) as u64);
    let last = (v3 as u128 * d as u128).wrapping_add(d as u128) >> 64;
    v3.wrapping_sub(last as u64).wrapping_sub(d)
}

/// Powers of ten to divide by.
static TENS: [Divisor; 39] = {
    let mut table = [const { Divisor { divisor: 0, shift: 0, reciprocal: 0 } }; 39];
    let mut n = 0;
    while n < 39 {
        table[n] = Divisor::new(POWERS[n]);
        n += 1;
    }
    table
};

/// Powers of ten of four words, high and low half.
static WIDE_POWERS: [(u128, u128); 78] = {
    let mut table = [(0, 1); 78];
    let mut n = 1;
    while n < 78 {
        let (high, low) = table[n - 1];
        let (carry, low) = product(low, 10);
        table[n] = (high * 10 + carry, low);
        n += 1;
    }
    table
};

/// `10**n` to divide by, if it fits two words.
#[inline]
pub fn ten(n: u64) -> Option<&'static Divisor> {
    TENS.get(usize::try_from(n).ok()?)
}

/// Digits of a number of four words of which the high half is not zero.
#[inline]
pub fn wide_digits(high: u128, low: u128) -> u32 {
    let guess = ((256 - high.leading_zeros()) * 1233) >> 12;
    guess + u32::from((high, low) >= WIDE_POWERS[guess as usize])
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
            Coefficient::Small(_) => TENS[1].divide(0, self.small().unwrap_or(0)).1 as u8,
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
            && u64::from(digits(a)) + n <= 38
        {
            return (a * b).into();
        }
        (&*self.big() * &*power(n)).into()
    }
    /// Without its last `n` digits, and what these were.
    pub fn shifted_right(&self, n: u64) -> (Coefficient, Rest) {
        if n == 0 || self.is_zero() {
            return (self.clone(), Rest::Zero);
        }
        if let Some(a) = self.small() {
            let (Some(unit), Some(ten)) = (small_power(n), ten(n)) else { return (Coefficient::ZERO, Rest::Below) };
            let (quotient, rest) = ten.divide(0, a);
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
        for step in [32u64, 16, 8] {
            while u64::from(n.trailing_zeros()) >= step && most - count >= step {
                let (quotient, rest) = TENS[step as usize].divide(0, n);
                if rest != 0 {
                    break;
                }
                n = quotient;
                count += step;
            }
        }
        // What is left has less than eight; a word is quicker.
        if let Ok(mut word) = u64::try_from(n) {
            for (step, unit) in [(4, 10_000), (2, 100), (1, 10)] {
                if most - count >= step && word % unit == 0 {
                    word /= unit;
                    count += step;
                }
            }
            return (u128::from(word).into(), count);
        }
        while count < most && n & 1 == 0 {
            let (quotient, rest) = TENS[1].divide(0, n);
            if rest != 0 {
                break;
            }
            n = quotient;
            count += 1;
        }
        (n.into(), count)
    }
    /// Append its digits.
    pub fn push_digits(&self, out: &mut Text) {
        match self {
            Coefficient::Small([low, 0]) => push_word(out, *low, 0),
            Coefficient::Small(_) => {
                let (high, low) = TENS[19].divide(0, self.small().unwrap_or(0));
                let (first, high) = TENS[19].divide(0, high);
                if first > 0 {
                    push_word(out, first as u64, 0);
                }
                if first > 0 || high > 0 {
                    push_word(out, high as u64, if first > 0 { 19 } else { 0 });
                }
                push_word(out, low as u64, if first > 0 || high > 0 { 19 } else { 0 });
            }
            Coefficient::Big(n) => out.extend_from_slice(n.to_string().as_bytes()),
        }
    }
    /// Its digits.
    pub fn text(&self) -> Text {
        let mut out = Text::new();
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
fn push_word(out: &mut Text, mut n: u64, width: usize) {
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
    // The logarithm of two, as fraction of 2**64.
    const LOG: u128 = 0x4D10_4D42_7DE7_FBCC;
    let least = (((bits - 1) as u128 * LOG) >> 64) as u64 + 1;
    if (least as usize) < KEPT {
        return least + u64::from(*n >= *power(least));
    }
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

#[cfg(test)]
mod tests {
    use super::{Coefficient, Divisor, big_digits, digits, power, product, wide_digits};
    use dashu_int::UBig;
    use dashu_int::ops::DivRem;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn wide(high: u128, low: u128) -> UBig {
        (UBig::from(high) << 128) + UBig::from(low)
    }

    proptest! {
        #[test]
        fn products_and_quotients_are_those_of_big_integers(a in any::<u128>(), b in any::<u128>(), drop in 0u32..128) {
            let divisor = (b >> drop).max(1);
            let (high, low) = product(a, b);
            prop_assert_eq!(wide(high, low), UBig::from(a) * UBig::from(b));
            let high = high % divisor;
            let (quotient, rest) = Divisor::new(divisor).divide(high, low);
            prop_assert_eq!((UBig::from(quotient), UBig::from(rest)), wide(high, low).div_rem(UBig::from(divisor)));
        }
        #[test]
        fn digits_are_those_of_the_text(a in any::<u128>(), drop in 0u32..127, high in 1u128..) {
            let a = a >> drop;
            prop_assert_eq!(digits(a) as usize, a.to_string().len());
            prop_assert_eq!(wide_digits(high >> drop | 1, a) as usize, wide(high >> drop | 1, a).to_string().len());
            prop_assert_eq!(String::from_utf8(Coefficient::from(a).text().to_vec()), Ok(a.to_string()));
        }
    }

    #[test]
    fn digits_of_powers_of_ten() {
        for n in [39, 40, 77, 510, 511, 512, 513, 1000, 4000] {
            let power = power(n).into_owned();
            assert_eq!((big_digits(&power), big_digits(&(power - 1u8))), (n + 1, n));
        }
    }

    #[test]
    fn zeros_are_stripped_up_to_a_bound() {
        for zeros in [0u64, 1, 7, 16, 31, 39, 100, 700] {
            let number = Coefficient::from(power(zeros).into_owned() * 1_234_567u32);
            for most in [0, 5, zeros, zeros + 10] {
                let (stripped, count) = number.stripped(most);
                assert_eq!((stripped.shifted_left(count), count), (number.clone(), zeros.min(most)));
            }
        }
    }
}
