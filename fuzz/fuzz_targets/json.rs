//! `json.loads` of arbitrary bytes and text; what it makes is written and read again.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lockstep_fuzz::Script;

const SCRIPT: &str = r#"
import json

def attempt(kind, data):
    data = bytes(data)
    if kind & 1:
        data = data.decode("utf-8", "surrogatepass" if kind & 2 else "replace") if valid(data, kind) else data.decode("latin-1")
    try:
        value = json.loads(data, strict=not kind & 4)
    except (ValueError, RecursionError):
        return
    text = json.dumps(value, ensure_ascii=bool(kind & 8), indent=kind >> 6 or None, sort_keys=bool(kind & 16))
    again = json.loads(text)
    assert again == value or "NaN" in text, (value, again)

def valid(data, kind):
    try:
        data.decode("utf-8", "surrogatepass" if kind & 2 else "replace")
        return True
    except ValueError:
        return False
"#;

static LOCKSTEP: LazyLock<Script> = LazyLock::new(|| Script::new(SCRIPT));

fuzz_target!(|data: &[u8]| LOCKSTEP.attempt(data));
