//! Expressions back to text, as `ast.unparse` writes them: for annotations kept as strings.

use lockstep_grammar::tree::*;

/// How tightly the surroundings bind; an expression that binds less gets brackets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Named,
    Tuple,
    Yield,
    Test,
    Or,
    And,
    Not,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    Factor,
    Power,
    Await,
    Atom,
}

/// The text of an expression.
pub fn unparse(expr: &Expr) -> String {
    let mut out = String::new();
    put(expr, Level::Test, &mut out);
    out
}

fn operator(op: Operator) -> (&'static str, Level) {
    match op {
        Operator::Add => ("+", Level::Sum),
        Operator::Sub => ("-", Level::Sum),
        Operator::Mult => ("*", Level::Product),
        Operator::MatMult => ("@", Level::Product),
        Operator::Div => ("/", Level::Product),
        Operator::Mod => ("%", Level::Product),
        Operator::FloorDiv => ("//", Level::Product),
        Operator::LShift => ("<<", Level::Shift),
        Operator::RShift => (">>", Level::Shift),
        Operator::BitOr => ("|", Level::BitOr),
        Operator::BitXor => ("^", Level::BitXor),
        Operator::BitAnd => ("&", Level::BitAnd),
        Operator::Pow => ("**", Level::Power),
    }
}

fn next(level: Level) -> Level {
    const ALL: [Level; 18] = [
        Level::Named,
        Level::Tuple,
        Level::Yield,
        Level::Test,
        Level::Or,
        Level::And,
        Level::Not,
        Level::Compare,
        Level::BitOr,
        Level::BitXor,
        Level::BitAnd,
        Level::Shift,
        Level::Sum,
        Level::Product,
        Level::Factor,
        Level::Power,
        Level::Await,
        Level::Atom,
    ];
    ALL.get(level as usize + 1).copied().unwrap_or(Level::Atom)
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => "==",
        CmpOp::NotEq => "!=",
        CmpOp::Lt => "<",
        CmpOp::LtE => "<=",
        CmpOp::Gt => ">",
        CmpOp::GtE => ">=",
        CmpOp::Is => "is",
        CmpOp::IsNot => "is not",
        CmpOp::In => "in",
        CmpOp::NotIn => "not in",
    }
}

/// Writes with brackets if `inner` binds less tightly than `outer`.
fn bracket(outer: Level, inner: Level, out: &mut String, write: impl FnOnce(&mut String)) {
    if outer > inner {
        out.push('(');
        write(out);
        out.push(')');
    } else {
        write(out);
    }
}

fn list<'e>(exprs: impl IntoIterator<Item = &'e Expr>, out: &mut String) {
    for (index, expr) in exprs.into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        put(expr, Level::Test, out);
    }
}

fn put(expr: &Expr, outer: Level, out: &mut String) {
    match &expr.node {
        ExprKind::BoolOp { op, values } => {
            let (word, level) = if *op == BoolOp::And { (" and ", Level::And) } else { (" or ", Level::Or) };
            bracket(outer, level, out, |out| {
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        out.push_str(word);
                    }
                    put(value, next(level), out);
                }
            });
        }
        ExprKind::NamedExpr { target, value } => bracket(outer, Level::Named, out, |out| {
            put(target, Level::Atom, out);
            out.push_str(" := ");
            put(value, Level::Atom, out);
        }),
        ExprKind::BinOp { .. } => binary(expr, outer, out),
        ExprKind::UnaryOp { op, operand } => {
            let (word, level) = match op {
                UnaryOp::Not => ("not ", Level::Not),
                UnaryOp::Invert => ("~", Level::Factor),
                UnaryOp::UAdd => ("+", Level::Factor),
                UnaryOp::USub => ("-", Level::Factor),
            };
            bracket(outer, level, out, |out| {
                out.push_str(word);
                put(operand, level, out);
            });
        }
        ExprKind::Lambda { args, body } => bracket(outer, Level::Test, out, |out| {
            out.push_str("lambda");
            let text = arguments(args);
            if !text.is_empty() {
                out.push(' ');
                out.push_str(&text);
            }
            out.push_str(": ");
            put(body, Level::Test, out);
        }),
        ExprKind::IfExp { test, body, orelse } => bracket(outer, Level::Test, out, |out| {
            put(body, Level::Or, out);
            out.push_str(" if ");
            put(test, Level::Or, out);
            out.push_str(" else ");
            put(orelse, Level::Test, out);
        }),
        ExprKind::Dict { keys, values } => {
            out.push('{');
            for (index, (key, value)) in keys.iter().zip(values).enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                match key {
                    Some(key) => {
                        put(key, Level::Test, out);
                        out.push_str(": ");
                        put(value, Level::Test, out);
                    }
                    None => {
                        out.push_str("**");
                        put(value, Level::BitOr, out);
                    }
                }
            }
            out.push('}');
        }
        ExprKind::Set { elts } if elts.is_empty() => out.push_str("{*()}"),
        ExprKind::Set { elts } => wrapped('{', elts, '}', out),
        ExprKind::List { elts } => wrapped('[', elts, ']', out),
        ExprKind::Tuple { elts } => {
            // Bare only where a tuple needs no brackets, as in a subscript.
            let bare = outer <= Level::Tuple && !elts.is_empty();
            if !bare {
                out.push('(');
            }
            list(elts, out);
            if elts.len() == 1 {
                out.push(',');
            }
            if !bare {
                out.push(')');
            }
        }
        ExprKind::ListComp { elt, generators } => comprehension('[', None, elt, generators, ']', out),
        ExprKind::SetComp { elt, generators } => comprehension('{', None, elt, generators, '}', out),
        ExprKind::GeneratorExp { elt, generators } => comprehension('(', None, elt, generators, ')', out),
        ExprKind::DictComp { key, value, generators } => comprehension('{', Some(key), value, generators, '}', out),
        ExprKind::Await { value } => bracket(outer, Level::Await, out, |out| {
            out.push_str("await ");
            put(value, Level::Atom, out);
        }),
        ExprKind::Yield { value } => bracket(outer, Level::Yield, out, |out| {
            out.push_str("yield");
            if let Some(value) = value {
                out.push(' ');
                put(value, Level::Atom, out);
            }
        }),
        ExprKind::YieldFrom { value } => bracket(outer, Level::Yield, out, |out| {
            out.push_str("yield from ");
            put(value, Level::Atom, out);
        }),
        ExprKind::Compare { left, ops, comparators } => bracket(outer, Level::Compare, out, |out| {
            put(left, next(Level::Compare), out);
            for (op, right) in ops.iter().zip(comparators) {
                out.push(' ');
                out.push_str(comparison(*op));
                out.push(' ');
                put(right, next(Level::Compare), out);
            }
        }),
        ExprKind::Call { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => postfix(expr, out),
        ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => {
            let prefix = if matches!(expr.node, ExprKind::JoinedStr { .. }) { 'f' } else { 't' };
            let mut text = String::new();
            fields(values, &mut text);
            let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
            out.push(prefix);
            out.push(quote);
            out.push_str(&text);
            out.push(quote);
        }
        ExprKind::FormattedValue { .. } | ExprKind::Interpolation { .. } => {
            out.push_str("f'");
            fields(std::slice::from_ref(expr), out);
            out.push('\'');
        }
        ExprKind::Constant(value) => constant(value, out),
        ExprKind::Starred { value } => {
            out.push('*');
            put(value, Level::BitOr, out);
        }
        ExprKind::Name { id } => out.push_str(id),
        ExprKind::Slice { lower, upper, step } => {
            if let Some(lower) = lower {
                put(lower, Level::Test, out);
            }
            out.push(':');
            if let Some(upper) = upper {
                put(upper, Level::Test, out);
            }
            if let Some(step) = step {
                out.push(':');
                put(step, Level::Test, out);
            }
        }
        ExprKind::Repr2 { value } => {
            out.push('`');
            put(value, Level::Test, out);
            out.push('`');
        }
        ExprKind::Taken => {}
    }
}

/// A left-leaning chain of operators, without recursion along it.
fn binary(expr: &Expr, outer: Level, out: &mut String) {
    let mut chain = Vec::new();
    let mut at = expr;
    let mut outside = outer;
    let mut closing = Vec::new();
    while let ExprKind::BinOp { left, op, right } = &at.node {
        let (word, level) = operator(*op);
        let brackets = outside > level;
        if brackets {
            out.push('(');
        }
        closing.push(brackets);
        chain.push((word, right, level));
        outside = if level == Level::Power { next(level) } else { level };
        at = left;
    }
    put(at, outside, out);
    for ((word, right, level), close) in chain.into_iter().zip(closing).rev() {
        out.push(' ');
        out.push_str(word);
        out.push(' ');
        put(right, if level == Level::Power { level } else { next(level) }, out);
        if close {
            out.push(')');
        }
    }
}

/// A chain of calls, attributes and subscripts, without recursion along it.
fn postfix(expr: &Expr, out: &mut String) {
    let mut chain = Vec::new();
    let mut at = expr;
    loop {
        let inner = match &at.node {
            ExprKind::Call { func, .. } => func,
            ExprKind::Attribute { value, .. } | ExprKind::Subscript { value, .. } => value,
            _ => break,
        };
        chain.push(at);
        at = inner;
    }
    put(at, Level::Atom, out);
    if matches!(at.node, ExprKind::Constant(Constant::Int(_) | Constant::BigInt(_)))
        && matches!(chain.last(), Some(Expr { node: ExprKind::Attribute { .. }, .. }))
    {
        out.push(' ');
    }
    for link in chain.into_iter().rev() {
        match &link.node {
            ExprKind::Attribute { attr, .. } => {
                out.push('.');
                out.push_str(attr);
            }
            ExprKind::Subscript { slice, .. } => {
                out.push('[');
                let bare = matches!(&slice.node, ExprKind::Tuple { elts } if !elts.is_empty());
                put(slice, if bare { Level::Tuple } else { Level::Test }, out);
                out.push(']');
            }
            ExprKind::Call { args, keywords, .. } => {
                out.push('(');
                if let ([Expr { node: ExprKind::GeneratorExp { elt, generators }, .. }], []) =
                    (args.as_slice(), keywords.as_slice())
                {
                    // The brackets of the call serve.
                    put(elt, Level::Test, out);
                    clauses(generators, out);
                } else {
                    list(args, out);
                    for (index, keyword) in keywords.iter().enumerate() {
                        if index > 0 || !args.is_empty() {
                            out.push_str(", ");
                        }
                        match &keyword.arg {
                            Some(name) => {
                                out.push_str(name);
                                out.push('=');
                            }
                            None => out.push_str("**"),
                        }
                        put(&keyword.value, Level::Test, out);
                    }
                }
                out.push(')');
            }
            _ => {}
        }
    }
}

fn wrapped(open: char, elts: &[Expr], close: char, out: &mut String) {
    out.push(open);
    list(elts, out);
    out.push(close);
}

fn comprehension(open: char, key: Option<&Expr>, value: &Expr, generators: &[Comprehension], close: char, out: &mut String) {
    out.push(open);
    if let Some(key) = key {
        put(key, Level::Test, out);
        out.push_str(": ");
    }
    put(value, Level::Test, out);
    clauses(generators, out);
    out.push(close);
}

fn clauses(generators: &[Comprehension], out: &mut String) {
    for generator in generators {
        out.push_str(if generator.is_async { " async for " } else { " for " });
        put(&generator.target, Level::Tuple, out);
        out.push_str(" in ");
        put(&generator.iter, Level::Or, out);
        for test in &generator.ifs {
            out.push_str(" if ");
            put(test, Level::Or, out);
        }
    }
}

fn arguments(args: &Arguments) -> String {
    let mut parts = Vec::new();
    let positional = args.posonlyargs.len() + args.args.len();
    let first_default = positional - args.defaults.len().min(positional);
    for (index, arg) in args.posonlyargs.iter().chain(&args.args).enumerate() {
        let mut text = arg.name.to_string();
        if index >= first_default
            && let Some(default) = args.defaults.get(index - first_default)
        {
            text.push('=');
            put(default, Level::Test, &mut text);
        }
        parts.push(text);
        if index + 1 == args.posonlyargs.len() {
            parts.push("/".into());
        }
    }
    match &args.vararg {
        Some(arg) => parts.push(format!("*{}", arg.name)),
        None if !args.kwonlyargs.is_empty() => parts.push("*".into()),
        None => {}
    }
    for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
        let mut text = arg.name.to_string();
        if let Some(default) = default {
            text.push('=');
            put(default, Level::Test, &mut text);
        }
        parts.push(text);
    }
    if let Some(arg) = &args.kwarg {
        parts.push(format!("**{}", arg.name));
    }
    parts.join(", ")
}

/// The inside of an f-string.
fn fields(values: &[Expr], out: &mut String) {
    for value in values {
        match &value.node {
            ExprKind::FormattedValue { value, conversion, format_spec }
            | ExprKind::Interpolation { value, conversion, format_spec, .. } => {
                let mut text = String::new();
                put(value, next(Level::Test), &mut text);
                out.push('{');
                if text.starts_with('{') {
                    out.push(' ');
                }
                out.push_str(&text);
                if let Some(conversion) = conversion {
                    out.push('!');
                    out.push(*conversion);
                }
                if let Some(spec) = format_spec {
                    out.push(':');
                    if let ExprKind::JoinedStr { values } = &spec.node {
                        fields(values, out);
                    }
                }
                out.push('}');
            }
            ExprKind::Constant(Constant::Str { value, .. }) => {
                let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
                let text = text.replace('{', "{{").replace('}', "}}").replace('\\', "\\\\");
                out.push_str(&text.replace('\n', "\\n"));
            }
            _ => {}
        }
    }
}

fn constant(value: &Constant, out: &mut String) {
    match value {
        Constant::None => out.push_str("None"),
        Constant::True => out.push_str("True"),
        Constant::False => out.push_str("False"),
        Constant::Ellipsis => out.push_str("..."),
        Constant::Int(n) => out.push_str(&n.to_string()),
        Constant::BigInt(n) => out.push_str(&n.to_string()),
        Constant::Float(x) => out.push_str(&float(*x)),
        Constant::Complex(x) => {
            let text = float(*x);
            out.push_str(text.strip_suffix(".0").unwrap_or(&text));
            out.push('j');
        }
        Constant::ComplexPair(re, im) => {
            let sign = if im.is_sign_negative() { "" } else { "+" };
            out.push_str(&format!("({}{sign}{}j)", float(*re), float(*im)));
        }
        Constant::Tuple(parts) => {
            out.push('(');
            parts_of(parts, out);
            out.push_str(if parts.len() == 1 { ",)" } else { ")" });
        }
        Constant::FrozenSet(parts) => {
            out.push_str("frozenset({");
            parts_of(parts, out);
            out.push_str("})");
        }
        Constant::Str { value, unicode_prefix } => {
            if *unicode_prefix {
                out.push('u');
            }
            quoted(&String::from_utf8_lossy(value.as_bytes()), out);
        }
        Constant::Bytes(bytes) => {
            let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
            out.push('b');
            quoted_with(&text, out, |c| (c as u32) < 0x7F);
        }
    }
}

fn parts_of(parts: &[Constant], out: &mut String) {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        constant(part, out);
    }
}

/// A float as `repr` writes it, infinity as a number too large.
fn float(x: f64) -> String {
    if x.is_infinite() {
        return "1e309".into();
    }
    let text = format!("{x:?}");
    let magnitude = x.abs();
    if x != 0.0 && !(1e-4..1e16).contains(&magnitude) {
        let text = format!("{x:e}");
        let Some((digits, exponent)) = text.split_once('e') else {
            return text;
        };
        let (sign, number) = match exponent.strip_prefix('-') {
            Some(number) => ('-', number),
            None => ('+', exponent),
        };
        return format!("{digits}e{sign}{number:0>2}");
    }
    text
}

fn quoted(text: &str, out: &mut String) {
    quoted_with(text, out, |c| !c.is_control());
}

fn quoted_with(text: &str, out: &mut String, plain: impl Fn(char) -> bool) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if plain(c) => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push_str(&format!("\\u{:04x}", c as u32)),
        }
    }
    out.push(quote);
}
