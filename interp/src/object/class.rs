//! Types (classes): the payload, lookup through the MRO, and the table of special methods.

use std::collections::HashSet;
use std::rc::Rc;

use lockstep_heap::{Addresses, Anchor, Guarded, Object, Ref, ShapeRef, Tag, Value, Visitor, Weak};

use super::py::Py;
use super::special::Special;
use crate::types::dict::Dict;
use crate::types::native::{Kind, Native};
use crate::types::str::Str;

/// Facts about a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TypeFlags(pub u32);

impl TypeFlags {
    /// Made by a class statement or `type()`.
    pub const HEAP: u32 = 1;
    /// May be subclassed.
    pub const BASE: u32 = 2;
    /// Has abstract methods.
    pub const ABSTRACT: u32 = 4;
    /// Matched as a sequence by `match`.
    pub const SEQUENCE: u32 = 8;
    /// Matched as a mapping by `match`.
    pub const MAPPING: u32 = 16;
    /// `match` binds the subject itself to a single positional pattern.
    pub const MATCH_SELF: u32 = 32;
    /// Cannot be called to make instances.
    pub const NO_NEW: u32 = 64;
    /// Has `__getattr__` or its own `__getattribute__`.
    pub const CUSTOM_GET: u32 = 128;
    /// Has its own `__setattr__` or `__delattr__`.
    pub const CUSTOM_SET: u32 = 256;
    /// Has `__get__` (its instances are descriptors).
    pub const DESCRIPTOR: u32 = 512;
    /// Has `__set__` or `__delete__`.
    pub const DATA_DESCRIPTOR: u32 = 1024;
    /// Its `__init__` is not `object`'s.
    pub const CUSTOM_INIT: u32 = 2048;
    /// Its `__new__` is not `object`'s.
    pub const CUSTOM_NEW: u32 = 4096;
    /// Is a subclass of BaseException.
    pub const EXCEPTION: u32 = 8192;
    /// Is a subclass of `type`.
    pub const METATYPE: u32 = 16384;
    /// Its attributes cannot be changed (a native type).
    pub const IMMUTABLE: u32 = 1 << 15;
    /// Its metaclass has its own `mro()`.
    pub const CUSTOM_MRO: u32 = 1 << 16;
    /// Its `__getattribute__` is its own (not only `__getattr__`).
    pub const CUSTOM_GETATTRIBUTE: u32 = 1 << 17;
    /// Instances can be referred to weakly.
    pub const WEAKREF: u32 = 1 << 18;

    /// Whether one of these bits is set.
    #[inline(always)]
    pub const fn has(self, bits: u32) -> bool {
        self.0 & bits != 0
    }
}

/// The payload of a type object.
pub struct Type {
    /// `__name__`
    pub name: Ref<Str>,
    /// `__qualname__`
    pub qualname: Ref<Str>,
    /// `__bases__`
    pub bases: Vec<Ref<Type>>,
    /// The base whose layout this type extends; none for `object`.
    pub base: Option<Ref<Type>>,
    /// `__mro__`
    pub mro: Vec<Ref<Type>>,
    /// The namespace; keys are interned strings (others possible through `type()`).
    pub dict: Ref<Dict>,
    /// Special methods by number, inherited ones included. Native types that have none of their own
    /// share those of their base.
    pub specials: Rc<[Option<Value>; Special::COUNT]>,
    /// The shape of a new instance.
    pub shape: ShapeRef,
    /// Older root shapes, which instances may still have.
    pub old_shapes: Vec<ShapeRef>,
    /// Facts.
    pub flags: TypeFlags,
    /// Direct subclasses.
    pub subclasses: Vec<Weak>,
    /// Lets bases know this type without keeping it alive.
    pub anchor: Anchor,
    /// Identifies this state of the type to the method cache; 0: none yet.
    pub version: u32,
    /// A cache may know something of this type or of one that descends from it: a change has to
    /// tell them. Set along the whole MRO, so that a change stops at a type without it.
    pub watched: bool,
    /// Whether it is among the `watchers` of its bases.
    pub listed: bool,
    /// Direct subclasses that have been watched since this type changed last.
    pub watchers: Vec<Weak>,
    /// `__slots__` members of this type itself: mangled names in slot order.
    pub members: Vec<Ref<Str>>,
    /// `__doc__` of a native type (others keep it in `dict`).
    pub doc: Option<&'static str>,
    /// The builtin exception class that this one is or descends from.
    pub exception: Option<super::raise::Exc>,
    /// See [`NativeType::NEXT`](super::NativeType::NEXT).
    pub next: Option<super::define::NextFn>,
    /// See [`NativeType::PAIRS`](super::NativeType::PAIRS).
    pub pairs: Option<super::define::PairsFn>,
}

impl Object for Type {
    type Access = Guarded;
    const TAG: Tag = Tag::TYPE;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        for base in &self.bases {
            visit.reference(base);
        }
        if let Some(base) = &self.base {
            visit.reference(base);
        }
        for ty in &self.mro {
            visit.reference(ty);
        }
        visit.reference(&self.dict);
        // Shared ones belong to native types, which never die, or to a base of a class in the making:
        // then they are kept alive until it is made.
        if Rc::strong_count(&self.specials) == 1 {
            for special in self.specials.iter().flatten() {
                visit.value(special);
            }
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        if let Some(specials) = Rc::get_mut(&mut self.specials) {
            out.extend(specials.iter_mut().filter_map(Option::take));
        }
        // The MRO, bases and name stay: a dying instance may still ask for its type.
        out.push(self.dict.to_value());
        self.mro.clear();
    }
}

/// A line of the cache of lookups through the MRO.
#[derive(Default)]
pub struct CacheLine {
    version: u32,
    name: u64,
    value: Option<Value>,
}

const CACHE_LINES: usize = 2048;

/// The line of the method cache for a name in a version of a type.
#[inline(always)]
fn cache_place(version: u32, name: &Ref<Str>) -> usize {
    ((name.id() >> 4) ^ (u64::from(version).wrapping_mul(0x9E37_79B9))) as usize % CACHE_LINES
}

impl Py {
    /// The type of a value.
    #[inline]
    pub fn type_of(&self, value: &Value) -> Ref<Type> {
        match self.type_value_of(value).downcast::<Type>() {
            Some(ty) => ty.clone(),
            None => self.type_named("object"),
        }
    }
    /// The type of a value, borrowed.
    #[inline(always)]
    pub fn type_ref<'a>(&'a self, value: &'a Value) -> &'a Ref<Type> {
        match self.type_value_of(value).downcast::<Type>() {
            Some(ty) => ty,
            None => unreachable_type(),
        }
    }
    /// The type object of a value.
    #[inline(always)]
    pub fn type_value_of<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.header() {
            Some(header) => header.shape().type_value(),
            None => self.immediate_shape(value).type_value(),
        }
    }
    /// The shape of any value; immediates have one too.
    #[inline(always)]
    pub fn immediate_shape<'a>(&'a self, value: &Value) -> &'a ShapeRef {
        let raw = value.raw();
        let tag = if raw.is_int() {
            Tag::BIG_INT
        } else if raw.is_float() {
            Tag::FLOAT_BOX
        } else {
            return self.constant_shape(value);
        };
        match &self.shared().by_tag[tag.index()] {
            Some(shape) => shape,
            None => unreachable_type(),
        }
    }
    fn constant_shape(&self, value: &Value) -> &ShapeRef {
        let known = if value.is_none() { &self.shared().none_shape } else { &self.shared().bool_shape };
        if let Some(shape) = known
            && (value.is_none() || value.as_bool().is_some())
        {
            return shape;
        }
        let name = if value.as_bool().is_some() {
            "bool"
        } else if value.is_none() {
            "NoneType"
        } else if value.is_not_implemented() {
            "NotImplementedType"
        } else {
            "ellipsis"
        };
        match self.shared().named.get(name) {
            Some(ty) => &ty.get(self).shape,
            None => unreachable_type(),
        }
    }
    /// The class `type`.
    pub fn plain_metatype(&self) -> &Ref<Type> {
        match self.shape_of::<Type>().type_value().downcast::<Type>() {
            Some(ty) => ty,
            None => unreachable_type(),
        }
    }
    /// The class `object`. Not while the builtin types are being made: they have no MRO yet.
    pub fn object_class(&self) -> &Ref<Type> {
        match self.plain_metatype().get(self).mro.last() {
            Some(ty) => ty,
            None => unreachable_type(),
        }
    }
    /// The name of a value's type, as messages use it: that of a native type with its module.
    pub fn type_name(&self, value: &Value) -> String {
        self.full_name(self.type_ref(value))
    }
    /// What messages call a type: a native one with its module.
    pub fn full_name(&self, ty: &Ref<Type>) -> String {
        let ty = ty.get(self);
        let native = ty.flags.has(TypeFlags::IMMUTABLE) && ty.exception.is_none();
        let key = || self.shared().interned.find(self.hash_bytes(b"__module__"), |s| s.as_bytes() == b"__module__");
        let module = if native { key().and_then(|key| ty.dict.get(self).get_str(key)) } else { None };
        match module.and_then(|m| m.downcast::<Str>()) {
            Some(module) => format!("{module}.{}", ty.name),
            None => ty.name.to_string(),
        }
    }
    /// `type(value).__name__`
    pub fn class_name(&self, value: &Value) -> String {
        self.type_ref(value).get(self).name.to_string()
    }
    /// Whether `ty` is `base` or a subclass of it (by MRO).
    pub fn is_subtype(&self, ty: &Ref<Type>, base: &Ref<Type>) -> bool {
        ty.is(base) || ty.get(self).mro.iter().any(|t| t.is(base))
    }
    /// Whether the value is an instance of `ty` or a subclass (by MRO, no hooks).
    pub fn is_instance_of(&self, value: &Value, ty: &Ref<Type>) -> bool {
        self.is_subtype(self.type_ref(value), ty)
    }
    /// Whether the value is an object of exactly the native type with payload `T`.
    #[inline(always)]
    pub fn is_exact<T: Object>(&self, value: &Value) -> bool {
        match value.header() {
            Some(h) => std::ptr::eq(h.shape_ptr(), &raw const **self.shape_of::<T>()),
            None => false,
        }
    }

    /// The special method of a value's type, borrowed.
    #[inline(always)]
    pub fn special<'a>(&'a self, value: &'a Value, special: Special) -> Option<&'a Value> {
        self.type_ref(value).get(self).specials[special as usize].as_ref()
    }
    /// The special method of a value's type.
    #[inline]
    pub fn special_owned(&self, value: &Value, special: Special) -> Option<Value> {
        self.special(value, special).cloned()
    }

    /// Look up `name` (interned) in the namespaces along the MRO; no descriptors.
    pub fn lookup(&mut self, ty: &Ref<Type>, name: &Ref<Str>) -> Option<Value> {
        let version = ty.get(self).version;
        let at = cache_place(version, name);
        if version != 0 {
            if let Some(line) = self.shared().method_cache.get(at)
                && line.version == version
                && line.name == name.id()
            {
                return line.value.clone();
            }
        }
        self.write_docs(ty, name);
        let found = self.lookup_uncached(ty, name);
        if name.header().has(lockstep_heap::flags::INTERNED) {
            let version = if version == 0 { self.new_type_version(ty) } else { version };
            if version != 0 {
                let at = cache_place(version, name);
                let value = found.clone();
                let id = name.id();
                let shared = self.shared_mut();
                if shared.method_cache.is_empty() {
                    shared.method_cache.resize_with(CACHE_LINES, CacheLine::default);
                }
                let old = std::mem::replace(&mut shared.method_cache[at], CacheLine { version, name: id, value });
                drop(old);
            }
        }
        found
    }

    /// The docstrings of native types become strs when `__doc__` is looked for.
    pub(crate) fn write_docs(&mut self, ty: &Ref<Type>, name: &Ref<Str>) {
        if name.as_bytes() == b"__doc__" {
            for i in 0..ty.get(self).mro.len() {
                let class = ty.get(self).mro[i].clone();
                self.write_doc(&class, name);
            }
        }
    }

    /// Put the docstring of a native type into its namespace, where None holds its place; `name` is
    /// `__doc__`.
    pub(crate) fn write_doc(&mut self, class: &Ref<Type>, name: &Ref<Str>) {
        let Some(doc) = class.get(self).doc else { return };
        let dict = class.get(self).dict.clone();
        if dict.get(self).get_str(name).is_some_and(Value::is_none) {
            let text = self.str(doc);
            crate::types::dict::set_str(self, &dict, name, text);
        }
    }

    fn new_type_version(&mut self, ty: &Ref<Type>) -> u32 {
        let shared = self.shared_mut();
        shared.dict_versions = shared.dict_versions.wrapping_add(1);
        let version = shared.dict_versions;
        ty.get_mut(self).version = version;
        self.watch_type(ty);
        version
    }

    /// A cache is about to know something of `ty`, so of every type in its MRO.
    pub fn watch_type(&mut self, ty: &Ref<Type>) {
        if ty.get(self).watched {
            return;
        }
        ty.get_mut(self).watched = true;
        self.list_with_bases(ty);
        for i in 1..ty.get(self).mro.len() {
            let class = ty.get(self).mro[i].clone();
            if !class.get(self).watched {
                class.get_mut(self).watched = true;
                self.list_with_bases(&class);
            }
        }
    }

    /// Put a type among the watchers of those of its bases that can change.
    fn list_with_bases(&mut self, ty: &Ref<Type>) {
        if std::mem::replace(&mut ty.get_mut(self).listed, true) {
            return;
        }
        for i in 0..ty.get(self).bases.len() {
            let base = ty.get(self).bases[i].clone();
            if !base.get(self).flags.has(TypeFlags::IMMUTABLE) {
                let weak = ty.get(self).anchor.weak(ty.as_value());
                let mut watchers = std::mem::take(&mut base.get_mut(self).watchers);
                if watchers.len() >= 16 && watchers.len().is_power_of_two() {
                    // One that has several bases may stand there more than once.
                    let mut seen: HashSet<u64, Addresses> = HashSet::default();
                    watchers.retain(|w| w.get(self).is_some_and(|class| seen.insert(class.id())));
                }
                watchers.push(weak);
                base.get_mut(self).watchers = watchers;
            }
        }
    }

    fn lookup_uncached(&self, ty: &Ref<Type>, name: &Ref<Str>) -> Option<Value> {
        for class in &ty.get(self).mro {
            if let Some(value) = class.get(self).dict.get(self).get_str(name) {
                return Some(value.clone());
            }
        }
        None
    }

    /// Look up the attribute `name` of the type of `value` along the MRO; no descriptors.
    pub fn lookup_on_type(&mut self, value: &Value, name: &Ref<Str>) -> Option<Value> {
        let ty = self.type_of(value);
        self.lookup(&ty, name)
    }

    /// A type's namespace has changed at `name`: caches forget it, special methods are resolved
    /// anew, here and in the subclasses.
    pub fn type_changed(&mut self, ty: &Ref<Type>, name: &Ref<Str>) {
        let special = self.special_number(name);
        self.forget_type(ty, special, Some(name));
    }

    /// The number of the special method called `name`.
    pub fn special_number(&self, name: &Ref<Str>) -> Option<Special> {
        if !name.as_bytes().starts_with(b"__") {
            return None;
        }
        if name.header().has(lockstep_heap::flags::INTERNED) {
            return self.shared().special_numbers.get(&name.id()).copied();
        }
        let found = self.shared().specials.iter().position(|s| s.as_bytes() == name.as_bytes());
        found.map(|i| Special::ALL[i])
    }

    /// Make caches forget what they know of a type and of what descends from it.
    pub fn forget_type(&mut self, ty: &Ref<Type>, special: Option<Special>, name: Option<&Ref<Str>>) {
        if !ty.get(self).watched && special.is_none() {
            return;
        }
        let watchers = std::mem::take(&mut ty.get_mut(self).watchers);
        // What was found there is not kept alive by the cache.
        let version = ty.get(self).version;
        if let Some(name) = name.filter(|_| version != 0) {
            let known = self.shared_mut().method_cache.get_mut(cache_place(version, name));
            drop(known.filter(|line| line.version == version && line.name == name.id()).map(std::mem::take));
        }
        {
            let t = ty.get_mut(self);
            t.version = 0;
            t.watched = false;
            t.shape.retire();
            for shape in &t.old_shapes {
                shape.retire();
            }
        }
        let subclasses = match special {
            Some(special) => {
                self.resolve_special(ty, special);
                self.update_flags(ty);
                self.subclasses_of(ty)
            }
            None => self.alive(&watchers),
        };
        for sub in subclasses {
            sub.get_mut(self).listed = false;
            self.forget_type(&sub, special, name);
        }
    }

    fn resolve_special(&mut self, ty: &Ref<Type>, special: Special) {
        let name = self.shared().specials[special as usize].clone();
        let mut value = self.lookup_uncached(ty, &name);
        // `__hash__ = None` and the like mean that there is no such method.
        if special != Special::Hash
            && value.as_ref().is_some_and(|v| v.is_none())
            && special != Special::Contains
            && special != Special::Iter
            && special != Special::Reversed
        {
            value = Some(Value::NONE);
        }
        if special == Special::New {
            value = self.native_new(ty, value);
        }
        let specials = &mut ty.get_mut(self).specials;
        let same = match (&specials[special as usize], &value) {
            (Some(old), Some(new)) => old.is(new),
            (None, None) => true,
            _ => false,
        };
        if !same {
            let old = std::mem::replace(&mut Rc::make_mut(specials)[special as usize], value);
            drop(old);
        }
    }

    /// What makes instances of `ty`: a builtin type's `__new__` that was put into a class does not
    /// take the place of that of the builtin type which the class is built on.
    fn native_new(&self, ty: &Ref<Type>, found: Option<Value>) -> Option<Value> {
        let native =
            |value: &Option<Value>| value.as_ref().is_some_and(|v| v.downcast::<Native>().is_some_and(|n| n.kind == Kind::New));
        let base = ty.get(self).base.as_ref().filter(|_| ty.get(self).flags.has(TypeFlags::HEAP));
        match base.map(|base| &base.get(self).specials[Special::New as usize]) {
            Some(inherited) if native(&found) && native(inherited) => inherited.clone(),
            _ => found,
        }
    }

    /// Resolve every special method of a new type.
    pub fn resolve_specials(&mut self, ty: &Ref<Type>) {
        for special in Special::ALL {
            self.resolve_special(ty, *special);
        }
        self.update_flags(ty);
    }

    /// Resolve the special methods of a native type, which has one base.
    pub fn resolve_inherited(&mut self, ty: &Ref<Type>) {
        match ty.get(self).base.clone() {
            Some(base) => self.resolve_specials_from(ty, &base),
            None => self.resolve_specials(ty),
        }
    }

    /// Resolve the special methods of a new class from its first base, then from the namespaces
    /// that could differ. With a single base only the own namespace matters.
    pub fn resolve_specials_from(&mut self, ty: &Ref<Type>, base: &Ref<Type>) {
        let inherited = &base.get(self).specials;
        let heap = ty.get(self).flags.has(TypeFlags::HEAP);
        let inherited = if heap { Rc::new((**inherited).clone()) } else { inherited.clone() };
        ty.get_mut(self).specials = inherited;
        let keys: Vec<Value> = ty.get(self).dict.get(self).keys().cloned().collect();
        for key in keys {
            if let Some(name) = key.downcast::<Str>()
                && let Some(special) = self.special_number(name)
            {
                self.resolve_special(ty, special);
            }
        }
        self.update_flags(ty);
    }

    /// Resolve the special methods of a new class with several bases: what all bases agree on is
    /// inherited, only the rest is looked up.
    pub fn resolve_specials_among(&mut self, ty: &Ref<Type>, bases: &[Ref<Type>]) {
        let Some((first, rest)) = bases.split_first() else { return };
        if self.type_of(ty.as_value()).get(self).flags.has(TypeFlags::CUSTOM_MRO) {
            self.resolve_specials(ty);
            return;
        }
        let mut differing: Vec<Special> = Vec::new();
        {
            let base = first.get(self);
            for special in Special::ALL {
                let own = &base.specials[*special as usize];
                let same = rest.iter().all(|b| match (own, &b.get(self).specials[*special as usize]) {
                    (Some(x), Some(y)) => x.is(y),
                    (None, None) => true,
                    _ => false,
                });
                if !same {
                    differing.push(*special);
                }
            }
        }
        self.resolve_specials_from(ty, first);
        for special in differing {
            self.resolve_special(ty, special);
        }
        self.update_flags(ty);
    }

    /// A type's MRO has changed: everything about it is resolved anew.
    pub fn type_reordered(&mut self, ty: &Ref<Type>) {
        self.forget_type(ty, None, None);
        // Its bases may be others now.
        ty.get_mut(self).listed = false;
        self.resolve_specials(ty);
    }

    fn update_flags(&mut self, ty: &Ref<Type>) {
        use Special::*;
        let object = self.type_named("object");
        let (mut set, mut all) = (0, 0);
        {
            let t = ty.get(self);
            let o = object.get(self);
            let own = |s: Special| match (&t.specials[s as usize], &o.specials[s as usize]) {
                (Some(a), Some(b)) => !a.is(b),
                (Some(_), None) => true,
                _ => false,
            };
            let mut put = |bit: u32, on: bool| {
                all |= bit;
                if on {
                    set |= bit;
                }
            };
            put(TypeFlags::CUSTOM_GET, own(GetAttr) || own(GetAttribute));
            put(TypeFlags::CUSTOM_GETATTRIBUTE, own(GetAttribute));
            put(TypeFlags::CUSTOM_SET, own(SetAttr) || own(DelAttr));
            put(TypeFlags::DESCRIPTOR, own(Get));
            put(TypeFlags::DATA_DESCRIPTOR, own(Set) || own(Delete));
            put(TypeFlags::CUSTOM_INIT, own(Init));
            let inherited = t.base.as_ref().is_some_and(|base| base.get(self).flags.has(TypeFlags::CUSTOM_NEW));
            put(TypeFlags::CUSTOM_NEW, own(New) || inherited);
        }
        let has_del = ty.get(self).specials[Del as usize].is_some();
        let t = ty.get_mut(self);
        t.flags = TypeFlags(t.flags.0 & !all | set);
        // Native payloads that always need the machine at death set the flag at birth themselves.
        if t.flags.has(TypeFlags::HEAP) {
            let birth = if has_del { lockstep_heap::flags::FINALIZE } else { 0 };
            t.shape.set_birth_flags(birth);
        }
    }

    /// The direct subclasses that are alive.
    pub fn subclasses_of(&self, ty: &Ref<Type>) -> Vec<Ref<Type>> {
        self.alive(&ty.get(self).subclasses)
    }

    fn alive(&self, types: &[Weak]) -> Vec<Ref<Type>> {
        types.iter().filter_map(|w| w.get(self)?.downcast_into().ok()).collect()
    }
}

#[cold]
#[inline(never)]
fn unreachable_type() -> ! {
    panic!("a value without a type: the interpreter is not set up")
}

/// The C3 linearisation of the bases' MROs, or none if they conflict.
pub fn linearise(py: &Py, own: &Ref<Type>, bases: &[Ref<Type>]) -> Option<Vec<Ref<Type>>> {
    let mut sequences: Vec<std::collections::VecDeque<Ref<Type>>> =
        bases.iter().map(|b| b.get(py).mro.iter().cloned().collect()).collect();
    sequences.push(bases.iter().cloned().collect());
    let mut out = vec![own.clone()];
    loop {
        sequences.retain(|s| !s.is_empty());
        if sequences.is_empty() {
            return Some(out);
        }
        let next =
            sequences.iter().map(|s| &s[0]).find(|c| !sequences.iter().any(|s| s.iter().skip(1).any(|t| t.is(c))))?.clone();
        for s in &mut sequences {
            if s.front().is_some_and(|f| f.is(&next)) {
                s.pop_front();
            }
        }
        out.push(next);
    }
}
