//! Where every thread is and what it waits for, as text.

use std::fmt::Write;

use lockstep_sched::{ThreadInfo, Wait};

use super::report;
use crate::object::Py;
use crate::types::dict::{self, Dict};

/// Threads that no dump shows: they only make dumps.
#[derive(Default)]
struct Hidden(Vec<u64>);

/// Leaves this thread out of dumps.
pub fn hide(py: &mut Py) {
    let id = py.thread_id();
    py.state::<Hidden>().0.push(id);
}

/// This thread ends.
pub fn unhide(py: &mut Py) {
    let id = py.thread_id();
    py.state::<Hidden>().0.retain(|other| *other != id);
}

/// Frames shown of each thread.
const DEPTH: usize = 100;
/// Characters shown of a name.
const LONGEST: usize = 500;

/// A name, shortened if it is too long.
fn shortened(name: &str) -> std::borrow::Cow<'_, str> {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &name[..end]).into(),
        None => name.into(),
    }
}

/// A thread as reports name it: its number, and its name if `threading` knows it.
pub fn thread_label(py: &mut Py, id: u64) -> String {
    match thread_name(py, id) {
        Some(name) => format!("{id:#018x} [{name}]"),
        None => format!("{id:#018x}"),
    }
}

/// The name that `threading` has for a thread; runs no Python code.
pub fn thread_name(py: &mut Py, id: u64) -> Option<String> {
    let threading = crate::import::loaded(py, "threading")?;
    let namespace = py.instance_dict(&threading)?;
    let active = dict::get_name(py, &namespace, "_active")?;
    let key = py.int(id as i64);
    let thread = dict::get(py, active.downcast::<Dict>()?, &key).ok()??;
    let name = py.intern("_name");
    let name = py.instance_get(&thread, &name)?;
    Some(name.downcast::<crate::types::str::Str>()?.to_string())
}

/// What a thread waits for, in words.
fn wait_text(py: &mut Py, wait: &Wait) -> String {
    let mut text = format!("  waits for {}", wait.kind.phrase());
    if wait.fd >= 0 {
        let _ = write!(text, " (descriptor {})", wait.fd);
    }
    if wait.object != 0 {
        let _ = write!(text, " at {:#x}", wait.object);
    }
    if wait.owner != 0 {
        let owner = thread_label(py, wait.owner);
        let words = if wait.kind == lockstep_sched::WaitKind::Join { "thread" } else { "held by thread" };
        let _ = write!(text, ", {words} {owner}");
    }
    if !wait.deadline.is_never() {
        let left = wait.deadline.0.saturating_sub(py.thread.sched().clock().now());
        let _ = write!(text, ", at most {:.1} s more", left as f64 / 1e9);
    }
    text
}

/// The stacks of all threads or of this one, the youngest thread first, innermost call first.
pub fn threads(py: &mut Py, all: bool) -> String {
    let mut out = String::new();
    let mine = py.thread_id();
    let infos: Vec<ThreadInfo> = py.thread.sched().dump();
    let hidden = py.state::<Hidden>().0.clone();
    for (id, places) in py.thread_places(DEPTH + 1).into_iter().rev() {
        if id != mine && !all || hidden.contains(&id) {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        let label = thread_label(py, id);
        let head = match (all, id == mine) {
            (true, true) => format!("Current thread {label} (most recent call first):"),
            (true, false) => format!("Thread {label} (most recent call first):"),
            (false, _) => "Stack (most recent call first):".to_owned(),
        };
        out.push_str(&head);
        out.push('\n');
        if let Some(wait) = infos.iter().find(|i| i.id == id && id != mine).and_then(|i| i.waits) {
            let text = wait_text(py, &wait);
            out.push_str(&text);
            out.push('\n');
        }
        if places.is_empty() {
            out.push_str("  <no Python frame>\n");
        }
        for place in places.iter().take(DEPTH) {
            // Writing into a String cannot fail.
            let _ = writeln!(out, "  File \"{}\", line {} in {}", shortened(&place.file), place.line, shortened(&place.function));
        }
        if places.len() > DEPTH {
            out.push_str("  ...\n");
        }
    }
    out
}

/// SIGQUIT came and no script handles it: the dump goes to `sys.stderr`. False: a script does.
pub(super) fn on_quit(py: &mut Py) -> bool {
    let handled = py.shared().quit_handled;
    if !handled {
        let text = threads(py, true);
        report::show(py, &text);
        report::flush(py, "stderr");
    }
    !handled
}
