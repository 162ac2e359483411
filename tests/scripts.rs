//! Behaviour as pages: each script of `tests/scripts/<area>` and what it prints, which is what CPython
//! prints. `LOCKSTEP_PROGRAM` names another interpreter, to test the expectations themselves; a script
//! that says `# Python 3.14` above its first statement needs that version.

#![allow(clippy::disallowed_methods, reason = "another interpreter is a process to wait for")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use lockstep::{Capture, Interpreter, program, report};

/// What a script prints, and the report of the error that ended it.
fn output(source: &str, area: &str) -> String {
    let (printed, said) = (Capture::new(), Capture::new());
    let mut builder = Interpreter::builder().stdout(printed.sink()).stderr(said.sink());
    if area == "python2" {
        builder = builder.python2(true);
    }
    let code = builder.build().main(|py| {
        let result = program::run_text(py, source, "<script>");
        let code = report::finish(py, result);
        program::end(py, code)
    });
    let end = if code == Some(0) { String::new() } else { said.text() };
    printed.text() + &end
}

/// What another interpreter prints for it.
fn output_of(program: &str, script: &Path) -> String {
    let output = Command::new(program).arg(script).output().expect("the other interpreter runs");
    let end = if output.status.success() { String::new() } else { String::from_utf8_lossy(&output.stderr).into_owned() };
    String::from_utf8_lossy(&output.stdout).into_owned() + &end
}

fn area(area: &str) {
    let other = env::var("LOCKSTEP_PROGRAM").ok();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts").join(area);
    let mut scripts: Vec<PathBuf> =
        fs::read_dir(folder).expect("the area").map(|entry| entry.expect("an entry").path()).collect();
    scripts.sort();
    for script in scripts.iter().filter(|script| script.extension().is_some_and(|kind| kind == "py")) {
        let source = fs::read_to_string(script).expect("a script");
        let printed = match &other {
            Some(program) if source.contains("\n# Python 3.14\n") || area == "python2" => {
                println!("{} is not for {program}", script.display());
                continue;
            }
            Some(program) => output_of(program, script),
            None => output(&source, area),
        };
        let name = script.file_stem().expect("a name").to_string_lossy().into_owned();
        insta::with_settings!({
            omit_expression => true,
            prepend_module_to_snapshot => false,
            snapshot_path => format!("scripts/{area}/printed"),
        }, {
            insta::assert_snapshot!(name, printed);
        });
    }
}

macro_rules! areas {
    ($($area:ident),*) => {
        $(#[test]
        fn $area() {
            area(stringify!($area));
        })*
    };
}

areas!(classes, containers, coroutines, exceptions, generators, imports, language, library, numbers, python2, strings, threads);
