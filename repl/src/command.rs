//! The command line: CPython's options and a few of our own.

use lexopt::prelude::*;
use lockstep::Flags;

/// What to run.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The prompt, or standard input if that is no terminal.
    #[default]
    Stdin,
    /// `-c`
    Command(String),
    /// `-m`
    Module(String),
    /// A file.
    File(String),
}

/// A parsed command line.
#[derive(Debug, Default)]
pub struct Command {
    pub source: Source,
    /// What follows the program's name.
    pub args: Vec<String>,
    pub flags: Flags,
    pub optimize: u8,
    pub warn_options: Vec<String>,
    pub x_options: Vec<String>,
    pub python2: Option<bool>,
    pub check_interval: Option<u32>,
    pub hash_seed: Option<u64>,
    /// `--dump tokens`, `tree` or `code`.
    pub dump: Option<String>,
    pub version: u8,
    pub help: bool,
}

/// Read the command line.
pub fn parse(args: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Command, lexopt::Error> {
    let mut out = Command::default();
    let mut parser = lexopt::Parser::from_args(args);
    parser.set_short_equals(false);
    while let Some(arg) = parser.next()? {
        match arg {
            Short('c') => {
                out.source = Source::Command(parser.value()?.to_string_lossy().into_owned());
                break;
            }
            Short('m') => {
                out.source = Source::Module(parser.value()?.to_string_lossy().into_owned());
                break;
            }
            Value(file) => {
                let file = file.to_string_lossy().into_owned();
                out.source = if file == "-" { Source::Stdin } else { Source::File(file) };
                break;
            }
            Short('i') => out.flags.inspect = true,
            Short('u') => out.flags.unbuffered = true,
            Short('q') => out.flags.quiet = true,
            Short('v') => out.flags.verbose += 1,
            Short('b') => out.flags.bytes_warning += 1,
            Short('d' | 'R' | 'x' | 'P') => {}
            Short('V') | Long("version") => out.version += 1,
            Short('h' | '?') | Long("help") => out.help = true,
            Short('O') => out.optimize += 1,
            Short('E') => out.flags.ignore_environment = true,
            Short('B') => out.flags.dont_write_bytecode = true,
            Short('s') => out.flags.no_user_site = true,
            Short('S') => out.flags.no_site = true,
            Short('I') => {
                out.flags.isolated = true;
                out.flags.ignore_environment = true;
                out.flags.no_user_site = true;
                out.flags.safe_path = true;
            }
            Short('W') => out.warn_options.push(parser.value()?.string()?),
            Short('X') => {
                let option = parser.value()?.string()?;
                out.flags.dev_mode |= option == "dev";
                out.x_options.push(option);
            }
            Long("py2") => out.python2 = Some(true),
            Long("py3") => out.python2 = Some(false),
            Long("check-interval") => out.check_interval = Some(parser.value()?.parse()?),
            Long("dump") => out.dump = Some(parser.value()?.string()?),
            other => return Err(other.unexpected()),
        }
    }
    for arg in parser.raw_args()? {
        out.args.push(arg.to_string_lossy().into_owned());
    }
    if !out.flags.ignore_environment {
        out.environment();
    }
    Ok(out)
}

impl Command {
    /// What the environment says.
    fn environment(&mut self) {
        let set = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        self.flags.unbuffered |= set("PYTHONUNBUFFERED").is_some();
        self.flags.inspect |= set("PYTHONINSPECT").is_some();
        self.flags.dont_write_bytecode |= set("PYTHONDONTWRITEBYTECODE").is_some();
        self.flags.no_user_site |= set("PYTHONNOUSERSITE").is_some();
        self.flags.safe_path |= set("PYTHONSAFEPATH").is_some();
        if let Some(level) = set("PYTHONOPTIMIZE") {
            self.optimize = self.optimize.max(level.parse().unwrap_or(1));
        }
        if let Some(options) = set("PYTHONWARNINGS") {
            self.warn_options.splice(0..0, options.split(',').map(str::to_owned));
        }
        self.hash_seed = set("PYTHONHASHSEED").and_then(|s| s.parse().ok());
    }
}
