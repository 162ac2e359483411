//! What natives say about themselves to `help` and `inspect`: the documentation of special methods, which
//! is the same for every type, and signatures as text.

use super::class::{Type, TypeFlags};
use super::native::NativeDef;
use super::py::Py;
use crate::types::native::Native;
use crate::types::r#type::attributes;
use lockstep_heap::Ref;

/// The documentation of a native: its own, or that of every special method of its name; empty if there is none.
pub fn doc(def: &NativeDef, method: bool) -> &'static str {
    if !def.doc.is_empty() || !method {
        return def.doc;
    }
    match def.name {
        "__abs__" => "abs(self)",
        "__add__" => "Return self+value.",
        "__aiter__" => "Return an awaitable, that resolves in asynchronous iterator.",
        "__and__" => "Return self&value.",
        "__anext__" => "Return a value or raise StopAsyncIteration.",
        "__await__" => "Return an iterator to be used in await expression.",
        "__bool__" => "True if self else False",
        "__buffer__" => "Return a buffer object that exposes the underlying memory of the object.",
        "__call__" => "Call self as a function.",
        "__contains__" => "Return bool(key in self).",
        "__del__" => "Called when the instance is about to be destroyed.",
        "__delattr__" => "Implement delattr(self, name).",
        "__delete__" => "Delete an attribute of instance.",
        "__delitem__" => "Delete self[key].",
        "__divmod__" => "Return divmod(self, value).",
        "__eq__" => "Return self==value.",
        "__float__" => "float(self)",
        "__floordiv__" => "Return self//value.",
        "__ge__" => "Return self>=value.",
        "__get__" => "Return an attribute of instance, which is of type owner.",
        "__getattribute__" => "Return getattr(self, name).",
        "__getitem__" => "Return self[key].",
        "__gt__" => "Return self>value.",
        "__hash__" => "Return hash(self).",
        "__iadd__" => "Return self+=value.",
        "__iand__" => "Return self&=value.",
        "__ifloordiv__" => "Return self//=value.",
        "__ilshift__" => "Return self<<=value.",
        "__imatmul__" => "Return self@=value.",
        "__imod__" => "Return self%=value.",
        "__imul__" => "Return self*=value.",
        "__index__" => "Return self converted to an integer, if self is suitable for use as an index into a list.",
        "__init__" => "Initialize self.  See help(type(self)) for accurate signature.",
        "__int__" => "int(self)",
        "__invert__" => "~self",
        "__ior__" => "Return self|=value.",
        "__ipow__" => "Return self**=value.",
        "__irshift__" => "Return self>>=value.",
        "__isub__" => "Return self-=value.",
        "__iter__" => "Implement iter(self).",
        "__itruediv__" => "Return self/=value.",
        "__ixor__" => "Return self^=value.",
        "__le__" => "Return self<=value.",
        "__len__" => "Return len(self).",
        "__lshift__" => "Return self<<value.",
        "__lt__" => "Return self<value.",
        "__matmul__" => "Return self@value.",
        "__mod__" => "Return self%value.",
        "__mul__" => "Return self*value.",
        "__ne__" => "Return self!=value.",
        "__neg__" => "-self",
        "__new__" => "Create and return a new object.  See help(type) for accurate signature.",
        "__next__" => "Implement next(self).",
        "__or__" => "Return self|value.",
        "__pos__" => "+self",
        "__pow__" => "Return pow(self, value, mod).",
        "__radd__" => "Return value+self.",
        "__rand__" => "Return value&self.",
        "__rdivmod__" => "Return divmod(value, self).",
        "__release_buffer__" => "Release the buffer object that exposes the underlying memory of the object.",
        "__repr__" => "Return repr(self).",
        "__rfloordiv__" => "Return value//self.",
        "__rlshift__" => "Return value<<self.",
        "__rmatmul__" => "Return value@self.",
        "__rmod__" => "Return value%self.",
        "__rmul__" => "Return value*self.",
        "__ror__" => "Return value|self.",
        "__rpow__" => "Return pow(value, self, mod).",
        "__rrshift__" => "Return value>>self.",
        "__rshift__" => "Return self>>value.",
        "__rsub__" => "Return value-self.",
        "__rtruediv__" => "Return value/self.",
        "__rxor__" => "Return value^self.",
        "__set__" => "Set an attribute of instance to value.",
        "__setattr__" => "Implement setattr(self, name, value).",
        "__setitem__" => "Set self[key] to value.",
        "__str__" => "Return str(self).",
        "__sub__" => "Return self-value.",
        "__truediv__" => "Return self/value.",
        "__xor__" => "Return self^value.",
        _ => "",
    }
}

/// A signature as `inspect` reads it; none if a default cannot be written down.
pub fn text_signature(signature: &str, is_static: bool) -> Option<String> {
    if signature.contains('<') {
        return None;
    }
    if is_static {
        return Some(signature.to_owned());
    }
    // The first parameter is marked: it is bound already or will be.
    Some(signature.replacen('(', "($", 1))
}

/// The signature of calls of a native class: that of its own `__init__` or `__new__`.
pub fn class_signature(py: &mut Py, ty: &Ref<Type>) -> Option<String> {
    if ty.get(py).flags.has(TypeFlags::HEAP) {
        return None;
    }
    // Those whose arguments are taken as they come and looked at by the function itself.
    match ty.get(py).name.as_str().unwrap_or_default() {
        "object" => return Some("()".to_owned()),
        "map" => return Some("(function, iterable, /, *iterables, strict=False)".to_owned()),
        "product" => return Some("(*iterables, repeat=1)".to_owned()),
        "zip_longest" => return Some("(*iterables, fillvalue=None)".to_owned()),
        _ => {}
    }
    ["__init__", "__new__"].into_iter().find_map(|name| {
        let method = attributes::own(py, ty, name)?;
        let native = method.downcast::<Native>()?;
        let rest = native.def.signature.strip_prefix('(')?.strip_suffix(')')?;
        // Without what the class itself is given as.
        let rest = rest.split_once(", ").map_or("", |(_, rest)| rest);
        let rest = rest.strip_prefix("/, ").unwrap_or(rest);
        let rest = if rest == "/" { "" } else { rest };
        (!rest.contains('<') && rest != "*args, **kwargs").then(|| format!("({rest})"))
    })
}
