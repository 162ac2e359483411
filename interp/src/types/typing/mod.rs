//! Type parameters of PEP 695 and 696: `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`, and
//! `Generic`. The module `typing` does the substitution; natives keep names, bounds and defaults.

pub mod alias;
pub mod generic;
pub mod paramspec;
pub mod typevar;
pub mod typevartuple;

use lockstep_compile::code::Intrinsic;
use lockstep_heap::{Frozen, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Result, system_error, type_error};
use crate::object::{NativeType, Py, Type, TypeFlags};
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The machine's operations on type parameters.
pub fn intrinsic(py: &mut Py, which: Intrinsic, args: &[Value]) -> Result<Value> {
    match (which, args) {
        (Intrinsic::TypeVar, [name, bound, default]) => {
            typevar::lazy(py, name, Lazy::of(bound), Lazy::default(), Lazy::of(default))
        }
        (Intrinsic::TypeVarConstraints, [name, constraints, default]) => {
            typevar::lazy(py, name, Lazy::default(), Lazy::of(constraints), Lazy::of(default))
        }
        (Intrinsic::ParamSpec, [name, default]) => paramspec::lazy(py, name, Lazy::of(default)),
        (Intrinsic::TypeVarTuple, [name, default]) => typevartuple::lazy(py, name, Lazy::of(default)),
        (Intrinsic::SubscriptGeneric, [params]) => {
            let generic = py.define::<generic::Generic>();
            generic::subscript(py, generic.as_value(), params)
        }
        (Intrinsic::TypeAlias, [name, params, value]) => alias::lazy(py, name, params, value),
        _ => Err(system_error("an intrinsic of type parameters with the wrong arguments")),
    }
}

/// A value that is computed when it is first asked for.
#[derive(Default)]
pub struct Lazy {
    /// The value, once known.
    pub value: Option<Value>,
    /// Computes it; called with a format (1: the value).
    pub evaluate: Option<Value>,
}

impl Lazy {
    /// From the operand of an instruction: a function, or None.
    pub fn of(function: &Value) -> Lazy {
        Lazy { value: None, evaluate: if function.is_none() { None } else { Some(function.clone()) } }
    }
    /// A value that is there.
    pub fn known(value: Option<Value>) -> Lazy {
        Lazy { value, evaluate: None }
    }
    /// Whether there is a value, computed or not.
    pub fn is_given(&self) -> bool {
        self.value.is_some() || self.evaluate.is_some()
    }
    pub(super) fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.value);
        visit.option(&self.evaluate);
    }
    pub(super) fn take(&mut self, out: &mut Vec<Value>) {
        out.extend(self.value.take());
        out.extend(self.evaluate.take());
    }
}

/// Compute a lazy value that `place` finds in an object.
pub(super) fn force<T: Object<Access = lockstep_heap::Guarded>>(
    py: &mut Py,
    this: &Ref<T>,
    place: fn(&mut T) -> &mut Lazy,
) -> Result<Option<Value>> {
    let lazy = place(this.get_mut(py));
    if let Some(value) = &lazy.value {
        return Ok(Some(value.clone()));
    }
    let Some(evaluate) = lazy.evaluate.clone() else { return Ok(None) };
    let value = py.call(&evaluate, &[Value::int32(1)])?;
    place(this.get_mut(py)).value = Some(value.clone());
    Ok(Some(value))
}

/// The function that computes a lazy value, as `evaluate_bound` and the like show it.
pub(super) fn evaluator<T: Object<Access = lockstep_heap::Guarded>>(
    py: &mut Py,
    this: &Ref<T>,
    place: fn(&mut T) -> &mut Lazy,
) -> Value {
    let lazy = place(this.get_mut(py));
    if let Some(evaluate) = &lazy.evaluate {
        return evaluate.clone();
    }
    match lazy.value.clone() {
        Some(value) => py.make(Constant { value }).into_value(),
        None => Value::NONE,
    }
}

/// Evaluates to a value that is known.
pub struct Constant {
    value: Value,
}

impl Object for Constant {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.value);
    }
}

#[methods]
impl Constant {
    /// Call self as a function.
    #[py("(self, format, /)")]
    fn __call__(py: &mut Py, this: &Ref<Constant>, format: i64) -> Result<Value> {
        if format == 4 {
            let repr = function(py, "_type_repr").or_else(|_| library(py, "annotationlib", "type_repr"))?;
            return py.call(&repr, std::slice::from_ref(&this.value));
        }
        Ok(this.value.clone())
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Constant>) -> Result<String> {
        Ok(format!("<constevaluator {}>", py.repr(&this.value)?))
    }
}

impl NativeType for Constant {
    const NAME: &'static str = "constevaluator";
    const MODULE: &'static str = "_typing";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// `typing.NoDefault`
pub struct NoDefault;

impl Object for NoDefault {
    type Access = Frozen;
}

#[derive(Default)]
struct Singletons {
    no_default: Option<Value>,
}

/// The one object of its type.
pub fn no_default(py: &mut Py) -> Value {
    if let Some(value) = py.state::<Singletons>().no_default.clone() {
        return value;
    }
    py.define::<NoDefault>();
    let value = py.make(NoDefault).into_value();
    py.state::<Singletons>().no_default = Some(value.clone());
    value
}

#[methods]
impl NoDefault {
    #[staticmethod("(type, /)")]
    fn __new__(py: &mut Py, _cls: &Ref<Type>) -> Value {
        no_default(py)
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(_py: &mut Py, _this: &Ref<NoDefault>) -> &'static str {
        "NoDefault"
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(_py: &mut Py, _this: &Ref<NoDefault>) -> &'static str {
        "typing.NoDefault"
    }
}

impl NativeType for NoDefault {
    const NAME: &'static str = "NoDefaultType";
    const DOC: Option<&'static str> = Some("The type of the NoDefault singleton.");
    const MODULE: &'static str = "typing";
    const FLAGS: u32 = 0;
}

/// A name of a module of the library.
fn library(py: &mut Py, module: &str, name: &str) -> Result<Value> {
    let module = crate::import::import_module(py, module)?;
    py.getattr(&module, name)
}

/// A function of module `typing`.
pub(super) fn function(py: &mut Py, name: &str) -> Result<Value> {
    library(py, "typing", name)
}

/// A bound or default given by a caller, as a type: `typing._type_check`.
pub(super) fn type_check(py: &mut Py, value: &Value, message: &str) -> Result<Value> {
    if value.is_none() {
        return Ok(py.type_of(value).into_value());
    }
    if value.is_a::<Type>() {
        return Ok(value.clone());
    }
    let check = function(py, "_type_check")?;
    let message = py.str(message);
    py.call(&check, &[value.clone(), message])
}

/// `__module__` of an object made by a call: that of the caller.
pub(super) fn set_module(py: &mut Py, object: &Value) {
    let module = py.current_globals().and_then(|g| crate::types::dict::get_name(py, &g, "__name__"));
    let name = py.intern("__module__");
    py.instance_set(object, &name, module.unwrap_or(Value::NONE));
}

/// `__default__`
pub(super) fn default_of<T: Object<Access = lockstep_heap::Guarded>>(
    py: &mut Py,
    this: &Ref<T>,
    place: fn(&mut T) -> &mut Lazy,
) -> Result<Value> {
    match force(py, this, place)? {
        Some(value) => Ok(value),
        None => Ok(no_default(py)),
    }
}

/// A default given to a constructor: none if it was not.
pub(super) fn given_default(py: &mut Py, value: Option<Value>) -> Option<Value> {
    let missing = no_default(py);
    value.filter(|v| !v.is(&missing))
}

pub(super) fn name_arg(py: &Py, function: &str, name: &Value) -> Result<Ref<Str>> {
    match name.downcast::<Str>() {
        Some(name) => Ok(name.clone()),
        None => Err(type_error(format!("{function}() argument 'name' must be str, not {}", py.type_name(name)))),
    }
}

/// The sign before a type variable's name.
pub(super) fn variance_mark(infer: bool, covariant: bool, contravariant: bool) -> &'static str {
    if infer {
        ""
    } else if covariant {
        "+"
    } else if contravariant {
        "-"
    } else {
        "~"
    }
}

/// Checks of the variance flags.
pub(super) fn check_variance(infer: bool, covariant: bool, contravariant: bool) -> Result<()> {
    if covariant && contravariant {
        return Err(crate::object::raise::value_error("Bivariant types are not supported."));
    }
    if infer && (covariant || contravariant) {
        return Err(crate::object::raise::value_error("Variance cannot be specified with infer_variance."));
    }
    Ok(())
}

/// `typing.Unpack[value]`
pub(super) fn unpack(py: &mut Py, value: &Value) -> Result<Value> {
    let form = function(py, "Unpack")?;
    py.getitem(&form, value)
}

/// Type parameters with tuples of them unpacked, as arguments.
pub(super) fn unpacked(py: &mut Py, params: &Ref<Tuple>) -> Result<Value> {
    let mut out = Vec::with_capacity(params.len());
    for param in params.slice() {
        out.push(if param.is_a::<typevartuple::TypeVarTuple>() { unpack(py, param)? } else { param.clone() });
    }
    Ok(py.tuple(out))
}

/// `left | right` of types and type parameters.
pub fn union(py: &mut Py, left: &Value, right: &Value) -> Result<Value> {
    crate::types::union::make(py, &[left.clone(), right.clone()])
}
