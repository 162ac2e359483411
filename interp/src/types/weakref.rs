//! Weak references and proxies; the `_weakref` module exports them.

use lockstep_heap::{Anchor, Guarded, Header, Object, Ref, Shape, Value, Visitor, Weak, flags};
use lockstep_macros::methods;

use crate::object::call::Keywords;
use crate::object::define::TypeSpec;
use crate::object::native::Members;
use crate::object::ops::Next;
use crate::object::raise::{Exc, Raised, Result, type_error};
use crate::object::special::{BinaryOp, CompareOp};
use crate::object::{NativeType, Py, Special, Type, TypeFlags};
use crate::types::function::Function;
use crate::types::r#type::{keywords_of, layout};

/// The payload of a weak reference.
pub struct WeakRef {
    target: Option<Weak>,
    callback: Option<Value>,
    hash: Option<i64>,
    anchor: Anchor,
}

impl Object for WeakRef {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.callback);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.callback.take());
    }
}

/// The payload of both kinds of proxies.
pub struct Proxy {
    target: Option<Weak>,
    callback: Option<Value>,
    anchor: Anchor,
}

impl Object for Proxy {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.callback);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.callback.take());
    }
}

/// The class of proxies of callables.
#[derive(Default)]
struct Kinds {
    callable: Option<Ref<Type>>,
}

/// `weakref.CallableProxyType`
pub fn callable_proxy_type(py: &mut Py) -> Ref<Type> {
    if let Some(ty) = py.state::<Kinds>().callable.clone() {
        return ty;
    }
    let object = py.object_class().clone();
    let ty = py.new_native_type(TypeSpec {
        name: "CallableProxyType",
        module: "weakref",
        doc: None,
        flags: TypeFlags::NO_NEW,
        base: Some(object),
        shape: Shape::plain::<Proxy>(),
        members: Proxy::MEMBERS,
        unhashable: false,
    });
    py.add_members(&ty, CallableMethods::MEMBERS);
    py.resolve_inherited(&ty);
    py.state::<Kinds>().callable = Some(ty.clone());
    ty
}

/// The living weak references and proxies of an object, oldest first.
pub fn references(py: &Py, object: &Value) -> Vec<Value> {
    match py.shared().weakrefs.get(&object.id()) {
        Some(all) => all.iter().filter_map(|w| w.get(py)).collect(),
        None => Vec::new(),
    }
}

/// Let an object know a weak reference to it; `shared`: one without a callback.
fn register(py: &mut Py, object: &Value, reference: Weak, shared: bool) {
    if let Some(header) = object.header() {
        header.set(flags::WEAKREFD);
    }
    let id = object.id();
    let mut all = std::mem::take(py.shared_mut().weakrefs.entry(id).or_default());
    if all.len() == all.capacity() {
        // Those that are gone are looked for when there is no room, so not each time.
        all.retain(|w| w.get(py).is_some());
    }
    // One without a callback is what everybody gets who asks for one: it is found first.
    all.insert(if shared { 0 } else { all.len() }, reference);
    py.shared_mut().weakrefs.insert(id, all);
}

/// Whether code of the program waits for the death of an object. The library's own containers of
/// weak references, and its list of handlers of `logging`, only forget what died.
pub fn is_awaited(py: &Py, object: &Header) -> bool {
    let Some(all) = py.shared().weakrefs.get(&(std::ptr::from_ref(object) as u64)) else { return false };
    all.iter().filter_map(|w| w.get(py)).any(|reference| {
        let callback = match (reference.downcast::<WeakRef>(), reference.downcast::<Proxy>()) {
            (Some(r), _) => r.get(py).callback.as_ref(),
            (_, Some(p)) => p.get(py).callback.as_ref(),
            _ => None,
        };
        callback.is_some_and(|callback| {
            let own = callback.downcast::<Function>().map(|f| &f.get(py).code.code.filename);
            !own.is_some_and(|file| matches!(&**file, "<frozen weakref>" | "<frozen _weakrefset>" | "<frozen logging>"))
        })
    })
}

fn check(py: &Py, object: &Value) -> Result<()> {
    let ty = py.type_of(object);
    if !object.is_object() || !layout::weakrefable(py, &ty) {
        return Err(type_error(format!("cannot create weak reference to '{}' object", ty.get(py).name)));
    }
    Ok(())
}

/// `object` dies: its weak references go blank, then their callbacks run, newest first. Those for
/// which `forgotten` holds are garbage themselves and are not called. Whether any was called.
pub fn clear(py: &mut Py, object: &Value, forgotten: &mut dyn FnMut(&Value) -> bool) -> bool {
    let Some(all) = py.shared_mut().weakrefs.remove(&object.id()) else { return false };
    let mut calls = Vec::new();
    let alive: Vec<Value> = all.iter().rev().filter_map(|w| w.get(py)).collect();
    for reference in alive {
        let callback = if let Some(r) = reference.downcast::<WeakRef>() {
            let r = r.get_mut(py);
            r.target = None;
            r.callback.take()
        } else if let Some(p) = reference.downcast::<Proxy>() {
            let p = p.get_mut(py);
            p.target = None;
            p.callback.take()
        } else {
            None
        };
        if let Some(callback) = callback
            && !forgotten(&reference)
        {
            calls.push((callback, reference));
        }
    }
    py.heap().blank(object);
    let any = !calls.is_empty();
    for (callback, reference) in calls {
        let handled = py.set_handled(None);
        if let Err(e) = py.call(&callback, std::slice::from_ref(&reference)) {
            crate::builtins::unraisable(py, e, "Exception ignored while calling weakref callback", Some(callback));
        }
        drop(py.set_handled(handled));
    }
    any
}

impl WeakRef {
    /// The object, none if it is gone.
    pub fn target(py: &Py, this: &Ref<WeakRef>) -> Option<Value> {
        this.get(py).target.as_ref()?.get(py)
    }
    /// `weakref.ref(object, callback)`
    pub fn create(py: &mut Py, cls: &Ref<Type>, object: &Value, callback: Option<Value>) -> Result<Value> {
        check(py, object)?;
        let callback = callback.filter(|c| !c.is_none());
        let plain = cls.is(&py.define::<WeakRef>());
        let shared = plain && callback.is_none();
        if shared && let Some(all) = py.shared().weakrefs.get(&object.id()) {
            let usable = |known: &Value| {
                py.is_exact::<WeakRef>(known) && known.downcast::<WeakRef>().is_some_and(|r| r.get(py).callback.is_none())
            };
            if let Some(known) = all.iter().filter_map(|w| w.get(py)).find(usable) {
                return Ok(known);
            }
        }
        let target = py.heap().weak(object, py);
        let made = py.make_in(cls, WeakRef { target, callback, hash: None, anchor: Anchor::default() });
        let weak = made.get(py).anchor.weak(made.as_value());
        register(py, object, weak, shared);
        Ok(made.into_value())
    }
}

/// `ty(object, callback)`, if the class is `weakref.ref` itself.
#[inline]
pub(crate) fn quick(py: &mut Py, ty: &Ref<Type>, args: &[Value]) -> Option<Result<Value>> {
    let t = ty.get(py);
    if t.shape.payload() != std::any::TypeId::of::<WeakRef>() || t.flags.has(TypeFlags::HEAP) {
        return None;
    }
    match args {
        [object] => Some(WeakRef::create(py, ty, object, None)),
        [object, callback] => Some(WeakRef::create(py, ty, object, Some(callback.clone()))),
        _ => None,
    }
}

fn compared(py: &mut Py, op: CompareOp, this: &Ref<WeakRef>, value: &Value) -> Result<Value> {
    let Some(other) = value.downcast::<WeakRef>() else { return Ok(Value::NOT_IMPLEMENTED) };
    match (WeakRef::target(py, this), WeakRef::target(py, other)) {
        (Some(a), Some(b)) => py.compare(op, &a, &b),
        _ => Ok(Value::bool(this.is(other) == (op == CompareOp::Eq))),
    }
}

#[methods]
impl WeakRef {
    /// Call self as a function.
    #[py("(self, /)")]
    fn __call__(py: &mut Py, this: &Ref<WeakRef>) -> Value {
        WeakRef::target(py, this).unwrap_or(Value::NONE)
    }
    /// See PEP 585
    #[classmethod("(cls, item, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, item: &Value) -> Result<Value> {
        crate::types::generic_alias::alias(py, cls, item)
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<WeakRef>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Eq, this, value)
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<WeakRef>) -> Result<i64> {
        if let Some(hash) = this.get(py).hash {
            return Ok(hash);
        }
        let Some(target) = WeakRef::target(py, this) else { return Err(type_error("weak object has gone away")) };
        let hash = py.hash(&target)?;
        this.get_mut(py).hash = Some(hash);
        Ok(hash)
    }
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(_py: &mut Py, _this: &Ref<WeakRef>, args: &[Value], kwargs: &Keywords) -> Result<()> {
        if !kwargs.is_empty() {
            return Err(type_error("ref() takes no keyword arguments"));
        }
        if args.len() > 2 {
            return Err(type_error(format!("__init__ expected at most 2 arguments, got {}", args.len())));
        }
        Ok(())
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<WeakRef>, value: &Value) -> Result<Value> {
        compared(py, CompareOp::Ne, this, value)
    }
    /// Create a weak reference to 'object'.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], kwargs: &Keywords) -> Result<Value> {
        let _ = kwargs;
        match args {
            [] => Err(type_error("__new__ expected at least 1 argument, got 0")),
            [object] => WeakRef::create(py, cls, object, None),
            [object, callback] => WeakRef::create(py, cls, object, Some(callback.clone())),
            _ => Err(type_error(format!("__new__ expected at most 2 arguments, got {}", args.len()))),
        }
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<WeakRef>) -> Result<String> {
        let kind = py.class_name(this.as_value());
        let kind = if kind == "ReferenceType" { "weakref".to_owned() } else { kind };
        let Some(target) = WeakRef::target(py, this) else { return Ok(format!("<{kind} at {:#x}; dead>", this.id())) };
        let class = py.type_of(&target);
        // Of the type: what the object answers by itself does not count.
        let name = py.intern("__name__");
        let name = match py.lookup_on_type(&target, &name) {
            Some(found) => py.bind_descriptor(&found, &target, &class).ok(),
            None => None,
        };
        let module = crate::types::r#type::attributes::module(py, &class).ok();
        let class_name = class.get(py).qualname.to_string();
        let shown = match module.and_then(|m| m.downcast::<crate::types::str::Str>().map(ToString::to_string)) {
            Some(m) if m != "builtins" => format!("{m}.{class_name}"),
            _ => class_name,
        };
        match name.as_ref().and_then(|n| n.downcast::<crate::types::str::Str>()) {
            Some(name) => Ok(format!("<{kind} at {:#x}; to '{shown}' at {:#x} ({name})>", this.id(), target.id())),
            None => Ok(format!("<{kind} at {:#x}; to '{shown}' at {:#x}>", this.id(), target.id())),
        }
    }
    #[getter]
    fn __callback__(py: &mut Py, this: &Ref<WeakRef>) -> Option<Value> {
        this.get(py).callback.clone()
    }
}

impl NativeType for WeakRef {
    const NAME: &'static str = "ReferenceType";
    const MODULE: &'static str = "weakref";
}

/// `weakref.proxy(object, callback)`
pub fn proxy(py: &mut Py, object: &Value, callback: Option<Value>) -> Result<Value> {
    check(py, object)?;
    let callback = callback.filter(|c| !c.is_none());
    let ty = if py.is_callable(object) { callable_proxy_type(py) } else { py.define::<Proxy>() };
    if callback.is_none() {
        for known in references(py, object) {
            if let Some(p) = known.downcast::<Proxy>()
                && p.get(py).callback.is_none()
            {
                return Ok(known);
            }
        }
    }
    let target = py.heap().weak(object, py);
    let made = py.make_in(&ty, Proxy { target, callback, anchor: Anchor::default() });
    let weak = made.get(py).anchor.weak(made.as_value());
    register(py, object, weak, false);
    Ok(made.into_value())
}

fn gone() -> Raised {
    Raised::new(Exc::ReferenceError, "weakly-referenced object no longer exists")
}

/// The object behind a proxy; other values are themselves.
fn behind(py: &Py, value: &Value) -> Result<Value> {
    match value.downcast::<Proxy>() {
        Some(p) => p.get(py).target.as_ref().and_then(|w| w.get(py)).ok_or_else(gone),
        None => Ok(value.clone()),
    }
}

fn binary(py: &mut Py, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
    let (a, b) = (behind(py, a)?, behind(py, b)?);
    py.binary(op, &a, &b)
}

fn in_place(py: &mut Py, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
    let (a, b) = (behind(py, a)?, behind(py, b)?);
    py.binary_in_place(op, &a, &b)
}

fn comparison(py: &mut Py, op: CompareOp, a: &Value, b: &Value) -> Result<Value> {
    let (a, b) = (behind(py, a)?, behind(py, b)?);
    py.compare(op, &a, &b)
}

fn unary(py: &mut Py, special: Special, a: &Value) -> Result<Value> {
    let a = behind(py, a)?;
    py.unary(special, &a)
}

#[methods]
impl Proxy {
    #[py("(self, /)")]
    fn __abs__(py: &mut Py, this: &Value) -> Result<Value> {
        let target = behind(py, this)?;
        py.call_method(&target, "__abs__", &[])
    }
    #[py("(self, value, /)")]
    fn __add__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Add, this, value)
    }
    #[py("(self, value, /)")]
    fn __and__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::And, this, value)
    }
    #[py("(self, /)")]
    fn __bool__(py: &mut Py, this: &Value) -> Result<bool> {
        let target = behind(py, this)?;
        py.truth(&target)
    }
    #[py("(self, /)")]
    fn __bytes__(py: &mut Py, this: &Value) -> Result<Value> {
        let target = behind(py, this)?;
        py.call_method(&target, "__bytes__", &[])
    }
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Value, key: &Value) -> Result<bool> {
        let target = behind(py, this)?;
        py.contains(&target, key)
    }
    #[py("(self, name, /)")]
    fn __delattr__(py: &mut Py, this: &Value, name: &Value) -> Result<()> {
        let (target, name) = (behind(py, this)?, py.attribute_name(name)?);
        py.setattr_str(&target, &name, None)
    }
    #[py("(self, key, /)")]
    fn __delitem__(py: &mut Py, this: &Value, key: &Value) -> Result<()> {
        let target = behind(py, this)?;
        py.delitem(&target, key)
    }
    #[py("(self, value, /)")]
    fn __divmod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::DivMod, this, value)
    }
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        comparison(py, CompareOp::Eq, this, value)
    }
    #[py("(self, /)")]
    fn __float__(py: &mut Py, this: &Value) -> Result<f64> {
        let target = behind(py, this)?;
        py.to_f64(&target)
    }
    #[py("(self, value, /)")]
    fn __floordiv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::FloorDiv, this, value)
    }
    #[py("(self, value, /)")]
    fn __ge__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        comparison(py, CompareOp::Ge, this, value)
    }
    #[py("(self, name, /)")]
    fn __getattribute__(py: &mut Py, this: &Value, name: &Value) -> Result<Value> {
        let (target, name) = (behind(py, this)?, py.attribute_name(name)?);
        py.getattr_str(&target, &name)
    }
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Value, key: &Value) -> Result<Value> {
        let target = behind(py, this)?;
        py.getitem(&target, key)
    }
    #[py("(self, value, /)")]
    fn __gt__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        comparison(py, CompareOp::Gt, this, value)
    }
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Value) -> Result<i64> {
        Err(type_error(format!("unhashable type: '{}'", py.type_name(this))))
    }
    #[py("(self, value, /)")]
    fn __iadd__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::Add, this, value)
    }
    #[py("(self, value, /)")]
    fn __iand__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::And, this, value)
    }
    #[py("(self, value, /)")]
    fn __ifloordiv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::FloorDiv, this, value)
    }
    #[py("(self, value, /)")]
    fn __ilshift__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::LShift, this, value)
    }
    #[py("(self, value, /)")]
    fn __imatmul__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::MatMul, this, value)
    }
    #[py("(self, value, /)")]
    fn __imod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::Mod, this, value)
    }
    #[py("(self, value, /)")]
    fn __imul__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::Mul, this, value)
    }
    #[py("(self, /)")]
    fn __index__(py: &mut Py, this: &Value) -> Result<Value> {
        let target = behind(py, this)?;
        py.index(&target)
    }
    #[py("(self, /)")]
    fn __int__(py: &mut Py, this: &Value) -> Result<Value> {
        let target = behind(py, this)?;
        py.call_method(&target, "__int__", &[])
    }
    #[py("(self, /)")]
    fn __invert__(py: &mut Py, this: &Value) -> Result<Value> {
        unary(py, Special::Invert, this)
    }
    #[py("(self, value, /)")]
    fn __ior__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::Or, this, value)
    }
    #[py("(self, value, /)")]
    fn __ipow__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::Pow, this, value)
    }
    #[py("(self, value, /)")]
    fn __irshift__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::RShift, this, value)
    }
    #[py("(self, value, /)")]
    fn __isub__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::Sub, this, value)
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Value) -> Result<Value> {
        let target = behind(py, this)?;
        py.get_iter(&target)
    }
    #[py("(self, value, /)")]
    fn __itruediv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::TrueDiv, this, value)
    }
    #[py("(self, value, /)")]
    fn __ixor__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        in_place(py, BinaryOp::Xor, this, value)
    }
    #[py("(self, value, /)")]
    fn __le__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        comparison(py, CompareOp::Le, this, value)
    }
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Value) -> Result<usize> {
        let target = behind(py, this)?;
        py.len(&target)
    }
    #[py("(self, value, /)")]
    fn __lshift__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::LShift, this, value)
    }
    #[py("(self, value, /)")]
    fn __lt__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        comparison(py, CompareOp::Lt, this, value)
    }
    #[py("(self, value, /)")]
    fn __matmul__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::MatMul, this, value)
    }
    #[py("(self, value, /)")]
    fn __mod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Mod, this, value)
    }
    #[py("(self, value, /)")]
    fn __mul__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Mul, this, value)
    }
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        comparison(py, CompareOp::Ne, this, value)
    }
    #[py("(self, /)")]
    fn __neg__(py: &mut Py, this: &Value) -> Result<Value> {
        unary(py, Special::Neg, this)
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Value) -> Result<Next> {
        let target = behind(py, this)?;
        if py.special(&target, Special::Next).is_none() {
            return Err(type_error(format!("Weakref proxy referenced a non-iterator '{}' object", py.type_name(&target))));
        }
        Ok(Next(py.next(&target)?))
    }
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Or, this, value)
    }
    #[py("(self, /)")]
    fn __pos__(py: &mut Py, this: &Value) -> Result<Value> {
        unary(py, Special::Pos, this)
    }
    #[py("(self, value, /)")]
    fn __pow__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Pow, this, value)
    }
    #[py("(self, value, /)")]
    fn __radd__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Add, value, this)
    }
    #[py("(self, value, /)")]
    fn __rand__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::And, value, this)
    }
    #[py("(self, value, /)")]
    fn __rdivmod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::DivMod, value, this)
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Proxy>) -> String {
        match this.get(py).target.as_ref().and_then(|w| w.get(py)) {
            Some(t) => format!("<weakproxy at {:#x}; to '{}' at {:#x}>", this.id(), py.type_name(&t), t.id()),
            None => format!("<weakproxy at {:#x}; dead>", this.id()),
        }
    }
    #[py("(self, /)")]
    fn __reversed__(py: &mut Py, this: &Value) -> Result<Value> {
        let target = behind(py, this)?;
        py.call_method(&target, "__reversed__", &[])
    }
    #[py("(self, value, /)")]
    fn __rfloordiv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::FloorDiv, value, this)
    }
    #[py("(self, value, /)")]
    fn __rlshift__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::LShift, value, this)
    }
    #[py("(self, value, /)")]
    fn __rmatmul__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::MatMul, value, this)
    }
    #[py("(self, value, /)")]
    fn __rmod__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Mod, value, this)
    }
    #[py("(self, value, /)")]
    fn __rmul__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Mul, value, this)
    }
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Or, value, this)
    }
    #[py("(self, value, /)")]
    fn __rpow__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Pow, value, this)
    }
    #[py("(self, value, /)")]
    fn __rrshift__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::RShift, value, this)
    }
    #[py("(self, value, /)")]
    fn __rshift__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::RShift, this, value)
    }
    #[py("(self, value, /)")]
    fn __rsub__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Sub, value, this)
    }
    #[py("(self, value, /)")]
    fn __rtruediv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::TrueDiv, value, this)
    }
    #[py("(self, value, /)")]
    fn __rxor__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Xor, value, this)
    }
    #[py("(self, name, value, /)")]
    fn __setattr__(py: &mut Py, this: &Value, name: &Value, value: Value) -> Result<()> {
        let (target, name) = (behind(py, this)?, py.attribute_name(name)?);
        py.setattr_str(&target, &name, Some(value))
    }
    #[py("(self, key, value, /)")]
    fn __setitem__(py: &mut Py, this: &Value, key: &Value, value: Value) -> Result<()> {
        let target = behind(py, this)?;
        py.setitem(&target, key, value)
    }
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Value) -> Result<Value> {
        let target = behind(py, this)?;
        Ok(py.str_of(&target)?.into_value())
    }
    #[py("(self, value, /)")]
    fn __sub__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Sub, this, value)
    }
    #[py("(self, value, /)")]
    fn __truediv__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::TrueDiv, this, value)
    }
    #[py("(self, value, /)")]
    fn __xor__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        binary(py, BinaryOp::Xor, this, value)
    }
}

impl NativeType for Proxy {
    const NAME: &'static str = "ProxyType";
    const MODULE: &'static str = "weakref";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// What only proxies of callables have.
pub struct CallableMethods;

#[methods]
impl CallableMethods {
    /// Call self as a function.
    #[py("(self, /, *args, **kwargs)")]
    fn __call__(py: &mut Py, this: &Value, args: &[Value], kwargs: &Value) -> Result<Value> {
        let target = behind(py, this)?;
        let keywords = keywords_of(py, kwargs);
        py.call_kw(&target, args, &keywords)
    }
}
