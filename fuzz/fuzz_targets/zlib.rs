//! `zlib.decompress` of arbitrary bytes, whole and in pieces; what goes in comes out.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lockstep_fuzz::Script;

const SCRIPT: &str = r#"
import zlib

LIMIT = 1 << 20

def attempt(kind, data):
    data = bytes(data)
    bits = (15, -15, 31, 47, -9, 9, 0, 25)[kind & 7]
    if kind & 8:
        assert zlib.decompress(zlib.compress(data, kind % 10, 15), 15) == data
    pieces = zlib.decompressobj(bits, data[:8]) if kind & 16 else zlib.decompressobj(bits)
    try:
        out = pieces.decompress(data[:len(data) // 2], LIMIT)
        out += pieces.decompress(pieces.unconsumed_tail + data[len(data) // 2:], LIMIT)
        pieces.copy()
        if not pieces.unconsumed_tail:
            pieces.flush()
            zlib.decompress(data, bits, kind + 1)
    except (zlib.error, ValueError):
        pass
"#;

static LOCKSTEP: LazyLock<Script> = LazyLock::new(|| Script::new(SCRIPT));

fuzz_target!(|data: &[u8]| LOCKSTEP.attempt(data));
