//! Native functions as Python objects: builtin functions, method descriptors, bound methods,
//! class methods, `__new__`, and attributes computed by functions.

use std::rc::Rc;

use lockstep_heap::{Frozen, Object, Ref, ShapeRef, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType};

use crate::object::args::Signature;
use crate::object::native::{NativeDef, NativeFn};
use crate::object::raise::{Result, type_error};
use crate::object::{Py, Type};
use crate::types::str::Str;

/// What a native function is to Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A method found on a type: `method_descriptor`, or `wrapper_descriptor` for `__x__`.
    Method,
    /// Bound to its receiver: `builtin_function_or_method`, or `method-wrapper` for `__x__`.
    Bound,
    /// A class method found on a type: `classmethod_descriptor`.
    ClassMethod,
    /// A function: `builtin_function_or_method`.
    Static,
    /// A type's `__new__`.
    New,
}

/// The payload of a native function.
pub struct Native {
    /// Its declaration.
    pub def: &'static NativeDef,
    /// Its parsed signature.
    pub signature: Rc<Signature>,
    /// What it is.
    pub kind: Kind,
    /// The receiver (`Bound`), or none.
    pub receiver: Option<Value>,
    /// The type or the module's name it was defined in.
    pub owner: Option<Value>,
}

impl Object for Native {
    type Access = Frozen;
    const TAG: Tag = Tag::NATIVE;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.receiver);
        visit.option(&self.owner);
    }
}

impl Native {
    /// A native function object.
    pub fn new(py: &mut Py, def: &'static NativeDef, kind: Kind, owner: Option<&Ref<Type>>) -> Value {
        let owner = owner.map(|t| t.to_value());
        Self::with_owner(py, def, kind, owner)
    }
    /// The same with any owner (a module's name for functions of modules).
    pub fn with_owner(py: &mut Py, def: &'static NativeDef, kind: Kind, owner: Option<Value>) -> Value {
        let signature = Rc::new(Signature::parse(py, def.signature));
        let shape = py.native_shape(def, kind);
        py.heap().make(&shape, Native { def, signature, kind, receiver: None, owner }).into_value()
    }
    /// Whether it becomes a method when found on the type of an object.
    pub fn binds(&self) -> bool {
        self.kind == Kind::Method
    }
    /// Bound to a receiver.
    pub fn bound(&self, py: &Py, receiver: Value) -> Value {
        let shape = py.native_shape(self.def, Kind::Bound);
        let payload = Native {
            def: self.def,
            signature: self.signature.clone(),
            kind: Kind::Bound,
            receiver: Some(receiver),
            owner: self.owner.clone(),
        };
        py.heap().make(&shape, payload).into_value()
    }
}

impl Py {
    fn native_shape(&self, def: &NativeDef, kind: Kind) -> ShapeRef {
        let special = def.name.starts_with("__") && def.name.ends_with("__");
        let name = match kind {
            Kind::Method if special => "wrapper_descriptor",
            Kind::Method => "method_descriptor",
            Kind::Bound if special => "method-wrapper",
            Kind::ClassMethod => "classmethod_descriptor",
            _ => "builtin_function_or_method",
        };
        match self.shared().named.get(name) {
            Some(ty) => ty.get(self).shape.clone(),
            // During set-up the types of natives do not exist yet; they are given them later.
            None => self.shape_of::<Native>().clone(),
        }
    }
}

/// Call a native function.
#[inline]
pub fn call_native(py: &mut Py, native: &Ref<Native>, args: &[Value], keywords: &[(Ref<Str>, Value)]) -> Result<Value> {
    if native.kind == Kind::New {
        check_new(py, native, args)?;
    }
    let result = match &native.receiver {
        None => {
            if keywords.is_empty() && native.signature.simple && args.len() == native.signature.len {
                (native.def.call)(py, args)
            } else {
                let slots = native.signature.bind(py, native.def.name, native.kind == Kind::Method, args, keywords)?;
                (native.def.call)(py, &slots)
            }
        }
        Some(receiver) => {
            let mut all = Vec::with_capacity(args.len() + 1);
            all.push(receiver.clone());
            all.extend_from_slice(args);
            if keywords.is_empty() && native.signature.simple && all.len() == native.signature.len {
                (native.def.call)(py, &all)
            } else {
                let slots = native.signature.bind(py, native.def.name, true, &all, keywords)?;
                (native.def.call)(py, &slots)
            }
        }
    };
    py.drain_pending();
    result
}

/// The class given to a native `__new__` must be laid out as the type that owns it.
fn check_new(py: &mut Py, native: &Native, args: &[Value]) -> Result<()> {
    let Some(owner) = native.owner.as_ref().and_then(|o| o.downcast::<Type>()) else { return Ok(()) };
    let name = owner.get(py).name.clone();
    let Some(first) = args.first() else {
        return Err(type_error(format!("{name}.__new__(): not enough arguments")));
    };
    let Some(class) = first.downcast::<Type>() else {
        return Err(type_error(format!("{name}.__new__(X): X is not a type object ({})", py.type_name(first))));
    };
    if !py.is_subtype(class, owner) {
        let class = class.get(py).name.clone();
        return Err(type_error(format!("{name}.__new__({class}): {class} is not a subtype of {name}")));
    }
    if class.get(py).shape.payload() != owner.get(py).shape.payload() {
        let class = class.get(py).name.clone();
        return Err(type_error(format!("{name}.__new__({class}) is not safe, use {class}.__new__()")));
    }
    Ok(())
}

/// A native found on the type of `object`, as attribute of `object`.
pub fn bind(py: &mut Py, native: &Ref<Native>, object: &Value, ty: &Ref<Type>) -> Result<Value> {
    match native.kind {
        Kind::Method => {
            if let Some(owner) = native.owner.as_ref().and_then(|o| o.downcast::<Type>())
                && !py.is_subtype(ty, owner)
            {
                let (o, t) = (owner.get(py).name.to_string(), ty.get(py).name.to_string());
                return Err(type_error(format!("descriptor '{}' for '{o}' objects doesn't apply to a '{t}' object", native.def.name)));
            }
            Ok(native.bound(py, object.clone()))
        }
        Kind::ClassMethod => Ok(native.bound(py, ty.to_value())),
        Kind::Bound | Kind::Static | Kind::New => Ok(native.to_value()),
    }
}

/// A native found in a class, as attribute of the class.
pub fn bind_class(py: &mut Py, native: &Ref<Native>, ty: &Ref<Type>) -> Value {
    match native.kind {
        Kind::ClassMethod => native.bound(py, ty.to_value()),
        _ => native.to_value(),
    }
}

/// The payload of an attribute computed by native functions (`getset_descriptor`).
pub struct GetSet {
    /// Its name.
    pub name: Ref<Str>,
    /// Its documentation.
    pub doc: &'static str,
    /// The type it belongs to.
    pub owner: Ref<Type>,
    /// Reads it.
    pub get: NativeFn,
    /// Writes or deletes it.
    pub set: Option<NativeFn>,
}

impl Object for GetSet {
    type Access = Frozen;
    const TAG: Tag = Tag::GET_SET;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.owner);
    }
}

impl GetSet {
    /// A descriptor object.
    pub fn make(py: &mut Py, owner: &Ref<Type>, name: &str, doc: &'static str, get: NativeFn, set: Option<NativeFn>) -> Value {
        let name = py.intern(name);
        py.make(GetSet { name, doc, owner: owner.clone(), get, set }).into_value()
    }
}

/// The payload of a `__slots__` member (`member_descriptor`).
pub struct Member {
    /// Its name.
    pub name: Ref<Str>,
    /// The class that declares it.
    pub owner: Ref<Type>,
    /// Its slot.
    pub index: usize,
}

impl Object for Member {
    type Access = Frozen;
    const TAG: Tag = Tag::MEMBER;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.owner);
    }
}

#[methods]
impl GetSet {}

impl NativeType for GetSet {
    const NAME: &'static str = "getset_descriptor";
    const FLAGS: u32 = 0;
}

#[methods]
impl Member {}

impl NativeType for Member {
    const NAME: &'static str = "member_descriptor";
    const FLAGS: u32 = 0;
}

#[methods]
impl Native {}
