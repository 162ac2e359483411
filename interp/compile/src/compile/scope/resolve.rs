//! Finds for each name the scope that binds it, and marks cells and free variables on the way.

use lockstep_grammar::Name;

use super::{ScopeId, ScopeKind, Scopes, flag};
use crate::compile::{Fault, Res};

/// Resolves all names of all scopes.
pub(super) fn resolve(scopes: &mut Scopes<'_>) -> Res {
    for id in 0..scopes.all.len() {
        let names = scopes.all[id].order.clone();
        for name in names {
            resolve_name(scopes, id, &name)?;
        }
    }
    // As in CPython: who hands cells to `exec` or to a function counts on the order.
    for scope in &mut scopes.all {
        scope.free.sort_unstable();
    }
    Ok(())
}

fn resolve_name(scopes: &mut Scopes<'_>, id: ScopeId, name: &Name) -> Res {
    let scope = &scopes.all[id];
    let flags = scope.flags(name);
    // The implicit names of class bodies are noted before anybody uses them.
    if flags & flag::GLOBAL != 0 || flags & !flag::CELL == 0 {
        return Ok(());
    }
    let declared = flags & flag::NONLOCAL != 0;
    if flags & flag::BOUND != 0 && !declared {
        return Ok(());
    }
    if scope.kind == ScopeKind::Module {
        return Ok(());
    }
    let found = search(scopes, id, name);
    match found {
        Some((owner, path)) => {
            if declared && flags & flag::WALRUS == 0 && scopes.all[owner].flags(name) & flag::TYPE_PARAM != 0 {
                let text = format!("nonlocal binding not allowed for type parameter '{name}'");
                return Err(Fault::new(text, scope.declared_at(name)));
            }
            if path.iter().any(|scope| scopes.all[*scope].kind != ScopeKind::Comp) {
                if let Some(flags) = scopes.all[owner].symbols.get_mut(name) {
                    *flags |= flag::CELL;
                }
                for scope in path {
                    let scope = &mut scopes.all[scope];
                    if scope.kind != ScopeKind::Comp && !scope.free.contains(name) {
                        scope.free.push(name.clone());
                    }
                }
            }
        }
        None if declared && flags & flag::WALRUS == 0 => {
            let text = format!("no binding for nonlocal '{name}' found");
            return Err(Fault::new(text, scope.declared_at(name)));
        }
        None => {}
    }
    Ok(())
}

/// The scope that binds `name` as seen from `from`, and the scopes on the way to it.
fn search(scopes: &Scopes<'_>, from: ScopeId, name: &Name) -> Option<(ScopeId, Vec<ScopeId>)> {
    let mut path = vec![from];
    let mut at = from;
    loop {
        let parent = scopes.all[at].parent?;
        let scope = &scopes.all[parent];
        match scope.kind {
            ScopeKind::Module => return None,
            ScopeKind::Class => {
                let implicit = matches!(&**name, "__class__" | "__classdict__" | "__conditional_annotations__");
                if implicit && scope.symbols.contains_key(name) {
                    return Some((parent, path));
                }
                // Annotation scopes ask the class at run time before anything further out.
                let asked = path.iter().all(|scope| scopes.all[*scope].sees_class);
                if asked && (scope.binds(name) || scope.flags(name) & flag::GLOBAL != 0) {
                    return None;
                }
            }
            _ => {
                let flags = scope.flags(name);
                if flags & flag::GLOBAL != 0 {
                    return None;
                }
                if scope.binds(name) {
                    return Some((parent, path));
                }
            }
        }
        path.push(parent);
        at = parent;
    }
}
