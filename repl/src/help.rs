//! What the program says about itself.

use crate::command::Help;

/// Print the pages.
pub fn show(program: &str, usage: &str, pages: &[Help]) {
    for (at, page) in pages.iter().enumerate() {
        if at > 0 {
            println!();
        }
        match page {
            Help::Options => println!("usage: {program} {usage}\n{OPTIONS}"),
            Help::Environment => println!("{ENVIRONMENT}"),
            Help::XOptions => println!("{X_OPTIONS}"),
        }
    }
}

const OPTIONS: &str = "\
Options (and corresponding environment variables):
-b     : issue warnings about converting bytes/bytearray to str
-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : program passed in as string (terminates option list)
-E     : ignore PYTHON* environment variables (such as PYTHONPATH)
-h     : print this help message and exit (also -? or --help;
         --help-env: environment variables; --help-xoptions: -X options;
         --help-all: all of it)
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

const ENVIRONMENT: &str = "\
Environment variables that change behavior:
PYTHONDEBUG             : enable parser debug mode (-d)
PYTHONDEVMODE           : enable Python Development Mode (-X dev)
PYTHONDONTWRITEBYTECODE : don't write .pyc files (-B)
PYTHONHASHSEED          : seed of the hashes of str and bytes: 'random' or an integer in the
                          range [0, 4294967295] (-R)
PYTHONINSPECT           : inspect interactively after running script (-i)
PYTHONINTMAXSTRDIGITS   : limit the size of int<->str conversions;
                          0 disables the limit (-X int_max_str_digits=N)
PYTHONIOENCODING        : encoding[:errors] used for stdin/stdout/stderr
PYTHONNOUSERSITE        : disable user site directory (-s)
PYTHONOPTIMIZE          : remove assert and __debug__-dependent statements (-O)
PYTHONPATH              : list of directories that go before those of the library
PYTHONPYCACHEPREFIX     : root directory for bytecode cache (pyc) files
                          (-X pycache_prefix)
PYTHONSAFEPATH          : don't prepend a potentially unsafe path to sys.path (-P)
PYTHONUNBUFFERED        : disable stdout/stderr buffering (-u)
PYTHONUTF8              : control the UTF-8 mode (-X utf8)
PYTHONVERBOSE           : trace import statements (-v)
PYTHONWARNINGS=arg      : warning control (-W arg)";

const X_OPTIONS: &str = "\
The following implementation-specific options are available:
-X dev              : enable Python Development Mode; also PYTHONDEVMODE
-X int_max_str_digits=N: limit the size of int<->str conversions;
         0 disables the limit; also PYTHONINTMAXSTRDIGITS
-X pycache_prefix=path: write .pyc files to a parallel tree instead of to the
         code tree; also PYTHONPYCACHEPREFIX
-X utf8[=0|1]       : enable (1) or disable (0) UTF-8 mode; also PYTHONUTF8";
