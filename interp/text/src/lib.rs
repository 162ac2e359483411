//! Formatting and parsing of numbers and text for Lockstep, on plain Rust data.
#![forbid(unsafe_code)]

pub mod error;
pub mod unicode;
pub mod wtf8;

pub use error::{Error, Kind, Result};
