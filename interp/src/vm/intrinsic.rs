//! The rare operations behind `Intrinsic`.

use lockstep_compile::code::{Instr, Intrinsic as I};
use lockstep_heap::{Ref, Value};

use super::frame::clone_word;
use super::{Flow, fetch, put};
use crate::object::raise::{Exc, Raised, Result, runtime_error, system_error, type_error};
use crate::object::strand::Frame;
use crate::object::{Py, Type, TypeFlags};
use crate::types::cell::Cell;
use crate::types::dict::{self, Dict};
use crate::types::exception::Exception;
use crate::types::frame::FrameObject;
use crate::types::function::Function;
use crate::types::list::List;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// `Intrinsic`
pub(super) unsafe fn run(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        if I::ALL.get(i.c as usize) == Some(&I::AsyncGenWrap) && *base.add(i.b as usize) != lockstep_heap::Raw::UNBOUND {
            let value = fetch(base, locals, i.b);
            put(base, i.a, crate::types::async_generator::wrap(py, value));
            return Ok(Flow::Next);
        }
        let args: Vec<Value> = (0..u16::from(i.d)).map(|k| fetch(base, locals, i.b + k)).collect();
        let Some(which) = I::ALL.get(i.c as usize).copied() else {
            return Err(system_error("unknown intrinsic"));
        };
        if let Some(r) = args.iter().position(Value::is_unbound) {
            return Err(super::name::unbound_local(py, frame, i.b + r as u16));
        }
        let value = apply(py, frame, which, &args)?;
        put((*frame).base, i.a, value);
        py.drain_pending();
        Ok(Flow::Next)
    }
}

unsafe fn apply(py: &mut Py, frame: *mut Frame, which: I, args: &[Value]) -> Result<Value> {
    // SAFETY: the running frame.
    unsafe {
        match (which, args) {
            (I::BuildClass, _) => {
                let globals = super::call::dict_of((*frame).globals);
                let builtins = super::call::dict_of((*frame).builtins);
                let key = py.intern("__build_class__");
                super::name::builtin_named(py, &globals, &builtins, &key)?
                    .ok_or_else(|| Raised::new(Exc::NameError, "__build_class__ not found"))
            }
            (I::AssertionError, _) => Ok(py.exception_type(Exc::AssertionError).into_value()),
            (I::ListToTuple, [list]) => {
                let items = list.downcast::<List>().map(|l| l.get(py).items.clone()).unwrap_or_default();
                Ok(py.tuple(items))
            }
            (I::ImportStar, [module]) => {
                let target = namespace(py, frame);
                crate::import::import_star(py, module, &target)?;
                Ok(Value::NONE)
            }
            (I::Locals, _) => Ok(namespace(py, frame)),
            (I::SetupAnnotations, _) => {
                let target = namespace(py, frame);
                let key = py.intern("__annotations__").into_value();
                let missing = match target.downcast::<Dict>() {
                    Some(d) => dict::get(py, d, &key)?.is_none(),
                    None => matches!(py.getitem(&target, &key), Err(e) if e.is(Exc::KeyError)),
                };
                if missing {
                    let d = py.new_dict().into_value();
                    py.setitem(&target, &key, d)?;
                }
                Ok(Value::NONE)
            }
            (I::AsyncGenWrap, [value]) => Ok(crate::types::async_generator::wrap(py, value.clone())),
            (I::StopIterationError, [exception]) => Err(stop_iteration_error(py, exception, (*(*frame).code).code.flags)),
            (I::DisplayHook, [value]) => {
                let sys = py.shared().sys.clone();
                let hook = match sys {
                    Some(d) => dict::get_name(py, &d, "displayhook"),
                    None => None,
                };
                match hook {
                    Some(hook) => py.call(&hook, std::slice::from_ref(value)),
                    None => Err(runtime_error("lost sys.displayhook")),
                }
            }
            (I::MatchMapping, [subject]) => Ok(Value::bool(py.type_ref(subject).get(py).flags.has(TypeFlags::MAPPING))),
            (I::MatchSequence, [subject]) => Ok(Value::bool(py.type_ref(subject).get(py).flags.has(TypeFlags::SEQUENCE))),
            (I::Len, [subject]) => {
                let n = py.len(subject)?;
                Ok(py.int(n as i64))
            }
            (I::MatchKeys, [subject, keys]) => match_keys(py, subject, keys),
            (I::MatchRest, [subject, keys]) => {
                let d = py.new_dict();
                for (k, v) in super::iter::mapping_items(py, subject)? {
                    dict::set(py, &d, &k, v)?;
                }
                for key in py.collect(keys)? {
                    dict::remove(py, &d, &key)?;
                }
                Ok(d.into_value())
            }
            (I::MatchClass, [subject, class, count, names]) => {
                match_class(py, subject, class, count.as_small_int().unwrap_or(0) as usize, names)
            }
            (I::SplitGroup, [exception, kind]) => crate::types::exception::split_for_except_star(py, exception, kind),
            (I::PrepReraiseStar, [original, raised]) => crate::types::exception::prepare_reraise_star(py, original, raised),
            (I::TypeVar | I::TypeVarConstraints | I::ParamSpec | I::TypeVarTuple | I::SubscriptGeneric | I::TypeAlias, _) => {
                crate::types::typing::intrinsic(py, which, args)
            }
            (I::SetTypeParams, [function, params]) => {
                if let Some(f) = function.downcast::<Function>() {
                    f.get_mut(py).extra.get_or_insert_default().type_params = Some(params.clone());
                }
                Ok(function.clone())
            }
            (I::Interpolation | I::Template, _) => crate::types::template::intrinsic(py, which, args),
            (I::PrintItem, [file, value]) => {
                crate::builtins::python2::print_item(py, file, value)?;
                Ok(Value::NONE)
            }
            (I::PrintNewline, [file]) => {
                crate::builtins::python2::print_newline(py, file)?;
                Ok(Value::NONE)
            }
            (I::Exec, [code, globals, locals]) => {
                let target = namespace(py, frame);
                crate::builtins::python2::exec(py, code, globals, locals, &target)?;
                Ok(Value::NONE)
            }
            (I::RaiseParts, [kind, value, traceback]) => Err(crate::builtins::python2::raise_parts(py, kind, value, traceback)),
            (I::Repr, [value]) => Ok(py.repr(value)?.into_value()),
            (I::CheckAnnotateFormat, [format]) => match crate::types::int::as_i64(format) {
                Some(n) if n <= 2 => Ok(Value::NONE),
                _ => Err(Raised::empty(Exc::NotImplementedError)),
            },
            (I::LoadFromDictOrGlobal, [d, name]) => match name.downcast::<Str>() {
                Some(name) => {
                    let name = py.intern_str(name);
                    super::name::from_dict_or(py, frame, d, &name, None)
                }
                None => Err(system_error("a name that is no str")),
            },
            (I::LoadFromDictOrCell, [d, name, cell]) => match name.downcast::<Str>() {
                Some(name) => {
                    let name = py.intern_str(name);
                    super::name::from_dict_or(py, frame, d, &name, Some(cell))
                }
                None => Err(system_error("a name that is no str")),
            },
            (I::NewCell, [value]) => Ok(py.make(Cell { content: Some(value.clone()) }).into_value()),
            _ => Err(system_error("an intrinsic with the wrong number of arguments")),
        }
    }
}

/// `locals()` of the running frame; none outside Python code.
pub fn current_namespace(py: &mut Py) -> Option<Value> {
    let frame = py.strand.frame;
    if frame.is_null() {
        return None;
    }
    // SAFETY: the running frame is alive; its `pc` was saved before native code ran.
    Some(unsafe { namespace(py, frame) })
}

/// The locals mapping of a frame: its own, or the globals; of a function a snapshot.
pub(super) unsafe fn namespace(py: &mut Py, frame: *mut Frame) -> Value {
    // SAFETY: the running frame.
    unsafe {
        let optimised = (*(*frame).code).code.flags.has(lockstep_compile::code::CodeFlags::OPTIMIZED);
        if !optimised && !(*(*frame).code).code.varnames.is_empty() {
            let inner = super::frame::register_locals(py, frame);
            if !inner.is_empty() {
                // As if the comprehension were a function.
                let locals = py.new_dict();
                for (name, value) in inner {
                    dict::set_str(py, &locals, &name, value);
                }
                return locals.into_value();
            }
        }
        // A function's code that `exec` runs has variables of its own, whatever it was given.
        if let Some(locals) = clone_word((*frame).locals).filter(|_| !optimised) {
            return locals;
        }
        if optimised {
            let locals = crate::types::frame::snapshot(py, frame);
            let object = clone_word((*frame).object).and_then(|o| o.downcast_into::<FrameObject>().ok());
            // Set through `f_locals`, with no variable to go to.
            if let Some(more) = object.and_then(|o| o.get(py).extra.as_ref()?.locals.clone()) {
                let more: Vec<(Value, Value)> = more.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
                for (name, value) in more {
                    // A key whose comparison raises is left out.
                    drop(dict::set(py, &locals, &name, value));
                }
            }
            return locals.into_value();
        }
        super::call::dict_of((*frame).globals).into_value()
    }
}

/// What leaves a generator whose body let a StopIteration out.
fn stop_iteration_error(py: &mut Py, exception: &Value, flags: lockstep_compile::code::CodeFlags) -> Raised {
    use lockstep_compile::code::CodeFlags;
    let Some(e) = exception.downcast::<Exception>().cloned() else { return py.raise_value(exception) };
    let asynchronous = flags.has(CodeFlags::ASYNC_GENERATOR);
    let (kind, message) = if super::exc::is_kind(py, &e, Exc::StopIteration) {
        let what = if asynchronous {
            "async generator"
        } else if flags.has(CodeFlags::COROUTINE) {
            "coroutine"
        } else {
            "generator"
        };
        (true, format!("{what} raised StopIteration"))
    } else if asynchronous && super::exc::is_kind(py, &e, Exc::StopAsyncIteration) {
        (true, "async generator raised StopAsyncIteration".to_owned())
    } else {
        (false, String::new())
    };
    if !kind {
        return py.raise_value(exception).again();
    }
    let error = py.exception(runtime_error(message));
    let payload = error.get_mut(py);
    payload.cause = Some(exception.clone());
    payload.context = Some(exception.clone());
    payload.suppress_context = true;
    py.raise_object(error).again()
}

fn match_keys(py: &mut Py, subject: &Value, keys: &Value) -> Result<Value> {
    let keys = py.collect(keys)?;
    let mut seen: Vec<Value> = Vec::new();
    for key in &keys {
        for s in &seen {
            if py.eq(s, key)? {
                let shown = py.repr(key)?;
                return Err(crate::object::raise::value_error(format!("mapping pattern checks duplicate key ({shown})")));
            }
        }
        seen.push(key.clone());
    }
    let get = py.getattr(subject, "get")?;
    let missing = py.new_list(Vec::new()).into_value();
    let mut values = Vec::with_capacity(keys.len());
    for key in keys {
        let value = py.call(&get, &[key, missing.clone()])?;
        if value.is(&missing) {
            return Ok(Value::NONE);
        }
        values.push(value);
    }
    Ok(py.tuple(values))
}

fn match_class(py: &mut Py, subject: &Value, class: &Value, count: usize, names: &Value) -> Result<Value> {
    let Some(ty) = class.downcast::<Type>().cloned() else {
        return Err(type_error("called match pattern must be a class"));
    };
    if !crate::builtins::is_instance(py, subject, class)? {
        return Ok(Value::NONE);
    }
    let class_name = ty.get(py).name.to_string();
    let mut seen: Vec<Ref<Str>> = Vec::new();
    let mut values = Vec::new();
    if count > 0 {
        let (allowed, match_self) = match py.getattr_opt(class, "__match_args__")? {
            Some(args) => {
                let Some(t) = args.downcast::<Tuple>().cloned() else {
                    return Err(type_error(format!("{class_name}.__match_args__ must be a tuple (got {})", py.type_name(&args))));
                };
                (t.slice().to_vec(), false)
            }
            None => (Vec::new(), ty.get(py).mro.iter().any(|t| t.get(py).flags.has(TypeFlags::MATCH_SELF))),
        };
        let max = if match_self { 1 } else { allowed.len() };
        if count > max {
            let plural = if max == 1 { "" } else { "s" };
            return Err(type_error(format!("{class_name}() accepts {max} positional sub-pattern{plural} ({count} given)")));
        }
        if match_self {
            values.push(subject.clone());
        } else {
            for name in &allowed[..count] {
                let Some(name) = name.downcast::<Str>() else {
                    return Err(type_error(format!("__match_args__ elements must be strings (got {})", py.type_name(name))));
                };
                match match_attribute(py, subject, name, &mut seen, &class_name)? {
                    Some(v) => values.push(v),
                    None => return Ok(Value::NONE),
                }
            }
        }
    }
    for name in py.collect(names)? {
        if let Some(name) = name.downcast::<Str>() {
            match match_attribute(py, subject, name, &mut seen, &class_name)? {
                Some(v) => values.push(v),
                None => return Ok(Value::NONE),
            }
        }
    }
    Ok(py.tuple(values))
}

fn match_attribute(
    py: &mut Py,
    subject: &Value,
    name: &Ref<Str>,
    seen: &mut Vec<Ref<Str>>,
    class: &str,
) -> Result<Option<Value>> {
    let name = py.intern_str(name);
    if seen.iter().any(|s| s.is(&name)) {
        return Err(type_error(format!("{class}() got multiple sub-patterns for attribute '{name}'")));
    }
    seen.push(name.clone());
    match py.getattr_str(subject, &name) {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(Exc::AttributeError) => Ok(None),
        Err(e) => Err(e),
    }
}
