//! Running programs: a file, a command, a module; what comes after the last statement.

use std::path::Path;

use lockstep_grammar::Mode;
use lockstep_heap::{Ref, Value};

use super::report;
use crate::builtins::compile::{self, Settings};
use crate::import;
use crate::object::raise::{Result, io_error};
use crate::object::Py;
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
    let settings = Settings::new(py, filename, Mode::Exec);
    let code = compile::bytes(py, source, &settings)?;
    import::execute(py, &code, &namespace)
}

/// Run a file in `__main__`.
pub fn run_file(py: &mut Py, path: &Path) -> Result<()> {
    let source = std::fs::read(path).map_err(|e| io_error(py, &e))?;
    run_bytes(py, &source, &path.to_string_lossy())
}

/// What happens after the last statement: threads end, exit functions run, streams are flushed,
/// objects are finalised. The exit code may change.
pub fn end(py: &mut Py, code: i32) -> i32 {
    let flushed = super::finalize::finish(py);
    if flushed || code != 0 { code } else { 120 }
}
