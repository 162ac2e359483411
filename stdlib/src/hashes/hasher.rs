//! The hash functions behind the modules, by name.

use sha3::digest::{ExtendableOutput, XofReader};
use sha3::{Digest as _, Shake128, Shake256};

use super::blake2::{Blake2b, Blake2s, Parameters};

macro_rules! hashers {
    ($($kind:ident $text:literal $type:ty, $size:literal $block:literal),* $(,)?) => {
        /// A hash function.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $( #[doc = $text] $kind, )* #[doc = "shake_128"] Shake128, #[doc = "shake_256"] Shake256,
            #[doc = "blake2b"] Blake2b, #[doc = "blake2s"] Blake2s }

        /// A hash under way.
        #[derive(Clone)]
        pub enum Hasher { $( #[doc = $text] $kind($type), )* #[doc = "shake_128"] Shake128(Shake128),
            #[doc = "shake_256"] Shake256(Shake256), #[doc = "blake2b"] Blake2b(Box<Blake2b>), #[doc = "blake2s"] Blake2s(Box<Blake2s>) }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Kind] =
                &[$( Kind::$kind, )* Kind::Shake128, Kind::Shake256, Kind::Blake2b, Kind::Blake2s];
            /// `name`
            pub const fn name(self) -> &'static str {
                match self {
                    $( Kind::$kind => $text, )*
                    Kind::Shake128 => "shake_128",
                    Kind::Shake256 => "shake_256",
                    Kind::Blake2b => "blake2b",
                    Kind::Blake2s => "blake2s",
                }
            }
            /// `block_size`
            pub const fn block(self) -> usize {
                match self {
                    $( Kind::$kind => $block, )*
                    Kind::Shake128 => 168,
                    Kind::Shake256 => 136,
                    Kind::Blake2b => Blake2b::BLOCK,
                    Kind::Blake2s => Blake2s::BLOCK,
                }
            }
            /// A hash of nothing.
            pub fn start(self) -> Hasher {
                match self {
                    $( Kind::$kind => Hasher::$kind(<$type>::default()), )*
                    Kind::Shake128 => Hasher::Shake128(Shake128::default()),
                    Kind::Shake256 => Hasher::Shake256(Shake256::default()),
                    Kind::Blake2b => Hasher::Blake2b(Box::new(Blake2b::new(&plain(64)))),
                    Kind::Blake2s => Hasher::Blake2s(Box::new(Blake2s::new(&plain(32)))),
                }
            }
        }

        impl Hasher {
            /// Which one it is.
            pub fn kind(&self) -> Kind {
                match self {
                    $( Hasher::$kind(_) => Kind::$kind, )*
                    Hasher::Shake128(_) => Kind::Shake128,
                    Hasher::Shake256(_) => Kind::Shake256,
                    Hasher::Blake2b(_) => Kind::Blake2b,
                    Hasher::Blake2s(_) => Kind::Blake2s,
                }
            }
            /// `digest_size`; 0 if the length is free.
            pub fn size(&self) -> usize {
                match self {
                    $( Hasher::$kind(_) => $size, )*
                    Hasher::Shake128(_) | Hasher::Shake256(_) => 0,
                    Hasher::Blake2b(h) => h.size(),
                    Hasher::Blake2s(h) => h.size(),
                }
            }
            /// More data.
            pub fn update(&mut self, data: &[u8]) {
                match self {
                    $( Hasher::$kind(h) => h.update(data), )*
                    Hasher::Shake128(h) => sha3::digest::Update::update(h, data),
                    Hasher::Shake256(h) => sha3::digest::Update::update(h, data),
                    Hasher::Blake2b(h) => h.update(data),
                    Hasher::Blake2s(h) => h.update(data),
                }
            }
            /// The digest of the data so far; `length` counts where it is free.
            pub fn digest(&self, length: usize) -> Vec<u8> {
                match self {
                    $( Hasher::$kind(h) => h.clone().finalize().to_vec(), )*
                    Hasher::Shake128(h) => squeeze(h.clone().finalize_xof(), length),
                    Hasher::Shake256(h) => squeeze(h.clone().finalize_xof(), length),
                    Hasher::Blake2b(h) => h.digest(),
                    Hasher::Blake2s(h) => h.digest(),
                }
            }
        }
    };
}

hashers! {
    Md5 "md5" md5::Md5, 16 64,
    Sha1 "sha1" sha1::Sha1, 20 64,
    Sha224 "sha224" sha2::Sha224, 28 64,
    Sha256 "sha256" sha2::Sha256, 32 64,
    Sha384 "sha384" sha2::Sha384, 48 128,
    Sha512 "sha512" sha2::Sha512, 64 128,
    Sha3_224 "sha3_224" sha3::Sha3_224, 28 144,
    Sha3_256 "sha3_256" sha3::Sha3_256, 32 136,
    Sha3_384 "sha3_384" sha3::Sha3_384, 48 104,
    Sha3_512 "sha3_512" sha3::Sha3_512, 64 72,
}

impl Kind {
    /// The function of this name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|k| k.name() == name)
    }
    /// Whether the length of its digest is free.
    pub const fn is_free(self) -> bool {
        matches!(self, Kind::Shake128 | Kind::Shake256)
    }
}

/// Parameters of a BLAKE2 that nobody asked anything of.
fn plain(digest_size: usize) -> Parameters {
    Parameters {
        digest_size,
        key: Vec::new(),
        salt: Vec::new(),
        person: Vec::new(),
        fanout: 1,
        depth: 1,
        leaf_size: 0,
        node_offset: 0,
        node_depth: 0,
        inner_size: 0,
        last_node: false,
    }
}

fn squeeze(mut reader: impl XofReader, length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    reader.read(&mut out);
    out
}
