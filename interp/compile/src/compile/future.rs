//! `from __future__ import ...`: which features, and where they may stand.

use lockstep_grammar::{Dialect, Mod, Span, tree::*};

use super::{FUTURE_ANNOTATIONS, FUTURE_DIVISION, Fault, Res};

/// The features that a text asks for.
pub(super) fn features(tree: &Mod, dialect: Dialect) -> Res<u32> {
    let (Mod::Module { body } | Mod::Interactive { body }) = tree else {
        return Ok(0);
    };
    let mut found = 0;
    let mut done = false;
    let mut docstring = true;
    for stmt in body {
        match &stmt.node {
            StmtKind::ImportFrom { module: Some(module), names, level: 0 } if &**module == "__future__" => {
                if done {
                    return Err(late(stmt.span));
                }
                for alias in names {
                    found |= feature(alias, stmt.span, dialect)?;
                }
                docstring = false;
            }
            StmtKind::Expr { value } if docstring && matches!(value.node, ExprKind::Constant(Constant::Str { .. })) => {
                docstring = false;
            }
            _ => done = true,
        }
    }
    for stmt in body {
        nested(stmt)?;
    }
    Ok(found)
}

fn late(span: Span) -> Box<Fault> {
    Fault::new("from __future__ imports must occur at the beginning of the file", span)
}

fn feature(alias: &Alias, span: Span, dialect: Dialect) -> Res<u32> {
    match &*alias.name {
        "division" => Ok(FUTURE_DIVISION),
        "annotations" if dialect == Dialect::Python3 => Ok(FUTURE_ANNOTATIONS),
        "nested_scopes" | "generators" | "absolute_import" | "with_statement" | "print_function" | "unicode_literals" => Ok(0),
        "generator_stop" | "barry_as_FLUFL" if dialect == Dialect::Python3 => Ok(0),
        "braces" => Err(Fault::new("not a chance", span)),
        name => Err(Fault::new(format!("future feature {name} is not defined"), alias.span)),
    }
}

/// Imports from `__future__` inside of other statements come too late.
fn nested(stmt: &Stmt) -> Res {
    let mut work: Vec<&Stmt> = Vec::new();
    children(stmt, &mut work);
    while let Some(stmt) = work.pop() {
        if let StmtKind::ImportFrom { module: Some(module), level: 0, .. } = &stmt.node
            && &**module == "__future__"
        {
            return Err(late(stmt.span));
        }
        children(stmt, &mut work);
    }
    Ok(())
}

fn children<'t>(stmt: &'t Stmt, out: &mut Vec<&'t Stmt>) {
    match &stmt.node {
        StmtKind::FunctionDef(def) => out.extend(&def.body),
        StmtKind::ClassDef(def) => out.extend(&def.body),
        StmtKind::For { body, orelse, .. } | StmtKind::While { body, orelse, .. } | StmtKind::If { body, orelse, .. } => {
            out.extend(body);
            out.extend(orelse);
        }
        StmtKind::With { body, .. } => out.extend(body),
        StmtKind::Match { cases, .. } => out.extend(cases.iter().flat_map(|case| &case.body)),
        StmtKind::Try { body, handlers, orelse, finalbody, .. } => {
            out.extend(body);
            out.extend(handlers.iter().flat_map(|handler| &handler.body));
            out.extend(orelse);
            out.extend(finalbody);
        }
        _ => {}
    }
}
