//! The engine of regular expressions. [`translate`] turns the code words of `re._compiler` into a
//! [`Program`]; [`find`] runs it over the bytes of a subject. Words come from scripts: what is
//! not valid is refused, and no program can read out of range, use the native stack or run
//! without looking at the breaker.

mod analysis;
pub mod category;
mod charset;
mod items;
mod open;
mod program;
mod run;
mod scan;
mod search;
mod stack;
#[cfg(test)]
mod tests;
mod translate;
pub mod words;

pub use program::{Encoding, Program};
pub use search::{How, Task, find};
pub use stack::Scratch;
pub use translate::translate;
