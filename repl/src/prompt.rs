//! The prompt.

use std::io::IsTerminal;

use lockstep::{Py, program, report};
use rustyline::error::ReadlineError;

/// Read statements and run them until the end of the input. Gives the exit code if a statement
/// ended the program.
pub fn run(py: &mut Py, quiet: bool) -> Option<i32> {
    if !quiet {
        report::show(
            py,
            &format!(
                "Lockstep {} (Python 3.14)\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n",
                env!("CARGO_PKG_VERSION")
            ),
        );
        report::flush(py, "stderr");
    }
    if !std::io::stdin().is_terminal() {
        return plain(py);
    }
    let Ok(mut editor) = rustyline::DefaultEditor::new() else { return plain(py) };
    let mut text = String::new();
    loop {
        report::flush(py, "stdout");
        let prompt = program::prompt(py, if text.is_empty() { "ps1" } else { "ps2" });
        match editor.readline(&prompt) {
            Ok(line) => {
                // A history that is full or off loses the line, no more.
                let _ = editor.add_history_entry(&line);
                if let Some(code) = step(py, &mut text, &line) {
                    return Some(code);
                }
            }
            Err(ReadlineError::Interrupted) => {
                text.clear();
                report::show(py, "\nKeyboardInterrupt\n");
            }
            Err(_) => {
                report::show(py, "\n");
                return None;
            }
        }
    }
}

/// The prompt without an editor, as it is for a pipe.
fn plain(py: &mut Py) -> Option<i32> {
    let mut text = String::new();
    let mut lines = std::io::stdin().lines();
    loop {
        report::flush(py, "stdout");
        let prompt = program::prompt(py, if text.is_empty() { "ps1" } else { "ps2" });
        report::show(py, &prompt);
        report::flush(py, "stderr");
        let Some(Ok(line)) = lines.next() else { break };
        if let Some(code) = step(py, &mut text, &line) {
            return Some(code);
        }
    }
    report::show(py, "\n");
    None
}

/// One more line.
fn step(py: &mut Py, text: &mut String, line: &str) -> Option<i32> {
    if text.is_empty() && line.trim().is_empty() {
        return None;
    }
    text.push_str(line);
    text.push('\n');
    if program::is_incomplete(py, text) && !(line.trim().is_empty() && text.lines().count() > 1) {
        return None;
    }
    let source = std::mem::take(text);
    match program::run_single(py, &source, "<stdin>") {
        Ok(()) => None,
        Err(error) if report::is_exit(&error) => Some(report::finish(py, Err(error))),
        Err(error) => {
            report::error(py, error);
            None
        }
    }
}
