//! How instances of a new class lie in memory: the best base, `__slots__`, the shape.

use std::any::TypeId;

use lockstep_heap::{Instance, Ref, Value};

use crate::object::native::NativeFn;
use crate::object::raise::{Result, type_error, value_error};
use crate::object::{Py, Type, TypeFlags};
use crate::types::dict::{self, Dict};
use crate::types::native::{GetSet, Member};
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The nearest base (or the type itself) that added something to the layout of `ty`.
pub fn solid(py: &Py, ty: &Ref<Type>) -> Ref<Type> {
    let mut at = ty.clone();
    loop {
        let Some(base) = at.get(py).base.clone() else { return at };
        let (own, below) = (&at.get(py).shape, &base.get(py).shape);
        if own.payload() != below.payload() || own.members() != below.members() {
            return at;
        }
        at = base;
    }
}

/// The base whose layout a class with these bases extends.
pub fn best_base(py: &Py, bases: &[Ref<Type>]) -> Result<Ref<Type>> {
    let mut best: Option<(Ref<Type>, Ref<Type>)> = None;
    for base in bases {
        if !base.get(py).flags.has(TypeFlags::BASE) {
            return Err(type_error(format!("type '{}' is not an acceptable base type", full_name(py, base))));
        }
        let candidate = solid(py, base);
        match &best {
            None => best = Some((base.clone(), candidate)),
            Some((_, winner)) if py.is_subtype(winner, &candidate) => {}
            Some((_, winner)) if py.is_subtype(&candidate, winner) => best = Some((base.clone(), candidate)),
            Some(_) => return Err(type_error("multiple bases have instance lay-out conflict")),
        }
    }
    match best {
        Some((base, _)) => Ok(base),
        None => Ok(py.object_class().clone()),
    }
}

/// The name of a native type with its module, as some messages want it.
fn full_name(py: &Py, ty: &Ref<Type>) -> String {
    let t = ty.get(py);
    let module = t.dict.get(py).iter().find_map(|(k, v)| {
        let key = k.downcast::<Str>()?;
        (key.as_bytes() == b"__module__").then(|| v.downcast::<Str>().map(ToString::to_string))?
    });
    match module {
        Some(module) if t.flags.has(TypeFlags::IMMUTABLE) => format!("{module}.{}", t.name),
        _ => t.name.to_string(),
    }
}

/// What `__slots__` asks for.
pub struct Slots {
    /// Members, mangled, sorted.
    pub members: Vec<Ref<Str>>,
    /// Whether the class adds a `__dict__`.
    pub add_dict: bool,
    /// Whether the class adds `__weakref__`.
    pub add_weak: bool,
}

/// Whether instances of `ty` can be referred to weakly.
pub fn weakrefable(py: &Py, ty: &Ref<Type>) -> bool {
    ty.get(py).flags.has(TypeFlags::WEAKREF)
}

/// Whether the payload has a tail or is immediate: subclasses get no weak references.
fn variable_size(py: &Py, base: &Ref<Type>) -> bool {
    let payload = base.get(py).shape.payload();
    payload == TypeId::of::<crate::types::int::BigInt>()
        || payload == TypeId::of::<Tuple>()
        || payload == TypeId::of::<crate::types::bytes::Bytes>()
}

/// Bytes of one item behind the payload of types whose objects differ in size.
pub fn item_size(py: &Py, ty: &Ref<Type>) -> usize {
    let payload = ty.get(py).shape.payload();
    if payload == TypeId::of::<Tuple>() {
        size_of::<Value>()
    } else if payload == TypeId::of::<crate::types::int::BigInt>() {
        4
    } else {
        usize::from(payload == TypeId::of::<crate::types::bytes::Bytes>())
    }
}

/// Read `__slots__` of a new class's namespace.
pub fn slots(py: &mut Py, name: &Ref<Str>, base: &Ref<Type>, bases: &[Ref<Type>], dict: &Ref<Dict>) -> Result<Slots> {
    // The attributes of classes lie in their own table.
    let may_dict = !base.get(py).shape.has_dict() && !base.get(py).flags.has(TypeFlags::METATYPE);
    let may_weak = !weakrefable(py, base) && !variable_size(py, base);
    let declared = dict::get_name(py, dict, "__slots__");
    let Some(declared) = declared else {
        return Ok(Slots { members: Vec::new(), add_dict: may_dict, add_weak: may_weak });
    };
    let items = if declared.is_a::<Str>() { vec![declared] } else { py.collect(&declared)? };
    if !items.is_empty() && variable_size(py, base) {
        let dict_only = items.iter().all(|i| i.downcast::<Str>().is_some_and(|s| s.as_bytes() == b"__dict__"));
        if !dict_only {
            return Err(type_error(format!("nonempty __slots__ not supported for subtype of '{}'", py.full_name(base))));
        }
    }
    let mut out = Slots { members: Vec::new(), add_dict: false, add_weak: false };
    for item in items {
        let Some(slot) = item.downcast::<Str>() else {
            return Err(type_error(format!("__slots__ items must be strings, not '{}'", py.type_name(&item))));
        };
        if !is_identifier(slot) {
            return Err(type_error("__slots__ must be identifiers"));
        }
        match slot.as_bytes() {
            b"__dict__" => {
                if !may_dict || out.add_dict {
                    return Err(type_error("__dict__ slot disallowed: we already got one"));
                }
                out.add_dict = true;
            }
            b"__weakref__" => {
                if !may_weak || out.add_weak {
                    return Err(type_error("__weakref__ slot disallowed: we already got one"));
                }
                out.add_weak = true;
            }
            _ => {
                let mangled = mangle(py, name, slot);
                let special = matches!(mangled.as_bytes(), b"__qualname__" | b"__classcell__" | b"__classdictcell__");
                if !special && dict.get(py).get_str(&mangled).is_some() {
                    return Err(value_error(format!("'{mangled}' in __slots__ conflicts with class variable")));
                }
                out.members.push(mangled);
            }
        }
    }
    out.members.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    // Other bases may bring a dict or weak references although the slots do not ask for them.
    for other in bases {
        if other.is(base) {
            continue;
        }
        if may_dict && other.get(py).shape.has_dict() && !out.add_dict {
            out.add_dict = true;
        }
        if may_weak && weakrefable(py, other) {
            out.add_weak = true;
        }
    }
    Ok(out)
}

fn is_identifier(name: &Ref<Str>) -> bool {
    let Some(text) = name.as_str() else { return false };
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.all(|c| c == '_' || c.is_alphanumeric())
}

/// `__name` in class `C` is `_C__name`.
pub fn mangle(py: &mut Py, class: &Ref<Str>, name: &Ref<Str>) -> Ref<Str> {
    let bytes = name.as_bytes();
    if !bytes.starts_with(b"__") || bytes.ends_with(b"__") || bytes.contains(&b'.') {
        return py.intern_str(name);
    }
    let class = class.as_bytes();
    let at = class.iter().position(|c| *c != b'_').unwrap_or(class.len());
    if at == class.len() {
        return py.intern_str(name);
    }
    let mut out = vec![b'_'];
    out.extend_from_slice(&class[at..]);
    out.extend_from_slice(bytes);
    py.intern_bytes(&out)
}

/// Room for inline attributes: what the class body assigns to `self`, and the base's room.
pub fn capacity(py: &mut Py, base: &Ref<Type>, dict: &Ref<Dict>) -> u16 {
    let below = base.get(py).shape.capacity();
    let own = dict::get_name(py, dict, "__static_attributes__").and_then(|v| v.downcast::<Tuple>().map(|t| t.len()));
    let wanted = match own {
        Some(n) if n + below > 0 => n + below,
        _ => 2,
    };
    wanted.min(40) as u16
}

/// Descriptors of members, `__dict__` and `__weakref__` in the namespace of a new class.
pub fn add_descriptors(py: &mut Py, ty: &Ref<Type>, slots: &Slots, first: usize) {
    let dict = ty.get(py).dict.clone();
    for (k, name) in slots.members.iter().enumerate() {
        let member = py.make(Member { name: name.clone(), owner: ty.clone(), index: first + k }).into_value();
        dict::set_str(py, &dict, name, member);
    }
    if slots.add_dict {
        add_dict_descriptor(py, ty);
    }
    if slots.add_weak {
        add_get_set(
            py,
            ty,
            &dict,
            "__weakref__",
            "list of weak references to the object",
            crate::types::object::weakref_getter,
            None,
        );
    }
}

/// The `__dict__` descriptor of a type whose instances got a dict.
pub fn add_dict_descriptor(py: &mut Py, ty: &Ref<Type>) {
    let dict = ty.get(py).dict.clone();
    add_get_set(
        py,
        ty,
        &dict,
        "__dict__",
        "dictionary for instance variables",
        crate::types::object::dict_getter,
        Some(crate::types::object::dict_setter),
    );
}

fn add_get_set(
    py: &mut Py,
    ty: &Ref<Type>,
    dict: &Ref<Dict>,
    name: &str,
    doc: &'static str,
    get: NativeFn,
    set: Option<NativeFn>,
) {
    let name = py.intern(name);
    if dict.get(py).get_str(&name).is_none() {
        let value = py.make(GetSet { name: name.clone(), doc, owner: ty.clone(), get, set }).into_value();
        dict::set_str(py, dict, &name, value);
    }
}

/// Whether `object.__class__` may change from `old` to `new`; the message if not.
pub fn check_class_change(py: &Py, old: &Ref<Type>, new: &Ref<Type>) -> Result<()> {
    let heap = |t: &Ref<Type>| t.get(py).flags.has(TypeFlags::HEAP);
    let module = |t: &Ref<Type>| t.get(py).shape.payload() == TypeId::of::<crate::types::module::Module>();
    if !(module(old) && module(new)) && (!heap(old) || !heap(new)) {
        return Err(type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    let (a, b) = (&old.get(py).shape, &new.get(py).shape);
    if !a.same_layout(b) || !same_additions(py, &extends_layout(py, old), &extends_layout(py, new)) {
        return Err(type_error(format!(
            "__class__ assignment: '{}' object layout differs from '{}'",
            new.get(py).name,
            old.get(py).name
        )));
    }
    Ok(())
}

/// The class among the bases of `ty` that last added something to the layout of instances.
fn extends_layout(py: &Py, ty: &Ref<Type>) -> Ref<Type> {
    let mut at = ty.clone();
    loop {
        let t = at.get(py);
        let Some(base) = t.base.clone().filter(|_| t.flags.has(TypeFlags::HEAP)) else { return at };
        let adds = !t.members.is_empty()
            || t.shape.has_dict() != base.get(py).shape.has_dict()
            || weakrefable(py, &at) != weakrefable(py, &base);
        if adds {
            return at;
        }
        at = base;
    }
}

/// Whether two classes add the same to the same base.
fn same_additions(py: &Py, a: &Ref<Type>, b: &Ref<Type>) -> bool {
    if a.is(b) {
        return true;
    }
    let same_base = match (&a.get(py).base, &b.get(py).base) {
        (Some(x), Some(y)) => x.is(y),
        _ => false,
    };
    let (x, y) = (&a.get(py).members, &b.get(py).members);
    same_base
        && a.get(py).shape.has_dict() == b.get(py).shape.has_dict()
        && weakrefable(py, a) == weakrefable(py, b)
        && x.len() == y.len()
        && x.iter().zip(y).all(|(p, q)| p.as_bytes() == q.as_bytes())
}

/// Names of all members in slot order, inherited ones first.
pub fn member_names(py: &Py, ty: &Ref<Type>) -> Vec<Ref<Str>> {
    let mut out = Vec::new();
    let mut at = Some(ty.clone());
    while let Some(t) = at {
        let mut own = t.get(py).members.clone();
        own.append(&mut out);
        out = own;
        at = t.get(py).base.clone();
    }
    out
}

/// Whether instances are plain: made by `object.__new__`.
pub fn is_plain(py: &Py, ty: &Ref<Type>) -> bool {
    ty.get(py).shape.payload() == TypeId::of::<Instance>()
}

/// A slot value that is never there is nothing to copy; others are.
pub fn member_value(py: &Py, object: &Value, index: usize) -> Option<Value> {
    object.header()?.slot(index, py)
}

/// Give an object whose attributes are in a dict already (if it has any) a shape of another class.
pub fn move_to_class(py: &mut Py, object: &Value, ty: &Ref<Type>) {
    let Some(header) = object.header() else { return };
    let (room, mode) = (header.shape().capacity(), header.shape().dict_mode());
    let own = ty.get(py).shape.clone();
    let root = if own.capacity() == room {
        own
    } else {
        // The object keeps its room: the new class gets a second root shape for such objects.
        match ty.get(py).old_shapes.iter().find(|s| s.capacity() == room).cloned() {
            Some(shape) => shape,
            None => {
                let shape = own.derive(own.has_dict(), own.members() as u16, room as u16);
                shape.set_type(ty.as_value(), true);
                ty.get_mut(py).old_shapes.push(shape.clone());
                shape
            }
        }
    };
    let target = if mode { root.dict_shape() } else { root };
    header.change_shape(&target, py);
}
