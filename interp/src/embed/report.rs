//! Errors that nobody caught: shown by `sys.excepthook`, or plainly while there is none; and the
//! exit code that follows.

use lockstep_heap::{Ref, Value};

use super::stream::Stream;
use crate::object::Py;
use crate::object::raise::{Exc, Raised};
use crate::types::dict;
use crate::types::exception::Exception;
use crate::types::int;
use crate::types::tuple::Tuple;

/// What [`finish`] gives for a program that Ctrl-C ended: the process is to die of that signal, so
/// that its shell knows.
pub const INTERRUPTED: i32 = -2;

/// The end of a program: what is shown, and the exit code.
pub fn finish(py: &mut Py, result: Result<(), Raised>) -> i32 {
    let Err(error) = result else { return 0 };
    if error.is(Exc::SystemExit) {
        return exit_code(py, error);
    }
    let code = if error.is(Exc::KeyboardInterrupt) { INTERRUPTED } else { 1 };
    self::error(py, error);
    code
}

/// The code that a SystemExit asks for; a message is shown.
fn exit_code(py: &mut Py, error: Raised) -> i32 {
    let exception = py.exception(error);
    let code = match py.getattr_opt(exception.as_value(), "code") {
        Ok(Some(code)) => code,
        _ => match exception.get(py).args.downcast::<Tuple>().map(|t| t.slice().to_vec()).as_deref() {
            None | Some([]) => Value::NONE,
            Some([one]) => one.clone(),
            Some(_) => exception.get(py).args.clone(),
        },
    };
    if code.is_none() {
        return 0;
    }
    if int::is_int(&code) {
        // What does not fit is -1, as in C.
        return (int::as_i64(&code).unwrap_or(-1) & 0xff) as i32;
    }
    if let Ok(text) = py.str_of(&code) {
        flush(py, "stdout");
        show(py, &format!("{text}\n"));
    }
    1
}

/// Show an error.
pub fn error(py: &mut Py, error: Raised) {
    let exception = py.exception(error);
    flush(py, "stdout");
    let sys = py.shared().sys.clone();
    let hook = sys.and_then(|sys| dict::get_name(py, &sys, "excepthook"));
    let kind = py.type_of(exception.as_value()).into_value();
    let traceback = exception.get(py).traceback.clone().unwrap_or(Value::NONE);
    if let Some(hook) = hook {
        if let Some(sys) = py.shared().sys.clone() {
            for (name, value) in [
                ("last_exc", exception.to_value()),
                ("last_type", kind.clone()),
                ("last_value", exception.to_value()),
                ("last_traceback", traceback.clone()),
            ] {
                dict::set_name(py, &sys, name, value);
            }
        }
        match py.call(&hook, &[kind, exception.to_value(), traceback]) {
            Ok(_) => {}
            Err(second) if second.is(Exc::SystemExit) => {}
            Err(second) => {
                show(py, "Error in sys.excepthook:\n");
                let second = py.exception(second);
                let text = text(py, &second);
                show(py, &text);
                show(py, "\nOriginal exception was:\n");
                let text = self::text(py, &exception);
                show(py, &text);
            }
        }
    } else {
        show(py, "sys.excepthook is missing\n");
        let text = text(py, &exception);
        show(py, &text);
    }
    flush(py, "stderr");
}

/// Write text to `sys.stderr`; at worst to nowhere.
pub fn show(py: &mut Py, text: &str) {
    let Some(sys) = py.shared().sys.clone() else { return };
    let Some(stderr) = dict::get_name(py, &sys, "stderr") else { return };
    let result = match stderr.downcast::<Stream>().cloned() {
        Some(stream) => Stream::push(py, &stream, text.as_bytes()),
        None if stderr.is_none() => Ok(()),
        None => {
            let text = py.str(text);
            py.call_method(&stderr, "write", &[text]).map(drop)
        }
    };
    // There is nobody left to tell.
    drop(result);
}

/// Flush `sys.stdout` or `sys.stderr`; whether that went well.
pub fn flush(py: &mut Py, name: &str) -> bool {
    let Some(sys) = py.shared().sys.clone() else { return true };
    let Some(stream) = dict::get_name(py, &sys, name) else { return true };
    let result = match stream.downcast::<Stream>().cloned() {
        Some(stream) => Stream::flush_buffer(py, &stream),
        None if stream.is_none() => Ok(()),
        None => py.call_method(&stream, "flush", &[]).map(drop),
    };
    result.is_ok()
}

/// Write out what a standard stream still holds, at the end of the program. An error of standard
/// output is told, one of standard error cannot be. False if there was one.
pub fn flush_last(py: &mut Py, name: &str) -> bool {
    let Some(sys) = py.shared().sys.clone() else { return true };
    let Some(stream) = dict::get_name(py, &sys, name).filter(|stream| !stream.is_none()) else { return true };
    if !stream.is_a::<Stream>()
        && let Ok(Some(closed)) = py.getattr_opt(&stream, "closed")
        && py.truth(&closed).unwrap_or(false)
    {
        return true;
    }
    let result = match stream.downcast::<Stream>().cloned() {
        Some(stream) => Stream::flush_buffer(py, &stream),
        None => py.call_method(&stream, "flush", &[]).map(drop),
    };
    match result {
        Ok(()) => true,
        Err(error) => {
            if name == "stdout" {
                crate::builtins::unraisable(py, error, "Exception ignored while flushing sys.stdout", None);
            }
            false
        }
    }
}

/// A plain report: traceback, causes, message.
pub fn text(py: &mut Py, exception: &Ref<Exception>) -> String {
    super::traceback::text(py, exception)
}

/// Whether an error ends the program quietly.
pub fn is_exit(error: &Raised) -> bool {
    error.is(Exc::SystemExit)
}

/// Whether an error is an ImportError that carries nothing but words: `-m` found no module.
pub fn is_plain_import_error(error: &Raised) -> bool {
    error.is(Exc::ImportError)
        && !error.is(Exc::ModuleNotFoundError)
        && matches!(error.payload(), crate::object::raise::Payload::Message(_))
}

/// The words of an error.
pub fn message(py: &mut Py, error: &Raised) -> String {
    match error.payload() {
        crate::object::raise::Payload::Message(text) => text.clone(),
        crate::object::raise::Payload::Object(e) => py.str_of(e.clone().as_value()).map(|s| s.to_string()).unwrap_or_default(),
        _ => error.kind().name().to_owned(),
    }
}
