//! The `lockstep` program: command line and prompt.

mod command;
mod prompt;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use command::{Command, Source};
use lockstep::program::{self, Stage};
use lockstep::{Interpreter, Py, report};

const USAGE: &str = "usage: lockstep [option] ... [-c cmd | -m mod | file | -] [arg] ...";

fn main() -> ExitCode {
    let command = match command::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("{error}\n{USAGE}\nTry `lockstep -h' for more information.");
            return ExitCode::from(2);
        }
    };
    if command.help {
        println!("{USAGE}\n{HELP}");
        return ExitCode::SUCCESS;
    }
    if command.version > 0 {
        println!("Python 3.14.0 (Lockstep {})", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    // A file is read before anything is set up: most mistakes end here.
    let text = match &command.source {
        Source::File(file) => match read(file) {
            Ok((file, bytes)) => Some((file, bytes)),
            Err(message) => {
                eprintln!("lockstep: {message}");
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

/// The bytes of a script; for a directory those of its `__main__.py`.
fn read(file: &str) -> Result<(String, Vec<u8>), String> {
    let path = Path::new(file);
    if path.is_dir() {
        let main = path.join("__main__.py");
        return match std::fs::read(&main) {
            Ok(bytes) => Ok((main.to_string_lossy().into_owned(), bytes)),
            Err(_) => Err(format!("can't find '__main__' module in '{file}'")),
        };
    }
    std::fs::read(path).map(|bytes| (file.to_owned(), bytes)).map_err(|e| {
        let text = e.to_string();
        let text = text.split(" (os error").next().unwrap_or_default();
        format!(
            "can't open file '{}': [Errno {}] {text}",
            std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).display(),
            e.raw_os_error().unwrap_or(0)
        )
    })
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

/// The first entry of `sys.path`.
fn first_path(command: &Command, file: Option<&str>) -> Option<String> {
    if command.flags.safe_path {
        return None;
    }
    match (&command.source, file) {
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
        Source::Stdin => String::new(),
        Source::Command(_) => "-c".to_owned(),
        Source::Module(_) => "-m".to_owned(),
        Source::File(file) => file.clone(),
    };
    let mut args = vec![name];
    args.extend(command.args.iter().cloned());
    let executable = std::env::current_exe().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    let original = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
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
    let result = match (&command.source, text) {
        (Source::Command(text), _) => program::run_text(py, text, "<string>"),
        (Source::Module(module), _) => program::run_module(py, module),
        (_, Some((file, bytes))) => program::run_bytes(py, &bytes, &file),
        (_, None) if terminal => return prompt::run(py, command.flags.quiet).unwrap_or(0),
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
            report::show(py, &format!("lockstep: {message}\n"));
            1
        }
        result => report::finish(py, result),
    };
    if command.flags.inspect && terminal { prompt::run(py, true).unwrap_or(code) } else { code }
}

const HELP: &str = "\
Options (and corresponding environment variables):
-b     : issue warnings about converting bytes/bytearray to str
-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : program passed in as string (terminates option list)
-E     : ignore PYTHON* environment variables (such as PYTHONPATH)
-h     : print this help message and exit (also -? or --help)
-i     : inspect interactively after running script; also PYTHONINSPECT=x
-I     : isolate from the user's environment (implies -E and -s)
-m mod : run library module as a script (terminates option list)
-O     : remove assert and __debug__-dependent statements; also PYTHONOPTIMIZE=x
-OO    : do -O changes and also discard docstrings
-q     : don't print version and copyright messages on interactive startup
-s     : don't add user site directory to sys.path; also PYTHONNOUSERSITE=x
-S     : don't imply 'import site' on initialization
-u     : force the stdout and stderr streams to be unbuffered
-v     : verbose (trace import statements)
-V     : print the Python version number and exit (also --version)
-W arg : warning control; arg is action:message:category:module:lineno
-X opt : set implementation-specific option
--py2, --py3        : read source text as Python 2 or Python 3; without it the text decides
--check-interval N  : look every N bytecodes whether another thread wants the lock
--dump STAGE        : show the tokens, the tree or the code of the program
file   : program read from script file
-      : program read from stdin (default; interactive mode if a tty)
arg ...: arguments passed to program in sys.argv[1:]";
