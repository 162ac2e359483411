//! Hashing of addresses: tables whose keys no script can choose need no keyed hash.

use std::hash::{BuildHasherDefault, Hasher};

/// Hashes one word.
#[derive(Clone, Copy, Debug, Default)]
pub struct AddressHasher(u64);

/// Makes [`AddressHasher`]s.
pub type Addresses = BuildHasherDefault<AddressHasher>;

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
    fn write_u64(&mut self, word: u64) {
        // The lowest bits of addresses are zero; both halves of the product know all bits.
        let product = u128::from(self.0 ^ word) * 0x9E37_79B9_7F4A_7C15;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}
