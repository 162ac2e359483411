//! Finding modules on `sys.path`.

use std::path::{Path, PathBuf};

use lockstep_heap::Value;

use crate::object::Py;
use crate::object::raise::Result;
use crate::types::list::List;
use crate::types::str::Str;

/// The entry of `sys.path` that stands for the frozen library.
pub const FROZEN_ENTRY: &str = "<frozen>";

/// What was found.
#[derive(Debug)]
pub(super) enum Found {
    /// A module of the program: native or frozen.
    Inside,
    /// A source file.
    File(PathBuf),
    /// A package: its directory.
    Package(PathBuf),
    /// A file of code without its source.
    Code(PathBuf),
    /// A package whose `__init__` is such a file.
    CodePackage,
    /// Directories without `__init__.py`.
    Namespace,
    /// Nothing.
    Nothing,
}

/// The entries of a path list as text.
pub(super) fn entries(py: &mut Py, path: &Value) -> Result<Vec<String>> {
    let items = match path.downcast::<List>() {
        Some(list) => list.get(py).items.clone(),
        None => py.collect(path)?,
    };
    Ok(items.iter().filter_map(|v| v.downcast::<Str>().and_then(|s| s.as_str().map(str::to_owned))).collect())
}

/// Search for the last part of a module's name.
pub(super) fn search(entries: &[String], tail: &str, inside: bool) -> Found {
    let mut portions = false;
    for entry in entries {
        // The library itself, or a package in it.
        if entry.starts_with(FROZEN_ENTRY) {
            if inside {
                return Found::Inside;
            }
            continue;
        }
        let directory = if entry.is_empty() { Path::new(".") } else { Path::new(entry) };
        let package = directory.join(tail);
        let is_directory = package.is_dir();
        if is_directory && package.join("__init__.py").is_file() {
            return Found::Package(absolute(&package));
        }
        let file = directory.join(format!("{tail}.py"));
        if file.is_file() {
            return Found::File(absolute(&file));
        }
        // Nobody hides a module of the program with code alone.
        if !inside {
            if is_directory && package.join("__init__.pyc").is_file() {
                return Found::CodePackage;
            }
            let code = directory.join(format!("{tail}.pyc"));
            if code.is_file() {
                return Found::Code(absolute(&code));
            }
        }
        portions |= is_directory;
    }
    if inside {
        Found::Inside
    } else if portions {
        Found::Namespace
    } else {
        Found::Nothing
    }
}

fn absolute(path: &Path) -> PathBuf {
    let path = path.strip_prefix(".").unwrap_or(path);
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
