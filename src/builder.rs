//! How an interpreter is set up.

use lockstep_interp::object::py::{Config, Flags};

use crate::{Interpreter, Sink};

/// The choices for a new interpreter.
pub struct Builder {
    pub(crate) config: Config,
    pub(crate) hash_seed: Option<u64>,
    pub(crate) stdout: Sink,
    pub(crate) stderr: Sink,
    pub(crate) signals: bool,
    pub(crate) modules: Vec<crate::Module>,
}

impl Default for Builder {
    fn default() -> Self {
        // A host's folders are not written to unless it asks for that.
        let flags = Flags { dont_write_bytecode: true, ..Flags::default() };
        Builder {
            config: Config { flags, ..Config::default() },
            hash_seed: None,
            stdout: Sink::Stdout,
            stderr: Sink::Stderr,
            signals: false,
            modules: Vec::new(),
        }
    }
}

impl Builder {
    /// `sys.argv`
    #[must_use]
    pub fn args<S: Into<std::ffi::OsString>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.config.argv = args.into_iter().map(Into::into).collect();
        self
    }
    /// Bytecodes between two looks at what other threads want.
    #[must_use]
    pub fn check_interval(mut self, bytecodes: u32) -> Self {
        self.config.check_interval = bytecodes.clamp(1, 1 << 30) as i32;
        self.config.exact = true;
        self
    }
    /// A fixed key for the hashes of strings.
    #[must_use]
    pub fn hash_seed(mut self, seed: u64) -> Self {
        self.hash_seed = Some(seed);
        self
    }
    /// Directories to import from.
    #[must_use]
    pub fn path<S: Into<String>>(mut self, entries: impl IntoIterator<Item = S>) -> Self {
        self.config.path = entries.into_iter().map(Into::into).collect();
        self
    }
    /// Where `sys.stdout` writes.
    #[must_use]
    pub fn stdout(mut self, sink: Sink) -> Self {
        self.stdout = sink;
        self
    }
    /// Where `sys.stderr` writes.
    #[must_use]
    pub fn stderr(mut self, sink: Sink) -> Self {
        self.stderr = sink;
        self
    }
    /// Python 2 (`true`) or Python 3 for all source text; without it the text decides.
    #[must_use]
    pub fn python2(mut self, python2: bool) -> Self {
        self.config.dialect = Some(if python2 { lockstep_interp::Dialect::Python2 } else { lockstep_interp::Dialect::Python3 });
        self
    }
    /// `-O` level.
    #[must_use]
    pub fn optimize(mut self, level: u8) -> Self {
        self.config.optimize = level;
        self
    }
    /// `sys.flags`, `-W` and `-X` options, `sys.executable`, `sys.orig_argv`.
    #[must_use]
    pub fn command_line(
        mut self,
        flags: Flags,
        warn_options: Vec<String>,
        x_options: Vec<String>,
        executable: String,
        orig_argv: Vec<std::ffi::OsString>,
    ) -> Self {
        self.config.flags = flags;
        self.config.warn_options = warn_options;
        self.config.x_options = x_options;
        self.config.executable = executable;
        self.config.orig_argv = orig_argv;
        self
    }
    /// How many digits an int may have that is converted from or to decimal text; 0: any number.
    #[must_use]
    pub fn int_max_str_digits(mut self, digits: usize) -> Self {
        self.config.int_max_str_digits = digits;
        self
    }
    /// A module of the host.
    #[must_use]
    pub fn module(mut self, module: crate::Module) -> Self {
        self.modules.push(module);
        self
    }
    /// The signals of the process go to this interpreter.
    #[must_use]
    pub fn own_signals(mut self) -> Self {
        self.signals = true;
        self
    }
    /// The interpreter.
    pub fn build(self) -> Interpreter {
        Interpreter::new(self)
    }
}
