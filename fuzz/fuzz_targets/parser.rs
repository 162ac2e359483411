//! Lexer, layout, grammar and syntax errors: arbitrary bytes and text in both dialects. A syntax
//! error is fine, a panic is not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockstep_grammar::{Dialect, Mode, Options, parse, parse_bytes};

fuzz_target!(|data: &[u8]| {
    let Some((&kind, data)) = data.split_first() else { return };
    let dialect = if kind & 1 == 0 { Dialect::Python3 } else { Dialect::Python2 };
    let mode = match kind >> 1 & 3 {
        0 | 1 => Mode::Exec,
        2 => Mode::Eval,
        _ => Mode::Single,
    };
    if kind & 8 == 0 {
        let _ = parse(&String::from_utf8_lossy(data), mode, dialect, Options::default());
    } else {
        let _ = parse_bytes(data, mode, dialect, Options::default());
    }
});
