//! Iteration, unpacking and the building of collections.

use lockstep_compile::code::Instr;
use lockstep_heap::{Raw, Tag, Value};

use super::call::enter;
use super::frame::{Target, clone_word};
use super::run::payload;
use super::{Flow, fetch, peek, put};
use crate::object::raise::{Exc, Result, type_error, value_error};
use crate::object::strand::{Frame, Return};
use crate::object::{Py, Special};
use crate::types::dict::{self, Dict};
use crate::types::function::Function;
use crate::types::generator::{Flavour, Generator};
use crate::types::iterator::{ListIter, TupleIter};
use crate::types::list::List;
use crate::types::native::Native;
use crate::types::range::{Range, RangeIter};
use crate::types::set::{self, Set};
use crate::types::str::Str;
use crate::types::str::iter::StrIter;
use crate::types::tuple::Tuple;

/// `GetIter`
pub(super) unsafe fn get(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        if *base.add(i.b as usize) == Raw::UNBOUND {
            return Err(super::name::unbound_local(py, frame, i.b));
        }
        let value = fetch(base, locals, i.b);
        let iterator = if py.is_exact::<List>(&value) {
            py.make(ListIter { list: value.downcast_into().ok(), at: 0 }).into_value()
        } else if py.is_exact::<Tuple>(&value) {
            py.make(TupleIter { tuple: value.downcast_into().ok(), at: 0 }).into_value()
        } else if let Some(range) = value.downcast::<Range>()
            && let Some(iter) = crate::types::range::small_iter(range)
        {
            py.make::<RangeIter>(iter).into_value()
        } else if value.downcast::<Generator>().is_some_and(|g| g.get(py).flavour == Flavour::Generator) {
            value
        } else {
            if let Some(method) = py.special_owned(&value, Special::Iter)
                && method.is_a::<Function>()
            {
                let code = method.downcast::<Function>().map(|f| f.get(py).code.is_generator);
                if code == Some(true) {
                    return enter(py, frame, &method, &[value], &[], Target::register(i.a));
                }
            }
            py.get_iter(&value)?
        };
        put((*frame).base, i.a, iterator);
        Ok(Flow::Next)
    }
}

/// A new iterator over what is in a register, if that is a list, tuple, str, dict, set or range of
/// exactly these types; else nothing.
#[inline(never)]
pub(super) unsafe fn over(py: &mut Py, iterable: Raw) -> Raw {
    // SAFETY: the register keeps the object; it is only borrowed here.
    let value = std::mem::ManuallyDrop::new(unsafe { Value::from_raw(iterable) });
    let Some(header) = value.header() else { return Raw::NOTHING };
    let (shape, shapes) = (header.shape_ptr(), &py.strand.shapes);
    let iterator = if std::ptr::eq(shape, shapes.list) {
        py.make(ListIter { list: value.downcast().cloned(), at: 0 }).into_value()
    } else if std::ptr::eq(shape, shapes.tuple) {
        py.make(TupleIter { tuple: value.downcast().cloned(), at: 0 }).into_value()
    } else if std::ptr::eq(shape, shapes.str) {
        py.make(StrIter { text: value.downcast().cloned(), at: 0 }).into_value()
    } else if let Some(range) = value.downcast::<Range>()
        && let Some(iter) = crate::types::range::small_iter(range)
    {
        py.make::<RangeIter>(iter).into_value()
    } else if std::ptr::eq(shape, shapes.dict)
        && let Some(dict) = value.downcast::<Dict>()
    {
        dict::iter::make(py, dict, dict::iter::What::Keys, false)
    } else if std::ptr::eq(shape, shapes.set)
        && let Some(set) = value.downcast::<Set>()
    {
        set::SetIter::make(py, set)
    } else {
        return Raw::NOTHING;
    };
    iterator.into_raw()
}

/// What comes behind nothing from [`step`] and [`step_pair`].
pub(super) mod no_item {
    use lockstep_heap::Raw;

    /// It is no iterator that is stepped here.
    pub const OTHER: Raw = Raw(0);
    /// It is at its end.
    pub const END: Raw = Raw(1);
    /// `strand.error` says what is wrong.
    pub const FAILED: Raw = Raw(2);
}

/// The next item of an iterator in a register, if native code steps it.
#[inline(never)]
pub(super) unsafe fn step(py: &mut Py, iterator: Raw) -> (Raw, Raw) {
    // SAFETY: the register keeps the iterator; it is only borrowed here.
    let iterator = std::mem::ManuallyDrop::new(unsafe { Value::from_raw(iterator) });
    let tagged = iterator.header().is_some_and(|h| h.shape().tag() != Tag::NONE);
    if tagged && let Some(item) = crate::types::iterator::simple(py, &iterator) {
        return (item.into_raw(), no_item::OTHER);
    }
    let quick = if tagged { crate::types::iterator::quick_next(py, &iterator) } else { None };
    let item = if let Some(item) = quick {
        item
    } else if let Some(next) = py.type_ref(&iterator).get(py).next {
        next(py, &iterator)
    } else if let Some(next) = py.native_next(&iterator) {
        next(py, std::slice::from_ref(&iterator)).map(Some)
    } else {
        return (Raw::NOTHING, no_item::OTHER);
    };
    py.drain_pending();
    match item {
        Ok(Some(item)) => (item.into_raw(), no_item::OTHER),
        Ok(None) => (Raw::NOTHING, no_item::END),
        Err(e) if e.is(Exc::StopIteration) => (Raw::NOTHING, no_item::END),
        Err(error) => {
            py.strand.error = Some(error);
            (Raw::NOTHING, no_item::FAILED)
        }
    }
}

/// The next pair of an iterator in a register, not yet as a tuple, if native code makes it.
#[inline(never)]
pub(super) unsafe fn step_pair(py: &mut Py, iterator: Raw) -> (Raw, Raw) {
    // SAFETY: as in `step`.
    let iterator = std::mem::ManuallyDrop::new(unsafe { Value::from_raw(iterator) });
    let Some(pair) = crate::types::iterator::quick_pair(py, &iterator) else { return (Raw::NOTHING, no_item::OTHER) };
    py.drain_pending();
    match pair {
        Ok(Some((first, second))) => (first.into_raw(), second.into_raw()),
        Ok(None) => (Raw::NOTHING, no_item::END),
        Err(e) if e.is(Exc::StopIteration) => (Raw::NOTHING, no_item::END),
        Err(error) => {
            py.strand.error = Some(error);
            (Raw::NOTHING, no_item::FAILED)
        }
    }
}

/// `ForIter` beyond what the machine and native code step.
pub(super) unsafe fn next(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: `a` is a pinned register that holds an iterator.
    unsafe {
        let base = (*frame).base;
        let raw = *base.add(i.a as usize);
        let iterator = peek(base, i.a);
        let item = if py.is_exact::<ListIter>(iterator) {
            let it = &mut *payload::<ListIter>(raw);
            let item = it.list.as_ref().and_then(|list| (*list.payload()).items.get(it.at).cloned());
            it.at += 1;
            if item.is_none() {
                it.list = None;
            }
            item
        } else if py.is_exact::<TupleIter>(iterator) {
            let it = &mut *payload::<TupleIter>(raw);
            let item = it.tuple.as_ref().and_then(|t| t.slice().get(it.at).cloned());
            it.at += 1;
            item
        } else if py.is_exact::<StrIter>(iterator) {
            let it = &mut *payload::<StrIter>(raw);
            it.step().map(|c| py.char(c).into_value())
        } else if iterator.is_a::<Generator>() {
            let generator = clone_word(raw).unwrap_or(Value::NONE);
            return super::generator::resume_in_loop(
                py,
                frame,
                &generator,
                Value::NONE,
                Target { ret: Return::Iterate, dst: i.b, jump: i.cd(), sense: 0 },
                None,
            );
        } else {
            let iterator = iterator.clone();
            match py.special_owned(&iterator, Special::Next) {
                Some(method) if method.is_a::<Function>() => {
                    return enter(
                        py,
                        frame,
                        &method,
                        &[iterator],
                        &[],
                        Target { ret: Return::Iterate, dst: i.b, jump: i.cd(), sense: 0 },
                    );
                }
                Some(method) => {
                    let result = match method.downcast::<Native>().filter(|native| native.binds()) {
                        Some(native) => lockstep_heap::with_args([&iterator], |a| (native.def.call)(py, a)),
                        None => py.next_or_raise(&iterator),
                    };
                    py.drain_pending();
                    match result {
                        Ok(v) => Some(v),
                        Err(e) if e.is(Exc::StopIteration) => None,
                        Err(e) => return Err(e),
                    }
                }
                None => return Err(type_error(format!("'{}' object is not an iterator", py.type_name(&iterator)))),
            }
        };
        match item {
            Some(item) => {
                put((*frame).base, i.b, item);
                Ok(Flow::Next)
            }
            None => {
                put((*frame).base, i.a, Value::UNBOUND);
                (*frame).pc = (*frame).pc.offset(i.cd() as isize);
                Ok(Flow::Reload)
            }
        }
    }
}

fn not_iterable(py: &mut Py, value: &Value, error: crate::object::Raised) -> crate::object::Raised {
    if error.is(Exc::TypeError) && py.special(value, Special::Iter).is_none() && py.special(value, Special::GetItem).is_none() {
        return type_error(format!("cannot unpack non-iterable {} object", py.type_name(value)));
    }
    error
}

/// `Unpack` of a tuple of the right length.
pub(super) unsafe fn unpack_tuple(py: &mut Py, frame: *mut Frame, i: Instr) -> Flow {
    // SAFETY: operands of the running frame; the machine has seen the tuple.
    unsafe {
        let base = (*frame).base;
        let tuple = fetch(base, (*(*frame).code).locals, i.a);
        for (k, item) in (*payload::<Tuple>(tuple.raw())).slice().iter().enumerate() {
            put(base, i.b + k as u16, item.clone());
        }
        drop(tuple);
        py.drain_pending();
        Flow::Next
    }
}

/// `Unpack`
pub(super) unsafe fn unpack(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let value = fetch((*frame).base, (*(*frame).code).locals, i.a);
        if value.is_unbound() {
            return Err(super::name::unbound_local(py, frame, i.a));
        }
        let wanted = i.c as usize;
        let items = if py.is_exact::<List>(&value) || py.is_exact::<Tuple>(&value) {
            let items = py.collect(&value)?;
            if items.len() > wanted {
                return Err(value_error(format!("too many values to unpack (expected {wanted}, got {})", items.len())));
            }
            items
        } else {
            let mut iter = match py.iter(&value) {
                Ok(iter) => iter,
                Err(e) => return Err(not_iterable(py, &value, e)),
            };
            let mut items = Vec::with_capacity(wanted);
            while items.len() < wanted
                && let Some(item) = iter.next(py)?
            {
                items.push(item);
            }
            if items.len() == wanted && iter.next(py)?.is_some() {
                if py.is_exact::<Dict>(&value) {
                    let got = py.len(&value)?;
                    return Err(value_error(format!("too many values to unpack (expected {wanted}, got {got})")));
                }
                return Err(value_error(format!("too many values to unpack (expected {wanted})")));
            }
            items
        };
        if items.len() < wanted {
            return Err(value_error(format!("not enough values to unpack (expected {wanted}, got {})", items.len())));
        }
        for (k, item) in items.into_iter().enumerate() {
            put((*frame).base, i.b + k as u16, item);
        }
        Ok(Flow::Next)
    }
}

/// `UnpackStar`
pub(super) unsafe fn unpack_star(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let value = fetch((*frame).base, (*(*frame).code).locals, i.a);
        let items = match py.collect(&value) {
            Ok(items) => items,
            Err(e) => return Err(not_iterable(py, &value, e)),
        };
        let (before, after) = (i.c as usize, i.d as usize);
        if items.len() < before + after {
            return Err(value_error(format!(
                "not enough values to unpack (expected at least {}, got {})",
                before + after,
                items.len()
            )));
        }
        let middle = items.len() - before - after;
        let mut items = items.into_iter();
        for k in 0..before {
            if let Some(item) = items.next() {
                put((*frame).base, i.b + k as u16, item);
            }
        }
        let list = py.list(items.by_ref().take(middle).collect());
        put((*frame).base, i.b + i.c, list);
        for (k, item) in items.enumerate() {
            put((*frame).base, i.b + i.c + 1 + k as u16, item);
        }
        Ok(Flow::Next)
    }
}

/// `BuildSet`
pub(super) unsafe fn build_set(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let set = py.make(Set::default());
        for k in 0..i.c {
            let item = fetch(base, locals, i.b + k);
            set::add(py, &set, &item)?;
        }
        put((*frame).base, i.a, set.into_value());
        Ok(Flow::Next)
    }
}

/// `BuildMap`
pub(super) unsafe fn build_map(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let d = py.make(Dict::with_room(i.c as usize));
        for k in 0..i.c {
            let key = fetch(base, locals, i.b + 2 * k);
            let value = fetch(base, locals, i.b + 2 * k + 1);
            dict::set(py, &d, &key, value)?;
        }
        put((*frame).base, i.a, d.into_value());
        Ok(Flow::Next)
    }
}

/// `BuildString`
pub(super) unsafe fn build_string(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame; every one is a str.
    unsafe {
        let base = (*frame).base;
        let parts = std::slice::from_raw_parts(base.add(i.b as usize).cast::<Value>(), i.c as usize);
        let texts = || parts.iter().filter_map(|p| p.downcast::<Str>());
        let (mut size, mut chars) = (0, 0);
        for s in texts() {
            size += s.as_bytes().len();
            chars += s.len();
        }
        py.room(size)?;
        let text = match size {
            0 => py.empty_str(),
            _ => py.make_str_of(size, chars, texts().map(|s| s.as_bytes())),
        };
        let locals = (*(*frame).code).locals;
        for k in 0..i.c {
            if u32::from(i.b + k) >= locals {
                put(base, i.b + k, Value::UNBOUND);
            }
        }
        put(base, i.a, text.into_value());
        Ok(Flow::Next)
    }
}

/// `ListExtend`
pub(super) unsafe fn list_extend(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let iterable = fetch((*frame).base, (*(*frame).code).locals, i.b);
        let list = peek((*frame).base, i.a).clone();
        if let Some(list) = list.downcast::<List>() {
            match crate::types::list::extend(py, list, &iterable) {
                Err(e)
                    if e.is(Exc::TypeError)
                        && py.special(&iterable, Special::Iter).is_none()
                        && py.special(&iterable, Special::GetItem).is_none() =>
                {
                    return Err(type_error(format!("Value after * must be an iterable, not {}", py.type_name(&iterable))));
                }
                other => other?,
            }
        }
        Ok(Flow::Next)
    }
}

/// `SetAdd`
pub(super) unsafe fn set_add(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let item = fetch((*frame).base, (*(*frame).code).locals, i.b);
        let set = peek((*frame).base, i.a).clone();
        if let Some(set) = set.downcast::<Set>() {
            set::add(py, set, &item)?;
        }
        Ok(Flow::Next)
    }
}

/// `SetUpdate`
pub(super) unsafe fn set_update(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let iterable = fetch((*frame).base, (*(*frame).code).locals, i.b);
        let set = peek((*frame).base, i.a).clone();
        if let Some(set) = set.downcast::<Set>() {
            set::update(py, set, &iterable)?;
        }
        Ok(Flow::Next)
    }
}

/// `MapAdd`
pub(super) unsafe fn map_add(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let key = fetch(base, locals, i.b);
        let value = fetch(base, locals, i.c);
        let map = peek(base, i.a).clone();
        if let Some(d) = map.downcast::<Dict>() {
            dict::set(py, d, &key, value)?;
        }
        Ok(Flow::Next)
    }
}

/// Keys and values of a mapping in order.
pub(super) fn mapping_items(py: &mut Py, mapping: &Value) -> Result<Vec<(Value, Value)>> {
    if let Some(d) = mapping.downcast::<Dict>()
        && py.is_exact::<Dict>(mapping)
    {
        return Ok(d.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect());
    }
    let keys = py.call_method(mapping, "keys", &[])?;
    let keys = py.collect(&keys)?;
    let mut out = Vec::with_capacity(keys.len());
    for key in keys {
        let value = py.getitem(mapping, &key)?;
        out.push((key, value));
    }
    Ok(out)
}

/// `DictUpdate`
pub(super) unsafe fn dict_update(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let mapping = fetch((*frame).base, (*(*frame).code).locals, i.b);
        let target = peek((*frame).base, i.a).clone();
        let items = match mapping_items(py, &mapping) {
            Err(e) if e.is(Exc::AttributeError) => {
                return Err(type_error(format!("'{}' object is not a mapping", py.type_name(&mapping))));
            }
            other => other?,
        };
        if let Some(d) = target.downcast::<Dict>() {
            for (k, v) in items {
                dict::set(py, d, &k, v)?;
            }
        }
        Ok(Flow::Next)
    }
}

/// How messages name what is called.
pub(super) fn callee_name(py: &mut Py, callee: &Value) -> String {
    let text = |value: Option<Value>| value.and_then(|v| v.downcast::<Str>().map(ToString::to_string));
    let qualname = py.getattr_opt(callee, "__qualname__").ok().flatten();
    let Some(name) = text(qualname) else {
        return py.str_of(callee).map_or_else(|_| format!("{} object", py.type_name(callee)), |s| s.to_string());
    };
    let module = py.getattr_opt(callee, "__module__").ok().flatten();
    match text(module) {
        Some(module) if module != "builtins" => format!("{module}.{name}()"),
        _ => format!("{name}()"),
    }
}

/// `DictMerge`
pub(super) unsafe fn dict_merge(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let mapping = fetch((*frame).base, (*(*frame).code).locals, i.b);
        let target = peek((*frame).base, i.a).clone();
        let callee = peek((*frame).base, i.c).clone();
        if let Some(d) = target.downcast::<Dict>() {
            merge_keywords(py, d, &mapping, &callee)?;
        }
        Ok(Flow::Next)
    }
}

/// Merge a mapping into the keyword arguments of a call of `callee`.
pub(super) fn merge_keywords(py: &mut Py, target: &lockstep_heap::Ref<Dict>, mapping: &Value, callee: &Value) -> Result<()> {
    let items = match mapping_items(py, mapping) {
        Err(e) if e.is(Exc::AttributeError) => {
            let name = callee_name(py, callee);
            return Err(type_error(format!("{name} argument after ** must be a mapping, not {}", py.type_name(mapping))));
        }
        other => other?,
    };
    for (k, v) in items {
        if dict::get(py, target, &k)?.is_some() {
            let (callee, name) = (callee_name(py, callee), py.str_of(&k)?);
            return Err(type_error(format!("{callee} got multiple values for keyword argument '{name}'")));
        }
        dict::set(py, target, &k, v)?;
    }
    Ok(())
}

/// `Format`
pub(super) unsafe fn format(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        if *base.add(i.b as usize) == Raw::UNBOUND {
            return Err(super::name::unbound_local(py, frame, i.b));
        }
        let value = fetch(base, locals, i.b);
        let spec = if i.c == u16::MAX { None } else { Some(fetch(base, locals, i.c)) };
        let value = match i.d {
            1 => py.str_of(&value)?.into_value(),
            2 => py.repr(&value)?.into_value(),
            3 => py.ascii(&value)?.into_value(),
            _ => value,
        };
        let text = match spec.as_ref().and_then(|s| s.downcast::<Str>()) {
            Some(spec) => py.format(&value, spec)?,
            // Without a specification these are what `str` makes of them.
            None if py.is_exact::<Str>(&value) || value.as_small_int().is_some() => py.str_of(&value)?,
            None => {
                let empty = py.empty_str();
                py.format(&value, &empty)?
            }
        };
        put((*frame).base, i.a, text.into_value());
        Ok(Flow::Next)
    }
}
