//! The command line: CPython's options and a few of our own.

use std::ffi::OsString;

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

/// A page of help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Help {
    /// `--help`
    Options,
    /// `--help-env`
    Environment,
    /// `--help-xoptions`
    XOptions,
}

/// A parsed command line.
#[derive(Debug, Default)]
pub struct Command {
    pub source: Source,
    /// What follows the program's name.
    pub args: Vec<OsString>,
    pub flags: Flags,
    pub optimize: u8,
    pub warn_options: Vec<String>,
    pub x_options: Vec<String>,
    pub python2: Option<bool>,
    pub check_interval: Option<u32>,
    pub hash_seed: Option<u64>,
    /// `-R`: whatever `PYTHONHASHSEED` says.
    pub random_hash: bool,
    pub int_digits: Option<usize>,
    /// Lines kept of each traced block of memory.
    pub trace_memory: Option<usize>,
    /// Whether imports are timed.
    pub import_times: bool,
    /// Whether fatal signals are reported.
    pub watch_faults: bool,
    /// `PYTHONPYCACHEPREFIX`, `-X pycache_prefix=`
    pub cache_prefix: Option<String>,
    /// `-x`: the first line of the file is not Python.
    pub skip_first_line: bool,
    /// Standard input was asked for by `-`.
    pub dash: bool,
    /// `--dump tokens`, `tree` or `code`.
    pub dump: Option<String>,
    pub version: u8,
    /// What to explain instead of running anything.
    pub help: Option<Vec<Help>>,
}

/// Why a command line cannot be.
#[derive(Debug)]
pub enum Mistake {
    /// An option, or its argument, with what to say of it; the usage follows.
    Option(String),
    /// The environment is wrong: what CPython says before it gives up.
    Fatal(String),
}

impl From<lexopt::Error> for Mistake {
    fn from(error: lexopt::Error) -> Self {
        use lexopt::Error;
        Self::Option(match error {
            Error::MissingValue { option: Some(option) } => format!("Argument expected for the {option} option"),
            Error::UnexpectedOption(option) if option.starts_with("--") => format!("unknown option {option}"),
            Error::UnexpectedOption(option) => format!("Unknown option: {option}"),
            other => other.to_string(),
        })
    }
}

/// Read the command line.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, Mistake> {
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
                out.dash = file == "-";
                out.source = if out.dash { Source::Stdin } else { Source::File(file) };
                break;
            }
            Short('V') | Long("version") => out.version += 1,
            Short('h' | '?') | Long("help") => out.help.get_or_insert_default().push(Help::Options),
            Long("help-env") => out.help.get_or_insert_default().push(Help::Environment),
            Long("help-xoptions") => out.help.get_or_insert_default().push(Help::XOptions),
            Long("help-all") => out.help = Some(vec![Help::Options, Help::Environment, Help::XOptions]),
            Short('W') => out.warn_options.push(parser.value()?.string()?),
            Short('X') => {
                let option = parser.value()?.string()?;
                out.x_option(option)?;
            }
            Short(letter) if out.switch(letter) => {}
            Long("py2") => out.python2 = Some(true),
            Long("py3") => out.python2 = Some(false),
            Long("check-interval") => out.check_interval = Some(parser.value()?.parse()?),
            Long("check-hash-based-pycs") => drop(parser.value()?),
            Long("dump") => out.dump = Some(parser.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    out.args.extend(parser.raw_args()?);
    if !out.flags.ignore_environment {
        out.environment()?;
    }
    if out.flags.dev_mode {
        out.warn_options.insert(0, "default".to_owned());
    }
    Ok(out)
}

/// What CPython says of a limit of digits that cannot be.
fn bad_digits(place: &str) -> Mistake {
    let what = "invalid limit; must be >= 640 or 0 for unlimited.";
    Mistake::Fatal(format!("Fatal Python error: config_init_int_max_str_digits: {place}: {what}"))
}

/// A limit of digits.
fn digits(text: &str, place: &str) -> Result<usize, Mistake> {
    match text.parse() {
        Ok(limit) if limit == 0 || limit >= 640 => Ok(limit),
        _ => Err(bad_digits(place)),
    }
}

impl Command {
    /// An option without argument; false if there is no such option.
    fn switch(&mut self, letter: char) -> bool {
        let flags = &mut self.flags;
        match letter {
            'i' => flags.inspect = true,
            'u' => flags.unbuffered = true,
            'q' => flags.quiet = true,
            'v' => flags.verbose = flags.verbose.saturating_add(1),
            'b' => flags.bytes_warning = flags.bytes_warning.saturating_add(1),
            'd' => flags.debug = flags.debug.saturating_add(1),
            'R' => self.random_hash = true,
            'x' => self.skip_first_line = true,
            'P' => flags.safe_path = true,
            'O' => self.optimize = self.optimize.saturating_add(1),
            'E' => flags.ignore_environment = true,
            'B' => flags.dont_write_bytecode = true,
            's' => flags.no_user_site = true,
            'S' => flags.no_site = true,
            'I' => {
                flags.isolated = true;
                flags.ignore_environment = true;
                flags.no_user_site = true;
                flags.safe_path = true;
            }
            _ => return false,
        }
        true
    }

    fn x_option(&mut self, option: String) -> Result<(), Mistake> {
        self.flags.dev_mode |= option == "dev";
        match option.as_str() {
            "utf8" | "utf8=1" => self.flags.utf8_mode = true,
            "utf8=0" => self.flags.utf8_mode = false,
            bad if bad.starts_with("utf8=") => {
                return Err(Mistake::Fatal(
                    "Fatal Python error: preconfig_init_utf8_mode: invalid -X utf8 option value".to_owned(),
                ));
            }
            _ => {}
        }
        if option == "int_max_str_digits" {
            return Err(bad_digits("-X int_max_str_digits"));
        }
        if let Some(limit) = option.strip_prefix("int_max_str_digits=") {
            self.int_digits = Some(digits(limit, "-X int_max_str_digits")?);
        }
        match option.strip_prefix("tracemalloc").map(|rest| rest.strip_prefix('=').unwrap_or(rest)) {
            Some("") => self.trace_memory = Some(1),
            Some(lines) if option.contains('=') => self.trace_memory = traced(lines, "-X tracemalloc=NFRAME")?,
            _ => {}
        }
        self.import_times |= option.split('=').next() == Some("importtime");
        self.watch_faults |= option == "faulthandler" || option == "dev";
        if let Some(prefix) = option.strip_prefix("pycache_prefix=") {
            self.cache_prefix = Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty());
        }
        self.x_options.push(option);
        Ok(())
    }

    /// What the environment says.
    fn environment(&mut self) -> Result<(), Mistake> {
        let set = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        let level = |name: &str| set(name).map_or(0, |value| value.parse::<u8>().unwrap_or(1));
        self.flags.unbuffered |= set("PYTHONUNBUFFERED").is_some();
        self.flags.inspect |= set("PYTHONINSPECT").is_some();
        self.flags.dont_write_bytecode |= set("PYTHONDONTWRITEBYTECODE").is_some();
        self.flags.no_user_site |= set("PYTHONNOUSERSITE").is_some();
        self.flags.safe_path |= set("PYTHONSAFEPATH").is_some();
        self.flags.dev_mode |= set("PYTHONDEVMODE").is_some();
        if !self.x_options.iter().any(|option| option.starts_with("utf8")) {
            self.flags.utf8_mode = match set("PYTHONUTF8").as_deref() {
                Some("1") => true,
                None | Some("0") => false,
                Some(_) => {
                    let what = "invalid PYTHONUTF8 environment variable value";
                    return Err(Mistake::Fatal(format!("Fatal Python error: preconfig_init_utf8_mode: {what}")));
                }
            };
        }
        self.watch_faults |= set("PYTHONFAULTHANDLER").is_some() || self.flags.dev_mode;
        self.import_times |= set("PYTHONPROFILEIMPORTTIME").is_some();
        if !self.x_options.iter().any(|option| option.starts_with("tracemalloc"))
            && let Some(lines) = set("PYTHONTRACEMALLOC")
        {
            self.trace_memory = traced(&lines, "PYTHONTRACEMALLOC")?;
        }
        self.flags.verbose = self.flags.verbose.max(level("PYTHONVERBOSE"));
        self.flags.debug = self.flags.debug.max(level("PYTHONDEBUG"));
        self.optimize = self.optimize.max(level("PYTHONOPTIMIZE"));
        if self.cache_prefix.is_none() {
            self.cache_prefix = set("PYTHONPYCACHEPREFIX");
        }
        if let Some(options) = set("PYTHONWARNINGS") {
            self.warn_options.splice(0..0, options.split(',').map(str::to_owned));
        }
        if self.int_digits.is_none()
            && let Some(limit) = set("PYTHONINTMAXSTRDIGITS")
        {
            self.int_digits = Some(digits(&limit, "PYTHONINTMAXSTRDIGITS")?);
        }
        match set("PYTHONHASHSEED").as_deref() {
            None | Some("random") => {}
            Some(_) if self.random_hash => {}
            Some(seed) => match seed.parse::<u32>() {
                Ok(seed) => {
                    self.hash_seed = Some(u64::from(seed));
                    self.flags.fixed_hash = seed == 0;
                }
                Err(_) => {
                    let what = "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]";
                    return Err(Mistake::Fatal(format!("Fatal Python error: config_init_hash_seed: {what}")));
                }
            },
        }
        Ok(())
    }
}

/// The number of lines that memory traces keep; 0: there are no traces.
fn traced(lines: &str, what: &str) -> Result<Option<usize>, Mistake> {
    match lines.parse::<usize>() {
        Ok(0) => Ok(None),
        Ok(lines) if lines <= 65535 => Ok(Some(lines)),
        _ => Err(Mistake::Fatal(format!("Fatal Python error: config_init_tracemalloc: {what}: invalid number of frames"))),
    }
}
