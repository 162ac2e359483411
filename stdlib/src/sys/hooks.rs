//! What happens with results at a prompt and with errors that nobody catches; audit hooks.

use lockstep_interp::embed::report;
use lockstep_interp::embed::traceback;
use lockstep_interp::object::Type;
use lockstep_interp::object::raise::{Exc, Raised, runtime_error, type_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::exception::Exception;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::structseq::{StructSpec, item};
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Ref, Result, Value, module};

static ARGS: StructSpec = StructSpec {
    name: "UnraisableHookArgs",
    module: "builtins",
    doc: "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.",
    fields: &["exc_type", "exc_value", "exc_traceback", "err_msg", "object"],
    visible: 5,
    constructible: true,
};

/// The type of what `sys.unraisablehook` receives.
pub(super) fn args_type(py: &mut Py) -> Ref<Type> {
    py.struct_type(&ARGS)
}

/// Functions of `sys`.
pub(super) struct Hooks;

/// The audit hooks.
#[derive(Default)]
struct Audit {
    hooks: Vec<Value>,
}

/// Tell the audit hooks about an event.
pub(crate) fn audit_event(py: &mut Py, event: &str, args: &[Value]) -> Result<()> {
    let hooks = match py.state_if::<Audit>() {
        Some(audit) if !audit.hooks.is_empty() => audit.hooks.clone(),
        _ => return Ok(()),
    };
    let (event, args) = (py.str(event), py.tuple(args.to_vec()));
    for hook in hooks {
        py.call(&hook, &[event.clone(), args.clone()])?;
    }
    Ok(())
}

#[module]
impl Hooks {
    /// Handle an exception by displaying it with a traceback on sys.stderr.
    #[py("(exctype, value, traceback, /)")]
    fn excepthook(py: &mut Py, _exctype: &Value, value: &Value, traceback: &Value) -> Result<()> {
        let Some(e) = value.downcast::<Exception>() else {
            let class = py.type_name(value);
            report::show(py, &format!("TypeError: print_exception(): Exception expected for value, {class} found\n"));
            return Ok(());
        };
        if !traceback.is_none() && e.get(py).traceback.is_none() {
            py.setattr(value, "__traceback__", traceback.clone())?;
        }
        let text = report::text(py, e);
        report::show(py, &text);
        Ok(())
    }
    /// Print an object to sys.stdout and also save it in builtins._
    #[py("(object, /)")]
    fn displayhook(py: &mut Py, object: &Value) -> Result<()> {
        if object.is_none() {
            return Ok(());
        }
        let Some(builtins) = py.shared().builtins.clone() else { return Err(runtime_error("lost builtins module")) };
        dict::set_name(py, &builtins, "_", Value::NONE);
        let stdout = match super::get(py, "stdout") {
            Some(stdout) if !stdout.is_none() => stdout,
            _ => return Err(runtime_error("lost sys.stdout")),
        };
        let text = py.repr(object)?.into_value();
        match py.call_method(&stdout, "write", &[text]) {
            Err(e) if e.is(Exc::UnicodeEncodeError) => {
                let text = py.ascii(object)?.into_value();
                py.call_method(&stdout, "write", &[text])?;
            }
            other => drop(other?),
        }
        let end = py.str("\n");
        py.call_method(&stdout, "write", &[end])?;
        dict::set_name(py, &builtins, "_", object.clone());
        Ok(())
    }
    /// Handle an unraisable exception.
    #[py("(unraisable, /)")]
    fn unraisablehook(py: &mut Py, unraisable: &Value) -> Result<()> {
        let ty = args_type(py);
        let Some(args) = unraisable.downcast::<Tuple>().filter(|_| py.type_ref(unraisable).is(&ty)) else {
            return Err(type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
        };
        let [kind, value, tb, message, object] = [0, 1, 2, 3, 4].map(|k| item(py, args, k));
        show(py, &kind, &value, &tb, &message, &object);
        Ok(())
    }
    /// Call the debugger named by the environment variable PYTHONBREAKPOINT, by default pdb.
    #[py("(*args, **kws)")]
    fn breakpointhook(py: &mut Py, args: &[Value], kws: &Value) -> Result<Value> {
        let name = crate::posix::variable(py, "PYTHONBREAKPOINT").unwrap_or_default();
        let name = match name.as_str() {
            "0" => return Ok(Value::NONE),
            "" => "pdb.set_trace",
            name => name,
        };
        let (module, attribute) = name.rsplit_once('.').unwrap_or(("builtins", name));
        let function = match lockstep_interp::import::import_module(py, module) {
            Ok(module) => py.getattr_opt(&module, attribute)?,
            Err(e) if e.is(Exc::ImportError) => None,
            Err(e) => return Err(e),
        };
        let Some(function) = function else {
            py.warn(Exc::RuntimeWarning, &format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{name}\""), 1)?;
            return Ok(Value::NONE);
        };
        let keywords = py.kwargs(kws);
        py.call_kw(&function, args, &keywords)
    }
    /// Passes the event to any hooks that are attached.
    #[py("(event, /, *args)")]
    fn audit(py: &mut Py, event: &Value, args: &[Value]) -> Result<()> {
        let Some(name) = event.downcast::<Str>().map(|s| s.to_string()) else {
            return Err(type_error(format!("expected str for argument 'event', not {}", py.type_name(event))));
        };
        audit_event(py, &name, args)
    }
    /// Adds a new audit hook callback.
    #[py("(hook)")]
    fn addaudithook(py: &mut Py, hook: Value) -> Result<()> {
        match audit_event(py, "sys.addaudithook", &[]) {
            Ok(()) => py.state::<Audit>().hooks.push(hook),
            // A hook may refuse others.
            Err(e) if e.is(Exc::RuntimeError) => {}
            Err(e) => return Err(e),
        }
        Ok(())
    }
}

/// Write what `sys.unraisablehook` writes.
fn show(py: &mut Py, kind: &Value, value: &Value, tb: &Value, message: &Value, object: &Value) {
    let message = message.downcast::<Str>().map(|s| s.to_string());
    let mut text = match (&message, object.is_none()) {
        (Some(m), true) => format!("{m}:\n"),
        (Some(m), false) => format!("{m}: {}\n", shown(py, object)),
        (None, false) => format!("Exception ignored in: {}\n", shown(py, object)),
        (None, true) => String::new(),
    };
    if !tb.is_none() {
        let frames = traceback::frames(py, tb);
        if !frames.is_empty() {
            text.push_str("Traceback (most recent call last):\n");
            text.push_str(&frames);
        }
    }
    if kind.is_none() {
        report::show(py, &text);
        return;
    }
    match value.downcast::<Exception>() {
        Some(e) => text.push_str(&traceback::last_lines(py, e)),
        None => {
            let name = kind.downcast::<Type>().map_or_else(|| "<unknown>".to_owned(), |t| t.get(py).name.to_string());
            text.push_str(&format!("{name}\n"));
        }
    }
    report::show(py, &text);
    report::flush(py, "stderr");
}

fn shown(py: &mut Py, object: &Value) -> String {
    match py.repr(object) {
        Ok(text) => text.to_string(),
        Err(_) => "<object repr() failed>".to_owned(),
    }
}

/// An error that nobody can catch: hand it to `sys.unraisablehook`.
pub(super) fn report(py: &mut Py, error: Raised, message: &str, object: Option<Value>) {
    let e = py.exception(error);
    py.trace_here(&e);
    let kind = py.type_of(e.as_value()).into_value();
    let tb = e.get(py).traceback.clone().unwrap_or(Value::NONE);
    let message = if message.is_empty() { Value::NONE } else { py.str(message) };
    let object = object.unwrap_or(Value::NONE);
    let hook = super::get(py, "unraisablehook");
    let own = super::get(py, "__unraisablehook__");
    match (hook, own) {
        (Some(hook), Some(own)) if !hook.is(&own) && !hook.is_none() => {
            let values = vec![kind.clone(), e.to_value(), tb.clone(), message.clone(), object.clone()];
            let args = py.struct_seq(&ARGS, values);
            if let Err(second) = py.call(&hook, &[args]) {
                let second = py.exception(second);
                let (kind, tb) =
                    (py.type_of(second.as_value()).into_value(), second.get(py).traceback.clone().unwrap_or(Value::NONE));
                let words = py.str("Exception ignored in sys.unraisablehook");
                show(py, &kind, second.as_value(), &tb, &words, &hook);
            }
        }
        (Some(_), _) => show(py, &kind, e.as_value(), &tb, &message, &object),
        (None, _) => {}
    }
}
