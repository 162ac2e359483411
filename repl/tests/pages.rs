//! Programs that fail, as pages: each program and what the `lockstep` program says of it, which is what
//! CPython says. A file holds programs divided by lines of dashes; what stands before the first one and
//! begins with `# Prelude` is put before each. `tests/tracebacks` is about the words, `tests/hostile`
//! about programs that try to crash or hang it. `LOCKSTEP_PROGRAM` names another interpreter, to test
//! the expectations themselves.

#![allow(clippy::disallowed_methods, reason = "programs of a test are waited for")]

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use folder::Folder;

/// A folder for the programs of one file, removed at the end.
mod folder {
    use std::path::{Path, PathBuf};

    pub struct Folder(PathBuf);

    impl Folder {
        pub fn new(name: &str) -> Folder {
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).expect("a folder");
            Folder(path)
        }
        pub fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// How long a program may run: an unoptimised build on a busy machine takes its time.
const LIMIT: Duration = Duration::from_secs(120);
/// The memory that a program may have, in kilobytes.
const MEMORY: u32 = 4_000_000;

/// Run a program; none if it does not end.
fn run(folder: &Path, source: &str) -> Option<Output> {
    fs::write(folder.join("page.py"), source).expect("a program");
    let other = env::var("LOCKSTEP_PROGRAM").ok();
    let program = other.as_deref().unwrap_or(env!("CARGO_BIN_EXE_lockstep"));
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("ulimit -v {MEMORY}; ulimit -c 0; exec \"$@\" </dev/null"), "sh", program]);
    if other.is_none() {
        command.arg("--py3");
    }
    let streams = [folder.join("out"), folder.join("err")].map(|path| fs::File::create(path).expect("a file"));
    let [out, err] = streams;
    command.arg("page.py").current_dir(folder).env_remove("PYTHONPATH").stdout(out).stderr(err).stdin(Stdio::null());
    let mut child = command.spawn().expect("a shell");
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        if begin.elapsed() > LIMIT {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    };
    let read = |name: &str| fs::read(folder.join(name)).expect("what was printed");
    Some(Output { status, stdout: read("out"), stderr: read("err") })
}

/// Without addresses and the places of the library, whose frames are one line together.
fn plain(text: &str, folder: &Path) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in text.replace(&format!("{}/", folder.display()), "").lines() {
        let frame = line.trim_start_matches([' ', '|', '+', '-']).starts_with("File \"");
        let library = frame && (line.contains("\"<frozen ") || line.contains("/lib/python3"));
        if library {
            if !inside {
                out.push_str("  (frames of the library)\n");
            }
            inside = true;
            continue;
        }
        if inside && line.starts_with("    ") {
            continue;
        }
        inside = false;
        let mut rest = line;
        while let Some(at) = rest.find("0x") {
            let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_hexdigit).count();
            out.push_str(&rest[..at]);
            out.push_str(if digits > 4 { "0x..." } else { &rest[at..at + 2 + digits] });
            rest = &rest[at + 2 + digits..];
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

/// The pages of a file of programs.
fn pages(kind: &str, name: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(kind).join(format!("{name}.py"));
    let text = fs::read_to_string(file).expect("the programs");
    let mut programs: Vec<&str> = text.split("# ----\n").collect();
    let prelude = if text.starts_with("# Prelude") { programs.remove(0) } else { "" };
    let folder = Folder::new(name);
    let mut page = String::new();
    for program in programs {
        let said = match run(folder.path(), &format!("{prelude}{program}")) {
            None => "does not end\n".to_owned(),
            Some(output) => {
                let code = output.status.code().map_or_else(|| output.status.to_string(), |code| format!("exit code {code}"));
                let printed = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
                format!("{}{code}\n", plain(&printed, folder.path()))
            }
        };
        page.push_str(program);
        for line in said.lines() {
            page.push_str(format!("| {line}").trim_end());
            page.push('\n');
        }
        page.push('\n');
    }
    insta::with_settings!({
        omit_expression => true,
        prepend_module_to_snapshot => false,
        snapshot_path => format!("{kind}/pages"),
    }, {
        insta::assert_snapshot!(name, page);
    });
}

macro_rules! page_tests {
    ($($kind:ident: $($name:ident)*;)*) => {
        $($(#[test]
        fn $name() {
            pages(stringify!($kind), stringify!($name));
        })*)*
    };
}

page_tests! {
    tracebacks: uncaught chains suggestions syntax threads;
    hostile: recursion nesting sizes evil_methods classes code_and_frames source ends;
}
