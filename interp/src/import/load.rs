//! Making modules: native ones, frozen ones, source files, namespace packages.

use std::path::Path;

use lockstep_compile::code::CodeFlags;
use lockstep_grammar::Mode;
use lockstep_heap::{Ref, Value};

use super::cache;
use super::find::FROZEN_ENTRY;
use super::library::Frozen;
use crate::builtins::compile::{self, Settings};
use crate::object::raise::{Result, io_error};
use crate::object::{ModuleDef, Py};
use crate::types::code::CodeObject;
use crate::types::dict::{self, Dict};
use crate::types::module::Module;

/// A module in its place in `sys.modules`, still empty.
pub(super) fn begin(py: &mut Py, name: &str, package: bool) -> (Ref<Module>, Ref<Dict>) {
    let module = py.new_module(name, None);
    let namespace = py.module_dict(&module);
    let parent = if package { name } else { name.rsplit_once('.').map_or("", |(parent, _)| parent) };
    let parent = py.str(parent);
    dict::set_name(py, &namespace, "__package__", parent);
    leave_for_later(py, &namespace);
    super::enter(py, name, module.to_value());
    super::set_loading(py, name, true);
    (module, namespace)
}

/// Takes away what is made when somebody asks for it: see `spec`.
pub(crate) fn leave_for_later(py: &mut Py, namespace: &Ref<Dict>) {
    for late in ["__spec__", "__loader__"] {
        let late = py.intern(late);
        dict::remove_str(py, namespace, &late);
    }
}

/// Whatever stands in `sys.modules` after the code has run: a module may replace itself.
pub(super) fn finish(py: &mut Py, name: &str, module: &Ref<Module>, result: Result<()>) -> Result<Value> {
    super::set_loading(py, name, false);
    match result {
        Ok(()) => Ok(super::loaded(py, name).unwrap_or_else(|| module.to_value())),
        Err(error) => {
            super::forget(py, name);
            Err(error)
        }
    }
}

/// Load a native module.
pub(super) fn native(py: &mut Py, def: &ModuleDef) -> Result<Value> {
    let (module, namespace) = begin(py, def.name, false);
    if !def.doc.is_empty() {
        let doc = py.str(def.doc);
        dict::set_name(py, &namespace, "__doc__", doc);
    }
    let result = (def.init)(py, &module);
    finish(py, def.name, &module, result)
}

/// Load a frozen module under `name`.
pub(super) fn frozen(py: &mut Py, name: &str, found: Frozen) -> Result<Value> {
    let code = compile::frozen(py, found.code)?;
    let (module, namespace) = begin(py, name, found.package);
    if !name.starts_with("_frozen_") {
        // Where it would lie if the library were a folder; nothing can be read there.
        let init = if found.package { "/__init__" } else { "" };
        let file = py.str(&format!("{FROZEN_ENTRY}/{}{init}.py", name.replace('.', "/")));
        dict::set_name(py, &namespace, "__file__", file);
    }
    if found.package {
        let folder = py.str(&format!("{FROZEN_ENTRY}/{}", name.replace('.', "/")));
        let path = py.list(vec![folder]);
        dict::set_name(py, &namespace, "__path__", path);
    }
    let result = execute(py, &code, &namespace);
    let library = py.shared().library;
    let result = result.and_then(|()| library.loaded(py, name, &module));
    finish(py, name, &module, result)
}

/// Load a source file; `package`: its directory, if it is an `__init__.py`.
pub(super) fn source(py: &mut Py, name: &str, file: &Path, package: Option<&Path>) -> Result<Value> {
    let shown = file.to_string_lossy().into_owned();
    // The state of the file before it is read: a change in between makes what is kept stale.
    let metadata = std::fs::metadata(file).map_err(|e| io_error(py, &e))?;
    let place = cache::place(py, file);
    let code = match cache::load(py, &place, &metadata, &shown) {
        Some(code) => code,
        None => {
            let bytes = std::fs::read(file).map_err(|e| io_error(py, &e))?;
            let settings = Settings::new(py, &shown, Mode::Exec);
            let code = compile::bytes(py, &bytes, &settings)?;
            drop(bytes);
            cache::store(py, &place, &metadata, &code);
            code
        }
    };
    let (module, namespace) = begin(py, name, package.is_some());
    let value = py.str(&shown);
    dict::set_name(py, &namespace, "__file__", value);
    let cached = py.str(&place.to_string_lossy());
    dict::set_name(py, &namespace, "__cached__", cached);
    if let Some(directory) = package {
        let directory = py.str(&directory.to_string_lossy());
        let path = py.list(vec![directory]);
        dict::set_name(py, &namespace, "__path__", path);
    }
    let result = execute(py, &code, &namespace);
    finish(py, name, &module, result)
}

/// Run the code of a module.
pub(crate) fn execute(py: &mut Py, code: &Ref<CodeObject>, namespace: &Ref<Dict>) -> Result<()> {
    let python2 = code.code.flags.has(CodeFlags::PYTHON2);
    let builtins = if python2 { crate::builtins::python2::namespace(py) } else { builtins(py) };
    if python2 || dict::get_name(py, namespace, "__builtins__").is_none() {
        // `__main__` alone has the module there, as CPython does it.
        let module = if python2 { super::loaded(py, "__builtin__") } else { None };
        let value = module.unwrap_or_else(|| builtins.to_value());
        dict::set_name(py, namespace, "__builtins__", value);
    }
    crate::vm::run_code(py, code, namespace, &builtins, None, Vec::new()).map(drop)
}

/// The namespace of the `builtins` module.
pub(crate) fn builtins(py: &mut Py) -> Ref<Dict> {
    match py.shared().builtins.clone() {
        Some(builtins) => builtins,
        None => py.new_dict(),
    }
}
