//! One frame of a traceback: its source lines with marks under the part that failed.

use std::collections::BTreeSet;
use std::fmt::Write;

use lockstep_grammar::{Dialect, Mode, Options, tree};

use super::Entry;
use super::anchors::{self, Anchors};
use super::source::Sources;
use crate::object::Py;

/// Write a frame.
pub(super) fn write(py: &mut Py, entry: &Entry, sources: &mut Sources, out: &mut String) {
    let filename = if entry.filename.starts_with("<stdin>-") { "<stdin>" } else { &entry.filename };
    // Writing into a String cannot fail.
    let _ = writeln!(out, "  File \"{filename}\", line {}, in {}", entry.line, entry.name);
    let p = entry.position;
    let first = entry.line;
    let last = p.end_line.max(first);
    let mut original = Vec::new();
    for number in first..=last.min(first + 10_000) {
        original.push(sources.line(py, &entry.filename, entry.globals.as_ref(), number).unwrap_or_default());
    }
    if original.iter().all(|l| l.trim().is_empty()) {
        return;
    }
    if p.line == 0 || p.end_column == 0 && p.end_line <= p.line {
        let _ = writeln!(out, "    {}", original[0].trim());
        return;
    }
    let lines = dedent(&original);
    let cut = original[0].chars().count() - lines[0].chars().count();
    let start = chars_before(&original[0], p.column as usize).saturating_sub(cut);
    let end = chars_before(&original[original.len() - 1], p.end_column as usize).saturating_sub(cut);
    let text = marked(&lines, start, end);
    for line in dedent(&text) {
        let _ = writeln!(out, "    {line}");
    }
}

/// The number of characters in the first `bytes` bytes of a line.
fn chars_before(line: &str, bytes: usize) -> usize {
    match line.get(..bytes) {
        Some(text) => text.chars().count(),
        None => line.chars().count(),
    }
}

/// Remove the margin that all lines with text have in common.
fn dedent(lines: &[String]) -> Vec<String> {
    let margin = |l: &str| l.len() - l.trim_start_matches([' ', '\t']).len();
    let mut common: Option<&str> = None;
    for line in lines.iter().filter(|l| !l.trim().is_empty()) {
        let own = &line[..margin(line)];
        common = Some(match common {
            None => own,
            Some(c) => {
                let same = c.bytes().zip(own.bytes()).take_while(|(a, b)| a == b).count();
                &c[..same]
            }
        });
    }
    let cut = common.map_or(0, str::len);
    lines.iter().map(|l| if l.trim().is_empty() { String::new() } else { l[cut..].to_owned() }).collect()
}

/// The columns that text takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum() }
}

/// Whether a character takes two columns.
fn wide(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x115F | 0x231A..=0x231B | 0x2329..=0x232A | 0x23E9..=0x23EC | 0x23F0 | 0x23F3 | 0x25FD..=0x25FE
        | 0x2614..=0x2615 | 0x2648..=0x2653 | 0x267F | 0x2693 | 0x26A1 | 0x26AA..=0x26AB | 0x26BD..=0x26BE
        | 0x26C4..=0x26C5 | 0x26CE | 0x26D4 | 0x26EA | 0x26F2..=0x26F3 | 0x26F5 | 0x26FA | 0x26FD | 0x2705
        | 0x270A..=0x270B | 0x2728 | 0x274C | 0x274E | 0x2753..=0x2755 | 0x2757 | 0x2795..=0x2797 | 0x27B0 | 0x27BF
        | 0x2B1B..=0x2B1C | 0x2B50 | 0x2B55 | 0x2E80..=0x303E | 0x3041..=0x33FF | 0x3400..=0x4DBF | 0x4E00..=0xA4CF
        | 0xA960..=0xA97C | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE10..=0xFE19 | 0xFE30..=0xFE6B | 0xFF01..=0xFF60
        | 0xFFE0..=0xFFE6 | 0x16FE0..=0x18CFF | 0x1AFF0..=0x1B2FB | 0x1F004 | 0x1F0CF | 0x1F18E | 0x1F191..=0x1F19A
        | 0x1F200..=0x1F320 | 0x1F32D..=0x1F335 | 0x1F337..=0x1F37C | 0x1F37E..=0x1F393 | 0x1F3A0..=0x1F3CA
        | 0x1F3CF..=0x1F3D3 | 0x1F3E0..=0x1F3F0 | 0x1F3F4 | 0x1F3F8..=0x1F43E | 0x1F440 | 0x1F442..=0x1F4FC
        | 0x1F4FF..=0x1F53D | 0x1F54B..=0x1F54E | 0x1F550..=0x1F567 | 0x1F57A | 0x1F595..=0x1F596 | 0x1F5A4
        | 0x1F5FB..=0x1F64F | 0x1F680..=0x1F6C5 | 0x1F6CC | 0x1F6D0..=0x1F6D2 | 0x1F6D5..=0x1F6DF | 0x1F6EB..=0x1F6EC
        | 0x1F6F4..=0x1F6FC | 0x1F7E0..=0x1F7F0 | 0x1F90C..=0x1F93A | 0x1F93C..=0x1F945 | 0x1F947..=0x1F9FF
        | 0x1FA70..=0x1FAF8 | 0x20000..=0x3FFFD)
}

/// The part of a line before a character index.
fn head(line: &str, index: usize) -> &str {
    line.char_indices().nth(index).map_or(line, |(at, _)| &line[..at])
}

/// The part of a line from a character index on.
fn tail(line: &str, index: usize) -> &str {
    line.char_indices().nth(index).map_or("", |(at, _)| &line[at..])
}

/// The lines that matter with marks below them. `start` and `end`: character indices in the
/// first and the last line.
fn marked(lines: &[String], start: usize, end: usize) -> Vec<String> {
    let last = lines.len() - 1;
    let segment = if last == 0 {
        tail(head(&lines[0], end), start).to_owned()
    } else {
        let mut segment = tail(&lines[0], start).to_owned();
        for line in &lines[1..last] {
            segment.push('\n');
            segment.push_str(line);
        }
        segment.push('\n');
        segment.push_str(head(&lines[last], end));
        segment
    };
    let mut anchors = anchors::find(&segment);
    let show = show_marks(lines, start, end, anchors.is_some());
    let mut significant = BTreeSet::from([0, last]);
    if let Some(a) = &mut anchors {
        if a.left.0 == 0 {
            a.left.1 += start;
        }
        if a.right.0 == 0 {
            a.right.1 += start;
        }
        for place in [&mut a.left, &mut a.right] {
            let line = lines.get(place.0).map_or("", String::as_str);
            place.1 = width(head(line, place.1));
            for near in place.0.saturating_sub(1)..place.0 + 2 {
                if near <= last {
                    significant.insert(near);
                }
            }
        }
    }
    let (from, to) = (width(head(&lines[0], start)), width(head(&lines[last], end)));
    let mut out = Vec::new();
    let put = |n: usize, out: &mut Vec<String>| {
        let line = &lines[n];
        out.push(line.clone());
        if show {
            let columns = if n == last { to } else { width(line) };
            out.push(marks(line, n, columns, from, anchors.as_ref()));
        }
    };
    let mut before: Option<usize> = None;
    for n in significant {
        if let Some(b) = before {
            match n - b {
                2 => put(n - 1, &mut out),
                0 | 1 => {}
                gap => out.push(format!("...<{} lines>...", gap - 1)),
            }
        }
        put(n, &mut out);
        before = Some(n);
    }
    out
}

/// The marks below line `n`.
fn marks(line: &str, n: usize, columns: usize, from: usize, anchors: Option<&Anchors>) -> String {
    let blank = line.chars().take_while(|c| c.is_whitespace()).count();
    (0..columns)
        .map(|column| {
            if column < blank || n == 0 && column < from {
                return ' ';
            }
            match anchors {
                None => '^',
                Some(a) if (n, column) >= a.left && (n, column) < a.right => '^',
                Some(_) => '~',
            }
        })
        .collect()
}

/// Whether marks tell anything: not where they would cover the whole of a plain line.
fn show_marks(lines: &[String], start: usize, end: usize, anchored: bool) -> bool {
    use tree::{ExprKind, Mod, StmtKind};
    let text = lines.join("\n");
    if let Ok(Mod::Module { body }) = lockstep_grammar::parse(&text, Mode::Exec, Dialect::Python3, Options::default()) {
        let Some(statement) = body.first() else { return false };
        let value = match &statement.node {
            StmtKind::Return { value: Some(value) } => match &value.node {
                ExprKind::Call { func, .. } if matches!(func.node, ExprKind::Name { .. }) => Some(value),
                _ => None,
            },
            StmtKind::Assign { value, .. } if matches!(value.node, ExprKind::Call { .. }) => Some(value),
            _ => None,
        };
        if let Some(value) = value {
            let (first, last) = (value.span.start as usize, value.span.end as usize);
            let last_line = text.rfind('\n').map_or(0, |at| at + 1);
            let on_first = !text[..first.min(text.len())].contains('\n');
            if on_first && first == start && last >= last_line && last - last_line == end {
                return false;
            }
        }
    }
    anchored || !head(&lines[0], start).trim().is_empty() || !tail(&lines[lines.len() - 1], end).trim_end().is_empty()
}
