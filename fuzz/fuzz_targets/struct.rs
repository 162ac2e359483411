//! `struct`: arbitrary formats on arbitrary data; what is unpacked is packed again.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lockstep_fuzz::Script;

const SCRIPT: &str = r#"
import struct

def attempt(kind, data):
    format, _, data = bytes(data).partition(b"\0")
    try:
        layout = struct.Struct(format.decode("latin-1") if kind & 1 else format)
    except (struct.error, UnicodeError, ValueError):
        return
    if layout.size > 1 << 20:
        for function in (layout.unpack, layout.iter_unpack):
            try:
                function(data)
            except struct.error:
                pass
        return
    data = data.ljust(layout.size + kind % 5, b"\7")
    values = layout.unpack_from(data, -layout.size if kind & 2 and layout.size else kind % 5)
    buffer = bytearray(layout.size + 3)
    try:
        packed = layout.pack(*values)
        layout.pack_into(buffer, kind % 4, *values)
    except OverflowError:
        return
    assert buffer[kind % 4:][:layout.size] == packed
    assert repr(layout.unpack(packed)) == repr(values)
    if layout.size:
        list(layout.iter_unpack(data[:len(data) // layout.size * layout.size]))
"#;

static LOCKSTEP: LazyLock<Script> = LazyLock::new(|| Script::new(SCRIPT));

fuzz_target!(|data: &[u8]| LOCKSTEP.attempt(data));
