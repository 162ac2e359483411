//! The tree keeps to ARCHITECTURE.md: file sizes, headers, orphans, unsafe rooms, forbidden imports.

use std::fs;
use std::path::{Path, PathBuf};

/// Files may have this many lines (tests apart).
const MAX_LINES: usize = 800;

fn sources(root: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !matches!(name, "target" | ".git" | "snapshots") {
                sources(&path, out);
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    sources(root, &mut paths);
    paths
        .into_iter()
        .map(|p| {
            let text = fs::read_to_string(&p).expect("readable source");
            (p.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/"), text)
        })
        .collect()
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/")
        || path.starts_with("tests/")
        || path.ends_with("tests.rs")
        || path.contains("/examples/")
        || path.contains("/benches/")
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    let mut wrong = Vec::new();
    for (path, text) in all() {
        if !text.starts_with("//!") {
            wrong.push(format!("{path}: does not open with what it is for (`//!`)"));
        }
        let lines = text.lines().count();
        if lines > MAX_LINES && !is_test(&path) {
            wrong.push(format!("{path}: {lines} lines"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unsafe_has_three_addresses() {
    let rooms = ["interp/sched/", "interp/heap/", "interp/src/vm/"];
    let wrong: Vec<String> = all()
        .into_iter()
        .filter(|(path, _)| !is_test(path) && !rooms.iter().any(|r| path.starts_with(r)))
        .filter(|(_, text)| {
            text.lines()
                .map(|line| line.split("//").next().unwrap_or_default())
                .any(|code| code.contains("unsafe {") || code.contains("unsafe fn") || code.contains("unsafe impl"))
        })
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "unsafe outside its rooms: {wrong:?}");
}

/// `(room, what it must not name, why)`
const WALLS: &[(&str, &[&str], &str)] = &[
    (
        "grammar/src/",
        &["lockstep_compile", "lockstep_heap", "lockstep_interp", "std::fs", "std::io::"],
        "the grammar knows no values and does no I/O",
    ),
    ("interp/text/src/", &["lockstep_heap", "lockstep_interp", "std::fs"], "text algorithms work on plain data"),
    ("interp/compile/src/", &["lockstep_heap", "lockstep_interp"], "the compiler knows no values"),
    ("interp/heap/src/", &["lockstep_interp", "lockstep_compile", "lockstep_grammar"], "memory knows no Python"),
    ("interp/sched/src/", &["lockstep_interp", "lockstep_heap"], "the lock room knows no values"),
    ("interp/src/", &["lockstep_stdlib"], "the machine does not know the library"),
    ("stdlib/src/", &["lockstep::"], "the library does not know the facade"),
    ("repl/src/", &["lockstep_interp", "lockstep_stdlib", "lockstep_heap"], "what the program lacks, the facade lacks"),
];

#[test]
fn data_flows_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in all() {
        for (room, names, why) in WALLS {
            if path.starts_with(room) && !is_test(&path) {
                for name in *names {
                    if text.lines().any(|l| !l.trim_start().starts_with("//") && l.contains(name)) {
                        wrong.push(format!("{path} names {name}: {why}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_is_an_orphan() {
    let files = all();
    let mut wrong = Vec::new();
    for (path, _) in &files {
        let name = path.rsplit('/').next().unwrap_or_default();
        if is_test(path)
            || matches!(name, "lib.rs" | "main.rs" | "build.rs")
            || path.contains("/bin/")
            || path.contains("/fuzz_targets/")
        {
            continue;
        }
        let (folder, stem) = match path.rsplit_once('/') {
            Some((folder, "mod.rs")) => {
                let (parent, own) = folder.rsplit_once('/').unwrap_or(("", folder));
                (parent.to_owned(), own.to_owned())
            }
            Some((folder, file)) => (folder.to_owned(), file.trim_end_matches(".rs").to_owned()),
            None => continue,
        };
        let parents =
            [format!("{folder}/mod.rs"), format!("{folder}/lib.rs"), format!("{folder}/main.rs"), format!("{folder}.rs")];
        let declared = files.iter().filter(|(p, _)| parents.contains(p)).any(|(_, text)| {
            text.lines().any(|l| {
                let l = l.trim();
                l.ends_with(&format!("mod {stem};"))
                    || l.ends_with(&format!("mod r#{stem};"))
                    || l.contains(&format!("{stem}.rs"))
            })
        });
        if !declared {
            wrong.push(path.clone());
        }
    }
    assert!(wrong.is_empty(), "files that no `mod` names: {wrong:?}");
}
