//! `generator`, `coroutine` and `async_generator`: a suspended frame with its registers.

use lockstep_heap::{Guarded, Object, Raw, Ref, Shape, ShapeRef, Tag, Tail, TailRef, Value, Visitor};
use lockstep_macros::methods;

use crate::object::ops::Next;
use crate::object::raise::{Raised, Result, type_error};
use crate::object::strand::Frame;
use crate::object::{Exc, NativeType, Py, Type};
use crate::types::exception::{Exception, is_exception_class};
use crate::types::frame::{FrameObject, Traceback};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::vm::Outcome;

/// Where a generator is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Created,
    /// Waiting at a yield.
    Suspended,
    /// Its frame is on a strand.
    Running,
    /// Another generator delegates to it: it runs or waits as the root of their chain does.
    Linked,
    /// Finished or closed.
    Done,
}

/// What kind of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// `generator`
    Generator,
    /// `coroutine`
    Coroutine,
    /// `async_generator`
    AsyncGenerator,
}

/// The payload of a generator: [`Body`], then its registers. Frame and registers are the machine's.
#[repr(transparent)]
pub struct Generator(pub(crate) Tail<Body, Raw>);

/// The fixed part of a generator.
#[repr(C)]
pub struct Body {
    /// The frame; linked into a strand by its address while it runs: objects do not move.
    pub(crate) frame: Frame,
    /// What is rarely there.
    pub(crate) rare: Option<Box<Rare>>,
    /// Of a suspended root of a chain: the frame at the chain's end. Of what is linked: the
    /// frame of the root. Else null.
    pub(crate) link: *mut Frame,
    /// While it runs: the depth of the strand below it. Of a suspended root: frames of its chain.
    pub(crate) depth: u32,
    /// Where it is; what is [`State::Linked`] shows the state of its chain by [`Body::now`].
    pub(crate) state: State,
    /// What it is.
    pub flavour: Flavour,
    /// See [`marks`].
    pub(crate) marks: u8,
}

/// What async generators remember.
pub(crate) mod marks {
    /// The hooks have been called.
    pub(crate) const HOOKED: u8 = 1;
    /// An `anext`/`asend` is running.
    pub(crate) const BUSY: u8 = 2;
    /// `aclose` was called, or it has ended.
    pub(crate) const CLOSED: u8 = 4;
}

/// Rare parts of a generator.
#[derive(Default)]
pub(crate) struct Rare {
    /// `__name__`, if it is not the code's.
    pub(crate) name: Option<Ref<Str>>,
    /// `__qualname__`, if it is not the code's.
    pub(crate) qualname: Option<Ref<Str>>,
    /// Async generators: the hook that closes it.
    pub(crate) finalizer: Option<Value>,
    /// Coroutines: where they were made, if that is tracked.
    pub(crate) origin: Option<Value>,
}

impl TailRef for Generator {
    type Fixed = Body;
    type Element = Raw;
}

impl std::ops::Deref for Generator {
    type Target = Body;
    #[inline(always)]
    fn deref(&self) -> &Body {
        self.0.fixed()
    }
}

impl std::ops::DerefMut for Generator {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Body {
        self.0.fixed_mut()
    }
}

impl Body {
    /// Where it is: created, suspended, running or done.
    pub fn now(&self) -> State {
        if self.state == State::Linked { crate::vm::chain_state(self) } else { self.state }
    }
    /// Whether a mark is set.
    pub(crate) fn marked(&self, mark: u8) -> bool {
        self.marks & mark != 0
    }
    /// Set or clear a mark.
    pub(crate) fn mark(&mut self, mark: u8, on: bool) {
        if on {
            self.marks |= mark;
        } else {
            self.marks &= !mark;
        }
    }
    /// `__name__`
    pub fn name(&self, py: &Py) -> Ref<Str> {
        match self.rare.as_ref().and_then(|r| r.name.as_ref()) {
            Some(name) => name.clone(),
            None => crate::vm::code_names(self).map_or_else(|| py.new_str(""), |(name, _)| name),
        }
    }
    /// `__qualname__`
    pub fn qualname(&self, py: &Py) -> Ref<Str> {
        match self.rare.as_ref().and_then(|r| r.qualname.as_ref()) {
            Some(name) => name.clone(),
            None => crate::vm::code_names(self).map_or_else(|| py.new_str(""), |(_, qualname)| qualname),
        }
    }
    /// The rare parts, made if they are not there.
    pub(crate) fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }
}

impl Object for Generator {
    type Access = Guarded;
    const TAG: Tag = Tag::GENERATOR;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.raw(self.frame.func);
        visit.raw(self.frame.locals);
        visit.raw(self.frame.object);
        visit.raw(self.frame.handled);
        for r in self.0.slice() {
            visit.raw(*r);
        }
        if let Some(rare) = &self.rare {
            visit.option(&rare.finalizer);
            visit.option(&rare.origin);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        if self.now() != State::Running {
            crate::vm::take_registers(self, out);
        }
        out.extend(self.rare.as_mut().and_then(|r| r.finalizer.take()));
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        crate::vm::drop_registers(self);
    }
}

/// The error that `throw(type, value, traceback)` means.
pub(crate) fn thrown(py: &mut Py, kind: &Value, value: Option<&Value>, traceback: Option<&Value>) -> Result<Raised> {
    let given = |v: Option<&Value>| v.is_some_and(|v| !v.is_none());
    if given(traceback) || given(value) {
        py.warn(
            Exc::DeprecationWarning,
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
            1,
        )?;
    }
    error_of(py, kind, value, traceback)
}

/// The same where the warning was given already.
pub(crate) fn error_of(py: &mut Py, kind: &Value, value: Option<&Value>, traceback: Option<&Value>) -> Result<Raised> {
    let traceback = match traceback {
        None => None,
        Some(t) if t.is_none() => None,
        Some(t) if t.is_a::<Traceback>() => Some(t.clone()),
        Some(_) => return Err(type_error("throw() third argument must be a traceback object")),
    };
    let value = value.filter(|v| !v.is_none());
    let error = if is_exception_class(py, kind) {
        match value {
            None => py.raise_value(kind),
            Some(v) => {
                let own = kind.downcast::<Type>().is_some_and(|t| py.is_instance_of(v, t));
                let made = if own {
                    v.clone()
                } else if let Some(args) = v.downcast::<Tuple>() {
                    let args = args.slice().to_vec();
                    py.call(kind, &args)?
                } else {
                    py.call(kind, std::slice::from_ref(v))?
                };
                py.raise_value(&made)
            }
        }
    } else if kind.is_a::<Exception>() {
        if value.is_some() {
            return Err(type_error("instance exception may not have a separate value"));
        }
        py.raise_value(kind)
    } else {
        let class = py.type_name(kind);
        return Err(type_error(format!("exceptions must be classes or instances deriving from BaseException, not {class}")));
    };
    if let (Some(traceback), Some(e)) = (traceback, error.as_object()) {
        let old = e.get_mut(py).traceback.replace(traceback);
        drop(old);
    }
    Ok(error)
}

/// A name that is set.
pub(crate) fn named(value: Option<Value>, attribute: &str) -> Result<Ref<Str>> {
    match value.and_then(|v| v.downcast_into::<Str>().ok()) {
        Some(name) => Ok(name),
        None => Err(type_error(format!("{attribute} must be set to a string object"))),
    }
}

/// The members that generators, coroutines and async generators have under different names.
pub(crate) fn suspended(py: &Py, this: &Ref<Generator>) -> bool {
    this.get(py).now() == State::Suspended
}

/// The frame object, or none when it has ended.
pub(crate) fn frame_of(py: &mut Py, this: &Ref<Generator>) -> Option<Ref<FrameObject>> {
    py.generator_frame(this)
}

/// A generator dies: what it has begun is closed. An async generator is left to the hook of its
/// event loop; of a coroutine that never began a warning tells.
pub(crate) fn finalise(py: &mut Py, this: &Ref<Generator>) -> Result<()> {
    let (state, flavour) = {
        let g = this.get(py);
        (g.now(), g.flavour)
    };
    if state == State::Done {
        return Ok(());
    }
    if flavour == Flavour::AsyncGenerator
        && !this.get(py).marked(marks::CLOSED)
        && let Some(hook) = this.get(py).rare.as_ref().and_then(|r| r.finalizer.clone())
    {
        return py.call(&hook, &[this.to_value()]).map(drop);
    }
    if flavour == Flavour::Coroutine && state == State::Created {
        warn_unawaited(py, this);
    }
    crate::vm::close(py, this.as_value()).map(drop)
}

/// Tell that a coroutine was never awaited: by `warnings`, which shows where it was made if that is known.
fn warn_unawaited(py: &mut Py, this: &Ref<Generator>) {
    let report = |py: &mut Py, error: Raised| {
        let shown = repr(py, this);
        crate::builtins::unraisable(py, error, &format!("Exception ignored while finalizing coroutine {shown}"), None);
    };
    let told = match crate::import::import_module(py, "warnings") {
        Ok(warnings) => py.getattr_opt(&warnings, "_warn_unawaited_coroutine").unwrap_or_default(),
        Err(_) => None,
    };
    if let Some(told) = told {
        match py.call(&told, &[this.to_value()]) {
            Ok(_) => return,
            Err(error) => {
                let warned = error.is(Exc::RuntimeWarning);
                report(py, error);
                if warned {
                    return;
                }
            }
        }
    }
    let name = this.get(py).qualname(py).to_string();
    if let Err(error) = py.warn(Exc::RuntimeWarning, &format!("coroutine '{name}' was never awaited"), 1) {
        report(py, error);
    }
}

/// `<generator object name at 0x...>`
pub(crate) fn repr(py: &Py, this: &Ref<Generator>) -> String {
    let g = this.get(py);
    let what = match g.flavour {
        Flavour::Generator => "generator",
        Flavour::Coroutine => "coroutine",
        Flavour::AsyncGenerator => "async_generator",
    };
    format!("<{what} object {} at {:#x}>", g.qualname(py), this.id())
}

/// Members common to the three kinds: names.
macro_rules! common {
    ($name:ident $short:literal $long:literal { $($body:tt)* }) => {
        #[lockstep_macros::methods]
        impl $name {
            #[doc = $short]
            #[getter(name = "__name__")]
            fn name(py: &mut $crate::object::Py, this: &lockstep_heap::Ref<$crate::types::generator::Generator>) -> lockstep_heap::Value {
                this.get(py).name(py).into_value()
            }
            #[setter(name)]
            fn set_name(py: &mut $crate::object::Py, this: &lockstep_heap::Ref<$crate::types::generator::Generator>, value: Option<lockstep_heap::Value>) -> $crate::object::raise::Result<()> {
                let name = $crate::types::generator::named(value, "__name__")?;
                let old = this.get_mut(py).rare_mut().name.replace(name);
                drop(old);
                Ok(())
            }
            #[doc = $long]
            #[getter(name = "__qualname__")]
            fn qualname(py: &mut $crate::object::Py, this: &lockstep_heap::Ref<$crate::types::generator::Generator>) -> lockstep_heap::Value {
                this.get(py).qualname(py).into_value()
            }
            #[setter(qualname)]
            fn set_qualname(py: &mut $crate::object::Py, this: &lockstep_heap::Ref<$crate::types::generator::Generator>, value: Option<lockstep_heap::Value>) -> $crate::object::raise::Result<()> {
                let name = $crate::types::generator::named(value, "__qualname__")?;
                let old = this.get_mut(py).rare_mut().qualname.replace(name);
                drop(old);
                Ok(())
            }
            /// See PEP 585
            #[classmethod("(type, object, /)")]
            fn __class_getitem__(py: &mut $crate::object::Py, cls: &lockstep_heap::Value, object: &lockstep_heap::Value) -> $crate::object::raise::Result<lockstep_heap::Value> {
                $crate::types::generic_alias::alias(py, cls, object)
            }
            /// Return repr(self).
            #[py("(self, /)")]
            fn __repr__(py: &mut $crate::object::Py, this: &lockstep_heap::Ref<$crate::types::generator::Generator>) -> String {
                $crate::types::generator::repr(py, this)
            }
            $($body)*
        }
    };
}

pub(crate) use common;

common!(Generator "name of the generator" "qualified name of the generator" {
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Generator>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Generator>) -> Result<Next> {
        match crate::vm::step(py, this.as_value(), Value::NONE)? {
            Outcome::Yielded(value) => Ok(Next(Some(value))),
            Outcome::Returned(result) if !result.is_none() => Err(crate::object::raise::stop_iteration(result)),
            Outcome::Returned(_) => Ok(Next(None)),
        }
    }
    /// send(value) -> send 'value' into generator, return next yielded value or raise StopIteration.
    #[py("(self, value, /)")]
    fn send(py: &mut Py, this: &Ref<Generator>, value: Value) -> Result<Value> {
        crate::vm::send(py, this.as_value(), value)
    }
    /// throw(value), throw(type[,value[,tb]]): raise exception in generator, return next yielded value or raise StopIteration.
    #[py("(self, type, value=None, tb=None, /)")]
    fn throw(py: &mut Py, this: &Ref<Generator>, kind: &Value, value: &Value, tb: &Value) -> Result<Value> {
        let error = thrown(py, kind, Some(value), Some(tb))?;
        crate::vm::throw(py, this.as_value(), error)
    }
    /// close() -> raise GeneratorExit inside generator.
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<Generator>) -> Result<Value> {
        crate::vm::close(py, this.as_value())
    }
    /// object being iterated by yield from, or None
    #[getter]
    fn gi_yieldfrom(py: &mut Py, this: &Ref<Generator>) -> Option<Value> {
        crate::vm::delegate(py, this)
    }
    /// Whether the generator runs.
    #[getter]
    fn gi_running(py: &mut Py, this: &Ref<Generator>) -> bool {
        this.get(py).now() == State::Running
    }
    /// Whether the generator is suspended at a yield.
    #[getter]
    fn gi_suspended(py: &mut Py, this: &Ref<Generator>) -> bool {
        suspended(py, this)
    }
    /// The frame.
    #[getter]
    fn gi_frame(py: &mut Py, this: &Ref<Generator>) -> Option<Ref<FrameObject>> {
        frame_of(py, this)
    }
    /// The code.
    #[getter]
    fn gi_code(py: &mut Py, this: &Ref<Generator>) -> Option<Ref<crate::types::code::CodeObject>> {
        py.generator_code(this)
    }
});

impl NativeType for Generator {
    const NAME: &'static str = "generator";
    const FLAGS: u32 = crate::object::TypeFlags::NO_NEW;
    fn shape() -> ShapeRef {
        Shape::plain_tail::<Self>()
    }
}

/// The methods of `coroutine`.
pub struct CoroutineMethods;

common!(CoroutineMethods "name of the coroutine" "qualified name of the coroutine" {
    /// Return an iterator to be used in await expression.
    #[py("(self, /)")]
    fn __await__(py: &mut Py, this: &Ref<Generator>) -> Value {
        py.define::<CoroutineWrapper>();
        py.make(CoroutineWrapper { coroutine: this.clone() }).into_value()
    }
    /// send(arg) -> send 'arg' into coroutine, return next yielded value or raise StopIteration.
    #[py("(self, value, /)")]
    fn send(py: &mut Py, this: &Ref<Generator>, value: Value) -> Result<Value> {
        crate::vm::send(py, this.as_value(), value)
    }
    /// throw(value), throw(type[,value[,traceback]]): raise exception in coroutine, return next iterated value or raise StopIteration.
    #[py("(self, type, value=None, tb=None, /)")]
    fn throw(py: &mut Py, this: &Ref<Generator>, kind: &Value, value: &Value, tb: &Value) -> Result<Value> {
        let error = thrown(py, kind, Some(value), Some(tb))?;
        crate::vm::throw(py, this.as_value(), error)
    }
    /// close() -> raise GeneratorExit inside coroutine.
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<Generator>) -> Result<()> {
        crate::vm::close(py, this.as_value()).map(drop)
    }
    /// object being awaited on, or None
    #[getter]
    fn cr_await(py: &mut Py, this: &Ref<Generator>) -> Option<Value> {
        crate::vm::delegate(py, this)
    }
    /// Whether the coroutine runs.
    #[getter]
    fn cr_running(py: &mut Py, this: &Ref<Generator>) -> bool {
        this.get(py).now() == State::Running
    }
    /// Whether the coroutine is suspended.
    #[getter]
    fn cr_suspended(py: &mut Py, this: &Ref<Generator>) -> bool {
        suspended(py, this)
    }
    /// The frame.
    #[getter]
    fn cr_frame(py: &mut Py, this: &Ref<Generator>) -> Option<Ref<FrameObject>> {
        frame_of(py, this)
    }
    /// The code.
    #[getter]
    fn cr_code(py: &mut Py, this: &Ref<Generator>) -> Option<Ref<crate::types::code::CodeObject>> {
        py.generator_code(this)
    }
    /// Where the coroutine was made, if that is tracked.
    #[getter]
    fn cr_origin(py: &mut Py, this: &Ref<Generator>) -> Value {
        this.get(py).rare.as_ref().and_then(|r| r.origin.clone()).unwrap_or(Value::NONE)
    }
});

/// The payload of what a coroutine's `__await__` gives: an iterator over the coroutine.
pub struct CoroutineWrapper {
    pub(crate) coroutine: Ref<Generator>,
}

impl Object for CoroutineWrapper {
    type Access = lockstep_heap::Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.coroutine);
    }
}

#[methods]
impl CoroutineWrapper {
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<CoroutineWrapper>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<CoroutineWrapper>) -> Result<Value> {
        crate::vm::send(py, this.coroutine.as_value(), Value::NONE)
    }
    /// send(arg) -> send 'arg' into coroutine, return next yielded value or raise StopIteration.
    #[py("(self, value, /)")]
    fn send(py: &mut Py, this: &Ref<CoroutineWrapper>, value: Value) -> Result<Value> {
        crate::vm::send(py, this.coroutine.as_value(), value)
    }
    /// throw(value): raise exception in coroutine, return next iterated value or raise StopIteration.
    #[py("(self, type, value=None, tb=None, /)")]
    fn throw(py: &mut Py, this: &Ref<CoroutineWrapper>, kind: &Value, value: &Value, tb: &Value) -> Result<Value> {
        let error = thrown(py, kind, Some(value), Some(tb))?;
        crate::vm::throw(py, this.coroutine.as_value(), error)
    }
    /// close() -> raise GeneratorExit inside coroutine.
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<CoroutineWrapper>) -> Result<()> {
        crate::vm::close(py, this.coroutine.as_value()).map(drop)
    }
}

impl NativeType for CoroutineWrapper {
    const NAME: &'static str = "coroutine_wrapper";
    const FLAGS: u32 = crate::object::TypeFlags::NO_NEW;
}
