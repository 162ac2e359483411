//! `pickle.loads` of arbitrary bytes; names are looked up among harmless ones only.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lockstep_fuzz::Script;

const SCRIPT: &str = r#"
import collections, io, pickle

HARMLESS = {
    ("builtins", name): value
    for name, value in (("list", list), ("dict", dict), ("set", set), ("frozenset", frozenset), ("int", int),
                        ("float", float), ("str", str), ("bytes", bytes), ("bytearray", bytearray), ("object", object),
                        ("complex", complex), ("slice", slice), ("ValueError", ValueError))
} | {
    ("collections", name): getattr(collections, name) for name in ("OrderedDict", "deque", "Counter", "defaultdict")
}

class Careful(pickle.Unpickler):
    def find_class(self, module, name):
        return HARMLESS[module, name]
    def persistent_load(self, identity):
        return identity

def attempt(kind, data):
    data = bytes(data)
    try:
        value = Careful(io.BytesIO(data), encoding=("ASCII", "latin-1", "bytes")[kind % 3], buffers=[b"one", bytearray(2)]).load()
    except Exception:
        return
    if kind & 64:
        try:
            pickle.dumps(value, kind % 6)
        except (pickle.PicklingError, TypeError, RecursionError, ValueError, AttributeError, OverflowError):
            pass
"#;

static LOCKSTEP: LazyLock<Script> = LazyLock::new(|| Script::new(SCRIPT));

fuzz_target!(|data: &[u8]| LOCKSTEP.attempt(data));
