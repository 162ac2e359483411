//! Freezes the pure-Python library: compiles its modules to code of the machine and packs them
//! into one file with an index that is searched where it lies (see `src/frozen.rs`).

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use lockstep_compile::code::marshal;
use lockstep_compile::compile::{Options, Source, compile};
use lockstep_grammar::{Dialect, LineIndex, Mode, decode, parse};

/// Folders and files that need what Lockstep does not have, or are programs of their own.
const LEFT_OUT: &[&str] = &[
    "__phello__",
    "_aix_support",
    "_android_support",
    "_apple_support",
    "_dummy_os",
    "_ios_support",
    "_osx_support",
    "_pyrepl.__main__",
    "_pyrepl._module_completer",
    "_pyrepl._threading_handler",
    "_pyrepl.base_eventqueue",
    "_pyrepl.commands",
    "_pyrepl.completing_reader",
    "_pyrepl.console",
    "_pyrepl.fancy_termios",
    "_pyrepl.historical_reader",
    "_pyrepl.input",
    "_pyrepl.keymap",
    "_pyrepl.main",
    "_pyrepl.reader",
    "_pyrepl.readline",
    "_pyrepl.simple_interact",
    "_pyrepl.terminfo",
    "_pyrepl.trace",
    "_pyrepl.types",
    "_pyrepl.unix_console",
    "_pyrepl.unix_eventqueue",
    "_pyrepl.windows_console",
    "_pyrepl.windows_eventqueue",
    "antigravity",
    "ctypes",
    "curses",
    "dbm.ndbm",
    "dbm.gnu",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "msilib",
    "sqlite3",
    "test",
    "tkinter",
    "turtle",
    "turtledemo",
    "venv",
];

/// Modules of the library that ours of the same name make use of, and their names then.
const BESIDE: &[(&str, &str)] = &[("_colorize", "_colorize_library")];

/// A module to freeze.
struct Module {
    name: String,
    file: PathBuf,
    package: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=lib");
    let mut modules = Vec::new();
    gather(Path::new(rustpython_pylib::LIB_PATH), "", &mut modules)?;
    let mut own = Vec::new();
    gather(Path::new("lib"), "", &mut own)?;
    // A module of ours stands before the library's of the same name.
    for module in &mut modules {
        if let Some((_, beside)) = BESIDE.iter().find(|(name, _)| *name == module.name) {
            (*beside).clone_into(&mut module.name);
        }
    }
    modules.retain(|m| own.iter().all(|o| o.name != m.name));
    modules.extend(own);
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    let codes = freeze_all(&modules)?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("frozen.bin"), pack(&modules, &codes))?;
    Ok(())
}

/// All modules below a folder.
fn gather(folder: &Path, prefix: &str, out: &mut Vec<Module>) -> Result<(), Box<dyn Error>> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let file = entry.path();
        let Some(stem) = file.file_stem().and_then(|s| s.to_str()).map(str::to_owned) else { continue };
        let name = format!("{prefix}{stem}");
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        if file.is_dir() {
            if file.join("__init__.py").is_file() {
                out.push(Module { name: name.clone(), file: file.join("__init__.py"), package: true });
                gather(&file, &format!("{name}."), out)?;
            } else if !stem.starts_with("__") && has_modules(&file)? {
                // A folder without `__init__.py` has modules all the same.
                gather(&file, &format!("{name}."), out)?;
            }
        } else if file.extension().is_some_and(|e| e == "py") && stem != "__init__" {
            out.push(Module { name, file, package: false });
        }
    }
    Ok(())
}

fn has_modules(folder: &Path) -> Result<bool, Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        if entry?.path().extension().is_some_and(|e| e == "py") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The code of every module, as bytes; on all processors.
fn freeze_all(modules: &[Module]) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Result<Vec<u8>, String>)>> = Mutex::new(Vec::new());
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(module) = modules.get(at) else { return };
            let result = freeze(module).map_err(|e| format!("{} ({}): {e}", module.name, module.file.display()));
            results.lock().expect("no thread panicked").push((at, result));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            // Unoptimised code needs much stack for deeply nested expressions.
            if let Err(e) = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, work) {
                println!("cargo::warning=a thread less: {e}");
            }
        }
    });
    work();
    let mut results = results.into_inner()?;
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result.map_err(Into::into)).collect()
}

/// Lines of the library that are put right: module, what stands there, what is to stand there.
const AMENDED: &[(&str, &str, &str)] = &[
    // The folder of packages is that of CPython, where every installer looks for it.
    ("sysconfig", "return 'RustPython'  # XXX: RUSTPYTHON; For site-packages", "return 'Python'"),
    ("site", "return 'RustPython' # XXX: RUSTPYTHON; for site-packages", "return 'Python'"),
    ("site", "/lib/rustpython{version[0]}", "/lib/python{version[0]}"),
];

fn freeze(module: &Module) -> Result<Vec<u8>, String> {
    let bytes = std::fs::read(&module.file).map_err(|e| e.to_string())?;
    let mut text = decode(&bytes).map_err(|e| e.to_string())?;
    for (_, old, new) in AMENDED.iter().filter(|(name, ..)| *name == module.name) {
        if !text.contains(old) {
            return Err(format!("the line to amend is not there: {old}"));
        }
        text = text.replace(old, new);
    }
    let tree = parse(&text, Mode::Exec, Dialect::Python3, lockstep_grammar::Options::default()).map_err(|e| e.to_string())?;
    let lines = LineIndex::new(&text);
    let options = Options { filename: format!("<frozen {}>", module.name).into(), ..Options::default() };
    let compiled = compile(&tree, Source { text: &text, lines: &lines }, &options).map_err(|e| e.to_string())?;
    Ok(marshal::to_bytes(&compiled.code))
}

/// The file: number of modules; per module the ends of its name and its code, with the highest bit
/// of the latter for packages; names; codes.
fn pack(modules: &[Module], codes: &[Vec<u8>]) -> Vec<u8> {
    let mut out = (modules.len() as u32).to_le_bytes().to_vec();
    let (mut name_end, mut code_end) = (0u32, 0u32);
    for (module, code) in modules.iter().zip(codes) {
        name_end += module.name.len() as u32;
        code_end += code.len() as u32;
        out.extend_from_slice(&name_end.to_le_bytes());
        out.extend_from_slice(&(code_end | u32::from(module.package) << 31).to_le_bytes());
    }
    for module in modules {
        out.extend_from_slice(module.name.as_bytes());
    }
    for code in codes {
        out.extend_from_slice(code);
    }
    out
}
