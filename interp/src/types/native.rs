//! Native functions as Python objects: builtin functions, method descriptors, bound methods,
//! class methods, `__new__`, and attributes computed by functions.

use std::cell::OnceCell;
use std::rc::Rc;

use lockstep_heap::{Frozen, Object, Ref, ShapeRef, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::NativeType;
use crate::object::about;

use crate::object::args::Signature;
use crate::object::native::{NativeDef, NativeFn, StarFn};
use crate::object::raise::{Result, attribute_error, no_attribute, type_error};
use crate::object::{Py, Type, TypeFlags};
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

/// Natives with up to so many parameters are called by position without binding.
pub const MOST: usize = 6;

/// The payload of a native function.
pub struct Native {
    /// Its declaration.
    pub def: &'static NativeDef,
    /// The function: what the declaration says, where the machine finds it at once.
    pub call: NativeFn,
    /// Its parsed signature, once it was needed.
    signature: OnceCell<Rc<Signature>>,
    /// What it is.
    pub kind: Kind,
    /// The receiver (`Bound`), or none.
    pub receiver: Option<Value>,
    /// The type or the module's name it was defined in.
    pub owner: Option<Value>,
    /// Number of arguments that need no binding; `u32::MAX` if every call is bound.
    pub exact: u32,
    /// Number of arguments with which the function is called as it stands: `exact`, if there is no
    /// receiver.
    pub direct: u32,
    /// Fewest arguments that need no more than the receiver and defaults; `u32::MAX` if there is
    /// no such number.
    pub least: u32,
    /// How many more may be given.
    pub more: u32,
    /// With this many arguments, the first of them a generator, it resumes the generator: the
    /// machine links the frame in instead of calling. 0: it does no such thing.
    pub resumes: u8,
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

/// The types of natives, in the order of [`Shared::native_shapes`](crate::object::py::Shared).
pub const TYPES: [&str; 5] =
    ["builtin_function_or_method", "method_descriptor", "wrapper_descriptor", "method-wrapper", "classmethod_descriptor"];

impl Native {
    /// A native function object.
    pub fn new(py: &mut Py, def: &'static NativeDef, kind: Kind, owner: Option<&Ref<Type>>) -> Value {
        let owner = owner.map(|t| t.to_value());
        Self::with_owner(py, def, kind, owner)
    }
    /// The same with any owner (a module's name for functions of modules).
    pub fn with_owner(py: &mut Py, def: &'static NativeDef, kind: Kind, owner: Option<Value>) -> Value {
        let shape = py.native_shape(def, kind);
        let exact = if def.facts.simple && kind != Kind::New { u32::from(def.facts.len) } else { u32::MAX };
        let of_generators = || {
            let ty = owner.as_ref().and_then(|o| o.downcast::<Type>());
            ty.is_some_and(|t| t.get(py).shape.payload() == std::any::TypeId::of::<crate::types::generator::Generator>())
        };
        let of_builtins = || owner.as_ref().and_then(|o| o.downcast::<Str>()).is_some_and(|s| s.as_bytes() == b"builtins");
        let resumes = match def.name {
            "send" if of_generators() => 2,
            "__next__" if of_generators() => 1,
            "next" if of_builtins() => 1,
            _ => 0,
        };
        let signature = OnceCell::new();
        let (least, more) = if kind == Kind::New { (u32::MAX, 0) } else { Self::range(def, 0) };
        let call = def.call;
        let native = Native { def, call, signature, kind, receiver: None, owner, exact, direct: exact, least, more, resumes };
        py.heap().make(&shape, native).into_value()
    }
    /// The numbers of arguments that are filled up: the fewest and how many more; `given` are there.
    fn range(def: &NativeDef, given: u32) -> (u32, u32) {
        let (facts, required) = (&def.facts, u32::from(def.facts.required));
        if facts.len as usize > MOST || required < given {
            return (u32::MAX, 0);
        }
        if facts.star {
            return (required - given, u32::from(u16::MAX));
        }
        match u32::from(facts.fillable).checked_sub(required) {
            Some(more) => (required - given, more),
            None => (u32::MAX, 0),
        }
    }
    /// Its parsed signature.
    pub fn signature<'a>(&'a self, py: &mut Py) -> &'a Signature {
        self.signature.get_or_init(|| Rc::new(Signature::parse(py, self.def.signature)))
    }
    /// Whether it becomes a method when found on the type of an object.
    pub fn binds(&self) -> bool {
        self.kind == Kind::Method
    }
    /// Bound to a receiver.
    pub fn bound(&self, py: &mut Py, receiver: Value) -> Value {
        let shape = py.native_shape(self.def, Kind::Bound);
        if u32::from(self.def.facts.required) != self.exact {
            // Calls will want the defaults: they are parsed once, here.
            self.signature(py);
        }
        let (least, more) = Self::range(self.def, 1);
        let payload = Native {
            def: self.def,
            call: self.call,
            signature: self.signature.clone(),
            kind: Kind::Bound,
            receiver: Some(receiver),
            owner: self.owner.clone(),
            exact: self.exact.saturating_sub(1),
            direct: u32::MAX,
            least,
            more,
            resumes: 0,
        };
        py.heap().make(&shape, payload).into_value()
    }
}

impl Py {
    fn native_shape(&self, def: &NativeDef, kind: Kind) -> ShapeRef {
        let special = def.facts.slot;
        let at = match kind {
            Kind::Method if special => 2,
            Kind::Method => 1,
            Kind::Bound if special => 3,
            Kind::ClassMethod => 4,
            _ => 0,
        };
        match self.shared().native_shapes.get(at) {
            Some(shape) => shape.clone(),
            None => self.shape_of::<Native>().clone(),
        }
    }
}

/// Call a native function.
#[inline]
pub fn call_native(py: &mut Py, native: &Ref<Native>, args: &[Value], keywords: &[(Ref<Str>, Value)]) -> Result<Value> {
    // Natives call natives call natives: iterators over iterators, partials of partials.
    py.native_stack()?;
    if native.kind == Kind::New {
        let fine = match (args.first().and_then(|c| c.downcast::<Type>()), native.home()) {
            (Some(class), Some(owner)) => class.is(owner),
            _ => false,
        };
        if !fine {
            check_new(py, native, args)?;
        }
    }
    let result = call_on(py, native, native.receiver.as_ref(), args, keywords);
    py.drain_pending();
    result
}

/// Call the native found as a method on the type of `receiver`.
pub fn call_method(
    py: &mut Py,
    native: &Ref<Native>,
    receiver: &Value,
    args: &[Value],
    keywords: &[(Ref<Str>, Value)],
) -> Result<Value> {
    let result = call_on(py, native, Some(receiver), args, keywords);
    py.drain_pending();
    result
}

#[inline]
fn call_on(
    py: &mut Py,
    native: &Ref<Native>,
    receiver: Option<&Value>,
    args: &[Value],
    keywords: &[(Ref<Str>, Value)],
) -> Result<Value> {
    let def = native.def;
    if keywords.is_empty() || def.takes_keywords {
        if receiver.is_none() && def.facts.simple && args.len() == usize::from(def.facts.len) {
            return (def.call)(py, args);
        }
        let done = match def.direct {
            Some(direct) => call_direct(py, native, direct, receiver, args, keywords),
            None => call_filled(py, native, receiver, args),
        };
        if let Some(result) = done {
            return result;
        }
    }
    let slots = match receiver {
        None => native.signature(py).bind(py, native, args, keywords)?,
        Some(receiver) => {
            let mut all = Vec::with_capacity(args.len() + 1);
            all.push(receiver.clone());
            all.extend_from_slice(args);
            native.signature(py).bind(py, native, &all, keywords)?
        }
    };
    (def.call)(py, &slots)
}

/// A call by position of a function with `*args`, which gets them where they lie. None: the call
/// needs binding.
#[inline]
pub(crate) fn call_direct(
    py: &mut Py,
    native: &Ref<Native>,
    direct: StarFn,
    receiver: Option<&Value>,
    args: &[Value],
    keywords: &[(Ref<Str>, Value)],
) -> Option<Result<Value>> {
    let (lead, len) = (usize::from(native.def.facts.required), usize::from(native.def.facts.len));
    let shift = usize::from(receiver.is_some());
    if lead < shift || args.len() + shift < lead || len > 4 {
        return None;
    }
    let (first, rest) = args.split_at(lead - shift);
    // The parameters behind `*args` lie behind the leading ones.
    let params = if len > lead + 1 { native.signature(py).params.as_slice() } else { &[] };
    let none = &Value::UNBOUND;
    let pick = |i: usize| -> &Value {
        match receiver {
            Some(receiver) if i == 0 => receiver,
            _ if i < lead => &first[i - shift],
            _ if i == lead => none,
            _ => params.get(i - 1).and_then(|p| p.default.as_ref()).unwrap_or(none),
        }
    };
    Some(match len {
        1 => direct(py, &[], rest, keywords),
        2 => lockstep_heap::with_args([pick(0), pick(1)], |slots| direct(py, slots, rest, keywords)),
        3 => lockstep_heap::with_args([pick(0), pick(1), pick(2)], |slots| direct(py, slots, rest, keywords)),
        _ => lockstep_heap::with_args([pick(0), pick(1), pick(2), pick(3)], |slots| direct(py, slots, rest, keywords)),
    })
}

/// A call by position of a function with few parameters: receiver, arguments and defaults are shown to it where they are. None: the call needs binding.
#[inline]
fn call_filled(py: &mut Py, native: &Ref<Native>, receiver: Option<&Value>, args: &[Value]) -> Option<Result<Value>> {
    let facts = &native.def.facts;
    let shift = usize::from(receiver.is_some());
    let given = args.len() + shift;
    if given < usize::from(facts.required) || given > usize::from(facts.fillable) {
        return None;
    }
    let params = if given < usize::from(facts.len) { native.signature(py).params.as_slice() } else { &[] };
    let none = &Value::UNBOUND;
    let pick = |i: usize| -> &Value {
        match receiver {
            Some(receiver) if i == 0 => receiver,
            _ => args.get(i - shift).or_else(|| params.get(i)?.default.as_ref()).unwrap_or(none),
        }
    };
    let call = native.def.call;
    Some(match facts.len {
        1 => lockstep_heap::with_args([pick(0)], |all| call(py, all)),
        2 => lockstep_heap::with_args([pick(0), pick(1)], |all| call(py, all)),
        3 => lockstep_heap::with_args([pick(0), pick(1), pick(2)], |all| call(py, all)),
        4 => lockstep_heap::with_args([pick(0), pick(1), pick(2), pick(3)], |all| call(py, all)),
        5 => lockstep_heap::with_args([pick(0), pick(1), pick(2), pick(3), pick(4)], |all| call(py, all)),
        _ => return None,
    })
}

/// A native found on the type of `object`, as attribute of `object`.
pub fn bind(py: &mut Py, native: &Ref<Native>, object: &Value, ty: &Ref<Type>) -> Result<Value> {
    match native.kind {
        Kind::Method => {
            if let Some(owner) = native.owner.as_ref().and_then(|o| o.downcast::<Type>())
                && !py.is_subtype(ty, owner)
            {
                let (o, t) = (py.full_name(owner), py.full_name(ty));
                return Err(type_error(format!(
                    "descriptor '{}' for '{o}' objects doesn't apply to a '{t}' object",
                    native.def.name
                )));
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

/// What a descriptor of `owner` cannot be used on.
fn check_receiver(py: &Py, name: &Ref<Str>, owner: &Ref<Type>, object: &Value) -> Result<()> {
    if py.is_instance_of(object, owner) {
        return Ok(());
    }
    Err(type_error(format!(
        "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
        py.full_name(owner),
        py.type_name(object)
    )))
}

impl GetSet {
    /// The attribute of `object`.
    pub fn read(py: &mut Py, this: &Ref<GetSet>, object: &Value) -> Result<Value> {
        check_receiver(py, &this.name, &this.owner, object)?;
        (this.get)(py, std::slice::from_ref(object))
    }
    fn write(py: &mut Py, this: &Ref<GetSet>, object: &Value, value: Value) -> Result<()> {
        check_receiver(py, &this.name, &this.owner, object)?;
        match this.set {
            Some(set) => set(py, &[object.clone(), value]).map(drop),
            None => {
                let message = format!("attribute '{}' of '{}' objects is not writable", this.name, py.full_name(&this.owner));
                Err(attribute_error(message, object, &this.name))
            }
        }
    }
}

fn qualified(py: &mut Py, owner: &Ref<Type>, name: &Ref<Str>) -> Value {
    let text = format!("{}.{name}", owner.get(py).qualname);
    py.str(&text)
}

#[methods]
impl GetSet {
    /// Delete an attribute of instance.
    #[py("(self, instance, /)")]
    fn __delete__(py: &mut Py, this: &Ref<GetSet>, instance: &Value) -> Result<()> {
        GetSet::write(py, this, instance, Value::UNBOUND)
    }
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<GetSet>, instance: &Value, _owner: &Value) -> Result<Value> {
        if instance.is_none() {
            return Ok(this.to_value());
        }
        GetSet::read(py, this, instance)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<GetSet>) -> String {
        format!("<attribute '{}' of '{}' objects>", this.name, py.full_name(&this.owner))
    }
    /// Set an attribute of instance to value.
    #[py("(self, instance, value, /)")]
    fn __set__(py: &mut Py, this: &Ref<GetSet>, instance: &Value, value: Value) -> Result<()> {
        GetSet::write(py, this, instance, value)
    }
    #[getter]
    fn __doc__(py: &mut Py, this: &Ref<GetSet>) -> Value {
        if this.doc.is_empty() { Value::NONE } else { py.str(this.doc) }
    }
    #[getter]
    fn __name__(_py: &mut Py, this: &Ref<GetSet>) -> Value {
        this.name.to_value()
    }
    #[getter]
    fn __objclass__(_py: &mut Py, this: &Ref<GetSet>) -> Value {
        this.owner.to_value()
    }
    #[getter]
    fn __qualname__(py: &mut Py, this: &Ref<GetSet>) -> Value {
        qualified(py, &this.owner, &this.name)
    }
}

impl NativeType for GetSet {
    const NAME: &'static str = "getset_descriptor";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

impl Member {
    /// The member's value in `object`.
    pub fn read(py: &mut Py, this: &Ref<Member>, object: &Value) -> Result<Value> {
        check_receiver(py, &this.name, &this.owner, object)?;
        match object.header().and_then(|h| h.slot(this.index, py)) {
            Some(value) => Ok(value),
            None => {
                // CPython gives the class here by its whole name.
                let class = py.type_of(object);
                let class = crate::types::r#type::attributes::whole_name(py, &class);
                Err(attribute_error(format!("'{class}' object has no attribute '{}'", this.name), object, &this.name))
            }
        }
    }
    fn write(py: &mut Py, this: &Ref<Member>, object: &Value, value: Option<Value>) -> Result<()> {
        check_receiver(py, &this.name, &this.owner, object)?;
        let deleting = value.is_none();
        let Some(header) = object.header() else { return Ok(()) };
        let old = header.set_slot(this.index, value, py);
        if deleting && old.is_none() {
            return Err(attribute_error(this.name.to_string(), object, &this.name));
        }
        Ok(())
    }
}

#[methods]
impl Member {
    /// Delete an attribute of instance.
    #[py("(self, instance, /)")]
    fn __delete__(py: &mut Py, this: &Ref<Member>, instance: &Value) -> Result<()> {
        Member::write(py, this, instance, None)
    }
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<Member>, instance: &Value, _owner: &Value) -> Result<Value> {
        if instance.is_none() {
            return Ok(this.to_value());
        }
        Member::read(py, this, instance)
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Member>) -> Result<Value> {
        reduce_descriptor(py, &this.owner, &this.name)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Member>) -> String {
        format!("<member '{}' of '{}' objects>", this.name, py.full_name(&this.owner))
    }
    /// Set an attribute of instance to value.
    #[py("(self, instance, value, /)")]
    fn __set__(py: &mut Py, this: &Ref<Member>, instance: &Value, value: Value) -> Result<()> {
        Member::write(py, this, instance, Some(value))
    }
    #[getter]
    fn __doc__(_py: &mut Py, _this: &Ref<Member>) -> Value {
        Value::NONE
    }
    #[getter]
    fn __name__(_py: &mut Py, this: &Ref<Member>) -> Value {
        this.name.to_value()
    }
    #[getter]
    fn __objclass__(_py: &mut Py, this: &Ref<Member>) -> Value {
        this.owner.to_value()
    }
    #[getter]
    fn __qualname__(py: &mut Py, this: &Ref<Member>) -> Value {
        qualified(py, &this.owner, &this.name)
    }
}

impl NativeType for Member {
    const NAME: &'static str = "member_descriptor";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// `getattr(owner, name)` as a pickle.
fn reduce_descriptor(py: &mut Py, owner: &Ref<Type>, name: &Ref<Str>) -> Result<Value> {
    let builtins = py.shared().builtins.clone();
    let Some(getattr) = builtins.and_then(|d| crate::types::dict::get_name(py, &d, "getattr")) else {
        return Err(type_error("builtins.getattr is gone"));
    };
    let args = py.tuple(vec![owner.to_value(), name.to_value()]);
    Ok(py.tuple(vec![getattr, args]))
}

impl Native {
    /// The type it was defined in.
    pub fn home(&self) -> Option<&Ref<Type>> {
        self.owner.as_ref()?.downcast::<Type>()
    }
    /// `__self__`: the receiver, or the module or type of a function.
    fn receiver_or_home(&self, py: &mut Py) -> Value {
        if let Some(receiver) = &self.receiver {
            return receiver.clone();
        }
        let Some(owner) = &self.owner else { return Value::NONE };
        if owner.is_a::<Type>() {
            return owner.clone();
        }
        let modules = py.shared().modules.clone();
        match (modules, owner.downcast::<Str>()) {
            (Some(modules), Some(name)) => modules.get(py).get_str(name).cloned().unwrap_or(Value::NONE),
            _ => Value::NONE,
        }
    }
    fn describe(&self, py: &mut Py) -> String {
        let name = self.def.name;
        let home = self.home().map(|t| py.full_name(t)).unwrap_or_default();
        match (self.kind, &self.receiver) {
            (Kind::Method, _) if self.def.facts.slot => format!("<slot wrapper '{name}' of '{home}' objects>"),
            (Kind::Method | Kind::ClassMethod, _) => format!("<method '{name}' of '{home}' objects>"),
            (Kind::Bound, Some(r)) if self.def.facts.slot => {
                format!("<method-wrapper '{name}' of {} object at {:#x}>", py.type_name(r), r.id())
            }
            (_, Some(r)) => format!("<built-in method {name} of {} object at {:#x}>", py.type_name(r), r.id()),
            (_, None) => match self.home() {
                Some(ty) => format!("<built-in method {name} of type object at {:#x}>", ty.id()),
                None => format!("<built-in function {name}>"),
            },
        }
    }
}

#[methods]
impl Native {
    /// Call self as a function.
    #[py("(self, /, *args, **kwargs)")]
    fn __call__(py: &mut Py, this: &Ref<Native>, args: &[Value], kwargs: &Value) -> Result<Value> {
        let keywords = crate::types::r#type::keywords_of(py, kwargs);
        call_native(py, this, args, &keywords)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Native>) -> String {
        this.describe(py)
    }
    #[getter]
    fn __doc__(py: &mut Py, this: &Ref<Native>) -> Value {
        let doc = about::doc(this.def, this.home().is_some() || this.receiver.is_some());
        if doc.is_empty() { Value::NONE } else { py.str(doc) }
    }
    #[getter]
    fn __name__(py: &mut Py, this: &Ref<Native>) -> Value {
        py.intern(this.def.name).into_value()
    }
    #[getter]
    fn __qualname__(py: &mut Py, this: &Ref<Native>) -> Value {
        let name = this.def.name;
        let owner = match (&this.receiver, this.home()) {
            (Some(r), _) => match r.downcast::<Type>() {
                Some(ty) => Some(ty.clone()),
                None => Some(py.type_of(r)),
            },
            (None, home) => home.cloned(),
        };
        match owner {
            Some(ty) => {
                let text = format!("{}.{name}", ty.get(py).qualname);
                py.str(&text)
            }
            None => py.str(name),
        }
    }
    #[getter]
    fn __text_signature__(py: &mut Py, this: &Ref<Native>) -> Value {
        match about::text_signature(this.def.signature, matches!(this.kind, Kind::Static)) {
            Some(text) => py.str(&text),
            None => Value::NONE,
        }
    }
}

/// What only functions and bound methods have.
pub struct FunctionMethods;

#[methods]
impl FunctionMethods {
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Native>, value: &Value) -> Value {
        match value.downcast::<Native>() {
            Some(other) => Value::bool(this.is(other) || same_binding(py, this, other)),
            None => Value::NOT_IMPLEMENTED,
        }
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(_py: &mut Py, this: &Ref<Native>) -> i64 {
        let mut hash = std::ptr::from_ref(this.def) as usize as u64;
        if let Some(receiver) = &this.receiver {
            hash ^= receiver.id().rotate_right(4);
        }
        (hash >> 4) as i64
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<Native>, value: &Value) -> Value {
        match value.downcast::<Native>() {
            Some(other) => Value::bool(!(this.is(other) || same_binding(py, this, other))),
            None => Value::NOT_IMPLEMENTED,
        }
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Native>) -> Result<Value> {
        let name = py.intern(this.def.name);
        match (&this.receiver, this.home()) {
            (Some(receiver), _) => {
                let builtins = py.shared().builtins.clone();
                let Some(getattr) = builtins.and_then(|d| crate::types::dict::get_name(py, &d, "getattr")) else {
                    return Err(type_error("builtins.getattr is gone"));
                };
                let args = py.tuple(vec![receiver.clone(), name.into_value()]);
                Ok(py.tuple(vec![getattr, args]))
            }
            (None, Some(home)) => reduce_descriptor(py, &home.clone(), &name),
            (None, None) => Ok(name.into_value()),
        }
    }
    #[getter]
    fn __module__(_py: &mut Py, this: &Ref<Native>) -> Value {
        match &this.owner {
            Some(name) if this.receiver.is_none() && name.is_a::<Str>() => name.clone(),
            _ => Value::NONE,
        }
    }
    #[getter]
    fn __objclass__(py: &mut Py, this: &Ref<Native>) -> Result<Value> {
        match this.home() {
            Some(home) if this.receiver.is_some() && crate::object::native::is_slot(this.def.name) => Ok(home.to_value()),
            _ => {
                let name = py.intern("__objclass__");
                Err(no_attribute(py, this.as_value(), &name))
            }
        }
    }
    #[getter]
    fn __self__(py: &mut Py, this: &Ref<Native>) -> Value {
        this.receiver_or_home(py)
    }
}

fn same_binding(_py: &Py, a: &Ref<Native>, b: &Ref<Native>) -> bool {
    std::ptr::eq(a.def, b.def)
        && match (&a.receiver, &b.receiver) {
            (Some(x), Some(y)) => x.is(y),
            (None, None) => match (&a.owner, &b.owner) {
                (Some(x), Some(y)) => x.is(y),
                _ => false,
            },
            _ => false,
        }
}

/// What only natives found on types have.
pub struct DescriptorMethods;

#[methods]
impl DescriptorMethods {
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<Native>, instance: &Value, owner: &Value) -> Result<Value> {
        if this.kind == Kind::ClassMethod {
            let ty = match owner.downcast::<Type>() {
                Some(ty) => ty.clone(),
                None if instance.is_none() => {
                    return Err(type_error(format!(
                        "descriptor '{}' for type '{}' needs either an object or a type",
                        this.def.name,
                        this.home().map(|t| t.get(py).name.to_string()).unwrap_or_default()
                    )));
                }
                None => py.type_of(instance),
            };
            return Ok(bind_class(py, this, &ty));
        }
        if instance.is_none() && !owner.is_none() {
            return Ok(this.to_value());
        }
        let ty = py.type_of(instance);
        bind(py, this, instance, &ty)
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Native>) -> Result<Value> {
        let name = py.intern(this.def.name);
        match this.home().cloned() {
            Some(home) => reduce_descriptor(py, &home, &name),
            None => Ok(name.into_value()),
        }
    }
    #[getter]
    fn __objclass__(_py: &mut Py, this: &Ref<Native>) -> Value {
        this.owner.clone().unwrap_or(Value::NONE)
    }
}

/// `Kind::New`: the class must be a subtype with the same payload.
#[cold]
fn check_new(py: &mut Py, native: &Native, args: &[Value]) -> Result<()> {
    let Some(owner) = native.home().cloned() else { return Ok(()) };
    let own = owner.get(py).name.to_string();
    let Some(class) = args.first() else { return Err(type_error(format!("{own}.__new__(): not enough arguments"))) };
    let Some(class) = class.downcast::<Type>() else {
        return Err(type_error(format!("{own}.__new__(X): X is not a type object ({})", py.type_name(class))));
    };
    let name = class.get(py).name.to_string();
    if !py.is_subtype(class, &owner) {
        return Err(type_error(format!("{own}.__new__({name}): {name} is not a subtype of {own}")));
    }
    if class.get(py).shape.payload() != owner.get(py).shape.payload() {
        let solid = crate::types::r#type::layout::solid(py, class);
        let solid = solid.get(py).name.to_string();
        return Err(type_error(format!("{own}.__new__({name}) is not safe, use {solid}.__new__()")));
    }
    Ok(())
}
