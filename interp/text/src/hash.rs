//! Hashes as CPython computes them on 64-bit machines: equal numbers of different types hash
//! alike, and texts are hashed with a secret key.

use dashu_int::IBig;

/// `sys.hash_info.modulus`: the Mersenne prime 2**61 - 1.
pub const MODULUS: u64 = (1 << 61) - 1;
/// `sys.hash_info.inf`.
pub const INFINITY: i64 = 314_159;
/// `sys.hash_info.imag`.
pub const IMAGINARY: i64 = 1_000_003;

/// -1 reports an error in C, so no value hashes to it.
#[inline]
const fn not_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

/// `hash(n)`.
#[inline]
pub const fn int(n: i64) -> i64 {
    let size = n.unsigned_abs();
    let reduced = if size < MODULUS { size } else { size % MODULUS } as i64;
    not_minus_one(if n < 0 { -reduced } else { reduced })
}

/// `hash(n)` of an integer smaller than the modulus, as those are that lie in a word of a value.
#[inline(always)]
pub const fn word(n: i64) -> i64 {
    debug_assert!(n.unsigned_abs() < MODULUS);
    not_minus_one(n)
}

/// `hash(n)` of any integer.
pub fn big(n: &IBig) -> i64 {
    let (sign, words) = n.as_sign_words();
    // 2**64 is 8 modulo the prime.
    let reduced = words.iter().rev().fold(0u128, |x, &w| (x * 8 + w as u128) % MODULUS as u128) as i64;
    not_minus_one(if sign == dashu_int::Sign::Negative { -reduced } else { reduced })
}

/// `hash(x)`; that of a NaN is taken from its object, so `None`.
pub fn float(x: f64) -> Option<i64> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { INFINITY } else { -INFINITY });
    }
    if x.abs() < 1e15 && x.trunc() == x {
        return Some(int(x as i64));
    }
    let (mantissa, exponent) = crate::float::decompose(x);
    let turn = exponent.rem_euclid(61) as u32;
    let size = mantissa.unsigned_abs();
    // Multiplying by 2**turn modulo the prime rotates 61 bits.
    let rotated = if turn == 0 { size } else { (size << turn & MODULUS) | size >> (61 - turn) } as i64;
    Some(not_minus_one(if mantissa < 0 { -rotated } else { rotated }))
}

/// `hash(re + im*1j)` from the hashes of the parts.
pub const fn complex(re: i64, im: i64) -> i64 {
    not_minus_one(re.wrapping_add(IMAGINARY.wrapping_mul(im)))
}

/// Combines the hashes of the items of a tuple.
#[derive(Clone, Copy, Debug)]
pub struct TupleHasher {
    acc: u64,
    len: u64,
}

impl Default for TupleHasher {
    fn default() -> Self {
        Self::new()
    }
}

const P1: u64 = 11_400_714_785_074_694_791;
const P2: u64 = 14_029_467_366_897_019_727;
const P5: u64 = 2_870_177_450_012_600_261;

impl TupleHasher {
    pub const fn new() -> Self {
        Self { acc: P5, len: 0 }
    }
    /// Adds the hash of the next item.
    #[inline]
    pub const fn add(&mut self, hash: i64) {
        self.acc = self.acc.wrapping_add((hash as u64).wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
        self.len += 1;
    }
    #[inline]
    pub const fn finish(self) -> i64 {
        let acc = self.acc.wrapping_add(self.len ^ (P5 ^ 0x0035_d373));
        if acc == u64::MAX { 1_546_275_796 } else { acc as i64 }
    }
}

/// Hash of a tuple from the hashes of its items.
pub fn tuple(hashes: impl IntoIterator<Item = i64>) -> i64 {
    let mut hasher = TupleHasher::new();
    hashes.into_iter().for_each(|h| hasher.add(h));
    hasher.finish()
}

/// Hash of a `frozenset` from the hashes of its items, in any order.
pub fn frozenset(hashes: impl IntoIterator<Item = i64>) -> i64 {
    let mut hash = 0u64;
    let mut len = 0u64;
    for h in hashes {
        let h = h as u64;
        hash ^= ((h ^ 0x055b_4db3) ^ (h << 16)).wrapping_mul(3_644_798_167);
        len += 1;
    }
    hash ^= len.wrapping_add(1).wrapping_mul(1_927_868_237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
    if hash == u64::MAX { 590_923_713 } else { hash as i64 }
}

/// The secret of text hashes: fixed by a seed when a run is to be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub u64, pub u64);

/// `hash(s)` of bytes: SipHash-1-3; nothing hashes to 0.
#[inline]
pub fn bytes(s: &[u8], key: Key) -> i64 {
    if s.is_empty() {
        return 0;
    }
    not_minus_one(sip13(s, key) as i64)
}

/// SipHash with one round for each word and three at the end. All bytes are there at once: nothing has to
/// be kept between parts, which is most of the work for a name.
#[inline]
fn sip13(s: &[u8], key: Key) -> u64 {
    let mut v = [
        key.0 ^ 0x736f_6d65_7073_6575,
        key.1 ^ 0x646f_7261_6e64_6f6d,
        key.0 ^ 0x6c79_6765_6e65_7261,
        key.1 ^ 0x7465_6462_7974_6573,
    ];
    let (words, rest) = s.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        v[3] ^= word;
        round(&mut v);
        v[0] ^= word;
    }
    let last = (s.len() as u64) << 56 | partial(rest);
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for _ in 0..3 {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline(always)]
const fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}

/// Fewer than eight bytes as a number, little-endian.
#[inline(always)]
fn partial(bytes: &[u8]) -> u64 {
    let n = bytes.len();
    if let (Some(low), Some(high)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        // What both have is the same.
        return u64::from(u32::from_le_bytes(*low)) | u64::from(u32::from_le_bytes(*high)) << (8 * (n - 4));
    }
    match bytes {
        [] => 0,
        [first, .., last] => u64::from(*first) | u64::from(bytes[n / 2]) << (8 * (n / 2)) | u64::from(*last) << (8 * (n - 1)),
        [only] => u64::from(*only),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_cpython() {
        for (n, hash) in
            [(0, 0), (-1, -2), (-2, -2), ((1 << 61) - 1, 0), (1 << 61, 1), (i64::MIN, -4), (i64::MAX, 3), (-(1 << 61), -2)]
        {
            assert_eq!(int(n), hash);
            assert_eq!(big(&IBig::from(n)), hash);
        }
        assert_eq!(big(&IBig::from(10).pow(30)), 1000000000000000000000000000000i128.rem_euclid(MODULUS as i128) as i64);
        for (x, hash) in [
            (0.5, 1152921504606846976),
            (-0.5, -1152921504606846976),
            (1e300, 1224995262755759164),
            (0.1, 230584300921369408),
            (-1.0, -2),
            (1e16, 10000000000000000),
            (5e-324, 16777216),
            (f64::INFINITY, 314159),
        ] {
            assert_eq!(float(x), Some(hash), "{x}");
        }
        assert_eq!(tuple([]), 5740354900026072187);
        assert_eq!(tuple([1, 2, 3]), 529344067295497451);
        assert_eq!(tuple([-2]), 8078679518589016365);
        assert_eq!(frozenset([]), 133146708735736);
        assert_eq!(frozenset([1, 2, 3]), -272375401224217160);
        assert_eq!(complex(1, 2), 2000007);
    }

    proptest! {
        #[test]
        fn one_piece_hashes_like_parts(s: Vec<u8>, k0: u64, k1: u64) {
            use std::hash::Hasher as _;
            let mut hasher = siphasher::sip::SipHasher13::new_with_keys(k0, k1);
            hasher.write(&s);
            prop_assert_eq!(sip13(&s, Key(k0, k1)), hasher.finish());
        }

        #[test]
        fn equal_numbers_hash_alike(n in -(1i64 << 53)..(1i64 << 53), shift in 0u32..900) {
            prop_assert_eq!(float(n as f64), Some(int(n)));
            let x = n as f64 * 2f64.powi(shift as i32);
            prop_assert_eq!(float(x), Some(big(&(IBig::from(n) << shift as usize))));
        }
    }
}
