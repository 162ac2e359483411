//! `ParamSpec`, its `args` and `kwargs`.

use lockstep_heap::{Frozen, Guarded, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use super::Lazy;
use crate::object::raise::{Result, type_error};
use crate::object::{NativeType, Py, Type};
use crate::types::str::Str;

/// The payload of a ParamSpec.
pub struct ParamSpec {
    name: Ref<Str>,
    bound: Option<Value>,
    default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer: bool,
}

impl Object for ParamSpec {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.bound);
        self.default.trace(visit);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.bound.take());
        self.default.take(out);
    }
}

/// A type parameter of `def f[**P]`.
pub fn lazy(py: &mut Py, name: &Value, default: Lazy) -> Result<Value> {
    let name = super::name_arg(py, "paramspec", name)?;
    py.define::<ParamSpec>();
    let made =
        py.make(ParamSpec { name, bound: None, default, covariant: false, contravariant: false, infer: true }).into_value();
    super::set_module(py, &made);
    Ok(made)
}

#[methods]
impl ParamSpec {
    /// Create a ParamSpec object.
    #[staticmethod("(type, name, *, bound=None, default=<unbound>, covariant=False, contravariant=False, infer_variance=False)")]
    #[expect(clippy::too_many_arguments, reason = "the constructor's own parameters")]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        name: &Value,
        bound: &Value,
        default: Option<Value>,
        covariant: bool,
        contravariant: bool,
        infer_variance: bool,
    ) -> Result<Value> {
        let name = super::name_arg(py, "paramspec", name)?;
        super::check_variance(infer_variance, covariant, contravariant)?;
        let bound = if bound.is_none() { None } else { Some(super::type_check(py, bound, "Bound must be a type.")?) };
        let default = super::given_default(py, default);
        let made = py.make_in(
            cls,
            ParamSpec { name, bound, default: Lazy::known(default), covariant, contravariant, infer: infer_variance },
        );
        super::set_module(py, made.as_value());
        Ok(made.into_value())
    }
    #[py("(self, bases, /)")]
    fn __mro_entries__(_py: &mut Py, _this: &Ref<ParamSpec>, _bases: &Value) -> Result<Value> {
        Err(type_error("Cannot subclass an instance of ParamSpec"))
    }
    /// Return self|value.
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        super::union(py, this, value)
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<ParamSpec>) -> Value {
        this.get(py).name.to_value()
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<ParamSpec>) -> String {
        let p = this.get(py);
        format!("{}{}", super::variance_mark(p.infer, p.covariant, p.contravariant), p.name)
    }
    /// Return value|self.
    #[py("(self, value, /)")]
    fn __ror__(py: &mut Py, this: &Value, value: &Value) -> Result<Value> {
        super::union(py, value, this)
    }
    #[py("(self, alias, args, /)")]
    fn __typing_prepare_subst__(py: &mut Py, this: &Value, alias: &Value, args: &Value) -> Result<Value> {
        let prepare = super::function(py, "_paramspec_prepare_subst")?;
        py.call(&prepare, &[this.clone(), alias.clone(), args.clone()])
    }
    #[py("(self, arg, /)")]
    fn __typing_subst__(py: &mut Py, this: &Value, arg: &Value) -> Result<Value> {
        let subst = super::function(py, "_paramspec_subst")?;
        py.call(&subst, &[this.clone(), arg.clone()])
    }
    #[getter]
    fn __bound__(py: &mut Py, this: &Ref<ParamSpec>) -> Option<Value> {
        this.get(py).bound.clone()
    }
    #[getter]
    fn __contravariant__(py: &mut Py, this: &Ref<ParamSpec>) -> bool {
        this.get(py).contravariant
    }
    #[getter]
    fn __covariant__(py: &mut Py, this: &Ref<ParamSpec>) -> bool {
        this.get(py).covariant
    }
    #[getter]
    fn __default__(py: &mut Py, this: &Ref<ParamSpec>) -> Result<Value> {
        super::default_of(py, this, |p| &mut p.default)
    }
    #[getter]
    fn __infer_variance__(py: &mut Py, this: &Ref<ParamSpec>) -> bool {
        this.get(py).infer
    }
    #[getter]
    fn __name__(py: &mut Py, this: &Ref<ParamSpec>) -> Value {
        this.get(py).name.to_value()
    }
    /// Represents positional arguments.
    #[getter]
    fn args(py: &mut Py, this: &Value) -> Value {
        py.define::<ParamSpecArgs>();
        py.make(ParamSpecArgs { origin: this.clone() }).into_value()
    }
    #[getter]
    fn evaluate_default(py: &mut Py, this: &Ref<ParamSpec>) -> Value {
        super::evaluator(py, this, |p| &mut p.default)
    }
    #[py("(self, /)")]
    fn has_default(py: &mut Py, this: &Ref<ParamSpec>) -> bool {
        this.get(py).default.is_given()
    }
    /// Represents keyword arguments.
    #[getter]
    fn kwargs(py: &mut Py, this: &Value) -> Value {
        py.define::<ParamSpecKwargs>();
        py.make(ParamSpecKwargs { origin: this.clone() }).into_value()
    }
}

impl NativeType for ParamSpec {
    const NAME: &'static str = "ParamSpec";
    const MODULE: &'static str = "typing";
    const DICT: bool = true;
    const FLAGS: u32 = 0;
    const DOC: Option<&'static str> = Some("Parameter specification variable.");
}

macro_rules! part {
    ($name:ident, $text:literal, $doc:literal, $attribute:literal) => {
        #[doc = $doc]
        pub struct $name {
            origin: Value,
        }
        impl Object for $name {
            type Access = Frozen;
            const TRACKED: bool = true;
            fn trace(&self, visit: &mut Visitor<'_>) {
                visit.value(&self.origin);
            }
        }
        #[methods]
        impl $name {
            /// Return self==value.
            #[py("(self, value, /)")]
            fn __eq__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                match value.downcast::<$name>() {
                    Some(other) => Ok(Value::bool(py.eq(&this.origin, &other.origin)?)),
                    None => Ok(Value::NOT_IMPLEMENTED),
                }
            }
            #[py("(self, bases, /)")]
            fn __mro_entries__(_py: &mut Py, _this: &Ref<$name>, _bases: &Value) -> Result<Value> {
                Err(type_error(concat!("Cannot subclass an instance of ", $text)))
            }
            #[staticmethod("(type, origin)")]
            fn __new__(py: &mut Py, cls: &Ref<Type>, origin: Value) -> Value {
                py.make_in(cls, $name { origin }).into_value()
            }
            /// Return repr(self).
            #[py("(self, /)")]
            fn __repr__(py: &mut Py, this: &Ref<$name>) -> Result<String> {
                match this.origin.downcast::<ParamSpec>() {
                    Some(spec) => Ok(format!("{}.{}", spec.get(py).name, $attribute)),
                    None => Ok(format!("{}.{}", py.repr(&this.origin)?, $attribute)),
                }
            }
            #[getter]
            fn __origin__(_py: &mut Py, this: &Ref<$name>) -> Value {
                this.origin.clone()
            }
        }
        impl NativeType for $name {
            const NAME: &'static str = $text;
            const MODULE: &'static str = "typing";
            const UNHASHABLE: bool = true;
            const FLAGS: u32 = 0;
        }
    };
}

part!(ParamSpecArgs, "ParamSpecArgs", "The args for a ParamSpec object.", "args");
part!(ParamSpecKwargs, "ParamSpecKwargs", "The kwargs for a ParamSpec object.", "kwargs");
