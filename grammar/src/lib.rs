//! Lexer, layout, grammar and syntax tree of Lockstep.
