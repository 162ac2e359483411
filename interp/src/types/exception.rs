//! Exceptions as objects.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Exc, Payload, Raised, Result};
use crate::object::{Py, Type};

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
    /// `__suppress_context__`
    pub suppress_context: bool,
    /// Attributes that some classes have (`name`, `obj`, `errno`, `value`, ...): each class
    /// gives its places names.
    pub fields: Vec<Option<Value>>,
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
        out.extend([self.traceback.take(), self.cause.take(), self.context.take()].into_iter().flatten());
        out.extend(self.fields.drain(..).flatten());
    }
}

impl Exception {
    /// An exception with these arguments and nothing else.
    pub fn new(args: Value) -> Exception {
        Exception { args, traceback: None, cause: None, context: None, suppress_context: false, fields: Vec::new() }
    }
}

impl Py {
    /// The exception object of an error; made now if it was lazy.
    pub fn exception(&mut self, raised: Raised) -> Ref<Exception> {
        let (kind, payload) = raised.into_parts();
        let (args, fields): (Vec<Value>, Vec<(&str, Value)>) = match payload {
            Payload::Object(e) => return e,
            Payload::Empty => (vec![], vec![]),
            Payload::Message(m) => (vec![self.str(&m)], vec![]),
            Payload::Args(args) => (args, vec![]),
            Payload::Name(m, name) => (vec![self.str(&m)], vec![("name", name.into_value())]),
            Payload::Attribute(m, object, name) => (vec![self.str(&m)], vec![("name", name.into_value()), ("obj", object)]),
        };
        let ty = self.exception_type(kind);
        match self.make_exception(&ty, args) {
            Ok(e) => {
                for (name, value) in fields {
                    // A builtin class that lacks the field has nowhere to show it.
                    drop(self.setattr(e.as_value(), name, value));
                }
                e
            }
            Err(e) => self.exception(e),
        }
    }

    /// An exception of a class, by calling it.
    fn make_exception(&mut self, ty: &Ref<Type>, args: Vec<Value>) -> Result<Ref<Exception>> {
        if !ty.get(self).flags.has(crate::object::TypeFlags::CUSTOM_INIT) || args.len() <= 1 && plain_fields(ty.get(self).exception) {
            let args = self.tuple(args);
            return Ok(self.make_in(ty, Exception::new(args)));
        }
        let made = self.call(ty.as_value(), &args)?;
        match made.downcast_into::<Exception>() {
            Ok(e) => Ok(e),
            Err(other) => Err(crate::object::raise::type_error(format!(
                "calling {} should have returned an instance of BaseException, not {}",
                ty.get(self).name,
                self.type_name(&other)
            ))),
        }
    }

    /// Raise an exception object.
    pub fn raise_object(&self, exception: Ref<Exception>) -> Raised {
        let kind = self.type_ref(exception.as_value()).get(self).exception.unwrap_or(Exc::BaseException);
        Raised::object(kind, exception)
    }

    /// What `raise value` raises: an instance, or an instance made by calling the class.
    pub fn raise_value(&mut self, value: &Value) -> Raised {
        if let Some(e) = value.downcast::<Exception>() {
            return self.raise_object(e.clone());
        }
        if let Some(ty) = value.downcast::<Type>()
            && ty.get(self).flags.has(crate::object::TypeFlags::EXCEPTION)
        {
            let made = match self.call(value, &[]) {
                Ok(made) => made,
                Err(e) => return e,
            };
            return match made.downcast_into::<Exception>() {
                Ok(e) => self.raise_object(e),
                Err(other) => {
                    let class = ty.get(self).name.to_string();
                    let got = self.type_name(&other);
                    crate::object::raise::type_error(format!("calling <class '{class}'> should have returned an instance of BaseException, not <class '{got}'>"))
                }
            };
        }
        crate::object::raise::type_error("exceptions must derive from BaseException")
    }

    /// Whether an exception matches a class or tuple of classes, as `except` tests it.
    pub fn exception_matches(&mut self, exception: &Value, class: &Value) -> Result<bool> {
        if let Some(classes) = class.downcast::<crate::types::tuple::Tuple>() {
            for c in classes.slice() {
                if !is_exception_class(self, c) {
                    return Err(crate::object::raise::type_error("catching classes that do not inherit from BaseException is not allowed"));
                }
            }
            return Ok(classes.slice().iter().any(|c| c.downcast::<Type>().is_some_and(|t| self.is_instance_of(exception, t))));
        }
        if !is_exception_class(self, class) {
            return Err(crate::object::raise::type_error("catching classes that do not inherit from BaseException is not allowed"));
        }
        Ok(class.downcast::<Type>().is_some_and(|t| self.is_instance_of(exception, t)))
    }
}

/// Classes whose fields stay empty when they are made with at most one argument.
fn plain_fields(kind: Option<Exc>) -> bool {
    kind.is_some_and(|k| {
        !(k.is(Exc::OSError) || k.is(Exc::UnicodeError) || k.is(Exc::SyntaxError) || k.is(Exc::StopIteration) || k.is(Exc::SystemExit) || k.is(Exc::BaseExceptionGroup))
    })
}

fn is_exception_class(py: &Py, value: &Value) -> bool {
    value.downcast::<Type>().is_some_and(|t| t.get(py).flags.has(crate::object::TypeFlags::EXCEPTION))
}

/// `except*`: `(matched part or None, rest or None)` of an exception.
pub fn split_for_except_star(_py: &mut Py, _exception: &Value, _kind: &Value) -> Result<Value> {
    Err(crate::object::raise::not_implemented("except*"))
}

/// What an `except*` statement raises at its end, or None.
pub fn prepare_reraise_star(_py: &mut Py, _original: &Value, _raised: &Value) -> Result<Value> {
    Err(crate::object::raise::not_implemented("except*"))
}

/// Make the builtin exception classes, bases first.
pub fn declare_all(py: &mut Py, object: &Ref<Type>) {
    use crate::object::TypeFlags;
    let root = lockstep_heap::Shape::plain::<Exception>();
    py.register_shape::<Exception>(&root.derive(true, 0, 0));
    for kind in Exc::ALL {
        let base = match kind.base() {
            Some(base) => py.exception_type(base),
            None => object.clone(),
        };
        let shape = if *kind == Exc::BaseException { py.shape_of::<Exception>().clone() } else { root.derive(true, 0, 0) };
        let ty = py.new_native_type(crate::object::define::TypeSpec {
            name: kind.name(),
            module: "builtins",
            doc: None,
            flags: TypeFlags::BASE | TypeFlags::EXCEPTION,
            base: Some(base),
            shape,
            members: &[],
            unhashable: false,
        });
        ty.get_mut(py).exception = Some(*kind);
        py.shared_mut().exceptions.push(ty);
    }
}

/// Give the builtin exception classes their methods.
pub fn complete_all(py: &mut Py) {
    for kind in Exc::ALL {
        let ty = py.exception_type(*kind);
        if *kind == Exc::BaseException {
            py.add_members(&ty, <Exception as crate::object::native::Members>::MEMBERS);
        }
        py.resolve_specials(&ty);
    }
}

#[methods]
impl Exception {}
