//! One page for each construct: the program above, its code below. Everything is verified and
//! sent through the byte form on the way.

use lockstep_compile::code::{Code, marshal, verify};
use lockstep_compile::{Options, Source, compile, disassemble};
use lockstep_grammar::{Dialect, LineIndex, Mode, SyntaxError};

fn code_of(text: &str, mode: Mode, dialect: Dialect) -> Result<std::sync::Arc<Code>, SyntaxError> {
    let tree = lockstep_grammar::parse(text, mode, dialect, lockstep_grammar::Options::default())?;
    let lines = LineIndex::new(text);
    let options = Options { dialect, ..Options::default() };
    let compiled = compile(&tree, Source { text, lines: &lines }, &options)?;
    verify::verify(&compiled.code).expect("code is sound");
    let bytes = marshal::to_bytes(&compiled.code);
    assert_eq!(*marshal::from_bytes(&bytes).expect("bytes are sound"), *compiled.code);
    Ok(compiled.code)
}

fn page(text: &str, mode: Mode, dialect: Dialect) -> String {
    match code_of(text, mode, dialect) {
        Ok(code) => format!("{text}\n----\n{}", disassemble(&code)),
        Err(error) => format!("{text}\n----\n{}", error.report("<string>")),
    }
}

#[test]
fn programs() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut paths: Vec<_> = std::fs::read_dir(folder).expect("programs").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a program");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(name, page(&text, Mode::Exec, Dialect::Python3));
        });
    }
}

#[test]
fn python2() {
    let text = "print >>f, 1, x / 2,\nexec 'code' in g\nraise E, 'x', t\ny = `z`\n[i for i in r]\nprint i\ntry:\n    pass\nexcept E, e:\n    print e\n";
    insta::assert_snapshot!(page(text, Mode::Exec, Dialect::Python2));
}

#[test]
fn other_modes() {
    insta::assert_snapshot!(page("f(x) + 1\n", Mode::Eval, Dialect::Python3));
    insta::assert_snapshot!(page("f(x) + 1\n", Mode::Single, Dialect::Python3));
}

#[test]
fn errors() {
    let mut out = String::new();
    for text in [
        "return 1\n",
        "def f():\n    x = 1\n    global x\n",
        "def f():\n    nonlocal y\n",
        "nonlocal y\n",
        "def f(a, a): pass\n",
        "break\n",
        "if 1:\n    continue\n",
        "class C:\n    return\n",
        "yield 1\n",
        "await x\n",
        "def f():\n    await x\n",
        "def f():\n    async for x in y: pass\n",
        "def f():\n    return [x async for x in y]\n",
        "async def f():\n    yield 1\n    return 2\n",
        "x = 1\nfrom __future__ import annotations\n",
        "from __future__ import nonsense\n",
        "from __future__ import braces\n",
        "[x := 1 for x in y]\n",
        "class C:\n    [(x := 1) for y in z]\n",
        "[i for i in (j := k)]\n",
        "def f():\n    from m import *\n",
        "match x:\n    case y: pass\n    case z: pass\n",
        "match x:\n    case a | 1: pass\n",
        "match x:\n    case [a, a]: pass\n",
        "try: pass\nexcept: pass\nexcept E: pass\n",
        "for x in y:\n    try: pass\n    except* E:\n        break\n",
        "def f[T, T](): pass\n",
        "[(yield 1) for x in y]\n",
        "__debug__ = 1\n",
        "*a, *b = c\n",
    ] {
        out.push_str(&page(text, Mode::Exec, Dialect::Python3));
        out.push('\n');
    }
    insta::assert_snapshot!(out);
}

#[test]
fn chains_without_end() {
    let many = 100_000;
    let sum = format!("x = a{}\n", " + b".repeat(many));
    let attributes = format!("x = a{}\n", ".b".repeat(many));
    let calls = format!("x = a{}\n", "()".repeat(many));
    let items = format!("x = a{}\n", "[0]".repeat(many));
    let numbers = format!("x = 1{}\n", " + 1".repeat(many));
    let mut elifs = String::from("if a: pass\n");
    for _ in 0..20_000 {
        elifs.push_str("elif a: pass\n");
    }
    for text in [sum, attributes, calls, items, numbers, elifs] {
        code_of(&text, Mode::Exec, Dialect::Python3).expect("it compiles");
    }
}

#[test]
fn deep_nesting() {
    // As deep as the parser allows; deeper is its error.
    for depth in [50, 90, 190, 450, 2000] {
        let text = format!("x = {}a{}\n", "(1, -".repeat(depth), ")".repeat(depth));
        let _ = code_of(&text, Mode::Exec, Dialect::Python3);
        let text = format!("x = {}a{}\n", "[b for b in ".repeat(depth), "]".repeat(depth));
        let _ = code_of(&text, Mode::Exec, Dialect::Python3);
        let text = format!("x = {}a\n", "lambda: ".repeat(depth));
        let _ = code_of(&text, Mode::Exec, Dialect::Python3);
    }
    let mut text = String::new();
    for level in 0..95 {
        text.push_str(&format!("{}def f():\n", " ".repeat(level)));
    }
    text.push_str(&format!("{}pass\n", " ".repeat(95)));
    code_of(&text, Mode::Exec, Dialect::Python3).expect("it compiles");
}

#[test]
fn far_jumps() {
    let mut text = String::from("def f(x, y):\n    while x < 1:\n        if x == 1:\n");
    for _ in 0..20_000 {
        text.push_str("            x = y.a\n");
    }
    text.push_str("        elif x < y:\n            pass\n");
    code_of(&text, Mode::Exec, Dialect::Python3).expect("it compiles");
}

#[test]
fn corrupt_bytes() {
    let text = "def f(a, *b, c=1):\n    try:\n        return [x for x in a if x > 1.5]\n    finally:\n        print(f'{a}')\n";
    let code = code_of(text, Mode::Exec, Dialect::Python3).expect("it compiles");
    let bytes = marshal::to_bytes(&code);
    for cut in 0..bytes.len() {
        assert!(marshal::from_bytes(&bytes[..cut]).is_err());
    }
    // Any other byte anywhere must be refused or give code in range, never a panic.
    for at in 0..bytes.len() {
        for value in [0, 1, 0x7F, 0x80, 0xFF, bytes[at] ^ 1, bytes[at].wrapping_add(1)] {
            let mut bad = bytes.clone();
            bad[at] = value;
            if let Ok(code) = marshal::from_bytes(&bad) {
                verify::bounds(&code).expect("what is read is in range");
                let _ = disassemble(&code);
            }
        }
    }
}
