//! Calls: what can be called from the loop without recursion, and returning.

use lockstep_compile::code::{Capture, CodeFlags, Const, Instr};
use lockstep_heap::{Raw, Ref, Tag, Value};

use super::bind::bind;
use super::frame::{Target, take};
use super::instance::{call_placed as call_class, call_type, direct_new, is_whole};
use super::place::push_placed;
use super::run::Signal;
use super::{Flow, fetch, put};
use crate::object::raise::{Result, recursion_error, type_error};
use crate::object::strand::{Frame, Return, frame_flags, sense};
use crate::object::{Py, Special, Type};
use crate::types::code::CodeObject;
use crate::types::dict::Dict;
use crate::types::function::{Function, FunctionExtra};
use crate::types::method::BoundMethod;
use crate::types::native::{Native, call_native};
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// Keyword arguments of a call.
pub(super) type Keywords = [(Ref<Str>, Value)];
/// Keyword arguments that a call brings along.
type KeywordList = smallvec::SmallVec<[(Ref<Str>, Value); 4]>;
/// Arguments with one put before them.
type ArgumentList = smallvec::SmallVec<[Value; 8]>;

/// `first` and the arguments behind it.
pub(super) fn prepended(first: &Value, args: &[Value]) -> ArgumentList {
    let mut all = ArgumentList::with_capacity(args.len() + 1);
    all.push(first.clone());
    all.extend(args.iter().cloned());
    all
}

/// `Call`
pub(super) unsafe fn call(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: callee and arguments lie in consecutive temporaries of the running frame.
    unsafe { call_placed(py, frame, (*frame).base.add(i.a as usize), i.b as usize, i.c) }
}

/// Call what lies in the register `first` with the `count` arguments behind it.
unsafe fn call_placed(py: &mut Py, frame: *mut Frame, first: *mut Raw, count: usize, dst: u16) -> Result<Flow> {
    // SAFETY: callee and arguments are owned temporaries of the running frame.
    unsafe {
        if (*first).is_ptr() && (*(*first).header()).shape().tag() == Tag::TYPE && call_class(py, frame, first, count, dst) {
            // No other frame runs if the object is there already.
            return Ok(if py.strand.frame == frame { Flow::Next } else { Flow::Reload });
        }
        let callee = Value::from_raw(std::mem::replace(&mut *first, Raw::UNBOUND));
        let target = Target::register(dst);
        // What needs a first argument more finds room for it where the callee lay.
        if let Some(method) = callee.downcast::<BoundMethod>()
            && py.is_exact::<BoundMethod>(&callee)
            && method.function.is_a::<Function>()
        {
            *first = method.receiver.clone().into_raw();
            let function = method.function.clone();
            return dispatch(py, frame, function, first, count + 1, &[], target);
        }
        if let Some(ty) = callee.downcast::<Type>() {
            if let Some(native) = direct_new(py, ty).cloned() {
                // The class is the first argument of its `__new__`, and lies where that is wanted.
                *first = callee.clone().into_raw();
                return dispatch_native(py, frame, &native, first, count + 1, &[], target);
            }
        }
        match py.special(&callee, Special::Call) {
            Some(method) if method.is_a::<Function>() => {
                let method = method.clone();
                *first = callee.into_raw();
                dispatch(py, frame, method, first, count + 1, &[], target)
            }
            Some(method) if !is_callable_itself(&callee) => match method.downcast::<Native>().filter(|n| n.binds()).cloned() {
                Some(native) => {
                    py.native_stack()?;
                    let args = std::slice::from_raw_parts(first.add(1).cast::<Value>(), count);
                    let result = crate::types::native::call_method(py, &native, &callee, args, &[]);
                    empty(first.add(1), count);
                    deliver(py, frame, result?, target)
                }
                None => dispatch(py, frame, callee, first.add(1), count, &[], target),
            },
            _ => dispatch(py, frame, callee, first.add(1), count, &[], target),
        }
    }
}

/// Whether the machine knows how to call the object without its type's `__call__`.
fn is_callable_itself(callee: &Value) -> bool {
    let tag = callee.header().map(|h| h.shape().tag());
    matches!(tag, Some(Tag::FUNCTION | Tag::NATIVE | Tag::BOUND_METHOD | Tag::TYPE))
}

/// Call a native function with `count` owned arguments at `args`, registers of the running frame.
unsafe fn dispatch_native(
    py: &mut Py,
    frame: *mut Frame,
    native: &Ref<Native>,
    args: *mut Raw,
    count: usize,
    keywords: &Keywords,
    target: Target,
) -> Result<Flow> {
    // SAFETY: natives borrow the arguments as a slice while they stay.
    unsafe {
        let slice = std::slice::from_raw_parts(args.cast::<Value>(), count);
        let result = call_native(py, native, slice, keywords);
        empty(args, count);
        let value = result?;
        deliver(py, frame, value, target)
    }
}

/// `CallMethod`
pub(super) unsafe fn call_method(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: as laid out by `LoadMethod`.
    unsafe {
        let first = (*frame).base.add(i.a as usize);
        let callee = Value::from_raw(std::mem::replace(&mut *first, Raw::UNBOUND));
        if callee.is_unbound() {
            call_placed(py, frame, first.add(1), i.b as usize, i.c)
        } else {
            dispatch(py, frame, callee, first.add(1), i.b as usize + 1, &[], Target::register(i.c))
        }
    }
}

/// Take keyword arguments off the end of the arguments.
unsafe fn keywords_of(frame: *mut Frame, first: *mut Raw, count: usize, names: u16) -> (usize, KeywordList) {
    // SAFETY: the constant is a tuple of names, the values are the last arguments.
    unsafe {
        let names = &(&(*(*frame).code).consts)[names as usize];
        let names = names.downcast::<Tuple>().map_or(&[][..], |t| t.slice());
        let positional = count - names.len();
        let mut out = KeywordList::with_capacity(names.len());
        for (k, name) in names.iter().enumerate() {
            let value = Value::from_raw(std::mem::replace(&mut *first.add(positional + k), Raw::UNBOUND));
            if let Some(name) = name.downcast::<Str>() {
                out.push((name.clone(), value));
            }
        }
        (positional, out)
    }
}

/// `CallKw`
pub(super) unsafe fn call_kw(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: as in `call`.
    unsafe {
        let first = (*frame).base.add(i.a as usize);
        let callee = Value::from_raw(std::mem::replace(&mut *first, Raw::UNBOUND));
        let (count, keywords) = keywords_of(frame, first.add(1), i.b as usize, i.c);
        if count == 0
            && let Some(ty) = callee.downcast::<Type>()
            && std::ptr::eq(&raw const *ty.get(py).shape, py.strand.shapes.dict)
        {
            // `dict(name=value)`: names differ from each other.
            let dict = py.make(Dict::with_room(keywords.len()));
            for (name, value) in keywords {
                crate::types::dict::set_str(py, &dict, &name, value);
            }
            put((*frame).base, i.a, dict.into_value());
            return Ok(Flow::Next);
        }
        dispatch(py, frame, callee, first.add(1), count, &keywords, Target::register(i.a))
    }
}

/// `CallMethodKw`
pub(super) unsafe fn call_method_kw(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: as in `call_method`.
    unsafe {
        let first = (*frame).base.add(i.a as usize);
        let callee = Value::from_raw(std::mem::replace(&mut *first, Raw::UNBOUND));
        let (count, keywords) = keywords_of(frame, first.add(2), i.b as usize, i.c);
        if callee.is_unbound() {
            let callee = Value::from_raw(std::mem::replace(&mut *first.add(1), Raw::UNBOUND));
            dispatch(py, frame, callee, first.add(2), count, &keywords, Target::register(i.a))
        } else {
            dispatch(py, frame, callee, first.add(1), count + 1, &keywords, Target::register(i.a))
        }
    }
}

/// `CallEx`
pub(super) unsafe fn call_ex(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: callee, tuple and dict lie in consecutive temporaries.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let callee = fetch(base, locals, i.a);
        let args = fetch(base, locals, i.a + 1);
        let keywords = if i.b == 1 {
            let d = fetch(base, locals, i.a + 2);
            keywords_from(py, &d, &callee)?
        } else {
            KeywordList::new()
        };
        let collected;
        let args = match args.downcast::<Tuple>() {
            Some(t) if py.is_exact::<Tuple>(&args) => t.slice(),
            _ if py.special(&args, Special::Iter).is_none() && py.special(&args, Special::GetItem).is_none() => {
                let name = super::iter::callee_name(py, &callee);
                let got = py.type_name(&args);
                return Err(type_error(format!("{name} argument after * must be an iterable, not {got}")));
            }
            _ => {
                collected = py.collect(&args)?;
                &collected
            }
        };
        enter(py, frame, &callee, args, &keywords, Target::register(i.c))
    }
}

fn keywords_from(py: &mut Py, mapping: &Value, callee: &Value) -> Result<KeywordList> {
    let merged;
    let d = match mapping.downcast::<Dict>() {
        Some(d) if py.is_exact::<Dict>(mapping) => d,
        _ => {
            merged = py.new_dict();
            super::iter::merge_keywords(py, &merged, mapping, callee)?;
            &merged
        }
    };
    let d = d.get(py);
    let mut out = KeywordList::with_capacity(d.len());
    for (k, v) in d.iter() {
        match k.downcast::<Str>() {
            Some(name) => out.push((name.clone(), v.clone())),
            None => return Err(type_error("keywords must be strings")),
        }
    }
    Ok(out)
}

/// Call `callee` with `count` owned arguments at `args` (registers of the running frame).
unsafe fn dispatch(
    py: &mut Py,
    frame: *mut Frame,
    callee: Value,
    args: *mut Raw,
    count: usize,
    keywords: &Keywords,
    target: Target,
) -> Result<Flow> {
    // SAFETY: the arguments are owned registers; natives borrow them as a slice while they stay.
    unsafe {
        if let Some(native) = callee.downcast::<Native>() {
            if native.resumes != 0 && count > 0 {
                return super::generator::call_in_loop(py, frame, native, args, count, keywords, target);
            }
            return dispatch_native(py, frame, native, args, count, keywords, target);
        }
        if keywords.is_empty() && push_placed(py, frame, callee.raw(), args, count, &[], target) {
            // The frame has it now.
            std::mem::forget(callee);
            return Ok(Flow::Reload);
        }
        let slice = std::slice::from_raw_parts(args.cast::<Value>(), count);
        let result = enter(py, frame, &callee, slice, keywords, target);
        // The callee has copies of what it needs.
        empty(args, count);
        result
    }
}

/// Drop what `count` registers hold.
#[inline]
unsafe fn empty(first: *mut Raw, count: usize) {
    for k in 0..count {
        // SAFETY: registers of the running frame own what they hold.
        unsafe {
            give_up(std::mem::replace(&mut *first.add(k), Raw::UNBOUND));
        }
    }
}

/// Put a result where it belongs in the running frame.
pub(super) unsafe fn deliver(py: &mut Py, frame: *mut Frame, value: Value, target: Target) -> Result<Flow> {
    // SAFETY: `frame` is the running frame.
    unsafe {
        match target.ret {
            Return::Register => {
                put((*frame).base, target.dst, value);
                Ok(Flow::Next)
            }
            Return::Discard => Ok(Flow::Next),
            Return::Truth => {
                let truth = truth_of(py, &value, target.sense)?;
                put((*frame).base, target.dst, Value::bool(truth == (target.sense & sense::TRUE != 0)));
                Ok(Flow::Next)
            }
            Return::Branch => {
                let truth = truth_of(py, &value, target.sense)?;
                if truth == (target.sense & sense::TRUE != 0) {
                    (*frame).pc = (*frame).pc.offset(target.jump as isize);
                    return Ok(Flow::Reload);
                }
                Ok(Flow::Next)
            }
            Return::Iterate | Return::Send => {
                put((*frame).base, target.dst, value);
                Ok(Flow::Next)
            }
            Return::Init | Return::New | Return::Native => Ok(Flow::Next),
        }
    }
}

/// The truth that a frame's result stands for.
fn truth_of(py: &mut Py, value: &Value, kind: u8) -> Result<bool> {
    if kind & sense::BOOL != 0 { py.truth_of_bool(value) } else { py.truth(value) }
}

/// Call anything from the loop: Python functions get a frame, the rest runs at once.
pub(super) unsafe fn enter(
    py: &mut Py,
    frame: *mut Frame,
    callee: &Value,
    args: &[Value],
    keywords: &Keywords,
    target: Target,
) -> Result<Flow> {
    // SAFETY: `frame` is the running frame.
    unsafe {
        if callee.is_a::<Function>() {
            push_call(py, callee, args, keywords, target)?;
            return Ok(Flow::Reload);
        }
        if let Some(method) = callee.downcast::<BoundMethod>()
            && py.is_exact::<BoundMethod>(callee)
        {
            if keywords.is_empty() && push_method(py, &method.function, &method.receiver, args, target)? {
                return Ok(Flow::Reload);
            }
            let all = prepended(&method.receiver, args);
            return enter(py, frame, &method.function, &all, keywords, target);
        }
        if let Some(ty) = callee.downcast::<Type>() {
            return call_type(py, frame, ty, args, keywords, target);
        }
        if let Some(native) = callee.downcast::<Native>() {
            let value = call_native(py, native, args, keywords)?;
            return deliver(py, frame, value, target);
        }
        match py.special_owned(callee, Special::Call) {
            Some(method) => {
                if method.is_a::<Function>() {
                    if keywords.is_empty() && push_method(py, &method, callee, args, target)? {
                        return Ok(Flow::Reload);
                    }
                    let all = prepended(callee, args);
                    return enter(py, frame, &method, &all, keywords, target);
                }
                if let Some(native) = method.downcast::<Native>()
                    && native.binds()
                {
                    py.native_stack()?;
                    let value = crate::types::native::call_method(py, native, callee, args, keywords)?;
                    return deliver(py, frame, value, target);
                }
                let ty = py.type_of(callee);
                let bound = py.bind_descriptor(&method, callee, &ty)?;
                if bound.is(callee) {
                    return Err(recursion_error("maximum recursion depth exceeded while calling a Python object"));
                }
                py.native_stack()?;
                let value = py.call_kw(&bound, args, keywords)?;
                deliver(py, frame, value, target)
            }
            None => Err(py.not_callable(callee)),
        }
    }
}

/// Push a frame for a Python function with arguments from native memory.
pub(super) fn push_call(py: &mut Py, func: &Value, args: &[Value], keywords: &Keywords, target: Target) -> Result<()> {
    if keywords.is_empty() && push_filled(py, func, &[], args, target)? {
        return Ok(());
    }
    // SAFETY: the room is reserved behind the running frame and filled before the frame is made.
    unsafe {
        let Some(f) = func.downcast::<Function>() else { return Err(py.not_callable(func)) };
        let code = f.get(py).code.clone();
        super::ready(py, &code);
        let (base, limit, flags) = py.strand.room(code.registers as usize + 2);
        let base = base.add(2);
        for k in 0..code.locals as usize {
            *base.add(k) = Raw::UNBOUND;
        }
        let c = &code.code.flags;
        let count = (code.code.arg_count + code.code.kwonly_count) as usize
            + usize::from(c.has(CodeFlags::VARARGS))
            + usize::from(c.has(CodeFlags::VARKEYWORDS));
        // Registers hold whole values; those of the new frame are nobody else's yet.
        let slots = std::slice::from_raw_parts_mut(base.cast::<Value>(), count);
        if let Err(e) = bind(py, f, &code, args, keywords, slots) {
            slots.fill(Value::UNBOUND);
            if flags & frame_flags::NEW_CHUNK != 0 {
                py.strand.chunks.pop();
            }
            return Err(e);
        }
        py.push_bound(func.clone(), base, limit, flags, target)
    }
}

/// Push a frame for a Python function whose parameters `receiver` and `args` fill one by one; false
/// if it takes more than that.
pub(super) fn push_method(py: &mut Py, func: &Value, receiver: &Value, args: &[Value], target: Target) -> Result<bool> {
    push_filled(py, func, std::slice::from_ref(receiver), args, target)
}

/// Push a frame for a Python function whose parameters `first` and `rest` fill one by one; false if
/// it takes more than that.
#[inline(always)]
fn push_filled(py: &mut Py, func: &Value, first: &[Value], rest: &[Value], target: Target) -> Result<bool> {
    // SAFETY: as in `push_call`.
    unsafe {
        let Some(f) = func.downcast::<Function>() else { return Ok(false) };
        let code: *const CodeObject = (*f.payload()).code.payload();
        if (*code).simple_args.get() as usize != first.len() + rest.len() {
            return Ok(false);
        }
        let (base, limit, flags) = py.strand.room((*code).registers as usize + 2);
        let base = base.add(2);
        for (k, arg) in first.iter().chain(rest).enumerate() {
            *base.add(k) = arg.clone().into_raw();
        }
        for k in first.len() + rest.len()..(*code).locals as usize {
            *base.add(k) = Raw::UNBOUND;
        }
        py.push_bound(func.clone(), base, limit, flags, target)?;
        Ok(true)
    }
}

/// The running frame returns what lies in the register `place`, or None if that is null, to the
/// loop (as operand of an operator, as truth, to nobody) or to native code. None: nothing was changed,
/// the general way is to be taken.
pub(super) unsafe fn finish_quick(py: &mut Py, frame: *mut Frame, place: *mut Raw) -> Option<Signal> {
    // SAFETY: `frame` is the running frame, which owns its registers and, with `OPERANDS`, the two
    // below them.
    unsafe {
        let fr = &mut *frame;
        if fr.flags & !frame_flags::OPERANDS != 0 || fr.locals.0 | fr.handled.0 != 0 {
            return None;
        }
        let mut value = if place.is_null() { Raw::NONE } else { *place };
        if fr.extra.0 != 0 && !(fr.ret == Return::New && is_whole(py, value, fr.extra)) {
            return None;
        }
        if fr.flags != 0 && value == Raw::NOT_IMPLEMENTED {
            return None;
        }
        let caller = fr.prev;
        match fr.ret {
            Return::Register | Return::New | Return::Discard | Return::Native => {}
            Return::Truth | Return::Branch if value.is_bool() => {
                let as_wanted = (value == Raw::TRUE) == (fr.sense & sense::TRUE != 0);
                value = Raw::from_bool(as_wanted);
                if as_wanted && fr.ret == Return::Branch {
                    (*caller).pc = (*caller).pc.offset(fr.jump as isize);
                }
            }
            _ => return None,
        }
        if !place.is_null() {
            *place = Raw::UNBOUND;
        }
        empty(fr.base, (*fr.code).locals as usize);
        if fr.flags != 0 {
            empty(fr.base.sub(2), 2);
        }
        let func = std::mem::replace(&mut fr.func, Raw::NOTHING);
        let extra = std::mem::replace(&mut fr.extra, Raw::NOTHING);
        let (ret, dst) = (fr.ret, fr.dst);
        py.strand.frame = caller;
        py.strand.depth -= 1;
        py.strand.free_frame(frame);
        give_up(func);
        if extra.0 != 0 {
            give_up(extra);
        }
        if ret == Return::Native {
            // Finalisers may run and leave results of their own.
            py.drain_pending();
            py.strand.result = value;
            return Some(Signal::Returned);
        }
        if matches!(ret, Return::Register | Return::New | Return::Truth) {
            give_up(std::mem::replace(&mut *(*caller).base.add(dst as usize), value));
        } else {
            give_up(value);
        }
        py.drain_pending();
        Some(Signal::Reload)
    }
}

/// The running frame, which owns no more than its registers and its function, ends; native code has
/// called it.
#[inline(always)]
pub(super) unsafe fn to_native(py: &mut Py, frame: *mut Frame, base: *mut Raw, locals: u32) {
    // SAFETY: `frame` is the running frame.
    unsafe {
        empty(base, locals as usize);
        let func = std::mem::replace(&mut (*frame).func, Raw::NOTHING);
        py.strand.frame = (*frame).prev;
        py.strand.depth -= 1;
        py.strand.free_frame(frame);
        give_up(func);
        // Finalisers may run and leave results of their own.
        py.drain_pending();
    }
}

/// Drop a word that is owned.
#[inline(always)]
unsafe fn give_up(raw: Raw) {
    if raw.is_ptr() {
        // SAFETY: the caller owned it.
        drop(unsafe { Value::from_raw(raw) });
    }
}

/// The running frame returns a value, in any way but the plain one. `Some`: to native code.
pub(super) unsafe fn finish(py: &mut Py, frame: *mut Frame, value: Value) -> Result<Option<Value>> {
    // SAFETY: `frame` is the running frame.
    unsafe {
        let (ret, dst, jump, sense) = ((*frame).ret, (*frame).dst, (*frame).jump, (*frame).sense);
        if (*frame).flags & frame_flags::GENERATOR != 0 {
            return super::generator::finish(py, frame, value);
        }
        let kept = if matches!(ret, Return::Init | Return::New) { take(&mut (*frame).extra) } else { None };
        let operands = if (*frame).flags & frame_flags::OPERANDS != 0 {
            let base = (*frame).base;
            let pair = (Value::from_raw(*base.sub(2)), Value::from_raw(*base.sub(1)));
            *base.sub(2) = Raw::UNBOUND;
            *base.sub(1) = Raw::UNBOUND;
            (*frame).flags &= !frame_flags::OPERANDS;
            Some(pair)
        } else {
            None
        };
        (*frame).ret = Return::Discard;
        py.pop_frame();
        py.drain_pending();
        let caller = py.strand.frame;
        match ret {
            Return::Native => return Ok(Some(value)),
            Return::Init => {
                if !value.is_none() {
                    return Err(type_error(format!("__init__() should return None, not '{}'", py.type_name(&value))));
                }
                put((*caller).base, dst, kept.unwrap_or(Value::NONE));
            }
            Return::New => {
                if let Some([class, args @ ..]) = kept.as_ref().and_then(|k| k.downcast::<Tuple>()).map(|t| t.slice())
                    && let Some(class) = class.downcast::<Type>()
                {
                    crate::types::r#type::initialise(py, class, &value, args, &[])?;
                }
                put((*caller).base, dst, value);
            }
            other => {
                let value = match operands {
                    Some((a, b)) if value.is_not_implemented() => super::arith::rest_of_operator(py, caller, &a, &b)?,
                    _ => value,
                };
                deliver(py, caller, value, Target { ret: other, dst, jump, sense })?;
            }
        }
        py.drain_pending();
        Ok(None)
    }
}

/// `MakeFunction`
pub(super) unsafe fn make_function(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame; captures name cells of it.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let constant = (&(*(*frame).code).consts)[i.c as usize].clone();
        let Some(code) = constant.downcast::<CodeObject>().cloned() else {
            return Err(crate::object::raise::system_error("a function without code"));
        };
        let mut next = i.b;
        let mut extra = |bit: u8| {
            if i.d & bit == 0 {
                return None;
            }
            let v = fetch(base, locals, next);
            next += 1;
            Some(v)
        };
        let (defaults, kwdefaults, annotate, type_params) = (extra(1), extra(2), extra(4), extra(8));
        let closure = code
            .captures
            .iter()
            .map(|c| match c {
                Capture::Cell(r) => super::peek(base, *r).clone(),
                Capture::Free(n) => super::name::closure_cell(frame, i32::from(*n)),
            })
            .collect();
        let globals = dict_of((*frame).globals);
        let builtins = dict_of((*frame).builtins);
        let extra = if annotate.is_some() || type_params.is_some() {
            Some(Box::new(FunctionExtra { annotate, type_params, ..FunctionExtra::default() }))
        } else {
            None
        };
        let (name, qualname) = (code.name.clone(), code.qualname.clone());
        let function = py.make(Function { code, globals, builtins, closure, defaults, kwdefaults, name, qualname, extra });
        put(base, i.a, function.into_value());
        Ok(Flow::Next)
    }
}

/// A counted reference to a dict that a frame borrows.
pub(super) unsafe fn dict_of(raw: Raw) -> Ref<Dict> {
    // SAFETY: the frame keeps it alive.
    unsafe {
        lockstep_heap::Header::incref(raw.header());
        Ref::from_raw(raw)
    }
}

/// The docstring of code: its first constant, if the compiler says so.
pub fn docstring(py: &mut Py, code: &Ref<CodeObject>) -> Value {
    super::ready(py, code);
    if code.code.flags.has(CodeFlags::HAS_DOCSTRING) && matches!(code.code.consts.first(), Some(Const::Str(_))) {
        return code.consts[0].clone();
    }
    Value::NONE
}
