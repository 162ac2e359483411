//! Texts that are deep, long or cut short: an error or a tree, never a crash.

use lockstep_grammar::{Dialect, ErrorKind, Mode, Options, SyntaxError, decode, dump_tree, parse, parse_bytes};

const MANY: usize = 100_000;

fn check(source: &str) -> Result<(), SyntaxError> {
    parse(source, Mode::Exec, Dialect::Python3, Options::default()).map(drop)
}

fn message(source: &str) -> String {
    check(source).expect_err("the text is wrong").message
}

#[test]
fn brackets_nest_up_to_a_limit() {
    assert_eq!(message(&"(".repeat(MANY)), "too many nested parentheses");
    assert_eq!(message(&("[".repeat(MANY) + &"]".repeat(MANY))), "too many nested parentheses");
    assert!(check(&("[".repeat(200) + &"]".repeat(200))).is_ok());
}

#[test]
fn expressions_nest_up_to_a_limit() {
    for unit in ["-", "not ", "lambda: ", "a if b else ", "1 ** "] {
        assert_eq!(message(&(unit.repeat(MANY) + "x")), "too many nested expressions");
        assert!(check(&(unit.repeat(400) + "x")).is_ok());
    }
}

#[test]
fn comprehensions_nest_up_to_a_limit() {
    let loops = |count: usize| format!("[x {}]", "for x in y ".repeat(count));
    assert_eq!(message(&loops(MANY)), "too many nested expressions");
    assert!(check(&loops(400)).is_ok());
}

#[test]
fn chains_have_no_limit() {
    for (first, unit) in [("1", "+1"), ("1", "*2+1"), ("a", ".b"), ("a", "()"), ("a", "[0]"), ("a", "<b"), ("a", " or b")] {
        assert!(check(&(first.to_owned() + &unit.repeat(MANY))).is_ok(), "{unit}");
    }
    assert!(check(&("if a: pass\n".to_owned() + &"elif b: pass\n".repeat(MANY))).is_ok());
    // Dropped halfway: the error comes after the chain was built.
    assert_eq!(message(&("1".to_owned() + &"+1".repeat(MANY) + " 1")), "invalid syntax");
    let chain = "a".to_owned() + &".b".repeat(1000);
    let tree = parse(&chain, Mode::Eval, Dialect::Python3, Options::default()).unwrap();
    assert!(dump_tree(&chain, &tree).contains("Attribute b"));
}

#[test]
fn blocks_nest_up_to_a_limit() {
    let nested = |depth: usize| -> String {
        (0..depth).map(|level| " ".repeat(level) + "if a:\n").collect::<String>() + &" ".repeat(depth) + "pass\n"
    };
    assert!(check(&nested(90)).is_ok());
    let error = check(&nested(200)).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Indentation, "too many levels of indentation"));
}

#[test]
fn long_displays_are_read() {
    assert!(check(&("[".to_owned() + &"1,".repeat(1_000_000) + "]")).is_ok());
    assert!(check(&("f\"".to_owned() + &"{a}".repeat(MANY) + "\"")).is_ok());
}

#[test]
fn a_text_that_is_cut_short_says_so() {
    let incomplete = |source: &str| check(source).expect_err(source).incomplete_input;
    for source in ["x = (", "f(a,\n", "'''abc", "f'''{a}", "if x:\n", "try:\n  pass\n", "@a\n", "x = 1 + \\", "class A:\n"] {
        assert!(incomplete(source), "{source:?}");
    }
    for source in ["x = )", "'abc", "if x\n", "a b\n", "x = \n"] {
        assert!(!incomplete(source), "{source:?}");
    }
}

#[test]
fn a_prompt_takes_one_statement() {
    let single = |source: &str| parse(source, Mode::Single, Dialect::Python3, Options::default()).map(drop);
    assert!(single("a; b\n").is_ok());
    assert!(single("if a:\n  b\n\n").is_ok());
    assert_eq!(single("a\nb\n").unwrap_err().message, "multiple statements found while compiling a single statement");
}

#[test]
fn bytes_are_decoded_as_the_coding_line_says() {
    let read = |bytes: &[u8]| decode(bytes).map_err(|error| error.message);
    assert_eq!(read(b"\xef\xbb\xbfa").as_deref(), Ok("a"));
    assert_eq!(read(b"# -*- coding: latin-1 -*-\n'\xe9'").as_deref(), Ok("# -*- coding: latin-1 -*-\n'\u{e9}'"));
    assert_eq!(read(b"#!x\n# vim: set fileencoding=utf-8 :\n").as_deref(), Ok("#!x\n# vim: set fileencoding=utf-8 :\n"));
    assert_eq!(read(b"# coding: klingon").unwrap_err(), "unknown encoding: klingon");
    assert_eq!(
        read(b"a\n\xff").unwrap_err(),
        "Non-UTF-8 code starting with '\\xff' on line 2, but no encoding declared; see \
         https://peps.python.org/pep-0263/ for details"
    );
    let (text, _) = parse_bytes(b"a = 1", Mode::Exec, Dialect::Python3, Options::default()).unwrap();
    assert_eq!(text, "a = 1");
    assert_eq!(message("a\0"), "source code cannot contain null bytes");
}

#[test]
fn escapes_of_wide_characters_are_harmless() {
    for source in ["'\\é", "'a\\😀", "f'\\名", "b'\\é", "\"\"\"\\𝔘", "t\"]\"'\\é"] {
        for dialect in [Dialect::Python3, Dialect::Python2] {
            assert!(parse(source, Mode::Exec, dialect, Options::default()).is_err(), "{source}");
        }
    }
    assert!(check("'\\é' '\\名\\N{BULLET}'\n").is_ok());
}
