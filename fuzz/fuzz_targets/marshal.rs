//! `marshal.loads` of arbitrary bytes; what it makes is written and read again.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lockstep_fuzz::Script;

const SCRIPT: &str = r#"
import marshal

def attempt(kind, data):
    try:
        value = marshal.loads(bytes(data), allow_code=bool(kind & 1))
    except (ValueError, EOFError, TypeError, RecursionError, OverflowError, MemoryError, SystemError):
        return
    try:
        again = marshal.dumps(value, kind % 6)
    except ValueError:
        return
    marshal.loads(again)
"#;

static LOCKSTEP: LazyLock<Script> = LazyLock::new(|| Script::new(SCRIPT));

fuzz_target!(|data: &[u8]| LOCKSTEP.attempt(data));
