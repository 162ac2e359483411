//! `type.__new__`: making a class from a name, bases and a namespace.

use lockstep_heap::{Anchor, Ref, Value, flags};

use super::layout::{self, Slots};
use crate::object::class::linearise;
use crate::object::raise::{Exc, Raised, Result, runtime_error, type_error};
use crate::object::{Py, Special, Type, TypeFlags};
use crate::types::cell::Cell;
use crate::types::dict::{self, Dict};
use crate::types::function::Function;
use crate::types::method::{ClassMethod, StaticMethod};
use crate::types::native::Native;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// Facts that a class has from the base whose layout it extends.
const INHERITED: u32 = TypeFlags::EXCEPTION | TypeFlags::METATYPE | TypeFlags::WEAKREF;
/// Facts that come from any base.
const ANY_BASE: u32 = TypeFlags::SEQUENCE | TypeFlags::MAPPING;

/// The metaclass of a class with these bases: the most derived of theirs and `meta`.
pub fn metaclass(py: &Py, meta: &Ref<Type>, bases: &[Value]) -> Result<Ref<Type>> {
    let mut winner = meta.clone();
    for base in bases {
        let candidate = py.type_ref(base);
        if py.is_subtype(&winner, candidate) {
            continue;
        }
        if py.is_subtype(candidate, &winner) {
            winner = candidate.clone();
            continue;
        }
        return Err(type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// `type.__new__(meta, name, bases, namespace, **keywords)`; `meta` is the right metaclass.
/// `own`: the namespace is nobody else's and need not be copied.
pub fn new_class(
    py: &mut Py,
    meta: &Ref<Type>,
    name: &Ref<Str>,
    bases: &[Value],
    namespace: &Ref<Dict>,
    own: bool,
    keywords: &[(Ref<Str>, Value)],
) -> Result<Ref<Type>> {
    let (ty, slots_base) = make(py, meta, name, bases, namespace, own)?;
    set_names(py, &ty)?;
    init_subclass(py, &ty, keywords)?;
    let _ = slots_base;
    Ok(ty)
}

/// The bases as types, `object` if there are none.
fn base_types(py: &Py, bases: &[Value]) -> Result<Vec<Ref<Type>>> {
    if bases.is_empty() {
        return Ok(vec![py.object_class().clone()]);
    }
    bases.iter().map(|b| b.downcast::<Type>().cloned().ok_or_else(|| type_error("bases must be types"))).collect()
}

fn make(
    py: &mut Py,
    meta: &Ref<Type>,
    name: &Ref<Str>,
    bases: &[Value],
    namespace: &Ref<Dict>,
    own: bool,
) -> Result<(Ref<Type>, usize)> {
    let bases = base_types(py, bases)?;
    let base = layout::best_base(py, &bases)?;
    if name.as_bytes().contains(&0) {
        return Err(crate::object::raise::value_error("type name must not contain null characters"));
    }
    let dict = if own {
        namespace.clone()
    } else {
        let copy = namespace.get(py).duplicate();
        py.make(copy)
    };
    let slots = layout::slots(py, name, &base, &bases, &dict)?;
    let qualname = qualified_name(py, name, &dict)?;
    let below = base.get(py).shape.clone();
    let first = below.members();
    let has_dict = below.has_dict() || slots.add_dict;
    let capacity = if has_dict { layout::capacity(py, &base, &dict) } else { 0 };
    let shape = below.derive(has_dict, (first + slots.members.len()).min(u16::MAX as usize) as u16, capacity);
    let mut facts = TypeFlags::HEAP | TypeFlags::BASE | base.get(py).flags.0 & INHERITED;
    if slots.add_weak {
        facts |= TypeFlags::WEAKREF;
    }
    let specials = base.get(py).specials.clone();
    let payload = Type {
        name: py.intern_str(name),
        qualname,
        bases: bases.clone(),
        base: Some(base.clone()),
        mro: Vec::new(),
        dict: dict.clone(),
        specials,
        shape: shape.clone(),
        old_shapes: Vec::new(),
        flags: TypeFlags(facts),
        subclasses: Vec::new(),
        anchor: Anchor::default(),
        version: 0,
        watched: false,
        listed: false,
        watchers: Vec::new(),
        members: slots.members.clone(),
        doc: None,
        exception: base.get(py).exception,
        next: None,
        pairs: None,
    };
    let ty = py.make_in(meta, payload);
    shape.set_type(ty.as_value(), true);
    fill_namespace(py, &ty, &dict, &slots, first)?;
    let mro = resolution_order(py, &ty, &bases)?;
    // Sequence or mapping: the first class that is one decides.
    let kinds = mro.iter().map(|class| class.get(py).flags.0 & ANY_BASE);
    let kind = kinds.into_iter().find(|kind| *kind != 0).unwrap_or(0);
    ty.get_mut(py).flags.0 |= kind;
    ty.get_mut(py).mro = mro;
    // A `mro()` of the program may have asked the unfinished class for something.
    py.forget_type(&ty, None, None);
    inherit_specials(py, &ty, &bases);
    let weak = ty.get(py).anchor.weak(ty.as_value());
    for b in &bases {
        register(py, b, weak.clone());
    }
    Ok((ty, first))
}

/// Make `base` know its new subclass; forgets dead ones now and then.
pub fn register(py: &mut Py, base: &Ref<Type>, weak: lockstep_heap::Weak) {
    let count = base.get(py).subclasses.len();
    if count >= 16 && count.is_power_of_two() {
        let alive: Vec<_> = base.get(py).subclasses.iter().filter(|w| w.get(py).is_some()).cloned().collect();
        base.get_mut(py).subclasses = alive;
    }
    base.get_mut(py).subclasses.push(weak);
}

fn qualified_name(py: &mut Py, name: &Ref<Str>, dict: &Ref<Dict>) -> Result<Ref<Str>> {
    let key = py.intern("__qualname__");
    let Some(value) = dict.get(py).get_str(&key).cloned() else { return Ok(name.clone()) };
    let Some(text) = value.downcast::<Str>().cloned() else {
        return Err(type_error(format!("type __qualname__ must be a str, not {}", py.type_name(&value))));
    };
    dict::remove_str(py, dict, &key);
    Ok(text)
}

/// What every class's namespace has, and the rules for special names in it.
fn fill_namespace(py: &mut Py, ty: &Ref<Type>, dict: &Ref<Dict>, slots: &Slots, first: usize) -> Result<()> {
    let key = py.intern("__module__");
    if dict.get(py).get_str(&key).is_none()
        && let Some(globals) = py.current_globals()
        && let Some(module) = dict::get_name(py, &globals, "__name__")
    {
        dict::set_str(py, dict, &key, module);
    }
    wrap(py, dict, Special::New.name(), |py, function| py.make(StaticMethod { function }).into_value());
    for name in ["__init_subclass__", "__class_getitem__"] {
        wrap(py, dict, name, |py, function| py.make(ClassMethod { function }).into_value());
    }
    for (name, is_class) in [("__classcell__", true), ("__classdictcell__", false)] {
        let key = py.intern(name);
        let Some(cell) = dict.get(py).get_str(&key).cloned() else { continue };
        let Some(cell) = cell.downcast::<Cell>() else {
            return Err(type_error(format!(
                "{name} must be a nonlocal cell, not {}",
                crate::types::r#type::shown_type(py, &cell)
            )));
        };
        let content = if is_class { ty.to_value() } else { dict.to_value() };
        cell.get_mut(py).content = Some(content);
        dict::remove_str(py, dict, &key);
    }
    // Only now: a slot may be called `__classcell__`.
    layout::add_descriptors(py, ty, slots, first);
    let key = py.intern("__doc__");
    match dict.get(py).get_str(&key).cloned() {
        None => dict::set_str(py, dict, &key, Value::NONE),
        Some(text) => {
            if let Some(text) = text.downcast::<Str>() {
                text.to_str(py)?;
            }
        }
    }
    if dict.get(py).iter().any(|(name, _)| !name.is_a::<Str>()) {
        let class = ty.get(py).name.clone();
        py.warn(Exc::RuntimeWarning, &format!("non-string key in the __dict__ of class {class}"), 1)?;
    }
    let (eq, hash) = (py.intern("__eq__"), py.intern("__hash__"));
    if dict.get(py).get_str(&eq).is_some() && dict.get(py).get_str(&hash).is_none() {
        dict::set_str(py, dict, &hash, Value::NONE);
    }
    Ok(())
}

fn wrap(py: &mut Py, dict: &Ref<Dict>, name: &str, how: impl FnOnce(&mut Py, Value) -> Value) {
    let key = py.intern(name);
    if let Some(found) = dict.get(py).get_str(&key).cloned()
        && found.is_a::<Function>()
    {
        let wrapped = how(py, found);
        dict::set_str(py, dict, &key, wrapped);
    }
}

/// The MRO of a type: C3, or what its metaclass's `mro()` says.
pub fn resolution_order(py: &mut Py, ty: &Ref<Type>, bases: &[Ref<Type>]) -> Result<Vec<Ref<Type>>> {
    let meta = py.type_of(ty.as_value());
    let plain = meta.is(py.plain_metatype()) || {
        let name = py.intern("mro");
        py.lookup(&meta, &name).is_some_and(|m| m.is_a::<Native>())
    };
    if plain {
        return c3(py, ty, bases);
    }
    let order = py.call_method(ty.as_value(), "mro", &[])?;
    let mut out = Vec::new();
    for class in py.collect(&order)? {
        let Some(class) = class.downcast::<Type>() else {
            return Err(type_error(format!("mro() returned a non-class ('{}')", py.type_name(&class))));
        };
        let own = layout::solid(py, ty);
        if !py.is_subtype(&own, &layout::solid(py, class)) && !class.is(ty) {
            let bases_fit = bases.iter().any(|b| py.is_subtype(&layout::solid(py, b), &layout::solid(py, class)));
            if !bases_fit {
                return Err(type_error(format!("mro() returned base with unsuitable layout ('{}')", py.full_name(class))));
            }
        }
        out.push(class.clone());
    }
    if out.is_empty() {
        return Err(type_error("type MRO must not be empty"));
    }
    Ok(out)
}

/// C3, or the TypeError about a conflict.
pub fn c3(py: &Py, ty: &Ref<Type>, bases: &[Ref<Type>]) -> Result<Vec<Ref<Type>>> {
    if let Some(base) = bases.iter().find(|base| base.get(py).mro.is_empty()) {
        return Err(type_error(format!("Cannot extend an incomplete type '{}'", base.get(py).name)));
    }
    if let [base] = bases {
        let above = &base.get(py).mro;
        let mut mro = Vec::with_capacity(above.len() + 1);
        mro.push(ty.clone());
        mro.extend_from_slice(above);
        return Ok(mro);
    }
    for (k, base) in bases.iter().enumerate() {
        if bases[..k].iter().any(|b| b.is(base)) {
            return Err(type_error(format!("duplicate base class {}", py.full_name(base))));
        }
    }
    linearise(py, ty, bases).ok_or_else(|| {
        let names: Vec<String> = bases.iter().map(|b| b.get(py).name.to_string()).collect();
        type_error(format!("Cannot create a consistent method resolution order (MRO) for bases {}", names.join(", ")))
    })
}

/// The table of special methods: what all bases agree on needs no lookup.
fn inherit_specials(py: &mut Py, ty: &Ref<Type>, bases: &[Ref<Type>]) {
    let plain_order = {
        let t = ty.get(py);
        bases.len() == 1
            && t.mro.len() == bases[0].get(py).mro.len() + 1
            && t.mro[1..].iter().zip(&bases[0].get(py).mro).all(|(a, b)| a.is(b))
    };
    if plain_order {
        py.resolve_specials_from(ty, &bases[0]);
    } else {
        py.resolve_specials_among(ty, bases);
    }
}

/// Call `__set_name__` of the values in the namespace.
fn set_names(py: &mut Py, ty: &Ref<Type>) -> Result<()> {
    let mut named = Vec::new();
    let hook = py.intern("__set_name__");
    let pairs: Vec<(Value, Value)> = {
        let d = ty.get(py).dict.get(py);
        d.iter().filter(|(_, v)| is_candidate(v)).map(|(k, v)| (k.clone(), v.clone())).collect()
    };
    for (key, value) in pairs {
        let of = py.type_of(&value);
        if let Some(method) = py.lookup(&of, &hook) {
            named.push((key, value, method));
        }
    }
    for (key, value, method) in named {
        if let Err(e) = py.call_unbound(&method, &value, &[ty.to_value(), key.clone()]) {
            return Err(set_name_error(py, e, &value, &key, ty));
        }
    }
    Ok(())
}

/// Plain functions, strings and the like have no `__set_name__`.
fn is_candidate(value: &Value) -> bool {
    value.header().is_some_and(|h| {
        let shape = h.shape();
        !matches!(shape.tag(), t if t == lockstep_heap::Tag::FUNCTION || t == lockstep_heap::Tag::NATIVE || t == lockstep_heap::Tag::GET_SET || t == lockstep_heap::Tag::MEMBER)
            && !h.has(flags::INTERNED)
    })
}

fn set_name_error(py: &mut Py, error: Raised, value: &Value, key: &Value, ty: &Ref<Type>) -> Raised {
    let error = py.exception(error);
    let key = py.repr_lossy(key);
    let note = format!("Error calling __set_name__ on '{}' instance {key} in '{}'", py.type_name(value), ty.get(py).name);
    let note = py.str(&note);
    // Without `add_note` the error goes on as it is.
    drop(py.call_method(error.as_value(), "add_note", &[note]));
    py.raise_object(error).linked()
}

/// `super(ty, ty).__init_subclass__(**keywords)`
fn init_subclass(py: &mut Py, ty: &Ref<Type>, keywords: &[(Ref<Str>, Value)]) -> Result<()> {
    // A `mro()` of the metaclass may have left the class itself out.
    if !ty.get(py).mro.iter().any(|class| class.is(ty)) {
        let name = py.full_name(ty);
        let text = format!("super(type, obj): obj (type {name}) is not an instance or subtype of type ({name}).");
        return Err(type_error(text));
    }
    let name = py.intern("__init_subclass__");
    let object = py.object_class().clone();
    let mut found = None;
    for class in ty.get(py).mro.iter().skip(1) {
        if let Some(value) = class.get(py).dict.get(py).get_str(&name) {
            found = Some((class.clone(), value.clone()));
            break;
        }
    }
    let Some((class, hook)) = found else { return Ok(()) };
    if class.is(&object) && keywords.is_empty() {
        return Ok(());
    }
    let bound = py.bind_to_class(&hook, ty)?;
    py.call_kw(&bound, &[], keywords).map(drop)
}

/// What `__build_class__` checks after the metaclass returned.
pub fn check_class_cell(py: &mut Py, cell: &Value, class: &Value, name: &Value) -> Result<()> {
    let Some(cell) = cell.downcast::<Cell>() else { return Ok(()) };
    match cell.get(py).content.clone() {
        Some(content) if content.is(class) => Ok(()),
        Some(content) => {
            let (content, name, class) = (py.repr(&content)?, py.repr(name)?, py.repr(class)?);
            Err(type_error(format!("__class__ set to {content} defining {name} as {class}")))
        }
        None => {
            let (name, class) = (py.repr(name)?, py.repr(class)?);
            Err(runtime_error(format!(
                "__class__ not set defining {name} as {class}. Was __classcell__ propagated to type.__new__?"
            )))
        }
    }
}

/// `type.__new__` with its arguments checked.
pub fn from_arguments(py: &mut Py, meta: &Ref<Type>, args: &[Value], keywords: &[(Ref<Str>, Value)]) -> Result<Value> {
    let [name, bases, namespace] = args else {
        return Err(type_error(format!("type.__new__() takes exactly 3 arguments ({} given)", args.len())));
    };
    let Some(name) = name.downcast::<Str>().cloned() else {
        return Err(type_error(format!("type.__new__() argument 1 must be str, not {}", py.type_name(name))));
    };
    name.to_str(py)?;
    let Some(bases) = bases.downcast::<Tuple>().cloned() else {
        return Err(type_error(format!("type.__new__() argument 2 must be tuple, not {}", py.type_name(bases))));
    };
    let Some(namespace) = namespace.downcast::<Dict>().cloned() else {
        return Err(type_error(format!("type.__new__() argument 3 must be dict, not {}", py.type_name(namespace))));
    };
    for base in bases.slice() {
        if !base.is_a::<Type>() && py.getattr_opt(base, "__mro_entries__")?.is_some() {
            return Err(type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
        }
    }
    let winner = metaclass(py, meta, bases.slice())?;
    if !winner.is(meta) {
        let new = winner.get(py).specials[Special::New as usize].clone();
        let plain = new.as_ref().is_none_or(|n| n.downcast::<Native>().is_some());
        if !plain && let Some(new) = new {
            let new = py.bind_to_class(&new, &winner)?;
            let all = [winner.to_value(), name.to_value(), bases.to_value(), namespace.to_value()];
            return py.call_kw(&new, &all, keywords);
        }
    }
    Ok(new_class(py, &winner, &name, bases.slice(), &namespace, false, keywords)?.into_value())
}

/// Errors whose class is AttributeError mean "not there".
pub fn missing(error: Raised) -> Result<()> {
    if error.is(Exc::AttributeError) { Ok(()) } else { Err(error) }
}
