//! Calls of classes from the loop: what makes an object or initialises it in Python gets a frame, what
//! native code does at once is done here.

use lockstep_heap::{Raw, Ref, Tag, Value, flags};

use super::Flow;
use super::call::{Keywords, deliver, enter, prepended, push_call};
use super::frame::Target;
use super::place::push_placed;
use super::run::{counted, payload};
use crate::object::raise::{Result, recursion_error};
use crate::object::strand::{Frame, Return};
use crate::object::{Py, Special, Type, TypeFlags};
use crate::types::code::CodeObject;
use crate::types::function::Function;
use crate::types::method::StaticMethod;
use crate::types::native::{Kind, Native, call_native};
use crate::types::tuple::Tuple;

/// Call the class at `first` with the `count` words behind it: what the frame says that runs now comes
/// next, or the object is in `dst` already. False: nothing was done.
pub(super) unsafe fn call_placed(py: &mut Py, frame: *mut Frame, first: *mut Raw, count: usize, dst: u16) -> bool {
    // SAFETY: class and arguments are owned temporaries of the running frame.
    unsafe {
        if push_init(py, frame, first, count, dst) {
            return true;
        }
        if count == 0
            && let Some(object) = bare_new(py, &*first.cast::<Ref<Type>>())
        {
            let class = Value::from_raw(std::mem::replace(&mut *first, Raw::UNBOUND));
            super::put((*frame).base, dst, object);
            drop(class);
            return true;
        }
        call_with_keywords(py, frame, first, count, &[], dst)
    }
}

/// [`call_with_keywords`] for what is most common: a class of the program, with an `__init__` whose
/// parameters the arguments fill one by one.
#[inline(always)]
unsafe fn push_init(py: &mut Py, frame: *mut Frame, first: *mut Raw, count: usize, dst: u16) -> bool {
    const ASKED: u32 =
        TypeFlags::HEAP | TypeFlags::CUSTOM_INIT | TypeFlags::CUSTOM_NEW | TypeFlags::ABSTRACT | TypeFlags::EXCEPTION;
    // SAFETY: class and arguments are owned temporaries of the running frame; a class whose `__new__` is
    // `object`'s has plain instances, and those keep their class.
    unsafe {
        let class = *first;
        let t = payload::<Type>(class);
        if (*t).flags.0 & ASKED != TypeFlags::HEAP | TypeFlags::CUSTOM_INIT
            || (*class.header()).shape().type_raw() != py.plain_metatype().as_value().raw()
        {
            return false;
        }
        let Some(init) = &(&(*t).specials)[Special::Init as usize] else { return false };
        let init = init.raw();
        if !init.is_ptr() || (*init.header()).shape().tag() != Tag::FUNCTION {
            return false;
        }
        let function = &*payload::<Function>(init);
        let code: *const CodeObject = function.code.payload();
        let limit = (*frame).limit;
        if (*code).frame_args.get() as usize != count + 1
            || first.wrapping_add((*code).registers as usize + 2) > limit
            || py.strand.depth >= py.strand.limit
        {
            return false;
        }
        let shape = std::ptr::NonNull::from(&*(*t).shape);
        let object = py.heap().make_unchecked(shape, lockstep_heap::Instance).into_value().into_raw();
        *first = object;
        for k in count + 1..(*code).locals as usize {
            *first.add(k) = Raw::UNBOUND;
        }
        py.link_function(function, first, limit, 0, Target { ret: Return::Init, ..Target::register(dst) });
        (*py.strand.frame).func = counted(init);
        (*py.strand.frame).extra = counted(object);
        drop(Value::from_raw(class));
        true
    }
}

/// Push the frame of the Python function that makes an object of the class at `first` or initialises a new
/// one. Behind the `count` arguments lie the values of the keywords `names`. False if there is none or it
/// is less simple: nothing has changed then.
#[inline]
pub(super) unsafe fn call_with_keywords(
    py: &mut Py,
    frame: *mut Frame,
    first: *mut Raw,
    count: usize,
    names: &[Raw],
    dst: u16,
) -> bool {
    // SAFETY: class and arguments are owned temporaries of the running frame; the class lives until
    // the frame stands.
    unsafe {
        let class = *first;
        let ty = &*std::ptr::from_ref(&class).cast::<Ref<Type>>();
        let args = std::slice::from_raw_parts(first.add(1).cast::<Value>(), count);
        let (function, kept, ret) = if let Some((object, init)) = plain_new(py, ty, args, names.is_empty()) {
            *first = object;
            (init, counted(object), Return::Init)
        } else if names.is_empty()
            && let Some(new) = python_new(py, ty)
        {
            // What has to be initialised, and with which arguments, shows when it is made.
            let kept = py.tuple_with(ClassFirst { class: Some(ty.as_value()), args: args.iter() });
            *first = counted(class);
            (new, kept.into_raw(), Return::New)
        } else {
            return false;
        };
        if push_placed(py, frame, function, first, count + 1, names, Target { ret, ..Target::register(dst) }) {
            counted(function);
            (*py.strand.frame).extra = kept;
            drop(Value::from_raw(class));
            return true;
        }
        // What was made was nobody's: the way that is taken now makes another.
        if ret == Return::Init {
            (*kept.header()).clear(flags::FINALIZE);
        }
        drop(Value::from_raw(std::mem::replace(&mut *first, class)));
        drop(Value::from_raw(kept));
        false
    }
}

/// A class and the arguments of its call.
struct ClassFirst<'a> {
    class: Option<&'a Value>,
    args: std::slice::Iter<'a, Value>,
}

impl Iterator for ClassFirst<'_> {
    type Item = Value;
    fn next(&mut self) -> Option<Value> {
        self.class.take().or_else(|| self.args.next()).cloned()
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.args.len() + usize::from(self.class.is_some());
        (left, Some(left))
    }
}

impl ExactSizeIterator for ClassFirst<'_> {}

/// The Python function that is the `__new__` of a class, borrowed.
fn python_new(py: &Py, ty: &Ref<Type>) -> Option<Raw> {
    let t = ty.get(py);
    if !t.flags.has(TypeFlags::CUSTOM_NEW)
        || t.flags.has(TypeFlags::NO_NEW | TypeFlags::METATYPE)
        || !py.type_ref(ty.as_value()).is(py.plain_metatype())
    {
        return None;
    }
    let new = t.specials[Special::New as usize].as_ref()?;
    let wrapper = new.downcast::<StaticMethod>().filter(|_| py.is_exact::<StaticMethod>(new))?;
    let function = &wrapper.get(py).function;
    let plain = function.downcast::<Function>().is_some_and(|f| !f.get(py).code.is_generator);
    plain.then(|| function.raw())
}

/// Whether `value`, which the `__new__` of a class has returned, needs no initialising; `kept` is what
/// the frame has kept, the class and its arguments.
pub(super) unsafe fn is_whole(py: &Py, value: Raw, kept: Raw) -> bool {
    // SAFETY: the frame keeps its words alive.
    unsafe {
        let class = &(*payload::<Tuple>(kept)).slice()[0];
        value.is_ptr()
            && (*value.header()).shape().type_raw() == class.raw()
            && class.downcast::<Type>().is_some_and(|c| !c.get(py).flags.has(TypeFlags::CUSTOM_INIT))
    }
}

/// A new plain object (or exception) of a class, owned, and the Python function that is its `__init__`,
/// borrowed; none if making one is less simple. `positional`: there are no keywords.
#[inline(always)]
unsafe fn plain_new(py: &mut Py, ty: &Ref<Type>, args: &[Value], positional: bool) -> Option<(Raw, Raw)> {
    // SAFETY: only reads the type's payload; a class whose `__new__` is `object`'s has plain
    // instances.
    unsafe {
        let t = ty.get(py);
        let flags = t.flags;
        if !flags.has(TypeFlags::HEAP) || !flags.has(TypeFlags::CUSTOM_INIT) || flags.has(TypeFlags::ABSTRACT) {
            return None;
        }
        let init = t.specials[Special::Init as usize].as_ref()?;
        if !init.is_a::<Function>() || !py.type_ref(ty.as_value()).is(py.plain_metatype()) {
            return None;
        }
        let init = init.raw();
        if flags.has(TypeFlags::EXCEPTION) {
            if !positional {
                return None;
            }
            return Some((crate::types::exception::quick_object(py, ty, args)?.into_raw(), init));
        }
        if flags.has(TypeFlags::CUSTOM_NEW) {
            return None;
        }
        let shape = std::ptr::NonNull::from(&*t.shape);
        Some((py.heap().make_unchecked(shape, lockstep_heap::Instance).into_value().into_raw(), init))
    }
}

/// A new object of a class of the program that has neither `__new__` nor `__init__`; none if making
/// one is less simple.
pub(super) fn bare_new(py: &mut Py, ty: &Ref<Type>) -> Option<Value> {
    let t = ty.get(py);
    let flags = t.flags;
    if !flags.has(TypeFlags::HEAP)
        || flags.has(TypeFlags::CUSTOM_INIT | TypeFlags::CUSTOM_NEW | TypeFlags::ABSTRACT)
        || !py.type_ref(ty.as_value()).is(py.plain_metatype())
    {
        return None;
    }
    let shape = std::ptr::NonNull::from(&*t.shape);
    // SAFETY: a class whose `__new__` is `object`'s has plain instances.
    Some(unsafe { py.heap().make_unchecked(shape, lockstep_heap::Instance) }.into_value())
}

/// The native `__new__` of a builtin class that does all the work of a call of the class: nothing
/// of its own initialises the object.
#[inline]
pub(super) fn direct_new<'a>(py: &'a Py, ty: &'a Ref<Type>) -> Option<&'a Ref<Native>> {
    let t = ty.get(py);
    let plain = py.plain_metatype();
    if t.flags.has(TypeFlags::HEAP | TypeFlags::CUSTOM_INIT | TypeFlags::ABSTRACT | TypeFlags::NO_NEW)
        || ty.is(plain)
        || !py.type_ref(ty.as_value()).is(plain)
    {
        return None;
    }
    let new = t.specials[Special::New as usize].as_ref()?;
    let native = new.downcast::<Native>().filter(|n| n.kind == Kind::New)?;
    let of_object = native.owner.as_ref().is_some_and(|o| o.is(py.object_class().as_value()));
    if of_object { None } else { Some(native) }
}

/// Call a class from the loop: `__init__` in Python gets a frame.
pub(super) unsafe fn call_type(
    py: &mut Py,
    frame: *mut Frame,
    ty: &Ref<Type>,
    args: &[Value],
    keywords: &Keywords,
    target: Target,
) -> Result<Flow> {
    // SAFETY: `frame` is the running frame.
    unsafe {
        let meta = py.type_of(ty.as_value());
        let flags = ty.get(py).flags;
        let plain_meta = meta.get(py).specials[Special::Call as usize].as_ref().is_some_and(|c| c.is_a::<Native>());
        if !plain_meta {
            if let Some(call) = meta.get(py).specials[Special::Call as usize].clone() {
                if call.is_a::<Function>() {
                    let all = prepended(ty.as_value(), args);
                    return enter(py, frame, &call, &all, keywords, target);
                }
                let bound = py.bind_descriptor(&call, ty.as_value(), &meta)?;
                if bound.is(ty.as_value()) {
                    return Err(recursion_error("maximum recursion depth exceeded while calling a Python object"));
                }
                py.native_stack()?;
                let value = py.call_kw(&bound, args, keywords)?;
                return deliver(py, frame, value, target);
            }
        }
        if target.ret == Return::Register
            && flags.has(TypeFlags::HEAP)
            && flags.has(TypeFlags::CUSTOM_INIT)
            && !flags.has(TypeFlags::ABSTRACT)
            && let Some(init) = ty.get(py).specials[Special::Init as usize].clone()
            && init.is_a::<Function>()
            && let Some(object) = new_for_init(py, ty, args, keywords)?
        {
            let all = prepended(&object, args);
            push_call(py, &init, &all, keywords, Target { ret: Return::Init, ..target })?;
            (*py.strand.frame).extra = object.into_raw();
            return Ok(Flow::Reload);
        }
        let value = crate::types::r#type::call(py, ty, args, keywords)?;
        deliver(py, frame, value, target)
    }
}

/// A new object by a native `__new__`, if `__init__` of exactly its class is to follow.
unsafe fn new_for_init(py: &mut Py, ty: &Ref<Type>, args: &[Value], keywords: &Keywords) -> Result<Option<Value>> {
    if !ty.get(py).flags.has(TypeFlags::CUSTOM_NEW) {
        let shape = std::ptr::NonNull::from(&*ty.get(py).shape);
        // SAFETY: a class whose `__new__` is `object`'s has plain instances.
        return Ok(Some(unsafe { py.heap().make_unchecked(shape, lockstep_heap::Instance) }.into_value()));
    }
    let Some(new) = ty.get(py).specials[Special::New as usize].clone() else { return Ok(None) };
    let Some(native) = new.downcast::<Native>() else { return Ok(None) };
    if native.kind != Kind::New {
        return Ok(None);
    }
    let all = prepended(ty.as_value(), args);
    let object = call_native(py, native, &all, keywords)?;
    if py.type_ref(&object).is(ty) { Ok(Some(object)) } else { Ok(None) }
}
