//! `_typing`: the natives that the module `typing` is built on.

use lockstep_interp::object::define::NativeType;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module as ModuleObject;
use lockstep_interp::types::typing::{self, alias, generic, paramspec, typevar, typevartuple};
use lockstep_interp::types::union;
use lockstep_interp::{Py, Ref, Result, Value, module};

struct Typing;

#[module]
impl Typing {
    #[py("(x, /)")]
    fn _idfunc(_py: &mut Py, x: Value) -> Value {
        x
    }
}

fn export<T: NativeType>(py: &mut Py, namespace: &Ref<dict::Dict>) {
    let ty = py.define::<T>().into_value();
    dict::set_name(py, namespace, T::NAME, ty);
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<ModuleObject>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Typing>(&namespace, "_typing");
    export::<typevar::TypeVar>(py, &namespace);
    export::<typevartuple::TypeVarTuple>(py, &namespace);
    export::<paramspec::ParamSpec>(py, &namespace);
    export::<paramspec::ParamSpecArgs>(py, &namespace);
    export::<paramspec::ParamSpecKwargs>(py, &namespace);
    export::<alias::TypeAlias>(py, &namespace);
    export::<generic::Generic>(py, &namespace);
    export::<typing::Constant>(py, &namespace);
    export::<union::Union>(py, &namespace);
    let missing = typing::no_default(py);
    dict::set_name(py, &namespace, "NoDefault", missing);
    Ok(())
}
