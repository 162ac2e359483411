//! From a parameter's type to the expression that fills it from its slot.

use crate::signature::{Param, ParamKind};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Error, FnArg, GenericArgument, ImplItemFn, Pat, PathArguments, Type, TypeReference};

/// A Rust parameter that has a slot.
pub struct Slot<'a> {
    /// As messages name it: the signature's name, else the Rust name.
    name: String,
    ty: &'a Type,
}

/// The parameters of `function` after `py`, named as in `signature` if there is one.
pub fn slots<'a>(function: &'a ImplItemFn, signature: Option<&[Param]>) -> syn::Result<Vec<Slot<'a>>> {
    let mut inputs = function.sig.inputs.iter();
    let first = match inputs.next() {
        Some(FnArg::Typed(first)) => Some(&*first.ty),
        Some(FnArg::Receiver(receiver)) => {
            return Err(Error::new_spanned(receiver, "a native takes no `self`: write `this: &Ref<Type>` after `py`"));
        }
        None => None,
    };
    if !matches!(first, Some(Type::Reference(TypeReference { mutability: Some(_), .. }))) {
        return Err(complain(function, "the first parameter of a native is `py: &mut Py`"));
    }
    let mut slots = Vec::new();
    for (index, input) in inputs.enumerate() {
        let FnArg::Typed(input) = input else { continue };
        let name = match (signature.and_then(|params| params.get(index)), &*input.pat) {
            (Some(param), _) => param.name.clone(),
            (None, Pat::Ident(pattern)) => pattern.ident.unraw().to_string(),
            (None, _) => format!("argument {}", index + 1),
        };
        slots.push(Slot { name, ty: &input.ty });
    }
    Ok(slots)
}

/// An error at the function's name.
pub fn complain(function: &ImplItemFn, message: impl std::fmt::Display) -> Error {
    Error::new(function.sig.ident.span(), message)
}

impl Slot<'_> {
    /// Refuses a type that its parameter could not fill.
    pub fn check(&self, param: &Param) -> syn::Result<()> {
        let shape = Shape::of(self.ty);
        let name = &self.name;
        if matches!(shape, Shape::Slice) && param.kind != ParamKind::Star {
            let message = format!("`&[Value]` takes what `*{name}` collects, but the signature has `{name}`");
            return Err(Error::new_spanned(self.ty, message));
        }
        if matches!(shape, Shape::Keywords) && param.kind != ParamKind::DoubleStar {
            let message = format!("`&Keywords` takes what `**{name}` collects, but the signature has `{name}`");
            return Err(Error::new_spanned(self.ty, message));
        }
        if matches!(shape, Shape::Borrowed | Shape::Owned) && param.may_be_unbound() {
            let message = format!("`{name}` may be absent: take it as `Option<Value>` or `Option<&Value>`");
            return Err(Error::new_spanned(self.ty, message));
        }
        Ok(())
    }

    /// Whether it takes what `*args` collects as a slice.
    pub fn is_slice(&self) -> bool {
        matches!(Shape::of(self.ty), Shape::Slice)
    }

    /// Whether it takes what `**kwargs` collects without a dict.
    pub fn is_keywords(&self) -> bool {
        matches!(Shape::of(self.ty), Shape::Keywords)
    }

    /// The expression that converts slot `index` of `args` for the function that Python calls `function`.
    pub fn conversion(&self, index: usize, function: &str) -> TokenStream {
        let (name, ty) = (&self.name, self.ty);
        let convert = quote!(::lockstep_interp::object::convert);
        match Shape::of(ty) {
            Shape::Object(class) => {
                quote!(#convert::arg_ref::<#class>(py, args, #index, #function)?)
            }
            Shape::OptionalObject(class) => {
                quote!(#convert::arg_opt_ref_of::<#class>(py, args, #index, #function)?)
            }
            Shape::Borrowed => quote!(&args[#index]),
            Shape::Owned => quote!(args[#index].clone()),
            Shape::OptionalBorrowed => quote!(#convert::arg_opt_ref(&args[#index])),
            Shape::OptionalOwned => quote!(#convert::arg_opt(&args[#index])),
            Shape::Slice => quote!(#convert::arg_slice(&args[#index])),
            Shape::Keywords => quote!(&#convert::arg_keywords(py, &args[#index])),
            Shape::Other => {
                quote!(<#ty as #convert::FromArg>::from_arg(py, &args[#index], #function, #name)?)
            }
        }
    }
}

/// The types that have a conversion of their own. They are known by name: a macro sees no more.
enum Shape<'a> {
    /// `&Ref<T>`
    Object(&'a Type),
    /// `Option<&Ref<T>>`
    OptionalObject(&'a Type),
    /// `&Value`
    Borrowed,
    /// `Value`
    Owned,
    /// `Option<&Value>`
    OptionalBorrowed,
    /// `Option<Value>`
    OptionalOwned,
    /// `&[Value]`
    Slice,
    /// `&Keywords`
    Keywords,
    Other,
}

impl<'a> Shape<'a> {
    fn of(ty: &'a Type) -> Self {
        if is_value(ty) {
            return Self::Owned;
        }
        if let Some(target) = borrowed(ty) {
            return match target {
                Type::Slice(slice) if is_value(&slice.elem) => Self::Slice,
                target if is_value(target) => Self::Borrowed,
                target if is_named(target, "Keywords") => Self::Keywords,
                target => argument(target, "Ref").map_or(Self::Other, Self::Object),
            };
        }
        let Some(inner) = argument(ty, "Option") else {
            return Self::Other;
        };
        if is_value(inner) {
            return Self::OptionalOwned;
        }
        match borrowed(inner) {
            Some(target) if is_value(target) => Self::OptionalBorrowed,
            Some(target) => argument(target, "Ref").map_or(Self::Other, Self::OptionalObject),
            None => Self::Other,
        }
    }
}

fn is_value(ty: &Type) -> bool {
    is_named(ty, "Value")
}

fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none()
        && path.path.segments.last().is_some_and(|last| last.ident == name && last.arguments.is_none()))
}

/// The target of a shared reference.
fn borrowed(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Reference(TypeReference { mutability: None, elem, .. }) => Some(elem),
        _ => None,
    }
}

/// `T` of `wrapper<T>`.
fn argument<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) if arguments.args.len() == 1 => Some(inner),
        _ => None,
    }
}
