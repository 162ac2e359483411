//! `types.GenericAlias`: `list[int]` and the like.

use lockstep_heap::{Frozen, Guarded, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use super::namespace::tuple_items;
use super::sequence;
use super::union;
use crate::object::ops::Next;
use crate::object::raise::{Exc, Result, attribute_error, type_error};
use crate::object::{NativeType, Py, Special, Type, TypeFlags};
use crate::types::list::List;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The payload of a generic alias.
pub struct GenericAlias {
    /// `__origin__`
    pub origin: Value,
    /// `__args__`
    pub args: Ref<Tuple>,
    /// `__parameters__`
    pub parameters: Ref<Tuple>,
    /// `__unpacked__`: it stands for `*alias`.
    pub starred: bool,
}

impl Object for GenericAlias {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.origin);
        visit.reference(&self.args);
        visit.reference(&self.parameters);
    }
}

/// `origin[items]`: what `__class_getitem__` of builtin containers returns.
pub fn alias(py: &mut Py, origin: &Value, items: &Value) -> Result<Value> {
    let args = match items.downcast::<Tuple>() {
        Some(t) => t.clone(),
        None => py.new_tuple(vec![items.clone()]),
    };
    let cls = py.type_for::<GenericAlias>();
    alias_in(py, &cls, origin, args, false)
}

fn alias_in(py: &mut Py, cls: &Ref<Type>, origin: &Value, args: Ref<Tuple>, starred: bool) -> Result<Value> {
    let parameters = parameters_of(py, args.slice())?;
    let parameters = py.new_tuple(parameters);
    Ok(py.make_in(cls, GenericAlias { origin: origin.clone(), args, parameters, starred }).into_value())
}

fn push_unique(py: &mut Py, out: &mut Vec<Value>, item: Value) -> Result<()> {
    for known in out.clone() {
        if py.eq(&known, &item)? {
            return Ok(());
        }
    }
    out.push(item);
    Ok(())
}

/// The type parameters that occur in arguments, each once.
pub fn parameters_of(py: &mut Py, args: &[Value]) -> Result<Vec<Value>> {
    let mut out = Vec::new();
    for arg in args {
        if arg.is_a::<Type>() || arg.is_none() || arg.is_ellipsis() {
            continue;
        }
        if let Some(t) = arg.downcast::<Tuple>() {
            py.native_stack()?;
            for found in parameters_of(py, t.slice())? {
                push_unique(py, &mut out, found)?;
            }
        } else if let Some(list) = arg.downcast::<List>() {
            py.native_stack()?;
            let items = list.get(py).items.clone();
            for found in parameters_of(py, &items)? {
                push_unique(py, &mut out, found)?;
            }
        } else if substitutable(py, arg)? {
            push_unique(py, &mut out, arg.clone())?;
        } else if let Some(inner) = py.getattr_opt(arg, "__parameters__")? {
            for found in tuple_items(&inner) {
                push_unique(py, &mut out, found.clone())?;
            }
        }
    }
    Ok(out)
}

/// Whether the value is a type parameter.
fn substitutable(py: &mut Py, value: &Value) -> Result<bool> {
    let ty = py.type_of(value);
    let name = py.intern("__typing_subst__");
    Ok(py.lookup(&ty, &name).is_some())
}

/// The arguments that an unpacked alias (`*tuple[int, str]`) stands for.
fn unpacked(py: &mut Py, value: &Value) -> Result<Option<Value>> {
    if value.is_a::<Type>() {
        return Ok(None);
    }
    match py.getattr_opt(value, "__typing_unpacked_tuple_args__")? {
        Some(args) if args.is_a::<Tuple>() => {
            let items = tuple_items(&args);
            Ok(if items.last().is_some_and(Value::is_ellipsis) { None } else { Some(args) })
        }
        _ => Ok(None),
    }
}

/// The arguments with type parameters replaced by `items`.
pub fn substitute(py: &mut Py, this: &Value, args: &Ref<Tuple>, parameters: &Ref<Tuple>, items: &Value) -> Result<Vec<Value>> {
    if parameters.is_empty() {
        let text = py.repr(this)?;
        return Err(type_error(format!("{text} is not a generic class")));
    }
    let given: Vec<Value> = match items.downcast::<Tuple>() {
        Some(t) => t.slice().to_vec(),
        None => vec![items.clone()],
    };
    let mut values = Vec::with_capacity(given.len());
    for item in given {
        match unpacked(py, &item)? {
            Some(inner) => values.extend_from_slice(tuple_items(&inner)),
            None => values.push(item),
        }
    }
    for parameter in parameters.slice() {
        if let Some(prepare) = py.getattr_opt(parameter, "__typing_prepare_subst__")?
            && !prepare.is_none()
        {
            let all = py.tuple(values);
            let prepared = py.call(&prepare, &[this.clone(), all])?;
            values = py.collect(&prepared)?;
        }
    }
    if values.len() != parameters.len() {
        let word = if values.len() > parameters.len() { "many" } else { "few" };
        let text = py.repr(this)?;
        return Err(type_error(format!(
            "Too {word} arguments for {text}; actual {}, expected {}",
            values.len(),
            parameters.len()
        )));
    }
    replaced(py, args.slice(), parameters, &values)
}

/// Whether the value is `*Ts`: it is replaced by as many arguments as there are.
fn is_variadic(py: &mut Py, value: &Value) -> Result<bool> {
    match py.getattr_opt(value, "__typing_is_unpacked_typevartuple__")? {
        Some(flag) => py.truth(&flag),
        None => Ok(false),
    }
}

fn replaced(py: &mut Py, args: &[Value], parameters: &Ref<Tuple>, values: &[Value]) -> Result<Vec<Value>> {
    py.native_stack()?;
    let mut out = Vec::with_capacity(args.len());
    for arg in args {
        if arg.is_a::<Type>() {
            out.push(arg.clone());
        } else if let Some(t) = arg.downcast::<Tuple>() {
            let inner = replaced(py, t.slice(), parameters, values)?;
            out.push(py.tuple(inner));
        } else if let Some(list) = arg.downcast::<List>() {
            let inner = list.get(py).items.clone();
            let inner = replaced(py, &inner, parameters, values)?;
            out.push(py.list(inner));
        } else if substitutable(py, arg)? {
            let at = sequence::find(py, parameters, arg, 0, usize::MAX)?;
            let Some(value) = at.and_then(|at| values.get(at)) else {
                out.push(arg.clone());
                continue;
            };
            let new = py.call_method(arg, "__typing_subst__", std::slice::from_ref(value))?;
            // A TypeVarTuple gives a tuple of arguments.
            match (new.downcast::<Tuple>(), value.is_a::<Tuple>()) {
                (Some(many), true) => out.extend_from_slice(many.slice()),
                _ => out.push(new),
            }
        } else {
            let inner = py.getattr_opt(arg, "__parameters__")?;
            let wanted = inner.as_ref().map_or(&[][..], tuple_items);
            if wanted.is_empty() {
                out.push(arg.clone());
                continue;
            }
            let mut chosen = Vec::with_capacity(wanted.len());
            for parameter in wanted {
                match sequence::find(py, parameters, parameter, 0, usize::MAX)?.and_then(|at| values.get(at)) {
                    Some(value) => match value.downcast::<Tuple>() {
                        // A TypeVarTuple can be iterated over; a ParamSpec takes the tuple as it is.
                        Some(many) if py.special(parameter, Special::Iter).is_some() => chosen.extend_from_slice(many.slice()),
                        _ => chosen.push(value.clone()),
                    },
                    None => chosen.push(parameter.clone()),
                }
            }
            let chosen = py.tuple(chosen);
            let new = py.getitem(arg, &chosen)?;
            match new.downcast::<Tuple>() {
                Some(items) if is_variadic(py, arg)? => out.extend_from_slice(items.slice()),
                _ => out.push(new),
            }
        }
    }
    Ok(out)
}

/// How a type shows inside an alias or a union.
pub fn push_type(py: &mut Py, out: &mut Vec<u8>, value: &Value) -> Result<()> {
    if value.is_ellipsis() {
        out.extend_from_slice(b"...");
        return Ok(());
    }
    if value.is_none() || value.is(py.type_named("NoneType").as_value()) {
        out.extend_from_slice(b"None");
        return Ok(());
    }
    if let Some(list) = value.downcast::<List>() {
        py.native_stack()?;
        let items = list.get(py).items.clone();
        out.push(b'[');
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(b", ");
            }
            push_type(py, out, item)?;
        }
        out.push(b']');
        return Ok(());
    }
    // Aliases have a repr of their own.
    if !value.is_a::<GenericAlias>()
        && (value.is_a::<Type>()
            || py.getattr_opt(value, "__origin__")?.is_none()
            || py.getattr_opt(value, "__args__")?.is_none())
        && let Some(qualname) = py.getattr_opt(value, "__qualname__")?
        && let Some(module) = py.getattr_opt(value, "__module__")?
        && !module.is_none()
    {
        let (module, qualname) = (py.str_of(&module)?, py.str_of(&qualname)?);
        if module.as_bytes() != b"builtins" {
            out.extend_from_slice(module.as_bytes());
            out.push(b'.');
        }
        out.extend_from_slice(qualname.as_bytes());
        return Ok(());
    }
    sequence::push_repr(py, out, value)
}

/// Attributes of the alias itself; all others are those of the origin.
const OWN: &[&[u8]] = &[
    b"__class__",
    b"__origin__",
    b"__args__",
    b"__unpacked__",
    b"__parameters__",
    b"__typing_unpacked_tuple_args__",
    b"__mro_entries__",
    b"__reduce_ex__",
    b"__reduce__",
    b"__copy__",
    b"__deepcopy__",
];
/// Attributes that it does not have, whatever the origin has.
const BLOCKED: &[&[u8]] = &[b"__bases__", b"__copy__", b"__deepcopy__"];

#[methods]
impl GenericAlias {
    /// Represent a PEP 585 generic type
    #[staticmethod("(type, origin, args, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, origin: &Value, args: &Value) -> Result<Value> {
        let args = match args.downcast::<Tuple>() {
            Some(t) => t.clone(),
            None => py.new_tuple(vec![args.clone()]),
        };
        alias_in(py, cls, origin, args, false)
    }
    #[getter]
    fn __origin__(_py: &mut Py, this: &Ref<GenericAlias>) -> Value {
        this.origin.clone()
    }
    #[getter]
    fn __args__(_py: &mut Py, this: &Ref<GenericAlias>) -> Value {
        this.args.to_value()
    }
    /// Type variables in the GenericAlias.
    #[getter]
    fn __parameters__(_py: &mut Py, this: &Ref<GenericAlias>) -> Value {
        this.parameters.to_value()
    }
    #[getter]
    fn __unpacked__(_py: &mut Py, this: &Ref<GenericAlias>) -> bool {
        this.starred
    }
    #[getter]
    fn __typing_unpacked_tuple_args__(py: &mut Py, this: &Ref<GenericAlias>) -> Value {
        if this.starred && this.origin.is(py.type_for::<Tuple>().as_value()) { this.args.to_value() } else { Value::NONE }
    }
    #[py("(self, bases, /)")]
    fn __mro_entries__(py: &mut Py, this: &Ref<GenericAlias>, _bases: &Value) -> Value {
        py.tuple(vec![this.origin.clone()])
    }
    #[py("(self, instance, /)")]
    fn __instancecheck__(_py: &mut Py, _this: &Ref<GenericAlias>, _instance: &Value) -> Result<bool> {
        Err(type_error("isinstance() argument 2 cannot be a parameterized generic"))
    }
    #[py("(self, cls, /)")]
    fn __subclasscheck__(_py: &mut Py, _this: &Ref<GenericAlias>, _cls: &Value) -> Result<bool> {
        Err(type_error("issubclass() argument 2 cannot be a parameterized generic"))
    }
    #[py("(self, /, *args, **kwargs)")]
    fn __call__(py: &mut Py, this: &Ref<GenericAlias>, args: &[Value], kwargs: &Value) -> Result<Value> {
        let keywords = py.kwargs(kwargs);
        let new = py.call_kw(&this.origin, args, &keywords)?;
        match py.setattr(&new, "__orig_class__", this.to_value()) {
            Err(e) if !e.is(Exc::AttributeError) && !e.is(Exc::TypeError) => Err(e),
            _ => Ok(new),
        }
    }
    #[py("(self, name, /)")]
    fn __getattribute__(py: &mut Py, this: &Ref<GenericAlias>, name: &Ref<Str>) -> Result<Value> {
        let name = py.intern_str(name);
        let text = name.as_bytes();
        if BLOCKED.contains(&text) {
            return Err(attribute_error(
                format!("'types.GenericAlias' object has no attribute '{name}'"),
                this.as_value(),
                &name,
            ));
        }
        if OWN.contains(&text) {
            return match py.generic_getattr(this.as_value(), &name)? {
                Some(value) => Ok(value),
                None => Err(crate::object::raise::no_attribute(py, this.as_value(), &name)),
            };
        }
        py.getattr_str(&this.origin, &name)
    }
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<GenericAlias>, key: &Value) -> Result<Value> {
        let args = substitute(py, this.as_value(), &this.args, &this.parameters, key)?;
        let args = py.new_tuple(args);
        let cls = py.type_of(this.as_value());
        alias_in(py, &cls, &this.origin, args, this.starred)
    }
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        union::or(py, this, value)
    }
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        union::or(py, value, this)
    }
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<GenericAlias>, value: &Value) -> Result<Value> {
        let Some(other) = value.downcast::<GenericAlias>() else { return Ok(Value::NOT_IMPLEMENTED) };
        if this.starred != other.starred || !py.eq(&this.origin, &other.origin)? {
            return Ok(Value::FALSE);
        }
        Ok(Value::bool(py.eq(this.args.as_value(), other.args.as_value())?))
    }
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<GenericAlias>) -> Result<i64> {
        let (a, b) = (py.hash(&this.origin)?, py.hash(this.args.as_value())?);
        Ok(a ^ b)
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<GenericAlias>) -> Result<Value> {
        let mut out = Vec::new();
        if this.starred {
            out.push(b'*');
        }
        push_type(py, &mut out, &this.origin)?;
        out.push(b'[');
        for (i, arg) in this.args.slice().iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(b", ");
            }
            push_type(py, &mut out, arg)?;
        }
        if this.args.is_empty() {
            out.extend_from_slice(b"()");
        }
        out.push(b']');
        Ok(py.new_str_bytes(&out).into_value())
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<GenericAlias>) -> Value {
        py.make(AliasIter { alias: Some(this.clone()) }).into_value()
    }
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<GenericAlias>) -> Result<Value> {
        if this.starred {
            let cls = py.type_of(this.as_value());
            let plain = alias_in(py, &cls, &this.origin, this.args.clone(), false)?;
            let iterator = py.get_iter(&plain)?;
            let next = py.builtin("next");
            let arguments = py.tuple(vec![iterator]);
            return Ok(py.tuple(vec![next, arguments]));
        }
        let ty = py.type_of(this.as_value()).into_value();
        let arguments = py.tuple(vec![this.origin.clone(), this.args.to_value()]);
        Ok(py.tuple(vec![ty, arguments]))
    }
    #[py("(self, /)")]
    fn __dir__(py: &mut Py, this: &Ref<GenericAlias>) -> Result<Value> {
        let dir = py.builtin("dir");
        let names = py.call(&dir, std::slice::from_ref(&this.origin))?;
        let mut names = py.collect(&names)?;
        for own in OWN {
            let name = py.new_str_bytes(own).into_value();
            push_unique(py, &mut names, name)?;
        }
        Ok(py.list(names))
    }
}

impl NativeType for GenericAlias {
    const NAME: &'static str = "GenericAlias";
    const MODULE: &'static str = "types";
    const DOC: Option<&'static str> =
        Some("Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// The payload of the iterator behind `*list[int]`: hands the starred alias out once.
pub struct AliasIter {
    alias: Option<Ref<GenericAlias>>,
}

impl Object for AliasIter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        if let Some(alias) = &self.alias {
            visit.reference(alias);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.alias.take().map(Ref::into_value));
    }
}

#[methods]
impl AliasIter {
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<AliasIter>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<AliasIter>) -> Result<Next> {
        let Some(alias) = this.get_mut(py).alias.take() else { return Ok(Next(None)) };
        let cls = py.type_of(alias.as_value());
        alias_in(py, &cls, &alias.origin, alias.args.clone(), true).map(|starred| Next(Some(starred)))
    }
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<AliasIter>) -> Value {
        match this.get(py).alias.clone() {
            Some(alias) => py.reduced("iter", alias.into_value(), None),
            None => {
                let empty = py.tuple(Vec::new());
                py.reduced_end("iter", empty)
            }
        }
    }
}

impl NativeType for AliasIter {
    const NAME: &'static str = "generic_alias_iterator";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
