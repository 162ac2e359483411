//! The syntax tree, modelled on the `ast` module of Python 3.14, with a few nodes for Python 2.
//!
//! How deep a tree can be: a left-leaning chain (`BinOp.left`, `Attribute.value`, `Subscript.value`,
//! `Call.func`) and an `elif` chain (`If.orelse` of one `If`) have no limit, so walk those with a
//! loop. Every other nesting is bounded by [`MAX_DEPTH`], so recursion is safe there. Dropping a
//! tree never recurses along a chain.

use std::sync::Arc;

use dashu_int::IBig;

use crate::span::Span;

/// How deep expressions may nest, left-leaning chains not counted.
pub const MAX_DEPTH: usize = 500;

/// An identifier (normalised to NFKC where it is not ASCII).
pub type Name = Arc<str>;

/// Text that may hold lone surrogates: UTF-8 in which U+D800 to U+DFFF have three bytes each.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Wtf8(pub Box<[u8]>);

impl Wtf8 {
    /// The bytes (generalised UTF-8).
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, unless it holds a surrogate.
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl From<&str> for Wtf8 {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl std::fmt::Debug for Wtf8 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.to_str() {
            Some(text) => write!(f, "{text:?}"),
            None => write!(f, "{:?}", String::from_utf8_lossy(&self.0)),
        }
    }
}

/// What a source text becomes.
#[derive(Debug)]
pub enum Mod {
    /// A file.
    Module { body: Vec<Stmt> },
    /// What was typed at a prompt.
    Interactive { body: Vec<Stmt> },
    /// The argument of `eval`.
    Expression { body: Expr },
    /// A type comment of a function (`ast.parse(mode="func_type")`).
    FunctionType { argtypes: Vec<Expr>, returns: Expr },
}

/// A statement.
#[derive(Debug)]
pub struct Stmt {
    pub span: Span,
    pub node: StmtKind,
}

/// What a statement is.
#[derive(Debug)]
pub enum StmtKind {
    FunctionDef(Box<FunctionDef>),
    ClassDef(Box<ClassDef>),
    Return {
        value: Option<Expr>,
    },
    Delete {
        targets: Vec<Expr>,
    },
    Assign {
        targets: Vec<Expr>,
        value: Expr,
    },
    TypeAlias {
        name: Box<Expr>,
        type_params: Vec<TypeParam>,
        value: Box<Expr>,
    },
    AugAssign {
        target: Box<Expr>,
        op: Operator,
        value: Box<Expr>,
    },
    /// `simple`: the target is a name without brackets.
    AnnAssign {
        target: Box<Expr>,
        annotation: Box<Expr>,
        value: Option<Box<Expr>>,
        simple: bool,
    },
    For {
        is_async: bool,
        target: Box<Expr>,
        iter: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    While {
        test: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    If {
        test: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    With {
        is_async: bool,
        items: Vec<WithItem>,
        body: Vec<Stmt>,
    },
    Match {
        subject: Box<Expr>,
        cases: Vec<MatchCase>,
    },
    Raise {
        exc: Option<Box<Expr>>,
        cause: Option<Box<Expr>>,
    },
    /// `is_star`: the handlers are `except*`.
    Try {
        is_star: bool,
        body: Vec<Stmt>,
        handlers: Vec<ExceptHandler>,
        orelse: Vec<Stmt>,
        finalbody: Vec<Stmt>,
    },
    Assert {
        test: Box<Expr>,
        msg: Option<Box<Expr>>,
    },
    Import {
        names: Vec<Alias>,
    },
    /// `from ..module import names`; `level` counts the dots; `import *` is one alias named `*`.
    ImportFrom {
        module: Option<Name>,
        names: Vec<Alias>,
        level: u32,
    },
    Global {
        names: Vec<Name>,
    },
    Nonlocal {
        names: Vec<Name>,
    },
    Expr {
        value: Expr,
    },
    Pass,
    Break,
    Continue,
    /// Python 2: `print >>dest, values`; `newline` is false after a trailing comma.
    Print2 {
        dest: Option<Box<Expr>>,
        values: Vec<Expr>,
        newline: bool,
    },
    /// Python 2: `exec body in globals, locals`.
    Exec2 {
        body: Box<Expr>,
        globals: Option<Box<Expr>>,
        locals: Option<Box<Expr>>,
    },
    /// Python 2: `raise kind, value, trace`. A `raise` without a comma is the ordinary `Raise`.
    Raise2 {
        kind: Box<Expr>,
        value: Box<Expr>,
        trace: Option<Box<Expr>>,
    },
}

/// `def` and `async def`.
#[derive(Debug)]
pub struct FunctionDef {
    pub is_async: bool,
    pub name: Name,
    /// Where the name stands.
    pub name_span: Span,
    pub type_params: Vec<TypeParam>,
    pub args: Arguments,
    /// Python 2 parameter tuples `def f(a, (b, c))` arrive as a parameter `.1` and an assignment
    /// `(b, c) = .1` at the start of the body.
    pub body: Vec<Stmt>,
    pub decorator_list: Vec<Expr>,
    pub returns: Option<Expr>,
}

/// `class`.
#[derive(Debug)]
pub struct ClassDef {
    pub name: Name,
    /// Where the name stands.
    pub name_span: Span,
    pub type_params: Vec<TypeParam>,
    pub bases: Vec<Expr>,
    pub keywords: Vec<Keyword>,
    pub body: Vec<Stmt>,
    pub decorator_list: Vec<Expr>,
}

/// An expression.
#[derive(Debug)]
pub struct Expr {
    pub span: Span,
    pub node: ExprKind,
}

/// What an expression is. Whether a name is loaded, stored or deleted follows from where it stands.
#[derive(Debug, Default)]
pub enum ExprKind {
    BoolOp {
        op: BoolOp,
        values: Vec<Expr>,
    },
    /// `target := value`; the target is a `Name`.
    NamedExpr {
        target: Box<Expr>,
        value: Box<Expr>,
    },
    BinOp {
        left: Box<Expr>,
        op: Operator,
        right: Box<Expr>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Lambda {
        args: Box<Arguments>,
        body: Box<Expr>,
    },
    IfExp {
        test: Box<Expr>,
        body: Box<Expr>,
        orelse: Box<Expr>,
    },
    /// `None` as key: `**value`.
    Dict {
        keys: Vec<Option<Expr>>,
        values: Vec<Expr>,
    },
    Set {
        elts: Vec<Expr>,
    },
    ListComp {
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    SetComp {
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    DictComp {
        key: Box<Expr>,
        value: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    GeneratorExp {
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    Await {
        value: Box<Expr>,
    },
    Yield {
        value: Option<Box<Expr>>,
    },
    YieldFrom {
        value: Box<Expr>,
    },
    /// `left ops[0] comparators[0] ops[1] comparators[1] ...`
    Compare {
        left: Box<Expr>,
        ops: Vec<CmpOp>,
        comparators: Vec<Expr>,
    },
    Call {
        func: Box<Expr>,
        args: Vec<Expr>,
        keywords: Vec<Keyword>,
    },
    /// One replacement field of an f-string; `conversion` is `s`, `r` or `a`; `format_spec` is a `JoinedStr`.
    FormattedValue {
        value: Box<Expr>,
        conversion: Option<char>,
        format_spec: Option<Box<Expr>>,
    },
    /// One replacement field of a t-string; `text` is the source of `value`.
    Interpolation {
        value: Box<Expr>,
        text: Box<str>,
        conversion: Option<char>,
        format_spec: Option<Box<Expr>>,
    },
    /// An f-string: constants (`Str`) and `FormattedValue`s.
    JoinedStr {
        values: Vec<Expr>,
    },
    /// A t-string: constants (`Str`) and `Interpolation`s.
    TemplateStr {
        values: Vec<Expr>,
    },
    Constant(Constant),
    Attribute {
        value: Box<Expr>,
        attr: Name,
    },
    Subscript {
        value: Box<Expr>,
        slice: Box<Expr>,
    },
    Starred {
        value: Box<Expr>,
    },
    Name {
        id: Name,
    },
    List {
        elts: Vec<Expr>,
    },
    Tuple {
        elts: Vec<Expr>,
    },
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
    /// Python 2: `` `value` ``.
    Repr2 {
        value: Box<Expr>,
    },
    /// Left behind where a node was moved out; never in a finished tree.
    #[default]
    Taken,
}

/// A literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    None,
    True,
    False,
    Ellipsis,
    /// An integer that fits; never negative, but in a tree that a script made.
    Int(i64),
    /// An integer that does not fit.
    BigInt(Box<IBig>),
    Float(f64),
    /// The imaginary part of `1j`.
    Complex(f64),
    /// A whole complex number: only in trees that a script made.
    ComplexPair(f64, f64),
    /// A tuple of constants: only in trees that a script made.
    Tuple(Box<[Constant]>),
    /// A frozen set of constants: only in trees that a script made.
    FrozenSet(Box<[Constant]>),
    /// Text; `unicode_prefix`: the first literal was written `u"..."`.
    Str {
        value: Wtf8,
        unicode_prefix: bool,
    },
    Bytes(Box<[u8]>),
}

/// `and`, `or`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BoolOp {
    And,
    Or,
}

/// Operators of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

/// Operators of one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

/// Comparisons. Python 2's `<>` is `NotEq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

/// One `for ... in ... if ...` of a comprehension.
#[derive(Debug)]
pub struct Comprehension {
    pub span: Span,
    pub target: Expr,
    pub iter: Expr,
    pub ifs: Vec<Expr>,
    pub is_async: bool,
}

/// One `except` clause.
#[derive(Debug)]
pub struct ExceptHandler {
    pub span: Span,
    /// What is caught (`except A, B:` is a tuple); `None` for a bare `except:`.
    pub kind: Option<Expr>,
    /// What it is bound to: a `Name`, or any target in Python 2 (`except E, a.b:`).
    pub target: Option<Expr>,
    pub body: Vec<Stmt>,
}

/// The parameters of a function.
#[derive(Debug, Default)]
pub struct Arguments {
    pub posonlyargs: Vec<Arg>,
    pub args: Vec<Arg>,
    pub vararg: Option<Arg>,
    pub kwonlyargs: Vec<Arg>,
    /// One for each of `kwonlyargs`.
    pub kw_defaults: Vec<Option<Expr>>,
    pub kwarg: Option<Arg>,
    /// Defaults of the last of `posonlyargs` and `args`.
    pub defaults: Vec<Expr>,
}

/// One parameter.
#[derive(Debug)]
pub struct Arg {
    pub span: Span,
    pub name: Name,
    pub annotation: Option<Box<Expr>>,
}

/// One keyword argument; `arg` is `None` for `**value`.
#[derive(Debug)]
pub struct Keyword {
    pub span: Span,
    pub arg: Option<Name>,
    pub value: Expr,
}

/// One name of an import, with its dots.
#[derive(Debug)]
pub struct Alias {
    pub span: Span,
    pub name: Name,
    pub asname: Option<Name>,
}

/// One item of `with`.
#[derive(Debug)]
pub struct WithItem {
    pub context_expr: Expr,
    pub optional_vars: Option<Expr>,
}

/// One `case` of `match`.
#[derive(Debug)]
pub struct MatchCase {
    pub span: Span,
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Vec<Stmt>,
}

/// A pattern of `match`.
#[derive(Debug)]
pub struct Pattern {
    pub span: Span,
    pub node: PatternKind,
}

/// What a pattern is.
#[derive(Debug)]
pub enum PatternKind {
    MatchValue {
        value: Expr,
    },
    /// `None`, `True` or `False`.
    MatchSingleton {
        value: Constant,
    },
    MatchSequence {
        patterns: Vec<Pattern>,
    },
    MatchMapping {
        keys: Vec<Expr>,
        patterns: Vec<Pattern>,
        rest: Option<Name>,
    },
    MatchClass {
        cls: Expr,
        patterns: Vec<Pattern>,
        kwd_attrs: Vec<Name>,
        kwd_patterns: Vec<Pattern>,
    },
    MatchStar {
        name: Option<Name>,
    },
    /// `pattern as name`; a wildcard has neither, a capture has only a name.
    MatchAs {
        pattern: Option<Box<Pattern>>,
        name: Option<Name>,
    },
    MatchOr {
        patterns: Vec<Pattern>,
    },
}

/// One type parameter.
#[derive(Debug)]
pub struct TypeParam {
    pub span: Span,
    pub name: Name,
    pub kind: TypeParamKind,
    pub default_value: Option<Expr>,
}

/// What a type parameter is.
#[derive(Debug)]
pub enum TypeParamKind {
    TypeVar {
        bound: Option<Expr>,
    },
    /// `**P`
    ParamSpec,
    /// `*Ts`
    TypeVarTuple,
}

impl Expr {
    /// An expression at a place.
    pub fn new(span: Span, node: ExprKind) -> Self {
        Self { span, node }
    }

    /// Moves the expression out, leaving [`ExprKind::Taken`] behind.
    pub fn take(&mut self) -> Self {
        Self { span: self.span, node: std::mem::take(&mut self.node) }
    }

    /// Whether nothing hangs below, so that dropping it recurses no further.
    fn is_leaf(&self) -> bool {
        matches!(self.node, ExprKind::Constant(_) | ExprKind::Name { .. } | ExprKind::Taken)
    }
}

impl Stmt {
    /// A statement at a place.
    pub fn new(span: Span, node: StmtKind) -> Self {
        Self { span, node }
    }
}

/// Moves the operands that can start a long chain onto `rest`.
fn unlink(node: &mut ExprKind, rest: &mut Vec<Expr>) {
    let mut put = |child: &mut Expr| {
        if !child.is_leaf() {
            rest.push(child.take());
        }
    };
    match node {
        ExprKind::BinOp { left, right, .. } => {
            put(left);
            put(right);
        }
        ExprKind::Attribute { value, .. }
        | ExprKind::Subscript { value, .. }
        | ExprKind::Call { func: value, .. }
        | ExprKind::Await { value }
        | ExprKind::YieldFrom { value }
        | ExprKind::Starred { value }
        | ExprKind::Lambda { body: value, .. }
        | ExprKind::UnaryOp { operand: value, .. } => put(value),
        ExprKind::IfExp { test, body, orelse } => {
            put(test);
            put(body);
            put(orelse);
        }
        ExprKind::Compare { left, comparators, .. } => {
            put(left);
            comparators.iter_mut().for_each(put);
        }
        ExprKind::BoolOp { values, .. } => values.iter_mut().for_each(put),
        _ => {}
    }
}

impl Drop for Expr {
    fn drop(&mut self) {
        // What brackets enclose is bounded by the bracket limit and may recurse; chains may not.
        if self.is_leaf() {
            return;
        }
        let mut rest = Vec::new();
        unlink(&mut self.node, &mut rest);
        while let Some(mut expr) = rest.pop() {
            unlink(&mut expr.node, &mut rest);
        }
    }
}

impl Drop for Stmt {
    fn drop(&mut self) {
        let StmtKind::If { orelse, .. } = &mut self.node else {
            return;
        };
        let mut rest = std::mem::take(orelse);
        while let [Stmt { node: StmtKind::If { orelse, .. }, .. }] = rest.as_mut_slice() {
            let next = std::mem::take(orelse);
            rest = next;
        }
    }
}
