//! Writing classes and functions by name.

use lockstep_interp::import::import_module;
use lockstep_interp::object::raise::{Result, runtime_error};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::int;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Exc, Py, Ref, Value};

use super::pickler::Pickler;
use super::save::{memoize, put, save};
use super::{State, op, pickling_error, reduce};

/// Write a class whose metaclass is `type`.
pub fn save_type(py: &mut Py, p: &Ref<Pickler>, value: &Value) -> Result<()> {
    for single in [Value::NONE, Value::NOT_IMPLEMENTED, Value::ELLIPSIS] {
        if py.type_of(&single).as_value().is(value) {
            let class = py.plain_metatype().to_value();
            return reduce::call(py, p, &class, &[single], value);
        }
    }
    save_global(py, p, value, None)
}

/// An attribute along a path of names; none if there is none.
pub fn along(py: &mut Py, object: &Value, path: &str) -> Result<Option<Value>> {
    let mut at = object.clone();
    for name in path.split('.') {
        match py.getattr_opt(&at, name)? {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// The module in which `value` is found under `name`.
fn module_of(py: &mut Py, value: &Value, name: &str) -> Result<Ref<Str>> {
    if name.split('.').any(|part| part == "<locals>") {
        let shown = py.repr(value)?;
        return Err(pickling_error(py, &format!("Can't pickle local object {shown}")));
    }
    let own = py.getattr_opt(value, "__module__")?.filter(|m| !m.is_none());
    let module = match own {
        Some(own) => match own.downcast::<Str>() {
            Some(s) => py.intern_str(s),
            None => {
                let shown = py.repr(value)?;
                return Err(pickling_error(py, &format!("Can't pickle {shown}: its __module__ is not a string")));
            }
        },
        None => match searched(py, value, name)? {
            Some(found) => return Ok(found),
            None => py.intern("__main__"),
        },
    };
    let loaded = match import_module(py, &module.to_string()) {
        Ok(loaded) => loaded,
        Err(e) if e.is(Exc::ImportError) || e.is(Exc::ValueError) || e.is(Exc::KeyError) => {
            let error = py.exception(e);
            let (shown, error) = (py.repr(value)?, py.str_of(error.as_value())?);
            return Err(pickling_error(py, &format!("Can't pickle {shown}: {error}")));
        }
        Err(e) => return Err(e),
    };
    match along(py, &loaded, name)? {
        Some(found) if found.is(value) => Ok(module),
        found => {
            let shown = py.repr(value)?;
            let what = if found.is_some() { "not the same object as" } else { "not found as" };
            Err(pickling_error(py, &format!("Can't pickle {shown}: it's {what} {module}.{name}")))
        }
    }
}

/// Look through all loaded modules.
fn searched(py: &mut Py, value: &Value, name: &str) -> Result<Option<Ref<Str>>> {
    let Some(modules) = py.shared().modules.clone() else { return Ok(None) };
    let all: Vec<(Value, Value)> = modules.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    for (key, module) in all {
        let Some(key) = key.downcast::<Str>() else { continue };
        if matches!(key.as_bytes(), b"__main__" | b"__mp_main__") || module.is_none() {
            continue;
        }
        if along(py, &module, name)?.is_some_and(|found| found.is(value)) {
            return Ok(Some(py.intern_str(key)));
        }
    }
    Ok(None)
}

/// Write an object by its module and its name there.
pub fn save_global(py: &mut Py, p: &Ref<Pickler>, value: &Value, name: Option<&Value>) -> Result<()> {
    let name = match name {
        Some(name) => name.clone(),
        None => match py.getattr_opt(value, "__qualname__")? {
            Some(name) => name,
            None => py.getattr(value, "__name__")?,
        },
    };
    let Some(name) = name.downcast::<Str>() else {
        let shown = py.repr(value)?;
        return Err(pickling_error(py, &format!("Can't pickle {shown}: its name is not a string")));
    };
    let name = py.intern_str(name);
    let text = name.to_str(py)?;
    let module = module_of(py, value, text)?;
    let proto = p.get(py).proto;
    if proto >= 2 && by_code(py, p, &module, &name)? {
        return Ok(());
    }
    if proto >= 4 {
        save(py, p, module.as_value())?;
        save(py, p, name.as_value())?;
        put(py, p, &[op::STACK_GLOBAL]);
    } else {
        let mut path = text.split('.');
        let first = path.next().unwrap_or_default();
        let rest: Vec<&str> = path.collect();
        let getattr = py.state::<State>().getattr.clone().unwrap_or(Value::NONE);
        for _ in &rest {
            save(py, p, &getattr)?;
            if proto < 2 {
                put(py, p, &[op::MARK]);
            }
        }
        top_level(py, p, &module, first)?;
        for name in rest {
            let name = py.intern(name).into_value();
            save(py, p, &name)?;
            put(py, p, &[if proto < 2 { op::TUPLE } else { op::TUPLE2 }, op::REDUCE]);
        }
    }
    memoize(py, p, value);
    Ok(())
}

/// Write a registered object by its code. Whether it is one.
fn by_code(py: &mut Py, p: &Ref<Pickler>, module: &Ref<Str>, name: &Ref<Str>) -> Result<bool> {
    let Some(registry) = py.state::<State>().extension_registry.clone() else { return Ok(false) };
    if registry.get(py).is_empty() {
        return Ok(false);
    }
    let key = py.tuple(vec![module.to_value(), name.to_value()]);
    let Some(code) = dict::get(py, &registry, &key)? else { return Ok(false) };
    let code = int::as_i64(&code).filter(|n| (1..=0x7FFF_FFFF).contains(n));
    let out = &mut p.get_mut(py).out;
    match code {
        Some(n @ 1..=0xFF) => out.put(&[op::EXT1, n as u8]),
        Some(n @ 0x100..=0xFFFF) => out.put(&[op::EXT2, n as u8, (n >> 8) as u8]),
        Some(n) => out.op4(op::EXT4, n as u32),
        None => return Err(runtime_error("extension code 0 is out of range")),
    }
    Ok(true)
}

/// The value of a table of names, if it has one for this key.
fn mapped(py: &mut Py, table: Option<Ref<Dict>>, key: &Value) -> Result<Option<Value>> {
    match table {
        Some(table) => dict::get(py, &table, key),
        None => Ok(None),
    }
}

/// Module and name as protocols below 4 write them.
fn top_level(py: &mut Py, p: &Ref<Pickler>, module: &Ref<Str>, name: &str) -> Result<()> {
    let (proto, fix) = (p.get(py).proto, p.get(py).fix_imports);
    let mut module = module.to_string();
    let mut name = name.to_owned();
    if fix && proto < 3 {
        (module, name) = old_names(py, module, name)?;
    }
    for (what, text) in [("module", &module), ("global", &name)] {
        if proto < 3 && !text.is_ascii() {
            let shown = py.str(text);
            let shown = py.repr(&shown)?;
            let message = format!("can't pickle {what} identifier {shown} using pickle protocol {proto}");
            return Err(pickling_error(py, &message));
        }
    }
    put(py, p, format!("c{module}\n{name}\n").as_bytes());
    Ok(())
}

/// The names that Python 2 has for a module and an object in it.
fn old_names(py: &mut Py, module: String, name: String) -> Result<(String, String)> {
    let (names, imports) = {
        let state = py.state::<State>();
        (state.reverse_name_mapping.clone(), state.reverse_import_mapping.clone())
    };
    renamed(py, names, imports, module, name)
}

/// The names that Python 3 has for a module of Python 2 and an object in it.
pub fn new_names(py: &mut Py, module: String, name: String) -> Result<(String, String)> {
    let (names, imports) = {
        let state = py.state::<State>();
        (state.name_mapping.clone(), state.import_mapping.clone())
    };
    renamed(py, names, imports, module, name)
}

fn renamed(
    py: &mut Py,
    names: Option<Ref<Dict>>,
    imports: Option<Ref<Dict>>,
    module: String,
    name: String,
) -> Result<(String, String)> {
    let (module_value, name_value) = (py.str(&module), py.str(&name));
    let key = py.tuple(vec![module_value.clone(), name_value]);
    if let Some(pair) = mapped(py, names, &key)? {
        if let Some([m, n]) = pair.downcast::<Tuple>().map(|t| t.slice())
            && let (Some(m), Some(n)) = (m.downcast::<Str>(), n.downcast::<Str>())
        {
            return Ok((m.to_string(), n.to_string()));
        }
        return Err(runtime_error("_compat_pickle.NAME_MAPPING values should be 2-tuples"));
    }
    if let Some(found) = mapped(py, imports, &module_value)? {
        return match found.downcast::<Str>() {
            Some(m) => Ok((m.to_string(), name)),
            None => Err(runtime_error("_compat_pickle.IMPORT_MAPPING values should be strings")),
        };
    }
    Ok((module, name))
}
