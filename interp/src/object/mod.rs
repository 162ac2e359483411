//! What every value can do: type records, attribute lookup, calls, conversion, errors.

pub mod about;
pub mod args;
pub mod attr;
pub mod call;
pub mod class;
pub mod compare;
pub mod convert;
pub mod define;
pub mod native;
pub mod ops;
pub mod py;
pub mod raise;
pub mod special;
pub mod strand;
pub mod suggest;

pub use class::{Type, TypeFlags};
pub use define::{NativeType, NextFn, PairsFn};
pub use native::{Members, ModuleDef, NativeDef};
pub use py::{Interp, Py};
pub use raise::{Exc, Raised, Result};
pub use special::Special;
