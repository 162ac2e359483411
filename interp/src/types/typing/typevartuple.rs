//! `TypeVarTuple`

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use super::Lazy;
use crate::object::raise::{Result, type_error};
use crate::object::{NativeType, Py, Type};
use crate::types::str::Str;

/// The payload of a TypeVarTuple.
pub struct TypeVarTuple {
    name: Ref<Str>,
    default: Lazy,
}

impl Object for TypeVarTuple {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        self.default.trace(visit);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        self.default.take(out);
    }
}

/// A type parameter of `def f[*Ts]`.
pub fn lazy(py: &mut Py, name: &Value, default: Lazy) -> Result<Value> {
    let name = super::name_arg(py, "typevartuple", name)?;
    py.define::<TypeVarTuple>();
    let made = py.make(TypeVarTuple { name, default }).into_value();
    super::set_module(py, &made);
    Ok(made)
}

#[methods]
impl TypeVarTuple {
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Value) -> Result<Value> {
        let item = super::unpack(py, this)?;
        let items = py.tuple(vec![item]);
        py.get_iter(&items)
    }
    #[py("(self, bases, /)")]
    fn __mro_entries__(_py: &mut Py, _this: &Ref<TypeVarTuple>, _bases: &Value) -> Result<Value> {
        Err(type_error("Cannot subclass an instance of TypeVarTuple"))
    }
    /// Create a new TypeVarTuple with the given name.
    #[staticmethod("(type, name, *, default=<unbound>)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, name: &Value, default: Option<Value>) -> Result<Value> {
        let name = super::name_arg(py, "typevartuple", name)?;
        let default = super::given_default(py, default);
        let made = py.make_in(cls, TypeVarTuple { name, default: Lazy::known(default) });
        super::set_module(py, made.as_value());
        Ok(made.into_value())
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<TypeVarTuple>) -> Value {
        this.get(py).name.to_value()
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<TypeVarTuple>) -> Value {
        this.get(py).name.to_value()
    }
    #[py("(self, alias, args, /)")]
    fn __typing_prepare_subst__(py: &mut Py, this: &Value, alias: &Value, args: &Value) -> Result<Value> {
        let prepare = super::function(py, "_typevartuple_prepare_subst")?;
        py.call(&prepare, &[this.clone(), alias.clone(), args.clone()])
    }
    #[py("(self, arg, /)")]
    fn __typing_subst__(_py: &mut Py, _this: &Value, _arg: &Value) -> Result<Value> {
        Err(type_error("Substitution of bare TypeVarTuple is not supported"))
    }
    #[getter]
    fn __default__(py: &mut Py, this: &Ref<TypeVarTuple>) -> Result<Value> {
        super::default_of(py, this, |t| &mut t.default)
    }
    #[getter]
    fn __name__(py: &mut Py, this: &Ref<TypeVarTuple>) -> Value {
        this.get(py).name.to_value()
    }
    #[getter]
    fn evaluate_default(py: &mut Py, this: &Ref<TypeVarTuple>) -> Value {
        super::evaluator(py, this, |t| &mut t.default)
    }
    #[py("(self, /)")]
    fn has_default(py: &mut Py, this: &Ref<TypeVarTuple>) -> bool {
        this.get(py).default.is_given()
    }
}

impl NativeType for TypeVarTuple {
    const NAME: &'static str = "TypeVarTuple";
    const MODULE: &'static str = "typing";
    const DICT: bool = true;
    const FLAGS: u32 = 0;
    const DOC: Option<&'static str> = Some("A specialized form of type variable that enables variadic generics.");
}
