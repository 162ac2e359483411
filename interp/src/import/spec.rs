//! Where the importer meets `importlib`: `__spec__` and `__loader__` made when somebody asks, the
//! bootstrap modules of the library, and finders that scripts put on `sys.meta_path`.

use lockstep_heap::{Frozen, Object, Ref, Value};
use lockstep_macros::methods;

use super::find::FROZEN_ENTRY;
use super::load;
use crate::object::raise::Result;
use crate::object::{NativeType, Py};
use crate::types::dict::{self, Dict};
use crate::types::list::List;
use crate::types::module::Module;
use crate::types::str::Str;

/// The names of `importlib`'s own modules, as CPython calls them.
const BOOTSTRAP: &str = "_frozen_importlib";
const EXTERNAL: &str = "_frozen_importlib_external";

/// The payload of a finder on `sys.meta_path` before `importlib` is loaded: it stands for the
/// class of this name.
pub struct Finder {
    class: &'static str,
}

impl Object for Finder {
    type Access = Frozen;
}

const FINDERS: [&str; 3] = ["BuiltinImporter", "FrozenImporter", "PathFinder"];

impl Finder {
    /// The real class.
    fn real(&self, py: &mut Py) -> Result<Value> {
        let module = if self.class == "PathFinder" { external(py)? } else { bootstrap(py)? };
        py.getattr(&module, self.class)
    }
}

#[methods]
impl Finder {
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(_py: &mut Py, this: &Ref<Finder>) -> String {
        let module = if this.class == "PathFinder" { EXTERNAL } else { BOOTSTRAP };
        format!("<class '{module}.{}'>", this.class)
    }
    /// Find the spec of a module.
    #[py("(self, fullname, path=None, target=None)")]
    fn find_spec(py: &mut Py, this: &Ref<Finder>, fullname: Value, path: Value, target: Value) -> Result<Value> {
        let class = this.real(py)?;
        py.call_method(&class, "find_spec", &[fullname, path, target])
    }
    /// Forget what is known about directories.
    #[py("(self)")]
    fn invalidate_caches(py: &mut Py, this: &Ref<Finder>) -> Result<()> {
        if this.class == "PathFinder" {
            let class = this.real(py)?;
            py.call_method(&class, "invalidate_caches", &[])?;
        }
        Ok(())
    }
}

impl NativeType for Finder {
    const NAME: &'static str = "Finder";
    const MODULE: &'static str = "lockstep";
    const FLAGS: u32 = 0;
}

/// The finders that `sys.meta_path` begins with.
pub(crate) fn finders(py: &mut Py) -> Value {
    py.define::<Finder>();
    let finders = FINDERS.iter().map(|class| py.make(Finder { class }).into_value()).collect();
    py.list(finders)
}

/// `importlib`'s own modules, once they are there, and the classes that take the finders' places.
/// Whatever scripts do to `sys.modules`, the importer works with these.
#[derive(Default)]
struct Known {
    classes: Vec<Value>,
    bootstrap: Option<Value>,
    external: Option<Value>,
}

fn meta_path(py: &mut Py) -> Option<Value> {
    let sys = py.shared().sys.clone()?;
    dict::get_name(py, &sys, "meta_path")
}

/// Whether `sys.meta_path` has a finder of a script, or lacks one of ours.
pub(super) fn has_foreign_finders(py: &mut Py) -> bool {
    let Some(path) = meta_path(py) else { return false };
    let Some(list) = path.downcast::<List>() else { return true };
    let items = list.get(py).items.clone();
    let ours = |py: &mut Py, v: &Value| v.is_a::<Finder>() || py.state::<Known>().classes.iter().any(|c| c.is(v));
    items.len() != FINDERS.len() || !items.iter().all(|v| ours(py, v))
}

/// Put the real classes in the finders' places.
fn replace_finders(py: &mut Py, class: &str, real: &Value) {
    py.state::<Known>().classes.push(real.clone());
    let Some(path) = meta_path(py) else { return };
    let Some(list) = path.downcast::<List>().cloned() else { return };
    let items = list.get(py).items.clone();
    for (i, item) in items.iter().enumerate() {
        if item.downcast::<Finder>().is_some_and(|f| f.class == class)
            && let Some(place) = list.get_mut(py).items.get_mut(i)
        {
            *place = real.clone();
        }
    }
}

/// `importlib._bootstrap`, under the name CPython gives it.
pub(super) fn bootstrap(py: &mut Py) -> Result<Value> {
    if let Some(module) = py.state::<Known>().bootstrap.clone() {
        return Ok(module);
    }
    let module = begin(py, BOOTSTRAP, "importlib._bootstrap")?;
    py.state::<Known>().bootstrap = Some(module.clone());
    for name in ["_thread", "_warnings", "_weakref", "_imp", "sys"] {
        let native = super::import_module(py, name)?;
        py.setattr(&module, name, native)?;
    }
    let blocking = py.getattr(&module, "_WeakValueDictionary")?;
    let blocking = py.call(&blocking, &[])?;
    py.setattr(&module, "_blocking_on", blocking)?;
    for class in &FINDERS[..2] {
        let real = py.getattr(&module, class)?;
        replace_finders(py, class, &real);
    }
    Ok(module)
}

/// `importlib._bootstrap_external`
pub(super) fn external(py: &mut Py) -> Result<Value> {
    if let Some(module) = py.state::<Known>().external.clone() {
        return Ok(module);
    }
    let bootstrap = bootstrap(py)?;
    let module = begin(py, EXTERNAL, "importlib._bootstrap_external")?;
    py.state::<Known>().external = Some(module.clone());
    py.call_method(&module, "_set_bootstrap_module", std::slice::from_ref(&bootstrap))?;
    py.setattr(&bootstrap, "_bootstrap_external", module.clone())?;
    let archives = super::import_module(py, "zipimport")?;
    let archives = py.getattr(&archives, "zipimporter")?;
    let loaders = py.call_method(&module, "_get_supported_file_loaders", &[])?;
    let loaders = py.collect(&loaders)?;
    let finder = py.getattr(&module, "FileFinder")?;
    let hook = py.call_method(&finder, "path_hook", &loaders)?;
    if let Some(sys) = py.shared().sys.clone()
        && let Some(hooks) = dict::get_name(py, &sys, "path_hooks")
    {
        py.call_method(&hooks, "append", &[archives])?;
        py.call_method(&hooks, "append", &[hook])?;
    }
    let real = py.getattr(&module, FINDERS[2])?;
    replace_finders(py, FINDERS[2], &real);
    Ok(module)
}

fn begin(py: &mut Py, name: &str, frozen: &str) -> Result<Value> {
    match py.shared().library.frozen(frozen) {
        Some(found) => load::frozen(py, name, found),
        None => Err(super::no_module(py, name)),
    }
}

/// One of `importlib`'s own modules by the name that CPython gives it.
pub(super) fn named(py: &mut Py, name: &str) -> Result<Option<Value>> {
    match name {
        BOOTSTRAP => bootstrap(py).map(Some),
        EXTERNAL => external(py).map(Some),
        _ => Ok(None),
    }
}

/// Import through the finders on `sys.meta_path`, whatever they are; none: nobody knows it.
pub(super) fn through_finders(py: &mut Py, name: &str, path: &Value) -> Result<Option<Value>> {
    let bootstrap = bootstrap(py)?;
    external(py)?;
    let name = py.str(name);
    let spec = py.call_method(&bootstrap, "_find_spec", &[name, path.clone()])?;
    if spec.is_none() {
        return Ok(None);
    }
    py.call_method(&bootstrap, "_load_unlocked", &[spec]).map(Some)
}

/// Make `__spec__` and `__loader__` of a module that the importer loaded by itself; whether it
/// did.
pub(crate) fn complete(py: &mut Py, namespace: &Ref<Dict>) -> Result<bool> {
    let Some(name) = dict::get_name(py, namespace, "__name__").and_then(|n| n.downcast::<Str>().map(|s| s.to_string())) else {
        return Ok(false);
    };
    let spec = make(py, &name, namespace)?;
    let loader = py.getattr(&spec, "loader")?;
    dict::set_name(py, namespace, "__spec__", spec);
    dict::set_name(py, namespace, "__loader__", loader);
    Ok(true)
}

fn make(py: &mut Py, name: &str, namespace: &Ref<Dict>) -> Result<Value> {
    let path = dict::get_name(py, namespace, "__path__");
    // The file that a module of the library names is not what it was loaded from.
    let inside = |file: &Value| file.downcast::<Str>().is_some_and(|f| f.as_bytes().starts_with(FROZEN_ENTRY.as_bytes()));
    let file = dict::get_name(py, namespace, "__file__").filter(|file| !inside(file));
    let shown = py.str(name);
    if let Some(file) = file {
        let external = external(py)?;
        let make = py.getattr(&external, "spec_from_file_location")?;
        let locations = path.unwrap_or(Value::NONE);
        return py.call_named(&make, &[shown, file], &[("submodule_search_locations", locations)]);
    }
    let library = py.shared().library;
    let native = library.natives().iter().any(|def| def.name == name) || name == "builtins";
    if !native && path.is_none() && library.frozen(name).is_none() {
        // A module of the library may take another name; it stands under its own all the same.
        if let Some(own) = entered_as(py, namespace).filter(|own| *own != name && library.frozen(own).is_some()) {
            return make(py, &own, namespace);
        }
    }
    let bootstrap = bootstrap(py)?;
    let class = py.getattr(&bootstrap, "ModuleSpec")?;
    if !native && library.frozen(name).is_none() {
        let spec = py.call_named(&class, &[shown, Value::NONE], &[("is_package", Value::bool(path.is_some()))])?;
        if let Some(path) = path {
            py.setattr(&spec, "submodule_search_locations", path)?;
        }
        return Ok(spec);
    }
    let loader = py.getattr(&bootstrap, if native { "BuiltinImporter" } else { "FrozenImporter" })?;
    let origin = py.str(if native { "built-in" } else { "frozen" });
    let is_package = path.is_some();
    let spec = py.call_named(&class, &[shown, loader], &[("origin", origin), ("is_package", Value::bool(path.is_some()))])?;
    if let Some(path) = path {
        py.setattr(&spec, "submodule_search_locations", path)?;
    }
    if !native {
        let own = py.str(name);
        let init = if is_package { "/__init__" } else { "" };
        let filename = py.str(&format!("{FROZEN_ENTRY}/{}{init}.py", name.replace('.', "/")));
        let state = py.namespace(vec![("filename", filename), ("origname", own)]);
        py.setattr(&spec, "loader_state", state)?;
    }
    Ok(spec)
}

/// The first name under which a module with this namespace stands in `sys.modules`.
fn entered_as(py: &mut Py, namespace: &Ref<Dict>) -> Option<String> {
    let sys = py.shared().sys.clone()?;
    let modules = dict::get_name(py, &sys, "modules")?.downcast::<Dict>()?.clone();
    let items: Vec<(Value, Value)> = modules.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    items.into_iter().find_map(|(name, module)| {
        let module = module.downcast::<Module>()?.clone();
        let own = py.module_dict(&module);
        own.as_value().is(namespace.as_value()).then(|| name.downcast::<Str>().map(|n| n.to_string()))?
    })
}

/// An attribute that a module loaded by the importer has, but that is made only now.
pub fn late_attribute(py: &mut Py, namespace: &Ref<Dict>, name: &str) -> Result<Option<Value>> {
    if !matches!(name, "__spec__" | "__loader__") || dict::get_name(py, namespace, "__name__").is_none() {
        return Ok(None);
    }
    if !complete(py, namespace)? {
        return Ok(None);
    }
    Ok(dict::get_name(py, namespace, name))
}
