//! The one error of this crate: which exception Python raises and its exact message.

use std::borrow::Cow;
use std::fmt;

/// Which Python exception an [`Error`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Value,
    Overflow,
    Type,
    Index,
    ZeroDivision,
    Memory,
}

/// An exception that has not been raised yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub kind: Kind,
    pub message: Cow<'static, str>,
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn new(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into() }
    }
    pub fn value(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Value, message)
    }
    pub fn overflow(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Overflow, message)
    }
    pub fn type_error(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Type, message)
    }
    pub fn memory() -> Self {
        Self::new(Kind::Memory, "")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
