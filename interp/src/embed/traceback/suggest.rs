//! "Did you mean" behind the message of an error about a name.

use lockstep_heap::{Ref, Value};

use crate::object::Py;
use crate::object::raise::Exc;
use crate::object::suggest::closest;
use crate::types::dict::{self, Dict};
use crate::types::exception::Exception;
use crate::types::frame::{FrameObject, Traceback};
use crate::types::str::Str;

/// Add to the message what could have been meant.
pub(super) fn extend(py: &mut Py, exception: &Ref<Exception>, message: &mut String) {
    let kind = py.exception_kind(exception);
    let name_at = if kind.is(Exc::ImportError) {
        2
    } else if kind.is(Exc::NameError) || kind.is(Exc::AttributeError) {
        0
    } else {
        return;
    };
    let Some(name) = exception.get(py).field(name_at).cloned() else { return };
    let Some(wrong) = name.downcast::<Str>().map(|s| s.to_string()) else { return };
    let suggestion = if kind.is(Exc::AttributeError) {
        attribute(py, exception, &wrong)
    } else if kind.is(Exc::ImportError) {
        import(py, exception, &wrong)
    } else {
        variable(py, exception, &wrong)
    };
    if let Some(suggestion) = &suggestion {
        message.push_str(&format!(". Did you mean: '{suggestion}'?"));
    }
    if kind.is(Exc::NameError) && is_library_module(py, &name) {
        let lead = if suggestion.is_some() { " Or did" } else { ". Did" };
        message.push_str(&format!("{lead} you forget to import '{wrong}'?"));
    }
}

fn is_library_module(py: &mut Py, name: &Value) -> bool {
    let Some(sys) = py.shared().sys.clone() else { return false };
    let Some(names) = dict::get_name(py, &sys, "stdlib_module_names") else { return false };
    py.contains(&names, name).unwrap_or(false)
}

/// The frame where the error was raised.
fn last_frame(py: &Py, exception: &Ref<Exception>) -> Option<Ref<FrameObject>> {
    let mut at = exception.get(py).traceback.clone()?.downcast_into::<Traceback>().ok()?;
    while let Some(next) = at.get(py).next.clone() {
        at = next.downcast_into::<Traceback>().ok()?;
    }
    Some(at.get(py).frame.clone())
}

/// The texts among the results of `dir()`.
fn dir(py: &mut Py, object: &Value) -> Option<Vec<String>> {
    let builtins = py.shared().builtins.clone()?;
    let function = dict::get_name(py, &builtins, "dir")?;
    let names = py.call(&function, std::slice::from_ref(object)).ok()?;
    let names = py.collect(&names).ok()?;
    let mut names: Vec<String> = names.iter().filter_map(|n| n.downcast::<Str>().map(|s| s.to_string())).collect();
    names.sort();
    Some(names)
}

fn attribute(py: &mut Py, exception: &Ref<Exception>, wrong: &str) -> Option<String> {
    let object = exception.get(py).field(1).cloned().unwrap_or(Value::NONE);
    let mut names = dir(py, &object)?;
    let mut hide = !wrong.starts_with('_');
    if hide && let Some(frame) = last_frame(py, exception) {
        let own = crate::types::frame::local(py, &frame, "self");
        hide = !own.is_some_and(|own| own.is(&object));
    }
    if hide {
        names.retain(|n| !n.starts_with('_'));
    }
    closest(wrong, &names)
}

fn import(py: &mut Py, exception: &Ref<Exception>, wrong: &str) -> Option<String> {
    let module = exception.get(py).field(0).cloned()?;
    let module = module.downcast::<Str>()?.to_string();
    let module = crate::import::loaded(py, &module)?;
    let mut names = dir(py, &module)?;
    if !wrong.starts_with('_') {
        names.retain(|n| !n.starts_with('_'));
    }
    closest(wrong, &names)
}

fn variable(py: &mut Py, exception: &Ref<Exception>, wrong: &str) -> Option<String> {
    let frame = last_frame(py, exception)?;
    if let Some(own) = crate::types::frame::local(py, &frame, "self")
        && let Ok(Some(_)) = py.getattr_opt(&own, wrong)
    {
        return Some(format!("self.{wrong}"));
    }
    let mut names = crate::types::frame::local_names(py, &frame);
    let payload = frame.get(py);
    for d in [payload.globals(py), payload.builtins(py)].into_iter().flatten() {
        names.extend(texts(py, &d));
    }
    closest(wrong, &names)
}

fn texts(py: &Py, d: &Ref<Dict>) -> Vec<String> {
    d.get(py).keys().filter_map(|k| k.downcast::<Str>().map(|s| s.to_string())).collect()
}
