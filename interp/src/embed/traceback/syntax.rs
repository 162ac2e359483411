//! Syntax errors with their line and a mark below the place.

use std::fmt::Write;

use lockstep_heap::{Ref, Value};

use crate::object::Py;
use crate::types::exception::{Exception, place};
use crate::types::int;
use crate::types::str::Str;

/// Write file, line, text, mark, and the message.
pub(super) fn write(py: &mut Py, exception: &Ref<Exception>, class: &str, out: &mut String) {
    let field = |i: usize| exception.get(py).field(i).cloned().unwrap_or(Value::NONE);
    let (filename, lineno, offset, text) =
        (field(place::FILENAME), field(place::LINENO), field(place::OFFSET), field(place::TEXT));
    let (end_lineno, end_offset, message) = (field(place::END_LINENO), field(place::END_OFFSET), field(place::MSG));
    let filename = if filename.is_none() { None } else { Some(super::safe_str(py, &filename, "filename")) };
    let mut suffix = String::new();
    // Writing into a String cannot fail.
    if !lineno.is_none() {
        let line = super::safe_str(py, &lineno, "lineno");
        let shown = filename.as_deref().filter(|f| !f.is_empty()).unwrap_or("<string>");
        let _ = writeln!(out, "  File \"{shown}\", line {line}");
    } else if let Some(filename) = &filename {
        suffix = format!(" ({filename})");
    }
    if let Some(text) = text.downcast::<Str>() {
        let same_line = match (int::as_i64(&lineno), int::as_i64(&end_lineno)) {
            (Some(a), Some(b)) => a == b,
            _ => lineno.is_none() && end_lineno.is_none(),
        };
        let end = if same_line { Some(int::as_i64(&end_offset).filter(|n| *n != 0)) } else { None };
        marked(&text.to_string(), int::as_i64(&offset), end, out);
    }
    let message = if message.is_none() { String::new() } else { super::safe_str(py, &message, "message") };
    let message = if message.is_empty() { "<no detail available>" } else { &message };
    let _ = writeln!(out, "{class}: {message}{suffix}");
}

/// The line without its margin, with marks. `end`: none if the error goes on behind the line;
/// inside, none if only its beginning is known.
fn marked(text: &str, offset: Option<i64>, end: Option<Option<i64>>, out: &mut String) {
    let whole = text.trim_end_matches('\n');
    let shown = whole.trim_start_matches([' ', '\n', '\u{c}']);
    let count = |t: &str| t.chars().count() as i64;
    let cut = count(whole) - count(shown);
    let _ = writeln!(out, "    {shown}");
    let Some(mut start) = offset else { return };
    let mut end = match end {
        Some(Some(end)) => end,
        Some(None) => start,
        None => count(whole) + 1,
    };
    if !text.is_empty() {
        if start > count(text) {
            start = count(whole) + 1;
        }
        if end > count(text) {
            end = count(whole) + 1;
        }
    }
    if start >= end || end < 0 {
        end = start + 1;
    }
    let column = start - 1 - cut;
    if column < 0 {
        return;
    }
    let space: String = shown.chars().take(column as usize).map(|c| if c.is_whitespace() { c } else { ' ' }).collect();
    let _ = writeln!(out, "    {space}{}", "^".repeat((end - start).clamp(0, 100_000) as usize));
}
