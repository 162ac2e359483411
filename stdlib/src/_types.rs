//! `_types`: the builtin types that have no name in `builtins`; `types` takes them over.

use lockstep_interp::object::define::NativeType;
use lockstep_interp::object::{Type, TypeFlags};
use lockstep_interp::types::module::Module as ModuleObject;
use lockstep_interp::types::{
    cell, code, dict, frame, function, generator, generic_alias, mappingproxy, method, module, namespace, native, union,
};
use lockstep_interp::{Frozen, Object, Py, Ref, Result, methods};

/// `types.CapsuleType`: there are no capsules here, but their type is asked for.
struct Capsule;

impl Object for Capsule {
    type Access = Frozen;
}

#[methods]
impl Capsule {}

impl NativeType for Capsule {
    const NAME: &'static str = "PyCapsule";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// The types by their own names.
const NAMED: &[(&str, &str)] = &[
    ("AsyncGeneratorType", "async_generator"),
    ("BuiltinFunctionType", "builtin_function_or_method"),
    ("BuiltinMethodType", "builtin_function_or_method"),
    ("ClassMethodDescriptorType", "classmethod_descriptor"),
    ("CoroutineType", "coroutine"),
    ("EllipsisType", "ellipsis"),
    ("MethodDescriptorType", "method_descriptor"),
    ("MethodWrapperType", "method-wrapper"),
    ("NoneType", "NoneType"),
    ("NotImplementedType", "NotImplementedType"),
    ("WrapperDescriptorType", "wrapper_descriptor"),
];

fn payload<T: NativeType>(py: &mut Py, namespace: &Ref<dict::Dict>, names: &[&str]) {
    let ty: Ref<Type> = py.define::<T>();
    for name in names {
        dict::set_name(py, namespace, name, ty.to_value());
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<ModuleObject>) -> Result<()> {
    let names = py.module_dict(module);
    for (name, ty) in NAMED {
        let ty = py.type_named(ty).into_value();
        dict::set_name(py, &names, name, ty);
    }
    payload::<cell::Cell>(py, &names, &["CellType"]);
    payload::<code::CodeObject>(py, &names, &["CodeType"]);
    payload::<frame::FrameObject>(py, &names, &["FrameType"]);
    payload::<frame::Traceback>(py, &names, &["TracebackType"]);
    payload::<function::Function>(py, &names, &["FunctionType", "LambdaType"]);
    payload::<generator::Generator>(py, &names, &["GeneratorType"]);
    payload::<generic_alias::GenericAlias>(py, &names, &["GenericAlias"]);
    payload::<mappingproxy::MappingProxy>(py, &names, &["MappingProxyType"]);
    payload::<method::BoundMethod>(py, &names, &["MethodType"]);
    payload::<module::Module>(py, &names, &["ModuleType"]);
    payload::<namespace::Namespace>(py, &names, &["SimpleNamespace"]);
    payload::<native::GetSet>(py, &names, &["GetSetDescriptorType"]);
    payload::<native::Member>(py, &names, &["MemberDescriptorType"]);
    payload::<union::Union>(py, &names, &["UnionType"]);
    payload::<Capsule>(py, &names, &["CapsuleType"]);
    Ok(())
}
