//! The algorithms of `str` and `bytes` methods. Positions are byte positions; `wtf8::char_index`
//! turns them into what Python shows. Results that are part of the input are slices of it.

pub mod bytes;
pub mod case;
pub mod pad;
pub mod predicate;
pub mod search;
pub mod split;
pub mod strip;
