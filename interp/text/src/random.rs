//! The Mersenne Twister MT19937 as `_random.Random` uses it: same seed, same numbers.

const N: usize = 624;
const M: usize = 397;

/// The generator: 624 words and a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mt19937 {
    state: [u32; N],
    index: usize,
}

impl Mt19937 {
    fn from_word(seed: u32) -> Self {
        let mut state = [0; N];
        let mut last = seed;
        state[0] = last;
        for (k, word) in state.iter_mut().enumerate().skip(1) {
            last = 1_812_433_253u32.wrapping_mul(last ^ last >> 30).wrapping_add(k as u32);
            *word = last;
        }
        Self { state, index: N }
    }

    /// Seeds with the 32-bit words of a non-negative integer, lowest first (none is one zero).
    pub fn from_words(key: &[u32]) -> Self {
        let key = if key.is_empty() { &[0] } else { key };
        let mut out = Self::from_word(19_650_218);
        let state = &mut out.state;
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            let last = state[i - 1];
            state[i] = (state[i] ^ (last ^ last >> 30).wrapping_mul(1_664_525)).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j = (j + 1) % key.len();
            if i >= N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        for _ in 1..N {
            let last = state[i - 1];
            state[i] = (state[i] ^ (last ^ last >> 30).wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
        out
    }

    /// Seeds with the magnitude of an integer, given as little-endian bytes.
    pub fn from_le_bytes(bytes: &[u8]) -> Self {
        let mut key: Vec<u32> = bytes.chunks(4).map(|c| c.iter().rev().fold(0, |n, &b| n << 8 | b as u32)).collect();
        while key.len() > 1 && key.last() == Some(&0) {
            key.pop();
        }
        Self::from_words(&key)
    }

    fn refill(&mut self) {
        let s = &mut self.state;
        for k in 0..N {
            let y = (s[k] & 0x8000_0000) | (s[(k + 1) % N] & 0x7fff_ffff);
            let twist = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            s[k] = s[(k + M) % N] ^ y >> 1 ^ twist;
        }
        self.index = 0;
    }

    /// The next 32 bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }

    /// `random()`: 53 bits in [0, 1).
    #[inline]
    pub fn random(&mut self) -> f64 {
        let a = (self.next_u32() >> 5) as f64;
        let b = (self.next_u32() >> 6) as f64;
        (a * 67_108_864.0 + b) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// `getrandbits(k)` for `k` up to 64.
    #[inline]
    pub fn bits(&mut self, k: u32) -> u64 {
        match k {
            0 => 0,
            1..=32 => (self.next_u32() >> (32 - k)) as u64,
            _ => {
                let low = self.next_u32() as u64;
                low | ((self.next_u32() >> (64 - k.min(64))) as u64) << 32
            }
        }
    }

    /// `getrandbits(k)` as little-endian 32-bit words.
    pub fn bit_words(&mut self, k: usize) -> Vec<u32> {
        let mut out = Vec::with_capacity(k.div_ceil(32));
        let mut left = k;
        while left > 0 {
            let word = self.next_u32();
            out.push(if left < 32 { word >> (32 - left) } else { word });
            left = left.saturating_sub(32);
        }
        out
    }

    /// `getstate()`: the words and the position.
    pub const fn state(&self) -> (&[u32; N], usize) {
        (&self.state, self.index)
    }

    /// `setstate()`; `None` if the position or the number of words is wrong.
    pub fn from_state(words: &[u32], index: usize) -> Option<Self> {
        let state = <[u32; N]>::try_from(words).ok()?;
        (index <= N).then_some(Self { state, index })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_cpython() {
        let mut r = Mt19937::from_words(&[42]);
        assert_eq!([r.random(), r.random()], [0.6394267984578837, 0.025010755222666936]);
        assert_eq!([r.bits(1), r.bits(32), r.bits(53)], [0, 1051802512, 1256845828445918]);
        let mut r = Mt19937::from_le_bytes(&[0, 0, 0, 0, 1, 0, 0, 0, 0]);
        assert_eq!(r.random(), 0.11299430095636409);
        assert_eq!(r.bit_words(70), [1794561286, 4014597330, 1]);
        let (words, index) = r.state();
        assert_eq!(Mt19937::from_state(words, index), Some(r.clone()));
        assert_eq!(Mt19937::from_state(words, 625), None);
        assert_eq!(Mt19937::from_words(&[]).random(), 0.8444218515250481);
    }
}
