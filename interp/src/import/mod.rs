//! Module loading: `import` looks into `sys.modules`, then among the native modules, then along
//! `sys.path`, on which one entry stands for the frozen library. Other finders of a script come
//! to their turn as `sys.meta_path` names them.

pub mod cache;
pub mod find;
pub mod library;
mod load;
mod locate;
mod names;
pub(crate) mod shadow;
mod spec;
pub mod times;

pub use library::{Frozen, Library, NoLibrary};
pub(crate) use load::{builtins as load_builtins, execute, leave_for_later};
pub use locate::{locate, spec_of};
pub use names::{import_from, import_star, resolve};
pub(crate) use spec::finders;
pub use spec::late_attribute;

use std::collections::HashMap;

use lockstep_heap::Value;

use crate::object::Py;
use crate::object::raise::{Exc, Raised, Result};
use crate::types::dict;
use crate::types::str::Str;
use find::Found;

/// The modules whose code is running, each with the thread that runs it; and the threads that wait
/// for one of them.
#[derive(Default)]
struct Loading {
    owners: HashMap<String, u64>,
    waiting: HashMap<u64, String>,
}

fn set_loading(py: &mut Py, name: &str, loading: bool) {
    let thread = py.thread().id();
    let owners = &mut py.state::<Loading>().owners;
    if loading {
        owners.insert(name.to_owned(), thread);
    } else {
        owners.remove(name);
    }
}

/// Whether the code of a module is still running.
pub(crate) fn is_loading(py: &Py, name: &str) -> bool {
    py.state_if::<Loading>().is_some_and(|l| l.owners.contains_key(name))
}

/// Wait until another thread has loaded a module; not, if that thread waits for this one.
fn wait_loaded(py: &mut Py, name: &str) -> Result<()> {
    let me = py.thread().id();
    loop {
        let Some(loading) = py.state_if::<Loading>() else { return Ok(()) };
        let mut at = name;
        let mut steps = loading.waiting.len();
        loop {
            match loading.owners.get(at) {
                None => break,
                Some(owner) if *owner == me => return Ok(()),
                Some(owner) => match loading.waiting.get(owner) {
                    Some(next) if steps > 0 => at = next,
                    _ => break,
                },
            }
            steps -= 1;
        }
        if !loading.owners.contains_key(name) {
            return Ok(());
        }
        py.state::<Loading>().waiting.insert(me, name.to_owned());
        let thread = py.thread();
        let soon = thread.sched().clock().after(std::time::Duration::from_millis(1));
        thread.sleep(soon);
        let requests = py.thread().requests();
        py.state::<Loading>().waiting.remove(&me);
        crate::embed::serve(py, requests)?;
    }
}

/// A module in `sys.modules`.
pub fn loaded(py: &mut Py, name: &str) -> Option<Value> {
    let modules = py.shared().modules.clone()?;
    dict::get_name(py, &modules, name)
}

fn enter(py: &mut Py, name: &str, module: Value) {
    if let Some(modules) = py.shared().modules.clone() {
        dict::set_name(py, &modules, name, module);
    }
}

fn forget(py: &mut Py, name: &str) {
    if let Some(modules) = py.shared().modules.clone() {
        let name = py.intern(name);
        drop(dict::remove_str(py, &modules, &name));
    }
}

/// A native module, loaded if need be; none if there is no such module.
pub fn native(py: &mut Py, name: &str) -> Result<Option<Value>> {
    if let Some(module) = loaded(py, name) {
        return Ok(Some(module));
    }
    let library = py.shared().library;
    match library.natives().iter().find(|def| def.name == name) {
        Some(def) => load::native(py, def).map(Some),
        None => Ok(None),
    }
}

/// How many packages may be in each other.
const MAX_PARTS: usize = 1000;

/// `import name`: the module with this full name, its parents first.
pub fn import_module(py: &mut Py, name: &str) -> Result<Value> {
    if let Some(module) = loaded(py, name) {
        if module.is_none() {
            return Err(not_found(py, &format!("import of {name} halted; None in sys.modules"), name));
        }
        if py.state_if::<Loading>().is_some_and(|l| !l.owners.is_empty()) {
            wait_loaded(py, name)?;
            return Ok(loaded(py, name).unwrap_or(module));
        }
        return Ok(module);
    }
    if name.is_empty() {
        return Err(Raised::new(Exc::ValueError, "Empty module name"));
    }
    py.native_stack()?;
    // Each part is a level of recursion, and makes a name of its own.
    if name.bytes().filter(|byte| *byte == b'.').count() > MAX_PARTS {
        return Err(crate::object::raise::recursion_error("maximum recursion depth exceeded"));
    }
    if py.state_if::<times::Times>().is_some() {
        return times::timed(py, name, |py| find_and_load(py, name));
    }
    find_and_load(py, name)
}

/// A module that is not loaded, its parents first.
fn find_and_load(py: &mut Py, name: &str) -> Result<Value> {
    if let Some(module) = spec::named(py, name)? {
        return Ok(module);
    }
    let Some((parent_name, tail)) = name.rsplit_once('.') else {
        let path = sys_path(py)?;
        return load_one(py, name, name, &path, &Value::NONE);
    };
    let parent = import_module(py, parent_name)?;
    // Importing the parent may have imported the child.
    if let Some(module) = loaded(py, name) {
        return Ok(module);
    }
    let Some(path) = py.getattr_opt(&parent, "__path__")? else {
        return Err(not_found(py, &format!("No module named '{name}'; '{parent_name}' is not a package"), name));
    };
    let entries = find::entries(py, &path)?;
    let module = load_one(py, name, tail, &entries, &path)?;
    // The child may have put another parent in its place.
    let parent = loaded(py, parent_name).unwrap_or(parent);
    match py.setattr(&parent, tail, module.clone()) {
        Err(e) if e.is(Exc::AttributeError) => {
            let text = format!("Cannot set an attribute on '{parent_name}' for child module '{tail}'");
            py.warn(Exc::ImportWarning, &text, 1)?;
        }
        other => other?,
    }
    Ok(module)
}

fn load_one(py: &mut Py, name: &str, tail: &str, path: &[String], list: &Value) -> Result<Value> {
    if spec::has_foreign_finders(py) {
        return match spec::through_finders(py, name, list)? {
            Some(module) => Ok(module),
            None => Err(no_module(py, name)),
        };
    }
    let library = py.shared().library;
    let native = library.natives().iter().find(|def| def.name == name);
    if let Some(def) = native
        && is_core(name)
    {
        return load::native(py, def);
    }
    let frozen = library.frozen(name);
    if let Some(frozen) = frozen
        && is_part_of_start(name)
    {
        return load::frozen(py, name, frozen);
    }
    match find::search(path, tail, native.is_some() || frozen.is_some()) {
        Found::Inside => match (native, frozen) {
            (Some(def), _) => load::native(py, def),
            (None, Some(frozen)) => load::frozen(py, name, frozen),
            (None, None) => Err(no_module(py, name)),
        },
        Found::File(file) => load::source(py, name, &file, None),
        Found::Package(directory) => {
            let file = directory.join("__init__.py");
            load::source(py, name, &file, Some(&directory))
        }
        // A namespace's path is worked out again and again: that is the library's business.
        Found::Code(_) | Found::CodePackage | Found::Namespace => match spec::through_finders(py, name, list)? {
            Some(module) => Ok(module),
            None => Err(no_module(py, name)),
        },
        Found::Nothing => {
            // An archive on the path, or a folder in one.
            if path.iter().any(|entry| std::path::Path::new(entry).ancestors().any(std::path::Path::is_file))
                && let Some(module) = spec::through_finders(py, name, list)?
            {
                return Ok(module);
            }
            Err(no_module(py, name))
        }
    }
}

/// Whether there is a native module of this name.
pub fn is_native(py: &Py, name: &str) -> bool {
    py.shared().library.natives().iter().any(|def| def.name == name)
}

/// Whether a file on `sys.path` comes before the frozen module of this name.
pub fn is_hidden(py: &mut Py, name: &str) -> Result<bool> {
    if name.contains('.') || is_part_of_start(name) {
        return Ok(false);
    }
    let path = sys_path(py)?;
    Ok(!matches!(find::search(&path, name, true), Found::Inside))
}

/// Whether a file or package on `sys.path` has this name.
pub(crate) fn has_file(py: &mut Py, name: &str) -> Result<bool> {
    let path = sys_path(py)?;
    Ok(matches!(find::search(&path, name, false), Found::File(_) | Found::Package(_)))
}

/// Where the code of a source file is kept; a file of code is its own.
pub(crate) fn cached_at(py: &mut Py, file: &str) -> Value {
    if file.ends_with(".pyc") {
        return py.str(file);
    }
    let place = cache::place(py, std::path::Path::new(file));
    py.str(&place.to_string_lossy())
}

/// Native modules that no file on `sys.path` hides.
fn is_core(name: &str) -> bool {
    name.starts_with('_')
        || matches!(
            name,
            "sys"
                | "builtins"
                | "time"
                | "posix"
                | "marshal"
                | "gc"
                | "errno"
                | "faulthandler"
                | "itertools"
                | "atexit"
                | "pwd"
                | "signal"
        )
}

/// Modules of the library that no file on `sys.path` hides, because CPython has imported them before
/// it looks there.
fn is_part_of_start(name: &str) -> bool {
    matches!(
        name,
        "abc"
            | "codecs"
            | "encodings"
            | "io"
            | "_collections_abc"
            | "_sitebuiltins"
            | "genericpath"
            | "ntpath"
            | "posixpath"
            | "os"
            | "site"
            | "stat"
            | "runpy"
            | "zipimport"
    )
}

/// The text entries of `sys.path`.
fn sys_path(py: &mut Py) -> Result<Vec<String>> {
    let Some(sys) = py.shared().sys.clone() else { return Ok(Vec::new()) };
    match dict::get_name(py, &sys, "path") {
        Some(path) => find::entries(py, &path),
        None => Err(Raised::new(Exc::RuntimeError, "lost sys.path")),
    }
}

fn no_module(py: &mut Py, name: &str) -> Raised {
    not_found(py, &format!("No module named '{name}'"), name)
}

/// A ModuleNotFoundError with its `name`.
fn not_found(py: &mut Py, message: &str, name: &str) -> Raised {
    let name = py.str(name);
    error(py, Exc::ModuleNotFoundError, message, &[("name", name)])
}

/// An ImportError with attributes.
pub(crate) fn error(py: &mut Py, kind: Exc, message: &str, fields: &[(&str, Value)]) -> Raised {
    let exception = py.exception(Raised::new(kind, message));
    for (name, value) in fields {
        // A class without the field has nowhere to show it.
        drop(py.setattr(exception.as_value(), name, value.clone()));
    }
    py.raise_object(exception)
}

/// `__import__(name, globals, locals, fromlist, level)`
pub fn import(py: &mut Py, name: &str, globals: &Value, from: &Value, level: i64) -> Result<Value> {
    if level < 0 {
        return Err(Raised::new(Exc::ValueError, "level must be >= 0"));
    }
    let full = if level > 0 { resolve(py, name, globals, level)? } else { name.to_owned() };
    if full.is_empty() {
        return Err(Raised::new(Exc::ValueError, "Empty module name"));
    }
    let module = import_module(py, &full)?;
    if py.truth(from)? {
        names::import_submodules(py, &module, from)?;
        return Ok(module);
    }
    // `import a.b.c` binds `a`; relative: as many parts as the name has.
    let Some((first, _)) = name.split_once('.') else { return Ok(module) };
    let end = full.len() - (name.len() - first.len());
    import_module(py, &full[..end])
}

/// The text of a name that a script gave.
pub fn name_text(py: &mut Py, name: &Value) -> Result<String> {
    match name.downcast::<Str>() {
        Some(name) => Ok(name.to_str(py)?.to_owned()),
        None => Err(crate::object::raise::type_error("module name must be a string")),
    }
}

/// A path that a script gave: str, bytes or an object with `__fspath__`.
pub fn path_text(py: &mut Py, path: &Value) -> Result<String> {
    if let Some(text) = path.downcast::<Str>() {
        return Ok(text.to_string());
    }
    if path.is_a::<crate::types::bytes::Bytes>() {
        return Ok(String::from_utf8_lossy(&py.bytes_like(path)?).into_owned());
    }
    let name = py.intern("__fspath__");
    match py.lookup_on_type(path, &name) {
        Some(method) => {
            let text = py.call_unbound(&method, path, &[])?;
            path_text(py, &text)
        }
        None => Err(crate::object::raise::type_error(format!(
            "expected str, bytes or os.PathLike object, not {}",
            py.type_name(path)
        ))),
    }
}
