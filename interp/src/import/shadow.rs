//! What is said about a name that a module lacks: it may be in the middle of its import, or have been
//! taken for another module of the same name.

use std::path::Path;

use lockstep_heap::Ref;

use crate::object::Py;
use crate::types::dict;
use crate::types::str::Str;

/// A module that lacks a name.
pub struct Suspect<'n> {
    /// Its name.
    pub module: &'n str,
    /// The file it was made from, if any.
    pub file: Option<&'n str>,
}

impl Suspect<'_> {
    /// Whether the file lies beside the script, where it may hide a module that was meant.
    fn may_hide(&self, py: &Py) -> bool {
        let Some(file) = self.file else { return false };
        let config = &py.shared().config;
        // What `sys.path` began with, whatever was put before it since.
        let Some(first) = config.path.first().filter(|_| !config.flags.safe_path) else { return false };
        let folder = Path::new(file.strip_suffix("/__init__.py").unwrap_or(file)).parent();
        if first.is_empty() {
            return std::env::current_dir().is_ok_and(|here| folder == Some(&here));
        }
        folder == Some(Path::new(first))
    }

    fn is_of_the_library(&self, py: &mut Py) -> bool {
        let Some(sys) = py.shared().sys.clone() else { return false };
        let Some(names) = dict::get_name(py, &sys, "stdlib_module_names") else { return false };
        let name = py.str(self.module);
        py.contains(&names, &name).unwrap_or(false)
    }

    /// The advice, in brackets, if the module was taken for another one.
    pub fn advice(&self, py: &mut Py) -> Option<String> {
        if !self.may_hide(py) {
            return None;
        }
        let file = self.file.map(|file| String::from_utf8_lossy(&lockstep_text::repr::repr(file.as_bytes())).into_owned())?;
        if self.is_of_the_library(py) {
            return Some(format!(
                "(consider renaming {file} since it has the same name as the standard library module named '{}' \
                 and the import system gives it precedence)",
                self.module
            ));
        }
        super::is_loading(py, self.module)
            .then(|| format!("(consider renaming {file} if it has the same name as a third-party module you intended to import)"))
    }

    /// What `module.name` says.
    pub fn no_attribute(&self, py: &mut Py, name: &Ref<Str>) -> String {
        let module = self.module;
        if let Some(advice) = self.advice(py) {
            return format!("module '{module}' has no attribute '{name}' {advice}");
        }
        let circular = "(most likely due to a circular import)";
        if super::is_loading(py, module) {
            let from = self.file.map(|file| format!(" from '{file}'")).unwrap_or_default();
            return format!("partially initialized module '{module}'{from} has no attribute '{name}' {circular}");
        }
        if super::is_loading(py, &format!("{module}.{name}")) {
            return format!("cannot access submodule '{name}' of module '{module}' {circular}");
        }
        format!("module '{module}' has no attribute '{name}'")
    }

    /// What `from module import name` says.
    pub fn no_name(&self, py: &mut Py, name: &Ref<Str>) -> String {
        let module = self.module;
        if let Some(advice) = self.advice(py) {
            return format!("cannot import name '{name}' from '{module}' {advice}");
        }
        let place = self.file.unwrap_or("unknown location");
        if super::is_loading(py, module) {
            return format!(
                "cannot import name '{name}' from partially initialized module '{module}' \
                 (most likely due to a circular import) ({place})"
            );
        }
        format!("cannot import name '{name}' from '{module}' ({place})")
    }
}
