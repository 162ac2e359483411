//! BLAKE2b and BLAKE2s with all parameters of the tree modes (RFC 7693 and the BLAKE2 paper).

/// Which word of the message each step of a round takes.
const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// What a hash is told beside its key and data.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// Bytes of the digest.
    pub digest_size: usize,
    /// At most as long as the kind allows, like `salt` and `person`.
    pub key: Vec<u8>,
    /// Salt, padded with zeros.
    pub salt: Vec<u8>,
    /// Personalisation, padded with zeros.
    pub person: Vec<u8>,
    /// Children of a node; 0: no limit.
    pub fanout: u8,
    /// Height of the tree.
    pub depth: u8,
    /// Bytes of a leaf; 0: no limit.
    pub leaf_size: u32,
    /// Place of this node.
    pub node_offset: u64,
    /// Height of this node.
    pub node_depth: u8,
    /// Bytes of the digests inside the tree.
    pub inner_size: u8,
    /// Whether this is the last node of its height.
    pub last_node: bool,
}

macro_rules! blake2 {
    (
        $(#[$doc:meta])* $name:ident: $word:ident, $rounds:literal rounds, blocks of $block:literal, counter $count:ident,
        turns $a:literal $b:literal $c:literal $d:literal, $iv:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            state: [$word; 8],
            count: $count,
            buffer: [u8; $block],
            filled: usize,
            size: usize,
            last_node: bool,
        }

        impl $name {
            /// Bytes of a block; half of it is the longest digest and key, an eighth the salt.
            pub const BLOCK: usize = $block;
            const IV: [$word; 8] = $iv;

            /// A hash with these parameters, whose sizes were checked.
            pub fn new(p: &Parameters) -> Self {
                let mut block = Vec::with_capacity(Self::BLOCK / 2);
                block.extend_from_slice(&[p.digest_size as u8, p.key.len() as u8, p.fanout, p.depth]);
                block.extend_from_slice(&p.leaf_size.to_le_bytes());
                // The smaller kind has six bytes for the place of the node, the larger one eight.
                block.extend_from_slice(&p.node_offset.to_le_bytes()[..if Self::BLOCK == 64 { 6 } else { 8 }]);
                block.extend_from_slice(&[p.node_depth, p.inner_size]);
                block.resize(Self::BLOCK / 4, 0);
                for part in [&p.salt, &p.person] {
                    let end = block.len() + Self::BLOCK / 8;
                    block.extend_from_slice(part);
                    block.resize(end, 0);
                }
                let mut state = Self::IV;
                for (word, bytes) in state.iter_mut().zip(block.chunks_exact(size_of::<$word>())) {
                    let mut own = [0; size_of::<$word>()];
                    own.copy_from_slice(bytes);
                    *word ^= $word::from_le_bytes(own);
                }
                let mut made = $name {
                    state,
                    count: 0,
                    buffer: [0; $block],
                    filled: 0,
                    size: p.digest_size,
                    last_node: p.last_node,
                };
                if !p.key.is_empty() {
                    let mut first = [0; $block];
                    first[..p.key.len()].copy_from_slice(&p.key);
                    made.update(&first);
                }
                made
            }

            /// Bytes of the digest.
            pub fn size(&self) -> usize {
                self.size
            }

            /// More data.
            pub fn update(&mut self, mut data: &[u8]) {
                while !data.is_empty() {
                    // The last block waits until it is known to be the last.
                    if self.filled == Self::BLOCK {
                        self.count = self.count.wrapping_add($block);
                        let block = self.buffer;
                        self.compress(&block, false);
                        self.filled = 0;
                    }
                    let n = data.len().min(Self::BLOCK - self.filled);
                    self.buffer[self.filled..self.filled + n].copy_from_slice(&data[..n]);
                    self.filled += n;
                    data = &data[n..];
                }
            }

            /// The digest of the data so far.
            pub fn digest(&self) -> Vec<u8> {
                let mut end = self.clone();
                end.count = end.count.wrapping_add(end.filled as $count);
                end.buffer[end.filled..].fill(0);
                let block = end.buffer;
                end.compress(&block, true);
                let mut out: Vec<u8> = end.state.iter().flat_map(|w| w.to_le_bytes()).collect();
                out.truncate(self.size);
                out
            }

            fn compress(&mut self, block: &[u8; $block], last: bool) {
                let mut m = [0; 16];
                for (word, bytes) in m.iter_mut().zip(block.chunks_exact(size_of::<$word>())) {
                    let mut own = [0; size_of::<$word>()];
                    own.copy_from_slice(bytes);
                    *word = $word::from_le_bytes(own);
                }
                let mut v = [0; 16];
                v[..8].copy_from_slice(&self.state);
                v[8..].copy_from_slice(&Self::IV);
                v[12] ^= self.count as $word;
                v[13] ^= (self.count >> (8 * size_of::<$word>())) as $word;
                if last {
                    v[14] = !v[14];
                    if self.last_node {
                        v[15] = !v[15];
                    }
                }
                let mut mix = |a: usize, b: usize, c: usize, d: usize, x: $word, y: $word| {
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
                    v[d] = (v[d] ^ v[a]).rotate_right($a);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right($b);
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(y);
                    v[d] = (v[d] ^ v[a]).rotate_right($c);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right($d);
                };
                for round in 0..$rounds {
                    let s = &SIGMA[round % 10];
                    mix(0, 4, 8, 12, m[s[0]], m[s[1]]);
                    mix(1, 5, 9, 13, m[s[2]], m[s[3]]);
                    mix(2, 6, 10, 14, m[s[4]], m[s[5]]);
                    mix(3, 7, 11, 15, m[s[6]], m[s[7]]);
                    mix(0, 5, 10, 15, m[s[8]], m[s[9]]);
                    mix(1, 6, 11, 12, m[s[10]], m[s[11]]);
                    mix(2, 7, 8, 13, m[s[12]], m[s[13]]);
                    mix(3, 4, 9, 14, m[s[14]], m[s[15]]);
                }
                for i in 0..8 {
                    self.state[i] ^= v[i] ^ v[i + 8];
                }
            }
        }
    };
}

blake2! {
    /// The kind for 64-bit machines.
    Blake2b: u64, 12 rounds, blocks of 128, counter u128, turns 32 24 16 63,
    [
        0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1,
        0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F, 0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179,
    ]
}

blake2! {
    /// The kind for small machines.
    Blake2s: u32, 10 rounds, blocks of 64, counter u64, turns 16 12 8 7,
    [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
}
