//! The names that an import statement binds.

use lockstep_heap::{Ref, Value};

use super::shadow::Suspect;
use crate::object::Py;
use crate::object::raise::{Exc, Raised, Result, type_error};
use crate::types::dict::{self, Dict};
use crate::types::str::Str;

fn text_attribute(py: &mut Py, object: &Value, name: &str) -> Result<Option<String>> {
    Ok(py.getattr_opt(object, name)?.and_then(|v| v.downcast::<Str>().map(|s| s.to_string())))
}

/// `from module import name`
pub fn import_from(py: &mut Py, module: &Value, name: &Ref<Str>) -> Result<Value> {
    match py.getattr_str(module, name) {
        Ok(value) => return Ok(value),
        Err(e) if e.is(Exc::AttributeError) => {}
        Err(e) => return Err(e),
    }
    // A circular import: the submodule may be in `sys.modules` already.
    let package = text_attribute(py, module, "__name__")?;
    if let Some(package) = &package
        && let Some(found) = super::loaded(py, &format!("{package}.{name}"))
    {
        return Ok(found);
    }
    let file = text_attribute(py, module, "__file__")?;
    let shown = package.clone().unwrap_or_else(|| "<unknown module name>".to_owned());
    let message = Suspect { module: &shown, file: file.as_deref() }.no_name(py, name);
    let package = package.map_or(Value::NONE, |p| py.str(&p));
    let path = file.map_or(Value::NONE, |f| py.str(&f));
    Err(super::error(py, Exc::ImportError, &message, &[("name", package), ("path", path), ("name_from", name.to_value())]))
}

/// `from module import *` into `target`.
pub fn import_star(py: &mut Py, module: &Value, target: &Value) -> Result<()> {
    let (names, skip_private) = match py.getattr_opt(module, "__all__")? {
        Some(all) => (py.collect(&all)?, false),
        None => {
            let Some(d) = py.getattr_opt(module, "__dict__")? else {
                return Err(Raised::new(Exc::ImportError, "from-import-* object has no __dict__ and no __all__"));
            };
            let keys = match d.downcast::<Dict>() {
                Some(d) => d.get(py).keys().cloned().collect(),
                None => {
                    let keys = py.call_method(&d, "keys", &[])?;
                    py.collect(&keys)?
                }
            };
            (keys, true)
        }
    };
    for name in names {
        let Some(name) = name.downcast::<Str>() else {
            let module = text_attribute(py, module, "__name__")?.unwrap_or_default();
            let (what, kind) = if skip_private { ("Key", "__dict__") } else { ("Item", "__all__") };
            return Err(type_error(format!("{what} in {module}.{kind} must be str, not {}", py.type_name(&name))));
        };
        if skip_private && name.as_bytes().starts_with(b"_") {
            continue;
        }
        let name = py.intern_str(name);
        let value = py.getattr_str(module, &name)?;
        match target.downcast::<Dict>() {
            Some(d) => dict::set_str(py, d, &name, value),
            None => py.setitem(target, name.as_value(), value)?,
        }
    }
    Ok(())
}

/// The submodules that `from package import names` asks for.
pub(super) fn import_submodules(py: &mut Py, module: &Value, names: &Value) -> Result<()> {
    submodules(py, module, names, false)
}

/// `all`: the names are those of `__all__`.
fn submodules(py: &mut Py, module: &Value, names: &Value, all: bool) -> Result<()> {
    if py.getattr_opt(module, "__path__")?.is_none() {
        return Ok(());
    }
    let Some(package) = text_attribute(py, module, "__name__")? else { return Ok(()) };
    for name in py.collect(names)? {
        let Some(name) = name.downcast::<Str>().cloned() else {
            let place = if all { format!("{package}.__all__") } else { "``from list''".to_owned() };
            return Err(type_error(format!("Item in {place} must be str, not {}", py.type_name(&name))));
        };
        if name.as_bytes() == b"*" {
            if !all && let Some(names) = py.getattr_opt(module, "__all__")? {
                submodules(py, module, &names, true)?;
            }
            continue;
        }
        if py.getattr_if(module, &name)?.is_some() {
            continue;
        }
        let full = format!("{package}.{name}");
        match super::import_module(py, &full) {
            Ok(_) => {}
            // That there is no such module is said by the statement, in its own words.
            Err(e) if e.is(Exc::ModuleNotFoundError) => {
                let object = py.exception(e);
                let missing = text_attribute(py, object.as_value(), "name")?;
                if missing.is_some_and(|m| m != full) || super::loaded(py, &full).is_some_and(|m| m.is_none()) {
                    return Err(py.raise_object(object).linked());
                }
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// The package that relative imports of a namespace begin in.
fn package_of(py: &mut Py, globals: &Ref<Dict>) -> Result<String> {
    let given = |py: &mut Py, name: &str| dict::get_name(py, globals, name).filter(|v| !v.is_none());
    let text = |v: &Value, what: &str| match v.downcast::<Str>() {
        Some(s) => Ok(s.to_string()),
        None => Err(type_error(format!("{what} must be a string"))),
    };
    let (package, spec) = (given(py, "__package__"), given(py, "__spec__"));
    if let Some(package) = package {
        let package = text(&package, "package")?;
        if let Some(spec) = spec {
            let parent = py.getattr(&spec, "parent")?;
            if parent.downcast::<Str>().is_none_or(|p| p.as_bytes() != package.as_bytes()) {
                py.warn(Exc::DeprecationWarning, "__package__ != __spec__.parent", 1)?;
            }
        }
        return Ok(package);
    }
    if let Some(spec) = spec {
        let parent = py.getattr(&spec, "parent")?;
        return text(&parent, "__spec__.parent");
    }
    let message = "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__";
    py.warn(Exc::ImportWarning, message, 1)?;
    let Some(own) = dict::get_name(py, globals, "__name__") else {
        return Err(Raised::new(Exc::KeyError, "'__name__' not in globals"));
    };
    let own = text(&own, "__name__")?;
    if dict::get_name(py, globals, "__path__").is_some() {
        return Ok(own);
    }
    Ok(own.rsplit_once('.').map_or(String::new(), |(parent, _)| parent.to_owned()))
}

/// The full name of a relative import.
pub fn resolve(py: &mut Py, name: &str, globals: &Value, level: i64) -> Result<String> {
    let Some(globals) = globals.downcast::<Dict>().cloned() else {
        return Err(if globals.is_none() {
            Raised::new(Exc::KeyError, "'__name__' not in globals")
        } else {
            type_error("globals must be a dict")
        });
    };
    let package = package_of(py, &globals)?;
    if package.is_empty() {
        return Err(Raised::new(Exc::ImportError, "attempted relative import with no known parent package"));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        match base.rsplit_once('.') {
            Some((parent, _)) => base = parent,
            None => return Err(Raised::new(Exc::ImportError, "attempted relative import beyond top-level package")),
        }
    }
    Ok(if name.is_empty() { base.to_owned() } else { format!("{base}.{name}") })
}
