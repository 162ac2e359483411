//! `TypeVar`

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use super::Lazy;
use crate::object::raise::{Result, type_error};
use crate::object::{NativeType, Py, Type};
use crate::types::str::Str;

/// The payload of a TypeVar.
pub struct TypeVar {
    name: Ref<Str>,
    bound: Lazy,
    constraints: Lazy,
    default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer: bool,
}

impl Object for TypeVar {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        self.bound.trace(visit);
        self.constraints.trace(visit);
        self.default.trace(visit);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        self.bound.take(out);
        self.constraints.take(out);
        self.default.take(out);
    }
}

/// A type parameter of `def f[T]`.
pub fn lazy(py: &mut Py, name: &Value, bound: Lazy, constraints: Lazy, default: Lazy) -> Result<Value> {
    let name = super::name_arg(py, "typevar", name)?;
    py.define::<TypeVar>();
    let made =
        py.make(TypeVar { name, bound, constraints, default, covariant: false, contravariant: false, infer: true }).into_value();
    super::set_module(py, &made);
    Ok(made)
}

#[methods]
impl TypeVar {
    /// Create a TypeVar.
    #[staticmethod(
        "(type, name, *constraints, bound=None, default=<unbound>, covariant=False, contravariant=False, infer_variance=False)"
    )]
    #[expect(clippy::too_many_arguments, reason = "the constructor's own parameters")]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        name: &Value,
        constraints: &[Value],
        bound: &Value,
        default: Option<Value>,
        covariant: bool,
        contravariant: bool,
        infer_variance: bool,
    ) -> Result<Value> {
        let name = super::name_arg(py, "typevar", name)?;
        super::check_variance(infer_variance, covariant, contravariant)?;
        let bound = if bound.is_none() { None } else { Some(super::type_check(py, bound, "Bound must be a type.")?) };
        let constraints = match constraints {
            [] => None,
            [_] => return Err(type_error("A single constraint is not allowed")),
            _ if bound.is_some() => return Err(type_error("Constraints cannot be combined with bound=...")),
            several => {
                let mut checked = Vec::new();
                for c in several {
                    checked.push(super::type_check(py, c, "TypeVar(name, constraint, ...): constraints must be types.")?);
                }
                Some(py.tuple(checked))
            }
        };
        let default = super::given_default(py, default);
        let made = py.make_in(
            cls,
            TypeVar {
                name,
                bound: Lazy::known(bound),
                constraints: Lazy::known(constraints),
                default: Lazy::known(default),
                covariant,
                contravariant,
                infer: infer_variance,
            },
        );
        super::set_module(py, made.as_value());
        Ok(made.into_value())
    }
    #[py("(self, bases, /)")]
    fn __mro_entries__(_py: &mut Py, _this: &Ref<TypeVar>, _bases: &Value) -> Result<Value> {
        Err(type_error("Cannot subclass an instance of TypeVar"))
    }
    /// Return self|value.
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        super::union(py, this, value)
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<TypeVar>) -> Value {
        this.get(py).name.to_value()
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<TypeVar>) -> String {
        let t = this.get(py);
        format!("{}{}", super::variance_mark(t.infer, t.covariant, t.contravariant), t.name)
    }
    /// Return value|self.
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        super::union(py, value, this)
    }
    #[py("(self, alias, args, /)")]
    fn __typing_prepare_subst__(py: &mut Py, this: &Ref<TypeVar>, alias: &Value, args: &Value) -> Result<Value> {
        let params = py.getattr(alias, "__parameters__")?;
        let params = py.collect(&params)?;
        let given = py.collect(args)?;
        let index = params.iter().position(|p| p.is(this.as_value())).unwrap_or(params.len());
        if index < given.len() {
            return Ok(args.clone());
        }
        if index == given.len() {
            let default = super::default_of(py, this, |t| &mut t.default)?;
            if !default.is(&super::no_default(py)) {
                let mut all = given;
                all.push(default);
                return Ok(py.tuple(all));
            }
        }
        let alias = py.repr(alias)?;
        Err(type_error(format!("Too few arguments for {alias}")))
    }
    #[py("(self, arg, /)")]
    fn __typing_subst__(py: &mut Py, this: &Value, arg: &Value) -> Result<Value> {
        let subst = super::function(py, "_typevar_subst")?;
        py.call(&subst, &[this.clone(), arg.clone()])
    }
    #[getter]
    fn __bound__(py: &mut Py, this: &Ref<TypeVar>) -> Result<Value> {
        Ok(super::force(py, this, |t| &mut t.bound)?.unwrap_or(Value::NONE))
    }
    #[getter]
    fn __constraints__(py: &mut Py, this: &Ref<TypeVar>) -> Result<Value> {
        match super::force(py, this, |t| &mut t.constraints)? {
            Some(constraints) => Ok(constraints),
            None => Ok(py.tuple(Vec::new())),
        }
    }
    #[getter]
    fn __contravariant__(py: &mut Py, this: &Ref<TypeVar>) -> bool {
        this.get(py).contravariant
    }
    #[getter]
    fn __covariant__(py: &mut Py, this: &Ref<TypeVar>) -> bool {
        this.get(py).covariant
    }
    #[getter]
    fn __default__(py: &mut Py, this: &Ref<TypeVar>) -> Result<Value> {
        super::default_of(py, this, |t| &mut t.default)
    }
    #[getter]
    fn __infer_variance__(py: &mut Py, this: &Ref<TypeVar>) -> bool {
        this.get(py).infer
    }
    #[getter]
    fn __name__(py: &mut Py, this: &Ref<TypeVar>) -> Value {
        this.get(py).name.to_value()
    }
    #[getter]
    fn evaluate_bound(py: &mut Py, this: &Ref<TypeVar>) -> Value {
        super::evaluator(py, this, |t| &mut t.bound)
    }
    #[getter]
    fn evaluate_constraints(py: &mut Py, this: &Ref<TypeVar>) -> Value {
        super::evaluator(py, this, |t| &mut t.constraints)
    }
    #[getter]
    fn evaluate_default(py: &mut Py, this: &Ref<TypeVar>) -> Value {
        super::evaluator(py, this, |t| &mut t.default)
    }
    #[py("(self, /)")]
    fn has_default(py: &mut Py, this: &Ref<TypeVar>) -> bool {
        this.get(py).default.is_given()
    }
}

impl NativeType for TypeVar {
    const NAME: &'static str = "TypeVar";
    const MODULE: &'static str = "typing";
    const DICT: bool = true;
    const FLAGS: u32 = 0;
    const DOC: Option<&'static str> = Some("Type variable.");
}
