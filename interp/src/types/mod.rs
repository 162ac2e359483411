//! The builtin types: one file per type, named as Python names it.

pub mod async_generator;
pub mod buffer;
pub mod bytearray;
pub mod bytes;
pub mod cell;
pub mod code;
pub mod complex;
pub mod construct;
pub mod dict;
pub mod enumerate;
pub mod exception;
pub mod filter;
pub mod float;
pub mod frame;
pub mod function;
pub mod generator;
pub mod generic_alias;
pub mod int;
pub mod iterator;
pub mod list;
pub mod map;
pub mod mappingproxy;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod namespace;
pub mod native;
pub mod object;
pub mod property;
pub mod range;
pub mod reversed;
pub mod sequence;
pub mod set;
pub mod slice;
pub mod str;
pub mod structseq;
#[path = "super.rs"]
pub mod super_object;
pub mod template;
pub mod tuple;
pub mod tuple_getter;
pub mod r#type;
pub mod typing;
pub mod union;
pub mod weakref;
pub mod zip;

use lockstep_heap::{Instance, Ref, Shape, ShapeRef};

use crate::object::define::TypeSpec;
use crate::object::native::{Member, Members};
use crate::object::{NativeType, Py, Type, TypeFlags};

/// A type that shares its payload with others.
fn bare(py: &mut Py, name: &'static str, base: Option<Ref<Type>>, shape: ShapeRef, flags: u32) -> Ref<Type> {
    let doc = match name {
        "object" => Some(OBJECT_DOC),
        "type" => Some(TYPE_DOC),
        _ => None,
    };
    py.new_native_type(TypeSpec { name, module: "builtins", doc, flags, base, shape, members: &[], unhashable: false })
}

/// `object.__doc__`
const OBJECT_DOC: &str = "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new \
    featureless\ninstance that has no instance attributes and cannot be given any.\n";
/// `type.__doc__`
const TYPE_DOC: &str = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type";

/// The type object of payload `T`, still without methods.
fn declare<T: NativeType>(py: &mut Py, object: &Ref<Type>) {
    let known = py.shared().by_id.get(&std::any::TypeId::of::<T>()).cloned();
    let shape = match known {
        Some(shape) => shape,
        None => {
            let shape = T::shape();
            let shape = if T::DICT { shape.derive(true, 0, 0) } else { shape };
            py.register_shape::<T>(&shape);
            shape
        }
    };
    let spec = TypeSpec {
        name: T::NAME,
        module: T::MODULE,
        doc: T::DOC,
        flags: T::FLAGS,
        base: Some(object.clone()),
        shape,
        members: &[],
        unhashable: T::UNHASHABLE,
    };
    py.new_native_type(spec);
}

/// Give a declared type its methods.
fn complete(py: &mut Py, ty: &Ref<Type>, members: &'static [Member]) {
    py.add_members(ty, members);
    py.resolve_inherited(ty);
}

fn complete_payload<T: NativeType>(py: &mut Py) {
    let ty = py.type_for::<T>();
    complete(py, &ty, T::MEMBERS);
}

macro_rules! payloads {
    ($($ty:ty),* $(,)?) => {
        fn declare_payloads(py: &mut Py, object: &Ref<Type>) { $( declare::<$ty>(py, object); )* }
        fn complete_payloads(py: &mut Py) { $( complete_payload::<$ty>(py); )* }
    };
}

payloads! {
    native::GetSet, native::Member, str::Str, tuple::Tuple, dict::Dict, list::List, int::BigInt, float::FloatBox,
    bytes::iter::BytesIter, bytes::iter::ByteArrayIter, memoryview::MemoryView, memoryview::iter::MemoryIter,
    complex::Complex, bytes::Bytes, bytearray::ByteArray, str::iter::StrIter, set::Set, function::Function, code::CodeObject, cell::Cell, method::BoundMethod,
    method::ClassMethod, method::StaticMethod, property::Property, super_object::Super, slice::Slice, range::Range, range::RangeIter, range::LongRangeIter,
    iterator::ListIter, iterator::TupleIter, iterator::SequenceIterator, module::Module, generator::Generator,
    frame::FrameObject, frame::Traceback, async_generator::Wrapped, iterator::ListReverseIter,
    iterator::CallableIterator, dict::views::DictKeys, dict::views::DictValues, dict::views::DictItems,
    mappingproxy::MappingProxy, set::SetIter, enumerate::Enumerate, zip::Zip, map::Map, filter::Filter, reversed::Reversed,
    namespace::Namespace, generic_alias::GenericAlias, generic_alias::AliasIter, union::Union,
}

/// Define every builtin type. First the type objects, so that methods can be made, then the methods.
pub fn define_all(py: &mut Py) {
    let instance = Shape::plain::<Instance>();
    py.register_shape::<Instance>(&instance);
    let object = bare(py, "object", None, instance, TypeFlags::BASE);
    let type_shape = py.shape_of::<Type>().clone();
    let ty = bare(py, "type", Some(object.clone()), type_shape, TypeFlags::BASE | TypeFlags::METATYPE);
    let native = py.shape_of::<native::Native>().clone();
    for name in native::TYPES {
        let shape = if name == "builtin_function_or_method" { native.clone() } else { Shape::plain::<native::Native>() };
        bare(py, name, Some(object.clone()), shape.clone(), TypeFlags::NO_NEW);
        py.shared_mut().native_shapes.push(shape);
    }
    declare_payloads(py, &object);
    let int = py.type_for::<int::BigInt>();
    bare(py, "bool", Some(int), Shape::plain::<int::BigInt>(), TypeFlags::MATCH_SELF);
    for name in ["NoneType", "NotImplementedType", "ellipsis"] {
        bare(py, name, Some(object.clone()), Shape::plain::<Instance>(), 0);
    }
    let shape = |py: &Py, name| Some(py.type_named(name).get(py).shape.clone());
    let (none, bool) = (shape(py, "NoneType"), shape(py, "bool"));
    py.shared_mut().none_shape = none;
    py.shared_mut().bool_shape = bool;
    bare(py, "frozenset", Some(object.clone()), Shape::plain::<set::Set>(), TypeFlags::BASE | TypeFlags::MATCH_SELF);
    let mut dict_iterators = Vec::new();
    for name in dict::iter::TYPES {
        let shape = Shape::plain::<dict::iter::DictIter>();
        if dict_iterators.is_empty() {
            py.register_shape::<dict::iter::DictIter>(&shape);
        }
        dict_iterators.push(bare(py, name, Some(object.clone()), shape, TypeFlags::NO_NEW));
    }
    py.shared_mut().dict_iterators = dict_iterators;
    for name in ["coroutine", "async_generator"] {
        bare(py, name, Some(object.clone()), Shape::plain_tail::<generator::Generator>(), 0);
    }
    exception::declare_all(py, &object);

    complete(py, &object, object::ObjectMethods::MEMBERS);
    complete(py, &ty, r#type::TypeMethods::MEMBERS);
    for name in native::TYPES {
        let ty = py.type_named(name);
        py.add_members(&ty, native::Native::MEMBERS);
        let own = match name {
            "builtin_function_or_method" | "method-wrapper" => native::FunctionMethods::MEMBERS,
            _ => native::DescriptorMethods::MEMBERS,
        };
        complete(py, &ty, own);
    }
    complete_payloads(py);
    for name in dict::iter::TYPES {
        let ty = py.type_named(name);
        complete(py, &ty, dict::iter::DictIterMethods::MEMBERS);
    }
    for (name, members) in [
        ("bool", int::BoolMethods::MEMBERS),
        ("NoneType", object::NoneMethods::MEMBERS),
        ("NotImplementedType", object::NotImplementedMethods::MEMBERS),
        ("ellipsis", object::EllipsisMethods::MEMBERS),
        ("frozenset", set::FrozenSetMethods::MEMBERS),
        ("coroutine", generator::CoroutineMethods::MEMBERS),
        ("async_generator", async_generator::AsyncGeneratorMethods::MEMBERS),
    ] {
        let ty = py.type_named(name);
        complete(py, &ty, members);
    }
    for (name, doc) in [
        (
            "bool",
            "Returns True when the argument is true, False otherwise.\nThe builtins True and False are the only two instances of the class bool.\nThe class bool is a subclass of the class int, and cannot be subclassed.",
        ),
        ("frozenset", "Build an immutable unordered collection of unique elements."),
        ("NoneType", "The type of the None singleton."),
        ("NotImplementedType", "The type of the NotImplemented singleton."),
        ("ellipsis", "The type of the Ellipsis singleton."),
    ] {
        py.type_named(name).get_mut(py).doc = Some(doc);
    }
    let not_implemented = py.type_named("NotImplementedType");
    complete(py, &not_implemented, object::NotImplementedBool::MEMBERS);
    exception::complete_all(py);
}
