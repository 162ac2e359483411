//! Expands an `impl` block: the block without the declarations, and the table of its members beside it.
//!
//! A wrapper is a closure bound to a `NativeFn`, not a nested `fn`: so its parameters need no types in scope and
//! `Self` may be named inside.

use crate::attribute::{self, Role};
use crate::convert::{self, Slot, complain};
use crate::signature::{self, Param, ParamKind};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::HashSet;
use syn::ext::IdentExt;
use syn::{Attribute, Error, ImplItem, ImplItemFn, ItemImpl};

/// What the block's functions belong to.
#[derive(Clone, Copy, PartialEq)]
pub enum Home {
    Type,
    Module,
}

impl Home {
    fn attribute(self) -> &'static str {
        match self {
            Self::Type => "methods",
            Self::Module => "module",
        }
    }
}

/// The code and what is wrong with the input. The code is whole even then, so that one mistake is one message.
pub struct Expansion {
    pub tokens: TokenStream,
    pub error: Option<Error>,
}

impl Expansion {
    pub fn into_tokens(self) -> TokenStream {
        let mut tokens = self.tokens;
        tokens.extend(self.error.map(|error| error.into_compile_error()));
        tokens
    }
}

/// A declared function, ready to be written into the table.
struct Entry {
    home: Home,
    role: Role,
    /// The Python name; of a setter, the property it names.
    name: String,
    aliases: Vec<String>,
    /// The Rust function, without `r#`.
    function: Ident,
    signature: String,
    doc: String,
    conditions: Vec<Attribute>,
    conversions: Vec<TokenStream>,
    /// The slot of `*args`, if a call by position needs no tuple for it.
    star: Option<usize>,
    /// The slot of `**kwargs`, if a call that needs no tuple needs no dict for keywords either.
    keywords: Option<usize>,
    /// The function as the call names it.
    target: Ident,
}

/// Expands `#[methods]` or `#[module]` with `arguments` on `item`.
pub fn expand(home: Home, arguments: &TokenStream, item: TokenStream) -> Expansion {
    let mut block = match syn::parse2::<ItemImpl>(item.clone()) {
        Ok(block) => block,
        Err(error) => {
            return Expansion { tokens: item, error: Some(error) };
        }
    };
    let mut errors = Vec::new();
    if !arguments.is_empty() {
        errors.push(Error::new_spanned(arguments, format!("`#[{}]` takes no arguments", home.attribute())));
    }
    if let Some((_, path, _)) = &block.trait_ {
        let message = format!("`#[{}]` stands on a plain `impl Type`, not on the impl of a trait", home.attribute());
        errors.push(Error::new_spanned(path, message));
    }
    let mut entries = Vec::new();
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else {
            continue;
        };
        match entry(home, function) {
            Ok(found) => entries.extend(found),
            Err(error) => errors.push(error),
        }
    }
    errors.extend(clashes(&entries));
    let members = members(&entries, &mut errors);
    let table = table(&block, &entries, &members);
    let error = errors.into_iter().reduce(|mut all, error| {
        all.combine(error);
        all
    });
    Expansion { tokens: quote!(#block #table), error }
}

/// Reads one function and takes its declaration off; `None` if it has none.
fn entry(home: Home, function: &mut ImplItemFn) -> syn::Result<Option<Entry>> {
    let Some(attribute::Declaration { role, arguments }) = attribute::take(function)? else {
        return Ok(None);
    };
    if home == Home::Module && role != Role::Py {
        return Err(complain(function, format!("`#[{}]` has no place in a module: use `#[py]`", role.name())));
    }
    let sig = &function.sig;
    if sig.generics.type_params().next().is_some() || sig.generics.const_params().next().is_some() {
        return Err(complain(function, "a native cannot be generic over types or constants"));
    }
    if sig.asyncness.is_some() || sig.unsafety.is_some() {
        return Err(complain(function, "a native is neither `async` nor `unsafe`"));
    }
    let rust_name = sig.ident.unraw();
    let text = arguments.text.as_ref();
    let params = match text {
        Some(text) if role.has_signature() => {
            Some(signature::parse(&text.value()).map_err(|message| Error::new(text.span(), message))?)
        }
        _ => None,
    };
    let slots = convert::slots(function, params.as_deref())?;
    count(function, role, params.as_deref().map(<[_]>::len), slots.len())?;
    for (slot, param) in slots.iter().zip(params.iter().flatten()) {
        slot.check(param)?;
    }
    let name = match role {
        Role::Setter => arguments.name.as_ref().or(text).map(syn::LitStr::value),
        _ => arguments.name.as_ref().map(syn::LitStr::value),
    };
    let name = name.unwrap_or_else(|| arguments.word.as_ref().unwrap_or(&rust_name).unraw().to_string());
    Ok(Some(Entry {
        home,
        role,
        conversions: slots.iter().enumerate().map(|(index, slot)| slot.conversion(index, &name)).collect(),
        name,
        aliases: arguments.aliases.iter().map(syn::LitStr::value).collect(),
        function: rust_name,
        star: params.as_deref().and_then(|params| direct_star(params, &slots)),
        keywords: params.as_deref().and_then(|params| direct_keywords(params, text.map(syn::LitStr::value).as_deref(), &slots)),
        signature: text.map(syn::LitStr::value).unwrap_or_default(),
        doc: attribute::doc(&function.attrs),
        conditions: attribute::conditions(&function.attrs),
        target: sig.ident.clone(),
    }))
}

/// The slot of `*args`, if those before it must be given, those behind it need not be, and no dict
/// has to be made for `**kwargs`.
fn direct_star(params: &[Param], slots: &[Slot<'_>]) -> Option<usize> {
    let star = params.iter().position(|param| param.kind == ParamKind::Star)?;
    let fits = params[..star].iter().all(|param| param.default.is_none())
        && params[star + 1..].iter().zip(&slots[star + 1..]).all(|(param, slot)| match param.kind {
            ParamKind::DoubleStar => slot.is_keywords(),
            _ => param.default.is_some(),
        });
    (fits && slots[star].is_slice()).then_some(star)
}

/// The slot of `**kwargs`, if every keyword argument of a call belongs there: all other parameters are
/// positional only.
fn direct_keywords(params: &[Param], signature: Option<&str>, slots: &[Slot<'_>]) -> Option<usize> {
    let star = direct_star(params, slots)?;
    let last = params.len() - 1;
    let only_positional = star == 0 || signature.is_some_and(|s| s.contains("/, *"));
    (last == star + 1 && slots[last].is_keywords() && only_positional).then_some(last)
}

/// Checks the number of parameters after `py`.
fn count(function: &ImplItemFn, role: Role, declared: Option<usize>, found: usize) -> syn::Result<()> {
    let name = function.sig.ident.unraw();
    let plural = |count: usize| {
        if count == 1 { "parameter" } else { "parameters" }
    };
    let message = match (role, declared) {
        (_, Some(declared)) if declared != found => {
            format!("the signature of `{name}` has {declared} {}, but the function has {found} after `py`", plural(declared))
        }
        (Role::Getter, _) if found != 1 => {
            format!("a getter has one parameter after `py`, the object; `{name}` has {found}")
        }
        (Role::Setter, _) if found != 2 => {
            format!("a setter has two parameters after `py`, the object and the new value; `{name}` has {found}")
        }
        _ => return Ok(()),
    };
    Err(complain(function, message))
}

/// One error for each Python name that is declared twice. Functions under `#[cfg]` may be alternatives.
fn clashes(entries: &[Entry]) -> Vec<Error> {
    let mut seen = HashSet::new();
    entries
        .iter()
        .filter(|entry| entry.role != Role::Setter && entry.conditions.is_empty())
        .flat_map(|entry| std::iter::once(&entry.name).chain(&entry.aliases).map(move |name| (entry, name)))
        .filter(|(_, name)| !seen.insert(*name))
        .map(|(entry, name)| Error::new(entry.target.span(), format!("`{name}` is declared twice")))
        .collect()
}

/// The table's elements, in the order of declaration; a setter is part of its getter's element.
fn members(entries: &[Entry], errors: &mut Vec<Error>) -> Vec<TokenStream> {
    let setters = setters(entries, errors);
    let mut members = Vec::new();
    for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.role != Role::Setter) {
        let setter = setters.iter().find(|(getter, _)| *getter == index).map(|(_, setter)| &entries[*setter]);
        let names = std::iter::once(&entry.name).chain(&entry.aliases);
        members.extend(names.map(|name| entry.member(name, setter)));
    }
    members
}

/// Pairs of getter and setter.
fn setters(entries: &[Entry], errors: &mut Vec<Error>) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (index, setter) in entries.iter().enumerate().filter(|(_, entry)| entry.role == Role::Setter) {
        let fits = |entry: &Entry| {
            entry.role == Role::Getter
                && (entry.name == setter.name || entry.function == setter.name)
                && tokens_of(&entry.conditions) == tokens_of(&setter.conditions)
        };
        let message = match entries.iter().position(fits) {
            None => format!("there is no getter `{}` under the same `#[cfg]`", setter.name),
            Some(getter) if pairs.iter().any(|(other, _)| *other == getter) => {
                format!("the property `{}` has two setters", setter.name)
            }
            Some(getter) => {
                pairs.push((getter, index));
                continue;
            }
        };
        errors.push(Error::new(setter.target.span(), message));
    }
    pairs
}

fn tokens_of(attributes: &[Attribute]) -> String {
    attributes.iter().map(|attribute| attribute.to_token_stream().to_string()).collect()
}

impl Entry {
    /// The variable that holds the wrapper inside the table.
    fn wrapper_name(&self) -> Ident {
        format_ident!("call_{}", self.function, span = Span::mixed_site())
    }

    /// The variable that holds the wrapper that gets what `*args` collects as it lies.
    fn direct_name(&self) -> Ident {
        format_ident!("direct_{}", self.function, span = Span::mixed_site())
    }

    /// `let direct_print: StarFn = |py, args, rest| { ... };`
    fn direct(&self) -> Option<TokenStream> {
        let Self { target, conversions, conditions, .. } = self;
        let star = self.star?;
        let wrapper = self.direct_name();
        let given = conversions.len() - 1 - usize::from(self.keywords.is_some());
        let args = if given == 0 { quote!(_) } else { quote!(args) };
        let locals: Vec<Ident> = (0..conversions.len()).map(|index| format_ident!("arg{index}")).collect();
        let values = conversions.iter().enumerate().map(|(k, given)| match k {
            _ if k == star => quote!(rest),
            _ if self.keywords == Some(k) => quote!(keywords),
            _ => given.clone(),
        });
        let keywords = if self.keywords.is_some() { quote!(keywords) } else { quote!(_) };
        Some(quote! {
            #(#conditions)*
            let #wrapper: ::lockstep_interp::object::native::StarFn = |py, #args, rest, #keywords| {
                #(let #locals = #values;)*
                let result = Self::#target(py, #(#locals),*);
                ::lockstep_interp::object::convert::IntoResult::into_result(result, py)
            };
        })
    }

    /// `let call_append: NativeFn = |py, args| { ... };`
    fn wrapper(&self) -> TokenStream {
        let Self { target, conversions, conditions, .. } = self;
        let wrapper = self.wrapper_name();
        let locals: Vec<Ident> = (0..conversions.len()).map(|index| format_ident!("arg{index}")).collect();
        let args = if conversions.is_empty() { quote!(_) } else { quote!(args) };
        quote! {
            #(#conditions)*
            let #wrapper: ::lockstep_interp::object::native::NativeFn = |py, #args| {
                #(let #locals = #conversions;)*
                let result = Self::#target(py, #(#locals),*);
                ::lockstep_interp::object::convert::IntoResult::into_result(result, py)
            };
        }
    }

    fn member(&self, name: &str, setter: Option<&Entry>) -> TokenStream {
        let Self { signature, doc, conditions, .. } = self;
        let call = self.wrapper_name();
        let native = quote!(::lockstep_interp::object::native);
        let direct = self.star.map(|_| self.direct_name()).map(|direct| {
            let with_keywords = self.keywords.is_some();
            quote!(.directly(#direct, #with_keywords))
        });
        let def = quote!(#native::NativeDef::new(#name, #signature, #doc, #call) #direct);
        let member = match self.role {
            Role::Py if self.home == Home::Module => quote!(Function(#def)),
            Role::Py => quote!(Method(#def)),
            Role::ClassMethod => quote!(ClassMethod(#def)),
            Role::StaticMethod => quote!(StaticMethod(#def)),
            Role::Getter | Role::Setter => {
                let set = match setter.map(Self::wrapper_name) {
                    Some(set) => quote!(::core::option::Option::Some(#set)),
                    None => quote!(::core::option::Option::None),
                };
                quote!(Property { name: #name, doc: #doc, get: #call, set: #set })
            }
        };
        quote!(#(#conditions)* #native::Member::#member)
    }
}

/// `impl Members for Type { const MEMBERS ... }`
fn table(block: &ItemImpl, entries: &[Entry], members: &[TokenStream]) -> TokenStream {
    let (generics, _, bounds) = block.generics.split_for_impl();
    let self_ty = &block.self_ty;
    let conditions = attribute::conditions(&block.attrs);
    let wrappers = entries.iter().map(Entry::wrapper).chain(entries.iter().filter_map(Entry::direct));
    quote! {
        #(#conditions)*
        impl #generics ::lockstep_interp::object::native::Members for #self_ty #bounds {
            const MEMBERS: &'static [::lockstep_interp::object::native::Member] = {
                #(#wrappers)*
                &[#(#members),*]
            };
        }
    }
}
