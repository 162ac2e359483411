//! The symbol tables of a text as plain data, with CPython's numbers, for the module `symtable`.

use lockstep_grammar::{LineIndex, Mod, SyntaxError};

use super::scope::{self, ScopeId, ScopeKind, Scopes, flag};
use super::{FUTURE_ANNOTATIONS, Options, future};
use crate::code::object::Name;

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    /// `top`, or the name of the function or class.
    pub name: String,
    /// What it belongs to, as `_symtable` numbers it.
    pub kind: u8,
    /// Line of its definition, 0 for a module.
    pub line: u32,
    /// Whether it is inside of a function.
    pub nested: bool,
    /// The table around it.
    pub parent: Option<usize>,
    /// Its names, in order of appearance.
    pub symbols: Vec<(Name, u32)>,
}

mod number {
    pub const GLOBAL: u32 = 1;
    pub const LOCAL: u32 = 2;
    pub const PARAM: u32 = 4;
    pub const NONLOCAL: u32 = 8;
    pub const USE: u32 = 16;
    pub const IMPORT: u32 = 128;
    pub const ANNOTATED: u32 = 256;
    pub const ITER: u32 = 512;
    pub const TYPE_PARAM: u32 = 1024;
    /// Where the scope stands.
    pub const SHIFT: u32 = 12;
}

/// The tables of a text, each after the one around it.
pub fn tables(tree: &Mod, text: &str, lines: &LineIndex, options: &Options) -> Result<Vec<Table>, SyntaxError> {
    let scopes = future::features(tree, options.dialect).and_then(|features| {
        let future = options.future | features;
        scope::analyse(tree, scope::Setup { dialect: options.dialect, future_annotations: future & FUTURE_ANNOTATIONS != 0 })
    });
    let scopes = scopes.map_err(|fault| SyntaxError::at(fault.message, fault.span, text))?;
    Ok((0..scopes.all.len()).map(|id| table(&scopes, id, lines)).collect())
}

fn table(scopes: &Scopes<'_>, id: ScopeId, lines: &LineIndex) -> Table {
    let scope = &scopes.all[id];
    let kind = match scope.kind {
        ScopeKind::Function | ScopeKind::Lambda | ScopeKind::GenExpr | ScopeKind::Comp => 0,
        ScopeKind::Class => 1,
        ScopeKind::Module => 2,
        ScopeKind::Annotation => 3,
        ScopeKind::TypeAlias => 4,
        ScopeKind::TypeParams => 5,
        ScopeKind::TypeVar => 6,
    };
    let mut around = scope.parent;
    let mut nested = false;
    while let Some(parent) = around {
        nested |= scopes.all[parent].kind.is_function_like();
        around = scopes.all[parent].parent;
    }
    let symbols = scope.order.iter().filter_map(|name| {
        let flags = scope.flags(name);
        (flags & !flag::CELL != 0).then(|| (name.clone(), symbol(scopes, id, name, flags)))
    });
    Table {
        name: scope.name.trim_matches(['<', '>']).trim_start_matches("generic parameters of ").to_owned(),
        kind,
        line: if kind == 2 { 0 } else { lines.line(scope.span.start) },
        nested,
        parent: scope.parent,
        symbols: symbols.collect(),
    }
}

fn symbol(scopes: &Scopes<'_>, id: ScopeId, name: &Name, flags: u32) -> u32 {
    let imported = flags & flag::IMPORT != 0;
    let mut out = 0;
    for (ours, theirs) in [
        (flag::GLOBAL, number::GLOBAL),
        (flag::LOCAL, if imported { 0 } else { number::LOCAL }),
        (flag::PARAM, number::PARAM),
        (flag::NONLOCAL, number::NONLOCAL),
        (flag::USE, number::USE),
        (flag::IMPORT, number::IMPORT),
        (flag::ANNOTATED, number::ANNOTATED | number::LOCAL),
        (flag::ITER, number::ITER | number::LOCAL),
        (flag::TYPE_PARAM, number::TYPE_PARAM),
    ] {
        if flags & ours != 0 {
            out |= theirs;
        }
    }
    out | scope_of(scopes, id, name, flags) << number::SHIFT
}

/// The scope of a name: local 1, explicitly global 2, implicitly global 3, free 4, cell 5.
fn scope_of(scopes: &Scopes<'_>, id: ScopeId, name: &Name, flags: u32) -> u32 {
    let scope = &scopes.all[id];
    if flags & flag::GLOBAL != 0 {
        return 2;
    }
    if flags & flag::NONLOCAL != 0 || scope.free.contains(name) {
        return 4;
    }
    if flags & flag::BOUND != 0 {
        return if flags & flag::CELL != 0 { 5 } else { 1 };
    }
    let mut around = scope.parent;
    while let Some(parent) = around {
        let outer = &scopes.all[parent];
        if outer.flags(name) & flag::GLOBAL != 0 {
            return 3;
        }
        if outer.kind.is_function_like() && outer.binds(name) {
            return 4;
        }
        around = outer.parent;
    }
    3
}
