//! Takes the attributes that declare a member off a function and reads what they say.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, Expr, ExprLit, Ident, ImplItemFn, Lit, LitStr, Meta, Token};

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Role {
    Py,
    ClassMethod,
    StaticMethod,
    Getter,
    Setter,
}

impl Role {
    fn of(attribute: &Attribute) -> Option<Self> {
        let name = attribute.path().get_ident()?;
        Some(match name.to_string().as_str() {
            "py" => Self::Py,
            "classmethod" => Self::ClassMethod,
            "staticmethod" => Self::StaticMethod,
            "getter" => Self::Getter,
            "setter" => Self::Setter,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Py => "py",
            Self::ClassMethod => "classmethod",
            Self::StaticMethod => "staticmethod",
            Self::Getter => "getter",
            Self::Setter => "setter",
        }
    }

    /// A property's functions have fixed parameters and no signature.
    pub fn has_signature(self) -> bool {
        !matches!(self, Self::Getter | Self::Setter)
    }
}

/// What stands in an attribute's parentheses.
#[derive(Default)]
pub struct Arguments {
    /// A signature; or, of a setter, the property as a string.
    pub text: Option<LitStr>,
    /// Of a setter: the property as a word.
    pub word: Option<Ident>,
    pub name: Option<LitStr>,
    pub aliases: Vec<LitStr>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut arguments = Self::default();
        while !input.is_empty() {
            if input.peek(LitStr) {
                let text = input.parse::<LitStr>()?;
                if arguments.text.is_some() {
                    return Err(Error::new(text.span(), "one string is expected here"));
                }
                arguments.text = Some(text);
            } else {
                arguments.option(input)?;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    }
}

impl Arguments {
    fn option(&mut self, input: ParseStream) -> syn::Result<()> {
        let key = Ident::parse_any(input)?;
        if !input.peek(Token![=]) {
            if self.word.is_some() {
                return Err(Error::new(key.span(), "one word is expected here"));
            }
            self.word = Some(key);
            return Ok(());
        }
        input.parse::<Token![=]>()?;
        let value = input.parse::<LitStr>()?;
        if key == "alias" {
            self.aliases.push(value);
        } else if key == "name" && self.name.is_none() {
            self.name = Some(value);
        } else if key == "name" {
            return Err(Error::new(key.span(), "`name` is given twice"));
        } else {
            return Err(Error::new(key.span(), format!("unknown option `{key}`: there are `name` and `alias`")));
        }
        Ok(())
    }
}

/// A function's declaration: its role and what the attribute says.
pub struct Declaration {
    pub role: Role,
    pub arguments: Arguments,
}

/// Removes the declaring attribute from `function`; `None` for a function that is no member.
pub fn take(function: &mut ImplItemFn) -> syn::Result<Option<Declaration>> {
    let (declaring, kept) =
        std::mem::take(&mut function.attrs).into_iter().partition::<Vec<_>, _>(|attribute| Role::of(attribute).is_some());
    function.attrs = kept;
    if let Some(second) = declaring.get(1) {
        return Err(Error::new_spanned(second, "a function is declared once; use `alias = \"...\"` for a second name"));
    }
    let Some((attribute, role)) = declaring.first().and_then(|first| Some((first, Role::of(first)?))) else {
        return Ok(None);
    };
    let arguments = match &attribute.meta {
        Meta::Path(_) => Arguments::default(),
        _ => attribute.parse_args::<Arguments>()?,
    };
    check(role, &arguments, attribute)?;
    Ok(Some(Declaration { role, arguments }))
}

fn check(role: Role, arguments: &Arguments, attribute: &Attribute) -> syn::Result<()> {
    let name = role.name();
    let complain = |message: String| Err(Error::new_spanned(attribute, message));
    match role {
        Role::Setter => {
            let given = [arguments.text.is_some(), arguments.word.is_some(), arguments.name.is_some()];
            if given.into_iter().filter(|given| *given).count() != 1 {
                return complain("`#[setter]` names its property: `#[setter(real)]`".into());
            }
            if !arguments.aliases.is_empty() {
                return complain("the aliases of a property are given by its getter".into());
            }
        }
        Role::Getter if arguments.text.is_some() || arguments.word.is_some() => {
            return complain("`#[getter]` takes no signature; for another name write `#[getter(name = \"...\")]`".into());
        }
        Role::Getter => {}
        Role::Py | Role::ClassMethod | Role::StaticMethod => {
            if arguments.text.is_none() {
                return complain(format!("`#[{name}]` needs a signature: `#[{name}(\"(value, /)\")]`"));
            }
            if let Some(word) = &arguments.word {
                return Err(Error::new(word.span(), format!("unknown option `{word}`: there are `name` and `alias`")));
            }
        }
    }
    Ok(())
}

/// The doc comment as one string, without the space after `///`.
pub fn doc(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value()),
                _ => None,
            },
            _ => None,
        })
        .map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned())
        .collect();
    lines.join("\n")
}

/// The conditions under which the function exists.
pub fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}
