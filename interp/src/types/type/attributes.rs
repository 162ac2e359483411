//! Attributes of classes: names, bases, annotations, abstract methods, checks of instances.

use lockstep_heap::{Ref, Value};

use super::{layout, new};
use crate::object::raise::{Exc, Raised, Result, attribute_error, type_error};
use crate::object::{Py, Type, TypeFlags};
use crate::types::dict;
use crate::types::function::Function;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// A value of the class's own namespace.
pub fn own(py: &mut Py, ty: &Ref<Type>, name: &str) -> Option<Value> {
    if name == "__doc__" {
        let name = py.intern(name);
        py.write_doc(ty, &name);
    }
    let dict = ty.get(py).dict.clone();
    dict::get_name(py, &dict, name)
}

/// Change a value of the class's own namespace through its attribute.
pub fn set_own(py: &mut Py, ty: &Ref<Type>, name: &str, value: Option<Value>) -> Result<()> {
    let Some(value) = value else { return Err(cannot(py, "delete", name, ty)) };
    mutable(py, ty, name)?;
    put(py, ty, name, Some(value));
    Ok(())
}

fn put(py: &mut Py, ty: &Ref<Type>, name: &str, value: Option<Value>) {
    let key = py.intern(name);
    let dict = ty.get(py).dict.clone();
    match value {
        Some(value) => dict::set_str(py, &dict, &key, value),
        None => drop(dict::remove_str(py, &dict, &key)),
    }
    py.type_changed(ty, &key);
}

fn cannot(py: &Py, what: &str, name: &str, ty: &Ref<Type>) -> Raised {
    type_error(format!("cannot {what} '{name}' attribute of immutable type '{}'", py.full_name(ty)))
}

fn mutable(py: &Py, ty: &Ref<Type>, name: &str) -> Result<()> {
    if ty.get(py).flags.has(TypeFlags::IMMUTABLE) { Err(cannot(py, "set", name, ty)) } else { Ok(()) }
}

/// `__module__` of a class.
pub fn module(py: &mut Py, ty: &Ref<Type>) -> Result<Value> {
    match own(py, ty, "__module__") {
        // A native type may have a descriptor there for its instances.
        Some(m) if m.is_a::<Str>() || ty.get(py).flags.has(TypeFlags::HEAP) => Ok(m),
        _ if ty.get(py).flags.has(TypeFlags::HEAP) => Err(attribute_missing(py, ty, "__module__")),
        _ => Ok(py.intern("builtins").into_value()),
    }
}

fn attribute_missing(py: &mut Py, ty: &Ref<Type>, name: &str) -> Raised {
    let name = py.intern(name);
    attribute_error(name.to_string(), ty.as_value(), &name)
}

/// `repr` of a class.
pub fn repr(py: &mut Py, ty: &Ref<Type>) -> Result<Value> {
    let text = format!("<class '{}'>", qualified(py, ty, &["builtins"]));
    Ok(py.str(&text))
}

/// The whole name of a class, as some messages have it.
pub fn whole_name(py: &mut Py, ty: &Ref<Type>) -> String {
    qualified(py, ty, &["builtins", "__main__"])
}

/// The qualified name behind the module's, but for these modules.
fn qualified(py: &mut Py, ty: &Ref<Type>, but: &[&str]) -> String {
    let module = own(py, ty, "__module__").and_then(|m| m.downcast::<Str>().map(ToString::to_string));
    let t = ty.get(py);
    match module {
        Some(m) if !but.contains(&m.as_str()) => format!("{m}.{}", t.qualname),
        Some(m) if m == "__main__" => t.qualname.to_string(),
        _ => t.name.to_string(),
    }
}

/// `__doc__` of a class.
pub fn doc(py: &mut Py, ty: &Ref<Type>) -> Result<Value> {
    let Some(found) = own(py, ty, "__doc__") else { return Ok(Value::NONE) };
    if found.is_a::<Str>() || found.is_none() {
        return Ok(found);
    }
    if !ty.get(py).flags.has(TypeFlags::HEAP) {
        return Ok(ty.get(py).doc.map_or(Value::NONE, |d| py.str(d)));
    }
    py.bind_to_class(&found, ty)
}

/// `__dict__` of a class: a read-only view.
pub fn dict_proxy(py: &mut Py, ty: &Ref<Type>) -> Result<Value> {
    let name = py.intern("__doc__");
    py.write_doc(ty, &name);
    let dict = ty.get(py).dict.clone();
    Ok(py.make(crate::types::mappingproxy::MappingProxy { mapping: dict.into_value() }).into_value())
}

/// `dir(class)`: the names along the MRO.
pub fn dir(py: &mut Py, ty: &Ref<Type>) -> Result<Value> {
    let out = py.new_dict();
    merge_class_names(py, &out, ty.as_value())?;
    let names = out.get(py).keys().cloned().collect();
    Ok(py.list(names))
}

/// Put the names of a class-like value and its bases into a dict.
pub fn merge_class_names(py: &mut Py, out: &Ref<dict::Dict>, class: &Value) -> Result<()> {
    py.native_stack()?;
    if let Some(dict) = py.getattr_opt(class, "__dict__")? {
        for key in py.collect(&dict)? {
            dict::set(py, out, &key, Value::NONE)?;
        }
    }
    if let Some(bases) = py.getattr_opt(class, "__bases__")?
        && bases.is_a::<Tuple>()
    {
        for base in py.collect(&bases)? {
            merge_class_names(py, out, &base)?;
        }
    }
    Ok(())
}

/// Assign `__name__`.
pub fn set_name(py: &mut Py, ty: &Ref<Type>, value: Option<Value>) -> Result<()> {
    mutable(py, ty, "__name__")?;
    let Some(value) = value else {
        return Err(type_error(format!("cannot delete '__name__' attribute of type '{}'", py.full_name(ty))));
    };
    let Some(name) = value.downcast::<Str>() else {
        return Err(type_error(format!(
            "can only assign string to {}.__name__, not '{}'",
            ty.get(py).name,
            py.type_name(&value)
        )));
    };
    if name.as_bytes().contains(&0) {
        return Err(crate::object::raise::value_error("type name must not contain null characters"));
    }
    name.to_str(py)?;
    ty.get_mut(py).name = name.clone();
    Ok(())
}

/// Assign `__qualname__`.
pub fn set_qualname(py: &mut Py, ty: &Ref<Type>, value: Option<Value>) -> Result<()> {
    mutable(py, ty, "__qualname__")?;
    let Some(value) = value else {
        return Err(type_error(format!("cannot delete '__qualname__' attribute of type '{}'", py.full_name(ty))));
    };
    let Some(name) = value.downcast::<Str>() else {
        return Err(type_error(format!(
            "can only assign string to {}.__qualname__, not '{}'",
            ty.get(py).name,
            py.type_name(&value)
        )));
    };
    ty.get_mut(py).qualname = name.clone();
    Ok(())
}

/// Assign `__bases__`.
pub fn set_bases(py: &mut Py, ty: &Ref<Type>, value: Option<Value>) -> Result<()> {
    mutable(py, ty, "__bases__")?;
    let class = ty.get(py).name.to_string();
    let Some(value) = value else { return Err(type_error(format!("cannot delete '__bases__' attribute of type '{class}'"))) };
    let Some(tuple) = value.downcast::<Tuple>().cloned() else {
        return Err(type_error(format!("can only assign tuple to {class}.__bases__, not {}", py.type_name(&value))));
    };
    if tuple.is_empty() {
        return Err(type_error(format!("can only assign non-empty tuple to {class}.__bases__, not ()")));
    }
    let mut bases = Vec::new();
    for base in tuple.slice() {
        let Some(base) = base.downcast::<Type>() else {
            return Err(type_error(format!("{class}.__bases__ must be tuple of classes, not '{}'", py.type_name(base))));
        };
        if py.is_subtype(base, ty) || is_below(py, base, ty) {
            return Err(type_error("a __bases__ item causes an inheritance cycle"));
        }
        bases.push(base.clone());
    }
    let best = layout::best_base(py, &bases)?;
    let old_base = ty.get(py).base.clone().unwrap_or_else(|| py.object_class().clone());
    let (a, b) = (old_base.get(py).shape.clone(), best.get(py).shape.clone());
    let dict_added = ty.get(py).shape.has_dict() && !a.has_dict();
    let fits = a.payload() == b.payload() && a.members() == b.members() && (a.has_dict() == b.has_dict() || dict_added);
    if a.payload() != b.payload() {
        return Err(type_error(format!(
            "__bases__ assignment: '{}' deallocator differs from '{}'",
            best.get(py).name,
            old_base.get(py).name
        )));
    }
    if !fits {
        return Err(type_error(format!(
            "__bases__ assignment: '{}' object layout differs from '{}'",
            best.get(py).name,
            old_base.get(py).name
        )));
    }
    let old_bases = std::mem::replace(&mut ty.get_mut(py).bases, bases.clone());
    ty.get_mut(py).base = Some(best);
    let mut changed = Vec::new();
    let result = reorder(py, ty, &mut changed);
    // A `mro()` of the program may have assigned the bases meanwhile; then what it did stands.
    let ours = same_types(&ty.get(py).bases, &bases);
    if let Err(e) = result {
        if ours {
            for (class, order) in changed.into_iter().rev() {
                class.get_mut(py).mro = order;
                py.type_reordered(&class);
            }
            let t = ty.get_mut(py);
            t.bases = old_bases;
            t.base = Some(old_base);
            // What caches learnt of it meanwhile, its old bases do not know.
            py.forget_type(ty, None, None);
            ty.get_mut(py).listed = false;
        }
        return Err(e);
    }
    if !ours {
        return Ok(());
    }
    let weak = ty.get(py).anchor.weak(ty.as_value());
    for base in &old_bases {
        base.get_mut(py).subclasses.retain(|w| !w.is(ty.as_value()));
    }
    for base in &bases {
        new::register(py, base, weak.clone());
    }
    Ok(())
}

fn same_types(a: &[Ref<Type>], b: &[Ref<Type>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.is(y))
}

/// Whether `ty` is in the chain of bases of `base` whose layouts build on each other: the MRO may
/// not know it yet.
fn is_below(py: &Py, base: &Ref<Type>, ty: &Ref<Type>) -> bool {
    let mut at = Some(base.clone());
    while let Some(class) = at {
        if class.is(ty) {
            return true;
        }
        at = class.get(py).base.clone();
    }
    false
}

/// Compute the MRO of a class and its subclasses anew; notes what was there before.
fn reorder(py: &mut Py, ty: &Ref<Type>, changed: &mut Vec<(Ref<Type>, Vec<Ref<Type>>)>) -> Result<()> {
    py.native_stack()?;
    let bases = ty.get(py).bases.clone();
    let before = ty.get(py).mro.clone();
    let mro = new::resolution_order(py, ty, &bases)?;
    if !same_types(&ty.get(py).mro, &before) {
        // A `mro()` of the program came back here first.
        return Ok(());
    }
    ty.get_mut(py).mro = mro;
    changed.push((ty.clone(), before));
    py.type_reordered(ty);
    for sub in py.subclasses_of(ty) {
        reorder(py, &sub, changed)?;
    }
    Ok(())
}

/// Whether an object may have a `__class__` that is not its type: its class, or a base of it but
/// `object`, says so.
fn claims_class(py: &mut Py, instance: &Value) -> bool {
    let ty = py.type_of(instance);
    if ty.get(py).flags.has(TypeFlags::CUSTOM_GETATTRIBUTE | TypeFlags::CUSTOM_GET) {
        return true;
    }
    let name = match &py.shared().class_name {
        Some(name) => name.clone(),
        None => {
            let name = py.intern("__class__");
            py.shared_mut().class_name = Some(name.clone());
            name
        }
    };
    match (py.lookup(&ty, &name), py.shape_of::<lockstep_heap::Instance>().type_value().downcast::<Type>()) {
        (Some(found), Some(object)) => !object.get(py).dict.get(py).get_str(&name).is_some_and(|own| own.is(&found)),
        _ => true,
    }
}

/// `isinstance(instance, ty)` by `type`'s own rule.
pub fn instance_check(py: &mut Py, ty: &Ref<Type>, instance: &Value) -> Result<bool> {
    if py.is_instance_of(instance, ty) {
        return Ok(true);
    }
    if !claims_class(py, instance) {
        return Ok(false);
    }
    let claimed = py.getattr_opt(instance, "__class__")?;
    match claimed.as_ref().and_then(|c| c.downcast::<Type>()) {
        Some(claimed) if !claimed.is(py.type_ref(instance)) => Ok(py.is_subtype(claimed, ty)),
        _ => Ok(false),
    }
}

/// `issubclass(subclass, ty)` by `type`'s own rule.
pub fn subclass_check(py: &mut Py, ty: &Ref<Type>, subclass: &Value) -> Result<bool> {
    if let Some(sub) = subclass.downcast::<Type>() {
        return Ok(py.is_subtype(sub, ty));
    }
    if bases(py, subclass)?.is_none() {
        return Err(type_error("issubclass() arg 1 must be a class"));
    }
    abstract_subclass(py, subclass, ty.as_value())
}

/// The `__bases__` of whatever plays a class; none if it has no tuple of that name.
pub fn bases(py: &mut Py, class: &Value) -> Result<Option<Vec<Value>>> {
    match py.getattr_opt(class, "__bases__")? {
        Some(bases) if bases.is_a::<Tuple>() => Ok(Some(py.collect(&bases)?)),
        _ => Ok(None),
    }
}

/// Whether `class` is `wanted` or has it among its `__bases__` and theirs.
pub fn abstract_subclass(py: &mut Py, class: &Value, wanted: &Value) -> Result<bool> {
    py.native_stack()?;
    if class.is(wanted) {
        return Ok(true);
    }
    for base in bases(py, class)?.unwrap_or_default() {
        if abstract_subclass(py, &base, wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `__abstractmethods__`
pub fn abstract_methods(py: &mut Py, ty: &Ref<Type>) -> Result<Value> {
    let is_type = ty.is(py.plain_metatype());
    match own(py, ty, "__abstractmethods__") {
        Some(value) if !is_type => Ok(value),
        _ => Err(attribute_missing(py, ty, "__abstractmethods__")),
    }
}

/// Assign `__abstractmethods__`.
pub fn set_abstract_methods(py: &mut Py, ty: &Ref<Type>, value: Option<Value>) -> Result<()> {
    mutable(py, ty, "__abstractmethods__")?;
    let on = match &value {
        Some(v) => py.truth(v)?,
        None => {
            if own(py, ty, "__abstractmethods__").is_none() {
                return Err(attribute_missing(py, ty, "__abstractmethods__"));
            }
            false
        }
    };
    put(py, ty, "__abstractmethods__", value);
    let t = ty.get_mut(py);
    t.flags = TypeFlags(if on { t.flags.0 | TypeFlags::ABSTRACT } else { t.flags.0 & !TypeFlags::ABSTRACT });
    Ok(())
}

/// `__annotate__`
pub fn annotate(py: &mut Py, ty: &Ref<Type>) -> Result<Value> {
    if !ty.get(py).flags.has(TypeFlags::HEAP) {
        let name = py.intern("__annotate__");
        return Err(crate::object::raise::no_attribute(py, ty.as_value(), &name));
    }
    for name in ["__annotate_func__", "__annotate__"] {
        if let Some(found) = own(py, ty, name) {
            return py.bind_to_class(&found, ty);
        }
    }
    Ok(Value::NONE)
}

/// Assign `__annotate__`.
pub fn set_annotate(py: &mut Py, ty: &Ref<Type>, value: Option<Value>) -> Result<()> {
    let Some(value) = value else { return Err(type_error("cannot delete __annotate__ attribute")) };
    mutable(py, ty, "__annotate__")?;
    if !value.is_none() && !py.is_callable(&value) {
        return Err(type_error("__annotate__ must be callable or None"));
    }
    if !value.is_none() {
        put(py, ty, "__annotations_cache__", None);
        put(py, ty, "__annotations__", None);
    }
    put(py, ty, "__annotate_func__", Some(value));
    Ok(())
}

/// `__annotations__`, computed on first use.
pub fn annotations(py: &mut Py, ty: &Ref<Type>) -> Result<Value> {
    if !ty.get(py).flags.has(TypeFlags::HEAP) {
        let name = py.intern("__annotations__");
        return Err(crate::object::raise::no_attribute(py, ty.as_value(), &name));
    }
    for name in ["__annotations__", "__annotations_cache__"] {
        if let Some(found) = own(py, ty, name) {
            return py.bind_to_class(&found, ty);
        }
    }
    let annotate = annotate(py, ty)?;
    let made = if py.is_callable(&annotate) {
        let made = py.call(&annotate, &[Value::int32(1)])?;
        if !made.is_a::<dict::Dict>() {
            return Err(type_error(format!("__annotate__() must return a dict, not {}", py.type_name(&made))));
        }
        made
    } else {
        py.new_dict().into_value()
    };
    put(py, ty, "__annotations_cache__", Some(made.clone()));
    Ok(made)
}

/// Assign or delete `__annotations__`.
pub fn set_annotations(py: &mut Py, ty: &Ref<Type>, value: Option<Value>) -> Result<()> {
    mutable(py, ty, "__annotations__")?;
    let at = if own(py, ty, "__annotations__").is_some() { "__annotations__" } else { "__annotations_cache__" };
    if value.is_none() && own(py, ty, at).is_none() {
        return Err(attribute_missing(py, ty, "__annotations__"));
    }
    put(py, ty, at, value);
    for name in ["__annotate_func__", "__annotate__"] {
        if own(py, ty, name).is_some() {
            put(py, ty, name, None);
        }
    }
    Ok(())
}

/// `X | Y` where one is a class.
pub fn union(py: &mut Py, left: &Value, right: &Value) -> Result<Value> {
    crate::types::union::or(py, left, right)
}

/// `__flags__` with CPython's numbers, as far as they mean something here.
pub fn flags(py: &Py, ty: &Ref<Type>) -> u64 {
    let own = ty.get(py).flags;
    let bits = [
        (TypeFlags::HEAP, 1 << 9),
        (TypeFlags::BASE, 1 << 10),
        (TypeFlags::IMMUTABLE, 1 << 8),
        (TypeFlags::NO_NEW, 1 << 7),
        (TypeFlags::SEQUENCE, 1 << 5),
        (TypeFlags::MAPPING, 1 << 6),
        (TypeFlags::ABSTRACT, 1 << 20),
        (TypeFlags::EXCEPTION, 1 << 30),
        (TypeFlags::METATYPE, 1 << 31),
    ];
    let mut out = 1 << 12;
    // `copyreg` looks for the first base that has a part of its own in an instance; `Generic` has none.
    if own.has(TypeFlags::BASE) && ty.get(py).name.as_bytes() == b"Generic" {
        out |= 1 << 9;
    }
    for (bit, number) in bits {
        if own.has(bit) {
            out |= number;
        }
    }
    if ty.shape().tag() == lockstep_heap::Tag::TYPE && ty.get(py).shape.has_dict() {
        out |= 1 << 14;
    }
    for (name, number) in
        [("int", 1 << 24), ("list", 1 << 25), ("tuple", 1 << 26), ("bytes", 1 << 27), ("str", 1 << 28), ("dict", 1 << 29)]
    {
        if py.shared().named.get(name).is_some_and(|t| py.is_subtype(ty, t)) {
            out |= number;
        }
    }
    out
}

/// Whether an error only says that an attribute is missing.
pub fn is_missing(error: &Raised) -> bool {
    error.is(Exc::AttributeError)
}

/// A Python function that a class attribute holds, if it is one.
pub fn as_function(value: &Value) -> Option<&Ref<Function>> {
    value.downcast::<Function>()
}

/// `issubclass(subclass, class)`
pub fn is_subclass(py: &mut Py, subclass: &Value, class: &Value) -> Result<bool> {
    if let Some(ty) = class.downcast::<Type>()
        && py.type_of(class).is(py.plain_metatype())
    {
        return if subclass.is(class) { Ok(true) } else { subclass_check(py, ty, subclass) };
    }
    if let Some(classes) = class.downcast::<Tuple>().cloned() {
        py.native_stack()?;
        for class in classes.slice() {
            if is_subclass(py, subclass, class)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(answer) = py.call_special(class, crate::object::Special::SubclassCheck, std::slice::from_ref(subclass)) {
        let answer = answer?;
        return py.truth(&answer);
    }
    if bases(py, subclass)?.is_none() {
        return Err(type_error("issubclass() arg 1 must be a class"));
    }
    if bases(py, class)?.is_none() {
        return Err(type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    }
    abstract_subclass(py, subclass, class)
}
