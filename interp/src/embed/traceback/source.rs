//! Where the lines of a traceback come from: files, texts that were run, the `linecache` module.

use std::collections::HashMap;
use std::sync::Arc;

use lockstep_heap::Value;

use crate::object::Py;
use crate::types::list::List;
use crate::types::str::Str;

/// Texts that are in no file, by the name they were compiled under.
#[derive(Default)]
struct Remembered {
    texts: HashMap<String, Arc<str>>,
}

/// Keep the text of a program that is in no file (`-c`, a prompt), so that tracebacks show it.
pub fn remember(py: &mut Py, filename: &str, text: &str) {
    py.state::<Remembered>().texts.insert(filename.to_owned(), text.into());
}

/// The lines of the files seen while one traceback is written.
#[derive(Default)]
pub(super) struct Sources {
    files: HashMap<String, Option<Arc<[String]>>>,
}

impl Sources {
    /// A line without its end and trailing blanks; none if there is no such line.
    pub(super) fn line(&mut self, py: &mut Py, filename: &str, globals: Option<&Value>, number: u32) -> Option<String> {
        if !self.files.contains_key(filename) {
            let lines = load(py, filename, globals);
            self.files.insert(filename.to_owned(), lines);
        }
        let lines = self.files.get(filename)?.as_ref()?;
        lines.get((number as usize).checked_sub(1)?).cloned()
    }
}

fn load(py: &mut Py, filename: &str, globals: Option<&Value>) -> Option<Arc<[String]>> {
    let remembered = py.state_if::<Remembered>().and_then(|r| r.texts.get(filename).cloned());
    if let Some(text) = remembered {
        return Some(split(&text));
    }
    if let Some(lines) = cached(py, filename, globals) {
        return Some(lines);
    }
    if filename.starts_with('<') && filename.ends_with('>') {
        return None;
    }
    let bytes = std::fs::read(filename).ok()?;
    let text = match lockstep_grammar::decode(&bytes) {
        Ok(text) => text,
        Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
    };
    Some(split(&text))
}

fn split(text: &str) -> Arc<[String]> {
    text.split('\n').map(|l| l.trim_end().to_owned()).collect()
}

/// What `linecache` knows, if a script loaded it: it may have got the text from a loader.
fn cached(py: &mut Py, filename: &str, globals: Option<&Value>) -> Option<Arc<[String]>> {
    let module = crate::import::loaded(py, "linecache")?;
    let name = py.str(filename);
    let args = [name, globals.cloned().unwrap_or(Value::NONE)];
    let lines = py.call_method(&module, "getlines", &args).ok()?;
    let lines = lines.downcast::<List>()?.get(py).items.clone();
    if lines.is_empty() {
        return None;
    }
    Some(lines.iter().map(|l| l.downcast::<Str>().map(|s| s.to_string().trim_end().to_owned()).unwrap_or_default()).collect())
}
