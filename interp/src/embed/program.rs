//! Running programs: a file, a command, a module; what comes after the last statement.

use std::path::Path;

use lockstep_grammar::Mode;
use lockstep_heap::{Ref, Value};

use crate::builtins::compile::{self, Settings};
use crate::import;
use crate::object::Py;
use crate::object::raise::{Result, io_error};
use crate::types::dict::{self, Dict};

/// The namespace of `__main__`; made on first use.
pub fn main_namespace(py: &mut Py) -> Ref<Dict> {
    if let Some(module) = import::loaded(py, "__main__")
        && let Some(module) = module.downcast::<crate::types::module::Module>().cloned()
    {
        return py.module_dict(&module);
    }
    let module = py.new_module("__main__", None);
    let namespace = py.module_dict(&module);
    if let Some(builtins) = import::loaded(py, "builtins") {
        dict::set_name(py, &namespace, "__builtins__", builtins);
    }
    if let Some(modules) = py.shared().modules.clone() {
        dict::set_name(py, &modules, "__main__", module.into_value());
    }
    namespace
}

/// Run a text in `__main__`.
pub fn run_text(py: &mut Py, source: &str, filename: &str) -> Result<()> {
    let namespace = main_namespace(py);
    if filename.starts_with('<') {
        super::traceback::remember(py, filename, source);
    }
    let settings = Settings::new(py, filename, Mode::Exec);
    let code = compile::object(py, source, &settings)?;
    import::execute(py, &code, &namespace)
}

/// Run the bytes of a file in `__main__`.
pub fn run_bytes(py: &mut Py, source: &[u8], filename: &str) -> Result<()> {
    let namespace = main_namespace(py);
    let file = py.str(filename);
    dict::set_name(py, &namespace, "__file__", file);
    dict::set_name(py, &namespace, "__cached__", Value::NONE);
    let code = match import::cache::code_in(py, source) {
        Some(code) => code,
        None => {
            let settings = Settings::new(py, filename, Mode::Exec);
            compile::file(py, source, &settings)?
        }
    };
    import::execute(py, &code, &namespace)
}

/// Run a file in `__main__`.
pub fn run_file(py: &mut Py, path: &Path) -> Result<()> {
    let source = std::fs::read(path).map_err(|e| io_error(py, &e))?;
    run_bytes(py, &source, &path.to_string_lossy())
}

/// What happens after the last statement: threads end, exit functions run, streams are flushed,
/// objects are finalised. The exit code may change. The process is to end now.
pub fn end(py: &mut Py, code: i32) -> i32 {
    let flushed = super::finalize::finish_as(py, true);
    if !flushed {
        return 120;
    }
    if code == super::report::INTERRUPTED {
        // The process dies of the signal, unless that is blocked.
        lockstep_sched::signals::die_of_interrupt();
        return 130;
    }
    code
}

/// Run a module as `__main__`, as `-m` does. Gives what `sys.argv[0]` becomes.
pub fn run_module(py: &mut Py, name: &str) -> Result<()> {
    let located = import::locate(py, name)?;
    let namespace = main_namespace(py);
    let package = py.str(&located.package);
    dict::set_name(py, &namespace, "__package__", package);
    let shown = located.file.as_ref().map(|file| py.str(file));
    if let Some(file) = &shown {
        dict::set_name(py, &namespace, "__file__", file.clone());
    }
    if let Some(file) = &located.file {
        let cached = import::cached_at(py, file);
        dict::set_name(py, &namespace, "__cached__", cached);
    }
    {
        // A module that lies in the program is called by the place that it has on `sys.path`.
        let file = match shown {
            Some(file) => file,
            None => {
                let inner = if located.package == name { "/__main__" } else { "" };
                py.str(&format!("{}/{}{inner}.py", import::find::FROZEN_ENTRY, name.replace('.', "/")))
            }
        };
        if let Some(sys) = py.shared().sys.clone()
            && let Some(argv) = dict::get_name(py, &sys, "argv")
        {
            py.setitem(&argv, &Value::int32(0), file)?;
        }
    }
    // `__name__` stays `__main__`; the spec is that of the module.
    let spec = import::spec_of(py, &located).unwrap_or(Value::NONE);
    dict::set_name(py, &namespace, "__spec__", spec);
    import::execute(py, &located.code, &namespace)
}

/// Trace the memory of objects (`-X tracemalloc`), with at most `lines` lines each.
pub fn trace_memory(py: &mut Py, lines: usize) {
    py.start_memory_traces(lines);
}

/// Tell how long imports take (`-X importtime`).
pub fn time_imports(py: &mut Py) {
    import::times::begin(py);
}

/// Show where the program is before a fatal signal that it sends to itself (`-X faulthandler`).
pub fn watch_faults(py: &mut Py) -> Result<()> {
    let module = import::import_module(py, "faulthandler")?;
    py.call_method(&module, "enable", &[]).map(drop)
}

/// Where the code of imported files is kept, instead of beside them.
pub fn set_cache_prefix(py: &mut Py, prefix: &str) {
    let prefix = py.str(prefix);
    if let Some(sys) = py.shared().sys.clone() {
        dict::set_name(py, &sys, "pycache_prefix", prefix);
    }
}

/// Where a virtual environment has its packages.
const SITE_PACKAGES: &str = "lib/python3.14/site-packages";

/// If the program lies in a virtual environment, put its packages on `sys.path` and do what its path
/// files say.
pub fn enter_environment(py: &mut Py) -> Result<()> {
    let Some(sys) = py.shared().sys.clone() else { return Ok(()) };
    let (Some(own), Some(base)) = (dict::get_name(py, &sys, "prefix"), dict::get_name(py, &sys, "base_prefix")) else {
        return Ok(());
    };
    if py.eq(&own, &base)? {
        return Ok(());
    }
    // `site` makes every entry of the path absolute, that of the library inside the program too.
    let path = dict::get_name(py, &sys, "path");
    let entries = match &path {
        Some(path) => py.collect(path)?,
        None => Vec::new(),
    };
    let site = import::import_module(py, "site")?;
    let entries = py.list(entries);
    dict::set_name(py, &sys, "path", entries);
    let own = py.str_of(&own)?;
    let folder = py.str(&format!("{own}/{SITE_PACKAGES}"));
    py.call_method(&site, "addsitedir", &[folder]).map(drop)
}

/// Import a module for what it does.
pub fn import(py: &mut Py, name: &str) -> Result<()> {
    import::import_module(py, name).map(drop)
}

/// Run the `__main__` module of the folder or archive that is first on `sys.path`.
pub fn run_main_of_path(py: &mut Py) -> Result<()> {
    let runpy = import::import_module(py, "runpy")?;
    let name = py.str("__main__");
    main_namespace(py);
    py.call_method(&runpy, "_run_module_as_main", &[name, Value::FALSE]).map(drop)
}

/// What a line typed at a prompt led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It ran, or its error was shown.
    Done,
    /// More lines are needed.
    More,
}

/// Whether a text typed at a prompt needs more lines.
pub fn is_incomplete(py: &Py, source: &str) -> bool {
    let lines = source.lines().count();
    let settings = Settings::new(py, "<stdin>", Mode::Single);
    match compile::parse_and_compile(source, &settings) {
        Err(error) if error.incomplete_input => true,
        // A block goes on until an empty line.
        Ok(_) | Err(_) if lines > 1 => {
            let first = source.lines().next().unwrap_or("");
            let alone = compile::parse_and_compile(&format!("{first}\n"), &settings);
            let block = alone.is_err_and(|e| e.incomplete_input) && first.trim_end().ends_with(':') || first.starts_with('@');
            block && !source.lines().last().is_some_and(|l| l.trim().is_empty())
        }
        _ => false,
    }
}

/// Run a statement typed at a prompt in `__main__`; `displayhook` shows the value of an expression.
pub fn run_single(py: &mut Py, source: &str, filename: &str) -> Result<()> {
    let namespace = main_namespace(py);
    super::traceback::remember(py, filename, source);
    let settings = Settings::new(py, filename, Mode::Single);
    let code = compile::object(py, source, &settings)?;
    import::execute(py, &code, &namespace)
}

/// `sys.ps1` or `sys.ps2`.
pub fn prompt(py: &mut Py, name: &str) -> String {
    let Some(sys) = py.shared().sys.clone() else { return String::new() };
    let prompt = match dict::get_name(py, &sys, name) {
        Some(prompt) => prompt,
        None => {
            let text = py.str(if name == "ps1" { ">>> " } else { "... " });
            dict::set_name(py, &sys, name, text.clone());
            text
        }
    };
    py.str_of(&prompt).map(|s| s.to_string()).unwrap_or_default()
}

/// The stages of a text on its way to code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Tokens.
    Tokens,
    /// The syntax tree.
    Tree,
    /// The code of the machine.
    Code,
}

/// Show a stage of a text; a syntax error is reported as such.
pub fn dump(source: &str, filename: &str, stage: Stage, python2: Option<bool>) -> std::result::Result<String, String> {
    use lockstep_grammar::Dialect;
    let dialect = python2.map(|two| if two { Dialect::Python2 } else { Dialect::Python3 });
    let settings = Settings {
        filename,
        mode: Mode::Exec,
        dialect,
        optimize: 0,
        future: 0,
        ended: false,
        incomplete: false,
        top_level_await: false,
        int_digits: 0,
    };
    let plain = dialect.unwrap_or_default();
    match stage {
        Stage::Tokens => {
            let (tokens, error) = lockstep_grammar::tokenize(source, plain);
            match error {
                Some(error) => Err(error.report(filename)),
                None => Ok(lockstep_grammar::dump_tokens(source, &tokens)),
            }
        }
        Stage::Tree => match lockstep_grammar::parse(source, Mode::Exec, plain, lockstep_grammar::Options::default()) {
            Ok(tree) => Ok(lockstep_grammar::dump_tree(source, &tree)),
            Err(error) => Err(error.report(filename)),
        },
        Stage::Code => match compile::parse_and_compile(source, &settings) {
            Ok(compiled) => Ok(lockstep_compile::code::disassemble(&compiled.code)),
            Err(error) => Err(error.report(filename)),
        },
    }
}
