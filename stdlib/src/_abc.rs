//! `_abc`: what `abc.ABCMeta` is made of: registered subclasses and caches of answers.

use std::collections::HashMap;

use lockstep_heap::Weak;
use lockstep_interp::object::raise::{Exc, Raised, runtime_error, type_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module as ModuleObject;
use lockstep_interp::types::r#type::attributes;
use lockstep_interp::{Guarded, Object, Py, Ref, Result, Value, methods, module};

/// Classes that are not kept alive, by address.
#[derive(Default)]
struct WeakClasses(HashMap<u64, Weak>);

impl WeakClasses {
    fn has(&self, py: &Py, class: &Ref<Type>) -> bool {
        self.0.get(&class.id()).is_some_and(|w| w.get(py).is_some())
    }
    fn add(&mut self, class: &Ref<Type>, weak: Weak) {
        self.0.insert(class.id(), weak);
    }
}

/// What an abstract base class knows.
#[derive(Default)]
struct AbcData {
    registry: WeakClasses,
    cache: WeakClasses,
    negative: WeakClasses,
    /// The token the negative cache is valid for.
    version: u64,
}

impl Object for AbcData {
    type Access = Guarded;
}

#[methods]
impl AbcData {}

impl NativeType for AbcData {
    const NAME: &'static str = "_abc_data";
    const MODULE: &'static str = "_abc";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// Counts registrations; answers that a registration may change are thrown away.
#[derive(Default)]
struct Token(u64);

fn data(py: &mut Py, class: &Value) -> Result<Ref<AbcData>> {
    let found = py.getattr(class, "_abc_impl")?;
    match found.downcast_into::<AbcData>() {
        Ok(data) => Ok(data),
        Err(_) => Err(type_error("_abc_impl is set to a wrong type")),
    }
}

fn weak_of(py: &Py, class: &Ref<Type>) -> Weak {
    class.get(py).anchor.weak(class.as_value())
}

fn is_abstract(py: &mut Py, value: &Value) -> Result<bool> {
    lockstep_interp::types::method::is_abstract(py, value)
}

/// The names of the abstract methods of a new class.
fn abstract_methods(py: &mut Py, class: &Ref<Type>) -> Result<Value> {
    let mut names = Vec::new();
    let own: Vec<(Value, Value)> = {
        let namespace = class.get(py).dict.clone();
        namespace.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect()
    };
    for (name, value) in own {
        if is_abstract(py, &value)? {
            names.push(name);
        }
    }
    for base in class.get(py).bases.clone() {
        let Some(inherited) = py.getattr_opt(base.as_value(), "__abstractmethods__")? else { continue };
        for name in py.collect(&inherited)? {
            let key = py.attribute_name(&name)?;
            if let Some(value) = py.getattr_opt_str(class.as_value(), &key)?
                && is_abstract(py, &value)?
            {
                names.push(name);
            }
        }
    }
    let names = py.list(names);
    let frozenset = py.type_named("frozenset");
    py.call(frozenset.as_value(), &[names])
}

const COLLECTION: u32 = TypeFlags::SEQUENCE | TypeFlags::MAPPING;

/// Give a class and its subclasses the kind that `match` asks for.
fn set_collection(py: &mut Py, class: &Ref<Type>, bits: u32) -> Result<()> {
    py.native_stack()?;
    let flags = class.get(py).flags;
    if flags.0 & COLLECTION == bits || flags.has(TypeFlags::IMMUTABLE) {
        return Ok(());
    }
    class.get_mut(py).flags = TypeFlags(flags.0 & !COLLECTION | bits);
    for sub in py.subclasses_of(class) {
        set_collection(py, &sub, bits)?;
    }
    Ok(())
}

fn class_of<'a>(value: &'a Value, message: &'static str) -> Result<&'a Ref<Type>> {
    value.downcast::<Type>().ok_or_else(|| type_error(message))
}

fn remember(py: &mut Py, data: &Ref<AbcData>, class: &Ref<Type>, answer: bool) -> bool {
    let weak = weak_of(py, class);
    let d = data.get_mut(py);
    if answer {
        d.cache.add(class, weak)
    } else {
        d.negative.add(class, weak)
    }
    answer
}

fn subclass_check(py: &mut Py, cls: &Value, subclass: &Value) -> Result<bool> {
    py.native_stack()?;
    let sub = class_of(subclass, "issubclass() arg 1 must be a class")?.clone();
    let data = data(py, cls)?;
    if data.get(py).cache.has(py, &sub) {
        return Ok(true);
    }
    let token = py.state::<Token>().0;
    if data.get(py).version < token {
        let d = data.get_mut(py);
        d.negative = WeakClasses::default();
        d.version = token;
    } else if data.get(py).negative.has(py, &sub) {
        return Ok(false);
    }
    let answer = py.call_method(cls, "__subclasshook__", std::slice::from_ref(subclass))?;
    if let Some(answer) = answer.as_bool() {
        return Ok(remember(py, &data, &sub, answer));
    }
    if !answer.is_not_implemented() {
        return Err(Raised::new(Exc::AssertionError, "__subclasshook__ must return either False, True, or NotImplemented"));
    }
    if sub.get(py).mro.iter().any(|t| t.as_value().is(cls)) {
        return Ok(remember(py, &data, &sub, true));
    }
    let registered: Vec<Value> = data.get(py).registry.0.values().filter_map(|w| w.get(py)).collect();
    for class in registered {
        if attributes::is_subclass(py, subclass, &class)? {
            return Ok(remember(py, &data, &sub, true));
        }
    }
    let below = py.call_method(cls, "__subclasses__", &[])?;
    for class in py.collect(&below)? {
        if attributes::is_subclass(py, subclass, &class)? {
            return Ok(remember(py, &data, &sub, true));
        }
    }
    Ok(remember(py, &data, &sub, false))
}

struct Abc;

#[module]
impl Abc {
    /// Internal ABC helper for class set-up. Should be never used outside abc module.
    #[py("(self, /)")]
    fn _abc_init(py: &mut Py, class: &Value) -> Result<()> {
        let ty = class_of(class, "_abc_init() argument must be a class")?.clone();
        let methods = abstract_methods(py, &ty)?;
        py.setattr(class, "__abstractmethods__", methods)?;
        let data = py.make(AbcData::default()).into_value();
        py.setattr(class, "_abc_impl", data)?;
        let own = ty.get(py).dict.clone();
        if let Some(bits) = dict::get_name(py, &own, "__abc_tpflags__").and_then(|v| v.as_small_int()) {
            let kind = if bits & 1 << 5 != 0 { TypeFlags::SEQUENCE } else { 0 }
                | if bits & 1 << 6 != 0 { TypeFlags::MAPPING } else { 0 };
            if kind == COLLECTION {
                return Err(type_error("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"));
            }
            if kind != 0 {
                let flags = ty.get(py).flags.0;
                ty.get_mut(py).flags = TypeFlags(flags & !COLLECTION | kind);
            }
            let key = py.intern("__abc_tpflags__");
            drop(dict::remove_str(py, &own, &key));
        }
        Ok(())
    }
    /// Internal ABC helper for subclass registration. Should be never used outside abc module.
    #[py("(self, subclass, /)")]
    fn _abc_register(py: &mut Py, cls: &Value, subclass: &Value) -> Result<Value> {
        let sub = class_of(subclass, "Can only register classes")?.clone();
        if attributes::is_subclass(py, subclass, cls)? {
            return Ok(subclass.clone());
        }
        if attributes::is_subclass(py, cls, subclass)? {
            return Err(runtime_error("Refusing to create an inheritance cycle"));
        }
        let data = data(py, cls)?;
        let weak = weak_of(py, &sub);
        data.get_mut(py).registry.add(&sub, weak);
        py.state::<Token>().0 += 1;
        if let Some(ty) = cls.downcast::<Type>() {
            let bits = ty.get(py).flags.0 & COLLECTION;
            if bits != 0 {
                set_collection(py, &sub, bits)?;
            }
        }
        Ok(subclass.clone())
    }
    /// Internal ABC helper for instance checks. Should be never used outside abc module.
    #[py("(self, instance, /)")]
    fn _abc_instancecheck(py: &mut Py, cls: &Value, instance: &Value) -> Result<bool> {
        let data = data(py, cls)?;
        let subclass = py.getattr(instance, "__class__")?;
        if let Some(sub) = subclass.downcast::<Type>()
            && data.get(py).cache.has(py, sub)
        {
            return Ok(true);
        }
        let own = py.type_of(instance).into_value();
        if own.is(&subclass) {
            let token = py.state::<Token>().0;
            if data.get(py).version == token
                && let Some(sub) = subclass.downcast::<Type>()
                && data.get(py).negative.has(py, sub)
            {
                return Ok(false);
            }
            let answer = py.call_method(cls, "__subclasscheck__", &[subclass])?;
            return py.truth(&answer);
        }
        let answer = py.call_method(cls, "__subclasscheck__", &[subclass])?;
        if py.truth(&answer)? {
            return Ok(true);
        }
        let answer = py.call_method(cls, "__subclasscheck__", &[own])?;
        py.truth(&answer)
    }
    /// Internal ABC helper for subclasss checks. Should be never used outside abc module.
    #[py("(self, subclass, /)")]
    fn _abc_subclasscheck(py: &mut Py, cls: &Value, subclass: &Value) -> Result<bool> {
        subclass_check(py, cls, subclass)
    }
    /// Internal ABC helper for cache and registry debugging.
    #[py("(self, /)")]
    fn _get_dump(py: &mut Py, cls: &Value) -> Result<Value> {
        let data = data(py, cls)?;
        let version = data.get(py).version;
        let mut parts = Vec::new();
        for part in 0..3 {
            let d = data.get(py);
            let classes = [&d.registry, &d.cache, &d.negative][part];
            let alive: Vec<Value> = classes.0.values().filter_map(|w| w.get(py)).collect();
            let reference = py.define::<lockstep_interp::types::weakref::WeakRef>();
            let mut refs = Vec::new();
            for class in alive {
                refs.push(py.call(reference.as_value(), &[class])?);
            }
            let refs = py.list(refs);
            let set = py.type_named("set");
            parts.push(py.call(set.as_value(), &[refs])?);
        }
        parts.push(py.int(version as i64));
        Ok(py.tuple(parts))
    }
    /// Internal ABC helper to reset both caches of a given class.
    #[py("(self, /)")]
    fn _reset_caches(py: &mut Py, cls: &Value) -> Result<()> {
        let data = data(py, cls)?;
        let d = data.get_mut(py);
        d.cache = WeakClasses::default();
        d.negative = WeakClasses::default();
        Ok(())
    }
    /// Internal ABC helper to reset registry of a given class.
    #[py("(self, /)")]
    fn _reset_registry(py: &mut Py, cls: &Value) -> Result<()> {
        let data = data(py, cls)?;
        data.get_mut(py).registry = WeakClasses::default();
        Ok(())
    }
    /// Returns the current ABC cache token.
    #[py("()")]
    fn get_cache_token(py: &mut Py) -> i64 {
        py.state::<Token>().0 as i64
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<ModuleObject>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Abc>(&namespace, "_abc");
    py.define::<AbcData>();
    Ok(())
}
