//! Tracebacks as text, as CPython's `traceback` module writes them: written natively, so that a
//! program that fails needs no library.

mod anchors;
mod frame;
mod source;
mod suggest;
mod syntax;

pub use source::remember;

use std::fmt::Write;

use lockstep_compile::code::Position;
use lockstep_heap::{Ref, Value};

use crate::object::Py;
use crate::object::raise::Exc;
use crate::types::dict;
use crate::types::exception::Exception;
use crate::types::frame::Traceback;
use crate::types::int;
use crate::types::list::List;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use source::Sources;

/// Frames alike that are shown before the rest is counted.
const REPEATED: usize = 3;
/// Exceptions of a group that are shown.
const GROUP_WIDTH: usize = 15;
/// Groups inside groups that are shown.
const GROUP_DEPTH: usize = 10;

/// An exception with its traceback, causes and notes.
pub fn text(py: &mut Py, exception: &Ref<Exception>) -> String {
    let mut writer =
        Writer { out: String::new(), depth: 0, close: false, seen: vec![exception.as_value().id()], sources: Sources::default() };
    writer.chain(py, exception);
    writer.out
}

/// Only the frames of a traceback, without a heading.
pub fn frames(py: &mut Py, traceback: &Value) -> String {
    stack(py, Some(traceback.clone()), &mut Sources::default())
}

/// A line of a source text, if it can be found.
pub fn source_line(py: &mut Py, filename: &str, line: i64) -> Option<String> {
    Sources::default().line(py, filename, None, u32::try_from(line).ok()?)
}

struct Writer {
    out: String,
    /// Depth in exception groups.
    depth: usize,
    /// The frame around a group is still to be closed.
    close: bool,
    seen: Vec<u64>,
    sources: Sources,
}

impl Writer {
    /// An exception after those that led to it.
    fn chain(&mut self, py: &mut Py, exception: &Ref<Exception>) {
        let mut chain = vec![(exception.clone(), "")];
        let mut at = exception.clone();
        loop {
            let payload = at.get(py);
            let fresh = |e: &Value| !self.seen.contains(&e.id());
            let (next, words) = match (&payload.cause, &payload.context) {
                (Some(cause), _) if fresh(cause) => {
                    (cause.clone(), "\nThe above exception was the direct cause of the following exception:\n\n")
                }
                (_, Some(context)) if !payload.suppress_context && fresh(context) => {
                    (context.clone(), "\nDuring handling of the above exception, another exception occurred:\n\n")
                }
                _ => break,
            };
            let Ok(next) = next.downcast_into::<Exception>() else { break };
            self.seen.push(next.as_value().id());
            if let Some(last) = chain.last_mut() {
                last.1 = words;
            }
            chain.push((next.clone(), ""));
            at = next;
        }
        for (exception, words) in chain.into_iter().rev() {
            if !words.is_empty() {
                self.emit(words, '|');
            }
            self.one(py, &exception);
        }
    }

    /// Text at the margin of the group around it.
    fn emit(&mut self, text: &str, margin: char) {
        if self.depth == 0 {
            self.out.push_str(text);
            return;
        }
        let indent = "  ".repeat(self.depth);
        for line in text.split_inclusive('\n') {
            self.out.push_str(&indent);
            self.out.push(margin);
            self.out.push(' ');
            self.out.push_str(line);
        }
    }

    fn one(&mut self, py: &mut Py, exception: &Ref<Exception>) {
        let traceback = exception.get(py).traceback.clone();
        let has_stack = traceback.is_some();
        let frames = stack(py, traceback, &mut self.sources);
        let has_stack = has_stack && !frames.is_empty();
        if !crate::types::exception::is_group(py, exception.as_value()) {
            if has_stack {
                self.emit("Traceback (most recent call last):\n", '|');
                self.emit(&frames, '|');
            }
            let text = last_lines(py, exception);
            self.emit(&text, '|');
            return;
        }
        if self.depth > GROUP_DEPTH || py.native_stack().is_err() {
            self.emit(&format!("... (max_group_depth is {GROUP_DEPTH})\n"), '|');
            return;
        }
        let outermost = self.depth == 0;
        if outermost {
            self.depth = 1;
        }
        if has_stack {
            self.emit("Exception Group Traceback (most recent call last):\n", if outermost { '+' } else { '|' });
            self.emit(&frames, '|');
        }
        let text = last_lines(py, exception);
        self.emit(&text, '|');
        let parts = crate::types::exception::exceptions_of(py, exception);
        let count = if parts.len() <= GROUP_WIDTH { parts.len() } else { GROUP_WIDTH + 1 };
        self.close = false;
        for i in 0..count {
            let last = i + 1 == count;
            if last {
                self.close = true;
            }
            let cut = i >= GROUP_WIDTH;
            let title = if cut { "...".to_owned() } else { (i + 1).to_string() };
            let corner = if i == 0 { "+-" } else { "  " };
            // Writing into a String cannot fail.
            let _ = writeln!(self.out, "{}{corner}+---------------- {title} ----------------", "  ".repeat(self.depth));
            self.depth += 1;
            if cut {
                let rest = parts.len() - GROUP_WIDTH;
                self.emit(&format!("and {rest} more exception{}\n", if rest > 1 { "s" } else { "" }), '|');
            } else if let Some(part) = parts[i].downcast::<Exception>() {
                self.seen.push(parts[i].id());
                self.chain(py, part);
            }
            if last && self.close {
                let _ = writeln!(self.out, "{}+------------------------------------", "  ".repeat(self.depth));
                self.close = false;
            }
            self.depth -= 1;
        }
        if outermost {
            self.depth = 0;
        }
    }
}

/// One frame of a traceback.
struct Entry {
    filename: String,
    name: String,
    line: u32,
    position: Position,
    globals: Option<Value>,
}

/// `sys.tracebacklimit`
fn limit(py: &mut Py) -> Option<usize> {
    let sys = py.shared().sys.clone()?;
    let limit = dict::get_name(py, &sys, "tracebacklimit")?;
    match int::as_i64(&limit) {
        Some(n) => Some(n.max(0) as usize),
        None => int::to_ibig(&limit).map(|n| if n < dashu_int::IBig::ZERO { 0 } else { usize::MAX }),
    }
}

/// The frames of a traceback.
fn stack(py: &mut Py, traceback: Option<Value>, sources: &mut Sources) -> String {
    let mut entries = Vec::new();
    let mut at = traceback;
    while let Some(traceback) = at.as_ref().and_then(|t| t.downcast::<Traceback>()).cloned() {
        let payload = traceback.get(py);
        let frame = payload.frame.get(py);
        let code = frame.code.clone();
        let globals = frame.globals(py).map(Ref::into_value);
        let mut position = code.code.position(payload.last as usize);
        if payload.last == u32::MAX {
            position = Position::default();
        }
        let line = if position.line == 0 { payload.line(py) } else { position.line };
        entries.push(Entry {
            filename: code.code.filename.to_string(),
            name: code.code.name.to_string(),
            line,
            position,
            globals,
        });
        at = payload.next.clone();
    }
    let skip = limit(py).map_or(0, |n| entries.len().saturating_sub(n));
    let mut out = String::new();
    let mut count = 0;
    let mut last: Option<&Entry> = None;
    let repeated = |count: usize, out: &mut String| {
        if count > REPEATED {
            let n = count - REPEATED;
            let _ = writeln!(out, "  [Previous line repeated {n} more time{}]", if n > 1 { "s" } else { "" });
        }
    };
    for entry in &entries[skip..] {
        if !last.is_some_and(|l| l.filename == entry.filename && l.line == entry.line && l.name == entry.name) {
            repeated(count, &mut out);
            count = 0;
            last = Some(entry);
        }
        count += 1;
        if count <= REPEATED {
            frame::write(py, entry, sources, &mut out);
        }
    }
    repeated(count, &mut out);
    out
}

/// The class as the last line names it.
fn class_name(py: &mut Py, exception: &Ref<Exception>) -> String {
    let class = py.type_of(exception.as_value());
    let module = match py.getattr_opt(class.as_value(), "__module__") {
        Ok(Some(m)) => m.downcast::<Str>().map(|s| s.to_string()),
        _ => Some("builtins".to_owned()),
    };
    let name = class.get(py).qualname.to_string();
    match module.as_deref() {
        Some("builtins" | "__main__") => name,
        Some(module) => format!("{module}.{name}"),
        None => format!("<unknown>.{name}"),
    }
}

/// `str(value)`, or that it failed.
fn safe_str(py: &mut Py, value: &Value, what: &str) -> String {
    match py.str_of(value) {
        Ok(text) => text.to_string(),
        Err(_) => format!("<{what} str() failed>"),
    }
}

/// Class, message, notes; for a SyntaxError also where it is.
pub fn last_lines(py: &mut Py, exception: &Ref<Exception>) -> String {
    let class = class_name(py, exception);
    let mut out = String::new();
    if py.exception_kind(exception).is(Exc::SyntaxError) {
        syntax::write(py, exception, &class, &mut out);
    } else {
        let mut message = safe_str(py, exception.as_value(), "exception");
        suggest::extend(py, exception, &mut message);
        let _ = if message.is_empty() { writeln!(out, "{class}") } else { writeln!(out, "{class}: {message}") };
    }
    notes(py, exception, &mut out);
    out
}

fn notes(py: &mut Py, exception: &Ref<Exception>, out: &mut String) {
    let notes = match py.getattr_opt(exception.as_value(), "__notes__") {
        Ok(Some(notes)) => notes,
        Ok(None) => return,
        Err(error) => {
            let error = py.exception(error);
            let shown = py.repr_lossy(error.as_value());
            let _ = writeln!(out, "Ignored error getting __notes__: {shown}");
            return;
        }
    };
    if notes.is_none() {
        return;
    }
    let items = if let Some(list) = notes.downcast::<List>() {
        list.get(py).items.clone()
    } else if let Some(tuple) = notes.downcast::<Tuple>() {
        tuple.slice().to_vec()
    } else {
        let shown = match py.repr(&notes) {
            Ok(text) => text.to_string(),
            Err(_) => "<__notes__ repr() failed>".to_owned(),
        };
        let _ = writeln!(out, "{shown}");
        return;
    };
    for note in items {
        let text = safe_str(py, &note, "note");
        for line in text.split('\n') {
            let _ = writeln!(out, "{line}");
        }
    }
}
