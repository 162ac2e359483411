//! Exceptions as objects: the payload, making them from errors, matching them.

mod base;
mod group;
mod os;
mod simple;
mod syntax;
mod unicode;

pub(crate) use group::{exceptions_of, is_group};
pub use group::{prepare_reraise_star, split_for_except_star};
pub(crate) use simple::stop_value;
pub use syntax::place;

use lockstep_heap::{Guarded, Object, Ref, Shape, Tag, Value, Visitor};

use crate::object::define::TypeSpec;
use crate::object::native::{Member, Members};
use crate::object::raise::{Exc, Payload, Raised, Result, type_error};
use crate::object::{Py, Special, Type, TypeFlags};
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The payload of every exception.
pub struct Exception {
    /// `args`, a tuple.
    pub args: Value,
    /// `__traceback__`
    pub traceback: Option<Value>,
    /// `__cause__`
    pub cause: Option<Value>,
    /// `__context__`
    pub context: Option<Value>,
    /// Attributes that some classes have (`name`, `obj`, `errno`, ...): each class gives its
    /// places names. Empty until one of them is set.
    pub fields: Box<[Option<Value>]>,
    /// `__suppress_context__`
    pub suppress_context: bool,
}

impl Object for Exception {
    type Access = Guarded;
    const TAG: Tag = Tag::EXCEPTION;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.args);
        visit.option(&self.traceback);
        visit.option(&self.cause);
        visit.option(&self.context);
        for f in &self.fields {
            visit.option(f);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.push(std::mem::replace(&mut self.args, Value::NONE));
        out.extend([self.traceback.take(), self.cause.take(), self.context.take()].into_iter().flatten());
        out.extend(self.fields.iter_mut().filter_map(Option::take));
    }
}

impl Exception {
    /// An exception with these arguments and nothing else.
    pub fn new(args: Value) -> Exception {
        Exception { args, traceback: None, cause: None, context: None, fields: Box::default(), suppress_context: false }
    }
    /// A field, if it was set.
    pub fn field(&self, index: usize) -> Option<&Value> {
        self.fields.get(index)?.as_ref()
    }
    /// The arguments as a slice.
    pub fn arguments(&self) -> &[Value] {
        self.args.downcast::<Tuple>().map_or(&[], |t| t.slice())
    }
}

/// A field, None if it is not set.
fn field(py: &Py, e: &Ref<Exception>, index: usize) -> Value {
    e.get(py).field(index).cloned().unwrap_or(Value::NONE)
}

/// Set or clear a field.
fn set_field(py: &mut Py, e: &Ref<Exception>, index: usize, value: Option<Value>) {
    let payload = e.get_mut(py);
    if payload.fields.len() <= index {
        if value.is_none() {
            return;
        }
        let mut wider = std::mem::take(&mut payload.fields).into_vec();
        wider.resize_with(index + 1, || None);
        payload.fields = wider.into();
    }
    let old = std::mem::replace(&mut payload.fields[index], value);
    drop(old);
}

/// Object and name for an AttributeError that has neither.
pub(crate) fn complete_attribute_error(py: &mut Py, e: &Ref<Exception>, object: &Value, name: &Value) {
    let payload = e.get(py);
    if payload.field(0).is_none() && payload.field(1).is_none() {
        set_field(py, e, 0, Some(name.clone()));
        set_field(py, e, 1, Some(object.clone()));
    }
}

/// Declares a struct whose members are the fields of an exception class, by their places.
macro_rules! fields {
    ($(#[$meta:meta])* $name:ident { $($index:literal $get:ident $set:ident $doc:literal),* $(,)? }) => {
        $(#[$meta])*
        pub(super) struct $name;
        #[lockstep_macros::methods]
        impl $name { $(
            #[doc = $doc]
            #[getter]
            fn $get(py: &mut crate::object::Py, this: &lockstep_heap::Ref<super::Exception>) -> lockstep_heap::Value {
                super::field(py, this, $index)
            }
            #[setter($get)]
            fn $set(py: &mut crate::object::Py, this: &lockstep_heap::Ref<super::Exception>, value: Option<lockstep_heap::Value>) {
                super::set_field(py, this, $index, value);
            }
        )* }
    };
}
use fields;

/// The members of a builtin exception class itself.
fn members(kind: Exc) -> Vec<&'static [Member]> {
    match kind {
        Exc::BaseException => vec![Exception::MEMBERS],
        Exc::BaseExceptionGroup => vec![group::GroupMethods::MEMBERS],
        Exc::SystemExit => vec![simple::SystemExitMethods::MEMBERS],
        Exc::StopIteration => vec![simple::StopIterationMethods::MEMBERS],
        Exc::KeyError => vec![simple::KeyErrorMethods::MEMBERS],
        Exc::ImportError => vec![simple::ImportErrorFields::MEMBERS, simple::ImportErrorMethods::MEMBERS],
        Exc::NameError => vec![simple::NameErrorFields::MEMBERS, simple::NameErrorMethods::MEMBERS],
        Exc::AttributeError => vec![simple::AttributeErrorFields::MEMBERS, simple::AttributeErrorMethods::MEMBERS],
        Exc::OSError => vec![os::OsErrorFields::MEMBERS, os::OsErrorMethods::MEMBERS],
        Exc::SyntaxError => vec![syntax::SyntaxErrorFields::MEMBERS, syntax::SyntaxErrorMethods::MEMBERS],
        Exc::UnicodeDecodeError => vec![unicode::CodecFields::MEMBERS, unicode::DecodeMethods::MEMBERS],
        Exc::UnicodeEncodeError => vec![unicode::CodecFields::MEMBERS, unicode::EncodeMethods::MEMBERS],
        Exc::UnicodeTranslateError => vec![unicode::CodecFields::MEMBERS, unicode::TranslateMethods::MEMBERS],
        _ => Vec::new(),
    }
}

impl Py {
    /// The exception object of an error; made now if it was lazy.
    pub fn exception(&mut self, raised: Raised) -> Ref<Exception> {
        let (kind, payload) = raised.into_parts();
        let (args, fields): (Vec<Value>, Box<[Option<Value>]>) = match payload {
            Payload::Object(e) => return e,
            Payload::Empty => (vec![], Box::default()),
            Payload::Message(m) => (vec![self.str(&m)], Box::default()),
            Payload::Args(args) => (args, Box::default()),
            Payload::Name(m, name) => (vec![self.str(&m)], Box::new([Some(name.into_value())])),
            Payload::Attribute(m, object, name) => (vec![self.str(&m)], Box::new([Some(name.into_value()), Some(object)])),
        };
        let kind = if kind.is(Exc::OSError) { os::kind_for(kind, &args) } else { kind };
        let ty = self.exception_type(kind);
        if !fields.is_empty() {
            let args = self.tuple(args);
            return self.make_in(&ty, Exception { fields, ..Exception::new(args) });
        }
        match self.make_exception(&ty, kind, args) {
            Ok(e) => e,
            Err(e) => self.exception(e),
        }
    }

    /// An exception of a builtin class.
    fn make_exception(&mut self, ty: &Ref<Type>, kind: Exc, args: Vec<Value>) -> Result<Ref<Exception>> {
        let tuple = self.tuple(args);
        let e = self.make_in(ty, Exception::new(tuple.clone()));
        let args = tuple.downcast::<Tuple>().map_or(&[][..], |t| t.slice());
        if !kind.has_fields() {
            return Ok(e);
        }
        if kind.is(Exc::OSError) {
            os::fill(self, &e, args)?;
        } else if kind.is(Exc::SyntaxError) {
            syntax::fill(self, &e, args)?;
        } else if kind.is(Exc::ImportError) {
            simple::fill_import(self, &e, args);
        } else if kind.is(Exc::UnicodeDecodeError) || kind.is(Exc::UnicodeEncodeError) {
            unicode::fill(self, &e, args, kind)?;
        } else if kind.is(Exc::UnicodeTranslateError) {
            unicode::fill_translate(self, &e, args)?;
        } else if kind.is(Exc::BaseExceptionGroup) {
            let made = group::make(self, ty, args)?;
            return Ok(made);
        }
        Ok(e)
    }

    /// Raise an exception object.
    pub fn raise_object(&self, exception: Ref<Exception>) -> Raised {
        let kind = self.exception_kind(&exception);
        Raised::object(kind, exception)
    }

    /// The builtin class of an exception, or the nearest builtin base of its class.
    pub fn exception_kind(&self, exception: &Ref<Exception>) -> Exc {
        self.type_ref(exception.as_value()).get(self).exception.unwrap_or(Exc::BaseException)
    }

    /// What `raise value` raises: an instance, or an instance made by calling the class.
    pub fn raise_value(&mut self, value: &Value) -> Raised {
        if let Some(e) = value.downcast::<Exception>() {
            return self.raise_object(e.clone());
        }
        if let Some(ty) = value.downcast::<Type>()
            && ty.get(self).flags.has(TypeFlags::EXCEPTION)
        {
            let made = match quick_new(self, ty, &[]) {
                Some(made) => Ok(made),
                None => self.call(value, &[]),
            };
            let made = match made {
                Ok(made) => made,
                Err(e) => return e,
            };
            return match made.downcast_into::<Exception>() {
                Ok(e) => self.raise_object(e),
                Err(other) => {
                    let class = self.repr_lossy(value);
                    let got = self.type_of(&other).into_value();
                    let got = self.repr_lossy(&got);
                    type_error(format!("calling {class} should have returned an instance of BaseException, not {got}"))
                }
            };
        }
        type_error("exceptions must derive from BaseException")
    }

    /// Whether an exception matches a class or tuple of classes, as `except` tests it.
    pub fn exception_matches(&mut self, exception: &Value, class: &Value) -> Result<bool> {
        if let Some(ty) = class.downcast::<Type>()
            && ty.get(self).flags.has(TypeFlags::EXCEPTION)
        {
            return Ok(self.is_instance_of(exception, ty));
        }
        if let Some(classes) = class.downcast::<Tuple>() {
            if classes.slice().iter().all(|c| is_exception_class(self, c)) {
                return Ok(classes
                    .slice()
                    .iter()
                    .any(|c| c.downcast::<Type>().is_some_and(|t| self.is_instance_of(exception, t))));
            }
        }
        Err(type_error("catching classes that do not inherit from BaseException is not allowed"))
    }
}

/// Whether a value is a class of exceptions.
pub fn is_exception_class(py: &Py, value: &Value) -> bool {
    value.downcast::<Type>().is_some_and(|t| t.get(py).flags.has(TypeFlags::EXCEPTION))
}

/// A new exception of a class that has neither its own `__new__` nor its own `__init__`.
pub fn quick_new(py: &Py, ty: &Ref<Type>, args: &[Value]) -> Option<Value> {
    let t = ty.get(py);
    if !t.flags.has(TypeFlags::EXCEPTION) {
        return None;
    }
    let root = py.shared().exceptions.first()?.get(py);
    (same_special(t, root, Special::New) && same_special(t, root, Special::Init))
        .then(|| py.make_in(ty, Exception::new(py.tuple_of(args))).into_value())
}

/// What `BaseException.__new__` makes of an exception class that has no `__new__` of its own.
pub fn quick_object(py: &Py, ty: &Ref<Type>, args: &[Value]) -> Option<Value> {
    let root = py.shared().exceptions.first()?.get(py);
    same_special(ty.get(py), root, Special::New).then(|| py.make_in(ty, Exception::new(py.tuple_of(args))).into_value())
}

fn same_special(ty: &Type, root: &Type, special: Special) -> bool {
    match (&ty.specials[special as usize], &root.specials[special as usize]) {
        (Some(a), Some(b)) => a.is(b),
        _ => false,
    }
}

/// The keyword arguments of a constructor that takes none.
fn no_keywords(py: &Py, e: &Ref<Exception>, kwargs: &Value) -> Result<()> {
    if kwargs.downcast::<crate::types::dict::Dict>().is_some_and(|d| !d.get(py).is_empty()) {
        let class = py.type_name(e.as_value());
        return Err(type_error(format!("{class}() takes no keyword arguments")));
    }
    Ok(())
}

/// Put the keyword arguments `names` into fields `0..`; any other is an error.
fn keyword_fields(py: &mut Py, e: &Ref<Exception>, class: &str, kwargs: &Value, names: &[&str]) -> Result<()> {
    for (key, value) in py.kwargs(kwargs) {
        match names.iter().position(|n| n.as_bytes() == key.as_bytes()) {
            Some(index) => set_field(py, e, index, Some(value)),
            None => return Err(type_error(format!("{class}() got an unexpected keyword argument '{key}'"))),
        }
    }
    Ok(())
}

/// `args = args`
fn set_args(py: &mut Py, e: &Ref<Exception>, args: &[Value]) {
    let same = {
        let old = e.get(py).arguments();
        old.len() == args.len() && old.iter().zip(args).all(|(a, b)| a.is(b))
    };
    if !same {
        let tuple = py.tuple_of(args);
        let old = std::mem::replace(&mut e.get_mut(py).args, tuple);
        drop(old);
    }
}

/// `BaseException.__str__`
pub(crate) fn base_str(py: &mut Py, e: &Ref<Exception>) -> Result<Ref<Str>> {
    let args = e.get(py).args.clone();
    match args.downcast::<Tuple>().map_or(&[][..], |t| t.slice()) {
        [] => Ok(py.new_str("")),
        [one] => py.str_of(one),
        _ => py.str_of(&args),
    }
}

/// Make the builtin exception classes, bases first.
pub fn declare_all(py: &mut Py, object: &Ref<Type>) {
    let root = Shape::plain::<Exception>();
    py.register_shape::<Exception>(&root.derive(true, 0, 0));
    for kind in Exc::ALL {
        let base = match kind.base() {
            // The layout and the methods are those of the group.
            Some(_) if *kind == Exc::ExceptionGroup => py.exception_type(Exc::BaseExceptionGroup),
            Some(base) => py.exception_type(base),
            None => object.clone(),
        };
        let shape = if *kind == Exc::BaseException { py.shape_of::<Exception>().clone() } else { root.derive(true, 0, 0) };
        let name = if *kind == Exc::IncompleteInputError { "_IncompleteInputError" } else { kind.name() };
        let ty = py.new_native_type(TypeSpec {
            name,
            module: "builtins",
            doc: doc(*kind),
            flags: TypeFlags::BASE | TypeFlags::EXCEPTION,
            base: Some(base),
            shape,
            members: &[],
            unhashable: false,
        });
        ty.get_mut(py).exception = Some(*kind);
        if *kind == Exc::ExceptionGroup {
            let bases = vec![py.exception_type(Exc::BaseExceptionGroup), py.exception_type(Exc::Exception)];
            let mro = crate::object::class::linearise(py, &ty, &bases).unwrap_or_default();
            let weak = ty.get(py).anchor.weak(ty.as_value());
            bases[1].get_mut(py).subclasses.push(weak);
            let t = ty.get_mut(py);
            t.bases = bases;
            t.mro = mro;
        }
        py.shared_mut().exceptions.push(ty);
    }
}

/// Give the builtin exception classes their methods.
pub fn complete_all(py: &mut Py) {
    for kind in Exc::ALL {
        let ty = py.exception_type(*kind);
        for table in members(*kind) {
            py.add_members(&ty, table);
        }
        py.resolve_inherited(&ty);
    }
}

/// `__doc__` of a builtin exception class.
fn doc(kind: Exc) -> Option<&'static str> {
    Some(match kind {
        Exc::BaseException => "Common base class for all exceptions",
        Exc::GeneratorExit => "Request that a generator exit.",
        Exc::KeyboardInterrupt => "Program interrupted by user.",
        Exc::SystemExit => "Request to exit from the interpreter.",
        Exc::BaseExceptionGroup => "A combination of multiple unrelated exceptions.",
        Exc::ExceptionGroup => return None,
        Exc::Exception => "Common base class for all non-exit exceptions.",
        Exc::ArithmeticError => "Base class for arithmetic errors.",
        Exc::FloatingPointError => "Floating-point operation failed.",
        Exc::OverflowError => "Result too large to be represented.",
        Exc::ZeroDivisionError => "Second argument to a division or modulo operation was zero.",
        Exc::AssertionError => "Assertion failed.",
        Exc::AttributeError => "Attribute not found.",
        Exc::BufferError => "Buffer error.",
        Exc::EOFError => "Read beyond end of file.",
        Exc::ImportError => "Import can't find module, or can't find name in module.",
        Exc::ModuleNotFoundError => "Module not found.",
        Exc::LookupError => "Base class for lookup errors.",
        Exc::IndexError => "Sequence index out of range.",
        Exc::KeyError => "Mapping key not found.",
        Exc::MemoryError => "Out of memory.",
        Exc::NameError => "Name not found globally.",
        Exc::UnboundLocalError => "Local name referenced but not bound to a value.",
        Exc::OSError => "Base class for I/O related errors.",
        Exc::BlockingIOError => "I/O operation would block.",
        Exc::ChildProcessError => "Child process error.",
        Exc::ConnectionError => "Connection error.",
        Exc::BrokenPipeError => "Broken pipe.",
        Exc::ConnectionAbortedError => "Connection aborted.",
        Exc::ConnectionRefusedError => "Connection refused.",
        Exc::ConnectionResetError => "Connection reset.",
        Exc::FileExistsError => "File already exists.",
        Exc::FileNotFoundError => "File not found.",
        Exc::InterruptedError => "Interrupted by signal.",
        Exc::IsADirectoryError => "Operation doesn't work on directories.",
        Exc::NotADirectoryError => "Operation only works on directories.",
        Exc::PermissionError => "Not enough permissions.",
        Exc::ProcessLookupError => "Process not found.",
        Exc::TimeoutError => "Timeout expired.",
        Exc::ReferenceError => "Weak ref proxy used after referent went away.",
        Exc::RuntimeError => "Unspecified run-time error.",
        Exc::NotImplementedError => "Method or function hasn't been implemented yet.",
        Exc::RecursionError => "Recursion limit exceeded.",
        Exc::PythonFinalizationError => "Operation blocked during Python finalization.",
        Exc::StopAsyncIteration => "Signal the end from iterator.__anext__().",
        Exc::StopIteration => "Signal the end from iterator.__next__().",
        Exc::SyntaxError => "Invalid syntax.",
        Exc::IndentationError => "Improper indentation.",
        Exc::TabError => "Improper mixture of spaces and tabs.",
        Exc::IncompleteInputError => "incomplete input.",
        Exc::SystemError => {
            "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version."
        }
        Exc::TypeError => "Inappropriate argument type.",
        Exc::ValueError => "Inappropriate argument value (of correct type).",
        Exc::UnicodeError => "Unicode related error.",
        Exc::UnicodeDecodeError => "Unicode decoding error.",
        Exc::UnicodeEncodeError => "Unicode encoding error.",
        Exc::UnicodeTranslateError => "Unicode translation error.",
        Exc::Warning => "Base class for warning categories.",
        Exc::BytesWarning => {
            "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str."
        }
        Exc::DeprecationWarning => "Base class for warnings about deprecated features.",
        Exc::EncodingWarning => "Base class for warnings about encodings.",
        Exc::FutureWarning => "Base class for warnings about constructs that will change semantically\nin the future.",
        Exc::ImportWarning => "Base class for warnings about probable mistakes in module imports",
        Exc::PendingDeprecationWarning => "Base class for warnings about features which will be deprecated\nin the future.",
        Exc::ResourceWarning => "Base class for warnings about resource usage.",
        Exc::RuntimeWarning => "Base class for warnings about dubious runtime behavior.",
        Exc::SyntaxWarning => "Base class for warnings about dubious syntax.",
        Exc::UnicodeWarning => "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.",
        Exc::UserWarning => "Base class for warnings generated by user code.",
    })
}
