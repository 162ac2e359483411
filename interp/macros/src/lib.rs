//! Attribute macros that declare native methods and modules of Lockstep.
//!
//! An `impl` block stays as it is written, less the attributes named below; beside it appears the table of its
//! members, `::lockstep_interp::object::native::Members`, from which the machine fills a type or a module.
//! Binding a call to a signature is the machine's work: a member's wrapper receives one slot per parameter.
#![forbid(unsafe_code)]

mod attribute;
mod convert;
mod expand;
mod signature;
#[cfg(test)]
mod tests;

use expand::Home;
use proc_macro::TokenStream;

/// Declares the methods of a type.
///
/// ```text
/// #[methods]
/// impl List {
///     /// Append object to the end of the list.
///     #[py("(self, object, /)")]
///     fn append(py: &mut Py, this: &Ref<List>, object: Value) -> Result<()> { ... }
///
///     #[classmethod("(type, iterable, value=None, /)")]
///     fn fromkeys(py: &mut Py, cls: &Value, iterable: &Value, value: Value) -> Result<Value> { ... }
///
///     #[staticmethod("(x, y, /)")]
///     fn maketrans(py: &mut Py, x: Value, y: Value) -> Result<Value> { ... }
///
///     #[getter(name = "__name__")]
///     fn name(py: &mut Py, this: &Ref<List>) -> Value { ... }
///
///     #[setter(name)] // `None` is a deletion
///     fn set_name(py: &mut Py, this: &Ref<List>, value: Option<Value>) -> Result<()> { ... }
///
///     fn helper() { ... } // without an attribute: left alone
/// }
/// ```
///
/// - The string is the Python signature; every parameter of it (`/` and a lone `*` are none) has one Rust parameter
///   after `py`.
/// - The Python name is the function's (`r#type` is `type`), or `name = "..."`; each `alias = "..."` adds a member
///   that shares the wrapper. The doc comment becomes `__doc__`.
/// - `#[setter(x)]` belongs to the getter whose function or Python name is `x`; `#[setter("__x__")]` also works.
/// - `#[cfg]` on a function holds for its member as well.
///
/// What a parameter's type makes of its slot:
///
/// | type | conversion |
/// |---|---|
/// | `&Ref<T>`, `Option<&Ref<T>>` | the object, if it is a `T`; else TypeError |
/// | `&Value`, `Value` | the value as it is |
/// | `Option<&Value>`, `Option<Value>` | `None` where the slot is unbound |
/// | `&[Value]` | the positional arguments collected by `*name` |
/// | any other `T` | `<T as FromArg>::from_arg` |
///
/// The function returns a `Result` or a plain value, as `IntoResult` allows.
#[proc_macro_attribute]
pub fn methods(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Home::Type, &arguments.into(), item.into()).into_tokens().into()
}

/// Declares the functions of a module: as [`macro@methods`], but `#[py]` alone, and it makes functions.
///
/// ```text
/// #[module]
/// impl Math {
///     /// Return the square root of x.
///     #[py("(x, /)")]
///     fn sqrt(py: &mut Py, x: f64) -> Result<f64> { ... }
/// }
/// ```
#[proc_macro_attribute]
pub fn module(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Home::Module, &arguments.into(), item.into()).into_tokens().into()
}
