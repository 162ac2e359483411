//! Tokens and trees as readable text, for people and for tests.

use std::fmt::Write;

use crate::span::{LineIndex, Span};
use crate::token::Token;
use crate::tree::*;

/// One line per token: where it stands, its kind, its text.
pub fn dump_tokens(source: &str, tokens: &[Token]) -> String {
    let lines = LineIndex::new(source);
    let mut out = String::new();
    for token in tokens {
        let place = place(&lines, token.span);
        let kind = format!("{:?}", token.kind);
        let _ = writeln!(out, "{place:<12} {kind:<14} {:?}", token.span.text(source));
    }
    out
}

fn place(lines: &LineIndex, span: Span) -> String {
    let (line, column) = lines.position(span.start);
    let (end_line, end_column) = lines.position(span.end);
    if line == end_line { format!("{line}:{column}-{end_column}") } else { format!("{line}:{column}-{end_line}:{end_column}") }
}

/// The tree as nested lists, one node per line, each with its place (`line:column-column`).
pub fn dump_tree(source: &str, tree: &Mod) -> String {
    let mut dump = Dump { lines: LineIndex::new(source), out: String::new(), depth: 0 };
    match tree {
        Mod::Module { body } => dump.node("Module", None, |d| d.block("body", body)),
        Mod::Interactive { body } => dump.node("Interactive", None, |d| d.block("body", body)),
        Mod::Expression { body } => dump.node("Expression", None, |d| d.expr(body)),
        Mod::FunctionType { argtypes, returns } => dump.node("FunctionType", None, |d| {
            d.exprs("argtypes", argtypes);
            d.field("returns", returns);
        }),
    }
    dump.out.push('\n');
    dump.out
}

struct Dump {
    lines: LineIndex,
    out: String,
    depth: usize,
}

impl Dump {
    fn line(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        // Deep chains would make quadratic output.
        self.out.extend(std::iter::repeat_n("  ", self.depth.min(100)));
    }

    fn node(&mut self, head: &str, span: Option<Span>, inside: impl FnOnce(&mut Self)) {
        self.line();
        self.out.push('(');
        self.out.push_str(head);
        if let Some(span) = span {
            let place = place(&self.lines, span);
            let _ = write!(self.out, " @{place}");
        }
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.out.push(')');
    }

    fn group(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.node(name, None, inside);
    }

    fn block(&mut self, name: &str, body: &[Stmt]) {
        if !body.is_empty() {
            self.group(name, |d| d.stmts(body));
        }
    }

    fn items<'t>(&mut self, items: impl IntoIterator<Item = &'t Expr>) {
        for item in items {
            self.expr(item);
        }
    }

    fn patterns<'t>(&mut self, patterns: impl IntoIterator<Item = &'t Pattern>) {
        for pattern in patterns {
            self.pattern(pattern);
        }
    }

    fn stmts(&mut self, body: &[Stmt]) {
        for stmt in body {
            self.stmt(stmt);
        }
    }

    fn exprs(&mut self, name: &str, items: &[Expr]) {
        if !items.is_empty() {
            self.group(name, |d| d.items(items));
        }
    }

    fn field(&mut self, name: &str, value: &Expr) {
        self.group(name, |d| d.expr(value));
    }

    fn maybe(&mut self, name: &str, value: Option<&Expr>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let span = Some(stmt.span);
        match &stmt.node {
            StmtKind::FunctionDef(function) => {
                let head = if function.is_async { "AsyncFunctionDef" } else { "FunctionDef" };
                self.node(&format!("{head} {}", function.name), span, |d| {
                    d.exprs("decorator_list", &function.decorator_list);
                    d.type_params(&function.type_params);
                    d.arguments(&function.args);
                    d.maybe("returns", function.returns.as_ref());
                    d.block("body", &function.body);
                });
            }
            StmtKind::ClassDef(class) => self.node(&format!("ClassDef {}", class.name), span, |d| {
                d.exprs("decorator_list", &class.decorator_list);
                d.type_params(&class.type_params);
                d.exprs("bases", &class.bases);
                d.keywords(&class.keywords);
                d.block("body", &class.body);
            }),
            StmtKind::Return { value } => self.node("Return", span, |d| d.items(value)),
            StmtKind::Delete { targets } => self.node("Delete", span, |d| d.items(targets)),
            StmtKind::Assign { targets, value } => self.node("Assign", span, |d| {
                d.exprs("targets", targets);
                d.field("value", value);
            }),
            StmtKind::TypeAlias { name, type_params, value } => self.node("TypeAlias", span, |d| {
                d.field("name", name);
                d.type_params(type_params);
                d.field("value", value);
            }),
            StmtKind::AugAssign { target, op, value } => self.node(&format!("AugAssign {op:?}"), span, |d| {
                d.expr(target);
                d.expr(value);
            }),
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                let head = if *simple { "AnnAssign simple" } else { "AnnAssign" };
                self.node(head, span, |d| {
                    d.field("target", target);
                    d.field("annotation", annotation);
                    d.maybe("value", value.as_deref());
                });
            }
            StmtKind::For { is_async, target, iter, body, orelse } => {
                self.node(if *is_async { "AsyncFor" } else { "For" }, span, |d| {
                    d.field("target", target);
                    d.field("iter", iter);
                    d.block("body", body);
                    d.block("orelse", orelse);
                });
            }
            StmtKind::While { test, body, orelse } => self.node("While", span, |d| {
                d.field("test", test);
                d.block("body", body);
                d.block("orelse", orelse);
            }),
            StmtKind::If { test, body, orelse } => self.node("If", span, |d| {
                d.field("test", test);
                d.block("body", body);
                d.block("orelse", orelse);
            }),
            StmtKind::With { is_async, items, body } => {
                self.node(if *is_async { "AsyncWith" } else { "With" }, span, |d| {
                    for item in items {
                        d.group("item", |d| {
                            d.expr(&item.context_expr);
                            d.maybe("as", item.optional_vars.as_ref());
                        });
                    }
                    d.block("body", body);
                });
            }
            StmtKind::Match { subject, cases } => self.node("Match", span, |d| {
                d.field("subject", subject);
                for case in cases {
                    d.node("case", Some(case.span), |d| {
                        d.pattern(&case.pattern);
                        d.maybe("guard", case.guard.as_ref());
                        d.block("body", &case.body);
                    });
                }
            }),
            StmtKind::Raise { exc, cause } => self.node("Raise", span, |d| {
                d.maybe("exc", exc.as_deref());
                d.maybe("cause", cause.as_deref());
            }),
            StmtKind::Try { is_star, body, handlers, orelse, finalbody } => {
                self.node(if *is_star { "TryStar" } else { "Try" }, span, |d| {
                    d.block("body", body);
                    for handler in handlers {
                        d.node("handler", Some(handler.span), |d| {
                            d.maybe("kind", handler.kind.as_ref());
                            d.maybe("target", handler.target.as_ref());
                            d.block("body", &handler.body);
                        });
                    }
                    d.block("orelse", orelse);
                    d.block("finalbody", finalbody);
                });
            }
            StmtKind::Assert { test, msg } => self.node("Assert", span, |d| {
                d.field("test", test);
                d.maybe("msg", msg.as_deref());
            }),
            StmtKind::Import { names } => self.node("Import", span, |d| d.aliases(names)),
            StmtKind::ImportFrom { module, names, level } => {
                let module = module.as_deref().unwrap_or("");
                self.node(&format!("ImportFrom {}{module}", ".".repeat(*level as usize)), span, |d| d.aliases(names));
            }
            StmtKind::Global { names } => self.node(&format!("Global {}", names.join(" ")), span, |_| ()),
            StmtKind::Nonlocal { names } => self.node(&format!("Nonlocal {}", names.join(" ")), span, |_| ()),
            StmtKind::Expr { value } => self.node("Expr", span, |d| d.expr(value)),
            StmtKind::Pass => self.node("Pass", span, |_| ()),
            StmtKind::Break => self.node("Break", span, |_| ()),
            StmtKind::Continue => self.node("Continue", span, |_| ()),
            StmtKind::Print2 { dest, values, newline } => {
                self.node(if *newline { "Print2" } else { "Print2 no-newline" }, span, |d| {
                    d.maybe("dest", dest.as_deref());
                    d.exprs("values", values);
                });
            }
            StmtKind::Exec2 { body, globals, locals } => self.node("Exec2", span, |d| {
                d.field("body", body);
                d.maybe("globals", globals.as_deref());
                d.maybe("locals", locals.as_deref());
            }),
            StmtKind::Raise2 { kind, value, trace } => self.node("Raise2", span, |d| {
                d.field("kind", kind);
                d.field("value", value);
                d.maybe("trace", trace.as_deref());
            }),
        }
    }

    fn aliases(&mut self, names: &[Alias]) {
        for alias in names {
            let head = match &alias.asname {
                Some(asname) => format!("alias {} as {asname}", alias.name),
                None => format!("alias {}", alias.name),
            };
            self.node(&head, Some(alias.span), |_| ());
        }
    }

    fn keywords(&mut self, keywords: &[Keyword]) {
        for keyword in keywords {
            let head = format!("keyword {}", keyword.arg.as_deref().unwrap_or("**"));
            self.node(&head, Some(keyword.span), |d| d.expr(&keyword.value));
        }
    }

    fn type_params(&mut self, params: &[TypeParam]) {
        for param in params {
            let kind = match &param.kind {
                TypeParamKind::TypeVar { .. } => "TypeVar",
                TypeParamKind::ParamSpec => "ParamSpec",
                TypeParamKind::TypeVarTuple => "TypeVarTuple",
            };
            self.node(&format!("{kind} {}", param.name), Some(param.span), |d| {
                if let TypeParamKind::TypeVar { bound } = &param.kind {
                    d.maybe("bound", bound.as_ref());
                }
                d.maybe("default", param.default_value.as_ref());
            });
        }
    }

    fn arg(&mut self, kind: &str, arg: &Arg, default: Option<&Expr>) {
        self.node(&format!("{kind} {}", arg.name), Some(arg.span), |d| {
            d.maybe("annotation", arg.annotation.as_deref());
            d.maybe("default", default);
        });
    }

    fn arguments(&mut self, args: &Arguments) {
        let count = args.posonlyargs.len() + args.args.len();
        let plain = args.posonlyargs.iter().map(|arg| ("posonly", arg)).chain(args.args.iter().map(|arg| ("arg", arg)));
        for (index, (kind, arg)) in plain.enumerate() {
            let default = (index + args.defaults.len()).checked_sub(count).and_then(|at| args.defaults.get(at));
            self.arg(kind, arg, default);
        }
        if let Some(arg) = &args.vararg {
            self.arg("vararg", arg, None);
        }
        for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
            self.arg("kwonly", arg, default.as_ref());
        }
        if let Some(arg) = &args.kwarg {
            self.arg("kwarg", arg, None);
        }
    }

    fn generators(&mut self, generators: &[Comprehension]) {
        for generator in generators {
            self.group(if generator.is_async { "async-for" } else { "for" }, |d| {
                d.expr(&generator.target);
                d.expr(&generator.iter);
                d.exprs("ifs", &generator.ifs);
            });
        }
    }

    fn expr(&mut self, expr: &Expr) {
        let span = Some(expr.span);
        match &expr.node {
            ExprKind::BoolOp { op, values } => self.node(&format!("BoolOp {op:?}"), span, |d| d.items(values)),
            ExprKind::NamedExpr { target, value } => self.node("NamedExpr", span, |d| {
                d.expr(target);
                d.expr(value);
            }),
            ExprKind::BinOp { .. } => self.chain(expr),
            ExprKind::UnaryOp { op, operand } => self.node(&format!("UnaryOp {op:?}"), span, |d| d.expr(operand)),
            ExprKind::Lambda { args, body } => self.node("Lambda", span, |d| {
                d.arguments(args);
                d.field("body", body);
            }),
            ExprKind::IfExp { test, body, orelse } => self.node("IfExp", span, |d| {
                d.field("test", test);
                d.field("body", body);
                d.field("orelse", orelse);
            }),
            ExprKind::Dict { keys, values } => self.node("Dict", span, |d| {
                for (key, value) in keys.iter().zip(values) {
                    match key {
                        Some(key) => d.expr(key),
                        None => d.group("**", |_| ()),
                    }
                    d.expr(value);
                }
            }),
            ExprKind::Set { elts } => self.node("Set", span, |d| d.items(elts)),
            ExprKind::List { elts } => self.node("List", span, |d| d.items(elts)),
            ExprKind::Tuple { elts } => self.node("Tuple", span, |d| d.items(elts)),
            ExprKind::ListComp { elt, generators } => self.comprehension("ListComp", span, elt, generators),
            ExprKind::SetComp { elt, generators } => self.comprehension("SetComp", span, elt, generators),
            ExprKind::GeneratorExp { elt, generators } => self.comprehension("GeneratorExp", span, elt, generators),
            ExprKind::DictComp { key, value, generators } => self.node("DictComp", span, |d| {
                d.expr(key);
                d.expr(value);
                d.generators(generators);
            }),
            ExprKind::Await { value } => self.node("Await", span, |d| d.expr(value)),
            ExprKind::Yield { value } => self.node("Yield", span, |d| d.items(value.as_deref())),
            ExprKind::YieldFrom { value } => self.node("YieldFrom", span, |d| d.expr(value)),
            ExprKind::Compare { left, ops, comparators } => self.node("Compare", span, |d| {
                d.expr(left);
                for (op, value) in ops.iter().zip(comparators) {
                    d.field(&format!("{op:?}"), value);
                }
            }),
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.interpolation("FormattedValue", span, value, *conversion, format_spec.as_deref());
            }
            ExprKind::Interpolation { value, text, conversion, format_spec } => {
                self.interpolation(&format!("Interpolation {text:?}"), span, value, *conversion, format_spec.as_deref());
            }
            ExprKind::JoinedStr { values } => self.node("JoinedStr", span, |d| d.items(values)),
            ExprKind::TemplateStr { values } => self.node("TemplateStr", span, |d| d.items(values)),
            ExprKind::Constant(value) => self.node(&format!("Constant {}", constant(value)), span, |_| ()),
            ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Call { .. } => self.chain(expr),
            ExprKind::Starred { value } => self.node("Starred", span, |d| d.expr(value)),
            ExprKind::Name { id } => self.node(&format!("Name {id}"), span, |_| ()),
            ExprKind::Slice { lower, upper, step } => self.node("Slice", span, |d| {
                d.maybe("lower", lower.as_deref());
                d.maybe("upper", upper.as_deref());
                d.maybe("step", step.as_deref());
            }),
            ExprKind::Repr2 { value } => self.node("Repr2", span, |d| d.expr(value)),
            ExprKind::Taken => self.node("Taken", span, |_| ()),
        }
    }

    /// A left-leaning chain, without recursion along it.
    fn chain(&mut self, mut expr: &Expr) {
        let mut links = Vec::new();
        loop {
            let (head, left) = match &expr.node {
                ExprKind::BinOp { left, op, .. } => (format!("BinOp {op:?}"), left),
                ExprKind::Attribute { value, attr } => (format!("Attribute {attr}"), value),
                ExprKind::Subscript { value, .. } => ("Subscript".to_owned(), value),
                ExprKind::Call { func, .. } => ("Call".to_owned(), func),
                _ => break,
            };
            self.line();
            let place = place(&self.lines, expr.span);
            let _ = write!(self.out, "({head} @{place}");
            self.depth += 1;
            links.push(expr);
            expr = left;
        }
        self.expr(expr);
        while let Some(link) = links.pop() {
            match &link.node {
                ExprKind::BinOp { right, .. } => self.expr(right),
                ExprKind::Subscript { slice, .. } => self.field("slice", slice),
                ExprKind::Call { args, keywords, .. } => {
                    self.exprs("args", args);
                    self.keywords(keywords);
                }
                _ => {}
            }
            self.depth -= 1;
            self.out.push(')');
        }
    }

    fn comprehension(&mut self, head: &str, span: Option<Span>, elt: &Expr, generators: &[Comprehension]) {
        self.node(head, span, |d| {
            d.expr(elt);
            d.generators(generators);
        });
    }

    fn interpolation(&mut self, head: &str, span: Option<Span>, value: &Expr, conversion: Option<char>, spec: Option<&Expr>) {
        let conversion = conversion.map(|letter| format!(" !{letter}")).unwrap_or_default();
        self.node(&format!("{head}{conversion}"), span, |d| {
            d.expr(value);
            d.maybe("format_spec", spec);
        });
    }

    fn pattern(&mut self, pattern: &Pattern) {
        let span = Some(pattern.span);
        match &pattern.node {
            PatternKind::MatchValue { value } => self.node("MatchValue", span, |d| d.expr(value)),
            PatternKind::MatchSingleton { value } => self.node(&format!("MatchSingleton {}", constant(value)), span, |_| ()),
            PatternKind::MatchSequence { patterns } => self.node("MatchSequence", span, |d| d.patterns(patterns)),
            PatternKind::MatchMapping { keys, patterns, rest } => self.node("MatchMapping", span, |d| {
                for (key, pattern) in keys.iter().zip(patterns) {
                    d.expr(key);
                    d.pattern(pattern);
                }
                if let Some(rest) = rest {
                    d.group(&format!("rest {rest}"), |_| ());
                }
            }),
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => self.node("MatchClass", span, |d| {
                d.expr(cls);
                d.patterns(patterns);
                for (name, pattern) in kwd_attrs.iter().zip(kwd_patterns) {
                    d.group(&format!("keyword {name}"), |d| d.pattern(pattern));
                }
            }),
            PatternKind::MatchStar { name } => self.node(&format!("MatchStar {}", name.as_deref().unwrap_or("_")), span, |_| ()),
            PatternKind::MatchAs { pattern, name } => {
                self.node(&format!("MatchAs {}", name.as_deref().unwrap_or("_")), span, |d| {
                    d.patterns(pattern.as_deref());
                });
            }
            PatternKind::MatchOr { patterns } => self.node("MatchOr", span, |d| d.patterns(patterns)),
        }
    }
}

fn constant(value: &Constant) -> String {
    match value {
        Constant::None => "None".to_owned(),
        Constant::True => "True".to_owned(),
        Constant::False => "False".to_owned(),
        Constant::Ellipsis => "...".to_owned(),
        Constant::Int(value) => value.to_string(),
        Constant::BigInt(value) => value.to_string(),
        Constant::Float(value) => format!("{value:?}"),
        Constant::Complex(value) => format!("{value:?}j"),
        Constant::ComplexPair(re, im) => format!("({re:?}{im:+?}j)"),
        Constant::Tuple(parts) => format!("({})", parts.iter().map(constant).collect::<Vec<_>>().join(", ")),
        Constant::FrozenSet(parts) => format!("{{{}}}", parts.iter().map(constant).collect::<Vec<_>>().join(", ")),
        Constant::Str { value, unicode_prefix } => format!("{}{value:?}", if *unicode_prefix { "u" } else { "" }),
        Constant::Bytes(value) => format!("b\"{}\"", value.escape_ascii()),
    }
}
