//! Module loading.

use lockstep_heap::{Ref, Value};

use crate::object::raise::{Exc, Raised, Result};
use crate::object::Py;
use crate::types::dict::{self, Dict};
use crate::types::str::Str;

/// `from module import name`
pub fn import_from(py: &mut Py, module: &Value, name: &Ref<Str>) -> Result<Value> {
    match py.getattr_str(module, name) {
        Ok(value) => return Ok(value),
        Err(e) if e.is(Exc::AttributeError) => {}
        Err(e) => return Err(e),
    }
    // A circular import: the submodule may be in `sys.modules` already.
    let package = match py.getattr_opt(module, "__name__")? {
        Some(p) if p.is_a::<Str>() => p.downcast::<Str>().map(|s| s.to_string()),
        _ => None,
    };
    if let Some(package) = &package
        && let Some(modules) = py.shared().modules.clone()
    {
        let full = format!("{package}.{name}");
        if let Some(found) = dict::get_name(py, &modules, &full) {
            return Ok(found);
        }
    }
    let shown = package.unwrap_or_else(|| "<unknown module name>".to_owned());
    let file = match py.getattr_opt(module, "__file__")? {
        Some(f) if f.is_a::<Str>() => f.downcast::<Str>().map(|s| s.to_string()),
        _ => None,
    };
    let place = file.unwrap_or_else(|| "unknown location".to_owned());
    Err(Raised::new(Exc::ImportError, format!("cannot import name '{name}' from '{shown}' ({place})")))
}

/// `from module import *` into `target`.
pub fn import_star(py: &mut Py, module: &Value, target: &Value) -> Result<()> {
    let (names, skip_private) = match py.getattr_opt(module, "__all__")? {
        Some(all) => (py.collect(&all)?, false),
        None => {
            let d = py.getattr(module, "__dict__")?;
            let keys = match d.downcast::<Dict>() {
                Some(d) => d.get(py).keys().cloned().collect(),
                None => py.collect(&d)?,
            };
            (keys, true)
        }
    };
    for name in names {
        let Some(name) = name.downcast::<Str>() else {
            return Err(crate::object::raise::type_error(format!("Item in __all__ must be str, not {}", py.type_name(&name))));
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
