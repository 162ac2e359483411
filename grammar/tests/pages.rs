//! Tokens, trees and errors as pages: the program above, what becomes of it below.
//! `tests/pages/<stage>` holds the programs; a stage named with a 2 is Python 2.

use std::fs;
use std::path::Path;

use lockstep_grammar::{Dialect, Mode, Options, dump_tokens, dump_tree, parse, tokenize};

/// Compares the page of each program of a stage.
fn pages(stage: &str, render: impl Fn(&str, Dialect) -> String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(stage);
    let dialect = if stage.ends_with('2') { Dialect::Python2 } else { Dialect::Python3 };
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let source = fs::read_to_string(&file).unwrap();
        let page = render(&source, dialect);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("{stage}_{name}"), page);
        });
    }
}

fn tokens(source: &str, dialect: Dialect) -> String {
    let (tokens, error) = tokenize(source, dialect);
    let error = error.map(|error| error.report("page")).unwrap_or_default();
    format!("{source}----\n{}{error}", dump_tokens(source, &tokens))
}

fn tree(source: &str, dialect: Dialect) -> String {
    match parse(source, Mode::Exec, dialect, Options::default()) {
        Ok(tree) => format!("{source}----\n{}", dump_tree(source, &tree)),
        Err(error) => format!("{source}----\n{}", error.report("page")),
    }
}

#[test]
fn tokens_python3() {
    pages("tokens", tokens);
}

#[test]
fn tokens_python2() {
    pages("tokens2", tokens);
}

#[test]
fn trees_python3() {
    pages("trees", tree);
}

#[test]
fn trees_python2() {
    pages("trees2", tree);
}

/// Each program of a page of errors, divided by lines of dashes, has one.
#[test]
fn errors() {
    pages("errors", |source, dialect| {
        let mut out = String::new();
        for program in source.split("# ----\n") {
            let error = parse(program, Mode::Exec, dialect, Options::default()).expect_err(program);
            out.push_str(&error.report("page"));
            out.push('\n');
        }
        out
    });
}
