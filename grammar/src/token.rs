//! The tokens. Each is a kind and a span; what it says is read from the source text.
//! The kinds that only the layout or the look-ahead pass hands out have no pattern.

use logos::Logos;

use crate::span::Span;

/// A token: what it is and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub kind: Tok,
    pub span: Span,
}

/// Kind of a token.
#[derive(Logos, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[logos(skip r"[ \t\x0C]+")]
pub enum Tok {
    // Markers that choose what the parser accepts.
    StartFile,
    StartEval,
    StartSingle,
    StartFuncType,

    // Layout.
    #[regex(r"\n|\r\n?")]
    Newline,
    Indent,
    Dedent,
    /// A backslash at the end of a line; joins lines and never reaches the parser.
    #[regex(r"\\(\n|\r\n?)")]
    Continuation,
    /// A backslash elsewhere.
    #[token("\\")]
    Backslash,
    /// A character that begins no token.
    Unknown,
    #[regex(r"#[^\n\r]*", allow_greedy = true)]
    Comment,

    // Atoms.
    #[regex(r"[a-zA-Z_\u{80}-\u{10FFFF}][a-zA-Z0-9_\u{80}-\u{10FFFF}]*")]
    Name,
    /// The lexer finds its end by hand.
    #[regex(r"\.?[0-9]")]
    Number,
    /// The prefix and the first quote; the lexer finds the end by hand.
    #[regex(r#"(?i:r|u|b|br|rb|f|fr|rf|t|tr|rt|ur)?["']"#)]
    Str,
    FStringStart,
    FStringMiddle,
    FStringEnd,
    /// `{` and `}` of a replacement field, the `:` before its format.
    FieldOpen,
    FieldClose,
    FieldColon,
    #[token("!")]
    Bang,

    // Operators.
    #[token("(")]
    LPar,
    /// The bracket after `with` that encloses items, not an expression.
    WithLPar,
    #[token(")")]
    RPar,
    #[token("[")]
    LSqb,
    #[token("]")]
    RSqb,
    #[token("{")]
    LBrace,
    #[token("}")]
    RBrace,
    #[token(":")]
    Colon,
    #[token(",")]
    Comma,
    /// Python 2: the comma of `except E, e` and of `raise E, v`.
    Comma2,
    #[token(";")]
    Semi,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("|")]
    VBar,
    #[token("&")]
    Amper,
    #[token("<")]
    Less,
    #[token(">")]
    Greater,
    #[token("=")]
    Equal,
    #[token(".")]
    Dot,
    #[token("%")]
    Percent,
    #[token("==")]
    EqEqual,
    #[token("!=")]
    NotEqual,
    /// `<>`, another spelling of `!=` in Python 2.
    #[token("<>")]
    LessGreater,
    #[token("<=")]
    LessEqual,
    #[token(">=")]
    GreaterEqual,
    #[token("~")]
    Tilde,
    #[token("^")]
    Circumflex,
    #[token("<<")]
    LeftShift,
    #[token(">>")]
    RightShift,
    #[token("**")]
    DoubleStar,
    #[token("+=")]
    PlusEqual,
    #[token("-=")]
    MinEqual,
    #[token("*=")]
    StarEqual,
    #[token("/=")]
    SlashEqual,
    #[token("%=")]
    PercentEqual,
    #[token("&=")]
    AmperEqual,
    #[token("|=")]
    VBarEqual,
    #[token("^=")]
    CircumflexEqual,
    #[token("<<=")]
    LeftShiftEqual,
    #[token(">>=")]
    RightShiftEqual,
    #[token("**=")]
    DoubleStarEqual,
    #[token("//")]
    DoubleSlash,
    #[token("//=")]
    DoubleSlashEqual,
    #[token("@")]
    At,
    #[token("@=")]
    AtEqual,
    #[token("->")]
    RArrow,
    #[token("...")]
    Ellipsis,
    #[token(":=")]
    ColonEqual,
    #[token("`")]
    Backquote,

    // Keywords.
    #[token("False")]
    False,
    #[token("None")]
    None,
    #[token("True")]
    True,
    #[token("and")]
    And,
    #[token("as")]
    As,
    #[token("assert")]
    Assert,
    #[token("async")]
    Async,
    #[token("await")]
    Await,
    #[token("break")]
    Break,
    #[token("class")]
    Class,
    #[token("continue")]
    Continue,
    #[token("def")]
    Def,
    #[token("del")]
    Del,
    #[token("elif")]
    Elif,
    #[token("else")]
    Else,
    #[token("except")]
    Except,
    #[token("finally")]
    Finally,
    #[token("for")]
    For,
    #[token("from")]
    From,
    #[token("global")]
    Global,
    #[token("if")]
    If,
    #[token("import")]
    Import,
    #[token("in")]
    In,
    #[token("is")]
    Is,
    #[token("lambda")]
    Lambda,
    #[token("nonlocal")]
    Nonlocal,
    #[token("not")]
    Not,
    #[token("or")]
    Or,
    #[token("pass")]
    Pass,
    #[token("raise")]
    Raise,
    #[token("return")]
    Return,
    #[token("try")]
    Try,
    #[token("while")]
    While,
    #[token("with")]
    With,
    #[token("yield")]
    Yield,

    // Keywords only where they begin a statement.
    Match,
    Case,
    Type,
    /// Python 2.
    Print2,
    Exec2,
}

impl Tok {
    /// Whether the token is a reserved word.
    pub fn is_keyword(self) -> bool {
        (self as u8) >= (Self::False as u8) && (self as u8) <= (Self::Yield as u8)
    }

    /// Whether an expression can begin with the token.
    pub fn starts_expression(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::Number
                | Self::Str
                | Self::FStringStart
                | Self::LPar
                | Self::LSqb
                | Self::LBrace
                | Self::Minus
                | Self::Plus
                | Self::Tilde
                | Self::Ellipsis
                | Self::Backquote
                | Self::False
                | Self::None
                | Self::True
                | Self::Await
                | Self::Lambda
                | Self::Not
        )
    }

    /// Whether an expression can end with the token.
    pub fn ends_expression(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::Number
                | Self::Str
                | Self::FStringEnd
                | Self::RPar
                | Self::RSqb
                | Self::RBrace
                | Self::Ellipsis
                | Self::False
                | Self::None
                | Self::True
        )
    }
}
