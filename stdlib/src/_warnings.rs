//! `_warnings`: issuing and filtering warnings. `warnings` builds on it.

use lockstep_interp::embed::{report, traceback};
use lockstep_interp::import;
use lockstep_interp::object::Type;
use lockstep_interp::object::raise::{Exc, runtime_error, type_error};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::frame::FrameObject;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Ref, Result, Value, module};

/// What is kept whether the module is loaded or not: warnings are issued while modules are taken down.
#[derive(Default)]
struct State {
    /// `filters`, `_onceregistry` and `_defaultaction`, made when somebody wants them.
    settings: Option<Settings>,
    /// Grows whenever the filters change: registries of older versions are void.
    version: i64,
    /// A reentrant lock of `_thread`, made when somebody wants it.
    lock: Option<Value>,
}

/// What holds where `warnings` says nothing else.
#[derive(Clone)]
struct Settings {
    filters: Value,
    once: Value,
    default: Value,
}

/// Where a warning points at.
struct Place {
    filename: Value,
    line: i64,
    module: Value,
    registry: Value,
}

/// The functions of the module.
pub struct Warnings;

#[module]
impl Warnings {
    /// Issue a warning, or maybe ignore it or raise an exception.
    #[py("(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=<unbound>)")]
    fn warn(
        py: &mut Py,
        message: &Value,
        category: &Value,
        stacklevel: i64,
        source: &Value,
        skip_file_prefixes: Option<&Value>,
    ) -> Result<()> {
        let category = category_of(py, message, category)?;
        let mut skip = Vec::new();
        if let Some(prefixes) = skip_file_prefixes {
            let Some(prefixes) = prefixes.downcast::<Tuple>() else {
                let got = py.type_name(prefixes);
                return Err(type_error(format!("warn() argument 'skip_file_prefixes' must be tuple, not {got}")));
            };
            for prefix in prefixes.slice() {
                match prefix.downcast::<Str>() {
                    Some(text) => skip.push(text.to_string()),
                    None => return Err(type_error(format!("Found non-str '{}' in skip_file_prefixes.", py.type_name(prefix)))),
                }
            }
        }
        let stacklevel = if skip.is_empty() { stacklevel } else { stacklevel.max(2) };
        let place = place(py, stacklevel, &skip)?;
        issue(py, message, &category, &place, source)
    }
    /// Issue a warning, or maybe ignore it or raise an exception.
    #[py("(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None)")]
    fn warn_explicit(
        py: &mut Py,
        message: &Value,
        category: &Value,
        filename: &Value,
        lineno: i64,
        module: &Value,
        registry: &Value,
        module_globals: &Value,
        source: &Value,
    ) -> Result<()> {
        if !filename.is_a::<Str>() {
            return Err(type_error(format!("warn_explicit() argument 'filename' must be str, not {}", py.type_name(filename))));
        }
        if !module_globals.is_none() && !module_globals.is_a::<Dict>() {
            return Err(type_error(format!("module_globals must be a dict, not '{}'", py.type_name(module_globals))));
        }
        let module = if module.is_none() { module_name(py, filename) } else { module.clone() };
        let place = Place { filename: filename.clone(), line: lineno, module, registry: registry.clone() };
        issue(py, message, category, &place, source)
    }
    /// The filters have changed.
    #[py("()")]
    fn _filters_mutated_lock_held(py: &mut Py) {
        py.state::<State>().version += 1;
    }
    /// Take the lock of the filters.
    #[py("()")]
    fn _acquire_lock(py: &mut Py) -> Result<()> {
        let lock = match py.state::<State>().lock.clone() {
            Some(lock) => lock,
            None => {
                let thread = import::import_module(py, "_thread")?;
                let lock = py.call_method(&thread, "RLock", &[])?;
                py.state::<State>().lock.get_or_insert(lock).clone()
            }
        };
        py.call_method(&lock, "acquire", &[]).map(drop)
    }
    /// Give the lock of the filters back.
    #[py("()")]
    fn _release_lock(py: &mut Py) -> Result<()> {
        match py.state::<State>().lock.clone() {
            Some(lock) => py.call_method(&lock, "release", &[]).map(drop),
            None => Err(runtime_error("cannot release un-acquired lock")),
        }
    }
}

/// Whether the modules are being taken down: nothing can be imported then.
fn is_ending(py: &mut Py) -> bool {
    py.thread().sched().is_finalizing()
}

/// The category of a warning: that of the message if it is a warning itself.
fn category_of(py: &mut Py, message: &Value, category: &Value) -> Result<Value> {
    let warning = py.exception_type(Exc::Warning);
    if py.is_instance_of(message, &warning) {
        return Ok(py.type_of(message).into_value());
    }
    if category.is_none() {
        return Ok(py.exception_type(Exc::UserWarning).into_value());
    }
    match category.downcast::<Type>() {
        Some(ty) if py.is_subtype(ty, &warning) => Ok(category.clone()),
        _ => Err(type_error(format!("category must be a Warning subclass, not '{}'", py.type_name(category)))),
    }
}

/// `module` where only the file is known.
fn module_name(py: &mut Py, filename: &Value) -> Value {
    let name = filename.downcast::<Str>().map(|s| s.to_string()).unwrap_or_default();
    match name.as_str() {
        "" => py.str("<unknown>"),
        _ => match name.get(name.len().saturating_sub(3)..) {
            Some(end) if end.eq_ignore_ascii_case(".py") => py.str(&name[..name.len() - 3]),
            _ => filename.clone(),
        },
    }
}

fn filename_of(py: &Py, frame: &Ref<FrameObject>) -> String {
    frame.get(py).code.code.filename.to_string()
}

/// Frames of the import system do not count.
fn is_internal(py: &Py, frame: &Ref<FrameObject>) -> bool {
    let name = filename_of(py, frame);
    name.contains("importlib") && name.contains("_bootstrap")
}

fn back(py: &mut Py, frame: &Ref<FrameObject>) -> Option<Ref<FrameObject>> {
    let back = py.getattr(frame.as_value(), "f_back").ok()?;
    back.downcast_into::<FrameObject>().ok()
}

/// The frame that a warning points at.
fn place(py: &mut Py, stacklevel: i64, skip: &[String]) -> Result<Place> {
    let mut frame = py.frame_at(0);
    let mut level = stacklevel;
    let direct = level <= 0 || frame.as_ref().is_some_and(|f| is_internal(py, f));
    while level > 1 {
        level -= 1;
        let Some(mut at) = frame else { break };
        loop {
            match back(py, &at) {
                None => {
                    frame = None;
                    break;
                }
                Some(next) => {
                    let name = filename_of(py, &next);
                    let passed = !direct && (is_internal(py, &next) || skip.iter().any(|s| name.starts_with(s.as_str())));
                    if passed {
                        at = next;
                        continue;
                    }
                    frame = Some(next);
                    break;
                }
            }
        }
    }
    let (globals, filename, line) = match frame {
        Some(frame) => {
            let filename = py.str(&filename_of(py, &frame));
            let line = py.getattr(frame.as_value(), "f_lineno")?.as_small_int().unwrap_or(0);
            (frame.get(py).globals(py), filename, line)
        }
        None => (py.shared().sys.clone(), py.str("<sys>"), 0),
    };
    let Some(globals) = globals else { return Err(runtime_error("no globals")) };
    let registry = match dict::get_name(py, &globals, "__warningregistry__") {
        Some(registry) if registry.is_a::<Dict>() || registry.is_none() => registry,
        _ => {
            let registry = py.new_dict().into_value();
            dict::set_name(py, &globals, "__warningregistry__", registry.clone());
            registry
        }
    };
    let module = match dict::get_name(py, &globals, "__name__") {
        Some(name) if name.is_none() || name.is_a::<Str>() => name,
        _ => py.str("<string>"),
    };
    Ok(Place { filename, line, module, registry })
}

/// A warning of native code.
pub fn warn(py: &mut Py, category: &Value, message: &str, stacklevel: i64) -> Result<()> {
    let message = py.str(message);
    let place = place(py, stacklevel, &[])?;
    issue(py, &message, category, &place, &Value::NONE)
}

/// The `warnings` module, if a script has loaded it and it has not been taken down.
fn loaded(py: &mut Py) -> Option<Value> {
    import::loaded(py, "warnings").filter(|module| !module.is_none())
}

fn settings(py: &mut Py) -> Settings {
    if let Some(settings) = py.state::<State>().settings.clone() {
        return settings;
    }
    let settings = Settings { filters: filters(py), once: py.new_dict().into_value(), default: py.str("default") };
    py.state::<State>().settings = Some(settings.clone());
    settings
}

/// A name of the `warnings` module, or else the value kept here.
fn setting(py: &mut Py, name: &str, own: fn(Settings) -> Value) -> Result<Value> {
    if let Some(warnings) = loaded(py)
        && let Some(value) = py.getattr_opt(&warnings, name)?
    {
        return Ok(value);
    }
    Ok(own(settings(py)))
}

/// Whether the registry has the key already; with `mark` it has it afterwards.
fn known(py: &mut Py, registry: &Ref<Dict>, key: &Value, mark: bool) -> Result<bool> {
    let version = py.state::<State>().version;
    let version = py.int(version);
    let same = match dict::get_name(py, registry, "version") {
        Some(old) => py.eq(&old, &version)?,
        None => false,
    };
    if same {
        if let Some(found) = dict::get(py, registry, key)?
            && py.truth(&found)?
        {
            return Ok(true);
        }
    } else {
        py.call_method(registry.as_value(), "clear", &[])?;
        dict::set_name(py, registry, "version", version);
    }
    if mark {
        dict::set(py, registry, key, Value::TRUE)?;
    }
    Ok(false)
}

/// Whether a part of a filter matches: None always, a text if it is equal, else by `match`.
fn part_matches(py: &mut Py, pattern: &Value, text: &Value) -> Result<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if py.is_exact::<Str>(pattern) {
        return py.eq(pattern, text);
    }
    let found = py.call_method(pattern, "match", std::slice::from_ref(text))?;
    py.truth(&found)
}

fn is_subclass(py: &Py, class: &Value, of: &Value) -> bool {
    match (class.downcast::<Type>(), of.downcast::<Type>(), of.downcast::<Tuple>()) {
        (Some(class), Some(of), _) => py.is_subtype(class, of),
        (Some(_), None, Some(any)) => any.slice().iter().any(|of| is_subclass(py, class, of)),
        _ => false,
    }
}

/// The action of the first filter that matches, and the filter.
fn action(py: &mut Py, text: &Value, category: &Value, place: &Place) -> Result<(String, Value)> {
    let filters = setting(py, "filters", |own| own.filters)?;
    let items = py.collect(&filters)?;
    for item in items {
        let Some(parts) = item.downcast::<Tuple>().map(|t| t.slice().to_vec()).filter(|p| p.len() == 5) else {
            return Err(lockstep_interp::object::raise::value_error("warnings.filters item isn't a 5-tuple"));
        };
        let matches = part_matches(py, &parts[1], text)?
            && is_subclass(py, category, &parts[2])
            && part_matches(py, &parts[3], &place.module)?
            && parts[4].as_small_int().is_some_and(|n| n == 0 || n == place.line);
        if matches {
            let Some(name) = parts[0].downcast::<Str>().map(|s| s.to_string()) else {
                return Err(type_error(format!("action must be a string, not '{}'", py.type_name(&parts[0]))));
            };
            return Ok((name, item));
        }
    }
    let default = setting(py, "defaultaction", |own| own.default)?;
    match default.downcast::<Str>() {
        Some(name) => Ok((name.to_string(), Value::NONE)),
        None => Err(type_error(format!("_warnings.defaultaction must be a string, not '{}'", py.type_name(&default)))),
    }
}

/// Issue a warning at a place.
fn issue(py: &mut Py, message: &Value, category: &Value, place: &Place, source: &Value) -> Result<()> {
    if place.module.is_none() {
        return Ok(());
    }
    if !place.registry.is_none() && !place.registry.is_a::<Dict>() {
        return Err(type_error("'registry' must be a dict or None"));
    }
    // Filters of the command line are set up by the module that scripts use.
    if import::loaded(py, "warnings").is_none() && !py.shared().config.warn_options.is_empty() && !is_ending(py) {
        import::import_module(py, "warnings")?;
    }
    let warning = py.exception_type(Exc::Warning);
    let (text, message, category) = if py.is_instance_of(message, &warning) {
        (py.str_of(message)?.into_value(), message.clone(), py.type_of(message).into_value())
    } else {
        (message.clone(), py.call(category, std::slice::from_ref(message))?, category.clone())
    };
    let line = py.int(place.line);
    let key = py.tuple(vec![text.clone(), category.clone(), line]);
    let registry = place.registry.downcast::<Dict>().cloned();
    if let Some(registry) = &registry
        && known(py, registry, &key, false)?
    {
        return Ok(());
    }
    let (action, item) = action(py, &text, &category, place)?;
    match action.as_str() {
        "error" => return Err(py.raise_value(&message)),
        "ignore" => return Ok(()),
        _ => {}
    }
    if let Some(registry) = &registry
        && !matches!(action.as_str(), "always" | "all")
    {
        dict::set(py, registry, &key, Value::TRUE)?;
    }
    let repeated = match action.as_str() {
        "once" => {
            let once = setting(py, "onceregistry", |own| own.once)?;
            let Some(once) = once.downcast::<Dict>().cloned() else {
                return Err(type_error(format!("_warnings.onceregistry must be a dict, not '{}'", py.type_name(&once))));
            };
            let key = py.tuple(vec![text.clone(), category.clone()]);
            known(py, &once, &key, true)?
        }
        "module" => match &registry {
            Some(registry) => {
                let key = py.tuple(vec![text.clone(), category.clone(), Value::int32(0)]);
                known(py, registry, &key, true)?
            }
            None => false,
        },
        "always" | "all" | "default" => false,
        other => {
            let (shown, item) = (other.to_owned(), py.repr_lossy(&item));
            return Err(runtime_error(format!("Unrecognized action ({shown}) in warnings.filters:\n {item}")));
        }
    };
    if repeated { Ok(()) } else { show(py, &message, &text, &category, place, source) }
}

/// Show a warning: through `warnings`, if it is loaded, else plainly.
fn show(py: &mut Py, message: &Value, text: &Value, category: &Value, place: &Place, source: &Value) -> Result<()> {
    let module = match loaded(py) {
        None if !source.is_none() && !is_ending(py) => import::import_module(py, "warnings").ok(),
        other => other,
    };
    let line = py.int(place.line);
    if let Some(module) = module
        && let Some(function) = py.getattr_opt(&module, "_showwarnmsg")?
    {
        if !py.is_callable(&function) {
            return Err(type_error("warnings._showwarnmsg() must be set to a callable"));
        }
        let class = py.getattr(&module, "WarningMessage")?;
        let none = Value::NONE;
        let args = [message.clone(), category.clone(), place.filename.clone(), line, none.clone(), none, source.clone()];
        let wrapped = py.call(&class, &args)?;
        return py.call(&function, &[wrapped]).map(drop);
    }
    let name = category.downcast::<Type>().map_or_else(String::new, |t| t.get(py).name.to_string());
    let (filename, text) = (py.str_of(&place.filename)?.to_string(), py.str_of(text)?);
    let mut out = format!("{filename}:{}: {name}: {text}\n", place.line);
    if let Some(source) = traceback::source_line(py, &filename, place.line) {
        out.push_str(&format!("  {}\n", source.trim()));
    }
    report::show(py, &out);
    Ok(())
}

/// The filters that hold before a script changes them.
fn filters(py: &mut Py) -> Value {
    let mut items = Vec::new();
    for (kind, action, module) in [
        (Exc::DeprecationWarning, "default", Some("__main__")),
        (Exc::DeprecationWarning, "ignore", None),
        (Exc::PendingDeprecationWarning, "ignore", None),
        (Exc::ImportWarning, "ignore", None),
        (Exc::ResourceWarning, "ignore", None),
    ] {
        let category = py.exception_type(kind).into_value();
        let action = py.intern(action).into_value();
        let module = module.map_or(Value::NONE, |m| py.intern(m).into_value());
        items.push(py.tuple(vec![action, Value::NONE, category, module, Value::int32(0)]));
    }
    py.list(items)
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Warnings>(&namespace, "_warnings");
    let Settings { filters, once, default } = settings(py);
    // By no import: the program may be at its end and have nothing left to import with.
    let context = match import::native(py, "_contextvars")? {
        Some(contextvars) if !contextvars.is_none() => {
            let name = py.str("warnings_context");
            py.call_method(&contextvars, "ContextVar", &[name])?
        }
        // Without context variables warnings have one context.
        _ => Value::NONE,
    };
    for (name, value) in
        [("filters", filters), ("_onceregistry", once), ("_defaultaction", default), ("_warnings_context", context)]
    {
        dict::set_name(py, &namespace, name, value);
    }
    Ok(())
}
