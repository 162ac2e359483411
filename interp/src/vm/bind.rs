//! Binding of arguments to a function's parameters, and what is said when they do not fit.

use lockstep_compile::code::CodeFlags;
use lockstep_heap::{Ref, Value};

use super::call::Keywords;
use crate::object::Py;
use crate::object::raise::{Result, type_error};
use crate::types::code::CodeObject;
use crate::types::dict::{self, Dict};
use crate::types::function::Function;
use crate::types::tuple::Tuple;

/// Bind arguments to a function's parameters: `slots` are the first registers of its frame, all
/// unbound.
pub(super) fn bind(
    py: &mut Py,
    f: &Ref<Function>,
    code: &Ref<CodeObject>,
    args: &[Value],
    keywords: &Keywords,
    slots: &mut [Value],
) -> Result<()> {
    let c = &code.code;
    let (positional, kwonly) = (c.arg_count as usize, c.kwonly_count as usize);
    let star = c.flags.has(CodeFlags::VARARGS);
    let star_star = c.flags.has(CodeFlags::VARKEYWORDS);
    let total = positional + kwonly;
    let given = args.len().min(positional);
    slots[..given].clone_from_slice(&args[..given]);
    if star {
        slots[total] = py.tuple_of(&args[given..]);
    }
    let rest = if star_star {
        let d = py.new_dict();
        slots[total + usize::from(star)] = d.to_value();
        Some(d)
    } else {
        None
    };
    let posonly = c.posonly_count as usize;
    for (k, (name, value)) in keywords.iter().enumerate() {
        let found = code.varnames[posonly..total]
            .iter()
            .position(|n| n.is(name))
            .or_else(|| code.varnames[posonly..total].iter().position(|n| n.as_bytes() == name.as_bytes()));
        match (found, &rest) {
            (Some(at), _) => {
                let slot = &mut slots[at + posonly];
                if !slot.is_unbound() {
                    return Err(type_error(format!("{}() got multiple values for argument '{name}'", f.get(py).qualname)));
                }
                *slot = value.clone();
            }
            (None, Some(d)) => dict::set_str(py, d, name, value.clone()),
            (None, None) => return Err(unexpected_keyword(py, f, code, keywords, k)),
        }
    }
    if args.len() > positional && !star {
        return Err(too_many(py, f, code, args.len(), slots));
    }
    if slots[..positional].iter().any(Value::is_unbound) {
        let defaults = f.get(py).defaults.clone();
        let defaults = defaults.as_ref().and_then(|d| d.downcast::<Tuple>()).map_or(&[][..], |t| t.slice());
        let first = positional.saturating_sub(defaults.len());
        let skip = defaults.len().saturating_sub(positional);
        for at in first..positional {
            if slots[at].is_unbound() {
                slots[at] = defaults[skip + at - first].clone();
            }
        }
        let missing: Vec<usize> = (0..positional).filter(|at| slots[*at].is_unbound()).collect();
        if !missing.is_empty() {
            return Err(missing_arguments(py, f, code, &missing, "positional"));
        }
    }
    if kwonly > 0 && slots[positional..total].iter().any(Value::is_unbound) {
        if let Some(d) = f.get(py).kwdefaults.clone().and_then(|d| d.downcast_into::<Dict>().ok()) {
            for at in positional..total {
                if slots[at].is_unbound()
                    && let Some(v) = d.get(py).get_str(&code.varnames[at])
                {
                    slots[at] = v.clone();
                }
            }
        }
        let missing: Vec<usize> = (positional..total).filter(|at| slots[*at].is_unbound()).collect();
        if !missing.is_empty() {
            return Err(missing_arguments(py, f, code, &missing, "keyword-only"));
        }
    }
    Ok(())
}

#[cold]
fn unexpected_keyword(
    py: &mut Py,
    f: &Ref<Function>,
    code: &Ref<CodeObject>,
    keywords: &Keywords,
    at: usize,
) -> crate::object::Raised {
    let name = f.get(py).qualname.clone();
    let posonly = &code.varnames[..code.code.posonly_count as usize];
    let wrong: Vec<String> =
        posonly.iter().filter(|p| keywords.iter().any(|(k, _)| k.as_bytes() == p.as_bytes())).map(|p| p.to_string()).collect();
    if !wrong.is_empty() {
        return type_error(format!(
            "{name}() got some positional-only arguments passed as keyword arguments: '{}'",
            wrong.join(", ")
        ));
    }
    let key = &keywords[at].0;
    let total = (code.code.arg_count + code.code.kwonly_count) as usize;
    let candidates: Vec<String> = code.varnames[posonly.len()..total].iter().map(|n| n.to_string()).collect();
    match crate::object::suggest::closest(&key.to_string(), &candidates) {
        Some(near) => type_error(format!("{name}() got an unexpected keyword argument '{key}'. Did you mean '{near}'?")),
        None => type_error(format!("{name}() got an unexpected keyword argument '{key}'")),
    }
}

#[cold]
fn too_many(py: &mut Py, f: &Ref<Function>, code: &Ref<CodeObject>, given: usize, slots: &[Value]) -> crate::object::Raised {
    let name = f.get(py).qualname.clone();
    let positional = code.code.arg_count as usize;
    let defaults = f.get(py).defaults.as_ref().and_then(|d| d.downcast::<Tuple>()).map_or(0, |t| t.len());
    let kwonly = code.code.kwonly_count as usize;
    let extra = slots[positional..positional + kwonly].iter().filter(|v| !v.is_unbound()).count();
    if code.code.flags.has(lockstep_compile::code::CodeFlags::PYTHON2) {
        return crate::builtins::python2::takes(code, defaults, given);
    }
    let (takes, plural) = if defaults > 0 {
        (format!("from {} to {positional}", positional - defaults.min(positional)), true)
    } else {
        (positional.to_string(), positional != 1)
    };
    let (were, verb) = if extra > 0 {
        let k = if extra == 1 { "" } else { "s" };
        (
            format!("{given} positional argument{} (and {extra} keyword-only argument{k})", if given == 1 { "" } else { "s" }),
            "were",
        )
    } else {
        (given.to_string(), if given == 1 { "was" } else { "were" })
    };
    type_error(format!("{name}() takes {takes} positional argument{} but {were} {verb} given", if plural { "s" } else { "" }))
}

#[cold]
fn missing_arguments(
    py: &mut Py,
    f: &Ref<Function>,
    code: &Ref<CodeObject>,
    missing: &[usize],
    kind: &str,
) -> crate::object::Raised {
    let name = f.get(py).qualname.clone();
    if code.code.flags.has(lockstep_compile::code::CodeFlags::PYTHON2) {
        let defaults = f.get(py).defaults.as_ref().and_then(|d| d.downcast::<Tuple>()).map_or(0, |t| t.len());
        return crate::builtins::python2::takes(
            code,
            defaults,
            (code.code.arg_count as usize - defaults).saturating_sub(missing.len()),
        );
    }
    let names: Vec<String> = missing.iter().map(|at| format!("'{}'", code.varnames[*at])).collect();
    let list = match names.as_slice() {
        [one] => one.clone(),
        [a, b] => format!("{a} and {b}"),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
        [] => String::new(),
    };
    let plural = if names.len() == 1 { "" } else { "s" };
    type_error(format!("{name}() missing {} required {kind} argument{plural}: {list}", names.len()))
}
