//! What is printed when an exception ends a thread.

use lockstep_interp::object::Type;
use lockstep_interp::object::raise::type_error;
use lockstep_interp::types::dict;
use lockstep_interp::types::exception::Exception;
use lockstep_interp::types::structseq::{StructSpec, item};
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Exc, Py, Ref, Result, Value};

const ARGS: StructSpec = StructSpec {
    name: "_ExceptHookArgs",
    module: "_thread",
    doc: "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.",
    fields: &["exc_type", "exc_value", "exc_traceback", "thread"],
    visible: 4,
    constructible: true,
};
static ARGS_SPEC: StructSpec = ARGS;

/// The type `_ExceptHookArgs`.
pub(super) fn args_type(py: &mut Py) -> Ref<Type> {
    py.struct_type(&ARGS_SPEC)
}

fn from_sys(py: &mut Py, name: &str) -> Option<Value> {
    let sys = py.shared().sys.clone()?;
    dict::get_name(py, &sys, name)
}

/// `threading.excepthook(args)`
pub(super) fn excepthook(py: &mut Py, args: &Value) -> Result<()> {
    let ty = args_type(py);
    let Some(tuple) = args.downcast::<Tuple>().filter(|_| py.type_ref(args).is(&ty)) else {
        return Err(type_error("_thread.excepthook argument type must be ExceptHookArgs"));
    };
    let [kind, value, traceback, thread] = [0, 1, 2, 3].map(|k| item(py, tuple, k));
    if kind.is(py.exception_type(Exc::SystemExit).as_value()) {
        return Ok(());
    }
    let mut file = from_sys(py, "stderr").unwrap_or(Value::NONE);
    let replaced = file.is_none();
    if replaced {
        if thread.is_none() {
            return Ok(());
        }
        file = py.getattr_opt(&thread, "_stderr")?.unwrap_or(Value::NONE);
        if file.is_none() {
            return Ok(());
        }
    }
    let name = if thread.is_none() { None } else { py.getattr_opt(&thread, "name")? };
    let name = match name {
        Some(name) => py.str_of(&name)?.to_string(),
        None => py.thread_id().to_string(),
    };
    let head = py.str(&format!("Exception in thread {name}:\n"));
    py.call_method(&file, "write", &[head])?;
    if replaced && let Some(exception) = value.downcast::<Exception>() {
        // `sys.excepthook` writes to `sys.stderr` alone.
        let text = lockstep_interp::embed::traceback::text(py, exception);
        let text = py.str(&text);
        py.call_method(&file, "write", &[text])?;
    } else if let Some(display) = from_sys(py, "__excepthook__") {
        py.call(&display, &[kind, value, traceback])?;
    }
    py.call_method(&file, "flush", &[])?;
    Ok(())
}
