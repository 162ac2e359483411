//! Finding a module's code without loading it, for `-m`.

use lockstep_heap::{Ref, Value};

use super::find::{self, Found};
use crate::builtins::compile::{self, Settings};
use crate::object::Py;
use crate::object::raise::{Exc, Raised, Result, io_error};
use crate::types::code::CodeObject;

/// A module's code and where it is from.
pub struct Located {
    /// Its full name.
    pub name: String,
    /// The package it is in.
    pub package: String,
    /// Its code.
    pub code: Ref<CodeObject>,
    /// Its file.
    pub file: Option<String>,
}

fn refused(message: String) -> Raised {
    Raised::new(Exc::ImportError, message)
}

/// Why a module could not be looked for, in the words of `runpy`.
fn not_located(name: &str, why: &str) -> Raised {
    let hint = match name.strip_suffix(".py") {
        Some(stem) => format!(". Try using '{stem}' instead of '{name}' as the module name."),
        None => String::new(),
    };
    refused(format!("Error while finding module specification for '{name}' (ModuleNotFoundError: {why}){hint}"))
}

/// The error for a module whose parent could not be imported: its own, if it was not found.
fn without_parent(py: &mut Py, name: &str, parent: &str, error: Raised) -> Raised {
    if !error.is(Exc::ModuleNotFoundError) {
        return error;
    }
    let exception = py.exception(error);
    let missing = py.getattr_opt(exception.as_value(), "name").ok().flatten();
    let missing = missing.and_then(|m| m.downcast::<crate::types::str::Str>().map(ToString::to_string));
    if missing.is_some_and(|missing| parent == missing || parent.starts_with(&format!("{missing}."))) {
        let why = py.str_of(exception.as_value()).map(|s| s.to_string()).unwrap_or_default();
        return not_located(name, &why);
    }
    py.raise_object(exception)
}

/// Find the code that `-m name` runs: the module's, or that of a package's `__main__`.
pub fn locate(py: &mut Py, name: &str) -> Result<Located> {
    locate_at(py, name, false)
}

fn locate_at(py: &mut Py, name: &str, main: bool) -> Result<Located> {
    let (package, tail, path) = match name.rsplit_once('.') {
        None => (String::new(), name, super::sys_path(py)?),
        Some((parent, tail)) => {
            let module = super::import_module(py, parent).map_err(|error| without_parent(py, name, parent, error))?;
            let Some(path) = py.getattr_opt(&module, "__path__")? else {
                let why = format!("__path__ attribute not found on '{parent}' while trying to find '{name}'");
                return Err(not_located(name, &why));
            };
            (parent.to_owned(), tail, find::entries(py, &path)?)
        }
    };
    let frozen = py.shared().library.frozen(name);
    let file = match find::search(&path, tail, frozen.is_some()) {
        Found::Inside => match frozen {
            Some(found) if found.package && !main => return locate_at(py, &format!("{name}.__main__"), true),
            Some(found) => {
                let code = compile::frozen(py, found.code)?;
                return Ok(Located { name: name.to_owned(), package, code, file: None });
            }
            None => return Err(refused(format!("No code object available for {name}"))),
        },
        Found::File(file) => file,
        Found::Code(file) => {
            let bytes = std::fs::read(&file).map_err(|e| io_error(py, &e))?;
            let Some(code) = super::cache::code_in(py, &bytes) else {
                return Err(refused(format!("No code object available for {name}")));
            };
            return Ok(Located { name: name.to_owned(), package, code, file: Some(file.to_string_lossy().into_owned()) });
        }
        Found::Package(_) | Found::CodePackage | Found::Namespace if !main => {
            return match locate_at(py, &format!("{name}.__main__"), true) {
                Err(e) if e.is(Exc::ImportError) && !e.is(Exc::ModuleNotFoundError) => Err(refused(format!(
                    "No module named {name}.__main__; '{name}' is a package and cannot be directly executed"
                ))),
                result => result,
            };
        }
        _ if name == "builtins" || super::is_native(py, name) => {
            return Err(refused(format!("No code object available for {name}")));
        }
        _ => return Err(refused(format!("No module named {name}"))),
    };
    let bytes = std::fs::read(&file).map_err(|e| io_error(py, &e))?;
    let shown = file.to_string_lossy().into_owned();
    let settings = Settings::new(py, &shown, lockstep_grammar::Mode::Exec);
    let code = compile::bytes(py, &bytes, &settings)?;
    Ok(Located { name: name.to_owned(), package, code, file: Some(shown) })
}

/// The spec of a module found this way.
pub fn spec_of(py: &mut Py, located: &Located) -> Result<Value> {
    let name = py.str(&located.name);
    let bootstrap = super::import_module(py, "_frozen_importlib")?;
    let Some(file) = &located.file else {
        let (class, loader) = (py.getattr(&bootstrap, "ModuleSpec")?, py.getattr(&bootstrap, "FrozenImporter")?);
        return py.call(&class, &[name, loader]);
    };
    let external = super::import_module(py, "_frozen_importlib_external")?;
    let file = py.str(file);
    py.call_method(&external, "spec_from_file_location", &[name, file])
}
