//! Formatting and parsing of numbers and text for Lockstep, on plain Rust data.
#![forbid(unsafe_code)]

pub mod codecs;
pub mod complex;
pub mod error;
pub mod float;
pub mod float_hex;
#[cfg(test)]
mod float_tests;
pub mod format;
#[cfg(test)]
mod format_tests;
pub mod hash;
pub mod int;
pub mod methods;
pub mod percent;
#[cfg(test)]
mod percent_tests;
pub mod random;
pub mod repr;
pub mod spec;
pub mod template;
pub mod unicode;
pub mod wtf8;

pub use error::{Error, Kind, Result};
