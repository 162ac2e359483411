//! Making type objects out of native declarations.

use std::any::TypeId;
use std::rc::Rc;

use lockstep_heap::{Anchor, Object, Ref, Shape, ShapeRef, Value};

use super::class::{Type, TypeFlags};
use super::native::{Member, Members};
use super::py::Py;
use super::special::Special;
use crate::types::dict;
use crate::types::native::{GetSet, Kind, Native};

/// A Rust payload that is a Python type of its own.
pub trait NativeType: Object + Members + Sized {
    /// `__name__`
    const NAME: &'static str;
    /// `__module__`
    const MODULE: &'static str = "builtins";
    /// `__doc__`
    const DOC: Option<&'static str> = None;
    /// Facts; `IMMUTABLE` is added.
    const FLAGS: u32 = TypeFlags::BASE;
    /// Whether instances have a `__dict__`.
    const DICT: bool = false;
    /// Whether the type is unhashable (`__hash__ = None`).
    const UNHASHABLE: bool = false;
    /// What `__next__` does, for native loops: they need not look for the method, and the end is no
    /// exception. Subclasses do not inherit it.
    const NEXT: Option<NextFn> = None;
    /// The next pair of an iterator that hands out tuples of two: for loops that unpack them, which need
    /// no tuple then. Subclasses do not inherit it.
    const PAIRS: Option<PairsFn> = None;
    /// The shape of instances; payloads with a tail say [`Shape::plain_tail`].
    fn shape() -> ShapeRef {
        Shape::plain::<Self>()
    }
    /// The base class; none: `object`.
    fn base(_py: &Py) -> Option<Ref<Type>> {
        None
    }
}

/// See [`NativeType::NEXT`].
pub type NextFn = fn(&mut Py, &Value) -> super::raise::Result<Option<Value>>;

/// See [`NativeType::PAIRS`]; none: this iterator hands out something else, and nothing has happened.
pub type PairsFn = fn(&mut Py, &Value) -> Option<super::raise::Result<Option<(Value, Value)>>>;

/// The types of `builtins` whose instances can be referred to weakly.
const WEAKREFABLE: &[&str] = &[
    "type",
    "function",
    "builtin_function_or_method",
    "method",
    "set",
    "frozenset",
    "generator",
    "coroutine",
    "async_generator",
    "module",
    "code",
    "memoryview",
    "classmethod_descriptor",
];

/// What [`Py::new_native_type`] needs to know.
pub struct TypeSpec {
    /// `__name__`
    pub name: &'static str,
    /// `__module__`
    pub module: &'static str,
    /// `__doc__`
    pub doc: Option<&'static str>,
    /// Facts.
    pub flags: u32,
    /// Base, none for `object` itself.
    pub base: Option<Ref<Type>>,
    /// Shape of instances.
    pub shape: ShapeRef,
    /// Methods.
    pub members: &'static [Member],
    /// `__hash__ = None`.
    pub unhashable: bool,
}

impl Py {
    /// Define the type of payload `T`; later calls give the same type.
    pub fn define<T: NativeType>(&mut self) -> Ref<Type> {
        if let Some(ty) = self.type_if_defined::<T>() {
            return ty;
        }
        let shape = match self.shared().by_id.get(&TypeId::of::<T>()) {
            Some(shape) => shape.clone(),
            None => {
                let shape = T::shape();
                let shape = if T::DICT { shape.derive(true, 0, 0) } else { shape };
                self.register_shape::<T>(&shape);
                shape
            }
        };
        let base = match T::base(self) {
            Some(base) => base,
            None => self.type_named("object"),
        };
        let ty = self.new_native_type(TypeSpec {
            name: T::NAME,
            module: T::MODULE,
            doc: T::DOC,
            flags: T::FLAGS,
            base: Some(base),
            shape,
            members: T::MEMBERS,
            unhashable: T::UNHASHABLE,
        });
        let own = ty.get_mut(self);
        (own.next, own.pairs) = (T::NEXT, T::PAIRS);
        ty
    }

    /// Make `shape` the one that [`Py::make`] uses for payload `T`.
    pub fn register_shape<T: Object>(&mut self, shape: &ShapeRef) {
        let shared = self.shared_mut();
        shared.by_id.insert(TypeId::of::<T>(), shape.clone());
        if T::TAG != lockstep_heap::Tag::NONE {
            shared.by_tag[T::TAG.index()] = Some(shape.clone());
        }
    }

    /// A native type object.
    pub fn new_native_type(&mut self, spec: TypeSpec) -> Ref<Type> {
        let name = self.intern(spec.name);
        let dict = self.new_dict();
        // Weak references themselves cannot be referred to weakly unless a subclass asks for it, as
        // that of sockets does.
        let weak = if !matches!(spec.module, "builtins" | "weakref" | "_socket") || WEAKREFABLE.contains(&spec.name) {
            TypeFlags::WEAKREF
        } else {
            0
        };
        let payload = Type {
            name: name.clone(),
            qualname: name,
            bases: spec.base.iter().cloned().collect(),
            base: spec.base.clone(),
            mro: Vec::new(),
            dict: dict.clone(),
            specials: Rc::new([const { None }; Special::COUNT]),
            shape: spec.shape.clone(),
            old_shapes: Vec::new(),
            flags: TypeFlags(spec.flags | TypeFlags::IMMUTABLE | weak),
            subclasses: Vec::new(),
            anchor: Anchor::default(),
            version: 0,
            watched: false,
            listed: false,
            watchers: Vec::new(),
            members: Vec::new(),
            doc: spec.doc,
            exception: None,
            next: None,
            pairs: None,
        };
        let ty = self.make(payload);
        spec.shape.set_type(ty.as_value(), false);
        if spec.module == "builtins" {
            self.shared_mut().named.insert(spec.name, ty.clone());
        } else {
            // Nothing else need refer to a type whose shape is known by its payload.
            self.shared_mut().native_types.push(ty.clone());
        }
        let mut mro = vec![ty.clone()];
        if let Some(base) = &spec.base {
            mro.extend(base.get(self).mro.iter().cloned());
            let inherited =
                base.get(self).flags.0 & (TypeFlags::EXCEPTION | TypeFlags::METATYPE | TypeFlags::SEQUENCE | TypeFlags::MAPPING);
            let exception = base.get(self).exception;
            let t = ty.get_mut(self);
            t.flags.0 |= inherited;
            t.exception = exception;
            let weak = ty.get(self).anchor.weak(ty.as_value());
            base.get_mut(self).subclasses.push(weak);
        }
        ty.get_mut(self).mro = mro;
        self.add_members(&ty, spec.members);
        if spec.module != "builtins" {
            let key = self.intern("__module__");
            let value = self.intern(spec.module).into_value();
            dict::set_str(self, &dict, &key, value);
        }
        if spec.unhashable {
            let key = self.intern("__hash__");
            dict::set_str(self, &dict, &key, Value::NONE);
        }
        let key = self.intern("__doc__");
        if dict.get(self).get_str(&key).is_none() {
            // See `Py::write_docs`.
            dict::set_str(self, &dict, &key, Value::NONE);
        }
        if spec.shape.has_dict() && spec.base.as_ref().is_some_and(|b| !b.get(self).shape.has_dict()) {
            crate::types::r#type::layout::add_dict_descriptor(self, &ty);
        }
        self.resolve_inherited(&ty);
        ty
    }

    /// Put native members into a type's namespace.
    pub fn add_members(&mut self, ty: &Ref<Type>, members: &'static [Member]) {
        let dict = ty.get(self).dict.clone();
        for member in members {
            let (name, value) = match member {
                Member::Method(def) => (def.name, Native::new(self, def, Kind::Method, Some(ty))),
                Member::ClassMethod(def) => (def.name, Native::new(self, def, Kind::ClassMethod, Some(ty))),
                Member::StaticMethod(def) if def.name == "__new__" => (def.name, Native::new(self, def, Kind::New, Some(ty))),
                Member::StaticMethod(def) | Member::Function(def) => {
                    let function = Native::new(self, def, Kind::Static, Some(ty));
                    (def.name, function)
                }
                Member::Property { name, doc, get, set } => (*name, GetSet::make(self, ty, name, doc, *get, *set)),
            };
            let key = self.intern(name);
            dict::set_str(self, &dict, &key, value);
        }
    }
}
