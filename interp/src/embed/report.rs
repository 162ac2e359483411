//! Errors that nobody caught: shown by `sys.excepthook`, or plainly while there is none; and the
//! exit code that follows.

use std::fmt::Write;

use lockstep_heap::{Ref, Value};

use super::stream::Stream;
use crate::object::raise::{Exc, Raised};
use crate::object::Py;
use crate::types::dict;
use crate::types::exception::Exception;
use crate::types::frame::Traceback;
use crate::types::int;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The end of a program: what is shown, and the exit code.
pub fn finish(py: &mut Py, result: Result<(), Raised>) -> i32 {
    let Err(error) = result else { return 0 };
    if error.is(Exc::SystemExit) {
        return exit_code(py, error);
    }
    let code = if error.is(Exc::KeyboardInterrupt) { 130 } else { 1 };
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
    if let Some(n) = int::as_i64(&code) {
        return (n & 0xff) as i32;
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
            for (name, value) in [("last_exc", exception.to_value()), ("last_type", kind.clone()), ("last_value", exception.to_value()), ("last_traceback", traceback.clone())] {
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

/// A plain report: traceback, causes, message.
pub fn text(py: &mut Py, exception: &Ref<Exception>) -> String {
    let mut out = String::new();
    let mut chain = vec![(exception.clone(), "")];
    while let Some((at, _)) = chain.last() {
        let payload = at.get(py);
        let (next, words) = match (&payload.cause, &payload.context) {
            (Some(cause), _) => (cause.clone(), "\nThe above exception was the direct cause of the following exception:\n\n"),
            (None, Some(context)) if !payload.suppress_context => {
                (context.clone(), "\nDuring handling of the above exception, another exception occurred:\n\n")
            }
            _ => break,
        };
        let Some(next) = next.downcast::<Exception>().cloned() else { break };
        if chain.iter().any(|(e, _)| e.is(&next)) || chain.len() > 200 {
            break;
        }
        if let Some(last) = chain.last_mut() {
            last.1 = words;
        }
        chain.push((next, ""));
    }
    for (exception, words) in chain.iter().rev() {
        out.push_str(words);
        one(py, exception, &mut out);
    }
    out
}

fn one(py: &mut Py, exception: &Ref<Exception>, out: &mut String) {
    let mut at = exception.get(py).traceback.clone();
    if at.is_some() {
        out.push_str("Traceback (most recent call last):\n");
    }
    while let Some(traceback) = at.as_ref().and_then(|t| t.downcast::<Traceback>()).cloned() {
        let payload = traceback.get(py);
        let code = payload.frame.get(py).code.clone();
        let (line, next) = (payload.line, payload.next.clone());
        // Writing into a String cannot fail.
        let _ = writeln!(out, "  File \"{}\", line {line}, in {}", code.code.filename, code.code.name);
        if let Some(source) = source_line(&code.code.filename, line) {
            let _ = writeln!(out, "    {source}");
        }
        at = next;
    }
    let kind = py.type_of(exception.as_value());
    let (module, name) = (py.getattr_opt(kind.as_value(), "__module__"), kind.get(py).qualname.to_string());
    let module = module.ok().flatten().and_then(|m| m.downcast::<Str>().map(|s| s.to_string())).unwrap_or_default();
    let name = if module.is_empty() || module == "builtins" || module == "__main__" { name } else { format!("{module}.{name}") };
    if exception.get(py).args.downcast::<Tuple>().is_some_and(|a| a.len() >= 2)
        && py.type_ref(exception.as_value()).get(py).exception.is_some_and(|k| k.is(Exc::SyntaxError))
    {
        syntax(py, exception, &name, out);
        return;
    }
    let message = match py.str_of(exception.as_value()) {
        Ok(text) => text.to_string(),
        Err(_) => "<exception str() failed>".to_owned(),
    };
    let _ = if message.is_empty() { writeln!(out, "{name}") } else { writeln!(out, "{name}: {message}") };
}

/// The place of a syntax error.
fn syntax(py: &mut Py, exception: &Ref<Exception>, name: &str, out: &mut String) {
    let args = exception.get(py).args.clone();
    let Some([message, details]) = args.downcast::<Tuple>().map(|t| t.slice()) else { return };
    let details = details.downcast::<Tuple>().map(|t| t.slice().to_vec()).unwrap_or_default();
    let text = |v: Option<&Value>| v.and_then(|v| v.downcast::<Str>()).map(|s| s.to_string());
    let number = |v: Option<&Value>| v.and_then(int::as_i64).unwrap_or(0);
    let (file, line) = (text(details.first()).unwrap_or_default(), number(details.get(1)));
    let _ = writeln!(out, "  File \"{file}\", line {line}");
    if let Some(source) = text(details.get(3)) {
        let shown = source.trim_end().trim_start_matches([' ', '\t', '\u{c}']);
        let cut = (source.trim_end().chars().count() - shown.chars().count()) as i64;
        let _ = writeln!(out, "    {shown}");
        let start = number(details.get(2)) - 1 - cut;
        if start >= 0 {
            let end = if number(details.get(4)) == line { number(details.get(5)) - 1 - cut } else { shown.chars().count() as i64 };
            let _ = writeln!(out, "    {}{}", " ".repeat(start as usize), "^".repeat((end - start).max(1) as usize));
        }
    }
    let message = message.downcast::<Str>().map(|s| s.to_string()).unwrap_or_default();
    let _ = writeln!(out, "{name}: {message}");
}

fn source_line(file: &str, line: u32) -> Option<String> {
    if file.starts_with('<') {
        return None;
    }
    let bytes = std::fs::read(file).ok()?;
    let line = bytes.split(|b| *b == b'\n').nth((line as usize).checked_sub(1)?)?;
    let text = String::from_utf8_lossy(line).trim().to_owned();
    (!text.is_empty()).then_some(text)
}
