//! The `lockstep` program: command line and prompt.

mod command;
mod help;
mod prompt;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use command::{Command, Mistake, Source};
use lockstep::program::{self, Stage};
use lockstep::{Interpreter, Py, report};

#[cfg(not(system_allocator))]
#[global_allocator]
static ALLOCATOR: lockstep::Blocks = lockstep::Blocks;

const USAGE: &str = "[option] ... [-c cmd | -m mod | file | -] [arg] ...";

/// The program as it was called.
fn own_name() -> String {
    std::env::args_os().next().map_or_else(|| "lockstep".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn main() -> ExitCode {
    let command = match command::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            return match error {
                Mistake::Option(message) => {
                    eprintln!("{message}\nusage: {} {USAGE}\nTry `python -h' for more information.", own_name());
                    ExitCode::from(2)
                }
                Mistake::Fatal(message) => {
                    eprintln!("{message}\nPython runtime state: preinitialized\n");
                    ExitCode::FAILURE
                }
            };
        }
    };
    if let Some(pages) = &command.help {
        help::show(&own_name(), USAGE, pages);
        return ExitCode::SUCCESS;
    }
    if command.version > 0 {
        println!("Python 3.14.0 (Lockstep {})", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    // A file is read before anything is set up: most mistakes end here.
    let text = match &command.source {
        Source::File(file) => match read(file) {
            Ok(found) => found,
            Err(message) => {
                eprintln!("{}: {message}", own_name());
                return ExitCode::from(2);
            }
        },
        _ => None,
    };
    if let Some(stage) = &command.dump {
        return dump(&command, stage, text);
    }
    ExitCode::from(run(&command, text) as u8)
}

/// The bytes of a script; none for what holds a `__main__` module: a folder or an archive.
fn read(file: &str) -> Result<Option<(String, Vec<u8>)>, String> {
    let path = Path::new(file);
    if path.is_dir() {
        return Ok(None);
    }
    let bytes = std::fs::read(path).map_err(|e| {
        let text = e.to_string();
        let text = text.split(" (os error").next().unwrap_or_default();
        format!(
            "can't open file '{}': [Errno {}] {text}",
            std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).display(),
            e.raw_os_error().unwrap_or(0)
        )
    })?;
    // An archive may stand behind a line that says what runs it.
    let archive = bytes.starts_with(b"PK\x03\x04") || (bytes.starts_with(b"#!") && bytes.windows(4).any(|w| w == b"PK\x05\x06"));
    // Tracebacks and `__file__` name the place from the root, as it was written.
    let named = std::env::current_dir().map_or_else(|_| path.to_path_buf(), |folder| folder.join(path));
    Ok((!archive).then(|| (named.to_string_lossy().into_owned(), bytes)))
}

fn dump(command: &Command, stage: &str, text: Option<(String, Vec<u8>)>) -> ExitCode {
    let (name, source) = match (text, &command.source) {
        (Some((file, bytes)), _) => (file, String::from_utf8_lossy(&bytes).into_owned()),
        (None, Source::Command(text)) => ("<string>".to_owned(), text.clone()),
        _ => ("<stdin>".to_owned(), std::io::read_to_string(std::io::stdin()).unwrap_or_default()),
    };
    let stage = match stage {
        "tokens" => Stage::Tokens,
        "tree" => Stage::Tree,
        "code" => Stage::Code,
        _ => {
            eprintln!("--dump takes tokens, tree or code");
            return ExitCode::from(2);
        }
    };
    match program::dump(&source, &name, stage, command.python2) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(report) => {
            eprint!("{report}");
            ExitCode::FAILURE
        }
    }
}

/// Where the program lies, by the name it was called with: links are not followed, for a virtual
/// environment is a link in a folder of its own.
fn executable() -> PathBuf {
    let itself = || std::env::current_exe().unwrap_or_default();
    let Some(name) = std::env::args_os().next().map(PathBuf::from) else { return itself() };
    if name.components().count() > 1 {
        return std::path::absolute(&name).ok().filter(|path| path.is_file()).unwrap_or_else(itself);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).map(|folder| folder.join(&name));
    places.find(|place| place.is_file()).unwrap_or_else(itself)
}

/// The first entry of `sys.path`.
fn first_path(command: &Command, file: Option<&str>) -> Option<String> {
    if command.flags.safe_path {
        return None;
    }
    match (&command.source, file) {
        (Source::File(file), None) => {
            let path = std::path::absolute(file).unwrap_or_else(|_| file.into());
            Some(path.to_string_lossy().into_owned())
        }
        (Source::File(_), Some(file)) => {
            let path = std::fs::canonicalize(file).unwrap_or_else(|_| file.into());
            Some(path.parent().map_or_else(String::new, |d| d.to_string_lossy().into_owned()))
        }
        (Source::Module(_), _) => std::env::current_dir().ok().map(|d| d.to_string_lossy().into_owned()),
        _ => Some(String::new()),
    }
}

fn run(command: &Command, text: Option<(String, Vec<u8>)>) -> i32 {
    let mut path: Vec<String> = first_path(command, text.as_ref().map(|(f, _)| f.as_str())).into_iter().collect();
    if !command.flags.ignore_environment
        && let Ok(more) = std::env::var("PYTHONPATH")
    {
        path.extend(more.split(':').filter(|p| !p.is_empty()).map(str::to_owned));
    }
    let name = match &command.source {
        Source::Stdin if command.dash => "-".to_owned(),
        Source::Stdin => String::new(),
        Source::Command(_) => "-c".to_owned(),
        Source::Module(_) => "-m".to_owned(),
        Source::File(file) => file.clone(),
    };
    let mut args = vec![std::ffi::OsString::from(name)];
    args.extend(command.args.iter().cloned());
    let executable = executable().to_string_lossy().into_owned();
    let original = std::env::args_os().collect();
    let mut flags = command.flags;
    flags.interactive = matches!(command.source, Source::Stdin) && std::io::stdin().is_terminal();
    let mut builder = Interpreter::builder().args(args).path(path).optimize(command.optimize.min(2)).own_signals();
    builder = builder.command_line(flags, command.warn_options.clone(), command.x_options.clone(), executable, original);
    if let Some(python2) = command.python2 {
        builder = builder.python2(python2);
    }
    if let Some(interval) = command.check_interval {
        builder = builder.check_interval(interval);
    }
    if let Some(digits) = command.int_digits {
        builder = builder.int_max_str_digits(digits);
    }
    if let Some(seed) = command.hash_seed {
        builder = builder.hash_seed(seed);
    }
    let lockstep = builder.build();
    let code = lockstep.main(|py| {
        let code = body(py, command, text);
        program::end(py, code)
    });
    // Its memory goes with the process.
    std::mem::forget(lockstep);
    code.unwrap_or(1)
}

/// Run the program; gives its exit code.
fn body(py: &mut Py, command: &Command, text: Option<(String, Vec<u8>)>) -> i32 {
    let terminal = std::io::stdin().is_terminal();
    if command.import_times {
        program::time_imports(py);
    }
    if let Some(lines) = command.trace_memory {
        program::trace_memory(py, lines);
    }
    if command.watch_faults
        && let Err(error) = program::watch_faults(py)
    {
        report::error(py, error);
    }
    if let Some(prefix) = &command.cache_prefix {
        program::set_cache_prefix(py, prefix);
    }
    if !command.flags.no_site
        && let Err(error) = program::enter_environment(py)
    {
        report::error(py, error);
    }
    if !command.warn_options.is_empty()
        && let Err(error) = program::import(py, "warnings")
    {
        report::error(py, error);
    }
    let result = match (&command.source, text) {
        (Source::Command(text), _) => program::run_text(py, text, "<string>"),
        (Source::Module(module), _) => program::run_module(py, module),
        (Source::File(_), None) => program::run_main_of_path(py),
        (_, Some((file, bytes))) => {
            let skipped = if command.skip_first_line { bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len()) } else { 0 };
            program::run_bytes(py, &bytes[skipped..], &file)
        }
        (_, None) if terminal || command.flags.inspect => return prompt::run(py, command.flags.quiet).unwrap_or(0),
        (_, None) => match std::io::read_to_string(std::io::stdin()) {
            Ok(text) => program::run_text(py, &text, "<stdin>"),
            Err(error) => {
                eprintln!("lockstep: {error}");
                return 1;
            }
        },
    };
    let code = match result {
        // An unknown module is a matter of the command line, not of a program.
        Err(error) if matches!(command.source, Source::Module(_)) && report::is_plain_import_error(&error) => {
            let message = report::message(py, &error);
            report::show(py, &format!("{}: {message}\n", executable().display()));
            1
        }
        result => report::finish(py, result),
    };
    if command.flags.inspect && command.source != Source::Stdin { prompt::run(py, true).unwrap_or(code) } else { code }
}
