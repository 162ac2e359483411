//! Symbol tables: which names each scope binds, uses and declares, and where each name lives.
//! One walk over the tree collects (`collect`), then `resolve` finds cells and free variables.
//! List, set and dict comprehensions are scopes of their own here although their code is part
//! of the code around them.

mod collect;
mod expression;
mod resolve;

use std::collections::HashMap;

use lockstep_grammar::{Name, Span, tree::Expr};

pub(crate) use collect::{Setup, collect, every_argument, has_annotations};

use super::Res;

/// Index of a scope.
pub(crate) type ScopeId = usize;

/// What a scope belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    GenExpr,
    /// A list, set or dict comprehension.
    Comp,
    /// Type parameters of a generic function, class or alias.
    TypeParams,
    /// The value of a `type` statement.
    TypeAlias,
    /// Bound, constraints or default of a type parameter.
    TypeVar,
    /// An `__annotate__` function.
    Annotation,
}

impl ScopeKind {
    /// Whether names in it live in registers.
    pub fn is_function_like(self) -> bool {
        !matches!(self, Self::Module | Self::Class)
    }
}

/// What is known of a name in a scope.
pub(crate) mod flag {
    /// Is read.
    pub const USE: u32 = 1;
    /// Is assigned or deleted.
    pub const LOCAL: u32 = 2;
    /// Is a parameter.
    pub const PARAM: u32 = 4;
    /// Is declared `global`.
    pub const GLOBAL: u32 = 8;
    /// Is declared `nonlocal` (or is the target of `:=` in a comprehension).
    pub const NONLOCAL: u32 = 0x10;
    /// Has an annotation.
    pub const ANNOTATED: u32 = 0x20;
    /// Is a loop variable of a comprehension.
    pub const ITER: u32 = 0x40;
    /// Is a type parameter.
    pub const TYPE_PARAM: u32 = 0x80;
    /// May become unbound again: `del` or the end of `except ... as`.
    pub const DELETED: u32 = 0x100;
    /// Is captured by an inner function.
    pub const CELL: u32 = 0x200;
    /// Is bound by an import.
    pub const IMPORT: u32 = 0x800;
    /// Was bound by `:=` out of a comprehension.
    pub const WALRUS: u32 = 0x400;
    /// Bound here, unless declared otherwise.
    pub const BOUND: u32 = LOCAL | PARAM | ITER | TYPE_PARAM;
}

/// A deferred annotation of a module or class body.
#[derive(Clone, Copy)]
pub(crate) struct Deferred<'t> {
    pub name: &'t Name,
    pub annotation: &'t Expr,
    pub span: Span,
    /// Whether the statement may not run.
    pub conditional: bool,
}

/// One scope.
pub(crate) struct Scope<'t> {
    pub kind: ScopeKind,
    pub name: Name,
    pub parent: Option<ScopeId>,
    pub span: Span,
    pub symbols: HashMap<Name, u32>,
    /// The names in the order they came up.
    pub order: Vec<Name>,
    /// Free variables, in order.
    pub free: Vec<Name>,
    /// Where each `global` and `nonlocal` name was declared.
    pub directives: Vec<(Name, Span)>,
    /// The class whose private names are mangled.
    pub private: Option<Private>,
    pub is_generator: bool,
    pub is_async: bool,
    /// Some name of this code is bound by `:=`.
    pub has_walrus: bool,
    /// Directly inside of a class: names are looked up in the class first.
    pub sees_class: bool,
    /// Annotations to evaluate lazily.
    pub deferred: Vec<Deferred<'t>>,
    /// Scope of the `__annotate__` function of a module or class.
    pub annotate: Option<ScopeId>,
    /// Some deferred annotation is conditional.
    pub conditional_annotations: bool,
}

impl Scope<'_> {
    pub fn flags(&self, name: &str) -> u32 {
        self.symbols.get(name).copied().unwrap_or(0)
    }

    /// Where a name is declared `global` or `nonlocal`.
    pub fn declared_at(&self, name: &Name) -> Span {
        let found = self.directives.iter().find(|(declared, _)| declared == name);
        found.map_or(self.span, |(_, span)| *span)
    }

    pub fn binds(&self, name: &str) -> bool {
        let flags = self.flags(name);
        flags & flag::BOUND != 0 && flags & (flag::GLOBAL | flag::NONLOCAL) == 0
    }
}

/// Which part of a node a scope belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Body,
    TypeParams,
    Annotations,
    Value,
    Bound,
    Default,
}

/// All scopes of a text.
pub(crate) struct Scopes<'t> {
    pub all: Vec<Scope<'t>>,
    keys: HashMap<(usize, Part), ScopeId>,
}

impl Scopes<'_> {
    /// The scope of a part of a node.
    pub fn of<T>(&self, node: &T, part: Part) -> ScopeId {
        self.keys.get(&(std::ptr::from_ref(node) as usize, part)).copied().unwrap_or(0)
    }
}

/// A class whose private names are mangled.
#[derive(Clone)]
pub(crate) struct Private {
    /// Its name.
    pub class: Name,
    /// The only names that are mangled: around a class body its type parameters, so that bases and
    /// bounds see the private names outside.
    pub only: Option<std::sync::Arc<[Name]>>,
}

/// The name as a class body spells it: `__x` becomes `_Class__x`.
pub(crate) fn mangle(private: Option<&Private>, name: &Name) -> Name {
    let Some(private) = private else {
        return name.clone();
    };
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.clone();
    }
    if private.only.as_ref().is_some_and(|only| !only.contains(name)) {
        return name.clone();
    }
    let class = private.class.trim_start_matches('_');
    if class.is_empty() {
        return name.clone();
    }
    format!("_{class}{name}").into()
}

/// Makes the symbol tables of a text.
pub(crate) fn analyse(tree: &lockstep_grammar::Mod, setup: Setup) -> Res<Scopes<'_>> {
    let mut scopes = collect(tree, setup)?;
    resolve::resolve(&mut scopes)?;
    Ok(scopes)
}
