//! Packages from the index, end to end: `pip` of any `python3` fetches them into `target/packages`, then
//! small uses of each run here, and `-m pytest` on a suite of its own. Where they cannot be fetched there
//! is nothing to test. `LOCKSTEP_PROGRAM` names another interpreter, to test the expectations themselves.

#![allow(clippy::disallowed_methods, reason = "programs of a test are waited for")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, fs};

const PACKAGES: [&str; 11] =
    ["six", "attrs", "click", "jinja2", "packaging", "idna", "toml", "pyyaml", "rich", "requests", "pytest"];

/// The folder of the packages; none if they cannot be had.
fn packages() -> Option<&'static Path> {
    static FETCHED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let fetch = || {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("packages");
        if folder.join("fetched").is_file() {
            return Some(folder);
        }
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--only-binary",
            ":all:",
            "--upgrade",
            "--target",
        ]);
        let output = pip.arg(&folder).args(PACKAGES).output();
        match output {
            Ok(output) if output.status.success() => {
                fs::write(folder.join("fetched"), "").ok()?;
                Some(folder)
            }
            Ok(output) => {
                println!("skipped: pip says {}", String::from_utf8_lossy(&output.stderr));
                None
            }
            Err(error) => {
                println!("skipped: no python3 with pip: {error}");
                None
            }
        }
    };
    FETCHED.get_or_init(fetch).as_deref()
}

fn own(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packages").join(path)
}

fn program() -> Command {
    let mut command = Command::new(env::var("LOCKSTEP_PROGRAM").as_deref().unwrap_or(env!("CARGO_BIN_EXE_lockstep")));
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("COLUMNS", "80").env_remove("PYTHONPATH");
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn page(name: &str, content: &str) {
    insta::with_settings!({
        omit_expression => true,
        prepend_module_to_snapshot => false,
        snapshot_path => "packages/pages",
    }, {
        insta::assert_snapshot!(name, content);
    });
}

#[test]
fn small_uses() {
    let Some(packages) = packages() else { return };
    let text = fs::read_to_string(own("uses.py")).expect("the uses");
    let mut printed = String::new();
    for source in text.split("# ----\n") {
        let output = program().env("PYTHONPATH", packages).args(["-c", source]).output().expect("the program runs");
        printed.push_str(&said(&output));
        printed.push_str("----\n");
    }
    page("uses", &printed);
}

/// Without what differs from run to run.
fn results(text: &str) -> String {
    text.lines().map(|line| line.split(" in 0.").next().unwrap_or(line).split(" in 1.").next().unwrap_or(line)).fold(
        String::new(),
        |mut all, line| {
            all.push_str(line.trim_end());
            all.push('\n');
            all
        },
    )
}

#[test]
fn pytest_runs_a_suite() {
    let Some(packages) = packages() else { return };
    let mut command = program();
    command.env("PYTHONPATH", packages).current_dir(own("suite"));
    let output =
        command.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", "--tb=short"]).output().expect("runs");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let text = results(&said(&output));
    let end = text.lines().last().unwrap_or_default();
    assert!(end.starts_with("1 failed, 6 passed, 1 skipped, 1 xfailed, 1 error"), "{text}");
    assert!(text.contains("E     Differing items:") && text.contains("E     {'a': [1, 2, 3]} != {'a': [1, 2, 4]}"), "{text}");
    assert!(text.contains("fixture 'no_such_fixture' not found"), "{text}");
}

/// A virtual environment is a folder with `pyvenv.cfg` and the program: `site` finds its packages.
#[test]
fn virtual_environments_have_their_packages() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("environment");
    let _ = fs::remove_dir_all(&folder);
    let itself = Path::new(env!("CARGO_BIN_EXE_lockstep"));
    fs::create_dir_all(folder.join("bin")).expect("a folder");
    std::os::unix::fs::symlink(itself, folder.join("bin/python")).expect("a link");
    let home = itself.parent().expect("a folder").display();
    fs::write(folder.join("pyvenv.cfg"), format!("home = {home}\ninclude-system-site-packages = false\n")).expect("a file");
    let version = program().args(["-c", "import sys; print('python%d.%d' % sys.version_info[:2])"]).output().expect("runs");
    let place = folder.join("lib").join(said(&version).trim()).join("site-packages");
    fs::create_dir_all(&place).expect("a folder");
    fs::write(place.join("of_the_environment.py"), "answer = 42\n").expect("a module");
    fs::write(place.join("more.pth"), "import sys; sys.from_pth = True\n").expect("a path file");
    let source = "import of_the_environment, sys; print(of_the_environment.answer, sys.from_pth, sys.prefix != sys.base_prefix)";
    let mut inside = Command::new(folder.join("bin/python"));
    inside.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
    let output = inside.args(["-c", source]).output().expect("the program of the environment runs");
    assert_eq!(said(&output), "42 True True\n");
}
