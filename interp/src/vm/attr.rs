//! Attribute instructions: the caches and what happens when they miss.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use lockstep_compile::code::{CodeFlags, Instr, Op};
use lockstep_heap::{Addresses, Header, Raw, Ref, Tag, Value};

use super::call::enter;
use super::frame::Target;
use super::run::payload;
use super::{Flow, fetch, put};
use crate::builtins::python2;
use crate::object::raise::{Result, no_attribute};
use crate::object::strand::Frame;

use crate::object::{Exc, Py, Special, Type, TypeFlags};
use crate::types::code::{AttrCache, CodeObject};
use crate::types::dict::Dict;
use crate::types::function::Function;
use crate::types::method::{ClassMethod, StaticMethod};
use crate::types::native::{GetSet, Kind, Member, Native};
use crate::types::property::Property;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::tuple_getter::TupleGetter;

/// Cache: a slot of the object at a byte offset.
pub(super) const SLOT: u8 = 1;
/// Cache: a method of the type, `value`; `offset` is `ALONE` if it is a native one that takes the
/// object and nothing else, `FILLED` if the rest has defaults.
pub(super) const METHOD: u8 = 2;
/// See `METHOD`.
pub(super) const ALONE: u32 = 1;
/// See `METHOD`.
pub(super) const FILLED: u32 = 2;
/// Cache: a plain value of the class, `value`; the object's own storage cannot have the name.
pub(super) const CLASS_VALUE: u8 = 3;
/// Cache: a property of the class, `value`.
pub(super) const PROPERTY: u8 = 4;
/// Cache: the object's attribute dict holds it at place `offset`, if the name, `value`, is the key there.
pub(super) const DICT_PLACE: u8 = 5;
/// Cache: storing adds an attribute: `value` is the shape after, `offset` its slot in bytes.
pub(super) const ADD: u8 = 6;
/// `value` is an attribute of the class whose version is `version`.
pub(super) const OF_CLASS: u8 = 7;
/// `value` is what `super` finds for objects of the class whose version is `version`, behind the
/// class whose address is in `id` and `offset`.
const SUPER: u8 = 8;
/// Cache: the function of a class method, `value`; the object's own storage cannot have the name.
pub(super) const CLASS_METHOD: u8 = 9;
/// `value` is the function of a class method of the class whose version is `version`.
pub(super) const OF_CLASS_METHOD: u8 = 10;
/// Cache: the object is a tuple, of which this is item `offset`.
pub(super) const ITEM: u8 = 11;
/// Cache: `value` is a descriptor of the type whose native function computes the attribute.
const COMPUTED: u8 = 12;

/// Name and cache of a site.
unsafe fn site<'a>(frame: *mut Frame, i: Instr) -> (&'a CodeObject, Ref<Str>) {
    // SAFETY: the running frame keeps its code alive.
    unsafe {
        let code: &CodeObject = &*(*frame).code;
        let name = code.names[code.code.attr_sites[i.site_index()] as usize].clone();
        (code, name)
    }
}

/// The method `function` of objects with this shape id.
fn of_method(id: u32, function: &Value) -> AttrCache {
    let offset = match function.downcast::<Native>() {
        Some(n) if n.resumes != 0 => 0,
        Some(n) if n.direct == 1 => ALONE,
        Some(n) if 1u32.wrapping_sub(n.least) <= n.more => FILLED,
        _ => 0,
    };
    AttrCache { id, kind: METHOD, value: function.raw().0, offset, ..AttrCache::default() }
}

/// What a site needs to know, kept for it and for the sites that see objects of many shapes.
fn remember(py: &mut Py, code: &CodeObject, i: Instr, mut cache: AttrCache) {
    let site = &code.attrs[i.site_index()];
    cache.topic = match site.get().topic {
        0 => topic_of(py, &code.names[code.code.attr_sites[i.site_index()] as usize], i.op),
        known => known,
    };
    site.set(cache);
    if cache.topic != 0 {
        py.shared_mut().sites.lines[line_of(cache.id, cache.topic)] = cache;
    }
}

/// Lines of the table behind the sites' own caches.
const LINES: usize = 1024;

/// What sites found out, for other sites with the same instruction and name.
#[derive(Default)]
pub(crate) struct Sites {
    lines: Vec<AttrCache>,
    /// The topics, by the address of the name, which they keep alive, and the instruction.
    topics: HashMap<u64, (Ref<Str>, u16), Addresses>,
}

/// The number of a topic; 0 if they are used up.
#[cold]
#[inline(never)]
fn topic_of(py: &mut Py, name: &Ref<Str>, op: Op) -> u16 {
    let sites = &mut py.shared_mut().sites;
    sites.lines.resize(LINES, AttrCache::default());
    let next = u16::try_from(sites.topics.len() + 1).unwrap_or(0);
    match sites.topics.entry(name.id() | (op as u64) << 56) {
        Entry::Occupied(known) => known.get().1,
        Entry::Vacant(place) if next != 0 => place.insert((name.clone(), next)).1,
        Entry::Vacant(_) => 0,
    }
}

#[inline(always)]
const fn line_of(id: u32, topic: u16) -> usize {
    let mixed = (id as u64 ^ ((topic as u64) << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as usize % LINES
}

/// What sites with the same instruction and name know of objects of the shape with this number;
/// null if nothing.
#[inline(always)]
pub(super) fn shared_line(py: &Py, topic: u16, id: u32) -> *const AttrCache {
    match py.shared().sites.lines.get(line_of(id, topic)) {
        Some(line) if line.id == id && line.topic == topic && id != 0 && topic != 0 => line,
        _ => std::ptr::null(),
    }
}

/// The version of a class, which is its alone and changes when it or a base changes; 0: none yet.
fn class_version(py: &Py, object: &Value) -> u32 {
    object.downcast::<Type>().map_or(0, |t| t.get(py).version)
}

/// `LoadAttr`
pub(super) unsafe fn load(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        if *(*frame).base.add(i.b as usize) == Raw::UNBOUND {
            return Err(super::name::unbound_local(py, frame, i.b));
        }
        load_here(py, frame, i)
    }
}

/// What a cache of the kind [`DICT_PLACE`] finds in the attribute dict of an object of its shape;
/// nothing if another key lies at the place.
#[inline(always)]
pub(super) unsafe fn in_dict(header: *const Header, cache: &AttrCache) -> Raw {
    // SAFETY: the object is alive; its dict word is empty or owns a dict.
    unsafe {
        let Some(offset) = (*header).shape().dict_offset() else { return Raw::NOTHING };
        let word = *header.cast::<u8>().add(offset).cast::<Raw>();
        if word.0 == 0 {
            return Raw::NOTHING;
        }
        match (*payload::<Dict>(word)).place(cache.offset as usize) {
            Some(entry) if entry.key.raw().0 == cache.value => entry.value.raw(),
            _ => Raw::NOTHING,
        }
    }
}

/// `LoadAttr` of an operand that is bound.
unsafe fn load_here(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let object = fetch(base, locals, i.b);
        let code: &CodeObject = &*(*frame).code;
        let cache = code.attrs[i.site_index()].get();
        if let Some(header) = object.header()
            && header.shape().current_id() == cache.id
            && cache.id != 0
        {
            match cache.kind {
                CLASS_VALUE => {
                    let value = super::frame::clone_word(Raw(cache.value)).unwrap_or(Value::NONE);
                    put(base, i.a, value);
                    return Ok(Flow::Next);
                }
                PROPERTY => {
                    let getter = super::frame::clone_word(Raw(cache.value)).unwrap_or(Value::NONE);
                    return enter(py, frame, &getter, &[object], &[], Target::register(i.a));
                }
                METHOD => {
                    let function = super::frame::clone_word(Raw(cache.value)).unwrap_or(Value::NONE);
                    let ty = py.type_of(&object);
                    let bound = py.bind_descriptor(&function, &object, &ty)?;
                    put(base, i.a, bound);
                    return Ok(Flow::Next);
                }
                DICT_PLACE => {
                    if let Some(value) = super::frame::clone_word(in_dict(header, &cache)) {
                        put(base, i.a, value);
                        return Ok(Flow::Next);
                    }
                }
                ITEM => {
                    if let Some(item) = object.downcast::<Tuple>().and_then(|t| t.slice().get(cache.offset as usize)).cloned() {
                        put(base, i.a, item);
                        return Ok(Flow::Next);
                    }
                }
                COMPUTED => {
                    let descriptor = super::frame::clone_word(Raw(cache.value)).unwrap_or(Value::NONE);
                    if let Some(computed) = descriptor.downcast::<GetSet>() {
                        let value = (computed.get)(py, std::slice::from_ref(&object))?;
                        put(base, i.a, value);
                        py.drain_pending();
                        return Ok(Flow::Next);
                    }
                }
                OF_CLASS if cache.version != 0 && class_version(py, &object) == cache.version => {
                    let value = super::frame::clone_word(Raw(cache.value)).unwrap_or(Value::NONE);
                    put(base, i.a, value);
                    return Ok(Flow::Next);
                }
                _ => {}
            }
        }
        let (code, name) = site(frame, i);
        load_slow(py, frame, i, code, &object, &name)
    }
}

#[inline(never)]
unsafe fn load_slow(
    py: &mut Py,
    frame: *mut Frame,
    i: Instr,
    code: &CodeObject,
    object: &Value,
    name: &Ref<Str>,
) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let base = (*frame).base;
        if code.code.flags.has(CodeFlags::PYTHON2)
            && let Some(value) = python2::attribute(py, object, name)?
        {
            put(base, i.a, value);
            return Ok(Flow::Next);
        }
        let ty = py.type_of(object);
        let flags = ty.get(py).flags;
        if flags.has(TypeFlags::CUSTOM_GETATTRIBUTE) {
            if let Some(class) = object.downcast::<Type>() {
                if let Some(value) = py.type_getattr(class, name)?
                    && plain_type_lookup(py, &ty)
                {
                    remember_of_class(py, code, i, object, name, &value);
                    put(base, i.a, value);
                    return Ok(Flow::Next);
                }
            } else if object.is_a::<crate::types::module::Module>() && plain_type_lookup(py, &ty) {
                // A module's own namespace comes first; only a miss needs `__getattr__`.
                if let Some(value) = py.instance_get(object, name) {
                    cache_dict_place(py, code, i, object, name);
                    put(base, i.a, value);
                    return Ok(Flow::Next);
                }
            } else if let Some(method) = py.special_owned(object, Special::GetAttribute)
                && method.is_a::<Function>()
                && py.special(object, Special::GetAttr).is_none()
            {
                return enter(py, frame, &method, &[object.clone(), name.to_value()], &[], Target::register(i.a));
            }
            let value = py.getattr_str(object, name)?;
            put(base, i.a, value);
            return Ok(Flow::Next);
        }
        let meta = py.lookup(&ty, name);
        if let Some(meta) = &meta
            && py.governs_reading(meta)
        {
            if let Some(property) = meta.downcast::<Property>()
                && py.is_exact::<Property>(meta)
                && let Some(getter) = property.get(py).get.clone()
                && getter.is_a::<Function>()
                && !flags.has(TypeFlags::CUSTOM_GET)
            {
                if let Some(header) = object.header() {
                    let id = learn(py, header.shape());
                    remember(py, code, i, AttrCache { id, kind: PROPERTY, value: getter.raw().0, ..AttrCache::default() });
                }
                return enter(py, frame, &getter, std::slice::from_ref(object), &[], Target::register(i.a));
            }
            if let Some(member) = meta.downcast::<Member>()
                && let Some(header) = object.header()
                && py.is_subtype(&ty, &member.owner)
                && let Some(offset) = header.shape().slot_offset(member.index)
            {
                let id = learn(py, header.shape());
                remember(py, code, i, AttrCache { id, kind: SLOT, offset: offset as u32, ..AttrCache::default() });
            }
            if let Some(header) = object.header()
                && let Some((kind, value, offset)) = plain_descriptor(py, meta, object, &ty)
            {
                let id = learn(py, header.shape());
                remember(py, code, i, AttrCache { id, kind, value, offset, ..AttrCache::default() });
            }
            let value = match py.bind_descriptor(meta, object, &ty) {
                Err(e) if e.is(Exc::AttributeError) && flags.has(TypeFlags::CUSTOM_GET) => {
                    return fallback(py, frame, i, object, name);
                }
                other => other?,
            };
            put(base, i.a, value);
            return Ok(Flow::Next);
        }
        if let Some(value) = py.instance_get(object, name) {
            if let Some(header) = object.header() {
                let shape = header.shape();
                if shape.dict_mode() {
                    cache_dict_place(py, code, i, object, name);
                } else if let Some(index) = shape.find(name.as_value())
                    && let Some(offset) = shape.slot_offset(shape.members() + index)
                {
                    let id = learn(py, shape);
                    remember(py, code, i, AttrCache { id, kind: SLOT, offset: offset as u32, ..AttrCache::default() });
                }
            }
            put(base, i.a, value);
            return Ok(Flow::Next);
        }
        let Some(meta) = meta else {
            if flags.has(TypeFlags::CUSTOM_GET) {
                return fallback(py, frame, i, object, name);
            }
            return Err(no_attribute(py, object, name));
        };
        if let Some(header) = object.header() {
            let shape = header.shape();
            if !shape.dict_mode() {
                let plain = !py.type_ref(&meta).get(py).flags.has(TypeFlags::DESCRIPTOR);
                let unwrapped = static_function(py, &meta);
                let method = meta.is_a::<Function>() || meta.downcast::<Native>().is_some_and(|n| n.kind == Kind::Method);
                let id = learn(py, shape);
                if method {
                    remember(py, code, i, of_method(id, &meta));
                } else if let Some(value) = unwrapped.or(plain.then(|| meta.clone())) {
                    remember(py, code, i, AttrCache { id, kind: CLASS_VALUE, value: value.raw().0, ..AttrCache::default() });
                }
            }
        }
        if !flags.has(TypeFlags::CUSTOM_GET)
            && let Some(get) = py.special_owned(&meta, Special::Get)
            && get.is_a::<Function>()
        {
            return enter(py, frame, &get, &[meta, object.clone(), ty.into_value()], &[], Target::register(i.a));
        }
        let value = py.bind_descriptor(&meta, object, &ty)?;
        put(base, i.a, value);
        Ok(Flow::Next)
    }
}

/// What a site remembers of a data descriptor of the type of `object` that native code reads: kind,
/// value and offset.
fn plain_descriptor(py: &Py, meta: &Value, object: &Value, ty: &Ref<Type>) -> Option<(u8, u64, u32)> {
    if let Some(getter) = meta.downcast::<TupleGetter>() {
        return object.is_a::<Tuple>().then_some((ITEM, 0, u32::try_from(getter.get(py).index()).ok()?));
    }
    let computed = meta.downcast::<GetSet>()?;
    let plain = !ty.get(py).flags.has(TypeFlags::CUSTOM_GET) && py.is_subtype(ty, &computed.owner);
    plain.then_some((COMPUTED, meta.raw().0, 0))
}

/// A class attribute read through the class, if it is the value that lies in a namespace and
/// the metaclass has nothing of that name.
fn remember_of_class(py: &mut Py, code: &CodeObject, i: Instr, object: &Value, name: &Ref<Str>, value: &Value) {
    let Some(class) = object.downcast::<Type>().cloned() else { return };
    let meta = py.type_of(object);
    if py.lookup(&meta, name).is_some() {
        return;
    }
    let Some(found) = py.lookup(&class, name) else { return };
    if found.is(value) || static_function(py, &found).is_some_and(|f| f.is(value)) {
        remember_for_class(py, code, i, object, OF_CLASS, value);
    }
}

/// The number of a shape for a cache, which a change of its type will make stale.
fn learn(py: &mut Py, shape: &lockstep_heap::Shape) -> u32 {
    if shape.current_id() == 0
        && let Ok(ty) = shape.type_value().clone().downcast_into::<Type>()
    {
        py.watch_type(&ty);
    }
    shape.cache_id()
}

/// The site saw a class: what it found holds for the class's version.
fn remember_for_class(py: &mut Py, code: &CodeObject, i: Instr, class: &Value, kind: u8, value: &Value) {
    let version = class_version(py, class);
    if let Some(header) = class.header()
        && version != 0
    {
        let id = learn(py, header.shape());
        remember(py, code, i, AttrCache { id, kind, version, value: value.raw().0, ..AttrCache::default() });
    }
}

/// What a static method stands for.
fn static_function(py: &Py, found: &Value) -> Option<Value> {
    let wrapper = found.downcast::<StaticMethod>().filter(|_| py.is_exact::<StaticMethod>(found))?;
    Some(wrapper.get(py).function.clone())
}

/// The function of a class method that is written in Python or native.
fn class_function(py: &Py, found: &Value) -> Option<Value> {
    if found.downcast::<Native>().is_some_and(|n| n.kind == Kind::ClassMethod) {
        return Some(found.clone());
    }
    let wrapper = found.downcast::<ClassMethod>().filter(|_| py.is_exact::<ClassMethod>(found))?;
    let function = wrapper.get(py).function.clone();
    function.is_a::<Function>().then_some(function)
}

/// A class method that a call looks for: its function and the class, which the site remembers.
fn find_class_method(py: &mut Py, code: &CodeObject, i: Instr, object: &Value, name: &Ref<Str>) -> Option<(Value, Value)> {
    let ty = py.type_of(object);
    if let Some(class) = object.downcast::<Type>() {
        if !plain_type_lookup(py, &ty) || py.lookup(&ty, name).is_some() {
            return None;
        }
        let function = py.lookup(class, name).and_then(|found| class_function(py, &found))?;
        remember_for_class(py, code, i, object, OF_CLASS_METHOD, &function);
        return Some((function, object.clone()));
    }
    if ty.get(py).flags.has(TypeFlags::CUSTOM_GETATTRIBUTE) {
        return None;
    }
    let function = py.lookup(&ty, name).and_then(|found| class_function(py, &found))?;
    if py.instance_get(object, name).is_some() {
        return None;
    }
    if let Some(header) = object.header()
        && !header.shape().dict_mode()
    {
        let id = learn(py, header.shape());
        remember(py, code, i, AttrCache { id, kind: CLASS_METHOD, value: function.raw().0, ..AttrCache::default() });
    }
    Some((function, ty.into_value()))
}

/// `__getattr__` after the default lookup has failed.
unsafe fn fallback(py: &mut Py, frame: *mut Frame, i: Instr, object: &Value, name: &Ref<Str>) -> Result<Flow> {
    match py.special_owned(object, Special::GetAttr) {
        // SAFETY: the running frame.
        Some(method) => unsafe { enter(py, frame, &method, &[object.clone(), name.to_value()], &[], Target::register(i.a)) },
        None => Err(no_attribute(py, object, name)),
    }
}

/// Whether classes of this metaclass are looked up by `type`'s own rules.
fn plain_type_lookup(py: &Py, meta: &Ref<Type>) -> bool {
    meta.get(py).specials[Special::GetAttribute as usize].as_ref().is_some_and(|m| m.is_a::<Native>())
}

/// The site remembers at which place of the attribute dict the name lies: dicts of objects of one class
/// have it at the same place, if they are filled in the same order.
fn cache_dict_place(py: &mut Py, code: &CodeObject, i: Instr, object: &Value, name: &Ref<Str>) {
    if let Some(header) = object.header()
        && let Some(d) = header.dict(py).and_then(|d| d.downcast_into::<Dict>().ok())
        && let Some(place) = d.get(py).find_str(name)
        && d.get(py).place(place).is_some_and(|e| e.key.is(name.as_value()))
    {
        let (id, value) = (learn(py, header.shape()), name.as_value().raw().0);
        remember(py, code, i, AttrCache { id, kind: DICT_PLACE, offset: place as u32, value, ..AttrCache::default() });
    }
}

/// `LoadMethod`
pub(super) unsafe fn load_method(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame; `a` and `a + 1` are temporaries.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let raw = *base.add(i.b as usize);
        if raw == Raw::UNBOUND {
            return Err(super::name::unbound_local(py, frame, i.b));
        }
        let object = fetch(base, locals, i.b);
        let (code, name) = site(frame, i);
        if code.code.flags.has(CodeFlags::PYTHON2)
            && let Some(value) = python2::attribute(py, &object, &name)?
        {
            put(base, i.a, Value::UNBOUND);
            put(base, i.a + 1, value);
            return Ok(Flow::Next);
        }
        let ty = py.type_of(&object);
        if !ty.get(py).flags.has(TypeFlags::CUSTOM_GETATTRIBUTE)
            && let Some(meta) = py.lookup(&ty, &name)
            && (meta.is_a::<Function>() || meta.downcast::<Native>().is_some_and(|n| n.kind == Kind::Method))
            && py.instance_get(&object, &name).is_none()
        {
            if let Some(header) = object.header()
                && !header.shape().dict_mode()
            {
                let id = learn(py, header.shape());
                remember(py, code, i, of_method(id, &meta));
            }
            put(base, i.a, meta);
            put(base, i.a + 1, object);
            return Ok(Flow::Next);
        }
        if let Some((function, class)) = find_class_method(py, code, i, &object, &name) {
            put(base, i.a, function);
            put(base, i.a + 1, class);
            return Ok(Flow::Next);
        }
        // Not a method: the attribute goes where the receiver would be, called without one.
        put(base, i.a, Value::UNBOUND);
        put(base, i.a + 1, object);
        let inner = Instr { op: Op::LoadAttr, a: i.a + 1, b: i.a + 1, ..i };
        load_here(py, frame, inner)
    }
}

/// `StoreAttr`
pub(super) unsafe fn store(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        for r in [i.a, i.b] {
            if *base.add(r as usize) == Raw::UNBOUND {
                return Err(super::name::unbound_local(py, frame, r));
            }
        }
        let value = fetch(base, locals, i.b);
        let object = fetch(base, locals, i.a);
        let (code, name) = site(frame, i);
        let cache = code.attrs[i.site_index()].get();
        if let Some(header) = object.header() {
            let shape = header.shape();
            if cache.id != 0 && shape.current_id() == cache.id {
                if cache.kind == PROPERTY {
                    let setter = super::frame::clone_word(Raw(cache.value)).unwrap_or(Value::NONE);
                    return enter(py, frame, &setter, &[object.clone(), value], &[], Target::DISCARD);
                }
            }
            let ty = py.type_of(&object);
            let flags = ty.get(py).flags;
            if !flags.has(TypeFlags::CUSTOM_SET) && shape.tag() != Tag::TYPE {
                match py.lookup(&ty, &name) {
                    Some(meta) if py.is_data_descriptor(&meta) => {
                        if let Some(property) = meta.downcast::<Property>()
                            && py.is_exact::<Property>(&meta)
                            && let Some(setter) = property.get(py).set.clone()
                            && setter.is_a::<Function>()
                        {
                            let id = learn(py, shape);
                            remember(
                                py,
                                code,
                                i,
                                AttrCache { id, kind: PROPERTY, value: setter.raw().0, ..AttrCache::default() },
                            );
                            return enter(py, frame, &setter, &[object.clone(), value], &[], Target::DISCARD);
                        }
                        if let Some(member) = meta.downcast::<Member>()
                            && py.is_subtype(&ty, &member.owner)
                            && let Some(offset) = shape.slot_offset(member.index)
                        {
                            let id = learn(py, shape);
                            remember(py, code, i, AttrCache { id, kind: SLOT, offset: offset as u32, ..AttrCache::default() });
                        }
                    }
                    _ if shape.has_dict() && !shape.dict_mode() => {
                        if let Some(index) = shape.find(name.as_value()) {
                            if let Some(offset) = shape.slot_offset(shape.members() + index) {
                                let id = learn(py, shape);
                                remember(
                                    py,
                                    code,
                                    i,
                                    AttrCache { id, kind: SLOT, offset: offset as u32, ..AttrCache::default() },
                                );
                            }
                        } else if let Some(wider) = shape.add(name.as_value()) {
                            if let Some(offset) = shape.slot_offset(shape.members() + wider.len() - 1) {
                                let id = learn(py, shape);
                                let cache = AttrCache {
                                    id,
                                    kind: ADD,
                                    offset: offset as u32,
                                    value: (&raw const *wider) as u64,
                                    ..AttrCache::default()
                                };
                                remember(py, code, i, cache);
                            }
                        }
                    }
                    _ => {}
                }
            } else if flags.has(TypeFlags::CUSTOM_SET)
                && let Some(method) = py.special_owned(&object, Special::SetAttr)
                && method.is_a::<Function>()
            {
                return enter(py, frame, &method, &[object.clone(), name.to_value(), value], &[], Target::DISCARD);
            }
        }
        py.setattr_str(&object, &name, Some(value))?;
        Ok(Flow::Next)
    }
}

/// `DelAttr`
pub(super) unsafe fn delete(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        if *base.add(i.a as usize) == Raw::UNBOUND {
            return Err(super::name::unbound_local(py, frame, i.a));
        }
        let object = fetch(base, locals, i.a);
        let (_, name) = site(frame, i);
        py.setattr_str(&object, &name, None)?;
        Ok(Flow::Next)
    }
}

/// `LoadSuperAttr`, `LoadSuperMethod`
pub(super) unsafe fn load_super(py: &mut Py, frame: *mut Frame, i: Instr, method: bool) -> Result<Flow> {
    // SAFETY: operands of the running frame: three consecutive temporaries.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let callee = fetch(base, locals, i.b);
        let class = fetch(base, locals, i.b + 1);
        let object = fetch(base, locals, i.b + 2);
        let (_, name) = site(frame, i);
        let is_super = py.shape_of::<crate::types::super_object::Super>().type_value().is(&callee);
        if is_super
            && let Some(class) = class.downcast::<Type>()
            && name.as_bytes() != b"__class__"
        {
            let start = py.type_of(&object);
            if py.is_subtype(&start, class) {
                let found = super_attribute(py, frame, i, &object, &start, class, &name);
                if let Some(found) = found {
                    if method && (found.is_a::<Function>() || found.downcast::<Native>().is_some_and(|n| n.kind == Kind::Method))
                    {
                        put(base, i.a, found);
                        put(base, i.a + 1, object);
                        return Ok(Flow::Next);
                    }
                    let value = py.bind_descriptor(&found, &object, &start)?;
                    if method {
                        put(base, i.a, Value::UNBOUND);
                        put(base, i.a + 1, value);
                    } else {
                        put(base, i.a, value);
                    }
                    return Ok(Flow::Next);
                }
            }
        }
        // Another `super` gets the arguments that the program gave.
        let proxy = if !is_super && without_arguments(&*(*frame).code, (*frame).index(), i) {
            drop((class, object));
            py.call(&callee, &[])?
        } else {
            py.call(&callee, &[class, object])?
        };
        let value = py.getattr_str(&proxy, &name)?;
        if method {
            put(base, i.a, Value::UNBOUND);
            put(base, i.a + 1, value);
        } else {
            put(base, i.a, value);
        }
        Ok(Flow::Next)
    }
}

/// Whether the program wrote `super()`: then the class was taken from `__class__` just before.
fn without_arguments(code: &CodeObject, at: usize, i: Instr) -> bool {
    let before = code.code.instrs.get(at.saturating_sub(4)..at).unwrap_or(&[]);
    before.iter().any(|load| {
        let name = code.code.freevars.get(load.bc() as usize);
        load.op == Op::LoadFree && load.a == i.b + 1 && name.is_some_and(|name| &**name == "__class__")
    })
}

/// What `super(class, object)` finds for the name, before binding. The site keeps the last answer
/// for objects of one class.
unsafe fn super_attribute(
    py: &mut Py,
    frame: *mut Frame,
    i: Instr,
    object: &Value,
    start: &Ref<Type>,
    class: &Ref<Type>,
    name: &Ref<Str>,
) -> Option<Value> {
    // SAFETY: the running frame keeps its code alive; a value in a cache is alive while the
    // version of the class that it was found for holds.
    unsafe {
        let site = &(&(*(*frame).code).attrs)[i.site_index()];
        let cache = site.get();
        let version = start.get(py).version;
        let (low, high) = (class.id() as u32, (class.id() >> 32) as u32);
        if version != 0 && cache.kind == SUPER && cache.version == version && (cache.offset, cache.id) == (low, high) {
            return super::frame::clone_word(Raw(cache.value));
        }
        let found = after_in_mro(py, start, class, name)?;
        // A class that has not been asked for anything has no version: a look-up gives it one.
        py.lookup(start, name);
        let version = start.get(py).version;
        if version != 0 && object.is_object() {
            site.set(AttrCache { id: high, kind: SUPER, offset: low, version, value: found.raw().0, topic: 0 });
        }
        Some(found)
    }
}

/// Look `name` up in the MRO of `start` behind `class`.
pub(crate) fn after_in_mro(py: &mut Py, start: &Ref<Type>, class: &Ref<Type>, name: &Ref<Str>) -> Option<Value> {
    py.write_docs(start, name);
    let t = start.get(py);
    let at = t.mro.iter().position(|c| c.is(class))?;
    t.mro[at + 1..].iter().find_map(|c| c.get(py).dict.get(py).get_str(name).cloned())
}
